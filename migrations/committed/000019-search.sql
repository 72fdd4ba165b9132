--! Previous: x
--! Hash: x

/*
 * Searching: what people type becomes a query, which the index answers and the policies pass. Names of people and rooms
 * are at the end.
 */
create type app_private.search_request as (
  room_ids uuid[],
  terms tsquery,
  shown tsquery,
  tags tsquery,
  since timestamptz,
  until timestamptz,
  has_words boolean
);
comment on type app_private.search_request is
  'What a query asks for: in which rooms, what the text must say, what of it to mark, what else must be true, and when.';

--! Included functions/search/both.sql

--! EndIncluded functions/search/both.sql

--! Included functions/search/either.sql

--! EndIncluded functions/search/either.sql

--! Included functions/search/phrase_query.sql

--! EndIncluded functions/search/phrase_query.sql

--! Included functions/search/signed_query.sql

--! EndIncluded functions/search/signed_query.sql

--! Included functions/search/word_query.sql

--! EndIncluded functions/search/word_query.sql

--! Included functions/search/similar_query.sql

--! EndIncluded functions/search/similar_query.sql

--! Included functions/search/misspelt_query.sql

--! EndIncluded functions/search/misspelt_query.sql

--! Included functions/search/parse_moment.sql

--! EndIncluded functions/search/parse_moment.sql

--! Included functions/search/mention_query.sql

--! EndIncluded functions/search/mention_query.sql

--! Included functions/search/read_query.sql

--! EndIncluded functions/search/read_query.sql

--! Included functions/search/tag_query.sql

--! EndIncluded functions/search/tag_query.sql

--! Included functions/search/search_rank.sql

--! EndIncluded functions/search/search_rank.sql

create type app_private.history_limits as (
  room_ids uuid[],
  first_seqs bigint[]
);
comment on type app_private.history_limits is
  'The rooms that somebody does not see all of, and from which message on they see each, place by place.';

--! Included functions/search/find_messages.sql

--! EndIncluded functions/search/find_messages.sql

--! Included functions/search/match_messages.sql

--! EndIncluded functions/search/match_messages.sql

create type app_public.message_match as (
  message_id uuid,
  is_approximate boolean,
  rank double precision,
  content text,
  shown tsquery,
  language text
);
comment on type app_public.message_match is
  'A message that a search found.';
comment on column app_public.message_match.message_id is 'The message.';
comment on column app_public.message_match.is_approximate is 'Whether it was found only by taking words of the query for misspelt. These come last.';
comment on column app_public.message_match.rank is 'The higher the better. Only the order means something: recent messages have larger numbers than old ones.';
comment on column app_public.message_match.content is 'What the headline is made of.';
comment on column app_public.message_match.shown is 'What to mark in it.';
comment on column app_public.message_match.language is 'The language of the room.';

--! Included functions/search/search_messages.sql

--! EndIncluded functions/search/search_messages.sql

--! Included functions/search/first_match.sql

--! EndIncluded functions/search/first_match.sql

--! Included functions/search/headline.sql

--! EndIncluded functions/search/headline.sql

--! Included functions/search/message_match_headline.sql

--! EndIncluded functions/search/message_match_headline.sql

/* Names */

--! Included functions/search/name_spellings.sql

--! EndIncluded functions/search/name_spellings.sql

/* search_users, search_rooms: names that contain what was typed, or are like it, or one slip away. */
create index users_display_name_folded on app_public.users using gin (app_hidden.fold_for_search(display_name) public.gin_trgm_ops);
create index users_spellings on app_public.users using gin (app_private.name_spellings(username::text || ' ' || display_name));
create index rooms_name_folded on app_public.rooms using gin (app_hidden.fold_for_search(name) public.gin_trgm_ops);
create index rooms_slug_trigrams on app_public.rooms using gin ((slug::text) public.gin_trgm_ops);
create index rooms_spellings on app_public.rooms using gin (app_private.name_spellings(slug::text || ' ' || name));

--! Included functions/search/like_pattern.sql

--! EndIncluded functions/search/like_pattern.sql

--! Included functions/search/searched_name.sql

--! EndIncluded functions/search/searched_name.sql

--! Included functions/search/name_rank.sql

--! EndIncluded functions/search/name_rank.sql

--! Included functions/search/search_rooms.sql

--! EndIncluded functions/search/search_rooms.sql

--! Included functions/search/name_beginnings.sql

--! EndIncluded functions/search/name_beginnings.sql

/* rooms_search_members: names that begin with what was typed. */
create index users_name_beginnings on app_public.users using gin (app_private.name_beginnings(username::text, display_name));

--! Included functions/search/beginning_query.sql

--! EndIncluded functions/search/beginning_query.sql

--! Included functions/search/name_wholeness.sql

--! EndIncluded functions/search/name_wholeness.sql

--! Included functions/search/rooms_search_members.sql

--! EndIncluded functions/search/rooms_search_members.sql

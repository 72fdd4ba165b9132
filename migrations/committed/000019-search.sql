--! Previous: sha1:bc2ea0cb4f4627bc01c664470bec989e79dee2e3
--! Hash: sha1:0944dcfd22ff8ee7eb7ecfc22e5773836ac52cb8

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
create or replace function app_private.both(one tsquery, other tsquery) returns tsquery
language sql immutable security invoker parallel safe
return case when one is null then other when other is null then one else one && other end;
comment on function app_private.both(tsquery, tsquery) is 'What fits two queries, of which either may be missing.';
--! EndIncluded functions/search/both.sql

--! Included functions/search/either.sql
create or replace function app_private.either(one tsquery, other tsquery) returns tsquery
language sql immutable security invoker parallel safe
return case when one is null then other when other is null then one else one || other end;
comment on function app_private.either(tsquery, tsquery) is 'What fits one of two queries, of which either may be missing.';
--! EndIncluded functions/search/either.sql

--! Included functions/search/phrase_query.sql
create or replace function app_private.phrase_query(words text[], is_prefix boolean default false) returns tsquery
language plpgsql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_last text := words[cardinality(words)];
  -- The word that is being typed: with fewer letters it is the beginning of too many.
  v_is_beginning boolean := is_prefix and char_length(v_last) >= 3;
begin
  if char_length(v_last) = 1 and app_hidden.is_unspaced(v_last) then
    if cardinality(words) > 1 and words[cardinality(words) - 1] ~ ('^.' || v_last || '$') then
      -- 天气 is 天气 and not 天气 气: the text may go on.
      words := trim_array(words, 1);
    else
      v_is_beginning := true;
    end if;
  end if;
  -- Words are letters, digits and emoji only: in quotation marks they are safe in the text of a query.
  return (array_to_string(array(select quote_literal(word) from unnest(words) as word), ' <-> ')
    || case when v_is_beginning then ':*' else '' end)::tsquery;
end
$$;
comment on function app_private.phrase_query(text[], boolean) is
  'The query for words that stand one after the other, of which the last may be a beginning.';
--! EndIncluded functions/search/phrase_query.sql

--! Included functions/search/signed_query.sql
create or replace function app_private.signed_query(content text, is_prefix boolean) returns tsquery
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(quote_literal(word) || case when is_prefix then ':*' else '' end, ' & ')::tsquery
    from unnest(app_hidden.signed_words(content)) as word;
$$;
comment on function app_private.signed_query(text, boolean) is
  'The query for the words that are typed with a sign, such as `C++`. Null when there are none.';
--! EndIncluded functions/search/signed_query.sql

--! Included functions/search/word_query.sql
create or replace function app_private.word_query(word text, is_prefix boolean, languages text[]) returns tsquery
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_query tsquery := app_private.phrase_query(array[word], is_prefix);
  v_language text;
  v_stem tsquery;
begin
  foreach v_language in array languages loop
    v_stem := plainto_tsquery(v_language::regconfig, word);
    if numnode(v_stem) = 1 and v_stem <> quote_literal(word)::tsquery then
      v_query := v_query || v_stem;
    end if;
  end loop;
  return v_query;
end
$$;
comment on function app_private.word_query(text, boolean, text[]) is
  'The query for one word: as it is, as a beginning, or by its stem.';
--! EndIncluded functions/search/word_query.sql

--! Included functions/search/similar_query.sql
create or replace function app_private.similar_query(similar_words text[]) returns tsquery
language sql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(quote_literal(similar_word), ' | ')::tsquery from unnest(similar_words) as similar_word;
$$;
comment on function app_private.similar_query(text[]) is
  'The query for the words that one may be misspelt for, wherever they stand. Null when there are none.';
--! EndIncluded functions/search/similar_query.sql

--! Included functions/search/misspelt_query.sql
/* A long message is found by those of its words alone that it has added to the vocabulary: see index_messages. */
create or replace function app_private.misspelt_query(similar_words text[]) returns tsquery
language sql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(
      format('%s & !''=long'' | %s', quote_literal(similar_word), quote_literal('~' || similar_word)), ' | ')::tsquery
    from unnest(similar_words) as similar_word;
$$;
comment on function app_private.misspelt_query(text[]) is
  'The query for messages that are found by a word that is misspelt for one of these. Null when there are none.';
--! EndIncluded functions/search/misspelt_query.sql

--! Included functions/search/parse_moment.sql
create or replace function app_private.parse_moment(word text) returns timestamptz
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if word !~ '^\d{4}(-\d{1,2}(-\d{1,2})?)?$' then
    return null;
  end if;
  return (word || left('-01-01', 3 * (3 - cardinality(string_to_array(word, '-')))))::timestamp at time zone 'UTC';
exception
  when datetime_field_overflow or invalid_datetime_format then
    return null;
end
$$;
comment on function app_private.parse_moment(text) is 'The beginning of a year, month or day such as `2026-01-31`, in UTC; null for anything else.';
--! EndIncluded functions/search/parse_moment.sql

--! Included functions/search/mention_query.sql
create or replace function app_private.mention_query(user_id uuid, viewer_id uuid) returns tsquery
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select (
      quote_literal(app_private.search_tag('to', mention_query.user_id))
        || case when mention_query.user_id = mention_query.viewer_id
          then ' | ' || quote_literal(app_private.search_tag('word', mention_query.user_id)) else '' end
    )::tsquery;
$$;
comment on function app_private.mention_query(uuid, uuid) is
  'What finds messages that mention a person, for someone who asks: of their keywords, for themselves alone. Null for nobody.';
--! EndIncluded functions/search/mention_query.sql

--! Included functions/search/read_query.sql
/*
 * The text of a query is read here, in one pass: words, "phrases", -exclusions, `or`, and operators. What is no operator
 * with a known value is a word, so nothing that people type is an error.
 *
 * Words may be misspelt: none of them, one (which keeps the others as a sieve: without it, two short common words have
 * half of all messages among their neighbours), or any.
 */
create or replace function app_private.read_query(query text, room_ids uuid[], misspelt text default 'none')
returns app_private.search_request
language plpgsql stable security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_viewer_id uuid := app_hidden.current_user_id();
  v_request app_private.search_request;
  v_languages text[] := array(
    select distinct language from app_private.room_languages where room_languages.room_id = any (read_query.room_ids));
  v_part text[];
  v_operator text;
  v_value text;
  v_words text[];
  v_signed tsquery;
  v_is_last boolean;
  v_is_typed boolean;
  v_term tsquery;
  v_marked tsquery;
  v_similar_words text[];
  v_similar tsquery;
  v_signed_term tsquery;
  v_clause tsquery;
  v_misspelt_clause tsquery;
  v_any tsquery;
  v_rooms uuid[];
  v_wanted_rooms uuid[];
  v_user_id uuid;
  v_senders tsquery;
  v_tag tsquery;
  v_moment timestamptz;
  v_is_negative boolean;
begin
  if char_length(query) > 500 then
    raise exception 'A search has at most 500 characters.' using errcode = 'TR400';
  end if;
  v_request.room_ids := read_query.room_ids;
  v_request.has_words := false;
  for v_part, v_is_last in
    -- 1: a minus; 2: an operator; 3: its value or a word; 4: what stands in quotation marks.
    select part, lead(place) over (order by place) is null
      from regexp_matches(query, '(-?)(?:(from|in|before|after|has|is|mentions):)?("([^"]*)"?|[^\s"]+)', 'gi')
        with ordinality as parts (part, place)
      limit 32
  loop
    v_is_negative := v_part[1] = '-';
    v_operator := lower(v_part[2]);
    v_value := coalesce(v_part[4], v_part[3]);
    v_tag := null;

    if v_operator in ('from', 'mentions') then
      if lower(v_value) = 'me' then
        v_user_id := v_viewer_id;
      else
        select id into v_user_id from app_public.users
          where username = ltrim(v_value, '@')::public.citext and workspace_id = app_hidden.current_workspace_id();
      end if;
      -- Nobody has that name: nothing matches, as nothing carries the tag of no one.
      v_tag := coalesce(
        case v_operator when 'from' then quote_literal(app_private.search_tag('from', v_user_id))::tsquery
          else app_private.mention_query(v_user_id, v_viewer_id) end, '''=nobody'''::tsquery);
      if v_operator = 'from' and not v_is_negative then
        v_senders := app_private.either(v_senders, v_tag);
        continue;
      end if;
    elsif v_operator = 'in' then
      -- Only among the viewer's own rooms: another's slug is as unknown as one that does not exist.
      v_rooms := array(
        select id from app_public.rooms where slug = ltrim(v_value, '#')::public.citext and id = any (read_query.room_ids));
      if v_is_negative then
        v_request.room_ids := array(select unnest(v_request.room_ids) except select unnest(v_rooms));
      else
        v_wanted_rooms := v_wanted_rooms || v_rooms;
      end if;
      continue;
    elsif v_operator in ('before', 'after') then
      v_moment := app_private.parse_moment(v_value);
      if v_moment is not null then
        if v_operator = 'before' then
          v_request.until := least(v_request.until, v_moment);
        else
          v_request.since := greatest(v_request.since, v_moment);
        end if;
        continue;
      end if;
    elsif v_operator = 'has' and lower(v_value) in ('file', 'attachment') then
      v_tag := '''=file'''::tsquery;
    elsif v_operator = 'is' and lower(v_value) in ('pinned', 'reply') then
      v_tag := quote_literal('=' || lower(v_value))::tsquery;
    end if;

    if v_tag is not null then
      if v_is_negative then
        v_tag := !!v_tag;
      end if;
      v_request.tags := app_private.both(v_request.tags, v_tag);
      continue;
    end if;

    if v_operator is not null then
      v_value := v_operator || ' ' || v_value;
    elsif lower(v_value) = 'or' and v_part[4] is null and not v_is_negative then
      v_any := app_private.either(v_any, app_private.either(v_clause, v_misspelt_clause));
      v_clause := null;
      v_misspelt_clause := null;
      continue;
    end if;
    v_words := app_hidden.search_words(v_value);
    if cardinality(v_words) = 0 then
      continue;
    end if;
    -- What is being typed, without a space or a quotation mark behind it.
    v_is_typed := v_is_last and not v_is_negative and right(query, char_length(v_value)) = v_value;
    v_signed := app_private.signed_query(v_value, v_is_typed);
    v_similar_words := null;
    v_similar := null;
    v_signed_term := null;
    if cardinality(v_words) = 1 and v_part[4] is null and not v_is_negative then
      v_term := app_private.word_query(v_words[1], v_is_typed, v_languages);
      if misspelt <> 'none' then
        v_similar_words := app_private.similar_words(v_words[1]);
        v_signed_term := case when v_signed is not null then v_term end;
        v_similar := app_private.either(app_private.misspelt_query(v_similar_words), v_signed_term);
      end if;
    else
      v_term := app_private.phrase_query(v_words, v_is_typed);
    end if;
    v_marked := app_private.either(replace(v_term::text, '<->', '|')::tsquery, v_signed);
    v_term := app_private.both(v_term, v_signed);
    if v_is_negative then
      v_term := !!v_term;
    else
      v_request.has_words := true;
      -- Each word of a phrase is marked by itself.
      v_request.shown := app_private.either(
        v_request.shown,
        app_private.either(v_marked, app_private.either(app_private.similar_query(v_similar_words), v_signed_term)));
    end if;
    if misspelt = 'one' then
      -- Either it was one of the words before, or it is this one.
      v_misspelt_clause := app_private.either(
        case when v_misspelt_clause is not null then v_misspelt_clause && v_term end,
        case when v_similar is not null then app_private.both(v_clause, v_similar) end);
    elsif misspelt = 'any' then
      v_term := app_private.either(v_term, v_similar);
    end if;
    v_clause := app_private.both(v_clause, v_term);
  end loop;

  v_request.terms := app_private.either(v_any, app_private.either(v_clause, v_misspelt_clause));
  v_request.tags := app_private.both(v_request.tags, v_senders);
  if v_wanted_rooms is not null then
    v_request.room_ids := array(select unnest(v_request.room_ids) intersect select unnest(v_wanted_rooms));
  end if;
  return v_request;
end
$$;
comment on function app_private.read_query(text, uuid[], text) is
  'Reads what a person typed into a search field. None of its words may be misspelt, `one` or `any`.';
--! EndIncluded functions/search/read_query.sql

--! Included functions/search/tag_query.sql
create or replace function app_private.tag_query(tags text[]) returns tsquery
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  -- Tags are made of letters, digits and `=`; the sign of those that must not be there stands outside their quotes.
  select string_agg(
      case when tag like '!%' then '!' || quote_literal(substr(tag, 2)) else quote_literal(tag) end, ' & ')::tsquery
    from unnest(tags) as tag;
$$;
comment on function app_private.tag_query(text[]) is 'A query for tags, or for their absence. Null when there are none.';
--! EndIncluded functions/search/tag_query.sql

--! Included functions/search/search_rank.sql
/*
 * Relevance and age in one number that never changes: a message half a year older has to be twice as relevant. As
 * a sum of logarithms it needs no "now", so the order of two messages stays what it was while a reader turns pages.
 */
create or replace function app_private.search_rank(message_id uuid, words tsvector, terms tsquery) returns double precision
language sql stable security invoker parallel safe -- not immutable, as extract() is not: it would not be inlined
return case when terms is null then 0 else ln(greatest(ts_rank(words, terms, 1), 1e-4)) / ln(2.0) end
  + (extract(epoch from uuid_extract_timestamp(message_id))::double precision - 1735689600) / 15552000;
comment on function app_private.search_rank(uuid, tsvector, tsquery) is
  'How high a message stands among the results: relevance in powers of two, plus half-years since 2025.';
--! EndIncluded functions/search/search_rank.sql

create type app_private.history_limits as (
  room_ids uuid[],
  first_seqs bigint[]
);
comment on type app_private.history_limits is
  'The rooms that somebody does not see all of, and from which message on they see each, place by place.';

--! Included functions/search/find_messages.sql
create or replace function app_private.find_messages(
  matching tsquery, except_for tsquery, ranked tsquery, room_ids uuid[], since uuid, until uuid, limits app_private.history_limits
) returns table (message_id uuid, room_id uuid, content_hash bigint, rank double precision)
language plpgsql stable security invoker rows 100
set search_path = pg_catalog, pg_temp
-- Whether to begin with the words, with the rooms or with both depends on how common the words are: the planner knows.
set plan_cache_mode = force_custom_plan
set enable_seqscan = off
as $$
declare
  -- Each goes through the policies afterwards, which for a common word is a third of the time with these.
  v_most_results constant integer := 500;
begin
  return query
    select found.message_id, found.room_id, found.content_hash, app_private.search_rank(found.message_id, found.words, ranked)
      from app_private.message_search as found
      where found.words @@ matching
        and found.room_id = any (find_messages.room_ids)
        and (since is null or found.message_id >= since)
        and (until is null or found.message_id < until)
        -- Before the best are chosen, and before it is asked whether there are few: neither may depend on what is not seen.
        and (
          (limits).room_ids is null or found.room_id <> all ((limits).room_ids)
          or (select messages.seq from app_public.messages where messages.id = found.message_id)
            >= (limits).first_seqs[array_position((limits).room_ids, found.room_id)])
        and (except_for is null or not found.words @@ except_for)
      order by 4 desc, 1 desc
      limit v_most_results;
end
$$;
comment on function app_private.find_messages(tsquery, tsquery, tsquery, uuid[], uuid, uuid, app_private.history_limits) is
  'The best 500 messages of some rooms that match one query and not the other, ranked by a third; of those rooms that the person asking does not see all of, what they see.';
--! EndIncluded functions/search/find_messages.sql

--! Included functions/search/match_messages.sql
create or replace function app_hidden.match_messages(
  query text, room_id uuid, author_id uuid, sent_before timestamptz, sent_after timestamptz,
  has_attachment boolean, in_thread boolean, pinned boolean, mentions_me boolean, approximate boolean
) returns table (message_id uuid, content_hash bigint, is_approximate boolean, rank double precision, shown tsquery, language text)
language plpgsql stable security definer rows 100
set search_path = pg_catalog, pg_temp
as $$
declare
  v_too_few constant integer := 5;
  v_viewer_id uuid := app_private.require_user();
  v_room_ids uuid[] := array(
    select mine from app_hidden.my_room_ids() as mine where match_messages.room_id is null or mine = match_messages.room_id);
  v_limits app_private.history_limits := (
    select row(array_agg(room_members.room_id), array_agg(sees_from_seq))::app_private.history_limits from app_public.room_members
      where user_id = v_viewer_id and room_members.room_id = any (v_room_ids) and sees_from_seq is not null);
  v_request app_private.search_request := app_private.read_query(query, v_room_ids);
  v_loose app_private.search_request;
  v_tags tsquery := app_private.both(app_private.both(v_request.tags, app_private.tag_query(array[
    app_private.search_tag('from', match_messages.author_id),
    case when has_attachment then '=file' when not has_attachment then '!=file' end,
    case when in_thread then '=reply' when not in_thread then '!=reply' end,
    case when pinned then '=pinned' when not pinned then '!=pinned' end
  ])), case when mentions_me then app_private.mention_query(v_viewer_id, v_viewer_id) end);
  v_since uuid := app_private.uuidv7_floor(greatest(v_request.since, app_private.check_moment(match_messages.sent_after, 'sentAfter')));
  v_until uuid := app_private.uuidv7_floor(least(v_request.until, app_private.check_moment(match_messages.sent_before, 'sentBefore')));
  v_match tsquery := app_private.both(v_request.terms, v_tags);
  v_count integer;
begin
  if cardinality(v_request.room_ids) = 0 or (not v_request.has_words and v_tags is null) then
    return;
  end if;
  return query
    select found.message_id, found.content_hash, false, found.rank, v_request.shown, room_languages.language
      from app_private.find_messages(
        v_match, null, case when v_request.has_words then v_request.terms end, v_request.room_ids, v_since, v_until, v_limits) as found
      left join app_private.room_languages using (room_id);
  get diagnostics v_count = row_count;
  if not v_request.has_words or not coalesce(approximate, v_count < v_too_few) then
    return;
  end if;
  v_loose := app_private.read_query(
    query, v_room_ids, misspelt => case when v_count = 0 or approximate then 'any' else 'one' end);
  if v_loose.terms <> v_request.terms then
    return query
      select found.message_id, found.content_hash, true, found.rank, v_loose.shown, room_languages.language
        from app_private.find_messages(
          app_private.both(v_loose.terms, v_tags), v_match, v_loose.terms, v_loose.room_ids, v_since, v_until, v_limits) as found
        left join app_private.room_languages using (room_id);
  end if;
end
$$;
comment on function app_hidden.match_messages(text, uuid, uuid, timestamptz, timestamptz, boolean, boolean, boolean, boolean, boolean) is
  'The messages of the viewer''s rooms that a query finds, at most 500 of the best, and what to mark in them.';
grant execute on function app_hidden.match_messages(text, uuid, uuid, timestamptz, timestamptz, boolean, boolean, boolean, boolean, boolean) to trumpet_user;
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
/*
 * Who sees a message is decided by the policy of messages and by nothing else: what was matched above the policies goes
 * through them here, before anything of it is shown.
 */
create or replace function app_public.search_messages(
  query text, room_id uuid default null, author_id uuid default null,
  sent_before timestamptz default null, sent_after timestamptz default null,
  has_attachment boolean default null, in_thread boolean default null, pinned boolean default null,
  mentions_me boolean default null, approximate boolean default null
) returns setof app_public.message_match
language sql stable security invoker rows 100
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
  select found.message_id, found.is_approximate, found.rank, messages.content, found.shown, found.language
    from app_hidden.match_messages(
      search_messages.query, search_messages.room_id, search_messages.author_id, search_messages.sent_before,
      search_messages.sent_after, search_messages.has_attachment, search_messages.in_thread, search_messages.pinned,
      search_messages.mentions_me, search_messages.approximate) as found
    join app_public.messages on messages.id = found.message_id
    -- The index may be a moment behind: nothing is found by what it said before.
    where messages.held_at is null and app_hidden.content_hash(messages.content, messages.metadata) = found.content_hash;
$$;
comment on function app_public.search_messages(text, uuid, uuid, timestamptz, timestamptz, boolean, boolean, boolean, boolean, boolean) is
  'Finds messages in your rooms, the best 500 at most and the best of them first: words, `"exact phrases"`, `-exclusions`, `or`, the word being typed by its beginning, misspelt words when little else is found; and `from:ada in:general before:2026-01-31 after:2025 has:file is:pinned is:reply mentions:me`.';
grant execute on function app_public.search_messages(text, uuid, uuid, timestamptz, timestamptz, boolean, boolean, boolean, boolean, boolean) to trumpet_user;
--! EndIncluded functions/search/search_messages.sql

--! Included functions/search/first_match.sql
/*
 * To mark matches, every letter of a script without spaces is looked at by itself, which takes 20 microseconds: too long
 * for a text of thousands. A part of it is indexed as a whole and asked whether it has a match at all.
 */
create or replace function app_hidden.first_match(content text, shown tsquery, language text) returns integer
language plpgsql stable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_part constant integer := 400;
  -- A pair, or a word of another script, that begins in one part and ends in the next.
  v_overlap constant integer := 40;
  v_before constant integer := 60;
begin
  for v_start in 1 .. char_length(content) by v_part loop
    if app_hidden.search_vector(substr(content, v_start, v_part + v_overlap), language) @@ shown then
      return greatest(v_start - v_before, 1);
    end if;
  end loop;
  return 1;
end
$$;
comment on function app_hidden.first_match(text, tsquery, text) is
  'From which letter on a text is worth a look for its first match: a little before it. The first when there is none.';
grant execute on function app_hidden.first_match(text, tsquery, text) to trumpet_user;
--! EndIncluded functions/search/first_match.sql

--! Included functions/search/headline.sql
/*
 * The marks ⟦ and ⟧ are no HTML, and where the text itself has them it is shown with square brackets: whoever finds a mark
 * may trust it. The text is escaped, because sooner or later somebody will put it into a page as it comes.
 */
create or replace function app_hidden.headline(content text, shown tsquery, language text) returns text
language plpgsql stable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_pieces_before constant integer := 16;
  v_pieces constant integer := 64;
  v_most_letters constant integer := 600;
  v_is_unspaced boolean := app_hidden.is_unspaced(content);
  v_start integer := case when v_is_unspaced and char_length(content) > v_most_letters
    then app_hidden.first_match(content, shown, language) else 1 end;
  v_window text := case when v_is_unspaced then substr(content, v_start, v_most_letters) else content end;
  v_marks text := app_hidden.omitted_marks() || app_hidden.invisible_letters() || '\u3099\u309A\uFF9E\uFF9F';
  v_word text := app_hidden.word_letters();
  v_emoji text := app_hidden.emoji_letters();
  v_unspaced text := '[' || app_hidden.unspaced_letters() || ']';
  -- A word, a letter of a script without spaces, an emoji, or what stands between. Each with the marks on it.
  v_text text[] := array(
    select piece[1] from regexp_matches(normalize(translate(v_window, '⟦⟧', '[]'), nfc) collate pg_unicode_fast,
      case when v_is_unspaced then
        format('%1$s[%4$s]*|(?:(?!%1$s)[%2$s])(?:(?!%1$s)[%2$s%4$s])*|[%3$s][%4$s]*|(?:(?!%1$s)[^%2$s%3$s])+',
          v_unspaced, v_word, v_emoji, v_marks)
      else format('[%1$s][%1$s%3$s]*|[%2$s][%3$s]*|[^%1$s%2$s]+', v_word, v_emoji, v_marks) end, 'g') as piece);
  v_lexeme text;
  v_pair text;
  v_is_match boolean;
  v_is_taken boolean := false;
  v_first integer;
  v_headline text := '';
begin
  -- No message has this word.
  shown := coalesce(shown, '''='''::tsquery);
  for i in 1 .. cardinality(v_text) loop
    v_lexeme := app_hidden.fold_for_search(v_text[i]);
    v_is_match := case when v_lexeme <> '' then array_to_tsvector(array[v_lexeme]) @@ shown else false end
      or language is not null and to_tsvector(language::regconfig, v_lexeme) @@ shown;
    if v_is_unspaced then
      -- Two letters of a pair are marked together. A letter that stands for all words beginning with it does not
      -- take the next one along.
      v_pair := case when not v_is_match and app_hidden.is_unspaced(v_text[i]) and app_hidden.is_unspaced(v_text[i + 1])
        then left(v_lexeme || app_hidden.fold_for_search(v_text[i + 1]), 2) end;
      v_is_match := v_is_match or v_is_taken;
      v_is_taken := case when v_pair <> '' then array_to_tsvector(array[v_pair]) @@ shown else false end;
      v_is_match := v_is_match or v_is_taken;
    end if;
    if v_is_match and v_first is null then
      v_first := greatest(i - v_pieces_before, 1);
      v_headline := array_to_string(v_text[v_first : i - 1], '');
    end if;
    if v_first is not null then
      v_headline := v_headline || case when v_is_match then '⟦' || left(v_text[i], 100) || '⟧' else v_text[i] end;
      exit when i >= v_first + v_pieces;
    end if;
  end loop;
  if v_first is null then
    v_first := 1;
    v_headline := array_to_string(v_text[1 : 1 + v_pieces], '');
  end if;
  if shown::text ~ '[+#.]' then
    -- The signs of C++ and #topic belong to the match.
    v_headline := regexp_replace(regexp_replace(v_headline, '⟧(\+\+?|#)', '\1⟧', 'g'), '([.#])⟦', '⟦\1', 'g');
  end if;
  return case when v_start > 1 or v_first > 1 then '… ' else '' end
    || replace(replace(replace(replace(replace(replace(
      v_headline, '⟧⟦', ''), '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&#39;')
    || case when v_first + v_pieces < cardinality(v_text) or v_start + v_most_letters <= char_length(content) and v_is_unspaced then ' …' else '' end;
end
$$;
comment on function app_hidden.headline(text, tsquery, text) is
  'About 30 words of a text from shortly before the first match on, escaped for HTML, matches between ⟦ and ⟧.';
grant execute on function app_hidden.headline(text, tsquery, text) to trumpet_user;
--! EndIncluded functions/search/headline.sql

--! Included functions/search/message_match_headline.sql
create or replace function app_public.message_match_headline(match app_public.message_match) returns text
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select app_hidden.headline(match.content, match.shown, match.language);
$$;
comment on function app_public.message_match_headline(app_public.message_match) is
  'The matching part of the message, about 30 words, with each match between `⟦` and `⟧`. Escaped for HTML: replace the marks with your own tags.';
grant execute on function app_public.message_match_headline(app_public.message_match) to trumpet_user;
--! EndIncluded functions/search/message_match_headline.sql

/* Names */

--! Included functions/search/name_spellings.sql
create or replace function app_private.name_spellings(name text) returns text[]
language sql immutable strict security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select array_agg(distinct spelling)
    from unnest(app_hidden.search_words(name)) as word, unnest(app_private.spellings(word)) as spelling;
$$;
comment on function app_private.name_spellings(text) is 'The spellings of every word of a name: see search_words.';
--! EndIncluded functions/search/name_spellings.sql

/* search_users, search_rooms: names that contain what was typed, or are like it, or one slip away. */
create index users_display_name_folded on app_public.users using gin (app_hidden.fold_for_search(display_name) public.gin_trgm_ops);
create index users_spellings on app_public.users using gin (app_private.name_spellings(username::text || ' ' || display_name));
create index rooms_name_folded on app_public.rooms using gin (app_hidden.fold_for_search(name) public.gin_trgm_ops);
create index rooms_slug_trigrams on app_public.rooms using gin ((slug::text) public.gin_trgm_ops);
create index rooms_spellings on app_public.rooms using gin (app_private.name_spellings(slug::text || ' ' || name));

--! Included functions/search/like_pattern.sql
create or replace function app_private.like_pattern(term text) returns text
language sql immutable strict security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select replace(replace(replace(term, '\', '\\'), '%', '\%'), '_', '\_');
$$;
comment on function app_private.like_pattern(text) is 'A text that LIKE takes for itself.';
--! EndIncluded functions/search/like_pattern.sql

--! Included functions/search/searched_name.sql
create or replace function app_private.searched_name(query text, sign text) returns text
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_user();
  if char_length(query) > 100 then
    raise exception 'A search for a name has at most 100 characters.' using errcode = 'TR400';
  end if;
  return app_hidden.fold_for_search(btrim(ltrim(btrim(query), sign)));
end
$$;
comment on function app_private.searched_name(text, text) is
  'What is compared with names, without the sign that people put before them; BAD_INPUT when it is longer than any name.';
--! EndIncluded functions/search/searched_name.sql

--! Included functions/search/name_rank.sql
/*
 * How well a name fits what was typed, as a number, so that a page of results can say where it ends. Whole names come
 * first, then those that begin so, whatever their capitals and accents; then the most alike.
 */
create or replace function app_hidden.name_rank(handle text, name text, query text, sign text) returns double precision
language plpgsql immutable security invoker parallel safe
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_term constant text := app_hidden.fold_for_search(btrim(ltrim(btrim(query), sign)));
  v_handle constant text := app_hidden.fold_for_search(handle);
  v_name constant text := app_hidden.fold_for_search(name);
begin
  return case
      when v_handle = v_term then 8
      when v_name = v_term then 6
      when starts_with(v_handle, v_term) or starts_with(v_name, v_term) then 2
      else 0
    end + greatest(similarity(v_handle, v_term), similarity(v_name, v_term));
end
$$;
comment on function app_hidden.name_rank(text, text, text, text) is
  'How well a username or slug, or the name shown beside it, fits a query that may begin with a sign: the higher the better.';
grant execute on function app_hidden.name_rank(text, text, text, text) to trumpet_user;
--! EndIncluded functions/search/name_rank.sql

--! Included functions/search/search_rooms.sql
create or replace function app_public.search_rooms(query text) returns setof app_public.rooms
language sql stable security definer rows 20
set search_path = pg_catalog, public, pg_temp
as $$
  with asked as materialized (
    select term, app_private.like_pattern(term) as literal
      from app_private.searched_name(search_rooms.query, '#') as term
      where term <> ''
  )
  select rooms.*
    from asked, app_public.rooms
    where (
      rooms.slug::text like '%' || literal || '%'
      or app_hidden.fold_for_search(rooms.name) like '%' || literal || '%'
      or rooms.slug::text % term
      or app_hidden.fold_for_search(rooms.name) % term
      or app_private.name_spellings(rooms.slug::text || ' ' || rooms.name) && app_private.spellings(term)
    ) and (rooms.type = 'public' and rooms.workspace_id = (select app_hidden.current_workspace_id())
        and not (select app_hidden.is_guest()) or rooms.id in (select app_hidden.my_room_ids()))
    order by app_hidden.name_rank(rooms.slug::text, rooms.name, search_rooms.query, '#') desc, rooms.id
    limit 500;
$$;
comment on function app_public.search_rooms(text) is
  'Public rooms and your own whose name or slug contains or resembles the words: the 500 best at most, the best first.';
grant execute on function app_public.search_rooms(text) to trumpet_user;
--! EndIncluded functions/search/search_rooms.sql

--! Included functions/search/name_beginnings.sql
/*
 * Names begin at each of their words: `ada lo` and `love` find Ada Lovelace. As a tsvector, whose index finds beginnings
 * without reading the names again.
 */
create or replace function app_private.name_beginnings(handle text, name text) returns tsvector
language sql immutable strict security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select array_to_tsvector(array_agg(left(beginning, 100)))
    from (
      select app_hidden.fold_for_search(handle) as beginning
      union all
      select array_to_string(words[first:], ' ')
        from regexp_split_to_array(app_hidden.fold_for_search(name), '\s+') as words, generate_subscripts(words, 1) as first
    ) as beginnings
    where beginning <> '';
$$;
comment on function app_private.name_beginnings(text, text) is
  'A username, and a display name from each of its words on, whatever their capitals and accents: 100 characters at most of each.';
--! EndIncluded functions/search/name_beginnings.sql

/* rooms_search_members: names that begin with what was typed. */
create index users_name_beginnings on app_public.users using gin (app_private.name_beginnings(username::text, display_name));

--! Included functions/search/beginning_query.sql
create or replace function app_private.beginning_query(term text) returns tsquery
language sql immutable strict security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select ('''' || replace(replace(left(regexp_replace(term, '\s+', ' ', 'g'), 100), '\', '\\'), '''', '''''') || ''':*')::tsquery;
$$;
comment on function app_private.beginning_query(text) is 'What finds the name_beginnings that begin with a term.';
--! EndIncluded functions/search/beginning_query.sql

--! Included functions/search/name_wholeness.sql
/* Beside name_rank, what costs little: all of a large room may begin so. */
create or replace function app_hidden.name_wholeness(handle text, name text, query text, sign text) returns integer
language plpgsql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_term constant text := app_hidden.fold_for_search(btrim(ltrim(btrim(query), sign)));
begin
  return case v_term
      when app_hidden.fold_for_search(handle) then 2
      when app_hidden.fold_for_search(name) then 1
      else 0
    end;
end
$$;
comment on function app_hidden.name_wholeness(text, text, text, text) is
  'Whether a query, which may begin with a sign, is a whole username or slug (2), the whole name shown beside it (1), or neither (0).';
grant execute on function app_hidden.name_wholeness(text, text, text, text) to trumpet_user;
--! EndIncluded functions/search/name_wholeness.sql

--! Included functions/search/rooms_search_members.sql
create or replace function app_public.rooms_search_members(room app_public.rooms, query text) returns setof app_public.users
language sql stable security definer rows 20
set search_path = pg_catalog, pg_temp
as $$
  with asked as materialized (
    select app_private.beginning_query(term) as beginning
      from app_private.searched_name(rooms_search_members.query, '@') as term
      where term <> '' and app_hidden.can_look_into(room.id)
  )
  select users.*
    from asked, app_public.users
    where app_private.name_beginnings(users.username::text, users.display_name) @@ beginning
      and exists (
        select from app_public.room_members where room_members.room_id = room.id and room_members.user_id = users.id)
    order by
      app_hidden.name_wholeness(users.username::text, users.display_name, rooms_search_members.query, '@') desc,
      lower(users.username::text) collate "C"
    limit 100;
$$;
comment on function app_public.rooms_search_members(app_public.rooms, text) is
  'The members whose username, or a word of whose display name, begins with the words, whatever their capitals and accents: 100 at most, whole names first, then by username. For members.';
grant execute on function app_public.rooms_search_members(app_public.rooms, text) to trumpet_user;
--! EndIncluded functions/search/rooms_search_members.sql

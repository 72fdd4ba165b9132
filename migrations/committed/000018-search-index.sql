--! Previous: x
--! Hash: x

/*
 * What messages are found by.
 *
 * What can be found of a message is one tsvector in a table beside it, partitioned alike: its words, and tags for what
 * else people filter by (its author, whom it mentions, whether it is pinned …). One GIN index then answers "these words,
 * from bob, with a file" in one scan, and the planner meets it with the index of the viewer's rooms. A column of messages
 * would be indexed anew whenever an answer is counted. Rooms as tags, or an index on (room_id, words), would look each
 * word up once a room: measured on a million messages with 50 rooms, 6 ms instead of 0.2 for two rare words, and for a
 * phrase of common ones 200 ms instead of 140.
 *
 * Small functions here have bodies of the SQL standard (`return …`): their names are resolved when they are made, so they
 * need no search_path, and without one they are inlined where they are called, which for some is once a message found.
 *
 * A tag begins with `=`, as no word does: nobody can write a message, or a query, that passes for one.
 */

/* Words */

--! Included functions/search-index/letter_pairs.sql

--! EndIncluded functions/search-index/letter_pairs.sql

--! Included functions/search-index/search_words.sql

--! EndIncluded functions/search-index/search_words.sql

--! Included functions/search-index/signed_words.sql

--! EndIncluded functions/search-index/signed_words.sql

/*
 * A room's language adds the stems of its words, without positions: "running" is found by "runs", while a phrase
 * compares the words as they were written.
 */
create table app_private.room_languages (
  room_id uuid primary key references app_public.rooms on delete cascade,
  language text not null
);
comment on table app_private.room_languages is 'The text-search configuration of a room. No row: words are compared as they are, without accents.';
alter table app_private.room_languages enable row level security;

--! Included functions/search-index/search_vector.sql

--! EndIncluded functions/search-index/search_vector.sql

--! Included functions/search-index/search_tag.sql

--! EndIncluded functions/search-index/search_tag.sql

--! Included functions/search-index/content_hash.sql

--! EndIncluded functions/search-index/content_hash.sql

create table app_private.message_search (
  message_id uuid primary key,
  room_id uuid not null,
  content_hash bigint not null,
  words tsvector not null
) partition by range (message_id);
comment on table app_private.message_search is
  'What each message is found by: words, stems, and tags: `=from…`, `=to…`, `=reply`, `=pinned`, `=file`.';
comment on column app_private.message_search.content_hash is
  'Of the text that these words are of: who finds a message by them compares it with what the message says now.';
alter table app_private.message_search enable row level security;

/* search_messages. A short pending list: whoever searches reads all of it. */
create index message_search_words on app_private.message_search using gin (words) with (gin_pending_list_limit = 256);
/* search_messages: the viewer's rooms. */
create index message_search_room_id on app_private.message_search (room_id);

select app_private.make_partitions();

/*
 * The words that anyone ever wrote, each with every spelling that lacks one letter of it. Two words that share such
 * a spelling are one slip apart: a letter too many, too few, another one, or two in the wrong order. That is found by
 * equality, in an index, whereas similarity by trigrams misses half of the slips in short words.
 *
 * Several rows may say the same: a unique index would make two transactions with one new word wait for each other.
 */
create table app_private.search_words (
  word text not null,
  spellings text[] not null
);
comment on table app_private.search_words is 'The vocabulary that misspelt words of a query are compared with. Not who wrote a word, nor where.';
alter table app_private.search_words enable row level security;
/* index_messages: is it there? */
create index search_words_word on app_private.search_words (word);
/* similar_words: one slip away. */
create index search_words_spellings on app_private.search_words using gin (spellings);
/* similar_words: further away. */
create index search_words_trigrams on app_private.search_words using gin (word public.gin_trgm_ops);

--! Included functions/search-index/is_learned.sql

--! EndIncluded functions/search-index/is_learned.sql

--! Included functions/search-index/spellings.sql

--! EndIncluded functions/search-index/spellings.sql

/*
 * A rare word may be a name. What leaves a message is noted, and the worker forgets what no message has any more: at the
 * end of an erasure and every night. Twice is as good as once, and a unique index would make transactions wait.
 */
create table app_private.words_to_forget (
  word text not null
);
comment on table app_private.words_to_forget is 'Words that have left a message, until it is known whether another has them.';
alter table app_private.words_to_forget enable row level security;
create index words_to_forget_word on app_private.words_to_forget (word);

--! Included functions/search-index/note_words_to_forget.sql

--! EndIncluded functions/search-index/note_words_to_forget.sql

--! Included functions/search-index/tg_message_search__note_words.sql

--! EndIncluded functions/search-index/tg_message_search__note_words.sql

create trigger _500_note_words_update after update of words on app_private.message_search
  for each row when (old.words is distinct from new.words) execute function app_private.tg_message_search__note_words();
create trigger _100_refuse_truncate before truncate on app_private.message_search
  for each statement execute function app_private.tg_any__refuse_truncate();
create trigger _500_note_words_delete after delete on app_private.message_search
  for each row execute function app_private.tg_message_search__note_words();

--! Included functions/search-index/forget_words.sql

--! EndIncluded functions/search-index/forget_words.sql

--! Included functions/search-index/similar_words.sql

--! EndIncluded functions/search-index/similar_words.sql

/*
 * Keeping the index
 *
 * A message is indexed behind the commit that writes it, by the worker: the room's head is locked until that commit, and
 * the words of a long text take longer than all else about it. New messages are found by their numbers: see
 * background-indexing. What becomes of them is noted, a row for each change. The log would be a queue that costs nothing,
 * but work in bulk writes no log, and a reader of all rooms waits for the oldest transaction that is open; notes have
 * neither. Twice is as good as once.
 */
create table app_private.messages_to_index (
  message_id uuid not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0);
comment on table app_private.messages_to_index is 'Messages that search has to look at: they are not as they were, or gone.';
alter table app_private.messages_to_index enable row level security;

--! Included functions/search-index/index_messages.sql

--! EndIncluded functions/search-index/index_messages.sql

--! Included functions/search-index/index_noted.sql

--! EndIncluded functions/search-index/index_noted.sql

--! Included functions/search-index/tg_messages__index.sql

--! EndIncluded functions/search-index/tg_messages__index.sql

/* Deleting empties the text. */
create trigger _700_index_update after update of content, metadata, author_id, pinned_at, held_at, deleted_at on app_public.messages
  for each row execute function app_private.tg_messages__index();
create trigger _700_index_delete after delete on app_public.messages
  for each row execute function app_private.tg_messages__index();

--! Included functions/search-index/tg_message_mentions__index.sql

--! EndIncluded functions/search-index/tg_message_mentions__index.sql

create trigger _700_index_insert after insert on app_private.message_mentions
  referencing new table as changed for each statement execute function app_private.tg_message_mentions__index();
create trigger _100_refuse_truncate before truncate on app_private.message_mentions
  for each statement execute function app_private.tg_any__refuse_truncate();
create trigger _700_index_delete after delete on app_private.message_mentions
  referencing old table as changed for each statement execute function app_private.tg_message_mentions__index();

--! Included functions/search-index/tg_message_attachments__index.sql

--! EndIncluded functions/search-index/tg_message_attachments__index.sql

create trigger _700_index after insert or update on app_public.message_attachments
  for each row when (new.message_id is not null) execute function app_private.tg_message_attachments__index();

/* A room's language */

--! Included functions/search-index/rooms_language.sql

--! EndIncluded functions/search-index/rooms_language.sql

--! Included functions/search-index/index_room.sql

--! EndIncluded functions/search-index/index_room.sql

--! Included functions/search-index/set_room_language.sql

--! EndIncluded functions/search-index/set_room_language.sql

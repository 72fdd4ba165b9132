--! Previous: sha1:479bfeeda401125e7b56b77a4809cba7f54d61da
--! Hash: sha1:66dfcd1d9c16408a0051a97c4979e968b3a4854e

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
/*
 * Of a script without spaces, every pair of neighbouring letters is a word, and the last letter by itself: 天气好 becomes
 * 天气 气好 好. A word of any length is then a phrase of pairs, and a single letter is the beginning of one. Letters are
 * doubled with a bar between (天|天气|气好|好), and the first of each row goes: in time by the length of the text, as
 * nothing is counted.
 */
create or replace function app_hidden.letter_pairs(content text) returns text
language sql immutable strict security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select translate(
      regexp_replace(
        regexp_replace(
          regexp_replace(translate(content, '|', ' '), '([' || app_hidden.unspaced_letters() || ']+)', ' \1 ', 'g'),
          '([' || app_hidden.unspaced_letters() || '])', '\1|\1', 'g'),
        ' [' || app_hidden.unspaced_letters() || ']\|', ' ', 'g'),
      '|', ' ');
$$;
comment on function app_hidden.letter_pairs(text) is 'A text in which scripts without spaces are written as pairs of letters.';
grant execute on function app_hidden.letter_pairs(text) to trumpet_user;
--! EndIncluded functions/search-index/letter_pairs.sql

--! Included functions/search-index/search_words.sql
create or replace function app_hidden.search_words(content text) returns text[]
language plpgsql immutable strict security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_longest constant integer := 200;
  v_text text := app_hidden.fold_for_search(content);
begin
  -- Everything that is no letter, no digit and no picture parts words, so an address or a file name is found by any part
  -- of it.
  if octet_length(v_text) = char_length(v_text) then
    v_text := translate(v_text, e'!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\t\n\r\v\f', repeat(' ', 37));
  end if;
  v_text := regexp_replace(
    v_text collate pg_unicode_fast, '[^' || app_hidden.word_letters() || app_hidden.emoji_letters() || ']+', ' ', 'g');
  if octet_length(v_text) > char_length(v_text) then
    v_text := regexp_replace(v_text, '([' || app_hidden.emoji_letters() || '])', ' \1 ', 'g');
    if app_hidden.is_unspaced(v_text) then
      v_text := app_hidden.letter_pairs(v_text);
    end if;
  end if;
  if v_text ~ ('\S{' || v_longest + 1 || '}') then
    v_text := regexp_replace(v_text, '(\S{' || v_longest || '})\S+', '\1', 'g');
  end if;
  return array_remove(string_to_array(v_text, ' '), '');
end
$$;
comment on function app_hidden.search_words(text) is
  'The words of a text in their order, the way they are indexed and asked for: letters and digits only, or one emoji.';
grant execute on function app_hidden.search_words(text) to trumpet_user;
--! EndIncluded functions/search-index/search_words.sql

--! Included functions/search-index/signed_words.sql
/*
 * Some names differ by a sign that elsewhere only parts words: C++ and C#, .NET, #topic. They are words like others, and
 * by their signs one more each, which has no place in a phrase.
 */
create or replace function app_hidden.signed_words(content text) returns text[]
language sql immutable strict security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(distinct left(coalesce(found[1], found[2]), 200)), '{}')
    from regexp_matches(
      app_hidden.fold_for_search(content) collate pg_unicode_fast,
      replace('(?:^|[^letters.#])([.#][[:alpha:]][letters_]*)|([letters]*[[:alpha:]](?:\+\+?|#))(?![letters+#])',
        'letters', app_hidden.word_letters()),
      'g') as found
    where content ~ '[#+.＃＋．]';
$$;
comment on function app_hidden.signed_words(text) is 'The words of a text that are written with a sign, such as c++, .net and #topic.';
grant execute on function app_hidden.signed_words(text) to trumpet_user;
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
create or replace function app_hidden.search_vector(content text, language text) returns tsvector
language plpgsql stable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_words text[] := app_hidden.search_words(content);
  -- Numbered here and not by to_tsvector, whose letters are those of the database's locale, and which knows no emoji.
  v_vector tsvector := coalesce(
    (select string_agg('''' || word || ''':' || place, ' ')::tsvector from unnest(v_words) with ordinality as words (word, place)), '')
    || array_to_tsvector(app_hidden.signed_words(content));
begin
  if language is null then
    return v_vector;
  end if;
  return v_vector || strip(to_tsvector(language::regconfig, array_to_string(v_words, ' ')));
end
$$;
comment on function app_hidden.search_vector(text, text) is 'The words of a text, and their stems in a language.';
grant execute on function app_hidden.search_vector(text, text) to trumpet_user;
--! EndIncluded functions/search-index/search_vector.sql

--! Included functions/search-index/search_tag.sql
create or replace function app_private.search_tag(name text, id uuid) returns text
language sql immutable security invoker parallel safe
-- The last 48 bits of an id are random, and enough to tell people apart.
return '=' || name || right(id::text, 12);
comment on function app_private.search_tag(text, uuid) is 'The tag of an author or of someone mentioned.';
--! EndIncluded functions/search-index/search_tag.sql

create table app_private.message_search (
  message_id uuid primary key,
  room_id uuid not null,
  words tsvector not null
) partition by range (message_id);
comment on table app_private.message_search is
  'What each message is found by: words, stems, and tags: `=from…`, `=to…`, `=reply`, `=pinned`, `=file`.';
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
/* learn_words: is it there? */
create index search_words_word on app_private.search_words (word);
/* similar_words: one slip away. */
create index search_words_spellings on app_private.search_words using gin (spellings);
/* similar_words: further away. */
create index search_words_trigrams on app_private.search_words using gin (word public.gin_trgm_ops);

--! Included functions/search-index/is_learned.sql
create or replace function app_private.is_learned(word text) returns boolean
language sql immutable security invoker parallel safe
return char_length(word) between 3 and 24 and word !~ '[0-9=+#.]';
comment on function app_private.is_learned(text) is
  'Whether a word belongs into the vocabulary. Nothing with a digit: no numbers of telephones or accounts.';
--! EndIncluded functions/search-index/is_learned.sql

--! Included functions/search-index/spellings.sql
create or replace function app_private.spellings(word text) returns text[]
language sql immutable strict security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case
    -- What is left of two letters says nothing, and what is longer than any name is no slip of one.
    when char_length(word) not between 3 and 80 then array[word]
    else (
      select array_agg(distinct left(word, i - 1) || substr(word, i + 1)) || word from generate_series(1, char_length(word)) as i
    )
  end;
$$;
comment on function app_private.spellings(text) is 'A word, and what is left of it when any one letter is missing.';
--! EndIncluded functions/search-index/spellings.sql

--! Included functions/search-index/learn_words.sql
create or replace function app_private.learn_words(words tsvector) returns void
language plpgsql volatile strict security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  -- A text of new words only is nobody's language, and each costs twenty rows of an index.
  v_most constant integer := 100;
begin
  insert into app_private.search_words (word, spellings)
    select written.word, app_private.spellings(written.word)
      from unnest(tsvector_to_array(words)) as written (word)
      where app_private.is_learned(written.word)
        and not exists (select from app_private.search_words as known where known.word = written.word)
      limit v_most;
end
$$;
comment on function app_private.learn_words(tsvector) is 'Adds the words that nobody has written before, a hundred a message at most.';
--! EndIncluded functions/search-index/learn_words.sql

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
create or replace function app_private.note_words_to_forget(words text[]) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  insert into app_private.words_to_forget (word)
    select given.word from unnest(words) as given (word)
      where app_private.is_learned(given.word)
        and not exists (select from app_private.words_to_forget as noted where noted.word = given.word);
$$;
comment on function app_private.note_words_to_forget(text[]) is 'Has the worker look whether anybody still uses these words.';
--! EndIncluded functions/search-index/note_words_to_forget.sql

--! Included functions/search-index/tg_message_search__note_words.sql
create or replace function app_private.tg_message_search__note_words() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.note_words_to_forget(array(
    select unnest(tsvector_to_array(old.words))
    except
    select unnest(case when tg_op = 'UPDATE' then tsvector_to_array(new.words) end)));
  return null;
end
$$;
comment on function app_private.tg_message_search__note_words() is 'Words that leave a message may have been its alone.';
--! EndIncluded functions/search-index/tg_message_search__note_words.sql

create trigger _500_note_words_update after update of words on app_private.message_search
  for each row when (old.words is distinct from new.words) execute function app_private.tg_message_search__note_words();
create trigger _500_note_words_delete after delete on app_private.message_search
  for each row execute function app_private.tg_message_search__note_words();

--! Included functions/search-index/forget_words.sql
/*
 * A word is looked for as a literal, so that the planner sees how common it is: a rare one in the index, of a common one
 * the first row that comes.
 */
create or replace function app_private.forget_words(batch_size integer) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_words text[];
  v_word text;
  v_is_used boolean;
begin
  with noted as (
    delete from app_private.words_to_forget
      where ctid = any (array(select ctid from app_private.words_to_forget limit batch_size for update skip locked))
      returning word
  )
  select array_agg(distinct word) into v_words from noted;
  foreach v_word in array coalesce(v_words, '{}') loop
    execute format(
      'select exists (select from app_private.message_search where words @@ %L::tsquery)', quote_literal(v_word))
      into v_is_used;
    if not v_is_used then
      delete from app_private.search_words where word = v_word;
    end if;
  end loop;
  return v_words is not null;
end
$$;
comment on function app_private.forget_words(integer) is
  'Takes words out of the vocabulary that are in no message any more, of those that were noted, at most a batch. False when there were none.';
--! EndIncluded functions/search-index/forget_words.sql

--! Included functions/search-index/similar_words.sql
/*
 * What a word may be misspelt for depends on that word and the other alone, never on how many there are or which is the
 * nearest: words that others wrote where the viewer cannot read must not change what the viewer finds.
 */
create or replace function app_private.similar_words(word text) returns text[]
language plpgsql stable strict security invoker
set search_path = pg_catalog, public, pg_temp
set pg_trgm.similarity_threshold = 0.5
-- The plan for any word is the plan for every word: both conditions are what the indexes are for.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
begin
  if char_length(word) not between 3 and 24 then
    return '{}';
  end if;
  return array(
    select known.word from app_private.search_words as known
      where known.spellings && app_private.spellings(similar_words.word) and known.word <> similar_words.word
        -- "hel" is not misspelt for "the".
        and (char_length(similar_words.word) > 3 or char_length(known.word) > 3)
    union
    -- Two slips in a long word leave half of its trigrams.
    select known.word from app_private.search_words as known
      where char_length(similar_words.word) >= 6 and known.word % similar_words.word and known.word <> similar_words.word
  );
end
$$;
comment on function app_private.similar_words(text) is
  'Words that a misspelt one may stand for: those one slip away, and for long words those that share half of the trigrams.';
--! EndIncluded functions/search-index/similar_words.sql

/* Keeping the index */

--! Included functions/search-index/prepared_words_key.sql
create or replace function app_private.prepared_words_key(content text, language text) returns text
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select md5(content) || ' ' || coalesce(language, '') || ' ';
$$;
comment on function app_private.prepared_words_key(text, text) is 'What words that were found before begin with: what they are of.';
--! EndIncluded functions/search-index/prepared_words_key.sql

--! Included functions/search-index/prepare_words.sql
/*
 * The words of a long text take longer than all else about a message, and a trigger finds them while the room's head is
 * locked. So whoever is about to write one has them found before, for the trigger of the same transaction.
 */
create or replace function app_private.prepare_words(room_id uuid, content text) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_long constant integer := 500;
  v_language text;
begin
  if char_length(content) > v_long then
    v_language := (select language from app_private.room_languages where room_languages.room_id = prepare_words.room_id);
    perform set_config(
      'trumpet.prepared_words',
      app_private.prepared_words_key(content, v_language) || app_hidden.search_vector(content, v_language), true);
  end if;
end
$$;
comment on function app_private.prepare_words(uuid, text) is 'Finds the words of a text before its room is locked.';
--! EndIncluded functions/search-index/prepare_words.sql

--! Included functions/search-index/found_words.sql
create or replace function app_private.found_words(content text, language text) returns tsvector
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_prepared text := coalesce(current_setting('trumpet.prepared_words', true), '');
  v_key text;
begin
  if v_prepared <> '' then
    v_key := app_private.prepared_words_key(content, language);
    if starts_with(v_prepared, v_key) then
      return substr(v_prepared, char_length(v_key) + 1)::tsvector;
    end if;
  end if;
  return app_hidden.search_vector(content, language);
end
$$;
comment on function app_private.found_words(text, text) is 'The words of a text, as they were found before if they were.';
--! EndIncluded functions/search-index/found_words.sql

--! Included functions/search-index/index_text.sql
create or replace function app_private.index_text(message app_public.messages) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_words tsvector := app_private.found_words(
    message.content, (select language from app_private.room_languages where room_id = message.room_id));
begin
  if message.content is null or message.held_at is not null then
    return;
  end if;
  perform app_private.learn_words(v_words);
  insert into app_private.message_search (message_id, room_id, words)
    values (message.id, message.room_id, v_words || array_to_tsvector(array[
      app_private.search_tag('from', message.author_id),
      case when message.parent_message_id is null then '=first' else '=reply' end]))
    -- Tags it has stay.
    on conflict on constraint message_search_pkey do update set words = v_words || array_to_tsvector(array(
      select tag from unnest(tsvector_to_array(message_search.words)) as tag where tag like '=%'));
end
$$;
comment on function app_private.index_text(app_public.messages) is
  'Makes a message found by its words, instead of those it had before.';
--! EndIncluded functions/search-index/index_text.sql

--! Included functions/search-index/set_search_tag.sql
create or replace function app_private.set_search_tag(message_id uuid, tag text, is_set boolean) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  update app_private.message_search
    set words = case when is_set then words || array_to_tsvector(array[tag]) else ts_delete(words, tag) end
    where message_search.message_id = set_search_tag.message_id;
$$;
comment on function app_private.set_search_tag(uuid, text, boolean) is 'Gives a message a tag, or takes it away.';
--! EndIncluded functions/search-index/set_search_tag.sql

--! Included functions/search-index/index_message.sql
create or replace function app_private.index_message(message app_public.messages) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.index_text(message);
  perform app_private.set_search_tag(message.id, tag, true) from (
    select '=pinned' where message.pinned_at is not null
    union all
    select '=file' where exists (select from app_public.message_attachments where message_attachments.message_id = message.id)
    union all
    select app_private.search_tag('to', user_id) from app_private.message_mentions
      where message_mentions.message_id = message.id
  ) as tags (tag);
end
$$;
comment on function app_private.index_message(app_public.messages) is
  'Makes a message found that was not: by its words, and by all its tags.';
--! EndIncluded functions/search-index/index_message.sql

--! Included functions/search-index/tg_messages__index.sql
create or replace function app_private.tg_messages__index() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    perform app_private.index_text(new);
  elsif tg_op = 'DELETE' or new.content is null or new.held_at is not null then
    delete from app_private.message_search where message_id = old.id;
  elsif old.held_at is not null then
    perform app_private.index_message(new);
  else
    if new.content is distinct from old.content then
      perform app_private.index_text(new);
    end if;
    if (new.pinned_at is null) <> (old.pinned_at is null) then
      perform app_private.set_search_tag(new.id, '=pinned', new.pinned_at is not null);
    end if;
  end if;
  return null;
end
$$;
comment on function app_private.tg_messages__index() is
  'A message is found from the moment it is sent, or released, until the moment it is deleted or held.';
--! EndIncluded functions/search-index/tg_messages__index.sql

create trigger _700_index_insert after insert on app_public.messages
  for each row when (new.content is not null and new.held_at is null) execute function app_private.tg_messages__index();
create trigger _700_index_update after update on app_public.messages
  for each row when (
    old.content is distinct from new.content
    or (old.pinned_at is null) <> (new.pinned_at is null)
    or (old.held_at is null) <> (new.held_at is null)
  ) execute function app_private.tg_messages__index();
create trigger _700_index_delete after delete on app_public.messages
  for each row execute function app_private.tg_messages__index();

--! Included functions/search-index/tg_message_mentions__index.sql
create or replace function app_private.tg_message_mentions__index() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row app_private.message_mentions := case when tg_op = 'DELETE' then old else new end;
begin
  perform app_private.set_search_tag(v_row.message_id, app_private.search_tag('to', v_row.user_id), tg_op = 'INSERT');
  return null;
end
$$;
comment on function app_private.tg_message_mentions__index() is 'Keeps the tag of who is mentioned.';
--! EndIncluded functions/search-index/tg_message_mentions__index.sql

create trigger _700_index after insert or delete on app_private.message_mentions
  for each row execute function app_private.tg_message_mentions__index();

--! Included functions/search-index/tg_message_attachments__index.sql
create or replace function app_private.tg_message_attachments__index() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.set_search_tag(new.message_id, '=file', true);
  return null;
end
$$;
comment on function app_private.tg_message_attachments__index() is 'A message is found by its files once they are bound to it.';
--! EndIncluded functions/search-index/tg_message_attachments__index.sql

create trigger _700_index after insert or update on app_public.message_attachments
  for each row when (new.message_id is not null) execute function app_private.tg_message_attachments__index();

/* A room's language */

--! Included functions/search-index/rooms_language.sql
create or replace function app_public.rooms_language(room app_public.rooms) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select language from app_private.room_languages where room_id = room.id and app_hidden.can_see_room(room.id);
$$;
comment on function app_public.rooms_language(app_public.rooms) is
  'The language whose inflections search sees through here, such as `english`. Null: words are compared as they are.';
grant execute on function app_public.rooms_language(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/search-index/rooms_language.sql

--! Included functions/search-index/index_room.sql
create or replace function app_private.index_room(room_id uuid, after_seq bigint default 0, batch integer default 1000) returns bigint
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message app_public.messages;
  v_last_seq bigint;
begin
  for v_message in
    select messages.* from app_public.messages
      where messages.room_id = index_room.room_id and messages.seq > index_room.after_seq
      order by messages.seq limit batch
  loop
    perform app_private.index_text(v_message);
    v_last_seq := v_message.seq;
  end loop;
  return v_last_seq;
end
$$;
comment on function app_private.index_room(uuid, bigint, integer) is
  'Indexes a batch of a room''s messages anew. Gives the seq it came to, null when there are no more.';
--! EndIncluded functions/search-index/index_room.sql

--! Included functions/search-index/set_room_language.sql
create or replace function app_public.set_room_language(room_id uuid, language text default null) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room app_public.rooms;
begin
  perform app_private.limit_rate('room');
  v_room := (app_private.lock_room_as(set_room_language.room_id, 'admin')).room;
  if set_room_language.language is null or set_room_language.language = 'simple' then
    delete from app_private.room_languages where room_languages.room_id = set_room_language.room_id;
  elsif exists (
    select from pg_ts_config where cfgnamespace = 'pg_catalog'::regnamespace and cfgname = set_room_language.language
  ) then
    insert into app_private.room_languages (room_id, language)
      values (set_room_language.room_id, set_room_language.language)
      on conflict on constraint room_languages_pkey do update set language = excluded.language;
  else
    raise exception 'There is no such language: try english, french or german.' using errcode = 'TR400';
  end if;
  perform graphile_worker.add_job(
    'index_room', json_build_object('roomId', set_room_language.room_id),
    job_key => 'index_room:' || set_room_language.room_id, queue_name => 'index_room');
  return v_room;
end
$$;
comment on function app_public.set_room_language(uuid, text) is
  'Says which language a room speaks, so that `runs` finds "running". For admins and the owner. Messages already there follow within minutes.';
grant execute on function app_public.set_room_language(uuid, text) to trumpet_user;
--! EndIncluded functions/search-index/set_room_language.sql

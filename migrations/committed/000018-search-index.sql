--! Previous: sha1:396b20624060eab8e828d1201189c88c44b69049
--! Hash: sha1:bc2ea0cb4f4627bc01c664470bec989e79dee2e3

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

--! Included functions/search-index/content_hash.sql
create or replace function app_hidden.content_hash(content text, metadata jsonb) returns bigint
language sql immutable strict security invoker parallel safe
return hashtextextended((content || coalesce(E'\n' || (metadata -> 'components')::text, '')) collate "C", 0);
comment on function app_hidden.content_hash(text, jsonb) is
  'By which it is seen that a text, and what stands on its buttons and menus, is still what was indexed.';
grant execute on function app_hidden.content_hash(text, jsonb) to trumpet_user;
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
create or replace function app_private.is_learned(word text) returns boolean
language sql immutable security invoker parallel safe
return char_length(word) between 3 and 24 and word !~ '[0-9=+#.~]';
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
create trigger _100_refuse_truncate before truncate on app_private.message_search
  for each statement execute function app_private.tg_any__refuse_truncate();
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
  -- Nobody learns a word at the moment at which it is forgotten.
  perform app_private.lock_until_commit('search_index');
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
/*
 * Makes the index say of some messages what they say now, in one statement: 64 µs of processor time for a usual one, of
 * which a hundred at a time are.
 *
 * Nobody else writes rows here meanwhile, as the lock says; others only delete them, with their room locked. Waiting for
 * those would be one half of a deadlock, so what they have under way is noted again for the next time.
 */
create or replace function app_private.index_messages(message_ids uuid[]) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
-- The months are left out that the ids cannot be in, when the values are known.
set plan_cache_mode = force_custom_plan
as $$
declare
  -- A text of so many different words is nobody's language, or long, and each new one costs twenty rows of an index.
  v_most_words constant integer := 200;
  v_locked uuid[];
  v_later uuid[];
begin
  perform app_private.lock_until_commit('search_index');
  v_locked := array(
    select message_id from app_private.message_search where message_id = any (message_ids) for update skip locked);
  v_later := array(
    select message_id from app_private.message_search where message_id = any (message_ids) and message_id <> all (v_locked));
  insert into app_private.messages_to_index (message_id) select unnest(v_later);

  with found as materialized (
    select messages.id, messages.room_id, app_hidden.content_hash(messages.content, messages.metadata) as content_hash,
        app_hidden.search_vector(
          concat_ws(e'\n', messages.content, app_private.text_of_components(messages.metadata)), room_languages.language) || array_to_tsvector(array(
          select app_private.search_tag('from', messages.author_id)
          union all
          select '=reply' where messages.parent_message_id is not null
          union all
          select '=pinned' where messages.pinned_at is not null
          union all
          select '=file' where exists (select from app_public.message_attachments where message_id = messages.id)
          union all
          -- Whom it mentions by their own words is for them alone to find (mention_query).
          select app_private.search_tag(case when is_named or group_names is not null then 'to' else 'word' end, user_id)
            from app_private.message_mentions where message_id = messages.id
        )) as words
      from app_public.messages
      left join app_private.room_languages using (room_id)
      where messages.id = any (message_ids) and messages.id <> all (v_later)
        and messages.content is not null and messages.held_at is null
        -- What the server says is said by clients, in the language of each.
        and not (messages.message_type = 'system' and messages.metadata ? 'system')
  ), learned as materialized (
    -- Which words may be misspelt follows from the message alone, never from what others have written before.
    select found.id, chosen.words, cardinality(chosen.words) > v_most_words as is_long
      from found
      cross join lateral (
        select case when length(found.words) <= v_most_words
          then array(
            select lexeme.word from unnest(tsvector_to_array(found.words)) as lexeme (word)
              where app_private.is_learned(lexeme.word))
          else array(
            select lexeme.word from unnest(tsvector_to_array(found.words)) as lexeme (word)
              where app_private.is_learned(lexeme.word) order by hashtextextended(lexeme.word, 0)) end as words
      ) as chosen
  ), gone as (
    delete from app_private.message_search
      where message_id = any (v_locked) and message_id not in (select id from found)
  ), written as (
    insert into app_private.message_search as known (message_id, room_id, content_hash, words)
      select found.id, found.room_id, found.content_hash, found.words || case when learned.is_long
          then array_to_tsvector(array(
            select '=long' union all select '~' || word from unnest(learned.words[1:v_most_words]) as word))
          else '' end
        from found join learned using (id)
      on conflict on constraint message_search_pkey do update
        set content_hash = excluded.content_hash, words = excluded.words
        where known.words <> excluded.words or known.content_hash <> excluded.content_hash
  )
  insert into app_private.search_words (word, spellings)
    select word, app_private.spellings(word)
      from (
        select distinct said.word from learned, unnest(learned.words[1:v_most_words]) as said (word)
          where not exists (select from app_private.search_words as known where known.word = said.word)
      ) as new_words;
end
$$;
comment on function app_private.index_messages(uuid[]) is
  'Makes messages found by what they say now, or not at all, and adds the words that nobody has written before.';
--! EndIncluded functions/search-index/index_messages.sql

--! Included functions/search-index/index_noted.sql
create or replace function app_private.index_noted(batch_size integer) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message_ids uuid[];
begin
  -- Before the notes are taken: a message is never indexed by an earlier reading of it than the last.
  perform app_private.lock_until_commit('search_index');
  with noted as (
    delete from app_private.messages_to_index
      where ctid = any (array(select ctid from app_private.messages_to_index limit batch_size))
      returning message_id
  )
  select array_agg(distinct message_id) into v_message_ids from noted;
  if v_message_ids is not null then
    perform app_private.index_messages(v_message_ids);
    perform app_private.match_keywords(v_message_ids);
  end if;
  return coalesce(cardinality(v_message_ids), 0);
end
$$;
comment on function app_private.index_noted(integer) is
  'Indexes messages that have changed, at most a batch; how many there were. The worker calls it five times a second.';
--! EndIncluded functions/search-index/index_noted.sql

--! Included functions/search-index/tg_messages__index.sql
create or replace function app_private.tg_messages__index() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE'
    and old.content is not distinct from new.content
    -- The answers of a poll are indexed, too, and never change.
    and old.metadata -> 'components' is not distinct from new.metadata -> 'components'
    and old.author_id = new.author_id
    and (old.pinned_at is null) = (new.pinned_at is null)
    and (old.held_at is null) = (new.held_at is null)
  then
    return null;
  end if;
  if tg_op = 'DELETE' or new.content is null or new.held_at is not null then
    delete from app_private.message_search where message_id = old.id;
  end if;
  insert into app_private.messages_to_index (message_id) values (old.id);
  return null;
end
$$;
comment on function app_private.tg_messages__index() is
  'Has a message indexed anew soon after it is changed or released; takes it out of the index when it is deleted or held.';
--! EndIncluded functions/search-index/tg_messages__index.sql

/* Deleting empties the text. */
create trigger _700_index_update after update of content, metadata, author_id, pinned_at, held_at, deleted_at on app_public.messages
  for each row execute function app_private.tg_messages__index();
create trigger _700_index_delete after delete on app_public.messages
  for each row execute function app_private.tg_messages__index();

--! Included functions/search-index/tg_message_mentions__index.sql
create or replace function app_private.tg_message_mentions__index() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into app_private.messages_to_index (message_id) select distinct message_id from changed;
  return null;
end
$$;
comment on function app_private.tg_message_mentions__index() is 'Has messages indexed anew that mention somebody else than before.';
--! EndIncluded functions/search-index/tg_message_mentions__index.sql

create trigger _700_index_insert after insert on app_private.message_mentions
  referencing new table as changed for each statement execute function app_private.tg_message_mentions__index();
create trigger _100_refuse_truncate before truncate on app_private.message_mentions
  for each statement execute function app_private.tg_any__refuse_truncate();
create trigger _700_index_delete after delete on app_private.message_mentions
  referencing old table as changed for each statement execute function app_private.tg_message_mentions__index();

--! Included functions/search-index/tg_message_attachments__index.sql
create or replace function app_private.tg_message_attachments__index() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into app_private.messages_to_index (message_id) values (new.message_id);
  return null;
end
$$;
comment on function app_private.tg_message_attachments__index() is 'Has a message indexed anew once files are bound to it.';
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
  v_message_ids uuid[];
  v_last_seq bigint;
begin
  select array_agg(next.id), max(next.seq) into v_message_ids, v_last_seq
    from (
      select messages.id, messages.seq from app_public.messages
        where messages.room_id = index_room.room_id and messages.seq > index_room.after_seq
        order by messages.seq limit batch
    ) as next;
  if v_message_ids is not null then
    perform app_private.index_messages(v_message_ids);
  end if;
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
  v_room := (app_private.lock_room_as(set_room_language.room_id, 'edit_room')).room;
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
grant execute on function app_public.set_room_language(uuid, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/search-index/set_room_language.sql

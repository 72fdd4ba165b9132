--! Previous: sha1:2da74d6cbe80dc1e2f37a250cb250df815c5d270
--! Hash: sha1:144563382a37e8268851331f6fdda213fbfac75f

/*
 * Search.
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

create function app_hidden.fold(content text) returns text
language plpgsql immutable strict security invoker parallel safe
set search_path = pg_catalog
as $$
begin
  -- Immutable by declaration: public.unaccent reads a dictionary that only an administrator could change. The collation
  -- is named so that capitals of every script fold alike, whatever the database was made with.
  if octet_length(content) = char_length(content) then
    return lower(content collate "C");
  end if;
  return public.unaccent('public.unaccent', lower(normalize(content, nfkc) collate pg_c_utf8));
end
$$;
comment on function app_hidden.fold(text) is 'A text without capitals, accents and full-width letters: what is compared when people search.';
grant execute on function app_hidden.fold(text) to trumpet_user;

/*
 * Thai, Lao, Burmese, Khmer, Japanese, Chinese and Korean are written without spaces, or with few. Every pair of
 * neighbouring letters is a word of theirs, and the last letter by itself: 天气好 becomes 天气 气好 好. A word of any
 * length is then a phrase of pairs, and a single letter is the beginning of one.
 */
create function app_hidden.is_unspaced(content text) returns boolean
language sql immutable strict security invoker parallel safe
set search_path = pg_catalog
as $$
  select content ~ '[\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u3005\u3040-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\uFF66-\uFF9F\U00020000-\U0003FFFF]';
$$;
comment on function app_hidden.is_unspaced(text) is 'Whether a text has letters of a script that is written without spaces.';
grant execute on function app_hidden.is_unspaced(text) to trumpet_user;

create function app_hidden.letter_pairs(content text) returns text
language sql immutable strict security invoker parallel safe
set search_path = pg_catalog
as $$
  select string_agg(
      case when piece[1] is null then piece[2]
      else (select string_agg(substr(piece[1], i, 2), ' ' order by i) from generate_series(1, char_length(piece[1])) as i) end,
      ' ' order by place)
    from regexp_matches(content,
      '([\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u3005\u3040-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\uFF66-\uFF9F\U00020000-\U0003FFFF]+)'
      '|([^\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u3005\u3040-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\uFF66-\uFF9F\U00020000-\U0003FFFF]+)',
      'g') with ordinality as pieces (piece, place);
$$;
comment on function app_hidden.letter_pairs(text) is 'A text in which scripts without spaces are written as pairs of letters.';
grant execute on function app_hidden.letter_pairs(text) to trumpet_user;

create function app_hidden.search_text(content text) returns text
language plpgsql immutable strict security invoker parallel safe
set search_path = pg_catalog
as $$
declare
  v_text text := app_hidden.fold(content);
begin
  -- Everything that is no letter and no digit parts words, so an address or a file name is found by any part of it.
  if octet_length(v_text) = char_length(v_text) then
    return translate(v_text, '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', '                                ');
  end if;
  if app_hidden.is_unspaced(v_text) then
    -- The tone marks of Thai and Lao are left out often enough.
    v_text := app_hidden.letter_pairs(regexp_replace(v_text, '[\u0E47-\u0E4E\u0EC8-\u0ECD]', '', 'g'));
  end if;
  return regexp_replace(v_text collate pg_c_utf8, '[^[:alnum:]]+', ' ', 'g');
end
$$;
comment on function app_hidden.search_text(text) is 'A text as words with spaces between them, the way it is indexed and asked for.';
grant execute on function app_hidden.search_text(text) to trumpet_user;

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

create function app_hidden.search_vector(content text, language text) returns tsvector
language plpgsql stable security invoker parallel safe
set search_path = pg_catalog
as $$
declare
  v_text text := app_hidden.search_text(content);
begin
  if language is null then
    return to_tsvector('pg_catalog.simple', v_text);
  end if;
  return to_tsvector('pg_catalog.simple', v_text) || strip(to_tsvector(language::regconfig, v_text));
end
$$;
comment on function app_hidden.search_vector(text, text) is 'The words of a text, and their stems in a language.';

create function app_private.search_tag(name text, id uuid) returns text
language sql immutable security invoker parallel safe
-- The last 48 bits of an id are random, and enough to tell people apart.
return '=' || name || right(id::text, 12);
comment on function app_private.search_tag(text, uuid) is 'The tag of an author or of someone mentioned.';

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

create function app_private.spellings(word text) returns text[]
language sql immutable strict security invoker parallel safe
set search_path = pg_catalog
as $$
  select case
    -- What is left of two letters says nothing.
    when char_length(word) < 3 then array[word]
    else (
      select array_agg(distinct left(word, i - 1) || substr(word, i + 1)) || word from generate_series(1, char_length(word)) as i
    )
  end;
$$;
comment on function app_private.spellings(text) is 'A word, and what is left of it when any one letter is missing.';

create function app_private.learn_words(words tsvector) returns void
language plpgsql volatile strict security invoker
set search_path = pg_catalog
as $$
begin
  insert into app_private.search_words (word, spellings)
    select written.word, app_private.spellings(written.word)
      from unnest(tsvector_to_array(words)) as written (word)
      where char_length(written.word) between 3 and 24
        and written.word !~ '[0-9=]'
        and not exists (select from app_private.search_words as known where known.word = written.word);
end
$$;
comment on function app_private.learn_words(tsvector) is 'Adds the words that nobody has written before. Nothing with a digit: no numbers of telephones or accounts.';

/*
 * What a word may be misspelt for depends on that word and the other alone, never on how many there are or which is the
 * nearest: words that others wrote where the viewer cannot read must not change what the viewer finds.
 */
create function app_private.similar_words(word text) returns text[]
language plpgsql stable strict security invoker
set search_path = pg_catalog, public
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

/* Keeping the index */

create function app_private.index_text(message app_public.messages) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
declare
  v_words tsvector := app_hidden.search_vector(
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

create function app_private.set_search_tag(message_id uuid, tag text, is_set boolean) returns void
language sql volatile security invoker
set search_path = pg_catalog
as $$
  update app_private.message_search
    set words = case when is_set then words || array_to_tsvector(array[tag]) else ts_delete(words, tag) end
    where message_search.message_id = set_search_tag.message_id;
$$;
comment on function app_private.set_search_tag(uuid, text, boolean) is 'Gives a message a tag, or takes it away.';

create function app_private.index_message(message app_public.messages) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog
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

create function app_private.tg_messages__index() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog
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

create function app_private.tg_message_mentions__index() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_row app_private.message_mentions := case when tg_op = 'DELETE' then old else new end;
begin
  perform app_private.set_search_tag(v_row.message_id, app_private.search_tag('to', v_row.user_id), tg_op = 'INSERT');
  return null;
end
$$;
comment on function app_private.tg_message_mentions__index() is 'Keeps the tag of who is mentioned.';
create trigger _700_index after insert or delete on app_private.message_mentions
  for each row execute function app_private.tg_message_mentions__index();

create function app_private.tg_message_attachments__index() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
begin
  perform app_private.set_search_tag(new.message_id, '=file', true);
  return null;
end
$$;
comment on function app_private.tg_message_attachments__index() is 'A message is found by its files once they are bound to it.';
create trigger _700_index after insert or update on app_public.message_attachments
  for each row when (new.message_id is not null) execute function app_private.tg_message_attachments__index();

/* A room's language */

create function app_public.rooms_language(room app_public.rooms) returns text
language sql stable security definer
set search_path = pg_catalog
as $$
  select language from app_private.room_languages where room_id = room.id;
$$;
comment on function app_public.rooms_language(app_public.rooms) is
  'The language whose inflections search sees through here, such as `english`. Null: words are compared as they are.';
grant execute on function app_public.rooms_language(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;

create function app_private.index_room(room_id uuid, after_seq bigint default 0, batch integer default 1000) returns bigint
language plpgsql volatile security invoker
set search_path = pg_catalog
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

create function app_public.set_room_language(room_id uuid, language text default null) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_room app_public.rooms;
begin
  perform app_private.require_member(set_room_language.room_id, 'admin');
  perform app_private.lock_room(set_room_language.room_id);
  if set_room_language.language is null or set_room_language.language = 'simple' then
    delete from app_private.room_languages where room_languages.room_id = set_room_language.room_id;
  elsif exists (
    select from pg_ts_config where cfgnamespace = 'pg_catalog'::regnamespace and cfgname = set_room_language.language
  ) then
    insert into app_private.room_languages (room_id, language)
      values (set_room_language.room_id, set_room_language.language)
      on conflict on constraint room_languages_pkey do update set language = excluded.language;
  else
    raise exception 'No language of that name: try english, french, german, …' using errcode = 'TR400';
  end if;
  perform graphile_worker.add_job(
    'index_room', json_build_object('roomId', set_room_language.room_id),
    job_key => 'index_room:' || set_room_language.room_id, queue_name => 'index_room');
  select rooms.* into v_room from app_public.rooms where rooms.id = set_room_language.room_id;
  return v_room;
end
$$;
comment on function app_public.set_room_language(uuid, text) is
  'Says which language a room speaks, so that `runs` finds "running". For admins and the owner. Messages already there follow within minutes.';
grant execute on function app_public.set_room_language(uuid, text) to trumpet_user;

/* Asking */

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

create function app_private.both(one tsquery, other tsquery) returns tsquery
language sql immutable security invoker parallel safe
return case when one is null then other when other is null then one else one && other end;
comment on function app_private.both(tsquery, tsquery) is 'What fits two queries, of which either may be missing.';

create function app_private.either(one tsquery, other tsquery) returns tsquery
language sql immutable security invoker parallel safe
return case when one is null then other when other is null then one else one || other end;
comment on function app_private.either(tsquery, tsquery) is 'What fits one of two queries, of which either may be missing.';

create function app_private.phrase_query(words text[]) returns tsquery
language plpgsql immutable security invoker parallel safe
set search_path = pg_catalog
as $$
declare
  v_last text := words[cardinality(words)];
begin
  -- Words are letters and digits only: in quotation marks they are safe in the text of a query.
  if char_length(v_last) = 1 and app_hidden.is_unspaced(v_last) then
    if cardinality(words) > 1 and words[cardinality(words) - 1] ~ ('^.' || v_last || '$') then
      -- 天气 is 天气 and not 天气 气: the text may go on.
      words := trim_array(words, 1);
    else
      return (array_to_string(array(select quote_literal(word) from unnest(words) as word), ' <-> ') || ':*')::tsquery;
    end if;
  end if;
  return array_to_string(array(select quote_literal(word) from unnest(words) as word), ' <-> ')::tsquery;
end
$$;
comment on function app_private.phrase_query(text[]) is 'The query for words that stand one after the other.';

create function app_private.word_query(word text, is_prefix boolean, languages text[]) returns tsquery
language plpgsql stable security invoker
set search_path = pg_catalog
as $$
declare
  v_query tsquery := app_private.phrase_query(array[word]);
  v_language text;
  v_stem tsquery;
begin
  if is_prefix then
    v_query := (quote_literal(word) || ':*')::tsquery;
  end if;
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

create function app_private.similar_query(word text) returns tsquery
language sql stable security invoker
set search_path = pg_catalog
as $$
  select string_agg(quote_literal(similar_word), ' | ')::tsquery from unnest(app_private.similar_words(word)) as similar_word;
$$;
comment on function app_private.similar_query(text) is 'The query for what a word may be misspelt for. Null when there is nothing.';

create function app_private.parse_moment(word text) returns timestamptz
language plpgsql stable security invoker
set search_path = pg_catalog
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

/*
 * The text of a query is read here, in one pass: words, "phrases", -exclusions, `or`, and operators. What is no operator
 * with a known value is a word, so nothing that people type is an error.
 *
 * Words may be misspelt: none of them, one (which keeps the others as a sieve: without it, two short common words have
 * half of all messages among their neighbours), or any.
 */
create function app_private.read_query(query text, room_ids uuid[], misspelt text default 'none')
returns app_private.search_request
language plpgsql stable security invoker
set search_path = pg_catalog, public
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
  v_term tsquery;
  v_marked tsquery;
  v_similar tsquery;
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
    raise exception 'A search has at most 500 characters' using errcode = 'TR400';
  end if;
  v_request.room_ids := read_query.room_ids;
  v_request.has_words := false;
  for v_part in
    -- 1: a minus; 2: an operator; 3: its value or a word; 4: what stands in quotation marks.
    select regexp_matches(query, '(-?)(?:(from|in|before|after|has|is|mentions):)?("([^"]*)"?|[^\s"]+)', 'gi')
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
        select id into v_user_id from app_public.users where username = ltrim(v_value, '@')::public.citext;
      end if;
      -- Nobody has that name: nothing matches, as nothing carries the tag of no one.
      v_tag := quote_literal(coalesce(
        app_private.search_tag(case v_operator when 'from' then 'from' else 'to' end, v_user_id), '=nobody'))::tsquery;
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
    v_words := array_remove(regexp_split_to_array(app_hidden.search_text(v_value) collate pg_c_utf8, '[^[:alnum:]]+'), '');
    if cardinality(v_words) = 0 then
      continue;
    end if;
    if cardinality(v_words) = 1 and v_part[4] is null and not v_is_negative then
      v_term := app_private.word_query(
        v_words[1],
        -- The word that is being typed.
        right(query, char_length(v_value)) = v_value and char_length(v_words[1]) >= 3,
        v_languages);
      v_similar := case when misspelt <> 'none' then app_private.similar_query(v_words[1]) end;
    else
      v_term := app_private.phrase_query(v_words);
      v_similar := null;
    end if;
    if v_is_negative then
      v_term := !!v_term;
    else
      v_request.has_words := true;
      -- Each word of a phrase is marked by itself.
      v_marked := replace(v_term::text, '<->', '|')::tsquery;
      v_request.shown := app_private.either(v_request.shown, app_private.either(v_marked, v_similar));
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

create function app_private.tag_query(tags text[]) returns tsquery
language sql immutable security invoker parallel safe
set search_path = pg_catalog
as $$
  -- Tags are made of letters, digits and `=`; the sign of those that must not be there stands outside their quotes.
  select string_agg(
      case when tag like '!%' then '!' || quote_literal(substr(tag, 2)) else quote_literal(tag) end, ' & ')::tsquery
    from unnest(tags) as tag;
$$;
comment on function app_private.tag_query(text[]) is 'A query for tags, or for their absence. Null when there are none.';

/*
 * Relevance and age in one number that never changes: a message half a year older has to be twice as relevant. As
 * a sum of logarithms it needs no "now", so the order of two messages stays what it was while a reader turns pages.
 */
create function app_private.search_rank(message_id uuid, words tsvector, terms tsquery) returns double precision
language sql stable security invoker parallel safe -- not immutable, as extract() is not: it would not be inlined
return case when terms is null then 0 else ln(greatest(ts_rank(words, terms, 1), 1e-4)) / ln(2.0) end
  + (extract(epoch from uuid_extract_timestamp(message_id))::double precision - 1735689600) / 15552000;
comment on function app_private.search_rank(uuid, tsvector, tsquery) is
  'How high a message stands among the results: relevance in powers of two, plus half-years since 2025.';

create function app_private.find_messages(
  matching tsquery, except_for tsquery, ranked tsquery, room_ids uuid[], since uuid, until uuid
) returns table (message_id uuid, room_id uuid, rank double precision)
language plpgsql stable security invoker rows 100
set search_path = pg_catalog
-- Whether to begin with the words, with the rooms or with both depends on how common the words are: the planner knows.
set plan_cache_mode = force_custom_plan
set enable_seqscan = off
as $$
declare
  -- Each goes through the policies afterwards, which for a common word is a third of the time with these.
  v_most_results constant integer := 500;
begin
  return query
    select found.message_id, found.room_id, app_private.search_rank(found.message_id, found.words, ranked)
      from app_private.message_search as found
      where found.words @@ matching
        and found.room_id = any (find_messages.room_ids)
        and (since is null or found.message_id >= since)
        and (until is null or found.message_id < until)
        and (except_for is null or not found.words @@ except_for)
      order by 3 desc, 1 desc
      limit v_most_results;
end
$$;
comment on function app_private.find_messages(tsquery, tsquery, tsquery, uuid[], uuid, uuid) is
  'The best 500 messages of some rooms that match one query and not the other, ranked by a third.';

create function app_hidden.match_messages(
  query text, room_id uuid, author_id uuid, sent_before timestamptz, sent_after timestamptz,
  has_attachment boolean, in_thread boolean, pinned boolean, mentions_me boolean, approximate boolean
) returns table (message_id uuid, is_approximate boolean, rank double precision, shown tsquery, language text)
language plpgsql stable security definer rows 100
set search_path = pg_catalog
as $$
declare
  v_too_few constant integer := 5;
  v_viewer_id uuid := app_private.require_user();
  v_room_ids uuid[] := array(
    select mine from app_hidden.my_room_ids() as mine where match_messages.room_id is null or mine = match_messages.room_id);
  v_request app_private.search_request := app_private.read_query(query, v_room_ids);
  v_loose app_private.search_request;
  v_tags tsquery := app_private.both(v_request.tags, app_private.tag_query(array[
    app_private.search_tag('from', match_messages.author_id),
    case when has_attachment then '=file' when not has_attachment then '!=file' end,
    case when in_thread then '=reply' when not in_thread then '!=reply' end,
    case when pinned then '=pinned' when not pinned then '!=pinned' end,
    case when mentions_me then app_private.search_tag('to', v_viewer_id) end
  ]));
  v_since uuid := app_private.uuidv7_floor(greatest(v_request.since, match_messages.sent_after));
  v_until uuid := app_private.uuidv7_floor(least(v_request.until, match_messages.sent_before));
  v_match tsquery := app_private.both(v_request.terms, v_tags);
  v_count integer;
begin
  if cardinality(v_request.room_ids) = 0 or (not v_request.has_words and v_tags is null) then
    return;
  end if;
  return query
    select found.message_id, false, found.rank, v_request.shown, room_languages.language
      from app_private.find_messages(
        v_match, null, case when v_request.has_words then v_request.terms end, v_request.room_ids, v_since, v_until) as found
      left join app_private.room_languages using (room_id);
  get diagnostics v_count = row_count;
  if not v_request.has_words or not coalesce(approximate, v_count < v_too_few) then
    return;
  end if;
  v_loose := app_private.read_query(
    query, v_room_ids, misspelt => case when v_count = 0 or approximate then 'any' else 'one' end);
  if v_loose.terms <> v_request.terms then
    return query
      select found.message_id, true, found.rank, v_loose.shown, room_languages.language
        from app_private.find_messages(
          app_private.both(v_loose.terms, v_tags), v_match, v_loose.terms, v_loose.room_ids, v_since, v_until) as found
        left join app_private.room_languages using (room_id);
  end if;
end
$$;
comment on function app_hidden.match_messages(text, uuid, uuid, timestamptz, timestamptz, boolean, boolean, boolean, boolean, boolean) is
  'The messages of the viewer''s rooms that a query finds, at most 500 of the best, and what to mark in them.';
grant execute on function app_hidden.match_messages(text, uuid, uuid, timestamptz, timestamptz, boolean, boolean, boolean, boolean, boolean) to trumpet_user;

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

/*
 * Who sees a message is decided by the policy of messages and by nothing else: what was matched above the policies goes
 * through them here, before anything of it is shown.
 */
create function app_public.search_messages(
  query text, room_id uuid default null, author_id uuid default null,
  sent_before timestamptz default null, sent_after timestamptz default null,
  has_attachment boolean default null, in_thread boolean default null, pinned boolean default null,
  mentions_me boolean default null, approximate boolean default null
) returns setof app_public.message_match
language sql stable security invoker rows 100
set search_path = pg_catalog
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
  select found.message_id, found.is_approximate, found.rank, messages.content, found.shown, found.language
    from app_hidden.match_messages(
      search_messages.query, search_messages.room_id, search_messages.author_id, search_messages.sent_before,
      search_messages.sent_after, search_messages.has_attachment, search_messages.in_thread, search_messages.pinned,
      search_messages.mentions_me, search_messages.approximate) as found
    join app_public.messages on messages.id = found.message_id;
$$;
comment on function app_public.search_messages(text, uuid, uuid, timestamptz, timestamptz, boolean, boolean, boolean, boolean, boolean) is
  'Finds messages in your rooms, the best 500 at most and the best of them first: words, `"exact phrases"`, `-exclusions`, `or`, the word being typed by its beginning, misspelt words when little else is found; and `from:ada in:general before:2026-01-31 after:2025 has:file is:pinned is:reply mentions:me`.';
grant execute on function app_public.search_messages(text, uuid, uuid, timestamptz, timestamptz, boolean, boolean, boolean, boolean, boolean) to trumpet_user;

/*
 * The marks ⟦ and ⟧ are no HTML, and where the text itself has them it is shown with square brackets: whoever finds a mark
 * may trust it. The text is escaped, because sooner or later somebody will put it into a page as it comes.
 */
create function app_hidden.headline(content text, shown tsquery, language text) returns text
language plpgsql stable security invoker parallel safe
set search_path = pg_catalog
as $$
declare
  v_pieces_before constant integer := 16;
  v_pieces constant integer := 64;
  v_is_unspaced boolean := app_hidden.is_unspaced(content);
  -- A word, a letter of a script without spaces, or what stands between.
  v_text text[] := array(
    select piece[1] from regexp_matches(translate(content, '⟦⟧', '[]') collate pg_c_utf8,
      case when v_is_unspaced then
        '[\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u3005\u3040-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\uFF66-\uFF9F\U00020000-\U0003FFFF][\u0E47-\u0E4E\u0EC8-\u0ECD]*|(?:(?![\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u3005\u3040-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\uFF66-\uFF9F\U00020000-\U0003FFFF])[[:alnum:]])+|[^[:alnum:]]+'
      else '[[:alnum:]]+|[^[:alnum:]]+' end, 'g') as piece);
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
    v_lexeme := app_hidden.fold(v_text[i]);
    v_is_match := case when v_lexeme <> '' then array_to_tsvector(array[v_lexeme]) @@ shown else false end
      or language is not null and to_tsvector(language::regconfig, v_lexeme) @@ shown;
    if v_is_unspaced then
      -- Two letters of a pair are marked together. A letter that stands for all words beginning with it does not
      -- take the next one along.
      v_pair := case when not v_is_match and app_hidden.is_unspaced(v_text[i]) and app_hidden.is_unspaced(v_text[i + 1])
        then left(app_hidden.search_text(v_text[i] || v_text[i + 1]), 2) end;
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
  return case when v_first > 1 then '… ' else '' end
    || replace(replace(replace(replace(replace(replace(
      v_headline, '⟧⟦', ''), '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&#39;')
    || case when v_first + v_pieces < cardinality(v_text) then ' …' else '' end;
end
$$;
comment on function app_hidden.headline(text, tsquery, text) is
  'About 30 words of a text from shortly before the first match on, escaped for HTML, matches between ⟦ and ⟧.';
grant execute on function app_hidden.headline(text, tsquery, text) to trumpet_user;

create function app_public.message_match_headline(match app_public.message_match) returns text
language sql stable security invoker
set search_path = pg_catalog
as $$
  select app_hidden.headline(match.content, match.shown, match.language);
$$;
comment on function app_public.message_match_headline(app_public.message_match) is
  'The part of the message that fits, about 30 words, with each match between `⟦` and `⟧`. Escaped for HTML: replace the marks by tags of your own.';
grant execute on function app_public.message_match_headline(app_public.message_match) to trumpet_user;

/* Names */

create function app_private.name_spellings(name text) returns text[]
language sql immutable strict security invoker parallel safe
set search_path = pg_catalog
as $$
  select array_agg(distinct spelling)
    from unnest(string_to_array(btrim(app_hidden.search_text(name)), ' ')) as word, unnest(app_private.spellings(word)) as spelling;
$$;
comment on function app_private.name_spellings(text) is 'The spellings of every word of a name: see search_words.';

/* search_users, search_rooms: names that contain what was typed, or are like it, or one slip away. */
create index users_display_name_folded on app_public.users using gin (app_hidden.fold(display_name) public.gin_trgm_ops);
create index users_spellings on app_public.users using gin (app_private.name_spellings(username::text || ' ' || display_name));
create index rooms_name_folded on app_public.rooms using gin (app_hidden.fold(name) public.gin_trgm_ops);
create index rooms_slug_trigrams on app_public.rooms using gin ((slug::text) public.gin_trgm_ops);
create index rooms_spellings on app_public.rooms using gin (app_private.name_spellings(slug::text || ' ' || name));

create function app_private.like_pattern(term text) returns text
language sql immutable strict security invoker parallel safe
set search_path = pg_catalog
as $$
  select replace(replace(replace(term, '\', '\\'), '%', '\%'), '_', '\_');
$$;
comment on function app_private.like_pattern(text) is 'A text that LIKE takes for itself.';

create function app_public.search_users(query text) returns setof app_public.users
language sql stable security definer rows 20
set search_path = pg_catalog, public
as $$
  with asked as materialized (
    select term, app_private.like_pattern(term) as literal
      from (select app_hidden.fold(btrim(ltrim(btrim(search_users.query), '@'))) as term) as folded
      where term <> '' and app_private.require_user() is not null
  )
  select users.*
    from asked, app_public.users
    where users.username::text like '%' || literal || '%'
      or app_hidden.fold(users.display_name) like '%' || literal || '%'
      or users.username::text % term
      or app_hidden.fold(users.display_name) % term
      or app_private.name_spellings(users.username::text || ' ' || users.display_name) && app_private.spellings(term)
    order by
      users.username::text = term desc,
      users.username::text like literal || '%' or app_hidden.fold(users.display_name) like literal || '%' desc,
      greatest(similarity(users.username::text, term), similarity(app_hidden.fold(users.display_name), term)) desc,
      users.username;
$$;
comment on function app_public.search_users(text) is
  'People whose username or display name contains or resembles the words, whatever their accents; the best match first.';
grant execute on function app_public.search_users(text) to trumpet_user;

create function app_public.search_rooms(query text) returns setof app_public.rooms
language sql stable security definer rows 20
set search_path = pg_catalog, public
as $$
  with asked as materialized (
    select term, app_private.like_pattern(term) as literal
      from (select app_hidden.fold(btrim(ltrim(btrim(search_rooms.query), '#'))) as term) as folded
      where term <> '' and app_private.require_user() is not null
  )
  select rooms.*
    from asked, app_public.rooms
    where (
      rooms.slug::text like '%' || literal || '%'
      or app_hidden.fold(rooms.name) like '%' || literal || '%'
      or rooms.slug::text % term
      or app_hidden.fold(rooms.name) % term
      or app_private.name_spellings(rooms.slug::text || ' ' || rooms.name) && app_private.spellings(term)
    ) and (rooms.type = 'public' or rooms.id in (select app_hidden.my_room_ids()))
    order by
      rooms.slug::text = term desc,
      rooms.slug::text like literal || '%' or app_hidden.fold(rooms.name) like literal || '%' desc,
      greatest(similarity(rooms.slug::text, term), similarity(app_hidden.fold(rooms.name), term)) desc,
      rooms.id;
$$;
comment on function app_public.search_rooms(text) is
  'Public rooms and your own whose name or slug contains or resembles the words; the best match first.';
grant execute on function app_public.search_rooms(text) to trumpet_user;

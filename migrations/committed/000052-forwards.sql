--! Previous: sha1:12aa44fe3dc25957c431efcdde80bcaeef8c3732
--! Hash: sha1:a00bde147ae6f1e97a3694abc2a36237d9e3ed85

/*
 * Messages forwarded and quoted.
 *
 * A quote shows a passage of another message of the room, as it was; a forwarded message has the text and the files of one
 * that stands elsewhere. What they show is in the message itself. Here is where it comes from: nobody reads this but the
 * server, which has to find every copy of what has to go.
 */
insert into app_private.rates (kind, per_second, burst) values ('forward', 1, 30);

create table app_private.message_sources (
  message_id uuid primary key,
  room_id uuid not null,
  is_forward boolean not null,
  source_message_id uuid not null,
  source_room_id uuid not null,
  source_author_id uuid not null,
  written_by_id uuid not null
);
comment on table app_private.message_sources is 'Where what a message quotes, or was forwarded from, stands.';
comment on column app_private.message_sources.message_id is 'The message that quotes, or was forwarded.';
comment on column app_private.message_sources.room_id is 'Its room.';
comment on column app_private.message_sources.is_forward is 'Whether it was forwarded; if not, it quotes a message of its room.';
comment on column app_private.message_sources.source_message_id is 'The message that it shows.';
comment on column app_private.message_sources.source_room_id is 'The room of that.';
comment on column app_private.message_sources.source_author_id is 'Who sent that.';
comment on column app_private.message_sources.written_by_id is 'Who wrote it first, where that was itself forwarded.';
alter table app_private.message_sources enable row level security;
/* forget_quoted */
create index message_sources_source on app_private.message_sources (source_message_id) where not is_forward;
/* erase_copies */
create index message_sources_source_author on app_private.message_sources (source_author_id);
create index message_sources_written_by on app_private.message_sources (written_by_id);
create trigger _100_refuse_truncate before truncate on app_private.message_sources
  for each statement execute function app_private.tg_any__refuse_truncate();

create table app_private.upload_limits (
  is_only_row boolean primary key default true,
  files_a_day integer not null default 500,
  bytes_a_day bigint not null default 2000000000,
  constraint upload_limits_has_one_row check (is_only_row)
);
comment on table app_private.upload_limits is 'How much a person may upload in a day: the settings of the server, for files that are forwarded. One row.';
comment on column app_private.upload_limits.is_only_row is 'Always true.';
comment on column app_private.upload_limits.files_a_day is 'ATTACHMENT_MAX_FILES_A_DAY.';
comment on column app_private.upload_limits.bytes_a_day is 'ATTACHMENT_MAX_BYTES_A_DAY.';
alter table app_private.upload_limits enable row level security;
create trigger _100_refuse_truncate before truncate on app_private.upload_limits
  for each statement execute function app_private.tg_any__refuse_truncate();
insert into app_private.upload_limits default values;

create type app_public.quote as (
  message_id uuid,
  author_id uuid,
  created_at timestamptz,
  content text,
  is_part boolean,
  is_removed boolean
);
comment on type app_public.quote is 'A passage of another message of the room, as it was when it was quoted.';
comment on column app_public.quote.message_id is 'The message that is quoted. It may be gone.';
comment on column app_public.quote.author_id is 'Who wrote it. Null once it had to be removed.';
comment on column app_public.quote.created_at is 'When it was sent. Null once it had to be removed.';
comment on column app_public.quote.content is
  'What it said, at most 1,000 characters; the names of its files where it had no text. It stays when the message is edited, or deleted by its author. Null once it had to be removed.';
comment on column app_public.quote.is_part is 'Whether the message said more.';
comment on column app_public.quote.is_removed is
  'Whether it had to be removed: a moderator has deleted the message, its time in the room is over, or the account of its author was deleted.';

--! Included functions/forwards/quote_of.sql
create or replace function app_hidden.quote_of(metadata jsonb) returns jsonb
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select metadata -> 'quote'
    where metadata ? 'quote'
      and pg_input_is_valid(metadata #>> '{quote,messageId}', 'uuid')
      and pg_input_is_valid(coalesce(metadata #>> '{quote,authorId}', '00000000-0000-0000-0000-000000000000'), 'uuid')
      and coalesce(jsonb_typeof(metadata #> '{quote,isPart}'), 'boolean') = 'boolean'
      and coalesce(jsonb_typeof(metadata #> '{quote,isRemoved}'), 'boolean') = 'boolean';
$$;
comment on function app_hidden.quote_of(jsonb) is
  'The quote of a message, or null. What an import has brought need not be one.';
grant execute on function app_hidden.quote_of(jsonb) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/forwards/quote_of.sql

--! Included functions/forwards/take_quote.sql
/*
 * A quote is part of its message, as a poll is: events, frames, history and exports carry it, and a message without one costs
 * nothing. The client names the message and may name a passage of it; who said it, when and what is written down here,
 * with the room's head locked, so that nobody is quoted with what they have not said.
 */
create or replace function app_private.take_quote(room_id uuid, metadata jsonb) returns jsonb
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_most_characters constant integer := 1000;
  v_quote constant jsonb := take_quote.metadata -> 'quote';
  v_source app_public.messages;
  v_text text;
  v_passage text;
begin
  if jsonb_typeof(v_quote) <> 'object' or v_quote - '{messageId,content}'::text[] <> '{}'
    or not coalesce(pg_input_is_valid(v_quote ->> 'messageId', 'uuid'), false)
    or coalesce(jsonb_typeof(v_quote -> 'content'), 'string') <> 'string'
  then
    raise exception 'A quote has the messageId of a message of the room, and may have a passage of it as content.' using errcode = 'TR400';
  end if;
  perform app_private.lock_room(take_quote.room_id);
  select * into v_source from app_public.messages
    where messages.id = (v_quote ->> 'messageId')::uuid and messages.room_id = take_quote.room_id
      and deleted_at is null and held_at is null and message_type <> 'system'
      and seq >= app_private.history_start(take_quote.room_id, app_hidden.current_user_id())
      and (disappears_at is null or disappears_at > clock_timestamp());
  if v_source.id is null then
    raise exception 'There is no such message to quote.' using errcode = 'TR404';
  end if;
  v_text := case when v_source.content = '' then app_private.notice_of(v_source) else v_source.content end;
  v_passage := coalesce(app_private.trimmed(v_quote ->> 'content'), v_text);
  if char_length(v_quote ->> 'content') > v_most_characters then
    raise exception 'A quote has at most 1,000 characters.' using errcode = 'TR413';
  end if;
  if position(v_passage in v_text) = 0 then
    raise exception 'This passage is not in the message that is quoted.' using errcode = 'TR400';
  end if;
  v_passage := left(v_passage, v_most_characters);
  take_quote.metadata := take_quote.metadata || jsonb_build_object('quote', jsonb_build_object(
    'messageId', v_source.id, 'seq', v_source.seq, 'authorId', v_source.author_id,
    'createdAt', app_private.poll_text(v_source.created_at), 'content', v_passage, 'isPart', v_passage <> v_text)
    -- So that whoever shows it can do so until then, also when they hear nothing.
    || case when v_source.disappears_at is null then '{}'
      else jsonb_build_object('disappearsAt', app_private.poll_text(v_source.disappears_at)) end);
  perform app_private.check_metadata(take_quote.metadata);
  return take_quote.metadata;
end
$$;
comment on function app_private.take_quote(uuid, jsonb) is
  'Writes down in the metadata of a message what it quotes, and locks the head of its room; NOT_FOUND, BAD_INPUT or TOO_LARGE.';
--! EndIncluded functions/forwards/take_quote.sql

--! Included functions/forwards/note_quote.sql
create or replace function app_private.note_quote(message app_public.messages) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  insert into app_private.message_sources (
      message_id, room_id, is_forward, source_message_id, source_room_id, source_author_id, written_by_id)
    select message.id, message.room_id, false, messages.id, messages.room_id, messages.author_id,
        coalesce(earlier.written_by_id, messages.author_id)
      from app_public.messages
      left join app_private.message_sources as earlier on earlier.message_id = messages.id and earlier.is_forward
      where messages.id = (message.metadata #>> '{quote,messageId}')::uuid;
$$;
comment on function app_private.note_quote(app_public.messages) is
  'Notes what a message quotes, so that it is found when that has to go.';
--! EndIncluded functions/forwards/note_quote.sql

--! Included functions/forwards/clear_quotes.sql
/* Each is told, in bulk, too: a client that keeps what it has seen would go on showing it. */
create or replace function app_private.clear_quotes(message_ids uuid[]) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_bulk constant text := coalesce(current_setting('trumpet.bulk', true), '');
  v_table text;
begin
  perform set_config('trumpet.bulk', '', true);
  for v_table in select app_private.message_tables() loop
    execute format(
      $sql$update %s as message
        set metadata = message.metadata
          || jsonb_build_object('quote', jsonb_build_object('messageId', message.metadata #> '{quote,messageId}', 'isRemoved', true))
        where message.id = any ($1) and message.metadata ? 'quote'$sql$, v_table)
      using clear_quotes.message_ids;
  end loop;
  perform set_config('trumpet.bulk', v_bulk, true);
  delete from app_private.message_sources
    where message_sources.message_id = any (clear_quotes.message_ids) and not is_forward;
end
$$;
comment on function app_private.clear_quotes(uuid[]) is
  'Takes out of messages what they quote, and leaves that they quoted something. The caller holds the heads of their rooms.';
--! EndIncluded functions/forwards/clear_quotes.sql

--! Included functions/forwards/forget_quoted.sql
create or replace function app_private.forget_quoted(message_ids uuid[]) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_quoting constant uuid[] := array(
    select message_sources.message_id from app_private.message_sources
      where message_sources.source_message_id = any (forget_quoted.message_ids) and not is_forward
        and message_sources.message_id <> all (forget_quoted.message_ids)
      order by message_sources.message_id);
begin
  if v_quoting <> '{}' then
    perform app_private.clear_quotes(v_quoting);
  end if;
end
$$;
comment on function app_private.forget_quoted(uuid[]) is
  'Takes messages that have to go out of what quotes them. The caller holds the head of their room, which is that of the quotes.';
--! EndIncluded functions/forwards/forget_quoted.sql

--! Included functions/forwards/forget_quoted_between.sql
/* One room at a time: its head is the only one that is locked. */
create or replace function app_private.forget_quoted_between(from_id uuid, to_id uuid, batch_size integer) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room_id uuid;
  v_quoting uuid[];
begin
  select message_sources.room_id into v_room_id from app_private.message_sources
    where source_message_id >= from_id and source_message_id < to_id and not is_forward
    limit 1;
  if v_room_id is null then
    return 0;
  end if;
  perform app_private.lock_room(v_room_id);
  v_quoting := array(
    select message_sources.message_id from app_private.message_sources
      where source_message_id >= from_id and source_message_id < to_id and not is_forward
        and message_sources.room_id = v_room_id
      limit batch_size);
  perform app_private.clear_quotes(v_quoting);
  return cardinality(v_quoting);
end
$$;
comment on function app_private.forget_quoted_between(uuid, uuid, integer) is
  'Takes messages of a time that is dropped whole out of what quotes them, at most a batch and of one room. Returns how many quotes.';
--! EndIncluded functions/forwards/forget_quoted_between.sql

--! Included functions/forwards/erase_copies.sql
/*
 * What somebody wrote stands in other messages, too: quoted, with their name, and forwarded, without. The rule of the room
 * where it stands decides, as it does of what they wrote there themselves.
 */
create or replace function app_private.erase_copies(user_id uuid, batch_size integer) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room_id uuid;
  v_rule app_public.erasure_rule;
  v_ids uuid[];
  v_forwards uuid[];
  v_table text;
begin
  if erase_copies.user_id in (select app_private.user_ids_on_hold()) then
    return 0;
  end if;
  select found.room_id into v_room_id from (
      select message_sources.room_id from app_private.message_sources where source_author_id = erase_copies.user_id
      union all
      select message_sources.room_id from app_private.message_sources where written_by_id = erase_copies.user_id
    ) as found
    where found.room_id not in (select app_private.room_ids_on_hold())
    order by found.room_id
    limit 1;
  if v_room_id is null then
    return 0;
  end if;
  select coalesce((select erasure_rule from app_public.rooms where rooms.id = v_room_id), 'erase') into v_rule;
  perform app_private.lock_room(v_room_id);
  v_ids := array(
    select message_sources.message_id from app_private.message_sources
      where message_sources.room_id = v_room_id and erase_copies.user_id in (source_author_id, written_by_id)
      order by message_sources.message_id
      limit batch_size);
  if v_rule = 'erase' then
    v_forwards := array(
      select message_sources.message_id from app_private.message_sources
        where message_sources.message_id = any (v_ids) and is_forward and written_by_id = erase_copies.user_id);
    perform app_private.forget_quoted(v_forwards);
    perform app_private.clear_quotes(array(
      select message_sources.message_id from app_private.message_sources
        where message_sources.message_id = any (v_ids) and not is_forward));
    delete from app_public.message_edits where message_edits.message_id = any (v_forwards);
    delete from app_private.message_deletions where message_deletions.message_id = any (v_forwards);
    perform app_private.settle_reports(held.id, 'dismissed'), app_private.delete_messages(array[held.id])
      from app_public.messages as held
      where held.id = any (v_forwards) and app_private.is_provisional(held.seq);
    update app_public.messages set deleted_at = clock_timestamp()
      where messages.id = any (v_forwards) and deleted_at is null;
    for v_table in select app_private.message_tables() loop
      continue when v_table = 'app_public.messages';
      perform app_private.release_uploads(v_forwards);
      delete from app_public.message_attachments where message_attachments.message_id = any (v_forwards);
      execute format(
        'update %s as message
          set content = null, metadata = ''{}'', pinned_at = null, deleted_at = coalesce(message.deleted_at, clock_timestamp())
          where message.id = any ($1)', v_table)
        using v_forwards;
    end loop;
  else
    for v_table in select app_private.message_tables() loop
      execute format(
        $sql$update %s as message set metadata = jsonb_set(message.metadata, '{quote,authorId}', to_jsonb($2))
          where message.id = any ($1) and message.metadata #>> '{quote,authorId}' = $3::text$sql$, v_table)
        using v_ids, app_private.ghost_id(), erase_copies.user_id;
    end loop;
  end if;
  update app_private.message_sources set
      source_author_id = case when source_author_id = erase_copies.user_id then app_private.ghost_id() else source_author_id end,
      written_by_id = case when written_by_id = erase_copies.user_id then app_private.ghost_id() else written_by_id end
    where message_sources.message_id = any (v_ids);
  return cardinality(v_ids);
end
$$;
comment on function app_private.erase_copies(uuid, integer) is
  'Erases what others have quoted or forwarded of a deleted account, or makes it anonymous, at most a batch and of one room. 0 when all is done or on hold.';
--! EndIncluded functions/forwards/erase_copies.sql

--! Included functions/forwards/copy_files.sql
/*
 * Of each file there is another: with an address of its own, of whoever forwards it, for whose day it counts. The worker
 * gives it the bytes, which the storage copies by itself. What was refused does not come along.
 */
create or replace function app_private.copy_files(message_id uuid, uploader_id uuid) returns uuid[]
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_limits app_private.upload_limits;
  v_upload app_private.uploads;
  v_count integer;
  v_bytes bigint;
  v_is_processing boolean;
  v_id uuid;
  v_ids uuid[] := '{}';
begin
  select count(*), sum(message_attachments.byte_size), bool_or(message_attachments.status = 'processing')
    into v_count, v_bytes, v_is_processing
    from app_public.message_attachments
    where message_attachments.message_id = copy_files.message_id and message_attachments.status <> 'refused';
  if v_count = 0 then
    return v_ids;
  end if;
  if v_is_processing then
    raise exception 'A file of this message is still looked at: try again in a moment.' using errcode = 'TR409';
  end if;
  select * into v_limits from app_private.upload_limits;
  perform app_private.take_upload_quota(copy_files.uploader_id, v_count, v_bytes, v_limits.files_a_day, v_limits.bytes_a_day);
  for v_upload in
    select uploads.* from app_public.message_attachments
      join app_private.uploads on uploads.id = message_attachments.id
      where message_attachments.message_id = copy_files.message_id and uploads.released_at is null and uploads.status = 'ready'
      order by message_attachments.ordinal
  loop
    insert into app_private.uploads (
        uploader_id, filename, byte_size, mime_type, width, height, duration_ms, is_original, is_rewritten, has_thumbnail,
        received_at, copy_of)
      values (
        copy_files.uploader_id, v_upload.filename, v_upload.byte_size, v_upload.mime_type, v_upload.width, v_upload.height,
        v_upload.duration_ms, v_upload.is_original, v_upload.is_rewritten, v_upload.has_thumbnail, now(), v_upload.id)
      returning id into v_id;
    v_ids := v_ids || v_id;
    perform graphile_worker.add_job('copy_attachment', json_build_object('id', v_id));
  end loop;
  return v_ids;
end
$$;
comment on function app_private.copy_files(uuid, uuid) is
  'Makes uploads of somebody that get the bytes of the files of a message, and names them in their order; RATE_LIMITED when they are too many for the day.';
--! EndIncluded functions/forwards/copy_files.sql

--! Included functions/forwards/finish_copy.sql
create or replace function app_private.finish_copy(upload_id uuid) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_needed boolean;
begin
  update app_private.uploads
    set copy_of = null, status = case when released_at is null then 'ready'::app_public.attachment_status else status end
    where id = finish_copy.upload_id
    returning released_at is null into v_is_needed;
  -- What it was copied from may have been waited for.
  perform app_private.schedule_removals();
  return coalesce(v_is_needed, false);
end
$$;
comment on function app_private.finish_copy(uuid) is
  'A copied file has its bytes. False when it was given up in the meantime. To be followed by publish_upload, in a transaction of its own.';
--! EndIncluded functions/forwards/finish_copy.sql

--! Included functions/forwards/set_upload_limits.sql
create or replace function app_private.set_upload_limits(files_a_day integer, bytes_a_day bigint) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  update app_private.upload_limits
    set files_a_day = set_upload_limits.files_a_day, bytes_a_day = set_upload_limits.bytes_a_day
    where (upload_limits.files_a_day, upload_limits.bytes_a_day)
      is distinct from (set_upload_limits.files_a_day, set_upload_limits.bytes_a_day);
$$;
comment on function app_private.set_upload_limits(integer, bigint) is
  'Notes how much a person may upload in a day, forwarded files too. The worker calls it when it starts.';
--! EndIncluded functions/forwards/set_upload_limits.sql

--! Included functions/forwards/hold_buckets.sql
/* Whoever sends locks their buckets before the room; so does who forwards, who has to lock the rooms before sending. */
create or replace function app_private.hold_buckets(user_id uuid, room_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_everywhere constant uuid := '00000000-0000-0000-0000-000000000000';
  v_bucket uuid;
begin
  foreach v_bucket in array array[v_everywhere, hold_buckets.room_id] loop
    perform from app_private.token_buckets
      where token_buckets.user_id = hold_buckets.user_id and token_buckets.room_id = v_bucket for no key update;
    if not found then
      -- Nothing was sent yet: slow mode has nothing to wait for.
      perform app_private.open_bucket(hold_buckets.user_id, v_bucket, clock_timestamp(), '-infinity');
    end if;
  end loop;
end
$$;
comment on function app_private.hold_buckets(uuid, uuid) is
  'Locks the buckets that a message of somebody in a room takes tokens from.';
--! EndIncluded functions/forwards/hold_buckets.sql

--! Included functions/forwards/forward_message.sql
/*
 * The rights of both rooms are asked under the locks of both, which are taken in one order: two who forward across each
 * other wait for each other, and neither locks the other out. Nothing of where it comes from is in the message: who may
 * read that is asked of each reader (messages_forwarded_from).
 */
create or replace function app_public.forward_message(message_id uuid, room_id uuid, nonce text default null, comment text default null)
returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
  v_comment constant text := app_private.trimmed(forward_message.comment);
  -- Without a comment as before there were any, for nonces from then.
  v_request_hash constant bigint := case when v_comment is null
    then hash_record_extended(row ('forward'::text, forward_message.message_id, forward_message.room_id), 0)
    else hash_record_extended(row ('forward'::text, forward_message.message_id, forward_message.room_id, v_comment), 0) end;
  v_taken_at timestamptz;
  v_source app_public.messages;
  v_message app_public.messages;
  v_written_by_id uuid;
  v_file_ids uuid[];
begin
  perform app_private.limit_rate('forward');
  if exists (
    select from app_private.message_nonces where message_nonces.author_id = v_user_id and message_nonces.nonce = forward_message.nonce
  ) then
    return app_private.message_of_nonce(v_user_id, forward_message.room_id, forward_message.nonce, v_request_hash);
  end if;
  perform app_private.require_member(forward_message.room_id);
  perform app_private.hold_buckets(v_user_id, forward_message.room_id);
  -- Of a room of which nothing may be seen, nothing is locked.
  perform app_private.lock_room(room_members.room_id)
    from app_public.room_members
    where room_members.user_id = v_user_id and room_members.room_id in (
      forward_message.room_id, (select messages.room_id from app_public.messages where messages.id = forward_message.message_id))
    order by room_members.room_id;
  -- Sent by the same request, which was faster by a moment.
  if exists (
    select from app_private.message_nonces where message_nonces.author_id = v_user_id and message_nonces.nonce = forward_message.nonce
  ) then
    return app_private.message_of_nonce(v_user_id, forward_message.room_id, forward_message.nonce, v_request_hash);
  end if;
  v_source := (app_private.lock_message_as(forward_message.message_id, writable => false)).message;
  if v_source.message_type = 'system' or v_source.metadata ? 'poll' then
    raise exception 'What the server has written cannot be forwarded, and no poll.' using errcode = 'TR409';
  end if;
  if v_source.disappears_at is not null then
    raise exception 'A message that disappears cannot be forwarded.' using errcode = 'TR409';
  end if;
  v_file_ids := app_private.copy_files(v_source.id, v_user_id);
  if v_file_ids = '{}' and v_source.content = '' then
    raise exception 'There is nothing in this message to forward.' using errcode = 'TR409';
  end if;
  if v_comment is not null then
    select taken_at into v_taken_at from app_private.token_buckets
      where token_buckets.user_id = v_user_id and token_buckets.room_id = forward_message.room_id;
    perform app_public.send_message(forward_message.room_id, v_comment);
    -- Of slow mode the two are one message.
    update app_private.token_buckets set taken_at = coalesce(v_taken_at, '-infinity')
      where token_buckets.user_id = v_user_id and token_buckets.room_id = forward_message.room_id;
  end if;
  perform set_config('trumpet.forwarding', (
    select coalesce(jsonb_agg(uploads.copy_of order by number), '[]')::text
      from unnest(v_file_ids) with ordinality as given (id, number)
      join app_private.uploads on uploads.id = given.id), true);
  v_message := app_public.send_message(
    forward_message.room_id, v_source.content, v_source.message_type, '{"forward": {}}', attachment_ids => v_file_ids);
  perform set_config('trumpet.forwarding', '', true);
  select message_sources.written_by_id into v_written_by_id from app_private.message_sources
    where message_sources.message_id = v_source.id and is_forward;
  insert into app_private.message_sources (
      message_id, room_id, is_forward, source_message_id, source_room_id, source_author_id, written_by_id)
    values (
      v_message.id, v_message.room_id, true, v_source.id, v_source.room_id, v_source.author_id,
      coalesce(v_written_by_id, v_source.author_id));
  if forward_message.nonce is not null then
    insert into app_private.message_nonces (author_id, nonce, message_id, request_hash)
      values (v_user_id, forward_message.nonce, v_message.id, v_request_hash)
      on conflict on constraint message_nonces_pkey do nothing;
    if not found then
      raise exception 'You have sent something else with this nonce.' using errcode = 'TR409';
    end if;
  end if;
  return v_message;
end
$$;
comment on function app_public.forward_message(uuid, uuid, text, text) is
  'Sends the text and the files of a message to another room, or the same. You need to be able to read there and to write here. Nobody is told where it comes from but those who may read it there (`forwardedFrom`); it mentions nobody, has no buttons, and cannot be edited. Its files are copies of yours, at addresses of their own, and count for your day. With a `comment`, that is sent right above it as a message of yours like any other: both or neither. For several rooms ask several times, with a `nonce` each: each has its own answer.';
grant execute on function app_public.forward_message(uuid, uuid, text, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/forwards/forward_message.sql

--! Included functions/forwards/source_of.sql
create or replace function app_hidden.source_of(message_id uuid) returns uuid
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select message_sources.source_message_id from app_private.message_sources
    where message_sources.message_id = source_of.message_id and is_forward
      and (
        message_sources.source_room_id in (select app_hidden.my_open_room_ids())
        or message_sources.source_room_id in (select app_hidden.my_room_ids())
          and (select messages.seq from app_public.messages where messages.id = message_sources.source_message_id)
            >= app_hidden.my_history_start(message_sources.source_room_id));
$$;
comment on function app_hidden.source_of(uuid) is
  'What a message was forwarded from, for who is a member of that room; null for others.';
grant execute on function app_hidden.source_of(uuid) to trumpet_user;
--! EndIncluded functions/forwards/source_of.sql

--! Included functions/forwards/messages_forwarded_from.sql
create or replace function app_public.messages_forwarded_from(message app_public.messages) returns app_public.messages
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select messages.* from app_public.messages
    where message.metadata ? 'forward' and messages.id = app_hidden.source_of(message.id);
$$;
comment on function app_public.messages_forwarded_from(app_public.messages) is
  'The message that it was forwarded from, as it is now, if you may read it there. Null for everyone else, as of a message that was not forwarded.';
grant execute on function app_public.messages_forwarded_from(app_public.messages) to trumpet_user;
--! EndIncluded functions/forwards/messages_forwarded_from.sql

--! Included functions/forwards/messages_is_forwarded.sql
create or replace function app_public.messages_is_forwarded(message app_public.messages) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select message.metadata ? 'forward';
$$;
comment on function app_public.messages_is_forwarded(app_public.messages) is
  'Whether its author has forwarded what somebody else, or they themselves, wrote elsewhere.';
grant execute on function app_public.messages_is_forwarded(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/forwards/messages_is_forwarded.sql

--! Included functions/forwards/messages_quote.sql
create or replace function app_public.messages_quote(message app_public.messages) returns app_public.quote
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select row(
      (quote ->> 'messageId')::uuid, (quote ->> 'authorId')::uuid, app_hidden.poll_moment(quote ->> 'createdAt'),
      quote ->> 'content', coalesce((quote ->> 'isPart')::boolean, false), coalesce((quote ->> 'isRemoved')::boolean, false)
    )::app_public.quote
    from app_hidden.quote_of(message.metadata) as written
    cross join lateral (
      -- Until what disappeared is deleted, which takes it out of here, too.
      select case when app_hidden.poll_moment(written ->> 'disappearsAt') <= statement_timestamp()
        then jsonb_build_object('messageId', written -> 'messageId', 'isRemoved', true)
        else written end as quote
    ) as shown
    where quote is not null;
$$;
comment on function app_public.messages_quote(app_public.messages) is
  'What it quotes of another message of the room, or null.';
grant execute on function app_public.messages_quote(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/forwards/messages_quote.sql

--! Previous: sha1:0a7e8e3c74457c98754b928cad7d077438531447
--! Hash: sha1:484d5f4230db3340a47f0dbe5d3f028b93d54ba2

/*
 * Files of messages.
 *
 * A file is uploaded first (src/http/attachments.ts), then bound to a message by its uploader, once. The upload is the
 * server's own record of the file, from the first byte until the last is removed; the attachment is what a message
 * shows of it. The bytes themselves are never in the database.
 */
create type app_public.attachment_status as enum ('processing', 'ready', 'refused');
comment on type app_public.attachment_status is 'Whether a file can be fetched.';

create table app_private.uploads (
  id uuid primary key default uuidv7(),
  uploader_id uuid references app_public.users on delete set null,
  filename text not null,
  byte_size bigint not null,
  mime_type text,
  status app_public.attachment_status not null default 'processing',
  width integer,
  height integer,
  duration_ms integer,
  is_original boolean not null default false,
  is_avatar boolean not null default false,
  avatar_since timestamptz,
  is_custom_emoji boolean not null default false,
  emoji_since timestamptz,
  is_rewritten boolean not null default false,
  has_thumbnail boolean not null default false,
  message_id uuid,
  room_id uuid,
  copy_of uuid,
  created_at timestamptz not null default now(),
  received_at timestamptz,
  released_at timestamptz,
  removed_at timestamptz,
  drafted_at timestamptz,
  constraint uploads_filename_length check (char_length(filename) between 1 and 255),
  constraint uploads_byte_size_range check (byte_size >= 0),
  constraint uploads_are_bound_whole check ((message_id is null) = (room_id is null)),
  constraint uploads_are_bound_or_avatars check (message_id is null or not (is_avatar or is_custom_emoji)),
  constraint uploads_are_typed_when_received check (received_at is null or mime_type is not null),
  constraint uploads_are_released_before_removal check (removed_at is null or released_at is not null),
  constraint uploads_released_are_nameless check (released_at is null or filename = 'file')
) with (fillfactor = 80);
comment on table app_private.uploads is 'A file in the storage, whether it belongs to a message yet or not.';
comment on column app_private.uploads.filename is 'What its uploader called it; `file` once it is released, because a name may be a person''s.';
comment on column app_private.uploads.byte_size is 'How many bytes were announced; once it is ready, how many there are to fetch.';
comment on column app_private.uploads.mime_type is 'What its bytes are. Null until all of them are here.';
comment on column app_private.uploads.is_original is 'Whether its uploader asked that it be kept byte for byte.';
comment on column app_private.uploads.is_avatar is 'Whether it was uploaded to be the picture of its uploader.';
comment on column app_private.uploads.avatar_since is 'Since when it is that picture.';
comment on column app_private.uploads.is_custom_emoji is 'Whether it was uploaded to be the picture of a custom emoji.';
comment on column app_private.uploads.emoji_since is 'Since when it is one. It stays when its uploader deletes their account.';
comment on column app_private.uploads.is_rewritten is 'Whether a copy without location and other private data takes the place of what was uploaded.';
comment on column app_private.uploads.message_id is 'The message that it is bound to. Never changes once it is set.';
comment on column app_private.uploads.copy_of is 'The file whose bytes it gets, because its message was forwarded; null once it has them. Until then the bytes of the other stay.';
comment on column app_private.uploads.received_at is 'When the last byte came.';
comment on column app_private.uploads.released_at is 'Since when nothing needs its bytes any more: it cannot be bound or fetched, and the worker removes it.';
comment on column app_private.uploads.drafted_at is 'When a draft last took it or let it go; null: none did.';
comment on column app_private.uploads.removed_at is 'When its bytes were removed. The row counts for its uploader''s day until the day is over.';
alter table app_private.uploads enable row level security;
/* begin_upload: what one person has uploaded in a day. */
create index uploads_uploader_id on app_private.uploads (uploader_id, created_at);
/* Releasing the files of a deleted message. */
create index uploads_message_id on app_private.uploads (message_id) where message_id is not null;
/* release_unbound_uploads */
create index uploads_unbound on app_private.uploads (created_at)
  where message_id is null and avatar_since is null and emoji_since is null and released_at is null;
/* next_removals: what is still to be copied stays. */
create index uploads_copy_of on app_private.uploads (copy_of) where copy_of is not null;
/* next_removals, forget_removed_uploads */
create index uploads_released on app_private.uploads (released_at) where released_at is not null;

create table app_public.message_attachments (
  id uuid primary key,
  message_id uuid not null,
  room_id uuid not null,
  ordinal smallint not null,
  filename text not null,
  mime_type text not null,
  byte_size bigint not null,
  status app_public.attachment_status not null,
  width integer,
  height integer,
  duration_ms integer,
  has_thumbnail boolean not null,
  is_original boolean not null default false,
  created_at timestamptz not null default now()
);
comment on table app_public.message_attachments is
  'A file that came with a message.';
comment on column app_public.message_attachments.id is 'The same as that of the upload: the last part of the address that the upload went to.';
comment on column app_public.message_attachments.message_id is 'The message it came with.';
comment on column app_public.message_attachments.room_id is 'The room of the message.';
comment on column app_public.message_attachments.ordinal is
  'Its place among the files of the message.';
comment on column app_public.message_attachments.filename is 'The name that its sender gave it, without folders.';
comment on column app_public.message_attachments.mime_type is 'What its bytes are, such as `image/png`; found out by the server, not told by the sender.';
comment on column app_public.message_attachments.byte_size is 'How large it is.';
comment on column app_public.message_attachments.status is
  'PROCESSING until the file has been looked at, mostly a second or two. A message event tells when it is READY or REFUSED.';
comment on column app_public.message_attachments.width is 'Of a picture, as it is shown, or of a video, in pixels.';
comment on column app_public.message_attachments.height is 'Of a picture, as it is shown, or of a video, in pixels.';
comment on column app_public.message_attachments.duration_ms is 'Of a sound or video, in milliseconds.';
comment on column app_public.message_attachments.has_thumbnail is
  'Whether there is a small picture of it.';
comment on column app_public.message_attachments.is_original is
  'Whether it is byte for byte what its sender has, because they asked for that: a picture, sound or video may tell where it was made. False: it does not.';
comment on column app_public.message_attachments.created_at is 'When it was sent.';
comment on constraint message_attachments_pkey on app_public.message_attachments is 'One attachment an id.';
alter table app_public.message_attachments enable row level security;
/* A file is as visible as its message: one that is held is not. */
create policy select_member on app_public.message_attachments for select to trumpet_user using (
  room_id in (select app_hidden.my_room_ids())
  and exists (select from app_public.messages where messages.id = message_id)
);
create policy select_broadcast on app_public.message_attachments for select to trumpet_broadcast using (
  room_id in (select app_hidden.broadcast_room_ids())
  and exists (select from app_public.messages where messages.id = message_id)
);
create policy select_admin on app_public.message_attachments for select to trumpet_admin
  using (exists (select from app_public.messages where messages.id = message_id));
grant select on app_public.message_attachments to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* message.attachments */
create index message_attachments_message_id on app_public.message_attachments (message_id, ordinal);

--! Included functions/attachments/messages_attachments.sql
create or replace function app_public.messages_attachments(message app_public.messages) returns setof app_public.message_attachments
language sql stable security invoker rows 2
set search_path = pg_catalog, pg_temp
as $$
  select message_attachments.* from app_public.message_attachments
    where message_attachments.message_id = message.id
    order by message_attachments.ordinal;
$$;
comment on function app_public.messages_attachments(app_public.messages) is
  'The files of the message, in the order of `attachmentIds`.';
grant execute on function app_public.messages_attachments(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/attachments/messages_attachments.sql

--! Included functions/attachments/notice_of.sql
create or replace function app_private.notice_of(message app_public.messages) returns text
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  -- Whoever forwards it has not said it.
  select case when message.metadata ? 'forward' then '↪ ' else '' end || case
    when message.content = '' then
      (select '📎 ' || string_agg(filename, ', ' order by ordinal)
        from app_public.message_attachments where message_attachments.message_id = message.id)
    else message.content
  end;
$$;
comment on function app_private.notice_of(app_public.messages) is
  'What a notification says that a message says: its text, or the names of its files. Null once it is deleted.';
--! EndIncluded functions/attachments/notice_of.sql

--! Included functions/attachments/schedule_removals.sql
create or replace function app_private.schedule_removals() returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select graphile_worker.add_job('remove_uploads', job_key => 'remove_uploads');
$$;
comment on function app_private.schedule_removals() is 'Has the worker remove released files soon; many calls are one job.';
--! EndIncluded functions/attachments/schedule_removals.sql

/*
 * Uploading. The server calls these for someone whose token it has verified, so they take the person as an argument,
 * as authenticate_session does. No API role may call them.
 */

--! Included functions/attachments/take_upload_quota.sql
create or replace function app_private.take_upload_quota(
  uploader_id uuid, file_count integer, byte_size bigint, files_a_day integer, bytes_a_day bigint
) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
  v_bytes bigint;
  v_free_at timestamptz;
begin
  -- Two that begin at once must not both find the last place free.
  perform app_private.lock_until_commit('uploads', take_upload_quota.uploader_id::text);
  select count(*), coalesce(sum(uploads.byte_size), 0) into v_count, v_bytes
    from app_private.uploads
    where uploads.uploader_id = take_upload_quota.uploader_id and created_at > now() - interval '1 day';
  if v_count + file_count > files_a_day or v_bytes + take_upload_quota.byte_size > bytes_a_day then
    -- When so many of the oldest are a day old that the rest leaves room for these.
    select min(created_at) + interval '1 day' into v_free_at from (
      select created_at, count(*) over oldest as files, sum(uploads.byte_size) over oldest as bytes
        from app_private.uploads
        where uploads.uploader_id = take_upload_quota.uploader_id and created_at > now() - interval '1 day'
        window oldest as (order by created_at, id rows unbounded preceding)
      ) as freed
      where v_count - files + file_count <= files_a_day and v_bytes - bytes + take_upload_quota.byte_size <= bytes_a_day;
    raise exception 'A person may upload at most % files and % bytes within 24 hours.', files_a_day, bytes_a_day using
      errcode = 'TR429',
      detail = app_private.milliseconds(coalesce(v_free_at - now(), interval '1 day'));
  end if;
end
$$;
comment on function app_private.take_upload_quota(uuid, integer, bigint, integer, bigint) is
  'Raises RATE_LIMITED when a person has had too many files today for these; until commit nobody else counts for them.';
--! EndIncluded functions/attachments/take_upload_quota.sql

--! Included functions/attachments/begin_upload.sql
create or replace function app_hidden.begin_upload(
  uploader_id uuid, session_id uuid, filename text, byte_size bigint, files_a_day integer, bytes_a_day bigint
) returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
begin
  if begin_upload.byte_size > bytes_a_day then
    raise exception 'A person may upload at most % bytes within 24 hours, and this file is larger.', bytes_a_day
      using errcode = 'TR413';
  end if;
  perform app_private.take_upload_quota(begin_upload.uploader_id, 1, begin_upload.byte_size, files_a_day, bytes_a_day);
  if not app_private.is_still_here(begin_upload.uploader_id, begin_upload.session_id) then
    raise exception 'This session has ended: sign in again.' using errcode = 'TR401';
  end if;
  insert into app_private.uploads (uploader_id, filename, byte_size)
    values (begin_upload.uploader_id, begin_upload.filename, begin_upload.byte_size)
    returning id into v_id;
  return v_id;
end
$$;
comment on function app_hidden.begin_upload(uuid, uuid, text, bigint, integer, bigint) is
  'Makes the record of a file that is about to come, unless its uploader has had enough for a day.';
grant execute on function app_hidden.begin_upload(uuid, uuid, text, bigint, integer, bigint) to trumpet_authenticator;
--! EndIncluded functions/attachments/begin_upload.sql

--! Included functions/attachments/find_upload.sql
create or replace function app_hidden.find_upload(upload_id uuid)
returns table (
  uploader_id uuid, filename text, mime_type text, status app_public.attachment_status,
  is_original boolean, is_rewritten boolean, has_thumbnail boolean, is_received boolean,
  is_held boolean
)
language sql stable security definer rows 1
set search_path = pg_catalog, pg_temp
as $$
  select uploader_id, filename, mime_type, status, is_original, is_rewritten, has_thumbnail, received_at is not null,
      exists (select from app_public.messages where messages.id = uploads.message_id and held_at is not null)
    from app_private.uploads
    where id = find_upload.upload_id and released_at is null
      and not exists (
        select from app_public.messages where messages.id = uploads.message_id and disappears_at <= statement_timestamp());
$$;
comment on function app_hidden.find_upload(uuid) is 'What the server has to know of a file to receive it or hand it out. Nothing once it is released.';
grant execute on function app_hidden.find_upload(uuid) to trumpet_authenticator;
--! EndIncluded functions/attachments/find_upload.sql

--! Included functions/attachments/receive_upload.sql
create or replace function app_hidden.receive_upload(upload_id uuid, mime_type text, is_original boolean, is_avatar boolean, is_custom_emoji boolean default false) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_private.uploads set received_at = now(), mime_type = receive_upload.mime_type,
      is_original = receive_upload.is_original, is_avatar = receive_upload.is_avatar,
      is_custom_emoji = receive_upload.is_custom_emoji
    where id = receive_upload.upload_id and received_at is null and released_at is null;
  if found then
    perform graphile_worker.add_job('process_attachment', json_build_object('id', receive_upload.upload_id));
  end if;
end
$$;
comment on function app_hidden.receive_upload(uuid, text, boolean, boolean, boolean) is 'Notes that all bytes of a file are here and has the worker look at them. Doing it twice is the same as once.';
grant execute on function app_hidden.receive_upload(uuid, text, boolean, boolean, boolean) to trumpet_authenticator;
--! EndIncluded functions/attachments/receive_upload.sql

--! Included functions/attachments/discard_upload.sql
create or replace function app_hidden.discard_upload(upload_id uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_private.uploads set status = 'refused', released_at = now(), filename = 'file'
    where id = discard_upload.upload_id and released_at is null and message_id is null;
  if found then
    perform app_private.schedule_removals();
  elsif exists (select from app_private.uploads where id = discard_upload.upload_id and message_id is not null) then
    raise exception 'This file belongs to a message.' using errcode = 'TR409';
  end if;
end
$$;
comment on function app_hidden.discard_upload(uuid) is 'Gives up a file that is not bound: its uploader does not want it, or the server does not.';
grant execute on function app_hidden.discard_upload(uuid) to trumpet_authenticator;
--! EndIncluded functions/attachments/discard_upload.sql

--! Included functions/attachments/check_uploads.sql
create or replace function app_private.check_uploads(uploader_id uuid, attachment_ids uuid[]) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_attachments_allowed constant integer := 10;
  v_upload app_private.uploads;
  v_id uuid;
begin
  if cardinality(attachment_ids) > v_attachments_allowed then
    raise exception 'A message has at most % files.', v_attachments_allowed using errcode = 'TR413';
  end if;
  foreach v_id in array attachment_ids loop
    select * into v_upload from app_private.uploads
      where id = v_id and uploads.uploader_id = check_uploads.uploader_id and not is_avatar and not is_custom_emoji
        and (released_at is null or status = 'refused');
    if v_upload.id is null then
      raise exception 'There is no such upload: %.', v_id using errcode = 'TR404';
    end if;
    if v_upload.status = 'refused' then
      raise exception 'This file was refused: %.', v_id using errcode = 'TR400';
    end if;
    if v_upload.message_id is not null or cardinality(array_positions(attachment_ids, v_id)) > 1 then
      raise exception 'This file already belongs to a message: %.', v_id using errcode = 'TR409';
    end if;
    if v_upload.received_at is null then
      raise exception 'This upload is not complete: %.', v_id using errcode = 'TR409';
    end if;
  end loop;
end
$$;
comment on function app_private.check_uploads(uuid, uuid[]) is
  'Raises what forbids that these uploads become attachments of one message of somebody: they are complete, not bound yet, and at most 10.';
--! EndIncluded functions/attachments/check_uploads.sql

--! Included functions/attachments/bind_attachments.sql
/*
 * Binding. The uploads are locked after the room's head, and whoever finishes an upload (below) never takes the two
 * in one transaction: no deadlock.
 */
create or replace function app_private.bind_attachments(message app_public.messages, attachment_ids uuid[]) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_upload app_private.uploads;
  v_id uuid;
  v_ordinal smallint := 0;
begin
  -- In one order, so that two messages with the same files wait for each other instead of locking each other out.
  perform from app_private.uploads where id = any (attachment_ids) order by id for no key update;
  perform app_private.check_uploads(message.author_id, attachment_ids);
  foreach v_id in array attachment_ids loop
    v_ordinal := v_ordinal + 1;
    select * into v_upload from app_private.uploads where id = v_id;
    update app_private.uploads set message_id = message.id, room_id = message.room_id where id = v_id;
    insert into app_public.message_attachments (
      id, message_id, room_id, ordinal, filename, mime_type, byte_size, status, width, height, duration_ms, has_thumbnail,
      is_original
    ) values (
      v_id, message.id, message.room_id, v_ordinal, v_upload.filename, v_upload.mime_type, v_upload.byte_size,
      v_upload.status, v_upload.width, v_upload.height, v_upload.duration_ms, v_upload.has_thumbnail,
      v_upload.is_original
    );
  end loop;
end
$$;
comment on function app_private.bind_attachments(app_public.messages, uuid[]) is
  'Makes uploads of its author attachments of a message: see check_uploads.';
--! EndIncluded functions/attachments/bind_attachments.sql

/*
 * The worker's part: what it found out about a file, and which files to remove.
 */

--! Included functions/attachments/finish_upload.sql
create or replace function app_private.finish_upload(
  upload_id uuid, mime_type text, byte_size bigint, width integer, height integer, duration_ms integer, is_rewritten boolean, has_thumbnail boolean
) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  update app_private.uploads set
    status = 'ready', mime_type = finish_upload.mime_type, byte_size = finish_upload.byte_size, width = finish_upload.width, height = finish_upload.height,
    duration_ms = finish_upload.duration_ms, is_rewritten = finish_upload.is_rewritten, has_thumbnail = finish_upload.has_thumbnail
    where id = finish_upload.upload_id and status = 'processing';
$$;
comment on function app_private.finish_upload(uuid, text, bigint, integer, integer, integer, boolean, boolean) is
  'A file may be fetched from now on. To be followed by publish_upload, in a transaction of its own.';
--! EndIncluded functions/attachments/finish_upload.sql

--! Included functions/attachments/refuse_upload.sql
create or replace function app_private.refuse_upload(upload_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_private.uploads set status = 'refused', released_at = now(), filename = 'file'
    where id = refuse_upload.upload_id and status = 'processing';
  perform app_private.schedule_removals();
end
$$;
comment on function app_private.refuse_upload(uuid) is
  'A file will never be fetched. To be followed by publish_upload, in a transaction of its own.';
--! EndIncluded functions/attachments/refuse_upload.sql

--! Included functions/attachments/publish_upload.sql
create or replace function app_private.publish_upload(upload_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_upload app_private.uploads;
begin
  select * into v_upload from app_private.uploads where id = publish_upload.upload_id;
  if v_upload.message_id is null then
    return;
  end if;
  perform app_private.lock_room(v_upload.room_id);
  update app_public.message_attachments set
    status = v_upload.status, mime_type = v_upload.mime_type, byte_size = v_upload.byte_size, width = v_upload.width, height = v_upload.height,
    duration_ms = v_upload.duration_ms, has_thumbnail = v_upload.has_thumbnail
    where id = v_upload.id and status = 'processing';
  if found then
    perform app_private.log_change(messages.room_id, 'message', 'update', message_id => messages.id)
      from app_public.messages where messages.id = v_upload.message_id and held_at is null;
  end if;
end
$$;
comment on function app_private.publish_upload(uuid) is
  'Shows what was found out about a file to those who see its message, if it is bound. If not, binding will.';
--! EndIncluded functions/attachments/publish_upload.sql

--! Included functions/attachments/release_uploads.sql
create or replace function app_private.release_uploads(message_ids uuid[]) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_private.uploads set released_at = now(), filename = 'file'
    where uploads.message_id = any (message_ids) and uploads.released_at is null;
  if found then
    perform app_private.schedule_removals();
  end if;
end
$$;
comment on function app_private.release_uploads(uuid[]) is 'Has the worker remove the files of messages.';
--! EndIncluded functions/attachments/release_uploads.sql

--! Included functions/attachments/tg_messages__release_attachments.sql
create or replace function app_private.tg_messages__release_attachments() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE' and (old.deleted_at is not null or new.deleted_at is null) then
    return null;
  end if;
  delete from app_public.message_attachments where message_id = old.id;
  if found then
    update app_private.uploads set released_at = coalesce(released_at, now()), filename = 'file'
      where message_id = old.id;
    perform app_private.schedule_removals();
  end if;
  return null;
end
$$;
comment on function app_private.tg_messages__release_attachments() is 'The files of a deleted message can no longer be fetched, and are removed.';
--! EndIncluded functions/attachments/tg_messages__release_attachments.sql

create trigger _600_release_attachments_update after update of deleted_at on app_public.messages
  for each row execute function app_private.tg_messages__release_attachments();
create trigger _600_release_attachments_delete after delete on app_public.messages
  for each row execute function app_private.tg_messages__release_attachments();

--! Included functions/attachments/release_unbound_uploads.sql
create or replace function app_private.release_unbound_uploads() returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  -- Someone binding one of them at this moment holds its row; once they have committed, it is no longer unbound.
  update app_private.uploads set released_at = now(), filename = 'file'
    where message_id is null and avatar_since is null and emoji_since is null and released_at is null
      and created_at < now() - interval '1 day'
      and (drafted_at is null or drafted_at < now() - interval '1 day' and not exists (
        select from app_public.drafts
          where drafts.user_id = uploads.uploader_id and uploads.id = any (drafts.attachment_ids)));
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function app_private.release_unbound_uploads() is 'Gives up the files that nobody has bound for a day, and that no draft holds or held within it.';
--! EndIncluded functions/attachments/release_unbound_uploads.sql

--! Included functions/attachments/next_removals.sql
create or replace function app_private.next_removals(most integer, except_ids uuid[] default '{}') returns setof uuid
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select id from app_private.uploads
    where released_at is not null
      and id <> all (except_ids)
      and not exists (select from app_private.uploads as copy where copy.copy_of = uploads.id)
      and (removed_at is null or (removed_at < now() - interval '1 hour' and created_at < now() - interval '1 day'))
    order by released_at
    limit most;
$$;
comment on function app_private.next_removals(integer, uuid[]) is 'Files whose bytes are to be removed: at once, and again before they are forgotten, because a process that has ended since may have written more.';
--! EndIncluded functions/attachments/next_removals.sql

--! Included functions/attachments/note_removals.sql
create or replace function app_private.note_removals(upload_ids uuid[]) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  delete from app_private.uploads
    where id = any (upload_ids) and removed_at < now() - interval '1 hour' and created_at < now() - interval '1 day';
  update app_private.uploads set removed_at = now()
    where id = any (upload_ids) and released_at is not null and removed_at is null;
$$;
comment on function app_private.note_removals(uuid[]) is 'Notes that the bytes are gone, and forgets those that were removed again and no longer count for their uploader''s day.';
--! EndIncluded functions/attachments/note_removals.sql

/*
 * Pictures of people. One is uploaded like any other file, and cut to squares. Its address stays until another takes
 * its place, and whoever has the address may fetch it: a page shows it without a token, and only those who are signed
 * in are told it.
 */

--! Included functions/attachments/set_avatar.sql
create or replace function app_public.set_avatar(upload_id uuid) returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_user();
  v_upload app_private.uploads;
  v_user app_public.users;
begin
  perform app_private.limit_rate('settings');
  select * into v_upload from app_private.uploads
    where id = set_avatar.upload_id and uploader_id = v_user_id and (released_at is null or status = 'refused')
    for no key update;
  if v_upload.id is null then
    raise exception 'No such upload: %.', set_avatar.upload_id using errcode = 'TR404';
  end if;
  if v_upload.status = 'refused' then
    raise exception 'This file was refused: %.', set_avatar.upload_id using errcode = 'TR400';
  end if;
  if not v_upload.is_avatar then
    raise exception 'This file is no avatar. Upload it with the metadata "purpose avatar".' using errcode = 'TR400';
  end if;
  if v_upload.status = 'processing' then
    raise exception 'This picture is still being processed. Try again in a second.' using errcode = 'TR409';
  end if;
  update app_private.uploads set avatar_since = now() where id = v_upload.id and avatar_since is null;
  update app_public.users set avatar_id = v_upload.id, avatar_url = null
    where id = v_user_id
    returning * into v_user;
  -- The row may have been waited for, until its account was deleted.
  perform app_private.check_still_here();
  return v_user;
end
$$;
comment on function app_public.set_avatar(uuid) is
  'Makes a picture that you uploaded with the metadata `purpose avatar` your picture. CONFLICT while it is still being processed: try again in a second. The one before it is deleted.';
grant execute on function app_public.set_avatar(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/attachments/set_avatar.sql

--! Included functions/attachments/find_avatar.sql
create or replace function app_hidden.find_avatar(avatar_id uuid) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from app_private.uploads
      where id = find_avatar.avatar_id and avatar_since is not null and released_at is null
  );
$$;
comment on function app_hidden.find_avatar(uuid) is 'Whether it is the picture of someone at this moment.';
grant execute on function app_hidden.find_avatar(uuid) to trumpet_authenticator;
--! EndIncluded functions/attachments/find_avatar.sql

--! Included functions/attachments/tg_users__release_avatar.sql
create or replace function app_private.tg_users__release_avatar() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_private.uploads set released_at = now(), filename = 'file'
    where id = old.avatar_id and released_at is null;
  perform app_private.schedule_removals();
  return null;
end
$$;
comment on function app_private.tg_users__release_avatar() is 'A picture that is replaced or taken away can no longer be fetched, and is removed.';
--! EndIncluded functions/attachments/tg_users__release_avatar.sql

create trigger _600_release_avatar after update of avatar_id on app_public.users
  for each row when (old.avatar_id is not null and old.avatar_id is distinct from new.avatar_id)
  execute function app_private.tg_users__release_avatar();

--! Included functions/attachments/release_own_uploads.sql
create or replace function app_private.release_own_uploads(user_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_private.uploads set released_at = coalesce(released_at, now()), filename = 'file'
    where uploader_id = release_own_uploads.user_id and message_id is null and emoji_since is null;
  if found then
    perform app_private.schedule_removals();
  end if;
end
$$;
comment on function app_private.release_own_uploads(uuid) is
  'Has the worker remove what a person uploaded and did not send.';
--! EndIncluded functions/attachments/release_own_uploads.sql

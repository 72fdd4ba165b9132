--! Previous: x
--! Hash: x

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
create policy select_admin on app_public.message_attachments for select to trumpet_admin using (true);
grant select on app_public.message_attachments to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* message.attachments */
create index message_attachments_message_id on app_public.message_attachments (message_id, ordinal);

--! Included functions/attachments/messages_attachments.sql

--! EndIncluded functions/attachments/messages_attachments.sql

--! Included functions/attachments/notice_of.sql

--! EndIncluded functions/attachments/notice_of.sql

--! Included functions/attachments/schedule_removals.sql

--! EndIncluded functions/attachments/schedule_removals.sql

/*
 * Uploading. The server calls these for someone whose token it has verified, so they take the person as an argument,
 * as authenticate_session does. No API role may call them.
 */

--! Included functions/attachments/take_upload_quota.sql

--! EndIncluded functions/attachments/take_upload_quota.sql

--! Included functions/attachments/begin_upload.sql

--! EndIncluded functions/attachments/begin_upload.sql

--! Included functions/attachments/find_upload.sql

--! EndIncluded functions/attachments/find_upload.sql

--! Included functions/attachments/receive_upload.sql

--! EndIncluded functions/attachments/receive_upload.sql

--! Included functions/attachments/discard_upload.sql

--! EndIncluded functions/attachments/discard_upload.sql

--! Included functions/attachments/check_uploads.sql

--! EndIncluded functions/attachments/check_uploads.sql

--! Included functions/attachments/bind_attachments.sql

--! EndIncluded functions/attachments/bind_attachments.sql

/*
 * The worker's part: what it found out about a file, and which files to remove.
 */

--! Included functions/attachments/finish_upload.sql

--! EndIncluded functions/attachments/finish_upload.sql

--! Included functions/attachments/refuse_upload.sql

--! EndIncluded functions/attachments/refuse_upload.sql

--! Included functions/attachments/publish_upload.sql

--! EndIncluded functions/attachments/publish_upload.sql

--! Included functions/attachments/release_uploads.sql

--! EndIncluded functions/attachments/release_uploads.sql

--! Included functions/attachments/tg_messages__release_attachments.sql

--! EndIncluded functions/attachments/tg_messages__release_attachments.sql

create trigger _600_release_attachments_update after update of deleted_at on app_public.messages
  for each row execute function app_private.tg_messages__release_attachments();
create trigger _600_release_attachments_delete after delete on app_public.messages
  for each row execute function app_private.tg_messages__release_attachments();

--! Included functions/attachments/release_unbound_uploads.sql

--! EndIncluded functions/attachments/release_unbound_uploads.sql

--! Included functions/attachments/next_removals.sql

--! EndIncluded functions/attachments/next_removals.sql

--! Included functions/attachments/note_removals.sql

--! EndIncluded functions/attachments/note_removals.sql

/*
 * Pictures of people. One is uploaded like any other file, and cut to squares. Its address stays until another takes
 * its place, and whoever has the address may fetch it: a page shows it without a token, and only those who are signed
 * in are told it.
 */

--! Included functions/attachments/set_avatar.sql

--! EndIncluded functions/attachments/set_avatar.sql

--! Included functions/attachments/find_avatar.sql

--! EndIncluded functions/attachments/find_avatar.sql

--! Included functions/attachments/tg_users__release_avatar.sql

--! EndIncluded functions/attachments/tg_users__release_avatar.sql

create trigger _600_release_avatar after update of avatar_id on app_public.users
  for each row when (old.avatar_id is not null and old.avatar_id is distinct from new.avatar_id)
  execute function app_private.tg_users__release_avatar();

--! Included functions/attachments/release_own_uploads.sql

--! EndIncluded functions/attachments/release_own_uploads.sql

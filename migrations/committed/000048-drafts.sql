--! Previous: x
--! Hash: x

/*
 * Drafts: what somebody has begun to write, on all of their devices.
 *
 * A send knows nothing of them: whoever sends says that the draft is over, by the revision that was sent (save_draft).
 */
insert into app_private.rates (kind, per_second, burst) values ('drafts', 2, 200);

create table app_public.drafts (
  id uuid primary key default uuidv7(),
  user_id uuid not null,
  room_id uuid not null references app_public.rooms on delete cascade,
  parent_message_id uuid,
  content text not null,
  attachment_ids uuid[] not null default '{}',
  revision uuid not null,
  bases uuid[] not null default '{}',
  written_at timestamptz not null,
  saved_at timestamptz not null default now(),
  is_set_aside boolean not null default false,
  constraint drafts_member_fkey foreign key (room_id, user_id) references app_public.room_members on delete cascade,
  constraint drafts_have_a_revision_each unique (user_id, revision)
) with (fillfactor = 80);
comment on table app_public.drafts is
  'What somebody has begun to write in a room, or in a thread of it. Its author alone sees it, on all of their devices.';
comment on column app_public.drafts.id is 'The same for as long as there is a draft in this place.';
comment on column app_public.drafts.user_id is 'Who has begun to write it.';
comment on column app_public.drafts.room_id is 'Where it is to be sent. Whoever leaves the room loses it.';
comment on column app_public.drafts.parent_message_id is 'The message that it answers, in a thread.';
comment on column app_public.drafts.content is 'The text so far. Empty once it was sent or cleared.';
comment on column app_public.drafts.attachment_ids is 'The uploads that are to go with it: see `attachments`.';
comment on column app_public.drafts.revision is 'The name of this writing: give it in `basedOn` of the next one.';
comment on column app_public.drafts.bases is 'The writings that went before it.';
comment on column app_public.drafts.written_at is 'When it was written, by the clock of the device.';
comment on column app_public.drafts.saved_at is 'When the server heard of it.';
comment on column app_public.drafts.is_set_aside is
  'Whether a newer draft was written beside this one: it is kept until it is a part of the draft, or is discarded.';
comment on constraint drafts_pkey on app_public.drafts is 'One an id.';
comment on constraint drafts_room_id_fkey on app_public.drafts is 'Where it is to be sent.';
comment on constraint drafts_member_fkey on app_public.drafts is 'Whose it is, as a member.';
comment on constraint drafts_have_a_revision_each on app_public.drafts is 'One for each writing of a person.';
alter table app_public.drafts enable row level security;
create policy select_own on app_public.drafts for select to trumpet_user
  using (user_id = app_hidden.current_user_id());
grant select on app_public.drafts to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* my_drafts */
create index drafts_user_id on app_public.drafts (user_id, written_at);
/* save_draft: one a place. */
create unique index drafts_place on app_public.drafts (user_id, room_id, parent_message_id) nulls not distinct where not is_set_aside;
/* When a membership or a room ends. */
create index drafts_room_id on app_public.drafts (room_id, user_id);

--! Included functions/drafts/hold_membership.sql

--! EndIncluded functions/drafts/hold_membership.sql

--! Included functions/drafts/newest_of.sql

--! EndIncluded functions/drafts/newest_of.sql

create type app_public.draft_attachment as (
  id uuid,
  filename text,
  mime_type text,
  byte_size bigint,
  status app_public.attachment_status,
  width integer,
  height integer,
  duration_ms integer,
  has_thumbnail boolean
);
comment on type app_public.draft_attachment is 'A file that is to go with what somebody has begun to write.';
comment on column app_public.draft_attachment.id is 'The same as that of the upload: for `attachmentIds` of `sendMessage` and `saveDraft`.';
comment on column app_public.draft_attachment.filename is 'The name that its uploader gave it, without folders.';
comment on column app_public.draft_attachment.mime_type is 'What its bytes are, such as `image/png`; found out by the server.';
comment on column app_public.draft_attachment.byte_size is 'How large it is.';
comment on column app_public.draft_attachment.status is 'PROCESSING until the file has been looked at. It may be sent before.';
comment on column app_public.draft_attachment.width is 'Of a picture, as it is shown, or of a video, in pixels.';
comment on column app_public.draft_attachment.height is 'Of a picture, as it is shown, or of a video, in pixels.';
comment on column app_public.draft_attachment.duration_ms is 'Of a sound or video, in milliseconds.';
comment on column app_public.draft_attachment.has_thumbnail is 'Whether there is a small picture of it.';

--! Included functions/drafts/free_uploads.sql

--! EndIncluded functions/drafts/free_uploads.sql

--! Included functions/drafts/hold_uploads.sql

--! EndIncluded functions/drafts/hold_uploads.sql

--! Included functions/drafts/save_draft.sql

--! EndIncluded functions/drafts/save_draft.sql

--! Included functions/drafts/discard_draft.sql

--! EndIncluded functions/drafts/discard_draft.sql

--! Included functions/drafts/drafts_attachments.sql

--! EndIncluded functions/drafts/drafts_attachments.sql

--! Included functions/drafts/my_drafts.sql

--! EndIncluded functions/drafts/my_drafts.sql

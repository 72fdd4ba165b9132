--! Previous: sha1:98622549131a087076605c78ff10aa70364406fc
--! Hash: sha1:c9570d3651926470f8c6ca24245779b34e30e3c0

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
/*
 * A draft is nobody's business but its author's, so it does not wait behind what the room does, as lock_room_as would: the
 * membership itself is held, by a lock that reading marks and roles do not wait for. Whoever leaves or is put out waits for
 * it, and takes the draft along.
 */
create or replace function app_private.hold_membership(room_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from app_public.room_members
    where room_members.room_id = hold_membership.room_id and room_members.user_id = app_private.require_user()
    for key share;
  perform app_private.require_member(hold_membership.room_id, writable => false);
  perform app_private.check_still_here();
end
$$;
comment on function app_private.hold_membership(uuid) is
  'Keeps the caller a member of the room until commit, or raises the error that says what is missing.';
--! EndIncluded functions/drafts/hold_membership.sql

--! Included functions/drafts/newest_of.sql
create or replace function app_private.newest_of(revisions uuid[], count integer) returns uuid[]
language sql immutable security invoker parallel safe
return revisions[greatest(1, cardinality(revisions) + 1 - count) :];
comment on function app_private.newest_of(uuid[], integer) is 'The last of some revisions, as many as are kept.';
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
create or replace function app_private.free_uploads(uploader_id uuid, upload_ids uuid[]) returns uuid[]
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(uploads.id order by given.place), '{}')
    from (
      select wanted.id, min(wanted.place) as place
        from unnest(upload_ids) with ordinality as wanted (id, place) group by wanted.id
    ) as given
    join app_private.uploads on uploads.id = given.id
    where uploads.uploader_id = free_uploads.uploader_id and uploads.message_id is null and uploads.released_at is null
      and uploads.received_at is not null and uploads.status <> 'refused'
      and not uploads.is_avatar and not uploads.is_custom_emoji;
$$;
comment on function app_private.free_uploads(uuid, uuid[]) is
  'Which of these are files of this person that wait for a message: in the order given, each once.';
--! EndIncluded functions/drafts/free_uploads.sql

--! Included functions/drafts/hold_uploads.sql
/*
 * release_unbound_uploads may be looking at the same files: it waits for this lock, and then finds the new time, though not
 * yet the draft.
 */
create or replace function app_private.hold_uploads(upload_ids uuid[]) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  update app_private.uploads set drafted_at = clock_timestamp()
    where id in (select uploads.id from app_private.uploads where uploads.id = any (upload_ids) order by id for no key update);
$$;
comment on function app_private.hold_uploads(uuid[]) is
  'Files that a draft takes or lets go stay for a day more, whatever becomes of the draft: a message with them may be under way.';
--! EndIncluded functions/drafts/hold_uploads.sql

--! Included functions/drafts/save_draft.sql
/*
 * Each writing names itself (`revision`) and those that its author saw (`based_on`). So three things can be told apart: a
 * request that comes twice or late, whose revision is known; one that goes on from what is there; and one that was written
 * beside it. Of the last two texts the newer stays and the other is kept apart, unless it is a part of the newer.
 *
 * What was sent or cleared leaves an empty row for a day, also where nothing was there yet: a late request finds that it is
 * over. Whatever the place is, what is over or was kept apart is noted among its bases, so none of it comes a second time.
 */
create or replace function app_public.save_draft(
  room_id uuid, content text, revision uuid, parent_message_id uuid default null, based_on uuid[] default '{}',
  written_at timestamptz default null, attachment_ids uuid[] default '{}'
) returns app_public.drafts
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_allowed constant integer := 500;
  v_allowed_apart constant integer := 20;
  v_bases_kept constant integer := 100;
  v_files_allowed constant integer := 10;
  v_user_id constant uuid := app_private.require_user();
  v_content constant text := case when not app_private.is_blank(save_draft.content) then save_draft.content else '' end;
  v_revision constant uuid := coalesce(save_draft.revision, gen_random_uuid());
  v_based_on constant uuid[] := coalesce(save_draft.based_on, '{}');
  v_written_at timestamptz;
  v_known app_public.drafts;
  v_current app_public.drafts;
  v_lost app_public.drafts;
  v_over uuid[];
  v_files uuid[] := coalesce(save_draft.attachment_ids, '{}');
  v_held uuid[];
  v_is_end boolean;
begin
  perform app_private.limit_rate('drafts');
  perform app_private.check_moment(save_draft.written_at, 'writtenAt');
  perform app_private.check_content(save_draft.content, may_be_empty => true);
  if cardinality(v_based_on) > v_bases_kept then
    raise exception 'basedOn names at most % revisions.', v_bases_kept using errcode = 'TR400';
  end if;
  if cardinality(v_files) > v_files_allowed then
    raise exception 'A message has at most % files.', v_files_allowed using errcode = 'TR413';
  end if;
  perform app_private.lock_until_commit('drafts', v_user_id::text);
  perform app_private.hold_membership(save_draft.room_id);
  select * into v_current from app_public.drafts
    where drafts.user_id = v_user_id and drafts.room_id = save_draft.room_id
      and drafts.parent_message_id is not distinct from save_draft.parent_message_id and not drafts.is_set_aside;
  select * into v_known from app_public.drafts
    where drafts.user_id = v_user_id and drafts.revision = v_revision;
  if found then
    return case when v_known.is_set_aside and v_current.id is not null then v_current else v_known end;
  end if;
  if v_current.id is null then
    if save_draft.parent_message_id is not null and not exists (
      select from app_public.messages
        where messages.id = save_draft.parent_message_id and messages.room_id = save_draft.room_id
          and messages.deleted_at is null and messages.held_at is null
          and (messages.disappears_at is null or messages.disappears_at > statement_timestamp())
          and messages.seq >= app_private.history_start(save_draft.room_id, v_user_id)
    ) then
      raise exception 'There is no such message to reply to.' using errcode = 'TR404';
    end if;
  elsif v_revision = any (v_current.bases) then
    return v_current;
  end if;
  -- Locked, so that none is given up before the draft holds it. What was sent or is gone does not hold up the text.
  perform from app_private.uploads
    where id = any (v_files) and uploads.uploader_id = v_user_id order by id for no key update;
  v_files := app_private.free_uploads(v_user_id, v_files);
  v_is_end := v_content = '' and v_files = '{}';
  v_held := v_current.attachment_ids;
  v_written_at := least(coalesce(save_draft.written_at, clock_timestamp()), clock_timestamp());
  v_lost := v_current;
  if v_current.revision = any (v_based_on) then
    v_lost.content := '';
    v_lost.attachment_ids := '{}';
  elsif v_is_end and v_current.id is not null then
    -- It was something else that was sent or cleared: such as what was kept apart, of which its author has not heard.
    v_over := v_based_on || v_revision;
    delete from app_public.drafts
      where drafts.user_id = v_user_id and drafts.revision = v_based_on[cardinality(v_based_on)] and drafts.is_set_aside;
    if found then
      perform app_private.tell_person(v_user_id, 'drafts', null);
    end if;
  elsif (v_current.content <> '' or v_current.attachment_ids <> '{}') and v_current.written_at > v_written_at then
    v_lost.revision := v_revision;
    v_lost.content := v_content;
    v_lost.attachment_ids := v_files;
    v_lost.written_at := v_written_at;
    v_over := array[v_revision];
  end if;
  if v_over is not null then
    update app_public.drafts set
        bases = app_private.newest_of(v_current.bases || v_over, v_bases_kept),
        saved_at = case when v_current.content = '' and v_current.attachment_ids = '{}' then clock_timestamp() else v_current.saved_at end
      where drafts.id = v_current.id
      returning * into v_current;
    if v_is_end then
      return v_current;
    end if;
  end if;
  if not v_is_end and v_allowed <= (
    select count(*) from app_public.drafts
      where drafts.user_id = v_user_id and (drafts.content <> '' or drafts.attachment_ids <> '{}') and drafts.id is distinct from v_current.id
        -- Who sees no draft can send or discard none.
        and (drafts.parent_message_id is null or exists (
          select from app_public.messages where messages.id = drafts.parent_message_id and messages.deleted_at is null))
  ) then
    raise exception 'You have % drafts: send or discard some first.', v_allowed using errcode = 'TR409';
  end if;
  if v_current.id is null then
    insert into app_public.drafts (user_id, room_id, parent_message_id, content, attachment_ids, revision, bases, written_at)
      values (
        v_user_id, save_draft.room_id, save_draft.parent_message_id, v_content, v_files, v_revision, v_based_on,
        v_written_at)
      returning * into v_current;
  elsif v_lost.revision <> v_revision then
    update app_public.drafts set
        content = v_content, attachment_ids = v_files, revision = v_revision, written_at = v_written_at, saved_at = clock_timestamp(),
        bases = app_private.newest_of(v_current.bases || v_based_on || v_current.revision, v_bases_kept)
      where drafts.id = v_current.id
      returning * into v_current;
  end if;
  if not (strpos(v_current.content, v_lost.content) > 0 and v_lost.attachment_ids <@ v_current.attachment_ids) then
    insert into app_public.drafts (user_id, room_id, parent_message_id, content, attachment_ids, revision, written_at, is_set_aside)
      values (
        v_user_id, save_draft.room_id, save_draft.parent_message_id, v_lost.content, v_lost.attachment_ids, v_lost.revision,
        v_lost.written_at, true);
  end if;
  delete from app_public.drafts
    where drafts.user_id = v_user_id and (
      drafts.content = '' and drafts.attachment_ids = '{}' and drafts.saved_at < clock_timestamp() - interval '1 day'
      or drafts.is_set_aside and drafts.room_id = save_draft.room_id
        and drafts.parent_message_id is not distinct from save_draft.parent_message_id
        and (strpos(v_current.content, drafts.content) > 0 and drafts.attachment_ids <@ v_current.attachment_ids or drafts.id in (
          select older.id from app_public.drafts as older
            where older.user_id = v_user_id and older.room_id = save_draft.room_id and older.is_set_aside
              and older.parent_message_id is not distinct from save_draft.parent_message_id
            order by older.written_at desc, older.id desc offset v_allowed_apart)));
  if v_held is distinct from v_files then
    perform app_private.hold_uploads(v_held || v_files);
  end if;
  perform app_private.tell_person(v_user_id, 'drafts', null);
  return v_current;
end
$$;
comment on function app_public.save_draft(uuid, text, uuid, uuid, uuid[], timestamptz, uuid[]) is
  'Keeps what you have begun to write in a room, or in a thread of it, for all of your devices: one draft a place, with the files of `attachmentIds`: what you have uploaded for it stays as long as a draft holds it. Those that were sent or given up meanwhile are left out. Empty `content` without files ends it, as after sending. Name each writing by a `revision` of your own and those that you saw by `basedOn`: whatever was written beside them is kept apart, so that nothing is lost, and the newer stays. Safe to repeat. Returns the draft of this place as it is now.';
grant execute on function app_public.save_draft(uuid, text, uuid, uuid, uuid[], timestamptz, uuid[]) to trumpet_user;
--! EndIncluded functions/drafts/save_draft.sql

--! Included functions/drafts/discard_draft.sql
create or replace function app_public.discard_draft(draft_id uuid) returns app_public.drafts
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
  v_discarded app_public.drafts;
begin
  perform app_private.limit_rate('drafts');
  perform app_private.lock_until_commit('drafts', v_user_id::text);
  select * into v_discarded from app_public.drafts
    where drafts.id = discard_draft.draft_id and drafts.user_id = v_user_id
      and (drafts.content <> '' or drafts.attachment_ids <> '{}');
  if not found then
    raise exception 'This draft has been sent or discarded, or there is none such.' using errcode = 'TR404';
  end if;
  perform app_private.hold_uploads(v_discarded.attachment_ids);
  if v_discarded.is_set_aside then
    delete from app_public.drafts where drafts.id = v_discarded.id;
  else
    update app_public.drafts set
        content = '', attachment_ids = '{}', revision = gen_random_uuid(), bases = v_discarded.bases || v_discarded.revision,
        saved_at = clock_timestamp()
      where drafts.id = v_discarded.id;
  end if;
  perform app_private.tell_person(v_user_id, 'drafts', null);
  return v_discarded;
end
$$;
comment on function app_public.discard_draft(uuid) is
  'Removes a draft, or what was kept apart of one, from all of your devices, and gives it as it was. `NOT_FOUND` once it is gone.';
grant execute on function app_public.discard_draft(uuid) to trumpet_user;
--! EndIncluded functions/drafts/discard_draft.sql

--! Included functions/drafts/drafts_attachments.sql
create or replace function app_public.drafts_attachments(draft app_public.drafts) returns setof app_public.draft_attachment
language sql stable security definer rows 2
set search_path = pg_catalog, pg_temp
as $$
  select uploads.id, uploads.filename, uploads.mime_type, uploads.byte_size, uploads.status, uploads.width, uploads.height,
      uploads.duration_ms, uploads.has_thumbnail
    from unnest(app_private.free_uploads(app_hidden.current_user_id(), draft.attachment_ids)) with ordinality as held (id, place)
    join app_private.uploads on uploads.id = held.id
    order by held.place;
$$;
comment on function app_public.drafts_attachments(app_public.drafts) is
  'The files that are to go with it, in the order of `attachmentIds`. Those that were sent, refused or given up meanwhile are not there.';
grant execute on function app_public.drafts_attachments(app_public.drafts) to trumpet_user;
--! EndIncluded functions/drafts/drafts_attachments.sql

--! Included functions/drafts/my_drafts.sql
create or replace function app_public.my_drafts() returns setof app_public.drafts
language sql stable security invoker rows 10
set search_path = pg_catalog, pg_temp
as $$
  select drafts.* from app_public.drafts
    where drafts.user_id = app_hidden.current_user_id() and (drafts.content <> '' or exists (select from app_public.drafts_attachments(drafts)))
      and (drafts.parent_message_id is null or exists (
        select from app_public.messages
          where messages.id = drafts.parent_message_id and messages.deleted_at is null))
    order by drafts.written_at desc, drafts.id desc;
$$;
comment on function app_public.my_drafts() is
  'What you have begun to write, the newest first, with what was kept apart. Those of rooms that you have left and of messages that are gone are not there.';
grant execute on function app_public.my_drafts() to trumpet_user;
--! EndIncluded functions/drafts/my_drafts.sql

--! Previous: sha1:484d5f4230db3340a47f0dbe5d3f028b93d54ba2
--! Hash: sha1:c500c96ad171ff29bab1b659ef3b19dd3ecbcb04

/*
 * What moderators do, and what people bring before them.
 *
 * Nobody acts on an equal or a higher role, so nobody acts on the owner.
 */

/*
 * The log of moderation says who did what to whom, why and until when. Nothing changes it: no right, no function, not
 * even its owner, short of taking the triggers away. It has no foreign keys, because what it tells of may go.
 */
create type app_public.moderation_action as enum (
  'message_deleted', 'message_held', 'message_released', 'message_rejected',
  'member_kicked', 'member_banned', 'member_unbanned', 'member_muted', 'member_unmuted',
  'slow_mode_set', 'room_locked', 'room_unlocked', 'report_resolved', 'rule_set', 'rule_removed'
);
comment on type app_public.moderation_action is 'What was done.';

create table app_public.moderation_log (
  id uuid primary key default uuidv7(),
  room_id uuid not null,
  action app_public.moderation_action not null,
  moderator_id uuid,
  target_user_id uuid,
  target_message_id uuid,
  reason text,
  expires_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  constraint moderation_log_reason_length check (char_length(reason) <= 600)
);
comment on table app_public.moderation_log is
  'One act of moderation. Entries are never changed and never deleted.';
comment on column app_public.moderation_log.id is 'Stays the same for ever.';
comment on column app_public.moderation_log.room_id is 'The room.';
comment on column app_public.moderation_log.action is 'What was done.';
comment on column app_public.moderation_log.moderator_id is 'Who did it. Null for a rule, the moderation service or an administrator of the site.';
comment on column app_public.moderation_log.target_user_id is 'To whom, if to anyone.';
comment on column app_public.moderation_log.target_message_id is 'With which message, if with one.';
comment on column app_public.moderation_log.reason is 'Why, in the words of whoever did it.';
comment on column app_public.moderation_log.expires_at is 'When it ends by itself: of bans and mutes.';
comment on column app_public.moderation_log.created_at is 'When it was done.';
comment on constraint moderation_log_pkey on app_public.moderation_log is 'One entry an id.';
alter table app_public.moderation_log enable row level security;
create policy select_moderator on app_public.moderation_log for select to trumpet_user using (
  room_id in (select app_hidden.my_room_ids_with('see_moderation_log'))
  and (
    target_message_id is null or room_id in (select app_hidden.my_open_room_ids())
    or exists (select from app_public.messages where messages.id = target_message_id)
  )
);
create policy select_admin on app_public.moderation_log for select to trumpet_admin using (true);
grant select on app_public.moderation_log to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* room.moderationLog */
create index moderation_log_room_id on app_public.moderation_log (room_id, id);

create trigger _100_append_only before update or truncate on app_public.moderation_log
  for each statement execute function app_private.tg_any__append_only();
alter table app_public.moderation_log enable always trigger _100_append_only;

--! Included functions/moderation/tg_moderation_log__refuse_delete.sql
create or replace function app_private.tg_moderation_log__refuse_delete() returns trigger
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (
    select from app_public.rooms
      join app_private.workspaces on workspaces.id = rooms.workspace_id
      where rooms.id = old.room_id and deleted_at is not null
  ) then
    raise exception 'Rows can only be added to %.%.', tg_table_schema, tg_table_name using errcode = 'TR403';
  end if;
  return old;
end
$$;
comment on function app_private.tg_moderation_log__refuse_delete() is
  'What is in the log of a room goes with its workspace, and in no other way.';
--! EndIncluded functions/moderation/tg_moderation_log__refuse_delete.sql
create trigger _110_refuse_delete before delete on app_public.moderation_log
  for each row execute function app_private.tg_moderation_log__refuse_delete();
alter table app_public.moderation_log enable always trigger _110_refuse_delete;

--! Included functions/moderation/log_moderation.sql
create or replace function app_private.log_moderation(
  room_id uuid, action app_public.moderation_action, target_user_id uuid default null,
  target_message_id uuid default null, reason text default null, expires_at timestamptz default null,
  moderator_id uuid default app_hidden.current_user_id()
) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  insert into app_public.moderation_log (room_id, action, moderator_id, target_user_id, target_message_id, reason, expires_at)
    values (
      log_moderation.room_id, log_moderation.action, log_moderation.moderator_id, log_moderation.target_user_id,
      log_moderation.target_message_id, app_private.trimmed(log_moderation.reason), log_moderation.expires_at);
$$;
comment on function app_private.log_moderation(uuid, app_public.moderation_action, uuid, uuid, text, timestamptz, uuid) is
  'Adds one entry to the log of moderation, by whoever is asking unless told otherwise.';
--! EndIncluded functions/moderation/log_moderation.sql

--! Included functions/moderation/check_power_over.sql
create or replace function app_private.check_power_over(
  actor app_public.room_members, user_id uuid, permission app_public.permission
) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if not app_private.is_above(actor, check_power_over.user_id, check_power_over.permission) then
    raise exception 'You can only act on people below your own role.' using errcode = 'TR403';
  end if;
end
$$;
comment on function app_private.check_power_over(app_public.room_members, uuid, app_public.permission) is
  'As is_above, raising what is missing.';
--! EndIncluded functions/moderation/check_power_over.sql

--! Included functions/moderation/lock_room_over.sql
create or replace function app_private.lock_room_over(room_id uuid, user_id uuid, permission app_public.permission) returns app_private.locked_room
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room := app_private.lock_room_as(lock_room_over.room_id, lock_room_over.permission, writable => false);
begin
  perform app_private.check_power_over(v_locked.member, lock_room_over.user_id, lock_room_over.permission);
  return v_locked;
end
$$;
comment on function app_private.lock_room_over(uuid, uuid, app_public.permission) is
  'Locks a room''s head for somebody with a permission who acts on a person below them. An archived room is no obstacle.';
--! EndIncluded functions/moderation/lock_room_over.sql

--! Included functions/moderation/check_review_of.sql
create or replace function app_private.check_review_of(actor app_public.room_members, author_id uuid, permission app_public.permission) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The owner has nobody above to decide about what they wrote; that they did stands in the log.
  if actor.role <> 'owner' then
    perform app_private.check_power_over(actor, check_review_of.author_id, check_review_of.permission);
  end if;
end
$$;
comment on function app_private.check_review_of(app_public.room_members, uuid, app_public.permission) is
  'Whether a moderator may decide about what this person wrote: as one above them, or as the owner.';
--! EndIncluded functions/moderation/check_review_of.sql

--! Included functions/moderation/expiry.sql
create or replace function app_private.expiry(duration_seconds integer) returns timestamptz
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if duration_seconds not between 1 and 315360000 then
    raise exception 'durationSeconds is between 1 and 315360000 (ten years).' using errcode = 'TR400';
  end if;
  return now() + make_interval(secs => duration_seconds);
end
$$;
comment on function app_private.expiry(integer) is 'The moment that many seconds from now; null stays null.';
--! EndIncluded functions/moderation/expiry.sql

--! Included functions/moderation/remove_member.sql
create or replace function app_private.remove_member(room_id uuid, user_id uuid) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from app_public.room_members
    where room_members.room_id = remove_member.room_id and room_members.user_id = remove_member.user_id;
  return found;
end
$$;
comment on function app_private.remove_member(uuid, uuid) is
  'Ends a membership. Live streams end by the row that this writes into the room''s log.';
--! EndIncluded functions/moderation/remove_member.sql

/* What moderators do */

--! Included functions/moderation/write_ban.sql
create or replace function app_private.write_ban(
  room_id uuid, user_id uuid, banned_by uuid, reason text, expires_at timestamptz
) returns app_public.room_bans
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  insert into app_public.room_bans (room_id, user_id, banned_by, reason, expires_at)
    values (
      write_ban.room_id, write_ban.user_id, write_ban.banned_by, app_private.trimmed(write_ban.reason),
      write_ban.expires_at)
    on conflict on constraint room_bans_pkey do update set
      banned_by = excluded.banned_by, reason = excluded.reason, expires_at = excluded.expires_at, created_at = now()
    returning *;
$$;
comment on function app_private.write_ban(uuid, uuid, uuid, text, timestamptz) is
  'Writes a ban, in place of an earlier one. `banned_by` is null for the operator.';
--! EndIncluded functions/moderation/write_ban.sql

--! Included functions/moderation/tg_room_bans__end_membership.sql
create or replace function app_private.tg_room_bans__end_membership() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if (new.expires_at is null or new.expires_at > now())
      and exists (
        select from app_public.room_members where room_members.room_id = new.room_id and room_members.user_id = new.user_id) then
    perform app_private.take_out(new.room_id, new.user_id);
  end if;
  return null;
end
$$;
comment on function app_private.tg_room_bans__end_membership() is 'Takes whoever is banned out of the room, whatever their role.';
--! EndIncluded functions/moderation/tg_room_bans__end_membership.sql

create trigger _500_end_membership after insert or update of expires_at on app_public.room_bans
  for each row execute function app_private.tg_room_bans__end_membership();

--! Included functions/moderation/ban_member.sql
create or replace function app_public.ban_member(
  room_id uuid, user_id uuid, reason text default null, duration_seconds integer default null
) returns app_public.room_bans
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_expires_at timestamptz := app_private.expiry(ban_member.duration_seconds);
  v_actor app_public.room_members;
  v_ban app_public.room_bans;
begin
  perform app_private.limit_rate('moderation');
  v_actor := (app_private.lock_room_over(ban_member.room_id, ban_member.user_id, 'ban_members')).member;
  if not app_private.is_here(ban_member.user_id) then
    raise exception 'There is no such person.' using errcode = 'TR404';
  end if;
  v_ban := app_private.write_ban(
    ban_member.room_id, ban_member.user_id, v_actor.user_id, ban_member.reason, v_expires_at);
  perform app_private.log_moderation(
    v_ban.room_id, 'member_banned', v_ban.user_id, reason => v_ban.reason, expires_at => v_ban.expires_at);
  return v_ban;
end
$$;
comment on function app_public.ban_member(uuid, uuid, text, integer) is
  'Removes a person from a room and keeps them out, for ever or for `durationSeconds`. For moderators above them. A second ban replaces the first.';
grant execute on function app_public.ban_member(uuid, uuid, text, integer) to trumpet_user, trumpet_key;
--! EndIncluded functions/moderation/ban_member.sql

--! Included functions/moderation/unban_member.sql
create or replace function app_public.unban_member(room_id uuid, user_id uuid, reason text default null) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
begin
  perform app_private.limit_rate('moderation');
  v_locked := app_private.lock_room_over(unban_member.room_id, unban_member.user_id, 'ban_members');
  delete from app_public.room_bans
    where room_bans.room_id = unban_member.room_id
      and room_bans.user_id = unban_member.user_id
      and (expires_at is null or expires_at > now());
  if not found then
    raise exception 'This person is not banned.' using errcode = 'TR404';
  end if;
  perform app_private.log_moderation(
    unban_member.room_id, 'member_unbanned', unban_member.user_id, reason => unban_member.reason);
  return v_locked.room;
end
$$;
comment on function app_public.unban_member(uuid, uuid, text) is
  'Lifts a ban. The person does not become a member again by this: they join like everybody else. For moderators and above.';
grant execute on function app_public.unban_member(uuid, uuid, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/moderation/unban_member.sql

--! Included functions/moderation/expire_bans_and_mutes.sql
create or replace function app_private.expire_bans_and_mutes() returns integer
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  with bans as (
    delete from app_public.room_bans where expires_at < now() - interval '30 days' returning 1
  ), mutes as (
    delete from app_private.room_mutes where muted_until < now() returning 1
  )
  select ((select count(*) from bans) + (select count(*) from mutes))::integer;
$$;
comment on function app_private.expire_bans_and_mutes() is
  'Deletes bans that ended 30 days ago, which moderators still see until then, and mutes that have ended. The log of moderation keeps both. The worker calls it.';
--! EndIncluded functions/moderation/expire_bans_and_mutes.sql

--! Included functions/moderation/kick_member.sql
create or replace function app_public.kick_member(room_id uuid, user_id uuid, reason text default null) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
begin
  perform app_private.limit_rate('moderation');
  v_locked := app_private.lock_room_over(kick_member.room_id, kick_member.user_id, 'kick_members');
  if not app_private.remove_member(kick_member.room_id, kick_member.user_id) then
    raise exception 'There is no such member.' using errcode = 'TR404';
  end if;
  perform app_private.log_moderation(
    kick_member.room_id, 'member_kicked', kick_member.user_id, reason => kick_member.reason);
  return v_locked.room;
end
$$;
comment on function app_public.kick_member(uuid, uuid, text) is
  'Removes a member from a room. They can join again like everybody else; use `banMember` to keep them out. For moderators above them.';
grant execute on function app_public.kick_member(uuid, uuid, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/moderation/kick_member.sql

--! Included functions/moderation/set_mute.sql
create or replace function app_private.set_mute(room_id uuid, user_id uuid, muted_until timestamptz) returns app_public.room_members
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_member app_public.room_members;
begin
  update app_public.room_members set muted_until = set_mute.muted_until
    where room_members.room_id = set_mute.room_id and room_members.user_id = set_mute.user_id
    returning * into v_member;
  if v_member.user_id is null then
    raise exception 'There is no such member.' using errcode = 'TR404';
  end if;
  delete from app_private.room_mutes
    where room_mutes.room_id = set_mute.room_id and room_mutes.user_id = set_mute.user_id;
  if set_mute.muted_until is not null then
    insert into app_private.room_mutes (room_id, user_id, muted_until)
      values (set_mute.room_id, set_mute.user_id, set_mute.muted_until);
    perform app_private.end_typing(set_mute.room_id, set_mute.user_id);
  end if;
  return v_member;
end
$$;
comment on function app_private.set_mute(uuid, uuid, timestamptz) is 'Mutes a member until a moment, or not any more when it is null.';
--! EndIncluded functions/moderation/set_mute.sql

--! Included functions/moderation/mute_member.sql
create or replace function app_public.mute_member(
  room_id uuid, user_id uuid, duration_seconds integer, reason text default null
) returns app_public.room_members
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_muted_until timestamptz := app_private.expiry(mute_member.duration_seconds);
  v_member app_public.room_members;
begin
  perform app_private.limit_rate('moderation');
  if v_muted_until is null then
    raise exception 'durationSeconds is required.' using errcode = 'TR400';
  end if;
  perform app_private.lock_room_over(mute_member.room_id, mute_member.user_id, 'mute_members');
  v_member := app_private.set_mute(mute_member.room_id, mute_member.user_id, v_muted_until);
  perform app_private.log_moderation(
    mute_member.room_id, 'member_muted', mute_member.user_id, reason => mute_member.reason, expires_at => v_muted_until);
  return v_member;
end
$$;
comment on function app_public.mute_member(uuid, uuid, integer, text) is
  'Lets a member read but not write for `durationSeconds`, even after leaving and joining again. For moderators above them.';
grant execute on function app_public.mute_member(uuid, uuid, integer, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/moderation/mute_member.sql

--! Included functions/moderation/unmute_member.sql
create or replace function app_public.unmute_member(room_id uuid, user_id uuid, reason text default null) returns app_public.room_members
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_member app_public.room_members;
begin
  perform app_private.limit_rate('moderation');
  perform app_private.lock_room_over(unmute_member.room_id, unmute_member.user_id, 'mute_members');
  v_member := app_private.set_mute(unmute_member.room_id, unmute_member.user_id, null);
  perform app_private.log_moderation(
    unmute_member.room_id, 'member_unmuted', unmute_member.user_id, reason => unmute_member.reason);
  return v_member;
end
$$;
comment on function app_public.unmute_member(uuid, uuid, text) is 'Ends a mute. For moderators above the member.';
grant execute on function app_public.unmute_member(uuid, uuid, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/moderation/unmute_member.sql

--! Included functions/moderation/set_slow_mode.sql
create or replace function app_public.set_slow_mode(room_id uuid, seconds integer) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room app_public.rooms;
begin
  perform app_private.limit_rate('room');
  perform app_private.lock_room_as(set_slow_mode.room_id, 'set_slow_mode');
  update app_public.rooms set slow_mode_seconds = set_slow_mode.seconds
    where id = set_slow_mode.room_id
    returning * into v_room;
  perform app_private.log_moderation(v_room.id, 'slow_mode_set', reason => set_slow_mode.seconds || ' seconds');
  return v_room;
end
$$;
comment on function app_public.set_slow_mode(uuid, integer) is
  'Sets how many seconds members must wait between two messages (`SLOW_MODE`), at most 21600; 0 ends it. For moderators and above, who never wait.';
grant execute on function app_public.set_slow_mode(uuid, integer) to trumpet_user, trumpet_key;
--! EndIncluded functions/moderation/set_slow_mode.sql

--! Included functions/moderation/set_room_locked.sql
create or replace function app_public.set_room_locked(room_id uuid, is_locked boolean, reason text default null) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room app_public.rooms;
begin
  perform app_private.limit_rate('room');
  v_room := (app_private.lock_room_as(set_room_locked.room_id, 'lock_room')).room;
  if v_room.is_locked = set_room_locked.is_locked then
    return v_room;
  end if;
  update app_public.rooms set is_locked = set_room_locked.is_locked
    where id = set_room_locked.room_id
    returning * into v_room;
  perform app_private.log_moderation(
    v_room.id,
    case when v_room.is_locked then 'room_locked' else 'room_unlocked' end::app_public.moderation_action,
    reason => set_room_locked.reason);
  return v_room;
end
$$;
comment on function app_public.set_room_locked(uuid, boolean, text) is
  'Locks a room, so that only moderators and above can write in it, or unlocks it. For moderators and above.';
grant execute on function app_public.set_room_locked(uuid, boolean, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/moderation/set_room_locked.sql

/* Reports: what people, rules and the moderation service bring before the moderators. */

create type app_public.report_status as enum ('open', 'dismissed', 'upheld');
comment on type app_public.report_status is
  'OPEN: waits for a moderator. DISMISSED: nothing was wrong. UPHELD: the message broke the rules; what was done stands in the moderation log.';

create type app_public.report_resolution as enum ('dismissed', 'upheld');
comment on type app_public.report_resolution is 'How a report ends. DISMISSED: nothing is wrong. UPHELD: the message breaks the rules.';

create table app_public.message_reports (
  id uuid primary key default uuidv7(),
  room_id uuid not null references app_public.rooms on delete cascade,
  message_id uuid not null,
  reporter_id uuid references app_public.users on delete cascade,
  reason text not null,
  status app_public.report_status not null default 'open',
  created_at timestamptz not null default now(),
  resolved_at timestamptz,
  resolved_by uuid references app_public.users on delete set null,
  resolution_note text,
  constraint message_reports_one_a_person unique nulls not distinct (message_id, reporter_id),
  constraint message_reports_reason_length check (char_length(reason) between 1 and 500),
  constraint message_reports_resolution_note_length check (char_length(resolution_note) <= 500),
  constraint message_reports_end_has_a_time check ((status = 'open') = (resolved_at is null))
);
comment on table app_public.message_reports is
  'Says that a message may break the rules. Seen by whoever reported it and by the room''s moderators, admins and owner.';
comment on column app_public.message_reports.id is 'Stays the same for ever.';
comment on column app_public.message_reports.room_id is 'The room of the message.';
comment on column app_public.message_reports.message_id is 'The message.';
comment on column app_public.message_reports.reporter_id is 'Who reported it. Null for a rule of the room or the moderation service.';
comment on column app_public.message_reports.reason is 'Why, in 1 to 500 characters.';
comment on column app_public.message_reports.status is 'What became of it.';
comment on column app_public.message_reports.created_at is 'When it was made.';
comment on column app_public.message_reports.resolved_at is 'When a moderator decided, or null.';
comment on column app_public.message_reports.resolved_by is 'Who decided, or null.';
comment on column app_public.message_reports.resolution_note is 'What whoever decided has to say about it.';
comment on constraint message_reports_pkey on app_public.message_reports is 'One report an id.';
comment on constraint message_reports_one_a_person on app_public.message_reports is 'One report a person and message.';
comment on constraint message_reports_room_id_fkey on app_public.message_reports is
  'The room of the message.';
comment on constraint message_reports_reporter_id_fkey on app_public.message_reports is
  'Who reported it.';
comment on constraint message_reports_resolved_by_fkey on app_public.message_reports is
  'Who decided.';
alter table app_public.message_reports enable row level security;
create policy select_moderator on app_public.message_reports for select to trumpet_user using (
  room_id in (select app_hidden.my_room_ids_with('review_reports'))
  and (
    room_id in (select app_hidden.my_open_room_ids())
    or exists (select from app_public.messages where messages.id = message_id)
  )
);
create policy select_reporter on app_public.message_reports for select to trumpet_user
  using (reporter_id = (select app_hidden.current_user_id()));
create policy select_admin on app_public.message_reports for select to trumpet_admin using (true);
grant select on app_public.message_reports to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* room.reports, the open ones and all. */
create index message_reports_room_id on app_public.message_reports (room_id, status, id);
/* select_reporter, and deleting a person. */
create index message_reports_reporter_id on app_public.message_reports (reporter_id);
create index message_reports_resolved_by on app_public.message_reports (resolved_by);

--! Included functions/moderation/add_report.sql
create or replace function app_private.add_report(message app_public.messages, reporter_id uuid, reason text)
returns app_public.message_reports
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_report app_public.message_reports;
begin
  insert into app_public.message_reports as report (room_id, message_id, reporter_id, reason)
    values (message.room_id, message.id, add_report.reporter_id, add_report.reason)
    -- What was decided about an earlier text does not decide about a rule broken since.
    on conflict on constraint message_reports_one_a_person do update set
      reason = excluded.reason, status = 'open', resolved_at = null, resolved_by = null, resolution_note = null
      where report.reporter_id is null
    returning * into v_report;
  if v_report.id is null then
    select * into v_report from app_public.message_reports
      where message_reports.message_id = message.id and message_reports.reporter_id = add_report.reporter_id;
  end if;
  return v_report;
end
$$;
comment on function app_private.add_report(app_public.messages, uuid, text) is
  'Brings a message before the moderators. A person''s second report of it is the first; a rule''s opens the case again.';
--! EndIncluded functions/moderation/add_report.sql

--! Included functions/moderation/settle_reports.sql
create or replace function app_private.settle_reports(message_id uuid, status app_public.report_status) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  update app_public.message_reports
    set status = settle_reports.status, resolved_at = now(), resolved_by = app_hidden.current_user_id()
    where message_reports.message_id = settle_reports.message_id and message_reports.status = 'open';
$$;
comment on function app_private.settle_reports(uuid, app_public.report_status) is
  'Ends the open reports of a message about which something was done.';
--! EndIncluded functions/moderation/settle_reports.sql

--! Included functions/moderation/note_removal.sql
create or replace function app_private.note_removal(
  message app_public.messages, action app_public.moderation_action, moderator_id uuid, reason text
) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.settle_reports(message.id, 'upheld');
  perform app_private.log_moderation(
    message.room_id, note_removal.action, message.author_id, message.id, note_removal.reason,
    moderator_id => note_removal.moderator_id);
end
$$;
comment on function app_private.note_removal(app_public.messages, app_public.moderation_action, uuid, text) is
  'Logs that a message was taken away by someone else than its author, and upholds the reports of it.';
--! EndIncluded functions/moderation/note_removal.sql

--! Included functions/moderation/report_message.sql
create or replace function app_public.report_message(message_id uuid, reason text) returns app_public.message_reports
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message app_public.messages;
begin
  perform app_private.limit_rate('report');
  v_message := (app_private.lock_message_as(report_message.message_id, writable => false)).message;
  if v_message.author_id = app_hidden.current_user_id() then
    raise exception 'This message is your own.' using errcode = 'TR400';
  end if;
  return app_private.add_report(v_message, app_hidden.current_user_id(), coalesce(app_private.trimmed(report_message.reason), ''));
end
$$;
comment on function app_public.report_message(uuid, text) is
  'Reports a message to the room''s moderators. Reporting it again returns your existing report.';
grant execute on function app_public.report_message(uuid, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/moderation/report_message.sql

--! Included functions/moderation/resolve_report.sql
create or replace function app_public.resolve_report(
  report_id uuid, resolution app_public.report_resolution, note text default null
) returns app_public.message_reports
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_user();
  v_report app_public.message_reports;
  v_locked app_private.locked_room;
  v_author_id uuid;
begin
  perform app_private.limit_rate('moderation');
  select * into v_report from app_public.message_reports
    where id = resolve_report.report_id and room_id in (select app_hidden.my_room_ids_with('review_reports'))
      and (
        room_id in (select app_hidden.my_open_room_ids())
        or exists (
          select from app_public.messages
            where messages.id = message_reports.message_id
              and messages.seq >= app_hidden.my_history_start(message_reports.room_id)));
  if v_report.id is null then
    raise exception 'There is no such report.' using errcode = 'TR404';
  end if;
  v_locked := app_private.lock_room_as(v_report.room_id, 'review_reports', writable => false);
  select author_id into v_author_id from app_public.messages where id = v_report.message_id;
  perform app_private.check_review_of(v_locked.member, v_author_id, 'review_reports');
  update app_public.message_reports set
    status = resolve_report.resolution::text::app_public.report_status, resolved_at = now(), resolved_by = v_user_id,
    resolution_note = app_private.trimmed(resolve_report.note)
    where id = v_report.id and status = 'open'
    returning * into v_report;
  if not found then
    raise exception 'This report has been resolved already.' using errcode = 'TR409';
  end if;
  perform app_private.log_moderation(
    v_report.room_id, 'report_resolved', v_author_id, v_report.message_id,
    concat_ws(': ', resolve_report.resolution, app_private.trimmed(resolve_report.note)));
  return v_report;
end
$$;
comment on function app_public.resolve_report(uuid, app_public.report_resolution, text) is
  'Resolves a report. It does not change the message: use `deleteMessage`, `muteMember` and so on. For moderators above the message''s author.';
grant execute on function app_public.resolve_report(uuid, app_public.report_resolution, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/moderation/resolve_report.sql

/* What moderators read. Row-level security gives nothing to anyone else. */

--! Included functions/moderation/rooms_moderation_log.sql
create or replace function app_public.rooms_moderation_log(room app_public.rooms) returns setof app_public.moderation_log
language sql stable security invoker rows 20
set search_path = pg_catalog, pg_temp
as $$
  select moderation_log.* from app_public.moderation_log
    where moderation_log.room_id = room.id
    order by moderation_log.id desc;
$$;
comment on function app_public.rooms_moderation_log(app_public.rooms) is
  'What moderators have done in this room, the latest first. Only moderators see it.';
grant execute on function app_public.rooms_moderation_log(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/moderation/rooms_moderation_log.sql

--! Included functions/moderation/rooms_reports.sql
create or replace function app_public.rooms_reports(room app_public.rooms, status app_public.report_status default null)
returns setof app_public.message_reports
language sql stable security invoker rows 20
set search_path = pg_catalog, pg_temp
as $$
  select message_reports.* from app_public.message_reports
    where message_reports.room_id = room.id
      and (rooms_reports.status is null or message_reports.status = rooms_reports.status)
    order by message_reports.id desc;
$$;
comment on function app_public.rooms_reports(app_public.rooms, app_public.report_status) is
  'The reports about messages of this room, the latest first; with `status: OPEN`, the unresolved ones. Others than moderators see only their own.';
grant execute on function app_public.rooms_reports(app_public.rooms, app_public.report_status)
  to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/moderation/rooms_reports.sql

--! Included functions/moderation/rooms_bans.sql
create or replace function app_public.rooms_bans(room app_public.rooms) returns setof app_public.room_bans
language sql stable security invoker rows 20
set search_path = pg_catalog, pg_temp
as $$
  select room_bans.* from app_public.room_bans
    where room_bans.room_id = room.id
    order by room_bans.created_at desc, room_bans.user_id desc;
$$;
comment on function app_public.rooms_bans(app_public.rooms) is
  'The bans of the room, the latest first, until 30 days after `expiresAt`. Only moderators see them.';
grant execute on function app_public.rooms_bans(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/moderation/rooms_bans.sql

--! Previous: sha1:cae9e4b5656b2f59873be9ed5216a8fbe78b705b
--! Hash: sha1:8468563334fbe5cfcec29ac05b9daec7671b8e4c

/*
 * Rooms, and who is in them.
 */
create type app_public.room_type as enum ('public', 'private', 'direct');
comment on type app_public.room_type is
  'PUBLIC: anyone signed in can find and join it. PRIVATE: only its members know that it exists. DIRECT: two people, or up to 20, without a name.';

-- In rising order of power, so that roles can be compared.
create type app_public.member_role as enum ('member', 'moderator', 'admin', 'owner');
comment on type app_public.member_role is
  'MEMBER talks. MODERATOR also deletes, pins and invites. ADMIN also changes the room, its members and their roles. OWNER can do all; there is one.';

/*
 * By the built-in role that has them, from members to owners, each in rising order: see least_role. The last ones are of the
 * workspace, not of a room.
 */
create type app_public.permission as enum (
  'send_messages', 'reply_in_threads', 'add_reactions', 'attach_files', 'mention_groups', 'use_commands', 'create_polls',
  'invite_members', 'add_members', 'kick_members', 'ban_members', 'mute_members', 'delete_messages', 'pin_messages', 'close_polls',
  'set_slow_mode', 'lock_room', 'review_reports', 'review_messages', 'see_moderation_log', 'bypass_slow_mode', 'bypass_rules',
  'write_when_locked',
  'edit_room', 'set_disappearing', 'manage_writing', 'manage_rules', 'manage_webhooks', 'add_bots', 'manage_roles',
  'set_retention', 'archive_room',
  'create_rooms', 'start_conversations', 'create_groups', 'manage_groups', 'manage_emoji', 'manage_workspace_roles',
  'manage_room_types'
);
comment on type app_public.permission is
  'What somebody may do. In rooms, members have SEND_MESSAGES, REPLY_IN_THREADS, ADD_REACTIONS and MENTION_GROUPS unless the room asks for a higher role, and ATTACH_FILES, USE_COMMANDS and CREATE_POLLS. Moderators also have INVITE_MEMBERS, ADD_MEMBERS, KICK_MEMBERS, BAN_MEMBERS, MUTE_MEMBERS, DELETE_MESSAGES (of others), PIN_MESSAGES, CLOSE_POLLS, SET_SLOW_MODE, LOCK_ROOM, REVIEW_REPORTS, REVIEW_MESSAGES (held ones), SEE_MODERATION_LOG, BYPASS_SLOW_MODE, BYPASS_RULES and WRITE_WHEN_LOCKED. Admins also EDIT_ROOM, SET_DISAPPEARING, MANAGE_WRITING, MANAGE_RULES, MANAGE_WEBHOOKS (incoming ones), ADD_BOTS and MANAGE_ROLES. The owner also SET_RETENTION and ARCHIVE_ROOM. In the workspace, everybody but guests has CREATE_ROOMS, START_CONVERSATIONS and CREATE_GROUPS, and nobody MANAGE_GROUPS, MANAGE_EMOJI and MANAGE_WORKSPACE_ROLES, until roles of your own and exceptions give or take them.';

create type app_public.notification_level as enum ('all', 'mentions', 'none');
comment on type app_public.notification_level is 'Which messages of a room should notify you, and which of them count as mentions of you.';

create type app_public.history_visibility as enum ('everything', 'since_joining');
comment on type app_public.history_visibility is
  'EVERYTHING: whoever joins sees all that was written before. SINCE_JOINING: only what is written from then on.';

create type app_public.erasure_rule as enum ('erase', 'anonymise');
comment on type app_public.erasure_rule is 'What becomes of messages when their author deletes their account.';

create type app_public.system_message_level as enum ('none', 'changes', 'all');
comment on type app_public.system_message_level is
  'Which changes of a room are told in its history: none; its name, what it is for, its settings and what is pinned; or who joins and leaves, too.';

create table app_public.rooms (
  id uuid primary key default uuidv7(),
  type app_public.room_type not null default 'public',
  slug public.citext,
  name text,
  description text,
  max_members integer,
  slow_mode_seconds integer not null default 0,
  retention_days integer,
  erasure_rule app_public.erasure_rule not null default 'erase',
  hides_push_text boolean not null default false,
  hides_link_previews boolean not null default false,
  is_locked boolean not null default false,
  is_archived boolean not null default false,
  group_mention_role app_public.member_role not null default 'member',
  group_mention_warning integer not null default 20,
  writing_role app_public.member_role not null default 'member',
  reply_role app_public.member_role not null default 'member',
  reaction_role app_public.member_role not null default 'member',
  upload_role app_public.member_role not null default 'member',
  disappear_after_seconds integer,
  has_delivery_receipts boolean not null default false,
  system_messages app_public.system_message_level not null default 'none',
  history_visibility app_public.history_visibility not null default 'everything',
  custom_type_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  workspace_id uuid not null default app_hidden.current_workspace_id() references app_private.workspaces,
  constraint rooms_slug_is_well_formed check (slug operator(public.~) '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug::text) <= 64),
  constraint rooms_name_length check (char_length(name) between 1 and 80),
  constraint rooms_description_length check (char_length(description) <= 1000),
  constraint rooms_max_members_range check (max_members between 2 and 1000000),
  constraint rooms_slow_mode_range check (slow_mode_seconds between 0 and 21600),
  constraint rooms_retention_days_range check (retention_days between 0 and 36500),
  constraint rooms_disappear_after_seconds_range check (disappear_after_seconds between 5 and 31536000),
  constraint rooms_group_mention_warning_range check (group_mention_warning between 1 and 5000),
  constraint rooms_only_direct_ones_are_nameless check (type = 'direct' or (name is not null and slug is not null))
);
comment on table app_public.rooms is
  'Where people talk. What you are not entitled to see is as if it did not exist.';
comment on column app_public.rooms.id is 'Stays the same for ever.';
comment on column app_public.rooms.type is 'Who can find and join it. It changes only when a conversation of several is turned into a room.';
comment on column app_public.rooms.slug is
  'The short name for addresses, such as `general`: letters, digits and single dashes, at most 64. Null in direct conversations.';
comment on column app_public.rooms.name is 'The name to show, 1 to 80 characters. Null in direct conversations: show `displayName`.';
comment on column app_public.rooms.description is 'What the room is for, at most 1,000 characters.';
comment on column app_public.rooms.max_members is 'How many members it takes. Null: no limit.';
comment on column app_public.rooms.slow_mode_seconds is
  'How long a member waits between two messages, in seconds. 0: not at all. Moderators and above never wait.';
comment on column app_public.rooms.retention_days is
  'For how many days messages are kept here. 0: for ever. Null: as the installation has it.';
comment on column app_public.rooms.erasure_rule is
  'What becomes of messages when their author deletes their account: ERASE takes the content, ANONYMISE the name.';
comment on column app_public.rooms.hides_push_text is 'Whether notifications leave out what was written.';
comment on column app_public.rooms.hides_link_previews is 'Whether messages have no previews of links.';
comment on column app_public.rooms.is_locked is 'While a room is locked only its moderators, admins and owner write in it.';
comment on column app_public.rooms.is_archived is 'An archived room can be read, but nothing in it changes any more.';
comment on column app_public.rooms.group_mention_role is
  'The least role that may mention many at once: `@here`, `@room` and groups. What others write so mentions nobody.';
comment on column app_public.rooms.group_mention_warning is 'Above how many people whoever mentions many at once is warned before they send.';
comment on column app_public.rooms.writing_role is
  'The least role that writes here. Above `MEMBER` this is an announcement room: most of its members read.';
comment on column app_public.rooms.reply_role is 'The least role that answers messages here, in their threads.';
comment on column app_public.rooms.reaction_role is
  'The least role that reacts to messages here, votes in polls and uses the buttons of bots.';
comment on column app_public.rooms.upload_role is 'The least role that sends files here.';
comment on column app_public.rooms.has_delivery_receipts is
  'Whether its members are told which messages have come to a device of each. See `RoomMember.lastDeliveredSeq`.';
comment on column app_public.rooms.disappear_after_seconds is
  'How many seconds after it was sent a message disappears here: 5 to a year. Null: none does by itself.';
comment on column app_public.rooms.system_messages is
  'Which of its changes are told in its history, as messages of type SYSTEM. None: as it is until somebody sets it.';
comment on column app_public.rooms.history_visibility is
  'What whoever joins from now on sees of what was written before. Those who are members already keep what they see.';
comment on column app_public.rooms.custom_type_id is
  'Which of your `workspaceRoomTypes` it is of, which says how it is set. Null: of none.';
comment on column app_public.rooms.created_at is 'When it was made.';
comment on column app_public.rooms.updated_at is 'When its settings last changed.';
comment on column app_public.rooms.workspace_id is 'Where it is. It never changes.';
alter table app_public.rooms enable row level security;

/*
 * Slugs are unique among public rooms of a workspace only. Were they unique among all, a refusal would tell strangers that a private
 * room exists.
 */
create unique index rooms_public_slug_is_unique on app_public.rooms (slug, workspace_id) where type = 'public';
/* room_by_slug: the private rooms of that slug. */
create index rooms_slug on app_public.rooms (slug);
/* public_rooms, by name. */
create index rooms_public_names on app_public.rooms (workspace_id, name collate "und-x-icu", id) where type = 'public' and not is_archived;

create trigger _200_touch before update on app_public.rooms
  for each row when (old is distinct from new) execute function app_private.tg_any__touch();
create trigger _100_keep_workspace before update of workspace_id on app_public.rooms
  for each row when (old.workspace_id <> new.workspace_id) execute function app_private.tg_any__keep_key();
/* Which rooms are where: the list of workspaces. */
create index rooms_workspace_id on app_public.rooms (workspace_id);

--! Included functions/workspaces/tg_any__one_workspace.sql
/* Ids are never given twice, so it does not matter which of them are people and which are rooms. */
create or replace function app_private.tg_any__one_workspace() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row constant jsonb := to_jsonb(new);
  v_ids constant uuid[] := array(select (v_row ->> name)::uuid from unnest(tg_argv) as name);
begin
  if 1 < (
    select count(distinct workspace_id) from (
      select workspace_id from app_public.users where id = any (v_ids)
      union all
      select workspace_id from app_public.rooms where id = any (v_ids)
    ) as named
  ) then
    raise exception 'There is no such person.' using errcode = 'TR404';
  end if;
  return new;
end
$$;
comment on function app_private.tg_any__one_workspace() is
  'Whatever brings people together, or a person into a room, does so within one workspace. The columns with their ids are its arguments.';
--! EndIncluded functions/workspaces/tg_any__one_workspace.sql


create table app_public.room_members (
  room_id uuid not null references app_public.rooms on delete cascade,
  user_id uuid not null references app_public.users on delete cascade,
  role app_public.member_role not null default 'member',
  joined_at timestamptz not null default now(),
  last_read_seq bigint not null default 0,
  muted_until timestamptz,
  granted_permissions app_public.permission[],
  denied_permissions app_public.permission[],
  sees_from_seq bigint,
  history_widened_at timestamptz,
  primary key (room_id, user_id)
/* Every reading mark is an update: vacuumed before a fifth of all memberships is dead, where they are millions. */
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
comment on table app_public.room_members is
  'One person''s place in one room.';
comment on column app_public.room_members.room_id is 'The room.';
comment on column app_public.room_members.user_id is 'The person.';
comment on column app_public.room_members.role is 'What this person may do here.';
comment on column app_public.room_members.joined_at is 'When this person joined.';
comment on column app_public.room_members.last_read_seq is
  'What everybody has been told that they have read, up to this number. See room_members_last_read_seq.';
comment on column app_public.room_members.muted_until is 'Until when this person may not write here. Null or past: may write.';
comment on column app_public.room_members.granted_permissions is
  'What this person has beyond their role, by roles of your own and by exceptions. Null, as for nearly everybody: nothing.';
comment on column app_public.room_members.denied_permissions is
  'What is denied to this person, whatever grants it; owners are denied nothing. Null, as for nearly everybody: nothing.';
comment on column app_public.room_members.sees_from_seq is
  'The `seq` of the first message that this person may see here. What was written before is to them as if it were not there. Null: everything.';
comment on column app_public.room_members.history_widened_at is
  'When this person was last let see more of what was written before. Not in the API.';
comment on constraint room_members_room_id_fkey on app_public.room_members is
  'The members, in order of their ids.';
comment on constraint room_members_user_id_fkey on app_public.room_members is
  'The person.';
alter table app_public.room_members enable row level security;
/* my_room_ids and my_open_room_ids: the rooms of one person. */
create index room_members_user_id on app_public.room_members (user_id, room_id) include (sees_from_seq);
/* my_history_start, and what a member may not see: nothing where everybody sees everything. */
create index room_members_sees_from on app_public.room_members (room_id, user_id) include (sees_from_seq)
  where sees_from_seq is not null;
/* A room has one owner at most. */
create unique index room_members_one_owner on app_public.room_members (room_id) where role = 'owner';

--! Included functions/roles/least_role.sql
/*
 * What the built-in roles have, each also what those below it have. Rooms say for themselves who writes, answers, reacts
 * and mentions many. A permission that no built-in role has is given by a role of one's own, or by an exception.
 */
create or replace function app_private.least_role(permission app_public.permission) returns app_public.member_role
language sql immutable security invoker parallel safe
return case
  when permission <= 'create_polls'::app_public.permission then 'member'::app_public.member_role
  when permission <= 'write_when_locked'::app_public.permission then 'moderator'::app_public.member_role
  when permission <= 'manage_roles'::app_public.permission then 'admin'::app_public.member_role
  when permission <= 'archive_room'::app_public.permission then 'owner'::app_public.member_role
end;
comment on function app_private.least_role(app_public.permission) is
  'The least of the four built-in roles that has a permission in a room. Null: it is one of the workspace.';
--! EndIncluded functions/roles/least_role.sql
--! Included functions/roles/least_role_in.sql
create or replace function app_private.least_role_in(room app_public.rooms, permission app_public.permission)
returns app_public.member_role
language sql immutable security invoker parallel safe
return case permission
  when 'send_messages'::app_public.permission then room.writing_role
  when 'reply_in_threads'::app_public.permission then room.reply_role
  when 'add_reactions'::app_public.permission then room.reaction_role
  when 'mention_groups'::app_public.permission then room.group_mention_role
  when 'attach_files'::app_public.permission then room.upload_role
  else app_private.least_role(permission)
end;
comment on function app_private.least_role_in(app_public.rooms, app_public.permission) is
  'As least_role, by what a room asks for.';
--! EndIncluded functions/roles/least_role_in.sql
--! Included functions/roles/has_permission.sql
/*
 * Nearly nobody has roles of their own or exceptions: for them it is one comparison of roles, as it always was. What is
 * denied is denied whatever grants it; but the owner of a room is never without a right there.
 */
create or replace function app_private.has_permission(
  member app_public.room_members, permission app_public.permission, least_role app_public.member_role
) returns boolean
language sql immutable security invoker parallel safe
return case
  when member.granted_permissions is null and member.denied_permissions is null then member.role >= least_role
  when member.role = 'owner'::app_public.member_role then true
  when permission = any (member.denied_permissions) then false
  else member.role >= least_role or coalesce(permission = any (member.granted_permissions), false)
end;
comment on function app_private.has_permission(app_public.room_members, app_public.permission, app_public.member_role) is
  'Whether a member has a permission that members of this role have.';
--! EndIncluded functions/roles/has_permission.sql
--! Included functions/roles/may.sql
create or replace function app_private.may(room app_public.rooms, member app_public.room_members, permission app_public.permission)
returns boolean
language sql immutable security invoker parallel safe
return app_private.has_permission(member, permission, app_private.least_role_in(room, permission));
comment on function app_private.may(app_public.rooms, app_public.room_members, app_public.permission) is
  'Whether a member has a permission in their room. Every function of rooms asks this, under the lock of the room.';
--! EndIncluded functions/roles/may.sql
--! Included functions/roles/my_room_ids_with.sql
/* As my_room_ids. */
create or replace function app_hidden.my_room_ids_with(permission app_public.permission) returns setof uuid
language sql stable security definer rows 10
set search_path = pg_catalog, pg_temp
as $$
  select room_members.room_id from app_public.room_members
    where room_members.user_id = app_hidden.current_user_id()
      and app_private.has_permission(room_members, my_room_ids_with.permission, app_private.least_role(my_room_ids_with.permission));
$$;
comment on function app_hidden.my_room_ids_with(app_public.permission) is
  'The rooms where the person asking has a permission: one that no setting of a room gives or takes.';
grant execute on function app_hidden.my_room_ids_with(app_public.permission) to trumpet_user;
--! EndIncluded functions/roles/my_room_ids_with.sql
--! Included functions/roles/is_above.sql
create or replace function app_private.is_above(
  actor app_public.room_members, user_id uuid, permission app_public.permission
) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select not exists (
    select from app_public.room_members as other
      where other.room_id = actor.room_id and other.user_id = is_above.user_id
        and other.role >= actor.role
        and not (
          actor.role = 'member' and other.role = 'member' and other.user_id <> actor.user_id
          and not app_private.has_permission(other, is_above.permission, app_private.least_role(is_above.permission))));
$$;
comment on function app_private.is_above(app_public.room_members, uuid, app_public.permission) is
  'Whether somebody who has a permission may use it on this person: one of a lower role, and among mere members one who has not the permission themselves. People who are no members are below everyone.';
--! EndIncluded functions/roles/is_above.sql
--! Included functions/roles/check_permission.sql
create or replace function app_private.check_permission(
  room app_public.rooms, member app_public.room_members, permission app_public.permission
) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_least_role constant app_public.member_role := app_private.least_role_in(room, permission);
begin
  if not app_private.has_permission(member, permission, v_least_role) then
    if member.granted_permissions is null and member.denied_permissions is null then
      raise exception 'This needs at least the role %.', upper(v_least_role::text) using errcode = 'TR403';
    end if;
    raise exception 'This needs the permission %.', upper(permission::text) using errcode = 'TR403';
  end if;
end
$$;
comment on function app_private.check_permission(app_public.rooms, app_public.room_members, app_public.permission) is
  'Raises what is missing when a member has not the permission.';
--! EndIncluded functions/roles/check_permission.sql

--! Included functions/rooms/my_room_ids.sql
/*
 * The one question that every policy asks. `x in (select my_room_ids())` is a hashed subplan: run once a query,
 * whereas a function called in the policy would run once a row (measured on 300,000 rows: 19 ms and 846 ms).
 */
create or replace function app_hidden.my_room_ids() returns setof uuid
language sql stable security definer rows 50
set search_path = pg_catalog, pg_temp
as $$
  select room_id from app_public.room_members where user_id = app_hidden.current_user_id();
$$;
comment on function app_hidden.my_room_ids() is 'The rooms that the person asking is a member of.';
grant execute on function app_hidden.my_room_ids() to trumpet_user;
--! EndIncluded functions/rooms/my_room_ids.sql

--! Included functions/rooms/my_open_room_ids.sql
/*
 * The policies of messages, and of what hangs on them, ask this first: in a room whose whole history somebody sees, that is
 * all they ask, and the index that says who is where says this too.
 */
create or replace function app_hidden.my_open_room_ids() returns setof uuid
language sql stable security definer rows 50
set search_path = pg_catalog, pg_temp
as $$
  select room_id from app_public.room_members where user_id = app_hidden.current_user_id() and sees_from_seq is null;
$$;
comment on function app_hidden.my_open_room_ids() is 'The rooms whose whole history the person asking may see.';
grant execute on function app_hidden.my_open_room_ids() to trumpet_user;
--! EndIncluded functions/rooms/my_open_room_ids.sql

--! Included functions/rooms/my_history_start.sql
create or replace function app_hidden.my_history_start(room_id uuid) returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select sees_from_seq from app_public.room_members
    where room_members.room_id = my_history_start.room_id and user_id = app_hidden.current_user_id()
      and sees_from_seq is not null;
$$;
comment on function app_hidden.my_history_start(uuid) is
  'The number of the first message of a room that the person asking may see; null where they may see all, or are no member.';
grant execute on function app_hidden.my_history_start(uuid) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/rooms/my_history_start.sql

--! Included functions/rooms/history_start.sql
create or replace function app_private.history_start(room_id uuid, user_id uuid) returns bigint
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select coalesce((
    select sees_from_seq from app_public.room_members
      where room_members.room_id = history_start.room_id and room_members.user_id = history_start.user_id
        and sees_from_seq is not null), 1);
$$;
comment on function app_private.history_start(uuid, uuid) is
  'The number of the first message of a room that a member may see. Every function that reads messages above their policy asks it.';
--! EndIncluded functions/rooms/history_start.sql

create policy select_public on app_public.rooms for select to trumpet_user using (
  type = 'public' and workspace_id = (select app_hidden.current_workspace_id()) and not (select app_hidden.is_guest()));
create policy select_member on app_public.rooms for select to trumpet_user using (id in (select app_hidden.my_room_ids()));
create policy select_broadcast on app_public.rooms for select to trumpet_broadcast using (id in (select app_hidden.broadcast_room_ids()));
create policy select_admin on app_public.rooms for select to trumpet_admin using (true);
grant select on app_public.rooms to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;

create policy select_member on app_public.room_members for select to trumpet_user using (room_id in (select app_hidden.my_room_ids()));
create policy select_broadcast on app_public.room_members for select to trumpet_broadcast using (room_id in (select app_hidden.broadcast_room_ids()));
create policy select_admin on app_public.room_members for select to trumpet_admin using (true);
grant select on app_public.room_members to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;

--! Included functions/rooms/can_see_room.sql
/*
 * A computed column takes a row, and in SQL whoever calls it can make one up. What reads more than its caller may asks here.
 */
create or replace function app_hidden.can_see_room(room_id uuid) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select can_see_room.room_id in (select app_hidden.broadcast_room_ids())
    or app_hidden.current_user_id() is not null and (
      exists (
        select from app_public.room_members
          where room_members.room_id = can_see_room.room_id and user_id = app_hidden.current_user_id())
      or exists (
        select from app_public.rooms
          where rooms.id = can_see_room.room_id and rooms.type = 'public'
            and rooms.workspace_id = app_hidden.current_workspace_id()
      ) and not app_hidden.is_guest())
    or pg_has_role(session_user, 'trumpet_admin', 'member');
$$;
comment on function app_hidden.can_see_room(uuid) is
  'Whether the one asking may know of a room: someone who is signed in and it is public, a member, the broadcast of it, an administrator.';
--! EndIncluded functions/rooms/can_see_room.sql

/* What only the member may see of a membership. */
create table app_private.member_preferences (
  room_id uuid not null,
  user_id uuid not null,
  notification_level app_public.notification_level not null default 'all',
  silent_until timestamptz,
  unread_after_seq bigint,
  unread_while_read_to_seq bigint,
  is_favorite boolean not null default false,
  folder text,
  place integer,
  hidden_at_seq bigint,
  read_to_seq bigint,
  answers_read_to_seq bigint,
  primary key (user_id, room_id),
  constraint member_preferences_mark_is_behind check (
    (unread_after_seq is null) = (unread_while_read_to_seq is null) and unread_after_seq < unread_while_read_to_seq),
  constraint member_preferences_folder_length check (char_length(folder) between 1 and 50),
  constraint member_preferences_member_fkey foreign key (room_id, user_id) references app_public.room_members on delete cascade
);
comment on table app_private.member_preferences is 'A member''s own settings for a room. No row: the defaults.';
comment on column app_private.member_preferences.silent_until is 'Until when nothing of the room notifies, mentions included.';
comment on column app_private.member_preferences.unread_after_seq is 'What the member has marked as unread comes after this.';
comment on column app_private.member_preferences.unread_while_read_to_seq is
  'Their last_read_seq when they marked it: once it is another they have read on, and the mark is over.';
comment on column app_private.member_preferences.is_favorite is 'Whether the room stands among the member''s favourites.';
comment on column app_private.member_preferences.folder is 'The folder of the member''s list that it stands in.';
comment on column app_private.member_preferences.place is 'Where it stands there; null: behind those that have a place, by activity.';
comment on column app_private.member_preferences.read_to_seq is
  'What the member has read beyond their last_read_seq, of which nobody is told.';
comment on column app_private.member_preferences.answers_read_to_seq is
  'Up to where the member has read answers by reading the room, where they read on in a history that leaves them out.';
comment on column app_private.member_preferences.hidden_at_seq is
  'The room''s last message when the member hid it: what is after it may bring the room back.';
alter table app_private.member_preferences enable row level security;
create index member_preferences_member on app_private.member_preferences (room_id, user_id);

/* The two people of a direct conversation, smaller id first, so that there is one room a pair however it is asked for. */
create table app_private.direct_rooms (
  first_user_id uuid not null references app_public.users on delete cascade,
  second_user_id uuid not null references app_public.users on delete cascade,
  room_id uuid not null references app_public.rooms on delete cascade,
  primary key (first_user_id, second_user_id),
  constraint direct_rooms_pair_is_ordered check (first_user_id < second_user_id)
);
comment on table app_private.direct_rooms is 'Which room two people share.';
alter table app_private.direct_rooms enable row level security;
create index direct_rooms_second_user_id on app_private.direct_rooms (second_user_id);
create index direct_rooms_room_id on app_private.direct_rooms (room_id);
create trigger _100_one_workspace before insert or update on app_private.direct_rooms
  for each row execute function app_private.tg_any__one_workspace('first_user_id', 'second_user_id', 'room_id');

--! Included functions/rooms/other_person.sql
create or replace function app_private.other_person(room_id uuid, user_id uuid) returns uuid
language sql stable security invoker
return (
  select case when first_user_id = other_person.user_id then second_user_id else first_user_id end
    from app_private.direct_rooms where direct_rooms.room_id = other_person.room_id
);
comment on function app_private.other_person(uuid, uuid) is 'With whom someone shares a direct conversation; null for any other room.';
--! EndIncluded functions/rooms/other_person.sql

create table app_public.room_invitations (
  id uuid primary key default uuidv7(),
  room_id uuid not null references app_public.rooms on delete cascade,
  code text not null default translate(encode(public.gen_random_bytes(18), 'base64'), '+/', '-_'),
  created_by uuid not null references app_public.users on delete cascade,
  max_uses integer,
  allows_guests boolean not null default false,
  use_count integer not null default 0,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint room_invitations_code_is_unique unique (code),
  constraint room_invitations_max_uses_range check (max_uses between 1 and 100000),
  constraint room_invitations_are_not_overused check (use_count <= max_uses)
);
comment on table app_public.room_invitations is
  'A code that lets whoever holds it join a room. Seen by the room''s moderators, admins and owner.';
comment on column app_public.room_invitations.id is 'Stays the same for ever.';
comment on column app_public.room_invitations.room_id is 'The room it opens.';
comment on column app_public.room_invitations.code is 'The secret to hand out; given to `acceptInvitation`.';
comment on column app_public.room_invitations.created_by is 'Who made it.';
comment on column app_public.room_invitations.max_uses is 'How many people may use it. Null: no limit.';
comment on column app_public.room_invitations.allows_guests is 'Whether people without an account may come with it: see `joinAsGuest`.';
comment on column app_public.room_invitations.use_count is 'How many have used it.';
comment on column app_public.room_invitations.expires_at is 'When it stops working.';
comment on column app_public.room_invitations.created_at is 'When it was made.';
comment on constraint room_invitations_room_id_fkey on app_public.room_invitations is
  'The room''s invitations, for those who may see them.';
comment on constraint room_invitations_created_by_fkey on app_public.room_invitations is
  'Who made it.';
comment on constraint room_invitations_code_is_unique on app_public.room_invitations is
  'One invitation a code.';
comment on constraint room_invitations_pkey on app_public.room_invitations is 'One invitation an id.';
alter table app_public.room_invitations enable row level security;
create index room_invitations_room_id on app_public.room_invitations (room_id);
create index room_invitations_created_by on app_public.room_invitations (created_by);
create trigger _100_one_workspace before insert or update of room_id, created_by on app_public.room_invitations
  for each row execute function app_private.tg_any__one_workspace('room_id', 'created_by');
/* expire_invitations */
create index room_invitations_expires_at on app_public.room_invitations (expires_at);

create policy select_moderator on app_public.room_invitations for select to trumpet_user
  using (room_id in (select app_hidden.my_room_ids_with('invite_members')));
create policy select_admin on app_public.room_invitations for select to trumpet_admin using (true);
grant select on app_public.room_invitations to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;

--! Included functions/rooms/tg_room_members__end_invitations.sql
create or replace function app_private.tg_room_members__end_invitations() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from app_public.room_invitations where room_id = old.room_id and created_by = old.user_id;
  return null;
end
$$;
comment on function app_private.tg_room_members__end_invitations() is
  'Ends the invitations of someone who may not invite any more: a code that they have kept would let a second account in.';
--! EndIncluded functions/rooms/tg_room_members__end_invitations.sql

--! Included functions/guests/tg_room_members__keep_guests.sql
create or replace function app_private.tg_room_members__keep_guests() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from app_private.guests where user_id = new.user_id and room_id <> new.room_id) then
    raise exception 'A guest is in one room.' using errcode = 'TR403';
  end if;
  if new.role <> 'member' and exists (select from app_private.guests where user_id = new.user_id) then
    raise exception 'A guest has no role: they make an account first.' using errcode = 'TR403';
  end if;
  return new;
end
$$;
comment on function app_private.tg_room_members__keep_guests() is
  'A guest is in the room of their link and in no other, and has no role there, whoever brings them.';
--! EndIncluded functions/guests/tg_room_members__keep_guests.sql

--! Included functions/workspaces/tg_room_members__one_workspace.sql
create or replace function app_private.tg_room_members__one_workspace() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if (select workspace_id from app_public.users where id = new.user_id)
      <> (select workspace_id from app_public.rooms where id = new.room_id) then
    raise exception 'There is no such person.' using errcode = 'TR404';
  end if;
  return new;
end
$$;
comment on function app_private.tg_room_members__one_workspace() is
  'Nobody is a member of a room of another workspace, whoever brings them. As tg_any__one_workspace, for where many are added at once.';
--! EndIncluded functions/workspaces/tg_room_members__one_workspace.sql

create trigger _100_one_workspace before insert or update of room_id, user_id on app_public.room_members
  for each row execute function app_private.tg_room_members__one_workspace();
create trigger _100_keep_guests before insert or update of role on app_public.room_members
  for each row execute function app_private.tg_room_members__keep_guests();
create trigger _300_end_invitations_left after delete on app_public.room_members
  for each row when (old.role >= 'moderator' or old.granted_permissions is not null)
  execute function app_private.tg_room_members__end_invitations();
create trigger _300_end_invitations_demoted after update of role, granted_permissions, denied_permissions on app_public.room_members
  for each row when (
    app_private.has_permission(old, 'invite_members', 'moderator') and not app_private.has_permission(new, 'invite_members', 'moderator'))
  execute function app_private.tg_room_members__end_invitations();

comment on constraint room_members_pkey on app_public.room_members is 'One membership a person and room.';

--! Previous: sha1:c382dcdd3bafa9a03fd998d3868dae3cf0ed8bf1
--! Hash: sha1:4b68526c62e3c25a57df9fe628f177b280d7c4a7

/*
 * Who may not be here, who may not write, and who wants to hear nothing from whom.
 *
 * A ban takes the membership away, and with it everything that follows from one: reading, live events, reacting. What is
 * left to check is each way to become a member, and all of them end in admit(). A mute is a moment on the membership.
 * A block is between two people and no moderator's business. What moderators do about bans and mutes is in
 * 000014-moderation.sql.
 */
create table app_public.room_bans (
  room_id uuid not null references app_public.rooms on delete cascade,
  user_id uuid not null references app_public.users on delete cascade,
  banned_by uuid references app_public.users on delete set null,
  reason text,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (room_id, user_id),
  constraint room_bans_reason_length check (char_length(reason) between 1 and 500)
);
comment on table app_public.room_bans is
  'Keeps a person out of a room: they cannot read it, join it, be added to it or use an invitation. Seen by the room''s moderators, admins and owner.';
comment on column app_public.room_bans.room_id is 'The room.';
comment on column app_public.room_bans.user_id is 'Who is banned.';
comment on column app_public.room_bans.banned_by is 'Who banned them; null for an administrator of the site.';
comment on column app_public.room_bans.reason is 'Why, in at most 500 characters.';
comment on column app_public.room_bans.expires_at is 'When it ends by itself. Null: never.';
comment on column app_public.room_bans.created_at is 'Since when.';
comment on constraint room_bans_pkey on app_public.room_bans is 'One ban a person and room.';
comment on constraint room_bans_room_id_fkey on app_public.room_bans is
  'The room.';
comment on constraint room_bans_user_id_fkey on app_public.room_bans is
  'Who is banned.';
comment on constraint room_bans_banned_by_fkey on app_public.room_bans is
  'Who banned them.';
alter table app_public.room_bans enable row level security;
create policy select_moderator on app_public.room_bans for select to trumpet_user
  using (room_id in (select app_hidden.my_room_ids_with('ban_members')));
create policy select_admin on app_public.room_bans for select to trumpet_admin using (true);
grant select on app_public.room_bans to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* Deleting a person. */
create index room_bans_user_id on app_public.room_bans (user_id);
create index room_bans_banned_by on app_public.room_bans (banned_by);
create trigger _100_one_workspace before insert or update of room_id, user_id, banned_by on app_public.room_bans
  for each row execute function app_private.tg_any__one_workspace('room_id', 'user_id', 'banned_by');

create table app_private.suspensions (
  user_id uuid primary key references app_public.users on delete cascade,
  reason text not null,
  suspended_until timestamptz,
  suspended_at timestamptz not null default now(),
  suspended_by text not null default session_user
);
comment on table app_private.suspensions is 'Who may not sign in, and until when; null: until it is taken back.';
alter table app_private.suspensions enable row level security;

--! Included functions/guards/is_suspended.sql
create or replace function app_private.is_suspended(user_id uuid) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from app_private.suspensions
      where suspensions.user_id = is_suspended.user_id and (suspended_until is null or suspended_until > now()));
$$;
comment on function app_private.is_suspended(uuid) is 'Whether a person may not sign in at the moment.';
--! EndIncluded functions/guards/is_suspended.sql

--! Included functions/guards/is_still_here.sql
/*
 * The server asks whose session a token is when a request comes. A change may wait for its lock long after that, so
 * who makes it is asked once more under the lock: what was committed while they waited counts, by the clock and not by
 * the moment when they began.
 */
create or replace function app_private.is_still_here(
  user_id uuid default app_hidden.current_user_id(), session_id uuid default app_hidden.current_session_id()
) returns boolean
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select from app_public.users
      where users.id = is_still_here.user_id and deleted_at is null
        and not exists (
          select from app_private.suspensions
            where suspensions.user_id = users.id and (suspended_until is null or suspended_until > clock_timestamp()))
        and (is_still_here.session_id is null or exists (
          select from app_private.sessions
            where sessions.id = is_still_here.session_id and ended_at is null and expires_at > clock_timestamp())));
end
$$;
comment on function app_private.is_still_here(uuid, uuid) is
  'Whether the person asking has an account, is not suspended, and their session has not ended.';
--! EndIncluded functions/guards/is_still_here.sql

--! Included functions/guards/check_still_here.sql
create or replace function app_private.check_still_here() returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if not app_private.is_still_here() then
    raise exception 'This session has ended: sign in again.' using errcode = 'TR401';
  end if;
end
$$;
comment on function app_private.check_still_here() is
  'Raises UNAUTHENTICATED when the person asking was suspended, erased or signed out in the meantime. For whoever has just waited for a lock.';
--! EndIncluded functions/guards/check_still_here.sql

--! Included functions/guards/tg_suspensions__end_invitations.sql
create or replace function app_private.tg_suspensions__end_invitations() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from app_public.room_invitations where created_by = new.user_id;
  return null;
end
$$;
comment on function app_private.tg_suspensions__end_invitations() is 'Ends the invitations of someone who is suspended.';
--! EndIncluded functions/guards/tg_suspensions__end_invitations.sql

create trigger _300_end_invitations after insert or update on app_private.suspensions
  for each row execute function app_private.tg_suspensions__end_invitations();

--! Included functions/guards/tg_suspensions__end_sessions.sql
create or replace function app_private.tg_suspensions__end_sessions() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if app_private.is_suspended(new.user_id) then
    perform app_private.end_sessions_of(new.user_id, 'suspended');
  end if;
  return null;
end
$$;
comment on function app_private.tg_suspensions__end_sessions() is 'Ends the sessions of someone who is suspended.';
--! EndIncluded functions/guards/tg_suspensions__end_sessions.sql

create trigger _400_end_sessions after insert or update on app_private.suspensions
  for each row execute function app_private.tg_suspensions__end_sessions();

/* A mute outlives the membership: leaving and joining again is no way around it. */
create table app_private.room_mutes (
  room_id uuid not null references app_public.rooms on delete cascade,
  user_id uuid not null references app_public.users on delete cascade,
  muted_until timestamptz not null,
  primary key (room_id, user_id)
);
comment on table app_private.room_mutes is 'Until when someone may not write in a room, member or not.';
alter table app_private.room_mutes enable row level security;
create index room_mutes_user_id on app_private.room_mutes (user_id);
create trigger _100_one_workspace before insert or update of room_id, user_id on app_private.room_mutes
  for each row execute function app_private.tg_any__one_workspace('room_id', 'user_id');

/* So does what somebody was not let see: leaving and joining again is no way to it. */
create table app_private.room_histories (
  room_id uuid not null references app_public.rooms on delete cascade,
  user_id uuid not null references app_public.users on delete cascade,
  sees_from_seq bigint not null,
  primary key (room_id, user_id)
);
comment on table app_private.room_histories is
  'From which message on those saw a room who have left it, where they did not see all.';
alter table app_private.room_histories enable row level security;
create index room_histories_user_id on app_private.room_histories (user_id);
create trigger _100_one_workspace before insert or update of room_id, user_id on app_private.room_histories
  for each row execute function app_private.tg_any__one_workspace('room_id', 'user_id');

--! Included functions/guards/remembered_history.sql
create or replace function app_private.remembered_history(room_id uuid, user_id uuid) returns bigint
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select sees_from_seq from app_private.room_histories
    where room_histories.room_id = remembered_history.room_id and room_histories.user_id = remembered_history.user_id;
$$;
comment on function app_private.remembered_history(uuid, uuid) is
  'From which message on someone saw a room that they have left; null when they saw all, or were never there.';
--! EndIncluded functions/guards/remembered_history.sql

--! Included functions/guards/tg_room_members__remember_history.sql
create or replace function app_private.tg_room_members__remember_history() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- A room that is deleted takes all of it along, and so does a person.
  insert into app_private.room_histories (room_id, user_id, sees_from_seq)
    select rooms.id, users.id, old.sees_from_seq
      from app_public.rooms, app_public.users
      where rooms.id = old.room_id and users.id = old.user_id and users.deleted_at is null
    on conflict on constraint room_histories_pkey do update set sees_from_seq = excluded.sees_from_seq;
  return null;
end
$$;
comment on function app_private.tg_room_members__remember_history() is
  'Leaving a room and joining it again shows nobody more of it than they saw.';
--! EndIncluded functions/guards/tg_room_members__remember_history.sql

create trigger _400_remember_history after delete on app_public.room_members
  for each row when (old.sees_from_seq is not null) execute function app_private.tg_room_members__remember_history();

create table app_private.user_blocks (
  blocker_id uuid not null references app_public.users on delete cascade,
  blocked_id uuid not null references app_public.users on delete cascade,
  created_at timestamptz not null default now(),
  primary key (blocker_id, blocked_id),
  constraint user_blocks_are_of_others check (blocker_id <> blocked_id)
);
comment on table app_private.user_blocks is 'Who wants to hear nothing from whom.';
alter table app_private.user_blocks enable row level security;
create index user_blocks_blocked_id on app_private.user_blocks (blocked_id);
create trigger _100_one_workspace before insert or update on app_private.user_blocks
  for each row execute function app_private.tg_any__one_workspace('blocker_id', 'blocked_id');

--! Included functions/guards/check_not_banned.sql
/* The checks that room and message functions make. */
create or replace function app_private.check_not_banned(room_id uuid, user_id uuid) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from app_public.room_bans
      where room_bans.room_id = check_not_banned.room_id
        and room_bans.user_id = check_not_banned.user_id
        and (expires_at is null or expires_at > now())
  ) then
    raise exception '%.', case
      when check_not_banned.user_id = app_hidden.current_user_id() then 'You are banned from this room'
      else 'This person is banned from this room'
    end using errcode = 'TRBAN';
  end if;
end
$$;
comment on function app_private.check_not_banned(uuid, uuid) is 'Raises BANNED while a ban keeps this person out of a room.';
--! EndIncluded functions/guards/check_not_banned.sql

--! Included functions/guards/remembered_mute.sql
create or replace function app_private.remembered_mute(room_id uuid, user_id uuid) returns timestamptz
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select muted_until from app_private.room_mutes
    where room_mutes.room_id = remembered_mute.room_id
      and room_mutes.user_id = remembered_mute.user_id
      and muted_until > now();
$$;
comment on function app_private.remembered_mute(uuid, uuid) is 'Until when someone is muted in a room, whether a member or not; null when not.';
--! EndIncluded functions/guards/remembered_mute.sql

--! Included functions/guards/has_blocked.sql
create or replace function app_private.has_blocked(blocker_id uuid, blocked_id uuid) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from app_private.user_blocks
      where user_blocks.blocker_id = has_blocked.blocker_id and user_blocks.blocked_id = has_blocked.blocked_id);
$$;
comment on function app_private.has_blocked(uuid, uuid) is
  'Whether the first wants to hear nothing from the second. Whatever notifies people asks it.';
--! EndIncluded functions/guards/has_blocked.sql

--! Included functions/guards/blocked_by.sql
create or replace function app_private.blocked_by(user_id uuid) returns uuid[]
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select array(select user_blocks.blocked_id from app_private.user_blocks where user_blocks.blocker_id = blocked_by.user_id);
$$;
comment on function app_private.blocked_by(uuid) is 'Whom a person has blocked.';
--! EndIncluded functions/guards/blocked_by.sql

--! Included functions/guards/blocks_of.sql
create or replace function app_private.blocks_of(author_ids uuid[]) returns table (blocker_id uuid, blocked_id uuid)
language sql stable security invoker rows 5
set search_path = pg_catalog, pg_temp
as $$
  select user_blocks.blocker_id, user_blocks.blocked_id from app_private.user_blocks
    where user_blocks.blocked_id = any (blocks_of.author_ids);
$$;
comment on function app_private.blocks_of(uuid[]) is 'Who has blocked any of these people.';
--! EndIncluded functions/guards/blocks_of.sql

--! Included functions/guards/lock_pair.sql
create or replace function app_private.lock_pair(one_id uuid, other_id uuid) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select app_private.lock_until_commit('people', least(one_id, other_id)::text || greatest(one_id, other_id)::text);
$$;
comment on function app_private.lock_pair(uuid, uuid) is
  'Locks what is between two people until commit: a block, and the making of their direct conversation. After a room''s head, but before that of their own.';
--! EndIncluded functions/guards/lock_pair.sql

--! Included functions/guards/check_not_blocked.sql
create or replace function app_private.check_not_blocked(one_id uuid, other_id uuid) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if app_private.has_blocked(one_id, other_id) or app_private.has_blocked(other_id, one_id) then
    raise exception 'One of you has blocked the other.' using errcode = 'TRBLK';
  end if;
end
$$;
comment on function app_private.check_not_blocked(uuid, uuid) is 'Raises BLOCKED when either has blocked the other.';
--! EndIncluded functions/guards/check_not_blocked.sql

--! Included functions/guards/permission_to_send.sql
create or replace function app_private.permission_to_send(parent_message_id uuid) returns app_public.permission
language sql immutable security invoker
set search_path = pg_catalog, pg_temp
return case when parent_message_id is null then 'send_messages'::app_public.permission else 'reply_in_threads'::app_public.permission end;
comment on function app_private.permission_to_send(uuid) is
  'What sending a message to a room needs, or an answer to one of its messages.';
--! EndIncluded functions/guards/permission_to_send.sql

--! Included functions/guards/check_may_write.sql
create or replace function app_private.check_may_write(
  room app_public.rooms, member app_public.room_members, permission app_public.permission default null
) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_least_role app_public.member_role;
begin
  if member.muted_until > now() then
    raise exception 'You are muted in this room until %.', to_char(member.muted_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      using errcode = 'TRMUT';
  end if;
  if room.is_locked and not app_private.may(room, member, 'write_when_locked') then
    raise exception 'This room is locked: only moderators can write.' using errcode = 'TR403';
  end if;
  v_least_role := app_private.least_role_in(room, permission);
  if not app_private.has_permission(member, permission, v_least_role) then
    if permission = any (member.denied_permissions) or v_least_role = 'member' then
      raise exception 'This needs the permission %.', upper(permission::text) using errcode = 'TR403';
    end if;
    raise exception 'In this room only % can do that.',
      case v_least_role when 'owner' then 'the owner' when 'admin' then 'admins and the owner' else 'moderators and above' end
      using errcode = 'TR403';
  end if;
  if room.type = 'direct' then
    perform app_private.check_not_blocked(member.user_id, app_private.other_person(room.id, member.user_id));
  end if;
end
$$;
comment on function app_private.check_may_write(app_public.rooms, app_public.room_members, app_public.permission) is
  'Whether this member may send, edit and react at the moment: not muted, the room not locked, with the permission, in a direct conversation not blocked.';
--! EndIncluded functions/guards/check_may_write.sql

--! Included functions/guards/block_user.sql
/*
 * Blocking someone: no direct messages either way, no being added to rooms by them, no notification of what they write.
 * In rooms that both are in, their messages are marked, and it is for clients to hide them.
 */
create or replace function app_public.block_user(user_id uuid) returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_blocks_allowed constant integer := 10000;
  v_viewer_id uuid := app_private.require_user();
  v_user app_public.users;
begin
  perform app_private.limit_rate('settings');
  select * into v_user from app_public.users where id = block_user.user_id and app_private.is_here(id);
  if v_user.id is null then
    raise exception 'There is no such person.' using errcode = 'TR404';
  end if;
  if v_user.id = v_viewer_id then
    raise exception 'You cannot block yourself.' using errcode = 'TR400';
  end if;
  if v_blocks_allowed <= (select count(*) from app_private.user_blocks where blocker_id = v_viewer_id) then
    raise exception 'You can block at most % people.', v_blocks_allowed using errcode = 'TR409';
  end if;
  perform app_private.lock_pair(v_viewer_id, v_user.id);
  -- What is being sent between the two at this moment comes before the block.
  perform app_private.lock_room(room_id) from app_private.direct_rooms
    where first_user_id = least(v_viewer_id, v_user.id) and second_user_id = greatest(v_viewer_id, v_user.id);
  perform app_private.check_still_here();
  insert into app_private.user_blocks (blocker_id, blocked_id) values (v_viewer_id, v_user.id) on conflict do nothing;
  return v_user;
end
$$;
comment on function app_public.block_user(uuid) is
  'Ends direct messages between you and this person, either way, and marks their messages elsewhere (`isAuthorBlocked`). They are not told. Blocking twice is the same as once.';
grant execute on function app_public.block_user(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/guards/block_user.sql

--! Included functions/guards/unblock_user.sql
create or replace function app_public.unblock_user(user_id uuid) returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_viewer_id uuid := app_private.require_user();
  v_user app_public.users;
begin
  perform app_private.limit_rate('settings');
  select * into v_user from app_public.users where id = unblock_user.user_id and app_private.is_here(id);
  if v_user.id is null then
    raise exception 'There is no such person.' using errcode = 'TR404';
  end if;
  delete from app_private.user_blocks where blocker_id = v_viewer_id and blocked_id = v_user.id;
  return v_user;
end
$$;
comment on function app_public.unblock_user(uuid) is 'Ends a block of yours. Nothing happens when there is none.';
grant execute on function app_public.unblock_user(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/guards/unblock_user.sql

--! Included functions/guards/blocked_users.sql
create or replace function app_public.blocked_users() returns setof app_public.users
language sql stable security definer rows 10
set search_path = pg_catalog, pg_temp
as $$
  select users.* from app_private.user_blocks
    join app_public.users on users.id = user_blocks.blocked_id
    where user_blocks.blocker_id = app_hidden.current_user_id()
    order by lower(users.username::text) collate "C";
$$;
comment on function app_public.blocked_users() is 'Whom you have blocked, by username.';
grant execute on function app_public.blocked_users() to trumpet_user;
--! EndIncluded functions/guards/blocked_users.sql

--! Included functions/guards/users_is_blocked.sql
create or replace function app_public.users_is_blocked("user" app_public.users) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select app_private.has_blocked(app_hidden.current_user_id(), "user".id);
$$;
comment on function app_public.users_is_blocked(app_public.users) is 'Whether you have blocked this person.';
grant execute on function app_public.users_is_blocked(app_public.users) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/guards/users_is_blocked.sql

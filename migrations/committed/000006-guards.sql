--! Previous: x
--! Hash: x

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
  using (room_id in (select app_hidden.my_moderated_room_ids()));
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

--! EndIncluded functions/guards/is_suspended.sql

--! Included functions/guards/is_still_here.sql

--! EndIncluded functions/guards/is_still_here.sql

--! Included functions/guards/check_still_here.sql

--! EndIncluded functions/guards/check_still_here.sql

--! Included functions/guards/tg_suspensions__end_invitations.sql

--! EndIncluded functions/guards/tg_suspensions__end_invitations.sql

create trigger _300_end_invitations after insert or update on app_private.suspensions
  for each row execute function app_private.tg_suspensions__end_invitations();

--! Included functions/guards/tg_suspensions__end_sessions.sql

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

--! EndIncluded functions/guards/check_not_banned.sql

--! Included functions/guards/remembered_mute.sql

--! EndIncluded functions/guards/remembered_mute.sql

--! Included functions/guards/has_blocked.sql

--! EndIncluded functions/guards/has_blocked.sql

--! Included functions/guards/blocked_by.sql

--! EndIncluded functions/guards/blocked_by.sql

--! Included functions/guards/blocks_of.sql

--! EndIncluded functions/guards/blocks_of.sql

--! Included functions/guards/lock_pair.sql

--! EndIncluded functions/guards/lock_pair.sql

--! Included functions/guards/check_not_blocked.sql

--! EndIncluded functions/guards/check_not_blocked.sql

--! Included functions/guards/role_to_send.sql

--! EndIncluded functions/guards/role_to_send.sql

--! Included functions/guards/check_may_write.sql

--! EndIncluded functions/guards/check_may_write.sql

--! Included functions/guards/block_user.sql

--! EndIncluded functions/guards/block_user.sql

--! Included functions/guards/unblock_user.sql

--! EndIncluded functions/guards/unblock_user.sql

--! Included functions/guards/blocked_users.sql

--! EndIncluded functions/guards/blocked_users.sql

--! Included functions/guards/users_is_blocked.sql

--! EndIncluded functions/guards/users_is_blocked.sql

--! Previous: x
--! Hash: x

/*
 * Who is there, and who is typing. None of this needs to survive a crash, so it never touches the write-ahead log: the
 * tables are unlogged, each row says when it lapses, and listeners are told by the bell itself.
 *
 * A person has a session for each tab or device, and is online while one is. A session may be open at several nodes at
 * once, each of which keeps a row of its own: it ends when the last of them does. Whoever reads compares expires_at with
 * now; the worker sweeps what has lapsed and tells listeners.
 */
create type app_public.user_status as enum ('online', 'away', 'busy', 'offline');
comment on type app_public.user_status is 'How a person is there. BUSY wins over ONLINE, ONLINE over AWAY, over several devices.';

create unlogged table app_private.presence_sessions (
  user_id uuid not null,
  session_key text not null,
  node_id text not null default '',
  status app_public.user_status not null,
  room_id uuid,
  renewed_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (user_id, session_key, node_id),
  constraint presence_sessions_key_length check (char_length(session_key) between 1 and 100)
/*
 * Rows come and go by the minute, and who looks reads the dead ones, too: vacuumed by their number, for how many there
 * are at the moment says nothing.
 */
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
comment on table app_private.presence_sessions is 'One tab or device of one person, until it lapses.';
comment on column app_private.presence_sessions.node_id is 'The server that keeps it while a socket is open there; empty when nobody does.';
alter table app_private.presence_sessions enable row level security;
/* sweep_presence */
create index presence_sessions_expires_at on app_private.presence_sessions (expires_at);

create unlogged table app_private.typing_indicators (
  room_id uuid not null,
  user_id uuid not null,
  expires_at timestamptz not null,
  told_at timestamptz not null default now(),
  primary key (room_id, user_id)
/* As presence_sessions. */
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
comment on table app_private.typing_indicators is 'Who is typing where, until it lapses.';
comment on column app_private.typing_indicators.told_at is 'When the room was last told of it.';
alter table app_private.typing_indicators enable row level security;

--! Included functions/presence-and-typing/status_of.sql

--! EndIncluded functions/presence-and-typing/status_of.sql

--! Included functions/presence-and-typing/is_hidden_from.sql

--! EndIncluded functions/presence-and-typing/is_hidden_from.sql

--! Included functions/presence-and-typing/may_know_presence.sql

--! EndIncluded functions/presence-and-typing/may_know_presence.sql

--! Included functions/presence-and-typing/users_status.sql

--! EndIncluded functions/presence-and-typing/users_status.sql

--! Included functions/presence-and-typing/users_last_seen_at.sql

--! EndIncluded functions/presence-and-typing/users_last_seen_at.sql

--! Included functions/presence-and-typing/announce_presence.sql

--! EndIncluded functions/presence-and-typing/announce_presence.sql

--! Included functions/presence-and-typing/update_user_presence.sql

--! EndIncluded functions/presence-and-typing/update_user_presence.sql

--! Included functions/presence-and-typing/renew_presence.sql

--! EndIncluded functions/presence-and-typing/renew_presence.sql

--! Included functions/presence-and-typing/leave_presence.sql

--! EndIncluded functions/presence-and-typing/leave_presence.sql

--! Included functions/presence-and-typing/sweep_presence.sql

--! EndIncluded functions/presence-and-typing/sweep_presence.sql

--! Included functions/presence-and-typing/end_typing.sql

--! EndIncluded functions/presence-and-typing/end_typing.sql

--! Included functions/presence-and-typing/tg_room_members__end_typing.sql

--! EndIncluded functions/presence-and-typing/tg_room_members__end_typing.sql

create trigger _600_end_typing after delete on app_public.room_members
  for each row execute function app_private.tg_room_members__end_typing();

--! Included functions/presence-and-typing/set_typing.sql

--! EndIncluded functions/presence-and-typing/set_typing.sql

--! Included functions/presence-and-typing/sweep_typing.sql

--! EndIncluded functions/presence-and-typing/sweep_typing.sql

/* Reading. Definer functions, because API roles see nothing of app_private: each asks first whether the room is visible. */

--! Included functions/presence-and-typing/can_look_into.sql

--! EndIncluded functions/presence-and-typing/can_look_into.sql

--! Included functions/messages/messages_mentions.sql

--! EndIncluded functions/messages/messages_mentions.sql

--! Included functions/presence-and-typing/rooms_online_users.sql

--! EndIncluded functions/presence-and-typing/rooms_online_users.sql

--! Included functions/presence-and-typing/rooms_online_count.sql

--! EndIncluded functions/presence-and-typing/rooms_online_count.sql

--! Included functions/presence-and-typing/rooms_typing_users.sql

--! EndIncluded functions/presence-and-typing/rooms_typing_users.sql

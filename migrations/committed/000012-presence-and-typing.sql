--! Previous: sha1:d67fe85dc4e336e90549268c692ba3eb99fc5cf7
--! Hash: sha1:0a7e8e3c74457c98754b928cad7d077438531447

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
create or replace function app_private.status_of(user_id uuid) returns app_public.user_status
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select coalesce((
    select status from app_private.presence_sessions
      where presence_sessions.user_id = status_of.user_id and expires_at > now()
      order by array_position(array['busy', 'online', 'away', 'offline']::app_public.user_status[], status)
      limit 1
  ), 'offline'::app_public.user_status);
$$;
comment on function app_private.status_of(uuid) is 'How a person is there, over all their sessions.';
--! EndIncluded functions/presence-and-typing/status_of.sql

--! Included functions/presence-and-typing/is_hidden_from.sql
create or replace function app_private.is_hidden_from(user_id uuid, viewer_id uuid) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select app_private.has_blocked(is_hidden_from.user_id, is_hidden_from.viewer_id)
    or app_private.has_blocked(is_hidden_from.viewer_id, is_hidden_from.user_id);
$$;
comment on function app_private.is_hidden_from(uuid, uuid) is
  'Whether two people are told nothing of each other''s presence: one has blocked the other.';
--! EndIncluded functions/presence-and-typing/is_hidden_from.sql

--! Included functions/presence-and-typing/may_know_presence.sql
create or replace function app_private.may_know_presence(user_id uuid) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select viewer_id is not null and (
      viewer_id = may_know_presence.user_id
      or not app_private.hides_presence(may_know_presence.user_id)
      and not app_private.hides_presence(viewer_id)
      and not app_private.is_hidden_from(may_know_presence.user_id, viewer_id)
      and exists (
        select from app_public.room_members as own
          join app_public.room_members as theirs on theirs.room_id = own.room_id
          where own.user_id = viewer_id and theirs.user_id = may_know_presence.user_id))
    from app_hidden.current_user_id() as viewer_id;
$$;
comment on function app_private.may_know_presence(uuid) is
  'Whether the one asking shares a room with this person, neither has blocked the other, and neither hides their presence.';
--! EndIncluded functions/presence-and-typing/may_know_presence.sql

--! Included functions/presence-and-typing/users_status.sql
create or replace function app_public.users_status("user" app_public.users) returns app_public.user_status
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select case when app_private.may_know_presence("user".id) then app_private.status_of("user".id) else 'offline' end;
$$;
comment on function app_public.users_status(app_public.users) is
  'Whether this person is online now. `OFFLINE`, whatever is true, unless you share a room with them and neither of you has blocked the other or hides their presence.';
grant execute on function app_public.users_status(app_public.users) to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/presence-and-typing/users_status.sql

--! Included functions/presence-and-typing/users_last_seen_at.sql
create or replace function app_public.users_last_seen_at("user" app_public.users) returns timestamptz
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select seen_at from app_private.last_seen
    where last_seen.user_id = "user".id and app_private.may_know_presence("user".id);
$$;
comment on function app_public.users_last_seen_at(app_public.users) is
  'When this person was last known to be online. Null when never, and unless you share a room with them and neither of you has blocked the other or hides their presence.';
grant execute on function app_public.users_last_seen_at(app_public.users) to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/presence-and-typing/users_last_seen_at.sql

--! Included functions/presence-and-typing/announce_presence.sql
create or replace function app_private.announce_presence(user_id uuid, before app_public.user_status) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_status app_public.user_status := app_private.status_of(announce_presence.user_id);
begin
  if v_status is distinct from before then
    if v_status = 'offline' or before = 'offline' then
      perform app_private.note_seen(announce_presence.user_id, now());
    end if;
    if not app_private.hides_presence(announce_presence.user_id) then
      perform app_private.ring('p:' || announce_presence.user_id || ':' || v_status);
    end if;
  end if;
end
$$;
comment on function app_private.announce_presence(uuid, app_public.user_status) is
  'Tells listeners when a person''s status is no longer what it was before.';
--! EndIncluded functions/presence-and-typing/announce_presence.sql

--! Included functions/presence-and-typing/update_user_presence.sql
create or replace function app_public.update_user_presence(status app_public.user_status, room_id uuid default null, session_id text default 'default')
returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lifetime constant interval := '90 seconds';
  -- As many as a person may have sockets at a server.
  v_sessions_allowed constant integer := 200;
  v_user_id uuid := app_private.require_user();
  v_before app_public.user_status := app_private.status_of(v_user_id);
  v_key text := coalesce(update_user_presence.session_id, 'default');
  v_user app_public.users;
begin
  perform app_private.limit_rate('presence');
  if update_user_presence.room_id is not null then
    perform app_private.require_member(update_user_presence.room_id, writable => false);
  end if;
  if update_user_presence.status = 'offline' then
    delete from app_private.presence_sessions where user_id = v_user_id and session_key = v_key;
  else
    -- At every node where it is open, or once where no node keeps it.
    update app_private.presence_sessions
      set status = update_user_presence.status, room_id = update_user_presence.room_id, renewed_at = now(),
        expires_at = greatest(expires_at, now() + v_lifetime)
      where user_id = v_user_id and session_key = v_key;
    if not found then
      if v_sessions_allowed <= (
        select count(distinct session_key) from app_private.presence_sessions where user_id = v_user_id
      ) then
        raise exception 'A person has at most % presence sessions.', v_sessions_allowed using errcode = 'TR409';
      end if;
      insert into app_private.presence_sessions (user_id, session_key, status, room_id, expires_at)
        values (v_user_id, v_key, update_user_presence.status, update_user_presence.room_id, now() + v_lifetime)
        on conflict on constraint presence_sessions_pkey do update set
          status = excluded.status, room_id = excluded.room_id, renewed_at = now(), expires_at = excluded.expires_at;
    end if;
  end if;
  perform app_private.announce_presence(v_user_id, v_before);
  select * into v_user from app_public.users where id = v_user_id;
  return v_user;
end
$$;
comment on function app_public.update_user_presence(app_public.user_status, uuid, text) is
  'Sets your status on one device (`sessionId`) and the room that is open there. Expires after 90 seconds unless repeated.';
grant execute on function app_public.update_user_presence(app_public.user_status, uuid, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/presence-and-typing/update_user_presence.sql

--! Included functions/presence-and-typing/renew_presence.sql
/*
 * A socket is a presence session for as long as it is open. A node says so for all of its sockets in one statement every
 * 30 seconds, twice before they would lapse. Rows that are missing are made again: the table is empty after a crash of
 * Postgres, the sockets are still there.
 */
create or replace function app_private.renew_presence(
  user_ids uuid[], session_keys text[], statuses app_public.user_status[], lease interval, node_id text
) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_arrived record;
  v_count integer := 0;
begin
  -- What was said over a socket is kept by the node of that socket from now on.
  update app_private.presence_sessions set node_id = renew_presence.node_id
    from (
      select said.user_id, said.session_key from app_private.presence_sessions as said
        join unnest(renew_presence.user_ids, renew_presence.session_keys) as held (user_id, session_key)
          on held.user_id = said.user_id and held.session_key = said.session_key
        where said.node_id = '' and not exists (
          select from app_private.presence_sessions as own
            where own.user_id = said.user_id and own.session_key = said.session_key
              and own.node_id = renew_presence.node_id)
        for update of said skip locked
    ) as said
    where presence_sessions.user_id = said.user_id and presence_sessions.session_key = said.session_key
      and presence_sessions.node_id = '';
  for v_arrived in
    with held as (
      select user_id, session_key, status
        from unnest(renew_presence.user_ids, renew_presence.session_keys, renew_presence.statuses)
          as held (user_id, session_key, status)
        where status <> 'offline'
    ), renewed as (
      insert into app_private.presence_sessions (user_id, session_key, node_id, status, expires_at)
        select distinct on (user_id, session_key) user_id, session_key, renew_presence.node_id, status, now() + lease from held
          order by user_id, session_key
        on conflict on constraint presence_sessions_pkey do update set
          renewed_at = now(), expires_at = excluded.expires_at
    )
    select distinct user_id from held
      where not exists (
        select from app_private.presence_sessions
          where presence_sessions.user_id = held.user_id and expires_at > now())
  loop
    v_count := v_count + 1;
    perform app_private.announce_presence(v_arrived.user_id, 'offline');
  end loop;
  return v_count;
end
$$;
comment on function app_private.renew_presence(uuid[], text[], app_public.user_status[], interval, text) is
  'Keeps the sessions of a node from lapsing for the time of the lease, and begins those that are not there. Returns how many people came online by it.';
--! EndIncluded functions/presence-and-typing/renew_presence.sql

--! Included functions/presence-and-typing/leave_presence.sql
create or replace function app_private.leave_presence(user_ids uuid[], session_keys text[], node_id text) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  update app_private.presence_sessions set expires_at = least(expires_at, now() + interval '10 seconds')
    from unnest(leave_presence.user_ids, leave_presence.session_keys) as gone (user_id, session_key)
    where presence_sessions.user_id = gone.user_id and presence_sessions.session_key = gone.session_key
      -- What was said over a socket that has closed at once is nobody's yet.
      and presence_sessions.node_id in (leave_presence.node_id, '');
$$;
comment on function app_private.leave_presence(uuid[], text[], text) is
  'Lets sessions whose socket at a node has closed lapse there within 10 seconds: who reloads a page is back by then, and was never offline.';
--! EndIncluded functions/presence-and-typing/leave_presence.sql

--! Included functions/presence-and-typing/sweep_presence.sql
create or replace function app_private.sweep_presence() returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lapsed record;
  v_status app_public.user_status;
  v_ranks constant app_public.user_status[] := array['busy', 'online', 'away', 'offline'];
  v_count integer := 0;
begin
  -- Nobody says anything for so long. The clock was set back: who is there still renews it within 30 seconds.
  update app_private.presence_sessions set renewed_at = now(), expires_at = now() + interval '90 seconds'
    where expires_at > now() + interval '2 minutes';
  for v_lapsed in
    with gone as (
      delete from app_private.presence_sessions where expires_at <= now() returning user_id, status, renewed_at
    )
    select user_id, min(array_position(v_ranks, status)) as rank, max(renewed_at) as renewed_at
      from gone group by user_id
  loop
    v_count := v_count + 1;
    v_status := app_private.status_of(v_lapsed.user_id);
    -- What another session says as well, or better, is no news.
    if v_lapsed.rank < array_position(v_ranks, v_status) then
      if v_status = 'offline' then
        perform app_private.note_seen(v_lapsed.user_id, v_lapsed.renewed_at);
      end if;
      if not app_private.hides_presence(v_lapsed.user_id) then
        perform app_private.ring('p:' || v_lapsed.user_id || ':' || v_status);
      end if;
    end if;
  end loop;
  return v_count;
end
$$;
comment on function app_private.sweep_presence() is
  'Deletes presence sessions that have lapsed and tells listeners. Each node calls it when sockets have gone, the worker every few seconds.';
--! EndIncluded functions/presence-and-typing/sweep_presence.sql

--! Included functions/presence-and-typing/end_typing.sql
create or replace function app_private.end_typing(room_id uuid, user_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from app_private.typing_indicators
    where typing_indicators.room_id = end_typing.room_id and typing_indicators.user_id = end_typing.user_id;
  if found then
    perform app_private.ring('t:' || end_typing.room_id || ':' || end_typing.user_id || ':delete');
  end if;
end
$$;
comment on function app_private.end_typing(uuid, uuid) is 'Someone has stopped typing, or sent: tells listeners if they had been told.';
--! EndIncluded functions/presence-and-typing/end_typing.sql

--! Included functions/presence-and-typing/tg_room_members__end_typing.sql
create or replace function app_private.tg_room_members__end_typing() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.end_typing(old.room_id, old.user_id);
  return null;
end
$$;
comment on function app_private.tg_room_members__end_typing() is 'Whoever is no member any more does not type, whichever way they went.';
--! EndIncluded functions/presence-and-typing/tg_room_members__end_typing.sql

create trigger _600_end_typing after delete on app_public.room_members
  for each row execute function app_private.tg_room_members__end_typing();

--! Included functions/presence-and-typing/set_typing.sql
create or replace function app_public.set_typing(room_id uuid, is_typing boolean) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lifetime constant interval := '6 seconds';
  -- Clients take it that nobody types any more who was not said to within 10 seconds.
  v_told_again_after constant interval := '4 seconds';
  v_user_id uuid := app_private.require_user();
  v_member app_public.room_members;
  v_is_news boolean;
begin
  perform app_private.limit_rate('typing');
  v_member := app_private.require_member(set_typing.room_id);
  if not set_typing.is_typing then
    perform app_private.end_typing(set_typing.room_id, v_user_id);
    return;
  end if;
  perform app_private.check_may_write(
    rooms, v_member,
    case when app_private.may(rooms, v_member, 'reply_in_threads') then 'reply_in_threads' else 'send_messages' end::app_public.permission)
    from app_public.rooms where id = set_typing.room_id;
  -- Who hides it at this moment waits, and then ends what is begun here.
  perform app_private.share_until_commit('privacy', v_user_id::text);
  if app_private.hides_typing(v_user_id) then
    return;
  end if;
  v_is_news := not exists (
    select from app_private.typing_indicators
      where typing_indicators.room_id = set_typing.room_id and user_id = v_user_id and expires_at > now()
        and told_at between now() - v_told_again_after and now());
  insert into app_private.typing_indicators (room_id, user_id, expires_at)
    values (set_typing.room_id, v_user_id, now() + v_lifetime)
    on conflict on constraint typing_indicators_pkey do update set
      expires_at = excluded.expires_at,
      told_at = case when v_is_news then excluded.told_at else typing_indicators.told_at end;
  if v_is_news then
    perform app_private.ring('t:' || set_typing.room_id || ':' || v_user_id || ':insert');
  end if;
end
$$;
comment on function app_public.set_typing(uuid, boolean) is
  'Tells the room that you are typing, if you may send there. It ends after 6 seconds unless repeated, and when you send. Nobody is told while you hide it: see `setPrivacy`.';
grant execute on function app_public.set_typing(uuid, boolean) to trumpet_user, trumpet_key;
--! EndIncluded functions/presence-and-typing/set_typing.sql

--! Included functions/presence-and-typing/sweep_typing.sql
create or replace function app_private.sweep_typing() returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lapsed app_private.typing_indicators;
  v_count integer := 0;
begin
  for v_lapsed in
    delete from app_private.typing_indicators
      -- Nobody types ahead: the clock was set back.
      where expires_at <= now() or expires_at > now() + interval '1 minute'
      returning *
  loop
    v_count := v_count + 1;
    perform app_private.ring('t:' || v_lapsed.room_id || ':' || v_lapsed.user_id || ':delete');
  end loop;
  return v_count;
end
$$;
comment on function app_private.sweep_typing() is
  'Deletes typing indicators that have lapsed and tells listeners. The worker calls it every few seconds.';
--! EndIncluded functions/presence-and-typing/sweep_typing.sql

/* Reading. Definer functions, because API roles see nothing of app_private: each asks first whether the room is visible. */

--! Included functions/presence-and-typing/can_look_into.sql
create or replace function app_hidden.can_look_into(room_id uuid) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select can_look_into.room_id in (select app_hidden.broadcast_room_ids())
    or exists (
      select from app_public.room_members
        where room_members.room_id = can_look_into.room_id and user_id = app_hidden.current_user_id());
$$;
comment on function app_hidden.can_look_into(uuid) is 'Whether the one asking is a member of a room, or the broadcast of it.';
--! EndIncluded functions/presence-and-typing/can_look_into.sql

--! Included functions/presence-and-typing/can_look_into_message.sql
create or replace function app_hidden.can_look_into_message(room_id uuid, message_id uuid) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select can_look_into_message.room_id in (select app_hidden.broadcast_room_ids())
    or exists (
      select from app_public.room_members
        where room_members.room_id = can_look_into_message.room_id and user_id = app_hidden.current_user_id()
          and (
            sees_from_seq is null
            or sees_from_seq <= (select seq from app_public.messages where messages.id = can_look_into_message.message_id)));
$$;
comment on function app_hidden.can_look_into_message(uuid, uuid) is
  'Whether the one asking is a member of a room who may see this message of it, or the broadcast of it.';
grant execute on function app_hidden.can_look_into_message(uuid, uuid) to trumpet_user, trumpet_broadcast;
--! EndIncluded functions/presence-and-typing/can_look_into_message.sql

--! Included functions/messages/messages_mentions.sql
create or replace function app_public.messages_mentions(message app_public.messages) returns setof app_public.users
language sql stable security definer rows 2
set search_path = pg_catalog, pg_temp
as $$
  select users.* from app_private.message_mentions
    join app_public.users on users.id = message_mentions.user_id
    where message_mentions.message_id = message.id and message_mentions.is_named
      and app_hidden.can_look_into_message(message_mentions.room_id, message_mentions.message_id)
    order by users.username;
$$;
comment on function app_public.messages_mentions(app_public.messages) is
  'The members whom it mentions by their names (`@ada`), by username. Those mentioned with others: `groupMentions`.';
grant execute on function app_public.messages_mentions(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/messages/messages_mentions.sql

--! Included functions/presence-and-typing/rooms_online_users.sql
create or replace function app_public.rooms_online_users(room app_public.rooms) returns setof app_public.users
language sql stable security definer rows 10
set search_path = pg_catalog, pg_temp
as $$
  select users.* from app_public.users
    where app_hidden.can_look_into(room.id)
      and not app_private.is_hidden_from(users.id, app_hidden.current_user_id())
      and (
        users.id = app_hidden.current_user_id()
        or not app_private.hides_presence(users.id) and not app_private.hides_presence(app_hidden.current_user_id()))
      and users.id in (
        select presence_sessions.user_id from app_private.presence_sessions
          join app_public.room_members
            on room_members.user_id = presence_sessions.user_id and room_members.room_id = room.id
          where presence_sessions.expires_at > now())
    order by lower(users.username::text) collate "C";
$$;
comment on function app_public.rooms_online_users(app_public.rooms) is 'The members who are online now, by username, but for those who have blocked you or whom you have blocked, and those who hide it; of others nobody while you hide it. For members.';
grant execute on function app_public.rooms_online_users(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/presence-and-typing/rooms_online_users.sql

--! Included functions/presence-and-typing/rooms_online_count.sql
create or replace function app_public.rooms_online_count(room app_public.rooms) returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select count(distinct presence_sessions.user_id)::integer from app_private.presence_sessions
    join app_public.room_members
      on room_members.user_id = presence_sessions.user_id and room_members.room_id = room.id
    where presence_sessions.expires_at > now() and app_hidden.can_see_room(room.id)
      and not app_private.hides_presence(presence_sessions.user_id)
      and not app_private.hides_presence(app_hidden.current_user_id())
      -- Among two, a number would tell the one about the other.
      and not exists (
        select from app_public.rooms
          join app_public.room_members as other on other.room_id = rooms.id
          where rooms.id = room.id and rooms.type = 'direct'
            and app_private.is_hidden_from(presence_sessions.user_id, other.user_id));
$$;
comment on function app_public.rooms_online_count(app_public.rooms) is 'How many members are online now, but for those who hide it. 0 while you hide it.';
grant execute on function app_public.rooms_online_count(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/presence-and-typing/rooms_online_count.sql

--! Included functions/presence-and-typing/rooms_typing_users.sql
create or replace function app_public.rooms_typing_users(room app_public.rooms) returns setof app_public.users
language sql stable security definer rows 3
set search_path = pg_catalog, pg_temp
as $$
  select users.* from app_private.typing_indicators
    join app_public.users on users.id = typing_indicators.user_id
    where typing_indicators.room_id = room.id
      and typing_indicators.expires_at > now()
      and app_hidden.can_look_into(room.id)
      and not app_private.hides_typing(users.id)
      and not app_private.hides_typing(app_hidden.current_user_id())
    order by lower(users.username::text) collate "C";
$$;
comment on function app_public.rooms_typing_users(app_public.rooms) is 'The members who are typing now, but for those who hide it; nobody while you hide it. For members.';
grant execute on function app_public.rooms_typing_users(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/presence-and-typing/rooms_typing_users.sql

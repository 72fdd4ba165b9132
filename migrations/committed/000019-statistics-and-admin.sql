--! Previous: sha1:a7fd9acaab6897e8dd68e7ca9f1cd973420d7718
--! Hash: sha1:410ef864ae3692e8fb4f0d3c74978facb71f5178

/*
 * Statistics, from daily roll-ups.
 *
 * Every few minutes the worker counts what was written since it last did, and adds that to a row a room and day. What
 * came after is counted when someone asks, by number, so that the answer is exact at every moment and never a scan of
 * the room. Deleting takes nothing back: it is what was written that is counted.
 *
 * Days are UTC's. "The last 7 days" are today and the six before.
 */
create table app_private.room_rollups (
  room_id uuid primary key references app_public.rooms on delete cascade,
  last_message_seq bigint not null,
  rolled_up_at timestamptz not null default now()
);
comment on table app_private.room_rollups is 'Up to which message the statistics of a room are counted.';
alter table app_private.room_rollups enable row level security;

create table app_private.room_days (
  room_id uuid not null references app_public.rooms on delete cascade,
  day date not null,
  message_count integer not null,
  primary key (room_id, day)
);
comment on table app_private.room_days is 'How much was written in a room on a day. No row: nothing.';
alter table app_private.room_days enable row level security;
/* app_admin.engagement */
create index room_days_day on app_private.room_days (day);

create table app_private.room_writers (
  room_id uuid not null references app_public.rooms on delete cascade,
  user_id uuid not null references app_public.users on delete cascade,
  last_day date not null,
  primary key (room_id, user_id)
) with (fillfactor = 80);
comment on table app_private.room_writers is 'On which day a person last wrote in a room.';
alter table app_private.room_writers enable row level security;
/* analytics: who wrote since. */
create index room_writers_last_day on app_private.room_writers (room_id, last_day);
create index room_writers_user_id on app_private.room_writers (user_id);

create table app_private.user_days (
  day date not null,
  user_id uuid not null references app_public.users on delete cascade,
  message_count integer not null,
  primary key (day, user_id)
);
comment on table app_private.user_days is 'Who wrote on a day, and how much. Kept for 90 days.';
alter table app_private.user_days enable row level security;
create index user_days_user_id on app_private.user_days (user_id);

create function app_private.utc_day(moment timestamptz) returns date
language sql immutable security invoker parallel safe
set search_path = pg_catalog
as $$
  select (moment at time zone 'UTC')::date;
$$;
comment on function app_private.utc_day(timestamptz) is 'The day of a moment, in UTC.';

create function app_private.roll_up_room(room_id uuid, message_limit integer) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
declare
  v_from bigint;
  v_to bigint;
  v_count integer;
begin
  insert into app_private.room_rollups (room_id, last_message_seq) values (roll_up_room.room_id, 0)
    on conflict on constraint room_rollups_pkey do nothing;
  -- Locked until commit: two workers must not count the same messages.
  select room_rollups.last_message_seq into v_from from app_private.room_rollups
    where room_rollups.room_id = roll_up_room.room_id for no key update;
  select least(room_heads.last_message_seq, v_from + message_limit) into v_to from app_private.room_heads
    where room_heads.room_id = roll_up_room.room_id;

  with counted as (
    select messages.author_id, app_private.utc_day(messages.created_at) as day, count(*)::integer as message_count
      from app_public.messages
      where messages.room_id = roll_up_room.room_id and messages.seq > v_from and messages.seq <= v_to
      group by 1, 2
  ), days as (
    insert into app_private.room_days (room_id, day, message_count)
      select roll_up_room.room_id, counted.day, sum(counted.message_count) from counted group by counted.day
      on conflict on constraint room_days_pkey do update set message_count = room_days.message_count + excluded.message_count
  ), writers as (
    insert into app_private.room_writers (room_id, user_id, last_day)
      select roll_up_room.room_id, counted.author_id, max(counted.day) from counted
        join app_public.users on users.id = counted.author_id
        group by counted.author_id
        order by counted.author_id
      on conflict on constraint room_writers_pkey do update set last_day = greatest(room_writers.last_day, excluded.last_day)
  ), active as (
    insert into app_private.user_days (day, user_id, message_count)
      select counted.day, counted.author_id, counted.message_count from counted
        join app_public.users on users.id = counted.author_id
        where counted.day > app_private.utc_day(now()) - 90
        order by counted.day, counted.author_id
      on conflict on constraint user_days_pkey do update set message_count = user_days.message_count + excluded.message_count
  )
  select coalesce(sum(message_count), 0) into v_count from counted;
  update app_private.room_rollups set last_message_seq = v_to, rolled_up_at = now()
    where room_rollups.room_id = roll_up_room.room_id;
  return v_to - v_from;
end
$$;
comment on function app_private.roll_up_room(uuid, integer) is
  'Counts what was written in a room since the last time, at most so many messages; returns how many numbers it went on.';

create function app_private.rooms_to_roll_up(room_limit integer) returns setof uuid
language sql stable security invoker
set search_path = pg_catalog
as $$
  select room_heads.room_id from app_private.room_heads
    left join app_private.room_rollups on room_rollups.room_id = room_heads.room_id
    where room_heads.last_message_seq > coalesce(room_rollups.last_message_seq, 0)
    limit room_limit;
$$;
comment on function app_private.rooms_to_roll_up(integer) is 'Rooms in which something was written since they were last counted.';

create type app_public.room_engagement as (
  total_messages integer,
  messages_last_7_days integer,
  messages_last_30_days integer,
  total_members integer,
  active_users_7_days integer,
  active_users_30_days integer,
  average_daily_messages double precision,
  peak_daily_messages integer
);
comment on type app_public.room_engagement is
  'How lively a room is. Days are UTC''s; the last 7 days are today and the six before. Deleted messages count: they were written.';
comment on column app_public.room_engagement.total_messages is 'How many messages were ever written.';
comment on column app_public.room_engagement.messages_last_7_days is 'How many were written in the last 7 days.';
comment on column app_public.room_engagement.messages_last_30_days is 'How many were written in the last 30 days.';
comment on column app_public.room_engagement.total_members is 'How many members there are.';
comment on column app_public.room_engagement.active_users_7_days is 'How many people wrote in the last 7 days.';
comment on column app_public.room_engagement.active_users_30_days is 'How many people wrote in the last 30 days.';
comment on column app_public.room_engagement.average_daily_messages is
  'How many were written a day, over the last 30 days, or since the room was made when that is less.';
comment on column app_public.room_engagement.peak_daily_messages is 'How many were written on the busiest day ever.';

create function app_public.rooms_analytics(room app_public.rooms) returns app_public.room_engagement
language sql stable security definer
set search_path = pg_catalog
as $$
  with head as (
    select room_heads.last_message_seq, room_heads.member_count,
        coalesce(room_rollups.last_message_seq, 0) as rolled_up_seq, app_private.utc_day(now()) as today
      from app_private.room_heads
      left join app_private.room_rollups on room_rollups.room_id = room_heads.room_id
      where room_heads.room_id = room.id and app_hidden.can_look_into(room.id)
  ), recent as materialized (
    select messages.author_id, app_private.utc_day(messages.created_at) as day
      from head, app_public.messages
      where messages.room_id = room.id
        and messages.seq > head.rolled_up_seq and messages.seq <= head.last_message_seq
  ), days as (
    select day, sum(message_count) as message_count
      from (
        select day, message_count from app_private.room_days where room_days.room_id = room.id
        union all
        select day, count(*) from recent group by day
      ) as counted
      group by day
  ), writers as (
    select user_id, max(last_day) as last_day
      from (
        select user_id, last_day from head, app_private.room_writers
          where room_writers.room_id = room.id and last_day > head.today - 30
        union all
        select author_id, day from recent
      ) as writing
      group by user_id
  ), counted as (
    select
      coalesce(sum(message_count) filter (where day > today - 7), 0)::integer as last_7_days,
      coalesce(sum(message_count) filter (where day > today - 30), 0)::integer as last_30_days,
      coalesce(max(message_count), 0)::integer as peak
      from head left join days on true
  ), active as (
    select
      count(user_id) filter (where last_day > today - 7)::integer as last_7_days,
      count(user_id) filter (where last_day > today - 30)::integer as last_30_days
      from head left join writers on true
  )
  select
    head.last_message_seq::integer, counted.last_7_days, counted.last_30_days, head.member_count,
    active.last_7_days, active.last_30_days,
    round(counted.last_30_days::numeric / least(30, head.today - app_private.utc_day(room.created_at) + 1), 2)::double precision,
    counted.peak
    from head, counted, active;
$$;
comment on function app_public.rooms_analytics(app_public.rooms) is
  'How lively the room is, exact at the moment. For members; null for others.';
grant execute on function app_public.rooms_analytics(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;

create function app_private.expire_user_days() returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
declare
  v_count integer;
begin
  delete from app_private.user_days where day <= app_private.utc_day(now()) - 90;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function app_private.expire_user_days() is 'Forgets who wrote on which day after 90 days. The worker calls it.';

/*
 * How long delivery takes: each server adds what it has counted every minute.
 */
create table app_private.delivery_delays (
  hour timestamptz not null,
  up_to_ms integer not null,
  event_count bigint not null,
  primary key (hour, up_to_ms)
);
comment on table app_private.delivery_delays is
  'How many events were delivered in an hour, by how long that took. An event counts once for each document that listens. Kept for 90 days.';
alter table app_private.delivery_delays enable row level security;

create function app_private.add_delivery_delays(up_to_ms integer[], event_counts integer[]) returns void
language sql volatile security invoker
set search_path = pg_catalog
as $$
  insert into app_private.delivery_delays (hour, up_to_ms, event_count)
    select date_trunc('hour', now()), counted.up_to_ms, counted.event_count
      from unnest(add_delivery_delays.up_to_ms, add_delivery_delays.event_counts) as counted (up_to_ms, event_count)
      order by counted.up_to_ms
    on conflict on constraint delivery_delays_pkey
      do update set event_count = delivery_delays.event_count + excluded.event_count;
$$;
comment on function app_private.add_delivery_delays(integer[], integer[]) is
  'Adds what a server has counted: so many events took up to so many milliseconds.';

create function app_private.expire_delivery_delays() returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
declare
  v_count integer;
begin
  delete from app_private.delivery_delays where hour < now() - interval '90 days';
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function app_private.expire_delivery_delays() is 'Forgets how long delivery took after 90 days. The worker calls it.';

/*
 * For the administrator at psql: schema app_admin, for members of the role trumpet_admin and nobody else. Nothing here
 * is in GraphQL. docs/operations.md shows each view and function with its output.
 *
 * People and rooms are named as is easiest to type: a username or an id, a slug or an id. Every function notes in
 * app_admin.actions who called it, on what, and why.
 */
create schema app_admin;
comment on schema app_admin is 'Views and functions for the administrator at psql. Not in GraphQL.';
grant usage on schema app_admin to trumpet_admin;

create table app_private.admin_actions (
  id uuid primary key default uuidv7(),
  happened_at timestamptz not null default now(),
  administrator text not null default session_user,
  action text not null,
  subject text not null,
  reason text
);
comment on table app_private.admin_actions is 'What administrators did. Nothing here is ever changed.';
alter table app_private.admin_actions enable row level security;

create function app_private.tg_admin_actions__refuse() returns trigger
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
begin
  raise exception '%.% is only ever added to', tg_table_schema, tg_table_name using errcode = 'TR403';
end
$$;
comment on function app_private.tg_admin_actions__refuse() is 'Refuses whatever it is the trigger of.';
create trigger _100_append_only before update or delete or truncate on app_private.admin_actions
  for each statement execute function app_private.tg_admin_actions__refuse();

create function app_private.note_admin_action(action text, subject text, reason text default null) returns void
language sql volatile security invoker
set search_path = pg_catalog
as $$
  insert into app_private.admin_actions (action, subject, reason) values (action, subject, reason);
$$;
comment on function app_private.note_admin_action(text, text, text) is 'Notes what an administrator does.';

create function app_private.find_user(username_or_id text) returns app_public.users
language plpgsql stable security invoker
set search_path = pg_catalog, public
as $$
declare
  v_user app_public.users;
begin
  select users.* into v_user from app_public.users
    where users.username = username_or_id::public.citext or users.id::text = lower(username_or_id);
  if v_user.id is null then
    raise exception 'No such person: %', username_or_id using errcode = 'TR404';
  end if;
  return v_user;
end
$$;
comment on function app_private.find_user(text) is 'A person by username or id.';

create function app_private.find_room(slug_or_id text) returns app_public.rooms
language plpgsql stable security invoker
set search_path = pg_catalog, public
as $$
declare
  v_rooms app_public.rooms[] := array(
    select rooms from app_public.rooms
      where rooms.slug = slug_or_id::public.citext or rooms.id::text = lower(slug_or_id));
begin
  if cardinality(v_rooms) = 0 then
    raise exception 'No such room: %', slug_or_id using errcode = 'TR404';
  end if;
  if cardinality(v_rooms) > 1 then
    raise exception 'Several rooms are called %: give the id', slug_or_id using errcode = 'TR409';
  end if;
  return v_rooms[1];
end
$$;
comment on function app_private.find_room(text) is 'A room by slug or id.';

/* People */

create table app_private.suspensions (
  user_id uuid primary key references app_public.users on delete cascade,
  reason text not null,
  suspended_until timestamptz,
  suspended_at timestamptz not null default now(),
  suspended_by text not null default session_user
);
comment on table app_private.suspensions is 'Who may not sign in, and until when; null: until it is taken back.';
alter table app_private.suspensions enable row level security;

create function app_private.tg_sessions__refuse_suspended() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_suspension app_private.suspensions;
begin
  select * into v_suspension from app_private.suspensions
    where suspensions.user_id = new.user_id and (suspended_until is null or suspended_until > now());
  if v_suspension.user_id is not null then
    raise exception 'This account is suspended%',
      coalesce(to_char(v_suspension.suspended_until at time zone 'UTC', '" until "YYYY-MM-DD"T"HH24:MI:SS"Z"'), '')
      using errcode = 'TR403';
  end if;
  return new;
end
$$;
comment on function app_private.tg_sessions__refuse_suspended() is 'Nobody who is suspended gets a session, whichever way they ask.';
create trigger _100_refuse_suspended before insert on app_private.sessions
  for each row execute function app_private.tg_sessions__refuse_suspended();

create function app_private.end_sessions_of(user_id uuid, reason text) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
declare
  v_session_ids uuid[] := array(
    select id from app_private.sessions
      where sessions.user_id = end_sessions_of.user_id and ended_at is null and expires_at > now());
begin
  perform app_private.end_sessions(v_session_ids, end_sessions_of.reason);
  return cardinality(v_session_ids);
end
$$;
comment on function app_private.end_sessions_of(uuid, text) is 'Ends every session of a person at once, and says how many.';

create function app_admin.suspend_user(who text, reason text, duration interval default null) returns text
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_user app_public.users := app_private.find_user(who);
  v_count integer;
begin
  insert into app_private.suspensions (user_id, reason, suspended_until)
    values (v_user.id, suspend_user.reason, now() + duration)
    on conflict (user_id) do update set
      reason = excluded.reason, suspended_until = excluded.suspended_until, suspended_at = now(), suspended_by = session_user;
  v_count := app_private.end_sessions_of(v_user.id, 'suspended');
  perform app_private.note_admin_action('suspend_user', v_user.username::text, suspend_user.reason);
  return format('%s is suspended %s; %s sessions ended', v_user.username,
    coalesce('until ' || to_char(now() + duration, 'YYYY-MM-DD HH24:MI TZ'), 'for good'), v_count);
end
$$;
comment on function app_admin.suspend_user(text, text, interval) is
  'Ends a person''s sessions and refuses their sign-in (FORBIDDEN), for a time or until unsuspend_user.';

create function app_admin.unsuspend_user(who text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_user app_public.users := app_private.find_user(who);
begin
  delete from app_private.suspensions where user_id = v_user.id;
  if not found then
    return format('%s was not suspended', v_user.username);
  end if;
  perform app_private.note_admin_action('unsuspend_user', v_user.username::text);
  return format('%s may sign in again', v_user.username);
end
$$;
comment on function app_admin.unsuspend_user(text) is 'Lets a person sign in again.';

create function app_admin.sign_everyone_out(reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_session_ids uuid[] := array(select id from app_private.sessions where ended_at is null and expires_at > now());
begin
  perform app_private.end_sessions(v_session_ids, 'everyone signed out');
  perform app_private.note_admin_action('sign_everyone_out', 'everyone', sign_everyone_out.reason);
  return format('%s sessions ended', cardinality(v_session_ids));
end
$$;
comment on function app_admin.sign_everyone_out(text) is 'Ends every session of everyone: all tokens stop working, all sockets are closed.';

create function app_admin.export_user(who text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_user app_public.users := app_private.find_user(who);
  v_export app_public.data_exports := app_private.request_data_export(v_user.id);
begin
  perform app_private.note_admin_action('export_user', v_user.username::text);
  return (
    select format('/exports/%s/%s', data_export_files.export_id, data_export_files.download_token)
      from app_private.data_export_files where data_export_files.export_id = v_export.id);
end
$$;
comment on function app_admin.export_user(text) is
  'Has a person''s data exported, and returns the path where it can be fetched in a moment, for a week. Whoever has the path has the data.';

create function app_admin.erase_user(who text, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_user app_public.users := app_private.find_user(who);
begin
  if v_user.id = app_private.ghost_id() then
    raise exception 'This is the account for what deleted accounts leave' using errcode = 'TR400';
  end if;
  perform app_private.begin_erasure(v_user.id);
  -- By id: the name is gone from now on.
  perform app_private.note_admin_action('erase_user', v_user.id::text, erase_user.reason);
  return format('%s is gone; see app_admin.erasures for %s', v_user.username, v_user.id);
end
$$;
comment on function app_admin.erase_user(text, text) is
  'Deletes an account as delete_my_account does: at once for all to see, in full when the worker is through.';

create function app_admin.traces_of_user(user_id uuid) returns table (found_in text, row_count bigint)
language plpgsql stable security definer
set search_path = pg_catalog
as $$
declare
  v_column record;
begin
  for v_column in
    select format('%I.%I', nspname, relname) as table_name, attname
      from pg_attribute
      join pg_class on pg_class.oid = attrelid
      join pg_namespace on pg_namespace.oid = relnamespace
      where nspname in ('app_public', 'app_private', 'app_archive')
        and relkind in ('r', 'p') and not relispartition
        and atttypid = 'uuid'::regtype and attnum > 0 and not attisdropped
      order by 1, attnum
  loop
    execute format('select count(*) from %s where %I = $1', v_column.table_name, v_column.attname)
      into row_count using traces_of_user.user_id;
    if row_count > 0 then
      found_in := v_column.table_name || '.' || v_column.attname;
      return next;
    end if;
  end loop;
end
$$;
comment on function app_admin.traces_of_user(uuid) is
  'Counts every row of every table that names this id: the proof of an erasure. It reads everything.';

/* Rooms */

create table app_private.closed_rooms (
  room_id uuid primary key references app_public.rooms on delete cascade,
  reason text not null,
  closed_at timestamptz not null default now(),
  closed_by text not null default session_user
);
comment on table app_private.closed_rooms is 'Rooms that an administrator has closed: their owners cannot open them again.';
alter table app_private.closed_rooms enable row level security;

create function app_private.tg_rooms__stay_closed() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
begin
  if exists (select from app_private.closed_rooms where closed_rooms.room_id = new.id) then
    raise exception 'An administrator has closed this room' using errcode = 'TR403';
  end if;
  return new;
end
$$;
comment on function app_private.tg_rooms__stay_closed() is 'A closed room stays archived.';
create trigger _100_stay_closed before update on app_public.rooms
  for each row when (old.is_archived and not new.is_archived)
  execute function app_private.tg_rooms__stay_closed();

create function app_admin.close_room(room text, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_room app_public.rooms := app_private.find_room(room);
begin
  perform app_private.lock_room(v_room.id);
  insert into app_private.closed_rooms (room_id, reason) values (v_room.id, close_room.reason)
    on conflict (room_id) do update set reason = excluded.reason;
  update app_public.rooms set is_archived = true, updated_at = now() where id = v_room.id and not is_archived;
  perform app_private.note_admin_action('close_room', coalesce(v_room.slug::text, v_room.id::text), close_room.reason);
  return format('%s is closed', coalesce(v_room.slug::text, v_room.id::text));
end
$$;
comment on function app_admin.close_room(text, text) is
  'Closes a room: it can be read, nothing in it changes any more, and its owner cannot open it again.';

create function app_admin.reopen_room(room text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_room app_public.rooms := app_private.find_room(room);
begin
  perform app_private.lock_room(v_room.id);
  delete from app_private.closed_rooms where room_id = v_room.id;
  update app_public.rooms set is_archived = false, updated_at = now() where id = v_room.id and is_archived;
  perform app_private.note_admin_action('reopen_room', coalesce(v_room.slug::text, v_room.id::text));
  return format('%s is open', coalesce(v_room.slug::text, v_room.id::text));
end
$$;
comment on function app_admin.reopen_room(text) is 'Opens a closed or archived room again.';

create function app_admin.ban_user(who text, room text, reason text, duration interval default null) returns text
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_user app_public.users := app_private.find_user(who);
  v_room app_public.rooms := app_private.find_room(room);
begin
  perform app_private.lock_room(v_room.id);
  insert into app_public.room_bans (room_id, user_id, reason, expires_at)
    values (v_room.id, v_user.id, ban_user.reason, now() + duration)
    on conflict on constraint room_bans_pkey do update set
      banned_by = null, reason = excluded.reason, expires_at = excluded.expires_at, created_at = now();
  delete from app_public.room_invitations where room_id = v_room.id and created_by = v_user.id;
  perform app_private.take_out(v_room.id, v_user.id);
  perform app_private.log_moderation(
    v_room.id, 'member_banned', v_user.id, reason => ban_user.reason, expires_at => now() + duration);
  perform app_private.note_admin_action('ban_user', format('%s in %s', v_user.username, v_room.slug), ban_user.reason);
  return format('%s is banned from %s %s', v_user.username, coalesce(v_room.slug::text, v_room.id::text),
    coalesce('until ' || to_char(now() + duration, 'YYYY-MM-DD HH24:MI TZ'), 'for good'));
end
$$;
comment on function app_admin.ban_user(text, text, text, interval) is
  'Bans a person from a room, whatever their role, for a time or for good. A room that loses its owner goes to the member next in role.';

/* Keeping */

create function app_admin.configure_lifecycle(
  retention_days integer default null, change_log_days integer default null, archive_after_months integer default null
) returns table (setting text, value integer)
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
begin
  update app_private.lifecycle_settings set
    retention_days = coalesce(configure_lifecycle.retention_days, lifecycle_settings.retention_days),
    change_log_days = coalesce(configure_lifecycle.change_log_days, lifecycle_settings.change_log_days),
    archive_after_months = coalesce(configure_lifecycle.archive_after_months, lifecycle_settings.archive_after_months);
  if num_nonnulls(configure_lifecycle.retention_days, configure_lifecycle.change_log_days, configure_lifecycle.archive_after_months) > 0 then
    perform app_private.note_admin_action('configure_lifecycle', (
      select to_jsonb(lifecycle_settings) - 'only_row' from app_private.lifecycle_settings)::text);
  end if;
  return query
    select key, each.value::integer from app_private.lifecycle_settings
      cross join lateral jsonb_each_text(to_jsonb(lifecycle_settings) - 'only_row') as each (key, value);
end
$$;
comment on function app_admin.configure_lifecycle(integer, integer, integer) is
  'Says how long things are kept where rooms do not say otherwise; 0 days or months: for ever. Without arguments it shows how it is.';

create function app_admin.hold_room(room text, reason text) returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_room app_public.rooms := app_private.find_room(room);
  v_id uuid;
begin
  perform app_private.lock_room(v_room.id);
  insert into app_private.legal_holds (room_id, reason) values (v_room.id, hold_room.reason) returning id into v_id;
  perform app_private.note_admin_action('hold_room', v_room.id::text, hold_room.reason);
  return v_id;
end
$$;
comment on function app_admin.hold_room(text, text) is
  'Puts a room on legal hold: neither retention nor the deletion of an account takes anything from it. Returns the hold''s id.';

create function app_admin.hold_user(who text, reason text) returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_user app_public.users := app_private.find_user(who);
  v_id uuid;
begin
  insert into app_private.legal_holds (user_id, reason) values (v_user.id, hold_user.reason) returning id into v_id;
  perform app_private.note_admin_action('hold_user', v_user.id::text, hold_user.reason);
  return v_id;
end
$$;
comment on function app_admin.hold_user(text, text) is
  'Puts what a person wrote on legal hold, in every room. Returns the hold''s id.';

create function app_admin.release_hold(hold_id uuid) returns text
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_erasures integer;
begin
  update app_private.legal_holds set released_at = now() where id = hold_id and released_at is null;
  if not found then
    raise exception 'No such hold' using errcode = 'TR404';
  end if;
  perform app_private.continue_erasure(user_id) from app_private.erasures where finished_at is null;
  get diagnostics v_erasures = row_count;
  perform app_private.note_admin_action('release_hold', hold_id::text);
  return format('Released; %s deletions of accounts go on', v_erasures);
end
$$;
comment on function app_admin.release_hold(uuid) is 'Ends a hold: what is past its time goes with the next run, deleted accounts at once.';

create function app_private.ask_for_month(task text, month date) returns text
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
declare
  v_month date := date_trunc('month', ask_for_month.month);
begin
  perform graphile_worker.add_job(
    task, json_build_object('month', v_month), job_key => task || ':' || v_month);
  perform app_private.note_admin_action(task, to_char(v_month, 'YYYY-MM'));
  return format('%s of %s is under way; see app_admin.months', task, to_char(v_month, 'YYYY-MM'));
end
$$;
comment on function app_private.ask_for_month(text, date) is 'Has the worker do something with a month of messages.';

create function app_admin.archive_month(month date) returns text
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
begin
  if archive_month.month >= date_trunc('month', now() at time zone 'UTC') - interval '1 month' then
    raise exception 'This month and the last one stay' using errcode = 'TR400';
  end if;
  return app_private.ask_for_month('archive_months', archive_month.month);
end
$$;
comment on function app_admin.archive_month(date) is 'Takes a month of messages to the archive. Sends go on meanwhile.';

create function app_admin.restore_month(month date) returns text
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
begin
  if to_regclass(format('app_archive.%I', app_private.month_table(date_trunc('month', restore_month.month)::date))) is null then
    raise exception 'The archive has no such month; one in a file is read by scripts/archive.ts' using errcode = 'TR404';
  end if;
  return app_private.ask_for_month('restore_month', restore_month.month);
end
$$;
comment on function app_admin.restore_month(date) is 'Brings a month of the archive back. Sends go on meanwhile.';

/* Looking */

create view app_admin.rooms as
  select
    rooms.id, rooms.slug, rooms.name, rooms.type, room_heads.member_count as members, owners.username as owner,
    room_heads.last_message_seq as messages, room_heads.last_message_at, rooms.retention_days,
    rooms.is_archived, closed_rooms.room_id is not null as is_closed,
    exists (select from app_private.legal_holds where legal_holds.room_id = rooms.id and released_at is null) as is_held,
    rooms.created_at
  from app_public.rooms
  join app_private.room_heads on room_heads.room_id = rooms.id
  left join app_private.closed_rooms on closed_rooms.room_id = rooms.id
  left join app_public.room_members on room_members.room_id = rooms.id and room_members.role = 'owner'
  left join app_public.users as owners on owners.id = room_members.user_id;
comment on view app_admin.rooms is 'Every room: how large, how lively, whose, and what holds for it.';

create view app_admin.users as
  select
    users.id, users.username, users.display_name, user_secrets.email, app_public.users_status(users) as status,
    users.last_seen_at,
    (select count(*) from app_public.room_members where room_members.user_id = users.id) as rooms,
    (select count(*) from app_private.sessions
      where sessions.user_id = users.id and ended_at is null and expires_at > now()) as sessions,
    user_secrets.failed_sign_ins, suspensions.reason as suspended_for, suspensions.suspended_until,
    exists (select from app_private.legal_holds where legal_holds.user_id = users.id and released_at is null) as is_held,
    users.created_at
  from app_public.users
  left join app_private.user_secrets on user_secrets.user_id = users.id
  left join app_private.suspensions on suspensions.user_id = users.id
    and (suspended_until is null or suspended_until > now())
  where users.deleted_at is null;
comment on view app_admin.users is 'Every person: where they are, how many sessions they have, whether they are suspended.';

create view app_admin.activity as
  select
    days.day,
    (select coalesce(sum(message_count), 0) from app_private.room_days where room_days.day = days.day) as messages,
    (select count(*) from app_private.user_days where user_days.day = days.day) as writers,
    (select count(distinct room_id) from app_private.room_days where room_days.day = days.day) as active_rooms,
    (select count(*) from app_public.users where app_private.utc_day(users.created_at) = days.day) as new_users,
    (select count(*) from app_public.rooms where app_private.utc_day(rooms.created_at) = days.day) as new_rooms
  from (
    select app_private.utc_day(now()) - back as day from generate_series(0, 29) as back
  ) as days
  order by days.day desc;
comment on view app_admin.activity is 'The last 30 days, from the roll-ups: today lacks the last minutes.';

create view app_admin.engagement as
  select
    (select count(*) from app_public.users where deleted_at is null) as users,
    (select count(distinct user_id) from app_private.presence_sessions where expires_at > now()) as online_now,
    (select count(distinct user_id) from app_private.user_days where day > app_private.utc_day(now()) - 1) as writers_today,
    (select count(distinct user_id) from app_private.user_days where day > app_private.utc_day(now()) - 7) as writers_7_days,
    (select count(distinct user_id) from app_private.user_days where day > app_private.utc_day(now()) - 30) as writers_30_days,
    (select coalesce(sum(message_count), 0) from app_private.room_days where day = app_private.utc_day(now())) as messages_today,
    (select round(coalesce(sum(message_count), 0) / 30.0, 1) from app_private.room_days
      where day > app_private.utc_day(now()) - 30) as messages_a_day;
comment on view app_admin.engagement is 'How many people there are, and how many of them write.';

create view app_admin.delivery as
  select
    spread.day,
    spread.events,
    min(spread.up_to_ms) filter (where spread.so_far >= spread.events * 0.5) as p50_ms,
    min(spread.up_to_ms) filter (where spread.so_far >= spread.events * 0.95) as p95_ms,
    min(spread.up_to_ms) filter (where spread.so_far >= spread.events * 0.99) as p99_ms,
    max(spread.up_to_ms) as slowest_ms
  from (
    select
      days.day, days.up_to_ms,
      sum(days.events) over (partition by days.day) as events,
      sum(days.events) over (partition by days.day order by days.up_to_ms) as so_far
    from (
      select app_private.utc_day(hour) as day, up_to_ms, sum(event_count) as events
        from app_private.delivery_delays group by 1, 2
    ) as days
  ) as spread
  group by spread.day, spread.events
  order by spread.day desc;
comment on view app_admin.delivery is
  'How long live events took from the change to the sockets, in milliseconds, rounded up to 5, 10, 25, 50, 100, …: the median, the 95th and 99th percentile, and the slowest, of the last 90 days.';

create view app_admin.sessions as
  select
    sessions.id, users.username, sessions.created_at, sessions.refreshed_at, sessions.expires_at,
    sessions.ended_at, sessions.end_reason
  from app_private.sessions
  join app_public.users on users.id = sessions.user_id
  order by sessions.created_at desc;
comment on view app_admin.sessions is 'The sign-ins that are alive, and those that ended within a day, the newest first.';

create view app_admin.reports as
  select
    message_reports.id, message_reports.status, coalesce(rooms.slug::text, rooms.id::text) as room,
    authors.username as author, messages.content, message_reports.reason, reporters.username as reporter,
    message_reports.created_at, message_reports.resolved_at, resolvers.username as resolver, message_reports.resolution_note
  from app_public.message_reports
  join app_public.rooms on rooms.id = message_reports.room_id
  left join app_public.messages on messages.id = message_reports.message_id
  left join app_public.users as authors on authors.id = messages.author_id
  left join app_public.users as reporters on reporters.id = message_reports.reporter_id
  left join app_public.users as resolvers on resolvers.id = message_reports.resolved_by
  order by message_reports.status, message_reports.created_at desc;
comment on view app_admin.reports is 'The messages that were reported, in every room: the open ones first, the newest first.';

create view app_admin.storage as
  select
    format('%I.%I', nspname, relname) as table,
    coalesce(parent.parent::text, '') as part_of,
    greatest(reltuples, 0)::bigint as estimated_rows,
    pg_size_pretty(pg_relation_size(pg_class.oid)) as data,
    pg_size_pretty(pg_indexes_size(pg_class.oid)) as indexes,
    pg_size_pretty(pg_total_relation_size(pg_class.oid)) as total,
    pg_total_relation_size(pg_class.oid) as total_bytes
  from pg_class
  join pg_namespace on pg_namespace.oid = relnamespace
  left join app_private.month_partitions as parent on parent.partition = pg_class.oid
  where nspname in ('app_public', 'app_private', 'app_archive', 'graphile_worker') and relkind = 'r'
  order by pg_total_relation_size(pg_class.oid) desc;
comment on view app_admin.storage is 'How large every table is, months one by one, the largest first.';

create view app_admin.jobs as
  select
    id, task_identifier as task, queue_name as queue, run_at, attempts, max_attempts,
    case
      when locked_at is not null then 'running since ' || to_char(locked_at, 'YYYY-MM-DD HH24:MI:SS')
      when attempts >= max_attempts then 'given up'
      when attempts > 0 then 'tried, waiting'
      else 'waiting'
    end as state,
    last_error, created_at
  from graphile_worker.jobs
  order by run_at, id;
comment on view app_admin.jobs is 'What the worker has to do, is doing, and has failed to do.';

create function app_private.read_statements() returns table (
  calls bigint, mean_ms numeric, max_ms numeric, total_ms numeric, rows_a_call numeric, query text
)
language plpgsql stable security definer
set search_path = pg_catalog, public
as $$
begin
  return query
    select statements.calls, round(statements.mean_exec_time::numeric, 2), round(statements.max_exec_time::numeric, 2),
        round(statements.total_exec_time::numeric), round(statements.rows::numeric / statements.calls, 1),
        regexp_replace(left(statements.query, 300), '\s+', ' ', 'g')
      from public.pg_stat_statements as statements
      where statements.dbid = (select oid from pg_database where datname = current_database()) and statements.calls > 0
      order by statements.total_exec_time desc
      limit 50;
exception when object_not_in_prerequisite_state then
  raise warning 'pg_stat_statements is not in shared_preload_libraries: nothing is measured';
end
$$;
comment on function app_private.read_statements() is 'What pg_stat_statements has measured in this database; nothing when it is not loaded.';

create view app_admin.slow_statements as select * from app_private.read_statements();
comment on view app_admin.slow_statements is 'The 50 statements that took the most time in all.';

create view app_admin.months as
  select
    months.month, months.place, months.message_count, months.bytes, moves.destination as moving_to,
    archived.file_name, archived.exported_at, archived.dropped_at
  from (
    select month, case when is_detaching then 'detaching' else 'messages' end as place,
        (select greatest(reltuples, 0)::bigint from pg_class where oid = partition) as message_count,
        pg_total_relation_size(partition) as bytes
      from app_private.month_partitions where parent = 'app_public.messages'::regclass
    union all
    select month, case when dropped_at is null then 'archive' else 'file' end, message_count,
        pg_total_relation_size(to_regclass(format('app_archive.%I', app_private.month_table(month))))
      from app_private.archived_months
  ) as months
  left join app_private.archived_months as archived on archived.month = months.month
  left join app_private.partition_moves as moves
    on moves.parent = 'app_public.messages' and moves.month = months.month
  order by months.month;
comment on view app_admin.months is 'Where each month of messages is: in the table, in the archive, or in a file only.';

create view app_admin.legal_holds as
  select legal_holds.id, users.username, rooms.slug, legal_holds.room_id, legal_holds.user_id, legal_holds.reason,
      legal_holds.created_by, legal_holds.created_at, legal_holds.released_at
    from app_private.legal_holds
    left join app_public.users on users.id = legal_holds.user_id
    left join app_public.rooms on rooms.id = legal_holds.room_id
    order by legal_holds.created_at desc;
comment on view app_admin.legal_holds is 'What must not be deleted, and what was on hold once.';

create view app_admin.erasures as
  select erasures.*,
      case
        when finished_at is not null then 'finished'
        when exists (
          select from app_private.legal_holds where legal_holds.user_id = erasures.user_id and released_at is null
        ) then 'on hold'
        else 'under way'
      end as state
    from app_private.erasures
    order by requested_at desc;
comment on view app_admin.erasures is 'The accounts that were deleted, and how far that is.';

create view app_admin.actions as
  select happened_at, administrator, action, subject, reason from app_private.admin_actions order by id desc;
comment on view app_admin.actions is 'What administrators did, the latest first.';

grant select on all tables in schema app_admin to trumpet_admin;
grant execute on all functions in schema app_admin to trumpet_admin;
-- A view reads as its owner, but calls functions as whoever reads it.
grant execute on function
  app_private.utc_day(timestamptz), app_private.month_table(date), app_private.read_statements() to trumpet_admin;

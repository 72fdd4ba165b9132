--! Previous: sha1:43ba6cb3efed717d57dd9d78e69c17e107141616
--! Hash: sha1:dcec876682cf1f1ce15eb1d049f64bbf29784cec

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

--! Included functions/statistics/utc_day.sql
create or replace function app_private.utc_day(moment timestamptz) returns date
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select (moment at time zone 'UTC')::date;
$$;
comment on function app_private.utc_day(timestamptz) is 'The day of a moment, in UTC.';
-- A view reads as its owner, but calls functions as whoever reads it.
grant execute on function app_private.utc_day(timestamptz) to trumpet_admin;
--! EndIncluded functions/statistics/utc_day.sql

--! Included functions/statistics/roll_up_room.sql
create or replace function app_private.roll_up_room(room_id uuid, message_limit integer) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
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
--! EndIncluded functions/statistics/roll_up_room.sql

--! Included functions/statistics/rooms_to_roll_up.sql
create or replace function app_private.rooms_to_roll_up(room_limit integer, except_ids uuid[] default '{}') returns setof uuid
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select room_heads.room_id from app_private.room_heads
    left join app_private.room_rollups on room_rollups.room_id = room_heads.room_id
    where room_heads.last_message_seq > coalesce(room_rollups.last_message_seq, 0)
      and room_heads.room_id <> all (except_ids)
    limit room_limit;
$$;
comment on function app_private.rooms_to_roll_up(integer, uuid[]) is 'Rooms in which something was written since they were last counted.';
--! EndIncluded functions/statistics/rooms_to_roll_up.sql

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

--! Included functions/statistics/rooms_analytics.sql
create or replace function app_public.rooms_analytics(room app_public.rooms) returns app_public.room_engagement
language sql stable security definer
set search_path = pg_catalog, pg_temp
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
  'Current statistics of the room. For members; null for others.';
grant execute on function app_public.rooms_analytics(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/statistics/rooms_analytics.sql

--! Included functions/statistics/expire_user_days.sql
create or replace function app_private.expire_user_days() returns integer
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  with expired as (
    delete from app_private.user_days where day <= app_private.utc_day(now()) - 90 returning 1
  )
  select count(*)::integer from expired;
$$;
comment on function app_private.expire_user_days() is 'Forgets who wrote on which day after 90 days. The worker calls it.';
--! EndIncluded functions/statistics/expire_user_days.sql

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

--! Included functions/statistics/add_delivery_delays.sql
create or replace function app_private.add_delivery_delays(up_to_ms integer[], event_counts integer[]) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
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
--! EndIncluded functions/statistics/add_delivery_delays.sql

--! Included functions/statistics/expire_delivery_delays.sql
create or replace function app_private.expire_delivery_delays() returns integer
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  with expired as (
    delete from app_private.delivery_delays where hour < now() - interval '90 days' returning 1
  )
  select count(*)::integer from expired;
$$;
comment on function app_private.expire_delivery_delays() is 'Forgets how long delivery took after 90 days. The worker calls it.';
--! EndIncluded functions/statistics/expire_delivery_delays.sql

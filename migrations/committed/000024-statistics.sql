--! Previous: x
--! Hash: x

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

--! EndIncluded functions/statistics/utc_day.sql

--! Included functions/statistics/roll_up_room.sql

--! EndIncluded functions/statistics/roll_up_room.sql

--! Included functions/statistics/rooms_to_roll_up.sql

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

--! EndIncluded functions/statistics/rooms_analytics.sql

--! Included functions/statistics/expire_user_days.sql

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

--! EndIncluded functions/statistics/add_delivery_delays.sql

--! Included functions/statistics/expire_delivery_delays.sql

--! EndIncluded functions/statistics/expire_delivery_delays.sql

--! Previous: x
--! Hash: x

/*
 * How fast one person may write, whichever way it comes in: over GraphQL, over a socket or from psql.
 *
 * Everyone has a bucket of tokens, and another one for each room they write in. A message takes a token of each, an edit
 * or a reaction one of the first. A bucket is kept as the moment when it will be full again: that is all there is to
 * know about it, it needs no refilling, and a bucket that is missing is full. The table is unlogged: a crash of Postgres
 * fills all buckets, which is harmless, and nothing is written to the log for them.
 *
 * A refusal rolls back the token that it took.
 */
create table app_private.limits (
  is_only_row boolean primary key default true,
  user_per_second real not null default 100,
  user_burst integer not null default 2000,
  user_in_room_per_second real not null default 50,
  user_in_room_burst integer not null default 1000,
  user_refill interval not null generated always as (interval '1 second' / user_per_second) stored,
  user_capacity interval not null generated always as (interval '1 second' / user_per_second * user_burst) stored,
  user_in_room_refill interval not null generated always as (interval '1 second' / user_in_room_per_second) stored,
  user_in_room_capacity interval not null
    generated always as (interval '1 second' / user_in_room_per_second * user_in_room_burst) stored,
  constraint limits_has_one_row check (is_only_row),
  constraint limits_are_positive check (
    user_per_second > 0 and user_burst > 0 and user_in_room_per_second > 0 and user_in_room_burst > 0)
);
comment on table app_private.limits is
  'How much one person may write, by the second and at once. To change it: `update app_private.limits set user_burst = 60`; it holds from the next message on.';
comment on column app_private.limits.user_per_second is 'Messages, edits and reactions of one person, in the long run.';
comment on column app_private.limits.user_burst is 'The same, at once.';
comment on column app_private.limits.user_in_room_per_second is 'Messages of one person in one room, in the long run.';
comment on column app_private.limits.user_in_room_burst is 'The same, at once.';
comment on column app_private.limits.user_refill is 'In which time one token comes back; follows from the rate.';
comment on column app_private.limits.user_capacity is 'In which time an empty bucket is full.';
comment on column app_private.limits.user_in_room_refill is 'The same of the bucket in a room.';
comment on column app_private.limits.user_in_room_capacity is 'The same of the bucket in a room.';
alter table app_private.limits enable row level security;
insert into app_private.limits default values;

create unlogged table app_private.token_buckets (
  user_id uuid not null,
  room_id uuid not null,
  full_at timestamptz not null,
  taken_at timestamptz not null,
  primary key (user_id, room_id)
/* A send writes two rows anew: vacuumed as app_private.room_heads is, and for the same reason. */
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
comment on table app_private.token_buckets is 'The buckets that are not full: of a person in a room, and of the person (room_id all zeros).';
comment on column app_private.token_buckets.full_at is 'When it will be full again, if nothing is taken.';
comment on column app_private.token_buckets.taken_at is 'When the last token was taken. Slow mode asks for it.';
alter table app_private.token_buckets enable row level security;

--! Included functions/rate-limits/open_bucket.sql

--! EndIncluded functions/rate-limits/open_bucket.sql

--! Included functions/rate-limits/refuse_slow_mode.sql

--! EndIncluded functions/rate-limits/refuse_slow_mode.sql

--! Included functions/rate-limits/take_tokens.sql

--! EndIncluded functions/rate-limits/take_tokens.sql

--! Included functions/rate-limits/sweep_token_buckets.sql

--! EndIncluded functions/rate-limits/sweep_token_buckets.sql

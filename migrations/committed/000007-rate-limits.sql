--! Previous: sha1:4b68526c62e3c25a57df9fe628f177b280d7c4a7
--! Hash: sha1:4a33ef5e1490dbb59f7b04b1875affd6b215bdb8

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
create or replace function app_private.open_bucket(
  user_id uuid, room_id uuid, full_at timestamptz, taken_at timestamptz default clock_timestamp()
) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  insert into app_private.token_buckets (user_id, room_id, full_at, taken_at)
    values (open_bucket.user_id, open_bucket.room_id, open_bucket.full_at, open_bucket.taken_at)
    on conflict do nothing;
$$;
comment on function app_private.open_bucket(uuid, uuid, timestamptz, timestamptz) is 'Begins to keep a bucket that was full.';
--! EndIncluded functions/rate-limits/open_bucket.sql

--! Included functions/rate-limits/refuse_slow_mode.sql
create or replace function app_private.refuse_slow_mode(pause_seconds integer, wait interval) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'This room is in slow mode: one message every % seconds.', pause_seconds
    using errcode = 'TRSLO', detail = app_private.milliseconds(wait);
end
$$;
comment on function app_private.refuse_slow_mode(integer, interval) is 'Raises SLOW_MODE with the time to wait.';
--! EndIncluded functions/rate-limits/refuse_slow_mode.sql

--! Included functions/rate-limits/take_tokens.sql
/*
 * Called before the room's head is locked: who waits for a bucket must not hold up the room. Two sends of one person
 * wait for each other here, so neither slow mode nor a burst is outrun by sending at once. What only a clock that was
 * set back since can have written counts as never written: see limit_rate.
 *
 * What is long costs more to index and to deliver. No message costs more than a full bucket, however small that is.
 */
create or replace function app_private.take_tokens(user_id uuid, room_id uuid default null, pause_seconds integer default 0, octets integer default 0) returns void
language plpgsql volatile security invoker
as $$
declare
  v_everywhere constant uuid := '00000000-0000-0000-0000-000000000000';
  v_now timestamptz := clock_timestamp();
  v_ahead constant interval := '10 seconds';
  v_limits app_private.limits;
  v_octets_a_token constant integer := 2000;
  v_tokens integer := 1 + take_tokens.octets / v_octets_a_token;
  v_user_full_at timestamptz;
  v_room_full_at timestamptz;
  v_taken_at timestamptz;
begin
  if app_hidden.current_key_id() is not null then
    perform app_private.check_key('messages');
  end if;
  select * into v_limits from app_private.limits;
  -- Two plain updates: one statement for both, or inserts on conflict, take half as long again.
  update app_private.token_buckets
    set taken_at = v_now, full_at = v_limits.user_refill * least(v_tokens, v_limits.user_burst) + case
        when full_at > v_now + v_limits.user_capacity + v_ahead then v_now else greatest(full_at, v_now) end
    where token_buckets.user_id = take_tokens.user_id and token_buckets.room_id = v_everywhere
    returning full_at into v_user_full_at;
  if not found then
    perform app_private.open_bucket(
      take_tokens.user_id, v_everywhere, v_now + v_limits.user_refill * least(v_tokens, v_limits.user_burst));
  elsif v_user_full_at > v_now + v_limits.user_capacity then
    perform app_private.refuse_tokens(v_user_full_at - v_now - v_limits.user_capacity);
  end if;
  if take_tokens.room_id is null then
    return;
  end if;
  update app_private.token_buckets
    set full_at = v_limits.user_in_room_refill * least(v_tokens, v_limits.user_in_room_burst) + case
        when full_at > v_now + v_limits.user_in_room_capacity + v_ahead then v_now else greatest(full_at, v_now) end,
      taken_at = case when taken_at > v_now + v_ahead then v_now else greatest(taken_at, v_now) end
    where token_buckets.user_id = take_tokens.user_id and token_buckets.room_id = take_tokens.room_id
    returning full_at, old.taken_at into v_room_full_at, v_taken_at;
  if not found then
    perform app_private.open_bucket(
      take_tokens.user_id, take_tokens.room_id,
      v_now + v_limits.user_in_room_refill * least(v_tokens, v_limits.user_in_room_burst));
  elsif v_room_full_at > v_now + v_limits.user_in_room_capacity then
    perform app_private.refuse_tokens(v_room_full_at - v_now - v_limits.user_in_room_capacity);
  elsif pause_seconds > 0 and v_taken_at + make_interval(secs => pause_seconds) > v_now and v_taken_at <= v_now + v_ahead then
    perform app_private.refuse_slow_mode(pause_seconds, v_taken_at + make_interval(secs => pause_seconds) - v_now);
  end if;
end
$$;
comment on function app_private.take_tokens(uuid, uuid, integer, integer) is
  'Takes a token, and one more for every 2,000 bytes, from a person''s bucket and, for a message, from the one of the room; RATE_LIMITED when one is empty, SLOW_MODE when the room''s pause is not over.';
--! EndIncluded functions/rate-limits/take_tokens.sql

--! Included functions/rate-limits/sweep_token_buckets.sql
create or replace function app_private.sweep_token_buckets() returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  delete from app_private.rate_buckets where full_at < now();
  delete from app_private.failed_proofs where first_failed_at < now() - interval '1 day';
  delete from app_private.known_addresses where proved_at < now() - interval '180 days';
  delete from app_private.known_devices where proved_at < now() - interval '180 days';
  -- Slow mode asks for the last six hours at most.
  delete from app_private.token_buckets where full_at < now() and taken_at < now() - interval '6 hours';
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function app_private.sweep_token_buckets() is 'Deletes buckets that are full and not asked for any more. The worker calls it.';
--! EndIncluded functions/rate-limits/sweep_token_buckets.sql

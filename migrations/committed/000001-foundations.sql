--! Previous: -
--! Hash: sha1:982fd8a55f1138eee0f920a69a4e9e59d032cb47

/*
 * Who connects, and where things live.
 *
 * GraphQL never runs as the owner. It logs in as trumpet_authenticator, which can do nothing but become one of the
 * API roles below for the length of a transaction. Roles belong to the whole cluster, so each is made only
 * where it is missing.
 */
do $$
declare
  v_role text;
begin
  foreach v_role in array array[
    'trumpet_visitor', 'trumpet_user', 'trumpet_key', 'trumpet_broadcast', 'trumpet_admin', 'trumpet_auditor', 'trumpet_authenticator'
  ] loop
    if not exists (select from pg_roles where rolname = v_role) then
      execute format('create role %I', v_role);
    end if;
  end loop;
end
$$;
alter role trumpet_authenticator with login noinherit;
grant trumpet_visitor, trumpet_user, trumpet_key, trumpet_broadcast to trumpet_authenticator;
comment on role trumpet_authenticator is
  'The login of the GraphQL server. Owns nothing and inherits nothing; each request switches to one of the API roles.';
comment on role trumpet_visitor is
  'A request without a token: may sign up, sign in and refresh a session.';
comment on role trumpet_user is
  'A signed-in person, named by the setting trumpet.user_id. Sees what the row-level policies show.';
comment on role trumpet_key is
  'A server whose key may not read: calls what writes, and sees nothing but what that returns.';
comment on role trumpet_broadcast is
  'What every member of a room may see: live events are computed once as this role, for the rooms in trumpet.broadcast_rooms.';
comment on role trumpet_admin is
  'A person at psql who reads everything and calls the moderation functions. Nobody logs in as it: grant it to people.';
comment on role trumpet_auditor is
  'A person at psql who reads and verifies the audit log, and nothing else. Nobody logs in as it: grant it to people.';
create extension if not exists pgcrypto with schema public;
create extension if not exists citext with schema public;
create extension if not exists pg_trgm with schema public;
create extension if not exists unaccent with schema public;
create extension if not exists btree_gin with schema public;
create extension if not exists pg_stat_statements with schema public;

/*
 * Functions are closed unless opened. Postgres lets everyone execute a new function; here each says who may.
 * This stands after the extensions, whose functions stay open.
 */
alter default privileges revoke execute on functions from public;

create schema app_public;
comment on schema app_public is
  'The API: every table, column and function here is in GraphQL, and every comment here is its description.';

create schema app_hidden;
comment on schema app_hidden is
  'Helpers that policies and the server use. API roles may call them, GraphQL does not show them.';

create schema app_private;
comment on schema app_private is
  'Secrets, sessions, counters and the change log. No API role has any right here.';
grant usage on schema app_public, app_hidden to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
grant usage on schema app_hidden to trumpet_authenticator;
grant usage on schema app_private to trumpet_admin;

--! Included functions/foundations/current_user_id.sql
/* Who is asking, as the server or a person at psql set it for this transaction. Null for a visitor. */
create or replace function app_hidden.current_user_id() returns uuid
language sql stable security invoker parallel safe
return nullif(current_setting('trumpet.user_id', true), '')::uuid;
comment on function app_hidden.current_user_id() is
  'The id of the person asking (setting `trumpet.user_id`), null for a visitor.';
grant execute on function app_hidden.current_user_id() to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/foundations/current_user_id.sql

--! Included functions/foundations/current_session_id.sql
create or replace function app_hidden.current_session_id() returns uuid
language sql stable security invoker parallel safe
return nullif(current_setting('trumpet.session_id', true), '')::uuid;
comment on function app_hidden.current_session_id() is
  'The session of the token of this request (setting `trumpet.session_id`).';
--! EndIncluded functions/foundations/current_session_id.sql

--! Included functions/foundations/broadcast_room_ids.sql
/*
 * Several rooms, because one transaction serves the events of many: see src/realtime/execution/batching.ts, which lets
 * them share it only when a document can reach nothing of one room from an event in another.
 */
create or replace function app_hidden.broadcast_room_ids() returns setof uuid
language sql stable security invoker parallel safe rows 10
set search_path = pg_catalog, pg_temp
as $$
  select unnest(string_to_array(current_setting('trumpet.broadcast_rooms', true), ',')::uuid[]);
$$;
comment on function app_hidden.broadcast_room_ids() is
  'The rooms that trumpet_broadcast may see (setting `trumpet.broadcast_rooms`, separated by commas).';
grant execute on function app_hidden.broadcast_room_ids() to trumpet_broadcast;
--! EndIncluded functions/foundations/broadcast_room_ids.sql

--! Included functions/foundations/ring.sql
/*
 * A bell says where something new is, never what. NOTIFY takes a cluster-wide lock until commit (measured: 16 writers
 * reach 2,700 commits a second with one each and 6,400 without), so the server's own connections, which set
 * trumpet.bell, get a NOTICE that costs nothing and ring after commit themselves. Everyone else's commit is a NOTIFY.
 *
 * Payloads: c:<room> durable changes · t:<room>:<user>:insert|delete typing · p:<user>:<status> presence ·
 * s:<session> session ended · i:<user> news of interactions.
 */
create or replace function app_private.ring(payload text) returns void
language plpgsql volatile security invoker
as $$
begin
  case current_setting('trumpet.bell', true)
    when 'app' then
      raise notice 'trumpet.bell %', payload;
    when 'once' then
      -- Many changes of one room, whose bell is rung after them: see send_together.
      if left(payload, 2) <> 'c:' then
        raise notice 'trumpet.bell %', payload;
      end if;
    else
      perform pg_notify('trumpet_bell', payload);
  end case;
end
$$;
comment on function app_private.ring(text) is
  'Tells the servers that something new is there: a NOTICE on a connection of the server, a NOTIFY on any other.';
--! EndIncluded functions/foundations/ring.sql

--! Included functions/foundations/require_user.sql
create or replace function app_private.require_user() returns uuid
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_hidden.current_user_id();
begin
  if v_user_id is null then
    raise exception 'Sign in first.' using errcode = 'TR401';
  end if;
  return v_user_id;
end
$$;
comment on function app_private.require_user() is
  'The id of the person asking, or UNAUTHENTICATED.';
--! EndIncluded functions/foundations/require_user.sql

--! Included functions/foundations/check_moment.sql
create or replace function app_private.check_moment(moment timestamptz, argument text) returns timestamptz
language plpgsql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if check_moment.moment not between timestamptz '0001-01-01 00:00:00Z' and timestamptz '9999-12-31 23:59:59.999999Z' then
    raise exception '% is a moment in the years 1 to 9999.', check_moment.argument using errcode = 'TR400';
  end if;
  return check_moment.moment;
end
$$;
comment on function app_private.check_moment(timestamptz, text) is
  'A moment that was given, or null; BAD_INPUT when it is infinite, or has a year that clients cannot write.';
--! EndIncluded functions/foundations/check_moment.sql

--! Included functions/foundations/end_of.sql
create or replace function app_private.end_of(duration interval, argument text) returns timestamptz
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if duration is null then
    return null;
  elsif duration <= interval '0' then
    raise exception '% lies ahead: a duration is longer than nothing.', end_of.argument using errcode = 'TR400';
  end if;
  -- What is longer than a timestamp holds is cut to what is refused.
  return app_private.check_moment(now() + least(duration, interval '10000 years'), end_of.argument);
end
$$;
comment on function app_private.end_of(interval, text) is
  'The moment that is so far ahead, or null; BAD_INPUT when it is over already, or has a year that clients cannot write.';
--! EndIncluded functions/foundations/end_of.sql

--! Included functions/foundations/first_of_month.sql
create or replace function app_private.first_of_month(day date) returns date
language plpgsql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if (day between date '0001-01-01' and date '9999-12-31') is not true then
    raise exception 'The month is one of the years 1 to 9999, by any of its days.' using errcode = 'TR400';
  end if;
  return date_trunc('month', day::timestamp);
end
$$;
comment on function app_private.first_of_month(date) is 'The first day of a month that was given; BAD_INPUT when it is none, or has a year that nothing has.';
--! EndIncluded functions/foundations/first_of_month.sql

--! Included functions/foundations/uuidv7_floor.sql
/*
 * Uuids of version 7 begin with their time in milliseconds: the smallest one of a moment bounds a partition.
 */
create or replace function app_private.uuidv7_floor(moment timestamptz) returns uuid
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select (lpad(to_hex((extract(epoch from case when moment < 'epoch' then 'epoch' else moment end) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid;
$$;
comment on function app_private.uuidv7_floor(timestamptz) is
  'The smallest uuid that uuidv7() can give at that moment; before 1970 the smallest of all.';
--! EndIncluded functions/foundations/uuidv7_floor.sql

--! Included functions/foundations/month_start.sql
create or replace function app_private.month_start(month date) returns timestamptz
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select month::timestamp at time zone 'UTC';
$$;
comment on function app_private.month_start(date) is 'When a month begins, in UTC.';
--! EndIncluded functions/foundations/month_start.sql

--! Included functions/foundations/month_end.sql
create or replace function app_private.month_end(month date) returns timestamptz
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select (month + interval '1 month') at time zone 'UTC';
$$;
comment on function app_private.month_end(date) is 'When a month is over, in UTC: the next one begins at this moment.';
--! EndIncluded functions/foundations/month_end.sql

--! Included functions/foundations/this_month.sql
create or replace function app_private.this_month() returns date
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select date_trunc('month', now() at time zone 'UTC')::date;
$$;
comment on function app_private.this_month() is 'The first day of the current month, in UTC.';
--! EndIncluded functions/foundations/this_month.sql

--! Included functions/foundations/is_month_closed.sql
create or replace function app_private.is_month_closed(month date) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select month < app_private.this_month() - interval '1 month';
$$;
comment on function app_private.is_month_closed(date) is
  'Whether a month is older than the previous one, so that make_partitions does not make it again.';
--! EndIncluded functions/foundations/is_month_closed.sql

create type app_private.lock_purpose as enum ('partitions', 'people', 'uploads', 'devices', 'search_index', 'identities', 'addresses', 'webhooks', 'webhook_notes', 'later', 'order', 'drafts', 'votes', 'groups', 'privacy', 'profile_fields', 'roles', 'permissions', 'room_types', 'room_fields');
comment on type app_private.lock_purpose is
  'What functions lock for until commit: making partitions, what is between two people, what a person uploads, a person''s devices, indexing for search, who a person is to an issuer, who holds an e-mail address, making webhooks, what webhooks have to be told, what a person has sent later, the order of a person''s rooms, a person''s drafts, voting in a room, how many groups of people are a person''s, what a person hides, which fields profiles have, the roles of a workspace, what a person may do, the types of rooms of a workspace, which fields rooms have.';

--! Included functions/foundations/lock_until_commit.sql
/*
 * All advisory locks that functions take. Their purposes are named in one type, so that no two things share a lock.
 * Those of server and worker are in src/database/locks.ts.
 */
create or replace function app_private.lock_until_commit(purpose app_private.lock_purpose, subject text default '') returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select pg_advisory_xact_lock(hashtextextended(purpose || ' ' || subject, 0));
$$;
comment on function app_private.lock_until_commit(app_private.lock_purpose, text) is
  'Waits until nobody else does this to the subject, and keeps everybody else waiting until commit.';
--! EndIncluded functions/foundations/lock_until_commit.sql

--! Included functions/foundations/share_until_commit.sql
create or replace function app_private.share_until_commit(purpose app_private.lock_purpose, subject text) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select pg_advisory_xact_lock_shared(hashtextextended(purpose || ' ' || subject, 0));
$$;
comment on function app_private.share_until_commit(app_private.lock_purpose, text) is
  'As lock_until_commit, beside others who share it: it waits for, and keeps waiting, those alone who want it for themselves.';
--! EndIncluded functions/foundations/share_until_commit.sql

--! Included functions/foundations/milliseconds.sql
create or replace function app_private.milliseconds(duration interval) returns text
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select ceil(extract(epoch from duration) * 1000)::bigint::text;
$$;
comment on function app_private.milliseconds(interval) is 'How long to wait, as errors say it: whole milliseconds.';
--! EndIncluded functions/foundations/milliseconds.sql

--! Included functions/foundations/tg_any__append_only.sql
/*
 * Triggers of more than one table.
 */
create or replace function app_private.tg_any__append_only() returns trigger
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'Rows can only be added to %.%.', tg_table_schema, tg_table_name using errcode = 'TR403';
end
$$;
comment on function app_private.tg_any__append_only() is
  'Refuses every change of what is in a log. Its triggers are always enabled, for replication too.';
--! EndIncluded functions/foundations/tg_any__append_only.sql

--! Included functions/foundations/tg_any__keep_key.sql
create or replace function app_private.tg_any__keep_key() returns trigger
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'The key of a row of %.% stays as it is: delete the row and insert another.', tg_table_schema, tg_table_name
    using errcode = 'TR403';
end
$$;
comment on function app_private.tg_any__keep_key() is
  'Refuses to make one row into another: rooms would hear of neither. Deleting and inserting are logged.';
--! EndIncluded functions/foundations/tg_any__keep_key.sql

--! Included functions/foundations/tg_any__refuse_truncate.sql
create or replace function app_private.tg_any__refuse_truncate() returns trigger
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'Use delete: nobody would hear that the rows of %.% are gone.', tg_table_schema, tg_table_name
    using errcode = 'TR403';
end
$$;
comment on function app_private.tg_any__refuse_truncate() is
  'Refuses to empty a table of which others are told row by row: no row trigger hears of truncate.';
--! EndIncluded functions/foundations/tg_any__refuse_truncate.sql

--! Included functions/foundations/tg_any__touch.sql
create or replace function app_private.tg_any__touch() returns trigger
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  new.updated_at := now();
  return new;
end
$$;
comment on function app_private.tg_any__touch() is 'Notes when a row last changed, in updated_at.';
--! EndIncluded functions/foundations/tg_any__touch.sql

/*
 * How often anyone may do something, whichever way it comes in: over GraphQL, over a socket or from psql.
 *
 * Everything that writes is of a kind, and everyone has a bucket of tokens for each kind: a person by their id, a visitor
 * by the address. A bucket is kept as the moment when it will be full again: that is all there is to know about it, it
 * needs no refilling, and a bucket that is missing is full. The table is unlogged: a crash of Postgres fills all buckets,
 * which is harmless, and nothing is written to the log for them. A refusal rolls back the token that it took.
 *
 * Messages have a bucket a room beside it: see 000007-rate-limits.sql.
 */
create table app_private.rates (
  kind text primary key,
  per_second double precision not null,
  burst integer not null,
  refill interval not null generated always as (interval '1 second' / per_second) stored,
  capacity interval not null generated always as (interval '1 second' / per_second * burst) stored,
  constraint rates_are_positive check (per_second > 0 and burst > 0)
);
comment on table app_private.rates is
  'How often one person, or one address without a token, may do something of a kind. To change it: `update app_private.rates set burst = 500 where kind = ''sign_up''`; it holds at once.';
comment on column app_private.rates.kind is 'What is done: docs/limits.md says which mutations are of it.';
comment on column app_private.rates.per_second is 'How often in the long run.';
comment on column app_private.rates.burst is 'How often at once.';
comment on column app_private.rates.refill is 'In which time one token comes back; follows from the rate.';
comment on column app_private.rates.capacity is 'In which time an empty bucket is full.';
alter table app_private.rates enable row level security;
insert into app_private.rates (kind, per_second, burst) values
  ('session', 5, 300),
  ('sign_up', 0.02, 30),
  ('password', 0.1, 20),
  ('settings', 2, 200),
  ('new_room', 0.1, 100),
  ('room', 2, 200),
  ('membership', 0.5, 100),
  ('invitation', 0.5, 50),
  ('moderation', 5, 1000),
  ('report', 0.2, 30),
  ('receipt', 20, 500),
  ('typing', 10, 200),
  ('presence', 2, 60),
  ('export', 0.0003, 3),
  ('users', 1, 60),
  ('rooms', 1, 60),
  ('import', 5, 300),
  ('account', 5, 1000),
  ('webhooks', 1, 60),
  ('incoming_webhook', 1, 60),
  ('token', 20, 1000);

create unlogged table app_private.rate_buckets (
  owner text not null,
  kind text not null,
  full_at timestamptz not null,
  primary key (owner, kind)
) with (fillfactor = 50);
comment on table app_private.rate_buckets is 'The buckets of people and addresses that are not full.';
comment on column app_private.rate_buckets.owner is 'The id of a person, or the address of a visitor.';
comment on column app_private.rate_buckets.full_at is 'When it will be full again, if nothing is taken.';
alter table app_private.rate_buckets enable row level security;

--! Included functions/foundations/refuse_tokens.sql
create or replace function app_private.refuse_tokens(wait interval) returns void
language plpgsql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'Too much at once: wait a moment.' using errcode = 'TR429', detail = app_private.milliseconds(wait);
end
$$;
comment on function app_private.refuse_tokens(interval) is 'Raises RATE_LIMITED, with the time to wait.';
--! EndIncluded functions/foundations/refuse_tokens.sql

--! Included functions/foundations/caller_key.sql
create or replace function app_private.caller_key() returns text
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(app_hidden.current_user_id()::text, nullif(current_setting('trumpet.client_address', true), ''));
$$;
comment on function app_private.caller_key() is
  'Whom to count something for: the person asking, or the address of a visitor. Null for someone at psql who is neither.';
--! EndIncluded functions/foundations/caller_key.sql

--! Included functions/foundations/limit_rate.sql
/*
 * Called first of all in whatever writes, before anything is locked that others wait for. A bucket that is emptier than
 * one can be was written before the clock was set back: it counts as full. Ten seconds of that are what others may have
 * been ahead who were waited for.
 */
create or replace function app_private.limit_rate(kind text, subject text default null) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_owner text := app_private.caller_key();
  v_now timestamptz := clock_timestamp();
  v_rate app_private.rates;
  v_full_at timestamptz;
begin
  perform app_private.check_key(limit_rate.kind, limit_rate.subject);
  perform app_private.check_guest(limit_rate.kind);
  if v_owner is null then
    return;
  end if;
  select * into strict v_rate from app_private.rates where rates.kind = limit_rate.kind;
  insert into app_private.rate_buckets as bucket (owner, kind, full_at)
    values (v_owner, limit_rate.kind, v_now + v_rate.refill)
    on conflict on constraint rate_buckets_pkey do update set full_at = v_rate.refill + case
      when bucket.full_at > v_now + v_rate.capacity + interval '10 seconds' then v_now
      else greatest(bucket.full_at, v_now) end
    returning full_at into v_full_at;
  if v_full_at > v_now + v_rate.capacity then
    perform app_private.refuse_tokens(v_full_at - v_now - v_rate.capacity);
  end if;
end
$$;
comment on function app_private.limit_rate(text, text) is
  'Takes a token from the bucket that the caller has for what is done; RATE_LIMITED when it is empty. FORBIDDEN for a key that has not the scope for it, and for a guest.';
--! EndIncluded functions/foundations/limit_rate.sql

--! Previous: -
--! Hash: sha1:cec4c3314683149800bbf5b18c28c9c0f7f13412

/*
 * Who connects, and where things live.
 *
 * GraphQL never runs as the owner. It logs in as trumpet_authenticator, which can do nothing but become one of the
 * three API roles below for the length of a transaction. Roles belong to the whole cluster, so each is made only
 * where it is missing.
 */
do $$
declare
  v_role text;
begin
  foreach v_role in array array[
    'trumpet_visitor', 'trumpet_user', 'trumpet_broadcast', 'trumpet_admin', 'trumpet_authenticator'
  ] loop
    if not exists (select from pg_roles where rolname = v_role) then
      execute format('create role %I', v_role);
    end if;
  end loop;
end
$$;
alter role trumpet_authenticator with login noinherit;
grant trumpet_visitor, trumpet_user, trumpet_broadcast to trumpet_authenticator;
comment on role trumpet_authenticator is
  'The login of the GraphQL server. Owns nothing and inherits nothing; each request switches to one of the API roles.';
comment on role trumpet_visitor is
  'A request without a token: may sign up, sign in and refresh a session.';
comment on role trumpet_user is
  'A signed-in person, named by the setting trumpet.user_id. Sees what the row-level policies show.';
comment on role trumpet_broadcast is
  'What every member of a room may see: live events are computed once as this role, for the rooms in trumpet.broadcast_rooms.';
comment on role trumpet_admin is
  'A person at psql who reads everything and calls the moderation functions. Nobody logs in as it: grant it to people.';
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
set search_path = pg_catalog, pg_temp
as $$
  select nullif(current_setting('trumpet.user_id', true), '')::uuid;
$$;
comment on function app_hidden.current_user_id() is
  'The id of the person asking (setting `trumpet.user_id`), null for a visitor.';
grant execute on function app_hidden.current_user_id() to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/foundations/current_user_id.sql

--! Included functions/foundations/current_session_id.sql
create or replace function app_hidden.current_session_id() returns uuid
language sql stable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select nullif(current_setting('trumpet.session_id', true), '')::uuid;
$$;
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
 * s:<session> session ended.
 */
create or replace function app_private.ring(payload text) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if current_setting('trumpet.bell', true) = 'app' then
    raise notice 'trumpet.bell %', payload;
  else
    perform pg_notify('trumpet_bell', payload);
  end if;
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

--! Included functions/foundations/uuidv7_floor.sql
/*
 * Uuids of version 7 begin with their time in milliseconds: the smallest one of a moment bounds a partition.
 */
create or replace function app_private.uuidv7_floor(moment timestamptz) returns uuid
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid;
$$;
comment on function app_private.uuidv7_floor(timestamptz) is
  'The smallest uuid that uuidv7() can give at that moment.';
--! EndIncluded functions/foundations/uuidv7_floor.sql

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

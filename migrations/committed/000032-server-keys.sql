--! Previous: sha1:868892f0ef5ec0ccf9cc357024f8943fa3b05f55
--! Hash: sha1:64d5cf8c060148963217cda33bdffa42c8809a65

/*
 * What servers may do: keys.
 *
 * A server of the product calls the same API as everybody, with a key. It acts as the installation, which is an account
 * like any other, or as a person whom it names. Either way it has a session, which ends with the key: so revoking,
 * suspension and erasure close its sockets as they do for everybody. What a key may do are its scopes. They are asked where
 * each mutation is counted (limit_rate, take_tokens), and reading is a matter of grants: a key without `read` runs as
 * trumpet_key, a role that may call what writes and see nothing else.
 */
create type app_private.key_scope as enum ('read', 'write', 'rooms', 'moderation', 'users', 'import', 'act_as');
comment on type app_private.key_scope is
  'What a key may do: read; write as a person does; make and change rooms; moderate; make and remove people; import messages; act as a person.';

create table app_private.server_keys (
  id uuid primary key default uuidv7(),
  name text not null,
  prefix text not null,
  secret_hash bytea not null,
  scopes app_private.key_scope[] not null,
  created_at timestamptz not null default now(),
  created_by text not null default session_user,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  constraint server_keys_prefix_is_unique unique (prefix),
  constraint server_keys_name_length check (char_length(name) between 1 and 80)
);
comment on table app_private.server_keys is 'The keys that were given to servers. A key itself is kept nowhere.';
comment on column app_private.server_keys.name is 'Which server has it: what it does is noted under this name.';
comment on column app_private.server_keys.prefix is 'What the key begins with behind `trk_`, to tell whose it is where one is found.';
comment on column app_private.server_keys.secret_hash is 'SHA-256 of what stands behind the prefix.';
comment on column app_private.server_keys.expires_at is 'Until when it is good. Null: until it is revoked.';
comment on column app_private.server_keys.last_used_at is 'When it was last used, to the minute.';
alter table app_private.server_keys enable row level security;
create unique index server_keys_name_is_unique on app_private.server_keys (name) where revoked_at is null;

create table app_private.key_sessions (
  key_id uuid not null references app_private.server_keys on delete cascade,
  user_id uuid not null references app_public.users on delete cascade,
  session_id uuid not null references app_private.sessions on delete cascade,
  primary key (key_id, user_id)
);
comment on table app_private.key_sessions is 'In which session a key acts as whom.';
alter table app_private.key_sessions enable row level security;
create index key_sessions_session_id on app_private.key_sessions (session_id);
create index key_sessions_user_id on app_private.key_sessions (user_id);

--! Included functions/server-keys/tg_server_keys__end_sessions.sql
create or replace function app_private.tg_server_keys__end_sessions() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.end_sessions(
    array(select session_id from app_private.key_sessions where key_id = old.id),
    case when tg_op = 'DELETE' or new.revoked_at is not null then 'key revoked' else 'key changed' end);
  return case when tg_op = 'DELETE' then old else new end;
end
$$;
comment on function app_private.tg_server_keys__end_sessions() is
  'What a key has opened is closed when it is revoked or changed, by whom and how ever. What is still good comes back.';
--! EndIncluded functions/server-keys/tg_server_keys__end_sessions.sql

create trigger _100_end_sessions before update of secret_hash, prefix, scopes, expires_at, revoked_at or delete on app_private.server_keys
  for each row execute function app_private.tg_server_keys__end_sessions();
create trigger _100_refuse_truncate before truncate on app_private.server_keys
  for each statement execute function app_private.tg_any__refuse_truncate();
create trigger _100_refuse_truncate before truncate on app_private.key_sessions
  for each statement execute function app_private.tg_any__refuse_truncate();

--! Included functions/server-keys/installation_id.sql
create or replace function app_private.installation_id() returns uuid
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select '00000000-0000-7000-8000-000000000001'::uuid;
$$;
comment on function app_private.installation_id() is 'The account that a key acts as which acts as nobody else.';
--! EndIncluded functions/server-keys/installation_id.sql

--! Included functions/server-keys/make_installation.sql
/* Nobody else may be called so: the name is reserved, which is asked of the living. */
create or replace function app_private.make_installation() returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  insert into app_public.users (id, username, display_name)
    values (app_private.installation_id(), 'trumpet', 'Trumpet')
    on conflict do nothing;
$$;
comment on function app_private.make_installation() is 'Makes the account of the installation, when it gets its first key.';
--! EndIncluded functions/server-keys/make_installation.sql

--! Included functions/server-keys/current_key_id.sql
create or replace function app_hidden.current_key_id() returns uuid
language sql stable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select nullif(current_setting('trumpet.key_id', true), '')::uuid;
$$;
comment on function app_hidden.current_key_id() is
  'The key with which this request came (setting `trumpet.key_id`), null for whoever has signed in.';
--! EndIncluded functions/server-keys/current_key_id.sql

--! Included functions/server-keys/is_same_hash.sql
/* How long a comparison takes tells how much is the same. Of hashes with something random before them it tells nothing. */
create or replace function app_private.is_same_hash(kept bytea, shown bytea) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_salt constant bytea := public.gen_random_bytes(16);
begin
  return sha256(v_salt || kept) = sha256(v_salt || shown);
end
$$;
comment on function app_private.is_same_hash(bytea, bytea) is
  'Whether two hashes are the same, in a time from which nothing can be learned.';
--! EndIncluded functions/server-keys/is_same_hash.sql

--! Included functions/server-keys/require_scope.sql
create or replace function app_private.require_scope(scope app_private.key_scope) returns app_private.server_keys
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key app_private.server_keys;
begin
  select * into v_key from app_private.server_keys
    where id = app_hidden.current_key_id() and revoked_at is null and (expires_at is null or expires_at > now());
  if v_key.id is null then
    raise exception 'This is for servers: it needs a key.' using errcode = 'TR403';
  end if;
  if scope is null then
    raise exception 'No key may do this.' using errcode = 'TR403';
  end if;
  if scope <> all (v_key.scopes) then
    raise exception 'This key has not the scope that this needs: %.', scope using errcode = 'TR403';
  end if;
  return v_key;
end
$$;
comment on function app_private.require_scope(app_private.key_scope) is
  'The key with which this request came, or FORBIDDEN: it needs one with this scope. Null is what no key has.';
--! EndIncluded functions/server-keys/require_scope.sql

--! Included functions/server-keys/scope_of.sql
/* What is not here no key may do: what belongs to a sign-in, and kinds that nobody has thought of for keys. */
create or replace function app_private.scope_of(kind text) returns app_private.key_scope
language sql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select case
    when kind in ('messages', 'settings', 'report', 'receipt', 'typing', 'presence') then 'write'
    when kind in ('new_room', 'room', 'membership', 'invitation') then 'rooms'
    when kind = 'moderation' then 'moderation'
  end::app_private.key_scope;
$$;
comment on function app_private.scope_of(text) is
  'Which scope a key needs for what is of a kind (see app_private.rates); null for what no key may do.';
--! EndIncluded functions/server-keys/scope_of.sql

--! Included functions/server-keys/note_key_action.sql
/*
 * Which mutation it is stands in the stack of calls, where no caller can write: its outermost function.
 */
create or replace function app_private.note_key_action(key app_private.server_keys, subject text default null, reason text default null)
returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_stack text;
  v_mutation text;
begin
  get diagnostics v_stack = pg_context;
  select coalesce(called[1], called[2]) into v_mutation
    from regexp_matches(v_stack, 'function app_public\.(\w+)\(|^SQL function "(\w+)"', 'gn') with ordinality as calls (called, position)
    order by position desc limit 1;
  insert into app_private.admin_actions (administrator, action, subject, reason, user_id)
    values (
      'key ' || key.name, coalesce(v_mutation, 'unknown'), note_key_action.subject, note_key_action.reason,
      nullif(app_hidden.current_user_id(), app_private.installation_id()));
end
$$;
comment on function app_private.note_key_action(app_private.server_keys, text, text) is
  'Notes among what administrators did what a key does, by the key''s name, and as whom.';
--! EndIncluded functions/server-keys/note_key_action.sql

--! Included functions/server-keys/check_key.sql
create or replace function app_private.check_key(kind text) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if app_hidden.current_key_id() is not null then
    perform app_private.note_key_action(app_private.require_scope(app_private.scope_of(check_key.kind)));
  end if;
end
$$;
comment on function app_private.check_key(text) is
  'Lets a key do what is of a kind if it has the scope for it, and notes that it does. Of people it asks nothing.';
--! EndIncluded functions/server-keys/check_key.sql

--! Included functions/server-keys/admit_key.sql
/*
 * The server hashes what it was shown, so that no statement holds a secret. The row of the key is locked: sessions are
 * made one after the other, and none beside a revocation, which waits for it and then ends it.
 */
create or replace function app_hidden.admit_key(prefix text, secret_hash bytea, act_as text)
returns table (user_id uuid, session_id uuid, key_id uuid, may_read boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_key app_private.server_keys;
  v_user_id uuid := app_private.installation_id();
  v_session_id uuid;
begin
  select * into v_key from app_private.server_keys
    where server_keys.prefix = admit_key.prefix and revoked_at is null and (expires_at is null or expires_at > now())
    for no key update;
  -- A key that there is not takes as long as a wrong one.
  if not app_private.is_same_hash(coalesce(v_key.secret_hash, sha256('')), admit_key.secret_hash) or v_key.id is null then
    raise exception 'This key is not valid, or not any more.' using errcode = 'TR401';
  end if;

  if admit_key.act_as is not null then
    if 'act_as' <> all (v_key.scopes) then
      raise exception 'This key has not the scope that this needs: act_as.' using errcode = 'TR403';
    end if;
    select users.id into v_user_id from app_public.users
      where (users.username = admit_key.act_as::public.citext or users.id::text = lower(admit_key.act_as)) and users.deleted_at is null;
    if v_user_id is null then
      raise exception 'There is no such person to act as.' using errcode = 'TR404';
    end if;
  end if;

  select sessions.id into v_session_id from app_private.key_sessions
    join app_private.sessions on sessions.id = key_sessions.session_id
    where key_sessions.key_id = v_key.id and key_sessions.user_id = v_user_id
      and sessions.ended_at is null and sessions.expires_at > now();
  if v_session_id is null then
    insert into app_private.sessions (user_id, user_agent, expires_at)
      values (v_user_id, 'key ' || v_key.name, coalesce(v_key.expires_at, now() + interval '10 years'))
      returning sessions.id into v_session_id;
    insert into app_private.key_sessions as kept (key_id, user_id, session_id) values (v_key.id, v_user_id, v_session_id)
      on conflict on constraint key_sessions_pkey do update set session_id = excluded.session_id;
  end if;
  update app_private.server_keys set last_used_at = now()
    where server_keys.id = v_key.id and (last_used_at is null or last_used_at < now() - interval '1 minute');
  return query values (v_user_id, v_session_id, v_key.id, 'read' = any (v_key.scopes));
end
$$;
comment on function app_hidden.admit_key(text, bytea, text) is
  'As whom a key acts, in which session, and whether it may read: for the prefix of a key and the hash of its secret.';
grant execute on function app_hidden.admit_key(text, bytea, text) to trumpet_authenticator;
--! EndIncluded functions/server-keys/admit_key.sql

--! Included functions/server-keys/check_upload_key.sql
create or replace function app_hidden.check_upload_key(key_id uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config('trumpet.key_id', check_upload_key.key_id::text, true);
  perform app_private.require_scope('write');
end
$$;
comment on function app_hidden.check_upload_key(uuid) is
  'Lets a key send files if it may write. Uploads begin before any transaction of GraphQL.';
grant execute on function app_hidden.check_upload_key(uuid) to trumpet_authenticator;
--! EndIncluded functions/server-keys/check_upload_key.sql

--! Included functions/server-keys/find_key.sql
create or replace function app_private.find_key(name_or_id text) returns app_private.server_keys
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key app_private.server_keys;
begin
  select * into v_key from app_private.server_keys
    where (server_keys.name = name_or_id or server_keys.id::text = lower(name_or_id)) and revoked_at is null;
  if v_key.id is null then
    raise exception 'There is no such key: %.', name_or_id using errcode = 'TR404';
  end if;
  return v_key;
end
$$;
comment on function app_private.find_key(text) is 'A key that is not revoked, by name or id.';
--! EndIncluded functions/server-keys/find_key.sql

--! Included functions/server-keys/create_key.sql
create or replace function app_admin.create_key(name text, scopes text[], duration interval default null) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_name text := app_private.trimmed(create_key.name);
  v_expires_at timestamptz := app_private.check_moment(now() + duration, 'Until when a key is good');
  v_prefix text := encode(public.gen_random_bytes(6), 'hex');
  v_secret text := app_private.text_of_token(public.gen_random_bytes(32));
  v_scope text;
begin
  foreach v_scope in array create_key.scopes loop
    if v_scope <> all (enum_range(null::app_private.key_scope)::text[]) then
      raise exception 'There is no scope %: there are %.', v_scope, array_to_string(enum_range(null::app_private.key_scope), ', ')
        using errcode = 'TR400';
    end if;
  end loop;
  perform app_private.make_installation();
  insert into app_private.server_keys (name, prefix, secret_hash, scopes, expires_at)
    values (v_name, v_prefix, sha256(convert_to(v_secret, 'UTF8')), create_key.scopes::app_private.key_scope[], v_expires_at);
  perform app_private.note_admin_action('create_key', v_name, array_to_string(create_key.scopes, ', '));
  return 'trk_' || v_prefix || '_' || v_secret;
end
$$;
comment on function app_admin.create_key(text, text[], interval) is
  'Makes a key for a server, and returns it this once: only a hash of it is kept. Scopes: read, write, rooms, moderation, users, import, act_as. Without a duration it is good until it is revoked.';
grant execute on function app_admin.create_key(text, text[], interval) to trumpet_admin;
--! EndIncluded functions/server-keys/create_key.sql

--! Included functions/server-keys/revoke_key.sql
create or replace function app_admin.revoke_key(key text, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key app_private.server_keys := app_private.find_key(revoke_key.key);
begin
  update app_private.server_keys set revoked_at = now() where id = v_key.id;
  perform app_private.note_admin_action('revoke_key', v_key.name, revoke_key.reason);
  return format('%s is revoked: what it had open is closed', v_key.name);
end
$$;
comment on function app_admin.revoke_key(text, text) is 'Ends a key at once, by name or id: it is refused, and its sockets are closed.';
grant execute on function app_admin.revoke_key(text, text) to trumpet_admin;
--! EndIncluded functions/server-keys/revoke_key.sql

grant usage on schema app_public to trumpet_key;

create view app_admin.keys as
  select name, 'trk_' || prefix || '_…' as key, scopes, created_at, created_by, expires_at, last_used_at, revoked_at, id
    from app_private.server_keys
    order by revoked_at is not null, created_at desc;
comment on view app_admin.keys is 'The keys of servers: what they may do, since when and until when, and when they were last used.';
grant select on app_admin.keys to trumpet_admin;

--! Previous: sha1:344c3505aea5274169decbec7da3f34983621f5f
--! Hash: sha1:592cfe14c6dc4b610eed86484fd4be2032d9ca9f

/*
 * What servers may do: keys.
 *
 * A server of the product calls the same API as everybody, with a key. It acts as the installation, which is an account
 * like any other, or as a person whom it names. Either way it has a session, which ends with the key: so revoking,
 * suspension and erasure close its sockets as they do for everybody. What a key may do are its scopes. They are asked where
 * each mutation is counted (limit_rate, take_tokens), and reading is a matter of grants: a key without `read` runs as
 * trumpet_key, a role that may call what writes and see nothing else.
 */
create type app_private.key_scope as enum ('read', 'write', 'rooms', 'moderation', 'users', 'import', 'webhooks', 'act_as');
comment on type app_private.key_scope is
  'What a key may do: read; write as a person does; make and change rooms; moderate; make and remove people; import messages; tell other servers what happens; act as a person.';

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
  user_id uuid references app_public.users on delete cascade,
  workspace_id uuid not null default app_hidden.current_workspace_id() references app_private.workspaces,
  constraint server_keys_prefix_is_unique unique (prefix),
  constraint server_keys_name_length check (char_length(name) between 1 and 80),
  constraint server_keys_of_bots_are_theirs_alone check (user_id is null or scopes <@ array['read', 'write', 'rooms', 'moderation']::app_private.key_scope[])
);
comment on table app_private.server_keys is 'The keys that were given to servers. A key itself is kept nowhere.';
comment on column app_private.server_keys.name is 'Which server has it: what it does is noted under this name.';
comment on column app_private.server_keys.prefix is 'What the key begins with behind `trk_`, to tell whose it is where one is found.';
comment on column app_private.server_keys.secret_hash is 'SHA-256 of what stands behind the prefix.';
comment on column app_private.server_keys.expires_at is 'Until when it is good. Null: until it is revoked.';
comment on column app_private.server_keys.last_used_at is 'When it was last used, to the minute.';
comment on column app_private.server_keys.workspace_id is 'Where it may do what it may. It never changes.';
comment on column app_private.server_keys.user_id is 'The bot that it acts as, and nobody else. Null: as the account of its workspace.';
alter table app_private.server_keys enable row level security;
/* Deleting a workspace. */
create index server_keys_workspace_id on app_private.server_keys (workspace_id);
create index server_keys_user_id on app_private.server_keys (user_id);
create unique index server_keys_name_is_unique on app_private.server_keys (name, workspace_id) where revoked_at is null;
create trigger _100_keep_workspace before update of workspace_id on app_private.server_keys
  for each row when (old.workspace_id <> new.workspace_id) execute function app_private.tg_any__keep_key();

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

create trigger _100_end_sessions before update of secret_hash, prefix, scopes, expires_at, revoked_at, user_id or delete on app_private.server_keys
  for each row execute function app_private.tg_server_keys__end_sessions();
create trigger _100_refuse_truncate before truncate on app_private.server_keys
  for each statement execute function app_private.tg_any__refuse_truncate();
create trigger _100_refuse_truncate before truncate on app_private.key_sessions
  for each statement execute function app_private.tg_any__refuse_truncate();

--! Included functions/server-keys/make_installation.sql
/* Nobody else may be called so: the name is reserved, which is asked of the living. */
create or replace function app_private.make_installation(workspace_id uuid) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  insert into app_public.users (id, username, display_name, workspace_id)
    select account_id, 'trumpet', 'Trumpet', id from app_private.workspaces where id = make_installation.workspace_id
    on conflict do nothing;
$$;
comment on function app_private.make_installation(uuid) is 'Makes the account that the keys of a workspace act as, when it gets its first one.';
--! EndIncluded functions/server-keys/make_installation.sql

--! Included functions/server-keys/current_key_id.sql
create or replace function app_hidden.current_key_id() returns uuid
language sql stable security invoker parallel safe
return nullif(current_setting('trumpet.key_id', true), '')::uuid;
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
  return coalesce(sha256(v_salt || kept) = sha256(v_salt || shown), false);
end
$$;
comment on function app_private.is_same_hash(bytea, bytea) is
  'Whether two hashes are the same, in a time from which nothing can be learned.';
--! EndIncluded functions/server-keys/is_same_hash.sql

--! Included functions/server-keys/is_valid.sql
create or replace function app_private.is_valid(key app_private.server_keys) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
return key.revoked_at is null and (key.expires_at is null or key.expires_at > now());
comment on function app_private.is_valid(app_private.server_keys) is 'Whether a key is neither revoked nor over.';
--! EndIncluded functions/server-keys/is_valid.sql

--! Included functions/server-keys/require_scope.sql
create or replace function app_private.require_scope(scope app_private.key_scope) returns app_private.server_keys
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key app_private.server_keys;
begin
  select * into v_key from app_private.server_keys
    where id = app_hidden.current_key_id() and app_private.is_valid(server_keys);
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
    when kind in ('messages', 'settings', 'report', 'receipt', 'typing', 'presence', 'interaction', 'answer', 'group_mention', 'poll', 'forward', 'translation', 'custom_emoji') then 'write'
    when kind in ('new_room', 'room', 'membership', 'invitation', 'role', 'room_type') then 'rooms'
    when kind = 'moderation' then 'moderation'
    when kind in ('users', 'account') then 'users'
    when kind = 'rooms' then 'rooms'
    when kind = 'import' then 'import'
    when kind = 'webhooks' then 'webhooks'
    when kind = 'token' then 'act_as'
  end::app_private.key_scope;
$$;
comment on function app_private.scope_of(text) is
  'Which scope a key needs for what is of a kind (see app_private.rates); null for what no key may do.';
--! EndIncluded functions/server-keys/scope_of.sql

--! Included functions/server-keys/check_scope.sql
create or replace function app_private.check_scope(kind text) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if app_hidden.current_key_id() is not null then
    perform app_private.require_scope(app_private.scope_of(check_scope.kind));
  end if;
end
$$;
comment on function app_private.check_scope(text) is
  'Lets a key do what is of a kind if it has the scope for it. For what asks anything before it takes a token.';
--! EndIncluded functions/server-keys/check_scope.sql

--! Included functions/server-keys/note_key_action.sql
/*
 * Which mutation it is stands in the stack of calls, where no caller can write: its outermost function.
 */
create or replace function app_private.note_key_action(key app_private.server_keys, subject text default null) returns void
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
  insert into app_private.admin_actions (administrator, action, subject, user_id)
    values (
      'key ' || key.name, coalesce(v_mutation, 'unknown'), note_key_action.subject,
      case when not app_private.is_installation(app_hidden.current_user_id()) then app_hidden.current_user_id() end);
end
$$;
comment on function app_private.note_key_action(app_private.server_keys, text) is
  'Notes among what administrators did what a key does, by the key''s name, and as whom.';
--! EndIncluded functions/server-keys/note_key_action.sql

--! Included functions/server-keys/check_key.sql
create or replace function app_private.check_key(kind text, subject text default null) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if app_hidden.current_key_id() is not null then
    perform app_private.note_key_action(app_private.require_scope(app_private.scope_of(check_key.kind)), check_key.subject);
  end if;
end
$$;
comment on function app_private.check_key(text, text) is
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
  v_user_id uuid;
  v_session_id uuid;
begin
  select * into v_key from app_private.server_keys
    where server_keys.prefix = admit_key.prefix and app_private.is_valid(server_keys)
    for no key update;
  -- A key that there is not takes as long as a wrong one.
  if not app_private.is_same_hash(coalesce(v_key.secret_hash, sha256('')), admit_key.secret_hash) or v_key.id is null then
    raise exception 'This key is not valid, or not any more.' using errcode = 'TR401';
  end if;

  v_user_id := coalesce(
    v_key.user_id, (select account_id from app_private.workspaces where workspaces.id = v_key.workspace_id));
  if exists (select from app_public.users where users.id = v_user_id and deleted_at is not null) then
    raise exception 'This key is not valid, or not any more.' using errcode = 'TR401';
  end if;

  if admit_key.act_as is not null then
    if 'act_as' <> all (v_key.scopes) then
      raise exception 'This key has not the scope that this needs: act_as.' using errcode = 'TR403';
    end if;
    select users.id into v_user_id from app_public.users
      where (users.username = admit_key.act_as::public.citext or users.id::text = lower(admit_key.act_as))
        and users.workspace_id = v_key.workspace_id and users.deleted_at is null;
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
    where (server_keys.name = name_or_id and server_keys.workspace_id = app_hidden.current_workspace_id()
        or server_keys.id::text = lower(name_or_id)) and revoked_at is null;
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
  v_expires_at timestamptz := app_private.end_of(duration, 'Until when a key is good');
  v_prefix text := encode(public.gen_random_bytes(6), 'hex');
  v_secret text := app_private.text_of_token(public.gen_random_bytes(32));
  v_scope text;
begin
  if create_key.scopes is null then
    raise exception 'A key has scopes: there are %.', array_to_string(enum_range(null::app_private.key_scope), ', ')
      using errcode = 'TR400';
  end if;
  foreach v_scope in array create_key.scopes loop
    if (v_scope = any (enum_range(null::app_private.key_scope)::text[])) is not true then
      raise exception 'There is no scope %: there are %.', v_scope, array_to_string(enum_range(null::app_private.key_scope), ', ')
        using errcode = 'TR400';
    end if;
  end loop;
  perform app_private.make_installation(app_hidden.current_workspace_id());
  insert into app_private.server_keys (name, prefix, secret_hash, scopes, expires_at)
    values (v_name, v_prefix, sha256(convert_to(v_secret, 'UTF8')), create_key.scopes::app_private.key_scope[], v_expires_at);
  perform app_private.note_admin_action('create_key', v_name, array_to_string(create_key.scopes, ', '));
  return 'trk_' || v_prefix || '_' || v_secret;
end
$$;
comment on function app_admin.create_key(text, text[], interval) is
  'Makes a key for a server, and returns it this once: only a hash of it is kept. Scopes: read, write, rooms, moderation, users, import, webhooks, act_as. Without a duration it is good until it is revoked.';
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

/* What a back end does with many at once. */
create type app_public.user_entry as (
  username text,
  display_name text,
  avatar_url text,
  email text,
  issuer text,
  subject text
);
comment on type app_public.user_entry is 'A person, as a server describes them.';
comment on column app_public.user_entry.username is 'By which they are found where they have no `issuer` and `subject`; else what they would like to be called.';
comment on column app_public.user_entry.display_name is 'The name to show.';
comment on column app_public.user_entry.avatar_url is 'The web address of a picture.';
comment on column app_public.user_entry.email is 'Where mails go.';
comment on column app_public.user_entry.issuer is 'Who signs them in: one of `AUTH_ISSUERS`.';
comment on column app_public.user_entry.subject is 'Who they are to that issuer: what is in `sub`.';

create type app_public.member_entry as (
  user_id uuid,
  role app_public.member_role
);
comment on type app_public.member_entry is 'Who is to be in a room.';
comment on column app_public.member_entry.user_id is 'The id of the person.';
comment on column app_public.member_entry.role is 'What they may do there, below your own role. Left out: a member, or what they are.';

create type app_public.room_entry as (
  slug text,
  name text,
  type app_public.room_type,
  description text,
  members app_public.member_entry[]
);
comment on type app_public.room_entry is 'A room, as a server describes it.';
comment on column app_public.room_entry.slug is 'By which it is found.';
comment on column app_public.room_entry.name is 'The name to show.';
comment on column app_public.room_entry.type is 'PUBLIC, if left out, or PRIVATE. It never changes.';
comment on column app_public.room_entry.description is 'What the room is for.';
comment on column app_public.room_entry.members is 'Who is to be in it.';

create type app_public.message_entry as (
  room_id uuid,
  author_id uuid,
  content text,
  created_at timestamptz,
  message_type app_public.message_type,
  metadata jsonb,
  parent_message_id uuid,
  nonce text
);
comment on type app_public.message_entry is 'A message that is brought in.';
comment on column app_public.message_entry.room_id is 'The room it stands in.';
comment on column app_public.message_entry.author_id is 'Who wrote it. They need not be a member.';
comment on column app_public.message_entry.content is 'The text, at most 8,000 characters.';
comment on column app_public.message_entry.created_at is 'When it was written: from the year 2000 on, not in the future.';
comment on column app_public.message_entry.message_type is 'What it mainly is.';
comment on column app_public.message_entry.metadata is 'A JSON object of at most 8 kB.';
comment on column app_public.message_entry.parent_message_id is 'The message that it answers.';
comment on column app_public.message_entry.nonce is 'A name of your own for it: the same author and nonce are not brought in twice.';

--! Included functions/server-keys/begin_batch.sql
create or replace function app_private.begin_batch(kind text, entry_count integer) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_scope(app_private.scope_of(begin_batch.kind));
  if entry_count > 1000 then
    raise exception 'A batch has at most 1,000 entries.' using errcode = 'TR413';
  end if;
  perform app_private.limit_rate(begin_batch.kind);
end
$$;
comment on function app_private.begin_batch(text, integer) is
  'Lets a key do so much at once, or raises what forbids it. For keys alone.';
--! EndIncluded functions/server-keys/begin_batch.sql

--! Included functions/server-keys/refuse_entry.sql
create or replace function app_private.refuse_entry(entry text, state text, message text, constraint_name text, detail text) returns void
language plpgsql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using errcode = state, message = message, constraint = constraint_name, detail = detail, hint = entry;
end
$$;
comment on function app_private.refuse_entry(text, text, text, text, text) is
  'Raises an error again, and says of which entry of a list it is.';
--! EndIncluded functions/server-keys/refuse_entry.sql

--! Included functions/server-keys/upsert_user.sql
create or replace function app_private.upsert_user(entry app_public.user_entry) returns app_public.users
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_username text := app_private.trimmed(entry.username);
  v_display_name text := app_private.plain_name(entry.display_name);
  v_email text := nullif(btrim(entry.email), '');
  v_user_id uuid;
  v_user app_public.users;
begin
  if (entry.issuer is null) <> (entry.subject is null) then
    raise exception 'issuer and subject belong together.' using errcode = 'TR400';
  end if;
  if entry.subject is not null then
    if char_length(entry.subject) not between 1 and 500 or char_length(entry.issuer) not between 1 and 500 then
      raise exception 'issuer and subject have 1 to 500 characters.' using errcode = 'TR400';
    end if;
    perform app_private.lock_until_commit('identities', entry.issuer || ' ' || entry.subject);
    select user_id into v_user_id from app_private.identities
      where identities.issuer = entry.issuer and identities.subject = entry.subject
        and identities.workspace_id = app_hidden.current_workspace_id();
    if v_user_id is null then
      v_user_id := app_private.make_person(coalesce(v_username, v_display_name), v_display_name);
      insert into app_private.identities (issuer, subject, user_id, claims, claims_issued_at)
        values (entry.issuer, entry.subject, v_user_id, '{}', 'epoch');
    end if;
  else
    if v_username is null then
      raise exception 'A person needs a username, or an issuer and a subject.' using errcode = 'TR400';
    end if;
    select id into v_user_id from app_public.users
      where users.username = v_username::public.citext and users.workspace_id = app_hidden.current_workspace_id();
    if v_user_id is null then
      insert into app_public.users (username, display_name) values (lower(v_username), coalesce(nullif(v_display_name, ''), v_username))
        on conflict do nothing
        returning id into v_user_id;
      -- Said here and not by the index, whose error holds the name.
      if v_user_id is null then
        raise unique_violation using constraint = 'users_username_looks_like_no_other', message = 'This username looks like one that is taken.';
      end if;
    end if;
  end if;
  if app_private.is_installation(v_user_id) then
    raise exception 'This is the account of the installation.' using errcode = 'TR403';
  end if;
  update app_public.users set
    display_name = coalesce(v_display_name, users.display_name),
    avatar_url = coalesce(entry.avatar_url, users.avatar_url),
    avatar_id = case when entry.avatar_url is null then users.avatar_id end
    where users.id = v_user_id and (
      coalesce(v_display_name, users.display_name) <> users.display_name
      or entry.avatar_url is distinct from users.avatar_url and entry.avatar_url is not null);
  insert into app_private.user_secrets (user_id, email) values (v_user_id, v_email)
    on conflict on constraint user_secrets_pkey do update set
      email = excluded.email, holds_email = false, email_told_at = null
      where excluded.email is not null and user_secrets.email is distinct from excluded.email;
  if found and v_email is not null then
    perform graphile_worker.add_job('claim_email', json_build_object('userId', v_user_id));
  end if;
  select * into v_user from app_public.users where users.id = v_user_id;
  return v_user;
end
$$;
comment on function app_private.upsert_user(app_public.user_entry) is
  'Makes a person, or changes the one that there is. What is null stays as it is.';
--! EndIncluded functions/server-keys/upsert_user.sql

--! Included functions/server-keys/upsert_users.sql
create or replace function app_public.upsert_users(users app_public.user_entry[]) returns setof app_public.users
language plpgsql volatile security definer rows 100
set search_path = pg_catalog, pg_temp
as $$
declare
  v_entry app_public.user_entry;
  v_index integer := -1;
  v_state text;
  v_message text;
  v_constraint text;
  v_detail text;
begin
  perform app_private.begin_batch('users', cardinality(upsert_users.users));
  foreach v_entry in array upsert_users.users loop
    v_index := v_index + 1;
    return next app_private.upsert_user(v_entry);
  end loop;
exception when others then
  if v_index < 0 then
    raise;
  end if;
  get stacked diagnostics
    v_state = returned_sqlstate, v_message = message_text, v_constraint = constraint_name, v_detail = pg_exception_detail;
  perform app_private.refuse_entry(format('users[%s]', v_index), v_state, v_message, v_constraint, v_detail);
end
$$;
comment on function app_public.upsert_users(app_public.user_entry[]) is
  'For servers (scope `users`): makes up to 1,000 people, or changes those that there are. A person is found by `issuer` and `subject` where they are given, else by `username`. What is left out or null stays as it is. All or nothing: the error names the entry, such as `users[3]`.';
grant execute on function app_public.upsert_users(app_public.user_entry[]) to trumpet_user, trumpet_key;
--! EndIncluded functions/server-keys/upsert_users.sql

--! Included functions/server-keys/upsert_room.sql
create or replace function app_private.upsert_room(entry app_public.room_entry) returns app_public.rooms
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_user();
  v_room app_public.rooms;
  v_actor app_public.room_members;
  v_entry app_public.member_entry;
  v_member app_public.room_members;
begin
  if coalesce(entry.type, 'public') = 'direct' then
    raise exception 'Use createDirectConversation for direct conversations.' using errcode = 'TR400';
  end if;
  select rooms.* into v_room from app_public.rooms
    where rooms.slug = entry.slug::public.citext and rooms.type <> 'direct' and (
      rooms.type = 'public' and rooms.workspace_id = app_hidden.current_workspace_id()
      or exists (select from app_public.room_members where room_members.room_id = rooms.id and room_members.user_id = v_user_id))
    order by rooms.type limit 1;
  if v_room.id is null then
    perform app_private.check_workspace_permission('create_rooms');
    v_room := app_private.make_room(entry.name, entry.slug, entry.type, entry.description, null);
  else
    v_room := (app_private.lock_room_as(v_room.id, 'edit_room')).room;
    if entry.type <> v_room.type then
      raise exception 'There is a room with this slug, of another type.' using errcode = 'TR409';
    end if;
    update app_public.rooms set
      name = coalesce(app_private.plain_name(entry.name), rooms.name),
      description = coalesce(app_private.trimmed(entry.description), rooms.description)
      where rooms.id = v_room.id and (rooms.name, rooms.description) is distinct from (
        coalesce(app_private.plain_name(entry.name), rooms.name), coalesce(app_private.trimmed(entry.description), rooms.description));
  end if;
  select * into v_actor from app_public.room_members
    where room_members.room_id = v_room.id and room_members.user_id = v_user_id;
  foreach v_entry in array coalesce(entry.members, '{}') loop
    if coalesce(v_entry.role = 'owner' or v_entry.role >= v_actor.role, false) then
      raise exception 'You can only give roles below your own.' using errcode = 'TR403';
    end if;
    if not exists (select from app_public.users where users.id = v_entry.user_id and deleted_at is null)
        or not app_private.is_here(v_entry.user_id) then
      raise exception 'There is no such person: %.', v_entry.user_id using errcode = 'TR404';
    end if;
    select * into v_member from app_public.room_members
      where room_members.room_id = v_room.id and room_members.user_id = v_entry.user_id;
    -- As add_room_member asks it of whoever comes, and set_member_role of whoever is there.
    if not found then
      perform app_private.check_member(v_room, v_actor, 'add_members');
      if exists (select from app_public.users where users.id = v_entry.user_id and users.is_bot) then
        perform app_private.check_member(v_room, v_actor, 'add_bots');
      end if;
      perform app_private.check_not_blocked(v_user_id, v_entry.user_id);
      v_member := app_private.admit(v_room.id, v_entry.user_id);
    end if;
    if v_member.role <> v_entry.role and v_member.role < 'owner' then
      perform app_private.check_member(v_room, v_actor, 'manage_roles');
      if v_member.role >= v_actor.role then
        raise exception 'You can only change and give roles below your own.' using errcode = 'TR403';
      end if;
      perform app_private.check_gives_built_in(v_room, v_actor, v_member.role, v_entry.role);
      update app_public.room_members set role = v_entry.role
        where room_members.room_id = v_room.id and room_members.user_id = v_entry.user_id;
    end if;
  end loop;
  select * into v_room from app_public.rooms where rooms.id = v_room.id;
  return v_room;
end
$$;
comment on function app_private.upsert_room(app_public.room_entry) is
  'Makes a room, or changes the one of this slug, and adds members. Nobody is removed.';
--! EndIncluded functions/server-keys/upsert_room.sql

--! Included functions/server-keys/upsert_rooms.sql
create or replace function app_public.upsert_rooms(rooms app_public.room_entry[]) returns setof app_public.rooms
language plpgsql volatile security definer rows 100
set search_path = pg_catalog, pg_temp
as $$
declare
  v_entry app_public.room_entry;
  v_index integer := -1;
  v_state text;
  v_message text;
  v_constraint text;
  v_detail text;
begin
  perform app_private.begin_batch('rooms', (
    select greatest(count(*), sum(cardinality(members))) from unnest(upsert_rooms.rooms))::integer);
  foreach v_entry in array upsert_rooms.rooms loop
    v_index := v_index + 1;
    return next app_private.upsert_room(v_entry);
  end loop;
exception when others then
  if v_index < 0 then
    raise;
  end if;
  get stacked diagnostics
    v_state = returned_sqlstate, v_message = message_text, v_constraint = constraint_name, v_detail = pg_exception_detail;
  perform app_private.refuse_entry(format('rooms[%s]', v_index), v_state, v_message, v_constraint, v_detail);
end
$$;
comment on function app_public.upsert_rooms(app_public.room_entry[]) is
  'For servers (scope `rooms`): makes up to 1,000 rooms with up to 1,000 members in all, or changes those that there are. A room is found by its slug among the public ones and yours; you own what is made. Members are added and get their role, nobody is removed. What is left out or null stays as it is. All or nothing: the error names the entry, such as `rooms[3]`.';
grant execute on function app_public.upsert_rooms(app_public.room_entry[]) to trumpet_user, trumpet_key;
--! EndIncluded functions/server-keys/upsert_rooms.sql

--! Included functions/server-keys/make_message_months.sql
create or replace function app_private.make_message_months(moments timestamptz[]) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_month date;
  v_parent regclass;
begin
  for v_month in
    select distinct date_trunc('month', moment at time zone 'UTC')::date from unnest(moments) as moment
  loop
    if exists (select from app_private.archived_months where archived_months.month = v_month) then
      raise exception 'The month % is in the archive: restore it first.', to_char(v_month, 'YYYY-MM') using errcode = 'TR409';
    end if;
    continue when to_regclass(format('app_private.%I', 'messages' || to_char(v_month, '"_"YYYY"_"MM'))) is not null;
    perform app_private.lock_until_commit('partitions');
    foreach v_parent in array array['app_public.messages', 'app_private.message_search']::regclass[] loop
      perform app_private.make_month_partition(v_parent, v_month);
    end loop;
  end loop;
end
$$;
comment on function app_private.make_message_months(timestamptz[]) is 'Makes the months that messages of these moments go to.';
--! EndIncluded functions/server-keys/make_message_months.sql

--! Included functions/server-keys/import_message.sql
create or replace function app_private.import_message(entry app_public.message_entry) returns app_public.messages
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid := uuidv7(make_interval(secs => extract(epoch from entry.created_at - clock_timestamp())::double precision));
  v_head app_private.room_heads;
  v_known app_private.message_nonces;
  v_request_hash bigint;
  v_message app_public.messages;
begin
  if entry.room_id is null or entry.author_id is null or entry.created_at is null then
    raise exception 'roomId, authorId and createdAt are needed.' using errcode = 'TR400';
  end if;
  if entry.created_at > clock_timestamp() then
    raise exception 'createdAt is in the future.' using errcode = 'TR400';
  end if;
  if entry.message_type = 'system' then
    raise exception 'SYSTEM messages are written by the server.' using errcode = 'TR400';
  end if;
  perform app_private.check_content(entry.content, may_be_empty => false);
  perform app_private.check_metadata(coalesce(entry.metadata, '{}'));
  if not exists (select from app_public.users where users.id = entry.author_id and deleted_at is null)
      or not app_private.is_here(entry.author_id) then
    raise exception 'There is no such author.' using errcode = 'TR404';
  end if;
  if entry.nonce is not null then
    v_request_hash := hash_record_extended(entry, 0);
    insert into app_private.message_nonces (author_id, nonce, message_id, request_hash)
      values (entry.author_id, entry.nonce, v_id, v_request_hash)
      on conflict on constraint message_nonces_pkey do nothing;
    if not found then
      select * into v_known from app_private.message_nonces
        where message_nonces.author_id = entry.author_id and message_nonces.nonce = entry.nonce;
      select * into v_message from app_public.messages where id = v_known.message_id;
      if v_known.request_hash <> v_request_hash
          or v_message.id is null and (entry.created_at < app_private.retention_cutoff(entry.room_id)) is not true then
        raise exception 'Something else was sent with this nonce.' using errcode = 'TR409';
      end if;
      if v_message.id is not null then
        return v_message;
      end if;
      -- It was past its time, and will be again.
      update app_private.message_nonces set message_id = v_id
        where message_nonces.author_id = entry.author_id and message_nonces.nonce = entry.nonce;
    end if;
  end if;
  if not exists (
    select from app_public.rooms where rooms.id = entry.room_id and rooms.workspace_id = app_hidden.current_workspace_id()
  ) then
    raise exception 'There is no such room.' using errcode = 'TR404';
  end if;
  v_head := app_private.lock_room(entry.room_id);
  if exists (select from app_public.rooms where rooms.id = entry.room_id and is_archived) then
    raise exception 'This room is archived: it can only be read.' using errcode = 'TRARC';
  end if;
  if entry.created_at < v_head.last_message_at then
    raise exception 'createdAt is before that of the latest message of the room: messages are brought in from the oldest on.'
      using errcode = 'TR409';
  end if;
  if app_private.hooks_version(entry.room_id, 'message') is not null then
    raise exception 'This room has a hook that is asked before a message: bring history in before it has one.' using errcode = 'TR403';
  end if;
  if entry.parent_message_id is not null and not exists (
    select from app_public.messages
      where id = entry.parent_message_id and messages.room_id = entry.room_id and deleted_at is null and held_at is null
  ) then
    raise exception 'There is no such message to reply to.' using errcode = 'TR404';
  end if;
  insert into app_public.messages (id, room_id, author_id, content, message_type, metadata, parent_message_id, created_at)
    values (
      v_id, entry.room_id, entry.author_id, entry.content, coalesce(entry.message_type, 'text'),
      coalesce(entry.metadata, '{}'), entry.parent_message_id, entry.created_at)
    returning * into v_message;
  perform app_private.note_mentions(v_message, with_groups => false);
  return v_message;
end
$$;
comment on function app_private.import_message(app_public.message_entry) is
  'Brings one message in, at the end of its room, with a time of its own.';
--! EndIncluded functions/server-keys/import_message.sql

--! Included functions/server-keys/import_messages.sql
/*
 * createdAt rises with seq in every room, and everything counts on it: so history is brought in from the oldest message
 * on, before what is newer is written.
 */
create or replace function app_public.import_messages(messages app_public.message_entry[]) returns setof app_public.messages
language plpgsql volatile security definer rows 100
set search_path = pg_catalog, pg_temp
as $$
declare
  v_entry app_public.message_entry;
  v_index integer := -1;
  v_seqs jsonb;
  v_state text;
  v_message text;
  v_constraint text;
  v_detail text;
begin
  perform app_private.begin_batch('import', cardinality(import_messages.messages));
  foreach v_entry in array import_messages.messages loop
    v_index := v_index + 1;
    if app_private.check_moment(v_entry.created_at, 'createdAt') < timestamptz '2000-01-01 00:00:00Z' then
      raise exception 'createdAt is before the year 2000.' using errcode = 'TR400';
    end if;
    if v_entry.created_at <= now() then
      perform app_private.make_message_months(array[v_entry.created_at]);
    end if;
  end loop;
  v_index := -1;
  select jsonb_object_agg(room_id, last_message_seq) into v_seqs
    from app_private.room_heads where room_id in (select room_id from unnest(import_messages.messages));
  perform set_config('trumpet.import', 'on', true);
  foreach v_entry in array import_messages.messages loop
    v_index := v_index + 1;
    return next app_private.import_message(v_entry);
  end loop;
  perform set_config('trumpet.import', '', true);
  -- It is news to nobody.
  update app_public.room_members set last_read_seq = room_heads.last_message_seq
    from app_private.room_heads
    where room_heads.room_id in (select key::uuid from jsonb_each(v_seqs))
      and room_members.room_id = room_heads.room_id
      and room_members.last_read_seq = (v_seqs ->> room_heads.room_id::text)::bigint
      and room_heads.last_message_seq > room_members.last_read_seq;
exception when others then
  if v_index < 0 then
    raise;
  end if;
  get stacked diagnostics
    v_state = returned_sqlstate, v_message = message_text, v_constraint = constraint_name, v_detail = pg_exception_detail;
  perform app_private.refuse_entry(format('messages[%s]', v_index), v_state, v_message, v_constraint, v_detail);
end
$$;
comment on function app_public.import_messages(app_public.message_entry[]) is
  'For servers (scope `import`): brings up to 1,000 messages in, with authors and times of their own. In each room they come from the oldest to the newest, none older than its latest message. Nobody is notified; who had read everything has read these too. With a `nonce` an entry that was brought in already is given again. All or nothing: the error names the entry, such as `messages[3]`.';
grant execute on function app_public.import_messages(app_public.message_entry[]) to trumpet_user, trumpet_key;
--! EndIncluded functions/server-keys/import_messages.sql

--! Included functions/server-keys/check_reason.sql
create or replace function app_private.check_reason(reason text) returns text
language plpgsql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if app_private.trimmed(check_reason.reason) is null or char_length(check_reason.reason) > 500 then
    raise exception 'A reason has 1 to 500 characters.' using errcode = 'TR400';
  end if;
  return app_private.trimmed(check_reason.reason);
end
$$;
comment on function app_private.check_reason(text) is 'The reason that was given, or BAD_INPUT.';
--! EndIncluded functions/server-keys/check_reason.sql

--! Included functions/server-keys/person_of.sql
create or replace function app_private.person_of(user_id uuid) returns app_public.users
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users;
begin
  select users.* into v_user from app_public.users where users.id = person_of.user_id and deleted_at is null
      -- At psql nobody has signed in.
      and (app_hidden.current_user_id() is null or users.workspace_id = app_hidden.current_workspace_id());
  if v_user.id is null then
    raise exception 'There is no such person.' using errcode = 'TR404';
  end if;
  if app_private.is_installation(v_user.id) then
    raise exception 'This is the account of the installation.' using errcode = 'TR403';
  end if;
  return v_user;
end
$$;
comment on function app_private.person_of(uuid) is 'A person who is neither gone nor the installation, for what a server does with them.';
--! EndIncluded functions/server-keys/person_of.sql

--! Included functions/server-keys/deactivate_user.sql
create or replace function app_public.deactivate_user(user_id uuid, reason text, deactivated_until timestamptz default null) returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key constant app_private.server_keys := app_private.require_scope('users');
  v_user app_public.users;
begin
  perform app_private.limit_rate('account', deactivate_user.user_id::text);
  v_user := app_private.person_of(deactivate_user.user_id);
  insert into app_private.suspensions (user_id, reason, suspended_until, suspended_by)
    values (
      v_user.id, app_private.check_reason(deactivate_user.reason), app_private.check_moment(deactivate_user.deactivated_until, 'deactivatedUntil'),
      'key ' || v_key.name)
    on conflict on constraint suspensions_pkey do update set
      reason = excluded.reason, suspended_until = excluded.suspended_until, suspended_at = now(), suspended_by = excluded.suspended_by;
  return v_user;
end
$$;
comment on function app_public.deactivate_user(uuid, text, timestamptz) is
  'For servers (scope `users`): ends a person''s sessions and refuses them, for good or until a moment. What they wrote stays.';
grant execute on function app_public.deactivate_user(uuid, text, timestamptz) to trumpet_user, trumpet_key;
--! EndIncluded functions/server-keys/deactivate_user.sql

--! Included functions/server-keys/reactivate_user.sql
create or replace function app_public.reactivate_user(user_id uuid) returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users;
begin
  perform app_private.require_scope('users');
  perform app_private.limit_rate('account', reactivate_user.user_id::text);
  v_user := app_private.person_of(reactivate_user.user_id);
  delete from app_private.suspensions where suspensions.user_id = v_user.id;
  return v_user;
end
$$;
comment on function app_public.reactivate_user(uuid) is 'For servers (scope `users`): lets a person in again who was deactivated or suspended.';
grant execute on function app_public.reactivate_user(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/server-keys/reactivate_user.sql

--! Included functions/server-keys/erase_user.sql
create or replace function app_public.erase_user(user_id uuid, reason text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users;
begin
  perform app_private.require_scope('users');
  perform app_private.limit_rate('account', erase_user.user_id || ': ' || app_private.check_reason(erase_user.reason));
  v_user := app_private.person_of(erase_user.user_id);
  perform app_private.begin_erasure(v_user.id);
end
$$;
comment on function app_public.erase_user(uuid, text) is
  'For servers (scope `users`): deletes an account as `deleteMyAccount` does, at once for all to see, in full when the worker is through.';
grant execute on function app_public.erase_user(uuid, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/server-keys/erase_user.sql

--! Included functions/server-keys/issue_token.sql
create or replace function app_public.issue_token(user_id uuid) returns app_public.user_session
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_scope('act_as');
  perform app_private.limit_rate('token', issue_token.user_id::text);
  return app_private.open_session((app_private.person_of(issue_token.user_id)).id, null);
end
$$;
comment on function app_public.issue_token(uuid) is
  'For servers (scope `act_as`): begins a session of a person whom your product has signed in, for their app. It is the person''s own: it does not end with the key.';
grant execute on function app_public.issue_token(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/server-keys/issue_token.sql

--! Included functions/server-keys-at-psql/issue_token.sql
create or replace function app_admin.issue_token(who text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users := app_private.person_of((app_private.find_user(who)).id);
begin
  perform app_private.note_admin_action('issue_token', user_id => v_user.id);
  return (app_private.open_session(v_user.id, 'an administrator')).refresh_token;
end
$$;
comment on function app_admin.issue_token(text) is
  'Begins a session of a person, and returns its refresh token, this once: `refreshSession` gives an access token for it.';
grant execute on function app_admin.issue_token(text) to trumpet_admin;
--! EndIncluded functions/server-keys-at-psql/issue_token.sql

--! Included functions/server-keys/create_user.sql
create or replace function app_admin.create_user(username text, display_name text default null, email text default null, password text default null)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_entry app_public.user_entry;
  v_user app_public.users;
begin
  if exists (
    select from app_public.users
      where users.username = btrim(create_user.username)::public.citext
        and users.workspace_id = app_hidden.current_workspace_id()
  ) then
    raise unique_violation using constraint = 'users_username_is_unique', message = 'This username is taken.';
  end if;
  if create_user.password is not null then
    perform app_private.check_password(create_user.password);
  end if;
  v_entry.username := create_user.username;
  v_entry.display_name := create_user.display_name;
  v_entry.email := create_user.email;
  v_user := app_private.upsert_user(v_entry);
  if create_user.password is not null then
    update app_private.user_secrets
      set password_hash = public.crypt(app_private.password_form(create_user.password), public.gen_salt('bf', 10))
      where user_id = v_user.id;
  end if;
  perform app_private.note_admin_action('create_user', user_id => v_user.id);
  return v_user.id;
end
$$;
comment on function app_admin.create_user(text, text, text, text) is
  'Makes an account. Without a password its person signs in by your own issuer, or by a token that you issue.';
grant execute on function app_admin.create_user(text, text, text, text) to trumpet_admin;
--! EndIncluded functions/server-keys/create_user.sql

create view app_admin.keys as
  select server_keys.name, 'trk_' || prefix || '_…' as key, scopes, server_keys.created_at, created_by, expires_at, last_used_at,
      revoked_at, workspaces.name as workspace, server_keys.id
    from app_private.server_keys
    join app_private.workspaces on workspaces.id = server_keys.workspace_id
    order by revoked_at is not null, server_keys.created_at desc;
comment on view app_admin.keys is 'The keys of servers: what they may do, since when and until when, and when they were last used.';
grant select on app_admin.keys to trumpet_admin;

--! Previous: sha1:dcec876682cf1f1ce15eb1d049f64bbf29784cec
--! Hash: sha1:2c3be8d191e6e67c074b801089824e1023c6a08b

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
  user_id uuid,
  subject text,
  reason text
);
comment on table app_private.admin_actions is 'What administrators did. Nothing here is ever changed.';
comment on column app_private.admin_actions.user_id is
  'To whom. By id, which leads nowhere once the account is deleted: a name could not be taken away again.';
alter table app_private.admin_actions enable row level security;
create trigger _100_append_only before update or delete or truncate on app_private.admin_actions
  for each statement execute function app_private.tg_any__append_only();
alter table app_private.admin_actions enable always trigger _100_append_only;

--! Included functions/administration/note_admin_action.sql
create or replace function app_private.note_admin_action(
  action text, subject text default null, reason text default null, user_id uuid default null
) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  insert into app_private.admin_actions (action, subject, reason, user_id) values (action, subject, reason, user_id);
$$;
comment on function app_private.note_admin_action(text, text, text, uuid) is 'Notes what an administrator does, and to whom.';
--! EndIncluded functions/administration/note_admin_action.sql

/* Workspaces. Names of people and rooms are those of the one that is used, which is the default one at first. */
--! Included functions/workspaces-at-psql/find_workspace.sql
create or replace function app_private.find_workspace(name text) returns app_private.workspaces
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_workspace app_private.workspaces;
begin
  select * into v_workspace from app_private.workspaces where workspaces.name = find_workspace.name and deleted_at is null;
  if v_workspace.id is null then
    raise exception 'There is no such workspace: %.', find_workspace.name using errcode = 'TR404';
  end if;
  return v_workspace;
end
$$;
comment on function app_private.find_workspace(text) is 'A workspace by name.';
--! EndIncluded functions/workspaces-at-psql/find_workspace.sql

--! Included functions/workspaces-at-psql/keep_hosts.sql
create or replace function app_private.keep_hosts(workspace_id uuid, hosts text[]) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hosts constant text[] := array(
    select name from unnest(keep_hosts.hosts) with ordinality as named (host, position)
      cross join lateral (select lower(app_private.trimmed(host)) as name) as plain
      group by name order by min(position));
  v_other text;
begin
  select format('%s belongs to %s', workspace_hosts.host, workspaces.name) into v_other
    from app_private.workspace_hosts
    join app_private.workspaces on workspaces.id = workspace_hosts.workspace_id
    where workspace_hosts.host = any (v_hosts) and workspace_hosts.workspace_id <> keep_hosts.workspace_id
    order by 1 limit 1;
  if v_other is not null then
    raise exception '%.', v_other using errcode = 'TR409';
  end if;
  delete from app_private.workspace_hosts
    where workspace_hosts.workspace_id = keep_hosts.workspace_id and workspace_hosts.host <> all (v_hosts);
  insert into app_private.workspace_hosts (host, workspace_id, position)
    select host, keep_hosts.workspace_id, position from unnest(v_hosts) with ordinality as named (host, position)
    on conflict on constraint workspace_hosts_pkey do update set position = excluded.position;
end
$$;
comment on function app_private.keep_hosts(uuid, text[]) is 'Says by which host names people come to a workspace: by these and no others.';
--! EndIncluded functions/workspaces-at-psql/keep_hosts.sql

--! Included functions/workspaces-at-psql/create_workspace.sql
create or replace function app_admin.create_workspace(name text, hosts text[] default '{}') returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
begin
  insert into app_private.workspaces (name) values (create_workspace.name) returning id into v_id;
  perform app_private.keep_hosts(v_id, create_workspace.hosts);
  perform app_private.note_admin_action('create_workspace', create_workspace.name, array_to_string(create_workspace.hosts, ', '));
  return v_id;
end
$$;
comment on function app_admin.create_workspace(text, text[]) is
  'Makes a workspace: its people and rooms and those of the others see nothing of each other. Whoever comes by one of its host names signs in there.';
grant execute on function app_admin.create_workspace(text, text[]) to trumpet_admin;
--! EndIncluded functions/workspaces-at-psql/create_workspace.sql

--! Included functions/workspaces-at-psql/rename_workspace.sql
create or replace function app_admin.rename_workspace(workspace text, new_name text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_workspace app_private.workspaces := app_private.find_workspace(rename_workspace.workspace);
begin
  update app_private.workspaces set name = rename_workspace.new_name where id = v_workspace.id;
  perform app_private.note_admin_action('rename_workspace', v_workspace.name, rename_workspace.new_name);
  return format('%s is called %s', v_workspace.name, rename_workspace.new_name);
end
$$;
comment on function app_admin.rename_workspace(text, text) is
  'Gives a workspace another name. Settings and tokens that name it have to change with it.';
grant execute on function app_admin.rename_workspace(text, text) to trumpet_admin;
--! EndIncluded functions/workspaces-at-psql/rename_workspace.sql

--! Included functions/workspaces-at-psql/set_workspace_hosts.sql
create or replace function app_admin.set_workspace_hosts(workspace text, hosts text[]) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_workspace app_private.workspaces := app_private.find_workspace(set_workspace_hosts.workspace);
begin
  perform app_private.keep_hosts(v_workspace.id, set_workspace_hosts.hosts);
  perform app_private.note_admin_action(
    'set_workspace_hosts', v_workspace.name, array_to_string(set_workspace_hosts.hosts, ', '));
  return format('%s is reached by %s', v_workspace.name,
    coalesce(nullif(array_to_string(set_workspace_hosts.hosts, ', '), ''), 'no host name of its own'));
end
$$;
comment on function app_admin.set_workspace_hosts(text, text[]) is
  'Says by which host names people come who sign in to a workspace: by these and no others.';
grant execute on function app_admin.set_workspace_hosts(text, text[]) to trumpet_admin;
--! EndIncluded functions/workspaces-at-psql/set_workspace_hosts.sql

--! Included functions/workspaces-at-psql/use_workspace.sql
create or replace function app_admin.use_workspace(workspace text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_workspace app_private.workspaces := app_private.find_workspace(use_workspace.workspace);
begin
  perform set_config('trumpet.workspace_id', v_workspace.id::text, false);
  return format('Names are those of %s from here on', v_workspace.name);
end
$$;
comment on function app_admin.use_workspace(text) is
  'Until the end of this session at psql, usernames, slugs and names of keys and webhooks are those of this workspace, and what is made is made there. Ids are found wherever they are.';
grant execute on function app_admin.use_workspace(text) to trumpet_admin;
--! EndIncluded functions/workspaces-at-psql/use_workspace.sql

--! Included functions/workspaces-at-psql/refuse_held_workspace.sql
create or replace function app_private.refuse_held_workspace(workspace_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from app_private.legal_holds
      where released_at is null and refuse_held_workspace.workspace_id in (
        select rooms.workspace_id from app_public.rooms where rooms.id = legal_holds.room_id
        union all
        select users.workspace_id from app_public.users where users.id = legal_holds.user_id)
  ) then
    raise exception 'Something in this workspace is on hold: see app_admin.holds.' using errcode = 'TR409';
  end if;
end
$$;
comment on function app_private.refuse_held_workspace(uuid) is 'CONFLICT where a legal hold keeps a room or a person of a workspace.';
--! EndIncluded functions/workspaces-at-psql/refuse_held_workspace.sql

--! Included functions/workspaces-at-psql/end_sessions_of_workspace.sql
create or replace function app_private.end_sessions_of_workspace(workspace_id uuid) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_session_ids uuid[] := array(
    select sessions.id from app_private.sessions
      join app_public.users on users.id = sessions.user_id
      where users.workspace_id = end_sessions_of_workspace.workspace_id and ended_at is null and expires_at > now());
begin
  perform app_private.end_sessions(v_session_ids, 'workspace deleted');
  return cardinality(v_session_ids);
end
$$;
comment on function app_private.end_sessions_of_workspace(uuid) is 'Ends every session in a workspace at once, and says how many.';
--! EndIncluded functions/workspaces-at-psql/end_sessions_of_workspace.sql

--! Included functions/workspaces-at-psql/delete_workspace.sql
/* Access ends here and now. What there is of it, the worker deletes step by step. */
create or replace function app_admin.delete_workspace(workspace text, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_workspace app_private.workspaces := app_private.find_workspace(delete_workspace.workspace);
  v_count integer;
begin
  if v_workspace.id = app_private.default_workspace_id() then
    raise exception 'The workspace default stays.' using errcode = 'TR403';
  end if;
  perform app_private.refuse_held_workspace(v_workspace.id);
  update app_private.workspaces set deleted_at = now() where id = v_workspace.id;
  delete from app_private.workspace_hosts where workspace_hosts.workspace_id = v_workspace.id;
  update app_private.server_keys set revoked_at = now() where server_keys.workspace_id = v_workspace.id and revoked_at is null;
  delete from app_public.incoming_webhooks using app_public.rooms
    where rooms.id = incoming_webhooks.room_id and rooms.workspace_id = v_workspace.id;
  delete from app_public.room_invitations using app_public.rooms
    where rooms.id = room_invitations.room_id and rooms.workspace_id = v_workspace.id;
  update app_public.webhooks set disabled_at = now() where webhooks.workspace_id = v_workspace.id and disabled_at is null;
  v_count := app_private.end_sessions_of_workspace(v_workspace.id);
  -- Nothing more is made in it by whoever has used it until now.
  perform set_config('trumpet.workspace_id', '', false) where app_hidden.current_workspace_id() = v_workspace.id;
  perform graphile_worker.add_job(
    'delete_workspace', json_build_object('workspaceId', v_workspace.id), job_key => 'delete_workspace:' || v_workspace.id);
  perform app_private.note_admin_action('delete_workspace', v_workspace.name, delete_workspace.reason);
  return format('%s is being deleted; %s sessions ended', v_workspace.name, v_count);
end
$$;
comment on function app_admin.delete_workspace(text, text) is
  'Deletes a workspace with all people, rooms and messages in it, for ever: access ends at once, the rest goes when the worker is through. Not `default`, and none in which something is on hold.';
grant execute on function app_admin.delete_workspace(text, text) to trumpet_admin;
--! EndIncluded functions/workspaces-at-psql/delete_workspace.sql

--! Included functions/workspaces-at-psql/delete_next_of_room.sql
create or replace function app_private.delete_next_of_room(room_id uuid, batch_size integer) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text;
  v_ids uuid[];
  v_first bigint;
begin
  perform app_private.begin_bulk(); -- Nobody is left who would read of it.
  for v_table in select app_private.message_tables() loop
    execute format('select array(select id from %s where room_id = $1 limit $2)', v_table)
      into v_ids using delete_next_of_room.room_id, batch_size;
    if cardinality(v_ids) > 0 then
      perform app_private.lock_room(delete_next_of_room.room_id);
      perform app_private.delete_messages(v_ids, v_table);
      return true;
    end if;
  end loop;
  -- What was held and never released is in no table of messages.
  delete from app_private.message_deletions
    where (message_id) in (
      select deletions.message_id from app_private.message_deletions as deletions
        where deletions.room_id = delete_next_of_room.room_id limit batch_size);
  if found then
    return true;
  end if;
  -- Numbers have no gap, so a range of them is a batch.
  select change_seq into v_first from app_private.room_changes
    where room_changes.room_id = delete_next_of_room.room_id order by change_seq limit 1;
  if found then
    delete from app_private.room_changes
      where room_changes.room_id = delete_next_of_room.room_id and change_seq < v_first + batch_size;
    return true;
  end if;
  delete from app_public.moderation_log
    where id in (
      select log.id from app_public.moderation_log as log where log.room_id = delete_next_of_room.room_id limit batch_size);
  if found then
    return true;
  end if;
  delete from app_public.room_members
    where room_members.room_id = delete_next_of_room.room_id and user_id in (
      select members.user_id from app_public.room_members as members
        where members.room_id = delete_next_of_room.room_id limit batch_size);
  if found then
    return true;
  end if;
  -- What there is of a few rows, and goes with no foreign key.
  delete from app_private.legal_holds where legal_holds.room_id = delete_next_of_room.room_id;
  delete from app_private.push_notices where push_notices.room_id = delete_next_of_room.room_id;
  delete from app_private.token_buckets where token_buckets.room_id = delete_next_of_room.room_id;
  delete from app_private.typing_indicators where typing_indicators.room_id = delete_next_of_room.room_id;
  delete from app_private.room_changes where room_changes.room_id = delete_next_of_room.room_id;
  return false;
end
$$;
comment on function app_private.delete_next_of_room(uuid, integer) is
  'Deletes something of a room whose workspace is being deleted, at most a batch. False when the room alone is left.';
--! EndIncluded functions/workspaces-at-psql/delete_next_of_room.sql

--! Included functions/workspaces-at-psql/delete_next_of_workspace.sql
/*
 * Rooms first, each with what was written in it, and then the people: nobody leaves an account behind that is kept for what
 * they wrote. Every table is gone through by an index, and nothing is asked of what belongs to others.
 */
create or replace function app_private.delete_next_of_workspace(workspace_id uuid, batch_size integer) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
  v_ids uuid[];
begin
  perform from app_private.workspaces where id = delete_next_of_workspace.workspace_id and deleted_at is not null for update;
  if not found then
    return false;
  end if;
  -- One that was put on hold in the meantime counts at once.
  perform app_private.refuse_held_workspace(delete_next_of_workspace.workspace_id);

  select id into v_id from app_public.rooms where rooms.workspace_id = delete_next_of_workspace.workspace_id limit 1;
  if v_id is not null then
    if not app_private.delete_next_of_room(v_id, batch_size) then
      delete from app_public.rooms where id = v_id;
    end if;
    return true;
  end if;

  -- Each takes its sessions, settings and the like along.
  v_ids := array(
    select id from app_public.users
      where users.workspace_id = delete_next_of_workspace.workspace_id order by id limit greatest(1, batch_size / 10));
  if cardinality(v_ids) > 0 then
    update app_private.uploads set released_at = coalesce(released_at, now()), filename = 'file' where uploader_id = any (v_ids);
    if found then
      perform app_private.schedule_removals();
    end if;
    perform app_private.delete_person(id) from unnest(v_ids) as id;
    return true;
  end if;

  delete from app_private.imported_ids
    where (import_id, kind, source_id) in (
      select imported_ids.import_id, imported_ids.kind, imported_ids.source_id from app_private.imports
        join app_private.imported_ids on imported_ids.import_id = imports.id
        where imports.workspace_id = delete_next_of_workspace.workspace_id limit batch_size);
  if found then
    return true;
  end if;
  delete from app_private.imports where imports.workspace_id = delete_next_of_workspace.workspace_id;
  delete from app_public.webhooks where webhooks.workspace_id = delete_next_of_workspace.workspace_id;
  delete from app_private.server_keys where server_keys.workspace_id = delete_next_of_workspace.workspace_id;
  if app_private.erase_workspace_from_audit_log(delete_next_of_workspace.workspace_id, batch_size) then
    return true;
  end if;
  perform app_private.release_emoji_pictures(delete_next_of_workspace.workspace_id);
  delete from app_private.workspaces where id = delete_next_of_workspace.workspace_id;
  return false;
end
$$;
comment on function app_private.delete_next_of_workspace(uuid, integer) is
  'Deletes something of a workspace that is being deleted, at most a batch. False when nothing is left, not the workspace either.';
--! EndIncluded functions/workspaces-at-psql/delete_next_of_workspace.sql

--! Included functions/workspaces-at-psql/tg_sessions__refuse_deleted_workspace.sql
create or replace function app_private.tg_sessions__refuse_deleted_workspace() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from app_private.workspaces
      where id = (select users.workspace_id from app_public.users where users.id = new.user_id) and deleted_at is not null
  ) then
    raise exception 'This workspace is being deleted.' using errcode = 'TR403';
  end if;
  return new;
end
$$;
comment on function app_private.tg_sessions__refuse_deleted_workspace() is
  'Nobody gets a session in a workspace that is being deleted, whichever way they ask.';
--! EndIncluded functions/workspaces-at-psql/tg_sessions__refuse_deleted_workspace.sql
create trigger _110_refuse_deleted_workspace before insert on app_private.sessions
  for each row execute function app_private.tg_sessions__refuse_deleted_workspace();

--! Included functions/administration/find_user.sql
create or replace function app_private.find_user(username_or_id text) returns app_public.users
language plpgsql stable security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_user app_public.users;
begin
  select users.* into v_user from app_public.users
    where users.username = username_or_id::public.citext and users.workspace_id = app_hidden.current_workspace_id()
      or users.id::text = lower(username_or_id);
  if v_user.id is null then
    raise exception 'There is no such person: %.', username_or_id using errcode = 'TR404';
  end if;
  return v_user;
end
$$;
comment on function app_private.find_user(text) is 'A person by id, or by username in the current workspace.';
--! EndIncluded functions/administration/find_user.sql

--! Included functions/administration/find_room.sql
create or replace function app_private.find_room(slug_or_id text) returns app_public.rooms
language plpgsql stable security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_rooms app_public.rooms[] := array(
    select rooms from app_public.rooms
      where rooms.slug = slug_or_id::public.citext and rooms.workspace_id = app_hidden.current_workspace_id()
        or rooms.id::text = lower(slug_or_id));
begin
  if cardinality(v_rooms) = 0 then
    raise exception 'There is no such room: %.', slug_or_id using errcode = 'TR404';
  end if;
  if cardinality(v_rooms) > 1 then
    raise exception 'Several rooms have the slug %: give the id.', slug_or_id using errcode = 'TR409';
  end if;
  return v_rooms[1];
end
$$;
comment on function app_private.find_room(text) is 'A room by id, or by slug in the current workspace.';
--! EndIncluded functions/administration/find_room.sql

/* People */

--! Included functions/administration/tg_sessions__refuse_suspended.sql
create or replace function app_private.tg_sessions__refuse_suspended() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_suspension app_private.suspensions;
begin
  select * into v_suspension from app_private.suspensions
    where suspensions.user_id = new.user_id and (suspended_until is null or suspended_until > now());
  if v_suspension.user_id is not null then
    raise exception 'This account is suspended%.',
      coalesce(to_char(v_suspension.suspended_until at time zone 'UTC', '" until "YYYY-MM-DD"T"HH24:MI:SS"Z"'), '')
      using errcode = 'TR403';
  end if;
  return new;
end
$$;
comment on function app_private.tg_sessions__refuse_suspended() is 'Nobody who is suspended gets a session, whichever way they ask.';
--! EndIncluded functions/administration/tg_sessions__refuse_suspended.sql

create trigger _100_refuse_suspended before insert on app_private.sessions
  for each row execute function app_private.tg_sessions__refuse_suspended();

--! Included functions/administration/suspend_user.sql
create or replace function app_admin.suspend_user(who text, reason text, duration interval default null) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users := app_private.find_user(who);
  v_until timestamptz := app_private.end_of(duration, 'Until when a suspension lasts');
  v_count integer := (
    select count(*) from app_private.sessions
      where sessions.user_id = v_user.id and ended_at is null and expires_at > now());
begin
  insert into app_private.suspensions (user_id, reason, suspended_until)
    values (v_user.id, suspend_user.reason, v_until)
    on conflict (user_id) do update set
      reason = excluded.reason, suspended_until = excluded.suspended_until, suspended_at = now(), suspended_by = session_user;
  perform app_private.note_admin_action('suspend_user', reason => suspend_user.reason, user_id => v_user.id);
  return format('%s is suspended %s; %s sessions ended', v_user.username,
    coalesce('until ' || to_char(v_until, 'YYYY-MM-DD HH24:MI TZ'), 'for good'), v_count);
end
$$;
comment on function app_admin.suspend_user(text, text, interval) is
  'Ends a person''s sessions and refuses their sign-in (FORBIDDEN), for a time or until unsuspend_user.';
grant execute on function app_admin.suspend_user(text, text, interval) to trumpet_admin;
--! EndIncluded functions/administration/suspend_user.sql

--! Included functions/administration/unsuspend_user.sql
create or replace function app_admin.unsuspend_user(who text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users := app_private.find_user(who);
begin
  delete from app_private.suspensions where user_id = v_user.id;
  if not found then
    return format('%s was not suspended', v_user.username);
  end if;
  perform app_private.note_admin_action('unsuspend_user', user_id => v_user.id);
  return format('%s may sign in again', v_user.username);
end
$$;
comment on function app_admin.unsuspend_user(text) is 'Lets a person sign in again.';
grant execute on function app_admin.unsuspend_user(text) to trumpet_admin;
--! EndIncluded functions/administration/unsuspend_user.sql

--! Included functions/administration/sign_everyone_out.sql
create or replace function app_admin.sign_everyone_out(reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_session_ids uuid[] := array(select id from app_private.sessions where ended_at is null and expires_at > now());
begin
  perform app_private.end_sessions(v_session_ids, 'everyone signed out');
  perform app_private.revoke_person(identities) from app_private.identities;
  perform app_private.note_admin_action('sign_everyone_out', 'everyone', sign_everyone_out.reason);
  return format('%s sessions ended', cardinality(v_session_ids));
end
$$;
comment on function app_admin.sign_everyone_out(text) is 'Ends every session of everyone: all tokens stop working, all sockets are closed.';
grant execute on function app_admin.sign_everyone_out(text) to trumpet_admin;
--! EndIncluded functions/administration/sign_everyone_out.sql

--! Included functions/administration/export_user.sql
create or replace function app_admin.export_user(who text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users := app_private.find_user(who);
  v_export app_public.data_exports := app_private.request_data_export(v_user.id);
begin
  perform app_private.note_admin_action('export_user', user_id => v_user.id);
  return (
    select format('/exports/%s/%s', data_export_files.export_id, data_export_files.download_token)
      from app_private.data_export_files where data_export_files.export_id = v_export.id);
end
$$;
comment on function app_admin.export_user(text) is
  'Has a person''s data exported, and returns the path where it can be fetched in a moment, for a week. Whoever has the path has the data.';
grant execute on function app_admin.export_user(text) to trumpet_admin;
--! EndIncluded functions/administration/export_user.sql

--! Included functions/administration/erase_user.sql
create or replace function app_admin.erase_user(who text, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users := app_private.find_user(who);
begin
  if v_user.id = app_private.ghost_id() then
    raise exception 'This account keeps what deleted accounts leave behind.' using errcode = 'TR400';
  end if;
  perform app_private.begin_erasure(v_user.id);
  perform app_private.note_admin_action('erase_user', reason => erase_user.reason, user_id => v_user.id);
  return format('%s is gone; see app_admin.erasures for %s', v_user.username, v_user.id);
end
$$;
comment on function app_admin.erase_user(text, text) is
  'Deletes an account as delete_my_account does: at once for all to see, in full when the worker is through.';
grant execute on function app_admin.erase_user(text, text) to trumpet_admin;
--! EndIncluded functions/administration/erase_user.sql

--! Included functions/administration/traces_of_user.sql
/*
 * A column of any type that could hold a name or an id as text is read as text: arrays, JSON, the tags of the search
 * index, which keep the last twelve digits of an id.
 */
create or replace function app_admin.traces_of_user(user_id uuid, also text[] default '{}')
returns table (found_in text, row_count bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_patterns text[] := array(
    select '%' || app_private.like_pattern(lower(needle)) || '%'
      from unnest(array[right(user_id::text, 12)] || also) as needle
      where needle <> '');
  v_table record;
  v_counts jsonb;
begin
  -- Nothing is found of nobody: that would be taken for the proof.
  if traces_of_user.user_id is null then
    raise exception 'Give the id of a person: app_admin.erasures has those of who was erased.' using errcode = 'TR400';
  end if;
  for v_table in
    select format('%I.%I', nspname, relname) as name,
        string_agg(format(
          case when atttypid = 'uuid'::regtype then '%L, count(*) filter (where %I = $1)'
            else '%L, count(*) filter (where lower(%I::text) like any ($2))' end,
          attname, attname), ', ' order by attnum) as counts
      from pg_attribute
      join pg_class on pg_class.oid = attrelid
      join pg_namespace on pg_namespace.oid = relnamespace
      join pg_type on pg_type.oid = atttypid
      where nspname in ('app_public', 'app_private', 'app_archive', 'app_admin', 'graphile_worker')
        and relkind in ('r', 'p', 'm') and not relispartition
        and attnum > 0 and not attisdropped
        -- Strings, arrays, composites, and what is neither number, time, boolean nor enum.
        and typcategory in ('S', 'A', 'C', 'U')
      group by 1
      order by 1
  loop
    execute format('select jsonb_build_object(%s) from %s', v_table.counts, v_table.name)
      into v_counts using traces_of_user.user_id, v_patterns;
    return query
      select v_table.name || '.' || counted.key, counted.value::bigint
        from jsonb_each_text(v_counts) as counted
        where counted.value <> '0'
        order by 1;
  end loop;
  return query
    select 'files', count(*) from app_private.uploads
      where uploads.uploader_id = traces_of_user.user_id and uploads.removed_at is null
      having count(*) > 0;
end
$$;
comment on function app_admin.traces_of_user(uuid, text[]) is
  'Counts every row of every table that names this id, or has one of the texts given in any column: names, addresses, what they wrote. The proof of an erasure. It reads everything.';
grant execute on function app_admin.traces_of_user(uuid, text[]) to trumpet_admin;
--! EndIncluded functions/administration/traces_of_user.sql

/* Rooms */

create table app_private.closed_rooms (
  room_id uuid primary key references app_public.rooms on delete cascade,
  reason text not null,
  closed_at timestamptz not null default now(),
  closed_by text not null default session_user
);
comment on table app_private.closed_rooms is 'Rooms that an administrator has closed: their owners cannot open them again.';
alter table app_private.closed_rooms enable row level security;

--! Included functions/administration/tg_rooms__stay_closed.sql
create or replace function app_private.tg_rooms__stay_closed() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from app_private.closed_rooms where closed_rooms.room_id = new.id) then
    raise exception 'An administrator has closed this room.' using errcode = 'TR403';
  end if;
  return new;
end
$$;
comment on function app_private.tg_rooms__stay_closed() is 'A closed room stays archived.';
--! EndIncluded functions/administration/tg_rooms__stay_closed.sql

create trigger _100_stay_closed before update on app_public.rooms
  for each row when (old.is_archived and not new.is_archived)
  execute function app_private.tg_rooms__stay_closed();

--! Included functions/administration/close_room.sql
create or replace function app_admin.close_room(room text, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room app_public.rooms := app_private.find_room(room);
begin
  perform app_private.lock_room(v_room.id);
  insert into app_private.closed_rooms (room_id, reason) values (v_room.id, close_room.reason)
    on conflict (room_id) do update set reason = excluded.reason;
  update app_public.rooms set is_archived = true where id = v_room.id and not is_archived;
  perform app_private.note_admin_action('close_room', coalesce(v_room.slug::text, v_room.id::text), close_room.reason);
  return format('%s is closed', coalesce(v_room.slug::text, v_room.id::text));
end
$$;
comment on function app_admin.close_room(text, text) is
  'Closes a room: it can be read, nothing in it changes any more, and its owner cannot open it again.';
grant execute on function app_admin.close_room(text, text) to trumpet_admin;
--! EndIncluded functions/administration/close_room.sql

--! Included functions/administration/reopen_room.sql
create or replace function app_admin.reopen_room(room text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room app_public.rooms := app_private.find_room(room);
begin
  perform app_private.lock_room(v_room.id);
  delete from app_private.closed_rooms where room_id = v_room.id;
  update app_public.rooms set is_archived = false where id = v_room.id and is_archived;
  perform app_private.note_admin_action('reopen_room', coalesce(v_room.slug::text, v_room.id::text));
  return format('%s is open', coalesce(v_room.slug::text, v_room.id::text));
end
$$;
comment on function app_admin.reopen_room(text) is 'Opens a closed or archived room again.';
grant execute on function app_admin.reopen_room(text) to trumpet_admin;
--! EndIncluded functions/administration/reopen_room.sql

--! Included functions/administration/ban_user.sql
create or replace function app_admin.ban_user(who text, room text, reason text, duration interval default null) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users := app_private.find_user(who);
  v_room app_public.rooms := app_private.find_room(room);
  v_until timestamptz := app_private.end_of(duration, 'Until when a ban lasts');
begin
  perform app_private.lock_room(v_room.id);
  perform app_private.write_ban(v_room.id, v_user.id, null, ban_user.reason, v_until);
  perform app_private.log_moderation(
    v_room.id, 'member_banned', v_user.id, reason => ban_user.reason, expires_at => v_until);
  perform app_private.note_admin_action(
    'ban_user', coalesce(v_room.slug::text, v_room.id::text), ban_user.reason, v_user.id);
  return format('%s is banned from %s %s', v_user.username, coalesce(v_room.slug::text, v_room.id::text),
    coalesce('until ' || to_char(v_until, 'YYYY-MM-DD HH24:MI TZ'), 'for good'));
end
$$;
comment on function app_admin.ban_user(text, text, text, interval) is
  'Bans a person from a room, whatever their role, for a time or for good. A room that loses its owner goes to the member next in role.';
grant execute on function app_admin.ban_user(text, text, text, interval) to trumpet_admin;
--! EndIncluded functions/administration/ban_user.sql

--! Included functions/administration/unban_user.sql
create or replace function app_admin.unban_user(who text, room text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users := app_private.find_user(who);
  v_room app_public.rooms := app_private.find_room(room);
  v_name constant text := coalesce(v_room.slug::text, v_room.id::text);
begin
  perform app_private.lock_room(v_room.id);
  delete from app_public.room_bans
    where room_bans.room_id = v_room.id and room_bans.user_id = v_user.id and (expires_at is null or expires_at > now());
  if not found then
    return format('%s was not banned from %s', v_user.username, v_name);
  end if;
  perform app_private.log_moderation(v_room.id, 'member_unbanned', v_user.id);
  perform app_private.note_admin_action('unban_user', v_name, user_id => v_user.id);
  return format('%s may join %s again', v_user.username, v_name);
end
$$;
comment on function app_admin.unban_user(text, text) is
  'Lifts a ban, whoever made it and whether the room is archived or closed. The person joins like everybody else.';
grant execute on function app_admin.unban_user(text, text) to trumpet_admin;
--! EndIncluded functions/administration/unban_user.sql

/* Keeping */

--! Included functions/administration/configure_lifecycle.sql
create or replace function app_admin.configure_lifecycle(
  retention_days integer default null, change_log_days integer default null, archive_after_months integer default null
) returns table (setting text, value integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not coalesce(configure_lifecycle.retention_days, 0) between 0 and 36500 then
    raise exception 'Messages are kept for 1 to 36,500 days, or for ever with 0.' using errcode = 'TR400';
  end if;
  if not coalesce(configure_lifecycle.change_log_days, 1) between 1 and 36500 then
    raise exception 'The log is kept for 1 to 36,500 days.' using errcode = 'TR400';
  end if;
  if configure_lifecycle.archive_after_months <> 0 and not configure_lifecycle.archive_after_months between 2 and 1200 then
    raise exception 'Messages are archived after 2 to 1,200 months, or never with 0.' using errcode = 'TR400';
  end if;
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
grant execute on function app_admin.configure_lifecycle(integer, integer, integer) to trumpet_admin;
--! EndIncluded functions/administration/configure_lifecycle.sql

--! Included functions/administration/hold_room.sql
create or replace function app_admin.hold_room(room text, reason text) returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
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
grant execute on function app_admin.hold_room(text, text) to trumpet_admin;
--! EndIncluded functions/administration/hold_room.sql

--! Included functions/administration/hold_user.sql
create or replace function app_admin.hold_user(who text, reason text) returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users := app_private.find_user(who);
  v_id uuid;
begin
  insert into app_private.legal_holds (user_id, reason) values (v_user.id, hold_user.reason) returning id into v_id;
  perform app_private.note_admin_action('hold_user', reason => hold_user.reason, user_id => v_user.id);
  return v_id;
end
$$;
comment on function app_admin.hold_user(text, text) is
  'Puts what a person wrote on legal hold, in every room. Returns the hold''s id.';
grant execute on function app_admin.hold_user(text, text) to trumpet_admin;
--! EndIncluded functions/administration/hold_user.sql

--! Included functions/administration/release_hold.sql
create or replace function app_admin.release_hold(hold_id uuid) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_erasures integer;
begin
  update app_private.legal_holds set released_at = now() where id = hold_id and released_at is null;
  if not found then
    raise exception 'There is no such legal hold.' using errcode = 'TR404';
  end if;
  -- What a second hold keeps is withheld again.
  update app_private.disappearing_messages set is_withheld = false where is_withheld;
  perform app_private.continue_erasure(user_id) from app_private.erasures where finished_at is null;
  get diagnostics v_erasures = row_count;
  perform app_private.note_admin_action('release_hold', hold_id::text);
  return format('Released; %s deletions of accounts go on', v_erasures);
end
$$;
comment on function app_admin.release_hold(uuid) is 'Ends a hold: what is past its time goes with the next run, what has disappeared and deleted accounts at once.';
grant execute on function app_admin.release_hold(uuid) to trumpet_admin;
--! EndIncluded functions/administration/release_hold.sql

--! Included functions/administration/ask_for_month.sql
create or replace function app_private.ask_for_month(task text, month date) returns text
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
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
--! EndIncluded functions/administration/ask_for_month.sql

--! Included functions/administration/archive_month.sql
create or replace function app_admin.archive_month(month date) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_month date := app_private.first_of_month(archive_month.month);
begin
  if exists (select from app_private.archived_months where archived_months.month = v_month) then
    raise exception '% is in the archive already.', to_char(v_month, 'YYYY-MM') using errcode = 'TR409';
  end if;
  if not exists (
    select from app_private.month_partitions where parent = 'app_public.messages'::regclass and month_partitions.month = v_month
  ) then
    raise exception 'There are no messages of %: app_admin.months has every month that there is.', to_char(v_month, 'YYYY-MM')
      using errcode = 'TR404';
  end if;
  if not app_private.is_month_closed(v_month) then
    raise exception 'The current month and the previous one cannot be archived.' using errcode = 'TR400';
  end if;
  if app_private.has_disappearing(v_month) then
    raise exception 'There are messages of % that are still to disappear, or that a legal hold keeps from it.', to_char(v_month, 'YYYY-MM')
      using errcode = 'TR409';
  end if;
  return app_private.ask_for_month('archive_months', v_month);
end
$$;
comment on function app_admin.archive_month(date) is 'Takes a month of messages to the archive. Sends go on meanwhile.';
grant execute on function app_admin.archive_month(date) to trumpet_admin;
--! EndIncluded functions/administration/archive_month.sql

--! Included functions/administration/restore_month.sql
create or replace function app_admin.restore_month(month date) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_month date := app_private.first_of_month(restore_month.month);
begin
  if exists (
    select from app_private.archived_months where archived_months.month = v_month and dropped_at is not null
  ) then
    raise exception '% is in its file only: "npm run archive -- import % FILE" reads that first.',
      to_char(v_month, 'YYYY-MM'), to_char(v_month, 'YYYY-MM') using errcode = 'TR409';
  end if;
  if to_regclass(format('app_archive.%I', app_private.month_table(v_month))) is null then
    raise exception 'The archive has no %: app_admin.months says where each month is.', to_char(v_month, 'YYYY-MM')
      using errcode = 'TR404';
  end if;
  return app_private.ask_for_month('restore_month', v_month);
end
$$;
comment on function app_admin.restore_month(date) is 'Brings a month of the archive back. Sends go on meanwhile.';
grant execute on function app_admin.restore_month(date) to trumpet_admin;
--! EndIncluded functions/administration/restore_month.sql

--! Previous: sha1:daa6bc2bd6f1002f2b1ba6013241a76e39807a4d
--! Hash: sha1:1428dee1ef867c550497239076de46198079d016

/*
 * Roles of one's own: named sets of permissions, which people have in a room or in the whole workspace, and exceptions for
 * one person. What all of them come to in a room is on the rows of its members, and null for nearly everybody: a send finds
 * it where it looks anyway. docs/concepts/roles.md says what counts.
 */
insert into app_private.rates (kind, per_second, burst) values ('role', 0.5, 100);

create type app_public.permission_effect as enum ('grant', 'deny');
comment on type app_public.permission_effect is
  'GRANT: they have the permission, though no role gives it. DENY: they have it not, whatever gives it.';

create table app_public.roles (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default app_hidden.current_workspace_id() references app_private.workspaces on delete cascade,
  name public.citext not null,
  permissions app_public.permission[] not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint roles_names_are_unique unique (workspace_id, name),
  constraint roles_name_length check (char_length(name::text) between 1 and 50)
);
comment on table app_public.roles is
  'A role of a workspace''s own: a named set of permissions, which people have in a room or everywhere, beside their built-in role.';
comment on column app_public.roles.id is 'Stays the same for ever.';
comment on column app_public.roles.workspace_id is 'The workspace that it is of.';
comment on column app_public.roles.name is 'What it is called: 1 to 50 characters, in a workspace only once.';
comment on column app_public.roles.permissions is 'What it gives.';
comment on column app_public.roles.created_at is 'When it was made.';
comment on column app_public.roles.updated_at is 'When it was last changed.';
comment on constraint roles_pkey on app_public.roles is 'One role an id.';
comment on constraint roles_names_are_unique on app_public.roles is 'One role a name.';
alter table app_public.roles enable row level security;
create trigger _100_refuse_truncate before truncate on app_public.roles
  for each statement execute function app_private.tg_any__refuse_truncate();
create policy select_workspace on app_public.roles for select to trumpet_user
  using (workspace_id = (select app_hidden.current_workspace_id()));
create policy select_broadcast on app_public.roles for select to trumpet_broadcast using (true);
create policy select_admin on app_public.roles for select to trumpet_admin using (true);
grant select on app_public.roles to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;

create table app_private.role_assignments (
  id uuid primary key default uuidv7(),
  role_id uuid not null references app_public.roles on delete cascade,
  user_id uuid not null references app_public.users on delete cascade,
  room_id uuid references app_public.rooms on delete cascade,
  role_name text not null,
  created_at timestamptz not null default now(),
  constraint role_assignments_are_unique unique nulls not distinct (user_id, room_id, role_id)
);
comment on table app_private.role_assignments is 'Who has which role, in a room or, without one, in the whole workspace.';
comment on column app_private.role_assignments.role_name is 'What the role was called when it was given, for the audit log.';
alter table app_private.role_assignments enable row level security;
/* settle_role, deleting a role */
create index role_assignments_role_id on app_private.role_assignments (role_id, user_id);
/* deleting a room */
create index role_assignments_room_id on app_private.role_assignments (room_id) where room_id is not null;
create trigger _100_refuse_truncate before truncate on app_private.role_assignments
  for each statement execute function app_private.tg_any__refuse_truncate();
create trigger _100_one_workspace before insert or update of user_id, room_id on app_private.role_assignments
  for each row execute function app_private.tg_any__one_workspace('user_id', 'room_id');

create table app_private.permission_exceptions (
  id uuid primary key default uuidv7(),
  user_id uuid not null references app_public.users on delete cascade,
  room_id uuid references app_public.rooms on delete cascade,
  permission app_public.permission not null,
  effect app_public.permission_effect not null,
  created_at timestamptz not null default now(),
  constraint permission_exceptions_are_unique unique nulls not distinct (user_id, room_id, permission)
);
comment on table app_private.permission_exceptions is
  'What is granted or denied to one person, in a room or, without one, in the whole workspace.';
alter table app_private.permission_exceptions enable row level security;
/* deleting a room */
create index permission_exceptions_room_id on app_private.permission_exceptions (room_id) where room_id is not null;
create trigger _100_refuse_truncate before truncate on app_private.permission_exceptions
  for each statement execute function app_private.tg_any__refuse_truncate();
create trigger _100_one_workspace before insert or update of user_id, room_id on app_private.permission_exceptions
  for each row execute function app_private.tg_any__one_workspace('user_id', 'room_id');

create type app_public.permission_exception as (
  permission app_public.permission,
  effect app_public.permission_effect,
  is_everywhere boolean
);
comment on type app_public.permission_exception is 'What is granted or denied to one person alone.';
comment on column app_public.permission_exception.permission is 'What they may do, or not.';
comment on column app_public.permission_exception.effect is 'Whether they may.';
comment on column app_public.permission_exception.is_everywhere is 'Whether it holds in the whole workspace, not in this room alone.';

--! Included functions/roles/may_in_workspace.sql
create or replace function app_private.may_in_workspace(user_id uuid, permission app_public.permission) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select case
    when app_private.is_installation(may_in_workspace.user_id) then true
    when may_in_workspace.user_id is null or exists (
      select from app_private.permission_exceptions
        where permission_exceptions.user_id = may_in_workspace.user_id and room_id is null
          and permission_exceptions.permission = may_in_workspace.permission and effect = 'deny'
    ) then false
    when may_in_workspace.permission between 'create_rooms' and 'create_groups' then true
    when app_private.least_role(may_in_workspace.permission) = 'member' then true
    else exists (
        select from app_private.role_assignments
          join app_public.roles on roles.id = role_assignments.role_id
          where role_assignments.user_id = may_in_workspace.user_id and role_assignments.room_id is null
            and may_in_workspace.permission = any (roles.permissions))
      or exists (
        select from app_private.permission_exceptions
          where permission_exceptions.user_id = may_in_workspace.user_id and room_id is null
            and permission_exceptions.permission = may_in_workspace.permission and effect = 'grant')
  end;
$$;
comment on function app_private.may_in_workspace(uuid, app_public.permission) is
  'Whether somebody has a permission in their whole workspace.';
--! EndIncluded functions/roles/may_in_workspace.sql
--! Included functions/roles/check_workspace_permission.sql
/* The lock is shared: whoever takes something away takes it alone, so that it counts from their commit on. */
create or replace function app_private.check_workspace_permission(permission app_public.permission) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
begin
  perform app_private.share_until_commit('permissions', v_user_id::text);
  if not app_private.may_in_workspace(v_user_id, check_workspace_permission.permission) then
    raise exception 'This needs the permission % in the workspace.', upper(check_workspace_permission.permission::text) using errcode = 'TR403';
  end if;
end
$$;
comment on function app_private.check_workspace_permission(app_public.permission) is
  'Raises what is missing when whoever asks has not the permission in their workspace.';
--! EndIncluded functions/roles/check_workspace_permission.sql
--! Included functions/roles/own_permissions.sql
create or replace function app_private.own_permissions(room_id uuid, user_id uuid, effect app_public.permission_effect)
returns app_public.permission[]
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select nullif(array(
    select permission_exceptions.permission from app_private.permission_exceptions
      where permission_exceptions.user_id = own_permissions.user_id and permission_exceptions.effect = own_permissions.effect
        and (permission_exceptions.room_id is null or permission_exceptions.room_id = own_permissions.room_id)
        and permission_exceptions.permission < 'create_rooms'
        and (own_permissions.effect = 'deny' or not exists (
          select from app_public.rooms where rooms.id = own_permissions.room_id and rooms.type = 'direct'))
    union
    select permission
      from app_private.role_assignments
      join app_public.roles on roles.id = role_assignments.role_id
      cross join lateral unnest(roles.permissions) as permission
      where own_permissions.effect = 'grant' and role_assignments.user_id = own_permissions.user_id
        and (role_assignments.room_id is null or role_assignments.room_id = own_permissions.room_id)
        and permission < 'create_rooms'
        -- The people of a direct conversation are equals.
        and not exists (select from app_public.rooms where rooms.id = own_permissions.room_id and rooms.type = 'direct')
    order by 1), '{}');
$$;
comment on function app_private.own_permissions(uuid, uuid, app_public.permission_effect) is
  'What roles of one''s own and exceptions grant somebody in a room, or what exceptions deny them. Null: nothing.';
--! EndIncluded functions/roles/own_permissions.sql
--! Included functions/roles/settle_permissions.sql
/*
 * What counts in a room is on the rows of its members, so that a send finds it where it looks anyway. Their rooms are
 * locked first, in the order of their ids, so that what is taken away is gone for whoever waits; then the people, so that
 * nobody comes into a room meanwhile by what was before.
 */
create or replace function app_private.settle_permissions(
  user_ids uuid[], room_ids uuid[] default null, are_told boolean default false
) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid;
  v_member app_public.room_members;
begin
  for i in 1..2 loop
    perform from app_private.room_heads
      where room_heads.room_id in (
        select room_members.room_id from app_public.room_members
          where room_members.user_id = any (settle_permissions.user_ids)
            and (settle_permissions.room_ids is null or room_members.room_id = any (settle_permissions.room_ids)))
      order by room_heads.room_id
      for no key update;
    exit when i = 2;
    for v_user_id in select distinct id from unnest(settle_permissions.user_ids) as id order by id loop
      perform app_private.lock_until_commit('permissions', v_user_id::text);
    end loop;
  end loop;
  -- Whose roles or exceptions are others, and come to the same: what changes is logged by a trigger.
  if are_told then
    for v_member in
      select * from app_public.room_members
        where room_members.user_id = any (settle_permissions.user_ids)
          and (settle_permissions.room_ids is null or room_members.room_id = any (settle_permissions.room_ids))
          and (room_members.granted_permissions, room_members.denied_permissions) is not distinct from (
            app_private.own_permissions(room_members.room_id, room_members.user_id, 'grant'),
            app_private.own_permissions(room_members.room_id, room_members.user_id, 'deny'))
        order by room_members.room_id, room_members.user_id
    loop
      perform app_private.log_change(v_member.room_id, 'member', 'update', user_id => v_member.user_id, role => v_member.role::text);
    end loop;
  end if;
  update app_public.room_members set
    granted_permissions = own.granted, denied_permissions = own.denied
    from (
      select members.room_id, members.user_id,
          app_private.own_permissions(members.room_id, members.user_id, 'grant') as granted,
          app_private.own_permissions(members.room_id, members.user_id, 'deny') as denied
        from app_public.room_members as members
        where members.user_id = any (settle_permissions.user_ids)
          and (settle_permissions.room_ids is null or members.room_id = any (settle_permissions.room_ids))
    ) as own
    where room_members.room_id = own.room_id and room_members.user_id = own.user_id
      and (room_members.granted_permissions, room_members.denied_permissions) is distinct from (own.granted, own.denied);
end
$$;
comment on function app_private.settle_permissions(uuid[], uuid[], boolean) is
  'Writes what people may do beyond their built-in roles, and what not, to their memberships: all, or those in some rooms. With `are_told` their rooms are told even where it comes to the same.';
--! EndIncluded functions/roles/settle_permissions.sql
--! Included functions/roles/settle_role.sql
create or replace function app_private.settle_role(role_id uuid, are_told boolean default false) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_ids constant uuid[] := array(
    select distinct role_assignments.user_id from app_private.role_assignments where role_assignments.role_id = settle_role.role_id);
  v_room_ids constant uuid[] := array(
    select distinct role_assignments.room_id from app_private.role_assignments where role_assignments.role_id = settle_role.role_id);
begin
  if cardinality(v_user_ids) > 0 then
    perform app_private.settle_permissions(v_user_ids, case when array_position(v_room_ids, null) is null then v_room_ids end, settle_role.are_told);
  end if;
end
$$;
comment on function app_private.settle_role(uuid, boolean) is 'Has what a role gives count for all who have it.';
--! EndIncluded functions/roles/settle_role.sql
--! Included functions/roles/tg_room_members__own_permissions.sql
create or replace function app_private.tg_room_members__own_permissions() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_ids uuid[] := array(select distinct user_id from joined order by user_id);
  v_user_id uuid;
begin
  -- Of an import there may be a hundred thousand: no lock for each of them. Nobody is given roles meanwhile.
  if cardinality(v_user_ids) > 1000 then
    lock table app_private.role_assignments, app_private.permission_exceptions in share mode;
  else
    foreach v_user_id in array v_user_ids loop
      perform app_private.share_until_commit('permissions', v_user_id::text);
    end loop;
  end if;
  update app_public.room_members set
    granted_permissions = app_private.own_permissions(room_members.room_id, room_members.user_id, 'grant'),
    denied_permissions = app_private.own_permissions(room_members.room_id, room_members.user_id, 'deny')
    from joined
    where room_members.room_id = joined.room_id and room_members.user_id = joined.user_id
      and (
        exists (select from app_private.role_assignments where role_assignments.user_id = joined.user_id)
        or exists (select from app_private.permission_exceptions where permission_exceptions.user_id = joined.user_id));
  return null;
end
$$;
comment on function app_private.tg_room_members__own_permissions() is
  'Whoever joins a room has there what roles and exceptions in the workspace give them, and not what was denied to them before.';
--! EndIncluded functions/roles/tg_room_members__own_permissions.sql
--! Included functions/roles/tg_room_members__log_permissions.sql
create or replace function app_private.tg_room_members__log_permissions() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.log_change(new.room_id, 'member', 'update', user_id => new.user_id, role => new.role::text);
  return null;
end
$$;
comment on function app_private.tg_room_members__log_permissions() is 'Tells a room what a member of it may do from now on.';
--! EndIncluded functions/roles/tg_room_members__log_permissions.sql
--! Included functions/roles/tg_room_members__end_roles.sql
create or replace function app_private.tg_room_members__end_roles() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from app_private.role_assignments using gone
    where role_assignments.user_id = gone.user_id and role_assignments.room_id = gone.room_id;
  delete from app_private.permission_exceptions using gone
    where permission_exceptions.user_id = gone.user_id and permission_exceptions.room_id = gone.room_id
      and permission_exceptions.effect = 'grant';
  return null;
end
$$;
comment on function app_private.tg_room_members__end_roles() is
  'Whoever leaves a room leaves their roles there. What is denied to them stays denied if they come again.';
--! EndIncluded functions/roles/tg_room_members__end_roles.sql
--! Included functions/roles/tg_rooms__settle_permissions.sql
create or replace function app_private.tg_rooms__settle_permissions() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.settle_permissions(
    array(select room_members.user_id from app_public.room_members where room_members.room_id = new.id), array[new.id]);
  return null;
end
$$;
comment on function app_private.tg_rooms__settle_permissions() is 'In a conversation that became a room, roles count.';
--! EndIncluded functions/roles/tg_rooms__settle_permissions.sql

create trigger _200_own_permissions after insert on app_public.room_members
  referencing new table as joined
  for each statement execute function app_private.tg_room_members__own_permissions();
create trigger _500_log_permissions after update of granted_permissions, denied_permissions on app_public.room_members
  for each row when (
    old.granted_permissions is distinct from new.granted_permissions or old.denied_permissions is distinct from new.denied_permissions)
  execute function app_private.tg_room_members__log_permissions();
create trigger _300_end_roles after delete on app_public.room_members
  referencing old table as gone
  for each statement execute function app_private.tg_room_members__end_roles();
create trigger _300_settle_permissions after update of type on app_public.rooms
  for each row when (old.type = 'direct' and new.type <> 'direct') execute function app_private.tg_rooms__settle_permissions();

--! Included functions/roles/check_gives.sql
create or replace function app_private.check_gives(permissions app_public.permission[]) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from unnest(check_gives.permissions) as permission
      where not app_private.may_in_workspace(app_hidden.current_user_id(), permission))
  then
    raise exception 'You can only give and take what you have yourself.' using errcode = 'TR403';
  end if;
end
$$;
comment on function app_private.check_gives(app_public.permission[]) is
  'Raises FORBIDDEN unless whoever asks has all of these in the whole workspace.';
--! EndIncluded functions/roles/check_gives.sql
--! Included functions/roles/check_gives_in_room.sql
create or replace function app_private.check_gives_in_room(locked app_private.locked_room, user_id uuid, permissions app_public.permission[])
returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if (locked.room).type = 'direct' then
    raise exception 'The people of a direct conversation are equals.' using errcode = 'TR400';
  end if;
  perform app_private.check_power_over(locked.member, check_gives_in_room.user_id, 'manage_roles');
  if exists (
    select from unnest(check_gives_in_room.permissions) as permission where not app_private.may(locked.room, locked.member, permission))
  then
    raise exception 'You can only give and take what you have yourself.' using errcode = 'TR403';
  end if;
end
$$;
comment on function app_private.check_gives_in_room(app_private.locked_room, uuid, app_public.permission[]) is
  'Raises FORBIDDEN unless whoever has locked the room is above the person and has all of these there.';
--! EndIncluded functions/roles/check_gives_in_room.sql
--! Included functions/roles/lock_roles.sql
create or replace function app_private.lock_roles() returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.limit_rate('role');
  perform app_private.require_user();
  perform app_private.lock_until_commit('roles', app_hidden.current_workspace_id()::text);
  perform app_private.check_still_here();
  if not app_private.may_in_workspace(app_hidden.current_user_id(), 'manage_workspace_roles') then
    raise exception 'This needs the permission MANAGE_WORKSPACE_ROLES in the workspace.' using errcode = 'TR403';
  end if;
end
$$;
comment on function app_private.lock_roles() is 'Locks the roles of the workspace of whoever asks, for those who manage them.';
--! EndIncluded functions/roles/lock_roles.sql
--! Included functions/roles/find_role.sql
/* Whoever gives a role in a room shares it with others who do; whoever changes it waits for them. */
create or replace function app_private.find_role(role_id uuid, is_shared boolean default false) returns app_public.roles
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_role app_public.roles;
begin
  if is_shared then
    select * into v_role from app_public.roles
      where roles.id = find_role.role_id and roles.workspace_id = app_hidden.current_workspace_id() for share;
  else
    select * into v_role from app_public.roles
      where roles.id = find_role.role_id and roles.workspace_id = app_hidden.current_workspace_id() for update;
  end if;
  if v_role.id is null then
    raise exception 'There is no such role.' using errcode = 'TR404';
  end if;
  return v_role;
end
$$;
comment on function app_private.find_role(uuid, boolean) is 'A role of the workspace of whoever asks, locked.';
--! EndIncluded functions/roles/find_role.sql
--! Included functions/roles/tidy_permissions.sql
create or replace function app_private.tidy_permissions(permissions app_public.permission[]) returns app_public.permission[]
language sql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(distinct permission order by permission), '{}')
    from unnest(tidy_permissions.permissions) as permission where permission is not null;
$$;
comment on function app_private.tidy_permissions(app_public.permission[]) is 'Each permission once, in order.';
--! EndIncluded functions/roles/tidy_permissions.sql
--! Included functions/roles/set_assignment.sql
create or replace function app_private.set_assignment(role app_public.roles, user_id uuid, room_id uuid, is_given boolean) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_roles_allowed constant integer := 20;
begin
  if set_assignment.is_given then
    if exists (select from app_private.guests where guests.user_id = set_assignment.user_id) then
      raise exception 'A guest has no roles.' using errcode = 'TR403';
    end if;
    insert into app_private.role_assignments (role_id, user_id, room_id, role_name)
      values (role.id, set_assignment.user_id, set_assignment.room_id, role.name)
      on conflict on constraint role_assignments_are_unique do nothing;
    if v_roles_allowed < (
      select count(*) from app_private.role_assignments
        where role_assignments.user_id = set_assignment.user_id
          and role_assignments.room_id is not distinct from set_assignment.room_id)
    then
      raise exception 'A person has at most % roles.', v_roles_allowed using errcode = 'TR409';
    end if;
  else
    delete from app_private.role_assignments
      where role_assignments.role_id = role.id and role_assignments.user_id = set_assignment.user_id
        and role_assignments.room_id is not distinct from set_assignment.room_id;
  end if;
  if found then
    perform app_private.settle_permissions(
      array[set_assignment.user_id], case when set_assignment.room_id is not null then array[set_assignment.room_id] end,
      are_told => true);
  end if;
end
$$;
comment on function app_private.set_assignment(app_public.roles, uuid, uuid, boolean) is
  'Gives somebody a role, in a room or in the workspace, or takes it away, and has that count.';
--! EndIncluded functions/roles/set_assignment.sql
--! Included functions/roles/change_assignment.sql
create or replace function app_private.change_assignment(role_id uuid, user_id uuid, room_id uuid, is_given boolean) returns app_public.roles
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_role app_public.roles;
  v_locked app_private.locked_room;
begin
  if change_assignment.room_id is null then
    perform app_private.lock_roles();
    v_role := app_private.find_role(change_assignment.role_id);
    perform app_private.check_gives(v_role.permissions);
  else
    perform app_private.limit_rate('role');
    v_role := app_private.find_role(change_assignment.role_id, is_shared => true);
    v_locked := app_private.lock_room_as(change_assignment.room_id, 'manage_roles');
    perform app_private.check_gives_in_room(v_locked, change_assignment.user_id, v_role.permissions);
    if not exists (
      select from app_public.room_members
        where room_members.room_id = change_assignment.room_id and room_members.user_id = change_assignment.user_id)
    then
      raise exception 'There is no such member.' using errcode = 'TR404';
    end if;
  end if;
  if not app_private.is_here(change_assignment.user_id) then
    raise exception 'There is no such person.' using errcode = 'TR404';
  end if;
  perform app_private.set_assignment(v_role, change_assignment.user_id, change_assignment.room_id, change_assignment.is_given);
  return v_role;
end
$$;
comment on function app_private.change_assignment(uuid, uuid, uuid, boolean) is
  'Gives somebody a role, in a room or in the workspace, or takes it away, for those who may.';
--! EndIncluded functions/roles/change_assignment.sql
--! Included functions/roles/create_role.sql
create or replace function app_public.create_role(name text, permissions app_public.permission[]) returns app_public.roles
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_roles_allowed constant integer := 100;
  v_role app_public.roles;
begin
  perform app_private.lock_roles();
  perform app_private.check_gives(create_role.permissions);
  if v_roles_allowed <= (select count(*) from app_public.roles where roles.workspace_id = app_hidden.current_workspace_id()) then
    raise exception 'A workspace has at most % roles.', v_roles_allowed using errcode = 'TR409';
  end if;
  insert into app_public.roles (name, permissions)
    values (app_private.trimmed(create_role.name), app_private.tidy_permissions(create_role.permissions))
    returning * into v_role;
  return v_role;
end
$$;
comment on function app_public.create_role(text, app_public.permission[]) is
  'Makes a role of your workspace: a named set of permissions, of which you have all yourself. For those with MANAGE_WORKSPACE_ROLES. `CONFLICT` when there is one of this name, or there are 100 already.';
grant execute on function app_public.create_role(text, app_public.permission[]) to trumpet_user, trumpet_key;
--! EndIncluded functions/roles/create_role.sql
--! Included functions/roles/update_role.sql
create or replace function app_public.update_role(
  role_id uuid, name text default null, permissions app_public.permission[] default null
) returns app_public.roles
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_role app_public.roles;
  v_wanted app_public.permission[];
begin
  perform app_private.lock_roles();
  v_role := app_private.find_role(update_role.role_id);
  v_wanted := coalesce(app_private.tidy_permissions(update_role.permissions), '{}');
  if update_role.permissions is null then
    v_wanted := v_role.permissions;
  end if;
  perform app_private.check_gives(array(
    (select unnest(v_wanted) union select unnest(v_role.permissions))
    except (select unnest(v_wanted) intersect select unnest(v_role.permissions))));
  update app_public.roles set
    name = coalesce(app_private.trimmed(update_role.name), roles.name), permissions = v_wanted, updated_at = clock_timestamp()
    where roles.id = v_role.id
    returning * into v_role;
  perform app_private.settle_role(v_role.id);
  return v_role;
end
$$;
comment on function app_public.update_role(uuid, text, app_public.permission[]) is
  'Gives a role another name or other permissions; what is left out stays. It counts at once for all who have the role. You can only add and take away what you have yourself. For those with MANAGE_WORKSPACE_ROLES.';
grant execute on function app_public.update_role(uuid, text, app_public.permission[]) to trumpet_user, trumpet_key;
--! EndIncluded functions/roles/update_role.sql
--! Included functions/roles/delete_role.sql
create or replace function app_public.delete_role(role_id uuid) returns app_public.roles
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_role app_public.roles;
begin
  perform app_private.lock_roles();
  v_role := app_private.find_role(delete_role.role_id);
  perform app_private.check_gives(v_role.permissions);
  update app_public.roles set permissions = '{}' where roles.id = v_role.id;
  perform app_private.settle_role(v_role.id, are_told => true);
  delete from app_public.roles where roles.id = v_role.id;
  return v_role;
end
$$;
comment on function app_public.delete_role(uuid) is
  'Deletes a role; nobody has it any more. You need all that it gives. For those with MANAGE_WORKSPACE_ROLES.';
grant execute on function app_public.delete_role(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/roles/delete_role.sql
--! Included functions/roles/assign_role.sql
create or replace function app_public.assign_role(role_id uuid, user_id uuid, room_id uuid default null) returns app_public.roles
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return app_private.change_assignment(assign_role.role_id, assign_role.user_id, assign_role.room_id, true);
end
$$;
comment on function app_public.assign_role(uuid, uuid, uuid) is
  'Gives somebody a role: in a room, for those with MANAGE_ROLES there who are above the person; or without `roomId` in the workspace and every room of theirs, for those with MANAGE_WORKSPACE_ROLES. You need all that the role gives. Doing it twice is the same as once.';
grant execute on function app_public.assign_role(uuid, uuid, uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/roles/assign_role.sql
--! Included functions/roles/unassign_role.sql
create or replace function app_public.unassign_role(role_id uuid, user_id uuid, room_id uuid default null) returns app_public.roles
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return app_private.change_assignment(unassign_role.role_id, unassign_role.user_id, unassign_role.room_id, false);
end
$$;
comment on function app_public.unassign_role(uuid, uuid, uuid) is
  'Takes a role from somebody, in a room or, without `roomId`, in the workspace. Whoever may give it may take it.';
grant execute on function app_public.unassign_role(uuid, uuid, uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/roles/unassign_role.sql
--! Included functions/roles/set_permission_exception.sql
create or replace function app_public.set_permission_exception(
  user_id uuid, permission app_public.permission, effect app_public.permission_effect default null, room_id uuid default null
) returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_person app_public.users;
begin
  if set_permission_exception.permission is null then
    raise exception 'permission must be given.' using errcode = 'TR400';
  end if;
  if set_permission_exception.room_id is null then
    perform app_private.lock_roles();
    perform app_private.check_gives(array[set_permission_exception.permission]);
    if set_permission_exception.user_id = app_hidden.current_user_id() then
      raise exception 'Nobody makes exceptions for themselves.' using errcode = 'TR403';
    end if;
  else
    perform app_private.limit_rate('role');
    if app_private.least_role(set_permission_exception.permission) is null then
      raise exception 'This is a permission of the workspace, not of a room.' using errcode = 'TR400';
    end if;
    v_locked := app_private.lock_room_as(set_permission_exception.room_id, 'manage_roles');
    perform app_private.check_gives_in_room(v_locked, set_permission_exception.user_id, array[set_permission_exception.permission]);
    if not exists (
      select from app_public.room_members
        where room_members.room_id = set_permission_exception.room_id and room_members.user_id = set_permission_exception.user_id)
    then
      raise exception 'There is no such member.' using errcode = 'TR404';
    end if;
  end if;
  select * into v_person from app_public.users
    where users.id = set_permission_exception.user_id and users.workspace_id = app_hidden.current_workspace_id();
  if v_person.id is null then
    raise exception 'There is no such person.' using errcode = 'TR404';
  end if;
  if set_permission_exception.effect = 'grant'
    and exists (select from app_private.guests where guests.user_id = set_permission_exception.user_id)
  then
    raise exception 'A guest is granted nothing.' using errcode = 'TR403';
  end if;
  if set_permission_exception.effect is null then
    delete from app_private.permission_exceptions
      where permission_exceptions.user_id = set_permission_exception.user_id
        and permission_exceptions.room_id is not distinct from set_permission_exception.room_id
        and permission_exceptions.permission = set_permission_exception.permission;
  else
    insert into app_private.permission_exceptions as known (user_id, room_id, permission, effect)
      values (
        set_permission_exception.user_id, set_permission_exception.room_id, set_permission_exception.permission,
        set_permission_exception.effect)
      on conflict on constraint permission_exceptions_are_unique do update set effect = excluded.effect
        where known.effect <> excluded.effect;
  end if;
  if found then
    perform app_private.settle_permissions(
      array[set_permission_exception.user_id],
      case when set_permission_exception.room_id is not null then array[set_permission_exception.room_id] end,
      are_told => true);
  end if;
  return v_person;
end
$$;
comment on function app_public.set_permission_exception(uuid, app_public.permission, app_public.permission_effect, uuid) is
  'Grants or denies one permission to one person, in a room or, without `roomId`, in the workspace and all rooms of theirs; without `effect` the exception ends. What is denied is denied whatever grants it, but never to the owner of a room. You need the permission yourself, and in a room MANAGE_ROLES and to be above the person; in the workspace MANAGE_WORKSPACE_ROLES.';
grant execute on function app_public.set_permission_exception(uuid, app_public.permission, app_public.permission_effect, uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/roles/set_permission_exception.sql
--! Included functions/roles/workspace_roles.sql
create or replace function app_public.workspace_roles() returns setof app_public.roles
language sql stable security invoker rows 10
set search_path = pg_catalog, public, pg_temp
as $$
  select * from app_public.roles where workspace_id = app_hidden.current_workspace_id() order by name, id;
$$;
comment on function app_public.workspace_roles() is 'The roles of your workspace, by name: at most 100.';
grant execute on function app_public.workspace_roles() to trumpet_user;
--! EndIncluded functions/roles/workspace_roles.sql
--! Included functions/roles/workspace_permissions.sql
create or replace function app_public.workspace_permissions() returns app_public.permission[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select array(
    select permission from unnest(enum_range(null::app_public.permission)) as permission
      where app_private.may_in_workspace(app_hidden.current_user_id(), permission)
      order by permission);
$$;
comment on function app_public.workspace_permissions() is
  'What you may do in your workspace, and in every room that you are in. What you may do in a room: `viewerPermissions`.';
grant execute on function app_public.workspace_permissions() to trumpet_user;
--! EndIncluded functions/roles/workspace_permissions.sql
--! Included functions/roles/permissions_of_member.sql
create or replace function app_hidden.permissions_of_member(room_id uuid, user_id uuid) returns app_public.permission[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select array(
    select permission
      from app_public.room_members
      join app_public.rooms on rooms.id = room_members.room_id
      cross join lateral unnest(enum_range(null::app_public.permission)) as permission
      where room_members.room_id = permissions_of_member.room_id and room_members.user_id = permissions_of_member.user_id
        and app_hidden.can_look_into(room_members.room_id)
        and permission < 'create_rooms' and app_private.may(rooms, room_members, permission)
      order by permission);
$$;
comment on function app_hidden.permissions_of_member(uuid, uuid) is 'What a member may do in a room, for those who may look into it.';
grant execute on function app_hidden.permissions_of_member(uuid, uuid) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/roles/permissions_of_member.sql
--! Included functions/roles/room_members_permissions.sql
create or replace function app_public.room_members_permissions(room_member app_public.room_members) returns app_public.permission[]
language sql stable security invoker
return app_hidden.permissions_of_member(room_member.room_id, room_member.user_id);
comment on function app_public.room_members_permissions(app_public.room_members) is
  'What this person may do here, by their role, by roles of your own and by exceptions, as the settings of the room are.';
grant execute on function app_public.room_members_permissions(app_public.room_members) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/roles/room_members_permissions.sql
--! Included functions/roles/rooms_viewer_permissions.sql
create or replace function app_public.rooms_viewer_permissions(room app_public.rooms) returns app_public.permission[]
language sql stable security invoker
return app_hidden.permissions_of_member(room.id, app_hidden.current_user_id());
comment on function app_public.rooms_viewer_permissions(app_public.rooms) is
  'What you may do here. Empty when you are not a member.';
grant execute on function app_public.rooms_viewer_permissions(app_public.rooms) to trumpet_user;
--! EndIncluded functions/roles/rooms_viewer_permissions.sql
--! Included functions/roles/room_members_role_ids.sql
create or replace function app_public.room_members_role_ids(room_member app_public.room_members) returns uuid[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select array(
    select distinct role_assignments.role_id from app_private.role_assignments
      where role_assignments.user_id = room_member.user_id
        and (role_assignments.room_id is null or role_assignments.room_id = room_member.room_id)
        and app_hidden.can_look_into(room_member.room_id)
        and exists (
          select from app_public.room_members
            where room_members.room_id = room_member.room_id and room_members.user_id = room_member.user_id)
      order by role_assignments.role_id);
$$;
comment on function app_public.room_members_role_ids(app_public.room_members) is
  'Which of your `workspaceRoles` this person has here, or in the whole workspace: at most 40.';
grant execute on function app_public.room_members_role_ids(app_public.room_members) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/roles/room_members_role_ids.sql
--! Included functions/roles/room_members_permission_exceptions.sql
create or replace function app_public.room_members_permission_exceptions(room_member app_public.room_members)
returns app_public.permission_exception[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select array(
    select row(permission_exceptions.permission, permission_exceptions.effect, permission_exceptions.room_id is null)::app_public.permission_exception
      from app_private.permission_exceptions
      where permission_exceptions.user_id = room_member.user_id
        and (permission_exceptions.room_id is null or permission_exceptions.room_id = room_member.room_id)
        and permission_exceptions.permission < 'create_rooms'
        and app_hidden.can_look_into(room_member.room_id)
        and exists (
          select from app_public.room_members
            where room_members.room_id = room_member.room_id and room_members.user_id = room_member.user_id)
      order by permission_exceptions.permission, permission_exceptions.room_id nulls first);
$$;
comment on function app_public.room_members_permission_exceptions(app_public.room_members) is
  'What is granted or denied to this person alone, here or in the whole workspace.';
grant execute on function app_public.room_members_permission_exceptions(app_public.room_members) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/roles/room_members_permission_exceptions.sql
--! Included functions/roles/roles_people.sql
create or replace function app_public.roles_people(role app_public.roles) returns setof app_public.users
language sql stable security definer rows 10
set search_path = pg_catalog, pg_temp
as $$
  select users.* from app_private.role_assignments
    join app_public.users on users.id = role_assignments.user_id
    where role_assignments.role_id = role.id and role_assignments.room_id is null
      and users.workspace_id = app_hidden.current_workspace_id() and not app_hidden.is_guest()
    order by users.id;
$$;
comment on function app_public.roles_people(app_public.roles) is
  'Those who have this role in the whole workspace.';
grant execute on function app_public.roles_people(app_public.roles) to trumpet_user;
--! EndIncluded functions/roles/roles_people.sql
--! Included functions/roles-at-psql/set_role.sql
create or replace function app_admin.set_role(name text, permissions app_public.permission[], reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_roles_allowed constant integer := 100;
  v_workspace_id constant uuid := app_hidden.current_workspace_id();
  v_role app_public.roles;
begin
  perform app_private.lock_until_commit('roles', v_workspace_id::text);
  insert into app_public.roles as known (workspace_id, name, permissions)
    values (v_workspace_id, app_private.trimmed(set_role.name), app_private.tidy_permissions(set_role.permissions))
    on conflict on constraint roles_names_are_unique do update
      set permissions = excluded.permissions, updated_at = clock_timestamp()
    returning * into v_role;
  if v_roles_allowed < (select count(*) from app_public.roles where roles.workspace_id = v_workspace_id) then
    raise exception 'A workspace has at most % roles.', v_roles_allowed using errcode = 'TR409';
  end if;
  perform app_private.settle_role(v_role.id);
  perform app_private.note_admin_action('set_role', v_role.name || ': ' || array_to_string(v_role.permissions, ', '), set_role.reason);
  return format('%s: %s', v_role.name, array_to_string(v_role.permissions, ', '));
end
$$;
comment on function app_admin.set_role(text, app_public.permission[], text) is
  'Makes a role of the workspace that you are in (see use_workspace), or gives the one of this name other permissions.';
grant execute on function app_admin.set_role(text, app_public.permission[], text) to trumpet_admin;
--! EndIncluded functions/roles-at-psql/set_role.sql
--! Included functions/roles-at-psql/give_role.sql
create or replace function app_admin.give_role(who text, role_name text, is_given boolean, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_user constant app_public.users := app_private.find_user(who);
  v_role app_public.roles;
begin
  perform app_private.lock_until_commit('roles', v_user.workspace_id::text);
  select * into v_role from app_public.roles where roles.workspace_id = v_user.workspace_id and roles.name = give_role.role_name for update;
  if v_role.id is null then
    raise exception 'There is no such role: %.', give_role.role_name using errcode = 'TR404';
  end if;
  perform app_private.set_assignment(v_role, v_user.id, null, give_role.is_given);
  perform app_private.note_admin_action(
    'give_role', case when give_role.is_given then 'has ' else 'no longer ' end || v_role.name, give_role.reason, v_user.id);
  return format(case when give_role.is_given then '%s has the role %s' else '%s no longer has the role %s' end, v_user.username, v_role.name);
end
$$;
comment on function app_admin.give_role(text, text, boolean, text) is
  'Gives somebody a role in their whole workspace, or takes it away. How the first person comes to MANAGE_WORKSPACE_ROLES.';
grant execute on function app_admin.give_role(text, text, boolean, text) to trumpet_admin;
--! EndIncluded functions/roles-at-psql/give_role.sql

select app_private.audit_tables();

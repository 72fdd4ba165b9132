--! Previous: x
--! Hash: x

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

--! EndIncluded functions/roles/may_in_workspace.sql
--! Included functions/roles/check_workspace_permission.sql

--! EndIncluded functions/roles/check_workspace_permission.sql
--! Included functions/roles/own_permissions.sql

--! EndIncluded functions/roles/own_permissions.sql
--! Included functions/roles/settle_permissions.sql

--! EndIncluded functions/roles/settle_permissions.sql
--! Included functions/roles/settle_role.sql

--! EndIncluded functions/roles/settle_role.sql
--! Included functions/roles/tg_room_members__own_permissions.sql

--! EndIncluded functions/roles/tg_room_members__own_permissions.sql
--! Included functions/roles/tg_room_members__log_permissions.sql

--! EndIncluded functions/roles/tg_room_members__log_permissions.sql
--! Included functions/roles/tg_room_members__end_roles.sql

--! EndIncluded functions/roles/tg_room_members__end_roles.sql
--! Included functions/roles/tg_rooms__settle_permissions.sql

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

--! EndIncluded functions/roles/check_gives.sql
--! Included functions/roles/check_gives_in_room.sql

--! EndIncluded functions/roles/check_gives_in_room.sql
--! Included functions/roles/lock_roles.sql

--! EndIncluded functions/roles/lock_roles.sql
--! Included functions/roles/find_role.sql

--! EndIncluded functions/roles/find_role.sql
--! Included functions/roles/tidy_permissions.sql

--! EndIncluded functions/roles/tidy_permissions.sql
--! Included functions/roles/set_assignment.sql

--! EndIncluded functions/roles/set_assignment.sql
--! Included functions/roles/change_assignment.sql

--! EndIncluded functions/roles/change_assignment.sql
--! Included functions/roles/create_role.sql

--! EndIncluded functions/roles/create_role.sql
--! Included functions/roles/update_role.sql

--! EndIncluded functions/roles/update_role.sql
--! Included functions/roles/delete_role.sql

--! EndIncluded functions/roles/delete_role.sql
--! Included functions/roles/assign_role.sql

--! EndIncluded functions/roles/assign_role.sql
--! Included functions/roles/unassign_role.sql

--! EndIncluded functions/roles/unassign_role.sql
--! Included functions/roles/set_permission_exception.sql

--! EndIncluded functions/roles/set_permission_exception.sql
--! Included functions/roles/workspace_roles.sql

--! EndIncluded functions/roles/workspace_roles.sql
--! Included functions/roles/workspace_permissions.sql

--! EndIncluded functions/roles/workspace_permissions.sql
--! Included functions/roles/permissions_of_member.sql

--! EndIncluded functions/roles/permissions_of_member.sql
--! Included functions/roles/room_members_permissions.sql

--! EndIncluded functions/roles/room_members_permissions.sql
--! Included functions/roles/rooms_viewer_permissions.sql

--! EndIncluded functions/roles/rooms_viewer_permissions.sql
--! Included functions/roles/room_members_role_ids.sql

--! EndIncluded functions/roles/room_members_role_ids.sql
--! Included functions/roles/room_members_permission_exceptions.sql

--! EndIncluded functions/roles/room_members_permission_exceptions.sql
--! Included functions/roles/roles_people.sql

--! EndIncluded functions/roles/roles_people.sql
--! Included functions/roles-at-psql/set_role.sql

--! EndIncluded functions/roles-at-psql/set_role.sql
--! Included functions/roles-at-psql/give_role.sql

--! EndIncluded functions/roles-at-psql/give_role.sql

select app_private.audit_tables();

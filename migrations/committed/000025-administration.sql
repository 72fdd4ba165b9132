--! Previous: x
--! Hash: x

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

--! EndIncluded functions/administration/note_admin_action.sql

/* Workspaces. Names of people and rooms are those of the one that is used, which is the default one at first. */
--! Included functions/workspaces-at-psql/find_workspace.sql

--! EndIncluded functions/workspaces-at-psql/find_workspace.sql

--! Included functions/workspaces-at-psql/keep_hosts.sql

--! EndIncluded functions/workspaces-at-psql/keep_hosts.sql

--! Included functions/workspaces-at-psql/create_workspace.sql

--! EndIncluded functions/workspaces-at-psql/create_workspace.sql

--! Included functions/workspaces-at-psql/rename_workspace.sql

--! EndIncluded functions/workspaces-at-psql/rename_workspace.sql

--! Included functions/workspaces-at-psql/set_workspace_hosts.sql

--! EndIncluded functions/workspaces-at-psql/set_workspace_hosts.sql

--! Included functions/workspaces-at-psql/use_workspace.sql

--! EndIncluded functions/workspaces-at-psql/use_workspace.sql

--! Included functions/workspaces-at-psql/refuse_held_workspace.sql

--! EndIncluded functions/workspaces-at-psql/refuse_held_workspace.sql

--! Included functions/workspaces-at-psql/end_sessions_of_workspace.sql

--! EndIncluded functions/workspaces-at-psql/end_sessions_of_workspace.sql

--! Included functions/workspaces-at-psql/delete_workspace.sql

--! EndIncluded functions/workspaces-at-psql/delete_workspace.sql

--! Included functions/workspaces-at-psql/delete_next_of_room.sql

--! EndIncluded functions/workspaces-at-psql/delete_next_of_room.sql

--! Included functions/workspaces-at-psql/delete_next_of_workspace.sql

--! EndIncluded functions/workspaces-at-psql/delete_next_of_workspace.sql

--! Included functions/workspaces-at-psql/tg_sessions__refuse_deleted_workspace.sql

--! EndIncluded functions/workspaces-at-psql/tg_sessions__refuse_deleted_workspace.sql
create trigger _110_refuse_deleted_workspace before insert on app_private.sessions
  for each row execute function app_private.tg_sessions__refuse_deleted_workspace();

--! Included functions/administration/find_user.sql

--! EndIncluded functions/administration/find_user.sql

--! Included functions/administration/find_room.sql

--! EndIncluded functions/administration/find_room.sql

/* People */

--! Included functions/administration/tg_sessions__refuse_suspended.sql

--! EndIncluded functions/administration/tg_sessions__refuse_suspended.sql

create trigger _100_refuse_suspended before insert on app_private.sessions
  for each row execute function app_private.tg_sessions__refuse_suspended();

--! Included functions/administration/suspend_user.sql

--! EndIncluded functions/administration/suspend_user.sql

--! Included functions/administration/unsuspend_user.sql

--! EndIncluded functions/administration/unsuspend_user.sql

--! Included functions/administration/sign_everyone_out.sql

--! EndIncluded functions/administration/sign_everyone_out.sql

--! Included functions/administration/export_user.sql

--! EndIncluded functions/administration/export_user.sql

--! Included functions/administration/erase_user.sql

--! EndIncluded functions/administration/erase_user.sql

--! Included functions/administration/traces_of_user.sql

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

--! EndIncluded functions/administration/tg_rooms__stay_closed.sql

create trigger _100_stay_closed before update on app_public.rooms
  for each row when (old.is_archived and not new.is_archived)
  execute function app_private.tg_rooms__stay_closed();

--! Included functions/administration/close_room.sql

--! EndIncluded functions/administration/close_room.sql

--! Included functions/administration/reopen_room.sql

--! EndIncluded functions/administration/reopen_room.sql

--! Included functions/administration/ban_user.sql

--! EndIncluded functions/administration/ban_user.sql

--! Included functions/administration/unban_user.sql

--! EndIncluded functions/administration/unban_user.sql

/* Keeping */

--! Included functions/administration/configure_lifecycle.sql

--! EndIncluded functions/administration/configure_lifecycle.sql

--! Included functions/administration/hold_room.sql

--! EndIncluded functions/administration/hold_room.sql

--! Included functions/administration/hold_user.sql

--! EndIncluded functions/administration/hold_user.sql

--! Included functions/administration/release_hold.sql

--! EndIncluded functions/administration/release_hold.sql

--! Included functions/administration/ask_for_month.sql

--! EndIncluded functions/administration/ask_for_month.sql

--! Included functions/administration/archive_month.sql

--! EndIncluded functions/administration/archive_month.sql

--! Included functions/administration/restore_month.sql

--! EndIncluded functions/administration/restore_month.sql

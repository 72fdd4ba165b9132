--! Previous: sha1:d3e95f903184cf693c8ba5d0cd0044c5e9e1f965
--! Hash: sha1:caf1dd403a1d96eb67bddd4ea5a29ee796502a9d

/*
 * Types of rooms of a workspace's own: who makes and joins such rooms, and how they are set. What counts in a room stays in
 * its own row, so a send asks nothing more; a change of a type is written into its rooms.
 */
insert into app_private.rates (kind, per_second, burst) values ('room_type', 0.5, 100);

create table app_public.custom_room_types (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default app_hidden.current_workspace_id() references app_private.workspaces on delete cascade,
  name text not null,
  title text not null,
  description text,
  visibility app_public.room_type,
  creator_role_ids uuid[],
  joiner_role_ids uuid[],
  writing_role app_public.member_role,
  reply_role app_public.member_role,
  reaction_role app_public.member_role,
  upload_role app_public.member_role,
  slow_mode_seconds integer,
  retention_days integer,
  is_removed boolean not null default false,
  revision bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint custom_room_types_name_is_well_formed check (name ~ '^[a-z0-9]+([_-][a-z0-9]+)*$' and char_length(name) <= 40),
  constraint custom_room_types_title_length check (char_length(title) between 1 and 80),
  constraint custom_room_types_description_length check (char_length(description) <= 1000),
  constraint custom_room_types_have_members check (visibility <> 'direct'),
  constraint custom_room_types_roles_range check (
    coalesce(cardinality(creator_role_ids), 0) <= 100 and coalesce(cardinality(joiner_role_ids), 0) <= 100
    and array_position(creator_role_ids, null) is null and array_position(joiner_role_ids, null) is null),
  constraint custom_room_types_slow_mode_range check (slow_mode_seconds between 0 and 21600),
  constraint custom_room_types_retention_days_range check (retention_days between 0 and 36500)
);
comment on table app_public.custom_room_types is
  'A type of rooms of a workspace''s own: who makes and joins such rooms, and how they are set. About what is null it says nothing.';
comment on column app_public.custom_room_types.id is 'Stays the same for ever.';
comment on column app_public.custom_room_types.workspace_id is 'The workspace that it is of.';
comment on column app_public.custom_room_types.name is
  'The short name for programs, such as `support`: small letters, digits and single dashes and underscores, at most 40, in a workspace only once.';
comment on column app_public.custom_room_types.title is 'The name to show: 1 to 80 characters.';
comment on column app_public.custom_room_types.description is 'What rooms of this type are for, at most 1,000 characters.';
comment on column app_public.custom_room_types.visibility is
  'Whether new rooms of this type are PUBLIC or PRIVATE. Null: whoever makes one says so.';
comment on column app_public.custom_room_types.creator_role_ids is
  'Which `workspaceRoles` make rooms of this type; those with MANAGE_ROOM_TYPES always do. Null: everybody who makes rooms.';
comment on column app_public.custom_room_types.joiner_role_ids is
  'Which `workspaceRoles` join public rooms of this type by themselves; who is invited or added comes in anyway. Null: everybody.';
comment on column app_public.custom_room_types.writing_role is 'The least role that writes.';
comment on column app_public.custom_room_types.reply_role is 'The least role that answers in threads.';
comment on column app_public.custom_room_types.reaction_role is 'The least role that reacts, votes in polls and uses buttons of bots.';
comment on column app_public.custom_room_types.upload_role is 'The least role that sends files.';
comment on column app_public.custom_room_types.slow_mode_seconds is 'How long a member waits between two messages, in seconds. 0: not at all.';
comment on column app_public.custom_room_types.retention_days is 'For how many days messages are kept. 0: for ever.';
comment on column app_public.custom_room_types.is_removed is 'Whether it was removed, and its rooms are losing it.';
comment on column app_public.custom_room_types.revision is 'How often it was changed.';
comment on column app_public.custom_room_types.created_at is 'When it was made.';
comment on column app_public.custom_room_types.updated_at is 'When it was last changed.';
comment on constraint custom_room_types_pkey on app_public.custom_room_types is 'One type an id.';
alter table app_public.custom_room_types enable row level security;
create trigger _100_refuse_truncate before truncate on app_public.custom_room_types
  for each statement execute function app_private.tg_any__refuse_truncate();
create policy select_workspace on app_public.custom_room_types for select to trumpet_user
  using (workspace_id = (select app_hidden.current_workspace_id()) and not is_removed);
create policy select_broadcast on app_public.custom_room_types for select to trumpet_broadcast using (not is_removed);
create policy select_admin on app_public.custom_room_types for select to trumpet_admin using (true);
grant select on app_public.custom_room_types to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* workspace_room_types; the name of one that is removed is free. */
create unique index custom_room_types_names_are_unique on app_public.custom_room_types (workspace_id, name) where not is_removed;
/* deleting a workspace */
create index custom_room_types_workspace_id on app_public.custom_room_types (workspace_id);

alter table app_public.rooms
  add constraint rooms_custom_type_id_fkey foreign key (custom_type_id) references app_public.custom_room_types;
/* deleting a type */
create index rooms_custom_type_id on app_public.rooms (custom_type_id) where custom_type_id is not null;

create table app_private.typed_rooms (
  room_id uuid primary key references app_public.rooms on delete cascade,
  type_id uuid not null references app_public.custom_room_types on delete cascade,
  own text[] not null default '{}',
  revision bigint not null
);
comment on table app_private.typed_rooms is 'The rooms that are of a type, and which revision of it is written into each.';
comment on column app_private.typed_rooms.own is 'What was set in the room itself since: that the type no longer says.';
alter table app_private.typed_rooms enable row level security;
/* apply_room_type, deleting a type */
create index typed_rooms_type_id on app_private.typed_rooms (type_id, revision);
create trigger _100_refuse_truncate before truncate on app_private.typed_rooms
  for each statement execute function app_private.tg_any__refuse_truncate();

--! Included functions/room-types/lock_room_types.sql
create or replace function app_private.lock_room_types() returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.limit_rate('room_type');
  perform app_private.require_user();
  perform app_private.lock_until_commit('room_types', app_hidden.current_workspace_id()::text);
  perform app_private.check_still_here();
  perform app_private.check_workspace_permission('manage_room_types');
end
$$;
comment on function app_private.lock_room_types() is
  'Locks the types of rooms of the workspace of whoever asks, for those who manage them.';
--! EndIncluded functions/room-types/lock_room_types.sql
--! Included functions/room-types/has_any_role.sql
create or replace function app_private.has_any_role(user_id uuid, role_ids uuid[]) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select has_any_role.role_ids is null
    or app_private.may_in_workspace(has_any_role.user_id, 'manage_room_types')
    or exists (
      select from app_private.role_assignments
        where role_assignments.user_id = has_any_role.user_id and role_assignments.room_id is null
          and role_assignments.role_id = any (has_any_role.role_ids));
$$;
comment on function app_private.has_any_role(uuid, uuid[]) is
  'Whether somebody has one of these roles in the whole workspace, or manages types of rooms. Null: everybody has.';
--! EndIncluded functions/room-types/has_any_role.sql
--! Included functions/room-types/find_room_type.sql
/* Whoever uses a type shares it with others who do; whoever changes it waits for them, and they for whoever changes it. */
create or replace function app_private.find_room_type(type_id uuid) returns app_public.custom_room_types
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_type app_public.custom_room_types;
begin
  perform app_private.share_until_commit('room_types', app_hidden.current_workspace_id()::text);
  select * into v_type from app_public.custom_room_types
    where custom_room_types.id = find_room_type.type_id and not is_removed
      and custom_room_types.workspace_id = app_hidden.current_workspace_id();
  if v_type.id is null then
    raise exception 'There is no such type of room.' using errcode = 'TR404';
  end if;
  return v_type;
end
$$;
comment on function app_private.find_room_type(uuid) is 'A type of rooms in the workspace of whoever asks, which nobody changes meanwhile.';
--! EndIncluded functions/room-types/find_room_type.sql
--! Included functions/room-types/room_type_to_create.sql
create or replace function app_private.room_type_to_create(type_id uuid) returns app_public.custom_room_types
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
  v_type constant app_public.custom_room_types := app_private.find_room_type(room_type_to_create.type_id);
begin
  perform app_private.share_until_commit('permissions', v_user_id::text);
  if not app_private.has_any_role(v_user_id, v_type.creator_role_ids) then
    raise exception 'Only some people make rooms of this type.' using errcode = 'TR403';
  end if;
  return v_type;
end
$$;
comment on function app_private.room_type_to_create(uuid) is 'A type of which whoever asks may make rooms; else raises why not.';
--! EndIncluded functions/room-types/room_type_to_create.sql
--! Included functions/room-types/visibility_of_type.sql
create or replace function app_private.visibility_of_type(type_id uuid, wanted app_public.room_type) returns app_public.room_type
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_visibility constant app_public.room_type := (app_private.room_type_to_create(visibility_of_type.type_id)).visibility;
begin
  if v_visibility <> visibility_of_type.wanted then
    raise exception 'Rooms of this type are %.', upper(v_visibility::text) using errcode = 'TR400';
  end if;
  return coalesce(v_visibility, visibility_of_type.wanted);
end
$$;
comment on function app_private.visibility_of_type(uuid, app_public.room_type) is
  'Whether a new room of this type is public, for those who may make one.';
--! EndIncluded functions/room-types/visibility_of_type.sql
--! Included functions/room-types/write_room_type.sql
/* What a room has set itself stays, and what the type says nothing about. */
create or replace function app_private.write_room_type(room_ids uuid[], type app_public.custom_room_types) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config('trumpet.writing_room_type', 'on', true);
  update app_public.rooms set
    custom_type_id = type.id,
    -- Each of its rooms is told, also where only what the type is called has changed.
    updated_at = now(),
    writing_role = case when 'writing_role' = any (own) then rooms.writing_role else coalesce(type.writing_role, rooms.writing_role) end,
    reply_role = case when 'reply_role' = any (own) then rooms.reply_role else coalesce(type.reply_role, rooms.reply_role) end,
    reaction_role = case when 'reaction_role' = any (own) then rooms.reaction_role else coalesce(type.reaction_role, rooms.reaction_role) end,
    upload_role = case when 'upload_role' = any (own) then rooms.upload_role else coalesce(type.upload_role, rooms.upload_role) end,
    slow_mode_seconds = case when 'slow_mode_seconds' = any (own)
      then rooms.slow_mode_seconds else coalesce(type.slow_mode_seconds, rooms.slow_mode_seconds) end,
    retention_days = case when 'retention_days' = any (own)
      then rooms.retention_days else coalesce(type.retention_days, rooms.retention_days) end
    from app_private.typed_rooms
    where rooms.id = any (write_room_type.room_ids)
      and typed_rooms.room_id = rooms.id and typed_rooms.type_id = type.id;
  perform set_config('trumpet.writing_room_type', '', true);
end
$$;
comment on function app_private.write_room_type(uuid[], app_public.custom_room_types) is
  'Writes into rooms of a type what the type says. Their heads are locked.';
--! EndIncluded functions/room-types/write_room_type.sql
--! Included functions/room-types/give_room_type.sql
create or replace function app_private.give_room_type(room_id uuid, type_id uuid) returns app_public.rooms
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_type constant app_public.custom_room_types := app_private.find_room_type(give_room_type.type_id);
  v_room app_public.rooms;
begin
  insert into app_private.typed_rooms as known (room_id, type_id, revision)
    values (give_room_type.room_id, v_type.id, v_type.revision)
    on conflict on constraint typed_rooms_pkey do update set type_id = excluded.type_id, revision = excluded.revision, own = '{}';
  perform app_private.write_room_type(array[give_room_type.room_id], v_type);
  select * into v_room from app_public.rooms where rooms.id = give_room_type.room_id;
  return v_room;
end
$$;
comment on function app_private.give_room_type(uuid, uuid) is
  'Makes a room one of a type: it is set as the type says, whatever it has set itself.';
--! EndIncluded functions/room-types/give_room_type.sql
--! Included functions/room-types/apply_room_type.sql
/*
 * A type may have a hundred thousand rooms: they follow in short transactions, each of which locks the heads of its rooms
 * in their order. The type is read after that, so that what counts last is written last.
 */
create or replace function app_private.apply_room_type(type_id uuid, size integer) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_type app_public.custom_room_types;
  v_room_ids uuid[];
begin
  select * into v_type from app_public.custom_room_types where custom_room_types.id = apply_room_type.type_id;
  v_room_ids := array(
    select typed_rooms.room_id from app_private.typed_rooms
      where typed_rooms.type_id = apply_room_type.type_id and typed_rooms.revision < v_type.revision
      order by typed_rooms.revision
      limit apply_room_type.size);
  perform from app_private.room_heads where room_heads.room_id = any (v_room_ids) order by room_heads.room_id for no key update;
  select * into v_type from app_public.custom_room_types where custom_room_types.id = apply_room_type.type_id;
  if v_type.is_removed then
    update app_public.rooms set custom_type_id = null
      where rooms.id = any (v_room_ids) and rooms.custom_type_id = v_type.id;
    delete from app_private.typed_rooms where typed_rooms.room_id = any (v_room_ids) and typed_rooms.type_id = v_type.id;
    if cardinality(v_room_ids) = 0 then
      delete from app_public.custom_room_types where custom_room_types.id = v_type.id;
    end if;
  else
    perform app_private.write_room_type(v_room_ids, v_type);
    update app_private.typed_rooms set revision = v_type.revision
      where typed_rooms.room_id = any (v_room_ids) and typed_rooms.type_id = v_type.id;
  end if;
  return cardinality(v_room_ids) > 0;
end
$$;
comment on function app_private.apply_room_type(uuid, integer) is
  'Lets some of the rooms of a type follow a change of it, or lose a type that was removed. False once all have.';
--! EndIncluded functions/room-types/apply_room_type.sql
--! Included functions/room-types/has_rooms_follow.sql
create or replace function app_private.has_rooms_follow(type_id uuid) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select graphile_worker.add_job(
    'apply_room_type', json_build_object('typeId', has_rooms_follow.type_id), job_key => 'apply_room_type:' || has_rooms_follow.type_id);
$$;
comment on function app_private.has_rooms_follow(uuid) is 'Has the worker write a change of a type into its rooms.';
--! EndIncluded functions/room-types/has_rooms_follow.sql
--! Included functions/room-types/tg_rooms__note_own_settings.sql
create or replace function app_private.tg_rooms__note_own_settings() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if coalesce(current_setting('trumpet.writing_room_type', true), '') = 'on' then
    return null;
  end if;
  update app_private.typed_rooms set own = array(
      select unnest(typed_rooms.own)
      union
      select setting
        from (values
          ('writing_role', old.writing_role <> new.writing_role),
          ('reply_role', old.reply_role <> new.reply_role),
          ('reaction_role', old.reaction_role <> new.reaction_role),
          ('upload_role', old.upload_role <> new.upload_role),
          ('slow_mode_seconds', old.slow_mode_seconds <> new.slow_mode_seconds),
          ('retention_days', old.retention_days is distinct from new.retention_days)
        ) as settings (setting, is_changed)
        where is_changed
      order by 1)
    where typed_rooms.room_id = new.id;
  return null;
end
$$;
comment on function app_private.tg_rooms__note_own_settings() is
  'What is set in a room itself stays when its type changes.';
--! EndIncluded functions/room-types/tg_rooms__note_own_settings.sql
--! Included functions/room-types/tg_roles__leave_room_types.sql
/* Where nobody of those who make or join rooms of a type is left, only those who manage types do. */
create or replace function app_private.tg_roles__leave_room_types() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_public.custom_room_types set
    creator_role_ids = array_remove(creator_role_ids, old.id), joiner_role_ids = array_remove(joiner_role_ids, old.id)
    where custom_room_types.workspace_id = old.workspace_id
      and (old.id = any (creator_role_ids) or old.id = any (joiner_role_ids));
  return null;
end
$$;
comment on function app_private.tg_roles__leave_room_types() is 'A role that is deleted is named by no type of rooms any more.';
--! EndIncluded functions/room-types/tg_roles__leave_room_types.sql
--! Included functions/room-types/check_may_join.sql
/* After they have come in: the room is locked, and what they may do is. */
create or replace function app_private.check_may_join(room_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.share_until_commit('room_types', app_hidden.current_workspace_id()::text);
  if exists (
    select from app_public.rooms
      join app_public.custom_room_types on custom_room_types.id = rooms.custom_type_id
      where rooms.id = check_may_join.room_id and not is_removed
        and not app_private.has_any_role(app_hidden.current_user_id(), custom_room_types.joiner_role_ids))
  then
    raise exception 'Only some people join rooms of this type by themselves.' using errcode = 'TR403';
  end if;
end
$$;
comment on function app_private.check_may_join(uuid) is
  'Raises FORBIDDEN where only some join a room of its type by themselves, and whoever has joined is none of them.';
--! EndIncluded functions/room-types/check_may_join.sql
--! Included functions/room-types/define_room_type.sql
create or replace function app_public.define_room_type(
  name text, title text, description text default null, visibility app_public.room_type default null,
  creator_role_ids uuid[] default null, joiner_role_ids uuid[] default null,
  writing_role app_public.member_role default null, reply_role app_public.member_role default null,
  reaction_role app_public.member_role default null, upload_role app_public.member_role default null,
  slow_mode_seconds integer default null, retention_days integer default null
) returns app_public.custom_room_types
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_types_allowed constant integer := 100;
  v_before app_public.custom_room_types;
  v_type app_public.custom_room_types;
begin
  perform app_private.lock_room_types();
  if exists (
    select from unnest(define_room_type.creator_role_ids || define_room_type.joiner_role_ids) as role_id
      where not exists (
        select from app_public.roles where roles.id = role_id and roles.workspace_id = app_hidden.current_workspace_id()))
  then
    raise exception 'There is no such role.' using errcode = 'TR404';
  end if;
  select * into v_before from app_public.custom_room_types
    where custom_room_types.workspace_id = app_hidden.current_workspace_id() and not is_removed
      and custom_room_types.name = lower(define_room_type.name);
  if v_before.id is null and v_types_allowed <= (
    select count(*) from app_public.custom_room_types
      where custom_room_types.workspace_id = app_hidden.current_workspace_id() and not is_removed)
  then
    raise exception 'A workspace has at most % types of rooms.', v_types_allowed using errcode = 'TR409';
  end if;
  v_type := v_before;
  v_type.name := lower(define_room_type.name);
  v_type.title := app_private.plain_name(define_room_type.title);
  v_type.description := app_private.trimmed(define_room_type.description);
  v_type.visibility := define_room_type.visibility;
  v_type.creator_role_ids := define_room_type.creator_role_ids;
  v_type.joiner_role_ids := define_room_type.joiner_role_ids;
  v_type.writing_role := define_room_type.writing_role;
  v_type.reply_role := define_room_type.reply_role;
  v_type.reaction_role := define_room_type.reaction_role;
  v_type.upload_role := define_room_type.upload_role;
  v_type.slow_mode_seconds := define_room_type.slow_mode_seconds;
  v_type.retention_days := define_room_type.retention_days;
  if v_before.id is null then
    insert into app_public.custom_room_types (
        name, title, description, visibility, creator_role_ids, joiner_role_ids, writing_role, reply_role, reaction_role,
        upload_role, slow_mode_seconds, retention_days)
      values (
        v_type.name, v_type.title, v_type.description, v_type.visibility, v_type.creator_role_ids, v_type.joiner_role_ids,
        v_type.writing_role, v_type.reply_role, v_type.reaction_role, v_type.upload_role, v_type.slow_mode_seconds,
        v_type.retention_days)
      returning * into v_type;
  elsif v_type is distinct from v_before then
    update app_public.custom_room_types set
      title = v_type.title, description = v_type.description, visibility = v_type.visibility,
      creator_role_ids = v_type.creator_role_ids, joiner_role_ids = v_type.joiner_role_ids,
      writing_role = v_type.writing_role, reply_role = v_type.reply_role, reaction_role = v_type.reaction_role,
      upload_role = v_type.upload_role, slow_mode_seconds = v_type.slow_mode_seconds, retention_days = v_type.retention_days,
      revision = revision + 1, updated_at = clock_timestamp()
      where custom_room_types.id = v_type.id
      returning * into v_type;
    perform app_private.has_rooms_follow(v_type.id);
  end if;
  return v_type;
end
$$;
comment on function app_public.define_room_type(
  text, text, text, app_public.room_type, uuid[], uuid[], app_public.member_role, app_public.member_role, app_public.member_role,
  app_public.member_role, integer, integer
) is
  'Makes a type of rooms, or changes the one of this name: what is left out it no longer says anything about. Its rooms follow within moments, in what they have not set themselves; messages older than `retentionDays` are deleted there. For those with MANAGE_ROOM_TYPES. `CONFLICT` when there are 100 already.';
grant execute on function app_public.define_room_type(
  text, text, text, app_public.room_type, uuid[], uuid[], app_public.member_role, app_public.member_role, app_public.member_role,
  app_public.member_role, integer, integer
) to trumpet_user, trumpet_key;
--! EndIncluded functions/room-types/define_room_type.sql
--! Included functions/room-types/remove_room_type.sql
create or replace function app_public.remove_room_type(type_id uuid) returns app_public.custom_room_types
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_type app_public.custom_room_types;
begin
  perform app_private.lock_room_types();
  v_type := app_private.find_room_type(remove_room_type.type_id);
  update app_public.custom_room_types set is_removed = true, revision = revision + 1, updated_at = clock_timestamp()
    where custom_room_types.id = v_type.id;
  perform app_private.has_rooms_follow(v_type.id);
  return v_type;
end
$$;
comment on function app_public.remove_room_type(uuid) is
  'Removes a type of rooms. Its rooms stay as they are set, and are of no type within moments. For those with MANAGE_ROOM_TYPES.';
grant execute on function app_public.remove_room_type(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/room-types/remove_room_type.sql
--! Included functions/room-types/set_room_type.sql
create or replace function app_public.set_room_type(room_id uuid, custom_type_id uuid default null) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_room app_public.rooms;
begin
  perform app_private.limit_rate('room');
  -- Nobody is an admin of a direct conversation, so none has a type.
  v_locked := app_private.lock_room_as(set_room_type.room_id, 'edit_room');
  -- All that a type sets.
  perform app_private.check_permission(v_locked.room, v_locked.member, permission)
    from unnest('{manage_writing,set_slow_mode,set_retention}'::app_public.permission[]) as permission;
  if set_room_type.custom_type_id is not null then
    perform app_private.room_type_to_create(set_room_type.custom_type_id);
    return app_private.give_room_type(set_room_type.room_id, set_room_type.custom_type_id);
  end if;
  delete from app_private.typed_rooms where typed_rooms.room_id = set_room_type.room_id;
  update app_public.rooms set custom_type_id = null
    where rooms.id = set_room_type.room_id
    returning * into v_room;
  return v_room;
end
$$;
comment on function app_public.set_room_type(uuid, uuid) is
  'Makes a room one of a type, of which you may make rooms: it is set as the type says, also where it had set something itself. Whether it is public stays. Without a type it keeps its settings as its own. For those with EDIT_ROOM, MANAGE_WRITING, SET_SLOW_MODE and SET_RETENTION, so for the owner.';
grant execute on function app_public.set_room_type(uuid, uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/room-types/set_room_type.sql
--! Included functions/room-types/workspace_room_types.sql
create or replace function app_public.workspace_room_types() returns setof app_public.custom_room_types
language sql stable security invoker rows 10
set search_path = pg_catalog, pg_temp
as $$
  select * from app_public.custom_room_types
    where workspace_id = app_hidden.current_workspace_id() and not is_removed
    order by name, id;
$$;
comment on function app_public.workspace_room_types() is 'The types of rooms of your workspace, by name: at most 100.';
grant execute on function app_public.workspace_room_types() to trumpet_user;
--! EndIncluded functions/room-types/workspace_room_types.sql
--! Included functions/room-types/custom_room_types_viewer_may_create.sql
create or replace function app_public.custom_room_types_viewer_may_create(type app_public.custom_room_types) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from app_public.custom_room_types
      where custom_room_types.id = type.id and not is_removed and custom_room_types.workspace_id = app_hidden.current_workspace_id()
        and app_private.may_in_workspace(app_hidden.current_user_id(), 'create_rooms')
        and app_private.has_any_role(app_hidden.current_user_id(), custom_room_types.creator_role_ids));
$$;
comment on function app_public.custom_room_types_viewer_may_create(app_public.custom_room_types) is
  'Whether you may make rooms of this type.';
grant execute on function app_public.custom_room_types_viewer_may_create(app_public.custom_room_types) to trumpet_user;
--! EndIncluded functions/room-types/custom_room_types_viewer_may_create.sql
--! Included functions/room-types/custom_room_types_viewer_may_join.sql
create or replace function app_public.custom_room_types_viewer_may_join(type app_public.custom_room_types) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from app_public.custom_room_types
      where custom_room_types.id = type.id and not is_removed and custom_room_types.workspace_id = app_hidden.current_workspace_id()
        and app_private.has_any_role(app_hidden.current_user_id(), custom_room_types.joiner_role_ids));
$$;
comment on function app_public.custom_room_types_viewer_may_join(app_public.custom_room_types) is
  'Whether you may join public rooms of this type by yourself.';
grant execute on function app_public.custom_room_types_viewer_may_join(app_public.custom_room_types) to trumpet_user;
--! EndIncluded functions/room-types/custom_room_types_viewer_may_join.sql

create trigger _300_note_own_settings after update of
  writing_role, reply_role, reaction_role, upload_role, slow_mode_seconds, retention_days on app_public.rooms
  for each row when (new.custom_type_id is not null and old.custom_type_id = new.custom_type_id)
  execute function app_private.tg_rooms__note_own_settings();
create trigger _300_leave_room_types after delete on app_public.roles
  for each row execute function app_private.tg_roles__leave_room_types();

select app_private.audit_tables();

--! Previous: sha1:c43e20b28b24b2579bff80932e1ec7b48bf4d532
--! Hash: sha1:98622549131a087076605c78ff10aa70364406fc

/*
 * Groups of users that can be mentioned together, and mentions of all who are in a room.
 *
 * A name for many is expanded when the message is sent, to a row of message_mentions for each person: so whatever counts
 * mentions (inbox, badges, pushes, search, hidden rooms) knows nothing of it. What is kept of the name is that it was one.
 */
insert into app_private.rates (kind, per_second, burst) values ('group_mention', 0.05, 20), ('user_group', 0.5, 100);

create type app_public.group_management as enum ('owners', 'administrators');
comment on type app_public.group_management is
  'Who changes a group. OWNERS: those of its people who are its owners. ADMINISTRATORS: those of the installation.';

create table app_public.user_groups (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default app_hidden.current_workspace_id() references app_private.workspaces on delete cascade,
  name public.citext not null,
  title text not null,
  managed_by app_public.group_management not null default 'owners',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint user_groups_name_is_unique unique (name, workspace_id),
  constraint user_groups_name_is_well_formed check (name operator(public.~) '^[a-z0-9][a-z0-9_.-]{0,30}[a-z0-9_]$'),
  constraint user_groups_title_length check (char_length(title) between 1 and 80)
);
comment on table app_public.user_groups is 'People who can be mentioned together, in any room of their workspace that they are members of.';
comment on column app_public.user_groups.id is 'Stays the same for ever.';
comment on column app_public.user_groups.workspace_id is 'Where it is.';
comment on column app_public.user_groups.name is
  'By what it is mentioned (`@design`): as usernames are, and no username.';
comment on column app_public.user_groups.title is 'What it is called: 1 to 80 characters.';
comment on column app_public.user_groups.managed_by is 'Who changes it.';
comment on column app_public.user_groups.created_at is 'When it was made.';
comment on column app_public.user_groups.updated_at is 'When its name, title or management last changed.';
comment on constraint user_groups_pkey on app_public.user_groups is 'One group an id.';
comment on constraint user_groups_name_is_unique on app_public.user_groups is 'One group a name and workspace.';
alter table app_public.user_groups enable row level security;
/* What is mentioned by a name is one thing, and looks like no other. */
create unique index user_groups_name_looks_like_no_other on app_public.user_groups (app_private.look_of(name::text), workspace_id);
create index user_groups_workspace_id on app_public.user_groups (workspace_id);
create trigger _100_refuse_truncate before truncate on app_public.user_groups
  for each statement execute function app_private.tg_any__refuse_truncate();
create trigger _200_touch before update on app_public.user_groups
  for each row when (old is distinct from new) execute function app_private.tg_any__touch();

create policy select_workspace on app_public.user_groups for select to trumpet_user
  using (workspace_id = (select app_hidden.current_workspace_id()) and not (select app_hidden.is_guest()));
create policy select_admin on app_public.user_groups for select to trumpet_admin using (true);
grant select on app_public.user_groups to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;

create table app_public.user_group_members (
  group_id uuid not null references app_public.user_groups on delete cascade,
  user_id uuid not null references app_public.users on delete cascade,
  is_owner boolean not null default false,
  primary key (group_id, user_id)
);
comment on table app_public.user_group_members is 'That somebody is in a group.';
comment on column app_public.user_group_members.group_id is 'The group.';
comment on column app_public.user_group_members.user_id is 'Who is in it.';
comment on column app_public.user_group_members.is_owner is 'Whether they change it.';
comment on constraint user_group_members_group_id_fkey on app_public.user_group_members is 'The people who are in it.';
comment on constraint user_group_members_user_id_fkey on app_public.user_group_members is 'Who is in it.';
alter table app_public.user_group_members enable row level security;
/* people_named, begin_erasure */
create index user_group_members_user_id on app_public.user_group_members (user_id, group_id);
create trigger _100_refuse_truncate before truncate on app_public.user_group_members
  for each statement execute function app_private.tg_any__refuse_truncate();

create policy select_workspace on app_public.user_group_members for select to trumpet_user
  using (group_id in (select id from app_public.user_groups));
create policy select_admin on app_public.user_group_members for select to trumpet_admin using (true);
grant select on app_public.user_group_members to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;

--! Included functions/groups/tg_user_groups__check_name.sql
/*
 * What is mentioned by a name is one thing. Who takes a username holds the workspace against this lock until they commit, so
 * neither of two who come at once takes the name of the other.
 */
create or replace function app_private.tg_user_groups__check_name() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE' and old.name::text = new.name::text then
    return new;
  end if;
  perform from app_private.workspaces where workspaces.id = new.workspace_id for update;
  if starts_with(app_private.bare_look(new.name::text), app_private.bare_look('deleted'))
    or app_private.is_reserved(new.name::text)
    or exists (
      select from app_private.released_names
        where look_hash = app_private.released_look(new.workspace_id, new.name::text) and free_at > now())
    or exists (
      select from app_public.users
        where users.workspace_id = new.workspace_id and app_private.look_of(users.username::text) = app_private.look_of(new.name::text))
  then
    raise exception 'This name cannot be taken.' using errcode = 'TR409';
  end if;
  return new;
end
$$;
comment on function app_private.tg_user_groups__check_name() is
  'Refuses a group''s name that means something, or that somebody has, had until lately, or has one that looks like it.';
--! EndIncluded functions/groups/tg_user_groups__check_name.sql

--! Included functions/groups/tg_users__refuse_group_names.sql
create or replace function app_private.tg_users__refuse_group_names() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- See tg_user_groups__check_name. As the foreign key takes it, too.
  perform from app_private.workspaces where workspaces.id = new.workspace_id for key share;
  if exists (
    select from app_public.user_groups
      where user_groups.workspace_id = new.workspace_id
        and app_private.look_of(user_groups.name::text) = app_private.look_of(new.username::text))
  then
    raise exception 'This username cannot be taken.' using errcode = 'TR409';
  end if;
  return new;
end
$$;
comment on function app_private.tg_users__refuse_group_names() is 'Refuses a username that is the name of a group, or looks like it.';
--! EndIncluded functions/groups/tg_users__refuse_group_names.sql

--! Included functions/groups/tg_user_group_members__check.sql
create or replace function app_private.tg_user_group_members__check() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (
    select from app_public.user_groups
      join app_public.users on users.workspace_id = user_groups.workspace_id
      where user_groups.id = new.group_id and users.id = new.user_id and users.deleted_at is null)
    or exists (select from app_private.guests where guests.user_id = new.user_id)
  then
    raise exception 'There is no such person.' using errcode = 'TR404';
  end if;
  return new;
end
$$;
comment on function app_private.tg_user_group_members__check() is
  'Whoever is in a group is of its workspace, has an account and is no guest.';
--! EndIncluded functions/groups/tg_user_group_members__check.sql

--! Included functions/groups/tg_user_group_members__keep_managed.sql
create or replace function app_private.tg_user_group_members__keep_managed() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_public.user_groups set managed_by = 'administrators'
    where user_groups.id = old.group_id and managed_by = 'owners'
      and not exists (
        select from app_public.user_group_members
          where user_group_members.group_id = old.group_id and user_group_members.is_owner);
  return null;
end
$$;
comment on function app_private.tg_user_group_members__keep_managed() is
  'Leaves a group to the administrators whose last owner is gone.';
--! EndIncluded functions/groups/tg_user_group_members__keep_managed.sql

create trigger _300_check_name before insert or update of name on app_public.user_groups
  for each row execute function app_private.tg_user_groups__check_name();
create trigger _300_refuse_group_names before insert or update of username on app_public.users
  for each row execute function app_private.tg_users__refuse_group_names();
create trigger _300_check before insert or update of user_id, group_id on app_public.user_group_members
  for each row execute function app_private.tg_user_group_members__check();
create trigger _500_keep_managed after delete on app_public.user_group_members
  for each row when (old.is_owner) execute function app_private.tg_user_group_members__keep_managed();

--! Included functions/groups/lock_group.sql
create or replace function app_private.lock_group(group_id uuid) returns app_public.user_groups
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_group app_public.user_groups;
begin
  select * into v_group from app_public.user_groups
    where user_groups.id = lock_group.group_id and user_groups.workspace_id = app_hidden.current_workspace_id()
    for no key update;
  if not found or app_hidden.is_guest() then
    raise exception 'There is no such group.' using errcode = 'TR404';
  end if;
  return v_group;
end
$$;
comment on function app_private.lock_group(uuid) is 'Locks a group of the caller''s workspace; NOT_FOUND when there is none such.';
--! EndIncluded functions/groups/lock_group.sql

--! Included functions/groups/lock_group_as_owner.sql
create or replace function app_private.lock_group_as_owner(group_id uuid) returns app_public.user_groups
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
  v_group app_public.user_groups;
begin
  v_group := app_private.lock_group(lock_group_as_owner.group_id);
  if v_group.managed_by = 'administrators' then
    raise exception 'The administrators manage this group.' using errcode = 'TR403';
  end if;
  perform app_private.share_until_commit('permissions', v_user_id::text);
  if not exists (
    select from app_public.user_group_members
      where user_group_members.group_id = v_group.id and user_group_members.user_id = v_user_id and is_owner)
    and not app_private.may_in_workspace(v_user_id, 'manage_groups')
  then
    raise exception 'Only its owners change a group.' using errcode = 'TR403';
  end if;
  perform app_private.check_still_here();
  return v_group;
end
$$;
comment on function app_private.lock_group_as_owner(uuid) is 'Locks a group for one of its owners, or raises the error that says why not.';
--! EndIncluded functions/groups/lock_group_as_owner.sql

--! Included functions/groups/check_group_is_owned.sql
create or replace function app_private.check_group_is_owned(group_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (
    select from app_public.user_group_members
      where user_group_members.group_id = check_group_is_owned.group_id and is_owner)
  then
    raise exception 'Make somebody else an owner of the group first, or delete it.' using errcode = 'TR409';
  end if;
end
$$;
comment on function app_private.check_group_is_owned(uuid) is 'Refuses what would leave a group without an owner.';
--! EndIncluded functions/groups/check_group_is_owned.sql

--! Included functions/groups/add_to_group.sql
create or replace function app_private.add_to_group(group_id uuid, user_ids uuid[]) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_people_allowed constant integer := 1000;
begin
  if cardinality(add_to_group.user_ids) > v_people_allowed then
    raise exception 'A group has at most % people.', v_people_allowed using errcode = 'TR400';
  end if;
  insert into app_public.user_group_members (group_id, user_id)
    select add_to_group.group_id, user_id from unnest(add_to_group.user_ids) as user_id
    on conflict on constraint user_group_members_pkey do nothing;
  if v_people_allowed < (select count(*) from app_public.user_group_members where user_group_members.group_id = add_to_group.group_id) then
    raise exception 'A group has at most % people.', v_people_allowed using errcode = 'TR409';
  end if;
end
$$;
comment on function app_private.add_to_group(uuid, uuid[]) is 'Adds people to a group that is locked or new.';
--! EndIncluded functions/groups/add_to_group.sql

--! Included functions/groups/user_groups.sql
create or replace function app_public.user_groups(starts_with text default null) returns setof app_public.user_groups
language sql stable security invoker rows 20
set search_path = pg_catalog, pg_temp
as $$
  select user_groups.* from app_public.user_groups
    where user_groups.starts_with is null or pg_catalog.starts_with(lower(user_groups.name::text), lower(user_groups.starts_with))
    order by lower(user_groups.name::text) collate "C";
$$;
comment on function app_public.user_groups(text) is
  'The groups of your workspace, by name, or those whose names begin so.';
grant execute on function app_public.user_groups(text) to trumpet_user;
--! EndIncluded functions/groups/user_groups.sql

--! Included functions/groups/user_groups_member_count.sql
create or replace function app_public.user_groups_member_count(user_group app_public.user_groups) returns integer
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select count(*)::integer from app_public.user_group_members where user_group_members.group_id = user_group.id;
$$;
comment on function app_public.user_groups_member_count(app_public.user_groups) is 'How many people are in it.';
grant execute on function app_public.user_groups_member_count(app_public.user_groups) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/groups/user_groups_member_count.sql

--! Included functions/groups/check_groups_of.sql
create or replace function app_private.check_groups_of(owner_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_groups_allowed constant integer := 20;
begin
  perform app_private.lock_until_commit('groups', owner_id::text);
  if v_groups_allowed <= (
    select count(*) from app_public.user_group_members
      join app_public.user_groups on user_groups.id = user_group_members.group_id
      where user_group_members.user_id = check_groups_of.owner_id and is_owner and managed_by = 'owners')
  then
    raise exception 'At most % groups can be a person''s own.', v_groups_allowed using errcode = 'TR409';
  end if;
end
$$;
comment on function app_private.check_groups_of(uuid) is 'Refuses one more group to whoever has as many as can be theirs.';
--! EndIncluded functions/groups/check_groups_of.sql

--! Included functions/groups/create_user_group.sql
create or replace function app_public.create_user_group(name text, title text, user_ids uuid[] default null) returns app_public.user_groups
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
  v_group app_public.user_groups;
begin
  perform app_private.limit_rate('user_group');
  if app_hidden.is_guest() then
    raise exception 'A guest is in one room.' using errcode = 'TR403';
  end if;
  perform app_private.check_workspace_permission('create_groups');
  perform app_private.check_groups_of(v_user_id);
  insert into app_public.user_groups (name, title)
    values (btrim(create_user_group.name)::public.citext, app_private.plain_name(create_user_group.title))
    returning * into v_group;
  insert into app_public.user_group_members (group_id, user_id, is_owner) values (v_group.id, v_user_id, true);
  perform app_private.add_to_group(v_group.id, create_user_group.user_ids);
  perform app_private.check_still_here();
  return v_group;
end
$$;
comment on function app_public.create_user_group(text, text, uuid[]) is
  'Makes a group of people that can be mentioned by its `name`, as `@design`. It is yours, and you are in it. At most 20 can be yours, with 1,000 people each.';
grant execute on function app_public.create_user_group(text, text, uuid[]) to trumpet_user;
--! EndIncluded functions/groups/create_user_group.sql

--! Included functions/groups/change_user_group.sql
create or replace function app_public.change_user_group(group_id uuid, name text, title text) returns app_public.user_groups
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_group app_public.user_groups;
begin
  perform app_private.limit_rate('user_group');
  v_group := app_private.lock_group_as_owner(change_user_group.group_id);
  update app_public.user_groups set
    name = btrim(change_user_group.name)::public.citext, title = app_private.plain_name(change_user_group.title)
    where user_groups.id = v_group.id
    returning * into v_group;
  return v_group;
end
$$;
comment on function app_public.change_user_group(uuid, text, text) is
  'Gives a group of yours another name or title. Messages that were sent mention whom they mentioned.';
grant execute on function app_public.change_user_group(uuid, text, text) to trumpet_user;
--! EndIncluded functions/groups/change_user_group.sql

--! Included functions/groups/set_user_group_member.sql
create or replace function app_public.set_user_group_member(group_id uuid, user_id uuid, is_owner boolean default false)
returns app_public.user_groups
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_group app_public.user_groups;
begin
  perform app_private.limit_rate('user_group');
  v_group := app_private.lock_group_as_owner(set_user_group_member.group_id);
  if set_user_group_member.is_owner and not exists (
    select from app_public.user_group_members
      where user_group_members.group_id = v_group.id and user_group_members.user_id = set_user_group_member.user_id
        and user_group_members.is_owner)
  then
    perform app_private.check_groups_of(set_user_group_member.user_id);
  end if;
  perform app_private.add_to_group(v_group.id, array[set_user_group_member.user_id]);
  update app_public.user_group_members set is_owner = coalesce(set_user_group_member.is_owner, false)
    where user_group_members.group_id = v_group.id and user_group_members.user_id = set_user_group_member.user_id;
  perform app_private.check_group_is_owned(v_group.id);
  return v_group;
end
$$;
comment on function app_public.set_user_group_member(uuid, uuid, boolean) is
  'Puts somebody into a group of yours, or makes them an owner of it or no longer one. The last owner stays one, and nobody gets more than 20 groups of their own (`CONFLICT`).';
grant execute on function app_public.set_user_group_member(uuid, uuid, boolean) to trumpet_user;
--! EndIncluded functions/groups/set_user_group_member.sql

--! Included functions/groups/remove_user_group_member.sql
create or replace function app_public.remove_user_group_member(group_id uuid, user_id uuid) returns app_public.user_groups
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
  v_group app_public.user_groups;
begin
  perform app_private.limit_rate('user_group');
  if remove_user_group_member.user_id = v_user_id then
    v_group := app_private.lock_group(remove_user_group_member.group_id);
    perform app_private.check_still_here();
  else
    v_group := app_private.lock_group_as_owner(remove_user_group_member.group_id);
  end if;
  delete from app_public.user_group_members
    where user_group_members.group_id = v_group.id and user_group_members.user_id = remove_user_group_member.user_id;
  if not found then
    raise exception 'There is no such person in the group.' using errcode = 'TR404';
  end if;
  if v_group.managed_by = 'owners' then
    perform app_private.check_group_is_owned(v_group.id);
  end if;
  return v_group;
end
$$;
comment on function app_public.remove_user_group_member(uuid, uuid) is
  'Takes somebody out of a group of yours; whoever is in a group may take themselves out. The last owner stays (`CONFLICT`).';
grant execute on function app_public.remove_user_group_member(uuid, uuid) to trumpet_user;
--! EndIncluded functions/groups/remove_user_group_member.sql

--! Included functions/groups/delete_user_group.sql
create or replace function app_public.delete_user_group(group_id uuid) returns app_public.user_groups
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_group app_public.user_groups;
begin
  perform app_private.limit_rate('user_group');
  v_group := app_private.lock_group_as_owner(delete_user_group.group_id);
  delete from app_public.user_groups where user_groups.id = v_group.id;
  return v_group;
end
$$;
comment on function app_public.delete_user_group(uuid) is
  'Deletes a group of yours. Messages that were sent mention whom they mentioned.';
grant execute on function app_public.delete_user_group(uuid) to trumpet_user;
--! EndIncluded functions/groups/delete_user_group.sql

--! Included functions/groups-at-psql/set_user_group.sql
create or replace function app_admin.set_user_group(name text, title text, who text[], reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_user_ids uuid[] := array(select (app_private.find_user(one)).id from unnest(who) as one);
  v_group_id uuid;
begin
  select user_groups.id into v_group_id from app_public.user_groups
    where user_groups.workspace_id = app_hidden.current_workspace_id() and user_groups.name = set_user_group.name::public.citext
    for no key update;
  if v_group_id is null then
    insert into app_public.user_groups (name, title, managed_by)
      values (btrim(set_user_group.name)::public.citext, app_private.plain_name(set_user_group.title), 'administrators')
      returning id into v_group_id;
  else
    update app_public.user_groups set title = app_private.plain_name(set_user_group.title), managed_by = 'administrators'
      where user_groups.id = v_group_id;
    delete from app_public.user_group_members
      where user_group_members.group_id = v_group_id and user_group_members.user_id <> all (v_user_ids);
    update app_public.user_group_members set is_owner = false where user_group_members.group_id = v_group_id and is_owner;
  end if;
  perform app_private.add_to_group(v_group_id, v_user_ids);
  perform app_private.note_admin_action('set_user_group', set_user_group.name, set_user_group.reason);
  return format('@%s has %s people', set_user_group.name, cardinality(v_user_ids));
end
$$;
comment on function app_admin.set_user_group(text, text, text[], text) is
  'Makes a group of people that can be mentioned as @name, or gives it these people. The administrators manage it from then on.';
grant execute on function app_admin.set_user_group(text, text, text[], text) to trumpet_admin;
--! EndIncluded functions/groups-at-psql/set_user_group.sql

--! Included functions/groups-at-psql/delete_user_group.sql
create or replace function app_admin.delete_user_group(name text, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
begin
  delete from app_public.user_groups
    where user_groups.workspace_id = app_hidden.current_workspace_id() and user_groups.name = delete_user_group.name::public.citext;
  if not found then
    raise exception 'There is no such group: %.', delete_user_group.name using errcode = 'TR404';
  end if;
  perform app_private.note_admin_action('delete_user_group', delete_user_group.name, delete_user_group.reason);
  return format('@%s is deleted', delete_user_group.name);
end
$$;
comment on function app_admin.delete_user_group(text, text) is 'Deletes a group of people, whoever manages it.';
grant execute on function app_admin.delete_user_group(text, text) to trumpet_admin;
--! EndIncluded functions/groups-at-psql/delete_user_group.sql

/*
 * The names for many that messages have. One that stands for nobody at the time is one, too.
 */
create table app_private.message_group_mentions (
  message_id uuid not null,
  room_id uuid not null,
  name text not null,
  primary key (message_id, name)
);
comment on table app_private.message_group_mentions is 'By which names for many messages mention people.';
alter table app_private.message_group_mentions enable row level security;
create trigger _100_refuse_truncate before truncate on app_private.message_group_mentions
  for each statement execute function app_private.tg_any__refuse_truncate();

create type app_public.group_mention as (
  name text,
  people_count integer,
  is_allowed boolean
);
comment on type app_public.group_mention is 'A name for many in a text that is not sent yet.';
comment on column app_public.group_mention.name is '`here`, `room`, or the name of a group.';
comment on column app_public.group_mention.people_count is 'How many people it would mention now.';
comment on column app_public.group_mention.is_allowed is 'Whether you may mention them here. If not, or beyond 5,000 people, it mentions nobody.';

--! Included functions/groups/people_named.sql
create or replace function app_private.people_named(room_id uuid, author_id uuid, name text) returns setof uuid
language plpgsql stable security invoker rows 100
set search_path = pg_catalog, public, pg_temp
as $$
begin
  return query
    select room_members.user_id from app_public.room_members
      join app_public.users on users.id = room_members.user_id
      where room_members.room_id = people_named.room_id and users.id <> people_named.author_id
        and case people_named.name
          when 'room' then not users.is_bot
          when 'here' then not users.is_bot and exists (
            select from app_private.presence_sessions
              where presence_sessions.user_id = users.id and presence_sessions.expires_at > now())
            and not app_private.hides_presence(users.id) and not app_private.hides_presence(people_named.author_id)
          else exists (
            select from app_public.user_group_members
              join app_public.user_groups on user_groups.id = user_group_members.group_id
              where user_group_members.user_id = users.id
                and user_groups.workspace_id = users.workspace_id and user_groups.name = people_named.name::public.citext)
        end
        and not exists (
          select from app_private.user_blocks
            where user_blocks.blocker_id = users.id and user_blocks.blocked_id = people_named.author_id);
end
$$;
comment on function app_private.people_named(uuid, uuid, text) is
  'Which members of a room a name for many stands for at this moment: all, those who are there, those of a group. Who hides that they are there is mentioned by no `@here` and mentions nobody by it. Neither the author nor who has blocked them.';
--! EndIncluded functions/groups/people_named.sql

--! Included functions/groups/groups_named.sql
create or replace function app_private.groups_named(room_id uuid, author_id uuid, names text[])
returns table (name text, people_count integer, is_allowed boolean)
language plpgsql stable security invoker rows 2
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_people_allowed constant integer := 5000;
  v_may boolean;
begin
  if not (names && '{here,room}') and not exists (
    select from app_public.user_groups
      join app_public.rooms on rooms.workspace_id = user_groups.workspace_id
      where rooms.id = groups_named.room_id and user_groups.name = any (names::public.citext[]))
  then
    return;
  end if;
  select app_private.may(rooms, room_members, 'mention_groups')
      and not exists (select from app_private.guests where guests.user_id = room_members.user_id)
    into v_may
    from app_public.room_members join app_public.rooms on rooms.id = room_members.room_id
    where room_members.room_id = groups_named.room_id and room_members.user_id = groups_named.author_id and rooms.type <> 'direct';
  return query
    select known.name, known.people_count, coalesce(v_may, false) and known.people_count <= v_people_allowed
      from (
        select named.name, (
            select count(*) from app_private.people_named(groups_named.room_id, groups_named.author_id, named.name) where v_may
          )::integer as people_count
          from unnest(groups_named.names) as named (name)
          where named.name in ('here', 'room') or exists (
            select from app_public.user_groups
              join app_public.rooms on rooms.workspace_id = user_groups.workspace_id
              where rooms.id = groups_named.room_id and user_groups.name = named.name::public.citext)
      ) as known;
end
$$;
comment on function app_private.groups_named(uuid, uuid, text[]) is
  'Which of some names stand for many in a room, for how many other than an author, and whether the author may mention them.';
--! EndIncluded functions/groups/groups_named.sql

--! Included functions/groups/add_group_mentions.sql
create or replace function app_private.add_group_mentions(message app_public.messages, names text[]) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into app_private.message_mentions as known (user_id, room_id, seq, message_id, is_named, group_names)
    select person.user_id, message.room_id, message.seq, message.id, false, array_agg(name)
      from unnest(add_group_mentions.names) as name
      cross join lateral app_private.people_named(message.room_id, message.author_id, name) as person (user_id)
      group by person.user_id
    on conflict on constraint message_mentions_pkey do update set group_names = known.group_names || excluded.group_names;
end
$$;
comment on function app_private.add_group_mentions(app_public.messages, text[]) is
  'Notes for whom names for many stand at this moment.';
--! EndIncluded functions/groups/add_group_mentions.sql

--! Included functions/groups/note_group_mentions.sql
/*
 * The room's head is locked, so the setting and the role are those of this moment. What may not be mentioned is text: who
 * asks "is anybody @here?" is not refused. As at most so many people can be mentioned at once, so much is written at most
 * while others wait for the room.
 */
create or replace function app_private.note_group_mentions(message app_public.messages, names text[]) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new text[] := array(
    select mentioned.name
      from app_private.groups_named(message.room_id, message.author_id, note_group_mentions.names) as mentioned
      where mentioned.is_allowed and not exists (
        select from app_private.message_group_mentions
          where message_group_mentions.message_id = message.id and message_group_mentions.name = mentioned.name));
begin
  if cardinality(v_new) = 0 then
    return;
  end if;
  -- Not when a moderator releases it.
  if message.author_id = app_hidden.current_user_id() then
    perform app_private.limit_rate('group_mention');
  end if;
  insert into app_private.message_group_mentions (message_id, room_id, name)
    select message.id, message.room_id, name from unnest(v_new) as name;
  perform app_private.add_group_mentions(message, v_new);
end
$$;
comment on function app_private.note_group_mentions(app_public.messages, text[]) is
  'Notes whom a message mentions by names for many, where its author may.';
--! EndIncluded functions/groups/note_group_mentions.sql

--! Included functions/groups/forget_group_mentions.sql
create or replace function app_private.forget_group_mentions(message_id uuid) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  delete from app_private.message_group_mentions where message_group_mentions.message_id = forget_group_mentions.message_id;
$$;
comment on function app_private.forget_group_mentions(uuid) is 'Forgets which names for many a message mentions.';
--! EndIncluded functions/groups/forget_group_mentions.sql

--! Included functions/groups/group_mentions_of.sql
create or replace function app_hidden.group_mentions_of(message_id uuid) returns text[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select array(
    select message_group_mentions.name from app_private.message_group_mentions
      where message_group_mentions.message_id = group_mentions_of.message_id
        and app_hidden.can_look_into_message(message_group_mentions.room_id, message_group_mentions.message_id)
      order by message_group_mentions.name collate "C");
$$;
comment on function app_hidden.group_mentions_of(uuid) is 'The names for many by which a message mentions people.';
grant execute on function app_hidden.group_mentions_of(uuid) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/groups/group_mentions_of.sql

--! Included functions/groups/messages_group_mentions.sql
/* Postgres puts it in its place: of a text without an @ nothing is asked. */
create or replace function app_public.messages_group_mentions(message app_public.messages) returns text[]
language sql stable security invoker
return case when position('@' in message.content) > 0 then app_hidden.group_mentions_of(message.id) else '{}' end;
comment on function app_public.messages_group_mentions(app_public.messages) is
  'The names for many by which it mentions members: `here`, `room`, names of groups. Whether you are among them: `mentionsViewer`.';
grant execute on function app_public.messages_group_mentions(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/groups/messages_group_mentions.sql

--! Included functions/groups/mentioned_ids_of.sql
create or replace function app_hidden.mentioned_ids_of(message_id uuid) returns uuid[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select array(
    select message_mentions.user_id from app_private.message_mentions
      where message_mentions.message_id = mentioned_ids_of.message_id and message_mentions.is_named
        and app_hidden.can_look_into_message(message_mentions.room_id, message_mentions.message_id)
      order by message_mentions.user_id);
$$;
comment on function app_hidden.mentioned_ids_of(uuid) is 'The members whom a message mentions by their names.';
grant execute on function app_hidden.mentioned_ids_of(uuid) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/groups/mentioned_ids_of.sql

--! Included functions/groups/messages_mentioned_ids.sql
/* As messages_group_mentions. */
create or replace function app_public.messages_mentioned_ids(message app_public.messages) returns uuid[]
language sql stable security invoker
return case when position('@' in message.content) > 0 then app_hidden.mentioned_ids_of(message.id) else '{}' end;
comment on function app_public.messages_mentioned_ids(app_public.messages) is 'The `id`s of `mentions`.';
grant execute on function app_public.messages_mentioned_ids(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/groups/messages_mentioned_ids.sql

--! Included functions/groups/group_mention_preview.sql
create or replace function app_public.group_mention_preview(room_id uuid, content text) returns setof app_public.group_mention
language plpgsql stable security definer rows 2
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
begin
  perform app_private.require_member(group_mention_preview.room_id, writable => false);
  return query
    select mentioned.name, mentioned.people_count, mentioned.is_allowed
      from app_private.groups_named(
        group_mention_preview.room_id, v_user_id,
        array(select app_private.mentioned_names(left(group_mention_preview.content, 10000)) limit 50)) as mentioned
      order by mentioned.name collate "C";
end
$$;
comment on function app_public.group_mention_preview(uuid, text) is
  'Which names for many a text has, before you send it to a room: how many people each would mention, and whether you may.';
grant execute on function app_public.group_mention_preview(uuid, text) to trumpet_user;
--! EndIncluded functions/groups/group_mention_preview.sql

--! Included functions/groups/set_group_mentions.sql
create or replace function app_public.set_group_mentions(
  room_id uuid, least_role app_public.member_role, warn_above integer default null
) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_room app_public.rooms;
begin
  perform app_private.limit_rate('room');
  if set_group_mentions.least_role is null then
    raise exception 'leastRole must be given.' using errcode = 'TR400';
  end if;
  v_locked := app_private.lock_room_as(set_group_mentions.room_id, 'manage_writing');
  if (v_locked.room).type = 'direct' then
    raise exception 'A direct conversation has no settings.' using errcode = 'TR400';
  end if;
  update app_public.rooms set
    group_mention_role = set_group_mentions.least_role,
    group_mention_warning = coalesce(set_group_mentions.warn_above, rooms.group_mention_warning)
    where rooms.id = set_group_mentions.room_id
    returning * into v_room;
  return v_room;
end
$$;
comment on function app_public.set_group_mentions(uuid, app_public.member_role, integer) is
  'Sets who may mention many at once here (`@here`, `@room`, groups), and above how many people they are warned. For admins and the owner.';
grant execute on function app_public.set_group_mentions(uuid, app_public.member_role, integer) to trumpet_user, trumpet_key;
--! EndIncluded functions/groups/set_group_mentions.sql

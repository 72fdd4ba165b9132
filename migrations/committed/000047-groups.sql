--! Previous: x
--! Hash: x

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

--! EndIncluded functions/groups/tg_user_groups__check_name.sql

--! Included functions/groups/tg_users__refuse_group_names.sql

--! EndIncluded functions/groups/tg_users__refuse_group_names.sql

--! Included functions/groups/tg_user_group_members__check.sql

--! EndIncluded functions/groups/tg_user_group_members__check.sql

--! Included functions/groups/tg_user_group_members__keep_managed.sql

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

--! EndIncluded functions/groups/lock_group.sql

--! Included functions/groups/lock_group_as_owner.sql

--! EndIncluded functions/groups/lock_group_as_owner.sql

--! Included functions/groups/check_group_is_owned.sql

--! EndIncluded functions/groups/check_group_is_owned.sql

--! Included functions/groups/add_to_group.sql

--! EndIncluded functions/groups/add_to_group.sql

--! Included functions/groups/user_groups.sql

--! EndIncluded functions/groups/user_groups.sql

--! Included functions/groups/user_groups_member_count.sql

--! EndIncluded functions/groups/user_groups_member_count.sql

--! Included functions/groups/check_groups_of.sql

--! EndIncluded functions/groups/check_groups_of.sql

--! Included functions/groups/create_user_group.sql

--! EndIncluded functions/groups/create_user_group.sql

--! Included functions/groups/change_user_group.sql

--! EndIncluded functions/groups/change_user_group.sql

--! Included functions/groups/set_user_group_member.sql

--! EndIncluded functions/groups/set_user_group_member.sql

--! Included functions/groups/remove_user_group_member.sql

--! EndIncluded functions/groups/remove_user_group_member.sql

--! Included functions/groups/delete_user_group.sql

--! EndIncluded functions/groups/delete_user_group.sql

--! Included functions/groups-at-psql/set_user_group.sql

--! EndIncluded functions/groups-at-psql/set_user_group.sql

--! Included functions/groups-at-psql/delete_user_group.sql

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

--! EndIncluded functions/groups/people_named.sql

--! Included functions/groups/groups_named.sql

--! EndIncluded functions/groups/groups_named.sql

--! Included functions/groups/add_group_mentions.sql

--! EndIncluded functions/groups/add_group_mentions.sql

--! Included functions/groups/note_group_mentions.sql

--! EndIncluded functions/groups/note_group_mentions.sql

--! Included functions/groups/forget_group_mentions.sql

--! EndIncluded functions/groups/forget_group_mentions.sql

--! Included functions/groups/group_mentions_of.sql

--! EndIncluded functions/groups/group_mentions_of.sql

--! Included functions/groups/messages_group_mentions.sql

--! EndIncluded functions/groups/messages_group_mentions.sql

--! Included functions/groups/mentioned_ids_of.sql

--! EndIncluded functions/groups/mentioned_ids_of.sql

--! Included functions/groups/messages_mentioned_ids.sql

--! EndIncluded functions/groups/messages_mentioned_ids.sql

--! Included functions/groups/group_mention_preview.sql

--! EndIncluded functions/groups/group_mention_preview.sql

--! Included functions/groups/set_group_mentions.sql

--! EndIncluded functions/groups/set_group_mentions.sql

--! Previous: x
--! Hash: x

/*
 * Fields of profiles that the administrators of a workspace define: a team, a telephone number, whom somebody reports to.
 *
 * What people say is in a table of its own: whoever is shown in a message or a list costs nothing of this.
 */
create type app_public.profile_field_kind as enum ('text', 'long_text', 'url', 'date', 'choice', 'user');
comment on type app_public.profile_field_kind is
  'What a field of profiles holds. TEXT: a line. LONG_TEXT: lines. URL: a web address. DATE: a day such as `1990-12-31`. CHOICE: one of its `choices`. USER: a person.';
create type app_public.profile_visibility as enum ('everyone', 'members', 'person');
comment on type app_public.profile_visibility is
  'Who sees what is in a field. EVERYONE: whoever sees the person. MEMBERS: everybody but guests. PERSON: the person themselves and the administrators.';
create type app_public.profile_editor as enum ('person', 'administrators');
comment on type app_public.profile_editor is
  'Who fills a field in. PERSON: each their own, and the administrators. ADMINISTRATORS: they alone, at psql or by a directory that a server keeps in step.';

create table app_public.profile_fields (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default app_hidden.current_workspace_id() references app_private.workspaces on delete cascade,
  key text not null,
  label text not null,
  kind app_public.profile_field_kind not null,
  choices text[] not null default '{}',
  visibility app_public.profile_visibility not null default 'everyone',
  edited_by app_public.profile_editor not null default 'person',
  place integer not null default 100,
  is_searchable boolean not null default false,
  max_length integer not null,
  constraint profile_fields_have_a_key_each unique (workspace_id, key),
  constraint profile_fields_key_is_well_formed check (key ~ '^[a-z][a-z0-9_]{0,29}$'),
  constraint profile_fields_label_length check (char_length(label) between 1 and 60),
  constraint profile_fields_max_length_range check (max_length between 1 and 5000),
  constraint profile_fields_of_choices_have_some check ((kind = 'choice') = (cardinality(choices) > 0)),
  constraint profile_fields_choices_range check (cardinality(choices) <= 100 and array_position(choices, null) is null),
  constraint profile_fields_searched_are_seen check (not is_searchable or visibility <> 'person' and kind <> 'user')
);
comment on table app_public.profile_fields is 'A field of the profiles of a workspace.';
comment on column app_public.profile_fields.id is 'Stays the same for ever.';
comment on column app_public.profile_fields.workspace_id is 'The workspace whose profiles have it.';
comment on column app_public.profile_fields.key is 'By what it is named in mutations, as `team`.';
comment on column app_public.profile_fields.label is 'What it is called where it is shown, as `Team`.';
comment on column app_public.profile_fields.kind is 'What it holds. It never changes.';
comment on column app_public.profile_fields.choices is 'What may be chosen, for CHOICE.';
comment on column app_public.profile_fields.visibility is 'Who sees what is in it.';
comment on column app_public.profile_fields.edited_by is 'Who fills it in.';
comment on column app_public.profile_fields.place is 'Fields are shown in this order, the lowest first.';
comment on column app_public.profile_fields.is_searchable is 'Whether `searchUsers` finds people by it.';
comment on column app_public.profile_fields.max_length is 'How many characters it holds at most.';
comment on constraint profile_fields_pkey on app_public.profile_fields is 'One field an id.';
alter table app_public.profile_fields enable row level security;
create trigger _100_refuse_truncate before truncate on app_public.profile_fields
  for each statement execute function app_private.tg_any__refuse_truncate();
create policy select_workspace on app_public.profile_fields for select to trumpet_user
  using (workspace_id = (select app_hidden.current_workspace_id()));
create policy select_admin on app_public.profile_fields for select to trumpet_admin using (true);
grant select on app_public.profile_fields to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;

create table app_private.profile_values (
  user_id uuid not null references app_public.users on delete cascade,
  field_id uuid not null references app_public.profile_fields on delete cascade,
  value text,
  person_id uuid references app_public.users on delete cascade,
  changed_at timestamptz not null default now(),
  primary key (user_id, field_id),
  constraint profile_values_say_one_thing check ((value is null) <> (person_id is null))
);
comment on table app_private.profile_values is 'What people say in the fields of their profiles.';
comment on column app_private.profile_values.person_id is 'Whom they name, in a field of kind user.';
alter table app_private.profile_values enable row level security;
create trigger _100_refuse_truncate before truncate on app_private.profile_values
  for each statement execute function app_private.tg_any__refuse_truncate();
create trigger _100_one_workspace before insert or update of user_id, person_id on app_private.profile_values
  for each row execute function app_private.tg_any__one_workspace('user_id', 'person_id');
/* Removing a field. */
create index profile_values_field_id on app_private.profile_values (field_id);
/* begin_erasure, deleting a person. */
create index profile_values_person_id on app_private.profile_values (person_id) where person_id is not null;
/* search_users */
create index profile_values_value_trigrams on app_private.profile_values using gin (app_hidden.fold_for_search(value) public.gin_trgm_ops);

create type app_public.profile_value as (
  key text,
  label text,
  kind app_public.profile_field_kind,
  place integer,
  value text,
  person_id uuid
);
comment on type app_public.profile_value is 'What somebody says in a field of their profile.';
comment on column app_public.profile_value.key is 'The key of the field.';
comment on column app_public.profile_value.label is 'What the field is called.';
comment on column app_public.profile_value.kind is 'What the field holds.';
comment on column app_public.profile_value.place is 'Where the field stands: the lowest comes first.';
comment on column app_public.profile_value.value is 'What it says. Null for USER: see `person`.';
comment on column app_public.profile_value.person_id is 'The id of the person whom a field of kind USER names.';

--! Included functions/profiles/may_see_profile_field.sql

--! EndIncluded functions/profiles/may_see_profile_field.sql

--! Included functions/profiles/profile_fields.sql

--! EndIncluded functions/profiles/profile_fields.sql

--! Included functions/profiles/profile_of.sql

--! EndIncluded functions/profiles/profile_of.sql

--! Included functions/profiles/users_profile.sql

--! EndIncluded functions/profiles/users_profile.sql

--! Included functions/profiles/profile_value_person.sql

--! EndIncluded functions/profiles/profile_value_person.sql

--! Included functions/profiles/find_profile_field.sql

--! EndIncluded functions/profiles/find_profile_field.sql

--! Included functions/profiles/keep_profile_value.sql

--! EndIncluded functions/profiles/keep_profile_value.sql

--! Included functions/profiles/set_profile_value.sql

--! EndIncluded functions/profiles/set_profile_value.sql

--! Included functions/profiles/set_profile_value_of.sql

--! EndIncluded functions/profiles/set_profile_value_of.sql

--! Included functions/profiles-at-psql/define_profile_field.sql

--! EndIncluded functions/profiles-at-psql/define_profile_field.sql

--! Included functions/profiles-at-psql/remove_profile_field.sql

--! EndIncluded functions/profiles-at-psql/remove_profile_field.sql

--! Included functions/profiles-at-psql/set_profile_value.sql

--! EndIncluded functions/profiles-at-psql/set_profile_value.sql

--! Included functions/search/search_users.sql

--! EndIncluded functions/search/search_users.sql

--! Previous: sha1:88c6841efee3e500831e1c76e8f059070e97ba27
--! Hash: sha1:daa6bc2bd6f1002f2b1ba6013241a76e39807a4d

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
create or replace function app_private.may_see_profile_field(visibility app_public.profile_visibility, user_id uuid) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select case may_see_profile_field.visibility
    when 'everyone' then true
    when 'members' then not app_hidden.is_guest() or may_see_profile_field.user_id = app_hidden.current_user_id()
    else may_see_profile_field.user_id = app_hidden.current_user_id()
  end;
$$;
comment on function app_private.may_see_profile_field(app_public.profile_visibility, uuid) is
  'Whether whoever asks may see what a person says in a field that is shown to these. Whether they see the person is asked elsewhere.';
--! EndIncluded functions/profiles/may_see_profile_field.sql

--! Included functions/profiles/profile_fields.sql
create or replace function app_public.profile_fields() returns setof app_public.profile_fields
language sql stable security invoker rows 30
set search_path = pg_catalog, pg_temp
as $$
  select profile_fields.* from app_public.profile_fields
    order by place, key collate "C";
$$;
comment on function app_public.profile_fields() is
  'What a profile has here beside name and picture, as the administrators have defined it, in the order in which it is shown.';
grant execute on function app_public.profile_fields() to trumpet_user;
--! EndIncluded functions/profiles/profile_fields.sql

--! Included functions/profiles/profile_of.sql
create or replace function app_hidden.profile_of(user_id uuid) returns setof app_public.profile_value
language sql stable security definer rows 10
set search_path = pg_catalog, pg_temp
as $$
  select profile_fields.key, profile_fields.label, profile_fields.kind, profile_fields.place, profile_values.value, profile_values.person_id
    from app_private.profile_values
    join app_public.profile_fields on profile_fields.id = profile_values.field_id
    where profile_values.user_id = profile_of.user_id
      and app_private.may_see_profile_field(profile_fields.visibility, profile_of.user_id)
    order by profile_fields.place, profile_fields.key collate "C";
$$;
comment on function app_hidden.profile_of(uuid) is
  'What a person says in the fields of their profile that whoever asks may see. Whoever calls it asks whether the person may be seen.';
grant execute on function app_hidden.profile_of(uuid) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/profiles/profile_of.sql

--! Included functions/profiles/users_profile.sql
create or replace function app_public.users_profile("user" app_public.users) returns setof app_public.profile_value
language sql stable security invoker rows 10
set search_path = pg_catalog, pg_temp
as $$
  select profile.* from app_public.users cross join lateral app_hidden.profile_of(users.id) as profile
    where users.id = "user".id;
$$;
comment on function app_public.users_profile(app_public.users) is
  'What this person says in the fields that the administrators have defined (`profileFields`), in their order: those that have something and that you may see.';
grant execute on function app_public.users_profile(app_public.users) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/profiles/users_profile.sql

--! Included functions/profiles/profile_value_person.sql
create or replace function app_public.profile_value_person(profile_value app_public.profile_value) returns app_public.users
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select users.* from app_public.users where users.id = profile_value.person_id;
$$;
comment on function app_public.profile_value_person(app_public.profile_value) is
  'The person whom a field of kind USER names. Null for other kinds, and where you do not see them.';
grant execute on function app_public.profile_value_person(app_public.profile_value) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/profiles/profile_value_person.sql

--! Included functions/profiles/find_profile_field.sql
create or replace function app_private.find_profile_field(key text) returns app_public.profile_fields
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_field app_public.profile_fields;
begin
  select * into v_field from app_public.profile_fields
    where profile_fields.key = find_profile_field.key and workspace_id = app_hidden.current_workspace_id()
    for share;
  if not found then
    raise exception 'Profiles have no such field.' using errcode = 'TR404';
  end if;
  return v_field;
end
$$;
comment on function app_private.find_profile_field(text) is
  'A field of the profiles of this workspace. It stays as it is until the transaction ends.';
--! EndIncluded functions/profiles/find_profile_field.sql

--! Included functions/profiles/keep_profile_value.sql
create or replace function app_private.keep_profile_value(user_id uuid, field app_public.profile_fields, value text) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_value text := case when field.kind = 'long_text'
    then nullif(app_private.trimmed(keep_profile_value.value), '')
    else nullif(app_private.plain_name(keep_profile_value.value), '') end;
  v_person_id uuid;
begin
  if v_value is null then
    delete from app_private.profile_values
      where profile_values.user_id = keep_profile_value.user_id and profile_values.field_id = field.id;
  else
    if char_length(v_value) > field.max_length then
      raise exception '% has at most % characters.', field.label, field.max_length using errcode = 'TR400';
    end if;
    if field.kind = 'url' and v_value !~ '^https?://[^\s<>"'']+$' then
      raise exception '% is a web address, with https:// before it.', field.label using errcode = 'TR400';
    elsif field.kind = 'date' and not (v_value ~ '^\d{4}-\d\d-\d\d$' and pg_input_is_valid(v_value, 'date')) then
      raise exception '% is a date such as 1990-12-31.', field.label using errcode = 'TR400';
    elsif field.kind = 'choice' and v_value <> all (field.choices) then
      raise exception '% is one of: %.', field.label, array_to_string(field.choices, ', ') using errcode = 'TR400';
    elsif field.kind = 'user' then
      if not pg_input_is_valid(v_value, 'uuid') then
        raise exception '% is the id of a person.', field.label using errcode = 'TR400';
      end if;
      v_person_id := v_value::uuid;
      -- Those who wait for somebody's erasure find them gone.
      perform from app_public.users
        where users.id = v_person_id and deleted_at is null and workspace_id = field.workspace_id
          and (not app_hidden.is_guest() or app_hidden.guest_meets(users.id))
        for key share;
      if not found then
        raise exception 'There is no such person.' using errcode = 'TR404';
      end if;
      v_value := null;
    end if;
    insert into app_private.profile_values (user_id, field_id, value, person_id)
      values (keep_profile_value.user_id, field.id, v_value, v_person_id)
      on conflict on constraint profile_values_pkey do update set
        value = excluded.value, person_id = excluded.person_id, changed_at = now();
  end if;
  perform app_private.ring('f:' || keep_profile_value.user_id);
end
$$;
comment on function app_private.keep_profile_value(uuid, app_public.profile_fields, text) is
  'Keeps what a person says in a field, as its kind has it; nothing removes it. Tells whoever shares a room with them.';
--! EndIncluded functions/profiles/keep_profile_value.sql

--! Included functions/profiles/set_profile_value.sql
create or replace function app_public.set_profile_value(field_key text, value text default null) returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user constant app_public.users := app_private.caller();
  v_field app_public.profile_fields;
begin
  perform app_private.limit_rate('settings');
  v_field := app_private.find_profile_field(set_profile_value.field_key);
  if v_field.edited_by <> 'person' then
    raise exception 'The administrators fill this field in: %.', v_field.label using errcode = 'TR403';
  end if;
  perform app_private.keep_profile_value(v_user.id, v_field, set_profile_value.value);
  perform app_private.check_still_here();
  return v_user;
end
$$;
comment on function app_public.set_profile_value(text, text) is
  'Says something of yourself in a field of `profileFields` that people fill in themselves. A date is `1990-12-31`, a person their id, a choice one of its `choices`. Without `value` the field is empty. Whoever shares a room with you hears a `ProfileEvent`.';
grant execute on function app_public.set_profile_value(text, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/profiles/set_profile_value.sql

--! Included functions/profiles/set_profile_value_of.sql
create or replace function app_public.set_profile_value_of(user_id uuid, field_key text, value text default null) returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key constant app_private.server_keys := app_private.require_scope('users');
  v_user app_public.users;
begin
  perform app_private.limit_rate('users', set_profile_value_of.user_id::text);
  v_user := app_private.person_of(set_profile_value_of.user_id);
  perform app_private.keep_profile_value(
    v_user.id, app_private.find_profile_field(set_profile_value_of.field_key), set_profile_value_of.value);
  return v_user;
end
$$;
comment on function app_public.set_profile_value_of(uuid, text, text) is
  'For servers (scope `users`), such as what keeps a directory in step: fills a field of a person''s profile in, whoever else may. Without `value` the field is empty.';
grant execute on function app_public.set_profile_value_of(uuid, text, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/profiles/set_profile_value_of.sql

--! Included functions/profiles-at-psql/define_profile_field.sql
create or replace function app_admin.define_profile_field(
  key text, label text, kind app_public.profile_field_kind, reason text,
  choices text[] default '{}', visibility app_public.profile_visibility default 'everyone',
  edited_by app_public.profile_editor default 'person', place integer default 100,
  is_searchable boolean default false, max_length integer default null
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_workspace_id constant uuid := app_hidden.current_workspace_id();
  v_max_length constant integer := coalesce(define_profile_field.max_length, case define_profile_field.kind
    when 'long_text' then 2000 when 'url' then 2048 else 200 end);
  -- As what is chosen is written: what differs by what nobody sees could not be.
  v_choices constant text[] := array(
    select case when choice is null then null else app_private.plain_name(choice) end
      from unnest(define_profile_field.choices) with ordinality as given (choice, at) order by at);
  v_field app_public.profile_fields;
begin
  if exists (select from unnest(v_choices) as choice where choice = '' or char_length(choice) > v_max_length)
    or cardinality(v_choices) > (select count(distinct choice) + count(*) filter (where choice is null) from unnest(v_choices) as choice)
  then
    raise exception 'Each choice is another text of at most % characters.', v_max_length using errcode = 'TR400';
  end if;
  perform app_private.lock_until_commit('profile_fields', v_workspace_id::text);
  select * into v_field from app_public.profile_fields
    where workspace_id = v_workspace_id and profile_fields.key = define_profile_field.key;
  if v_field.id is not null and v_field.kind <> define_profile_field.kind then
    raise exception 'This field is of kind %: remove it first, and what people say in it goes.', v_field.kind using errcode = 'TR409';
  end if;
  if v_field.id is null and 50 <= (select count(*) from app_public.profile_fields where workspace_id = v_workspace_id) then
    raise exception 'A profile has at most 50 fields.' using errcode = 'TR409';
  end if;
  insert into app_public.profile_fields (workspace_id, key, label, kind, choices, visibility, edited_by, place, is_searchable, max_length)
    values (
      v_workspace_id, define_profile_field.key, app_private.plain_name(define_profile_field.label), define_profile_field.kind,
      v_choices, define_profile_field.visibility, define_profile_field.edited_by,
      define_profile_field.place, define_profile_field.is_searchable, v_max_length)
    on conflict on constraint profile_fields_have_a_key_each do update set
      label = excluded.label, choices = excluded.choices, visibility = excluded.visibility, edited_by = excluded.edited_by,
      place = excluded.place, is_searchable = excluded.is_searchable, max_length = excluded.max_length;
  perform app_private.note_admin_action(
    'define_profile_field',
    format('%s: %s, shown to %s, filled in by %s', define_profile_field.key, define_profile_field.kind,
      define_profile_field.visibility, define_profile_field.edited_by),
    define_profile_field.reason);
  return format('profiles have %s', define_profile_field.key);
end
$$;
comment on function app_admin.define_profile_field(
  text, text, app_public.profile_field_kind, text, text[], app_public.profile_visibility, app_public.profile_editor, integer, boolean, integer
) is
  'Gives the profiles of a workspace a field, or changes one: what people say in it stays. Its kind is kept.';
grant execute on function app_admin.define_profile_field(
  text, text, app_public.profile_field_kind, text, text[], app_public.profile_visibility, app_public.profile_editor, integer, boolean, integer
) to trumpet_admin;
--! EndIncluded functions/profiles-at-psql/define_profile_field.sql

--! Included functions/profiles-at-psql/remove_profile_field.sql
create or replace function app_admin.remove_profile_field(key text, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from app_public.profile_fields
    where profile_fields.key = remove_profile_field.key and workspace_id = app_hidden.current_workspace_id();
  if not found then
    raise exception 'Profiles have no such field: %.', remove_profile_field.key using errcode = 'TR404';
  end if;
  perform app_private.note_admin_action('remove_profile_field', remove_profile_field.key, remove_profile_field.reason);
  return format('profiles have no %s any more', remove_profile_field.key);
end
$$;
comment on function app_admin.remove_profile_field(text, text) is
  'Takes a field away from the profiles of a workspace, with all that people say in it.';
grant execute on function app_admin.remove_profile_field(text, text) to trumpet_admin;
--! EndIncluded functions/profiles-at-psql/remove_profile_field.sql

--! Included functions/profiles-at-psql/set_profile_value.sql
create or replace function app_admin.set_profile_value(who text, field_key text, value text, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user constant app_public.users := app_private.find_user(who);
begin
  if v_user.workspace_id <> app_hidden.current_workspace_id() then
    raise exception 'There is no such person: %.', who using errcode = 'TR404';
  end if;
  perform app_private.keep_profile_value(v_user.id, app_private.find_profile_field(set_profile_value.field_key), set_profile_value.value);
  perform app_private.note_admin_action('set_profile_value', set_profile_value.field_key, set_profile_value.reason, v_user.id);
  return format('%s: %s', v_user.username, coalesce(set_profile_value.value, 'nothing'));
end
$$;
comment on function app_admin.set_profile_value(text, text, text, text) is
  'Fills a field of somebody''s profile in, whoever else may; null empties it. A person is named by their id.';
grant execute on function app_admin.set_profile_value(text, text, text, text) to trumpet_admin;
--! EndIncluded functions/profiles-at-psql/set_profile_value.sql

--! Included functions/search/search_users.sql
create or replace function app_public.search_users(query text) returns setof app_public.users
language sql stable security definer rows 20
set search_path = pg_catalog, public, pg_temp
as $$
  with asked as materialized (
    select term, app_private.like_pattern(term) as literal
      from app_private.searched_name(search_users.query, '@') as term
      where term <> ''
  )
  select users.*
    from (
      select users.id
        from asked, app_public.users
        where users.workspace_id = (select app_hidden.current_workspace_id()) and (
          app_hidden.fold_for_search(users.username::text) like '%' || literal || '%'
          or app_hidden.fold_for_search(users.display_name) like '%' || literal || '%'
          or app_hidden.fold_for_search(users.username::text) % term
          or app_hidden.fold_for_search(users.display_name) % term
          or app_private.name_spellings(users.username::text || ' ' || users.display_name) && app_private.spellings(term))
      union
      select profile_values.user_id
        from asked, app_private.profile_values
        join app_public.profile_fields on profile_fields.id = profile_values.field_id
        where app_hidden.fold_for_search(profile_values.value) like '%' || literal || '%' and profile_fields.is_searchable
    ) as found
    join app_public.users using (id)
    where users.workspace_id = (select app_hidden.current_workspace_id()) and not (select app_hidden.is_guest())
    order by app_hidden.name_rank(users.username::text, users.display_name, search_users.query, '@') desc, users.id
    limit 500;
$$;
comment on function app_public.search_users(text) is
  'People whose username or display name contains or resembles the words, or who say them in a field of their profile that is searched, whatever their capitals and accents: the 500 best at most, the best first. Guests find nobody.';
grant execute on function app_public.search_users(text) to trumpet_user;
--! EndIncluded functions/search/search_users.sql

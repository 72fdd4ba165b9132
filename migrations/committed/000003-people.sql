--! Previous: sha1:ecb206bdd568b2e4d7b0f09cb2df1d0cd3ac8a77
--! Hash: sha1:cae9e4b5656b2f59873be9ed5216a8fbe78b705b

/*
 * People, and how they prove who they are.
 *
 * What others may see of a person is a row of app_public.users; what nobody may see (e-mail, password) is
 * a row of app_private.user_secrets. Two tables instead of column grants, so that `select *` is always safe.
 */
/*
 * An installation may have several tenants, which see nothing of each other: workspaces. A person is in one of them, and so
 * is a room, from the moment when they are made and for ever. What is private is private by the membership of rooms, as
 * ever; the workspace says who may be found at all, and triggers keep people of one out of rooms of another. Where nobody
 * makes a second one, everybody is in the first and nobody notices.
 */
create table app_private.workspaces (
  id uuid primary key default uuidv7(),
  name text not null,
  account_id uuid not null default gen_random_uuid(),
  created_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint workspaces_name_is_unique unique (name),
  constraint workspaces_account_is_unique unique (account_id),
  constraint workspaces_name_is_well_formed check (name ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(name) <= 64)
);
comment on table app_private.workspaces is 'The tenants of this installation.';
comment on column app_private.workspaces.name is 'By which settings and tokens name it: letters, digits and single dashes.';
comment on column app_private.workspaces.account_id is 'The account that its keys act as, once it has one.';
comment on column app_private.workspaces.deleted_at is 'Since when it is being deleted, by the worker. Nobody comes in any more.';
alter table app_private.workspaces enable row level security;
create trigger _100_refuse_truncate before truncate on app_private.workspaces
  for each statement execute function app_private.tg_any__refuse_truncate();

create table app_private.workspace_hosts (
  host text primary key,
  workspace_id uuid not null references app_private.workspaces on delete cascade,
  position smallint not null default 1,
  constraint workspace_hosts_are_host_names check (host ~ '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$' and char_length(host) <= 253)
);
comment on table app_private.workspace_hosts is 'By which host names people come who sign in to a workspace. By all others they come to the default one.';
comment on column app_private.workspace_hosts.position is 'The first is the one that mails lead to.';
alter table app_private.workspace_hosts enable row level security;
create index workspace_hosts_workspace_id on app_private.workspace_hosts (workspace_id);

--! Included functions/workspaces/default_workspace_id.sql
create or replace function app_private.default_workspace_id() returns uuid
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select '00000000-0000-7000-8000-000000000002'::uuid;
$$;
comment on function app_private.default_workspace_id() is 'The workspace of everybody, where there is no other.';
--! EndIncluded functions/workspaces/default_workspace_id.sql

insert into app_private.workspaces (id, name, account_id)
  values (app_private.default_workspace_id(), 'default', '00000000-0000-7000-8000-000000000001');

--! Included functions/workspaces/current_workspace_id.sql
/*
 * A person is in one workspace for ever, so whoever is signed in is in theirs, whatever host name they come by. Whoever is
 * not is where the host name says, or, at psql, where they have said that they are: see app_admin.use_workspace.
 */
create or replace function app_hidden.current_workspace_id() returns uuid
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_hidden.current_user_id();
begin
  if v_user_id is not null then
    return (select users.workspace_id from app_public.users where users.id = v_user_id);
  end if;
  return coalesce(
    nullif(current_setting('trumpet.workspace_id', true), '')::uuid,
    (
      select workspace_hosts.workspace_id from app_private.workspace_hosts
        where workspace_hosts.host = nullif(current_setting('trumpet.host', true), '')
    ),
    app_private.default_workspace_id());
end
$$;
comment on function app_hidden.current_workspace_id() is
  'The workspace of the person asking. Of a visitor the one of the host name (setting `trumpet.host`), or the default one; at psql the one of the setting `trumpet.workspace_id`.';
grant execute on function app_hidden.current_workspace_id() to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/workspaces/current_workspace_id.sql

--! Included functions/workspaces/hosts_of_workspace.sql
create or replace function app_private.hosts_of_workspace(workspace_id uuid) returns text[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select array(
    select workspace_hosts.host from app_private.workspace_hosts
      where workspace_hosts.workspace_id = hosts_of_workspace.workspace_id order by position, host);
$$;
comment on function app_private.hosts_of_workspace(uuid) is 'By which host names people come to a workspace, the first one first.';
grant execute on function app_private.hosts_of_workspace(uuid) to trumpet_admin;
--! EndIncluded functions/workspaces/hosts_of_workspace.sql

--! Included functions/workspaces/is_workspace_host.sql
create or replace function app_hidden.is_workspace_host(host text) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (select from app_private.workspace_hosts where workspace_hosts.host = is_workspace_host.host);
$$;
comment on function app_hidden.is_workspace_host(text) is
  'Whether an administrator has said that people come to a workspace by this host name. What a request says of its own counts for nothing else.';
grant execute on function app_hidden.is_workspace_host(text) to trumpet_authenticator;
--! EndIncluded functions/workspaces/is_workspace_host.sql

--! Included functions/workspaces/is_installation.sql
create or replace function app_private.is_installation(user_id uuid) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select exists (select from app_private.workspaces where account_id = is_installation.user_id);
$$;
comment on function app_private.is_installation(uuid) is 'Whether this is the account that the keys of a workspace act as.';
--! EndIncluded functions/workspaces/is_installation.sql

create table app_public.users (
  id uuid primary key default uuidv7(),
  username public.citext not null,
  display_name text not null,
  avatar_url text,
  avatar_id uuid,
  is_bot boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  workspace_id uuid not null default app_hidden.current_workspace_id() references app_private.workspaces,
  constraint users_username_is_unique unique (username, workspace_id),
  constraint users_username_is_well_formed check (username operator(public.~) '^[a-z0-9][a-z0-9_.-]{0,30}[a-z0-9_]$'),
  constraint users_display_name_length check (char_length(display_name) between 1 and 80),
  constraint users_have_one_picture check (avatar_url is null or avatar_id is null),
  constraint users_avatar_url_is_a_web_address check (avatar_url ~ '^https?://[^\s<>"'']+$' and char_length(avatar_url) <= 2048)
);
comment on table app_public.users is
  'A person. Every signed-in person can see every other, by name or by search.';
comment on column app_public.users.id is 'Stays the same for ever.';
comment on column app_public.users.username is
  'The unique name used in mentions (`@ada`): 2 to 32 letters, digits, `_`, `.` or `-`, in any case.';
comment on column app_public.users.display_name is 'The name to show, 1 to 80 characters. Not unique.';
comment on column app_public.users.avatar_url is 'The web address of a picture, or null.';
comment on column app_public.users.avatar_id is 'The upload that is the picture, or null.';
comment on column app_public.users.is_bot is 'Whether it is no person: a bot, or what posts into a room from outside. Clients mark what it writes.';
comment on column app_public.users.created_at is 'When the account was made.';
comment on column app_public.users.updated_at is 'When the profile last changed.';
comment on column app_public.users.deleted_at is
  'When the account was deleted; null for the living. Deleted accounts keep no name and no picture.';
comment on column app_public.users.workspace_id is 'Where they are. It never changes.';
comment on constraint users_username_is_unique on app_public.users is 'One person a username and workspace.';

alter table app_public.users enable row level security;
create policy select_broadcast on app_public.users for select to trumpet_broadcast using (true);
create policy select_admin on app_public.users for select to trumpet_admin using (true);
grant select on app_public.users to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;

/* search_users: usernames that contain or resemble what was typed. */
create index users_username_trigrams on app_public.users using gin (app_hidden.fold_for_search(username::text) public.gin_trgm_ops);

create trigger _200_touch before update of username, display_name, avatar_url, avatar_id, deleted_at on app_public.users
  for each row execute function app_private.tg_any__touch();

/* Names that look the same are the same to readers. */
create unique index users_username_looks_like_no_other on app_public.users (app_private.look_of(username::text), workspace_id);

create trigger _100_keep_workspace before update of workspace_id on app_public.users
  for each row when (old.workspace_id <> new.workspace_id) execute function app_private.tg_any__keep_key();
/* Who is where: the list of workspaces. */
create index users_workspace_id on app_public.users (workspace_id);

--! Included functions/workspaces/is_here.sql
create or replace function app_private.is_here(user_id uuid) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from app_public.users
      where users.id = is_here.user_id and users.workspace_id = app_hidden.current_workspace_id());
$$;
comment on function app_private.is_here(uuid) is
  'Whether somebody is in the workspace of whoever asks. For what is done to people by their ids.';
--! EndIncluded functions/workspaces/is_here.sql

--! Included functions/people/user_by_username.sql
create or replace function app_public.user_by_username(username text) returns app_public.users
language sql stable security invoker
set search_path = pg_catalog, public, pg_temp
as $$
  select users.* from app_public.users
    where users.username = user_by_username.username::public.citext
      and users.workspace_id = (select app_hidden.current_workspace_id());
$$;
comment on function app_public.user_by_username(text) is 'Finds one person by exact name, in any case.';
grant execute on function app_public.user_by_username(text) to trumpet_user, trumpet_visitor;
--! EndIncluded functions/people/user_by_username.sql


create table app_private.reserved_names (
  name text primary key,
  look text
);
comment on table app_private.reserved_names is
  'Usernames and display names that nobody may take, because they mean something or speak for the installation. Add what they are called in your language.';
comment on column app_private.reserved_names.look is 'What names are compared with. Set by itself.';
alter table app_private.reserved_names enable row level security;
insert into app_private.reserved_names (name) values
  ('all'), ('channel'), ('everybody'), ('everyone'), ('group'), ('here'), ('online'), ('room'), ('team'),
  ('anonymous'), ('me'), ('myself'), ('nobody'), ('null'), ('self'), ('somebody'), ('someone'), ('undefined'), ('unknown'), ('you'),
  ('abuse'), ('admin'), ('administrator'), ('admins'), ('bot'), ('help'), ('hostmaster'), ('info'), ('mod'), ('moderator'),
  ('moderators'), ('mods'), ('no-reply'), ('noreply'), ('official'), ('owner'), ('postmaster'), ('root'), ('security'),
  ('server'), ('service'), ('staff'), ('superuser'), ('support'), ('system'), ('trumpet'), ('webmaster'),
  ('deleted'), ('deleted account'), ('deleted user');

create table app_private.released_names (
  look_hash bytea primary key,
  free_at timestamptz not null
);
comment on table app_private.released_names is
  'Until when the name of a deleted account is nobody''s, as a hash of what it looks like: nothing is left of the name itself.';
alter table app_private.released_names enable row level security;

--! Included functions/people/bare_look.sql
create or replace function app_private.bare_look(name text) returns text
language sql stable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  -- To be taken for the installation, people also write a 1 for an i.
  select translate(
    app_private.look_of(regexp_replace(app_hidden.fold_for_rules(name) collate pg_unicode_fast, '[^[:alnum:]]+', '', 'g')),
    'i', 'l');
$$;
comment on function app_private.bare_look(text) is 'What the letters and digits of a name look like, without all that stands between them.';
--! EndIncluded functions/people/bare_look.sql

--! Included functions/people/tg_reserved_names__look.sql
create or replace function app_private.tg_reserved_names__look() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  new.look := app_private.bare_look(new.name);
  return new;
end
$$;
comment on function app_private.tg_reserved_names__look() is
  'Keeps what a reserved name looks like: working it out for all of them takes 40 ms, at each name that is given.';
--! EndIncluded functions/people/tg_reserved_names__look.sql

create trigger _100_look before insert or update on app_private.reserved_names
  for each row execute function app_private.tg_reserved_names__look();
update app_private.reserved_names set name = name;

--! Included functions/people/is_reserved.sql
/*
 * A sign may be an ornament (`✓ Admin`), a letter that it is read as (`@dmin`), or stand where a letter is missing
 * (`⓪dmin`, `adm*n`): readers fill it in, in words of five letters and more. A number at the end is a number.
 */
create or replace function app_private.is_reserved(name text) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  -- What is read as two letters.
  v_name constant text := regexp_replace(regexp_replace(is_reserved.name, '[‖∥ǁװ𐆙]', 'll', 'g'), '[∞ꚘꚙꝎꝏ]', 'oo', 'g');
  v_latin constant text := app_private.in_latin_letters(v_name);
  v_looks constant text[] := array[app_private.bare_look(v_name), app_private.bare_look(v_latin)];
  v_filled_in constant text[] := array(
    select app_private.bare_look(left(v_latin, place - 1)) || '_' || app_private.bare_look(substr(v_latin, place + 1))
      from generate_series(1, char_length(v_latin)) as place
      where substr(v_name, place, 1) collate pg_unicode_fast ~ '[^[:alpha:][:space:]]'
        and (place < char_length(v_latin) or substr(v_name, place, 1) collate pg_unicode_fast !~ '[[:digit:]]'));
begin
  return exists (
    select from app_private.reserved_names
      where look = any (v_looks) or (char_length(look) >= 5 and look like any (v_filled_in)));
end
$$;
comment on function app_private.is_reserved(text) is
  'Whether a name is one of those that mean something or speak for the installation, however it is dressed up.';
--! EndIncluded functions/people/is_reserved.sql

--! Included functions/people/released_look.sql
create or replace function app_private.released_look(workspace_id uuid, username text) returns bytea
language sql stable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select sha256(convert_to(released_look.workspace_id || ' ' || app_private.look_of(released_look.username), 'UTF8'));
$$;
comment on function app_private.released_look(uuid, text) is
  'Under which hash the name of a deleted account of a workspace is kept.';
--! EndIncluded functions/people/released_look.sql

--! Included functions/people/tg_users__refuse_reserved.sql
/*
 * Display names need not be unique: people share them, and the username beside them tells who it is. But none is one of
 * the names that mean something or speak for the installation, however it is dressed up (`Аdmin`, `S y s t e m ✓`), nor
 * what a deleted account is called. Longer names that contain one (`Ada, admin of chess`) are what people are called.
 */
create or replace function app_private.tg_users__refuse_reserved() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if app_private.is_installation(new.id) then
    return new; -- These names are its own.
  end if;
  if (tg_op = 'INSERT' or new.username <> old.username) and (
    starts_with(app_private.bare_look(new.username::text), app_private.bare_look('deleted'))
    or app_private.is_reserved(new.username::text)
    or exists (
      select from app_private.released_names
        where look_hash = app_private.released_look(new.workspace_id, new.username::text) and free_at > now()
    )
  ) then
    raise exception 'This username cannot be taken.' using errcode = 'TR409';
  end if;
  if (tg_op = 'INSERT' or new.display_name is distinct from old.display_name) and app_private.is_reserved(new.display_name) then
    raise exception 'This display name cannot be taken.' using errcode = 'TR409';
  end if;
  return new;
end
$$;
comment on function app_private.tg_users__refuse_reserved() is
  'Refuses a username that means something, that looks so, or that somebody had until lately; and such a display name.';
--! EndIncluded functions/people/tg_users__refuse_reserved.sql

create trigger _100_refuse_reserved before insert or update of username, display_name on app_public.users
  for each row when (new.deleted_at is null) execute function app_private.tg_users__refuse_reserved();

--! Included functions/people/release_username.sql
create or replace function app_private.release_username(workspace_id uuid, username text) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from app_private.released_names where free_at <= now();
  insert into app_private.released_names (look_hash, free_at)
    values (app_private.released_look(release_username.workspace_id, release_username.username), now() + interval '90 days')
    on conflict on constraint released_names_pkey do update set free_at = excluded.free_at;
end
$$;
comment on function app_private.release_username(uuid, text) is
  'Keeps the name of a deleted account for 90 days: nobody is to be taken for who had it.';
--! EndIncluded functions/people/release_username.sql

/* Who may know it is asked of the rooms that people share: see may_know_presence. */
create table app_private.last_seen (
  user_id uuid primary key references app_public.users on delete cascade,
  seen_at timestamptz not null
) with (fillfactor = 70);
comment on table app_private.last_seen is 'When each person was last known to be online.';
alter table app_private.last_seen enable row level security;

--! Included functions/people/note_seen.sql
create or replace function app_private.note_seen(user_id uuid, seen_at timestamptz) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  insert into app_private.last_seen (user_id, seen_at) values (note_seen.user_id, note_seen.seen_at)
    on conflict on constraint last_seen_pkey do update set seen_at = excluded.seen_at;
$$;
comment on function app_private.note_seen(uuid, timestamptz) is 'Keeps when a person was last known to be online.';
--! EndIncluded functions/people/note_seen.sql

/*
 * Anybody may name any address at sign-up, and is told nothing of who named it before. The first account holds it, and is
 * written to there; the worker finds that out afterwards (claim_email), so that a sign-up neither fails nor takes longer.
 */
create table app_private.user_secrets (
  user_id uuid primary key references app_public.users on delete cascade,
  email public.citext,
  holds_email boolean not null default false,
  email_verified_at timestamptz,
  email_told_at timestamptz,
  codes_voided_at timestamptz,
  password_hash text,
  workspace_id uuid not null,
  constraint user_secrets_only_an_address_is_held check (email is not null or not holds_email),
  constraint user_secrets_only_a_held_address_is_verified check (holds_email or email_verified_at is null),
  constraint user_secrets_email_is_well_formed check (email operator(public.~) '^[^@\s]+@[^@\s]+\.[^@\s]+$' and char_length(email::text) <= 254)
);
comment on table app_private.user_secrets is 'What nobody but the sign-in functions reads: e-mail, password hash.';
comment on column app_private.user_secrets.email is 'What the person named at sign-up, or their issuer. Others may have named it, too.';
comment on column app_private.user_secrets.password_hash is 'Null for whoever signs in elsewhere.';
comment on column app_private.user_secrets.holds_email is 'Whether mails go there: only for the first who named it, or who proved that it is theirs.';
comment on column app_private.user_secrets.email_verified_at is 'When the person proved with a code of a mail that it is theirs.';
comment on column app_private.user_secrets.workspace_id is 'That of the person, for what is unique in it.';
comment on column app_private.user_secrets.codes_voided_at is
  'When the codes of mails that were under way were last made worthless, by a new password or another address.';
comment on column app_private.user_secrets.email_told_at is 'When the holder was told that another account was begun with it.';
alter table app_private.user_secrets enable row level security;
/* claim_email: who holds an address, which is one account of a workspace at most. */
create unique index user_secrets_email_is_held_once on app_private.user_secrets (email, workspace_id) where holds_email;

--! Included functions/workspaces/tg_any__workspace_of_user.sql
create or replace function app_private.tg_any__workspace_of_user() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Whom there is not the foreign key refuses.
  new.workspace_id := coalesce(
    (select users.workspace_id from app_public.users where users.id = new.user_id), app_private.default_workspace_id());
  return new;
end
$$;
comment on function app_private.tg_any__workspace_of_user() is
  'Notes the workspace of a person beside what has to be unique within it. It never changes.';
--! EndIncluded functions/workspaces/tg_any__workspace_of_user.sql

create trigger _100_workspace before insert on app_private.user_secrets
  for each row execute function app_private.tg_any__workspace_of_user();

/*
 * Proofs that fail are counted by what was to be proved and by where they came from. A stranger who tries names and
 * passwords is stopped by their address; one who tries many passwords of one name, from whatever addresses, by the name.
 * On a device that is known, or from an address where that person has proved it before, the name's count is another one:
 * no stranger locks the owner out of it. An address may be shared with strangers; what a device holds is not.
 */
create unlogged table app_private.failed_proofs (
  subject text primary key,
  failures integer not null,
  first_failed_at timestamptz not null
);
comment on table app_private.failed_proofs is
  'How many passwords have failed: of a name (`name:` and its hash), of a person on a device (`device:`) or from an address (`known:`) that is known, or with a session (`self:`), from an address (`from:`).';
alter table app_private.failed_proofs enable row level security;

create table app_private.known_addresses (
  user_id uuid not null references app_public.users on delete cascade,
  address_hash bytea not null,
  proved_at timestamptz not null default now(),
  primary key (user_id, address_hash)
);
comment on table app_private.known_addresses is
  'From where a person has signed up or in, or refreshed a session, as a hash with their id: it can be compared and not read.';
alter table app_private.known_addresses enable row level security;

create table app_private.known_devices (
  user_id uuid not null references app_public.users on delete cascade,
  device_hash bytea not null,
  proved_at timestamptz not null default now(),
  primary key (user_id, device_hash)
);
comment on table app_private.known_devices is
  'On what a person has signed up or in, or refreshed a session: the secret that the device holds, as a hash with their id.';
alter table app_private.known_devices enable row level security;

--! Included functions/people/device_hash.sql
create or replace function app_private.device_hash(user_id uuid, device_secret text) returns bytea
language plpgsql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if char_length(device_secret) not between 32 and 200 then
    raise exception 'A device secret has 32 to 200 random characters.' using errcode = 'TR400';
  end if;
  return sha256(convert_to(device_hash.user_id || ' ' || device_secret, 'UTF8'));
end
$$;
comment on function app_private.device_hash(uuid, text) is
  'Under which hash a device is known as one of a person''s. Null without a secret, or a person.';
--! EndIncluded functions/people/device_hash.sql

/*
 * A guest has come by the link of a room, without an account: a person with a name and a session, and nothing to sign in
 * with. The room is no foreign key: rooms come later, and a guest whose room was deleted goes by being idle.
 */
create table app_private.guests (
  user_id uuid primary key references app_public.users on delete cascade,
  room_id uuid not null,
  created_at timestamptz not null default now()
);
comment on table app_private.guests is 'Who is a guest, and in which room. The row goes when they make an account.';
alter table app_private.guests enable row level security;
/* expire_guests */
create index guests_created_at on app_private.guests (created_at);

--! Included functions/guests/is_guest.sql
create or replace function app_hidden.is_guest() returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (select from app_private.guests where user_id = app_hidden.current_user_id());
$$;
comment on function app_hidden.is_guest() is 'Whether the person asking has come by the link of one room, without an account.';
grant execute on function app_hidden.is_guest() to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/guests/is_guest.sql

--! Included functions/guests/guest_meets.sql
create or replace function app_hidden.guest_meets(user_id uuid) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_guest_id uuid := app_hidden.current_user_id();
  v_room_id uuid := (select guests.room_id from app_private.guests where guests.user_id = v_guest_id);
begin
  return guest_meets.user_id = v_guest_id
    or exists (
      select from app_public.room_members as own
        where own.room_id = v_room_id and own.user_id = v_guest_id
          and (
            exists (
              select from app_public.room_members as other
                where other.room_id = v_room_id and other.user_id = guest_meets.user_id)
            or exists (
              select from app_public.messages
                where messages.author_id = guest_meets.user_id and messages.room_id = v_room_id
                  and messages.seq >= coalesce(own.sees_from_seq, 1))
          )
    );
end
$$;
comment on function app_hidden.guest_meets(uuid) is
  'Whether a guest, who is asking, meets somebody: who is a member of their room, or wrote there. Nobody once they are out of it.';
grant execute on function app_hidden.guest_meets(uuid) to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/guests/guest_meets.sql
/* What deleted accounts leave is in one name, in every workspace. */
create policy select_signed_in on app_public.users for select to trumpet_user
  using (
    (workspace_id = (select app_hidden.current_workspace_id()) or id = '00000000-0000-7000-8000-000000000000')
    and (not (select app_hidden.is_guest()) or app_hidden.guest_meets(id)));
--! Included functions/guests/check_guest.sql
/* What is not here no guest may do, kinds that nobody has thought of for guests, too. */
create or replace function app_private.check_guest(kind text) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if check_guest.kind not in (
    'messages', 'messages_in_room', 'session', 'settings', 'report', 'receipt', 'typing', 'presence', 'password', 'sign_up', 'export', 'membership',
    'interaction', 'later', 'drafts', 'poll'
  ) and app_hidden.is_guest() then
    raise exception 'Guests may not do this: make an account first.' using errcode = 'TR403';
  end if;
end
$$;
comment on function app_private.check_guest(text) is 'FORBIDDEN for a guest, but for what belongs to taking part in their room.';
--! EndIncluded functions/guests/check_guest.sql

/*
 * A session is one sign-in on one device. Access tokens live 15 minutes and name their session; a refresh token works
 * once and is stored as its SHA-256 only. Using one a second time means that two parties hold it: the session ends.
 */
create type app_public.session_method as enum ('password', 'totp', 'recovery_code', 'passkey', 'guest', 'elsewhere');
comment on type app_public.session_method is
  'How somebody has signed in: with the password alone, with it and a code of their app or a recovery code, with a passkey, as a guest by a link, or elsewhere (with a provider, another issuer, or a server that knows them).';

create table app_private.sessions (
  id uuid primary key default uuidv7(),
  user_id uuid not null references app_public.users on delete cascade,
  user_agent text,
  device_hash bytea,
  method app_public.session_method not null default 'elsewhere',
  created_at timestamptz not null default now(),
  refreshed_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  end_reason text,
  constraint sessions_user_agent_length check (char_length(user_agent) <= 500),
  constraint sessions_end_has_a_reason check ((ended_at is null) = (end_reason is null))
);
comment on table app_private.sessions is 'One sign-in on one device; alive until it expires or is ended.';
comment on column app_private.sessions.device_hash is 'The device, if it has said a secret: see known_devices.';
alter table app_private.sessions enable row level security;
/* Ending all sessions of a person. */
create index sessions_user_id on app_private.sessions (user_id);
/* expire_sessions: the ones to delete. */
create index sessions_expires_at on app_private.sessions (expires_at);
/* The servers' sweep: sessions that have just ended, should their bell have gone missing. */
create index sessions_ended_at on app_private.sessions (ended_at) where ended_at is not null;

create table app_private.refresh_tokens (
  token_hash bytea primary key,
  session_id uuid not null references app_private.sessions on delete cascade,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  next_salt bytea,
  constraint refresh_tokens_used_have_a_salt check ((used_at is null) = (next_salt is null))
);
comment on table app_private.refresh_tokens is
  'SHA-256 of each refresh token given out. Used ones stay while the session does, so that theft is noticed.';
comment on column app_private.refresh_tokens.next_salt is
  'Makes the next token of this one, for whoever shows this one. Null until it is used.';
alter table app_private.refresh_tokens enable row level security;
create index refresh_tokens_session_id on app_private.refresh_tokens (session_id);

create type app_public.access_token as (
  sub uuid,
  sid uuid,
  iss text,
  aud text,
  exp bigint
);
comment on type app_public.access_token is
  'A signed JWT, good for 15 minutes. Send it as `Authorization: Bearer …`, over HTTP and in `connection_init` alike.';
comment on column app_public.access_token.sub is 'The id of the person.';
comment on column app_public.access_token.sid is 'The id of the session.';
comment on column app_public.access_token.iss is 'Who issued it: `trumpet`.';
comment on column app_public.access_token.aud is 'Whom it is for: `trumpet`.';
comment on column app_public.access_token.exp is 'When it ends, in seconds since 1970.';

create type app_public.user_session as (
  access_token app_public.access_token,
  refresh_token text,
  expires_at timestamptz,
  user_id uuid
);
comment on type app_public.user_session is 'What a sign-in gives: the two tokens, and whose they are.';
comment on column app_public.user_session.access_token is 'Proves who you are for 15 minutes.';
comment on column app_public.user_session.refresh_token is
  'Gives new tokens once, by `refreshSession`. Keep it secret; using it again later ends the whole session.';
comment on column app_public.user_session.expires_at is 'When the access token ends. Refresh before then.';
comment on column app_public.user_session.user_id is 'The id of the person who signed in.';

create type app_public.session as (
  id uuid,
  user_agent text,
  created_at timestamptz,
  refreshed_at timestamptz,
  expires_at timestamptz,
  is_current boolean,
  method app_public.session_method
);
comment on type app_public.session is 'One sign-in on one device.';
comment on column app_public.session.id is 'Names it in `endSession`.';
comment on column app_public.session.user_agent is 'What the device called itself when it signed in, to tell it from others in a list.';
comment on column app_public.session.created_at is 'When it began.';
comment on column app_public.session.refreshed_at is 'When it last got new tokens.';
comment on column app_public.session.expires_at is 'When it ends unless it is refreshed.';
comment on column app_public.session.is_current is 'Whether it is the one that asks.';
comment on column app_public.session.method is 'How it was begun.';

--! Included functions/people/user_session_user.sql
create or replace function app_public.user_session_user(user_session app_public.user_session) returns app_public.users
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
  select users.* from app_public.users where users.id = user_session.user_id
      and users.id = (select sessions.user_id from app_private.sessions where sessions.id = (user_session.access_token).sid);
$$;
comment on function app_public.user_session_user(app_public.user_session) is
  'The person who signed in.';
grant execute on function app_public.user_session_user(app_public.user_session) to trumpet_visitor, trumpet_user;
--! EndIncluded functions/people/user_session_user.sql

--! Included functions/people/text_of_token.sql
create or replace function app_private.text_of_token(token bytea) returns text
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select translate(encode(token, 'base64'), E'+/=\n', '-_');
$$;
comment on function app_private.text_of_token(bytea) is 'The bytes of a token as base64url.';
--! EndIncluded functions/people/text_of_token.sql

--! Included functions/people/keep_refresh_token.sql
create or replace function app_private.keep_refresh_token(token text, session_id uuid) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  insert into app_private.refresh_tokens (token_hash, session_id)
    values (sha256(convert_to(keep_refresh_token.token, 'UTF8')), keep_refresh_token.session_id)
    on conflict do nothing;
$$;
comment on function app_private.keep_refresh_token(text, uuid) is 'Notes a refresh token of a session: its hash, and nothing else of it.';
--! EndIncluded functions/people/keep_refresh_token.sql

--! Included functions/people/address_hash.sql
create or replace function app_private.address_hash(user_id uuid) returns bytea
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select sha256(convert_to(user_id || ' ' || nullif(current_setting('trumpet.client_address', true), ''), 'UTF8'));
$$;
comment on function app_private.address_hash(uuid) is
  'Under which hash the address of this request is known as one of a person''s. Null when there is no address.';
--! EndIncluded functions/people/address_hash.sql

--! Included functions/people/session_tokens.sql
create or replace function app_private.session_tokens(session app_private.sessions, refresh_token text, issued_at timestamptz)
returns app_public.user_session
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_address_hash bytea := app_private.address_hash(session.user_id);
  v_expires_at timestamptz := least(session_tokens.issued_at + interval '15 minutes', session.expires_at);
begin
  if v_address_hash is not null then
    insert into app_private.known_addresses (user_id, address_hash) values (session.user_id, v_address_hash)
      on conflict on constraint known_addresses_pkey do update set proved_at = now();
  end if;
  if session.device_hash is not null then
    insert into app_private.known_devices (user_id, device_hash) values (session.user_id, session.device_hash)
      on conflict on constraint known_devices_pkey do update set proved_at = now();
  end if;
  return row(
    row(session.user_id, session.id, 'trumpet', 'trumpet', extract(epoch from v_expires_at)::bigint)::app_public.access_token,
    session_tokens.refresh_token,
    v_expires_at,
    session.user_id
  )::app_public.user_session;
end
$$;
comment on function app_private.session_tokens(app_private.sessions, text, timestamptz) is
  'What a person gets for a session: a refresh token and an access token, which is good for 15 minutes.';
--! EndIncluded functions/people/session_tokens.sql

--! Included functions/people/open_session.sql
create or replace function app_private.open_session(
  user_id uuid, user_agent text, device_secret text default null, method app_public.session_method default 'elsewhere'
) returns app_public.user_session
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_session app_private.sessions;
  v_token text := app_private.text_of_token(public.gen_random_bytes(32));
begin
  insert into app_private.sessions (user_id, user_agent, device_hash, method, expires_at)
    values (
      open_session.user_id, left(open_session.user_agent, 500),
      app_private.device_hash(open_session.user_id, open_session.device_secret), open_session.method, now() + interval '30 days')
    returning * into v_session;
  perform app_private.keep_refresh_token(v_token, v_session.id);
  return app_private.session_tokens(v_session, v_token, now());
end
$$;
comment on function app_private.open_session(uuid, text, text, app_public.session_method) is 'Begins a session of 30 days, prolonged by each refresh.';
--! EndIncluded functions/people/open_session.sql

--! Included functions/people/end_sessions.sql
create or replace function app_private.end_sessions(session_ids uuid[], reason text) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  update app_private.sessions set ended_at = now(), end_reason = end_sessions.reason
    where id = any (end_sessions.session_ids) and ended_at is null;
$$;
comment on function app_private.end_sessions(uuid[], text) is
  'Ends sessions at once: their access tokens stop working and their sockets are closed.';
--! EndIncluded functions/people/end_sessions.sql

--! Included functions/people/tg_sessions__ring.sql
create or replace function app_private.tg_sessions__ring() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if old.ended_at is null and old.expires_at > now()
      and (tg_op = 'DELETE' or new.ended_at is not null or new.expires_at < old.expires_at) then
    perform app_private.ring('s:' || old.id);
  end if;
  return null;
end
$$;
comment on function app_private.tg_sessions__ring() is
  'Tells the servers that a session is over, or ends sooner than they know, whoever ended it and how.';
--! EndIncluded functions/people/tg_sessions__ring.sql

create trigger _500_ring_update after update of ended_at, expires_at on app_private.sessions
  for each row execute function app_private.tg_sessions__ring();
create trigger _500_ring_delete after delete on app_private.sessions
  for each row execute function app_private.tg_sessions__ring();
create trigger _100_refuse_truncate before truncate on app_private.sessions
  for each statement execute function app_private.tg_any__refuse_truncate();

--! Included functions/people/end_sessions_of.sql
create or replace function app_private.end_sessions_of(user_id uuid, reason text) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_session_ids uuid[] := array(
    select id from app_private.sessions
      where sessions.user_id = end_sessions_of.user_id and ended_at is null);
begin
  perform app_private.end_sessions(v_session_ids, end_sessions_of.reason);
  -- Tokens of another issuer that no server has seen yet, too.
  perform app_private.revoke_person(identities) from app_private.identities where identities.user_id = end_sessions_of.user_id;
  return cardinality(v_session_ids);
end
$$;
comment on function app_private.end_sessions_of(uuid, text) is 'Ends every session of a person at once, and says how many.';
--! EndIncluded functions/people/end_sessions_of.sql

--! Included functions/people/is_password_of.sql
create or replace function app_private.is_password_of(password_hash text, password text) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(password_hash = public.crypt(coalesce(form, ''), password_hash) and octet_length(form) <= 72, false)
    from app_private.password_form(is_password_of.password) as form;
$$;
comment on function app_private.is_password_of(text, text) is 'Whether a password is the one that was hashed. No password and no hash are never right, and neither is one of more than 72 bytes: blowfish would read 72 of them.';
--! EndIncluded functions/people/is_password_of.sql

--! Included functions/people/check_password.sql
create or replace function app_private.check_password(password text) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if password is null or char_length(app_private.password_form(password)) < 8 then
    raise exception 'A password needs at least 8 characters.' using errcode = 'TR400';
  end if;
  -- Blowfish reads 72 bytes and ignores the rest: a longer password would promise more than it gives.
  if octet_length(app_private.password_form(password)) > 72 then
    raise exception 'A password can have at most 72 bytes.' using errcode = 'TR413';
  end if;
  if exists (
    select from app_private.common_passwords where form = lower(app_private.password_form(check_password.password))
  ) then
    raise exception 'This is one of the most used passwords: choose another.' using errcode = 'TR400';
  end if;
end
$$;
comment on function app_private.check_password(text) is 'Refuses a password that is too short, longer than blowfish reads, or one of the most used.';
--! EndIncluded functions/people/check_password.sql

--! Included functions/people/count_proof.sql
/*
 * Counted before it is known whether the proof fails, and forgiven when it does not: so many proofs at the same moment
 * are no more than so many one after the other. They also wait for each other here, which bounds how much of the
 * machine goes into bcrypt for one name or one address.
 */
create or replace function app_private.count_proof(subject text, failures_allowed integer) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_window constant interval := '10 minutes';
  -- What is from later than that was counted before the clock was set back.
  v_latest timestamptz := now() + interval '10 seconds';
  v_proof app_private.failed_proofs;
begin
  insert into app_private.failed_proofs as proof (subject, failures, first_failed_at)
    values (count_proof.subject, 1, now())
    on conflict on constraint failed_proofs_pkey do update set
      failures = case
        when proof.first_failed_at between now() - v_window and v_latest then proof.failures + 1 else 1 end,
      first_failed_at = case
        when proof.first_failed_at between now() - v_window and v_latest then proof.first_failed_at else now() end
    returning * into v_proof;
  if v_proof.failures > failures_allowed then
    raise exception 'Too many passwords have failed: try again later.' using
      errcode = 'TR429',
      detail = app_private.milliseconds(v_proof.first_failed_at + v_window - now());
  end if;
end
$$;
comment on function app_private.count_proof(text, integer) is
  'Counts a proof as failed; RATE_LIMITED when so many have failed within 10 minutes.';
--! EndIncluded functions/people/count_proof.sql

--! Included functions/people/forgive_proof.sql
create or replace function app_private.forgive_proof(subject text) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  update app_private.failed_proofs set failures = failures - 1 where failed_proofs.subject = forgive_proof.subject;
$$;
comment on function app_private.forgive_proof(text) is 'Takes back that a proof was counted as failed.';
--! EndIncluded functions/people/forgive_proof.sql

--! Included functions/people/name_subject.sql
create or replace function app_private.name_subject(workspace_id uuid, username text) returns text
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
return 'name:' || encode(sha256(convert_to(name_subject.workspace_id || ' ' || lower(coalesce(name_subject.username, '')), 'UTF8')), 'hex');
comment on function app_private.name_subject(uuid, text) is
  'Under what passwords are counted that have failed for a username of a workspace.';
--! EndIncluded functions/people/name_subject.sql

--! Included functions/people/prove_password.sql
/*
 * Whoever asks for a password asks here. A wrong one is answered with false and not with an error, which would roll back
 * the count. An unknown name costs the same time as a wrong password, and is counted the same.
 */
create or replace function app_private.prove_password(
  user_id uuid, password text, username text default null, device_secret text default null
) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name_failures_allowed constant integer := 10;
  v_address_failures_allowed constant integer := 100;
  v_viewer_id uuid := app_hidden.current_user_id();
  v_address text := nullif(current_setting('trumpet.client_address', true), '');
  v_address_hash bytea := app_private.address_hash(prove_password.user_id);
  v_device_hash bytea := app_private.device_hash(prove_password.user_id, prove_password.device_secret);
  v_is_known_device boolean := exists (
    select from app_private.known_devices
      where known_devices.user_id = prove_password.user_id and device_hash = v_device_hash);
  -- Nobody else has a device that is known: what others at its address have tried is not its own.
  v_origin text := case when not v_is_known_device then 'from:' || coalesce(v_address, v_viewer_id::text) end;
  v_subject text := case
    when v_viewer_id = prove_password.user_id then 'self:' || v_viewer_id
    when v_is_known_device then 'device:' || encode(v_device_hash, 'hex')
    when exists (
      select from app_private.known_addresses
        where known_addresses.user_id = prove_password.user_id and address_hash = v_address_hash
    ) then 'known:' || encode(v_address_hash, 'hex')
    else app_private.name_subject(app_hidden.current_workspace_id(), prove_password.username) end;
  v_hash text;
begin
  -- In one order, so that two proofs do not wait for each other.
  if v_origin is not null then
    perform app_private.count_proof(v_origin, v_address_failures_allowed);
  end if;
  perform app_private.count_proof(v_subject, v_name_failures_allowed);
  select password_hash into v_hash from app_private.user_secrets
    where user_secrets.user_id = prove_password.user_id
    for no key update;
  if not app_private.is_password_of(coalesce(v_hash, '$2a$10$abcdefghijklmnopqrstuu'), prove_password.password) then
    return false;
  end if;
  if v_origin is not null then
    perform app_private.forgive_proof(v_origin);
  end if;
  delete from app_private.failed_proofs where subject = v_subject;
  return true;
end
$$;
comment on function app_private.prove_password(uuid, text, text, text) is
  'Whether a password is a person''s. RATE_LIMITED after 10 failures of a name or on a device, or 100 from an address, within 10 minutes.';
--! EndIncluded functions/people/prove_password.sql

--! Included functions/people/claim_email.sql
create or replace function app_private.claim_email(user_id uuid)
returns table (holder_id uuid, email text, username text, display_name text)
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_email public.citext;
  v_workspace_id uuid;
begin
  select user_secrets.email, user_secrets.workspace_id into v_email, v_workspace_id from app_private.user_secrets
    where user_secrets.user_id = claim_email.user_id and not holds_email;
  perform app_private.lock_address(v_email);
  -- A statement of its own, so that it sees who was faster.
  update app_private.user_secrets set holds_email = true
    where user_secrets.user_id = claim_email.user_id and user_secrets.email = v_email
      and not exists (
        select from app_private.user_secrets as other
          where other.email = v_email and other.workspace_id = v_workspace_id and other.holds_email);
  if found then
    perform app_private.send_account_mail('verify', jsonb_build_object('userId', claim_email.user_id, 'email', v_email));
    return;
  end if;
  return query
    with told as (
      update app_private.user_secrets set email_told_at = now()
        where user_secrets.email = v_email and user_secrets.workspace_id = v_workspace_id and holds_email
          and user_secrets.user_id <> claim_email.user_id
          and (email_told_at is null or email_told_at < now() - interval '1 day')
        returning *
    )
    select users.id, told.email::text, users.username::text, users.display_name
      from told join app_public.users on users.id = told.user_id;
end
$$;
comment on function app_private.claim_email(uuid) is
  'Gives a new account the address that it named, if no other has it, and has a mail ask whether it is theirs. Otherwise gives who has it and is to be told, at most once a day.';
--! EndIncluded functions/people/claim_email.sql

--! Included functions/people/sign_up.sql
create or replace function app_public.sign_up(
  username text, password text, display_name text default null, email text default null, user_agent text default null,
  device_secret text default null, invitation_code text default null
)
returns app_public.user_session
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_user app_public.users;
  v_username public.citext := coalesce(sign_up.username, '');
  v_caller_id constant uuid := app_hidden.current_user_id();
  v_email text := nullif(btrim(sign_up.email), '');
begin
  perform app_private.limit_rate('sign_up');
  perform app_private.check_sign_up(sign_up.invitation_code);
  perform app_private.check_password(sign_up.password);
  insert into app_public.users (username, display_name)
    values (v_username, coalesce(nullif(app_private.plain_name(sign_up.display_name), ''), v_username))
    on conflict do nothing
    returning * into v_user;
  -- Said here and not by the index, whose error holds the name.
  if v_user.id is null then
    raise unique_violation using constraint = case
      when exists (
        select from app_public.users
          where users.username = v_username and users.workspace_id = app_hidden.current_workspace_id()
      ) then 'users_username_is_unique'
      else 'users_username_looks_like_no_other' end;
  end if;
  insert into app_private.user_secrets (user_id, email, password_hash)
    values (v_user.id, v_email, public.crypt(app_private.password_form(sign_up.password), public.gen_salt('bf', 10)));
  perform app_private.note_seen(v_user.id, now());
  if v_email is not null then
    perform graphile_worker.add_job('claim_email', json_build_object('userId', v_user.id));
  end if;
  if sign_up.invitation_code is not null then
    -- They come in by themselves: nobody else is asking.
    perform set_config('trumpet.user_id', v_user.id::text, true);
    perform app_private.use_invitation(sign_up.invitation_code, v_user.id);
    perform set_config('trumpet.user_id', coalesce(v_caller_id::text, ''), true);
  end if;
  return app_private.open_session(v_user.id, sign_up.user_agent, sign_up.device_secret, 'password');
end
$$;
comment on function app_public.sign_up(text, text, text, text, text, text, text) is
  'Makes an account and signs it in. The password needs 8 characters; `CONFLICT` when the username is taken. Whether another account has the e-mail address is not told; its owner gets a mail. With the code of an invitation, you are in its room at once; where accounts are for the invited, there has to be one. `FORBIDDEN` where nobody, or nobody without an invitation, may sign up. For `deviceSecret` see `signIn`.';
grant execute on function app_public.sign_up(text, text, text, text, text, text, text) to trumpet_visitor, trumpet_user, trumpet_key;
--! EndIncluded functions/people/sign_up.sql

--! Included functions/people/sign_in.sql
/* A wrong password is answered with null: see prove_password. The server turns the null into WRONG_CREDENTIALS. */
create or replace function app_public.sign_in(
  username text, password text, user_agent text default null, device_secret text default null, code text default null
)
returns app_public.user_session
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_user_id uuid;
  v_method app_public.session_method;
begin
  perform app_private.limit_rate('session');
  perform app_private.require_local_passwords();
  select id into v_user_id from app_public.users
    where users.username = sign_in.username::public.citext and users.workspace_id = app_hidden.current_workspace_id();
  if app_private.prove_password(v_user_id, sign_in.password, sign_in.username, sign_in.device_secret) then
    v_method := app_private.prove_second_factor(v_user_id, sign_in.code, sign_in.device_secret);
    if v_method is not null then
      return app_private.open_session(v_user_id, sign_in.user_agent, sign_in.device_secret, v_method);
    end if;
  end if;
  return null;
end
$$;
comment on function app_public.sign_in(text, text, text, text, text) is
  'Begins a session. `WRONG_CREDENTIALS` when name and password do not match, or the code is wrong; `SECOND_FACTOR_REQUIRED` when they match and a `code` is asked for besides: sign in again with it; `RATE_LIMITED` after 10 failures within 10 minutes; where you have signed in before, failures of others do not count. `deviceSecret` is how a device is known again: 32 to 200 random characters that it makes once and sends at every sign-in. Without one, its address is. `FORBIDDEN` where nobody has a password of Trumpet''s own.';
grant execute on function app_public.sign_in(text, text, text, text, text) to trumpet_visitor, trumpet_user, trumpet_key;
--! EndIncluded functions/people/sign_in.sql

--! Included functions/people/refresh_session.sql
/*
 * Two tabs may ask at the same moment, and an answer may be lost: for some seconds a token that was used gives the same
 * new one again. That one is not stored anywhere: it is made of the old token and of a salt that is kept with the old
 * one's hash, so only whoever shows the old token gets it.
 *
 * A device may sleep, or lose its network, right after it has asked, and come back hours later with the old token alone.
 * So that one is good for as long as nobody has used what it gave. It gives another one then, and what it gave before is
 * worth nothing any more: where there is a second party who has that, whichever of the two comes last is noticed, and the
 * session ends for both.
 */
create or replace function app_public.refresh_session(refresh_token text) returns app_public.user_session
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_grace constant interval := '10 seconds';
  v_token app_private.refresh_tokens;
  v_session app_private.sessions;
  v_next text;
begin
  perform app_private.limit_rate('session');
  select * into v_token from app_private.refresh_tokens
    where token_hash = sha256(convert_to(refresh_session.refresh_token, 'UTF8'))
    for no key update;
  if v_token.token_hash is null then
    return null;
  end if;
  if v_token.used_at < now() - v_grace then
    update app_private.refresh_tokens set used_at = v_token.used_at, next_salt = public.gen_random_bytes(32)
      where used_at is null and token_hash = sha256(convert_to(app_private.text_of_token(
        public.hmac(convert_to(refresh_session.refresh_token, 'UTF8'), v_token.next_salt, 'sha256')), 'UTF8'));
    if not found then
      perform app_private.end_sessions(array[v_token.session_id], 'refresh token used twice');
      return null;
    end if;
    v_token.used_at := null;
  end if;
  update app_private.sessions set refreshed_at = now(), expires_at = now() + interval '30 days'
    where id = v_token.session_id and ended_at is null and expires_at > now()
    returning * into v_session;
  if v_session.id is null then
    return null;
  end if;
  if v_token.used_at is null then
    update app_private.refresh_tokens set used_at = now(), next_salt = public.gen_random_bytes(32)
      where token_hash = v_token.token_hash
      returning * into v_token;
  end if;
  v_next := app_private.text_of_token(
    public.hmac(convert_to(refresh_session.refresh_token, 'UTF8'), v_token.next_salt, 'sha256'));
  perform app_private.keep_refresh_token(v_next, v_session.id);
  return app_private.session_tokens(v_session, v_next, v_token.used_at);
end
$$;
comment on function app_public.refresh_session(text) is
  'Gives new tokens for a refresh token, which works once. Asked again within 10 seconds, as two tabs may, it gives the same ones. Later it gives others, as after a lost answer, unless what it gave was used meanwhile: that is taken for theft and ends the whole session. `UNAUTHENTICATED` when it is not valid any more: sign in again.';
grant execute on function app_public.refresh_session(text) to trumpet_visitor, trumpet_user, trumpet_key;
--! EndIncluded functions/people/refresh_session.sql

--! Included functions/people/sign_out.sql
create or replace function app_public.sign_out() returns void
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
begin
  perform app_private.limit_rate('session');
  perform app_private.require_user();
  perform app_private.end_sessions(array[app_hidden.current_session_id()], 'signed out');
end
$$;
comment on function app_public.sign_out() is
  'Ends this session: its tokens stop working and its sockets are closed.';
grant execute on function app_public.sign_out() to trumpet_user, trumpet_key;
--! EndIncluded functions/people/sign_out.sql

--! Included functions/people/sign_out_everywhere.sql
create or replace function app_public.sign_out_everywhere() returns void
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
begin
  perform app_private.limit_rate('session');
  perform app_private.end_sessions_of(app_private.require_user(), 'signed out everywhere');
end
$$;
comment on function app_public.sign_out_everywhere() is 'Ends every session of yours, this one included.';
grant execute on function app_public.sign_out_everywhere() to trumpet_user, trumpet_key;
--! EndIncluded functions/people/sign_out_everywhere.sql

--! Included functions/people/sessions.sql
create or replace function app_public.sessions() returns setof app_public.session
language sql stable security definer rows 5
set search_path = pg_catalog, pg_temp
as $$
  select sessions.id, sessions.user_agent, sessions.created_at, sessions.refreshed_at, sessions.expires_at,
      sessions.id = app_hidden.current_session_id(),
      sessions.method
    from app_private.sessions
    where sessions.user_id = app_private.require_user() and sessions.ended_at is null and sessions.expires_at > now()
    order by sessions.refreshed_at desc, sessions.id desc;
$$;
comment on function app_public.sessions() is
  'Where you are signed in, the last refreshed first. `endSession` ends one of them.';
grant execute on function app_public.sessions() to trumpet_user;
--! EndIncluded functions/people/sessions.sql

--! Included functions/people/end_session.sql
create or replace function app_public.end_session(session_id uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_session_ids uuid[] := array(
    select id from app_private.sessions
      where id = end_session.session_id and user_id = app_private.require_user()
        and ended_at is null and expires_at > now());
begin
  perform app_private.limit_rate('session');
  if cardinality(v_session_ids) = 0 then
    raise exception 'No such session.' using errcode = 'TR404';
  end if;
  perform app_private.end_sessions(v_session_ids, 'signed out');
end
$$;
comment on function app_public.end_session(uuid) is
  'Signs you out on one device: the tokens of that session stop working and its sockets are closed. `NOT_FOUND` for a session that is over, or not yours.';
grant execute on function app_public.end_session(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/people/end_session.sql

--! Included functions/people/change_password.sql
create or replace function app_public.change_password(current_password text, new_password text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_user();
begin
  perform app_private.limit_rate('password');
  perform app_private.require_local_passwords();
  if app_hidden.is_guest() then
    raise exception 'You have no password yet: make an account first.' using errcode = 'TR403';
  end if;
  perform app_private.check_password(change_password.new_password);
  if exists (select from app_private.user_secrets where user_id = v_user_id and password_hash is null) then
    raise exception 'You sign in elsewhere: there is no password here.' using errcode = 'TR403';
  end if;
  if not app_private.prove_password(v_user_id, change_password.current_password) then
    return null;
  end if;
  update app_private.user_secrets
    set password_hash = public.crypt(app_private.password_form(change_password.new_password), public.gen_salt('bf', 10))
    where user_id = v_user_id;
  perform app_private.void_email_codes(v_user_id);
  perform app_private.end_sessions(
    array(
      select id from app_private.sessions
        where user_id = v_user_id and ended_at is null and id is distinct from app_hidden.current_session_id()
    ),
    'password changed');
  return true;
end
$$;
comment on function app_public.change_password(text, text) is
  'Sets a new password and ends every other session of yours. `WRONG_CREDENTIALS` when the current one is wrong; `RATE_LIMITED` after 10 failures within 10 minutes.';
grant execute on function app_public.change_password(text, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/people/change_password.sql

--! Included functions/people/authenticate_session.sql
create or replace function app_hidden.authenticate_session(session_id uuid)
returns table (user_id uuid, expires_at timestamptz)
language sql stable security definer
rows 1
set search_path = pg_catalog, pg_temp
as $$
  select sessions.user_id, sessions.expires_at from app_private.sessions
    where sessions.id = authenticate_session.session_id and sessions.ended_at is null and sessions.expires_at > now();
$$;
comment on function app_hidden.authenticate_session(uuid) is
  'Whose session this is and until when, while it is alive, else nothing. The server asks before it believes a token.';
grant execute on function app_hidden.authenticate_session(uuid) to trumpet_authenticator;
--! EndIncluded functions/people/authenticate_session.sql

--! Included functions/people/expire_sessions.sql
create or replace function app_private.expire_sessions() returns integer
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  -- An ended session is kept a day longer than its access tokens live, for whoever asks why it ended.
  with expired as (
    delete from app_private.sessions where expires_at < now() or ended_at < now() - interval '1 day' returning 1
  )
  select count(*)::integer from expired;
$$;
comment on function app_private.expire_sessions() is
  'Deletes sessions that are over, and their refresh tokens with them. The worker calls it.';
--! EndIncluded functions/people/expire_sessions.sql

--! Included functions/people/current_user.sql
create or replace function app_public."current_user"() returns app_public.users
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select users.* from app_public.users where users.id = app_hidden.current_user_id();
$$;
comment on function app_public."current_user"() is
  'You, or null when you are not signed in.';
grant execute on function app_public."current_user"() to trumpet_visitor, trumpet_user;
--! EndIncluded functions/people/current_user.sql

--! Included functions/people/caller.sql
create or replace function app_private.caller() returns app_public.users
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select users.* from app_public.users where users.id = app_private.require_user();
$$;
comment on function app_private.caller() is 'The person asking, or UNAUTHENTICATED.';
--! EndIncluded functions/people/caller.sql

--! Included functions/people/update_profile.sql
/* What is left out stays, and what is null goes: see update_room. */
create or replace function app_public.update_profile(display_name text default U&'\FFFF', avatar_url text default U&'\FFFF')
returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_user app_public.users;
begin
  perform app_private.limit_rate('settings');
  update app_public.users set
    display_name = case
      when update_profile.display_name = U&'\FFFF' then users.display_name
      else coalesce(app_private.plain_name(update_profile.display_name), '') end,
    avatar_url = case
      when update_profile.avatar_url = U&'\FFFF' then users.avatar_url
      else nullif(update_profile.avatar_url, '') end,
    avatar_id = case when update_profile.avatar_url = U&'\FFFF' then users.avatar_id end
    where id = app_private.require_user()
    returning * into v_user;
  -- The row may have been waited for, until its account was deleted.
  perform app_private.check_still_here();
  return v_user;
end
$$;
comment on function app_public.update_profile(text, text) is
  'Changes your display name or picture. What is left out stays; an `avatarUrl` of null removes the picture, also one that was uploaded.';
grant execute on function app_public.update_profile(text, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/people/update_profile.sql

--! Previous: x
--! Hash: x

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

--! EndIncluded functions/workspaces/default_workspace_id.sql

insert into app_private.workspaces (id, name, account_id)
  values (app_private.default_workspace_id(), 'default', '00000000-0000-7000-8000-000000000001');

--! Included functions/workspaces/current_workspace_id.sql

--! EndIncluded functions/workspaces/current_workspace_id.sql

--! Included functions/workspaces/hosts_of_workspace.sql

--! EndIncluded functions/workspaces/hosts_of_workspace.sql

--! Included functions/workspaces/is_workspace_host.sql

--! EndIncluded functions/workspaces/is_workspace_host.sql

--! Included functions/workspaces/is_installation.sql

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

--! EndIncluded functions/workspaces/is_here.sql

--! Included functions/people/user_by_username.sql

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

--! EndIncluded functions/people/bare_look.sql

--! Included functions/people/tg_reserved_names__look.sql

--! EndIncluded functions/people/tg_reserved_names__look.sql

create trigger _100_look before insert or update on app_private.reserved_names
  for each row execute function app_private.tg_reserved_names__look();
update app_private.reserved_names set name = name;

--! Included functions/people/is_reserved.sql

--! EndIncluded functions/people/is_reserved.sql

--! Included functions/people/released_look.sql

--! EndIncluded functions/people/released_look.sql

--! Included functions/people/tg_users__refuse_reserved.sql

--! EndIncluded functions/people/tg_users__refuse_reserved.sql

create trigger _100_refuse_reserved before insert or update of username, display_name on app_public.users
  for each row when (new.deleted_at is null) execute function app_private.tg_users__refuse_reserved();

--! Included functions/people/release_username.sql

--! EndIncluded functions/people/release_username.sql

/* Who may know it is asked of the rooms that people share: see may_know_presence. */
create table app_private.last_seen (
  user_id uuid primary key references app_public.users on delete cascade,
  seen_at timestamptz not null
) with (fillfactor = 70);
comment on table app_private.last_seen is 'When each person was last known to be online.';
alter table app_private.last_seen enable row level security;

--! Included functions/people/note_seen.sql

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

--! EndIncluded functions/guests/is_guest.sql

--! Included functions/guests/guest_meets.sql

--! EndIncluded functions/guests/guest_meets.sql
/* What deleted accounts leave is in one name, in every workspace. */
create policy select_signed_in on app_public.users for select to trumpet_user
  using (
    (workspace_id = (select app_hidden.current_workspace_id()) or id = '00000000-0000-7000-8000-000000000000')
    and (not (select app_hidden.is_guest()) or app_hidden.guest_meets(id)));
--! Included functions/guests/check_guest.sql

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

--! EndIncluded functions/people/user_session_user.sql

--! Included functions/people/text_of_token.sql

--! EndIncluded functions/people/text_of_token.sql

--! Included functions/people/keep_refresh_token.sql

--! EndIncluded functions/people/keep_refresh_token.sql

--! Included functions/people/address_hash.sql

--! EndIncluded functions/people/address_hash.sql

--! Included functions/people/session_tokens.sql

--! EndIncluded functions/people/session_tokens.sql

--! Included functions/people/open_session.sql

--! EndIncluded functions/people/open_session.sql

--! Included functions/people/end_sessions.sql

--! EndIncluded functions/people/end_sessions.sql

--! Included functions/people/tg_sessions__ring.sql

--! EndIncluded functions/people/tg_sessions__ring.sql

create trigger _500_ring_update after update of ended_at, expires_at on app_private.sessions
  for each row execute function app_private.tg_sessions__ring();
create trigger _500_ring_delete after delete on app_private.sessions
  for each row execute function app_private.tg_sessions__ring();
create trigger _100_refuse_truncate before truncate on app_private.sessions
  for each statement execute function app_private.tg_any__refuse_truncate();

--! Included functions/people/end_sessions_of.sql

--! EndIncluded functions/people/end_sessions_of.sql

--! Included functions/people/is_password_of.sql

--! EndIncluded functions/people/is_password_of.sql

--! Included functions/people/check_password.sql

--! EndIncluded functions/people/check_password.sql

--! Included functions/people/count_proof.sql

--! EndIncluded functions/people/count_proof.sql

--! Included functions/people/forgive_proof.sql

--! EndIncluded functions/people/forgive_proof.sql

--! Included functions/people/name_subject.sql

--! EndIncluded functions/people/name_subject.sql

--! Included functions/people/prove_password.sql

--! EndIncluded functions/people/prove_password.sql

--! Included functions/people/claim_email.sql

--! EndIncluded functions/people/claim_email.sql

--! Included functions/people/sign_up.sql

--! EndIncluded functions/people/sign_up.sql

--! Included functions/people/sign_in.sql

--! EndIncluded functions/people/sign_in.sql

--! Included functions/people/refresh_session.sql

--! EndIncluded functions/people/refresh_session.sql

--! Included functions/people/sign_out.sql

--! EndIncluded functions/people/sign_out.sql

--! Included functions/people/sign_out_everywhere.sql

--! EndIncluded functions/people/sign_out_everywhere.sql

--! Included functions/people/sessions.sql

--! EndIncluded functions/people/sessions.sql

--! Included functions/people/end_session.sql

--! EndIncluded functions/people/end_session.sql

--! Included functions/people/change_password.sql

--! EndIncluded functions/people/change_password.sql

--! Included functions/people/authenticate_session.sql

--! EndIncluded functions/people/authenticate_session.sql

--! Included functions/people/expire_sessions.sql

--! EndIncluded functions/people/expire_sessions.sql

--! Included functions/people/current_user.sql

--! EndIncluded functions/people/current_user.sql

--! Included functions/people/caller.sql

--! EndIncluded functions/people/caller.sql

--! Included functions/people/update_profile.sql

--! EndIncluded functions/people/update_profile.sql

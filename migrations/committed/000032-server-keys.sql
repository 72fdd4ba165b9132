--! Previous: x
--! Hash: x

/*
 * What servers may do: keys.
 *
 * A server of the product calls the same API as everybody, with a key. It acts as the installation, which is an account
 * like any other, or as a person whom it names. Either way it has a session, which ends with the key: so revoking,
 * suspension and erasure close its sockets as they do for everybody. What a key may do are its scopes. They are asked where
 * each mutation is counted (limit_rate, take_tokens), and reading is a matter of grants: a key without `read` runs as
 * trumpet_key, a role that may call what writes and see nothing else.
 */
create type app_private.key_scope as enum ('read', 'write', 'rooms', 'moderation', 'users', 'import', 'webhooks', 'act_as');
comment on type app_private.key_scope is
  'What a key may do: read; write as a person does; make and change rooms; moderate; make and remove people; import messages; tell other servers what happens; act as a person.';

create table app_private.server_keys (
  id uuid primary key default uuidv7(),
  name text not null,
  prefix text not null,
  secret_hash bytea not null,
  scopes app_private.key_scope[] not null,
  created_at timestamptz not null default now(),
  created_by text not null default session_user,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  user_id uuid references app_public.users on delete cascade,
  workspace_id uuid not null default app_hidden.current_workspace_id() references app_private.workspaces,
  constraint server_keys_prefix_is_unique unique (prefix),
  constraint server_keys_name_length check (char_length(name) between 1 and 80),
  constraint server_keys_of_bots_are_theirs_alone check (user_id is null or scopes <@ array['read', 'write', 'rooms', 'moderation']::app_private.key_scope[])
);
comment on table app_private.server_keys is 'The keys that were given to servers. A key itself is kept nowhere.';
comment on column app_private.server_keys.name is 'Which server has it: what it does is noted under this name.';
comment on column app_private.server_keys.prefix is 'What the key begins with behind `trk_`, to tell whose it is where one is found.';
comment on column app_private.server_keys.secret_hash is 'SHA-256 of what stands behind the prefix.';
comment on column app_private.server_keys.expires_at is 'Until when it is good. Null: until it is revoked.';
comment on column app_private.server_keys.last_used_at is 'When it was last used, to the minute.';
comment on column app_private.server_keys.workspace_id is 'Where it may do what it may. It never changes.';
comment on column app_private.server_keys.user_id is 'The bot that it acts as, and nobody else. Null: as the account of its workspace.';
alter table app_private.server_keys enable row level security;
/* Deleting a workspace. */
create index server_keys_workspace_id on app_private.server_keys (workspace_id);
create index server_keys_user_id on app_private.server_keys (user_id);
create unique index server_keys_name_is_unique on app_private.server_keys (name, workspace_id) where revoked_at is null;
create trigger _100_keep_workspace before update of workspace_id on app_private.server_keys
  for each row when (old.workspace_id <> new.workspace_id) execute function app_private.tg_any__keep_key();

create table app_private.key_sessions (
  key_id uuid not null references app_private.server_keys on delete cascade,
  user_id uuid not null references app_public.users on delete cascade,
  session_id uuid not null references app_private.sessions on delete cascade,
  primary key (key_id, user_id)
);
comment on table app_private.key_sessions is 'In which session a key acts as whom.';
alter table app_private.key_sessions enable row level security;
create index key_sessions_session_id on app_private.key_sessions (session_id);
create index key_sessions_user_id on app_private.key_sessions (user_id);

--! Included functions/server-keys/tg_server_keys__end_sessions.sql

--! EndIncluded functions/server-keys/tg_server_keys__end_sessions.sql

create trigger _100_end_sessions before update of secret_hash, prefix, scopes, expires_at, revoked_at, user_id or delete on app_private.server_keys
  for each row execute function app_private.tg_server_keys__end_sessions();
create trigger _100_refuse_truncate before truncate on app_private.server_keys
  for each statement execute function app_private.tg_any__refuse_truncate();
create trigger _100_refuse_truncate before truncate on app_private.key_sessions
  for each statement execute function app_private.tg_any__refuse_truncate();

--! Included functions/server-keys/make_installation.sql

--! EndIncluded functions/server-keys/make_installation.sql

--! Included functions/server-keys/current_key_id.sql

--! EndIncluded functions/server-keys/current_key_id.sql

--! Included functions/server-keys/is_same_hash.sql

--! EndIncluded functions/server-keys/is_same_hash.sql

--! Included functions/server-keys/is_valid.sql

--! EndIncluded functions/server-keys/is_valid.sql

--! Included functions/server-keys/require_scope.sql

--! EndIncluded functions/server-keys/require_scope.sql

--! Included functions/server-keys/scope_of.sql

--! EndIncluded functions/server-keys/scope_of.sql

--! Included functions/server-keys/check_scope.sql

--! EndIncluded functions/server-keys/check_scope.sql

--! Included functions/server-keys/note_key_action.sql

--! EndIncluded functions/server-keys/note_key_action.sql

--! Included functions/server-keys/check_key.sql

--! EndIncluded functions/server-keys/check_key.sql

--! Included functions/server-keys/admit_key.sql

--! EndIncluded functions/server-keys/admit_key.sql

--! Included functions/server-keys/check_upload_key.sql

--! EndIncluded functions/server-keys/check_upload_key.sql

--! Included functions/server-keys/find_key.sql

--! EndIncluded functions/server-keys/find_key.sql

--! Included functions/server-keys/create_key.sql

--! EndIncluded functions/server-keys/create_key.sql

--! Included functions/server-keys/revoke_key.sql

--! EndIncluded functions/server-keys/revoke_key.sql

grant usage on schema app_public to trumpet_key;

/* What a back end does with many at once. */
create type app_public.user_entry as (
  username text,
  display_name text,
  avatar_url text,
  email text,
  issuer text,
  subject text
);
comment on type app_public.user_entry is 'A person, as a server describes them.';
comment on column app_public.user_entry.username is 'By which they are found where they have no `issuer` and `subject`; else what they would like to be called.';
comment on column app_public.user_entry.display_name is 'The name to show.';
comment on column app_public.user_entry.avatar_url is 'The web address of a picture.';
comment on column app_public.user_entry.email is 'Where mails go.';
comment on column app_public.user_entry.issuer is 'Who signs them in: one of `AUTH_ISSUERS`.';
comment on column app_public.user_entry.subject is 'Who they are to that issuer: what is in `sub`.';

create type app_public.member_entry as (
  user_id uuid,
  role app_public.member_role
);
comment on type app_public.member_entry is 'Who is to be in a room.';
comment on column app_public.member_entry.user_id is 'The id of the person.';
comment on column app_public.member_entry.role is 'What they may do there, below your own role. Left out: a member, or what they are.';

create type app_public.room_entry as (
  slug text,
  name text,
  type app_public.room_type,
  description text,
  members app_public.member_entry[]
);
comment on type app_public.room_entry is 'A room, as a server describes it.';
comment on column app_public.room_entry.slug is 'By which it is found.';
comment on column app_public.room_entry.name is 'The name to show.';
comment on column app_public.room_entry.type is 'PUBLIC, if left out, or PRIVATE. It never changes.';
comment on column app_public.room_entry.description is 'What the room is for.';
comment on column app_public.room_entry.members is 'Who is to be in it.';

create type app_public.message_entry as (
  room_id uuid,
  author_id uuid,
  content text,
  created_at timestamptz,
  message_type app_public.message_type,
  metadata jsonb,
  parent_message_id uuid,
  nonce text
);
comment on type app_public.message_entry is 'A message that is brought in.';
comment on column app_public.message_entry.room_id is 'The room it stands in.';
comment on column app_public.message_entry.author_id is 'Who wrote it. They need not be a member.';
comment on column app_public.message_entry.content is 'The text, at most 8,000 characters.';
comment on column app_public.message_entry.created_at is 'When it was written: from the year 2000 on, not in the future.';
comment on column app_public.message_entry.message_type is 'What it mainly is.';
comment on column app_public.message_entry.metadata is 'A JSON object of at most 8 kB.';
comment on column app_public.message_entry.parent_message_id is 'The message that it answers.';
comment on column app_public.message_entry.nonce is 'A name of your own for it: the same author and nonce are not brought in twice.';

--! Included functions/server-keys/begin_batch.sql

--! EndIncluded functions/server-keys/begin_batch.sql

--! Included functions/server-keys/refuse_entry.sql

--! EndIncluded functions/server-keys/refuse_entry.sql

--! Included functions/server-keys/upsert_user.sql

--! EndIncluded functions/server-keys/upsert_user.sql

--! Included functions/server-keys/upsert_users.sql

--! EndIncluded functions/server-keys/upsert_users.sql

--! Included functions/server-keys/upsert_room.sql

--! EndIncluded functions/server-keys/upsert_room.sql

--! Included functions/server-keys/upsert_rooms.sql

--! EndIncluded functions/server-keys/upsert_rooms.sql

--! Included functions/server-keys/make_message_months.sql

--! EndIncluded functions/server-keys/make_message_months.sql

--! Included functions/server-keys/import_message.sql

--! EndIncluded functions/server-keys/import_message.sql

--! Included functions/server-keys/import_messages.sql

--! EndIncluded functions/server-keys/import_messages.sql

--! Included functions/server-keys/check_reason.sql

--! EndIncluded functions/server-keys/check_reason.sql

--! Included functions/server-keys/person_of.sql

--! EndIncluded functions/server-keys/person_of.sql

--! Included functions/server-keys/deactivate_user.sql

--! EndIncluded functions/server-keys/deactivate_user.sql

--! Included functions/server-keys/reactivate_user.sql

--! EndIncluded functions/server-keys/reactivate_user.sql

--! Included functions/server-keys/erase_user.sql

--! EndIncluded functions/server-keys/erase_user.sql

--! Included functions/server-keys/issue_token.sql

--! EndIncluded functions/server-keys/issue_token.sql

--! Included functions/server-keys-at-psql/issue_token.sql

--! EndIncluded functions/server-keys-at-psql/issue_token.sql

--! Included functions/server-keys/create_user.sql

--! EndIncluded functions/server-keys/create_user.sql

create view app_admin.keys as
  select server_keys.name, 'trk_' || prefix || '_…' as key, scopes, server_keys.created_at, created_by, expires_at, last_used_at,
      revoked_at, workspaces.name as workspace, server_keys.id
    from app_private.server_keys
    join app_private.workspaces on workspaces.id = server_keys.workspace_id
    order by revoked_at is not null, server_keys.created_at desc;
comment on view app_admin.keys is 'The keys of servers: what they may do, since when and until when, and when they were last used.';
grant select on app_admin.keys to trumpet_admin;

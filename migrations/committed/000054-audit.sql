--! Previous: x
--! Hash: x

/*
 * What administration did, chained so that a change shows, and the auditor.
 *
 * Triggers on what is administered note every change of it, through the API, by a function at psql or by hand. What a
 * transaction has noted gets its place in the log as the last thing that happens before the commit, in a deferred trigger:
 * numbers have no gap, and their order is that of the commits, but nobody holds the end of the chain while they still work.
 * docs/compliance.md says what this shows and what it does not.
 */
create type app_public.audit_kind as enum (
  'administration', 'moderation', 'ban', 'mute', 'suspension', 'role', 'rule', 'room', 'workspace', 'account', 'key', 'webhook',
  'command', 'group', 'group_member', 'hold', 'export', 'setting', 'auditor', 'audit', 'emoji'
);
comment on type app_public.audit_kind is 'What an act of administration is about.';
create type app_public.audit_operation as enum ('insert', 'update', 'delete');
comment on type app_public.audit_operation is 'Whether something was made, changed or taken away.';

create table app_private.auditors (
  user_id uuid primary key references app_public.users on delete cascade,
  reason text not null,
  since timestamptz not null default now(),
  made_by text not null default session_user,
  constraint auditors_reason_is_given check (char_length(btrim(reason)) between 1 and 2000)
);
comment on table app_private.auditors is 'Who reads the audit log of their workspace.';
alter table app_private.auditors enable row level security;

create table app_private.audit_entries (
  seq bigint primary key,
  kind app_public.audit_kind not null,
  operation app_public.audit_operation not null,
  happened_at timestamptz not null,
  workspace_id uuid,
  called text,
  actor_id uuid,
  actor_name text,
  target_id uuid,
  room_id uuid,
  subject text,
  before jsonb,
  after jsonb
);
comment on table app_private.audit_entries is 'The audit log: what was administered, by whom, and how it was before and after.';
comment on column app_private.audit_entries.called is 'The function that was called. Null: a statement that somebody wrote by hand.';
comment on column app_private.audit_entries.actor_id is 'The person. By id, which leads nowhere once the account is deleted.';
comment on column app_private.audit_entries.actor_name is 'The key, or the role of the database, or both.';
alter table app_private.audit_entries enable row level security;
/* audit_log */
create index audit_entries_workspace_id on app_private.audit_entries (workspace_id, seq);
/* audit_log, erase_from_audit_log */
create index audit_entries_actor_id on app_private.audit_entries (actor_id, seq) where actor_id is not null;
create index audit_entries_target_id on app_private.audit_entries (target_id, seq) where target_id is not null;
/* erase_from_audit_log */
create index audit_entries_about_exports on app_private.audit_entries (seq) where kind = 'export';
/* check_audit_log */
create index audit_entries_about_itself on app_private.audit_entries (seq) where kind = 'audit';

create table app_private.audit_links (
  seq bigint primary key,
  actor_salt uuid,
  details_salt uuid,
  actor_digest bytea not null,
  details_digest bytea not null,
  hash bytea not null
);
comment on table app_private.audit_links is
  'The chain of the audit log. What may have to be erased is in it as salted commitments: without the salt, one says nothing, and the chain holds.';
alter table app_private.audit_links enable row level security;

create table app_private.audit_head (
  only_row boolean primary key default true,
  seq bigint not null,
  hash bytea not null,
  constraint audit_head_has_one_row check (only_row)
);
comment on table app_private.audit_head is 'Where the chain of the audit log ends.';
alter table app_private.audit_head enable row level security;
insert into app_private.audit_head (seq, hash) values (0, sha256(''));

create table app_private.audit_pending (
  id bigint generated always as identity primary key,
  kind app_public.audit_kind not null,
  operation app_public.audit_operation not null,
  happened_at timestamptz not null,
  workspace_id uuid,
  called text,
  actor_id uuid,
  actor_name text,
  target_id uuid,
  room_id uuid,
  subject text,
  before jsonb,
  after jsonb
);
comment on table app_private.audit_pending is 'What the transaction that is under way has noted. Nobody else ever sees a row.';
alter table app_private.audit_pending enable row level security;

create table app_private.audit_rules (
  only_row boolean primary key default true,
  audit_days integer not null default 0,
  constraint audit_rules_has_one_row check (only_row),
  constraint audit_rules_days_range check (audit_days = 0 or audit_days between 90 and 36500)
);
comment on table app_private.audit_rules is 'For how many days the audit log is kept. 0: for ever.';
alter table app_private.audit_rules enable row level security;
insert into app_private.audit_rules default values;

/* What a key outside signed of the chain: see src/audit/checkpoint.ts. */
create table app_private.audit_checkpoints (
  seq bigint primary key,
  hash bytea not null,
  signed_at timestamptz not null,
  public_key text not null,
  signature bytea not null
);
comment on table app_private.audit_checkpoints is
  'How far the chain of the audit log was at a time, signed by a key that is not in the database. To be kept elsewhere, too.';
alter table app_private.audit_checkpoints enable row level security;
create trigger _100_append_only before update or delete or truncate on app_private.audit_checkpoints
  for each statement execute function app_private.tg_any__append_only();
alter table app_private.audit_checkpoints enable always trigger _100_append_only;

--! Included functions/audit/audit_digest.sql

--! EndIncluded functions/audit/audit_digest.sql
--! Included functions/audit/audit_hash.sql

--! EndIncluded functions/audit/audit_hash.sql
--! Included functions/audit/audit_actor.sql

--! EndIncluded functions/audit/audit_actor.sql
--! Included functions/audit/audit_details.sql

--! EndIncluded functions/audit/audit_details.sql
--! Included functions/audit/outermost_function.sql

--! EndIncluded functions/audit/outermost_function.sql
--! Included functions/audit/note_in_audit_log.sql

--! EndIncluded functions/audit/note_in_audit_log.sql
--! Included functions/audit/tg_any__audit.sql

--! EndIncluded functions/audit/tg_any__audit.sql
--! Included functions/audit/tg_audit_pending__chain.sql

--! EndIncluded functions/audit/tg_audit_pending__chain.sql

create constraint trigger _100_chain after insert on app_private.audit_pending
  deferrable initially deferred for each row execute function app_private.tg_audit_pending__chain();
alter table app_private.audit_pending enable always trigger _100_chain;

--! Included functions/audit/tg_audit_entries__keep.sql

--! EndIncluded functions/audit/tg_audit_entries__keep.sql
create trigger _100_keep before update or delete on app_private.audit_entries
  for each row execute function app_private.tg_audit_entries__keep();
alter table app_private.audit_entries enable always trigger _100_keep;

--! Included functions/audit/tg_audit_links__keep.sql

--! EndIncluded functions/audit/tg_audit_links__keep.sql
create trigger _100_keep before update or delete on app_private.audit_links
  for each row execute function app_private.tg_audit_links__keep();
alter table app_private.audit_links enable always trigger _100_keep;

create table app_private.compliance_exports (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null references app_private.workspaces on delete cascade,
  requested_by uuid not null references app_public.users on delete cascade,
  reason text not null,
  user_ids uuid[],
  room_ids uuid[],
  word text,
  since timestamptz,
  until timestamptz,
  status app_public.data_export_status not null default 'pending',
  -- How far it is: what is behind that is in the pieces.
  at_room_id uuid,
  at_seq bigint not null default 0,
  rooms_done integer not null default 0,
  rooms_total integer not null default 0,
  message_count bigint not null default 0,
  byte_size bigint not null default 0,
  digest text,
  requested_at timestamptz not null default now(),
  finished_at timestamptz,
  expires_at timestamptz not null default now() + interval '7 days',
  download_token text not null default encode(public.gen_random_bytes(32), 'hex'),
  constraint compliance_exports_reason_is_given check (char_length(reason) between 1 and 500),
  constraint compliance_exports_word_length check (char_length(word) <= 200),
  constraint compliance_exports_people_limit check (cardinality(user_ids) <= 1000),
  constraint compliance_exports_rooms_limit check (cardinality(room_ids) <= 1000),
  constraint compliance_exports_time_has_an_order check (until > since)
);
comment on table app_private.compliance_exports is 'Files with messages for whoever has to answer for them, and how far each is.';
alter table app_private.compliance_exports enable row level security;
create index compliance_exports_workspace_id on app_private.compliance_exports (workspace_id);
create index compliance_exports_requested_by on app_private.compliance_exports (requested_by);
/* expire_compliance_exports */
create index compliance_exports_expires_at on app_private.compliance_exports (expires_at);

create table app_private.compliance_export_chunks (
  export_id uuid not null references app_private.compliance_exports on delete cascade,
  position integer not null,
  line_count integer not null,
  -- Of the lines, before they are compressed.
  digest text not null,
  bytes bytea not null,
  primary key (export_id, position)
);
comment on table app_private.compliance_export_chunks is 'The file of a compliance export, compressed, in pieces.';
-- It is compressed already.
alter table app_private.compliance_export_chunks alter column bytes set storage external;
alter table app_private.compliance_export_chunks enable row level security;

insert into app_private.rates (kind, per_second, burst) values ('compliance', 0.01, 20);

--! Included functions/audit/audited_tables.sql

--! EndIncluded functions/audit/audited_tables.sql
--! Included functions/audit/audit_tables.sql

--! EndIncluded functions/audit/audit_tables.sql
select app_private.audit_tables();

--! Included functions/audit/take_out_of_audit_log.sql

--! EndIncluded functions/audit/take_out_of_audit_log.sql

--! Included functions/audit/erase_from_audit_log.sql

--! EndIncluded functions/audit/erase_from_audit_log.sql

--! Included functions/audit/erase_workspace_from_audit_log.sql

--! EndIncluded functions/audit/erase_workspace_from_audit_log.sql

--! Included functions/audit/expire_audit_log.sql

--! EndIncluded functions/audit/expire_audit_log.sql

--! Included functions/audit-at-psql/keep_audit_log_for.sql

--! EndIncluded functions/audit-at-psql/keep_audit_log_for.sql

--! Included functions/audit/check_audit_log.sql

--! EndIncluded functions/audit/check_audit_log.sql
--! Included functions/audit-at-psql/verify_audit_log.sql

--! EndIncluded functions/audit-at-psql/verify_audit_log.sql
--! Included functions/audit-at-psql/set_auditor.sql

--! EndIncluded functions/audit-at-psql/set_auditor.sql

create view app_admin.audit_log as
  select
    entries.seq, entries.happened_at, entries.kind, entries.operation, entries.called,
    concat_ws(', ', coalesce(actors.username, entries.actor_id::text), entries.actor_name) as who,
    coalesce(targets.username, entries.target_id::text) as person, coalesce(rooms.slug, entries.room_id::text) as room,
    entries.subject, entries.before, entries.after, workspaces.name as workspace
  from app_private.audit_entries as entries
  left join app_public.users as actors on actors.id = entries.actor_id
  left join app_public.users as targets on targets.id = entries.target_id
  left join app_public.rooms on rooms.id = entries.room_id
  left join app_private.workspaces on workspaces.id = entries.workspace_id
  order by entries.seq desc;
comment on view app_admin.audit_log is
  'Every act of administration, the newest first: by whom, through which function (none: by hand), and how it was before and after.';
comment on column app_admin.audit_log.seq is 'Its number. There is no gap, and the order is that of the commits.';
comment on column app_admin.audit_log.happened_at is 'When it was done.';
comment on column app_admin.audit_log.kind is 'What it is about.';
comment on column app_admin.audit_log.operation is 'Whether something was made, changed or taken away.';
comment on column app_admin.audit_log.called is 'Through which function. Null: a statement that somebody wrote by hand, or what follows from one.';
comment on column app_admin.audit_log.who is 'The person, the key or the role of the database that did it.';
comment on column app_admin.audit_log.person is 'To whom, if to anyone. An id where the account is deleted.';
comment on column app_admin.audit_log.room is 'In which room, if in one.';
comment on column app_admin.audit_log.subject is 'The name or id of what was changed.';
comment on column app_admin.audit_log.before is 'How it was: of a change, what is different. Secrets are left out.';
comment on column app_admin.audit_log.after is 'How it is since. `changed` names what is left out and was changed.';
comment on column app_admin.audit_log.workspace is 'In which workspace. Null for what all have in common.';
grant select on app_admin.audit_log to trumpet_admin, trumpet_auditor;
grant usage on schema app_admin to trumpet_auditor;

/* What auditors see. */
create type app_public.audit_entry as (
  seq bigint,
  happened_at timestamptz,
  kind app_public.audit_kind,
  operation app_public.audit_operation,
  called text,
  actor_id uuid,
  actor_display_name text,
  actor_name text,
  target_id uuid,
  target_display_name text,
  room_id uuid,
  room_name text,
  subject text,
  before jsonb,
  after jsonb
);
comment on type app_public.audit_entry is 'An act of administration.';
comment on column app_public.audit_entry.seq is 'Its number. There is no gap, and the order is that of the commits; of other workspaces you see none.';
comment on column app_public.audit_entry.happened_at is 'When it was done.';
comment on column app_public.audit_entry.kind is 'What it is about.';
comment on column app_public.audit_entry.operation is 'Whether something was made, changed or taken away.';
comment on column app_public.audit_entry.called is 'Through which function of the database. Null: a statement that somebody wrote by hand, or what follows from one.';
comment on column app_public.audit_entry.actor_id is 'Who did it, if a person did. Leads nowhere once their account is deleted.';
comment on column app_public.audit_entry.actor_display_name is 'What they are called now.';
comment on column app_public.audit_entry.actor_name is 'The key, or the role at the database, with which it was done; null for people who signed in.';
comment on column app_public.audit_entry.target_id is 'To whom, if to anyone.';
comment on column app_public.audit_entry.target_display_name is 'What they are called now.';
comment on column app_public.audit_entry.room_id is 'In which room, if in one.';
comment on column app_public.audit_entry.room_name is 'What the room is called now.';
comment on column app_public.audit_entry.subject is 'The name or id of what was changed.';
comment on column app_public.audit_entry.before is 'How it was: of a change, what is different. Secrets are left out.';
comment on column app_public.audit_entry.after is 'How it is since. `changed` names what is left out and was changed.';

create type app_public.audit_checkpoint as (
  seq bigint,
  hash text,
  signed_at timestamptz,
  public_key text,
  signature text
);
comment on type app_public.audit_checkpoint is 'How far the audit log was at a time, signed with Ed25519.';
comment on column app_public.audit_checkpoint.seq is 'The number of the last entry.';
comment on column app_public.audit_checkpoint.hash is 'What the chain had come to with it, in hex.';
comment on column app_public.audit_checkpoint.signed_at is 'When it was signed.';
comment on column app_public.audit_checkpoint.public_key is 'The key that signed it, base64url.';
comment on column app_public.audit_checkpoint.signature is 'Of `trumpet audit log`, the number, the hash and the time, each in a line of its own, base64url.';

create type app_public.compliance_export as (
  id uuid,
  status app_public.data_export_status,
  reason text,
  requested_by uuid,
  user_ids uuid[],
  room_ids uuid[],
  word text,
  since timestamptz,
  until timestamptz,
  message_count bigint,
  rooms_done integer,
  rooms_total integer,
  byte_size bigint,
  digest text,
  requested_at timestamptz,
  finished_at timestamptz,
  expires_at timestamptz,
  url text
);
comment on type app_public.compliance_export is 'A file with messages for whoever has to answer for them.';
comment on column app_public.compliance_export.id is 'Stays the same for ever.';
comment on column app_public.compliance_export.status is 'PENDING until the file is there. FAILED: ask again.';
comment on column app_public.compliance_export.reason is 'Why it was asked for.';
comment on column app_public.compliance_export.requested_by is 'Which auditor asked for it.';
comment on column app_public.compliance_export.user_ids is 'By whom the messages are. Null: by anyone.';
comment on column app_public.compliance_export.room_ids is 'In which rooms they are. Null: in all.';
comment on column app_public.compliance_export.word is 'What they say, whatever its case. Null: anything.';
comment on column app_public.compliance_export.since is 'From when on they were sent. Null: from the beginning.';
comment on column app_public.compliance_export.until is 'Before when they were sent. Null: to the end.';
comment on column app_public.compliance_export.message_count is 'How many messages are in it, as far as it is.';
comment on column app_public.compliance_export.rooms_done is 'How many rooms have been gone through.';
comment on column app_public.compliance_export.rooms_total is 'How many rooms there are to go through; 0 before it begins.';
comment on column app_public.compliance_export.byte_size is 'How large the file is, as far as it is.';
comment on column app_public.compliance_export.digest is 'SHA-256 of the hashes of its parts, which the last line of the file lists; in the audit log as well. Null until READY.';
comment on column app_public.compliance_export.requested_at is 'When it was asked for.';
comment on column app_public.compliance_export.finished_at is 'When the file was there.';
comment on column app_public.compliance_export.expires_at is 'When the file is deleted.';
comment on column app_public.compliance_export.url is 'The path of the file, relative to this server. Everybody who has it can download the file: keep it secret. For the auditor who asked for it; null until READY.';

--! Included functions/audit/is_auditor.sql

--! EndIncluded functions/audit/is_auditor.sql

--! Included functions/audit/require_auditor.sql

--! EndIncluded functions/audit/require_auditor.sql

--! Included functions/audit/audit_log.sql

--! EndIncluded functions/audit/audit_log.sql

--! Included functions/audit/audit_checkpoint.sql

--! EndIncluded functions/audit/audit_checkpoint.sql

--! Included functions/audit/compliance_export_of.sql

--! EndIncluded functions/audit/compliance_export_of.sql

--! Included functions/audit/compliance_exports.sql

--! EndIncluded functions/audit/compliance_exports.sql

--! Included functions/audit/request_compliance_export.sql

--! EndIncluded functions/audit/request_compliance_export.sql

--! Included functions/audit/next_compliance_room.sql

--! EndIncluded functions/audit/next_compliance_room.sql

--! Included functions/audit/compliance_batch.sql

--! EndIncluded functions/audit/compliance_batch.sql

--! Included functions/audit/read_compliance_export.sql

--! EndIncluded functions/audit/read_compliance_export.sql

--! Included functions/audit/expire_compliance_exports.sql

--! EndIncluded functions/audit/expire_compliance_exports.sql

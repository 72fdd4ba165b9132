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
  'command', 'group', 'group_member', 'hold', 'export', 'setting', 'auditor', 'audit'
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

/* What a key outside signed of the chain: see src/audit/checkpoints.ts. */
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

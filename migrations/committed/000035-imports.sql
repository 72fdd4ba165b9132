--! Previous: x
--! Hash: x

/*
 * What is brought in from elsewhere, in bulk: npm run import.
 *
 * What each thing is called in its source is kept for good. So an import may be run again, as often as one likes, with a
 * newer export of the same source as well: what is known stays as it is, and does not come back once it was deleted here.
 */
create table app_private.imports (
  id integer primary key generated always as identity,
  source text not null,
  began_at timestamptz not null default now(),
  workspace_id uuid not null default app_hidden.current_workspace_id() references app_private.workspaces,
  constraint imports_source_is_unique unique (source, workspace_id),
  constraint imports_source_length check (char_length(source) between 1 and 200)
);
comment on table app_private.imports is 'Where messages were brought in from, such as `slack T0123`.';
alter table app_private.imports enable row level security;
create index imports_workspace_id on app_private.imports (workspace_id);

create table app_private.imported_ids (
  import_id integer not null,
  kind text not null,
  source_id text not null,
  id uuid not null,
  primary key (import_id, kind, source_id),
  constraint imported_ids_kind_is_known check (kind in ('person', 'room', 'member', 'message', 'file'))
);
comment on table app_private.imported_ids is
  'What became of each person, room, member, message and file of a source. Not foreign keys: what was deleted here stays deleted.';
alter table app_private.imported_ids enable row level security;

create type app_private.import_progress as (
  read_count bigint,
  written_count bigint,
  moved_count bigint,
  orphan_count bigint,
  erased_count bigint,
  last_sent_at timestamptz,
  last_position bigint
);
comment on type app_private.import_progress is
  'How far import_batch came: messages that were staged, new, later than they were sent, answers to nothing that is there, by accounts that were deleted.';

--! Included functions/imports/begin_import.sql

--! EndIncluded functions/imports/begin_import.sql

--! Included functions/imports/find_account.sql

--! EndIncluded functions/imports/find_account.sql

--! Included functions/imports/import_person.sql

--! EndIncluded functions/imports/import_person.sql

--! Included functions/imports/import_room.sql

--! EndIncluded functions/imports/import_room.sql

--! Included functions/imports/import_batch.sql

--! EndIncluded functions/imports/import_batch.sql

--! Included functions/imports/import_file.sql

--! EndIncluded functions/imports/import_file.sql

--! Included functions/imports/import_line.sql

--! EndIncluded functions/imports/import_line.sql

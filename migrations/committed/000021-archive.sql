--! Previous: x
--! Hash: x

/*
 * The archive: months of messages that were taken out of app_public.messages, whole.
 *
 * A month that is archived costs the living ones nothing any more. It stays readable, through one function; it can be
 * written to a compressed file, dropped, and brought back. What hangs on its messages (reactions, edits, …) stays in
 * its tables until the month is dropped, and is in the file as well.
 *
 * The worker moves months, outside transactions: see src/database/months/partitions.ts. Nothing is logged for rooms: a
 * client pages to the end of the history sooner, and finds the rest in `archivedMessages`.
 */
create schema app_archive;
comment on schema app_archive is 'Months of messages that were detached. No API role has any right here.';
grant usage on schema app_archive to trumpet_admin;

create table app_private.archived_months (
  month date primary key,
  message_count bigint,
  archived_at timestamptz not null default now(),
  file_name text,
  file_bytes bigint,
  file_sha256 text,
  exported_at timestamptz,
  dropped_at timestamptz,
  constraint archived_months_is_the_first_of_a_month check (month = date_trunc('month', month)),
  constraint archived_months_export_is_described check (
    num_nulls(file_name, file_bytes, file_sha256, exported_at) in (0, 4)),
  constraint archived_months_are_dropped_only_when_exported check (dropped_at is null or exported_at is not null)
);
comment on table app_private.archived_months is 'The months that are not in app_public.messages, and where they are instead.';
comment on column app_private.archived_months.file_name is 'The file it was written to, in the folder `archive` of DATA_DIR.';
comment on column app_private.archived_months.dropped_at is 'When its table was dropped: from then on the file is all there is.';
alter table app_private.archived_months enable row level security;

/* What is unread is counted by places, so the inbox has to know whose are in the archive. */
create table app_private.archived_rooms (
  room_id uuid not null references app_public.rooms on delete cascade,
  month date not null references app_private.archived_months on delete cascade,
  first_seq bigint not null,
  last_seq bigint not null,
  primary key (room_id, month)
);
comment on table app_private.archived_rooms is 'Which places of a room are in which month of the archive.';
alter table app_private.archived_rooms enable row level security;
/* Restoring and deleting a month. */
create index archived_rooms_month on app_private.archived_rooms (month);

--! Included functions/archive/month_table.sql

--! EndIncluded functions/archive/month_table.sql

--! Included functions/archive/message_tables.sql

--! EndIncluded functions/archive/message_tables.sql

--! Included functions/archive/tg_rooms__delete_messages.sql

--! EndIncluded functions/archive/tg_rooms__delete_messages.sql

create trigger _300_delete_messages before delete on app_public.rooms
  for each row execute function app_private.tg_rooms__delete_messages();

create table app_private.archived_reply_counts (
  parent_id uuid primary key,
  change bigint not null
);
comment on table app_private.archived_reply_counts is
  'What has come to the number of answers of messages since they were archived. Not foreign keys: a message may be in a file only.';
alter table app_private.archived_reply_counts enable row level security;

--! Included functions/archive/is_archived.sql

--! EndIncluded functions/archive/is_archived.sql

--! Included functions/archive/count_replies.sql

--! EndIncluded functions/archive/count_replies.sql

--! Included functions/disappearing/has_disappearing.sql

--! EndIncluded functions/disappearing/has_disappearing.sql

--! Included functions/archive/archivable_months.sql

--! EndIncluded functions/archive/archivable_months.sql

--! Included functions/archive/note_archived.sql

--! EndIncluded functions/archive/note_archived.sql

--! Included functions/archive/archived_messages.sql

--! EndIncluded functions/archive/archived_messages.sql

--! Included functions/archive/stored_columns.sql

--! EndIncluded functions/archive/stored_columns.sql

--! Included functions/archive/archive_lines.sql

--! EndIncluded functions/archive/archive_lines.sql

--! Included functions/archive/begin_restore.sql

--! EndIncluded functions/archive/begin_restore.sql

--! Included functions/archive/restore_lines.sql

--! EndIncluded functions/archive/restore_lines.sql

--! Included functions/archive/attach_month.sql

--! EndIncluded functions/archive/attach_month.sql

--! Included functions/archive/restore_month.sql

--! EndIncluded functions/archive/restore_month.sql

--! Included functions/archive/index_month.sql

--! EndIncluded functions/archive/index_month.sql

--! Included functions/archive/settle_reply_counts.sql

--! EndIncluded functions/archive/settle_reply_counts.sql

--! Included functions/archive/drop_archived_month.sql

--! EndIncluded functions/archive/drop_archived_month.sql

--! Included functions/archive/expired_archives.sql

--! EndIncluded functions/archive/expired_archives.sql

--! Included functions/archive/drop_expired_archive.sql

--! EndIncluded functions/archive/drop_expired_archive.sql

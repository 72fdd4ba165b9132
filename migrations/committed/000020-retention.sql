--! Previous: x
--! Hash: x

/*
 * How long things are kept.
 *
 * A room, or the whole installation, keeps its messages for ever or for a number of days. The worker deletes what is
 * past that, a few hundred messages a transaction, and drops a month's partition whole when nothing in it is to be
 * kept. A legal hold on a room or a person stops both.
 *
 * What a client sees: one change of kind `room` (RoomChangedEvent) for each room and run, and `room.historyStartSeq`.
 * A row in the log for every message deleted would be read by everyone who resumes, to learn of things they do not
 * have; the numbers of what is left do not change.
 */
create table app_private.lifecycle_settings (
  only_row boolean primary key default true,
  retention_days integer not null default 0,
  change_log_days integer not null default 90,
  archive_after_months integer not null default 0,
  constraint lifecycle_settings_is_one_row check (only_row),
  constraint lifecycle_settings_retention_days_range check (retention_days between 0 and 36500),
  constraint lifecycle_settings_change_log_days_range check (change_log_days between 1 and 36500),
  constraint lifecycle_settings_archive_after_months_range check (archive_after_months = 0 or archive_after_months between 2 and 1200)
);
comment on table app_private.lifecycle_settings is 'What holds for the whole installation: one row, changed by the administrator.';
comment on column app_private.lifecycle_settings.retention_days is
  'For how many days messages are kept in rooms that do not say otherwise. 0: for ever.';
comment on column app_private.lifecycle_settings.change_log_days is
  'For how many days a client can resume, and may send a message again under its nonce. The log is dropped by whole months, so it reaches back up to a month more.';
comment on column app_private.lifecycle_settings.archive_after_months is
  'After how many months a month of messages goes to the archive. 0: never by itself.';
alter table app_private.lifecycle_settings enable row level security;
insert into app_private.lifecycle_settings default values;

/*
 * A nonce keeps a message from being sent twice by who has not heard that it was sent. Who was away so long that the log
 * does not reach back to there fetches anew, so nonces are kept as long as the log, though their message goes before. For ever they would
 * be a quarter of all that a message takes, in an index of random keys.
 */
create table app_private.nonces_kept (
  only_row boolean primary key default true,
  since timestamptz not null default now(),
  constraint nonces_kept_is_one_row check (only_row)
);
comment on table app_private.nonces_kept is 'One row: nonces of what was sent before are forgotten.';
alter table app_private.nonces_kept enable row level security;
insert into app_private.nonces_kept default values;

--! Included functions/retention/forget_nonces.sql

--! EndIncluded functions/retention/forget_nonces.sql

/*
 * A hold keeps what it names from being deleted by retention and by the deletion of an account. It does not keep people
 * from deleting their own messages: what those said stays in message_deletions, which a hold keeps as well.
 */
create table app_private.legal_holds (
  id uuid primary key default uuidv7(),
  room_id uuid references app_public.rooms,
  -- Goes with the account, which goes only when it is not on hold.
  user_id uuid references app_public.users on delete cascade,
  reason text not null,
  created_by text not null default session_user,
  created_at timestamptz not null default now(),
  released_at timestamptz,
  constraint legal_holds_name_a_room_or_a_person check (num_nonnulls(room_id, user_id) = 1),
  constraint legal_holds_reason_is_given check (char_length(btrim(reason)) between 1 and 2000)
);
comment on table app_private.legal_holds is 'What must not be deleted, and why. A hold counts until it is released.';
alter table app_private.legal_holds enable row level security;
create index legal_holds_room_id on app_private.legal_holds (room_id) where released_at is null;
create index legal_holds_user_id on app_private.legal_holds (user_id) where released_at is null;

--! Included functions/retention/user_ids_on_hold.sql

--! EndIncluded functions/retention/user_ids_on_hold.sql

--! Included functions/retention/is_room_held.sql

--! EndIncluded functions/retention/is_room_held.sql

--! Included functions/retention/room_ids_on_hold.sql

--! EndIncluded functions/retention/room_ids_on_hold.sql

--! Included functions/retention/retention_cutoff.sql

--! EndIncluded functions/retention/retention_cutoff.sql

--! Included functions/retention/set_room_retention.sql

--! EndIncluded functions/retention/set_room_retention.sql

--! Included functions/retention/rooms_history_start_seq.sql

--! EndIncluded functions/retention/rooms_history_start_seq.sql

--! Included functions/retention/message_child_tables.sql

--! EndIncluded functions/retention/message_child_tables.sql

--! Included functions/retention/delete_messages.sql

--! EndIncluded functions/retention/delete_messages.sql

--! Included functions/retention/release_expired_uploads.sql

--! EndIncluded functions/retention/release_expired_uploads.sql

--! Included functions/retention/rooms_past_retention.sql

--! EndIncluded functions/retention/rooms_past_retention.sql

--! Included functions/retention/delete_expired_messages.sql

--! EndIncluded functions/retention/delete_expired_messages.sql

--! Included functions/retention/note_history_start.sql

--! EndIncluded functions/retention/note_history_start.sql

/*
 * Months, whole.
 *
 * Detaching a partition concurrently blocks nobody, but takes a statement of its own outside a transaction: the worker
 * does it (src/database/months/partitions.ts), and what it is about to do stands in a table, so that a crash between two
 * steps is finished and not forgotten.
 */
create view app_private.month_partitions as
  select
    parent.oid::regclass as parent,
    partition.oid::regclass as partition,
    to_date(right(partition.relname, 7), 'YYYY_MM') as month,
    pg_inherits.inhdetachpending as is_detaching
  from pg_inherits
  join pg_class as parent on parent.oid = pg_inherits.inhparent
  join pg_class as partition on partition.oid = pg_inherits.inhrelid
  where parent.relkind = 'p'
    and parent.relnamespace in ('app_public'::regnamespace, 'app_private'::regnamespace)
    and partition.relname ~ '_\d{4}_\d{2}$';
comment on view app_private.month_partitions is 'The months that are attached, of every table that is partitioned by them.';

create table app_private.partition_moves (
  parent text not null,
  month date not null,
  destination text not null,
  started_at timestamptz not null default now(),
  failures integer not null default 0,
  last_error text,
  primary key (parent, month),
  constraint partition_moves_month_begins check (extract(day from month) = 1),
  constraint partition_moves_destination_is_known check (destination in ('drop', 'archive'))
);
comment on table app_private.partition_moves is 'The months that are being taken out of their table, until they are where they should be.';
comment on column app_private.partition_moves.failures is 'How often it was tried in vain. Others are moved all the same.';
comment on column app_private.partition_moves.last_error is 'Why it failed when it was last tried. Goes with the move.';
alter table app_private.partition_moves enable row level security;

--! Included functions/retention/rooms_of_month.sql

--! EndIncluded functions/retention/rooms_of_month.sql

--! Included functions/retention/is_month_expired.sql

--! EndIncluded functions/retention/is_month_expired.sql

--! Included functions/retention/expired_months.sql

--! EndIncluded functions/retention/expired_months.sql

--! Included functions/retention/delete_month_children.sql

--! EndIncluded functions/retention/delete_month_children.sql

--! Included functions/retention/needless_search_months.sql

--! EndIncluded functions/retention/needless_search_months.sql

/*
 * The log. Its old months are dropped; whoever asks for changes from before is told to start anew (RESYNC). For a room
 * that shows in the rows: the first one behind `after` is not `after + 1`, or there is none although the head is
 * further. For a stream over many rooms, which resumes from a transaction, the highest transaction dropped is kept.
 */
create table app_private.change_log_floor (
  only_row boolean primary key default true,
  xid xid8 not null default '0',
  constraint change_log_floor_is_one_row check (only_row)
);
comment on table app_private.change_log_floor is 'Up to which transaction the log may lack changes.';
alter table app_private.change_log_floor enable row level security;
insert into app_private.change_log_floor default values;

--! Included functions/retention/nonces_needed_since.sql

--! EndIncluded functions/retention/nonces_needed_since.sql

--! Included functions/retention/expired_log_months.sql

--! EndIncluded functions/retention/expired_log_months.sql

--! Included functions/retention/raise_change_log_floor.sql

--! EndIncluded functions/retention/raise_change_log_floor.sql

--! Included functions/retention/oldest_resumable_xid.sql

--! EndIncluded functions/retention/oldest_resumable_xid.sql

--! Previous: x
--! Hash: x

/*
 * A room is a log.
 *
 * Every durable change of a room takes the next number of that room and appends one row here, in the same
 * transaction. The counter is one narrow row a room, locked until commit: numbers have no gap, and their order is the
 * order of the commits. Resuming is then `change_seq > n`, unread is a subtraction, and a client that gets 7 after 5
 * knows that it missed something.
 *
 * The rows are written by triggers, so that a change made by hand at psql is delivered like any other.
 *
 * Locking: whoever changes more than one row of a room takes the room's head first (lock_room). One rule, no deadlock.
 */
create table app_private.room_heads (
  room_id uuid primary key references app_public.rooms on delete cascade,
  last_change_seq bigint not null default 0,
  last_change_at timestamptz,
  first_message_seq bigint not null default 1,
  last_message_seq bigint not null default 0,
  last_message_id uuid,
  last_message_at timestamptz,
  member_count integer not null default 0,
  history_rewritten_at timestamptz,
  -- As the room has it: whoever numbers a message has this row in hand.
  disappear_after_seconds integer
/*
 * Every change of every room makes a dead row here, which the next one of the room clears away in passing, but not while
 * an old transaction may still see it. What that leaves is vacuumed after a fiftieth of the rooms and not after a fifth:
 * few pages are looked at, and pages stay so empty that no row has to move.
 */
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
comment on table app_private.room_heads is
  'The counters of each room. Low fillfactor and no index on what changes: every update is a HOT update.';
comment on column app_private.room_heads.last_change_seq is 'The number of the room''s last change.';
comment on column app_private.room_heads.last_change_at is
  'When that was: later than every change before it, whatever the clock is set to. See room_changes.occurred_at.';
comment on column app_private.room_heads.first_message_seq is
  'Messages with lower numbers are gone, apart from those on hold; what is gone is not unread.';
comment on column app_private.room_heads.last_message_seq is 'The number of the room''s last message.';
comment on column app_private.room_heads.last_message_id is 'The last message, deleted ones included: the inbox shows it.';
comment on column app_private.room_heads.last_message_at is 'When it was sent: the inbox is sorted by it.';
comment on column app_private.room_heads.history_rewritten_at is 'When messages were last erased in bulk.';
alter table app_private.room_heads enable row level security;

--! Included functions/log/room_key.sql

--! EndIncluded functions/log/room_key.sql

--! Included functions/log/keeps_change.sql

--! EndIncluded functions/log/keeps_change.sql

create table app_private.room_changes (
  room_id uuid not null,
  change_seq bigint not null,
  kind text not null,
  op text not null,
  message_id uuid,
  user_id uuid,
  emoji text,
  role text,
  last_read_seq bigint,
  actor_id uuid,
  occurred_at timestamptz not null,
  xid xid8 not null default pg_current_xact_id(),
  -- One check for both, because Postgres reads each anew in every statement that writes.
  constraint room_changes_kind_is_known check (app_private.keeps_change(kind, op)),
  constraint room_changes_op_is_known check (op in ('insert', 'update', 'delete')) not enforced
) partition by range (occurred_at);
comment on table app_private.room_changes is
  'Every durable change of every room, in the order of their commits. Partitioned by month, so that old ones are dropped and not deleted.';
comment on column app_private.room_changes.change_seq is '1, 2, 3 … in each room, with no gap.';
comment on column app_private.room_changes.actor_id is 'Who did it; null for a change made at psql or by the worker.';
comment on column app_private.room_changes.occurred_at is
  'Taken while the room''s head was locked, so it rises with change_seq; where the clock was set back, by a random step. With change_seq it names a change that no other history of the database has: see src/realtime/log/place.ts.';
comment on column app_private.room_changes.xid is
  'The transaction. A stream over many rooms resumes from a transaction horizon: see docs/architecture.md.';
alter table app_private.room_changes enable row level security;
/*
 * Resuming, and whatever else reads on in one room. Not unique: that no number is given twice is what the lock of the
 * room's head is for, and a unique index of a partitioned table could not promise more than a moment's.
 */
create index room_changes_room on app_private.room_changes (app_private.room_key(room_id), change_seq);
/* Resuming userEvents: the rooms that a person joined or left since a transaction horizon. */
create index room_changes_members on app_private.room_changes (user_id, xid) where kind = 'member';
/* The sweep: rooms that may have been unarchived since a transaction horizon. */
create index room_changes_rooms on app_private.room_changes (xid) where kind = 'room';

/*
 * A stream over many rooms resumes from a transaction id. That says where only as long as the ids go on as they were.
 * After a crash some are given again, after a restore many, and in another cluster they begin anew. So it is noted when
 * the database began to run, and with which id: a cursor that is from before goes back to there.
 */
create table app_private.database_runs (
  id bigint primary key default random(1, 9223372036854775807),
  number integer not null unique,
  cluster bigint not null,
  database oid not null,
  started_at timestamptz not null,
  first_xid xid8 not null,
  xid_offset bigint not null
);
comment on table app_private.database_runs is
  'Each time Postgres was started, or the database restored. The last row is the run that it is in, once a server has come.';
comment on column app_private.database_runs.id is 'Random: no other history of the database has it.';
comment on column app_private.database_runs.number is '1, 2, 3 … in the order in which they began.';
comment on column app_private.database_runs.cluster is 'The system identifier of the cluster, which initdb makes.';
comment on column app_private.database_runs.database is 'The oid of the database: a restored one has another.';
comment on column app_private.database_runs.started_at is 'When Postgres was started; a standby that is promoted was started as one.';
comment on column app_private.database_runs.first_xid is
  'Everything that was committed in this run has this transaction id or a higher one, as the log counts them.';
comment on column app_private.database_runs.xid_offset is
  'What the log adds to the transaction ids of this cluster, so that they are above those of the cluster before.';
alter table app_private.database_runs enable row level security;

--! Included functions/log/current_run.sql

--! EndIncluded functions/log/current_run.sql
--! Included functions/log/horizon.sql

--! EndIncluded functions/log/horizon.sql

--! Included functions/log/begin_run.sql

--! EndIncluded functions/log/begin_run.sql

--! Included functions/log/make_month_partition.sql

--! EndIncluded functions/log/make_month_partition.sql

--! Included functions/log/make_partitions.sql

--! EndIncluded functions/log/make_partitions.sql

--! Included functions/log/make_missing_month.sql

--! EndIncluded functions/log/make_missing_month.sql

select app_private.make_partitions();

--! Included functions/log/lock_room.sql

--! EndIncluded functions/log/lock_room.sql

--! Included functions/log/next_moment.sql

--! EndIncluded functions/log/next_moment.sql

--! Included functions/log/append_change.sql

--! EndIncluded functions/log/append_change.sql

--! Included functions/log/is_import_in_bulk.sql

--! EndIncluded functions/log/is_import_in_bulk.sql

--! Included functions/log/begin_bulk.sql

--! EndIncluded functions/log/begin_bulk.sql

--! Included functions/log/end_bulk.sql

--! EndIncluded functions/log/end_bulk.sql

--! Included functions/log/log_change.sql

--! EndIncluded functions/log/log_change.sql

--! Included functions/log/tg_rooms__log_change.sql

--! EndIncluded functions/log/tg_rooms__log_change.sql

create trigger _500_log_insert after insert on app_public.rooms
  for each row execute function app_private.tg_rooms__log_change();
create trigger _500_log_update after update on app_public.rooms
  for each row when (old is distinct from new) execute function app_private.tg_rooms__log_change();

--! Included functions/log/tg_room_members__log_change.sql

--! EndIncluded functions/log/tg_room_members__log_change.sql

create trigger _100_refuse_truncate before truncate on app_public.room_members
  for each statement execute function app_private.tg_any__refuse_truncate();
create trigger _100_keep_key before update of room_id, user_id on app_public.room_members
  for each row when (old.room_id <> new.room_id or old.user_id <> new.user_id)
  execute function app_private.tg_any__keep_key();
create trigger _500_log_change after insert or delete on app_public.room_members
  for each row execute function app_private.tg_room_members__log_change();
create trigger _500_log_update after update on app_public.room_members
  for each row when (
    old.role is distinct from new.role
    or old.muted_until is distinct from new.muted_until
    or old.last_read_seq is distinct from new.last_read_seq
  ) execute function app_private.tg_room_members__log_change();

--! Included functions/log/check_listeners.sql

--! EndIncluded functions/log/check_listeners.sql

--! Included functions/log/subscribe_to_room.sql

--! EndIncluded functions/log/subscribe_to_room.sql

--! Previous: sha1:8468563334fbe5cfcec29ac05b9daec7671b8e4c
--! Hash: sha1:c382dcdd3bafa9a03fd998d3868dae3cf0ed8bf1

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
/*
 * A B-tree that grows in the middle, at the end of each room, splits its pages in half and leaves them so, unless its keys
 * are no longer than two bigint: then it keeps them full. With the room as a uuid a row took 87 bytes of the index, with
 * this it takes 32.
 */
create or replace function app_private.room_key(room_id uuid) returns bigint
language sql immutable security invoker parallel safe
return uuid_hash_extended(room_id, 0);
comment on function app_private.room_key(uuid) is
  'What the log is looked up by, beside the room itself: half as long, as hash partitioning hashes it, which never changes.';
--! EndIncluded functions/log/room_key.sql

--! Included functions/log/keeps_change.sql
/* By statements, as keeps_message is. */
create or replace function app_private.keeps_change(kind text, op text) returns boolean
language plpgsql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if kind not in ('message', 'reaction', 'member', 'receipt', 'delivery', 'thread_receipt', 'room') then
    return app_private.keeps('room_changes_kind_is_known');
  end if;
  if op not in ('insert', 'update', 'delete') then
    return app_private.keeps('room_changes_op_is_known');
  end if;
  return true;
end
$$;
comment on function app_private.keeps_change(text, text) is
  'Whether a row of the log is of a known kind; refused by the name of the constraint that it breaks, without the row.';
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
comment on column app_private.room_changes.last_read_seq is
  'Of a receipt, up to where was read. Of a message that is gone, its number; of a member who sees more of the history, from where.';
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
create or replace function app_private.current_run() returns app_private.database_runs
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select database_runs.* from app_private.database_runs, pg_control_system()
    where database_runs.number = (select max(number) from app_private.database_runs)
      and database_runs.cluster = system_identifier
      and database_runs.database = (select oid from pg_database where datname = current_database())
      and database_runs.started_at = pg_postmaster_start_time();
$$;
comment on function app_private.current_run() is
  'The run that the database is in; null until begin_run has been called in it.';
--! EndIncluded functions/log/current_run.sql
--! Included functions/log/horizon.sql
create or replace function app_private.horizon(xid_offset bigint) returns xid8
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select (pg_snapshot_xmin(pg_current_snapshot())::text::bigint + horizon.xid_offset)::text::xid8;
$$;
comment on function app_private.horizon(bigint) is
  'Every transaction with a lower id than this has ended. Counted as the log counts them in a run with this offset.';
--! EndIncluded functions/log/horizon.sql

--! Included functions/log/begin_run.sql
/*
 * In another cluster than the one that the log was written in, transaction ids begin anew. There the new ones are
 * raised above all that a cursor may have: by 2^32 more than anything that is written down. Rows that were already
 * written here, before this was called, are those whose own transaction is the one that they name.
 */
create or replace function app_private.begin_run() returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_cluster bigint := (select system_identifier from pg_control_system());
  v_last app_private.database_runs;
  v_offset bigint;
begin
  perform pg_advisory_xact_lock(hashtext('app_private.begin_run'));
  if app_private.current_run() is not null then
    return;
  end if;
  select * into v_last from app_private.database_runs order by number desc limit 1;
  v_offset := coalesce(v_last.xid_offset, 0);
  if v_last.cluster <> v_cluster then
    v_offset := 4294967296 + greatest(
      (select max(first_xid) from app_private.database_runs)::text::bigint,
      (select max(xid) from app_private.room_changes)::text::bigint);
    update app_private.room_changes set xid = (xid::text::bigint + v_offset)::text::xid8
      where xmin::text::bigint = mod(xid::text::bigint, 4294967296);
    execute format(
      'alter table only app_private.room_changes
        alter column xid set default ((pg_current_xact_id()::text::bigint + %s)::text::xid8)',
      v_offset);
  end if;
  insert into app_private.database_runs (number, cluster, database, started_at, first_xid, xid_offset)
    values (
      coalesce(v_last.number, 0) + 1, v_cluster,
      (select oid from pg_database where datname = current_database()), pg_postmaster_start_time(),
      app_private.horizon(v_offset), v_offset);
end
$$;
comment on function app_private.begin_run() is
  'Notes that Postgres has been started, or the database restored, unless that is noted already. Servers call it.';
--! EndIncluded functions/log/begin_run.sql

--! Included functions/log/make_month_partition.sql
/*
 * Partitions are months. There is no default partition: it would have to be scanned, and locked, whenever a month is
 * attached or detached. Half a year is made ahead instead, at every migration and by the worker every day.
 */
create or replace function app_private.make_month_partition(parent regclass, month date) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_from timestamptz := app_private.month_start(make_month_partition.month);
  v_to timestamptz := app_private.month_end(make_month_partition.month);
  v_table text := (select relname from pg_class where oid = parent);
  v_name text := v_table || to_char(make_month_partition.month, '"_"YYYY"_"MM');
  v_by_id boolean := (select atttypid = 'uuid'::regtype from pg_attribute, pg_partitioned_table
    where partrelid = parent and attrelid = parent and attnum = partattrs[0]);
begin
  if to_regclass(format('app_private.%I', v_name)) is not null then
    return false;
  end if;
  -- `partition of` would lock out everyone who sends until it is committed; attaching an empty table does not.
  execute format('create table app_private.%I (like %s including all)', v_name, parent);
  execute format(
    'alter table %s attach partition app_private.%I for values from (%L) to (%L)',
    parent, v_name,
    case when v_by_id then app_private.uuidv7_floor(v_from)::text else v_from::text end,
    case when v_by_id then app_private.uuidv7_floor(v_to)::text else v_to::text end);
  execute format('alter table app_private.%I enable row level security', v_name);
  execute format(
    'create trigger _100_refuse_truncate before truncate on app_private.%I
      for each statement execute function app_private.tg_any__refuse_truncate()', v_name);
  execute format('comment on table app_private.%I is %L', v_name, 'One month of ' || parent::text || '.');
  return true;
end
$$;
comment on function app_private.make_month_partition(regclass, date) is
  'Makes the partition of one month, unless it is there. True when it was made.';
--! EndIncluded functions/log/make_month_partition.sql

--! Included functions/log/make_partitions.sql
create or replace function app_private.make_partitions() returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_parent regclass;
  v_month date;
  v_made integer := 0;
begin
  -- Two nodes starting at once must not both find the same month missing.
  perform app_private.lock_until_commit('partitions');
  for v_parent in
    select partrelid from pg_partitioned_table
      join pg_class on pg_class.oid = partrelid
      where relnamespace in ('app_public'::regnamespace, 'app_private'::regnamespace)
  loop
    for v_month in
      select generate_series(
        app_private.this_month() - interval '1 month',
        app_private.this_month() + interval '6 months',
        interval '1 month')::date
    loop
      if app_private.make_month_partition(v_parent, v_month) then
        v_made := v_made + 1;
      end if;
    end loop;
  end loop;
  return v_made;
end
$$;
comment on function app_private.make_partitions() is
  'Makes the partitions of last month, this one and the next six. The worker calls it every day.';
--! EndIncluded functions/log/make_partitions.sql

--! Included functions/log/make_missing_month.sql
create or replace function app_private.make_missing_month() returns integer
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select app_private.make_partitions()
    where exists (
      select from pg_partitioned_table
        join pg_class on pg_class.oid = partrelid
        where relnamespace in ('app_public'::regnamespace, 'app_private'::regnamespace)
          and to_regclass(format('app_private.%I', relname || to_char(now() at time zone 'UTC', '"_"YYYY"_"MM'))) is null);
$$;
comment on function app_private.make_missing_month() is
  'Makes partitions when this month is missing, as it is when the clock has been set by more than half a year. The worker calls it every minute.';
--! EndIncluded functions/log/make_missing_month.sql

select app_private.make_partitions();

--! Included functions/log/lock_room.sql
create or replace function app_private.lock_room(room_id uuid) returns app_private.room_heads
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select room_heads.* from app_private.room_heads
    where room_heads.room_id = lock_room.room_id for no key update;
$$;
comment on function app_private.lock_room(uuid) is
  'Locks a room''s head until commit. Whoever changes more than one row of a room calls it before the first.';
--! EndIncluded functions/log/lock_room.sql

--! Included functions/log/next_moment.sql
/*
 * Clocks are set back, and a moment that is read before a lock is had is older than what others write meanwhile.
 * Where the clock is behind, the step is random: number and moment name a change that no other history has.
 */
create or replace function app_private.next_moment(last_change_at timestamptz) returns timestamptz
language sql volatile security invoker
return greatest(last_change_at + random(1, 1000) * interval '1 microsecond', clock_timestamp());
comment on function app_private.next_moment(timestamptz) is
  'The moment of the next change of a room: now, but later than that of the last, whatever the clock says. Taken in the update of the room''s head.';
--! EndIncluded functions/log/next_moment.sql

--! Included functions/log/append_change.sql
create or replace function app_private.append_change(
  room_id uuid, change_seq bigint, occurred_at timestamptz, kind text, op text,
  message_id uuid default null, user_id uuid default null, emoji text default null,
  role text default null, last_read_seq bigint default null
) returns void
language plpgsql volatile security invoker
as $$
begin
  insert into app_private.room_changes (
    room_id, change_seq, kind, op, message_id, user_id, emoji, role, last_read_seq, actor_id, occurred_at
  ) values (
    append_change.room_id, append_change.change_seq, append_change.kind, append_change.op, append_change.message_id,
    append_change.user_id, append_change.emoji, append_change.role, append_change.last_read_seq,
    app_hidden.current_user_id(), append_change.occurred_at
  );
  perform app_private.ring('c:' || append_change.room_id);
end
$$;
comment on function app_private.append_change(uuid, bigint, timestamptz, text, text, uuid, uuid, text, text, bigint) is
  'Appends one row to the log under a number and a moment already taken, and rings the bell.';
--! EndIncluded functions/log/append_change.sql

--! Included functions/log/is_import_in_bulk.sql
create or replace function app_private.is_import_in_bulk() returns boolean
language sql stable security invoker parallel safe
return coalesce(current_setting('trumpet.import', true), '') = 'bulk';
comment on function app_private.is_import_in_bulk() is
  'Whether import_batch writes at this moment, which numbers and counts for itself. Asked by triggers, and inlined there.';
--! EndIncluded functions/log/is_import_in_bulk.sql

--! Included functions/log/begin_bulk.sql
/*
 * Work in bulk says so in its transaction, and log_change keeps still. Whoever does it logs the change of the room
 * afterwards.
 */
create or replace function app_private.begin_bulk() returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select set_config('trumpet.bulk', 'on', true);
$$;
comment on function app_private.begin_bulk() is
  'Until end_bulk or the end of the transaction, changes of messages and reactions write nothing to the log.';
--! EndIncluded functions/log/begin_bulk.sql

--! Included functions/log/end_bulk.sql
create or replace function app_private.end_bulk() returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select set_config('trumpet.bulk', 'off', true);
$$;
comment on function app_private.end_bulk() is 'From here on, changes are logged again.';
--! EndIncluded functions/log/end_bulk.sql

--! Included functions/log/log_change.sql
create or replace function app_private.log_change(
  room_id uuid, kind text, op text,
  message_id uuid default null, user_id uuid default null, emoji text default null,
  role text default null, last_read_seq bigint default null
) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_head app_private.room_heads;
begin
  -- Work in bulk says once what became of a room: see begin_bulk.
  if current_setting('trumpet.bulk', true) = 'on' then
    return;
  end if;
  update app_private.room_heads set
    last_change_seq = last_change_seq + 1,
    last_change_at = app_private.next_moment(last_change_at)
    where room_heads.room_id = log_change.room_id
    returning * into v_head;
  -- No head: the room itself is being deleted, and its log with it.
  if v_head.room_id is not null then
    perform app_private.append_change(
      v_head.room_id, v_head.last_change_seq, v_head.last_change_at, log_change.kind, log_change.op, log_change.message_id,
      log_change.user_id, log_change.emoji, log_change.role, log_change.last_read_seq);
  end if;
end
$$;
comment on function app_private.log_change(uuid, text, text, uuid, uuid, text, text, bigint) is
  'Takes the room''s next number and appends one row to the log, but for work in bulk (setting `trumpet.bulk`).';
--! EndIncluded functions/log/log_change.sql

--! Included functions/log/tg_rooms__log_change.sql
create or replace function app_private.tg_rooms__log_change() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    insert into app_private.room_heads (room_id) values (new.id);
  end if;
  perform app_private.log_change(new.id, 'room', lower(tg_op));
  return null;
end
$$;
comment on function app_private.tg_rooms__log_change() is 'A new room gets its head; every change of its settings is logged.';
--! EndIncluded functions/log/tg_rooms__log_change.sql

create trigger _500_log_insert after insert on app_public.rooms
  for each row execute function app_private.tg_rooms__log_change();
create trigger _500_log_update after update on app_public.rooms
  for each row when (old is distinct from new) execute function app_private.tg_rooms__log_change();

--! Included functions/log/tg_room_members__log_change.sql
create or replace function app_private.tg_room_members__log_change() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_head app_private.room_heads;
  v_row app_public.room_members := case when tg_op = 'DELETE' then old else new end;
begin
  if tg_op = 'UPDATE' then
    if old.role is distinct from new.role or old.muted_until is distinct from new.muted_until then
      perform app_private.log_change(
        new.room_id, 'member', 'update', user_id => new.user_id, role => new.role::text);
    end if;
    if old.sees_from_seq is distinct from new.sees_from_seq then
      perform app_private.log_change(
        new.room_id, 'member', 'update', user_id => new.user_id, role => new.role::text,
        last_read_seq => coalesce(new.sees_from_seq, 1));
    end if;
    if old.last_read_seq is distinct from new.last_read_seq then
      perform app_private.log_change(
        new.room_id, 'receipt', 'update', user_id => new.user_id, last_read_seq => new.last_read_seq);
    end if;
    return null;
  end if;
  update app_private.room_heads set
    last_change_seq = last_change_seq + 1,
    last_change_at = app_private.next_moment(last_change_at),
    member_count = member_count + case when tg_op = 'INSERT' then 1 else -1 end
    where room_id = v_row.room_id
    returning * into v_head;
  if v_head.room_id is not null then
    perform app_private.append_change(
      v_row.room_id, v_head.last_change_seq, v_head.last_change_at, 'member', lower(tg_op),
      user_id => v_row.user_id, role => v_row.role::text);
  end if;
  return null;
end
$$;
comment on function app_private.tg_room_members__log_change() is
  'Logs who joins, leaves, changes role or reads on, and keeps the count of members.';
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
    or old.sees_from_seq is distinct from new.sees_from_seq
  ) execute function app_private.tg_room_members__log_change();

--! Included functions/log/check_listeners.sql
/*
 * Who may listen to a room: its members. Asked in batches by the server as the owner, and one by one by a viewer.
 */
create or replace function app_private.check_listeners(user_ids uuid[], room_ids uuid[])
returns table (user_id uuid, room_id uuid, head_change_seq bigint, head_changed_at timestamptz, sees_from_seq bigint, history_widened_at timestamptz)
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select room_members.user_id, room_members.room_id, room_heads.last_change_seq,
      room_heads.last_change_at, room_members.sees_from_seq, room_members.history_widened_at
    from unnest(check_listeners.user_ids, check_listeners.room_ids) as asked (user_id, room_id)
    join app_public.room_members on room_members.user_id = asked.user_id and room_members.room_id = asked.room_id
    join app_private.room_heads on room_heads.room_id = asked.room_id;
$$;
comment on function app_private.check_listeners(uuid[], uuid[]) is
  'Of pairs of a person and a room, those where the person may listen, and the room''s last change.';
--! EndIncluded functions/log/check_listeners.sql

--! Included functions/log/subscribe_to_room.sql
create or replace function app_hidden.subscribe_to_room(room_id uuid) returns bigint
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_head bigint := (
    select head_change_seq
      from app_private.check_listeners(array[app_private.require_user()], array[subscribe_to_room.room_id]));
begin
  if v_head is null then
    raise exception 'There is no such room.' using errcode = 'TR404';
  end if;
  return v_head;
end
$$;
comment on function app_hidden.subscribe_to_room(uuid) is
  'The number of the room''s last change, for a member who begins to listen; NOT_FOUND for anyone else.';
grant execute on function app_hidden.subscribe_to_room(uuid) to trumpet_user;
--! EndIncluded functions/log/subscribe_to_room.sql

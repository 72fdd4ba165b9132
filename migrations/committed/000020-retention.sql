--! Previous: sha1:0944dcfd22ff8ee7eb7ecfc22e5773836ac52cb8
--! Hash: sha1:587ec5f406cb1a11ddb4feb56a37ea6e1f75f644

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
/*
 * By the time of the message, for what is sent has its nonce from the same moment, and from the day on to which that was
 * done: what was brought in with an older time keeps its nonce, so that bringing it in again is the same as once.
 */
create or replace function app_private.forget_nonces(batch_size integer) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_until constant timestamptz := app_private.nonces_needed_since();
  v_since timestamptz;
begin
  select since into v_since from app_private.nonces_kept for no key update;
  delete from app_private.message_nonces
    where message_id = any (array(
      select oldest.message_id from app_private.message_nonces as oldest
        where oldest.message_id >= app_private.uuidv7_floor(v_since) and oldest.message_id < app_private.uuidv7_floor(v_until)
        order by oldest.message_id
        limit batch_size));
  if found then
    return true;
  end if;
  update app_private.nonces_kept set since = greatest(since, v_until);
  return false;
end
$$;
comment on function app_private.forget_nonces(integer) is
  'Forgets the nonces of messages that were sent so long ago that no client can resume from there, at most a batch. False when there were none.';
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
create or replace function app_private.user_ids_on_hold() returns setof uuid
language sql stable security invoker rows 5
set search_path = pg_catalog, pg_temp
as $$
  select user_id from app_private.legal_holds where user_id is not null and released_at is null;
$$;
comment on function app_private.user_ids_on_hold() is 'The people whose messages are on hold.';
--! EndIncluded functions/retention/user_ids_on_hold.sql

--! Included functions/retention/is_room_held.sql
create or replace function app_private.is_room_held(room_id uuid) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from app_private.legal_holds
      where legal_holds.room_id = is_room_held.room_id and released_at is null);
$$;
comment on function app_private.is_room_held(uuid) is 'Whether the room is on hold.';
--! EndIncluded functions/retention/is_room_held.sql

--! Included functions/retention/room_ids_on_hold.sql
create or replace function app_private.room_ids_on_hold() returns setof uuid
language sql stable security invoker rows 5
set search_path = pg_catalog, pg_temp
as $$
  select room_id from app_private.legal_holds where room_id is not null and released_at is null;
$$;
comment on function app_private.room_ids_on_hold() is 'The rooms that are on hold.';
--! EndIncluded functions/retention/room_ids_on_hold.sql

--! Included functions/retention/retention_cutoff.sql
create or replace function app_private.retention_cutoff(room_id uuid) returns timestamptz
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select now() - make_interval(days => coalesce(rooms.retention_days, lifecycle_settings.retention_days))
    from app_public.rooms cross join app_private.lifecycle_settings
    where rooms.id = retention_cutoff.room_id
      and coalesce(rooms.retention_days, lifecycle_settings.retention_days) > 0
      and not app_private.is_room_held(rooms.id);
$$;
comment on function app_private.retention_cutoff(uuid) is
  'Messages of the room from before are past their time. Null: nothing is.';
--! EndIncluded functions/retention/retention_cutoff.sql

--! Included functions/retention/set_room_retention.sql
create or replace function app_public.set_room_retention(room_id uuid, days integer default null) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room app_public.rooms;
begin
  perform app_private.limit_rate('room');
  perform app_private.lock_room_as(set_room_retention.room_id, 'set_retention');
  update app_public.rooms set retention_days = set_room_retention.days
    where rooms.id = set_room_retention.room_id
    returning * into v_room;
  return v_room;
end
$$;
comment on function app_public.set_room_retention(uuid, integer) is
  'Sets for how many days the messages of a room are kept: `0` for ever, without a value as the installation has it. Older messages are deleted within a day and cannot be restored. For the owner.';
grant execute on function app_public.set_room_retention(uuid, integer) to trumpet_user, trumpet_key;
--! EndIncluded functions/retention/set_room_retention.sql

--! Included functions/retention/rooms_history_start_seq.sql
create or replace function app_public.rooms_history_start_seq(room app_public.rooms) returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select greatest(first_message_seq, app_hidden.my_history_start(room.id)) from app_private.room_heads where room_heads.room_id = room.id and app_hidden.can_see_room(room.id);
$$;
comment on function app_public.rooms_history_start_seq(app_public.rooms) is
  'Where the history that you may see begins: messages with a lower `seq` were deleted by the room''s retention, or are from before what you see here (`viewerMembership.seesFromSeq`). Remove them from the client too when this number increases.';
grant execute on function app_public.rooms_history_start_seq(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/retention/rooms_history_start_seq.sql

--! Included functions/retention/message_child_tables.sql
/*
 * What hangs on messages, for everyone who has to take it along: deleting, archiving, restoring. A test finds tables
 * with a message_id that are not in this list. In PL/pgSQL, because some of them come in later chapters.
 */
create or replace function app_private.message_child_tables() returns setof regclass
language plpgsql stable security invoker rows 8
set search_path = pg_catalog, pg_temp
as $$
begin
  return query values
    ('app_public.message_reactions'::regclass),
    ('app_public.message_edits'::regclass),
    ('app_public.message_attachments'::regclass),
    ('app_public.link_previews'::regclass),
    ('app_public.poll_ballots'::regclass),
    ('app_private.message_sources'::regclass),
    ('app_private.message_links'::regclass),
    ('app_private.message_mentions'::regclass),
    ('app_private.message_group_mentions'::regclass),
    ('app_private.disappearing_messages'::regclass),
    ('app_private.message_nonces'::regclass),
    ('app_private.message_deletions'::regclass);
end
$$;
comment on function app_private.message_child_tables() is
  'The tables whose rows belong to a message, by a column message_id, and go with it.';
--! EndIncluded functions/retention/message_child_tables.sql

--! Included functions/retention/delete_messages.sql
create or replace function app_private.delete_messages(message_ids uuid[], found_in regclass default 'app_public.messages') returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids uuid[] := array(select given from unnest(message_ids) as given order by given);
  v_needed_since constant uuid := app_private.uuidv7_floor(app_private.nonces_needed_since());
  v_child regclass;
  v_parent record;
  v_count integer;
begin
  perform app_private.release_uploads(v_ids);
  perform app_private.forget_quoted(v_ids);
  -- A message outlives its answers where its author is on hold.
  for v_parent in execute format(
    'select message.parent_message_id as id, count(*) as replies from %s as message
      where message.id = any ($1) and message.parent_message_id <> all ($1)
        and message.deleted_at is null and message.held_at is null
      group by message.parent_message_id', found_in)
    using v_ids
  loop
    perform app_private.count_replies(v_parent.id, -v_parent.replies);
  end loop;
  for v_child in select app_private.message_child_tables() loop
    -- A message that is past its time comes not back because somebody, who was away, sends it again.
    execute format('delete from %s where message_id = any ($1) and message_id <= $2', v_child)
      using v_ids, case when v_child = 'app_private.message_nonces'::regclass then v_needed_since else v_ids[cardinality(v_ids)] end;
  end loop;
  -- The bounds leave one partition or two of all to look into: the array alone would not.
  execute format('delete from %s where id = any ($1) and id between $2 and $3', found_in)
    using v_ids, v_ids[1], v_ids[cardinality(v_ids)];
  get diagnostics v_count = row_count;
  delete from app_private.archived_reply_counts where parent_id = any (v_ids);
  delete from app_private.thread_followers where thread_id = any (v_ids);
  return v_count;
end
$$;
comment on function app_private.delete_messages(uuid[], regclass) is
  'Deletes messages and all that hangs on them. The caller holds the heads of their rooms.';
--! EndIncluded functions/retention/delete_messages.sql

--! Included functions/retention/release_expired_uploads.sql
create or replace function app_private.release_expired_uploads() returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_private.uploads set released_at = now(), filename = 'file'
    from app_public.rooms cross join lateral app_private.retention_cutoff(rooms.id) as cutoff
    where uploads.room_id = rooms.id
      and uploads.message_id < app_private.uuidv7_floor(cutoff)
      and uploads.released_at is null
      and uploads.uploader_id not in (select app_private.user_ids_on_hold());
  if found then
    perform app_private.schedule_removals();
  end if;
end
$$;
comment on function app_private.release_expired_uploads() is
  'Has the worker remove the files of messages past their time, also of those that are in the file of an archived month only.';
--! EndIncluded functions/retention/release_expired_uploads.sql

--! Included functions/retention/rooms_past_retention.sql
create or replace function app_private.rooms_past_retention() returns table (room_id uuid, found_in text)
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The archive first: it is older.
  for found_in in select tables.name from app_private.message_tables() as tables (name) order by tables.name like 'app_public.%', tables.name
  loop
    return query execute format(
      'select rooms.id, %1$L
        from app_public.rooms
        cross join lateral app_private.retention_cutoff(rooms.id) as cutoff
        where cutoff is not null
          and exists (
            select from %1$s as message
              where message.room_id = rooms.id
                and message.id < app_private.uuidv7_floor(cutoff)
                and message.author_id not in (select app_private.user_ids_on_hold()))', found_in);
  end loop;
  return query
    select rooms.id, 'app_public.messages'
      from app_public.rooms
      cross join lateral app_private.retention_cutoff(rooms.id) as cutoff
      where cutoff is not null
        and exists (
          select from app_private.message_deletions
            where message_deletions.room_id = rooms.id
              and message_deletions.message_id < app_private.uuidv7_floor(cutoff)
              and message_deletions.author_id not in (select app_private.user_ids_on_hold()));
end
$$;
comment on function app_private.rooms_past_retention() is
  'The rooms that have messages past their time, and where these are. Some come more than once.';
--! EndIncluded functions/retention/rooms_past_retention.sql

--! Included functions/retention/delete_expired_messages.sql
/*
 * What is to be deleted is looked for before the room's head is locked: the way there leads over index entries of what
 * the batches before have deleted, and those who send should not wait for that.
 */
create or replace function app_private.delete_expired_messages(
  room_id uuid, after_seq bigint, batch_size integer, found_in regclass default 'app_public.messages'
)
returns table (deleted_count integer, last_seq bigint)
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_cutoff timestamptz := app_private.retention_cutoff(delete_expired_messages.room_id);
  v_message_ids uuid[];
begin
  deleted_count := 0;
  -- The texts of what was held and never released: nothing else is left of it.
  delete from app_private.message_deletions
    where message_deletions.room_id = delete_expired_messages.room_id
      and message_deletions.message_id < app_private.uuidv7_floor(v_cutoff)
      and message_deletions.author_id not in (select app_private.user_ids_on_hold())
      and not exists (select from app_public.messages where messages.id = message_deletions.message_id);
  execute format(
    'select array_agg(expired.id), max(expired.seq)
      from (
        select message.id, message.seq from %s as message
          where message.room_id = $1
            and message.seq > $2
            and message.id < app_private.uuidv7_floor($3)
            and message.author_id not in (select app_private.user_ids_on_hold())
          order by message.seq
          limit $4
      ) as expired', found_in)
    into v_message_ids, last_seq
    using delete_expired_messages.room_id, after_seq, v_cutoff, batch_size;
  if v_message_ids is not null then
    perform app_private.lock_room(delete_expired_messages.room_id);
    -- Asked again under the lock, for every batch: a hold counts at once.
    if app_private.retention_cutoff(delete_expired_messages.room_id) is not null then
      perform app_private.begin_bulk();
      deleted_count := app_private.delete_messages(v_message_ids, found_in);
    end if;
  end if;
  return next;
end
$$;
comment on function app_private.delete_expired_messages(uuid, bigint, integer, regclass) is
  'Deletes the oldest messages of a room that are past their time, at most a batch, and says where to go on.';
--! EndIncluded functions/retention/delete_expired_messages.sql

--! Included functions/retention/note_history_start.sql
create or replace function app_private.note_history_start(room_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_head app_private.room_heads;
  v_first bigint;
  v_table text;
begin
  -- Not locked: what is sent meanwhile comes behind, and what is deleted meanwhile is noted by whoever deletes it.
  select * into v_head from app_private.room_heads where room_heads.room_id = note_history_start.room_id;
  -- A room's messages rise with the months, and the archive is older.
  for v_table in select tables.name from app_private.message_tables() as tables (name) order by tables.name like 'app_public.%', tables.name
  loop
    execute format(
      'select message.seq from %s as message
        where message.room_id = $1 and message.seq between $2 and $3
          and message.author_id not in (select app_private.user_ids_on_hold())
        order by message.seq
        limit 1', v_table)
      into v_first using note_history_start.room_id, v_head.first_message_seq, v_head.last_message_seq;
    exit when v_first is not null;
  end loop;
  v_first := coalesce(v_first, v_head.last_message_seq + 1);
  update app_private.room_heads set first_message_seq = v_first
    where room_heads.room_id = note_history_start.room_id and room_heads.first_message_seq < v_first;
  if found then
    -- One is left, which counts those before it.
    delete from app_private.answer_runs
      where answer_runs.room_id = note_history_start.room_id and answer_runs.first_seq < (
        select max(edge.first_seq) from app_private.answer_runs as edge
          where edge.room_id = note_history_start.room_id and edge.first_seq <= v_first);
    perform app_private.end_bulk();
    perform app_private.log_change(note_history_start.room_id, 'room', 'update');
  end if;
end
$$;
comment on function app_private.note_history_start(uuid) is
  'Moves the beginning of a room''s history to its first message that nobody has put on hold, and logs that once.';
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
create or replace function app_private.rooms_of_month(partition regclass) returns setof uuid
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  -- From room to room through the index on (room_id, seq): as many steps as there are rooms, however much they wrote.
  return query execute format($query$
    with recursive writing (room_id) as (
      (select room_id from %1$s order by room_id limit 1)
      union all
      select (select next.room_id from %1$s as next where next.room_id > writing.room_id order by next.room_id limit 1)
        from writing where writing.room_id is not null
    )
    select room_id from writing where room_id is not null
  $query$, rooms_of_month.partition);
end
$$;
comment on function app_private.rooms_of_month(regclass) is 'The rooms that have messages in a partition.';
--! EndIncluded functions/retention/rooms_of_month.sql

--! Included functions/retention/is_month_expired.sql
create or replace function app_private.is_month_expired(partition regclass, month date) returns boolean
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_end timestamptz := app_private.month_end(is_month_expired.month);
  v_has_held boolean;
begin
  if exists (
    select from app_private.rooms_of_month(is_month_expired.partition) as room_id
      where (app_private.retention_cutoff(room_id) < v_end) is not false
  ) then
    return false;
  end if;
  execute format(
    'select exists (
      select from app_private.user_ids_on_hold() as held (user_id)
        where exists (select from %s as message where message.author_id = held.user_id))', is_month_expired.partition)
    into v_has_held;
  return not v_has_held;
end
$$;
comment on function app_private.is_month_expired(regclass, date) is
  'Whether every message of a month is past its time, and none is on hold.';
--! EndIncluded functions/retention/is_month_expired.sql

--! Included functions/retention/expired_months.sql
create or replace function app_private.expired_months() returns setof date
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_partition record;
begin
  for v_partition in
    select partition, month from app_private.month_partitions
      where parent = 'app_public.messages'::regclass
        and app_private.is_month_closed(month)
      order by month
  loop
    if app_private.is_month_expired(v_partition.partition, v_partition.month) then
      return next v_partition.month;
    end if;
  end loop;
end
$$;
comment on function app_private.expired_months() is
  'The months of messages that can be dropped whole. The worker asks every day.';
--! EndIncluded functions/retention/expired_months.sql

--! Included functions/retention/delete_month_children.sql
create or replace function app_private.delete_month_children(month date, batch_size integer, keep_files boolean default false)
returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_from uuid := app_private.uuidv7_floor(app_private.month_start(delete_month_children.month));
  v_to uuid := app_private.uuidv7_floor(app_private.month_end(delete_month_children.month));
  v_needed_since constant uuid := app_private.uuidv7_floor(app_private.nonces_needed_since());
  v_child regclass;
  v_deleted integer;
  v_count integer := 0;
begin
  perform app_private.begin_bulk();
  if not keep_files then
    perform app_private.release_uploads(array(
      select uploads.message_id from app_private.uploads
        where uploads.message_id >= v_from and uploads.message_id < v_to and uploads.released_at is null
        limit batch_size));
  end if;
  if not keep_files then
    v_count := app_private.forget_quoted_between(v_from, v_to, batch_size);
    if v_count > 0 then
      return v_count;
    end if;
    delete from app_private.thread_followers where ctid = any (array(
      select ctid from app_private.thread_followers where thread_id >= v_from and thread_id < v_to limit batch_size));
    get diagnostics v_count = row_count;
  end if;
  for v_child in select app_private.message_child_tables() loop
    execute format(
      'delete from %1$s where ctid = any (array(select ctid from %1$s where message_id >= $1 and message_id < $2 limit $3))', v_child)
      using v_from, case when v_child = 'app_private.message_nonces'::regclass then least(v_to, v_needed_since) else v_to end, batch_size;
    get diagnostics v_deleted = row_count;
    v_count := v_count + v_deleted;
  end loop;
  return v_count;
end
$$;
comment on function app_private.delete_month_children(date, integer, boolean) is
  'Deletes what hangs on the messages of a month, at most a batch a table; 0 when nothing is left. Files of attachments stay when the month may come back.';
--! EndIncluded functions/retention/delete_month_children.sql

--! Included functions/retention/needless_search_months.sql
/*
 * The search index has months too. One whose messages are gone from the table is of no use any more.
 */
create or replace function app_private.needless_search_months() returns setof date
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select searched.month from app_private.month_partitions as searched
    where searched.parent = 'app_private.message_search'::regclass
      and app_private.is_month_closed(searched.month)
      and not exists (
        select from app_private.month_partitions as messages
          where messages.parent = 'app_public.messages'::regclass and messages.month = searched.month);
$$;
comment on function app_private.needless_search_months() is 'The months of the search index without a month of messages.';
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
create or replace function app_private.nonces_needed_since() returns timestamptz
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select least(
      now() - make_interval(days => change_log_days),
      (select app_private.month_start(min(month)) from app_private.month_partitions
        where parent = 'app_private.room_changes'::regclass))
    from app_private.lifecycle_settings;
$$;
comment on function app_private.nonces_needed_since() is
  'Who resumes from then on may send again what was sent: the log is dropped by whole months, and reaches back to the first day of one.';
--! EndIncluded functions/retention/nonces_needed_since.sql

--! Included functions/retention/expired_log_months.sql
create or replace function app_private.expired_log_months() returns setof date
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select month from app_private.month_partitions, app_private.lifecycle_settings
    where parent = 'app_private.room_changes'::regclass
      and app_private.month_end(month) < now() - make_interval(days => change_log_days)
      and app_private.is_month_closed(month)
    order by month;
$$;
comment on function app_private.expired_log_months() is 'The months of the log that can be dropped. The worker asks every day.';
--! EndIncluded functions/retention/expired_log_months.sql

--! Included functions/retention/raise_change_log_floor.sql
create or replace function app_private.raise_change_log_floor(partition regclass) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_highest xid8;
begin
  execute format('select max(xid) from %s', raise_change_log_floor.partition) into v_highest;
  update app_private.change_log_floor set xid = v_highest where xid < v_highest;
end
$$;
comment on function app_private.raise_change_log_floor(regclass) is
  'Remembers how far a part of the log goes that is about to be dropped.';
--! EndIncluded functions/retention/raise_change_log_floor.sql

--! Included functions/retention/oldest_resumable_xid.sql
create or replace function app_private.oldest_resumable_xid() returns xid8
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select (change_log_floor.xid::text::numeric + 1)::text::xid8 from app_private.change_log_floor;
$$;
comment on function app_private.oldest_resumable_xid() is
  'A stream over many rooms can resume from this transaction horizon or a later one. An earlier one is answered with RESYNC.';
--! EndIncluded functions/retention/oldest_resumable_xid.sql

--! Previous: sha1:587ec5f406cb1a11ddb4feb56a37ea6e1f75f644
--! Hash: sha1:4bb0491c570cfbf409a98432210032b716ef6b38

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
create or replace function app_private.month_table(month date) returns text
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select to_char(month, '"messages_"YYYY"_"MM');
$$;
comment on function app_private.month_table(date) is 'The name of the table that holds a month of messages.';
-- A view reads as its owner, but calls functions as whoever reads it.
grant execute on function app_private.month_table(date) to trumpet_admin;
--! EndIncluded functions/archive/month_table.sql

--! Included functions/archive/message_tables.sql
create or replace function app_private.message_tables() returns setof text
language sql stable security invoker rows 10
set search_path = pg_catalog, pg_temp
as $$
  select 'app_public.messages'
  union all
  select format('app_archive.%I', relname) from pg_class
    where relnamespace = 'app_archive'::regnamespace and relkind = 'r' and relname ~ '^messages_\d{4}_\d{2}$';
$$;
comment on function app_private.message_tables() is 'Where messages are: the living table and every month of the archive.';
--! EndIncluded functions/archive/message_tables.sql

--! Included functions/archive/tg_rooms__delete_messages.sql
/* Months of messages are tables of their own, which no foreign key of a room reaches. */
create or replace function app_private.tg_rooms__delete_messages() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table regclass;
  v_ids uuid[];
begin
  perform app_private.begin_bulk(); -- Nobody is left who would read of it.
  for v_table in select app_private.message_tables() loop
    execute format('select array(select id from %s where room_id = $1)', v_table) into v_ids using old.id;
    if cardinality(v_ids) > 0 then
      perform app_private.delete_messages(v_ids, v_table);
    end if;
  end loop;
  perform app_private.end_bulk();
  return old;
end
$$;
comment on function app_private.tg_rooms__delete_messages() is
  'Deletes what was written in a room that is deleted, archived months as well.';
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
create or replace function app_private.is_archived(message_id uuid) returns boolean
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_month date := (
    select month from app_private.archived_months
      where is_archived.message_id >= app_private.uuidv7_floor(app_private.month_start(month))
        and is_archived.message_id < app_private.uuidv7_floor(app_private.month_end(month)));
  v_archive regclass;
  v_is_there boolean;
begin
  if v_month is null then
    return false;
  end if;
  v_archive := to_regclass(format('app_archive.%I', app_private.month_table(v_month)));
  if v_archive is null then
    return true;
  end if;
  execute format('select exists (select from %s as message where message.id = $1)', v_archive)
    into v_is_there using is_archived.message_id;
  return v_is_there;
end
$$;
comment on function app_private.is_archived(uuid) is
  'Whether a message is in the archive. Of a month that is in its file only, each may be.';
--! EndIncluded functions/archive/is_archived.sql

--! Included functions/archive/count_replies.sql
/*
 * Whoever answered a message may go while it is in the archive, or in a file only. What is to be added to its count is
 * noted then, and settled when its month is back.
 */
create or replace function app_private.count_replies(message_id uuid, change bigint) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_archived boolean;
begin
  loop
    update app_public.messages set reply_count = greatest(0, reply_count + change) where id = count_replies.message_id;
    exit when found;
    v_is_archived := app_private.is_archived(count_replies.message_id);
    if v_is_archived then
      insert into app_private.archived_reply_counts (parent_id, change) values (count_replies.message_id, count_replies.change)
        on conflict on constraint archived_reply_counts_pkey do update set change = archived_reply_counts.change + excluded.change;
    end if;
    -- Its month may have come back between the two.
    exit when v_is_archived or not exists (select from app_public.messages where id = count_replies.message_id);
  end loop;
end
$$;
comment on function app_private.count_replies(uuid, bigint) is
  'Adds to the number of answers of a message, wherever it is.';
--! EndIncluded functions/archive/count_replies.sql

--! Included functions/disappearing/has_disappearing.sql
/* The file of an archived month is written once, and nothing is taken out of it. */
create or replace function app_private.has_disappearing(month date) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from app_private.disappearing_messages
      where message_id >= app_private.uuidv7_floor(app_private.month_start(has_disappearing.month))
        and message_id < app_private.uuidv7_floor(app_private.month_end(has_disappearing.month)));
$$;
comment on function app_private.has_disappearing(date) is
  'Whether there are messages of a month that are still to disappear: it is not archived before.';
--! EndIncluded functions/disappearing/has_disappearing.sql

--! Included functions/archive/archivable_months.sql
create or replace function app_private.archivable_months() returns setof date
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select month from app_private.month_partitions, app_private.lifecycle_settings
    where parent = 'app_public.messages'::regclass
      and archive_after_months > 0
      and month < app_private.this_month() - make_interval(months => archive_after_months)
      and not app_private.has_disappearing(month)
    order by month;
$$;
comment on function app_private.archivable_months() is 'The months that go to the archive by themselves. The worker asks every day.';
--! EndIncluded functions/archive/archivable_months.sql

--! Included functions/archive/note_archived.sql
create or replace function app_private.note_archived(month date) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_archive text := format('app_archive.%I', app_private.month_table(note_archived.month));
  v_count bigint;
begin
  execute format('select count(*) from %s', v_archive) into v_count;
  insert into app_private.archived_months (month, message_count) values (note_archived.month, v_count)
    on conflict on constraint archived_months_pkey do update set message_count = excluded.message_count, dropped_at = null;
  execute format(
    'insert into app_private.archived_rooms (room_id, month, first_seq, last_seq)
      select message.room_id, $1, min(message.seq), max(message.seq) from %s as message
        where not app_private.is_provisional(message.seq)
        group by message.room_id
      on conflict on constraint archived_rooms_pkey do update set
        first_seq = excluded.first_seq, last_seq = excluded.last_seq', v_archive)
    using note_archived.month;
  -- Nothing is later than what is archived: a room whose last message is there has none that can be shown.
  update app_private.room_heads set last_message_id = null
    where last_message_id >= app_private.uuidv7_floor(app_private.month_start(note_archived.month))
      and last_message_id < app_private.uuidv7_floor(app_private.month_end(note_archived.month));
end
$$;
comment on function app_private.note_archived(date) is 'Notes that a month is in the archive.';
--! EndIncluded functions/archive/note_archived.sql

--! Included functions/archive/archived_messages.sql
/*
 * Reading. A row goes through JSON, because a month keeps the columns that messages had when it was detached.
 */
create or replace function app_public.archived_messages(room_id uuid, before_seq bigint default null, page_size integer default 50)
returns setof app_public.messages
language plpgsql stable security definer rows 50
set search_path = pg_catalog, pg_temp
as $$
declare
  v_page_size integer := least(coalesce(archived_messages.page_size, 50), 100);
  v_archive text;
  v_count integer;
  v_start bigint;
begin
  v_start := coalesce((app_private.require_member(archived_messages.room_id, writable => false)).sees_from_seq, 1);
  if v_page_size < 1 then
    raise exception 'pageSize is between 1 and 100.' using errcode = 'TR400';
  end if;
  for v_archive in
    select format('app_archive.%I', relname) from pg_class
      where relnamespace = 'app_archive'::regnamespace and relkind = 'r' and relname ~ '^messages_\d{4}_\d{2}$'
      order by relname desc
  loop
    return query execute format(
      'select (jsonb_populate_record(null::app_public.messages, to_jsonb(message)
          || jsonb_build_object(''reply_count'', message.reply_count + coalesce(counted.change, 0)))).*
        from %s as message left join app_private.archived_reply_counts as counted on counted.parent_id = message.id
        where message.room_id = $1 and ($2 is null or message.seq < $2) and message.seq >= $4
          -- What was held for a moderator to see stays so.
          and to_jsonb(message) ->> ''held_at'' is null
          and coalesce((to_jsonb(message) ->> ''disappears_at'')::timestamptz > statement_timestamp(), true)
        order by message.seq desc
        limit $3', v_archive)
      using archived_messages.room_id, archived_messages.before_seq, v_page_size, v_start;
    get diagnostics v_count = row_count;
    v_page_size := v_page_size - v_count;
    exit when v_page_size = 0;
  end loop;
end
$$;
comment on function app_public.archived_messages(uuid, bigint, integer) is
  'Messages of months that were archived, the newest first, at most 100: go on with `beforeSeq`. For members, when `messages` has come to its end.';
grant execute on function app_public.archived_messages(uuid, bigint, integer) to trumpet_user;
--! EndIncluded functions/archive/archived_messages.sql

--! Included functions/archive/stored_columns.sql
/*
 * Files. A line is a message with all that hangs on it, so that a month comes back as it was.
 */
create or replace function app_private.stored_columns(of_table regclass) returns text
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
    where attrelid = of_table and attnum > 0 and not attisdropped and attgenerated = '';
$$;
comment on function app_private.stored_columns(regclass) is 'The columns of a table that can be written to.';
--! EndIncluded functions/archive/stored_columns.sql

--! Included functions/archive/archive_lines.sql
create or replace function app_private.archive_lines(month date, after_id uuid, line_count integer)
returns table (message_id uuid, line jsonb)
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_archive text := format('app_archive.%I', app_private.month_table(archive_lines.month));
begin
  return query execute (
    select format(
        'select message.id, jsonb_build_object(
            ''message'', (select to_jsonb(stored) from (select %s) as stored), %s)
          from %s as message where message.id > $1 order by message.id limit $2',
        (select string_agg('message.' || quote_ident(attname), ', ' order by attnum) from pg_attribute
          where attrelid = v_archive::regclass and attnum > 0 and not attisdropped and attgenerated = ''),
        string_agg(format(
          '%L, (select coalesce(jsonb_agg(to_jsonb(child)), ''[]'') from %s as child where child.message_id = message.id)', child, child), ', '),
        v_archive)
      from app_private.message_child_tables() as child)
    using coalesce(archive_lines.after_id, '00000000-0000-0000-0000-000000000000'), archive_lines.line_count;
end
$$;
comment on function app_private.archive_lines(date, uuid, integer) is
  'The next lines of a month''s file, behind the message given.';
--! EndIncluded functions/archive/archive_lines.sql

--! Included functions/archive/begin_restore.sql
create or replace function app_private.begin_restore(month date) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_archive text := format('app_archive.%I', app_private.month_table(begin_restore.month));
begin
  if to_regclass(v_archive) is null then
    execute format('create table %s (like app_public.messages including all)', v_archive);
    execute format('alter table %s enable row level security', v_archive);
    execute format('comment on table %s is %L', v_archive, 'One month of app_public.messages.');
  end if;
end
$$;
comment on function app_private.begin_restore(date) is 'Makes the empty table that a file is read into.';
--! EndIncluded functions/archive/begin_restore.sql

--! Included functions/archive/restore_lines.sql
create or replace function app_private.restore_lines(month date, lines jsonb[]) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_archive regclass := format('app_archive.%I', app_private.month_table(restore_lines.month));
  v_child regclass;
begin
  perform app_private.begin_bulk();
  execute format(
    'insert into %1$s (%2$s)
      select %2$s from unnest($1) as line cross join lateral jsonb_populate_record(null::%1$s, line -> ''message'')
      on conflict do nothing', v_archive, app_private.stored_columns(v_archive))
    using lines;
  for v_child in select app_private.message_child_tables() loop
    execute format(
      'insert into %1$s (%2$s)
        select %2$s from unnest($1) as line cross join lateral jsonb_populate_recordset(null::%1$s, line -> %3$L)
        on conflict do nothing', v_child, app_private.stored_columns(v_child), v_child)
      using lines;
  end loop;
end
$$;
comment on function app_private.restore_lines(date, jsonb[]) is 'Puts lines of a file back. Doing it twice is the same as once.';
--! EndIncluded functions/archive/restore_lines.sql

--! Included functions/archive/attach_month.sql
/*
 * Attaching takes a lock that sends do not wait for, and looks at no row of the table, because a check says already what
 * the partition's bounds will. The check is made first, while nobody has the table in use. It stays: detaching would
 * make it again.
 */
create or replace function app_private.attach_month(archive regclass, month date) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_from uuid := app_private.uuidv7_floor(app_private.month_start(attach_month.month));
  v_to uuid := app_private.uuidv7_floor(app_private.month_end(attach_month.month));
begin
  execute format(
    'alter table %s drop constraint if exists month_bounds,
      add constraint month_bounds check (id is not null and id >= %L and id < %L)',
    attach_month.archive, v_from, v_to);
  execute format('alter table %s set schema app_private', attach_month.archive);
  execute format(
    'alter table app_public.messages attach partition app_private.%I for values from (%L) to (%L)',
    app_private.month_table(attach_month.month), v_from, v_to);
  update app_private.room_heads
    set last_message_id = (
      select messages.id from app_public.messages
        where messages.room_id = room_heads.room_id and messages.held_at is null
        order by messages.seq desc
        limit 1
    )
    from app_private.archived_rooms
    where archived_rooms.room_id = room_heads.room_id and archived_rooms.month = attach_month.month
      and room_heads.last_message_id is null;
  delete from app_private.archived_months where archived_months.month = attach_month.month;
end
$$;
comment on function app_private.attach_month(regclass, date) is 'Makes a month a part of app_public.messages again.';
--! EndIncluded functions/archive/attach_month.sql

--! Included functions/archive/restore_month.sql
create or replace function app_private.restore_month(month date) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_archive regclass := to_regclass(format('app_archive.%I', app_private.month_table(restore_month.month)));
begin
  -- Not there: it is attached already.
  if v_archive is not null then
    perform app_private.make_month_partition('app_private.message_search', restore_month.month);
    perform app_private.attach_month(v_archive, restore_month.month);
  end if;
end
$$;
comment on function app_private.restore_month(date) is
  'Brings a month of the archive back. Doing it twice is the same as once. To be found it is indexed afterwards, by index_month.';
--! EndIncluded functions/archive/restore_month.sql

--! Included functions/archive/index_month.sql
create or replace function app_private.index_month(month date, after_id uuid, batch_size integer) returns uuid
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message_ids uuid[] := array(
    select messages.id from app_public.messages
      where messages.id > greatest(index_month.after_id, app_private.uuidv7_floor(app_private.month_start(index_month.month)))
        and messages.id < app_private.uuidv7_floor(app_private.month_end(index_month.month))
      order by messages.id limit batch_size);
begin
  if v_message_ids = '{}' then
    return null;
  end if;
  perform app_private.index_messages(v_message_ids);
  return v_message_ids[cardinality(v_message_ids)];
end
$$;
comment on function app_private.index_month(date, uuid, integer) is
  'Makes a batch of a restored month found again. Gives the message it came to, null when there are no more.';
--! EndIncluded functions/archive/index_month.sql

--! Included functions/archive/settle_reply_counts.sql
create or replace function app_private.settle_reply_counts(month date) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_from uuid := app_private.uuidv7_floor(app_private.month_start(settle_reply_counts.month));
  v_to uuid := app_private.uuidv7_floor(app_private.month_end(settle_reply_counts.month));
begin
  -- Whoever has not seen the month come back has noted a change by now, or will see it.
  lock table app_private.archived_reply_counts in share row exclusive mode;
  perform app_private.begin_bulk();
  with settled as (
    delete from app_private.archived_reply_counts where parent_id >= v_from and parent_id < v_to
      returning parent_id, change
  )
  update app_public.messages set reply_count = greatest(0, messages.reply_count + settled.change) from settled
    where messages.id = settled.parent_id and messages.id >= v_from and messages.id < v_to;
end
$$;
comment on function app_private.settle_reply_counts(date) is
  'Brings the numbers of answers up to date in a month that is back from the archive.';
--! EndIncluded functions/archive/settle_reply_counts.sql

--! Included functions/archive/drop_archived_month.sql
create or replace function app_private.drop_archived_month(month date) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_private.archived_months set dropped_at = now()
    where archived_months.month = drop_archived_month.month and exported_at is not null;
  if not found then
    raise exception 'The month % is not in a file yet.', to_char(drop_archived_month.month, 'YYYY-MM') using errcode = 'TR409';
  end if;
  execute format('drop table if exists app_archive.%I', app_private.month_table(drop_archived_month.month));
end
$$;
comment on function app_private.drop_archived_month(date) is
  'Drops a month of the archive that was written to a file. What hangs on its messages goes first, by delete_month_children.';
--! EndIncluded functions/archive/drop_archived_month.sql

--! Included functions/archive/expired_archives.sql
create or replace function app_private.expired_archives() returns setof date
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_month date;
  v_archive regclass;
begin
  for v_month in select month from app_private.archived_months order by month loop
    v_archive := to_regclass(format('app_archive.%I', app_private.month_table(v_month)));
    if v_archive is not null and app_private.is_month_expired(v_archive, v_month) then
      return next v_month;
    end if;
  end loop;
end
$$;
comment on function app_private.expired_archives() is
  'The months of the archive that can be dropped whole. The worker asks every day.';
--! EndIncluded functions/archive/expired_archives.sql

--! Included functions/archive/drop_expired_archive.sql
create or replace function app_private.drop_expired_archive(month date) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_archive regclass := to_regclass(format('app_archive.%I', app_private.month_table(drop_expired_archive.month)));
  v_room_ids uuid[];
begin
  -- Asked again: it may have been put on hold.
  if v_archive is null or not app_private.is_month_expired(v_archive, drop_expired_archive.month) then
    return;
  end if;
  v_room_ids := array(select app_private.rooms_of_month(v_archive));
  execute format('drop table %s', v_archive);
  update app_private.archived_months set dropped_at = now()
    where archived_months.month = drop_expired_archive.month and archived_months.file_name is not null;
  if not found then
    delete from app_private.archived_months where archived_months.month = drop_expired_archive.month;
  end if;
  perform app_private.note_history_start(room_id) from unnest(v_room_ids) as room_id;
end
$$;
comment on function app_private.drop_expired_archive(date) is
  'Drops a month of the archive in which nothing is to be kept. What hangs on its messages goes first, by delete_month_children.';
--! EndIncluded functions/archive/drop_expired_archive.sql

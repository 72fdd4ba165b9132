--! Previous: sha1:ff7129e4c2d6d107fe0d094ad84d393aa6c87d05
--! Hash: sha1:351f834dc2b0c08860537b77e4e2f64d0e4243d0

/*
 * What is sent is indexed for search without a note of it.
 *
 * Messages of a room are numbered without a gap, in the order of their commits. So a number a room says what is indexed,
 * and a send writes nothing for search: a note a message took 20 µs of the 480 of a send, and 110 bytes of the log with
 * its deletion. Cursors cost less where a room is busy, for they move once a batch, and none of it waits for anybody.
 *
 * The worker looks five times a second for what was written lately, which the ids of messages say. What that misses (a
 * transaction that took long, a clock that was set, an import) is found by comparing all heads with their cursors, as
 * often as takes a twentieth of the time. What becomes of a message later is noted as before, in messages_to_index.
 */
create table app_private.search_cursors (
  room_id uuid primary key references app_public.rooms on delete cascade,
  indexed_seq bigint not null default 0
/* Vacuumed as app_private.room_heads is, and for the same reason. */
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
comment on table app_private.search_cursors is
  'Up to which message each room has been indexed for search. Every update is a HOT update, in a page that has space for it.';
alter table app_private.search_cursors enable row level security;

--! Included functions/background-indexing/rooms_written_to.sql
create or replace function app_private.rooms_written_to(lately interval) returns setof uuid
language plpgsql volatile security invoker rows 100
set search_path = pg_catalog, pg_temp
-- The months are left out that the ids cannot be in, when the values are known.
set plan_cache_mode = force_custom_plan
as $$
declare
  v_from constant uuid := app_private.uuidv7_floor(clock_timestamp() - rooms_written_to.lately);
  v_to constant uuid := app_private.uuidv7_floor(clock_timestamp() + interval '1 day');
begin
  return query
    select distinct messages.room_id from app_public.messages
      where messages.id >= v_from and messages.id < v_to;
end
$$;
comment on function app_private.rooms_written_to(interval) is
  'Rooms in which something was written lately, by the ids of the messages: what is quick to know, and may miss some.';
--! EndIncluded functions/background-indexing/rooms_written_to.sql

--! Included functions/background-indexing/rooms_to_index.sql
create or replace function app_private.rooms_to_index(at_most integer) returns setof uuid
language sql stable security invoker rows 100
set search_path = pg_catalog, pg_temp
as $$
  select room_heads.room_id from app_private.room_heads
    left join app_private.search_cursors on search_cursors.room_id = room_heads.room_id
    where room_heads.last_message_seq >= room_heads.first_message_seq
      and room_heads.last_message_seq > coalesce(search_cursors.indexed_seq, 0)
    -- Where messages keep coming in more rooms than are asked for, the others have their turn first.
    order by room_heads.last_message_at
    limit at_most;
$$;
comment on function app_private.rooms_to_index(integer) is
  'Rooms with messages that nobody has indexed since they were sent. Looks at every room.';
--! EndIncluded functions/background-indexing/rooms_to_index.sql

/*
 * Months of a room
 *
 * Messages lie in the month that their id says, and are read by their number. Where they are is noted as the worker goes
 * by, once a room and month: a page of history then asks the one or two months that it is in, and not all there are.
 */
create table app_private.room_months (
  room_id uuid not null references app_public.rooms on delete cascade,
  month date not null,
  first_seq bigint not null,
  last_seq bigint,
  primary key (room_id, month)
);
comment on table app_private.room_months is 'In which months a room has messages, as far as they are indexed, and which numbers those may have.';
comment on column app_private.room_months.last_seq is 'Null: as far as it goes.';
alter table app_private.room_months enable row level security;

--! Included functions/background-indexing/month_of_id.sql
create or replace function app_private.month_of_id(id uuid) returns date
language sql immutable strict security invoker parallel safe
-- Of whatever version: what is brought in has the time of one of version 7, and bits of its own behind it.
return date_trunc('month',
  to_timestamp(('x' || translate(left(id::text, 13), '-', ''))::bit(48)::bigint / 1000.0) at time zone 'UTC')::date;
comment on function app_private.month_of_id(uuid) is 'The month that a message lies in, as its id says.';
--! EndIncluded functions/background-indexing/month_of_id.sql

--! Included functions/background-indexing/note_months.sql
/* Mostly there is nothing to write: the last month of a room is open until another begins. */
create or replace function app_private.note_months(message_ids uuid[]) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
-- The months are left out that the ids cannot be in, when the values are known.
set plan_cache_mode = force_custom_plan
as $$
declare
  v_rooms uuid[];
  v_months date[];
  v_up_to bigint[];
  v_count integer;
begin
  with written as (
    select messages.room_id, app_private.month_of_id(messages.id) as month,
        min(messages.seq) as first_seq, max(messages.seq) as last_seq
      from app_public.messages
      where messages.id = any (message_ids)
      group by 1, 2
  ), noted as (
    insert into app_private.room_months as known (room_id, month, first_seq, last_seq)
      select written.room_id, written.month, written.first_seq,
          -- On hold, with no place yet: it is beyond all numbers.
          case when written.last_seq >= 1000000000000000 or exists (
            select from app_private.room_months as later
              where later.room_id = written.room_id and later.month > written.month
          ) or exists (
            select from written as later where later.room_id = written.room_id and later.month > written.month
          ) then written.last_seq end
        from written
        where not exists (
          select from app_private.room_months as covering
            where covering.room_id = written.room_id and covering.month = written.month
              and covering.first_seq <= written.first_seq
              and (covering.last_seq is null or covering.last_seq >= written.last_seq))
        order by 1, 2
      on conflict on constraint room_months_pkey do update set
        first_seq = least(known.first_seq, excluded.first_seq),
        last_seq = case when excluded.last_seq is not null then greatest(known.last_seq, excluded.last_seq) end
      returning known.room_id
  ), last as (
    -- Of the months that were open until now; those that are not among these messages ended before them.
    select over.room_id, over.month,
        coalesce(
          max(written.last_seq) filter (where written.month = over.month), min(written.first_seq) - 1) as seq
      from app_private.room_months as over join written on written.room_id = over.room_id
      where over.last_seq is null and written.last_seq < 1000000000000000
        and over.month < (select max(later.month) from written as later where later.room_id = over.room_id)
      group by 1, 2
  )
  select array_agg(last.room_id), array_agg(last.month), array_agg(last.seq), (select count(*) from noted)
    into v_rooms, v_months, v_up_to, v_count from last;
  update app_private.room_months as over set last_seq = greatest(over.last_seq, ended.up_to)
    from unnest(v_rooms, v_months, v_up_to) as ended (room_id, month, up_to)
    where over.room_id = ended.room_id and over.month = ended.month;
  return v_count;
end
$$;
comment on function app_private.note_months(uuid[]) is 'Notes in which months rooms have messages of which numbers. How many months of rooms were not known, or not as they are.';
--! EndIncluded functions/background-indexing/note_months.sql

--! Included functions/background-indexing/note_held_months.sql
create or replace function app_private.note_held_months() returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  return app_private.note_months(array(
    select messages.id from app_public.messages
      where messages.held_at is not null and messages.seq >= 1000000000000000
        and messages.id < app_private.uuidv7_floor(now() - interval '20 days')));
end
$$;
comment on function app_private.note_held_months() is
  'Notes the months of messages that have been on hold for long, which room_page would not find by their numbers. The worker calls it every day.';
--! EndIncluded functions/background-indexing/note_held_months.sql

--! Included functions/background-indexing/messages_between.sql
create or replace function app_private.messages_between(room_ids uuid[], behind bigint[], up_to bigint[]) returns setof uuid
language plpgsql stable security invoker rows 100
set search_path = pg_catalog, pg_temp
-- To plan for all months takes longer than to look through them.
set plan_cache_mode = force_generic_plan
as $$
begin
  return query
    select sent.id
      from unnest(room_ids, behind, up_to) as due (room_id, behind, up_to)
      cross join lateral (
        select messages.id from app_public.messages
          where messages.room_id = due.room_id and messages.seq > due.behind and messages.seq <= due.up_to
          offset 0
      ) as sent;
end
$$;
comment on function app_private.messages_between(uuid[], bigint[], bigint[]) is
  'The messages of rooms behind one number and up to another, whatever month they are in.';
--! EndIncluded functions/background-indexing/messages_between.sql

--! Included functions/background-indexing/index_sent.sql
/*
 * Numbers have no gap and come in the order of the commits, so whoever sees the last one sees all before it: behind the
 * cursor nothing is left, however long a transaction took.
 *
 * What was sent lately is in the month that its id says, or the one beside it. Where some number is not there, because it
 * was brought in, was released after days, or is gone, all months are looked through.
 */
create or replace function app_private.index_sent(room_ids uuid[], batch_size integer) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
-- The months are left out that the ids cannot be in, when the values are known.
set plan_cache_mode = force_custom_plan
as $$
declare
  v_from constant uuid := app_private.uuidv7_floor(clock_timestamp() - interval '1 day');
  v_to constant uuid := app_private.uuidv7_floor(clock_timestamp() + interval '1 day');
  -- So many of each: a room that was filled at once holds up no other.
  v_each constant integer := greatest(1, batch_size / greatest(1, cardinality(room_ids)));
  v_rooms uuid[];
  v_behind bigint[];
  v_up_to bigint[];
  v_numbers integer;
  v_message_ids uuid[];
begin
  -- Before the cursors are read: no two workers index the same.
  perform app_private.lock_until_commit('search_index');
  insert into app_private.search_cursors (room_id)
    select room_heads.room_id from app_private.room_heads
      where room_heads.room_id = any (index_sent.room_ids) and room_heads.last_message_seq > 0
        and not exists (select from app_private.search_cursors where search_cursors.room_id = room_heads.room_id)
    on conflict on constraint search_cursors_pkey do nothing;
  select array_agg(due.room_id), array_agg(due.behind), array_agg(least(due.last_message_seq, due.behind + v_each)),
      sum(least(due.last_message_seq - due.behind, v_each))
    into v_rooms, v_behind, v_up_to, v_numbers
    from (
      select search_cursors.room_id, room_heads.last_message_seq,
          greatest(search_cursors.indexed_seq, room_heads.first_message_seq - 1) as behind
        from app_private.search_cursors
        join app_private.room_heads on room_heads.room_id = search_cursors.room_id
        where search_cursors.room_id = any (index_sent.room_ids)
          and room_heads.last_message_seq > greatest(search_cursors.indexed_seq, room_heads.first_message_seq - 1)
        -- An import moves it, and what that has written is not there yet.
        for no key update of search_cursors skip locked
    ) as due;
  if v_rooms is null then
    return 0;
  end if;
  v_message_ids := array(
    select sent.id
      from unnest(v_rooms, v_behind, v_up_to) as due (room_id, behind, up_to)
      cross join lateral (
        select messages.id from app_public.messages
          where messages.room_id = due.room_id and messages.seq > due.behind and messages.seq <= due.up_to
            and messages.id >= v_from and messages.id < v_to
          offset 0
      ) as sent);
  if cardinality(v_message_ids) < v_numbers then
    v_message_ids := array(select app_private.messages_between(v_rooms, v_behind, v_up_to));
  end if;
  perform app_private.index_messages(v_message_ids);
  perform app_private.match_keywords(v_message_ids);
  perform app_private.note_months(v_message_ids);
  update app_private.search_cursors set indexed_seq = due.up_to
    from unnest(v_rooms, v_up_to) as due (room_id, up_to)
    where search_cursors.room_id = due.room_id;
  return v_numbers;
end
$$;
comment on function app_private.index_sent(uuid[], integer) is
  'Indexes what was sent to rooms since it was last called, at most a batch of all together; how many numbers it went on.';
--! EndIncluded functions/background-indexing/index_sent.sql

--! Included functions/background-indexing/message_places.sql
/*
 * Which months, and of those which part, may hold the messages of a room between two numbers. What the worker has not
 * come to yet was sent lately; where a number of it is not there (it was brought in, was released after days, is gone),
 * it may be in any month.
 */
create or replace function app_hidden.message_places(room_id uuid, above bigint, below bigint)
returns table (from_id uuid, to_id uuid, first_seq bigint, last_seq bigint)
language plpgsql stable security definer rows 3
set search_path = pg_catalog, pg_temp
-- The months are left out that the ids cannot be in, when the values are known.
set plan_cache_mode = force_custom_plan
as $$
declare
  v_most_unnoted constant bigint := 1000;
  v_first_provisional constant bigint := 1000000000000000;
  v_last bigint;
  v_noted bigint;
  v_from constant uuid := app_private.uuidv7_floor(now() - interval '1 day');
  v_to constant uuid := app_private.uuidv7_floor(now() + interval '1 day');
begin
  select room_heads.last_message_seq, greatest(coalesce(search_cursors.indexed_seq, 0), room_heads.first_message_seq - 1)
    into v_last, v_noted
    from app_private.room_heads left join app_private.search_cursors on search_cursors.room_id = room_heads.room_id
    where room_heads.room_id = message_places.room_id;
  return query
    select app_private.uuidv7_floor(app_private.month_start(noted.month)),
        app_private.uuidv7_floor(app_private.month_end(noted.month)), noted.first_seq, coalesce(noted.last_seq, v_noted)
      from app_private.room_months as noted
      where noted.room_id = message_places.room_id and noted.first_seq < message_places.below
        and coalesce(noted.last_seq, v_noted) > message_places.above;
  if v_last > v_noted and message_places.below > v_noted + 1 and message_places.above < v_last then
    if v_last - v_noted <= v_most_unnoted and v_last - v_noted = (
      select count(*) from app_public.messages
        where messages.room_id = message_places.room_id and messages.seq > v_noted and messages.seq <= v_last
          and messages.id >= v_from and messages.id < v_to
    ) then
      return query values (v_from, v_to, v_noted + 1, v_last);
    else
      return query
        select app_private.uuidv7_floor(app_private.month_start(months.month)),
            app_private.uuidv7_floor(app_private.month_end(months.month)), v_noted + 1, v_last
          from app_private.month_partitions as months where months.parent = 'app_public.messages'::regclass;
    end if;
  end if;
  -- What is on hold has no place yet. After 20 days its month is noted.
  if message_places.below > v_first_provisional then
    return query values (
      app_private.uuidv7_floor(now() - interval '40 days'), v_to, v_first_provisional, 9223372036854775807);
  end if;
end
$$;
comment on function app_hidden.message_places(uuid, bigint, bigint) is
  'Where to look for messages of a room by their numbers, both bounds excluded: ranges of ids, and which numbers each may have.';
grant execute on function app_hidden.message_places(uuid, bigint, bigint) to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/background-indexing/message_places.sql

--! Included functions/background-indexing/top_level_page.sql
create or replace function app_hidden.top_level_page(
  room_id uuid, from_id uuid, to_id uuid, above bigint, below bigint, newest_first boolean, size integer
) returns app_public.messages[]
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  -- Many for a small page as well: each turn is planned anew. The first that is looked into again is empty.
  v_most constant integer := greatest(size + 1, 100);
  v_above bigint := above;
  v_below bigint := below;
  v_aboves bigint[];
  v_belows bigint[];
  v_rows app_public.messages[] := '{}';
begin
  loop
    select array_agg(gaps.above_seq), array_agg(gaps.below_seq) into v_aboves, v_belows
      from app_hidden.top_level_gaps(room_id, v_above, v_below, newest_first, v_most) as gaps;
    if newest_first then
      v_rows := v_rows || array(
        select found.message
          from unnest(v_aboves, v_belows) as gap (above_seq, below_seq)
          cross join lateral (
            select messages as message from app_public.messages
              where messages.room_id = top_level_page.room_id and messages.id >= from_id and messages.id < to_id
                and messages.seq > gap.above_seq and messages.seq < gap.below_seq
                and (messages.parent_message_id is null or messages.also_sent_to_room)
              order by messages.seq desc
              limit size
          ) as found
          limit size);
    else
      v_rows := v_rows || array(
        select found.message
          from unnest(v_aboves, v_belows) as gap (above_seq, below_seq)
          cross join lateral (
            select messages as message from app_public.messages
              where messages.room_id = top_level_page.room_id and messages.id >= from_id and messages.id < to_id
                and messages.seq > gap.above_seq and messages.seq < gap.below_seq
                and (messages.parent_message_id is null or messages.also_sent_to_room)
              order by messages.seq
              limit size
          ) as found
          limit size);
    end if;
    exit when coalesce(cardinality(v_rows) >= size or cardinality(v_aboves) < v_most, true);
    if newest_first then
      v_below := v_aboves[v_most] + 1;
    else
      v_above := v_belows[v_most] - 1;
    end if;
    exit when coalesce(v_below <= v_above + 1, true);
  end loop;
  return v_rows;
end
$$;
comment on function app_hidden.top_level_page(uuid, uuid, uuid, bigint, bigint, boolean, integer) is
  'The messages of a part of a room that are no answers, or sent to the room as well: as many as the page has, if there are. Under the policies of messages.';
grant execute on function app_hidden.top_level_page(uuid, uuid, uuid, bigint, bigint, boolean, integer) to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/background-indexing/top_level_page.sql

--! Included functions/background-indexing/room_page.sql
/*
 * A statement over all months plans for each and locks it with all of its indexes, 660 locks with 79 months; and of a
 * room's numbers it cannot know the month. This asks month after month, for as long as the page is not full.
 */
create or replace function app_hidden.room_page(room_id uuid, page json) returns setof app_public.messages
language plpgsql stable security invoker rows 20
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  v_size constant integer := page ->> 'size';
  v_newest_first constant boolean := page ->> 'newestFirst';
  v_any_level constant boolean := not (page ->> 'topLevelOnly')::boolean;
  v_around constant bigint := page ->> 'around';
  v_half constant integer := page ->> 'half';
  v_above bigint := greatest((page ->> 'above')::bigint, app_hidden.my_history_start(room_page.room_id) - 1, 0);
  v_below bigint := coalesce((page ->> 'below')::bigint, 9223372036854775807);
  v_place record;
  v_rows app_public.messages[] := '{}';
  v_last bigint;
begin
  if v_around is not null then
    -- Half of the page lies beyond the message in question, that one included.
    select case when v_newest_first then max(beside.seq) + 1 else min(beside.seq) - 1 end into v_last
      from (
        select seq from app_hidden.room_page(room_page.room_id, json_build_object(
            'size', v_half, 'newestFirst', not v_newest_first, 'topLevelOnly', not v_any_level,
            case when v_newest_first then 'above' else 'below' end, case when v_newest_first then v_around - 1 else v_around + 1 end))
          order by case when v_newest_first then seq else -seq end
          limit v_half
      ) as beside;
    if v_newest_first then
      v_below := least(v_below, coalesce(v_last, v_around + 1));
    else
      v_above := greatest(v_above, coalesce(v_last, v_around - 1));
    end if;
    v_last := null;
  end if;
  for v_place in
    select * from app_hidden.message_places(room_page.room_id, v_above, v_below)
      order by case when v_newest_first then -last_seq else first_seq end
  loop
    -- Those that are to come have only numbers beyond the end of the page.
    exit when v_last is not null and (case when v_newest_first then v_place.last_seq < v_last else v_place.first_seq > v_last end);
    if not v_any_level then
      v_rows := v_rows || app_hidden.top_level_page(
        room_page.room_id, v_place.from_id, v_place.to_id, greatest(v_above, v_place.first_seq - 1),
        least(v_below - 1, v_place.last_seq) + 1, v_newest_first, v_size);
    elsif v_newest_first then
      v_rows := v_rows || array(
        select messages from app_public.messages
          where messages.room_id = room_page.room_id and messages.id >= v_place.from_id and messages.id < v_place.to_id
            and messages.seq > v_above and messages.seq < v_below
          order by messages.seq desc limit v_size);
    else
      v_rows := v_rows || array(
        select messages from app_public.messages
          where messages.room_id = room_page.room_id and messages.id >= v_place.from_id and messages.id < v_place.to_id
            and messages.seq > v_above and messages.seq < v_below
          order by messages.seq limit v_size);
    end if;
    if cardinality(v_rows) >= v_size then
      v_last := (
        select found.seq from (select distinct id, seq from unnest(v_rows)) as found
          order by case when v_newest_first then -found.seq else found.seq end
          offset v_size - 1 limit 1);
    end if;
  end loop;
  return query select distinct on (found.id) found.* from unnest(v_rows) as found;
end
$$;
comment on function app_hidden.room_page(uuid, json) is
  'Messages of a room from its newest or oldest on, or from a number: at least as many as the page has, if there are, in no order. Under the policies of messages.';
grant execute on function app_hidden.room_page(uuid, json) to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/background-indexing/room_page.sql

--! Previous: sha1:3de0db2f817e66363b1d51e146d345b3400be4f8
--! Hash: sha1:41d8405a0f6060893c20ca7ff42c94bdf12fade6

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
    limit at_most;
$$;
comment on function app_private.rooms_to_index(integer) is
  'Rooms with messages that nobody has indexed since they were sent. Looks at every room.';
--! EndIncluded functions/background-indexing/rooms_to_index.sql

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
    v_message_ids := array(
      select sent.id
        from unnest(v_rooms, v_behind, v_up_to) as due (room_id, behind, up_to)
        cross join lateral (
          select messages.id from app_public.messages
            where messages.room_id = due.room_id and messages.seq > due.behind and messages.seq <= due.up_to
            offset 0
        ) as sent);
  end if;
  perform app_private.index_messages(v_message_ids);
  update app_private.search_cursors set indexed_seq = due.up_to
    from unnest(v_rooms, v_up_to) as due (room_id, up_to)
    where search_cursors.room_id = due.room_id;
  return v_numbers;
end
$$;
comment on function app_private.index_sent(uuid[], integer) is
  'Indexes what was sent to rooms since it was last called, at most a batch of all together; how many numbers it went on.';
--! EndIncluded functions/background-indexing/index_sent.sql

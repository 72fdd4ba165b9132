--! Previous: x
--! Hash: x

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

--! EndIncluded functions/background-indexing/rooms_written_to.sql

--! Included functions/background-indexing/rooms_to_index.sql

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

--! EndIncluded functions/background-indexing/month_of_id.sql

--! Included functions/background-indexing/note_months.sql

--! EndIncluded functions/background-indexing/note_months.sql

--! Included functions/background-indexing/note_held_months.sql

--! EndIncluded functions/background-indexing/note_held_months.sql

--! Included functions/background-indexing/messages_between.sql

--! EndIncluded functions/background-indexing/messages_between.sql

--! Included functions/background-indexing/index_sent.sql

--! EndIncluded functions/background-indexing/index_sent.sql

--! Included functions/background-indexing/message_places.sql

--! EndIncluded functions/background-indexing/message_places.sql

--! Included functions/background-indexing/room_page.sql

--! EndIncluded functions/background-indexing/room_page.sql

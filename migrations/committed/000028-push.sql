--! Previous: x
--! Hash: x

/*
 * From a message to the devices of those who missed it.
 *
 *   send ──▶ push_notices ──(5 s)──▶ notify_room ──▶ send_push, one job a person and room ──▶ devices
 *
 * Sending a message notes that its room has something to tell, and no more: one row a room, whoever its members are.
 * When the delay is over, a worker turns the note into one job for the room, which finds in one statement the members
 * who missed it and makes one job for each. Both look at the state of that moment: what was read meanwhile is not
 * pushed, and several messages are one push.
 */
create table app_private.push_notices (
  room_id uuid primary key,
  first_seq bigint not null,
  noted_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
comment on table app_private.push_notices is
  'Rooms with messages that nobody has been notified of yet.';
comment on column app_private.push_notices.first_seq is 'The first of these messages.';
alter table app_private.push_notices enable row level security;

--! Included functions/push/tg_messages__note_push.sql

--! EndIncluded functions/push/tg_messages__note_push.sql

create trigger _600_note_push after insert on app_public.messages
  for each row execute function app_private.tg_messages__note_push();
create trigger _600_note_push_released after update of held_at on app_public.messages
  for each row execute function app_private.tg_messages__note_push();

/*
 * Up to which message a device has been told about a room. Claimed in a transaction of its own, whose commit leaves the
 * worker together with the last bytes of the push: see src/push/claim.ts.
 */
create table app_private.push_marks (
  user_id uuid not null,
  room_id uuid not null references app_public.rooms on delete cascade,
  subscription_id uuid not null references app_public.push_subscriptions on delete cascade,
  through_seq bigint not null,
  shown boolean not null default true,
  claimed_at timestamptz not null default clock_timestamp(),
  primary key (user_id, room_id, subscription_id)
) with (fillfactor = 70);
comment on table app_private.push_marks is 'The last push about each room to each device.';
comment on column app_private.push_marks.through_seq is 'The last message that it told of.';
comment on column app_private.push_marks.shown is 'Whether the device may still show it. False once it has been told to clear it.';
alter table app_private.push_marks enable row level security;
create index push_marks_subscription_id on app_private.push_marks (subscription_id);
create index push_marks_room_id on app_private.push_marks (room_id);

--! Included functions/push/enqueue_due_pushes.sql

--! EndIncluded functions/push/enqueue_due_pushes.sql

--! Included functions/push/local_time.sql

--! EndIncluded functions/push/local_time.sql

--! Included functions/push/is_quiet.sql

--! EndIncluded functions/push/is_quiet.sql

--! Included functions/push/missed_messages.sql

--! EndIncluded functions/push/missed_messages.sql

--! Included functions/push/notify_room.sql

--! EndIncluded functions/push/notify_room.sql

--! Included functions/push/unread_total.sql

--! EndIncluded functions/push/unread_total.sql

--! Included functions/push/device_json.sql

--! EndIncluded functions/push/device_json.sql

--! Included functions/push/compose_push.sql

--! EndIncluded functions/push/compose_push.sql

--! Included functions/push/claim_push.sql

--! EndIncluded functions/push/claim_push.sql

--! Included functions/push/enqueue_paused_push.sql

--! EndIncluded functions/push/enqueue_paused_push.sql

--! Included functions/push/note_push_refused.sql

--! EndIncluded functions/push/note_push_refused.sql

--! Included functions/push/postpone_push.sql

--! EndIncluded functions/push/postpone_push.sql

--! Included functions/push/note_push_sent.sql

--! EndIncluded functions/push/note_push_sent.sql

--! Included functions/push/tg_room_members__clear_push.sql

--! EndIncluded functions/push/tg_room_members__clear_push.sql

create trigger _600_clear_push after update of last_read_seq on app_public.room_members
  for each row when (old.last_read_seq < new.last_read_seq) execute function app_private.tg_room_members__clear_push('last_read_seq');
create trigger _600_clear_push after insert or update of read_to_seq on app_private.member_preferences
  for each row when (new.read_to_seq is not null) execute function app_private.tg_room_members__clear_push('read_to_seq');

--! Included functions/push/claim_clearing.sql

--! EndIncluded functions/push/claim_clearing.sql

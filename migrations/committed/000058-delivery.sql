--! Previous: x
--! Hash: x

/*
 * Which messages are on a device of each member, in rooms that want to be told. It is a number a member, as reading is: a
 * device has everything up to it. Sends know nothing of it; what is told costs a row of the log, whatever number of messages
 * it is about.
 */
create table app_private.room_deliveries (
  room_id uuid not null,
  user_id uuid not null,
  delivered_seq bigint not null,
  primary key (room_id, user_id),
  constraint room_deliveries_member_fkey foreign key (room_id, user_id) references app_public.room_members on delete cascade
) with (fillfactor = 80);
comment on table app_private.room_deliveries is 'Up to where the messages of a room are on a device of a member.';
comment on column app_private.room_deliveries.delivered_seq is 'Up to this number, as the room was told.';
alter table app_private.room_deliveries enable row level security;
create trigger _100_refuse_truncate before truncate on app_private.room_deliveries
  for each statement execute function app_private.tg_any__refuse_truncate();

create type app_public.delivery_position as (
  room_id uuid,
  seq bigint
);
comment on type app_public.delivery_position is 'Up to where a device has the messages of a room.';
comment on column app_public.delivery_position.room_id is 'The `id` of the room.';
comment on column app_public.delivery_position.seq is 'The `seq` of the last message that the device keeps, with all before it.';

--! Included functions/delivery/set_delivery_receipts.sql

--! EndIncluded functions/delivery/set_delivery_receipts.sql

--! Included functions/delivery/is_undelivered.sql

--! EndIncluded functions/delivery/is_undelivered.sql

--! Included functions/delivery/mark_delivered.sql

--! EndIncluded functions/delivery/mark_delivered.sql

--! Included functions/delivery/room_members_last_delivered_seq.sql

--! EndIncluded functions/delivery/room_members_last_delivered_seq.sql

/* Who has read which thread up to where: a number a reader, as the room has it. */
create type app_public.thread_receipt as (
  user_id uuid,
  last_read_seq bigint
);
comment on type app_public.thread_receipt is 'Up to where a person has read the answers to a message.';
comment on column app_public.thread_receipt.user_id is 'The `id` of the person.';
comment on column app_public.thread_receipt.last_read_seq is 'The `seq` of the last answer that they have read.';

--! Included functions/delivery/tell_thread_read.sql

--! EndIncluded functions/delivery/tell_thread_read.sql

--! Included functions/delivery/messages_thread_receipts.sql

--! EndIncluded functions/delivery/messages_thread_receipts.sql

--! Previous: sha1:9fccac38bde3bf3a16ddd1e6370c303829f8e8f2
--! Hash: sha1:be05ef2b7074125d22e9ca7844795640c94e8ccf

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
create or replace function app_public.set_delivery_receipts(room_id uuid, is_on boolean) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_room app_public.rooms;
begin
  perform app_private.limit_rate('room');
  if set_delivery_receipts.is_on is null then
    raise exception 'isOn must be given.' using errcode = 'TR400';
  end if;
  v_locked := app_private.lock_room_as(set_delivery_receipts.room_id);
  v_room := v_locked.room;
  perform app_private.check_permission_of_equals(v_locked.room, v_locked.member, 'edit_room');
  if v_room.has_delivery_receipts <> set_delivery_receipts.is_on then
    update app_public.rooms set has_delivery_receipts = set_delivery_receipts.is_on
      where rooms.id = set_delivery_receipts.room_id
      returning * into v_room;
    -- What nobody is to be told is not kept.
    delete from app_private.room_deliveries where room_deliveries.room_id = set_delivery_receipts.room_id;
  end if;
  return v_room;
end
$$;
comment on function app_public.set_delivery_receipts(uuid, boolean) is
  'Whether the members of a room are told which messages have come to a device of each. Off until somebody sets it; what was told is forgotten when it is set to off. For admins and the owner, and for both in a direct conversation.';
grant execute on function app_public.set_delivery_receipts(uuid, boolean) to trumpet_user, trumpet_key;
--! EndIncluded functions/delivery/set_delivery_receipts.sql

--! Included functions/delivery/is_undelivered.sql
create or replace function app_private.is_undelivered(room_id uuid, user_id uuid, seq bigint) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from app_public.room_members
      join app_public.rooms on rooms.id = room_members.room_id
      left join app_private.room_deliveries
        on room_deliveries.room_id = room_members.room_id and room_deliveries.user_id = room_members.user_id
      where room_members.room_id = is_undelivered.room_id and room_members.user_id = is_undelivered.user_id
        and rooms.has_delivery_receipts
        and is_undelivered.seq > greatest(room_members.last_read_seq, room_deliveries.delivered_seq))
    and app_private.tells_reading(is_undelivered.room_id, is_undelivered.user_id);
$$;
comment on function app_private.is_undelivered(uuid, uuid, bigint) is
  'Whether it is news to a room that its messages up to a number are on a device of a member: they are not told to be read there or delivered, and it is told such things.';
--! EndIncluded functions/delivery/is_undelivered.sql

--! Included functions/delivery/mark_delivered.sql
/*
 * A device tells for several rooms at once, and again whenever it is not sure. So what is known already takes no lock, and a
 * room that its person has left meanwhile keeps nothing from the others.
 */
create or replace function app_public.mark_delivered(positions app_public.delivery_position[]) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_most constant integer := 100;
  v_user_id constant uuid := app_private.require_user();
  v_told integer := 0;
  v_head app_private.room_heads;
  v_room_id uuid;
  v_seq bigint;
begin
  perform app_private.limit_rate('receipt');
  if mark_delivered.positions is null or cardinality(mark_delivered.positions) > v_most then
    raise exception 'positions has at most % entries.', v_most using errcode = 'TR400';
  end if;
  for v_room_id, v_seq in
    select told.room_id, max(told.seq) from unnest(mark_delivered.positions) as told
      where app_private.is_undelivered(told.room_id, v_user_id, told.seq)
      group by told.room_id
      -- The heads of rooms are locked in the order of their ids.
      order by told.room_id
  loop
    v_head := app_private.lock_room(v_room_id);
    perform app_private.check_still_here();
    v_seq := least(v_seq, v_head.last_message_seq);
    -- A statement of its own, so that it sees what was committed while this one waited.
    if app_private.is_undelivered(v_room_id, v_user_id, v_seq) then
      insert into app_private.room_deliveries as known (room_id, user_id, delivered_seq)
        values (v_room_id, v_user_id, v_seq)
        on conflict on constraint room_deliveries_pkey do update set delivered_seq = excluded.delivered_seq;
      perform app_private.log_change(v_room_id, 'delivery', 'update', user_id => v_user_id, last_read_seq => v_seq);
      v_told := v_told + 1;
    end if;
  end loop;
  return v_told;
end
$$;
comment on function app_public.mark_delivered(app_public.delivery_position[]) is
  'Tells the rooms that want it (`Room.hasDeliveryReceipts`) that their messages up to these numbers are on a device of yours, at most 100 at once. Never goes backwards, and nothing is told while you hide what you read. Gives how many rooms it was news to.';
grant execute on function app_public.mark_delivered(app_public.delivery_position[]) to trumpet_user, trumpet_key;
--! EndIncluded functions/delivery/mark_delivered.sql

--! Included functions/delivery/room_members_last_delivered_seq.sql
create or replace function app_public.room_members_last_delivered_seq(member app_public.room_members) returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select case when app_hidden.sees_reading() then greatest(
      member.last_read_seq,
      (
        select delivered_seq from app_private.room_deliveries
          where room_deliveries.room_id = member.room_id and room_deliveries.user_id = member.user_id
            and app_hidden.can_look_into(member.room_id)))
    else 0 end;
$$;
comment on function app_public.room_members_last_delivered_seq(app_public.room_members) is
  'Everything up to the message with this `seq` is on a device of the member, or read: moved by `markDelivered` in rooms that want it (`Room.hasDeliveryReceipts`), never backwards. Of those who hide what they read nothing is told since, and it is 0 while you hide yours.';
grant execute on function app_public.room_members_last_delivered_seq(app_public.room_members)
  to trumpet_user, trumpet_broadcast, trumpet_admin;
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
/*
 * Where somebody begins to follow says nothing about what they have read (follow_as_mentioned), so what is told is beside it.
 * What nobody may see is not told: see tells_reading.
 */
create or replace function app_private.tell_thread_read(member app_public.room_members, thread_id uuid, seq bigint) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if not app_private.tells_reading(member.room_id, member.user_id) then
    -- Told once it may be: see publish_reading.
    update app_private.thread_followers set untold_seq = greatest(untold_seq, tell_thread_read.seq)
      where thread_followers.user_id = member.user_id and thread_followers.thread_id = tell_thread_read.thread_id
        and told_seq < tell_thread_read.seq;
    return;
  end if;
  update app_private.thread_followers set told_seq = tell_thread_read.seq, untold_seq = null
    where thread_followers.user_id = member.user_id and thread_followers.thread_id = tell_thread_read.thread_id
      and told_seq < tell_thread_read.seq;
  if found then
    perform app_private.log_change(
      member.room_id, 'thread_receipt', 'update', message_id => tell_thread_read.thread_id, user_id => member.user_id,
      last_read_seq => tell_thread_read.seq);
  end if;
end
$$;
comment on function app_private.tell_thread_read(app_public.room_members, uuid, bigint) is
  'Tells a room that a member has read the answers to a message up to a number.';
--! EndIncluded functions/delivery/tell_thread_read.sql

--! Included functions/delivery/messages_thread_receipts.sql
create or replace function app_public.messages_thread_receipts(message app_public.messages)
returns setof app_public.thread_receipt
language sql stable security definer rows 5
set search_path = pg_catalog, pg_temp
as $$
  select thread_followers.user_id, thread_followers.told_seq from app_private.thread_followers
    where thread_followers.thread_id = message.id and thread_followers.told_seq > 0
      and app_hidden.can_look_into_message(thread_followers.room_id, thread_followers.thread_id) and app_hidden.sees_reading()
    order by thread_followers.user_id;
$$;
comment on function app_public.messages_thread_receipts(app_public.messages) is
  'Who has read its answers in their thread, and up to where. Those who hide what they read tell nothing, and while you hide yours there is none.';
grant execute on function app_public.messages_thread_receipts(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/delivery/messages_thread_receipts.sql

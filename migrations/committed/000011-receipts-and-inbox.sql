--! Previous: sha1:57fbad96fe83b34f24d0bd0c35c7286e6a53760c
--! Hash: sha1:69080840d6473057c36d20088cfbd891a6d41dff

--! Included functions/receipts-and-inbox/mark_room_read.sql
/*
 * Reading is a number, not a row per message: a member has read everything up to last_read_seq. "Read by" and "unread"
 * follow by comparison, and marking a room read costs one row however long it is.
 */
create or replace function app_public.mark_room_read(room_id uuid, up_to_message_id uuid default null) returns app_public.room_members
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_member app_public.room_members := app_private.require_member(mark_room_read.room_id, writable => false);
  v_seq bigint;
begin
  perform app_private.limit_rate('receipt');
  if mark_room_read.up_to_message_id is null then
    select last_message_seq into v_seq from app_private.room_heads where room_heads.room_id = mark_room_read.room_id;
  else
    select seq into v_seq from app_public.messages
      where id = mark_room_read.up_to_message_id and messages.room_id = mark_room_read.room_id and held_at is null;
    if v_seq is null then
      raise exception 'There is no such message.' using errcode = 'TR404';
    end if;
  end if;
  if v_seq > v_member.last_read_seq then
    perform app_private.lock_room_as(mark_room_read.room_id, writable => false);
    -- Another device may have read on meanwhile: never backwards.
    update app_public.room_members set last_read_seq = greatest(last_read_seq, v_seq)
      where room_members.room_id = v_member.room_id and room_members.user_id = v_member.user_id
      returning * into v_member;
  end if;
  return v_member;
end
$$;
comment on function app_public.mark_room_read(uuid, uuid) is
  'Marks everything up to a message as read, or the whole room when `upToMessageId` is left out. Never goes backwards.';
grant execute on function app_public.mark_room_read(uuid, uuid) to trumpet_user;
--! EndIncluded functions/receipts-and-inbox/mark_room_read.sql

--! Included functions/receipts-and-inbox/messages_read_by.sql
create or replace function app_public.messages_read_by(message app_public.messages) returns setof app_public.users
language sql stable security invoker rows 10
set search_path = pg_catalog, pg_temp
as $$
  select users.* from app_public.room_members
    join app_public.users on users.id = room_members.user_id
    where room_members.room_id = message.room_id
      and room_members.last_read_seq >= message.seq
      and room_members.user_id <> message.author_id
    order by users.id;
$$;
comment on function app_public.messages_read_by(app_public.messages) is
  'The members who have marked this message as read, its author not counted.';
grant execute on function app_public.messages_read_by(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/receipts-and-inbox/messages_read_by.sql

--! Included functions/receipts-and-inbox/unread_of.sql
create or replace function app_private.unread_of(member app_public.room_members, head app_private.room_heads) returns bigint
language sql immutable security invoker parallel safe
return greatest(0, head.last_message_seq
  - greatest(member.last_read_seq, member.last_sent_seq, head.first_message_seq - 1));
comment on function app_private.unread_of(app_public.room_members, app_private.room_heads) is
  'How many messages of a room its member has not read: not their own, nor what retention has deleted.';
--! EndIncluded functions/receipts-and-inbox/unread_of.sql

--! Included functions/receipts-and-inbox/mentions_of.sql
create or replace function app_private.mentions_of(member app_public.room_members) returns bigint
language sql stable security invoker
return (
  select count(*) from app_private.message_mentions
    where message_mentions.user_id = member.user_id
      and message_mentions.room_id = member.room_id
      and message_mentions.seq > member.last_read_seq
);
comment on function app_private.mentions_of(app_public.room_members) is
  'How many messages that a member has not read mention that member.';
--! EndIncluded functions/receipts-and-inbox/mentions_of.sql

/*
 * The numbers of each person and room, of which an inbox is made and what a room says about its viewer. It reads one head
 * a room and never a message list, so its cost grows with the rooms and not with what was written in them. Own messages
 * are never unread, nor is what retention has deleted.
 */
create view app_private.inboxes as
  select
    room_members.user_id,
    room_members.room_id,
    app_private.unread_of(room_members, room_heads)::integer as unread_count,
    app_private.mentions_of(room_members)::integer as mention_count,
    room_heads.last_message_id as latest_message_id,
    app_private.other_person(room_members.room_id, room_members.user_id) as direct_user_id,
    coalesce(room_heads.last_message_at, room_members.joined_at) as last_activity_at
  from app_public.room_members
  join app_private.room_heads on room_heads.room_id = room_members.room_id;
comment on view app_private.inboxes is 'What the inbox of each person shows of each of their rooms.';

--! Included functions/receipts-and-inbox/my_conversations.sql
create or replace function app_hidden.my_conversations() returns table (
  room_id uuid, unread_count integer, mention_count integer, latest_message_id uuid, direct_user_id uuid,
  last_activity_at timestamptz
)
language sql stable security definer rows 50
set search_path = pg_catalog, pg_temp
as $$
  select room_id, unread_count, mention_count, latest_message_id, direct_user_id, last_activity_at
    from app_private.inboxes where user_id = app_hidden.current_user_id();
$$;
comment on function app_hidden.my_conversations() is 'What the inbox shows of each room of the person asking.';
grant execute on function app_hidden.my_conversations() to trumpet_user;
--! EndIncluded functions/receipts-and-inbox/my_conversations.sql

--! Included functions/receipts-and-inbox/my_conversation.sql
create or replace function app_hidden.my_conversation(room_id uuid) returns app_private.inboxes
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select inboxes.* from app_private.inboxes
    where user_id = app_hidden.current_user_id() and inboxes.room_id = my_conversation.room_id;
$$;
comment on function app_hidden.my_conversation(uuid) is 'The same of one room; nothing when the person asking is not a member.';
grant execute on function app_hidden.my_conversation(uuid) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/receipts-and-inbox/my_conversation.sql

create view app_public.conversations with (security_invoker = true) as
  select room_id, unread_count, mention_count, latest_message_id, direct_user_id, last_activity_at
    from app_hidden.my_conversations();
comment on view app_public.conversations is
  'One of your rooms, as the inbox shows it.';
comment on column app_public.conversations.room_id is 'The room.';
comment on column app_public.conversations.unread_count is 'How many messages you have not read; your own never count.';
comment on column app_public.conversations.mention_count is 'How many of the unread ones mention you.';
comment on column app_public.conversations.latest_message_id is 'The last message, or null while there is none.';
comment on column app_public.conversations.direct_user_id is 'In a direct conversation, the other person.';
comment on column app_public.conversations.last_activity_at is 'When the last message came; while there is none, when you joined.';
grant select on app_public.conversations to trumpet_visitor, trumpet_user;

--! Included functions/receipts-and-inbox/user_conversations.sql
create or replace function app_public.user_conversations() returns setof app_public.conversations
language sql stable security invoker rows 50
set search_path = pg_catalog, pg_temp
as $$
  select conversations.* from app_public.conversations
    order by last_activity_at desc, room_id desc;
$$;
comment on function app_public.user_conversations() is
  'Your inbox: every room you are in, the newest activity first.';
grant execute on function app_public.user_conversations() to trumpet_user;
--! EndIncluded functions/receipts-and-inbox/user_conversations.sql

--! Included functions/receipts-and-inbox/rooms_unread_count.sql
create or replace function app_public.rooms_unread_count(room app_public.rooms) returns integer
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select unread_count from app_hidden.my_conversation(room.id);
$$;
comment on function app_public.rooms_unread_count(app_public.rooms) is
  'How many messages you have not read, as in your inbox. Null when you are not a member.';
grant execute on function app_public.rooms_unread_count(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/receipts-and-inbox/rooms_unread_count.sql

--! Included functions/receipts-and-inbox/rooms_mention_count.sql
create or replace function app_public.rooms_mention_count(room app_public.rooms) returns integer
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select mention_count from app_hidden.my_conversation(room.id);
$$;
comment on function app_public.rooms_mention_count(app_public.rooms) is
  'How many of the unread messages mention you, as in your inbox. Null when you are not a member.';
grant execute on function app_public.rooms_mention_count(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/receipts-and-inbox/rooms_mention_count.sql

--! Included functions/receipts-and-inbox/rooms_latest_message.sql
create or replace function app_public.rooms_latest_message(room app_public.rooms) returns app_public.messages
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select messages.* from app_public.messages
    where messages.id = (select latest_message_id from app_hidden.my_conversation(room.id));
$$;
comment on function app_public.rooms_latest_message(app_public.rooms) is
  'The last message, as your inbox shows it. Null while there is none, and when you are not a member.';
grant execute on function app_public.rooms_latest_message(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/receipts-and-inbox/rooms_latest_message.sql

--! Included functions/receipts-and-inbox/rooms_direct_user.sql
create or replace function app_public.rooms_direct_user(room app_public.rooms) returns app_public.users
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select users.* from app_public.users
    where users.id = (select direct_user_id from app_hidden.my_conversation(room.id));
$$;
comment on function app_public.rooms_direct_user(app_public.rooms) is
  'In a direct conversation of yours, the other person.';
grant execute on function app_public.rooms_direct_user(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/receipts-and-inbox/rooms_direct_user.sql

--! Included functions/receipts-and-inbox/rooms_display_name.sql
create or replace function app_public.rooms_display_name(room app_public.rooms) returns text
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    room.name, (app_public.rooms_direct_user(room)).display_name,
    case when (select room_id from app_hidden.my_conversation(room.id)) is null then 'Direct conversation' else 'Deleted account' end);
$$;
comment on function app_public.rooms_display_name(app_public.rooms) is
  'What to call it in a list: its name; for a direct conversation, the name of the other person.';
grant execute on function app_public.rooms_display_name(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/receipts-and-inbox/rooms_display_name.sql

--! Previous: x
--! Hash: x

--! Included functions/receipts-and-inbox/seq_to_read.sql

--! EndIncluded functions/receipts-and-inbox/seq_to_read.sql

--! Included functions/receipts-and-inbox/read_up_to.sql

--! EndIncluded functions/receipts-and-inbox/read_up_to.sql

--! Included functions/receipts-and-inbox/mark_room_read.sql

--! EndIncluded functions/receipts-and-inbox/mark_room_read.sql

--! Included functions/receipts-and-inbox/messages_read_by.sql

--! EndIncluded functions/receipts-and-inbox/messages_read_by.sql

--! Included functions/receipts-and-inbox/archived_not_to_read.sql

--! EndIncluded functions/receipts-and-inbox/archived_not_to_read.sql

--! Included functions/receipts-and-inbox/unread_of.sql

--! EndIncluded functions/receipts-and-inbox/unread_of.sql

--! Included functions/receipts-and-inbox/level_of.sql

--! EndIncluded functions/receipts-and-inbox/level_of.sql

/*
 * What is unread, message by message. Whatever tells people of numbers is made of it or, where only the number is asked
 * for, of unread_of: the inbox, what a room says of its viewer, the badge, pushes and e-mails.
 */
create view app_private.unread_messages as
  select room_members.user_id, room_members.room_id, messages.id, messages.seq, messages.created_at
    from app_public.room_members
    join app_private.room_heads on room_heads.room_id = room_members.room_id
    join app_public.messages on messages.room_id = room_members.room_id
    where messages.seq > greatest(room_members.last_read_seq, room_heads.first_message_seq - 1)
      and messages.deleted_at is null
      and messages.held_at is null
      and messages.message_type <> 'system'
      and messages.author_id <> room_members.user_id
      and not app_private.has_blocked(room_members.user_id, messages.author_id);
comment on view app_private.unread_messages is 'The messages that each member of a room has not read.';

create view app_private.unread_mentions as
  select unread_messages.*
    from app_private.message_mentions
    join app_public.room_members
      on room_members.user_id = message_mentions.user_id and room_members.room_id = message_mentions.room_id
      and room_members.last_read_seq < message_mentions.seq
    join app_private.unread_messages
      on unread_messages.user_id = message_mentions.user_id and unread_messages.room_id = message_mentions.room_id
      and unread_messages.seq = message_mentions.seq
    where app_private.level_of(message_mentions.user_id, message_mentions.room_id) <> 'none';
comment on view app_private.unread_mentions is 'Those of them that mention the member, unless their level for the room is NONE.';

--! Included functions/receipts-and-inbox/archived_mentions_of.sql

--! EndIncluded functions/receipts-and-inbox/archived_mentions_of.sql

--! Included functions/receipts-and-inbox/mentions_of.sql

--! EndIncluded functions/receipts-and-inbox/mentions_of.sql

--! Included functions/receipts-and-inbox/latest_for.sql

--! EndIncluded functions/receipts-and-inbox/latest_for.sql

/*
 * The numbers of each person and room, of which an inbox is made and what a room says about its viewer. It reads one head
 * a room and never a message list, so its cost grows with the rooms and not with what was written in them.
 */
create view app_private.inboxes as
  select
    room_members.user_id,
    room_members.room_id,
    app_private.unread_of(room_members, room_heads)::integer as unread_count,
    app_private.mentions_of(room_members)::integer as mention_count,
    latest.id as latest_message_id,
    app_private.other_person(room_members.room_id, room_members.user_id) as direct_user_id,
    coalesce(latest.created_at, room_members.joined_at) as last_activity_at
  from app_public.room_members
  join app_private.room_heads on room_heads.room_id = room_members.room_id
  cross join lateral (
    select room_heads.last_message_id, room_heads.last_message_at
      where not exists (select from app_private.user_blocks where user_blocks.blocker_id = room_members.user_id)
    union all
    -- While all that can be shown is archived it is told when something came, as to everyone.
    select of_others.id, case when room_heads.last_message_id is null then room_heads.last_message_at else of_others.created_at end
      from app_private.latest_for(room_members.user_id, room_heads) as of_others
      where exists (select from app_private.user_blocks where user_blocks.blocker_id = room_members.user_id)
  ) as latest (id, created_at);
comment on view app_private.inboxes is 'What the inbox of each person shows of each of their rooms.';

--! Included functions/receipts-and-inbox/my_conversations.sql

--! EndIncluded functions/receipts-and-inbox/my_conversations.sql

--! Included functions/receipts-and-inbox/my_conversation.sql

--! EndIncluded functions/receipts-and-inbox/my_conversation.sql

create view app_public.conversations with (security_invoker = true) as
  select room_id, unread_count, mention_count, latest_message_id, direct_user_id, last_activity_at
    from app_hidden.my_conversations();
comment on view app_public.conversations is
  'One of your rooms, as the inbox shows it.';
comment on column app_public.conversations.room_id is 'The room.';
comment on column app_public.conversations.unread_count is 'How many messages you have not read. Your own never count, nor what is deleted or of people you have blocked.';
comment on column app_public.conversations.mention_count is 'How many of the unread ones mention you. 0 at the level NONE.';
comment on column app_public.conversations.latest_message_id is 'The last message that is not of people you have blocked, or null while there is none, or none but in archived months.';
comment on column app_public.conversations.direct_user_id is 'In a direct conversation, the other person.';
comment on column app_public.conversations.last_activity_at is 'When that message came, also once its month is archived; while there is none, when you joined.';
grant select on app_public.conversations to trumpet_visitor, trumpet_user;

--! Included functions/receipts-and-inbox/user_conversations.sql

--! EndIncluded functions/receipts-and-inbox/user_conversations.sql

--! Included functions/receipts-and-inbox/rooms_unread_count.sql

--! EndIncluded functions/receipts-and-inbox/rooms_unread_count.sql

--! Included functions/receipts-and-inbox/rooms_mention_count.sql

--! EndIncluded functions/receipts-and-inbox/rooms_mention_count.sql

--! Included functions/receipts-and-inbox/rooms_latest_message.sql

--! EndIncluded functions/receipts-and-inbox/rooms_latest_message.sql

--! Included functions/receipts-and-inbox/rooms_direct_user.sql

--! EndIncluded functions/receipts-and-inbox/rooms_direct_user.sql

--! Included functions/receipts-and-inbox/rooms_display_name.sql

--! EndIncluded functions/receipts-and-inbox/rooms_display_name.sql

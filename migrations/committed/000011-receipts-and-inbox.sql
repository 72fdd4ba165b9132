--! Previous: x
--! Hash: x

/*
 * What people tell others of themselves. Who reads, types or is there without telling writes where others do not look, so
 * that neither the log nor a number leads to it; and who tells nothing is told nothing.
 */
create table app_public.privacy_settings (
  user_id uuid primary key references app_public.users on delete cascade,
  hides_reading boolean not null default false,
  hides_typing boolean not null default false,
  hides_presence boolean not null default false,
  changed_at timestamptz
);
comment on table app_public.privacy_settings is
  'What you tell others of yourself. It goes both ways: what you hide you are not told of others.';
comment on column app_public.privacy_settings.user_id is 'Whose settings they are.';
comment on column app_public.privacy_settings.hides_reading is
  'Whether nobody is told what you read from now on: no receipts, and none of others.';
comment on column app_public.privacy_settings.hides_typing is 'Whether nobody is told that you are typing.';
comment on column app_public.privacy_settings.hides_presence is
  'Whether you are `OFFLINE` to everybody, and never seen.';
comment on column app_public.privacy_settings.changed_at is 'When they last became others.';
comment on constraint privacy_settings_pkey on app_public.privacy_settings is 'One set a person.';
comment on constraint privacy_settings_user_id_fkey on app_public.privacy_settings is 'Whose settings they are.';
alter table app_public.privacy_settings enable row level security;
create policy select_own on app_public.privacy_settings for select to trumpet_user using (user_id = (select app_hidden.current_user_id()));
create policy select_admin on app_public.privacy_settings for select to trumpet_admin using (true);
grant select on app_public.privacy_settings to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* The sweep of live subscriptions: whose have changed lately. */
create index privacy_settings_changed_at on app_public.privacy_settings (changed_at);

--! Included functions/privacy/hides_reading.sql

--! EndIncluded functions/privacy/hides_reading.sql

--! Included functions/privacy/hides_typing.sql

--! EndIncluded functions/privacy/hides_typing.sql

--! Included functions/privacy/hides_presence.sql

--! EndIncluded functions/privacy/hides_presence.sql

--! Included functions/privacy/sees_reading.sql

--! EndIncluded functions/privacy/sees_reading.sql

--! Included functions/privacy/tells_reading.sql

--! EndIncluded functions/privacy/tells_reading.sql

create table app_private.personal_news (
  person_id uuid not null references app_public.users on delete cascade,
  matter text not null,
  room_id uuid references app_public.rooms on delete cascade,
  xid xid8 not null,
  told_at timestamptz not null,
  constraint personal_news_matter_is_known check (matter in ('room', 'scheduled', 'list', 'saved', 'reminder', 'drafts', 'privacy', 'thread')),
  constraint personal_news_one_a_matter unique nulls not distinct (person_id, matter, room_id)
) with (fillfactor = 80);
comment on table app_private.personal_news is
  'By which transaction something last changed that is of one person alone, such as what they have marked as unread.';
comment on column app_private.personal_news.xid is 'As the log of rooms counts transactions: see room_changes.xid.';
comment on column app_private.personal_news.told_at is 'When that was.';
alter table app_private.personal_news enable row level security;
/* userEvents: what is new for a person since a transaction horizon. */
create index personal_news_person_id on app_private.personal_news (person_id, xid);
create index personal_news_room_id on app_private.personal_news (room_id);

--! Included functions/receipts-and-inbox/tell_person.sql

--! EndIncluded functions/receipts-and-inbox/tell_person.sql

--! Included functions/receipts-and-inbox/read_to.sql

--! EndIncluded functions/receipts-and-inbox/read_to.sql

--! Included functions/receipts-and-inbox/read_position.sql

--! EndIncluded functions/receipts-and-inbox/read_position.sql

--! Included functions/receipts-and-inbox/seq_to_read.sql

--! EndIncluded functions/receipts-and-inbox/seq_to_read.sql

--! Included functions/receipts-and-inbox/read_up_to.sql

--! EndIncluded functions/receipts-and-inbox/read_up_to.sql

--! Included functions/receipts-and-inbox/read_marked.sql

--! EndIncluded functions/receipts-and-inbox/read_marked.sql

--! Included functions/receipts-and-inbox/answers_position.sql

--! EndIncluded functions/receipts-and-inbox/answers_position.sql

--! Included functions/receipts-and-inbox/leave_answers.sql

--! EndIncluded functions/receipts-and-inbox/leave_answers.sql

--! Included functions/receipts-and-inbox/read_answers.sql

--! EndIncluded functions/receipts-and-inbox/read_answers.sql

--! Included functions/receipts-and-inbox/mark_room_read.sql

--! EndIncluded functions/receipts-and-inbox/mark_room_read.sql

--! Included functions/receipts-and-inbox/room_members_last_read_seq.sql

--! EndIncluded functions/receipts-and-inbox/room_members_last_read_seq.sql

--! Included functions/receipts-and-inbox/room_members_read_position.sql

--! EndIncluded functions/receipts-and-inbox/room_members_read_position.sql

--! Included functions/receipts-and-inbox/mark_room_unread.sql

--! EndIncluded functions/receipts-and-inbox/mark_room_unread.sql

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
    where messages.seq > greatest(app_private.read_position(room_members), room_heads.first_message_seq - 1)
      and messages.deleted_at is null
      and messages.held_at is null
      and (messages.disappears_at is null or messages.disappears_at > statement_timestamp())
      and messages.message_type <> 'system'
      and messages.author_id <> room_members.user_id
      and not app_private.has_blocked(room_members.user_id, messages.author_id);
comment on view app_private.unread_messages is 'The messages that each member of a room has not read.';

create view app_private.unread_mentions as
  select unread_messages.*
    from app_private.message_mentions
    join app_public.room_members
      on room_members.user_id = message_mentions.user_id and room_members.room_id = message_mentions.room_id
      and app_private.read_position(room_members) < message_mentions.seq
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

--! Included functions/receipts-and-inbox/names_of_others.sql

--! EndIncluded functions/receipts-and-inbox/names_of_others.sql

--! Included functions/receipts-and-inbox/name_for.sql

--! EndIncluded functions/receipts-and-inbox/name_for.sql

--! Included functions/receipts-and-inbox/rooms_display_name.sql

--! EndIncluded functions/receipts-and-inbox/rooms_display_name.sql

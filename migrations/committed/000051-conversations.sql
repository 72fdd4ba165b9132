--! Previous: x
--! Hash: x

/*
 * Conversations of several without a name. Each has the people with whom it began, sorted, so that the same people find the
 * same one. They have no owner and no roles, as a conversation of two. Who wants one more person in it begins another with
 * all of them, as what was written was for those who were there; once it is turned into a room people are added to it.
 */
create table app_private.group_conversations (
  people uuid[] primary key,
  room_id uuid not null references app_public.rooms on delete cascade,
  constraint group_conversations_people_range check (cardinality(people) between 3 and 20)
);
comment on table app_private.group_conversations is
  'Which room several people share without a name. It ends when one of them leaves, and when it is turned into a room.';
alter table app_private.group_conversations enable row level security;
create unique index group_conversations_room_id on app_private.group_conversations (room_id);

--! Included functions/conversations/tg_room_members__end_group_conversation.sql

--! EndIncluded functions/conversations/tg_room_members__end_group_conversation.sql

create trigger _300_end_group_conversation after delete on app_public.room_members
  for each row execute function app_private.tg_room_members__end_group_conversation();

--! Included functions/conversations/create_group_conversation.sql

--! EndIncluded functions/conversations/create_group_conversation.sql

--! Included functions/conversations/turn_into_room.sql

--! EndIncluded functions/conversations/turn_into_room.sql

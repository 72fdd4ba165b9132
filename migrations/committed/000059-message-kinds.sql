--! Previous: x
--! Hash: x

/*
 * What is written in a room and is no plain text.
 */

/*
 * System messages: what happened, in the history and numbered with it. The log tells changes as well, but is kept for some
 * months only, has no places between messages, and nobody pages through it.
 */
create type app_public.system_message_kind as enum (
  'member_joined', 'member_left', 'renamed', 'description_changed', 'message_pinned', 'retention_changed',
  'disappearing_changed', 'became_room');
comment on type app_public.system_message_kind is 'What a message of type SYSTEM tells, for clients to say in their language.';

create type app_public.system_message as (
  kind app_public.system_message_kind,
  message_id uuid,
  name text,
  description text,
  retention_days integer,
  disappear_after_seconds integer
);
comment on type app_public.system_message is 'A change of a room that is told in its history.';
comment on column app_public.system_message.kind is 'What happened.';
comment on column app_public.system_message.message_id is 'MESSAGE_PINNED: which one. It may be gone.';
comment on column app_public.system_message.name is 'RENAMED, BECAME_ROOM: the new name.';
comment on column app_public.system_message.description is 'DESCRIPTION_CHANGED: what the room is for now; null when nothing says it any more.';
comment on column app_public.system_message.retention_days is
  'RETENTION_CHANGED: for how many days messages are kept now. 0: for ever. Null: as the installation has it.';
comment on column app_public.system_message.disappear_after_seconds is
  'DISAPPEARING_CHANGED: after how many seconds messages disappear now. Null: they stay.';

--! Included functions/message-kinds/write_system_message.sql

--! EndIncluded functions/message-kinds/write_system_message.sql
--! Included functions/message-kinds/tg_room_members__tell.sql

--! EndIncluded functions/message-kinds/tg_room_members__tell.sql

create trigger _600_tell after insert or delete on app_public.room_members
  for each row execute function app_private.tg_room_members__tell();

--! Included functions/message-kinds/tg_rooms__tell.sql

--! EndIncluded functions/message-kinds/tg_rooms__tell.sql

create trigger _600_tell after update of type, name, description, retention_days, disappear_after_seconds on app_public.rooms
  for each row when (new.system_messages <> 'none' and not new.is_archived) execute function app_private.tg_rooms__tell();

--! Included functions/message-kinds/set_system_messages.sql

--! EndIncluded functions/message-kinds/set_system_messages.sql

--! Included functions/message-kinds/messages_system_message.sql

--! EndIncluded functions/message-kinds/messages_system_message.sql

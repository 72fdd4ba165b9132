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

/*
 * Ephemeral messages: what a bot or a server tells one member of a room. They are interactions that nobody has begun, so
 * that both are told of them, and nobody else, in the way that answers for one person have. See 000039-interactions.sql.
 */
--! Included functions/message-kinds/send_ephemeral_message.sql

--! EndIncluded functions/message-kinds/send_ephemeral_message.sql

--! Included functions/message-kinds/dismiss_interaction.sql

--! EndIncluded functions/message-kinds/dismiss_interaction.sql

/*
 * Locations and contacts: in metadata, so that a message without one costs nothing, and all that carries messages carries
 * them. What is in them is looked at with the rest of metadata; see check_metadata.
 */
create type app_public.location as (latitude double precision, longitude double precision, name text, address text);
comment on type app_public.location is 'A place that a message shares.';
comment on column app_public.location.latitude is 'In degrees, from -90 in the south to 90.';
comment on column app_public.location.longitude is 'In degrees, from -180 in the west to 180.';
comment on column app_public.location.name is 'What it is called, or null.';
comment on column app_public.location.address is 'Its address, or null.';

create type app_public.contact as (
  name text, organization text, title text, phones text[], emails text[], address text, url text);
comment on type app_public.contact is 'The card of a person or a firm that a message shares, with what vCards have.';
comment on column app_public.contact.name is 'The full name.';
comment on column app_public.contact.organization is 'Whom they work for, or null.';
comment on column app_public.contact.title is 'What they are there, or null.';
comment on column app_public.contact.phones is 'Their numbers, as they are dialled; at most 10.';
comment on column app_public.contact.emails is 'Their e-mail addresses; at most 10.';
comment on column app_public.contact.address is 'Their address, or null.';
comment on column app_public.contact.url is 'Their page, or null.';

--! Included functions/message-kinds/check_shared_texts.sql

--! EndIncluded functions/message-kinds/check_shared_texts.sql
--! Included functions/message-kinds/check_shared.sql

--! EndIncluded functions/message-kinds/check_shared.sql
--! Included functions/message-kinds/messages_location.sql

--! EndIncluded functions/message-kinds/messages_location.sql
--! Included functions/message-kinds/messages_contact.sql

--! EndIncluded functions/message-kinds/messages_contact.sql

create table app_private.map_rules (
  is_only_row boolean primary key default true,
  address text default 'https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=16/{latitude}/{longitude}',
  constraint map_rules_has_one_row check (is_only_row),
  constraint map_rules_address_is_one check (
    address ~ '^https?://' and position('{latitude}' in address) > 0 and position('{longitude}' in address) > 0)
);
comment on table app_private.map_rules is
  'Where places are shown: `update app_private.map_rules set address = ''https://maps.example/?at={latitude},{longitude}''`. One row.';
comment on column app_private.map_rules.is_only_row is 'Always true.';
comment on column app_private.map_rules.address is 'The address of a map. Null: what the device has for maps.';
alter table app_private.map_rules enable row level security;
create trigger _100_refuse_truncate before truncate on app_private.map_rules
  for each statement execute function app_private.tg_any__refuse_truncate();
insert into app_private.map_rules default values;

--! Included functions/message-kinds/map_address.sql

--! EndIncluded functions/message-kinds/map_address.sql

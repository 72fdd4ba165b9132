--! Previous: sha1:be05ef2b7074125d22e9ca7844795640c94e8ccf
--! Hash: sha1:eb507c6a751c55f8b16468881d4a80b84948c2da

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
/* Its author is whom it is about: who leaves takes along by the usual ways what tells of them. */
create or replace function app_private.write_system_message(
  room_id uuid, author_id uuid, kind app_public.system_message_kind, details jsonb default '{}'
) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Work in bulk and what is brought in tell nobody; nor is there anything to tell of a room that goes.
  if write_system_message.author_id is null
    or coalesce(current_setting('trumpet.bulk', true), '') = 'on'
    or coalesce(current_setting('trumpet.import', true), '') <> ''
    or not exists (select from app_public.users where users.id = write_system_message.author_id and deleted_at is null)
  then
    return;
  end if;
  insert into app_public.messages (room_id, author_id, message_type, content, metadata) values (
    write_system_message.room_id, write_system_message.author_id, 'system',
    -- For what does not know the kind, such as an older client.
    case kind
      when 'member_joined' then 'joined the room.'
      when 'member_left' then 'left the room.'
      when 'renamed' then 'renamed the room.'
      when 'description_changed' then 'changed what the room is for.'
      when 'message_pinned' then 'pinned a message.'
      when 'retention_changed' then 'changed for how long messages are kept.'
      when 'disappearing_changed' then 'changed when messages disappear.'
      when 'became_room' then 'turned the conversation into a room.'
    end,
    jsonb_build_object('system', jsonb_strip_nulls(jsonb_build_object('kind', upper(kind::text)) || details)));
end
$$;
comment on function app_private.write_system_message(uuid, uuid, app_public.system_message_kind, jsonb) is
  'Writes in the history of a room what happened there, in the transaction that does it.';
--! EndIncluded functions/message-kinds/write_system_message.sql
--! Included functions/message-kinds/tg_room_members__tell.sql
create or replace function app_private.tg_room_members__tell() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_member constant app_public.room_members := case when tg_op = 'DELETE' then old else new end;
begin
  if exists (
    select from app_public.rooms
      where rooms.id = v_member.room_id and rooms.system_messages = 'all' and not rooms.is_archived)
  then
    perform app_private.write_system_message(
      v_member.room_id, v_member.user_id,
      case when tg_op = 'DELETE' then 'member_left' else 'member_joined' end::app_public.system_message_kind);
  end if;
  return null;
end
$$;
comment on function app_private.tg_room_members__tell() is
  'Writes in a room''s history who joins and leaves, where the room has it so, whoever does it.';
--! EndIncluded functions/message-kinds/tg_room_members__tell.sql

create trigger _600_tell after insert or delete on app_public.room_members
  for each row execute function app_private.tg_room_members__tell();

--! Included functions/message-kinds/tg_rooms__tell.sql
create or replace function app_private.tg_rooms__tell() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor_id constant uuid := app_hidden.current_user_id();
begin
  if old.type = 'direct' and new.type <> 'direct' then
    perform app_private.write_system_message(new.id, v_actor_id, 'became_room', jsonb_build_object('name', new.name));
  elsif old.name is distinct from new.name then
    perform app_private.write_system_message(new.id, v_actor_id, 'renamed', jsonb_build_object('name', new.name));
  end if;
  if old.description is distinct from new.description then
    perform app_private.write_system_message(
      new.id, v_actor_id, 'description_changed', jsonb_build_object('description', new.description));
  end if;
  if old.retention_days is distinct from new.retention_days then
    perform app_private.write_system_message(
      new.id, v_actor_id, 'retention_changed', jsonb_build_object('retentionDays', new.retention_days));
  end if;
  if old.disappear_after_seconds is distinct from new.disappear_after_seconds then
    perform app_private.write_system_message(
      new.id, v_actor_id, 'disappearing_changed', jsonb_build_object('disappearAfterSeconds', new.disappear_after_seconds));
  end if;
  return null;
end
$$;
comment on function app_private.tg_rooms__tell() is
  'Writes in a room''s history what was changed of it, where the room has it so and somebody did it.';
--! EndIncluded functions/message-kinds/tg_rooms__tell.sql

create trigger _600_tell after update of type, name, description, retention_days, disappear_after_seconds on app_public.rooms
  for each row when (new.system_messages <> 'none' and not new.is_archived) execute function app_private.tg_rooms__tell();

--! Included functions/message-kinds/set_system_messages.sql
create or replace function app_public.set_system_messages(room_id uuid, level app_public.system_message_level)
returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_room app_public.rooms;
begin
  perform app_private.limit_rate('room');
  v_locked := app_private.lock_room_as(set_system_messages.room_id);
  v_room := v_locked.room;
  perform app_private.check_permission_of_equals(v_locked.room, v_locked.member, 'edit_room');
  update app_public.rooms set system_messages = set_system_messages.level
    where rooms.id = set_system_messages.room_id
    returning * into v_room;
  return v_room;
end
$$;
comment on function app_public.set_system_messages(uuid, app_public.system_message_level) is
  'Says which changes of a room are told in its history, as messages of type SYSTEM. It counts for what happens from then on. For admins and the owner, and for everybody in a conversation.';
grant execute on function app_public.set_system_messages(uuid, app_public.system_message_level) to trumpet_user, trumpet_key;
--! EndIncluded functions/message-kinds/set_system_messages.sql

--! Included functions/message-kinds/messages_system_message.sql
create or replace function app_public.messages_system_message(message app_public.messages) returns app_public.system_message
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select row(
      lower(system ->> 'kind')::app_public.system_message_kind,
      case when pg_input_is_valid(system ->> 'messageId', 'uuid') then (system ->> 'messageId')::uuid end,
      system ->> 'name', system ->> 'description',
      case when pg_input_is_valid(system ->> 'retentionDays', 'integer') then (system ->> 'retentionDays')::integer end,
      case when pg_input_is_valid(system ->> 'disappearAfterSeconds', 'integer') then (system ->> 'disappearAfterSeconds')::integer end
    )::app_public.system_message
    from (select message.metadata -> 'system' as system) as told
    where message.message_type = 'system' and message.metadata ? 'system'
      -- What an import has brought need not be one.
      and pg_input_is_valid(lower(system ->> 'kind'), 'app_public.system_message_kind');
$$;
comment on function app_public.messages_system_message(app_public.messages) is
  'What happened in the room, where the server wrote this message to tell it; else null. Its `author` is who did it, or who joined or left.';
grant execute on function app_public.messages_system_message(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/message-kinds/messages_system_message.sql

/*
 * Ephemeral messages: what a bot or a server tells one member of a room. They are interactions that nobody has begun, so
 * that both are told of them, and nobody else, in the way that answers for one person have. See 000039-interactions.sql.
 */
--! Included functions/message-kinds/send_ephemeral_message.sql
/*
 * As an answer that nobody has asked for: it is between two, told to both, and gone after the same time.
 */
create or replace function app_public.send_ephemeral_message(
  room_id uuid, user_id uuid, content text, parent_message_id uuid default null, nonce text default null
) returns app_public.interactions
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_bot_id constant uuid := app_private.require_user();
  v_wanted app_public.interactions;
  v_made app_public.interactions;
  v_locked app_private.locked_room;
begin
  perform app_private.limit_rate('answer');
  if not app_private.may_have_components() then
    raise exception 'Only bots and servers tell one person something in a room.' using errcode = 'TR403';
  end if;
  perform app_private.check_content(send_ephemeral_message.content, may_be_empty => false);
  if char_length(nonce) > 100 then
    raise exception 'A nonce has at most 100 characters.' using errcode = 'TR400';
  end if;
  v_locked := app_private.lock_room_as(send_ephemeral_message.room_id);
  v_wanted.room_id := send_ephemeral_message.room_id;
  v_wanted.parent_message_id := send_ephemeral_message.parent_message_id;
  v_made := app_private.interaction_of_nonce(v_bot_id, nonce, v_wanted);
  if v_made.id is not null then
    if (v_made.kind, v_made.user_id) is distinct from ('notice'::app_public.interaction_kind, send_ephemeral_message.user_id) then
      raise exception 'You have done something else with this nonce.' using errcode = 'TR409';
    end if;
    return v_made;
  end if;
  perform app_private.check_may_write(
    v_locked.room, v_locked.member, app_private.permission_to_send(send_ephemeral_message.parent_message_id));
  perform app_private.check_listener(send_ephemeral_message.room_id, v_bot_id, send_ephemeral_message.user_id);
  if send_ephemeral_message.parent_message_id is not null and not exists (
    select from app_public.messages
      where messages.id = send_ephemeral_message.parent_message_id and messages.room_id = send_ephemeral_message.room_id
        and deleted_at is null and held_at is null and (disappears_at is null or disappears_at > statement_timestamp())
        and seq >= coalesce((v_locked.member).sees_from_seq, 1)
        and seq >= app_private.history_start(send_ephemeral_message.room_id, send_ephemeral_message.user_id)
  ) then
    raise exception 'There is no such message to reply to.' using errcode = 'TR404';
  end if;
  insert into app_public.interactions (
    kind, room_id, bot_id, user_id, parent_message_id, waits_until, answered_at, answer, expires_at
  ) values (
    'notice', send_ephemeral_message.room_id, v_bot_id, send_ephemeral_message.user_id, send_ephemeral_message.parent_message_id,
    now(), clock_timestamp(), send_ephemeral_message.content, now() + (select keep_for from app_private.interaction_rules)
  ) returning * into v_made;
  if nonce is not null then
    insert into app_private.interaction_nonces (user_id, nonce, interaction_id)
      values (v_bot_id, send_ephemeral_message.nonce, v_made.id)
      on conflict on constraint interaction_nonces_pkey do nothing;
    -- By somebody faster by a moment, in another room: what was done in this one was found.
    if not found then
      raise exception 'You have done something else with this nonce.' using errcode = 'TR409';
    end if;
  end if;
  perform app_private.tell_interaction(v_made);
  return v_made;
end
$$;
comment on function app_public.send_ephemeral_message(uuid, uuid, text, uuid, text) is
  'For bots and servers: tells one member of a room something there that nobody else sees. It is an interaction of kind NOTICE, heard by `InteractionEvent`, in no history, and gone after a day. `answerInteraction` puts another text in its place; `dismissInteraction` takes it away.';
grant execute on function app_public.send_ephemeral_message(uuid, uuid, text, uuid, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/message-kinds/send_ephemeral_message.sql

--! Included functions/message-kinds/dismiss_interaction.sql
create or replace function app_public.dismiss_interaction(interaction_id uuid) returns app_public.interactions
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
  v_interaction app_public.interactions;
begin
  perform app_private.limit_rate('interaction');
  select * into v_interaction from app_public.interactions
    where interactions.id = dismiss_interaction.interaction_id and expires_at > now()
      and (interactions.user_id = v_user_id or interactions.bot_id = v_user_id and interactions.kind = 'notice')
    for no key update;
  if v_interaction.id is null then
    raise exception 'There is no such interaction.' using errcode = 'TR404';
  end if;
  if v_interaction.dismissed_at is not null then
    return v_interaction;
  end if;
  update app_public.interactions set dismissed_at = clock_timestamp()
    where interactions.id = v_interaction.id
    returning * into v_interaction;
  perform app_private.tell_interaction(v_interaction);
  return v_interaction;
end
$$;
comment on function app_public.dismiss_interaction(uuid) is
  'Shows an interaction, with the answer in it, no more on any device of whoever it is for. For them; of a NOTICE, for whoever sent it, too.';
grant execute on function app_public.dismiss_interaction(uuid) to trumpet_user, trumpet_key;
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
create or replace function app_private.check_shared_texts(what text, value jsonb, names text[]) returns void
language plpgsql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text;
begin
  foreach v_name in array names loop
    if value ? v_name and (
      jsonb_typeof(value -> v_name) <> 'string' or char_length(value ->> v_name) not between 1 and 500
      or value ->> v_name ~ '[\u0001-\u0009\u000b-\u001f\u007f]'
    ) then
      raise exception 'The % of a % is a text of at most 500 characters.', v_name, what using errcode = 'TR400';
    end if;
  end loop;
end
$$;
comment on function app_private.check_shared_texts(text, jsonb, text[]) is 'Refuses texts of a location or a contact that are none, or too long.';
--! EndIncluded functions/message-kinds/check_shared_texts.sql
--! Included functions/message-kinds/check_shared.sql
/* What is in metadata is anybody's; these two names are what clients show as a place and as a person, so they are what they say. */
create or replace function app_private.check_shared(metadata jsonb) returns void
language plpgsql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_location constant jsonb := metadata -> 'location';
  v_contact constant jsonb := metadata -> 'contact';
  v_name text;
begin
  if metadata ?& '{location,contact}' then
    raise exception 'A message has a location or a contact, not both.' using errcode = 'TR400';
  end if;
  if metadata ? 'location' then
    if jsonb_typeof(v_location) <> 'object' or v_location - '{latitude,longitude,name,address}'::text[] <> '{}' then
      raise exception 'A location has a latitude and a longitude, and may have a name and an address.' using errcode = 'TR400';
    end if;
    if jsonb_typeof(v_location -> 'latitude') is distinct from 'number'
      or jsonb_typeof(v_location -> 'longitude') is distinct from 'number'
      -- A number so close to nothing that whoever reads it could not.
      or not pg_input_is_valid(v_location ->> 'latitude', 'double precision')
      or not pg_input_is_valid(v_location ->> 'longitude', 'double precision')
      or (v_location ->> 'latitude')::numeric not between -90 and 90
      or (v_location ->> 'longitude')::numeric not between -180 and 180
    then
      raise exception 'The latitude of a location is a number from -90 to 90, its longitude one from -180 to 180.' using errcode = 'TR400';
    end if;
    perform app_private.check_shared_texts('location', v_location, '{name,address}');
  end if;
  if metadata ? 'contact' then
    if jsonb_typeof(v_contact) <> 'object'
      or v_contact - '{name,organization,title,phones,emails,address,url}'::text[] <> '{}'
      or jsonb_typeof(v_contact -> 'name') is distinct from 'string' or app_private.is_blank(v_contact ->> 'name')
    then
      raise exception 'A contact has a name, and may have an organization, a title, phones, emails, an address and a url.'
        using errcode = 'TR400';
    end if;
    perform app_private.check_shared_texts('contact', v_contact, '{name,organization,title,address,url}');
    if v_contact ? 'url' and v_contact ->> 'url' !~ '^https?://[^\s]+$' then
      raise exception 'The url of a contact begins with https:// or http://.' using errcode = 'TR400';
    end if;
    foreach v_name in array '{phones,emails}'::text[] loop
      if v_contact ? v_name and (
        jsonb_typeof(v_contact -> v_name) <> 'array'
        or jsonb_array_length(v_contact -> v_name) > 10
        or exists (
          select from jsonb_array_elements(v_contact -> v_name) as value
            where jsonb_typeof(value) <> 'string'
              or value #>> '{}' !~ case v_name when 'phones' then '^\+?[0-9 ()./#*,;-]{1,40}$' else '^[^\s@<>]+@[^\s@<>]+$' end
              or char_length(value #>> '{}') > 254)
      ) then
        raise exception 'The % of a contact are a list of at most 10 %.', v_name,
          case v_name when 'phones' then 'numbers, as they are dialled' else 'addresses' end
          using errcode = 'TR400';
      end if;
    end loop;
  end if;
end
$$;
comment on function app_private.check_shared(jsonb) is 'Refuses a location or a contact in metadata that is none.';
--! EndIncluded functions/message-kinds/check_shared.sql
--! Included functions/message-kinds/messages_location.sql
create or replace function app_public.messages_location(message app_public.messages) returns app_public.location
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select row(latitude::double precision, longitude::double precision, location ->> 'name', location ->> 'address')::app_public.location
    from (select message.metadata -> 'location' as location) as shared
    -- What an import has brought need not be one. The values are left out before they are cast: the planner casts what it
    -- knows, whatever stands in WHERE.
    cross join lateral (
      select
        case when pg_input_is_valid(location ->> 'latitude', 'double precision') then location ->> 'latitude' end as latitude,
        case when pg_input_is_valid(location ->> 'longitude', 'double precision') then location ->> 'longitude' end as longitude
    ) as number
    where message.metadata ? 'location'
      and jsonb_typeof(location -> 'latitude') = 'number' and jsonb_typeof(location -> 'longitude') = 'number'
      and latitude is not null and longitude is not null;
$$;
comment on function app_public.messages_location(app_public.messages) is 'The place that it shares, or null.';
grant execute on function app_public.messages_location(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/message-kinds/messages_location.sql
--! Included functions/message-kinds/messages_contact.sql
create or replace function app_public.messages_contact(message app_public.messages) returns app_public.contact
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select row(
      contact ->> 'name', contact ->> 'organization', contact ->> 'title',
      array(select jsonb_array_elements_text(case jsonb_typeof(contact -> 'phones') when 'array' then contact -> 'phones' else '[]' end)),
      array(select jsonb_array_elements_text(case jsonb_typeof(contact -> 'emails') when 'array' then contact -> 'emails' else '[]' end)),
      contact ->> 'address', contact ->> 'url'
    )::app_public.contact
    from (select message.metadata -> 'contact' as contact) as shared
    -- What an import has brought need not be one.
    where jsonb_typeof(message.metadata #> '{contact,name}') = 'string';
$$;
comment on function app_public.messages_contact(app_public.messages) is 'The person or firm whose card it shares, or null.';
grant execute on function app_public.messages_contact(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
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
create or replace function app_public.map_address() returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select map_rules.address from app_private.map_rules;
$$;
comment on function app_public.map_address() is
  'Where clients show a place that is shared: an address with `{latitude}` and `{longitude}` in it. Null: in whatever the device has for maps, as `geo:` (RFC 5870).';
grant execute on function app_public.map_address() to trumpet_visitor, trumpet_user, trumpet_key;
--! EndIncluded functions/message-kinds/map_address.sql

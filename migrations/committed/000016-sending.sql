--! Previous: sha1:07179131bf46b5d664481e23f1ea1a697443af75
--! Hash: sha1:efd55f705290fbb7616f712c60e162761d5248b8

--! Included functions/sending/check_content.sql
/*
 * Sending, editing, deleting and pinning.
 *
 * Whether a member may write a text now is asked at two doors, check_send and check_edit, whichever way the message comes
 * in. Each check they make is in the chapter of its topic.
 */
create or replace function app_private.check_content(content text, may_be_empty boolean) returns text
language plpgsql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if not may_be_empty and app_private.is_blank(content) then
    raise exception 'A message needs some text or a file.' using errcode = 'TR400';
  end if;
  if char_length(content) > 8000 then
    raise exception 'A message has at most 8,000 characters.' using errcode = 'TR413';
  end if;
  return content;
end
$$;
comment on function app_private.check_content(text, boolean) is 'The text of a message, or the error that says what is wrong with it.';
--! EndIncluded functions/sending/check_content.sql

--! Included functions/sending/message_of_nonce.sql
create or replace function app_private.message_of_nonce(author_id uuid, room_id uuid, nonce text, request_hash bigint)
returns app_public.messages
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known app_private.message_nonces;
  v_archive regclass;
  v_message app_public.messages;
begin
  select * into v_known from app_private.message_nonces
    where message_nonces.author_id = message_of_nonce.author_id and message_nonces.nonce = message_of_nonce.nonce;
  if v_known.request_hash <> message_of_nonce.request_hash then
    raise exception 'You have sent something else with this nonce.' using errcode = 'TR409';
  end if;
  -- The message is given as it is now, which is for members only.
  perform app_private.require_member(message_of_nonce.room_id, writable => false);
  select * into v_message from app_public.messages where id = v_known.message_id;
  if not found then
    v_archive := to_regclass(format(
      'app_archive.%I', app_private.month_table((uuid_extract_timestamp(v_known.message_id) at time zone 'UTC')::date)));
    if v_archive is not null then
      execute format('select (jsonb_populate_record(null::app_public.messages, to_jsonb(message))).* from %s as message where id = $1', v_archive)
        using v_known.message_id into v_message;
    end if;
  end if;
  if v_message.id is null or v_message.disappears_at <= clock_timestamp() then
    raise exception 'What you sent with this nonce is not kept any more.' using errcode = 'TR409';
  end if;
  return v_message;
end
$$;
comment on function app_private.message_of_nonce(uuid, uuid, text, bigint) is
  'The message that an author has already sent to a room under a nonce, be it in the archive; `CONFLICT` when what they sent was something else or is gone, and what a stranger to the room is told when they are one.';
--! EndIncluded functions/sending/message_of_nonce.sql

create type app_private.send_check as (
  verdict app_private.verdict,
  role app_public.member_role,
  had_own_permissions boolean,
  slow_mode_seconds integer,
  pause_seconds integer,
  rules_version text,
  hooks_version text
);
comment on type app_private.send_check is 'What was found when a message was checked, and by what, so that it can be seen whether that still counts.';

create type app_private.hook_decision as (
  verdict text,
  content text,
  reason text
);
comment on type app_private.hook_decision is
  'What the hooks of a room say of a text: `allow` or `hold` it, as it is or changed. Null where nobody is asked.';

--! Included functions/sending/check_parts.sql
create or replace function app_private.check_parts(
  room app_public.rooms, member app_public.room_members, metadata jsonb, has_files boolean
) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if has_files then
    perform app_private.check_permission(room, member, 'attach_files');
  end if;
  if metadata ? 'poll' then
    perform app_private.check_permission(room, member, 'create_polls');
  end if;
end
$$;
comment on function app_private.check_parts(app_public.rooms, app_public.room_members, jsonb, boolean) is
  'Raises what is missing for what a message has beside its text. Every built-in role may, unless the room asks for a higher one for files.';
--! EndIncluded functions/sending/check_parts.sql
--! Included functions/sending/check_send.sql
create or replace function app_private.check_send(user_id uuid, room_id uuid, content text, metadata jsonb, has_files boolean, parent_message_id uuid default null) returns app_private.send_check
language plpgsql volatile security invoker
as $$
declare
  v_known record;
  v_check app_private.send_check;
begin
  -- One query for all that a usual message needs; what is unusual is asked again by who can say what is wrong.
  select
      rooms as room, room_members as member, room_members.role,
      room_members.muted_until is not null or room_members.denied_permissions is not null as is_hindered, rooms.is_archived, rooms.is_locked, rooms.slow_mode_seconds,
      case when check_send.parent_message_id is null then rooms.writing_role else rooms.reply_role end as least_role,
      case when exists (select from app_public.room_rules where room_rules.room_id = rooms.id)
        then app_private.rules_version(rooms.id) end as rules_version,
      case when exists (
        select from app_public.webhooks
          where default_verdict is not null and 'message' = any (webhooks.asks)
            and webhooks.workspace_id = rooms.workspace_id and (webhooks.room_ids is null or rooms.id = any (webhooks.room_ids))
      ) then app_private.hooks_version(rooms.id, 'message') end as hooks_version
    into v_known
    from app_public.room_members join app_public.rooms on rooms.id = room_members.room_id
    where room_members.room_id = check_send.room_id and room_members.user_id = check_send.user_id;
  if not found or v_known.is_archived then
    perform app_private.require_member(check_send.room_id);
  end if;
  if v_known.is_hindered or v_known.is_locked or v_known.role < v_known.least_role then
    perform app_private.check_may_write(
      v_known.room, v_known.member, app_private.permission_to_send(check_send.parent_message_id));
    perform app_private.check_parts(v_known.room, v_known.member, metadata, has_files);
  elsif has_files then
    perform app_private.check_permission(v_known.room, v_known.member, 'attach_files');
  end if;
  if content is null or char_length(content) > 8000 or app_private.is_blank(content) then
    perform app_private.check_content(content, may_be_empty => has_files);
  end if;
  v_check.pause_seconds := case
    when v_known.slow_mode_seconds = 0 or app_private.may(v_known.room, v_known.member, 'bypass_slow_mode') then 0
    else v_known.slow_mode_seconds end;
  perform app_private.take_tokens(
    check_send.user_id, check_send.room_id,
    v_check.pause_seconds,
    coalesce(octet_length(content), 0) + coalesce(pg_column_size(metadata), 0));
  v_check.role := v_known.role;
  v_check.had_own_permissions := (v_known.member).granted_permissions is not null or (v_known.member).denied_permissions is not null;
  v_check.slow_mode_seconds := v_known.slow_mode_seconds;
  v_check.rules_version := v_known.rules_version;
  v_check.hooks_version := v_known.hooks_version;
  if v_check.rules_version is not null then
    v_check.verdict := app_private.check_rules(v_known.member, content, metadata);
  end if;
  return v_check;
end
$$;
comment on function app_private.check_send(uuid, uuid, text, jsonb, boolean, uuid) is
  'Lets a message of the caller pass, or raises what forbids it. Gives the verdict by which it is to be held or flagged, if any, and what it was made by.';
--! EndIncluded functions/sending/check_send.sql

--! Included functions/sending/check_hooks_again.sql
create or replace function app_private.check_hooks_again(room_id uuid, hooks_version text) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if app_private.hooks_version(check_hooks_again.room_id, 'message') is distinct from check_hooks_again.hooks_version then
    raise exception 'The hooks of this room have changed: send again.' using errcode = 'TRHKS';
  end if;
end
$$;
comment on function app_private.check_hooks_again(uuid, text) is
  'Has a message begin anew whose room has other hooks by now than were asked.';
--! EndIncluded functions/sending/check_hooks_again.sql

--! Included functions/sending/check_send_again.sql
/*
 * What a message is checked for before its room is locked may have changed while it waited for its turn: then it is
 * checked again. One that a rule held stays held: a moderator can release it.
 */
create or replace function app_private.check_send_again(message app_public.messages, earlier app_private.send_check) returns app_private.verdict
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room := app_private.lock_room_as(message.room_id);
  v_role app_public.member_role := (v_locked.member).role;
  v_pause interval := make_interval(secs => (v_locked.room).slow_mode_seconds);
  v_sent_at timestamptz;
  v_verdict app_private.verdict := earlier.verdict;
begin
  perform app_private.check_may_write(
    v_locked.room, v_locked.member, app_private.permission_to_send(message.parent_message_id));
  if (v_locked.member).denied_permissions is not null or (v_locked.room).upload_role > 'member' then
    perform app_private.check_parts(
      v_locked.room, v_locked.member, message.metadata,
      exists (select from app_public.message_attachments where message_attachments.message_id = message.id));
  end if;
  if (v_locked.room).slow_mode_seconds > 0 and (v_locked.room).slow_mode_seconds <> earlier.pause_seconds
    and not app_private.may(v_locked.room, v_locked.member, 'bypass_slow_mode')
  then
    select max(created_at) into v_sent_at from app_public.messages
      where author_id = message.author_id and room_id = message.room_id
        and id <> message.id and id >= app_private.uuidv7_floor(message.created_at - v_pause);
    if v_sent_at + v_pause > message.created_at then
      perform app_private.refuse_slow_mode((v_locked.room).slow_mode_seconds, v_sent_at + v_pause - message.created_at);
    end if;
  end if;
  perform app_private.check_hooks_again(message.room_id, earlier.hooks_version);
  if v_role <> earlier.role or earlier.had_own_permissions
    or (v_locked.member).granted_permissions is not null or (v_locked.member).denied_permissions is not null
    or app_private.rules_version(message.room_id) is distinct from earlier.rules_version then
    v_verdict := app_private.check_rules(v_locked.member, message.content, message.metadata, message.id);
    if message.held_at is not null and v_verdict.action is distinct from 'hold' then
      return earlier.verdict;
    end if;
  end if;
  return v_verdict;
end
$$;
comment on function app_private.check_send_again(app_public.messages, app_private.send_check) is
  'Locks the room of a message that was just written, and lets it pass as check_send does by what counts now.';
--! EndIncluded functions/sending/check_send_again.sql

--! Included functions/sending/check_edit.sql
create or replace function app_private.check_edit(locked app_private.locked_message, content text, has_files boolean) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.check_may_write(
    locked.room, locked.member, app_private.permission_to_send((locked.message).parent_message_id));
  if (locked.message).also_sent_to_room then
    perform app_private.check_may_write(locked.room, locked.member, app_private.permission_to_send(null));
  end if;
  perform app_private.check_content(content, may_be_empty => has_files);
end
$$;
comment on function app_private.check_edit(app_private.locked_message, text, boolean) is
  'Lets a message''s new text pass as check_send does. What takes longer, its rules, is asked before the message is locked.';
--! EndIncluded functions/sending/check_edit.sql

--! Included functions/sending/check_metadata.sql
/*
 * JavaScript holds integers up to 2^53 - 1 exactly. A larger one has been changed on its way here, or would be on its way
 * back, whichever client reads it.
 */
create or replace function app_private.check_metadata(metadata jsonb) returns void
language plpgsql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if metadata = '{}' then
    return;
  end if;
  if jsonb_typeof(metadata) <> 'object' then
    raise exception 'metadata is a JSON object.' using errcode = 'TR400';
  end if;
  if octet_length(metadata::text) > 8192 then
    raise exception 'metadata has at most 8,192 bytes.' using errcode = 'TR413';
  end if;
  if jsonb_path_exists(
    metadata, 'strict $.** ? (@.type() == "number" && (@ > 9007199254740991 || @ < -9007199254740991))'
  ) then
    raise exception 'metadata has a number beyond 2^53 - 1, which JavaScript would change: send it as a string.'
      using errcode = 'TR400';
  end if;
  if metadata ? 'disappearAfterSeconds' and not (
    jsonb_typeof(metadata -> 'disappearAfterSeconds') = 'number'
    and metadata ->> 'disappearAfterSeconds' ~ '^[0-9]{1,8}$'
    and (metadata ->> 'disappearAfterSeconds')::integer between 5 and 31536000
  ) then
    raise exception 'disappearAfterSeconds is a whole number from 5 to 31536000, which is a year.' using errcode = 'TR400';
  end if;
  if metadata ?| '{location,contact}' then
    perform app_private.check_shared(metadata);
  end if;
  if metadata ? 'components' then
    perform app_private.check_components(metadata -> 'components');
  end if;
end
$$;
comment on function app_private.check_metadata(jsonb) is 'Refuses metadata that cannot be kept, or would not come back as it was.';
--! EndIncluded functions/sending/check_metadata.sql

--! Included functions/sending/send_message.sql
create or replace function app_public.send_message(
  room_id uuid, content text default '', message_type app_public.message_type default 'text', metadata jsonb default '{}',
  parent_message_id uuid default null, nonce text default null, attachment_ids uuid[] default null,
  read_up_to_message_id uuid default null, also_send_to_room boolean default false
) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_hidden.current_user_id();
  v_session_id uuid := app_hidden.current_session_id();
  v_has_files constant boolean := coalesce(cardinality(send_message.attachment_ids), 0) > 0;
  v_message app_public.messages;
  v_check app_private.send_check;
  v_verdict app_private.verdict;
  v_decided app_private.hook_decision;
  v_is_usual boolean := false;
  v_request_hash bigint;
begin
  if v_user_id is null then
    perform app_private.require_user();
  end if;
  if app_hidden.current_key_id() is not null then
    perform app_private.check_scope('messages');
  end if;
  v_message.id := uuidv7();
  -- First of all: what was accepted once stays accepted, while its sender is a member.
  if send_message.nonce is not null then
    v_request_hash := hash_record_extended(
      row (
        send_message.room_id, send_message.content, send_message.message_type, send_message.metadata,
        send_message.parent_message_id, send_message.attachment_ids),
      case when send_message.also_send_to_room then 1 else 0 end);
    insert into app_private.message_nonces (author_id, nonce, message_id, request_hash)
      values (v_user_id, send_message.nonce, v_message.id, v_request_hash)
      on conflict on constraint message_nonces_pkey do nothing;
    if not found then
      -- Sent before, or by someone faster by a moment who has committed: inserting waited for it.
      return app_private.message_of_nonce(v_user_id, send_message.room_id, send_message.nonce, v_request_hash);
    end if;
  end if;

  if v_has_files and app_private.is_blank(send_message.content) then
    send_message.content := '';
  end if;
  if send_message.metadata <> '{}' then
    perform app_private.check_metadata(send_message.metadata);
    if send_message.metadata ? 'components' and not app_private.may_have_components() then
      raise exception 'Only messages of bots and servers have buttons and menus.' using errcode = 'TR403';
    end if;
    if send_message.metadata ? 'poll' then
      perform app_private.check_poll(send_message.content, send_message.metadata);
    end if;
    if send_message.metadata ? 'forward' and coalesce(current_setting('trumpet.forwarding', true), '') = '' then
      raise exception 'A message is forwarded by forwardMessage.' using errcode = 'TR400';
    end if;
  end if;
  v_check := app_private.check_send(
    v_user_id, send_message.room_id, send_message.content, send_message.metadata, v_has_files,
    send_message.parent_message_id);
  if send_message.message_type = 'system' then
    raise exception 'SYSTEM messages are written by the server.' using errcode = 'TR400';
  end if;
  if send_message.parent_message_id is null then
    if send_message.also_send_to_room then
      raise exception 'alsoSendToRoom goes with parentMessageId.' using errcode = 'TR400';
    end if;
  else
    perform app_private.lock_room(send_message.room_id);
    if not exists (
      select from app_public.messages
        where id = send_message.parent_message_id
          and messages.room_id = send_message.room_id
          and deleted_at is null and held_at is null and (disappears_at is null or disappears_at > statement_timestamp())
          and seq >= app_private.history_start(send_message.room_id, v_user_id)
    ) then
      raise exception 'There is no such message to reply to.' using errcode = 'TR404';
    end if;
    if send_message.also_send_to_room then
      perform app_private.check_may_write(rooms, room_members, app_private.permission_to_send(null))
        from app_public.room_members join app_public.rooms on rooms.id = room_members.room_id
        where room_members.room_id = send_message.room_id and room_members.user_id = v_user_id;
    end if;
  end if;
  if send_message.metadata ? 'quote' then
    send_message.metadata := app_private.take_quote(send_message.room_id, send_message.metadata);
  end if;
  if v_check.hooks_version is not null then
    -- What may not be sent anyway is not asked about.
    if v_has_files then
      perform app_private.check_uploads(v_user_id, send_message.attachment_ids);
    end if;
    if send_message.read_up_to_message_id is not null then
      perform app_private.seq_to_read(send_message.room_id, send_message.read_up_to_message_id);
    end if;
    v_decided := app_private.consult_hooks(
      'message', v_user_id, send_message.room_id, v_check.hooks_version, send_message.nonce,
      jsonb_build_object(
        'content', send_message.content, 'messageType', upper(coalesce(send_message.message_type, 'text')::text),
        'metadata', coalesce(send_message.metadata, '{}'), 'parentMessageId', send_message.parent_message_id,
        -- Copies have other ids when it is sent again with what was decided.
        'attachmentIds', coalesce(
          nullif(current_setting('trumpet.forwarding', true), '')::jsonb, to_jsonb(send_message.attachment_ids), '[]')));
    if v_decided.content is not null then
      send_message.content := app_private.check_content(v_decided.content, may_be_empty => false);
      -- What a rule forbids, no hook may say.
      v_check.verdict := app_private.check_rules(room_members, send_message.content, send_message.metadata)
        from app_public.room_members
        where room_members.room_id = send_message.room_id and room_members.user_id = v_user_id;
    end if;
    if v_decided.verdict = 'hold' then
      v_check.verdict := row('hold', v_decided.reason)::app_private.verdict;
    end if;
  end if;
  v_verdict := v_check.verdict;

  insert into app_public.messages (id, room_id, author_id, content, message_type, metadata, parent_message_id, held_at, also_sent_to_room)
    values (
      v_message.id, send_message.room_id, v_user_id, send_message.content, coalesce(send_message.message_type, 'text'),
      coalesce(send_message.metadata, '{}'), send_message.parent_message_id,
      case when v_verdict.action = 'hold' then clock_timestamp() end, coalesce(send_message.also_send_to_room, false))
    returning * into v_message;
  if v_message.metadata ? 'quote' then
    perform app_private.note_quote(v_message);
  end if;
  if v_has_files then
    perform app_private.bind_attachments(v_message, send_message.attachment_ids);
    -- As it is now that the room is locked, like all that is usual below.
    perform app_private.check_permission(rooms, room_members, 'attach_files')
      from app_public.room_members join app_public.rooms on rooms.id = room_members.room_id
      where room_members.room_id = send_message.room_id and room_members.user_id = v_user_id;
  end if;
  if v_message.held_at is null then
    if position('@' in v_message.content) > 0 then
      perform app_private.note_mentions(v_message);
    end if;
    -- Numbering it has locked the room's head: from here on nobody takes the right to write away, or sets a rule.
    select not rooms.is_archived and not rooms.is_locked and rooms.type <> 'direct' and room_members.muted_until is null
        and room_members.role = v_check.role and room_members.denied_permissions is null and room_members.granted_permissions is null
        and not v_check.had_own_permissions
        and room_members.role >= case when send_message.parent_message_id is null then rooms.writing_role else rooms.reply_role end
        and rooms.slow_mode_seconds = v_check.slow_mode_seconds
        and case when exists (select from app_public.room_rules where room_rules.room_id = rooms.id)
          then app_private.rules_version(rooms.id) end is not distinct from v_check.rules_version
        and case when exists (
            select from app_public.webhooks
              where default_verdict is not null and 'message' = any (webhooks.asks)
                and webhooks.workspace_id = rooms.workspace_id and (webhooks.room_ids is null or rooms.id = any (webhooks.room_ids))
          ) then app_private.hooks_version(rooms.id, 'message') end is not distinct from v_check.hooks_version
        -- As is_still_here asks, but for what is unusual.
        and exists (select from app_public.users where users.id = v_user_id and users.deleted_at is null)
        and not exists (select from app_private.suspensions where suspensions.user_id = v_user_id)
        and (v_session_id is null or exists (
          select from app_private.sessions
            where sessions.id = v_session_id and sessions.ended_at is null and sessions.expires_at > clock_timestamp()))
      into v_is_usual
      from app_public.room_members join app_public.rooms on rooms.id = room_members.room_id
      where room_members.room_id = send_message.room_id and room_members.user_id = v_user_id;
  end if;
  if v_is_usual is not true then
    v_verdict := app_private.check_send_again(v_message, v_check);
  end if;
  if v_verdict.action is not null then
    v_message := app_private.apply_verdict(v_message, v_verdict);
  end if;
  if send_message.read_up_to_message_id is not null then
    perform app_private.read_up_to(send_message.room_id, v_user_id, send_message.read_up_to_message_id);
  end if;
  -- As end_typing does it.
  delete from app_private.typing_indicators
    where typing_indicators.room_id = send_message.room_id and typing_indicators.user_id = v_user_id;
  if found then
    perform app_private.ring('t:' || send_message.room_id || ':' || v_user_id || ':delete');
  end if;
  return v_message;
end
$$;
comment on function app_public.send_message(uuid, text, app_public.message_type, jsonb, uuid, text, uuid[], uuid, boolean) is
  'Sends a message: a text, files, or both. With a `nonce`, sending again returns the same message (a deleted one as deleted), so it is safe to retry after a lost answer. The same nonce for anything else is `CONFLICT`; who is no longer a member is refused as for any message. A message with `heldAt` waits for a moderator. With `alsoSendToRoom` an answer stands in the history of the room too, where that leaves answers out. Sending reads nothing but what `readUpToMessageId` says was on the screen.';
grant execute on function app_public.send_message(uuid, text, app_public.message_type, jsonb, uuid, text, uuid[], uuid, boolean) to trumpet_user, trumpet_key;
--! EndIncluded functions/sending/send_message.sql

--! Included functions/sending/edit_message.sql
create or replace function app_public.edit_message(message_id uuid, content text) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_edit_window constant interval := '1 hour';
  v_member app_public.room_members;
  v_locked app_private.locked_message;
  v_message app_public.messages;
  v_has_files boolean := false;
  v_verdict app_private.verdict;
  v_rules_version text;
  v_hooks_version text;
  v_decided app_private.hook_decision;
begin
  perform app_private.take_tokens(app_private.require_user(), octets => coalesce(octet_length(edit_message.content), 0));
  -- The rules read the whole text: nobody else in the room waits for that.
  select room_members.* into v_member
    from app_public.messages
    join app_public.room_members on room_members.room_id = messages.room_id and room_members.user_id = messages.author_id
    where messages.id = edit_message.message_id and messages.author_id = app_hidden.current_user_id();
  if found then
    perform app_private.check_content(edit_message.content, may_be_empty => true);
    v_rules_version := app_private.rules_version(v_member.room_id);
    v_verdict := app_private.check_rules(v_member, edit_message.content, '{}', edit_message.message_id, is_edit => true);
  end if;
  v_locked := app_private.lock_message_as(edit_message.message_id, even_held => true);
  v_message := v_locked.message;
  if v_message.author_id <> app_hidden.current_user_id() then
    raise exception 'Only its author can edit a message.' using errcode = 'TR403';
  end if;
  if v_message.message_type = 'system' then
    raise exception 'What the server says of a room stays as it is.' using errcode = 'TR409';
  end if;
  if v_message.metadata ? 'poll' then
    raise exception 'The question of a poll stays as it was asked.' using errcode = 'TR409';
  end if;
  if v_message.metadata ? 'forward' then
    raise exception 'A forwarded message stays as it was.' using errcode = 'TR409';
  end if;
  if v_message.created_at < now() - v_edit_window then
    raise exception 'A message can be edited for one hour.' using errcode = 'TREDT';
  end if;
  if app_private.is_blank(edit_message.content) then
    edit_message.content := '';
    v_has_files := exists (select from app_public.message_attachments where message_attachments.message_id = v_message.id);
  end if;
  perform app_private.check_edit(v_locked, edit_message.content, v_has_files);
  -- Unless what they were read by has changed while this waited for its turn.
  if ((v_locked.member).role, (v_locked.member).granted_permissions, (v_locked.member).denied_permissions)
      is distinct from (v_member.role, v_member.granted_permissions, v_member.denied_permissions)
    or app_private.rules_version(v_message.room_id) is distinct from v_rules_version
  then
    v_verdict := app_private.check_rules(v_locked.member, edit_message.content, '{}', v_message.id, is_edit => true);
  end if;
  if edit_message.content = v_message.content then
    return v_message;
  end if;
  v_hooks_version := app_private.hooks_version(v_message.room_id, 'edit');
  if v_hooks_version is not null then
    v_decided := app_private.consult_hooks(
      'edit', v_message.author_id, v_message.room_id, v_hooks_version, null,
      jsonb_build_object('id', v_message.id, 'content', edit_message.content, 'metadata', v_message.metadata));
    if v_decided.content is not null then
      edit_message.content := app_private.check_content(v_decided.content, may_be_empty => false);
      if edit_message.content = v_message.content then
        return v_message;
      end if;
      v_verdict := app_private.check_rules(v_locked.member, edit_message.content, '{}', v_message.id, is_edit => true);
    end if;
    if v_decided.verdict = 'hold' then
      v_verdict := row('hold', v_decided.reason)::app_private.verdict;
    end if;
  end if;
  insert into app_public.message_edits (message_id, room_id, previous_content, was_held, edited_at)
    values (v_message.id, v_message.room_id, v_message.content, v_message.held_at is not null, clock_timestamp());
  update app_public.messages set content = edit_message.content, edited_at = clock_timestamp()
    where id = v_message.id
    returning * into v_message;
  if v_verdict.action is not null then
    v_message := app_private.apply_verdict(v_message, v_verdict);
  end if;
  if v_message.held_at is null then
    perform app_private.note_mentions_again(v_message);
  end if;
  return v_message;
end
$$;
comment on function app_public.edit_message(uuid, text) is
  'Changes your own message within an hour of sending it (`EDIT_WINDOW_CLOSED`). Earlier versions stay in `edits`.';
grant execute on function app_public.edit_message(uuid, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/sending/edit_message.sql

--! Included functions/sending/delete_message.sql
create or replace function app_public.delete_message(message_id uuid, reason text default null) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_message;
  v_message app_public.messages;
  v_user_id uuid;
begin
  perform app_private.take_tokens(app_private.require_user());
  v_locked := app_private.lock_message_as(delete_message.message_id, even_held => true);
  v_message := v_locked.message;
  v_user_id := (v_locked.member).user_id;
  if v_message.message_type = 'system' and not app_private.may(v_locked.room, v_locked.member, 'delete_messages') then
    raise exception 'What the server says of a room is for its moderators to delete.' using errcode = 'TR403';
  end if;
  if v_message.author_id <> v_user_id then
    if not app_private.may(v_locked.room, v_locked.member, 'delete_messages')
      or not app_private.is_above(v_locked.member, v_message.author_id, 'delete_messages')
    then
      raise exception 'Only its author, or a moderator above them, can delete a message.' using errcode = 'TR403';
    end if;
    perform app_private.note_removal(v_message, 'message_deleted', v_user_id, delete_message.reason);
  elsif v_message.held_at is not null then
    -- There is nothing left to decide on.
    perform app_private.settle_reports(v_message.id, 'dismissed');
  end if;
  return app_private.erase_message(v_message, v_user_id, delete_message.reason);
end
$$;
comment on function app_public.delete_message(uuid, text) is
  'Deletes the content of a message; its place in the room stays. For its author, and for moderators above its author, whose `reason` is in the moderation log.';
grant execute on function app_public.delete_message(uuid, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/sending/delete_message.sql

--! Included functions/sending/set_pinned.sql
create or replace function app_private.set_pinned(message_id uuid, is_pinned boolean) returns app_public.messages
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_pins_allowed constant integer := 100;
  v_locked app_private.locked_message;
  v_message app_public.messages;
begin
  perform app_private.take_tokens(app_private.require_user());
  v_locked := app_private.lock_message_as(set_pinned.message_id);
  v_message := v_locked.message;
  perform app_private.check_permission_of_equals(v_locked.room, v_locked.member, 'pin_messages');
  if (v_message.pinned_at is not null) = is_pinned then
    return v_message;
  end if;
  if is_pinned and v_message.message_type = 'system' then
    raise exception 'What the server says of a room is not pinned.' using errcode = 'TR409';
  end if;
  if is_pinned and v_pins_allowed <= (
    select count(*) from app_public.messages where room_id = v_message.room_id and pinned_at is not null
  ) then
    raise exception 'A room has at most % pinned messages.', v_pins_allowed using errcode = 'TR409';
  end if;
  update app_public.messages set pinned_at = case when is_pinned then clock_timestamp() end
    where id = v_message.id
    returning * into v_message;
  if is_pinned and (v_locked.room).system_messages <> 'none' then
    perform app_private.write_system_message(
      v_message.room_id, (v_locked.member).user_id, 'message_pinned', jsonb_build_object('messageId', v_message.id));
  end if;
  return v_message;
end
$$;
comment on function app_private.set_pinned(uuid, boolean) is 'Pins a message or takes the pin away, for those who may.';
--! EndIncluded functions/sending/set_pinned.sql

--! Included functions/sending/pin_message.sql
create or replace function app_public.pin_message(message_id uuid) returns app_public.messages
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select app_private.set_pinned(pin_message.message_id, true);
$$;
comment on function app_public.pin_message(uuid) is
  'Pins a message: it is then in the room''s `pinnedMessages`. For moderators and above; in a direct conversation for both people.';
grant execute on function app_public.pin_message(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/sending/pin_message.sql

--! Included functions/sending/unpin_message.sql
create or replace function app_public.unpin_message(message_id uuid) returns app_public.messages
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select app_private.set_pinned(unpin_message.message_id, false);
$$;
comment on function app_public.unpin_message(uuid) is 'Unpins a message.';
grant execute on function app_public.unpin_message(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/sending/unpin_message.sql

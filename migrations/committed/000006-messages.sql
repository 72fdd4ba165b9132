--! Previous: sha1:0eb8df812be69a95b0aa2c04ac70922b289551b9
--! Hash: sha1:79514bc6a688d00bed21a4a8e043af36912ff373

/*
 * Messages.
 *
 * Partitioned by range of id: a uuid of version 7 begins with its time, so a partition is a month and the primary key
 * stays the id. Old months detach whole. For that, and because a foreign key would lock the author's and the room's
 * row at every send, messages and what hangs on them carry no foreign keys: only the functions below write them, and
 * the relations of the API are declared in plugins/resource-tags.ts.
 */
create type app_public.message_type as enum ('text', 'image', 'video', 'audio', 'file', 'system');
comment on type app_public.message_type is
  'What a message mainly is, so that clients can show it. SYSTEM is written by the server only.';

create table app_public.messages (
  id uuid primary key default uuidv7(),
  room_id uuid not null,
  seq bigint not null,
  author_id uuid not null,
  content text,
  message_type app_public.message_type not null default 'text',
  metadata jsonb not null default '{}',
  parent_message_id uuid,
  reply_count integer not null default 0,
  created_at timestamptz not null default now(),
  edited_at timestamptz,
  deleted_at timestamptz,
  pinned_at timestamptz,
  held_at timestamptz,
  constraint messages_content_length check (char_length(content) <= 8000),
  constraint messages_content_is_gone_once_deleted check ((content is null) = (deleted_at is not null)),
  constraint messages_metadata_is_an_object check (jsonb_typeof(metadata) = 'object'),
  constraint messages_metadata_size check (octet_length(metadata::text) <= 8192)
) partition by range (id);
comment on table app_public.messages is
  'What someone wrote in a room.';
comment on column app_public.messages.id is 'Stays the same for ever.';
comment on column app_public.messages.room_id is 'The room it stands in.';
comment on column app_public.messages.seq is
  'Numbers the messages of a room 1, 2, 3 … with no gap, in the order of their commits.';
comment on column app_public.messages.author_id is 'Who wrote it.';
comment on column app_public.messages.content is 'The text, at most 8,000 characters. Empty only of a message that has files; null once deleted.';
comment on column app_public.messages.message_type is 'What it mainly is: a text, a picture, …';
comment on column app_public.messages.metadata is
  'Anything a client wants to keep with it: a JSON object of at most 8 kB, such as `{"mood": "happy"}`.';
comment on column app_public.messages.parent_message_id is 'The message that this one answers, or null.';
comment on column app_public.messages.reply_count is 'How many answers it has, deleted ones not counted.';
comment on column app_public.messages.created_at is 'When it was sent. Rises with `seq`.';
comment on column app_public.messages.edited_at is 'When it was last edited, or null.';
comment on column app_public.messages.deleted_at is 'When it was deleted, or null. A deleted message stays in its place, without content.';
comment on column app_public.messages.pinned_at is 'When it was pinned, or null.';
comment on column app_public.messages.held_at is
  'Since when it waits for a moderator, or null. Until released, only its author and the room''s moderators see it, and its `seq` is provisional.';
alter table app_public.messages enable row level security;
create policy select_member on app_public.messages for select to trumpet_user using (
  room_id in (select app_hidden.my_room_ids())
  and (
    held_at is null
    or author_id = (select app_hidden.current_user_id())
    or room_id in (select app_hidden.my_moderated_room_ids())
  )
);
create policy select_broadcast on app_public.messages for select to trumpet_broadcast
  using (room_id in (select app_hidden.broadcast_room_ids()) and held_at is null);
create policy select_admin on app_public.messages for select to trumpet_admin using (true);
grant select on app_public.messages to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;

/* room.messages: a page of history. */
create index messages_room_seq on app_public.messages (room_id, seq);
/* message.replies */
create index messages_replies on app_public.messages (parent_message_id, seq) where parent_message_id is not null;
/* room.pinnedMessages */
create index messages_pinned on app_public.messages (room_id, pinned_at) where pinned_at is not null;
/* room.heldMessages */
create index messages_held on app_public.messages (room_id, seq) where held_at is not null;

select app_private.make_partitions();

/*
 * Number and log row in one update of the head, before the row is written: the number is part of the row.
 *
 * A message that is held for review has no place in its room yet: no number, no row in the log, nothing unread. Until it
 * is released its seq is the microsecond of its sending, larger than any number a room will reach and still exact in
 * a client's floating point, so that its author and the moderators find it at the end of the history. Its release is
 * to everyone else the moment it is sent.
 */
create function app_private.is_provisional(seq bigint) returns boolean
language sql immutable security invoker parallel safe
set search_path = pg_catalog
as $$
  select seq >= 1000000000000000;
$$;
comment on function app_private.is_provisional(bigint) is 'Whether a seq is that of a message that was held and never had a place.';

create function app_private.tg_messages__number() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_change_seq bigint;
begin
  new.created_at := clock_timestamp();
  if new.held_at is not null then
    new.seq := extract(epoch from new.created_at) * 1000000;
    return new;
  end if;
  update app_private.room_heads set
    last_change_seq = last_change_seq + 1,
    last_message_seq = last_message_seq + 1,
    last_message_id = new.id,
    last_message_at = new.created_at
    where room_id = new.room_id
    returning last_change_seq, last_message_seq into v_change_seq, new.seq;
  if v_change_seq is null then
    raise exception 'No such room' using errcode = 'TR404';
  end if;
  perform app_private.append_change(
    new.room_id, v_change_seq, 'message', 'insert', message_id => new.id, user_id => new.author_id);
  return new;
end
$$;
comment on function app_private.tg_messages__number() is
  'Gives a new message, or one that is released, its number and its row in the log.';
create trigger _100_number before insert on app_public.messages
  for each row execute function app_private.tg_messages__number();
create trigger _100_number_released before update on app_public.messages
  for each row when (old.held_at is not null and new.held_at is null and app_private.is_provisional(old.seq))
  execute function app_private.tg_messages__number();

create function app_private.tg_messages__log_change() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
begin
  -- What has no place is not in the log; what gets one is logged with its number.
  if app_private.is_provisional(old.seq) or tg_op = 'UPDATE' and old.held_at is not null and new.held_at is not null then
    return null;
  end if;
  perform app_private.log_change(
    old.room_id, 'message',
    case
      when tg_op = 'DELETE' then 'delete'
      when new.deleted_at is not null and old.deleted_at is null then 'delete'
      -- To everyone but its author and the moderators, a message that is held again is gone, and comes back.
      when new.held_at is not null then 'delete'
      when old.held_at is not null then 'insert'
      else 'update'
    end,
    message_id => old.id, user_id => old.author_id);
  return null;
end
$$;
comment on function app_private.tg_messages__log_change() is
  'Logs that a message was edited, pinned, answered, deleted, held or given back.';
create trigger _500_log_update after update on app_public.messages
  for each row when (old is distinct from new) execute function app_private.tg_messages__log_change();
create trigger _500_log_delete after delete on app_public.messages
  for each row execute function app_private.tg_messages__log_change();

create function app_private.tg_messages__last_message() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
begin
  update app_private.room_heads
    set (last_message_id, last_message_at) = (
      select messages.id, messages.created_at from app_public.messages
        where messages.room_id = new.room_id and messages.held_at is null
        order by messages.seq desc
        limit 1
    )
    where room_heads.room_id = new.room_id;
  return null;
end
$$;
comment on function app_private.tg_messages__last_message() is
  'Keeps a message that is held out of the inbox, and brings it back when it is released.';
create trigger _510_last_message after update on app_public.messages
  for each row when ((old.held_at is null) <> (new.held_at is null)) execute function app_private.tg_messages__last_message();

/* A send is done once however often it is tried. The name is kept as long as the message is. */
create table app_private.message_nonces (
  author_id uuid not null,
  nonce text not null,
  message_id uuid not null,
  primary key (author_id, nonce),
  constraint message_nonces_length check (char_length(nonce) between 1 and 200)
);
comment on table app_private.message_nonces is 'Which message an author''s nonce stands for.';
alter table app_private.message_nonces enable row level security;

create table app_public.message_edits (
  id uuid primary key default uuidv7(),
  message_id uuid not null,
  room_id uuid not null,
  previous_content text not null,
  edited_at timestamptz not null default now()
);
comment on table app_public.message_edits is
  'What a message said before it was edited.';
comment on column app_public.message_edits.id is 'Stays the same for ever.';
comment on column app_public.message_edits.message_id is 'The message.';
comment on column app_public.message_edits.room_id is 'The room of the message.';
comment on column app_public.message_edits.previous_content is 'What it said until then.';
comment on column app_public.message_edits.edited_at is 'When it was changed to the next version.';
comment on constraint message_edits_pkey on app_public.message_edits is 'One edit an id.';
alter table app_public.message_edits enable row level security;
/* Versions are as visible as their message: one that is held is not. */
create policy select_member on app_public.message_edits for select to trumpet_user using (
  room_id in (select app_hidden.my_room_ids())
  and exists (select from app_public.messages where messages.id = message_id)
);
create policy select_broadcast on app_public.message_edits for select to trumpet_broadcast using (
  room_id in (select app_hidden.broadcast_room_ids())
  and exists (select from app_public.messages where messages.id = message_id)
);
create policy select_admin on app_public.message_edits for select to trumpet_admin using (true);
grant select on app_public.message_edits to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* message.edits */
create index message_edits_message_id on app_public.message_edits (message_id, id);

/*
 * What deleting took away, for those who have to answer for it. Not in the API.
 */
create table app_private.message_deletions (
  message_id uuid primary key,
  room_id uuid not null,
  deleted_by uuid,
  reason text,
  content text not null,
  deleted_at timestamptz not null default now(),
  constraint message_deletions_reason_length check (char_length(reason) <= 500)
);
comment on table app_private.message_deletions is 'Who deleted a message, why, and what it said.';
alter table app_private.message_deletions enable row level security;
create index message_deletions_room_id on app_private.message_deletions (room_id, deleted_at);

/*
 * A mention is `@username` of a member. Kept a row each, so that the inbox counts the unread ones by range.
 */
create table app_private.message_mentions (
  user_id uuid not null,
  room_id uuid not null,
  seq bigint not null,
  message_id uuid not null,
  primary key (user_id, room_id, seq)
);
comment on table app_private.message_mentions is 'Who is mentioned by which message.';
alter table app_private.message_mentions enable row level security;
/* Forgetting the mentions of a message that is edited or deleted. */
create index message_mentions_message_id on app_private.message_mentions (message_id);

create function app_private.note_mentions(message app_public.messages) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, public
as $$
begin
  if position('@' in message.content) = 0 then
    return;
  end if;
  insert into app_private.message_mentions (user_id, room_id, seq, message_id)
    select room_members.user_id, message.room_id, message.seq, message.id
      from (
        select distinct rtrim(match[1], '.-')::public.citext as username
          from regexp_matches(message.content, '(?:^|[^a-zA-Z0-9_@/.-])@([a-zA-Z0-9][a-zA-Z0-9_.-]{0,31})', 'g') as match
          limit 50
      ) as mentioned
      join app_public.users on users.username = mentioned.username
      join app_public.room_members on room_members.room_id = message.room_id and room_members.user_id = users.id
      where users.id <> message.author_id and not app_private.has_blocked(users.id, message.author_id)
    on conflict do nothing;
end
$$;
comment on function app_private.note_mentions(app_public.messages) is
  'Notes whom a message mentions: members of its room who have not blocked its author, at most 50.';

create function app_private.require_message(
  message_id uuid, least_role app_public.member_role default 'member', writable boolean default true,
  even_held boolean default false
) returns app_public.messages
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
declare
  v_user_id uuid := app_private.require_user();
  v_member app_public.room_members;
  v_message app_public.messages;
begin
  select * into v_message from app_public.messages where id = require_message.message_id;
  select * into v_member from app_public.room_members where room_id = v_message.room_id and user_id = v_user_id;
  if v_member.user_id is null then
    perform app_private.check_not_banned(v_message.room_id, v_user_id);
    raise exception 'No such message' using errcode = 'TR404';
  end if;
  perform app_private.lock_room(v_message.room_id);
  -- Again under the lock: it is this version that the caller changes.
  select * into v_message from app_public.messages where id = require_message.message_id;
  if v_message.id is null or v_message.deleted_at is not null then
    raise exception 'No such message' using errcode = 'TR404';
  end if;
  if v_message.held_at is not null and v_message.author_id <> v_user_id and v_member.role < 'moderator' then
    raise exception 'No such message' using errcode = 'TR404';
  end if;
  -- Last, so that it says nothing about a message that the caller may not see.
  perform app_private.require_member(v_message.room_id, least_role, writable);
  if v_message.held_at is not null and not even_held then
    raise exception 'The message waits for a moderator' using errcode = 'TR409';
  end if;
  return v_message;
end
$$;
comment on function app_private.require_message(uuid, app_public.member_role, boolean, boolean) is
  'A living message that the caller may see and act on, with its room''s head locked; or the error that says what is missing.';

create function app_private.is_blank(content text) returns boolean
language sql immutable security invoker parallel safe
set search_path = pg_catalog
as $$
  select content is null or content !~ '[^[:space:]]';
$$;
comment on function app_private.is_blank(text) is 'Whether there is nothing to read in a text.';

create function app_private.check_content(content text, may_be_empty boolean) returns text
language plpgsql immutable security invoker
set search_path = pg_catalog
as $$
begin
  if not may_be_empty and app_private.is_blank(content) then
    raise exception 'A message needs some text or a file' using errcode = 'TR400';
  end if;
  if char_length(content) > 8000 then
    raise exception 'A message has at most 8,000 characters' using errcode = 'TR413';
  end if;
  return content;
end
$$;
comment on function app_private.check_content(text, boolean) is 'The text of a message, or the error that says what is wrong with it.';

create function app_private.message_of_nonce(author_id uuid, nonce text) returns app_public.messages
language sql volatile security invoker
set search_path = pg_catalog
as $$
  select messages.* from app_private.message_nonces
    join app_public.messages on messages.id = message_nonces.message_id
    where message_nonces.author_id = message_of_nonce.author_id and message_nonces.nonce = message_of_nonce.nonce;
$$;
comment on function app_private.message_of_nonce(uuid, text) is 'The message that an author has already sent under a nonce.';

create type app_public.rule_action as enum ('flag', 'hold', 'refuse');
comment on type app_public.rule_action is
  'What becomes of a message that breaks a rule. FLAG: it is sent, and reported to the moderators. HOLD: they decide before anyone else sees it. REFUSE: it is not sent.';

create type app_private.verdict as (
  action app_public.rule_action,
  reason text
);
comment on type app_private.verdict is 'What is to become of a message, and why; null when nothing is against it.';

/*
 * Whether this member may write this now. Everything that can refuse a message stands behind these two doors, whichever
 * way the message comes in; each check is in the file of its topic.
 */
create function app_private.check_send(user_id uuid, room_id uuid, content text, has_files boolean) returns app_private.verdict
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
declare
  v_known record;
begin
  -- One query for all that a usual message needs; what is unusual is asked again by who can say what is wrong.
  select
      room_members as member, room_members.role, room_members.muted_until,
      rooms.type, rooms.is_archived, rooms.is_locked, rooms.slow_mode_seconds,
      exists (select from app_public.room_rules where room_rules.room_id = rooms.id) as has_rules
    into v_known
    from app_public.room_members join app_public.rooms on rooms.id = room_members.room_id
    where room_members.room_id = check_send.room_id and room_members.user_id = check_send.user_id;
  if not found or v_known.is_archived then
    perform app_private.require_member(check_send.room_id);
  end if;
  if v_known.muted_until is not null or v_known.is_locked or v_known.type = 'direct' then
    perform app_private.check_may_write(v_known.member);
  end if;
  perform app_private.check_content(content, may_be_empty => has_files);
  perform app_private.take_tokens(
    check_send.user_id, check_send.room_id,
    case when v_known.role < 'moderator' then v_known.slow_mode_seconds else 0 end);
  if v_known.has_rules then
    return app_private.check_rules(v_known.member, content);
  end if;
  return null;
end
$$;
comment on function app_private.check_send(uuid, uuid, text, boolean) is
  'Lets a message of the caller pass, or raises what forbids it. Gives the verdict by which it is to be held or flagged, if any.';

create function app_private.check_edit(message app_public.messages, content text, has_files boolean) returns app_private.verdict
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
declare
  v_member app_public.room_members := app_private.require_member(message.room_id);
begin
  perform app_private.check_may_write(v_member);
  perform app_private.check_content(content, may_be_empty => has_files);
  return app_private.check_rules(v_member, content, message.id);
end
$$;
comment on function app_private.check_edit(app_public.messages, text, boolean) is
  'Lets a message''s new text pass as check_send does. Its tokens are taken before the message is locked.';

/*
 * What follows from a message being there for everyone. For one that is held it follows when it is released.
 */
create function app_private.note_published(message app_public.messages) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
begin
  if message.parent_message_id is not null then
    update app_public.messages set reply_count = reply_count + 1 where id = message.parent_message_id;
  end if;
  perform app_private.note_mentions(message);
end
$$;
comment on function app_private.note_published(app_public.messages) is 'Counts a message as an answer and notes whom it mentions.';

create function app_private.note_unpublished(message app_public.messages) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
begin
  if message.parent_message_id is not null then
    update app_public.messages set reply_count = reply_count - 1 where id = message.parent_message_id;
  end if;
  delete from app_private.message_mentions where message_mentions.message_id = message.id;
end
$$;
comment on function app_private.note_unpublished(app_public.messages) is 'Takes back what note_published noted.';

create function app_public.send_message(
  room_id uuid, content text default '', message_type app_public.message_type default 'text', metadata jsonb default '{}',
  parent_message_id uuid default null, nonce text default null, attachment_ids uuid[] default null
) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_user_id uuid := app_private.require_user();
  v_has_files constant boolean := coalesce(cardinality(send_message.attachment_ids), 0) > 0;
  v_message app_public.messages;
  v_verdict app_private.verdict;
begin
  v_message.id := uuidv7();
  -- First of all: what was accepted once stays accepted, whatever has happened to the sender since.
  if send_message.nonce is not null then
    insert into app_private.message_nonces (author_id, nonce, message_id)
      values (v_user_id, send_message.nonce, v_message.id)
      on conflict on constraint message_nonces_pkey do nothing;
    if not found then
      -- Sent before, or by someone faster by a moment who has committed: inserting waited for it.
      return app_private.message_of_nonce(v_user_id, send_message.nonce);
    end if;
  end if;

  if v_has_files and app_private.is_blank(send_message.content) then
    send_message.content := '';
  end if;
  v_verdict := app_private.check_send(v_user_id, send_message.room_id, send_message.content, v_has_files);
  if send_message.message_type = 'system' then
    raise exception 'SYSTEM messages are written by the server' using errcode = 'TR400';
  end if;
  if octet_length(send_message.metadata::text) > 8192 then
    raise exception 'metadata has at most 8,192 bytes' using errcode = 'TR413';
  end if;
  if send_message.parent_message_id is not null then
    perform app_private.lock_room(send_message.room_id);
    if not exists (
      select from app_public.messages
        where id = send_message.parent_message_id
          and messages.room_id = send_message.room_id
          and deleted_at is null and held_at is null
    ) then
      raise exception 'No such message to answer' using errcode = 'TR404';
    end if;
  end if;

  insert into app_public.messages (id, room_id, author_id, content, message_type, metadata, parent_message_id, held_at)
    values (
      v_message.id, send_message.room_id, v_user_id, send_message.content, coalesce(send_message.message_type, 'text'),
      coalesce(send_message.metadata, '{}'), send_message.parent_message_id,
      case when v_verdict.action = 'hold' then clock_timestamp() end)
    returning * into v_message;
  if v_has_files then
    perform app_private.bind_attachments(v_message, send_message.attachment_ids);
  end if;
  if v_verdict.action is not null then
    perform app_private.apply_verdict(v_message, v_verdict);
  end if;
  if v_message.held_at is null then
    if v_message.parent_message_id is not null or position('@' in v_message.content) > 0 then
      perform app_private.note_published(v_message);
    end if;
    update app_public.room_members set last_sent_seq = v_message.seq
      where room_members.room_id = send_message.room_id and room_members.user_id = v_user_id;
  end if;
  perform app_private.end_typing(send_message.room_id, v_user_id);
  return v_message;
end
$$;
comment on function app_public.send_message(uuid, text, app_public.message_type, jsonb, uuid, text, uuid[]) is
  'Sends a message: a text, files, or both. With a `nonce`, sending again gives back the same message: safe to retry after a lost answer. A message with `heldAt` waits for a moderator.';
grant execute on function app_public.send_message(uuid, text, app_public.message_type, jsonb, uuid, text, uuid[]) to trumpet_user;

create function app_public.edit_message(message_id uuid, content text) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_edit_window constant interval := '1 hour';
  v_message app_public.messages;
  v_has_files boolean := false;
  v_verdict app_private.verdict;
begin
  perform app_private.take_tokens(app_private.require_user());
  v_message := app_private.require_message(edit_message.message_id, even_held => true);
  if v_message.author_id <> app_hidden.current_user_id() then
    raise exception 'Only its author can edit a message' using errcode = 'TR403';
  end if;
  if v_message.created_at < now() - v_edit_window then
    raise exception 'A message can be edited for one hour' using errcode = 'TREDT';
  end if;
  if app_private.is_blank(edit_message.content) then
    edit_message.content := '';
    v_has_files := exists (select from app_public.message_attachments where message_attachments.message_id = v_message.id);
  end if;
  v_verdict := app_private.check_edit(v_message, edit_message.content, v_has_files);
  if edit_message.content = v_message.content then
    return v_message;
  end if;
  insert into app_public.message_edits (message_id, room_id, previous_content, edited_at)
    values (v_message.id, v_message.room_id, v_message.content, clock_timestamp());
  update app_public.messages set content = edit_message.content, edited_at = clock_timestamp()
    where id = v_message.id
    returning * into v_message;
  if v_verdict.action is not null then
    v_message := app_private.apply_verdict(v_message, v_verdict);
  end if;
  if v_message.held_at is null then
    delete from app_private.message_mentions where message_mentions.message_id = v_message.id;
    perform app_private.note_mentions(v_message);
  end if;
  return v_message;
end
$$;
comment on function app_public.edit_message(uuid, text) is
  'Changes your own message within an hour of sending it (`EDIT_WINDOW_CLOSED`). Earlier versions stay in `edits`.';
grant execute on function app_public.edit_message(uuid, text) to trumpet_user;

/*
 * Deleting takes the content away and leaves the place, because places are numbered. What was held and never released has
 * no place, and goes whole; its nonce with it, so that the same may be sent again.
 */
create function app_private.erase_message(message app_public.messages, deleted_by uuid, reason text)
returns app_public.messages
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
declare
  v_message app_public.messages := message;
begin
  insert into app_private.message_deletions (message_id, room_id, deleted_by, reason, content)
    values (message.id, message.room_id, erase_message.deleted_by, erase_message.reason, message.content);
  delete from app_public.message_edits where message_edits.message_id = message.id;
  if app_private.is_provisional(message.seq) then
    v_message.content := null;
    v_message.metadata := '{}';
    v_message.deleted_at := clock_timestamp();
    delete from app_public.messages where id = message.id;
    delete from app_private.message_nonces where author_id = message.author_id and message_nonces.message_id = message.id;
    return v_message;
  end if;
  if message.held_at is null then
    perform app_private.note_unpublished(message);
  end if;
  update app_public.messages
    set content = null, metadata = '{}', deleted_at = clock_timestamp(), pinned_at = null, held_at = null
    where id = message.id
    returning * into v_message;
  return v_message;
end
$$;
comment on function app_private.erase_message(app_public.messages, uuid, text) is
  'Takes a message''s content away, its room''s head being locked, and keeps it for those who have to answer for it.';

create function app_public.delete_message(message_id uuid, reason text default null) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_message app_public.messages := app_private.require_message(delete_message.message_id, even_held => true);
  v_user_id uuid := app_hidden.current_user_id();
  v_actor_role app_public.member_role;
  v_author_role app_public.member_role;
begin
  if v_message.author_id <> v_user_id then
    select role into v_actor_role from app_public.room_members where room_id = v_message.room_id and user_id = v_user_id;
    select role into v_author_role from app_public.room_members where room_id = v_message.room_id and user_id = v_message.author_id;
    if v_actor_role < 'moderator' or v_author_role >= v_actor_role then
      raise exception 'Only its author, or a moderator above them, can delete a message' using errcode = 'TR403';
    end if;
    perform app_private.note_removal(v_message, 'message_deleted', v_user_id, delete_message.reason);
  end if;
  return app_private.erase_message(v_message, v_user_id, delete_message.reason);
end
$$;
comment on function app_public.delete_message(uuid, text) is
  'Takes a message''s content away; its place stays. For its author, and for moderators above its author, whose `reason` stands in the room''s log.';
grant execute on function app_public.delete_message(uuid, text) to trumpet_user;

create function app_private.set_pinned(message_id uuid, is_pinned boolean) returns app_public.messages
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
declare
  v_pins_allowed constant integer := 100;
  v_message app_public.messages := app_private.require_message(set_pinned.message_id);
begin
  -- The two people of a direct conversation are equals: either may pin.
  if (select type from app_public.rooms where id = v_message.room_id) <> 'direct' then
    perform app_private.require_member(v_message.room_id, 'moderator');
  end if;
  if (v_message.pinned_at is not null) = is_pinned then
    return v_message;
  end if;
  if is_pinned and v_pins_allowed <= (
    select count(*) from app_public.messages where room_id = v_message.room_id and pinned_at is not null
  ) then
    raise exception 'A room has at most % pinned messages', v_pins_allowed using errcode = 'TR409';
  end if;
  update app_public.messages set pinned_at = case when is_pinned then clock_timestamp() end
    where id = v_message.id
    returning * into v_message;
  return v_message;
end
$$;
comment on function app_private.set_pinned(uuid, boolean) is 'Pins a message or takes the pin away, for those who may.';

create function app_public.pin_message(message_id uuid) returns app_public.messages
language sql volatile security definer
set search_path = pg_catalog
as $$
  select app_private.set_pinned(pin_message.message_id, true);
$$;
comment on function app_public.pin_message(uuid) is
  'Puts a message among the room''s `pinnedMessages`. For moderators and above; in a direct conversation for both.';
grant execute on function app_public.pin_message(uuid) to trumpet_user;

create function app_public.unpin_message(message_id uuid) returns app_public.messages
language sql volatile security definer
set search_path = pg_catalog
as $$
  select app_private.set_pinned(unpin_message.message_id, false);
$$;
comment on function app_public.unpin_message(uuid) is 'Takes the pin away again.';
grant execute on function app_public.unpin_message(uuid) to trumpet_user;

create function app_public.rooms_pinned_messages(room app_public.rooms) returns setof app_public.messages
language sql stable security invoker rows 10
set search_path = pg_catalog
as $$
  select messages.* from app_public.messages
    where messages.room_id = room.id and messages.pinned_at is not null
    order by messages.pinned_at desc, messages.id;
$$;
comment on function app_public.rooms_pinned_messages(app_public.rooms) is 'The pinned messages, the latest pin first.';
grant execute on function app_public.rooms_pinned_messages(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;

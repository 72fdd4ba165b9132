--! Previous: sha1:3c47a9c8c9854e53e66201687369fd587d1906aa
--! Hash: sha1:625df44f12d8ccd64c2a4a6330596cb488d159f5

/*
 * Messages.
 *
 * Partitioned by range of id: a uuid of version 7 begins with its time, so a partition is a month and the primary key
 * stays the id. Old months detach whole. For that, and because a foreign key would lock the author's and the room's
 * row at every send, messages and what hangs on them carry no foreign keys: only the functions below write them, and
 * the relations of the API are declared in comments.
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
  constraint messages_content_length check (char_length(content) between 1 and 8000),
  constraint messages_content_is_gone_once_deleted check ((content is null) = (deleted_at is not null)),
  constraint messages_metadata_is_an_object check (jsonb_typeof(metadata) = 'object'),
  constraint messages_metadata_size check (octet_length(metadata::text) <= 8192)
) partition by range (id);
comment on table app_public.messages is
  E'@foreignKey (room_id) references app_public.rooms (id)|@fieldName room|@foreignFieldName messages\n@foreignKey (author_id) references app_public.users (id)|@fieldName author|@behavior -manyRelation:resource:list -manyRelation:resource:connection\n@foreignKey (parent_message_id) references app_public.messages (id)|@fieldName parentMessage|@foreignFieldName replies\nWhat someone wrote in a room.';
comment on column app_public.messages.id is 'Stays the same for ever.';
comment on column app_public.messages.room_id is 'The room it stands in.';
comment on column app_public.messages.seq is
  'Numbers the messages of a room 1, 2, 3 … with no gap, in the order of their commits.';
comment on column app_public.messages.author_id is 'Who wrote it.';
comment on column app_public.messages.content is 'The text, 1 to 8,000 characters. Null once deleted.';
comment on column app_public.messages.message_type is 'What it mainly is: a text, a picture, …';
comment on column app_public.messages.metadata is
  'Anything a client wants to keep with it: a JSON object of at most 8 kB, such as `{"mood": "happy"}`.';
comment on column app_public.messages.parent_message_id is 'The message that this one answers, or null.';
comment on column app_public.messages.reply_count is 'How many answers it has, deleted ones not counted.';
comment on column app_public.messages.created_at is 'When it was sent. Rises with `seq`.';
comment on column app_public.messages.edited_at is 'When it was last edited, or null.';
comment on column app_public.messages.deleted_at is 'When it was deleted, or null. A deleted message stays in its place, without content.';
comment on column app_public.messages.pinned_at is 'When it was pinned, or null.';
alter table app_public.messages enable row level security;
create policy select_member on app_public.messages for select to trumpet_user using (room_id in (select app_hidden.my_room_ids()));
create policy select_broadcast on app_public.messages for select to trumpet_broadcast using (room_id in (select app_hidden.broadcast_room_ids()));
create policy select_admin on app_public.messages for select to trumpet_admin using (true);
grant select on app_public.messages to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;

/* room.messages: a page of history. */
create index messages_room_seq on app_public.messages (room_id, seq);
/* message.replies */
create index messages_replies on app_public.messages (parent_message_id, seq) where parent_message_id is not null;
/* room.pinnedMessages */
create index messages_pinned on app_public.messages (room_id, pinned_at) where pinned_at is not null;

select app_private.make_partitions();

/*
 * Number and log row in one update of the head, before the row is written: the number is part of the row.
 */
create function app_private.tg_messages__number() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_change_seq bigint;
begin
  new.created_at := clock_timestamp();
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
comment on function app_private.tg_messages__number() is 'Gives a new message its number and its row in the log.';
create trigger _100_number before insert on app_public.messages
  for each row execute function app_private.tg_messages__number();

create function app_private.tg_messages__log_change() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
begin
  perform app_private.log_change(
    old.room_id, 'message',
    case when tg_op = 'DELETE' or (new.deleted_at is not null and old.deleted_at is null) then 'delete' else 'update' end,
    message_id => old.id, user_id => old.author_id);
  return null;
end
$$;
comment on function app_private.tg_messages__log_change() is 'Logs that a message was edited, pinned, answered or deleted.';
create trigger _500_log_update after update on app_public.messages
  for each row when (old is distinct from new) execute function app_private.tg_messages__log_change();
create trigger _500_log_delete after delete on app_public.messages
  for each row execute function app_private.tg_messages__log_change();

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
  E'@foreignKey (message_id) references app_public.messages (id)|@fieldName message|@foreignFieldName edits\nWhat a message said before it was edited.';
comment on column app_public.message_edits.id is 'Stays the same for ever.';
comment on column app_public.message_edits.message_id is 'The message.';
comment on column app_public.message_edits.room_id is 'The room of the message.';
comment on column app_public.message_edits.previous_content is 'What it said until then.';
comment on column app_public.message_edits.edited_at is 'When it was changed to the next version.';
comment on constraint message_edits_pkey on app_public.message_edits is E'@behavior -single\nOne edit an id.';
alter table app_public.message_edits enable row level security;
create policy select_member on app_public.message_edits for select to trumpet_user using (room_id in (select app_hidden.my_room_ids()));
create policy select_broadcast on app_public.message_edits for select to trumpet_broadcast using (room_id in (select app_hidden.broadcast_room_ids()));
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
language sql volatile security invoker
set search_path = pg_catalog, public
as $$
  insert into app_private.message_mentions (user_id, room_id, seq, message_id)
    select room_members.user_id, message.room_id, message.seq, message.id
      from (
        select distinct rtrim(found[1], '.-')::public.citext as username
          from regexp_matches(message.content, '(?:^|[^a-zA-Z0-9_@/.-])@([a-zA-Z0-9][a-zA-Z0-9_.-]{0,31})', 'g') as found
          limit 50
      ) as mentioned
      join app_public.users on users.username = mentioned.username
      join app_public.room_members on room_members.room_id = message.room_id and room_members.user_id = users.id
      where users.id <> message.author_id
    on conflict do nothing;
$$;
comment on function app_private.note_mentions(app_public.messages) is
  'Notes whom a message mentions: members of its room, at most 50.';

create function app_private.require_message(
  message_id uuid, least_role app_public.member_role default 'member', writable boolean default true
) returns app_public.messages
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
declare
  v_message app_public.messages;
begin
  perform app_private.require_user();
  select * into v_message from app_public.messages
    where id = require_message.message_id and room_id in (select app_hidden.my_room_ids());
  if v_message.id is null then
    raise exception 'No such message' using errcode = 'TR404';
  end if;
  perform app_private.require_member(v_message.room_id, least_role, writable);
  perform app_private.lock_room(v_message.room_id);
  -- Again under the lock: it is this version that the caller changes.
  select * into v_message from app_public.messages where id = require_message.message_id;
  if v_message.id is null or v_message.deleted_at is not null then
    raise exception 'No such message' using errcode = 'TR404';
  end if;
  return v_message;
end
$$;
comment on function app_private.require_message(uuid, app_public.member_role, boolean) is
  'A living message that the caller may see and act on, with its room''s head locked; or the error that says what is missing.';

create function app_private.check_content(content text) returns text
language plpgsql immutable security invoker
set search_path = pg_catalog
as $$
begin
  if content is null or content !~ '[^[:space:]]' then
    raise exception 'A message needs some text' using errcode = 'TR400';
  end if;
  if char_length(content) > 8000 then
    raise exception 'A message has at most 8,000 characters' using errcode = 'TR413';
  end if;
  return content;
end
$$;
comment on function app_private.check_content(text) is 'The text of a message, or the error that says what is wrong with it.';

create function app_private.message_of_nonce(author_id uuid, nonce text) returns app_public.messages
language sql volatile security invoker
set search_path = pg_catalog
as $$
  select messages.* from app_private.message_nonces
    join app_public.messages on messages.id = message_nonces.message_id
    where message_nonces.author_id = message_of_nonce.author_id and message_nonces.nonce = message_of_nonce.nonce;
$$;
comment on function app_private.message_of_nonce(uuid, text) is 'The message that an author has already sent under a nonce.';

/*
 * Whether this member may send this now. Everything that can refuse a message stands behind this one door, whichever
 * way the message comes in.
 */
create function app_private.check_send(member app_public.room_members, content text) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
begin
  if member.muted_until > now() then
    raise exception 'You are muted in this room until %', to_char(member.muted_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      using errcode = 'TRMUT';
  end if;
  perform app_private.check_content(content);
end
$$;
comment on function app_private.check_send(app_public.room_members, text) is
  'Lets a message pass, or raises what forbids it.';

create function app_public.send_message(
  room_id uuid, content text, message_type app_public.message_type default 'text', metadata jsonb default '{}',
  parent_message_id uuid default null, nonce text default null, attachment_ids uuid[] default null
) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_user_id uuid := app_private.require_user();
  v_member app_public.room_members;
  v_message app_public.messages;
  v_is_first boolean;
begin
  -- First of all: what was accepted once stays accepted, whatever has happened to the sender since.
  if send_message.nonce is not null then
    v_message := app_private.message_of_nonce(v_user_id, send_message.nonce);
    if v_message.id is not null then
      return v_message;
    end if;
  end if;

  v_member := app_private.require_member(send_message.room_id);
  perform app_private.check_send(v_member, send_message.content);
  if send_message.message_type = 'system' then
    raise exception 'SYSTEM messages are written by the server' using errcode = 'TR400';
  end if;
  if octet_length(send_message.metadata::text) > 8192 then
    raise exception 'metadata has at most 8,192 bytes' using errcode = 'TR413';
  end if;

  v_message.id := uuidv7();
  if send_message.nonce is not null then
    insert into app_private.message_nonces (author_id, nonce, message_id)
      values (v_user_id, send_message.nonce, v_message.id)
      on conflict on constraint message_nonces_pkey do nothing
      returning true into v_is_first;
    if v_is_first is null then
      -- Someone was faster by a moment, and has committed: inserting waited for it.
      return app_private.message_of_nonce(v_user_id, send_message.nonce);
    end if;
  end if;

  if send_message.parent_message_id is not null then
    perform app_private.lock_room(send_message.room_id);
    update app_public.messages set reply_count = reply_count + 1
      where id = send_message.parent_message_id
        and messages.room_id = send_message.room_id
        and deleted_at is null;
    if not found then
      raise exception 'No such message to answer' using errcode = 'TR404';
    end if;
  end if;

  insert into app_public.messages (id, room_id, author_id, content, message_type, metadata, parent_message_id)
    values (
      v_message.id, send_message.room_id, v_user_id, send_message.content, coalesce(send_message.message_type, 'text'),
      coalesce(send_message.metadata, '{}'), send_message.parent_message_id)
    returning * into v_message;
  if cardinality(send_message.attachment_ids) > 0 then
    perform app_private.bind_attachments(v_message, send_message.attachment_ids);
  end if;
  if position('@' in send_message.content) > 0 then
    perform app_private.note_mentions(v_message);
  end if;
  update app_public.room_members set last_sent_seq = v_message.seq
    where room_members.room_id = send_message.room_id and room_members.user_id = v_user_id;
  perform app_private.end_typing(send_message.room_id, v_user_id);
  return v_message;
end
$$;
comment on function app_public.send_message(uuid, text, app_public.message_type, jsonb, uuid, text, uuid[]) is
  'Sends a message. With a `nonce`, sending again gives back the same message: safe to retry after a lost answer.';
grant execute on function app_public.send_message(uuid, text, app_public.message_type, jsonb, uuid, text, uuid[]) to trumpet_user;

create function app_public.edit_message(message_id uuid, content text) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_edit_window constant interval := '1 hour';
  v_message app_public.messages := app_private.require_message(edit_message.message_id);
begin
  if v_message.author_id <> app_hidden.current_user_id() then
    raise exception 'Only its author can edit a message' using errcode = 'TR403';
  end if;
  if v_message.created_at < now() - v_edit_window then
    raise exception 'A message can be edited for one hour' using errcode = 'TREDT';
  end if;
  perform app_private.check_content(edit_message.content);
  if edit_message.content = v_message.content then
    return v_message;
  end if;
  insert into app_public.message_edits (message_id, room_id, previous_content, edited_at)
    values (v_message.id, v_message.room_id, v_message.content, clock_timestamp());
  update app_public.messages set content = edit_message.content, edited_at = clock_timestamp()
    where id = v_message.id
    returning * into v_message;
  delete from app_private.message_mentions where message_mentions.message_id = v_message.id;
  perform app_private.note_mentions(v_message);
  return v_message;
end
$$;
comment on function app_public.edit_message(uuid, text) is
  'Changes your own message within an hour of sending it (`EDIT_WINDOW_CLOSED`). Earlier versions stay in `edits`.';
grant execute on function app_public.edit_message(uuid, text) to trumpet_user;

create function app_public.delete_message(message_id uuid, reason text default null) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_message app_public.messages := app_private.require_message(delete_message.message_id);
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
  end if;
  insert into app_private.message_deletions (message_id, room_id, deleted_by, reason, content)
    values (v_message.id, v_message.room_id, v_user_id, delete_message.reason, v_message.content);
  if v_message.parent_message_id is not null then
    update app_public.messages set reply_count = reply_count - 1 where id = v_message.parent_message_id;
  end if;
  update app_public.messages set content = null, metadata = '{}', deleted_at = clock_timestamp(), pinned_at = null
    where id = v_message.id
    returning * into v_message;
  delete from app_public.message_edits where message_edits.message_id = v_message.id;
  delete from app_private.message_mentions where message_mentions.message_id = v_message.id;
  return v_message;
end
$$;
comment on function app_public.delete_message(uuid, text) is
  'Takes a message''s content away; its place stays. For its author, and for moderators above its author.';
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

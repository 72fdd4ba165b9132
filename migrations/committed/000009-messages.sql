--! Previous: x
--! Hash: x

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

--! Included functions/messages/keeps_message.sql

--! EndIncluded functions/messages/keeps_message.sql

create table app_public.messages (
  id uuid primary key default uuidv7(),
  room_id uuid not null,
  seq bigint not null,
  author_id uuid not null,
  -- What is of one length stands first: behind a text, each of these begins at the next 4 or 8 bytes.
  created_at timestamptz not null default now(),
  message_type app_public.message_type not null default 'text',
  reply_count integer not null default 0,
  content text,
  metadata jsonb not null default '{}',
  parent_message_id uuid,
  edited_at timestamptz,
  deleted_at timestamptz,
  pinned_at timestamptz,
  held_at timestamptz,
  disappears_at timestamptz,
  -- Postgres reads each check anew in every statement that writes, so one asks for all; the others are what it refuses by.
  constraint messages_are_whole check (app_private.keeps_message(content, metadata, deleted_at)),
  constraint messages_content_length check (char_length(content) <= 8000) not enforced,
  constraint messages_content_is_gone_once_deleted check ((content is null) = (deleted_at is not null)) not enforced,
  constraint messages_metadata_is_an_object check (jsonb_typeof(metadata) = 'object') not enforced,
  constraint messages_metadata_size check (octet_length(metadata::text) <= 8192) not enforced
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
comment on column app_public.messages.disappears_at is
  'When it disappears, or null. From then on nobody is shown it, and it is deleted with all that hangs on it.';
alter table app_public.messages enable row level security;
create policy select_member on app_public.messages for select to trumpet_user using (
  room_id in (select app_hidden.my_room_ids())
  and (disappears_at is null or disappears_at > statement_timestamp())
  and (
    held_at is null
    or author_id = (select app_hidden.current_user_id())
    or room_id in (select app_hidden.my_moderated_room_ids())
  )
);
create policy select_broadcast on app_public.messages for select to trumpet_broadcast
  using (
    room_id in (select app_hidden.broadcast_room_ids()) and held_at is null
    and (disappears_at is null or disappears_at > statement_timestamp()));
create policy select_admin on app_public.messages for select to trumpet_admin
  using (disappears_at is null or disappears_at > statement_timestamp());
grant select on app_public.messages to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;

/* room.messages: a page of history. */
create index messages_room_seq on app_public.messages (room_id, seq);
/* message.replies */
create index messages_replies on app_public.messages (parent_message_id, seq) where parent_message_id is not null;
/* room.pinnedMessages and room.heldMessages: few. One for both, since reading a message locks every index of its month. */
create index messages_pinned_or_held on app_public.messages (room_id, seq) where pinned_at is not null or held_at is not null;
/* unread_of: what has a number and is not to be read. */
create index messages_not_to_read on app_public.messages (room_id, seq)
  where deleted_at is not null or held_at is not null or message_type = 'system';
/* What one person wrote: unread_of, is_month_expired, and all that is about personal data. */
create index messages_author on app_public.messages (author_id, room_id, seq);

select app_private.make_partitions();

/*
 * Messages that disappear. Each has a row here as long as it is there: so the worker finds those whose time has come, and
 * no index of all messages is larger for it. The rule that nobody is shown them is in the policies above.
 */
create table app_private.disappearing_messages (
  message_id uuid primary key,
  room_id uuid not null references app_public.rooms on delete cascade,
  disappears_at timestamptz not null,
  is_withheld boolean not null default false,
  is_withdrawn boolean not null default false
);
comment on table app_private.disappearing_messages is 'Messages that disappear, until they have.';
comment on column app_private.disappearing_messages.message_id is 'The message.';
comment on column app_private.disappearing_messages.room_id is 'Its room.';
comment on column app_private.disappearing_messages.disappears_at is 'When.';
comment on column app_private.disappearing_messages.is_withheld is
  'Whether a legal hold keeps it, though it has disappeared for all. It goes when the hold ends.';
comment on column app_private.disappearing_messages.is_withdrawn is
  'Whether it was taken out of all numbers and told as gone, because a legal hold kept it at the time.';
alter table app_private.disappearing_messages enable row level security;
/* rooms_with_disappeared, unseen_message_ids */
create index disappearing_messages_disappears_at on app_private.disappearing_messages (disappears_at, room_id)
  where not is_withheld;
/* delete_disappeared, and when a room is deleted. */
create index disappearing_messages_room_id on app_private.disappearing_messages (room_id, disappears_at);

--! Included functions/disappearing/disappears_at.sql

--! EndIncluded functions/disappearing/disappears_at.sql


--! Included functions/messages/is_provisional.sql

--! EndIncluded functions/messages/is_provisional.sql

--! Included functions/messages/tg_messages__number.sql

--! EndIncluded functions/messages/tg_messages__number.sql

create trigger _100_number before insert on app_public.messages
  for each row execute function app_private.tg_messages__number();
create trigger _100_number_released before update of held_at on app_public.messages
  for each row execute function app_private.tg_messages__number();

--! Included functions/messages/tg_messages__log_change.sql

--! EndIncluded functions/messages/tg_messages__log_change.sql

--! Included functions/messages/tg_messages__keep_key.sql

--! EndIncluded functions/messages/tg_messages__keep_key.sql

create trigger _100_refuse_truncate before truncate on app_public.messages
  for each statement execute function app_private.tg_any__refuse_truncate();
create trigger _100_keep_key before update of id, room_id on app_public.messages
  for each row execute function app_private.tg_messages__keep_key();
create trigger _500_log_update after update on app_public.messages
  for each row execute function app_private.tg_messages__log_change();
create trigger _500_log_delete after delete on app_public.messages
  for each row execute function app_private.tg_messages__log_change();

--! Included functions/messages/tg_messages__last_message.sql

--! EndIncluded functions/messages/tg_messages__last_message.sql

create trigger _510_last_message after update of held_at, deleted_at on app_public.messages
  for each row execute function app_private.tg_messages__last_message();

/*
 * Places are numbered without a gap, and unread is counted by them. One whose message is gone is noted.
 */
create table app_private.gone_places (
  room_id uuid not null references app_public.rooms on delete cascade,
  seq bigint not null,
  primary key (room_id, seq)
);
comment on table app_private.gone_places is 'Places of messages that were deleted by hand.';
alter table app_private.gone_places enable row level security;

--! Included functions/messages/tg_messages__note_gone.sql

--! EndIncluded functions/messages/tg_messages__note_gone.sql

create trigger _510_note_gone after delete on app_public.messages
  for each row execute function app_private.tg_messages__note_gone();

/* A send is done once however often it is tried. The name is kept as long as the message is. */
create table app_private.message_nonces (
  author_id uuid not null,
  nonce text not null,
  message_id uuid not null,
  request_hash bigint not null,
  primary key (author_id, nonce),
  constraint message_nonces_length check (char_length(nonce) between 1 and 200)
);
comment on table app_private.message_nonces is 'Which message an author''s nonce stands for.';
comment on column app_private.message_nonces.request_hash is
  'Of all that was sent under it, as hash partitioning hashes it, which never changes: the same nonce for something else is a mistake.';
alter table app_private.message_nonces enable row level security;
/* delete_messages */
create index message_nonces_message_id on app_private.message_nonces (message_id);

create table app_public.message_edits (
  id uuid primary key default uuidv7(),
  message_id uuid not null,
  room_id uuid not null,
  previous_content text not null,
  was_held boolean not null default false,
  edited_at timestamptz not null default now()
);
comment on table app_public.message_edits is
  'What a message said before it was edited.';
comment on column app_public.message_edits.id is 'Stays the same for ever.';
comment on column app_public.message_edits.message_id is 'The message.';
comment on column app_public.message_edits.room_id is 'The room of the message.';
comment on column app_public.message_edits.previous_content is 'What it said until then.';
comment on column app_public.message_edits.was_held is
  'Whether the message was held when it said so. Such a version never becomes public: its author and the moderators see it.';
comment on column app_public.message_edits.edited_at is 'When it was changed to the next version.';
comment on constraint message_edits_pkey on app_public.message_edits is 'One edit an id.';
alter table app_public.message_edits enable row level security;
/* Versions are as visible as their message was when it said so: what was held stays so when the message is released. */
create policy select_member on app_public.message_edits for select to trumpet_user using (
  room_id in (select app_hidden.my_room_ids())
  and exists (
    select from app_public.messages
      where messages.id = message_id
        and (
          not was_held
          or messages.author_id = (select app_hidden.current_user_id())
          or messages.room_id in (select app_hidden.my_moderated_room_ids())
        )
  )
);
create policy select_broadcast on app_public.message_edits for select to trumpet_broadcast using (
  room_id in (select app_hidden.broadcast_room_ids())
  and not was_held
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
  author_id uuid not null,
  deleted_by uuid,
  reason text,
  content text not null,
  deleted_at timestamptz not null default now(),
  constraint message_deletions_reason_length check (char_length(reason) <= 500)
);
comment on table app_private.message_deletions is 'Who deleted a message, why, and what it said.';
alter table app_private.message_deletions enable row level security;
comment on column app_private.message_deletions.author_id is
  'Who wrote it: of what was held and never released there is no other trace.';
/* delete_expired_messages */
create index message_deletions_room_id on app_private.message_deletions (room_id, message_id);
/* finish_erasure, personal_data */
create index message_deletions_author_id on app_private.message_deletions (author_id);

/*
 * A mention is `@username` of a member, or a name for many of them. Kept a row for each of them, so that the inbox counts the
 * unread ones by range.
 */
create table app_private.message_mentions (
  user_id uuid not null,
  room_id uuid not null,
  seq bigint not null,
  message_id uuid not null,
  is_named boolean not null default true,
  group_names text[],
  primary key (user_id, room_id, seq)
);
comment on table app_private.message_mentions is 'Who is mentioned by which message.';
comment on column app_private.message_mentions.is_named is 'Whether it mentions them by a name of their own.';
comment on column app_private.message_mentions.group_names is
  'The names for many among whom they were when it was sent; null where there were none.';
alter table app_private.message_mentions enable row level security;
/* Forgetting the mentions of a message that is edited or deleted. */
create index message_mentions_message_id on app_private.message_mentions (message_id);

--! Included functions/messages/note_mentions.sql

--! EndIncluded functions/messages/note_mentions.sql

--! Included functions/messages/note_mentions_again.sql

--! EndIncluded functions/messages/note_mentions_again.sql

--! Included functions/messages/note_published.sql

--! EndIncluded functions/messages/note_published.sql

--! Included functions/messages/note_unpublished.sql

--! EndIncluded functions/messages/note_unpublished.sql

--! Included functions/messages/tg_messages__publish.sql

--! EndIncluded functions/messages/tg_messages__publish.sql

create trigger _510_publish after update of held_at, deleted_at on app_public.messages
  for each row execute function app_private.tg_messages__publish();

--! Included functions/messages/tg_messages__empty_deleted.sql

--! EndIncluded functions/messages/tg_messages__empty_deleted.sql

create trigger _200_empty_deleted before update of deleted_at on app_public.messages
  for each row execute function app_private.tg_messages__empty_deleted();

--! Included functions/messages/erase_message.sql

--! EndIncluded functions/messages/erase_message.sql

create type app_private.locked_message as (
  message app_public.messages,
  room app_public.rooms,
  member app_public.room_members
);
comment on type app_private.locked_message is
  'A message, its room, and the caller''s membership of it, as they are while the room''s head is locked.';

--! Included functions/messages/lock_message_as.sql

--! EndIncluded functions/messages/lock_message_as.sql

--! Included functions/messages/rooms_pinned_messages.sql

--! EndIncluded functions/messages/rooms_pinned_messages.sql

--! Included functions/messages/messages_is_author_blocked.sql

--! EndIncluded functions/messages/messages_is_author_blocked.sql

--! Included functions/messages/messages_nonce.sql

--! EndIncluded functions/messages/messages_nonce.sql

--! Included functions/messages/messages_mentions_viewer.sql

--! EndIncluded functions/messages/messages_mentions_viewer.sql

--! Previous: sha1:52d1e7db8e7976838b4b7634c0f52643fc5bc909
--! Hash: sha1:446488864558aa7171e0b0b45af1aa55ff980e3f

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
/* By statements, and not as an expression: that would be copied into the check, and be planned anew whenever it is asked. */
create or replace function app_private.keeps_message(content text, metadata jsonb, deleted_at timestamptz) returns boolean
language plpgsql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if (content is null) <> (deleted_at is not null) then
    return app_private.keeps('messages_content_is_gone_once_deleted');
  end if;
  if char_length(content) > 8000 then
    return app_private.keeps('messages_content_length');
  end if;
  if metadata <> '{}' then
    if jsonb_typeof(metadata) <> 'object' then
      return app_private.keeps('messages_metadata_is_an_object');
    end if;
    if octet_length(metadata::text) > 8192 then
      return app_private.keeps('messages_metadata_size');
    end if;
  end if;
  return true;
end
$$;
comment on function app_private.keeps_message(text, jsonb, timestamptz) is
  'Whether a message is what the constraints of its table say; refused by the name of the one that it breaks, without the row.';
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
  also_sent_to_room boolean not null default false,
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
comment on column app_public.messages.also_sent_to_room is
  'True for an answer that stands in the history of the room as well, where that leaves answers out.';
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
  (
    room_id in (select app_hidden.my_open_room_ids())
    or room_id in (select app_hidden.my_room_ids()) and seq >= app_hidden.my_history_start(room_id)
  )
  and (disappears_at is null or disappears_at > statement_timestamp())
  and (
    held_at is null
    or author_id = (select app_hidden.current_user_id())
    or room_id in (select app_hidden.my_room_ids_with('review_messages'))
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
/* unread_counts: what has a number and is not to be read. */
create index messages_not_to_read on app_public.messages (room_id, seq)
  where deleted_at is not null or held_at is not null or message_type = 'system';
/* What one person wrote: unread_counts, is_month_expired, and all that is about personal data. */
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
/* unseen_message_ids: what a legal hold keeps, of few rooms or none. */
create index disappearing_messages_withheld on app_private.disappearing_messages (room_id) where is_withheld;
/* delete_disappeared, and when a room is deleted. */
create index disappearing_messages_room_id on app_private.disappearing_messages (room_id, disappears_at);

--! Included functions/disappearing/disappears_at.sql
/* Of two times the sooner: what the room says is said to all of its members. */
create or replace function app_private.disappears_at(message app_public.messages, room_seconds integer) returns timestamptz
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_at constant timestamptz :=
    message.created_at + make_interval(secs => least(
      room_seconds,
      -- Whatever wrote it: what is no number was refused by check_metadata, where there is somebody to refuse.
      case when message.metadata ->> 'disappearAfterSeconds' ~ '^[0-9]{1,8}$'
        then (message.metadata ->> 'disappearAfterSeconds')::integer end));
begin
  if v_at is not null then
    insert into app_private.disappearing_messages (message_id, room_id, disappears_at) values (message.id, message.room_id, v_at);
  end if;
  return v_at;
end
$$;
comment on function app_private.disappears_at(app_public.messages, integer) is
  'When a message that gets its number disappears, by its own metadata or its room. Notes it.';
--! EndIncluded functions/disappearing/disappears_at.sql


--! Included functions/messages/is_provisional.sql
/*
 * Number and log row in one update of the head, before the row is written: the number is part of the row.
 *
 * A message that is held for review has no place in its room yet: no number, no row in the log, nothing unread. Until it
 * is released its seq is the microsecond of its sending, larger than any number a room will reach and still exact in
 * a client's floating point, so that its author and the moderators find it at the end of the history. Its release is
 * to everyone else the moment it is sent.
 */
create or replace function app_private.is_provisional(seq bigint) returns boolean
language sql immutable security invoker parallel safe
return seq >= 1000000000000000;
comment on function app_private.is_provisional(bigint) is 'Whether a seq is that of a message that was held and never had a place.';
--! EndIncluded functions/messages/is_provisional.sql

/*
 * A history that leaves answers out steps over them, however many there are. So it is noted where they stand, run by run,
 * when they get their places: what answers nothing is not in it, and is sent as if there were no threads.
 */
create table app_private.answer_runs (
  room_id uuid not null references app_public.rooms on delete cascade,
  first_seq bigint not null,
  last_seq bigint not null,
  answers_before bigint not null,
  primary key (room_id, first_seq)
) with (fillfactor = 80);
comment on table app_private.answer_runs is
  'Places of a room one behind the other that are of answers alone, those that were sent to the room as well not among them. Whatever becomes of the answers, the places stay.';
comment on column app_private.answer_runs.answers_before is 'How many places are in the runs before.';
alter table app_private.answer_runs enable row level security;

--! Included functions/messages/note_answer_place.sql
/* Under the lock of the room's head, as all that numbers: the last run is the last. */
create or replace function app_private.note_answer_place(room_id uuid, seq bigint) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_last app_private.answer_runs;
begin
  select * into v_last from app_private.answer_runs
    where answer_runs.room_id = note_answer_place.room_id
    order by first_seq desc
    limit 1;
  if v_last.last_seq = note_answer_place.seq - 1 then
    update app_private.answer_runs set last_seq = note_answer_place.seq
      where answer_runs.room_id = note_answer_place.room_id and first_seq = v_last.first_seq;
  else
    insert into app_private.answer_runs (room_id, first_seq, last_seq, answers_before)
      values (
        note_answer_place.room_id, note_answer_place.seq, note_answer_place.seq,
        coalesce(v_last.answers_before + v_last.last_seq - v_last.first_seq + 1, 0));
  end if;
end
$$;
comment on function app_private.note_answer_place(uuid, bigint) is
  'Notes the place of an answer that the main history of its room leaves out.';
--! EndIncluded functions/messages/note_answer_place.sql

--! Included functions/messages/answers_through.sql
create or replace function app_private.answers_through(room_id uuid, seq bigint) returns bigint
language sql stable security invoker
set search_path = pg_catalog, pg_temp
return coalesce(
  (
    select answers_before + least(answers_through.seq, last_seq) - first_seq + 1 from app_private.answer_runs
      where answer_runs.room_id = answers_through.room_id and first_seq <= answers_through.seq
      order by first_seq desc
      limit 1),
  0);
comment on function app_private.answers_through(uuid, bigint) is
  'How many places of a room up to a number are of answers that its main history leaves out.';
--! EndIncluded functions/messages/answers_through.sql

--! Included functions/messages/top_level_gaps.sql
/*
 * Some of them at a time: who has looked into all of these goes on behind the last. Whatever stands between two runs, how
 * long they are costs nothing.
 */
create or replace function app_hidden.top_level_gaps(room_id uuid, above bigint, below bigint, newest_first boolean, most integer)
returns table (above_seq bigint, below_seq bigint)
language sql stable security definer rows 50
set search_path = pg_catalog, pg_temp
as $$
  with older as materialized (
    select first_seq, last_seq from app_private.answer_runs
      where newest_first and answer_runs.room_id = top_level_gaps.room_id
        and first_seq < top_level_gaps.below and first_seq >= coalesce(
          (
            select case when edge.last_seq > top_level_gaps.above then edge.first_seq else top_level_gaps.above + 1 end
              from app_private.answer_runs as edge
              where edge.room_id = top_level_gaps.room_id and edge.first_seq <= top_level_gaps.above
              order by edge.first_seq desc
              limit 1),
          0)
      order by first_seq desc
      limit most
  ), newer as materialized (
    select first_seq, last_seq from app_private.answer_runs
      where not newest_first and answer_runs.room_id = top_level_gaps.room_id
        and first_seq < top_level_gaps.below and first_seq >= coalesce(
          (
            select case when edge.last_seq > top_level_gaps.above then edge.first_seq else top_level_gaps.above + 1 end
              from app_private.answer_runs as edge
              where edge.room_id = top_level_gaps.room_id and edge.first_seq <= top_level_gaps.above
              order by edge.first_seq desc
              limit 1),
          0)
      order by first_seq
      limit most
  ), gaps (above_seq, below_seq) as (
    select last_seq, lag(first_seq, 1, top_level_gaps.below) over (order by first_seq desc) from older
    union all
    select lag(last_seq, 1, top_level_gaps.above) over (order by first_seq), first_seq from newer
    union all
    select top_level_gaps.above, coalesce(min(first_seq), top_level_gaps.below) from older
      having newest_first and count(*) < most
    union all
    select coalesce(max(last_seq), top_level_gaps.above), top_level_gaps.below from newer
      having not newest_first and count(*) < most
  )
  select greatest(gaps.above_seq, top_level_gaps.above), least(gaps.below_seq, top_level_gaps.below)
    from gaps
    order by case when newest_first then -gaps.below_seq else gaps.above_seq end
$$;
comment on function app_hidden.top_level_gaps(uuid, bigint, bigint, boolean, integer) is
  'Between which numbers of a room the messages stand that are no answers, both bounds excluded, from the newest or oldest on.';
grant execute on function app_hidden.top_level_gaps(uuid, bigint, bigint, boolean, integer) to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/messages/top_level_gaps.sql

--! Included functions/messages/tg_messages__number.sql
/*
 * Postgres copies what the triggers of a table say in every statement that writes to it, the conditions of those for other
 * commands too, and reads anew those that it asks. So no trigger of messages has a condition: their functions ask, and
 * what import_batch or send_together have numbered is known here.
 */
create or replace function app_private.tg_messages__number() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_change_seq bigint;
  v_moment timestamptz;
  v_seconds integer;
  -- What is brought in keeps its time: see import_messages.
  v_is_import constant boolean := coalesce(current_setting('trumpet.import', true), '') = 'on';
begin
  if tg_op = 'INSERT' then
    if app_private.is_import_in_bulk() then
      return new;
    end if;
  elsif old.held_at is null or new.held_at is not null or not app_private.is_provisional(old.seq) then
    return new;
  end if;
  if new.held_at is not null then
    new.created_at := clock_timestamp();
    new.seq := extract(epoch from new.created_at) * 1000000;
    return new;
  end if;
  -- Numbered and logged with others: see write_usual.
  if position(new.id::text in current_setting('trumpet.numbered', true)) > 0 then
    return new;
  end if;
  update app_private.room_heads set
    last_change_seq = last_change_seq + 1,
    (last_change_at, last_message_at) = (
      select moment, case when v_is_import then new.created_at else moment end
        from app_private.next_moment(last_change_at) as moment),
    last_message_seq = last_message_seq + 1,
    last_message_id = new.id
    where room_id = new.room_id
    returning last_change_seq, last_change_at, last_message_seq, last_message_at, disappear_after_seconds
      into v_change_seq, v_moment, new.seq, new.created_at, v_seconds;
  if not found then
    raise exception 'There is no such room.' using errcode = 'TR404';
  end if;
  if (v_seconds is not null or new.metadata ? 'disappearAfterSeconds') and not v_is_import then
    new.disappears_at := app_private.disappears_at(new, v_seconds);
  end if;
  -- As append_change does it.
  insert into app_private.room_changes (room_id, change_seq, kind, op, message_id, user_id, actor_id, occurred_at)
    values (new.room_id, v_change_seq, 'message', 'insert', new.id, new.author_id, app_hidden.current_user_id(), v_moment);
  perform app_private.ring('c:' || new.room_id);
  if new.parent_message_id is not null then
    if not new.also_sent_to_room then
      perform app_private.note_answer_place(new.room_id, new.seq);
    end if;
    if tg_op = 'INSERT' and new.deleted_at is null then
      perform app_private.note_reply(new);
    end if;
  end if;
  return new;
end
$$;
comment on function app_private.tg_messages__number() is
  'Gives a new message, or one that is released, its number and its row in the log; counts a new one as an answer, whoever writes it.';
--! EndIncluded functions/messages/tg_messages__number.sql

create trigger _100_number before insert on app_public.messages
  for each row execute function app_private.tg_messages__number();
create trigger _100_number_released before update of held_at on app_public.messages
  for each row execute function app_private.tg_messages__number();

--! Included functions/messages/tg_messages__log_change.sql
create or replace function app_private.tg_messages__log_change() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE' and old is not distinct from new then
    return null;
  end if;
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
    message_id => old.id, user_id => old.author_id,
    last_read_seq => case when tg_op = 'DELETE' then old.seq end);
  return null;
end
$$;
comment on function app_private.tg_messages__log_change() is
  'Logs that a message was edited, pinned, answered, deleted, held or given back.';
--! EndIncluded functions/messages/tg_messages__log_change.sql

--! Included functions/messages/tg_messages__keep_key.sql
create or replace function app_private.tg_messages__keep_key() returns trigger
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if old.id <> new.id or old.room_id <> new.room_id then
    raise exception 'The key of a row of %.% stays as it is: delete the row and insert another.', tg_table_schema, tg_table_name
      using errcode = 'TR403';
  end if;
  return new;
end
$$;
comment on function app_private.tg_messages__keep_key() is 'As tg_any__keep_key, and asks by itself whether the key is another.';
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
create or replace function app_private.tg_messages__last_message() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if (old.held_at is null) = (new.held_at is null) then
    return null;
  end if;
  update app_private.room_heads
    set (last_message_id, last_message_at) = (
      select messages.id, messages.created_at from app_public.messages
        where messages.room_id = new.room_id and messages.held_at is null
        and (messages.disappears_at is null or messages.disappears_at > statement_timestamp())
        order by messages.seq desc
        limit 1
    )
    where room_heads.room_id = new.room_id;
  return null;
end
$$;
comment on function app_private.tg_messages__last_message() is
  'Keeps a message that is held out of the inbox, and brings it back when it is released.';
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
/*
 * Work in bulk deletes from the oldest on, or what others have counted already: it keeps its numbers itself. A room that
 * is deleted takes all of it along.
 */
create or replace function app_private.tg_messages__note_gone() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if app_private.is_provisional(old.seq)
      or coalesce(current_setting('trumpet.bulk', true) = 'on', false)
      or not exists (select from app_public.rooms where rooms.id = old.room_id) then
    return null;
  end if;
  insert into app_private.gone_places (room_id, seq) values (old.room_id, old.seq)
    on conflict on constraint gone_places_pkey do nothing;
  update app_private.room_heads
    set (last_message_id, last_message_at) = (
      select messages.id, messages.created_at from app_public.messages
        where messages.room_id = old.room_id and messages.held_at is null
        and (messages.disappears_at is null or messages.disappears_at > statement_timestamp())
        order by messages.seq desc
        limit 1
    )
    where room_heads.room_id = old.room_id and room_heads.last_message_id = old.id;
  if old.deleted_at is null and old.held_at is null then
    perform app_private.note_unpublished(old);
  end if;
  return null;
end
$$;
comment on function app_private.tg_messages__note_gone() is
  'Takes a message that was deleted by hand out of what is unread, out of the inbox and out of the answers of another.';
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
          or messages.room_id in (select app_hidden.my_room_ids_with('review_messages'))
        )
  )
);
create policy select_broadcast on app_public.message_edits for select to trumpet_broadcast using (
  room_id in (select app_hidden.broadcast_room_ids())
  and not was_held
  and exists (select from app_public.messages where messages.id = message_id)
);
create policy select_admin on app_public.message_edits for select to trumpet_admin
  using (exists (select from app_public.messages where messages.id = message_id));
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
  keywords text[],
  primary key (user_id, room_id, seq)
);
comment on table app_private.message_mentions is 'Who is mentioned by which message.';
comment on column app_private.message_mentions.is_named is 'Whether it mentions them by a name of their own.';
comment on column app_private.message_mentions.group_names is
  'The names for many among whom they were when it was sent; null where there were none.';
comment on column app_private.message_mentions.keywords is
  'Words of their own that it holds, as they wrote them: nobody else learns of these. Null where there are none.';
alter table app_private.message_mentions enable row level security;
/* Forgetting the mentions of a message that is edited or deleted. */
create index message_mentions_message_id on app_private.message_mentions (message_id);

--! Included functions/messages/note_mentions.sql
create or replace function app_private.note_mentions(message app_public.messages, with_groups boolean default true) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_names text[];
  v_count integer;
begin
  -- What is forwarded was said to others.
  if position('@' in message.content) = 0 or message.metadata ? 'forward' then
    return;
  end if;
  v_names := array(select name from app_private.mentioned_names(message.content) as name limit 50);
  insert into app_private.message_mentions (user_id, room_id, seq, message_id)
    select room_members.user_id, message.room_id, message.seq, message.id
      from unnest(v_names) as mentioned (name)
      join app_public.users on users.username = mentioned.name::public.citext
      join app_public.room_members on room_members.room_id = message.room_id and room_members.user_id = users.id
      where users.id <> message.author_id and not app_private.has_blocked(users.id, message.author_id)
    on conflict on constraint message_mentions_pkey do update set is_named = true where not message_mentions.is_named;
  get diagnostics v_count = row_count;
  -- A name that is nobody's may be one for many.
  if with_groups and v_count < cardinality(v_names) then
    perform app_private.note_group_mentions(message, v_names);
  end if;
  if message.parent_message_id is not null then
    perform app_private.follow_as_mentioned(message);
  end if;
end
$$;
comment on function app_private.note_mentions(app_public.messages, boolean) is
  'Notes whom a message mentions: members of its room who have not blocked its author, by at most 50 names of theirs or for many of them.';
--! EndIncluded functions/messages/note_mentions.sql

--! Included functions/messages/note_mentions_again.sql
/*
 * An edit mentions whom the new text mentions. A name for many that is still there stands for those whom it stood for when
 * it was sent, whatever else they were mentioned by. Whose own words it holds is found out by whoever indexes it.
 */
create or replace function app_private.note_mentions_again(message app_public.messages) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kept text[] := array(
    select message_group_mentions.name from app_private.message_group_mentions
      where message_group_mentions.message_id = message.id
        and message_group_mentions.name = any (array(select app_private.mentioned_names(message.content) limit 50)));
begin
  delete from app_private.message_group_mentions
    where message_group_mentions.message_id = message.id and message_group_mentions.name <> all (v_kept);
  delete from app_private.message_mentions
    where message_mentions.message_id = message.id and (group_names && v_kept) is not true and keywords is null;
  update app_private.message_mentions set
      is_named = false,
      group_names = nullif(array(select name from unnest(group_names) as name where name = any (v_kept)), '{}')
    where message_mentions.message_id = message.id and (is_named or not group_names <@ v_kept);
  perform app_private.note_mentions(message);
end
$$;
comment on function app_private.note_mentions_again(app_public.messages) is 'Notes whom a message mentions that was edited.';
--! EndIncluded functions/messages/note_mentions_again.sql

--! Included functions/messages/note_published.sql
/*
 * What follows from a message being there for everyone. For one that is held it follows when it is released. One that
 * is inserted as an answer is counted when it gets its number.
 */
create or replace function app_private.note_published(message app_public.messages) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if message.parent_message_id is not null then
    perform app_private.note_reply(message);
  end if;
  perform app_private.note_mentions(message);
end
$$;
comment on function app_private.note_published(app_public.messages) is 'Counts a message as an answer and notes whom it mentions.';
--! EndIncluded functions/messages/note_published.sql

--! Included functions/messages/note_unpublished.sql
create or replace function app_private.note_unpublished(message app_public.messages) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if message.parent_message_id is not null then
    perform app_private.count_replies(message.parent_message_id, -1);
  end if;
  delete from app_private.message_mentions where message_mentions.message_id = message.id;
  if position('@' in message.content) > 0 then
    perform app_private.forget_group_mentions(message.id);
  end if;
end
$$;
comment on function app_private.note_unpublished(app_public.messages) is 'Takes back what note_published noted.';
--! EndIncluded functions/messages/note_unpublished.sql

--! Included functions/messages/tg_messages__publish.sql
/* Work in bulk counts for itself. */
create or replace function app_private.tg_messages__publish() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if (old.held_at is null and old.deleted_at is null) = (new.held_at is null and new.deleted_at is null)
    or coalesce(current_setting('trumpet.bulk', true) = 'on', false)
  then
    return null;
  end if;
  if new.held_at is null and new.deleted_at is null then
    perform app_private.note_published(new);
  else
    perform app_private.note_unpublished(old);
  end if;
  return null;
end
$$;
comment on function app_private.tg_messages__publish() is
  'Keeps count of answers and mentions when a message is held, released or deleted, whoever does it.';
--! EndIncluded functions/messages/tg_messages__publish.sql

create trigger _510_publish after update of held_at, deleted_at on app_public.messages
  for each row execute function app_private.tg_messages__publish();

--! Included functions/messages/tg_messages__empty_deleted.sql
create or replace function app_private.tg_messages__empty_deleted() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if old.deleted_at is not null or new.deleted_at is null then
    return new;
  end if;
  new.content := null;
  new.metadata := '{}';
  new.pinned_at := null;
  if not app_private.is_provisional(new.seq) then
    new.held_at := null;
  end if;
  return new;
end
$$;
comment on function app_private.tg_messages__empty_deleted() is 'Leaves nothing of a message that is deleted but its place, whoever deletes it.';
--! EndIncluded functions/messages/tg_messages__empty_deleted.sql

create trigger _200_empty_deleted before update of deleted_at on app_public.messages
  for each row execute function app_private.tg_messages__empty_deleted();

--! Included functions/messages/erase_message.sql
/*
 * Deleting takes the content away and leaves the place, because places are numbered: triggers see to that, and to all that
 * hung on the message. What was held and never released has no place, and goes whole; its nonce with it, so that the same
 * may be sent again.
 */
create or replace function app_private.erase_message(message app_public.messages, deleted_by uuid, reason text)
returns app_public.messages
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message app_public.messages := message;
begin
  insert into app_private.message_deletions (message_id, room_id, author_id, deleted_by, reason, content)
    values (message.id, message.room_id, message.author_id, erase_message.deleted_by, app_private.trimmed(erase_message.reason), message.content);
  -- An author may take back what they said, not what they were quoted with; whoever moderates has it go there, too.
  if erase_message.deleted_by is distinct from message.author_id then
    perform app_private.forget_quoted(array[message.id]);
  end if;
  delete from app_private.message_sources where message_sources.message_id = message.id;
  if app_private.is_provisional(message.seq) then
    v_message.content := null;
    v_message.metadata := '{}';
    v_message.deleted_at := clock_timestamp();
    delete from app_public.messages where id = message.id;
    return v_message;
  end if;
  update app_public.messages set deleted_at = clock_timestamp() where id = message.id returning * into v_message;
  return v_message;
end
$$;
comment on function app_private.erase_message(app_public.messages, uuid, text) is
  'Takes a message''s content away, its room''s head being locked, and keeps it for those who have to answer for it.';
--! EndIncluded functions/messages/erase_message.sql

create type app_private.locked_message as (
  message app_public.messages,
  room app_public.rooms,
  member app_public.room_members
);
comment on type app_private.locked_message is
  'A message, its room, and the caller''s membership of it, as they are while the room''s head is locked.';

--! Included functions/messages/lock_message_as.sql
create or replace function app_private.lock_message_as(
  message_id uuid, permission app_public.permission default null, writable boolean default true,
  even_held boolean default false
) returns app_private.locked_message
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_user();
  v_room_id uuid := (select room_id from app_public.messages where id = lock_message_as.message_id);
  v_locked app_private.locked_room;
  v_message app_public.messages;
begin
  -- To anyone but its members a room's message is not there, be the room public or not.
  if not exists (select from app_public.room_members where room_id = v_room_id and user_id = v_user_id) then
    perform app_private.check_not_banned(v_room_id, v_user_id);
    raise exception 'There is no such message.' using errcode = 'TR404';
  end if;
  v_locked := app_private.lock_room_as(v_room_id, writable => false);
  select * into v_message from app_public.messages where id = lock_message_as.message_id;
  if v_message.id is null or v_message.deleted_at is not null or v_message.disappears_at <= clock_timestamp()
    or v_message.seq < (v_locked.member).sees_from_seq
  then
    raise exception 'There is no such message.' using errcode = 'TR404';
  end if;
  if v_message.held_at is not null and v_message.author_id <> v_user_id and not app_private.may(v_locked.room, v_locked.member, 'review_messages') then
    raise exception 'There is no such message.' using errcode = 'TR404';
  end if;
  -- Last, so that it says nothing about a message that the caller may not see.
  perform app_private.check_member(v_locked.room, v_locked.member, permission, writable);
  if v_message.held_at is not null and not even_held then
    raise exception 'This message is held: a moderator has to decide first.' using errcode = 'TR409';
  end if;
  return row(v_message, v_locked.room, v_locked.member)::app_private.locked_message;
end
$$;
comment on function app_private.lock_message_as(uuid, app_public.permission, boolean, boolean) is
  'A living message that the caller may see and act on, with its room''s head locked; or the error that says what is missing.';
--! EndIncluded functions/messages/lock_message_as.sql

--! Included functions/messages/rooms_pinned_messages.sql
create or replace function app_public.rooms_pinned_messages(room app_public.rooms) returns setof app_public.messages
language sql stable security invoker rows 10
set search_path = pg_catalog, pg_temp
as $$
  select messages.* from app_public.messages
    where messages.room_id = room.id and messages.pinned_at is not null
    order by messages.pinned_at desc, messages.id desc;
$$;
comment on function app_public.rooms_pinned_messages(app_public.rooms) is 'The pinned messages, the latest pin first.';
grant execute on function app_public.rooms_pinned_messages(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/messages/rooms_pinned_messages.sql

--! Included functions/messages/messages_is_author_blocked.sql
create or replace function app_public.messages_is_author_blocked(message app_public.messages) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select app_private.has_blocked(app_hidden.current_user_id(), message.author_id);
$$;
comment on function app_public.messages_is_author_blocked(app_public.messages) is
  'Whether you have blocked its author. Clients hide such a message.';
grant execute on function app_public.messages_is_author_blocked(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/messages/messages_is_author_blocked.sql

--! Included functions/messages/messages_nonce.sql
create or replace function app_public.messages_nonce(message app_public.messages) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select nonce from app_private.message_nonces
    where message_nonces.message_id = message.id and message_nonces.author_id = app_hidden.current_user_id();
$$;
comment on function app_public.messages_nonce(app_public.messages) is
  'The nonce that you sent it with; null for messages of others.';
grant execute on function app_public.messages_nonce(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/messages/messages_nonce.sql

--! Included functions/messages/messages_mentions_viewer.sql
create or replace function app_public.messages_mentions_viewer(message app_public.messages) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from app_private.message_mentions
      where message_mentions.message_id = message.id and message_mentions.user_id = app_hidden.current_user_id());
$$;
comment on function app_public.messages_mentions_viewer(app_public.messages) is 'Whether it mentions you, by your name or with others.';
grant execute on function app_public.messages_mentions_viewer(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/messages/messages_mentions_viewer.sql

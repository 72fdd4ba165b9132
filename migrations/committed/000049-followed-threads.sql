--! Previous: sha1:c9570d3651926470f8c6ca24245779b34e30e3c0
--! Hash: sha1:b19581d7ea0135229bc560bfe683e7b449c0253d

/*
 * Threads that somebody follows, and what is unread in each.
 *
 * Who follows what is a row, because it is asked for all of one's threads at once; it is written when a message is
 * answered, and a message that answers nothing knows nothing of it. What is unread is derived from the answers that are
 * there, so no number can be left over from one that was edited, deleted, held or is past its time.
 *
 * A thread has a place of its own up to which its follower has read, beside that of the room: an answer is read once either
 * has reached it, for it stands in both (answers_position).
 */
create table app_private.thread_followers (
  user_id uuid not null,
  room_id uuid not null,
  thread_id uuid not null,
  is_following boolean not null default true,
  read_seq bigint not null,
  notification_level app_public.notification_level,
  told_seq bigint not null default 0,
  untold_seq bigint,
  primary key (user_id, thread_id),
  constraint thread_followers_member_fkey foreign key (room_id, user_id) references app_public.room_members on delete cascade
);
comment on table app_private.thread_followers is 'Who follows the answers to which message, and has read them up to where.';
comment on column app_private.thread_followers.thread_id is 'The message that is answered.';
comment on column app_private.thread_followers.is_following is 'False: ended by hand, which answers of others do not undo.';
comment on column app_private.thread_followers.told_seq is 'Up to where the room was told that they have read it; 0: it was not.';
comment on column app_private.thread_followers.untold_seq is 'Up to where they have read it beyond that, while nobody was told what they read; null: they have not.';
comment on column app_private.thread_followers.read_seq is 'What is unread in the thread comes after this.';
comment on column app_private.thread_followers.notification_level is 'Which of its answers notify them. Null: as the room''s level says.';
alter table app_private.thread_followers enable row level security;
/* Whoever leaves, is put out or deleted. */
create index thread_followers_member on app_private.thread_followers (room_id, user_id);
/* Whatever deletes messages for good. */
create index thread_followers_thread_id on app_private.thread_followers (thread_id);
/* publish_reading: few. */
create index thread_followers_untold on app_private.thread_followers (room_id) where untold_seq is not null;

--! Included functions/followed-threads/follow_as_answered.sql
/*
 * Whoever has something to do with a thread follows it: who writes in it, who wrote what is answered, who is mentioned. A
 * message that answers nothing comes by none of this.
 *
 * Who has ended that by hand follows again by writing there, or by being mentioned, and not because others go on. Whoever
 * begins to follow by writing has not missed what came before.
 */
create or replace function app_private.follow_as_answered(message app_public.messages) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  -- History that is brought in is news to nobody.
  if coalesce(current_setting('trumpet.import', true), '') <> '' then
    return;
  end if;
  insert into app_private.thread_followers as known (user_id, room_id, thread_id, read_seq)
    select room_members.user_id, room_members.room_id, message.parent_message_id,
        case when room_members.user_id = message.author_id then message.seq else message.seq - 1 end
      from app_public.room_members
      where room_members.room_id = message.room_id
        and (room_members.sees_from_seq is null or room_members.sees_from_seq <= (
          select parent.seq from app_public.messages as parent where parent.id = message.parent_message_id))
        and room_members.user_id = any (
          message.author_id
            || array(select parent.author_id from app_public.messages as parent where parent.id = message.parent_message_id)
            || array(
              select message_mentions.user_id from app_private.message_mentions
                where message_mentions.message_id = message.parent_message_id and (is_named or group_names is not null)))
      order by room_members.user_id
    on conflict on constraint thread_followers_pkey do update set is_following = true, read_seq = excluded.read_seq
      where not known.is_following and known.user_id = message.author_id and known.read_seq < message.seq;
end
$$;
comment on function app_private.follow_as_answered(app_public.messages) is
  'Lets the author of an answer, that of the message which it answers, and whom that message mentions follow the thread.';
--! EndIncluded functions/followed-threads/follow_as_answered.sql

--! Included functions/followed-threads/follow_as_mentioned.sql
create or replace function app_private.follow_as_mentioned(message app_public.messages) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if coalesce(current_setting('trumpet.import', true), '') <> '' then
    return;
  end if;
  insert into app_private.thread_followers as known (user_id, room_id, thread_id, read_seq)
    select room_members.user_id, room_members.room_id, message.parent_message_id, message.seq - 1
      from app_private.message_mentions
      join app_public.room_members
        on room_members.room_id = message_mentions.room_id and room_members.user_id = message_mentions.user_id
      where message_mentions.message_id = message.id and (is_named or group_names is not null)
        and (room_members.sees_from_seq is null or room_members.sees_from_seq <= (
          select parent.seq from app_public.messages as parent where parent.id = message.parent_message_id))
      order by room_members.user_id
    on conflict on constraint thread_followers_pkey do update set is_following = true, read_seq = excluded.read_seq
      where not known.is_following and known.read_seq < message.seq;
end
$$;
comment on function app_private.follow_as_mentioned(app_public.messages) is
  'Lets those whom an answer mentions follow the thread.';
--! EndIncluded functions/followed-threads/follow_as_mentioned.sql

--! Included functions/followed-threads/note_reply.sql
create or replace function app_private.note_reply(message app_public.messages) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.count_replies(message.parent_message_id, 1);
  perform app_private.follow_as_answered(message);
end
$$;
comment on function app_private.note_reply(app_public.messages) is
  'What follows from an answer being there for everyone: it is counted, and its thread is followed.';
--! EndIncluded functions/followed-threads/note_reply.sql

--! Included functions/followed-threads/thread_floor.sql
create or replace function app_private.thread_floor(thread_id uuid) returns uuid
language sql immutable security invoker parallel safe
return app_private.uuidv7_floor(uuid_extract_timestamp(thread_id) - interval '1 day');
comment on function app_private.thread_floor(uuid) is
  'No answer to a message has an id below this: months before need not be looked into. A day is for clocks that differ.';
--! EndIncluded functions/followed-threads/thread_floor.sql

/*
 * Two looks at an index a thread, however much was written in it before. An answer of somebody whom the follower has
 * blocked is neither unread nor the latest.
 */
create view app_private.threads_followed as
  select
    thread_followers.user_id,
    thread_followers.room_id,
    thread_followers.thread_id as message_id,
    place.read_seq,
    unread.count::integer as unread_count,
    case when app_private.level_of(thread_followers.user_id, thread_followers.room_id) = 'none' then 0
      else unread.mentions end::integer as mention_count,
    latest.id as latest_reply_id,
    coalesce(latest.created_at, parent.created_at) as last_activity_at
  from app_private.thread_followers
  join app_private.room_heads on room_heads.room_id = thread_followers.room_id
  join app_public.messages as parent on parent.id = thread_followers.thread_id and parent.held_at is null
    and (parent.disappears_at is null or parent.disappears_at > statement_timestamp())
  join app_public.room_members
    on room_members.room_id = thread_followers.room_id and room_members.user_id = thread_followers.user_id
    and (room_members.sees_from_seq is null or room_members.sees_from_seq <= parent.seq)
  cross join lateral (
    select greatest(thread_followers.read_seq, app_private.answers_position(room_members)),
      app_private.read_position(room_members)
  ) as place (read_seq, room_read_seq)
  cross join lateral (select app_private.blocked_by(thread_followers.user_id)) as blocked (ids)
  left join lateral (
    select replies.id, replies.created_at from app_public.messages as replies
      where replies.parent_message_id = thread_followers.thread_id
        and replies.id >= app_private.thread_floor(thread_followers.thread_id)
        and replies.deleted_at is null and replies.held_at is null and replies.author_id <> all (blocked.ids)
        and (replies.disappears_at is null or replies.disappears_at > statement_timestamp())
      order by replies.seq desc
      limit 1
  ) as latest on true
  cross join lateral (
    select count(*), count(message_mentions.seq) as mentions
      from app_public.messages as replies
      left join app_private.message_mentions
        on message_mentions.user_id = thread_followers.user_id and message_mentions.room_id = replies.room_id
        and message_mentions.seq = replies.seq
      where replies.parent_message_id = thread_followers.thread_id
        and replies.id >= app_private.thread_floor(thread_followers.thread_id)
        and replies.seq > greatest(place.read_seq, room_heads.first_message_seq - 1)
        -- What was sent to the room as well is shown by every history of it.
        and not (replies.also_sent_to_room and replies.seq <= place.room_read_seq)
        and replies.deleted_at is null and replies.held_at is null and replies.message_type <> 'system'
        and (replies.disappears_at is null or replies.disappears_at > statement_timestamp())
        and replies.author_id <> all (thread_followers.user_id || blocked.ids)
  ) as unread
  where thread_followers.is_following;
comment on view app_private.threads_followed is 'The threads that each person follows, with their numbers.';

--! Included functions/followed-threads/followed_by_me.sql
create or replace function app_hidden.followed_by_me() returns table (
  message_id uuid, room_id uuid, read_seq bigint, unread_count integer, mention_count integer, latest_reply_id uuid,
  last_activity_at timestamptz
)
language sql stable security definer rows 50
set search_path = pg_catalog, pg_temp
as $$
  select message_id, room_id, read_seq, unread_count, mention_count, latest_reply_id, last_activity_at
    from app_private.threads_followed where user_id = app_hidden.current_user_id();
$$;
comment on function app_hidden.followed_by_me() is 'The threads that the person asking follows, with their numbers.';
grant execute on function app_hidden.followed_by_me() to trumpet_user;
--! EndIncluded functions/followed-threads/followed_by_me.sql

create view app_public.followed_threads with (security_invoker = true) as
  select message_id, room_id, read_seq, unread_count, mention_count, latest_reply_id, last_activity_at
    from app_hidden.followed_by_me();
comment on view app_public.followed_threads is 'The answers to a message, which you follow.';
comment on column app_public.followed_threads.message_id is 'The message that is answered.';
comment on column app_public.followed_threads.room_id is 'Its room.';
comment on column app_public.followed_threads.read_seq is 'What you have not read comes after this `seq`: you have read up to there in the thread, or in the room.';
comment on column app_public.followed_threads.unread_count is 'How many answers you have not read. Your own never count, nor what is deleted or of people you have blocked.';
comment on column app_public.followed_threads.mention_count is 'How many of the unread ones mention you. 0 at the level NONE.';
comment on column app_public.followed_threads.latest_reply_id is 'The last answer that is not of people you have blocked, or null while there is none.';
comment on column app_public.followed_threads.last_activity_at is 'When that answer came; while there is none, when the message was sent.';
grant select on app_public.followed_threads to trumpet_visitor, trumpet_user;

create type app_public.thread_summary as (
  thread_count integer,
  unread_thread_count integer,
  unread_count integer,
  mention_count integer
);
comment on type app_public.thread_summary is 'What is unread in all threads that you follow.';
comment on column app_public.thread_summary.thread_count is 'How many threads you follow.';
comment on column app_public.thread_summary.unread_thread_count is 'How many of them have answers that you have not read.';
comment on column app_public.thread_summary.unread_count is 'How many answers you have not read, of all of them.';
comment on column app_public.thread_summary.mention_count is 'How many of these mention you.';

--! Included functions/followed-threads/my_threads.sql
create or replace function app_public.my_threads(room_id uuid default null, unread_only boolean default false)
returns setof app_public.followed_threads
language sql stable security invoker rows 50
set search_path = pg_catalog, pg_temp
as $$
  select followed_threads.* from app_public.followed_threads
    where (my_threads.room_id is null or followed_threads.room_id = my_threads.room_id)
      and (my_threads.unread_only is not true or followed_threads.unread_count > 0)
    order by followed_threads.unread_count > 0 desc, followed_threads.last_activity_at desc, followed_threads.message_id desc;
$$;
comment on function app_public.my_threads(uuid, boolean) is
  'The threads that you follow, of one room or of all, those with unread answers first and then the newest activity. With `unreadOnly`, no others.';
grant execute on function app_public.my_threads(uuid, boolean) to trumpet_user;
--! EndIncluded functions/followed-threads/my_threads.sql

--! Included functions/followed-threads/my_thread_summary.sql
create or replace function app_public.my_thread_summary() returns app_public.thread_summary
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select row(
      count(*), count(*) filter (where unread_count > 0), coalesce(sum(unread_count), 0), coalesce(sum(mention_count), 0)
    )::app_public.thread_summary
    from app_public.followed_threads;
$$;
comment on function app_public.my_thread_summary() is
  'What is unread in all threads that you follow: the sum of `myThreads`, for one badge.';
grant execute on function app_public.my_thread_summary() to trumpet_user;
--! EndIncluded functions/followed-threads/my_thread_summary.sql

--! Included functions/followed-threads/messages_followed_thread.sql
create or replace function app_public.messages_followed_thread(message app_public.messages) returns app_public.followed_threads
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select row(
      threads_followed.message_id, threads_followed.room_id, threads_followed.read_seq, threads_followed.unread_count,
      threads_followed.mention_count, threads_followed.latest_reply_id, threads_followed.last_activity_at
    )::app_public.followed_threads
    from app_private.threads_followed
    where threads_followed.user_id = app_hidden.current_user_id() and threads_followed.message_id = message.id;
$$;
comment on function app_public.messages_followed_thread(app_public.messages) is
  'The thread of its answers with what is unread in it, if you follow it; else null.';
grant execute on function app_public.messages_followed_thread(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/followed-threads/messages_followed_thread.sql

--! Included functions/followed-threads/lock_thread_as.sql
/* A deleted message may have answers, and a thread that is followed. */
create or replace function app_private.lock_thread_as(message_id uuid) returns app_private.locked_room
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
  v_room_id constant uuid := (select room_id from app_public.messages where id = lock_thread_as.message_id);
  v_locked app_private.locked_room;
begin
  -- To anyone but its members a room's message is not there, be the room public or not.
  if not exists (select from app_public.room_members where room_id = v_room_id and user_id = v_user_id) then
    perform app_private.check_not_banned(v_room_id, v_user_id);
    raise exception 'There is no such message.' using errcode = 'TR404';
  end if;
  v_locked := app_private.lock_room_as(v_room_id, writable => false);
  if not exists (
    select from app_public.messages
      where id = lock_thread_as.message_id and held_at is null and seq >= coalesce((v_locked.member).sees_from_seq, 1)
        and (disappears_at is null or disappears_at > statement_timestamp())
  ) then
    raise exception 'There is no such message.' using errcode = 'TR404';
  end if;
  return v_locked;
end
$$;
comment on function app_private.lock_thread_as(uuid) is
  'Locks the head of the room of a message whose answers the caller may see, or raises the error that says what is missing.';
--! EndIncluded functions/followed-threads/lock_thread_as.sql

--! Included functions/followed-threads/set_thread_followed.sql
create or replace function app_public.set_thread_followed(message_id uuid, is_followed boolean) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_message app_public.messages;
begin
  perform app_private.limit_rate('settings');
  if set_thread_followed.is_followed is null then
    raise exception 'isFollowed must be given.' using errcode = 'TR400';
  end if;
  v_locked := app_private.lock_thread_as(set_thread_followed.message_id);
  insert into app_private.thread_followers as known (user_id, room_id, thread_id, is_following, read_seq)
    values (
      (v_locked.member).user_id, (v_locked.member).room_id, set_thread_followed.message_id, set_thread_followed.is_followed,
      (v_locked.head).last_message_seq)
    on conflict on constraint thread_followers_pkey do update set
      is_following = excluded.is_following, read_seq = excluded.read_seq
      where known.is_following <> excluded.is_following;
  if found then
    perform app_private.tell_person((v_locked.member).user_id, 'thread', null);
  end if;
  select * into v_message from app_public.messages where id = set_thread_followed.message_id;
  return v_message;
end
$$;
comment on function app_public.set_thread_followed(uuid, boolean) is
  'Follows the answers to a message from now on, or ends that: you follow again once you write there or are mentioned. Nobody else is told.';
grant execute on function app_public.set_thread_followed(uuid, boolean) to trumpet_user, trumpet_key;
--! EndIncluded functions/followed-threads/set_thread_followed.sql

--! Included functions/followed-threads/mark_thread_read.sql
create or replace function app_public.mark_thread_read(message_id uuid, up_to_message_id uuid default null)
returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_message app_public.messages;
  v_seq bigint;
begin
  perform app_private.limit_rate('receipt');
  v_locked := app_private.lock_thread_as(mark_thread_read.message_id);
  v_seq := case when mark_thread_read.up_to_message_id is null then (v_locked.head).last_message_seq
    else app_private.seq_to_read((v_locked.member).room_id, mark_thread_read.up_to_message_id) end;
  update app_private.thread_followers set read_seq = v_seq
    where thread_followers.user_id = (v_locked.member).user_id and thread_followers.thread_id = mark_thread_read.message_id
      and is_following and read_seq < v_seq;
  if found then
    perform app_private.tell_person((v_locked.member).user_id, 'thread', null);
    perform app_private.tell_thread_read(v_locked.member, mark_thread_read.message_id, v_seq);
  end if;
  select * into v_message from app_public.messages where id = mark_thread_read.message_id;
  return v_message;
end
$$;
comment on function app_public.mark_thread_read(uuid, uuid) is
  'Marks the answers to a message that you follow as read up to one of them, or all of them when `upToMessageId` is left out. Never goes backwards.';
grant execute on function app_public.mark_thread_read(uuid, uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/followed-threads/mark_thread_read.sql

--! Previous: x
--! Hash: x

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

--! EndIncluded functions/followed-threads/follow_as_answered.sql

--! Included functions/followed-threads/follow_as_mentioned.sql

--! EndIncluded functions/followed-threads/follow_as_mentioned.sql

--! Included functions/followed-threads/note_reply.sql

--! EndIncluded functions/followed-threads/note_reply.sql

--! Included functions/followed-threads/thread_floor.sql

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

--! EndIncluded functions/followed-threads/my_threads.sql

--! Included functions/followed-threads/my_thread_summary.sql

--! EndIncluded functions/followed-threads/my_thread_summary.sql

--! Included functions/followed-threads/messages_followed_thread.sql

--! EndIncluded functions/followed-threads/messages_followed_thread.sql

--! Included functions/followed-threads/lock_thread_as.sql

--! EndIncluded functions/followed-threads/lock_thread_as.sql

--! Included functions/followed-threads/set_thread_followed.sql

--! EndIncluded functions/followed-threads/set_thread_followed.sql

--! Included functions/followed-threads/mark_thread_read.sql

--! EndIncluded functions/followed-threads/mark_thread_read.sql

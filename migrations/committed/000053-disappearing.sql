--! Previous: sha1:a00bde147ae6f1e97a3694abc2a36237d9e3ed85
--! Hash: sha1:a0cf2abf1ff2076a0c2fdd0244e4090151f20390

/*
 * Messages that go by themselves, and rooms where chosen roles write.
 */

/*
 * Announcement rooms. Three least roles stand in the room's row, which every check of a message reads anyway: a room where
 * everybody writes costs nothing more.
 */
--! Included functions/disappearing/set_writing_roles.sql
create or replace function app_public.set_writing_roles(
  room_id uuid, writing_role app_public.member_role default null, reply_role app_public.member_role default null,
  reaction_role app_public.member_role default null, upload_role app_public.member_role default null
) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room app_public.rooms;
begin
  perform app_private.limit_rate('room');
  -- Nobody is an admin of a direct conversation: its people are equals.
  perform app_private.lock_room_as(set_writing_roles.room_id, 'manage_writing');
  update app_public.rooms set
    writing_role = coalesce(set_writing_roles.writing_role, 'member'),
    reply_role = coalesce(set_writing_roles.reply_role, 'member'),
    reaction_role = coalesce(set_writing_roles.reaction_role, 'member'),
    upload_role = coalesce(set_writing_roles.upload_role, 'member')
    where rooms.id = set_writing_roles.room_id
    returning * into v_room;
  return v_room;
end
$$;
comment on function app_public.set_writing_roles(uuid, app_public.member_role, app_public.member_role, app_public.member_role, app_public.member_role) is
  'Sets the least roles that write in a room, answer in its threads, react, and send files; what is left out is for all members. With a `writingRole` above `MEMBER` it is an announcement room. For admins and the owner.';
grant execute on function app_public.set_writing_roles(
  uuid, app_public.member_role, app_public.member_role, app_public.member_role, app_public.member_role
) to trumpet_user, trumpet_key;
--! EndIncluded functions/disappearing/set_writing_roles.sql

/*
 * Messages that disappear so long after they were sent. The time counts from sending and not from reading: it is the same
 * for all, can be known in advance by a client that hears nothing, and tells nobody who has read what.
 */
--! Included functions/disappearing/tg_rooms__disappearing.sql
create or replace function app_private.tg_rooms__disappearing() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_private.room_heads set disappear_after_seconds = new.disappear_after_seconds where room_heads.room_id = new.id;
  return null;
end
$$;
comment on function app_private.tg_rooms__disappearing() is
  'Keeps when messages disappear where their numbers are given, whoever changes it.';
--! EndIncluded functions/disappearing/tg_rooms__disappearing.sql

create trigger _300_disappearing after update of disappear_after_seconds on app_public.rooms
  for each row when (old.disappear_after_seconds is distinct from new.disappear_after_seconds)
  execute function app_private.tg_rooms__disappearing();

--! Included functions/disappearing/set_disappearing.sql
create or replace function app_public.set_disappearing(room_id uuid, after_seconds integer default null) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_room app_public.rooms;
begin
  perform app_private.limit_rate('room');
  v_locked := app_private.lock_room_as(set_disappearing.room_id);
  v_room := v_locked.room;
  perform app_private.check_permission_of_equals(v_locked.room, v_locked.member, 'set_disappearing');
  update app_public.rooms set disappear_after_seconds = set_disappearing.after_seconds
    where rooms.id = set_disappearing.room_id
    returning * into v_room;
  return v_room;
end
$$;
comment on function app_public.set_disappearing(uuid, integer) is
  'Lets the messages of a room disappear so many seconds after they are sent, from 5 to a year; without a value, no more. It counts for what is sent from then on. For admins and the owner, and for both in a direct conversation.';
grant execute on function app_public.set_disappearing(uuid, integer) to trumpet_user, trumpet_key;
--! EndIncluded functions/disappearing/set_disappearing.sql

--! Included functions/disappearing/rooms_with_disappeared.sql
create or replace function app_private.rooms_with_disappeared() returns setof uuid
language sql stable security invoker rows 10
set search_path = pg_catalog, pg_temp
as $$
  select distinct room_id from app_private.disappearing_messages where disappears_at <= clock_timestamp() and not is_withheld;
$$;
comment on function app_private.rooms_with_disappeared() is
  'The rooms with messages that have disappeared and are still to be deleted. The worker asks twice a second.';
--! EndIncluded functions/disappearing/rooms_with_disappeared.sql

--! Included functions/disappearing/withdraw_message.sql
/* What a message that is deleted by hand leaves behind, for one that is withheld: its row stays, and nobody is shown it. */
create or replace function app_private.withdraw_message(message app_public.messages) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if message.deleted_at is null and message.held_at is null then
    perform app_private.note_unpublished(message);
  end if;
  -- What is deleted is counted out of what is unread already.
  if message.deleted_at is null then
    insert into app_private.gone_places (room_id, seq) values (message.room_id, message.seq)
      on conflict on constraint gone_places_pkey do nothing;
  end if;
  perform app_private.forget_quoted(array[message.id]);
  update app_private.room_heads
    set (last_message_id, last_message_at) = (
      select messages.id, messages.created_at from app_public.messages
        where messages.room_id = message.room_id and messages.held_at is null
          and (messages.disappears_at is null or messages.disappears_at > statement_timestamp())
        order by messages.seq desc
        limit 1
    )
    where room_heads.room_id = message.room_id and room_heads.last_message_id = message.id;
  perform app_private.log_change(message.room_id, 'message', 'delete', message_id => message.id, user_id => message.author_id,
    last_read_seq => message.seq);
end
$$;
comment on function app_private.withdraw_message(app_public.messages) is
  'Takes a message that a legal hold keeps out of what is unread, out of the inbox and out of the answers of another, and tells that it is gone.';
--! EndIncluded functions/disappearing/withdraw_message.sql

--! Included functions/disappearing/forget_kept.sql
create or replace function app_private.forget_kept(message_ids uuid[]) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid;
  v_reminder app_public.reminders;
begin
  for v_user_id in
    with forgotten as (
      delete from app_public.saved_messages where message_id = any (forget_kept.message_ids) returning user_id
    )
    select distinct user_id from forgotten
  loop
    perform app_private.tell_person(v_user_id, 'saved', null);
  end loop;
  for v_reminder in
    delete from app_public.reminders where message_id = any (forget_kept.message_ids) returning *
  loop
    delete from app_private.alarms where kind = 'remind' and subject_id = v_reminder.id;
    perform app_private.tell_person(v_reminder.user_id, 'reminder', null);
  end loop;
end
$$;
comment on function app_private.forget_kept(uuid[]) is 'Takes messages out of what people have saved or want to be reminded of, and tells them.';
--! EndIncluded functions/disappearing/forget_kept.sql

--! Included functions/disappearing/clear_gone_pushes.sql
create or replace function app_private.clear_gone_pushes(room_id uuid, seqs bigint[]) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  perform graphile_worker.add_job(
      'clear_pushes', json_build_object('userId', shown.user_id, 'roomId', clear_gone_pushes.room_id),
      job_key => 'clear:' || shown.user_id || ':' || clear_gone_pushes.room_id)
    from (
      select distinct push_marks.user_id from app_private.push_marks
        join app_public.push_subscriptions on push_subscriptions.id = push_marks.subscription_id
        where push_marks.room_id = clear_gone_pushes.room_id and push_marks.shown
          and push_marks.through_seq = any (clear_gone_pushes.seqs) and push_subscriptions.channel <> 'web'
    ) as shown;
end
$$;
comment on function app_private.clear_gone_pushes(uuid, bigint[]) is
  'Has notifications of messages that are gone taken away from the apps that show them.';
--! EndIncluded functions/disappearing/clear_gone_pushes.sql

--! Included functions/disappearing/delete_disappeared.sql
/*
 * One transaction a batch: what it has begun when it is killed is as if it had not, and the rows that say what is to go
 * are still there. Messages go as if deleted by hand, so everybody who listens is told; what hangs on them goes silently.
 */
create or replace function app_private.delete_disappeared(room_id uuid, batch_size integer) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_due uuid[];
  v_withheld uuid[];
  v_message app_public.messages;
  v_seqs bigint[];
begin
  perform app_private.lock_room(delete_disappeared.room_id);
  select array_agg(due.message_id) into v_due from (
    select message_id from app_private.disappearing_messages
      where disappearing_messages.room_id = delete_disappeared.room_id
        and disappears_at <= clock_timestamp() and not is_withheld
      order by disappears_at
      limit batch_size
  ) as due;
  if v_due is null then
    return 0;
  end if;
  -- Under the lock, as retention asks: a hold counts at once.
  v_withheld := array(
    select messages.id from app_public.messages
      where messages.id = any (v_due)
        and (app_private.is_room_held(delete_disappeared.room_id) or messages.author_id in (select app_private.user_ids_on_hold())));
  for v_message in
    select messages.* from app_public.messages join app_private.disappearing_messages as noted on noted.message_id = messages.id
      where messages.id = any (v_withheld) and not noted.is_withdrawn
  loop
    perform app_private.withdraw_message(v_message);
  end loop;
  update app_private.disappearing_messages set is_withheld = true, is_withdrawn = true where message_id = any (v_withheld);

  v_due := array(select due.id from unnest(v_due) as due (id) where due.id <> all (v_withheld) order by due.id);
  -- Deleting takes it out of the answers of another: that was done when it was withdrawn.
  perform app_private.count_replies(messages.parent_message_id, 1)
    from app_public.messages join app_private.disappearing_messages as noted on noted.message_id = messages.id
    where messages.id = any (v_due) and noted.is_withdrawn
      and messages.parent_message_id is not null and messages.deleted_at is null and messages.held_at is null;
  -- The bounds leave one partition or two of all to look into.
  with gone as (
    delete from app_public.messages
      where messages.id = any (v_due)
        and messages.id between v_due[1] and v_due[cardinality(v_due)]
      returning messages.seq
  )
  select array_agg(gone.seq) into v_seqs from gone;
  perform app_private.forget_kept(v_due);
  perform app_private.clear_gone_pushes(delete_disappeared.room_id, v_seqs);
  perform app_private.begin_bulk();
  perform app_private.delete_messages(v_due);
  perform app_private.end_bulk();
  return cardinality(v_due) + cardinality(v_withheld);
end
$$;
comment on function app_private.delete_disappeared(uuid, integer) is
  'Deletes messages of a room that have disappeared, and all that hangs on them, at most a batch; 0 when nothing is left. What is on legal hold is withheld: nobody is shown it, and it goes when the hold ends.';
--! EndIncluded functions/disappearing/delete_disappeared.sql

--! Previous: sha1:ed63e4bfb6c441f6e1f2161cdad155c1ae263ac8
--! Hash: sha1:9fccac38bde3bf3a16ddd1e6370c303829f8e8f2

/*
 * What those see of a room who were not there from the beginning. A member has the number of the first message that they may
 * see; who sees everything has none, and costs nothing. The policies of messages and of what hangs on them ask it, and every
 * function that reads messages above the policies asks app_private.history_start, or the member's row that it has locked.
 */
--! Included functions/history-visibility/set_history_visibility.sql
create or replace function app_public.set_history_visibility(room_id uuid, history_visibility app_public.history_visibility)
returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room app_public.rooms;
begin
  perform app_private.limit_rate('room');
  if set_history_visibility.history_visibility is null then
    raise exception 'historyVisibility must be given.' using errcode = 'TR400';
  end if;
  -- Nobody is an admin of a direct conversation: its people are equals, and stay the same.
  perform app_private.lock_room_as(set_history_visibility.room_id, 'edit_room');
  update app_public.rooms set history_visibility = set_history_visibility.history_visibility
    where rooms.id = set_history_visibility.room_id
    returning * into v_room;
  return v_room;
end
$$;
comment on function app_public.set_history_visibility(uuid, app_public.history_visibility) is
  'Says what those see of a room''s history who join it from now on, whichever way they come. Members keep what they see: show them more with `widenHistory`. For who has EDIT_ROOM: admins and the owner.';
grant execute on function app_public.set_history_visibility(uuid, app_public.history_visibility) to trumpet_user, trumpet_key;
--! EndIncluded functions/history-visibility/set_history_visibility.sql

--! Included functions/history-visibility/widen_history.sql
/*
 * Only ever more: what somebody has seen nobody takes back, and their devices have it. Who does it gives what they see
 * themselves.
 */
create or replace function app_public.widen_history(room_id uuid, user_id uuid, sees_from_message_id uuid default null)
returns app_public.room_members
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor app_public.room_members;
  v_member app_public.room_members;
  v_seq bigint;
begin
  perform app_private.limit_rate('moderation');
  v_actor := (app_private.lock_room_as(widen_history.room_id, 'add_members')).member;
  select * into v_member from app_public.room_members
    where room_members.room_id = widen_history.room_id and room_members.user_id = widen_history.user_id;
  if v_member.user_id is null then
    raise exception 'This person is not a member of the room.' using errcode = 'TR404';
  end if;
  v_seq := case when widen_history.sees_from_message_id is not null
    then app_private.seq_to_see_from(v_actor, widen_history.sees_from_message_id) else coalesce(v_actor.sees_from_seq, 1) end;
  update app_public.room_members set sees_from_seq = nullif(v_seq, 1), history_widened_at = clock_timestamp()
    where room_members.room_id = widen_history.room_id and room_members.user_id = widen_history.user_id
      and room_members.sees_from_seq > v_seq
    returning * into v_member;
  if not found and widen_history.sees_from_message_id is not null and v_seq > coalesce(v_member.sees_from_seq, 1) then
    raise exception 'They see more than that already, and nobody takes it back.' using errcode = 'TR409';
  end if;
  -- RETURNING has emptied it where there was nothing to do.
  if not found then
    select * into v_member from app_public.room_members
      where room_members.room_id = widen_history.room_id and room_members.user_id = widen_history.user_id;
  end if;
  return v_member;
end
$$;
comment on function app_public.widen_history(uuid, uuid, uuid) is
  'Lets a member see a room''s history from an earlier message on, or all of it that you see when none is named. Nobody sees less than before (`CONFLICT`). For who has ADD_MEMBERS: moderators and above.';
grant execute on function app_public.widen_history(uuid, uuid, uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/history-visibility/widen_history.sql

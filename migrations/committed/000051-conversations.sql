--! Previous: sha1:a2b0fbf1c83d3a8bcb84971cca27211d38653bb2
--! Hash: sha1:12aa44fe3dc25957c431efcdde80bcaeef8c3732

/*
 * Conversations of several without a name. Each has the people with whom it began, sorted, so that the same people find the
 * same one. They have no owner and no roles, as a conversation of two. Who wants one more person in it begins another with
 * all of them, as what was written was for those who were there; once it is turned into a room people are added to it.
 */
create table app_private.group_conversations (
  people uuid[] primary key,
  room_id uuid not null references app_public.rooms on delete cascade,
  constraint group_conversations_people_range check (cardinality(people) between 3 and 20)
);
comment on table app_private.group_conversations is
  'Which room several people share without a name. It ends when one of them leaves, and when it is turned into a room.';
alter table app_private.group_conversations enable row level security;
create unique index group_conversations_room_id on app_private.group_conversations (room_id);

--! Included functions/conversations/tg_room_members__end_group_conversation.sql
create or replace function app_private.tg_room_members__end_group_conversation() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from app_private.group_conversations where group_conversations.room_id = old.room_id;
  return null;
end
$$;
comment on function app_private.tg_room_members__end_group_conversation() is
  'When somebody leaves a conversation of several it is no longer the one of all of them: it goes on with those who stay.';
--! EndIncluded functions/conversations/tg_room_members__end_group_conversation.sql

create trigger _300_end_group_conversation after delete on app_public.room_members
  for each row execute function app_private.tg_room_members__end_group_conversation();

--! Included functions/conversations/create_group_conversation.sql
create or replace function app_public.create_group_conversation(user_ids uuid[]) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_viewer_id uuid := app_private.require_user();
  v_people uuid[] := array(
    select distinct person_id from unnest(create_group_conversation.user_ids || v_viewer_id) as person_id
      where person_id is not null order by person_id);
  v_person_id uuid;
  v_room app_public.rooms;
begin
  if cardinality(v_people) = 2 then
    return app_public.create_direct_conversation((array_remove(v_people, v_viewer_id))[1]);
  end if;
  perform app_private.limit_rate('new_room');
  if cardinality(v_people) < 2 then
    raise exception 'A conversation needs another person.' using errcode = 'TR400';
  end if;
  if cardinality(v_people) > 20 then
    raise exception 'A conversation without a name has at most 20 people: make a room for more.' using errcode = 'TR400';
  end if;
  if exists (
    select from unnest(v_people) as person_id where person_id <> v_viewer_id and not app_private.is_here(person_id)
  ) then
    raise exception 'There is no such person.' using errcode = 'TR404';
  end if;
  -- Several of them may ask at the same moment.
  perform app_private.lock_until_commit('people', array_to_string(v_people, ' '));
  perform app_private.check_still_here();
  select rooms.* into v_room
    from app_private.group_conversations join app_public.rooms on rooms.id = group_conversations.room_id
    where group_conversations.people = v_people;
  if v_room.id is not null then
    return v_room;
  end if;
  perform app_private.check_workspace_permission('start_conversations');
  -- As with a room: who has been blocked brings nobody together with themselves.
  foreach v_person_id in array array_remove(v_people, v_viewer_id) loop
    perform app_private.lock_pair(v_viewer_id, v_person_id);
    perform app_private.check_not_blocked(v_viewer_id, v_person_id);
  end loop;
  insert into app_public.rooms (type) values ('direct') returning * into v_room;
  insert into app_private.group_conversations (people, room_id) values (v_people, v_room.id);
  foreach v_person_id in array v_people loop
    perform app_private.admit(v_room.id, v_person_id);
  end loop;
  return v_room;
end
$$;
comment on function app_public.create_group_conversation(uuid[]) is
  'The conversation without a name of you and up to 19 others; made at the first call, the same at every later one, whichever of you asks, until one of you leaves it or turns it into a room. With one other person it is your direct conversation. `BLOCKED` when it would bring you together with somebody who has blocked you, or whom you have blocked.';
grant execute on function app_public.create_group_conversation(uuid[]) to trumpet_user, trumpet_key;
--! EndIncluded functions/conversations/create_group_conversation.sql

--! Included functions/conversations/turn_into_room.sql
create or replace function app_public.turn_into_room(
  room_id uuid, name text, slug text, history_visibility app_public.history_visibility default 'since_joining'
) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_room app_public.rooms;
  v_person_id uuid;
begin
  perform app_private.limit_rate('new_room');
  perform app_private.check_workspace_permission('create_rooms');
  v_locked := app_private.lock_room_as(turn_into_room.room_id);
  v_room := v_locked.room;
  if v_room.type <> 'direct' then
    raise exception 'This is a room already.' using errcode = 'TR409';
  end if;
  if app_private.other_person(v_room.id, (v_locked.member).user_id) is not null then
    raise exception 'A conversation of two stays what it is: make a room and invite them.' using errcode = 'TR400';
  end if;
  perform app_private.check_slug_is_free((v_locked.member).user_id, turn_into_room.slug);
  update app_public.rooms
    set type = 'private', name = app_private.plain_name(turn_into_room.name), slug = lower(turn_into_room.slug),
      history_visibility = coalesce(turn_into_room.history_visibility, 'since_joining')
    where rooms.id = turn_into_room.room_id
    returning * into v_room;
  delete from app_private.group_conversations where group_conversations.room_id = turn_into_room.room_id;
  update app_public.room_members set role = 'owner'
    where room_members.room_id = turn_into_room.room_id and room_members.user_id = (v_locked.member).user_id;
  -- What a room shows again is less than what a conversation does: whoever had hidden this one would lose it.
  for v_person_id in
    with shown as (
      update app_private.member_preferences set hidden_at_seq = null
        where member_preferences.room_id = turn_into_room.room_id and hidden_at_seq is not null
        returning user_id
    )
    select user_id from shown order by user_id
  loop
    perform app_private.tell_person(v_person_id, 'list', null);
  end loop;
  return v_room;
end
$$;
comment on function app_public.turn_into_room(uuid, text, text, app_public.history_visibility) is
  'Gives a conversation of several a name, and makes it a private room with all that was written in it. Whoever joins later does not see that, unless `historyVisibility` says so: it was said among a few. Any of its people may; who does becomes the owner. The same people can begin a new conversation afterwards.';
grant execute on function app_public.turn_into_room(uuid, text, text, app_public.history_visibility) to trumpet_user, trumpet_key;
--! EndIncluded functions/conversations/turn_into_room.sql

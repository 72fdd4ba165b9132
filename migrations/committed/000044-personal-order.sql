--! Previous: sha1:f6fabc2dec99f1ffcdda3b92de64f56d59a2a987
--! Hash: sha1:b72c949c879f2016fd26fe846fee1e70dd96d206

/*
 * How people arrange the list of their rooms, for themselves and on all of their devices: favourites, folders, an order, and
 * rooms that they do not want to see. It is beside the membership, and goes with it. A folder is a name that rooms have: there
 * is none without a room.
 */
create type app_public.room_arrangement as (
  room_id uuid,
  is_favorite boolean,
  folder text,
  place integer,
  is_hidden boolean
);
comment on type app_public.room_arrangement is 'Where a room stands in your list.';
comment on column app_public.room_arrangement.room_id is 'The room.';
comment on column app_public.room_arrangement.is_favorite is 'Whether it is among your favourites.';
comment on column app_public.room_arrangement.folder is 'The folder that it is in. Null: none.';
comment on column app_public.room_arrangement.place is 'Rooms with a lower one stand before it; those without one after it, by activity.';
comment on column app_public.room_arrangement.is_hidden is 'Whether you have hidden it, and nothing that is for you has come since.';

--! Included functions/personal-order/is_hidden.sql
/*
 * Derived, so that a send knows nothing of it: whoever hid a room is shown it again once something there is for them, a
 * mention or any message of a direct conversation, or they have written there themselves.
 */
create or replace function app_private.is_hidden(preferences app_private.member_preferences) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select preferences.hidden_at_seq is not null
    and not exists (
      select from app_public.rooms
        join app_private.room_heads on room_heads.room_id = rooms.id
        where rooms.id = preferences.room_id and rooms.type = 'direct' and room_heads.last_message_seq > preferences.hidden_at_seq)
    and not exists (
      select from app_private.message_mentions
        where message_mentions.user_id = preferences.user_id and message_mentions.room_id = preferences.room_id
          and message_mentions.seq > preferences.hidden_at_seq)
    and not exists (
      select from app_public.messages
        where messages.author_id = preferences.user_id and messages.room_id = preferences.room_id
          and messages.seq > preferences.hidden_at_seq and messages.message_type <> 'system');
$$;
comment on function app_private.is_hidden(app_private.member_preferences) is
  'Whether a member has hidden a room, and nothing that is for them has come since.';
--! EndIncluded functions/personal-order/is_hidden.sql

--! Included functions/personal-order/arrangement_of.sql
create or replace function app_private.arrangement_of(preferences app_private.member_preferences) returns app_public.room_arrangement
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select row(
    preferences.room_id, preferences.is_favorite, preferences.folder, preferences.place,
    app_private.is_hidden(preferences))::app_public.room_arrangement;
$$;
comment on function app_private.arrangement_of(app_private.member_preferences) is 'What a member''s own list says of a room.';
--! EndIncluded functions/personal-order/arrangement_of.sql

--! Included functions/personal-order/room_arrangements.sql
create or replace function app_public.room_arrangements() returns setof app_public.room_arrangement
language sql stable security definer rows 50
set search_path = pg_catalog, pg_temp
as $$
  select (app_private.arrangement_of(member_preferences)).* from app_private.member_preferences
    where user_id = app_private.require_user()
      and (is_favorite or folder is not null or place is not null or hidden_at_seq is not null)
    order by room_id;
$$;
comment on function app_public.room_arrangements() is
  'How you have arranged your rooms: those with a favourite, a folder, a place, or hidden. All others stand by activity.';
grant execute on function app_public.room_arrangements() to trumpet_user;
--! EndIncluded functions/personal-order/room_arrangements.sql

--! Included functions/personal-order/set_room_favorite.sql
create or replace function app_public.set_room_favorite(room_id uuid, is_favorite boolean) returns app_public.room_arrangement
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_preferences app_private.member_preferences;
begin
  perform app_private.limit_rate('settings');
  if set_room_favorite.is_favorite is null then
    raise exception 'isFavorite must be given.' using errcode = 'TR400';
  end if;
  v_locked := app_private.lock_room_as(set_room_favorite.room_id, writable => false);
  insert into app_private.member_preferences (room_id, user_id, is_favorite)
    values ((v_locked.member).room_id, (v_locked.member).user_id, set_room_favorite.is_favorite)
    on conflict on constraint member_preferences_pkey do update set is_favorite = excluded.is_favorite
    returning * into v_preferences;
  perform app_private.tell_person(v_preferences.user_id, 'list', null);
  return app_private.arrangement_of(v_preferences);
end
$$;
comment on function app_public.set_room_favorite(uuid, boolean) is
  'Puts a room among your favourites, or takes it from there. Nobody else is told.';
grant execute on function app_public.set_room_favorite(uuid, boolean) to trumpet_user, trumpet_key;
--! EndIncluded functions/personal-order/set_room_favorite.sql

--! Included functions/personal-order/set_room_folder.sql
create or replace function app_public.set_room_folder(room_id uuid, folder text default null) returns app_public.room_arrangement
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_preferences app_private.member_preferences;
  v_folder constant text := nullif(app_private.plain_name(set_room_folder.folder), '');
begin
  perform app_private.limit_rate('settings');
  if char_length(v_folder) > 50 then
    raise exception 'folder may have 50 characters.' using errcode = 'TR400';
  end if;
  v_locked := app_private.lock_room_as(set_room_folder.room_id, writable => false);
  insert into app_private.member_preferences (room_id, user_id, folder)
    values ((v_locked.member).room_id, (v_locked.member).user_id, v_folder)
    on conflict on constraint member_preferences_pkey do update set folder = excluded.folder
    returning * into v_preferences;
  perform app_private.tell_person(v_preferences.user_id, 'list', null);
  return app_private.arrangement_of(v_preferences);
end
$$;
comment on function app_public.set_room_folder(uuid, text) is
  'Puts a room into a folder of your list: it is there as long as a room is in it. Without `folder`, takes it out. Nobody else is told.';
grant execute on function app_public.set_room_folder(uuid, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/personal-order/set_room_folder.sql

--! Included functions/personal-order/set_room_hidden.sql
create or replace function app_public.set_room_hidden(room_id uuid, is_hidden boolean) returns app_public.room_arrangement
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_preferences app_private.member_preferences;
begin
  perform app_private.limit_rate('settings');
  if set_room_hidden.is_hidden is null then
    raise exception 'isHidden must be given.' using errcode = 'TR400';
  end if;
  v_locked := app_private.lock_room_as(set_room_hidden.room_id, writable => false);
  insert into app_private.member_preferences (room_id, user_id, hidden_at_seq)
    values ((v_locked.member).room_id, (v_locked.member).user_id, case when set_room_hidden.is_hidden then (v_locked.head).last_message_seq end)
    on conflict on constraint member_preferences_pkey do update set hidden_at_seq = excluded.hidden_at_seq
    returning * into v_preferences;
  perform app_private.tell_person(v_preferences.user_id, 'list', null);
  return app_private.arrangement_of(v_preferences);
end
$$;
comment on function app_public.set_room_hidden(uuid, boolean) is
  'Hides a room from your list until something there is for you: a mention, any message of a direct conversation, or one that you write. It notifies as before. Nobody else is told.';
grant execute on function app_public.set_room_hidden(uuid, boolean) to trumpet_user, trumpet_key;
--! EndIncluded functions/personal-order/set_room_hidden.sql

--! Included functions/personal-order/order_rooms.sql
create or replace function app_public.order_rooms(room_ids uuid[]) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rooms_allowed constant integer := 1000;
  v_user_id uuid := app_private.require_user();
begin
  perform app_private.limit_rate('settings');
  if order_rooms.room_ids is null or cardinality(order_rooms.room_ids) > v_rooms_allowed then
    raise exception 'roomIds may have % rooms.', v_rooms_allowed using errcode = 'TR400';
  end if;
  -- Two orders at once: the later one is whole.
  perform app_private.lock_until_commit('order', v_user_id::text);
  perform app_private.check_still_here();
  -- First of all, so that whoever is put out of one of them meanwhile waits, or is out already.
  perform from app_public.room_members where user_id = v_user_id order by room_id for key share;
  update app_private.member_preferences set place = null
    where user_id = v_user_id and place is not null and room_id <> all (order_rooms.room_ids);
  insert into app_private.member_preferences (room_id, user_id, place)
    select room_members.room_id, room_members.user_id, min(ordered.place)
      from unnest(order_rooms.room_ids) with ordinality as ordered (room_id, place)
      join app_public.room_members on room_members.room_id = ordered.room_id and room_members.user_id = v_user_id
      group by room_members.room_id, room_members.user_id
      order by room_members.room_id
    on conflict on constraint member_preferences_pkey do update set place = excluded.place;
  perform app_private.tell_person(v_user_id, 'list', null);
end
$$;
comment on function app_public.order_rooms(uuid[]) is
  'The order of your list: these rooms first, each within its folder, and folders by their first room; all others after them by activity. Rooms that you are not in are passed over. Nobody else is told.';
grant execute on function app_public.order_rooms(uuid[]) to trumpet_user, trumpet_key;
--! EndIncluded functions/personal-order/order_rooms.sql

--! Included functions/personal-order/rename_room_folder.sql
create or replace function app_public.rename_room_folder(folder text, name text default null) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_user();
  v_name constant text := nullif(app_private.plain_name(rename_room_folder.name), '');
begin
  perform app_private.limit_rate('settings');
  if char_length(v_name) > 50 then
    raise exception 'name may have 50 characters.' using errcode = 'TR400';
  end if;
  perform app_private.lock_until_commit('order', v_user_id::text);
  perform app_private.check_still_here();
  update app_private.member_preferences set folder = v_name
    where user_id = v_user_id and member_preferences.folder = rename_room_folder.folder;
  if not found then
    raise exception 'There is no such folder.' using errcode = 'TR404';
  end if;
  perform app_private.tell_person(v_user_id, 'list', null);
end
$$;
comment on function app_public.rename_room_folder(text, text) is
  'Gives a folder of your list another name: that of another folder joins the two. Without `name`, its rooms stand outside of folders.';
grant execute on function app_public.rename_room_folder(text, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/personal-order/rename_room_folder.sql

--! Previous: x
--! Hash: x

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

--! EndIncluded functions/personal-order/is_hidden.sql

--! Included functions/personal-order/arrangement_of.sql

--! EndIncluded functions/personal-order/arrangement_of.sql

--! Included functions/personal-order/room_arrangements.sql

--! EndIncluded functions/personal-order/room_arrangements.sql

--! Included functions/personal-order/set_room_favorite.sql

--! EndIncluded functions/personal-order/set_room_favorite.sql

--! Included functions/personal-order/set_room_folder.sql

--! EndIncluded functions/personal-order/set_room_folder.sql

--! Included functions/personal-order/set_room_hidden.sql

--! EndIncluded functions/personal-order/set_room_hidden.sql

--! Included functions/personal-order/order_rooms.sql

--! EndIncluded functions/personal-order/order_rooms.sql

--! Included functions/personal-order/rename_room_folder.sql

--! EndIncluded functions/personal-order/rename_room_folder.sql

--! Previous: sha1:8727715ddc4d3d638ae36bd7e9bcc1f170de58cf
--! Hash: sha1:84601db84b8a8fffae7dc6e159ef42acf02a02d2

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
  reaction_role app_public.member_role default null
) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room app_public.rooms;
begin
  perform app_private.limit_rate('room');
  -- Nobody is an admin of a direct conversation: its people are equals.
  perform app_private.lock_room_as(set_writing_roles.room_id, 'admin');
  update app_public.rooms set
    writing_role = coalesce(set_writing_roles.writing_role, 'member'),
    reply_role = coalesce(set_writing_roles.reply_role, 'member'),
    reaction_role = coalesce(set_writing_roles.reaction_role, 'member')
    where rooms.id = set_writing_roles.room_id
    returning * into v_room;
  return v_room;
end
$$;
comment on function app_public.set_writing_roles(uuid, app_public.member_role, app_public.member_role, app_public.member_role) is
  'Sets the least roles that write in a room, answer in its threads, and react; what is left out is for all members. With a `writingRole` above `MEMBER` it is an announcement room. For admins and the owner.';
grant execute on function app_public.set_writing_roles(uuid, app_public.member_role, app_public.member_role, app_public.member_role)
  to trumpet_user, trumpet_key;
--! EndIncluded functions/disappearing/set_writing_roles.sql

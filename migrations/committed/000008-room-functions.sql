--! Previous: sha1:4a33ef5e1490dbb59f7b04b1875affd6b215bdb8
--! Hash: sha1:52d1e7db8e7976838b4b7634c0f52643fc5bc909

--! Included functions/room-functions/check_member.sql
/*
 * What people do with rooms.
 *
 * Each function checks its caller itself, in this order: signed in, not banned, may know that the room exists (else
 * NOT_FOUND, the same as for a room that does not), has the permission, the room is not archived. Who is banned, muted or
 * blocked is in 000006-guards.sql.
 */
create or replace function app_private.check_member(
  room app_public.rooms, member app_public.room_members, permission app_public.permission default null, writable boolean default true
) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if permission is not null then
    perform app_private.check_permission(room, member, permission);
  end if;
  if writable and room.is_archived then
    raise exception 'This room is archived: it can only be read.' using errcode = 'TRARC';
  end if;
end
$$;
comment on function app_private.check_member(app_public.rooms, app_public.room_members, app_public.permission, boolean) is
  'Whether a member has the permission for something, in a room that is not archived unless that does not matter.';
--! EndIncluded functions/room-functions/check_member.sql
--! Included functions/roles/check_permission_of_equals.sql
create or replace function app_private.check_permission_of_equals(
  room app_public.rooms, member app_public.room_members, permission app_public.permission
) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if room.type <> 'direct' then
    perform app_private.check_member(room, member, check_permission_of_equals.permission);
    return;
  end if;
  perform app_private.check_may_write(room, member);
  if check_permission_of_equals.permission = any (member.denied_permissions) then
    raise exception 'This needs the permission %.', upper(check_permission_of_equals.permission::text) using errcode = 'TR403';
  end if;
end
$$;
comment on function app_private.check_permission_of_equals(app_public.rooms, app_public.room_members, app_public.permission) is
  'As check_member; but the people of a direct conversation are equals, and each of them may, unless one has blocked the other or it is denied to them in the workspace.';
--! EndIncluded functions/roles/check_permission_of_equals.sql
--! Included functions/roles/check_gives_built_in.sql
create or replace function app_private.check_gives_built_in(
  room app_public.rooms, actor app_public.room_members, earlier app_public.member_role, later app_public.member_role
) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if actor.role <> 'owner' and exists (
    select from unnest(actor.denied_permissions) as permission
      where app_private.least_role_in(room, permission) > least(earlier, later)
        and app_private.least_role_in(room, permission) <= greatest(earlier, later))
  then
    raise exception 'You can only give and take what you have yourself.' using errcode = 'TR403';
  end if;
end
$$;
comment on function app_private.check_gives_built_in(app_public.rooms, app_public.room_members, app_public.member_role, app_public.member_role) is
  'Raises FORBIDDEN when something is denied to a member that one of two built-in roles has and the other has not.';
--! EndIncluded functions/roles/check_gives_built_in.sql

--! Included functions/room-functions/require_member.sql
create or replace function app_private.require_member(
  room_id uuid, writable boolean default true
) returns app_public.room_members
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_user();
  v_room app_public.rooms;
  v_member app_public.room_members;
begin
  select * into v_member from app_public.room_members
    where room_members.room_id = require_member.room_id and room_members.user_id = v_user_id;
  select * into v_room from app_public.rooms where rooms.id = require_member.room_id;
  if v_member.user_id is null then
    perform app_private.check_not_banned(require_member.room_id, v_user_id);
    if v_room.type = 'public' and v_room.workspace_id = app_hidden.current_workspace_id() then
      raise exception 'Join the room first.' using errcode = 'TR403';
    end if;
    raise exception 'There is no such room.' using errcode = 'TR404';
  end if;
  perform app_private.check_member(v_room, v_member, writable => require_member.writable);
  return v_member;
end
$$;
comment on function app_private.require_member(uuid, boolean) is
  'The caller''s membership of a room, or the error that says what is missing. For reading, and for what lapses by itself.';
--! EndIncluded functions/room-functions/require_member.sql

/*
 * Whoever changes a room is looked at under the lock of its head: what someone else takes away (a role, a membership, the
 * room itself) is taken under the same lock, so either it comes first and the change is refused, or it comes after the
 * change. Sending, which takes the lock with the message's number, asks again then. Typing and presence lapse by
 * themselves within seconds and take no lock.
 */
create type app_private.locked_room as (
  head app_private.room_heads,
  room app_public.rooms,
  member app_public.room_members
);
comment on type app_private.locked_room is 'A room, and the caller''s membership of it, as they are while the room''s head is locked.';

--! Included functions/room-functions/lock_room_as.sql
create or replace function app_private.lock_room_as(
  room_id uuid, permission app_public.permission default null, writable boolean default true
) returns app_private.locked_room
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_user();
  v_locked app_private.locked_room;
begin
  v_locked.head := app_private.lock_room(lock_room_as.room_id);
  -- A statement of its own, so that it sees what was committed while this one waited.
  select rooms, room_members into v_locked.room, v_locked.member
    from app_public.rooms join app_public.room_members on room_members.room_id = rooms.id
    where rooms.id = lock_room_as.room_id and room_members.user_id = v_user_id;
  if not found then
    perform app_private.require_member(lock_room_as.room_id);
  end if;
  perform app_private.check_member(v_locked.room, v_locked.member, permission, writable);
  perform app_private.check_still_here();
  return v_locked;
end
$$;
comment on function app_private.lock_room_as(uuid, app_public.permission, boolean) is
  'Locks a room''s head for a member with this permission who has not been suspended, erased or signed out in the meantime, or raises the error that says what is missing.';
--! EndIncluded functions/room-functions/lock_room_as.sql

--! Included functions/room-functions/first_seq_to_see.sql
create or replace function app_private.first_seq_to_see(room app_public.rooms, head app_private.room_heads, user_id uuid)
returns bigint
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  -- From the first message on is everything.
  select nullif(greatest(1,
    case room.history_visibility when 'since_joining' then head.last_message_seq + 1 end,
    app_private.remembered_history(room.id, first_seq_to_see.user_id)), 1);
$$;
comment on function app_private.first_seq_to_see(app_public.rooms, app_private.room_heads, uuid) is
  'From which message on someone sees a room who joins it now, unless whoever lets them in says otherwise; null: all.';
--! EndIncluded functions/room-functions/first_seq_to_see.sql

--! Included functions/room-functions/admit.sql
create or replace function app_private.admit(
  room_id uuid, user_id uuid, role app_public.member_role default 'member', sees_from_seq bigint default null
)
returns app_public.room_members
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room app_public.rooms;
  v_head app_private.room_heads;
  v_member app_public.room_members;
begin
  v_head := app_private.lock_room(admit.room_id);
  -- At psql nobody has signed in.
  if app_hidden.current_user_id() is not null then
    perform app_private.check_still_here();
  end if;
  select * into v_member from app_public.room_members
    where room_members.room_id = admit.room_id and room_members.user_id = admit.user_id;
  if v_member.user_id is not null then
    return v_member;
  end if;
  if exists (select from app_public.users where users.id = admit.user_id and deleted_at is not null) then
    raise exception 'There is no such person.' using errcode = 'TR404';
  end if;
  perform app_private.check_not_banned(admit.room_id, admit.user_id);
  select * into v_room from app_public.rooms where rooms.id = admit.room_id;
  if v_room.is_archived then
    raise exception 'This room is archived: it can only be read.' using errcode = 'TRARC';
  end if;
  if v_head.member_count >= v_room.max_members then
    raise exception 'This room is full.' using errcode = 'TRFUL';
  end if;
  insert into app_public.room_members (room_id, user_id, role, last_read_seq, muted_until, sees_from_seq)
    values (
      admit.room_id, admit.user_id, admit.role, v_head.last_message_seq,
      app_private.remembered_mute(admit.room_id, admit.user_id),
      case when admit.sees_from_seq is not null then nullif(admit.sees_from_seq, 1)
        else app_private.first_seq_to_see(v_room, v_head, admit.user_id) end)
    returning * into v_member;
  delete from app_private.room_histories
    where room_histories.room_id = admit.room_id and room_histories.user_id = admit.user_id;
  return v_member;
end
$$;
comment on function app_private.admit(uuid, uuid, app_public.member_role, bigint) is
  'Makes someone a member, once, whichever way they came, unless they are banned. What was written before they joined is not unread, and what they see of it the room says, unless whoever lets them in does.';
--! EndIncluded functions/room-functions/admit.sql

--! Included functions/room-functions/check_slug_is_free.sql
create or replace function app_private.check_slug_is_free(user_id uuid, slug text) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, public, pg_temp
as $$
begin
  if exists (
    select from app_public.rooms
      join app_public.room_members on room_members.room_id = rooms.id
      where rooms.slug = check_slug_is_free.slug::public.citext and room_members.user_id = check_slug_is_free.user_id
  ) then
    raise exception 'You already have a room with this slug.' using errcode = 'TR409';
  end if;
end
$$;
comment on function app_private.check_slug_is_free(uuid, text) is
  'Whether a person has no room with this slug yet. Among private rooms it need only be unique for those who can see it.';
--! EndIncluded functions/room-functions/check_slug_is_free.sql

--! Included functions/room-functions/make_room.sql
create or replace function app_private.make_room(name text, slug text, type app_public.room_type, description text, max_members integer)
returns app_public.rooms
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_user();
  v_room app_public.rooms;
begin
  if make_room.type = 'direct' then
    raise exception 'Use createDirectConversation for direct conversations.' using errcode = 'TR400';
  end if;
  perform app_private.check_slug_is_free(v_user_id, make_room.slug);
  insert into app_public.rooms (name, slug, type, description, max_members)
    values (
      app_private.plain_name(make_room.name), lower(make_room.slug), coalesce(make_room.type, 'public'),
      app_private.trimmed(make_room.description), make_room.max_members)
    on conflict do nothing
    returning * into v_room;
  -- Said here and not by the index, whose error holds the slug.
  if v_room.id is null then
    raise unique_violation using constraint = 'rooms_public_slug_is_unique';
  end if;
  perform app_private.admit(v_room.id, v_user_id, 'owner');
  return v_room;
end
$$;
comment on function app_private.make_room(text, text, app_public.room_type, text, integer) is 'Makes a room whose owner is the person asking.';
--! EndIncluded functions/room-functions/make_room.sql

--! Included functions/room-functions/create_room.sql
create or replace function app_public.create_room(
  name text, slug text, type app_public.room_type default null, description text default null, max_members integer default null,
  custom_type_id uuid default null
) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_room app_public.rooms;
begin
  perform app_private.require_user();
  perform app_private.limit_rate('new_room');
  perform app_private.check_workspace_permission('create_rooms');
  if create_room.custom_type_id is null then
    return app_private.make_room(
      create_room.name, create_room.slug, create_room.type, create_room.description, create_room.max_members);
  end if;
  v_room := app_private.make_room(
    create_room.name, create_room.slug, app_private.visibility_of_type(create_room.custom_type_id, create_room.type),
    create_room.description, create_room.max_members);
  return app_private.give_room_type(v_room.id, create_room.custom_type_id);
end
$$;
comment on function app_public.create_room(text, text, app_public.room_type, text, integer, uuid) is
  'Makes a room and you its owner: a public one, unless you or its custom type say otherwise. `CONFLICT` when a public room, or one of yours, has this slug; `FORBIDDEN` when you may not make rooms of the custom type.';
grant execute on function app_public.create_room(text, text, app_public.room_type, text, integer, uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/room-functions/create_room.sql

--! Included functions/room-functions/update_room.sql
/*
 * What is left out stays, and what is null goes. The defaults say that it was left out: no room has such a name, or so many
 * members.
 */
create or replace function app_public.update_room(
  room_id uuid, name text default U&'\FFFF', description text default U&'\FFFF', max_members integer default -2147483648
) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_head app_private.room_heads;
  v_room app_public.rooms;
begin
  perform app_private.limit_rate('room');
  v_locked := app_private.lock_room_as(update_room.room_id, 'edit_room');
  v_head := v_locked.head;
  v_room := v_locked.room;
  if v_room.type = 'direct' then
    raise exception 'A direct conversation has no settings.' using errcode = 'TR400';
  end if;
  if update_room.max_members > 0 and update_room.max_members < v_head.member_count then
    raise exception 'This room already has % members.', v_head.member_count using errcode = 'TR409';
  end if;
  update app_public.rooms set
    name = case when update_room.name = U&'\FFFF' then rooms.name else app_private.plain_name(update_room.name) end,
    description = case
      when update_room.description = U&'\FFFF' then rooms.description else app_private.trimmed(update_room.description) end,
    max_members = case when update_room.max_members = -2147483648 then rooms.max_members else update_room.max_members end
    where rooms.id = update_room.room_id
    returning * into v_room;
  return v_room;
end
$$;
comment on function app_public.update_room(uuid, text, text, integer) is
  'Changes the settings given: what is left out stays, and null takes away a description or a limit. For admins and the owner.';
grant execute on function app_public.update_room(uuid, text, text, integer) to trumpet_user, trumpet_key;
--! EndIncluded functions/room-functions/update_room.sql

--! Included functions/room-functions/set_archived.sql
create or replace function app_private.set_archived(room_id uuid, is_archived boolean) returns app_public.rooms
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room app_public.rooms;
begin
  perform app_private.limit_rate('room');
  perform app_private.lock_room_as(set_archived.room_id, 'archive_room', writable => false);
  update app_public.rooms set is_archived = set_archived.is_archived
    where rooms.id = set_archived.room_id
    returning * into v_room;
  return v_room;
end
$$;
comment on function app_private.set_archived(uuid, boolean) is 'Archives a room or brings it back, for its owner.';
--! EndIncluded functions/room-functions/set_archived.sql

--! Included functions/room-functions/archive_room.sql
create or replace function app_public.archive_room(room_id uuid) returns app_public.rooms
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select app_private.set_archived(archive_room.room_id, true);
$$;
comment on function app_public.archive_room(uuid) is
  'Closes a room for good reading: its history stays, nothing in it changes any more. For the owner.';
grant execute on function app_public.archive_room(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/room-functions/archive_room.sql

--! Included functions/room-functions/unarchive_room.sql
create or replace function app_public.unarchive_room(room_id uuid) returns app_public.rooms
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select app_private.set_archived(unarchive_room.room_id, false);
$$;
comment on function app_public.unarchive_room(uuid) is 'Opens an archived room again. For the owner.';
grant execute on function app_public.unarchive_room(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/room-functions/unarchive_room.sql

--! Included functions/room-functions/refuse_bot.sql
create or replace function app_private.refuse_bot(user_id uuid) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from app_public.users where users.id = refuse_bot.user_id and users.is_bot) then
    raise exception 'A bot is brought into a room by an admin of it.' using errcode = 'TR403';
  end if;
end
$$;
comment on function app_private.refuse_bot(uuid) is 'FORBIDDEN for a bot: it hears no room that did not ask for it.';
--! EndIncluded functions/room-functions/refuse_bot.sql

--! Included functions/room-functions/join_room.sql
create or replace function app_public.join_room(room_id uuid) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_user();
  v_room app_public.rooms;
  v_is_new boolean;
begin
  perform app_private.limit_rate('membership');
  perform app_private.refuse_bot(v_user_id);
  select rooms.* into v_room from app_public.rooms
    where rooms.id = join_room.room_id
      and (rooms.type = 'public' and rooms.workspace_id = app_hidden.current_workspace_id() or rooms.id in (select app_hidden.my_room_ids()));
  if v_room.id is null then
    raise exception 'There is no such room.' using errcode = 'TR404';
  end if;
  v_is_new := v_room.custom_type_id is not null and not exists (
    select from app_public.room_members where room_members.room_id = v_room.id and room_members.user_id = v_user_id);
  perform app_private.admit(v_room.id, v_user_id);
  if v_is_new then
    perform app_private.check_may_join(v_room.id);
  end if;
  return v_room;
end
$$;
comment on function app_public.join_room(uuid) is
  'Joins a public room. Joining twice is the same as once. `ROOM_FULL` when it has `maxMembers`, `BANNED` when you are banned, `FORBIDDEN` when only some join rooms of its custom type by themselves.';
grant execute on function app_public.join_room(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/room-functions/join_room.sql

--! Included functions/room-functions/leave_room.sql
create or replace function app_public.leave_room(room_id uuid) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_room app_public.rooms;
  v_member app_public.room_members;
  v_is_last boolean;
begin
  perform app_private.limit_rate('membership');
  v_locked := app_private.lock_room_as(leave_room.room_id, writable => false);
  v_room := v_locked.room;
  v_member := v_locked.member;
  v_is_last := (v_locked.head).member_count = 1;
  if v_room.type = 'direct' and exists (
    select from app_public.users
      where users.id = app_private.other_person(v_room.id, v_member.user_id) and users.deleted_at is null
  ) then
    raise exception 'A direct conversation cannot be left while both have an account.' using errcode = 'TR400';
  end if;
  if v_member.role = 'owner' and not v_is_last and not v_room.is_archived then
    raise exception 'Hand the room over first, by setMemberRole with OWNER, or close it by archiveRoom.' using errcode = 'TR409';
  end if;
  delete from app_public.room_members
    where room_members.room_id = leave_room.room_id and room_members.user_id = v_member.user_id;
  if v_is_last and not v_room.is_archived then
    update app_public.rooms set is_archived = true where rooms.id = leave_room.room_id returning * into v_room;
  end if;
  return v_room;
end
$$;
comment on function app_public.leave_room(uuid) is
  'Leaves a room. Its owner hands it over first, or archives it (`CONFLICT`); the last to leave archives it. A conversation of two can be left once the other account is deleted; one of several goes on without you.';
grant execute on function app_public.leave_room(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/room-functions/leave_room.sql

--! Included functions/history-visibility/seq_to_see_from.sql
create or replace function app_private.seq_to_see_from(actor app_public.room_members, message_id uuid) returns bigint
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_seq bigint;
begin
  select messages.seq into v_seq from app_public.messages
    where messages.id = seq_to_see_from.message_id and messages.room_id = actor.room_id
      and messages.held_at is null and messages.seq >= coalesce(actor.sees_from_seq, 1)
      and (messages.disappears_at is null or messages.disappears_at > statement_timestamp());
  if v_seq is null then
    raise exception 'There is no such message.' using errcode = 'TR404';
  end if;
  return v_seq;
end
$$;
comment on function app_private.seq_to_see_from(app_public.room_members, uuid) is
  'The number of a message from which on a member lets somebody else see a room: one that they see themselves.';
--! EndIncluded functions/history-visibility/seq_to_see_from.sql

--! Included functions/room-functions/add_room_member.sql
create or replace function app_public.add_room_member(
  room_id uuid, user_id uuid, role app_public.member_role default 'member', sees_from_message_id uuid default null
) returns app_public.room_members
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_actor app_public.room_members;
  v_first_seq bigint;
  v_member app_public.room_members;
  v_is_new boolean;
begin
  perform app_private.limit_rate('moderation');
  v_locked := app_private.lock_room_as(add_room_member.room_id, 'add_members');
  v_actor := v_locked.member;
  if (v_locked.room).type = 'direct' then
    raise exception 'The people of a conversation without a name stay the same: begin one with more people, or turn it into a room.' using errcode = 'TR400';
  end if;
  if exists (select from app_public.users where users.id = add_room_member.user_id and users.is_bot)
      and app_private.is_here(add_room_member.user_id) then
    perform app_private.check_member(v_locked.room, v_actor, 'add_bots');
  end if;
  if coalesce(add_room_member.role, 'member') >= greatest(v_actor.role, 'moderator') then
    raise exception 'You can only give roles below your own.' using errcode = 'TR403';
  end if;
  if add_room_member.role > 'member' then
    perform app_private.check_member(v_locked.room, v_actor, 'manage_roles');
    perform app_private.check_gives_built_in(v_locked.room, v_actor, 'member', add_room_member.role);
  end if;
  if not app_private.is_here(add_room_member.user_id) then
    raise exception 'There is no such person.' using errcode = 'TR404';
  end if;
  -- Otherwise a room for two would be a way around a block.
  perform app_private.lock_pair(v_actor.user_id, add_room_member.user_id);
  perform app_private.check_still_here();
  perform app_private.check_not_blocked(v_actor.user_id, add_room_member.user_id);
  if add_room_member.sees_from_message_id is null then
    return app_private.admit(
      add_room_member.room_id, add_room_member.user_id, coalesce(add_room_member.role, 'member'));
  end if;
  v_first_seq := app_private.seq_to_see_from(v_actor, add_room_member.sees_from_message_id);
  v_is_new := not exists (
    select from app_public.room_members
      where room_members.room_id = add_room_member.room_id and room_members.user_id = add_room_member.user_id);
  v_member := app_private.admit(
    add_room_member.room_id, add_room_member.user_id, coalesce(add_room_member.role, 'member'), v_first_seq);
  -- Who shows somebody what was written before is in the audit log, as with `widenHistory`.
  if v_is_new then
    perform app_private.note_in_audit_log(
      'role', 'insert', 'app_public.add_room_member', (v_locked.room).workspace_id, v_member.user_id, v_member.room_id, null,
      null, jsonb_build_object('sees_from_seq', v_first_seq));
  end if;
  return v_member;
end
$$;
comment on function app_public.add_room_member(uuid, uuid, app_public.member_role, uuid) is
  'Adds a person to a room, with a role below your own. For moderators and above, bots for admins and the owner. What they see of what was written before the room says (`historyVisibility`), unless you name the message that they see from. A member stays as they are.';
grant execute on function app_public.add_room_member(uuid, uuid, app_public.member_role, uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/room-functions/add_room_member.sql

--! Included functions/room-functions/set_member_role.sql
create or replace function app_public.set_member_role(room_id uuid, user_id uuid, role app_public.member_role)
returns app_public.room_members
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_actor app_public.room_members;
  v_member app_public.room_members;
begin
  perform app_private.limit_rate('moderation');
  v_locked := app_private.lock_room_as(set_member_role.room_id, 'manage_roles');
  v_actor := v_locked.member;
  select * into v_member from app_public.room_members
    where room_members.room_id = set_member_role.room_id and room_members.user_id = set_member_role.user_id;
  if v_member.user_id is null then
    raise exception 'There is no such member.' using errcode = 'TR404';
  end if;
  if v_member.role = set_member_role.role then
    return v_member;
  end if;
  if v_member.user_id = v_actor.user_id and v_actor.role = 'owner' then
    raise exception 'Hand the room over first: make someone else the OWNER.' using errcode = 'TR409';
  end if;
  if v_actor.role <> 'owner' and (v_member.role >= v_actor.role and v_member.user_id <> v_actor.user_id
      or set_member_role.role >= v_actor.role) then
    raise exception 'You can only change and give roles below your own.' using errcode = 'TR403';
  end if;
  if v_member.user_id <> v_actor.user_id then
    perform app_private.check_gives_built_in(v_locked.room, v_actor, v_member.role, set_member_role.role);
  end if;
  if set_member_role.role = 'owner' then
    update app_public.room_members set role = 'admin'
      where room_members.room_id = set_member_role.room_id and room_members.user_id = v_actor.user_id;
  end if;
  update app_public.room_members set role = set_member_role.role
    where room_members.room_id = set_member_role.room_id and room_members.user_id = set_member_role.user_id
    returning * into v_member;
  return v_member;
end
$$;
comment on function app_public.set_member_role(uuid, uuid, app_public.member_role) is
  'Gives a member another role, below your own. The owner hands the room over with `OWNER` and becomes an admin.';
grant execute on function app_public.set_member_role(uuid, uuid, app_public.member_role) to trumpet_user, trumpet_key;
--! EndIncluded functions/room-functions/set_member_role.sql

--! Included functions/room-functions/create_invitation.sql
create or replace function app_public.create_invitation(
  room_id uuid, max_uses integer default null, expires_in_seconds integer default 604800, allows_guests boolean default false
)
returns app_public.room_invitations
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_actor app_public.room_members;
  v_seconds integer := coalesce(create_invitation.expires_in_seconds, 604800);
  v_invitation app_public.room_invitations;
begin
  perform app_private.limit_rate('invitation');
  v_locked := app_private.lock_room_as(create_invitation.room_id, 'invite_members');
  v_actor := v_locked.member;
  if (v_locked.room).type = 'direct' then
    raise exception 'The people of a conversation without a name stay the same: begin one with more people, or turn it into a room.' using errcode = 'TR400';
  end if;
  if v_seconds not between 60 and 31536000 then
    raise exception 'expiresInSeconds is between 60 and 31536000 (a year).' using errcode = 'TR400';
  end if;
  insert into app_public.room_invitations (room_id, created_by, max_uses, allows_guests, expires_at)
    values (create_invitation.room_id, v_actor.user_id, create_invitation.max_uses, coalesce(create_invitation.allows_guests, false),
      now() + make_interval(secs => v_seconds))
    returning * into v_invitation;
  return v_invitation;
end
$$;
comment on function app_public.create_invitation(uuid, integer, integer, boolean) is
  'Makes a code that lets others join, for moderators and above. It lasts a week unless `expiresInSeconds` says otherwise. With `allowsGuests` people without an account may come, too: whoever has the link.';
grant execute on function app_public.create_invitation(uuid, integer, integer, boolean) to trumpet_user, trumpet_key;
--! EndIncluded functions/room-functions/create_invitation.sql

--! Included functions/room-functions/revoke_invitation.sql
create or replace function app_public.revoke_invitation(invitation_id uuid) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room_id uuid := (
    select room_id from app_public.room_invitations
      where id = revoke_invitation.invitation_id
        and app_private.require_user() is not null
        and room_id in (select app_hidden.my_room_ids_with('invite_members')));
  v_locked app_private.locked_room;
begin
  perform app_private.limit_rate('invitation');
  if v_room_id is not null then
    v_locked := app_private.lock_room_as(v_room_id, 'invite_members', writable => false);
    delete from app_public.room_invitations where id = revoke_invitation.invitation_id;
  end if;
  if v_room_id is null or not found then
    raise exception 'There is no such invitation.' using errcode = 'TR404';
  end if;
  return v_locked.room;
end
$$;
comment on function app_public.revoke_invitation(uuid) is 'Makes an invitation''s code useless at once. For moderators and above.';
grant execute on function app_public.revoke_invitation(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/room-functions/revoke_invitation.sql

--! Included functions/room-functions/use_invitation.sql
create or replace function app_private.use_invitation(code text, user_id uuid) returns app_public.rooms
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_invitation app_public.room_invitations;
  v_room app_public.rooms;
begin
  perform app_private.refuse_bot(use_invitation.user_id);
  select room_invitations.* into v_invitation from app_public.room_invitations
    join app_public.rooms on rooms.id = room_invitations.room_id
    where room_invitations.code = use_invitation.code and rooms.workspace_id = app_hidden.current_workspace_id();
  if v_invitation.id is not null then
    perform app_private.lock_room(v_invitation.room_id);
    -- Again under the lock: someone else may have used it up. Its own lock waits for an administrator who suspends its maker.
    select * into v_invitation from app_public.room_invitations
      where id = v_invitation.id and expires_at > now()
      for no key update;
    -- What a person was making while they were suspended or erased came too late to end with them.
    if app_private.is_suspended(v_invitation.created_by) or exists (
      select from app_public.users where users.id = v_invitation.created_by and deleted_at is not null
    ) then
      v_invitation := null;
    end if;
  end if;
  if v_invitation.id is null then
    raise exception 'There is no such invitation, or it has expired.' using errcode = 'TR404';
  end if;
  if not exists (
    select from app_public.room_members where room_members.room_id = v_invitation.room_id and room_members.user_id = use_invitation.user_id
  ) then
    if v_invitation.use_count >= v_invitation.max_uses then
      raise exception 'There is no such invitation, or it has expired.' using errcode = 'TR404';
    end if;
    perform app_private.admit(v_invitation.room_id, use_invitation.user_id);
    update app_public.room_invitations set use_count = use_count + 1 where id = v_invitation.id;
  end if;
  select * into v_room from app_public.rooms where id = v_invitation.room_id;
  return v_room;
end
$$;
comment on function app_private.use_invitation(text, uuid) is
  'Makes a person a member of the room that a code opens. NOT_FOUND when there is none, or it has expired or been used up.';
--! EndIncluded functions/room-functions/use_invitation.sql

--! Included functions/room-functions/accept_invitation.sql
create or replace function app_public.accept_invitation(code text) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_user();
begin
  perform app_private.limit_rate('membership');
  return app_private.use_invitation(accept_invitation.code, v_user_id);
end
$$;
comment on function app_public.accept_invitation(text) is
  'Joins the room that a code opens. `NOT_FOUND` when there is none, or it has expired or been used up.';
grant execute on function app_public.accept_invitation(text) to trumpet_user, trumpet_key;
--! EndIncluded functions/room-functions/accept_invitation.sql

--! Included functions/room-functions/expire_invitations.sql
create or replace function app_private.expire_invitations() returns integer
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  with expired as (
    delete from app_public.room_invitations where expires_at < now() returning 1
  )
  select count(*)::integer from expired;
$$;
comment on function app_private.expire_invitations() is 'Deletes invitations that have expired. The worker calls it.';
--! EndIncluded functions/room-functions/expire_invitations.sql

--! Included functions/room-functions/create_direct_conversation.sql
create or replace function app_public.create_direct_conversation(user_id uuid) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_viewer_id uuid := app_private.require_user();
  v_first uuid := least(v_viewer_id, create_direct_conversation.user_id);
  v_second uuid := greatest(v_viewer_id, create_direct_conversation.user_id);
  v_room app_public.rooms;
begin
  perform app_private.limit_rate('new_room');
  if v_first = v_second then
    raise exception 'A direct conversation needs another person.' using errcode = 'TR400';
  end if;
  if not app_private.is_here(create_direct_conversation.user_id) then
    raise exception 'There is no such person.' using errcode = 'TR404';
  end if;
  -- Both may ask at the same moment, or one of them block the other.
  perform app_private.lock_pair(v_first, v_second);
  perform app_private.check_still_here();
  perform app_private.check_not_blocked(v_first, v_second);
  select rooms.* into v_room
    from app_private.direct_rooms join app_public.rooms on rooms.id = direct_rooms.room_id
    where first_user_id = v_first and second_user_id = v_second;
  if v_room.id is null then
    perform app_private.check_workspace_permission('start_conversations');
    insert into app_public.rooms (type) values ('direct') returning * into v_room;
    insert into app_private.direct_rooms (first_user_id, second_user_id, room_id) values (v_first, v_second, v_room.id);
    perform app_private.admit(v_room.id, v_viewer_id);
    perform app_private.admit(v_room.id, create_direct_conversation.user_id);
  end if;
  return v_room;
end
$$;
comment on function app_public.create_direct_conversation(uuid) is
  'The room that you and another person share; made at the first call, the same at every later one, from either side. `BLOCKED` when one of you has blocked the other.';
grant execute on function app_public.create_direct_conversation(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/room-functions/create_direct_conversation.sql

/* Reading */

--! Included functions/room-functions/room_by_slug.sql
create or replace function app_public.room_by_slug(slug text) returns app_public.rooms
language sql stable security invoker
set search_path = pg_catalog, public, pg_temp
as $$
  select rooms.* from app_public.rooms
    where rooms.slug = room_by_slug.slug::public.citext
    order by rooms.type, rooms.created_at
    limit 1;
$$;
comment on function app_public.room_by_slug(text) is
  'The room with this slug, if you may see it: the public one, else your oldest private one.';
grant execute on function app_public.room_by_slug(text) to trumpet_user, trumpet_visitor;
--! EndIncluded functions/room-functions/room_by_slug.sql

--! Included functions/room-functions/public_rooms.sql
create or replace function app_public.public_rooms() returns setof app_public.rooms
language sql stable security invoker rows 100
set search_path = pg_catalog, pg_temp
as $$
  select rooms.* from app_public.rooms
    where rooms.type = 'public' and not rooms.is_archived and rooms.workspace_id = (select app_hidden.current_workspace_id())
    order by rooms.name collate "und-x-icu", rooms.id;
$$;
comment on function app_public.public_rooms() is 'The public rooms that are not archived, by name, as dictionaries order it.';
grant execute on function app_public.public_rooms() to trumpet_user;
--! EndIncluded functions/room-functions/public_rooms.sql

--! Included functions/room-functions/rooms_member_count.sql
create or replace function app_public.rooms_member_count(room app_public.rooms) returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select member_count from app_private.room_heads where room_id = room.id and app_hidden.can_see_room(room.id);
$$;
comment on function app_public.rooms_member_count(app_public.rooms) is 'How many members it has.';
grant execute on function app_public.rooms_member_count(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/room-functions/rooms_member_count.sql

--! Included functions/room-functions/rooms_change_seq.sql
create or replace function app_public.rooms_change_seq(room app_public.rooms) returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select last_change_seq from app_private.room_heads where room_id = room.id and app_hidden.can_see_room(room.id);
$$;
comment on function app_public.rooms_change_seq(app_public.rooms) is
  'The number of its last change: what you fetch with it includes every event up to there.';
grant execute on function app_public.rooms_change_seq(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/room-functions/rooms_change_seq.sql

--! Included functions/room-functions/rooms_owner.sql
create or replace function app_public.rooms_owner(room app_public.rooms) returns app_public.users
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select users.* from app_public.room_members
    join app_public.users on users.id = room_members.user_id
    where room_members.room_id = room.id and room_members.role = 'owner' and app_hidden.can_see_room(room.id);
$$;
comment on function app_public.rooms_owner(app_public.rooms) is 'Who owns it. Null for direct conversations.';
grant execute on function app_public.rooms_owner(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/room-functions/rooms_owner.sql

--! Included functions/room-functions/rooms_viewer_membership.sql
create or replace function app_public.rooms_viewer_membership(room app_public.rooms) returns app_public.room_members
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select room_members.* from app_public.room_members
    where room_members.room_id = room.id and room_members.user_id = app_hidden.current_user_id();
$$;
comment on function app_public.rooms_viewer_membership(app_public.rooms) is
  'Your own membership, or null when you are not a member.';
grant execute on function app_public.rooms_viewer_membership(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/room-functions/rooms_viewer_membership.sql

--! Included functions/room-functions/room_members_is_muted.sql
create or replace function app_public.room_members_is_muted(member app_public.room_members) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(member.muted_until > now(), false);
$$;
comment on function app_public.room_members_is_muted(app_public.room_members) is 'Whether this person may not write here at the moment.';
grant execute on function app_public.room_members_is_muted(app_public.room_members) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/room-functions/room_members_is_muted.sql

--! Included functions/room-functions/room_members_notification_level.sql
create or replace function app_public.room_members_notification_level(member app_public.room_members) returns app_public.notification_level
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select case when member.user_id = app_hidden.current_user_id() then coalesce((
    select notification_level from app_private.member_preferences
      where member_preferences.user_id = member.user_id and member_preferences.room_id = member.room_id
  ), 'all'::app_public.notification_level) end;
$$;
comment on function app_public.room_members_notification_level(app_public.room_members) is
  'Which messages notify you. Null on anyone''s membership but your own.';
grant execute on function app_public.room_members_notification_level(app_public.room_members) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/room-functions/room_members_notification_level.sql

--! Included functions/room-functions/set_notification_level.sql
create or replace function app_public.set_notification_level(room_id uuid, level app_public.notification_level)
returns app_public.room_members
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_member app_public.room_members;
begin
  perform app_private.limit_rate('settings');
  v_member := (app_private.lock_room_as(set_notification_level.room_id, writable => false)).member;
  insert into app_private.member_preferences (room_id, user_id, notification_level)
    values (v_member.room_id, v_member.user_id, set_notification_level.level)
    on conflict on constraint member_preferences_pkey do update set notification_level = excluded.notification_level
      where member_preferences.notification_level <> excluded.notification_level;
  if found then
    perform app_private.tell_person(v_member.user_id, 'room', v_member.room_id);
  end if;
  return v_member;
end
$$;
comment on function app_public.set_notification_level(uuid, app_public.notification_level) is
  'Says which messages of a room notify you.';
grant execute on function app_public.set_notification_level(uuid, app_public.notification_level) to trumpet_user, trumpet_key;
--! EndIncluded functions/room-functions/set_notification_level.sql

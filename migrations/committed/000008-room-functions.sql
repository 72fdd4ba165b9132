--! Previous: x
--! Hash: x

--! Included functions/room-functions/check_member.sql

--! EndIncluded functions/room-functions/check_member.sql

--! Included functions/room-functions/require_member.sql

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

--! EndIncluded functions/room-functions/lock_room_as.sql

--! Included functions/room-functions/admit.sql

--! EndIncluded functions/room-functions/admit.sql

--! Included functions/room-functions/check_slug_is_free.sql

--! EndIncluded functions/room-functions/check_slug_is_free.sql

--! Included functions/room-functions/make_room.sql

--! EndIncluded functions/room-functions/make_room.sql

--! Included functions/room-functions/create_room.sql

--! EndIncluded functions/room-functions/create_room.sql

--! Included functions/room-functions/update_room.sql

--! EndIncluded functions/room-functions/update_room.sql

--! Included functions/room-functions/set_archived.sql

--! EndIncluded functions/room-functions/set_archived.sql

--! Included functions/room-functions/archive_room.sql

--! EndIncluded functions/room-functions/archive_room.sql

--! Included functions/room-functions/unarchive_room.sql

--! EndIncluded functions/room-functions/unarchive_room.sql

--! Included functions/room-functions/refuse_bot.sql

--! EndIncluded functions/room-functions/refuse_bot.sql

--! Included functions/room-functions/join_room.sql

--! EndIncluded functions/room-functions/join_room.sql

--! Included functions/room-functions/leave_room.sql

--! EndIncluded functions/room-functions/leave_room.sql

--! Included functions/room-functions/add_room_member.sql

--! EndIncluded functions/room-functions/add_room_member.sql

--! Included functions/room-functions/set_member_role.sql

--! EndIncluded functions/room-functions/set_member_role.sql

--! Included functions/room-functions/create_invitation.sql

--! EndIncluded functions/room-functions/create_invitation.sql

--! Included functions/room-functions/revoke_invitation.sql

--! EndIncluded functions/room-functions/revoke_invitation.sql

--! Included functions/room-functions/use_invitation.sql

--! EndIncluded functions/room-functions/use_invitation.sql

--! Included functions/room-functions/accept_invitation.sql

--! EndIncluded functions/room-functions/accept_invitation.sql

--! Included functions/room-functions/expire_invitations.sql

--! EndIncluded functions/room-functions/expire_invitations.sql

--! Included functions/room-functions/create_direct_conversation.sql

--! EndIncluded functions/room-functions/create_direct_conversation.sql

/* Reading */

--! Included functions/room-functions/room_by_slug.sql

--! EndIncluded functions/room-functions/room_by_slug.sql

--! Included functions/room-functions/public_rooms.sql

--! EndIncluded functions/room-functions/public_rooms.sql

--! Included functions/room-functions/rooms_member_count.sql

--! EndIncluded functions/room-functions/rooms_member_count.sql

--! Included functions/room-functions/rooms_change_seq.sql

--! EndIncluded functions/room-functions/rooms_change_seq.sql

--! Included functions/room-functions/rooms_owner.sql

--! EndIncluded functions/room-functions/rooms_owner.sql

--! Included functions/room-functions/rooms_viewer_membership.sql

--! EndIncluded functions/room-functions/rooms_viewer_membership.sql

--! Included functions/room-functions/room_members_is_muted.sql

--! EndIncluded functions/room-functions/room_members_is_muted.sql

--! Included functions/room-functions/room_members_notification_level.sql

--! EndIncluded functions/room-functions/room_members_notification_level.sql

--! Included functions/room-functions/set_notification_level.sql

--! EndIncluded functions/room-functions/set_notification_level.sql

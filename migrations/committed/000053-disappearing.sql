--! Previous: x
--! Hash: x

/*
 * Messages that go by themselves, and rooms where chosen roles write.
 */

/*
 * Announcement rooms. Three least roles stand in the room's row, which every check of a message reads anyway: a room where
 * everybody writes costs nothing more.
 */
--! Included functions/disappearing/set_writing_roles.sql

--! EndIncluded functions/disappearing/set_writing_roles.sql

/*
 * Messages that disappear so long after they were sent. The time counts from sending and not from reading: it is the same
 * for all, can be known in advance by a client that hears nothing, and tells nobody who has read what.
 */
--! Included functions/disappearing/tg_rooms__disappearing.sql

--! EndIncluded functions/disappearing/tg_rooms__disappearing.sql

create trigger _300_disappearing after update of disappear_after_seconds on app_public.rooms
  for each row when (old.disappear_after_seconds is distinct from new.disappear_after_seconds)
  execute function app_private.tg_rooms__disappearing();

--! Included functions/disappearing/set_disappearing.sql

--! EndIncluded functions/disappearing/set_disappearing.sql

--! Included functions/disappearing/rooms_with_disappeared.sql

--! EndIncluded functions/disappearing/rooms_with_disappeared.sql

--! Included functions/disappearing/withdraw_message.sql

--! EndIncluded functions/disappearing/withdraw_message.sql

--! Included functions/disappearing/forget_kept.sql

--! EndIncluded functions/disappearing/forget_kept.sql

--! Included functions/disappearing/clear_gone_pushes.sql

--! EndIncluded functions/disappearing/clear_gone_pushes.sql

--! Included functions/disappearing/delete_disappeared.sql

--! EndIncluded functions/disappearing/delete_disappeared.sql

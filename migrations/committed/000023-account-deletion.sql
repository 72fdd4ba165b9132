--! Previous: x
--! Hash: x

--! Included functions/account-deletion/set_erasure_rule.sql

--! EndIncluded functions/account-deletion/set_erasure_rule.sql

--! Included functions/account-deletion/rooms_history_rewritten_at.sql

--! EndIncluded functions/account-deletion/rooms_history_rewritten_at.sql

--! Included functions/account-deletion/note_history_rewritten.sql

--! EndIncluded functions/account-deletion/note_history_rewritten.sql

create table app_private.erasures (
  user_id uuid primary key,
  requested_at timestamptz not null default now(),
  finished_at timestamptz,
  messages_erased bigint not null default 0,
  messages_anonymised bigint not null default 0,
  reactions_deleted bigint not null default 0
);
comment on table app_private.erasures is
  'The accounts that were deleted, by an id that leads nowhere any more, and what that took away.';
alter table app_private.erasures enable row level security;
create index erasures_unfinished on app_private.erasures (requested_at) where finished_at is null;

--! Included functions/account-deletion/blank_username.sql

--! EndIncluded functions/account-deletion/blank_username.sql

--! Included functions/account-deletion/ghost_id.sql

--! EndIncluded functions/account-deletion/ghost_id.sql

--! Included functions/account-deletion/make_ghost.sql

--! EndIncluded functions/account-deletion/make_ghost.sql

--! Included functions/account-deletion/tg_room_members__refuse_deleted.sql

--! EndIncluded functions/account-deletion/tg_room_members__refuse_deleted.sql

create trigger _100_refuse_deleted before insert on app_public.room_members
  for each row execute function app_private.tg_room_members__refuse_deleted();

--! Included functions/account-deletion/continue_erasure.sql

--! EndIncluded functions/account-deletion/continue_erasure.sql

--! Included functions/account-deletion/begin_erasure.sql

--! EndIncluded functions/account-deletion/begin_erasure.sql

--! Included functions/account-deletion/delete_my_account.sql

--! EndIncluded functions/account-deletion/delete_my_account.sql

--! Included functions/account-deletion/take_out.sql

--! EndIncluded functions/account-deletion/take_out.sql

--! Included functions/account-deletion/leave_next_room.sql

--! EndIncluded functions/account-deletion/leave_next_room.sql

--! Included functions/account-deletion/erase_messages.sql

--! EndIncluded functions/account-deletion/erase_messages.sql

--! Included functions/account-deletion/erase_reactions.sql

--! EndIncluded functions/account-deletion/erase_reactions.sql

--! Included functions/account-deletion/delete_person.sql

--! EndIncluded functions/account-deletion/delete_person.sql

--! Included functions/account-deletion/finish_erasure.sql

--! EndIncluded functions/account-deletion/finish_erasure.sql

--! Included functions/account-deletion/erase_again.sql

--! EndIncluded functions/account-deletion/erase_again.sql

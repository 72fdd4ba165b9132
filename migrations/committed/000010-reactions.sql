--! Previous: x
--! Hash: x

/*
 * Reactions: one row a person, message and emoji.
 */

--! Included functions/reactions/is_emoji.sql

--! EndIncluded functions/reactions/is_emoji.sql

--! Included functions/reactions/plain_emoji.sql

--! EndIncluded functions/reactions/plain_emoji.sql

create table app_public.message_reactions (
  message_id uuid not null,
  emoji text not null,
  user_id uuid not null,
  room_id uuid not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (message_id, emoji, user_id),
  constraint message_reactions_emoji_is_one check (
    char_length(emoji) <= 32 and app_hidden.is_emoji(emoji) and emoji = app_hidden.plain_emoji(emoji)
  )
);
comment on table app_public.message_reactions is
  'One person''s reaction to one message.';
comment on column app_public.message_reactions.message_id is 'The message.';
comment on column app_public.message_reactions.emoji is 'The emoji.';
comment on column app_public.message_reactions.user_id is 'Who reacted.';
comment on column app_public.message_reactions.room_id is 'The room of the message.';
comment on column app_public.message_reactions.created_at is 'When.';
comment on constraint message_reactions_pkey on app_public.message_reactions is 'One reaction a person, message and emoji.';
alter table app_public.message_reactions enable row level security;

--! Included functions/reactions/unseen_message_ids.sql

--! EndIncluded functions/reactions/unseen_message_ids.sql

create policy select_member on app_public.message_reactions for select to trumpet_user using (
  room_id in (select app_hidden.my_room_ids()) and message_id not in (select app_hidden.unseen_message_ids())
);
create policy select_broadcast on app_public.message_reactions for select to trumpet_broadcast using (
  room_id in (select app_hidden.broadcast_room_ids()) and message_id not in (select app_hidden.unseen_message_ids())
);
create policy select_admin on app_public.message_reactions for select to trumpet_admin using (true);
grant select on app_public.message_reactions to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* erase_reactions, personal_data */
create index message_reactions_user_id on app_public.message_reactions (user_id, room_id);

--! Included functions/reactions/tg_message_reactions__log_change.sql

--! EndIncluded functions/reactions/tg_message_reactions__log_change.sql

create trigger _100_refuse_truncate before truncate on app_public.message_reactions
  for each statement execute function app_private.tg_any__refuse_truncate();
create trigger _100_keep_key before update of message_id, room_id, user_id, emoji on app_public.message_reactions
  for each row when (
    old.message_id <> new.message_id or old.room_id <> new.room_id or old.user_id <> new.user_id or old.emoji <> new.emoji
  ) execute function app_private.tg_any__keep_key();
create trigger _500_log_change after insert or delete on app_public.message_reactions
  for each row execute function app_private.tg_message_reactions__log_change();

--! Included functions/reactions/tg_messages__forget.sql

--! EndIncluded functions/reactions/tg_messages__forget.sql

create trigger _600_forget_update after update of deleted_at on app_public.messages
  for each row execute function app_private.tg_messages__forget();
create trigger _600_forget_delete after delete on app_public.messages
  for each row execute function app_private.tg_messages__forget();

--! Included functions/reactions/add_message_reaction.sql

--! EndIncluded functions/reactions/add_message_reaction.sql

--! Included functions/reactions/remove_message_reaction.sql

--! EndIncluded functions/reactions/remove_message_reaction.sql

create type app_public.reaction_summary as (
  message_id uuid,
  emoji text,
  count integer
);
comment on type app_public.reaction_summary is 'One emoji under a message: how many people chose it, and who.';
comment on column app_public.reaction_summary.message_id is 'The message.';
comment on column app_public.reaction_summary.emoji is 'The emoji.';
comment on column app_public.reaction_summary.count is 'How many people chose it.';

--! Included functions/reactions/messages_reactions.sql

--! EndIncluded functions/reactions/messages_reactions.sql

--! Included functions/reactions/reacted_at.sql

--! EndIncluded functions/reactions/reacted_at.sql

--! Included functions/reactions/reaction_summary_users.sql

--! EndIncluded functions/reactions/reaction_summary_users.sql

--! Included functions/reactions/reaction_summary_viewer_has_reacted.sql

--! EndIncluded functions/reactions/reaction_summary_viewer_has_reacted.sql

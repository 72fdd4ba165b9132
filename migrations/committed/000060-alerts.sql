--! Previous: x
--! Hash: x

/*
 * What a person wants to hear of, beyond the level of a room: words of their own, single threads, single devices.
 *
 * A message that holds somebody's keyword is one that mentions them: a row in message_mentions, which badges, pushes and
 * mails read as they do of a name. It is written by whoever indexes the message for search, at most a second later.
 */
create table app_private.keyword_alerts (
  user_id uuid not null references app_public.users on delete cascade,
  workspace_id uuid not null references app_private.workspaces on delete cascade,
  keyword text not null,
  first_word text not null,
  query tsquery not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (user_id, keyword)
);
comment on table app_private.keyword_alerts is 'The words of which each person wants to hear.';
comment on column app_private.keyword_alerts.workspace_id is 'Whose they are: that of the person.';
comment on column app_private.keyword_alerts.first_word is 'As search writes it: by this it is found.';
comment on column app_private.keyword_alerts.query is 'What the words of a message are asked.';
comment on column app_private.keyword_alerts.created_at is 'What was said before alerts nobody.';
alter table app_private.keyword_alerts enable row level security;
create index keyword_alerts_first_word on app_private.keyword_alerts (workspace_id, first_word);
create trigger _100_refuse_truncate before truncate on app_private.keyword_alerts
  for each statement execute function app_private.tg_any__refuse_truncate();

--! Included functions/alerts/keyword_query.sql

--! EndIncluded functions/alerts/keyword_query.sql

--! Included functions/alerts/match_keywords.sql

--! EndIncluded functions/alerts/match_keywords.sql

--! Included functions/alerts/add_keyword_alert.sql

--! EndIncluded functions/alerts/add_keyword_alert.sql

--! Included functions/alerts/remove_keyword_alert.sql

--! EndIncluded functions/alerts/remove_keyword_alert.sql

--! Included functions/alerts/notification_settings_keywords.sql

--! EndIncluded functions/alerts/notification_settings_keywords.sql

--! Included functions/alerts/messages_matched_keywords.sql

--! EndIncluded functions/alerts/messages_matched_keywords.sql

--! Included functions/alerts/set_thread_notification_level.sql

--! EndIncluded functions/alerts/set_thread_notification_level.sql

--! Included functions/alerts/messages_thread_notification_level.sql

--! EndIncluded functions/alerts/messages_thread_notification_level.sql

--! Included functions/alerts/set_device_notifications.sql

--! EndIncluded functions/alerts/set_device_notifications.sql

/* What one has missed. Words are for the client; here are numbers, and the messages that stand out. */
create type app_public.recap_reason as enum ('mention', 'poll', 'reactions', 'replies');
comment on type app_public.recap_reason is
  'Why a message stands out. MENTION: it mentions you. POLL: it is a poll. REACTIONS, REPLIES: it is among those with the most of them.';

create type app_public.recap_highlight as (
  message_id uuid,
  reason app_public.recap_reason,
  count integer
);
comment on type app_public.recap_highlight is 'A message that stands out among those that you have missed.';
comment on column app_public.recap_highlight.message_id is 'The message.';
comment on column app_public.recap_highlight.reason is 'Why it stands out.';
comment on column app_public.recap_highlight.count is 'How many reactions or replies it has, 1,000 reactions at most; else 1.';

create type app_public.recap_writer as (
  user_id uuid,
  message_count integer
);
comment on type app_public.recap_writer is 'Somebody who wrote what you have missed.';
comment on column app_public.recap_writer.user_id is 'The person.';
comment on column app_public.recap_writer.message_count is 'How many of the messages are theirs.';

create type app_public.room_recap as (
  message_count integer,
  mention_count integer,
  people_count integer,
  file_count integer,
  poll_count integer,
  thread_count integer,
  is_partial boolean,
  writers app_public.recap_writer[],
  highlights app_public.recap_highlight[]
);
comment on type app_public.room_recap is 'What you have missed in a room.';
comment on column app_public.room_recap.message_count is 'How many messages of others, those of people whom you have blocked aside.';
comment on column app_public.room_recap.mention_count is 'How many of them mention you.';
comment on column app_public.room_recap.people_count is 'How many people wrote them.';
comment on column app_public.room_recap.file_count is 'How many of them have files.';
comment on column app_public.room_recap.poll_count is 'How many of them are polls.';
comment on column app_public.room_recap.thread_count is 'In how many threads something was answered.';
comment on column app_public.room_recap.is_partial is 'Whether there may be more than was looked at.';
comment on column app_public.room_recap.writers is 'Who wrote most of them: three people at most, the one with the most first.';
comment on column app_public.room_recap.highlights is 'Messages that stand out, each once: at most three of a reason.';

--! Included functions/alerts/blocked_by_me.sql

--! EndIncluded functions/alerts/blocked_by_me.sql

--! Included functions/alerts/room_recap.sql

--! EndIncluded functions/alerts/room_recap.sql

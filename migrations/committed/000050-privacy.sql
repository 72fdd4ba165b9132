--! Previous: x
--! Hash: x

/*
 * What others learn of one's reading, typing and being there; and a status that one sets.
 */
create type app_public.privacy_matter as enum ('reading', 'typing', 'presence');
comment on type app_public.privacy_matter is
  'What a person may hide of themselves: what they read, that they are typing, that they are there or last were.';

--! Included functions/privacy/privacy_settings.sql

--! EndIncluded functions/privacy/privacy_settings.sql

--! Included functions/privacy/publish_reading.sql

--! EndIncluded functions/privacy/publish_reading.sql

--! Included functions/privacy/set_privacy.sql

--! EndIncluded functions/privacy/set_privacy.sql

/*
 * What a person says of themselves for now. It is nobody's history: one row a person, in no log, and told as presence is.
 * Whoever reads compares ends_at with now; the worker ends it at its time and tells listeners, so that nobody asks again
 * and again.
 */
create type app_public.status_text as (user_id uuid, text text, emoji text, ends_at timestamptz);
comment on type app_public.status_text is 'What a person says of themselves for now.';
comment on column app_public.status_text.user_id is 'Whose it is.';
comment on column app_public.status_text.text is 'One line. Null when the emoji says it all.';
comment on column app_public.status_text.emoji is 'Shown before it, and where there is no room for more.';
comment on column app_public.status_text.ends_at is 'When it ends by itself. Null: when they say something else.';

create table app_private.status_texts (
  user_id uuid primary key references app_public.users on delete cascade,
  text text,
  emoji text,
  ends_at timestamptz,
  constraint status_texts_length check (char_length(text) <= 100),
  constraint status_texts_say_something check (num_nonnulls(text, emoji) > 0)
);
comment on table app_private.status_texts is 'The status texts of people.';
alter table app_private.status_texts enable row level security;

--! Included functions/privacy/status_text_of.sql

--! EndIncluded functions/privacy/status_text_of.sql

--! Included functions/privacy/users_status_text.sql

--! EndIncluded functions/privacy/users_status_text.sql

--! Included functions/privacy/status_texts.sql

--! EndIncluded functions/privacy/status_texts.sql

--! Included functions/privacy/set_status_text.sql

--! EndIncluded functions/privacy/set_status_text.sql

--! Included functions/privacy/end_status_text.sql

--! EndIncluded functions/privacy/end_status_text.sql

--! Previous: x
--! Hash: x

/*
 * Messages forwarded and quoted.
 *
 * A quote shows a passage of another message of the room, as it was; a forwarded message has the text and the files of one
 * that stands elsewhere. What they show is in the message itself. Here is where it comes from: nobody reads this but the
 * server, which has to find every copy of what has to go.
 */
insert into app_private.rates (kind, per_second, burst) values ('forward', 1, 30);

create table app_private.message_sources (
  message_id uuid primary key,
  room_id uuid not null,
  is_forward boolean not null,
  source_message_id uuid not null,
  source_room_id uuid not null,
  source_author_id uuid not null,
  written_by_id uuid not null
);
comment on table app_private.message_sources is 'Where what a message quotes, or was forwarded from, stands.';
comment on column app_private.message_sources.message_id is 'The message that quotes, or was forwarded.';
comment on column app_private.message_sources.room_id is 'Its room.';
comment on column app_private.message_sources.is_forward is 'Whether it was forwarded; if not, it quotes a message of its room.';
comment on column app_private.message_sources.source_message_id is 'The message that it shows.';
comment on column app_private.message_sources.source_room_id is 'The room of that.';
comment on column app_private.message_sources.source_author_id is 'Who sent that.';
comment on column app_private.message_sources.written_by_id is 'Who wrote it first, where that was itself forwarded.';
alter table app_private.message_sources enable row level security;
/* forget_quoted */
create index message_sources_source on app_private.message_sources (source_message_id) where not is_forward;
/* erase_copies */
create index message_sources_source_author on app_private.message_sources (source_author_id);
create index message_sources_written_by on app_private.message_sources (written_by_id);
create trigger _100_refuse_truncate before truncate on app_private.message_sources
  for each statement execute function app_private.tg_any__refuse_truncate();

create table app_private.upload_limits (
  is_only_row boolean primary key default true,
  files_a_day integer not null default 500,
  bytes_a_day bigint not null default 2000000000,
  constraint upload_limits_has_one_row check (is_only_row)
);
comment on table app_private.upload_limits is 'How much a person may upload in a day: the settings of the server, for files that are forwarded. One row.';
comment on column app_private.upload_limits.is_only_row is 'Always true.';
comment on column app_private.upload_limits.files_a_day is 'ATTACHMENT_MAX_FILES_A_DAY.';
comment on column app_private.upload_limits.bytes_a_day is 'ATTACHMENT_MAX_BYTES_A_DAY.';
alter table app_private.upload_limits enable row level security;
create trigger _100_refuse_truncate before truncate on app_private.upload_limits
  for each statement execute function app_private.tg_any__refuse_truncate();
insert into app_private.upload_limits default values;

create type app_public.quote as (
  message_id uuid,
  author_id uuid,
  created_at timestamptz,
  content text,
  is_part boolean,
  is_removed boolean
);
comment on type app_public.quote is 'A passage of another message of the room, as it was when it was quoted.';
comment on column app_public.quote.message_id is 'The message that is quoted. It may be gone.';
comment on column app_public.quote.author_id is 'Who wrote it. Null once it had to be removed.';
comment on column app_public.quote.created_at is 'When it was sent. Null once it had to be removed.';
comment on column app_public.quote.content is
  'What it said, at most 1,000 characters; the names of its files where it had no text. It stays when the message is edited, or deleted by its author. Null once it had to be removed.';
comment on column app_public.quote.is_part is 'Whether the message said more.';
comment on column app_public.quote.is_removed is
  'Whether it had to be removed: a moderator has deleted the message, its time in the room is over, or the account of its author was deleted.';

--! Included functions/forwards/quote_of.sql

--! EndIncluded functions/forwards/quote_of.sql

--! Included functions/forwards/take_quote.sql

--! EndIncluded functions/forwards/take_quote.sql

--! Included functions/forwards/note_quote.sql

--! EndIncluded functions/forwards/note_quote.sql

--! Included functions/forwards/clear_quotes.sql

--! EndIncluded functions/forwards/clear_quotes.sql

--! Included functions/forwards/forget_quoted.sql

--! EndIncluded functions/forwards/forget_quoted.sql

--! Included functions/forwards/forget_quoted_between.sql

--! EndIncluded functions/forwards/forget_quoted_between.sql

--! Included functions/forwards/erase_copies.sql

--! EndIncluded functions/forwards/erase_copies.sql

--! Included functions/forwards/copy_files.sql

--! EndIncluded functions/forwards/copy_files.sql

--! Included functions/forwards/finish_copy.sql

--! EndIncluded functions/forwards/finish_copy.sql

--! Included functions/forwards/set_upload_limits.sql

--! EndIncluded functions/forwards/set_upload_limits.sql

--! Included functions/forwards/hold_buckets.sql

--! EndIncluded functions/forwards/hold_buckets.sql

--! Included functions/forwards/forward_message.sql

--! EndIncluded functions/forwards/forward_message.sql

--! Included functions/forwards/source_of.sql

--! EndIncluded functions/forwards/source_of.sql

--! Included functions/forwards/messages_forwarded_from.sql

--! EndIncluded functions/forwards/messages_forwarded_from.sql

--! Included functions/forwards/messages_is_forwarded.sql

--! EndIncluded functions/forwards/messages_is_forwarded.sql

--! Included functions/forwards/messages_quote.sql

--! EndIncluded functions/forwards/messages_quote.sql

--! Previous: x
--! Hash: x

/*
 * Machines that look at messages.
 *
 * When the operator has set a moderation service, every message and every edit is noted in a queue, held ones too, and
 * the worker (src/worker/moderate-messages.ts) asks the service about them, many at a time. What it answers flags,
 * holds or deletes.
 *
 * A queue of our own and not graphile-worker's, because adding a job NOTIFYs, and commits that do so are serialised. The
 * triggers are disabled until a worker that has the setting starts, so an installation without it pays nothing.
 */
create table app_private.moderation_queue (
  message_id uuid primary key,
  tries integer not null default 0,
  due_at timestamptz not null default now()
) with (fillfactor = 70);
comment on table app_private.moderation_queue is 'The messages that the moderation service is still to be asked about.';
comment on column app_private.moderation_queue.tries is 'How often it has been asked.';
comment on column app_private.moderation_queue.due_at is 'When it is to be asked again.';
alter table app_private.moderation_queue enable row level security;
/* claim_for_moderation */
create index moderation_queue_due_at on app_private.moderation_queue (due_at);

--! Included functions/moderation-service/tg_messages__note_moderation.sql

--! EndIncluded functions/moderation-service/tg_messages__note_moderation.sql

create trigger _650_note_moderation_insert after insert on app_public.messages
  for each row execute function app_private.tg_messages__note_moderation();
create trigger _650_note_moderation_update after update of content on app_public.messages
  for each row execute function app_private.tg_messages__note_moderation();
alter table app_public.messages
  disable trigger _650_note_moderation_insert,
  disable trigger _650_note_moderation_update;

--! Included functions/moderation-service/tg_moderation_log__decide.sql

--! EndIncluded functions/moderation-service/tg_moderation_log__decide.sql

create trigger _500_decide after insert on app_public.moderation_log
  for each row when (new.action in ('message_released', 'report_resolved') and new.moderator_id is not null)
  execute function app_private.tg_moderation_log__decide();

--! Included functions/moderation-service/set_moderation_hook.sql

--! EndIncluded functions/moderation-service/set_moderation_hook.sql

--! Included functions/moderation-service/claim_for_moderation.sql

--! EndIncluded functions/moderation-service/claim_for_moderation.sql

--! Included functions/moderation-service/apply_moderation.sql

--! EndIncluded functions/moderation-service/apply_moderation.sql

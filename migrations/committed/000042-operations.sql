--! Previous: sha1:ebd42fd65799a710cda8a90c018275629ce1e950
--! Hash: sha1:6f8becb2404cfe3a5338239337f78cf533fda63a

/*
 * What an administrator does when something is stuck, and what every column says that they look at: \d+ at psql shows it.
 */
--! Included functions/operations/resolve_report.sql
create or replace function app_admin.resolve_report(
  report_id uuid, resolution app_public.report_resolution, note text default null
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_report app_public.message_reports;
  v_note text := app_private.trimmed(resolve_report.note);
  v_author_id uuid;
begin
  select * into v_report from app_public.message_reports where id = resolve_report.report_id;
  if v_report.id is null then
    raise exception 'There is no such report: app_admin.reports has them all.' using errcode = 'TR404';
  end if;
  perform app_private.lock_room(v_report.room_id);
  update app_public.message_reports set
    status = resolve_report.resolution::text::app_public.report_status, resolved_at = now(), resolution_note = v_note
    where id = v_report.id and status = 'open';
  if not found then
    raise exception 'This report has been resolved already.' using errcode = 'TR409';
  end if;
  select author_id into v_author_id from app_public.messages where id = v_report.message_id;
  perform app_private.log_moderation(
    v_report.room_id, 'report_resolved', v_author_id, v_report.message_id, concat_ws(': ', resolve_report.resolution, v_note));
  perform app_private.note_admin_action('resolve_report', v_report.id::text, concat_ws(': ', resolve_report.resolution, v_note));
  return format('The report is %s', resolve_report.resolution);
end
$$;
comment on function app_admin.resolve_report(uuid, app_public.report_resolution, text) is
  'Resolves a report of any room, as its moderators do with `resolveReport`. It does not change the message.';
grant execute on function app_admin.resolve_report(uuid, app_public.report_resolution, text) to trumpet_admin;
--! EndIncluded functions/operations/resolve_report.sql
--! Included functions/operations/retry_job.sql
create or replace function app_admin.retry_job(job_id bigint) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_task text;
begin
  select task_identifier into v_task
    from graphile_worker.reschedule_jobs(array[retry_job.job_id], now(), attempts => 0) as job
    join graphile_worker.jobs on jobs.id = job.id;
  if v_task is null then
    raise exception 'There is no job % that waits or was given up: app_admin.jobs has them all.', retry_job.job_id
      using errcode = 'TR404';
  end if;
  perform app_private.note_admin_action('retry_job', format('%s %s', v_task, retry_job.job_id));
  return format('%s begins anew', v_task);
end
$$;
comment on function app_admin.retry_job(bigint) is 'Has a job tried again at once, with all its attempts, given up or not.';
grant execute on function app_admin.retry_job(bigint) to trumpet_admin;
--! EndIncluded functions/operations/retry_job.sql
--! Included functions/operations/end_job.sql
create or replace function app_admin.end_job(job_id bigint, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job graphile_worker.jobs;
begin
  select * into v_job from graphile_worker.jobs where id = end_job.job_id;
  if v_job.id is null then
    raise exception 'There is no such job: app_admin.jobs has them all.' using errcode = 'TR404';
  end if;
  if not exists (select from graphile_worker.complete_jobs(array[end_job.job_id])) then
    raise exception 'A worker is at it: stop that worker first, or wait.' using errcode = 'TR409';
  end if;
  perform app_private.note_admin_action(
    'end_job', format('%s %s', v_job.task_identifier, v_job.id), app_private.trimmed(end_job.reason));
  return format('%s will not be done', v_job.task_identifier);
end
$$;
comment on function app_admin.end_job(bigint, text) is
  'Takes a job away without doing it. What the schedule asks for comes again at its next time.';
grant execute on function app_admin.end_job(bigint, text) to trumpet_admin;
--! EndIncluded functions/operations/end_job.sql
--! Included functions/operations/end_move.sql
/* Half-way it cannot be ended: a table would be left that nobody finds. */
create or replace function app_admin.end_move(moved_table text, month date, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_month date := app_private.first_of_month(end_move.month);
  v_partition regclass := to_regclass(format(
    'app_private.%I', coalesce(split_part(end_move.moved_table, '.', 2), '') || to_char(v_month, '"_"YYYY"_"MM')));
begin
  perform from app_private.partition_moves where parent = end_move.moved_table and partition_moves.month = v_month for update;
  if not found then
    raise exception 'No such month is being moved: app_admin.jobs has those that are.' using errcode = 'TR404';
  end if;
  if v_partition is not null and not exists (
    select from app_private.month_partitions where partition = v_partition and not is_detaching
  ) then
    raise exception 'It is half-way, and the worker has to finish it: see last_error in app_admin.jobs.' using errcode = 'TR409';
  end if;
  delete from app_private.partition_moves where parent = end_move.moved_table and partition_moves.month = v_month;
  perform app_private.note_admin_action(
    'end_move', format('%s %s', end_move.moved_table, to_char(v_month, 'YYYY-MM')), app_private.trimmed(end_move.reason));
  return format('%s of %s stays where it is', to_char(v_month, 'YYYY-MM'), end_move.moved_table);
end
$$;
comment on function app_admin.end_move(text, date, text) is
  'Gives up moving a month that has not been begun. Where retention or the archive wants it moved, the next run asks again.';
grant execute on function app_admin.end_move(text, date, text) to trumpet_admin;
--! EndIncluded functions/operations/end_move.sql
--! Included functions/operations/reset_statements.sql
create or replace function app_admin.reset_statements() returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_schema name := (
    select nspname from pg_extension join pg_namespace on pg_namespace.oid = extnamespace where extname = 'pg_stat_statements');
begin
  execute format('select %I.pg_stat_statements_reset(dbid => oid) from pg_database where datname = current_database()', v_schema);
  perform app_private.note_admin_action('reset_statements');
  return 'Measured from now on';
exception when insufficient_privilege then
  raise exception 'The owner may not: have a superuser run "grant execute on function %.pg_stat_statements_reset(oid, oid, bigint, boolean) to %".',
    quote_ident(v_schema), quote_ident(current_user) using errcode = 'TR403';
end
$$;
comment on function app_admin.reset_statements() is 'Has app_admin.slow_statements begin from zero, for this database.';
grant execute on function app_admin.reset_statements() to trumpet_admin;
--! EndIncluded functions/operations/reset_statements.sql

comment on column app_admin.actions.happened_at is 'When it was done.';
comment on column app_admin.actions.administrator is 'The login at psql of whoever did it, or the name of the server key.';
comment on column app_admin.actions.action is 'What was done: the name of the function.';
comment on column app_admin.actions.subject is 'To whom or what: a username, the id of an account that is gone, a room, a month.';
comment on column app_admin.actions.reason is 'Why, as they wrote it.';

comment on column app_admin.activity.day is 'The day, in UTC.';
comment on column app_admin.activity.workspace is 'The workspace that is counted.';
comment on column app_admin.activity.messages is 'Messages that were sent.';
comment on column app_admin.activity.writers is 'People who sent at least one.';
comment on column app_admin.activity.active_rooms is 'Rooms in which something was sent.';
comment on column app_admin.activity.new_users is 'Accounts that were made.';
comment on column app_admin.activity.new_rooms is 'Rooms that were made.';

comment on column app_admin.bots.username is 'The name of its account.';
comment on column app_admin.bots.display_name is 'The name that is shown.';
comment on column app_admin.bots.created_at is 'When it was made.';
comment on column app_admin.bots.key_name is 'The name of its key; a bot with several has several rows.';
comment on column app_admin.bots.scopes is 'What the key may do.';
comment on column app_admin.bots.last_used_at is 'When the key was last used, to a minute or so.';
comment on column app_admin.bots.revoked_at is 'When the key was revoked, or null.';
comment on column app_admin.bots.id is 'The id of its account.';

comment on column app_admin.commands.bot is 'The username of the bot that answers it.';
comment on column app_admin.commands.name is 'The command, without the slash.';
comment on column app_admin.commands.description is 'What people read of it while they type.';
comment on column app_admin.commands.arguments is 'Its arguments: name, type, and whether it is needed.';
comment on column app_admin.commands.created_at is 'When it was set.';
comment on column app_admin.commands.id is 'Stays the same for as long as the command has this name.';

comment on column app_admin.delivery.day is 'The day, in UTC.';
comment on column app_admin.delivery.events is 'Events that were delivered, each once for every document that somebody had subscribed.';
comment on column app_admin.delivery.p50_ms is 'Half of them took no longer, in milliseconds.';
comment on column app_admin.delivery.p95_ms is '95 of 100 took no longer, in milliseconds.';
comment on column app_admin.delivery.p99_ms is '99 of 100 took no longer, in milliseconds.';
comment on column app_admin.delivery.slowest_ms is 'The slowest took no longer, in milliseconds.';

comment on column app_admin.engagement.workspace is 'The workspace that is counted.';
comment on column app_admin.engagement.users is 'Accounts that are not deleted.';
comment on column app_admin.engagement.online_now is 'People who have a live connection at this moment; null on a standby, which does not know.';
comment on column app_admin.engagement.writers_today is 'People who have written today (UTC).';
comment on column app_admin.engagement.writers_7_days is 'People who have written in the last 7 days.';
comment on column app_admin.engagement.writers_30_days is 'People who have written in the last 30 days.';
comment on column app_admin.engagement.messages_today is 'Messages that were sent today (UTC).';
comment on column app_admin.engagement.messages_a_day is 'The average of the last 30 days.';

comment on column app_admin.erasures.user_id is 'The id of the account that was deleted.';
comment on column app_admin.erasures.requested_at is 'When it was asked for. Since then nobody can sign in.';
comment on column app_admin.erasures.finished_at is 'When nothing was left to do, or null.';
comment on column app_admin.erasures.messages_erased is 'Messages whose content was deleted so far.';
comment on column app_admin.erasures.messages_anonymised is 'Messages that stay without their author, so far.';
comment on column app_admin.erasures.reactions_deleted is 'Reactions that were deleted so far.';
comment on column app_admin.erasures.state is '`under way`, `on hold` (a legal hold keeps it waiting) or `finished`.';

comment on column app_admin.identities.username is 'The account here.';
comment on column app_admin.identities.issuer is 'Who says who they are: the issuer of their tokens.';
comment on column app_admin.identities.subject is 'Their id at the issuer.';
comment on column app_admin.identities.groups is 'The groups that their last claims named.';
comment on column app_admin.identities.created_at is 'When they were first seen.';
comment on column app_admin.identities.claims_issued_at is 'When the newest claims that were taken over were issued.';
comment on column app_admin.identities.workspace is 'The workspace that the account belongs to.';
comment on column app_admin.identities.user_id is 'The id of the account.';

comment on column app_admin.incoming_webhooks.room is 'The slug of the room that it posts into; null when the room has none.';
comment on column app_admin.incoming_webhooks.name is 'The name that its messages are posted under.';
comment on column app_admin.incoming_webhooks.username is 'The name of its account.';
comment on column app_admin.incoming_webhooks.created_at is 'When it was made.';
comment on column app_admin.incoming_webhooks.created_by is 'Who made it; null when it was made at psql.';
comment on column app_admin.incoming_webhooks.last_used_at is 'When something was last posted by it, or null.';
comment on column app_admin.incoming_webhooks.room_id is 'The id of the room.';
comment on column app_admin.incoming_webhooks.id is 'Stays the same, also when its address is changed.';

comment on column app_admin.jobs.id is 'The number of the job, for retry_job and end_job; null for a month that is being moved.';
comment on column app_admin.jobs.task is 'What is to be done.';
comment on column app_admin.jobs.queue is 'Jobs of one queue are done one after the other; null for those that wait for nobody.';
comment on column app_admin.jobs.run_at is 'When it is to be done, or since when it waits.';
comment on column app_admin.jobs.attempts is 'How often it was begun.';
comment on column app_admin.jobs.max_attempts is 'After how many failures it is given up.';
comment on column app_admin.jobs.state is '`waiting`, `running since …`, `tried, waiting` (it failed, and is tried again at run_at) or `given up`.';
comment on column app_admin.jobs.last_error is 'Why it failed when it was last tried.';
comment on column app_admin.jobs.created_at is 'When it was asked for.';
comment on column app_admin.jobs.what_to_do is 'What has it tried again or ends it; null for what has not failed.';

comment on column app_admin.keys.name is 'What it was called when it was made.';
comment on column app_admin.keys.key is 'Its beginning, by which it is recognised. The rest is stored nowhere.';
comment on column app_admin.keys.scopes is 'What it may do.';
comment on column app_admin.keys.created_at is 'When it was made.';
comment on column app_admin.keys.created_by is 'Who made it.';
comment on column app_admin.keys.expires_at is 'When it ends by itself, or null.';
comment on column app_admin.keys.last_used_at is 'When it was last used, to a minute or so.';
comment on column app_admin.keys.revoked_at is 'When it was revoked, or null.';
comment on column app_admin.keys.workspace is 'The workspace that it acts in.';
comment on column app_admin.keys.id is 'Stays the same for ever.';

comment on column app_admin.legal_holds.id is 'For release_hold.';
comment on column app_admin.legal_holds.username is 'Whose messages are kept; null for a hold on a room.';
comment on column app_admin.legal_holds.slug is 'The room whose messages are kept; null for a hold on a person, or a room without a slug.';
comment on column app_admin.legal_holds.room_id is 'The id of that room, or null.';
comment on column app_admin.legal_holds.user_id is 'The id of that person, or null.';
comment on column app_admin.legal_holds.reason is 'Why, as it was written.';
comment on column app_admin.legal_holds.created_by is 'Who put it on hold.';
comment on column app_admin.legal_holds.created_at is 'Since when.';
comment on column app_admin.legal_holds.released_at is 'When it ended, or null.';

comment on column app_admin.months.month is 'The first day of the month, in UTC.';
comment on column app_admin.months.place is '`messages` (the table), `detaching` (between table and archive), `archive`, or `file` (in its file only).';
comment on column app_admin.months.message_count is 'How many messages: an estimate for what is in the table, exact for the archive.';
comment on column app_admin.months.bytes is 'What it takes in the database, with its indexes; null when it is in its file only.';
comment on column app_admin.months.moving_to is '`archive` or `drop` while it is being moved, else null.';
comment on column app_admin.months.file_name is 'The file that it was exported to, as it was named then, or null.';
comment on column app_admin.months.exported_at is 'When it was exported, or null.';
comment on column app_admin.months.dropped_at is 'When it was dropped from the database, or null.';

comment on column app_admin.reports.id is 'For resolve_report.';
comment on column app_admin.reports.status is '`open`, or how it was resolved.';
comment on column app_admin.reports.room is 'The slug of the room, or its id.';
comment on column app_admin.reports.author is 'Who wrote the message; null when it is deleted or the account is.';
comment on column app_admin.reports.content is 'The message, as it is now.';
comment on column app_admin.reports.reason is 'Why it was reported.';
comment on column app_admin.reports.reporter is 'Who reported it; null for a rule of the room or the moderation service.';
comment on column app_admin.reports.created_at is 'When it was reported.';
comment on column app_admin.reports.resolved_at is 'When it was resolved, or null.';
comment on column app_admin.reports.resolver is 'The moderator who resolved it; null when it was done at psql (app_admin.actions has who).';
comment on column app_admin.reports.resolution_note is 'What they wrote about it.';
comment on column app_admin.reports.workspace is 'The workspace that it is in.';

comment on column app_admin.rooms.id is 'Stays the same for ever.';
comment on column app_admin.rooms.slug is 'The name in addresses, or null.';
comment on column app_admin.rooms.name is 'The name that is shown, or null.';
comment on column app_admin.rooms.type is 'Who may find and join it.';
comment on column app_admin.rooms.members is 'How many are in it.';
comment on column app_admin.rooms.owner is 'Whose it is; null when nobody is left.';
comment on column app_admin.rooms.messages is 'All messages that were ever sent in it.';
comment on column app_admin.rooms.last_message_at is 'When the last one was sent, or null.';
comment on column app_admin.rooms.retention_days is 'How long its messages are kept; null: as the installation says, 0: for ever.';
comment on column app_admin.rooms.is_archived is 'Whether its owner has archived it: it can be read, and nothing is sent.';
comment on column app_admin.rooms.is_closed is 'Whether an administrator has closed it.';
comment on column app_admin.rooms.is_on_hold is 'Whether a legal hold keeps what is in it.';
comment on column app_admin.rooms.workspace is 'The workspace that it belongs to.';
comment on column app_admin.rooms.created_at is 'When it was made.';

comment on column app_admin.sessions.id is 'What its tokens name.';
comment on column app_admin.sessions.username is 'Who signed in.';
comment on column app_admin.sessions.created_at is 'When they signed in.';
comment on column app_admin.sessions.refreshed_at is 'When it was last used to get a new token.';
comment on column app_admin.sessions.expires_at is 'When it ends by itself.';
comment on column app_admin.sessions.ended_at is 'When it was ended, or null.';
comment on column app_admin.sessions.end_reason is 'Why it was ended, or null.';
comment on column app_admin.sessions.workspace is 'The workspace that it is in.';

comment on column app_admin.slow_statements.calls is 'How often it was run.';
comment on column app_admin.slow_statements.mean_ms is 'How long it took on average, in milliseconds.';
comment on column app_admin.slow_statements.max_ms is 'How long it took at most, in milliseconds.';
comment on column app_admin.slow_statements.total_ms is 'How long all runs took together, in milliseconds.';
comment on column app_admin.slow_statements.rows_a_call is 'How many rows it gave or changed, on average.';
comment on column app_admin.slow_statements.query is 'Its first 300 characters, with $1, $2 … for its values.';

comment on column app_admin.storage."table" is 'Schema and name; the months of a table are tables.';
comment on column app_admin.storage.part_of is 'The table that it is a month of, or an empty text.';
comment on column app_admin.storage.estimated_rows is 'About how many rows it has, as the last vacuum found.';
comment on column app_admin.storage.data is 'What its rows take.';
comment on column app_admin.storage.indexes is 'What its indexes take.';
comment on column app_admin.storage.total is 'Both, and what long texts take.';
comment on column app_admin.storage.total_bytes is 'The same in bytes.';

comment on column app_admin.users.id is 'Stays the same for ever.';
comment on column app_admin.users.username is 'The name for signing in and mentions.';
comment on column app_admin.users.display_name is 'The name that is shown.';
comment on column app_admin.users.email is 'Their address, or null.';
comment on column app_admin.users.status is 'What others see of them: `online`, `away`, `busy` or `offline`; null on a standby, which does not know.';
comment on column app_admin.users.last_seen_at is 'When they were last here, or null.';
comment on column app_admin.users.rooms is 'In how many rooms they are.';
comment on column app_admin.users.sessions is 'Sign-ins that are alive.';
comment on column app_admin.users.failed_sign_ins is 'Wrong passwords in a row for this name; null on a standby, which does not know.';
comment on column app_admin.users.suspended_for is 'Why they are suspended, or null.';
comment on column app_admin.users.suspended_until is 'Until when; null while suspended: until unsuspend_user.';
comment on column app_admin.users.is_on_hold is 'Whether a legal hold keeps what they wrote.';
comment on column app_admin.users.workspace is 'The workspace that they belong to.';
comment on column app_admin.users.created_at is 'When the account was made.';

comment on column app_admin.webhook_deliveries.tried_at is 'When it was tried.';
comment on column app_admin.webhook_deliveries.webhook is 'The name of the webhook or hook.';
comment on column app_admin.webhook_deliveries.outcome is 'How it went.';
comment on column app_admin.webhook_deliveries.status is 'The HTTP status of the answer; null when there was none.';
comment on column app_admin.webhook_deliveries.attempt is '1 for the first try.';
comment on column app_admin.webhook_deliveries.duration_ms is 'How long it took, in milliseconds.';
comment on column app_admin.webhook_deliveries.room_id is 'The room of the change.';
comment on column app_admin.webhook_deliveries.change_seq is 'The number of the change in its room; null for what a hook was asked, and for an interaction.';
comment on column app_admin.webhook_deliveries.event_id is 'What the request had as `webhook-id`.';
comment on column app_admin.webhook_deliveries.verdict is 'What a hook answered; null for a webhook.';

comment on column app_admin.webhooks.name is 'What it is called at psql and in the API.';
comment on column app_admin.webhooks.url is 'Where it is told.';
comment on column app_admin.webhooks.events is 'What it is told of. Empty for a hook.';
comment on column app_admin.webhooks.room_ids is 'The rooms that it is told of; null: all.';
comment on column app_admin.webhooks.created_at is 'When it was made.';
comment on column app_admin.webhooks.created_by is 'Who made it.';
comment on column app_admin.webhooks.disabled_at is 'Since when it is not told, or null.';
comment on column app_admin.webhooks.disabled_reason is 'Why it is not told, or null.';
comment on column app_admin.webhooks.delivered_at is 'When it last took something, or null.';
comment on column app_admin.webhooks.failures is 'How often in a row it did not.';
comment on column app_admin.webhooks.asks is 'What a hook is asked about; null for a webhook.';
comment on column app_admin.webhooks.default_verdict is 'What counts when a hook does not answer; null for a webhook.';
comment on column app_admin.webhooks.contact_email is 'Who gets a mail when it is disabled because nobody answers, or null.';
comment on column app_admin.webhooks.rooms_waiting is 'Rooms of which it has not been told everything yet.';
comment on column app_admin.webhooks.workspace is 'The workspace that it belongs to.';
comment on column app_admin.webhooks.id is 'Stays the same for ever.';

comment on column app_admin.workspaces.name is 'What it is called at psql.';
comment on column app_admin.workspaces.hosts is 'The host names by which it is reached.';
comment on column app_admin.workspaces.people is 'Accounts that are not deleted.';
comment on column app_admin.workspaces.rooms is 'Rooms, archived ones too.';
comment on column app_admin.workspaces.messages is 'All messages that were ever sent in it.';
comment on column app_admin.workspaces.is_used is 'Whether names at psql are those of this one: use_workspace says so.';
comment on column app_admin.workspaces.deleted_at is 'Since when it is being deleted; empty where it is not.';
comment on column app_admin.workspaces.created_at is 'When it was made.';
comment on column app_admin.workspaces.id is 'Stays the same for ever.';

/*
 * Servers of an earlier version go on beside a migration, and are started anew beside it: a deploy takes its time. Where
 * that cannot be, the migration says so in its header (`--! StopServers: why`), and this is what they find then.
 */
create table app_private.version_floor (
  only_row boolean primary key default true,
  migration text not null,
  constraint version_floor_has_one_row check (only_row)
);
comment on table app_private.version_floor is 'The migration that a server must know to run on this database. One row.';
comment on column app_private.version_floor.migration is 'Its number, such as `000042.sql`.';
alter table app_private.version_floor enable row level security;
insert into app_private.version_floor (migration) values ('000042.sql');

--! Previous: x
--! Hash: x

/*
 * What moderators do, and what people bring before them.
 *
 * Nobody acts on an equal or a higher role, so nobody acts on the owner.
 */

/*
 * The log of moderation says who did what to whom, why and until when. Nothing changes it: no right, no function, not
 * even its owner, short of taking the triggers away. It has no foreign keys, because what it tells of may go.
 */
create type app_public.moderation_action as enum (
  'message_deleted', 'message_held', 'message_released', 'message_rejected',
  'member_kicked', 'member_banned', 'member_unbanned', 'member_muted', 'member_unmuted',
  'slow_mode_set', 'room_locked', 'room_unlocked', 'report_resolved', 'rule_set', 'rule_removed'
);
comment on type app_public.moderation_action is 'What was done.';

create table app_public.moderation_log (
  id uuid primary key default uuidv7(),
  room_id uuid not null,
  action app_public.moderation_action not null,
  moderator_id uuid,
  target_user_id uuid,
  target_message_id uuid,
  reason text,
  expires_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  constraint moderation_log_reason_length check (char_length(reason) <= 600)
);
comment on table app_public.moderation_log is
  'One act of moderation. Entries are never changed and never deleted.';
comment on column app_public.moderation_log.id is 'Stays the same for ever.';
comment on column app_public.moderation_log.room_id is 'The room.';
comment on column app_public.moderation_log.action is 'What was done.';
comment on column app_public.moderation_log.moderator_id is 'Who did it. Null for a rule, the moderation service or an administrator of the site.';
comment on column app_public.moderation_log.target_user_id is 'To whom, if to anyone.';
comment on column app_public.moderation_log.target_message_id is 'With which message, if with one.';
comment on column app_public.moderation_log.reason is 'Why, in the words of whoever did it.';
comment on column app_public.moderation_log.expires_at is 'When it ends by itself: of bans and mutes.';
comment on column app_public.moderation_log.created_at is 'When it was done.';
comment on constraint moderation_log_pkey on app_public.moderation_log is 'One entry an id.';
alter table app_public.moderation_log enable row level security;
create policy select_moderator on app_public.moderation_log for select to trumpet_user using (
  room_id in (select app_hidden.my_room_ids_with('see_moderation_log'))
  and (
    target_message_id is null or room_id in (select app_hidden.my_open_room_ids())
    or exists (select from app_public.messages where messages.id = target_message_id)
  )
);
create policy select_admin on app_public.moderation_log for select to trumpet_admin using (true);
grant select on app_public.moderation_log to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* room.moderationLog */
create index moderation_log_room_id on app_public.moderation_log (room_id, id);

create trigger _100_append_only before update or truncate on app_public.moderation_log
  for each statement execute function app_private.tg_any__append_only();
alter table app_public.moderation_log enable always trigger _100_append_only;

--! Included functions/moderation/tg_moderation_log__refuse_delete.sql

--! EndIncluded functions/moderation/tg_moderation_log__refuse_delete.sql
create trigger _110_refuse_delete before delete on app_public.moderation_log
  for each row execute function app_private.tg_moderation_log__refuse_delete();
alter table app_public.moderation_log enable always trigger _110_refuse_delete;

--! Included functions/moderation/log_moderation.sql

--! EndIncluded functions/moderation/log_moderation.sql

--! Included functions/moderation/check_power_over.sql

--! EndIncluded functions/moderation/check_power_over.sql

--! Included functions/moderation/lock_room_over.sql

--! EndIncluded functions/moderation/lock_room_over.sql

--! Included functions/moderation/check_review_of.sql

--! EndIncluded functions/moderation/check_review_of.sql

--! Included functions/moderation/expiry.sql

--! EndIncluded functions/moderation/expiry.sql

--! Included functions/moderation/remove_member.sql

--! EndIncluded functions/moderation/remove_member.sql

/* What moderators do */

--! Included functions/moderation/write_ban.sql

--! EndIncluded functions/moderation/write_ban.sql

--! Included functions/moderation/tg_room_bans__end_membership.sql

--! EndIncluded functions/moderation/tg_room_bans__end_membership.sql

create trigger _500_end_membership after insert or update of expires_at on app_public.room_bans
  for each row execute function app_private.tg_room_bans__end_membership();

--! Included functions/moderation/ban_member.sql

--! EndIncluded functions/moderation/ban_member.sql

--! Included functions/moderation/unban_member.sql

--! EndIncluded functions/moderation/unban_member.sql

--! Included functions/moderation/expire_bans_and_mutes.sql

--! EndIncluded functions/moderation/expire_bans_and_mutes.sql

--! Included functions/moderation/kick_member.sql

--! EndIncluded functions/moderation/kick_member.sql

--! Included functions/moderation/set_mute.sql

--! EndIncluded functions/moderation/set_mute.sql

--! Included functions/moderation/mute_member.sql

--! EndIncluded functions/moderation/mute_member.sql

--! Included functions/moderation/unmute_member.sql

--! EndIncluded functions/moderation/unmute_member.sql

--! Included functions/moderation/set_slow_mode.sql

--! EndIncluded functions/moderation/set_slow_mode.sql

--! Included functions/moderation/set_room_locked.sql

--! EndIncluded functions/moderation/set_room_locked.sql

/* Reports: what people, rules and the moderation service bring before the moderators. */

create type app_public.report_status as enum ('open', 'dismissed', 'upheld');
comment on type app_public.report_status is
  'OPEN: waits for a moderator. DISMISSED: nothing was wrong. UPHELD: the message broke the rules; what was done stands in the moderation log.';

create type app_public.report_resolution as enum ('dismissed', 'upheld');
comment on type app_public.report_resolution is 'How a report ends. DISMISSED: nothing is wrong. UPHELD: the message breaks the rules.';

create table app_public.message_reports (
  id uuid primary key default uuidv7(),
  room_id uuid not null references app_public.rooms on delete cascade,
  message_id uuid not null,
  reporter_id uuid references app_public.users on delete cascade,
  reason text not null,
  status app_public.report_status not null default 'open',
  created_at timestamptz not null default now(),
  resolved_at timestamptz,
  resolved_by uuid references app_public.users on delete set null,
  resolution_note text,
  constraint message_reports_one_a_person unique nulls not distinct (message_id, reporter_id),
  constraint message_reports_reason_length check (char_length(reason) between 1 and 500),
  constraint message_reports_resolution_note_length check (char_length(resolution_note) <= 500),
  constraint message_reports_end_has_a_time check ((status = 'open') = (resolved_at is null))
);
comment on table app_public.message_reports is
  'Says that a message may break the rules. Seen by whoever reported it and by the room''s moderators, admins and owner.';
comment on column app_public.message_reports.id is 'Stays the same for ever.';
comment on column app_public.message_reports.room_id is 'The room of the message.';
comment on column app_public.message_reports.message_id is 'The message.';
comment on column app_public.message_reports.reporter_id is 'Who reported it. Null for a rule of the room or the moderation service.';
comment on column app_public.message_reports.reason is 'Why, in 1 to 500 characters.';
comment on column app_public.message_reports.status is 'What became of it.';
comment on column app_public.message_reports.created_at is 'When it was made.';
comment on column app_public.message_reports.resolved_at is 'When a moderator decided, or null.';
comment on column app_public.message_reports.resolved_by is 'Who decided, or null.';
comment on column app_public.message_reports.resolution_note is 'What whoever decided has to say about it.';
comment on constraint message_reports_pkey on app_public.message_reports is 'One report an id.';
comment on constraint message_reports_one_a_person on app_public.message_reports is 'One report a person and message.';
comment on constraint message_reports_room_id_fkey on app_public.message_reports is
  'The room of the message.';
comment on constraint message_reports_reporter_id_fkey on app_public.message_reports is
  'Who reported it.';
comment on constraint message_reports_resolved_by_fkey on app_public.message_reports is
  'Who decided.';
alter table app_public.message_reports enable row level security;
create policy select_moderator on app_public.message_reports for select to trumpet_user using (
  room_id in (select app_hidden.my_room_ids_with('review_reports'))
  and (
    room_id in (select app_hidden.my_open_room_ids())
    or exists (select from app_public.messages where messages.id = message_id)
  )
);
create policy select_reporter on app_public.message_reports for select to trumpet_user
  using (reporter_id = (select app_hidden.current_user_id()));
create policy select_admin on app_public.message_reports for select to trumpet_admin using (true);
grant select on app_public.message_reports to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* room.reports, the open ones and all. */
create index message_reports_room_id on app_public.message_reports (room_id, status, id);
/* select_reporter, and deleting a person. */
create index message_reports_reporter_id on app_public.message_reports (reporter_id);
create index message_reports_resolved_by on app_public.message_reports (resolved_by);

--! Included functions/moderation/add_report.sql

--! EndIncluded functions/moderation/add_report.sql

--! Included functions/moderation/settle_reports.sql

--! EndIncluded functions/moderation/settle_reports.sql

--! Included functions/moderation/note_removal.sql

--! EndIncluded functions/moderation/note_removal.sql

--! Included functions/moderation/report_message.sql

--! EndIncluded functions/moderation/report_message.sql

--! Included functions/moderation/resolve_report.sql

--! EndIncluded functions/moderation/resolve_report.sql

/* What moderators read. Row-level security gives nothing to anyone else. */

--! Included functions/moderation/rooms_moderation_log.sql

--! EndIncluded functions/moderation/rooms_moderation_log.sql

--! Included functions/moderation/rooms_reports.sql

--! EndIncluded functions/moderation/rooms_reports.sql

--! Included functions/moderation/rooms_bans.sql

--! EndIncluded functions/moderation/rooms_bans.sql

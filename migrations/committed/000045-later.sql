--! Previous: x
--! Hash: x

/*
 * What is sent or recalled later, saved, forwarded and quoted.
 *
 * When the time of something has come, its alarm becomes a job (enqueue_due): jobs that wait for months would stand among
 * those that are stuck, and changing a row is less than changing a job.
 */
insert into app_private.rates (kind, per_second, burst) values ('later', 1, 200);

create type app_private.due as (at timestamptz, local_time text, time_zone text);
comment on type app_private.due is 'When something is to be done: the moment; the local time that it follows from, where it was given so; the time zone.';

create table app_private.alarms (
  kind text not null,
  subject_id uuid not null,
  due_at timestamptz not null,
  primary key (kind, subject_id)
) with (fillfactor = 80);
comment on table app_private.alarms is 'What the worker is to do at a time.';
comment on column app_private.alarms.kind is 'The task.';
comment on column app_private.alarms.subject_id is 'What it is about. It may be gone by then: the task finds nothing to do.';
comment on column app_private.alarms.due_at is 'When.';
alter table app_private.alarms enable row level security;
/* enqueue_due */
create index alarms_due_at on app_private.alarms (due_at);

create table app_public.scheduled_messages (
  id uuid primary key default uuidv7(),
  user_id uuid not null references app_public.users on delete cascade,
  room_id uuid not null references app_public.rooms on delete cascade,
  content text not null,
  parent_message_id uuid,
  send_at timestamptz not null,
  local_time text,
  time_zone text not null,
  nonce text,
  created_at timestamptz not null default now(),
  refused_at timestamptz,
  refusal_code text,
  refusal text,
  constraint scheduled_messages_have_a_nonce_each unique (user_id, nonce)
) with (fillfactor = 80);
comment on table app_public.scheduled_messages is
  'A message that is sent later. Its author alone sees it, and until then; the message that is sent has its id for a `nonce`.';
comment on column app_public.scheduled_messages.id is 'The `nonce` of the message that is sent.';
comment on column app_public.scheduled_messages.user_id is 'Who sends it.';
comment on column app_public.scheduled_messages.room_id is 'Where it is sent.';
comment on column app_public.scheduled_messages.content is 'Its text, as in messages.';
comment on column app_public.scheduled_messages.parent_message_id is 'The message that it answers, in a thread.';
comment on column app_public.scheduled_messages.send_at is 'When it is sent: a second or so later, and after its time when no worker runs then.';
comment on column app_public.scheduled_messages.local_time is 'Where a time of day was asked for: that, such as `2030-03-31T09:00`.';
comment on column app_public.scheduled_messages.time_zone is 'The time zone that it was asked for in, such as `Europe/Berlin`.';
comment on column app_public.scheduled_messages.nonce is 'The name by which it was asked for.';
comment on column app_public.scheduled_messages.created_at is 'When it was asked for.';
comment on column app_public.scheduled_messages.refused_at is 'When sending it was refused. It is not tried again by itself.';
comment on column app_public.scheduled_messages.refusal_code is 'Why: the `code` that `sendMessage` would have failed with, such as `ROOM_ARCHIVED`.';
comment on column app_public.scheduled_messages.refusal is 'Why, in a sentence.';
comment on constraint scheduled_messages_pkey on app_public.scheduled_messages is 'One an id.';
comment on constraint scheduled_messages_user_id_fkey on app_public.scheduled_messages is 'Who sends it.';
comment on constraint scheduled_messages_room_id_fkey on app_public.scheduled_messages is 'Where it is sent.';
comment on constraint scheduled_messages_have_a_nonce_each on app_public.scheduled_messages is 'One for each nonce of a person.';
alter table app_public.scheduled_messages enable row level security;
create policy select_own on app_public.scheduled_messages for select to trumpet_user
  using (user_id = app_hidden.current_user_id());
grant select on app_public.scheduled_messages to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* my_scheduled_messages */
create index scheduled_messages_user_id on app_public.scheduled_messages (user_id, send_at, id);
/* When a room is deleted. */
create index scheduled_messages_room_id on app_public.scheduled_messages (room_id);

--! Included functions/later/local_moment.sql

--! EndIncluded functions/later/local_moment.sql

--! Included functions/later/read_due.sql

--! EndIncluded functions/later/read_due.sql

--! Included functions/later/set_alarm.sql

--! EndIncluded functions/later/set_alarm.sql

--! Included functions/later/enqueue_due.sql

--! EndIncluded functions/later/enqueue_due.sql

--! Included functions/later/settle_local_times.sql

--! EndIncluded functions/later/settle_local_times.sql

--! Included functions/later/own_scheduled_message.sql

--! EndIncluded functions/later/own_scheduled_message.sql

--! Included functions/later/forget_scheduled_message.sql

--! EndIncluded functions/later/forget_scheduled_message.sql

--! Included functions/later/schedule_message.sql

--! EndIncluded functions/later/schedule_message.sql

--! Included functions/later/edit_scheduled_message.sql

--! EndIncluded functions/later/edit_scheduled_message.sql

--! Included functions/later/cancel_scheduled_message.sql

--! EndIncluded functions/later/cancel_scheduled_message.sql

--! Included functions/later/my_scheduled_messages.sql

--! EndIncluded functions/later/my_scheduled_messages.sql

--! Included functions/later/send_scheduled_message.sql

--! EndIncluded functions/later/send_scheduled_message.sql

create table app_public.saved_messages (
  user_id uuid not null references app_public.users on delete cascade,
  message_id uuid not null,
  room_id uuid not null references app_public.rooms on delete cascade,
  saved_at timestamptz not null default clock_timestamp(),
  primary key (user_id, message_id)
);
comment on table app_public.saved_messages is
  'A message that somebody has saved for themselves. It says which, and nothing of it: who may not see the message any more learns nothing.';
comment on column app_public.saved_messages.user_id is 'Who has saved it. Nobody else sees that.';
comment on column app_public.saved_messages.message_id is 'The message.';
comment on column app_public.saved_messages.room_id is 'Its room.';
comment on column app_public.saved_messages.saved_at is 'When it was saved.';
comment on constraint saved_messages_pkey on app_public.saved_messages is 'A message is saved once.';
comment on constraint saved_messages_user_id_fkey on app_public.saved_messages is 'Who has saved it.';
comment on constraint saved_messages_room_id_fkey on app_public.saved_messages is 'Its room.';
alter table app_public.saved_messages enable row level security;
create policy select_own on app_public.saved_messages for select to trumpet_user
  using (user_id = app_hidden.current_user_id());
grant select on app_public.saved_messages to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* my_saved_messages */
create index saved_messages_newest on app_public.saved_messages (user_id, saved_at desc, message_id desc);
/* When a room is deleted. */
create index saved_messages_room_id on app_public.saved_messages (room_id);

--! Included functions/later/save_message.sql

--! EndIncluded functions/later/save_message.sql

--! Included functions/later/unsave_message.sql

--! EndIncluded functions/later/unsave_message.sql

--! Included functions/later/my_saved_messages.sql

--! EndIncluded functions/later/my_saved_messages.sql

create table app_public.reminders (
  id uuid primary key default uuidv7(),
  user_id uuid not null references app_public.users on delete cascade,
  message_id uuid not null,
  room_id uuid not null references app_public.rooms on delete cascade,
  remind_at timestamptz not null,
  local_time text,
  time_zone text not null,
  created_at timestamptz not null default now(),
  reminded_at timestamptz,
  constraint reminders_one_a_message unique (user_id, message_id)
) with (fillfactor = 80);
comment on table app_public.reminders is
  'A message that somebody wants to be reminded of. It says which, and nothing of it: who may not see the message any more learns nothing.';
comment on column app_public.reminders.id is 'Its name.';
comment on column app_public.reminders.user_id is 'Who is reminded. Nobody else sees that.';
comment on column app_public.reminders.message_id is 'The message.';
comment on column app_public.reminders.room_id is 'Its room.';
comment on column app_public.reminders.remind_at is 'When: a second or so later, and after its time when no worker runs then.';
comment on column app_public.reminders.local_time is 'Where a time of day was asked for: that, such as `2030-03-31T09:00`.';
comment on column app_public.reminders.time_zone is 'The time zone that it was asked for in, such as `Europe/Berlin`.';
comment on column app_public.reminders.created_at is 'When it was first asked for.';
comment on column app_public.reminders.reminded_at is 'When its person was reminded; null before.';
comment on constraint reminders_pkey on app_public.reminders is 'One an id.';
comment on constraint reminders_one_a_message on app_public.reminders is 'One for each person and message.';
comment on constraint reminders_user_id_fkey on app_public.reminders is 'Who is reminded.';
comment on constraint reminders_room_id_fkey on app_public.reminders is 'Its room.';
alter table app_public.reminders enable row level security;
create policy select_own on app_public.reminders for select to trumpet_user
  using (user_id = app_hidden.current_user_id());
grant select on app_public.reminders to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* my_reminders */
create index reminders_user_id on app_public.reminders (user_id, remind_at, id);
/* When a room is deleted. */
create index reminders_room_id on app_public.reminders (room_id);

/* A row is the right to tell a device of a reminder, once: it goes with the push (claim_reminder_push). */
create table app_private.reminder_pushes (
  reminder_id uuid not null references app_public.reminders on delete cascade,
  subscription_id uuid not null references app_public.push_subscriptions on delete cascade,
  primary key (reminder_id, subscription_id)
);
comment on table app_private.reminder_pushes is 'Devices that are still to be told of a reminder.';
comment on column app_private.reminder_pushes.reminder_id is 'The reminder.';
comment on column app_private.reminder_pushes.subscription_id is 'The device.';
alter table app_private.reminder_pushes enable row level security;
/* When a device is removed. */
create index reminder_pushes_subscription_id on app_private.reminder_pushes (subscription_id);

--! Included functions/later/set_reminder.sql

--! EndIncluded functions/later/set_reminder.sql

--! Included functions/later/cancel_reminder.sql

--! EndIncluded functions/later/cancel_reminder.sql

--! Included functions/later/my_reminders.sql

--! EndIncluded functions/later/my_reminders.sql

--! Included functions/later/enqueue_reminder_push.sql

--! EndIncluded functions/later/enqueue_reminder_push.sql

--! Included functions/later/claim_reminder_push.sql

--! EndIncluded functions/later/claim_reminder_push.sql

--! Included functions/later/postpone_reminder_push.sql

--! EndIncluded functions/later/postpone_reminder_push.sql

--! Included functions/later/compose_reminder.sql

--! EndIncluded functions/later/compose_reminder.sql

--! Included functions/later/remind.sql

--! EndIncluded functions/later/remind.sql

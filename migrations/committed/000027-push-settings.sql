--! Previous: x
--! Hash: x

/*
 * Who wants to be notified where, and when not.
 *
 * A subscription is one device: a browser that gave us the address of its push service, or an app's token at FCM or
 * APNs. What is secret of it (the keys that pushes are encrypted with) stands in a table of its own.
 */
create type app_public.push_channel as enum ('web', 'fcm', 'apns');
comment on type app_public.push_channel is
  'How a device is reached. WEB: Web Push, any browser. FCM: Firebase, Android apps. APNS: Apple, iOS apps.';

create table app_public.push_subscriptions (
  id uuid primary key default uuidv7(),
  user_id uuid not null references app_public.users on delete cascade,
  channel app_public.push_channel not null,
  endpoint text not null,
  user_agent text,
  created_at timestamptz not null default now(),
  renewed_at timestamptz not null default now(),
  notification_level app_public.notification_level not null default 'all',
  quiet_while_online boolean not null default false,
  constraint push_subscriptions_endpoint_length check (octet_length(endpoint) between 1 and 2048),
  -- A device belongs to whoever registered it last: the next person at a shared browser must not get the last one's messages.
  constraint push_subscriptions_endpoint_is_unique unique (endpoint, channel),
  constraint push_subscriptions_user_agent_length check (char_length(user_agent) <= 500)
);
comment on table app_public.push_subscriptions is
  'One device that gets notifications. You see your own only.';
comment on column app_public.push_subscriptions.id is 'Stays the same for ever.';
comment on column app_public.push_subscriptions.user_id is 'Whose device it is.';
comment on column app_public.push_subscriptions.channel is 'How it is reached.';
comment on column app_public.push_subscriptions.endpoint is 'The address that the browser gave, or the app''s token.';
comment on column app_public.push_subscriptions.user_agent is 'What the device called itself, to tell it from others in a list.';
comment on column app_public.push_subscriptions.created_at is 'When it was first registered.';
comment on column app_public.push_subscriptions.renewed_at is 'When it was last registered: the same device may do so at every start.';
comment on column app_public.push_subscriptions.notification_level is
  'What of that which notifies you this device shows. ALL: all of it. MENTIONS: what mentions you, and direct messages. NONE: nothing.';
comment on column app_public.push_subscriptions.quiet_while_online is 'Whether it stays silent while you are `ONLINE` or `BUSY`, on whatever device.';
comment on constraint push_subscriptions_pkey on app_public.push_subscriptions is 'One subscription an id.';
comment on constraint push_subscriptions_user_id_fkey on app_public.push_subscriptions is
  'Whose device it is.';
comment on constraint push_subscriptions_endpoint_is_unique on app_public.push_subscriptions is
  'One subscription a device.';
/* The devices of one person. */
create index push_subscriptions_user_id on app_public.push_subscriptions (user_id, renewed_at);
alter table app_public.push_subscriptions enable row level security;
create policy select_own on app_public.push_subscriptions for select to trumpet_user using (user_id = (select app_hidden.current_user_id()));
create policy select_admin on app_public.push_subscriptions for select to trumpet_admin using (true);
grant select on app_public.push_subscriptions to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;

create table app_private.push_devices (
  subscription_id uuid primary key references app_public.push_subscriptions on delete cascade,
  p256dh text,
  auth text,
  vapid_public_key text,
  session_id uuid,
  failures integer not null default 0,
  paused_until timestamptz
);
comment on table app_private.push_devices is 'What sending to a device needs, and how it went of late.';
comment on column app_private.push_devices.vapid_public_key is 'The server''s key when a browser subscribed: it accepts no other.';
comment on column app_private.push_devices.session_id is 'The sign-in that registered it, last.';
comment on column app_private.push_devices.failures is 'Refusals by its push service in a row.';
comment on column app_private.push_devices.paused_until is 'Until when its push service asked for silence.';
alter table app_private.push_devices enable row level security;
/* The devices of a session that ends. */
create index push_devices_session_id on app_private.push_devices (session_id);

--! Included functions/push-settings/tg_sessions__forget_devices.sql

--! EndIncluded functions/push-settings/tg_sessions__forget_devices.sql

create trigger _500_forget_devices after update of ended_at on app_private.sessions
  for each row when (old.ended_at is null and new.ended_at is not null) execute function app_private.tg_sessions__forget_devices();

/*
 * The public half of the key that browsers know the server by. Whoever sends writes it here at its start, so that what
 * clients subscribe with is what pushes are signed with, on however many machines.
 */
create table app_private.push_identity (
  only_row boolean primary key default true,
  vapid_public_key text not null,
  constraint push_identity_is_one_row check (only_row)
);
comment on table app_private.push_identity is 'The public VAPID key.';
alter table app_private.push_identity enable row level security;

--! Included functions/push-settings/vapid_public_key.sql

--! EndIncluded functions/push-settings/vapid_public_key.sql

--! Included functions/push-settings/register_device.sql

--! EndIncluded functions/push-settings/register_device.sql

create type app_public.web_push_keys as (
  p256dh text,
  auth text
);
comment on type app_public.web_push_keys is 'The keys of a browser''s subscription, in base64url as `toJSON()` gives them.';
comment on column app_public.web_push_keys.p256dh is 'The browser''s public key.';
comment on column app_public.web_push_keys.auth is 'The browser''s secret.';

create type app_public.web_push_subscription as (
  endpoint text,
  keys app_public.web_push_keys
);
comment on type app_public.web_push_subscription is 'What `pushManager.subscribe()` gives a browser.';
comment on column app_public.web_push_subscription.endpoint is 'The https address of the browser''s push service.';
comment on column app_public.web_push_subscription.keys is 'What pushes are encrypted with, so that the push service cannot read them.';

--! Included functions/push-settings/subscribe_to_push_notifications.sql

--! EndIncluded functions/push-settings/subscribe_to_push_notifications.sql

--! Included functions/push-settings/register_push_token.sql

--! EndIncluded functions/push-settings/register_push_token.sql

--! Included functions/push-settings/unsubscribe_from_push_notifications.sql

--! EndIncluded functions/push-settings/unsubscribe_from_push_notifications.sql

--! Included functions/push-settings/push_subscriptions.sql

--! EndIncluded functions/push-settings/push_subscriptions.sql

/* When a person does not want to be notified. No row: always notified. */
create table app_public.notification_settings (
  user_id uuid primary key references app_public.users on delete cascade,
  do_not_disturb_until timestamptz,
  quiet_from time,
  quiet_until time,
  time_zone text not null default 'UTC',
  email_digests boolean not null default true,
  constraint notification_settings_quiet_hours_have_two_ends check ((quiet_from is null) = (quiet_until is null))
);
comment on table app_public.notification_settings is 'When you are not to be notified, in any room.';
comment on column app_public.notification_settings.user_id is 'Whose settings they are.';
comment on column app_public.notification_settings.do_not_disturb_until is 'Until then nothing notifies you. Null or past: off.';
comment on column app_public.notification_settings.quiet_from is 'From this time of day nothing notifies you, in `timeZone`.';
comment on column app_public.notification_settings.quiet_until is 'Up to this time of day, `24:00` at most; not later than `quietFrom` means the next day.';
comment on column app_public.notification_settings.time_zone is 'Where you are, such as `Europe/Berlin` or `+03:00`.';
comment on column app_public.notification_settings.email_digests is 'Whether you get an e-mail about what you missed after an hour away.';
comment on constraint notification_settings_pkey on app_public.notification_settings is 'One set a person.';
comment on constraint notification_settings_user_id_fkey on app_public.notification_settings is
  'Whose settings they are.';
alter table app_public.notification_settings enable row level security;
create policy select_own on app_public.notification_settings for select to trumpet_user using (user_id = (select app_hidden.current_user_id()));
create policy select_admin on app_public.notification_settings for select to trumpet_admin using (true);
grant select on app_public.notification_settings to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;

--! Included functions/push-settings/notification_settings.sql

--! EndIncluded functions/push-settings/notification_settings.sql

create type app_public.snooze_end as enum ('an_hour', 'tomorrow', 'monday');
comment on type app_public.snooze_end is
  'When one wants to be notified again. AN_HOUR: in an hour. TOMORROW: at 9:00 tomorrow. MONDAY: at 9:00 next Monday.';

--! Included functions/push-settings/end_of_snooze.sql

--! EndIncluded functions/push-settings/end_of_snooze.sql

--! Included functions/push-settings/set_do_not_disturb.sql

--! EndIncluded functions/push-settings/set_do_not_disturb.sql

--! Included functions/push-settings/read_time_zone.sql

--! EndIncluded functions/push-settings/read_time_zone.sql

--! Included functions/push-settings/set_quiet_hours.sql

--! EndIncluded functions/push-settings/set_quiet_hours.sql

--! Included functions/push-settings/set_email_digests.sql

--! EndIncluded functions/push-settings/set_email_digests.sql

--! Included functions/push-settings/silence_room.sql

--! EndIncluded functions/push-settings/silence_room.sql

--! Included functions/push-settings/room_members_silent_until.sql

--! EndIncluded functions/push-settings/room_members_silent_until.sql

--! Included functions/push-settings/set_push_privacy.sql

--! EndIncluded functions/push-settings/set_push_privacy.sql

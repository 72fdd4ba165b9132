--! Previous: sha1:9cb228fea689f627b11a7ab1d1763356bc0f8ff8
--! Hash: sha1:4748807c6fff1c6b6118d3fb256ee793967ff651

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
/* Whoever signs out of a shared browser does not want the next person there to read on. */
create or replace function app_private.tg_sessions__forget_devices() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from app_public.push_subscriptions
    where id in (select subscription_id from app_private.push_devices where session_id = new.id);
  return null;
end
$$;
comment on function app_private.tg_sessions__forget_devices() is 'A session that is ended takes the notifications of its devices along.';
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
create or replace function app_public.vapid_public_key() returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select vapid_public_key from app_private.push_identity;
$$;
comment on function app_public.vapid_public_key() is
  'What a browser needs as `applicationServerKey` to subscribe to notifications. Null while no worker has run yet.';
grant execute on function app_public.vapid_public_key() to trumpet_visitor, trumpet_user;
--! EndIncluded functions/push-settings/vapid_public_key.sql

--! Included functions/push-settings/register_device.sql
create or replace function app_private.register_device(channel app_public.push_channel, endpoint text, p256dh text, auth text, user_agent text)
returns app_public.push_subscriptions
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_devices_allowed constant integer := 20;
  v_user_id uuid := app_private.require_user();
  v_subscription app_public.push_subscriptions;
begin
  -- Two devices at once must not both be the twentieth.
  perform app_private.lock_until_commit('devices', v_user_id::text);
  perform app_private.check_still_here();
  delete from app_public.push_subscriptions
    where push_subscriptions.channel = register_device.channel
      and push_subscriptions.endpoint = register_device.endpoint
      and push_subscriptions.user_id <> v_user_id;
  insert into app_public.push_subscriptions (user_id, channel, endpoint, user_agent)
    values (v_user_id, register_device.channel, register_device.endpoint, left(register_device.user_agent, 500))
    on conflict on constraint push_subscriptions_endpoint_is_unique do update set
      user_agent = excluded.user_agent, renewed_at = now()
      where push_subscriptions.user_id = excluded.user_id
    returning * into v_subscription;
  if v_subscription.id is null then
    raise exception 'Someone else is registering this device right now: try again.' using errcode = 'TR409';
  end if;
  insert into app_private.push_devices (subscription_id, p256dh, auth, vapid_public_key, session_id)
    values (
      v_subscription.id, register_device.p256dh, register_device.auth, app_public.vapid_public_key(),
      app_hidden.current_session_id())
    on conflict on constraint push_devices_pkey do update set
      p256dh = excluded.p256dh, auth = excluded.auth, vapid_public_key = excluded.vapid_public_key,
      session_id = excluded.session_id, failures = 0, paused_until = null;
  -- The device not heard of for longest makes room.
  delete from app_public.push_subscriptions
    where push_subscriptions.id in (
      select push_subscriptions.id from app_public.push_subscriptions
        where push_subscriptions.user_id = v_user_id
        order by (push_subscriptions.id = v_subscription.id) desc, renewed_at desc, push_subscriptions.id desc
        offset v_devices_allowed);
  return v_subscription;
end
$$;
comment on function app_private.register_device(app_public.push_channel, text, text, text, text) is
  'Makes a device the caller''s, or renews it. Of more than 20 the oldest go.';
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
/*
 * Only the form is checked here. Whether the host is a push service's, and what its name resolves to, is for the worker
 * to find out, which does so before every connection; whether the keys are keys shows when something is to be
 * encrypted. A subscription that fails there is deleted.
 */
create or replace function app_public.subscribe_to_push_notifications(subscription app_public.web_push_subscription, user_agent text default null)
returns app_public.push_subscriptions
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.limit_rate('settings');
  perform app_private.require_user();
  if subscription.endpoint is null or octet_length(subscription.endpoint) > 2048
      or subscription.endpoint !~ '^https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?/[!-~]*$' then
    raise exception 'subscription.endpoint must be the https address that the browser gave.' using errcode = 'TR400';
  end if;
  -- In base64url, with the padding that some put at its end.
  if coalesce((subscription.keys).p256dh !~ '^[A-Za-z0-9_-]{1,200}={0,2}$', true)
      or coalesce((subscription.keys).auth !~ '^[A-Za-z0-9_-]{1,100}={0,2}$', true) then
    raise exception 'subscription.keys must have p256dh and auth.' using errcode = 'TR400';
  end if;
  return app_private.register_device(
    'web', subscription.endpoint, (subscription.keys).p256dh, (subscription.keys).auth,
    subscribe_to_push_notifications.user_agent);
end
$$;
comment on function app_public.subscribe_to_push_notifications(app_public.web_push_subscription, text) is
  'Registers a browser for notifications. Calling it again renews it; of more than 20 devices the oldest is dropped. Signing out ends it.';
grant execute on function app_public.subscribe_to_push_notifications(app_public.web_push_subscription, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/push-settings/subscribe_to_push_notifications.sql

--! Included functions/push-settings/register_push_token.sql
create or replace function app_public.register_push_token(channel app_public.push_channel, token text, user_agent text default null)
returns app_public.push_subscriptions
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.limit_rate('settings');
  perform app_private.require_user();
  if register_push_token.channel = 'web' then
    raise exception 'Browsers use subscribeToPushNotifications.' using errcode = 'TR400';
  end if;
  if register_push_token.token !~ (case register_push_token.channel when 'apns' then '^[0-9a-fA-F]+$' else '^[A-Za-z0-9_:.-]+$' end)
      or coalesce(char_length(register_push_token.token) not between 20 and 1024, true) then
    raise exception 'This is not a token of %.', upper(register_push_token.channel::text) using errcode = 'TR400';
  end if;
  return app_private.register_device(
    register_push_token.channel, register_push_token.token, null, null, register_push_token.user_agent);
end
$$;
comment on function app_public.register_push_token(app_public.push_channel, text, text) is
  'Registers a mobile app for notifications by its FCM or APNS token. Call it at every start: tokens change.';
grant execute on function app_public.register_push_token(app_public.push_channel, text, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/push-settings/register_push_token.sql

--! Included functions/push-settings/unsubscribe_from_push_notifications.sql
create or replace function app_public.unsubscribe_from_push_notifications(endpoint text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.limit_rate('settings');
  delete from app_public.push_subscriptions
    where push_subscriptions.user_id = app_private.require_user()
      and push_subscriptions.endpoint = unsubscribe_from_push_notifications.endpoint;
end
$$;
comment on function app_public.unsubscribe_from_push_notifications(text) is
  'Ends the notifications of one device, by its endpoint or token. Nothing happens when there is none.';
grant execute on function app_public.unsubscribe_from_push_notifications(text) to trumpet_user, trumpet_key;
--! EndIncluded functions/push-settings/unsubscribe_from_push_notifications.sql

--! Included functions/push-settings/push_subscriptions.sql
create or replace function app_public.push_subscriptions() returns setof app_public.push_subscriptions
language sql stable security invoker rows 5
set search_path = pg_catalog, pg_temp
as $$
  select push_subscriptions.* from app_public.push_subscriptions
    where push_subscriptions.user_id = app_hidden.current_user_id()
    order by renewed_at desc, id desc;
$$;
comment on function app_public.push_subscriptions() is
  'Your devices that get notifications, the last registered first.';
grant execute on function app_public.push_subscriptions() to trumpet_user;
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
create or replace function app_public.notification_settings() returns app_public.notification_settings
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select notification_settings.* from app_public.notification_settings
    where notification_settings.user_id = app_hidden.current_user_id();
$$;
comment on function app_public.notification_settings() is
  'When you are not to be notified. Null while you have set nothing.';
grant execute on function app_public.notification_settings() to trumpet_user;
--! EndIncluded functions/push-settings/notification_settings.sql

create type app_public.snooze_end as enum ('an_hour', 'tomorrow', 'monday');
comment on type app_public.snooze_end is
  'When one wants to be notified again. AN_HOUR: in an hour. TOMORROW: at 9:00 tomorrow. MONDAY: at 9:00 next Monday.';

--! Included functions/push-settings/end_of_snooze.sql
/*
 * The morning is one of the calendar where the person is: nine o'clock there, on a day whose clocks change, too.
 */
create or replace function app_private.end_of_snooze(
  user_id uuid, until timestamptz, snooze app_public.snooze_end, time_zone text, since timestamptz default now()
) returns timestamptz
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_time_zone constant text := coalesce(
    app_private.read_time_zone(end_of_snooze.time_zone),
    (select notification_settings.time_zone from app_public.notification_settings
      where notification_settings.user_id = end_of_snooze.user_id),
    'UTC');
  v_is_offset constant boolean := v_time_zone ~ '^[+-]';
  v_today date;
  v_morning timestamp;
begin
  if end_of_snooze.snooze is null then
    return end_of_snooze.until;
  end if;
  if end_of_snooze.until is not null then
    raise exception 'Either until or snooze may be given.' using errcode = 'TR400';
  end if;
  if end_of_snooze.snooze = 'an_hour' then
    return since + interval '1 hour';
  end if;
  v_today := case when v_is_offset then since at time zone v_time_zone::interval else since at time zone v_time_zone end;
  v_morning := time '09:00' + case end_of_snooze.snooze
    when 'tomorrow' then v_today + 1
    else v_today + 8 - extract(isodow from v_today)::integer end;
  return case when v_is_offset then v_morning at time zone v_time_zone::interval else v_morning at time zone v_time_zone end;
end
$$;
comment on function app_private.end_of_snooze(uuid, timestamptz, app_public.snooze_end, text, timestamptz) is
  'Until when nothing is to notify a person who has said so by a moment or by name.';
--! EndIncluded functions/push-settings/end_of_snooze.sql

--! Included functions/push-settings/set_do_not_disturb.sql
create or replace function app_public.set_do_not_disturb(
  until timestamptz default null, snooze app_public.snooze_end default null, time_zone text default null
) returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users := app_private.caller();
begin
  perform app_private.limit_rate('settings');
  perform app_private.check_moment(set_do_not_disturb.until, 'until');
  set_do_not_disturb.until := app_private.end_of_snooze(v_user.id, set_do_not_disturb.until, set_do_not_disturb.snooze, set_do_not_disturb.time_zone);
  insert into app_public.notification_settings (user_id, do_not_disturb_until)
    values (v_user.id, set_do_not_disturb.until)
    on conflict on constraint notification_settings_pkey do update set do_not_disturb_until = excluded.do_not_disturb_until;
  perform app_private.tell_person(v_user.id, 'notifications', null);
  return v_user;
end
$$;
comment on function app_public.set_do_not_disturb(timestamptz, app_public.snooze_end, text) is
  'Nothing notifies you until then: `until`, or what `snooze` says, where `timeZone` is, or else your settings say that you are. Without either, it ends now.';
grant execute on function app_public.set_do_not_disturb(timestamptz, app_public.snooze_end, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/push-settings/set_do_not_disturb.sql

--! Included functions/push-settings/read_time_zone.sql
/*
 * Postgres also takes the notation of POSIX, in which signs are turned round: to it `UTC+3` is west of Greenwich, and so
 * is any word with a number. People mean what ISO 8601 means, so such a zone is kept as `+03:00`, and applied as an
 * interval (local_time), which Postgres reads in that way.
 */
create or replace function app_private.read_time_zone(time_zone text) returns text
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_offset constant text[] := regexp_match(time_zone, '^(?:UTC|GMT)?([+-])(\d{1,2})(?::?([0-5]\d))?$', 'i');
  v_minutes constant integer := coalesce(v_offset[2]::integer * 60 + coalesce(v_offset[3], '0')::integer, 0);
  v_name text;
begin
  if upper(time_zone) = 'Z' or v_offset is not null and v_minutes = 0 then
    return 'UTC';
  end if;
  if v_offset is not null and v_minutes <= 14 * 60 then
    return v_offset[1] || to_char(make_interval(mins => v_minutes), 'HH24:MI');
  end if;
  if v_offset is null then
    select name into v_name from pg_timezone_names where lower(name) = lower(time_zone);
  end if;
  if v_name is null and time_zone is not null then
    raise exception 'timeZone is a name such as Europe/Berlin, or an offset from UTC such as +03:00.' using errcode = 'TR400';
  end if;
  return v_name;
end
$$;
comment on function app_private.read_time_zone(text) is
  'A time zone as it is kept, such as `Europe/Berlin` or `+03:00`; null for null; BAD_INPUT when it is neither a name nor an offset.';
--! EndIncluded functions/push-settings/read_time_zone.sql

--! Included functions/push-settings/set_quiet_hours.sql
create or replace function app_public.set_quiet_hours(
  quiet_from time default null, quiet_until time default null, time_zone text default null
) returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users := app_private.caller();
  v_time_zone text;
begin
  perform app_private.limit_rate('settings');
  if (set_quiet_hours.quiet_from is null) <> (set_quiet_hours.quiet_until is null) then
    raise exception 'Quiet hours need quietFrom and quietUntil.' using errcode = 'TR400';
  end if;
  v_time_zone := app_private.read_time_zone(set_quiet_hours.time_zone);
  insert into app_public.notification_settings (user_id, quiet_from, quiet_until, time_zone)
    values (v_user.id, set_quiet_hours.quiet_from, set_quiet_hours.quiet_until, coalesce(v_time_zone, 'UTC'))
    on conflict on constraint notification_settings_pkey do update set
      quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until,
      time_zone = coalesce(v_time_zone, notification_settings.time_zone);
  perform app_private.tell_person(v_user.id, 'notifications', null);
  return v_user;
end
$$;
comment on function app_public.set_quiet_hours(time, time, text) is
  'Nothing notifies you between two times of day, such as `22:00` and `07:00` in `Europe/Berlin`; `00:00` to `24:00` is all day. `timeZone` is a name of the IANA or an offset such as `+03:00`, east of Greenwich. Without times, it ends.';
grant execute on function app_public.set_quiet_hours(time, time, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/push-settings/set_quiet_hours.sql

--! Included functions/push-settings/set_email_digests.sql
create or replace function app_public.set_email_digests(enabled boolean) returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users := app_private.caller();
begin
  perform app_private.limit_rate('settings');
  insert into app_public.notification_settings (user_id, email_digests)
    values (v_user.id, set_email_digests.enabled)
    on conflict on constraint notification_settings_pkey do update set email_digests = excluded.email_digests;
  perform app_private.tell_person(v_user.id, 'notifications', null);
  return v_user;
end
$$;
comment on function app_public.set_email_digests(boolean) is
  'Whether you get an e-mail about what you missed after an hour away. On unless you switch it off.';
grant execute on function app_public.set_email_digests(boolean) to trumpet_user, trumpet_key;
--! EndIncluded functions/push-settings/set_email_digests.sql

--! Included functions/push-settings/silence_room.sql
/* Silence from one room, mentions included; the level says which of its messages count while there is none. */
create or replace function app_public.silence_room(
  room_id uuid, until timestamptz default null, snooze app_public.snooze_end default null, time_zone text default null
) returns app_public.room_members
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_member app_public.room_members;
begin
  perform app_private.limit_rate('settings');
  perform app_private.check_moment(silence_room.until, 'until');
  silence_room.until := app_private.end_of_snooze(
    app_private.require_user(), silence_room.until, silence_room.snooze, silence_room.time_zone);
  v_member := (app_private.lock_room_as(silence_room.room_id, writable => false)).member;
  insert into app_private.member_preferences (room_id, user_id, silent_until)
    values (v_member.room_id, v_member.user_id, silence_room.until)
    on conflict on constraint member_preferences_pkey do update set silent_until = excluded.silent_until;
  perform app_private.tell_person(v_member.user_id, 'room', v_member.room_id);
  return v_member;
end
$$;
comment on function app_public.silence_room(uuid, timestamptz, app_public.snooze_end, text) is
  'Nothing of this room notifies you until then, not even a mention: `until`, or what `snooze` says, where `timeZone` is, or else your settings say that you are. Without either, it ends now.';
grant execute on function app_public.silence_room(uuid, timestamptz, app_public.snooze_end, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/push-settings/silence_room.sql

--! Included functions/push-settings/room_members_silent_until.sql
create or replace function app_public.room_members_silent_until(member app_public.room_members) returns timestamptz
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select silent_until from app_private.member_preferences
    where member_preferences.user_id = member.user_id and member_preferences.room_id = member.room_id
      and member.user_id = app_hidden.current_user_id();
$$;
comment on function app_public.room_members_silent_until(app_public.room_members) is
  'Until when nothing of the room notifies you. Null on anyone''s membership but your own.';
grant execute on function app_public.room_members_silent_until(app_public.room_members) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/push-settings/room_members_silent_until.sql

--! Included functions/push-settings/set_push_privacy.sql
/* What a locked screen shows is for its room to decide. */
create or replace function app_public.set_push_privacy(room_id uuid, hide_text boolean) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_room app_public.rooms;
begin
  perform app_private.limit_rate('settings');
  v_locked := app_private.lock_room_as(set_push_privacy.room_id);
  v_room := v_locked.room;
  perform app_private.check_permission_of_equals(v_locked.room, v_locked.member, 'edit_room');
  update app_public.rooms set hides_push_text = set_push_privacy.hide_text
    where rooms.id = set_push_privacy.room_id
    returning * into v_room;
  return v_room;
end
$$;
comment on function app_public.set_push_privacy(uuid, boolean) is
  'Whether notifications of this room leave out what was written. For admins and the owner; in a direct conversation for both, unless one has blocked the other (`BLOCKED`).';
grant execute on function app_public.set_push_privacy(uuid, boolean) to trumpet_user, trumpet_key;
--! EndIncluded functions/push-settings/set_push_privacy.sql

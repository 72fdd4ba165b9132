--! Previous: sha1:4748807c6fff1c6b6118d3fb256ee793967ff651
--! Hash: sha1:916d16f2da34dfe505ca4465e3dbae3bc8e26ccb

/*
 * From a message to the devices of those who missed it.
 *
 *   send ──▶ push_notices ──(5 s)──▶ notify_room ──▶ send_push, one job a person and room ──▶ devices
 *
 * Sending a message notes that its room has something to tell, and no more: one row a room, whoever its members are.
 * When the delay is over, a worker turns the note into one job for the room, which finds in one statement the members
 * who missed it and makes one job for each. Both look at the state of that moment: what was read meanwhile is not
 * pushed, and several messages are one push.
 */
create table app_private.push_notices (
  room_id uuid primary key,
  first_seq bigint not null,
  noted_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
comment on table app_private.push_notices is
  'Rooms with messages that nobody has been notified of yet.';
comment on column app_private.push_notices.first_seq is 'The first of these messages.';
alter table app_private.push_notices enable row level security;

--! Included functions/push/tg_messages__note_push.sql
/*
 * Added to a job queue here, each send would also NOTIFY the workers, and commits that do so are serialised. Measured
 * with 16 writers in as many rooms: 1,600 add_job a second and 24,000 of these notes.
 *
 * A note that is there already is locked, though not written again. The worker skips locked notes, so it does not take
 * one away under a message that is not committed yet.
 */
create or replace function app_private.tg_messages__note_push() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    if new.message_type = 'system' or new.held_at is not null or app_private.is_import_in_bulk() then
      return null;
    end if;
  elsif old.held_at is null or new.held_at is not null or new.deleted_at is not null then
    return null;
  elsif not app_private.is_provisional(old.seq) then
    -- What is released in its old place is news to devices that have been told of what came after it.
    update app_private.push_marks set through_seq = new.seq - 1
      where push_marks.room_id = new.room_id and push_marks.through_seq >= new.seq;
  end if;
  if current_setting('trumpet.import', true) = 'on' then
    return null;
  end if;
  -- Nobody has subscribed yet.
  if exists (select from app_public.push_subscriptions) then
    insert into app_private.push_notices as note (room_id, first_seq) values (new.room_id, new.seq)
      on conflict (room_id) do update set first_seq = note.first_seq where false;
  end if;
  return null;
end
$$;
comment on function app_private.tg_messages__note_push() is 'Notes that a room has something to notify its members of.';
--! EndIncluded functions/push/tg_messages__note_push.sql

create trigger _600_note_push after insert on app_public.messages
  for each row execute function app_private.tg_messages__note_push();
create trigger _600_note_push_released after update of held_at on app_public.messages
  for each row execute function app_private.tg_messages__note_push();

/*
 * Up to which message a device has been told about a room. Claimed in a transaction of its own, whose commit leaves the
 * worker together with the last bytes of the push: see src/push/claim.ts.
 */
create table app_private.push_marks (
  user_id uuid not null,
  room_id uuid not null references app_public.rooms on delete cascade,
  subscription_id uuid not null references app_public.push_subscriptions on delete cascade,
  through_seq bigint not null,
  shown boolean not null default true,
  claimed_at timestamptz not null default clock_timestamp(),
  primary key (user_id, room_id, subscription_id)
) with (fillfactor = 70);
comment on table app_private.push_marks is 'The last push about each room to each device.';
comment on column app_private.push_marks.through_seq is 'The last message that it told of.';
comment on column app_private.push_marks.shown is 'Whether the device may still show it. False once it has been told to clear it.';
alter table app_private.push_marks enable row level security;
create index push_marks_subscription_id on app_private.push_marks (subscription_id);
create index push_marks_room_id on app_private.push_marks (room_id);

--! Included functions/push/enqueue_due_pushes.sql
create or replace function app_private.enqueue_due_pushes(delay interval) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rooms_at_once constant integer := 1000;
  v_specs graphile_worker.job_spec[];
begin
  with due as (
    select room_id from app_private.push_notices
      where noted_at <= clock_timestamp() - delay
      order by noted_at
      limit v_rooms_at_once
      for update skip locked
  ), taken as (
    delete from app_private.push_notices using due where push_notices.room_id = due.room_id
      returning push_notices.*
  )
  select array_agg(row(
      'notify_room', json_build_object('roomId', room_id, 'firstSeq', first_seq, 'notedAt', noted_at),
      null, null, null, null, null, null)::graphile_worker.job_spec)
    into v_specs from taken;
  if v_specs is not null then
    perform graphile_worker.add_jobs(v_specs);
  end if;
  return coalesce(cardinality(v_specs), 0);
end
$$;
comment on function app_private.enqueue_due_pushes(interval) is
  'Makes a job of each note that is older than the delay. The worker calls it twice a second.';
--! EndIncluded functions/push/enqueue_due_pushes.sql

--! Included functions/push/local_time.sql
create or replace function app_private.local_time(time_zone text) returns time
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select case
    when time_zone ~ '^[+-]' then now() at time zone time_zone::interval
    else now() at time zone time_zone
  end::time;
$$;
comment on function app_private.local_time(text) is 'What time it is now in a zone that read_time_zone has read.';
--! EndIncluded functions/push/local_time.sql

--! Included functions/push/is_quiet.sql
create or replace function app_private.is_quiet(settings app_public.notification_settings) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(case
    -- The same time twice is a whole day.
    when settings.quiet_from < settings.quiet_until
      then local.time >= settings.quiet_from and local.time < settings.quiet_until
    else local.time >= settings.quiet_from or local.time < settings.quiet_until
  end, false)
  from (select app_private.local_time(settings.time_zone)) as local (time);
$$;
comment on function app_private.is_quiet(app_public.notification_settings) is
  'Whether it is within a person''s quiet hours where they are.';
--! EndIncluded functions/push/is_quiet.sql

--! Included functions/push/missed_messages.sql
/*
 * The one place that decides who is notified of what. Of each member asked about: the messages from first_seq on, sent
 * later than a moment, that they have not read and that count for them, or what speaks against a notification.
 *
 * What counts: at the level ALL everything, at MENTIONS what mentions them and direct messages, at NONE nothing. A thread
 * may have a level of its own, which goes before that of its room. What speaks against it, whatever counts: do not disturb, quiet hours, a silenced room, having the room in view.
 *
 * More than a screen tells is not looked at: "100 new messages" stays that when they are a thousand. Mentions are looked
 * for by themselves, so that none is missed because much was written after it.
 */
create or replace function app_private.missed_messages(
  room_id uuid, user_ids uuid[], first_seq bigint default 1, sent_after timestamptz default '-infinity'
) returns table (
  user_id uuid, suppressed_by text, message_count integer, mention_count integer,
  last_message_id uuid, through_seq bigint
)
language plpgsql stable security invoker rows 100
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  return query
    select
      room_members.user_id,
      case
        when settings.do_not_disturb_until > now() then 'do_not_disturb'
        when app_private.is_quiet(settings) then 'quiet_hours'
        when preferences.silent_until > now() then 'silenced'
        when exists (
          select from app_private.presence_sessions
            where presence_sessions.user_id = room_members.user_id
              and presence_sessions.room_id = missed_messages.room_id
              and presence_sessions.status in ('online', 'busy')
              and presence_sessions.expires_at > now()
        ) then 'in_view'
        when missed.message_count > 0 then null
        when exists (
          select from app_private.unread_messages
            where unread_messages.user_id = room_members.user_id and unread_messages.room_id = room_members.room_id
              and unread_messages.seq >= missed_messages.first_seq
        ) then 'level'
        when exists (
          select from app_public.messages
            where messages.room_id = room_members.room_id
              and messages.seq >= missed_messages.first_seq and messages.seq > app_private.read_to(room_members)
              and messages.author_id = any (app_private.blocked_by(room_members.user_id))
              and messages.deleted_at is null and messages.held_at is null
        ) then 'blocked'
        else 'read'
      end,
      missed.message_count,
      missed.mention_count,
      missed.last_message_id,
      missed.through_seq
    from app_public.room_members
    join app_public.rooms on rooms.id = room_members.room_id
    left join app_private.member_preferences as preferences
      on preferences.user_id = room_members.user_id and preferences.room_id = room_members.room_id
    left join app_public.notification_settings as settings on settings.user_id = room_members.user_id
    cross join lateral (
      select
        least(count(*), 100)::integer as message_count,
        least(count(*) filter (where counting.is_mention), 100)::integer as mention_count,
        (array_agg(counting.id order by counting.seq desc))[1] as last_message_id,
        max(counting.seq) as through_seq
      from (
        select candidate.id, candidate.seq, bool_or(candidate.is_mention) as is_mention
          from (
            (
              select unread_messages.id, unread_messages.seq, false as is_mention
                from app_private.unread_messages
                where unread_messages.user_id = room_members.user_id and unread_messages.room_id = room_members.room_id
                  and unread_messages.seq >= missed_messages.first_seq
                  and unread_messages.created_at > missed_messages.sent_after
                  and case coalesce(preferences.notification_level, 'all')
                    when 'all' then true when 'mentions' then rooms.type = 'direct' else false end
                  and not exists (
                    select from app_private.thread_followers
                      where thread_followers.user_id = room_members.user_id
                        and thread_followers.thread_id = unread_messages.parent_message_id
                        and thread_followers.notification_level in ('mentions', 'none'))
                order by unread_messages.seq desc
                limit 100
            )
            union all
            (
              select unread_mentions.id, unread_mentions.seq, true
                from app_private.unread_mentions
                where unread_mentions.user_id = room_members.user_id and unread_mentions.room_id = room_members.room_id
                  and unread_mentions.seq >= missed_messages.first_seq
                  and unread_mentions.created_at > missed_messages.sent_after
                  and not exists (
                    select from app_private.thread_followers
                      where thread_followers.user_id = room_members.user_id
                        and thread_followers.thread_id = unread_mentions.parent_message_id
                        and thread_followers.notification_level = 'none')
                order by unread_mentions.seq desc
                limit 100
            )
            union all
            (
              -- By thread, for of the others in the room nothing is looked for.
              select answers.id, answers.seq, false
                from app_private.thread_followers
                cross join lateral (
                  select unread_messages.id, unread_messages.seq
                    from app_private.unread_messages
                    where unread_messages.user_id = room_members.user_id and unread_messages.room_id = room_members.room_id
                      and unread_messages.parent_message_id = thread_followers.thread_id
                      and unread_messages.id >= app_private.thread_floor(thread_followers.thread_id)
                      and unread_messages.seq >= missed_messages.first_seq
                      and unread_messages.created_at > missed_messages.sent_after
                      and unread_messages.seq > thread_followers.read_seq
                    order by unread_messages.seq desc
                    limit 100
                ) as answers
                where thread_followers.room_id = room_members.room_id and thread_followers.user_id = room_members.user_id
                  and preferences.notification_level in ('mentions', 'none')
                  and thread_followers.notification_level = 'all'
            )
          ) as candidate
          group by candidate.id, candidate.seq
      ) as counting
    ) as missed
    where room_members.room_id = missed_messages.room_id
      and room_members.user_id = any (missed_messages.user_ids);
end
$$;
comment on function app_private.missed_messages(uuid, uuid[], bigint, timestamptz) is
  'Of members of a room: which messages they should be notified of, or what speaks against it.';
--! EndIncluded functions/push/missed_messages.sql

--! Included functions/push/notify_room.sql
/* The fan-out: one statement, however many members. */
create or replace function app_private.notify_room(room_id uuid, first_seq bigint, noted_at timestamptz)
returns table (suppressed_by text, member_count integer)
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_ids uuid[] := array(
    select room_members.user_id from app_public.room_members
      where room_members.room_id = notify_room.room_id
        and exists (
          select from app_public.push_subscriptions where push_subscriptions.user_id = room_members.user_id));
  v_specs graphile_worker.job_spec[];
  v_causes text[];
begin
  select
      array_agg(row(
        'send_push',
        json_build_object('userId', missed.user_id, 'roomId', notify_room.room_id, 'notedAt', notify_room.noted_at),
        null, null, null, 'push:' || missed.user_id || ':' || notify_room.room_id, null, null)::graphile_worker.job_spec)
        filter (where missed.suppressed_by is null),
      array_agg(missed.suppressed_by) filter (where missed.suppressed_by is not null)
    into v_specs, v_causes
    from app_private.missed_messages(notify_room.room_id, v_user_ids, notify_room.first_seq) as missed;
  if v_specs is not null then
    perform graphile_worker.add_jobs(v_specs);
  end if;
  return query select cause, count(*)::integer from unnest(v_causes) as cause group by cause;
end
$$;
comment on function app_private.notify_room(uuid, bigint, timestamptz) is
  'Makes a job for each member of a room who should be notified, and counts those who should not, by cause.';
--! EndIncluded functions/push/notify_room.sql

--! Included functions/push/unread_total.sql
create or replace function app_private.unread_total(user_id uuid) returns bigint
language sql stable security invoker
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
  select coalesce(sum(unread_count), 0)::bigint from app_private.unread_counts
    where unread_counts.user_id = unread_total.user_id
      and app_private.level_of(unread_counts.user_id, unread_counts.room_id) <> 'none';
$$;
comment on function app_private.unread_total(uuid) is
  'How many messages a person has not read over all rooms whose level is not NONE: the number on an app''s icon, the sum of the inbox.';
--! EndIncluded functions/push/unread_total.sql

--! Included functions/push/device_json.sql
create or replace function app_private.device_json(subscription app_public.push_subscriptions) returns json
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select json_build_object(
    'subscriptionId', subscription.id, 'channel', subscription.channel, 'endpoint', subscription.endpoint,
    'p256dh', push_devices.p256dh, 'auth', push_devices.auth, 'vapidPublicKey', push_devices.vapid_public_key,
    'failures', push_devices.failures, 'pausedUntil', push_devices.paused_until)
    from app_private.push_devices where push_devices.subscription_id = subscription.id;
$$;
comment on function app_private.device_json(app_public.push_subscriptions) is 'A device, as src/push/channel.ts reads it.';
--! EndIncluded functions/push/device_json.sql

--! Included functions/push/compose_push.sql
/*
 * Everything that one push is made of, as it is at this moment. The devices are those that want it and have not been told
 * of these messages yet: after a crash the job runs again and leaves out who has been told.
 */
create or replace function app_private.compose_push(user_id uuid, room_id uuid, subscription_id uuid default null)
returns table (
  suppressed_by text, room_type app_public.room_type, room_name text, hides_text boolean, author_name text,
  message_id uuid, content text, message_count integer, mention_count integer, through_seq bigint, badge bigint,
  read_room_ids uuid[], devices json, delivered_seq bigint
)
language sql stable security invoker rows 1
set search_path = pg_catalog, pg_temp
as $$
  select
    missed.suppressed_by,
    rooms.type,
    app_private.name_for(compose_push.user_id, rooms),
    -- What is shown on a device cannot be taken back there for sure.
    rooms.hides_push_text or messages.disappears_at is not null,
    users.display_name,
    messages.id,
    left(app_private.notice_of(messages), 500),
    missed.message_count,
    missed.mention_count,
    missed.through_seq,
    app_private.unread_total(compose_push.user_id),
    array(
      select distinct push_marks.room_id
        from app_private.push_marks
        join app_public.room_members
          on room_members.room_id = push_marks.room_id and room_members.user_id = push_marks.user_id
        where push_marks.user_id = compose_push.user_id
          and push_marks.room_id <> compose_push.room_id
          and push_marks.shown
          and app_private.read_to(room_members) >= push_marks.through_seq
        limit 20),
    (
      select json_agg(app_private.device_json(push_subscriptions))
        from app_public.push_subscriptions
        left join app_private.push_marks
          on push_marks.user_id = compose_push.user_id
          and push_marks.room_id = compose_push.room_id
          and push_marks.subscription_id = push_subscriptions.id
        where push_subscriptions.user_id = compose_push.user_id
          and (compose_push.subscription_id is null or push_subscriptions.id = compose_push.subscription_id)
          and coalesce(push_marks.through_seq, 0) < missed.through_seq
          and case push_subscriptions.notification_level
            when 'all' then true when 'mentions' then missed.mention_count > 0 or rooms.type = 'direct' else false end
          and not (push_subscriptions.quiet_while_online and exists (
            select from app_private.presence_sessions
              where presence_sessions.user_id = compose_push.user_id
                and presence_sessions.status in ('online', 'busy') and presence_sessions.expires_at > now()))),
    case when rooms.has_delivery_receipts then missed.through_seq end
  from app_private.missed_messages(compose_push.room_id, array[compose_push.user_id]) as missed
  join app_public.rooms on rooms.id = compose_push.room_id
  left join app_public.messages on messages.id = missed.last_message_id
    and (messages.disappears_at is null or messages.disappears_at > statement_timestamp())
  left join app_public.users on users.id = messages.author_id;
$$;
comment on function app_private.compose_push(uuid, uuid, uuid) is
  'What to tell a person about a room, and which of their devices; or what speaks against it. No row when they are no member.';
--! EndIncluded functions/push/compose_push.sql

--! Included functions/push/claim_push.sql
create or replace function app_private.claim_push(user_id uuid, room_id uuid, subscription_id uuid, through_seq bigint)
returns table (previous_seq bigint)
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  insert into app_private.push_marks (user_id, room_id, subscription_id, through_seq)
    select claim_push.user_id, claim_push.room_id, push_subscriptions.id, claim_push.through_seq
      from app_public.push_subscriptions
      where push_subscriptions.id = claim_push.subscription_id and push_subscriptions.user_id = claim_push.user_id
    on conflict on constraint push_marks_pkey do update set
      through_seq = excluded.through_seq, shown = true, claimed_at = clock_timestamp()
      where push_marks.through_seq < excluded.through_seq
    returning coalesce(old.through_seq, 0);
$$;
comment on function app_private.claim_push(uuid, uuid, uuid, bigint) is
  'Takes the right to tell a device of the messages up to one: a row for whoever is first, none for anyone after.';
--! EndIncluded functions/push/claim_push.sql

--! Included functions/push/enqueue_paused_push.sql
create or replace function app_private.enqueue_paused_push(user_id uuid, room_id uuid, subscription_id uuid, run_at timestamptz)
returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select graphile_worker.add_job(
    'send_push',
    json_build_object(
      'userId', enqueue_paused_push.user_id, 'roomId', enqueue_paused_push.room_id,
      'subscriptionId', enqueue_paused_push.subscription_id),
    run_at => enqueue_paused_push.run_at,
    job_key => 'push:' || enqueue_paused_push.user_id || ':' || enqueue_paused_push.room_id || ':' || enqueue_paused_push.subscription_id);
$$;
comment on function app_private.enqueue_paused_push(uuid, uuid, uuid, timestamptz) is
  'Pushes to one device once its push service wants to hear of us again.';
--! EndIncluded functions/push/enqueue_paused_push.sql

--! Included functions/push/note_push_refused.sql
create or replace function app_private.note_push_refused(subscription_id uuid, wait interval) returns timestamptz
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_failures_allowed constant integer := 10;
  v_device app_private.push_devices;
begin
  update app_private.push_devices set
    failures = failures + 1,
    paused_until = greatest(paused_until, clock_timestamp() + note_push_refused.wait)
    where push_devices.subscription_id = note_push_refused.subscription_id
    returning * into v_device;
  return case when v_device.failures <= v_failures_allowed then v_device.paused_until end;
end
$$;
comment on function app_private.note_push_refused(uuid, interval) is
  'All pushes to a device wait. Until when; null when it has refused too often.';
--! EndIncluded functions/push/note_push_refused.sql

--! Included functions/push/postpone_push.sql
/*
 * A push service that answers 429 or 5xx has not taken the push: the claim is given back, where there is one
 * (`previous_seq`), and a job for this device alone tries again. All pushes to the device wait that long.
 */
create or replace function app_private.postpone_push(
  user_id uuid, room_id uuid, subscription_id uuid, claimed_seq bigint, previous_seq bigint, wait interval
) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_again constant timestamptz := app_private.note_push_refused(postpone_push.subscription_id, postpone_push.wait);
begin
  if v_again is null then
    return false;
  end if;
  update app_private.push_marks set through_seq = postpone_push.previous_seq
    where push_marks.user_id = postpone_push.user_id
      and push_marks.room_id = postpone_push.room_id
      and push_marks.subscription_id = postpone_push.subscription_id
      and push_marks.through_seq = postpone_push.claimed_seq;
  perform app_private.enqueue_paused_push(
    postpone_push.user_id, postpone_push.room_id, postpone_push.subscription_id, v_again);
  return true;
end
$$;
comment on function app_private.postpone_push(uuid, uuid, uuid, bigint, bigint, interval) is
  'Gives a claim back and tries again later. False when the device has refused too often: the push is given up.';
--! EndIncluded functions/push/postpone_push.sql

--! Included functions/push/note_push_sent.sql
create or replace function app_private.note_push_sent(subscription_id uuid, read_room_ids uuid[]) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  update app_private.push_devices set failures = 0, paused_until = null
    where push_devices.subscription_id = note_push_sent.subscription_id and failures > 0;
  update app_private.push_marks set shown = false
    where push_marks.subscription_id = note_push_sent.subscription_id
      and push_marks.room_id = any (note_push_sent.read_room_ids);
$$;
comment on function app_private.note_push_sent(uuid, uuid[]) is
  'A push has gone out: the device answers again, and has been told which notifications to take away.';
--! EndIncluded functions/push/note_push_sent.sql

--! Included functions/push/tg_room_members__clear_push.sql
/*
 * What is read on one device is cleared on the others. An app takes a silent push for that; a browser has to show every
 * push it gets, so it learns with the next one.
 */
create or replace function app_private.tg_room_members__clear_push() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  -- What was read: of a membership, or for oneself alone.
  v_read_to constant bigint := (to_jsonb(new) ->> tg_argv[0])::bigint;
begin
  if exists (
    select from app_private.push_marks
      join app_public.push_subscriptions on push_subscriptions.id = push_marks.subscription_id
      where push_marks.user_id = new.user_id
        and push_marks.room_id = new.room_id
        and push_marks.shown
        and push_marks.through_seq <= v_read_to
        and push_subscriptions.channel <> 'web'
  ) then
    perform graphile_worker.add_job(
      'clear_pushes', json_build_object('userId', new.user_id, 'roomId', new.room_id),
      job_key => 'clear:' || new.user_id || ':' || new.room_id);
  end if;
  return null;
end
$$;
comment on function app_private.tg_room_members__clear_push() is
  'Has the notifications of a room taken away once it is read on another device.';
--! EndIncluded functions/push/tg_room_members__clear_push.sql

create trigger _600_clear_push after update of last_read_seq on app_public.room_members
  for each row when (old.last_read_seq < new.last_read_seq) execute function app_private.tg_room_members__clear_push('last_read_seq');
create trigger _600_clear_push after insert or update of read_to_seq on app_private.member_preferences
  for each row when (new.read_to_seq is not null) execute function app_private.tg_room_members__clear_push('read_to_seq');

--! Included functions/push/claim_clearing.sql
create or replace function app_private.claim_clearing(user_id uuid, room_id uuid)
returns table (badge bigint, devices json)
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  with read as (
    update app_private.push_marks set shown = false
      from app_public.push_subscriptions, app_public.room_members
      where push_marks.user_id = claim_clearing.user_id
        and push_marks.room_id = claim_clearing.room_id
        and push_marks.shown
        and push_subscriptions.id = push_marks.subscription_id
        and push_subscriptions.channel <> 'web'
        and room_members.user_id = push_marks.user_id
        and room_members.room_id = push_marks.room_id
        and (
          app_private.read_to(room_members) >= push_marks.through_seq
          -- Or what it was about is gone.
          or exists (
            select from app_private.gone_places
              where gone_places.room_id = push_marks.room_id and gone_places.seq = push_marks.through_seq))
      returning push_marks.subscription_id
  )
  select app_private.unread_total(claim_clearing.user_id), json_agg(app_private.device_json(push_subscriptions))
    from read
    join app_public.push_subscriptions on push_subscriptions.id = read.subscription_id;
$$;
comment on function app_private.claim_clearing(uuid, uuid) is
  'The apps that still show a room that has been read, or whose last message there is gone; each is given out once.';
--! EndIncluded functions/push/claim_clearing.sql

--! Previous: sha1:b72c949c879f2016fd26fe846fee1e70dd96d206
--! Hash: sha1:76ade8ebacefc64f20e36355b53b02fd84b6fe08

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
  also_send_to_room boolean not null default false,
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
comment on column app_public.scheduled_messages.also_send_to_room is 'Whether the answer goes to the room as well.';
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
/*
 * As calendars do it: a time that the clocks skip is as much later (02:30 of a night without it is 03:30), and of a time
 * that comes twice it is the first. Both follow from the offset of the day before. Postgres would take the second.
 */
create or replace function app_private.local_moment(local_time text, time_zone text) returns timestamptz
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_local timestamp;
  v_as_utc timestamptz;
  v_day constant interval := '24 hours';
  v_before interval;
  v_after interval;
begin
  if local_moment.local_time !~ '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?$' then
    raise exception 'localTime is a date and a time of day, such as 2030-03-31T09:00.' using errcode = 'TR400';
  end if;
  begin
    v_local := local_moment.local_time::timestamp;
  exception when datetime_field_overflow then
    raise exception 'There is no such day or time: %.', local_moment.local_time using errcode = 'TR400';
  end;
  v_as_utc := v_local at time zone 'UTC';
  if local_moment.time_zone ~ '^[+-]' then
    return v_local at time zone local_moment.time_zone::interval;
  end if;
  v_before := (v_as_utc - v_day) at time zone local_moment.time_zone - (v_as_utc - v_day) at time zone 'UTC';
  v_after := (v_as_utc + v_day) at time zone local_moment.time_zone - (v_as_utc + v_day) at time zone 'UTC';
  return case when (v_as_utc - v_after) at time zone local_moment.time_zone = v_local
      and (v_as_utc - v_before) at time zone local_moment.time_zone <> v_local
    then v_as_utc - v_after else v_as_utc - v_before end;
end
$$;
comment on function app_private.local_moment(text, text) is
  'The moment of a local time such as `2030-03-31T09:00` in a zone that read_time_zone has read; BAD_INPUT when there is none.';
--! EndIncluded functions/later/local_moment.sql

--! Included functions/later/read_due.sql
create or replace function app_private.read_due(due_at timestamptz, local_time text, time_zone text, user_id uuid)
returns app_private.due
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ahead constant interval := '1 year';
  v_due app_private.due;
begin
  if (read_due.due_at is null) = (read_due.local_time is null) then
    raise exception 'Say when: a moment, or a localTime.' using errcode = 'TR400';
  end if;
  v_due.at := read_due.due_at;
  v_due.time_zone := coalesce(
    app_private.read_time_zone(read_due.time_zone),
    (select notification_settings.time_zone from app_public.notification_settings where notification_settings.user_id = read_due.user_id),
    'UTC');
  if read_due.local_time is not null then
    v_due.local_time := replace(read_due.local_time, ' ', 'T');
    v_due.at := app_private.local_moment(v_due.local_time, v_due.time_zone);
  end if;
  if v_due.at <= clock_timestamp() then
    raise exception 'This time is over already.' using errcode = 'TR400';
  end if;
  if v_due.at > clock_timestamp() + v_ahead then
    raise exception 'This is more than a year ahead.' using errcode = 'TR400';
  end if;
  return v_due;
end
$$;
comment on function app_private.read_due(timestamptz, text, text, uuid) is
  'When something is to be done, given as a moment or as a local time, in the zone that is given or the person''s own; BAD_INPUT when it is over, or more than a year ahead.';
--! EndIncluded functions/later/read_due.sql

--! Included functions/later/set_alarm.sql
create or replace function app_private.set_alarm(kind text, subject_id uuid, due_at timestamptz) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  insert into app_private.alarms (kind, subject_id, due_at)
    values (set_alarm.kind, set_alarm.subject_id, set_alarm.due_at)
    on conflict on constraint alarms_pkey do update set due_at = excluded.due_at;
$$;
comment on function app_private.set_alarm(text, uuid, timestamptz) is 'Has the worker do something at a time; once more sets another time.';
--! EndIncluded functions/later/set_alarm.sql

--! Included functions/later/enqueue_due.sql
/* A job is made and its alarm taken in one transaction: it is there once, whoever is killed. Jobs fail each alone. */
create or replace function app_private.enqueue_due() returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_at_once constant integer := 1000;
  v_specs graphile_worker.job_spec[];
begin
  with due as (
    select kind, subject_id from app_private.alarms
      where due_at <= clock_timestamp()
      order by due_at
      limit v_at_once
      for update skip locked
  ), taken as (
    delete from app_private.alarms using due
      where alarms.kind = due.kind and alarms.subject_id = due.subject_id
      returning alarms.*
  )
  select array_agg(row(
      kind, json_build_object('id', subject_id), null, null, null, kind || ':' || subject_id, null, null)::graphile_worker.job_spec)
    into v_specs from taken;
  if v_specs is not null then
    perform graphile_worker.add_jobs(v_specs);
  end if;
  return coalesce(cardinality(v_specs), 0);
end
$$;
comment on function app_private.enqueue_due() is
  'Makes a job of each alarm whose time has come. The worker calls it twice a second.';
--! EndIncluded functions/later/enqueue_due.sql

--! Included functions/later/settle_local_times.sql
/* One by one, so that none that is moved meanwhile by its person is moved back. */
create or replace function app_private.settle_local_times() returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  -- A zone that Postgres knows no more stays as it was, and holds up no other.
  v_zones constant text[] := array(select name from pg_timezone_names);
  v_waits record;
  v_at timestamptz;
  v_count integer := 0;
begin
  for v_waits in
    select 'send_scheduled' as kind, id, user_id, local_time, time_zone, send_at as due_at from app_public.scheduled_messages
      where local_time is not null and refused_at is null and send_at > now() + interval '1 minute'
        and (time_zone = any (v_zones) or time_zone ~ '^[+-]')
    union all
    select 'remind', id, user_id, local_time, time_zone, remind_at from app_public.reminders
      where local_time is not null and reminded_at is null and remind_at > now() + interval '1 minute'
        and (time_zone = any (v_zones) or time_zone ~ '^[+-]')
  loop
    v_at := app_private.local_moment(v_waits.local_time, v_waits.time_zone);
    continue when v_at = v_waits.due_at;
    if v_waits.kind = 'remind' then
      update app_public.reminders set remind_at = v_at
        where reminders.id = v_waits.id and remind_at = v_waits.due_at and reminded_at is null;
    else
      update app_public.scheduled_messages set send_at = v_at
        where scheduled_messages.id = v_waits.id and send_at = v_waits.due_at and refused_at is null;
    end if;
    continue when not found;
    perform app_private.set_alarm(v_waits.kind, v_waits.id, v_at);
    perform app_private.tell_person(v_waits.user_id, case v_waits.kind when 'remind' then 'reminder' else 'scheduled' end, null);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function app_private.settle_local_times() is
  'Moves what is to be sent, or reminded of, at a local time where a country has changed its clocks since, and tells its people. How many there were. The worker calls it every night.';
--! EndIncluded functions/later/settle_local_times.sql

--! Included functions/later/own_scheduled_message.sql
create or replace function app_private.own_scheduled_message(id uuid) returns app_public.scheduled_messages
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_own app_public.scheduled_messages;
begin
  select * into v_own from app_public.scheduled_messages
    where scheduled_messages.id = own_scheduled_message.id and scheduled_messages.user_id = app_private.require_user()
    for update;
  if not found then
    raise exception 'This message has been sent, or there is none such.' using errcode = 'TR404';
  end if;
  return v_own;
end
$$;
comment on function app_private.own_scheduled_message(uuid) is
  'A message of the caller''s that waits to be sent, locked so that it is not sent meanwhile; NOT_FOUND once it is.';
--! EndIncluded functions/later/own_scheduled_message.sql

--! Included functions/later/forget_scheduled_message.sql
create or replace function app_private.forget_scheduled_message(message app_public.scheduled_messages) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from app_private.alarms where kind = 'send_scheduled' and subject_id = message.id;
  delete from app_public.scheduled_messages where id = message.id;
  perform app_private.tell_person(message.user_id, 'scheduled', null);
end
$$;
comment on function app_private.forget_scheduled_message(app_public.scheduled_messages) is
  'Ends what waited to be sent, and tells its author''s devices.';
--! EndIncluded functions/later/forget_scheduled_message.sql

--! Included functions/later/schedule_message.sql
create or replace function app_public.schedule_message(
  room_id uuid, content text, send_at timestamptz default null, local_time text default null, time_zone text default null,
  parent_message_id uuid default null, nonce text default null, also_send_to_room boolean default false
) returns app_public.scheduled_messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_allowed constant integer := 100;
  v_user_id constant uuid := app_private.require_user();
  v_due app_private.due;
  v_locked app_private.locked_room;
  v_made app_public.scheduled_messages;
begin
  perform app_private.limit_rate('later');
  perform app_private.check_moment(schedule_message.send_at, 'sendAt');
  if char_length(schedule_message.nonce) > 100 then
    raise exception 'A nonce has at most 100 characters.' using errcode = 'TR400';
  end if;
  perform app_private.lock_until_commit('later', v_user_id::text);
  select * into v_made from app_public.scheduled_messages
    where scheduled_messages.user_id = v_user_id and scheduled_messages.nonce = schedule_message.nonce;
  if found then
    if (v_made.room_id, v_made.parent_message_id) is distinct from (schedule_message.room_id, schedule_message.parent_message_id) then
      raise exception 'You have done something else with this nonce.' using errcode = 'TR409';
    end if;
    return v_made;
  end if;
  perform app_private.require_member(schedule_message.room_id);
  v_due := app_private.read_due(schedule_message.send_at, schedule_message.local_time, schedule_message.time_zone, v_user_id);
  perform app_private.check_content(schedule_message.content, may_be_empty => false);
  if v_allowed <= (select count(*) from app_public.scheduled_messages where scheduled_messages.user_id = v_user_id) then
    raise exception 'At most % messages can wait to be sent.', v_allowed using errcode = 'TR409';
  end if;
  v_locked := app_private.lock_room_as(schedule_message.room_id);
  perform app_private.check_may_write(
    v_locked.room, v_locked.member, app_private.permission_to_send(schedule_message.parent_message_id));
  if schedule_message.also_send_to_room then
    if schedule_message.parent_message_id is null then
      raise exception 'alsoSendToRoom goes with parentMessageId.' using errcode = 'TR400';
    end if;
    perform app_private.check_may_write(v_locked.room, v_locked.member, app_private.permission_to_send(null));
  end if;
  if schedule_message.parent_message_id is not null and not exists (
    select from app_public.messages
      where id = schedule_message.parent_message_id and messages.room_id = schedule_message.room_id
        and deleted_at is null and held_at is null and (disappears_at is null or disappears_at > statement_timestamp())
        and seq >= coalesce((v_locked.member).sees_from_seq, 1)
  ) then
    raise exception 'There is no such message to reply to.' using errcode = 'TR404';
  end if;
  insert into app_public.scheduled_messages (
      user_id, room_id, content, parent_message_id, also_send_to_room, send_at, local_time, time_zone, nonce)
    values (
      v_user_id, schedule_message.room_id, schedule_message.content, schedule_message.parent_message_id,
      coalesce(schedule_message.also_send_to_room, false), v_due.at, v_due.local_time, v_due.time_zone, schedule_message.nonce)
    returning * into v_made;
  perform app_private.set_alarm('send_scheduled', v_made.id, v_made.send_at);
  perform app_private.tell_person(v_user_id, 'scheduled', null);
  return v_made;
end
$$;
comment on function app_public.schedule_message(uuid, text, timestamptz, text, text, uuid, text, boolean) is
  'Has a message sent later: at `sendAt`, or at a `localTime` such as `2030-03-31T09:00` in a `timeZone`, whatever its clocks do until then. Up to a year ahead, at most 100 at a time. Only you see it before. It is sent once, as if you sent it then: what would be refused then is refused, and you are told by a `PersonalEvent`. With a `nonce`, asking again returns the same while it waits.';
grant execute on function app_public.schedule_message(uuid, text, timestamptz, text, text, uuid, text, boolean) to trumpet_user;
--! EndIncluded functions/later/schedule_message.sql

--! Included functions/later/edit_scheduled_message.sql
create or replace function app_public.edit_scheduled_message(
  scheduled_message_id uuid, content text default null, send_at timestamptz default null, local_time text default null,
  time_zone text default U&'\FFFF'
) returns app_public.scheduled_messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_edited app_public.scheduled_messages;
  v_due app_private.due;
begin
  perform app_private.limit_rate('later');
  perform app_private.check_moment(edit_scheduled_message.send_at, 'sendAt');
  v_edited := app_private.own_scheduled_message(edit_scheduled_message.scheduled_message_id);
  if edit_scheduled_message.content is not null then
    v_edited.content := app_private.check_content(edit_scheduled_message.content, may_be_empty => false);
  end if;
  if edit_scheduled_message.send_at is not null or edit_scheduled_message.local_time is not null
    or edit_scheduled_message.time_zone is distinct from U&'\FFFF'
  then
    v_due := app_private.read_due(
      edit_scheduled_message.send_at,
      coalesce(edit_scheduled_message.local_time, case when edit_scheduled_message.send_at is null then v_edited.local_time end),
      case when edit_scheduled_message.time_zone = U&'\FFFF' then v_edited.time_zone else edit_scheduled_message.time_zone end,
      v_edited.user_id);
  elsif v_edited.refused_at is not null then
    raise exception 'This message was refused: say when to try again.' using errcode = 'TR400';
  else
    v_due := row(v_edited.send_at, v_edited.local_time, v_edited.time_zone);
  end if;
  update app_public.scheduled_messages set
      content = v_edited.content, send_at = v_due.at, local_time = v_due.local_time, time_zone = v_due.time_zone,
      refused_at = null, refusal_code = null, refusal = null
    where scheduled_messages.id = v_edited.id
    returning * into v_edited;
  perform app_private.set_alarm('send_scheduled', v_edited.id, v_edited.send_at);
  perform app_private.tell_person(v_edited.user_id, 'scheduled', null);
  return v_edited;
end
$$;
comment on function app_public.edit_scheduled_message(uuid, text, timestamptz, text, text) is
  'Changes the text of a message that waits to be sent, or when it is sent; what is left out stays. One that was refused waits again, for a new time. `NOT_FOUND` once it has been sent.';
grant execute on function app_public.edit_scheduled_message(uuid, text, timestamptz, text, text) to trumpet_user;
--! EndIncluded functions/later/edit_scheduled_message.sql

--! Included functions/later/cancel_scheduled_message.sql
create or replace function app_public.cancel_scheduled_message(scheduled_message_id uuid) returns app_public.scheduled_messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_cancelled app_public.scheduled_messages;
begin
  perform app_private.limit_rate('later');
  v_cancelled := app_private.own_scheduled_message(cancel_scheduled_message.scheduled_message_id);
  perform app_private.forget_scheduled_message(v_cancelled);
  return v_cancelled;
end
$$;
comment on function app_public.cancel_scheduled_message(uuid) is
  'Takes back a message that waits to be sent, or one that was refused, and gives it as it was. `NOT_FOUND` once it has been sent.';
grant execute on function app_public.cancel_scheduled_message(uuid) to trumpet_user;
--! EndIncluded functions/later/cancel_scheduled_message.sql

--! Included functions/later/my_scheduled_messages.sql
create or replace function app_public.my_scheduled_messages() returns setof app_public.scheduled_messages
language sql stable security invoker rows 10
set search_path = pg_catalog, pg_temp
as $$
  select scheduled_messages.* from app_public.scheduled_messages
    where scheduled_messages.user_id = app_hidden.current_user_id()
    order by scheduled_messages.send_at, scheduled_messages.id;
$$;
comment on function app_public.my_scheduled_messages() is
  'Your messages that wait to be sent and those that were refused then, the next first.';
grant execute on function app_public.my_scheduled_messages() to trumpet_user;
--! EndIncluded functions/later/my_scheduled_messages.sql

--! Included functions/later/send_scheduled_message.sql
/*
 * Sent, and gone from what waits, in one transaction: a worker that is killed has done both or neither. Its row is locked
 * meanwhile, so a second worker, an edit or a cancellation waits and finds it as it is then. The nonce is its id, for the
 * same: nothing is sent twice, whoever calls this again.
 *
 * Who may not write any more is refused by send_message itself, as if they had just tried.
 */
create or replace function app_private.send_scheduled_message(id uuid) returns text
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_due app_public.scheduled_messages;
  v_state text;
  v_sentence text;
  v_detail text;
begin
  select * into v_due from app_public.scheduled_messages
    where scheduled_messages.id = send_scheduled_message.id for update;
  if not found or v_due.refused_at is not null then
    return 'not_due';
  end if;
  if v_due.send_at > clock_timestamp() then
    -- It was moved, or the clock was set back since its alarm was taken.
    perform app_private.set_alarm('send_scheduled', v_due.id, v_due.send_at);
    return 'not_due';
  end if;
  perform set_config('trumpet.user_id', v_due.user_id::text, true);
  begin
    perform app_public.send_message(
      room_id => v_due.room_id, content => v_due.content, parent_message_id => v_due.parent_message_id,
      nonce => v_due.id::text, also_send_to_room => v_due.also_send_to_room);
  exception when others then
    get stacked diagnostics v_state = returned_sqlstate, v_sentence = message_text, v_detail = pg_exception_detail;
    if v_state in ('TR429', 'TRSLO') then
      perform app_private.set_alarm(
        'send_scheduled', v_due.id, clock_timestamp() + greatest(v_detail::float, 1000) * interval '1 ms');
      return 'postponed';
    end if;
    -- What hooks have to be asked first, and what is nobody's refusal, is for whoever called this.
    if v_state = 'TRHKS' or v_state not like 'TR%' then
      raise;
    end if;
  end;
  if v_state is null then
    perform app_private.forget_scheduled_message(v_due);
    return 'sent';
  end if;
  update app_public.scheduled_messages set
      refused_at = clock_timestamp(), refusal = v_sentence, refusal_code = case v_state
        when 'TR401' then 'UNAUTHENTICATED' when 'TR404' then 'NOT_FOUND' when 'TR400' then 'BAD_INPUT'
        when 'TR409' then 'CONFLICT' when 'TR413' then 'TOO_LARGE' when 'TRBAN' then 'BANNED'
        when 'TRMUT' then 'MUTED' when 'TRBLK' then 'BLOCKED' when 'TRARC' then 'ROOM_ARCHIVED'
        else 'FORBIDDEN' end
    where scheduled_messages.id = v_due.id;
  perform app_private.tell_person(v_due.user_id, 'scheduled', null);
  return 'refused';
end
$$;
comment on function app_private.send_scheduled_message(uuid) is
  'Sends a message whose time has come, as its author and once: `sent`, `refused`, `postponed` where they write too fast, `not_due` when it is gone or waits for another time.';
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
create or replace function app_public.save_message(message_id uuid) returns app_public.saved_messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_allowed constant integer := 10000;
  v_user_id constant uuid := app_private.require_user();
  v_message app_public.messages;
  v_saved app_public.saved_messages;
begin
  perform app_private.limit_rate('later');
  perform app_private.lock_until_commit('later', v_user_id::text);
  v_message := (app_private.lock_message_as(save_message.message_id, writable => false)).message;
  select * into v_saved from app_public.saved_messages
    where saved_messages.user_id = v_user_id and saved_messages.message_id = v_message.id;
  if found then
    return v_saved;
  end if;
  if v_allowed <= (select count(*) from app_public.saved_messages where saved_messages.user_id = v_user_id) then
    raise exception 'At most % messages can be saved.', v_allowed using errcode = 'TR409';
  end if;
  insert into app_public.saved_messages (user_id, message_id, room_id)
    values (v_user_id, v_message.id, v_message.room_id)
    returning * into v_saved;
  perform app_private.tell_person(v_user_id, 'saved', null);
  return v_saved;
end
$$;
comment on function app_public.save_message(uuid) is
  'Saves a message for yourself: `mySavedMessages` has it, and nobody else is told. Doing it twice is the same as once. At most 10,000 at a time.';
grant execute on function app_public.save_message(uuid) to trumpet_user;
--! EndIncluded functions/later/save_message.sql

--! Included functions/later/unsave_message.sql
create or replace function app_public.unsave_message(message_id uuid) returns app_public.saved_messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_saved app_public.saved_messages;
begin
  perform app_private.limit_rate('later');
  delete from app_public.saved_messages
    where saved_messages.user_id = app_private.require_user() and saved_messages.message_id = unsave_message.message_id
    returning * into v_saved;
  if v_saved.message_id is null then
    raise exception 'You have not saved this message.' using errcode = 'TR404';
  end if;
  perform app_private.tell_person(v_saved.user_id, 'saved', null);
  return v_saved;
end
$$;
comment on function app_public.unsave_message(uuid) is
  'Takes a message out of those that you have saved, whether you may still see it or not.';
grant execute on function app_public.unsave_message(uuid) to trumpet_user;
--! EndIncluded functions/later/unsave_message.sql

--! Included functions/later/my_saved_messages.sql
create or replace function app_public.my_saved_messages() returns setof app_public.saved_messages
language sql stable security invoker rows 100
set search_path = pg_catalog, pg_temp
as $$
  select saved_messages.* from app_public.saved_messages
    where saved_messages.user_id = app_hidden.current_user_id()
    order by saved_messages.saved_at desc, saved_messages.message_id desc;
$$;
comment on function app_public.my_saved_messages() is
  'The messages that you have saved, the last saved first. Nobody else sees the list.';
grant execute on function app_public.my_saved_messages() to trumpet_user;
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
create or replace function app_public.set_reminder(
  message_id uuid, remind_at timestamptz default null, local_time text default null, time_zone text default null
) returns app_public.reminders
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_allowed constant integer := 1000;
  v_user_id constant uuid := app_private.require_user();
  v_due app_private.due;
  v_message app_public.messages;
  v_set app_public.reminders;
begin
  perform app_private.limit_rate('later');
  perform app_private.check_moment(set_reminder.remind_at, 'remindAt');
  perform app_private.lock_until_commit('later', v_user_id::text);
  v_message := (app_private.lock_message_as(set_reminder.message_id, writable => false)).message;
  v_due := app_private.read_due(set_reminder.remind_at, set_reminder.local_time, set_reminder.time_zone, v_user_id);
  update app_public.reminders set
      remind_at = v_due.at, local_time = v_due.local_time, time_zone = v_due.time_zone, reminded_at = null
    where reminders.user_id = v_user_id and reminders.message_id = v_message.id
    returning * into v_set;
  if found then
    delete from app_private.reminder_pushes where reminder_id = v_set.id;
  else
    if v_allowed <= (select count(*) from app_public.reminders where reminders.user_id = v_user_id) then
      raise exception 'At most % reminders can be had.', v_allowed using errcode = 'TR409';
    end if;
    insert into app_public.reminders (user_id, message_id, room_id, remind_at, local_time, time_zone)
      values (v_user_id, v_message.id, v_message.room_id, v_due.at, v_due.local_time, v_due.time_zone)
      returning * into v_set;
  end if;
  perform app_private.set_alarm('remind', v_set.id, v_set.remind_at);
  perform app_private.tell_person(v_user_id, 'reminder', null);
  return v_set;
end
$$;
comment on function app_public.set_reminder(uuid, timestamptz, text, text) is
  'Reminds you of a message: at `remindAt`, or at a `localTime` such as `2030-03-31T09:00` in a `timeZone`, whatever its clocks do until then. Up to a year ahead. A message has one reminder of yours: doing it again sets another time, also when you have been reminded. At most 1,000 at a time.';
grant execute on function app_public.set_reminder(uuid, timestamptz, text, text) to trumpet_user;
--! EndIncluded functions/later/set_reminder.sql

--! Included functions/later/cancel_reminder.sql
create or replace function app_public.cancel_reminder(message_id uuid) returns app_public.reminders
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_cancelled app_public.reminders;
begin
  perform app_private.limit_rate('later');
  delete from app_public.reminders
    where reminders.user_id = app_private.require_user() and reminders.message_id = cancel_reminder.message_id
    returning * into v_cancelled;
  if v_cancelled.id is null then
    raise exception 'You have no reminder of this message.' using errcode = 'TR404';
  end if;
  delete from app_private.alarms where kind = 'remind' and subject_id = v_cancelled.id;
  perform app_private.tell_person(v_cancelled.user_id, 'reminder', null);
  return v_cancelled;
end
$$;
comment on function app_public.cancel_reminder(uuid) is
  'Takes a reminder out of your list, told or not, whether you may still see the message or not, and gives it as it was.';
grant execute on function app_public.cancel_reminder(uuid) to trumpet_user;
--! EndIncluded functions/later/cancel_reminder.sql

--! Included functions/later/my_reminders.sql
create or replace function app_public.my_reminders() returns setof app_public.reminders
language sql stable security invoker rows 20
set search_path = pg_catalog, pg_temp
as $$
  select reminders.* from app_public.reminders
    where reminders.user_id = app_hidden.current_user_id()
    order by reminders.remind_at, reminders.id;
$$;
comment on function app_public.my_reminders() is
  'Your reminders, the earliest first: those that you have been told of, until you take them out, and those to come.';
grant execute on function app_public.my_reminders() to trumpet_user;
--! EndIncluded functions/later/my_reminders.sql

--! Included functions/later/enqueue_reminder_push.sql
create or replace function app_private.enqueue_reminder_push(reminder_id uuid, subscription_id uuid, run_at timestamptz)
returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select graphile_worker.add_job(
    'push_reminder',
    json_build_object(
      'reminderId', enqueue_reminder_push.reminder_id, 'subscriptionId', enqueue_reminder_push.subscription_id),
    run_at => enqueue_reminder_push.run_at,
    job_key => 'reminder:' || enqueue_reminder_push.reminder_id || ':' || enqueue_reminder_push.subscription_id);
$$;
comment on function app_private.enqueue_reminder_push(uuid, uuid, timestamptz) is 'Tells one device of a reminder, at a time.';
--! EndIncluded functions/later/enqueue_reminder_push.sql

--! Included functions/later/claim_reminder_push.sql
create or replace function app_private.claim_reminder_push(reminder_id uuid, subscription_id uuid) returns boolean
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  with claimed as (
    delete from app_private.reminder_pushes
      where reminder_pushes.reminder_id = claim_reminder_push.reminder_id
        and reminder_pushes.subscription_id = claim_reminder_push.subscription_id
      returning true
  )
  select exists (select from claimed);
$$;
comment on function app_private.claim_reminder_push(uuid, uuid) is
  'Takes the right to tell a device of a reminder: true for whoever is first.';
--! EndIncluded functions/later/claim_reminder_push.sql

--! Included functions/later/postpone_reminder_push.sql
create or replace function app_private.postpone_reminder_push(reminder_id uuid, subscription_id uuid, wait interval)
returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_again constant timestamptz :=
    app_private.note_push_refused(postpone_reminder_push.subscription_id, postpone_reminder_push.wait);
begin
  if v_again is null then
    return false;
  end if;
  insert into app_private.reminder_pushes (reminder_id, subscription_id)
    select reminders.id, postpone_reminder_push.subscription_id from app_public.reminders
      where reminders.id = postpone_reminder_push.reminder_id and reminders.reminded_at is not null
    on conflict on constraint reminder_pushes_pkey do nothing;
  perform app_private.enqueue_reminder_push(
    postpone_reminder_push.reminder_id, postpone_reminder_push.subscription_id, v_again);
  return true;
end
$$;
comment on function app_private.postpone_reminder_push(uuid, uuid, interval) is
  'Gives the claim of a reminder back and tries again later. False when the device has refused too often.';
--! EndIncluded functions/later/postpone_reminder_push.sql

--! Included functions/later/compose_reminder.sql
/* A message that its person may not see any more is told of as gone, and nothing of it is read. */
create or replace function app_private.compose_reminder(reminder_id uuid, subscription_id uuid)
returns table (
  room_id uuid, message_id uuid, seq bigint, room_name text, hides_text boolean,
  author_name text, content text, badge bigint, device json
)
language sql stable security invoker rows 1
set search_path = pg_catalog, pg_temp
as $$
  select
    seen.room_id, seen.message_id, seen.seq, seen.room_name, coalesce(seen.hides_text, true),
    seen.author_name, seen.content, app_private.unread_total(reminders.user_id), app_private.device_json(push_subscriptions)
  from app_private.reminder_pushes
  join app_public.reminders on reminders.id = reminder_pushes.reminder_id
  join app_public.push_subscriptions
    on push_subscriptions.id = reminder_pushes.subscription_id and push_subscriptions.user_id = reminders.user_id
  left join lateral (
    select
        messages.room_id, messages.id as message_id, messages.seq, app_private.name_for(reminders.user_id, rooms) as room_name,
        rooms.hides_push_text or messages.disappears_at is not null as hides_text, users.display_name as author_name,
        left(app_private.notice_of(messages), 500) as content
      from app_public.messages
      join app_public.rooms on rooms.id = messages.room_id
      join app_public.room_members
        on room_members.room_id = messages.room_id and room_members.user_id = reminders.user_id
      left join app_public.users on users.id = messages.author_id
      where messages.id = reminders.message_id and messages.seq >= coalesce(room_members.sees_from_seq, 1)
        and messages.deleted_at is null
        and (messages.disappears_at is null or messages.disappears_at > statement_timestamp())
        and (messages.held_at is null or messages.author_id = reminders.user_id)
        and (messages.author_id = any (app_private.blocked_by(reminders.user_id))) is not true
  ) as seen on true
  where reminder_pushes.reminder_id = compose_reminder.reminder_id
    and reminder_pushes.subscription_id = compose_reminder.subscription_id;
$$;
comment on function app_private.compose_reminder(uuid, uuid) is
  'What to tell a device of a reminder; without a message where it is gone for its person. No row when it was told, or cancelled.';
--! EndIncluded functions/later/compose_reminder.sql

--! Included functions/later/remind.sql
/*
 * That somebody was reminded, the news of it to their devices and the claims of its pushes are one transaction: a worker
 * that is killed has done all or nothing. The row is locked meanwhile, so another worker, a new time or a cancellation
 * waits and finds it as it is then. Quiet hours hold nothing back: their person has chosen this time.
 */
create or replace function app_private.remind(id uuid, is_pushed boolean) returns text
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_due app_public.reminders;
  v_pushes bigint;
begin
  select * into v_due from app_public.reminders where reminders.id = remind.id for update;
  if not found or v_due.reminded_at is not null then
    return 'not_due';
  end if;
  if v_due.remind_at > clock_timestamp() then
    -- It was moved, or the clock was set back since its alarm was taken.
    perform app_private.set_alarm('remind', v_due.id, v_due.remind_at);
    return 'not_due';
  end if;
  update app_public.reminders set reminded_at = clock_timestamp() where reminders.id = v_due.id;
  perform app_private.tell_person(v_due.user_id, 'reminder', null);
  if remind.is_pushed and not exists (
    select from app_public.notification_settings
      where notification_settings.user_id = v_due.user_id and do_not_disturb_until > now()
  ) then
    with claims as (
      insert into app_private.reminder_pushes (reminder_id, subscription_id)
        select v_due.id, push_subscriptions.id from app_public.push_subscriptions
          where push_subscriptions.user_id = v_due.user_id
        returning reminder_id, subscription_id
    )
    select count(app_private.enqueue_reminder_push(reminder_id, subscription_id, now())) into v_pushes from claims;
  end if;
  return 'reminded';
end
$$;
comment on function app_private.remind(uuid, boolean) is
  'Reminds somebody whose time has come, once: `reminded`, or `not_due` when it is gone, was told or waits for another time.';
--! EndIncluded functions/later/remind.sql

--! Previous: sha1:b19581d7ea0135229bc560bfe683e7b449c0253d
--! Hash: sha1:a2b0fbf1c83d3a8bcb84971cca27211d38653bb2

/*
 * What others learn of one's reading, typing and being there; and a status that one sets.
 */
create type app_public.privacy_matter as enum ('reading', 'typing', 'presence');
comment on type app_public.privacy_matter is
  'What a person may hide of themselves: what they read, that they are typing, that they are there or last were.';

--! Included functions/privacy/privacy_settings.sql
create or replace function app_public.privacy_settings() returns app_public.privacy_settings
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select privacy_settings.* from app_public.privacy_settings
    where privacy_settings.user_id = app_hidden.current_user_id();
$$;
comment on function app_public.privacy_settings() is
  'What you tell others of yourself. Null while you have set nothing: all of it.';
grant execute on function app_public.privacy_settings() to trumpet_user;
--! EndIncluded functions/privacy/privacy_settings.sql

--! Included functions/privacy/publish_reading.sql
/*
 * Otherwise one could look at what others have read for a moment, and never tell what one has read oneself. The others
 * likewise: what they read while this person, who alone would have seen it, hid theirs is told to them now.
 */
create or replace function app_private.publish_reading(user_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room_id uuid;
  v_thread app_private.thread_followers;
begin
  for v_room_id in
    select member_preferences.room_id from app_public.room_members as own
      join app_private.member_preferences on member_preferences.room_id = own.room_id
      join app_public.room_members
        on room_members.room_id = member_preferences.room_id and room_members.user_id = member_preferences.user_id
      where own.user_id = publish_reading.user_id
        and member_preferences.read_to_seq > room_members.last_read_seq
        and not app_private.hides_reading(member_preferences.user_id)
    union
    select thread_followers.room_id from app_public.room_members as own
      join app_private.thread_followers on thread_followers.room_id = own.room_id and untold_seq is not null
      where own.user_id = publish_reading.user_id
        and not app_private.hides_reading(thread_followers.user_id)
      -- The heads of rooms are locked in the order of their ids.
      order by room_id
  loop
    perform app_private.lock_room(v_room_id);
    update app_public.room_members set last_read_seq = member_preferences.read_to_seq
      from app_private.member_preferences
      where room_members.room_id = v_room_id
        and member_preferences.room_id = v_room_id and member_preferences.user_id = room_members.user_id
        and member_preferences.read_to_seq > room_members.last_read_seq
        and app_private.tells_reading(v_room_id, room_members.user_id);
    for v_thread in
      select * from app_private.thread_followers
        where thread_followers.room_id = v_room_id and untold_seq is not null
        order by thread_followers.user_id, thread_followers.thread_id
    loop
      perform app_private.tell_thread_read(room_members, v_thread.thread_id, v_thread.untold_seq)
        from app_public.room_members
        where room_members.room_id = v_room_id and room_members.user_id = v_thread.user_id;
    end loop;
  end loop;
end
$$;
comment on function app_private.publish_reading(uuid) is 'Tells the rooms of a person what they have read while they hid it, and what others read there that nobody could be told.';
--! EndIncluded functions/privacy/publish_reading.sql

--! Included functions/privacy/set_privacy.sql
create or replace function app_public.set_privacy(matter app_public.privacy_matter, hide boolean) returns app_public.privacy_settings
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := (app_private.caller()).id;
  v_before app_public.privacy_settings;
  v_settings app_public.privacy_settings;
begin
  perform app_private.limit_rate('settings');
  perform app_private.lock_until_commit('privacy', v_user_id::text);
  insert into app_public.privacy_settings (user_id) values (v_user_id)
    on conflict on constraint privacy_settings_pkey do nothing;
  select * into v_before from app_public.privacy_settings
    where privacy_settings.user_id = v_user_id for no key update;
  v_settings := v_before;
  case set_privacy.matter
    when 'reading' then v_settings.hides_reading := set_privacy.hide;
    when 'typing' then v_settings.hides_typing := set_privacy.hide;
    when 'presence' then v_settings.hides_presence := set_privacy.hide;
  end case;
  if v_settings is distinct from v_before then
    update app_public.privacy_settings set
      hides_reading = v_settings.hides_reading, hides_typing = v_settings.hides_typing,
      hides_presence = v_settings.hides_presence, changed_at = clock_timestamp()
      where privacy_settings.user_id = v_user_id
      returning * into v_settings;
    if v_before.hides_reading and not v_settings.hides_reading then
      perform app_private.publish_reading(v_user_id);
    end if;
    if v_settings.hides_typing and not v_before.hides_typing then
      perform app_private.end_typing(typing_indicators.room_id, v_user_id)
        from app_private.typing_indicators where typing_indicators.user_id = v_user_id;
    end if;
    if v_settings.hides_presence <> v_before.hides_presence and app_private.status_of(v_user_id) <> 'offline' then
      perform app_private.ring('p:' || v_user_id || ':'
        || case when v_settings.hides_presence then 'offline' else app_private.status_of(v_user_id) end);
    end if;
    perform app_private.tell_person(v_user_id, 'privacy', null);
    perform app_private.ring('v:' || v_user_id);
  end if;
  return v_settings;
end
$$;
comment on function app_public.set_privacy(app_public.privacy_matter, boolean) is
  'Whether you hide something of yourself from others. It goes both ways: who hides something is not told it of others. At once, also where you are listening: your subscriptions end with `RESYNC`, for you may see something else now.';
grant execute on function app_public.set_privacy(app_public.privacy_matter, boolean) to trumpet_user, trumpet_key;
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
create or replace function app_hidden.status_text_of(user_id uuid) returns setof app_public.status_text
language sql stable security definer rows 1
set search_path = pg_catalog, pg_temp
as $$
  select status_texts.user_id, status_texts.text, status_texts.emoji, status_texts.ends_at from app_private.status_texts
    where status_texts.user_id = status_text_of.user_id
      -- Over when its time is, whoever has come to clear it away.
      and (status_texts.ends_at is null or status_texts.ends_at > now());
$$;
comment on function app_hidden.status_text_of(uuid) is 'The status text of a person, while it lasts. Whoever calls it asks whether the person may be seen.';
grant execute on function app_hidden.status_text_of(uuid) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/privacy/status_text_of.sql

--! Included functions/privacy/users_status_text.sql
create or replace function app_public.users_status_text("user" app_public.users) returns app_public.status_text
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select status.* from app_public.users cross join lateral app_hidden.status_text_of(users.id) as status
    where users.id = "user".id;
$$;
comment on function app_public.users_status_text(app_public.users) is
  'What this person says of themselves for now, as `🌴 Away until Monday`. Null when they say nothing, or its time is over.';
grant execute on function app_public.users_status_text(app_public.users) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/privacy/users_status_text.sql

--! Included functions/privacy/status_texts.sql
create or replace function app_public.status_texts(user_ids uuid[]) returns setof app_public.status_text
language sql stable security invoker rows 10
set search_path = pg_catalog, pg_temp
as $$
  select status.* from app_public.users cross join lateral app_hidden.status_text_of(users.id) as status
    where users.id = any (status_texts.user_ids)
    order by status.user_id;
$$;
comment on function app_public.status_texts(uuid[]) is
  'The status texts of these people, for a screen that shows many of them. Those who have none are left out.';
grant execute on function app_public.status_texts(uuid[]) to trumpet_user;
--! EndIncluded functions/privacy/status_texts.sql

--! Included functions/privacy/set_status_text.sql
create or replace function app_public.set_status_text(text text default null, emoji text default null, ends_at timestamptz default null)
returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user constant app_public.users := app_private.caller();
  v_text constant text := nullif(app_private.plain_name(set_status_text.text), '');
  v_emoji constant text := app_hidden.plain_emoji(nullif(set_status_text.emoji, ''));
begin
  perform app_private.limit_rate('settings');
  perform app_private.check_moment(set_status_text.ends_at, 'endsAt');
  if v_emoji is not null and (not app_hidden.is_emoji(v_emoji) or char_length(v_emoji) > 32) then
    raise exception 'A status has one emoji.' using errcode = 'TR400';
  end if;
  if set_status_text.ends_at <= clock_timestamp() then
    raise exception 'This time is over already.' using errcode = 'TR400';
  end if;
  if v_text is null and v_emoji is null then
    delete from app_private.status_texts where status_texts.user_id = v_user.id;
    delete from app_private.alarms where alarms.kind = 'end_status_text' and alarms.subject_id = v_user.id;
  else
    insert into app_private.status_texts (user_id, text, emoji, ends_at)
      values (v_user.id, v_text, v_emoji, set_status_text.ends_at)
      on conflict on constraint status_texts_pkey do update set
        text = excluded.text, emoji = excluded.emoji, ends_at = excluded.ends_at;
    if set_status_text.ends_at is null then
      delete from app_private.alarms where alarms.kind = 'end_status_text' and alarms.subject_id = v_user.id;
    else
      perform app_private.set_alarm('end_status_text', v_user.id, set_status_text.ends_at);
    end if;
  end if;
  perform app_private.ring('u:' || v_user.id);
  return v_user;
end
$$;
comment on function app_public.set_status_text(text, text, timestamptz) is
  'Says something of yourself beside your name: up to 100 characters, an emoji, or both, until `endsAt`, or until you say something else. Without either it ends now. Whoever shares a room with you is told, and again when it ends.';
grant execute on function app_public.set_status_text(text, text, timestamptz) to trumpet_user, trumpet_key;
--! EndIncluded functions/privacy/set_status_text.sql

--! Included functions/privacy/end_status_text.sql
create or replace function app_private.end_status_text(user_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from app_private.status_texts
    where status_texts.user_id = end_status_text.user_id and status_texts.ends_at <= clock_timestamp();
  if found then
    perform app_private.ring('u:' || end_status_text.user_id);
    return;
  end if;
  -- It was set anew, or the clock was set back since its alarm was taken.
  perform app_private.set_alarm('end_status_text', status_texts.user_id, status_texts.ends_at)
    from app_private.status_texts
    where status_texts.user_id = end_status_text.user_id and status_texts.ends_at is not null;
end
$$;
comment on function app_private.end_status_text(uuid) is
  'Ends a status text whose time is over, and tells listeners. One that was set meanwhile stays.';
--! EndIncluded functions/privacy/end_status_text.sql

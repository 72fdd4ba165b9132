--! Previous: sha1:968e3cb9a7b001a734010721aa4705251c6f4bbd
--! Hash: sha1:d67fe85dc4e336e90549268c692ba3eb99fc5cf7

/*
 * What people tell others of themselves. Who reads, types or is there without telling writes where others do not look, so
 * that neither the log nor a number leads to it; and who tells nothing is told nothing.
 */
create table app_public.privacy_settings (
  user_id uuid primary key references app_public.users on delete cascade,
  hides_reading boolean not null default false,
  hides_typing boolean not null default false,
  hides_presence boolean not null default false,
  changed_at timestamptz
);
comment on table app_public.privacy_settings is
  'What you tell others of yourself. It goes both ways: what you hide you are not told of others.';
comment on column app_public.privacy_settings.user_id is 'Whose settings they are.';
comment on column app_public.privacy_settings.hides_reading is
  'Whether nobody is told what you read from now on: no receipts, and none of others.';
comment on column app_public.privacy_settings.hides_typing is 'Whether nobody is told that you are typing.';
comment on column app_public.privacy_settings.hides_presence is
  'Whether you are `OFFLINE` to everybody, and never seen.';
comment on column app_public.privacy_settings.changed_at is 'When they last became others.';
comment on constraint privacy_settings_pkey on app_public.privacy_settings is 'One set a person.';
comment on constraint privacy_settings_user_id_fkey on app_public.privacy_settings is 'Whose settings they are.';
alter table app_public.privacy_settings enable row level security;
create policy select_own on app_public.privacy_settings for select to trumpet_user using (user_id = (select app_hidden.current_user_id()));
create policy select_admin on app_public.privacy_settings for select to trumpet_admin using (true);
grant select on app_public.privacy_settings to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* The sweep of live subscriptions: whose have changed lately. */
create index privacy_settings_changed_at on app_public.privacy_settings (changed_at);

--! Included functions/privacy/hides_reading.sql
create or replace function app_private.hides_reading(user_id uuid) returns boolean
language sql stable security invoker
return exists (
  select from app_public.privacy_settings
    where privacy_settings.user_id = hides_reading.user_id and privacy_settings.hides_reading);
comment on function app_private.hides_reading(uuid) is 'Whether a person tells nobody what they have read.';
--! EndIncluded functions/privacy/hides_reading.sql

--! Included functions/privacy/hides_typing.sql
create or replace function app_private.hides_typing(user_id uuid) returns boolean
language sql stable security invoker
return exists (
  select from app_public.privacy_settings
    where privacy_settings.user_id = hides_typing.user_id and privacy_settings.hides_typing);
comment on function app_private.hides_typing(uuid) is 'Whether a person tells nobody that they are typing.';
--! EndIncluded functions/privacy/hides_typing.sql

--! Included functions/privacy/hides_presence.sql
create or replace function app_private.hides_presence(user_id uuid) returns boolean
language sql stable security invoker
return exists (
  select from app_public.privacy_settings
    where privacy_settings.user_id = hides_presence.user_id and privacy_settings.hides_presence);
comment on function app_private.hides_presence(uuid) is 'Whether a person tells nobody that they are there, or when they last were.';
--! EndIncluded functions/privacy/hides_presence.sql

--! Included functions/privacy/sees_reading.sql
create or replace function app_hidden.sees_reading() returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select not app_private.hides_reading(app_hidden.current_user_id());
$$;
comment on function app_hidden.sees_reading() is 'Whether the one asking may know what others have read: who hides theirs may not.';
grant execute on function app_hidden.sees_reading() to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/privacy/sees_reading.sql

--! Included functions/privacy/tells_reading.sql
/*
 * What nobody may see is not told either: the log of a room numbers its changes for all who are in it, and a number that
 * follows a message in a conversation of two would say that the other has read it.
 */
create or replace function app_private.tells_reading(room_id uuid, user_id uuid) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select not app_private.hides_reading(tells_reading.user_id)
    and (
      exists (
        select from app_public.room_members
          where room_members.room_id = tells_reading.room_id and room_members.user_id <> tells_reading.user_id
            and not app_private.hides_reading(room_members.user_id))
      or not exists (
        select from app_public.room_members
          where room_members.room_id = tells_reading.room_id and room_members.user_id <> tells_reading.user_id));
$$;
comment on function app_private.tells_reading(uuid, uuid) is
  'Whether a room is told what a member reads: not when they hide it, and not when all others hide theirs.';
--! EndIncluded functions/privacy/tells_reading.sql

create table app_private.personal_news (
  person_id uuid not null references app_public.users on delete cascade,
  matter text not null,
  room_id uuid references app_public.rooms on delete cascade,
  xid xid8 not null,
  told_at timestamptz not null,
  constraint personal_news_matter_is_known check (matter in ('room', 'scheduled', 'list', 'saved', 'reminder', 'drafts', 'privacy', 'thread', 'notifications')),
  constraint personal_news_one_a_matter unique nulls not distinct (person_id, matter, room_id)
) with (fillfactor = 80);
comment on table app_private.personal_news is
  'By which transaction something last changed that is of one person alone, such as what they have marked as unread.';
comment on column app_private.personal_news.xid is 'As the log of rooms counts transactions: see room_changes.xid.';
comment on column app_private.personal_news.told_at is 'When that was.';
alter table app_private.personal_news enable row level security;
/* userEvents: what is new for a person since a transaction horizon. */
create index personal_news_person_id on app_private.personal_news (person_id, xid);
create index personal_news_room_id on app_private.personal_news (room_id);

--! Included functions/receipts-and-inbox/tell_person.sql
/*
 * Told to one person and not to the room: so it is in no log of a room, whose numbers everybody there sees. One row for each
 * matter, however often it changes; the transaction is what userEvents resumes from, as with interactions.
 */
create or replace function app_private.tell_person(person_id uuid, matter text, room_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_xid constant xid8 := (
    pg_current_xact_id()::text::bigint
      + coalesce((select xid_offset from app_private.database_runs order by number desc limit 1), 0)
  )::text::xid8;
begin
  insert into app_private.personal_news as known (person_id, matter, room_id, xid, told_at)
    values (tell_person.person_id, tell_person.matter, tell_person.room_id, v_xid, clock_timestamp())
    on conflict on constraint personal_news_one_a_matter do update set xid = excluded.xid, told_at = excluded.told_at;
  perform app_private.ring('i:' || tell_person.person_id);
end
$$;
comment on function app_private.tell_person(uuid, text, uuid) is
  'Tells all devices of a person that something which is theirs alone has changed, of a room or, where it is null, of all.';
--! EndIncluded functions/receipts-and-inbox/tell_person.sql

--! Included functions/receipts-and-inbox/read_to.sql
create or replace function app_private.read_to(member app_public.room_members) returns bigint
language sql stable security invoker
return greatest(
  member.last_read_seq,
  (
    select read_to_seq from app_private.member_preferences
      where member_preferences.user_id = member.user_id and member_preferences.room_id = member.room_id));
comment on function app_private.read_to(app_public.room_members) is
  'The last message that a member has read: others may not have been told of it.';
--! EndIncluded functions/receipts-and-inbox/read_to.sql

--! Included functions/receipts-and-inbox/position_of.sql
/*
 * The receipt that others see never goes back. What somebody marks as unread is beside it, for them alone, and lasts while
 * what they have read stays where it was: so that whatever reads on, as a send may, ends it without looking for it.
 */
create or replace function app_private.position_of(last_read_seq bigint, preferences app_private.member_preferences) returns bigint
language sql immutable
return case when preferences.unread_while_read_to_seq = greatest(last_read_seq, preferences.read_to_seq)
  then preferences.unread_after_seq else greatest(last_read_seq, preferences.read_to_seq) end;
comment on function app_private.position_of(bigint, app_private.member_preferences) is
  'Up to where a member has read by their own account, of the receipt that others see and their preferences, which may be none.';
--! EndIncluded functions/receipts-and-inbox/position_of.sql

--! Included functions/receipts-and-inbox/read_position.sql
create or replace function app_private.read_position(member app_public.room_members) returns bigint
language sql stable security invoker
return coalesce(
  (
    select app_private.position_of(member.last_read_seq, member_preferences) from app_private.member_preferences
      where member_preferences.user_id = member.user_id and member_preferences.room_id = member.room_id),
  member.last_read_seq);
comment on function app_private.read_position(app_public.room_members) is
  'Up to where a member has read by their own account: what they have marked as unread is behind it.';
--! EndIncluded functions/receipts-and-inbox/read_position.sql

--! Included functions/receipts-and-inbox/seq_to_read.sql
create or replace function app_private.seq_to_read(room_id uuid, message_id uuid) returns bigint
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_seq bigint;
begin
  select seq into v_seq from app_public.messages
    where id = seq_to_read.message_id and messages.room_id = seq_to_read.room_id and held_at is null
      and messages.seq >= app_private.history_start(seq_to_read.room_id, app_hidden.current_user_id());
  if v_seq is null then
    raise exception 'There is no such message.' using errcode = 'TR404';
  end if;
  return v_seq;
end
$$;
comment on function app_private.seq_to_read(uuid, uuid) is
  'The number of a message up to which somebody may say that they have read the room. The caller asks whether they are a member.';
--! EndIncluded functions/receipts-and-inbox/seq_to_read.sql

--! Included functions/receipts-and-inbox/read_up_to.sql
create or replace function app_private.read_up_to(room_id uuid, user_id uuid, message_id uuid) returns app_public.room_members
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_seq bigint;
  v_known bigint;
  v_member app_public.room_members;
begin
  if read_up_to.message_id is null then
    select last_message_seq into v_seq from app_private.room_heads where room_heads.room_id = read_up_to.room_id;
  else
    v_seq := app_private.seq_to_read(read_up_to.room_id, read_up_to.message_id);
  end if;
  select * into v_member from app_public.room_members
    where room_members.room_id = read_up_to.room_id and room_members.user_id = read_up_to.user_id;
  v_known := app_private.read_to(v_member);
  -- What was read without being told is told once it may be.
  if v_seq > v_known
    or v_known > v_member.last_read_seq and app_private.tells_reading(read_up_to.room_id, read_up_to.user_id)
  then
    perform app_private.lock_room_as(read_up_to.room_id, writable => false);
    if app_private.tells_reading(read_up_to.room_id, read_up_to.user_id) then
      -- Another device may have read on meanwhile: never backwards.
      update app_public.room_members set last_read_seq = greatest(last_read_seq, v_seq, v_known)
        where room_members.room_id = read_up_to.room_id and room_members.user_id = read_up_to.user_id
        returning * into v_member;
    else
      insert into app_private.member_preferences as own (room_id, user_id, read_to_seq)
        values (read_up_to.room_id, read_up_to.user_id, v_seq)
        on conflict on constraint member_preferences_pkey do update set
          read_to_seq = greatest(own.read_to_seq, excluded.read_to_seq);
      perform app_private.tell_person(read_up_to.user_id, 'room', read_up_to.room_id);
    end if;
  end if;
  return v_member;
end
$$;
comment on function app_private.read_up_to(uuid, uuid, uuid) is
  'Marks everything up to a message as read by the caller, or the whole room up to now; for themselves alone where nobody is told.';
--! EndIncluded functions/receipts-and-inbox/read_up_to.sql

--! Included functions/receipts-and-inbox/read_marked.sql
create or replace function app_private.read_marked(room_id uuid, message_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_member constant app_public.room_members := (app_private.lock_room_as(read_marked.room_id, writable => false)).member;
  v_read_to constant bigint := app_private.read_to(v_member);
  v_seq constant bigint := case when read_marked.message_id is null then v_read_to
    else least(v_read_to, app_private.seq_to_read(read_marked.room_id, read_marked.message_id)) end;
begin
  update app_private.member_preferences set
    unread_after_seq = case when v_seq < unread_while_read_to_seq then v_seq end,
    unread_while_read_to_seq = case when v_seq < unread_while_read_to_seq then unread_while_read_to_seq end
    where member_preferences.room_id = v_member.room_id and member_preferences.user_id = v_member.user_id
      and unread_while_read_to_seq = v_read_to and unread_after_seq < v_seq;
  if found then
    perform app_private.tell_person(v_member.user_id, 'room', v_member.room_id);
  end if;
end
$$;
comment on function app_private.read_marked(uuid, uuid) is
  'Reads again what the caller had marked as unread, up to a message, or all of it.';
--! EndIncluded functions/receipts-and-inbox/read_marked.sql

--! Included functions/receipts-and-inbox/answers_position.sql
/*
 * Whoever has read the room past an answer that stands there has read it. Where the history that they look at leaves
 * answers out, it is noted up to where they had read before: what comes after waits in its threads.
 */
create or replace function app_private.answers_position(member app_public.room_members) returns bigint
language sql stable security invoker
return least(
  app_private.read_position(member),
  (
    select answers_read_to_seq from app_private.member_preferences
      where member_preferences.user_id = member.user_id and member_preferences.room_id = member.room_id));
comment on function app_private.answers_position(app_public.room_members) is
  'Up to where a member has read the answers of a room by reading the room.';
--! EndIncluded functions/receipts-and-inbox/answers_position.sql

--! Included functions/receipts-and-inbox/leave_answers.sql
create or replace function app_private.leave_answers(member app_public.room_members, read_before bigint) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  insert into app_private.member_preferences as own (room_id, user_id, answers_read_to_seq)
    select leave_answers.member.room_id, leave_answers.member.user_id, leave_answers.read_before
      where leave_answers.read_before < app_private.read_position(leave_answers.member)
    on conflict on constraint member_preferences_pkey do update set answers_read_to_seq = excluded.answers_read_to_seq
      where own.answers_read_to_seq is null;
$$;
comment on function app_private.leave_answers(app_public.room_members, bigint) is
  'Notes up to where a member had read before they read on in a history that leaves answers out.';
--! EndIncluded functions/receipts-and-inbox/leave_answers.sql

--! Included functions/receipts-and-inbox/read_answers.sql
create or replace function app_private.read_answers(member app_public.room_members, message_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_read_to constant bigint := app_private.read_to(member);
  v_seq bigint := v_read_to;
begin
  if not exists (
    select from app_private.member_preferences
      where member_preferences.user_id = member.user_id and member_preferences.room_id = member.room_id
        and answers_read_to_seq is not null)
  then
    return;
  end if;
  if read_answers.message_id is not null then
    v_seq := app_private.seq_to_read(member.room_id, read_answers.message_id);
  end if;
  update app_private.member_preferences set answers_read_to_seq = case when v_seq < v_read_to then v_seq end
    where member_preferences.user_id = member.user_id and member_preferences.room_id = member.room_id
      and answers_read_to_seq < v_seq;
  if found then
    perform app_private.tell_person(member.user_id, 'thread', null);
  end if;
end
$$;
comment on function app_private.read_answers(app_public.room_members, uuid) is
  'Reads what a history that leaves answers out had left, up to a message, or all of it.';
--! EndIncluded functions/receipts-and-inbox/read_answers.sql

--! Included functions/receipts-and-inbox/mark_room_read.sql
/*
 * Reading is a number, not a row per message: a member has read everything up to last_read_seq. "Read by" and "unread"
 * follow by comparison, and marking a room read costs one row however long it is.
 */
create or replace function app_public.mark_room_read(
  room_id uuid, up_to_message_id uuid default null, top_level_only boolean default false
) returns app_public.room_members
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_member app_public.room_members;
  v_read app_public.room_members;
  v_known bigint;
  v_position bigint;
begin
  perform app_private.limit_rate('receipt');
  v_member := app_private.require_member(mark_room_read.room_id, writable => false);
  v_known := app_private.read_to(v_member);
  v_position := app_private.read_position(v_member);
  v_read := app_private.read_up_to(v_member.room_id, v_member.user_id, mark_room_read.up_to_message_id);
  if app_private.read_to(v_read) = v_known and app_private.read_position(v_read) < v_known then
    perform app_private.read_marked(v_read.room_id, mark_room_read.up_to_message_id);
  end if;
  if mark_room_read.top_level_only then
    perform app_private.leave_answers(v_read, v_position);
  else
    perform app_private.read_answers(v_read, mark_room_read.up_to_message_id);
  end if;
  return v_read;
end
$$;
comment on function app_public.mark_room_read(uuid, uuid, boolean) is
  'Marks everything up to a message as read, or the whole room when `upToMessageId` is left out. Never goes backwards. Answers are read in their threads, too, unless you say `topLevelOnly`, as a history does that leaves them out.';
grant execute on function app_public.mark_room_read(uuid, uuid, boolean) to trumpet_user, trumpet_key;
--! EndIncluded functions/receipts-and-inbox/mark_room_read.sql

--! Included functions/receipts-and-inbox/room_members_last_read_seq.sql
create or replace function app_public.room_members_last_read_seq(member app_public.room_members) returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select case
    when member.user_id = app_hidden.current_user_id() then app_private.read_to(member)
    when app_hidden.sees_reading() then member.last_read_seq
    else 0 end;
$$;
comment on function app_public.room_members_last_read_seq(app_public.room_members) is
  'Everything up to the message with this `seq` is marked as read. Moved by `markRoomRead`, never backwards. Of others, what they have told: nothing since they hide it, and 0 while you hide yours.';
grant execute on function app_public.room_members_last_read_seq(app_public.room_members) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/receipts-and-inbox/room_members_last_read_seq.sql

--! Included functions/receipts-and-inbox/room_members_read_position.sql
create or replace function app_public.room_members_read_position(member app_public.room_members) returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select case when member.user_id = app_hidden.current_user_id() then app_private.read_position(member) end;
$$;
comment on function app_public.room_members_read_position(app_public.room_members) is
  'What you have not read comes after this `seq`: your `lastReadSeq`, or less once you have marked messages as unread. Null on anyone''s membership but your own.';
grant execute on function app_public.room_members_read_position(app_public.room_members) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/receipts-and-inbox/room_members_read_position.sql

--! Included functions/receipts-and-inbox/mark_room_unread.sql
create or replace function app_public.mark_room_unread(room_id uuid, from_message_id uuid default null) returns app_public.room_members
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_member app_public.room_members;
  v_seq bigint;
  v_read_to bigint;
begin
  perform app_private.limit_rate('receipt');
  v_member := (app_private.lock_room_as(mark_room_unread.room_id, writable => false)).member;
  if mark_room_unread.from_message_id is null then
    select messages.seq into v_seq from app_public.messages
      where messages.room_id = v_member.room_id and messages.deleted_at is null and messages.held_at is null
        and messages.message_type <> 'system' and messages.author_id <> v_member.user_id
        and messages.author_id <> all (app_private.blocked_by(v_member.user_id))
        and messages.seq >= coalesce(v_member.sees_from_seq, 1)
      order by messages.seq desc limit 1;
    if v_seq is null then
      raise exception 'There is no message of anybody else.' using errcode = 'TR404';
    end if;
  else
    v_seq := app_private.seq_to_read(v_member.room_id, mark_room_unread.from_message_id);
  end if;
  v_read_to := app_private.read_to(v_member);
  if v_seq <= v_read_to then
    insert into app_private.member_preferences (room_id, user_id, unread_after_seq, unread_while_read_to_seq)
      values (v_member.room_id, v_member.user_id, v_seq - 1, v_read_to)
      on conflict on constraint member_preferences_pkey do update set
        unread_after_seq = excluded.unread_after_seq, unread_while_read_to_seq = excluded.unread_while_read_to_seq;
    perform app_private.tell_person(v_member.user_id, 'room', v_member.room_id);
  end if;
  return v_member;
end
$$;
comment on function app_public.mark_room_unread(uuid, uuid) is
  'Marks a message and all after it as unread for you, or the last one of somebody else when `fromMessageId` is left out, until you mark them as read again. Nobody else is told, and `lastReadSeq` stays as it is.';
grant execute on function app_public.mark_room_unread(uuid, uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/receipts-and-inbox/mark_room_unread.sql

--! Included functions/receipts-and-inbox/messages_read_by.sql
create or replace function app_public.messages_read_by(message app_public.messages) returns setof app_public.users
language sql stable security invoker rows 10
set search_path = pg_catalog, pg_temp
as $$
  select users.* from app_public.room_members
    join app_public.users on users.id = room_members.user_id
    where room_members.room_id = message.room_id
      and room_members.last_read_seq >= message.seq
      and room_members.user_id <> message.author_id
      and (select app_hidden.sees_reading())
    order by users.id;
$$;
comment on function app_public.messages_read_by(app_public.messages) is
  'The members who have marked this message as read, its author not counted. Those who hide what they read are not among them, and while you hide yours nobody is.';
grant execute on function app_public.messages_read_by(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/receipts-and-inbox/messages_read_by.sql

--! Included functions/receipts-and-inbox/archived_not_to_read.sql
/*
 * What is in a file only cannot be read, so all of it is not to be read: its places are known. The table is in
 * 000021-archive.sql.
 */
create or replace function app_private.archived_not_to_read(member app_public.room_members, after_seq bigint) returns bigint
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_silent_ids uuid[];
  v_month record;
  v_archive regclass;
  v_count bigint;
  v_total bigint := 0;
begin
  for v_month in
    select month, first_seq, last_seq from app_private.archived_rooms
      where archived_rooms.room_id = member.room_id and last_seq > archived_not_to_read.after_seq
  loop
    v_archive := to_regclass(format('app_archive.%I', app_private.month_table(v_month.month)));
    if v_archive is null then
      v_count := v_month.last_seq - greatest(v_month.first_seq - 1, archived_not_to_read.after_seq);
    else
      v_silent_ids := member.user_id || app_private.blocked_by(member.user_id);
      execute format(
        'select count(*) from %s as message
          where message.room_id = $1 and message.seq > $2 and message.seq <= $3
            and (message.deleted_at is not null or message.held_at is not null or message.message_type = ''system''
              or message.author_id = any ($4))', v_archive)
        into v_count using member.room_id, archived_not_to_read.after_seq, v_month.last_seq, v_silent_ids;
    end if;
    v_total := v_total + v_count;
  end loop;
  return v_total;
end
$$;
comment on function app_private.archived_not_to_read(app_public.room_members, bigint) is
  'How many messages of the archive behind a place are none that a member has not read: theirs, deleted, held, of people they have blocked, or in a file only.';
--! EndIncluded functions/receipts-and-inbox/archived_not_to_read.sql

/*
 * Counted by what is not to be read: places are numbered without a gap, so that is little however much was written. The
 * view unread_messages has the same messages one by one, without those of archived months.
 *
 * A view, so that a whole inbox is one plan: its scans of each month are set up once and not for every room. The floor is
 * made of columns and authors are asked for one by one, as the indexes of messages serve nothing else: an array of
 * authors, or a call in the place of the floor, makes the plan of a prepared statement read the room.
 */
create view app_private.unread_counts as
  select
    room_members.user_id,
    room_members.room_id,
    case when room_heads.last_message_seq <= floor.seq then 0 else
      room_heads.last_message_seq - floor.seq
        - (
          select count(*) from app_public.messages
            where messages.room_id = room_members.room_id
              and messages.seq > floor.seq and messages.seq <= room_heads.last_message_seq
              and (deleted_at is not null or held_at is not null or message_type = 'system'))
        - (
          select coalesce(sum(of_author.count), 0)::bigint
            from (
              select room_members.user_id
              union all
              select user_blocks.blocked_id from app_private.user_blocks where user_blocks.blocker_id = room_members.user_id
            ) as silent (user_id)
            cross join lateral (
              select count(*) from app_public.messages
                -- None of these is behind the last message. To say so would make the scan of the room look as cheap.
                where messages.author_id = silent.user_id and messages.room_id = room_members.room_id and messages.seq > floor.seq
                  and deleted_at is null and held_at is null and message_type <> 'system'
                  -- What a legal hold keeps when it has disappeared is among those that are gone.
                  and (messages.disappears_at is null or not exists (
                    select from app_private.gone_places
                      where gone_places.room_id = messages.room_id and gone_places.seq = messages.seq))
            ) as of_author)
        - (
          select count(*) from app_private.gone_places
            where gone_places.room_id = room_members.room_id
              and gone_places.seq > floor.seq and gone_places.seq <= room_heads.last_message_seq)
        - app_private.archived_not_to_read(room_members, floor.seq)
    end as unread_count
  from app_public.room_members
  join app_private.room_heads on room_heads.room_id = room_members.room_id
  left join app_private.member_preferences
    on member_preferences.user_id = room_members.user_id and member_preferences.room_id = room_members.room_id
  cross join lateral (
    select greatest(
      app_private.position_of(room_members.last_read_seq, member_preferences),
      room_heads.first_message_seq - 1)
  ) as floor (seq);
comment on view app_private.unread_counts is
  'How many messages of a room each of its members has not read. Not their own, nor what is deleted, held, of people they have blocked, or gone by retention.';

--! Included functions/receipts-and-inbox/level_of.sql
create or replace function app_private.level_of(user_id uuid, room_id uuid) returns app_public.notification_level
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    (
      select notification_level from app_private.member_preferences
        where member_preferences.user_id = level_of.user_id and member_preferences.room_id = level_of.room_id),
    'all');
$$;
comment on function app_private.level_of(uuid, uuid) is 'Which messages of a room notify a member.';
--! EndIncluded functions/receipts-and-inbox/level_of.sql

/*
 * What is unread, message by message. Whatever tells people of numbers is made of it or, where only the number is asked
 * for, of unread_counts: the inbox, what a room says of its viewer, the badge, pushes and e-mails.
 */
create view app_private.unread_messages as
  select room_members.user_id, room_members.room_id, messages.id, messages.seq, messages.created_at, messages.parent_message_id
    from app_public.room_members
    join app_private.room_heads on room_heads.room_id = room_members.room_id
    join app_public.messages on messages.room_id = room_members.room_id
    where messages.seq > greatest(app_private.read_position(room_members), room_heads.first_message_seq - 1)
      and messages.deleted_at is null
      and messages.held_at is null
      and (messages.disappears_at is null or messages.disappears_at > statement_timestamp())
      and messages.message_type <> 'system'
      and messages.author_id <> room_members.user_id
      and not app_private.has_blocked(room_members.user_id, messages.author_id);
comment on view app_private.unread_messages is 'The messages that each member of a room has not read.';

create view app_private.unread_mentions as
  select unread_messages.*
    from app_private.message_mentions
    join app_public.room_members
      on room_members.user_id = message_mentions.user_id and room_members.room_id = message_mentions.room_id
      and app_private.read_position(room_members) < message_mentions.seq
    join app_private.unread_messages
      on unread_messages.user_id = message_mentions.user_id and unread_messages.room_id = message_mentions.room_id
      and unread_messages.seq = message_mentions.seq
    where app_private.level_of(message_mentions.user_id, message_mentions.room_id) <> 'none';
comment on view app_private.unread_mentions is 'Those of them that mention the member, unless their level for the room is NONE.';

--! Included functions/receipts-and-inbox/archived_mentions_of.sql
create or replace function app_private.archived_mentions_of(member app_public.room_members) returns bigint
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_archive regclass;
  v_count bigint;
  v_total bigint := 0;
  v_position constant bigint := app_private.read_position(member);
begin
  for v_archive in
    select to_regclass(format('app_archive.%I', app_private.month_table(month))) from app_private.archived_rooms
      where archived_rooms.room_id = member.room_id and last_seq > v_position
        and app_private.level_of(member.user_id, member.room_id) <> 'none'
  loop
    continue when v_archive is null;
    execute format(
      'select count(*) from app_private.message_mentions
        join app_private.room_heads on room_heads.room_id = message_mentions.room_id
        join %s as message on message.id = message_mentions.message_id
        where message_mentions.user_id = $1 and message_mentions.room_id = $2
          and message.seq > greatest($3, room_heads.first_message_seq - 1)
          and message.deleted_at is null and message.held_at is null and message.message_type <> ''system''
          and message.author_id <> all ($4)', v_archive)
      into v_count
      using member.user_id, member.room_id, v_position, member.user_id || app_private.blocked_by(member.user_id);
    v_total := v_total + v_count;
  end loop;
  return v_total;
end
$$;
comment on function app_private.archived_mentions_of(app_public.room_members) is
  'How many messages of the archive that a member has not read mention that member.';
--! EndIncluded functions/receipts-and-inbox/archived_mentions_of.sql

--! Included functions/receipts-and-inbox/mentions_of.sql
create or replace function app_private.mentions_of(member app_public.room_members) returns bigint
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select app_private.archived_mentions_of(member) + (
    select count(*) from app_private.unread_mentions
      where unread_mentions.user_id = member.user_id and unread_mentions.room_id = member.room_id);
$$;
comment on function app_private.mentions_of(app_public.room_members) is
  'How many messages that a member has not read mention that member; none at the level NONE.';
--! EndIncluded functions/receipts-and-inbox/mentions_of.sql

--! Included functions/receipts-and-inbox/latest_for.sql
create or replace function app_private.latest_for(user_id uuid, head app_private.room_heads) returns app_public.messages
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select messages.* from app_public.messages
    where messages.room_id = head.room_id and messages.held_at is null
    and (messages.disappears_at is null or messages.disappears_at > statement_timestamp())
      and messages.seq >= app_private.history_start(head.room_id, latest_for.user_id)
      and messages.author_id <> all (app_private.blocked_by(latest_for.user_id))
    order by messages.seq desc
    limit 1;
$$;
comment on function app_private.latest_for(uuid, app_private.room_heads) is
  'The last message of a room to someone who has blocked people, or does not see all of it: what they are not shown is not it.';
--! EndIncluded functions/receipts-and-inbox/latest_for.sql

/*
 * The numbers of each person and room, of which an inbox is made and what a room says about its viewer. It reads one head
 * a room and never a message list, so its cost grows with the rooms and not with what was written in them.
 */
create view app_private.inboxes as
  select
    room_members.user_id,
    room_members.room_id,
    unread_counts.unread_count::integer as unread_count,
    app_private.mentions_of(room_members)::integer as mention_count,
    latest.id as latest_message_id,
    app_private.other_person(room_members.room_id, room_members.user_id) as direct_user_id,
    coalesce(latest.created_at, room_members.joined_at) as last_activity_at
  from app_public.room_members
  join app_private.room_heads on room_heads.room_id = room_members.room_id
  join app_private.unread_counts
    on unread_counts.user_id = room_members.user_id and unread_counts.room_id = room_members.room_id
  cross join lateral (
    select room_heads.last_message_id, room_heads.last_message_at
      where room_members.sees_from_seq is null
        and not exists (select from app_private.user_blocks where user_blocks.blocker_id = room_members.user_id)
    union all
    -- While all that can be shown is archived it is told when something came, as to everyone.
    select of_others.id, case when room_heads.last_message_id is null then room_heads.last_message_at else of_others.created_at end
      from app_private.latest_for(room_members.user_id, room_heads) as of_others
      where room_members.sees_from_seq is not null
        or exists (select from app_private.user_blocks where user_blocks.blocker_id = room_members.user_id)
  ) as latest (id, created_at);
comment on view app_private.inboxes is 'What the inbox of each person shows of each of their rooms.';

--! Included functions/receipts-and-inbox/my_conversations.sql
create or replace function app_hidden.my_conversations() returns table (
  room_id uuid, unread_count integer, mention_count integer, latest_message_id uuid, direct_user_id uuid,
  last_activity_at timestamptz
)
language sql stable security definer rows 50
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
  select room_id, unread_count, mention_count, latest_message_id, direct_user_id, last_activity_at
    from app_private.inboxes where user_id = app_hidden.current_user_id();
$$;
comment on function app_hidden.my_conversations() is 'What the inbox shows of each room of the person asking.';
grant execute on function app_hidden.my_conversations() to trumpet_user;
--! EndIncluded functions/receipts-and-inbox/my_conversations.sql

--! Included functions/receipts-and-inbox/my_conversation.sql
create or replace function app_hidden.my_conversation(room_id uuid) returns app_private.inboxes
language sql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
  select inboxes.* from app_private.inboxes
    where user_id = app_hidden.current_user_id() and inboxes.room_id = my_conversation.room_id;
$$;
comment on function app_hidden.my_conversation(uuid) is 'The same of one room; nothing when the person asking is not a member.';
grant execute on function app_hidden.my_conversation(uuid) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/receipts-and-inbox/my_conversation.sql

create view app_public.conversations with (security_invoker = true) as
  select room_id, unread_count, mention_count, latest_message_id, direct_user_id, last_activity_at
    from app_hidden.my_conversations();
comment on view app_public.conversations is
  'One of your rooms, as the inbox shows it.';
comment on column app_public.conversations.room_id is 'The room.';
comment on column app_public.conversations.unread_count is 'How many messages you have not read. Your own never count, nor what is deleted or of people you have blocked.';
comment on column app_public.conversations.mention_count is 'How many of the unread ones mention you. 0 at the level NONE.';
comment on column app_public.conversations.latest_message_id is 'The last message that is not of people you have blocked, or null while there is none, or none but in archived months.';
comment on column app_public.conversations.direct_user_id is 'In a direct conversation, the other person.';
comment on column app_public.conversations.last_activity_at is 'When that message came, also once its month is archived; while there is none, when you joined.';
grant select on app_public.conversations to trumpet_visitor, trumpet_user;

--! Included functions/receipts-and-inbox/user_conversations.sql
create or replace function app_public.user_conversations() returns setof app_public.conversations
language sql stable security invoker rows 50
set search_path = pg_catalog, pg_temp
as $$
  select conversations.* from app_public.conversations
    order by last_activity_at desc, room_id desc;
$$;
comment on function app_public.user_conversations() is
  'Your inbox: every room you are in, the newest activity first.';
grant execute on function app_public.user_conversations() to trumpet_user;
--! EndIncluded functions/receipts-and-inbox/user_conversations.sql

--! Included functions/receipts-and-inbox/rooms_unread_count.sql
create or replace function app_public.rooms_unread_count(room app_public.rooms) returns integer
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select unread_count from app_hidden.my_conversation(room.id);
$$;
comment on function app_public.rooms_unread_count(app_public.rooms) is
  'How many messages you have not read, as in your inbox. Null when you are not a member.';
grant execute on function app_public.rooms_unread_count(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/receipts-and-inbox/rooms_unread_count.sql

--! Included functions/receipts-and-inbox/rooms_mention_count.sql
create or replace function app_public.rooms_mention_count(room app_public.rooms) returns integer
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select mention_count from app_hidden.my_conversation(room.id);
$$;
comment on function app_public.rooms_mention_count(app_public.rooms) is
  'How many of the unread messages mention you, as in your inbox. Null when you are not a member.';
grant execute on function app_public.rooms_mention_count(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/receipts-and-inbox/rooms_mention_count.sql

--! Included functions/receipts-and-inbox/rooms_latest_message.sql
create or replace function app_public.rooms_latest_message(room app_public.rooms) returns app_public.messages
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select messages.* from app_public.messages
    where messages.id = (select latest_message_id from app_hidden.my_conversation(room.id));
$$;
comment on function app_public.rooms_latest_message(app_public.rooms) is
  'The last message, as your inbox shows it. Null while there is none, or none but in archived months (see `archivedMessages`), and when you are not a member.';
grant execute on function app_public.rooms_latest_message(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/receipts-and-inbox/rooms_latest_message.sql

--! Included functions/receipts-and-inbox/rooms_direct_user.sql
create or replace function app_public.rooms_direct_user(room app_public.rooms) returns app_public.users
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select users.* from app_public.users
    where users.id = (select direct_user_id from app_hidden.my_conversation(room.id));
$$;
comment on function app_public.rooms_direct_user(app_public.rooms) is
  'In a direct conversation of yours, the other person.';
grant execute on function app_public.rooms_direct_user(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/receipts-and-inbox/rooms_direct_user.sql

--! Included functions/receipts-and-inbox/names_of_others.sql
create or replace function app_hidden.names_of_others(room_id uuid, user_id uuid) returns text
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(users.display_name, ', ' order by users.display_name collate "und-x-icu", users.id)
    from app_public.room_members join app_public.users on users.id = room_members.user_id
    where room_members.room_id = names_of_others.room_id and room_members.user_id is distinct from names_of_others.user_id;
$$;
comment on function app_hidden.names_of_others(uuid, uuid) is
  'The names of all in a room but one person: what that person calls a conversation without a name. Null when nobody else is there.';
grant execute on function app_hidden.names_of_others(uuid, uuid) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/receipts-and-inbox/names_of_others.sql

--! Included functions/receipts-and-inbox/name_for.sql
create or replace function app_private.name_for(user_id uuid, room app_public.rooms) returns text
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select case
    when room.type <> 'direct' then room.name
    when app_private.other_person(room.id, name_for.user_id) is null then app_hidden.names_of_others(room.id, name_for.user_id)
  end;
$$;
comment on function app_private.name_for(uuid, app_public.rooms) is
  'What somebody is told that a room is called. Null for a conversation of two: there the author says it.';
--! EndIncluded functions/receipts-and-inbox/name_for.sql

--! Included functions/receipts-and-inbox/rooms_display_name.sql
create or replace function app_public.rooms_display_name(room app_public.rooms) returns text
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    room.name, (app_public.rooms_direct_user(room)).display_name,
    case when room.type = 'direct' then app_hidden.names_of_others(room.id, app_hidden.current_user_id()) end,
    case when (select room_id from app_hidden.my_conversation(room.id)) is null then 'Direct conversation' else 'Deleted account' end);
$$;
comment on function app_public.rooms_display_name(app_public.rooms) is
  'What to call it in a list: its name; for a conversation without one, the names of the others.';
grant execute on function app_public.rooms_display_name(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/receipts-and-inbox/rooms_display_name.sql

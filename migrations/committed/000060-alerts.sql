--! Previous: sha1:eb507c6a751c55f8b16468881d4a80b84948c2da
--! Hash: sha1:88c6841efee3e500831e1c76e8f059070e97ba27

/*
 * What a person wants to hear of, beyond the level of a room: words of their own, single threads, single devices.
 *
 * A message that holds somebody's keyword is one that mentions them: a row in message_mentions, which badges, pushes and
 * mails read as they do of a name. It is written by whoever indexes the message for search, at most a second later.
 */
create table app_private.keyword_alerts (
  user_id uuid not null references app_public.users on delete cascade,
  workspace_id uuid not null references app_private.workspaces on delete cascade,
  keyword text not null,
  first_word text not null,
  query tsquery not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (user_id, keyword)
);
comment on table app_private.keyword_alerts is 'The words of which each person wants to hear.';
comment on column app_private.keyword_alerts.workspace_id is 'Whose they are: that of the person.';
comment on column app_private.keyword_alerts.first_word is 'As search writes it: by this it is found.';
comment on column app_private.keyword_alerts.query is 'What the words of a message are asked.';
comment on column app_private.keyword_alerts.created_at is 'What was said before alerts nobody.';
alter table app_private.keyword_alerts enable row level security;
create index keyword_alerts_first_word on app_private.keyword_alerts (workspace_id, first_word);
create trigger _100_refuse_truncate before truncate on app_private.keyword_alerts
  for each statement execute function app_private.tg_any__refuse_truncate();

--! Included functions/alerts/keyword_query.sql
create or replace function app_private.keyword_query(keyword text) returns tsquery
language sql immutable strict security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select app_private.phrase_query(app_hidden.search_words(keyword))
    && coalesce((
      -- C++ is not C.
      select string_agg(quote_literal(word), ' & ')::tsquery from unnest(app_hidden.signed_words(keyword)) as word), '');
$$;
comment on function app_private.keyword_query(text) is
  'What a text must hold that holds a keyword: its words, one after the other. The last is whole, but in scripts without spaces.';
--! EndIncluded functions/alerts/keyword_query.sql

--! Included functions/alerts/match_keywords.sql
/*
 * Whoever indexes messages for search does this, so a send knows nothing of it. Each keyword is found by its first word
 * among those of its workspace; a letter of a script without spaces is the beginning of a word of the index.
 *
 * What a message says now is compared with what was noted of it: an edit adds people and takes them out. A message is
 * older than a keyword that was added after it, even if it is indexed once more; and by which words it has mentioned
 * somebody it does for as long as it holds them, whether or not they still want to hear of those.
 */
create or replace function app_private.match_keywords(message_ids uuid[]) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  v_told record;
begin
  if not exists (select from app_private.keyword_alerts)
    and not exists (
      select from app_private.message_mentions
        where message_mentions.message_id = any (message_ids) and message_mentions.keywords is not null)
  then
    return;
  end if;
  with said as materialized (
    select messages.id, messages.room_id, messages.seq, messages.author_id, rooms.workspace_id,
        coalesce(messages.edited_at, messages.created_at) as said_at,
        app_hidden.search_vector(messages.content, null) as words
      from app_public.messages
      join app_public.rooms on rooms.id = messages.room_id
      where messages.id = any (message_ids)
        and messages.content is not null and messages.held_at is null and messages.deleted_at is null
        and messages.message_type <> 'system' and not messages.metadata ? 'forward'
        and (
          exists (select from app_private.keyword_alerts where keyword_alerts.workspace_id = rooms.workspace_id)
          or exists (
            select from app_private.message_mentions
              where message_mentions.message_id = messages.id and message_mentions.keywords is not null))
  ), word as materialized (
    select distinct said.id, said.workspace_id, form.word
      from said
      cross join unnest(tsvector_to_array(said.words)) as lexeme (word)
      cross join lateral (values (lexeme.word), (left(lexeme.word, 1))) as form (word)
  ), found as (
    select keyword_alerts.user_id, said.room_id, said.seq, said.id as message_id, keyword_alerts.keyword
      from word
      join app_private.keyword_alerts
        on keyword_alerts.workspace_id = word.workspace_id and keyword_alerts.first_word = word.word
      join said on said.id = word.id and said.words @@ keyword_alerts.query and said.said_at >= keyword_alerts.created_at
      join app_public.room_members
        on room_members.room_id = said.room_id and room_members.user_id = keyword_alerts.user_id
          and said.seq >= coalesce(room_members.sees_from_seq, 1)
      where keyword_alerts.user_id <> said.author_id
        and not app_private.has_blocked(keyword_alerts.user_id, said.author_id)
    union
    select known.user_id, said.room_id, said.seq, said.id, keyword
      from said
      join app_private.message_mentions as known on known.message_id = said.id
      cross join unnest(known.keywords) as keyword
      where said.words @@ app_private.keyword_query(keyword)
  ), matched as materialized (
    select found.user_id, found.room_id, found.seq, found.message_id,
        array_agg(found.keyword order by found.keyword collate "C") as keywords
      from found
      group by found.user_id, found.room_id, found.seq, found.message_id
  ), left_out as (
    delete from app_private.message_mentions as known
      where known.message_id = any (message_ids) and known.keywords is not null
        and not known.is_named and known.group_names is null
        and not exists (
          select from matched where matched.user_id = known.user_id and matched.message_id = known.message_id)
      returning known.user_id, known.room_id
  ), emptied as (
    update app_private.message_mentions as known set keywords = null
      where known.message_id = any (message_ids) and known.keywords is not null
        and (known.is_named or known.group_names is not null)
        and not exists (
          select from matched where matched.user_id = known.user_id and matched.message_id = known.message_id)
  ), noted as (
    insert into app_private.message_mentions as known (user_id, room_id, seq, message_id, is_named, keywords)
      select user_id, room_id, seq, message_id, false, keywords from matched order by message_id, user_id
      on conflict on constraint message_mentions_pkey do update set keywords = excluded.keywords
        where known.keywords is distinct from excluded.keywords
      returning known.user_id, known.room_id, known.seq, old.user_id is null as is_new
  ), first_seq as (
    select noted.room_id, min(noted.seq) as seq from noted where noted.is_new group by noted.room_id
  ), push as (
    -- The send has noted it, too, unless its notice was taken before this.
    insert into app_private.push_notices as note (room_id, first_seq)
      select first_seq.room_id, first_seq.seq from first_seq
        where exists (select from app_public.push_subscriptions)
        order by first_seq.room_id
      on conflict (room_id) do update set first_seq = excluded.first_seq where note.first_seq > excluded.first_seq
  )
  select array_agg(changed.user_id order by changed.user_id, changed.room_id) as user_ids,
      array_agg(changed.room_id order by changed.user_id, changed.room_id) as room_ids
    into v_told
    from (
      select user_id, room_id from left_out
      union
      select user_id, room_id from noted where is_new
    ) as changed;
  if v_told.user_ids is not null then
    perform app_private.tell_person(changed.user_id, 'room', changed.room_id)
      from unnest(v_told.user_ids, v_told.room_ids) as changed (user_id, room_id);
  end if;
end
$$;
comment on function app_private.match_keywords(uuid[]) is
  'Notes whose own words messages hold, and tells those people. The worker calls it with what it indexes.';
--! EndIncluded functions/alerts/match_keywords.sql

--! Included functions/alerts/add_keyword_alert.sql
create or replace function app_public.add_keyword_alert(keyword text) returns app_public.notification_settings
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_keywords_allowed constant integer := 50;
  v_longest constant integer := 100;
  v_user constant app_public.users := app_private.caller();
  v_keyword constant text := app_private.trimmed(add_keyword_alert.keyword);
  v_words constant text[] := app_hidden.search_words(v_keyword);
  v_settings app_public.notification_settings;
begin
  perform app_private.limit_rate('settings');
  if v_keyword is null or char_length(v_keyword) > v_longest or cardinality(v_words) = 0 then
    raise exception 'A keyword is a word or a few, of at most % characters.', v_longest using errcode = 'TR400';
  end if;
  insert into app_public.notification_settings (user_id) values (v_user.id)
    on conflict on constraint notification_settings_pkey do nothing;
  -- Two devices that add at once do not add more together.
  select * into v_settings from app_public.notification_settings where user_id = v_user.id for no key update;
  if (select count(*) >= v_keywords_allowed from app_private.keyword_alerts where keyword_alerts.user_id = v_user.id) then
    raise exception 'At most % keywords.', v_keywords_allowed using errcode = 'TR409';
  end if;
  insert into app_private.keyword_alerts (user_id, workspace_id, keyword, first_word, query)
    values (v_user.id, v_user.workspace_id, v_keyword, v_words[1], app_private.keyword_query(v_keyword))
    on conflict on constraint keyword_alerts_pkey do nothing;
  if found then
    perform app_private.tell_person(v_user.id, 'notifications', null);
  end if;
  return v_settings;
end
$$;
comment on function app_public.add_keyword_alert(text) is
  'From now on, a message in a room of yours that holds this word, or these words in their order, counts as one that mentions you. Compared as search does: whole words, capitals and accents aside. At most 50. Nobody else learns of it.';
grant execute on function app_public.add_keyword_alert(text) to trumpet_user, trumpet_key;
--! EndIncluded functions/alerts/add_keyword_alert.sql

--! Included functions/alerts/remove_keyword_alert.sql
create or replace function app_public.remove_keyword_alert(keyword text) returns app_public.notification_settings
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user constant app_public.users := app_private.caller();
  v_settings app_public.notification_settings;
begin
  perform app_private.limit_rate('settings');
  delete from app_private.keyword_alerts
    where keyword_alerts.user_id = v_user.id and keyword_alerts.keyword = app_private.trimmed(remove_keyword_alert.keyword);
  if found then
    perform app_private.tell_person(v_user.id, 'notifications', null);
  end if;
  select * into v_settings from app_public.notification_settings where user_id = v_user.id;
  return v_settings;
end
$$;
comment on function app_public.remove_keyword_alert(text) is
  'Takes out a keyword, written as in `keywords`. What has mentioned you by it still does. Nothing happens when there is none.';
grant execute on function app_public.remove_keyword_alert(text) to trumpet_user, trumpet_key;
--! EndIncluded functions/alerts/remove_keyword_alert.sql

--! Included functions/alerts/notification_settings_keywords.sql
create or replace function app_public.notification_settings_keywords(settings app_public.notification_settings) returns text[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select array(
    select keyword_alerts.keyword from app_private.keyword_alerts
      where keyword_alerts.user_id = settings.user_id and settings.user_id = app_hidden.current_user_id()
      order by keyword_alerts.created_at, keyword_alerts.keyword collate "C");
$$;
comment on function app_public.notification_settings_keywords(app_public.notification_settings) is
  'The words that alert you wherever somebody writes them in a room of yours, in the order in which you added them.';
grant execute on function app_public.notification_settings_keywords(app_public.notification_settings) to trumpet_user, trumpet_admin;
--! EndIncluded functions/alerts/notification_settings_keywords.sql

--! Included functions/alerts/messages_matched_keywords.sql
create or replace function app_public.messages_matched_keywords(message app_public.messages) returns text[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    (
      select message_mentions.keywords from app_private.message_mentions
        where message_mentions.user_id = app_hidden.current_user_id()
          and message_mentions.room_id = message.room_id and message_mentions.seq = message.seq),
    '{}');
$$;
comment on function app_public.messages_matched_keywords(app_public.messages) is
  'Which of your keywords it holds. A second or so after it was sent.';
grant execute on function app_public.messages_matched_keywords(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/alerts/messages_matched_keywords.sql

--! Included functions/alerts/set_thread_notification_level.sql
create or replace function app_public.set_thread_notification_level(
  message_id uuid, level app_public.notification_level default null
) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_message app_public.messages;
begin
  perform app_private.limit_rate('settings');
  v_locked := app_private.lock_thread_as(set_thread_notification_level.message_id);
  -- Whoever wants to hear of every answer follows them; of the others nobody begins or ends that.
  insert into app_private.thread_followers as known (user_id, room_id, thread_id, is_following, read_seq, notification_level)
    values (
      (v_locked.member).user_id, (v_locked.member).room_id, set_thread_notification_level.message_id,
      coalesce(set_thread_notification_level.level = 'all', false), (v_locked.head).last_message_seq,
      set_thread_notification_level.level)
    on conflict on constraint thread_followers_pkey do update set
      notification_level = excluded.notification_level,
      is_following = known.is_following or excluded.is_following,
      read_seq = case when known.is_following or not excluded.is_following then known.read_seq else excluded.read_seq end
      where known.notification_level is distinct from excluded.notification_level;
  if found then
    perform app_private.tell_person((v_locked.member).user_id, 'thread', null);
  end if;
  select * into v_message from app_public.messages where id = set_thread_notification_level.message_id;
  return v_message;
end
$$;
comment on function app_public.set_thread_notification_level(uuid, app_public.notification_level) is
  'Says which answers to a message notify you, whatever the level of its room. ALL lets you follow them, too. Without `level`, as the room''s says.';
grant execute on function app_public.set_thread_notification_level(uuid, app_public.notification_level) to trumpet_user, trumpet_key;
--! EndIncluded functions/alerts/set_thread_notification_level.sql

--! Included functions/alerts/messages_thread_notification_level.sql
create or replace function app_public.messages_thread_notification_level(message app_public.messages) returns app_public.notification_level
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select thread_followers.notification_level from app_private.thread_followers
    where thread_followers.user_id = app_hidden.current_user_id() and thread_followers.thread_id = message.id;
$$;
comment on function app_public.messages_thread_notification_level(app_public.messages) is
  'Which of its answers notify you, where you have set that; null: as the room''s level says.';
grant execute on function app_public.messages_thread_notification_level(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/alerts/messages_thread_notification_level.sql

--! Included functions/alerts/set_device_notifications.sql
create or replace function app_public.set_device_notifications(
  device_id uuid, level app_public.notification_level, quiet_while_online boolean
) returns app_public.push_subscriptions
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
  v_device app_public.push_subscriptions;
begin
  perform app_private.limit_rate('settings');
  if set_device_notifications.level is null or set_device_notifications.quiet_while_online is null then
    raise exception 'level and quietWhileOnline must be given.' using errcode = 'TR400';
  end if;
  update app_public.push_subscriptions set
    notification_level = set_device_notifications.level,
    quiet_while_online = set_device_notifications.quiet_while_online
    where push_subscriptions.id = set_device_notifications.device_id and push_subscriptions.user_id = v_user_id
    returning * into v_device;
  if not found then
    raise exception 'There is no such device.' using errcode = 'TR404';
  end if;
  perform app_private.tell_person(v_user_id, 'notifications', null);
  return v_device;
end
$$;
comment on function app_public.set_device_notifications(uuid, app_public.notification_level, boolean) is
  'What a device of yours shows of that which notifies you, and whether it stays silent while you are there.';
grant execute on function app_public.set_device_notifications(uuid, app_public.notification_level, boolean) to trumpet_user, trumpet_key;
--! EndIncluded functions/alerts/set_device_notifications.sql

/* What one has missed. Words are for the client; here are numbers, and the messages that stand out. */
create type app_public.recap_reason as enum ('mention', 'poll', 'reactions', 'replies');
comment on type app_public.recap_reason is
  'Why a message stands out. MENTION: it mentions you. POLL: it is a poll. REACTIONS, REPLIES: it is among those with the most of them.';

create type app_public.recap_highlight as (
  message_id uuid,
  reason app_public.recap_reason,
  count integer
);
comment on type app_public.recap_highlight is 'A message that stands out among those that you have missed.';
comment on column app_public.recap_highlight.message_id is 'The message.';
comment on column app_public.recap_highlight.reason is 'Why it stands out.';
comment on column app_public.recap_highlight.count is 'How many reactions or replies it has, 1,000 reactions at most; else 1.';

create type app_public.recap_writer as (
  user_id uuid,
  message_count integer
);
comment on type app_public.recap_writer is 'Somebody who wrote what you have missed.';
comment on column app_public.recap_writer.user_id is 'The person.';
comment on column app_public.recap_writer.message_count is 'How many of the messages are theirs.';

create type app_public.room_recap as (
  message_count integer,
  mention_count integer,
  people_count integer,
  file_count integer,
  poll_count integer,
  thread_count integer,
  is_partial boolean,
  writers app_public.recap_writer[],
  highlights app_public.recap_highlight[]
);
comment on type app_public.room_recap is 'What you have missed in a room.';
comment on column app_public.room_recap.message_count is 'How many messages of others, those of people whom you have blocked aside.';
comment on column app_public.room_recap.mention_count is 'How many of them mention you.';
comment on column app_public.room_recap.people_count is 'How many people wrote them.';
comment on column app_public.room_recap.file_count is 'How many of them have files.';
comment on column app_public.room_recap.poll_count is 'How many of them are polls.';
comment on column app_public.room_recap.thread_count is 'In how many threads something was answered.';
comment on column app_public.room_recap.is_partial is 'Whether there may be more than was looked at.';
comment on column app_public.room_recap.writers is 'Who wrote most of them: three people at most, the one with the most first.';
comment on column app_public.room_recap.highlights is 'Messages that stand out, each once: at most three of a reason.';

--! Included functions/alerts/blocked_by_me.sql
create or replace function app_hidden.blocked_by_me() returns uuid[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(app_private.blocked_by(app_hidden.current_user_id()), '{}');
$$;
comment on function app_hidden.blocked_by_me() is 'Whom the person asking has blocked.';
grant execute on function app_hidden.blocked_by_me() to trumpet_user;
--! EndIncluded functions/alerts/blocked_by_me.sql

--! Included functions/alerts/room_recap.sql
/*
 * A page of history, whatever was written: what came before the last 500 messages is not looked at. Under the policies of
 * messages, so nobody is told of what they may not see; and what waits for a moderator counts for nobody.
 */
create or replace function app_public.room_recap(room_id uuid, since_seq bigint default null) returns app_public.room_recap
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_most constant integer := 500;
  v_few constant integer := 3;
  v_user_id constant uuid := app_hidden.current_user_id();
  v_member app_public.room_members;
  v_since bigint;
  v_recap app_public.room_recap;
begin
  select * into v_member from app_public.room_members
    where room_members.room_id = room_recap.room_id and room_members.user_id = v_user_id;
  if not found then
    return null;
  end if;
  v_since := coalesce(room_recap.since_seq, app_public.room_members_read_position(v_member), v_member.last_read_seq);
  with page as materialized (
    select found.* from app_hidden.room_page(
        room_recap.room_id, json_build_object('size', v_most, 'newestFirst', true, 'topLevelOnly', false, 'above', v_since)) as found
      where found.seq > v_since
      order by found.seq desc
      limit v_most
  ), missed as materialized (
    select page.id, page.seq, page.author_id, page.parent_message_id, page.reply_count,
        page.metadata ? 'poll' as is_poll,
        app_public.messages_mentions_viewer(page::app_public.messages) as is_mention,
        exists (
          select from app_public.message_attachments where message_attachments.message_id = page.id) as has_files,
        (
          select count(*) from (
            select from app_public.message_reactions where message_reactions.message_id = page.id limit 1000
          ) as reaction) as reactions
      from page
      where page.deleted_at is null and page.held_at is null and page.message_type <> 'system'
        and page.author_id <> all (v_user_id || app_hidden.blocked_by_me())
  ), writer as (
    select missed.author_id, count(*) as message_count, max(missed.seq) as last_seq from missed group by missed.author_id
  ), candidate as (
    select missed.*, reason.name::app_public.recap_reason as reason, reason.count,
        row_number() over (partition by reason.name order by reason.count desc, missed.seq desc) as place
      from missed
      cross join lateral (values
        ('mention', missed.is_mention::integer), ('reactions', missed.reactions), ('replies', missed.reply_count),
        ('poll', missed.is_poll::integer)) as reason (name, count)
      where reason.count > 0
  ), chosen as (
    select distinct on (candidate.id) candidate.* from candidate
      where candidate.place <= v_few
      order by candidate.id, candidate.reason
  )
  select
      (select count(*) from missed),
      (select count(*) from missed where is_mention),
      (select count(*) from writer),
      (select count(*) from missed where has_files),
      (select count(*) from missed where is_poll),
      (select count(distinct parent_message_id) from missed),
      (select count(*) >= v_most from page),
      array(
        select row(writer.author_id, writer.message_count)::app_public.recap_writer from writer
          order by writer.message_count desc, writer.last_seq desc
          limit v_few),
      array(
        select row(chosen.id, chosen.reason, chosen.count)::app_public.recap_highlight from chosen
          order by chosen.reason, chosen.count desc, chosen.seq desc)
    into v_recap;
  return v_recap;
end
$$;
comment on function app_public.room_recap(uuid, bigint) is
  'What you have missed in a room since you last read there, or since `sinceSeq`: of the last 500 messages at most. Null when you are not a member.';
grant execute on function app_public.room_recap(uuid, bigint) to trumpet_user;
--! EndIncluded functions/alerts/room_recap.sql

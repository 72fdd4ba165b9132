--! Previous: sha1:767fad5f18ee8a6443e4a783f44ecf13fbf38ca1
--! Hash: sha1:15f1a5ccde2ef3954d440669d3f91e14d7e17630

/*
 * What a link in a message shows.
 *
 * The worker reads a text for links, in Markdown, and fetches what they lead to: once for all rooms, and kept for a day.
 * Each message has its own copy of what is shown, as visible as itself.
 */
create table app_private.links (
  id uuid primary key default uuidv7(),
  url text not null,
  title text,
  description text,
  site_name text,
  thumbnail_id uuid,
  width integer,
  height integer,
  expires_at timestamptz,
  asked_at timestamptz,
  constraint links_url_is_unique unique (url),
  constraint links_url_length check (char_length(url) between 1 and 2000)
);
comment on table app_private.links is 'What addresses lead to.';
comment on column app_private.links.title is 'Null when there is nothing to show.';
comment on column app_private.links.thumbnail_id is 'Its picture, one of link_thumbnails.';
comment on column app_private.links.width is 'Of its picture, in pixels.';
comment on column app_private.links.height is 'Of its picture, in pixels.';
comment on column app_private.links.expires_at is 'Until when it need not be fetched again. Null until it was fetched.';
comment on column app_private.links.asked_at is 'Since when somebody is fetching it.';
alter table app_private.links enable row level security;
/* expire_links */
create index links_expires_at on app_private.links (expires_at);
/* next_thumbnail_removals */
create index links_thumbnail_id on app_private.links (thumbnail_id) where thumbnail_id is not null;

create table app_private.link_thumbnails (
  id uuid primary key default gen_random_uuid(),
  created_at timestamptz not null default now()
);
comment on table app_private.link_thumbnails is 'The small pictures of previews, whose bytes are in the storage of attachments.';
comment on column app_private.link_thumbnails.id is 'Known to nobody who has not seen a preview with it.';
alter table app_private.link_thumbnails enable row level security;
/* next_thumbnail_removals */
create index link_thumbnails_created_at on app_private.link_thumbnails (created_at);

create table app_private.message_links (
  message_id uuid not null,
  room_id uuid not null,
  ordinal smallint not null,
  url text not null,
  is_waiting boolean not null default true,
  is_removed boolean not null default false,
  constraint message_links_pkey primary key (message_id, url)
);
comment on table app_private.message_links is 'The links of messages that are to have a preview.';
comment on column app_private.message_links.is_waiting is 'Whether nobody has shown yet what it leads to.';
comment on column app_private.message_links.is_removed is 'Whether somebody has removed its preview: it does not come back.';
alter table app_private.message_links enable row level security;
/* show_link, expire_links */
create index message_links_waiting on app_private.message_links (url) where is_waiting;

create table app_public.link_previews (
  id uuid primary key default uuidv7(),
  message_id uuid not null,
  room_id uuid not null,
  ordinal smallint not null,
  url text not null,
  title text not null,
  description text,
  site_name text,
  thumbnail_id uuid,
  width integer,
  height integer,
  constraint link_previews_are_one_a_link unique (message_id, url)
);
comment on table app_public.link_previews is
  'What a link in a message leads to, as the page there says it of itself: plain text, in one line. Nobody has checked it.';
comment on column app_public.link_previews.id is 'Unique over all previews.';
comment on column app_public.link_previews.message_id is 'The message with the link.';
comment on column app_public.link_previews.room_id is 'The room of the message.';
comment on column app_public.link_previews.ordinal is 'Its place among the previews of the message.';
comment on column app_public.link_previews.url is 'The address in the message, without what is behind `#`.';
comment on column app_public.link_previews.title is 'The title of the page, at most 200 characters.';
comment on column app_public.link_previews.description is 'What the page says that it is about, at most 300 characters.';
comment on column app_public.link_previews.site_name is 'What the site calls itself, at most 100 characters.';
comment on column app_public.link_previews.thumbnail_id is 'Its picture; `thumbnailUrl` says where it is.';
comment on column app_public.link_previews.width is 'Of the picture, in pixels; null where there is none.';
comment on column app_public.link_previews.height is 'Of the picture, in pixels; null where there is none.';
comment on constraint link_previews_pkey on app_public.link_previews is 'One preview an id.';
comment on constraint link_previews_are_one_a_link on app_public.link_previews is 'One preview for each address in a message.';
alter table app_public.link_previews enable row level security;
/* next_thumbnail_removals */
create index link_previews_thumbnail_id on app_public.link_previews (thumbnail_id) where thumbnail_id is not null;
/* A preview is as visible as its message: one that is held is not. */
create policy select_member on app_public.link_previews for select to trumpet_user using (
  room_id in (select app_hidden.my_room_ids())
  and exists (select from app_public.messages where messages.id = message_id)
);
create policy select_broadcast on app_public.link_previews for select to trumpet_broadcast using (
  room_id in (select app_hidden.broadcast_room_ids())
  and exists (select from app_public.messages where messages.id = message_id)
);
create policy select_admin on app_public.link_previews for select to trumpet_admin
  using (exists (select from app_public.messages where messages.id = message_id));
grant select on app_public.link_previews to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;

--! Included functions/link-previews/messages_link_previews.sql
create or replace function app_public.messages_link_previews(message app_public.messages) returns setof app_public.link_previews
language sql stable security invoker rows 1
set search_path = pg_catalog, pg_temp
as $$
  select link_previews.* from app_public.link_previews
    where link_previews.message_id = message.id
      and not exists (select from app_public.rooms where rooms.id = link_previews.room_id and hides_link_previews)
    order by link_previews.ordinal;
$$;
comment on function app_public.messages_link_previews(app_public.messages) is
  'What the first links of the message lead to, in the order of the text. They come a moment after it, by a message event.';
grant execute on function app_public.messages_link_previews(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/link-previews/messages_link_previews.sql

--! Included functions/link-previews/remove_link_preview.sql
create or replace function app_public.remove_link_preview(link_preview_id uuid) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_preview app_public.link_previews;
  v_locked app_private.locked_message;
  v_message app_public.messages;
begin
  perform app_private.take_tokens(app_private.require_user());
  select * into v_preview from app_public.link_previews where link_previews.id = remove_link_preview.link_preview_id;
  if v_preview.id is null then
    raise exception 'There is no such preview.' using errcode = 'TR404';
  end if;
  v_locked := app_private.lock_message_as(v_preview.message_id);
  v_message := v_locked.message;
  if v_message.author_id <> (v_locked.member).user_id then
    if not app_private.may(v_locked.room, v_locked.member, 'delete_messages')
      or not app_private.is_above(v_locked.member, v_message.author_id, 'delete_messages')
    then
      raise exception 'Only the author of a message, or a moderator above them, can remove its previews.' using errcode = 'TR403';
    end if;
  end if;
  update app_private.message_links set is_removed = true, is_waiting = false
    where message_links.message_id = v_message.id and message_links.url = v_preview.url;
  delete from app_public.link_previews where link_previews.id = v_preview.id;
  -- Two at the same moment: the second finds nothing to do.
  if found then
    perform app_private.log_change(v_message.room_id, 'message', 'update', message_id => v_message.id);
  end if;
  return v_message;
end
$$;
comment on function app_public.remove_link_preview(uuid) is
  'Removes a preview from a message. It stays away for as long as the link is in the text. For the author of the message, and for moderators above them.';
grant execute on function app_public.remove_link_preview(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/link-previews/remove_link_preview.sql

--! Included functions/link-previews/set_room_link_previews.sql
/* Whoever has the room open fetches it anew: what they have shows previews, or none. */
create or replace function app_public.set_room_link_previews(room_id uuid, hide_previews boolean) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_room app_public.rooms;
begin
  perform app_private.limit_rate('settings');
  v_locked := app_private.lock_room_as(set_room_link_previews.room_id);
  v_room := v_locked.room;
  perform app_private.check_permission_of_equals(v_locked.room, v_locked.member, 'edit_room');
  if v_room.hides_link_previews = set_room_link_previews.hide_previews then
    return v_room;
  end if;
  update app_public.rooms set hides_link_previews = set_room_link_previews.hide_previews
    where rooms.id = set_room_link_previews.room_id
    returning * into v_room;
  perform app_private.note_history_rewritten(v_room.id);
  return v_room;
end
$$;
comment on function app_public.set_room_link_previews(uuid, boolean) is
  'Whether messages of this room have no previews of links: those that are there are hidden, and nothing is fetched for new ones. For admins and the owner; in a direct conversation for both, unless one has blocked the other (`BLOCKED`).';
grant execute on function app_public.set_room_link_previews(uuid, boolean) to trumpet_user, trumpet_key;
--! EndIncluded functions/link-previews/set_room_link_previews.sql

/* The worker's part. */
--! Included functions/link-previews/set_message_links.sql
/*
 * The text was read outside of this transaction: when it is another one by now, or is not to be seen, whatever changed it
 * has noted a job of its own. Rows are locked in the order of the addresses: two messages with the same links wait for
 * each other.
 *
 * What one person has asked for goes one at a time, and of what is more than a few addresses they have no preview: slow
 * sites delay those who name them, and nobody else. (Lanes are as good as people: there are so many of them.)
 */
create or replace function app_private.set_message_links(message_id uuid, content text, urls text[]) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_waiting_allowed constant integer := 10;
  v_message app_public.messages;
  v_room_id uuid;
  v_lane bigint;
  v_link app_private.links;
begin
  select * into v_message from app_public.messages where messages.id = set_message_links.message_id;
  v_room_id := v_message.room_id;
  v_lane := mod(abs(hashtext(v_message.author_id::text)::bigint), 1000);
  perform app_private.lock_room(v_room_id);
  if not exists (
    select from app_public.messages
      where messages.id = set_message_links.message_id and messages.content = set_message_links.content and held_at is null
  ) then
    return;
  end if;
  if exists (select from app_public.rooms where rooms.id = v_room_id and hides_link_previews) then
    urls := '{}';
  end if;
  delete from app_private.message_links as wanted
    where wanted.message_id = set_message_links.message_id and wanted.url <> all (urls);
  delete from app_public.link_previews as shown
    where shown.message_id = set_message_links.message_id and shown.url <> all (urls);
  if found then
    perform app_private.log_change(v_room_id, 'message', 'update', message_id => set_message_links.message_id);
  end if;
  insert into app_private.message_links as wanted (message_id, room_id, ordinal, url)
    select set_message_links.message_id, v_room_id, ordinal, url from unnest(urls) with ordinality as links (url, ordinal)
    on conflict on constraint message_links_pkey do update set
      ordinal = excluded.ordinal,
      is_waiting = not wanted.is_removed and not exists (
        select from app_public.link_previews as shown where shown.message_id = excluded.message_id and shown.url = excluded.url);
  update app_public.link_previews as shown set ordinal = wanted.ordinal from app_private.message_links as wanted
    where shown.message_id = set_message_links.message_id and wanted.message_id = shown.message_id and wanted.url = shown.url;
  insert into app_private.links (url) select url from unnest(urls) as url order by url
    on conflict on constraint links_url_is_unique do nothing;
  for v_link in
    select links.* from app_private.links join app_private.message_links as wanted on wanted.url = links.url
      where wanted.message_id = set_message_links.message_id and wanted.is_waiting
      order by links.url
  loop
    if (v_link.expires_at is null or v_link.expires_at < now()) and (
      select count(distinct wanted.url) from app_private.message_links as wanted
        join app_public.messages on messages.id = wanted.message_id
        where wanted.is_waiting and wanted.url <> v_link.url and messages.author_id = v_message.author_id
    ) >= v_waiting_allowed then
      delete from app_private.message_links as wanted
        where wanted.message_id = set_message_links.message_id and wanted.url = v_link.url;
    else
      perform graphile_worker.add_job(
        'fetch_link', json_build_object('id', v_link.id), job_key => 'link:' || v_link.id || ':' || v_lane,
        max_attempts => 3, priority => 10, queue_name => 'links:' || v_lane);
    end if;
  end loop;
end
$$;
comment on function app_private.set_message_links(uuid, text, text[]) is
  'Notes which links of a message are to have a preview, if this is still its text, and has the worker look at them.';
--! EndIncluded functions/link-previews/set_message_links.sql

--! Included functions/link-previews/begin_link.sql
/* A page is asked for within 8 seconds and its picture within 5: who has begun earlier than thirty seconds ago has died. */
create or replace function app_private.begin_link(link_id uuid) returns text
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  update app_private.links set asked_at = clock_timestamp()
    where links.id = begin_link.link_id and (expires_at is null or expires_at < now())
      and (asked_at is null or asked_at < clock_timestamp() - interval '30 seconds')
      and exists (
        select from app_private.message_links as wanted
          join app_public.messages on messages.id = wanted.message_id
          join app_public.rooms on rooms.id = wanted.room_id and not hides_link_previews
          where wanted.url = links.url and is_waiting and held_at is null and deleted_at is null
      )
    returning links.url;
$$;
comment on function app_private.begin_link(uuid) is
  'The address that is to be fetched, unless it is known what it leads to, somebody else is fetching it, or no message that is to be seen waits for it.';
--! EndIncluded functions/link-previews/begin_link.sql

--! Included functions/link-previews/keep_link.sql
create or replace function app_private.keep_link(
  link_id uuid, title text, description text, site_name text, thumbnail_id uuid, width integer, height integer
) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  update app_private.links set
    title = keep_link.title, description = keep_link.description, site_name = keep_link.site_name,
    thumbnail_id = keep_link.thumbnail_id, width = keep_link.width, height = keep_link.height,
    asked_at = null, expires_at = now() + case when keep_link.title is null then interval '10 minutes' else interval '1 day' end
    where links.id = keep_link.link_id;
$$;
comment on function app_private.keep_link(uuid, text, text, text, uuid, integer, integer) is
  'Keeps what an address leads to for a day; that there is nothing to show (a null title) for ten minutes.';
--! EndIncluded functions/link-previews/keep_link.sql

--! Included functions/link-previews/begin_link_thumbnail.sql
create or replace function app_private.begin_link_thumbnail() returns uuid
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  insert into app_private.link_thumbnails default values returning id;
$$;
comment on function app_private.begin_link_thumbnail() is
  'The id of a picture that is about to be put into the storage. If nobody shows it, it is removed from there after an hour.';
--! EndIncluded functions/link-previews/begin_link_thumbnail.sql

--! Included functions/link-previews/next_thumbnail_removals.sql
/* An hour is far longer than the way from the storage into a preview takes. */
create or replace function app_private.next_thumbnail_removals(batch_size integer, left_out uuid[]) returns setof uuid
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select link_thumbnails.id from app_private.link_thumbnails
    where created_at < now() - interval '1 hour' and id <> all (left_out)
      and not exists (select from app_private.links where links.thumbnail_id = link_thumbnails.id)
      and not exists (select from app_public.link_previews where link_previews.thumbnail_id = link_thumbnails.id)
    limit batch_size;
$$;
comment on function app_private.next_thumbnail_removals(integer, uuid[]) is
  'Pictures that no preview shows any more, or ever did, and that none can begin to show.';
--! EndIncluded functions/link-previews/next_thumbnail_removals.sql

--! Included functions/link-previews/note_thumbnail_removals.sql
create or replace function app_private.note_thumbnail_removals(ids uuid[]) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  delete from app_private.link_thumbnails where link_thumbnails.id = any (ids);
$$;
comment on function app_private.note_thumbnail_removals(uuid[]) is 'Notes that pictures are in the storage no more.';
--! EndIncluded functions/link-previews/note_thumbnail_removals.sql

--! Included functions/link-previews/find_link_thumbnail.sql
create or replace function app_hidden.find_link_thumbnail(id uuid) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (select from app_private.link_thumbnails where link_thumbnails.id = find_link_thumbnail.id);
$$;
comment on function app_hidden.find_link_thumbnail(uuid) is 'Whether there is a picture of this id, for whoever has its address.';
grant execute on function app_hidden.find_link_thumbnail(uuid) to trumpet_authenticator;
--! EndIncluded functions/link-previews/find_link_thumbnail.sql

--! Included functions/link-previews/show_link.sql
create or replace function app_private.show_link(link_id uuid) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_wanted app_private.message_links;
  v_link app_private.links;
begin
  select * into v_link from app_private.links where links.id = show_link.link_id;
  select * into v_wanted from app_private.message_links
    where message_links.url = v_link.url and is_waiting and v_link.expires_at > now()
    limit 1;
  if not found then
    return false;
  end if;
  perform app_private.lock_room(v_wanted.room_id);
  update app_private.message_links as wanted set is_waiting = false
    where wanted.message_id = v_wanted.message_id and wanted.url = v_wanted.url and is_waiting;
  if found and v_link.title is not null and exists (
    select from app_public.messages join app_public.rooms on rooms.id = messages.room_id
      where messages.id = v_wanted.message_id and held_at is null and deleted_at is null and not hides_link_previews
  ) then
    insert into app_public.link_previews (message_id, room_id, ordinal, url, title, description, site_name, thumbnail_id, width, height)
      select wanted.message_id, wanted.room_id, wanted.ordinal, wanted.url, v_link.title, v_link.description, v_link.site_name,
          v_link.thumbnail_id, v_link.width, v_link.height
        from app_private.message_links as wanted
        where wanted.message_id = v_wanted.message_id and wanted.url = v_wanted.url
      on conflict on constraint link_previews_are_one_a_link do nothing;
    if found then
      perform app_private.log_change(v_wanted.room_id, 'message', 'update', message_id => v_wanted.message_id);
    end if;
  end if;
  return true;
end
$$;
comment on function app_private.show_link(uuid) is
  'Shows what an address leads to in one of the messages that wait for it. False when there is none, or it is not known.';
--! EndIncluded functions/link-previews/show_link.sql

--! Included functions/link-previews/end_link.sql
create or replace function app_private.end_link(link_id uuid) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select graphile_worker.add_job(
      'fetch_link', json_build_object('id', links.id), job_key => 'link:' || links.id || ':again',
      max_attempts => 3, priority => 10, run_at => now() + interval '10 seconds', queue_name => 'links:again')
    from app_private.links
    where links.id = end_link.link_id and exists (
      select from app_private.message_links as wanted where wanted.url = links.url and is_waiting
    );
$$;
comment on function app_private.end_link(uuid) is
  'Looks again in ten seconds whether somebody waits, if somebody does now: whoever is fetching it just now may die.';
--! EndIncluded functions/link-previews/end_link.sql

--! Included functions/link-previews/expire_links.sql
create or replace function app_private.expire_links() returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  delete from app_private.links
    where (expires_at is null or expires_at < now())
      and not exists (select from app_private.message_links where message_links.url = links.url and is_waiting);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function app_private.expire_links() is
  'Forgets what addresses led to that are over, and addresses that nobody waits for. How many there were. The worker calls it every hour.';
--! EndIncluded functions/link-previews/expire_links.sql

--! Included functions/link-previews/tg_messages__note_links.sql
create or replace function app_private.tg_messages__note_links() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.deleted_at is not null or new.held_at is not null then
    return null;
  end if;
  if tg_op = 'INSERT' then
    if new.message_type = 'system' or new.content !~* 'https?://' or app_private.is_import_in_bulk() then
      return null;
    end if;
  elsif new.content = old.content and old.held_at is null
    or new.content !~* 'https?://' and old.content !~* 'https?://'
  then
    return null;
  end if;
  perform graphile_worker.add_job(
    'read_links', json_build_object('messageId', new.id), job_key => 'links of ' || new.id, max_attempts => 3, priority => 10);
  return null;
end
$$;
comment on function app_private.tg_messages__note_links() is 'Has the worker read a new text for links.';
--! EndIncluded functions/link-previews/tg_messages__note_links.sql

create trigger _660_note_links_insert after insert on app_public.messages
  for each row execute function app_private.tg_messages__note_links();
create trigger _660_note_links_update after update of content, held_at on app_public.messages
  for each row execute function app_private.tg_messages__note_links();
alter table app_public.messages
  disable trigger _660_note_links_insert,
  disable trigger _660_note_links_update;

--! Included functions/link-previews/set_link_previews.sql
/* As set_moderation_hook does: turning the triggers waits two seconds at most, then the worker tries again later. */
create or replace function app_private.set_link_previews(is_on boolean) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
as $$
declare
  v_is_on boolean := (
    select tgenabled <> 'D' from pg_trigger
      where tgrelid = 'app_public.messages'::regclass and tgname = '_660_note_links_insert');
begin
  if v_is_on = is_on then
    return;
  end if;
  if is_on then
    alter table app_public.messages
      enable trigger _660_note_links_insert,
      enable trigger _660_note_links_update;
  else
    alter table app_public.messages
      disable trigger _660_note_links_insert,
      disable trigger _660_note_links_update;
  end if;
end
$$;
comment on function app_private.set_link_previews(boolean) is
  'Begins to read messages for links, or stops. The worker calls it when it starts.';
--! EndIncluded functions/link-previews/set_link_previews.sql

--! Included functions/link-previews/tg_messages__drop_links.sql
create or replace function app_private.tg_messages__drop_links() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE'
    and (old.deleted_at is not null or new.deleted_at is null) and (old.held_at is not null or new.held_at is null)
  then
    return null;
  end if;
  delete from app_private.message_links where message_links.message_id = old.id;
  delete from app_public.link_previews where link_previews.message_id = old.id;
  return null;
end
$$;
comment on function app_private.tg_messages__drop_links() is 'A message that is deleted or held links nowhere.';
--! EndIncluded functions/link-previews/tg_messages__drop_links.sql

create trigger _660_drop_links_update after update of deleted_at, held_at on app_public.messages
  for each row execute function app_private.tg_messages__drop_links();
create trigger _660_drop_links_delete after delete on app_public.messages
  for each row execute function app_private.tg_messages__drop_links();

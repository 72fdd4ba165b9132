--! Previous: x
--! Hash: x

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
create policy select_admin on app_public.link_previews for select to trumpet_admin using (true);
grant select on app_public.link_previews to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;

--! Included functions/link-previews/messages_link_previews.sql

--! EndIncluded functions/link-previews/messages_link_previews.sql

--! Included functions/link-previews/remove_link_preview.sql

--! EndIncluded functions/link-previews/remove_link_preview.sql

--! Included functions/link-previews/set_room_link_previews.sql

--! EndIncluded functions/link-previews/set_room_link_previews.sql

/* The worker's part. */
--! Included functions/link-previews/set_message_links.sql

--! EndIncluded functions/link-previews/set_message_links.sql

--! Included functions/link-previews/begin_link.sql

--! EndIncluded functions/link-previews/begin_link.sql

--! Included functions/link-previews/keep_link.sql

--! EndIncluded functions/link-previews/keep_link.sql

--! Included functions/link-previews/begin_link_thumbnail.sql

--! EndIncluded functions/link-previews/begin_link_thumbnail.sql

--! Included functions/link-previews/next_thumbnail_removals.sql

--! EndIncluded functions/link-previews/next_thumbnail_removals.sql

--! Included functions/link-previews/note_thumbnail_removals.sql

--! EndIncluded functions/link-previews/note_thumbnail_removals.sql

--! Included functions/link-previews/find_link_thumbnail.sql

--! EndIncluded functions/link-previews/find_link_thumbnail.sql

--! Included functions/link-previews/show_link.sql

--! EndIncluded functions/link-previews/show_link.sql

--! Included functions/link-previews/end_link.sql

--! EndIncluded functions/link-previews/end_link.sql

--! Included functions/link-previews/expire_links.sql

--! EndIncluded functions/link-previews/expire_links.sql

--! Included functions/link-previews/tg_messages__note_links.sql

--! EndIncluded functions/link-previews/tg_messages__note_links.sql

create trigger _660_note_links_insert after insert on app_public.messages
  for each row execute function app_private.tg_messages__note_links();
create trigger _660_note_links_update after update of content, held_at on app_public.messages
  for each row execute function app_private.tg_messages__note_links();
alter table app_public.messages
  disable trigger _660_note_links_insert,
  disable trigger _660_note_links_update;

--! Included functions/link-previews/set_link_previews.sql

--! EndIncluded functions/link-previews/set_link_previews.sql

--! Included functions/link-previews/tg_messages__drop_links.sql

--! EndIncluded functions/link-previews/tg_messages__drop_links.sql

create trigger _660_drop_links_update after update of deleted_at, held_at on app_public.messages
  for each row execute function app_private.tg_messages__drop_links();
create trigger _660_drop_links_delete after delete on app_public.messages
  for each row execute function app_private.tg_messages__drop_links();

--! Previous: sha1:69bd80310e4d4ff036de9806c5cb3ce41a355049
--! Hash: sha1:30f2b855fcc3fa0066f3d177f917dfdfc625426b

/*
 * Files of messages. A file is uploaded first, then bound to a message by its uploader, once.
 */
create table app_public.message_attachments (
  id uuid primary key default uuidv7(),
  message_id uuid not null,
  room_id uuid not null,
  filename text not null,
  mime_type text not null,
  byte_size bigint not null,
  width integer,
  height integer,
  duration_ms integer,
  created_at timestamptz not null default now(),
  constraint message_attachments_filename_length check (char_length(filename) between 1 and 255),
  constraint message_attachments_byte_size_range check (byte_size >= 0)
);
comment on table app_public.message_attachments is
  E'@name attachment\n@foreignKey (message_id) references app_public.messages (id)|@fieldName message|@behavior -manyRelation:resource:list -manyRelation:resource:connection\nA file that came with a message.';
comment on column app_public.message_attachments.id is 'Stays the same for ever.';
comment on column app_public.message_attachments.message_id is 'The message it came with.';
comment on column app_public.message_attachments.room_id is 'The room of the message.';
comment on column app_public.message_attachments.filename is 'The name that its sender gave it.';
comment on column app_public.message_attachments.mime_type is 'What its bytes are, such as `image/png`; found out by the server, not told by the sender.';
comment on column app_public.message_attachments.byte_size is 'How large it is.';
comment on column app_public.message_attachments.width is 'Of a picture or video, in pixels.';
comment on column app_public.message_attachments.height is 'Of a picture or video, in pixels.';
comment on column app_public.message_attachments.duration_ms is 'Of a sound or video, in milliseconds.';
comment on column app_public.message_attachments.created_at is 'When it was uploaded.';
comment on constraint message_attachments_pkey on app_public.message_attachments is E'@behavior -single\nOne attachment an id.';
alter table app_public.message_attachments enable row level security;
create policy select_member on app_public.message_attachments for select to trumpet_user using (room_id in (select app_hidden.my_room_ids()));
create policy select_broadcast on app_public.message_attachments for select to trumpet_broadcast using (room_id = app_hidden.broadcast_room_id());
create policy select_admin on app_public.message_attachments for select to trumpet_admin using (true);
grant select on app_public.message_attachments to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* message.attachments */
create index message_attachments_message_id on app_public.message_attachments (message_id, id);

create function app_public.messages_attachments(message app_public.messages) returns setof app_public.message_attachments
language sql stable security invoker rows 2
set search_path = pg_catalog
as $$
  select message_attachments.* from app_public.message_attachments
    where message_attachments.message_id = message.id
    order by message_attachments.id;
$$;
comment on function app_public.messages_attachments(app_public.messages) is
  E'@simpleCollections only\n@fieldName attachments\nThe files that came with it.';
grant execute on function app_public.messages_attachments(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;

/* The addresses are made by the server, which signs them: see docs/attachments.md. Null until a file can be fetched. */
create function app_public.message_attachments_url(attachment app_public.message_attachments) returns text
language sql stable security invoker
set search_path = pg_catalog
as $$
  select null::text;
$$;
comment on function app_public.message_attachments_url(app_public.message_attachments) is 'Where the file can be fetched for a few minutes.';
grant execute on function app_public.message_attachments_url(app_public.message_attachments) to trumpet_user, trumpet_broadcast, trumpet_admin;

create function app_public.message_attachments_thumbnail_url(attachment app_public.message_attachments) returns text
language sql stable security invoker
set search_path = pg_catalog
as $$
  select null::text;
$$;
comment on function app_public.message_attachments_thumbnail_url(app_public.message_attachments) is 'Where a small picture of it can be fetched for a few minutes. Null when there is none.';
grant execute on function app_public.message_attachments_thumbnail_url(app_public.message_attachments) to trumpet_user, trumpet_broadcast, trumpet_admin;

create function app_private.bind_attachments(message app_public.messages, attachment_ids uuid[]) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
begin
  raise exception 'No such upload' using errcode = 'TR404';
end
$$;
comment on function app_private.bind_attachments(app_public.messages, uuid[]) is 'Binds uploads of its author to a message.';

--! Previous: sha1:4bb0491c570cfbf409a98432210032b716ef6b38
--! Hash: sha1:a8f6f7127597e9b052e786c667bc714a6fd1e8b1

/*
 * What belongs to a person, to take along.
 *
 * An export is a job of the worker. The file is kept in the database, in pieces, so that whichever node is asked can
 * serve it; its address holds a secret, and both end after a week.
 */
create type app_public.data_export_status as enum ('pending', 'ready', 'failed');
comment on type app_public.data_export_status is 'How far an export of your data is.';

create table app_public.data_exports (
  id uuid primary key default uuidv7(),
  user_id uuid not null references app_public.users on delete cascade,
  status app_public.data_export_status not null default 'pending',
  byte_size bigint,
  requested_at timestamptz not null default now(),
  finished_at timestamptz,
  expires_at timestamptz not null default now() + interval '7 days',
  constraint data_exports_are_finished_when_not_pending check ((status = 'pending') = (finished_at is null))
);
comment on table app_public.data_exports is
  'A file with all that you wrote and all that is kept about you. You see your own only.';
comment on column app_public.data_exports.id is 'Stays the same for ever.';
comment on column app_public.data_exports.user_id is 'Whose data it is.';
comment on column app_public.data_exports.status is 'PENDING until the file is there. FAILED: ask again.';
comment on column app_public.data_exports.byte_size is 'How large the file is. Null while it is not there.';
comment on column app_public.data_exports.requested_at is 'When it was asked for.';
comment on column app_public.data_exports.finished_at is 'When the file was there.';
comment on column app_public.data_exports.expires_at is 'When the file is deleted.';
comment on constraint data_exports_pkey on app_public.data_exports is 'One of your exports, by its id.';
comment on constraint data_exports_user_id_fkey on app_public.data_exports is
  'Whose data it is.';
alter table app_public.data_exports enable row level security;
create policy select_own on app_public.data_exports for select to trumpet_user using (user_id = (select app_hidden.current_user_id()));
create policy select_admin on app_public.data_exports for select to trumpet_admin using (true);
grant select on app_public.data_exports to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* export_my_data: the one that is under way. A person has one at a time. */
create unique index data_exports_one_pending on app_public.data_exports (user_id) where status = 'pending';
create index data_exports_user_id on app_public.data_exports (user_id);
/* expire_data_exports */
create index data_exports_expires_at on app_public.data_exports (expires_at);

create table app_private.data_export_files (
  export_id uuid primary key references app_public.data_exports on delete cascade,
  download_token text not null default encode(public.gen_random_bytes(32), 'hex')
);
comment on table app_private.data_export_files is 'The secret in the address of an export.';
alter table app_private.data_export_files enable row level security;

create table app_private.data_export_chunks (
  export_id uuid not null references app_private.data_export_files on delete cascade,
  position integer not null,
  bytes bytea not null,
  primary key (export_id, position)
);
comment on table app_private.data_export_chunks is 'The file of an export, compressed, in pieces.';
-- It is compressed already.
alter table app_private.data_export_chunks alter column bytes set storage external;
alter table app_private.data_export_chunks enable row level security;

--! Included functions/data-exports/request_data_export.sql
create or replace function app_private.request_data_export(user_id uuid) returns app_public.data_exports
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_export app_public.data_exports;
begin
  insert into app_public.data_exports (user_id) values (request_data_export.user_id)
    on conflict do nothing
    returning * into v_export;
  if v_export.id is null then
    select * into v_export from app_public.data_exports
      where data_exports.user_id = request_data_export.user_id and status = 'pending';
    return v_export;
  end if;
  insert into app_private.data_export_files (export_id) values (v_export.id);
  perform graphile_worker.add_job(
    'export_data', json_build_object('exportId', v_export.id), max_attempts => 5, job_key => 'export_data:' || v_export.id);
  return v_export;
end
$$;
comment on function app_private.request_data_export(uuid) is 'Asks for a person''s data, unless that is under way.';
--! EndIncluded functions/data-exports/request_data_export.sql

--! Included functions/data-exports/export_my_data.sql
create or replace function app_public.export_my_data() returns app_public.data_exports
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.limit_rate('export');
  return app_private.request_data_export(app_private.require_user());
end
$$;
comment on function app_public.export_my_data() is
  'Requests a file with everything that you wrote and everything that is stored about you: JSON lines, compressed with gzip. Query `dataExport` until its status is READY, then download its `url`. While an export is being prepared, this returns it.';
grant execute on function app_public.export_my_data() to trumpet_user, trumpet_key;
--! EndIncluded functions/data-exports/export_my_data.sql

--! Included functions/data-exports/data_exports_url.sql
create or replace function app_public.data_exports_url(data_export app_public.data_exports) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select '/exports/' || data_export_files.export_id || '/' || data_export_files.download_token
    from app_private.data_export_files
    join app_public.data_exports on data_exports.id = data_export_files.export_id
    where data_export_files.export_id = data_export.id
      and data_exports.user_id = app_hidden.current_user_id()
      and data_exports.status = 'ready'
      and data_exports.expires_at > now();
$$;
comment on function app_public.data_exports_url(app_public.data_exports) is
  'The path of the file, relative to this server. Everybody who has it can download the file: keep it secret. Null until READY.';
grant execute on function app_public.data_exports_url(app_public.data_exports) to trumpet_user;
--! EndIncluded functions/data-exports/data_exports_url.sql

--! Included functions/data-exports/read_data_export.sql
create or replace function app_hidden.read_data_export(export_id uuid, download_token text, chunk integer) returns bytea
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select data_export_chunks.bytes
    from app_private.data_export_files
    join app_public.data_exports on data_exports.id = data_export_files.export_id
    join app_private.data_export_chunks on data_export_chunks.export_id = data_export_files.export_id
    where data_export_files.export_id = read_data_export.export_id
      and data_export_files.download_token = read_data_export.download_token
      and data_exports.status = 'ready'
      and data_exports.expires_at > now()
      and not app_private.is_suspended(data_exports.user_id)
      and data_export_chunks.position = read_data_export.chunk;
$$;
comment on function app_hidden.read_data_export(uuid, text, integer) is
  'A piece of an export, for whoever has its address; no row behind the last one, for a wrong address, and while the person is suspended.';
grant execute on function app_hidden.read_data_export(uuid, text, integer) to trumpet_authenticator;
--! EndIncluded functions/data-exports/read_data_export.sql

--! Included functions/data-exports/expire_data_exports.sql
create or replace function app_private.expire_data_exports() returns integer
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  with expired as (
    delete from app_public.data_exports where expires_at <= now() returning 1
  )
  select count(*)::integer from expired;
$$;
comment on function app_private.expire_data_exports() is 'Deletes the exports whose week is over. The worker calls it.';
--! EndIncluded functions/data-exports/expire_data_exports.sql

--! Included functions/data-exports/personal_tables.sql
/*
 * What is personal, table by table. Named as text: later chapters make some of them. A test finds tables that name a
 * person and are neither here nor among the exceptions that it lists with their reasons.
 */
create or replace function app_private.personal_tables() returns table (table_name text, user_column text, hidden_columns text[])
language sql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
  values
    ('app_public.users', 'id', '{}'::text[]),
    ('app_private.user_secrets', 'user_id', '{password_hash,holds_email,email_told_at,codes_voided_at}'),
    ('app_private.totp_secrets', 'user_id', '{secret,last_step}'),
    ('app_private.recovery_codes', 'user_id', '{code_hash}'),
    ('app_private.passkeys', 'user_id', '{credential_id,public_key,sign_count}'),
    ('app_private.guests', 'user_id', '{}'),
    ('app_private.hook_questions', 'author_id', '{request_hash,hooks_version}'),
    ('app_private.identities', 'user_id', '{}'),
    ('app_private.last_seen', 'user_id', '{}'),
    ('app_private.known_addresses', 'user_id', '{address_hash}'),
    ('app_private.known_devices', 'user_id', '{device_hash}'),
    ('app_private.sessions', 'user_id', '{device_hash}'),
    ('app_private.key_sessions', 'user_id', '{}'),
    ('app_public.room_members', 'user_id', '{}'),
    ('app_private.member_preferences', 'user_id', '{}'),
    ('app_private.room_histories', 'user_id', '{}'),
    ('app_private.thread_followers', 'user_id', '{}'),
    ('app_private.room_deliveries', 'user_id', '{}'),
    ('app_public.room_invitations', 'created_by', '{code}'),
    ('app_public.incoming_webhooks', 'created_by', '{bot_id}'),
    ('app_public.interactions', 'user_id', '{}'),
    ('app_public.scheduled_messages', 'user_id', '{nonce}'),
    ('app_public.saved_messages', 'user_id', '{}'),
    ('app_public.drafts', 'user_id', '{revision,bases}'),
    ('app_public.reminders', 'user_id', '{}'),
    ('app_public.message_reactions', 'user_id', '{}'),
    ('app_public.poll_ballots', 'user_id', '{}'),
    ('app_private.message_mentions', 'user_id', '{}'),
    ('app_public.user_group_members', 'user_id', '{}'),
    ('app_public.custom_emoji', 'added_by_id', '{}'),
    ('app_private.emoji_managers', 'user_id', '{}'),
    ('app_private.role_assignments', 'user_id', '{}'),
    ('app_private.permission_exceptions', 'user_id', '{}'),
    ('app_private.message_deletions', 'author_id', '{deleted_by}'),
    ('app_private.uploads', 'uploader_id', '{}'),
    ('app_public.data_exports', 'user_id', '{}'),
    ('app_private.user_blocks', 'blocker_id', '{}'),
    ('app_public.room_bans', 'user_id', '{banned_by}'),
    ('app_public.message_reports', 'reporter_id', '{resolved_by}'),
    ('app_public.push_subscriptions', 'user_id', '{endpoint}'),
    ('app_public.notification_settings', 'user_id', '{}'),
    ('app_private.keyword_alerts', 'user_id', '{query,first_word}'),
    ('app_public.privacy_settings', 'user_id', '{}'),
    ('app_private.status_texts', 'user_id', '{}'),
    ('app_private.profile_values', 'user_id', '{}'),
    ('app_private.user_days', 'user_id', '{}');
$$;
comment on function app_private.personal_tables() is
  'The tables that a person''s export holds beside messages, the column that names the person, and what is left out as a secret.';
--! EndIncluded functions/data-exports/personal_tables.sql

--! Included functions/data-exports/personal_data.sql
/*
 * What somebody has chosen in an anonymous poll, and when, is left out: an export is read by whoever has its address, and
 * the administrator may ask for one.
 */
create or replace function app_private.personal_data(user_id uuid) returns setof jsonb
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_personal record;
  v_messages text;
begin
  for v_personal in
    select * from app_private.personal_tables() where to_regclass(table_name) is not null
  loop
    return query execute format(
      $query$
        select jsonb_build_object('table', %L, 'row', to_jsonb(personal) - $2
            - case to_jsonb(personal) ->> 'is_anonymous' when 'true' then '{choices,chosen_at}'::text[] else '{}' end)
          from %s as personal
          where personal.%I = $1 and not exists (
            select from app_private.disappearing_messages as noted
              where noted.message_id = (to_jsonb(personal) ->> 'message_id')::uuid)
      $query$,
      split_part(v_personal.table_name, '.', 2), v_personal.table_name, v_personal.user_column)
      using personal_data.user_id, v_personal.hidden_columns;
  end loop;
  for v_messages in select app_private.message_tables() loop
    return query execute format($query$
      select jsonb_build_object('table', 'messages', 'row', jsonb_build_object(
          'id', message.id, 'room_id', message.room_id, 'seq', message.seq, 'content', message.content,
          'message_type', message.message_type,
          'metadata', message.metadata || case when message.metadata ? 'quote' and exists (
            select from app_private.message_sources
              join app_private.disappearing_messages as noted on noted.message_id = message_sources.source_message_id
              where message_sources.message_id = message.id
          ) then jsonb_build_object('quote', jsonb_build_object('messageId', message.metadata #> '{quote,messageId}', 'isRemoved', true)) else '{}' end,
          'parent_message_id', message.parent_message_id,
          'also_sent_to_room', message.also_sent_to_room, 'created_at', message.created_at,
          'edited_at', message.edited_at, 'deleted_at', message.deleted_at,
          'edits', (
            select coalesce(jsonb_agg(jsonb_build_object('previous_content', previous_content, 'edited_at', edited_at) order by message_edits.id), '[]')
              from app_public.message_edits where message_edits.message_id = message.id),
          'attachments', (
            select coalesce(jsonb_agg(to_jsonb(message_attachments) - 'message_id' - 'room_id' order by message_attachments.id), '[]')
              from app_public.message_attachments where message_attachments.message_id = message.id)))
        from %s as message
        -- A file that was made once stays: what disappears is in none, nor what hangs on it, nor quotes of it.
        where message.author_id = $1 and to_jsonb(message) ->> 'disappears_at' is null
        order by message.room_id, message.seq
    $query$, v_messages)
      using personal_data.user_id;
  end loop;
end
$$;
comment on function app_private.personal_data(uuid) is 'All that a person wrote and all that is kept about them, a JSON object a row.';
--! EndIncluded functions/data-exports/personal_data.sql

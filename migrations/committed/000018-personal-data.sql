--! Previous: sha1:ccd6de421482881531e1af74158d0f25df085ee5
--! Hash: sha1:a7fd9acaab6897e8dd68e7ca9f1cd973420d7718

/*
 * What belongs to a person: taking it along, and taking it away.
 */

/*
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

create function app_private.request_data_export(user_id uuid) returns app_public.data_exports
language plpgsql volatile security invoker
set search_path = pg_catalog
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

create function app_public.export_my_data() returns app_public.data_exports
language sql volatile security definer
set search_path = pg_catalog
as $$
  select app_private.request_data_export(app_private.require_user());
$$;
comment on function app_public.export_my_data() is
  'Asks for a file with all that you wrote and all that is kept about you: JSON lines, compressed with gzip. Ask `dataExport` until its status is READY, then fetch its `url`. While one is under way, you get that one.';
grant execute on function app_public.export_my_data() to trumpet_user;

create function app_public.data_exports_url(data_export app_public.data_exports) returns text
language sql stable security definer
set search_path = pg_catalog
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
  'Where the file can be fetched, below this server''s address. Whoever has the address has the file: keep it secret. Null until READY.';
grant execute on function app_public.data_exports_url(app_public.data_exports) to trumpet_user;

create function app_hidden.read_data_export(export_id uuid, download_token text, chunk integer) returns bytea
language sql stable security definer
set search_path = pg_catalog
as $$
  select data_export_chunks.bytes
    from app_private.data_export_files
    join app_public.data_exports on data_exports.id = data_export_files.export_id
    join app_private.data_export_chunks on data_export_chunks.export_id = data_export_files.export_id
    where data_export_files.export_id = read_data_export.export_id
      and data_export_files.download_token = read_data_export.download_token
      and data_exports.status = 'ready'
      and data_exports.expires_at > now()
      and data_export_chunks.position = read_data_export.chunk;
$$;
comment on function app_hidden.read_data_export(uuid, text, integer) is
  'A piece of an export, for whoever has its address; no row behind the last one, and for a wrong address.';
grant execute on function app_hidden.read_data_export(uuid, text, integer) to trumpet_authenticator;

create function app_private.expire_data_exports() returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
declare
  v_count integer;
begin
  delete from app_public.data_exports where expires_at <= now();
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function app_private.expire_data_exports() is 'Deletes the exports whose week is over. The worker calls it.';

/*
 * What is personal, table by table. Named as text: later migrations make some of them. A test finds tables that name a
 * person and are neither here nor among the exceptions that it lists with their reasons.
 */
create function app_private.personal_tables() returns table (table_name text, user_column text, hidden_columns text[])
language sql immutable security invoker
set search_path = pg_catalog
as $$
  values
    ('app_public.users', 'id', '{}'::text[]),
    ('app_private.user_secrets', 'user_id', '{password_hash}'),
    ('app_private.sessions', 'user_id', '{}'),
    ('app_public.room_members', 'user_id', '{}'),
    ('app_private.member_preferences', 'user_id', '{}'),
    ('app_public.room_invitations', 'created_by', '{code}'),
    ('app_public.message_reactions', 'user_id', '{}'),
    ('app_private.message_mentions', 'user_id', '{}'),
    ('app_private.uploads', 'uploader_id', '{}'),
    ('app_public.data_exports', 'user_id', '{}'),
    ('app_private.user_blocks', 'blocker_id', '{}'),
    ('app_public.room_bans', 'user_id', '{banned_by}'),
    ('app_public.message_reports', 'reporter_id', '{resolved_by}'),
    ('app_public.push_subscriptions', 'user_id', '{endpoint}'),
    ('app_public.notification_settings', 'user_id', '{}'),
    ('app_private.user_days', 'user_id', '{}');
$$;
comment on function app_private.personal_tables() is
  'The tables that a person''s export holds beside messages, the column that names the person, and what is left out as a secret.';

create function app_private.personal_data(user_id uuid) returns setof jsonb
language plpgsql stable security invoker
set search_path = pg_catalog
as $$
declare
  v_personal record;
  v_messages text;
begin
  for v_personal in
    select * from app_private.personal_tables() where to_regclass(table_name) is not null
  loop
    return query execute format(
      'select jsonb_build_object(''table'', %L, ''row'', to_jsonb(personal) - $2) from %s as personal where personal.%I = $1',
      split_part(v_personal.table_name, '.', 2), v_personal.table_name, v_personal.user_column)
      using personal_data.user_id, v_personal.hidden_columns;
  end loop;
  for v_messages in select app_private.message_tables() loop
    return query execute format($query$
      select jsonb_build_object('table', 'messages', 'row', jsonb_build_object(
          'id', message.id, 'room_id', message.room_id, 'seq', message.seq, 'content', message.content,
          'message_type', message.message_type, 'metadata', message.metadata,
          'parent_message_id', message.parent_message_id, 'created_at', message.created_at,
          'edited_at', message.edited_at, 'deleted_at', message.deleted_at,
          'edits', (
            select coalesce(jsonb_agg(jsonb_build_object('previous_content', previous_content, 'edited_at', edited_at) order by message_edits.id), '[]')
              from app_public.message_edits where message_edits.message_id = message.id),
          'attachments', (
            select coalesce(jsonb_agg(to_jsonb(message_attachments) - 'message_id' - 'room_id' order by message_attachments.id), '[]')
              from app_public.message_attachments where message_attachments.message_id = message.id)))
        from %s as message
        where message.author_id = $1
        order by message.room_id, message.seq
    $query$, v_messages)
      using personal_data.user_id;
  end loop;
end
$$;
comment on function app_private.personal_data(uuid) is 'All that a person wrote and all that is kept about them, a JSON object a row.';

create function app_private.message_tables() returns setof text
language sql stable security invoker rows 10
set search_path = pg_catalog
as $$
  select 'app_public.messages'
  union all
  select format('app_archive.%I', relname) from pg_class
    where relnamespace = 'app_archive'::regnamespace and relkind = 'r' and relname ~ '^messages_\d{4}_\d{2}$';
$$;
comment on function app_private.message_tables() is 'Where messages are: the living table and every month of the archive.';

/*
 * Deleting an account.
 *
 * At once, in the caller's transaction: nobody can sign in as this person any more, the profile is blank, the username
 * is free. Then the worker, a short transaction a step: hands over rooms, ends memberships and with them receipts, and
 * goes through the messages. At the end the row in users goes too, and nothing leads from what is left to a person: it
 * is all in the name of one account, "Deleted account", which everyone who left shares.
 *
 * Two traces stay for a while: ids, without anything to look them up in, in the change log, which is dropped after its
 * time; and files of archived months, from which restoring erases again.
 */
alter table app_public.users add column deleted_at timestamptz;
comment on column app_public.users.deleted_at is
  'When the account was deleted; null for the living. Deleted accounts keep no name and no picture.';

create type app_public.erasure_rule as enum ('erase', 'anonymise');
comment on type app_public.erasure_rule is 'What becomes of messages when their author deletes their account.';
alter table app_public.rooms add column erasure_rule app_public.erasure_rule not null default 'erase';
comment on column app_public.rooms.erasure_rule is
  'What becomes of messages when their author deletes their account: ERASE takes the content, ANONYMISE the name.';

create function app_public.set_erasure_rule(room_id uuid, rule app_public.erasure_rule) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
declare
  v_room app_public.rooms;
begin
  perform app_private.require_member(set_erasure_rule.room_id, 'owner');
  perform app_private.lock_room(set_erasure_rule.room_id);
  update app_public.rooms set erasure_rule = set_erasure_rule.rule, updated_at = now()
    where rooms.id = set_erasure_rule.room_id
    returning * into v_room;
  return v_room;
end
$$;
comment on function app_public.set_erasure_rule(uuid, app_public.erasure_rule) is
  'Says what becomes of messages here when their author deletes their account. For the owner.';
grant execute on function app_public.set_erasure_rule(uuid, app_public.erasure_rule) to trumpet_user;

alter table app_private.room_heads add column history_rewritten_at timestamptz;
comment on column app_private.room_heads.history_rewritten_at is 'When messages were last erased in bulk.';

create function app_public.rooms_history_rewritten_at(room app_public.rooms) returns timestamptz
language sql stable security definer
set search_path = pg_catalog
as $$
  select history_rewritten_at from app_private.room_heads where room_heads.room_id = room.id;
$$;
comment on function app_public.rooms_history_rewritten_at(app_public.rooms) is
  'When messages of deleted accounts were last erased here. Fetch the messages that you keep anew when this rises: no event tells of each.';
grant execute on function app_public.rooms_history_rewritten_at(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;

create function app_private.note_history_rewritten(room_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
begin
  perform app_private.end_bulk();
  update app_private.room_heads set history_rewritten_at = clock_timestamp()
    where room_heads.room_id = note_history_rewritten.room_id;
  perform app_private.log_change(note_history_rewritten.room_id, 'room', 'update');
end
$$;
comment on function app_private.note_history_rewritten(uuid) is 'Notes that messages of a room were erased in bulk, and logs that once.';

create table app_private.erasures (
  user_id uuid primary key,
  requested_at timestamptz not null default now(),
  finished_at timestamptz,
  messages_erased bigint not null default 0,
  messages_anonymised bigint not null default 0,
  reactions_deleted bigint not null default 0
);
comment on table app_private.erasures is
  'The accounts that were deleted, by an id that leads nowhere any more, and what that took away.';
alter table app_private.erasures enable row level security;
create index erasures_unfinished on app_private.erasures (requested_at) where finished_at is null;

/* erase_reactions, personal_data */
create index message_reactions_user_id on app_public.message_reactions (user_id, room_id);

create function app_private.blank_username() returns text
language sql volatile security invoker
set search_path = pg_catalog, public
as $$
  select 'deleted_' || encode(public.gen_random_bytes(12), 'hex');
$$;
comment on function app_private.blank_username() is 'A username that says nothing.';

create function app_private.ghost_id() returns uuid
language sql immutable security invoker parallel safe
set search_path = pg_catalog
as $$
  select '00000000-0000-7000-8000-000000000000'::uuid;
$$;
comment on function app_private.ghost_id() is 'The account in whose name is what deleted accounts leave.';

create function app_private.make_ghost() returns void
language sql volatile security invoker
set search_path = pg_catalog
as $$
  insert into app_public.users (id, username, display_name, deleted_at)
    values (app_private.ghost_id(), app_private.blank_username(), 'Deleted account', now())
    on conflict do nothing;
$$;
comment on function app_private.make_ghost() is 'Makes the account for what deleted accounts leave, when the first one goes.';

create function app_private.tg_room_members__refuse_deleted() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog
as $$
begin
  if exists (select from app_public.users where users.id = new.user_id and users.deleted_at is not null) then
    raise exception 'No such person' using errcode = 'TR404';
  end if;
  return new;
end
$$;
comment on function app_private.tg_room_members__refuse_deleted() is 'A deleted account joins no room, whichever way it is asked.';
create trigger _100_refuse_deleted before insert on app_public.room_members
  for each row execute function app_private.tg_room_members__refuse_deleted();

create function app_private.begin_erasure(user_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, public
as $$
begin
  insert into app_private.erasures (user_id) values (begin_erasure.user_id)
    on conflict on constraint erasures_pkey do nothing;
  if not found then
    return;
  end if;
  perform app_private.make_ghost();
  perform app_private.end_sessions(
    array(select id from app_private.sessions where sessions.user_id = begin_erasure.user_id and ended_at is null),
    'account deleted');
  delete from app_private.user_secrets where user_secrets.user_id = begin_erasure.user_id;
  delete from app_private.presence_sessions where presence_sessions.user_id = begin_erasure.user_id;
  update app_public.users set
    username = app_private.blank_username(), display_name = 'Deleted account', avatar_url = null, last_seen_at = null,
    deleted_at = now(), updated_at = now()
    where users.id = begin_erasure.user_id;
  perform app_private.continue_erasure(begin_erasure.user_id);
end
$$;
comment on function app_private.begin_erasure(uuid) is
  'Ends an account at once, and leaves what it wrote to the worker.';

create function app_private.continue_erasure(user_id uuid) returns void
language sql volatile security invoker
set search_path = pg_catalog
as $$
  select graphile_worker.add_job(
    'erase_user', json_build_object('userId', continue_erasure.user_id), job_key => 'erase_user:' || continue_erasure.user_id);
$$;
comment on function app_private.continue_erasure(uuid) is 'Has the worker go on with an account that was deleted.';

create function app_public.delete_my_account(password text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, public
as $$
declare
  v_user_id uuid := app_private.require_user();
  v_hash text;
begin
  select password_hash into v_hash from app_private.user_secrets where user_id = v_user_id for no key update;
  if v_hash is distinct from public.crypt(delete_my_account.password, v_hash) then
    raise exception 'The password is wrong' using errcode = 'TR403';
  end if;
  perform app_private.begin_erasure(v_user_id);
end
$$;
comment on function app_public.delete_my_account(text) is
  'Deletes your account, for good. Your sessions end and your name is free at once; then what you wrote is erased or made anonymous, as each room says. Rooms of yours go to the member highest in role, then longest there.';
grant execute on function app_public.delete_my_account(text) to trumpet_user;

create function app_private.take_out(room_id uuid, user_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
declare
  v_role app_public.member_role;
  v_heir_id uuid;
begin
  perform app_private.lock_room(take_out.room_id);
  delete from app_public.room_members
    where room_members.room_id = take_out.room_id and room_members.user_id = take_out.user_id
    returning room_members.role into v_role;
  if v_role = 'owner' then
    select room_members.user_id into v_heir_id from app_public.room_members
      where room_members.room_id = take_out.room_id
      order by room_members.role desc, room_members.joined_at, room_members.user_id limit 1;
    update app_public.room_members set role = 'owner'
      where room_members.room_id = take_out.room_id and room_members.user_id = v_heir_id;
  end if;
  -- Nobody is left to own it, or nobody to talk to.
  if v_role = 'owner' and v_heir_id is null
      or (select type from app_public.rooms where rooms.id = take_out.room_id) = 'direct' then
    update app_public.rooms set is_archived = true, updated_at = now()
      where rooms.id = take_out.room_id and not is_archived;
  end if;
end
$$;
comment on function app_private.take_out(uuid, uuid) is
  'Ends a membership, whatever its role. A room that loses its owner goes to the member highest in role, then longest there; with nobody left it is archived.';

create function app_private.leave_next_room(user_id uuid) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
declare
  v_room_id uuid := (
    select room_members.room_id from app_public.room_members
      where room_members.user_id = leave_next_room.user_id order by room_members.room_id limit 1);
begin
  if v_room_id is null then
    return false;
  end if;
  perform app_private.take_out(v_room_id, leave_next_room.user_id);
  return true;
end
$$;
comment on function app_private.leave_next_room(uuid) is
  'Takes a deleted account out of one of its rooms. False when there was none left.';

create function app_private.erase_messages(user_id uuid, batch_size integer) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
declare
  v_table text;
  v_room_id uuid;
  v_rule app_public.erasure_rule;
  v_message_ids uuid[];
  v_count integer;
begin
  if erase_messages.user_id in (select app_private.held_user_ids()) then
    return 0;
  end if;
  for v_table in select app_private.message_tables() loop
    execute format(
      'select message.room_id from %s as message
        where message.author_id = $1
          and message.room_id not in (select room_id from app_private.legal_holds where room_id is not null and released_at is null)
        order by message.room_id limit 1', v_table)
      into v_room_id using erase_messages.user_id;
    continue when v_room_id is null;

    select coalesce((select erasure_rule from app_public.rooms where rooms.id = v_room_id), 'erase') into v_rule;
    execute format(
      'select array(select id from (
          select message.id from %s as message where message.author_id = $1 and message.room_id = $2 order by message.seq limit $3
        ) as batch order by id)', v_table)
      into v_message_ids using erase_messages.user_id, v_room_id, batch_size;
    v_count := cardinality(v_message_ids);
    -- Locked no sooner: finding them leads over what the batches before have left in the index.
    perform app_private.lock_room(v_room_id);
    perform app_private.begin_bulk();

    -- What nobody but moderators ever saw has no place to keep.
    delete from app_public.messages where id = any (v_message_ids) and app_private.is_provisional(seq);
    -- Whatever the rule: what they called their sends, and what they took back themselves.
    delete from app_private.message_nonces where message_nonces.message_id = any (v_message_ids);
    delete from app_private.message_deletions where message_deletions.message_id = any (v_message_ids);
    -- Who wrote it is a tag of the index as well.
    update app_private.message_search set words =
        ts_delete(words, app_private.search_tag('from', erase_messages.user_id))
          || array_to_tsvector(array[app_private.search_tag('from', app_private.ghost_id())])
      where v_rule = 'anonymise' and message_search.message_id = any (v_message_ids);
    if v_rule = 'erase' then
      delete from app_public.message_edits where message_edits.message_id = any (v_message_ids);
      perform app_private.release_uploads(v_message_ids);
      delete from app_public.message_attachments where message_attachments.message_id = any (v_message_ids);
      delete from app_private.message_mentions where message_mentions.message_id = any (v_message_ids);
      execute format(
        'update app_public.messages as parent set reply_count = greatest(0, parent.reply_count - answers.count)
          from (
            select parent_message_id, count(*) from %s as message
              where message.id = any ($1) and message.parent_message_id is not null and message.deleted_at is null
              group by parent_message_id
          ) as answers
          where parent.id = answers.parent_message_id', v_table)
        using v_message_ids;
    end if;
    execute format(
      'update %s as message set
        author_id = $2,
        content = case when $3 then message.content end,
        metadata = case when $3 then message.metadata else ''{}'' end,
        edited_at = case when $3 then message.edited_at end,
        pinned_at = case when $3 then message.pinned_at end,
        deleted_at = case when $3 then message.deleted_at else coalesce(message.deleted_at, clock_timestamp()) end
        where message.id = any ($1) and message.id between $4 and $5', v_table)
      using v_message_ids, app_private.ghost_id(), v_rule = 'anonymise', v_message_ids[1], v_message_ids[v_count];

    update app_private.erasures set
      messages_erased = messages_erased + case when v_rule = 'erase' then v_count else 0 end,
      messages_anonymised = messages_anonymised + case when v_rule = 'erase' then 0 else v_count end
      where erasures.user_id = erase_messages.user_id;
    if v_count < batch_size then
      perform app_private.note_history_rewritten(v_room_id);
    end if;
    return v_count;
  end loop;
  return 0;
end
$$;
comment on function app_private.erase_messages(uuid, integer) is
  'Erases messages of a deleted account, or makes them anonymous, at most a batch and of one room. 0 when all are done or on hold.';

create function app_private.erase_reactions(user_id uuid, batch_size integer) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
declare
  v_room_id uuid;
  v_count integer;
begin
  select message_reactions.room_id into v_room_id from app_public.message_reactions
    where message_reactions.user_id = erase_reactions.user_id
      and message_reactions.user_id not in (select app_private.held_user_ids())
      and message_reactions.room_id not in (
        select legal_holds.room_id from app_private.legal_holds where legal_holds.room_id is not null and released_at is null)
    order by message_reactions.room_id limit 1;
  if v_room_id is null then
    return 0;
  end if;
  perform app_private.lock_room(v_room_id);
  perform app_private.begin_bulk();
  delete from app_public.message_reactions
    where ctid = any (array(
      select ctid from app_public.message_reactions
        where message_reactions.user_id = erase_reactions.user_id and message_reactions.room_id = v_room_id
        limit batch_size));
  get diagnostics v_count = row_count;
  update app_private.erasures set reactions_deleted = reactions_deleted + v_count
    where erasures.user_id = erase_reactions.user_id;
  if v_count < batch_size then
    perform app_private.note_history_rewritten(v_room_id);
  end if;
  return v_count;
end
$$;
comment on function app_private.erase_reactions(uuid, integer) is
  'Deletes reactions of a deleted account, at most a batch and of one room. 0 when all are gone or on hold.';

create function app_private.finish_erasure(user_id uuid) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
declare
  v_table text;
  v_is_left boolean := finish_erasure.user_id in (select app_private.held_user_ids())
    or exists (select from app_public.message_reactions where message_reactions.user_id = finish_erasure.user_id);
begin
  for v_table in select app_private.message_tables() loop
    exit when v_is_left;
    execute format('select exists (select from %s where author_id = $1)', v_table)
      into v_is_left using finish_erasure.user_id;
  end loop;
  if v_is_left then
    return false;
  end if;
  delete from app_private.message_mentions where message_mentions.user_id = finish_erasure.user_id;
  delete from app_private.message_nonces where message_nonces.author_id = finish_erasure.user_id;
  update app_private.message_deletions set deleted_by = null where deleted_by = finish_erasure.user_id;
  delete from app_private.token_buckets where token_buckets.user_id = finish_erasure.user_id;
  -- Sessions, exports, invitations, conversations of two and the like go with the row, by their foreign keys.
  delete from app_public.users where users.id = finish_erasure.user_id;
  update app_private.erasures set finished_at = now() where erasures.user_id = finish_erasure.user_id;
  return true;
end
$$;
comment on function app_private.finish_erasure(uuid) is
  'Deletes the last of an account, when nothing that it wrote is left. False while a hold keeps something.';

/* A file of the archive knows nothing of accounts that were deleted since it was written. */
create function app_private.erase_again(month date) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog
as $$
declare
  v_user_id uuid;
  v_count integer := 0;
begin
  for v_user_id in execute format(
    'update app_private.erasures set finished_at = null
      where exists (select from app_archive.%I as message where message.author_id = erasures.user_id)
      returning erasures.user_id', app_private.month_table(erase_again.month))
  loop
    perform app_private.continue_erasure(v_user_id);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function app_private.erase_again(date) is
  'Has accounts that were deleted meanwhile erased from a month that was read from a file. Returns how many.';

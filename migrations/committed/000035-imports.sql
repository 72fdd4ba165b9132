--! Previous: sha1:7fcf1df9174fec7c0ddc0b6edebb58c69e501620
--! Hash: sha1:6cef5c0af6494589cccbd76567468aad39d3e188

/*
 * What is brought in from elsewhere, in bulk: npm run import.
 *
 * What each thing is called in its source is kept for good. So an import may be run again, as often as one likes, with a
 * newer export of the same source as well: what is known stays as it is, and does not come back once it was deleted here.
 */
create table app_private.imports (
  id integer primary key generated always as identity,
  source text not null,
  began_at timestamptz not null default now(),
  workspace_id uuid not null default app_hidden.current_workspace_id() references app_private.workspaces,
  constraint imports_source_is_unique unique (source, workspace_id),
  constraint imports_source_length check (char_length(source) between 1 and 200)
);
comment on table app_private.imports is 'Where messages were brought in from, such as `slack T0123`.';
alter table app_private.imports enable row level security;
create index imports_workspace_id on app_private.imports (workspace_id);

create table app_private.imported_ids (
  import_id integer not null,
  kind text not null,
  source_id text not null,
  id uuid not null,
  primary key (import_id, kind, source_id),
  constraint imported_ids_kind_is_known check (kind in ('person', 'room', 'member', 'message', 'file'))
);
comment on table app_private.imported_ids is
  'What became of each person, room, member, message and file of a source. Not foreign keys: what was deleted here stays deleted.';
alter table app_private.imported_ids enable row level security;

create type app_private.import_progress as (
  read_count bigint,
  written_count bigint,
  moved_count bigint,
  orphan_count bigint,
  erased_count bigint,
  last_sent_at timestamptz,
  last_position bigint
);
comment on type app_private.import_progress is
  'How far import_batch came: messages that were staged, new, later than they were sent, answers to nothing that is there, by accounts that were deleted.';

--! Included functions/imports/begin_import.sql
/*
 * What was read and is not yet written waits in a temporary table: sorting it is the database's work, and nothing of it is
 * left when the import ends or is killed.
 */
create or replace function app_private.begin_import(source text, is_noted boolean default true) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_import_id integer;
begin
  insert into app_private.imports (source) select begin_import.source where begin_import.is_noted
    on conflict on constraint imports_source_is_unique do nothing;
  v_import_id := coalesce((
    select id from app_private.imports
      where imports.source = begin_import.source and imports.workspace_id = app_hidden.current_workspace_id()), 0);
  -- Postgres may take a moment to notice that the one before was killed.
  perform set_config('lock_timeout', '10s', true);
  begin
    perform pg_advisory_lock(hashtext('app_private.imports'), v_import_id);
  exception when lock_not_available then
    raise exception 'This source is being imported at this moment.' using errcode = 'TR409';
  end;
  create temporary table if not exists staged_messages (
    position bigint generated always as identity,
    source_id text not null primary key,
    room_id uuid not null,
    author_id uuid not null,
    sent_at timestamptz not null,
    content text,
    message_type app_public.message_type not null,
    metadata jsonb not null,
    parent_source_id text,
    also_sent_to_room boolean not null,
    edited_at timestamptz,
    deleted_at timestamptz,
    pinned_at timestamptz,
    reactions jsonb,
    edits jsonb
  );
  create temporary table if not exists staged_files (
    position bigint generated always as identity,
    source_id text not null primary key,
    message_source_id text not null,
    name text not null,
    path text,
    address text,
    line text not null
  );
  truncate pg_temp.staged_messages, pg_temp.staged_files;
  return v_import_id;
end
$$;
comment on function app_private.begin_import(text, boolean) is
  'Notes a source, such as `slack T0123`, unless it is only tried, locks it for this connection and makes the tables that messages and files are staged in.';
--! EndIncluded functions/imports/begin_import.sql

--! Included functions/imports/find_account.sql
/*
 * A name alone says nothing. Of two people of a source that have one address only the first has the account.
 */
create or replace function app_private.find_account(import_id integer, source_id text, account_id uuid, email text) returns uuid
language sql stable security invoker
set search_path = pg_catalog, public, pg_temp
as $$
  select users.id from app_public.users
    where users.deleted_at is null and users.workspace_id = app_hidden.current_workspace_id()
      and users.id = coalesce(find_account.account_id, (
        select user_id from app_private.user_secrets
          where user_secrets.email = find_account.email::public.citext and email_verified_at is not null
            and user_secrets.workspace_id = app_hidden.current_workspace_id()))
      and not exists (
        select from app_private.imported_ids
          where imported_ids.import_id = find_account.import_id and kind = 'person'
            and (imported_ids.source_id = find_account.source_id or imported_ids.id = users.id));
$$;
comment on function app_private.find_account(integer, text, uuid, text) is
  'The account here of a person whom no import of the source has met yet: the one with this id, or whose verified address this is. Null where there is none.';
--! EndIncluded functions/imports/find_account.sql

--! Included functions/imports/import_person.sql
create or replace function app_private.import_person(
  import_id integer, source_id text, username text, display_name text, avatar_url text, email text, is_deactivated boolean,
  account_id uuid default null, is_bot boolean default false
) returns app_public.users
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_known_id constant uuid := (
    select id from app_private.imported_ids
      where imported_ids.import_id = import_person.import_id and kind = 'person' and imported_ids.source_id = import_person.source_id);
  v_user app_public.users;
begin
  if v_known_id is not null then
    select users.* into v_user from app_public.users where users.id = v_known_id;
    return v_user;
  end if;
  select users.* into v_user from app_public.users where users.id = import_person.account_id and deleted_at is null for key share;
  if v_user.id is not null then
    insert into app_private.imported_ids (import_id, kind, source_id, id)
      values (import_person.import_id, 'person', import_person.source_id, v_user.id);
    return v_user;
  end if;
  v_user.id := app_private.make_person(coalesce(import_person.username, import_person.display_name), import_person.display_name);
  if import_person.avatar_url is not null or import_person.is_bot then
    update app_public.users set avatar_url = import_person.avatar_url, is_bot = import_person.is_bot where id = v_user.id;
  end if;
  -- Nobody is written to: the address is theirs if nobody else has named it.
  insert into app_private.user_secrets (user_id, email, holds_email)
    select v_user.id, given.email, given.email is not null
      from (select case when not import_person.is_deactivated and not import_person.is_bot
          and not exists (
            select from app_private.user_secrets as other
              where other.email = import_person.email::public.citext and other.workspace_id = app_hidden.current_workspace_id())
        then import_person.email::public.citext end as email) as given;
  if import_person.is_deactivated then
    insert into app_private.suspensions (user_id, reason) values (v_user.id, 'Deactivated where they were imported from');
  end if;
  insert into app_private.imported_ids (import_id, kind, source_id, id)
    values (import_person.import_id, 'person', import_person.source_id, v_user.id);
  select users.* into v_user from app_public.users where users.id = v_user.id;
  return v_user;
end
$$;
comment on function app_private.import_person(integer, text, text, text, text, text, boolean, uuid, boolean) is
  'The person of a source: from the first call on the account that they are said to have, of which nothing is changed, or one that is made, with a username like the one that is wished; null once their account was deleted. Without a password: they reset it by mail, or sign in elsewhere.';
--! EndIncluded functions/imports/import_person.sql

--! Included functions/imports/import_room.sql
create or replace function app_private.import_room(
  import_id integer, source_id text, type app_public.room_type, slug text, name text, description text, created_at timestamptz,
  is_archived boolean, member_ids uuid[], roles text[]
) returns app_public.rooms
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_known_id constant uuid := (
    select id from app_private.imported_ids
      where imported_ids.import_id = import_room.import_id and kind = 'room' and imported_ids.source_id = import_room.source_id);
  v_room app_public.rooms;
  v_head app_private.room_heads;
  v_base constant text := coalesce(
    nullif(btrim(left(regexp_replace(
      regexp_replace(lower(normalize(import_room.slug, nfkd)), '[\u0300-\u036F]+', '', 'g'), '[^a-z0-9]+', '-', 'g'), 56), '-'), ''), 'room');
  v_first constant uuid := least(member_ids[1], member_ids[2]);
  v_second constant uuid := greatest(member_ids[1], member_ids[2]);
  v_people constant uuid[] := array(select distinct id from unnest(import_room.member_ids) as id order by id);
begin
  if v_known_id is not null then
    select rooms.* into v_room from app_public.rooms where rooms.id = v_known_id;
  else
    if import_room.type = 'direct' and cardinality(v_people) > 2 then
      perform app_private.lock_until_commit('people', array_to_string(v_people, ' '));
      select rooms.* into v_room from app_private.group_conversations
        join app_public.rooms on rooms.id = group_conversations.room_id
        where group_conversations.people = v_people;
      if not found then
        insert into app_public.rooms (type, created_at) values ('direct', import_room.created_at) returning * into v_room;
        insert into app_private.group_conversations (people, room_id) values (v_people, v_room.id);
      end if;
    elsif import_room.type = 'direct' then
      perform app_private.lock_pair(v_first, v_second);
      select rooms.* into v_room from app_private.direct_rooms
        join app_public.rooms on rooms.id = direct_rooms.room_id
        where first_user_id = v_first and second_user_id = v_second;
      if not found then
        insert into app_public.rooms (type, created_at) values ('direct', import_room.created_at) returning * into v_room;
        insert into app_private.direct_rooms (first_user_id, second_user_id, room_id) values (v_first, v_second, v_room.id);
      end if;
    else
      -- Names in other letters than ours leave nothing of them: there may be thousands of rooms called `room`.
      for v_try in 1 .. 20 loop
        insert into app_public.rooms (type, slug, name, description, created_at, is_archived)
          select import_room.type, wished.slug, import_room.name, import_room.description, import_room.created_at, import_room.is_archived
            from (
              select (v_base || case
                when v_try = 1 then '' when v_try < 10 then '-' || v_try
                else '-' || encode(public.gen_random_bytes(3), 'hex') end)::public.citext as slug
            ) as wished
            where not exists (
              select from app_public.rooms
                where rooms.slug = wished.slug and rooms.workspace_id = app_hidden.current_workspace_id())
          on conflict do nothing
          returning * into v_room;
        exit when v_room.id is not null;
      end loop;
    end if;
    insert into app_private.imported_ids (import_id, kind, source_id, id)
      values (import_room.import_id, 'room', import_room.source_id, v_room.id);
  end if;
  if v_room.id is not null then
    -- Who was brought in before and is not there any more has left, or was removed, here.
    v_head := app_private.lock_room(v_room.id);
    with fresh as (
      insert into app_private.imported_ids (import_id, kind, source_id, id)
        select distinct on (users.id) import_room.import_id, 'member', import_room.source_id || ' ' || users.id, users.id
          from unnest(import_room.member_ids) as given (user_id)
          join app_public.users on users.id = given.user_id and users.deleted_at is null
        on conflict on constraint imported_ids_pkey do nothing
        returning id
    )
    insert into app_public.room_members (room_id, user_id, role, joined_at, last_read_seq, sees_from_seq)
      select v_room.id, fresh.id,
          case when v_room.type = 'direct' or v_known_id is not null and given.role = 'owner' then 'member' else given.role end::app_public.member_role,
          case when v_known_id is null then import_room.created_at else now() end, v_head.last_message_seq,
          -- Of a room that is made here they see all that is brought into it.
          case when v_known_id is not null then app_private.first_seq_to_see(v_room, v_head, fresh.id) end
        from unnest(import_room.member_ids, import_room.roles) with ordinality as given (user_id, role, place)
        join fresh on fresh.id = given.user_id
        where not exists (
          select from app_public.room_bans
            where room_bans.room_id = v_room.id and room_bans.user_id = fresh.id and (expires_at is null or expires_at > now()))
        order by given.place
      on conflict on constraint room_members_pkey do nothing;
    delete from app_private.room_histories
      where room_histories.room_id = v_room.id and exists (
        select from app_public.room_members
          where room_members.room_id = v_room.id and room_members.user_id = room_histories.user_id);
  end if;
  return v_room;
end
$$;
comment on function app_private.import_room(integer, text, app_public.room_type, text, text, text, timestamptz, boolean, uuid[], text[]) is
  'The room of a source, made with its members at the first call, with a slug like the one that is wished. Later calls add who is new among the members. A direct conversation is the one that its people have, if they have one. Null once it was deleted.';
--! EndIncluded functions/imports/import_room.sql

--! Included functions/imports/import_batch.sql
/*
 * One statement writes a batch with all that hangs on it, and the room's head is moved once. Triggers that number, count,
 * notify and log each message stand back meanwhile (trumpet.import, trumpet.bulk). Who has the room open is told once a batch, and fetches anew.
 *
 * What is known already is passed over, and a batch is all or nothing: so whoever is killed begins anew and comes to the
 * same end.
 */
create or replace function app_private.import_batch(
  import_id integer, room_id uuid, after_sent_at timestamptz, after_position bigint, batch_size integer
) returns app_private.import_progress
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
-- The tables grow from nothing to millions of rows within one session: no plan is good twice.
set plan_cache_mode = force_custom_plan
as $$
declare
  v_head constant app_private.room_heads := app_private.lock_room(import_batch.room_id);
  v_progress app_private.import_progress;
  v_last_id uuid;
  v_last_at timestamptz;
  v_ids uuid[];
  v_parent_ids uuid[];
begin
  perform app_private.begin_bulk();
  perform set_config('trumpet.import', 'bulk', true);

  -- Looked up one by one: of tables that have just been filled Postgres knows too little to join them well.
  with next as materialized (
    select staged.*,
        (
          select known.id from app_private.imported_ids as known
            where known.import_id = import_batch.import_id and known.kind = 'message' and known.source_id = staged.source_id
        ) as known_id,
        (
          select parent.id from app_private.imported_ids as parent
            where parent.import_id = import_batch.import_id and parent.kind = 'message' and parent.source_id = staged.parent_source_id
        ) as earlier_parent_id,
        exists (select from app_public.users where users.id = staged.author_id and users.deleted_at is not null) as is_erased
      from pg_temp.staged_messages as staged
      where staged.room_id = import_batch.room_id
        and (staged.sent_at, staged.position) > (import_batch.after_sent_at, import_batch.after_position)
      order by staged.sent_at, staged.position
      limit import_batch.batch_size
  ), fresh as materialized (
    select next.*,
        -- A time of its own, and the random half of another id.
        overlay(gen_random_uuid()::text placing left(app_private.uuidv7_floor(moment.created_at)::text, 15) from 1 for 15)::uuid as id,
        moment.created_at,
        v_head.last_message_seq + row_number() over (order by next.sent_at, next.position) as seq
      from next
      cross join lateral (select greatest(next.sent_at, v_head.last_message_at)) as moment (created_at)
      where next.known_id is null and not next.is_erased
  ), placed as materialized (
    select fresh.*, coalesce(beside.id, fresh.earlier_parent_id) as parent_message_id,
        fresh.also_sent_to_room and coalesce(beside.id, fresh.earlier_parent_id) is not null as is_in_room
      from fresh
      left join fresh as beside on beside.source_id = fresh.parent_source_id and beside.seq < fresh.seq
  ), replies as materialized (
    select placed.parent_message_id as id, count(*)::integer as count from placed
      where placed.parent_message_id is not null and placed.deleted_at is null
      group by placed.parent_message_id
  ), written as (
    insert into app_public.messages (
      id, room_id, seq, author_id, content, message_type, metadata, parent_message_id, also_sent_to_room, reply_count, created_at,
      edited_at, deleted_at, pinned_at)
      select placed.id, placed.room_id, placed.seq, placed.author_id, placed.content, placed.message_type,
          case when placed.created_at > placed.sent_at and octet_length(placed.metadata::text) <= 8000
            then placed.metadata || jsonb_build_object('sentAt', placed.sent_at) else placed.metadata end,
          placed.parent_message_id, placed.is_in_room, coalesce(replies.count, 0), placed.created_at, placed.edited_at, placed.deleted_at, placed.pinned_at
        from placed left join replies on replies.id = placed.id
        order by placed.seq
  ), noted as (
    insert into app_private.imported_ids (import_id, kind, source_id, id)
      select import_batch.import_id, 'message', placed.source_id, placed.id from placed
  ), to_index as (
    insert into app_private.messages_to_index (message_id) select placed.id from placed where placed.content is not null
  ), answer_runs as (
    insert into app_private.answer_runs (room_id, first_seq, last_seq, answers_before)
      select import_batch.room_id, min(seq), max(seq),
          app_private.answers_through(import_batch.room_id, v_head.last_message_seq)
            + sum(count(*)) over (order by min(seq)) - count(*)
        from (
          select seq, seq - row_number() over (order by seq) as run from placed
            where parent_message_id is not null and not is_in_room
        ) as answers
        group by run
  ), mentions as (
    insert into app_private.message_mentions (user_id, room_id, seq, message_id)
      select users.id, placed.room_id, placed.seq, placed.id
        from placed
        cross join lateral (select name from app_private.mentioned_names(placed.content) as name limit 50) as mentioned
        join app_public.users on users.username = mentioned.name::public.citext
        join app_public.room_members on room_members.room_id = placed.room_id and room_members.user_id = users.id
        where position('@' in placed.content) > 0 and placed.message_type <> 'system' and users.id <> placed.author_id
      on conflict on constraint message_mentions_pkey do nothing
  ), reactions as (
    insert into app_public.message_reactions (message_id, emoji, user_id, room_id, created_at)
      select placed.id, plain.emoji, reaction.user_id, placed.room_id,
          coalesce(reaction.reacted_at, placed.created_at + reaction.place * interval '1 microsecond')
        from placed
        cross join lateral rows from (
          jsonb_to_recordset(placed.reactions) as (emoji text, user_id uuid, reacted_at timestamptz)
        ) with ordinality as reaction (emoji, user_id, reacted_at, place)
        cross join lateral (select app_hidden.plain_emoji(reaction.emoji)) as plain (emoji)
        where placed.reactions is not null and placed.deleted_at is null and app_hidden.is_emoji(plain.emoji)
      on conflict on constraint message_reactions_pkey do nothing
  ), edits as (
    insert into app_public.message_edits (message_id, room_id, previous_content, edited_at)
      select placed.id, placed.room_id, edit.content, edit.edited_at
        from placed
        cross join lateral jsonb_to_recordset(placed.edits) as edit (content text, edited_at timestamptz)
        where placed.edits is not null and placed.deleted_at is null
        order by placed.seq, edit.edited_at
  )
  select
      (select count(*) from next),
      (select count(*) from placed),
      (select count(*) from placed where placed.created_at > placed.sent_at),
      (select count(*) from placed where placed.parent_source_id is not null and placed.parent_message_id is null),
      (select count(*) from next where next.known_id is null and next.is_erased),
      (select next.sent_at from next order by next.sent_at desc, next.position desc limit 1),
      (select next.position from next order by next.sent_at desc, next.position desc limit 1),
      (select placed.id from placed order by placed.seq desc limit 1),
      (select placed.created_at from placed order by placed.seq desc limit 1),
      (select array_agg(placed.id) from placed),
      (select array_agg(placed.earlier_parent_id order by placed.earlier_parent_id) from placed where placed.earlier_parent_id is not null and placed.deleted_at is null)
    into
      v_progress.read_count, v_progress.written_count, v_progress.moved_count, v_progress.orphan_count, v_progress.erased_count,
      v_progress.last_sent_at, v_progress.last_position, v_last_id, v_last_at, v_ids, v_parent_ids;

  -- The bounds leave the months of these alone to look into.
  update app_public.messages set reply_count = reply_count + replies.count
    from (select parent_id, count(*) from unnest(v_parent_ids) as parent_id group by parent_id) as replies
    where messages.id = replies.parent_id
      and messages.id between v_parent_ids[1] and v_parent_ids[cardinality(v_parent_ids)];
  if v_progress.written_count > 0 then
    update app_private.room_heads set
      last_message_seq = last_message_seq + v_progress.written_count, last_message_id = v_last_id, last_message_at = v_last_at
      where room_heads.room_id = import_batch.room_id;
    -- All of it is noted above. Where the worker has not come as far yet, it comes to these by their numbers, too.
    insert into app_private.search_cursors as known (room_id, indexed_seq)
      select import_batch.room_id, v_head.last_message_seq + v_progress.written_count
        where v_head.last_message_seq = 0
          or exists (select from app_private.search_cursors where search_cursors.room_id = import_batch.room_id)
      on conflict on constraint search_cursors_pkey do update set indexed_seq = excluded.indexed_seq
        where known.indexed_seq = v_head.last_message_seq;
    perform app_private.note_months(v_ids);
    -- It is news to nobody.
    update app_public.room_members set last_read_seq = v_head.last_message_seq + v_progress.written_count
      where room_members.room_id = import_batch.room_id and last_read_seq = v_head.last_message_seq;
  end if;
  perform set_config('trumpet.import', '', true);
  perform app_private.end_bulk();
  if v_progress.written_count > 0 then
    perform app_private.note_history_rewritten(import_batch.room_id);
  end if;
  return v_progress;
end
$$;
comment on function app_private.import_batch(integer, uuid, timestamptz, bigint, integer) is
  'Writes the next staged messages of a room behind those that it has, at most a batch.';
--! EndIncluded functions/imports/import_batch.sql

--! Included functions/imports/import_file.sql
/* Counted for its author on the day of the message, and not among what they may send today. */
create or replace function app_private.import_file(
  import_id integer, source_id text, message_id uuid, upload_id uuid, filename text, byte_size bigint, mime_type text, is_original boolean
) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message app_public.messages;
begin
  select * into v_message from app_public.messages where id = import_file.message_id;
  if v_message.id is null or v_message.deleted_at is not null then
    raise exception 'The message of this file is not there any more.' using errcode = 'TR404';
  end if;
  insert into app_private.uploads (id, uploader_id, filename, byte_size, mime_type, is_original, message_id, room_id, created_at, received_at)
    values (
      import_file.upload_id, v_message.author_id, import_file.filename, import_file.byte_size, import_file.mime_type, import_file.is_original,
      v_message.id, v_message.room_id, v_message.created_at, now());
  insert into app_public.message_attachments (
    id, message_id, room_id, ordinal, filename, mime_type, byte_size, status, has_thumbnail, is_original, created_at)
    values (
      import_file.upload_id, v_message.id, v_message.room_id,
      (select 1 + count(*) from app_public.message_attachments where message_attachments.message_id = v_message.id),
      import_file.filename, import_file.mime_type, import_file.byte_size, 'processing', false, import_file.is_original, v_message.created_at);
  insert into app_private.imported_ids (import_id, kind, source_id, id)
    values (import_file.import_id, 'file', import_file.source_id, import_file.upload_id);
  perform graphile_worker.add_job('process_attachment', json_build_object('id', import_file.upload_id));
end
$$;
comment on function app_private.import_file(integer, text, uuid, uuid, text, bigint, text, boolean) is
  'Binds a file, whose bytes are in the storage, to a message that was brought in; the worker looks at it as at any other.';
--! EndIncluded functions/imports/import_file.sql

--! Included functions/imports/import_line.sql
create or replace function app_private.import_line(message_id uuid, line text) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message app_public.messages;
begin
  select messages.* into v_message from app_public.messages where messages.id = import_line.message_id;
  if v_message.content <> '' or exists (
    select from app_public.message_attachments where message_attachments.message_id = import_line.message_id
  ) then
    return;
  end if;
  perform app_private.lock_room(v_message.room_id);
  perform app_private.begin_bulk();
  perform set_config('trumpet.import', 'bulk', true);
  update app_public.messages set content = left(import_line.line, 8000) where messages.id = v_message.id and content = '';
  insert into app_private.messages_to_index (message_id) values (v_message.id) on conflict do nothing;
  perform set_config('trumpet.import', '', true);
  perform app_private.end_bulk();
  perform app_private.note_history_rewritten(v_message.room_id);
end
$$;
comment on function app_private.import_line(uuid, text) is
  'Has a message that was brought in say what its file was, where that could not be attached and there is nothing else in it.';
--! EndIncluded functions/imports/import_line.sql

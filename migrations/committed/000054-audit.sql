--! Previous: sha1:a0cf2abf1ff2076a0c2fdd0244e4090151f20390
--! Hash: sha1:239b0965d32b68f05ad51532cfcca6509388efae

/*
 * What administration did, chained so that a change shows, and the auditor.
 *
 * Triggers on what is administered note every change of it, through the API, by a function at psql or by hand. What a
 * transaction has noted gets its place in the log as the last thing that happens before the commit, in a deferred trigger:
 * numbers have no gap, and their order is that of the commits, but nobody holds the end of the chain while they still work.
 * docs/compliance.md says what this shows and what it does not.
 */
create type app_public.audit_kind as enum (
  'administration', 'moderation', 'ban', 'mute', 'suspension', 'role', 'rule', 'room', 'workspace', 'account', 'key', 'webhook',
  'command', 'group', 'group_member', 'hold', 'export', 'setting', 'auditor', 'audit', 'emoji'
);
comment on type app_public.audit_kind is 'What an act of administration is about.';
create type app_public.audit_operation as enum ('insert', 'update', 'delete');
comment on type app_public.audit_operation is 'Whether something was made, changed or taken away.';

create table app_private.auditors (
  user_id uuid primary key references app_public.users on delete cascade,
  reason text not null,
  since timestamptz not null default now(),
  made_by text not null default session_user,
  constraint auditors_reason_is_given check (char_length(btrim(reason)) between 1 and 2000)
);
comment on table app_private.auditors is 'Who reads the audit log of their workspace.';
alter table app_private.auditors enable row level security;

create table app_private.audit_entries (
  seq bigint primary key,
  kind app_public.audit_kind not null,
  operation app_public.audit_operation not null,
  happened_at timestamptz not null,
  workspace_id uuid,
  called text,
  actor_id uuid,
  actor_name text,
  target_id uuid,
  room_id uuid,
  subject text,
  before jsonb,
  after jsonb
);
comment on table app_private.audit_entries is 'The audit log: what was administered, by whom, and how it was before and after.';
comment on column app_private.audit_entries.called is 'The function that was called. Null: a statement that somebody wrote by hand.';
comment on column app_private.audit_entries.actor_id is 'The person. By id, which leads nowhere once the account is deleted.';
comment on column app_private.audit_entries.actor_name is 'The key, or the role of the database, or both.';
alter table app_private.audit_entries enable row level security;
/* audit_log */
create index audit_entries_workspace_id on app_private.audit_entries (workspace_id, seq);
/* audit_log, erase_from_audit_log */
create index audit_entries_actor_id on app_private.audit_entries (actor_id, seq) where actor_id is not null;
create index audit_entries_target_id on app_private.audit_entries (target_id, seq) where target_id is not null;
/* erase_from_audit_log */
create index audit_entries_about_exports on app_private.audit_entries (seq) where kind = 'export';
/* check_audit_log */
create index audit_entries_about_itself on app_private.audit_entries (seq) where kind = 'audit';

create table app_private.audit_links (
  seq bigint primary key,
  actor_salt uuid,
  details_salt uuid,
  actor_digest bytea not null,
  details_digest bytea not null,
  hash bytea not null
);
comment on table app_private.audit_links is
  'The chain of the audit log. What may have to be erased is in it as salted commitments: without the salt, one says nothing, and the chain holds.';
alter table app_private.audit_links enable row level security;

create table app_private.audit_head (
  only_row boolean primary key default true,
  seq bigint not null,
  hash bytea not null,
  constraint audit_head_has_one_row check (only_row)
);
comment on table app_private.audit_head is 'Where the chain of the audit log ends.';
alter table app_private.audit_head enable row level security;
insert into app_private.audit_head (seq, hash) values (0, sha256(''));

create table app_private.audit_pending (
  id bigint generated always as identity primary key,
  kind app_public.audit_kind not null,
  operation app_public.audit_operation not null,
  happened_at timestamptz not null,
  workspace_id uuid,
  called text,
  actor_id uuid,
  actor_name text,
  target_id uuid,
  room_id uuid,
  subject text,
  before jsonb,
  after jsonb
);
comment on table app_private.audit_pending is 'What the transaction that is under way has noted. Nobody else ever sees a row.';
alter table app_private.audit_pending enable row level security;

create table app_private.audit_rules (
  only_row boolean primary key default true,
  audit_days integer not null default 0,
  constraint audit_rules_has_one_row check (only_row),
  constraint audit_rules_days_range check (audit_days = 0 or audit_days between 90 and 36500)
);
comment on table app_private.audit_rules is 'For how many days the audit log is kept. 0: for ever.';
alter table app_private.audit_rules enable row level security;
insert into app_private.audit_rules default values;

/* What a key outside signed of the chain: see src/audit/checkpoint.ts. */
create table app_private.audit_checkpoints (
  seq bigint primary key,
  hash bytea not null,
  signed_at timestamptz not null,
  public_key text not null,
  signature bytea not null
);
comment on table app_private.audit_checkpoints is
  'How far the chain of the audit log was at a time, signed by a key that is not in the database. To be kept elsewhere, too.';
alter table app_private.audit_checkpoints enable row level security;
create trigger _100_append_only before update or delete or truncate on app_private.audit_checkpoints
  for each statement execute function app_private.tg_any__append_only();
alter table app_private.audit_checkpoints enable always trigger _100_append_only;

--! Included functions/audit/audit_digest.sql
create or replace function app_private.audit_digest(salt uuid, content text) returns bytea
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select sha256(convert_to(audit_digest.salt::text || E'\n' || audit_digest.content, 'UTF8'));
$$;
comment on function app_private.audit_digest(uuid, text) is
  'A salted commitment to what may have to be erased: it is in the chain in its place, and says nothing of it without the salt.';
--! EndIncluded functions/audit/audit_digest.sql
--! Included functions/audit/audit_hash.sql
/* docs/compliance.md and src/audit/verify.ts say the same, byte by byte. */
create or replace function app_private.audit_hash(
  previous_hash bytea, seq bigint, entry app_private.audit_entries, actor_digest bytea, details_digest bytea
) returns bytea
language sql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select sha256(audit_hash.previous_hash || convert_to(concat_ws(E'\n',
    audit_hash.seq, (extract(epoch from entry.happened_at) * 1000000)::bigint, entry.kind, entry.operation,
    coalesce(entry.workspace_id::text, ''), coalesce(entry.called, ''),
    encode(audit_hash.actor_digest, 'hex'), encode(audit_hash.details_digest, 'hex')), 'UTF8'));
$$;
comment on function app_private.audit_hash(bytea, bigint, app_private.audit_entries, bytea, bytea) is
  'What an entry of the audit log adds to the chain: a hash of the one before it and of itself.';
--! EndIncluded functions/audit/audit_hash.sql
--! Included functions/audit/audit_actor.sql
create or replace function app_private.audit_actor(entry app_private.audit_entries) returns text
language sql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_array(entry.actor_id, entry.actor_name)::text;
$$;
comment on function app_private.audit_actor(app_private.audit_entries) is 'What the chain commits to of who did it.';
--! EndIncluded functions/audit/audit_actor.sql
--! Included functions/audit/audit_details.sql
create or replace function app_private.audit_details(entry app_private.audit_entries) returns text
language sql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_array(entry.target_id, entry.room_id, entry.subject, entry.before, entry.after)::text;
$$;
comment on function app_private.audit_details(app_private.audit_entries) is 'What the chain commits to of what was done.';
--! EndIncluded functions/audit/audit_details.sql
--! Included functions/audit/outermost_function.sql
create or replace function app_private.outermost_function(stack text) returns text
language sql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
  -- The last line is Postgres's own: what a caller writes into a statement stands in the lines before it.
  select coalesce(called[1], called[2]) from regexp_match(
    regexp_replace(outermost_function.stack, '^.*\n', ''),
    '^PL/pgSQL function ([^\n(]+)\(|^SQL function "([^\n"]+)"') as called
    where coalesce(called[1], called[2]) !~ 'tg_any__audit$';
$$;
comment on function app_private.outermost_function(text) is
  'The function that was called from outside, of a stack of calls. Null for a statement that somebody wrote by hand.';
--! EndIncluded functions/audit/outermost_function.sql
--! Included functions/audit/note_in_audit_log.sql
create or replace function app_private.note_in_audit_log(
  kind app_public.audit_kind, operation app_public.audit_operation, called text, workspace_id uuid,
  target_id uuid, room_id uuid, subject text, before jsonb, after jsonb
) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor_id uuid := app_hidden.current_user_id();
  v_key_id constant uuid := app_hidden.current_key_id();
  v_name text;
begin
  if v_key_id is not null then
    select 'key ' || server_keys.name into v_name from app_private.server_keys where id = v_key_id;
    -- What keeps the place of a person where a key speaks for the installation is nobody.
    if app_private.is_installation(v_actor_id) then
      v_actor_id := null;
    end if;
  end if;
  -- Nobody logs in as the API's role but the API.
  if session_user <> 'trumpet_authenticator' then
    v_name := concat_ws(', ', v_name, session_user);
  end if;
  insert into app_private.audit_pending (
    id, kind, operation, happened_at, workspace_id, called, actor_id, actor_name, target_id, room_id, subject, before, after
  ) values (
    default, note_in_audit_log.kind, note_in_audit_log.operation, clock_timestamp(), note_in_audit_log.workspace_id,
    note_in_audit_log.called, v_actor_id, v_name, note_in_audit_log.target_id, note_in_audit_log.room_id,
    note_in_audit_log.subject, note_in_audit_log.before, note_in_audit_log.after);
end
$$;
comment on function app_private.note_in_audit_log(app_public.audit_kind, app_public.audit_operation, text, uuid, uuid, uuid, text, jsonb, jsonb) is
  'Notes an act of administration. It gets its place in the log when the transaction commits.';
--! EndIncluded functions/audit/note_in_audit_log.sql
--! Included functions/audit/tg_any__audit.sql
/*
 * Arguments: the kind; the columns that name the person, the room and the subject (or empty); the columns whose values are
 * secrets or personal, separated by commas; and `by hand` where functions note it themselves or it is no administration.
 */
create or replace function app_private.tg_any__audit() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hidden constant text[] := string_to_array(coalesce(tg_argv[4], ''), ',') || array['updated_at', tg_argv[1], tg_argv[2]];
  v_old constant jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  v_new constant jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  v_row constant jsonb := coalesce(v_new, v_old);
  v_before jsonb := v_old - v_hidden;
  v_after jsonb := v_new - v_hidden;
  v_changed text[];
  v_stack text;
  v_called text;
  v_target_id uuid := v_row ->> nullif(tg_argv[1], '');
  v_room_id constant uuid := v_row ->> nullif(tg_argv[2], '');
  v_workspace_id uuid;
begin
  get diagnostics v_stack = pg_context;
  v_called := app_private.outermost_function(v_stack);
  -- What follows from something else is not by hand; a function that an administrator has written himself is.
  if tg_argv[5] = 'by hand' and (
    pg_trigger_depth() > 1 or v_called ~ '^app_(public|private|hidden|admin)\.'
    -- Of a function in SQL the stack has the name alone.
    or exists (
      select from pg_proc
        where proname = v_called and pronamespace in (
          'app_public'::regnamespace, 'app_private'::regnamespace, 'app_hidden'::regnamespace, 'app_admin'::regnamespace)))
  then
    return null;
  end if;
  if tg_op = 'UPDATE' then
    select array_agg(key order by key) into v_changed
      from jsonb_each(v_new) where value is distinct from v_old -> key and key <> 'updated_at';
    if v_changed is null then
      return null;
    end if;
    select jsonb_object_agg(key, value) into v_before from jsonb_each(v_before) where key = any (v_changed);
    select jsonb_object_agg(key, value) into v_after from jsonb_each(v_after) where key = any (v_changed);
    -- Of what is hidden, that it changed.
    v_changed := array(select column_name from unnest(v_changed) as column_name where column_name = any (v_hidden));
    if cardinality(v_changed) > 0 then
      v_after := coalesce(v_after, '{}') || jsonb_build_object('changed', v_changed);
    end if;
  elsif tg_op = 'DELETE' and v_target_id is not null and tg_argv[0] <> 'account'
    and not exists (select from app_public.users where id = v_target_id)
  then
    -- It goes with the account of whom it was about, and so does what it said.
    v_before := null;
    v_target_id := null;
  end if;
  v_workspace_id := coalesce(
    (v_row ->> 'workspace_id')::uuid,
    case when tg_argv[0] = 'workspace' then (v_row ->> 'id')::uuid end,
    (select workspace_id from app_public.rooms where id = v_room_id),
    (select workspace_id from app_public.users where id = v_target_id),
    (select workspace_id from app_public.user_groups where id = (v_row ->> 'group_id')::uuid),
    (select workspace_id from app_public.webhooks where id = (v_row ->> 'webhook_id')::uuid),
    (select rooms.workspace_id
      from app_public.incoming_webhooks join app_public.rooms on rooms.id = incoming_webhooks.room_id
      where incoming_webhooks.id = (v_row ->> 'incoming_webhook_id')::uuid));
  -- Of whom a function has deleted app_private.erasures says it. Nobody is named here for ever.
  if tg_argv[0] = 'account' and tg_op = 'DELETE' and v_called is not null then
    v_target_id := null;
  end if;
  -- What goes with its workspace leaves nothing here of what was in it.
  if tg_op = 'DELETE' and tg_argv[0] <> 'workspace' and v_workspace_id is not null
    and not exists (select from app_private.workspaces where id = v_workspace_id and deleted_at is null)
  then
    v_before := null;
  end if;
  perform app_private.note_in_audit_log(
    tg_argv[0]::app_public.audit_kind, lower(tg_op)::app_public.audit_operation, v_called, v_workspace_id,
    v_target_id, v_room_id,
    case when num_nonnulls(v_before, v_after) > 0 then v_row ->> nullif(tg_argv[3], '') end, v_before, v_after);
  return null;
end
$$;
comment on function app_private.tg_any__audit() is
  'Notes a change of what is administered, whoever makes it and by whatever way. Its triggers are always enabled, for replication too.';
--! EndIncluded functions/audit/tg_any__audit.sql
--! Included functions/audit/tg_audit_pending__chain.sql
create or replace function app_private.tg_audit_pending__chain() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_head app_private.audit_head;
  v_pending app_private.audit_pending;
  v_entry app_private.audit_entries;
  v_actor_salt uuid;
  v_details_salt uuid;
  v_actor_digest bytea;
  v_details_digest bytea;
begin
  -- The first of a transaction does it for all.
  if not exists (select from app_private.audit_pending where id = new.id) then
    return null;
  end if;
  -- Whoever commits next waits here, and for no longer than this commit takes.
  select * into v_head from app_private.audit_head for update;
  for v_pending in select * from app_private.audit_pending order by id loop
    v_actor_salt := gen_random_uuid();
    v_details_salt := gen_random_uuid();
    v_head.seq := v_head.seq + 1;
    insert into app_private.audit_entries (
      seq, kind, operation, happened_at, workspace_id, called, actor_id, actor_name, target_id, room_id, subject, before, after
    ) values (
      v_head.seq, v_pending.kind, v_pending.operation, v_pending.happened_at, v_pending.workspace_id, v_pending.called,
      v_pending.actor_id, v_pending.actor_name, v_pending.target_id, v_pending.room_id, v_pending.subject,
      v_pending.before, v_pending.after
    ) returning * into v_entry;
    v_actor_digest := app_private.audit_digest(v_actor_salt, app_private.audit_actor(v_entry));
    v_details_digest := app_private.audit_digest(v_details_salt, app_private.audit_details(v_entry));
    v_head.hash := app_private.audit_hash(v_head.hash, v_head.seq, v_entry, v_actor_digest, v_details_digest);
    insert into app_private.audit_links (seq, actor_salt, details_salt, actor_digest, details_digest, hash)
      values (v_head.seq, v_actor_salt, v_details_salt, v_actor_digest, v_details_digest, v_head.hash);
  end loop;
  delete from app_private.audit_pending;
  update app_private.audit_head set seq = v_head.seq, hash = v_head.hash;
  return null;
end
$$;
comment on function app_private.tg_audit_pending__chain() is
  'Gives what was noted its place in the log, when its transaction commits: numbers have no gap, and their order is that of the commits.';
--! EndIncluded functions/audit/tg_audit_pending__chain.sql

create constraint trigger _100_chain after insert on app_private.audit_pending
  deferrable initially deferred for each row execute function app_private.tg_audit_pending__chain();
alter table app_private.audit_pending enable always trigger _100_chain;

--! Included functions/audit/tg_audit_entries__keep.sql
create or replace function app_private.tg_audit_entries__keep() returns trigger
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_link app_private.audit_links;
begin
  select * into v_link from app_private.audit_links where seq = old.seq;
  if tg_op = 'DELETE' and v_link.actor_salt is null and v_link.details_salt is null then
    return old;
  end if;
  if tg_op = 'UPDATE' and (new.seq, new.kind, new.operation, new.happened_at) = (old.seq, old.kind, old.operation, old.happened_at)
    and (new.workspace_id, new.called) is not distinct from (old.workspace_id, old.called)
    and (v_link.actor_salt is null or (new.actor_id, new.actor_name) is not distinct from (old.actor_id, old.actor_name))
    and (v_link.details_salt is null
      or (new.target_id, new.room_id, new.subject, new.before, new.after)
        is not distinct from (old.target_id, old.room_id, old.subject, old.before, old.after))
  then
    return new;
  end if;
  raise exception 'Entries can only be added to the audit log.' using errcode = 'TR403';
end
$$;
comment on function app_private.tg_audit_entries__keep() is
  'Refuses changes of the audit log, but where its chain has given up what an entry said: of people whose account was deleted, and of what is older than it is kept.';
--! EndIncluded functions/audit/tg_audit_entries__keep.sql
create trigger _100_keep before update or delete on app_private.audit_entries
  for each row execute function app_private.tg_audit_entries__keep();
alter table app_private.audit_entries enable always trigger _100_keep;

--! Included functions/audit/tg_audit_links__keep.sql
create or replace function app_private.tg_audit_links__keep() returns trigger
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE' and (new.seq, new.actor_digest, new.details_digest, new.hash) = (old.seq, old.actor_digest, old.details_digest, old.hash)
    and (new.actor_salt is null or new.actor_salt = old.actor_salt)
    and (new.details_salt is null or new.details_salt = old.details_salt)
  then
    return new;
  end if;
  raise exception 'Nothing of the chain of the audit log is changed.' using errcode = 'TR403';
end
$$;
comment on function app_private.tg_audit_links__keep() is 'Refuses changes of the chain, but that it gives up a salt.';
--! EndIncluded functions/audit/tg_audit_links__keep.sql
create trigger _100_keep before update or delete on app_private.audit_links
  for each row execute function app_private.tg_audit_links__keep();
alter table app_private.audit_links enable always trigger _100_keep;

create table app_private.compliance_exports (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null references app_private.workspaces on delete cascade,
  requested_by uuid not null references app_public.users on delete cascade,
  reason text not null,
  user_ids uuid[],
  room_ids uuid[],
  word text,
  since timestamptz,
  until timestamptz,
  status app_public.data_export_status not null default 'pending',
  -- How far it is: what is behind that is in the pieces.
  at_room_id uuid,
  at_seq bigint not null default 0,
  rooms_done integer not null default 0,
  rooms_total integer not null default 0,
  message_count bigint not null default 0,
  byte_size bigint not null default 0,
  digest text,
  requested_at timestamptz not null default now(),
  finished_at timestamptz,
  expires_at timestamptz not null default now() + interval '7 days',
  download_token text not null default encode(public.gen_random_bytes(32), 'hex'),
  constraint compliance_exports_reason_is_given check (char_length(reason) between 1 and 500),
  constraint compliance_exports_word_length check (char_length(word) <= 200),
  constraint compliance_exports_people_limit check (cardinality(user_ids) <= 1000),
  constraint compliance_exports_rooms_limit check (cardinality(room_ids) <= 1000),
  constraint compliance_exports_time_has_an_order check (until > since)
);
comment on table app_private.compliance_exports is 'Files with messages for whoever has to answer for them, and how far each is.';
alter table app_private.compliance_exports enable row level security;
create index compliance_exports_workspace_id on app_private.compliance_exports (workspace_id);
create index compliance_exports_requested_by on app_private.compliance_exports (requested_by);
/* expire_compliance_exports */
create index compliance_exports_expires_at on app_private.compliance_exports (expires_at);

create table app_private.compliance_export_chunks (
  export_id uuid not null references app_private.compliance_exports on delete cascade,
  position integer not null,
  line_count integer not null,
  -- Of the lines, before they are compressed.
  digest text not null,
  bytes bytea not null,
  primary key (export_id, position)
);
comment on table app_private.compliance_export_chunks is 'The file of a compliance export, compressed, in pieces.';
-- It is compressed already.
alter table app_private.compliance_export_chunks alter column bytes set storage external;
alter table app_private.compliance_export_chunks enable row level security;

insert into app_private.rates (kind, per_second, burst) values ('compliance', 0.01, 20);

--! Included functions/audit/audited_tables.sql
/*
 * What is administered. `columns` are those whose change counts, where others change all the time; person, room and subject
 * are the columns that name them; of what is hidden, it is noted that it changed.
 */
create or replace function app_private.audited_tables() returns table (
  table_name text, kind app_public.audit_kind, events text, person text, room text, subject text, hidden text,
  condition text, extra text, trigger_name text
)
language sql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select audited.*, case
      when audited.extra = 'by hand' then '_910_audit_by_hand'
      when audited.events = 'delete' and audited.condition <> '' then '_905_audit_end'
      else '_900_audit' end
  from (values
    ('app_private.admin_actions', 'administration'::app_public.audit_kind, 'insert', 'user_id', '', 'action', '',
      -- What keys do shows in the rows that they change; of what leaves none there, and is no message, it is noted here.
      $when$new.administrator not like 'key %' or new.action in ('issue_token', 'create_user', 'erase_user')$when$, ''),
    ('app_public.moderation_log', 'moderation', 'insert', 'target_user_id', 'room_id', 'action', 'moderator_id', 'new.moderator_id is not null', ''),
    ('app_public.room_bans', 'ban', 'insert or update or delete', 'user_id', 'room_id', '', 'banned_by', '', ''),
    ('app_private.room_mutes', 'mute', 'insert or update or delete', 'user_id', 'room_id', '', '', '', ''),
    ('app_private.suspensions', 'suspension', 'insert or update or delete', 'user_id', '', '', '', '', ''),
    ('app_public.room_rules', 'rule', 'insert or update or delete', '', 'room_id', 'kind', '', '', ''),
    ('app_public.rooms', 'room', 'update or delete', '', 'id', 'slug', '', '', ''),
    ('app_public.custom_room_types', 'room', 'insert or update or delete', '', '', 'name', '', '', ''),
    ('app_public.room_data', 'room', 'insert or update or delete', '', 'room_id', '', '', '', ''),
    ('app_public.room_fields', 'setting', 'insert or update or delete', '', '', 'key', '', '', ''),
    ('app_private.closed_rooms', 'room', 'insert or update or delete', '', 'room_id', '', '', '', ''),
    ('app_private.room_languages', 'room', 'insert or update or delete', '', 'room_id', '', '', '', ''),
    ('app_public.room_members', 'role', 'update of role, sees_from_seq', 'user_id', 'room_id', '', 'last_read_seq,history_widened_at',
      'old.role <> new.role or old.sees_from_seq is distinct from new.sees_from_seq', ''),
    -- Coming in, going and getting permissions by hand, as nobody does by the API.
    ('app_public.room_members', 'role', 'insert or delete or update of granted_permissions, denied_permissions, muted_until, user_id, room_id',
      'user_id', 'room_id', '', 'last_read_seq', $when$session_user <> 'trumpet_authenticator'$when$, 'by hand'),
    -- From where on they see the room again who have left it.
    ('app_private.room_histories', 'role', 'insert or update or delete', 'user_id', 'room_id', '', '',
      $when$session_user <> 'trumpet_authenticator'$when$, 'by hand'),
    ('app_public.room_invitations', 'room', 'insert', 'created_by', 'room_id', '', 'code', '', ''),
    -- When its time is over, nobody has taken it back.
    ('app_public.room_invitations', 'room', 'delete', 'created_by', 'room_id', '', 'code', 'old.expires_at > now()', ''),
    ('app_public.roles', 'role', 'insert or update or delete', '', '', 'name', '', '', ''),
    ('app_private.role_assignments', 'role', 'insert or update or delete', 'user_id', 'room_id', 'role_name', '', '', ''),
    ('app_private.permission_exceptions', 'role', 'insert or update or delete', 'user_id', 'room_id', 'permission', '', '', ''),
    ('app_private.user_secrets', 'account', 'update of email, password_hash', 'user_id', '', '',
      'email,password_hash,holds_email,email_told_at,codes_voided_at', $when$session_user <> 'trumpet_authenticator'$when$, 'by hand'),
    -- With these somebody signs in, too. People set them up and take them away by themselves.
    ('app_private.totp_secrets', 'account', 'insert or delete or update of secret, user_id', 'user_id', '', '', 'secret,last_step',
      $when$session_user <> 'trumpet_authenticator'$when$, 'by hand'),
    ('app_private.recovery_codes', 'account', 'insert or delete or update of code_hash, user_id', 'user_id', '', '', 'code_hash',
      $when$session_user <> 'trumpet_authenticator'$when$, 'by hand'),
    ('app_private.passkeys', 'account', 'insert or delete or update of credential_id, public_key, user_id', 'user_id', '', '',
      'credential_id,public_key,sign_count,name', $when$session_user <> 'trumpet_authenticator'$when$, 'by hand'),
    ('app_private.identities', 'account', 'insert or delete or update of issuer, subject, user_id', 'user_id', '', '', 'subject,claims',
      $when$session_user <> 'trumpet_authenticator'$when$, 'by hand'),
    ('app_private.guests', 'account', 'insert or update or delete', 'user_id', 'room_id', '', '',
      $when$session_user <> 'trumpet_authenticator'$when$, 'by hand'),
    ('app_public.users', 'account', 'update of username, display_name, is_bot, workspace_id', 'id', '', '',
      'username,display_name,avatar_url,bio,status_text', $when$session_user <> 'trumpet_authenticator'$when$, 'by hand'),
    ('app_public.users', 'account', 'delete', 'id', '', '', 'username,display_name,avatar_url,bio,status_text', '', ''),
    ('app_private.workspaces', 'workspace', 'insert or update or delete', '', '', 'name', '', '', ''),
    ('app_private.workspace_hosts', 'workspace', 'insert or update or delete', '', '', 'host', '', '', ''),
    ('app_private.server_keys', 'key',
      'insert or delete or update of name, prefix, secret_hash, scopes, expires_at, revoked_at, user_id, workspace_id',
      'user_id', '', 'name', 'secret_hash,last_used_at', '', ''),
    ('app_public.webhooks', 'webhook', 'insert or update or delete', 'bot_id', '', 'name', 'contact_email', '', ''),
    ('app_public.incoming_webhooks', 'webhook', 'insert or delete or update of room_id, bot_id', 'bot_id', 'room_id', 'id', 'created_by,last_used_at', '', ''),
    -- What events are signed with, and at which address a webhook posts: new ones, and old ones that end.
    ('app_private.webhook_secrets', 'webhook', 'insert or update or delete', '', '', 'webhook_id', 'secret', '', ''),
    ('app_private.incoming_webhook_secrets', 'webhook', 'insert or update or delete', '', '', 'incoming_webhook_id', 'secret_hash', '', ''),
    ('app_private.legal_holds', 'hold', 'insert or update or delete', 'user_id', 'room_id', 'id', '', '', ''),
    ('app_public.user_groups', 'group', 'insert or update or delete', '', '', 'name', '', '', ''),
    ('app_public.user_group_members', 'group_member', 'insert or update or delete', 'user_id', '', '', '', '', ''),
    -- Its version counts what is noted below.
    ('app_private.custom_emoji_sets', 'emoji', 'insert or delete or update of who_adds, most', '', '', '', '', '', ''),
    ('app_private.emoji_managers', 'emoji', 'insert or update or delete', 'user_id', '', '', '', '', ''),
    ('app_public.custom_emoji', 'emoji', 'insert or delete or update of name, aliases, picture_id, removed_at, workspace_id', 'added_by_id', '', 'name', '', '', ''),
    ('app_public.commands', 'command', 'insert or update or delete', 'bot_id', '', 'name', '', '', ''),
    ('app_private.lifecycle_settings', 'setting', 'insert or update or delete', '', '', '', '', '', ''),
    ('app_private.limits', 'setting', 'insert or update or delete', '', '', '', '', '', ''),
    -- The migrations that add a kind add its row.
    ('app_private.rates', 'setting', 'update or delete', '', '', 'kind', '', '', ''),
    ('app_private.map_rules', 'setting', 'insert or update or delete', '', '', '', '', '', ''),
    ('app_private.common_passwords', 'setting', 'insert or update or delete', '', '', 'form', '', '', ''),
    ('app_private.top_level_domains', 'setting', 'insert or update or delete', '', '', 'name', '', '', ''),
    ('app_private.emoji_shortcodes', 'setting', 'insert or update or delete', '', '', 'name', '', '', ''),
    ('app_public.profile_fields', 'setting', 'insert or update or delete', '', '', 'key', '', '', ''),
    ('app_private.account_rules', 'setting', 'insert or update or delete', '', '', '', '', '', ''),
    ('app_private.webhook_rules', 'setting', 'insert or update or delete', '', '', '', '', '', ''),
    ('app_private.interaction_rules', 'setting', 'insert or update or delete', '', '', '', '', '', ''),
    ('app_private.audit_rules', 'setting', 'insert or update or delete', '', '', '', '', '', ''),
    ('app_private.reserved_names', 'setting', 'insert or update or delete', '', '', 'name', '', '', ''),
    ('app_private.compliance_exports', 'export', 'insert or delete or update of status', '', '', 'id', 'requested_by,download_token,at_room_id,at_seq', '', ''),
    ('app_private.auditors', 'auditor', 'insert or update or delete', 'user_id', '', '', '', '', '')
  ) as audited (table_name, kind, events, person, room, subject, hidden, condition, extra);
$$;
comment on function app_private.audited_tables() is 'The tables whose changes are in the audit log.';
--! EndIncluded functions/audit/audited_tables.sql
--! Included functions/audit/audit_tables.sql
create or replace function app_private.audit_tables() returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table record;
begin
  for v_table in select * from app_private.audited_tables() where to_regclass(table_name) is not null loop
    execute format(
      'create or replace trigger %I after %s on %s for each row %s execute function app_private.tg_any__audit(%L, %L, %L, %L, %L, %L)',
      v_table.trigger_name, v_table.events, v_table.table_name, case when v_table.condition <> '' then format('when (%s)', v_table.condition) else '' end,
      v_table.kind, v_table.person, v_table.room, v_table.subject, v_table.hidden, v_table.extra);
    execute format('alter table %s enable always trigger %I', v_table.table_name, v_table.trigger_name);
  end loop;
end
$$;
comment on function app_private.audit_tables() is
  'Has every change of what is administered noted, in the tables that there are. To be called again by a migration that adds one of app_private.audited_tables.';
--! EndIncluded functions/audit/audit_tables.sql
select app_private.audit_tables();

--! Included functions/audit/take_out_of_audit_log.sql
/*
 * The chain keeps its hashes and gives up the salts: of what is taken out it says nothing any more, and holds. An entry of its
 * own says what was taken out, so that nobody takes out more.
 */
create or replace function app_private.take_out_of_audit_log(
  actor_seqs bigint[], details_seqs bigint[], pseudonym uuid default null, about uuid default null
) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_parts jsonb;
  v_stack text;
begin
  get diagnostics v_stack = pg_context;
  select jsonb_agg(jsonb_build_object('seq', parts.seq, 'part', parts.part) order by parts.seq, parts.part) into v_parts
    from (
      select audit_links.seq, 'actor' as part from app_private.audit_links
        where audit_links.seq = any (take_out_of_audit_log.actor_seqs) and audit_links.actor_salt is not null
      union all
      select audit_links.seq, 'details' from app_private.audit_links
        where audit_links.seq = any (take_out_of_audit_log.details_seqs) and audit_links.details_salt is not null
    ) as parts;
  if v_parts is null then
    return 0;
  end if;
  update app_private.audit_links set actor_salt = null
    where audit_links.seq = any (take_out_of_audit_log.actor_seqs) and actor_salt is not null;
  update app_private.audit_links set details_salt = null
    where audit_links.seq = any (take_out_of_audit_log.details_seqs) and details_salt is not null;
  update app_private.audit_entries set actor_id = take_out_of_audit_log.pseudonym, actor_name = null
    where audit_entries.seq = any (take_out_of_audit_log.actor_seqs) and (actor_id is not null or actor_name is not null);
  update app_private.audit_entries
    set target_id = take_out_of_audit_log.pseudonym, subject = null, before = null, after = null,
      room_id = case when take_out_of_audit_log.about is null then room_id end
    where audit_entries.seq = any (take_out_of_audit_log.details_seqs);
  perform app_private.note_in_audit_log(
    'audit', 'update', app_private.outermost_function(v_stack), take_out_of_audit_log.about, null, null,
    'erased', null, jsonb_build_object('erased', v_parts));
  return jsonb_array_length(v_parts);
end
$$;
comment on function app_private.take_out_of_audit_log(bigint[], bigint[], uuid, uuid) is
  'Takes out of entries of the audit log who did it, or what was done and to whom, and says so in the log. How many parts it took out.';
--! EndIncluded functions/audit/take_out_of_audit_log.sql

--! Included functions/audit/erase_from_audit_log.sql
create or replace function app_private.erase_from_audit_log(user_id uuid) returns integer
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select app_private.take_out_of_audit_log(
    array(select seq from app_private.audit_entries where actor_id = erase_from_audit_log.user_id),
    array(
      select seq from app_private.audit_entries where target_id = erase_from_audit_log.user_id
      union
      -- Exports are of several people.
      select seq from app_private.audit_entries
        where kind = 'export' and coalesce(after, before) -> 'user_ids' ? erase_from_audit_log.user_id::text),
    gen_random_uuid());
$$;
comment on function app_private.erase_from_audit_log(uuid) is
  'Gives a person whose account goes another id in the audit log, one that leads nowhere, and takes out what was done to them. What they did stays.';
--! EndIncluded functions/audit/erase_from_audit_log.sql

--! Included functions/audit/erase_workspace_from_audit_log.sql
create or replace function app_private.erase_workspace_from_audit_log(workspace_id uuid, batch_size integer) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_seqs constant bigint[] := array(
    select entries.seq from app_private.audit_entries as entries
      join app_private.audit_links on audit_links.seq = entries.seq
      where entries.workspace_id = erase_workspace_from_audit_log.workspace_id
        and num_nonnulls(actor_salt, details_salt) > 0 and entries.kind <> 'audit'
      order by entries.seq limit batch_size);
begin
  return app_private.take_out_of_audit_log(v_seqs, v_seqs, about => erase_workspace_from_audit_log.workspace_id) > 0;
end
$$;
comment on function app_private.erase_workspace_from_audit_log(uuid, integer) is
  'Takes out of the audit log what was administered in a workspace that is being deleted, at most a batch. False when there was nothing.';
--! EndIncluded functions/audit/erase_workspace_from_audit_log.sql

--! Included functions/audit/expire_audit_log.sql
create or replace function app_private.expire_audit_log(as_of timestamptz default now()) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_days constant integer := (select audit_days from app_private.audit_rules);
  v_first bigint;
  v_until_seq bigint;
  v_count integer;
  v_stack text;
begin
  get diagnostics v_stack = pg_context;
  -- Nobody knows what of it a case needs.
  if v_days = 0 or exists (select from app_private.legal_holds where released_at is null) then
    return 0;
  end if;
  select seq into v_first from app_private.audit_entries order by seq limit 1;
  select entries.seq - 1 into v_until_seq from app_private.audit_entries as entries
    where entries.happened_at >= expire_audit_log.as_of - make_interval(days => v_days) order by entries.seq limit 1;
  v_until_seq := coalesce(v_until_seq, (select seq from app_private.audit_head));
  if v_first is null or v_until_seq < v_first then
    return 0;
  end if;
  update app_private.audit_links set actor_salt = null, details_salt = null where seq between v_first and v_until_seq;
  delete from app_private.audit_entries where seq between v_first and v_until_seq;
  get diagnostics v_count = row_count;
  perform app_private.note_in_audit_log(
    'audit', 'delete', app_private.outermost_function(v_stack), null, null, null, 'expired', null,
    jsonb_build_object('until_seq', v_until_seq, 'audit_days', v_days));
  return v_count;
end
$$;
comment on function app_private.expire_audit_log(timestamptz) is
  'Deletes what is older in the audit log than it is kept, unless something is on hold. The chain stays, and says so. The worker calls it. Returns how many entries it deleted.';
--! EndIncluded functions/audit/expire_audit_log.sql

--! Included functions/audit-at-psql/keep_audit_log_for.sql
create or replace function app_admin.keep_audit_log_for(days integer, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if keep_audit_log_for.days is null or keep_audit_log_for.days <> 0 and not keep_audit_log_for.days between 90 and 36500 then
    raise exception 'The audit log is kept for 90 to 36,500 days, or for ever with 0.' using errcode = 'TR400';
  end if;
  update app_private.audit_rules set audit_days = keep_audit_log_for.days;
  perform app_private.note_admin_action('keep_audit_log_for', keep_audit_log_for.days::text, keep_audit_log_for.reason);
  return case keep_audit_log_for.days when 0 then 'The audit log is kept for ever'
    else format('The audit log is kept for %s days', keep_audit_log_for.days) end;
end
$$;
comment on function app_admin.keep_audit_log_for(integer, text) is
  'Says for how many days the audit log is kept, at least 90; 0: for ever. While something is on hold nothing of it is deleted.';
grant execute on function app_admin.keep_audit_log_for(integer, text) to trumpet_admin;
--! EndIncluded functions/audit-at-psql/keep_audit_log_for.sql

--! Included functions/audit/check_audit_log.sql
/*
 * Each row by itself against the hash that is kept of the one before it: the first whose hash is not what it ought to be is
 * the first that was touched.
 */
create or replace function app_private.check_audit_log() returns table (seq bigint, problem text)
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  with expired as (
    select coalesce(max((entry.after ->> 'until_seq')::bigint), 0) as until_seq
      from app_private.audit_entries as entry where entry.kind = 'audit' and entry.subject = 'expired'
  ), erased as (
    select part ->> 'part' as part, (part ->> 'seq')::bigint as seq
      from app_private.audit_entries as entry
      cross join lateral jsonb_array_elements(entry.after -> 'erased') as part
      where entry.kind = 'audit' and entry.subject = 'erased'
  ), numbered as (
    select links as link, entries as entry,
        coalesce(links.seq, entries.seq) as seq,
        coalesce(lag(links.hash) over in_order, sha256('')) as previous_hash,
        coalesce(lag(coalesce(links.seq, entries.seq)) over in_order, 0) as previous_seq
      from app_private.audit_links as links
      full join app_private.audit_entries as entries on entries.seq = links.seq
      window in_order as (order by coalesce(links.seq, entries.seq))
  ), judged as (
    select numbered.seq, case
        when (link).seq is null then 'was inserted: the chain knows nothing of it'
        when numbered.seq <> previous_seq + 1 then
          format('the chain goes from %s to this one: what was between them was removed', previous_seq)
        when (entry).seq is null then
          case when numbered.seq > until_seq then 'was removed: the chain knows of it' end
        when (link).hash <> app_private.audit_hash(previous_hash, numbered.seq, entry, (link).actor_digest, (link).details_digest) then
          'was changed, inserted or moved: it does not follow from the one before it'
        when (link).actor_salt is null then
          case when numbered.seq > until_seq
            and not exists (select from erased where erased.seq = numbered.seq and part = 'actor')
            then 'was changed: who did it was taken away, and no entry says so' end
        when (link).actor_digest <> app_private.audit_digest((link).actor_salt, app_private.audit_actor(entry)) then
          'was changed: somebody else did it'
      end as about_chain, case
        when (link).seq is null or (entry).seq is null then null
        when (link).details_salt is null then
          case when numbered.seq > until_seq
            and not exists (select from erased where erased.seq = numbered.seq and part = 'details')
            then 'was changed: what was done was taken away, and no entry says so' end
        when (link).details_digest <> app_private.audit_digest((link).details_salt, app_private.audit_details(entry)) then
          'was changed: what was done is not what it says'
      end as about_details
      from numbered cross join expired
  )
  select judged.seq, coalesce(about_chain, about_details)
    from judged where coalesce(about_chain, about_details) is not null
  union all
  select audit_head.seq, 'is where the chain ends, but it is not there: entries at the end were removed or inserted'
    from app_private.audit_head
    left join lateral (
      select audit_links.seq, audit_links.hash from app_private.audit_links order by audit_links.seq desc limit 1
    ) as last on true
    where (last.seq, last.hash) is distinct from (audit_head.seq, audit_head.hash) and audit_head.seq > 0
  union all
  select audit_checkpoints.seq, 'was signed with another hash: the chain was written anew'
    from app_private.audit_checkpoints
    left join app_private.audit_links on audit_links.seq = audit_checkpoints.seq
    where audit_links.hash is distinct from audit_checkpoints.hash
  union all
  select null, format('%s acts were noted and never chained', count(*)) from app_private.audit_pending having count(*) > 0
  union all
  select null, format('nothing is noted of %s any more: its trigger is not as it was', audited.table_name)
    from app_private.audited_tables() as audited
    where not exists (
      select from pg_trigger
        where tgrelid = to_regclass(audited.table_name) and tgname = audited.trigger_name and tgenabled = 'A')
  order by 1 nulls last;
$$;
comment on function app_private.check_audit_log() is 'Every place at which the audit log is not as it was written, in order. None: it is intact.';
--! EndIncluded functions/audit/check_audit_log.sql
--! Included functions/audit-at-psql/verify_audit_log.sql
create or replace function app_admin.verify_audit_log() returns table (is_intact boolean, entries bigint, last_seq bigint, first_broken_seq bigint, problem text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select found.problem is null, (select count(*) from app_private.audit_entries), audit_head.seq, found.seq, found.problem
    from app_private.audit_head
    left join lateral (select * from app_private.check_audit_log() limit 1) as found on true;
$$;
comment on function app_admin.verify_audit_log() is
  'Whether the audit log is as it was written, and the first entry that was changed, removed, inserted or moved. `npm run audit -- verify` does not have to believe this database, and checks the signatures too.';
grant execute on function app_admin.verify_audit_log() to trumpet_admin, trumpet_auditor;
--! EndIncluded functions/audit-at-psql/verify_audit_log.sql
--! Included functions/audit-at-psql/set_auditor.sql
create or replace function app_admin.set_auditor(who text, reason text, is_auditor boolean default true) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users := app_private.find_user(who);
begin
  if set_auditor.is_auditor then
    insert into app_private.auditors (user_id, reason) values (v_user.id, set_auditor.reason)
      on conflict on constraint auditors_pkey do update set reason = excluded.reason;
  else
    delete from app_private.auditors where auditors.user_id = v_user.id;
  end if;
  perform app_private.note_admin_action('set_auditor', is_auditor::text, reason => set_auditor.reason, user_id => v_user.id);
  return format(case when set_auditor.is_auditor then '%s reads the audit log' else '%s is no auditor' end, v_user.username);
end
$$;
comment on function app_admin.set_auditor(text, text, boolean) is
  'Lets a person read the audit log of their workspace and make compliance exports, or no longer. They read no messages otherwise.';
grant execute on function app_admin.set_auditor(text, text, boolean) to trumpet_admin;
--! EndIncluded functions/audit-at-psql/set_auditor.sql

create view app_admin.audit_log as
  select
    entries.seq, entries.happened_at, entries.kind, entries.operation, entries.called,
    concat_ws(', ', coalesce(actors.username, entries.actor_id::text), entries.actor_name) as who,
    coalesce(targets.username, entries.target_id::text) as person, coalesce(rooms.slug, entries.room_id::text) as room,
    entries.subject, entries.before, entries.after, workspaces.name as workspace
  from app_private.audit_entries as entries
  left join app_public.users as actors on actors.id = entries.actor_id
  left join app_public.users as targets on targets.id = entries.target_id
  left join app_public.rooms on rooms.id = entries.room_id
  left join app_private.workspaces on workspaces.id = entries.workspace_id
  order by entries.seq desc;
comment on view app_admin.audit_log is
  'Every act of administration, the newest first: by whom, through which function (none: by hand), and how it was before and after.';
comment on column app_admin.audit_log.seq is 'Its number. There is no gap, and the order is that of the commits.';
comment on column app_admin.audit_log.happened_at is 'When it was done.';
comment on column app_admin.audit_log.kind is 'What it is about.';
comment on column app_admin.audit_log.operation is 'Whether something was made, changed or taken away.';
comment on column app_admin.audit_log.called is 'Through which function. Null: a statement that somebody wrote by hand, or what follows from one.';
comment on column app_admin.audit_log.who is 'The person, the key or the role of the database that did it.';
comment on column app_admin.audit_log.person is 'To whom, if to anyone. An id where the account is deleted.';
comment on column app_admin.audit_log.room is 'In which room, if in one.';
comment on column app_admin.audit_log.subject is 'The name or id of what was changed.';
comment on column app_admin.audit_log.before is 'How it was: of a change, what is different. Secrets are left out.';
comment on column app_admin.audit_log.after is 'How it is since. `changed` names what is left out and was changed.';
comment on column app_admin.audit_log.workspace is 'In which workspace. Null for what all have in common.';
grant select on app_admin.audit_log to trumpet_admin, trumpet_auditor;
grant usage on schema app_admin to trumpet_auditor;

/* What auditors see. */
create type app_public.audit_entry as (
  seq bigint,
  happened_at timestamptz,
  kind app_public.audit_kind,
  operation app_public.audit_operation,
  called text,
  actor_id uuid,
  actor_display_name text,
  actor_name text,
  target_id uuid,
  target_display_name text,
  room_id uuid,
  room_name text,
  subject text,
  before jsonb,
  after jsonb
);
comment on type app_public.audit_entry is 'An act of administration.';
comment on column app_public.audit_entry.seq is 'Its number. There is no gap, and the order is that of the commits; of other workspaces you see none.';
comment on column app_public.audit_entry.happened_at is 'When it was done.';
comment on column app_public.audit_entry.kind is 'What it is about.';
comment on column app_public.audit_entry.operation is 'Whether something was made, changed or taken away.';
comment on column app_public.audit_entry.called is 'Through which function of the database. Null: a statement that somebody wrote by hand, or what follows from one.';
comment on column app_public.audit_entry.actor_id is 'Who did it, if a person did. Leads nowhere once their account is deleted.';
comment on column app_public.audit_entry.actor_display_name is 'What they are called now.';
comment on column app_public.audit_entry.actor_name is 'The key, or the role at the database, with which it was done; null for people who signed in.';
comment on column app_public.audit_entry.target_id is 'To whom, if to anyone.';
comment on column app_public.audit_entry.target_display_name is 'What they are called now.';
comment on column app_public.audit_entry.room_id is 'In which room, if in one.';
comment on column app_public.audit_entry.room_name is 'What the room is called now.';
comment on column app_public.audit_entry.subject is 'The name or id of what was changed.';
comment on column app_public.audit_entry.before is 'How it was: of a change, what is different. Secrets are left out.';
comment on column app_public.audit_entry.after is 'How it is since. `changed` names what is left out and was changed.';

create type app_public.audit_checkpoint as (
  seq bigint,
  hash text,
  signed_at timestamptz,
  public_key text,
  signature text
);
comment on type app_public.audit_checkpoint is 'How far the audit log was at a time, signed with Ed25519.';
comment on column app_public.audit_checkpoint.seq is 'The number of the last entry.';
comment on column app_public.audit_checkpoint.hash is 'What the chain had come to with it, in hex.';
comment on column app_public.audit_checkpoint.signed_at is 'When it was signed.';
comment on column app_public.audit_checkpoint.public_key is 'The key that signed it, base64url.';
comment on column app_public.audit_checkpoint.signature is 'Of `trumpet audit log`, the number, the hash and the time, each in a line of its own, base64url.';

create type app_public.compliance_export as (
  id uuid,
  status app_public.data_export_status,
  reason text,
  requested_by uuid,
  user_ids uuid[],
  room_ids uuid[],
  word text,
  since timestamptz,
  until timestamptz,
  message_count bigint,
  rooms_done integer,
  rooms_total integer,
  byte_size bigint,
  digest text,
  requested_at timestamptz,
  finished_at timestamptz,
  expires_at timestamptz,
  url text
);
comment on type app_public.compliance_export is 'A file with messages for whoever has to answer for them.';
comment on column app_public.compliance_export.id is 'Stays the same for ever.';
comment on column app_public.compliance_export.status is 'PENDING until the file is there. FAILED: ask again.';
comment on column app_public.compliance_export.reason is 'Why it was asked for.';
comment on column app_public.compliance_export.requested_by is 'Which auditor asked for it.';
comment on column app_public.compliance_export.user_ids is 'By whom the messages are. Null: by anyone.';
comment on column app_public.compliance_export.room_ids is 'In which rooms they are. Null: in all.';
comment on column app_public.compliance_export.word is 'What they say, whatever its case. Null: anything.';
comment on column app_public.compliance_export.since is 'From when on they were sent. Null: from the beginning.';
comment on column app_public.compliance_export.until is 'Before when they were sent. Null: to the end.';
comment on column app_public.compliance_export.message_count is 'How many messages are in it, as far as it is.';
comment on column app_public.compliance_export.rooms_done is 'How many rooms have been gone through.';
comment on column app_public.compliance_export.rooms_total is 'How many rooms there are to go through; 0 before it begins.';
comment on column app_public.compliance_export.byte_size is 'How large the file is, as far as it is.';
comment on column app_public.compliance_export.digest is 'SHA-256 of the hashes of its parts, which the last line of the file lists; in the audit log as well. Null until READY.';
comment on column app_public.compliance_export.requested_at is 'When it was asked for.';
comment on column app_public.compliance_export.finished_at is 'When the file was there.';
comment on column app_public.compliance_export.expires_at is 'When the file is deleted.';
comment on column app_public.compliance_export.url is 'The path of the file, relative to this server. Everybody who has it can download the file: keep it secret. For the auditor who asked for it; null until READY.';

--! Included functions/audit/is_auditor.sql
create or replace function app_public.is_auditor() returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (select from app_private.auditors where auditors.user_id = app_hidden.current_user_id());
$$;
comment on function app_public.is_auditor() is
  'Whether you may read the audit log of your workspace and make compliance exports. An administrator of the site says who may.';
grant execute on function app_public.is_auditor() to trumpet_user;
--! EndIncluded functions/audit/is_auditor.sql

--! Included functions/audit/require_auditor.sql
create or replace function app_private.require_auditor() returns uuid
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
begin
  if app_hidden.current_key_id() is not null or not exists (select from app_private.auditors where auditors.user_id = v_user_id) then
    raise exception 'This is for auditors.' using errcode = 'TR403';
  end if;
  return v_user_id;
end
$$;
comment on function app_private.require_auditor() is 'The id of the auditor who asks, by a sign-in of their own, or FORBIDDEN.';
--! EndIncluded functions/audit/require_auditor.sql

--! Included functions/audit/audit_log.sql
create or replace function app_public.audit_log(
  kind app_public.audit_kind default null, actor_id uuid default null, target_id uuid default null, room_id uuid default null,
  since timestamptz default null, until timestamptz default null, before_seq bigint default null, page_size integer default 50
) returns setof app_public.audit_entry
language plpgsql stable security definer rows 50
set search_path = pg_catalog, pg_temp
as $$
declare
  v_since constant timestamptz := app_private.check_moment(audit_log.since, 'since');
  v_until constant timestamptz := app_private.check_moment(audit_log.until, 'until');
  v_workspace_id constant uuid := (select users.workspace_id from app_public.users where users.id = app_private.require_auditor());
begin
  if audit_log.page_size not between 1 and 100 then
    raise exception 'pageSize is between 1 and 100.' using errcode = 'TR400';
  end if;
  return query
    select
      entries.seq, entries.happened_at, entries.kind, entries.operation, entries.called,
      entries.actor_id, actors.display_name, entries.actor_name, entries.target_id, targets.display_name,
      entries.room_id, rooms.name, entries.subject, entries.before, entries.after
    from app_private.audit_entries as entries
    left join app_public.users as actors on actors.id = entries.actor_id and actors.workspace_id = v_workspace_id
    left join app_public.users as targets on targets.id = entries.target_id and targets.workspace_id = v_workspace_id
    left join app_public.rooms on rooms.id = entries.room_id and rooms.workspace_id = v_workspace_id
    -- What all workspaces have in common holds for this one, too.
    where (entries.workspace_id = v_workspace_id or entries.workspace_id is null and entries.kind = 'setting')
      and (audit_log.kind is null or entries.kind = audit_log.kind)
      and (audit_log.actor_id is null or entries.actor_id = audit_log.actor_id)
      and (audit_log.target_id is null or entries.target_id = audit_log.target_id)
      and (audit_log.room_id is null or entries.room_id = audit_log.room_id)
      and (v_since is null or entries.happened_at >= v_since)
      and (v_until is null or entries.happened_at < v_until)
      and (audit_log.before_seq is null or entries.seq < audit_log.before_seq)
    order by entries.seq desc
    limit coalesce(audit_log.page_size, 50);
end
$$;
comment on function app_public.audit_log(app_public.audit_kind, uuid, uuid, uuid, timestamptz, timestamptz, bigint, integer) is
  'What was administered in your workspace, the newest first, at most 100: go on with `beforeSeq`. For auditors.';
grant execute on function app_public.audit_log(app_public.audit_kind, uuid, uuid, uuid, timestamptz, timestamptz, bigint, integer) to trumpet_user;
--! EndIncluded functions/audit/audit_log.sql

--! Included functions/audit/audit_checkpoint.sql
create or replace function app_public.audit_checkpoint() returns app_public.audit_checkpoint
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_last app_private.audit_checkpoints;
begin
  perform app_private.require_auditor();
  select * into v_last from app_private.audit_checkpoints order by seq desc limit 1;
  if v_last.seq is null then
    return null;
  end if;
  return (v_last.seq, encode(v_last.hash, 'hex'), v_last.signed_at, v_last.public_key,
    rtrim(translate(encode(v_last.signature, 'base64'), E'+/\n', '-_'), '='))::app_public.audit_checkpoint;
end
$$;
comment on function app_public.audit_checkpoint() is
  'How far the audit log was when the worker last signed it. Keep it elsewhere: it shows whether what came before it was changed since. For auditors.';
grant execute on function app_public.audit_checkpoint() to trumpet_user;
--! EndIncluded functions/audit/audit_checkpoint.sql

--! Included functions/audit/compliance_export_of.sql
create or replace function app_private.compliance_export_of(export app_private.compliance_exports) returns app_public.compliance_export
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select (
    export.id, export.status, export.reason, export.requested_by, export.user_ids, export.room_ids, export.word,
    export.since, export.until, export.message_count, export.rooms_done, export.rooms_total, export.byte_size,
    export.digest, export.requested_at, export.finished_at, export.expires_at,
    case when export.status = 'ready' and export.expires_at > now() and export.requested_by = app_hidden.current_user_id()
      then '/exports/' || export.id || '/' || export.download_token end
  )::app_public.compliance_export;
$$;
comment on function app_private.compliance_export_of(app_private.compliance_exports) is
  'A compliance export as auditors see it: its file is for the one alone who asked for it.';
--! EndIncluded functions/audit/compliance_export_of.sql

--! Included functions/audit/compliance_exports.sql
create or replace function app_public.compliance_exports() returns setof app_public.compliance_export
language plpgsql stable security definer rows 10
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select made.* from app_private.compliance_exports as export
      cross join lateral app_private.compliance_export_of(export) as made
      where export.workspace_id = (select workspace_id from app_public.users where users.id = app_private.require_auditor())
      order by export.requested_at desc, export.id desc
      limit 100;
end
$$;
comment on function app_public.compliance_exports() is
  'The compliance exports of your workspace of the last week, the newest first. For auditors.';
grant execute on function app_public.compliance_exports() to trumpet_user;
--! EndIncluded functions/audit/compliance_exports.sql

--! Included functions/audit/request_compliance_export.sql
create or replace function app_public.request_compliance_export(
  reason text, user_ids uuid[] default null, room_ids uuid[] default null, word text default null,
  since timestamptz default null, until timestamptz default null
) returns app_public.compliance_export
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_since constant timestamptz := app_private.check_moment(request_compliance_export.since, 'since');
  v_until constant timestamptz := app_private.check_moment(request_compliance_export.until, 'until');
  v_workspace_id uuid;
  v_export app_private.compliance_exports;
begin
  perform app_private.limit_rate('compliance');
  select workspace_id into v_workspace_id from app_public.users where id = app_private.require_auditor();
  if exists (
    select from unnest(request_compliance_export.user_ids) as wanted (id)
      where not exists (select from app_public.users where users.id = wanted.id and users.workspace_id = v_workspace_id)
    union all
    select from unnest(request_compliance_export.room_ids) as wanted (id)
      where not exists (select from app_public.rooms where rooms.id = wanted.id and rooms.workspace_id = v_workspace_id)
  ) then
    raise exception 'There is no such person or room.' using errcode = 'TR404';
  end if;
  insert into app_private.compliance_exports (workspace_id, requested_by, reason, user_ids, room_ids, word, since, until)
    values (
      v_workspace_id, app_hidden.current_user_id(), coalesce(app_private.trimmed(request_compliance_export.reason), ''),
      nullif(request_compliance_export.user_ids, '{}'), nullif(request_compliance_export.room_ids, '{}'),
      app_private.trimmed(request_compliance_export.word),
      v_since, v_until)
    returning * into v_export;
  perform graphile_worker.add_job(
    'export_for_compliance', json_build_object('exportId', v_export.id),
    max_attempts => 25, job_key => 'export_for_compliance:' || v_export.id);
  return app_private.compliance_export_of(v_export);
end
$$;
comment on function app_public.request_compliance_export(text, uuid[], uuid[], text, timestamptz, timestamptz) is
  'Requests a file with the messages of your workspace, or of people, rooms, a time or with a word in them, as JSON lines compressed with gzip; what was said before edits and deletions where a legal hold has kept it. It is in the audit log, with the reason. Query `complianceExports` until its status is READY, then download its `url`. For auditors.';
grant execute on function app_public.request_compliance_export(text, uuid[], uuid[], text, timestamptz, timestamptz) to trumpet_user;
--! EndIncluded functions/audit/request_compliance_export.sql

--! Included functions/audit/next_compliance_room.sql
create or replace function app_private.next_compliance_room(export app_private.compliance_exports) returns uuid
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select rooms.id from app_public.rooms
    where rooms.workspace_id = export.workspace_id
      and (export.room_ids is null or rooms.id = any (export.room_ids))
      and (export.at_room_id is null or rooms.id > export.at_room_id)
    order by rooms.id limit 1;
$$;
comment on function app_private.next_compliance_room(app_private.compliance_exports) is 'The room behind the one that an export is at.';
--! EndIncluded functions/audit/next_compliance_room.sql

--! Included functions/audit/compliance_batch.sql
/*
 * A batch is so many messages that are looked at, and not that are found: a step takes no longer where little is found.
 * A row goes through JSON, because a month of the archive keeps the columns that messages had when it was detached.
 */
create or replace function app_private.compliance_batch(export app_private.compliance_exports, room_id uuid, after_seq bigint, batch_size integer)
returns table (seq bigint, line text)
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tables constant text := (
    select string_agg(format(
        '(select seq, to_jsonb(message) as message from %s as message where room_id = $1 and seq > $2 order by seq limit $3)', name),
        ' union all ')
      from app_private.message_tables() as name);
  v_is_room_held constant boolean := app_private.is_room_held(compliance_batch.room_id);
begin
  return query execute format($query$
    select looked_at.seq, case
        when ($4.user_ids is null or (message ->> 'author_id')::uuid = any ($4.user_ids))
          and ($4.since is null or (message ->> 'created_at')::timestamptz >= $4.since)
          and ($4.until is null or (message ->> 'created_at')::timestamptz < $4.until)
          -- What has disappeared is nobody's any more, also in the moments before it is deleted.
          and (is_held or coalesce((message ->> 'disappears_at')::timestamptz > statement_timestamp(), true))
          and ($4.word is null
            or position(lower($4.word) in lower(message ->> 'content')) > 0
            or is_held and (
              position(lower($4.word) in lower(deletion.content)) > 0
              or exists (
                select from app_public.message_edits
                  where message_id = (message ->> 'id')::uuid and position(lower($4.word) in lower(previous_content)) > 0)))
        then (jsonb_build_object(
            'id', message -> 'id', 'room_id', message -> 'room_id', 'seq', message -> 'seq', 'author_id', message -> 'author_id',
            'author_username', users.username, 'author_display_name', users.display_name,
            'content', message -> 'content', 'message_type', message -> 'message_type', 'metadata', message -> 'metadata',
            'parent_message_id', message -> 'parent_message_id',
            'also_sent_to_room', message -> 'also_sent_to_room', 'created_at', message -> 'created_at',
            'edited_at', message -> 'edited_at', 'deleted_at', message -> 'deleted_at', 'held_at', message -> 'held_at',
            'is_on_legal_hold', is_held,
            'attachments', (
              select coalesce(jsonb_agg(jsonb_build_object(
                  'id', attachment.id, 'filename', attachment.filename, 'mime_type', attachment.mime_type, 'byte_size', attachment.byte_size)
                  order by attachment.ordinal), '[]')
                from app_public.message_attachments as attachment where attachment.message_id = (message ->> 'id')::uuid)
          ) || case when is_held then jsonb_build_object(
            'edits', (
              select coalesce(jsonb_agg(jsonb_build_object('previous_content', previous_content, 'edited_at', message_edits.edited_at) order by message_edits.id), '[]')
                from app_public.message_edits where message_edits.message_id = (message ->> 'id')::uuid),
            'deletion', case when deletion.message_id is not null then jsonb_build_object(
              'content', deletion.content, 'deleted_by', deletion.deleted_by, 'reason', deletion.reason, 'deleted_at', deletion.deleted_at) end
          ) else '{}' end)::text
        end
      from (select * from (%s) as found order by seq limit $3) as looked_at
      left join app_public.users on users.id = (message ->> 'author_id')::uuid
      left join app_private.message_deletions as deletion on deletion.message_id = (message ->> 'id')::uuid
      cross join lateral (
        select $5 or (message ->> 'author_id')::uuid in (select app_private.user_ids_on_hold()) as is_held
      ) as hold
      order by looked_at.seq
  $query$, v_tables)
    using compliance_batch.room_id, compliance_batch.after_seq, compliance_batch.batch_size, compliance_batch.export, v_is_room_held;
end
$$;
comment on function app_private.compliance_batch(app_private.compliance_exports, uuid, bigint, integer) is
  'The next messages of a room, and of each what an export says of it; null where it is not about it.';
--! EndIncluded functions/audit/compliance_batch.sql

--! Included functions/audit/read_compliance_export.sql
create or replace function app_hidden.read_compliance_export(export_id uuid, download_token text, chunk integer) returns bytea
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_export app_private.compliance_exports;
begin
  select * into v_export from app_private.compliance_exports
    where id = read_compliance_export.export_id and compliance_exports.download_token = read_compliance_export.download_token
      and status = 'ready' and expires_at > now()
      -- It ends with the right of whoever asked for it.
      and requested_by in (select user_id from app_private.auditors)
      and not app_private.is_suspended(requested_by);
  if v_export.id is null then
    return null;
  end if;
  if read_compliance_export.chunk = 0 then
    perform app_private.note_in_audit_log(
      'export', 'update', 'app_hidden.read_compliance_export', v_export.workspace_id, null, null,
      v_export.id::text, null, '{"status": "downloaded"}');
  end if;
  return (
    select bytes from app_private.compliance_export_chunks
      where compliance_export_chunks.export_id = v_export.id and position = read_compliance_export.chunk);
end
$$;
comment on function app_hidden.read_compliance_export(uuid, text, integer) is
  'A piece of a compliance export, for whoever has its address; nothing behind the last one, for a wrong address, and when whoever asked for it is no auditor any more. That the first was read is in the audit log.';
grant execute on function app_hidden.read_compliance_export(uuid, text, integer) to trumpet_authenticator;
--! EndIncluded functions/audit/read_compliance_export.sql

--! Included functions/audit/expire_compliance_exports.sql
create or replace function app_private.expire_compliance_exports() returns integer
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  with expired as (
    delete from app_private.compliance_exports where expires_at <= now() returning 1
  )
  select count(*)::integer from expired;
$$;
comment on function app_private.expire_compliance_exports() is 'Deletes the compliance exports whose week is over. The worker calls it.';
--! EndIncluded functions/audit/expire_compliance_exports.sql

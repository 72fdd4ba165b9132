--! Previous: sha1:a8f6f7127597e9b052e786c667bc714a6fd1e8b1
--! Hash: sha1:43ba6cb3efed717d57dd9d78e69c17e107141616

--! Included functions/account-deletion/set_erasure_rule.sql
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
create or replace function app_public.set_erasure_rule(room_id uuid, rule app_public.erasure_rule) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room app_public.rooms;
begin
  perform app_private.limit_rate('room');
  perform app_private.lock_room_as(set_erasure_rule.room_id, 'set_retention');
  update app_public.rooms set erasure_rule = set_erasure_rule.rule
    where rooms.id = set_erasure_rule.room_id
    returning * into v_room;
  return v_room;
end
$$;
comment on function app_public.set_erasure_rule(uuid, app_public.erasure_rule) is
  'Says what becomes of messages here when their author deletes their account. For the owner.';
grant execute on function app_public.set_erasure_rule(uuid, app_public.erasure_rule) to trumpet_user, trumpet_key;
--! EndIncluded functions/account-deletion/set_erasure_rule.sql

--! Included functions/account-deletion/rooms_history_rewritten_at.sql
create or replace function app_public.rooms_history_rewritten_at(room app_public.rooms) returns timestamptz
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select history_rewritten_at from app_private.room_heads where room_heads.room_id = room.id and app_hidden.can_see_room(room.id);
$$;
comment on function app_public.rooms_history_rewritten_at(app_public.rooms) is
  'When messages of deleted accounts were last erased here. Fetch the messages that you keep anew when this rises: no event tells of each.';
grant execute on function app_public.rooms_history_rewritten_at(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/account-deletion/rooms_history_rewritten_at.sql

--! Included functions/account-deletion/note_history_rewritten.sql
create or replace function app_private.note_history_rewritten(room_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.end_bulk();
  update app_private.room_heads set history_rewritten_at = clock_timestamp()
    where room_heads.room_id = note_history_rewritten.room_id;
  perform app_private.log_change(note_history_rewritten.room_id, 'room', 'update');
end
$$;
comment on function app_private.note_history_rewritten(uuid) is 'Notes that messages of a room were erased in bulk, and logs that once.';
--! EndIncluded functions/account-deletion/note_history_rewritten.sql

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

--! Included functions/account-deletion/blank_username.sql
create or replace function app_private.blank_username() returns text
language sql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
  select 'deleted_' || encode(public.gen_random_bytes(12), 'hex');
$$;
comment on function app_private.blank_username() is 'A username that says nothing.';
--! EndIncluded functions/account-deletion/blank_username.sql

--! Included functions/account-deletion/ghost_id.sql
create or replace function app_private.ghost_id() returns uuid
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select '00000000-0000-7000-8000-000000000000'::uuid;
$$;
comment on function app_private.ghost_id() is 'The account in whose name is what deleted accounts leave.';
--! EndIncluded functions/account-deletion/ghost_id.sql

--! Included functions/account-deletion/make_ghost.sql
create or replace function app_private.make_ghost() returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  insert into app_public.users (id, username, display_name, deleted_at, workspace_id)
    values (app_private.ghost_id(), app_private.blank_username(), 'Deleted account', now(), app_private.default_workspace_id())
    on conflict do nothing;
$$;
comment on function app_private.make_ghost() is 'Makes the account for what deleted accounts leave, when the first one goes.';
--! EndIncluded functions/account-deletion/make_ghost.sql

--! Included functions/account-deletion/tg_room_members__refuse_deleted.sql
create or replace function app_private.tg_room_members__refuse_deleted() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from app_public.users where users.id = new.user_id and users.deleted_at is not null) then
    raise exception 'There is no such person.' using errcode = 'TR404';
  end if;
  return new;
end
$$;
comment on function app_private.tg_room_members__refuse_deleted() is 'A deleted account joins no room, whichever way it is asked.';
--! EndIncluded functions/account-deletion/tg_room_members__refuse_deleted.sql

create trigger _100_refuse_deleted before insert on app_public.room_members
  for each row execute function app_private.tg_room_members__refuse_deleted();

--! Included functions/account-deletion/continue_erasure.sql
create or replace function app_private.continue_erasure(user_id uuid) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select graphile_worker.add_job(
    'erase_user', json_build_object('userId', continue_erasure.user_id), job_key => 'erase_user:' || continue_erasure.user_id);
$$;
comment on function app_private.continue_erasure(uuid) is 'Has the worker go on with an account that was deleted.';
--! EndIncluded functions/account-deletion/continue_erasure.sql

--! Included functions/account-deletion/begin_erasure.sql
create or replace function app_private.begin_erasure(user_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
begin
  insert into app_private.erasures (user_id) values (begin_erasure.user_id)
    on conflict on constraint erasures_pkey do nothing;
  if not found then
    return;
  end if;
  perform app_private.make_ghost();
  perform app_private.end_sessions_of(begin_erasure.user_id, 'account deleted');
  delete from app_private.identities where identities.user_id = begin_erasure.user_id;
  delete from app_private.guests where guests.user_id = begin_erasure.user_id;
  delete from app_private.user_secrets where user_secrets.user_id = begin_erasure.user_id;
  delete from app_public.room_invitations where created_by = begin_erasure.user_id;
  delete from app_public.webhooks where webhooks.bot_id = begin_erasure.user_id;
  delete from app_public.commands where commands.bot_id = begin_erasure.user_id;
  delete from app_public.interactions where interactions.user_id = begin_erasure.user_id or interactions.bot_id = begin_erasure.user_id;
  delete from app_public.reminders where reminders.user_id = begin_erasure.user_id;
  delete from app_public.saved_messages where saved_messages.user_id = begin_erasure.user_id;
  delete from app_public.scheduled_messages where scheduled_messages.user_id = begin_erasure.user_id;
  delete from app_public.drafts where drafts.user_id = begin_erasure.user_id;
  delete from app_public.user_group_members where user_group_members.user_id = begin_erasure.user_id;
  delete from app_private.known_addresses where known_addresses.user_id = begin_erasure.user_id;
  delete from app_private.known_devices where known_devices.user_id = begin_erasure.user_id;
  delete from app_private.status_texts where status_texts.user_id = begin_erasure.user_id;
  delete from app_private.profile_values where begin_erasure.user_id in (profile_values.user_id, profile_values.person_id);
  delete from app_private.keyword_alerts where keyword_alerts.user_id = begin_erasure.user_id;
  delete from app_private.last_seen where last_seen.user_id = begin_erasure.user_id;
  delete from app_private.presence_sessions where presence_sessions.user_id = begin_erasure.user_id;
  perform app_private.release_username(users.workspace_id, users.username::text) from app_public.users where users.id = begin_erasure.user_id;
  update app_public.users set
    username = app_private.blank_username(), display_name = 'Deleted account', avatar_url = null, avatar_id = null,
    deleted_at = now()
    where users.id = begin_erasure.user_id;
  perform app_private.keep_custom_emoji_of(begin_erasure.user_id);
  delete from app_private.role_assignments where role_assignments.user_id = begin_erasure.user_id;
  delete from app_private.permission_exceptions where permission_exceptions.user_id = begin_erasure.user_id;
  perform app_private.release_own_uploads(begin_erasure.user_id);
  perform app_private.continue_erasure(begin_erasure.user_id);
end
$$;
comment on function app_private.begin_erasure(uuid) is
  'Ends an account at once, and leaves what it wrote to the worker.';
--! EndIncluded functions/account-deletion/begin_erasure.sql

--! Included functions/account-deletion/delete_my_account.sql
create or replace function app_public.delete_my_account(password text default null) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_user();
begin
  perform app_private.limit_rate('password');
  if app_hidden.is_guest() then
    null; -- Their session is all that they have.
  elsif exists (select from app_private.user_secrets where user_id = v_user_id and password_hash is null) then
    if not exists (
      select from app_private.sessions
        where id = app_hidden.current_session_id()
          -- A token of another issuer says when it was issued; a session with refresh tokens begins with a sign-in.
          and now() - interval '15 minutes' < case
            when exists (select from app_private.refresh_tokens where session_id = sessions.id) then created_at
            else refreshed_at end
    ) then
      raise exception 'Sign in again, and delete the account within 15 minutes.' using errcode = 'TR401';
    end if;
  elsif not app_private.prove_password(v_user_id, delete_my_account.password) then
    return null;
  end if;
  perform app_private.begin_erasure(v_user_id);
  return true;
end
$$;
comment on function app_public.delete_my_account(text) is
  'Deletes your account, for good. `WRONG_CREDENTIALS` when the password is wrong; whoever signs in elsewhere has none, and needs to have done so within the last 15 minutes; a guest needs nothing. Your sessions end at once, and your name is free after 90 days; then what you wrote is erased or made anonymous, as each room says. Rooms of yours go to the member highest in role, then longest there.';
grant execute on function app_public.delete_my_account(text) to trumpet_user, trumpet_key;
--! EndIncluded functions/account-deletion/delete_my_account.sql

--! Included functions/account-deletion/take_out.sql
create or replace function app_private.take_out(room_id uuid, user_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
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
        and not exists (select from app_private.guests where guests.user_id = room_members.user_id)
      order by room_members.role desc, room_members.joined_at, room_members.user_id limit 1;
    update app_public.room_members set role = 'owner'
      where room_members.room_id = take_out.room_id and room_members.user_id = v_heir_id;
  end if;
  -- Nobody is left to own it, or nobody to talk to.
  if v_role = 'owner' and v_heir_id is null
      or (select type from app_public.rooms where rooms.id = take_out.room_id) = 'direct'
        and (select count(*) from app_public.room_members where room_members.room_id = take_out.room_id) < 2 then
    update app_public.rooms set is_archived = true
      where rooms.id = take_out.room_id and not is_archived;
  end if;
end
$$;
comment on function app_private.take_out(uuid, uuid) is
  'Ends a membership, whatever its role. A room that loses its owner goes to the member highest in role, then longest there, and to no guest; with nobody left it is archived.';
--! EndIncluded functions/account-deletion/take_out.sql

--! Included functions/account-deletion/leave_next_room.sql
create or replace function app_private.leave_next_room(user_id uuid) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
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
--! EndIncluded functions/account-deletion/leave_next_room.sql

--! Included functions/account-deletion/erase_messages.sql
create or replace function app_private.erase_messages(user_id uuid, batch_size integer) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text;
  v_room_id uuid;
  v_rule app_public.erasure_rule;
  v_message_ids uuid[];
  v_count integer;
  v_is_last boolean;
  v_parent record;
begin
  if erase_messages.user_id in (select app_private.user_ids_on_hold()) then
    return 0;
  end if;
  for v_table in select app_private.message_tables() loop
    execute format(
      'select message.room_id from %s as message
        where message.author_id = $1
          and message.room_id not in (select app_private.room_ids_on_hold())
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
    perform app_private.settle_reports(held.id, 'dismissed'), app_private.delete_messages(array[held.id])
      from app_public.messages as held
      where held.id = any (v_message_ids) and app_private.is_provisional(held.seq);
    -- Whatever the rule: what they called their sends, and what they took back themselves.
    delete from app_private.message_nonces where message_nonces.message_id = any (v_message_ids);
    delete from app_private.message_deletions where message_deletions.message_id = any (v_message_ids);
    if v_rule = 'erase' then
      delete from app_public.message_reactions where message_reactions.message_id = any (v_message_ids);
      delete from app_public.message_edits where message_edits.message_id = any (v_message_ids);
      perform app_private.forget_ballots(v_message_ids, v_room_id);
      perform app_private.forget_quoted(v_message_ids);
      delete from app_private.message_sources where message_sources.message_id = any (v_message_ids);
      perform app_private.release_uploads(v_message_ids);
      delete from app_public.message_attachments where message_attachments.message_id = any (v_message_ids);
      delete from app_private.message_links where message_links.message_id = any (v_message_ids);
      delete from app_public.link_previews where link_previews.message_id = any (v_message_ids);
      delete from app_private.message_mentions where message_mentions.message_id = any (v_message_ids);
      delete from app_private.message_group_mentions where message_group_mentions.message_id = any (v_message_ids);
      -- One that is held was taken out of the count when it was.
      for v_parent in execute format(
        'select message.parent_message_id as id, count(*) as replies from %s as message
          where message.id = any ($1) and message.parent_message_id is not null
            and message.deleted_at is null and message.held_at is null
          group by message.parent_message_id', v_table)
        using v_message_ids
      loop
        perform app_private.count_replies(v_parent.id, -v_parent.replies);
      end loop;
      -- There is nothing left to decide on.
      update app_public.message_reports set status = 'dismissed', resolved_at = now()
        where message_reports.message_id = any (v_message_ids) and message_reports.status = 'open';
    end if;
    execute format(
      'update %s as message set
        author_id = $2,
        content = case when $3 then message.content end,
        metadata = case when $3 then message.metadata else ''{}'' end,
        edited_at = case when $3 then message.edited_at end,
        pinned_at = case when $3 then message.pinned_at end,
        held_at = case when $3 then message.held_at end,
        deleted_at = case when $3 then message.deleted_at else coalesce(message.deleted_at, clock_timestamp()) end
        where message.id = any ($1) and message.id between $4 and $5', v_table)
      using v_message_ids, app_private.ghost_id(), v_rule = 'anonymise', v_message_ids[1], v_message_ids[v_count];

    update app_private.erasures set
      messages_erased = messages_erased + case when v_rule = 'erase' then v_count else 0 end,
      messages_anonymised = messages_anonymised + case when v_rule = 'erase' then 0 else v_count end
      where erasures.user_id = erase_messages.user_id;
    -- Asked of what is left and not of the batch's size: the last one may be full.
    execute format(
      'select not exists (select from %s as message where message.author_id = $1 and message.room_id = $2)', v_table)
      into v_is_last using erase_messages.user_id, v_room_id;
    if v_is_last then
      perform app_private.note_history_rewritten(v_room_id);
    end if;
    return v_count;
  end loop;
  return 0;
end
$$;
comment on function app_private.erase_messages(uuid, integer) is
  'Erases messages of a deleted account, or makes them anonymous, at most a batch and of one room. 0 when all are done or on hold.';
--! EndIncluded functions/account-deletion/erase_messages.sql

--! Included functions/account-deletion/erase_reactions.sql
create or replace function app_private.erase_reactions(user_id uuid, batch_size integer) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room_id uuid;
  v_count integer;
begin
  select message_reactions.room_id into v_room_id from app_public.message_reactions
    where message_reactions.user_id = erase_reactions.user_id
      and message_reactions.user_id not in (select app_private.user_ids_on_hold())
      and message_reactions.room_id not in (select app_private.room_ids_on_hold())
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
  if not exists (
    select from app_public.message_reactions
      where message_reactions.user_id = erase_reactions.user_id and message_reactions.room_id = v_room_id
  ) then
    perform app_private.note_history_rewritten(v_room_id);
  end if;
  return v_count;
end
$$;
comment on function app_private.erase_reactions(uuid, integer) is
  'Deletes reactions of a deleted account, at most a batch and of one room. 0 when all are gone or on hold.';
--! EndIncluded functions/account-deletion/erase_reactions.sql

--! Included functions/account-deletion/delete_person.sql
create or replace function app_private.delete_person(user_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from app_private.message_mentions where message_mentions.user_id = delete_person.user_id;
  delete from app_private.message_nonces where message_nonces.author_id = delete_person.user_id;
  delete from app_private.hook_questions where hook_questions.author_id = delete_person.user_id;
  update app_private.message_deletions set deleted_by = null where deleted_by = delete_person.user_id;
  delete from app_private.rate_buckets where rate_buckets.owner = delete_person.user_id::text;
  delete from app_private.failed_proofs
    where subject in (
      'self:' || delete_person.user_id, 'from:' || delete_person.user_id, 'code:' || delete_person.user_id,
      'code:self:' || delete_person.user_id, 'code:setup:' || delete_person.user_id);
  delete from app_private.token_buckets where token_buckets.user_id = delete_person.user_id;
  perform app_private.erase_from_audit_log(delete_person.user_id);
  -- Sessions, exports, invitations, conversations of two and the like go with the row, by their foreign keys.
  delete from app_public.users where users.id = delete_person.user_id;
end
$$;
comment on function app_private.delete_person(uuid) is
  'Deletes the row of somebody of whom no message is left, and what names them without a foreign key.';
--! EndIncluded functions/account-deletion/delete_person.sql

--! Included functions/account-deletion/finish_erasure.sql
create or replace function app_private.finish_erasure(user_id uuid) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text;
  v_is_left boolean := finish_erasure.user_id in (select app_private.user_ids_on_hold())
    or exists (select from app_public.message_reactions where message_reactions.user_id = finish_erasure.user_id);
begin
  -- What was held and never released is in no table of messages.
  delete from app_private.message_deletions
    where message_deletions.author_id = finish_erasure.user_id
      and message_deletions.author_id not in (select app_private.user_ids_on_hold())
      and message_deletions.room_id not in (select app_private.room_ids_on_hold());
  v_is_left := v_is_left
    or exists (select from app_private.message_deletions where message_deletions.author_id = finish_erasure.user_id);
  v_is_left := v_is_left or exists (
    select from app_private.message_sources where finish_erasure.user_id in (source_author_id, written_by_id));
  for v_table in select app_private.message_tables() loop
    exit when v_is_left;
    execute format('select exists (select from %s where author_id = $1)', v_table)
      into v_is_left using finish_erasure.user_id;
  end loop;
  if v_is_left then
    return false;
  end if;
  perform app_private.delete_person(finish_erasure.user_id);
  update app_private.erasures set finished_at = now() where erasures.user_id = finish_erasure.user_id;
  return true;
end
$$;
comment on function app_private.finish_erasure(uuid) is
  'Deletes the last of an account, when nothing that it wrote is left. False while a hold keeps something.';
--! EndIncluded functions/account-deletion/finish_erasure.sql

--! Included functions/account-deletion/erase_again.sql
/* A file of the archive knows nothing of accounts that were deleted since it was written. */
create or replace function app_private.erase_again(month date) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid;
  v_count integer := 0;
begin
  for v_user_id in execute format(
    'update app_private.erasures set finished_at = null
      where exists (select from app_archive.%I as message where message.author_id = erasures.user_id)
        or exists (select from app_private.message_sources where erasures.user_id in (source_author_id, written_by_id))
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
--! EndIncluded functions/account-deletion/erase_again.sql

--! Previous: sha1:efd55f705290fbb7616f712c60e162761d5248b8
--! Hash: sha1:396b20624060eab8e828d1201189c88c44b69049

/*
 * Machines that look at messages.
 *
 * When the operator has set a moderation service, every message and every edit is noted in a queue, held ones too, and
 * the worker (src/worker/moderate-messages.ts) asks the service about them, many at a time. What it answers flags,
 * holds or deletes.
 *
 * A queue of our own and not graphile-worker's, because adding a job NOTIFYs, and commits that do so are serialised. The
 * triggers are disabled until a worker that has the setting starts, so an installation without it pays nothing.
 */
create table app_private.moderation_queue (
  message_id uuid primary key,
  tries integer not null default 0,
  due_at timestamptz not null default now()
) with (fillfactor = 70);
comment on table app_private.moderation_queue is 'The messages that the moderation service is still to be asked about.';
comment on column app_private.moderation_queue.tries is 'How often it has been asked.';
comment on column app_private.moderation_queue.due_at is 'When it is to be asked again.';
alter table app_private.moderation_queue enable row level security;
/* claim_for_moderation */
create index moderation_queue_due_at on app_private.moderation_queue (due_at);

--! Included functions/moderation-service/tg_messages__note_moderation.sql
create or replace function app_private.tg_messages__note_moderation() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.content is null then
    return null;
  end if;
  if tg_op = 'INSERT' then
    if new.message_type = 'system' or app_private.is_import_in_bulk() then
      return null;
    end if;
  elsif new.content = old.content then
    return null;
  end if;
  insert into app_private.moderation_queue (message_id) values (new.id)
    on conflict on constraint moderation_queue_pkey do update set tries = 0, due_at = now();
  return null;
end
$$;
comment on function app_private.tg_messages__note_moderation() is 'Has the moderation service asked about a new text.';
--! EndIncluded functions/moderation-service/tg_messages__note_moderation.sql

create trigger _650_note_moderation_insert after insert on app_public.messages
  for each row execute function app_private.tg_messages__note_moderation();
create trigger _650_note_moderation_update after update of content on app_public.messages
  for each row execute function app_private.tg_messages__note_moderation();
alter table app_public.messages
  disable trigger _650_note_moderation_insert,
  disable trigger _650_note_moderation_update;

--! Included functions/moderation-service/tg_moderation_log__decide.sql
create or replace function app_private.tg_moderation_log__decide() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from app_private.moderation_queue where message_id = new.target_message_id;
  return null;
end
$$;
comment on function app_private.tg_moderation_log__decide() is
  'What a moderator has decided about a text is decided: the moderation service is not asked any more, and not obeyed.';
--! EndIncluded functions/moderation-service/tg_moderation_log__decide.sql

create trigger _500_decide after insert on app_public.moderation_log
  for each row when (new.action in ('message_released', 'report_resolved') and new.moderator_id is not null)
  execute function app_private.tg_moderation_log__decide();

--! Included functions/moderation-service/set_moderation_hook.sql
/*
 * Turning the triggers waits for all who write messages at the moment, and everyone who comes after waits behind: not
 * for more than two seconds, then the worker tries again later.
 */
create or replace function app_private.set_moderation_hook(is_on boolean) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
as $$
declare
  v_is_on boolean := (
    select tgenabled <> 'D' from pg_trigger
      where tgrelid = 'app_public.messages'::regclass and tgname = '_650_note_moderation_insert');
begin
  if v_is_on = is_on then
    return;
  end if;
  if is_on then
    alter table app_public.messages
      enable trigger _650_note_moderation_insert,
      enable trigger _650_note_moderation_update;
  else
    alter table app_public.messages
      disable trigger _650_note_moderation_insert,
      disable trigger _650_note_moderation_update;
    delete from app_private.moderation_queue;
  end if;
end
$$;
comment on function app_private.set_moderation_hook(boolean) is
  'Begins to note messages for the moderation service, or stops. The worker calls it when it starts.';
--! EndIncluded functions/moderation-service/set_moderation_hook.sql

--! Included functions/moderation-service/claim_for_moderation.sql
/*
 * One claim is one question to the service. What failed together is asked in smaller parts next time, so that one text
 * that it cannot bear does not hold up the others: 32, 8, 2, and then each by itself.
 */
create or replace function app_private.claim_for_moderation(batch_size integer, question_timeout interval)
returns table (message_id uuid, content text, tries integer)
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  with next as (
    select moderation_queue.tries from app_private.moderation_queue
      where due_at <= now()
      order by due_at
      limit 1
  ), due as (
    select moderation_queue.message_id from app_private.moderation_queue, next
      where due_at <= now() and moderation_queue.tries = next.tries
      order by due_at
      limit (select greatest(1, batch_size / 4 ^ least(next.tries, 10))::integer from next)
      for update of moderation_queue skip locked
  ), claimed as (
    -- Until then nobody else takes it; and if this worker dies, or the service does not answer, someone does then.
    update app_private.moderation_queue set
      tries = moderation_queue.tries + 1,
      due_at = now() + greatest(
        least(interval '10 seconds' * 2 ^ moderation_queue.tries, interval '1 hour'),
        question_timeout + interval '5 seconds')
      from due
      where moderation_queue.message_id = due.message_id
      returning moderation_queue.message_id, moderation_queue.tries
  )
  select claimed.message_id, messages.content, claimed.tries
    from claimed left join app_public.messages on messages.id = claimed.message_id;
$$;
comment on function app_private.claim_for_moderation(integer, interval) is
  'Messages to ask about at once, for this worker alone: for 10 seconds, twice as long at every further try, at most an hour, and never less than the answer may take. Content is null of what is deleted meanwhile.';
--! EndIncluded functions/moderation-service/claim_for_moderation.sql

--! Included functions/moderation-service/apply_moderation.sql
create or replace function app_private.apply_moderation(
  message_id uuid, content text, tries integer, action text, reason text
) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message app_public.messages;
begin
  select * into v_message from app_public.messages where id = apply_moderation.message_id;
  perform app_private.lock_room(v_message.room_id);
  select * into v_message from app_public.messages where id = apply_moderation.message_id;
  delete from app_private.moderation_queue
    where moderation_queue.message_id = apply_moderation.message_id
      and (v_message.content is null
        or (moderation_queue.tries = apply_moderation.tries and v_message.content = apply_moderation.content));
  -- It is not waited for any more when a moderator has decided, and noted again when the text was edited.
  if not found or v_message.content is null then
    return false;
  end if;
  case action
    when 'delete' then
      perform app_private.note_removal(v_message, 'message_deleted', null, apply_moderation.reason);
      perform app_private.erase_message(v_message, null, apply_moderation.reason);
    when 'hold', 'flag' then
      perform app_private.apply_verdict(
        v_message, row(apply_moderation.action::app_public.rule_action, apply_moderation.reason)::app_private.verdict);
    else
      return false;
  end case;
  return true;
end
$$;
comment on function app_private.apply_moderation(uuid, text, integer, text, text) is
  'Does with a message what the moderation service says of this text: `flag`, `hold`, `delete`, or null for nothing. False when nothing was done.';
--! EndIncluded functions/moderation-service/apply_moderation.sql

--! Previous: sha1:27bc25bb5e45fd28a42b58540aef791dbfecac80
--! Hash: sha1:7fcf1df9174fec7c0ddc0b6edebb58c69e501620

/*
 * What is told to other servers: webhooks.
 *
 * A webhook hears what happens, in the order of each room's log. It has a place in every room where something happened
 * since it was made: behind which change. The worker claims rooms, computes what a member would see, sends it, and moves
 * the place on. A place moves when the other side has taken what was sent, so everything is told at least once; what was
 * told twice has the same id.
 */
create type app_public.webhook_event as enum ('message', 'reaction', 'member', 'receipt', 'room', 'interaction');
comment on type app_public.webhook_event is
  'What a webhook hears: messages, reactions, members, how far somebody has read, changes of a room; that of a bot what is asked of it.';

/*
 * A hook is a webhook that is asked before a message or an edit is accepted, and told nothing. The server asks, while no
 * transaction is open: see consult_hooks.
 */
create type app_public.hook_event as enum ('message', 'edit');
comment on type app_public.hook_event is 'What a hook is asked about: messages, and edits of them.';
create type app_public.hook_default as enum ('allow', 'refuse', 'hold');
comment on type app_public.hook_default is 'What counts when a hook does not answer.';

create table app_public.webhooks (
  id uuid primary key default uuidv7(),
  name text not null,
  url text not null,
  events app_public.webhook_event[] not null,
  room_ids uuid[],
  bot_id uuid references app_public.users on delete cascade,
  created_at timestamptz not null default now(),
  created_by text not null,
  disabled_at timestamptz,
  disabled_reason text,
  asks app_public.hook_event[],
  default_verdict app_public.hook_default,
  contact_email text,
  workspace_id uuid not null default app_hidden.current_workspace_id() references app_private.workspaces,
  constraint webhooks_name_is_unique unique (name, workspace_id),
  constraint webhooks_name_length check (char_length(name) between 1 and 80),
  constraint webhooks_url_is_an_address check (url ~ '^https?://[!-~]+$' and char_length(url) <= 2000),
  constraint webhooks_hear_something check (cardinality(events) between 1 and 5 or default_verdict is not null),
  constraint webhooks_contact_is_an_address check (
    contact_email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$' and char_length(contact_email) <= 254),
  constraint webhooks_are_asked_something check (
    (default_verdict is null) = (asks is null) and cardinality(asks) between 1 and 2),
  constraint webhooks_of_bots_hear_interactions check ((bot_id is not null) = ('interaction' = any (events))),
  constraint webhooks_are_one_a_bot unique (bot_id)
);
comment on table app_public.webhooks is 'A server that is told what happens, or a hook: one that is asked before a message is accepted.';
comment on column app_public.webhooks.id is 'A UUID, version 7.';
comment on column app_public.webhooks.name is 'What it is for: no two have the same.';
comment on column app_public.webhooks.url is 'Where events are sent to.';
comment on column app_public.webhooks.events is 'What it hears. Empty for a hook.';
comment on column app_public.webhooks.room_ids is 'The rooms that it hears. Null: all of them, private ones and direct conversations too.';
comment on column app_public.webhooks.bot_id is 'The bot of which it hears what is asked. Null: it hears rooms.';
comment on column app_public.webhooks.created_at is 'When it was made. It hears what happens from then on.';
comment on column app_public.webhooks.created_by is 'Who made it: an administrator, or `key` and the name of a key.';
comment on column app_public.webhooks.disabled_at is 'Since when it is told nothing. It keeps its place; a hook is not asked, and its default counts.';
comment on column app_public.webhooks.disabled_reason is 'Why it is told nothing.';
comment on column app_public.webhooks.contact_email is 'Who gets a mail when it is disabled because nobody answers.';
comment on column app_public.webhooks.asks is 'What a hook is asked about. Null for a webhook that is told.';
comment on column app_public.webhooks.default_verdict is
  'What counts when a hook does not answer in time, and while it is disabled. Null for a webhook that is told.';
comment on column app_public.webhooks.workspace_id is 'Whose rooms it hears. It never changes.';
alter table app_public.webhooks enable row level security;
create trigger _100_keep_workspace before update of workspace_id on app_public.webhooks
  for each row when (old.workspace_id <> new.workspace_id) execute function app_private.tg_any__keep_key();

/* Deleting a workspace. */
create index webhooks_workspace_id on app_public.webhooks (workspace_id);
-- Every message asks whether a hook is to be asked about it.
create index webhooks_hooks on app_public.webhooks (id) where default_verdict is not null;

create table app_private.webhook_secrets (
  id uuid primary key default uuidv7(),
  webhook_id uuid not null references app_public.webhooks on delete cascade,
  secret bytea not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz
);
comment on table app_private.webhook_secrets is
  'What events are signed with: with all that are not over. They have to be kept as they are, for both sides sign.';
comment on column app_private.webhook_secrets.expires_at is 'Until when it signs, once there is a newer one.';
alter table app_private.webhook_secrets enable row level security;
create index webhook_secrets_webhook_id on app_private.webhook_secrets (webhook_id);

create table app_private.webhook_states (
  webhook_id uuid primary key references app_public.webhooks on delete cascade,
  after_note bigint not null,
  failures integer not null default 0,
  failing_since timestamptz,
  asked_again_at timestamptz,
  failing_author integer,
  fails_for_all boolean not null default false,
  delivered_at timestamptz
) with (fillfactor = 50);
comment on table app_private.webhook_states is 'How it goes with each webhook.';
comment on column app_private.webhook_states.after_note is 'It hears what was noted after this: what happened since it was made.';
comment on column app_private.webhook_states.failures is 'How often it has failed since it last took something.';
comment on column app_private.webhook_states.failing_since is 'Since when a hook has not answered.';
comment on column app_private.webhook_states.asked_again_at is 'When a hook that failed often is asked again.';
comment on column app_private.webhook_states.failing_author is 'A hash of whose message a hook did not answer first.';
comment on column app_private.webhook_states.fails_for_all is
  'Whether a hook is away, or has not answered to messages of several people: what one of them writes may be all that is wrong.';
comment on column app_private.webhook_states.delivered_at is 'When it last took something, to ten seconds.';
alter table app_private.webhook_states enable row level security;

create table app_private.webhook_notes (
  id bigint generated always as identity primary key,
  room_id uuid not null,
  change_seq bigint not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0);
comment on table app_private.webhook_notes is 'Changes that the worker has to look at, because there is a webhook.';
alter table app_private.webhook_notes enable row level security;

create table app_private.webhook_rooms (
  webhook_id uuid not null references app_public.webhooks on delete cascade,
  room_id uuid not null references app_public.rooms on delete cascade,
  delivered_seq bigint not null,
  head_seq bigint not null,
  due_at timestamptz,
  failures integer not null default 0,
  failing_since timestamptz,
  claim_id uuid,
  claimed_until timestamptz,
  primary key (webhook_id, room_id)
) with (fillfactor = 50);
comment on table app_private.webhook_rooms is 'How far each webhook has heard each room: its own queue.';
comment on column app_private.webhook_rooms.delivered_seq is 'The last change that it has taken, or that was given up.';
comment on column app_private.webhook_rooms.head_seq is 'The last change that is known to be there.';
comment on column app_private.webhook_rooms.due_at is 'When to go on; null when there is nothing more.';
comment on column app_private.webhook_rooms.failures is 'How often the next change was not taken.';
comment on column app_private.webhook_rooms.failing_since is 'Since when it is not taken.';
comment on column app_private.webhook_rooms.claim_id is 'Who delivers the room just now: nobody else may move its place.';
comment on column app_private.webhook_rooms.claimed_until is 'When they are taken for dead.';
alter table app_private.webhook_rooms enable row level security;
create index webhook_rooms_room_id on app_private.webhook_rooms (room_id);
/* What is due, by webhook. */
create index webhook_rooms_due on app_private.webhook_rooms (webhook_id, due_at) where due_at is not null;

create table app_public.webhook_deliveries (
  id uuid primary key default uuidv7(),
  webhook_id uuid not null references app_public.webhooks on delete cascade,
  event_id text not null,
  room_id uuid not null,
  change_seq bigint,
  attempt integer not null,
  outcome text not null,
  status integer,
  duration_ms integer not null,
  verdict text,
  constraint webhook_deliveries_outcome_is_known check (
    outcome in (
      'delivered', 'refused', 'redirected', 'not_reached', 'not_answered', 'address_refused', 'given_up', 'wrong_answer',
      'not_asked'))
);
comment on table app_public.webhook_deliveries is 'A try to deliver an event to a webhook, or a question to a hook.';
comment on column app_public.webhook_deliveries.id is 'A UUID, version 7: it has the time.';
comment on column app_public.webhook_deliveries.webhook_id is 'The webhook.';
comment on column app_public.webhook_deliveries.event_id is 'What was in `webhook-id`: the same for every try, and when it is told again.';
comment on column app_public.webhook_deliveries.room_id is 'The room in which it happened.';
comment on column app_public.webhook_deliveries.change_seq is 'The number of the change in its room. Null for a question, and for an interaction.';
comment on column app_public.webhook_deliveries.attempt is '1 for the first try.';
comment on column app_public.webhook_deliveries.outcome is
  '`delivered`, `refused` (an answer outside of 200 to 299), `redirected` (not followed), `not_reached`, `not_answered` (in time), `address_refused` (not a public address, and not allowed by `WEBHOOK_TRUSTED_ORIGINS`), `given_up` after a day; of a hook also `wrong_answer`, or `not_asked` because it is disabled or has failed often.';
comment on column app_public.webhook_deliveries.status is 'The status that it answered with, where it answered.';
comment on column app_public.webhook_deliveries.verdict is 'What counts of a hook: its answer, or its default.';
comment on column app_public.webhook_deliveries.duration_ms is 'How long it took, in milliseconds.';
alter table app_public.webhook_deliveries enable row level security;
/* The log of one webhook, the latest first. */
create index webhook_deliveries_webhook_id on app_public.webhook_deliveries (webhook_id, id);

create table app_private.webhook_rules (
  is_only_row boolean primary key default true,
  first_wait interval not null default '5 seconds',
  longest_wait interval not null default '1 hour',
  give_up_after interval not null default '1 day',
  keep_deliveries_for interval not null default '7 days',
  rooms_at_once integer not null default 8,
  narrow_after integer not null default 8,
  ask_within interval not null default '2 seconds',
  break_after integer not null default 5,
  break_for interval not null default '30 seconds',
  constraint webhook_rules_has_one_row check (is_only_row),
  constraint webhook_rules_are_positive check (
    first_wait > '0' and longest_wait >= first_wait and give_up_after > '0' and keep_deliveries_for > '0'
    and rooms_at_once > 0 and narrow_after > 0 and break_after > 0 and break_for > '0'),
  constraint webhook_rules_ask_within_2_seconds check (ask_within > '0' and ask_within <= '2 seconds')
);
comment on table app_private.webhook_rules is
  'How webhooks are tried again: `update app_private.webhook_rules set give_up_after = ''3 days''`.';
comment on column app_private.webhook_rules.first_wait is 'How long until the second try. It doubles with each, and a random half of it is left out.';
comment on column app_private.webhook_rules.longest_wait is 'What it doubles up to, and the longest that a Retry-After counts for.';
comment on column app_private.webhook_rules.give_up_after is 'For how long one event is tried.';
comment on column app_private.webhook_rules.keep_deliveries_for is 'How long the log of deliveries is kept.';
comment on column app_private.webhook_rules.rooms_at_once is 'Of how many rooms one worker tells one webhook at a time.';
comment on column app_private.webhook_rules.narrow_after is 'After how many failures in a row it is one room at a time.';
comment on column app_private.webhook_rules.ask_within is 'How long all hooks of a room together may take, at most 2 seconds.';
comment on column app_private.webhook_rules.break_after is 'After how many failures in a row a hook is not asked for a while.';
comment on column app_private.webhook_rules.break_for is 'For how long; then one question tries whether it answers again.';
alter table app_private.webhook_rules enable row level security;
insert into app_private.webhook_rules default values;

/* What is new. */
--! Included functions/webhooks/tg_room_changes__note_for_webhooks.sql
/*
 * What is to be told is noted, a row for each change, and only where somebody is to be told. The log itself cannot be asked
 * for what is new in all rooms without waiting for the oldest transaction that is open; notes can.
 */
create or replace function app_private.tg_room_changes__note_for_webhooks() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from app_public.webhooks where default_verdict is null and bot_id is null) then
    insert into app_private.webhook_notes (room_id, change_seq) values (new.room_id, new.change_seq);
  end if;
  return null;
end
$$;
comment on function app_private.tg_room_changes__note_for_webhooks() is
  'Has the worker look at a room, as soon as there is a webhook.';
--! EndIncluded functions/webhooks/tg_room_changes__note_for_webhooks.sql

create trigger _600_note_for_webhooks after insert on app_private.room_changes
  for each row execute function app_private.tg_room_changes__note_for_webhooks();

--! Included functions/webhooks/take_webhook_notes.sql
/*
 * In the order in which they were noted, which in a room is that of its changes; by one worker at a time. So the first note
 * of a room that a webhook gets is of its first change. From there on the log is read: notes only say that there is more.
 */
create or replace function app_private.take_webhook_notes(batch_size integer) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  perform app_private.lock_until_commit('webhook_notes');
  -- Whoever deletes a webhook locks it before its rooms.
  perform from app_public.webhooks order by id for key share;
  with taken as (
    delete from app_private.webhook_notes
      where id = any (array(select id from app_private.webhook_notes order by id limit batch_size))
      returning id, room_id, change_seq
  ), queued as (
    insert into app_private.webhook_rooms as known (webhook_id, room_id, delivered_seq, head_seq, due_at)
      select webhooks.id, taken.room_id, min(taken.change_seq) - 1, max(taken.change_seq), clock_timestamp()
        from taken
        join app_public.rooms on rooms.id = taken.room_id
        join app_public.webhooks
          on webhooks.default_verdict is null and webhooks.bot_id is null and webhooks.workspace_id = rooms.workspace_id
            and (webhooks.room_ids is null or taken.room_id = any (webhooks.room_ids))
        join app_private.webhook_states on webhook_states.webhook_id = webhooks.id and taken.id > webhook_states.after_note
        group by webhooks.id, taken.room_id
        order by webhooks.id, taken.room_id
      on conflict on constraint webhook_rooms_pkey do update set
        head_seq = greatest(known.head_seq, excluded.head_seq), due_at = coalesce(known.due_at, excluded.due_at)
  )
  select count(*) into v_count from taken;
  return v_count;
end
$$;
comment on function app_private.take_webhook_notes(integer) is
  'Queues the rooms where something is new for each webhook that hears them; how many notes there were, at most a batch. The worker calls it five times a second.';
--! EndIncluded functions/webhooks/take_webhook_notes.sql

/* Delivering it. */
--! Included functions/webhooks/due_webhooks.sql
/* A webhook that has failed often is asked for one room at a time, until it takes something. */
create or replace function app_private.due_webhooks() returns table (webhook_id uuid, places integer)
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select webhooks.id, case when webhook_states.failures < webhook_rules.narrow_after then webhook_rules.rooms_at_once else 1 end
    from app_public.webhooks
    join app_private.webhook_states on webhook_states.webhook_id = webhooks.id
    cross join app_private.webhook_rules
    where webhooks.disabled_at is null
      and exists (
        select from app_private.webhook_rooms
          where webhook_rooms.webhook_id = webhooks.id and due_at <= clock_timestamp()
            and (claimed_until is null or claimed_until < clock_timestamp()));
$$;
comment on function app_private.due_webhooks() is
  'The webhooks that something is to be delivered to now, and to how many rooms of each at a time.';
--! EndIncluded functions/webhooks/due_webhooks.sql

--! Included functions/webhooks/claim_webhook_rooms.sql
create or replace function app_private.claim_webhook_rooms(webhook_id uuid, places integer, duration interval)
returns table (room_id uuid, claim_id uuid)
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  update app_private.webhook_rooms as claimed
    set claim_id = gen_random_uuid(), claimed_until = clock_timestamp() + duration
    from (
      select queued.room_id from app_private.webhook_rooms as queued
        where queued.webhook_id = claim_webhook_rooms.webhook_id and queued.due_at <= clock_timestamp()
          and (queued.claimed_until is null or queued.claimed_until < clock_timestamp())
        order by queued.due_at
        limit places
        for no key update skip locked
    ) as due
    where claimed.webhook_id = claim_webhook_rooms.webhook_id and claimed.room_id = due.room_id
    returning claimed.room_id, claimed.claim_id;
$$;
comment on function app_private.claim_webhook_rooms(uuid, integer, interval) is
  'Claims rooms of a webhook that something is to be delivered of, those first that have waited longest.';
--! EndIncluded functions/webhooks/claim_webhook_rooms.sql

--! Included functions/webhooks/next_webhook_change.sql
/*
 * The row of the queue is locked first. Whatever was noted before is committed and read here; what is noted later waits for
 * this, and makes the room due again.
 */
create or replace function app_private.next_webhook_change(webhook_id uuid, room_id uuid, claim_id uuid, duration interval)
returns table (
  change app_private.room_changes, url text, secrets bytea[]
)
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_queued app_private.webhook_rooms;
  v_webhook app_public.webhooks;
  v_change app_private.room_changes;
begin
  select * into v_webhook from app_public.webhooks
    where webhooks.id = next_webhook_change.webhook_id and disabled_at is null
    for key share;
  update app_private.webhook_rooms as queued set claimed_until = clock_timestamp() + duration
    where queued.webhook_id = v_webhook.id and queued.room_id = next_webhook_change.room_id
      and queued.claim_id = next_webhook_change.claim_id
    returning * into v_queued;
  if v_queued.room_id is null then
    return;
  end if;
  select * into v_change from app_private.room_changes
    where app_private.room_key(room_changes.room_id) = app_private.room_key(v_queued.room_id)
      -- Not as a second condition by itself: Postgres would expect a single row, and sort what may be a million.
      and coalesce(room_changes.room_id = v_queued.room_id, false) and room_changes.change_seq > v_queued.delivered_seq
      and room_changes.kind = any (v_webhook.events::text[])
    order by room_changes.change_seq
    limit 1;
  if v_change.room_id is null then
    update app_private.webhook_rooms as queued
      set delivered_seq = greatest(delivered_seq, head_seq), due_at = null, claim_id = null, claimed_until = null
      where queued.webhook_id = v_webhook.id and queued.room_id = v_queued.room_id;
    return;
  end if;
  return query select v_change, v_webhook.url, array(
    select secret from app_private.webhook_secrets
      where webhook_secrets.webhook_id = v_webhook.id and (expires_at is null or expires_at > now())
      order by created_at desc);
end
$$;
comment on function app_private.next_webhook_change(uuid, uuid, uuid, interval) is
  'The next change of a claimed room that a webhook hears, where to and signed by what. None when there is no more, which ends the claim, or when the claim is another''s by now.';
--! EndIncluded functions/webhooks/next_webhook_change.sql

--! Included functions/webhooks/release_webhook_room.sql
create or replace function app_private.release_webhook_room(webhook_id uuid, room_id uuid, claim_id uuid, wait interval) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  update app_private.webhook_rooms as queued
    set due_at = clock_timestamp() + wait, claim_id = null, claimed_until = null
    where queued.webhook_id = release_webhook_room.webhook_id and queued.room_id = release_webhook_room.room_id
      and queued.claim_id = release_webhook_room.claim_id;
$$;
comment on function app_private.release_webhook_room(uuid, uuid, uuid, interval) is
  'Gives a claimed room back, for whoever comes after a while: others have waited, too.';
--! EndIncluded functions/webhooks/release_webhook_room.sql

--! Included functions/webhooks/stop_webhook.sql
create or replace function app_private.stop_webhook(webhook_id uuid, reason text) returns text
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.webhooks;
begin
  update app_public.webhooks set disabled_at = clock_timestamp(), disabled_reason = stop_webhook.reason
    where webhooks.id = stop_webhook.webhook_id and disabled_at is null
    returning * into v_webhook;
  if v_webhook.id is not null then
    insert into app_private.admin_actions (administrator, action, subject, reason)
      values ('the worker', 'disable_webhook', v_webhook.name, stop_webhook.reason);
    if v_webhook.contact_email is not null then
      perform graphile_worker.add_job('send_webhook_mail', json_build_object('webhookId', v_webhook.id), max_attempts => 10);
    end if;
  end if;
  return v_webhook.name;
end
$$;
comment on function app_private.stop_webhook(uuid, text) is
  'Disables a webhook that nobody answers at any more, and notes it among what administrators did; whoever is named for it gets a mail. Its name, unless it is disabled already.';
--! EndIncluded functions/webhooks/stop_webhook.sql

--! Included functions/webhooks/settle_webhook_delivery.sql
/*
 * What was not taken is tried again, later each time. After a day it is given up: it alone, when the webhook has taken other
 * things meanwhile; else the webhook is disabled, and keeps its place.
 */
create or replace function app_private.settle_webhook_delivery(
  webhook_id uuid, room_id uuid, claim_id uuid, change_seq bigint, event_id text,
  outcome text, status integer, duration_ms integer, retry_after interval
) returns text
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rules app_private.webhook_rules;
  v_queued app_private.webhook_rooms;
  v_is_delivered constant boolean := settle_webhook_delivery.outcome = 'delivered';
  v_is_given_up boolean := false;
  v_since timestamptz;
  v_wait interval;
begin
  -- First of all: whoever deletes the webhook locks it before its rooms.
  perform from app_public.webhooks where webhooks.id = settle_webhook_delivery.webhook_id for key share;
  select * into v_rules from app_private.webhook_rules;
  select * into v_queued from app_private.webhook_rooms as queued
    where queued.webhook_id = settle_webhook_delivery.webhook_id and queued.room_id = settle_webhook_delivery.room_id
      and queued.claim_id = settle_webhook_delivery.claim_id
    for no key update;
  if v_is_delivered then
    update app_private.webhook_states as state set failures = 0, delivered_at = clock_timestamp()
      where state.webhook_id = settle_webhook_delivery.webhook_id
        and (failures > 0 or delivered_at is null or delivered_at < clock_timestamp() - interval '10 seconds');
  else
    update app_private.webhook_states as state set failures = failures + 1
      where state.webhook_id = settle_webhook_delivery.webhook_id;
  end if;
  if v_queued.room_id is not null and not v_is_delivered then
    v_since := coalesce(v_queued.failing_since, clock_timestamp());
    v_is_given_up := v_since < clock_timestamp() - v_rules.give_up_after;
    if settle_webhook_delivery.status = 410 then
      perform app_private.stop_webhook(settle_webhook_delivery.webhook_id, 'It answered 410: it is gone.');
      v_is_given_up := false;
    elsif v_is_given_up and not exists (
      select from app_private.webhook_states as state
        where state.webhook_id = settle_webhook_delivery.webhook_id and delivered_at > v_since
    ) then
      perform app_private.stop_webhook(
        settle_webhook_delivery.webhook_id,
        format('It has taken nothing since %s UTC.', to_char(v_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI')));
      v_is_given_up := false;
    end if;
  end if;
  insert into app_public.webhook_deliveries (webhook_id, event_id, room_id, change_seq, attempt, outcome, status, duration_ms)
    select webhooks.id, settle_webhook_delivery.event_id, settle_webhook_delivery.room_id, settle_webhook_delivery.change_seq,
        coalesce(v_queued.failures, 0) + 1, case when v_is_given_up then 'given_up' else settle_webhook_delivery.outcome end,
        settle_webhook_delivery.status, settle_webhook_delivery.duration_ms
      from app_public.webhooks where webhooks.id = settle_webhook_delivery.webhook_id;
  if v_queued.room_id is null then
    return 'lost';
  end if;
  if v_is_delivered or v_is_given_up then
    update app_private.webhook_rooms as queued
      set delivered_seq = settle_webhook_delivery.change_seq, failures = 0, failing_since = null
      where queued.webhook_id = v_queued.webhook_id and queued.room_id = v_queued.room_id;
    return 'go on';
  end if;
  v_wait := least(v_rules.first_wait * 2 ^ least(v_queued.failures, 30), v_rules.longest_wait);
  update app_private.webhook_rooms as queued set
    failures = queued.failures + 1, failing_since = v_since, claim_id = null, claimed_until = null,
    due_at = clock_timestamp() + greatest(
      v_wait * (0.5 + random() / 2), least(coalesce(settle_webhook_delivery.retry_after, '0'), v_rules.longest_wait))
    where queued.webhook_id = v_queued.webhook_id and queued.room_id = v_queued.room_id;
  return case when exists (
    select from app_public.webhooks where webhooks.id = v_queued.webhook_id and disabled_at is null
  ) then 'wait' else 'disabled' end;
end
$$;
comment on function app_private.settle_webhook_delivery(uuid, uuid, uuid, bigint, text, text, integer, integer, interval) is
  'Notes how a delivery went, and what follows from it. `go on` with the next change of the room, `wait`, `lost` when the claim is another''s by now, or `disabled`.';
--! EndIncluded functions/webhooks/settle_webhook_delivery.sql

--! Included functions/webhooks/expire_webhook_deliveries.sql
create or replace function app_private.expire_webhook_deliveries() returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  delete from app_private.webhook_secrets where expires_at < now();
  delete from app_private.hook_questions where asked_until < now() - interval '1 day';
  delete from app_public.webhook_deliveries
    where id < app_private.uuidv7_floor(now() - (select keep_deliveries_for from app_private.webhook_rules));
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function app_private.expire_webhook_deliveries() is
  'Forgets old deliveries, secrets whose overlap is over, and what hooks decided a day ago. How many deliveries there were. The worker calls it every hour.';
--! EndIncluded functions/webhooks/expire_webhook_deliveries.sql

/* Asking before a message is accepted. */
create table app_private.hook_questions (
  id uuid primary key default uuidv7(),
  author_id uuid not null,
  room_id uuid not null references app_public.rooms on delete cascade,
  nonce text,
  request_hash bytea not null,
  hooks_version text not null,
  asked_until timestamptz not null,
  verdict text,
  content text,
  reason text,
  code text,
  constraint hook_questions_nonce_is_unique unique (author_id, nonce),
  constraint hook_questions_verdict_is_known check (verdict in ('allow', 'refuse', 'hold'))
);
comment on table app_private.hook_questions is
  'What hooks are asked, or have decided and nobody has used yet; forgotten after a day.';
comment on column app_private.hook_questions.request_hash is 'Of all that was asked about: what was decided counts for nothing else.';
comment on column app_private.hook_questions.hooks_version is 'Which hooks were asked: see hooks_version.';
comment on column app_private.hook_questions.asked_until is 'When whoever asks is taken for dead.';
comment on column app_private.hook_questions.verdict is 'Null while they are asked.';
comment on column app_private.hook_questions.content is 'What the text was changed into; null where it stays.';
comment on column app_private.hook_questions.reason is 'What the sender is told of a refusal, or moderators of what is held.';
comment on column app_private.hook_questions.code is 'What a program is told of a refusal.';
alter table app_private.hook_questions enable row level security;
create index hook_questions_room_id on app_private.hook_questions (room_id);
create index hook_questions_asked_until on app_private.hook_questions (asked_until);

--! Included functions/webhooks/hooks_version.sql
create or replace function app_private.hooks_version(room_id uuid, event app_public.hook_event) returns text
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select md5(string_agg(concat_ws(' ', webhooks.id, webhooks.url, webhooks.default_verdict, webhooks.disabled_at), ',' order by webhooks.id))
    from app_public.webhooks
    where webhooks.default_verdict is not null and hooks_version.event = any (webhooks.asks)
      and webhooks.workspace_id = (select rooms.workspace_id from app_public.rooms where rooms.id = hooks_version.room_id)
      and (webhooks.room_ids is null or hooks_version.room_id = any (webhooks.room_ids));
$$;
comment on function app_private.hooks_version(uuid, app_public.hook_event) is
  'Names the hooks that are asked in a room, as they are now; null where there are none. What another version has decided does not count.';
--! EndIncluded functions/webhooks/hooks_version.sql

--! Included functions/webhooks/consult_hooks.sql
/*
 * No transaction waits for another server. What has not been asked about is refused, which gives back the connection and
 * every lock; the server that ran the statement finds the question in a notice (which is in no log of Postgres), asks, and
 * runs the same again with the number of what was decided. A verdict is found by that number or by the nonce, and counts
 * for exactly what was asked about: the person, the room, each word, and the hooks as they were. It is used once.
 */
create or replace function app_private.consult_hooks(
  event app_public.hook_event, author_id uuid, room_id uuid, hooks_version text, nonce text, message jsonb
) returns app_private.hook_decision
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_request_hash constant bytea := sha256(convert_to(
    jsonb_build_array(consult_hooks.event, consult_hooks.author_id, consult_hooks.room_id, consult_hooks.message)::text, 'UTF8'));
  v_known app_private.hook_questions;
begin
  -- For whoever writes SQL of their own: no request can set it.
  if current_setting('trumpet.unasked', true) = 'on' then
    return null;
  end if;
  select * into v_known from app_private.hook_questions
    where hook_questions.id = nullif(current_setting('trumpet.hook_question', true), '')::uuid;
  if v_known.id is null and consult_hooks.nonce is not null then
    select * into v_known from app_private.hook_questions
      where hook_questions.author_id = consult_hooks.author_id and hook_questions.nonce = consult_hooks.nonce;
  end if;
  if v_known.request_hash is distinct from v_request_hash or v_known.verdict is null
    or v_known.hooks_version is distinct from consult_hooks.hooks_version
  then
    raise info 'trumpet.hook_question' using detail = jsonb_build_object(
      'event', consult_hooks.event, 'author_id', consult_hooks.author_id, 'room_id', consult_hooks.room_id,
      'nonce', consult_hooks.nonce, 'request_hash', encode(v_request_hash, 'hex'),
      'hooks_version', consult_hooks.hooks_version, 'message', consult_hooks.message);
    raise exception 'This room has a hook that is asked first, which only a server does.' using errcode = 'TRHKS';
  end if;
  if v_known.verdict = 'refuse' then
    raise exception using message = v_known.reason, errcode = 'TRHRF', detail = coalesce(v_known.code, '');
  end if;
  delete from app_private.hook_questions where hook_questions.id = v_known.id;
  return row(v_known.verdict, v_known.content, v_known.reason)::app_private.hook_decision;
end
$$;
comment on function app_private.consult_hooks(app_public.hook_event, uuid, uuid, text, text, jsonb) is
  'What the hooks of a room have decided about exactly this; raises what they refuse, and TRHKS where they have not been asked.';
--! EndIncluded functions/webhooks/consult_hooks.sql

--! Included functions/webhooks/begin_hook_question.sql
/*
 * Whoever writes the row asks. Who sends the same with the same nonce waits for what comes of it, and says for which row;
 * when it is gone, nothing was decided, for them neither. When the one who asked has died, they ask themselves: that is
 * so a second after the hooks have had their time.
 */
create or replace function app_hidden.begin_hook_question(question jsonb) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rules app_private.webhook_rules;
  v_new app_private.hook_questions;
  v_question app_private.hook_questions;
  v_probed uuid[];
  v_workspace_id uuid;
begin
  select * into v_rules from app_private.webhook_rules;
  v_new.author_id := question ->> 'author_id';
  v_new.room_id := question ->> 'room_id';
  v_workspace_id := (select workspace_id from app_public.rooms where id = v_new.room_id);
  v_new.nonce := question ->> 'nonce';
  v_new.request_hash := decode(question ->> 'request_hash', 'hex');
  v_new.hooks_version := question ->> 'hooks_version';
  if question ->> 'waited_for' is not null
    and not exists (select from app_private.hook_questions where hook_questions.id = (question ->> 'waited_for')::uuid)
  then
    return jsonb_build_object('state', case when exists (
      select from app_private.message_nonces
        where message_nonces.author_id = v_new.author_id and message_nonces.nonce = v_new.nonce
    ) then 'decided' else 'undecided' end);
  end if;
  insert into app_private.hook_questions (author_id, room_id, nonce, request_hash, hooks_version, asked_until)
    values (
      v_new.author_id, v_new.room_id, v_new.nonce, v_new.request_hash, v_new.hooks_version,
      clock_timestamp() + v_rules.ask_within + interval '1 second')
    on conflict on constraint hook_questions_nonce_is_unique do nothing
    returning * into v_question;
  if v_question.id is null then
    select * into v_question from app_private.hook_questions
      where hook_questions.author_id = v_new.author_id and hook_questions.nonce = v_new.nonce
      for no key update;
    if v_question.id is null then
      return jsonb_build_object('state', 'decided'); -- And sent, meanwhile.
    elsif v_question.request_hash <> v_new.request_hash then
      raise exception 'You have sent something else with this nonce.' using errcode = 'TR409';
    elsif v_question.hooks_version = v_new.hooks_version and v_question.verdict is not null then
      return jsonb_build_object('state', 'decided', 'id', v_question.id);
    elsif v_question.hooks_version = v_new.hooks_version and v_question.asked_until > clock_timestamp() then
      return jsonb_build_object('state', 'asked', 'id', v_question.id);
    end if;
    update app_private.hook_questions set
      hooks_version = v_new.hooks_version, asked_until = clock_timestamp() + v_rules.ask_within + interval '1 second',
      verdict = null, content = null, reason = null, code = null
      where hook_questions.id = v_question.id;
  end if;
  if exists (
    select from app_private.message_nonces
      where message_nonces.author_id = v_new.author_id and message_nonces.nonce = v_new.nonce
  ) then
    -- Sent while this waited to ask: what was decided is used, and gone.
    delete from app_private.hook_questions where hook_questions.id = v_question.id;
    return jsonb_build_object('state', 'decided');
  end if;
  -- What is refused is rolled back, and the tokens for it: a question is paid for by itself.
  perform app_private.take_tokens(v_new.author_id);
  with probed as (
    update app_private.webhook_states as state set asked_again_at = clock_timestamp() + v_rules.ask_within
      from (
        select known.webhook_id from app_private.webhook_states as known
          join app_public.webhooks on webhooks.id = known.webhook_id
          where webhooks.default_verdict is not null and webhooks.disabled_at is null
            and webhooks.workspace_id = v_workspace_id and (webhooks.room_ids is null or v_new.room_id = any (webhooks.room_ids))
            and known.failures >= v_rules.break_after and known.fails_for_all and known.asked_again_at <= clock_timestamp()
          for no key update of known skip locked
      ) as due
      where state.webhook_id = due.webhook_id
      returning state.webhook_id
  )
  select array_agg(webhook_id) into v_probed from probed;
  return jsonb_build_object(
    'state', 'ours', 'id', v_question.id, 'ask_within_ms', extract(epoch from v_rules.ask_within) * 1000,
    'room', (
      select jsonb_build_object('id', rooms.id, 'slug', rooms.slug, 'name', rooms.name, 'type', upper(rooms.type::text))
        from app_public.rooms where rooms.id = v_new.room_id),
    'author', (
      select jsonb_build_object(
          'id', users.id, 'username', users.username, 'displayName', users.display_name, 'isBot', users.is_bot)
        from app_public.users where users.id = v_new.author_id),
    'hooks', coalesce((
      select jsonb_agg(
          jsonb_build_object(
            'id', webhooks.id, 'url', webhooks.url, 'default_verdict', webhooks.default_verdict,
            'is_asked', webhooks.disabled_at is null
              and (state.failures < v_rules.break_after or not state.fails_for_all or webhooks.id = any (v_probed)),
            'secrets', (
              select jsonb_agg(encode(secret, 'base64') order by webhook_secrets.created_at desc)
                from app_private.webhook_secrets
                where webhook_secrets.webhook_id = webhooks.id and (expires_at is null or expires_at > now())))
          order by webhooks.id)
        from app_public.webhooks
        join app_private.webhook_states as state on state.webhook_id = webhooks.id
        where webhooks.default_verdict is not null and (question ->> 'event')::app_public.hook_event = any (webhooks.asks)
          and webhooks.workspace_id = v_workspace_id and (webhooks.room_ids is null or v_new.room_id = any (webhooks.room_ids))), '[]'));
end
$$;
comment on function app_hidden.begin_hook_question(jsonb) is
  'Begins to ask the hooks of a room about a message: whom, signed by what and what is said of room and author; or that somebody else is asking, or has; or that what this waited for has come to nothing.';
grant execute on function app_hidden.begin_hook_question(jsonb) to trumpet_authenticator;
--! EndIncluded functions/webhooks/begin_hook_question.sql

--! Included functions/webhooks/settle_hook_question.sql
/* The first who decides has decided: whoever was slower goes by that. */
create or replace function app_hidden.settle_hook_question(
  question_id uuid, hooks_version text, verdict text, content text, reason text, code text, answers jsonb
) returns text[]
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rules app_private.webhook_rules;
  v_room_id uuid;
  v_author integer;
  v_answer record;
  v_state app_private.webhook_states;
  v_stopped text[] := '{}';
begin
  select * into v_rules from app_private.webhook_rules;
  select hook_questions.room_id, hashtext(hook_questions.author_id::text) into v_room_id, v_author
    from app_private.hook_questions where hook_questions.id = settle_hook_question.question_id;
  for v_answer in
    select answer.*
      from jsonb_to_recordset(answers) as answer (webhook_id uuid, outcome text, status integer, duration_ms integer, verdict text)
      join app_public.webhooks on webhooks.id = answer.webhook_id
      order by answer.webhook_id
      for key share of webhooks
  loop
    -- One that was sent meanwhile by somebody faster has no question any more, and needs no log.
    insert into app_public.webhook_deliveries (webhook_id, event_id, room_id, attempt, outcome, status, duration_ms, verdict)
      select v_answer.webhook_id, settle_hook_question.question_id, v_room_id, 1, v_answer.outcome, v_answer.status,
          v_answer.duration_ms, v_answer.verdict
        where v_room_id is not null;
    if v_answer.outcome = 'delivered' then
      update app_private.webhook_states as state
        set failures = 0, failing_since = null, asked_again_at = null, failing_author = null, fails_for_all = false,
          delivered_at = clock_timestamp()
        where state.webhook_id = v_answer.webhook_id
          and (failures > 0 or delivered_at is null or delivered_at < clock_timestamp() - interval '10 seconds');
    -- A wrong answer takes no time, and what it is wrong about may be what one sender has written: that wears out nothing.
    elsif v_answer.outcome not in ('not_asked', 'wrong_answer') then
      update app_private.webhook_states as state set
        failures = failures + 1, failing_since = coalesce(failing_since, clock_timestamp()),
        asked_again_at = clock_timestamp() + v_rules.break_for,
        failing_author = coalesce(failing_author, v_author),
        -- An error or silence may be the answer to what one person writes.
        fails_for_all = fails_for_all or v_answer.outcome not in ('refused', 'not_answered')
          or coalesce(failing_author <> v_author, false)
        where state.webhook_id = v_answer.webhook_id
        returning * into v_state;
      if v_answer.status = 410 then
        v_stopped := v_stopped || app_private.stop_webhook(v_answer.webhook_id, 'It answered 410: it is gone.');
      elsif v_state.failing_since < clock_timestamp() - v_rules.give_up_after then
        v_stopped := v_stopped || app_private.stop_webhook(
          v_answer.webhook_id,
          format('It has answered nothing since %s UTC.', to_char(v_state.failing_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI')));
      end if;
    end if;
  end loop;
  if settle_hook_question.verdict is null then
    -- What is refused without a nonce, or for want of an answer, binds nobody: what is sent again is asked about again.
    delete from app_private.hook_questions
      where hook_questions.id = settle_hook_question.question_id and hook_questions.verdict is null
        and hook_questions.hooks_version = settle_hook_question.hooks_version;
  end if;
  update app_private.hook_questions set
    verdict = settle_hook_question.verdict, content = settle_hook_question.content, reason = settle_hook_question.reason,
    code = settle_hook_question.code
    where hook_questions.id = settle_hook_question.question_id and hook_questions.verdict is null
      and hook_questions.hooks_version = settle_hook_question.hooks_version;
  return array_remove(v_stopped, null);
end
$$;
comment on function app_hidden.settle_hook_question(uuid, text, text, text, text, text, jsonb) is
  'Notes what hooks answered and what follows from it. The names of those that are disabled now.';
grant execute on function app_hidden.settle_hook_question(uuid, text, text, text, text, text, jsonb) to trumpet_authenticator;
--! EndIncluded functions/webhooks/settle_hook_question.sql

/* Who is told. */
--! Included functions/webhooks/make_webhook_secret.sql
create or replace function app_private.make_webhook_secret(webhook_id uuid) returns text
language sql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
  insert into app_private.webhook_secrets (webhook_id, secret) values (make_webhook_secret.webhook_id, public.gen_random_bytes(32))
    returning 'whsec_' || encode(secret, 'base64');
$$;
comment on function app_private.make_webhook_secret(uuid) is
  'Makes a secret that a webhook signs with, and gives it as the Standard Webhooks specification writes it.';
--! EndIncluded functions/webhooks/make_webhook_secret.sql

--! Included functions/webhooks/check_webhook_rooms.sql
create or replace function app_private.check_webhook_rooms(room_ids uuid[]) returns uuid[]
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room_id uuid;
begin
  if cardinality(room_ids) not between 1 and 1000 then
    raise exception 'A webhook hears 1 to 1,000 rooms, or all of them.' using errcode = 'TR400';
  end if;
  foreach v_room_id in array coalesce(room_ids, '{}') loop
    if not exists (
      select from app_public.rooms where rooms.id = v_room_id and rooms.workspace_id = app_hidden.current_workspace_id()
    ) then
      raise exception 'There is no such room: %.', v_room_id using errcode = 'TR404';
    end if;
  end loop;
  return room_ids;
end
$$;
comment on function app_private.check_webhook_rooms(uuid[]) is 'The rooms that a webhook is to hear, all of which there are. Null: all rooms.';
--! EndIncluded functions/webhooks/check_webhook_rooms.sql

--! Included functions/webhooks/make_webhook.sql
create or replace function app_private.make_webhook(
  name text, url text, events app_public.webhook_event[], room_ids uuid[], created_by text,
  asks app_public.hook_event[] default null, default_verdict app_public.hook_default default null,
  contact_email text default null
) returns app_public.webhooks
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.webhooks;
begin
  -- Each costs a row and a request for every change of every room that it hears, and a hook a question for every message.
  perform app_private.lock_until_commit('webhooks');
  if 50 <= (
    select count(*) from app_public.webhooks where bot_id is null and workspace_id = app_hidden.current_workspace_id()
  ) then
    raise exception 'There are 50 webhooks: delete one first.' using errcode = 'TR409';
  end if;
  insert into app_public.webhooks (name, url, events, room_ids, created_by, asks, default_verdict, contact_email)
    values (
      app_private.trimmed(make_webhook.name), make_webhook.url,
      case when make_webhook.default_verdict is null
        then coalesce(make_webhook.events, enum_range(null, 'room'::app_public.webhook_event)) else '{}' end,
      app_private.check_webhook_rooms(make_webhook.room_ids), make_webhook.created_by,
      case when make_webhook.default_verdict is not null
        then coalesce(make_webhook.asks, enum_range(null::app_public.hook_event)) end,
      make_webhook.default_verdict, app_private.trimmed(make_webhook.contact_email))
    returning * into v_webhook;
  insert into app_private.webhook_states (webhook_id, after_note)
    values (v_webhook.id, nextval(pg_get_serial_sequence('app_private.webhook_notes', 'id')));
  return v_webhook;
end
$$;
comment on function app_private.make_webhook(text, text, app_public.webhook_event[], uuid[], text, app_public.hook_event[], app_public.hook_default, text) is
  'Makes a webhook, which hears what happens from now on; with a default verdict a hook, which is asked from now on.';
--! EndIncluded functions/webhooks/make_webhook.sql

--! Included functions/webhooks/find_webhook.sql
create or replace function app_private.find_webhook(name_or_id text) returns app_public.webhooks
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.webhooks;
begin
  select * into v_webhook from app_public.webhooks
    where webhooks.name = name_or_id and webhooks.workspace_id = app_hidden.current_workspace_id()
      or webhooks.id::text = lower(name_or_id);
  if v_webhook.id is null then
    raise exception 'There is no such webhook: %.', name_or_id using errcode = 'TR404';
  end if;
  return v_webhook;
end
$$;
comment on function app_private.find_webhook(text) is 'A webhook, by name or id.';
--! EndIncluded functions/webhooks/find_webhook.sql

--! Included functions/webhooks/resume_webhook.sql
create or replace function app_private.resume_webhook(webhook_id uuid) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  update app_public.webhooks set disabled_at = null, disabled_reason = null where id = resume_webhook.webhook_id;
  update app_private.webhook_rooms as queued set due_at = clock_timestamp(), failures = 0, failing_since = null
    where queued.webhook_id = resume_webhook.webhook_id and due_at is not null;
  update app_private.webhook_states as state set
    failures = 0, failing_since = null, asked_again_at = null, failing_author = null, fails_for_all = false
    where state.webhook_id = resume_webhook.webhook_id;
$$;
comment on function app_private.resume_webhook(uuid) is 'Goes on with a webhook where it was, at once.';
--! EndIncluded functions/webhooks/resume_webhook.sql

--! Included functions/webhooks/rotate_secret.sql
create or replace function app_private.rotate_secret(webhook_id uuid, overlap interval) returns text
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if overlap not between interval '0' and interval '30 days' then
    raise exception 'Two secrets overlap for at most 30 days.' using errcode = 'TR400';
  end if;
  perform from app_public.webhooks where webhooks.id = rotate_secret.webhook_id for no key update;
  update app_private.webhook_secrets as secrets set expires_at = least(expires_at, now() + overlap)
    where secrets.webhook_id = rotate_secret.webhook_id;
  return app_private.make_webhook_secret(rotate_secret.webhook_id);
end
$$;
comment on function app_private.rotate_secret(uuid, interval) is
  'Makes the next secret of a webhook. For so long, what is sent is signed with the last one, too.';
--! EndIncluded functions/webhooks/rotate_secret.sql

--! Included functions/webhooks/replay.sql
/*
 * Whoever delivers the room just now has lost it: otherwise they would note their place over this one.
 */
create or replace function app_private.replay(webhook_id uuid, room_id uuid, after bigint, since timestamptz) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  if (room_id is null) <> (after is null) or (room_id is null) = (since is null) then
    raise exception 'What is to be told again begins after a change of one room, or at a moment in all of them.' using errcode = 'TR400';
  end if;
  perform from app_public.webhooks where webhooks.id = replay.webhook_id and default_verdict is null for key share;
  if not found then
    raise exception 'A hook is asked, and told nothing.' using errcode = 'TR400';
  end if;
  insert into app_private.webhook_rooms as queued (webhook_id, room_id, delivered_seq, head_seq, due_at)
    select webhooks.id, starts.room_id, starts.delivered_seq, room_heads.last_change_seq, clock_timestamp()
      from app_public.webhooks
      cross join (
        select replay.room_id, greatest(replay.after, 0) as delivered_seq where replay.room_id is not null
        union all
        select room_changes.room_id, min(room_changes.change_seq) - 1 from app_private.room_changes
          where room_changes.occurred_at >= replay.since
          group by room_changes.room_id
      ) as starts
      join app_private.room_heads on room_heads.room_id = starts.room_id
      join app_public.rooms on rooms.id = starts.room_id and rooms.workspace_id = webhooks.workspace_id
      where webhooks.id = replay.webhook_id and webhooks.bot_id is null and starts.delivered_seq < room_heads.last_change_seq
        and (webhooks.room_ids is null or starts.room_id = any (webhooks.room_ids))
    on conflict on constraint webhook_rooms_pkey do update set
      delivered_seq = least(queued.delivered_seq, excluded.delivered_seq), head_seq = excluded.head_seq, due_at = excluded.due_at,
      failures = 0, failing_since = null, claim_id = null, claimed_until = null;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function app_private.replay(uuid, uuid, bigint, timestamptz) is
  'Has what happened be told again, from a place in a room or a moment in all of them. In how many rooms there is something.';
--! EndIncluded functions/webhooks/replay.sql

/* For servers. */
--! Included functions/webhooks-for-servers/has_scope.sql
create or replace function app_hidden.has_scope(scope text) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from app_private.server_keys
      where id = app_hidden.current_key_id() and app_private.is_valid(server_keys)
        and has_scope.scope = any (scopes::text[]));
$$;
comment on function app_hidden.has_scope(text) is 'Whether this request came with a key that has a scope.';
grant execute on function app_hidden.has_scope(text) to trumpet_user;
--! EndIncluded functions/webhooks-for-servers/has_scope.sql

create policy select_with_key on app_public.webhooks for select to trumpet_user
  using (workspace_id = (select app_hidden.current_workspace_id()) and (select app_hidden.has_scope('webhooks')));
create policy select_admin on app_public.webhooks for select to trumpet_admin using (true);
grant select on app_public.webhooks to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
create policy select_with_key on app_public.webhook_deliveries for select to trumpet_user
  using (webhook_id in (select id from app_public.webhooks) and (select app_hidden.has_scope('webhooks')));
create policy select_admin on app_public.webhook_deliveries for select to trumpet_admin using (true);
grant select on app_public.webhook_deliveries to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
comment on constraint webhooks_pkey on app_public.webhooks is 'One webhook an id.';
comment on constraint webhooks_name_is_unique on app_public.webhooks is 'One webhook a name.';
comment on constraint webhooks_are_one_a_bot on app_public.webhooks is 'One webhook a bot.';
comment on constraint webhooks_bot_id_fkey on app_public.webhooks is 'The bot of which it hears what is asked.';
comment on constraint webhook_deliveries_pkey on app_public.webhook_deliveries is 'One try an id.';
comment on constraint webhook_deliveries_webhook_id_fkey on app_public.webhook_deliveries is 'The webhook.';

create type app_public.webhook_secret as (
  webhook_id uuid,
  secret text
);
comment on type app_public.webhook_secret is 'What a webhook signs with.';
comment on column app_public.webhook_secret.webhook_id is 'The webhook.';
comment on column app_public.webhook_secret.secret is '`whsec_…`, as the Standard Webhooks specification writes it. It is shown this once.';

--! Included functions/webhooks-for-servers/webhooks.sql
create or replace function app_public.webhooks() returns setof app_public.webhooks
language sql stable security invoker rows 50
set search_path = pg_catalog, pg_temp
as $$
  select webhooks.* from app_public.webhooks;
$$;
comment on function app_public.webhooks() is 'For servers (scope `webhooks`): who is told what happens, by name.';
grant execute on function app_public.webhooks() to trumpet_user;
--! EndIncluded functions/webhooks-for-servers/webhooks.sql

--! Included functions/webhooks-for-servers/webhooks_deliveries.sql
create or replace function app_public.webhooks_deliveries(webhook app_public.webhooks) returns setof app_public.webhook_deliveries
language sql stable security invoker rows 100
set search_path = pg_catalog, pg_temp
as $$
  select webhook_deliveries.* from app_public.webhook_deliveries where webhook_deliveries.webhook_id = webhook.id;
$$;
comment on function app_public.webhooks_deliveries(app_public.webhooks) is
  'What was sent to it within a week and how it went, the latest first.';
grant execute on function app_public.webhooks_deliveries(app_public.webhooks) to trumpet_user;
--! EndIncluded functions/webhooks-for-servers/webhooks_deliveries.sql

--! Included functions/webhooks-for-servers/begin_webhook_change.sql
create or replace function app_private.begin_webhook_change(webhook_id uuid) returns app_public.webhooks
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.webhooks;
begin
  perform app_private.require_scope('webhooks');
  perform app_private.limit_rate('webhooks', begin_webhook_change.webhook_id::text);
  select * into v_webhook from app_public.webhooks where webhooks.id = begin_webhook_change.webhook_id and webhooks.workspace_id = app_hidden.current_workspace_id();
  if v_webhook.id is null then
    raise exception 'There is no such webhook.' using errcode = 'TR404';
  end if;
  return v_webhook;
end
$$;
comment on function app_private.begin_webhook_change(uuid) is 'Lets a key change a webhook, or raises what forbids it. For keys alone.';
--! EndIncluded functions/webhooks-for-servers/begin_webhook_change.sql

--! Included functions/webhooks-for-servers/create_webhook.sql
create or replace function app_public.create_webhook(
  name text, url text, events app_public.webhook_event[] default null, room_ids uuid[] default null, contact_email text default null
) returns app_public.webhook_secret
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key constant app_private.server_keys := app_private.require_scope('webhooks');
  v_webhook app_public.webhooks;
begin
  perform app_private.limit_rate('webhooks');
  v_webhook := app_private.make_webhook(
    create_webhook.name, create_webhook.url, create_webhook.events, create_webhook.room_ids, 'key ' || v_key.name,
    contact_email => create_webhook.contact_email);
  return row(v_webhook.id, app_private.make_webhook_secret(v_webhook.id))::app_public.webhook_secret;
end
$$;
comment on function app_public.create_webhook(text, text, app_public.webhook_event[], uuid[], text) is
  'For servers (scope `webhooks`): has a server told what happens from now on. Without `events` it hears all kinds; without `roomIds` all rooms, private ones and direct conversations too. When it is disabled because nobody answers, `contactEmail` gets a mail. The secret is shown this once.';
grant execute on function app_public.create_webhook(text, text, app_public.webhook_event[], uuid[], text) to trumpet_user, trumpet_key;
--! EndIncluded functions/webhooks-for-servers/create_webhook.sql

--! Included functions/webhooks-for-servers/create_hook.sql
create or replace function app_public.create_hook(
  name text, url text, default_verdict app_public.hook_default, asks app_public.hook_event[] default null,
  room_ids uuid[] default null, contact_email text default null
) returns app_public.webhook_secret
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key constant app_private.server_keys := app_private.require_scope('webhooks');
  v_webhook app_public.webhooks;
begin
  perform app_private.limit_rate('webhooks');
  v_webhook := app_private.make_webhook(
    create_hook.name, create_hook.url, null, create_hook.room_ids, 'key ' || v_key.name, create_hook.asks,
    create_hook.default_verdict, create_hook.contact_email);
  return row(v_webhook.id, app_private.make_webhook_secret(v_webhook.id))::app_public.webhook_secret;
end
$$;
comment on function app_public.create_hook(text, text, app_public.hook_default, app_public.hook_event[], uuid[], text) is
  'For servers (scope `webhooks`): has a server asked before a message is accepted. It may allow, refuse, change or hold it; without an answer in time its `defaultVerdict` counts. Without `asks` it is asked about messages and edits; without `roomIds` in all rooms. When it is disabled because nobody answers, `contactEmail` gets a mail. The secret is shown this once.';
grant execute on function app_public.create_hook(text, text, app_public.hook_default, app_public.hook_event[], uuid[], text) to trumpet_user, trumpet_key;
--! EndIncluded functions/webhooks-for-servers/create_hook.sql

--! Included functions/webhooks-for-servers/update_webhook.sql
/* What is left out stays, and null for events and rooms means all of them. No webhook hears nothing, so nothing is left out. */
create or replace function app_public.update_webhook(
  webhook_id uuid, url text default U&'\FFFF', events app_public.webhook_event[] default '{}', room_ids uuid[] default '{}',
  asks app_public.hook_event[] default '{}', default_verdict app_public.hook_default default null,
  contact_email text default U&'\FFFF'
) returns app_public.webhooks
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.webhooks := app_private.begin_webhook_change(update_webhook.webhook_id);
begin
  -- What was noted until now is not for the rooms that it hears from now on.
  while app_private.take_webhook_notes(1000) = 1000 loop
    null;
  end loop;
  update app_public.webhooks set
    url = case when update_webhook.url = U&'\FFFF' then webhooks.url else update_webhook.url end,
    events = case
      when cardinality(update_webhook.events) = 0 or v_webhook.default_verdict is not null or v_webhook.bot_id is not null then webhooks.events
      else coalesce(update_webhook.events, enum_range(null, 'room'::app_public.webhook_event)) end,
    room_ids = case
      when cardinality(update_webhook.room_ids) = 0 then webhooks.room_ids
      else app_private.check_webhook_rooms(update_webhook.room_ids) end,
    asks = case
      when cardinality(update_webhook.asks) = 0 or v_webhook.default_verdict is null then webhooks.asks
      else coalesce(update_webhook.asks, enum_range(null::app_public.hook_event)) end,
    -- A hook always has one.
    default_verdict = case
      when v_webhook.default_verdict is null or update_webhook.default_verdict is null then webhooks.default_verdict
      else update_webhook.default_verdict end,
    contact_email = case
      when update_webhook.contact_email = U&'\FFFF' then webhooks.contact_email
      else app_private.trimmed(update_webhook.contact_email) end
    where webhooks.id = v_webhook.id
    returning * into v_webhook;
  delete from app_private.webhook_rooms as queued
    where queued.webhook_id = v_webhook.id and queued.room_id <> all (v_webhook.room_ids);
  return v_webhook;
end
$$;
comment on function app_public.update_webhook(uuid, text, app_public.webhook_event[], uuid[], app_public.hook_event[], app_public.hook_default, text) is
  'For servers (scope `webhooks`): changes where a webhook is, or what it hears; of a hook, what it is asked about (`asks`) and what counts when it does not answer. What is left out stays; null for `events`, `roomIds` or `asks` means all of them, for `contactEmail` none. A webhook never becomes a hook.';
grant execute on function app_public.update_webhook(uuid, text, app_public.webhook_event[], uuid[], app_public.hook_event[], app_public.hook_default, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/webhooks-for-servers/update_webhook.sql

--! Included functions/webhooks-for-servers/disable_webhook.sql
create or replace function app_public.disable_webhook(webhook_id uuid, reason text) returns app_public.webhooks
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.webhooks := app_private.begin_webhook_change(disable_webhook.webhook_id);
begin
  update app_public.webhooks
    set disabled_at = coalesce(disabled_at, now()), disabled_reason = app_private.check_reason(disable_webhook.reason)
    where webhooks.id = v_webhook.id
    returning * into v_webhook;
  return v_webhook;
end
$$;
comment on function app_public.disable_webhook(uuid, text) is
  'For servers (scope `webhooks`): tells a webhook nothing until it is enabled. It keeps its place.';
grant execute on function app_public.disable_webhook(uuid, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/webhooks-for-servers/disable_webhook.sql

--! Included functions/webhooks-for-servers/enable_webhook.sql
create or replace function app_public.enable_webhook(webhook_id uuid) returns app_public.webhooks
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.webhooks := app_private.begin_webhook_change(enable_webhook.webhook_id);
begin
  perform app_private.resume_webhook(v_webhook.id);
  select * into v_webhook from app_public.webhooks where webhooks.id = v_webhook.id;
  return v_webhook;
end
$$;
comment on function app_public.enable_webhook(uuid) is
  'For servers (scope `webhooks`): goes on telling a webhook that was disabled, from where it was.';
grant execute on function app_public.enable_webhook(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/webhooks-for-servers/enable_webhook.sql

--! Included functions/webhooks-for-servers/delete_webhook.sql
create or replace function app_public.delete_webhook(webhook_id uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook constant app_public.webhooks := app_private.begin_webhook_change(delete_webhook.webhook_id);
begin
  delete from app_public.webhooks where webhooks.id = v_webhook.id;
end
$$;
comment on function app_public.delete_webhook(uuid) is
  'For servers (scope `webhooks`): ends a webhook, with its place and its log of deliveries.';
grant execute on function app_public.delete_webhook(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/webhooks-for-servers/delete_webhook.sql

--! Included functions/webhooks-for-servers/rotate_webhook_secret.sql
create or replace function app_public.rotate_webhook_secret(webhook_id uuid, overlap_seconds integer default 86400)
returns app_public.webhook_secret
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook constant app_public.webhooks := app_private.begin_webhook_change(rotate_webhook_secret.webhook_id);
begin
  return row(
    v_webhook.id, app_private.rotate_secret(v_webhook.id, make_interval(secs => coalesce(overlap_seconds, 86400)))
  )::app_public.webhook_secret;
end
$$;
comment on function app_public.rotate_webhook_secret(uuid, integer) is
  'For servers (scope `webhooks`): makes the next secret of a webhook. Until the overlap is over, a day if left out, what is sent is signed with both.';
grant execute on function app_public.rotate_webhook_secret(uuid, integer) to trumpet_user, trumpet_key;
--! EndIncluded functions/webhooks-for-servers/rotate_webhook_secret.sql

--! Included functions/webhooks-for-servers/replay_webhook.sql
create or replace function app_public.replay_webhook(
  webhook_id uuid, room_id uuid default null, after bigint default null, since timestamptz default null
) returns app_public.webhooks
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook constant app_public.webhooks := app_private.begin_webhook_change(replay_webhook.webhook_id);
begin
  perform app_private.replay(
    v_webhook.id, replay_webhook.room_id, replay_webhook.after, app_private.check_moment(replay_webhook.since, 'since'));
  return v_webhook;
end
$$;
comment on function app_public.replay_webhook(uuid, uuid, bigint, timestamptz) is
  'For servers (scope `webhooks`): tells a webhook again what happened in the room `roomId` behind the change `after`, or `since` a moment in all rooms that it hears. The ids are those of the first time.';
grant execute on function app_public.replay_webhook(uuid, uuid, bigint, timestamptz) to trumpet_user, trumpet_key;
--! EndIncluded functions/webhooks-for-servers/replay_webhook.sql

/* At psql. */
--! Included functions/webhooks-at-psql/create_webhook.sql
create or replace function app_admin.create_webhook(name text, url text, events text[] default null, rooms text[] default null, contact text default null)
returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_event text;
  v_webhook app_public.webhooks;
begin
  foreach v_event in array coalesce(create_webhook.events, '{}') loop
    if v_event <> all (enum_range(null, 'room'::app_public.webhook_event)::text[]) then
      raise exception 'There are no events %: there are %.', v_event, array_to_string(enum_range(null, 'room'::app_public.webhook_event), ', ')
        using errcode = 'TR400';
    end if;
  end loop;
  v_webhook := app_private.make_webhook(
    create_webhook.name, create_webhook.url, create_webhook.events::app_public.webhook_event[],
    case when create_webhook.rooms is not null then
      array(select (app_private.find_room(room)).id from unnest(create_webhook.rooms) as room) end,
    session_user, contact_email => create_webhook.contact);
  perform app_private.note_admin_action('create_webhook', v_webhook.name, v_webhook.url);
  return app_private.make_webhook_secret(v_webhook.id);
end
$$;
comment on function app_admin.create_webhook(text, text, text[], text[], text) is
  'Has a server told what happens, and returns the secret that this is signed with. Events: message, reaction, member, receipt, room; without them all. Rooms by slug or id; without them all, private ones and direct conversations too. When it is disabled because nobody answers, the contact gets a mail.';
grant execute on function app_admin.create_webhook(text, text, text[], text[], text) to trumpet_admin;
--! EndIncluded functions/webhooks-at-psql/create_webhook.sql

--! Included functions/webhooks-at-psql/create_hook.sql
create or replace function app_admin.create_hook(
  name text, url text, default_verdict text, asks text[] default null, rooms text[] default null,
  contact text default null
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.webhooks;
begin
  if create_hook.default_verdict is null or create_hook.default_verdict <> all (enum_range(null::app_public.hook_default)::text[]) then
    raise exception 'The verdict without an answer is %.', array_to_string(enum_range(null::app_public.hook_default), ', ')
      using errcode = 'TR400';
  end if;
  if not coalesce(create_hook.asks, '{}') <@ enum_range(null::app_public.hook_event)::text[] then
    raise exception 'A hook is asked about %.', array_to_string(enum_range(null::app_public.hook_event), ', ')
      using errcode = 'TR400';
  end if;
  v_webhook := app_private.make_webhook(
    create_hook.name, create_hook.url, null,
    case when create_hook.rooms is not null then
      array(select (app_private.find_room(room)).id from unnest(create_hook.rooms) as room) end,
    session_user, create_hook.asks::app_public.hook_event[], create_hook.default_verdict::app_public.hook_default,
    create_hook.contact);
  perform app_private.note_admin_action('create_hook', v_webhook.name, v_webhook.url);
  return app_private.make_webhook_secret(v_webhook.id);
end
$$;
comment on function app_admin.create_hook(text, text, text, text[], text[], text) is
  'Has a server asked before a message is accepted, and returns the secret that this is signed with. Without an answer in time the default verdict counts: allow, refuse or hold. It is asked about message and edit; rooms by slug or id; without them about all of them. When it is disabled because nobody answers, the contact gets a mail.';
grant execute on function app_admin.create_hook(text, text, text, text[], text[], text) to trumpet_admin;
--! EndIncluded functions/webhooks-at-psql/create_hook.sql

--! Included functions/webhooks-at-psql/disable_webhook.sql
create or replace function app_admin.disable_webhook(webhook text, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.webhooks := app_private.find_webhook(disable_webhook.webhook);
begin
  update app_public.webhooks set disabled_at = coalesce(disabled_at, now()), disabled_reason = app_private.check_reason(disable_webhook.reason)
    where id = v_webhook.id;
  perform app_private.note_admin_action('disable_webhook', v_webhook.name, disable_webhook.reason);
  return format('%s is told nothing, and keeps its place', v_webhook.name);
end
$$;
comment on function app_admin.disable_webhook(text, text) is 'Tells a webhook nothing until it is enabled, which goes on where it was.';
grant execute on function app_admin.disable_webhook(text, text) to trumpet_admin;
--! EndIncluded functions/webhooks-at-psql/disable_webhook.sql

--! Included functions/webhooks-at-psql/enable_webhook.sql
create or replace function app_admin.enable_webhook(webhook text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.webhooks := app_private.find_webhook(enable_webhook.webhook);
begin
  perform app_private.resume_webhook(v_webhook.id);
  perform app_private.note_admin_action('enable_webhook', v_webhook.name);
  return format('%s goes on where it was', v_webhook.name);
end
$$;
comment on function app_admin.enable_webhook(text) is 'Goes on telling a webhook that was disabled, from where it was.';
grant execute on function app_admin.enable_webhook(text) to trumpet_admin;
--! EndIncluded functions/webhooks-at-psql/enable_webhook.sql

--! Included functions/webhooks-at-psql/delete_webhook.sql
create or replace function app_admin.delete_webhook(webhook text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.webhooks := app_private.find_webhook(delete_webhook.webhook);
begin
  delete from app_public.webhooks where id = v_webhook.id;
  perform app_private.note_admin_action('delete_webhook', v_webhook.name, v_webhook.url);
  return format('%s is told nothing any more', v_webhook.name);
end
$$;
comment on function app_admin.delete_webhook(text) is 'Ends a webhook, with its place and its log of deliveries.';
grant execute on function app_admin.delete_webhook(text) to trumpet_admin;
--! EndIncluded functions/webhooks-at-psql/delete_webhook.sql

--! Included functions/webhooks-at-psql/rotate_webhook_secret.sql
create or replace function app_admin.rotate_webhook_secret(webhook text, overlap interval default '1 day') returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.webhooks := app_private.find_webhook(rotate_webhook_secret.webhook);
begin
  perform app_private.note_admin_action('rotate_webhook_secret', v_webhook.name);
  return app_private.rotate_secret(v_webhook.id, rotate_webhook_secret.overlap);
end
$$;
comment on function app_admin.rotate_webhook_secret(text, interval) is
  'Makes the next secret of a webhook, and returns it. Until the overlap is over, what is sent is signed with both.';
grant execute on function app_admin.rotate_webhook_secret(text, interval) to trumpet_admin;
--! EndIncluded functions/webhooks-at-psql/rotate_webhook_secret.sql

--! Included functions/webhooks-at-psql/replay_webhook.sql
create or replace function app_admin.replay_webhook(webhook text, since timestamptz) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.webhooks := app_private.find_webhook(replay_webhook.webhook);
  v_count integer := app_private.replay(v_webhook.id, null, null, app_private.check_moment(replay_webhook.since, 'Since when'));
begin
  perform app_private.note_admin_action('replay_webhook', v_webhook.name, format('since %s', replay_webhook.since));
  return format('%s is told again of %s rooms', v_webhook.name, v_count);
end
$$;
comment on function app_admin.replay_webhook(text, timestamptz) is
  'Tells a webhook again what happened since a moment, in all rooms that it hears. The ids are those of the first time.';
grant execute on function app_admin.replay_webhook(text, timestamptz) to trumpet_admin;

create or replace function app_admin.replay_webhook(webhook text, room text, after_change_seq bigint) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.webhooks := app_private.find_webhook(replay_webhook.webhook);
  v_room app_public.rooms := app_private.find_room(replay_webhook.room);
  v_count integer := app_private.replay(v_webhook.id, v_room.id, replay_webhook.after_change_seq, null);
begin
  perform app_private.note_admin_action(
    'replay_webhook', v_webhook.name, format('%s after %s', v_room.id, replay_webhook.after_change_seq));
  return format('%s is told again of %s rooms', v_webhook.name, v_count);
end
$$;
comment on function app_admin.replay_webhook(text, text, bigint) is
  'Tells a webhook again what happened in a room after a change (`changeSeq`). The ids are those of the first time.';
grant execute on function app_admin.replay_webhook(text, text, bigint) to trumpet_admin;
--! EndIncluded functions/webhooks-at-psql/replay_webhook.sql

create view app_admin.webhooks as
  select webhooks.name, webhooks.url, webhooks.events, webhooks.room_ids, webhooks.created_at, webhooks.created_by, webhooks.disabled_at,
      webhooks.disabled_reason, webhook_states.delivered_at, webhook_states.failures,
      webhooks.asks, webhooks.default_verdict, webhooks.contact_email,
      (select count(*) from app_private.webhook_rooms where webhook_id = webhooks.id and due_at is not null) as rooms_waiting,
      workspaces.name as workspace, webhooks.id
    from app_public.webhooks
    join app_private.workspaces on workspaces.id = webhooks.workspace_id
    join app_private.webhook_states on webhook_states.webhook_id = webhooks.id
    order by webhooks.name;
comment on view app_admin.webhooks is 'Which servers are told what happens or asked before a message, and how it goes with each.';
grant select on app_admin.webhooks to trumpet_admin;

create view app_admin.webhook_deliveries as
  select uuid_extract_timestamp(webhook_deliveries.id) as tried_at, webhooks.name as webhook, webhook_deliveries.outcome,
      webhook_deliveries.status, webhook_deliveries.attempt, webhook_deliveries.duration_ms, webhook_deliveries.room_id,
      webhook_deliveries.change_seq, webhook_deliveries.event_id, webhook_deliveries.verdict
    from app_public.webhook_deliveries
    join app_public.webhooks on webhooks.id = webhook_deliveries.webhook_id
    order by webhook_deliveries.id desc;
comment on view app_admin.webhook_deliveries is 'What was sent to webhooks and how it went, the latest first.';
grant select on app_admin.webhook_deliveries to trumpet_admin;

--! Previous: x
--! Hash: x

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

--! EndIncluded functions/webhooks/tg_room_changes__note_for_webhooks.sql

create trigger _600_note_for_webhooks after insert on app_private.room_changes
  for each row execute function app_private.tg_room_changes__note_for_webhooks();

--! Included functions/webhooks/take_webhook_notes.sql

--! EndIncluded functions/webhooks/take_webhook_notes.sql

/* Delivering it. */
--! Included functions/webhooks/due_webhooks.sql

--! EndIncluded functions/webhooks/due_webhooks.sql

--! Included functions/webhooks/claim_webhook_rooms.sql

--! EndIncluded functions/webhooks/claim_webhook_rooms.sql

--! Included functions/webhooks/next_webhook_change.sql

--! EndIncluded functions/webhooks/next_webhook_change.sql

--! Included functions/webhooks/release_webhook_room.sql

--! EndIncluded functions/webhooks/release_webhook_room.sql

--! Included functions/webhooks/stop_webhook.sql

--! EndIncluded functions/webhooks/stop_webhook.sql

--! Included functions/webhooks/settle_webhook_delivery.sql

--! EndIncluded functions/webhooks/settle_webhook_delivery.sql

--! Included functions/webhooks/expire_webhook_deliveries.sql

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

--! EndIncluded functions/webhooks/hooks_version.sql

--! Included functions/webhooks/consult_hooks.sql

--! EndIncluded functions/webhooks/consult_hooks.sql

--! Included functions/webhooks/begin_hook_question.sql

--! EndIncluded functions/webhooks/begin_hook_question.sql

--! Included functions/webhooks/settle_hook_question.sql

--! EndIncluded functions/webhooks/settle_hook_question.sql

/* Who is told. */
--! Included functions/webhooks/make_webhook_secret.sql

--! EndIncluded functions/webhooks/make_webhook_secret.sql

--! Included functions/webhooks/check_webhook_rooms.sql

--! EndIncluded functions/webhooks/check_webhook_rooms.sql

--! Included functions/webhooks/make_webhook.sql

--! EndIncluded functions/webhooks/make_webhook.sql

--! Included functions/webhooks/find_webhook.sql

--! EndIncluded functions/webhooks/find_webhook.sql

--! Included functions/webhooks/resume_webhook.sql

--! EndIncluded functions/webhooks/resume_webhook.sql

--! Included functions/webhooks/rotate_secret.sql

--! EndIncluded functions/webhooks/rotate_secret.sql

--! Included functions/webhooks/replay.sql

--! EndIncluded functions/webhooks/replay.sql

/* For servers. */
--! Included functions/webhooks-for-servers/has_scope.sql

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

--! EndIncluded functions/webhooks-for-servers/webhooks.sql

--! Included functions/webhooks-for-servers/webhooks_deliveries.sql

--! EndIncluded functions/webhooks-for-servers/webhooks_deliveries.sql

--! Included functions/webhooks-for-servers/begin_webhook_change.sql

--! EndIncluded functions/webhooks-for-servers/begin_webhook_change.sql

--! Included functions/webhooks-for-servers/create_webhook.sql

--! EndIncluded functions/webhooks-for-servers/create_webhook.sql

--! Included functions/webhooks-for-servers/create_hook.sql

--! EndIncluded functions/webhooks-for-servers/create_hook.sql

--! Included functions/webhooks-for-servers/update_webhook.sql

--! EndIncluded functions/webhooks-for-servers/update_webhook.sql

--! Included functions/webhooks-for-servers/disable_webhook.sql

--! EndIncluded functions/webhooks-for-servers/disable_webhook.sql

--! Included functions/webhooks-for-servers/enable_webhook.sql

--! EndIncluded functions/webhooks-for-servers/enable_webhook.sql

--! Included functions/webhooks-for-servers/delete_webhook.sql

--! EndIncluded functions/webhooks-for-servers/delete_webhook.sql

--! Included functions/webhooks-for-servers/rotate_webhook_secret.sql

--! EndIncluded functions/webhooks-for-servers/rotate_webhook_secret.sql

--! Included functions/webhooks-for-servers/replay_webhook.sql

--! EndIncluded functions/webhooks-for-servers/replay_webhook.sql

/* At psql. */
--! Included functions/webhooks-at-psql/create_webhook.sql

--! EndIncluded functions/webhooks-at-psql/create_webhook.sql

--! Included functions/webhooks-at-psql/create_hook.sql

--! EndIncluded functions/webhooks-at-psql/create_hook.sql

--! Included functions/webhooks-at-psql/disable_webhook.sql

--! EndIncluded functions/webhooks-at-psql/disable_webhook.sql

--! Included functions/webhooks-at-psql/enable_webhook.sql

--! EndIncluded functions/webhooks-at-psql/enable_webhook.sql

--! Included functions/webhooks-at-psql/delete_webhook.sql

--! EndIncluded functions/webhooks-at-psql/delete_webhook.sql

--! Included functions/webhooks-at-psql/rotate_webhook_secret.sql

--! EndIncluded functions/webhooks-at-psql/rotate_webhook_secret.sql

--! Included functions/webhooks-at-psql/replay_webhook.sql

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

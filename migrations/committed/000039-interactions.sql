--! Previous: x
--! Hash: x

/*
 * What people ask of bots: commands, and buttons and menus in their messages.
 *
 * What somebody asks, and the answer for them alone, are between two: in rows that only the two can see, and in no log
 * of a room. Both are told of it by their own streams; see tell_interaction.
 */
insert into app_private.rates (kind, per_second, burst) values
  ('interaction', 1, 60),
  ('answer', 20, 1000);

create table app_public.commands (
  id uuid primary key default uuidv7(),
  bot_id uuid not null references app_public.users on delete cascade,
  name text not null,
  description text not null,
  arguments jsonb not null,
  created_at timestamptz not null default now(),
  constraint commands_have_a_name_each unique (bot_id, name)
);
comment on table app_public.commands is 'What a bot can be asked for, by its name behind a `/`, in the rooms that it is in.';
comment on column app_public.commands.id is 'Stays the same as long as the bot has a command of this name.';
comment on column app_public.commands.bot_id is 'Whose command it is.';
comment on column app_public.commands.name is 'How it is called: 1 to 32 letters, digits, `_` and `-`, of any script, in small letters.';
comment on column app_public.commands.description is 'What it does: one line, in the words of its bot.';
comment on column app_public.commands.arguments is
  'What it is given, in this order: a list of `{ name, description, type, isRequired, choices }`. The type is `text`, `integer`, `number`, `boolean`, `choice` or `user`; what may be left out comes last.';
comment on column app_public.commands.created_at is 'Since when there is one of this name.';
comment on constraint commands_pkey on app_public.commands is 'One command an id.';
comment on constraint commands_have_a_name_each on app_public.commands is 'One command for each name of a bot.';
comment on constraint commands_bot_id_fkey on app_public.commands is 'Whose command it is.';
alter table app_public.commands enable row level security;

--! Included functions/interactions/my_bot_ids.sql

--! EndIncluded functions/interactions/my_bot_ids.sql

create policy select_in_my_rooms on app_public.commands for select to trumpet_user
  using (bot_id in (select app_hidden.my_bot_ids()));
create policy select_admin on app_public.commands for select to trumpet_admin using (true);
grant select on app_public.commands to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;

create type app_public.interaction_kind as enum ('command', 'component', 'notice');
comment on type app_public.interaction_kind is 'COMMAND: somebody has called a command. COMPONENT: they have pressed a button, or chosen from a menu. NOTICE: they have asked nothing, and are told something.';

create type app_public.interaction_state as enum ('waiting', 'answered', 'unanswered');
comment on type app_public.interaction_state is
  'WAITING: the bot has been told. ANSWERED: it has answered. UNANSWERED: it has not answered in time; it still may.';

create table app_public.interactions (
  id uuid primary key default uuidv7(),
  kind app_public.interaction_kind not null,
  room_id uuid not null references app_public.rooms on delete cascade,
  bot_id uuid not null references app_public.users on delete cascade,
  user_id uuid not null references app_public.users on delete cascade,
  command_name text,
  arguments jsonb,
  message_id uuid,
  component_id text,
  selected_values text[],
  parent_message_id uuid,
  created_at timestamptz not null default now(),
  waits_until timestamptz not null,
  answered_at timestamptz,
  answer text,
  answer_message_id uuid,
  expires_at timestamptz not null,
  dismissed_at timestamptz
) with (fillfactor = 80);
comment on table app_public.interactions is
  'What somebody has asked of a bot, and its answer for them alone. Seen by those two and nobody else, for a day.';
comment on column app_public.interactions.id is 'The same however often its bot is told: whoever hears it twice drops it by this.';
comment on column app_public.interactions.kind is 'What was done.';
comment on column app_public.interactions.room_id is 'Where.';
comment on column app_public.interactions.bot_id is 'Who is asked.';
comment on column app_public.interactions.user_id is 'Who asks.';
comment on column app_public.interactions.command_name is 'Of a command: its name.';
comment on column app_public.interactions.arguments is 'Of a command: the value of each argument that was given, by its name.';
comment on column app_public.interactions.message_id is 'Of a button or menu: the message that it is in.';
comment on column app_public.interactions.component_id is 'Of a button or menu: its `id` in the message.';
comment on column app_public.interactions.selected_values is 'Of a menu: what was chosen.';
comment on column app_public.interactions.parent_message_id is 'Of a command in a thread: the message that the thread answers.';
comment on column app_public.interactions.created_at is 'When it was asked.';
comment on column app_public.interactions.waits_until is 'Until when clients wait for an answer: a minute.';
comment on column app_public.interactions.answered_at is 'When it was first answered.';
comment on column app_public.interactions.answer is 'The answer for who asked, and for nobody else. The same Markdown as in messages.';
comment on column app_public.interactions.answer_message_id is 'The answer for the room.';
comment on column app_public.interactions.expires_at is 'When it is gone, with the answer in it.';
comment on column app_public.interactions.dismissed_at is
  'Since when it is to be shown no more, or null. A bot that answers it once more shows it again.';
comment on constraint interactions_pkey on app_public.interactions is 'One interaction an id.';
comment on constraint interactions_room_id_fkey on app_public.interactions is 'Where.';
comment on constraint interactions_bot_id_fkey on app_public.interactions is 'Who is asked.';
comment on constraint interactions_user_id_fkey on app_public.interactions is 'Who asks.';
alter table app_public.interactions enable row level security;
create policy select_own on app_public.interactions for select to trumpet_user
  using ((user_id = app_hidden.current_user_id() or bot_id = app_hidden.current_user_id()) and expires_at > now());
grant select on app_public.interactions to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* rooms_interactions */
create index interactions_user_id on app_public.interactions (user_id, room_id);
create index interactions_bot_id on app_public.interactions (bot_id, room_id);
create index interactions_room_id on app_public.interactions (room_id);
/* begin_interaction */
create index interactions_unanswered on app_public.interactions (bot_id) where answered_at is null;
/* expire_interactions */
create index interactions_expires_at on app_public.interactions (expires_at);

create table app_private.interaction_nonces (
  user_id uuid not null references app_public.users on delete cascade,
  nonce text not null,
  interaction_id uuid not null references app_public.interactions on delete cascade,
  primary key (user_id, nonce)
);
comment on table app_private.interaction_nonces is 'What was already done under a nonce.';
alter table app_private.interaction_nonces enable row level security;
create index interaction_nonces_interaction_id on app_private.interaction_nonces (interaction_id);

create table app_private.interaction_news (
  interaction_id uuid not null references app_public.interactions on delete cascade,
  person_id uuid not null references app_public.users on delete cascade,
  xid xid8 not null,
  primary key (interaction_id, person_id)
) with (fillfactor = 80);
comment on table app_private.interaction_news is 'By which transaction an interaction last became news for each of its two.';
comment on column app_private.interaction_news.xid is 'As the log of rooms counts transactions: see room_changes.xid.';
alter table app_private.interaction_news enable row level security;
/* userEvents: what is new for a person since a transaction horizon. */
create index interaction_news_person_id on app_private.interaction_news (person_id, xid);

create table app_private.interaction_deliveries (
  webhook_id uuid not null references app_public.webhooks on delete cascade,
  interaction_id uuid not null references app_public.interactions on delete cascade,
  due_at timestamptz not null,
  failures integer not null default 0,
  claim_id uuid,
  claimed_until timestamptz,
  primary key (webhook_id, interaction_id)
) with (fillfactor = 50);
comment on table app_private.interaction_deliveries is 'What is to be sent to the webhooks of bots: their queues.';
comment on column app_private.interaction_deliveries.due_at is 'When to send it.';
comment on column app_private.interaction_deliveries.failures is 'How often it was not taken.';
comment on column app_private.interaction_deliveries.claim_id is 'Who sends it just now.';
comment on column app_private.interaction_deliveries.claimed_until is 'When they are taken for dead.';
alter table app_private.interaction_deliveries enable row level security;
create index interaction_deliveries_interaction_id on app_private.interaction_deliveries (interaction_id);
create index interaction_deliveries_due on app_private.interaction_deliveries (webhook_id, due_at);

create table app_private.interaction_rules (
  is_only_row boolean primary key default true,
  wait_for interval not null default '1 minute',
  keep_for interval not null default '1 day',
  constraint interaction_rules_has_one_row check (is_only_row),
  constraint interaction_rules_are_positive check (wait_for > '0' and keep_for >= wait_for)
);
comment on table app_private.interaction_rules is
  'How long interactions last: `update app_private.interaction_rules set keep_for = ''1 hour''`. It holds for those to come.';
comment on column app_private.interaction_rules.wait_for is 'How long clients wait for an answer.';
comment on column app_private.interaction_rules.keep_for is 'How long an interaction is kept, with its answer.';
alter table app_private.interaction_rules enable row level security;
insert into app_private.interaction_rules default values;

--! Included functions/interactions/command_name.sql

--! EndIncluded functions/interactions/command_name.sql

--! Included functions/interactions/plain_label.sql

--! EndIncluded functions/interactions/plain_label.sql

--! Included functions/interactions/command_arguments.sql

--! EndIncluded functions/interactions/command_arguments.sql

--! Included functions/interactions/rooms_commands.sql

--! EndIncluded functions/interactions/rooms_commands.sql

--! Included functions/interactions/replace_commands.sql

--! EndIncluded functions/interactions/replace_commands.sql

--! Included functions/interactions/set_commands.sql

--! EndIncluded functions/interactions/set_commands.sql

--! Included functions/interactions/checked_arguments.sql

--! EndIncluded functions/interactions/checked_arguments.sql

--! Included functions/interactions/tell_interaction.sql

--! EndIncluded functions/interactions/tell_interaction.sql

--! Included functions/interactions/interaction_of_nonce.sql

--! EndIncluded functions/interactions/interaction_of_nonce.sql

--! Included functions/interactions/begin_interaction.sql

--! EndIncluded functions/interactions/begin_interaction.sql

--! Included functions/interactions/use_command.sql

--! EndIncluded functions/interactions/use_command.sql

--! Included functions/interactions/check_listener.sql

--! EndIncluded functions/interactions/check_listener.sql
--! Included functions/interactions/answer_interaction.sql

--! EndIncluded functions/interactions/answer_interaction.sql

--! Included functions/interactions/interactions_state.sql

--! EndIncluded functions/interactions/interactions_state.sql

--! Included functions/interactions/rooms_interactions.sql

--! EndIncluded functions/interactions/rooms_interactions.sql

--! Included functions/interactions/expire_interactions.sql

--! EndIncluded functions/interactions/expire_interactions.sql

--! Included functions/interactions/text_of_components.sql

--! EndIncluded functions/interactions/text_of_components.sql

--! Included functions/interactions/is_count.sql

--! EndIncluded functions/interactions/is_count.sql

--! Included functions/interactions/check_shown.sql

--! EndIncluded functions/interactions/check_shown.sql

--! Included functions/interactions/check_components.sql

--! EndIncluded functions/interactions/check_components.sql

--! Included functions/interactions/may_have_components.sql

--! EndIncluded functions/interactions/may_have_components.sql

--! Included functions/interactions/use_component.sql

--! EndIncluded functions/interactions/use_component.sql

--! Included functions/interactions/set_components.sql

--! EndIncluded functions/interactions/set_components.sql

/* Bots that are told by a webhook. */
--! Included functions/interactions/make_bot_webhook.sql

--! EndIncluded functions/interactions/make_bot_webhook.sql

--! Included functions/interactions/set_bot_webhook.sql

--! EndIncluded functions/interactions/set_bot_webhook.sql

--! Included functions/interactions/remove_bot_webhook.sql

--! EndIncluded functions/interactions/remove_bot_webhook.sql

--! Included functions/interactions/interaction_frame.sql

--! EndIncluded functions/interactions/interaction_frame.sql

--! Included functions/interactions/due_interaction_webhooks.sql

--! EndIncluded functions/interactions/due_interaction_webhooks.sql

--! Included functions/interactions/claim_interactions.sql

--! EndIncluded functions/interactions/claim_interactions.sql

--! Included functions/interactions/settle_interaction_delivery.sql

--! EndIncluded functions/interactions/settle_interaction_delivery.sql

--! Included functions/interactions/answer_by_webhook.sql

--! EndIncluded functions/interactions/answer_by_webhook.sql

/* At psql. */
--! Included functions/interactions-at-psql/create_bot_webhook.sql

--! EndIncluded functions/interactions-at-psql/create_bot_webhook.sql

--! Included functions/interactions-at-psql/set_commands.sql

--! EndIncluded functions/interactions-at-psql/set_commands.sql

create view app_admin.commands as
  select users.username as bot, commands.name, commands.description, commands.arguments, commands.created_at, commands.id
    from app_public.commands
    join app_public.users on users.id = commands.bot_id
    order by users.username, commands.name collate "C";
comment on view app_admin.commands is 'What bots can be asked for.';
grant select on app_admin.commands to trumpet_admin;

--! Previous: sha1:8fcd3edf575f12be66185274d0b4428014b04cae
--! Hash: sha1:ff7129e4c2d6d107fe0d094ad84d393aa6c87d05

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
create or replace function app_hidden.my_bot_ids() returns setof uuid
language sql stable security definer rows 10
set search_path = pg_catalog, pg_temp
as $$
  select distinct commands.bot_id from app_public.commands
    join app_public.room_members on room_members.user_id = commands.bot_id
    where room_members.room_id in (select app_hidden.my_room_ids());
$$;
comment on function app_hidden.my_bot_ids() is 'Those who have commands, in the rooms of whoever is asking.';
grant execute on function app_hidden.my_bot_ids() to trumpet_user;
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
create or replace function app_private.command_name(name text) returns text
language plpgsql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name constant text := lower(app_private.plain_name(name) collate pg_unicode_fast);
begin
  if v_name is null or char_length(v_name) not between 1 and 32
    or v_name collate pg_unicode_fast !~ ('^[' || app_hidden.word_letters() || app_hidden.combining_marks() || '_-]+$')
  then
    raise exception 'A name has 1 to 32 letters, digits, _ and -, of any script.' using errcode = 'TR400';
  end if;
  return v_name;
end
$$;
comment on function app_private.command_name(text) is
  'The name of a command or of one of its arguments, in small letters; BAD_INPUT when it is none.';
--! EndIncluded functions/interactions/command_name.sql

--! Included functions/interactions/plain_label.sql
create or replace function app_private.plain_label(label jsonb, what text, max_length integer) returns text
language plpgsql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_label constant text := case when jsonb_typeof(label) = 'string' then app_private.plain_name(label #>> '{}') end;
begin
  if v_label is null or char_length(v_label) not between 1 and max_length then
    raise exception '% has 1 to % characters.', what, max_length using errcode = 'TR400';
  end if;
  return v_label;
end
$$;
comment on function app_private.plain_label(jsonb, text, integer) is
  'A text of one line that is to be shown, as it is kept; BAD_INPUT when it is none, or too long.';
--! EndIncluded functions/interactions/plain_label.sql

--! Included functions/interactions/command_arguments.sql
/* Whoever writes a command down gives values in order: so what may be left out comes last. */
create or replace function app_private.command_arguments(arguments jsonb) returns jsonb
language plpgsql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kinds constant text[] := '{text,integer,number,boolean,choice,user}';
  v_argument jsonb;
  v_known jsonb := '[]';
  v_names text[] := '{}';
  v_name text;
  v_kind text;
  v_choices jsonb;
  v_is_required boolean;
  v_may_be_left_out boolean := false;
begin
  if jsonb_typeof(arguments) <> 'array' or jsonb_array_length(arguments) > 10 then
    raise exception 'The arguments of a command are a list of at most 10.' using errcode = 'TR400';
  end if;
  for v_argument in select value from jsonb_array_elements(arguments) loop
    if jsonb_typeof(v_argument) <> 'object' or v_argument - '{name,description,type,isRequired,choices}'::text[] <> '{}' then
      raise exception 'An argument has a name, a description, a type, isRequired and choices.' using errcode = 'TR400';
    end if;
    v_name := app_private.command_name(v_argument ->> 'name');
    v_kind := coalesce(v_argument ->> 'type', 'text');
    v_is_required := coalesce((v_argument -> 'isRequired') = 'true', false);
    if v_name = any (v_names) then
      raise exception 'Two arguments have the name %.', v_name using errcode = 'TR400';
    elsif v_kind <> all (v_kinds) then
      raise exception 'The type of an argument is one of %.', array_to_string(v_kinds, ', ') using errcode = 'TR400';
    elsif coalesce(jsonb_typeof(v_argument -> 'isRequired'), 'boolean') <> 'boolean' then
      raise exception 'isRequired is true or false.' using errcode = 'TR400';
    elsif v_is_required and v_may_be_left_out then
      raise exception 'Arguments that may be left out come last.' using errcode = 'TR400';
    end if;
    v_choices := null;
    if v_kind = 'choice' then
      if coalesce(jsonb_typeof(v_argument -> 'choices'), 'null') <> 'array' or jsonb_array_length(v_argument -> 'choices') not between 1 and 25 then
        raise exception 'An argument of the type choice has 1 to 25 choices.' using errcode = 'TR400';
      end if;
      select jsonb_agg(app_private.plain_label(value, 'A choice', 80)) into v_choices
        from jsonb_array_elements(v_argument -> 'choices');
      if (select count(distinct value) from jsonb_array_elements(v_choices)) < jsonb_array_length(v_choices) then
        raise exception 'Two choices are the same.' using errcode = 'TR400';
      end if;
    elsif v_argument ? 'choices' then
      raise exception 'Only an argument of the type choice has choices.' using errcode = 'TR400';
    end if;
    v_names := v_names || v_name;
    v_may_be_left_out := not v_is_required;
    v_known := v_known || jsonb_strip_nulls(jsonb_build_object(
      'name', v_name,
      'description', app_private.plain_label(v_argument -> 'description', 'The description of an argument', 100),
      'type', v_kind, 'isRequired', v_is_required, 'choices', v_choices));
  end loop;
  return v_known;
end
$$;
comment on function app_private.command_arguments(jsonb) is
  'The arguments of a command as they are kept; BAD_INPUT, with what is wrong, when they cannot be.';
--! EndIncluded functions/interactions/command_arguments.sql

--! Included functions/interactions/rooms_commands.sql
create or replace function app_public.rooms_commands(room app_public.rooms) returns setof app_public.commands
language sql stable security invoker rows 20
set search_path = pg_catalog, pg_temp
as $$
  select commands.* from app_public.commands
    join app_public.room_members on room_members.user_id = commands.bot_id and room_members.room_id = room.id
    order by commands.name collate "C", commands.id;
$$;
comment on function app_public.rooms_commands(app_public.rooms) is
  'The commands of the bots that are in the room, by name. For members.';
grant execute on function app_public.rooms_commands(app_public.rooms) to trumpet_user;
--! EndIncluded functions/interactions/rooms_commands.sql

--! Included functions/interactions/replace_commands.sql
/* A command that is told again keeps its id: whoever is about to use it does not notice. */
create or replace function app_private.replace_commands(bot_id uuid, commands jsonb) returns setof app_public.commands
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_commands_allowed constant integer := 50;
  v_command jsonb;
  v_name text;
  v_names text[] := '{}';
begin
  if coalesce(jsonb_typeof(replace_commands.commands), 'null') <> 'array'
    or jsonb_array_length(replace_commands.commands) > v_commands_allowed
  then
    raise exception 'Commands are a list of at most %.', v_commands_allowed using errcode = 'TR400';
  end if;
  -- Two lists of one bot at the same moment: one of them is there, and not a part of each.
  perform from app_public.users where users.id = replace_commands.bot_id for no key update;
  for v_command in select value from jsonb_array_elements(replace_commands.commands) loop
    if jsonb_typeof(v_command) <> 'object' or v_command - '{name,description,arguments}'::text[] <> '{}' then
      raise exception 'A command has a name, a description and arguments.' using errcode = 'TR400';
    end if;
    v_name := app_private.command_name(v_command ->> 'name');
    if v_name = any (v_names) then
      raise exception 'Two commands have the name %.', v_name using errcode = 'TR400';
    end if;
    v_names := v_names || v_name;
    insert into app_public.commands as known (bot_id, name, description, arguments)
      values (
        replace_commands.bot_id, v_name,
        app_private.plain_label(v_command -> 'description', 'The description of a command', 100),
        app_private.command_arguments(coalesce(v_command -> 'arguments', '[]')))
      on conflict on constraint commands_have_a_name_each do update
        set description = excluded.description, arguments = excluded.arguments;
  end loop;
  delete from app_public.commands as known where known.bot_id = replace_commands.bot_id and known.name <> all (v_names);
  return query select known.* from app_public.commands as known
    where known.bot_id = replace_commands.bot_id order by known.name collate "C";
end
$$;
comment on function app_private.replace_commands(uuid, jsonb) is 'Gives a bot these commands, and no others.';
--! EndIncluded functions/interactions/replace_commands.sql

--! Included functions/interactions/set_commands.sql
create or replace function app_public.set_commands(commands jsonb) returns setof app_public.commands
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
begin
  perform app_private.limit_rate('settings');
  if not exists (select from app_public.users where users.id = v_user_id and users.is_bot) then
    raise exception 'Only a bot has commands.' using errcode = 'TR403';
  end if;
  return query select * from app_private.replace_commands(v_user_id, set_commands.commands);
end
$$;
comment on function app_public.set_commands(jsonb) is
  'For bots: your commands, in all rooms that you are in, instead of those that you had. A list of at most 50: `[{ name, description, arguments: [{ name, description, type, isRequired, choices }] }]`.';
grant execute on function app_public.set_commands(jsonb) to trumpet_user, trumpet_key;
--! EndIncluded functions/interactions/set_commands.sql

--! Included functions/interactions/checked_arguments.sql
create or replace function app_private.checked_arguments(command app_public.commands, room_id uuid, given jsonb) returns jsonb
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_argument jsonb;
  v_name text;
  v_kind text;
  v_value jsonb;
  v_is_fit boolean;
  v_checked jsonb := '{}';
begin
  given := coalesce(given, '{}');
  if jsonb_typeof(given) <> 'object' then
    raise exception 'Arguments are an object: a value for each name.' using errcode = 'TR400';
  elsif octet_length(given::text) > 8192 then
    raise exception 'Arguments have at most 8,192 bytes.' using errcode = 'TR413';
  end if;
  for v_argument in select value from jsonb_array_elements(command.arguments) loop
    v_name := v_argument ->> 'name';
    v_kind := v_argument ->> 'type';
    v_value := given -> v_name;
    if v_value is null or v_value = 'null' then
      if (v_argument -> 'isRequired') = 'true' then
        raise exception 'The argument % is missing.', v_name using errcode = 'TR400';
      end if;
      continue;
    end if;
    v_is_fit := case v_kind
      when 'text' then jsonb_typeof(v_value) = 'string' and char_length(v_value #>> '{}') between 1 and 2000
      when 'integer' then
        case when jsonb_typeof(v_value) = 'number' then v_value::numeric = trunc(v_value::numeric) and abs(v_value::numeric) < 2 ^ 53 end
      when 'number' then case when jsonb_typeof(v_value) = 'number' then abs(v_value::numeric) < 2 ^ 53 end
      when 'boolean' then jsonb_typeof(v_value) = 'boolean'
      when 'choice' then v_argument -> 'choices' @> jsonb_build_array(v_value)
      when 'user' then jsonb_typeof(v_value) = 'string' and exists (
        select from app_public.room_members
          where room_members.room_id = checked_arguments.room_id and room_members.user_id::text = lower(v_value #>> '{}'))
    end;
    if v_is_fit is not true then
      raise exception 'The argument % is no %.', v_name,
        case v_kind
          when 'text' then 'text of 1 to 2,000 characters' when 'integer' then 'whole number' when 'boolean' then 'true or false'
          when 'choice' then 'choice that there is' when 'user' then '`id` of a member of the room' else v_kind end
        using errcode = 'TR400';
    end if;
    v_checked := v_checked || jsonb_build_object(v_name, v_value);
  end loop;
  select min(key) into v_name from jsonb_object_keys(given) as key
    where not command.arguments @> jsonb_build_array(jsonb_build_object('name', key));
  if v_name is not null then
    raise exception 'There is no argument %.', v_name using errcode = 'TR400';
  end if;
  return v_checked;
end
$$;
comment on function app_private.checked_arguments(app_public.commands, uuid, jsonb) is
  'The arguments of a call of a command, those left out that were not given; BAD_INPUT, with what is wrong, when they do not fit.';
--! EndIncluded functions/interactions/checked_arguments.sql

--! Included functions/interactions/tell_interaction.sql
/*
 * Told to two people and not to their room: so it is in no log of a room, whose numbers everybody there sees. The
 * transaction is what a stream over all rooms resumes from, counted as that log counts it.
 */
create or replace function app_private.tell_interaction(interaction app_public.interactions) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_xid constant xid8 := (
    pg_current_xact_id()::text::bigint
      + coalesce((select xid_offset from app_private.database_runs order by number desc limit 1), 0)
  )::text::xid8;
  v_person_id uuid;
begin
  for v_person_id in
    select distinct person_id from unnest(array[interaction.bot_id, interaction.user_id]) as person_id order by person_id
  loop
    insert into app_private.interaction_news as known (interaction_id, person_id, xid)
      values (interaction.id, v_person_id, v_xid)
      on conflict on constraint interaction_news_pkey do update set xid = excluded.xid;
    perform app_private.ring('i:' || v_person_id);
  end loop;
end
$$;
comment on function app_private.tell_interaction(app_public.interactions) is
  'Tells its bot and whoever called it that an interaction is new, or has changed.';
--! EndIncluded functions/interactions/tell_interaction.sql

--! Included functions/interactions/interaction_of_nonce.sql
/* Asked before anything else: what was done is done, whatever has become of its button, its command or its bot since. */
create or replace function app_private.interaction_of_nonce(user_id uuid, nonce text, like_this app_public.interactions)
returns app_public.interactions
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known app_public.interactions;
begin
  if nonce is null then
    return null;
  end if;
  select interactions.* into v_known
    from app_private.interaction_nonces as nonces
    join app_public.interactions on interactions.id = nonces.interaction_id
    where nonces.user_id = interaction_of_nonce.user_id and nonces.nonce = interaction_of_nonce.nonce;
  if v_known.id is not null and (
    v_known.room_id, v_known.command_name, v_known.arguments, v_known.message_id, v_known.component_id, v_known.selected_values,
    v_known.parent_message_id
  ) is distinct from (
    coalesce(like_this.room_id, v_known.room_id), coalesce(like_this.command_name, v_known.command_name), like_this.arguments, like_this.message_id, like_this.component_id, like_this.selected_values,
    like_this.parent_message_id
  ) then
    raise exception 'You have done something else with this nonce.' using errcode = 'TR409';
  end if;
  return v_known;
end
$$;
comment on function app_private.interaction_of_nonce(uuid, text, app_public.interactions) is
  'What a person has already done with a nonce; null when it is nothing, CONFLICT when it is something else. A room or a name that is not known counts as the same.';
--! EndIncluded functions/interactions/interaction_of_nonce.sql

--! Included functions/interactions/begin_interaction.sql
create or replace function app_private.begin_interaction(wanted app_public.interactions, nonce text) returns app_public.interactions
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_waiting_allowed constant integer := 1000;
  v_rules app_private.interaction_rules;
  v_made app_public.interactions := app_private.interaction_of_nonce(wanted.user_id, nonce, wanted);
begin
  if v_made.id is not null then
    return v_made;
  end if;
  if char_length(nonce) > 100 then
    raise exception 'A nonce has at most 100 characters.' using errcode = 'TR400';
  end if;
  if not exists (
    select from app_public.room_members where room_members.room_id = wanted.room_id and room_members.user_id = wanted.bot_id
  ) then
    raise exception 'Nobody answers this any more: its bot is not in the room.' using errcode = 'TR409';
  end if;
  select * into v_rules from app_private.interaction_rules;
  if v_waiting_allowed <= (
    select count(*) from (
      select from app_public.interactions
        where interactions.bot_id = wanted.bot_id and answered_at is null and expires_at > now()
        limit v_waiting_allowed
    ) as waiting
  ) then
    raise exception 'This bot has left too much unanswered: try again later.' using errcode = 'TR429', detail = '60000';
  end if;
  insert into app_public.interactions (
    kind, room_id, bot_id, user_id, command_name, arguments, message_id, component_id, selected_values, parent_message_id,
    waits_until, expires_at
  ) values (
    wanted.kind, wanted.room_id, wanted.bot_id, wanted.user_id, wanted.command_name, wanted.arguments, wanted.message_id,
    wanted.component_id, wanted.selected_values, wanted.parent_message_id,
    now() + v_rules.wait_for, now() + v_rules.keep_for
  ) returning * into v_made;
  if nonce is not null then
    insert into app_private.interaction_nonces (user_id, nonce, interaction_id)
      values (v_made.user_id, begin_interaction.nonce, v_made.id)
      on conflict on constraint interaction_nonces_pkey do nothing;
    -- By somebody faster by a moment, in another room: what was done in this one was found.
    if not found then
      raise exception 'You have done something else with this nonce.' using errcode = 'TR409';
    end if;
  end if;
  perform app_private.tell_interaction(v_made);
  insert into app_private.interaction_deliveries (webhook_id, interaction_id, due_at)
    select webhooks.id, v_made.id, clock_timestamp() from app_public.webhooks where webhooks.bot_id = v_made.bot_id;
  return v_made;
end
$$;
comment on function app_private.begin_interaction(app_public.interactions, text) is
  'Notes what somebody has asked of a bot, the room''s head being locked, and tells both; once for each nonce.';
--! EndIncluded functions/interactions/begin_interaction.sql

--! Included functions/interactions/use_command.sql
/*
 * Who may write a message may use a command, and as often: what is written there is a text like any other, which the
 * rules of the room read.
 */
create or replace function app_public.use_command(
  room_id uuid, command_id uuid, arguments jsonb default '{}', parent_message_id uuid default null, nonce text default null
) returns app_public.interactions
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
  v_command app_public.commands;
  v_wanted app_public.interactions;
  v_known app_public.interactions;
  v_text text;
  v_check app_private.send_check;
  v_decided app_private.hook_decision;
  v_locked app_private.locked_room;
begin
  perform app_private.limit_rate('interaction');
  select * into v_command from app_public.commands where commands.id = use_command.command_id;
  v_wanted.room_id := use_command.room_id;
  v_wanted.command_name := v_command.name;
  v_wanted.arguments := jsonb_strip_nulls(coalesce(use_command.arguments, '{}'));
  v_wanted.parent_message_id := use_command.parent_message_id;
  v_known := app_private.interaction_of_nonce(v_user_id, use_command.nonce, v_wanted);
  if v_known.id is not null then
    perform app_private.require_member(use_command.room_id);
    return v_known;
  end if;
  if v_command.id is null or v_command.bot_id not in (
    select user_id from app_public.room_members where room_members.room_id = use_command.room_id
  ) then
    perform app_private.require_member(use_command.room_id);
    raise exception 'There is no such command in this room.' using errcode = 'TR404';
  end if;
  perform app_private.require_member(use_command.room_id);
  v_wanted.kind := 'command';
  v_wanted.bot_id := v_command.bot_id;
  v_wanted.user_id := v_user_id;
  v_wanted.arguments := app_private.checked_arguments(v_command, use_command.room_id, use_command.arguments);
  v_text := concat_ws(e'\n', '/' || v_command.name, app_private.text_of_metadata(v_wanted.arguments));
  v_check := app_private.check_send(v_user_id, use_command.room_id, v_text, '{}', false, use_command.parent_message_id);
  if (v_check.verdict).action = 'hold' then
    raise exception 'A rule of this room keeps this back.' using errcode = 'TR403';
  end if;
  if v_check.hooks_version is not null then
    v_decided := app_private.consult_hooks(
      'message', v_user_id, use_command.room_id, v_check.hooks_version, null,
      jsonb_build_object(
        'content', v_text, 'messageType', 'COMMAND', 'metadata', '{}'::jsonb,
        'parentMessageId', use_command.parent_message_id, 'attachmentIds', '[]'::jsonb));
    if v_decided.verdict = 'hold' or v_decided.content <> v_text then
      raise exception 'A hook of this room keeps this back.' using errcode = 'TR403';
    end if;
  end if;
  v_locked := app_private.lock_room_as(use_command.room_id, 'use_commands');
  perform app_private.check_may_write(
    v_locked.room, v_locked.member, app_private.permission_to_send(use_command.parent_message_id));
  if use_command.parent_message_id is not null and not exists (
    select from app_public.messages
      where id = use_command.parent_message_id and messages.room_id = use_command.room_id
        and deleted_at is null and held_at is null and (disappears_at is null or disappears_at > statement_timestamp())
        and seq >= coalesce((v_locked.member).sees_from_seq, 1)
  ) then
    raise exception 'There is no such message to reply to.' using errcode = 'TR404';
  end if;
  return app_private.begin_interaction(v_wanted, use_command.nonce);
end
$$;
comment on function app_public.use_command(uuid, uuid, jsonb, uuid, text) is
  'Calls a command of a bot in the room, with a value for each argument by its name. Its bot is told, and nobody else; follow the `interaction` for its answer. In a thread with `parentMessageId`. With a `nonce`, calling again returns the same interaction. For whoever may send messages.';
grant execute on function app_public.use_command(uuid, uuid, jsonb, uuid, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/interactions/use_command.sql

--! Included functions/interactions/check_listener.sql
create or replace function app_private.check_listener(room_id uuid, bot_id uuid, user_id uuid) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (
    select from app_public.room_members
      where room_members.room_id = check_listener.room_id and room_members.user_id = check_listener.user_id
  ) then
    raise exception 'There is no such member of this room.' using errcode = 'TR404';
  end if;
  perform app_private.check_not_blocked(bot_id, user_id);
end
$$;
comment on function app_private.check_listener(uuid, uuid, uuid) is
  'Whether a bot may tell somebody something for them alone: they are in the room, and neither has blocked the other.';
--! EndIncluded functions/interactions/check_listener.sql
--! Included functions/interactions/answer_interaction.sql
/*
 * The answer for the caller alone is in the interaction, which nobody but the two can see. The answer for the room is a
 * message like any other, of the bot.
 */
create or replace function app_public.answer_interaction(
  interaction_id uuid, content text default null, is_for_room boolean default false, metadata jsonb default '{}'
) returns app_public.interactions
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
  v_interaction app_public.interactions;
  v_message app_public.messages;
  v_locked app_private.locked_room;
begin
  perform app_private.limit_rate('answer');
  select * into v_interaction from app_public.interactions
    where interactions.id = answer_interaction.interaction_id and interactions.bot_id = v_user_id and expires_at > now();
  if v_interaction.id is null then
    raise exception 'There is no such interaction.' using errcode = 'TR404';
  end if;
  if is_for_room then
    if v_interaction.kind = 'notice' then
      raise exception 'A notice is for one person: send a message to the room.' using errcode = 'TR400';
    end if;
    if v_interaction.answer_message_id is not null then
      return v_interaction; -- Told twice, answered once.
    end if;
    -- It takes its tokens before it locks the room's head, and is written once, whoever answers twice at a time.
    v_message := app_public.send_message(
      v_interaction.room_id, answer_interaction.content, metadata => answer_interaction.metadata,
      nonce => 'interaction ' || v_interaction.id,
      parent_message_id => (
        select messages.id from app_public.messages
          where messages.id = v_interaction.parent_message_id and deleted_at is null and held_at is null
            and (disappears_at is null or disappears_at > statement_timestamp())));
  else
    if not app_private.is_blank(answer_interaction.content) then
      perform app_private.check_content(answer_interaction.content, may_be_empty => false);
    end if;
    v_locked := app_private.lock_room_as(v_interaction.room_id);
    -- As it is now: whoever asked, or was told, may have left since, or have had enough of the bot.
    perform app_private.check_listener(v_interaction.room_id, v_user_id, v_interaction.user_id);
    if v_interaction.kind = 'notice' then
      perform app_private.check_may_write(
        v_locked.room, v_locked.member, app_private.permission_to_send(v_interaction.parent_message_id));
    end if;
  end if;
  update app_public.interactions set
      answered_at = coalesce(answered_at, clock_timestamp()),
      dismissed_at = null,
      answer = case when is_for_room or app_private.is_blank(answer_interaction.content) then answer else answer_interaction.content end,
      answer_message_id = coalesce(v_message.id, answer_message_id)
    where interactions.id = v_interaction.id
    returning * into v_interaction;
  if not found then
    raise exception 'There is no such interaction.' using errcode = 'TR404';
  end if;
  perform app_private.tell_interaction(v_interaction);
  return v_interaction;
end
$$;
comment on function app_public.answer_interaction(uuid, text, boolean, jsonb) is
  'For bots: answers what somebody has asked of you. For them alone, unless `isForRoom`: then it is a message. Without `content` it is done without a word. An answer for them alone replaces the one before; for the room there is one.';
grant execute on function app_public.answer_interaction(uuid, text, boolean, jsonb) to trumpet_user, trumpet_key;
--! EndIncluded functions/interactions/answer_interaction.sql

--! Included functions/interactions/interactions_state.sql
create or replace function app_public.interactions_state(interaction app_public.interactions) returns app_public.interaction_state
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select case
    when interaction.answered_at is not null then 'answered'
    when interaction.waits_until > now() then 'waiting'
    else 'unanswered'
  end::app_public.interaction_state;
$$;
comment on function app_public.interactions_state(app_public.interactions) is
  'Whether its bot has answered it, is still waited for, or has not answered in time.';
grant execute on function app_public.interactions_state(app_public.interactions) to trumpet_user;
--! EndIncluded functions/interactions/interactions_state.sql

--! Included functions/interactions/rooms_interactions.sql
create or replace function app_public.rooms_interactions(room app_public.rooms) returns setof app_public.interactions
language sql stable security invoker rows 10
set search_path = pg_catalog, pg_temp
as $$
  select interactions.* from app_public.interactions where interactions.room_id = room.id order by interactions.id desc;
$$;
comment on function app_public.rooms_interactions(app_public.rooms) is
  'What you have asked of bots in the room, and what was asked of you if you are one, the newest first.';
grant execute on function app_public.rooms_interactions(app_public.rooms) to trumpet_user;
--! EndIncluded functions/interactions/rooms_interactions.sql

--! Included functions/interactions/expire_interactions.sql
create or replace function app_private.expire_interactions() returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  delete from app_public.interactions where expires_at < now();
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function app_private.expire_interactions() is
  'Deletes interactions that are over, with their answers. How many there were. The worker calls it every hour.';
--! EndIncluded functions/interactions/expire_interactions.sql

--! Included functions/interactions/text_of_components.sql
create or replace function app_private.text_of_components(metadata jsonb) returns text
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when metadata ?| '{components,poll}' then (
    select string_agg(value #>> '{}', e'\n')
      from (
        select jsonb_path_query(metadata, 'lax $.components[*].label')
        union all
        select jsonb_path_query(metadata, 'lax $.components[*].options[*].label')
        union all
        select jsonb_path_query(metadata, 'lax $.components[*].options[*].description')
        union all
        select jsonb_path_query(metadata, 'lax $.poll.answers[*]')
      ) as shown (value)
      where jsonb_typeof(value) = 'string'
  ) end;
$$;
comment on function app_private.text_of_components(jsonb) is 'What is to be read on the buttons and in the menus of a message, and as answers of its poll, a line each.';
--! EndIncluded functions/interactions/text_of_components.sql

--! Included functions/interactions/is_count.sql
create or replace function app_private.is_count(given jsonb, greatest_count integer) returns boolean
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case
    when given is null then true
    when jsonb_typeof(given) = 'number' then given::numeric between 1 and greatest_count and given::numeric = trunc(given::numeric)
    else false
  end;
$$;
comment on function app_private.is_count(jsonb, integer) is 'Whether a value is left out, or a whole number from 1 on.';
--! EndIncluded functions/interactions/is_count.sql

--! Included functions/interactions/check_shown.sql
create or replace function app_private.check_shown(label jsonb, what text, max_length integer) returns void
language plpgsql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if app_private.plain_label(label, what, max_length) <> label #>> '{}' then
    raise exception '% is one line, in NFC, without hidden letters and needless space.', what using errcode = 'TR400';
  end if;
end
$$;
comment on function app_private.check_shown(jsonb, text, integer) is
  'Refuses what is to be shown on a button or in a menu when it would be shown as something else.';
--! EndIncluded functions/interactions/check_shown.sql

--! Included functions/interactions/check_components.sql
/* One shape, for psql and the API alike: docs/bots.md has it. */
create or replace function app_private.check_components(components jsonb) returns void
language plpgsql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_component jsonb;
  v_option jsonb;
  v_ids text[] := '{}';
  v_values text[];
  v_keys text[];
  v_count integer;
begin
  if jsonb_typeof(components) <> 'array' or jsonb_array_length(components) not between 1 and 10 then
    raise exception 'components is a list of 1 to 10 buttons, links and menus.' using errcode = 'TR400';
  end if;
  for v_component in select value from jsonb_array_elements(components) loop
    v_keys := case when jsonb_typeof(v_component) = 'object' then case v_component ->> 'type'
      when 'button' then '{type,id,label,style,isDisabled}'::text[]
      when 'link' then '{type,label,url}'::text[]
      when 'menu' then '{type,id,label,options,minSelected,maxSelected,isDisabled}'::text[]
    end end;
    if v_keys is null then
      raise exception 'The type of a component is button, link or menu.' using errcode = 'TR400';
    elsif v_component - v_keys <> '{}' then
      raise exception 'A % has %, and nothing else.', v_component ->> 'type', array_to_string(v_keys, ', ') using errcode = 'TR400';
    end if;
    perform app_private.check_shown(v_component -> 'label', 'The label of a component', 80);
    if v_component ->> 'type' = 'link' then
      if coalesce(jsonb_typeof(v_component -> 'url'), 'null') <> 'string' or (v_component ->> 'url') !~ '^https?://[!-~]+$'
        or char_length(v_component ->> 'url') > 2000
      then
        raise exception 'The url of a link is a web address of at most 2,000 plain characters.' using errcode = 'TR400';
      end if;
      continue;
    end if;
    perform app_private.check_shown(v_component -> 'id', 'The id of a component', 64);
    if v_component ->> 'id' = any (v_ids) then
      raise exception 'Two components have the id %.', v_component ->> 'id' using errcode = 'TR400';
    end if;
    v_ids := v_ids || (v_component ->> 'id');
    if coalesce(jsonb_typeof(v_component -> 'isDisabled'), 'boolean') <> 'boolean' then
      raise exception 'isDisabled is true or false.' using errcode = 'TR400';
    end if;
    if v_component ->> 'type' = 'button' then
      if v_component ? 'style' and (v_component -> 'style') not in ('"default"', '"primary"', '"danger"') then
        raise exception 'The style of a button is default, primary or danger.' using errcode = 'TR400';
      end if;
      continue;
    end if;
    if coalesce(jsonb_typeof(v_component -> 'options'), 'null') <> 'array'
      or jsonb_array_length(v_component -> 'options') not between 1 and 25
    then
      raise exception 'A menu has 1 to 25 options.' using errcode = 'TR400';
    end if;
    v_values := '{}';
    for v_option in select value from jsonb_array_elements(v_component -> 'options') loop
      if jsonb_typeof(v_option) <> 'object' or v_option - '{value,label,description}'::text[] <> '{}' then
        raise exception 'An option has value, label, description, and nothing else.' using errcode = 'TR400';
      end if;
      perform app_private.check_shown(v_option -> 'value', 'The value of an option', 100);
      perform app_private.check_shown(v_option -> 'label', 'The label of an option', 80);
      if v_option ? 'description' then
        perform app_private.check_shown(v_option -> 'description', 'The description of an option', 100);
      end if;
      if v_option ->> 'value' = any (v_values) then
        raise exception 'Two options have the value %.', v_option ->> 'value' using errcode = 'TR400';
      end if;
      v_values := v_values || (v_option ->> 'value');
    end loop;
    v_count := cardinality(v_values);
    if not app_private.is_count(v_component -> 'minSelected', v_count) or not app_private.is_count(v_component -> 'maxSelected', v_count)
      or coalesce((v_component ->> 'minSelected')::numeric, 1) > coalesce((v_component ->> 'maxSelected')::numeric, 1)
    then
      raise exception 'minSelected and maxSelected are 1 to the number of options, and minSelected is not the larger one.' using errcode = 'TR400';
    end if;
  end loop;
end
$$;
comment on function app_private.check_components(jsonb) is
  'Refuses buttons and menus of a message that are not as documented; BAD_INPUT, with what is wrong.';
--! EndIncluded functions/interactions/check_components.sql

--! Included functions/interactions/may_have_components.sql
create or replace function app_private.may_have_components() returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select app_hidden.current_key_id() is not null
    or exists (select from app_public.users where users.id = app_hidden.current_user_id() and users.is_bot);
$$;
comment on function app_private.may_have_components() is
  'Whether messages of the caller may have buttons and menus: those of bots, of incoming webhooks and of servers.';
--! EndIncluded functions/interactions/may_have_components.sql

--! Included functions/interactions/use_component.sql
/* Whoever may write may press. Slow mode is about messages: it is not asked here. */
create or replace function app_public.use_component(
  message_id uuid, component_id text, selected_values text[] default null, nonce text default null
) returns app_public.interactions
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
  v_locked app_private.locked_message;
  v_wanted app_public.interactions;
  v_known app_public.interactions;
  v_component jsonb;
begin
  perform app_private.limit_rate('interaction');
  v_wanted.message_id := use_component.message_id;
  v_wanted.component_id := use_component.component_id;
  v_wanted.selected_values := nullif(use_component.selected_values, '{}');
  v_known := app_private.interaction_of_nonce(v_user_id, use_component.nonce, v_wanted);
  if v_known.id is not null then
    perform app_private.require_member(v_known.room_id);
    return v_known;
  end if;
  v_locked := app_private.lock_message_as(use_component.message_id);
  v_wanted.kind := 'component';
  v_wanted.room_id := (v_locked.message).room_id;
  v_wanted.bot_id := (v_locked.message).author_id;
  v_wanted.user_id := v_user_id;
  perform app_private.check_may_write(v_locked.room, v_locked.member, 'add_reactions');
  select value into v_component from jsonb_array_elements((v_locked.message).metadata -> 'components')
    where value ->> 'id' = use_component.component_id;
  if v_component is null then
    raise exception 'There is no such button or menu in this message.' using errcode = 'TR404';
  elsif (v_component -> 'isDisabled') = 'true' then
    raise exception 'This cannot be used at the moment.' using errcode = 'TR409';
  elsif v_component ->> 'type' = 'button' then
    if coalesce(cardinality(use_component.selected_values), 0) > 0 then
      raise exception 'A button has no values.' using errcode = 'TR400';
    end if;
    v_wanted.selected_values := null;
  elsif coalesce(cardinality(use_component.selected_values), 0)
      not between coalesce((v_component ->> 'minSelected')::integer, 1) and coalesce((v_component ->> 'maxSelected')::integer, 1)
    or (select count(distinct chosen) from unnest(use_component.selected_values) as chosen) <> cardinality(use_component.selected_values)
    or exists (
      select from unnest(use_component.selected_values) as chosen
        where not coalesce(v_component -> 'options' @> jsonb_build_array(jsonb_build_object('value', chosen)), false))
  then
    raise exception 'These are no values of this menu, or too few, or too many.' using errcode = 'TR400';
  end if;
  return app_private.begin_interaction(v_wanted, use_component.nonce);
end
$$;
comment on function app_public.use_component(uuid, text, text[], text) is
  'Presses a button of a message, or chooses from a menu in it. Its author, a bot, is told, and nobody else; follow the `interaction` for its answer. With a `nonce`, doing it again returns the same interaction. For whoever may send messages.';
grant execute on function app_public.use_component(uuid, text, text[], text) to trumpet_user, trumpet_key;
--! EndIncluded functions/interactions/use_component.sql

--! Included functions/interactions/set_components.sql
create or replace function app_public.set_components(message_id uuid, components jsonb default null) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_message;
  v_message app_public.messages;
  v_metadata jsonb;
  v_verdict app_private.verdict;
  v_hooks_version text;
  v_decided app_private.hook_decision;
begin
  perform app_private.take_tokens(
    app_private.require_user(), octets => coalesce(pg_column_size(set_components.components), 0));
  v_locked := app_private.lock_message_as(set_components.message_id, even_held => true);
  v_message := v_locked.message;
  if v_message.author_id <> (v_locked.member).user_id or not app_private.may_have_components() then
    raise exception 'Only the bot whose message it is changes its buttons and menus.' using errcode = 'TR403';
  end if;
  perform app_private.check_may_write(
    v_locked.room, v_locked.member, app_private.permission_to_send(v_message.parent_message_id));
  v_metadata := v_message.metadata - 'components'
    || case when coalesce(set_components.components, '[]') in ('[]', 'null') then '{}'
      else jsonb_build_object('components', set_components.components) end;
  perform app_private.check_metadata(v_metadata);
  if v_metadata = v_message.metadata then
    return v_message;
  end if;
  v_verdict := app_private.check_rules(v_locked.member, v_message.content, v_metadata, v_message.id, is_edit => true);
  v_hooks_version := app_private.hooks_version(v_message.room_id, 'edit');
  if v_hooks_version is not null then
    v_decided := app_private.consult_hooks(
      'edit', v_message.author_id, v_message.room_id, v_hooks_version, null,
      jsonb_build_object('id', v_message.id, 'content', v_message.content, 'metadata', v_metadata));
    if v_decided.content <> v_message.content then
      raise exception 'A hook lets this message pass with another text only: edit it first.' using errcode = 'TR403';
    end if;
    if v_decided.verdict = 'hold' then
      v_verdict := row('hold', v_decided.reason)::app_private.verdict;
    end if;
  end if;
  update app_public.messages set metadata = v_metadata where messages.id = v_message.id returning * into v_message;
  if v_verdict.action is not null then
    v_message := app_private.apply_verdict(v_message, v_verdict);
  end if;
  return v_message;
end
$$;
comment on function app_public.set_components(uuid, jsonb) is
  'For bots: other buttons and menus in your message, or none: `components` as in the `metadata` of messages.';
grant execute on function app_public.set_components(uuid, jsonb) to trumpet_user, trumpet_key;
--! EndIncluded functions/interactions/set_components.sql

/* Bots that are told by a webhook. */
--! Included functions/interactions/make_bot_webhook.sql
create or replace function app_private.make_bot_webhook(bot app_public.users, url text, created_by text) returns app_public.webhook_secret
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.webhooks;
begin
  if not bot.is_bot then
    raise exception 'Only of a bot is anything asked.' using errcode = 'TR403';
  end if;
  -- Two at the same moment: the second takes the place of the first.
  perform from app_public.users where users.id = bot.id for no key update;
  delete from app_public.webhooks where webhooks.bot_id = bot.id;
  insert into app_public.webhooks (name, url, events, bot_id, created_by, workspace_id)
    values (left('bot ' || bot.username, 80), make_bot_webhook.url, '{interaction}', bot.id, make_bot_webhook.created_by,
      bot.workspace_id)
    returning * into v_webhook;
  insert into app_private.webhook_states (webhook_id, after_note) values (v_webhook.id, 0);
  -- What waits is told, too.
  insert into app_private.interaction_deliveries (webhook_id, interaction_id, due_at)
    select v_webhook.id, interactions.id, clock_timestamp() from app_public.interactions
      where interactions.bot_id = bot.id and answered_at is null and expires_at > now();
  return row(v_webhook.id, app_private.make_webhook_secret(v_webhook.id))::app_public.webhook_secret;
end
$$;
comment on function app_private.make_bot_webhook(app_public.users, text, text) is
  'Has what is asked of a bot sent to an address, instead of the one before.';
--! EndIncluded functions/interactions/make_bot_webhook.sql

--! Included functions/interactions/set_bot_webhook.sql
create or replace function app_public.set_bot_webhook(url text) returns app_public.webhook_secret
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
  v_bot app_public.users;
begin
  perform app_private.limit_rate('settings');
  select * into v_bot from app_public.users where users.id = v_user_id;
  return app_private.make_bot_webhook(v_bot, app_private.trimmed(set_bot_webhook.url), 'bot ' || v_bot.username);
end
$$;
comment on function app_public.set_bot_webhook(text) is
  'For bots: has what is asked of you sent to an address, too, signed with the secret that is given this once. It takes the place of the address before.';
grant execute on function app_public.set_bot_webhook(text) to trumpet_user, trumpet_key;
--! EndIncluded functions/interactions/set_bot_webhook.sql

--! Included functions/interactions/remove_bot_webhook.sql
create or replace function app_public.remove_bot_webhook() returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
begin
  perform app_private.limit_rate('settings');
  delete from app_public.webhooks where webhooks.bot_id = v_user_id;
end
$$;
comment on function app_public.remove_bot_webhook() is 'For bots: sends what is asked of you nowhere any more.';
grant execute on function app_public.remove_bot_webhook() to trumpet_user, trumpet_key;
--! EndIncluded functions/interactions/remove_bot_webhook.sql

--! Included functions/interactions/interaction_frame.sql
create or replace function app_private.interaction_frame(interaction app_public.interactions) returns jsonb
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
      'type', 'interaction_event', 'event', 'INSERT', 'interaction_id', interaction.id, 'room_id', interaction.room_id,
      'occurred_at', interaction.created_at,
      'interaction', jsonb_build_object(
        'id', interaction.id, 'kind', upper(interaction.kind::text), 'roomId', interaction.room_id, 'botId', interaction.bot_id,
        'commandName', interaction.command_name, 'arguments', interaction.arguments, 'messageId', interaction.message_id,
        'componentId', interaction.component_id, 'selectedValues', interaction.selected_values,
        'parentMessageId', interaction.parent_message_id,
        'user', jsonb_build_object('id', users.id, 'username', users.username, 'displayName', users.display_name)))
    from app_public.users where users.id = interaction.user_id;
$$;
comment on function app_private.interaction_frame(app_public.interactions) is 'What the webhook of a bot is sent.';
--! EndIncluded functions/interactions/interaction_frame.sql

--! Included functions/interactions/due_interaction_webhooks.sql
create or replace function app_private.due_interaction_webhooks() returns table (webhook_id uuid, places integer)
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select webhooks.id, case when webhook_states.failures < webhook_rules.narrow_after then webhook_rules.rooms_at_once else 1 end
    from app_public.webhooks
    join app_private.webhook_states on webhook_states.webhook_id = webhooks.id
    cross join app_private.webhook_rules
    where webhooks.disabled_at is null and webhooks.bot_id is not null
      and exists (
        select from app_private.interaction_deliveries as queued
          where queued.webhook_id = webhooks.id and due_at <= clock_timestamp()
            and (claimed_until is null or claimed_until < clock_timestamp()));
$$;
comment on function app_private.due_interaction_webhooks() is
  'The webhooks of bots that something is to be delivered to now, and how much at a time.';
--! EndIncluded functions/interactions/due_interaction_webhooks.sql

--! Included functions/interactions/claim_interactions.sql
/* What was answered meanwhile, over the bot's stream, is not sent. */
create or replace function app_private.claim_interactions(webhook_id uuid, places integer, duration interval)
returns table (interaction_id uuid, claim_id uuid, url text, secrets bytea[], frame jsonb)
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  delete from app_private.interaction_deliveries as queued
    using app_public.interactions
    where queued.webhook_id = claim_interactions.webhook_id and interactions.id = queued.interaction_id
      and (interactions.answered_at is not null or interactions.expires_at < now());
  return query
    with claimed as (
      update app_private.interaction_deliveries as taken
        set claim_id = gen_random_uuid(), claimed_until = clock_timestamp() + duration
        from (
          select queued.interaction_id from app_private.interaction_deliveries as queued
            where queued.webhook_id = claim_interactions.webhook_id and queued.due_at <= clock_timestamp()
              and (queued.claimed_until is null or queued.claimed_until < clock_timestamp())
            order by queued.due_at
            limit places
            for no key update skip locked
        ) as due
        where taken.webhook_id = claim_interactions.webhook_id and taken.interaction_id = due.interaction_id
        returning taken.interaction_id, taken.claim_id
    )
    select claimed.interaction_id, claimed.claim_id, webhooks.url, array(
        select secret from app_private.webhook_secrets
          where webhook_secrets.webhook_id = webhooks.id and (expires_at is null or expires_at > now())
          order by created_at desc),
        app_private.interaction_frame(interactions)
      from claimed
      join app_public.webhooks on webhooks.id = claim_interactions.webhook_id and disabled_at is null
      join app_public.interactions on interactions.id = claimed.interaction_id;
end
$$;
comment on function app_private.claim_interactions(uuid, integer, interval) is
  'Claims what is to be sent to the webhook of a bot: what, where to and signed by what.';
--! EndIncluded functions/interactions/claim_interactions.sql

--! Included functions/interactions/settle_interaction_delivery.sql
/* What was not taken is tried again, later each time, for as long as the interaction lasts. */
create or replace function app_private.settle_interaction_delivery(
  webhook_id uuid, interaction_id uuid, claim_id uuid, outcome text, status integer, duration_ms integer, retry_after interval
) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rules app_private.webhook_rules;
  v_queued app_private.interaction_deliveries;
  v_is_delivered constant boolean := settle_interaction_delivery.outcome = 'delivered';
begin
  -- First of all: whoever deletes the webhook locks it before its queue.
  perform from app_public.webhooks where webhooks.id = settle_interaction_delivery.webhook_id for key share;
  select * into v_rules from app_private.webhook_rules;
  select * into v_queued from app_private.interaction_deliveries as queued
    where queued.webhook_id = settle_interaction_delivery.webhook_id
      and queued.interaction_id = settle_interaction_delivery.interaction_id
      and queued.claim_id = settle_interaction_delivery.claim_id
    for update;
  if v_is_delivered then
    update app_private.webhook_states as state set failures = 0, delivered_at = clock_timestamp()
      where state.webhook_id = settle_interaction_delivery.webhook_id
        and (failures > 0 or delivered_at is null or delivered_at < clock_timestamp() - interval '10 seconds');
  else
    update app_private.webhook_states as state set failures = failures + 1
      where state.webhook_id = settle_interaction_delivery.webhook_id;
    if settle_interaction_delivery.status = 410 then
      perform app_private.stop_webhook(settle_interaction_delivery.webhook_id, 'It answered 410: it is gone.');
    end if;
  end if;
  insert into app_public.webhook_deliveries (webhook_id, event_id, room_id, attempt, outcome, status, duration_ms)
    select webhooks.id, interactions.id::text, interactions.room_id, coalesce(v_queued.failures, 0) + 1,
        settle_interaction_delivery.outcome, settle_interaction_delivery.status, settle_interaction_delivery.duration_ms
      from app_public.webhooks, app_public.interactions
      where webhooks.id = settle_interaction_delivery.webhook_id and interactions.id = settle_interaction_delivery.interaction_id;
  if v_queued.webhook_id is null then
    return;
  end if;
  if v_is_delivered then
    delete from app_private.interaction_deliveries as queued
      where queued.webhook_id = v_queued.webhook_id and queued.interaction_id = v_queued.interaction_id;
    return;
  end if;
  update app_private.interaction_deliveries as queued set
    failures = queued.failures + 1, claim_id = null, claimed_until = null,
    due_at = clock_timestamp() + greatest(
      least(v_rules.first_wait * 2 ^ least(queued.failures, 30), v_rules.longest_wait) * (0.5 + random() / 2),
      least(coalesce(settle_interaction_delivery.retry_after, '0'), v_rules.longest_wait))
    where queued.webhook_id = v_queued.webhook_id and queued.interaction_id = v_queued.interaction_id;
end
$$;
comment on function app_private.settle_interaction_delivery(uuid, uuid, uuid, text, integer, integer, interval) is
  'Notes how the delivery of an interaction went, and when to try again.';
--! EndIncluded functions/interactions/settle_interaction_delivery.sql

--! Included functions/interactions/answer_by_webhook.sql
/* Whoever was sent what is asked of a bot is the bot: its server answers in the same breath, without a key. */
create or replace function app_private.answer_by_webhook(
  webhook_id uuid, interaction_id uuid, content text, is_for_room boolean, components jsonb
) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_bot_id constant uuid := (
    select webhooks.bot_id from app_public.webhooks
      join app_public.interactions on interactions.bot_id = webhooks.bot_id
      where webhooks.id = answer_by_webhook.webhook_id and interactions.id = answer_by_webhook.interaction_id);
begin
  if v_bot_id is null then
    return;
  end if;
  perform set_config('trumpet.user_id', v_bot_id::text, true);
  perform app_public.answer_interaction(
    answer_by_webhook.interaction_id, answer_by_webhook.content, coalesce(answer_by_webhook.is_for_room, false),
    case when answer_by_webhook.components is null then '{}' else jsonb_build_object('components', answer_by_webhook.components) end);
end
$$;
comment on function app_private.answer_by_webhook(uuid, uuid, text, boolean, jsonb) is
  'Answers for a bot what its webhook has answered.';
--! EndIncluded functions/interactions/answer_by_webhook.sql

/* At psql. */
--! Included functions/interactions-at-psql/create_bot_webhook.sql
create or replace function app_admin.create_bot_webhook(bot text, url text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_bot constant app_public.users := app_private.find_user(create_bot_webhook.bot);
  v_secret constant app_public.webhook_secret := app_private.make_bot_webhook(v_bot, create_bot_webhook.url, session_user);
begin
  perform app_private.note_admin_action('create_bot_webhook', 'bot ' || v_bot.username, create_bot_webhook.url, v_bot.id);
  return v_secret.secret;
end
$$;
comment on function app_admin.create_bot_webhook(text, text) is
  'Has what is asked of a bot sent to an address, and returns the secret that this is signed with. It takes the place of the address before; app_admin.delete_webhook(''bot …'') ends it.';
grant execute on function app_admin.create_bot_webhook(text, text) to trumpet_admin;
--! EndIncluded functions/interactions-at-psql/create_bot_webhook.sql

--! Included functions/interactions-at-psql/set_commands.sql
create or replace function app_admin.set_commands(bot text, commands jsonb) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_bot constant app_public.users := app_private.find_user(set_commands.bot);
  v_names text;
begin
  if not v_bot.is_bot then
    raise exception 'Only a bot has commands.' using errcode = 'TR400';
  end if;
  select string_agg('/' || replaced.name, ' ' order by replaced.name collate "C") into v_names
    from app_private.replace_commands(v_bot.id, set_commands.commands) as replaced;
  perform app_private.note_admin_action('set_commands', v_names, null, v_bot.id);
  return format('%s: %s', v_bot.username, coalesce(v_names, 'no commands'));
end
$$;
comment on function app_admin.set_commands(text, jsonb) is
  'Gives a bot these commands, in all rooms that it is in, and no others: [{ name, description, arguments }].';
grant execute on function app_admin.set_commands(text, jsonb) to trumpet_admin;
--! EndIncluded functions/interactions-at-psql/set_commands.sql

create view app_admin.commands as
  select users.username as bot, commands.name, commands.description, commands.arguments, commands.created_at, commands.id
    from app_public.commands
    join app_public.users on users.id = commands.bot_id
    order by users.username, commands.name collate "C";
comment on view app_admin.commands is 'What bots can be asked for.';
grant select on app_admin.commands to trumpet_admin;

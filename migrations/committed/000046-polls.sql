--! Previous: sha1:76ade8ebacefc64f20e36355b53b02fd84b6fe08
--! Hash: sha1:c43e20b28b24b2579bff80932e1ec7b48bf4d532

/*
 * Polls: a question with answers in a room, and who has chosen which.
 *
 * The poll is part of its message (`metadata.poll`), with its results as they were last counted. Here are the ballots, one
 * a person, from which they are counted: at most once a second, however many people vote.
 */
insert into app_private.rates (kind, per_second, burst) values ('poll', 2, 60);

create table app_public.poll_ballots (
  message_id uuid not null,
  user_id uuid not null,
  room_id uuid not null,
  is_anonymous boolean not null,
  choices integer[] not null,
  chosen_at timestamptz not null default clock_timestamp(),
  primary key (message_id, user_id)
);
comment on table app_public.poll_ballots is 'What one person has chosen in one poll.';
comment on column app_public.poll_ballots.message_id is 'The message with the poll.';
comment on column app_public.poll_ballots.user_id is 'Who has voted.';
comment on column app_public.poll_ballots.room_id is 'The room of the message.';
comment on column app_public.poll_ballots.is_anonymous is 'Whether nobody else may know: as the poll is.';
comment on column app_public.poll_ballots.choices is 'The numbers of the answers: 1, 2, 3 ….';
comment on column app_public.poll_ballots.chosen_at is 'When.';
comment on constraint poll_ballots_pkey on app_public.poll_ballots is 'One ballot a person and poll.';
alter table app_public.poll_ballots enable row level security;
create policy select_member on app_public.poll_ballots for select to trumpet_user using (
  (
    room_id in (select app_hidden.my_open_room_ids())
    or room_id in (select app_hidden.my_room_ids()) and exists (select from app_public.messages where messages.id = message_id)
  )
  and message_id not in (select app_hidden.unseen_message_ids())
  and (not is_anonymous or user_id = (select app_hidden.current_user_id()))
);
create policy select_broadcast on app_public.poll_ballots for select to trumpet_broadcast using (
  room_id in (select app_hidden.broadcast_room_ids()) and message_id not in (select app_hidden.unseen_message_ids())
  and not is_anonymous
);
create policy select_admin on app_public.poll_ballots for select to trumpet_admin
  using (not is_anonymous and exists (select from app_public.messages where messages.id = message_id));
grant select on app_public.poll_ballots to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* erase_ballots, personal_data */
create index poll_ballots_user_id on app_public.poll_ballots (user_id);
create trigger _100_refuse_truncate before truncate on app_public.poll_ballots
  for each statement execute function app_private.tg_any__refuse_truncate();
create trigger _100_keep_key before update of message_id, user_id, room_id, is_anonymous on app_public.poll_ballots
  for each row when (
    old.message_id <> new.message_id or old.user_id <> new.user_id or old.room_id <> new.room_id or old.is_anonymous <> new.is_anonymous
  ) execute function app_private.tg_any__keep_key();

/* Rows are added by voters, who so wait for nobody, and taken by whoever counts. No index: it is all but empty. */
create table app_private.polls_to_count (
  poll_id uuid not null,
  room_id uuid not null
);
comment on table app_private.polls_to_count is 'The polls in which somebody has voted since they were last counted, a row a vote.';
comment on column app_private.polls_to_count.poll_id is 'The message with the poll. It may be gone by then.';
comment on column app_private.polls_to_count.room_id is 'Its room.';
alter table app_private.polls_to_count enable row level security;
create trigger _100_refuse_truncate before truncate on app_private.polls_to_count
  for each statement execute function app_private.tg_any__refuse_truncate();

create type app_public.poll as (
  message_id uuid,
  max_choices integer,
  is_anonymous boolean,
  closes_at timestamptz,
  closed_at timestamptz,
  voter_count integer
);
comment on type app_public.poll is 'A question to a room, with answers to choose from.';
comment on column app_public.poll.message_id is 'The message that asks it.';
comment on column app_public.poll.max_choices is 'How many of the answers one person can choose.';
comment on column app_public.poll.is_anonymous is 'Whether nobody sees who has chosen what.';
comment on column app_public.poll.closes_at is 'When it is over by itself, or null.';
comment on column app_public.poll.closed_at is 'When it was closed by hand, or null.';
comment on column app_public.poll.voter_count is 'How many people have voted, when it was last counted: a second ago or less.';

create type app_public.poll_answer as (
  message_id uuid,
  number integer,
  text text,
  count integer
);
comment on type app_public.poll_answer is 'What can be chosen in a poll, and how many people have chosen it.';
comment on column app_public.poll_answer.message_id is 'The message with the poll.';
comment on column app_public.poll_answer.number is 'Its number among the answers, from 1 on: what `voteInPoll` is given.';
comment on column app_public.poll_answer.text is 'What it says.';
comment on column app_public.poll_answer.count is 'How many people have chosen it, as of when the poll was last counted.';

--! Included functions/polls/poll_moment.sql
create or replace function app_hidden.poll_moment(moment text) returns timestamptz
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if poll_moment.moment ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$' then
    return poll_moment.moment::timestamptz;
  end if;
  return null;
exception when datetime_field_overflow or invalid_datetime_format or invalid_time_zone_displacement_value then
  return null;
end
$$;
comment on function app_hidden.poll_moment(text) is 'A moment as clients and polls write it; null when it is none.';
grant execute on function app_hidden.poll_moment(text) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/polls/poll_moment.sql

--! Included functions/polls/poll_text.sql
create or replace function app_private.poll_text(moment timestamptz) returns text
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select to_char(poll_text.moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
$$;
comment on function app_private.poll_text(timestamptz) is 'A moment, as polls write it.';
--! EndIncluded functions/polls/poll_text.sql

--! Included functions/polls/poll_of.sql
/* As many answers and bytes as check_poll allows: beside more, there is no room for the results. */
create or replace function app_hidden.poll_of(metadata jsonb) returns jsonb
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select metadata -> 'poll'
    where metadata ? 'poll'
      and jsonb_typeof(metadata #> '{poll,answers}') = 'array'
      and not jsonb_path_exists(metadata, 'lax $.poll.answers.size() ? (@ > 20)')
      and octet_length((metadata #- '{poll,counts}' #- '{poll,voterCount}' #- '{poll,countedAt}' #- '{poll,closedAt}')::text) <= 7500
      and coalesce(jsonb_typeof(metadata #> '{poll,isAnonymous}'), 'boolean') = 'boolean'
      and not jsonb_path_exists(metadata, 'lax $.poll.counts[*] ? (@.type() != "number" || @ < 0 || @ > 2000000000)')
      and not jsonb_path_exists(metadata, 'lax $.poll.voterCount ? (@.type() != "number" || @ < 0 || @ > 2000000000)')
      and not jsonb_path_exists(metadata, 'lax $.poll.maxChoices ? (@.type() != "number" || @ < 1 || @ > 1000)');
$$;
comment on function app_hidden.poll_of(jsonb) is
  'The poll of a message, or null. What an import has brought need not be one.';
grant execute on function app_hidden.poll_of(jsonb) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/polls/poll_of.sql

--! Included functions/polls/is_poll_over.sql
create or replace function app_private.is_poll_over(poll jsonb) returns boolean
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select poll ? 'closedAt' or coalesce(app_hidden.poll_moment(poll ->> 'closesAt') <= clock_timestamp(), false);
$$;
comment on function app_private.is_poll_over(jsonb) is
  'Whether a poll has been closed, or its time is over: nobody has to be there at that moment.';
--! EndIncluded functions/polls/is_poll_over.sql

--! Included functions/polls/is_count_due.sql
create or replace function app_private.is_count_due(metadata jsonb) returns boolean
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    abs(extract(epoch from clock_timestamp() - app_hidden.poll_moment(metadata #>> '{poll,countedAt}'))) >= 1, true);
$$;
comment on function app_private.is_count_due(jsonb) is
  'Whether the results of a poll are a second old or have never been counted: sooner they are not told again.';
--! EndIncluded functions/polls/is_count_due.sql

--! Included functions/polls/check_poll.sql
/*
 * A poll is a message: its text is the question, and `metadata.poll` the answers. So whatever knows messages knows polls:
 * events and frames carry it, history, rules, hooks and exports have it, and a message without one costs nothing more.
 */
create or replace function app_private.check_poll(content text, metadata jsonb) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_most_bytes constant integer := 7500;
  v_keys constant text[] := '{answers,maxChoices,isAnonymous,closesAt}';
  v_poll constant jsonb := check_poll.metadata -> 'poll';
  v_answer jsonb;
  v_seen text[] := '{}';
  v_closes_at timestamptz;
begin
  if jsonb_typeof(v_poll) <> 'object' or v_poll - v_keys <> '{}' then
    raise exception 'A poll has %, and nothing else.', array_to_string(v_keys, ', ') using errcode = 'TR400';
  end if;
  if app_private.is_blank(check_poll.content) then
    raise exception 'The content of a message with a poll is its question.' using errcode = 'TR400';
  end if;
  if coalesce(jsonb_typeof(v_poll -> 'answers'), 'null') <> 'array' or jsonb_array_length(v_poll -> 'answers') not between 2 and 20 then
    raise exception 'A poll has 2 to 20 answers.' using errcode = 'TR400';
  end if;
  for v_answer in select value from jsonb_array_elements(v_poll -> 'answers') loop
    perform app_private.check_shown(v_answer, 'An answer', 80);
    if v_answer #>> '{}' = any (v_seen) then
      raise exception 'Two answers are the same: %.', v_answer #>> '{}' using errcode = 'TR400';
    end if;
    v_seen := v_seen || (v_answer #>> '{}');
  end loop;
  if not app_private.is_count(v_poll -> 'maxChoices', cardinality(v_seen)) then
    raise exception 'maxChoices is 1 to the number of answers.' using errcode = 'TR400';
  end if;
  if coalesce(jsonb_typeof(v_poll -> 'isAnonymous'), 'boolean') <> 'boolean' then
    raise exception 'isAnonymous is true or false.' using errcode = 'TR400';
  end if;
  if v_poll ? 'closesAt' then
    v_closes_at := app_hidden.poll_moment(v_poll ->> 'closesAt');
    if v_closes_at is null then
      raise exception 'closesAt is a moment, such as 2030-03-31T09:00:00Z.' using errcode = 'TR400';
    end if;
    perform app_private.check_moment(v_closes_at, 'closesAt');
    if v_closes_at <= clock_timestamp() then
      raise exception 'This time is over already.' using errcode = 'TR400';
    end if;
  end if;
  -- The results come to it.
  if octet_length(check_poll.metadata::text) > v_most_bytes then
    raise exception 'The metadata of a message with a poll has at most 7,500 bytes.' using errcode = 'TR413';
  end if;
end
$$;
comment on function app_private.check_poll(text, jsonb) is
  'Refuses a poll of a message that is to be sent when it is not as documented; BAD_INPUT, with what is wrong.';
--! EndIncluded functions/polls/check_poll.sql

--! Included functions/polls/create_poll.sql
create or replace function app_public.create_poll(
  room_id uuid, question text, answers text[], max_choices integer default 1, is_anonymous boolean default false,
  closes_at timestamptz default null, parent_message_id uuid default null, nonce text default null
) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_poll jsonb;
begin
  perform app_private.require_user();
  perform app_private.check_moment(create_poll.closes_at, 'closesAt');
  v_poll := jsonb_build_object(
    'answers', coalesce((
      select jsonb_agg(app_private.plain_label(to_jsonb(answer), 'An answer', 80) order by number)
        from unnest(create_poll.answers) with ordinality as given (answer, number)), '[]'),
    'maxChoices', coalesce(create_poll.max_choices, 1),
    'isAnonymous', coalesce(create_poll.is_anonymous, false));
  if create_poll.closes_at is not null then
    v_poll := v_poll || jsonb_build_object('closesAt', app_private.poll_text(create_poll.closes_at));
  end if;
  return app_public.send_message(
    create_poll.room_id, create_poll.question, metadata => jsonb_build_object('poll', v_poll),
    parent_message_id => create_poll.parent_message_id, nonce => create_poll.nonce);
end
$$;
comment on function app_public.create_poll(uuid, text, text[], integer, boolean, timestamptz, uuid, text) is
  'Asks a room: sends a message whose text is the question, with 2 to 20 answers of at most 80 characters each. With `maxChoices` above 1 several can be chosen; with `isAnonymous` nobody sees who has chosen what, not even you. It is open until `closesAt`, or until `closePoll`. The same as `sendMessage` with `metadata.poll`.';
grant execute on function app_public.create_poll(uuid, text, text[], integer, boolean, timestamptz, uuid, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/polls/create_poll.sql

--! Included functions/polls/count_poll.sql
/*
 * The results are derived from the ballots, at most once a second while people vote, and told as a change of the message.
 * It is nobody's change: the log names no actor, who of an anonymous poll would be known by it.
 */
create or replace function app_private.count_poll(message_id uuid, is_closing boolean default false) returns app_public.messages
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant text := current_setting('trumpet.user_id', true);
  v_message app_public.messages;
  v_poll jsonb;
  v_results jsonb;
begin
  -- What is noted is counted by the statement after it, which sees at least as much.
  delete from app_private.polls_to_count where poll_id = count_poll.message_id;
  select * into v_message from app_public.messages where messages.id = count_poll.message_id;
  v_poll := app_hidden.poll_of(v_message.metadata);
  if v_poll is null or v_poll ? 'closedAt' or v_message.deleted_at is not null then
    return v_message;
  end if;
  select jsonb_build_object(
      'counts', (
        select jsonb_agg(coalesce(chosen.count, 0) order by number)
          from generate_series(1, jsonb_array_length(v_poll -> 'answers')) as number
          left join (
            select choice, count(*) from app_public.poll_ballots, unnest(choices) as choice
              where poll_ballots.message_id = count_poll.message_id
              group by choice
          ) as chosen on choice = number),
      'voterCount', (select count(*) from app_public.poll_ballots where poll_ballots.message_id = count_poll.message_id))
    into v_results;
  if count_poll.is_closing then
    v_results := v_results || jsonb_build_object('closedAt', app_private.poll_text(clock_timestamp()));
  elsif v_poll || v_results = v_poll then
    return v_message;
  end if;
  v_results := v_results || jsonb_build_object('countedAt', app_private.poll_text(clock_timestamp()));
  perform set_config('trumpet.user_id', '', true);
  update app_public.messages set metadata = v_message.metadata || jsonb_build_object('poll', v_poll || v_results)
    where messages.id = count_poll.message_id
    returning * into v_message;
  perform set_config('trumpet.user_id', coalesce(v_user_id, ''), true);
  return v_message;
end
$$;
comment on function app_private.count_poll(uuid, boolean) is
  'Writes the results of a poll into its message. The caller holds the head of the room; to close it, the lock of votes too.';
--! EndIncluded functions/polls/count_poll.sql

--! Included functions/polls/count_next_poll.sql
/* One poll a transaction, so that none waits with the head of another room in hand. */
create or replace function app_private.count_next_poll() returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_next app_private.polls_to_count;
begin
  select noted.* into v_next from app_private.polls_to_count as noted
    left join app_public.messages on messages.id = noted.poll_id
    where app_private.is_count_due(messages.metadata)
    limit 1;
  if v_next.poll_id is null then
    return false;
  end if;
  perform app_private.lock_room(v_next.room_id);
  perform app_private.count_poll(v_next.poll_id);
  return true;
end
$$;
comment on function app_private.count_next_poll() is
  'Counts one of the polls in which somebody has voted since the last count; false when there is none. The worker calls it twice a second.';
--! EndIncluded functions/polls/count_next_poll.sql

--! Included functions/polls/vote_in_poll.sql
/*
 * Ten thousand people vote in a minute. Each writes a row of their own and waits for nobody: the lock of votes is shared,
 * and only what ends the right to vote takes it alone. The head of the room is taken when it is free at this moment and
 * the results are a second old; otherwise a note is left, and the worker counts for all who have left one.
 */
create or replace function app_public.vote_in_poll(message_id uuid, choices integer[]) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
  v_message app_public.messages;
  v_room app_public.rooms;
  v_member app_public.room_members;
  v_poll jsonb;
  v_choices integer[];
  v_count integer;
  v_is_counting boolean;
begin
  perform app_private.limit_rate('poll');
  select * into v_message from app_public.messages where messages.id = vote_in_poll.message_id;
  -- As lock_message_as has it: to anyone but its members a room's message is not there.
  if not exists (
    select from app_public.room_members where room_members.room_id = v_message.room_id and room_members.user_id = v_user_id
  ) then
    perform app_private.check_not_banned(v_message.room_id, v_user_id);
    raise exception 'There is no such message.' using errcode = 'TR404';
  end if;
  v_is_counting := app_private.is_count_due(v_message.metadata);
  if v_is_counting then
    perform from app_private.room_heads where room_heads.room_id = v_message.room_id for no key update skip locked;
    v_is_counting := found;
  end if;
  perform app_private.share_until_commit('votes', v_message.room_id::text);
  -- From here on nobody takes the right to vote away.
  select * into v_member from app_public.room_members
    where room_members.room_id = v_message.room_id and room_members.user_id = v_user_id for share;
  select * into v_room from app_public.rooms where rooms.id = v_message.room_id;
  select * into v_message from app_public.messages where messages.id = vote_in_poll.message_id;
  if v_member.user_id is null or v_message.id is null or v_message.deleted_at is not null
    or v_message.disappears_at <= clock_timestamp() or v_message.seq < v_member.sees_from_seq
    or v_message.held_at is not null and v_message.author_id <> v_user_id and not app_private.may(v_room, v_member, 'review_messages')
  then
    raise exception 'There is no such message.' using errcode = 'TR404';
  end if;
  perform app_private.check_still_here();
  perform app_private.check_member(v_room, v_member);
  if v_message.held_at is not null then
    raise exception 'This message is held: a moderator has to decide first.' using errcode = 'TR409';
  end if;
  perform app_private.check_may_write(v_room, v_member, 'add_reactions');
  v_poll := app_hidden.poll_of(v_message.metadata);
  if v_poll is null then
    raise exception 'This message is no poll.' using errcode = 'TR404';
  end if;
  if app_private.is_poll_over(v_poll) then
    raise exception 'This poll is closed.' using errcode = 'TR409';
  end if;

  v_count := jsonb_array_length(v_poll -> 'answers');
  select array_agg(distinct choice order by choice) into v_choices
    from unnest(vote_in_poll.choices) as choice;
  if array_position(v_choices, null) is not null or not v_choices <@ (select array_agg(number) from generate_series(1, v_count) as number) then
    raise exception 'choices are the numbers of answers: 1 to %.', v_count using errcode = 'TR400';
  end if;
  if cardinality(v_choices) > coalesce((v_poll ->> 'maxChoices')::numeric::integer, 1) then
    raise exception 'At most % of the answers can be chosen.', coalesce((v_poll ->> 'maxChoices')::numeric::integer, 1) using errcode = 'TR400';
  end if;
  if v_choices is null then
    delete from app_public.poll_ballots
      where poll_ballots.message_id = v_message.id and poll_ballots.user_id = v_user_id;
  else
    insert into app_public.poll_ballots as ballot (message_id, user_id, room_id, is_anonymous, choices)
      values (v_message.id, v_user_id, v_message.room_id, coalesce((v_poll ->> 'isAnonymous')::boolean, false), v_choices)
      on conflict on constraint poll_ballots_pkey do update set choices = excluded.choices, chosen_at = excluded.chosen_at
        where ballot.choices <> excluded.choices;
  end if;
  if not found then
    return v_message;
  end if;
  if v_is_counting then
    return app_private.count_poll(v_message.id);
  end if;
  insert into app_private.polls_to_count (poll_id, room_id) values (v_message.id, v_message.room_id);
  return v_message;
end
$$;
comment on function app_public.vote_in_poll(uuid, integer[]) is
  'Chooses answers of a poll by their numbers, instead of what you had chosen before; an empty list takes your vote back. `CONFLICT` once it is closed. The results that everybody sees follow within about a second.';
grant execute on function app_public.vote_in_poll(uuid, integer[]) to trumpet_user, trumpet_key;
--! EndIncluded functions/polls/vote_in_poll.sql

--! Included functions/polls/close_poll.sql
create or replace function app_public.close_poll(message_id uuid) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_message;
  v_message app_public.messages;
begin
  perform app_private.limit_rate('poll');
  v_locked := app_private.lock_message_as(close_poll.message_id);
  v_message := v_locked.message;
  if v_message.author_id <> (v_locked.member).user_id and not app_private.may(v_locked.room, v_locked.member, 'close_polls') then
    raise exception 'Only its author and the moderators of the room close a poll.' using errcode = 'TR403';
  end if;
  if app_hidden.poll_of(v_message.metadata) is null then
    raise exception 'This message is no poll.' using errcode = 'TR404';
  end if;
  -- Those who are voting at this moment still count, and nobody after them.
  perform app_private.lock_until_commit('votes', v_message.room_id::text);
  return app_private.count_poll(v_message.id, is_closing => true);
end
$$;
comment on function app_public.close_poll(uuid) is
  'Ends a poll, for good: its results are final. For its author and the moderators of the room. Doing it twice is the same as once.';
grant execute on function app_public.close_poll(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/polls/close_poll.sql

--! Included functions/polls/tg_rooms__await_votes.sql
/* A vote does not wait for the head of its room: so what takes the right to vote away waits for the votes under way. */
create or replace function app_private.tg_rooms__await_votes() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.lock_until_commit('votes', new.id::text);
  return null;
end
$$;
comment on function app_private.tg_rooms__await_votes() is
  'Has whoever archives or locks a room wait for the votes under way there, and the votes after it wait for the commit.';
--! EndIncluded functions/polls/tg_rooms__await_votes.sql

create trigger _400_await_votes after update of is_archived, is_locked on app_public.rooms
  for each row when (old.is_archived <> new.is_archived or old.is_locked <> new.is_locked)
  execute function app_private.tg_rooms__await_votes();

--! Included functions/polls/forget_ballots.sql
create or replace function app_private.forget_ballots(message_ids uuid[], room_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.lock_until_commit('votes', forget_ballots.room_id::text);
  delete from app_public.poll_ballots where poll_ballots.message_id = any (message_ids);
end
$$;
comment on function app_private.forget_ballots(uuid[], uuid) is
  'Deletes the ballots of polls that are gone, those with them that are being cast.';
--! EndIncluded functions/polls/forget_ballots.sql

--! Included functions/polls/erase_ballots.sql
/* The results of a poll that is over stay as they are: they name nobody. Of one that is open, they are counted anew. */
create or replace function app_private.erase_ballots(user_id uuid, batch_size integer) returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  with erased as (
    delete from app_public.poll_ballots
      where ctid = any (array(
        select ctid from app_public.poll_ballots
          where poll_ballots.user_id = erase_ballots.user_id
            and poll_ballots.user_id not in (select app_private.user_ids_on_hold())
            and poll_ballots.room_id not in (select app_private.room_ids_on_hold())
          limit batch_size))
      returning poll_ballots.message_id, poll_ballots.room_id
  ), noted as (
    insert into app_private.polls_to_count (poll_id, room_id)
      select erased.message_id, erased.room_id from erased
        join app_public.messages on messages.id = erased.message_id
        where not app_private.is_poll_over(messages.metadata -> 'poll')
  )
  select count(*) into v_count from erased;
  return v_count;
end
$$;
comment on function app_private.erase_ballots(uuid, integer) is
  'Deletes ballots of a deleted account, at most a batch. 0 when all are gone or on hold.';
--! EndIncluded functions/polls/erase_ballots.sql

--! Included functions/polls/messages_poll.sql
create or replace function app_public.messages_poll(message app_public.messages) returns app_public.poll
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select row(
      message.id, coalesce((poll ->> 'maxChoices')::numeric::integer, 1), coalesce((poll ->> 'isAnonymous')::boolean, false),
      app_hidden.poll_moment(poll ->> 'closesAt'), app_hidden.poll_moment(poll ->> 'closedAt'),
      coalesce((poll ->> 'voterCount')::numeric::integer, 0))::app_public.poll
    from app_hidden.poll_of(message.metadata) as poll
    where poll is not null;
$$;
comment on function app_public.messages_poll(app_public.messages) is
  'The poll that it asks, or null. Its question is the message''s `content`.';
grant execute on function app_public.messages_poll(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/polls/messages_poll.sql

--! Included functions/polls/poll_answers.sql
create or replace function app_public.poll_answers(poll app_public.poll) returns setof app_public.poll_answer
language sql stable security invoker rows 5
set search_path = pg_catalog, pg_temp
as $$
  select messages.id, number::integer, answer, coalesce((messages.metadata #>> array['poll', 'counts', (number - 1)::text])::numeric::integer, 0)
    from app_public.messages,
      jsonb_array_elements_text(app_hidden.poll_of(messages.metadata) -> 'answers') with ordinality as given (answer, number)
    where messages.id = poll.message_id
    order by number;
$$;
comment on function app_public.poll_answers(app_public.poll) is 'What can be chosen, in its order, with how many have chosen it.';
grant execute on function app_public.poll_answers(app_public.poll) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/polls/poll_answers.sql

--! Included functions/polls/poll_answer_viewer_has_chosen.sql
create or replace function app_public.poll_answer_viewer_has_chosen(answer app_public.poll_answer) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from app_public.poll_ballots
      where poll_ballots.message_id = answer.message_id
        and poll_ballots.user_id = app_hidden.current_user_id()
        and answer.number = any (poll_ballots.choices));
$$;
comment on function app_public.poll_answer_viewer_has_chosen(app_public.poll_answer) is 'Whether you have chosen it.';
grant execute on function app_public.poll_answer_viewer_has_chosen(app_public.poll_answer) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/polls/poll_answer_viewer_has_chosen.sql

--! Included functions/polls/chosen_at.sql
create or replace function app_hidden.chosen_at(message_id uuid, user_id uuid) returns timestamptz
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select chosen_at from app_public.poll_ballots
    where poll_ballots.message_id = chosen_at.message_id and poll_ballots.user_id = chosen_at.user_id;
$$;
comment on function app_hidden.chosen_at(uuid, uuid) is 'When someone voted: what poll_answer_voters orders by.';
grant execute on function app_hidden.chosen_at(uuid, uuid) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/polls/chosen_at.sql

--! Included functions/polls/poll_answer_voters.sql
create or replace function app_public.poll_answer_voters(answer app_public.poll_answer) returns setof app_public.users
language sql stable security invoker rows 10
set search_path = pg_catalog, pg_temp
as $$
  select users.* from app_public.poll_ballots
    join app_public.users on users.id = poll_ballots.user_id
    where poll_ballots.message_id = answer.message_id and not poll_ballots.is_anonymous and answer.number = any (poll_ballots.choices)
    order by poll_ballots.chosen_at, users.id;
$$;
comment on function app_public.poll_answer_voters(app_public.poll_answer) is
  'Who has chosen it, the earliest first. Nobody in an anonymous poll.';
grant execute on function app_public.poll_answer_voters(app_public.poll_answer) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/polls/poll_answer_voters.sql

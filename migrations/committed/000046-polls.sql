--! Previous: x
--! Hash: x

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
create policy select_admin on app_public.poll_ballots for select to trumpet_admin using (not is_anonymous);
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

--! EndIncluded functions/polls/poll_moment.sql

--! Included functions/polls/poll_text.sql

--! EndIncluded functions/polls/poll_text.sql

--! Included functions/polls/poll_of.sql

--! EndIncluded functions/polls/poll_of.sql

--! Included functions/polls/is_poll_over.sql

--! EndIncluded functions/polls/is_poll_over.sql

--! Included functions/polls/is_count_due.sql

--! EndIncluded functions/polls/is_count_due.sql

--! Included functions/polls/check_poll.sql

--! EndIncluded functions/polls/check_poll.sql

--! Included functions/polls/create_poll.sql

--! EndIncluded functions/polls/create_poll.sql

--! Included functions/polls/count_poll.sql

--! EndIncluded functions/polls/count_poll.sql

--! Included functions/polls/count_next_poll.sql

--! EndIncluded functions/polls/count_next_poll.sql

--! Included functions/polls/vote_in_poll.sql

--! EndIncluded functions/polls/vote_in_poll.sql

--! Included functions/polls/close_poll.sql

--! EndIncluded functions/polls/close_poll.sql

--! Included functions/polls/tg_rooms__await_votes.sql

--! EndIncluded functions/polls/tg_rooms__await_votes.sql

create trigger _400_await_votes after update of is_archived, is_locked on app_public.rooms
  for each row when (old.is_archived <> new.is_archived or old.is_locked <> new.is_locked)
  execute function app_private.tg_rooms__await_votes();

--! Included functions/polls/forget_ballots.sql

--! EndIncluded functions/polls/forget_ballots.sql

--! Included functions/polls/erase_ballots.sql

--! EndIncluded functions/polls/erase_ballots.sql

--! Included functions/polls/messages_poll.sql

--! EndIncluded functions/polls/messages_poll.sql

--! Included functions/polls/poll_answers.sql

--! EndIncluded functions/polls/poll_answers.sql

--! Included functions/polls/poll_answer_viewer_has_chosen.sql

--! EndIncluded functions/polls/poll_answer_viewer_has_chosen.sql

--! Included functions/polls/chosen_at.sql

--! EndIncluded functions/polls/chosen_at.sql

--! Included functions/polls/poll_answer_voters.sql

--! EndIncluded functions/polls/poll_answer_voters.sql

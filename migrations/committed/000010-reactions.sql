--! Previous: sha1:446488864558aa7171e0b0b45af1aa55ff980e3f
--! Hash: sha1:968e3cb9a7b001a734010721aa4705251c6f4bbd

/*
 * Reactions: one row a person, message and emoji.
 */

--! Included functions/reactions/is_emoji.sql
/*
 * What counts as an emoji: a pictograph with its variation and skin tone, several of them joined by the zero-width
 * joiner (👩‍🚀), a flag of two regional letters, or a keycap (1️⃣). The ranges are Unicode 16's Extended_Pictographic.
 */
create or replace function app_hidden.is_emoji(candidate text) returns boolean
language plpgsql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_pictograph constant text := '['
    '\u00A9\u00AE\u203C\u2049\u2122\u2139\u2194-\u2199\u21A9-\u21AA\u231A-\u231B\u2328\u23CF\u23E9-\u23F3'
    '\u23F8-\u23FA\u24C2\u25AA-\u25AB\u25B6\u25C0\u25FB-\u25FE\u2600-\u2604\u260E\u2611\u2614-\u2615'
    '\u2618\u261D\u2620\u2622-\u2623\u2626\u262A\u262E-\u262F\u2638-\u263A\u2640\u2642\u2648-\u2653'
    '\u265F-\u2660\u2663\u2665-\u2666\u2668\u267B\u267E-\u267F\u2692-\u2697\u2699\u269B-\u269C'
    '\u26A0-\u26A1\u26A7\u26AA-\u26AB\u26B0-\u26B1\u26BD-\u26BE\u26C4-\u26C5\u26C8\u26CE-\u26CF\u26D1'
    '\u26D3-\u26D4\u26E9-\u26EA\u26F0-\u26F5\u26F7-\u26FA\u26FD\u2702\u2705\u2708-\u270D\u270F\u2712'
    '\u2714\u2716\u271D\u2721\u2728\u2733-\u2734\u2744\u2747\u274C\u274E\u2753-\u2755\u2757\u2763-\u2764'
    '\u2795-\u2797\u27A1\u27B0\u27BF\u2934-\u2935\u2B05-\u2B07\u2B1B-\u2B1C\u2B50\u2B55\u3030\u303D\u3297'
    '\u3299\U0001F004\U0001F02C-\U0001F02F\U0001F094-\U0001F09F\U0001F0AF-\U0001F0B0\U0001F0C0'
    '\U0001F0CF-\U0001F0D0\U0001F0F6-\U0001F0FF\U0001F170-\U0001F171\U0001F17E-\U0001F17F\U0001F18E'
    '\U0001F191-\U0001F19A\U0001F1AE-\U0001F1E5\U0001F201-\U0001F20F\U0001F21A\U0001F22F'
    '\U0001F232-\U0001F23A\U0001F23C-\U0001F23F\U0001F249-\U0001F25F\U0001F266-\U0001F321'
    '\U0001F324-\U0001F393\U0001F396-\U0001F397\U0001F399-\U0001F39B\U0001F39E-\U0001F3F0'
    '\U0001F3F3-\U0001F3F5\U0001F3F7-\U0001F3FA\U0001F400-\U0001F4FD\U0001F4FF-\U0001F53D'
    '\U0001F549-\U0001F54E\U0001F550-\U0001F567\U0001F56F-\U0001F570\U0001F573-\U0001F57A\U0001F587'
    '\U0001F58A-\U0001F58D\U0001F590\U0001F595-\U0001F596\U0001F5A4-\U0001F5A5\U0001F5A8'
    '\U0001F5B1-\U0001F5B2\U0001F5BC\U0001F5C2-\U0001F5C4\U0001F5D1-\U0001F5D3\U0001F5DC-\U0001F5DE'
    '\U0001F5E1\U0001F5E3\U0001F5E8\U0001F5EF\U0001F5F3\U0001F5FA-\U0001F64F\U0001F680-\U0001F6C5'
    '\U0001F6CB-\U0001F6D2\U0001F6D5-\U0001F6E5\U0001F6E9\U0001F6EB-\U0001F6F0\U0001F6F3-\U0001F6FF'
    '\U0001F7DA-\U0001F7FF\U0001F80C-\U0001F80F\U0001F848-\U0001F84F\U0001F85A-\U0001F85F'
    '\U0001F888-\U0001F88F\U0001F8AE-\U0001F8AF\U0001F8BC-\U0001F8BF\U0001F8C2-\U0001F8CF'
    '\U0001F8D9-\U0001F8FF\U0001F90C-\U0001F93A\U0001F93C-\U0001F945\U0001F947-\U0001F9FF'
    '\U0001FA58-\U0001FA5F\U0001FA6E-\U0001FAFF\U0001FC00-\U0001FFFD'
    ']\uFE0F?[\U0001F3FB-\U0001F3FF]?';
begin
  return candidate ~ (
    '^(' || v_pictograph || '(\u200D' || v_pictograph || ')*'
    -- England, Scotland and Wales. Other tags are text that nobody sees.
    || '|\U0001F3F4\U000E0067\U000E0062(\U000E0065\U000E006E\U000E0067|\U000E0073\U000E0063\U000E0074|\U000E0077\U000E006C\U000E0073)\U000E007F'
    || '|[\U0001F1E6-\U0001F1FF]{2}'
    || '|[0-9#*]\uFE0F?\u20E3)$'
  );
end
$$;
comment on function app_hidden.is_emoji(text) is 'Whether a text is one emoji and nothing else.';
--! EndIncluded functions/reactions/is_emoji.sql

--! Included functions/reactions/plain_emoji.sql
/*
 * Keyboards write ❤️ with and without the selector that asks for a picture, and both look the same in a reaction. The one
 * form is Unicode's fully-qualified: the selector stands where a letter would be text without it, and nowhere else. The
 * ranges are those of Unicode 17 with Emoji and without Emoji_Presentation.
 */
create or replace function app_hidden.plain_emoji(emoji text) returns text
language plpgsql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_textual constant text := '['
    '\u00A9\u00AE\u203C\u2049\u2122\u2139\u2194-\u2199\u21A9-\u21AA\u2328\u23CF\u23ED-\u23EF\u23F1-\u23F2'
    '\u23F8-\u23FA\u24C2\u25AA-\u25AB\u25B6\u25C0\u25FB-\u25FC\u2600-\u2604\u260E\u2611\u2618\u261D\u2620'
    '\u2622-\u2623\u2626\u262A\u262E-\u262F\u2638-\u263A\u2640\u2642\u265F-\u2660\u2663\u2665-\u2666'
    '\u2668\u267B\u267E\u2692\u2694-\u2697\u2699\u269B-\u269C\u26A0\u26A7\u26B0-\u26B1\u26C8\u26CF\u26D1'
    '\u26D3\u26E9\u26F0-\u26F1\u26F4\u26F7-\u26F9\u2702\u2708-\u2709\u270C-\u270D\u270F\u2712\u2714\u2716'
    '\u271D\u2721\u2733-\u2734\u2744\u2747\u2763-\u2764\u27A1\u2934-\u2935\u2B05-\u2B07\u3030\u303D\u3297'
    '\u3299\U0001F170-\U0001F171\U0001F17E-\U0001F17F\U0001F202\U0001F237\U0001F321\U0001F324-\U0001F32C'
    '\U0001F336\U0001F37D\U0001F396-\U0001F397\U0001F399-\U0001F39B\U0001F39E-\U0001F39F'
    '\U0001F3CB-\U0001F3CE\U0001F3D4-\U0001F3DF\U0001F3F3\U0001F3F5\U0001F3F7\U0001F43F\U0001F441'
    '\U0001F4FD\U0001F549-\U0001F54A\U0001F56F-\U0001F570\U0001F573-\U0001F579\U0001F587'
    '\U0001F58A-\U0001F58D\U0001F590\U0001F5A5\U0001F5A8\U0001F5B1-\U0001F5B2\U0001F5BC'
    '\U0001F5C2-\U0001F5C4\U0001F5D1-\U0001F5D3\U0001F5DC-\U0001F5DE\U0001F5E1\U0001F5E3\U0001F5E8'
    '\U0001F5EF\U0001F5F3\U0001F5FA\U0001F6CB\U0001F6CD-\U0001F6CF\U0001F6E0-\U0001F6E5\U0001F6E9'
    '\U0001F6F0\U0001F6F3'
    ']';
begin
  return regexp_replace(
    regexp_replace(
      translate(emoji, U&'\FE0E\FE0F', ''),
      '(' || v_textual || ')(?![\U0001F3FB-\U0001F3FF])', '\1' || U&'\FE0F', 'g'),
    '^([0-9#*])(?=\u20E3$)', '\1' || U&'\FE0F');
end
$$;
comment on function app_hidden.plain_emoji(text) is 'An emoji in the one of its spellings that is kept.';
--! EndIncluded functions/reactions/plain_emoji.sql

--! Included functions/reactions/plain_emoji_name.sql
create or replace function app_hidden.plain_emoji_name(name text) returns text
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select normalize(lower(normalize(btrim(name, ' :'), nfkc) collate pg_unicode_fast), nfkc);
$$;
comment on function app_hidden.plain_emoji_name(text) is
  'The name of a custom emoji in the one of its spellings that is kept: `:Party_Parrot:` is `party_parrot`.';
--! EndIncluded functions/reactions/plain_emoji_name.sql

--! Included functions/reactions/is_emoji_name.sql
/*
 * Letters and digits of any script, with underscores, dashes and plus signs between them. The time of day between two colons
 * is no name, so a letter is among them. 30 characters, and two colons around them, are as long as an emoji may be.
 */
create or replace function app_hidden.is_emoji_name(name text) returns boolean
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select char_length(name) between 1 and 30
    and name = app_hidden.plain_emoji_name(name)
    and name collate pg_unicode_fast ~ '[[:alpha:]]'
    and name collate pg_unicode_fast ~ ('^[' || app_hidden.word_letters() || '][' || app_hidden.word_letters() || '_+-]*$');
$$;
comment on function app_hidden.is_emoji_name(text) is 'Whether a custom emoji may be called so.';
--! EndIncluded functions/reactions/is_emoji_name.sql

--! Included functions/reactions/is_reaction.sql
create or replace function app_hidden.is_reaction(emoji text) returns boolean
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when starts_with(emoji, ':')
    then right(emoji, 1) = ':' and app_hidden.is_emoji_name(substr(emoji, 2, char_length(emoji) - 2))
    else app_hidden.is_emoji(emoji) and emoji = app_hidden.plain_emoji(emoji) end;
$$;
comment on function app_hidden.is_reaction(text) is
  'Whether a text is an emoji in the spelling that is kept, or the name of a custom one between colons.';
--! EndIncluded functions/reactions/is_reaction.sql

--! Included functions/reactions/reaction_named.sql
/* An emoji that was removed, or is of an import, stays where it is: it can be taken back, and given no more. */
create or replace function app_private.reaction_named(emoji text) returns text
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when starts_with(emoji, ':')
    then ':' || app_hidden.plain_emoji_name(emoji) || ':'
    else app_hidden.plain_emoji(emoji) end;
$$;
comment on function app_private.reaction_named(text) is 'A reaction in the one of its spellings that is kept.';
--! EndIncluded functions/reactions/reaction_named.sql

create table app_public.message_reactions (
  message_id uuid not null,
  emoji text not null,
  user_id uuid not null,
  room_id uuid not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (message_id, emoji, user_id),
  constraint message_reactions_emoji_is_one check (
    char_length(emoji) <= 32 and app_hidden.is_reaction(emoji)
  )
);
comment on table app_public.message_reactions is
  'One person''s reaction to one message.';
comment on column app_public.message_reactions.message_id is 'The message.';
comment on column app_public.message_reactions.emoji is 'The emoji, or the name of a custom one between colons: `:party_parrot:`.';
comment on column app_public.message_reactions.user_id is 'Who reacted.';
comment on column app_public.message_reactions.room_id is 'The room of the message.';
comment on column app_public.message_reactions.created_at is 'When.';
comment on constraint message_reactions_pkey on app_public.message_reactions is 'One reaction a person, message and emoji.';
alter table app_public.message_reactions enable row level security;

--! Included functions/reactions/unseen_message_ids.sql
/*
 * What hangs on a message that is held, or that has disappeared, is as hidden as the message. Asked once a query, of an index that holds nothing but
 * held messages; whether the message can be seen, asked of every row, would cost as much again as the rows.
 */
create or replace function app_hidden.unseen_message_ids() returns setof uuid
language sql stable security definer rows 1
set search_path = pg_catalog, pg_temp
as $$
  select messages.id from app_public.messages
    where messages.held_at is not null
      and (
        messages.room_id in (select app_hidden.broadcast_room_ids())
        or messages.room_id in (select app_hidden.my_room_ids())
      )
      and messages.author_id is distinct from app_hidden.current_user_id()
      and messages.room_id not in (select app_hidden.my_room_ids_with('review_messages'))
  union all
  -- Few: the worker deletes them within the second.
  select disappearing_messages.message_id from app_private.disappearing_messages
    where disappears_at <= statement_timestamp() and not is_withheld
  union all
  -- What a legal hold keeps of it, in rooms that whoever is asking sees.
  select disappearing_messages.message_id from app_private.disappearing_messages
    where is_withheld and (
      room_id in (select app_hidden.broadcast_room_ids()) or room_id in (select app_hidden.my_room_ids()));
$$;
comment on function app_hidden.unseen_message_ids() is
  'The held messages in the rooms of whoever is asking that they may not see, and what has disappeared and is not deleted yet, or is kept by a legal hold.';
grant execute on function app_hidden.unseen_message_ids() to trumpet_user, trumpet_broadcast;
--! EndIncluded functions/reactions/unseen_message_ids.sql

create policy select_member on app_public.message_reactions for select to trumpet_user using (
  (
    room_id in (select app_hidden.my_open_room_ids())
    or room_id in (select app_hidden.my_room_ids()) and exists (select from app_public.messages where messages.id = message_id)
  )
  and message_id not in (select app_hidden.unseen_message_ids())
);
create policy select_broadcast on app_public.message_reactions for select to trumpet_broadcast using (
  room_id in (select app_hidden.broadcast_room_ids()) and message_id not in (select app_hidden.unseen_message_ids())
);
create policy select_admin on app_public.message_reactions for select to trumpet_admin
  using (exists (select from app_public.messages where messages.id = message_id));
grant select on app_public.message_reactions to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* erase_reactions, personal_data */
create index message_reactions_user_id on app_public.message_reactions (user_id, room_id);

--! Included functions/reactions/tg_message_reactions__log_change.sql
create or replace function app_private.tg_message_reactions__log_change() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row app_public.message_reactions := case when tg_op = 'DELETE' then old else new end;
begin
  perform app_private.log_change(
    v_row.room_id, 'reaction', lower(tg_op),
    message_id => v_row.message_id, user_id => v_row.user_id, emoji => v_row.emoji);
  return null;
end
$$;
comment on function app_private.tg_message_reactions__log_change() is 'Logs who reacts, and who takes it back.';
--! EndIncluded functions/reactions/tg_message_reactions__log_change.sql

create trigger _100_refuse_truncate before truncate on app_public.message_reactions
  for each statement execute function app_private.tg_any__refuse_truncate();
create trigger _100_keep_key before update of message_id, room_id, user_id, emoji on app_public.message_reactions
  for each row when (
    old.message_id <> new.message_id or old.room_id <> new.room_id or old.user_id <> new.user_id or old.emoji <> new.emoji
  ) execute function app_private.tg_any__keep_key();
create trigger _500_log_change after insert or delete on app_public.message_reactions
  for each row execute function app_private.tg_message_reactions__log_change();

--! Included functions/reactions/tg_messages__forget.sql
/*
 * Reactions and earlier versions go with what they were about. The event of the deletion shows the message without them:
 * an event for each would say the same again. The setting is not one of the function's own (`set trumpet.bulk`): that is a
 * superuser's to write, and the owner need be none. Work in bulk takes them along itself where it deletes rows.
 */
create or replace function app_private.tg_messages__forget() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_bulk boolean := coalesce(current_setting('trumpet.bulk', true) = 'on', false);
begin
  if tg_op = 'DELETE' then
    if v_is_bulk then
      return null;
    end if;
  elsif old.deleted_at is not null or new.deleted_at is null then
    return null;
  end if;
  perform app_private.begin_bulk();
  delete from app_public.message_reactions where message_id = old.id;
  delete from app_public.message_edits where message_id = old.id;
  if old.metadata ? 'poll' then
    perform app_private.forget_ballots(array[old.id], old.room_id);
  end if;
  if not v_is_bulk then
    perform app_private.end_bulk();
  end if;
  -- What never had a place goes whole.
  if tg_op = 'UPDATE' and app_private.is_provisional(old.seq) then
    delete from app_public.messages where id = old.id;
  end if;
  return null;
end
$$;
comment on function app_private.tg_messages__forget() is
  'Deletes the reactions to a message that is deleted, and its earlier versions, whoever deletes it.';
--! EndIncluded functions/reactions/tg_messages__forget.sql

create trigger _600_forget_update after update of deleted_at on app_public.messages
  for each row execute function app_private.tg_messages__forget();
create trigger _600_forget_delete after delete on app_public.messages
  for each row execute function app_private.tg_messages__forget();

--! Included functions/reactions/add_message_reaction.sql
create or replace function app_public.add_message_reaction(message_id uuid, emoji text) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_emojis_allowed constant integer := 50;
  v_locked app_private.locked_message;
  v_message app_public.messages;
begin
  perform app_private.take_tokens(app_private.require_user());
  v_locked := app_private.lock_message_as(add_message_reaction.message_id);
  v_message := v_locked.message;
  perform app_private.check_may_write(v_locked.room, v_locked.member, 'add_reactions');
  if starts_with(add_message_reaction.emoji, ':') then
    add_message_reaction.emoji := app_private.custom_reaction(add_message_reaction.emoji);
  else
    add_message_reaction.emoji := app_hidden.plain_emoji(add_message_reaction.emoji);
    if not app_hidden.is_emoji(add_message_reaction.emoji) or char_length(add_message_reaction.emoji) > 32 then
      raise exception 'A reaction is one emoji.' using errcode = 'TR400';
    end if;
  end if;
  if v_emojis_allowed <= (
    select count(distinct message_reactions.emoji) from app_public.message_reactions
      where message_reactions.message_id = v_message.id and message_reactions.emoji <> add_message_reaction.emoji
  ) then
    raise exception 'A message has at most % different emoji.', v_emojis_allowed using errcode = 'TR409';
  end if;
  insert into app_public.message_reactions (message_id, emoji, user_id, room_id)
    values (v_message.id, add_message_reaction.emoji, app_hidden.current_user_id(), v_message.room_id)
    on conflict do nothing;
  return v_message;
end
$$;
comment on function app_public.add_message_reaction(uuid, text) is
  'Reacts to a message with an emoji such as `👍`. Doing it twice is the same as once.';
grant execute on function app_public.add_message_reaction(uuid, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/reactions/add_message_reaction.sql

--! Included functions/reactions/remove_message_reaction.sql
create or replace function app_public.remove_message_reaction(message_id uuid, emoji text) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_emoji constant text := app_private.reaction_named(remove_message_reaction.emoji);
  v_message app_public.messages;
begin
  perform app_private.take_tokens(app_private.require_user());
  v_message := (app_private.lock_message_as(remove_message_reaction.message_id)).message;
  delete from app_public.message_reactions
    where message_reactions.message_id = v_message.id and message_reactions.emoji = v_emoji
      and user_id = app_hidden.current_user_id();
  -- By another name of a custom emoji, unless it was the name of one that is gone.
  if not found then
    delete from app_public.message_reactions
      where message_reactions.message_id = v_message.id
        and message_reactions.emoji = app_private.custom_reaction_of(remove_message_reaction.emoji)
        and user_id = app_hidden.current_user_id();
  end if;
  return v_message;
end
$$;
comment on function app_public.remove_message_reaction(uuid, text) is 'Takes your reaction back. Nothing happens when there is none.';
grant execute on function app_public.remove_message_reaction(uuid, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/reactions/remove_message_reaction.sql

create type app_public.reaction_summary as (
  message_id uuid,
  emoji text,
  count integer
);
comment on type app_public.reaction_summary is 'One emoji under a message: how many people chose it, and who.';
comment on column app_public.reaction_summary.message_id is 'The message.';
comment on column app_public.reaction_summary.emoji is 'The emoji.';
comment on column app_public.reaction_summary.count is 'How many people chose it.';

--! Included functions/reactions/messages_reactions.sql
create or replace function app_public.messages_reactions(message app_public.messages) returns setof app_public.reaction_summary
language sql stable security invoker rows 3
set search_path = pg_catalog, pg_temp
as $$
  select message_id, emoji, count(*)::integer
    from app_public.message_reactions
    where message_id = message.id
    group by message_id, emoji
    order by min(created_at), emoji;
$$;
comment on function app_public.messages_reactions(app_public.messages) is
  'The reactions, one entry an emoji, the earliest first.';
grant execute on function app_public.messages_reactions(app_public.messages) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/reactions/messages_reactions.sql

--! Included functions/reactions/reacted_at.sql
create or replace function app_hidden.reacted_at(message_id uuid, emoji text, user_id uuid) returns timestamptz
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select created_at from app_public.message_reactions
    where message_reactions.message_id = reacted_at.message_id
      and message_reactions.emoji = reacted_at.emoji
      and message_reactions.user_id = reacted_at.user_id;
$$;
comment on function app_hidden.reacted_at(uuid, text, uuid) is 'When someone chose an emoji: what reaction_summary_users orders by.';
grant execute on function app_hidden.reacted_at(uuid, text, uuid) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/reactions/reacted_at.sql

--! Included functions/reactions/reaction_summary_users.sql
create or replace function app_public.reaction_summary_users(reaction app_public.reaction_summary) returns setof app_public.users
language sql stable security invoker rows 10
set search_path = pg_catalog, pg_temp
as $$
  select users.* from app_public.message_reactions
    join app_public.users on users.id = message_reactions.user_id
    where message_reactions.message_id = reaction.message_id and message_reactions.emoji = reaction.emoji
    order by message_reactions.created_at, users.id;
$$;
comment on function app_public.reaction_summary_users(app_public.reaction_summary) is
  'Who chose it, the earliest first.';
grant execute on function app_public.reaction_summary_users(app_public.reaction_summary) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/reactions/reaction_summary_users.sql

--! Included functions/reactions/reaction_summary_viewer_has_reacted.sql
create or replace function app_public.reaction_summary_viewer_has_reacted(reaction app_public.reaction_summary) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from app_public.message_reactions
      where message_reactions.message_id = reaction.message_id
        and message_reactions.emoji = reaction.emoji
        and message_reactions.user_id = app_hidden.current_user_id());
$$;
comment on function app_public.reaction_summary_viewer_has_reacted(app_public.reaction_summary) is
  'Whether you are among those who chose it.';
grant execute on function app_public.reaction_summary_viewer_has_reacted(app_public.reaction_summary) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/reactions/reaction_summary_viewer_has_reacted.sql

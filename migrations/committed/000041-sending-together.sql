--! Previous: sha1:351f834dc2b0c08860537b77e4e2f64d0e4243d0
--! Hash: sha1:ebd42fd65799a710cda8a90c018275629ce1e950

create type app_private.usual_send as (
  position integer,
  id uuid,
  author_id uuid,
  content text,
  message_type text,
  nonce text,
  tokens integer
);
comment on type app_private.usual_send is
  'A message that nothing stands in the way of: its place among those it is sent with, its id, and the tokens that it takes.';

--! Included functions/sending-together/usual_sends.sql
/*
 * Most messages are words of a member to a room where nothing stands in their way. Of many such, one statement can ask
 * what send_message asks of each, and one can write them: a tenth of the work. What is usual is what every check of
 * send_message would let pass without a doubt; anything else is left to it.
 */
create or replace function app_private.usual_sends(
  room_id uuid, user_ids uuid[], session_ids text[], key_ids text[], hook_questions text[],
  contents text[], message_types text[], metadata text[], parent_message_ids text[], nonces text[], attachment_ids text[],
  read_up_to_message_ids text[], waiting_users uuid[]
) returns app_private.usual_send[]
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_everywhere constant uuid := '00000000-0000-0000-0000-000000000000';
  v_now constant timestamptz := clock_timestamp();
  -- As take_tokens has it.
  v_ahead constant interval := '10 seconds';
  v_octets_a_token constant integer := 2000;
  v_limits app_private.limits;
  v_usual app_private.usual_send[];
  v_fresh uuid[];
begin
  perform from app_public.rooms
    where rooms.id = usual_sends.room_id
      and not is_archived and not is_locked and type <> 'direct' and slow_mode_seconds = 0 and writing_role = 'member'
      and disappear_after_seconds is null
      and not exists (select from app_public.room_rules where room_rules.room_id = rooms.id)
      and not exists (
        select from app_public.webhooks
          where default_verdict is not null and 'message' = any (webhooks.asks)
            and webhooks.workspace_id = rooms.workspace_id and (webhooks.room_ids is null or rooms.id = any (webhooks.room_ids)));
  if not found then
    return null;
  end if;
  select * into v_limits from app_private.limits;
  select array_agg(row(sends.position, uuidv7(), sends.user_id, sends.content, sends.message_type, sends.nonce, sends.tokens)::app_private.usual_send order by sends.position)
    into v_usual
    from (
      select *, 1 + (octet_length(content) + pg_column_size('{}'::jsonb)) / v_octets_a_token as tokens,
          count(*) over (partition by asked.user_id) as sends_of_user
        from unnest(
          usual_sends.user_ids, usual_sends.session_ids, usual_sends.key_ids, usual_sends.hook_questions,
          usual_sends.contents, usual_sends.message_types, usual_sends.metadata, usual_sends.parent_message_ids,
          usual_sends.nonces, usual_sends.attachment_ids, usual_sends.read_up_to_message_ids
        ) with ordinality as asked (
          user_id, session_id, key_id, hook_question, content, message_type, metadata, parent_message_id, nonce, attachment_ids,
          read_up_to_message_id, position)
    ) as sends
    join app_public.room_members on room_members.room_id = usual_sends.room_id and room_members.user_id = sends.user_id
    join app_public.users on users.id = sends.user_id
    join app_private.token_buckets as everywhere on everywhere.user_id = sends.user_id and everywhere.room_id = v_everywhere
    join app_private.token_buckets as here on here.user_id = sends.user_id and here.room_id = usual_sends.room_id
    where sends_of_user = 1 and sends.user_id <> all (usual_sends.waiting_users) and sends.key_id = '' and sends.hook_question = ''
      and sends.message_type in ('text', 'image', 'video', 'audio', 'file') and sends.metadata = '{}'
      and sends.parent_message_id is null and sends.attachment_ids is null and sends.read_up_to_message_id is null
      and (sends.nonce is null or char_length(sends.nonce) between 1 and 200)
      and char_length(sends.content) <= 8000 and position('@' in sends.content) = 0 and not app_private.is_blank(sends.content)
      and room_members.muted_until is null and room_members.denied_permissions is null and users.deleted_at is null
      and not exists (select from app_private.suspensions where suspensions.user_id = sends.user_id)
      and case when sends.session_id = '' then true else exists (
        select from app_private.sessions
          where sessions.id = sends.session_id::uuid and ended_at is null and expires_at > v_now) end
      and greatest(everywhere.full_at, v_now) + v_limits.user_refill * least(tokens, v_limits.user_burst)
        <= v_now + v_limits.user_capacity
      and greatest(here.full_at, v_now) + v_limits.user_in_room_refill * least(tokens, v_limits.user_in_room_burst)
        <= v_now + v_limits.user_in_room_capacity
      and here.taken_at <= v_now + v_ahead;
  -- What was sent before under its nonce is given as it is by now.
  if exists (select from unnest(v_usual) as sends where sends.nonce is not null) then
    with noted as (
      insert into app_private.message_nonces (author_id, nonce, message_id, request_hash)
        select sends.author_id, sends.nonce, sends.id, hash_record_extended(
            row (
              usual_sends.room_id, sends.content, sends.message_type::app_public.message_type, '{}'::jsonb, null::uuid,
              null::uuid[]),
            0)
          from unnest(v_usual) as sends
          where sends.nonce is not null
        on conflict on constraint message_nonces_pkey do nothing
        returning message_nonces.message_id
    )
    select array_agg(noted.message_id) into v_fresh from noted;
    select array_agg(row(sends.*)::app_private.usual_send order by sends.position) into v_usual
      from unnest(v_usual) as sends
      where sends.nonce is null or sends.id = any (v_fresh);
  end if;
  update app_private.token_buckets set
      taken_at = greatest(token_buckets.taken_at, v_now),
      full_at = greatest(token_buckets.full_at, v_now) + case
        when token_buckets.room_id = v_everywhere then v_limits.user_refill * least(sends.tokens, v_limits.user_burst)
        else v_limits.user_in_room_refill * least(sends.tokens, v_limits.user_in_room_burst) end
    from unnest(v_usual) as sends
    where token_buckets.user_id = sends.author_id and token_buckets.room_id in (v_everywhere, usual_sends.room_id);
  return v_usual;
end
$$;
comment on function app_private.usual_sends(uuid, uuid[], text[], text[], text[], text[], text[], text[], text[], text[], text[], text[], uuid[]) is
  'Of messages that are sent together to a room whose head is locked, those that nothing stands in the way of. Their tokens are taken, and their nonces noted.';
--! EndIncluded functions/sending-together/usual_sends.sql

--! Included functions/sending-together/write_usual.sql
create or replace function app_private.write_usual(room_id uuid, sends app_private.usual_send[]) returns app_public.messages[]
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count constant integer := cardinality(sends);
  v_change_seq bigint;
  v_seq bigint;
  v_moment timestamptz;
  v_set text;
  v_messages app_public.messages[];
  v_user_id uuid;
begin
  select last_change_seq, last_message_seq, app_private.next_moment(last_change_at) into v_change_seq, v_seq, v_moment
    from app_private.room_heads where room_heads.room_id = write_usual.room_id;
  update app_private.room_heads set
      last_change_seq = v_change_seq + v_count,
      last_change_at = v_moment + (v_count - 1) * interval '1 microsecond',
      last_message_seq = v_seq + v_count,
      last_message_at = v_moment + (v_count - 1) * interval '1 microsecond',
      last_message_id = sends[v_count].id
    where room_heads.room_id = write_usual.room_id;
  v_set := set_config('trumpet.numbered', (select string_agg(written.id::text, ' ') from unnest(sends) as written), true);
  with written as (
    insert into app_public.messages as message (id, room_id, seq, author_id, content, message_type, created_at)
      select usual.id, write_usual.room_id, v_seq + usual.number, usual.author_id, usual.content,
          usual.message_type::app_public.message_type, v_moment + (usual.number - 1) * interval '1 microsecond'
        from unnest(sends) with ordinality as usual (position, id, author_id, content, message_type, nonce, tokens, number)
        order by usual.number
      returning message
  )
  select array_agg(written.message order by (written.message).seq) into v_messages from written;
  v_set := set_config('trumpet.numbered', '', true);
  insert into app_private.room_changes (room_id, change_seq, kind, op, message_id, user_id, actor_id, occurred_at)
    select write_usual.room_id, v_change_seq + usual.number, 'message', 'insert', usual.id, usual.author_id, usual.author_id,
        v_moment + (usual.number - 1) * interval '1 microsecond'
      from unnest(sends) with ordinality as usual (position, id, author_id, content, message_type, nonce, tokens, number);
  perform app_private.ring('c:' || write_usual.room_id);
  for v_user_id in
    delete from app_private.typing_indicators
      where typing_indicators.room_id = write_usual.room_id
        and typing_indicators.user_id in (select author_id from unnest(sends))
      returning typing_indicators.user_id
  loop
    perform app_private.ring('t:' || write_usual.room_id || ':' || v_user_id || ':delete');
  end loop;
  return v_messages;
end
$$;
comment on function app_private.write_usual(uuid, app_private.usual_send[]) is
  'Writes messages that usual_sends has let pass, in their order, with their numbers and their rows of the log.';
--! EndIncluded functions/sending-together/write_usual.sql

--! Included functions/sending-together/send_together.sql
/*
 * Sends of one room travel together.
 *
 * A room's head is locked until commit, so one room takes one transaction after another, each as long as a flush of the
 * log. The messages that come to a server meanwhile are its next transaction: this is called for them, in the order in
 * which they came.
 *
 * What is usual is checked and written all at once: see usual_sends. Any other message is sent as its own sender by
 * send_message, when its turn has come: what it refuses, or what breaks, is rolled back to where
 * that message began, and told with it. Whose bucket somebody else has locked is not waited for, because all others
 * would: they are told `55P03`, and the server sends their message by itself. It is the same with what else a message of
 * one waits for, such as a nonce that goes in at another server at this moment: who has that waits for their bucket. So
 * no two transactions wait for each other for longer than that, though each has the buckets of many.
 */
create or replace function app_hidden.send_together(
  room_id uuid, user_ids uuid[], session_ids text[], key_ids text[], hook_questions text[],
  contents text[], message_types text[], metadata text[], parent_message_ids text[], nonces text[], attachment_ids text[],
  read_up_to_message_ids text[]
) returns table (message app_public.messages, state text, error text, detail text, hint text, broken text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_everywhere constant uuid := '00000000-0000-0000-0000-000000000000';
  v_free uuid[];
  v_taken uuid[];
  v_send record;
  v_set text;
  v_usual app_private.usual_send[];
  v_run app_private.usual_send[];
  v_written app_public.messages[];
  v_written_from integer := 0;
  v_lock_timeout constant text := current_setting('lock_timeout');
  v_own_lock_timeout constant text := '100ms';
  v_bell constant text := coalesce(current_setting('trumpet.bell', true), '');
begin
  select array_agg(locked.user_id) into v_free from (
    select token_buckets.user_id from app_private.token_buckets
      where token_buckets.user_id = any (send_together.user_ids) and token_buckets.room_id = v_everywhere
      for no key update skip locked
  ) as locked;
  if cardinality(v_free) is distinct from cardinality(send_together.user_ids) then
    select array_agg(token_buckets.user_id) into v_taken from app_private.token_buckets
      where token_buckets.user_id = any (send_together.user_ids) and token_buckets.room_id = v_everywhere
        and token_buckets.user_id <> all (coalesce(v_free, '{}'));
  end if;
  -- Not by the first that needs it: a lock that is not had in time is refused once, and not to one after the other.
  perform app_private.lock_room(send_together.room_id);
  -- One bell for all, after the last.
  if v_bell = 'app' then
    v_set := set_config('trumpet.bell', 'once', true);
  end if;
  begin
    v_set := set_config('lock_timeout', v_own_lock_timeout, true);
    v_usual := app_private.usual_sends(
      send_together.room_id, send_together.user_ids, send_together.session_ids, send_together.key_ids,
      send_together.hook_questions, send_together.contents, send_together.message_types, send_together.metadata,
      send_together.parent_message_ids, send_together.nonces, send_together.attachment_ids,
      send_together.read_up_to_message_ids, coalesce(v_taken, '{}'));
  exception when lock_not_available then
    v_usual := null; -- Each asks for its own, then.
  end;
  for v_send in
    select * from unnest(
      send_together.user_ids, send_together.session_ids, send_together.key_ids, send_together.hook_questions,
      send_together.contents, send_together.message_types, send_together.metadata, send_together.parent_message_ids,
      send_together.nonces, send_together.attachment_ids, send_together.read_up_to_message_ids
    ) with ordinality as sends (
      user_id, session_id, key_id, hook_question, content, message_type, metadata, parent_message_id, nonce, attachment_ids,
      read_up_to_message_id, position)
  loop
    message := null;
    state := null;
    error := null;
    detail := null;
    hint := null;
    broken := null;
    if v_send.position = v_usual[1].position then
      -- As far as nothing else comes between.
      v_run := (
        select array_agg(row(usual.position, usual.id, usual.author_id, usual.content, usual.message_type, usual.nonce, usual.tokens)::app_private.usual_send
          order by usual.position)
          from unnest(v_usual) with ordinality as usual (
            position, id, author_id, content, message_type, nonce, tokens, number)
          where usual.position = v_send.position + usual.number - 1);
      v_usual := v_usual[cardinality(v_run) + 1:];
      v_set := set_config('lock_timeout', v_lock_timeout, true);
      v_written := app_private.write_usual(send_together.room_id, v_run);
      v_written_from := v_send.position;
    end if;
    if v_send.position < v_written_from + coalesce(cardinality(v_written), 0) then
      message := v_written[v_send.position - v_written_from + 1];
    elsif v_taken is not null and v_send.user_id = any (v_taken) then
      state := '55P03';
    else
      begin
        v_set := set_config('lock_timeout', v_own_lock_timeout, true);
        v_set := set_config('trumpet.user_id', v_send.user_id::text, true);
        v_set := set_config('trumpet.session_id', v_send.session_id, true);
        v_set := set_config('trumpet.key_id', v_send.key_id, true);
        v_set := set_config('trumpet.hook_question', v_send.hook_question, true);
        message := app_public.send_message(
          send_together.room_id, v_send.content, v_send.message_type::app_public.message_type, v_send.metadata::jsonb,
          v_send.parent_message_id::uuid, v_send.nonce, v_send.attachment_ids::uuid[], v_send.read_up_to_message_id::uuid);
      exception when others then
        get stacked diagnostics
          state = returned_sqlstate, error = message_text, detail = pg_exception_detail, hint = pg_exception_hint,
          broken = constraint_name;
        message := null;
      end;
    end if;
    return next;
  end loop;
  if v_bell = 'app' then
    v_set := set_config('trumpet.bell', v_bell, true);
    perform app_private.ring('c:' || send_together.room_id);
  end if;
end
$$;
comment on function app_hidden.send_together(uuid, uuid[], text[], text[], text[], text[], text[], text[], text[], text[], text[], text[]) is
  'Sends messages of several people to one room in one transaction, each as send_message does, and gives for each, in their order, the message or why there is none.';
grant execute on function app_hidden.send_together(uuid, uuid[], text[], text[], text[], text[], text[], text[], text[], text[], text[], text[])
  to trumpet_authenticator;
--! EndIncluded functions/sending-together/send_together.sql

--! Included functions/sending-together/sent.sql
create or replace function app_hidden.sent(
  message app_public.messages,
  room_id uuid, content text default '', message_type app_public.message_type default 'text', metadata jsonb default '{}',
  parent_message_id uuid default null, nonce text default null, attachment_ids uuid[] default null,
  read_up_to_message_id uuid default null, also_send_to_room boolean default false
) returns app_public.messages
language sql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select message;
$$;
comment on function app_hidden.sent(app_public.messages, uuid, text, app_public.message_type, jsonb, uuid, text, uuid[], uuid, boolean) is
  'Stands where send_message stood in a statement whose message was sent together with others.';
grant execute on function app_hidden.sent(app_public.messages, uuid, text, app_public.message_type, jsonb, uuid, text, uuid[], uuid, boolean)
  to trumpet_user, trumpet_key;
--! EndIncluded functions/sending-together/sent.sql

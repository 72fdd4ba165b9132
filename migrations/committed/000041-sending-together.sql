--! Previous: sha1:2b558263ba5c0476d43b6b46027015d6e7b57d57
--! Hash: sha1:334194ac19b961461200a461bfe3d6cb1578b1de

--! Included functions/sending-together/send_together.sql
/*
 * Sends of one room travel together.
 *
 * A room's head is locked until commit, so one room takes one transaction after another, each as long as a flush of the
 * log. The messages that come to a server meanwhile are its next transaction: this is called for them, in the order in
 * which they came.
 *
 * Each is sent as its own sender, and by send_message alone: what it refuses, or what breaks, is rolled back to where
 * that message began, and told with it. Whose bucket somebody else has locked is not waited for, because all others
 * would: they are told `55P03`, and the server sends their message by itself. So no two such transactions wait for each
 * other, though each has the buckets of many.
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
  for v_send in
    select * from unnest(
      send_together.user_ids, send_together.session_ids, send_together.key_ids, send_together.hook_questions,
      send_together.contents, send_together.message_types, send_together.metadata, send_together.parent_message_ids,
      send_together.nonces, send_together.attachment_ids, send_together.read_up_to_message_ids
    ) as sends (
      user_id, session_id, key_id, hook_question, content, message_type, metadata, parent_message_id, nonce, attachment_ids,
      read_up_to_message_id)
  loop
    message := null;
    state := null;
    error := null;
    detail := null;
    hint := null;
    broken := null;
    if v_taken is not null and v_send.user_id = any (v_taken) then
      state := '55P03';
    else
      begin
        perform
          set_config('trumpet.user_id', v_send.user_id::text, true), set_config('trumpet.session_id', v_send.session_id, true),
          set_config('trumpet.key_id', v_send.key_id, true), set_config('trumpet.hook_question', v_send.hook_question, true);
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
  read_up_to_message_id uuid default null
) returns app_public.messages
language sql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select message;
$$;
comment on function app_hidden.sent(app_public.messages, uuid, text, app_public.message_type, jsonb, uuid, text, uuid[], uuid) is
  'Stands where send_message stood in a statement whose message was sent together with others.';
grant execute on function app_hidden.sent(app_public.messages, uuid, text, app_public.message_type, jsonb, uuid, text, uuid[], uuid)
  to trumpet_user, trumpet_key;
--! EndIncluded functions/sending-together/sent.sql

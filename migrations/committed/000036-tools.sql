--! Previous: sha1:6cef5c0af6494589cccbd76567468aad39d3e188
--! Hash: sha1:767fad5f18ee8a6443e4a783f44ecf13fbf38ca1

/*
 * What posts into rooms from outside, and bots.
 *
 * Both are accounts that are marked as such (`users.is_bot`): so what they write is searched, moderated, held, blocked and
 * erased as what everybody writes. A bot has a key that acts as it alone; an incoming webhook an address with a secret.
 */
--! Included functions/tools/make_bot.sql
/* Bots have a name to show that their makers choose; a username that resembles it nobody else has. */
create or replace function app_private.make_bot(display_name text, avatar_url text, workspace_id uuid) returns app_public.users
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_user app_public.users;
begin
  insert into app_public.users (username, display_name, avatar_url, is_bot, workspace_id)
    values (
      left(app_private.username_like(make_bot.display_name), 20) || '-' || encode(public.gen_random_bytes(4), 'hex'),
      app_private.plain_name(make_bot.display_name), nullif(app_private.trimmed(make_bot.avatar_url), ''), true,
      make_bot.workspace_id)
    on conflict do nothing
    returning * into v_user;
  -- Said here and not by the index, whose error holds the name.
  if v_user.id is null then
    raise unique_violation using constraint = 'users_username_is_unique', message = 'This username is taken.';
  end if;
  return v_user;
end
$$;
comment on function app_private.make_bot(text, text, uuid) is 'Makes the account of something that is no person.';
--! EndIncluded functions/tools/make_bot.sql

--! Included functions/tools/tg_user_secrets__refuse_bots.sql
create or replace function app_private.tg_user_secrets__refuse_bots() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from app_public.users where users.id = new.user_id and users.is_bot) then
    raise exception 'A bot has no password and no e-mail address.' using errcode = 'TR403';
  end if;
  return new;
end
$$;
comment on function app_private.tg_user_secrets__refuse_bots() is
  'Gives nobody a way to sign in as a bot, be it by a mail that resets a password.';
--! EndIncluded functions/tools/tg_user_secrets__refuse_bots.sql

create trigger _100_refuse_bots before insert or update of user_id, email, password_hash on app_private.user_secrets
  for each row when (new.email is not null or new.password_hash is not null) execute function app_private.tg_user_secrets__refuse_bots();

create table app_public.incoming_webhooks (
  id uuid primary key default uuidv7(),
  room_id uuid not null references app_public.rooms on delete cascade,
  bot_id uuid not null references app_public.users on delete cascade,
  created_by uuid references app_public.users on delete set null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  constraint incoming_webhooks_have_a_bot_each unique (bot_id)
);
comment on table app_public.incoming_webhooks is
  'An address that posts into a room, in Slack''s format. Seen by the room''s admins and owner.';
comment on column app_public.incoming_webhooks.id is 'Stays the same for ever.';
comment on column app_public.incoming_webhooks.room_id is 'The room that it posts into.';
comment on column app_public.incoming_webhooks.bot_id is 'The account that its messages are of: it has its name and its picture.';
comment on column app_public.incoming_webhooks.created_by is 'Who made it. Null: an administrator.';
comment on column app_public.incoming_webhooks.created_at is 'When it was made.';
comment on column app_public.incoming_webhooks.last_used_at is 'When it last posted, to the minute.';
comment on constraint incoming_webhooks_room_id_fkey on app_public.incoming_webhooks is
  'What posts into the room from outside, for its admins and its owner.';
comment on constraint incoming_webhooks_bot_id_fkey on app_public.incoming_webhooks is 'The account that its messages are of.';
comment on constraint incoming_webhooks_created_by_fkey on app_public.incoming_webhooks is 'Who made it.';
alter table app_public.incoming_webhooks enable row level security;
create trigger _100_one_workspace before insert or update of room_id, bot_id, created_by on app_public.incoming_webhooks
  for each row execute function app_private.tg_any__one_workspace('room_id', 'bot_id', 'created_by');
create policy select_room_admin on app_public.incoming_webhooks for select to trumpet_user
  using (room_id in (select app_hidden.my_room_ids_with('manage_webhooks')));
create policy select_admin on app_public.incoming_webhooks for select to trumpet_admin using (true);
grant select on app_public.incoming_webhooks to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
create index incoming_webhooks_room_id on app_public.incoming_webhooks (room_id);
create index incoming_webhooks_created_by on app_public.incoming_webhooks (created_by);

create table app_private.incoming_webhook_secrets (
  incoming_webhook_id uuid primary key references app_public.incoming_webhooks on delete cascade,
  secret_hash bytea not null
);
comment on table app_private.incoming_webhook_secrets is 'By what incoming webhooks are known.';
comment on column app_private.incoming_webhook_secrets.secret_hash is 'SHA-256 of the last part of its address.';
alter table app_private.incoming_webhook_secrets enable row level security;

create type app_public.incoming_webhook_address as (
  incoming_webhook_id uuid,
  url text
);
comment on type app_public.incoming_webhook_address is 'Where an incoming webhook is posted to. Whoever has it posts: it is a secret.';
comment on column app_public.incoming_webhook_address.incoming_webhook_id is 'The `id` of the incoming webhook.';
comment on column app_public.incoming_webhook_address.url is 'The address. It is given this once: only a hash of it is kept.';

--! Included functions/tools/incoming_webhook_path.sql
create or replace function app_private.incoming_webhook_path(incoming_webhook_id uuid) returns text
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_secret constant text := app_private.text_of_token(public.gen_random_bytes(32));
begin
  insert into app_private.incoming_webhook_secrets as kept (incoming_webhook_id, secret_hash)
    values (incoming_webhook_path.incoming_webhook_id, sha256(convert_to(v_secret, 'UTF8')))
    on conflict on constraint incoming_webhook_secrets_pkey do update set secret_hash = excluded.secret_hash;
  return format('/hooks/%s/%s', incoming_webhook_path.incoming_webhook_id, v_secret);
end
$$;
comment on function app_private.incoming_webhook_path(uuid) is
  'A new address of an incoming webhook, below that of the server. Of its secret only a hash is kept, and an earlier one is good no more.';
--! EndIncluded functions/tools/incoming_webhook_path.sql

--! Included functions/tools/make_incoming_webhook.sql
create or replace function app_private.make_incoming_webhook(room_id uuid, name text, avatar_url text, created_by uuid) returns uuid
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhooks_allowed constant integer := 50;
  v_bot app_public.users;
  v_id uuid;
begin
  if (select type from app_public.rooms where rooms.id = make_incoming_webhook.room_id) = 'direct' then
    raise exception 'A direct conversation has exactly two people.' using errcode = 'TR400';
  end if;
  if v_webhooks_allowed <= (
    select count(*) from app_public.incoming_webhooks where incoming_webhooks.room_id = make_incoming_webhook.room_id
  ) then
    raise exception 'A room has at most % incoming webhooks.', v_webhooks_allowed using errcode = 'TR409';
  end if;
  v_bot := app_private.make_bot(
    make_incoming_webhook.name, make_incoming_webhook.avatar_url,
    (select workspace_id from app_public.rooms where rooms.id = make_incoming_webhook.room_id));
  perform app_private.admit(make_incoming_webhook.room_id, v_bot.id);
  insert into app_public.incoming_webhooks (room_id, bot_id, created_by)
    values (make_incoming_webhook.room_id, v_bot.id, make_incoming_webhook.created_by)
    returning id into v_id;
  return v_id;
end
$$;
comment on function app_private.make_incoming_webhook(uuid, text, text, uuid) is
  'Makes an incoming webhook, its room''s head being locked, and the bot that speaks for it.';
--! EndIncluded functions/tools/make_incoming_webhook.sql

--! Included functions/tools/lock_incoming_webhook.sql
create or replace function app_private.lock_incoming_webhook(incoming_webhook_id uuid) returns app_public.incoming_webhooks
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room_id uuid := (
    select room_id from app_public.incoming_webhooks
      where id = lock_incoming_webhook.incoming_webhook_id
        and app_private.require_user() is not null
        and room_id in (select app_hidden.my_room_ids_with('manage_webhooks')));
  v_webhook app_public.incoming_webhooks;
begin
  perform app_private.limit_rate('room');
  if v_room_id is not null then
    perform app_private.lock_room_as(v_room_id, 'manage_webhooks', writable => false);
    select * into v_webhook from app_public.incoming_webhooks where id = lock_incoming_webhook.incoming_webhook_id;
  end if;
  if v_webhook.id is null then
    raise exception 'There is no such incoming webhook.' using errcode = 'TR404';
  end if;
  return v_webhook;
end
$$;
comment on function app_private.lock_incoming_webhook(uuid) is
  'An incoming webhook of a room whose admin the caller is, with the room''s head locked. NOT_FOUND for everybody else.';
--! EndIncluded functions/tools/lock_incoming_webhook.sql

--! Included functions/tools/end_incoming_webhook.sql
/* Its account stays, without a way to it: what was written keeps its author. */
create or replace function app_private.end_incoming_webhook(webhook app_public.incoming_webhooks) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from app_public.incoming_webhooks where id = webhook.id;
  perform app_private.remove_member(webhook.room_id, webhook.bot_id);
end
$$;
comment on function app_private.end_incoming_webhook(app_public.incoming_webhooks) is
  'Makes the address of an incoming webhook useless, and takes its bot out of the room. What it wrote stays.';
--! EndIncluded functions/tools/end_incoming_webhook.sql

--! Included functions/tools/create_incoming_webhook.sql
create or replace function app_public.create_incoming_webhook(room_id uuid, name text, avatar_url text default null)
returns app_public.incoming_webhook_address
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_id uuid;
begin
  perform app_private.limit_rate('room');
  v_locked := app_private.lock_room_as(create_incoming_webhook.room_id, 'manage_webhooks');
  v_id := app_private.make_incoming_webhook(
    create_incoming_webhook.room_id, create_incoming_webhook.name, create_incoming_webhook.avatar_url, (v_locked.member).user_id);
  return row(v_id, app_private.incoming_webhook_path(v_id))::app_public.incoming_webhook_address;
end
$$;
comment on function app_public.create_incoming_webhook(uuid, text, text) is
  'Makes an address by which whatever has it posts into a room, in Slack''s format and under this name and picture. For admins and the owner. The address is given this once.';
grant execute on function app_public.create_incoming_webhook(uuid, text, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/tools/create_incoming_webhook.sql

--! Included functions/tools/update_incoming_webhook.sql
/* What is left out stays. No name and no address begin so. */
create or replace function app_public.update_incoming_webhook(
  incoming_webhook_id uuid, name text default U&'\FFFF', avatar_url text default U&'\FFFF'
) returns app_public.incoming_webhooks
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.incoming_webhooks := app_private.lock_incoming_webhook(update_incoming_webhook.incoming_webhook_id);
  v_before app_public.users;
  v_after app_public.users;
begin
  select * into v_before from app_public.users where users.id = v_webhook.bot_id;
  update app_public.users set
    display_name = case
      when update_incoming_webhook.name = U&'\FFFF' then users.display_name else app_private.plain_name(update_incoming_webhook.name) end,
    avatar_url = case
      when update_incoming_webhook.avatar_url = U&'\FFFF' then users.avatar_url
      else nullif(app_private.trimmed(update_incoming_webhook.avatar_url), '') end
    where users.id = v_webhook.bot_id
    returning * into v_after;
  -- Under what people write is no administration; under what a room's webhook does is.
  if (v_before.display_name, v_before.avatar_url) is distinct from (v_after.display_name, v_after.avatar_url) then
    perform app_private.note_in_audit_log(
      'webhook', 'update', 'app_public.update_incoming_webhook', v_after.workspace_id, v_after.id, v_webhook.room_id, v_webhook.id::text,
      jsonb_build_object('display_name', v_before.display_name, 'avatar_url', v_before.avatar_url),
      jsonb_build_object('display_name', v_after.display_name, 'avatar_url', v_after.avatar_url));
  end if;
  return v_webhook;
end
$$;
comment on function app_public.update_incoming_webhook(uuid, text, text) is
  'Changes the name or the picture under which an incoming webhook posts. What is left out stays; null takes the picture away. For admins and the owner of its room.';
grant execute on function app_public.update_incoming_webhook(uuid, text, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/tools/update_incoming_webhook.sql

--! Included functions/tools/rotate_incoming_webhook.sql
create or replace function app_public.rotate_incoming_webhook(incoming_webhook_id uuid) returns app_public.incoming_webhook_address
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook constant app_public.incoming_webhooks := app_private.lock_incoming_webhook(rotate_incoming_webhook.incoming_webhook_id);
begin
  return row(v_webhook.id, app_private.incoming_webhook_path(v_webhook.id))::app_public.incoming_webhook_address;
end
$$;
comment on function app_public.rotate_incoming_webhook(uuid) is
  'Gives an incoming webhook a new address, this once. The one that it had is good no more. For admins and the owner of its room.';
grant execute on function app_public.rotate_incoming_webhook(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/tools/rotate_incoming_webhook.sql

--! Included functions/tools/delete_incoming_webhook.sql
create or replace function app_public.delete_incoming_webhook(incoming_webhook_id uuid) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook constant app_public.incoming_webhooks := app_private.lock_incoming_webhook(delete_incoming_webhook.incoming_webhook_id);
  v_room app_public.rooms;
begin
  perform app_private.end_incoming_webhook(v_webhook);
  select * into v_room from app_public.rooms where id = v_webhook.room_id;
  return v_room;
end
$$;
comment on function app_public.delete_incoming_webhook(uuid) is
  'Makes the address of an incoming webhook useless at once. What it posted stays. For admins and the owner of its room.';
grant execute on function app_public.delete_incoming_webhook(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/tools/delete_incoming_webhook.sql

--! Included functions/tools/post_by_incoming_webhook.sql
/*
 * The server hashes what it was shown, so that no statement holds a secret. From there on it is a message like any other,
 * of the bot that speaks for the webhook: whoever is muted, banned or held is so here too.
 */
create or replace function app_hidden.post_by_incoming_webhook(
  incoming_webhook_id uuid, secret_hash bytea, content text, sender_name text, sender_picture text,
  hook_question uuid default null, components jsonb default null
) returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.incoming_webhooks;
  v_kept bytea;
  v_name text := left(nullif(app_private.plain_name(sender_name), ''), 80);
  v_message app_public.messages;
begin
  select * into v_webhook from app_public.incoming_webhooks where id = post_by_incoming_webhook.incoming_webhook_id;
  select kept.secret_hash into v_kept
    from app_private.incoming_webhook_secrets as kept where kept.incoming_webhook_id = v_webhook.id;
  -- One that there is not takes as long as a wrong secret.
  if app_private.is_same_hash(coalesce(v_kept, sha256('')), post_by_incoming_webhook.secret_hash) is not true or v_kept is null then
    raise exception 'There is no such incoming webhook.' using errcode = 'TR401';
  end if;
  perform set_config('trumpet.user_id', v_webhook.bot_id::text, true);
  perform set_config('trumpet.hook_question', coalesce(post_by_incoming_webhook.hook_question::text, ''), true);
  perform app_private.limit_rate('incoming_webhook');
  v_message := app_public.send_message(
    v_webhook.room_id, post_by_incoming_webhook.content,
    metadata => case when v_name is null and sender_picture is null or app_private.is_reserved(v_name) then '{}'
      else jsonb_build_object('sender', jsonb_strip_nulls(jsonb_build_object('name', v_name, 'picture', sender_picture))) end
      || case when components is null then '{}' else jsonb_build_object('components', components) end);
  update app_public.incoming_webhooks set last_used_at = now()
    where id = v_webhook.id and (last_used_at is null or last_used_at < now() - interval '1 minute');
  return v_message.id;
end
$$;
comment on function app_hidden.post_by_incoming_webhook(uuid, bytea, text, text, text, uuid, jsonb) is
  'Posts into the room of an incoming webhook, for its id and the hash of its secret. UNAUTHENTICATED when there is none. With what the hooks of the room have decided, if they were asked.';
grant execute on function app_hidden.post_by_incoming_webhook(uuid, bytea, text, text, text, uuid, jsonb) to trumpet_authenticator;
--! EndIncluded functions/tools/post_by_incoming_webhook.sql

/* Bots, which have keys that act as them alone. */
create type app_public.bot_scope as enum ('read', 'write', 'rooms', 'moderation');
comment on type app_public.bot_scope is
  'What a bot may do: read; write as a person does; make and change rooms; moderate. In the rooms that it is in, by its role there.';

create type app_public.bot_key as (
  bot_id uuid,
  key text
);
comment on type app_public.bot_key is 'A bot that was just made, and its key.';
comment on column app_public.bot_key.bot_id is 'The id of its account.';
comment on column app_public.bot_key.key is 'With what it calls, as `Authorization: Bearer trk_…`. It is given this once: only a hash of it is kept.';

--! Included functions/tools/name_bot.sql
create or replace function app_private.name_bot(username text, display_name text, avatar_url text) returns app_public.users
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_username constant text := lower(app_private.trimmed(name_bot.username));
  v_bot app_public.users;
begin
  if v_username is null then
    raise exception 'A bot needs a username.' using errcode = 'TR400';
  end if;
  insert into app_public.users (username, display_name, avatar_url, is_bot)
    values (
      v_username, coalesce(nullif(app_private.plain_name(name_bot.display_name), ''), v_username),
      nullif(app_private.trimmed(name_bot.avatar_url), ''), true)
    on conflict do nothing
    returning * into v_bot;
  -- Said here and not by the index, whose error holds the name.
  if v_bot.id is null then
    raise unique_violation using constraint = 'users_username_looks_like_no_other', message = 'This username looks like one that is taken.';
  end if;
  return v_bot;
end
$$;
comment on function app_private.name_bot(text, text, text) is 'Makes the account of a bot that is found by its username.';
--! EndIncluded functions/tools/name_bot.sql

--! Included functions/tools/make_bot_key.sql
create or replace function app_private.make_bot_key(bot app_public.users, name text, scopes app_private.key_scope[]) returns text
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_prefix constant text := encode(public.gen_random_bytes(6), 'hex');
  v_secret constant text := app_private.text_of_token(public.gen_random_bytes(32));
begin
  if not bot.is_bot then
    raise exception 'Only a bot has keys of its own.' using errcode = 'TR400';
  end if;
  insert into app_private.server_keys (name, prefix, secret_hash, scopes, user_id, workspace_id)
    values (
      app_private.trimmed(make_bot_key.name), v_prefix, sha256(convert_to(v_secret, 'UTF8')), make_bot_key.scopes, bot.id, bot.workspace_id);
  return 'trk_' || v_prefix || '_' || v_secret;
end
$$;
comment on function app_private.make_bot_key(app_public.users, text, app_private.key_scope[]) is
  'Makes a key that acts as a bot and as nobody else, and returns it this once.';
--! EndIncluded functions/tools/make_bot_key.sql

--! Included functions/tools/create_bot.sql
create or replace function app_public.create_bot(
  username text, display_name text default null, scopes app_public.bot_scope[] default '{read,write}', avatar_url text default null
) returns app_public.bot_key
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key constant app_private.server_keys := app_private.require_scope('users');
  v_scopes constant app_private.key_scope[] := create_bot.scopes::text[]::app_private.key_scope[];
  v_bot app_public.users;
begin
  perform app_private.limit_rate('users', create_bot.username);
  if (v_scopes <@ v_key.scopes) is not true then
    raise exception 'A key gives no scope that it has not.' using errcode = 'TR403';
  end if;
  v_bot := app_private.name_bot(create_bot.username, create_bot.display_name, create_bot.avatar_url);
  return row(v_bot.id, app_private.make_bot_key(v_bot, 'bot ' || v_bot.username, v_scopes))::app_public.bot_key;
end
$$;
comment on function app_public.create_bot(text, text, app_public.bot_scope[], text) is
  'For servers (scope `users`): makes a bot and its key, with scopes that your own key has. An admin of a room brings it in by `addRoomMember`.';
grant execute on function app_public.create_bot(text, text, app_public.bot_scope[], text) to trumpet_user, trumpet_key;
--! EndIncluded functions/tools/create_bot.sql

/* At psql. */
--! Included functions/tools-at-psql/find_incoming_webhook.sql
create or replace function app_private.find_incoming_webhook(id text) returns app_public.incoming_webhooks
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.incoming_webhooks;
begin
  select * into v_webhook from app_public.incoming_webhooks where incoming_webhooks.id::text = lower(find_incoming_webhook.id);
  if v_webhook.id is null then
    raise exception 'There is no such incoming webhook: %.', find_incoming_webhook.id using errcode = 'TR404';
  end if;
  perform app_private.lock_room(v_webhook.room_id);
  return v_webhook;
end
$$;
comment on function app_private.find_incoming_webhook(text) is 'An incoming webhook by its id, with its room''s head locked.';
--! EndIncluded functions/tools-at-psql/find_incoming_webhook.sql

--! Included functions/tools-at-psql/create_incoming_webhook.sql
create or replace function app_admin.create_incoming_webhook(room text, name text, avatar_url text default null) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room app_public.rooms := app_private.find_room(create_incoming_webhook.room);
  v_id uuid;
begin
  perform app_private.lock_room(v_room.id);
  v_id := app_private.make_incoming_webhook(v_room.id, create_incoming_webhook.name, create_incoming_webhook.avatar_url, null);
  perform app_private.note_admin_action('create_incoming_webhook', v_room.id::text, create_incoming_webhook.name);
  return app_private.incoming_webhook_path(v_id);
end
$$;
comment on function app_admin.create_incoming_webhook(text, text, text) is
  'Makes an address that posts into a room, and returns its path below that of the server, this once. Rooms by slug or id.';
grant execute on function app_admin.create_incoming_webhook(text, text, text) to trumpet_admin;
--! EndIncluded functions/tools-at-psql/create_incoming_webhook.sql

--! Included functions/tools-at-psql/rotate_incoming_webhook.sql
create or replace function app_admin.rotate_incoming_webhook(incoming_webhook text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.incoming_webhooks := app_private.find_incoming_webhook(rotate_incoming_webhook.incoming_webhook);
begin
  perform app_private.note_admin_action('rotate_incoming_webhook', v_webhook.id::text);
  return app_private.incoming_webhook_path(v_webhook.id);
end
$$;
comment on function app_admin.rotate_incoming_webhook(text) is
  'Gives an incoming webhook a new address, and returns its path, this once. The one that it had is good no more.';
grant execute on function app_admin.rotate_incoming_webhook(text) to trumpet_admin;
--! EndIncluded functions/tools-at-psql/rotate_incoming_webhook.sql

--! Included functions/tools-at-psql/delete_incoming_webhook.sql
create or replace function app_admin.delete_incoming_webhook(incoming_webhook text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_webhook app_public.incoming_webhooks := app_private.find_incoming_webhook(delete_incoming_webhook.incoming_webhook);
begin
  perform app_private.end_incoming_webhook(v_webhook);
  perform app_private.note_admin_action('delete_incoming_webhook', v_webhook.id::text);
  return format('%s posts no more', v_webhook.id);
end
$$;
comment on function app_admin.delete_incoming_webhook(text) is 'Makes the address of an incoming webhook useless. What it posted stays.';
grant execute on function app_admin.delete_incoming_webhook(text) to trumpet_admin;
--! EndIncluded functions/tools-at-psql/delete_incoming_webhook.sql

create view app_admin.incoming_webhooks as
  select rooms.slug as room, users.display_name as name, users.username, incoming_webhooks.created_at,
      (select makers.username from app_public.users as makers where makers.id = incoming_webhooks.created_by) as created_by,
      incoming_webhooks.last_used_at, incoming_webhooks.room_id, incoming_webhooks.id
    from app_public.incoming_webhooks
    join app_public.rooms on rooms.id = incoming_webhooks.room_id
    join app_public.users on users.id = incoming_webhooks.bot_id
    order by incoming_webhooks.id;
comment on view app_admin.incoming_webhooks is 'What posts into rooms from outside.';
grant select on app_admin.incoming_webhooks to trumpet_admin;

--! Included functions/tools-at-psql/create_bot_key.sql
create or replace function app_admin.create_bot_key(bot text, name text, scopes text[] default '{read,write}') returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_bot app_public.users := app_private.find_user(create_bot_key.bot);
  v_scope text;
begin
  if create_bot_key.scopes is null then
    raise exception 'A key has scopes: a bot may have %.', array_to_string(enum_range(null::app_public.bot_scope), ', ')
      using errcode = 'TR400';
  end if;
  foreach v_scope in array create_bot_key.scopes loop
    if (v_scope = any (enum_range(null::app_public.bot_scope)::text[])) is not true then
      raise exception 'A bot has no scope %: there are %.', v_scope, array_to_string(enum_range(null::app_public.bot_scope), ', ')
        using errcode = 'TR400';
    end if;
  end loop;
  perform app_private.note_admin_action('create_bot_key', create_bot_key.name, array_to_string(create_bot_key.scopes, ', '), v_bot.id);
  return app_private.make_bot_key(v_bot, create_bot_key.name, create_bot_key.scopes::app_private.key_scope[]);
end
$$;
comment on function app_admin.create_bot_key(text, text, text[]) is
  'Makes another key of a bot, and returns it this once: app_admin.revoke_key ends the one before.';
grant execute on function app_admin.create_bot_key(text, text, text[]) to trumpet_admin;
--! EndIncluded functions/tools-at-psql/create_bot_key.sql

--! Included functions/tools-at-psql/create_bot.sql
create or replace function app_admin.create_bot(
  username text, display_name text default null, scopes text[] default '{read,write}', avatar_url text default null
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_bot app_public.users := app_private.name_bot(create_bot.username, create_bot.display_name, create_bot.avatar_url);
begin
  return app_admin.create_bot_key(v_bot.username::text, 'bot ' || v_bot.username, create_bot.scopes);
end
$$;
comment on function app_admin.create_bot(text, text, text[], text) is
  'Makes a bot, and returns its key, this once. Scopes: read, write, rooms, moderation. An admin of a room brings it in.';
grant execute on function app_admin.create_bot(text, text, text[], text) to trumpet_admin;
--! EndIncluded functions/tools-at-psql/create_bot.sql

create view app_admin.bots as
  select users.username, users.display_name, users.created_at, server_keys.name as key_name, server_keys.scopes,
      server_keys.last_used_at, server_keys.revoked_at, users.id
    from app_private.server_keys
    join app_public.users on users.id = server_keys.user_id
    order by users.username, server_keys.id;
comment on view app_admin.bots is 'Bots and their keys.';
grant select on app_admin.bots to trumpet_admin;

--! Previous: x
--! Hash: x

/*
 * What posts into rooms from outside, and bots.
 *
 * Both are accounts that are marked as such (`users.is_bot`): so what they write is searched, moderated, held, blocked and
 * erased as what everybody writes. A bot has a key that acts as it alone; an incoming webhook an address with a secret.
 */
--! Included functions/tools/make_bot.sql

--! EndIncluded functions/tools/make_bot.sql

--! Included functions/tools/tg_user_secrets__refuse_bots.sql

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

--! EndIncluded functions/tools/incoming_webhook_path.sql

--! Included functions/tools/make_incoming_webhook.sql

--! EndIncluded functions/tools/make_incoming_webhook.sql

--! Included functions/tools/lock_incoming_webhook.sql

--! EndIncluded functions/tools/lock_incoming_webhook.sql

--! Included functions/tools/end_incoming_webhook.sql

--! EndIncluded functions/tools/end_incoming_webhook.sql

--! Included functions/tools/create_incoming_webhook.sql

--! EndIncluded functions/tools/create_incoming_webhook.sql

--! Included functions/tools/update_incoming_webhook.sql

--! EndIncluded functions/tools/update_incoming_webhook.sql

--! Included functions/tools/rotate_incoming_webhook.sql

--! EndIncluded functions/tools/rotate_incoming_webhook.sql

--! Included functions/tools/delete_incoming_webhook.sql

--! EndIncluded functions/tools/delete_incoming_webhook.sql

--! Included functions/tools/post_by_incoming_webhook.sql

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

--! EndIncluded functions/tools/name_bot.sql

--! Included functions/tools/make_bot_key.sql

--! EndIncluded functions/tools/make_bot_key.sql

--! Included functions/tools/create_bot.sql

--! EndIncluded functions/tools/create_bot.sql

/* At psql. */
--! Included functions/tools-at-psql/find_incoming_webhook.sql

--! EndIncluded functions/tools-at-psql/find_incoming_webhook.sql

--! Included functions/tools-at-psql/create_incoming_webhook.sql

--! EndIncluded functions/tools-at-psql/create_incoming_webhook.sql

--! Included functions/tools-at-psql/rotate_incoming_webhook.sql

--! EndIncluded functions/tools-at-psql/rotate_incoming_webhook.sql

--! Included functions/tools-at-psql/delete_incoming_webhook.sql

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

--! EndIncluded functions/tools-at-psql/create_bot_key.sql

--! Included functions/tools-at-psql/create_bot.sql

--! EndIncluded functions/tools-at-psql/create_bot.sql

create view app_admin.bots as
  select users.username, users.display_name, users.created_at, server_keys.name as key_name, server_keys.scopes,
      server_keys.last_used_at, server_keys.revoked_at, users.id
    from app_private.server_keys
    join app_public.users on users.id = server_keys.user_id
    order by users.username, server_keys.id;
comment on view app_admin.bots is 'Bots and their keys.';
grant select on app_admin.bots to trumpet_admin;

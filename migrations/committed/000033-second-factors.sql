--! Previous: sha1:592cfe14c6dc4b610eed86484fd4be2032d9ca9f
--! Hash: sha1:27bc25bb5e45fd28a42b58540aef791dbfecac80

/*
 * What is asked besides a password, and guests.
 *
 * A second factor is a secret that an app of the person has, which makes a code of it every 30 seconds (TOTP, RFC 6238). A
 * code is good once: what is kept is the last step of which one was taken. Codes are compared here, so that the secret
 * never leaves the database after it was shown.
 */
create table app_private.totp_secrets (
  user_id uuid primary key references app_private.user_secrets on delete cascade,
  secret bytea not null,
  last_step bigint not null,
  created_at timestamptz not null default now(),
  constraint totp_secrets_have_160_bits check (octet_length(secret) = 20)
);
comment on table app_private.totp_secrets is 'Whose sign-in asks for a code, and of which secret it is made.';
comment on column app_private.totp_secrets.last_step is 'Of which 30 seconds since 1970 a code was last taken: no earlier one is, nor that one again.';
alter table app_private.totp_secrets enable row level security;

create table app_private.totp_setups (
  user_id uuid primary key references app_private.user_secrets on delete cascade,
  secret bytea not null,
  created_at timestamptz not null default now(),
  constraint totp_setups_have_160_bits check (octet_length(secret) = 20)
);
comment on table app_private.totp_setups is 'Secrets that were shown, and of which no code has come yet.';
alter table app_private.totp_setups enable row level security;
/* expire_totp_setups */
create index totp_setups_created_at on app_private.totp_setups (created_at);

create table app_private.recovery_codes (
  user_id uuid not null references app_private.user_secrets on delete cascade,
  code_hash bytea not null,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  primary key (user_id, code_hash)
);
comment on table app_private.recovery_codes is 'What somebody signs in with who does not have the app at hand, each once, by SHA-256.';
alter table app_private.recovery_codes enable row level security;

create type app_public.second_factor as (
  totp_since timestamptz,
  recovery_codes_left integer
);
comment on type app_public.second_factor is 'What somebody is asked for besides the password.';
comment on column app_public.second_factor.totp_since is 'Since when it is a code of an app; null when it is not.';
comment on column app_public.second_factor.recovery_codes_left is 'How many recovery codes have not been used.';

create type app_public.totp_setup as (
  address text,
  secret text
);
comment on type app_public.totp_setup is 'What an app needs to make codes. It is shown this once.';
comment on column app_public.totp_setup.address is 'The `otpauth://` address that such apps read, as a QR code or by a tap.';
comment on column app_public.totp_setup.secret is 'The secret of it alone, to be typed.';

--! Included functions/second-factors/base32.sql
create or replace function app_private.base32(bytes bytea) returns text
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(
      substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 1 + substr(bits, 1 + 5 * position, 5)::bit(5)::integer, 1), '' order by position)
    from (select right(base32.bytes::text, -1)::varbit::text as bits) as written,
      generate_series(0, octet_length(base32.bytes) * 8 / 5 - 1) as position;
$$;
comment on function app_private.base32(bytea) is 'Bytes as apps that make codes take them (RFC 4648), five at a time.';
--! EndIncluded functions/second-factors/base32.sql

--! Included functions/second-factors/totp_code.sql
create or replace function app_private.totp_code(secret bytea, step bigint) returns text
language plpgsql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hash bytea := public.hmac(int8send(totp_code.step), totp_code.secret, 'sha1');
  v_offset integer := get_byte(v_hash, 19) & 15;
begin
  return lpad((
    (
      ((get_byte(v_hash, v_offset) & 127) << 24) + (get_byte(v_hash, v_offset + 1) << 16)
      + (get_byte(v_hash, v_offset + 2) << 8) + get_byte(v_hash, v_offset + 3)
    ) % 1000000)::text, 6, '0');
end
$$;
comment on function app_private.totp_code(bytea, bigint) is 'The six digits of a step (RFC 6238 with SHA-1, which every app knows).';
--! EndIncluded functions/second-factors/totp_code.sql

--! Included functions/second-factors/totp_step.sql
/* The clock of a phone may differ: the step before and the one after count, too. */
create or replace function app_private.totp_step(secret bytea, code text) returns bigint
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select step
    from (select floor(extract(epoch from clock_timestamp()) / 30)::bigint as present) as clock,
      generate_series(present - 1, present + 1) as step
    where app_private.totp_code(totp_step.secret, step) = totp_step.code
    order by step desc limit 1;
$$;
comment on function app_private.totp_step(bytea, text) is 'Of which step of 30 seconds a code is, now. Null when it is of none.';
--! EndIncluded functions/second-factors/totp_step.sql

--! Included functions/second-factors/recovery_hash.sql
create or replace function app_private.recovery_hash(code text) returns bytea
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
return sha256(convert_to(upper(regexp_replace(code, '[^A-Za-z0-9]', '', 'g')), 'UTF8'));
comment on function app_private.recovery_hash(text) is 'Under which hash a recovery code is kept, however its letters are written.';
--! EndIncluded functions/second-factors/recovery_hash.sql

--! Included functions/second-factors/new_recovery_codes.sql
create or replace function app_private.new_recovery_codes(user_id uuid) returns text[]
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_codes text[] := array(
    select lower(regexp_replace(app_private.base32(public.gen_random_bytes(10)), '(.{4})(.{4})(.{4})(.{4})', '\1-\2-\3-\4'))
      from generate_series(1, 10));
begin
  delete from app_private.recovery_codes where recovery_codes.user_id = new_recovery_codes.user_id;
  insert into app_private.recovery_codes (user_id, code_hash)
    select new_recovery_codes.user_id, app_private.recovery_hash(code) from unnest(v_codes) as code;
  return v_codes;
end
$$;
comment on function app_private.new_recovery_codes(uuid) is
  'Ten recovery codes of 80 random bits each, instead of those from before. What is kept of them is their hashes.';
--! EndIncluded functions/second-factors/new_recovery_codes.sql

--! Included functions/second-factors/prove_code.sql
/*
 * Counted before it is known whether it is right, as passwords are, and apart from them: whoever is asked for a code has
 * the password already. Two with one code wait for each other here, and the second finds it used.
 */
create or replace function app_private.prove_code(user_id uuid, code text, device_secret text default null)
returns app_public.session_method
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_failures_allowed constant integer := 5;
  v_device_hash bytea := app_private.device_hash(prove_code.user_id, prove_code.device_secret);
  v_subject text := 'code:' || case
    when app_hidden.current_user_id() = prove_code.user_id then 'self:' || prove_code.user_id
    when exists (
      select from app_private.known_devices
        where known_devices.user_id = prove_code.user_id and device_hash = v_device_hash
    ) then 'device:' || encode(v_device_hash, 'hex')
    else prove_code.user_id::text end;
  v_totp app_private.totp_secrets;
  v_step bigint;
  v_method app_public.session_method;
begin
  perform app_private.count_proof(v_subject, v_failures_allowed);
  select * into v_totp from app_private.totp_secrets where totp_secrets.user_id = prove_code.user_id for no key update;
  v_step := app_private.totp_step(v_totp.secret, regexp_replace(prove_code.code, '\s', '', 'g'));
  if v_step > v_totp.last_step then
    update app_private.totp_secrets set last_step = v_step where totp_secrets.user_id = prove_code.user_id;
    v_method := 'totp';
  else
    update app_private.recovery_codes set used_at = now()
      where recovery_codes.user_id = prove_code.user_id and used_at is null
        and code_hash = app_private.recovery_hash(prove_code.code);
    if found then
      v_method := 'recovery_code';
      perform app_private.send_account_mail('recovery_code_used', jsonb_build_object('userId', prove_code.user_id));
    end if;
  end if;
  if v_method is not null then
    delete from app_private.failed_proofs where subject = v_subject;
  elsif (select failures = v_failures_allowed from app_private.failed_proofs where subject = v_subject) then
    perform app_private.send_account_mail('codes_failed', jsonb_build_object('userId', prove_code.user_id));
  end if;
  return v_method;
end
$$;
comment on function app_private.prove_code(uuid, text, text) is
  'By what somebody proves to be a person who has a second factor: a code of their app, good once, or one of their recovery codes. Null when it is neither. RATE_LIMITED after 5 failures within 10 minutes.';
--! EndIncluded functions/second-factors/prove_code.sql

--! Included functions/second-factors/prove_second_factor.sql
/* Nobody is told that a code is missing who does not have the password. */
create or replace function app_private.prove_second_factor(user_id uuid, code text, device_secret text default null)
returns app_public.session_method
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from app_private.totp_secrets where totp_secrets.user_id = prove_second_factor.user_id) then
    return 'password';
  end if;
  if app_private.trimmed(prove_second_factor.code) is null then
    raise exception 'Enter the code of your app, or one of your recovery codes.' using errcode = 'TR2FA';
  end if;
  return app_private.prove_code(prove_second_factor.user_id, prove_second_factor.code, prove_second_factor.device_secret);
end
$$;
comment on function app_private.prove_second_factor(uuid, text, text) is
  'What comes after a right password: how somebody signs in, null when the code is wrong. SECOND_FACTOR_REQUIRED when there has to be one.';
--! EndIncluded functions/second-factors/prove_second_factor.sql

--! Included functions/second-factors/prove_anew.sql
create or replace function app_private.prove_anew(password text, code text) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_user();
begin
  perform app_private.limit_rate('password');
  perform app_private.require_local_passwords();
  if app_hidden.is_guest() then
    raise exception 'You have no password yet: make an account first.' using errcode = 'TR403';
  end if;
  if not exists (select from app_private.user_secrets where user_id = v_user_id and password_hash is not null) then
    raise exception 'You sign in elsewhere: what is asked besides a password is asked there.' using errcode = 'TR403';
  end if;
  return app_private.prove_password(v_user_id, prove_anew.password)
    and app_private.prove_second_factor(v_user_id, prove_anew.code) is not null;
end
$$;
comment on function app_private.prove_anew(text, text) is
  'Whether who is signed in proves once more who they are, by password and by code where one is asked for.';
--! EndIncluded functions/second-factors/prove_anew.sql

--! Included functions/second-factors/second_factor.sql
create or replace function app_public.second_factor() returns app_public.second_factor
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select row(
      (select created_at from app_private.totp_secrets where totp_secrets.user_id = asking),
      (select count(*)::integer from app_private.recovery_codes where recovery_codes.user_id = asking and used_at is null)
    )::app_public.second_factor
    from app_private.require_user() as asking;
$$;
comment on function app_public.second_factor() is 'What you are asked for besides your password.';
grant execute on function app_public.second_factor() to trumpet_user;
--! EndIncluded functions/second-factors/second_factor.sql

--! Included functions/second-factors/begin_totp.sql
create or replace function app_public.begin_totp(password text, code text default null) returns app_public.totp_setup
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users;
  v_secret bytea := public.gen_random_bytes(20);
  v_text text := app_private.base32(v_secret);
begin
  if not app_private.prove_anew(begin_totp.password, begin_totp.code) then
    return null;
  end if;
  select * into v_user from app_public.users where id = app_private.require_user();
  insert into app_private.totp_setups (user_id, secret) values (v_user.id, v_secret)
    on conflict on constraint totp_setups_pkey do update set secret = excluded.secret, created_at = now();
  return row(format('otpauth://totp/Trumpet:%s?secret=%s&issuer=Trumpet', v_user.username, v_text), v_text)::app_public.totp_setup;
end
$$;
comment on function app_public.begin_totp(text, text) is
  'Gives a secret for an app that makes codes. It counts when `confirmTotp` has had a code of it, within 15 minutes; until then all stays as it is. With a second factor already, `code` is one of it. `WRONG_CREDENTIALS` when password or code is wrong, `SECOND_FACTOR_REQUIRED` when the code is missing. `FORBIDDEN` for whoever signs in elsewhere.';
grant execute on function app_public.begin_totp(text, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/second-factors/begin_totp.sql

--! Included functions/second-factors/confirm_totp.sql
create or replace function app_public.confirm_totp(code text) returns text[]
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_user();
  v_subject text := 'code:setup:' || v_user_id;
  v_secret bytea;
  v_step bigint;
begin
  perform app_private.limit_rate('password');
  perform app_private.count_proof(v_subject, 10);
  select secret into v_secret from app_private.totp_setups
    where user_id = v_user_id and created_at > now() - interval '15 minutes' for update;
  if v_secret is null then
    raise exception 'Nothing was begun within 15 minutes: begin again.' using errcode = 'TR404';
  end if;
  v_step := app_private.totp_step(v_secret, regexp_replace(confirm_totp.code, '\s', '', 'g'));
  if v_step is null then
    return null;
  end if;
  delete from app_private.failed_proofs where subject = v_subject;
  delete from app_private.totp_setups where user_id = v_user_id;
  insert into app_private.totp_secrets (user_id, secret, last_step) values (v_user_id, v_secret, v_step)
    on conflict on constraint totp_secrets_pkey do update set
      secret = excluded.secret, last_step = excluded.last_step, created_at = now();
  perform app_private.end_sessions(
    array(
      select id from app_private.sessions
        where user_id = v_user_id and ended_at is null and id is distinct from app_hidden.current_session_id()
    ),
    'second factor set');
  perform app_private.send_account_mail('second_factor_set', jsonb_build_object('userId', v_user_id));
  return app_private.new_recovery_codes(v_user_id);
end
$$;
comment on function app_public.confirm_totp(text) is
  'Has a sign-in ask for a code from now on, as soon as you show one of the app. Gives ten recovery codes, which are shown this once; each is good once instead of a code. Every other session of yours ends. `WRONG_CREDENTIALS` when the code is wrong, `NOT_FOUND` when nothing was begun.';
grant execute on function app_public.confirm_totp(text) to trumpet_user, trumpet_key;
--! EndIncluded functions/second-factors/confirm_totp.sql

--! Included functions/second-factors/remove_second_factor.sql
create or replace function app_private.remove_second_factor(user_id uuid) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_removed boolean;
begin
  delete from app_private.totp_setups where totp_setups.user_id = remove_second_factor.user_id;
  delete from app_private.recovery_codes where recovery_codes.user_id = remove_second_factor.user_id;
  delete from app_private.totp_secrets where totp_secrets.user_id = remove_second_factor.user_id;
  v_is_removed := found;
  if v_is_removed then
    perform app_private.send_account_mail('second_factor_removed', jsonb_build_object('userId', remove_second_factor.user_id));
  end if;
  return v_is_removed;
end
$$;
comment on function app_private.remove_second_factor(uuid) is
  'Has the password suffice, and tells the person by mail. False when it did already.';
--! EndIncluded functions/second-factors/remove_second_factor.sql

--! Included functions/second-factors/remove_totp.sql
create or replace function app_public.remove_totp(password text, code text default null) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not app_private.prove_anew(remove_totp.password, remove_totp.code) then
    return null;
  end if;
  perform app_private.remove_second_factor(app_private.require_user());
  return true;
end
$$;
comment on function app_public.remove_totp(text, text) is
  'Has the password suffice for a sign-in, and makes the recovery codes worthless. `WRONG_CREDENTIALS` when password or code is wrong, `SECOND_FACTOR_REQUIRED` when the code is missing.';
grant execute on function app_public.remove_totp(text, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/second-factors/remove_totp.sql

--! Included functions/second-factors/make_recovery_codes.sql
create or replace function app_public.make_recovery_codes(password text, code text default null) returns text[]
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_user();
begin
  if not app_private.prove_anew(make_recovery_codes.password, make_recovery_codes.code) then
    return null;
  end if;
  if not exists (select from app_private.totp_secrets where user_id = v_user_id) then
    raise exception 'Recovery codes come with a second factor, and you have none.' using errcode = 'TR404';
  end if;
  perform app_private.send_account_mail('recovery_codes_made', jsonb_build_object('userId', v_user_id));
  return app_private.new_recovery_codes(v_user_id);
end
$$;
comment on function app_public.make_recovery_codes(text, text) is
  'Gives ten new recovery codes, shown this once; those from before are worthless. `WRONG_CREDENTIALS` when password or code is wrong, `SECOND_FACTOR_REQUIRED` when the code is missing, `NOT_FOUND` when you have no second factor.';
grant execute on function app_public.make_recovery_codes(text, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/second-factors/make_recovery_codes.sql

--! Included functions/second-factors/expire_totp_setups.sql
create or replace function app_private.expire_totp_setups() returns integer
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  with expired as (
    delete from app_private.totp_setups where created_at < now() - interval '15 minutes' returning 1
  )
  select count(*)::integer from expired;
$$;
comment on function app_private.expire_totp_setups() is 'Forgets secrets that were given and never confirmed. The worker calls it.';
--! EndIncluded functions/second-factors/expire_totp_setups.sql

/* At psql. */
--! Included functions/second-factors-at-psql/remove_second_factor.sql
create or replace function app_admin.remove_second_factor(who text, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users := app_private.find_user(who);
begin
  if not app_private.remove_second_factor(v_user.id) then
    return format('%s has no second factor', v_user.username);
  end if;
  perform app_private.note_admin_action('remove_second_factor', reason => remove_second_factor.reason, user_id => v_user.id);
  return format('%s signs in with the password alone', v_user.username);
end
$$;
comment on function app_admin.remove_second_factor(text, text) is
  'For whoever has lost both phone and recovery codes: the password suffices from now on, and the person is told by mail. Be sure who asks.';
grant execute on function app_admin.remove_second_factor(text, text) to trumpet_admin;
--! EndIncluded functions/second-factors-at-psql/remove_second_factor.sql

/*
 * Guests come by the link of a room (app_private.guests) and may do what app_private.check_guest says.
 */
--! Included functions/guests/join_as_guest.sql
create or replace function app_public.join_as_guest(
  code text, display_name text, user_agent text default null, device_secret text default null
)
returns app_public.user_session
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_caller_id constant uuid := app_hidden.current_user_id();
  v_invitation app_public.room_invitations;
  v_user_id uuid;
begin
  perform app_private.limit_rate('sign_up');
  perform app_private.require_sign_up();
  select room_invitations.* into v_invitation from app_public.room_invitations
    join app_public.rooms on rooms.id = room_invitations.room_id
    where room_invitations.code = join_as_guest.code and expires_at > now()
      and rooms.workspace_id = app_hidden.current_workspace_id();
  if v_invitation.id is null then
    raise exception 'There is no such invitation, or it has expired.' using errcode = 'TR404';
  end if;
  if not v_invitation.allows_guests then
    raise exception 'This invitation is for people with an account.' using errcode = 'TR403';
  end if;
  insert into app_public.users (username, display_name)
    values ('guest-' || encode(public.gen_random_bytes(8), 'hex'), coalesce(app_private.plain_name(join_as_guest.display_name), ''))
    returning id into v_user_id;
  insert into app_private.guests (user_id, room_id) values (v_user_id, v_invitation.room_id);
  perform app_private.note_seen(v_user_id, now());
  -- They come in by themselves: nobody else is asking.
  perform set_config('trumpet.user_id', v_user_id::text, true);
  perform app_private.use_invitation(join_as_guest.code, v_user_id);
  perform set_config('trumpet.user_id', coalesce(v_caller_id::text, ''), true);
  return app_private.open_session(v_user_id, join_as_guest.user_agent, join_as_guest.device_secret, 'guest');
end
$$;
comment on function app_public.join_as_guest(text, text, text, text) is
  'Joins the room of an invitation that `allowsGuests` without an account, under a name. A guest is in that room alone: reads, writes, reacts, and becomes an account with `claimGuest`. `NOT_FOUND` when there is no such invitation or it is over, `FORBIDDEN` when it is not for guests, or nobody may come by themselves. For `deviceSecret` see `signIn`.';
grant execute on function app_public.join_as_guest(text, text, text, text) to trumpet_visitor, trumpet_user, trumpet_key;
--! EndIncluded functions/guests/join_as_guest.sql

--! Included functions/guests/claim_guest.sql
/* The person stays the same row: all that hangs on it stays, and nothing has to be moved. */
create or replace function app_public.claim_guest(username text, password text, email text default null) returns app_public.users
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_user();
  v_username public.citext := coalesce(claim_guest.username, '');
  v_email text := nullif(btrim(claim_guest.email), '');
  v_user app_public.users;
begin
  perform app_private.limit_rate('password');
  perform app_private.require_local_passwords();
  perform app_private.require_sign_up();
  perform app_private.check_password(claim_guest.password);
  -- Of two at the same moment the second waits here, and finds an account.
  delete from app_private.guests where user_id = v_user_id;
  if not found then
    raise exception 'You have an account already.' using errcode = 'TR409';
  end if;
  perform app_private.check_still_here();
  -- Said here and not by the index, whose error holds the name.
  if exists (
    select from app_public.users
      where users.username = v_username and users.workspace_id = app_hidden.current_workspace_id()
  ) then
    raise unique_violation using constraint = 'users_username_is_unique';
  end if;
  begin
    update app_public.users set username = v_username where id = v_user_id returning * into v_user;
  exception when unique_violation then
    raise unique_violation using constraint = 'users_username_looks_like_no_other';
  end;
  insert into app_private.user_secrets (user_id, email, password_hash)
    values (v_user_id, v_email, public.crypt(app_private.password_form(claim_guest.password), public.gen_salt('bf', 10)));
  if v_email is not null then
    perform graphile_worker.add_job('claim_email', json_build_object('userId', v_user_id));
  end if;
  return v_user;
end
$$;
comment on function app_public.claim_guest(text, text, text) is
  'Makes an account of a guest, who loses nothing: messages, membership, what was read, this session. `CONFLICT` when the username is taken, or you have an account; `FORBIDDEN` where nobody makes an account by themselves. For `password` and `email` see `signUp`.';
grant execute on function app_public.claim_guest(text, text, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/guests/claim_guest.sql

--! Included functions/guests/expire_guests.sql
create or replace function app_private.expire_guests() returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_ids uuid[] := array(
    select user_id from app_private.guests
      where created_at < now() - interval '30 days'
        and not exists (
          select from app_private.sessions
            where sessions.user_id = guests.user_id and refreshed_at > now() - interval '30 days')
      order by created_at limit 100);
begin
  perform app_private.begin_erasure(user_id) from unnest(v_user_ids) as user_id;
  return cardinality(v_user_ids);
end
$$;
comment on function app_private.expire_guests() is
  'Deletes guests who have not been here for 30 days, as accounts are deleted: what they wrote goes or stays as each room says. The worker calls it.';
--! EndIncluded functions/guests/expire_guests.sql

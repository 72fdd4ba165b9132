--! Previous: sha1:15f1a5ccde2ef3954d440669d3f91e14d7e17630
--! Hash: sha1:8fcd3edf575f12be66185274d0b4428014b04cae

/*
 * Passkeys: keys that a device, a password manager or a stick keeps for one site, and uses only when its owner has shown a
 * finger, a face or a PIN (WebAuthn). So one is what somebody has and what they are or know at once.
 *
 * The database makes what is asked and keeps what it is told. Signatures are verified by the server, which notes here, as
 * nobody else can, what it has verified: a challenge is answered once, and is over after five minutes.
 */
create table app_private.passkeys (
  id uuid primary key default uuidv7(),
  user_id uuid not null references app_private.user_secrets on delete cascade,
  credential_id bytea not null,
  public_key bytea not null,
  sign_count bigint not null,
  is_backed_up boolean not null,
  name text not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  constraint passkeys_credential_id_is_unique unique (credential_id),
  constraint passkeys_credential_id_length check (octet_length(credential_id) between 1 and 1023),
  constraint passkeys_public_key_length check (octet_length(public_key) <= 2000),
  constraint passkeys_name_length check (char_length(name) between 1 and 80)
);
comment on table app_private.passkeys is 'With which keys people sign in, without a password.';
comment on column app_private.passkeys.credential_id is 'What the device knows the key by.';
comment on column app_private.passkeys.public_key is 'Verifies its signatures, as COSE writes keys (RFC 9052).';
comment on column app_private.passkeys.sign_count is 'How often it has signed, as it says. 0 for one that does not count.';
comment on column app_private.passkeys.is_backed_up is 'Whether it is in more than one place, so that a lost device does not lose it.';
alter table app_private.passkeys enable row level security;
/* passkeys, finish_passkey, remove_passkey */
create index passkeys_user_id on app_private.passkeys (user_id);

create table app_private.passkey_setups (
  user_id uuid primary key references app_private.user_secrets on delete cascade,
  challenge bytea not null,
  created_at timestamptz not null default now(),
  credential_id bytea,
  public_key bytea,
  sign_count bigint,
  is_backed_up boolean,
  constraint passkey_setups_are_proved_whole check (num_nulls(credential_id, public_key, sign_count, is_backed_up) in (0, 4))
);
comment on table app_private.passkey_setups is
  'What a new passkey of a person has to answer, and what the server has verified of one that did.';
alter table app_private.passkey_setups enable row level security;
/* expire_passkey_challenges */
create index passkey_setups_created_at on app_private.passkey_setups (created_at);

create unlogged table app_private.passkey_challenges (
  challenge bytea primary key,
  username_hash bytea,
  created_at timestamptz not null default now(),
  credential_id bytea,
  signature text,
  sign_count bigint,
  is_backed_up boolean,
  constraint passkey_challenges_are_proved_whole check (num_nulls(credential_id, signature, sign_count, is_backed_up) in (0, 4))
);
comment on table app_private.passkey_challenges is
  'What somebody who signs in has to answer by a passkey, and what the server has verified of one that did.';
comment on column app_private.passkey_challenges.username_hash is 'Of whom alone a passkey is taken, whether there is such a person or not.';
comment on column app_private.passkey_challenges.signature is 'By which the answer is found again.';
alter table app_private.passkey_challenges enable row level security;
/* sign_in_with_passkey */
create unique index passkey_challenges_signature on app_private.passkey_challenges (signature);
/* expire_passkey_challenges */
create index passkey_challenges_created_at on app_private.passkey_challenges (created_at);

create type app_public.passkey as (
  id uuid,
  name text,
  is_backed_up boolean,
  created_at timestamptz,
  last_used_at timestamptz
);
comment on type app_public.passkey is 'What somebody signs in with instead of a password and a code.';
comment on column app_public.passkey.id is 'Names it in `renamePasskey` and `removePasskey`.';
comment on column app_public.passkey.name is 'What its owner calls it, 1 to 80 characters.';
comment on column app_public.passkey.is_backed_up is 'Whether it is in more than one place, so that a lost device does not lose it.';
comment on column app_public.passkey.created_at is 'Since when it is kept here.';
comment on column app_public.passkey.last_used_at is 'When somebody last signed in with it, or null.';

--! Included functions/passkeys/username_hash.sql
create or replace function app_private.username_hash(username text) returns bytea
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
return sha256(convert_to(lower(app_private.trimmed(username)), 'UTF8'));
comment on function app_private.username_hash(text) is 'By which somebody is told apart who may not exist. Null without a name.';
--! EndIncluded functions/passkeys/username_hash.sql

--! Included functions/passkeys/prove_for_passkey.sql
/* Whoever has signed in by a passkey just now has proved it, and need not have a password. */
create or replace function app_private.prove_for_passkey(password text, code text) returns boolean
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if prove_for_passkey.password is null and exists (
    select from app_private.sessions
      where id = app_hidden.current_session_id() and method = 'passkey' and created_at > now() - interval '10 minutes'
  ) then
    perform app_private.limit_rate('password');
    return true;
  end if;
  return app_private.prove_anew(prove_for_passkey.password, prove_for_passkey.code);
end
$$;
comment on function app_private.prove_for_passkey(text, text) is
  'Whether who is signed in proves once more who they are, by password and code, or by a passkey with which they signed in within 10 minutes.';
--! EndIncluded functions/passkeys/prove_for_passkey.sql

--! Included functions/passkeys/passkeys.sql
create or replace function app_public.passkeys() returns setof app_public.passkey
language sql stable security definer rows 5
set search_path = pg_catalog, pg_temp
as $$
  select id, name, is_backed_up, created_at, last_used_at from app_private.passkeys
    where user_id = app_private.require_user()
    order by created_at desc, id desc;
$$;
comment on function app_public.passkeys() is 'Your passkeys, the newest first. `removePasskey` removes one of them.';
grant execute on function app_public.passkeys() to trumpet_user;
--! EndIncluded functions/passkeys/passkeys.sql

--! Included functions/passkeys/begin_passkey.sql
/* The server adds for which site it is, which it knows by its settings. */
create or replace function app_public.begin_passkey(password text default null, code text default null) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user app_public.users;
  v_challenge bytea := public.gen_random_bytes(32);
begin
  if not app_private.prove_for_passkey(begin_passkey.password, begin_passkey.code) then
    return null;
  end if;
  select * into v_user from app_public.users where id = app_private.require_user();
  insert into app_private.passkey_setups (user_id, challenge) values (v_user.id, v_challenge)
    on conflict on constraint passkey_setups_pkey do update set
      challenge = excluded.challenge, created_at = now(),
      credential_id = null, public_key = null, sign_count = null, is_backed_up = null;
  return jsonb_build_object(
    'challenge', app_private.text_of_token(v_challenge),
    'user', jsonb_build_object(
      'id', app_private.text_of_token(uuid_send(v_user.id)), 'name', v_user.username::text, 'displayName', v_user.display_name),
    -- Ed25519, ECDSA with P-256, and RSA, as every authenticator has one of them.
    'pubKeyCredParams', '[{"type": "public-key", "alg": -8}, {"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -257}]'::jsonb,
    'timeout', 300000,
    'attestation', 'none',
    'authenticatorSelection', '{"residentKey": "required", "requireResidentKey": true, "userVerification": "required"}'::jsonb,
    'excludeCredentials', (
      select coalesce(jsonb_agg(jsonb_build_object('type', 'public-key', 'id', app_private.text_of_token(credential_id))), '[]')
        from app_private.passkeys where user_id = v_user.id
    ));
end
$$;
comment on function app_public.begin_passkey(text, text) is
  'Gives what a browser makes a passkey of: `navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(passkeyOptions) })`. It counts when `finishPasskey` has had what comes of it, within 5 minutes. Asks for your password, and for a `code` where you have a second factor; for neither when you have signed in by a passkey within 10 minutes. `WRONG_CREDENTIALS` when password or code is wrong, `SECOND_FACTOR_REQUIRED` when the code is missing. `FORBIDDEN` for whoever signs in elsewhere, and where the server has no address for passkeys.';
grant execute on function app_public.begin_passkey(text, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/passkeys/begin_passkey.sql

--! Included functions/passkeys/passkey_setup.sql
create or replace function app_hidden.passkey_setup(user_id uuid) returns bytea
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select challenge from app_private.passkey_setups
    where passkey_setups.user_id = passkey_setup.user_id and created_at > now() - interval '5 minutes';
$$;
comment on function app_hidden.passkey_setup(uuid) is 'The challenge that a new passkey of a person has to answer; null when none was begun.';
grant execute on function app_hidden.passkey_setup(uuid) to trumpet_authenticator;
--! EndIncluded functions/passkeys/passkey_setup.sql

--! Included functions/passkeys/note_new_passkey.sql
create or replace function app_hidden.note_new_passkey(
  user_id uuid, challenge bytea, credential_id bytea, public_key bytea, sign_count bigint, is_backed_up boolean
) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update app_private.passkey_setups set
    credential_id = note_new_passkey.credential_id, public_key = note_new_passkey.public_key,
    sign_count = note_new_passkey.sign_count, is_backed_up = note_new_passkey.is_backed_up
    where passkey_setups.user_id = note_new_passkey.user_id and passkey_setups.challenge = note_new_passkey.challenge;
$$;
comment on function app_hidden.note_new_passkey(uuid, bytea, bytea, bytea, bigint, boolean) is
  'Notes that the server has verified what a new passkey has answered: finish_passkey takes nothing else.';
grant execute on function app_hidden.note_new_passkey(uuid, bytea, bytea, bytea, bigint, boolean) to trumpet_authenticator;
--! EndIncluded functions/passkeys/note_new_passkey.sql

--! Included functions/passkeys/finish_passkey.sql
/* Two at the same moment wait for each other here, and the second finds nothing that was begun. */
create or replace function app_public.finish_passkey(credential jsonb, name text) returns app_public.passkey
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_passkeys_allowed constant integer := 20;
  v_user_id uuid := app_private.require_user();
  v_setup app_private.passkey_setups;
  v_passkey app_private.passkeys;
begin
  perform app_private.limit_rate('password');
  perform from app_private.user_secrets where user_id = v_user_id for no key update;
  delete from app_private.passkey_setups
    where user_id = v_user_id and created_at > now() - interval '5 minutes'
    returning * into v_setup;
  if v_setup.user_id is null then
    raise exception 'Nothing was begun within 5 minutes: begin again.' using errcode = 'TR404';
  end if;
  -- The server has verified no answer, or another one.
  if v_setup.credential_id is null
    or app_private.text_of_token(v_setup.credential_id) is distinct from finish_passkey.credential ->> 'id' then
    return null;
  end if;
  if (select count(*) >= v_passkeys_allowed from app_private.passkeys where user_id = v_user_id) then
    raise exception 'You have 20 passkeys already: remove one of them first.' using errcode = 'TR409';
  end if;
  insert into app_private.passkeys (user_id, credential_id, public_key, sign_count, is_backed_up, name)
    values (
      v_user_id, v_setup.credential_id, v_setup.public_key, v_setup.sign_count, v_setup.is_backed_up,
      coalesce(app_private.plain_name(finish_passkey.name), ''))
    returning * into v_passkey;
  perform app_private.send_account_mail('passkey_added', jsonb_build_object('userId', v_user_id));
  return row(
    v_passkey.id, v_passkey.name, v_passkey.is_backed_up, v_passkey.created_at, v_passkey.last_used_at
  )::app_public.passkey;
end
$$;
comment on function app_public.finish_passkey(jsonb, text) is
  'Keeps a new passkey under a name, with what the browser has made of `beginPasskey`: `credential.toJSON()`. `WRONG_CREDENTIALS` when it is not an answer to that, `NOT_FOUND` when nothing was begun, `CONFLICT` when you have 20, or it is kept already.';
grant execute on function app_public.finish_passkey(jsonb, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/passkeys/finish_passkey.sql

--! Included functions/passkeys/find_passkey.sql
create or replace function app_private.find_passkey(passkey_id uuid) returns app_private.passkeys
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_passkey app_private.passkeys;
begin
  perform from app_private.user_secrets where user_id = app_private.require_user() for no key update;
  select * into v_passkey from app_private.passkeys where id = find_passkey.passkey_id and user_id = app_private.require_user();
  if v_passkey.id is null then
    raise exception 'No such passkey.' using errcode = 'TR404';
  end if;
  return v_passkey;
end
$$;
comment on function app_private.find_passkey(uuid) is
  'A passkey of who is asking, and nobody changes theirs until commit. NOT_FOUND when it is not theirs.';
--! EndIncluded functions/passkeys/find_passkey.sql

--! Included functions/passkeys/rename_passkey.sql
create or replace function app_public.rename_passkey(passkey_id uuid, name text) returns app_public.passkey
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_passkey app_private.passkeys;
begin
  perform app_private.limit_rate('password');
  v_passkey := app_private.find_passkey(rename_passkey.passkey_id);
  update app_private.passkeys set name = coalesce(app_private.plain_name(rename_passkey.name), '')
    where id = v_passkey.id
    returning * into v_passkey;
  return row(
    v_passkey.id, v_passkey.name, v_passkey.is_backed_up, v_passkey.created_at, v_passkey.last_used_at
  )::app_public.passkey;
end
$$;
comment on function app_public.rename_passkey(uuid, text) is
  'Gives a passkey of yours another name. `NOT_FOUND` when it is not yours.';
grant execute on function app_public.rename_passkey(uuid, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/passkeys/rename_passkey.sql

--! Included functions/passkeys/remove_passkey.sql
create or replace function app_public.remove_passkey(passkey_id uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_passkey app_private.passkeys;
begin
  perform app_private.limit_rate('password');
  v_passkey := app_private.find_passkey(remove_passkey.passkey_id);
  if not exists (select from app_private.passkeys where user_id = v_passkey.user_id and id <> v_passkey.id)
    and not exists (select from app_private.identities where user_id = v_passkey.user_id)
    and not exists (
      select from app_private.user_secrets, app_private.account_rules
        where user_id = v_passkey.user_id and password_hash is not null and local_passwords
    )
  then
    raise exception 'This is the only way in which you can sign in: add another passkey first.' using errcode = 'TR409';
  end if;
  delete from app_private.passkeys where id = v_passkey.id;
  perform app_private.send_account_mail('passkey_removed', jsonb_build_object('userId', v_passkey.user_id));
end
$$;
comment on function app_public.remove_passkey(uuid) is
  'Nobody signs in by this passkey of yours any more; sessions that have begun go on. `NOT_FOUND` when it is not yours, `CONFLICT` when you could not sign in without it.';
grant execute on function app_public.remove_passkey(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/passkeys/remove_passkey.sql

--! Included functions/passkeys/begin_passkey_sign_in.sql
/* No name is looked up here: the answer is the same for everybody, and takes as long. */
create or replace function app_public.begin_passkey_sign_in(username text default null) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_challenge bytea := public.gen_random_bytes(32);
begin
  perform app_private.limit_rate('session');
  insert into app_private.passkey_challenges (challenge, username_hash)
    values (v_challenge, app_private.username_hash(begin_passkey_sign_in.username));
  return jsonb_build_object(
    'challenge', app_private.text_of_token(v_challenge), 'timeout', 300000, 'userVerification', 'required');
end
$$;
comment on function app_public.begin_passkey_sign_in(text) is
  'Gives what a browser asks a passkey with: `navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(passkeyOptions) })`. Answer with `signInWithPasskey`, within 5 minutes. The passkey says who somebody is; with a `username` only one of that person is taken, and whether there is such a person is not told. `FORBIDDEN` where the server has no address for passkeys.';
grant execute on function app_public.begin_passkey_sign_in(text) to trumpet_visitor, trumpet_user, trumpet_key;
--! EndIncluded functions/passkeys/begin_passkey_sign_in.sql

--! Included functions/passkeys/passkey_to_prove.sql
create or replace function app_hidden.passkey_to_prove(challenge bytea, credential_id bytea)
returns table (user_id uuid, public_key bytea)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select passkeys.user_id, passkeys.public_key
    from app_private.passkey_challenges, app_private.passkeys
    where passkey_challenges.challenge = passkey_to_prove.challenge
      and passkey_challenges.created_at > now() - interval '5 minutes'
      and passkeys.credential_id = passkey_to_prove.credential_id;
$$;
comment on function app_hidden.passkey_to_prove(bytea, bytea) is
  'Whose passkey it is that answers a challenge, and by which key. Nothing when there is no such passkey, or no such challenge any more.';
grant execute on function app_hidden.passkey_to_prove(bytea, bytea) to trumpet_authenticator;
--! EndIncluded functions/passkeys/passkey_to_prove.sql

--! Included functions/passkeys/note_passkey_proof.sql
create or replace function app_hidden.note_passkey_proof(
  challenge bytea, credential_id bytea, signature text, sign_count bigint, is_backed_up boolean
) returns boolean
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update app_private.passkey_challenges set
    credential_id = note_passkey_proof.credential_id, signature = note_passkey_proof.signature,
    sign_count = note_passkey_proof.sign_count, is_backed_up = note_passkey_proof.is_backed_up
    where passkey_challenges.challenge = note_passkey_proof.challenge and passkey_challenges.signature is null
    returning true;
$$;
comment on function app_hidden.note_passkey_proof(bytea, bytea, text, bigint, boolean) is
  'Notes that the server has verified a signature of a challenge: sign_in_with_passkey takes nothing else. Null when somebody has answered it before, whatever came of that.';
grant execute on function app_hidden.note_passkey_proof(bytea, bytea, text, bigint, boolean) to trumpet_authenticator;
--! EndIncluded functions/passkeys/note_passkey_proof.sql

--! Included functions/passkeys/sign_in_with_passkey.sql
/*
 * Of two with one answer the second waits here, and finds it used. A counter that does not go on is that of a copy: of
 * those two, both are known to have the key, and only the person can say which is theirs. Passkeys that are kept in
 * several places do not count.
 */
create or replace function app_public.sign_in_with_passkey(
  credential jsonb, user_agent text default null, device_secret text default null
)
returns app_public.user_session
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_proof app_private.passkey_challenges;
  v_passkey app_private.passkeys;
begin
  perform app_private.limit_rate('session');
  delete from app_private.passkey_challenges
    where signature = sign_in_with_passkey.credential #>> '{response,signature}' and created_at > now() - interval '5 minutes'
    returning * into v_proof;
  select * into v_passkey from app_private.passkeys where credential_id = v_proof.credential_id for update;
  if v_passkey.id is null or not app_private.is_here(v_passkey.user_id) or v_proof.username_hash <> app_private.username_hash(
    (select username::text from app_public.users where id = v_passkey.user_id)
  ) then
    return null;
  end if;
  if v_proof.sign_count <= v_passkey.sign_count and greatest(v_proof.sign_count, v_passkey.sign_count) > 0 then
    perform app_private.send_account_mail('passkey_copied', jsonb_build_object('userId', v_passkey.user_id));
    return null;
  end if;
  update app_private.passkeys
    set sign_count = v_proof.sign_count, is_backed_up = v_proof.is_backed_up, last_used_at = now()
    where id = v_passkey.id;
  return app_private.open_session(
    v_passkey.user_id, sign_in_with_passkey.user_agent, sign_in_with_passkey.device_secret, 'passkey');
end
$$;
comment on function app_public.sign_in_with_passkey(jsonb, text, text) is
  'Begins a session with what the browser has made of `beginPasskeySignIn`: `credential.toJSON()`. No password and no code is asked for: a passkey is a second factor by itself. `WRONG_CREDENTIALS` when it is not known here, does not answer what was asked within 5 minutes, or its counter shows that there is a copy of it. For `deviceSecret` see `signIn`.';
grant execute on function app_public.sign_in_with_passkey(jsonb, text, text) to trumpet_visitor, trumpet_user, trumpet_key;
--! EndIncluded functions/passkeys/sign_in_with_passkey.sql

--! Included functions/passkeys/expire_passkey_challenges.sql
create or replace function app_private.expire_passkey_challenges() returns integer
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  with setups as (
    delete from app_private.passkey_setups where created_at < now() - interval '5 minutes' returning 1
  ), challenges as (
    delete from app_private.passkey_challenges where created_at < now() - interval '5 minutes' returning 1
  )
  select (select count(*) from setups)::integer + (select count(*) from challenges)::integer;
$$;
comment on function app_private.expire_passkey_challenges() is 'Forgets challenges that no passkey has answered. The worker calls it.';
--! EndIncluded functions/passkeys/expire_passkey_challenges.sql

--! Previous: x
--! Hash: x

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

--! EndIncluded functions/passkeys/username_hash.sql

--! Included functions/passkeys/prove_for_passkey.sql

--! EndIncluded functions/passkeys/prove_for_passkey.sql

--! Included functions/passkeys/passkeys.sql

--! EndIncluded functions/passkeys/passkeys.sql

--! Included functions/passkeys/begin_passkey.sql

--! EndIncluded functions/passkeys/begin_passkey.sql

--! Included functions/passkeys/passkey_setup.sql

--! EndIncluded functions/passkeys/passkey_setup.sql

--! Included functions/passkeys/note_new_passkey.sql

--! EndIncluded functions/passkeys/note_new_passkey.sql

--! Included functions/passkeys/finish_passkey.sql

--! EndIncluded functions/passkeys/finish_passkey.sql

--! Included functions/passkeys/find_passkey.sql

--! EndIncluded functions/passkeys/find_passkey.sql

--! Included functions/passkeys/rename_passkey.sql

--! EndIncluded functions/passkeys/rename_passkey.sql

--! Included functions/passkeys/remove_passkey.sql

--! EndIncluded functions/passkeys/remove_passkey.sql

--! Included functions/passkeys/begin_passkey_sign_in.sql

--! EndIncluded functions/passkeys/begin_passkey_sign_in.sql

--! Included functions/passkeys/passkey_to_prove.sql

--! EndIncluded functions/passkeys/passkey_to_prove.sql

--! Included functions/passkeys/note_passkey_proof.sql

--! EndIncluded functions/passkeys/note_passkey_proof.sql

--! Included functions/passkeys/sign_in_with_passkey.sql

--! EndIncluded functions/passkeys/sign_in_with_passkey.sql

--! Included functions/passkeys/expire_passkey_challenges.sql

--! EndIncluded functions/passkeys/expire_passkey_challenges.sql

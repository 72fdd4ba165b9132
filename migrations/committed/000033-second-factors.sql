--! Previous: x
--! Hash: x

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

--! EndIncluded functions/second-factors/base32.sql

--! Included functions/second-factors/totp_code.sql

--! EndIncluded functions/second-factors/totp_code.sql

--! Included functions/second-factors/totp_step.sql

--! EndIncluded functions/second-factors/totp_step.sql

--! Included functions/second-factors/recovery_hash.sql

--! EndIncluded functions/second-factors/recovery_hash.sql

--! Included functions/second-factors/new_recovery_codes.sql

--! EndIncluded functions/second-factors/new_recovery_codes.sql

--! Included functions/second-factors/prove_code.sql

--! EndIncluded functions/second-factors/prove_code.sql

--! Included functions/second-factors/prove_second_factor.sql

--! EndIncluded functions/second-factors/prove_second_factor.sql

--! Included functions/second-factors/prove_anew.sql

--! EndIncluded functions/second-factors/prove_anew.sql

--! Included functions/second-factors/second_factor.sql

--! EndIncluded functions/second-factors/second_factor.sql

--! Included functions/second-factors/begin_totp.sql

--! EndIncluded functions/second-factors/begin_totp.sql

--! Included functions/second-factors/confirm_totp.sql

--! EndIncluded functions/second-factors/confirm_totp.sql

--! Included functions/second-factors/remove_second_factor.sql

--! EndIncluded functions/second-factors/remove_second_factor.sql

--! Included functions/second-factors/remove_totp.sql

--! EndIncluded functions/second-factors/remove_totp.sql

--! Included functions/second-factors/make_recovery_codes.sql

--! EndIncluded functions/second-factors/make_recovery_codes.sql

--! Included functions/second-factors/expire_totp_setups.sql

--! EndIncluded functions/second-factors/expire_totp_setups.sql

/* At psql. */
--! Included functions/second-factors-at-psql/remove_second_factor.sql

--! EndIncluded functions/second-factors-at-psql/remove_second_factor.sql

/*
 * Guests come by the link of a room (app_private.guests) and may do what app_private.check_guest says.
 */
--! Included functions/guests/join_as_guest.sql

--! EndIncluded functions/guests/join_as_guest.sql

--! Included functions/guests/claim_guest.sql

--! EndIncluded functions/guests/claim_guest.sql

--! Included functions/guests/expire_guests.sql

--! EndIncluded functions/guests/expire_guests.sql

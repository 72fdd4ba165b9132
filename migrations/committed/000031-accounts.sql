--! Previous: sha1:8769da138542c8a1a88ebace21eae894272156e2
--! Hash: sha1:4a0d291dabd1c6c9acadbd2dec80b24d8d31c45b

/*
 * Accounts of our own: who may make one, and how people prove that one is theirs.
 *
 * What the settings of the server say is a row here, so that it holds for psql as it does for the API.
 */
create type app_private.who_may_sign_up as enum ('open', 'invited', 'closed');
comment on type app_private.who_may_sign_up is
  'Everybody, whoever has the code of an invitation to a room, or nobody: then administrators and issuers make accounts.';

create table app_private.account_rules (
  is_only_row boolean primary key default true,
  sign_up app_private.who_may_sign_up not null default 'open',
  local_passwords boolean not null default true,
  constraint account_rules_has_one_row check (is_only_row)
);
comment on table app_private.account_rules is
  'How accounts begin and how people sign in. The server writes it when it starts: change its settings `SIGN_UP` and `LOCAL_PASSWORDS`.';
comment on column app_private.account_rules.sign_up is 'Who may make an account: the setting `SIGN_UP`.';
comment on column app_private.account_rules.local_passwords is
  'Whether people sign in with a password of Trumpet''s own: the setting `LOCAL_PASSWORDS`.';
alter table app_private.account_rules enable row level security;
insert into app_private.account_rules default values;

--! Included functions/accounts/set_account_rules.sql
create or replace function app_private.set_account_rules(sign_up app_private.who_may_sign_up, local_passwords boolean) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  update app_private.account_rules
    set sign_up = set_account_rules.sign_up, local_passwords = set_account_rules.local_passwords
    where (account_rules.sign_up, account_rules.local_passwords)
      is distinct from (set_account_rules.sign_up, set_account_rules.local_passwords);
$$;
comment on function app_private.set_account_rules(app_private.who_may_sign_up, boolean) is
  'Says how accounts begin and how people sign in. The server calls it when it starts, with its settings.';
--! EndIncluded functions/accounts/set_account_rules.sql

--! Included functions/accounts/require_local_passwords.sql
create or replace function app_private.require_local_passwords() returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if not (select local_passwords from app_private.account_rules) then
    raise exception 'There are no passwords here: sign in where you have your account.' using errcode = 'TR403';
  end if;
end
$$;
comment on function app_private.require_local_passwords() is
  'FORBIDDEN where nobody signs in with a password of Trumpet''s own.';
--! EndIncluded functions/accounts/require_local_passwords.sql

--! Included functions/accounts/check_sign_up.sql
/*
 * Before anything else of a sign-up: whoever may not sign up is not told which names are taken.
 */
create or replace function app_private.check_sign_up(invitation_code text) returns void
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_who app_private.who_may_sign_up := (select sign_up from app_private.account_rules);
begin
  perform app_private.require_local_passwords();
  if v_who = 'closed' then
    raise exception 'Nobody can sign up here by themselves.' using errcode = 'TR403';
  end if;
  if v_who = 'invited' and invitation_code is null then
    raise exception 'Signing up here needs an invitation.' using errcode = 'TR403';
  end if;
  if invitation_code is not null and not exists (
    select from app_public.room_invitations
      where code = check_sign_up.invitation_code and expires_at > now() and (max_uses is null or use_count < max_uses)
  ) then
    raise exception 'There is no such invitation, or it has expired.' using errcode = 'TR404';
  end if;
end
$$;
comment on function app_private.check_sign_up(text) is
  'FORBIDDEN for who may not make an account by themselves, NOT_FOUND when the invitation is none.';
--! EndIncluded functions/accounts/check_sign_up.sql

/*
 * What a person proves by mail: that an address is theirs, or that they may set a new password. A code is in one mail and
 * is used once. What is kept of it is a hash.
 */
create type app_private.email_code_purpose as enum ('verify', 'reset');
comment on type app_private.email_code_purpose is 'That an address is somebody''s, or that they may set a new password.';

create table app_private.email_codes (
  code_hash bytea primary key,
  user_id uuid not null references app_private.user_secrets on delete cascade,
  purpose app_private.email_code_purpose not null,
  email public.citext not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
comment on table app_private.email_codes is 'The codes that were sent by mail within a day, by their SHA-256.';
comment on column app_private.email_codes.email is 'Where it was sent, which is what it proves.';
comment on column app_private.email_codes.used_at is 'When it was used, or became worthless.';
alter table app_private.email_codes enable row level security;
/* make_email_code: how many were sent lately, and void_reset_codes. */
create index email_codes_user_id on app_private.email_codes (user_id);
create index email_codes_email on app_private.email_codes (email);
/* expire_email_codes */
create index email_codes_created_at on app_private.email_codes (created_at);

create type app_public.account as (
  email text,
  is_email_verified boolean,
  has_password boolean
);
comment on type app_public.account is 'What somebody signs in with.';
comment on column app_public.account.email is 'Your e-mail address, or null.';
comment on column app_public.account.is_email_verified is
  'Whether you have proved that it is yours: only then a lost password can be set anew by mail.';
comment on column app_public.account.has_password is 'False for whoever signs in elsewhere.';

--! Included functions/accounts/account.sql
create or replace function app_public.account() returns app_public.account
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select row(user_secrets.email::text, user_secrets.email_verified_at is not null, user_secrets.password_hash is not null)::app_public.account
    from app_private.user_secrets
    where user_secrets.user_id = app_private.require_user();
$$;
comment on function app_public.account() is
  'What you sign in with, which nobody else sees. Null for an account that has neither an e-mail address nor a password.';
grant execute on function app_public.account() to trumpet_user;
--! EndIncluded functions/accounts/account.sql

--! Included functions/accounts/lock_address.sql
create or replace function app_private.lock_address(email public.citext) returns void
language sql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
  select app_private.lock_until_commit('addresses', lower(lock_address.email::text));
$$;
comment on function app_private.lock_address(public.citext) is 'Keeps others from becoming the holder of an e-mail address until commit.';
--! EndIncluded functions/accounts/lock_address.sql

--! Included functions/accounts/read_address.sql
create or replace function app_private.read_address(email text) returns public.citext
language plpgsql immutable security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_email text := app_private.trimmed(read_address.email);
begin
  if v_email is null or v_email !~ '^[^@\s]+@[^@\s]+\.[^@\s]+$' or char_length(v_email) > 254 then
    raise exception 'This is no e-mail address.' using errcode = 'TR400';
  end if;
  return v_email;
end
$$;
comment on function app_private.read_address(text) is 'What was given as an e-mail address, or BAD_INPUT.';
--! EndIncluded functions/accounts/read_address.sql

--! Included functions/accounts/count_code.sql
/*
 * A code has 256 random bits: nobody guesses one. Whoever tries is stopped all the same, by where they come from, and
 * those who prove to have one are not counted: see forgive_proof.
 */
create or replace function app_private.count_code() returns text
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_origin text := 'from:' || app_private.caller_key();
begin
  if v_origin is not null then
    perform app_private.count_proof(v_origin, 100);
  end if;
  return v_origin;
end
$$;
comment on function app_private.count_code() is
  'Counts a code as wrong for whoever shows it, and says under what. RATE_LIMITED after 100 within 10 minutes.';
--! EndIncluded functions/accounts/count_code.sql

--! Included functions/accounts/send_account_mail.sql
create or replace function app_private.send_account_mail(kind text, payload jsonb) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select graphile_worker.add_job('send_account_mail', (payload || jsonb_build_object('kind', kind))::json);
$$;
comment on function app_private.send_account_mail(text, jsonb) is
  'Has the worker write a mail about an account. No code is in what it is told.';
--! EndIncluded functions/accounts/send_account_mail.sql

--! Included functions/accounts/make_email_code.sql
/*
 * The code is made when the mail is written, by the worker: it is in the mail and nowhere else. What is kept is its hash.
 */
create or replace function app_private.make_email_code(
  user_id uuid, email public.citext, purpose app_private.email_code_purpose
) returns text
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_code text := app_private.text_of_token(public.gen_random_bytes(32));
begin
  -- Two workers do not both find that one more may be made.
  perform from app_private.user_secrets where user_secrets.user_id = make_email_code.user_id for no key update;
  if (
    select count(*) >= 5 from app_private.email_codes
      where email_codes.purpose = make_email_code.purpose and created_at > now() - interval '1 hour'
        and (email_codes.user_id = make_email_code.user_id or email_codes.email = make_email_code.email)
  ) then
    return null;
  end if;
  insert into app_private.email_codes (code_hash, user_id, purpose, email, expires_at)
    values (
      sha256(convert_to(v_code, 'UTF8')), make_email_code.user_id, make_email_code.purpose, make_email_code.email,
      now() + case make_email_code.purpose when 'reset' then interval '30 minutes' else interval '1 day' end);
  return v_code;
end
$$;
comment on function app_private.make_email_code(uuid, public.citext, app_private.email_code_purpose) is
  'A code for one mail. Null when five were sent within an hour, for this account or to this address.';
--! EndIncluded functions/accounts/make_email_code.sql

--! Included functions/accounts/use_email_code.sql
/* Of two who use a code at the same moment, the second waits here and finds it used. */
create or replace function app_private.use_email_code(code text, purpose app_private.email_code_purpose)
returns app_private.email_codes
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_hash bytea := sha256(convert_to(use_email_code.code, 'UTF8'));
  v_code app_private.email_codes;
begin
  perform from app_private.user_secrets
    where user_id = (select email_codes.user_id from app_private.email_codes where code_hash = v_hash)
    for no key update;
  update app_private.email_codes set used_at = now()
    where code_hash = v_hash and email_codes.purpose = use_email_code.purpose
      and used_at is null and expires_at > clock_timestamp()
    returning * into v_code;
  return v_code;
end
$$;
comment on function app_private.use_email_code(text, app_private.email_code_purpose) is
  'Uses a code up. Gives nothing when it is none, is over or has been used.';
--! EndIncluded functions/accounts/use_email_code.sql

--! Included functions/accounts/void_reset_codes.sql
create or replace function app_private.void_reset_codes(user_id uuid) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  update app_private.email_codes set used_at = now()
    where email_codes.user_id = void_reset_codes.user_id and purpose = 'reset' and used_at is null;
$$;
comment on function app_private.void_reset_codes(uuid) is
  'Makes worthless what is under way by mail to set a new password.';
--! EndIncluded functions/accounts/void_reset_codes.sql

--! Included functions/accounts/compose_account_mail.sql
/*
 * To whom a mail about an account goes, with the code for it. Nothing when there is nobody, or enough was sent.
 */
create or replace function app_private.compose_account_mail(kind text, user_id uuid, email text)
returns table (user_email text, username text, display_name text, code text)
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_user_id uuid := compose_account_mail.user_id;
  v_email public.citext := compose_account_mail.email;
  v_code text;
begin
  case kind
    when 'reset' then
      -- To the address as it was proved, and not as a stranger spells it.
      select user_secrets.user_id, user_secrets.email into v_user_id, v_email from app_private.user_secrets
        where user_secrets.email = v_email and holds_email and email_verified_at is not null and password_hash is not null;
      v_code := app_private.make_email_code(v_user_id, v_email, 'reset') where v_user_id is not null;
    when 'verify' then
      -- Whoever has proved that it is theirs gets no mails for others.
      if exists (
        select from app_private.user_secrets
          where user_secrets.email = v_email and email_verified_at is not null
            and user_secrets.user_id <> compose_account_mail.user_id
      ) then
        return;
      end if;
      v_code := app_private.make_email_code(v_user_id, v_email, 'verify');
    when 'password_reset' then
      v_email := (select user_secrets.email from app_private.user_secrets where user_secrets.user_id = v_user_id);
    when 'address_changed' then
      null;
  end case;
  if kind in ('reset', 'verify') and v_code is null then
    return;
  end if;
  return query
    select v_email::text, users.username::text, users.display_name, v_code
      from app_public.users where users.id = v_user_id and users.deleted_at is null and v_email is not null;
end
$$;
comment on function app_private.compose_account_mail(text, uuid, text) is
  'To whom a mail about an account goes: a code to prove an address or to set a new password, or the notice that either was done.';
--! EndIncluded functions/accounts/compose_account_mail.sql

--! Included functions/accounts/expire_email_codes.sql
create or replace function app_private.expire_email_codes() returns integer
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  with expired as (
    delete from app_private.email_codes where created_at < now() - interval '1 day' returning 1
  )
  select count(*)::integer from expired;
$$;
comment on function app_private.expire_email_codes() is 'Forgets codes of mails that are over. The worker calls it.';
--! EndIncluded functions/accounts/expire_email_codes.sql

--! Included functions/accounts/request_email_verification.sql
create or replace function app_public.request_email_verification() returns void
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_user();
  v_secrets app_private.user_secrets;
begin
  perform app_private.limit_rate('password');
  select * into v_secrets from app_private.user_secrets where user_id = v_user_id;
  if v_secrets.email is null then
    raise exception 'You have no e-mail address here.' using errcode = 'TR404';
  end if;
  if v_secrets.email_verified_at is null then
    perform app_private.send_account_mail('verify', jsonb_build_object('userId', v_user_id, 'email', v_secrets.email));
  end if;
end
$$;
comment on function app_public.request_email_verification() is
  'Sends you a mail with a code for `verifyEmail`, which is good for a day. `NOT_FOUND` when you have named no address.';
grant execute on function app_public.request_email_verification() to trumpet_user, trumpet_key;
--! EndIncluded functions/accounts/request_email_verification.sql

--! Included functions/accounts/change_email.sql
create or replace function app_public.change_email(password text, new_email text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_user();
  v_email public.citext;
begin
  perform app_private.limit_rate('password');
  v_email := app_private.read_address(change_email.new_email);
  if exists (select from app_private.user_secrets where user_id = v_user_id and password_hash is null) then
    raise exception 'You sign in elsewhere: your address is what is known of you there.' using errcode = 'TR403';
  end if;
  if not app_private.prove_password(v_user_id, change_email.password) then
    return null;
  end if;
  perform app_private.send_account_mail('verify', jsonb_build_object('userId', v_user_id, 'email', v_email));
  return true;
end
$$;
comment on function app_public.change_email(text, text) is
  'Sends a mail with a code for `verifyEmail` to another e-mail address, which becomes yours with it; the one before is told. Whether somebody has it already is not told here. `WRONG_CREDENTIALS` when the password is wrong.';
grant execute on function app_public.change_email(text, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/accounts/change_email.sql

--! Included functions/accounts/verify_email.sql
/*
 * Whoever has the code has read the mail: no session is asked for, as the mail may be read on another device. An address
 * that was proved belongs to one account. Who only named it, and was the first to, gives it up.
 */
create or replace function app_public.verify_email(code text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_origin text;
  v_code app_private.email_codes;
  v_before app_private.user_secrets;
begin
  perform app_private.limit_rate('password');
  v_origin := app_private.count_code();
  -- Before the account: see claim_email.
  perform app_private.lock_address(email) from app_private.email_codes
    where code_hash = sha256(convert_to(verify_email.code, 'UTF8'));
  v_code := app_private.use_email_code(verify_email.code, 'verify');
  if v_code.user_id is null then
    return null;
  end if;
  perform app_private.forgive_proof(v_origin);
  if exists (
    select from app_private.user_secrets
      where email = v_code.email and email_verified_at is not null and user_id <> v_code.user_id
  ) then
    return null;
  end if;
  update app_private.user_secrets set holds_email = false
    where email = v_code.email and holds_email and user_id <> v_code.user_id;
  select * into v_before from app_private.user_secrets where user_id = v_code.user_id;
  update app_private.user_secrets
    set email = v_code.email, holds_email = true, email_verified_at = now(),
      email_told_at = case when email = v_code.email then email_told_at end
    where user_id = v_code.user_id;
  if v_before.email <> v_code.email then
    perform app_private.void_reset_codes(v_code.user_id);
    if v_before.holds_email then
      perform app_private.send_account_mail(
        'address_changed', jsonb_build_object('userId', v_code.user_id, 'email', v_before.email));
    end if;
  end if;
  return true;
end
$$;
comment on function app_public.verify_email(text) is
  'Proves with the code of a mail that an e-mail address is yours; it need not be on the device on which you are signed in. `NOT_FOUND` when the code is wrong, older than a day or has been used; `RATE_LIMITED` after 100 wrong ones within 10 minutes.';
grant execute on function app_public.verify_email(text) to trumpet_visitor, trumpet_user, trumpet_key;
--! EndIncluded functions/accounts/verify_email.sql

--! Included functions/accounts/request_password_reset.sql
/*
 * Nothing is looked up here. Who is asked for is found out by the worker, so that the answer is the same for everybody,
 * and takes as long.
 */
create or replace function app_public.request_password_reset(email text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_email public.citext;
begin
  perform app_private.limit_rate('password');
  perform app_private.require_local_passwords();
  v_email := app_private.read_address(request_password_reset.email);
  perform app_private.send_account_mail('reset', jsonb_build_object('email', v_email));
end
$$;
comment on function app_public.request_password_reset(text) is
  'Sends a mail with a code for `resetPassword` to whoever has proved that this address is theirs. Whether there is such an account is not told. At most five mails an hour are sent.';
grant execute on function app_public.request_password_reset(text) to trumpet_visitor, trumpet_user, trumpet_key;
--! EndIncluded functions/accounts/request_password_reset.sql

--! Included functions/accounts/reset_password.sql
/*
 * Nobody is signed in by it: what else a sign-in asks for is asked for then.
 */
create or replace function app_public.reset_password(code text, new_password text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_origin text;
  v_user_id uuid;
begin
  perform app_private.limit_rate('password');
  perform app_private.require_local_passwords();
  perform app_private.check_password(reset_password.new_password);
  v_origin := app_private.count_code();
  v_user_id := (app_private.use_email_code(reset_password.code, 'reset')).user_id;
  if v_user_id is null then
    return null;
  end if;
  perform app_private.forgive_proof(v_origin);
  update app_private.user_secrets
    set password_hash = public.crypt(app_private.password_form(reset_password.new_password), public.gen_salt('bf', 10))
    where user_id = v_user_id;
  perform app_private.void_reset_codes(v_user_id);
  perform app_private.end_sessions_of(v_user_id, 'password reset');
  -- What strangers have tried does not keep out whom the mail has let in.
  delete from app_private.failed_proofs
    where subject = (
      select 'name:' || encode(sha256(convert_to(lower(username::text), 'UTF8')), 'hex')
        from app_public.users where id = v_user_id);
  perform app_private.send_account_mail('password_reset', jsonb_build_object('userId', v_user_id));
  return true;
end
$$;
comment on function app_public.reset_password(text, text) is
  'Sets a new password with the code of a mail, and ends every session: sign in with it. `NOT_FOUND` when the code is wrong, older than 30 minutes or has been used; `RATE_LIMITED` after 100 wrong ones within 10 minutes.';
grant execute on function app_public.reset_password(text, text) to trumpet_visitor, trumpet_user, trumpet_key;
--! EndIncluded functions/accounts/reset_password.sql

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

--! Previous: sha1:d90c683dd343cdbc5fb59f31e4d601269a0fe27d
--! Hash: sha1:078e6c59113e0ab0e86eca5807525e2d11acca0f

/*
 * People whom another issuer knows.
 *
 * An installation may take access tokens of the product that it is a part of. A person is then who the issuer says
 * (issuer and subject), made when they are seen for the first time, and never one of our own by e-mail address alone.
 * What the issuer calls a session is one of ours, so that ending it, a ban or a suspension are the same for everybody.
 */
create table app_private.identities (
  issuer text not null,
  subject text not null,
  user_id uuid not null references app_public.users on delete cascade,
  claims jsonb not null,
  claims_issued_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (issuer, subject)
);
comment on table app_private.identities is 'Who a person is to an issuer of access tokens.';
comment on column app_private.identities.claims is
  'What the issuer last said: username, name, picture, email, groups. It is compared, and written only where it changes.';
comment on column app_private.identities.claims_issued_at is 'When it said so. Older tokens change nothing.';
alter table app_private.identities enable row level security;
/* A person's export, erasure and sign-out. */
create index identities_user_id on app_private.identities (user_id);

create table app_private.identity_sessions (
  session_hash bytea primary key,
  session_id uuid not null references app_private.sessions on delete cascade
);
comment on table app_private.identity_sessions is 'Which session of ours is one of an issuer''s, by the hash of its name.';
alter table app_private.identity_sessions enable row level security;
create index identity_sessions_session_id on app_private.identity_sessions (session_id);

create table app_private.revocations (
  name_hash bytea primary key,
  revoked_at timestamptz not null
);
comment on table app_private.revocations is
  'Of which sessions and people of issuers tokens are refused, and until when issued. Kept for as long as a token may live.';
alter table app_private.revocations enable row level security;
/* expire_revocations */
create index revocations_revoked_at on app_private.revocations (revoked_at);

--! Included functions/identities/identity_hash.sql
create or replace function app_private.identity_hash(issuer text, kind text, name text) returns bytea
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
return sha256(convert_to(concat_ws(' ', char_length(issuer), issuer, kind, name), 'UTF8'));
comment on function app_private.identity_hash(text, text, text) is
  'Under which hash a session (`sid`) or a person (`sub`) of an issuer is known, where nothing of it is to be readable.';
--! EndIncluded functions/identities/identity_hash.sql

--! Included functions/identities/note_revocation.sql
create or replace function app_private.note_revocation(name_hash bytea, revoked_at timestamptz) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  insert into app_private.revocations as noted (name_hash, revoked_at)
    values (note_revocation.name_hash, note_revocation.revoked_at)
    on conflict on constraint revocations_pkey do update set revoked_at = greatest(noted.revoked_at, excluded.revoked_at);
$$;
comment on function app_private.note_revocation(bytea, timestamptz) is 'Refuses tokens of this name that were issued until then.';
--! EndIncluded functions/identities/note_revocation.sql

--! Included functions/identities/tg_sessions__revoke.sql
create or replace function app_private.tg_sessions__revoke() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if old.ended_at is null and old.expires_at > now() and (tg_op = 'DELETE' or new.ended_at is not null) then
    perform app_private.note_revocation(session_hash, now()) from app_private.identity_sessions where session_id = old.id;
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end
$$;
comment on function app_private.tg_sessions__revoke() is
  'Tokens of another issuer begin no session anew that has been ended, whoever ended it and how.';
--! EndIncluded functions/identities/tg_sessions__revoke.sql

create trigger _400_revoke_update before update of ended_at on app_private.sessions
  for each row execute function app_private.tg_sessions__revoke();
create trigger _400_revoke_delete before delete on app_private.sessions
  for each row execute function app_private.tg_sessions__revoke();

--! Included functions/identities/tg_identities__revoke.sql
create or replace function app_private.tg_identities__revoke() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.note_revocation(app_private.identity_hash(old.issuer, 'sub', old.subject), now());
  return null;
end
$$;
comment on function app_private.tg_identities__revoke() is
  'Tokens of before do not make the person again whose account was deleted.';
--! EndIncluded functions/identities/tg_identities__revoke.sql

create trigger _400_revoke after delete on app_private.identities
  for each row execute function app_private.tg_identities__revoke();
create trigger _100_refuse_truncate before truncate on app_private.identities
  for each statement execute function app_private.tg_any__refuse_truncate();

--! Included functions/identities/expire_revocations.sql
create or replace function app_private.expire_revocations() returns integer
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  -- No token is taken that lives longer than a year.
  with expired as (
    delete from app_private.revocations where revoked_at < now() - interval '1 year 1 day' returning 1
  )
  select count(*)::integer from expired;
$$;
comment on function app_private.expire_revocations() is
  'Forgets revocations of tokens that have all ended by themselves. The worker calls it.';
--! EndIncluded functions/identities/expire_revocations.sql

--! Included functions/identities/username_like.sql
create or replace function app_private.username_like(wished text) returns text
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when char_length(name) < 2 then 'user' else name end
    from regexp_replace(
        -- What is before the @ of an address, without accents, and of that what a username may be made of.
        lower(normalize(split_part(left(coalesce(username_like.wished, ''), 254), '@', 1), nfkd)),
        '[^a-z0-9_.-]+', '', 'g') as plain,
      rtrim(left(ltrim(plain, '_.-'), 24), '.-') as name;
$$;
comment on function app_private.username_like(text) is
  'A well-formed username that resembles a name or an address; `user` where nothing of it can be used.';
--! EndIncluded functions/identities/username_like.sql

--! Included functions/identities/make_person.sql
/*
 * Nobody is there to choose another name when this one is taken or reserved: it gets a number, and at last something
 * random.
 */
create or replace function app_private.make_person(username text, display_name text) returns uuid
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_base text := app_private.username_like(make_person.username);
  v_display_name text := left(coalesce(app_private.plain_name(make_person.display_name), ''), 80);
  v_username text;
  v_user_id uuid;
begin
  for v_try in 1 .. 20 loop
    v_username := v_base || case
      when v_try = 1 then ''
      when v_try < 6 then v_try::text
      else '-' || encode(public.gen_random_bytes(3), 'hex') end;
    begin
      insert into app_public.users (username, display_name)
        values (v_username, coalesce(nullif(v_display_name, ''), v_username))
        on conflict do nothing
        returning id into v_user_id;
    exception when sqlstate 'TR409' then
      -- One of the two is reserved: first another username, then neither as it was wished.
      if v_try > 1 then
        v_base := 'user';
        v_display_name := '';
      end if;
    end;
    exit when v_user_id is not null;
  end loop;
  if v_user_id is null then
    raise exception 'No username is free for this person.' using errcode = 'TR409';
  end if;
  return v_user_id;
end
$$;
comment on function app_private.make_person(text, text) is
  'Makes a person with a username like the one that is wished, whatever is wished.';
--! EndIncluded functions/identities/make_person.sql

--! Included functions/identities/take_claims.sql
/*
 * What the issuer says holds until the person says otherwise, and again when the issuer says something new. The username
 * stays: people are mentioned by it.
 */
create or replace function app_private.take_claims(user_id uuid, claims jsonb, earlier jsonb) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_name text := left(app_private.plain_name(claims ->> 'name'), 80);
  v_picture text := claims ->> 'picture';
  v_email text := claims ->> 'email';
begin
  if v_name <> '' and claims -> 'name' is distinct from earlier -> 'name' then
    begin
      update app_public.users set display_name = v_name where users.id = take_claims.user_id;
    exception when sqlstate 'TR409' then
      null; -- A name that is reserved: the person keeps the one that they have.
    end;
  end if;
  if claims -> 'picture' is distinct from earlier -> 'picture'
      and (v_picture is null or (v_picture ~ '^https?://[^\s<>"'']+$' and char_length(v_picture) <= 2048)) then
    update app_public.users set avatar_url = v_picture where users.id = take_claims.user_id and avatar_id is null;
  end if;
  if claims -> 'email' is distinct from earlier -> 'email' then
    if v_email !~ '^[^@\s]+@[^@\s]+\.[^@\s]+$' or char_length(v_email) > 254 then
      v_email := null;
    end if;
    insert into app_private.user_secrets (user_id, email) values (take_claims.user_id, v_email)
      on conflict on constraint user_secrets_pkey do update set
        email = excluded.email, holds_email = false, email_told_at = null
        where user_secrets.email is distinct from excluded.email;
    if found and v_email is not null then
      perform graphile_worker.add_job('claim_email', json_build_object('userId', take_claims.user_id));
    end if;
  end if;
end
$$;
comment on function app_private.take_claims(uuid, jsonb, jsonb) is
  'Writes what an issuer says of a person, where it differs from what it has said before.';
--! EndIncluded functions/identities/take_claims.sql

--! Included functions/identities/admit_person.sql
/*
 * The server has verified the token before it calls this. What has been revoked is compared with when a token was issued,
 * which tokens say in whole seconds: one of the same second is refused.
 */
create or replace function app_hidden.admit_person(
  issuer text, subject text, session_name text, issued_at timestamptz, expires_at timestamptz, claims jsonb
)
returns table (user_id uuid, session_id uuid)
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_identity app_private.identities;
  v_session_hash bytea := app_private.identity_hash(admit_person.issuer, 'sid', admit_person.session_name);
  v_session_id uuid;
begin
  perform app_private.lock_until_commit('identities', admit_person.issuer || ' ' || admit_person.subject);
  if exists (
    select from app_private.revocations
      where name_hash in (v_session_hash, app_private.identity_hash(admit_person.issuer, 'sub', admit_person.subject))
        and revoked_at >= admit_person.issued_at
  ) then
    raise exception 'This token has been revoked: sign in again.' using errcode = 'TR401';
  end if;

  select * into v_identity from app_private.identities
    where identities.issuer = admit_person.issuer and identities.subject = admit_person.subject;
  if v_identity.user_id is null then
    insert into app_private.identities (issuer, subject, user_id, claims, claims_issued_at)
      values (
        admit_person.issuer, admit_person.subject,
        app_private.make_person(
          coalesce(admit_person.claims ->> 'username', admit_person.claims ->> 'name', admit_person.claims ->> 'email'),
          admit_person.claims ->> 'name'),
        admit_person.claims, admit_person.issued_at
      )
      returning * into v_identity;
    insert into app_private.user_secrets (user_id) values (v_identity.user_id);
    perform app_private.take_claims(v_identity.user_id, admit_person.claims, admit_person.claims - '{picture,email}'::text[]);
    perform app_private.note_seen(v_identity.user_id, now());
  elsif admit_person.issued_at > v_identity.claims_issued_at then
    perform app_private.take_claims(v_identity.user_id, admit_person.claims, v_identity.claims);
    update app_private.identities set claims = admit_person.claims, claims_issued_at = admit_person.issued_at
      where identities.issuer = v_identity.issuer and identities.subject = v_identity.subject;
  end if;

  update app_private.sessions set
    expires_at = greatest(sessions.expires_at, admit_person.expires_at),
    refreshed_at = greatest(sessions.refreshed_at, admit_person.issued_at)
    from app_private.identity_sessions
    where identity_sessions.session_hash = v_session_hash and sessions.id = identity_sessions.session_id
      and sessions.user_id = v_identity.user_id and sessions.ended_at is null
    returning sessions.id into v_session_id;
  if v_session_id is null then
    insert into app_private.sessions (user_id, refreshed_at, expires_at)
      values (v_identity.user_id, admit_person.issued_at, admit_person.expires_at)
      returning id into v_session_id;
    insert into app_private.identity_sessions as kept (session_hash, session_id) values (v_session_hash, v_session_id)
      on conflict on constraint identity_sessions_pkey do update set session_id = excluded.session_id;
  end if;
  return query values (v_identity.user_id, v_session_id);
end
$$;
comment on function app_hidden.admit_person(text, text, text, timestamptz, timestamptz, jsonb) is
  'Whose token of another issuer this is, and in which session: the person is made when they are seen for the first time, and changed when what the issuer says has changed.';
grant execute on function app_hidden.admit_person(text, text, text, timestamptz, timestamptz, jsonb) to trumpet_authenticator;
--! EndIncluded functions/identities/admit_person.sql

--! Included functions/identities/revoke_tokens.sql
create or replace function app_hidden.revoke_tokens(issuer text, subject text, session_name text, revoked_at timestamptz)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.lock_until_commit('identities', revoke_tokens.issuer || ' ' || revoke_tokens.subject)
    where revoke_tokens.subject is not null;
  perform app_private.note_revocation(
    case when revoke_tokens.session_name is null
      then app_private.identity_hash(revoke_tokens.issuer, 'sub', revoke_tokens.subject)
      else app_private.identity_hash(revoke_tokens.issuer, 'sid', revoke_tokens.session_name) end,
    revoke_tokens.revoked_at);
  perform app_private.end_sessions(
    array(
      select sessions.id
        from app_private.identities
        join app_private.sessions on sessions.user_id = identities.user_id
        join app_private.identity_sessions on identity_sessions.session_id = sessions.id
        where identities.issuer = revoke_tokens.issuer and identities.subject = revoke_tokens.subject
          and revoke_tokens.session_name is null
          and sessions.refreshed_at <= revoke_tokens.revoked_at
      union all
      select session_id from app_private.identity_sessions
        join app_private.sessions on sessions.id = identity_sessions.session_id
        where session_hash = app_private.identity_hash(revoke_tokens.issuer, 'sid', revoke_tokens.session_name)
          and sessions.refreshed_at <= revoke_tokens.revoked_at
    ),
    'revoked by its issuer');
end
$$;
comment on function app_hidden.revoke_tokens(text, text, text, timestamptz) is
  'Refuses what an issuer has issued until then: of one session, or, without one, of a person. Sockets are closed.';
grant execute on function app_hidden.revoke_tokens(text, text, text, timestamptz) to trumpet_authenticator;
--! EndIncluded functions/identities/revoke_tokens.sql

create view app_admin.identities as
  select users.username, identities.issuer, identities.subject, identities.claims -> 'groups' as groups,
      identities.created_at, identities.claims_issued_at, identities.user_id
    from app_private.identities
    join app_public.users on users.id = identities.user_id
    order by identities.created_at desc;
comment on view app_admin.identities is 'The people whom other issuers know, with the groups that they say, the latest first.';
grant select on app_admin.identities to trumpet_admin;

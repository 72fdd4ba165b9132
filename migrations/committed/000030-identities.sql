--! Previous: sha1:c777973cb421c8a57a3b684b14239a47826cb688
--! Hash: sha1:ae3675da544205b3b726ac6ca9b1adc83f3200bf

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
  workspace_id uuid not null,
  primary key (issuer, subject, workspace_id)
);
comment on table app_private.identities is 'Who a person is to an issuer of access tokens: in each workspace another one.';
comment on column app_private.identities.claims is
  'What the issuer last said: username, name, picture, email, groups. It is compared, and written only where it changes.';
comment on column app_private.identities.workspace_id is 'That of the person.';
comment on column app_private.identities.claims_issued_at is 'When it said so. Older tokens change nothing.';
alter table app_private.identities enable row level security;
create trigger _100_workspace before insert on app_private.identities
  for each row execute function app_private.tg_any__workspace_of_user();
/* A person's export, erasure and sign-out. */
create index identities_user_id on app_private.identities (user_id);

create table app_private.identity_sessions (
  session_hash bytea not null,
  session_id uuid not null references app_private.sessions on delete cascade,
  primary key (session_hash, session_id)
);
comment on table app_private.identity_sessions is 'Which sessions of ours are one of an issuer''s, by the hash of its name.';
alter table app_private.identity_sessions enable row level security;
create index identity_sessions_session_id on app_private.identity_sessions (session_id);

create table app_private.revocations (
  name_hash bytea primary key,
  revoked_at timestamptz not null,
  noted_at timestamptz not null default clock_timestamp()
);
comment on table app_private.revocations is
  'Of which sessions and people of issuers tokens are refused, and until when issued. Kept for as long as a token may live.';
comment on column app_private.revocations.noted_at is 'When the last of it was heard here.';
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
    on conflict on constraint revocations_pkey do update set
      revoked_at = greatest(noted.revoked_at, excluded.revoked_at), noted_at = excluded.noted_at;
$$;
comment on function app_private.note_revocation(bytea, timestamptz) is 'Refuses tokens of this name that were issued until then.';
--! EndIncluded functions/identities/note_revocation.sql

--! Included functions/identities/hash_in_workspace.sql
create or replace function app_private.hash_in_workspace(name_hash bytea, workspace_id uuid) returns bytea
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
return sha256(name_hash || uuid_send(workspace_id));
comment on function app_private.hash_in_workspace(bytea, uuid) is
  'The same session or person of an issuer in one workspace alone: what is revoked there is not revoked in another.';
--! EndIncluded functions/identities/hash_in_workspace.sql

--! Included functions/identities/revoke_person.sql
/* An issuer's clock may be ahead of ours: what it has issued and was shown here is of before. */
create or replace function app_private.revoke_person(identity app_private.identities) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select app_private.note_revocation(
    app_private.hash_in_workspace(app_private.identity_hash(identity.issuer, 'sub', identity.subject), identity.workspace_id),
    greatest(now(), identity.claims_issued_at));
$$;
comment on function app_private.revoke_person(app_private.identities) is
  'Refuses every token of a person of an issuer that was issued until now, in their workspace.';
--! EndIncluded functions/identities/revoke_person.sql

--! Included functions/identities/names_to_refuse.sql
create or replace function app_private.names_to_refuse(session_hash bytea, issuer text, subject text, user_id uuid) returns bytea[]
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  -- What the issuer has revoked counts everywhere, and what was ended here in the workspace of that person.
  select array_agg(hash)
    from app_public.users
    cross join unnest(array[
      names_to_refuse.session_hash,
      app_private.identity_hash(names_to_refuse.issuer, 'sub', names_to_refuse.subject)]) as name (name_hash)
    cross join lateral (
      values (name_hash), (app_private.hash_in_workspace(name_hash, users.workspace_id))) as either (hash)
    where users.id = names_to_refuse.user_id;
$$;
comment on function app_private.names_to_refuse(bytea, text, text, uuid) is
  'Under which hashes a token of a person may have been revoked: of its session and of the person, everywhere and in their workspace.';
--! EndIncluded functions/identities/names_to_refuse.sql

--! Included functions/identities/tg_sessions__revoke.sql
create or replace function app_private.tg_sessions__revoke() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if old.ended_at is null and old.expires_at > now() and (tg_op = 'DELETE' or new.ended_at is not null) then
    -- An issuer's clock may be ahead of ours: what it has issued and was shown here is of before.
    perform app_private.note_revocation(
        app_private.hash_in_workspace(session_hash, users.workspace_id), greatest(now(), old.refreshed_at))
      from app_private.identity_sessions, app_public.users
      where session_id = old.id and users.id = old.user_id;
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
  perform app_private.revoke_person(old);
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
        email = excluded.email, holds_email = false, email_verified_at = null, email_told_at = null
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

--! Included functions/workspaces/enter_workspace.sql
create or replace function app_private.enter_workspace(name text) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_workspace_id constant uuid := (select id from app_private.workspaces where workspaces.name = enter_workspace.name and deleted_at is null);
begin
  if v_workspace_id is null then
    raise exception 'There is no such workspace.' using errcode = 'TR401';
  end if;
  perform set_config('trumpet.workspace_id', v_workspace_id::text, true);
end
$$;
comment on function app_private.enter_workspace(text) is
  'Goes on in the workspace that an issuer has named, until the end of the transaction. UNAUTHENTICATED when there is none.';
--! EndIncluded functions/workspaces/enter_workspace.sql

--! Included functions/identities/identified_person.sql
/* The server has verified what the issuer says before it calls this. The lock is held until what is revoked is looked at. */
create or replace function app_private.identified_person(
  issuer text, subject text, issued_at timestamptz, claims jsonb
)
returns uuid
language plpgsql volatile security invoker
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_workspace_name constant text := identified_person.claims ->> 'workspace';
  v_workspace_id uuid;
  v_identity app_private.identities;
begin
  perform app_private.enter_workspace(v_workspace_name) where v_workspace_name is not null;
  v_workspace_id := app_hidden.current_workspace_id();
  perform app_private.lock_until_commit('identities', identified_person.issuer || ' ' || identified_person.subject);
  select * into v_identity from app_private.identities
    where identities.issuer = identified_person.issuer and identities.subject = identified_person.subject
      and identities.workspace_id = v_workspace_id;
  if v_identity.user_id is null then
    insert into app_private.identities (issuer, subject, user_id, claims, claims_issued_at)
      values (
        identified_person.issuer, identified_person.subject,
        app_private.make_person(
          coalesce(
            identified_person.claims ->> 'username', identified_person.claims ->> 'name',
            identified_person.claims ->> 'email'),
          identified_person.claims ->> 'name'),
        identified_person.claims, identified_person.issued_at
      )
      returning * into v_identity;
    insert into app_private.user_secrets (user_id) values (v_identity.user_id);
    perform app_private.take_claims(
      v_identity.user_id, identified_person.claims, identified_person.claims - '{picture,email}'::text[]);
    perform app_private.note_seen(v_identity.user_id, now());
  elsif identified_person.issued_at > v_identity.claims_issued_at then
    perform app_private.take_claims(v_identity.user_id, identified_person.claims, v_identity.claims);
    update app_private.identities
      set claims = identified_person.claims, claims_issued_at = identified_person.issued_at
      where identities.issuer = v_identity.issuer and identities.subject = v_identity.subject
        and identities.workspace_id = v_identity.workspace_id;
  end if;
  return v_identity.user_id;
end
$$;
comment on function app_private.identified_person(text, text, timestamptz, jsonb) is
  'Who a person of an issuer is here: made when they are seen for the first time, and changed when what the issuer says has changed.';
--! EndIncluded functions/identities/identified_person.sql

--! Included functions/identities/admit_person.sql
/* Tokens say in whole seconds when they were issued: one of the second in which something was revoked is refused. */
create or replace function app_hidden.admit_person(
  issuer text, subject text, session_name text, issued_at timestamptz, expires_at timestamptz, claims jsonb
)
returns table (user_id uuid, session_id uuid)
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_session_hash bytea := app_private.identity_hash(admit_person.issuer, 'sid', admit_person.session_name);
  v_user_id uuid := app_private.identified_person(
    admit_person.issuer, admit_person.subject, admit_person.issued_at, admit_person.claims);
  v_name_hashes constant bytea[] := app_private.names_to_refuse(
    v_session_hash, admit_person.issuer, admit_person.subject, v_user_id);
  v_session_id uuid;
begin
  if exists (
    select from app_private.revocations
      where name_hash = any (v_name_hashes) and revoked_at >= admit_person.issued_at
  ) then
    raise exception 'This token has been revoked: sign in again.' using errcode = 'TR401';
  end if;
  select sessions.id into v_session_id
    from app_private.identity_sessions
    join app_private.sessions on sessions.id = identity_sessions.session_id
    where identity_sessions.session_hash = v_session_hash
      and sessions.user_id = v_user_id and sessions.ended_at is null
    order by sessions.id limit 1
    for no key update of sessions;
  if found then
    update app_private.sessions set
      expires_at = greatest(sessions.expires_at, admit_person.expires_at),
      refreshed_at = greatest(sessions.refreshed_at, admit_person.issued_at)
      where sessions.id = v_session_id;
  else
    insert into app_private.sessions (user_id, refreshed_at, expires_at)
      values (v_user_id, admit_person.issued_at, admit_person.expires_at)
      returning id into v_session_id;
    insert into app_private.identity_sessions (session_hash, session_id) values (v_session_hash, v_session_id);
  end if;
  return query values (v_user_id, v_session_id);
end
$$;
comment on function app_hidden.admit_person(text, text, text, timestamptz, timestamptz, jsonb) is
  'Whose token of another issuer this is, and in which session: see identified_person.';
grant execute on function app_hidden.admit_person(text, text, text, timestamptz, timestamptz, jsonb) to trumpet_authenticator;
--! EndIncluded functions/identities/admit_person.sql

--! Included functions/identities/sign_in_identified.sql
/*
 * The provider has issued the token after it was asked (asked_at, by this database's clock): what was revoked before says
 * nothing of it, and what is revoked while it comes ends it.
 */
create or replace function app_hidden.sign_in_identified(
  issuer text, subject text, session_name text, issued_at timestamptz, asked_at timestamptz, claims jsonb,
  user_agent text, device_secret text
)
returns table (session_id uuid, refresh_token text)
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_session_hash bytea := app_private.identity_hash(sign_in_identified.issuer, 'sid', sign_in_identified.session_name);
  v_user_id uuid := app_private.identified_person(
    sign_in_identified.issuer, sign_in_identified.subject, sign_in_identified.issued_at, sign_in_identified.claims);
  v_session app_public.user_session;
  v_session_id uuid;
begin
  if exists (
    select from app_private.revocations
      where name_hash = any (
          app_private.names_to_refuse(v_session_hash, sign_in_identified.issuer, sign_in_identified.subject, v_user_id))
        and noted_at >= sign_in_identified.asked_at
  ) then
    raise exception 'You have been signed out in the meantime: sign in again.' using errcode = 'TR401';
  end if;
  v_session := app_private.open_session(v_user_id, sign_in_identified.user_agent, sign_in_identified.device_secret);
  v_session_id := (v_session.access_token).sid;
  insert into app_private.identity_sessions (session_hash, session_id) values (v_session_hash, v_session_id);
  return query values (v_session_id, v_session.refresh_token);
end
$$;
comment on function app_hidden.sign_in_identified(text, text, text, timestamptz, timestamptz, jsonb, text, text) is
  'Begins a session of ours for somebody whom a provider has just identified: see identified_person.';
grant execute on function app_hidden.sign_in_identified(text, text, text, timestamptz, timestamptz, jsonb, text, text)
  to trumpet_authenticator;
--! EndIncluded functions/identities/sign_in_identified.sql

--! Included functions/identities/vouched_at.sql
create or replace function app_private.vouched_at(session app_private.sessions) returns timestamptz
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select case
    -- Its issuer said so by its own clock, which may be behind ours.
    when exists (select from app_private.refresh_tokens where session_id = session.id)
      then session.created_at - interval '1 minute'
    else session.refreshed_at end;
$$;
comment on function app_private.vouched_at(app_private.sessions) is
  'When an issuer has said for the last time that this session of a person of theirs is right: with each token, or when they signed in.';
--! EndIncluded functions/identities/vouched_at.sql

--! Included functions/identities/revoke_tokens.sql
create or replace function app_hidden.revoke_tokens(issuer text, subject text, session_name text, revoked_at timestamptz)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.lock_until_commit('identities', revoke_tokens.issuer || ' ' || revoke_tokens.subject)
    where revoke_tokens.subject is not null;
  -- Who is named besides the session has to be whose it is.
  if revoke_tokens.subject is not null and exists (
    select from app_private.identity_sessions
      join app_private.sessions on sessions.id = identity_sessions.session_id
      where session_hash = app_private.identity_hash(revoke_tokens.issuer, 'sid', revoke_tokens.session_name)
        and not exists (
          select from app_private.identities
            where identities.user_id = sessions.user_id
              and identities.issuer = revoke_tokens.issuer and identities.subject = revoke_tokens.subject
        )
  ) then
    raise exception 'This session is somebody else''s.' using errcode = 'TR401';
  end if;
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
          and app_private.vouched_at(sessions) <= revoke_tokens.revoked_at
      union all
      select session_id from app_private.identity_sessions
        join app_private.sessions on sessions.id = identity_sessions.session_id
        where session_hash = app_private.identity_hash(revoke_tokens.issuer, 'sid', revoke_tokens.session_name)
          and app_private.vouched_at(sessions) <= revoke_tokens.revoked_at
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
      identities.created_at, identities.claims_issued_at, workspaces.name as workspace, identities.user_id
    from app_private.identities
    join app_public.users on users.id = identities.user_id
    join app_private.workspaces on workspaces.id = users.workspace_id
    order by identities.created_at desc;
comment on view app_admin.identities is 'The people whom other issuers know, with the groups that they say, the latest first.';
grant select on app_admin.identities to trumpet_admin;

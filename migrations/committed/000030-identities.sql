--! Previous: x
--! Hash: x

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

--! EndIncluded functions/identities/identity_hash.sql

--! Included functions/identities/note_revocation.sql

--! EndIncluded functions/identities/note_revocation.sql

--! Included functions/identities/hash_in_workspace.sql

--! EndIncluded functions/identities/hash_in_workspace.sql

--! Included functions/identities/revoke_person.sql

--! EndIncluded functions/identities/revoke_person.sql

--! Included functions/identities/names_to_refuse.sql

--! EndIncluded functions/identities/names_to_refuse.sql

--! Included functions/identities/tg_sessions__revoke.sql

--! EndIncluded functions/identities/tg_sessions__revoke.sql

create trigger _400_revoke_update before update of ended_at on app_private.sessions
  for each row execute function app_private.tg_sessions__revoke();
create trigger _400_revoke_delete before delete on app_private.sessions
  for each row execute function app_private.tg_sessions__revoke();

--! Included functions/identities/tg_identities__revoke.sql

--! EndIncluded functions/identities/tg_identities__revoke.sql

create trigger _400_revoke after delete on app_private.identities
  for each row execute function app_private.tg_identities__revoke();
create trigger _100_refuse_truncate before truncate on app_private.identities
  for each statement execute function app_private.tg_any__refuse_truncate();

--! Included functions/identities/expire_revocations.sql

--! EndIncluded functions/identities/expire_revocations.sql

--! Included functions/identities/username_like.sql

--! EndIncluded functions/identities/username_like.sql

--! Included functions/identities/make_person.sql

--! EndIncluded functions/identities/make_person.sql

--! Included functions/identities/take_claims.sql

--! EndIncluded functions/identities/take_claims.sql

--! Included functions/workspaces/enter_workspace.sql

--! EndIncluded functions/workspaces/enter_workspace.sql

--! Included functions/identities/identified_person.sql

--! EndIncluded functions/identities/identified_person.sql

--! Included functions/identities/admit_person.sql

--! EndIncluded functions/identities/admit_person.sql

--! Included functions/identities/sign_in_identified.sql

--! EndIncluded functions/identities/sign_in_identified.sql

--! Included functions/identities/vouched_at.sql

--! EndIncluded functions/identities/vouched_at.sql

--! Included functions/identities/revoke_tokens.sql

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

--! Previous: sha1:916d16f2da34dfe505ca4465e3dbae3bc8e26ccb
--! Hash: sha1:c777973cb421c8a57a3b684b14239a47826cb688

/*
 * What someone missed, by e-mail, once they have been away for an hour.
 *
 * The same rules as for pushes decide what counts. While they stay away there is one mail a day, and none after two
 * weeks: whoever has not come back by then will not come back for a mail.
 */
create table app_private.email_digests (
  user_id uuid primary key references app_public.users on delete cascade,
  sent_at timestamptz not null
);
comment on table app_private.email_digests is 'When a person last got an e-mail about what they missed.';
comment on column app_private.email_digests.sent_at is
  'Set before the mail is sent: a worker that dies in between loses that mail, and none is sent twice.';
alter table app_private.email_digests enable row level security;

--! Included functions/email-digests/digest_is_due.sql
create or replace function app_private.digest_is_due(person app_public.users, sent_at timestamptz) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select exists (
      -- Who has never been present was here when they signed up.
      select from (
          select coalesce(
            (select last_seen.seen_at from app_private.last_seen where last_seen.user_id = person.id),
            person.created_at)
        ) as last (seen_at)
        where seen_at < now() - interval '1 hour' and seen_at > now() - interval '14 days'
          and (sent_at is null or sent_at < seen_at or sent_at < now() - interval '24 hours'))
    and not exists (
      select from app_private.presence_sessions
        where presence_sessions.user_id = person.id and expires_at > now());
$$;
comment on function app_private.digest_is_due(app_public.users, timestamptz) is
  'Whether a person has been away for long enough to be sent an e-mail, and has not been sent one of late.';
--! EndIncluded functions/email-digests/digest_is_due.sql

--! Included functions/email-digests/enqueue_digests.sql
create or replace function app_private.enqueue_digests() returns integer
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_specs graphile_worker.job_spec[];
begin
  select array_agg(row(
      'send_digest', json_build_object('userId', users.id),
      null, null, null, 'digest:' || users.id, null, null)::graphile_worker.job_spec)
    into v_specs
    from app_public.users
    join app_private.user_secrets on user_secrets.user_id = users.id and user_secrets.holds_email
    left join app_public.notification_settings on notification_settings.user_id = users.id
    left join app_private.email_digests on email_digests.user_id = users.id
    where coalesce(notification_settings.email_digests, true)
      and not app_private.is_suspended(users.id)
      and app_private.digest_is_due(users, email_digests.sent_at)
      and exists (
        select from app_private.unread_counts
          join app_private.room_heads on room_heads.room_id = unread_counts.room_id
          where unread_counts.user_id = users.id and unread_counts.unread_count > 0
            and room_heads.last_message_at > coalesce(email_digests.sent_at, '-infinity'));
  if v_specs is not null then
    perform graphile_worker.add_jobs(v_specs);
  end if;
  return coalesce(cardinality(v_specs), 0);
end
$$;
comment on function app_private.enqueue_digests() is
  'Makes a job for each person who has been away for an hour and missed something. The worker calls it every few minutes.';
--! EndIncluded functions/email-digests/enqueue_digests.sql

--! Included functions/email-digests/compose_digest.sql
create or replace function app_private.compose_digest(user_id uuid)
returns table (email text, display_name text, previous_at text, rooms json, hosts text[])
language sql stable security invoker rows 1
set search_path = pg_catalog, pg_temp
as $$
  select
    user_secrets.email::text,
    users.display_name,
    email_digests.sent_at::text,
    (
      select json_agg(json_build_object(
          'roomName', app_private.name_for(users.id, rooms),
          'hidesText', rooms.hides_push_text,
          'messageCount', missed.message_count,
          'mentionCount', missed.mention_count,
          'authorName', author.display_name,
          'content', case when not rooms.hides_push_text and messages.disappears_at is null then left(app_private.notice_of(messages), 500) end)
          order by missed.mention_count desc, messages.created_at desc)
        from app_public.room_members
        join app_public.rooms on rooms.id = room_members.room_id
        cross join lateral app_private.missed_messages(
          room_members.room_id, array[room_members.user_id], sent_after => coalesce(email_digests.sent_at, '-infinity')) as missed
        join app_public.messages on messages.id = missed.last_message_id
        join app_public.users as author on author.id = messages.author_id
        where room_members.user_id = users.id
          and missed.suppressed_by is null),
    app_private.hosts_of_workspace(users.workspace_id)
    from app_public.users
    join app_private.user_secrets on user_secrets.user_id = users.id and user_secrets.holds_email
    left join app_public.notification_settings on notification_settings.user_id = users.id
    left join app_private.email_digests on email_digests.user_id = users.id
    where users.id = compose_digest.user_id
      and coalesce(notification_settings.email_digests, true)
      and not app_private.is_suspended(users.id)
      and app_private.digest_is_due(users, email_digests.sent_at);
$$;
comment on function app_private.compose_digest(uuid) is
  'What to write to a person: a row while they are away and want it, the rooms where they missed something that counts.';
--! EndIncluded functions/email-digests/compose_digest.sql

--! Included functions/email-digests/end_email_digests.sql
create or replace function app_hidden.end_email_digests(user_id uuid) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  -- Of someone whose account was deleted nothing is to be kept, this neither.
  insert into app_public.notification_settings (user_id, email_digests)
    select users.id, false from app_public.users where users.id = end_email_digests.user_id and users.deleted_at is null
    on conflict on constraint notification_settings_pkey do update set email_digests = excluded.email_digests;
$$;
comment on function app_hidden.end_email_digests(uuid) is
  'As set_email_digests(false), for the server: whoever came by the signed address in a mail has not signed in.';
grant execute on function app_hidden.end_email_digests(uuid) to trumpet_authenticator;
--! EndIncluded functions/email-digests/end_email_digests.sql

--! Included functions/email-digests/claim_digest.sql
create or replace function app_private.claim_digest(user_id uuid, previous_at timestamptz) returns timestamptz
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  insert into app_private.email_digests (user_id, sent_at) values (claim_digest.user_id, clock_timestamp())
    on conflict on constraint email_digests_pkey do update set sent_at = excluded.sent_at
      where email_digests.sent_at is not distinct from claim_digest.previous_at
    returning sent_at;
$$;
comment on function app_private.claim_digest(uuid, timestamptz) is
  'Takes the right to write to a person. Null when someone else was faster.';
--! EndIncluded functions/email-digests/claim_digest.sql

--! Included functions/email-digests/release_digest.sql
create or replace function app_private.release_digest(user_id uuid, claimed_at timestamptz, previous_at timestamptz) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  if release_digest.previous_at is null then
    delete from app_private.email_digests
      where email_digests.user_id = release_digest.user_id and sent_at = release_digest.claimed_at;
  else
    update app_private.email_digests set sent_at = release_digest.previous_at
      where email_digests.user_id = release_digest.user_id and sent_at = release_digest.claimed_at;
  end if;
end
$$;
comment on function app_private.release_digest(uuid, timestamptz, timestamptz) is
  'Gives a claim back after a mail that was surely not taken.';
--! EndIncluded functions/email-digests/release_digest.sql

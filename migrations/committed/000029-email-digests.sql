--! Previous: x
--! Hash: x

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

--! EndIncluded functions/email-digests/digest_is_due.sql

--! Included functions/email-digests/enqueue_digests.sql

--! EndIncluded functions/email-digests/enqueue_digests.sql

--! Included functions/email-digests/compose_digest.sql

--! EndIncluded functions/email-digests/compose_digest.sql

--! Included functions/email-digests/end_email_digests.sql

--! EndIncluded functions/email-digests/end_email_digests.sql

--! Included functions/email-digests/claim_digest.sql

--! EndIncluded functions/email-digests/claim_digest.sql

--! Included functions/email-digests/release_digest.sql

--! EndIncluded functions/email-digests/release_digest.sql

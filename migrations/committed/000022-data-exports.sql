--! Previous: x
--! Hash: x

/*
 * What belongs to a person, to take along.
 *
 * An export is a job of the worker. The file is kept in the database, in pieces, so that whichever node is asked can
 * serve it; its address holds a secret, and both end after a week.
 */
create type app_public.data_export_status as enum ('pending', 'ready', 'failed');
comment on type app_public.data_export_status is 'How far an export of your data is.';

create table app_public.data_exports (
  id uuid primary key default uuidv7(),
  user_id uuid not null references app_public.users on delete cascade,
  status app_public.data_export_status not null default 'pending',
  byte_size bigint,
  requested_at timestamptz not null default now(),
  finished_at timestamptz,
  expires_at timestamptz not null default now() + interval '7 days',
  constraint data_exports_are_finished_when_not_pending check ((status = 'pending') = (finished_at is null))
);
comment on table app_public.data_exports is
  'A file with all that you wrote and all that is kept about you. You see your own only.';
comment on column app_public.data_exports.id is 'Stays the same for ever.';
comment on column app_public.data_exports.user_id is 'Whose data it is.';
comment on column app_public.data_exports.status is 'PENDING until the file is there. FAILED: ask again.';
comment on column app_public.data_exports.byte_size is 'How large the file is. Null while it is not there.';
comment on column app_public.data_exports.requested_at is 'When it was asked for.';
comment on column app_public.data_exports.finished_at is 'When the file was there.';
comment on column app_public.data_exports.expires_at is 'When the file is deleted.';
comment on constraint data_exports_pkey on app_public.data_exports is 'One of your exports, by its id.';
comment on constraint data_exports_user_id_fkey on app_public.data_exports is
  'Whose data it is.';
alter table app_public.data_exports enable row level security;
create policy select_own on app_public.data_exports for select to trumpet_user using (user_id = (select app_hidden.current_user_id()));
create policy select_admin on app_public.data_exports for select to trumpet_admin using (true);
grant select on app_public.data_exports to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
/* export_my_data: the one that is under way. A person has one at a time. */
create unique index data_exports_one_pending on app_public.data_exports (user_id) where status = 'pending';
create index data_exports_user_id on app_public.data_exports (user_id);
/* expire_data_exports */
create index data_exports_expires_at on app_public.data_exports (expires_at);

create table app_private.data_export_files (
  export_id uuid primary key references app_public.data_exports on delete cascade,
  download_token text not null default encode(public.gen_random_bytes(32), 'hex')
);
comment on table app_private.data_export_files is 'The secret in the address of an export.';
alter table app_private.data_export_files enable row level security;

create table app_private.data_export_chunks (
  export_id uuid not null references app_private.data_export_files on delete cascade,
  position integer not null,
  bytes bytea not null,
  primary key (export_id, position)
);
comment on table app_private.data_export_chunks is 'The file of an export, compressed, in pieces.';
-- It is compressed already.
alter table app_private.data_export_chunks alter column bytes set storage external;
alter table app_private.data_export_chunks enable row level security;

--! Included functions/data-exports/request_data_export.sql

--! EndIncluded functions/data-exports/request_data_export.sql

--! Included functions/data-exports/export_my_data.sql

--! EndIncluded functions/data-exports/export_my_data.sql

--! Included functions/data-exports/data_exports_url.sql

--! EndIncluded functions/data-exports/data_exports_url.sql

--! Included functions/data-exports/read_data_export.sql

--! EndIncluded functions/data-exports/read_data_export.sql

--! Included functions/data-exports/expire_data_exports.sql

--! EndIncluded functions/data-exports/expire_data_exports.sql

--! Included functions/data-exports/personal_tables.sql

--! EndIncluded functions/data-exports/personal_tables.sql

--! Included functions/data-exports/personal_data.sql

--! EndIncluded functions/data-exports/personal_data.sql

--! Previous: x
--! Hash: x

/* What a message is in another language is made by a service that the server asks (src/translation), and kept by nobody here. */
insert into app_private.rates (kind, per_second, burst) values ('translation', 1, 100);

create type app_public.translation as (
  message_id uuid,
  language text,
  original text
);
comment on type app_public.translation is 'A message in another language.';
comment on column app_public.translation.message_id is 'The message.';
comment on column app_public.translation.language is 'The language asked for.';
comment on column app_public.translation.original is 'Its text as it was when it was translated.';

--! Included functions/translation/translate_message.sql

--! EndIncluded functions/translation/translate_message.sql

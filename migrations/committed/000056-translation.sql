--! Previous: sha1:47f9915e602902f33853a806dfa15994f9f377f6
--! Hash: sha1:ed63e4bfb6c441f6e1f2161cdad155c1ae263ac8

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
/* What is asked of a service is asked by the server: this says that it may be, and of which text. */
create or replace function app_public.translate_message(message_id uuid, language text) returns app_public.translation
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_language constant text := app_private.trimmed(translate_message.language);
  v_message app_public.messages;
begin
  perform app_private.require_user();
  perform app_private.limit_rate('translation');
  if v_language is null or v_language !~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$' or length(v_language) > 35 then
    raise exception 'The language is a code such as de or pt-BR.' using errcode = 'TR400';
  end if;
  v_message := (app_private.lock_message_as(translate_message.message_id, writable => false)).message;
  if v_message.content = '' then
    raise exception 'There is no text in this message.' using errcode = 'TR409';
  end if;
  return row (v_message.id, lower(v_language), v_message.content);
end
$$;
comment on function app_public.translate_message(uuid, text) is
  'Translates a message for you, into a language such as `de`: `translationLanguages` has those that can be had. The message stays as it is, and nobody is told. `CONFLICT` where it cannot be told in which language it is, or nothing translates from that; `BUSY` while the translation service does not answer.';
grant execute on function app_public.translate_message(uuid, text) to trumpet_user;
--! EndIncluded functions/translation/translate_message.sql

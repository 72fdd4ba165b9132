--! Previous: sha1:cec4c3314683149800bbf5b18c28c9c0f7f13412
--! Hash: sha1:e2cff3f6823f51ea2b792edd3801637b67775d90

--! Included functions/text/is_blank.sql
/*
 * How texts are compared.
 *
 * Search and the rules of rooms both ask whether two texts are the same to a reader. Search forgives what people leave
 * out when they type; rules see through what people put in to disguise a word.
 */
create or replace function app_private.is_blank(content text) returns boolean
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select content is null or content !~ '[^[:space:]]';
$$;
comment on function app_private.is_blank(text) is 'Whether there is nothing to read in a text.';
--! EndIncluded functions/text/is_blank.sql

--! Included functions/text/fold_for_search.sql
create or replace function app_hidden.fold_for_search(content text) returns text
language plpgsql immutable strict security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Immutable by declaration: public.unaccent reads a dictionary that only an administrator could change. The collation
  -- is named so that capitals of every script fold alike, whatever the database was made with.
  if octet_length(content) = char_length(content) then
    return lower(content collate "C");
  end if;
  return public.unaccent('public.unaccent', lower(normalize(content, nfkc) collate pg_c_utf8));
end
$$;
comment on function app_hidden.fold_for_search(text) is 'A text without capitals, accents and full-width letters: what is compared when people search.';
grant execute on function app_hidden.fold_for_search(text) to trumpet_user;
--! EndIncluded functions/text/fold_for_search.sql

--! Included functions/text/unspaced_letters.sql
/*
 * Thai, Lao, Burmese, Khmer, Japanese, Chinese and Korean are written without spaces, or with few: their words are found
 * inside a text and not between its spaces.
 */
create or replace function app_hidden.unspaced_letters() returns text
language sql immutable security invoker parallel safe
-- The jamo are what Korean syllables are made of: folding for rules takes them apart.
return '\u0E00-\u0EFF\u1000-\u109F\u1100-\u11FF\u1780-\u17FF\u3005\u3040-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\uFF66-\uFF9F\U00020000-\U0003FFFF';
comment on function app_hidden.unspaced_letters() is
  'The letters of scripts that are written without spaces, as they stand between the brackets of a regular expression.';
grant execute on function app_hidden.unspaced_letters() to trumpet_user;
--! EndIncluded functions/text/unspaced_letters.sql

--! Included functions/text/is_unspaced.sql
create or replace function app_hidden.is_unspaced(content text) returns boolean
language sql immutable strict security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select content ~ ('[' || app_hidden.unspaced_letters() || ']');
$$;
comment on function app_hidden.is_unspaced(text) is 'Whether a text has letters of a script that is written without spaces.';
grant execute on function app_hidden.is_unspaced(text) to trumpet_user;
--! EndIncluded functions/text/is_unspaced.sql

--! Included functions/text/fold_for_rules.sql
/*
 * For rules, what looks the same becomes the same. Accents and other marks go, and so does what cannot be seen
 * (zero-width spaces and joiners, soft hyphens, marks of direction); full-width and styled letters become plain ones
 * by Unicode's own compatibility rules; Cyrillic and Greek letters that look Latin become Latin. The collation is named
 * so that letters are Unicode's, whatever the database was made with.
 */
create or replace function app_hidden.fold_for_rules(original text) returns text
language sql stable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select translate(
    lower(public.unaccent('public.unaccent', regexp_replace(
      normalize(original, nfkd),
      '[\u0300-\u036F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\U000E0000-\U000E0FFF]',
      '', 'g')) collate pg_c_utf8),
    'аеорсухкмтвнігѕјԁԛԝαεορικντυχ',
    'aeopcyxkmtbhirsjdqwaeopikvtux');
$$;
comment on function app_hidden.fold_for_rules(text) is
  'A text in lower case, without accents and invisible characters, with look-alike letters made the same.';
grant execute on function app_hidden.fold_for_rules(text) to trumpet_user, trumpet_admin;
--! EndIncluded functions/text/fold_for_rules.sql

--! Included functions/text/mentioned_names.sql
create or replace function app_private.mentioned_names(content text) returns setof text
language sql immutable security invoker parallel safe rows 2
set search_path = pg_catalog, pg_temp
as $$
  -- A full stop or a dash behind a name belongs to the sentence.
  select distinct lower(rtrim(match[1], '.-'))
    from regexp_matches(content, '(?:^|[^a-zA-Z0-9_@/.-])@([a-zA-Z0-9][a-zA-Z0-9_.-]{0,31})', 'g') as match;
$$;
comment on function app_private.mentioned_names(text) is 'The usernames that stand in a text as `@username`, in lower case, each once.';
--! EndIncluded functions/text/mentioned_names.sql

--! Previous: sha1:8a0ae06c5c273d6824c5cc2fe8cc653556540e9b
--! Hash: sha1:f08eba831ca27d3179ab2cf3f008cadfd654d3ef

/*
 * How texts are compared.
 *
 * Search and the rules of rooms both ask whether two texts are the same to a reader. Search forgives what people leave
 * out when they type; rules see through what people put in to disguise a word.
 */
create function app_private.is_blank(content text) returns boolean
language sql immutable security invoker parallel safe
set search_path = pg_catalog
as $$
  select content is null or content !~ '[^[:space:]]';
$$;
comment on function app_private.is_blank(text) is 'Whether there is nothing to read in a text.';

create function app_hidden.fold(content text) returns text
language plpgsql immutable strict security invoker parallel safe
set search_path = pg_catalog
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
comment on function app_hidden.fold(text) is 'A text without capitals, accents and full-width letters: what is compared when people search.';
grant execute on function app_hidden.fold(text) to trumpet_user;

/*
 * Thai, Lao, Burmese, Khmer, Japanese, Chinese and Korean are written without spaces, or with few: their words are found
 * inside a text and not between its spaces.
 */
create function app_hidden.is_unspaced(content text) returns boolean
language sql immutable strict security invoker parallel safe
set search_path = pg_catalog
as $$
  select content ~ '[\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u3005\u3040-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\uFF66-\uFF9F\U00020000-\U0003FFFF]';
$$;
comment on function app_hidden.is_unspaced(text) is 'Whether a text has letters of a script that is written without spaces.';
grant execute on function app_hidden.is_unspaced(text) to trumpet_user;

/*
 * Folding: what looks the same becomes the same. Accents and other marks go, and so does what cannot be seen
 * (zero-width spaces and joiners, soft hyphens, marks of direction); full-width and styled letters become plain ones
 * by Unicode's own compatibility rules; Cyrillic and Greek letters that look Latin become Latin. The collation is named
 * so that letters are Unicode's, whatever the database was made with.
 */
create function app_hidden.fold_text(original text) returns text
language sql stable security invoker parallel safe
set search_path = pg_catalog
as $$
  select translate(
    lower(public.unaccent('public.unaccent', regexp_replace(
      normalize(original, nfkd),
      '[\u0300-\u036F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\U000E0000-\U000E0FFF]',
      '', 'g')) collate pg_c_utf8),
    'аеорсухкмтвнігѕјԁԛԝαεορικντυχ',
    'aeopcyxkmtbhirsjdqwaeopikvtux');
$$;
comment on function app_hidden.fold_text(text) is
  'A text in lower case, without accents and invisible characters, with look-alike letters made the same.';
grant execute on function app_hidden.fold_text(text) to trumpet_user, trumpet_admin;

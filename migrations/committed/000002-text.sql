--! Previous: sha1:982fd8a55f1138eee0f920a69a4e9e59d032cb47
--! Hash: sha1:ecb206bdd568b2e4d7b0f09cb2df1d0cd3ac8a77

--! Included functions/text/invisible_letters.sql
/*
 * How texts are compared.
 *
 * Search and the rules of rooms both ask whether two texts are the same to a reader. Search forgives what people leave
 * out when they type; rules see through what people put in to disguise a word.
 */
create or replace function app_hidden.invisible_letters() returns text
language sql immutable security invoker parallel safe
-- Unicode's Default_Ignorable_Code_Point, what controls lines, the place of an object, and the Braille pattern without dots.
return '\u0001-\u0008\u000E-\u001F\u007F-\u0084\u0086-\u009F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u2800\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFC\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF';
comment on function app_hidden.invisible_letters() is
  'What takes no ink and no space, as it stands between the brackets of a regular expression.';
grant execute on function app_hidden.invisible_letters() to trumpet_user, trumpet_admin;
--! EndIncluded functions/text/invisible_letters.sql

--! Included functions/text/space_letters.sql
create or replace function app_hidden.space_letters() returns text
language sql immutable security invoker parallel safe
-- Unicode's White_Space.
return '\u0009-\u000D\u0020\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000';
comment on function app_hidden.space_letters() is
  'Spaces and ends of lines of all kinds, as they stand between the brackets of a regular expression.';
--! EndIncluded functions/text/space_letters.sql

--! Included functions/text/is_blank.sql
create or replace function app_private.is_blank(content text) returns boolean
language sql immutable security invoker parallel safe
return content is null or content !~ ('[^' || app_hidden.space_letters() || app_hidden.invisible_letters() || ']');
comment on function app_private.is_blank(text) is 'Whether there is nothing to read in a text.';
--! EndIncluded functions/text/is_blank.sql

--! Included functions/text/trimmed.sql
create or replace function app_private.trimmed(content text) returns text
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when not app_private.is_blank(content) then
    regexp_replace(content, replace('^[spaces]+|[spaces]+$', 'spaces', app_hidden.space_letters()), '', 'g') end;
$$;
comment on function app_private.trimmed(text) is 'A text without the space around it; null when there is nothing to read in it.';
--! EndIncluded functions/text/trimmed.sql

--! Included functions/text/combining_marks.sql
create or replace function app_hidden.combining_marks() returns text
language sql immutable security invoker parallel safe
-- Unicode's marks (17.0), over what is not assigned between them.
return '\u0300-\u036F\u0483-\u0489\u0591-\u05BD\u05BF\u05C1-\u05C2\u05C4-\u05C5\u05C7\u0610-\u061A\u064B-\u065F\u0670'
  || '\u06D6-\u06DC\u06DF-\u06E4\u06E7-\u06E8\u06EA-\u06ED\u0711\u0730-\u074A\u07A6-\u07B0\u07EB-\u07F3\u07FD'
  || '\u0816-\u0819\u081B-\u0823\u0825-\u0827\u0829-\u082D\u0859-\u085B\u0897-\u089F\u08CA-\u08E1\u08E3-\u0903'
  || '\u093A-\u093C\u093E-\u094F\u0951-\u0957\u0962-\u0963\u0981-\u0983\u09BC\u09BE-\u09CD\u09D7\u09E2-\u09E3'
  || '\u09FE-\u0A03\u0A3C-\u0A51\u0A70-\u0A71\u0A75\u0A81-\u0A83\u0ABC\u0ABE-\u0ACD\u0AE2-\u0AE3\u0AFA-\u0B03\u0B3C'
  || '\u0B3E-\u0B57\u0B62-\u0B63\u0B82\u0BBE-\u0BCD\u0BD7\u0C00-\u0C04\u0C3C\u0C3E-\u0C56\u0C62-\u0C63\u0C81-\u0C83'
  || '\u0CBC\u0CBE-\u0CD6\u0CE2-\u0CE3\u0CF3-\u0D03\u0D3B-\u0D3C\u0D3E-\u0D4D\u0D57\u0D62-\u0D63\u0D81-\u0D83'
  || '\u0DCA-\u0DDF\u0DF2-\u0DF3\u0E31\u0E34-\u0E3A\u0E47-\u0E4E\u0EB1\u0EB4-\u0EBC\u0EC8-\u0ECE\u0F18-\u0F19\u0F35'
  || '\u0F37\u0F39\u0F3E-\u0F3F\u0F71-\u0F84\u0F86-\u0F87\u0F8D-\u0FBC\u0FC6\u102B-\u103E\u1056-\u1059\u105E-\u1060'
  || '\u1062-\u1064\u1067-\u106D\u1071-\u1074\u1082-\u108D\u108F\u109A-\u109D\u135D-\u135F\u1712-\u1715\u1732-\u1734'
  || '\u1752-\u1753\u1772-\u1773\u17B4-\u17D3\u17DD\u180B-\u180D\u180F\u1885-\u1886\u18A9\u1920-\u193B\u1A17-\u1A1B'
  || '\u1A55-\u1A7F\u1AB0-\u1B04\u1B34-\u1B44\u1B6B-\u1B73\u1B80-\u1B82\u1BA1-\u1BAD\u1BE6-\u1BF3\u1C24-\u1C37'
  || '\u1CD0-\u1CD2\u1CD4-\u1CE8\u1CED\u1CF4\u1CF7-\u1CF9\u1DC0-\u1DFF\u20D0-\u20F0\u2CEF-\u2CF1\u2D7F\u2DE0-\u2DFF'
  || '\u302A-\u302F\u3099-\u309A\uA66F-\uA672\uA674-\uA67D\uA69E-\uA69F\uA6F0-\uA6F1\uA802\uA806\uA80B\uA823-\uA827'
  || '\uA82C\uA880-\uA881\uA8B4-\uA8C5\uA8E0-\uA8F1\uA8FF\uA926-\uA92D\uA947-\uA953\uA980-\uA983\uA9B3-\uA9C0\uA9E5'
  || '\uAA29-\uAA36\uAA43\uAA4C-\uAA4D\uAA7B-\uAA7D\uAAB0\uAAB2-\uAAB4\uAAB7-\uAAB8\uAABE-\uAABF\uAAC1\uAAEB-\uAAEF'
  || '\uAAF5-\uAAF6\uABE3-\uABEA\uABEC-\uABED\uFB1E\uFE00-\uFE0F\uFE20-\uFE2F\U000101FD\U000102E0\U00010376-\U0001037A'
  || '\U00010A01-\U00010A0F\U00010A38-\U00010A3F\U00010AE5-\U00010AE6\U00010D24-\U00010D27\U00010D69-\U00010D6D'
  || '\U00010EAB-\U00010EAC\U00010EFA-\U00010EFF\U00010F46-\U00010F50\U00010F82-\U00010F85\U00011000-\U00011002'
  || '\U00011038-\U00011046\U00011070\U00011073-\U00011074\U0001107F-\U00011082\U000110B0-\U000110BA\U000110C2'
  || '\U00011100-\U00011102\U00011127-\U00011134\U00011145-\U00011146\U00011173\U00011180-\U00011182'
  || '\U000111B3-\U000111C0\U000111C9-\U000111CC\U000111CE-\U000111CF\U0001122C-\U00011237\U0001123E\U00011241'
  || '\U000112DF-\U000112EA\U00011300-\U00011303\U0001133B-\U0001133C\U0001133E-\U0001134D\U00011357'
  || '\U00011362-\U00011374\U000113B8-\U000113D0\U000113D2\U000113E1-\U000113E2\U00011435-\U00011446\U0001145E'
  || '\U000114B0-\U000114C3\U000115AF-\U000115C0\U000115DC-\U000115DD\U00011630-\U00011640\U000116AB-\U000116B7'
  || '\U0001171D-\U0001172B\U0001182C-\U0001183A\U00011930-\U0001193E\U00011940\U00011942-\U00011943'
  || '\U000119D1-\U000119E0\U000119E4\U00011A01-\U00011A0A\U00011A33-\U00011A39\U00011A3B-\U00011A3E\U00011A47'
  || '\U00011A51-\U00011A5B\U00011A8A-\U00011A99\U00011B60-\U00011B67\U00011C2F-\U00011C3F\U00011C92-\U00011CB6'
  || '\U00011D31-\U00011D45\U00011D47\U00011D8A-\U00011D97\U00011EF3-\U00011EF6\U00011F00-\U00011F01\U00011F03'
  || '\U00011F34-\U00011F42\U00011F5A\U00013440\U00013447-\U00013455\U0001611E-\U0001612F\U00016AF0-\U00016AF4'
  || '\U00016B30-\U00016B36\U00016F4F\U00016F51-\U00016F92\U00016FE4-\U00016FF1\U0001BC9D-\U0001BC9E'
  || '\U0001CF00-\U0001CF46\U0001D165-\U0001D169\U0001D16D-\U0001D172\U0001D17B-\U0001D182\U0001D185-\U0001D18B'
  || '\U0001D1AA-\U0001D1AD\U0001D242-\U0001D244\U0001DA00-\U0001DA36\U0001DA3B-\U0001DA6C\U0001DA75\U0001DA84'
  || '\U0001DA9B-\U0001DAAF\U0001E000-\U0001E02A\U0001E08F\U0001E130-\U0001E136\U0001E2AE\U0001E2EC-\U0001E2EF'
  || '\U0001E4EC-\U0001E4EF\U0001E5EE-\U0001E5EF\U0001E6E3\U0001E6E6\U0001E6EE-\U0001E6EF\U0001E6F5'
  || '\U0001E8D0-\U0001E8D6\U0001E944-\U0001E94A\U000E0100-\U000E01EF';
comment on function app_hidden.combining_marks() is
  'What is drawn on the letter before it, as it stands between the brackets of a regular expression.';
--! EndIncluded functions/text/combining_marks.sql

--! Included functions/text/omitted_marks.sql
create or replace function app_hidden.omitted_marks() returns text
language sql immutable security invoker parallel safe
-- Accents; Cyrillic titlos; Hebrew points; Arabic vowel marks and the tatweel; Vedic accents and the nukta of each script
-- of India; tone marks of Thai and Lao; skin tones.
return '\u0300-\u036F\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF\uFE20-\uFE2F\u0483-\u0489'
  || '\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7'
  || '\u0610-\u061A\u0640\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E8\u06EA-\u06ED\u08CA-\u08E1\u08E3-\u08FF\u0730-\u074A'
  || '\u0951-\u0954\u093C\u09BC\u0A3C\u0ABC\u0B3C\u0C3C\u0CBC'
  || '\u0E47-\u0E4C\u0E4E\u0EC8-\u0ECC\U0001F3FB-\U0001F3FF';
comment on function app_hidden.omitted_marks() is
  'Marks that people leave out when they type, as they stand between the brackets of a regular expression.';
grant execute on function app_hidden.omitted_marks() to trumpet_user;
--! EndIncluded functions/text/omitted_marks.sql

--! Included functions/text/plain_name.sql
/*
 * A name is one line, in the order in which it is written. What joins letters (Persian, emoji) stays, and so do the tags of
 * a flag; other letters that nobody sees go, so that two names which look the same are the same. Marks need a letter to
 * stand on, and no tower of them reaches into the lines around: of accents, which all scripts may pile up, three stay; of
 * any marks six, as Burmese and Tibetan have them.
 */
create or replace function app_private.plain_name(name text) returns text
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case
    when name !~ ('[^' || app_hidden.space_letters() || app_hidden.invisible_letters() || app_hidden.combining_marks() || ']')
      then ''
    else
      btrim(regexp_replace(
        regexp_replace(
          regexp_replace(
            regexp_replace(
              normalize(name, nfc),
              '(\U0001F3F4[\U000E0030-\U000E007A]+\U000E007F)|(?![\u200C\u200D\uFE00-\uFE0F\u180B-\u180D\u180F\u2800])[' || app_hidden.invisible_letters() || ']',
              '\1', 'g'),
            -- The tatweel makes a word longer and not higher.
            replace('([accents]{3})[accents]+', 'accents', replace(app_hidden.omitted_marks(), '\u0640', '') || '\u200C\u200D\uFE00-\uFE0F'),
            '\1', 'g'),
          replace('([marks]{6})[marks]+', 'marks', app_hidden.combining_marks()), '\1', 'g'),
        '[' || app_hidden.space_letters() || ']+', ' ', 'g'))
  end;
$$;
comment on function app_private.plain_name(text) is
  'A name to show, without line breaks, marks of direction and hidden letters; empty when there is nothing to read in it.';
--! EndIncluded functions/text/plain_name.sql

--! Included functions/text/look_of.sql
create or replace function app_private.look_of(username text) returns text
language sql immutable security invoker parallel safe
-- A capital I is read as an l, whatever small letter it stands for.
return replace(translate(lower(translate(username, 'I', 'l') collate "C"), '10', 'lo'), 'rn', 'm');
comment on function app_private.look_of(text) is
  'What a username looks like: the same for names that readers confuse, such as `bill` and `biIl`, `modern` and `modem`.';
--! EndIncluded functions/text/look_of.sql

--! Included functions/text/password_form.sql
create or replace function app_private.password_form(password text) returns text
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select normalize(password, nfkc);
$$;
comment on function app_private.password_form(text) is
  'A password in the one form that is hashed and compared: keyboards and systems write the same letter in several ways.';
--! EndIncluded functions/text/password_form.sql

--! Included functions/text/in_ascii_digits.sql
create or replace function app_hidden.in_ascii_digits(content text) returns text
language sql immutable strict security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
      translate(content, string_agg(chr(zero + digit), '' order by zero, digit), string_agg(digit::text, '' order by zero, digit)),
      content)
    -- Of each script its zero.
    from string_to_table('٠۰߀०০੦૦୦௦౦೦൦෦๐໐༠၀႐០᠐᥆᧐᪀᪐᭐᮰᱀᱐꘠꣐꤀꧐꧰꩐꯰', null) as zeros (letter),
      ascii(letter) as zero,
      generate_series(0, 9) as digit
    where content ~ ('[' || chr(zero) || '-' || chr(zero + 9) || ']');
$$;
comment on function app_hidden.in_ascii_digits(text) is 'A text with the digits of every script as 0 to 9.';
grant execute on function app_hidden.in_ascii_digits(text) to trumpet_user;
--! EndIncluded functions/text/in_ascii_digits.sql

--! Included functions/text/fold_for_search.sql
/*
 * For search, what people leave out or write differently is left out or written one way: capitals, accents and vowel
 * marks, what cannot be seen, full-width and joined forms, the forms of one letter in its script (alef with and without
 * hamza, hiragana and katakana, final sigma), and the digits of every script. A letter that only looks like another with
 * a mark stays itself (й is no и, が is no か). The collation is named so that letters are Unicode's, whatever the database
 * was made with.
 */
create or replace function app_hidden.fold_for_search(content text) returns text
language plpgsql immutable strict security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text;
begin
  -- Immutable by declaration: public.unaccent reads a dictionary that only an administrator could change.
  if octet_length(content) = char_length(content) then
    return lower(content collate "C");
  end if;
  v_text := casefold(normalize(content, nfkd) collate pg_unicode_fast);
  v_text := replace(replace(replace(v_text, e'и\u0306', 'й'), e'у\u0306', 'ў'), e'і\u0308', 'ї');
  v_text := regexp_replace(v_text, '[' || app_hidden.omitted_marks() || app_hidden.invisible_letters() || ']+', '', 'g');
  if v_text ~ '[\u0600-\u06FF]' then
    v_text := translate(v_text, 'ٱةىیکەہھۃ', 'اهييكهههه');
  end if;
  if v_text ~ '[\u0900-\u0DFF]' then
    -- A nasal before its own row is written as a letter or as a dot; khanda ta and chillus are letters without a vowel.
    v_text := regexp_replace(translate(v_text, 'ँੰਁ', 'ंਂਂ'), '[ङञणनम]्(?=[क-घच-झट-ढत-धप-भ])', 'ं', 'g');
    v_text := replace(replace(replace(replace(replace(replace(replace(
      v_text, 'ৎ', 'ত্'), 'ൺ', 'ണ്'), 'ൻ', 'ന്'), 'ർ', 'ര്'), 'ൽ', 'ല്'), 'ൾ', 'ള്'), 'ൿ', 'ക്');
  end if;
  v_text := normalize(v_text, nfc);
  if v_text ~ '[\u3041-\u3096\u309D\u309E]' then
    v_text := translate(
      v_text,
      'ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔゕゖゝゞ',
      'ァアィイゥウェエォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモャヤュユョヨラリルレロヮワヰヱヲンヴヵヶヽヾ');
  end if;
  if v_text ~ '(?![0-9])[[:digit:]]' collate pg_unicode_fast then
    v_text := app_hidden.in_ascii_digits(v_text);
  end if;
  return public.unaccent('public.unaccent', v_text);
end
$$;
comment on function app_hidden.fold_for_search(text) is
  'A text without capitals, accents, vowel marks and other ways to write the same: what is compared when people search.';
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

--! Included functions/text/word_letters.sql
create or replace function app_hidden.word_letters() returns text
language sql immutable security invoker parallel safe
-- What ends a syllable in the scripts of India, Sri Lanka, Burma and Cambodia is no letter to Unicode, and parts no word.
return '[:alnum:]\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D4D\u0DCA\u1039\u103A\u17D2';
comment on function app_hidden.word_letters() is
  'What words are made of, as it stands between the brackets of a regular expression with the collation pg_unicode_fast.';
grant execute on function app_hidden.word_letters() to trumpet_user;
--! EndIncluded functions/text/word_letters.sql

--! Included functions/text/emoji_letters.sql
create or replace function app_hidden.emoji_letters() returns text
language sql immutable security invoker parallel safe
-- Arrows, technical and geometric signs, dingbats, and the planes of pictures.
return '\u2190-\u21FF\u2300-\u23FF\u25A0-\u27BF\u2900-\u297F\u2B00-\u2BFF\u3030\u303D\U0001F000-\U0001FAFF';
comment on function app_hidden.emoji_letters() is
  'What emoji are made of, as they stand between the brackets of a regular expression.';
grant execute on function app_hidden.emoji_letters() to trumpet_user;
--! EndIncluded functions/text/emoji_letters.sql

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
      '[\u0300-\u036F' || app_hidden.invisible_letters() || ']',
      '', 'g')) collate pg_c_utf8),
    'аеорсухкмтвнігѕјԁԛԝαεορικντυχ',
    'aeopcyxkmtbhirsjdqwaeopikvtux');
$$;
comment on function app_hidden.fold_for_rules(text) is
  'A text in lower case, without accents and invisible characters, with look-alike letters made the same.';
grant execute on function app_hidden.fold_for_rules(text) to trumpet_user, trumpet_admin;
--! EndIncluded functions/text/fold_for_rules.sql

--! Included functions/text/in_latin_letters.sql
/*
 * For names that speak for the installation: what Unicode's table of confusables says is read as a Latin letter, with a
 * mark or without (Lisu, Cherokee, Armenian, digits of other scripts, …), letters in black circles and squares, those of
 * flags, and digits and signs that stand for letters. Texts are not read so: a flag is no word.
 */
create or replace function app_private.in_latin_letters(name text) returns text
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select translate(
    name,
    '!$3457@|¥ſƄƍƟƦƽǀɑɡɣɩɪɯɵʋʏ˛ͺͿΑΒΕΖΗΘΙΚΜΝΟΡΤΥΧαγηθινορσυϑϒϜϱϲϳϴϹϺЅІЈАБВЕКМНОРСТУХЬагеорсухѕіјћѡѢѣѲѳѴѵҌҍғҚҞҢҪҫҬҮүҰұһҽҿӀӇӉӍӏӨөԁԌԛԜԝՍՏՕագզհոռսցքօ׀וטןסاه١٥ھہە۱۵ۿ߀ߊ०০੦૦ଠ୦௦ం౦ಂ೦ംഠ൦ං๐໐ဝ၀ყჿሀዐᎠᎡᎢᎥᎩᎪᎫᎬᎳᎷᎻᎽᎾᏀᏂᏃᏌᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᏫᏲᏳᏴᐯᑌᑎᑕᑭᑯᑲᑳᒍᒪᔕᕁᕼᕽᖇᖯᖴᗅᗞᗩᗪᗯᗰᗷᚷᛁᛕᛖᴄᴏᴑᴜᴠᴡᴢᴦᵼᶃᶌẚẝỿι†₥₫℮ℽ∣∪⊖⊝⊤⋃⋿⍡⍬⍳⍴⍶⍸⍺⏽⟙ⲅⲎⲒⲔⲘⲚⲞⲟⲢⲣⲤⲥⲦⲨⲬⳐⴱⴸⴹⵁⵏⵔⵕⵝꓐꓑꓒꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴꙇꚕꛟꜱꝡꞘꞙꞟꞲꞳꞴꬲꬵꬽꬾꭇꭈꭎꭒꭚꭴꭵꮁꮃꮎꮓꮜꮩꮪꮯꮻﮦﮧﮨﮩﮪﮫﮬﮭﴼﴽﺍﺎﻩﻪﻫﻬ￨𐆎𐊂𐊆𐊇𐊊𐊐𐊒𐊕𐊖𐊗𐊠𐊡𐊢𐊥𐊫𐊰𐊱𐊲𐊴𐋏𐌁𐌂𐌉𐌑𐌕𐌗𐌠𐐄𐐕𐐛𐐠𐐬𐐽𐑈𐒴𐓂𐓎𐓪𐓶𐔓𐔖𐔘𐔜𐔝𐔥𐔦𐔧𑓅𑓐𑜀𑜆𑜊𑜎𑜏𑢠𑢢𑢣𑢤𑢦𑢩𑢮𑢲𑢵𑢸𑢼𑣀𑣁𑣂𑣃𑣄𑣈𑣗𑣘𑣜𑣠𑣣𖼈𖼊𖼖𖼨𖼵𖼺𖽀𖽂𖽃𝈓𝈖𝈚𝈪𝚤𝚨𝚩𝚬𝚭𝚮𝚯𝚰𝚱𝚳𝚴𝚶𝚸𝚹𝚻𝚼𝚾𝛂𝛄𝛈𝛉𝛊𝛎𝛐𝛒𝛔𝛖𝛝𝛠𝛢𝛣𝛦𝛧𝛨𝛩𝛪𝛫𝛭𝛮𝛰𝛲𝛳𝛵𝛶𝛸𝛼𝛾𝜂𝜃𝜄𝜈𝜊𝜌𝜎𝜐𝜗𝜚𝜜𝜝𝜠𝜡𝜢𝜣𝜤𝜥𝜧𝜨𝜪𝜬𝜭𝜯𝜰𝜲𝜶𝜸𝜼𝜽𝜾𝝂𝝄𝝆𝝈𝝊𝝑𝝔𝝖𝝗𝝚𝝛𝝜𝝝𝝞𝝟𝝡𝝢𝝤𝝦𝝧𝝩𝝪𝝬𝝰𝝲𝝶𝝷𝝸𝝼𝝾𝞀𝞂𝞄𝞋𝞎𝞐𝞑𝞔𝞕𝞖𝞗𝞘𝞙𝞛𝞜𝞞𝞠𝞡𝞣𝞤𝞦𝞪𝞬𝞰𝞱𝞲𝞶𝞸𝞺𝞼𝞾𝟅𝟈𝟊𞣇𞸀𞸤𞹤𞺀𞺄🅐🅑🅒🅓🅔🅕🅖🅗🅘🅙🅚🅛🅜🅝🅞🅟🅠🅡🅢🅣🅤🅥🅦🅧🅨🅩🅰🅱🅲🅳🅴🅵🅶🅷🅸🅹🅺🅻🅼🅽🅾🅿🆀🆁🆂🆃🆄🆅🆆🆇🆈🆉🇦🇧🇨🇩🇪🇫🇬🇭🇮🇯🇰🇱🇲🇳🇴🇵🇶🇷🇸🇹🇺🇻🇼🇽🇾🇿🜔🝨',
    'iseastalyfbgorslagyiiwouyiijabezholkmnoptyxaynoivopouoyfpcjocmsljabbekmhopctyxbareopcyxsijhwbboovvbbrkkhcctyyyyheelhhmioodgqwwusowqqhnnugfollvlololooooloooloooooooooooooooooooyouodrtiyajewmhyoghzubrwsvslcpkdohgbvuncpdbbjlsxhxrbfadadwmbxlkmcoouvwzrigyafyitmdeyluootuetoipaialtrhlkmnooppcctyxloveoloqxbpddtgkjczfmnlsrvhwxyaelouihvswffujxbefoorruuyoirwozuvscooooooooolllloooolnbeflxopstabcfomtyxhbclmtxloclsocsrouounokcvflxwomvwwwvflyezeloutvsfizoouyomvtllrsauyfroliabezholkmnopotyxaynoivopouopabezholkmnopotyxaynoivopouopabezholkmnopotyxaynoivopouopabezholkmnopotyxaynoivopouopabezholkmnopotyxaynoivopouopfllooloabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzot');
$$;
comment on function app_private.in_latin_letters(text) is 'A name with the Latin letters that other letters and signs are read as.';
--! EndIncluded functions/text/in_latin_letters.sql

--! Included functions/text/mentioned_names.sql
/*
 * A mention is what a reader sees as one. Code, quoted lines, web and e-mail addresses are taken out first; what is left
 * may mention somebody wherever an @ does not continue a word. Each step is one pass over the text.
 */
create or replace function app_private.mentioned_names(content text) returns setof text
language plpgsql immutable security invoker parallel safe rows 2
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := translate(mentioned_names.content, '＠', '@');
  v_is_emphasised boolean;
begin
  v_text := regexp_replace(v_text, '\\[`~>_*]', ' ', 'g');
  v_text := regexp_replace(v_text, '```.*?```', ' ', 'g');
  v_text := regexp_replace(v_text, '~~~.*?~~~', ' ', 'g');
  -- A block that is not closed goes on to the end.
  v_text := regexp_replace(v_text, '```.*|~~~.*', ' ');
  v_text := regexp_replace(v_text, '``.*?``', ' ', 'g');
  v_text := regexp_replace(v_text, '`[^`]*`', ' ', 'g');
  v_text := regexp_replace(v_text, '^[ \t]*>.*$', ' ', 'gn');
  v_text := regexp_replace(v_text, '[[:alpha:]][[:alnum:]+.-]*://[^\s<>]*|www\.[^\s<>]*|mailto:[^\s<>]*', ' ', 'gi');
  v_text := regexp_replace(
    v_text, '@?[[:alnum:]_.+%-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*\.[a-zA-Z]{2,}(?![a-zA-Z0-9_-])(?!\.[a-zA-Z0-9])', ' ', 'g');
  -- _@bob_ mentions bob and not bob_: an underscore that opens an emphasis is closed by one.
  v_is_emphasised := v_text ~ '(?<![a-zA-Z0-9_@])_+[^\s_]';
  return query
    select distinct lower(name)
      from regexp_matches(
          v_text,
          '(?:^|[^a-zA-Z0-9_@/\\\u00C0-\u024F-]|(?<![a-zA-Z0-9])[_-]+)'
            '(@[a-zA-Z0-9_][a-zA-Z0-9_.-]*(?:/?@[a-zA-Z0-9_][a-zA-Z0-9_.-]*)*)(?![a-zA-Z0-9_.@\u00C0-\u024F\u0300-\u036F-])',
          'g') as match,
        unnest(string_to_array(substr(match[1], 2), '@')) as written,
        -- A full stop or a dash behind a name belongs to the sentence.
        lateral (select rtrim(written, case when v_is_emphasised then '/.-_' else '/.-' end)) as trimmed (name)
      where char_length(name) between 1 and 32;
end
$$;
comment on function app_private.mentioned_names(text) is
  'The usernames that a text mentions as `@username`, as a reader sees them, in lower case, each once.';
--! EndIncluded functions/text/mentioned_names.sql

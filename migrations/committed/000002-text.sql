--! Previous: sha1:7da3c60486759f76939706149255e294d396ccde
--! Hash: sha1:cf47b899fdec7388f450afa0eda6a1ba033ab509

--! Included functions/text/invisible_letters.sql
/*
 * How texts are compared.
 *
 * Search and the rules of rooms both ask whether two texts are the same to a reader. Search forgives what people leave
 * out when they type; rules see through what people put in to disguise a word.
 */
create or replace function app_hidden.invisible_letters() returns text
language sql immutable security invoker parallel safe
-- Unicode's Default_Ignorable_Code_Point, what controls lines, and the Braille pattern without dots.
return '\u0001-\u0008\u000E-\u001F\u007F-\u0084\u0086-\u009F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u2800\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF';
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
set search_path = pg_catalog, pg_temp
as $$
  select content is null or content !~ ('[^' || app_hidden.space_letters() || app_hidden.invisible_letters() || ']');
$$;
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

--! Included functions/text/plain_name.sql
/*
 * A name is one line, in the order in which it is written. What joins letters (Persian, emoji) stays, and so do the tags of
 * a flag; other letters that nobody sees go, so that two names which look the same are the same.
 */
create or replace function app_private.plain_name(name text) returns text
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when app_private.is_blank(name) then case when name is not null then '' end else
    btrim(regexp_replace(
      regexp_replace(
        normalize(name, nfc),
        '(\U0001F3F4[\U000E0030-\U000E007A]+\U000E007F)|(?![\u200C\u200D\uFE00-\uFE0F\u180B-\u180D\u180F\u2800])[' || app_hidden.invisible_letters() || ']',
        '\1', 'g'),
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
 * For names that speak for the installation: what Unicode's table of confusables says is read as a Latin letter (Lisu,
 * Cherokee, Armenian, …), letters in black circles and squares, those of flags, and digits and signs that stand for
 * letters. Texts are not read so: a flag is no word.
 */
create or replace function app_private.in_latin_letters(name text) returns text
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select translate(
    name,
    '!$3457@|ɑɡɣɩɪɯʋʏͺͿΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγινορσυϒϜϱϲϳϹϺЅІЈАВЕКМНОРСТУХЬагеорсухѕіјѡѴѵҮүһҽӀӏԁԌԛԜԝՍՏՕագզհոռսցքօוטןסاهھہەߊଠഠဝყჿሀዐᎠᎡᎢᎥᎩᎪᎫᎬᎳᎷᎻᎽᏀᏂᏃᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᏳᏴᐯᑌᑎᑕᑭᑯᒍᒪᔕᕁᕼᕽᖇᖯᖴᗅᗞᗩᗪᗯᗰᗷᚷᛁᛕᛖᴄᴏᴑᴜᴠᴡᴢᴦᶃᶌẝỿι†ℽⲅⲎⲒⲔⲘⲚⲞⲟⲢⲣⲤⲥⲦⲨⲬⳐⴸⴹⵏⵔⵕⵝꓐꓑꓒꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴꙇꛟꜱꞘꞙꞟꞲꞳꞴꬲꬵꬽꭇꭈꭎꭒꭚꭵꮁꮃꮓꮩꮪꮯﮦﮧﮨﮩﮪﮫﮬﮭﺍﺎﻩﻪﻫﻬ𐊂𐊆𐊇𐊊𐊐𐊒𐊕𐊖𐊗𐊠𐊡𐊢𐊥𐊫𐊰𐊱𐊲𐊴𐋏𐌁𐌂𐌉𐌑𐌕𐌗𐐄𐐕𐐛𐐠𐐬𐐽𐑈𐒴𐓂𐓎𐓪𐓶𐔓𐔖𐔘𐔜𐔝𐔥𐔦𐔧𑜆𑜊𑜎𑜏𑢠𑢢𑢣𑢤𑢦𑢩𑢮𑢲𑢵𑢸𑢼𑣀𑣁𑣂𑣃𑣄𑣈𑣗𑣘𑣜𖼈𖼊𖼖𖼨𖼵𖼺𖽀𖽂𖽃𝚤𝚨𝚩𝚬𝚭𝚮𝚰𝚱𝚳𝚴𝚶𝚸𝚻𝚼𝚾𝛂𝛄𝛊𝛎𝛐𝛒𝛔𝛖𝛠𝛢𝛣𝛦𝛧𝛨𝛪𝛫𝛭𝛮𝛰𝛲𝛵𝛶𝛸𝛼𝛾𝜄𝜈𝜊𝜌𝜎𝜐𝜚𝜜𝜝𝜠𝜡𝜢𝜤𝜥𝜧𝜨𝜪𝜬𝜯𝜰𝜲𝜶𝜸𝜾𝝂𝝄𝝆𝝈𝝊𝝔𝝖𝝗𝝚𝝛𝝜𝝞𝝟𝝡𝝢𝝤𝝦𝝩𝝪𝝬𝝰𝝲𝝸𝝼𝝾𝞀𝞂𝞄𝞎𝞐𝞑𝞔𝞕𝞖𝞘𝞙𝞛𝞜𝞞𝞠𝞣𝞤𝞦𝞪𝞬𝞲𝞶𝞸𝞺𝞼𝞾𝟈𝟊𞸀𞸤𞹤𞺀𞺄🅐🅑🅒🅓🅔🅕🅖🅗🅘🅙🅚🅛🅜🅝🅞🅟🅠🅡🅢🅣🅤🅥🅦🅧🅨🅩🅰🅱🅲🅳🅴🅵🅶🅷🅸🅹🅺🅻🅼🅽🅾🅿🆀🆁🆂🆃🆄🆅🆆🆇🆈🆉🇦🇧🇨🇩🇪🇫🇬🇭🇮🇯🇰🇱🇲🇳🇴🇵🇶🇷🇸🇹🇺🇻🇼🇽🇾🇿',
    'iseastalagyiiwuyijabezhlkmnoptyxayivopouyfpcjcmsljabekmhopctyxbareopcyxsijwvvyyhelidgqwwusowqqhnnugfolvlolooooloooyouodrtiyajewmhyghzbrwsvslcpkdgbvuncpdjlsxhxrbfadadwmbxlkmcoouvwzrgyfyityrhlkmnooppcctyxlveloqxbpddtgkjczfmnlsrvhwxyaelouivsffujxbeforruuyirwzvscoooooooolloooobeflxopstabcfomtyxhbclmtxoclsocsrouounokcvflxvwwwvflyezeloutvsfizoouyvtllrsauyiabezhlkmnoptyxayivopoupabezhlkmnoptyxayivopoupabezhlkmnoptyxayivopoupabezhlkmnoptyxayivopoupabezhlkmnoptyxayivopoupflooloabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz');
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

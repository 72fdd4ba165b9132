--! Previous: sha1:c500c96ad171ff29bab1b659ef3b19dd3ecbcb04
--! Hash: sha1:07179131bf46b5d664481e23f1ea1a697443af75

/*
 * Rules of a room: what its admins do not want in it, checked whenever a message is sent or edited, whichever way it
 * comes in. Moderators and above are not bound by them.
 *
 * A rule that is broken refuses the message, holds it for a moderator to decide, or flags it. When several are broken
 * the strongest action counts.
 */
create type app_public.rule_action as enum ('flag', 'hold', 'refuse');
comment on type app_public.rule_action is
  'What becomes of a message that breaks a rule. FLAG: it is sent, and reported to the moderators. HOLD: they decide before anyone else sees it. REFUSE: it is not sent.';

create type app_private.verdict as (
  action app_public.rule_action,
  reason text
);
comment on type app_private.verdict is 'What is to become of a message, and why; null when nothing is against it.';

create type app_public.rule_kind as enum ('words', 'links', 'mentions', 'repeats', 'new_accounts');
comment on type app_public.rule_kind is
  'What a rule is about. WORDS: words of a list. LINKS: links to other than allowed hosts. MENTIONS: too many people at once. REPEATS: the same text again and again. NEW_ACCOUNTS: too much from accounts that are new.';

create table app_public.room_rules (
  id uuid primary key default uuidv7(),
  room_id uuid not null references app_public.rooms on delete cascade,
  kind app_public.rule_kind not null,
  action app_public.rule_action not null,
  words text[],
  is_folded boolean not null default true,
  allowed_hosts text[],
  max_count integer,
  window_seconds integer,
  account_age_seconds integer,
  updated_at timestamptz not null default now(),
  constraint room_rules_one_a_kind_and_action unique (room_id, kind, action),
  constraint room_rules_words check (kind <> 'words' or cardinality(words) between 1 and 1000),
  constraint room_rules_allowed_hosts check (kind <> 'links' or cardinality(allowed_hosts) between 0 and 200),
  constraint room_rules_max_count check (kind in ('words', 'links') or max_count between case when kind = 'repeats' then 1 else 0 end and 1000),
  constraint room_rules_window check (kind not in ('repeats', 'new_accounts') or window_seconds between 1 and 86400),
  constraint room_rules_account_age check (kind <> 'new_accounts' or account_age_seconds between 1 and 31536000)
);
comment on table app_public.room_rules is
  'Something that a room does not want, and what becomes of messages with it. Seen by the room''s moderators, admins and owner.';
comment on column app_public.room_rules.id is 'Stays the same for ever.';
comment on column app_public.room_rules.room_id is 'The room.';
comment on column app_public.room_rules.kind is 'What it is about.';
comment on column app_public.room_rules.action is 'What becomes of a message that breaks it.';
comment on column app_public.room_rules.words is 'Of WORDS: the words, or phrases of up to four, at most 1,000.';
comment on column app_public.room_rules.is_folded is
  'Of WORDS: whether they are also found in disguise (`Spám`, `5p4m`, `s p a m`, `spaaam`). If not, only as they are written, in any case.';
comment on column app_public.room_rules.allowed_hosts is
  'Of LINKS: the hosts that may be linked to, such as `example.org`, those below them (`www.example.org`) included, in lower case and with the letters that punycode stands for. Empty: no links at all.';
comment on column app_public.room_rules.max_count is
  'Of MENTIONS: how many people one message may mention. Of REPEATS: how often the same text may come in the window. Of NEW_ACCOUNTS: how many messages they may send in it.';
comment on column app_public.room_rules.window_seconds is 'Of REPEATS and NEW_ACCOUNTS: the time in which messages are counted.';
comment on column app_public.room_rules.account_age_seconds is 'Of NEW_ACCOUNTS: until which age an account is new.';
comment on column app_public.room_rules.updated_at is 'When it was last set.';
comment on constraint room_rules_pkey on app_public.room_rules is 'One rule an id.';
comment on constraint room_rules_one_a_kind_and_action on app_public.room_rules is 'One rule a room, kind and action.';
comment on constraint room_rules_room_id_fkey on app_public.room_rules is
  'The room.';
alter table app_public.room_rules enable row level security;
create policy select_moderator on app_public.room_rules for select to trumpet_user
  using (
    room_id in (select app_hidden.my_room_ids_with('review_messages')) or room_id in (select app_hidden.my_room_ids_with('manage_rules')));
create policy select_admin on app_public.room_rules for select to trumpet_admin using (true);
grant select on app_public.room_rules to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;
create trigger _200_touch before update on app_public.room_rules
  for each row execute function app_private.tg_any__touch();

/*
 * The words of a list as they are looked up: a text is cut into words, and each is squeezed ("baaad" is "bad") and
 * looked up here; the pattern then says whether it has at least the letters of the listed word ("bad" is not "baad",
 * "as" is not "ass"). Looking up keeps a list of a thousand words as cheap as one of ten.
 */
create table app_private.rule_words (
  rule_id uuid not null references app_public.room_rules on delete cascade,
  squeezed text not null,
  pattern text not null,
  is_unspaced boolean not null,
  primary key (rule_id, squeezed, pattern)
);
comment on table app_private.rule_words is 'The words of word lists, ready to be looked up.';
comment on column app_private.rule_words.is_unspaced is 'In a script without spaces between words, so that it is found inside others.';
alter table app_private.rule_words enable row level security;

--! Included functions/rules/squeeze.sql
create or replace function app_private.squeeze(word text) returns text
language sql immutable security invoker parallel safe
return case
  when char_length(word) <= 64 then regexp_replace(word, '(.)\1+', '\1', 'g')
  -- The expression takes time by the square.
  else (
    select string_agg(letter, '' order by place)
      from (
        select letter, place, lag(letter) over (order by place) as before
          from string_to_table(word, null) with ordinality as letters (letter, place)
      ) as letters
      where letter is distinct from before)
end;
comment on function app_private.squeeze(text) is 'A word with every letter once where it is repeated.';
--! EndIncluded functions/rules/squeeze.sql

--! Included functions/rules/readings_of.sql
/*
 * A text as it may be read: plainly as it is written; in disguise without accents and look-alikes, and with the digits and
 * signs that stand for letters (1 for i and for l).
 */
create or replace function app_private.readings_of(content text, is_folded boolean) returns setof text
language sql stable security invoker rows 3
set search_path = pg_catalog, pg_temp
as $$
  with folded (content) as (select app_hidden.fold_for_rules(readings_of.content) where is_folded)
  select lower(readings_of.content collate pg_c_utf8) where not is_folded
  union
  select content from folded
  union
  select translate(regexp_replace(content, '[!.,;:?)"''*|+]+(?=\s|$)', '', 'g'), '013456789@$€£!|+', letters)
    from folded, (values ('oieasgtbgaselilt'), ('oleasgtbgaselllt')) as alphabets (letters);
$$;
comment on function app_private.readings_of(text, boolean) is 'A text as it is written, and as it may be meant if asked for.';
--! EndIncluded functions/rules/readings_of.sql

--! Included functions/rules/words_of.sql
/*
 * The words of a text: as they stand, and phrases of up to four. In disguise also with signs inside a word left out
 * (s.p.a.m), and with letters that stand alone drawn to a neighbour (s pam). In time by the length of the text: rooms
 * have this asked of every message.
 */
create or replace function app_private.words_of(content text, is_folded boolean) returns table (word text, squeezed text)
language sql stable security invoker rows 100
set search_path = pg_catalog, pg_temp
as $$
  with readings (reading, number) as materialized (
    select reading, row_number() over () from app_private.readings_of(content, is_folded) as reading
  ),
  written as materialized (
    select number, place, written
      from readings,
        string_to_table(btrim(regexp_replace(reading collate pg_c_utf8, '[^[:alnum:]]+', ' ', 'g')), ' ')
          with ordinality as words (written, place)
  ),
  -- Each word once: people repeat themselves, and who wants to keep the server busy does all the more.
  known as materialized (
    select written, case when is_folded then app_private.squeeze(written) else written end as squeezed
      from (select distinct written from written) as words
  ),
  -- Each with what follows it; a phrase is squeezed by its words.
  phrases as (
    select
        written as word, squeezed,
        lead(written, 1) over following as second, lead(squeezed, 1) over following as squeezed_second,
        lead(written, 2) over following as third, lead(squeezed, 2) over following as squeezed_third,
        lead(written, 3) over following as fourth, lead(squeezed, 3) over following as squeezed_fourth
      from written join known using (written)
      window following as (partition by number order by place)
  )
  select word, squeezed from phrases
  union
  select word || ' ' || second, squeezed || ' ' || squeezed_second from phrases where second is not null
  union
  select word || ' ' || second || ' ' || third, squeezed || ' ' || squeezed_second || ' ' || squeezed_third
    from phrases where third is not null
  union
  select
      word || ' ' || second || ' ' || third || ' ' || fourth,
      squeezed || ' ' || squeezed_second || ' ' || squeezed_third || ' ' || squeezed_fourth
    from phrases where fourth is not null
  union
  select drawn, app_private.squeeze(drawn)
    from (
      select distinct word || second as drawn
        from phrases where is_folded and (char_length(word) = 1 or char_length(second) = 1)
    ) as together
  union
  select bare, app_private.squeeze(bare)
    from (
      select distinct regexp_replace(token collate pg_c_utf8, '[^[:alnum:]]+', '', 'g') as bare
        from readings, regexp_split_to_table(reading, '\s+') as token
        where is_folded
    ) as tokens;
$$;
comment on function app_private.words_of(text, boolean) is
  'The words and phrases of a text, in disguise too if asked for, and each as it is looked up: with every letter once where it is repeated.';
--! EndIncluded functions/rules/words_of.sql

--! Included functions/rules/spelled_in.sql
create or replace function app_private.spelled_in(content text) returns setof text
language sql stable security invoker rows 3
set search_path = pg_catalog, pg_temp
as $$
  with readings (reading, number) as (
    select reading, row_number() over () from app_private.readings_of(content, is_folded => true) as reading
  ),
  letters as (
    -- Letters one after the other keep the same distance to their number among the letters.
    select number, word, place, place - row_number() over (partition by number order by place) as run
      from (
        select number, word, place
          from readings,
            string_to_table(btrim(regexp_replace(reading collate pg_c_utf8, '[^[:alnum:]]+', ' ', 'g')), ' ')
              with ordinality as words (word, place)
      ) as placed
      where char_length(word) = 1
  )
  select string_agg(letters, e'\n')
    from (select number, string_agg(word, '' order by place) as letters from letters group by number, run having count(*) > 1) as runs
    group by number;
$$;
comment on function app_private.spelled_in(text) is
  'What is spelled in a text by letters that stand alone (`s p a m`): each row of them drawn together, a line each. Once a reading.';
--! EndIncluded functions/rules/spelled_in.sql

--! Included functions/rules/has_listed_word.sql
create or replace function app_private.has_listed_word(rule app_public.room_rules, content text) returns boolean
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_unspaced text;
begin
  if exists (
    select from app_private.words_of(content, rule.is_folded) as found
      join app_private.rule_words
        on rule_words.rule_id = rule.id and rule_words.squeezed = found.squeezed
      where found.word ~ ('^' || rule_words.pattern || '$')
  ) then
    return true;
  end if;
  if rule.is_folded and exists (
    select from (
        select letters, app_private.squeeze(letters) as squeezed from app_private.spelled_in(content) as letters
      ) as spelled
      join app_private.rule_words
        on rule_words.rule_id = rule.id
        and char_length(rule_words.squeezed) > 1
        and position(rule_words.squeezed in spelled.squeezed) > 0
      where spelled.letters ~ rule_words.pattern
  ) then
    return true;
  end if;
  if not exists (select from app_private.rule_words where rule_words.rule_id = rule.id and is_unspaced) then
    return false;
  end if;
  v_unspaced := app_private.squeeze(regexp_replace(
    case when rule.is_folded then app_hidden.fold_for_rules(content) else lower(content collate pg_c_utf8) end,
    '\s+', '', 'g'));
  return exists (
    select from app_private.rule_words
      where rule_words.rule_id = rule.id and is_unspaced and position(squeezed in v_unspaced) > 0);
end
$$;
comment on function app_private.has_listed_word(app_public.room_rules, text) is 'Whether a word of the rule''s list is in a text.';
--! EndIncluded functions/rules/has_listed_word.sql

--! Included functions/rules/list_words.sql
create or replace function app_private.list_words(rule app_public.room_rules) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_listed text;
  v_word text;
begin
  delete from app_private.rule_words where rule_id = rule.id;
  foreach v_listed in array rule.words loop
    v_word := case when rule.is_folded then app_hidden.fold_for_rules(v_listed) else lower(v_listed collate pg_c_utf8) end;
    v_word := btrim(regexp_replace(v_word collate pg_c_utf8, '[^[:alnum:]]+', ' ', 'g'));
    if v_word = '' or char_length(v_word) > 64 or v_word ~ '( .*){4}' then
      raise exception 'A word of the list has at most 64 letters or digits, and a phrase at most four words.' using errcode = 'TR400';
    end if;
    insert into app_private.rule_words (rule_id, squeezed, pattern, is_unspaced)
      values (
        rule.id,
        case when rule.is_folded then app_private.squeeze(v_word) else v_word end,
        case when rule.is_folded then regexp_replace(v_word, '([^ ])', '\1+', 'g') else v_word end,
        app_hidden.is_unspaced(v_word))
      on conflict do nothing;
  end loop;
end
$$;
comment on function app_private.list_words(app_public.room_rules) is 'Makes the words of a rule ready to be looked up.';
--! EndIncluded functions/rules/list_words.sql

/*
 * What a bare host ends in: `example.app` is a link to most programs, `example.txt` is a file. The list of the IANA
 * (https://data.iana.org/TLD/tlds-alpha-by-domain.txt) with the letters that punycode stands for. Whoever needs a new one
 * before the next release inserts it.
 */
create table app_private.top_level_domains (
  name text primary key
);
comment on table app_private.top_level_domains is 'What a host ends in that is written without a scheme. A new one takes effect at once.';
alter table app_private.top_level_domains enable row level security;
insert into app_private.top_level_domains (name)
  select regexp_split_to_table(btrim('
    aaa aarp abb abbott abbvie abc able abogado abudhabi ac academy accenture accountant accountants aco actor ad ads
    adult ae aeg aero aetna af afl africa ag agakhan agency ai aig airbus airforce airtel akdn al alibaba alipay
    allfinanz allstate ally alsace alstom am amazon americanexpress americanfamily amex amfam amica amsterdam analytics
    android anquan anz ao aol apartments app apple aq aquarelle ar arab aramco archi army arpa art arte as asda asia
    associates at athleta attorney au auction audi audible audio auspost author auto autos aw aws ax axa az azure ba
    baby baidu banamex band bank bar barcelona barclaycard barclays barefoot bargains baseball basketball bauhaus bayern
    bb bbc bbt bbva bcg bcn bd be beats beauty beer berlin best bestbuy bet bf bg bh bharti bi bible bid bike bing bingo
    bio biz bj black blackfriday blockbuster blog bloomberg blue bm bms bmw bn bnpparibas bo boats boehringer bofa bom
    bond boo book booking bosch bostik boston bot boutique box br bradesco bridgestone broadway broker brother brussels
    bs bt build builders business buy buzz bv bw by bz bzh ca cab cafe cal call calvinklein cam camera camp canon
    capetown capital capitalone car caravan cards care career careers cars casa case cash casino cat catering catholic
    cba cbn cbre cc cd center ceo cern cf cfa cfd cg ch chanel channel charity chase chat cheap chintai christmas chrome
    church ci cipriani circle cisco citadel citi citic city ck cl claims cleaning click clinic clinique clothing cloud
    club clubmed cm cn co coach codes coffee college cologne com commbank community company compare computer comsec
    condos construction consulting contact contractors cooking cool coop corsica country coupon coupons courses cpa cr
    credit creditcard creditunion cricket crown crs cruise cruises cu cuisinella cv cw cx cy cymru cyou cz dad dance
    data date dating datsun day dclk dds de deal dealer deals degree delivery dell deloitte delta democrat dental
    dentist desi design dev dhl diamonds diet digital direct directory discount discover dish diy dj dk dm dnp do docs
    doctor dog domains dot download drive dtv dubai dupont durban dvag dvr dz earth eat ec eco edeka edu education ee eg
    email emerck energy engineer engineering enterprises epson equipment er ericsson erni es esq estate et eu eurovision
    eus events exchange expert exposed express extraspace fage fail fairwinds faith family fan fans farm farmers fashion
    fast fedex feedback ferrari ferrero fi fidelity fido film final finance financial fire firestone firmdale fish
    fishing fit fitness fj fk flickr flights flir florist flowers fly fm fo foo food football ford forex forsale forum
    foundation fox fr free fresenius frl frogans frontier ftr fujitsu fun fund furniture futbol fyi ga gal gallery gallo
    gallup game games gap garden gay gb gbiz gd gdn ge gea gent genting george gf gg ggee gh gi gift gifts gives giving
    gl glass gle global globo gm gmail gmbh gmo gmx gn godaddy gold goldpoint golf goo goodyear goog google gop got gov
    gp gq gr grainger graphics gratis green gripe grocery group gs gt gu gucci guge guide guitars guru gw gy hair
    hamburg hangout haus hbo hdfc hdfcbank health healthcare help helsinki here hermes hiphop hisamitsu hitachi hiv hk
    hkt hm hn hockey holdings holiday homedepot homegoods homes homesense honda horse hospital host hosting hot hotels
    hotmail house how hr hsbc ht hu hughes hyatt hyundai ibm icbc ice icu id ie ieee ifm ikano il im imamat imdb immo
    immobilien in inc industries infiniti info ing ink institute insurance insure int international intuit investments
    io ipiranga iq ir irish is ismaili ist istanbul it itau itv jaguar java jcb je jeep jetzt jewelry jio jll jm jmp jnj
    jo jobs joburg jot joy jp jpmorgan jprs juegos juniper kaufen kddi ke kerryhotels kerryproperties kfh kg kh ki kia
    kids kim kindle kitchen kiwi km kn koeln komatsu kosher kp kpmg kpn kr krd kred kuokgroup kw ky kyoto kz la lacaixa
    lamborghini lamer land landrover lanxess lasalle lat latino latrobe law lawyer lb lc lds lease leclerc lefrak legal
    lego lexus lgbt li lidl life lifeinsurance lifestyle lighting like lilly limited limo lincoln link live living lk
    llc llp loan loans locker locus lol london lotte lotto love lpl lplfinancial lr ls lt ltd ltda lu lundbeck luxe
    luxury lv ly ma madrid maif maison makeup man management mango map market marketing markets marriott marshalls
    mattel mba mc mckinsey md me med media meet melbourne meme memorial men menu merckmsd mg mh miami microsoft mil mini
    mint mit mitsubishi mk ml mlb mls mm mma mn mo mobi mobile moda moe moi mom monash money monster mormon mortgage
    moscow moto motorcycles mov movie mp mq mr ms msd mt mtn mtr mu museum music mv mw mx my mz na nab nagoya name navy
    nba nc ne nec net netbank netflix network neustar new news next nextdirect nexus nf nfl ng ngo nhk ni nico nike
    nikon ninja nissan nissay nl no nokia norton now nowruz nowtv np nr nra nrw ntt nu nyc nz obi observer office
    okinawa olayan olayangroup ollo om omega one ong onl online ooo open oracle orange org organic origins osaka otsuka
    ott ovh pa page panasonic paris pars partners parts party pay pccw pe pet pf pfizer pg ph pharmacy phd philips phone
    photo photography photos physio pics pictet pictures pid pin ping pink pioneer pizza pk pl place play playstation
    plumbing plus pm pn pnc pohl poker politie porn post pr praxi press prime pro prod productions prof progressive
    promo properties property protection pru prudential ps pt pub pw pwc py qa qpon quebec quest racing radio re read
    realestate realtor realty recipes red redumbrella rehab reise reisen reit reliance ren rent rentals repair report
    republican rest restaurant review reviews rexroth rich richardli ricoh ril rio rip ro rocks rodeo rogers room rs
    rsvp ru rugby ruhr run rw rwe ryukyu sa saarland safe safety sakura sale salon samsclub samsung sandvik
    sandvikcoromant sanofi sap sarl sas save saxo sb sbi sbs sc scb schaeffler schmidt scholarships school schule
    schwarz science scot sd se search seat secure security seek select sener services seven sew sex sexy sfr sg sh
    shangrila sharp shell shia shiksha shoes shop shopping shouji show si silk sina singles site sj sk ski skin sky
    skype sl sling sm smart smile sn sncf so soccer social softbank software sohu solar solutions song sony soy spa
    space sport spot sr srl ss st stada staples star statebank statefarm stc stcgroup stockholm storage store stream
    studio study style su sucks supplies supply support surf surgery suzuki sv swatch swiss sx sy sydney systems sz tab
    taipei talk taobao target tatamotors tatar tattoo tax taxi tc tci td tdk team tech technology tel temasek tennis
    teva tf tg th thd theater theatre tiaa tickets tienda tips tires tirol tj tjmaxx tjx tk tkmaxx tl tm tmall tn to
    today tokyo tools top toray toshiba total tours town toyota toys tr trade trading training travel travelers
    travelersinsurance trust trv tt tube tui tunes tushu tv tvs tw tz ua ubank ubs ug uk unicom university uno uol ups
    us uy uz va vacations vana vanguard vc ve vegas ventures verisign vermögensberater vermögensberatung versicherung
    vet vg vi viajes video vig viking villas vin vip virgin visa vision viva vivo vlaanderen vn vodka volvo vote voting
    voto voyage vu wales walmart walter wang wanggou watch watches weather weatherchannel webcam weber website wed
    wedding weibo weir wf whoswho wien wiki williamhill win windows wine winners wme wolterskluwer woodside work works
    world wow ws wtc wtf xbox xerox xihuan xin xxx xyz yachts yahoo yamaxun yandex ye yodobashi yoga yokohama you
    youtube yt yun za zappos zara zero zip zm zone zuerich zw ελ ευ бг бел дети ею католик ком мкд мон москва онлайн орг
    рус рф сайт срб укр қаз հայ ישראל קום ابوظبي ارامكو الاردن البحرين الجزائر السعودية العليان المغرب امارات ایران بارت
    بازار بيتك بھارت تونس سودان سورية شبكة عراق عرب عمان فلسطين قطر كاثوليك كوم مصر مليسيا موريتانيا موقع همراه پاکستان
    ڀارت कॉम नेट भारत भारतम् भारोत संगठन বাংলা ভারত ভাৰত ਭਾਰਤ ભારત ଭାରତ இந்தியா இலங்கை சிங்கப்பூர் భారత్ ಭಾರತ ഭാരതം ලංකා
    คอม ไทย ລາວ გე みんな アマゾン クラウド グーグル コム ストア セール ファッション ポイント 世界 中信 中国 中國 中文网 亚马逊 企业 佛山 信息 健康 八卦 公司 公益 台湾 台灣 商城 商店 商标 嘉里
    嘉里大酒店 在线 大拿 天主教 娱乐 家電 广东 微博 慈善 我爱你 手机 招聘 政务 政府 新加坡 新闻 时尚 書籍 机构 淡马锡 游戏 澳門 点看 移动 组织机构 网址 网店 网站 网络 联通 谷歌 购物 通販 集团 電訊盈科
    飞利浦 食品 餐厅 香格里拉 香港 닷넷 닷컴 삼성 한국
  ', e' \n'), '\s+');

--! Included functions/rules/from_punycode.sql
/* RFC 3492. Each step reads one number: where the next letter goes, and which it is. */
create or replace function app_private.from_punycode(label text) returns text
language plpgsql immutable strict security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_encoded text := substr(label, 5);
  v_letters text := case when strpos(v_encoded, '-') > 0 then regexp_replace(v_encoded, '-[^-]*$', '') else '' end;
  v_rest text := regexp_replace(v_encoded, '^.*-', '');
  v_letter integer := 128;
  v_place bigint := 0;
  v_bias integer := 72;
  v_before bigint;
  v_weight bigint;
  v_step integer;
  v_digit integer;
  v_threshold integer;
  v_delta bigint;
  v_count integer;
begin
  if label !~ '^xn--[a-z0-9-]{1,59}$' then
    return label;
  end if;
  while v_rest <> '' loop
    v_before := v_place;
    v_weight := 1;
    v_step := 36;
    loop
      if v_rest = '' or v_weight > 1114111 then
        return label;
      end if;
      v_digit := strpos('abcdefghijklmnopqrstuvwxyz0123456789', left(v_rest, 1)) - 1;
      v_rest := substr(v_rest, 2);
      v_place := v_place + v_digit * v_weight;
      v_threshold := least(greatest(v_step - v_bias, 1), 26);
      exit when v_digit < v_threshold;
      v_weight := v_weight * (36 - v_threshold);
      v_step := v_step + 36;
    end loop;
    v_count := char_length(v_letters) + 1;
    v_delta := (v_place - v_before) / case when v_before = 0 then 700 else 2 end;
    v_delta := v_delta + v_delta / v_count;
    v_bias := 0;
    while v_delta > 455 loop
      v_delta := v_delta / 35;
      v_bias := v_bias + 36;
    end loop;
    v_bias := v_bias + 36 * v_delta / (v_delta + 38);
    v_letter := least(v_letter + v_place / v_count, 1114112);
    if v_letter > 1114111 or v_letter between 55296 and 57343 then
      return label;
    end if;
    v_place := v_place % v_count;
    v_letters := left(v_letters, v_place::integer) || chr(v_letter) || substr(v_letters, v_place::integer + 1);
    v_place := v_place + 1;
  end loop;
  return lower(normalize(v_letters, nfc) collate pg_unicode_fast);
end
$$;
comment on function app_private.from_punycode(text) is
  'A part of a host name with the letters that it stands for: münchen for xn--mnchen-3ya. What is no punycode stays.';
--! EndIncluded functions/rules/from_punycode.sql

--! Included functions/rules/host_of.sql
create or replace function app_private.host_of(authority text) returns text
language plpgsql immutable strict security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_host text := regexp_replace(regexp_replace(authority, '^.*@', ''), ':\d*$', '');
begin
  if v_host like '[%]' then
    v_host := btrim(v_host, '[]');
    return case when pg_input_is_valid(v_host, 'inet') then host(v_host::inet) else v_host end;
  end if;
  v_host := rtrim(v_host, '.');
  return case
    when v_host ~ '(^|\.)xn--' then (
      select string_agg(app_private.from_punycode(label), '.' order by place)
        from string_to_table(v_host, '.') with ordinality as labels (label, place))
    else v_host
  end;
end
$$;
comment on function app_private.host_of(text) is
  'The host of an address in lower case, in the one form that is compared: without who asks, port and last dot, with the letters that punycode stands for.';
--! EndIncluded functions/rules/host_of.sql

--! Included functions/rules/allowed_host.sql
create or replace function app_private.allowed_host(written text) returns text
language plpgsql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_host text := translate(lower(normalize(btrim(written), nfkc) collate pg_unicode_fast), '。', '.');
begin
  v_host := regexp_replace(v_host, '^[a-z][a-z0-9+.-]*:[/\\]+|^[/\\]{2}', '');
  v_host := regexp_replace(regexp_replace(v_host, '[/\\?#].*$', ''), '^(?:.*@)?\*?\.', '');
  v_host := app_private.host_of(case when v_host ~ '^[0-9a-f:.]*:[0-9a-f:.]*:' then '[' || v_host || ']' else v_host end);
  if v_host !~ '^[^\s*@:/\\?#\[\]]+$' and not pg_input_is_valid(v_host, 'inet') or v_host is null then
    raise exception 'allowedHosts are hosts such as example.org: *.example.org and https://example.org mean the same.'
      using errcode = 'TR400';
  end if;
  return v_host;
end
$$;
comment on function app_private.allowed_host(text) is
  'The host that an admin means by `example.org`, `*.example.org`, `https://example.org:8443/` and the like; BAD_INPUT for what is none.';
--! EndIncluded functions/rules/allowed_host.sql

--! Included functions/rules/text_of_metadata.sql
create or replace function app_private.text_of_metadata(metadata jsonb) returns text
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(value #>> '{}', e'\n') from jsonb_path_query(metadata, 'strict $.**') as value where jsonb_typeof(value) = 'string';
$$;
comment on function app_private.text_of_metadata(jsonb) is 'Every text among the values of metadata, at any depth, a line each.';
--! EndIncluded functions/rules/text_of_metadata.sql

--! Included functions/rules/hosts_of.sql
/*
 * The hosts that a text links to: of every address with a scheme, and of names that programs turn into links without
 * one, which are those that end in a top-level domain or begin with www., and addresses of the Internet Protocol. What
 * stands around an @ is a name or an e-mail address and no host. Letters that only look alike stay different here: a host
 * with a Cyrillic a is another host.
 */
create or replace function app_private.hosts_of(content text) returns setof text
language sql stable security invoker rows 2
set search_path = pg_catalog, pg_temp
as $$
  with plain as materialized (
    select translate(lower(
        regexp_replace(normalize(content, nfkc), '[' || app_hidden.invisible_letters() || ']+', '', 'g') collate pg_unicode_fast
      ), '。', '.') as line
  ),
  linked as (
    -- Browsers take \ for /.
    select found[1] as authority
      from plain, regexp_matches(line, '[a-z][a-z0-9+.-]*:[/\\]{2,}((?:[^\s/\\?#<>"'')\][]*@)?(?:\[[^\s\]]*\]|[^\s/\\?#<>"'')\][])[^\s/\\?#<>"'')\][]*)', 'g') as found
  ),
  bare as (
    select distinct btrim(found[1], '_-') as host
      from plain,
        regexp_replace(line, '[a-z][a-z0-9+.-]*:[/\\]{2,}[^\s<>"'')]+', ' ', 'g') as unlinked,
        regexp_replace(unlinked collate pg_unicode_fast, '[[:alnum:]_.+%-]*@[[:alnum:]_.-]*', ' ', 'g') as without_addresses,
        -- 看example.com吧: a script without spaces goes on where a host begins and ends.
        regexp_replace(
          without_addresses,
          replace('([a-z0-9])(?=[unspaced])|([unspaced])(?=[a-z0-9])', 'unspaced', app_hidden.unspaced_letters()), '\1\2 ', 'g') as spaced,
        regexp_matches(spaced collate pg_unicode_fast, '(?:[[:alnum:]_-]+\.)+[[:alnum:]_-]+', 'g') as found
  )
  select app_private.host_of(authority) from linked
  union
  select app_private.host_of(host) from bare
    where host like 'www.%'
      or exists (
        select from app_private.top_level_domains
          where name = app_private.from_punycode(substring(host from '[^.]*$')))
      or host ~ '^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$';
$$;
comment on function app_private.hosts_of(text) is 'The hosts that a text links to.';
--! EndIncluded functions/rules/hosts_of.sql

--! Included functions/rules/breaks_rule.sql
create or replace function app_private.breaks_rule(
  rule app_public.room_rules, author_id uuid, content text, metadata jsonb, message_id uuid, is_edit boolean
) returns boolean
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_counted constant integer := 500;
  v_since uuid;
begin
  case rule.kind
    when 'words' then
      return app_private.has_listed_word(rule, concat_ws(e'\n', content, app_private.text_of_components(metadata)));
    when 'links' then
      return exists (
        select from app_private.hosts_of(concat_ws(e'\n', content, app_private.text_of_metadata(metadata))) as linked (host)
          where not exists (
            select from unnest(rule.allowed_hosts) as allowed (host)
              where linked.host = allowed.host or right(linked.host, char_length(allowed.host) + 1) = '.' || allowed.host));
    when 'mentions' then
      return rule.max_count < (select count(*) from app_private.mentioned_names(content));
    when 'repeats' then
      -- Two pictures without a word are no repetition.
      if content = '' then
        return false;
      end if;
      v_since := app_private.uuidv7_floor(now() - make_interval(secs => rule.window_seconds));
      return rule.max_count <= (
        select count(*)
          from (
            select messages.id, messages.author_id, messages.content from app_public.messages
              where messages.room_id = rule.room_id and messages.id >= v_since
              order by messages.seq desc
              limit v_counted
          ) as recent
          where recent.author_id = breaks_rule.author_id
            and recent.id is distinct from breaks_rule.message_id
            and app_hidden.fold_for_rules(recent.content) = app_hidden.fold_for_rules(breaks_rule.content));
    when 'new_accounts' then
      v_since := app_private.uuidv7_floor(now() - make_interval(secs => rule.window_seconds));
      -- An edit is no further message.
      return not is_edit
        and exists (
          select from app_public.users
            where users.id = breaks_rule.author_id
              and users.created_at > now() - make_interval(secs => rule.account_age_seconds))
        and rule.max_count <= (
          select count(*)
            from (
              select messages.id, messages.author_id from app_public.messages
                where messages.room_id = rule.room_id and messages.id >= v_since
                order by messages.seq desc
                limit v_counted
            ) as recent
            where recent.author_id = breaks_rule.author_id and recent.id is distinct from breaks_rule.message_id);
  end case;
end
$$;
comment on function app_private.breaks_rule(app_public.room_rules, uuid, text, jsonb, uuid, boolean) is
  'Whether a text of this author, or a link in what goes with it, breaks a rule. What counts messages looks at the room''s last 500.';
--! EndIncluded functions/rules/breaks_rule.sql

--! Included functions/rules/rule_sentence.sql
create or replace function app_private.rule_sentence(kind app_public.rule_kind) returns text
language sql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case kind
    when 'words' then 'This room does not allow some of these words'
    when 'links' then 'This room does not allow this link'
    when 'mentions' then 'This room does not allow so many mentions at once'
    when 'repeats' then 'This room does not allow the same text again and again'
    when 'new_accounts' then 'This room allows new accounts fewer messages'
  end;
$$;
comment on function app_private.rule_sentence(app_public.rule_kind) is 'What a rule says to whoever breaks it, and in the report.';
--! EndIncluded functions/rules/rule_sentence.sql

--! Included functions/rules/check_rules.sql
create or replace function app_private.check_rules(
  member app_public.room_members, content text, metadata jsonb, message_id uuid default null, is_edit boolean default false
)
returns app_private.verdict
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rule app_public.room_rules;
begin
  if app_private.has_permission(member, 'bypass_rules', 'moderator') then
    return null;
  end if;
  for v_rule in
    select room_rules.* from app_public.room_rules where room_rules.room_id = member.room_id order by room_rules.action desc
  loop
    if app_private.breaks_rule(v_rule, member.user_id, content, metadata, check_rules.message_id, is_edit) then
      if v_rule.action = 'refuse' then
        raise exception '%.', app_private.rule_sentence(v_rule.kind) using errcode = 'TR403';
      end if;
      return row(v_rule.action, app_private.rule_sentence(v_rule.kind))::app_private.verdict;
    end if;
  end loop;
  return null;
end
$$;
comment on function app_private.check_rules(app_public.room_members, text, jsonb, uuid, boolean) is
  'What the room''s rules say to a text: null, or to flag or hold it; FORBIDDEN when they refuse it.';
--! EndIncluded functions/rules/check_rules.sql

--! Included functions/rules/rules_version.sql
create or replace function app_private.rules_version(room_id uuid) returns text
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(room_rules.id || ':' || room_rules.xmin, ' ' order by room_rules.id) from app_public.room_rules
    where room_rules.room_id = rules_version.room_id;
$$;
comment on function app_private.rules_version(uuid) is
  'Another text whenever a rule of the room was set or removed, by whatever means; null when it has none.';
--! EndIncluded functions/rules/rules_version.sql

--! Included functions/rules/set_room_rule.sql
create or replace function app_public.set_room_rule(
  room_id uuid, kind app_public.rule_kind, action app_public.rule_action,
  words text[] default null, is_folded boolean default true, allowed_hosts text[] default null,
  max_count integer default null, window_seconds integer default null, account_age_seconds integer default null
) returns app_public.room_rules
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind app_public.rule_kind := set_room_rule.kind;
  v_rule app_public.room_rules;
begin
  perform app_private.limit_rate('room');
  perform app_private.lock_room_as(set_room_rule.room_id, 'manage_rules');
  insert into app_public.room_rules (
    room_id, kind, action, words, is_folded, allowed_hosts, max_count, window_seconds, account_age_seconds
  ) values (
    set_room_rule.room_id, v_kind, set_room_rule.action,
    case when v_kind = 'words' then coalesce(set_room_rule.words, '{}') end,
    coalesce(set_room_rule.is_folded, true),
    case when v_kind = 'links' then array(
      select distinct app_private.allowed_host(host) from unnest(set_room_rule.allowed_hosts) as allowed (host)) end,
    case v_kind
      when 'mentions' then coalesce(set_room_rule.max_count, 5)
      when 'repeats' then coalesce(set_room_rule.max_count, 3)
      when 'new_accounts' then coalesce(set_room_rule.max_count, 5)
    end,
    case when v_kind in ('repeats', 'new_accounts') then coalesce(set_room_rule.window_seconds, 60) end,
    case when v_kind = 'new_accounts' then coalesce(set_room_rule.account_age_seconds, 86400) end)
  on conflict on constraint room_rules_one_a_kind_and_action do update set
    words = excluded.words, is_folded = excluded.is_folded, allowed_hosts = excluded.allowed_hosts,
    max_count = excluded.max_count, window_seconds = excluded.window_seconds,
    account_age_seconds = excluded.account_age_seconds
  returning * into v_rule;
  if v_kind = 'words' then
    perform app_private.list_words(v_rule);
  end if;
  perform app_private.log_moderation(v_rule.room_id, 'rule_set', reason => v_rule.kind || ': ' || v_rule.action);
  return v_rule;
end
$$;
comment on function app_public.set_room_rule(uuid, app_public.rule_kind, app_public.rule_action, text[], boolean, text[], integer, integer, integer) is
  'Sets a rule of a room; it replaces the rule of the same kind and action. Give what the kind needs: `words` for WORDS, `allowedHosts` for LINKS; everything else has defaults. For admins and the owner.';
grant execute on function app_public.set_room_rule(uuid, app_public.rule_kind, app_public.rule_action, text[], boolean, text[], integer, integer, integer)
  to trumpet_user, trumpet_key;
--! EndIncluded functions/rules/set_room_rule.sql

--! Included functions/rules/remove_room_rule.sql
create or replace function app_public.remove_room_rule(rule_id uuid) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rule app_public.room_rules;
  v_locked app_private.locked_room;
begin
  perform app_private.limit_rate('room');
  perform app_private.require_user();
  select * into v_rule from app_public.room_rules
    where id = remove_room_rule.rule_id and (
      room_id in (select app_hidden.my_room_ids_with('review_messages')) or room_id in (select app_hidden.my_room_ids_with('manage_rules')));
  if v_rule.id is null then
    raise exception 'There is no such rule.' using errcode = 'TR404';
  end if;
  v_locked := app_private.lock_room_as(v_rule.room_id, 'manage_rules');
  delete from app_public.room_rules where id = v_rule.id;
  if not found then
    raise exception 'There is no such rule.' using errcode = 'TR404';
  end if;
  perform app_private.log_moderation(v_rule.room_id, 'rule_removed', reason => v_rule.kind || ': ' || v_rule.action);
  return v_locked.room;
end
$$;
comment on function app_public.remove_room_rule(uuid) is 'Removes a rule of a room. For admins and the owner.';
grant execute on function app_public.remove_room_rule(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/rules/remove_room_rule.sql

--! Included functions/rules/rooms_rules.sql
create or replace function app_public.rooms_rules(room app_public.rooms) returns setof app_public.room_rules
language sql stable security invoker rows 5
set search_path = pg_catalog, pg_temp
as $$
  select room_rules.* from app_public.room_rules
    where room_rules.room_id = room.id
    order by room_rules.kind, room_rules.action desc;
$$;
comment on function app_public.rooms_rules(app_public.rooms) is
  'The rules for messages in this room. Only moderators see them.';
grant execute on function app_public.rooms_rules(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/rules/rooms_rules.sql

--! Included functions/rules/hold_message.sql
/*
 * Held messages. What it means that one is held is in 000009-messages.sql.
 */
create or replace function app_private.hold_message(message app_public.messages) returns app_public.messages
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message app_public.messages;
begin
  update app_public.messages set held_at = clock_timestamp() where id = message.id returning * into v_message;
  return v_message;
end
$$;
comment on function app_private.hold_message(app_public.messages) is
  'Hides a message that everyone could see until a moderator has decided. It keeps its place. The room''s head is locked.';
--! EndIncluded functions/rules/hold_message.sql

--! Included functions/rules/apply_verdict.sql
create or replace function app_private.apply_verdict(message app_public.messages, verdict app_private.verdict)
returns app_public.messages
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message app_public.messages := message;
begin
  if verdict.action = 'hold' then
    if message.held_at is null then
      v_message := app_private.hold_message(message);
    end if;
    perform app_private.log_moderation(
      message.room_id, 'message_held', message.author_id, message.id, verdict.reason, moderator_id => null);
  end if;
  perform app_private.add_report(v_message, null, verdict.reason);
  return v_message;
end
$$;
comment on function app_private.apply_verdict(app_public.messages, app_private.verdict) is
  'Flags or holds a message, and brings it before the moderators.';
--! EndIncluded functions/rules/apply_verdict.sql

--! Included functions/rules/release_message.sql
create or replace function app_public.release_message(message_id uuid, reason text default null) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_message;
  v_message app_public.messages;
begin
  perform app_private.limit_rate('moderation');
  v_locked := app_private.lock_message_as(release_message.message_id, 'review_messages', even_held => true);
  v_message := v_locked.message;
  perform app_private.check_review_of(v_locked.member, v_message.author_id, 'review_messages');
  if v_message.held_at is null then
    return v_message;
  end if;
  update app_public.messages set held_at = null where id = v_message.id returning * into v_message;
  perform app_private.settle_reports(v_message.id, 'dismissed');
  perform app_private.log_moderation(
    v_message.room_id, 'message_released', v_message.author_id, v_message.id, release_message.reason);
  return v_message;
end
$$;
comment on function app_public.release_message(uuid, text) is
  'Releases a held message: live clients get it as a new message. For moderators above its author.';
grant execute on function app_public.release_message(uuid, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/rules/release_message.sql

--! Included functions/rules/reject_message.sql
create or replace function app_public.reject_message(message_id uuid, reason text default null) returns app_public.messages
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_message;
  v_message app_public.messages;
begin
  perform app_private.limit_rate('moderation');
  v_locked := app_private.lock_message_as(reject_message.message_id, 'review_messages', even_held => true);
  v_message := v_locked.message;
  perform app_private.check_review_of(v_locked.member, v_message.author_id, 'review_messages');
  if v_message.held_at is null then
    raise exception 'This message is not held.' using errcode = 'TR409';
  end if;
  perform app_private.note_removal(v_message, 'message_rejected', app_hidden.current_user_id(), reject_message.reason);
  return app_private.erase_message(v_message, app_hidden.current_user_id(), reject_message.reason);
end
$$;
comment on function app_public.reject_message(uuid, text) is
  'Deletes a held message. For moderators above its author.';
grant execute on function app_public.reject_message(uuid, text) to trumpet_user, trumpet_key;
--! EndIncluded functions/rules/reject_message.sql

--! Included functions/rules/rooms_held_messages.sql
create or replace function app_public.rooms_held_messages(room app_public.rooms) returns setof app_public.messages
language sql stable security invoker rows 5
set search_path = pg_catalog, pg_temp
as $$
  select messages.* from app_public.messages
    where messages.room_id = room.id and messages.held_at is not null
    order by messages.seq, messages.id;
$$;
comment on function app_public.rooms_held_messages(app_public.rooms) is
  'The messages that wait for a moderator, the oldest first. Others than moderators see only their own.';
grant execute on function app_public.rooms_held_messages(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/rules/rooms_held_messages.sql

--! Previous: x
--! Hash: x

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

--! EndIncluded functions/rules/squeeze.sql

--! Included functions/rules/readings_of.sql

--! EndIncluded functions/rules/readings_of.sql

--! Included functions/rules/words_of.sql

--! EndIncluded functions/rules/words_of.sql

--! Included functions/rules/spelled_in.sql

--! EndIncluded functions/rules/spelled_in.sql

--! Included functions/rules/has_listed_word.sql

--! EndIncluded functions/rules/has_listed_word.sql

--! Included functions/rules/list_words.sql

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

--! EndIncluded functions/rules/from_punycode.sql

--! Included functions/rules/host_of.sql

--! EndIncluded functions/rules/host_of.sql

--! Included functions/rules/allowed_host.sql

--! EndIncluded functions/rules/allowed_host.sql

--! Included functions/rules/text_of_metadata.sql

--! EndIncluded functions/rules/text_of_metadata.sql

--! Included functions/rules/hosts_of.sql

--! EndIncluded functions/rules/hosts_of.sql

--! Included functions/rules/breaks_rule.sql

--! EndIncluded functions/rules/breaks_rule.sql

--! Included functions/rules/rule_sentence.sql

--! EndIncluded functions/rules/rule_sentence.sql

--! Included functions/rules/check_rules.sql

--! EndIncluded functions/rules/check_rules.sql

--! Included functions/rules/rules_version.sql

--! EndIncluded functions/rules/rules_version.sql

--! Included functions/rules/set_room_rule.sql

--! EndIncluded functions/rules/set_room_rule.sql

--! Included functions/rules/remove_room_rule.sql

--! EndIncluded functions/rules/remove_room_rule.sql

--! Included functions/rules/rooms_rules.sql

--! EndIncluded functions/rules/rooms_rules.sql

--! Included functions/rules/hold_message.sql

--! EndIncluded functions/rules/hold_message.sql

--! Included functions/rules/apply_verdict.sql

--! EndIncluded functions/rules/apply_verdict.sql

--! Included functions/rules/release_message.sql

--! EndIncluded functions/rules/release_message.sql

--! Included functions/rules/reject_message.sql

--! EndIncluded functions/rules/reject_message.sql

--! Included functions/rules/rooms_held_messages.sql

--! EndIncluded functions/rules/rooms_held_messages.sql

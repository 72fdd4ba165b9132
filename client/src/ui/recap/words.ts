import type { Plural } from '../words/plural.ts';

/** What is said of what somebody has missed, beside the words of the kit: they come with what says them. */
export interface RecapWords {
  readonly title: string;
  readonly dismiss: string;
  readonly nothing: string;
  readonly again: string;
  /** `{messages}` and `{people}` are the two below. */
  readonly messagesFrom: string;
  readonly messages: Plural;
  readonly people: Plural;
  readonly partial: string;
  readonly mentions: Plural;
  readonly files: Plural;
  readonly polls: Plural;
  readonly threads: Plural;
  readonly mostFrom: string;
  readonly standsOut: string;
  readonly mention: string;
  readonly poll: string;
  readonly reactions: Plural;
  readonly replies: Plural;
}

const WORDS: Readonly<Record<string, RecapWords>> = {
  en: {
    title: 'While you were away',
    dismiss: 'Hide what you have missed',
    nothing: 'There is nothing of others that you have missed.',
    again: 'Try again',
    messagesFrom: '{messages} from {people}',
    messages: { one: '{count} message', other: '{count} messages' },
    people: { one: '{count} person', other: '{count} people' },
    partial: 'There may be more: these are the last ones.',
    mentions: { one: '{count} mentions you', other: '{count} mention you' },
    files: { one: '{count} has files', other: '{count} have files' },
    polls: { one: '{count} poll', other: '{count} polls' },
    threads: { one: 'Answers in {count} thread', other: 'Answers in {count} threads' },
    mostFrom: 'Most are from',
    standsOut: 'What stands out',
    mention: 'Mentions you',
    poll: 'Poll',
    reactions: { one: '{count} reaction', other: '{count} reactions' },
    replies: { one: '{count} answer', other: '{count} answers' },
  },
  de: {
    title: 'Während du weg warst',
    dismiss: 'Ausblenden, was du verpasst hast',
    nothing: 'Von anderen hast du nichts verpasst.',
    again: 'Noch einmal versuchen',
    messagesFrom: '{messages} von {people}',
    messages: { one: '{count} Nachricht', other: '{count} Nachrichten' },
    people: { one: '{count} Person', other: '{count} Personen' },
    partial: 'Es können mehr sein: Das sind die letzten.',
    mentions: { one: '{count} erwähnt dich', other: '{count} erwähnen dich' },
    files: { one: '{count} mit Dateien', other: '{count} mit Dateien' },
    polls: { one: '{count} Umfrage', other: '{count} Umfragen' },
    threads: { one: 'Antworten in {count} Thread', other: 'Antworten in {count} Threads' },
    mostFrom: 'Die meisten sind von',
    standsOut: 'Was hervorsticht',
    mention: 'Erwähnt dich',
    poll: 'Umfrage',
    reactions: { one: '{count} Reaktion', other: '{count} Reaktionen' },
    replies: { one: '{count} Antwort', other: '{count} Antworten' },
  },
  ar: {
    title: 'أثناء غيابك',
    dismiss: 'إخفاء ما فاتك',
    nothing: 'لم يفتك شيء من الآخرين.',
    again: 'حاول مرة أخرى',
    messagesFrom: '{messages} من {people}',
    messages: {
      zero: 'لا رسائل',
      one: 'رسالة واحدة',
      two: 'رسالتان',
      few: '{count} رسائل',
      many: '{count} رسالة',
      other: '{count} رسالة',
    },
    people: {
      zero: 'لا أحد',
      one: 'شخص واحد',
      two: 'شخصين',
      few: '{count} أشخاص',
      many: '{count} شخصًا',
      other: '{count} شخص',
    },
    partial: 'قد يكون هناك المزيد: هذه هي الأخيرة.',
    mentions: {
      zero: 'لا شيء يذكرك',
      one: 'واحدة تذكرك',
      two: 'اثنتان تذكرانك',
      few: '{count} تذكرك',
      many: '{count} تذكرك',
      other: '{count} تذكرك',
    },
    files: {
      zero: 'بلا ملفات',
      one: 'واحدة فيها ملفات',
      two: 'اثنتان فيهما ملفات',
      few: '{count} فيها ملفات',
      many: '{count} فيها ملفات',
      other: '{count} فيها ملفات',
    },
    polls: {
      zero: 'لا استطلاعات',
      one: 'استطلاع واحد',
      two: 'استطلاعان',
      few: '{count} استطلاعات',
      many: '{count} استطلاعًا',
      other: '{count} استطلاع',
    },
    threads: {
      zero: 'لا ردود في سلاسل',
      one: 'ردود في سلسلة واحدة',
      two: 'ردود في سلسلتين',
      few: 'ردود في {count} سلاسل',
      many: 'ردود في {count} سلسلة',
      other: 'ردود في {count} سلسلة',
    },
    mostFrom: 'معظمها من',
    standsOut: 'أبرزها',
    mention: 'تذكرك',
    poll: 'استطلاع',
    reactions: {
      zero: 'لا تفاعلات',
      one: 'تفاعل واحد',
      two: 'تفاعلان',
      few: '{count} تفاعلات',
      many: '{count} تفاعلًا',
      other: '{count} تفاعل',
    },
    replies: {
      zero: 'لا ردود',
      one: 'رد واحد',
      two: 'ردّان',
      few: '{count} ردود',
      many: '{count} ردًا',
      other: '{count} رد',
    },
  },
  ja: {
    title: '不在の間に',
    dismiss: '見逃した内容を隠す',
    nothing: '見逃したメッセージはありません。',
    again: 'もう一度試す',
    messagesFrom: '{people}から{messages}',
    messages: { other: 'メッセージ {count} 件' },
    people: { other: '{count} 人' },
    partial: 'ほかにもあるかもしれません：これは最新のものです。',
    mentions: { other: 'あなたへのメンション {count} 件' },
    files: { other: 'ファイル付き {count} 件' },
    polls: { other: '投票 {count} 件' },
    threads: { other: '返信のあったスレッド {count} 件' },
    mostFrom: '多く書いた人',
    standsOut: '注目のメッセージ',
    mention: 'あなたへのメンション',
    poll: '投票',
    reactions: { other: 'リアクション {count} 件' },
    replies: { other: '返信 {count} 件' },
  },
};

/** @param language as the words of the kit have it; English stands in for one that is not here */
export function recapWords(language: string): RecapWords {
  return (WORDS[language.split('-', 1)[0] as string] ?? WORDS.en) as RecapWords;
}

/** What is said of quotes and forwarded messages, beside the words of the kit: they come with what says them. */
export interface ForwardWords {
  readonly forwarded: string;
  readonly forwardedFrom: string;
  readonly goToQuoted: string;
  readonly removed: string;
}

const WORDS: Readonly<Record<string, ForwardWords>> = {
  en: {
    forwarded: 'Forwarded',
    forwardedFrom: 'Forwarded from {name} in {room}',
    goToQuoted: 'Go to the message of {name}',
    removed: 'What was quoted has been removed.',
  },
  de: {
    forwarded: 'Weitergeleitet',
    forwardedFrom: 'Weitergeleitet von {name} aus {room}',
    goToQuoted: 'Zur Nachricht von {name}',
    removed: 'Was zitiert war, wurde entfernt.',
  },
  ar: {
    forwarded: 'أُعيد توجيهها',
    forwardedFrom: 'أُعيد توجيهها من {name} في {room}',
    goToQuoted: 'الانتقال إلى رسالة {name}',
    removed: 'أُزيل ما كان مقتبسًا.',
  },
  ja: {
    forwarded: '転送されたメッセージ',
    forwardedFrom: '{room} の {name} さんのメッセージを転送',
    goToQuoted: '{name} さんのメッセージへ移動',
    removed: '引用された内容は削除されました。',
  },
};

/** @param language as the words of the kit have it; English stands in for one that is not here */
export function forwardWords(language: string): ForwardWords {
  return (WORDS[language.split('-', 1)[0] as string] ?? WORDS.en) as ForwardWords;
}

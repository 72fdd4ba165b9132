import { type Plural, plural } from 'trumpet-client/ui';

/** What is said of the threads that somebody follows: it comes with what says it, and not with the first screen. */
export interface ThreadsWords {
  readonly title: string;
  readonly none: string;
  readonly open: string;
  readonly markRead: string;
  readonly unread: Plural;
  readonly unreadThreads: Plural;
}

const WORDS: Readonly<Record<string, ThreadsWords>> = {
  en: {
    title: 'Threads',
    none: 'You follow no thread yet. You do once you write in one, are answered or mentioned there.',
    open: 'Open',
    markRead: 'Mark as read',
    unread: plural({ one: '{count} new answer', other: '{count} new answers' }),
    unreadThreads: plural({
      one: 'Threads: {count} with new answers',
      other: 'Threads: {count} with new answers',
    }),
  },
  de: {
    title: 'Threads',
    none: 'Du folgst noch keinem Thread. Das tust du, sobald du in einem schreibst oder dort eine Antwort bekommst oder erwähnt wirst.',
    open: 'Öffnen',
    markRead: 'Als gelesen markieren',
    unread: plural({ one: '{count} neue Antwort', other: '{count} neue Antworten' }),
    unreadThreads: plural({
      one: 'Threads: {count} mit neuen Antworten',
      other: 'Threads: {count} mit neuen Antworten',
    }),
  },
  ar: {
    title: 'سلاسل الردود',
    none: 'لا تتابع أي سلسلة بعد. تتابعها بمجرد أن تكتب فيها أو يُرد عليك أو تُذكر فيها.',
    open: 'فتح',
    markRead: 'وضع علامة كمقروء',
    unread: plural({
      zero: 'لا ردود جديدة',
      one: 'رد جديد واحد',
      two: 'ردان جديدان',
      few: '{count} ردود جديدة',
      many: '{count} ردًا جديدًا',
      other: '{count} رد جديد',
    }),
    unreadThreads: plural({
      one: 'سلاسل الردود: واحدة فيها ردود جديدة',
      two: 'سلاسل الردود: اثنتان فيهما ردود جديدة',
      other: 'سلاسل الردود: {count} فيها ردود جديدة',
    }),
  },
  ja: {
    title: 'スレッド',
    none: 'フォロー中のスレッドはありません。書き込むか、返信やメンションを受けるとフォローします。',
    open: '開く',
    markRead: '既読にする',
    unread: plural({ other: '新しい返信 {count} 件' }),
    unreadThreads: plural({ other: 'スレッド: 新しい返信あり {count} 件' }),
  },
};

/** @param language as the words of the page have it; English stands in for one that is not here */
export function threadsWords(language: string): ThreadsWords {
  return (WORDS[language.split('-', 1)[0] as string] ?? WORDS.en) as ThreadsWords;
}

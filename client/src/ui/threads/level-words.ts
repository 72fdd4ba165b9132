/** What is said of the notifications of a thread: it comes with what says it. */
export interface LevelWords {
  readonly label: string;
  /** By the level; '' is none of its own. */
  readonly levels: Readonly<Record<'' | 'ALL' | 'MENTIONS' | 'NONE', string>>;
}

const WORDS: Readonly<Record<string, LevelWords>> = {
  en: {
    label: 'Notifications of this thread',
    levels: {
      '': 'As in the room',
      ALL: 'Every answer',
      MENTIONS: 'Mentions of me',
      NONE: 'Nothing',
    },
  },
  de: {
    label: 'Benachrichtigungen dieses Threads',
    levels: {
      '': 'Wie im Raum',
      ALL: 'Jede Antwort',
      MENTIONS: 'Erwähnungen von mir',
      NONE: 'Nichts',
    },
  },
  ar: {
    label: 'إشعارات هذا النقاش',
    levels: { '': 'كما في الغرفة', ALL: 'كل رد', MENTIONS: 'الإشارات إليّ', NONE: 'لا شيء' },
  },
  ja: {
    label: 'このスレッドの通知',
    levels: {
      '': 'ルームと同じ',
      ALL: 'すべての返信',
      MENTIONS: '自分へのメンション',
      NONE: 'なし',
    },
  },
};

/** @param language as the words of the kit have it; English stands in for one that is not here */
export function levelWords(language: string): LevelWords {
  return (WORDS[language.split('-', 1)[0] as string] ?? WORDS.en) as LevelWords;
}

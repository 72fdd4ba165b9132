import type { Plural } from '../words/plural.ts';

/** What is said of names for many, beside the words of the kit: they come with what says them. */
export interface GroupWords {
  readonly room: string;
  readonly here: string;
  /** With `{name}` and `{count}`. */
  readonly mentions: Plural;
  /** With `{name}`. */
  readonly notAllowed: string;
}

const WORDS: Readonly<Record<string, GroupWords>> = {
  en: {
    room: 'All members',
    here: 'Members who are online',
    mentions: { one: '{name} mentions {count} person.', other: '{name} mentions {count} people.' },
    notAllowed: '{name} mentions nobody here: you may not mention many at once.',
  },
  de: {
    room: 'Alle Mitglieder',
    here: 'Mitglieder, die online sind',
    mentions: {
      one: '{name} erwähnt {count} Person.',
      other: '{name} erwähnt {count} Personen.',
    },
    notAllowed: '{name} erwähnt hier niemanden: Du darfst nicht viele auf einmal erwähnen.',
  },
  ar: {
    room: 'كل الأعضاء',
    here: 'الأعضاء المتصلون',
    mentions: {
      zero: 'لا يشير {name} إلى أحد.',
      one: 'يشير {name} إلى شخص واحد.',
      two: 'يشير {name} إلى شخصين.',
      few: 'يشير {name} إلى {count} أشخاص.',
      many: 'يشير {name} إلى {count} شخصًا.',
      other: 'يشير {name} إلى {count} شخص.',
    },
    notAllowed: 'لا يشير {name} إلى أحد هنا: لا يُسمح لك بالإشارة إلى كثيرين دفعة واحدة.',
  },
  ja: {
    room: 'すべてのメンバー',
    here: 'オンラインのメンバー',
    mentions: { other: '{name} は {count} 人にメンションします。' },
    notAllowed:
      'ここでは {name} は誰にもメンションしません。一度に大勢にメンションする権限がありません。',
  },
};

/** @param language as the words of the kit have it; English stands in for one that is not here */
export function groupWords(language: string): GroupWords {
  return (WORDS[language.split('-', 1)[0] as string] ?? WORDS.en) as GroupWords;
}

/** What is said of texts that are files, beside the words of the kit: they come with what shows them. */
export interface TextFileWords {
  readonly attach: string;
  readonly open: string;
  readonly unreached: string;
}

const WORDS: Readonly<Record<string, TextFileWords>> = {
  en: {
    attach: 'Attach as a text file',
    open: 'Show all of it',
    unreached: 'The file could not be fetched.',
  },
  de: {
    attach: 'Als Textdatei anhängen',
    open: 'Ganz anzeigen',
    unreached: 'Die Datei konnte nicht geladen werden.',
  },
  ar: {
    attach: 'إرفاق كملف نصي',
    open: 'عرض النص كاملًا',
    unreached: 'تعذّر جلب الملف.',
  },
  ja: {
    attach: 'テキストファイルとして添付',
    open: 'すべて表示',
    unreached: 'ファイルを取得できませんでした。',
  },
};

/** @param language as the words of the kit have it; English stands in for one that is not here */
export function textFileWords(language: string): TextFileWords {
  return (WORDS[language.split('-', 1)[0] as string] ?? WORDS.en) as TextFileWords;
}

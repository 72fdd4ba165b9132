/** What is said of threads that somebody follows, beside the words of the kit: they come with what says them. */
export interface ThreadWords {
  readonly follow: string;
}

const WORDS: Readonly<Record<string, ThreadWords>> = {
  en: { follow: 'Follow' },
  de: { follow: 'Folgen' },
  ar: { follow: 'متابعة' },
  ja: { follow: 'フォロー' },
};

/** @param language as the words of the kit have it; English stands in for one that is not here */
export function threadWords(language: string): ThreadWords {
  return (WORDS[language.split('-', 1)[0] as string] ?? WORDS.en) as ThreadWords;
}

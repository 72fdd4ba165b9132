/** What is said of code, beside the words of the kit: they come with what shows it. */
export interface CodeWords {
  readonly copy: string;
  readonly copied: string;
}

const WORDS: Readonly<Record<string, CodeWords>> = {
  en: { copy: 'Copy the code', copied: 'Copied' },
  de: { copy: 'Code kopieren', copied: 'Kopiert' },
  ar: { copy: 'نسخ الشيفرة', copied: 'نُسخت' },
  ja: { copy: 'コードをコピー', copied: 'コピーしました' },
};

/** @param language as the words of the kit have it; English stands in for one that is not here */
export function codeWords(language: string): CodeWords {
  return (WORDS[language.split('-', 1)[0] as string] ?? WORDS.en) as CodeWords;
}

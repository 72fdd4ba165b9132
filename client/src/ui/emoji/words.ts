/** What is said of custom emoji, beside the words of the kit: they come with what says them. */
export interface EmojiWords {
  readonly ofWorkspace: string;
}

const WORDS: Readonly<Record<string, EmojiWords>> = {
  en: { ofWorkspace: 'Custom' },
  de: { ofWorkspace: 'Eigene' },
  ar: { ofWorkspace: 'مخصّصة' },
  ja: { ofWorkspace: 'カスタム' },
};

/** @param language as the words of the kit have it; English stands in for one that is not here */
export function emojiWords(language: string): EmojiWords {
  return (WORDS[language.split('-', 1)[0] as string] ?? WORDS.en) as EmojiWords;
}

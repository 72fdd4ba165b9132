/** What is said of drafts, beside the words of the kit: they come with what says them. */
export interface DraftWords {
  readonly draft: string;
  readonly writtenElsewhere: string;
  readonly addToText: string;
  readonly discard: string;
}

const WORDS: Readonly<Record<string, DraftWords>> = {
  en: {
    draft: 'Draft',
    writtenElsewhere: 'Also written, on another device',
    addToText: 'Add to the text',
    discard: 'Discard',
  },
  de: {
    draft: 'Entwurf',
    writtenElsewhere: 'Auch geschrieben, auf einem anderen Gerät',
    addToText: 'Zum Text hinzufügen',
    discard: 'Verwerfen',
  },
  ar: {
    draft: 'مسودة',
    writtenElsewhere: 'كُتب أيضًا، على جهاز آخر',
    addToText: 'إضافة إلى النص',
    discard: 'تجاهل',
  },
  ja: {
    draft: '下書き',
    writtenElsewhere: '別の端末で書かれた文章',
    addToText: '本文に追加',
    discard: '破棄',
  },
};

/** @param language as the words of the kit have it; English stands in for one that is not here */
export function draftWords(language: string): DraftWords {
  return (WORDS[language.split('-', 1)[0] as string] ?? WORDS.en) as DraftWords;
}

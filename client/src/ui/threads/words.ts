/** What is said of threads that somebody follows, beside the words of the kit: they come with what says them. */
export interface ThreadWords {
  readonly follow: string;
  readonly alsoSendToRoom: string;
  readonly alsoSentToRoom: string;
}

const WORDS: Readonly<Record<string, ThreadWords>> = {
  en: {
    follow: 'Follow',
    alsoSendToRoom: 'Also send to the room',
    alsoSentToRoom: 'Also sent to the room',
  },
  de: {
    follow: 'Folgen',
    alsoSendToRoom: 'Auch an den Raum senden',
    alsoSentToRoom: 'Auch an den Raum gesendet',
  },
  ar: {
    follow: 'متابعة',
    alsoSendToRoom: 'إرسال إلى الغرفة أيضًا',
    alsoSentToRoom: 'أُرسلت إلى الغرفة أيضًا',
  },
  ja: {
    follow: 'フォロー',
    alsoSendToRoom: 'ルームにも送信する',
    alsoSentToRoom: 'ルームにも送信済み',
  },
};

/** @param language as the words of the kit have it; English stands in for one that is not here */
export function threadWords(language: string): ThreadWords {
  return (WORDS[language.split('-', 1)[0] as string] ?? WORDS.en) as ThreadWords;
}

/** What is said of messages that are on a device, beside the words of the kit: they come with what says them. */
export interface DeliveryWords {
  readonly delivered: string;
}

const WORDS: Readonly<Record<string, DeliveryWords>> = {
  en: { delivered: 'Delivered' },
  de: { delivered: 'Zugestellt' },
  ar: { delivered: 'سُلِّمت' },
  ja: { delivered: '配信済み' },
};

/** @param language as the words of the kit have it; English stands in for one that is not here */
export function deliveryWords(language: string): DeliveryWords {
  return (WORDS[language.split('-', 1)[0] as string] ?? WORDS.en) as DeliveryWords;
}

import { createContext, use } from 'react';
import type { Words } from './en.ts';

/** The languages that are complete, each with its own name. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', ar: 'العربية', ja: '日本語' } as const;

export type Language = keyof typeof LANGUAGES;

const LOAD: Record<Language, () => Promise<{ readonly words: Words }>> = {
  en: () => import('./en.ts'),
  de: () => import('./de.ts'),
  ar: () => import('./ar.ts'),
  ja: () => import('./ja.ts'),
};

export async function loadWords(language: Language): Promise<Words> {
  return (await LOAD[language]()).words;
}

/** The first of the browser's languages that is here, or English. */
export function languageOfBrowser(languages: readonly string[] = navigator.languages): Language {
  const known = languages
    .map((tag) => tag.split('-', 1)[0]?.toLowerCase() ?? '')
    .find((language) => Object.hasOwn(LANGUAGES, language));
  return (known as Language | undefined) ?? 'en';
}

export function directionOf(language: Language): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr';
}

export const WordsContext = createContext<Words | null>(null);

/** What the page says, in the language of the person. */
export function useWords(): Words {
  const words = use(WordsContext);
  if (words === null) {
    throw new Error('There are no words around this part of the page');
  }
  return words;
}

import { z } from 'zod';
import type { ServiceKind, TranslationSettings } from '../config/translation.ts';

/** From which language into which a service translates, in its own codes. */
export interface Pair {
  readonly from: string;
  readonly to: string;
}

export interface Request {
  /** Behind the address of the service. */
  readonly path: string;
  readonly method?: 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** How one kind of service is asked, and how its answers are read. Pure: sending is done in translator.ts. */
export interface Service {
  pairs(): Request;
  readPairs(answer: unknown): readonly Pair[];
  /** @param lines have no line breaks */
  translation(lines: readonly string[], from: string, to: string): Request;
  /** @returns one text a line, in their order; more or fewer when the service has mixed them up */
  readTranslation(answer: unknown): readonly string[];
}

const libretranslateLanguages = z.array(
  z.object({ code: z.string(), targets: z.array(z.string()).optional() }),
);
const libretranslateAnswer = z.object({ translatedText: z.array(z.string()) });

/** LibreTranslate and what speaks its interface: https://docs.libretranslate.com/api/operations/translate/ */
const libretranslate = (apiKey: string | undefined): Service => ({
  pairs: () => ({ path: '/languages' }),
  readPairs(answer) {
    const languages = libretranslateLanguages.parse(answer);
    // Early versions say no targets: there is a way from each to each, through English.
    const all = languages.map(({ code }) => code);
    return languages.flatMap(({ code, targets }) =>
      (targets ?? all).map((to) => ({ from: code, to })),
    );
  },
  translation: (lines, from, to) => ({
    path: '/translate',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      q: lines,
      source: from,
      target: to,
      format: 'text',
      ...(apiKey !== undefined && { api_key: apiKey }),
    }),
  }),
  readTranslation: (answer) => libretranslateAnswer.parse(answer).translatedText,
});

const apertiumPairs = z.object({
  responseData: z.array(z.object({ sourceLanguage: z.string(), targetLanguage: z.string() })),
});
const apertiumAnswer = z.object({ responseData: z.object({ translatedText: z.string() }) });

/** Apertium's APy, which names languages by three letters: https://wiki.apertium.org/wiki/Apertium-apy */
const apertium = (): Service => ({
  pairs: () => ({ path: '/listPairs' }),
  readPairs: (answer) =>
    apertiumPairs.parse(answer).responseData.map(({ sourceLanguage, targetLanguage }) => ({
      from: sourceLanguage,
      to: targetLanguage,
    })),
  translation: (lines, from, to) => ({
    path: '/translate',
    method: 'POST',
    body: new URLSearchParams({
      langpair: `${from}|${to}`,
      q: lines.join('\n'),
      // Otherwise what it does not know has a star before it.
      markUnknown: 'no',
    }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  }),
  readTranslation: (answer) => apertiumAnswer.parse(answer).responseData.translatedText.split('\n'),
});

export function createService({ kind, apiKey }: TranslationSettings): Service {
  const kinds: Readonly<Record<ServiceKind, () => Service>> = {
    libretranslate: () => libretranslate(apiKey),
    apertium,
  };
  return kinds[kind]();
}

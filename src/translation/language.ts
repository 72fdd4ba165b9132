/*
 * Guessed by Efficient Language Detector, https://github.com/nitotm/efficient-language-detector-js: it knows 60
 * languages by their groups of letters. Its smallest data is a megabyte, and is read when it is needed first.
 */

const loadDetector = () => import('eld/extrasmall');
let loading: ReturnType<typeof loadDetector> | undefined;

/** @returns the code of a language such as `de`, undefined where the text is too short to tell, or is in several */
export async function guessLanguage(text: string): Promise<string | undefined> {
  loading ??= loadDetector();
  const { eld } = await loading;
  const guess = eld.detect(text);
  return guess.language !== '' && guess.isReliable() ? languageTag(guess.language) : undefined;
}

/** `spa` is `es`, `oci_aran` is `oc-aran`: languages as BCP 47 names them, in small letters; undefined for what is none. */
export function languageTag(code: string): string | undefined {
  try {
    return new Intl.Locale(code.replaceAll('_', '-')).toString().toLowerCase();
  } catch {
    return undefined;
  }
}

/**
 * Which of some languages is meant by one: itself, or else what is written alike (`zh` is `zh-hans`, `pt` is `pt-br`,
 * `de-at` is `de`), or else what is spoken alike.
 *
 * @param tags as languageTag writes them
 */
export function nearestLanguage(tags: Iterable<string>, wanted: string): string | undefined {
  const all = [...tags].sort();
  const meant = partsOf(wanted);
  const alike = (parts: readonly (keyof Parts)[]) =>
    all.find((tag) => {
      const known = partsOf(tag);
      return parts.every((part) => known[part] === meant[part]);
    });
  return (
    all.find((tag) => tag === wanted) ??
    alike(['language', 'script', 'region']) ??
    all.find((tag) => tag === `${meant.language}-${meant.script}`) ??
    all.find((tag) => tag === meant.language) ??
    alike(['language', 'script']) ??
    alike(['language'])
  );
}

/** Whether two tags name one language, in whatever country or script. */
export const isOneLanguage = (one: string, other: string) =>
  partsOf(one).language === partsOf(other).language;

interface Parts {
  readonly language: string;
  readonly script: string | undefined;
  readonly region: string | undefined;
}

function partsOf(tag: string): Parts {
  const { language, script, region } = new Intl.Locale(tag).maximize();
  // Norwegian is written as Bokmål where nothing else is said.
  return {
    language: language === 'no' ? 'nb' : language,
    script: script?.toLowerCase(),
    region: region?.toLowerCase(),
  };
}

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
  return guess.language !== '' && guess.isReliable() ? guess.language : undefined;
}

/** `spa` is `es`, `oci_aran` is `oc-aran`: languages as BCP 47 names them, in small letters; undefined for what is none. */
export function languageTag(code: string): string | undefined {
  try {
    return new Intl.Locale(code.replaceAll('_', '-')).toString().toLowerCase();
  } catch {
    return undefined;
  }
}

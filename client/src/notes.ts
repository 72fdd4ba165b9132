/*
 * Texts that are noted on this device. Where the browser refuses to keep them (private windows, blocked cookies, no room)
 * they last as long as the page.
 */

const refused = new Map<string, string>();

export function readNote(key: string): string | null {
  try {
    return refused.get(key) ?? localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** @param text null removes it */
export function writeNote(key: string, text: string | null): void {
  refused.delete(key);
  try {
    if (text === null) {
      localStorage.removeItem(key);
    } else {
      localStorage.setItem(key, text);
    }
  } catch {
    if (text !== null) {
      refused.set(key, text);
    }
  }
}

/** The keys of all notes that begin so. */
export function noteNames(prefix: string): readonly string[] {
  let kept: readonly string[] = [];
  try {
    kept = Object.keys(localStorage);
  } catch {}
  return [...kept, ...refused.keys()].filter((name) => name.startsWith(prefix));
}

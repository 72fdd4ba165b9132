import { nameOf, type Place } from './composing.ts';

/*
 * What was written and not sent, kept on this device by person, room and thread. Where nothing may be kept (private
 * windows of some browsers) it lasts as long as the page.
 */

const PREFIX = 'trumpet draft ';

export function readDraft(viewerId: string, place: Place): string {
  return attempt(() => localStorage.getItem(keyOf(viewerId, place))) ?? '';
}

export function writeDraft(viewerId: string, place: Place, text: string): void {
  const key = keyOf(viewerId, place);
  attempt(() => (text === '' ? localStorage.removeItem(key) : localStorage.setItem(key, text)));
}

/** Removes all of a person. */
export function forgetDrafts(viewerId: string): void {
  attempt(() => {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(`${PREFIX}${viewerId} `)) {
        localStorage.removeItem(key);
      }
    }
  });
}

const keyOf = (viewerId: string, place: Place) => `${PREFIX}${viewerId} ${nameOf(place)}`;

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof DOMException) {
      return undefined; // Refused by the browser, or full.
    }
    throw error;
  }
}

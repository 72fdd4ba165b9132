/** What an event makes of a thing; null when nothing is left of it. */
export type Patch<T> = (thing: T) => T | null;

/**
 * What events did to things, for answers that were asked for before the event came and arrive after it: an answer may be
 * older than the event. Kept of the last things only: an answer is never long under way.
 */
export interface Patches<T> {
  add(id: string, version: number, patch: Patch<T>): void;
  /** Whether an event came for it after this version of the replica. */
  has(id: string, since: number): boolean;
  /** What was fetched, with what events did to it after this version. */
  over(id: string, fetched: T, since: number): T | null;
}

const THINGS_LIMIT = 20_000;
const PATCHES_OF_A_THING_LIMIT = 200;

export function createPatches<T>(): Patches<T> {
  const patches = new Map<string, { readonly version: number; readonly patch: Patch<T> }[]>();

  return {
    add(id, version, patch) {
      const known = patches.get(id) ?? [];
      patches.delete(id);
      patches.set(id, known);
      known.push({ version, patch });
      if (known.length > PATCHES_OF_A_THING_LIMIT) {
        known.shift();
      }
      const [oldest] = patches.keys();
      if (patches.size > THINGS_LIMIT && oldest !== undefined) {
        patches.delete(oldest);
      }
    },
    has: (id, since) => patches.get(id)?.some(({ version }) => version > since) ?? false,
    over(id, fetched, since) {
      let thing: T | null = fetched;
      for (const { version, patch } of patches.get(id) ?? []) {
        if (version > since && thing !== null) {
          thing = patch(thing);
        }
      }
      return thing;
    },
  };
}

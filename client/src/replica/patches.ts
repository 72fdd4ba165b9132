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

/** Kept are the last so many things, and up to as many before them. */
const THINGS_OF_A_GENERATION = 10_000;
const PATCHES_OF_A_THING_LIMIT = 200;

type Generation<T> = Map<string, { readonly version: number; readonly patch: Patch<T> }[]>;

export function createPatches<T>(): Patches<T> {
  let recent: Generation<T> = new Map();
  let older: Generation<T> = new Map();

  function since(id: string, version: number): readonly Patch<T>[] {
    return [...(older.get(id) ?? []), ...(recent.get(id) ?? [])]
      .filter((entry) => entry.version > version)
      .map(({ patch }) => patch);
  }

  return {
    add(id, version, patch) {
      const known = recent.get(id) ?? [];
      known.push({ version, patch });
      if (known.length > PATCHES_OF_A_THING_LIMIT) {
        known.shift();
      }
      recent.set(id, known);
      if (recent.size > THINGS_OF_A_GENERATION) {
        older = recent;
        recent = new Map();
      }
    },
    has: (id, version) => since(id, version).length > 0,
    over(id, fetched, version) {
      let thing: T | null = fetched;
      for (const patch of since(id, version)) {
        thing = thing && patch(thing);
      }
      return thing;
    },
  };
}

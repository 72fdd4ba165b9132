import { loaded } from '../loaded.ts';
import type { Storage, Store } from './store.ts';

/** A storage with the first that is kept in it. */
export interface Opened {
  readonly storage: Storage;
  readonly store: Store;
}

/** Opens a storage, or memory where there is none or it takes nothing: private windows, blocked cookies, no room at all. */
export async function openFirst(given: Storage | undefined, name: string): Promise<Opened> {
  if (given !== undefined) {
    try {
      const store = await given.open(name);
      const { meta } = await store.load(['meta']);
      if (meta.size === 0) {
        await store.write([{ table: 'meta', key: 'opened', value: true }]);
      }
      return { storage: given, store };
    } catch {
      // It is told by `isKept`.
    }
  }
  const storage = (await loaded(import('./memory.ts'))).memoryStorage();
  return { storage, store: await storage.open(name) };
}

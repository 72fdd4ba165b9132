import { type Snapshot, type Storage, type Store, TABLES, type Table } from './store.ts';

type Tables = Record<Table, Map<string, unknown>>;

/** Keeps in memory, as long as the storage itself: in Node, and in tests. */
export function memoryStorage({ isShared = false } = {}): Storage {
  const kept = new Map<string, Tables>();

  return {
    isShared,
    async open(name): Promise<Store> {
      const tables = kept.get(name) ?? emptyTables();
      kept.set(name, tables);
      return {
        load: async () => structuredClone(tables) as Snapshot,
        async write(changes) {
          for (const { table, key, value } of changes) {
            if (value === undefined) {
              tables[table].delete(key);
            } else {
              tables[table].set(key, structuredClone(value));
            }
          }
        },
        async close() {},
      };
    },
    async remove(name) {
      kept.delete(name);
    },
  };
}

function emptyTables(): Tables {
  return Object.fromEntries(TABLES.map((table) => [table, new Map()])) as Tables;
}

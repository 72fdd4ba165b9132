import type { Storage, Store, Table } from './store.ts';

type Rows = Map<string, unknown>;

/** Keeps in memory, as long as the storage itself: in Node, and in tests. */
export function memoryStorage(): Storage {
  const kept = new Map<string, Map<Table, Rows>>();

  function rowsOf(tables: Map<Table, Rows>, table: Table): Rows {
    const rows = tables.get(table) ?? new Map();
    tables.set(table, rows);
    return rows;
  }

  return {
    async open(name): Promise<Store> {
      const tables = kept.get(name) ?? new Map<Table, Rows>();
      kept.set(name, tables);
      return {
        async read(table, prefix = '') {
          return [...rowsOf(tables, table)]
            .filter(([key]) => key.startsWith(prefix))
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, value]) => [key, structuredClone(value)] as const);
        },
        async write(changes) {
          for (const { table, key, value } of changes) {
            if (value === undefined) {
              rowsOf(tables, table).delete(key);
            } else {
              rowsOf(tables, table).set(key, structuredClone(value));
            }
          }
        },
        async close() {},
      };
    },
    async remove(name) {
      kept.get(name)?.clear();
      kept.delete(name);
    },
  };
}

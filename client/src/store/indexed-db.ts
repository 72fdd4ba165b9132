import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';
import { type Snapshot, type Storage, type Store, TABLES, type Table } from './store.ts';

/*
 * One database a person, one object store a table. What the tables hold has a format of its own (formats.ts).
 */

type Schema = DBSchema & { [table in Table]: { key: string; value: unknown } };
type Database = IDBPDatabase<Schema>;

const FIRST_TABLES = ['meta', 'rooms', 'people', 'members', 'messages', 'actions'] as const;

/** What has to be done to come from each version of the database to the next. */
const STEPS: readonly ((database: Database) => void)[] = [
  (database) => {
    for (const table of FIRST_TABLES) {
      database.createObjectStore(table);
    }
  },
  (database) => {
    database.createObjectStore('files');
  },
];

/** Keeps in the browser's IndexedDB. */
export function indexedDbStorage(): Storage {
  return {
    isShared: true,
    async open(name): Promise<Store> {
      const callbacks = {
        upgrade(upgraded: Database, from: number) {
          for (const step of STEPS.slice(from)) {
            step(upgraded);
          }
        },
        /** Another tab removes it, or opens a newer one. */
        blocking: () => database.close(),
      };
      const database: Database = await openDB<Schema>(name, STEPS.length, callbacks).catch(
        (error) => {
          if (error.name === 'VersionError') {
            return openDB<Schema>(name, undefined, callbacks); // A newer client made it: it has these tables too.
          }
          throw error;
        },
      );
      return {
        async load() {
          const transaction = database.transaction([...TABLES]);
          const rows = TABLES.map(async (table) => {
            const store = transaction.objectStore(table);
            const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
            return [table, new Map(keys.map((key, index) => [key, values[index]]))] as const;
          });
          return Object.fromEntries(await Promise.all(rows)) as unknown as Snapshot;
        },
        async write(changes) {
          if (changes.length === 0) {
            return; // A transaction needs a table.
          }
          const tables = [...new Set(changes.map(({ table }) => table))];
          const transaction = database.transaction(tables, 'readwrite');
          for (const { table, key, value } of changes) {
            const store = transaction.objectStore(table);
            void (value === undefined ? store.delete(key) : store.put(value, key));
          }
          await transaction.done;
        },
        async close() {
          database.close();
        },
      };
    },
    remove: (name) => deleteDB(name),
  };
}

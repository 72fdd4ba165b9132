import {
  type DBSchema,
  deleteDB,
  type IDBPDatabase,
  type IDBPObjectStore,
  type IDBPTransaction,
  openDB,
} from 'idb';
import {
  type Change,
  type Snapshot,
  type Storage,
  type Store,
  TABLES,
  type Table,
} from './store.ts';

/*
 * One database a person, one object store a table. What the tables hold has a format of its own (formats.ts).
 *
 * What takes long is not how much is read but in how many rows of IndexedDB it is: 5,000 messages took 210 ms by
 * themselves and 90 ms by the hundred. So the rows of the long tables are kept in bundles, in the order in which they
 * came. Only the tab that leads writes these tables, and it has read them before: it knows where everything is.
 */

/** Rows of a table by their keys. */
type Bundle = Map<string, unknown>;
type Schema = DBSchema & { [table in Table]: { key: string | number; value: unknown } };
type Database = IDBPDatabase<Schema>;
type Upgrade = IDBPTransaction<Schema, Table[], 'versionchange'>;
type WrittenTable = IDBPObjectStore<Schema, Table[], Table, 'readwrite' | 'versionchange'>;

const FIRST_TABLES = ['meta', 'rooms', 'people', 'members', 'messages', 'actions'] as const;
const BUNDLED: ReadonlySet<Table> = new Set<Table>(['people', 'members', 'messages']);
const ROWS_OF_A_BUNDLE = 64;

/** In which bundle each row of a table is, and how many have gone into the last one. */
interface Places {
  readonly bundleOf: Map<string, number>;
  last: number;
  lastHas: number;
}

/** What has to be done to come from each version of the database to the next. */
const STEPS: readonly ((database: Database, upgrade: Upgrade) => void | Promise<void>)[] = [
  (database) => {
    for (const table of FIRST_TABLES) {
      database.createObjectStore(table);
    }
  },
  (database) => {
    database.createObjectStore('files');
  },
  async (_database, upgrade) => {
    for (const table of BUNDLED) {
      const store = upgrade.objectStore(table);
      const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
      await store.clear();
      const rows = keys.map((key, at) => ({ table, key: key as string, value: values[at] }));
      await writeBundles(store, noPlaces(), rows);
    }
  },
];

/** Keeps in the browser's IndexedDB. */
export function indexedDbStorage(): Storage {
  return {
    isShared: true,
    async open(name): Promise<Store> {
      const callbacks = {
        async upgrade(upgraded: Database, from: number, _to: number | null, upgrade: Upgrade) {
          for (const step of STEPS.slice(from)) {
            await step(upgraded, upgrade);
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
      const places = new Map<Table, Places>();

      async function load(tables: readonly Table[] = TABLES): Promise<Snapshot> {
        const transaction = database.transaction([...tables]);
        const rows = tables.map(async (table) => {
          const store = transaction.objectStore(table);
          const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
          if (!BUNDLED.has(table)) {
            return [table, new Map(keys.map((key, at) => [key, values[at]]))] as const;
          }
          places.set(table, placesIn(keys as number[], values as Bundle[]));
          return [table, new Map((values as Bundle[]).flatMap((bundle) => [...bundle]))] as const;
        });
        return Object.fromEntries(await Promise.all(rows)) as unknown as Snapshot;
      }

      async function write(changes: readonly Change[]): Promise<void> {
        const tables = [...new Set(changes.map(({ table }) => table))];
        const unknown = tables.filter((table) => BUNDLED.has(table) && !places.has(table));
        if (unknown.length > 0) {
          await load(unknown);
        }
        const transaction = database.transaction(tables, 'readwrite');
        const writes = tables.map((table) => {
          const store = transaction.objectStore(table);
          const rows = changes.filter((change) => change.table === table);
          const known = places.get(table);
          return known === undefined ? writeRows(store, rows) : writeBundles(store, known, rows);
        });
        // Without it, a reload in the next moment takes back what is shown already: a browser aborts what a page that
        // ends has not committed. Bundles are read first, and are what the server has too.
        if (!tables.some((table) => BUNDLED.has(table))) {
          transaction.commit();
        }
        try {
          await Promise.all([...writes, transaction.done]);
        } catch (error) {
          places.clear(); // Nothing of it was written.
          throw error;
        }
      }

      return {
        load,
        async write(changes) {
          if (changes.length > 0) {
            await write(changes); // A transaction needs a table.
          }
        },
        async close() {
          database.close();
        },
      };
    },
    remove: (name) => deleteDB(name),
  };
}

async function writeRows(store: WrittenTable, rows: readonly Change[]): Promise<void> {
  await Promise.all(
    rows.map(
      ({ key, value }): Promise<unknown> =>
        value === undefined ? store.delete(key) : store.put(value, key),
    ),
  );
}

async function writeBundles(
  store: WrittenTable,
  places: Places,
  rows: readonly Change[],
): Promise<void> {
  const written = Map.groupBy(rows, (row) => placeOf(places, row));
  await Promise.all(
    Array.from(written, async ([at, changed]) => {
      if (at === undefined) {
        return; // It removes what is not there.
      }
      const bundle = ((await store.get(at)) as Bundle | undefined) ?? new Map();
      for (const { key, value } of changed) {
        if (value === undefined) {
          bundle.delete(key);
        } else {
          bundle.set(key, value);
        }
      }
      await (bundle.size === 0 ? store.delete(at) : store.put(bundle, at));
    }),
  );
}

/** The bundle that a row is in, or goes into. */
function placeOf(places: Places, { key, value }: Change): number | undefined {
  const known = places.bundleOf.get(key);
  if (value === undefined) {
    places.bundleOf.delete(key);
    return known;
  }
  if (known !== undefined) {
    return known;
  }
  if (places.lastHas >= ROWS_OF_A_BUNDLE) {
    places.last += 1;
    places.lastHas = 0;
  }
  places.lastHas += 1;
  places.bundleOf.set(key, places.last);
  return places.last;
}

function noPlaces(): Places {
  return { bundleOf: new Map(), last: 0, lastHas: 0 };
}

/** @param numbers of the bundles, ascending as IndexedDB gives them */
function placesIn(numbers: readonly number[], bundles: readonly Bundle[]): Places {
  const bundleOf = new Map<string, number>();
  for (const [at, bundle] of bundles.entries()) {
    for (const key of bundle.keys()) {
      bundleOf.set(key, numbers[at] as number);
    }
  }
  return { bundleOf, last: numbers.at(-1) ?? 0, lastHas: bundles.at(-1)?.size ?? 0 };
}

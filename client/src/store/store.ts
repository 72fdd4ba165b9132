/** What is kept, by kind. */
export type Table = 'meta' | 'rooms' | 'people' | 'members' | 'messages' | 'actions' | 'files';

export const TABLES: readonly Table[] = [
  'meta',
  'rooms',
  'people',
  'members',
  'messages',
  'actions',
  'files',
];

/** The number of the format of what is kept; formats.ts brings older ones to it. */
export const FORMAT = 2;

/** A row to write; without a value, to remove. */
export interface Change {
  readonly table: Table;
  readonly key: string;
  readonly value?: unknown;
}

/** All rows of each table by their keys, as they were at one moment. */
export type Snapshot = Readonly<Record<Table, ReadonlyMap<string, unknown>>>;

/** Where one person's replica and queue are kept. Values are plain: numbers, texts, lists and objects; those of `files` are Blobs. */
export interface Store {
  /** @param tables those that are needed; the others may be missing. Default: all */
  load(tables?: readonly Table[]): Promise<Snapshot>;
  /** All of them or, should it be cut short, none; after what was written before. */
  write(changes: readonly Change[]): Promise<void>;
  close(): Promise<void>;
}

/** What keeps on this device: IndexedDB in a browser, memory in Node; write one for any other place. */
export interface Storage {
  /** Whether other tabs open the same: then one of them speaks with the server for all. */
  readonly isShared: boolean;
  /** Opens what is kept under a name, empty when there is nothing. */
  open(name: string): Promise<Store>;
  /** Removes it, open or not: what is written to it afterwards by who opened it before is lost. */
  remove(name: string): Promise<void>;
}

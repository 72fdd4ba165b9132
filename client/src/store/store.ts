/** What is kept, by kind. */
export type Table = 'meta' | 'rooms' | 'people' | 'members' | 'messages' | 'actions';

export const TABLES: readonly Table[] = [
  'meta',
  'rooms',
  'people',
  'members',
  'messages',
  'actions',
];

/** A row to write; without a value, to remove. */
export interface Change {
  readonly table: Table;
  readonly key: string;
  readonly value?: unknown;
}

/** Where one person's replica and queue are kept. Values are plain: numbers, texts, lists and objects. */
export interface Store {
  /** The rows of a table whose keys begin with `prefix`, in the order of their keys. */
  read(table: Table, prefix?: string): Promise<readonly (readonly [key: string, value: unknown])[]>;
  /** All of them or, should it be cut short, none. */
  write(changes: readonly Change[]): Promise<void>;
  close(): Promise<void>;
}

/** What keeps on this device: IndexedDB in a browser, memory in Node; write one for any other place. */
export interface Storage {
  /** Opens what is kept under a name, empty when there is nothing. */
  open(name: string): Promise<Store>;
  /** Removes it, open or not. */
  remove(name: string): Promise<void>;
}

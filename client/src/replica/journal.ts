import { type Change, FORMAT, type Table } from '../store/store.ts';

/** What of the replica has changed: `inbox`, or a thing and its id, such as `room 0196…` or `messages 0196…`. */
export type Topic = string;

/** Counts the inputs of a replica, and notes what they change. */
export interface Journal {
  /** How many inputs there have been. */
  readonly version: number;
  countInput(): void;
  /** Notes what has to be written; undefined for what has to be deleted. */
  keep(table: Table, key: string, value: unknown): void;
  tell(...changed: readonly Topic[]): void;
  /** What has changed since this was last asked. */
  takeTopics(): ReadonlySet<Topic>;
  /** What has to be written since this was last asked. Written at once, a crash leaves a state that was. */
  takeChanges(): readonly Change[];
}

/** @param kept how many inputs there were before, in what was kept */
export function createJournal(kept: number): Journal {
  let version = kept;
  let topics = new Set<Topic>();
  let changes = new Map<string, Change>();

  function keep(table: Table, key: string, value: unknown): void {
    changes.set(`${table} ${key}`, { table, key, value });
  }

  return {
    get version() {
      return version;
    },
    countInput() {
      version += 1;
      keep('meta', 'version', version);
      keep('meta', 'format', FORMAT);
    },
    keep,
    tell(...changed) {
      for (const topic of changed) {
        topics.add(topic);
      }
    },
    takeTopics() {
      const taken = topics;
      topics = new Set();
      return taken;
    },
    takeChanges() {
      const taken = [...changes.values()];
      changes = new Map();
      return taken;
    },
  };
}

import type { KeptRoom } from '../replica/rooms.ts';
import { type Change, FORMAT, type Snapshot } from './store.ts';

/*
 * What is kept has a format with a number. What an older client has kept is brought to the newest, step by step, when it
 * is read. What a newer one has kept is forgotten, but for what is not sent yet.
 */

/** From each format to the next: the rows that change. */
const STEPS: readonly ((kept: Snapshot) => readonly Change[])[] = [
  // 1 → 2: threads, and stretches that may be doubted.
  ({ rooms }) =>
    (Array.from(rooms) as [string, KeptRoom][]).map(([key, { room, log }]) => {
      const stretches = log.stretches.map((stretch) => ({ ...stretch, isDoubted: false }));
      return { table: 'rooms', key, value: { room, log: { ...log, threads: [], stretches } } };
    }),
];

/** What has to be written for what is kept to be of the newest format. */
export function stepsToNewest(kept: Snapshot): readonly Change[] {
  const format = formatOf(kept);
  if (format > FORMAT) {
    return [...forgetReplica(kept), { table: 'meta', key: 'format', value: FORMAT }];
  }
  let snapshot = kept;
  const all: Change[] = [];
  for (const step of STEPS.slice(format - 1)) {
    const changes = step(snapshot);
    snapshot = withChanges(snapshot, changes);
    all.push(...changes);
  }
  return [...all, { table: 'meta', key: 'format', value: FORMAT }];
}

export function withChanges(kept: Snapshot, changes: readonly Change[]): Snapshot {
  const tables = Object.fromEntries(
    Object.entries(kept).map(([table, rows]) => [table, new Map(rows)]),
  ) as Record<Change['table'], Map<string, unknown>>;
  for (const { table, key, value } of changes) {
    if (value === undefined) {
      tables[table].delete(key);
    } else {
      tables[table].set(key, value);
    }
  }
  return tables;
}

/** Of the first format nothing says so. */
function formatOf({ meta }: Snapshot): number {
  return (meta.get('format') as number | undefined) ?? 1;
}

function forgetReplica(kept: Snapshot): readonly Change[] {
  const tables = ['meta', 'rooms', 'people', 'members', 'messages'] as const;
  return tables.flatMap((table) => [...kept[table].keys()].map((key) => ({ table, key })));
}

import DataLoader from 'dataloader';
import type { MemberEvent } from './events.ts';
import type { LogQueries } from './log-queries.ts';

/**
 * Tells who was removed from a room behind its known changes, the oldest first, as of no earlier than the call.
 */
export type ReadRemovals = (roomId: string, known: number) => Promise<readonly MemberEvent[]>;

/** Asks for the rooms of one moment together: those that one execution was for. */
export function createRemovalReader(readAll: LogQueries['readRemovals']): ReadRemovals {
  const loader = new DataLoader<readonly [roomId: string, known: number], readonly MemberEvent[]>(
    async (rooms) => {
      const removals = new Map(
        (await readAll(rooms)).map((events) => [events[0]?.roomId, events] as const),
      );
      return rooms.map(([roomId, known]) =>
        (removals.get(roomId) ?? []).filter(({ changeSeq }) => changeSeq > known),
      );
    },
    { cache: false },
  );
  return (roomId, known) => loader.load([roomId, known]);
}

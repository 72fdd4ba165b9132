import type { Replica } from './replica/replica.ts';

/** How far the log of each room went at a moment. */
export interface Barrier {
  /** Whether the replica has all of it. Rooms that were left meanwhile are not waited for. */
  isPassed(): boolean;
  roomsBehind(): readonly string[];
}

/** @param onPass called once, when it is seen to be passed */
export function createBarrier(
  replica: Replica,
  heads: ReadonlyMap<string, number>,
  onPass: () => void,
): Barrier {
  const behind = new Map(heads);
  const known = new Set<string>();
  let hasPassed = false;

  function look(): void {
    for (const [roomId, head] of behind) {
      const log = replica.log(roomId);
      const isWhole = log !== undefined && !log.isStale && !log.areNumbersStale;
      const isThere = isWhole && (log.changeSeq ?? 0) >= head;
      const isLeft = log === undefined && known.has(roomId);
      if (isThere || isLeft) {
        behind.delete(roomId);
      } else if (log !== undefined) {
        known.add(roomId);
      }
    }
  }

  return {
    isPassed() {
      look();
      if (behind.size === 0 && !hasPassed) {
        hasPassed = true;
        onPass();
      }
      return hasPassed;
    },
    roomsBehind() {
      look();
      return [...behind.keys()];
    },
  };
}

import type { Input } from '../replica/inputs.ts';
import type { Replica } from '../replica/replica.ts';

/** The newest messages of a room are not trimmed. */
const KEPT_OF_A_ROOM = 100;
/** How much of the limit is left after trimming, so that it is rare. */
const AFTER_TRIMMING = 0.9;

/** Whose history nobody has looked at for longest loses it first; the last one keeps what is being looked at. */
export function trim(
  replica: Replica,
  limit: number,
  mostShown: number,
  dispatch: (input: Input) => void,
): void {
  const counts = replica.messageCounts();
  let excess = replica.messageCount() - limit * AFTER_TRIMMING;
  for (const [at, [roomId, count]] of counts.entries()) {
    const isLast = at === counts.length - 1;
    const keepAround = isLast ? Math.min(mostShown, Math.floor(limit / 4)) : 0;
    const kept = KEPT_OF_A_ROOM + 2 * keepAround;
    if (excess > 0 && count > kept) {
      dispatch({ kind: 'trimmed', roomId, keep: KEPT_OF_A_ROOM, keepAround });
      excess -= count - kept;
    }
  }
}

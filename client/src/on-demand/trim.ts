import type { Input } from '../replica/inputs.ts';
import type { Replica } from '../replica/replica.ts';
import { liveStretch, type Range, type Stretch } from '../replica/stretches.ts';

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
  const counts = [...replica.logs()]
    .sort((a, b) => a.usedAt - b.usedAt)
    .map(({ roomId }) => [roomId, replica.countOf(roomId)] as const);
  let excess = replica.messageCount() - limit * AFTER_TRIMMING;
  for (const [at, [roomId, count]] of counts.entries()) {
    const isLast = at === counts.length - 1;
    const keepAround = isLast ? Math.min(mostShown, Math.floor(limit / 4)) : 0;
    const kept = KEPT_OF_A_ROOM + 2 * keepAround;
    if (excess > 0 && count > kept) {
      const stretches = stretchesLeft(replica, roomId, KEPT_OF_A_ROOM, keepAround);
      dispatch({ kind: 'trimmed', roomId, stretches });
      excess -= count - kept;
    }
  }
}

/** What is left of a room's history: its newest messages, and so many on both sides of where somebody last looked. */
export function stretchesLeft(
  replica: Replica,
  roomId: string,
  keep: number,
  keepAround: number,
): readonly Stretch[] {
  const { stretches = [], usedSeq } = replica.log(roomId) ?? {};
  const live = liveStretch(stretches);
  const known = live ? replica.messages(roomId, live.from, live.to) : [];
  const newest = known.slice(Math.max(0, known.length - keep))[0]?.seq;
  const seen = keepAround === 0 ? undefined : seenRange(usedSeq, keepAround, newest);
  return [
    ...(seen === undefined ? [] : within(stretches, seen)),
    ...(live === undefined || newest === undefined ? [] : [{ ...live, from: newest }]),
  ];
}

/** What is kept of the history before `end`, because it was looked at. */
function seenRange(
  usedSeq: number | null | undefined,
  keepAround: number,
  end = Number.POSITIVE_INFINITY,
): Range | undefined {
  if (usedSeq == null) {
    return undefined;
  }
  const range = {
    from: Math.max(1, usedSeq - keepAround),
    to: Math.min(end - 1, usedSeq + keepAround),
  };
  return range.from <= range.to ? range : undefined;
}

/** What of the stretches is within a range; a live one stays live only where its end is. */
function within(stretches: readonly Stretch[], { from, to }: Range): readonly Stretch[] {
  return stretches
    .filter((stretch) => stretch.from <= to && from <= stretch.to)
    .map((stretch) => ({
      ...stretch,
      from: Math.max(stretch.from, from),
      to: Math.min(stretch.to, to),
      isLive: stretch.isLive && stretch.to <= to,
    }));
}

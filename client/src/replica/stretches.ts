/**
 * A stretch of a room's history that is known whole: every message that its person may see, with a `seq` from `from` to
 * `to`. Numbers within it may have no message, such as those of messages that are held.
 */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Whether it goes on with each message that comes. Only the last stretch does. */
  readonly isLive: boolean;
}

/** The stretches and one more, in order, joined where they touch. */
export function addStretch(stretches: readonly Stretch[], added: Stretch): readonly Stretch[] {
  let { from, to, isLive } = added;
  const apart: Stretch[] = [];
  for (const stretch of stretches) {
    if (stretch.to + 1 < from || stretch.from > to + 1) {
      // Two live ones touch: nothing that came is between them.
      if (!(stretch.isLive && isLive)) {
        apart.push(stretch);
        continue;
      }
    }
    from = Math.min(from, stretch.from);
    to = Math.max(to, stretch.to);
    isLive ||= stretch.isLive;
  }
  const joined = { from, to, isLive };
  return [...apart, joined].sort((a, b) => a.from - b.from);
}

/** The stretches after a message came: the live one goes up to it. */
export function extendLive(stretches: readonly Stretch[], seq: number): readonly Stretch[] {
  const live = liveStretch(stretches);
  const from = live ? Math.min(live.to + 1, seq) : seq;
  return addStretch(stretches, { from, to: seq, isLive: true });
}

export function stretchAt(stretches: readonly Stretch[], seq: number): Stretch | undefined {
  return stretches.find(({ from, to }) => from <= seq && seq <= to);
}

/** The stretch that goes on with each message that comes, if there is one. */
export function liveStretch(stretches: readonly Stretch[]): Stretch | undefined {
  const last = stretches.at(-1);
  return last?.isLive ? last : undefined;
}

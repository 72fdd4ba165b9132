/**
 * A stretch of a room's history that is known whole: every message that its person may see, with a `seq` from `from` to
 * `to`. Numbers within it may have no message, such as those of messages that are held.
 */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Whether it goes on with each message that comes. Only the last stretch does. */
  readonly isLive: boolean;
  /** Changes of it may have been missed: it is fetched again when somebody looks at it. */
  readonly isDoubted: boolean;
}

export type Range = Pick<Stretch, 'from' | 'to'>;

/** The stretches and one more that was fetched, in order, joined where they touch. It takes the place of doubted ones. */
export function addStretch(
  stretches: readonly Stretch[],
  added: Omit<Stretch, 'isDoubted'>,
): readonly Stretch[] {
  let { from, to, isLive } = added;
  const apart: Stretch[] = [];
  for (const stretch of stretches.filter(({ isDoubted }) => !isDoubted)) {
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
  const joined = { from, to, isLive, isDoubted: false };
  const doubted = stretches
    .filter(({ isDoubted }) => isDoubted)
    .flatMap((stretch) => outside(stretch, { from, to: isLive ? Number.POSITIVE_INFINITY : to }));
  return [...apart, ...doubted, joined].sort((a, b) => a.from - b.from);
}

function outside(stretch: Stretch, { from, to }: Range): readonly Stretch[] {
  const [before, after] = [
    { ...stretch, to: Math.min(stretch.to, from - 1) },
    { ...stretch, from: Math.max(stretch.from, to + 1) },
  ];
  return [before, after].filter((part) => part.from <= part.to);
}

/** Nothing of them is sure any more. */
export function doubtStretches(stretches: readonly Stretch[]): readonly Stretch[] {
  return stretches
    .filter(({ from, to }) => from <= to)
    .map(({ from, to }) => ({ from, to, isLive: false, isDoubted: true }));
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

/** A stretch with those that touch it, doubted ones too: what is shown together. */
export interface Run extends Range {
  readonly isLive: boolean;
  /** The doubted stretches in it, in order. */
  readonly doubted: readonly Stretch[];
}

export function runOf(stretches: readonly Stretch[], stretch: Stretch): Run {
  let { from, to } = stretch;
  const at = stretches.indexOf(stretch);
  let [first, last] = [at, at];
  for (let before = stretches[first - 1]; before?.to === from - 1; before = stretches[first - 1]) {
    from = before.from;
    first -= 1;
  }
  for (let after = stretches[last + 1]; after?.from === to + 1; after = stretches[last + 1]) {
    to = Math.max(to, after.to);
    last += 1;
  }
  const those = stretches.slice(first, last + 1);
  return {
    from,
    to,
    isLive: those.at(-1)?.isLive ?? false,
    doubted: those.filter(({ isDoubted }) => isDoubted),
  };
}

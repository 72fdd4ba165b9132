import { TrumpetError } from '../errors/codes.ts';
import { createTokenBucket, type TokenBucket } from '../process/token-bucket.ts';
import { turnMetrics } from './metrics.ts';

/*
 * Who may use the connections of a pool at the moment. Everybody shares them: without a rule, one person who asks for
 * much at once has all of them, and everyone else waits.
 *
 * Nobody has more than one at a time, and a second one beside a statement that takes long: who searches can send. Whoever
 * has used the database for long has one, and half of the time: a core that works for one person without a pause is
 * missing for all others. Who has to wait, waits in a line of their own, and the lines are served in turn.
 */

/** For whom the database works. */
export interface Sharer {
  /** Whose line it is: a person, the address of a visitor, or what is done for all. */
  readonly key: string;
  readonly kind: keyof typeof SHARES;
}

interface Share {
  /** Connections that one may have at a time. */
  readonly each: number;
  /** The same for whoever has used so much time that they may not have several. */
  readonly eachWhenShort: number;
  /** Whether a further connection is only for what would wait beside a long statement, and time that is used up has to come back. */
  readonly isHeldBack: boolean;
  /** Connections that all of this kind may have together, of each twenty. */
  readonly together: number;
  /** How many may wait in one line; further ones are refused. */
  readonly waiting: number;
}

export const SHARES = {
  person: { each: 2, eachWhenShort: 1, isHeldBack: true, together: 18, waiting: 500 },
  // Who has not signed in has passwords checked, which takes a core for a twentieth of a second each.
  visitor: { each: 1, eachWhenShort: 1, isHeldBack: true, together: 2, waiting: 100 },
  // The messages of a room that are sent together: each of its senders has had their turn.
  sends: {
    each: 1,
    eachWhenShort: 1,
    isHeldBack: false,
    together: 18,
    waiting: 1,
  },
  // What rooms are told, to everyone who listens: it waits as long as it takes.
  rooms: {
    each: 6,
    eachWhenShort: 6,
    isHeldBack: false,
    together: 6,
    waiting: Number.POSITIVE_INFINITY,
  },
  // The same where one person listens in a way that nobody else does.
  listener: {
    each: 1,
    eachWhenShort: 1,
    isHeldBack: true,
    together: 6,
    waiting: Number.POSITIVE_INFINITY,
  },
} as const satisfies Record<string, Share>;

/** How long one may have used the database before it is used up, and how much of it comes back in a second. */
export const DATABASE_BURST_MS = 1_000;
export const DATABASE_MS_PER_SECOND = 500;
/** How much of it one may use with more than one connection at a time. */
export const PARALLEL_MS = 250;
/** How long a statement of a person runs before another one may be begun beside it. */
export const LONG_STATEMENT_MS = 500;
/** How long the next statement of whoever has used it up waits at most: they may have had one that took long. */
export const MAX_PAUSE_MS = 1_000;
/** How long somebody waits for a turn. */
export const TURN_TIMEOUT_MS = 8_000;
const RETRY_MS = 1_000;

export interface FairShare {
  /**
   * Works when it is this one's turn.
   *
   * @throws TrumpetError RATE_LIMITED when too much waits in their line, BUSY when their turn did not come in time
   */
  run<T>(sharer: Sharer, work: () => Promise<T>): Promise<T>;
  /**
   * The same for what goes with others over one connection, which is taken for all of them: this one needs none.
   *
   * @param work says how much of the time was theirs
   */
  runWithOthers<T extends { readonly usedMs: number }>(
    sharer: Sharer,
    work: () => Promise<T>,
  ): Promise<T>;
}

interface Line {
  readonly sharer: Sharer;
  readonly waiting: Turn[];
  running: number;
  /** When the last statement was begun, in milliseconds of performance.now(). */
  begunAt: number;
  /** Until when nothing begins in it, in milliseconds of performance.now(). */
  pausesUntil: number;
  /** The time that they may use the database, in milliseconds. */
  readonly time: TokenBucket;
}

interface Turn {
  readonly takesConnection: boolean;
  readonly begin: () => void;
  readonly timer: NodeJS.Timeout | undefined;
}

const createTime = () =>
  createTokenBucket({ burst: DATABASE_BURST_MS, perSecond: DATABASE_MS_PER_SECOND });

/** @param connections how many there are; a few are left for what has no line, such as asking whose session this is */
export function createFairShare(connections: number): FairShare {
  const total = Math.max(1, Math.floor(connections * 0.9));
  const lines = new Map<string, Line>();
  /** Lines in which someone waits, the one whose turn is next first. */
  const waiting = new Set<Line>();
  const runningOf = { person: 0, visitor: 0, sends: 0, rooms: 0, listener: 0 };
  let running = 0;
  /** Turns that wait for something else than a connection. */
  let waitingWithout = 0;

  function lineOf(sharer: Sharer): Line {
    const line = lines.get(sharer.key) ?? {
      sharer,
      waiting: [],
      running: 0,
      begunAt: 0,
      pausesUntil: 0,
      time: createTime(),
    };
    lines.set(sharer.key, line);
    return line;
  }

  function mayBegin(line: Line, takesConnection: boolean, now: number): boolean {
    return (
      (!takesConnection || hasConnectionFor(line)) &&
      line.pausesUntil <= now &&
      mayBeginBesideOwn(line, now)
    );
  }

  function hasConnectionFor({ sharer: { kind } }: Line): boolean {
    return (
      running < total &&
      runningOf[kind] < Math.max(1, Math.floor((SHARES[kind].together * connections) / 20))
    );
  }

  function mayBeginBesideOwn({ sharer, running: own, begunAt, time }: Line, now: number): boolean {
    const { each, eachWhenShort, isHeldBack } = SHARES[sharer.kind];
    const isShort = time.waitMs(DATABASE_BURST_MS - PARALLEL_MS, now) > 0;
    return (
      own < (isShort ? eachWhenShort : each) &&
      (own === 0 || !isHeldBack || now - begunAt >= LONG_STATEMENT_MS)
    );
  }

  function take(line: Line, takesConnection: boolean, now: number): void {
    line.begunAt = now;
    if (takesConnection) {
      running += 1;
      runningOf[line.sharer.kind] += 1;
    }
    line.running += 1;
    serveBeside(line, now);
  }

  function giveBack(line: Line, takesConnection: boolean, usedMs: number): void {
    const now = performance.now();
    if (takesConnection) {
      running -= 1;
      runningOf[line.sharer.kind] -= 1;
    }
    line.running -= 1;
    line.time.take(usedMs, now);
    pauseIfOverdrawn(line, now);
    serve(now);
    if (line.running === 0 && line.waiting.length === 0) {
      forgetLater(line);
    }
  }

  function pauseIfOverdrawn(line: Line, now: number): void {
    const pauseMs = Math.min(line.time.waitMs(0, now), MAX_PAUSE_MS);
    if (SHARES[line.sharer.kind].isHeldBack && pauseMs > 0) {
      line.pausesUntil = now + pauseMs;
      serveAt(line.pausesUntil, now);
    }
  }

  /** A timer may come a part of a millisecond early, and nothing may come after it. */
  function serveAt(at: number, now: number): void {
    setTimeout(() => serve(Math.max(performance.now(), at)), at - now).unref();
  }

  /** What waits beside a statement that takes long is served by then. */
  function serveBeside(line: Line, now: number): void {
    if (SHARES[line.sharer.kind].isHeldBack && line.running > 0 && line.waiting.length > 0) {
      serveAt(Math.max(now, line.begunAt + LONG_STATEMENT_MS), now);
    }
  }

  /** A line is kept for as long as it has used time. */
  function forgetLater(line: Line): void {
    const leftMs = line.time.fullInMs;
    if (leftMs < 1_000) {
      lines.delete(line.sharer.key);
    } else {
      setTimeout(() => {
        if (line.running === 0 && line.waiting.length === 0) {
          forgetLater(line);
        }
      }, leftMs).unref();
    }
  }

  function serve(now: number): void {
    for (const line of waiting) {
      if (running >= total && waitingWithout === 0) {
        return;
      }
      const { takesConnection } = line.waiting[0] as Turn;
      if (mayBegin(line, takesConnection, now)) {
        const turn = line.waiting.shift() as Turn;
        waitingWithout -= takesConnection ? 0 : 1;
        waiting.delete(line);
        if (line.waiting.length > 0) {
          waiting.add(line); // Behind the others.
        }
        take(line, takesConnection, now);
        clearTimeout(turn.timer);
        turn.begin();
      }
    }
  }

  async function waitInLine(line: Line, takesConnection: boolean): Promise<void> {
    const { waiting: most } = SHARES[line.sharer.kind];
    if (line.waiting.length >= most) {
      throw new TrumpetError('RATE_LIMITED', 'Too many requests at a time: wait for answers.', {
        retryAfterMs: RETRY_MS,
      });
    }
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        line.waiting.splice(line.waiting.indexOf(turn), 1);
        waitingWithout -= takesConnection ? 0 : 1;
        if (line.waiting.length === 0) {
          waiting.delete(line);
        }
        reject(new TrumpetError('BUSY', undefined, { retryAfterMs: RETRY_MS }));
      };
      const turn: Turn = {
        takesConnection,
        begin: resolve,
        timer: Number.isFinite(most) ? setTimeout(giveUp, TURN_TIMEOUT_MS) : undefined,
      };
      line.waiting.push(turn);
      waitingWithout += takesConnection ? 0 : 1;
      waiting.add(line);
      serveBeside(line, performance.now());
    });
  }

  async function waitToBegin(line: Line, takesConnection: boolean): Promise<void> {
    const { kind } = line.sharer;
    turnMetrics.waiting.inc({ kind });
    await waitInLine(line, takesConnection).finally(() => turnMetrics.waiting.dec({ kind }));
  }

  function beginsAtOnce(line: Line, takesConnection: boolean, now: number): boolean {
    if (line.waiting.length > 0 || !mayBegin(line, takesConnection, now)) {
      return false;
    }
    take(line, takesConnection, now);
    return true;
  }

  return {
    async run(sharer, work) {
      const line = lineOf(sharer);
      const now = performance.now();
      if (!beginsAtOnce(line, true, now)) {
        await waitToBegin(line, true);
      }
      const beganAt = performance.now();
      turnMetrics.wait.observe({ kind: sharer.kind }, (beganAt - now) / 1_000);
      try {
        return await work();
      } finally {
        giveBack(line, true, performance.now() - beganAt);
      }
    },
    async runWithOthers(sharer, work) {
      const line = lineOf(sharer);
      if (!beginsAtOnce(line, false, performance.now())) {
        await waitToBegin(line, false);
      }
      let usedMs = 0;
      try {
        const done = await work();
        usedMs = done.usedMs;
        return done;
      } finally {
        giveBack(line, false, usedMs);
      }
    },
  };
}

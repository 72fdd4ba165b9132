import { TrumpetError } from '../../errors/codes.ts';
import { log } from '../../process/log.ts';
import { type Batch, createBatch, type SharedResult } from '../execution/result.ts';
import type { DurableEvent, FleetingEvent } from '../log/events.ts';

/*
 * A group is a room's log as one document shows it. Its followers are cursors on that log: a live one
 * is at the end and gets what is appended; one that is behind reads on by itself until it is live.
 * There is one rule, and it is checked: after n comes n + 1.
 */

/** One subscriber's place in one group. */
export interface Follower {
  readonly userId: string;
  /** The last change that has been delivered. */
  position: number;
  /** The room's head when it was checked that the person may listen. */
  checkedAt: number;
  /** The change that takes the person's access away: the last one to be delivered. */
  endAfter: number | undefined;
  /** Hands over results, in order; must not throw. */
  deliver(batch: Batch): void;
  /** A promise to wait for before more is delivered; undefined when the reader keeps up. */
  drained(): Promise<void> | undefined;
  /** Told whenever the follower falls behind or has caught up. */
  onLive(isLive: boolean): void;
  /** Called once, when the group lets go of the follower: access ended, or it cannot go on. */
  onEnd(error?: TrumpetError): void;
}

export interface Group {
  /** Appends what has happened in the room. */
  append(events: readonly (DurableEvent | FleetingEvent)[]): void;
  follow(follower: Follower): void;
  unfollow(follower: Follower): void;
  /** Sees to it that a follower gets nothing behind this change. */
  endAfter(follower: Follower, changeSeq: number): void;
  /** Lets go of the results that are kept for those who come back. */
  forgetResults(): void;
  /** Resolves when everything that has been appended until now is delivered. */
  settled(): Promise<void>;
  readonly followerCount: number;
  /** When the last follower left, in milliseconds of performance.now(). */
  readonly idleSince: number;
}

interface GroupOptions {
  readonly roomId: string;
  /** The room's last change that has been appended to no group: appending begins behind it. */
  readonly head: number;
  /** Executes the document over events, one result each. Waits for a database that is away; never rejects. */
  readonly run: (events: readonly (DurableEvent | FleetingEvent)[]) => Promise<SharedResult[]>;
  /** The room's changes behind `after`, at most `limit`; null when the log does not reach back that far. */
  readonly readEvents: (after: number, limit: number) => Promise<readonly DurableEvent[] | null>;
  /** Told when all live followers have been given events. */
  readonly onDelivered: (events: readonly (DurableEvent | FleetingEvent)[]) => void;
}

type Entry = DurableEvent | FleetingEvent | { readonly settle: () => void };

const MAX_BATCH = 100;
const MAX_QUEUE = 5_000;
/** Results kept for those who come back within minutes. */
const MAX_KEPT_RESULTS = 512;
const MAX_KEPT_BYTES = 4 * 1024 * 1024;
/** Together, the groups of a process keep no more than this, but for a few results each. */
const MAX_KEPT_BYTES_TOGETHER = 64 * 1024 * 1024;
const MIN_KEPT_RESULTS = 16;
const MAX_SLICE_BYTES = 64 * 1024;
/** How much a follower that is behind reads at a time. */
const CATCH_UP_CHUNK = 64;

let keptBytesTogether = 0;

export function createGroup(options: GroupOptions): Group {
  const live = new Set<Follower>();
  const behind = new Set<Follower>();
  const kept = new Map<number, SharedResult>();
  const fills = new Map<string, Promise<SharedResult[] | null>>();
  let keptBytes = 0;
  /** No result of an earlier change is kept. */
  let oldestKept = Number.POSITIVE_INFINITY;
  let queue: Entry[] = [];
  let isRunning = false;
  let idleSince = performance.now();
  /** The last change whose result has been delivered to all live followers. */
  let last = options.head;

  function append(entries: readonly Entry[]): void {
    queue.push(...entries);
    if (queue.length > MAX_QUEUE) {
      overflow();
    }
    if (!isRunning) {
      isRunning = true;
      work()
        .catch((error) => {
          log.error({ event: 'group.failed', roomId: options.roomId, error });
          for (const follower of [...live, ...behind]) {
            release(
              follower,
              new TrumpetError('CONFLICT', 'The subscription broke off: subscribe again.'),
            );
          }
        })
        .finally(() => {
          isRunning = false;
        });
    }
  }

  /** More than can be kept waiting: everyone reads on from the log instead. */
  function overflow(): void {
    log.warn({ event: 'group.overflow', roomId: options.roomId, waiting: queue.length });
    const waiting = queue;
    queue = [];
    for (const entry of waiting) {
      if ('settle' in entry) {
        queue.push(entry);
      } else {
        last = entry.changeSeq ?? last;
      }
    }
    for (const follower of [...live]) {
      fallBehind(follower);
    }
  }

  async function work(): Promise<void> {
    while (queue.length > 0) {
      const first = queue[0] as Entry;
      if ('settle' in first) {
        queue.shift();
        first.settle();
        continue;
      }
      const end = queue.findIndex((entry, index) => 'settle' in entry || index === MAX_BATCH);
      const events = queue.splice(0, end === -1 ? queue.length : end) as (
        | DurableEvent
        | FleetingEvent
      )[];
      if (live.size === 0) {
        last = lastSeq(events) ?? last;
        continue;
      }
      const results = await options.run(events);
      for (const slice of slices(results)) {
        publish(events.slice(slice.start, slice.end), results.slice(slice.start, slice.end));
      }
    }
  }

  /** Delivers results to all live followers; those who are where the batch begins share all of it. */
  function publish(
    events: readonly (DurableEvent | FleetingEvent)[],
    results: SharedResult[],
  ): void {
    const before = last;
    for (const [index, { changeSeq }] of events.entries()) {
      if (changeSeq !== null && changeSeq > last) {
        last = changeSeq;
        keep(changeSeq, results[index] as SharedResult);
      }
    }
    if (lastSeq(events) !== undefined && last === before) {
      return; // The queue has overflown while this was computed: everyone reads the log.
    }
    const batch = createBatch(results);
    for (const follower of live) {
      const isWhole =
        follower.endAfter === undefined && (follower.position === before || last === before);
      if (isWhole) {
        follower.position = Math.max(follower.position, last);
        follower.deliver(batch);
      } else if (!deliverSome(follower, events, results)) {
        continue;
      }
      if (follower.drained() !== undefined) {
        fallBehind(follower); // Too slow: reads on by itself, from what is kept or from the log.
      }
    }
    options.onDelivered(events);
  }

  /** For a follower that began further on, or is about to end. Returns false when it is live no more. */
  function deliverSome(
    follower: Follower,
    events: readonly (DurableEvent | FleetingEvent)[],
    results: readonly SharedResult[],
  ): boolean {
    for (const [index, { changeSeq }] of events.entries()) {
      const result = results[index] as SharedResult;
      if (changeSeq === null) {
        if (follower.endAfter === undefined) {
          follower.deliver(createBatch([result]));
        }
      } else if (!deliver(follower, changeSeq, [result])) {
        return false;
      }
    }
    return live.has(follower);
  }

  /** Delivers the results from `first` on. Returns false when the follower has left. */
  function deliver(follower: Follower, first: number, results: readonly SharedResult[]): boolean {
    const end = first + results.length - 1;
    if (end <= follower.position) {
      return true; // It began behind these.
    }
    if (first > follower.position + 1) {
      log.error({ event: 'group.gap', roomId: options.roomId, position: follower.position, first });
      fallBehind(follower);
      return true;
    }
    const allowed = Math.min(end, follower.endAfter ?? end);
    const due = results.slice(follower.position + 1 - first, allowed + 1 - first);
    if (due.length > 0) {
      follower.position = allowed;
      follower.deliver(createBatch(due));
    }
    if (follower.endAfter !== undefined && allowed >= follower.endAfter) {
      release(follower);
      return false;
    }
    return true;
  }

  function fallBehind(follower: Follower): void {
    live.delete(follower);
    behind.add(follower);
    follower.onLive(false);
    void catchUp(follower);
  }

  async function catchUp(follower: Follower): Promise<void> {
    try {
      for (;;) {
        await follower.drained();
        if (!behind.has(follower)) {
          return;
        }
        if (follower.position >= last) {
          behind.delete(follower);
          live.add(follower);
          follower.onLive(true);
          return;
        }
        const from = follower.position + 1;
        const results = await readResults(from, Math.min(last, follower.position + CATCH_UP_CHUNK));
        if (results === null || results.length === 0) {
          release(follower, logTooShort());
          return;
        }
        for (const { start, end } of slices(results)) {
          await follower.drained();
          const isLeft = !behind.has(follower);
          if (isLeft || !deliver(follower, from + start, results.slice(start, end))) {
            return;
          }
        }
      }
    } catch (error) {
      log.error({ event: 'group.catch_up_failed', roomId: options.roomId, error });
      release(follower, logTooShort());
    }
  }

  /** Results from `from` on, at least one and none behind `to`. Null: the log does not reach back that far. */
  function readResults(from: number, to: number): Promise<SharedResult[] | null> | SharedResult[] {
    const found: SharedResult[] = [];
    for (let seq = from; seq <= to; seq += 1) {
      const result = kept.get(seq);
      if (result === undefined) {
        break;
      }
      found.push(result);
    }
    if (found.length > 0) {
      return found;
    }
    let end = from;
    while (end < to && !kept.has(end + 1)) {
      end += 1;
    }
    // A thousand clients that come back together ask for the same.
    const key = `${from}-${end}`;
    const pending = fills.get(key);
    if (pending !== undefined) {
      return pending;
    }
    const fill = computeResults(from, end).finally(() => fills.delete(key));
    fills.set(key, fill);
    return fill;
  }

  async function computeResults(from: number, to: number): Promise<SharedResult[] | null> {
    const events = await options.readEvents(from - 1, to - from + 1);
    if (events === null || events.length === 0) {
      return null;
    }
    const results = await options.run(events);
    for (const [index, event] of events.entries()) {
      keep(event.changeSeq, results[index] as SharedResult);
    }
    return results;
  }

  function keep(changeSeq: number, result: SharedResult): void {
    if (changeSeq <= last - MAX_KEPT_RESULTS) {
      return;
    }
    forget(changeSeq);
    kept.set(changeSeq, result);
    keptBytes += result.byteLength;
    keptBytesTogether += result.byteLength;
    oldestKept = Math.min(oldestKept, changeSeq);
    while (isTooMuchKept()) {
      forget(oldestKept);
      oldestKept += 1;
    }
  }

  function isTooMuchKept(): boolean {
    return (
      kept.size > MAX_KEPT_RESULTS ||
      keptBytes > MAX_KEPT_BYTES ||
      (keptBytesTogether > MAX_KEPT_BYTES_TOGETHER && kept.size > MIN_KEPT_RESULTS)
    );
  }

  function forget(changeSeq: number): void {
    const bytes = kept.get(changeSeq)?.byteLength ?? 0;
    keptBytes -= bytes;
    keptBytesTogether -= bytes;
    kept.delete(changeSeq);
  }

  function remove(follower: Follower): boolean {
    const isRemoved = live.delete(follower) || behind.delete(follower);
    idleSince = isRemoved ? performance.now() : idleSince;
    return isRemoved;
  }

  function release(follower: Follower, error?: TrumpetError): void {
    if (remove(follower)) {
      follower.onEnd(error);
    }
  }

  return {
    append,
    follow(follower) {
      live.add(follower);
      if (follower.position < last) {
        fallBehind(follower);
      }
    },
    unfollow: remove,
    endAfter(follower, changeSeq) {
      follower.endAfter = Math.min(changeSeq, follower.endAfter ?? changeSeq);
      if (follower.position >= follower.endAfter) {
        release(follower);
      }
    },
    settled() {
      return isRunning ? new Promise((settle) => append([{ settle }])) : Promise.resolve();
    },
    forgetResults() {
      for (const changeSeq of [...kept.keys()]) {
        forget(changeSeq);
      }
      oldestKept = Number.POSITIVE_INFINITY;
    },
    get followerCount() {
      return live.size + behind.size;
    },
    get idleSince() {
      return idleSince;
    },
  };
}

/** Cuts results into runs of bounded size, so that what is written at once is bounded too. */
function slices(results: readonly SharedResult[]): { start: number; end: number }[] {
  const cuts: { start: number; end: number }[] = [];
  let start = 0;
  let bytes = 0;
  for (const [index, result] of results.entries()) {
    bytes += result.byteLength;
    if (bytes >= MAX_SLICE_BYTES || index === results.length - 1) {
      cuts.push({ start, end: index + 1 });
      start = index + 1;
      bytes = 0;
    }
  }
  return cuts;
}

function lastSeq(events: readonly (DurableEvent | FleetingEvent)[]): number | undefined {
  return events.findLast((event) => event.changeSeq !== null)?.changeSeq ?? undefined;
}

/** Told to a client whose `after` lies before the oldest change that is kept. */
export function logTooShort(what: 'the room' | 'your rooms' = 'the room'): TrumpetError {
  return new TrumpetError(
    'BAD_INPUT',
    `RESYNC: the log does not reach back to \`after\` any more. Fetch ${what} anew and subscribe without \`after\`.`,
  );
}

import { log } from '../../process/log.ts';
import { createBatch, type SharedResult } from '../execution/result.ts';
import { type Happening, isHiddenFrom, isHiddenFromSomeone } from '../log/events.ts';
import { deliver, type Follower, fallBehind, isOnItsOwn } from './follower.ts';
import type { Transport } from './subscriber.ts';
import { type Delivered, delivering } from './traced.ts';

/*
 * How far a group has come. What is published is given to all who are live, and may be read by those who are on their
 * own. There is one rule, and it is checked: after n comes n + 1.
 */

export interface Publication {
  /** Gives results to all live followers; those who are where the batch begins share all of it. */
  publish(events: readonly Happening[], computed: readonly SharedResult[]): void;
  /** Lets those who are on their own read what nobody was live to be given. */
  passOver(events: readonly Happening[]): void;
  /** Gives up events that cannot be given to all: everyone reads them from the log. */
  leaveToReading(events: readonly Happening[]): void;
  /** The last change that is published: live followers have got it, all others may read up to it. */
  readonly head: number;
}

/** Told when all live followers have been given events, and on what these reached them. */
export type OnDelivered = (
  events: readonly Happening[],
  transports: ReadonlySet<Transport>,
) => void;

interface PublicationOptions {
  readonly roomId: string;
  /** The last change that was published to nobody: publishing begins behind it. */
  readonly head: number;
  readonly followers: ReadonlySet<Follower>;
  /** Told of each follower on its own when there may be more to read. */
  readonly readOn: (follower: Follower) => void;
  readonly onDelivered: OnDelivered;
}

export function createPublication(options: PublicationOptions): Publication {
  const { roomId, followers, readOn, onDelivered } = options;
  let { head } = options;

  function publish(events: readonly Happening[], computed: readonly SharedResult[]): void {
    const first = firstSeq(events);
    if (first !== undefined && first !== head + 1) {
      skip(first, events);
      return;
    }
    const { isAnyOnItsOwn, transports } = delivering(computed, () =>
      handOut({ followers, head, events, computed }),
    );
    head = lastSeq(events) ?? head;
    if (isAnyOnItsOwn) {
      allReadOn();
    }
    onDelivered(events, transports);
  }

  /** Results that do not follow what is published: what they show is read from the log. */
  function skip(first: number, events: readonly Happening[]): void {
    if (first > head + 1) {
      log.error({ event: 'group.gap', roomId, published: head, first });
    }
    const last = lastSeq(events);
    if (last !== undefined && last > head) {
      leaveToReading(events);
    }
  }

  function leaveToReading(events: readonly Happening[]): void {
    for (const follower of followers) {
      if (follower.state === 'live') {
        fallBehind(follower);
      }
    }
    passOver(events);
  }

  function passOver(events: readonly Happening[]): void {
    head = Math.max(head, lastSeq(events) ?? head);
    allReadOn();
  }

  function allReadOn(): void {
    for (const follower of followers) {
      if (isOnItsOwn(follower)) {
        readOn(follower);
      }
    }
  }

  return {
    publish,
    passOver,
    leaveToReading,
    get head() {
      return head;
    },
  };
}

interface Handout {
  readonly followers: ReadonlySet<Follower>;
  /** The last change that has been published. */
  readonly head: number;
  readonly events: readonly Happening[];
  readonly computed: readonly SharedResult[];
}

/** Gives results to all who are live. Returns whether anybody is on their own, having fallen behind or before. */
function handOut({ followers, head, events, computed }: Handout): Delivered & {
  readonly isAnyOnItsOwn: boolean;
} {
  const isFleeting = firstSeq(events) === undefined;
  const last = lastSeq(events) ?? head;
  const batch = createBatch(computed);
  const hiding = events.filter(isHiddenFromSomeone);
  const transports = new Set<Transport>();
  let isAnyOnItsOwn = false;
  let sockets = 0;
  for (const follower of followers) {
    if (follower.state === 'live') {
      const isWhole = isFleeting || follower.position === head;
      const isForAll = isWhole && !hiding.some((event) => isHiddenFrom(event, follower.userId));
      const due = isForAll ? batch : createBatch(dueFor(follower, events, computed));
      deliver(follower, due, last);
      transports.add(follower.reader.transport);
      sockets += 1;
      if (follower.reader.drained() !== undefined) {
        fallBehind(follower); // Too slow: reads on by itself, from the log.
      }
    }
    isAnyOnItsOwn ||= isOnItsOwn(follower);
  }
  return { isAnyOnItsOwn, transports, sockets };
}

/** The results that a follower has not got, and may get. */
function dueFor(
  { position, userId }: Follower,
  events: readonly Happening[],
  computed: readonly SharedResult[],
): SharedResult[] {
  return computed.filter((_, index) => {
    const event = events[index] as Happening;
    return (event.changeSeq ?? Infinity) > position && !isHiddenFrom(event, userId);
  });
}

function firstSeq(events: readonly Happening[]): number | undefined {
  return events.find(({ changeSeq }) => changeSeq !== null)?.changeSeq ?? undefined;
}

function lastSeq(events: readonly Happening[]): number | undefined {
  return events.findLast(({ changeSeq }) => changeSeq !== null)?.changeSeq ?? undefined;
}

import type { Asking } from './asking.ts';
import type { Desk } from './desk.ts';
import { MESSAGES_OF_A_PAGE } from './fetcher.ts';
import type { HistoryRequest } from './replica/inputs.ts';
import { liveStretch, type Range, type Run, runOf, stretchAt } from './replica/stretches.ts';
import { type ShownMessage, showMessages } from './shown.ts';
import type { Notifier, View } from './views.ts';

export interface TimelineState {
  readonly messages: readonly ShownMessage[];
  /** There are, or may be, older ones than these. */
  readonly hasOlder: boolean;
  /** There are newer ones than these, as after a jump. */
  readonly hasNewer: boolean;
}

/**
 * A window on the history of a room, without holes. It has at most {@link MOST_SHOWN} messages, so that a room of any
 * length costs the same: what it is lengthened by at one end goes at the other.
 */
export interface Timeline extends View<TimelineState> {
  /** Shows a page of older ones, fetched where they are not known. */
  loadOlder(): Promise<void>;
  loadNewer(): Promise<void>;
  /** Shows the history around a message, such as one that was found. */
  jumpTo(seq: number): Promise<void>;
  jumpToNewest(): Promise<void>;
}

export interface TimelineOptions {
  readonly roomId: string;
  readonly notifier: Notifier;
  readonly desk: () => Desk | null;
  readonly ask: Asking;
}

/** How many messages a timeline shows at most, but for those that come while its end is shown. */
export const MOST_SHOWN = 500;
/** And how many at first. */
const SHOWN_FIRST = 2 * MESSAGES_OF_A_PAGE;
const END = Number.POSITIVE_INFINITY;

export function createTimeline({ roomId, notifier, desk, ask }: TimelineOptions): Timeline {
  /** A message of the stretch that is shown; null for the newest. */
  let anchor: number | null = null;
  /** What is shown of it; up to `END` with what comes. Null until something is there. */
  let shown: Range | null = null;
  const ownTopic = `timeline ${crypto.randomUUID()}`;

  function runThere(): Run | undefined {
    const stretches = desk()?.replica.log(roomId)?.stretches ?? [];
    const anchored = anchor === null ? undefined : stretchAt(stretches, anchor);
    const stretch = anchored ?? liveStretch(stretches);
    return stretch && runOf(stretches, stretch);
  }

  /** What is shown of a run, as far as the run goes. */
  function windowOn(run: Run): Range {
    if (shown === null || shown.from > run.to || shown.to < run.from) {
      shown = { from: run.to - SHOWN_FIRST + 1, to: run.isLive ? END : run.to };
    }
    return { from: Math.max(shown.from, run.from), to: Math.min(shown.to, run.to) };
  }

  const isAtEnd = (run: Run, { to }: Range) => run.isLive && to === run.to;

  const messagesIn = ({ from, to }: Range) => desk()?.replica.messages(roomId, from, to) ?? [];

  function show(range: Range): void {
    const run = runThere();
    shown = run !== undefined && isAtEnd(run, range) ? { ...range, to: END } : range;
    notifier.notify([ownTopic]);
  }

  function use(seq: number | null): void {
    void desk()?.run({ kind: 'use', roomId, seq });
  }

  const view = notifier.view(
    [`messages ${roomId}`, ownTopic, 'viewer', 'state'],
    (): TimelineState => {
      const at = desk();
      const run = runThere();
      if (run === undefined && anchor === null && at?.replica.room(roomId) !== undefined) {
        ask.quietly({ kind: 'room', roomId });
      }
      if (at === null || run === undefined) {
        return { messages: [], hasOlder: at !== null, hasNewer: false };
      }
      const { replica, queue } = at;
      const { from, to } = windowOn(run);
      const doubted = run.doubted.findLast((stretch) => stretch.from <= to && from <= stretch.to);
      if (doubted !== undefined) {
        const request = { kind: 'before', seq: Math.min(doubted.to, to) + 1 } as const;
        ask.quietly({ kind: 'history', roomId, request });
      }
      const isNewest = isAtEnd(run, { from, to });
      return {
        messages: showMessages(replica, queue, roomId, messagesIn({ from, to }), isNewest),
        hasOlder: from > (replica.room(roomId)?.historyStartSeq ?? 1),
        hasNewer: !isNewest,
      };
    },
  );

  async function fetch(request: HistoryRequest): Promise<void> {
    await ask.now({ kind: 'history', roomId, request });
  }

  /** Lets go of what is far from where more is wanted, and gives whoever draws it the time to see that first. */
  async function makeSpace(keep: 'oldest' | 'newest'): Promise<void> {
    const run = runThere();
    if (run === undefined) {
      return;
    }
    const range = windowOn(run);
    const messages = messagesIn(range);
    const kept = MOST_SHOWN - MESSAGES_OF_A_PAGE;
    if (messages.length <= kept) {
      return;
    }
    shown =
      keep === 'oldest'
        ? { from: range.from, to: messages[kept - 1]?.seq as number }
        : { from: messages.at(-kept)?.seq as number, to: shown?.to ?? range.to };
    anchor = shown.from;
    notifier.notify([ownTopic]);
    await new Promise((resolve) => setTimeout(resolve));
  }

  /** Lengthens what is shown, by a page or, where numbers have no message, until there is one more. */
  function lengthen(run: Run, range: Range, by: -1 | 1): void {
    let { from, to } = range;
    const count = messagesIn(range).length;
    do {
      from = by === -1 ? Math.max(run.from, from - MESSAGES_OF_A_PAGE) : from;
      to = by === 1 ? Math.min(run.to, to + MESSAGES_OF_A_PAGE) : to;
    } while (
      messagesIn({ from, to }).length === count &&
      (by === -1 ? from > run.from : to < run.to)
    );
    show({ from, to });
  }

  return {
    ...view,
    async loadOlder() {
      await makeSpace('oldest');
      const run = runThere();
      if (run === undefined) {
        await ask.now({ kind: 'room', roomId });
        return;
      }
      const { from, to } = windowOn(run);
      use(from);
      if (from <= run.from && run.from > 1) {
        await fetch({ kind: 'before', seq: run.from });
      }
      const longer = runThere();
      if (longer !== undefined && from > longer.from) {
        lengthen(longer, { from, to }, -1);
      }
    },
    async loadNewer() {
      await makeSpace('newest');
      const run = runThere();
      if (run === undefined) {
        return;
      }
      const { from, to } = windowOn(run);
      use(to);
      if (to >= run.to && !run.isLive) {
        await fetch({ kind: 'after', seq: run.to });
      }
      const longer = runThere();
      if (longer !== undefined && to < longer.to) {
        lengthen(longer, { from, to }, 1);
      } else {
        show({ from, to });
      }
    },
    async jumpTo(seq) {
      use(seq);
      if (stretchAt(desk()?.replica.log(roomId)?.stretches ?? [], seq) === undefined) {
        await fetch({ kind: 'around', seq });
      }
      anchor = seq;
      const run = runThere();
      if (run !== undefined && !isShown(seq)) {
        const half = SHOWN_FIRST / 2;
        show({ from: Math.max(run.from, seq - half), to: Math.min(run.to, seq + half) });
      }
      notifier.notify([ownTopic]);
    },
    async jumpToNewest() {
      anchor = null;
      if (shown?.to !== END) {
        shown = null;
      }
      use(null);
      notifier.notify([ownTopic]);
      if (runThere() === undefined) {
        await ask.now({ kind: 'room', roomId });
      }
    },
  };

  function isShown(seq: number): boolean {
    const run = runThere();
    return run !== undefined && shown !== null && shown.from <= seq && seq <= shown.to;
  }
}

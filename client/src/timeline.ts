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
 * length costs the same: what it is lengthened by at one end goes at the other. Who looked at the end looks at the end
 * again after an absence, however much came meanwhile: to be given each message once, ask for those after the last one.
 */
export interface Timeline extends View<TimelineState> {
  /** Shows a page of older ones, fetched where they are not known. */
  loadOlder(): Promise<void>;
  loadNewer(): Promise<void>;
  /** Shows the history around a message, such as one that was found. */
  jumpTo(seq: number): Promise<void>;
  jumpToNewest(): Promise<void>;
  /**
   * Says whether its reader is at its end. When messages come and it is full, the oldest go; of a reader who has gone up,
   * none: then the new ones are behind its end (`hasNewer`). At the end, unless it is told.
   */
  setAtEnd(isAtEnd: boolean): void;
}

export interface TimelineOptions {
  readonly roomId: string;
  readonly notifier: Notifier;
  readonly desk: () => Desk | null;
  readonly ask: Asking;
}

/** How many messages a timeline shows at most. */
export const MOST_SHOWN = 500;
const KEPT_OF_SHOWN = MOST_SHOWN - MESSAGES_OF_A_PAGE;
const END = Number.POSITIVE_INFINITY;

export function createTimeline({ roomId, notifier, desk, ask }: TimelineOptions): Timeline {
  /** What is shown; up to `END` with what comes. Null for the newest, until something is there. */
  let shown: Range | null = null;
  let isReadAtEnd = true;
  const ownTopic = `timeline ${crypto.randomUUID()}`;

  const stretches = () => desk()?.replica.log(roomId)?.stretches ?? [];

  function shownRun(): Run | undefined {
    const known = stretches();
    const isOpen = shown === null || (shown.to === END && isReadAtEnd);
    const there = isOpen ? undefined : stretchAt(known, shown?.from as number);
    const stretch = there ?? liveStretch(known);
    return stretch && runOf(known, stretch);
  }

  /** What is shown of a run, as far as the run goes. */
  function windowOn(run: Run): Range {
    if (shown === null || shown.from > run.to || shown.to < run.from) {
      shown = { from: run.to - 2 * MESSAGES_OF_A_PAGE + 1, to: run.isLive ? END : run.to };
    }
    return { from: Math.max(shown.from, run.from), to: Math.min(shown.to, run.to) };
  }

  /** The same, with no more than it may have: where it is open, messages come by themselves. */
  function boundedOn(run: Run): Range {
    const { from, to } = windowOn(run);
    const messages = messagesIn(from, to);
    if (messages.length > MOST_SHOWN) {
      shown = isReadAtEnd
        ? { from: messages.at(-KEPT_OF_SHOWN)?.seq as number, to: END }
        : { from, to: messages[MOST_SHOWN - 1]?.seq as number };
    }
    return windowOn(run);
  }

  const isAtEnd = (run: Run, to: number) => run.isLive && to >= run.to;

  const messagesIn = (from: number, to: number) => desk()?.replica.messages(roomId, from, to) ?? [];

  function show(run: Run, from: number, to: number): void {
    shown = { from: Math.max(from, run.from), to: isAtEnd(run, to) ? END : to };
    notifier.notify([ownTopic]);
  }

  function use(seq: number | null): void {
    void desk()?.run({ kind: 'use', roomId, seq });
  }

  const fetch = (kind: HistoryRequest['kind'], seq: number) =>
    ask.now({ kind: 'history', roomId, request: { kind, seq } });

  const view = notifier.view(
    [`messages ${roomId}`, ownTopic, 'viewer', 'state'],
    (): TimelineState => {
      const at = desk();
      const run = shownRun();
      if (run === undefined && at?.replica.room(roomId) !== undefined) {
        ask.quietly({ kind: 'room', roomId });
      }
      if (at === null) {
        return { messages: [], hasOlder: false, hasNewer: false };
      }
      const { replica, queue } = at;
      if (run === undefined) {
        const unsent = showMessages(replica, queue, roomId, [], true);
        return { messages: unsent, hasOlder: true, hasNewer: false };
      }
      const { from, to } = boundedOn(run);
      const doubted = run.doubted.findLast((stretch) => stretch.from <= to && from <= stretch.to);
      if (doubted !== undefined) {
        const request = { kind: 'before', seq: Math.min(doubted.to, to) + 1 } as const;
        ask.quietly({ kind: 'history', roomId, request });
      }
      const isNewest = isAtEnd(run, to);
      return {
        messages: showMessages(replica, queue, roomId, messagesIn(from, to), isNewest),
        hasOlder: from > (replica.room(roomId)?.historyStartSeq ?? 1),
        hasNewer: !isNewest,
      };
    },
  );

  /** Lets go of what is far from where more is wanted, and gives whoever draws it the time to see that first. */
  async function makeSpace(keep: 'oldest' | 'newest'): Promise<void> {
    const run = shownRun();
    const range = run && windowOn(run);
    const messages = range ? messagesIn(range.from, range.to) : [];
    if (range !== undefined && messages.length > KEPT_OF_SHOWN) {
      shown =
        keep === 'oldest'
          ? { from: range.from, to: messages[KEPT_OF_SHOWN - 1]?.seq as number }
          : { from: messages.at(-KEPT_OF_SHOWN)?.seq as number, to: shown?.to as number };
      notifier.notify([ownTopic]);
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  return {
    ...view,
    async loadOlder() {
      await makeSpace('oldest');
      const run = shownRun();
      if (run === undefined) {
        await ask.now({ kind: 'room', roomId });
        return;
      }
      const { from } = windowOn(run);
      use(from);
      if (from <= run.from && run.from > 1) {
        await fetch('before', run.from);
      }
      const longer = shownRun();
      if (longer !== undefined && shown !== null) {
        const older = messagesIn(longer.from, from - 1);
        show(longer, older.at(-MESSAGES_OF_A_PAGE)?.seq ?? longer.from, shown.to);
      }
    },
    async loadNewer() {
      await makeSpace('newest');
      const run = shownRun();
      if (run === undefined) {
        return;
      }
      const { from, to } = windowOn(run);
      use(to);
      if (to >= run.to && !run.isLive) {
        await fetch('after', run.to);
      }
      const longer = shownRun();
      if (longer !== undefined) {
        const newer = messagesIn(to + 1, longer.to);
        show(longer, from, newer[MESSAGES_OF_A_PAGE - 1]?.seq ?? longer.to);
      }
    },
    async jumpTo(seq) {
      use(seq);
      if (stretchAt(stretches(), seq) === undefined) {
        await fetch('around', seq);
      }
      const stretch = stretchAt(stretches(), seq);
      if (stretch !== undefined && (shown === null || seq < shown.from || seq > shown.to)) {
        const run = runOf(stretches(), stretch);
        show(run, seq - MESSAGES_OF_A_PAGE, seq + MESSAGES_OF_A_PAGE);
      }
    },
    setAtEnd(to) {
      isReadAtEnd = to;
      const run = shownRun();
      if (run !== undefined && !to) {
        // Found again by where it begins, also when this is not the newest stretch any more.
        shown = { ...windowOn(run), to: shown?.to ?? END };
      }
    },
    async jumpToNewest() {
      isReadAtEnd = true;
      if (shown?.to !== END) {
        shown = null;
      }
      use(null);
      notifier.notify([ownTopic]);
      if (shownRun() === undefined) {
        await ask.now({ kind: 'room', roomId });
      }
    },
  };
}

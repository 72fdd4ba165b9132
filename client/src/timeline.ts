import type { Asking } from './asking.ts';
import type { Desk } from './desk.ts';
import type { HistoryRequest } from './replica/inputs.ts';
import { liveStretch, type Run, runOf, stretchAt } from './replica/stretches.ts';
import { type ShownMessage, showMessages } from './shown.ts';
import type { Notifier, View } from './views.ts';

export interface TimelineState {
  readonly messages: readonly ShownMessage[];
  /** There are, or may be, older ones than these. */
  readonly hasOlder: boolean;
  /** There are newer ones than these, as after a jump. */
  readonly hasNewer: boolean;
}

/** A window on the history of a room: one stretch of it, without holes. */
export interface Timeline extends View<TimelineState> {
  /** Fetches older ones, or joins the stretch that is known before this one. */
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

export function createTimeline({ roomId, notifier, desk, ask }: TimelineOptions): Timeline {
  /** A message of the stretch that is shown; null for the newest. */
  let anchor: number | null = null;
  const ownTopic = `timeline ${crypto.randomUUID()}`;

  function shownRun(): Run | undefined {
    const stretches = desk()?.replica.log(roomId)?.stretches ?? [];
    const anchored = anchor === null ? undefined : stretchAt(stretches, anchor);
    const stretch = anchored ?? liveStretch(stretches);
    return stretch && runOf(stretches, stretch);
  }

  const view = notifier.view(
    [`messages ${roomId}`, ownTopic, 'viewer', 'state'],
    (): TimelineState => {
      const at = desk();
      const shown = shownRun();
      if (shown === undefined && anchor === null && at?.replica.room(roomId) !== undefined) {
        ask.quietly({ kind: 'room', roomId });
      }
      if (at === null || shown === undefined) {
        return { messages: [], hasOlder: at !== null, hasNewer: false };
      }
      const { replica, queue } = at;
      if (shown.doubted !== undefined) {
        const request = { kind: 'before', seq: shown.doubted.to + 1 } as const;
        ask.quietly({ kind: 'history', roomId, request });
      }
      const messages = replica.messages(roomId, shown.from, shown.to);
      return {
        messages: showMessages(replica, queue, roomId, messages, shown.isLive),
        hasOlder: shown.from > (replica.room(roomId)?.historyStartSeq ?? 1),
        hasNewer: !shown.isLive,
      };
    },
  );

  async function fetch(request: HistoryRequest): Promise<void> {
    await ask.now({ kind: 'history', roomId, request });
  }

  return {
    ...view,
    async loadOlder() {
      const shown = shownRun();
      if (shown === undefined) {
        await ask.now({ kind: 'room', roomId });
      } else if (shown.from > 1) {
        await fetch({ kind: 'before', seq: shown.from });
      }
    },
    async loadNewer() {
      const shown = shownRun();
      if (shown !== undefined && !shown.isLive) {
        await fetch({ kind: 'after', seq: shown.to });
      }
    },
    async jumpTo(seq) {
      void desk()?.run({ kind: 'use', roomId });
      if (stretchAt(desk()?.replica.log(roomId)?.stretches ?? [], seq) === undefined) {
        await fetch({ kind: 'around', seq });
      }
      anchor = seq;
      notifier.notify([ownTopic]);
    },
    async jumpToNewest() {
      anchor = null;
      void desk()?.run({ kind: 'use', roomId });
      notifier.notify([ownTopic]);
      if (shownRun() === undefined) {
        await ask.now({ kind: 'room', roomId });
      }
    },
  };
}

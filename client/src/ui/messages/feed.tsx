import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { throwDefect } from '../../errors.ts';
import { useClient, useClientState, useRoom, useViewerId } from '../../react/index.ts';
import type { ShownMessage } from '../../shown.ts';
import { useWords } from '../provider.tsx';
import { type MoreActions, mayWrite, useActions } from './actions.ts';
import { Announcer } from './announcer.tsx';
import { MessageMenu, type OpenMenu } from './message-menu.tsx';
import { MessageRow, type RowDeeds } from './message-row.tsx';
import { Receipts } from './receipts.tsx';
import { isMovedAtStart, keepRows, layOut, type Row } from './rows.ts';

/** Where the list is to go. */
export interface Target {
  readonly seq: number;
  readonly align: 'start' | 'center';
  readonly isHighlighted: boolean;
}

export interface FeedProps {
  readonly roomId: string;
  readonly threadId?: string | undefined;
  readonly label: string;
  readonly messages: readonly ShownMessage[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
  readonly loadOlder: () => Promise<void>;
  readonly loadNewer?: () => Promise<void>;
  readonly readUpTo?: number | null;
  /** Once the message is here, the list goes there and calls `onArrived`. */
  readonly target: Target | null;
  readonly onArrived: () => void;
  readonly isAtEnd: boolean;
  readonly onEnd: (isAtEnd: boolean) => void;
  /** The `seq` at the top of the screen. */
  readonly onTop?: (seq: number | undefined) => void;
  readonly onJumpTo: (seq: number) => void;
  readonly onOpenThread?: ((messageId: string) => void) | undefined;
  readonly moreActions?: MoreActions | undefined;
  /** Above the first message of all. */
  readonly beginning?: ReactNode;
  readonly empty: ReactNode;
}

/** Older messages are fetched when the list comes this near to its start. */
const NEAR_PX = 1_200;
const AT_END_PX = 32;
const HIGHLIGHT_LASTS_MS = 2_500;
const EMPTY: readonly Row[] = [];

/** Messages below one another, as many as there are: only those near the screen are in the document. */
export function Feed(props: FeedProps): ReactNode {
  const { roomId, threadId, messages, hasOlder, hasNewer, target, isAtEnd, onEnd, onArrived } =
    props;
  const { loadOlder, loadNewer, onOpenThread, moreActions, onTop, readUpTo = null } = props;
  const words = useWords();
  const client = useClient();
  const clientState = useClientState();
  const viewerId = useViewerId();
  const room = useRoom(roomId);
  const mayReact = room !== undefined && mayWrite(room, 'ADD_REACTIONS');
  const mayReply = room !== undefined && mayWrite(room, 'REPLY_IN_THREADS');
  const virtualizer = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const [highlighted, setHighlighted] = useState<number | null>(null);
  const focusWanted = useRef(false);
  const lastSeen = useRef({ offset: 0, first: '' });

  const laidOut = useMemo(
    () => layOut(messages, { readUpTo, hasOlder, viewerId }),
    [messages, readUpTo, hasOlder, viewerId],
  );
  const [{ from, rows, isShifted }, setShown] = useState({
    from: EMPTY,
    rows: EMPTY,
    isShifted: false,
  });
  if (from !== laidOut) {
    setShown({
      from: laidOut,
      rows: keepRows(rows, laidOut),
      isShifted: isMovedAtStart(rows, laidOut),
    });
  }

  // Loading more, when the list is near one of its ends.
  const loading = useRef(false);
  const look = useCallback(async () => {
    const element = scroller.current;
    if (element === null || loading.current || rows.length === 0) {
      return;
    }
    // Of the element itself: what the virtualizer knows is older while the list goes to its end.
    const { scrollTop, scrollHeight, clientHeight } = element;
    const isNearStart = scrollTop < NEAR_PX;
    const isNearEnd = scrollHeight - clientHeight - scrollTop < NEAR_PX;
    const load =
      isNearStart && hasOlder ? loadOlder : isNearEnd && hasNewer ? loadNewer : undefined;
    if (load === undefined) {
      return;
    }
    loading.current = true;
    const isLoaded = await load().then(() => true, ignoreUnreached);
    loading.current = false;
    if (isLoaded) {
      requestAnimationFrame(() => latest.current(rows));
    }
  }, [hasOlder, hasNewer, loadOlder, loadNewer, rows]);

  // What came may not be enough, and was shown while it was still taken for loading.
  const latest = useRef((_before: readonly Row[]) => {});
  useEffect(() => {
    latest.current = (before) => {
      if (before !== rows) {
        void look();
      }
    };
  }, [look, rows]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what failed is tried again when the state is another
  useEffect(() => {
    void look();
  }, [look, clientState]);

  // The first rows are laid out by heights that are guessed: they are seen once they have been measured.
  const [isMeasured, setMeasured] = useState(false);
  const isEmpty = rows.length === 0;
  useEffect(() => {
    if (isEmpty || isMeasured) {
      return undefined;
    }
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => setMeasured(true));
    });
    return () => cancelAnimationFrame(frame);
  }, [isEmpty, isMeasured]);

  // Where the list stands.
  const wantsEnd = target === null && isAtEnd && !hasNewer;
  const stick = useCallback(() => {
    const element = scroller.current;
    if (element !== null && wantsEnd && rows.length > 0) {
      // Not by the virtualizer: it goes on scrolling until all is measured, also when somebody has gone up meanwhile.
      element.scrollTop = element.scrollHeight;
    }
  }, [wantsEnd, rows]);
  useLayoutEffect(stick, [stick]);
  // Also when the list itself becomes lower, as under the line of those who are typing.
  useEffect(() => {
    const observer = new ResizeObserver(stick);
    observer.observe(scroller.current as Element);
    return () => observer.disconnect();
  }, [stick]);

  useLayoutEffect(() => {
    if (target === null) {
      return undefined;
    }
    const at = rows.findIndex(({ message: { seq } }) => seq !== null && seq >= target.seq);
    if (at === -1 || (at === 0 && hasOlder && rows[0]?.message.seq !== target.seq)) {
      return undefined;
    }
    virtualizer.current?.scrollToIndex(at, { align: target.align });
    if (target.isHighlighted) {
      setHighlighted(target.seq);
    }
    onEnd(false);
    onArrived();
    return undefined;
  }, [target, rows, hasOlder, onEnd, onArrived]);

  // Where the list went may be its end, and then nothing scrolls.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, after each arrival
  useEffect(() => {
    const frame = requestAnimationFrame(see);
    return () => cancelAnimationFrame(frame);
  }, [target]);

  useEffect(() => {
    if (highlighted === null) {
      return undefined;
    }
    const timer = setTimeout(() => setHighlighted(null), HIGHLIGHT_LASTS_MS);
    return () => clearTimeout(timer);
  }, [highlighted]);

  function see(): void {
    const list = virtualizer.current;
    const element = scroller.current;
    if (list === null || element === null || target !== null || rows.length === 0) {
      return;
    }
    const { scrollOffset } = list;
    // Of the element itself, as where more is loaded.
    const { scrollTop, scrollHeight, clientHeight } = element;
    const isEnd = scrollHeight - clientHeight - scrollTop < AT_END_PX && !hasNewer;
    const top = rows[list.findItemIndex(scrollOffset)];
    // Who reads at the end leaves it by going up; that messages become higher, the list lower, or that its oldest messages
    // went is not leaving it.
    const first = rows[0]?.message.key ?? '';
    const wentUp = first === lastSeen.current.first && scrollOffset < lastSeen.current.offset;
    lastSeen.current = { offset: scrollOffset, first };
    if (isEnd || wentUp || hasNewer) {
      onEnd(isEnd);
    }
    onTop?.(isEnd ? undefined : (top?.message.seq ?? undefined));
    void look();
  }

  function resized(): void {
    if (wantsEnd) {
      stick();
    } else {
      see();
    }
  }

  // What rows ask for. They are given one object that stays, so that they do not render when this does.
  const askToDelete = useCallback(
    (message: ShownMessage) => setMenu({ kind: 'delete', message }),
    [],
  );
  const actionsFor = useActions({ roomId, threadId, onOpenThread, moreActions, askToDelete });
  const deeds = useRef<RowDeeds>(NO_DEEDS);
  useLayoutEffect(() => {
    deeds.current = {
      openMenu: (message, anchor) => setMenu({ kind: 'menu', message, anchor }),
      openEmoji: (message, anchor) => setMenu({ kind: 'emoji', message, anchor }),
      run: (id, message) =>
        actionsFor(message)
          .find((action) => action.id === id)
          ?.run(message),
      react,
      openThread: (messageId) => onOpenThread?.(messageId),
      jumpTo: props.onJumpTo,
      activate: setActiveKey,
    };
  });

  function react({ id, reactions }: ShownMessage, emoji: string): void {
    const known = reactions.find((reaction) => reaction.emoji === emoji);
    client.act({
      kind: 'react',
      roomId,
      messageId: id,
      emoji,
      isOn: !(known?.viewerHasReacted ?? false),
    });
  }

  function closeMenu(): void {
    if (menu?.kind === 'delete') {
      focusMessage(menu.message.key); // The button that led there may not be there any more.
    }
    setMenu(null);
  }

  const focusMessage = useCallback((key: string) => {
    scroller.current
      ?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)
      ?.focus({ preventScroll: true });
  }, []);

  // The keyboard: one message at a time has the focus.
  const known =
    activeKey === null ? -1 : rows.findIndex(({ message }) => message.key === activeKey);
  const activeAt = known === -1 ? rows.length - 1 : known;

  function moveFocus(event: KeyboardEvent): void {
    const isMessage = (event.target as Element).classList.contains('trumpet-message');
    const to = isMessage ? nextRow(event.key, activeAt, rows.length) : undefined;
    const row = to === undefined ? undefined : rows[to];
    if (to !== undefined && row !== undefined) {
      event.preventDefault();
      focusWanted.current = true;
      setActiveKey(row.message.key);
      virtualizer.current?.scrollToIndex(to, { align: 'nearest' });
    }
  }

  useEffect(() => {
    if (focusWanted.current && activeKey !== null) {
      focusWanted.current = false;
      focusMessage(activeKey);
    }
  }, [activeKey, focusMessage]);

  const lastOwn = rows.findLast(({ message }) => isSentBy(message, viewerId))?.message;
  const receipts = useMemo(
    () => lastOwn && threadId === undefined && <Receipts message={lastOwn} />,
    [lastOwn, threadId],
  );

  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the messages in it have the focus */}
      <div
        ref={scroller}
        className="trumpet-feed"
        data-empty={rows.length === 0}
        onKeyDown={moveFocus}
      >
        <div className="trumpet-feed-space" />
        {rows.length === 0 ? (
          props.empty
        ) : (
          <div
            role="feed"
            className="trumpet-feed-rows"
            data-measured={isMeasured}
            aria-label={props.label}
            aria-busy={false}
          >
            <Virtualizer
              ref={virtualizer}
              data={rows}
              scrollRef={scroller}
              shift={isShifted}
              keepMounted={[activeAt]}
              onScroll={see}
              onResize={resized}
            >
              {(row, at) => (
                <div key={row.message.key}>
                  {at === 0 && !hasOlder && props.beginning}
                  <MessageRow
                    row={row}
                    place={hasOlder ? -1 : at + 1}
                    total={hasOlder || hasNewer ? -1 : rows.length}
                    isHighlighted={highlighted !== null && row.message.seq === highlighted}
                    isActive={at === activeAt}
                    isOwn={row.message.authorId === viewerId}
                    isInThread={threadId !== undefined}
                    mayReact={mayReact}
                    mayReply={mayReply}
                    deeds={deeds}
                    footer={row.message === lastOwn ? receipts : undefined}
                  />
                </div>
              )}
            </Virtualizer>
          </div>
        )}
      </div>
      <Announcer messages={messages} viewerId={viewerId} hasOlder={hasOlder} />
      <MessageMenu
        open={menu}
        actionsFor={actionsFor}
        react={mayReact ? react : undefined}
        onClose={closeMenu}
      />
      <span className="trumpet-hidden" role="status">
        {rows.length === 0 && hasOlder ? words.loading : ''}
      </span>
    </>
  );
}

function isSentBy({ authorId, seq, deletedAt }: ShownMessage, userId: string | null): boolean {
  return authorId === userId && seq !== null && deletedAt === null;
}

/** The state of the client tells of it, and it is tried again when that is another. */
function ignoreUnreached(error: unknown): false {
  throwDefect(error);
  return false;
}

function nextRow(key: string, at: number, total: number): number | undefined {
  switch (key) {
    case 'ArrowUp':
      return Math.max(0, at - 1);
    case 'ArrowDown':
      return Math.min(total - 1, at + 1);
    case 'Home':
      return 0;
    case 'End':
      return total - 1;
    default:
      return undefined;
  }
}

const NO_DEEDS: RowDeeds = {
  openMenu() {},
  openEmoji() {},
  run() {},
  react() {},
  openThread() {},
  jumpTo() {},
  activate() {},
};

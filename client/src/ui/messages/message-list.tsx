import { lazy, type ReactNode, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { throwDefect } from '../../errors.ts';
import { useClient, useRoom, useTimeline } from '../../react/index.ts';
import type { ShownRoom } from '../../shown.ts';
import { useIsAttentive } from '../attention.ts';
import { RoomAvatar } from '../avatar.tsx';
import { Icon } from '../icons.tsx';
import { useRoomName } from '../names.ts';
import { useKit, useWords } from '../provider.tsx';
import { untilLoaded } from '../until-loaded.ts';
import { count, fill, writeNumber } from '../words/plural.ts';
import type { MoreActions } from './actions.ts';
import { Feed, type Target } from './feed.tsx';

const Recap = lazy(() => untilLoaded(() => import('../recap/recap.tsx')));

export interface MessageListProps {
  readonly roomId: string;
  /** The message to go to and to highlight, such as one that was found; again when it is another. */
  readonly seq?: number | undefined;
  readonly onOpenThread?: ((messageId: string) => void) | undefined;
  /** What else can be done with a message, such as to report it. */
  readonly moreActions?: MoreActions | undefined;
}

/** The history of a room, of any length. What is seen at its end is marked as read. */
export function MessageList(props: MessageListProps): ReactNode {
  const words = useWords();
  const room = useRoom(props.roomId);
  return (
    <div className="trumpet trumpet-messages">
      {room === undefined ? (
        <p className="trumpet-empty" role="status">
          {words.loading}
        </p>
      ) : (
        <RoomMessages key={room.id} {...props} room={room} />
      )}
    </div>
  );
}

interface RoomMessagesProps extends MessageListProps {
  readonly room: ShownRoom;
}

function RoomMessages({ room, seq, onOpenThread, moreActions }: RoomMessagesProps): ReactNode {
  const { words, places } = useKit();
  const client = useClient();
  const name = useRoomName(room);
  const timeline = useTimeline(room.id);
  const { messages, hasOlder, hasNewer, jumpTo, jumpToNewest, setAtEnd } = timeline;
  const [opened] = useState(() => ({
    place: places.get(room.id),
    unread: room.unreadCount,
    lastReadSeq: room.membership.lastReadSeq,
  }));
  const [target, setTarget] = useState<Target | null>(() => startOf(opened.place, opened));
  const [isAtEnd, setIsAtEnd] = useState(target === null);
  const readUpTo = useUnreadLine(room, opened);
  useEffect(() => setAtEnd(isAtEnd), [setAtEnd, isAtEnd]);

  const go = useCallback(
    async (wanted: Target) => {
      try {
        const to = withinHistory(wanted, client.room(room.id).get() ?? NO_HISTORY);
        await jumpTo(to.seq);
        setTarget(to);
      } catch (error) {
        throwDefect(error);
        setTarget(null);
      }
    },
    [client, room.id, jumpTo],
  );
  const goTo = useCallback(
    (at: number) => void go({ seq: at, align: 'center', isHighlighted: true }),
    [go],
  );
  const goToEnd = useCallback(() => {
    setTarget(null);
    setIsAtEnd(true);
    jumpToNewest().catch(throwDefect);
  }, [jumpToNewest]);

  useEffect(() => {
    if (seq !== undefined) {
      goTo(seq);
    } else if (opened.place !== undefined) {
      void go({ seq: opened.place, align: 'start', isHighlighted: false });
    }
  }, [seq, goTo, go, opened]);

  useGoToOwn(room.id, goToEnd);
  useReading(room, isAtEnd && !hasNewer && target === null, messages);

  const first = messages[0]?.seq;
  const isLineAbove = readUpTo !== null && first != null && hasOlder && first > readUpTo + 1;
  const [isLineSeen, setIsLineSeen] = useState(false);
  const [awaySince, setAwaySince] = useState<number | null>(null);
  if (awaySince === null && room.unreadCount >= MANY_UNREAD) {
    setAwaySince(room.membership.lastReadSeq);
  }

  return (
    <>
      <div className="trumpet-jumps">
        {isLineAbove && !isLineSeen && opened.unread > 0 && (
          <button
            type="button"
            className="trumpet-jump trumpet-jump-unread"
            onClick={() => {
              setIsLineSeen(true);
              void go({ seq: readUpTo + 1, align: 'start', isHighlighted: false });
            }}
          >
            <Icon name="down" />
            {count(words.language, words.jumpToUnread, opened.unread)}
          </button>
        )}
        {awaySince !== null && (
          <Suspense>
            <Recap roomId={room.id} sinceSeq={awaySince} onJumpTo={goTo} />
          </Suspense>
        )}
      </div>
      <Feed
        roomId={room.id}
        label={fill(words.messages, { room: name })}
        messages={messages}
        hasOlder={hasOlder}
        hasNewer={hasNewer}
        loadOlder={timeline.loadOlder}
        loadNewer={timeline.loadNewer}
        readUpTo={readUpTo}
        target={target}
        onArrived={useCallback(() => setTarget(null), [])}
        isAtEnd={isAtEnd}
        onEnd={setIsAtEnd}
        onTop={useCallback((top) => places.set(room.id, top), [places, room.id])}
        onJumpTo={goTo}
        onOpenThread={onOpenThread}
        moreActions={moreActions}
        beginning={
          <div className="trumpet-beginning">
            <RoomAvatar room={room} size="large" />
            <strong dir="auto">
              {room.membership.seesFromSeq == null
                ? fill(words.beginning, { room: name })
                : words.beginningOfSeen}
            </strong>
            {room.description !== null && <p dir="auto">{room.description}</p>}
          </div>
        }
        empty={
          hasOlder && room.lastSeq > 0 ? (
            <p className="trumpet-empty">{words.loading}</p>
          ) : (
            <p className="trumpet-empty">{words.noMessages}</p>
          )
        }
      />
      {(!isAtEnd || hasNewer) && messages.length > 0 && (
        <button
          type="button"
          className="trumpet-jump trumpet-jump-newest"
          title={words.jumpToNewest}
          onClick={goToEnd}
        >
          <Icon name="down" />
          <span className="trumpet-hidden">{words.jumpToNewest}</span>
          {room.unreadCount > 0 && (
            <span className="trumpet-badge trumpet-badge-unread">
              {writeNumber(words.language, room.unreadCount)}
            </span>
          )}
        </button>
      )}
    </>
  );
}

type History = Pick<ShownRoom, 'historyStartSeq' | 'lastSeq'>;

const NO_HISTORY: History = { historyStartSeq: 1, lastSeq: 1 };

/** Where retention has taken a message, or there is none yet, the one next to it; and that is not the one that was meant. */
function withinHistory(to: Target, { historyStartSeq, lastSeq }: History): Target {
  const seq = Math.max(historyStartSeq, Math.min(lastSeq, to.seq));
  return { ...to, seq, isHighlighted: to.isHighlighted && seq === to.seq };
}

interface Opened {
  readonly unread: number;
  readonly lastReadSeq: number;
}

/** Where one was; else at the first unread message; else at the end. */
function startOf(place: number | undefined, { unread, lastReadSeq }: Opened): Target | null {
  if (place !== undefined) {
    return { seq: place, align: 'start', isHighlighted: false };
  }
  return unread > 0 && unread <= UNREAD_ON_FIRST_PAGE
    ? { seq: lastReadSeq + 1, align: 'start', isHighlighted: false }
    : null;
}

/** So many are not read one by one. */
const MANY_UNREAD = 20;

/** More than this are not on the page that comes first: then the list starts at its end, and offers to jump. */
const UNREAD_ON_FIRST_PAGE = 40;

/**
 * The `seq` behind which the unread line stands: from when the room was opened, or was left without attention, or something
 * was marked as unread.
 */
function useUnreadLine(room: ShownRoom, opened: Opened): number | null {
  const isAttentive = useIsAttentive();
  const [readUpTo, setReadUpTo] = useState(opened.unread > 0 ? opened.lastReadSeq : null);
  const [wasAttentive, setWasAttentive] = useState(isAttentive);
  const { lastReadSeq } = room.membership;
  const [wasReadTo, setWasReadTo] = useState(lastReadSeq);
  if (wasReadTo !== lastReadSeq) {
    setWasReadTo(lastReadSeq);
    if (lastReadSeq < wasReadTo) {
      setReadUpTo(lastReadSeq);
    }
  }
  if (wasAttentive !== isAttentive) {
    setWasAttentive(isAttentive);
    if (!isAttentive && room.unreadCount === 0) {
      setReadUpTo(room.lastSeq);
    }
  }
  return readUpTo;
}

/**
 * Marks what is seen at the end of the list as read, while somebody looks at it. Once something is marked as unread, here or
 * on another device, that waits until the room is opened again, or its person sends something.
 */
function useReading(
  { id, membership: { lastReadSeq } }: ShownRoom,
  isAtEnd: boolean,
  messages: readonly {
    readonly id: string;
    readonly seq: number | null;
    readonly heldAt: string | null;
    readonly actionId: string | null;
  }[],
): void {
  const client = useClient();
  const isAttentive = useIsAttentive();
  // Not what the person has just sent: while it is caught up, others may stand before it that are not here yet.
  const newest = messages.findLast(
    ({ seq, heldAt, actionId }) => seq !== null && heldAt === null && actionId === null,
  );
  const newestId = newest?.id;
  const isUnread = newest?.seq != null && newest.seq > lastReadSeq;
  const { unreadRoomIds } = useKit();
  const readTo = useRef<number | null>(null);
  useEffect(() => {
    if (readTo.current === null || lastReadSeq > readTo.current) {
      unreadRoomIds.delete(id);
    } else if (lastReadSeq < readTo.current) {
      unreadRoomIds.add(id);
    }
    readTo.current = lastReadSeq;
  }, [unreadRoomIds, id, lastReadSeq]);
  useEffect(() => {
    if (isAtEnd && isAttentive && isUnread && newestId !== undefined && !unreadRoomIds.has(id)) {
      client.act({ kind: 'read', roomId: id, messageId: newestId });
    }
  }, [client, unreadRoomIds, id, isAtEnd, isAttentive, isUnread, newestId]);
}

/** Goes to the end when the person sends something: then they have read what is there. */
function useGoToOwn(roomId: string, goToEnd: () => void): void {
  const client = useClient();
  const { unreadRoomIds } = useKit();
  const last = useRef<string | undefined>(undefined);
  useEffect(() => {
    const lastSent = () =>
      client.queue
        .get()
        .findLast(
          ({ deed }) =>
            deed.kind === 'send' && deed.roomId === roomId && deed.parentMessageId === undefined,
        )?.id;
    last.current = lastSent();
    return client.queue.subscribe(() => {
      const now = lastSent();
      if (now !== undefined && now !== last.current) {
        last.current = now;
        unreadRoomIds.delete(roomId);
        goToEnd();
      }
    });
  }, [client, unreadRoomIds, roomId, goToEnd]);
}

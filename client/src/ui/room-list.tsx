import {
  type KeyboardEvent,
  lazy,
  memo,
  type ReactNode,
  Suspense,
  useMemo,
  useRef,
  useState,
} from 'react';
import { Virtualizer } from 'virtua';
import { readNote, writeNote } from '../notes.ts';
import {
  useBlockedIds,
  useClient,
  useMessage,
  usePerson,
  useTyping,
  useViewerId,
} from '../react/index.ts';
import type { ShownRoom } from '../shown.ts';
import type { RoomSection } from './arrangement/sections.ts';
import { useArrangedRooms } from './arrangement/use-sections.ts';
import { RoomAvatar } from './avatar.tsx';
import { shortDateOf } from './dates.ts';
import { Icon } from './icons.tsx';
import { nameOfPerson, nameOfRoom, useRoomName } from './names.ts';
import { plainText } from './plain-text.ts';
import { useWords } from './provider.tsx';
import { BesideName } from './status/beside-name.tsx';
import { untilLoaded } from './until-loaded.ts';
import { count, fill, writeNumber } from './words/plural.ts';

const Deliveries = lazy(() => untilLoaded(() => import('./delivery/deliveries.tsx')));
const SystemLine = lazy(() => untilLoaded(() => import('./special/system-line.tsx')));
const DraftMark = lazy(() => untilLoaded(() => import('./drafts/draft-mark.tsx')));

export interface RoomListProps {
  /** The room that is open. */
  readonly roomId?: string | null;
  readonly onOpenRoom: (roomId: string) => void;
  /** Above the list, such as a button for new conversations. */
  readonly header?: ReactNode;
}

/**
 * The inbox: all conversations of the person, the newest activity first or as they have arranged them, with a field to filter
 * them by name.
 */
export function RoomList({ roomId = null, onOpenRoom, header }: RoomListProps): ReactNode {
  const words = useWords();
  const client = useClient();
  const { sections } = useArrangedRooms();
  const [filter, setFilter] = useState('');
  const scroller = useRef<HTMLDivElement>(null);
  const { isClosed, toggle } = useClosedSections();
  const isArranged = filter.trim() === '' && sections.some(({ kind }) => kind !== 'others');

  const shown = useMemo(() => {
    const wanted = fold(filter);
    const rooms = sections.flatMap((section) => section.rooms);
    if (wanted === '') {
      return rooms;
    }
    const nameOf = (room: ShownRoom) =>
      nameOfRoom(words, room, client.person(room.directUserId ?? '').get());
    return rooms.filter((room) => fold(nameOf(room)).includes(wanted));
  }, [sections, filter, words, client]);

  const row = (room: ShownRoom) => (
    <RoomRow key={room.id} room={room} isOpen={room.id === roomId} onOpenRoom={onOpenRoom} />
  );

  function moveFocus(event: KeyboardEvent): void {
    const buttons = [...(scroller.current?.querySelectorAll<HTMLElement>('.trumpet-room') ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    const active = at === -1 ? activeIn(scroller.current, buttons) : at;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      buttons[Math.min(buttons.length - 1, Math.max(0, active + step))]?.focus();
    }
  }

  return (
    <section className="trumpet trumpet-rooms" aria-label={words.conversations}>
      {sections.some(({ rooms }) => rooms.some((room) => room.hasDeliveryReceipts)) && (
        <Suspense>
          <Deliveries />
        </Suspense>
      )}
      <div className="trumpet-rooms-head">
        {header}
        <label className="trumpet-filter">
          <Icon name="search" />
          <input
            type="search"
            className="trumpet-rooms-filter"
            value={filter}
            placeholder={words.filterConversations}
            aria-label={words.filterConversations}
            onChange={(event) => setFilter(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && shown[0] !== undefined) {
                onOpenRoom(shown[0].id);
                setFilter('');
              } else if (event.key === 'ArrowDown') {
                event.preventDefault();
                scroller.current?.querySelector<HTMLElement>('.trumpet-room')?.focus();
              }
            }}
          />
        </label>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the buttons in it have the focus */}
      <div
        ref={scroller}
        className="trumpet-rooms-scroller"
        onKeyDown={moveFocus}
        hidden={shown.length === 0}
      >
        <Virtualizer as="ul" item="li">
          {isArranged
            ? sections.flatMap((section) => [
                <SectionHead
                  key={section.key}
                  section={section}
                  isClosed={isClosed(section)}
                  onToggle={() => toggle(section)}
                />,
                ...section.rooms.filter(({ id }) => !isClosed(section) || id === roomId).map(row),
              ])
            : shown.map(row)}
        </Virtualizer>
      </div>
      {shown.length === 0 && (
        <div className="trumpet-empty" role="status">
          <strong>
            {filter === '' ? words.noConversations : fill(words.noConversationsFound, { filter })}
          </strong>
          {filter === '' && <p>{words.noConversationsHint}</p>}
        </div>
      )}
    </section>
  );
}

const fold = (text: string) =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase().trim();

function activeIn(scroller: HTMLElement | null, buttons: readonly HTMLElement[]): number {
  const root = scroller?.getRootNode();
  return root instanceof ShadowRoot ? buttons.indexOf(root.activeElement as HTMLElement) : -1;
}

/** Which sections are closed, on this device: the hidden rooms, and those that were closed by hand. */
function useClosedSections() {
  const viewerId = useViewerId();
  const note = `trumpet sections ${viewerId}`;
  const [toggled, setToggled] = useState<readonly string[]>(() =>
    JSON.parse(readNote(note) ?? '[]'),
  );
  return {
    isClosed: ({ key, kind }: RoomSection) => toggled.includes(key) !== (kind === 'hidden'),
    toggle({ key }: RoomSection) {
      const next = toggled.includes(key) ? toggled.filter((one) => one !== key) : [...toggled, key];
      setToggled(next);
      writeNote(note, JSON.stringify(next));
    },
  };
}

interface SectionHeadProps {
  readonly section: RoomSection;
  readonly isClosed: boolean;
  readonly onToggle: () => void;
}

/** The name of a section, and while it is closed what is unread in it. */
function SectionHead({ section, isClosed, onToggle }: SectionHeadProps): ReactNode {
  const words = useWords();
  const { kind, name, rooms } = section;
  const title = {
    favorites: words.favorites,
    folder: name,
    others: words.conversations,
    hidden: words.hiddenConversations,
  }[kind];
  const sum = (numberOf: (room: ShownRoom) => number) =>
    rooms.reduce((total, room) => total + numberOf(room), 0);
  const mentions = sum(({ mentionCount }) => mentionCount);
  const unread = sum(({ unreadCount }) => unreadCount);
  return (
    <button
      type="button"
      className="trumpet-section"
      data-section={kind}
      aria-expanded={!isClosed}
      onClick={onToggle}
    >
      <Icon name="down" />
      <span className="trumpet-section-name" dir="auto">
        {title}
      </span>
      {isClosed && mentions > 0 && (
        <Badge kind="mention" label={count(words.language, words.mentions, mentions)}>
          @{mentions > 1 ? short(words.language, mentions) : ''}
        </Badge>
      )}
      {isClosed && unread > 0 && (
        <Badge
          kind={kind === 'hidden' ? 'muted' : 'unread'}
          label={count(words.language, words.unreadMessages, unread)}
        >
          {short(words.language, unread)}
        </Badge>
      )}
    </button>
  );
}

interface RoomRowProps {
  readonly room: ShownRoom;
  readonly isOpen: boolean;
  readonly onOpenRoom: (roomId: string) => void;
}

const RoomRow = memo(function RoomRow({ room, isOpen, onOpenRoom }: RoomRowProps): ReactNode {
  const words = useWords();
  const name = useRoomName(room);
  const { unreadCount, mentionCount } = room;
  const isMuted = room.membership.notificationLevel === 'NONE';
  return (
    <button
      type="button"
      className="trumpet-room"
      data-unread={unreadCount > 0 && !isMuted}
      aria-current={isOpen ? 'true' : undefined}
      onClick={() => onOpenRoom(room.id)}
    >
      <RoomAvatar room={room} />
      <span className="trumpet-room-name" dir="auto">
        {name}
        {room.directUserId !== null && <BesideName userId={room.directUserId} />}
      </span>
      <time className="trumpet-room-time" dateTime={room.lastActivityAt}>
        {shortDateOf(words, room.lastActivityAt)}
      </time>
      <LastLine room={room} />
      <span className="trumpet-room-badges">
        <Suspense>
          <DraftMark roomId={room.id} />
        </Suspense>
        {isMuted && (
          <span role="img" aria-label={words.muted} className="trumpet-room-muted">
            <Icon name="bell" />
          </span>
        )}
        {mentionCount > 0 && (
          <Badge kind="mention" label={count(words.language, words.mentions, mentionCount)}>
            @{mentionCount > 1 ? short(words.language, mentionCount) : ''}
          </Badge>
        )}
        {unreadCount > 0 && (
          <Badge
            kind={isMuted ? 'muted' : 'unread'}
            label={count(words.language, words.unreadMessages, unreadCount)}
          >
            {short(words.language, unreadCount)}
          </Badge>
        )}
      </span>
    </button>
  );
});

interface BadgeProps {
  readonly kind: 'mention' | 'unread' | 'muted';
  readonly label: string;
  readonly children: ReactNode;
}

function Badge({ kind, label, children }: BadgeProps): ReactNode {
  return (
    <span className={`trumpet-badge trumpet-badge-${kind}`} role="img" aria-label={label}>
      <span aria-hidden="true">{children}</span>
    </span>
  );
}

const short = (language: string, value: number) =>
  value > 999 ? `${writeNumber(language, 999)}+` : writeNumber(language, value);

/** The last message, or who is typing. */
function LastLine({ room }: { readonly room: ShownRoom }): ReactNode {
  const words = useWords();
  const viewerId = useViewerId();
  const blockedIds = useBlockedIds();
  const typing = useTyping(room.id).filter((id) => id !== viewerId && !blockedIds.has(id));
  const message = useMessage(room.id, room.latestMessageId);
  const typist = nameOfPerson(words, usePerson(typing[0] ?? ''));
  const author = usePerson(message?.authorId ?? '');
  if (typing.length > 0) {
    return (
      <span className="trumpet-room-last trumpet-room-typing" dir="auto">
        {typing.length > 1 ? words.typingMany : fill(words.typingOne, { name: typist })}
      </span>
    );
  }
  if (message === undefined) {
    return (
      <span className="trumpet-room-last" dir="auto">
        {room.latestMessageId === null ? words.noMessages : ''}
      </span>
    );
  }
  if (message.messageType === 'SYSTEM' && message.deletedAt === null) {
    return (
      <bdi className="trumpet-room-last">
        <Suspense>
          <SystemLine message={message} />
        </Suspense>
      </bdi>
    );
  }
  const isOwn = message.authorId === viewerId;
  const hasName = isOwn || room.directUserId === null;
  return (
    <span className="trumpet-room-last">
      {hasName && (
        <>
          <bdi>{isOwn ? words.you : nameOfPerson(words, author)}</bdi>
          <span>: </span>
        </>
      )}
      <bdi>{plainText(words, message)}</bdi>
    </span>
  );
}

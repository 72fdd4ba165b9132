import { type ReactNode, useRef, useState } from 'react';
import { useClientState, useIsRoomGone, useRoom, useRooms, useViewerId } from '../react/index.ts';
import type { ShownRoom } from '../shown.ts';
import { RoomAvatar } from './avatar.tsx';
import { Composer } from './composer/composer.tsx';
import { IconButton } from './icon-button.tsx';
import type { MoreActions } from './messages/actions.ts';
import { MessageList } from './messages/message-list.tsx';
import { useRoomName } from './names.ts';
import { useWords } from './provider.tsx';
import { RoomList } from './room-list.tsx';
import { Shortcuts, useShortcuts } from './shortcuts.tsx';
import { Thread } from './thread.tsx';
import { TypingLine } from './typing-line.tsx';

export interface ConversationProps {
  readonly roomId: string;
  /** The message to go to. */
  readonly seq?: number | undefined;
  readonly onOpenThread?: ((messageId: string) => void) | undefined;
  /** The name of the room was chosen. */
  readonly onOpenRoom?: ((roomId: string) => void) | undefined;
  /** A phone has one thing on its screen: leads back to the list. */
  readonly onBack?: (() => void) | undefined;
  readonly onSearch?: ((roomId: string) => void) | undefined;
  readonly moreActions?: MoreActions | undefined;
  /** At the end of the head, such as buttons. */
  readonly tools?: ReactNode;
}

/** One room: its head, its history, who is typing, and a composer. */
export function Conversation(props: ConversationProps): ReactNode {
  const { roomId, seq, onOpenThread, moreActions } = props;
  const room = useRoom(roomId);
  const name = useRoomName(room);
  return (
    <section className="trumpet trumpet-conversation" aria-label={name} data-trumpet-drop="">
      {room === undefined ? (
        <NotHere {...props} />
      ) : (
        <>
          <ConversationHead {...props} room={room} />
          <StateLine />
          <MessageList
            roomId={roomId}
            seq={seq}
            onOpenThread={onOpenThread}
            moreActions={moreActions}
          />
          <TypingLine roomId={roomId} />
          <Composer roomId={roomId} />
        </>
      )}
    </section>
  );
}

/** A room that is on its way, or that is none of this person's. */
function NotHere({ roomId, onBack }: ConversationProps): ReactNode {
  const words = useWords();
  const isGone = useIsRoomGone(roomId);
  return (
    <div className="trumpet-empty">
      <p role="status">{isGone ? words.conversationGone : words.loading}</p>
      {isGone && onBack !== undefined && (
        <button type="button" className="trumpet-button" onClick={onBack}>
          {words.backToConversations}
        </button>
      )}
    </div>
  );
}

function ConversationHead({
  room,
  onOpenRoom,
  onBack,
  onSearch,
  tools,
}: ConversationProps & { readonly room: ShownRoom }): ReactNode {
  const words = useWords();
  const name = useRoomName(room);
  const title = (
    <>
      <RoomAvatar room={room} size="small" />
      <h2 dir="auto">{name}</h2>
      {room.description !== null && <span dir="auto">{room.description}</span>}
    </>
  );
  return (
    <header className="trumpet-conversation-head">
      {onBack !== undefined && (
        <IconButton
          icon="back"
          className="trumpet-back"
          label={words.backToConversations}
          onClick={onBack}
        />
      )}
      {onOpenRoom === undefined ? (
        <div className="trumpet-conversation-title">{title}</div>
      ) : (
        <button
          type="button"
          className="trumpet-conversation-title"
          onClick={() => onOpenRoom(room.id)}
        >
          {title}
        </button>
      )}
      {onSearch !== undefined && (
        <IconButton icon="search" label={words.search} onClick={() => onSearch(room.id)} />
      )}
      {tools}
    </header>
  );
}

/** Says when not everything is here. */
export function StateLine(): ReactNode {
  const words = useWords();
  const state = useClientState();
  return (
    <div className="trumpet-state" role="status" data-state={state}>
      {state === 'offline' && words.stateOffline}
      {state === 'catching up' && words.stateCatchingUp}
    </div>
  );
}

export interface ChatProps {
  /** The room that is open first. */
  readonly roomId?: string | undefined;
  readonly onSearch?: ((roomId: string) => void) | undefined;
  readonly moreActions?: MoreActions | undefined;
}

/** All of it: the inbox, a conversation, and a thread beside it. On a phone one of them at a time. */
export function Chat(props: ChatProps): ReactNode {
  // What one person has open is not open for the next.
  return <PersonsChat key={useViewerId()} {...props} />;
}

function PersonsChat({ roomId, onSearch, moreActions }: ChatProps): ReactNode {
  const words = useWords();
  const [openRoomId, setOpenRoomId] = useState<string | null>(roomId ?? null);
  const [threadId, setThreadId] = useState<string | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const rooms = useRooms();
  const openRoom = (id: string | null) => {
    setOpenRoomId(id);
    setThreadId(null);
  };
  const help = useShortcuts({ root, rooms, roomId: openRoomId, onOpenRoom: openRoom });
  return (
    <div
      ref={root}
      className="trumpet trumpet-chat"
      data-at={threadId !== null ? 'thread' : openRoomId !== null ? 'room' : 'rooms'}
    >
      <RoomList roomId={openRoomId} onOpenRoom={openRoom} />
      {openRoomId === null ? (
        <p className="trumpet-empty trumpet-nothing-open">{words.chooseConversation}</p>
      ) : (
        <Conversation
          roomId={openRoomId}
          onOpenThread={setThreadId}
          onBack={() => openRoom(null)}
          onSearch={onSearch}
          moreActions={moreActions}
        />
      )}
      {openRoomId !== null && threadId !== null && (
        <Thread
          roomId={openRoomId}
          messageId={threadId}
          moreActions={moreActions}
          onClose={() => setThreadId(null)}
        />
      )}
      <Shortcuts isOpen={help.isOpen} onClose={help.close} />
    </div>
  );
}

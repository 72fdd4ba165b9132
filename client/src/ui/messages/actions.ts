import { useMemo } from 'react';
import type { Client } from '../../client.ts';
import { throwDefect } from '../../errors.ts';
import { useClient, useRoom, useViewerId } from '../../react/index.ts';
import type { ShownMessage, ShownRoom } from '../../shown.ts';
import type { Intent } from '../composing.ts';
import type { IconName } from '../icons.tsx';
import { may } from '../permissions.ts';
import { useKit } from '../provider.tsx';
import type { Words } from '../words/en.ts';
import { MarkUnreadDocument, RemoveLinkPreviewDocument } from './generated.ts';

/** Something that can be done with a message, as its menu shows it. */
export interface MessageAction {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconName;
  /** Shown in the colour of danger. */
  readonly isDangerous?: boolean;
  readonly run: (message: ShownMessage) => void;
}

/** Says what else can be done with a message, such as to report it. */
export type MoreActions = (message: ShownMessage) => readonly MessageAction[];

export interface ActionsOptions {
  readonly roomId: string;
  readonly threadId?: string | undefined;
  readonly onOpenThread?: ((messageId: string) => void) | undefined;
  readonly moreActions?: MoreActions | undefined;
  readonly askToDelete: (message: ShownMessage) => void;
}

/** What a person may do with a message, by the rules of the server; it refuses what this does not know. */
export function useActions(
  options: ActionsOptions,
): (message: ShownMessage) => readonly MessageAction[] {
  const { roomId, threadId, onOpenThread, moreActions, askToDelete } = options;
  const client = useClient();
  const viewerId = useViewerId();
  const room = useRoom(roomId);
  const { words, composing, unreadRoomIds } = useKit();
  return useMemo(() => {
    const place = { roomId, threadId };
    return (message) => {
      if (message.seq === null || message.deletedAt !== null) {
        return [];
      }
      const isOwn = message.authorId === viewerId;
      const canWrite = (isAnswer: boolean) =>
        room !== undefined && mayWrite(room, isAnswer ? 'REPLY_IN_THREADS' : 'SEND_MESSAGES');
      const mayDelete = isOwn || (room !== undefined && may(room, 'DELETE_MESSAGES'));
      const isPlain = message.messageType !== 'SYSTEM';
      const { id, content } = message;
      return [
        ...only(canWrite(true) && isPlain && threadId === undefined && message.heldAt === null, {
          id: 'reply',
          label: words.reply,
          icon: 'reply',
          run: () => composing.set(place, { kind: 'reply', messageId: id }),
        }),
        ...only(canWrite(threadId !== undefined) && isPlain && message.heldAt === null, {
          id: 'quote',
          label: words.quote,
          icon: 'quote',
          run: () => composing.set(place, quoting(message)),
        }),
        ...only(onOpenThread !== undefined && threadId === undefined && isPlain, {
          id: 'thread',
          label: words.openThread,
          icon: 'thread',
          run: () => onOpenThread?.(message.parentMessageId ?? id),
        }),
        ...only(canWrite(message.parentMessageId !== null) && isOwn && isPlain, {
          id: 'edit',
          label: words.edit,
          icon: 'edit',
          run: () => composing.set(place, { kind: 'edit', messageId: id, content: content ?? '' }),
        }),
        ...only(Boolean(content), {
          id: 'copy',
          label: words.copyText,
          icon: 'copy',
          run: () => void navigator.clipboard?.writeText(content ?? ''),
        }),
        ...only(
          isPlain && room !== undefined && may(room, 'PIN_MESSAGES'),
          pinAction(client, words, message),
        ),
        ...only(isPlain && !isOwn && threadId === undefined && message.heldAt === null, {
          id: 'unread',
          label: words.markUnread,
          icon: 'unread',
          run() {
            unreadRoomIds.add(roomId);
            markUnread(client, message).catch(throwDefect);
          },
        }),
        ...(moreActions?.(message) ?? []),
        ...only(mayDelete && Boolean(message.linkPreviews?.length), {
          id: 'removePreviews',
          label: words.removePreviews,
          icon: 'close',
          run: () => removePreviews(client, message).catch(throwDefect),
        }),
        ...only(mayDelete, {
          id: 'delete',
          label: words.delete,
          icon: 'bin',
          isDangerous: true,
          run: askToDelete,
        }),
      ];
    };
  }, [
    client,
    viewerId,
    room,
    words,
    composing,
    unreadRoomIds,
    roomId,
    threadId,
    onOpenThread,
    moreActions,
    askToDelete,
  ]);
}

/** Whether the person may write in a room now, answer in its threads, or react. */
export function mayWrite(
  room: ShownRoom,
  as: 'SEND_MESSAGES' | 'REPLY_IN_THREADS' | 'ADD_REACTIONS',
): boolean {
  return !room.isArchived && may(room, as) && (!room.isLocked || may(room, 'WRITE_WHEN_LOCKED'));
}

function pinAction(
  client: Client,
  words: Words,
  { id, roomId, pinnedAt }: ShownMessage,
): MessageAction {
  const isOn = pinnedAt === null;
  return {
    id: 'pin',
    label: isOn ? words.pin : words.unpin,
    icon: 'pin',
    run: () => void client.act({ kind: 'pin', roomId, messageId: id, isOn }),
  };
}

async function markUnread(client: Client, { id, roomId }: ShownMessage): Promise<void> {
  await client.ask(MarkUnreadDocument, { input: { roomId, fromMessageId: id } });
}

async function removePreviews(client: Client, { linkPreviews = [] }: ShownMessage): Promise<void> {
  for (const { id } of linkPreviews) {
    await client.ask(RemoveLinkPreviewDocument, { input: { linkPreviewId: id } });
  }
}

/** With what is selected of it, or whole. */
function quoting({ id, content }: ShownMessage): Intent {
  const selected = String(getSelection()).trim();
  const isPart = selected !== '' && content?.includes(selected);
  const quote = { messageId: id, ...(isPart && { content: selected.slice(0, 1_000) }) };
  return { kind: 'quote', messageId: id, metadata: { quote } };
}

function only(isOffered: boolean, action: MessageAction): readonly MessageAction[] {
  return isOffered ? [action] : [];
}

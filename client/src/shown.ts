import type { Action, Deed, QueuedFile, Refusal } from './queue/actions.ts';
import { filesOf, type Queue } from './queue/queue.ts';
import { type Message, PROVISIONAL_FROM, type Reaction, type Room } from './replica/model.ts';
import type { Replica } from './replica/replica.ts';

/*
 * What is shown: the replica, and over it what the person did and the replica does not have yet. Nothing here is kept:
 * when the replica advances, the same deeds are laid over what it is then.
 */

export interface ShownMessage extends Omit<Message, 'seq'> {
  /** Stays the same from when it was written until long after it was sent: for lists. */
  readonly key: string;
  /** Null until it was sent, and while it waits for a moderator. */
  readonly seq: number | null;
  /** The files that go with it, until it was sent. */
  readonly files: readonly ShownFile[];
  /** The deed that is still to be acknowledged, or was refused. */
  readonly actionId: string | null;
  /** Why it, or what was done with it, was refused. */
  readonly refusal: Refusal | null;
}

export interface ShownFile extends QueuedFile {
  /** To show it before it is sent; undefined when the device has it no more. */
  readonly blob: Blob | undefined;
}

export interface ShownRoom extends Room {
  /** What was done with the room itself and was refused. */
  readonly refusal: Refusal | null;
}

/*
 * Most messages are shown as they are. They stay the same objects, so that a list draws only what has changed.
 */
const plain = new WeakMap<Message, ShownMessage>();

function showPlain(message: Message): ShownMessage {
  const shown = plain.get(message) ?? {
    ...message,
    seq: message.seq < PROVISIONAL_FROM ? message.seq : null,
    key: message.id,
    files: [],
    actionId: null,
    refusal: null,
  };
  plain.set(message, shown);
  return shown;
}

/** The messages of a stretch, and behind the newest those that wait for a moderator, or are not sent yet. */
export function showMessages(
  replica: Replica,
  queue: Queue,
  roomId: string,
  messages: readonly Message[],
  isNewest: boolean,
): readonly ShownMessage[] {
  const actions = queue.actions().filter(({ deed }) => deed.roomId === roomId);
  const shown = messages.map((message) => showMessage(message, actions));
  if (!isNewest) {
    return shown;
  }
  const held = replica.messages(roomId, PROVISIONAL_FROM, Number.POSITIVE_INFINITY);
  return [
    ...shown,
    ...held.map((message) => showMessage(message, actions)),
    ...showAllUnsent(replica, queue, actions, messages),
  ];
}

/** A message with those of its answers that are given, and behind them those that are not sent yet. */
export function showThread(
  replica: Replica,
  queue: Queue,
  parent: Message,
  answers: readonly Message[],
): { readonly parent: ShownMessage; readonly messages: readonly ShownMessage[] } {
  const actions = queue.actions().filter(({ deed }) => deed.roomId === parent.roomId);
  const unsent = showAllUnsent(replica, queue, actions, answers).filter(
    ({ parentMessageId }) => parentMessageId === parent.id,
  );
  return {
    parent: showMessage(parent, actions),
    messages: [...answers.map((answer) => showMessage(answer, actions)), ...unsent],
  };
}

function showAllUnsent(
  replica: Replica,
  queue: Queue,
  actions: readonly Action[],
  messages: readonly Message[],
): readonly ShownMessage[] {
  return actions
    .filter((action) => isUnsent(action, queue, replica, messages))
    .map((action) => showUnsent(action, replica.userId, actions, queue));
}

export function showMessage(message: Message, actions: readonly Action[]): ShownMessage {
  let shown = showPlain(message);
  for (const action of actions) {
    if ('messageId' in action.deed && action.deed.messageId === message.id) {
      shown = overlay(shown, action);
    }
    if (action.deed.kind === 'send' && action.deed.parentMessageId === message.id) {
      // Where it is counted, it is not in the queue any more.
      shown = { ...shown, replyCount: shown.replyCount + 1 };
    }
    if (action.deed.kind === 'send' && action.sent?.messageId === message.id) {
      shown = { ...shown, key: action.id };
    }
  }
  return shown;
}

function overlay(shown: ShownMessage, action: Action): ShownMessage {
  const { deed, state } = action;
  const marked = {
    ...shown,
    actionId: action.id,
    refusal: action.refusal ?? shown.refusal,
  };
  if (deed.kind === 'read') {
    return shown;
  }
  if (state === 'refused') {
    return marked;
  }
  switch (deed.kind) {
    case 'edit':
      return { ...marked, content: deed.content, editedAt: new Date(action.at).toISOString() };
    case 'delete':
      return { ...marked, content: null, deletedAt: new Date(action.at).toISOString() };
    case 'react':
      return { ...marked, reactions: react(shown.reactions, deed.emoji, deed.isOn) };
    case 'pin':
      return { ...marked, pinnedAt: deed.isOn ? new Date(action.at).toISOString() : null };
    default:
      return shown;
  }
}

function react(reactions: readonly Reaction[], emoji: string, isOn: boolean): readonly Reaction[] {
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  if ((known?.viewerHasReacted ?? false) === isOn) {
    return reactions;
  }
  const count = (known?.count ?? 0) + (isOn ? 1 : -1);
  const changed = { emoji, count, viewerHasReacted: isOn };
  return known === undefined
    ? [...reactions, changed]
    : reactions
        .map((reaction) => (reaction === known ? changed : reaction))
        .filter((reaction) => reaction.count > 0);
}

type Sending = Action & { readonly deed: Extract<Deed, { readonly kind: 'send' }> };

/**
 * Whether a sending still has to be shown by itself. Its event may come before its acknowledgement: of the one that is on
 * its way, a message of the person with the same text behind all that was there before is it.
 */
function isUnsent(
  action: Action,
  queue: Queue,
  replica: Replica,
  messages: readonly Message[],
): action is Sending {
  const { deed, sent, after } = action;
  if (deed.kind !== 'send') {
    return false;
  }
  if (sent !== undefined) {
    return replica.message(sent.messageId) === undefined;
  }
  if (queue.next(deed.roomId) !== action) {
    return true; // It is not on its way.
  }
  const fileCount = filesOf(action).length + (deed.attachmentIds?.length ?? 0);
  return !messages.some(
    (message) =>
      message.attachments.length === fileCount &&
      message.authorId === replica.userId &&
      message.content === deed.content &&
      message.parentMessageId === (deed.parentMessageId ?? null) &&
      message.seq > after,
  );
}

function showUnsent(
  action: Sending,
  viewerId: string,
  actions: readonly Action[],
  queue: Queue,
): ShownMessage {
  const { deed } = action;
  const shown = showMessage(
    {
      id: action.sent?.messageId ?? action.id,
      roomId: deed.roomId,
      seq: 0,
      content: deed.content,
      messageType: 'TEXT',
      metadata: deed.metadata ?? {},
      createdAt: new Date(action.at).toISOString(),
      editedAt: null,
      deletedAt: null,
      pinnedAt: null,
      heldAt: null,
      parentMessageId: deed.parentMessageId ?? null,
      alsoSentToRoom: deed.alsoSendToRoom ?? false,
      replyCount: 0,
      authorId: viewerId,
      mentionedIds: [],
      attachments: [],
      reactions: [],
    },
    actions,
  );
  return {
    ...shown,
    key: action.id,
    seq: action.sent?.seq ?? null,
    files: filesOf(action).map((file) => ({ ...file, blob: queue.blob(file.id) })),
    actionId: action.id,
    refusal: action.refusal ?? shown.refusal,
  };
}

/** A room with what the person has just read. */
export function showRoom(room: Room, queue: Queue, replica: Replica): ShownRoom {
  let shown: ShownRoom = { ...room, refusal: null };
  for (const { deed, state, refusal } of queue.actions()) {
    if (deed.roomId !== room.id) {
      continue;
    }
    if (deed.kind === 'read' && state !== 'refused') {
      shown = { ...shown, ...readUpTo(shown, replica, replica.message(deed.messageId)?.seq ?? 0) };
    }
    if (deed.kind === 'leave' || deed.kind === 'join') {
      shown = { ...shown, refusal: refusal ?? shown.refusal };
    }
  }
  return shown;
}

function readUpTo(
  room: Room,
  replica: Replica,
  seq: number,
): Pick<Room, 'membership' | 'unreadCount' | 'mentionCount'> {
  const { membership } = room;
  const lastReadSeq = Math.max(membership.lastReadSeq, seq);
  const { unreadCount, mentionCount } = replica.unreadAfter(room.id, lastReadSeq) ?? room;
  return { membership: { ...membership, lastReadSeq }, unreadCount, mentionCount };
}

import type {
  AttachmentPartsFragment,
  MemberRoomPartsFragment,
  MessagePartsFragment,
  RoomPartsFragment,
  ViewedMessagePartsFragment,
} from '../generated.ts';
import type { Attachment, Message, Reaction, Room } from './model.ts';

/** What the server says, as the replica keeps it: numbers as numbers, and things by their ids. */

export function readMessage(
  parts: MessagePartsFragment | ViewedMessagePartsFragment,
  known: Message | undefined,
): Message {
  const { author, attachments, reactions, seq, viewerReactions, ...plain } = parts as typeof parts &
    Partial<Pick<ViewedMessagePartsFragment, 'viewerReactions'>>;
  const mine = reactedBy(viewerReactions ? { reactions: viewerReactions } : known);
  return {
    ...plain,
    seq: Number(seq),
    authorId: author.id,
    attachments: attachments.map(readAttachment),
    reactions: readReactions(reactions, mine),
  };
}

export function readAttachment(parts: AttachmentPartsFragment): Attachment {
  return { ...parts, byteSize: Number(parts.byteSize) };
}

/** @param mine the emojis that the person has reacted with */
export function readReactions(
  reactions: readonly { readonly emoji: string; readonly count: number }[],
  mine: ReadonlySet<string>,
): readonly Reaction[] {
  return reactions.map((reaction) => ({
    ...reaction,
    viewerHasReacted: mine.has(reaction.emoji),
  }));
}

export function reactedBy(
  message:
    | { readonly reactions: readonly Pick<Reaction, 'emoji' | 'viewerHasReacted'>[] }
    | undefined,
): ReadonlySet<string> {
  return new Set(
    message?.reactions.filter(({ viewerHasReacted }) => viewerHasReacted).map(({ emoji }) => emoji),
  );
}

export function readRoomParts<Parts extends RoomPartsFragment>(
  parts: Parts,
): Parts & Pick<Room, 'historyStartSeq'> {
  return { ...parts, historyStartSeq: Number(parts.historyStartSeq) } as never;
}

/** A room as its member fetched it. */
export function readRoom({
  changeSeq: _,
  directUser: __,
  unreadCount,
  mentionCount,
  viewerMembership,
  ...parts
}: MemberRoomPartsFragment): Omit<
  Room,
  'directUserId' | 'latestMessageId' | 'lastActivityAt' | 'lastSeq'
> {
  const membership = viewerMembership as NonNullable<typeof viewerMembership>;
  return {
    ...readRoomParts(parts),
    unreadCount: unreadCount ?? 0,
    mentionCount: mentionCount ?? 0,
    membership: { ...membership, lastReadSeq: Number(membership.lastReadSeq) },
  };
}

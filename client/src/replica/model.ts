import type {
  AttachmentPartsFragment,
  MemberRole,
  MessagePartsFragment,
  MessageType,
  NotificationLevel,
  Permission,
  RoomPartsFragment,
} from '../generated.ts';
import type { Stretch } from './stretches.ts';

/** A person, as others see them. */
export interface Person {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly avatarUrl: string | null;
  readonly isBot: boolean;
  readonly deletedAt: string | null;
}

export interface Attachment extends Omit<AttachmentPartsFragment, 'byteSize'> {
  readonly byteSize: number;
}

/** What a link leads to, as the page there says it of itself. */
export type LinkPreview = MessagePartsFragment['linkPreviews'][number];

export interface Reaction {
  readonly emoji: string;
  readonly count: number;
  readonly viewerHasReacted: boolean;
}

export interface Message {
  readonly id: string;
  readonly roomId: string;
  /** Its number in the room. */
  readonly seq: number;
  /** Null once deleted. */
  readonly content: string | null;
  readonly messageType: MessageType;
  readonly metadata: unknown;
  readonly createdAt: string;
  readonly editedAt: string | null;
  readonly deletedAt: string | null;
  readonly pinnedAt: string | null;
  /** Since when it waits for a moderator. */
  readonly heldAt: string | null;
  /** When it disappears. Then it is not shown any more, whether or not the server has told so. Null, or left out: not. */
  readonly disappearsAt?: string | null;
  readonly parentMessageId: string | null;
  /** An answer that stands in the history of the room as well, where that leaves answers out. Left out: none. */
  readonly alsoSentToRoom?: boolean;
  readonly replyCount: number;
  readonly authorId: string;
  /** Whom it mentions by their names. */
  readonly mentionedIds: readonly string[];
  /** By which names for many it mentions people: `here`, `room`, names of groups. Left out: by none. */
  readonly groupMentions?: readonly string[];
  readonly attachments: readonly Attachment[];
  /** Nothing in messages that an older client has kept, and in those that are not sent yet. */
  readonly linkPreviews?: readonly LinkPreview[];
  readonly reactions: readonly Reaction[];
}

/** A `seq` from here on says that a message waits for a moderator and has no place in its room yet. */
export const PROVISIONAL_FROM = 1e15;

/** What the person is in a room. */
export interface Membership {
  readonly role: MemberRole;
  readonly lastReadSeq: number;
  /** Whether a moderator keeps them from writing, as the server said last: it ends by itself. */
  readonly isMuted: boolean;
  /** Of what in it they want to be told. */
  readonly notificationLevel: NotificationLevel | null;
  /** The `seq` of the first message that they may see there; null when they see all. */
  readonly seesFromSeq?: string | null;
  /** What they may do here beyond their role. Nothing of it in rooms that an older client has kept. */
  readonly grantedPermissions?: readonly Permission[] | null;
  /** What is denied to them here, whatever their role is; owners are denied nothing. */
  readonly deniedPermissions?: readonly Permission[] | null;
}

export interface Member {
  readonly roomId: string;
  readonly userId: string;
  readonly role: MemberRole;
  readonly lastReadSeq: number;
}

export interface Room extends Omit<RoomPartsFragment, 'historyStartSeq'> {
  /** The first message that is left. */
  readonly historyStartSeq: number;
  readonly membership: Membership;
  readonly directUserId: string | null;
  /** What to call it while it has no name: the names of the others, as they were when it was fetched. */
  readonly displayName: string;
  readonly unreadCount: number;
  readonly mentionCount: number;
  readonly lastActivityAt: string;
  /** The number of the last message; 0 while there is none. */
  readonly lastSeq: number;
  readonly latestMessageId: string | null;
}

/** What is unread in a room. */
export type UnreadNumbers = Pick<Room, 'unreadCount' | 'mentionCount'>;

/** What is known of the answers to a message: all of them with a `seq` from `from` on. */
export interface KnownThread {
  readonly messageId: string;
  readonly from: number;
  /** Where the older ones are asked for; null when there are none. */
  readonly olderCursor: string | null;
  /** Changes of it may have been missed: it is fetched again when somebody looks at it. */
  readonly isDoubted: boolean;
}

/** What the replica knows of a room beside what it shows. */
export interface RoomLog {
  readonly roomId: string;
  /** The last change that was applied; null until one has come. */
  readonly changeSeq: number | null;
  /** The last change that the room's own numbers, such as `unreadCount`, include. */
  readonly includedSeq: number;
  readonly stretches: readonly Stretch[];
  /** Those that were looked at, the latest last. */
  readonly threads: readonly KnownThread[];
  /** When somebody last looked at its history, in milliseconds of the clock. */
  readonly usedAt: number;
  /** Where in it that was; null for its newest messages. */
  readonly usedSeq?: number | null;
  /** Something is missing: it has to be fetched anew. */
  readonly isStale: boolean;
  /** What is unread cannot be told from what is known: it has to be asked for. */
  readonly areNumbersStale: boolean;
}

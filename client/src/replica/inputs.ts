import type {
  ConversationsQuery,
  NumbersQuery,
  PersonPartsFragment,
  RoomQuery,
  UserEventsSubscription,
} from '../generated.ts';
import type { HistoryQuery, MembersQuery, ThreadQuery } from '../on-demand/generated.ts';
import type { QueueInput } from '../queue/inputs.ts';
import type { Stretch } from './stretches.ts';

export type UserEvent = UserEventsSubscription['userEvents'];
export type RoomEvent = UserEvent['event'];
export type FetchedConversation = NonNullable<
  ConversationsQuery['userConversations']
>['nodes'][number];
export type FetchedNumbers = NonNullable<NumbersQuery['room']>;
export type FetchedRoom = NonNullable<RoomQuery['room']>;
export type FetchedMessages = NonNullable<HistoryQuery['room']>['messages'];
export type FetchedThread = NonNullable<ThreadQuery['message']>;
export type FetchedMember = NonNullable<MembersQuery['room']>['members']['nodes'][number];

/** Which part of a room's history was asked for. */
export type HistoryRequest =
  | { readonly kind: 'before'; readonly seq: number }
  | { readonly kind: 'after'; readonly seq: number }
  | { readonly kind: 'around'; readonly seq: number };

/**
 * All that changes a replica. Replicas that were equal and get the same inputs in the same order stay equal: so the
 * tabs of a browser need one socket.
 *
 * `since` is the replica's version when the request was sent: what an event has changed after that is not overwritten.
 */
export type Input =
  | { readonly kind: 'event'; readonly userEvent: UserEvent }
  | {
      readonly kind: 'inbox';
      readonly since: number;
      readonly conversations: readonly FetchedConversation[];
    }
  | { readonly kind: 'room'; readonly since: number; readonly room: FetchedRoom }
  | {
      readonly kind: 'numbers';
      readonly since: number;
      readonly room: FetchedNumbers;
    }
  | { readonly kind: 'room gone'; readonly since: number; readonly roomId: string }
  | {
      readonly kind: 'history';
      readonly since: number;
      readonly roomId: string;
      readonly request: HistoryRequest;
      readonly messages: FetchedMessages;
    }
  | {
      readonly kind: 'thread';
      readonly since: number;
      /** Behind which answer it was asked for; null for the newest. */
      readonly after: string | null;
      readonly message: FetchedThread;
    }
  | {
      readonly kind: 'members';
      readonly since: number;
      readonly roomId: string;
      readonly members: readonly FetchedMember[];
    }
  | { readonly kind: 'blocked'; readonly userIds: readonly string[] }
  | { readonly kind: 'person'; readonly person: PersonPartsFragment }
  /** What changes the queue, and not the replica: in one order with the rest. */
  | { readonly kind: 'queue'; readonly input: QueueInput }
  /** Somebody looks at its history, there: null for its newest messages. */
  | {
      readonly kind: 'used';
      readonly roomId: string;
      readonly at: number;
      readonly seq: number | null;
    }
  /** Lets go of a room's history but for what is in these stretches. */
  | {
      readonly kind: 'trimmed';
      readonly roomId: string;
      readonly stretches: readonly Stretch[];
    }
  /** Changes of these rooms were committed and do not come. */
  | { readonly kind: 'behind'; readonly roomIds: readonly string[] }
  /** The log does not reach back to the cursor. */
  | { readonly kind: 'resync' };

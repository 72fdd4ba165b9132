import { NetworkError, TrumpetError } from './errors.ts';
import {
  ConversationsDocument,
  HeadsDocument,
  HistoryDocument,
  MembersDocument,
  RoomDocument,
} from './generated.ts';
import type { Pauses } from './pauses.ts';
import type {
  FetchedConversation,
  FetchedMember,
  HistoryRequest,
  Input,
} from './replica/inputs.ts';
import type { Replica } from './replica/replica.ts';
import type { Session } from './session.ts';

/** Fetches what the replica has not: as inputs for it. */
export interface Fetcher {
  /** The inbox, whole. */
  fetchInbox(): Promise<void>;
  /** How far the log of each room goes, by the room's id. */
  fetchHeads(): Promise<ReadonlyMap<string, number>>;
  fetchRoom(roomId: string): Promise<void>;
  fetchHistory(roomId: string, request: HistoryRequest): Promise<void>;
  fetchMembers(roomId: string): Promise<void>;
  /** Begins to fetch the rooms in which something is missing, and tries again until it has them. */
  mendRooms(): void;
  close(): void;
}

export interface FetcherOptions {
  readonly session: Session;
  readonly replica: Replica;
  readonly dispatch: (input: Input) => void;
  readonly pauses: Pauses;
}

const ROOMS_OF_A_PAGE = 50;
const HEADS_OF_A_PAGE = 100;
const MEMBERS_OF_A_PAGE = 100;
/** Of larger rooms only so many members are known. */
const MEMBERS_LIMIT = 2_000;
export const MESSAGES_OF_A_PAGE = 50;

export function createFetcher({ session, replica, dispatch, pauses }: FetcherOptions): Fetcher {
  const mending = new Set<string>();
  let isClosed = false;

  function tell(input: Input): void {
    if (!isClosed) {
      dispatch(input);
    }
  }

  async function fetchRoom(roomId: string): Promise<void> {
    const since = replica.version;
    const { room } = await session.ask(RoomDocument, { roomId, first: MESSAGES_OF_A_PAGE });
    tell(
      room === null || room.viewerMembership === null
        ? { kind: 'room gone', roomId }
        : { kind: 'room', since, room },
    );
  }

  async function mend(roomId: string): Promise<void> {
    for (let failures = 0; !isClosed && replica.staleRooms().includes(roomId); failures += 1) {
      try {
        await fetchRoom(roomId);
      } catch (error) {
        if (!(error instanceof NetworkError || error instanceof TrumpetError)) {
          throw error;
        }
        await pauses.after(failures);
      }
    }
  }

  return {
    fetchRoom,
    async fetchInbox() {
      const since = replica.version;
      const conversations: FetchedConversation[] = [];
      for (let after: string | null = null; ; ) {
        const { userConversations }: { userConversations: InboxPage<FetchedConversation> } =
          await session.ask(ConversationsDocument, { first: ROOMS_OF_A_PAGE, after });
        conversations.push(...userConversations.nodes);
        if (!userConversations.pageInfo.hasNextPage) {
          break;
        }
        after = userConversations.pageInfo.endCursor;
      }
      tell({ kind: 'inbox', since, conversations });
    },
    async fetchHeads() {
      const heads = new Map<string, number>();
      for (let after: string | null = null; ; ) {
        const { userConversations }: { userConversations: InboxPage<Head> } = await session.ask(
          HeadsDocument,
          { first: HEADS_OF_A_PAGE, after },
        );
        for (const { room } of userConversations.nodes) {
          heads.set(room.id, Number(room.changeSeq));
        }
        if (!userConversations.pageInfo.hasNextPage) {
          return heads;
        }
        after = userConversations.pageInfo.endCursor;
      }
    },
    async fetchHistory(roomId, request) {
      const since = replica.version;
      const { room } = await session.ask(HistoryDocument, {
        roomId,
        first: MESSAGES_OF_A_PAGE,
        ...(request.kind === 'before' && { beforeSeq: request.seq }),
        ...(request.kind === 'after' && { afterSeq: request.seq }),
        ...(request.kind === 'around' && { aroundSeq: request.seq }),
        orderBy: [request.kind === 'before' ? 'SEQ_DESC' : 'SEQ_ASC'],
      });
      if (room !== null) {
        tell({ kind: 'history', since, roomId, request, messages: room.messages });
      }
    },
    async fetchMembers(roomId) {
      const since = replica.version;
      const members: FetchedMember[] = [];
      for (let after: string | null = null; members.length < MEMBERS_LIMIT; ) {
        const { room }: { room: { members: InboxPage<FetchedMember> } | null } = await session.ask(
          MembersDocument,
          { roomId, first: MEMBERS_OF_A_PAGE, after },
        );
        members.push(...(room?.members.nodes ?? []));
        if (!room?.members.pageInfo.hasNextPage) {
          break;
        }
        after = room.members.pageInfo.endCursor;
      }
      tell({ kind: 'members', since, roomId, members });
    },
    mendRooms() {
      for (const roomId of replica.staleRooms()) {
        if (!mending.has(roomId)) {
          mending.add(roomId);
          mend(roomId).finally(() => mending.delete(roomId));
        }
      }
    },
    close() {
      isClosed = true;
    },
  };
}

interface InboxPage<T> {
  readonly nodes: readonly T[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

interface Head {
  readonly room: { readonly id: string; readonly changeSeq: string };
}

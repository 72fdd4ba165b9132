import { TrumpetError, throwDefect } from './errors.ts';
import { everyPage } from './every-page.ts';
import {
  BlockedDocument,
  ConversationsDocument,
  HeadsDocument,
  type HeadsQuery,
  NumbersDocument,
  RoomDocument,
} from './generated.ts';
import type { TypedDocument } from './http.ts';
import { loaded } from './loaded.ts';
import type { Fetching } from './on-demand/fetch-more.ts';
import type { Pauses } from './pauses.ts';
import type { FetchedConversation, HistoryRequest, Input } from './replica/inputs.ts';
import type { Replica } from './replica/replica.ts';
import type { Session } from './session.ts';

export type Head = NonNullable<HeadsQuery['userConversations']>['nodes'][number]['room'];

/** Fetches what the replica has not: as inputs for it. */
export interface Fetcher {
  /** Whom the person has blocked, and the inbox where that has changed or nothing is known: both or none. */
  fetchInbox(): Promise<void>;
  /** How far the log of each room goes, and what of it is in no log, by the room's id. */
  fetchHeads(): Promise<ReadonlyMap<string, Head>>;
  fetchRoom(roomId: string): Promise<void>;
  fetchHistory(roomId: string, request: HistoryRequest): Promise<void>;
  /** @param after the cursor of the answer before which the next ones stand; null for the newest */
  fetchThread(messageId: string, after: string | null): Promise<void>;
  fetchMembers(roomId: string): Promise<void>;
  fetchPerson(userId: string): Promise<void>;
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
const PEOPLE_OF_A_PAGE = 100;
export const MESSAGES_OF_A_PAGE = 50;
const MOST_FAILURES = 3;

export function createFetcher({ session, replica, dispatch, pauses }: FetcherOptions): Fetcher {
  const mending = new Set<string>();
  /** How often the inbox was asked for, and for which of these times there is an answer: none may come after a later one. */
  let [asked, answered] = [0, 0];
  let isClosed = false;

  function tell(input: Input): void {
    if (!isClosed) {
      dispatch(input);
    }
  }

  /** Asks again, some times, what the server says is to be asked again later. */
  async function ask<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
  ): Promise<Result> {
    for (let failures = 0; ; failures += 1) {
      try {
        return await session.ask(document, variables);
      } catch (error) {
        const retryAfterMs = error instanceof TrumpetError ? error.retryAfterMs : undefined;
        if (retryAfterMs === undefined || failures === MOST_FAILURES || isClosed) {
          throw error;
        }
        await pauses.after(failures, retryAfterMs);
      }
    }
  }

  const fetching: Fetching = { ask, replica, tell, isClosed: () => isClosed };
  const more = () => loaded(import('./on-demand/fetch-more.ts'));

  async function fetchRoom(roomId: string): Promise<void> {
    const since = replica.version;
    const { room } = await ask(RoomDocument, { roomId, first: MESSAGES_OF_A_PAGE });
    tell(
      room?.viewerMembership
        ? {
            kind: 'room',
            since,
            room: room.heldMessages.pageInfo.hasNextPage
              ? await (await more()).withAllHeld(fetching, room)
              : room,
          }
        : { kind: 'room gone', since, roomId },
    );
  }

  async function fetchNumbers(roomId: string): Promise<void> {
    const since = replica.version;
    const { room } = await ask(NumbersDocument, { roomId });
    tell(
      room?.viewerMembership
        ? { kind: 'numbers', since, room }
        : { kind: 'room gone', since, roomId },
    );
  }

  /** Fetches until nothing is missing. */
  async function mend(roomId: string): Promise<void> {
    for (let failures = 0; !isClosed; failures += 1) {
      try {
        if (replica.staleRooms().includes(roomId)) {
          await fetchRoom(roomId);
        } else if (replica.uncertainRooms().includes(roomId)) {
          await fetchNumbers(roomId);
        } else {
          return;
        }
      } catch (error) {
        throwDefect(error);
        await pauses.after(failures);
      }
    }
  }

  return {
    fetchRoom,
    async fetchInbox() {
      asked += 1;
      const turn = asked;
      const people = await everyPage<{ readonly id: string }>(async (after) => {
        const first = PEOPLE_OF_A_PAGE;
        return (await ask(BlockedDocument, { first, after })).blockedUsers;
      });
      const userIds = people.map(({ id }) => id);
      const areKnown = () =>
        userIds.length === replica.blockedIds.size &&
        userIds.every((id) => replica.blockedIds.has(id));
      const since = replica.version;
      if (areKnown() && replica.cursor !== null) {
        answered = Math.max(answered, turn);
        return;
      }
      const conversations = await everyPage<FetchedConversation>(async (after) => {
        const first = ROOMS_OF_A_PAGE;
        return (await ask(ConversationsDocument, { first, after })).userConversations;
      });
      if (turn > answered) {
        answered = turn;
        if (!areKnown()) {
          tell({ kind: 'blocked', userIds });
        }
        tell({ kind: 'inbox', since, conversations });
      }
    },
    async fetchHeads() {
      const heads = await everyPage<{ readonly room: Head }>(async (after) => {
        const first = HEADS_OF_A_PAGE;
        return (await ask(HeadsDocument, { first, after })).userConversations;
      });
      return new Map(heads.map(({ room }) => [room.id, room]));
    },
    fetchHistory: async (roomId, request) => (await more()).fetchHistory(fetching, roomId, request),
    fetchThread: async (id, after) => (await more()).fetchThread(fetching, id, after),
    fetchPerson: async (id) => (await more()).fetchPerson(fetching, id),
    fetchMembers: async (roomId) => (await more()).fetchMembers(fetching, roomId),
    mendRooms() {
      for (const roomId of [...replica.staleRooms(), ...replica.uncertainRooms()]) {
        if (!mending.has(roomId)) {
          mending.add(roomId);
          void mend(roomId).finally(() => mending.delete(roomId));
        }
      }
    },
    close() {
      isClosed = true;
    },
  };
}

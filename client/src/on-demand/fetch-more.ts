import { everyPage } from '../every-page.ts';
import type { FetchedMember, FetchedRoom, HistoryRequest, Input } from '../replica/inputs.ts';
import type { Replica } from '../replica/replica.ts';
import type { Session } from '../session.ts';
import {
  HeldMessagesDocument,
  HistoryDocument,
  MembersDocument,
  PersonDocument,
  ThreadDocument,
} from './generated.ts';

/** What fetching needs, and what it tells. */
export interface Fetching {
  readonly ask: Session['ask'];
  readonly replica: Replica;
  readonly tell: (input: Input) => void;
  readonly isClosed: () => boolean;
}

const MESSAGES_OF_A_PAGE = 50;
const ANSWERS_OF_A_PAGE = 50;
const HELD_OF_A_PAGE = 50;
const MEMBERS_OF_A_PAGE = 100;
/** Of larger rooms only so many members are known. */
const MEMBERS_LIMIT = 2_000;

export async function fetchPerson({ ask, tell }: Fetching, id: string): Promise<void> {
  const { user } = await ask(PersonDocument, { id });
  if (user !== null) {
    tell({ kind: 'person', person: user });
  }
}

/** What was asked for before the log began anew is not taken: then it is asked for once more. */
export async function fetchHistory(
  fetching: Fetching,
  roomId: string,
  request: HistoryRequest,
  isAgain = false,
): Promise<void> {
  const { ask, replica, tell } = fetching;
  const since = replica.version;
  const { room } = await ask(HistoryDocument, {
    roomId,
    first: MESSAGES_OF_A_PAGE,
    [`${request.kind}Seq`]: request.seq,
    orderBy: [request.kind === 'before' ? 'SEQ_DESC' : 'SEQ_ASC'],
  });
  if (room !== null) {
    const known = replica.log(roomId)?.stretches;
    tell({ kind: 'history', since, roomId, request, messages: room.messages });
    if (!isAgain && known === replica.log(roomId)?.stretches) {
      await fetchHistory(fetching, roomId, request, true);
    }
  }
}

export async function fetchMembers(fetching: Fetching, roomId: string): Promise<void> {
  const { ask, replica, tell, isClosed } = fetching;
  // Again when somebody came or went meanwhile.
  do {
    const since = replica.version;
    const members = await everyPage<FetchedMember>(async (after) => {
      const first = MEMBERS_OF_A_PAGE;
      return (await ask(MembersDocument, { roomId, first, after })).room?.members;
    }, MEMBERS_LIMIT);
    tell({ kind: 'members', since, roomId, members });
  } while (
    !isClosed() &&
    replica.room(roomId) !== undefined &&
    replica.members(roomId) === undefined
  );
}

/** @param after the cursor of the answer before which the next ones stand; null for the newest */
export async function fetchThread(
  { ask, replica, tell }: Fetching,
  messageId: string,
  after: string | null,
): Promise<void> {
  const since = replica.version;
  const { message } = await ask(ThreadDocument, { messageId, first: ANSWERS_OF_A_PAGE, after });
  if (message !== null) {
    tell({ kind: 'thread', since, after, message });
  }
}

/** A room of which more wait for a moderator than it was fetched with: with all of them. */
export async function withAllHeld({ ask }: Fetching, room: FetchedRoom): Promise<FetchedRoom> {
  const nodes = await everyPage<FetchedRoom['heldMessages']['nodes'][number]>(async (after) => {
    const variables = { roomId: room.id, first: HELD_OF_A_PAGE, after };
    return (await ask(HeldMessagesDocument, variables)).room?.heldMessages;
  });
  return { ...room, heldMessages: { ...room.heldMessages, nodes: [...nodes] } };
}

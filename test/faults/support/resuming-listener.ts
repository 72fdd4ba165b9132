import { MessageType } from 'graphql-ws';
import { WebSocket } from 'ws';
import { epochMs } from '../../../testing/clock.ts';
import type { Person } from '../../../testing/population.ts';
import type { Sight } from '../checker.ts';

/*
 * A client as the live protocol wants it: it reconnects whatever happens, resumes by its cursor, and begins anew where it is
 * told RESYNC. It writes down everything that it gets, and where it had to begin anew.
 */

const ROOM = `subscription ($roomId: UUID!, $cursor: String) {
  roomEvents(roomId: $roomId, cursor: $cursor) {
    __typename changeSeq cursor occurredAt
    ... on ReadyEvent { headChangeSeq }
    ... on MessageEvent { messageId }
  }
}`;
const RECONNECT_MS = 200;

/** What came of one room between two times of beginning anew. */
export interface Stretch {
  /** The room's last change when it began. */
  readonly after: number;
  readonly sights: Sight[];
}

/** One room as one listener has it. */
export interface Hearing {
  readonly listener: string;
  readonly roomId: string;
  /** Each but the last ended by RESYNC. */
  readonly stretches: readonly Stretch[];
}

export interface Listener {
  readonly hearings: readonly Hearing[];
  /** What it was told, other than events and RESYNC, and how often. */
  readonly told: ReadonlyMap<string, number>;
  readonly ready: Promise<void>;
  hasReached(heads: ReadonlyMap<string, number>): boolean;
  stop(): void;
}

export function startListener(url: () => string, person: Person, roomIds: readonly string[]) {
  const stretches = new Map<string, Stretch[]>(roomIds.map((roomId) => [roomId, []]));
  const cursors = new Map<string, string>();
  const told = new Map<string, number>();
  const { promise: ready, resolve: onReady } = Promise.withResolvers<void>();
  let socket: WebSocket | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;

  const note = (what: string) => void told.set(what, (told.get(what) ?? 0) + 1);

  function send(frame: object): void {
    if (socket?.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify(frame));
    }
  }

  const subscribe = (roomId: string) =>
    send({
      type: MessageType.Subscribe,
      id: roomId,
      payload: { query: ROOM, variables: { roomId, cursor: cursors.get(roomId) } },
    });

  // biome-ignore lint/suspicious/noExplicitAny: what the document asks for
  function onEvent(roomId: string, event: any): void {
    const own = stretches.get(roomId) as Stretch[];
    if (event.__typename === 'ReadyEvent' && !cursors.has(roomId)) {
      own.push({ after: Number(event.headChangeSeq), sights: [] });
      if (roomIds.every((id) => (stretches.get(id) ?? []).length > 0)) {
        onReady();
      }
    }
    if (event.changeSeq !== null) {
      own.at(-1)?.sights.push({
        changeSeq: Number(event.changeSeq),
        messageId: event.messageId ?? null,
        occurredAt: Date.parse(event.occurredAt),
        receivedAt: epochMs(),
      });
    }
    if (event.cursor) {
      cursors.set(roomId, event.cursor);
    }
  }

  function onEnd(roomId: string, code: string): void {
    if (code === 'RESYNC') {
      cursors.delete(roomId); // And what it has of the room it would fetch again.
      subscribe(roomId);
    } else {
      note(code);
      setTimeout(() => subscribe(roomId), RECONNECT_MS);
    }
  }

  function connect(): void {
    const mine = new WebSocket(`${url().replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
    socket = mine;
    mine.on('error', () => {}); // A close follows.
    mine.on('open', () =>
      send({
        type: MessageType.ConnectionInit,
        payload: { authorization: `Bearer ${person.token}` },
      }),
    );
    mine.on('message', (data) => {
      const frame = JSON.parse(data.toString());
      switch (frame.type) {
        case MessageType.ConnectionAck:
          roomIds.forEach(subscribe);
          break;
        case MessageType.Ping:
          send({ type: MessageType.Pong });
          break;
        case MessageType.Next:
          if (frame.payload.errors === undefined) {
            onEvent(frame.id, frame.payload.data.roomEvents);
          } else {
            note(codeOf(frame.payload.errors)); // An event that could not be computed ends nothing.
          }
          break;
        case MessageType.Error:
          onEnd(frame.id, codeOf(frame.payload));
          break;
        case MessageType.Complete:
          onEnd(frame.id, 'complete');
      }
    });
    mine.once('close', (code) => {
      if (!isOver) {
        note(`close ${code}`);
        timer = setTimeout(connect, RECONNECT_MS);
      }
    });
  }

  connect();
  return {
    hearings: roomIds.map((roomId) => ({
      listener: person.id,
      roomId,
      stretches: stretches.get(roomId) as Stretch[],
    })),
    told,
    ready,
    hasReached: (heads) =>
      roomIds.every((roomId) => {
        const last = stretches.get(roomId)?.at(-1);
        const reached = last?.sights.at(-1)?.changeSeq ?? last?.after ?? 0;
        return reached >= (heads.get(roomId) ?? 0) && cursors.has(roomId);
      }),
    stop() {
      isOver = true;
      clearTimeout(timer);
      socket?.terminate();
    },
  } satisfies Listener;
}

function codeOf(
  errors: readonly { readonly extensions?: { readonly code?: string } | undefined }[],
): string {
  return errors[0]?.extensions?.code ?? JSON.stringify(errors);
}

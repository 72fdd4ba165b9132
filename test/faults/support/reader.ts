import { MessageType } from 'graphql-ws';
import { WebSocket } from 'ws';
import { epochMs } from '../../../testing/clock.ts';
import type { Person } from '../../../testing/population.ts';
import type { Reading, Sight } from '../checker.ts';

/*
 * A client as it should be: it reconnects whatever happens, resumes behind the last event that it has, and
 * writes down everything that it gets.
 */

const EVENT = `
  fragment Event on RoomEvent {
    __typename roomId changeSeq occurredAt
    ... on ReadyEvent { headChangeSeq }
    ... on MessageEvent { event messageId message { id seq content author { username displayName } } }
  }`;
export const ROOM_EVENTS = `subscription ($roomId: UUID!, $after: BigInt) {
  roomEvents(roomId: $roomId, after: $after) { ...Event }
} ${EVENT}`;
const USER_EVENTS = `subscription ($after: String) {
  userEvents(after: $after) { cursor event { ...Event } }
} ${EVENT}`;

const RECONNECT_MIN_MS = 50;
const RECONNECT_MAX_MS = 250;

export interface ReaderOptions {
  /** Where to connect next: asked at every attempt. */
  readonly url: () => string;
  readonly person: Person;
  /** Room → the last change that the reader knows already. */
  readonly heads: ReadonlyMap<string, number>;
  /** One subscription a room, or one for all of them. */
  readonly field: 'roomEvents' | 'userEvents';
}

export interface Reader {
  readonly readings: readonly Reading[];
  /** Why connections ended that the reader did not end itself: close codes. */
  readonly closes: readonly number[];
  /** Subscriptions that ended, by an error or without. */
  readonly ends: readonly string[];
  /** Resolves when every subscription has been ready once. */
  readonly ready: Promise<void>;
  hasReached(heads: ReadonlyMap<string, number>): boolean;
  /** Drops the connection without a word; `resume` connects again. */
  suspend(): void;
  resume(): void;
  stop(): void;
}

export function startReader({ url, person, heads, field }: ReaderOptions): Reader {
  const roomIds = [...heads.keys()];
  const sights = new Map<string, Sight[]>(roomIds.map((roomId) => [roomId, []]));
  const latest = new Map<string, number>(heads);
  const closes: number[] = [];
  const ends: string[] = [];
  const waitingForReady = new Set(field === 'roomEvents' ? roomIds : ['user']);
  const { promise: ready, resolve: onReady } = Promise.withResolvers<void>();
  let cursor: string | undefined;
  let socket: WebSocket | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isWanted = true;

  function send(frame: object): void {
    if (socket?.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify(frame));
    }
  }

  function subscribe(id: string): void {
    const payload =
      field === 'userEvents'
        ? { query: USER_EVENTS, variables: { after: cursor } }
        : { query: ROOM_EVENTS, variables: { roomId: id, after: String(latest.get(id)) } };
    send({ type: MessageType.Subscribe, id, payload });
  }

  // biome-ignore lint/suspicious/noExplicitAny: what the document asks for
  function onEvent(id: string, data: any): void {
    const event = field === 'userEvents' ? data.userEvents.event : data.roomEvents;
    cursor = data.userEvents?.cursor;
    if (event.__typename === 'ReadyEvent') {
      waitingForReady.delete(id);
      if (waitingForReady.size === 0) {
        onReady();
      }
    } else if (event.changeSeq !== null) {
      const changeSeq = Number(event.changeSeq);
      sights.get(event.roomId)?.push({
        changeSeq,
        messageId: event.messageId ?? null,
        occurredAt: Date.parse(event.occurredAt),
        receivedAt: epochMs(),
      });
      latest.set(event.roomId, Math.max(changeSeq, latest.get(event.roomId) ?? 0));
    }
  }

  function connect(): void {
    const mine = new WebSocket(url().replace(/^http/, 'ws'), 'graphql-transport-ws', {
      perMessageDeflate: false,
    });
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
      if (socket !== mine) {
        return;
      }
      switch (frame.type) {
        case MessageType.ConnectionAck:
          (field === 'userEvents' ? ['user'] : roomIds).forEach(subscribe);
          break;
        case MessageType.Ping:
          send({ type: MessageType.Pong });
          break;
        case MessageType.Next:
          if (frame.payload.errors === undefined) {
            onEvent(frame.id, frame.payload.data);
          } else {
            // An event that could not be computed ends nothing, but must not go unseen.
            ends.push(JSON.stringify(frame.payload.errors));
          }
          break;
        case MessageType.Error:
        case MessageType.Complete:
          ends.push(JSON.stringify(frame.payload ?? 'complete'));
          setTimeout(() => socket === mine && subscribe(frame.id), RECONNECT_MAX_MS);
      }
    });
    mine.once('close', (code) => {
      if (socket === mine && isWanted) {
        closes.push(code);
        const jitter = Math.random() * (RECONNECT_MAX_MS - RECONNECT_MIN_MS);
        timer = setTimeout(connect, RECONNECT_MIN_MS + jitter);
      }
    });
  }

  function suspend(): void {
    isWanted = false;
    clearTimeout(timer);
    socket?.terminate();
    socket = undefined;
  }

  connect();
  return {
    readings: roomIds.map((roomId) => ({
      reader: `${field} of ${person.id}`,
      roomId,
      after: heads.get(roomId) ?? 0,
      sights: sights.get(roomId) ?? [],
      mayRepeat: field === 'userEvents',
    })),
    closes,
    ends,
    ready,
    hasReached: (wanted) =>
      roomIds.every((roomId) => (latest.get(roomId) ?? 0) >= (wanted.get(roomId) ?? 0)),
    suspend,
    resume() {
      isWanted = true;
      connect();
    },
    stop: suspend,
  };
}

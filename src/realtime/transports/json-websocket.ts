import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type RawData, WebSocketServer } from 'ws';
import { UUID_PATTERN } from '../../database/uuid.ts';
import { CLOSE_CODES, TrumpetError } from '../../errors/codes.ts';
import type { Viewer } from '../../identity/viewer.ts';
import { log } from '../../process/log.ts';
import type { Hub } from '../hub/hub.ts';
import { type Connection, type Connections, MAX_PAYLOAD_BYTES } from './connections.ts';
import {
  type ClientFrame,
  type ExplainedError,
  errorFrame,
  frameOfResult,
  parseFrame,
  ROOM_SUBSCRIPTION,
  type ServerFrame,
} from './json-frames.ts';
import { textFrames } from './outbox.ts';
import type { Presence, PresenceSession } from './presence.ts';
import { pathOf, type Transport } from './upgrades.ts';

/*
 * The JSON WebSocket, for clients without a GraphQL library: docs/protocol.md says what goes over it.
 * Frames of one socket are dealt with one after the other, so that two messages sent in a row stay in
 * that order; only a ping is answered at once.
 */

/** Runs one statement as a person, in a transaction of its own, and returns its rows. */
export type RunAs = <Row>(
  viewer: Viewer,
  text: string,
  values: unknown[],
) => Promise<readonly Row[]>;

export interface JsonWebSocketOptions {
  readonly connections: Connections;
  readonly hub: Hub;
  readonly presence: Presence;
  readonly runAs: RunAs;
  /** @throws TrumpetError when the token is not valid, or its session has ended. */
  readonly authenticate: (token: string) => Promise<Viewer>;
  /** What a caller may see of an error; logs what was not expected. */
  readonly explain: (error: unknown) => ExplainedError;
}

/** Rooms that one socket may listen to at a time. */
export const MAX_ROOMS = 100;
/** Frames a second that a socket may send over time, and at once. */
export const FRAMES_A_SECOND = 25;
export const FRAME_BURST = 100;
/** Frames that may wait for those before them. */
const MAX_WAITING_FRAMES = 200;
/** Malformed frames in a row after which nobody on the other side seems to speak the protocol. */
export const MAX_MALFORMED = 10;
/** `typing_start` again within this time changes nothing: the indicator lasts 6 seconds. */
const TYPING_INTERVAL_MS = 2_000;

const PATH = new RegExp(`^/ws(?:/(${UUID_PATTERN}))?$`, 'i');

interface Client {
  readonly connection: Connection;
  /** The user whom the address names, in `/ws/{user_id}`. */
  readonly expectedUserId: string | undefined;
  /** What stops listening, by room. */
  readonly rooms: Map<string, () => void>;
  readonly typingSince: Map<string, number>;
  /** Set once the viewer is known. */
  presence: { readonly session: PresenceSession; readonly begun: Promise<void> } | undefined;
  /** Resolves when all frames until now are dealt with. */
  idle: Promise<void>;
  waitingFrames: number;
  malformedFrames: number;
  /** Frames that it may send at the moment; below zero it has been told to wait. */
  allowance: number;
  allowanceAt: number;
}

type FrameOf<Type extends ClientFrame['type']> = Extract<ClientFrame, { type: Type }>;

export function createJsonWebSocket(options: JsonWebSocketOptions): Transport {
  const { connections, hub, presence, runAs } = options;
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  });

  // ---- opening and closing

  function onOpen(
    connection: Connection,
    expectedUserId: string | undefined,
    token: string | undefined,
  ): void {
    const client: Client = {
      connection,
      expectedUserId,
      rooms: new Map(),
      typingSince: new Map(),
      presence: undefined,
      idle: Promise.resolve(),
      waitingFrames: 0,
      malformedFrames: 0,
      allowance: FRAME_BURST,
      allowanceAt: performance.now(),
    };
    if (token !== undefined) {
      enqueue(client, () => authenticate(client, token));
    }
    connection.socket.on('message', (data, isBinary) => onMessage(client, data, isBinary));
    connection.socket.once('close', () => onClose(client));
  }

  function onClose(client: Client): void {
    for (const stop of client.rooms.values()) {
      stop();
    }
    client.rooms.clear();
    if (client.presence !== undefined) {
      presence.letGo(client.presence.session);
    }
  }

  async function authenticate(client: Client, token: string): Promise<void> {
    const { connection, expectedUserId } = client;
    let viewer: Viewer;
    try {
      viewer = await options.authenticate(token);
    } catch (error) {
      if (error instanceof TrumpetError) {
        connections.close(connection, CLOSE_CODES.UNAUTHENTICATED, error.message);
      } else {
        log.error({ event: 'websocket.authentication_failed', error });
        connections.close(connection, CLOSE_CODES.TRY_AGAIN_LATER, 'Try again later');
      }
      return;
    }
    if (expectedUserId !== undefined && expectedUserId !== viewer.userId) {
      // Not 4403: refreshing the token and coming back here would end the same way.
      connections.close(connection, CLOSE_CODES.UNAUTHENTICATED, 'The token is not of this user');
      return;
    }
    if (!connections.admit(connection, viewer)) {
      return;
    }
    const session = {
      userId: viewer.userId,
      key: `socket-${randomBytes(9).toString('base64url')}`,
    };
    client.presence = { session, begun: presence.hold(session, 'online') };
    send(client, { type: 'ready', user_id: viewer.userId });
  }

  // ---- frames

  function send({ connection }: Client, frame: ServerFrame): void {
    connection.outbox.send(JSON.stringify(frame));
  }

  function onMessage(client: Client, data: RawData, isBinary: boolean): void {
    const { connection } = client;
    if (!isOpen(client)) {
      return;
    }
    if (isBinary) {
      connections.close(connection, CLOSE_CODES.BAD_PROTOCOL, 'Text frames only');
      return;
    }
    const waitMs = takeAllowance(client, performance.now());
    if (waitMs === undefined) {
      connections.close(connection, CLOSE_CODES.TOO_MANY, 'Too many frames');
      return;
    }
    const parsed = parseFrame(textOf(data));
    if ('problem' in parsed) {
      onMalformed(client, parsed);
      return;
    }
    client.malformedFrames = 0;
    const { frame } = parsed;
    const ref = 'ref' in frame ? frame.ref : undefined;
    if (waitMs > 0 || client.waitingFrames >= MAX_WAITING_FRAMES) {
      const retryAfterMs = Math.max(waitMs, 1_000 / FRAMES_A_SECOND);
      const error = new TrumpetError('RATE_LIMITED', undefined, { retryAfterMs });
      send(client, errorFrame(error, { ref }));
    } else if (frame.type === 'ping' && connection.viewer !== undefined) {
      send(client, { type: 'pong', ref });
    } else {
      enqueue(client, () => handle(client, frame));
    }
  }

  function onMalformed(client: Client, { problem, ref }: { problem: string; ref?: unknown }): void {
    client.malformedFrames += 1;
    // A stranger is told nothing.
    if (client.connection.viewer === undefined || client.malformedFrames >= MAX_MALFORMED) {
      connections.close(client.connection, CLOSE_CODES.BAD_PROTOCOL, problem);
      return;
    }
    const error = { code: 'BAD_INPUT', message: problem };
    send(client, errorFrame(error, ref === undefined ? {} : { ref: ref as string | number }));
  }

  function enqueue(client: Client, job: () => Promise<void>): void {
    client.waitingFrames += 1;
    client.idle = client.idle.then(async () => {
      client.waitingFrames -= 1;
      if (isOpen(client)) {
        await job();
      }
    });
  }

  async function handle(client: Client, frame: ClientFrame): Promise<void> {
    const { viewer } = client.connection;
    if (viewer === undefined) {
      if (frame.type === 'auth') {
        await authenticate(client, frame.token);
      } else {
        connections.close(client.connection, CLOSE_CODES.UNAUTHENTICATED, 'Send `auth` first');
      }
      return;
    }
    try {
      await obey(client, viewer, frame);
    } catch (error) {
      const subject = {
        ...('ref' in frame && frame.ref !== undefined ? { ref: frame.ref } : {}),
        ...('room_id' in frame ? { room_id: frame.room_id } : {}),
      };
      send(client, errorFrame(options.explain(error), subject));
    }
  }

  async function obey(client: Client, viewer: Viewer, frame: ClientFrame): Promise<void> {
    switch (frame.type) {
      case 'auth':
        throw new TrumpetError('BAD_INPUT', 'This connection has its token already.');
      case 'join_room':
        return await joinRoom(client, viewer, frame);
      case 'leave_room':
        return leaveRoom(client, frame.room_id);
      case 'typing_start':
      case 'typing_stop':
        return await setTyping(client, viewer, frame);
      case 'send_message':
        return await sendMessage(client, viewer, frame);
      case 'mark_read':
        await runAs(
          viewer,
          'select from app_public.mark_room_read(room_id => $1, up_to_message_id => $2)',
          [frame.room_id, frame.message_id],
        );
        return;
      case 'presence':
        return await setPresence(client, viewer, frame);
      case 'ping':
        send(client, { type: 'pong', ref: frame.ref });
    }
  }

  async function joinRoom(
    client: Client,
    viewer: Viewer,
    { room_id: roomId, after }: FrameOf<'join_room'>,
  ): Promise<void> {
    client.rooms.get(roomId)?.(); // Joining again begins anew.
    client.rooms.delete(roomId);
    if (client.rooms.size >= MAX_ROOMS) {
      throw new TrumpetError(
        'CONFLICT',
        `At most ${MAX_ROOMS} rooms a connection: leave one first.`,
      );
    }
    const { outbox } = client.connection;
    let hasEnded = false;
    const stop = await hub.subscribe(
      { viewer, ...ROOM_SUBSCRIPTION, variables: { roomId, after: after?.toString() ?? null } },
      {
        next(batch) {
          const withFleeting = !outbox.isSlow;
          const frames = batch.encoded(`json ${withFleeting}`, (results) =>
            textFrames(
              results
                .filter(({ isFleeting }) => withFleeting || !isFleeting)
                .map((result) => [frameOfResult(result).json]),
            ),
          );
          outbox.write(frames);
        },
        drained: outbox.drained,
        end(error) {
          hasEnded = true;
          client.rooms.delete(roomId);
          if (error !== undefined) {
            send(client, errorFrame(error, { room_id: roomId }));
          }
          send(client, { type: 'left', room_id: roomId });
        },
      },
    );
    if (!isOpen(client)) {
      stop();
    } else if (!hasEnded) {
      client.rooms.set(roomId, stop);
    }
  }

  function leaveRoom(client: Client, roomId: string): void {
    client.rooms.get(roomId)?.();
    client.rooms.delete(roomId);
    send(client, { type: 'left', room_id: roomId });
  }

  async function setTyping(
    client: Client,
    viewer: Viewer,
    { type, room_id: roomId }: FrameOf<'typing_start' | 'typing_stop'>,
  ): Promise<void> {
    const isTyping = type === 'typing_start';
    const now = performance.now();
    if (isTyping && now - (client.typingSince.get(roomId) ?? -Infinity) < TYPING_INTERVAL_MS) {
      return;
    }
    client.typingSince.delete(roomId);
    await runAs(viewer, 'select from app_public.set_typing(room_id => $1, is_typing => $2)', [
      roomId,
      isTyping,
    ]);
    if (isTyping) {
      client.typingSince.set(roomId, now);
    }
  }

  async function sendMessage(
    client: Client,
    viewer: Viewer,
    frame: FrameOf<'send_message'>,
  ): Promise<void> {
    const [message] = await runAs<{ id: string; seq: string }>(
      viewer,
      `select id, seq from app_public.send_message(
        room_id => $1, content => $2, parent_message_id => $3, nonce => $4)`,
      [frame.room_id, frame.content, frame.parent_message_id ?? null, frame.nonce ?? null],
    );
    client.typingSince.delete(frame.room_id); // Sending ends it.
    send(client, {
      type: 'ack',
      ref: frame.ref,
      message_id: message?.id,
      seq: Number(message?.seq),
    });
  }

  async function setPresence(
    client: Client,
    viewer: Viewer,
    { status }: FrameOf<'presence'>,
  ): Promise<void> {
    const own = client.presence;
    if (own !== undefined) {
      await own.begun; // Not to be overtaken by the socket's own arrival.
      await runAs(
        viewer,
        'select from app_public.update_user_presence(status => $1, session_id => $2)',
        [status, own.session.key],
      );
      presence.note(own.session, status);
    }
  }

  return {
    accepts: (path) => PATH.test(path),
    upgrade(request, stream, head) {
      const userId = PATH.exec(pathOf(request))?.[1]?.toLowerCase();
      webSockets.handleUpgrade(request, stream, head, (socket) =>
        onOpen(connections.open(socket, stream), userId, tokenInAddress(request)),
      );
    },
  };
}

function isOpen({ connection: { socket } }: Client): boolean {
  return socket.readyState === socket.OPEN;
}

/**
 * Counts a frame. Returns how long the client has to wait before it may send more, 0 when this one is
 * fine, and undefined when it goes on and on though it has been told.
 */
function takeAllowance(client: Client, now: number): number | undefined {
  const refill = ((now - client.allowanceAt) / 1_000) * FRAMES_A_SECOND;
  client.allowance = Math.min(FRAME_BURST, client.allowance + refill) - 1;
  client.allowanceAt = now;
  if (client.allowance >= 0) {
    return 0;
  }
  return client.allowance < -FRAME_BURST
    ? undefined
    : Math.ceil((-client.allowance / FRAMES_A_SECOND) * 1_000);
}

function tokenInAddress({ url }: IncomingMessage): string | undefined {
  return new URL(url ?? '/', 'http://localhost').searchParams.get('access_token') ?? undefined;
}

function textOf(data: RawData): string {
  return Array.isArray(data) ? Buffer.concat(data).toString() : data.toString();
}

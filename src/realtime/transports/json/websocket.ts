import type { IncomingMessage } from 'node:http';
import { isDatabaseAway } from '../../../database/away.ts';
import { UUID_PATTERN } from '../../../database/uuid.ts';
import { CLOSE_CODES, TrumpetError } from '../../../errors/codes.ts';
import { isKey } from '../../../identity/server-keys.ts';
import { inTrace } from '../../../process/tracing.ts';
import { type Authenticate, authenticateConnection } from '../authentication.ts';
import type { Connection, Connections } from '../connections.ts';
import { sessionOfSocket } from '../presence-session.ts';
import { readText } from '../text.ts';
import { pathOf, type Transport } from '../upgrades.ts';
import { createWebSocketServer } from '../web-sockets.ts';
import {
  type AllowanceOf,
  createAllowance,
  createPersonAllowances,
  SOCKET_FRAMES,
} from './allowance.ts';
import { createClient } from './client.ts';
import { type ClientFrame, type ParsedFrame, parseFrame } from './client-frames.ts';
import { type Caller, obey, type Services } from './commands.ts';
import { leaveAllRooms } from './rooms.ts';
import { type ExplainedError, errorFrame } from './server-frames.ts';

/*
 * The JSON WebSocket, for clients without a GraphQL library: docs/protocol.md says what goes over it.
 * Frames of one socket are dealt with one after the other, so that two messages sent in a row stay in
 * that order; only a ping is answered at once.
 */

export interface JsonWebSocketOptions extends Services {
  readonly connections: Connections;
  readonly authenticate: Authenticate;
  /** What a caller may see of an error; logs what was not expected. */
  readonly explain: (error: unknown) => ExplainedError;
}

/** Frames that may wait for those before them. */
const MAX_WAITING_FRAMES = 200;
/** What is done in the database, for this one frame. */
const TRACED_FRAMES: ReadonlySet<string> = new Set<ClientFrame['type']>([
  'send_message',
  'forward_message',
  'vote_in_poll',
  'mark_read',
  'mark_delivered',
  'typing_start',
  'typing_stop',
  'presence',
  'answer_interaction',
]);
/** Malformed frames in a row after which nobody on the other side seems to speak the protocol. */
export const MAX_MALFORMED = 10;

const PATH = new RegExp(`^/ws(?:/(${UUID_PATTERN}))?$`, 'i');

export function createJsonWebSocket(options: JsonWebSocketOptions): Transport {
  const webSockets = createWebSocketServer();
  const allowanceOf = createPersonAllowances();
  return {
    accepts: (path) => PATH.test(path),
    upgrade(request, stream, head) {
      webSockets.handleUpgrade(request, stream, head, (socket) => {
        serve({ ...options, allowanceOf }, options.connections.open(socket, stream), {
          expectedUserId: PATH.exec(pathOf(request))?.[1]?.toLowerCase(),
          token: tokenInAddress(request),
        });
      });
    },
  };
}

/** What the address of a socket says. */
interface Address {
  /** The user whom it names, in `/ws/{user_id}`. */
  readonly expectedUserId: string | undefined;
  readonly token: string | undefined;
}

/** Deals with what comes over one connection, until it closes. */
function serve(
  options: JsonWebSocketOptions & { readonly allowanceOf: AllowanceOf },
  connection: Connection,
  { expectedUserId, token }: Address,
): void {
  const { connections, presence } = options;
  const client = createClient(connection);
  const allowance = createAllowance(SOCKET_FRAMES);
  let malformedInARow = 0;

  async function authenticate(shown: string, actAs?: string): Promise<void> {
    const who = { token: shown, actAs, expectedUserId };
    const viewer = await authenticateConnection(options, connection, who);
    if (viewer !== undefined) {
      // A server that listens for somebody is not that person being here.
      if (viewer.key === undefined) {
        const session = sessionOfSocket(viewer.userId);
        client.presence = { session, begun: presence.hold(session, 'online') };
      }
      client.send({ type: 'ready', user_id: viewer.userId });
    }
  }

  /** Counts a frame, of the socket and of the person: how long to wait, undefined when it goes on and on. */
  function takeFrame(): number | undefined {
    const now = performance.now();
    const own = allowance.take(now);
    const { viewer } = connection;
    const together = viewer === undefined ? 0 : options.allowanceOf(viewer.userId).take(now);
    return own === undefined || together === undefined ? undefined : Math.max(own, together);
  }

  function onText(text: string): void {
    if (!client.isOpen) {
      return;
    }
    const waitMs = takeFrame();
    if (waitMs === undefined) {
      connections.close(connection, CLOSE_CODES.TOO_MANY, 'Too many frames');
      return;
    }
    const parsed = parseFrame(text);
    if ('problem' in parsed) {
      onMalformed(parsed);
      return;
    }
    malformedInARow = 0;
    onFrame(parsed.frame, waitMs);
  }

  function onMalformed({ problem, ref }: Extract<ParsedFrame, { problem: string }>): void {
    malformedInARow += 1;
    // A stranger is told nothing.
    if (connection.viewer === undefined || malformedInARow >= MAX_MALFORMED) {
      connections.close(connection, CLOSE_CODES.BAD_PROTOCOL, problem);
      return;
    }
    const answer = errorFrame({ code: 'BAD_INPUT', message: problem }, subjectOf({ ref }));
    client.enqueue(async () => client.send(answer)); // Behind the answers to what came before.
  }

  function onFrame(frame: ClientFrame, waitMs: number): void {
    if (waitMs > 0 || client.waiting >= MAX_WAITING_FRAMES) {
      const retryAfterMs = Math.max(waitMs, 1_000 / SOCKET_FRAMES.perSecond);
      const error = new TrumpetError('RATE_LIMITED', undefined, { retryAfterMs });
      client.send(errorFrame(error, { ref: frame.ref }));
    } else if (frame.type === 'ping' && connection.viewer !== undefined) {
      client.send({ type: 'pong', ref: frame.ref });
    } else {
      client.enqueue(() => handle(frame));
    }
  }

  async function obeyConfirmed(caller: Caller, frame: ClientFrame): Promise<void> {
    await options.hub.confirmed();
    if (client.isOpen) {
      const work = () => obey(options, caller, frame);
      await (TRACED_FRAMES.has(frame.type)
        ? inTrace(`json ${frame.type}`, { kind: 'server' }, work)
        : work());
    }
  }

  async function handle(frame: ClientFrame): Promise<void> {
    const { viewer } = connection;
    if (viewer !== undefined) {
      await obeyConfirmed({ client, viewer }, frame).catch((error) => {
        client.send(errorFrame(options.explain(error), subjectOf(frame)));
        if (frame.type === 'join_room' && isDatabaseAway(error)) {
          connections.close(connection, CLOSE_CODES.TRY_AGAIN_LATER, 'The database is away');
        }
      });
    } else if (frame.type === 'auth') {
      await authenticate(frame.token, frame.act_as ?? undefined);
    } else {
      connections.close(connection, CLOSE_CODES.UNAUTHENTICATED, 'Send `auth` first');
    }
  }

  if (token !== undefined && isKey(token)) {
    connections.close(
      connection,
      CLOSE_CODES.UNAUTHENTICATED,
      'A key does not belong into an address',
    );
  } else if (token !== undefined) {
    client.enqueue(() => authenticate(token));
  }
  readText(connections, connection, onText);
  connection.socket.once('close', () => {
    leaveAllRooms(client);
    if (client.presence !== undefined) {
      presence.letGo(client.presence.session);
    }
  });
}

/** What an error is about, as far as a frame says. */
function subjectOf(frame: { readonly ref?: ClientFrame['ref']; readonly room_id?: string }) {
  return {
    ...(frame.ref === undefined ? {} : { ref: frame.ref }),
    ...(frame.room_id === undefined ? {} : { room_id: frame.room_id }),
  };
}

function tokenInAddress({ url }: IncomingMessage): string | undefined {
  return new URL(url ?? '/', 'http://localhost').searchParams.get('access_token') ?? undefined;
}

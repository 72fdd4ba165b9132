import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type GrafservBase, makeGraphQLWSConfig } from 'grafserv';
import { type Context, GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from 'graphql-ws';
import {
  type ExecutionArgs,
  GraphQLError,
  getOperationAST,
  OperationTypeNode,
} from 'postgraphile/graphql';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { CLOSE_CODES, TrumpetError } from '../errors.ts';
import { log } from '../log.ts';
import { rememberViewer, type Viewer } from '../viewer.ts';
import type { Hub } from './hub.ts';
import { createOutbox, type Outbox, textFrames } from './outbox.ts';

/*
 * GraphQL over WebSocket, protocol graphql-transport-ws. graphql-ws speaks the protocol; queries and
 * mutations run as they do over HTTP. Subscriptions go to the hub, which writes their `next` frames to
 * the socket itself: to graphql-ws each is an iterator that never yields, and ends when the hub is done.
 */

export interface GraphQLWebSocketOptions {
  readonly server: Server;
  readonly grafserv: GrafservBase;
  readonly hub: Hub;
  /** @throws TrumpetError when the token is not valid, or its session has ended. */
  readonly authenticate: (token: string) => Promise<Viewer>;
  /** Origins that browsers may connect from beside the server's own; `*` is any. */
  readonly allowedOrigins: readonly string[];
  readonly path?: string;
  readonly socketsPerUser?: number;
}

export interface GraphQLWebSocket {
  /** Closes the sockets that a session has opened. */
  endSession(sessionId: string): void;
  readonly socketCount: number;
  /** Tells every socket 1012, and waits a moment for them to go. */
  release(): Promise<void>;
}

const MAX_PAYLOAD_BYTES = 64 * 1024;
const MAX_OPERATIONS = 100;
const SOCKETS_PER_USER = 200;
const INIT_TIMEOUT_MS = 10_000;
const CHECK_INTERVAL_MS = 1_000;
const PING_INTERVAL_MS = 15_000;
/** Without any sign of life, the other side is gone. */
const SILENCE_LIMIT_MS = 40_000;
/** A reader that takes nothing for this long is too slow. */
const STALL_LIMIT_MS = 20_000;
/** How long the other side may take to answer a close frame. */
const GOODBYE_MS = 2_000;

interface Connection {
  readonly socket: WebSocket;
  readonly outbox: Outbox;
  /** Set once the token is checked. */
  viewer: Viewer | undefined;
  readonly openedAt: number;
  lastHeardAt: number;
  lastPingAt: number;
}

/** What graphql-ws passes through to our hooks. */
interface Extra extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly connection: Connection;
}

type HubContext = Context<Record<string, unknown>, Extra>;

/** Execution arguments of a subscription that the hub has taken. */
interface HubArgs extends ExecutionArgs {
  readonly hubSubscription?: AsyncIterableIterator<never>;
}

export function attachGraphQLWebSocket(options: GraphQLWebSocketOptions): GraphQLWebSocket {
  const path = options.path ?? '/graphql';
  const socketsPerUser = options.socketsPerUser ?? SOCKETS_PER_USER;
  const connections = new Set<Connection>();
  const stock = makeGraphQLWSConfig(options.grafserv);
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: (protocols) =>
      protocols.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) && GRAPHQL_TRANSPORT_WS_PROTOCOL,
  });

  const protocol = makeServer<Record<string, unknown>, Extra>({
    ...(stock as object),
    connectionInitWaitTimeout: 0, // `checkConnections` sees to it, with the close code of the contract.
    onConnect,
    onSubscribe,
    async subscribe(args) {
      const { hubSubscription } = args as HubArgs;
      if (hubSubscription === undefined) {
        throw new Error('A subscription has not gone to the hub');
      }
      return hubSubscription;
    },
  });

  async function onConnect(context: HubContext): Promise<boolean> {
    const { connection, request, socket } = context.extra;
    const token = tokenOf(context.connectionParams) ?? bearer(request.headers.authorization);
    let viewer: Viewer;
    try {
      if (token === undefined) {
        throw new TrumpetError('UNAUTHENTICATED', 'connection_init needs an access token');
      }
      viewer = await options.authenticate(token);
    } catch (error) {
      if (!(error instanceof TrumpetError)) {
        log.error({ event: 'websocket.authentication_failed', error });
        socket.close(CLOSE_CODES.TRY_AGAIN_LATER, 'Try again later');
        return false;
      }
      socket.close(CLOSE_CODES.UNAUTHENTICATED, error.message.slice(0, 100));
      return false;
    }
    let sockets = 0;
    for (const other of connections) {
      sockets += other.viewer?.userId === viewer.userId ? 1 : 0;
    }
    if (sockets >= socketsPerUser) {
      socket.close(CLOSE_CODES.TOO_MANY, 'Too many connections');
      return false;
    }
    connection.viewer = viewer;
    rememberViewer(request, viewer);
    return true;
  }

  async function onSubscribe(
    context: HubContext,
    id: string,
    payload: Parameters<NonNullable<typeof stock.onSubscribe>>[2],
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const { connection, socket } = context.extra;
    if (Object.keys(context.subscriptions).length > MAX_OPERATIONS) {
      socket.close(CLOSE_CODES.TOO_MANY, 'Too many operations');
      return [new GraphQLError('Too many operations')];
    }
    const args = (await stock.onSubscribe?.(context as never, id, payload)) as
      | ExecutionArgs
      | readonly GraphQLError[];
    if (Array.isArray(args)) {
      return args;
    }
    const execution = args as ExecutionArgs;
    const operation = getOperationAST(execution.document, execution.operationName);
    if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) {
      return execution;
    }
    try {
      return {
        ...execution,
        hubSubscription: await subscribe(connection, id, execution),
      } as HubArgs;
    } catch (error) {
      return [new GraphQLError((error as Error).message, { originalError: error as Error })];
    }
  }

  async function subscribe(
    { outbox, viewer }: Connection,
    id: string,
    { document, operationName, variableValues }: ExecutionArgs,
  ): Promise<AsyncIterableIterator<never>> {
    const head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
    const tail = Buffer.from('}');
    const ended = Promise.withResolvers<IteratorReturnResult<undefined>>();
    ended.promise.catch(() => {}); // Before graphql-ws waits for it, too.
    const stop = await options.hub.subscribe(
      {
        viewer: viewer as Viewer,
        document,
        operationName: operationName ?? undefined,
        variables: { ...variableValues },
      },
      {
        next(batch, cursor) {
          const withFleeting = !outbox.isSlow;
          const frames = batch.encoded(`${id} ${cursor} ${withFleeting}`, (results) =>
            textFrames(
              results
                .filter(({ isFleeting }) => withFleeting || !isFleeting)
                .map((result) => [head, result.json(cursor), tail]),
            ),
          );
          outbox.write(frames);
        },
        drained: outbox.drained,
        end(error) {
          if (error === undefined) {
            ended.resolve({ done: true, value: undefined });
          } else {
            ended.reject(error);
          }
        },
      },
    );
    const iterator: AsyncIterableIterator<never> = {
      [Symbol.asyncIterator]: () => iterator,
      next: () => ended.promise,
      async return() {
        stop();
        ended.resolve({ done: true, value: undefined });
        return { done: true, value: undefined };
      },
    };
    return iterator;
  }

  function onUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    if (pathOf(request) !== path) {
      return; // Another transport's.
    }
    if (!isOriginAllowed(request, options.allowedOrigins)) {
      refuse(stream, '403 Forbidden');
      return;
    }
    webSockets.handleUpgrade(request, stream, head, (socket) => onOpen(socket, stream, request));
  }

  function onOpen(socket: WebSocket, stream: Duplex, request: IncomingMessage): void {
    socket.on('error', (error) => log.debug({ event: 'websocket.error', reason: error.message }));
    if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
      socket.close(CLOSE_CODES.BAD_PROTOCOL, 'The subprotocol is graphql-transport-ws');
      return;
    }
    const now = performance.now();
    const connection: Connection = {
      socket,
      outbox: createOutbox(socket, stream, () => cut(connection)),
      viewer: undefined,
      openedAt: now,
      lastHeardAt: now,
      lastPingAt: now,
    };
    connections.add(connection);
    const heard = () => {
      connection.lastHeardAt = performance.now();
    };
    socket.on('pong', heard);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (frame) => connection.outbox.send(frame),
        close: (code, reason) => close(connection, code, reason),
        onMessage(handle) {
          socket.on('message', (data, isBinary) => {
            heard();
            if (isBinary) {
              close(connection, CLOSE_CODES.BAD_PROTOCOL, 'Text frames only');
              return;
            }
            handle(textOf(data)).catch((error) => {
              log.error({ event: 'websocket.failed', error });
              close(connection, 1011, 'Internal error');
            });
          });
        },
      },
      { socket, request, connection },
    );
    socket.once('close', (code, reason) => {
      connections.delete(connection);
      connection.outbox.release();
      closed(code, reason.toString()).catch((error) =>
        log.error({ event: 'websocket.failed', error }),
      );
    });
  }

  function close({ socket }: Connection, code = 1000, reason = ''): void {
    socket.close(code, reason);
    // A dead or stalled peer never answers the close frame.
    setTimeout(() => socket.terminate(), GOODBYE_MS).unref();
  }

  function cut(connection: Connection): void {
    close(connection, CLOSE_CODES.TRY_AGAIN_LATER, 'Too slow to read');
  }

  function checkConnections(): void {
    const now = performance.now();
    const today = Date.now();
    for (const connection of connections) {
      const { socket, viewer } = connection;
      if (viewer === undefined && now - connection.openedAt > INIT_TIMEOUT_MS) {
        close(connection, CLOSE_CODES.UNAUTHENTICATED, 'No access token came in time');
      } else if (viewer !== undefined && viewer.expiresAt.getTime() <= today) {
        close(connection, CLOSE_CODES.ACCESS_ENDED, 'The access token has expired');
      } else if (now - connection.lastHeardAt > SILENCE_LIMIT_MS) {
        socket.terminate();
      } else if (connection.outbox.stalledMs(now) > STALL_LIMIT_MS) {
        cut(connection);
      } else if (now - connection.lastPingAt > PING_INTERVAL_MS) {
        connection.lastPingAt = now;
        socket.ping();
      }
    }
  }

  options.server.on('upgrade', onUpgrade);
  const checker = setInterval(checkConnections, CHECK_INTERVAL_MS);

  return {
    endSession(sessionId) {
      for (const connection of connections) {
        if (connection.viewer?.sessionId === sessionId) {
          close(connection, CLOSE_CODES.ACCESS_ENDED, 'The session has ended');
        }
      }
    },
    get socketCount() {
      return connections.size;
    },
    async release() {
      clearInterval(checker);
      options.server.off('upgrade', onUpgrade);
      options.server.on('upgrade', (_request, stream) => refuse(stream, '503 Service Unavailable'));
      const gone = Array.from(
        connections,
        ({ socket }) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
      );
      for (const connection of connections) {
        close(connection, CLOSE_CODES.SERVICE_RESTART, 'The server restarts');
      }
      await Promise.all(gone);
    },
  };
}

/** The token in connection_init's payload, under `authorization` in any case, or as `accessToken`. */
function tokenOf(params: Record<string, unknown> | undefined): string | undefined {
  for (const [name, value] of Object.entries(params ?? {})) {
    if (typeof value === 'string' && name.toLowerCase() === 'authorization') {
      return bearer(value) ?? value;
    }
    if (typeof value === 'string' && name === 'accessToken') {
      return value;
    }
  }
  return undefined;
}

function bearer(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
}

function textOf(data: RawData): string {
  return Array.isArray(data) ? Buffer.concat(data).toString() : data.toString();
}

/** The path of a request, without its query. */
export function pathOf({ url }: IncomingMessage): string {
  return (url ?? '/').split('?', 1)[0] as string;
}

/** Browsers name the page that connects; other programs send no Origin. */
export function isOriginAllowed({ headers }: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, host } = headers;
  return (
    origin === undefined ||
    allowed.includes('*') ||
    allowed.includes(origin) ||
    (URL.canParse(origin) && new URL(origin).host === host)
  );
}

/** Answers an upgrade with an HTTP error. */
export function refuse(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

import type { IncomingMessage } from 'node:http';
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
import { CLOSE_CODES, TrumpetError } from '../../errors/codes.ts';
import { rememberViewer, type Viewer } from '../../identity/viewer.ts';
import { log } from '../../process/log.ts';
import { presenceUpdates } from '../execution/document.ts';
import type { Hub } from '../hub/hub.ts';
import { type Connection, type Connections, MAX_PAYLOAD_BYTES } from './connections.ts';
import { textFrames } from './outbox.ts';
import type { Presence, PresenceSession } from './presence.ts';
import type { Transport } from './upgrades.ts';

/*
 * GraphQL over WebSocket, protocol graphql-transport-ws. graphql-ws speaks the protocol; queries and
 * mutations run as they do over HTTP. Subscriptions go to the hub, which writes their `next` frames to
 * the socket itself: to graphql-ws each is an iterator that never yields, and ends when the hub is done.
 */

export interface GraphQLWebSocketOptions {
  readonly grafserv: GrafservBase;
  readonly hub: Hub;
  /** @throws TrumpetError when the token is not valid, or its session has ended. */
  readonly authenticate: (token: string) => Promise<Viewer>;
  readonly connections: Connections;
  readonly presence: Presence;
}

const PATH = '/graphql';
/** Closes a `next` frame. */
const TAIL = Buffer.from('}');
/** Operations that one socket may have open at a time. */
export const MAX_OPERATIONS = 100;
/** More presence sessions than a socket can need: the database refuses more a person. */
const MAX_PRESENCE_SESSIONS = 50;

type UpgradeRequest = Pick<IncomingMessage, 'url'> & {
  readonly headers: Pick<IncomingMessage['headers'], 'authorization'>;
};

/** What graphql-ws passes through to our hooks. */
interface Extra extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket;
  /** Stands for the upgrade request: the viewer is remembered for it. */
  readonly request: UpgradeRequest;
  readonly connection: Connection;
  /** Presence sessions that were set over this socket, by their key. Most sockets have none. */
  presenceSessions?: Map<string, PresenceSession>;
}

type HubContext = Context<Record<string, unknown>, Extra>;

/** Execution arguments of a subscription that the hub has taken. */
interface HubArgs extends ExecutionArgs {
  readonly hubSubscription?: AsyncIterableIterator<never>;
}

export function createGraphQLWebSocket(options: GraphQLWebSocketOptions): Transport {
  const { connections } = options;
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
    connectionInitWaitTimeout: 0, // connections.ts sees to it, with the close code of the contract.
    onConnect,
    onSubscribe,
    onNext(context, id, payload, args, result) {
      holdPresence(context, args, result);
      return stock.onNext?.(context as never, id, payload, args, result); // Masks errors.
    },
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
    forgetToken(context);
    let viewer: Viewer;
    try {
      if (token === undefined) {
        throw new TrumpetError('UNAUTHENTICATED', 'connection_init needs an access token.');
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
    if (!connections.admit(connection, viewer)) {
      return false;
    }
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
    // What is waiting for events stays for hours: it keeps one copy of the text, and no context.
    Object.assign(payload, { query: execution.document.loc?.source.body ?? payload.query });
    const { schema, document, operationName } = execution;
    try {
      const hubSubscription = await subscribe(connection, id, execution);
      const args: HubArgs = {
        schema,
        document,
        operationName,
        rootValue: null,
        contextValue: null,
        hubSubscription,
      };
      return args;
    } catch (error) {
      return [new GraphQLError((error as Error).message, { originalError: error as Error })];
    }
  }

  /** Whoever says over a socket how they are there stays so for as long as it is open. */
  function holdPresence(
    { extra }: HubContext,
    args: ExecutionArgs,
    result: { readonly errors?: readonly unknown[] },
  ): void {
    const { connection, socket } = extra;
    const isOpen = socket.readyState === socket.OPEN;
    if (!isOpen || connection.viewer === undefined || result.errors !== undefined) {
      return;
    }
    const { userId } = connection.viewer;
    for (const { key, status } of presenceUpdates(args)) {
      const sessions = extra.presenceSessions ?? new Map<string, PresenceSession>();
      extra.presenceSessions = sessions;
      const held = sessions.get(key);
      if (held !== undefined) {
        options.presence.note(held, status);
      } else if (sessions.size < MAX_PRESENCE_SESSIONS) {
        const session = { userId, key };
        sessions.set(key, session);
        void options.presence.hold(session, status);
      }
    }
  }

  async function subscribe(
    { outbox, viewer }: Connection,
    id: string,
    { document, operationName, variableValues }: ExecutionArgs,
  ): Promise<AsyncIterableIterator<never>> {
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
          const frames = batch.encoded(`${id} ${cursor} ${withFleeting}`, (results) => {
            const head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
            return textFrames(
              results
                .filter(({ isFleeting }) => withFleeting || !isFleeting)
                .map((result) => [head, result.json(cursor), TAIL]),
            );
          });
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

  function onOpen(socket: WebSocket, stream: Duplex, upgrade: IncomingMessage): void {
    if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
      socket.close(CLOSE_CODES.BAD_PROTOCOL, 'The subprotocol is graphql-transport-ws');
      return;
    }
    const connection = connections.open(socket, stream);
    const extra: Extra = { socket, request: withoutBallast(upgrade), connection };
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (frame) => connection.outbox.send(frame),
        close: (code, reason) => connections.close(connection, code ?? 1000, reason ?? ''),
        onMessage(handle) {
          socket.on('message', (data, isBinary) => {
            if (isBinary) {
              connections.close(connection, CLOSE_CODES.BAD_PROTOCOL, 'Text frames only');
              return;
            }
            handle(textOf(data)).catch((error) => {
              log.error({ event: 'websocket.failed', error });
              connections.close(connection, 1011, 'Internal error');
            });
          });
        },
      },
      extra,
    );
    socket.once('close', (code, reason) => {
      for (const session of extra.presenceSessions?.values() ?? []) {
        options.presence.letGo(session);
      }
      closed(code, reason.toString()).catch((error) =>
        log.error({ event: 'websocket.failed', error }),
      );
    });
  }

  return {
    accepts: (path) => path === PATH,
    upgrade(request, stream, head) {
      webSockets.handleUpgrade(request, stream, head, (socket) => onOpen(socket, stream, request));
    },
  };
}

/** It has been read, and graphql-ws would keep it for as long as the socket. */
function forgetToken(context: { connectionParams?: Record<string, unknown> | undefined }): void {
  context.connectionParams = undefined;
}

/** What may be asked of an upgrade request later on: thousands of idle sockets keep theirs. */
function withoutBallast({ url, headers: { authorization } }: IncomingMessage): UpgradeRequest {
  return { url, headers: { authorization } };
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

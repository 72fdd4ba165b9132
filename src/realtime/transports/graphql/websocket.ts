import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type GrafservBase, makeGraphQLWSConfig } from 'grafserv';
import { type Context, GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer, type Server } from 'graphql-ws';
import {
  type ExecutionArgs,
  GraphQLError,
  getOperationAST,
  OperationTypeNode,
  parse,
} from 'postgraphile/graphql';
import type { WebSocket } from 'ws';
import { isDatabaseAway } from '../../../database/away.ts';
import { CLOSE_CODES, TrumpetError } from '../../../errors/codes.ts';
import type { CredentialHeaders } from '../../../identity/authenticator.ts';
import { ACT_AS_HEADER } from '../../../identity/server-keys.ts';
import { rememberViewer, type Viewer } from '../../../identity/viewer.ts';
import { log } from '../../../process/log.ts';
import type { Hub } from '../../hub/hub.ts';
import { type Authenticate, authenticateConnection } from '../authentication.ts';
import type { Connection, Connections } from '../connections.ts';
import type { Presence } from '../presence.ts';
import { readText } from '../text.ts';
import type { Transport } from '../upgrades.ts';
import { createWebSocketServer } from '../web-sockets.ts';
import { type HeldPresence, holdPresence } from './held-presence.ts';
import { subscribe } from './subscription.ts';
import { actAsInParams, tokenInHeader, tokenInParams } from './token.ts';

/*
 * GraphQL over WebSocket, protocol graphql-transport-ws. graphql-ws speaks the protocol; queries and
 * mutations run as they do over HTTP. Subscriptions go to the hub.
 */

export interface GraphQLWebSocketOptions {
  readonly grafserv: GrafservBase;
  readonly hub: Hub;
  readonly authenticate: Authenticate;
  readonly connections: Connections;
  readonly presence: Presence;
}

const PATH = '/graphql';
/** Operations that one socket may have open at a time. */
export const MAX_OPERATIONS = 100;
const TOO_MANY_OPERATIONS =
  `A connection has at most ${MAX_OPERATIONS} operations: complete one first.` as const;

type UpgradeRequest = Pick<IncomingMessage, 'url'> & { readonly headers: CredentialHeaders };

/** What graphql-ws passes through to our hooks. */
interface Extra extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket;
  /** Stands for the upgrade request: the viewer is remembered for it. */
  readonly request: UpgradeRequest;
  readonly connection: Connection;
  /** The operation that each id stands for while it is being prepared: the latest. */
  readonly preparing: Map<string, symbol>;
  /** How many are being prepared, those that have been completed since among them. */
  preparingCount: number;
  /** Most sockets hold none. */
  heldPresence?: HeldPresence;
}

type Params = Record<string, unknown>;
type HubContext = Context<Params, Extra>;
type Stock = ReturnType<typeof makeGraphQLWSConfig>;
type Payload = Parameters<NonNullable<Stock['onSubscribe']>>[2];

/** Execution arguments of a subscription that the hub has taken. */
interface HubArgs extends ExecutionArgs {
  readonly hubSubscription?: AsyncIterableIterator<never>;
}

export function createGraphQLWebSocket(options: GraphQLWebSocketOptions): Transport {
  const protocol = createProtocol(options);
  const webSockets = createWebSocketServer({
    handleProtocols: (protocols) =>
      protocols.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) && GRAPHQL_TRANSPORT_WS_PROTOCOL,
  });
  return {
    accepts: (path) => path === PATH,
    upgrade(request, stream, head) {
      webSockets.handleUpgrade(request, stream, head, (socket) => {
        if (socket.protocol === GRAPHQL_TRANSPORT_WS_PROTOCOL) {
          serve(options, protocol, { socket, stream, request });
        } else {
          socket.close(CLOSE_CODES.BAD_PROTOCOL, 'The subprotocol is graphql-transport-ws');
        }
      });
    },
  };
}

/** graphql-ws with our hooks in it. */
function createProtocol(options: GraphQLWebSocketOptions): Server<Extra> {
  const stock = makeGraphQLWSConfig(options.grafserv);
  return makeServer<Params, Extra>({
    ...(stock as object),
    connectionInitWaitTimeout: 0, // connections.ts sees to it, with the close code of the contract.
    onConnect: (context) => onConnect(options, context),
    onSubscribe: (context, id, payload) => onSubscribe(options, stock, context, id, payload),
    onNext(context, id, payload, args, result) {
      onExecuted(options, context, args, result);
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
}

async function onConnect(options: GraphQLWebSocketOptions, context: HubContext): Promise<boolean> {
  const { connection, request } = context.extra;
  const { authorization, [ACT_AS_HEADER]: actAs } = request.headers;
  const { connectionParams } = context;
  const shown = {
    token: tokenInParams(connectionParams) ?? tokenInHeader(authorization),
    actAs: actAsInParams(connectionParams) ?? actAs?.toString(),
  };
  forgetToken(context);
  const viewer = await authenticateConnection(options, connection, shown);
  if (viewer === undefined) {
    return false;
  }
  rememberViewer(request, viewer);
  return true;
}

/** It has been read, and graphql-ws would keep it for as long as the socket. */
function forgetToken(context: { connectionParams?: Params | undefined }): void {
  context.connectionParams = undefined;
}

/*
 * A client may complete an operation while it is being prepared, and use its id again. graphql-ws knows operations by
 * their id alone, and would take the first for the second.
 */
async function onSubscribe(
  options: GraphQLWebSocketOptions,
  stock: Stock,
  context: HubContext,
  id: string,
  payload: Payload,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  const { extra } = context;
  const operation = Symbol(id);
  extra.preparing.set(id, operation);
  extra.preparingCount += 1;
  try {
    const isWanted = () => extra.preparing.get(id) === operation && id in context.subscriptions;
    return await prepare(options, stock, context, id, payload, isWanted);
  } finally {
    extra.preparingCount -= 1;
    if (extra.preparing.get(id) !== operation) {
      await new Promise<never>(() => {}); // Any answer would be one to the operation that has the id now.
    }
    extra.preparing.delete(id);
  }
}

async function prepare(
  { connections, hub }: GraphQLWebSocketOptions,
  stock: Stock,
  context: HubContext,
  id: string,
  payload: Payload,
  isWanted: () => boolean,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  const { connection, preparingCount } = context.extra;
  if (Math.max(Object.keys(context.subscriptions).length, preparingCount) > MAX_OPERATIONS) {
    return refusal(new TrumpetError('CONFLICT', TOO_MANY_OPERATIONS));
  }
  const unconfirmed = await hub.confirmed().catch((error: Error) => error);
  if (unconfirmed !== undefined) {
    return asksToListen(payload)
      ? giveUp(connections, connection, unconfirmed)
      : refusal(unconfirmed);
  }
  if (connection.socket.readyState !== connection.socket.OPEN) {
    return refusal(new TrumpetError('UNAUTHENTICATED')); // Its session has ended meanwhile.
  }
  const prepared = (await stock.onSubscribe?.(context as never, id, payload)) as
    | ExecutionArgs
    | readonly GraphQLError[];
  if (!isExecution(prepared) || !isSubscription(prepared)) {
    return prepared;
  }
  const { schema, document, operationName } = prepared;
  // What is waiting for events stays for hours: it keeps one copy of the text, and no context.
  Object.assign(payload, { query: document.loc?.source.body ?? payload.query });
  const kept = { schema, document, operationName, rootValue: null, contextValue: null };
  const reader = { outbox: connection.outbox, viewer: connection.viewer as Viewer, isWanted };
  try {
    const args: HubArgs = { ...kept, hubSubscription: await subscribe(hub, reader, id, prepared) };
    return args;
  } catch (error) {
    return giveUp(connections, connection, error as Error);
  }
}

/** An error would end a subscription for good; a closed socket comes back and tries again. */
function giveUp(
  connections: GraphQLWebSocketOptions['connections'],
  connection: Extra['connection'],
  error: Error,
): readonly GraphQLError[] {
  if (isDatabaseAway(error)) {
    connections.close(connection, CLOSE_CODES.TRY_AGAIN_LATER, 'The database is away');
  }
  return refusal(error);
}

function refusal(error: Error): readonly GraphQLError[] {
  return [new GraphQLError(error.message, { originalError: error })];
}

function isExecution(prepared: ExecutionArgs | readonly GraphQLError[]): prepared is ExecutionArgs {
  return !Array.isArray(prepared);
}

/** The same of what has not been read yet, and may be no GraphQL. */
function asksToListen({ query, operationName }: Payload): boolean {
  try {
    const document = parse(query, { noLocation: true });
    return getOperationAST(document, operationName)?.operation === OperationTypeNode.SUBSCRIPTION;
  } catch {
    return false;
  }
}

function isSubscription({ document, operationName }: ExecutionArgs): boolean {
  const operation = getOperationAST(document, operationName);
  return operation?.operation === OperationTypeNode.SUBSCRIPTION;
}

function onExecuted(
  { presence }: GraphQLWebSocketOptions,
  { extra }: HubContext,
  args: ExecutionArgs,
  result: { readonly errors?: readonly unknown[] },
): void {
  const { socket, viewer } = extra.connection;
  if (socket.readyState === socket.OPEN && viewer !== undefined && result.errors === undefined) {
    const held = extra.heldPresence ?? new Map();
    holdPresence(presence, held, viewer.userId, args);
    if (held.size > 0) {
      extra.heldPresence = held;
    }
  }
}

/** Deals with what comes over one socket, until it closes. */
function serve(
  { connections, presence }: GraphQLWebSocketOptions,
  protocol: Server<Extra>,
  opened: {
    readonly socket: WebSocket;
    readonly stream: Duplex;
    readonly request: IncomingMessage;
  },
): void {
  const { socket } = opened;
  const connection = connections.open(socket, opened.stream);
  const extra: Extra = {
    socket,
    request: withoutBallast(opened.request),
    connection,
    preparing: new Map(),
    preparingCount: 0,
  };
  const onMessage = (handle: (text: string) => Promise<void>) =>
    readText(connections, connection, (text) => {
      handle(text).catch((error) => {
        log.error({ event: 'websocket.failed', error });
        connections.close(connection, 1011, 'Internal error');
      });
    });
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (frame) => connection.outbox.send(frame),
      close: (code, reason) => connections.close(connection, code ?? 1000, reason ?? ''),
      onMessage,
    },
    extra,
  );
  socket.once('close', (code, reason) => {
    for (const session of extra.heldPresence?.values() ?? []) {
      presence.letGo(session);
    }
    closed(code, reason.toString()).catch((error) =>
      log.error({ event: 'websocket.failed', error }),
    );
  });
}

/** What may be asked of an upgrade request later on: thousands of idle sockets keep theirs. */
function withoutBallast({ url, headers }: IncomingMessage): UpgradeRequest {
  const { authorization, [ACT_AS_HEADER]: actAs } = headers;
  return { url, headers: { authorization, [ACT_AS_HEADER]: actAs } };
}

import type { Server } from 'node:http';
import type { GrafservBase } from 'grafserv';
import type { Pool } from 'pg';
import { withPgClientFromPgService } from 'postgraphile/@dataplan/pg';
import { GraphQLError, type GraphQLFormattedError } from 'postgraphile/graphql';
import type { Histogram } from 'prom-client';
import { isDatabaseAway, mayHaveBeenDone } from '../database/away.ts';
import { databaseIdentity } from '../database/identity.ts';
import { broadcastSettings, pgSettingsFor } from '../database/pg-settings.ts';
import { TrumpetError } from '../errors/codes.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { OnBells } from './bells/bells.ts';
import { carryBells } from './bells/carrying.ts';
import { createExecutor, type Executor } from './execution/executor.ts';
import { createHub, type HubStatistics } from './hub/hub.ts';
import { createDeliveryDelays } from './log/delivery-delays.ts';
import { createConnections } from './transports/connections.ts';
import { createGraphQLWebSocket } from './transports/graphql/websocket.ts';
import type { RunAs } from './transports/json/commands.ts';
import { type ExplainedError, ROOM_SUBSCRIPTION } from './transports/json/server-frames.ts';
import { createJsonWebSocket } from './transports/json/websocket.ts';
import { createPresence } from './transports/presence.ts';
import {
  createServerSentEvents,
  type ServerSentEvents,
} from './transports/sse/server-sent-events.ts';
import { routeUpgrades } from './transports/upgrades.ts';

const NO_ROOM = '00000000-0000-0000-0000-000000000000';

export interface RealtimeOptions {
  readonly server: Server;
  readonly grafserv: GrafservBase;
  /** The owner's address: LISTEN and the relay have connections of their own. */
  readonly databaseUrl: string;
  /** Carries the bells between nodes instead of NOTIFY. */
  readonly redisUrl: string | undefined;
  readonly ownerPool: Pool;
  /** The bells of the pool that GraphQL runs on: from `attachBells`, before it made its first connection. */
  readonly listenToBells: (onBells: OnBells) => void;
  readonly authenticate: (token: string) => Promise<Viewer>;
  /** Called when a session has ended, here or anywhere. */
  readonly forgetSession: (sessionId: string) => void;
  /** Whether a page of this origin may connect to this host, both as the browser names them. */
  readonly isOriginAllowed: (origin: string, host: string | undefined) => boolean;
}

export interface Realtime {
  readonly isListening: boolean;
  /** Undefined without Redis. */
  readonly isRedisConnected: boolean | undefined;
  readonly statistics: HubStatistics & {
    readonly sockets: number;
    readonly eventStreams: number;
    readonly presenceSessions: number;
    readonly reconnects: number;
  };
  readonly deliveryDelays: Histogram<'transport'>;
  readonly eventStreams: Pick<ServerSentEvents, 'open'>;
  /** Says goodbye to the sockets and lets go of everything; the pools are the caller's. */
  release(): Promise<void>;
}

/** Starts live delivery: bells, feed, hub, and the transports over it. */
export async function startRealtime(options: RealtimeOptions): Promise<Realtime> {
  const { grafserv, ownerPool, authenticate } = options;
  const { schema, resolvedPreset } = await grafserv.getExecutionConfig({});
  const [pgService] = resolvedPreset.pgServices ?? [];
  if (pgService === undefined) {
    throw new Error('The preset has no database');
  }
  const withPgClient = withPgClientFromPgService.bind(null, pgService);
  const maskError = (error: GraphQLError) => grafserv.dynamicOptions.maskError(error);

  const deliveryDelays = createDeliveryDelays(ownerPool);
  const makeContext = (pgSettings: Record<string, string>) => ({ pgSettings, withPgClient });
  const execute = createExecutor({ schema, resolvedPreset, makeContext, maskError });
  await planRoomFrames(execute);
  const hub = createHub({
    pool: ownerPool,
    schema,
    execute,
    servedSessions: () => [...new Set([...connections.sessionIds(), ...eventStreams.sessionIds()])],
    onSessionEnded(sessionId) {
      options.forgetSession(sessionId);
      connections.endSession(sessionId);
      eventStreams.endSession(sessionId);
    },
    onDelivered: deliveryDelays.record,
  });
  const bells = await carryBells({
    databaseUrl: options.databaseUrl,
    redisUrl: options.redisUrl,
    databaseId: await databaseIdentity(ownerPool),
    listenToOwn: options.listenToBells,
    onBells: hub.ring,
    onListening: hub.sweep,
  });

  const connections = createConnections();
  const presence = createPresence({ pool: ownerPool });
  const eventStreams = createServerSentEvents({ hub });
  const shared = { connections, hub, presence, authenticate };
  const refuseUpgrades = routeUpgrades({
    server: options.server,
    transports: [
      createGraphQLWebSocket({ ...shared, grafserv }),
      createJsonWebSocket({
        ...shared,
        runAs: createRunAs(pgService),
        explain: (error) => explain(error, maskError),
      }),
    ],
    isOriginAllowed: options.isOriginAllowed,
  });

  return {
    get isListening() {
      return bells.isListening;
    },
    get isRedisConnected() {
      return bells.isRedisConnected;
    },
    get statistics() {
      return {
        ...hub.statistics,
        sockets: connections.count,
        eventStreams: eventStreams.streamCount,
        presenceSessions: presence.statistics.sessions,
        reconnects: bells.reconnects,
      };
    },
    deliveryDelays: deliveryDelays.histogram,
    eventStreams,
    async release() {
      refuseUpgrades();
      eventStreams.release();
      await connections.release();
      await Promise.all([presence.release(), bells.release(), hub.release()]);
      await deliveryDelays.release();
    },
  };
}

/** What every JSON socket listens with is planned before anyone is served: that takes 40 ms in which nobody else is. */
async function planRoomFrames(execute: Executor): Promise<void> {
  const variables = { roomId: NO_ROOM, cursor: null };
  await execute({
    ...ROOM_SUBSCRIPTION,
    variables,
    pgSettings: broadcastSettings([NO_ROOM]),
    events: [],
  });
}

function createRunAs(pgService: GraphileConfig.PgServiceConfiguration): RunAs {
  return async function runAs<Row>(viewer: Viewer, text: string, values: unknown[]) {
    try {
      const { rows } = await withPgClientFromPgService(pgService, pgSettingsFor(viewer), (client) =>
        client.query<Row>({ text, values }),
      );
      return rows;
    } catch (error) {
      throw isDatabaseAway(error) && mayHaveBeenDone(error)
        ? new TrumpetError('INTERRUPTED')
        : error;
    }
  };
}

/** An error as a caller may see it. */
function explain(
  error: unknown,
  maskError: (error: GraphQLError) => GraphQLError | GraphQLFormattedError,
): ExplainedError {
  const cause = error instanceof Error ? error : new Error(String(error));
  const { message, extensions } = maskError(
    new GraphQLError(cause.message, { originalError: cause }),
  );
  return { code: 'UNEXPECTED', ...extensions, message };
}

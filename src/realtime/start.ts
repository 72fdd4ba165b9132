import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { GrafservBase } from 'grafserv';
import type { Pool } from 'pg';
import { withPgClientFromPgService } from 'postgraphile/@dataplan/pg';
import { GraphQLError } from 'postgraphile/graphql';
import type { Histogram } from 'prom-client';
import { pgSettingsFor } from '../database/pg-settings.ts';
import type { IsOriginAllowed } from '../http/origins.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { OnBells } from './bells/bells.ts';
import { createListener } from './bells/listener.ts';
import { createRedisRelay } from './bells/redis-relay.ts';
import { createNotifyRelay } from './bells/relay.ts';
import { createExecutor } from './execution/executor.ts';
import { createHub, type HubStatistics } from './hub/hub.ts';
import { createDeliveryDelays } from './log/delivery-delays.ts';
import { createConnections } from './transports/connections.ts';
import { createGraphQLWebSocket } from './transports/graphql-websocket.ts';
import { createJsonWebSocket } from './transports/json-websocket.ts';
import { createPresence } from './transports/presence.ts';
import { createServerSentEvents, type ServerSentEvents } from './transports/server-sent-events.ts';
import { routeUpgrades } from './transports/upgrades.ts';

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
  readonly isOriginAllowed: IsOriginAllowed;
}

export interface Realtime {
  readonly isListening: boolean;
  readonly statistics: HubStatistics & {
    readonly sockets: number;
    readonly eventStreams: number;
    readonly presenceSessions: number;
    readonly reconnects: number;
  };
  readonly deliveryDelays: Histogram;
  readonly eventStreams: Pick<ServerSentEvents, 'open'>;
  /** Says goodbye to the sockets and lets go of everything; the pools are the caller's. */
  release(): Promise<void>;
}

/** Starts live delivery: bells, feed, hub, and the transports over it. */
export async function startRealtime(options: RealtimeOptions): Promise<Realtime> {
  const nodeId = randomBytes(8).toString('hex');
  const { schema, resolvedPreset } = await options.grafserv.getExecutionConfig({});
  const [pgService] = resolvedPreset.pgServices ?? [];
  if (pgService === undefined) {
    throw new Error('The preset has no database');
  }
  const withPgClient = withPgClientFromPgService.bind(null, pgService);

  const maskError = (error: GraphQLError) => options.grafserv.dynamicOptions.maskError(error);

  const deliveryDelays = createDeliveryDelays(options.ownerPool);
  const hub = createHub({
    pool: options.ownerPool,
    schema,
    execute: createExecutor({
      schema,
      resolvedPreset,
      makeContext: (pgSettings) => ({ pgSettings, withPgClient }),
      maskError,
    }),
    onSessionEnded(sessionId) {
      options.forgetSession(sessionId);
      connections.endSession(sessionId);
      eventStreams.endSession(sessionId);
    },
    onDelivered: deliveryDelays.record,
  });
  const relay =
    options.redisUrl === undefined
      ? createNotifyRelay({ connectionString: options.databaseUrl, nodeId })
      : createRedisRelay({
          url: options.redisUrl,
          nodeId,
          onBells: hub.ring,
          onListening: hub.sweep,
        });
  options.listenToBells((bells) => {
    hub.ring(bells);
    relay.publish(bells);
  });
  const listener = createListener({
    connectionString: options.databaseUrl,
    nodeId,
    onBells: hub.ring,
    onListening: hub.sweep,
  });

  const { server, authenticate, isOriginAllowed } = options;
  const connections = createConnections();
  const presence = createPresence({ pool: options.ownerPool });
  const graphqlWebSocket = createGraphQLWebSocket({
    grafserv: options.grafserv,
    connections,
    hub,
    presence,
    authenticate,
  });
  const jsonWebSocket = createJsonWebSocket({
    connections,
    hub,
    presence,
    authenticate,
    async runAs<Row>(viewer: Viewer, text: string, values: unknown[]) {
      const { rows } = await withPgClientFromPgService(pgService, pgSettingsFor(viewer), (client) =>
        client.query<Row>({ text, values }),
      );
      return rows;
    },
    explain(error) {
      const cause = error instanceof Error ? error : new Error(String(error));
      const { message, extensions } = maskError(
        new GraphQLError(cause.message, { originalError: cause }),
      );
      return { code: 'UNEXPECTED', ...extensions, message };
    },
  });
  const refuseUpgrades = routeUpgrades({
    server,
    transports: [graphqlWebSocket, jsonWebSocket],
    isOriginAllowed,
  });
  const eventStreams = createServerSentEvents({ hub });

  return {
    get isListening() {
      return listener.isListening;
    },
    get statistics() {
      return {
        ...hub.statistics,
        sockets: connections.count,
        eventStreams: eventStreams.streamCount,
        presenceSessions: presence.statistics.sessions,
        reconnects: listener.reconnects,
      };
    },
    deliveryDelays: deliveryDelays.histogram,
    eventStreams,
    async release() {
      refuseUpgrades();
      eventStreams.release();
      await connections.release();
      await Promise.all([presence.release(), listener.release(), relay.release(), hub.release()]);
      await deliveryDelays.release();
    },
  };
}

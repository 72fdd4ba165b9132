import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { GrafservBase } from 'grafserv';
import type { Pool } from 'pg';
import { withPgClientFromPgService } from 'postgraphile/@dataplan/pg';
import type { Viewer } from '../viewer.ts';
import type { OnBells } from './bells.ts';
import { createExecutor } from './executor.ts';
import { attachGraphQLWebSocket } from './graphql-websocket.ts';
import { createHub, type HubStatistics } from './hub.ts';
import { createListener } from './listener.ts';
import { createNotifyRelay } from './relay.ts';

export interface RealtimeOptions {
  readonly server: Server;
  readonly grafserv: GrafservBase;
  /** The owner's address: LISTEN and the relay have connections of their own. */
  readonly databaseUrl: string;
  readonly ownerPool: Pool;
  /** The bells of the pool that GraphQL runs on: from `attachBells`, before it made its first connection. */
  readonly listenToBells: (onBells: OnBells) => void;
  readonly authenticate: (token: string) => Promise<Viewer>;
  /** Called when a session has ended, here or anywhere. */
  readonly forgetSession: (sessionId: string) => void;
  readonly allowedOrigins: readonly string[];
}

export interface Realtime {
  readonly isListening: boolean;
  readonly statistics: HubStatistics & { readonly sockets: number; readonly reconnects: number };
  /** Says goodbye to the sockets and lets go of everything; the pools are the caller's. */
  release(): Promise<void>;
}

/** Starts live delivery: bells, feed, hub and the GraphQL WebSocket. */
export async function startRealtime(options: RealtimeOptions): Promise<Realtime> {
  const nodeId = randomBytes(8).toString('hex');
  const { schema, resolvedPreset } = await options.grafserv.getExecutionConfig({});
  const [pgService] = resolvedPreset.pgServices ?? [];
  if (pgService === undefined) {
    throw new Error('The preset has no database');
  }
  const withPgClient = withPgClientFromPgService.bind(null, pgService);

  const hub = createHub({
    pool: options.ownerPool,
    schema,
    execute: createExecutor({
      schema,
      resolvedPreset,
      makeContext: (pgSettings) => ({ pgSettings, withPgClient }),
      maskError: (error) => options.grafserv.dynamicOptions.maskError(error),
    }),
    onSessionEnded(sessionId) {
      options.forgetSession(sessionId);
      webSocket.endSession(sessionId);
    },
  });
  const relay = createNotifyRelay({ connectionString: options.databaseUrl, nodeId });
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
  const webSocket = attachGraphQLWebSocket({
    server: options.server,
    grafserv: options.grafserv,
    hub,
    authenticate: options.authenticate,
    allowedOrigins: options.allowedOrigins,
  });

  return {
    get isListening() {
      return listener.isListening;
    },
    get statistics() {
      return { ...hub.statistics, sockets: webSocket.socketCount, reconnects: listener.reconnects };
    },
    async release() {
      await webSocket.release();
      await Promise.all([listener.release(), relay.release(), hub.release()]);
    },
  };
}

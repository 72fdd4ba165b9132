import { BlockList } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { flag, origins, port, subnets, urlOf, wholeNumber } from './fields.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export interface ServerSettings {
  /** HTTP and WebSocket; 0 picks a free one. */
  readonly port: number;
  readonly host: string;
  /** Where clients reach the server, by a proxy for instance. Undefined: at the address that it listens on. */
  readonly publicUrl: string | undefined;
  /** Absolute path: embedded database, uploads, generated secrets. */
  readonly dataDir: string;
  readonly redisUrl: string | undefined;
  readonly graphiql: boolean;
  readonly introspection: boolean;
  /** Origins that browsers may connect from beside the server's own; `*` is any. */
  readonly allowedOrigins: readonly string[];
  /** Proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: BlockList;
  /** Connections that one address may have open, trusted proxies excepted. */
  readonly connectionsPerAddress: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Run the worker inside the process of `npm start`. */
  readonly worker: boolean;
  /** Where the server shows its metrics. Undefined: on its own port, to this machine only. */
  readonly metricsPort: number | undefined;
  /** Where `npm run worker` shows its metrics. Undefined: nowhere. */
  readonly workerMetrics: WorkerMetricsPlace | undefined;
}

export interface WorkerMetricsPlace {
  readonly host: string;
  readonly port: number;
  /** Whether somebody has asked for this port. The one that is there by itself is this machine's only, and may be taken. */
  readonly isAskedFor: boolean;
}

/** The usual port of Prometheus exporters that are part of a program. */
const WORKER_METRICS_PORT = 9_464;

export const serverShape = z.object({
  PORT: port.default(8000),
  HOST: z.string().optional(),
  PUBLIC_URL: urlOf(['http:', 'https:'], 'must be a URL like https://chat.example.org').optional(),
  DATA_DIR: z.string().default('.data'),
  REDIS_URL: urlOf(['redis:', 'rediss:'], 'must be a URL like redis://host:6379').optional(),
  GRAPHIQL: flag.optional(),
  INTROSPECTION: flag.optional(),
  ALLOWED_ORIGINS: origins.default([]),
  TRUST_PROXY: subnets.optional(),
  CONNECTIONS_PER_ADDRESS: wholeNumber(1).default(1_000),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` })
    .default('info'),
  WORKER: flag.default(true),
  METRICS_PORT: port.optional(),
  WORKER_METRICS_PORT: port.optional(),
});

/** @param embedded whether the database is ours: then the server is for the person who started it */
export function serverSettings(
  values: z.output<typeof serverShape>,
  embedded: boolean,
): ServerSettings {
  const host = values.HOST ?? (embedded ? '127.0.0.1' : '0.0.0.0');
  return {
    port: values.PORT,
    host,
    publicUrl: values.PUBLIC_URL,
    dataDir: resolve(values.DATA_DIR),
    redisUrl: values.REDIS_URL,
    graphiql: values.GRAPHIQL ?? embedded,
    introspection: values.INTROSPECTION ?? embedded,
    allowedOrigins: Object.freeze(values.ALLOWED_ORIGINS),
    trustedProxies: values.TRUST_PROXY ?? new BlockList(),
    connectionsPerAddress: values.CONNECTIONS_PER_ADDRESS,
    logLevel: values.LOG_LEVEL,
    worker: values.WORKER,
    metricsPort: values.METRICS_PORT,
    workerMetrics: workerMetricsPlace(values.WORKER_METRICS_PORT, host, embedded),
  };
}

function workerMetricsPlace(
  port: number | undefined,
  host: string,
  embedded: boolean,
): WorkerMetricsPlace | undefined {
  if (port !== undefined) {
    return { host, port, isAskedFor: true };
  }
  return embedded ? undefined : { host: '127.0.0.1', port: WORKER_METRICS_PORT, isAskedFor: false };
}

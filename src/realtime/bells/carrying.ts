import { randomBytes } from 'node:crypto';
import type { OnBells } from './bells.ts';
import { createListener } from './listener.ts';
import type { RedisRelayOptions } from './redis-relay.ts';
import { createNotifyRelay, type Relay } from './relay.ts';

/** What carries bells between this node, the others and everyone else. */
export interface Carrying {
  /** False while there is no connection that is known to hear others. */
  readonly isListening: boolean;
  /** False while Redis is there to carry bells and does not; undefined without Redis. */
  readonly isRedisConnected: boolean | undefined;
  /** How often listening had to begin anew. */
  readonly reconnects: number;
  release(): Promise<void>;
}

interface CarryingOptions {
  /** The owner's address: LISTEN and the relay have connections of their own. */
  readonly databaseUrl: string;
  /** Carries the bells between nodes instead of NOTIFY. */
  readonly redisUrl: string | undefined;
  /** Of the database that the nodes share. */
  readonly databaseId: string;
  /** Says who hears the bells of this process. */
  readonly listenToOwn: (onBells: OnBells) => void;
  /** Bells of this process and of others. */
  readonly onBells: OnBells;
  /** Called each time listening has begun: what rang before then was not heard. */
  readonly onListening: () => void;
}

/** Begins to carry bells: those of this process to the others, and theirs here. */
export async function carryBells(options: CarryingOptions): Promise<Carrying> {
  const { databaseUrl: connectionString, redisUrl, onBells, onListening } = options;
  const nodeId = randomBytes(8).toString('hex');
  const relay =
    redisUrl === undefined
      ? createNotifyRelay({ connectionString, nodeId })
      : await openRedisRelay({
          url: redisUrl,
          nodeId,
          databaseId: options.databaseId,
          onBells,
          onListening,
        });
  options.listenToOwn((bells) => {
    onBells(bells);
    relay.publish(bells);
  });
  const listener = createListener({ connectionString, nodeId, onBells, onListening });
  return {
    get isListening() {
      return listener.isListening;
    },
    get isRedisConnected() {
      return redisUrl === undefined ? undefined : relay.isConnected;
    },
    get reconnects() {
      return listener.reconnects;
    },
    async release() {
      await Promise.all([listener.release(), relay.release()]);
    },
  };
}

/** Its client is a fifth of all modules, and takes its part of a start: only who has Redis loads it. */
async function openRedisRelay(options: RedisRelayOptions): Promise<Relay> {
  const { createRedisRelay } = await import('./redis-relay.ts');
  return createRedisRelay(options);
}

import { createClient } from '@redis/client';
import { log } from '../../process/log.ts';
import { type Bell, type OnBells, packBells, parseBells } from './bells.ts';
import type { Relay } from './relay.ts';

export interface RedisRelayOptions {
  readonly url: string;
  readonly nodeId: string;
  /** Of the database that the nodes share: those of another may use the same Redis. */
  readonly databaseId: string;
  readonly onBells: OnBells;
  /** Called each time listening has begun: what rang before then was not heard. */
  readonly onListening: () => void;
}

type Client = ReturnType<typeof makeClient>;

const GATHER_MS = 5;
const CONNECT_TIMEOUT_MS = 2_000;
const PING_INTERVAL_MS = 1_000;
/** A connection over which nothing has come for this long is thrown away: Redis is stalled, or gone. */
const SILENCE_LIMIT_MS = 4_000;
const MIN_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 1_000;
const MAX_WAITING_BELLS = 10_000;

/**
 * The relay for many nodes: Redis pub/sub carries the bells. Nothing depends on it but speed. While Redis
 * is away, stalls or forgets, bells are dropped and the other nodes' sweep finds within a second what
 * they would have told.
 */
export function createRedisRelay(options: RedisRelayOptions): Relay {
  const channel = `trumpet:bells:${options.databaseId}`;
  let waiting: Bell[] = [];
  let timer: NodeJS.Timeout | undefined;
  const publisher = keepConnection(options.url, 'publisher', async () => {});
  const subscriber = keepConnection(options.url, 'subscriber', async (client) => {
    await client.subscribe(channel, (payload) => {
      const { sender, bells } = parseBells(payload);
      if (sender !== options.nodeId) {
        options.onBells(bells);
      }
    });
    options.onListening();
  });

  function send(): void {
    timer = undefined;
    const bells = waiting;
    waiting = [];
    for (const payload of packBells(options.nodeId, bells)) {
      publisher.client?.publish(channel, payload).catch(() => {}); // The others' sweep will find it.
    }
  }

  return {
    publish(bells) {
      if (waiting.length < MAX_WAITING_BELLS) {
        waiting.push(...bells);
      }
      timer ??= setTimeout(send, GATHER_MS);
    },
    get isConnected() {
      return publisher.client !== undefined && subscriber.client !== undefined;
    },
    async release() {
      clearTimeout(timer);
      await Promise.all([publisher.release(), subscriber.release()]);
    },
  };
}

interface KeptConnection {
  /** Undefined while there is none that is ready. */
  readonly client: Client | undefined;
  release(): Promise<void>;
}

/** Connects, and connects again whenever that fails or the connection ends, whatever Redis says to it. */
function keepConnection(
  url: string,
  part: string,
  prepare: (client: Client) => Promise<void>,
): KeptConnection {
  const released = Promise.withResolvers<void>();
  let isReleased = false;
  let ready: Client | undefined;
  let isAway = false;

  /** Resolves when the connection is dead, however it died. Returns whether it was ready before. */
  async function useUntilDead(): Promise<boolean> {
    const client = makeClient(url, part);
    const died = new Promise<Error>((resolve) => {
      client.on('error', resolve);
      client.on('end', () => resolve(new Error('The connection was closed')));
    });
    const connected = client.connect().then(() => prepare(client));
    try {
      await Promise.race([
        connected,
        died.then((error) => Promise.reject(error)),
        released.promise,
      ]);
      if (isReleased) {
        return true;
      }
      ready = client;
      isAway = false;
      log.info({ event: 'redis.ready', part });
      tellAway((await Promise.race([died, released.promise])) ?? undefined);
      return true;
    } catch (error) {
      tellAway(error as Error);
      return false;
    } finally {
      ready = undefined;
      connected.catch(() => {}); // It has been told.
      destroy(client);
    }
  }

  function tellAway(error: Error | undefined): void {
    if (!isAway && !isReleased) {
      isAway = true;
      log.warn({ event: 'redis.away', part, reason: error?.message });
    }
  }

  async function supervise(): Promise<void> {
    let backoffMs = MIN_BACKOFF_MS;
    while (!isReleased) {
      const wasReady = await useUntilDead();
      backoffMs = wasReady ? MIN_BACKOFF_MS : Math.min(backoffMs * 2, MAX_BACKOFF_MS);
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, backoffMs);
      await Promise.race([promise, released.promise]);
      clearTimeout(timer);
    }
  }

  const supervised = supervise();
  return {
    get client() {
      return ready;
    },
    async release() {
      isReleased = true;
      released.resolve();
      await supervised;
    },
  };
}

function makeClient(url: string, part: string) {
  return createClient({
    url,
    name: `trumpet-${part}`,
    // What cannot be said now is not worth saying later.
    disableOfflineQueue: true,
    commandsQueueMaxLength: 1_000,
    pingInterval: PING_INTERVAL_MS,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SILENCE_LIMIT_MS,
      reconnectStrategy: false,
    },
  });
}

/** It throws when there is nothing to destroy any more. */
function destroy(client: Client): void {
  client.removeAllListeners();
  client.on('error', () => {});
  try {
    client.destroy();
  } catch (error) {
    log.debug({ event: 'redis.destroyed_already', error });
  }
}

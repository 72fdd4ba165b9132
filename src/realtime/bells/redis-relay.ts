import { createClient } from '@redis/client';
import { log } from '../../process/log.ts';
import { type Bell, type OnBells, packBells, parseBells } from './bells.ts';
import type { Relay } from './relay.ts';

interface RedisRelayOptions {
  readonly url: string;
  readonly nodeId: string;
  readonly onBells: OnBells;
  /** Called each time listening has begun: what rang before then was not heard. */
  readonly onListening: () => void;
}

const CHANNEL = 'trumpet:bells';
const GATHER_MS = 5;
const CONNECT_TIMEOUT_MS = 2_000;
const PING_INTERVAL_MS = 1_000;
/** A connection over which nothing has come for this long is thrown away: Redis is stalled, or gone. */
const SILENCE_LIMIT_MS = 4_000;
const MAX_RECONNECT_MS = 1_000;
const MAX_WAITING_BELLS = 10_000;

/**
 * The relay for many nodes: Redis pub/sub carries the bells. Nothing depends on it but speed. While Redis
 * is away, stalls or forgets, bells are dropped and the other nodes' sweep finds within a second what
 * they would have told.
 */
export function createRedisRelay(options: RedisRelayOptions): Relay {
  let waiting: Bell[] = [];
  let timer: NodeJS.Timeout | undefined;
  const publisher = connect('publisher');
  const subscriber = connect('subscriber');

  function connect(part: string) {
    const client = createClient({
      url: options.url,
      name: `trumpet-${part}`,
      // What cannot be said now is not worth saying later.
      disableOfflineQueue: part === 'publisher',
      commandsQueueMaxLength: 1_000,
      pingInterval: PING_INTERVAL_MS,
      socket: {
        connectTimeout: CONNECT_TIMEOUT_MS,
        socketTimeout: SILENCE_LIMIT_MS,
        reconnectStrategy: (retries) => Math.min(50 * 2 ** Math.min(retries, 5), MAX_RECONNECT_MS),
      },
    });
    let isAway = false;
    client.on('error', (error: Error) => {
      if (!isAway) {
        isAway = true;
        log.warn({ event: 'redis.away', part, reason: error.message });
      }
    });
    client.on('ready', () => {
      isAway = false;
      log.info({ event: 'redis.ready', part });
      if (part === 'subscriber') {
        options.onListening();
      }
    });
    client.connect().catch(() => {}); // It has told `error`, and goes on trying.
    return client;
  }

  subscriber
    .subscribe(CHANNEL, (payload) => {
      const { sender, bells } = parseBells(payload);
      if (sender !== options.nodeId) {
        options.onBells(bells);
      }
    })
    .catch((error) => log.error({ event: 'redis.subscribe_failed', error }));

  function send(): void {
    timer = undefined;
    const bells = waiting;
    waiting = [];
    if (publisher.isReady) {
      for (const payload of packBells(options.nodeId, bells)) {
        publisher.publish(CHANNEL, payload).catch(() => {}); // The others' sweep will find it.
      }
    }
  }

  return {
    publish(bells) {
      if (waiting.length < MAX_WAITING_BELLS) {
        waiting.push(...bells);
      }
      timer ??= setTimeout(send, GATHER_MS);
    },
    async release() {
      clearTimeout(timer);
      for (const client of [publisher, subscriber]) {
        client.destroy();
      }
    },
  };
}

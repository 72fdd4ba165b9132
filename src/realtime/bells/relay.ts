import pg from 'pg';
import { keptConnection } from '../../database/kept-connection.ts';
import { log } from '../../process/log.ts';
import { CONNECT_TIMEOUT_MS, QUERY_TIMEOUT_MS } from '../../process/time-limits.ts';
import { BELL_CHANNEL, type Bell, packBells } from './bells.ts';
import { createPace } from './pace.ts';

/** Tells the bells of this node to the others. */
export interface Relay {
  /** Returns at once. What cannot be sent is dropped: the others' sweep finds it within a second. */
  publish(bells: readonly Bell[]): void;
  /** False while what it sends, or what others send through it, is known not to arrive. */
  readonly isConnected: boolean;
  release(): Promise<void>;
}

interface NotifyRelayOptions {
  /** The owner's database. */
  readonly connectionString: string;
  readonly nodeId: string;
  /** How many of the database's listeners are this node's own, which hears its bells without a relay (default 1). */
  readonly ownListeners?: number;
}

const MIN_GATHER_MS = 5;
const MAX_GATHER_MS = 50;
const RECONNECT_MS = 1_000;
const MAX_WAITING_BELLS = 10_000;
/** How long a node that has found itself alone tells nobody. Who comes meanwhile finds by the sweep what it missed. */
const ALONE_MS = 1_000;

/**
 * The relay without Redis: one NOTIFY for all bells of a few milliseconds, from a connection of its own
 * that does not wait for the disk. NOTIFY takes a cluster-wide lock at commit, so nobody else does it.
 */
export function createNotifyRelay({
  connectionString,
  nodeId,
  ownListeners = 1,
}: NotifyRelayOptions): Relay {
  let client: pg.Client | undefined;
  let waiting: Bell[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> | undefined;
  let released = false;
  let peersCheckedAt = Number.NEGATIVE_INFINITY;
  let hasPeers = true;
  const pace = createPace({ minMs: MIN_GATHER_MS, maxMs: MAX_GATHER_MS });

  async function findPeers(connected: pg.Client): Promise<void> {
    peersCheckedAt = performance.now();
    const { rows } = await connected.query<{ listeners: number }>({
      name: 'trumpet_relay_peers',
      text: `select count(*)::int as listeners from pg_stat_activity
        where application_name = 'trumpet listener' and datname = current_database()`,
    });
    hasPeers = (rows[0]?.listeners ?? 0) > ownListeners;
  }

  function isAlone(): boolean {
    return !hasPeers && performance.now() - peersCheckedAt < ALONE_MS;
  }

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({
      ...keptConnection(connectionString, 'trumpet relay', { synchronous_commit: 'off' }),
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
    });
    fresh.on('error', () => {
      client = undefined;
    });
    await fresh.connect();
    return fresh;
  }

  async function send(): Promise<void> {
    const bells = waiting;
    waiting = [];
    try {
      client ??= await connect();
      if (performance.now() - peersCheckedAt >= ALONE_MS) {
        await findPeers(client);
      }
      if (!hasPeers) {
        return;
      }
      const connected = client;
      await pace.timed(
        () =>
          connected.query({
            name: 'trumpet_relay',
            text: 'select pg_notify($1, payload) from unnest($2::text[]) as payload',
            values: [BELL_CHANNEL, packBells(nodeId, bells)],
          }),
        () => ({ things: bells.length, groups: bells.length }),
      );
    } catch (error) {
      log.warn({ event: 'relay.failed', bells: bells.length, error });
      client?.end().catch(() => {});
      client = undefined;
      await new Promise((resolve) => setTimeout(resolve, released ? 0 : RECONNECT_MS));
    }
  }

  function schedule(): void {
    if (timer === undefined && sending === undefined && waiting.length > 0 && !released) {
      timer = setTimeout(() => {
        timer = undefined;
        sending = send().finally(() => {
          sending = undefined;
          schedule();
        });
      }, pace.pauseMs);
    }
  }

  return {
    publish(bells) {
      if (isAlone()) {
        return;
      }
      if (waiting.length < MAX_WAITING_BELLS) {
        waiting.push(...bells);
      }
      schedule();
    },
    // Who has nothing to tell has no connection: LISTEN is what others are heard by.
    isConnected: true,
    async release() {
      released = true;
      clearTimeout(timer);
      await sending;
      await client?.end().catch(() => {});
    },
  };
}

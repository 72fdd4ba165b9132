import type { Pool } from 'pg';
import { Histogram } from 'prom-client';
import { wallClockMs } from '../../process/clock.ts';
import { log } from '../../process/log.ts';
import { QUERY_TIMEOUT_MS } from '../../process/time-limits.ts';
import type { DurableEvent, FleetingEvent } from './events.ts';

/*
 * How long delivery takes: from the change, by the clock of Postgres, until its event has been written to the sockets.
 * An event counts once for each document that listens, however many read it; in the metrics once more for each
 * further transport that it is read on. Every minute the counts are added to
 * app_private.delivery_delays, for app_admin.delivery.
 */

const BUCKETS_MS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 60_000];
/** Whatever took longer, such as while the database was away. */
const LONGEST_MS = 3_600_000;
const FLUSH_INTERVAL_MS = 60_000;

export interface DeliveryDelays {
  readonly histogram: Histogram<'transport'>;
  /** Counts events that have just been delivered; typing and presence are left out. */
  record(events: readonly (DurableEvent | FleetingEvent)[], transports: ReadonlySet<string>): void;
  release(): Promise<void>;
}

/** @param pool connections of the owner */
export function createDeliveryDelays(pool: Pool): DeliveryDelays {
  const histogram = new Histogram({
    name: 'trumpet_delivery_delay_seconds',
    help: 'How long live events took from the change to the sockets, by the transport of these.',
    labelNames: ['transport'],
    buckets: BUCKETS_MS.map((ms) => ms / 1_000),
    registers: [],
  });
  let counts = new Map<number, number>();

  async function flush(): Promise<void> {
    if (counts.size === 0) {
      return;
    }
    const counted = counts;
    counts = new Map();
    const query = {
      text: 'select app_private.add_delivery_delays($1, $2)',
      values: [[...counted.keys()], [...counted.values()]],
      query_timeout: QUERY_TIMEOUT_MS,
    };
    await pool.query(query).catch((error) => {
      log.warn({ event: 'delivery_delays.not_kept', error });
    });
  }

  const timer = setInterval(flush, FLUSH_INTERVAL_MS);

  return {
    histogram,
    record(events, transports) {
      const now = wallClockMs();
      for (const { changeSeq, occurredAt } of events) {
        if (changeSeq !== null) {
          const delayMs = Math.max(0, now - Date.parse(occurredAt));
          const bucket = BUCKETS_MS.find((ms) => delayMs <= ms) ?? LONGEST_MS;
          counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
          for (const transport of transports) {
            histogram.observe({ transport }, delayMs / 1_000);
          }
        }
      }
    },
    async release() {
      clearInterval(timer);
      await flush();
    },
  };
}

import type pg from 'pg';
import { epochMs } from '../../../testing/clock.ts';
import { percentile } from '../../../testing/send.ts';
import type { Reading, Send } from '../checker.ts';
import { type Claim, faithful } from './claim.ts';
import { createPopulation, type Population } from './population.ts';
import { type Reader, startReader } from './reader.ts';
import { startSqlWriters } from './sql-writer.ts';
import { readHeads, readTables } from './tables.ts';
import { startWriters, type Writers } from './writer.ts';

/* Fifty people in ten rooms, who send and read while something breaks. */

const PEOPLE = 50;
const ROOMS = 10;
/** One in so many follows all rooms by one subscription. */
const USER_EVENTS_SHARE = 5;
const CONVERGENCE_LIMIT_MS = 60_000;
const POLL_MS = 5;

export interface TrafficOptions {
  readonly owner: pg.Pool;
  readonly jwtSecret: string;
  /** The server nodes: readers and writers are spread over them. */
  readonly urls: readonly (() => string)[];
  /** Messages a second by `sendMessage` over HTTP. */
  readonly httpRate: number;
  /** Messages a second by plain SQL, which rings by NOTIFY. */
  readonly sql?: { readonly authDatabaseUrl: string; readonly rate: number };
}

/** Ends by itself when it goes out of scope. */
export interface Traffic extends AsyncDisposable {
  readonly population: Population;
  readonly readers: readonly Reader[];
  readonly writers: Writers;
  /** How long it takes until every reader has what was committed by now, in milliseconds. */
  convergence(): Promise<number>;
  /** Ends the writing, waits for the readers, and compares everybody with the table. */
  finish(): Promise<History>;
}

export interface History {
  readonly sends: readonly Send[];
  readonly readings: readonly Reading[];
  readonly faithful: Claim;
  /** Milliseconds from the log to a reader, of each event the first time it came. */
  readonly delays: Delays;
  readonly closes: readonly number[];
  readonly ends: readonly string[];
}

export interface Delays {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export async function startTraffic(options: TrafficOptions): Promise<Traffic> {
  const { owner, jwtSecret, urls, httpRate, sql } = options;
  const population = await createPopulation(owner, jwtSecret, PEOPLE, ROOMS);
  const { roomIds, authors } = population;
  const heads = await readHeads(owner, roomIds);
  const readers = authors.map(({ person, roomIds: rooms }, index) =>
    startReader({
      url: () => `${urls[index % urls.length]?.()}/graphql`,
      person,
      heads: new Map(rooms.map((roomId) => [roomId, heads.get(roomId) ?? 0])),
      field: index % USER_EVENTS_SHARE === 0 ? 'userEvents' : 'roomEvents',
    }),
  );
  await Promise.all(readers.map(({ ready }) => ready));
  const overHttp = startWriters(urls, authors, httpRate);
  const bySql =
    sql === undefined ? undefined : await startSqlWriters(sql.authDatabaseUrl, authors, sql.rate);

  async function convergence(): Promise<number> {
    const startedAt = performance.now();
    const wanted = await readHeads(owner, roomIds);
    while (!readers.every((reader) => reader.hasReached(wanted))) {
      if (performance.now() - startedAt > CONVERGENCE_LIMIT_MS) {
        return Number.POSITIVE_INFINITY;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return performance.now() - startedAt;
  }

  async function stopWriting(): Promise<void> {
    await Promise.all([overHttp.stop(), bySql?.stop()]);
  }

  function stopReading(): void {
    for (const reader of readers) {
      reader.stop();
    }
  }

  return {
    population,
    readers,
    writers: overHttp,
    convergence,
    async finish() {
      await stopWriting();
      await convergence(); // What did not come by now is lost: the checker will say so.
      stopReading();
      for (const reason of new Set(readers.flatMap(({ ends }) => ends))) {
        console.log(`  a subscription was told: ${reason}`);
      }
      const sends = [...overHttp.sends, ...(bySql?.sends ?? [])];
      const readings = readers.flatMap((reader) => reader.readings);
      return {
        sends,
        readings,
        faithful: faithful(await readTables(owner, roomIds), sends, readings),
        delays: delaysOf(readings),
        closes: readers.flatMap(({ closes }) => closes),
        ends: readers.flatMap(({ ends }) => ends),
      };
    },
    async [Symbol.asyncDispose]() {
      stopReading();
      await stopWriting();
    },
  };
}

/** @param since only of events that were received after this, in epoch milliseconds */
export function delaysOf(readings: readonly Reading[], since = 0): Delays {
  const delays: number[] = [];
  for (const { sights } of readings) {
    const seen = new Set<number>();
    for (const { changeSeq, occurredAt, receivedAt } of sights) {
      if (!seen.has(changeSeq) && receivedAt > since) {
        delays.push(receivedAt - occurredAt);
      }
      seen.add(changeSeq);
    }
  }
  return {
    p50: percentile(delays, 0.5),
    p99: percentile(delays, 0.99),
    max: delays.reduce((most, delay) => Math.max(most, delay), 0),
  };
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Resolves with the milliseconds it took until the condition held; infinity when it never did. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  limitMs: number,
): Promise<number> {
  const startedAt = epochMs();
  while (!(await condition())) {
    if (epochMs() - startedAt > limitMs) {
      return Number.POSITIVE_INFINITY;
    }
    await pause(POLL_MS);
  }
  return epochMs() - startedAt;
}

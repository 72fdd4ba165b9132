import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { runBatches } from '../database/batches.ts';

/*
 * What a message says is indexed for search behind its commit. New messages are found by their numbers, a cursor a room,
 * and what became of others is noted: see the migrations search-index and background-indexing.
 */

/** Rooms that are given to the database at a time. */
const MOST_ROOMS = 200;
/** Messages that are indexed in one transaction. It keeps nobody waiting who sends, and to plan it takes some milliseconds. */
const BATCH = 512;
/** How long before it is committed a message usually has its id. What takes longer is found by looking at all rooms. */
const SPARE_MS = 2_000;
/** Looking at all rooms takes this part of the time at most, and is not done more often. */
const SHARE_OF_TIME = 0.05;
const MIN_PAUSE_MS = 500;
/** Where messages keep coming, the next rooms have their turn after so long. */
const TURN_MS = 200;
/** And what is noted, after so long. */
const MOST_MS = 1_000;

/** Indexes what is new or has changed; called again and again by a worker. */
export interface Indexing {
  /** Until there is no more of it. */
  run(): Promise<void>;
}

/** Any number of workers may do so at once: they take turns. */
export function createIndexing(pool: Pool, isStopping: () => boolean): Indexing {
  let beganAt = Number.NEGATIVE_INFINITY;
  let allRoomsAt = Number.NEGATIVE_INFINITY;

  return {
    async run() {
      const now = performance.now();
      if (now >= allRoomsAt) {
        await indexAllRooms(pool, () => isStopping() || performance.now() >= now + MOST_MS);
        const tookMs = performance.now() - now;
        allRoomsAt = now + tookMs + Math.max(MIN_PAUSE_MS, tookMs / SHARE_OF_TIME);
      } else {
        await indexRooms(pool, await roomsWrittenTo(pool, now - beganAt + SPARE_MS), isStopping);
      }
      beganAt = now;
      await indexNoted(pool, isStopping);
    },
  };
}

/** Indexes all that is new or has changed, once. */
export async function indexAll(pool: Pool): Promise<void> {
  await indexAllRooms(pool, () => false);
  await indexNoted(pool, () => false);
}

async function indexAllRooms(pool: Pool, isStopping: () => boolean): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ id: string }>(
      'select id from app_private.rooms_to_index($1) as id',
      [MOST_ROOMS],
    );
    const count = await indexRooms(
      pool,
      rows.map(({ id }) => id),
      isStopping,
    );
    // Nothing, though there were rooms: an import has them.
    if (count === 0 || isStopping()) {
      return;
    }
  }
}

async function roomsWrittenTo(pool: Pool, latelyMs: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select id from app_private.rooms_written_to($1 * interval '1 ms') as id`,
    [latelyMs],
  );
  return rows.map(({ id }) => id);
}

/**
 * What there is, or begins to be for so long as a turn is.
 *
 * @returns how many messages there were, those that are gone among them
 */
async function indexRooms(
  pool: Pool,
  roomIds: readonly string[],
  isStopping: () => boolean,
): Promise<number> {
  let total = 0;
  for (let first = 0; first < roomIds.length; first += MOST_ROOMS) {
    const some = roomIds.slice(first, first + MOST_ROOMS);
    const endsAt = performance.now() + TURN_MS;
    for (let count = 1; count > 0 && !isStopping() && performance.now() < endsAt; ) {
      const startedAt = performance.now();
      count = await countOf(pool, 'select app_private.index_sent($1, $2) as count', [some, BATCH]);
      total += count;
      // As all work in bulk: at most half of what the database can do.
      await sleep(performance.now() - startedAt);
    }
  }
  return total;
}

async function indexNoted(pool: Pool, isStopping: () => boolean): Promise<void> {
  await runBatches(
    async (size) =>
      !isStopping() &&
      (await countOf(pool, 'select app_private.index_noted($1) as count', [size])) > 0,
  );
}

async function countOf(pool: Pool, sql: string, values: unknown[]): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(sql, values);
  return rows[0]?.count ?? 0;
}

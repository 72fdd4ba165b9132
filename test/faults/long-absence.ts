import type { BenchEnvironment } from '../../testing/environment.ts';
import { atMost, type Claim, faithful } from './support/claim.ts';
import { createPopulation } from './support/population.ts';
import { startReader } from './support/reader.ts';
import { startSqlWriters } from './support/sql-writer.ts';
import { readHeads, readTables } from './support/tables.ts';
import { until } from './support/traffic.ts';

const READERS = 4;
const GIVE_UP_MS = 120_000;
const AS_FAST_AS_IT_GOES = 100_000;

/** Clients that were away while much was sent: half of them follow the room, half all of theirs. */
export async function longAbsence(
  env: BenchEnvironment,
  { messages }: { messages: number },
): Promise<Claim[]> {
  const server = await env.startServer();
  const { roomIds, authors } = await createPopulation(env.owner, env.jwtSecret, READERS, 1);
  const heads = await readHeads(env.owner, roomIds);
  const readers = authors.map(({ person }, index) =>
    startReader({
      url: () => `${server.url}/graphql`,
      person,
      heads,
      field: index % 2 === 0 ? 'roomEvents' : 'userEvents',
    }),
  );
  await Promise.all(readers.map(({ ready }) => ready));
  for (const reader of readers) {
    reader.suspend();
  }
  const writers = await startSqlWriters(env.authDatabaseUrl, authors, AS_FAST_AS_IT_GOES);
  await until(() => writers.sends.length >= messages, GIVE_UP_MS);
  await writers.stop();
  const wanted = await readHeads(env.owner, roomIds);
  for (const reader of readers) {
    reader.resume();
  }
  const tookMs = await until(
    () => readers.every((reader) => reader.hasReached(wanted)),
    GIVE_UP_MS,
  );
  for (const reader of readers) {
    reader.stop();
  }
  const tables = await readTables(env.owner, roomIds);
  await server.stop();
  return [
    faithful(
      tables,
      writers.sends,
      readers.flatMap(({ readings }) => readings),
    ),
    atMost('all are recovered within 2 minutes', tookMs / 1_000, GIVE_UP_MS / 1_000, 's'),
  ];
}

import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { epochMs } from '../../testing/clock.ts';
import type { BenchEnvironment, Person } from '../../testing/environment.ts';
import { memoryOf } from '../../testing/memory.ts';
import { atMost, type Claim, faithful } from './support/claim.ts';
import { ROOM_EVENTS, startReader } from './support/reader.ts';
import { startSqlWriters } from './support/sql-writer.ts';
import { readHeads, readTables } from './support/tables.ts';
import { delaysOf, until } from './support/traffic.ts';

const OTHERS = 2;
const ROOMS = 10;
/** Each event is of about 8 kB, as large as a message may be. */
const FILLING = 'x'.repeat(7_600);
/** What the server's memory is compared with is its level with nobody stalled: not risen by a MiB for so long. */
const LEVEL_MS = 45_000;
const LEVEL_LIMIT_MS = 600_000;
const SAMPLE_MS = 250;
const CUT_LIMIT_MS = 60_000;
const MEBIBYTE = 1024 * 1024;

/** One reader stops reading, and everybody else goes on. */
export async function stalledReader(
  env: BenchEnvironment,
  { events, rate }: { events: number; rate: number },
): Promise<Claim[]> {
  const server = await env.startServer();
  const people = await env.createPeople(OTHERS + 1);
  const [stalling, ...others] = people as [Person, ...Person[]];
  const roomIds = await env.createRooms(
    Array.from({ length: ROOMS }, () => people.map(({ id }) => id)),
  );
  const heads = await readHeads(env.owner, roomIds);
  const readers = others.map((person) =>
    startReader({ url: () => `${server.url}/graphql`, person, heads, field: 'roomEvents' }),
  );
  await Promise.all(readers.map(({ ready }) => ready));
  const memory = sampleMemory(server.child.pid as number);
  const total = (seqs: ReadonlyMap<string, number>) =>
    [...seqs.values()].reduce((a, b) => a + b, 0);
  const writers = await startSqlWriters(
    env.authDatabaseUrl,
    people.map((person) => ({ person, roomIds })),
    rate,
    (nonce) => `${nonce} ${FILLING}`,
  );
  const written = async () => total(await readHeads(env.owner, roomIds));

  await until(() => memory.levelMs() > LEVEL_MS, LEVEL_LIMIT_MS);
  const before = memory.highest();
  const writtenBefore = await written();
  const stalledAt = epochMs();
  const calm = readers.flatMap(({ readings }) => readings.map(copy));
  const stalled = await stall(server.url, stalling, roomIds);
  const cut = until(() => !stalled.isOpenAtServer(), CUT_LIMIT_MS);
  const limitMs = (events / rate) * 1_000 * 10;
  await until(async () => (await written()) - writtenBefore >= events, limitMs);
  const cutAfterMs = await cut;
  const growth = (memory.highest() - before) / MEBIBYTE;
  await writers.stop();
  const wanted = await readHeads(env.owner, roomIds);
  await until(() => readers.every((reader) => reader.hasReached(wanted)), CUT_LIMIT_MS);
  memory.stop();
  stalled.end();
  for (const reader of readers) {
    reader.stop();
  }
  const readings = readers.flatMap((reader) => reader.readings);
  const calmly = delaysOf(calm).p99;
  const meanwhile = delaysOf(readings, stalledAt).p99;
  const tables = await readTables(env.owner, roomIds);
  await server.stop();
  return [
    faithful(tables, writers.sends, readings),
    atMost('the server grows by at most 20 MB', growth, 20, 'MiB'),
    atMost('the reader is cut within 30 s', cutAfterMs / 1_000, 30, 's'),
    atMost(
      `the others' p99 is at most twice what it was`,
      meanwhile / calmly,
      2,
      `× (${calmly.toFixed(0)} ms, then ${meanwhile.toFixed(0)} ms)`,
    ),
  ];
}

function copy<T extends { sights: readonly unknown[] }>(reading: T): T {
  return { ...reading, sights: [...reading.sights] };
}

/** Subscribes to every room, and reads nothing more. */
async function stall(url: string, person: Person, roomIds: readonly string[]) {
  let stream: Socket | undefined;
  let ready = 0;
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws', {
    createConnection: ({ port, host }: { port?: unknown; host?: unknown }) => {
      stream = connect(Number(port), String(host));
      return stream;
    },
  });
  socket.on('error', () => {}); // Being cut is what it is for.
  await new Promise<void>((resolve) => {
    socket.on('open', () =>
      socket.send(
        JSON.stringify({
          type: 'connection_init',
          payload: { authorization: `Bearer ${person.token}` },
        }),
      ),
    );
    socket.on('message', (data) => {
      if (data.toString().includes('connection_ack')) {
        for (const roomId of roomIds) {
          socket.send(
            JSON.stringify({
              type: 'subscribe',
              id: roomId,
              payload: { query: ROOM_EVENTS, variables: { roomId } },
            }),
          );
        }
      } else if (data.toString().includes('ReadyEvent') && ++ready === roomIds.length) {
        socket.pause();
        resolve();
      }
    });
  });
  const port = stream?.localPort as number;
  return { isOpenAtServer: () => isEstablished(port), end: () => socket.terminate() };
}

const ESTABLISHED = '01';

/** Whether the peer of this local port still holds its side open: a stalled reader cannot see its end. */
function isEstablished(port: number): boolean {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((path) => readFileSync(path, 'utf8').split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .some(([, , remote, state]) => remote?.split(':')[1] === wanted && state === ESTABLISHED);
}

function sampleMemory(pid: number) {
  let highest = 0;
  let mark = 0;
  let markedAt = performance.now();
  const timer = setInterval(() => {
    highest = Math.max(highest, memoryOf(pid).resident);
    if (highest - mark > MEBIBYTE) {
      mark = highest;
      markedAt = performance.now();
    }
  }, SAMPLE_MS);
  return {
    highest: () => highest,
    /** For how long it has not been higher than before, in milliseconds. */
    levelMs: () => performance.now() - markedAt,
    stop: () => clearInterval(timer),
  };
}

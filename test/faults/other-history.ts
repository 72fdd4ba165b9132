import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrateDatabase } from '../../src/database/migrations.ts';
import type { BenchEnvironment } from '../../testing/environment.ts';
import { openEventStream } from '../../testing/event-stream.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { createPeople, createRooms, type Person } from '../../testing/population.ts';
import { openSocket } from '../../testing/socket.ts';
import { atMost, type Claim, exactly } from './support/claim.ts';
import {
  askOnce,
  type Cluster,
  copyFiles,
  readRows,
  startCluster,
  startStandby,
  writeRows,
} from './support/clusters.ts';
import { startProxy } from './support/proxy.ts';
import { until } from './support/traffic.ts';

/*
 * The database loses what clients have seen, and goes on otherwise: with files of an earlier time, or with a standby
 * that had not got everything, or in another cluster, from the rows of an earlier time. In some rooms the new history is shorter than the old one, in some as long, in some
 * longer. Nobody tells the server.
 */

export type Loss = 'files' | 'standby' | 'rows';

const COMMON = 3;
const LOST = 4;
const GIVE_UP_MS = 60_000;

/** What comes to be instead of a cluster. */
interface Fork {
  /** Resolves with the cluster that is there from then on. */
  happen(): Promise<Cluster>;
  readonly before: Cluster;
}

/** What one kind of listener has got in one room: the cursor of each change, and how it ended. */
interface Listening {
  readonly kind: string;
  readonly roomId: string | undefined;
  readonly cursors: string[];
  endedWith: string | undefined;
  endedAt: number | undefined;
  close(): unknown;
}

async function forkFiles(cluster: Cluster): Promise<Fork> {
  const copy = `${cluster.files}-copy`;
  await cluster.stop();
  copyFiles(cluster.files, copy);
  const before = await startCluster(cluster.files, cluster.port);
  return {
    before,
    async happen() {
      await before.stop();
      copyFiles(copy, cluster.files);
      return await startCluster(cluster.files, cluster.port);
    },
  };
}

async function forkStandby(before: Cluster): Promise<Fork> {
  const standby = await startStandby(before);
  await until(async () => {
    const [{ lsn } = { lsn: '' }] = await askOnce<{ lsn: string }>(
      before,
      'select pg_current_wal_lsn()::text as lsn',
    );
    const [row] = await askOnce<{ has: boolean }>(
      standby,
      `select coalesce(pg_last_wal_replay_lsn() >= '${lsn}', false) as has`,
    );
    return row?.has === true;
  }, GIVE_UP_MS);
  // What is committed from here on does not reach it.
  await askOnce(standby, `alter system set primary_conninfo = ''`);
  await askOnce(standby, 'select pg_reload_conf()');
  await until(
    async () => (await askOnce(standby, 'select from pg_stat_wal_receiver')).length === 0,
    GIVE_UP_MS,
  );
  return {
    before,
    async happen() {
      await before.stop();
      await askOnce(standby, 'select pg_promote()');
      return standby;
    },
  };
}

/** @param password of the login, which is no row */
async function forkRows(before: Cluster, password: string): Promise<Fork> {
  const rows = await readRows(before.ownerUrl());
  return {
    before,
    async happen() {
      await before.stop();
      const after = await startCluster(`${before.files}-anew`);
      const login = new URL(after.ownerUrl());
      login.username = 'trumpet_authenticator';
      login.password = password;
      await migrateDatabase({
        databaseUrl: after.ownerUrl(),
        authDatabaseUrl: login.href,
      });
      await writeRows(after.ownerUrl(), rows);
      return after;
    },
  };
}

const FORKS = { files: forkFiles, standby: forkStandby, rows: forkRows } as const;

const ROOM = `subscription ($roomId: UUID!, $cursor: String, $after: BigInt) {
  roomEvents(roomId: $roomId, cursor: $cursor, after: $after) { __typename changeSeq cursor }
}`;
const USER = `subscription ($after: String) {
  userEvents(after: $after) { cursor event { __typename roomId changeSeq } }
}`;

export async function otherHistory(env: BenchEnvironment, loss: Loss): Promise<Claim[]> {
  const folder = mkdtempSync(join(tmpdir(), 'trumpet-other-history-'));
  chmodSync(folder, 0o711); // Started as root, Postgres runs as another user.
  const first = await startCluster(join(folder, 'postgres'));
  const proxy = await startProxy(first.port);
  const databaseUrl = new URL(first.ownerUrl());
  databaseUrl.port = String(proxy.port);
  const authDatabaseUrl = new URL(databaseUrl);
  authDatabaseUrl.username = 'trumpet_authenticator';
  authDatabaseUrl.password = randomBytes(12).toString('hex');
  await migrateDatabase({
    databaseUrl: databaseUrl.href,
    authDatabaseUrl: authDatabaseUrl.href,
  });
  const owner = new pg.Pool({ connectionString: databaseUrl.href, max: 4 });
  owner.on('error', () => {});
  const server = await env.startServer({
    DATABASE_URL: databaseUrl.href,
    AUTH_DATABASE_URL: authDatabaseUrl.href,
  });
  const [writer, reader] = (await createPeople(owner, env.jwtSecret, 2)) as [Person, Person];
  const rooms = await createRooms(
    owner,
    Array.from({ length: 9 }, () => [writer.id, reader.id]),
  );
  const send = (roomId: string, count: number, what: string) =>
    owner.query(
      `insert into app_public.messages (room_id, author_id, content)
        select $1, $2, $3 || number from generate_series(1, $4::int) as number`,
      [roomId, writer.id, what, count],
    );
  const listenings: Listening[] = [];
  let current = first;
  try {
    const all = () =>
      Promise.all(
        rooms.flatMap((roomId) => [
          listenByGraphql(server.url, reader, roomId),
          listenByJson(server.url, reader, roomId),
          listenBySse(server.url, reader, roomId),
        ]),
      );
    for (const roomId of rooms) {
      await send(roomId, COMMON, 'common');
    }
    const common = await Promise.all([
      beginning(server.url, reader, undefined),
      ...rooms.map((roomId) => beginning(server.url, reader, roomId)),
    ]);
    const { before, happen } = await FORKS[loss](first, authDatabaseUrl.password);
    current = before;
    await until(
      () =>
        owner.query('select').then(
          () => true,
          () => false,
        ),
      GIVE_UP_MS,
    );
    listenings.push(...(await all()), await listenToAll(server.url, reader));
    for (const roomId of rooms) {
      await send(roomId, LOST, 'lost');
    }
    const seen = ({ roomId, cursors }: Listening) =>
      cursors.length >= (roomId === undefined ? rooms.length * LOST : LOST);
    await until(() => listenings.every(seen), GIVE_UP_MS);

    const happenedAt = performance.now();
    current = await happen();
    const backAt = performance.now();
    const known = listenings.map(({ cursors }) => cursors.length);
    proxy.redirect(current.port);
    await until(
      () =>
        owner.query('select').then(
          () => true,
          () => false,
        ),
      GIVE_UP_MS,
    );
    for (const [index, roomId] of rooms.entries()) {
      await send(roomId, [0, LOST, 2 * LOST][index % 3] as number, 'otherwise');
    }
    await until(() => listenings.every(({ endedWith }) => endedWith !== undefined), GIVE_UP_MS);
    const told = listenings.filter(({ endedWith }) => endedWith === 'RESYNC').length;
    const delivered = listenings.filter(
      ({ cursors }, index) => cursors.length > (known[index] as number),
    ).length;
    const slowestMs = Math.max(...listenings.map(({ endedAt }) => (endedAt ?? 0) - backAt));

    let resumed = 0;
    const answers: string[] = [];
    for (const { kind, roomId, cursors } of listenings) {
      for (const cursor of new Set(cursors)) {
        resumed += 1;
        answers.push(await resume(server.url, reader, kind, roomId, cursor));
      }
    }
    const silent = answers.filter((answer) => answer !== 'RESYNC').length;
    let resumable = 0;
    for (const { roomId, cursor } of common) {
      const kind = roomId === undefined ? 'user' : 'graphql';
      resumable += (await resume(server.url, reader, kind, roomId, cursor)) === 'goes on' ? 1 : 0;
    }
    console.log(`  away for ${((backAt - happenedAt) / 1_000).toFixed(1)} s, ${resumed} cursors`);
    return [
      exactly(
        `every open stream is told RESYNC, of ${listenings.length} of four kinds`,
        told,
        listenings.length,
      ),
      exactly('open streams that get anything of the other history', delivered, 0),
      atMost('that is within 5 s of the database being back', slowestMs / 1_000, 5, 's at most'),
      exactly(`cursors of lost changes that resume in silence, of ${resumed}`, silent, 0),
      exactly('cursors of what is not lost that resume', resumable, common.length),
    ];
  } finally {
    for (const listening of listenings) {
      listening.close();
    }
    await owner.end();
    await server.stop();
    await proxy.close();
    await current.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function createListening(kind: string, roomId: string | undefined): Listening {
  return { kind, roomId, cursors: [], endedWith: undefined, endedAt: undefined, close: () => {} };
}

function end(listening: Listening, code: string): void {
  listening.endedWith ??= code;
  listening.endedAt ??= performance.now();
}

async function listenByGraphql(url: string, { token }: Person, roomId: string): Promise<Listening> {
  const socket = await openSocket(`${url}/graphql`, { token });
  const listening = { ...createListening('graphql', roomId), close: () => socket.close() };
  // biome-ignore lint/suspicious/noExplicitAny: what the document asks for
  const subscription = socket.subscribe<any>(ROOM, { roomId });
  await subscription.nextData();
  void (async () => {
    for (;;) {
      const frame = await subscription.next();
      if (frame.type !== 'next') {
        return end(listening, frame.type === 'error' ? codeOf(frame.errors) : frame.type);
      }
      note(listening, frame.data.roomEvents.changeSeq, frame.data.roomEvents.cursor);
    }
  })().catch((error) => end(listening, String(error)));
  return listening;
}

async function listenToAll(url: string, { token }: Person): Promise<Listening> {
  const socket = await openSocket(`${url}/graphql`, { token });
  const listening = { ...createListening('user', undefined), close: () => socket.close() };
  // biome-ignore lint/suspicious/noExplicitAny: what the document asks for
  const subscription = socket.subscribe<any>(USER, {});
  await subscription.nextData();
  void (async () => {
    for (;;) {
      const frame = await subscription.next();
      if (frame.type !== 'next') {
        return end(listening, frame.type === 'error' ? codeOf(frame.errors) : frame.type);
      }
      const { cursor, event } = frame.data.userEvents;
      note(listening, event.changeSeq, cursor);
    }
  })().catch((error) => end(listening, String(error)));
  return listening;
}

async function listenByJson(url: string, { token }: Person, roomId: string): Promise<Listening> {
  const socket = await openJsonSocket(`${url}/ws?ids=cursor&access_token=${token}`);
  const listening = { ...createListening('json', roomId), close: () => socket.close() };
  await socket.next();
  socket.send({ type: 'join_room', room_id: roomId });
  await socket.nextOf('joined');
  void (async () => {
    for (;;) {
      const frame = await socket.next();
      if (frame.type === 'error') {
        return end(listening, frame.code);
      }
      note(listening, frame.change_seq, frame.cursor);
    }
  })().catch((error) => end(listening, String(error)));
  return listening;
}

async function listenBySse(url: string, { token }: Person, roomId: string): Promise<Listening> {
  const stream = await openEventStream(`${url}/events/${roomId}?ids=cursor&access_token=${token}`);
  const listening = { ...createListening('sse', roomId), close: () => stream.close() };
  await stream.next();
  void (async () => {
    for (;;) {
      const { event, id, data } = await stream.next();
      if (event === 'error') {
        return end(listening, data.code);
      }
      note(listening, data.change_seq, id);
    }
  })().catch((error) => end(listening, String(error)));
  return listening;
}

function note({ cursors }: Listening, changeSeq: unknown, cursor: string | null | undefined): void {
  if (changeSeq != null && cursor != null) {
    cursors.push(cursor);
  }
}

function codeOf(
  errors: readonly { readonly extensions?: { readonly code?: string } | undefined }[],
): string {
  return errors[0]?.extensions?.code ?? 'an error without a code';
}

/** The cursor of someone who begins to listen now, to a room or to all. */
async function beginning(
  url: string,
  { token }: Person,
  roomId: string | undefined,
): Promise<{ roomId: string | undefined; cursor: string }> {
  const socket = await openSocket(`${url}/graphql`, { token });
  const query = roomId === undefined ? USER : ROOM;
  // biome-ignore lint/suspicious/noExplicitAny: what the document asks for
  const { nextData } = socket.subscribe<any>(query, roomId === undefined ? {} : { roomId });
  const { roomEvents, userEvents } = await nextData();
  await socket.close();
  return { roomId, cursor: (roomEvents ?? userEvents).cursor };
}

/** Comes back with a cursor, and says how it is answered: a code, or that it goes on. */
async function resume(
  url: string,
  reader: Person,
  kind: string,
  roomId: string | undefined,
  cursor: string,
): Promise<string> {
  if (kind === 'sse') {
    const answer = await fetch(`${url}/events/${roomId}?access_token=${reader.token}`, {
      headers: { 'last-event-id': cursor, connection: 'close' },
    });
    if (answer.ok) {
      await answer.body?.cancel();
      return 'goes on';
    }
    return codeOf(((await answer.json()) as { errors: [] }).errors);
  }
  if (kind === 'json') {
    const socket = await openJsonSocket(`${url}/ws?access_token=${reader.token}`);
    await socket.next();
    socket.send({ type: 'join_room', room_id: roomId, after: cursor });
    const frame = await socket.next();
    await socket.close();
    return frame.type === 'error' ? frame.code : 'goes on';
  }
  const socket = await openSocket(`${url}/graphql`, { token: reader.token });
  const subscription =
    kind === 'user'
      ? socket.subscribe(USER, { after: cursor })
      : socket.subscribe(ROOM, { roomId, cursor });
  const frame = await subscription.next();
  await socket.close();
  return frame.type === 'error' ? codeOf(frame.errors) : 'goes on';
}

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { loadConfig } from '../../src/config/load.ts';
import { migrateDatabase } from '../../src/database/migrations.ts';
import { startServer } from '../../src/http/server.ts';
import { TEST_JWT_SECRET } from '../../testing/access-token.ts';
import { askOnce, startCluster, startStandby } from '../faults/support/clusters.ts';
import { createPopulation } from '../faults/support/population.ts';
import { startProxy } from '../faults/support/proxy.ts';
import { startListener } from '../faults/support/resuming-listener.ts';
import { readHeads, readTables } from '../faults/support/tables.ts';
import { until } from '../faults/support/traffic.ts';
import { judge } from '../faults/support/verdict.ts';
import { startWriters } from '../faults/support/writer.ts';

/* A leader whose commits wait for its standby is gone, and the standby is the leader. */

const GIVE_UP_MS = 30_000;

const folder = mkdtempSync(join(tmpdir(), 'trumpet-promoted-'));
chmodSync(folder, 0o711); // Started as root, Postgres runs as another user.
const leader = await startCluster(join(folder, 'postgres'));
// What a proxy before Patroni does: whoever leads is behind one address.
const proxy = await startProxy(leader.port);
const databaseUrl = new URL(leader.ownerUrl());
databaseUrl.port = String(proxy.port);
const login = new URL(databaseUrl);
login.username = 'trumpet_authenticator';
login.password = 'only on this machine';
await migrateDatabase({ databaseUrl: databaseUrl.href, authDatabaseUrl: login.href });
const owner = new pg.Pool({ connectionString: databaseUrl.href, max: 2 });
owner.on('error', () => {});
await owner.query(
  'update app_private.limits set user_burst = 1000000, user_in_room_burst = 1000000',
);
const { authors, roomIds } = await createPopulation(owner, TEST_JWT_SECRET, 6, 2);
const standby = await startStandby(leader);
await askOnce(leader, `alter system set synchronous_standby_names = '*'`);
await askOnce(leader, 'select pg_reload_conf()');
await until(
  async () =>
    (await askOnce(leader, `select from pg_stat_replication where sync_state = 'sync'`)).length > 0,
  GIVE_UP_MS,
);
const server = await startServer({
  ...loadConfig({
    DATA_DIR: folder,
    PORT: '0',
    HOST: '127.0.0.1',
    DATABASE_URL: databaseUrl.href,
    AUTH_DATABASE_URL: login.href,
    JWT_SECRET: TEST_JWT_SECRET,
  }),
  databaseUrl: databaseUrl.href,
  authDatabaseUrl: login.href,
  jwtSecret: TEST_JWT_SECRET,
});

afterAll(async () => {
  await server.close();
  await owner.end();
  await proxy.close();
  await leader.stop();
  await standby.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a standby takes over: servers reconnect, streams go on, and all that was acknowledged is there', async () => {
  const listeners = authors.map(({ person, roomIds: rooms }) =>
    startListener(() => server.url, person, rooms),
  );
  await Promise.all(listeners.map(({ ready }) => ready));
  const writers = startWriters([() => server.url], authors, 100);
  await until(() => writers.acknowledged() >= 50, GIVE_UP_MS);

  await leader.stop();
  const before = writers.sends.length;
  await askOnce(standby, `alter system set synchronous_standby_names = ''`);
  await askOnce(standby, 'select pg_promote()');
  proxy.redirect(standby.port);
  await until(() => writers.sends.length >= before + 100, GIVE_UP_MS);
  await writers.stop();

  const heads = await readHeads(owner, roomIds);
  await until(() => listeners.every((listener) => listener.hasReached(heads)), GIVE_UP_MS);
  for (const listener of listeners) {
    listener.stop();
  }
  const hearings = listeners.flatMap((listener) => listener.hearings);
  const verdict = judge(await readTables(owner, roomIds), writers.sends, hearings);
  expect(verdict).toMatchObject({ lost: 0, wrong: 0, missed: 0, takenBackSilently: 0, resyncs: 0 });
  expect(verdict.acknowledged).toBeGreaterThanOrEqual(150);
  // Nobody was sent away: it is the server that lost its database, not its clients.
  expect(listeners.flatMap(({ told }) => [...told])).toEqual([]);
});

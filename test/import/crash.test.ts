import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { migrateDatabase } from '../../src/database/migrations.ts';
import { writeSlackExport } from '../../testing/slack-export.ts';
import { askOnce, startCluster } from '../faults/support/clusters.ts';
import { importFile } from './support/import.ts';

const folder = mkdtempSync(join(tmpdir(), 'trumpet-import-crash-'));
chmodSync(folder, 0o711); // Started as root, Postgres runs as another user.
let cluster = await startCluster(join(folder, 'postgres'));
afterAll(async () => {
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What whoever listens has been told by now. */
const written = async () => {
  const [row] = await askOnce<{ messages: number; changes: number }>(
    { ...cluster, ownerUrl: () => cluster.ownerUrl() },
    `select (select count(*)::int from app_public.messages) as messages,
        (select count(*)::int from app_private.room_changes) as changes`,
  );
  return row;
};

test('what is brought in outlives a crash of Postgres at the next moment', async () => {
  const login = new URL(cluster.ownerUrl());
  login.username = 'trumpet_authenticator';
  await migrateDatabase({ databaseUrl: cluster.ownerUrl(), authDatabaseUrl: login.href });
  const file = join(folder, 'export.zip');
  await writeSlackExport(file, { messages: 300, people: 5, rooms: 2, seed: 1 });
  await importFile({ databaseUrl: cluster.ownerUrl() }, 'slack', file);
  const before = await written();
  const [pid] = readFileSync(join(cluster.files, 'postmaster.pid'), 'utf8').split('\n');
  process.kill(Number(pid), 'SIGQUIT');
  await cluster.stop();
  cluster = await startCluster(join(folder, 'postgres'));
  expect(before?.messages).toBe(300);
  expect(await written()).toEqual(before);
});

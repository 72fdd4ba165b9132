import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/database/embedded/postgres.ts';
import { migrateDatabase } from '../../src/database/migrations.ts';
import { hasPostgresTools, runShell } from '../../testing/postgres-tools.ts';
import { startThrowAwayPostgres } from '../../testing/throw-away-postgres.ts';
import { blocksOf, readDocument } from '../documents/support/blocks.ts';

/* docs/backup.md: a base backup, and the WAL until a moment. */
const blocks = blocksOf('docs/backup.md', readDocument('docs/backup.md'));
const textOf = (part: string) => blocks.find(({ text }) => text.includes(part))?.text ?? '';

(hasPostgresTools() ? test : test.skip)(
  'a base backup with the WAL since is brought to any moment: what was written until then is there, with roles and passwords, and nothing later',
  async () => {
    const source = await startThrowAwayPostgres();
    const folder = mkdtempSync(join(tmpdir(), 'trumpet-point-in-time-'));
    chmodSync(folder, 0o755);
    const url = source.ownerUrl('postgres');
    const query = async (address: string, sql: string) => {
      const client = new pg.Client(address);
      await client.connect();
      try {
        return (await client.query(sql)).rows;
      } finally {
        await client.end();
      }
    };
    const say = (slug: string) =>
      query(
        source.ownerUrl('trumpet'),
        `select app_public.sign_up('${slug}', 'a long password of ${slug}')`,
      );
    try {
      const login = await source.migrate('trumpet');
      await say('alice');
      await runShell(textOf('# Take a base backup'), {
        REPLICATION_URL: url,
        FOLDER: folder,
      });
      await say('bob');
      const [{ moment, data }] = (await query(
        url,
        `select now()::text as moment, current_setting('data_directory') as data`,
      )) as [{ moment: string; data: string }];
      await say('carol');
      await query(url, 'select pg_switch_wal()');
      // In place of the archive_command.
      const wal = join(folder, 'wal');
      mkdirSync(wal);
      cpSync(join(data, 'pg_wal'), wal, { recursive: true });
      const base = join(folder, 'base');
      appendFileSync(
        join(base, 'postgresql.auto.conf'),
        textOf('restore_command')
          .replace('/backup/wal', wal)
          .replace(/'2026-.*?'/, `'${moment}'`),
      );
      writeFileSync(join(base, 'recovery.signal'), '');
      const { uid, gid } = statSync(data);
      execFileSync('chown', ['-R', `${uid}:${gid}`, folder]);
      const password = decodeURIComponent(new URL(url).password);
      const restored = await startEmbeddedPostgres({
        dataDirectory: base,
        logFile: join(folder, 'restored.log'),
        ownerPassword: password,
        port: 0,
        durable: false,
      });
      try {
        const databaseUrl = restored.ownerUrl('trumpet');
        for (;;) {
          const [{ isRecovering }] = (await query(
            databaseUrl,
            'select pg_is_in_recovery() as "isRecovering"',
          )) as [{ isRecovering: boolean }];
          if (!isRecovering) {
            break;
          }
        }
        expect(
          await query(
            databaseUrl,
            'select username::text from app_public.users where deleted_at is null order by 1',
          ),
        ).toEqual([{ username: 'alice' }, { username: 'bob' }]);
        // The login has its password: nothing is to be set.
        const there = new URL(login);
        there.port = String(restored.port);
        await migrateDatabase({ databaseUrl, authDatabaseUrl: there.href });
        expect(readFileSync(join(folder, 'restored.log'), 'utf8')).toContain('recovery stopping');
      } finally {
        await restored.stop();
      }
    } finally {
      await source.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  60_000,
);

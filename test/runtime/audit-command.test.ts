import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { TEST_JWT_SECRET } from '../../testing/access-token.ts';
import { createTestDatabase } from '../../testing/database.ts';

/*
 * `npm run audit -- verify`, as an auditor runs it.
 */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner } = database;
const boss = await database.createUser();
const { id: roomId } = await database.createRoom(boss);

/** Without npm. */
async function verify() {
  const child = spawn(process.execPath, ['src/audit.ts', 'verify'], {
    cwd: join(import.meta.dirname, '..', '..'),
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: database.databaseUrl,
      AUTH_DATABASE_URL: database.authDatabaseUrl,
      JWT_SECRET: TEST_JWT_SECRET,
    },
  });
  const [out, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { out, errors, code };
}

test('the command says that a log is intact, and of one that was changed which entry is not as it was', async () => {
  await database.call(boss, 'update_room', roomId, 'One');
  await database.call(boss, 'update_room', roomId, 'Two');
  const intact = await verify();
  expect(intact.errors).toBe('');
  expect(intact.out).toMatch(/^The audit log is intact: \d+ entries/);
  expect(intact.code).toBe(0);
  await owner.query(`
    alter table app_private.audit_entries disable trigger user;
    update app_private.audit_entries set after = '{"name": "Nothing happened"}' where seq = 1;
    alter table app_private.audit_entries enable trigger user;
    alter table app_private.audit_entries enable always trigger _100_keep`);
  const changed = await verify();
  expect(changed.out + changed.errors).toContain('Entry 1 ');
  expect(changed.out).not.toContain('intact');
  expect(changed.code).toBe(1);
});

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createUploadLocker } from '../../src/attachments/upload-locker.ts';
import { startTestServer } from '../../testing/server.ts';
import { uploadFile } from './support/upload.ts';
import { createAttachmentsWorld } from './support/world.ts';

const world = await createAttachmentsWorld();
const { database, server: first } = world;
const second = await startTestServer(database, { DATA_DIR: join(world.folder, '..') });
const lockers = [1, 2, 3].map(() => createUploadLocker(database.authDatabaseUrl)) as [
  ReturnType<typeof createUploadLocker>,
  ReturnType<typeof createUploadLocker>,
  ReturnType<typeof createUploadLocker>,
];
afterAll(async () => {
  await Promise.all(lockers.map((locker) => locker.close()));
  await second.close();
  await world.close();
});
const ada = await database.createUser();
const never = new AbortController().signal;

/** Begins an upload at the first server, sends half of it and then says nothing more. */
async function uploadHalf(bytes: Buffer) {
  const tus = { 'tus-resumable': '1.0.0', authorization: `Bearer ${ada.token}` };
  const begun = await fetch(`${first.url}/attachments`, {
    method: 'POST',
    headers: { ...tus, connection: 'close', 'upload-length': String(bytes.length) },
  });
  const path = begun.headers.get('location') ?? '';
  const half = bytes.length / 2;
  const patch = request(new URL(path, first.url), {
    method: 'PATCH',
    headers: {
      ...tus,
      'content-type': 'application/offset+octet-stream',
      'content-length': bytes.length,
      'upload-offset': '0',
    },
  });
  const ended = new Promise<void>((resolve) => {
    patch.once('error', () => resolve());
    patch.once('response', (response) => response.resume().once('close', resolve));
  });
  patch.write(bytes.subarray(0, half));
  // Until the server has it, and with it the lock.
  while ((await holdersOfLocks()) === 0) {
    await wait(20);
  }
  return { path, ended };
}

async function holdersOfLocks(): Promise<number> {
  const { rows } = await database.owner.query(
    `select count(*)::int from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and application_name = 'trumpet uploads' and datname = current_database()`,
  );
  return rows[0].count;
}

test('an upload that hangs at one server goes on at another, and the first lets go', async () => {
  const bytes = randomBytes(2_000_000);
  const { path, ended } = await uploadHalf(bytes);

  const { id, resumedFrom } = await uploadFile(second.url, ada, bytes, {
    options: { uploadUrl: new URL(path, second.url).href },
  });
  await ended;

  expect(resumedFrom).toBeGreaterThan(0);
  const { rows } = await database.owner.query(
    'select received_at is not null as received from app_private.uploads where id = $1',
    [id],
  );
  expect(rows).toEqual([{ received: true }]);
  const room = await database.createRoom(ada);
  const { id: messageId } = await world.send(ada, room.id, [id]);
  const [attachment] = await world.processed(messageId, ada);
  const file = await world.fetch(attachment?.url ?? '');
  expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true);
  await expect(holdersOfLocks()).resolves.toBe(0);
}, 30_000);

test('never do two hold the lock of an upload, on one server or on several', async () => {
  let holders = 0;
  let turns = 0;
  const takeTurn = async (locker: ReturnType<typeof createUploadLocker>) => {
    const lock = locker.newLock('contended');
    await lock.lock(never, () => {});
    holders += 1;
    expect(holders).toBe(1);
    await wait(5);
    holders -= 1;
    turns += 1;
    await lock.unlock();
  };
  await Promise.all([...lockers, ...lockers].map(takeTurn));
  expect(turns).toBe(6);
});

test('who waits has the holder asked to let go, and gets the lock once it does', async () => {
  const [here, there] = lockers;
  const lock = here.newLock('wanted');
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  await lock.lock(never, ask);
  const next = there.newLock('wanted');
  const taken = next.lock(never, () => {});
  await asked;
  await lock.unlock();
  await taken;
  await next.unlock();
});

test('locks of different uploads do not wait for each other, and a request that ends stops waiting', async () => {
  const [here, there] = lockers;
  const [one, other, again] = [here.newLock('one'), there.newLock('other'), there.newLock('one')];
  await one.lock(never, () => {});
  await other.lock(never, () => {});
  await expect(again.lock(AbortSignal.timeout(300), () => {})).rejects.toMatchObject({
    body: expect.stringContaining('lock'),
  });
  await Promise.all([one.unlock(), other.unlock()]);
});

test('the lock of a server that was killed is free at once', async () => {
  const program = `
    import { createUploadLocker } from './src/attachments/upload-locker.ts';
    const locker = createUploadLocker(process.env.AUTH_DATABASE_URL);
    await locker.newLock('orphaned').lock(new AbortController().signal, () => {});
    console.log('held');`;
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: join(import.meta.dirname, '../..'),
    env: { AUTH_DATABASE_URL: database.authDatabaseUrl },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(holder.stdout, 'data');
  const lock = lockers[0].newLock('orphaned');
  const taken = lock.lock(never, () => {});
  expect(await Promise.race([taken.then(() => 'taken'), wait(300, 'waiting')])).toBe('waiting');
  holder.kill('SIGKILL');

  await taken;
  await lock.unlock();
});

test('a server whose connection is lost has its requests end, and locks again', async () => {
  const [here] = lockers;
  const lock = here.newLock('lost');
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  await lock.lock(never, ask);
  await database.owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'trumpet uploads' and datname = current_database()`,
  );
  await asked;
  await lock.unlock();

  await lock.lock(never, () => {});
  await lock.unlock();
});

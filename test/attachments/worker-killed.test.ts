import { mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { picture } from './support/pictures.ts';
import { uploadFile } from './support/upload.ts';
import { startWorkerProcess } from './support/worker-process.ts';
import { createAttachmentsWorld } from './support/world.ts';

const PICTURES = 200;
const KILLS = 10;
const TIME_LIMIT_MS = 120_000;

test(`a worker killed ${KILLS} times among ${PICTURES} pictures leaves none without thumbnail, and no files for long`, async () => {
  await using stack = new AsyncDisposableStack();
  const world = await createAttachmentsWorld(
    { ATTACHMENT_MAX_FILES_A_DAY: '1000' },
    { worker: false },
  );
  stack.defer(world.close);
  const { database, server } = world;
  const temporary = join(world.folder, '..', 'tmp');
  mkdirSync(temporary);
  const ada = await database.createUser();
  const bytes = await picture('jpeg', { width: 300, height: 200 });
  for (let count = 0; count < PICTURES; count++) {
    await uploadFile(server.url, ada, bytes, { filename: 'photo.jpg' });
  }

  async function countReady(): Promise<number> {
    const { rows } = await database.owner.query<{ count: number }>(
      `select count(*)::int as count from app_private.uploads where status = 'ready' and has_thumbnail`,
    );
    return rows[0]?.count ?? 0;
  }
  async function untilReady(count: number): Promise<void> {
    while ((await countReady()) < count) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  function start() {
    const worker = startWorkerProcess(world, temporary);
    stack.defer(() => worker.end('SIGKILL'));
    return worker;
  }

  const started = performance.now();
  for (let kill = 1; kill <= KILLS; kill++) {
    const worker = start();
    await untilReady(Math.floor((kill * PICTURES) / (KILLS + 1)));
    await worker.end('SIGKILL');
    expect(await countReady()).toBeLessThan(PICTURES);
  }
  // What they left is old enough ten minutes later.
  const before = new Date(Date.now() - 11 * 60_000);
  expect(readdirSync(temporary)).toHaveLength(KILLS);
  for (const name of readdirSync(temporary)) {
    utimesSync(join(temporary, name), before, before);
  }
  const last = start();
  await untilReady(PICTURES);
  expect(performance.now() - started).toBeLessThan(TIME_LIMIT_MS);
  await last.end('SIGTERM');
  expect(readdirSync(temporary)).toEqual([]);
}, 300_000);

import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { JobHelpers } from 'graphile-worker';
import { createInspector } from '../../src/attachments/inspector.ts';
import { openStorage } from '../../src/attachments/open-storage.ts';
import type { AttachmentStorage } from '../../src/attachments/storage.ts';
import { createTemporaryFolder } from '../../src/attachments/temporary-folder.ts';
import { loadConfig } from '../../src/config/load.ts';
import { makeProcessAttachment } from '../../src/worker/tasks/process_attachment.ts';
import { makeRemoveUploads } from '../../src/worker/tasks/remove_uploads.ts';
import { pictureWithPlace } from './support/pictures.ts';
import { uploadFile } from './support/upload.ts';
import { startWorkerProcess } from './support/worker-process.ts';
import { createAttachmentsWorld } from './support/world.ts';

const world = await createAttachmentsWorld(
  { ATTACHMENT_MAX_FILES_A_DAY: '1000' },
  { worker: false },
);
afterAll(() => world.close());
const { database, server } = world;
const ada = await database.createUser();
const room = await database.createRoom(ada);
const bytes = await pictureWithPlace('jpeg');

async function sendPicture() {
  const { id } = await uploadFile(server.url, ada, bytes, { filename: 'photo.jpg' });
  const message = await world.send(ada, room.id, [id]);
  return { uploadId: id, messageId: message.id };
}

function deleteMessage(id: string): Promise<unknown> {
  return database.commitAs(ada, (client) =>
    client.query('select app_public.delete_message($1)', [id]),
  );
}

/** The files that the database knows of, by the names that they have on disk. */
async function filesOfDatabase(): Promise<string[]> {
  const { rows } = await database.owner.query<{ name: string }>(
    `select unnest(
      case when is_rewritten then array[id || '.rewritten'] else array[id::text, id || '.json'] end
      || case when has_thumbnail then array[id || '.thumbnail'] else '{}' end
    ) as name from app_private.uploads where removed_at is null`,
  );
  return rows.map(({ name }) => name).sort();
}

test.each(['localFile', 'inspect', 'put thumbnail', 'put rewritten', 'remove'])(
  'a picture whose message is deleted when the worker is at %s leaves no file',
  async (moment) => {
    await using stack = new AsyncDisposableStack();
    const { uploadId, messageId } = await sendPicture();
    const storage = await openStorage(
      loadConfig({ DATA_DIR: join(world.folder, '..') }).attachments,
    );
    const inspector = createInspector();
    stack.defer(inspector.close);
    const temporary = await createTemporaryFolder();
    stack.defer(temporary.close);
    const helpers = {
      query: database.owner.query.bind(database.owner),
      job: { attempts: 1 },
    } as unknown as JobHelpers;
    let deletions = 0;
    async function pass(name: string): Promise<void> {
      if (name === moment && deletions === 0) {
        deletions++;
        await deleteMessage(messageId);
        await makeRemoveUploads(storage)({}, helpers);
      }
    }
    const watched: AttachmentStorage = {
      ...storage,
      async localFile(...given) {
        await pass('localFile');
        return storage.localFile(...given);
      },
      async put(id, part, ...given) {
        await pass(`put ${part}`);
        return storage.put(id, part, ...given);
      },
      async remove(...given) {
        await pass('remove');
        return storage.remove(...given);
      },
    };
    const processAttachment = makeProcessAttachment({
      storage: watched,
      inspector: {
        ...inspector,
        async inspect(task) {
          const result = await inspector.inspect(task);
          await pass('inspect');
          return result;
        },
      },
      temporary,
      scanForViruses: undefined,
    });
    await processAttachment({ id: uploadId }, helpers);
    expect(deletions).toBe(1);
    expect(readdirSync(world.folder)).toEqual([]);
  },
);

const PICTURES = 60;
const KILLS = 6;

test('after a worker was killed at random among pictures that come and go, disk and database agree', async () => {
  await using stack = new AsyncDisposableStack();
  const temporary = join(world.folder, '..', 'tmp');
  mkdirSync(temporary);
  function start() {
    const worker = startWorkerProcess(world, temporary);
    stack.defer(() => worker.end('SIGKILL'));
    return worker;
  }
  let worker = start();
  let kept = 0;
  for (let count = 0; count < PICTURES; count++) {
    const { messageId } = await sendPicture();
    // Sometimes before it is looked at, sometimes while, sometimes after.
    if (count % 2 === 0) {
      setTimeout(() => deleteMessage(messageId), Math.random() * 1_000);
    } else {
      kept++;
    }
    if (count % (PICTURES / KILLS) === 0) {
      await worker.end('SIGKILL');
      worker = start();
    }
  }
  for (;;) {
    const { rows } = await database.owner.query<{ left: number }>(
      `select (select count(*) from app_private.uploads 
          where case when released_at is null then status = 'processing' else removed_at is null end)
        + (select count(*) from graphile_worker.jobs where task_identifier in ('process_attachment', 'remove_uploads')) as left`,
    );
    const deletions = await database.owner.query<{ count: number }>(
      'select count(*)::integer as count from app_private.uploads where released_at is null',
    );
    if (Number(rows[0]?.left) === 0 && deletions.rows[0]?.count === kept) {
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const files = readdirSync(world.folder).sort();
  expect(files).toEqual(await filesOfDatabase());
  expect(files).toHaveLength(kept * 2);
}, 180_000);

import { rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { jest } from '@jest/globals';
import sharp from 'sharp';
import { log } from '../../src/process/log.ts';
import { picture } from './support/pictures.ts';
import { startS3Server } from './support/s3-server.ts';
import { uploadFile } from './support/upload.ts';
import { createAttachmentsWorld } from './support/world.ts';

describe.each(['disk', 'S3'])('on %s', (storage) => {
  test('an upload that breaks half-way goes on from there, and another member downloads the same bytes and a thumbnail', async () => {
    await using stack = new AsyncDisposableStack();
    const s3 = storage === 'S3' ? await startS3Server() : undefined;
    stack.defer(async () => s3?.close());
    const world = await createAttachmentsWorld(s3?.settings);
    stack.defer(world.close);
    const ada = await world.database.createUser();
    const bob = await world.database.createUser();
    const room = await world.database.createRoom(ada, { members: [bob] });
    const bytes = await picture('png', { width: 1600, height: 1200 });

    const { id, resumedFrom } = await uploadFile(world.server.url, ada, bytes, {
      filename: 'Größe 📷.png',
      breakAt: bytes.length / 2,
    });
    expect(resumedFrom).toBeGreaterThan(0);
    expect(resumedFrom).toBeLessThan(bytes.length);
    const { id: messageId } = await world.send(ada, room.id, [id]);
    const [attachment] = await world.processed(messageId, bob);

    expect(attachment).toMatchObject({
      id,
      filename: 'Größe 📷.png',
      mimeType: 'image/png',
      byteSize: String(bytes.length),
      status: 'READY',
      width: 1600,
      height: 1200,
      durationMs: null,
    });
    const file = await world.fetch(attachment?.url ?? '');
    expect(file.status).toBe(200);
    expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true);
    const thumbnail = await world.fetch(attachment?.thumbnailUrl ?? '');
    expect(thumbnail.headers.get('content-type')).toBe('image/webp');
    await expect(sharp(await thumbnail.arrayBuffer()).metadata()).resolves.toMatchObject({
      format: 'webp',
      width: 512,
      height: 384,
    });
  }, 60_000);
});

test('an upload whose connection to the database is lost is told BUSY, and to come again', async () => {
  await using stack = new AsyncDisposableStack();
  const world = await createAttachmentsWorld();
  stack.defer(world.close);
  const { owner, createUser } = world.database;
  const { token } = await createUser();
  const holder = await owner.connect();
  await holder.query('begin');
  await holder.query('lock table app_private.uploads in access exclusive mode');
  const begun = fetch(`${world.server.url}/attachments`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      connection: 'close',
      'tus-resumable': '1.0.0',
      'upload-length': '10',
    },
  });
  for (let isCut = false; !isCut; ) {
    const { rowCount } = await owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'trumpet api' and wait_event_type = 'Lock'`,
    );
    isCut = rowCount === 1;
  }
  const answer = await begun;
  await holder.query('rollback');
  holder.release();
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({
    errors: [{ extensions: { code: 'BUSY', retryAfterMs: expect.any(Number) } }],
  });
}, 30_000);

test('an upload whose last step fails with all its bytes there is finished when its client comes back', async () => {
  await using stack = new AsyncDisposableStack();
  const world = await createAttachmentsWorld();
  stack.defer(world.close);
  const { owner, createUser, createRoom } = world.database;
  const ada = await createUser();
  const room = await createRoom(ada);
  const holder = await owner.connect();
  const statuses: (number | undefined)[] = [];
  const uploaded = uploadFile(world.server.url, ada, Buffer.from('All of it'), {
    options: {
      retryDelays: [0, 100, 500],
      async onBeforeRequest(request) {
        if (request.getMethod() === 'PATCH') {
          // Reading goes on, so that it comes as far as its last step.
          await holder.query('begin');
          await holder.query('lock table app_private.uploads in share mode');
        }
      },
      onAfterResponse: (_request, response) => void statuses.push(response.getStatus()),
    },
  });
  for (let isCut = false; !isCut; ) {
    const { rowCount } = await owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query like '%receive_upload%' and wait_event_type = 'Lock'`,
    );
    isCut = rowCount === 1;
  }
  await holder.query('rollback');
  holder.release();
  const { id } = await uploaded;
  expect(statuses).toEqual([201, 503, 200]);
  const message = await world.send(ada, room.id, [id]);
  await expect(world.processed(message.id, ada)).resolves.toMatchObject([{ status: 'READY' }]);
}, 30_000);

test('the log says why an upload failed that could not be written', async () => {
  await using stack = new AsyncDisposableStack();
  const logged = jest.spyOn(log, 'error').mockImplementation(() => {});
  stack.defer(() => logged.mockRestore());
  const world = await createAttachmentsWorld({}, { worker: false });
  stack.defer(world.close);
  const ada = await world.database.createUser();
  const refused = uploadFile(world.server.url, ada, Buffer.alloc(100_000), {
    options: {
      onBeforeRequest(request) {
        if (request.getMethod() === 'PATCH') {
          const path = join(world.folder, basename(request.getURL()));
          rmSync(path);
          symlinkSync('/dev/full', path); // A disk without room.
        }
      },
    },
  });
  await expect(refused).rejects.toMatchObject({ status: 500, code: undefined });
  expect(logged.mock.calls).toEqual([
    [
      expect.objectContaining({
        event: 'attachments.upload_failed',
        error: expect.objectContaining({ message: 'Something went wrong receiving the file' }),
      }),
    ],
  ]);
}, 30_000);

test('what the address of uploads says of itself is what there is', async () => {
  await using stack = new AsyncDisposableStack();
  const world = await createAttachmentsWorld();
  stack.defer(world.close);
  const options = async (path: string) => {
    const { headers } = await fetch(new URL(path, world.server.url), {
      method: 'OPTIONS',
      headers: { connection: 'close' },
    });
    return headers.get('tus-extension');
  };
  await expect(options('/attachments')).resolves.toBe('creation,creation-with-upload,termination');
  for (const path of ['/attachments/nothing', '/attachments/a/b', '/attachment']) {
    await expect(options(path)).resolves.toBeNull();
  }
});

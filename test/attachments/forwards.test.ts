import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TestUser } from '../../testing/database.ts';
import { picture } from './support/pictures.ts';
import { startS3Server } from './support/s3-server.ts';
import { uploadFile } from './support/upload.ts';
import { type Attachment, type AttachmentsWorld, createAttachmentsWorld } from './support/world.ts';

/* The files of a forwarded message are files of their own: at their own addresses, for as long as it is there. */

describe.each(['disk', 'S3'])('on %s', (storage) => {
  let world: AttachmentsWorld;
  let ada: TestUser;
  let bob: TestUser;
  let eve: TestUser;
  let stored: () => Promise<string[]>;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const s3 = storage === 'S3' ? await startS3Server() : undefined;
    world = await createAttachmentsWorld({ ...s3?.settings, ATTACHMENT_MAX_FILES_A_DAY: '6' });
    ada = await world.database.createUser();
    eve = await world.database.createUser();
    stored = s3?.objects ?? (async () => readdirSync(world.folder));
    close = async () => {
      await world.close();
      await s3?.close();
    };
  });
  afterAll(() => close());
  beforeEach(async () => {
    bob = await world.database.createUser();
  });

  async function makeRooms() {
    const { id: from } = await world.database.createRoom(ada, { type: 'private', members: [bob] });
    const { id: to } = await world.database.createRoom(eve, { type: 'private', members: [bob] });
    return { from, to };
  }

  async function sendFiles(roomId: string, count: number) {
    const ids: string[] = [];
    for (let number = 0; number < count; number++) {
      const { id } = await uploadFile(world.server.url, ada, await picture('jpeg'), {
        filename: `photo ${number}.jpg`,
      });
      ids.push(id);
    }
    const { id } = await world.send(ada, roomId, ids);
    await world.processed(id, ada);
    await world.database.owner.query(
      `update app_private.uploads set created_at = now() - interval '25 hours' where uploader_id = $1`,
      [ada.id],
    );
    return id;
  }

  async function forward(messageId: string, roomId: string): Promise<string> {
    const { data, errors } = await world.server.graphql(
      `mutation ($messageId: UUID!, $roomId: UUID!) {
        forwardMessage(input: { messageId: $messageId, roomId: $roomId }) { message { id } }
      }`,
      { messageId, roomId },
      bob.token,
    );
    if (errors !== undefined) {
      throw new Error(errors[0]?.extensions?.code ?? errors[0]?.message);
    }
    return data.forwardMessage.message.id;
  }

  async function bytesOf(url: string | null | undefined): Promise<Buffer> {
    const response = await world.fetch(url ?? '');
    expect(response.status).toBe(200);
    return Buffer.from(await response.arrayBuffer());
  }

  const partsOf = async (id: string | undefined) =>
    (await stored()).filter((name) => name.startsWith(id ?? '-'));

  /** Resolves when nothing is left of an upload: a run that others have begun may know less, and then there is one more. */
  async function isRemoved(id: string | undefined): Promise<void> {
    do {
      await world.runJob('remove_uploads');
    } while ((await partsOf(id)).length > 0);
  }

  test('they are the same, under other names, and where they come from is not in them', async () => {
    const { from, to } = await makeRooms();
    const original = await sendFiles(from, 2);
    const [first] = (await world.attachmentsOf(original, bob)) as Attachment[];
    const forwarded = await forward(original, to);
    const copies = await world.processed(forwarded, eve);
    expect(copies).toMatchObject([
      { filename: 'photo 0.jpg', status: 'READY', mimeType: 'image/jpeg' },
      { filename: 'photo 1.jpg', status: 'READY' },
    ]);
    await expect(bytesOf(copies[0]?.url)).resolves.toEqual(await bytesOf(first?.url));
    await expect(bytesOf(copies[0]?.thumbnailUrl)).resolves.toEqual(
      await bytesOf(first?.thumbnailUrl),
    );
    const told = JSON.stringify(copies);
    const sources = (await world.attachmentsOf(original, ada)) as Attachment[];
    for (const { id } of sources) {
      expect(told).not.toContain(id);
    }
    await expect(world.attachmentsOf(original, eve)).resolves.toBeUndefined();
    const answer = await world.fetch(copies[0]?.url ?? '', {});
    for (const [, value] of answer.headers) {
      expect(value).not.toContain(sources[0]?.id);
    }
    expect(answer.url).not.toContain(sources[0]?.id);
    await answer.body?.cancel();
    if (storage === 'disk') {
      const inodeOf = (id: string | undefined) =>
        statSync(join(world.folder, `${id}.thumbnail`)).ino;
      expect(inodeOf(copies[0]?.id)).toBe(inodeOf(first?.id));
    }
  });

  test('they stay when the first message goes, and go with their own', async () => {
    const { from, to } = await makeRooms();
    const original = await sendFiles(from, 1);
    const [source] = (await world.attachmentsOf(original, ada)) as Attachment[];
    const forwarded = await forward(original, to);
    await world.database.call(ada, 'delete_message', original);
    const [copy] = await world.processed(forwarded, eve);
    await isRemoved(source?.id);
    await expect(bytesOf(copy?.url)).resolves.toHaveProperty('length');
    await expect(partsOf(copy?.id)).resolves.not.toEqual([]);
    await world.database.call(bob, 'delete_message', forwarded);
    await isRemoved(copy?.id);
  });

  test('bytes that are still to be copied are not removed, however late', async () => {
    const { from, to } = await makeRooms();
    const original = await sendFiles(from, 1);
    const [source] = (await world.attachmentsOf(original, ada)) as Attachment[];
    const { owner } = world.database;
    const client = await owner.connect();
    let forwarded: string;
    let copyId: string;
    try {
      // In one transaction: as if the worker had been away until the first message was gone.
      await client.query('begin');
      await client.query(`select set_config('trumpet.user_id', $1, true)`, [bob.id]);
      const sent = await client.query('select id from app_public.forward_message($1, $2)', [
        original,
        to,
      ]);
      forwarded = sent.rows[0].id;
      await client.query('select app_private.release_uploads(array[$1::uuid])', [original]);
      const { rows } = await client.query('select id from app_private.uploads where copy_of = $1', [
        source?.id,
      ]);
      copyId = rows[0].id;
      await client.query(
        `select graphile_worker.complete_jobs(array(
          select id from graphile_worker.jobs where task_identifier = 'copy_attachment'))`,
      );
      await client.query('commit');
    } finally {
      client.release();
    }
    await world.runJob('remove_uploads');
    await expect(partsOf(source?.id)).resolves.not.toEqual([]);
    await owner.query(
      `select graphile_worker.add_job('copy_attachment', json_build_object('id', $1::uuid))`,
      [copyId],
    );
    const [copy] = await world.processed(forwarded, eve);
    await expect(bytesOf(copy?.url)).resolves.toHaveProperty('length');
    await isRemoved(source?.id);
  });

  test('they count for the day of who forwards them', async () => {
    const { from, to } = await makeRooms();
    const original = await sendFiles(from, 3);
    await forward(original, to);
    await forward(original, to);
    await expect(forward(original, to)).rejects.toThrow('RATE_LIMITED');
    await expect(
      uploadFile(world.server.url, bob, Buffer.from('one more'), { filename: 'more.txt' }),
    ).rejects.toThrow();
  });
});

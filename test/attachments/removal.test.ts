import { readdirSync } from 'node:fs';
import type { TestUser } from '../../testing/database.ts';
import { picture } from './support/pictures.ts';
import { startS3Server } from './support/s3-server.ts';
import { uploadFile } from './support/upload.ts';
import { type AttachmentsWorld, createAttachmentsWorld } from './support/world.ts';

describe.each(['disk', 'S3'])('on %s', (storage) => {
  let world: AttachmentsWorld;
  let ada: TestUser;
  let stored: () => Promise<string[]>;
  let unfinished: () => Promise<number>;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const s3 = storage === 'S3' ? await startS3Server() : undefined;
    world = await createAttachmentsWorld(s3?.settings);
    ada = await world.database.createUser();
    stored = s3?.objects ?? (async () => readdirSync(world.folder));
    unfinished = s3?.unfinishedUploads ?? (async () => 0);
    close = async () => {
      await world.close();
      await s3?.close();
    };
  });
  afterAll(() => close());

  /** Which parts of an upload are in the storage. */
  async function partsOf(id: string): Promise<string[]> {
    const names = await stored();
    return names.filter((name) => name.startsWith(id)).map((name) => name.slice(id.length));
  }

  async function upload(bytes: Buffer, filename = 'note.txt'): Promise<string> {
    return (await uploadFile(world.server.url, ada, bytes, { filename })).id;
  }

  async function age(ids: readonly string[]): Promise<void> {
    await world.database.owner.query(
      `update app_private.uploads set created_at = now() - interval '25 hours' where id = any ($1)`,
      [ids],
    );
  }

  /** Runs the worker's hourly task, and waits until it is done. */
  async function sweep(): Promise<void> {
    await world.runJob('remove_uploads');
  }

  test('what nobody has bound for a day is removed, and what a message has stays however old', async () => {
    const room = await world.database.createRoom(ada);
    const [unbound, fresh, bound] = [
      await upload(Buffer.from('unbound')),
      await upload(Buffer.from('fresh')),
      await upload(await picture('jpeg'), 'photo.jpg'),
    ];
    const message = await world.send(ada, room.id, [bound]);
    await world.processed(message.id, ada);
    const begun = await fetch(`${world.server.url}/attachments`, {
      method: 'POST',
      headers: {
        'tus-resumable': '1.0.0',
        connection: 'close',
        authorization: `Bearer ${ada.token}`,
        'upload-length': '50',
      },
    });
    const incomplete = begun.headers.get('location')?.split('/').at(-1) ?? '';
    await age([unbound, bound, incomplete]);
    await sweep();
    // They are removed again before they are forgotten: whoever was still writing has ended by then.
    await world.database.owner.query(
      `update app_private.uploads set removed_at = now() - interval '2 hours' where id = any ($1)`,
      [[unbound, incomplete]],
    );
    await sweep();

    await expect(partsOf(unbound)).resolves.toEqual([]);
    await expect(partsOf(incomplete)).resolves.toEqual([]);
    await expect(unfinished()).resolves.toBe(0);
    await expect(partsOf(fresh)).resolves.not.toEqual([]);
    await expect(partsOf(bound)).resolves.toEqual(expect.arrayContaining(['', '.thumbnail']));
    const { rows } = await world.database.owner.query<{ id: string }>(
      'select id from app_private.uploads order by id',
    );
    expect(rows.map(({ id }) => id).sort()).toEqual([fresh, bound].sort());
    await expect(world.send(ada, room.id, [unbound])).rejects.toThrow('NOT_FOUND');
  });

  test('the files of a deleted message are gone at once, and removed soon', async () => {
    const room = await world.database.createRoom(ada);
    const id = await upload(await picture('png'), 'photo.png');
    const message = await world.send(ada, room.id, [id]);
    const [attachment] = await world.processed(message.id, ada);
    expect((await world.fetch(attachment?.url ?? '')).status).toBe(200);

    await world.database.commitAs(ada, (client) =>
      client.query('select app_public.delete_message($1)', [message.id]),
    );
    expect((await world.fetch(attachment?.url ?? '')).status).toBe(404);
    await expect(world.attachmentsOf(message.id, ada)).resolves.toEqual([]);
    await sweep();
    await expect(partsOf(id)).resolves.toEqual([]);
  });

  test('what its sender gives up is removed, whether it has come or not', async () => {
    const begun = await fetch(`${world.server.url}/attachments`, {
      method: 'POST',
      headers: {
        'tus-resumable': '1.0.0',
        connection: 'close',
        authorization: `Bearer ${ada.token}`,
        'upload-length': '50',
      },
    });
    const incomplete = begun.headers.get('location')?.split('/').at(-1) ?? '';
    for (const id of [incomplete, await upload(Buffer.from('hello'))]) {
      await expect(partsOf(id)).resolves.not.toEqual([]);
      const { status } = await fetch(`${world.server.url}/attachments/${id}`, {
        method: 'DELETE',
        headers: {
          'tus-resumable': '1.0.0',
          connection: 'close',
          authorization: `Bearer ${ada.token}`,
        },
      });
      expect(status).toBe(204);
      await expect(partsOf(id)).resolves.toEqual([]);
    }
    await expect(unfinished()).resolves.toBe(0);
  });

  test('a refused file is removed', async () => {
    const id = await upload(Buffer.from('GIF89a, or so it says'), 'trick.gif');
    await expect(world.verdictOn(id)).resolves.toBe('refused');
    await sweep();
    await expect(partsOf(id)).resolves.toEqual([]);
  });
});

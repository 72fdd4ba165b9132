import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createAddressSigner } from '../../src/attachments/signed-url.ts';
import { TEST_JWT_SECRET } from '../../testing/access-token.ts';
import type { TestUser } from '../../testing/database.ts';
import { startTestServer } from '../../testing/server.ts';
import { uploadFile } from './support/upload.ts';
import { createAttachmentsWorld } from './support/world.ts';

const world = await createAttachmentsWorld({
  ATTACHMENT_MAX_BYTES: '1000',
  ATTACHMENT_MAX_BYTES_A_DAY: '5000',
  ATTACHMENT_MAX_FILES_A_DAY: '12',
});
afterAll(() => world.close());
const { database, server } = world;

async function people() {
  const [ada, bob, eve] = await Promise.all([1, 2, 3].map(() => database.createUser()));
  const room = await database.createRoom(ada as TestUser, {
    type: 'private',
    members: [bob as TestUser],
  });
  return { ada: ada as TestUser, bob: bob as TestUser, eve: eve as TestUser, room };
}

async function upload(uploader: TestUser, text = 'hello'): Promise<string> {
  return (await uploadFile(server.url, uploader, Buffer.from(text), { filename: 'note.txt' })).id;
}

async function sendOne({ ada, room }: Awaited<ReturnType<typeof people>>) {
  const message = await world.send(ada, room.id, [await upload(ada)]);
  const [attachment] = await world.processed(message.id, ada);
  return { messageId: message.id, attachment };
}

describe('downloading', () => {
  test('a stranger is given no address, and cannot make one', async () => {
    const everyone = await people();
    const { messageId, attachment } = await sendOne(everyone);

    await expect(world.attachmentsOf(messageId, everyone.eve)).resolves.toBeUndefined();
    const forged = createAddressSigner('some other secret of thirty-two bytes').sign(
      attachment?.id ?? '',
      'file',
      false,
    );
    for (const path of [
      forged,
      `/attachments/${attachment?.id}/file`,
      `/attachments/${attachment?.id}/file?expires=9999999999&signature=${'A'.repeat(43)}`,
      // The signature is for the file alone, and for its time alone.
      attachment?.url?.replace('/file?', '/thumbnail?'),
      attachment?.url?.replace(/expires=\d+/, 'expires=9999999999'),
    ]) {
      const response = await world.fetch(path ?? '');
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({
        errors: [{ extensions: { code: 'FORBIDDEN' } }],
      });
    }
  });

  test.each([
    ['has left', 'bob', 'select app_public.leave_room($1) where $2::uuid is not null'],
    ['was banned', 'ada', 'select app_public.ban_member($1, $2)'],
  ] as const)(
    'whoever %s is given no new address, and an old one ends within five minutes',
    async (_what, actor, sql) => {
      const everyone = await people();
      const { ada, bob, room } = everyone;
      const { messageId } = await sendOne(everyone);
      const [seen] = (await world.attachmentsOf(messageId, bob)) ?? [];
      expect(seen?.url?.startsWith(`${server.url}/attachments/`)).toBe(true);

      await database.commitAs(everyone[actor], (client) => client.query(sql, [room.id, bob.id]));
      await expect(world.attachmentsOf(messageId, bob)).resolves.toBeUndefined();
      await expect(world.attachmentsOf(messageId, ada)).resolves.toHaveLength(1);
      const expires = Number(new URL(seen?.url ?? '', server.url).searchParams.get('expires'));
      expect(expires - Date.now() / 1_000).toBeLessThanOrEqual(300);
    },
  );

  test('an address works until its time is over', () => {
    let now = Date.now();
    const signer = createAddressSigner(TEST_JWT_SECRET, () => now);
    const id = '01a20425-0e69-7dbb-8a77-f46729c63d50';
    const { searchParams } = new URL(signer.sign(id, 'file', false), server.url);
    const verify = () => signer.verify(id, 'file', Object.fromEntries(searchParams))?.lifetime_s;

    expect(verify()).toBeGreaterThan(230);
    now += 240_000;
    expect(verify()).toBeGreaterThan(0);
    now += 60_000;
    expect(verify()).toBeUndefined();
  });

  test('addresses begin with PUBLIC_URL where that is set', async () => {
    await using stack = new AsyncDisposableStack();
    const behindProxy = await startTestServer(world.database, {
      PUBLIC_URL: 'https://chat.example.test/trumpet/',
    });
    stack.defer(behindProxy.close);
    const everyone = await people();
    const { messageId } = await sendOne(everyone);
    const { data } = await behindProxy.graphql(
      'query ($id: UUID!) { message(id: $id) { attachments { url } } }',
      { id: messageId },
      everyone.ada.token,
    );
    expect(data.message.attachments[0].url).toMatch(
      /^https:\/\/chat\.example\.test\/trumpet\/attachments\/[^/]+\/file\?/,
    );
  });

  test('a part of a file can be asked for', async () => {
    const { attachment } = await sendOne(await people());
    const response = await world.fetch(attachment?.url ?? '', { range: 'bytes=1-3' });

    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe('bytes 1-3/5');
    expect(await response.text()).toBe('ell');
  });

  test('a file that nobody has looked at yet has no address', async () => {
    await using stack = new AsyncDisposableStack();
    const idle = await createAttachmentsWorld({}, { worker: false });
    stack.defer(idle.close);
    const ada = await idle.database.createUser();
    const room = await idle.database.createRoom(ada);
    const { id } = await uploadFile(idle.server.url, ada, Buffer.from('hello'));

    await expect(idle.send(ada, room.id, [id])).resolves.toMatchObject({
      attachments: [{ status: 'PROCESSING', url: null, thumbnailUrl: null }],
    });
    const guessed = createAddressSigner(TEST_JWT_SECRET).sign(id, 'file', false);
    expect((await idle.fetch(guessed)).status).toBe(404);
  });
});

describe('uploading', () => {
  const tus = { 'tus-resumable': '1.0.0', connection: 'close' };

  test('needs a token', async () => {
    for (const authorization of [undefined, 'Bearer a.b.c', 'Basic YTpi']) {
      const response = await fetch(`${server.url}/attachments`, {
        method: 'POST',
        headers: { ...tus, 'upload-length': '5', ...(authorization && { authorization }) },
      });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
    }
  });

  test('what it accepts can be asked for without one', async () => {
    const response = await fetch(`${server.url}/attachments`, { method: 'OPTIONS' });

    expect(response.status).toBe(204);
    expect(response.headers.get('tus-version')).toBe('1.0.0');
    expect(response.headers.get('tus-max-size')).toBe('1000');
  });

  test("to someone else's upload finds nothing", async () => {
    const { ada, eve } = await people();
    const begun = await fetch(`${server.url}/attachments`, {
      method: 'POST',
      headers: { ...tus, authorization: `Bearer ${ada.token}`, 'upload-length': '5' },
    });
    const address = new URL(begun.headers.get('location') ?? '', server.url);
    for (const method of ['HEAD', 'PATCH', 'DELETE']) {
      const response = await fetch(address, {
        method,
        headers: {
          ...tus,
          authorization: `Bearer ${eve.token}`,
          'content-type': 'application/offset+octet-stream',
          'upload-offset': '0',
        },
        ...(method === 'PATCH' && { body: Buffer.from('hello') }),
      });
      expect(response.status).toBe(404);
    }
    const own = await fetch(address, {
      method: 'HEAD',
      headers: { ...tus, authorization: `Bearer ${ada.token}` },
    });
    expect(own.headers.get('upload-offset')).toBe('0');
  });

  test('says when there is room for a file, which is when enough of the earlier ones are a day old', async () => {
    const { ada } = await people();
    const hours = 3_600_000;
    for (const [bytes, age] of [
      [200, 20],
      [1_000, 15],
      [1_000, 10],
      [1_000, 5],
      [1_000, 1],
      [800, 0],
    ] as const) {
      const id = await upload(ada, 'x'.repeat(bytes));
      await database.owner.query(
        `update app_private.uploads set created_at = now() - $2 * interval '1 hour' where id = $1`,
        [id, age],
      );
    }
    const refused = await upload(ada, 'x'.repeat(1_000)).catch((error) => error);
    expect(refused.code).toBe('RATE_LIMITED');
    // The 200 bytes are old enough in four hours, and are not enough.
    expect(Math.round(refused.retryAfterMs / hours)).toBe(9);
    const wait = (milliseconds: number) =>
      database.owner.query(
        `update app_private.uploads set created_at = created_at - $2 * interval '1 millisecond' where uploader_id = $1`,
        [ada.id, milliseconds],
      );
    await wait(refused.retryAfterMs - hours);
    await expect(upload(ada, 'x'.repeat(1_000))).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await wait(hours);
    await expect(upload(ada, 'x'.repeat(1_000))).resolves.toEqual(expect.any(String));
  });

  test('says of a file that is larger than a day allows that it never fits', async () => {
    const { ada } = await people();
    const small = await startTestServer(database, {
      DATA_DIR: join(world.folder, '..'),
      ATTACHMENT_MAX_BYTES: '1000',
      ATTACHMENT_MAX_BYTES_A_DAY: '500',
    });
    try {
      const refused = uploadFile(small.url, ada, Buffer.alloc(600, 'x'));
      await expect(refused).rejects.toMatchObject({ code: 'TOO_LARGE', retryAfterMs: undefined });
    } finally {
      await small.close();
    }
  });

  test('stops at the size of a file, and at the bytes and files of a day', async () => {
    const { ada, bob } = await people();
    await expect(upload(ada, 'x'.repeat(1_001))).rejects.toMatchObject({ code: 'TOO_LARGE' });
    for (let count = 0; count < 5; count++) {
      await upload(ada, 'x'.repeat(1_000));
    }
    await expect(upload(ada, 'x')).rejects.toMatchObject({ code: 'RATE_LIMITED', status: 429 });

    for (let count = 0; count < 12; count++) {
      await upload(bob, 'x');
    }
    await expect(upload(bob, 'x')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await database.owner.query(
      `update app_private.uploads set created_at = now() - interval '25 hours' where uploader_id = $1`,
      [bob.id],
    );
    await expect(upload(bob, 'x')).resolves.toEqual(expect.any(String));
  });

  test('that is given up is gone, unless a message has it', async () => {
    const { ada, room } = await people();
    const remove = (id: string) =>
      fetch(`${server.url}/attachments/${id}`, {
        method: 'DELETE',
        headers: { ...tus, authorization: `Bearer ${ada.token}` },
      });
    const unwanted = await upload(ada);
    expect((await remove(unwanted)).status).toBe(204);
    await expect(world.send(ada, room.id, [unwanted])).rejects.toThrow('BAD_INPUT');

    // The worker may be faster with the file than the answer.
    const removed = await upload(ada);
    rmSync(join(world.folder, removed));
    expect((await remove(removed)).status).toBe(204);

    const wanted = await upload(ada);
    const message = await world.send(ada, room.id, [wanted]);
    expect((await remove(wanted)).status).toBe(409);
    expect(await world.processed(message.id, ada)).toMatchObject([{ status: 'READY' }]);
  });
});

describe('binding', () => {
  test('is done once, by the uploader, in a room where they may write', async () => {
    const { ada, bob, eve, room } = await people();
    const id = await upload(ada);

    await expect(world.send(bob, room.id, [id])).rejects.toThrow('NOT_FOUND');
    const elsewhere = await database.createRoom(eve, { type: 'private' });
    await expect(world.send(ada, elsewhere.id, [id])).rejects.toThrow('NOT_FOUND');
    await expect(world.send(ada, room.id, [id, id])).rejects.toThrow('CONFLICT');
    await expect(world.send(ada, room.id, [id])).resolves.toMatchObject({ attachments: [{ id }] });
    await expect(world.send(ada, room.id, [id])).rejects.toThrow('CONFLICT');
  });

  test('at the same moment in two messages succeeds in one', async () => {
    const { ada, room } = await people();
    const other = await database.createRoom(ada);
    const id = await upload(ada);

    const results = await Promise.allSettled([
      world.send(ada, room.id, [id]),
      world.send(ada, other.id, [id]),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('needs a complete upload', async () => {
    const { ada, room } = await people();
    const begun = await fetch(`${server.url}/attachments`, {
      method: 'POST',
      headers: {
        'tus-resumable': '1.0.0',
        connection: 'close',
        authorization: `Bearer ${ada.token}`,
        'upload-length': '5',
      },
    });
    const id = begun.headers.get('location')?.split('/').at(-1) ?? '';
    await expect(world.send(ada, room.id, [id])).rejects.toThrow('CONFLICT');
  });

  test('keeps the order given, of at most ten files', async () => {
    const { ada, room } = await people();
    const ids: string[] = [];
    for (let count = 0; count < 11; count++) {
      ids.push(await upload(ada, `${count}`));
    }
    await expect(world.send(ada, room.id, ids)).rejects.toThrow('TOO_LARGE');
    const order = ids.slice(0, 10).reverse();
    const { attachments } = await world.send(ada, room.id, order);
    expect(attachments.map(({ id }) => id)).toEqual(order);
  });

  test('sending again with the same nonce gives the same files', async () => {
    const { ada, room } = await people();
    const id = await upload(ada);
    const sendOnce = () =>
      server.graphql(
        `mutation ($roomId: UUID!, $id: UUID!) {
          sendMessage(input: { roomId: $roomId, content: "x", nonce: "n-1", attachmentIds: [$id] }) {
            message { id attachments { id } }
          }
        }`,
        { roomId: room.id, id },
        ada.token,
      );
    const first = await sendOnce();
    expect(first.data.sendMessage.message.attachments).toEqual([{ id }]);
    expect((await sendOnce()).data).toEqual(first.data);
  });
});

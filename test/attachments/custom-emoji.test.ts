import { readdirSync } from 'node:fs';
import sharp from 'sharp';
import type { TestUser } from '../../testing/database.ts';
import { picture } from './support/pictures.ts';
import { uploadFile } from './support/upload.ts';
import { type AttachmentsWorld, createAttachmentsWorld } from './support/world.ts';

/* From the upload of a picture to the address of the emoji, and how everybody hears of it. */

let world: AttachmentsWorld;
beforeAll(async () => {
  world = await createAttachmentsWorld();
});
afterAll(() => world.close());

const FIELDS = 'id name aliases pictureUrl stillPictureUrl version removedAt addedBy { id }';

/** A GIF in which something moves. */
async function movingPicture(side = 200, frames = 3): Promise<Buffer> {
  const colours = ['red', 'green', 'blue'];
  const parts = await Promise.all(
    Array.from({ length: frames }, (_, at) =>
      sharp({
        create: { width: side, height: side, channels: 3, background: colours[at % 3] ?? 'red' },
      })
        .png()
        .toBuffer(),
    ),
  );
  return sharp(parts, { join: { animated: true } })
    .gif({ delay: Array(frames).fill(100) })
    .toBuffer();
}

async function uploadEmoji(user: TestUser, bytes: Buffer): Promise<string> {
  const { id } = await uploadFile(world.server.url, user, bytes, {
    filename: 'parrot',
    metadata: { purpose: 'emoji' },
  });
  return id;
}

async function add(user: TestUser, uploadId: string, name: string) {
  const { data, errors } = await world.server.graphql(
    `mutation ($uploadId: UUID!, $name: String!) {
      addCustomEmoji(input: { uploadId: $uploadId, name: $name }) { customEmoji { ${FIELDS} } } }`,
    { uploadId, name },
    user.token,
  );
  return errors === undefined ? data.addCustomEmoji.customEmoji : errors[0]?.extensions?.code;
}

async function remove(user: TestUser, id: string): Promise<void> {
  const { errors } = await world.server.graphql(
    `mutation ($id: UUID!) { removeCustomEmoji(input: { customEmojiId: $id }) { customEmoji { id } } }`,
    { id },
    user.token,
  );
  expect(errors).toBeUndefined();
}

/** Listens as an app does; tells of emoji alone. */
async function listen(user: TestUser, after?: string) {
  const socket = await world.server.socket({ token: user.token });
  const subscription = socket.subscribe(
    `subscription ($after: String) { userEvents(after: $after) {
      cursor event { __typename roomId changeSeq } } }`,
    { after },
  );
  const next = async () => (await subscription.nextData()).userEvents;
  const ready = await next();
  return { socket, next, cursor: ready.cursor as string };
}

const EMOJI_CHANGED = { __typename: 'CustomEmojiEvent', roomId: null, changeSeq: null };

test('an animation becomes a small one and a picture that stands still, and nothing else is kept of it', async () => {
  const ada = await world.database.createUser();
  const upload = await uploadEmoji(ada, await movingPicture());
  await world.verdictOn(upload);
  const emoji = await add(ada, upload, 'Dancing_Parrot');
  expect(emoji).toMatchObject({ name: 'dancing_parrot', aliases: [], addedBy: { id: ada.id } });
  for (const [address, pages] of [
    [emoji.pictureUrl, 3],
    [emoji.stillPictureUrl, undefined],
  ]) {
    const response = await world.fetch(address);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/webp');
    expect(response.headers.get('cache-control')).toBe('public, max-age=86400, immutable');
    expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    const metadata = await sharp(await response.arrayBuffer()).metadata();
    expect(metadata).toMatchObject({ format: 'webp', width: 128 });
    expect(metadata.pages).toBe(pages);
  }
  const names = readdirSync(world.folder).filter((name) => name.startsWith(upload));
  expect(names.sort()).toEqual([`${upload}.emoji`, `${upload}.stillEmoji`]);
});

test('a small picture stays as small as it is', async () => {
  const ada = await world.database.createUser();
  const upload = await uploadEmoji(ada, await picture('webp', { width: 40, height: 20 }));
  await world.verdictOn(upload);
  const { pictureUrl } = await add(ada, upload, 'tiny');
  const metadata = await sharp(await (await world.fetch(pictureUrl)).arrayBuffer()).metadata();
  expect(metadata).toMatchObject({ width: 40, height: 20 });
});

test('what could run scripts, what no page shows everywhere and what is too large is refused', async () => {
  const ada = await world.database.createUser();
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
  );
  for (const [bytes, code] of [
    [svg, 'BAD_INPUT'],
    [await picture('jpeg'), 'BAD_INPUT'],
    [await picture('avif'), 'BAD_INPUT'],
    [await picture('png', { width: 700, height: 700 }), 'TOO_LARGE'],
  ] as const) {
    await expect(uploadEmoji(ada, bytes)).rejects.toMatchObject({ code });
  }
  const wide = sharp({ create: { width: 1025, height: 8, channels: 3, background: 'red' } });
  for (const bytes of [await wide.png().toBuffer(), await movingPicture(8, 201)]) {
    const upload = await uploadEmoji(ada, bytes);
    expect(await world.verdictOn(upload)).toBe('refused');
    await expect(add(ada, upload, 'too_large')).resolves.toBe('BAD_INPUT');
  }
});

test('everybody in the workspace hears that emoji came and went, and who was away hears it when they are back', async () => {
  const [ada, bob] = [await world.database.createUser(), await world.database.createUser()];
  const away = await listen(bob);
  await away.socket.close();
  const [hers, his] = [await listen(ada), await listen(bob)];
  const upload = await uploadEmoji(ada, await picture('png', { width: 30, height: 30 }));
  await world.verdictOn(upload);
  const emoji = await add(ada, upload, 'newcomer');
  for (const { next } of [hers, his]) {
    expect(await next()).toMatchObject({ event: EMOJI_CHANGED });
  }
  const back = await listen(bob, away.cursor);
  expect(await back.next()).toMatchObject({ event: EMOJI_CHANGED });
  await remove(ada, emoji.id);
  for (const { next } of [hers, his, back]) {
    expect(await next()).toMatchObject({ event: EMOJI_CHANGED });
  }
  const { data } = await world.server.graphql(
    `query ($sinceVersion: BigInt) { customEmoji(sinceVersion: $sinceVersion) { nodes { ${FIELDS} } } }`,
    { sinceVersion: emoji.version },
    bob.token,
  );
  expect(data.customEmoji.nodes).toEqual([
    {
      ...emoji,
      version: String(Number(emoji.version) + 1),
      pictureUrl: null,
      stillPictureUrl: null,
      removedAt: expect.any(String),
    },
  ]);
  expect((await world.fetch(emoji.pictureUrl)).status).toBe(404);
  await world.runJob('remove_uploads');
  expect(readdirSync(world.folder).filter((name) => name.startsWith(upload))).toEqual([]);
  await Promise.all([hers, his, back].map(({ socket }) => socket.close()));
});

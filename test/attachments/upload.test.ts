import sharp from 'sharp';
import { picture } from './support/pictures.ts';
import { uploadFile } from './support/upload.ts';
import { createAttachmentsWorld } from './support/world.ts';

const world = await createAttachmentsWorld();
afterAll(() => world.close());
const { database, server } = world;
const ada = await database.createUser();
const bob = await database.createUser();
const room = await database.createRoom(ada, { members: [bob] });

test('an upload that breaks half-way goes on from there, and another member downloads the same bytes and a thumbnail', async () => {
  const bytes = await picture('png', { width: 2000, height: 1500 });
  const id = await uploadFile(server.url, ada, bytes, {
    filename: 'Größe 📷.png',
    breakAt: bytes.length / 2,
  });
  const { id: messageId } = await world.send(ada, room.id, [id]);
  const [attachment] = await world.processed(messageId, bob);

  expect(attachment).toMatchObject({
    id,
    filename: 'Größe 📷.png',
    mimeType: 'image/png',
    byteSize: String(bytes.length),
    status: 'READY',
    width: 2000,
    height: 1500,
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
});

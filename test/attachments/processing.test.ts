import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { FORMATS, picture, pictureWithPlace } from './support/pictures.ts';
import { mp4, wav } from './support/sounds.ts';
import { uploadFile } from './support/upload.ts';
import { bmp, PLACE, phonePhoto, phoneVideo } from './support/videos.ts';
import { createAttachmentsWorld } from './support/world.ts';

const world = await createAttachmentsWorld();
afterAll(() => world.close());
const { database, server } = world;
const ada = await database.createUser();
const room = await database.createRoom(ada);

const PSD = Buffer.from('8BPS\0\x01'.padEnd(64, '\0'));

/** Sends a file and gives what members see of it once it has been looked at. */
async function sent(bytes: Buffer, filename: string, metadata: Record<string, string> = {}) {
  const { id } = await uploadFile(server.url, ada, bytes, { filename, metadata });
  const message = await world.send(ada, room.id, [id]);
  const [attachment] = await world.processed(message.id, ada);
  if (attachment === undefined) {
    throw new Error('The message has no attachment');
  }
  return attachment;
}

async function download(path: string | null): Promise<Buffer> {
  const response = await world.fetch(path ?? 'none');
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

test.each(FORMATS)('a %s has its size and a thumbnail, and stays as it was', async (format) => {
  const bytes = await picture(format, { width: 1000, height: 700 });
  const attachment = await sent(bytes, `photo.${format}`);

  expect(attachment).toMatchObject({
    status: 'READY',
    mimeType: `image/${format}`,
    width: 1000,
    height: 700,
  });
  expect((await download(attachment.url)).equals(bytes)).toBe(true);
  await expect(sharp(await download(attachment.thumbnailUrl)).metadata()).resolves.toMatchObject({
    format: 'webp',
    width: 512,
    height: 358,
  });
});

test.each(['png', 'jpeg', 'webp', 'avif'] as const)(
  'a %s comes without the place where it was taken',
  async (format) => {
    const bytes = await pictureWithPlace(format);
    await expect(sharp(bytes).metadata()).resolves.toHaveProperty('exif');
    const attachment = await sent(bytes, `photo.${format}`);

    const served = await download(attachment.url);
    expect(attachment.byteSize).toBe(String(served.length));
    const { exif, xmp, iptc, ...metadata } = await sharp(served).metadata();
    expect({ exif, xmp, iptc }).toEqual({});
    expect(metadata).toMatchObject({ width: 800, height: 600 });
    const thumbnail = await sharp(await download(attachment.thumbnailUrl)).metadata();
    expect(thumbnail.exif).toBeUndefined();
    // What was uploaded is not kept either.
    const { rows } = await database.owner.query(
      'select is_rewritten from app_private.uploads where id = $1',
      [attachment.id],
    );
    expect(rows).toEqual([{ is_rewritten: true }]);
    await expect(sharp(`${world.folder}/${attachment.id}`).metadata()).rejects.toThrow('missing');
  },
);

test('a photo that was taken with the camera turned has the size that it is shown with', async () => {
  const bytes = await sharp(await picture('jpeg', { width: 400, height: 300 }))
    .withExif({ IFD0: { Make: 'A camera' } })
    .withMetadata({ orientation: 6 })
    .toBuffer();
  const attachment = await sent(bytes, 'turned.jpg');

  expect(attachment).toMatchObject({ width: 300, height: 400 });
  const { autoOrient } = await sharp(await download(attachment.url)).metadata();
  expect(autoOrient).toEqual({ width: 300, height: 400 });
  const thumbnail = sharp(await download(attachment.thumbnailUrl));
  await expect(thumbnail.metadata()).resolves.toMatchObject({ width: 300, height: 400 });
});

test('a picture that is too much to decode is shown without thumbnail', async () => {
  const bytes = await sharp({
    create: { width: 4_000, height: 3_000, channels: 3, background: 'white' },
  })
    .avif({ effort: 0 })
    .toBuffer();
  const attachment = await sent(bytes, 'large.avif');

  expect(attachment).toMatchObject({ status: 'READY', width: 4_000, thumbnailUrl: null });
  expect((await download(attachment.url)).equals(bytes)).toBe(true);
});

test('a sound and a video have their length, a video its size', async () => {
  await expect(sent(wav(3), 'note.wav')).resolves.toMatchObject({
    status: 'READY',
    mimeType: 'audio/wav',
    durationMs: 3_000,
    width: null,
    thumbnailUrl: null,
  });
  await expect(sent(mp4(7, 640, 360), 'video.mp4')).resolves.toMatchObject({
    status: 'READY',
    mimeType: 'video/mp4',
    durationMs: 7_000,
    width: 640,
    height: 360,
  });
});

test.each([
  ['a video of a phone', 'IMG_1.MOV', phoneVideo(), { width: 48, height: 64, durationMs: 300 }],
  ['a photo of a phone', 'IMG_2.HEIC', phonePhoto(['Tile']), { width: 3_024, height: 4_032 }],
  ['a BMP', 'screen.bmp', bmp(70, 50), { width: 70, height: 50 }],
])(
  '%s comes without the place where it was made, with its size',
  async (_what, filename, bytes, shown) => {
    expect(bytes.includes(PLACE)).toBe(true);
    const attachment = await sent(bytes, filename);
    expect(attachment).toMatchObject({ status: 'READY', ...shown });
    const served = await download(attachment.url);
    expect(served.includes(PLACE)).toBe(false);
    expect(attachment.byteSize).toBe(String(served.length));
    expect(existsSync(join(world.folder, attachment.id))).toBe(false);
  },
);

test('a TIFF has its size and a thumbnail', async () => {
  const bytes = await sharp(await picture('png'))
    .tiff()
    .toBuffer();
  const attachment = await sent(bytes, 'scan.tif');
  expect(attachment).toMatchObject({ status: 'READY', width: 800, height: 600 });
  await expect(sharp(await download(attachment.thumbnailUrl)).metadata()).resolves.toMatchObject({
    format: 'webp',
    width: 512,
  });
});

test.each([
  ['voice.webm', { mimeType: 'audio/webm', width: null, durationMs: 501 }],
  ['voice.opus', { mimeType: 'audio/ogg; codecs=opus', width: null, durationMs: 500 }],
  ['sound-in-pieces.mp4', { mimeType: 'audio/mp4', width: null, durationMs: 564 }],
  ['portrait.mp4', { mimeType: 'video/mp4', width: 48, height: 64, durationMs: 500 }],
])(
  '%s, as browsers and phones record, has its length and the size that it is shown with',
  async (name, shown) => {
    const bytes = readFileSync(join(import.meta.dirname, 'fixtures', name));
    await expect(sent(bytes, name)).resolves.toMatchObject({ status: 'READY', ...shown });
  },
);

test.each([
  ['a picture of a kind that cannot be cleaned', PSD, 'a.psd'],
  [
    'a video of a kind that cannot be cleaned',
    Buffer.from(`FLV\x01\x05\0\0\0\x09${PLACE}`),
    'a.flv',
  ],
  ['a file that is called a video and is none', Buffer.from(`no video, ${PLACE}`), 'a.mov'],
])('%s is refused', async (_what, bytes, filename) => {
  await expect(uploadFile(server.url, ada, bytes, { filename })).rejects.toMatchObject({
    code: 'BAD_INPUT',
  });
});

test.each([
  ['a video of a phone', 'IMG_1.MOV', phoneVideo()],
  ['a picture of a kind that cannot be cleaned', 'a.psd', PSD],
  ['a JPEG', 'a.jpg', await pictureWithPlace('jpeg')],
])(
  '%s is kept as it came when its sender asks for that, says so, and is not shown in place',
  async (_what, filename, bytes) => {
    const attachment = await sent(bytes, filename, { original: 'true' });
    expect(attachment).toMatchObject({ status: 'READY', isOriginal: true, thumbnailUrl: null });
    expect((await download(attachment.url)).equals(bytes)).toBe(true);
    const { headers } = await world.fetch(attachment.url ?? '');
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toMatch(/^attachment/);
  },
);

test('any other file is kept as it is and has no more than a name and a size', async () => {
  const bytes = Buffer.from('%PDF-1.7\n%âãÏÓ\nno more than that');
  await expect(sent(bytes, 'report.pdf')).resolves.toMatchObject({
    status: 'READY',
    filename: 'report.pdf',
    mimeType: 'application/pdf',
    byteSize: String(bytes.length),
    width: null,
    durationMs: null,
    thumbnailUrl: null,
  });
});

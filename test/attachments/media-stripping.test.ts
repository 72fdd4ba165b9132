import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseBuffer } from 'music-metadata';
import sharp from 'sharp';
import { HEAD_BYTES, typeOfBytes } from '../../src/attachments/file-types.ts';
import { stripFile } from '../../src/attachments/stripping/strip.ts';
import { bmp, CAPTION, PICTURES, PLACE, phonePhoto, phoneVideo, SOUNDS } from './support/videos.ts';

/** What the fixtures hold, as `fixtures/make.sh` writes it; the second is ISO 6709. */
const PLACES = ['SECRET', '+52.5', PLACE];
const FIXTURES = join(import.meta.dirname, 'fixtures');
const MEDIA = readdirSync(FIXTURES).filter((name) => !name.endsWith('.sh'));
const folder = mkdtempSync(join(tmpdir(), 'trumpet-media-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function strip(bytes: Buffer, type: string) {
  const paths = [join(folder, 'from'), join(folder, 'to')] as const;
  writeFileSync(paths[0], bytes);
  const shown = stripFile(type, 1, ...paths);
  return { ...shown, bytes: readFileSync(paths[1]) };
}

async function stripByBytes(bytes: Buffer) {
  return strip(bytes, await typeOfBytes(bytes.subarray(0, HEAD_BYTES)));
}

/** Whether a text is in a file, in any of the codings that containers have for texts. */
function holds(bytes: Buffer, text: string): boolean {
  const wide = Buffer.from(text, 'utf16le');
  return [Buffer.from(text), wide, Buffer.from(wide).swap16()].some((form) => bytes.includes(form));
}

const holdsPlace = (bytes: Buffer) => PLACES.some((place) => holds(bytes, place));

/** What a program that plays it finds out, without what the strip is there to take out. */
async function format(bytes: Buffer) {
  const mimeType = (await typeOfBytes(bytes)).replace('3gpp', 'mp4');
  const { tagTypes, creationTime, modificationTime, tool, bitrate, trackInfo, ...rest } = (
    await parseBuffer(bytes, { mimeType }, { duration: true })
  ).format;
  return rest;
}

test.each(MEDIA)('%s loses its places, and is played as before', async (name) => {
  const bytes = readFileSync(join(FIXTURES, name));
  expect(holdsPlace(bytes)).toBe(!name.endsWith('.aac')); // Which has no room for any.
  const stripped = await stripByBytes(bytes);
  expect(holdsPlace(stripped.bytes)).toBe(false);
  for (const program of ['Lavf', 'x264', 'x265']) {
    expect(holds(stripped.bytes, program)).toBe(false);
  }
  expect(stripped.bytes.length).toBeGreaterThan(bytes.length * 0.2);
  if (!/\.(?:avi|caf)$/.test(name)) {
    expect(await format(stripped.bytes)).toEqual(await format(bytes));
  }
  const again = await stripByBytes(stripped.bytes);
  expect(again.isRewritten).toBe(false);
  expect(again.bytes.equals(stripped.bytes)).toBe(true);
});

test('a video of a phone keeps its pictures, what is said and its sounds, and nothing else that was written', async () => {
  const bytes = phoneVideo();
  expect(holdsPlace(bytes)).toBe(true);
  const stripped = await stripByBytes(bytes);
  expect(stripped).toMatchObject({ width: 48, height: 64, isVideo: true, durationMs: 300 });
  expect(holdsPlace(stripped.bytes)).toBe(false);
  expect(stripped.bytes.length).toBe(bytes.length);
  for (const sample of [...PICTURES, ...SOUNDS, CAPTION]) {
    expect(stripped.bytes.indexOf(sample)).toBe(bytes.indexOf(sample));
    expect(bytes.includes(sample)).toBe(true);
  }
  expect((await stripByBytes(stripped.bytes)).isRewritten).toBe(false);
});

test('a photo of a phone keeps its tiles, and has the size that it is shown with', async () => {
  const bytes = phonePhoto(['Tile one', 'Tile two']);
  const stripped = await stripByBytes(bytes);
  expect(holdsPlace(bytes)).toBe(true);
  expect(holdsPlace(stripped.bytes)).toBe(false);
  expect(stripped).toMatchObject({ width: 3_024, height: 4_032 });
  for (const tile of ['Tile one', 'Tile two']) {
    expect(stripped.bytes.indexOf(tile)).toBe(bytes.indexOf(tile));
  }
  expect((await stripByBytes(stripped.bytes)).isRewritten).toBe(false);
});

test('an AVI tells decoders of sounds what they need, and nothing behind it', async () => {
  const plain = readFileSync(join(FIXTURES, 'video.avi'));
  const description = plain.indexOf('strf', plain.indexOf('auds'));
  const end = description + 8 + plain.readUInt32LE(description + 4);
  const hidden = Buffer.from(PLACE.padEnd(PLACE.length + (PLACE.length % 2)));
  const bytes = Buffer.concat([plain.subarray(0, end), hidden, plain.subarray(end)]);
  for (const lengthOffset of [
    4,
    plain.indexOf('hdrl') - 4,
    plain.lastIndexOf('strl', description) - 4,
    description + 4,
  ]) {
    bytes.writeUInt32LE(bytes.readUInt32LE(lengthOffset) + hidden.length, lengthOffset);
  }
  expect(holdsPlace(bytes)).toBe(true);
  const stripped = await stripByBytes(bytes);
  expect(holdsPlace(stripped.bytes)).toBe(false);
  expect(stripped.bytes.subarray(description, end)).toEqual(bytes.subarray(description, end));
});

test.each([
  [64, false],
  [65, true],
])('a CAF that tells a decoder %i bytes is refused: %s', async (length, isRefused) => {
  const plain = readFileSync(join(FIXTURES, 'voice.caf'));
  const head = Buffer.from('kuki\0\0\0\0\0\0\0\0', 'latin1');
  head.writeUInt32BE(length, 8);
  const end = 8 + 12 + 32;
  const bytes = Buffer.concat([
    plain.subarray(0, end),
    head,
    Buffer.alloc(length, PLACE),
    plain.subarray(end),
  ]);
  const stripping = stripByBytes(bytes);
  await (isRefused
    ? expect(stripping).rejects.toThrow('More for a decoder than any needs')
    : expect(stripping).resolves.toMatchObject({ isVideo: false }));
});

test('a BMP keeps its pixels, and loses the path of its colours and what is behind its end', async () => {
  const bytes = bmp(7, 5);
  const stripped = await stripByBytes(bytes);
  expect(holdsPlace(stripped.bytes)).toBe(false);
  expect(stripped).toMatchObject({ width: 7, height: 5, isRewritten: true });
  expect(stripped.bytes.subarray(138).equals(bytes.subarray(138, -PLACE.length))).toBe(true);
});

test.each(['none', 'lzw', 'deflate', 'jpeg'] as const)(
  'a TIFF with %s as its compression keeps its pixels and its turn',
  async (compression) => {
    const bytes = await sharp({
      create: { width: 60, height: 40, channels: 3, background: 'teal' },
    })
      .withExif({ IFD0: { Make: PLACE }, IFD3: { GPSAreaInformation: PLACE } })
      .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${PLACE}</x:xmpmeta>`)
      .withMetadata({ orientation: 6 })
      .tiff({ compression, tile: compression === 'jpeg', tileWidth: 32, tileHeight: 32 })
      .toBuffer();
    expect(holdsPlace(bytes)).toBe(true);
    const stripped = await stripByBytes(bytes);
    expect(holdsPlace(stripped.bytes)).toBe(false);
    const { exif, xmp, orientation } = await sharp(stripped.bytes).metadata();
    expect({ exif, xmp, orientation }).toEqual({ orientation: 6 });
    const [before, after] = await Promise.all(
      [bytes, stripped.bytes].map((tiff) => sharp(tiff).raw().toBuffer()),
    );
    expect(after?.equals(before as Buffer)).toBe(true);
    expect((await stripByBytes(stripped.bytes)).isRewritten).toBe(false);
  },
);

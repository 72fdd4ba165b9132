import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { stripFile } from '../../src/attachments/stripping/strip.ts';
import { box, described, HIDE, insertAt, SECRET, segment } from './support/hidden-data.ts';
import { FORMATS, type PictureFormat, picture } from './support/pictures.ts';
import { pngChunk } from './support/traps.ts';

const folder = mkdtempSync(join(tmpdir(), 'trumpet-stripping-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Stripped {
  readonly bytes: Buffer;
  readonly isRewritten: boolean;
}

function strip(format: PictureFormat, bytes: Buffer, orientation = 1): Stripped {
  const paths = [join(folder, 'from'), join(folder, 'to')] as const;
  writeFileSync(paths[0], bytes);
  const { isRewritten } = stripFile(`image/${format}`, orientation, ...paths);
  return { bytes: readFileSync(paths[1]), isRewritten };
}

test.each(FORMATS)(
  'a %s loses every place where something can be hidden, and no pixel',
  async (format) => {
    const bytes = HIDE[format](await described(format));
    expect(bytes.includes(SECRET)).toBe(true);

    const stripped = strip(format, bytes);

    expect(stripped.isRewritten).toBe(true);
    expect(stripped.bytes.includes(SECRET)).toBe(false);
    const [before, after] = await Promise.all(
      [bytes, stripped.bytes].map((picture) => sharp(picture).raw().toBuffer()),
    );
    expect(after?.equals(before as Buffer)).toBe(true);
    const { exif, xmp, iptc, comments, icc } = await sharp(stripped.bytes).metadata();
    expect({ exif, xmp, iptc, comments }).toEqual({});
    expect(icc !== undefined).toBe(format !== 'gif');
  },
);

test.each(FORMATS)('a %s with nothing to hide stays as it is, byte for byte', async (format) => {
  const once = strip(format, HIDE[format](await described(format)));
  for (const bytes of [await picture(format, { width: 30, height: 20 }), once.bytes]) {
    const again = strip(format, bytes);
    expect(again.isRewritten).toBe(false);
    expect(again.bytes.equals(bytes)).toBe(true);
  }
});

test.each(['jpeg', 'png', 'webp'] as const)(
  'a %s keeps the turn of the camera and nothing else of its EXIF',
  async (format) => {
    const stripped = strip(format, await described(format, 6), 6);
    const { orientation, exif, autoOrient } = await sharp(stripped.bytes).metadata();

    expect({ orientation, autoOrient }).toEqual({
      orientation: 6,
      autoOrient: { width: 40, height: 60 },
    });
    expect(exif?.length).toBeLessThan(40);
    expect(strip(format, stripped.bytes, 6).isRewritten).toBe(false);
  },
);

test('the thumbnail in the header of a JPEG goes, its resolution stays', async () => {
  const bytes = await picture('jpeg', { width: 30, height: 20 });
  const header = segment(0xe0, `JFIF\0\x01\x02\x01\0\x48\0\x48\x01\x01abc`);
  const stripped = strip('jpeg', insertAt(bytes, 2, header));

  expect(stripped.bytes.includes('abc')).toBe(false);
  expect(stripped.bytes.subarray(20).equals(bytes.subarray(2))).toBe(true);
  await expect(sharp(stripped.bytes).metadata()).resolves.toMatchObject({ density: 72 });
});

test.each(['gif', 'webp', 'png'] as const)(
  'an animated %s keeps its frames and its loop',
  async (format) => {
    const frames = await Promise.all(
      [10, 20, 30].map((size) => picture('png', { width: size, height: size })),
    );
    const bytes =
      format === 'png'
        ? insertAt(
            await picture('png', { width: 30, height: 20 }),
            33,
            pngChunk('acTL', Buffer.from([0, 0, 0, 1, 0, 0, 0, 0])),
          )
        : await sharp(frames, { join: { animated: true } })
            .toFormat(format, { loop: 3 })
            .toBuffer();
    const stripped = strip(format, HIDE[format](bytes));

    expect(stripped.bytes.equals(bytes)).toBe(true);
  },
);

test('a directory of places that take no bytes to write is not counted through', () => {
  const items = 50_000;
  const entry = '\0\x01\0\0\xff\xff'; // Item 1, in this file, at 65,535 places.
  const header = Buffer.alloc(8);
  header.writeUInt16BE(items, 6);
  const locations = box('iloc', header.toString('latin1') + entry.repeat(items));
  const meta = `\0\0\0\0${box('iinf', '\0'.repeat(6)).toString('latin1')}${locations.toString('latin1')}`;
  const bytes = Buffer.concat([box('ftyp', 'avif'), box('meta', meta)]);
  expect(() => strip('avif', bytes)).toThrow('written nowhere');
});

/** A profile with a text that its colours do not need, longer than what fits into one segment of a JPEG. */
async function profileWithText(): Promise<string> {
  const plain = await sharp(await described('png')).metadata();
  const profile = plain.icc as Buffer;
  const count = profile.readUInt32BE(128);
  const tableEnd = 132 + count * 12;
  const text = Buffer.from(`text\0\0\0\0${SECRET.repeat(4_000)}\0\0\0\0`, 'latin1');
  const entry = Buffer.from('Xtra\0\0\0\0\0\0\0\0', 'latin1');
  const made = Buffer.concat([
    profile.subarray(0, tableEnd),
    entry,
    profile.subarray(tableEnd),
    text,
  ]);
  made.writeUInt32BE(made.length, 0);
  made.writeUInt32BE(count + 1, 128);
  for (let tag = 0; tag < count; tag += 1) {
    made.writeUInt32BE(made.readUInt32BE(136 + tag * 12) + 12, 136 + tag * 12);
  }
  made.writeUInt32BE(profile.length + 12, tableEnd + 4);
  made.writeUInt32BE(text.length, tableEnd + 8);
  const path = join(folder, 'profile.icc');
  writeFileSync(path, made);
  return path;
}

test.each(['jpeg', 'png', 'webp', 'avif', 'tiff'] as const)(
  'of the colour profile of a %s the colours stay, and nothing else',
  async (format) => {
    const path = await profileWithText();
    const bytes = await sharp(await picture('png', { width: 60, height: 40 }))
      .withIccProfile(path)
      .toFormat(format, format === 'avif' ? { effort: 0 } : {})
      .toBuffer();
    const before = await sharp(bytes).metadata();
    expect(before.icc?.includes(SECRET)).toBe(true);

    const stripped = strip(format as PictureFormat, bytes);

    const after = await sharp(stripped.bytes).metadata();
    expect(stripped.bytes.includes(SECRET)).toBe(false);
    expect(after.icc?.includes(SECRET)).toBe(false);
    // Zeros take the place of the text where nothing may move.
    expect(after.icc?.subarray(700).some((byte) => byte !== 0)).toBe(false);
    const [seenBefore, seenAfter] = await Promise.all(
      [bytes, stripped.bytes].map((one) => sharp(one).withIccProfile('srgb').raw().toBuffer()),
    );
    expect(seenAfter).toEqual(seenBefore);
    expect(strip(format as PictureFormat, stripped.bytes).isRewritten).toBe(false);
  },
);

test('a colour profile of a printer goes', async () => {
  const bytes = await sharp(await picture('png', { width: 60, height: 40 }))
    .toColourspace('cmyk')
    .withIccProfile('cmyk')
    .jpeg()
    .toBuffer();
  expect((await sharp(bytes).metadata()).icc).toBeDefined();
  expect((await sharp(strip('jpeg', bytes).bytes).metadata()).icc).toBeUndefined();
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { BrokenFile } from '../../src/attachments/stripping/copy.ts';
import { stripFile } from '../../src/attachments/stripping/strip.ts';
import { FORMATS, type PictureFormat, picture } from './support/pictures.ts';
import { pngChunk } from './support/traps.ts';

const SECRET = 'N 52 30 0, E 13 22 0';
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

/** A picture in a format, with all that sharp can write about it. */
async function described(format: PictureFormat, orientation = 1): Promise<Buffer> {
  const pixels: Sharp = sharp(await picture('png', { width: 60, height: 40 }));
  return pixels
    .withExif({ IFD0: { Make: SECRET }, IFD3: { GPSAreaInformation: SECRET } })
    .withMetadata({ orientation })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${SECRET}</x:xmpmeta>`)
    .withIccProfile('p3')
    .toFormat(format, format === 'avif' ? { effort: 0 } : {})
    .toBuffer();
}

function segment(marker: number, data: string): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, Buffer.from(data, 'latin1')]);
}

function insertAt(bytes: Buffer, offset: number, ...inserted: Buffer[]): Buffer {
  return Buffer.concat([bytes.subarray(0, offset), ...inserted, bytes.subarray(offset)]);
}

function box(type: string, content: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length + 8);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, Buffer.from(content, 'latin1')]);
}

function riffChunk(type: string, content: string): Buffer {
  const head = Buffer.from(`${type}\0\0\0\0`, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, Buffer.from(content.padEnd(content.length + (content.length % 2)))]);
}

/** Hides the secret wherever the format has room for it. */
const HIDE: Record<PictureFormat, (bytes: Buffer) => Buffer> = {
  jpeg: (bytes) =>
    Buffer.concat([
      insertAt(
        bytes,
        2,
        segment(0xfe, SECRET),
        segment(0xe1, `http://ns.adobe.com/xap/1.0/\0${SECRET}`),
        segment(0xe2, `MPF\0${SECRET}`),
        segment(0xeb, SECRET),
        segment(0xed, `Photoshop 3.0\0${SECRET}`),
      ),
      Buffer.from(SECRET),
    ]),
  png: (bytes) =>
    Buffer.concat([
      insertAt(
        bytes,
        33,
        pngChunk('tEXt', Buffer.from(`Comment\0${SECRET}`)),
        pngChunk('tIME', Buffer.from(SECRET)),
        pngChunk('prVt', Buffer.from(SECRET)),
      ),
      Buffer.from(SECRET),
    ]),
  gif: (bytes) => {
    // Behind the screen and its colours.
    const colours = 13 + 3 * 2 ** (((bytes[10] as number) & 7) + 1);
    const text = `${String.fromCharCode(SECRET.length)}${SECRET}\0`;
    return Buffer.concat([
      insertAt(
        bytes,
        colours,
        Buffer.from(`!\xfe${text}`, 'latin1'),
        Buffer.from(`!\xff\x0bXMP DataXMP${text}`, 'latin1'),
      ),
      Buffer.from(SECRET),
    ]);
  },
  webp: (bytes) => {
    const longer = Buffer.concat([bytes, riffChunk('PRVT', SECRET)]);
    longer.writeUInt32LE(longer.length - 8, 4);
    return Buffer.concat([longer, Buffer.from(SECRET)]);
  },
  avif: (bytes) =>
    Buffer.concat([bytes, box('uuid', SECRET), box('free', SECRET), box('mdat', SECRET)]),
};

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

test.each(FORMATS)('a %s that is cut or garbled is refused or copied, and ends', async (format) => {
  const bytes = HIDE[format](await described(format));
  const garble = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 4 });
  fc.assert(
    fc.property(fc.nat(bytes.length), garble, (length, changes) => {
      const garbled = Buffer.from(bytes);
      for (const [offset, byte] of changes) {
        garbled[offset] = byte;
      }
      try {
        // At worst, a JPEG is given the end that it lacks, and a turn.
        expect(strip(format, garbled.subarray(0, length)).bytes.length).toBeLessThan(length + 50);
      } catch (error) {
        expect(error).toBeInstanceOf(BrokenFile);
      }
    }),
    { numRuns: 100 },
  );
});

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

import sharp, { type Sharp } from 'sharp';
import { type PictureFormat, picture } from './pictures.ts';
import { pngChunk } from './traps.ts';

/** What is hidden, as a camera writes it. */
export const SECRET = 'N 52 30 0, E 13 22 0';

/** A picture in a format, with all that sharp can write about it. */
export async function described(format: PictureFormat, orientation = 1): Promise<Buffer> {
  const pixels: Sharp = sharp(await picture('png', { width: 60, height: 40 }));
  return pixels
    .withExif({ IFD0: { Make: SECRET }, IFD3: { GPSAreaInformation: SECRET } })
    .withMetadata({ orientation })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${SECRET}</x:xmpmeta>`)
    .withIccProfile('p3')
    .toFormat(format, format === 'avif' ? { effort: 0 } : {})
    .toBuffer();
}

export function segment(marker: number, data: string): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, Buffer.from(data, 'latin1')]);
}

export function insertAt(bytes: Buffer, offset: number, ...inserted: Buffer[]): Buffer {
  return Buffer.concat([bytes.subarray(0, offset), ...inserted, bytes.subarray(offset)]);
}

export function box(type: string, content: string): Buffer {
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
export const HIDE: Record<PictureFormat, (bytes: Buffer) => Buffer> = {
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

import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

/** A PNG of any size in a few hundred bytes: its header promises the pixels, its data is one line of zeros. */
export function pngBomb(side: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(Buffer.alloc(side * 3 + 1))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A picture whose pixels are really there, all of one colour. */
export function solidBomb(format: 'jpeg' | 'webp' | 'avif', side: number): Promise<Buffer> {
  const effort = format === 'jpeg' ? {} : { effort: 0 };
  return sharp({
    create: { width: side, height: side, channels: 3, background: 'black' },
    limitInputPixels: false,
  })
    .toFormat(format, effort)
    .toBuffer();
}

/** An animation of many frames, each as large as the whole. */
export function gifBomb(side: number, frames: number): Buffer {
  const screen = Buffer.alloc(13);
  screen.write('GIF89a', 'latin1');
  screen.writeUInt16LE(side, 6);
  screen.writeUInt16LE(side, 8);
  screen[10] = 0x80; // Two colours.
  const frame = Buffer.alloc(10);
  frame[0] = 0x2c;
  frame.writeUInt16LE(side, 5);
  frame.writeUInt16LE(side, 7);
  const data = Buffer.from([2, 2, 0x44, 0x01, 0]);
  const colours = Buffer.from([0, 0, 0, 255, 255, 255]);
  const images = Array.from({ length: frames }, () => Buffer.concat([frame, data]));
  return Buffer.concat([screen, colours, ...images, Buffer.from([0x3b])]);
}

/** A PNG with a compressed text of many megabytes in its header. */
export function pngTextBomb(): Buffer {
  const picture = pngBomb(1);
  const text = deflateSync(Buffer.alloc(200_000_000, 'a'));
  const chunk = pngChunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), text]));
  // Behind the header, which ends at byte 33.
  return Buffer.concat([picture.subarray(0, 33), chunk, picture.subarray(33)]);
}

export const HTML = Buffer.from('<!doctype html><script>alert(document.domain)</script>');

export const SVG = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(document.domain)</script></svg>',
);

/** A script to a JavaScript engine, a GIF to those who look at the first bytes only. */
export const GIF_AND_SCRIPT = Buffer.from('GIF89a/*'.padEnd(64, ' ').concat('*/=1;alert(1);//'));

export function pngChunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(typed), 4);
  return Buffer.concat([ends.subarray(0, 4), typed, ends.subarray(4)]);
}

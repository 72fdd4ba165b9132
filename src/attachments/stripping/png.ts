import { crc32 } from 'node:zlib';
import { BrokenFile, type Copy, type FileReader } from './copy.ts';
import { orientationOnly } from './exif.ts';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** What says how it looks. Texts, times and what is not known here are not among it. */
const KEPT = new Set(
  'IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD pHYs acTL fcTL fdAT'.split(
    ' ',
  ),
);

/** Copies the chunks that say how a PNG looks, animated ones too, and the turn of the camera. */
export function stripPng(file: FileReader, copy: Copy, orientation: number): void {
  if (!file.bytes(0, SIGNATURE.length).equals(SIGNATURE)) {
    throw new BrokenFile('Not a PNG');
  }
  copy.keep(0, SIGNATURE.length);
  let isTurnTold = orientation === 1;
  for (let offset = SIGNATURE.length; ; ) {
    const head = file.bytes(offset, 8);
    const type = head.toString('latin1', 4);
    const end = offset + 12 + head.readUInt32BE();
    if (type === 'IDAT' && !isTurnTold) {
      copy.insert(chunk('eXIf', orientationOnly(orientation)));
      isTurnTold = true;
    }
    if (KEPT.has(type)) {
      copy.keep(offset, end);
    } else if (/^[A-Z]/.test(type)) {
      throw new BrokenFile('A chunk that must be understood and is not');
    }
    if (type === 'IEND') {
      return;
    }
    offset = end;
  }
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(typed), 4);
  return Buffer.concat([ends.subarray(0, 4), typed, ends.subarray(4)]);
}

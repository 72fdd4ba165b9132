import { BrokenFile, type Copy, type FileReader, keepStretches, merged } from './copy.ts';
import type { Shown } from './shown.ts';

const FILE_HEADER_BYTES = 14;
const HEADER_BYTES = new Set([12, 40, 52, 56, 64, 108, 124]);
/** The oldest, whose colours have three bytes. */
const CORE_BYTES = 12;
const BITFIELDS = new Set([3, 6]);
const RUN_LENGTHS = new Set([1, 2]);
/** Where the newest header names a colour profile, or the file of one, and where that is. */
const COLOUR_SPACE_OFFSET = FILE_HEADER_BYTES + 56;
const PROFILE_OFFSET = FILE_HEADER_BYTES + 112;

/** Copies the heads, colours and pixels of a BMP. */
export function stripBmp(file: FileReader, copy: Copy): Shown {
  const fileHead = file.bytes(0, FILE_HEADER_BYTES + 4);
  const pixelsOffset = fileHead.readUInt32LE(10);
  const headerBytes = fileHead.readUInt32LE(FILE_HEADER_BYTES);
  if (fileHead.toString('latin1', 0, 2) !== 'BM' || !HEADER_BYTES.has(headerBytes)) {
    throw new BrokenFile('Not a BMP');
  }
  const head = Buffer.from(file.bytes(FILE_HEADER_BYTES, headerBytes));
  const isCore = headerBytes === CORE_BYTES;
  const width = isCore ? head.readUInt16LE(4) : Math.abs(head.readInt32LE(4));
  const height = isCore ? head.readUInt16LE(6) : Math.abs(head.readInt32LE(8));
  const bits = head.readUInt16LE(isCore ? 10 : 14);
  const compression = isCore ? 0 : head.readUInt32LE(16);
  const said = isCore ? 0 : head.readUInt32LE(20);
  const colours = (isCore ? 0 : head.readUInt32LE(32)) || (bits <= 8 ? 2 ** bits : 0);
  if (compression > 3 && compression !== 6) {
    throw new BrokenFile('Another picture within a BMP');
  }
  const masks = headerBytes === 40 && BITFIELDS.has(compression) ? 16 : 0;
  const headEnd = FILE_HEADER_BYTES + headerBytes + masks;
  const coloursEnd = headEnd + Math.min(colours, 256) * (isCore ? 3 : 4);
  if (pixelsOffset < headEnd) {
    throw new BrokenFile('Pixels within the head');
  }
  const pixelBytes = RUN_LENGTHS.has(compression)
    ? said
    : Math.ceil((width * bits) / 32) * 4 * height;
  const stretches = merged([
    { start: 0, end: Math.min(coloursEnd, pixelsOffset) },
    { start: pixelsOffset, end: pixelsOffset + pixelBytes },
  ]);
  keepStretches(copy, stretches, 0, Math.min(pixelsOffset + pixelBytes, file.size));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(copy.length());
  copy.patch(2, length);
  copy.patch(6, Buffer.alloc(4));
  if (headerBytes === 124) {
    copy.patch(COLOUR_SPACE_OFFSET, Buffer.from('BGRs', 'latin1'));
    copy.patch(PROFILE_OFFSET, Buffer.alloc(8));
  }
  return { width, height };
}

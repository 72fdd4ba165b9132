import type { FileReader } from './copy.ts';

/*
 * What is put before and behind sounds by programs that do not know their format: ID3, APE and Lyrics3.
 */

const ID3_HEAD_BYTES = 10;
const ID3_HAS_FOOTER = 0x10;
const ID3V1_BYTES = 128;
const ID3V1_MORE_BYTES = 227;
const APE_BYTES = 32;
const LYRICS_END = 'LYRICS200';

/** Where the sounds begin, behind all ID3 before them. */
export function startBehindTags(file: FileReader): number {
  let offset = 0;
  for (let length = id3Bytes(file, offset); length > 0; length = id3Bytes(file, offset)) {
    offset += length;
  }
  return offset;
}

/** How long the ID3 is that begins at an offset; zero when none does. */
export function id3Bytes(file: FileReader, offset: number): number {
  if (offset + ID3_HEAD_BYTES > file.size) {
    return 0;
  }
  const head = file.bytes(offset, ID3_HEAD_BYTES);
  const digits = head.subarray(6, 10);
  if (head.toString('latin1', 0, 3) !== 'ID3' || digits.some((digit) => digit > 127)) {
    return 0;
  }
  const length = digits.reduce((total, digit) => total * 128 + digit, 0);
  const hasFooter = ((head[5] as number) & ID3_HAS_FOOTER) !== 0;
  return length + ID3_HEAD_BYTES + (hasFooter ? ID3_HEAD_BYTES : 0);
}

/** Where the sounds end, before all that is known to be put behind them. */
export function endWithoutTags(file: FileReader): number {
  let end = file.size;
  for (let length = bytesOfTagBefore(file, end); length > 0; length = bytesOfTagBefore(file, end)) {
    end = Math.max(0, end - length);
  }
  return end;
}

function bytesOfTagBefore(file: FileReader, end: number): number {
  const at = (back: number, text: string): boolean =>
    end >= back && file.bytes(end - back, text.length).toString('latin1') === text;
  if (at(ID3V1_BYTES, 'TAG')) {
    return ID3V1_BYTES;
  }
  if (at(ID3V1_MORE_BYTES, 'TAG+')) {
    return ID3V1_MORE_BYTES;
  }
  if (at(LYRICS_END.length, LYRICS_END)) {
    const length = Number(file.bytes(Math.max(0, end - 15), 6).toString('latin1'));
    return Number.isInteger(length) ? length + 15 : 0;
  }
  if (at(APE_BYTES, 'APETAGEX')) {
    const foot = file.bytes(end - APE_BYTES, APE_BYTES);
    // Its head, where it has one, is not counted in its length.
    const hasHead = (foot.readUInt32LE(20) & 0x80000000) !== 0;
    return foot.readUInt32LE(12) + (hasHead ? APE_BYTES : 0);
  }
  if (at(ID3_HEAD_BYTES, '3DI')) {
    const digits = file.bytes(end - 4, 4);
    const length = digits.reduce((total, digit) => total * 128 + (digit & 127), 0);
    return length + 2 * ID3_HEAD_BYTES;
  }
  return 0;
}

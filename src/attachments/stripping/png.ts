import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { plainProfile } from './colour-profile.ts';
import { BrokenFile, type Copy, type FileReader, type Stretch } from './copy.ts';
import { bytesOfZlib } from './deflate.ts';
import { orientationOnly } from './exif.ts';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** By kind of colours: grey, true, by a palette, grey and true with transparency. */
type ColourKind = 0 | 2 | 3 | 4 | 6;
/** How long a chunk is by its format, where it is fixed or depends on the colours only. */
type Size = number | Partial<Record<ColourKind, number>> | ((length: number) => boolean);

/** What says how it looks, and how long it is. Texts, times and what is not known here are not among it. */
const KEPT: ReadonlyMap<string, Size> = new Map<string, Size>([
  ['IHDR', 13],
  ['PLTE', (length) => length % 3 === 0 && length <= 768],
  ['IEND', 0],
  ['tRNS', (length) => length <= 256],
  ['cHRM', 32],
  ['gAMA', 4],
  ['sBIT', { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 }],
  ['sRGB', 1],
  ['cICP', 4],
  ['mDCV', 24],
  ['cLLI', 8],
  ['bKGD', { 0: 2, 2: 6, 3: 1, 4: 2, 6: 6 }],
  ['pHYs', 9],
  ['acTL', 8],
  ['fcTL', 26],
]);
/** Of transparency without a palette: one colour. */
const TRANSPARENT_BYTES: Partial<Record<ColourKind, number>> = { 0: 2, 2: 6 };
const COLOUR_KIND_OFFSET = 25;
const PIECE_BYTES = 64 * 1024;
/** What a colour profile may have, compressed and not. */
const MAX_PROFILE_BYTES = 4 * 1024 * 1024;
const LONGEST_PROFILE_NAME = 79;

/** Copies the chunks that say how a PNG looks, animated ones too, and the turn of the camera. */
export function stripPng(file: FileReader, copy: Copy, orientation: number): void {
  if (!file.bytes(0, SIGNATURE.length).equals(SIGNATURE)) {
    throw new BrokenFile('Not a PNG');
  }
  copy.keep(0, SIGNATURE.length);
  let isTurnTold = orientation === 1;
  const colours = file.bytes(COLOUR_KIND_OFFSET, 1)[0] as ColourKind;
  for (let offset = SIGNATURE.length; ; ) {
    const head = file.bytes(offset, 8);
    const type = head.toString('latin1', 4);
    const end = offset + 12 + head.readUInt32BE();
    if (type === 'IDAT' && !isTurnTold) {
      copy.insert(chunk('eXIf', orientationOnly(orientation)));
      isTurnTold = true;
    }
    if (type === 'IEND') {
      copy.insert(chunk('IEND', Buffer.alloc(0)));
      return;
    }
    if (type === 'iCCP') {
      const profile = profileChunk(file, offset, end);
      if (profile !== undefined) {
        copy.insert(profile);
      }
      offset = end;
      continue;
    }
    // True colours come with a palette only as a proposal, which is not needed.
    const isProposal = type === 'PLTE' && colours !== 3;
    if (type === 'IDAT' || type === 'fdAT') {
      offset = keepPixels(file, copy, offset, type);
      continue;
    }
    if (!isProposal && hasItsSize(type, end - offset - 12, colours)) {
      copy.keep(offset, end);
    } else if (/^[A-Z]/.test(type) && !isProposal) {
      throw new BrokenFile('A chunk that must be understood and is not');
    }
    offset = end;
  }
}

/**
 * Keeps the chunks of one picture that follow each other, as far as its compressed data goes.
 *
 * @returns where they end
 */
function keepPixels(file: FileReader, copy: Copy, from: number, type: 'IDAT' | 'fdAT'): number {
  // The pieces of an animation are numbered.
  const numberBytes = type === 'IDAT' ? 0 : 4;
  const pieces: Stretch[] = [];
  let offset = from;
  for (;;) {
    const head = file.bytes(offset, 8);
    if (head.toString('latin1', 4) !== type) {
      break;
    }
    const end = offset + 12 + head.readUInt32BE();
    pieces.push({ start: offset + 8 + numberBytes, end: end - 4 });
    offset = end;
  }
  let left = bytesOfZlib(file, pieces);
  for (const { start, end } of pieces) {
    const length = end - start;
    if (length < 0 || (left < length && numberBytes > 0)) {
      throw new BrokenFile('More in a piece of an animation than its picture');
    }
    if (left >= length) {
      copy.keep(start - numberBytes - 8, end + 4);
    } else if (left > 0) {
      keepBeginning(file, copy, start, left);
    }
    left -= Math.min(left, length);
  }
  return offset;
}

/** Makes a chunk of pixels of the beginning of one. */
function keepBeginning(file: FileReader, copy: Copy, start: number, length: number): void {
  let checksum = crc32('IDAT');
  for (let offset = 0; offset < length; offset += PIECE_BYTES) {
    checksum = crc32(file.bytes(start + offset, Math.min(PIECE_BYTES, length - offset)), checksum);
  }
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(length, 0);
  ends.writeUInt32BE(checksum, 4);
  copy.insert(Buffer.concat([ends.subarray(0, 4), Buffer.from('IDAT', 'latin1')]));
  copy.keep(start, start + length);
  copy.insert(ends.subarray(4));
}

/** The colour profile made anew; undefined when it cannot be, or would become longer. */
function profileChunk(file: FileReader, start: number, end: number): Buffer | undefined {
  if (end - start > MAX_PROFILE_BYTES) {
    return undefined;
  }
  const content = Buffer.from(file.bytes(start + 8, end - start - 12));
  const nameEnd = content.indexOf(0);
  if (nameEnd < 1 || nameEnd > LONGEST_PROFILE_NAME || content[nameEnd + 1] !== 0) {
    return undefined;
  }
  let profile: Buffer;
  try {
    profile = inflateSync(content.subarray(nameEnd + 2), { maxOutputLength: MAX_PROFILE_BYTES });
  } catch {
    return undefined;
  }
  const plain = plainProfile(profile);
  if (plain === undefined) {
    return undefined;
  }
  const made = chunk('iCCP', Buffer.concat([Buffer.from('c\0\0', 'latin1'), deflateSync(plain)]));
  return made.length > end - start ? undefined : made;
}

/** Whether a chunk is kept; decoders ignore those that are longer or shorter than their format says. */
function hasItsSize(type: string, length: number, colours: ColourKind): boolean {
  const size = type === 'tRNS' && colours !== 3 ? TRANSPARENT_BYTES : KEPT.get(type);
  if (typeof size === 'function') {
    return size(length);
  }
  return size !== undefined && length === (typeof size === 'number' ? size : size[colours]);
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(typed), 4);
  return Buffer.concat([ends.subarray(0, 4), typed, ends.subarray(4)]);
}

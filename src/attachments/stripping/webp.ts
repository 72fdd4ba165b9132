import { plainProfile } from './colour-profile.ts';
import { BrokenFile, type Copy, type FileReader } from './copy.ts';
import { orientationOnly } from './exif.ts';

const HEADER_BYTES = 12;
const FRAME_HEADER_BYTES = 16;
const PICTURE_CHUNKS = ['VP8 ', 'VP8L', 'ALPH'];
const KEPT = new Set([...PICTURE_CHUNKS, 'VP8X', 'ANIM', 'ANMF']);
/** Of chunks that have one length by their format. */
const SIZES: Readonly<Record<string, number>> = { VP8X: 10, ANIM: 6 };
/** Where in the file the flags of VP8X stand, which is the first chunk where there is one. */
const FLAGS_OFFSET = HEADER_BYTES + 8;
/** No profile of a screen or a camera is longer. */
const MAX_PROFILE_BYTES = 4 * 1024 * 1024;
const HAS_PROFILE = 0x20;
const HAS_XMP = 0x04;
const HAS_EXIF = 0x08;

/** Copies the pixels of a WebP, its frames and colour profile, and the turn of the camera. */
export function stripWebp(file: FileReader, copy: Copy, orientation: number): void {
  const head = file.bytes(0, HEADER_BYTES);
  if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8) !== 'WEBP') {
    throw new BrokenFile('Not a WebP');
  }
  const fileEnd = head.readUInt32LE(4) + 8;
  copy.keep(0, HEADER_BYTES);
  let flags: number | undefined;
  let hasProfile = false;
  for (const { type, start, end } of chunks(file, HEADER_BYTES, fileEnd)) {
    if (type === 'VP8X' && start === HEADER_BYTES) {
      flags = file.bytes(FLAGS_OFFSET, 1)[0];
    }
    if (end - start - 8 !== (SIZES[type] ?? end - start - 8)) {
      throw new BrokenFile('A chunk of another length than its format says');
    }
    if (type === 'ANMF') {
      checkFrame(file, start, end);
    }
    if (type === 'ICCP' && !hasProfile && end - start < MAX_PROFILE_BYTES) {
      const length = file.bytes(start + 4, 4).readUInt32LE();
      const plain = plainProfile(Buffer.from(file.bytes(start + 8, length)));
      if (plain !== undefined) {
        const chunkHead = Buffer.from('ICCP\0\0\0\0', 'latin1');
        chunkHead.writeUInt32LE(plain.length, 4);
        copy.insert(Buffer.concat([chunkHead, plain]));
        hasProfile = true;
      }
    }
    if (KEPT.has(type)) {
      copy.keep(start, end);
    }
  }
  if (flags !== undefined) {
    const isTurned = orientation !== 1;
    if (isTurned) {
      const exif = orientationOnly(orientation);
      const chunkHead = Buffer.from('EXIF\0\0\0\0', 'latin1');
      chunkHead.writeUInt32LE(exif.length, 4);
      copy.insert(chunkHead);
      copy.insert(exif);
    }
    const gone = HAS_XMP | HAS_EXIF | (hasProfile ? 0 : HAS_PROFILE);
    const kept = flags & ~gone;
    copy.patch(FLAGS_OFFSET, Buffer.from([isTurned ? kept | HAS_EXIF : kept]));
  }
  const length = Buffer.alloc(4);
  length.writeUInt32LE(copy.length() - 8);
  copy.patch(4, length);
}

/** @throws BrokenFile when there is more in a frame than its pixels */
function checkFrame(file: FileReader, start: number, end: number): void {
  for (const { type } of chunks(file, start + 8 + FRAME_HEADER_BYTES, end)) {
    if (!PICTURE_CHUNKS.includes(type)) {
      throw new BrokenFile('A frame with more than pixels');
    }
  }
}

function* chunks(file: FileReader, from: number, to: number) {
  for (let start = from; start < to; ) {
    const head = file.bytes(start, 8);
    const type = head.toString('latin1', 0, 4);
    const length = head.readUInt32LE(4);
    // Of even length, with a byte more where it is not.
    const end = start + 8 + length + (length % 2);
    if (end > to) {
      throw new BrokenFile('A chunk longer than what it is in');
    }
    yield { type, start, end };
    start = end;
  }
}

import { plainProfile } from './colour-profile.ts';
import { BrokenFile, type Copy, type FileReader, type Stretch } from './copy.ts';
import { orientationOnly } from './exif.ts';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const COMMENT = 0xfe;
/** How high a picture is whose camera did not know it before. */
const DNL = 0xdc;
const JFIF_BYTES = 16;
/** Huffman and quantization tables, restarts, heights, and the frame headers around C4, C8 and CC. */
const TABLES_AND_FRAMES = new Set([
  ...[0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf],
  ...[0xc4, 0xcc, 0xdb, 0xdc, 0xdd],
]);
/** How long the content of a segment is by its format. What is longer or shorter, no decoder takes. */
const SIZES: ReadonlyMap<number, (content: Buffer) => number> = new Map([
  ...[...TABLES_AND_FRAMES].map((code) => [code, frameBytes] as const),
  [0xc4, huffmanBytes],
  [0xcc, (content) => content.length - (content.length % 2)],
  [0xdb, quantizationBytes],
  [DNL, () => 2],
  [0xdd, () => 2],
  [SOS, (content) => 4 + 2 * (content[0] ?? 0)],
]);
const PROFILE_NAME = 'ICC_PROFILE\0';
const ADOBE_BYTES = 12;
/** What may stand among pixels: FF itself, fill bytes, a marker without meaning, and restarts. */
const STANDALONE = new Set([0, 0xff, 0x01, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7]);

/**
 * Copies what a JPEG needs to be shown: tables, frames, scans, colour profile, and the turn of the camera. All other
 * segments go, and what follows the end: a video, a second picture with data of its own.
 */
export function stripJpeg(file: FileReader, copy: Copy, orientation: number): void {
  const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), orientationOnly(orientation)]);
  let isTurnTold = orientation === 1;
  if (file.bytes(0, 2).readUInt16BE() !== (0xff00 | SOI)) {
    throw new BrokenFile('Not a JPEG');
  }
  copy.keep(0, 2);
  let offset = 2;
  let hasScan = false;
  const profile = createProfile();
  for (;;) {
    const marker = findMarker(file, offset);
    if (marker === undefined || marker.code === EOI) {
      // Decoders show a picture whose end is missing as far as it goes; so do we.
      copy.insert(Buffer.from([0xff, EOI]));
      return;
    }
    const start = marker.end - 2;
    const length = file.bytes(marker.end, 2).readUInt16BE();
    if (length < 2 || marker.code === SOI) {
      throw new BrokenFile('A segment shorter than its length');
    }
    const end = marker.end + length;
    const content = Buffer.from(file.bytes(marker.end + 2, length - 2));
    const head = content.subarray(0, 14);
    if ((SIZES.get(marker.code)?.(content) ?? content.length) !== content.length) {
      throw new BrokenFile('A segment of another length than its format says');
    }
    if (marker.code === APP0 && head.toString('latin1', 0, 5) === 'JFIF\0' && head.length === 14) {
      // Its thumbnail could be of another picture than this.
      head.fill(0, 12);
      copy.insert(Buffer.from([0xff, APP0, 0, JFIF_BYTES]));
      copy.insert(head);
    } else if (!isTurnTold) {
      copy.insert(Buffer.from([0xff, APP1, 0, exif.length + 2]));
      copy.insert(exif);
      isTurnTold = true;
      continue;
    } else if (isAdobe(marker.code, head)) {
      copy.insert(Buffer.from([0xff, APP14, 0, ADOBE_BYTES + 2]));
      copy.insert(head.subarray(0, ADOBE_BYTES));
    } else if (marker.code === APP2) {
      const plain = profile.take(content);
      if (plain !== undefined) {
        copy.insert(plain);
      }
    } else if (TABLES_AND_FRAMES.has(marker.code) && (marker.code !== DNL || hasScan)) {
      copy.keep(start, end);
    } else if (marker.code === SOS) {
      hasScan = true;
      const scanEnd = endOfScan(file, end);
      copy.keep(start, scanEnd);
      offset = scanEnd;
      continue;
    }
    offset = end;
  }
}

/**
 * Overwrites, in the copy of a video or a TIFF whose bytes are where they were, what stands beside the pixels of a JPEG
 * that is a part of it.
 */
export function fillSegments(file: FileReader, copy: Copy, { start, end }: Stretch): void {
  for (let offset = start; offset < end; ) {
    const marker = findMarker(file, offset);
    const gapEnd = marker === undefined ? end : Math.min(marker.end - 2, end);
    const gap = file.bytes(offset, gapEnd - offset);
    if (gap.some((byte) => byte !== 0 && byte !== 0xff)) {
      copy.patch(offset, Buffer.alloc(gap.length));
    }
    if (marker === undefined || marker.end + 2 > end) {
      return;
    }
    offset = marker.end;
    if (marker.code === SOI || marker.code === EOI) {
      continue;
    }
    const length = file.bytes(offset, 2).readUInt16BE();
    const segmentEnd = Math.min(offset + length, end);
    const head = Buffer.from(
      file.bytes(offset + 2, Math.max(0, Math.min(segmentEnd - offset - 2, 14))),
    );
    const isNamed = marker.code >= APP0 && marker.code <= 0xef;
    if (isNamed || marker.code === COMMENT) {
      const kept = isHead(head) ? Math.min(14, length - 2) : isAdobe(marker.code, head) ? 12 : 0;
      const from = offset + 2 + kept;
      copy.patch(from, Buffer.alloc(Math.max(0, segmentEnd - from)));
    }
    offset = marker.code === SOS ? endOfScan(file, segmentEnd) : segmentEnd;
  }
}

/** What says how the pixels of a part are to be taken, in 14 bytes; a picture of its own may follow. */
function isHead(head: Buffer): boolean {
  return /^(?:JFIF\0|AVI1)/.test(head.toString('latin1', 0, 5));
}

/** What says how colours are to be taken, in 12 bytes. */
function isAdobe(code: number, head: Buffer): boolean {
  return code === APP14 && head.toString('latin1', 0, 5) === 'Adobe' && head.length >= ADOBE_BYTES;
}

/** A head of a frame: 6 bytes, and 3 for each kind of values. */
function frameBytes(content: Buffer): number {
  return 6 + 3 * (content[5] ?? 0);
}

/** Tables of codes follow each other, each with how many codes of each length it has. */
function huffmanBytes(content: Buffer): number {
  let offset = 0;
  while (offset < content.length) {
    offset += content.subarray(offset + 1, offset + 17).reduce((total, count) => total + count, 17);
  }
  return offset;
}

/** Tables of 64 values follow each other, of one byte each or of two. */
function quantizationBytes(content: Buffer): number {
  let offset = 0;
  while (offset < content.length) {
    offset += 1 + ((content[offset] as number) < 0x10 ? 64 : 128);
  }
  return offset;
}

/** Puts a colour profile together, which may come in pieces, and makes it anew. */
function createProfile() {
  const pieces = new Map<number, Buffer>();
  let isDone = false;
  return {
    /** The segment of the whole, once its last piece has come. */
    take(content: Buffer): Buffer | undefined {
      const name = content.toString('latin1', 0, PROFILE_NAME.length);
      const [number, count] = content.subarray(PROFILE_NAME.length);
      if (name !== PROFILE_NAME || isDone || number === undefined || count === undefined) {
        return undefined;
      }
      pieces.set(number, content.subarray(PROFILE_NAME.length + 2));
      if (pieces.size < count) {
        return undefined;
      }
      isDone = true;
      const inOrder = [...pieces].sort(([one], [other]) => one - other).map(([, piece]) => piece);
      const plain = plainProfile(Buffer.concat(inOrder));
      if (plain === undefined) {
        return undefined;
      }
      const head = Buffer.from([0xff, APP2, 0, 0, ...Buffer.from(PROFILE_NAME, 'latin1'), 1, 1]);
      head.writeUInt16BE(head.length - 2 + plain.length, 2);
      return Buffer.concat([head, plain]);
    },
  };
}

/** The next marker, whatever stands before it, as decoders do it; undefined when there is none. */
function findMarker(file: FileReader, from: number): { code: number; end: number } | undefined {
  for (
    let offset = file.find(0xff, from);
    offset + 1 < file.size;
    offset = file.find(0xff, offset + 1)
  ) {
    const code = file.bytes(offset + 1, 1)[0] as number;
    if (!STANDALONE.has(code)) {
      return { code, end: offset + 2 };
    }
  }
  return undefined;
}

/** Where the compressed pixels that begin at an offset end: at the next marker. */
function endOfScan(file: FileReader, from: number): number {
  if (from > file.size) {
    throw new BrokenFile('The file ends before its pixels begin');
  }
  const marker = findMarker(file, from);
  return marker === undefined ? file.size : marker.end - 2;
}

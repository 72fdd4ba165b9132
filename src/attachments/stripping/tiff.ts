import { plainProfileInPlace } from './colour-profile.ts';
import {
  BrokenFile,
  type Copy,
  type FileReader,
  keepStretches,
  merged,
  type Stretch,
} from './copy.ts';
import { fillSegments } from './jpeg.ts';

const COLOUR_PROFILE = 34675;
const MAX_PROFILE_BYTES = 4 * 1024 * 1024;
/** What says how the pixels are to be taken. Descriptions, EXIF, GPS, and pictures within pictures are not among it. */
const KEPT_TAGS = new Set([
  ...[254, 255, 256, 257, 258, 259, 262, 263, 266, 273, 274, 277, 278, 279, 280, 281, 282, 283],
  ...[284, 290, 291, 292, 293, 296, 297, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 332],
  ...[334, 336, 338, 339, 340, 341, 342, 347, 529, 530, 531, 532, COLOUR_PROFILE],
]);
/** Says by its lowest bit that it is a small picture of another. */
const SUBFILE = 254;
const COMPRESSION = 259;
const PHOTOMETRIC = 262;
const PICTURES_WITHIN = 330;
const CFA = 32803;
const LINEAR_RAW = 34892;
const STRIP_OFFSETS = 273;
const STRIP_LENGTHS = 279;
const TILE_OFFSETS = 324;
const TILE_LENGTHS = 325;
const OLD_JPEG = 6;
const JPEG = 7;
/** Bytes of a value by its type, from 1 on. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];
const MAX_PAGES = 1_000;
const MAX_VALUES = 1_000_000;

/** How numbers are written: TIFF has two orders of bytes, and a form for files beyond 4 GB. */
interface Layout {
  readonly isLittle: boolean;
  readonly isBig: boolean;
  readonly headerBytes: number;
  /** Of an offset. */
  readonly wordBytes: number;
  /** Of the number of entries of a directory. */
  readonly countBytes: number;
  readonly entryBytes: number;
}

interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly bytes: Buffer;
  /** Where its values are. */
  readonly values: Stretch;
  /** What takes the place of its values. */
  readonly profile?: Buffer | undefined;
}

/**
 * Copies a TIFF with everything blank that does not say how its pixels are to be taken. Nothing moves, because its
 * directories count from the beginning.
 */
export function stripTiff(file: FileReader, copy: Copy): void {
  const layout = readLayout(file);
  const stretches: Stretch[] = [{ start: 0, end: layout.headerBytes }];
  const directories: { start: number; bytes: Buffer }[] = [];
  const parts: Stretch[] = [];
  const profiles: { start: number; bytes: Buffer }[] = [];
  const { wordBytes } = layout;
  let start = numberAt(file, layout, layout.headerBytes - wordBytes, wordBytes);
  while (start !== 0) {
    if (directories.length === MAX_PAGES || directories.some((known) => known.start === start)) {
      throw new BrokenFile('Pages without end');
    }
    const { entries, hasPictureWithin, bytes, next } = stripDirectory(file, layout, start);
    directories.push({ start, bytes });
    stretches.push({ start, end: start + bytes.length });
    stretches.push(...entries.map(({ values }) => values));
    for (const { profile, values } of entries) {
      if (profile !== undefined) {
        profiles.push({ start: values.start, bytes: profile });
      }
    }
    const pixels = partsOf(file, layout, entries, hasPictureWithin);
    for (const part of pixels.parts) {
      stretches.push(part);
      if (pixels.isJpeg) {
        parts.push(part);
      }
    }
    start = next;
  }
  if (directories.length === 0) {
    throw new BrokenFile('A TIFF without a page');
  }
  for (const { start, bytes } of profiles) {
    const end = start + bytes.length;
    if (stretches.filter((other) => other.start < end && start < other.end).length > 1) {
      throw new BrokenFile('A colour profile within something else');
    }
  }
  keepStretches(copy, merged(stretches), 0, file.size);
  for (const { start, bytes } of [...directories, ...profiles]) {
    copy.patch(start, bytes);
  }
  for (const part of parts.filter(({ end }) => end <= file.size)) {
    fillSegments(file, copy, part);
  }
}

function readLayout(file: FileReader): Layout {
  const head = file.bytes(0, 4).toString('latin1');
  const isLittle = head.startsWith('II');
  const isBig = head === 'II+\0' || head === 'MM\0+';
  if (!isBig && head !== 'II*\0' && head !== 'MM\0*') {
    throw new BrokenFile('Not a TIFF');
  }
  return isBig
    ? { isLittle, isBig, headerBytes: 16, wordBytes: 8, countBytes: 8, entryBytes: 20 }
    : { isLittle, isBig, headerBytes: 8, wordBytes: 4, countBytes: 2, entryBytes: 12 };
}

function numberAt(
  file: Pick<FileReader, 'bytes'>,
  { isLittle }: Layout,
  offset: number,
  byteCount: number,
): number {
  const bytes = file.bytes(offset, byteCount);
  if (byteCount === 8) {
    return Number(isLittle ? bytes.readBigUInt64LE() : bytes.readBigUInt64BE());
  }
  return isLittle ? bytes.readUIntLE(0, byteCount) : bytes.readUIntBE(0, byteCount);
}

/** A directory with the entries that are kept, in as many bytes as it had. */
function stripDirectory(file: FileReader, layout: Layout, start: number) {
  const { countBytes, entryBytes, wordBytes } = layout;
  const count = numberAt(file, layout, start, countBytes);
  const length = countBytes + count * entryBytes + wordBytes;
  if (count > 65_535) {
    throw new BrokenFile('A directory too large for a picture');
  }
  const before = Buffer.from(file.bytes(start, length));
  const entries: Entry[] = [];
  let hasPictureWithin = false;
  for (let index = 0; index < count; index++) {
    const offset = countBytes + index * entryBytes;
    const entry = readEntry(file, layout, start + offset);
    const profile = entry.tag === COLOUR_PROFILE ? profileIn(file, entry) : undefined;
    if (KEPT_TAGS.has(entry.tag) && (entry.tag !== COLOUR_PROFILE || profile !== undefined)) {
      entries.push({ ...entry, profile });
    }
    hasPictureWithin ||= entry.tag === PICTURES_WITHIN;
  }
  const kept = Buffer.concat(entries.map(({ bytes }) => bytes));
  const bytes = Buffer.alloc(length);
  writeNumber(bytes, layout, entries.length, countBytes);
  kept.copy(bytes, countBytes);
  before.copy(bytes, countBytes + kept.length, length - wordBytes);
  const next = numberAt(file, layout, start + length - wordBytes, wordBytes);
  return { entries, hasPictureWithin, bytes, next };
}

function writeNumber(bytes: Buffer, { isLittle }: Layout, value: number, byteCount: number): void {
  const length = Math.min(byteCount, 4);
  if (isLittle) {
    bytes.writeUIntLE(value, 0, length);
  } else {
    bytes.writeUIntBE(value, byteCount - length, length);
  }
}

function readEntry(file: FileReader, layout: Layout, offset: number): Entry {
  const { wordBytes, entryBytes } = layout;
  const tag = numberAt(file, layout, offset, 2);
  const type = numberAt(file, layout, offset + 2, 2);
  const count = numberAt(file, layout, offset + 4, wordBytes);
  const length = (TYPE_BYTES[type] ?? 0) * count;
  const fieldOffset = offset + 4 + wordBytes;
  const start = length <= wordBytes ? fieldOffset : numberAt(file, layout, fieldOffset, wordBytes);
  const bytes = Buffer.from(file.bytes(offset, entryBytes));
  return { tag, type, count, bytes, values: { start, end: start + length } };
}

/** The colours of a profile, in its place. */
function profileIn(file: FileReader, { values }: Entry): Buffer | undefined {
  const length = values.end - values.start;
  return length > MAX_PROFILE_BYTES || values.end > file.size
    ? undefined
    : plainProfileInPlace(Buffer.from(file.bytes(values.start, length)));
}

/** Where the pixels of a page are. */
function partsOf(
  file: FileReader,
  layout: Layout,
  entries: readonly Entry[],
  hasPictureWithin: boolean,
): { parts: Stretch[]; isJpeg: boolean } {
  const byTag = new Map(entries.map((entry) => [entry.tag, entry]));
  const values = (tag: number): number[] => {
    const entry = byTag.get(tag);
    const byteCount = TYPE_BYTES[entry?.type ?? 0] ?? 0;
    if (entry === undefined || entry.count > MAX_VALUES || ![1, 2, 4, 8].includes(byteCount)) {
      return [];
    }
    return Array.from({ length: entry.count }, (_, index) =>
      numberAt(file, layout, entry.values.start + index * byteCount, byteCount),
    );
  };
  const [compression] = values(COMPRESSION);
  const isRaw = [CFA, LINEAR_RAW].includes(values(PHOTOMETRIC)[0] ?? 0);
  if (isRaw || (((values(SUBFILE)[0] ?? 0) & 1) !== 0 && hasPictureWithin)) {
    throw new BrokenFile('What a sensor saw, and a small picture of it');
  }
  if (compression === OLD_JPEG) {
    throw new BrokenFile('Pixels of a kind that nobody reads any more');
  }
  const parts = [
    [STRIP_OFFSETS, STRIP_LENGTHS] as const,
    [TILE_OFFSETS, TILE_LENGTHS] as const,
  ].flatMap(([offsets, lengths]) => {
    const lengthOf = values(lengths);
    return values(offsets).map((start, index) => ({ start, end: start + (lengthOf[index] ?? 0) }));
  });
  if (parts.length === 0) {
    throw new BrokenFile('A page without pixels');
  }
  return { parts, isJpeg: compression === JPEG };
}

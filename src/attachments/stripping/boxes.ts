import { BrokenFile, type Copy, type FileReader } from './copy.ts';

/** What AVIF, HEIC, MP4 and QuickTime consist of: a length, a type of four letters, and a content. */
export interface Box {
  readonly type: string;
  readonly start: number;
  /** Where its content begins. */
  readonly content: number;
  readonly end: number;
}

/** A video in pieces of a second each, ten hours long, has 72,000. */
const MAX_BOXES = 200_000;
const SMALLEST_BOX_BYTES = 8;

/**
 * The boxes of a file. The last may be longer than the file, as in a video whose camera fell: it ends where the file
 * does. Fewer bytes than a box has are no box.
 */
export function boxesOfFile(file: FileReader): Box[] {
  const boxes: Box[] = [];
  const read = (offset: number, length: number) => file.bytes(offset, length);
  for (let start = 0; start + SMALLEST_BOX_BYTES <= file.size; ) {
    const found = readBox(read, start, file.size);
    const box = { ...found, end: Math.min(found.end, file.size) };
    if (boxes.push(box) > MAX_BOXES) {
      throw new BrokenFile('Too many boxes');
    }
    start = box.end;
  }
  return boxes;
}

/**
 * The boxes within a box. What is left over and too short for one is blanked; QuickTime ends some lists by four zeros.
 *
 * @throws BrokenFile when one of them is longer than the list
 */
export function boxesIn(bytes: Buffer, from: number, to: number): Box[] {
  const boxes: Box[] = [];
  let start = from;
  for (; start + SMALLEST_BOX_BYTES <= to; start = (boxes.at(-1) as Box).end) {
    const box = readBox((offset, length) => slice(bytes, offset, length), start, to);
    if (box.end > to || boxes.push(box) > MAX_BOXES) {
      throw new BrokenFile('A box longer than what it is in');
    }
  }
  bytes.fill(0, start, to);
  return boxes;
}

function readBox(read: (offset: number, length: number) => Buffer, start: number, to: number): Box {
  const head = read(start, 8);
  const type = head.toString('latin1', 4, 8);
  const short = head.readUInt32BE();
  const isLong = short === 1;
  const content = start + (isLong ? 16 : 8);
  const length = isLong
    ? Number(read(start + 8, 8).readBigUInt64BE())
    : short === 0
      ? to - start
      : short;
  if (start + length < content) {
    throw new BrokenFile('A box shorter than its head');
  }
  return { type, start, content, end: start + length };
}

/** @throws BrokenFile when there are not so many bytes */
export function slice(bytes: Buffer, offset: number, length: number): Buffer {
  if (offset + length > bytes.length) {
    throw new BrokenFile('A box ends too early');
  }
  return bytes.subarray(offset, offset + length);
}

/** Makes a box one that readers skip. It keeps its place, because places are counted. */
export function release(bytes: Buffer, box: Box): void {
  bytes.write('free', box.start + 4, 'latin1');
  bytes.fill(0, box.content, box.end);
}

/** Copies a box of the file as one that readers skip, as long as it was. */
export function copyReleased(file: FileReader, copy: Copy, box: Box): void {
  const head = Buffer.from(file.bytes(box.start, box.content - box.start));
  head.write('free', 4, 'latin1');
  copy.insert(head);
  copy.blank(box.end - box.content);
}

/** Releases all boxes but some, and gives those. */
export function keepOnly(
  bytes: Buffer,
  boxes: readonly Box[],
  kept: ReadonlySet<string>,
): readonly Box[] {
  return boxes.filter((box) => {
    if (!kept.has(box.type)) {
      release(bytes, box);
    }
    return kept.has(box.type);
  });
}

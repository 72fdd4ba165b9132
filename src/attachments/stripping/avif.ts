import { BrokenFile, type Copy, type FileReader } from './copy.ts';

/** The directory of a picture of many tiles has some kilobytes. */
const MAX_META_BYTES = 1024 * 1024;
/** Pictures, and how they are put together. All else, as EXIF and XMP, describes. */
const PICTURE_ITEMS = new Set(['av01', 'grid', 'iovl', 'tmap']);
const KEPT_IN_META = new Set(['hdlr', 'pitm', 'iloc', 'iinf', 'iref', 'iprp', 'idat', 'grpl']);
const KEPT_PROPERTIES = new Set(
  'ispe pixi colr av1C irot imir clap pasp auxC a1op a1lx lsel clli mdcv cclv amve'.split(' '),
);

interface Box {
  readonly type: string;
  readonly start: number;
  /** Where its content begins. */
  readonly content: number;
  readonly end: number;
}

/** A stretch of bytes that a picture needs. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * Copies an AVIF with everything blank that no picture in it needs: EXIF, XMP, boxes that are not known here, and data
 * that belongs to nothing. Nothing moves, because the directory of the file counts from its beginning. Of an animation
 * the first picture is left.
 */
export function stripAvif(file: FileReader, copy: Copy): void {
  const boxes = [...topLevelBoxes(file)];
  const metaBox = boxes.find(({ type }) => type === 'meta');
  if (boxes[0]?.type !== 'ftyp' || metaBox === undefined) {
    throw new BrokenFile('Not an AVIF');
  }
  if (metaBox.end - metaBox.start > MAX_META_BYTES) {
    throw new BrokenFile('A directory too large for a picture');
  }
  const meta = Buffer.from(file.bytes(metaBox.start, metaBox.end - metaBox.start));
  const needed = stripMeta(meta, metaBox.content - metaBox.start);
  for (const box of boxes) {
    if (box.type === 'ftyp') {
      copy.keep(box.start, box.end);
    } else if (box === metaBox) {
      copy.insert(meta);
    } else if (box.type === 'mdat') {
      copy.keep(box.start, box.content);
      copyStretches(copy, needed, box.content, box.end);
    } else {
      const head = Buffer.from(file.bytes(box.start, box.content - box.start));
      head.write('free', 4, 'latin1');
      copy.insert(head);
      blank(copy, box.end - box.content);
    }
  }
}

function* topLevelBoxes(file: FileReader): Generator<Box> {
  for (let start = 0; start < file.size; ) {
    const box = readBox((offset, length) => file.bytes(offset, length), start, file.size);
    yield box;
    start = box.end;
  }
}

function boxesIn(bytes: Buffer, from: number, to: number): Box[] {
  const boxes: Box[] = [];
  for (let start = from; start < to; ) {
    const box = readBox((offset, length) => slice(bytes, offset, length), start, to);
    boxes.push(box);
    start = box.end;
  }
  return boxes;
}

function readBox(read: (offset: number, length: number) => Buffer, start: number, to: number): Box {
  const head = read(start, 8);
  const type = head.toString('latin1', 4, 8);
  const short = head.readUInt32BE();
  const long = short === 1;
  const length = long
    ? Number(read(start + 8, 8).readBigUInt64BE())
    : short === 0
      ? to - start
      : short;
  const content = start + (long ? 16 : 8);
  if (start + length < content || start + length > to) {
    throw new BrokenFile('A box longer than what it is in');
  }
  return { type, start, content, end: start + length };
}

function slice(bytes: Buffer, offset: number, length: number): Buffer {
  if (offset + length > bytes.length) {
    throw new BrokenFile('A box ends too early');
  }
  return bytes.subarray(offset, offset + length);
}

/** Blanks a directory in place, and tells which stretches of the file the pictures in it need. */
function stripMeta(meta: Buffer, content: number): Stretch[] {
  const boxes = boxesIn(meta, content + 4, meta.length);
  const only = (type: string) => {
    const found = boxes.filter((box) => box.type === type);
    if (found.length > 1) {
      throw new BrokenFile('A directory with two of a kind');
    }
    return found[0];
  };
  const [items, locations, properties, data] = ['iinf', 'iloc', 'iprp', 'idat'].map(only);
  if (items === undefined || locations === undefined) {
    throw new BrokenFile('A directory without entries');
  }
  const pictures = stripItems(meta, items);
  const stretches = locate(meta, locations, pictures);
  for (const box of boxes) {
    if (!KEPT_IN_META.has(box.type)) {
      release(meta, box);
    }
  }
  if (properties !== undefined) {
    for (const list of boxesIn(meta, properties.content, properties.end)) {
      if (list.type === 'ipco') {
        for (const property of boxesIn(meta, list.content, list.end)) {
          if (!KEPT_PROPERTIES.has(property.type)) {
            release(meta, property);
          }
        }
      } else if (list.type !== 'ipma') {
        release(meta, list);
      }
    }
  }
  if (data !== undefined) {
    let offset = data.content;
    for (const { start, end } of ordered(stretches.inDirectory)) {
      meta.fill(0, offset, Math.max(offset, Math.min(data.content + start, data.end)));
      offset = Math.max(offset, Math.min(data.content + end, data.end));
    }
    meta.fill(0, offset, data.end);
  }
  return ordered(stretches.inFile);
}

/** Makes a box one that readers skip. It keeps its place, because places are numbered. */
function release(bytes: Buffer, box: Box): void {
  bytes.write('free', box.start + 4, 'latin1');
  bytes.fill(0, box.content, box.end);
}

/** Blanks the entries of what is no picture, and tells the ids of what is. */
function stripItems(meta: Buffer, items: Box): Set<number> {
  const version = slice(meta, items.content, 1)[0];
  const entries = boxesIn(meta, items.content + (version === 0 ? 6 : 8), items.end);
  const pictures = new Set<number>();
  for (const entry of entries) {
    const entryVersion = slice(meta, entry.content, 1)[0];
    if (entry.type !== 'infe' || (entryVersion !== 2 && entryVersion !== 3)) {
      throw new BrokenFile('An entry of a kind that AVIF does not have');
    }
    const idBytes = entryVersion === 2 ? 2 : 4;
    const id = slice(meta, entry.content + 4, idBytes).readUIntBE(0, idBytes);
    const typeOffset = entry.content + 4 + idBytes + 2;
    if (PICTURE_ITEMS.has(slice(meta, typeOffset, 4).toString('latin1'))) {
      pictures.add(id);
    } else {
      meta.write('free', typeOffset, 'latin1');
      meta.fill(0, typeOffset + 4, entry.end);
    }
  }
  return pictures;
}

/** Where the data of some items is: in the file, counted from its beginning, or in the directory's own data. */
function locate(meta: Buffer, locations: Box, ids: ReadonlySet<number>) {
  let offset = locations.content;
  const next = (byteCount: number): number => {
    const bytes = slice(meta, offset, byteCount);
    offset += byteCount;
    if (byteCount === 8) {
      return Number(bytes.readBigUInt64BE());
    }
    return byteCount === 0 ? 0 : bytes.readUIntBE(0, byteCount);
  };
  const width = (bits: number): number => {
    if (bits !== 0 && bits !== 4 && bits !== 8) {
      throw new BrokenFile('A number of an unknown width');
    }
    return bits;
  };
  const version = next(1);
  next(3);
  const sizes = next(2);
  const [offsetBytes, lengthBytes, baseBytes] = [12, 8, 4].map((shift) =>
    width((sizes >> shift) & 0xf),
  ) as [number, number, number];
  const indexBytes = version === 0 ? 0 : width(sizes & 0xf);
  const count = next(version < 2 ? 2 : 4);
  const inFile: Stretch[] = [];
  const inDirectory: Stretch[] = [];
  for (let item = 0; item < count; item++) {
    const id = next(version < 2 ? 2 : 4);
    const method = version === 0 ? 0 : next(2) & 0xf;
    const elsewhere = next(2);
    const base = next(baseBytes);
    const extents = next(2);
    if (extents > 1 && indexBytes + offsetBytes + lengthBytes === 0) {
      throw new BrokenFile('Many places that are written nowhere');
    }
    for (let extent = 0; extent < extents; extent++) {
      next(indexBytes);
      const start = base + next(offsetBytes);
      const length = next(lengthBytes);
      if (!ids.has(id)) {
        continue;
      }
      if (elsewhere !== 0 || method > 1 || length === 0) {
        throw new BrokenFile('Data that is not in the file');
      }
      (method === 0 ? inFile : inDirectory).push({ start, end: start + length });
    }
  }
  return { inFile, inDirectory };
}

function ordered(stretches: readonly Stretch[]): Stretch[] {
  return stretches.toSorted((one, other) => one.start - other.start);
}

/** Copies from one offset to another: the stretches as they are, blanks between them. */
function copyStretches(copy: Copy, stretches: readonly Stretch[], from: number, to: number): void {
  let offset = from;
  for (const { start, end } of stretches) {
    const keptFrom = Math.min(Math.max(start, offset), to);
    const keptTo = Math.min(end, to);
    if (keptTo > keptFrom) {
      blank(copy, keptFrom - offset);
      copy.keep(keptFrom, keptTo);
      offset = keptTo;
    }
  }
  blank(copy, to - offset);
}

function blank(copy: Copy, length: number): void {
  const zeros = Buffer.alloc(Math.min(length, 64 * 1024));
  for (let left = length; left > 0; left -= zeros.length) {
    copy.insert(zeros.subarray(0, left));
  }
}

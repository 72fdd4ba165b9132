import { cutToSize } from './box-sizes.ts';
import { type Box, boxesIn, boxesOfFile, copyReleased, keepOnly, release, slice } from './boxes.ts';
import {
  BrokenFile,
  byStart,
  type Copy,
  type FileReader,
  keepStretches,
  merged,
  type Stretch,
} from './copy.ts';
import type { Shown } from './shown.ts';
import { av1Coding, cleanSample, hevcCoding, type VideoCoding } from './video-coding.ts';

/** The directory of a picture of many tiles has some kilobytes. */
const MAX_META_BYTES = 1024 * 1024;
/** Pictures, and how they are put together. All else, as EXIF and XMP, describes. */
const PICTURE_ITEMS = new Set(['av01', 'hvc1', 'grid', 'iden', 'iovl', 'tmap']);
const KEPT_IN_META = new Set(['hdlr', 'pitm', 'iloc', 'iinf', 'iref', 'iprp', 'idat', 'grpl']);
const KEPT_PROPERTIES = new Set(
  'ispe pixi colr av1C hvcC irot imir clap pasp auxC a1op a1lx lsel clli mdcv cclv amve'.split(' '),
);

/**
 * Copies an AVIF or HEIC with everything blank that no picture in it needs: EXIF, XMP, boxes that are not known here, and data
 * that belongs to nothing. Nothing moves, because the directory of the file counts from its beginning. Of an animation
 * the first picture is left.
 */
export function stripHeif(file: FileReader, copy: Copy): Shown {
  const boxes = boxesOfFile(file);
  const metaBox = boxes.find(({ type }) => type === 'meta');
  if (boxes[0]?.type !== 'ftyp' || metaBox === undefined) {
    throw new BrokenFile('Neither AVIF nor HEIC');
  }
  if (metaBox.end - metaBox.start > MAX_META_BYTES) {
    throw new BrokenFile('A directory too large for a picture');
  }
  const meta = Buffer.from(file.bytes(metaBox.start, metaBox.end - metaBox.start));
  const { stretches, coded, shown } = stripMeta(meta, metaBox.content - metaBox.start);
  for (const box of boxes) {
    if (box.type === 'ftyp') {
      copy.keep(box.start, box.end);
    } else if (box === metaBox) {
      copy.insert(meta);
    } else if (box.type === 'mdat') {
      copy.keep(box.start, box.content);
      keepStretches(copy, stretches, box.content, box.end);
    } else {
      copyReleased(file, copy, box);
    }
  }
  let lastEnd = 0;
  for (const { coding, ...stretch } of coded.toSorted(byStart)) {
    const isInData = boxes.some(
      ({ type, content, end }) => type === 'mdat' && content <= stretch.start && stretch.end <= end,
    );
    if (!isInData || stretch.start < lastEnd) {
      throw new BrokenFile('A picture that is not where data is');
    }
    cleanSample(file, copy, stretch, coding);
    lastEnd = stretch.end;
  }
  return shown;
}

/** The bytes of an item, in the file or in the directory. */
interface Extent extends Stretch {
  readonly item: number;
}

interface Directory {
  /** Which stretches of the file the pictures in it need. */
  readonly stretches: readonly Stretch[];
  /** Where coded pictures are. */
  readonly coded: readonly (Stretch & { readonly coding: VideoCoding })[];
  readonly shown: Shown;
}

/** Blanks a directory in place, and tells what is in it. */
function stripMeta(meta: Buffer, content: number): Directory {
  const boxes = boxesIn(meta, content + 4, meta.length);
  const only = (type: string) => {
    const found = boxes.filter((box) => box.type === type);
    if (found.length > 1) {
      throw new BrokenFile('A directory with two of a kind');
    }
    return found[0];
  };
  const [items, locations, properties, data, primary] = [
    'iinf',
    'iloc',
    'iprp',
    'idat',
    'pitm',
  ].map(only);
  if (items === undefined || locations === undefined) {
    throw new BrokenFile('A directory without entries');
  }
  const pictures = stripItems(meta, items);
  const stretches = locate(meta, locations, pictures);
  keepOnly(meta, boxes, KEPT_IN_META);
  let shown: Shown = {};
  let codings: Codings = {};
  if (properties !== undefined) {
    const lists = boxesIn(meta, properties.content, properties.end);
    if (primary !== undefined) {
      shown = sizeOfItem(meta, lists, numberIn(meta, primary));
    }
    for (const list of lists) {
      if (list.type === 'ipco') {
        const kept = keepOnly(meta, boxesIn(meta, list.content, list.end), KEPT_PROPERTIES);
        cutToSize(meta, kept);
        codings = codingsOf(meta, kept);
      } else if (list.type !== 'ipma') {
        release(meta, list);
      }
    }
  }
  if (data !== undefined) {
    let offset = data.content;
    for (const { start, end } of merged(stretches.inDirectory)) {
      meta.fill(0, offset, Math.max(offset, Math.min(data.content + start, data.end)));
      offset = Math.max(offset, Math.min(data.content + end, data.end));
    }
    meta.fill(0, offset, data.end);
  }
  return {
    stretches: merged(stretches.inFile),
    coded: codedPictures(stretches, pictures, codings),
    shown,
  };
}

/** How items are coded, by their type. */
type Codings = Partial<Record<string, VideoCoding>>;

/** Cleans what decoders are told first in place, and tells how the pictures are coded. */
function codingsOf(meta: Buffer, properties: readonly Box[]): Codings {
  const codings: Codings = {};
  for (const { type, content, end } of properties) {
    const setup = meta.subarray(content, end);
    if (type === 'av1C') {
      codings.av01 = av1Coding(setup);
    } else if (type === 'hvcC') {
      const coding = hevcCoding(setup);
      if (JSON.stringify(codings.hvc1 ?? coding) !== JSON.stringify(coding)) {
        throw new BrokenFile('Pictures that are coded in several ways');
      }
      codings.hvc1 = coding;
    }
  }
  return codings;
}

/** The coded pictures, each whole: what of an item stands in several places has to be in one piece. */
function codedPictures(
  { inFile, inDirectory }: { inFile: readonly Extent[]; inDirectory: readonly Extent[] },
  types: ReadonlyMap<number, string>,
  codings: Codings,
): (Stretch & { coding: VideoCoding })[] {
  const isCoded = ({ item }: Extent) => ['av01', 'hvc1'].includes(types.get(item) as string);
  if (inDirectory.some(isCoded)) {
    throw new BrokenFile('A picture within the directory');
  }
  const whole = new Map<number, Stretch>();
  for (const { item, start, end } of inFile.filter(isCoded)) {
    const before = whole.get(item);
    if (before !== undefined && before.end !== start) {
      throw new BrokenFile('A picture in several pieces');
    }
    whole.set(item, { start: before?.start ?? start, end });
  }
  return [...whole].map(([item, stretch]) => {
    const coding = codings[types.get(item) as string];
    if (coding === undefined) {
      throw new BrokenFile('A picture that is not described');
    }
    return { ...stretch, coding };
  });
}

/** The number of a box that has a version and one number, whose width depends on it. */
function numberIn(meta: Buffer, box: Box): number {
  const byteCount = slice(meta, box.content, 1)[0] === 0 ? 2 : 4;
  return slice(meta, box.content + 4, byteCount).readUIntBE(0, byteCount);
}

/** The size of a picture once it is cut and turned as its properties say, in their order. */
function sizeOfItem(meta: Buffer, lists: readonly Box[], id: number): Shown {
  const container = lists.find(({ type }) => type === 'ipco');
  const properties = container === undefined ? [] : boxesIn(meta, container.content, container.end);
  let size: Shown = {};
  for (const list of lists.filter(({ type }) => type === 'ipma')) {
    for (const index of propertiesOf(meta, list, id)) {
      const property = properties[index - 1];
      if (property?.type === 'ispe') {
        const fields = slice(meta, property.content + 4, 8);
        size = { width: fields.readUInt32BE(0), height: fields.readUInt32BE(4) };
      } else if (property?.type === 'clap') {
        const fields = slice(meta, property.content, 16);
        size = {
          width: Math.floor(fields.readUInt32BE(0) / Math.max(1, fields.readUInt32BE(4))),
          height: Math.floor(fields.readUInt32BE(8) / Math.max(1, fields.readUInt32BE(12))),
        };
      } else if (property?.type === 'irot' && ((meta[property.content] as number) & 1) === 1) {
        size = { width: size.height, height: size.width };
      }
    }
  }
  return size;
}

/** The numbers of an item's properties, counted from one, in the order in which they apply. */
function propertiesOf(meta: Buffer, list: Box, id: number): number[] {
  const [version, , , flags] = slice(meta, list.content, 4) as unknown as number[];
  const idBytes = version === 0 ? 2 : 4;
  const indexBytes = ((flags as number) & 1) === 0 ? 1 : 2;
  const count = slice(meta, list.content + 4, 4).readUInt32BE();
  let offset = list.content + 8;
  for (let entry = 0; entry < count; entry++) {
    const itemId = slice(meta, offset, idBytes).readUIntBE(0, idBytes);
    const associations = slice(meta, offset + idBytes, 1)[0] as number;
    offset += idBytes + 1;
    if (itemId === id) {
      const bytes = slice(meta, offset, associations * indexBytes);
      return Array.from({ length: associations }, (_, index) => {
        const property = bytes.readUIntBE(index * indexBytes, indexBytes);
        // The highest bit says that a reader has to understand it.
        return property & (indexBytes === 1 ? 0x7f : 0x7fff);
      });
    }
    offset += associations * indexBytes;
  }
  return [];
}

/** Blanks the entries of what is no picture, and tells the ids and types of what is. */
function stripItems(meta: Buffer, items: Box): Map<number, string> {
  const version = slice(meta, items.content, 1)[0];
  const entries = boxesIn(meta, items.content + (version === 0 ? 6 : 8), items.end);
  const pictures = new Map<number, string>();
  for (const entry of entries) {
    const entryVersion = slice(meta, entry.content, 1)[0];
    if (entry.type !== 'infe' || (entryVersion !== 2 && entryVersion !== 3)) {
      throw new BrokenFile('An entry of a kind that AVIF does not have');
    }
    const idBytes = entryVersion === 2 ? 2 : 4;
    const id = slice(meta, entry.content + 4, idBytes).readUIntBE(0, idBytes);
    const typeOffset = entry.content + 4 + idBytes + 2;
    const type = slice(meta, typeOffset, 4).toString('latin1');
    if (PICTURE_ITEMS.has(type)) {
      pictures.set(id, type);
    } else {
      meta.write('free', typeOffset, 'latin1');
      meta.fill(0, typeOffset + 4, entry.end);
    }
  }
  return pictures;
}

/** Where the data of some items is: in the file, counted from its beginning, or in the directory's own data. */
function locate(meta: Buffer, locations: Box, pictures: ReadonlyMap<number, string>) {
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
  const inFile: Extent[] = [];
  const inDirectory: Extent[] = [];
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
      if (!pictures.has(id)) {
        continue;
      }
      if (elsewhere !== 0 || method > 1 || length === 0) {
        throw new BrokenFile('Data that is not in the file');
      }
      (method === 0 ? inFile : inDirectory).push({ item: id, start, end: start + length });
    }
  }
  return { inFile, inDirectory };
}

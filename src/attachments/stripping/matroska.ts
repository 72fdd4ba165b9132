import { BrokenFile, type Copy, type FileReader } from './copy.ts';
import { blankFlacBlocks } from './flac.ts';
import { isKnownRegistered } from './registered-data.ts';
import type { Shown } from './shown.ts';
import { cleanUserData } from './start-codes.ts';
import {
  av1Coding,
  avcCoding,
  cleanSample,
  codingOfFourcc,
  hevcCoding,
  type VideoCoding,
} from './video-coding.ts';
import { withoutComments } from './vorbis-comment.ts';

/** The names of elements, as https://www.matroska.org/technical/elements.html has them. */
const ID = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  seek: 0x4dbb,
  seekId: 0x53ab,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  muxingApp: 0x4d80,
  writingApp: 0x5741,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  defaultDuration: 0x23e383,
  codecId: 0x86,
  codecPrivate: 0x63a2,
  encodings: 0x6d80,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  displayWidth: 0x54b0,
  displayHeight: 0x54ba,
  displayUnit: 0x54b2,
  projection: 0x7670,
  roll: 0x7675,
  audio: 0xe1,
  cues: 0x1c53bb6b,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  additions: 0x75a1,
  addition: 0xa6,
  additionId: 0xee,
  additionData: 0xa5,
  void: 0xec,
} as const;

const KEPT_IN_SEGMENT = new Set<number>([ID.seekHead, ID.info, ID.tracks, ID.cues, ID.cluster]);
/** What ends an element whose length its writer did not know: what stands beside it. */
const IN_SEGMENT = new Set<number>([...KEPT_IN_SEGMENT, 0x1254c367, 0x1043a770, 0x1941a469]);
const KEPT_IN_INFO = new Set<number>([ID.timestampScale, ID.duration, ID.muxingApp, ID.writingApp]);
/** Numbers and flags of a track, how it is coded, and how it looks and sounds; not its name. */
const KEPT_IN_TRACK = new Set<number>([
  ...[ID.trackNumber, 0x73c5, ID.trackType, 0xb9, 0x88, 0x55aa, 0x9c, 0x6de7, 0x6df8],
  ...[ID.defaultDuration, 0x234e7a, 0x55ee, 0x41e4, 0x22b59c, 0x22b59d, ID.codecId],
  ...[ID.codecPrivate, 0xaa, 0x56aa, 0x56bb, ID.video, ID.audio, ID.encodings],
]);
const KEPT_IN_CLUSTER = new Set<number>([
  ...[ID.timestamp, 0xa7, 0xab, ID.simpleBlock, ID.blockGroup],
]);
const KEPT_IN_GROUP = new Set<number>([ID.block, 0x9b, 0xfa, 0xfb, ID.additions, 0x75a2]);

/** Coded so that nothing stands among the pictures but them. */
const PICTURE_CODECS = new Set(
  'V_VP8 V_VP9 V_THEORA V_MPEG4/MS/V3 V_UNCOMPRESSED V_PRORES V_FFV1'.split(' '),
);
/** Those of them whose decoders are told tables; of others, profile and level in a few numbers. */
const WITH_SETUP = new Set(['V_THEORA', 'V_FFV1']);
const PROFILE_BYTES = 12;
/** How Windows describes a picture, before what its decoder is told. */
const BITMAP_HEAD_BYTES = 40;

/** The number of what is transparent among what is added to pictures. */
const ALPHA = 1;

const VIDEO = 1;
const AUDIO = 2;
/** Directories of some ten kilobytes; a track may bring fonts or tables. */
const MAX_LIST_BYTES = 8 * 1024 * 1024;
const DEFAULT_SCALE_NS = 1_000_000;

type Bytes = Pick<FileReader, 'bytes' | 'size'>;

interface Element {
  readonly id: number;
  readonly start: number;
  readonly content: number;
  /** Where what it is in ends, when its writer did not know its length. */
  readonly end: number;
  readonly isOpen: boolean;
}

interface Track {
  readonly isVideo: boolean;
  /** Undefined of sounds. */
  readonly coding: VideoCoding | undefined;
  readonly mayHaveAlpha: boolean;
  readonly sampleNs: number;
  readonly shown: Shown;
}

/** What is known so far of a video that is being copied. */
interface Video {
  readonly tracks: Map<number, Track>;
  scaleNs: number;
  /** What its head says, in units of the scale; zero when it does not. */
  duration: number;
  /** Where the last of its samples ends. */
  endNs: number;
}

/**
 * Copies a WebM or Matroska with its tracks of pictures and sounds, and everything else void: tags, attachments,
 * chapters, titles, tracks of texts, elements that are not known here. Nothing moves, because its cues count from the
 * beginning. One that is cut is cut before what is not whole.
 */
export function stripMatroska(file: FileReader, copy: Copy): Shown {
  const head = elementAt(file, 0, file.size);
  const segment = head === undefined ? undefined : elementAt(file, head.end, file.size, true);
  if (head?.id !== ID.ebml || head.isOpen || segment?.id !== ID.segment) {
    throw new BrokenFile('Not a Matroska');
  }
  const video: Video = {
    tracks: new Map(),
    scaleNs: DEFAULT_SCALE_NS,
    duration: 0,
    endNs: 0,
  };
  copy.keep(0, segment.content);
  stripSegment(file, copy, segment, video);
  if (video.tracks.size === 0) {
    throw new BrokenFile('A video with nothing to see or hear');
  }
  copyVoid(copy, segment.end, file.size);
  const tracks = [...video.tracks.values()];
  const pictures = tracks.find(({ isVideo }) => isVideo);
  const durationNs = video.duration > 0 ? video.duration * video.scaleNs : video.endNs;
  return {
    ...pictures?.shown,
    isVideo: pictures !== undefined,
    durationMs: Math.round(durationNs / 1_000_000) || undefined,
  };
}

function stripSegment(file: FileReader, copy: Copy, segment: Element, video: Video): void {
  for (let offset = segment.content; ; ) {
    const element = elementAt(file, offset, segment.end);
    if (element === undefined) {
      return;
    }
    if (element.id === ID.cluster) {
      if (video.tracks.size === 0) {
        throw new BrokenFile('Samples before their tracks');
      }
      const isWhole = stripCluster(file, copy, element, video);
      if (!isWhole) {
        return;
      }
      offset = copy.length();
      continue;
    }
    if (element.isOpen) {
      throw new BrokenFile('A list whose end is not said');
    }
    if (element.id === ID.cues) {
      copy.keep(element.start, element.end);
    } else if (KEPT_IN_SEGMENT.has(element.id)) {
      copy.insert(stripList(file, element, video));
    } else {
      copyVoid(copy, element.start, element.end);
    }
    offset = element.end;
  }
}

/** One of the lists at the beginning, without what is not needed. */
function stripList(file: FileReader, element: Element, video: Video): Buffer {
  if (element.end - element.start > MAX_LIST_BYTES) {
    throw new BrokenFile('A list too large for a video');
  }
  const bytes = Buffer.from(file.bytes(element.start, element.end - element.start));
  const content = element.content - element.start;
  if (element.id === ID.info) {
    stripInfo(bytes, content, video);
  } else if (element.id === ID.tracks) {
    for (const entry of keepOnly(bytes, content, bytes.length, new Set([ID.trackEntry]))) {
      stripTrack(bytes, entry, video);
    }
  } else {
    for (const seek of keepOnly(bytes, content, bytes.length, new Set([ID.seek]))) {
      const target = elementsIn(bytes, seek.content, seek.end).find(({ id }) => id === ID.seekId);
      if (target === undefined || !KEPT_IN_SEGMENT.has(numberIn(bytes, target))) {
        makeVoid(bytes, seek);
      }
    }
  }
  return bytes;
}

function stripInfo(bytes: Buffer, content: number, video: Video): void {
  for (const element of keepOnly(bytes, content, bytes.length, KEPT_IN_INFO)) {
    if (element.id === ID.timestampScale) {
      video.scaleNs = numberIn(bytes, element) || DEFAULT_SCALE_NS;
    } else if (element.id === ID.duration) {
      video.duration = floatIn(bytes, element);
    } else {
      // Names of programs have to be there; zeros end them where they begin.
      bytes.fill(0, element.content, element.end);
    }
  }
}

function stripTrack(bytes: Buffer, entry: Element, video: Video): void {
  const fields = new Map(
    elementsIn(bytes, entry.content, entry.end).map((field) => [field.id, field]),
  );
  const number = (id: number): number => {
    const field = fields.get(id);
    return field === undefined ? 0 : numberIn(bytes, field);
  };
  const type = number(ID.trackType);
  if (type !== VIDEO && type !== AUDIO) {
    makeVoid(bytes, entry);
    return;
  }
  keepOnly(bytes, entry.content, entry.end, KEPT_IN_TRACK);
  const codecField = fields.get(ID.codecId);
  const codec = codecField === undefined ? '' : textIn(bytes, codecField);
  const setupField = fields.get(ID.codecPrivate);
  const setup = bytes.subarray(setupField?.content ?? 0, setupField?.end ?? 0);
  stripSetup(codec, setup);
  const coding = type === VIDEO ? codingOf(codec, setup) : undefined;
  if (coding !== undefined && coding.kind !== 'pictures' && fields.has(ID.encodings)) {
    throw new BrokenFile('Pictures that are packed once more');
  }
  video.tracks.set(number(ID.trackNumber), {
    isVideo: type === VIDEO,
    coding,
    mayHaveAlpha: codec === 'V_VP8' || codec === 'V_VP9',
    sampleNs: number(ID.defaultDuration),
    shown: shownSize(bytes, fields.get(ID.video)),
  });
}

/** Blanks the comments among what a decoder is told first. */
function stripSetup(codec: string, setup: Buffer): void {
  if (codec === 'A_FLAC' && setup.toString('latin1', 0, 4) === 'fLaC') {
    blankFlacBlocks(setup.subarray(4));
  } else if (codec === 'A_VORBIS' || codec === 'V_THEORA') {
    const comments = secondPacket(setup);
    comments.fill(0);
    withoutComments(codec === 'A_VORBIS' ? 'vorbis' : 'theora').copy(comments);
  }
}

/** The second of three packets whose lengths are in front: the last goes to the end. */
function secondPacket(setup: Buffer): Buffer {
  let offset = 1;
  const length = (): number => {
    let total = 0;
    for (let byte = 255; byte === 255 && offset < setup.length; offset++) {
      byte = setup[offset] as number;
      total += byte;
    }
    return total;
  };
  const first = length();
  const second = length();
  if (setup[0] !== 2 || offset + first + second > setup.length) {
    throw new BrokenFile('Not what a decoder is told first');
  }
  return setup.subarray(offset + first, offset + first + second);
}

/** How pictures are coded; what a decoder is told first is cleaned in place. */
function codingOf(codec: string, setup: Buffer): VideoCoding {
  switch (codec) {
    case 'V_MPEG4/ISO/AVC':
      return avcCoding(setup);
    case 'V_MPEGH/ISO/HEVC':
      return hevcCoding(setup);
    case 'V_AV1':
      return av1Coding(setup);
    case 'V_MPEG1':
    case 'V_MPEG2':
    case 'V_MPEG4/ISO/SP':
    case 'V_MPEG4/ISO/ASP':
    case 'V_MPEG4/ISO/AP':
      cleanUserData(setup);
      return { kind: 'mpeg' };
    case 'V_MJPEG':
      setup.fill(0);
      return { kind: 'jpeg' };
    case 'V_MS/VFW/FOURCC':
      return codingOfFourcc(setup.toString('latin1', 16, 20), setup.subarray(BITMAP_HEAD_BYTES));
    default:
      if (PICTURE_CODECS.has(codec)) {
        if (!WITH_SETUP.has(codec)) {
          setup.fill(0, PROFILE_BYTES);
        }
        return { kind: 'pictures' };
      }
      throw new BrokenFile('Pictures of a kind that is not known here');
  }
}

function shownSize(bytes: Buffer, video: Element | undefined): Shown {
  if (video === undefined) {
    return {};
  }
  const fields = new Map(
    elementsIn(bytes, video.content, video.end).map((field) => [field.id, field]),
  );
  const number = (id: number): number => {
    const field = fields.get(id);
    return field === undefined ? 0 : numberIn(bytes, field);
  };
  // Other units than pixels are proportions.
  const isInPixels = number(ID.displayUnit) === 0;
  const width = (isInPixels && number(ID.displayWidth)) || number(ID.pixelWidth) || undefined;
  const height = (isInPixels && number(ID.displayHeight)) || number(ID.pixelHeight) || undefined;
  const projection = fields.get(ID.projection);
  const roll =
    projection === undefined
      ? undefined
      : elementsIn(bytes, projection.content, projection.end).find(({ id }) => id === ID.roll);
  const isTurned = roll !== undefined && Math.abs(Math.abs(floatIn(bytes, roll)) - 90) < 1;
  return isTurned ? { width: height, height: width } : { width, height };
}

/** @returns whether it came to its end */
function stripCluster(file: FileReader, copy: Copy, cluster: Element, video: Video): boolean {
  copy.keep(cluster.start, cluster.content);
  let time = 0;
  for (let offset = cluster.content; offset < cluster.end; offset = copy.length()) {
    const element = elementAt(file, offset, cluster.end);
    if (element === undefined) {
      return false;
    }
    if (cluster.isOpen && IN_SEGMENT.has(element.id)) {
      return true;
    }
    if (element.isOpen) {
      throw new BrokenFile('A piece whose end is not said');
    }
    if (element.id === ID.timestamp) {
      time = numberIn(file, element);
    }
    if (element.id === ID.simpleBlock) {
      stripBlock(file, copy, element, element, time, video);
    } else if (element.id === ID.blockGroup) {
      stripGroup(file, copy, element, time, video);
    } else if (KEPT_IN_CLUSTER.has(element.id)) {
      copy.keep(element.start, element.end);
    } else {
      copyVoid(copy, element.start, element.end);
    }
  }
  return true;
}

function stripGroup(
  file: FileReader,
  copy: Copy,
  group: Element,
  time: number,
  video: Video,
): void {
  const elements = elementsIn(file, group.content, group.end);
  const block = elements.find(({ id }) => id === ID.block);
  const track = block === undefined ? undefined : video.tracks.get(trackOf(file, block).track);
  if (block === undefined || track === undefined) {
    copyVoid(copy, group.start, group.end);
    return;
  }
  copy.keep(group.start, group.content);
  for (const element of elements) {
    if (element === block) {
      stripBlock(file, copy, element, block, time, video);
    } else if (element.id === ID.additions && !isNeeded(file, element, track)) {
      copyVoid(copy, element.start, element.end);
    } else if (KEPT_IN_GROUP.has(element.id) && element.id !== ID.block) {
      copy.keep(element.start, element.end);
    } else {
      copyVoid(copy, element.start, element.end);
    }
  }
}

/** Beside a picture, VP8 and VP9 may have how transparent it is, and how bright a screen is to make it. */
function isNeeded(file: FileReader, additions: Element, track: Track): boolean {
  return elementsIn(file, additions.content, additions.end).every((addition) => {
    const fields = elementsIn(file, addition.content, addition.end);
    const id = fields.find((field) => field.id === ID.additionId);
    const data = fields.find((field) => field.id === ID.additionData);
    const isAlpha = id === undefined || numberIn(file, id) === ALPHA;
    return (
      addition.id === ID.addition &&
      data !== undefined &&
      ((isAlpha && track.mayHaveAlpha) ||
        isKnownRegistered(file.bytes(data.content, data.end - data.content)))
    );
  });
}

function stripBlock(
  file: FileReader,
  copy: Copy,
  element: Element,
  block: Element,
  clusterTime: number,
  video: Video,
): void {
  const { track: number, content } = trackOf(file, block);
  const track = video.tracks.get(number);
  if (track === undefined) {
    copyVoid(copy, element.start, element.end);
    return;
  }
  const fields = file.bytes(content, 3);
  const isLaced = ((fields[2] as number) & 0x06) !== 0;
  const timeNs = (clusterTime + fields.readInt16BE()) * video.scaleNs;
  video.endNs = Math.max(video.endNs, timeNs + track.sampleNs);
  copy.keep(element.start, element.end);
  if (track.coding === undefined || track.coding.kind === 'pictures') {
    return;
  }
  if (isLaced) {
    throw new BrokenFile('Several pictures in one piece');
  }
  cleanSample(file, copy, { start: content + 3, end: block.end }, track.coding);
}

/** Whose samples a block has, and where what follows that number begins. */
function trackOf(file: FileReader, block: Element): { track: number; content: number } {
  const first = file.bytes(block.content, 1)[0] as number;
  const length = Math.clz32(first) - 23;
  const bytes = file.bytes(block.content, length);
  const track = length > 6 ? 0 : bytes.readUIntBE(0, length) - 2 ** (7 * length);
  return { track, content: block.content + length };
}

/**
 * The element at an offset, whole.
 *
 * @param mayBeCut whether it may be longer than what it is in
 * @returns undefined when there is none, or not all of it
 */
function elementAt(
  bytes: Bytes,
  offset: number,
  to: number,
  mayBeCut = false,
): Element | undefined {
  if (offset + 2 > to) {
    return undefined;
  }
  const first = bytes.bytes(offset, 1)[0] as number;
  const idBytes = Math.clz32(first) - 23;
  if (idBytes > 4 || offset + idBytes + 1 > to) {
    return undefined;
  }
  const id = bytes.bytes(offset, idBytes).readUIntBE(0, idBytes);
  const lengthOffset = offset + idBytes;
  const lengthFirst = bytes.bytes(lengthOffset, 1)[0] as number;
  const lengthBytes = Math.clz32(lengthFirst) - 23;
  if (lengthBytes > 8 || lengthOffset + lengthBytes > to) {
    return undefined;
  }
  let length = lengthFirst & (0xff >> lengthBytes);
  let isOpen = length === 0xff >> lengthBytes;
  for (const byte of bytes.bytes(lengthOffset, lengthBytes).subarray(1)) {
    length = length * 256 + byte;
    isOpen &&= byte === 0xff;
  }
  const content = lengthOffset + lengthBytes;
  const end = isOpen ? to : content + length;
  const isCut = end > to && id !== ID.cluster && !mayBeCut;
  return isCut ? undefined : { id, start: offset, content, end: Math.min(end, to), isOpen };
}

/** @throws BrokenFile when one of them is not whole */
function elementsIn(source: Bytes | Buffer, from: number, to: number): Element[] {
  const bytes = Buffer.isBuffer(source) ? readerOf(source) : source;
  const elements: Element[] = [];
  for (let offset = from; offset < to; offset = (elements.at(-1) as Element).end) {
    const element = elementAt(bytes, offset, to);
    if (element === undefined || element.isOpen) {
      throw new BrokenFile('A list that is not whole');
    }
    elements.push(element);
  }
  return elements;
}

function readerOf(buffer: Buffer): Bytes {
  return {
    size: buffer.length,
    bytes(offset, length) {
      if (offset + length > buffer.length) {
        throw new BrokenFile('An element ends too early');
      }
      return buffer.subarray(offset, offset + length);
    },
  };
}

/** Makes all elements void but some, and gives those. */
function keepOnly(
  bytes: Buffer,
  from: number,
  to: number,
  kept: ReadonlySet<number>,
): readonly Element[] {
  return elementsIn(bytes, from, to).filter((element) => {
    if (!kept.has(element.id)) {
      makeVoid(bytes, element);
    }
    return kept.has(element.id);
  });
}

function makeVoid(bytes: Buffer, { start, end }: Element): void {
  bytes.fill(0, start, end);
  voidHead(end - start).copy(bytes, start);
}

function copyVoid(copy: Copy, start: number, end: number): void {
  if (end > start) {
    const head = voidHead(end - start);
    copy.insert(head);
    copy.blank(end - start - head.length);
  }
}

/** The beginning of an element of so many bytes that readers skip. */
function voidHead(length: number): Buffer {
  if (length < 2) {
    return Buffer.alloc(length);
  }
  if (length <= 128) {
    return Buffer.from([ID.void, 0x80 | (length - 2)]);
  }
  const head = Buffer.from([ID.void, 0x01, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUIntBE(length - head.length, 3, 6);
  return head;
}

function numberIn(source: Bytes | Buffer, { content, end }: Element): number {
  const bytes = Buffer.isBuffer(source) ? readerOf(source) : source;
  const length = end - content;
  if (length > 8) {
    throw new BrokenFile('A number of too many bytes');
  }
  return bytes.bytes(content, length).reduce((total, byte) => total * 256 + byte, 0);
}

function floatIn(bytes: Buffer, { content, end }: Element): number {
  return end - content === 8
    ? bytes.readDoubleBE(content)
    : end - content === 4
      ? bytes.readFloatBE(content)
      : 0;
}

function textIn(bytes: Buffer, { content, end }: Element): string {
  return bytes.toString('latin1', content, end).replace(/\0+$/, '');
}

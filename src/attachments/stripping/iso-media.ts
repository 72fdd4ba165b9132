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
import { readStreamDescription } from './esds.ts';
import { blankFlacBlocks } from './flac.ts';
import { type Chunk, chunksOf, sampleSizes, samplesOf } from './sample-tables.ts';
import type { Shown } from './shown.ts';
import { cleanUserData } from './start-codes.ts';
import {
  av1Coding,
  avcCoding,
  cleanLayeredHevcSetup,
  cleanSample,
  hevcCoding,
  type VideoCoding,
} from './video-coding.ts';

/** The tables of a video of ten hours have some ten megabytes. */
const MAX_TABLES_BYTES = 32 * 1024 * 1024;
/** What counts where things are. It has nothing that a person or a camera wrote. */
const KEPT_IN_FILE = new Set(['ftyp', 'styp', 'sidx', 'mfra']);
const KEPT_IN_MOVIE = new Set(['mvhd', 'trak', 'mvex']);
const KEPT_IN_TRACK = new Set(['tkhd', 'edts', 'mdia', 'tapt']);
const KEPT_IN_MEDIA = new Set(['mdhd', 'hdlr', 'minf', 'elng']);
const KEPT_IN_MEDIA_INFORMATION = new Set(['vmhd', 'smhd', 'hdlr', 'dinf', 'stbl']);
const KEPT_IN_TABLES = new Set(
  'stsd stts ctts cslg stss stsc stsz stz2 stco co64 sdtp sbgp sgpd stps'.split(' '),
);
const KEPT_IN_FRAGMENT = new Set(['mfhd', 'traf']);
const KEPT_IN_TRACK_FRAGMENT = new Set(['tfhd', 'tfdt', 'trun', 'sdtp', 'sbgp', 'sgpd']);
/** What decoders need to know of how a track is coded, and players of how it looks and sounds. */
const KEPT_IN_DESCRIPTION = new Set([
  ...'esds avcC hvcC lhvC av1C vpcC dvcC dvvC dvwC d263 glbl'.split(' '),
  ...'colr pasp clap fiel gama btrt mdcv clli cclv amve SmDm CoLL st3d vexu hfov'.split(' '),
  ...'wave frma enda alac chan chnl srat dOps dfLa dac3 dec3 dac4 ddts damr dmlp pcmC SA3D'.split(
    ' ',
  ),
  ...['mp4a', 'samr', '\0\0\0\0'],
]);
/** Coded so that nothing stands among the pictures but them. */
const PICTURE_CODECS = new Set([
  ...'vp08 vp09 s263 h263 H263 SVQ1 SVQ3 apch apcn apcs apco ap4h ap4x 2vuy v210 cvid'.split(' '),
  ...['rle ', 'raw '],
]);
const JPEG_CODECS = new Set(['jpeg', 'mjpa', 'dmb1', 'MJPG']);
const MPEG_CODECS = new Set(['mp1v', 'm1v1', 'm2v1', 'mp2v', 'XVID', 'DIVX']);
/** Of the pictures that MPEG-4 describes: its own, MPEG-2 and MPEG-1; and JPEG. */
const MPEG_OBJECTS = new Set([0x20, 0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x6a]);
const JPEG_OBJECT = 0x6c;
const SOUND_FIELDS_BYTES = 28;
const VIDEO_FIELDS_BYTES = 78;
const UNKNOWN_DURATION = 0xffffffff;

interface Track {
  readonly id: number;
  readonly isVideo: boolean;
  readonly timescale: number;
  readonly shown: Shown;
  /** Undefined of sounds. */
  readonly coding: VideoCoding | undefined;
  readonly chunks: readonly Chunk[];
  readonly samples: () => Generator<Stretch>;
  readonly stretches: readonly Stretch[];
  /** Whether it is not sure where its pieces end. */
  readonly isEstimated: boolean;
}

/** What a video says of the samples of its pieces, unless they say it themselves. */
interface Defaults {
  readonly duration: number;
  readonly size: number;
}

interface Movie {
  readonly tracks: ReadonlyMap<number, Track>;
  readonly defaults: ReadonlyMap<number, Defaults>;
  /** Where pieces of any track begin, those that go too, in order. */
  readonly starts: readonly number[];
  readonly durationMs: number;
}

/** The samples of one run in a piece of a video. */
interface Run {
  readonly track: Track;
  readonly samples: readonly Stretch[];
  /** In the track's units, from the video's beginning. */
  readonly endsAt: number;
}

/**
 * Copies an MP4, QuickTime video, M4A or 3GP with all its tracks of pictures and sounds, and everything else blank:
 * what its camera wrote about it, tracks of places, texts and measurements, boxes that are not known here, and data
 * that belongs to nothing. Nothing moves, because its tables count from the beginning of the file.
 */
export function stripIsoMedia(file: FileReader, copy: Copy): Shown {
  const boxes = boxesOfFile(file);
  const movieBoxes = boxes.filter(({ type }) => type === 'moov');
  const [movieBox] = movieBoxes;
  if (movieBox === undefined || movieBoxes.length > 1) {
    throw new BrokenFile('Not one video');
  }
  const movieBytes = read(file, movieBox);
  const movie = stripMovie(movieBytes, movieBox.content - movieBox.start);
  const fragments = boxes.filter(({ type }) => type === 'moof');
  const stretches: Stretch[] = [...movie.tracks.values()].flatMap((track) =>
    track.isEstimated ? clipped(track.stretches, movie.starts) : track.stretches,
  );
  let fragmentsEndMs = 0;
  for (const box of fragments) {
    for (const { track, samples, endsAt } of stripFragment(read(file, box), box, movie)) {
      stretches.push(...merged(samples));
      fragmentsEndMs = Math.max(fragmentsEndMs, (endsAt / track.timescale) * 1_000);
    }
  }
  const kept = merged(stretches);
  for (const box of boxes) {
    if (KEPT_IN_FILE.has(box.type)) {
      copy.keep(box.start, box.end);
    } else if (box === movieBox) {
      copy.insert(movieBytes);
    } else if (box.type === 'moof') {
      const bytes = read(file, box);
      stripFragment(bytes, box, movie);
      copy.insert(bytes);
    } else if (box.type === 'mdat') {
      copy.keep(box.start, box.content);
      keepStretches(copy, kept, box.content, box.end);
    } else {
      copyReleased(file, copy, box);
    }
  }
  copy.blank(file.size - (boxes.at(-1) as Box).end);
  cleanSamples(file, copy, movie, fragments);
  const tracks = [...movie.tracks.values()];
  const video = tracks.find(({ isVideo }) => isVideo);
  return {
    ...video?.shown,
    isVideo: video !== undefined,
    durationMs: Math.round(Math.max(movie.durationMs, fragmentsEndMs)) || undefined,
  };
}

function read(file: FileReader, box: Box): Buffer {
  if (box.end - box.start > MAX_TABLES_BYTES) {
    throw new BrokenFile('Tables too large for a video');
  }
  return Buffer.from(file.bytes(box.start, box.end - box.start));
}

/** Releases all boxes but some, and blanks what these have behind their end. */
function keepCut(bytes: Buffer, boxes: readonly Box[], kept: ReadonlySet<string>): readonly Box[] {
  const left = keepOnly(bytes, boxes, kept);
  cutToSize(bytes, left);
  return left;
}

/** Overwrites what stands among the pictures of the tracks and is none. */
function cleanSamples(file: FileReader, copy: Copy, movie: Movie, fragments: readonly Box[]): void {
  const clean = ({ coding }: Track, samples: Iterable<Stretch>): void => {
    for (const { start, end } of samples) {
      if (coding !== undefined && start < file.size) {
        cleanSample(file, copy, { start, end: Math.min(end, file.size) }, coding);
      }
    }
  };
  const tracks = [...movie.tracks.values()].filter(
    ({ coding }) => coding !== undefined && coding.kind !== 'pictures',
  );
  for (const track of tracks) {
    clean(track, track.samples());
  }
  for (const box of tracks.length > 0 ? fragments : []) {
    for (const { track, samples } of stripFragment(read(file, box), box, movie)) {
      clean(track, samples);
    }
  }
}

/** Blanks the tables of a video in place, and tells what is in them. */
function stripMovie(bytes: Buffer, content: number): Movie {
  const boxes = keepCut(bytes, boxesIn(bytes, content, bytes.length), KEPT_IN_MOVIE);
  const tracks = new Map<number, Track>();
  const starts: number[] = [];
  for (const box of boxes.filter(({ type }) => type === 'trak')) {
    const track = stripTrack(bytes, box, starts);
    if (track === undefined) {
      release(bytes, box);
    } else {
      tracks.set(track.id, track);
    }
  }
  if (tracks.size === 0) {
    throw new BrokenFile('A video with nothing to see or hear');
  }
  const defaults = new Map<number, Defaults>();
  for (const box of boxes.filter(({ type }) => type === 'mvex')) {
    for (const { content: at } of keepCut(
      bytes,
      boxesIn(bytes, box.content, box.end),
      new Set(['mehd', 'trex']),
    ).filter(({ type }) => type === 'trex')) {
      const fields = slice(bytes, at + 4, 20);
      defaults.set(fields.readUInt32BE(), {
        duration: fields.readUInt32BE(8),
        size: fields.readUInt32BE(12),
      });
    }
  }
  const header = boxes.find(({ type }) => type === 'mvhd');
  const { duration, timescale } =
    header === undefined ? { duration: 0, timescale: 1 } : stripTimes(bytes, header);
  return {
    tracks,
    defaults,
    starts: starts.toSorted((one, other) => one - other),
    durationMs: (duration / timescale) * 1_000,
  };
}

/** Blanks when something was made, and gives how long it is: `mvhd` and `mdhd` begin alike. */
function stripTimes(bytes: Buffer, box: Box): { duration: number; timescale: number } {
  const isLong = slice(bytes, box.content, 1)[0] === 1;
  const fields = slice(bytes, box.content + 4, isLong ? 28 : 16);
  fields.fill(0, 0, isLong ? 16 : 8);
  const timescale = Math.max(1, fields.readUInt32BE(isLong ? 16 : 8));
  const short = isLong ? fields.readUInt32BE(24) : fields.readUInt32BE(12);
  const duration = isLong ? Number(fields.readBigUInt64BE(20)) : short;
  // All ones say that it is not known.
  return { duration: short === UNKNOWN_DURATION ? 0 : duration, timescale };
}

/**
 * Blanks the tables of a track in place.
 *
 * @param starts takes where its pieces begin
 * @returns undefined when it is neither pictures nor sounds
 */
function stripTrack(bytes: Buffer, box: Box, starts: number[]): Track | undefined {
  const boxes = new Map(
    keepCut(bytes, boxesIn(bytes, box.content, box.end), KEPT_IN_TRACK).map((found) => [
      found.type,
      found,
    ]),
  );
  const media = new Map(listIn(bytes, boxes.get('mdia'), KEPT_IN_MEDIA));
  const information = new Map(listIn(bytes, media.get('minf'), KEPT_IN_MEDIA_INFORMATION));
  const tables = new Map(listIn(bytes, information.get('stbl'), KEPT_IN_TABLES));
  const [header, mediaHeader, handler] = [boxes.get('tkhd'), media.get('mdhd'), media.get('hdlr')];
  const descriptions = tables.get('stsd');
  if (header === undefined || mediaHeader === undefined || handler === undefined) {
    throw new BrokenFile('A track without heads');
  }
  const chunks = tables.has('stsc') ? chunksOf(bytes, tables) : [];
  for (const { start } of chunks) {
    starts.push(start);
  }
  const kind = slice(bytes, handler.content + 8, 4).toString('latin1');
  if ((kind !== 'vide' && kind !== 'soun') || descriptions === undefined) {
    return undefined;
  }
  for (const named of [handler, information.get('hdlr')]) {
    if (named !== undefined) {
      bytes.fill(0, Math.min(named.content + 24, named.end), named.end);
    }
  }
  listIn(bytes, boxes.get('edts'), new Set(['elst']));
  listIn(bytes, boxes.get('tapt'), new Set(['clef', 'prof', 'enof']));
  for (const [, references] of listIn(bytes, information.get('dinf'), new Set(['dref']))) {
    stripReferences(bytes, references);
  }
  const isVideo = kind === 'vide';
  const description = stripDescriptions(bytes, descriptions, isVideo);
  const sizes = sampleSizes(bytes, tables);
  const { timescale } = stripTimes(bytes, mediaHeader);
  return {
    ...stripTrackHeader(bytes, header, description),
    isVideo,
    timescale,
    coding: description.coding,
    chunks,
    samples: () => samplesOf(chunks, sizes),
    stretches: chunks.map((chunk) => ({
      start: chunk.start,
      end: chunk.start + bytesOf(chunk, sizes, description),
    })),
    isEstimated: sizes.all !== 0 && !isVideo,
  };
}

/** The boxes within one that are kept; none when it is not there. */
function listIn(bytes: Buffer, box: Box | undefined, kept: ReadonlySet<string>): [string, Box][] {
  const boxes = box === undefined ? [] : boxesIn(bytes, box.content, box.end);
  return keepCut(bytes, boxes, kept).map((found) => [found.type, found]);
}

/** @throws BrokenFile when the data of a video is in another file */
function stripReferences(bytes: Buffer, box: Box): void {
  for (const reference of boxesIn(bytes, box.content + 8, box.end)) {
    const fields = slice(bytes, reference.content, 4);
    if (((fields[3] as number) & 1) === 0) {
      throw new BrokenFile('A video that is somewhere else');
    }
    // The path of the file that it is in itself, on the disk where it was made.
    bytes.fill(0, reference.content + 4, reference.end);
  }
}

/** Blanks the times of a track, and tells how large its pictures are when they are turned as they are shown. */
function stripTrackHeader(
  bytes: Buffer,
  box: Box,
  description: Description,
): { id: number; shown: Shown } {
  const isLong = slice(bytes, box.content, 1)[0] === 1;
  const idOffset = box.content + 4 + (isLong ? 16 : 8);
  slice(bytes, box.content + 4, isLong ? 16 : 8).fill(0);
  const matrix = slice(bytes, box.content + (isLong ? 52 : 40), 44);
  const across = matrix.readInt32BE(0);
  const down = matrix.readInt32BE(4);
  const width = Math.round(matrix.readUInt32BE(36) / 0x10000) || description.width;
  const height = Math.round(matrix.readUInt32BE(40) / 0x10000) || description.height;
  const isTurned = Math.abs(down) > Math.abs(across);
  return {
    id: slice(bytes, idOffset, 4).readUInt32BE(),
    shown: isTurned ? { width: height, height: width } : { width, height },
  };
}

/** How the samples of a track are coded. */
interface Description {
  readonly coding: Track['coding'];
  readonly width: number | undefined;
  readonly height: number | undefined;
  /** Of sounds whose samples all have one size, the sizes that the table may leave out. */
  readonly frameBytes: number;
  readonly framesAPacket: number;
}

function stripDescriptions(bytes: Buffer, box: Box, isVideo: boolean): Description {
  const version = slice(bytes, box.content, 1)[0] as number;
  const entries = boxesIn(bytes, box.content + 8, box.end);
  const descriptions = entries.map((entry) =>
    isVideo ? stripVideo(bytes, entry) : stripSound(bytes, entry, version),
  );
  const [first] = descriptions;
  if (first === undefined || descriptions.some(({ coding }) => differs(coding, first))) {
    throw new BrokenFile('A track that is coded in several ways');
  }
  return first;
}

function differs(coding: Track['coding'], first: Description): boolean {
  return JSON.stringify(coding) !== JSON.stringify(first.coding);
}

function stripVideo(bytes: Buffer, entry: Box): Description {
  const fields = slice(bytes, entry.content, VIDEO_FIELDS_BYTES);
  // What the encoder called itself.
  fields.fill(0, 42, 74);
  const boxes = new Map(stripExtensions(bytes, entry.content + VIDEO_FIELDS_BYTES, entry.end));
  return {
    coding: codingOf(bytes, entry.type, boxes),
    width: fields.readUInt16BE(24) || undefined,
    height: fields.readUInt16BE(26) || undefined,
    frameBytes: 0,
    framesAPacket: 1,
  };
}

/** How pictures are coded; what a decoder is told first is cleaned in place. */
function codingOf(bytes: Buffer, type: string, boxes: ReadonlyMap<string, Box>): VideoCoding {
  const content = (name: string): Buffer | undefined => {
    const box = boxes.get(name);
    return box === undefined ? undefined : bytes.subarray(box.content, box.end);
  };
  const [avc, hevc, layered, av1] = ['avcC', 'hvcC', 'lhvC', 'av1C'].map(content);
  if (layered !== undefined) {
    cleanLayeredHevcSetup(layered);
  }
  if (!MPEG_CODECS.has(type)) {
    // Of the others, each has a box of its own.
    content('glbl')?.fill(0);
  }
  if (/^(?:avc[1-4]|dva[1v])$/.test(type) && avc !== undefined) {
    return avcCoding(avc);
  }
  if (/^(?:hvc1|hev1|dvh[1e])$/.test(type) && hevc !== undefined) {
    return hevcCoding(hevc);
  }
  if (type === 'av01' && av1 !== undefined) {
    return av1Coding(av1);
  }
  if (type === 'mp4v') {
    return codingOfMpeg4(content('esds'));
  }
  if (MPEG_CODECS.has(type)) {
    cleanUserData(content('glbl') ?? Buffer.alloc(0));
    return { kind: 'mpeg' };
  }
  if (JPEG_CODECS.has(type)) {
    return { kind: 'jpeg' };
  }
  if (PICTURE_CODECS.has(type)) {
    return { kind: 'pictures' };
  }
  throw new BrokenFile('Pictures of a kind that is not known here');
}

function codingOfMpeg4(description: Buffer | undefined): VideoCoding {
  if (description === undefined) {
    return { kind: 'mpeg' };
  }
  const { objectType, setup } = readStreamDescription(description.subarray(4));
  if (MPEG_OBJECTS.has(objectType)) {
    cleanUserData(setup);
    return { kind: 'mpeg' };
  }
  if (objectType === JPEG_OBJECT) {
    setup.fill(0);
    return { kind: 'jpeg' };
  }
  throw new BrokenFile('Pictures of a kind that is not known here');
}

/** @param tableVersion 0 in QuickTime and in most else, where the version of an entry says how many fields it has */
function stripSound(bytes: Buffer, entry: Box, tableVersion: number): Description {
  const fields = slice(bytes, entry.content, SOUND_FIELDS_BYTES);
  const version = tableVersion === 0 ? fields.readUInt16BE(8) : 0;
  const more = { 0: 0, 1: 16, 2: 36 }[version];
  if (more === undefined) {
    throw new BrokenFile('Sounds of a kind that is not known here');
  }
  const extra = slice(bytes, entry.content + SOUND_FIELDS_BYTES, more);
  stripExtensions(bytes, entry.content + SOUND_FIELDS_BYTES + more, entry.end);
  const sound = { coding: undefined, width: undefined, height: undefined };
  if (version === 1) {
    return {
      ...sound,
      frameBytes: extra.readUInt32BE(8),
      framesAPacket: Math.max(1, extra.readUInt32BE(0)),
    };
  }
  if (version === 2) {
    return {
      ...sound,
      frameBytes: extra.readUInt32BE(28),
      framesAPacket: Math.max(1, extra.readUInt32BE(32)),
    };
  }
  return {
    ...sound,
    frameBytes: (fields.readUInt16BE(16) * fields.readUInt16BE(18)) / 8,
    framesAPacket: 1,
  };
}

/** Blanks what follows the fields of a description, and gives what is kept of it. */
function stripExtensions(bytes: Buffer, from: number, to: number): [string, Box][] {
  const boxes = keepCut(bytes, boxesIn(bytes, from, to), KEPT_IN_DESCRIPTION);
  for (const box of boxes) {
    if (box.type === 'wave') {
      stripExtensions(bytes, box.content, box.end);
    } else if (box.type === 'dfLa') {
      blankFlacBlocks(slice(bytes, box.content + 4, box.end - box.content - 4));
    }
  }
  return boxes.map((box) => [box.type, box]);
}

/**
 * How many bytes a piece has. Of sounds that are not compressed, tables count single values of one channel as samples,
 * or samples of one byte, depending on who wrote them: of what they may mean, the most is taken.
 */
function bytesOf(
  { sampleCount, firstSample }: Chunk,
  sizes: ReturnType<typeof sampleSizes>,
  { frameBytes, framesAPacket }: Description,
): number {
  if (sizes.all !== 0) {
    const packets = Math.ceil(sampleCount / framesAPacket);
    return Math.max(sampleCount * sizes.all, packets * frameBytes);
  }
  let total = 0;
  const last = Math.min(firstSample + sampleCount, sizes.count);
  for (let sample = firstSample; sample < last; sample++) {
    total += sizes.of(sample);
  }
  return total;
}

/** The stretches, none of them beyond where the next piece of any track begins. */
function clipped(stretches: readonly Stretch[], starts: readonly number[]): Stretch[] {
  let at = 0;
  return stretches.toSorted(byStart).map(({ start, end }) => {
    while (at < starts.length && (starts[at] as number) <= start) {
      at++;
    }
    return { start, end: Math.min(end, starts[at] ?? end) };
  });
}

/** Blanks a piece of a video in place, and tells where the samples of its tracks are. */
function stripFragment(bytes: Buffer, box: Box, movie: Movie): Run[] {
  const content = box.content - box.start;
  const runs: Run[] = [];
  let previousEnd = box.start;
  for (const found of keepCut(bytes, boxesIn(bytes, content, bytes.length), KEPT_IN_FRAGMENT)) {
    if (found.type !== 'traf') {
      continue;
    }
    const boxes = keepCut(bytes, boxesIn(bytes, found.content, found.end), KEPT_IN_TRACK_FRAGMENT);
    const header = boxes.find(({ type }) => type === 'tfhd');
    if (header === undefined) {
      throw new BrokenFile('A piece without a head');
    }
    const head = readFragmentHead(bytes, header, movie);
    let offset = head.base ?? (head.isFromFragment ? box.start : previousEnd);
    const base = offset;
    const decodeTime = boxes.find(({ type }) => type === 'tfdt');
    let time = decodeTime === undefined ? 0 : readTime(bytes, decodeTime);
    const track = movie.tracks.get(head.trackId);
    for (const run of boxes.filter(({ type }) => type === 'trun')) {
      const { samples, duration, end } = readRun(bytes, run, base, offset, head.defaults);
      offset = end;
      time += duration;
      if (track !== undefined) {
        runs.push({ track, samples, endsAt: time });
      }
    }
    previousEnd = offset;
    if (track === undefined) {
      release(bytes, found);
    }
  }
  return runs;
}

function readFragmentHead(bytes: Buffer, box: Box, movie: Movie) {
  let at = box.content;
  const next = (byteCount: number): number => {
    const value = slice(bytes, at, byteCount);
    at += byteCount;
    return byteCount === 8 ? Number(value.readBigUInt64BE()) : value.readUInt32BE();
  };
  const flags = next(4) & 0xffffff;
  const trackId = next(4);
  const base = (flags & 0x1) === 0 ? undefined : next(8);
  if ((flags & 0x2) !== 0) {
    next(4); // Which description.
  }
  const { duration = 0, size = 0 } = movie.defaults.get(trackId) ?? {};
  const defaults: Defaults = {
    duration: (flags & 0x8) === 0 ? duration : next(4),
    size: (flags & 0x10) === 0 ? size : next(4),
  };
  return { trackId, base, defaults, isFromFragment: (flags & 0x20000) !== 0 };
}

function readTime(bytes: Buffer, box: Box): number {
  return slice(bytes, box.content, 1)[0] === 1
    ? Number(slice(bytes, box.content + 4, 8).readBigUInt64BE())
    : slice(bytes, box.content + 4, 4).readUInt32BE();
}

/** @param offset where it begins unless it says so itself, counted from `base` */
function readRun(bytes: Buffer, box: Box, base: number, offset: number, defaults: Defaults) {
  const fields = slice(bytes, box.content, 8);
  const flags = fields.readUInt32BE() & 0xffffff;
  const count = fields.readUInt32BE(4);
  let at = box.content + 8;
  let start = offset;
  if ((flags & 0x1) !== 0) {
    start = base + slice(bytes, at, 4).readInt32BE();
    at += 4;
  }
  if ((flags & 0x4) !== 0) {
    at += 4;
  }
  const columns = [0x100, 0x200, 0x400, 0x800].filter((flag) => (flags & flag) !== 0);
  const sizeColumn = columns.indexOf(0x200);
  const rows = slice(bytes, at, count * columns.length * 4);
  const row = (index: number, column: number) =>
    rows.readUInt32BE((index * columns.length + column) * 4);
  let duration = 0;
  if (columns.length === 0) {
    // As many of one size as it likes to say: not to be counted through.
    const end = start + count * defaults.size;
    return { samples: [{ start, end }], duration: count * defaults.duration, end };
  }
  const samples: Stretch[] = [];
  for (let index = 0; index < count; index++) {
    const end = start + (sizeColumn < 0 ? defaults.size : row(index, sizeColumn));
    samples.push({ start, end });
    duration += columns[0] === 0x100 ? row(index, 0) : defaults.duration;
    start = end;
  }
  return { samples, duration, end: start };
}

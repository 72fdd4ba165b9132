import { cleanObus } from './av1.ts';
import { BrokenFile, type Copy, type FileReader, type Stretch } from './copy.ts';
import { fillSegments } from './jpeg.ts';
import {
  cleanAvcSetup,
  cleanHevcSetup,
  cleanUnit,
  mayHoldMore,
  type NalCodec,
} from './nal-units.ts';
import { cleanUnits, cleanUserData } from './start-codes.ts';

/*
 * How the pictures of a video are coded says where private data may stand among them. The same codings are found in all
 * containers, under names of their own.
 */

export type VideoCoding =
  /** Nothing stands among the pictures but them. */
  | { readonly kind: 'pictures' }
  | { readonly kind: 'jpeg' }
  | { readonly kind: 'av1' }
  /** MPEG-1, MPEG-2 and MPEG-4 part 2. */
  | { readonly kind: 'mpeg' }
  /** H.264 and H.265, with the length of each unit before it, or with start codes between them. */
  | { readonly kind: NalCodec; readonly lengthBytes: number | 'start codes' };

/** A picture has some megabytes. */
const MAX_SAMPLE_BYTES = 64 * 1024 * 1024;
const HEVC_HEAD_BYTES = 22;
const LAYERED_HEVC_HEAD_BYTES = 5;
const AV1_HEAD_BYTES = 4;

/** Cleans in place what `avcC` holds, and tells how units follow each other. */
export function avcCoding(setup: Buffer): VideoCoding {
  cleanAvcSetup(setup);
  return { kind: 'h264', lengthBytes: ((setup[4] as number) & 3) + 1 };
}

/** The same for `hvcC`. */
export function hevcCoding(setup: Buffer): VideoCoding {
  cleanHevcSetup(setup, HEVC_HEAD_BYTES);
  return { kind: 'h265', lengthBytes: ((setup[HEVC_HEAD_BYTES - 1] as number) & 3) + 1 };
}

/** The same for `lhvC`, of the second eye, which is in the same units. */
export function cleanLayeredHevcSetup(setup: Buffer): void {
  cleanHevcSetup(setup, LAYERED_HEVC_HEAD_BYTES);
}

/** The same for `av1C`. */
export function av1Coding(setup: Buffer): VideoCoding {
  cleanObus(setup.subarray(AV1_HEAD_BYTES));
  return { kind: 'av1' };
}

/** Codings by the four letters that AVI knows them by. All others are refused: anything may stand among their pictures. */
const FOURCCS: ReadonlyMap<string, VideoCoding['kind']> = new Map(
  Object.entries({
    pictures: [
      ...['\0\0\0\0', '\x01\0\0\0', '\x02\0\0\0', 'RGB ', 'DIB '],
      ...'YUY2 YUYV UYVY NV12 I420 IYUV YV12 YVU9 Y800 CVID CRAM MSVC WHAM VIVO'.split(' '),
      ...'S263 H263 U263 I263 X263 FFV1 HFYU FFVH LAGS MAGY ULY0 ULY2 ULRG ULRA TSCC'.split(' '),
      ...'MP41 MP42 MP43 MPG4 DIV3 DIV4 DIV5 DIV6 COL1 AP41 WMV1 WMV2 VP80 VP90'.split(' '),
      ...'IV31 IV32 IV40 IV41 IV50 VP30 VP31 VP60 VP61 VP62'.split(' '),
    ],
    jpeg: ['MJPG', 'LJPG', 'JPGL', 'AVRN', 'DMB1', 'AVDJ', 'JPEG'],
    av1: ['AV01'],
    mpeg: [
      ...'FMP4 MP4V MP4S M4S2 XVID XVIX DIVX DX50 DIV1 3IV2 3IVX RMP4 SEDG BLZ0 UMP4'.split(' '),
      ...['MPG1', 'MPG2', 'MPEG', 'PIM1', '\x01\0\0\x10', '\x02\0\0\x10'],
    ],
    h264: ['H264', 'X264', 'AVC1', 'DAVC', 'VSSH'],
    h265: ['HEVC', 'H265', 'HVC1', 'HEV1', 'X265'],
  }).flatMap(([kind, names]) => names.map((name) => [name, kind as VideoCoding['kind']] as const)),
);

/**
 * How a video is coded that is known by four letters, and by what a decoder is told first, which is cleaned in place.
 *
 * @throws BrokenFile when it is not known whether it can be cleaned
 */
export function codingOfFourcc(fourcc: string, setup: Buffer): VideoCoding {
  const kind = FOURCCS.get(fourcc.toUpperCase());
  switch (kind) {
    case undefined:
      throw new BrokenFile('Pictures of a kind that is not known here');
    case 'h264':
    case 'h265':
      if (setup[0] === 1) {
        return kind === 'h264' ? avcCoding(setup) : hevcCoding(setup);
      }
      cleanUnits(setup, kind);
      return { kind, lengthBytes: 'start codes' };
    case 'av1':
      return av1Coding(setup);
    case 'mpeg':
      cleanUserData(setup);
      return { kind };
    case 'jpeg':
      setup.fill(0);
      return { kind };
    case 'pictures':
      return { kind };
  }
}

/**
 * Overwrites, in the copy of a video whose bytes are where they were, what stands among the pictures of a sample and is
 * none.
 */
export function cleanSample(
  file: FileReader,
  copy: Copy,
  sample: Stretch,
  coding: VideoCoding,
): void {
  switch (coding.kind) {
    case 'pictures':
      return;
    case 'jpeg':
      fillSegments(file, copy, sample);
      return;
    case 'av1':
      cleanBytes(file, copy, sample, cleanObus);
      return;
    case 'mpeg':
      cleanBytes(file, copy, sample, cleanUserData);
      return;
    default:
      if (coding.lengthBytes === 'start codes') {
        cleanBytes(file, copy, sample, (bytes) => cleanUnits(bytes, coding.kind));
      } else {
        cleanMeasuredUnits(file, copy, sample, coding.kind, coding.lengthBytes);
      }
  }
}

function cleanMeasuredUnits(
  file: FileReader,
  copy: Copy,
  sample: Stretch,
  codec: NalCodec,
  lengthBytes: number,
): void {
  for (let offset = sample.start; offset + lengthBytes < sample.end; ) {
    const start = offset + lengthBytes;
    const head = file.bytes(offset, lengthBytes + 1);
    const end = Math.min(start + head.readUIntBE(0, lengthBytes), sample.end);
    if (mayHoldMore(head[lengthBytes] as number, codec)) {
      cleanBytes(file, copy, { start, end }, (unit) => cleanUnit(unit, codec));
    }
    offset = end;
  }
}

function cleanBytes(
  file: FileReader,
  copy: Copy,
  { start, end }: Stretch,
  clean: (bytes: Buffer) => void,
): void {
  if (end - start > MAX_SAMPLE_BYTES) {
    throw new BrokenFile('A picture too large for a video');
  }
  const before = Buffer.from(file.bytes(start, end - start));
  const after = Buffer.from(before);
  clean(after);
  // What differs only: in a garbled file, something else may be blank in the copy already.
  for (let from = 0; !after.subarray(from).equals(before.subarray(from)); ) {
    while (after[from] === before[from]) {
      from++;
    }
    let to = from;
    while (to < after.length && after[to] !== before[to]) {
      to++;
    }
    copy.patch(start + from, after.subarray(from, to));
    from = to;
  }
}

import { BrokenFile, type Copy, type FileReader } from './copy.ts';
import type { Shown } from './shown.ts';
import { id3Bytes } from './tags.ts';

/*
 * Sounds that are one frame after the other, each with its length in its head: what is between frames is none.
 */

/** How long the frame is whose head this is; undefined when it is none. */
type FrameLength = (head: Buffer) => number | undefined;

interface Framing {
  readonly headBytes: number;
  readonly frameLength: FrameLength;
}

/** Kilobits a second by layer, MPEG-1 first, then MPEG-2 and 2.5. */
const BITRATES = [
  [
    [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  ],
  [
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  ],
] as const;
const SAMPLE_RATES = [44_100, 48_000, 32_000];
/** How many samples of MPEG-1 and of MPEG-2 a frame has, by layer, in slots. */
const SLOTS = [
  [12, 144, 144],
  [12, 144, 72],
] as const;

const MP3: Framing = {
  headBytes: 4,
  frameLength(head) {
    const bits = head.readUInt32BE();
    const version = (bits >>> 19) & 3; // 3 is MPEG-1, 2 is MPEG-2, 0 is 2.5
    const layer = 4 - ((bits >>> 17) & 3); // 1 to 3
    const rate = SAMPLE_RATES[(bits >>> 10) & 3];
    if (bits >>> 21 !== 0x7ff || version === 1 || layer === 4 || rate === undefined) {
      return undefined;
    }
    const family = version === 3 ? 0 : 1;
    const bitrate = BITRATES[family][(layer - 1) as 0 | 1 | 2][(bits >>> 12) & 0xf];
    if (bitrate === undefined || bitrate === 0) {
      return undefined;
    }
    const sampleRate = rate / { 3: 1, 2: 2, 0: 4 }[version as 0 | 2 | 3];
    const slots = SLOTS[family][(layer - 1) as 0 | 1 | 2];
    const padding = (bits >>> 9) & 1;
    const length = Math.floor((slots * bitrate * 1_000) / sampleRate) + padding;
    return layer === 1 ? length * 4 : length;
  },
};

const ADTS: Framing = {
  headBytes: 7,
  frameLength(head) {
    const length = (head.readUIntBE(3, 3) >>> 5) & 0x1fff;
    return (head.readUInt16BE() & 0xfff6) === 0xfff0 && length >= 7 ? length : undefined;
  },
};

/** Bytes of a frame of AMR by its mode, its head included: narrow and wide band. */
const AMR_FRAMES: Record<number, number> = Object.assign([13, 14, 16, 18, 20, 21, 27, 32, 6], {
  15: 1,
});
const AMR_WIDE_FRAMES: Record<number, number> = Object.assign(
  [18, 24, 33, 37, 41, 47, 51, 59, 61, 6],
  { 14: 1, 15: 1 },
);

const AMR_FRAME_MS = 20;

/** Copies the frames of an MP3, or of MPEG's other layers. */
export function stripMp3(file: FileReader, copy: Copy): void {
  keepFrames(file, copy, MP3);
}

/** Copies the frames of AAC in ADTS. */
export function stripAac(file: FileReader, copy: Copy): void {
  keepFrames(file, copy, ADTS);
}

/** Copies the frames of AMR, which phones record. */
export function stripAmr(file: FileReader, copy: Copy): Shown {
  const magic = ['#!AMR-WB\n', '#!AMR\n'].find(
    (text) => file.size >= text.length && file.bytes(0, text.length).toString('latin1') === text,
  );
  if (magic === undefined) {
    throw new BrokenFile('Not AMR of one channel');
  }
  const lengths = magic === '#!AMR\n' ? AMR_FRAMES : AMR_WIDE_FRAMES;
  let offset = magic.length;
  let frames = 0;
  while (offset < file.size) {
    const head = file.bytes(offset, 1)[0] as number;
    const length = lengths[(head >> 3) & 0xf];
    if (length === undefined || (head & 0x83) !== 0 || offset + length > file.size) {
      break;
    }
    offset += length;
    frames++;
  }
  copy.keep(0, offset);
  return { isVideo: false, durationMs: frames * AMR_FRAME_MS };
}

/** A frame counts when another follows it, or the end of the file: two bytes that look like a head are found anywhere. */
function keepFrames(file: FileReader, copy: Copy, framing: Framing): void {
  const lengthAt = (offset: number): number | undefined =>
    offset + framing.headBytes <= file.size
      ? framing.frameLength(file.bytes(offset, framing.headBytes))
      : undefined;
  let isInStep = false;
  let kept = 0;
  for (let offset = 0; offset < file.size; ) {
    const tagBytes = id3Bytes(file, offset);
    if (tagBytes > 0) {
      offset += tagBytes;
      isInStep = false;
      continue;
    }
    const length = lengthAt(offset);
    const end = offset + (length ?? 0);
    const isFrame: boolean =
      length !== undefined &&
      end <= file.size &&
      (isInStep || end === file.size || lengthAt(end) !== undefined);
    if (isFrame) {
      copy.keep(offset, end);
      kept++;
      offset = end;
    } else {
      offset = file.find(0xff, offset + 1);
    }
    isInStep = isFrame;
  }
  if (kept === 0) {
    throw new BrokenFile('No sounds of the kind that it says');
  }
}

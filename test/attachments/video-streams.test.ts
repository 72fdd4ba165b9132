import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrokenFile } from '../../src/attachments/stripping/copy.ts';
import { stripFile } from '../../src/attachments/stripping/strip.ts';
import { aviOf, matroskaOf, mp4Of, type VideoStream } from './support/containers.ts';
import { PLACE } from './support/videos.ts';

const folder = mkdtempSync(join(tmpdir(), 'trumpet-streams-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CONTAINERS = { mp4: mp4Of, matroska: matroskaOf, avi: aviOf } as const;
type Container = keyof typeof CONTAINERS;
const TYPES = { mp4: 'video/mp4', matroska: 'video/matroska', avi: 'video/vnd.avi' } as const;

function strip(container: Container, bytes: Buffer) {
  const paths = [join(folder, 'from'), join(folder, 'to')] as const;
  writeFileSync(paths[0], bytes);
  const { isRewritten } = stripFile(TYPES[container], 1, ...paths);
  return { isRewritten, bytes: readFileSync(paths[1]) };
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const measured = (...units: Buffer[]) =>
  Buffer.concat(units.flatMap((unit) => [Buffer.from([0, 0, 0, unit.length]), unit]));
const started = (...units: Buffer[]) =>
  Buffer.concat(units.flatMap((unit) => [latin1('\0\0\0\x01'), unit]));
const inList = (...units: Buffer[]) =>
  Buffer.concat(units.flatMap((unit) => [Buffer.from([0, unit.length]), unit]));

const PIXELS = 'pixels of a picture';
const SAID = 'GA94\x03What is said';
/** A message of H.264 and H.265: its type, its length, its content. */
const message = (type: number, content: string) =>
  String.fromCharCode(type, content.length) + content;
const MESSAGES = [
  message(5, `0123456789abcdef${PLACE}`),
  message(4, `\xb5\0\x31${SAID}`),
  message(4, `\x26\0\x01${PLACE}`), // Of somebody else.
  message(120, PLACE), // Reserved.
].join('');
const AVC = {
  sequence: latin1('\x67\x64\0\x0asequence'),
  picture: latin1('\x68picture'),
  pixels: latin1(`\x65${PIXELS}`),
  more: [latin1(`\x06${MESSAGES}\x80`), latin1(`\x0c${PLACE}`), latin1(`\x1f${PLACE}`)],
};
const HEVC = {
  sequence: latin1('\x42\x01sequence'),
  pixels: latin1(`\x26\x01${PIXELS}`),
  more: [
    latin1(`\x4e\x01${MESSAGES}\x80`),
    latin1(`\x50\x01${MESSAGES}\x80`),
    latin1(`\x62\x01${PLACE}`),
  ],
};
const avcSetup = Buffer.concat([
  latin1('\x01\x42\0\x0a\xff\xe1'),
  inList(AVC.sequence),
  Buffer.from([AVC.more.length + 1]),
  inList(AVC.picture, ...AVC.more),
  latin1(PLACE),
]);
const hevcSetup = Buffer.concat([
  Buffer.from([1, ...Buffer.alloc(20), 3, 2]),
  latin1('\x21\0\x01'),
  inList(HEVC.sequence),
  latin1('\x27\0\x03'),
  inList(...HEVC.more),
  latin1(PLACE),
]);
const obu = (type: number, content: string) =>
  latin1(String.fromCharCode((type << 3) | 2, content.length) + content);
const OBUS = [
  obu(2, ''),
  obu(5, `\x04\xb5\0\x31${SAID}\x80`),
  obu(5, `\x04\x26\0${PLACE}\x80`),
  obu(5, `\x1f${PLACE}\x80`),
  obu(15, PLACE),
  obu(9, PLACE),
];
const USER_DATA = latin1(
  `\0\0\x01\xb2${PLACE}\0\0\x01\xb2${SAID}\0\0\x01\xb2DivX503b1393p\0\0\x01\xb2Lavc ${PLACE}`,
);
const mpegSample = Buffer.concat([USER_DATA, latin1(`\0\0\x01\xb6${PIXELS}`)]);
const jpegSegment = (code: string, text: string) =>
  latin1(`\xff${code}\0${String.fromCharCode(text.length + 2)}${text}`);
const jpegSample = Buffer.concat([
  latin1('\xff\xd8'),
  jpegSegment('\xe0', `AVI1\0\0\0\0\0\0\0\0\0\0${PLACE}`),
  jpegSegment('\xee', `Adobe\0\x64\0\0\0\0\x01${PLACE}`),
  latin1(PLACE),
  jpegSegment('\xfe', PLACE),
  jpegSegment('\xe1', `Exif\0\0${PLACE}`),
  jpegSegment('\xe5', PLACE),
  jpegSegment('\xda', 'head'),
  latin1(`${PIXELS}\xff\xd9${PLACE}`),
]);

const STREAMS: Record<string, VideoStream> = {
  'H.264': {
    names: { mp4: 'avc1', matroska: 'V_MPEG4/ISO/AVC', avi: 'H264' },
    setup: avcSetup,
    setupBox: 'avcC',
    sample: measured(...AVC.more, AVC.pixels),
  },
  'H.264 with start codes': {
    names: { matroska: 'V_MS/VFW/FOURCC', avi: 'X264' },
    setup: started(AVC.sequence, ...AVC.more),
    sample: started(...AVC.more, AVC.pixels),
  },
  'H.265': {
    names: { mp4: 'hev1', matroska: 'V_MPEGH/ISO/HEVC', avi: 'HEVC' },
    setup: hevcSetup,
    setupBox: 'hvcC',
    sample: measured(...HEVC.more, HEVC.pixels),
  },
  'H.265 with start codes': {
    names: { matroska: 'V_MS/VFW/FOURCC', avi: 'H265' },
    setup: started(HEVC.sequence, ...HEVC.more),
    sample: started(...HEVC.more, HEVC.pixels),
  },
  AV1: {
    names: { mp4: 'av01', matroska: 'V_AV1', avi: 'AV01' },
    setup: Buffer.concat([latin1('\x81\0\x0c\0'), ...OBUS]),
    setupBox: 'av1C',
    sample: Buffer.concat([...OBUS, obu(6, PIXELS)]),
  },
  'MPEG-4 part 2': {
    names: { mp4: 'mp4v', matroska: 'V_MPEG4/ISO/ASP', avi: 'XVID' },
    setup: USER_DATA,
    setupBox: 'esds',
    sample: mpegSample,
  },
  'MPEG-4 part 2 as Windows names it': {
    names: { mp4: 'DIVX', matroska: 'V_MS/VFW/FOURCC', avi: 'DX50' },
    setup: USER_DATA,
    setupBox: 'glbl',
    sample: mpegSample,
  },
  'MPEG-2': {
    names: { mp4: 'm2v1', matroska: 'V_MPEG2', avi: 'MPG2' },
    setup: USER_DATA,
    sample: mpegSample,
  },
  'Motion JPEG': {
    names: { mp4: 'jpeg', matroska: 'V_MJPEG', avi: 'MJPG' },
    setup: Buffer.alloc(0),
    sample: jpegSample,
  },
};

const CASES = Object.entries(STREAMS).flatMap(([name, stream]) =>
  (Object.keys(CONTAINERS) as Container[])
    .filter((container) => stream.names[container] !== undefined)
    .map((container) => [name, container, stream] as const),
);

test.each(CASES)(
  '%s in %s loses what is written among its pictures and before them, and no picture',
  (_name, container, stream) => {
    const bytes = CONTAINERS[container](stream);
    expect(bytes.includes(PLACE)).toBe(true);
    const stripped = strip(container, bytes);
    expect(stripped.bytes.includes(PLACE)).toBe(false);
    expect(stripped.bytes.length).toBe(bytes.length);
    for (const kept of [PIXELS, 'What is said', 'DivX503b1393p', 'sequence']) {
      expect(stripped.bytes.indexOf(kept)).toBe(bytes.indexOf(kept));
    }
    expect(strip(container, stripped.bytes).isRewritten).toBe(false);
  },
);

test.each([
  ['mp4', { mp4: 'vvc1' }],
  ['mp4', { mp4: 'png ' }],
  ['mp4', { mp4: 'dvc ' }],
  ['mp4', { mp4: 'avc1' }], // Without what says how it is divided.
  ['matroska', { matroska: 'V_QUICKTIME' }],
  ['matroska', { matroska: 'V_DIRAC' }],
  ['matroska', { matroska: 'V_MS/VFW/FOURCC', avi: 'WVC1' }],
  ['avi', { avi: 'dvsd' }],
  ['avi', { avi: 'MPNG' }],
] as const)('a video in %s that is coded as %p is refused', (container, names) => {
  const bytes = CONTAINERS[container]({ names, setup: Buffer.alloc(0), sample: latin1(PLACE) });
  expect(() => strip(container, bytes)).toThrow(BrokenFile);
});

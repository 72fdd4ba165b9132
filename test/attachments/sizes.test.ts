import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { BrokenFile } from '../../src/attachments/stripping/copy.ts';
import { stripFile } from '../../src/attachments/stripping/strip.ts';
import { aviOf, chunk, matroskaOf, mp4Of } from './support/containers.ts';
import { insertAt, segment } from './support/hidden-data.ts';
import { picture } from './support/pictures.ts';
import { wav } from './support/sounds.ts';
import { pngChunk } from './support/traps.ts';
import { box, fullBox, numbers, PLACE } from './support/videos.ts';

const folder = mkdtempSync(join(tmpdir(), 'trumpet-sizes-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function strip(type: string, bytes: Buffer) {
  const paths = [join(folder, 'from'), join(folder, 'to')] as const;
  writeFileSync(paths[0], bytes);
  const { isRewritten } = stripFile(type, 1, ...paths);
  return { isRewritten, bytes: readFileSync(paths[1]) };
}

const size = { width: 30, height: 20 };
const [png, jpeg, webp] = await Promise.all([
  picture('png', size),
  picture('jpeg', size),
  sharp(await picture('png', size))
    .withIccProfile('p3')
    .webp()
    .toBuffer(),
]);
const hidden = (zeros: number) => Buffer.concat([Buffer.alloc(zeros), Buffer.from(PLACE)]);

/** Parts with something behind what their format gives them. */
const PICTURES: Record<string, [type: string, bytes: Buffer]> = {};
for (const [name, zeros] of Object.entries({
  ...{ gAMA: 4, cHRM: 32, sRGB: 1, sBIT: 3, bKGD: 6, tRNS: 6, pHYs: 9, cICP: 4 },
  ...{ mDCV: 24, cLLI: 8, acTL: 8, PLTE: 2 },
})) {
  PICTURES[`${name} of a PNG`] = ['image/png', insertAt(png, 33, pngChunk(name, hidden(zeros)))];
}
PICTURES['the end of a PNG'] = [
  'image/png',
  Buffer.concat([png.subarray(0, -12), pngChunk('IEND', hidden(0))]),
];
const dataOffset = png.indexOf('IDAT') - 4;
const data = png.subarray(dataOffset + 8, dataOffset + 8 + png.readUInt32BE(dataOffset));
PICTURES['the data of a PNG'] = [
  'image/png',
  Buffer.concat([
    png.subarray(0, dataOffset),
    pngChunk('IDAT', data.subarray(0, 100)),
    pngChunk('IDAT', Buffer.concat([data.subarray(100), hidden(0)])),
    pngChunk('IDAT', hidden(0)),
    png.subarray(dataOffset + 12 + data.length),
  ]),
];
PICTURES['the colours of Adobe in a JPEG'] = [
  'image/jpeg',
  insertAt(jpeg, 2, segment(0xee, `Adobe\0\x64\0\0\0\0\x01${PLACE}`)),
];

test.each(Object.entries(PICTURES))(
  '%s keeps nothing behind its end, and the picture is shown as before',
  async (_name, [type, bytes]) => {
    const stripped = strip(type, bytes);
    expect(stripped.bytes.includes(PLACE)).toBe(false);
    const [before, after] = await Promise.all(
      [type === 'image/png' ? png : bytes, stripped.bytes].map((file) =>
        sharp(file).raw().toBuffer(),
      ),
    );
    expect(after?.equals(before as Buffer)).toBe(true);
    expect(strip(type, stripped.bytes).isRewritten).toBe(false);
  },
);

const wave = (tag: number, extension: Buffer) => {
  const head = Buffer.from(wav(1).subarray(20, 36));
  head.writeUInt16LE(tag, 0);
  const form = chunk('fmt ', head, extension);
  return chunk('RIFF', Buffer.from('WAVE'), form, chunk('fact', hidden(4)), wav(1).subarray(36));
};
const common = Buffer.from('000100001f40001040 0bfa0000000000 0000'.replaceAll(' ', ''), 'hex');
const aiff = (form: string, fields: Buffer) => {
  const longs = (type: string, content: Buffer) => {
    const bytes = chunk(type, content);
    bytes.writeUInt32BE(content.length, 4);
    return bytes;
  };
  const sounds = longs('SSND', Buffer.alloc(4_008));
  return longs('FORM', Buffer.concat([Buffer.from(form), longs('COMM', fields), sounds]));
};
const track = (more: { inTrack?: Buffer[]; inEntry?: Buffer[] }) =>
  mp4Of({ names: { mp4: 'vp09' }, setup: Buffer.alloc(0), sample: Buffer.alloc(9, 'p'), ...more });
const longHead = (() => {
  const bytes = aviOf({ names: { avi: 'DIB ' }, setup: Buffer.alloc(0), sample: Buffer.alloc(8) });
  const head = chunk('avih', hidden(56));
  const list = Buffer.concat([bytes.subarray(0, 24), head, bytes.subarray(24 + 64)]);
  list.writeUInt32LE(list.readUInt32LE(16) + head.length - 64, 16);
  list.writeUInt32LE(list.length - 8, 4);
  return list;
})();

test.each<[string, string, Buffer]>([
  ['the coding of a WAV', 'audio/wav', wave(1, Buffer.concat([Buffer.from([19, 0]), hidden(0)]))],
  [
    'the channels of a WAV',
    'audio/wav',
    wave(0xfffe, Buffer.concat([Buffer.from([22, 0]), hidden(22)])),
  ],
  ['the coding of an AIFF', 'audio/aiff', aiff('AIFF', Buffer.concat([common, hidden(0)]))],
  [
    'the name of a coding of an AIFF',
    'audio/aiff',
    aiff('AIFC', Buffer.concat([common, Buffer.from('sowt\x13'), hidden(0)])),
  ],
  [
    'a list of edits of an MP4',
    'video/mp4',
    track({ inTrack: [box('edts', fullBox('elst', numbers(1, 1_000, 0, 0x10000), PLACE))] }),
  ],
  [
    'the apertures of a QuickTime',
    'video/quicktime',
    track({ inTrack: [box('tapt', fullBox('clef', numbers(1, 1), PLACE), box('more', PLACE))] }),
  ],
  [
    'the channels of an MP4',
    'video/mp4',
    track({ inEntry: [fullBox('chan', numbers(0x640001, 0, 0), PLACE)] }),
  ],
  [
    'numbers of a coding of an MP4',
    'video/mp4',
    track({
      inEntry: [
        box('pasp', numbers(1, 1), PLACE),
        box('colr', 'nclx', Buffer.alloc(7), PLACE),
        fullBox('vpcC', numbers(0, 0), PLACE),
      ],
    }),
  ],
  ['the head of an AVI', 'video/vnd.avi', longHead],
  [
    'the profile of a WebM',
    'video/webm',
    matroskaOf({
      names: { matroska: 'V_VP9' },
      setup: hidden(12),
      sample: Buffer.alloc(9, 'p'),
    }),
  ],
])('%s keeps nothing behind its end', (_name, type, bytes) => {
  expect(bytes.includes(PLACE)).toBe(true);
  const stripped = strip(type, bytes);
  expect(stripped.bytes.includes(PLACE)).toBe(false);
  expect(strip(type, stripped.bytes).isRewritten).toBe(false);
});

test.each<[string, string, Buffer]>([
  ['a WAV', 'audio/wav', wave(0x1234, Buffer.concat([Buffer.from([19, 0]), hidden(0)]))],
  [
    'tables of a JPEG',
    'image/jpeg',
    insertAt(jpeg, 2, segment(0xdb, `\0${'\x01'.repeat(64)}${PLACE}`)),
  ],
  ['restarts of a JPEG', 'image/jpeg', insertAt(jpeg, 2, segment(0xdd, `\0\0${PLACE}`))],
  ['heights of a JPEG', 'image/jpeg', insertAt(jpeg, 2, segment(0xdc, PLACE))],
  [
    'frames of a WebP',
    'image/webp',
    (() => {
      const longer = Buffer.concat([
        webp.subarray(0, 12),
        chunk('VP8X', Buffer.concat([webp.subarray(20, 30), hidden(0)])),
        webp.subarray(30),
      ]);
      longer.writeUInt32LE(longer.length - 8, 4);
      return longer;
    })(),
  ],
])('%s of a length that its format does not have is refused', (_name, type, bytes) => {
  expect(() => strip(type, bytes)).toThrow(BrokenFile);
});

test.each([0, 1, 9])(
  'the data of a PNG is read to its end, compressed by level %i and by each strategy',
  (level) => {
    const random = Buffer.from(
      Array.from({ length: 70_000 }, (_, at) => (at * at * 31) >> (at % 11)),
    );
    const header = Buffer.from('0000001400000dac0800000000', 'hex'); // 20 by 3,500, grey.
    for (const strategy of [0, 1, 2, 3, 4]) {
      for (const pixels of [
        random.subarray(0, 0),
        random.subarray(0, 1),
        random,
        Buffer.alloc(300_000),
      ]) {
        const compressed = deflateSync(pixels, { level, strategy });
        const whole = (...more: Buffer[]) =>
          Buffer.concat([
            png.subarray(0, 8),
            pngChunk('IHDR', header),
            pngChunk('IDAT', Buffer.concat([compressed, ...more])),
            pngChunk('IEND', Buffer.alloc(0)),
          ]);
        expect(strip('image/png', whole()).isRewritten).toBe(false);
        expect(strip('image/png', whole(hidden(1))).bytes.equals(whole())).toBe(true);
      }
    }
  },
);

test('a JPEG that says how high it is before it has pixels loses that', () => {
  const stripped = strip('image/jpeg', insertAt(jpeg, 2, segment(0xdc, '\0\x14')));
  expect(stripped.bytes.equals(jpeg)).toBe(true);
});

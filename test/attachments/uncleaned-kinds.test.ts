import { typeOfBytes } from '../../src/attachments/file-types.ts';
import { canBeStripped } from '../../src/attachments/stripping/strip.ts';
import { uploadFile } from './support/upload.ts';
import { PLACE } from './support/videos.ts';
import { createAttachmentsWorld } from './support/world.ts';

const world = await createAttachmentsWorld({}, { worker: false });
afterAll(() => world.close());
const { database, server } = world;
const ada = await database.createUser();

/** A file that begins so and goes on with a place. */
const begun = (hex: string) =>
  Buffer.concat([Buffer.from(hex.replaceAll(' ', ''), 'hex'), Buffer.from(PLACE.padEnd(200, '.'))]);
const text = (start: string) => begun(Buffer.from(start, 'latin1').toString('hex'));

/** As encoders write them: the first bytes of files of ffmpeg, sox and netpbm. */
const FILES: readonly (readonly [ending: string, bytes: Buffer])[] = [
  ['au', begun('2e736e64 00000038 00003e80 00000003')],
  ['tta', begun('54544131 01000100 100044ac 000044ac')],
  ['sox', begun('2e536f58 24000000 44ac0000 00000000')],
  ['ast', begun('5354524d 00015e08 00010010 00010000')],
  ['ircam', begun('64a30100 0044 2c47 01000000 02000000')],
  ['mmf', begun('4d4d4d44 00005854 434e5449 00000005')],
  ['w64', begun('72696666 2e91cf11 a5d628db 04c10000')],
  ['rf64', text('RF64\xff\xff\xff\xffWAVEds64')],
  ['voc', text('Creative Voice File\x1a')],
  ['adx', begun(`80000020 03120401 0000ac44 0000ac80 ${'00'.repeat(14)} 286329435249`)],
  ['nut', text('nut/multimedia container\0')],
  ['wtv', begun('b7d80020 3749da11 a64e0007 e95ead8d')],
  ['ivf', begun('444b4946 00002000 56503830 60012001')],
  ['swf', begun('46575306 ab160100 70000dc0 0000b400')],
  ['y4m', text('YUV4MPEG2 W64 H48')],
  ['264', begun('00000001 67640028')],
  ['ppm', text(`P6\n# ${PLACE}\n64 48\n255\n`)],
  ['pgm', text('P2\n64 48\n255\n1 2 3\n')],
  ['pbm', text('P4\n64 48\n')],
  ['pam', text('P7\nWIDTH 64\nHEIGHT 48\n')],
  ['dpx', begun('58504453 80060000 56312e30 00000000')],
  ['exr', begun('762f3101 02000000 6368616e 6e656c73')],
  ['fits', text('SIMPLE  =                    T')],
  ['pcx', begun(`0a050108 00000000 3f002f00 01000100 ${'00'.repeat(60)}`)],
  ['qoi', begun('716f6966 00000040 00000030 0300c75a')],
  ['sgi', begun('01da0101 00030040 00300003 00000000')],
  ['sun', begun('59a66a95 00000040 00000030 00000018')],
  ['tga', begun('00000a00 00000000 00000000 40003000 1820')],
  ['xwd', begun('0000006f 00000007 00000002 00000018')],
  ['xbm', text('#define image_width 64\n#define image_height 48\nstatic')],
  ['xpm', text('/* XPM */\nstatic char')],
  ['hdr', text('#?RADIANCE\n')],
  ['dds', text('DDS |\0\0\0')],
];

const send = (bytes: Buffer, filename: string, metadata: Record<string, string> = {}) =>
  uploadFile(server.url, ada, bytes, { filename, metadata });

test.each(FILES)(
  'a file that begins as .%s is refused, whatever it is called',
  async (ending, bytes) => {
    for (const filename of [`a.${ending}`, 'noext', 'report.bin']) {
      await expect(send(bytes, filename)).rejects.toMatchObject({ code: 'BAD_INPUT', status: 400 });
    }
  },
);

test.each(['sbc', 'aptx', 'rso', 'nef', 'RAW', 'xcf', 'it', 'mid', 'Ra', 'wma', 'psd'])(
  'a file whose name ends with .%s is refused where its bytes do not tell its kind',
  async (ending) => {
    const bytes = Buffer.from([0x9c, 0xb1, 0x13, 0x3d, ...Buffer.from(PLACE)]);
    await expect(send(bytes, `a.${ending}`)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(send(bytes, `a.${ending}`, { original: 'true' })).resolves.toHaveProperty('id');
  },
);

test('files that are no pictures, sounds or videos are taken, also where their name could be one', async () => {
  for (const [filename, content] of [
    ['main.ts', 'export const answer: number = 42;\n'],
    ['film.sub', '{0}{25}Hello.\n'],
    ['list.m3u', '#EXTM3U\nsong.mp3\n'],
    ['notes.txt', 'P1 is the first of 3 points. FORM and STRUCTURE: id, riff.\n'],
    ['main.c', '#define WIDTH 10\n#define HEIGHT 20\n'],
    ['numbers.bin', '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'],
    ['report.pdf', '%PDF-1.7\n%âãÏÓ\n'],
    ['page.html', '<!doctype html>'],
  ] as const) {
    const bytes = Buffer.from(content);
    await expect(send(bytes, filename)).resolves.toHaveProperty('id');
    expect(canBeStripped(await typeOfBytes(bytes))).toBe(false);
  }
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { HEAD_BYTES, typeOfBytes } from '../../src/attachments/file-types.ts';
import { described, HIDE } from './support/hidden-data.ts';
import { FORMATS } from './support/pictures.ts';
import { createStripper } from './support/strip-apart.ts';
import { bmp, phonePhoto, phoneVideo } from './support/videos.ts';

const stripper = createStripper();
afterAll(() => stripper.close());

/** A JPEG may be given the end that it lacks; JPEG, PNG and WebP an EXIF that says only how they are turned. */
const MOST_ADDED_BYTES = 40;
const RUNS = Number(process.env.FUZZ_RUNS ?? 100);

/** What happens to files on their way, and what is done to them on purpose. */
const CHANGES = {
  end: (bytes: Buffer, at: number) => bytes.subarray(0, at),
  leaveOut: (bytes: Buffer, at: number, number: number) => splice(bytes, at, number % 256),
  insert: (bytes: Buffer, at: number, number: number) => splice(bytes, at, 0, bytesOf(number)),
  repeat: (bytes: Buffer, at: number, number: number) =>
    splice(bytes, number % bytes.length, 0, bytes.subarray(at, at + (number % 256))),
  byte: (bytes: Buffer, at: number, number: number) =>
    splice(bytes, at, 1, Buffer.from([number % 256])),
  bigEndian: (bytes: Buffer, at: number, number: number) => splice(bytes, at, 4, bytesOf(number)),
  littleEndian: (bytes: Buffer, at: number, number: number) =>
    splice(bytes, at, 4, bytesOf(number).reverse()),
};

const change = fc.record({
  kind: fc.constantFrom(...(Object.keys(CHANGES) as (keyof typeof CHANGES)[])),
  /** Modulo the length. */
  at: fc.nat(),
  number: fc.oneof(
    fc.constantFrom(0, 1, 2, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff),
    fc.nat(2 ** 32 - 1),
  ),
});

function apply(
  bytes: Buffer,
  { kind, at, number }: typeof change extends fc.Arbitrary<infer T> ? T : never,
) {
  return bytes.length === 0 ? bytes : CHANGES[kind](bytes, at % bytes.length, number);
}

function splice(
  bytes: Buffer,
  at: number,
  leftOut: number,
  inserted: Uint8Array = Buffer.alloc(0),
): Buffer {
  return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + leftOut)]);
}

function bytesOf(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

const FIXTURES = join(import.meta.dirname, 'fixtures');
const FILES: [name: string, bytes: Buffer][] = [
  ['video of a phone', phoneVideo()],
  ['photo of a phone', phonePhoto(['Tile one', 'Tile two'])],
  ['BMP', bmp(7, 5)],
  ...readdirSync(FIXTURES)
    .filter((name) => !name.endsWith('.sh'))
    .map((name): [string, Buffer] => [name, readFileSync(join(FIXTURES, name))]),
];
for (const format of FORMATS) {
  FILES.push([format, HIDE[format](await described(format))]);
}

test.each(FILES)(
  'a %s that is cut or garbled is refused or copied, and the copy of all but videos stays as it is',
  async (_name, whole) => {
    const type = await typeOfBytes(whole.subarray(0, HEAD_BYTES));
    const changes = fc.array(change, { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(changes, fc.integer({ min: 1, max: 8 }), async (changes, orientation) => {
        const bytes = changes.reduce(apply, whole);
        const copy = await stripper.strip({ type, orientation, bytes });
        expect(copy).not.toMatchObject({ kind: 'crashed' });
        if (copy.kind === 'copied') {
          expect(copy.bytes.length).toBeLessThanOrEqual(bytes.length + MOST_ADDED_BYTES);
          const again = await stripper.strip({ type, orientation, bytes: copy.bytes });
          expect(again).not.toMatchObject({ kind: 'crashed' });
          if (!type.startsWith('video/')) {
            expect(again).toMatchObject({ kind: 'copied', isRewritten: false });
            expect(again.kind === 'copied' && Buffer.compare(again.bytes, copy.bytes)).toBe(0);
          }
        }
      }),
      { numRuns: RUNS },
    );
  },
  Math.max(20_000, RUNS * 50),
);

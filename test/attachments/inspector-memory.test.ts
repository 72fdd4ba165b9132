import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { HEAD_BYTES, typeOfBytes } from '../../src/attachments/file-types.ts';
import { createInspector } from '../../src/attachments/inspector.ts';
import { memoryOf } from '../../testing/memory.ts';
import { gifBomb } from './support/traps.ts';

/** What a picture may add to the memory of the process that reads it, in bytes. */
const ALLOWED_BYTES = 100_000_000;
const QUICKLY = { compressionLevel: 1 };
const PLAIN = { compression: 'none' } as const;

/** Pictures at the limits, turned so that a whole one would have to be held, most with EXIF to take out. */
const PICTURES: [name: string, hasThumbnail: boolean, make: () => Promise<Buffer>][] = [
  ['a JPEG of 50 million pixels', true, () => solid(8_000, 6_250).jpeg().toBuffer()],
  [
    'a progressive JPEG of 30 million pixels',
    false,
    () => solid(6_000, 5_000).jpeg({ progressive: true }).toBuffer(),
  ],
  [
    'a progressive JPEG of 25 million pixels',
    true,
    () => solid(4_990, 4_990).jpeg({ progressive: true }).toBuffer(),
  ],
  [
    'a progressive JPEG of 12 million pixels with all its colour',
    true,
    () => solid(3_500, 3_500).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
  ],
  ['a TIFF of 25 million pixels', true, () => solid(5_000, 5_000).tiff(PLAIN).toBuffer()],
  ['a TIFF of 26 million pixels', false, () => solid(5_200, 5_000).tiff(PLAIN).toBuffer()],
  ['a PNG of 50 million pixels', true, () => solid(8_000, 6_250).png(QUICKLY).toBuffer()],
  [
    'an interlaced PNG of 20 million pixels',
    false,
    () =>
      solid(5_000, 4_000)
        .png({ ...QUICKLY, progressive: true })
        .toBuffer(),
  ],
  [
    'an interlaced PNG of 11 million pixels',
    true,
    () =>
      solid(4_000, 2_800)
        .ensureAlpha(0.5)
        .png({ ...QUICKLY, progressive: true })
        .toBuffer(),
  ],
  ['a GIF of 49 million pixels', false, async () => gifBomb(7_000, 1)],
  ['a GIF of 15 million pixels', true, async () => gifBomb(3_860, 1)],
  ['a GIF of 50 frames', true, async () => gifBomb(1_000, 50)],
  ['a WebP of 16 million pixels', true, () => solid(4_000, 4_000).webp({ effort: 0 }).toBuffer()],
  [
    'a lossless WebP of 16 million pixels',
    true,
    () => solid(4_000, 4_000).webp({ effort: 0, lossless: true }).toBuffer(),
  ],
  ['an AVIF of 12 million pixels', false, () => solid(4_000, 3_000).avif({ effort: 0 }).toBuffer()],
  [
    'an AVIF of 3.4 million pixels',
    true,
    () => solid(1_840, 1_840).avif({ effort: 0, chromaSubsampling: '4:4:4' }).toBuffer(),
  ],
  [
    'an AVIF of 2.5 million pixels of 10 bits',
    true,
    () =>
      solid(1_570, 1_570).avif({ effort: 0, chromaSubsampling: '4:4:4', bitdepth: 10 }).toBuffer(),
  ],
];

test('no picture that is accepted takes more than 100 MB to be looked at', async () => {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'trumpet-memory-test-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const inspector = createInspector();
  stack.defer(inspector.close);

  await inspector.inspect({ kind: 'measure', head: Buffer.from('nothing') });
  const pid = pidOfInspector();
  const idle = memoryOf(pid).highest;
  for (const [name, hasThumbnail, make] of PICTURES) {
    const path = join(folder, 'picture');
    const bytes = await make();
    writeFileSync(path, bytes);
    const result = await inspector.inspect({
      kind: 'picture',
      mimeType: await typeOfBytes(bytes.subarray(0, HEAD_BYTES)),
      path,
      rewrittenPath: join(folder, 'rewritten'),
      thumbnailPath: join(folder, 'thumbnail'),
    });
    const allowed = memoryOf(pid).highest - idle < ALLOWED_BYTES;
    expect({ name, allowed, ...result }).toMatchObject({
      name,
      allowed: true,
      kind: 'picture',
      hasThumbnail,
    });
  }
}, 180_000);

function solid(width: number, height: number) {
  return sharp({
    create: { width, height, channels: 3, background: 'white' },
    limitInputPixels: false,
  }).withMetadata({ orientation: 6 });
}

function pidOfInspector(): string {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  const pid = children
    .trim()
    .split(' ')
    .find((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('inspector-process'));
  if (pid === undefined) {
    throw new Error('The inspector has no process');
  }
  return pid;
}

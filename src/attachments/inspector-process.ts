import { stat } from 'node:fs/promises';
import { parseFile } from 'music-metadata';
import sharp, { type Metadata } from 'sharp';
import {
  EMOJI_SIDE,
  type InspectionResult,
  type InspectionTask,
  SQUARES,
  THUMBNAIL_SIDE,
} from './inspection.ts';
import { stripFile } from './stripping/strip.ts';

/*
 * Reads files of strangers with decoders written in C, in a process of its own: one that crashes or hangs is replaced,
 * and nothing else goes with it. See inspector.ts.
 */

/** The most pixels of a picture, all frames of an animation together, by the name that libvips has for its format. */
const MAX_PIXELS: Record<string, number> = {
  png: 50_000_000,
  jpeg: 50_000_000,
  gif: 50_000_000,
  webp: 16_000_000,
  heif: 12_500_000,
  tiff: 50_000_000,
};
/** A picture that needs more memory than this to be decoded is shown without thumbnail. */
const MAX_DECODING_BYTES = 75_000_000;
/** What is shown as large as a letter need not be larger than this. */
const MAX_EMOJI_SOURCE_SIDE = 1024;
const MAX_EMOJI_FRAMES = 200;
/** All frames together: 75 frames of 512 by 512. */
const MAX_EMOJI_PIXELS = 20_000_000;
const EMOJI_FORMATS: ReadonlySet<string> = new Set(['png', 'gif', 'webp']);
const DECODING_TIMEOUT_S = 20;
const SUPPORTED_LOADERS = [
  'VipsForeignLoadPng',
  'VipsForeignLoadJpeg',
  'VipsForeignLoadNsgif',
  'VipsForeignLoadWebp',
  'VipsForeignLoadHeif',
  'VipsForeignLoadTiff',
];
/** What no decoder here reads: BMP at all, HEIC where it is coded as H.265. */
const MAY_BE_UNREADABLE = /^image\/(?:bmp|heic|heif)/;

// SVG, PDF and a dozen more come with libvips; none of them is ever to be opened.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: SUPPORTED_LOADERS });
sharp.cache(false);
sharp.concurrency(1);

process.on('message', (task: InspectionTask) => {
  inspect(task).then(
    (result) => process.send?.(result),
    () => process.send?.({ kind: 'broken' } satisfies InspectionResult),
  );
});
process.on('disconnect', () => process.exit());

function inspect(task: InspectionTask): Promise<InspectionResult> {
  switch (task.kind) {
    case 'measure':
      return measure(task.head);
    case 'picture':
      return inspectPicture(task);
    case 'avatar':
      return cutSquares(task);
    case 'emoji':
      return makeEmoji(task);
    case 'media':
      return inspectMedia(task);
  }
}

async function measure(head: Uint8Array): Promise<InspectionResult> {
  // No error here proves anything: the rest of the file is missing.
  const metadata = await readMetadata(head).catch(() => undefined);
  return metadata !== undefined && isTooLarge(metadata)
    ? { kind: 'too_large' }
    : { kind: 'unknown' };
}

async function inspectPicture(
  task: Extract<InspectionTask, { kind: 'picture' }>,
): Promise<InspectionResult> {
  const original = await readMetadata(task.path).catch((error) => {
    if (MAY_BE_UNREADABLE.test(task.mimeType)) {
      return undefined;
    }
    throw error;
  });
  if (original !== undefined && isTooLarge(original)) {
    return { kind: 'too_large' };
  }
  const { isRewritten, ...shown } = stripFile(
    task.mimeType,
    original?.orientation ?? 1,
    task.path,
    task.rewrittenPath,
  );
  if (original === undefined || original.compression === 'hevc') {
    const { width = null, height = null } = shown;
    return { kind: 'picture', width, height, isRewritten, hasThumbnail: false };
  }
  const path = isRewritten ? task.rewrittenPath : task.path;
  const metadata = await readMetadata(path);
  const { size } = await stat(path);
  const hasThumbnail = decodingBytes(metadata, size) <= MAX_DECODING_BYTES;
  if (hasThumbnail) {
    await makeThumbnail(path, task.thumbnailPath);
  }
  const { width, height } = metadata.autoOrient;
  return { kind: 'picture', width, height, isRewritten, hasThumbnail };
}

async function cutSquares(
  task: Extract<InspectionTask, { kind: 'avatar' }>,
): Promise<InspectionResult> {
  const metadata = await readMetadata(task.path);
  const { size } = await stat(task.path);
  if (isTooLarge(metadata) || decodingBytes(metadata, size) > MAX_DECODING_BYTES) {
    return { kind: 'too_large' };
  }
  for (const [index, { side }] of SQUARES.entries()) {
    await sharp(task.path, { limitInputPixels: false, failOn: 'error' })
      .autoOrient()
      .resize({ width: side, height: side, fit: 'cover' })
      .webp({ quality: 80 })
      .timeout({ seconds: DECODING_TIMEOUT_S })
      .toFile(task.squarePaths[index] as string);
  }
  return { kind: 'avatar' };
}

async function makeEmoji(
  task: Extract<InspectionTask, { kind: 'emoji' }>,
): Promise<InspectionResult> {
  const { format, width, height, pages = 1 } = await readMetadata(task.path);
  // Every frame is decoded, and held while it is made small.
  if (
    !EMOJI_FORMATS.has(format ?? '') ||
    Math.max(width, height) > MAX_EMOJI_SOURCE_SIDE ||
    pages > MAX_EMOJI_FRAMES ||
    width * height * pages > MAX_EMOJI_PIXELS
  ) {
    return { kind: 'too_large' };
  }
  const make = (animated: boolean, path: string) =>
    sharp(task.path, { limitInputPixels: false, failOn: 'error', animated })
      .resize({ width: EMOJI_SIDE, height: EMOJI_SIDE, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 80 })
      .timeout({ seconds: DECODING_TIMEOUT_S })
      .toFile(path);
  await make(true, task.emojiPath);
  const still = await make(false, task.stillPath);
  return { kind: 'emoji', width: still.width, height: still.height };
}

async function makeThumbnail(path: string, thumbnailPath: string): Promise<void> {
  // The sizes of the picture have been looked at before.
  await sharp(path, { limitInputPixels: false, failOn: 'error' })
    .autoOrient()
    .resize({
      width: THUMBNAIL_SIDE,
      height: THUMBNAIL_SIDE,
      fit: 'inside',
      withoutEnlargement: true,
    })
    .webp({ quality: 75 })
    .timeout({ seconds: DECODING_TIMEOUT_S })
    .toFile(thumbnailPath);
}

/** Reads the headers and decodes nothing, so that a picture may be of any size. */
function readMetadata(input: string | Uint8Array): Promise<Metadata> {
  return sharp(input, { limitInputPixels: false }).metadata();
}

function isTooLarge({ format, width, height, pages = 1 }: Metadata): boolean {
  return width * height * pages > (MAX_PIXELS[format] ?? 0);
}

/**
 * About how much memory it takes to make a thumbnail, in bytes. What can be read line by line, or shrunk while it is
 * read, takes little; what comes in passes over the whole picture, and what is coded whole, has to be held whole.
 * Measured with sharp 0.35.5, see docs/attachments.md.
 */
function decodingBytes(metadata: Metadata, fileBytes: number): number {
  const { format, width, height, channels, chromaSubsampling = '', pages = 1 } = metadata;
  const pixels = width * height;
  const sampleBytes = metadata.depth === 'ushort' ? 2 : 1;
  switch (format) {
    case 'jpeg':
      // Coefficients of 16 bits for each sample, half or a quarter as many for colour.
      return metadata.isProgressive
        ? pixels * (chromaSubsampling === '4:2:0' ? 3 : 2 * channels)
        : 0;
    case 'png':
      return metadata.isProgressive ? 30_000_000 + pixels * channels * sampleBytes : 0;
    case 'gif':
      return pixels * 5 + fileBytes;
    case 'webp':
      // One lossless picture; an animation is put together in three.
      return pixels * (pages > 1 ? 12 : 4) + fileBytes;
    case 'heif':
      return pixels * (sampleBytes === 2 ? 30 : 22);
    case 'tiff':
      // It may be one strip.
      return pixels * channels * bytesOfSample(metadata.depth);
    default:
      return Number.POSITIVE_INFINITY;
  }
}

function bytesOfSample(depth: string): number {
  return { uchar: 1, char: 1, ushort: 2, short: 2, uint: 4, int: 4, float: 4 }[depth] ?? 16;
}

async function inspectMedia(
  task: Extract<InspectionTask, { kind: 'media' }>,
): Promise<InspectionResult> {
  const shown = stripFile(task.mimeType, 1, task.path, task.rewrittenPath);
  const path = shown.isRewritten ? task.rewrittenPath : task.path;
  return {
    kind: 'media',
    durationMs: shown.durationMs ?? (await readDuration(path)),
    width: shown.width ?? null,
    height: shown.height ?? null,
    isRewritten: shown.isRewritten,
    isVideo: shown.isVideo,
  };
}

/** How long a sound is whose container does not say it in one place; null when it cannot be told. */
async function readDuration(path: string): Promise<number | null> {
  try {
    const { format } = await parseFile(path, { duration: true, skipCovers: true });
    const seconds = format.duration ?? 0;
    return seconds > 0 ? Math.round(seconds * 1_000) : null;
  } catch {
    return null;
  }
}

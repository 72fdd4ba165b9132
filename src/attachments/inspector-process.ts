import { parseFile } from 'music-metadata';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { type InspectionResult, type InspectionTask, THUMBNAIL_SIDE } from './inspection.ts';

/*
 * Reads files of strangers with decoders written in C, in a process of its own: one that crashes or hangs is replaced,
 * and nothing else goes with it. See inspector.ts.
 */

/**
 * The most pixels of a picture, all frames of an animation together, by the name that libvips has for its format. PNG
 * and JPEG are mostly read line by line; the decoders of WebP and AVIF hold the whole picture, AVIF's 20 bytes a pixel:
 * 1.3 kB of it with 49 million pixels took 970 MB. At these limits it is about 300 MB for a second, in this process.
 */
const MAX_PIXELS: Record<string, number> = {
  png: 50_000_000,
  jpeg: 50_000_000,
  gif: 50_000_000,
  webp: 16_000_000,
  heif: 12_500_000,
};
const DECODING_TIMEOUT_S = 20;
const SUPPORTED_LOADERS = [
  'VipsForeignLoadPng',
  'VipsForeignLoadJpeg',
  'VipsForeignLoadNsgif',
  'VipsForeignLoadWebp',
  'VipsForeignLoadHeif',
];

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
  const metadata = await readMetadata(task.path);
  if (isTooLarge(metadata)) {
    return { kind: 'too_large' };
  }
  const isRewritten = hasPrivateData(metadata);
  if (isRewritten) {
    await rewrite(task.path, metadata).toFile(task.rewrittenPath);
  }
  await open(task.path)
    .autoOrient()
    .resize({
      width: THUMBNAIL_SIDE,
      height: THUMBNAIL_SIDE,
      fit: 'inside',
      withoutEnlargement: true,
    })
    .webp({ quality: 75 })
    .timeout({ seconds: DECODING_TIMEOUT_S })
    .toFile(task.thumbnailPath);
  const { width, height } = metadata.autoOrient;
  return { kind: 'picture', width, height, isRewritten };
}

/** Reads the headers and decodes nothing, so that a picture may be of any size. */
function readMetadata(input: string | Uint8Array): Promise<Metadata> {
  return sharp(input, { limitInputPixels: false }).metadata();
}

function open(path: string, options: { animated?: boolean } = {}): Sharp {
  // Its size has been looked at before.
  return sharp(path, { limitInputPixels: false, failOn: 'error', ...options });
}

function isTooLarge({ format, width, height, pages = 1 }: Metadata): boolean {
  return width * height * pages > (MAX_PIXELS[format] ?? 0);
}

/** EXIF has the place and the camera's number; XMP, IPTC, Photoshop's blocks and comments can have anything. */
function hasPrivateData(metadata: Metadata): boolean {
  return (
    [metadata.exif, metadata.xmp, metadata.iptc, metadata.tifftagPhotoshop].some(
      (block) => block !== undefined,
    ) || (metadata.comments ?? []).length > 0
  );
}

/** The same picture, decoded and written anew: what is not pixels or colour profile does not come along. */
function rewrite(path: string, metadata: Metadata): Sharp {
  const picture = open(path, { animated: true })
    .keepIccProfile()
    .timeout({ seconds: DECODING_TIMEOUT_S });
  const upright = (metadata.orientation ?? 1) === 1 ? picture : picture.autoOrient();
  switch (metadata.format) {
    case 'jpeg':
      // Optimised Huffman tables are 5 % smaller, and need the whole picture in memory at 6 bytes a pixel.
      return upright.jpeg({
        quality: 92,
        chromaSubsampling: metadata.chromaSubsampling ?? '4:2:0',
        optimiseCoding: false,
      });
    case 'png':
      return upright.png();
    case 'webp':
      return upright.webp({ quality: 90 });
    case 'gif':
      return upright.gif();
    case 'heif':
      return upright.avif({ quality: 65, effort: 1 });
    default:
      throw new Error(`Not a picture that is shown: ${metadata.format}`);
  }
}

async function inspectMedia(
  task: Extract<InspectionTask, { kind: 'media' }>,
): Promise<InspectionResult> {
  const { format } = await parseFile(task.path, { duration: true, skipCovers: true });
  const tracks = format.trackInfo ?? [];
  const video = tracks.find((track) => track.video !== undefined)?.video;
  // A film without sound has no duration of its own, but its tracks have.
  const seconds = format.duration ?? Math.max(...tracks.map(({ duration = 0 }) => duration));
  return {
    kind: 'media',
    durationMs: seconds > 0 ? Math.round(seconds * 1_000) : null,
    width: video?.pixelWidth ?? null,
    height: video?.pixelHeight ?? null,
  };
}

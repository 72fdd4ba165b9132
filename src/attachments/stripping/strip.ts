import { closeSync, fstatSync, openSync } from 'node:fs';
import { stripAvi } from './avi.ts';
import { stripBmp } from './bmp.ts';
import { stripAiff, stripCaf, stripWav } from './chunked-sounds.ts';
import { type Copy, createCopy, createFileReader, type FileReader } from './copy.ts';
import { stripFlac } from './flac.ts';
import { stripGif } from './gif.ts';
import { stripHeif } from './heif.ts';
import { stripIsoMedia } from './iso-media.ts';
import { stripJpeg } from './jpeg.ts';
import { stripMatroska } from './matroska.ts';
import { stripAac, stripAmr, stripMp3 } from './mpeg-audio.ts';
import { stripOgg } from './ogg.ts';
import { stripPng } from './png.ts';
import type { Shown } from './shown.ts';
import { stripTiff } from './tiff.ts';
import { stripWebp } from './webp.ts';

type Strip = (file: FileReader, copy: Copy, orientation: number) => Shown;

/** One that tells nothing of how its files are shown: a decoder does. */
function silent(strip: (...given: Parameters<Strip>) => void): Strip {
  return (...given) => {
    strip(...given);
    return {};
  };
}

const STRIPPERS: ReadonlyMap<string, Strip> = new Map<string, Strip>([
  ['image/jpeg', silent(stripJpeg)],
  ['image/png', silent(stripPng)],
  ['image/webp', silent(stripWebp)],
  ['image/gif', silent(stripGif)],
  ['image/tiff', silent(stripTiff)],
  ['image/bmp', stripBmp],
  // Their turn is a property of the picture, not of EXIF.
  ...['avif', 'heic', 'heif', 'heic-sequence', 'heif-sequence'].map((name): [string, Strip] => [
    `image/${name}`,
    stripHeif,
  ]),
  ...['video/mp4', 'video/quicktime', 'video/x-m4v', 'video/3gpp', 'video/3gpp2'].map(
    (type): [string, Strip] => [type, stripIsoMedia],
  ),
  ...['audio/mp4', 'audio/x-m4a'].map((type): [string, Strip] => [type, stripIsoMedia]),
  ['video/webm', stripMatroska],
  ['video/matroska', stripMatroska],
  ['video/vnd.avi', stripAvi],
  ['video/ogg', stripOgg],
  ['audio/ogg', stripOgg],
  ['audio/ogg; codecs=opus', stripOgg],
  ['application/ogg', stripOgg],
  ['audio/mpeg', silent(stripMp3)],
  ['audio/aac', silent(stripAac)],
  ['audio/amr', stripAmr],
  ['audio/flac', silent(stripFlac)],
  ['audio/wav', silent(stripWav)],
  ['audio/aiff', silent(stripAiff)],
  ['audio/x-caf', stripCaf],
]);

/** Whether files of a type can be freed of what tells where they were made. */
export function canBeStripped(mimeType: string): boolean {
  return STRIPPERS.has(mimeType);
}

/**
 * Copies a picture, sound or video without what is not needed to show it: place, camera, texts, previews, bytes behind
 * its end. Nothing is decoded, and a window of the file and its tables are all that is in memory. What is kept is
 * listed; whatever else there is goes.
 *
 * @param mimeType one that `canBeStripped`
 * @param orientation how the camera was turned, 1 to 8 as EXIF has it
 * @returns whether there was anything to leave out, and what the container says of how it is shown
 * @throws BrokenFile when the file is not built as its format says
 */
export function stripFile(
  mimeType: string,
  orientation: number,
  path: string,
  strippedPath: string,
): Shown & { readonly isRewritten: boolean } {
  const strip = STRIPPERS.get(mimeType);
  if (strip === undefined) {
    throw new Error(`Not a file that can be shown: ${mimeType}`);
  }
  using stack = new DisposableStack();
  const source = stack.adopt(openSync(path, 'r'), closeSync);
  const target = stack.adopt(openSync(strippedPath, 'w'), closeSync);
  const file = createFileReader(source, fstatSync(source).size);
  const copy = createCopy(file, target);
  const shown = strip(file, copy, orientation);
  return { ...shown, isRewritten: copy.finish() };
}

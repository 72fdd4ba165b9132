import { closeSync, fstatSync, openSync } from 'node:fs';
import { stripAvif } from './avif.ts';
import { type Copy, createCopy, createFileReader, type FileReader } from './copy.ts';
import { stripGif } from './gif.ts';
import { stripJpeg } from './jpeg.ts';
import { stripPng } from './png.ts';
import { stripWebp } from './webp.ts';

/** By the name that libvips has for a format. */
const STRIPPERS: Record<string, (file: FileReader, copy: Copy, orientation: number) => void> = {
  jpeg: stripJpeg,
  png: stripPng,
  webp: stripWebp,
  gif: stripGif,
  // Its turn is a property of the picture, not of EXIF.
  heif: stripAvif,
};

/**
 * Copies a picture without what is not needed to show it: place, camera, texts, previews, bytes behind its end. Its
 * pixels are neither decoded nor changed, and a window of the file is all that is in memory. What is kept is listed;
 * whatever else there is goes.
 *
 * @param orientation how the camera was turned, 1 to 8 as EXIF has it
 * @returns whether there was anything to leave out
 * @throws BrokenFile when the file is not built as its format says
 */
export function stripPicture(
  format: string,
  orientation: number,
  path: string,
  strippedPath: string,
): boolean {
  const strip = STRIPPERS[format];
  if (strip === undefined) {
    throw new Error(`Not a picture that is shown: ${format}`);
  }
  using stack = new DisposableStack();
  const source = stack.adopt(openSync(path, 'r'), closeSync);
  const target = stack.adopt(openSync(strippedPath, 'w'), closeSync);
  const file = createFileReader(source, fstatSync(source).size);
  const copy = createCopy(file, target);
  strip(file, copy, orientation);
  return copy.finish();
}

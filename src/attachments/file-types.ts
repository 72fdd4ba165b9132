import { fileTypeFromBuffer } from 'file-type';
import { uncleanedKind } from './uncleaned-kinds.ts';

/** How much of a file's beginning is read to find out what it is. */
export const HEAD_BYTES = 256 * 1024;

/** The pictures that browsers show safely: shown in place, with thumbnail. All else is a download. */
export const PICTURE_TYPES: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
]);

/** The pictures that a decoder here reads. */
export function isReadablePicture(type: string): boolean {
  return PICTURE_TYPES.has(type) || type === 'image/tiff';
}

const UNKNOWN_TYPE = 'application/octet-stream';
const TEXT_TYPE = 'text/plain';

/** What a file is, by its first bytes; whatever its name says and its sender claims. */
export async function typeOfBytes(head: Uint8Array): Promise<string> {
  if (isTiff(head)) {
    // Told by its first bytes alone: file-type reads on where the file says, which may be behind this head.
    return 'image/tiff';
  }
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  if (found !== undefined) {
    // APNG is PNG to every browser that does not know it.
    return found.mime === 'image/apng' ? 'image/png' : found.mime;
  }
  const uncleaned = uncleanedKind(head);
  if (uncleaned !== undefined) {
    return uncleaned;
  }
  return head.byteLength > 0 && isText(head) ? TEXT_TYPE : UNKNOWN_TYPE;
}

/**
 * Whether a file is passed off as a picture, by its name or by the type that came with it. Such a file has to be one:
 * SVG is none, because it is a document that can run scripts, and HTML with the name of a picture is a trap.
 */
export function claimsToBePicture(
  filename: string,
  claimedType: string | null | undefined,
): boolean {
  return (
    /^\s*image\//i.test(claimedType ?? '') ||
    /\.(?:png|apng|jpe?g|jfif|pjpeg|gif|webp|avif|hei[cf]|tiff?|bmp|svgz?)$/i.test(filename.trim())
  );
}

/** Whether a file is passed off as a sound or video by its name. Browsers call TypeScript a video: types do not count. */
export function claimsToBeSoundOrVideo(filename: string): boolean {
  return /\.(?:mp[34]|m4[av]|mov|3g[p2]|webm|mkv|avi|wav|aiff?|caf|flac|og[gav]|opus|aac|amr)$/i.test(
    filename.trim(),
  );
}

export function isPicture(type: string): boolean {
  return type.startsWith('image/');
}

/** The types of sounds and videos that are not called so. */
const MORE_SOUNDS_AND_VIDEOS = new Set([
  'application/ogg',
  'application/mxf',
  'application/vnd.rn-realmedia',
  'application/x-shockwave-flash',
]);

export function isSoundOrVideo(type: string): boolean {
  return /^(?:audio|video)\//.test(type) || MORE_SOUNDS_AND_VIDEOS.has(type);
}

/** What a file is called that has the container of a video and nothing to see, as browsers record voices. */
export function typeOfSound(type: string): string {
  return type.replace(/^video\/(?:quicktime|x-m4v)$/, 'audio/mp4').replace(/^video\//, 'audio/');
}

/**
 * The type to hand a file out with. Pages embed pictures, sounds and videos and need to be told; of all else a browser
 * learns nothing that it could act on.
 */
export function typeToServe(type: string): string {
  return PICTURE_TYPES.has(type) || isSoundOrVideo(type) ? type : UNKNOWN_TYPE;
}

/** TIFF and BigTIFF, of either order of bytes, and what cameras call their raw pictures that are built as TIFF. */
function isTiff(head: Uint8Array): boolean {
  return /^(?:II[*+]\0|MM\0[*+])/.test(Buffer.from(head.subarray(0, 4)).toString('latin1'));
}

/** UTF-8 without control characters but those of lines. The last character may be cut. */
function isText(head: Uint8Array): boolean {
  if (head.some((byte) => byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d].includes(byte))) {
    return false;
  }
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

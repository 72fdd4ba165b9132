/*
 * What the process that reads strangers' files is asked, and what it answers.
 */

/** The longest side of a thumbnail, in pixels. */
export const THUMBNAIL_SIDE = 512;
/** The squares that are made of the picture of a person, and their sides in pixels. */
export const SQUARES = [
  { part: 'square64', side: 64 },
  { part: 'square256', side: 256 },
] as const;
/** The longest side of a custom emoji, in pixels. */
export const EMOJI_SIDE = 128;
export const THUMBNAIL_TYPE = 'image/webp';

export type InspectionTask =
  /** Reads no more than the size of a picture, from the first bytes of its file. */
  | { readonly kind: 'measure'; readonly head: Uint8Array }
  /** Makes a copy of a picture without private data where there is such data, and a thumbnail where it can. */
  | {
      readonly kind: 'picture';
      readonly mimeType: string;
      readonly path: string;
      readonly rewrittenPath: string;
      readonly thumbnailPath: string;
    }
  /** Cuts a picture to squares, one for each of `SQUARES`. */
  | { readonly kind: 'avatar'; readonly path: string; readonly squarePaths: readonly string[] }
  /** Makes two small pictures of one: as it is, moving where it moves, and its first frame. */
  | {
      readonly kind: 'emoji';
      readonly path: string;
      readonly emojiPath: string;
      readonly stillPath: string;
    }
  /** Makes a copy of a sound or video without private data where there is such data, and reads its length. */
  | {
      readonly kind: 'media';
      readonly mimeType: string;
      readonly path: string;
      readonly rewrittenPath: string;
    };

export type InspectionResult =
  /** Too large to be decoded: a bomb, or a picture for a wall. */
  | { readonly kind: 'too_large' }
  /** Not what its first bytes say. */
  | { readonly kind: 'broken' }
  | {
      readonly kind: 'picture';
      /** As it is shown: turned as the camera was. Null where the file does not tell. */
      readonly width: number | null;
      readonly height: number | null;
      readonly isRewritten: boolean;
      readonly hasThumbnail: boolean;
    }
  | { readonly kind: 'avatar' }
  | { readonly kind: 'emoji'; readonly width: number; readonly height: number }
  | {
      readonly kind: 'media';
      readonly durationMs: number | null;
      readonly width: number | null;
      readonly height: number | null;
      readonly isRewritten: boolean;
      /** Undefined where the container does not say. */
      readonly isVideo: boolean | undefined;
    }
  /** The first bytes do not say enough. */
  | { readonly kind: 'unknown' };

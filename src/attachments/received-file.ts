import type { Upload } from '@tus/server';
import { TrumpetError } from '../errors/codes.ts';
import {
  claimsToBePicture,
  claimsToBeSoundOrVideo,
  isPicture,
  isReadablePicture,
  isSoundOrVideo,
  PICTURE_TYPES,
} from './file-types.ts';
import type { Inspector } from './inspector.ts';
import { canBeStripped } from './stripping/strip.ts';
import { endingOfMedia } from './uncleaned-kinds.ts';

/** What the picture of a custom emoji may be. */
const EMOJI_TYPES: ReadonlySet<string> = new Set(['image/png', 'image/gif', 'image/webp']);
/** Enough for an animation of 128 by 128 pixels. */
const MAX_EMOJI_BYTES = 512_000;

/**
 * Refuses a file that nobody may send, by its first bytes and by the type that they tell.
 *
 * @throws TrumpetError BAD_INPUT, TOO_LARGE
 */
export type CheckReceived = (upload: Upload, head: Uint8Array, type: string) => Promise<void>;

export function createReceivedFileCheck(inspector: Inspector): CheckReceived {
  /** The worker looks closely; what the first bytes give away is told at once. */
  async function refuseBomb(head: Uint8Array): Promise<void> {
    const result = await inspector.inspect({ kind: 'measure', head }).catch(() => undefined);
    if (result?.kind === 'too_large') {
      throw new TrumpetError('TOO_LARGE', 'This picture has too many pixels.');
    }
  }

  return async function checkReceived(upload, head, type) {
    if (isAvatar(upload) && !isReadablePicture(type)) {
      throw new TrumpetError('BAD_INPUT', 'An avatar is a PNG, JPEG, GIF, WebP, AVIF or TIFF.');
    }
    if (isCustomEmoji(upload)) {
      refuseEmoji(upload, type);
    }
    if (!isOriginal(upload)) {
      refuseUnclean(upload, type);
    }
    if (PICTURE_TYPES.has(type)) {
      await refuseBomb(head);
    }
  };
}

/** Whether it is to be the picture of its uploader. */
export function isAvatar({ metadata }: Upload): boolean {
  return metadata?.purpose === 'avatar';
}

/** Whether it is to be the picture of a custom emoji. */
export function isCustomEmoji({ metadata }: Upload): boolean {
  return metadata?.purpose === 'emoji';
}

/** Whether its uploader wants it kept byte for byte, and has said so. */
export function isOriginal({ metadata }: Upload): boolean {
  return metadata?.original === 'true';
}

function refuseEmoji({ size }: Upload, type: string): void {
  if (!EMOJI_TYPES.has(type)) {
    throw new TrumpetError('BAD_INPUT', 'The picture of an emoji is a PNG, GIF or WebP.');
  }
  if ((size ?? 0) > MAX_EMOJI_BYTES) {
    throw new TrumpetError(
      'TOO_LARGE',
      `The picture of an emoji has at most ${MAX_EMOJI_BYTES} bytes.`,
    );
  }
}

/**
 * Files of people's lives tell where they were made. What cannot be freed of that is refused, and what has the name
 * of such a file and is not known here: it would be shown by its name.
 */
function refuseUnclean({ metadata }: Upload, type: string): void {
  const filename = metadata?.filename ?? metadata?.name ?? '';
  if (!isPicture(type) && claimsToBePicture(filename, metadata?.filetype)) {
    throw new TrumpetError('BAD_INPUT', 'This file is called a picture and is none.');
  }
  if (!isSoundOrVideo(type) && claimsToBeSoundOrVideo(filename)) {
    throw new TrumpetError('BAD_INPUT', 'This file is called a sound or video and is none.');
  }
  if (canBeStripped(type)) {
    return;
  }
  const ending = endingOfMedia(filename);
  if (isPicture(type) || isSoundOrVideo(type) || ending !== undefined) {
    const kind =
      isPicture(type) || isSoundOrVideo(type) ? `the type ${type}` : `the name .${ending}`;
    throw new TrumpetError(
      'BAD_INPUT',
      `Files of ${kind} may tell where they were made. To send one as it is, upload it with the metadata "original true".`,
    );
  }
}

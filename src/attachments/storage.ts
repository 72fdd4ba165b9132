import type { Readable } from 'node:stream';
import type { DataStore } from '@tus/server';
import { isUuid } from '../database/uuid.ts';

/**
 * What is kept of an upload: what came in, the copy without private data that takes its place, and the small picture;
 * of the picture of a person squares; of a custom emoji one that may move and one that does not. Each is one object, named after the upload's id alone: no name that a person gave ever reaches a path.
 */
export const STORED_PARTS = [
  'original',
  'rewritten',
  'thumbnail',
  'square64',
  'square256',
  'emoji',
  'stillEmoji',
] as const;
export type StoredPart = (typeof STORED_PARTS)[number];

/** Where a download is to be had: a file of this machine, or an address that works for a while. */
export type StoredLocation =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'address'; readonly address: string };

/** What the one who sends the bytes has to say about them. */
export interface DownloadHeaders {
  readonly contentType: string;
  readonly contentDisposition: string;
}

/** Where attachments are. Everything is streamed: no file is ever in memory whole. */
export interface AttachmentStorage {
  /** Where tus puts what comes in; the original part of each upload. */
  readonly uploads: DataStore;
  /** The first bytes of a part, fewer when it has fewer. */
  readHead(uploadId: string, part: StoredPart, byteCount: number): Promise<Buffer>;
  /** All bytes of a part. */
  read(uploadId: string, part: StoredPart): Promise<Readable>;
  /**
   * Where a part is as a local file, which is not to be changed.
   *
   * @param folder takes a copy when it is not local; the caller removes it
   */
  localFile(uploadId: string, part: StoredPart, folder: string): Promise<string>;
  /** Stores a local file as a part, in place of an earlier one. */
  put(uploadId: string, part: StoredPart, path: string, contentType: string): Promise<void>;
  /** Gives another upload the same bytes, without them passing through here; in place of an earlier copy. */
  copy(fromId: string, toId: string, part: StoredPart): Promise<void>;
  /** Removes parts. What is not there counts as removed. */
  remove(uploadId: string, parts: readonly StoredPart[]): Promise<void>;
  /** Where to download a part, for `lifetime_s` seconds where that can be said. */
  locate(
    uploadId: string,
    part: StoredPart,
    headers: DownloadHeaders,
    lifetime_s: number,
  ): Promise<StoredLocation>;
  /** Lets go of connections. */
  close(): void;
}

/** The name under which a part is stored. */
export function objectName(uploadId: string, part: StoredPart): string {
  if (!isUuid(uploadId)) {
    throw new Error('An upload is stored under its id and nothing else');
  }
  return part === 'original' ? uploadId : `${uploadId}.${part}`;
}

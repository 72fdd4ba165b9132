import { basename, dirname } from 'node:path';
import { create as contentDisposition } from 'content-disposition';
import type { RequestHandler } from 'express';
import { PICTURE_TYPES, typeToServe } from '../attachments/file-types.ts';
import { THUMBNAIL_TYPE } from '../attachments/inspection.ts';
import {
  type AddressSigner,
  ATTACHMENT_PARTS,
  type AttachmentPart,
} from '../attachments/signed-url.ts';
import type { AttachmentStorage, DownloadHeaders, StoredPart } from '../attachments/storage.ts';
import { TrumpetError } from '../errors/codes.ts';
import type { FindUpload, StoredUpload } from './stored-upload.ts';

interface DownloadOptions {
  readonly storage: AttachmentStorage;
  readonly signer: AddressSigner;
  readonly findUpload: FindUpload;
}

/** Gives a file to whoever holds its signed address. */
export function createDownload(
  options: DownloadOptions,
): RequestHandler<{ id: string; part: string }> {
  const { storage, signer, findUpload } = options;
  return async function download(req, res, next) {
    const { id, part } = req.params;
    if (!isAttachmentPart(part)) {
      throw new TrumpetError('NOT_FOUND');
    }
    const address = signer.verify(id, part, req.query);
    if (address === undefined) {
      throw new TrumpetError(
        'FORBIDDEN',
        'This address has expired or is not ours: ask for a new one.',
      );
    }
    const upload = await findUpload(id);
    if (
      upload?.status !== 'ready' ||
      (part === 'thumbnail' && !upload.has_thumbnail) ||
      (upload.is_held && !address.isForHeld)
    ) {
      throw new TrumpetError('NOT_FOUND', 'This file is gone.');
    }
    const { lifetime_s } = address;
    const headers = downloadHeaders(upload, part);
    const location = await storage.locate(id, storedPart(upload, part), headers, lifetime_s);
    res.set({
      'Cache-Control': `private, max-age=${lifetime_s}`,
      // Pages of other origins show pictures too; the signature is what guards them.
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
    if (location.kind === 'address') {
      res.redirect(302, location.address);
      return;
    }
    res.set({
      'Content-Type': headers.contentType,
      'Content-Disposition': headers.contentDisposition,
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'X-Content-Type-Options': 'nosniff',
    });
    // With a root, and a name of our own below it, nothing but that file can be meant.
    const file = { root: dirname(location.path), cacheControl: false };
    res.sendFile(basename(location.path), file, (error) => {
      if (error !== undefined && !res.headersSent) {
        next(error);
      }
    });
  };
}

function isAttachmentPart(part: string): part is AttachmentPart {
  return (ATTACHMENT_PARTS as readonly string[]).includes(part);
}

function storedPart(upload: StoredUpload, part: AttachmentPart): StoredPart {
  if (part === 'thumbnail') {
    return 'thumbnail';
  }
  return upload.is_rewritten ? 'rewritten' : 'original';
}

/** Pictures that are safe are shown in place; everything else is saved to disk, whatever it is. */
function downloadHeaders(upload: StoredUpload, part: AttachmentPart): DownloadHeaders {
  // What was not cleaned is not shown by a browser either.
  const type = upload.is_original ? '' : (upload.mime_type ?? '');
  if (part === 'thumbnail') {
    return { contentType: THUMBNAIL_TYPE, contentDisposition: 'inline' };
  }
  return {
    contentType: typeToServe(type),
    contentDisposition: contentDisposition(upload.filename, {
      type: PICTURE_TYPES.has(type) ? 'inline' : 'attachment',
    }),
  };
}

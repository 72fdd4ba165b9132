import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from 'graphile-worker';
import { z } from 'zod';
import { isPicture, typeOfSound } from '../../attachments/file-types.ts';
import { type InspectionResult, SQUARES, THUMBNAIL_TYPE } from '../../attachments/inspection.ts';
import { InspectionFailure, type Inspector } from '../../attachments/inspector.ts';
import { attachmentMetrics } from '../../attachments/metrics.ts';
import { type AttachmentStorage, STORED_PARTS } from '../../attachments/storage.ts';
import { canBeStripped } from '../../attachments/stripping/strip.ts';
import type { TemporaryFolder } from '../../attachments/temporary-folder.ts';
import type { ScanForViruses, ScanVerdict } from '../../attachments/virus-scanner.ts';
import { log } from '../../process/log.ts';

/** A file that ends its reader so often is refused. */
const ATTEMPTS_AT_A_FILE = 3;

const payloadShape = z.object({ id: z.uuid() });

const uploadShape = z.object({
  id: z.uuid(),
  mime_type: z.string(),
  is_original: z.boolean(),
  is_avatar: z.boolean(),
  is_custom_emoji: z.boolean(),
  byte_size: z.coerce.number(),
});
type Upload = z.infer<typeof uploadShape>;

/** What is known of a file once it has been looked at. */
interface Findings {
  /** What it is once it is known whether there is something to see in it. */
  readonly mimeType: string;
  readonly byteSize: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly durationMs: number | null;
  readonly isRewritten: boolean;
  readonly hasThumbnail: boolean;
}

/** Why a file may not be fetched. */
type Refusal = Exclude<ScanVerdict, 'clean'> | 'broken' | 'unreadable';

export interface ProcessAttachmentOptions {
  readonly storage: AttachmentStorage;
  readonly inspector: Inspector;
  readonly temporary: TemporaryFolder;
  /** Undefined: files are not scanned. */
  readonly scanForViruses: ScanForViruses | undefined;
}

/**
 * Looks at a file that has been uploaded: scans it, makes the thumbnail and the copy without private data, reads sizes
 * and lengths; then it can be fetched, or is refused. Killed half-way, it does the same again with the same result.
 */
export function makeProcessAttachment(options: ProcessAttachmentOptions): Task {
  const { storage, inspector, temporary, scanForViruses } = options;

  return async function processAttachment(payload, { query, job }) {
    const { id } = payloadShape.parse(payload);
    const { rows } = await query(
      `select id, mime_type, is_original, is_avatar, is_custom_emoji, byte_size from app_private.uploads
      where id = $1 and status = 'processing' and released_at is null`,
      [id],
    );
    if (rows.length > 0) {
      const upload = uploadShape.parse(rows[0]);
      const endTimer = attachmentMetrics.processing.startTimer();
      const findings = await examine(upload, job.attempts);
      endTimer();
      attachmentMetrics.processed.inc({
        result: typeof findings === 'string' ? findings : 'ready',
      });
      if (typeof findings === 'string') {
        await query('select app_private.refuse_upload($1)', [id]);
      } else {
        await query('select app_private.finish_upload($1, $2, $3, $4, $5, $6, $7, $8)', [
          id,
          findings.mimeType,
          findings.byteSize,
          findings.width,
          findings.height,
          findings.durationMs,
          findings.isRewritten,
          findings.hasThumbnail,
        ]);
      }
    }
    // From here on also when an earlier attempt has died after the look.
    const rewritten = await query(
      'select from app_private.uploads where id = $1 and is_rewritten and removed_at is null',
      [id],
    );
    if (rewritten.rows.length > 0) {
      // Nobody is to have what it was rewritten for, us included.
      await storage.remove(id, ['original']);
    }
    await query('select app_private.publish_upload($1)', [id]);
    const needed = await query(
      'select from app_private.uploads where id = $1 and released_at is null',
      [id],
    );
    if (needed.rows.length === 0) {
      // Given up while it was looked at: what was made of it since has missed its removal.
      await storage.remove(id, STORED_PARTS);
    }
  };

  async function examine(upload: Upload, attempt: number): Promise<Findings | Refusal> {
    if (scanForViruses !== undefined) {
      const file = await storage.read(upload.id, 'original');
      const verdict = await scanForViruses(file, upload.byte_size);
      if (verdict !== 'clean') {
        log.warn({ event: 'attachments.scan_failed', uploadId: upload.id, verdict });
        return verdict;
      }
    }
    try {
      return await inspect(upload);
    } catch (error) {
      if (error instanceof InspectionFailure && attempt >= ATTEMPTS_AT_A_FILE) {
        log.warn({ event: 'attachments.not_readable', uploadId: upload.id, error });
        return 'unreadable';
      }
      throw error;
    }
  }

  function inspect(upload: Upload): Promise<Findings | Refusal> {
    if (upload.is_avatar) {
      return temporary.using((folder) => cutSquares(upload, folder));
    }
    if (upload.is_custom_emoji) {
      return temporary.using((folder) => makeEmoji(upload, folder));
    }
    if (upload.is_original || !canBeStripped(upload.mime_type)) {
      return Promise.resolve(nothingFound(upload));
    }
    return temporary.using((folder) =>
      isPicture(upload.mime_type) ? inspectPicture(upload, folder) : inspectMedia(upload, folder),
    );
  }

  /** Squares are all that is kept of the picture of a person. */
  async function cutSquares(upload: Upload, folder: string): Promise<Findings | Refusal> {
    const path = await storage.localFile(upload.id, 'original', folder);
    const squarePaths = SQUARES.map(({ part }) => join(folder, part));
    const result = await inspector.inspect({ kind: 'avatar', path, squarePaths });
    if (result.kind !== 'avatar') {
      return refuse(upload, result);
    }
    for (const [index, { part }] of SQUARES.entries()) {
      await storage.put(upload.id, part, squarePaths[index] as string, THUMBNAIL_TYPE);
    }
    return { ...nothingFound(upload), mimeType: THUMBNAIL_TYPE, isRewritten: true };
  }

  /** Two small pictures are all that is kept of that of a custom emoji. */
  async function makeEmoji(upload: Upload, folder: string): Promise<Findings | Refusal> {
    const path = await storage.localFile(upload.id, 'original', folder);
    const emojiPath = join(folder, 'emoji');
    const stillPath = join(folder, 'still');
    const result = await inspector.inspect({ kind: 'emoji', path, emojiPath, stillPath });
    if (result.kind !== 'emoji') {
      return refuse(upload, result);
    }
    await storage.put(upload.id, 'emoji', emojiPath, THUMBNAIL_TYPE);
    await storage.put(upload.id, 'stillEmoji', stillPath, THUMBNAIL_TYPE);
    const { width, height } = result;
    return { ...nothingFound(upload), mimeType: THUMBNAIL_TYPE, width, height, isRewritten: true };
  }

  async function inspectPicture(upload: Upload, folder: string): Promise<Findings | Refusal> {
    const rewrittenPath = join(folder, 'rewritten');
    const thumbnailPath = join(folder, 'thumbnail');
    const path = await storage.localFile(upload.id, 'original', folder);
    const result: InspectionResult = await inspector.inspect({
      kind: 'picture',
      mimeType: upload.mime_type,
      path,
      rewrittenPath,
      thumbnailPath,
    });
    if (result.kind !== 'picture') {
      return refuse(upload, result);
    }
    const { width, height, isRewritten, hasThumbnail } = result;
    if (hasThumbnail) {
      await storage.put(upload.id, 'thumbnail', thumbnailPath, THUMBNAIL_TYPE);
    }
    const byteSize = await keepRewritten(upload, isRewritten, rewrittenPath);
    return { ...nothingFound(upload), byteSize, width, height, isRewritten, hasThumbnail };
  }

  async function inspectMedia(upload: Upload, folder: string): Promise<Findings | Refusal> {
    const rewrittenPath = join(folder, 'rewritten');
    const path = await storage.localFile(upload.id, 'original', folder);
    const result = await inspector.inspect({
      kind: 'media',
      mimeType: upload.mime_type,
      path,
      rewrittenPath,
    });
    if (result.kind !== 'media') {
      return refuse(upload, result);
    }
    const { width, height, durationMs, isRewritten } = result;
    const mimeType = result.isVideo === false ? typeOfSound(upload.mime_type) : upload.mime_type;
    const byteSize = await keepRewritten(upload, isRewritten, rewrittenPath);
    return { ...nothingFound(upload), mimeType, byteSize, width, height, durationMs, isRewritten };
  }

  /** Puts the copy without private data in place, where there is one, and tells how large what is fetched is. */
  async function keepRewritten(
    upload: Upload,
    isRewritten: boolean,
    path: string,
  ): Promise<number> {
    if (!isRewritten) {
      return upload.byte_size;
    }
    await storage.put(upload.id, 'rewritten', path, upload.mime_type);
    return (await stat(path)).size;
  }
}

function refuse(upload: Upload, { kind }: InspectionResult): Refusal {
  log.info({ event: 'attachments.refused', uploadId: upload.id, reason: kind });
  return kind === 'too_large' ? 'too_large' : 'broken';
}

function nothingFound({ mime_type, byte_size }: Upload): Findings {
  return {
    mimeType: mime_type,
    byteSize: byte_size,
    width: null,
    height: null,
    durationMs: null,
    isRewritten: false,
    hasThumbnail: false,
  };
}

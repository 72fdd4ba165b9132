import { type RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { isUuid } from '../database/uuid.ts';
import { TrumpetError } from '../errors/codes.ts';
import { sendError } from './error-response.ts';

const TOKEN = /^[0-9a-f]{64}$/;

/**
 * Hands out the files of `exportMyData` and `requestComplianceExport`, at `/:exportId/:token`. The address is the key: it needs no
 * sign-in, so that a browser can follow it, and works until the export expires. The worker has stored
 * the file in pieces, of which one at a time is in memory.
 */
export function createExports(pool: Pool): Router {
  const sendFile: RequestHandler<{ exportId: string; token: string }> = async (req, res) => {
    const { exportId, token } = req.params;
    let position = 0;
    let piece = isUuid(exportId) && TOKEN.test(token) ? await read() : undefined;
    if (piece === undefined) {
      return sendError(res, new TrumpetError('NOT_FOUND'));
    }
    res.set({
      'Content-Type': 'application/gzip',
      'Content-Disposition': 'attachment; filename="trumpet-data.ndjson.gz"',
      'Cache-Control': 'private, no-store',
      'Referrer-Policy': 'no-referrer',
    });
    while (piece !== undefined && !res.destroyed) {
      if (!res.write(piece)) {
        await drained(res);
      }
      piece = await read();
    }
    res.end();

    async function read(): Promise<Buffer | undefined> {
      const { rows } = await pool.query<{ bytes: Buffer | null }>(
        `select coalesce(
          app_hidden.read_data_export($1, $2, $3), app_hidden.read_compliance_export($1, $2, $3)) as bytes`,
        [exportId, token, position],
      );
      position += 1;
      return rows[0]?.bytes ?? undefined;
    }
  };
  return Router().get('/:exportId/:token', sendFile);
}

/** Resolves when more can be written, or never will be. */
function drained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('drain', resolve);
    stream.once('close', resolve);
  });
}

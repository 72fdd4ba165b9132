import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Task } from 'graphile-worker';
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';

const payloadShape = z.object({ exportId: z.uuid() });
/** Rows that are held in memory at a time. */
const ROWS_A_FETCH = 1_000;
/** Size of a stored piece of the file, before the last. */
const CHUNK_BYTES = 1_048_576;

/** Writes a person's data, as JSON lines compressed with gzip, to the pieces that the server hands out. */
export function makeExportData(pool: Pool): Task {
  return async (payload, { job }) => {
    const { exportId } = payloadShape.parse(payload);
    const client = await pool.connect();
    try {
      await writeExport(client, exportId);
    } catch (error) {
      await client.query('rollback');
      if (job.attempts >= job.max_attempts) {
        await client.query(
          `update app_public.data_exports set status = 'failed', finished_at = now() where id = $1`,
          [exportId],
        );
      }
      throw error;
    } finally {
      client.release();
    }
  };
}

async function writeExport(client: PoolClient, exportId: string): Promise<void> {
  // One snapshot of everything.
  await client.query('begin isolation level repeatable read');
  const { rows } = await client.query<{ user_id: string }>(
    `select user_id from app_public.data_exports where id = $1 and status = 'pending'`,
    [exportId],
  );
  const userId = rows[0]?.user_id;
  if (userId !== undefined) {
    let position = 0;
    let byteSize = 0;
    await pipeline(readLines(client, userId), createGzip(), async (compressed) => {
      for await (const bytes of inChunks(compressed)) {
        await client.query('insert into app_private.data_export_chunks values ($1, $2, $3)', [
          exportId,
          position,
          bytes,
        ]);
        position += 1;
        byteSize += bytes.length;
      }
    });
    await client.query(
      `update app_public.data_exports set status = 'ready', byte_size = $2, finished_at = now() where id = $1`,
      [exportId, byteSize],
    );
  }
  await client.query('commit');
}

async function* readLines(client: PoolClient, userId: string): AsyncGenerator<string> {
  await client.query(
    `declare personal_data no scroll cursor for
      select line::text from app_private.personal_data('${z.uuid().parse(userId)}') as line`,
  );
  for (;;) {
    const { rows } = await client.query<{ line: string }>(
      `fetch ${ROWS_A_FETCH} from personal_data`,
    );
    if (rows.length === 0) {
      return;
    }
    yield `${rows.map(({ line }) => line).join('\n')}\n`;
  }
}

async function* inChunks(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const bytes of source) {
    waiting.push(bytes);
    size += bytes.length;
    if (size >= CHUNK_BYTES) {
      yield Buffer.concat(waiting);
      waiting = [];
      size = 0;
    }
  }
  if (size > 0) {
    yield Buffer.concat(waiting);
  }
}

import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Task } from 'graphile-worker';
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';

const payloadShape = z.object({ exportId: z.uuid() });
/** Messages that a step looks at. */
const MESSAGES_A_STEP = 2_000;
const compress = promisify(gzip);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * Writes the messages that an auditor asked for, as JSON lines compressed with gzip, to the pieces that the server hands
 * out. A step is a transaction that adds a piece and says how far it is: whatever is killed, the next attempt goes on from
 * there, and no line is there twice. The last line is the manifest.
 */
export function makeExportForCompliance(pool: Pool, stepSize = MESSAGES_A_STEP): Task {
  return async (payload, { job, abortSignal }) => {
    const { exportId } = payloadShape.parse(payload);
    const client = await pool.connect();
    try {
      while (await takeStep(client, exportId, stepSize)) {
        // The worker stops: the job is given back, and goes on elsewhere.
        abortSignal?.throwIfAborted();
      }
    } catch (error) {
      await client.query('rollback');
      if (job.attempts >= job.max_attempts) {
        await client.query(
          `update app_private.compliance_exports set status = 'failed', finished_at = now() where id = $1 and status = 'pending'`,
          [exportId],
        );
      }
      throw error;
    } finally {
      client.release();
    }
  };
}

interface Made {
  readonly at_room_id: string | null;
  readonly at_seq: string;
}

/** False when there is nothing more to do. */
async function takeStep(client: PoolClient, exportId: string, stepSize: number): Promise<boolean> {
  await client.query('begin');
  const { rows } = await client.query<Made>(
    `select at_room_id, at_seq from app_private.compliance_exports where id = $1 and status = 'pending' for update`,
    [exportId],
  );
  const [made] = rows;
  if (made === undefined) {
    await client.query('commit');
    return false;
  }
  const goesOn =
    made.at_room_id === null
      ? await begin(client, exportId)
      : await addMessages(client, exportId, made.at_room_id, made.at_seq, stepSize);
  if (!goesOn) {
    await finish(client, exportId);
  }
  await client.query('commit');
  return goesOn;
}

/** Goes to the first room. False when there is none. */
async function begin(client: PoolClient, exportId: string): Promise<boolean> {
  await client.query(
    `update app_private.compliance_exports as export set rooms_total = (
        select count(*) from app_public.rooms
          where rooms.workspace_id = export.workspace_id and (export.room_ids is null or rooms.id = any (export.room_ids)))
      where id = $1`,
    [exportId],
  );
  return goToNextRoom(client, exportId, 0);
}

async function goToNextRoom(client: PoolClient, exportId: string, done: number): Promise<boolean> {
  const { rows } = await client.query<{ at_room_id: string | null }>(
    `update app_private.compliance_exports as export
      set rooms_done = rooms_done + $2, at_seq = 0, at_room_id = app_private.next_compliance_room(export)
      where id = $1 returning at_room_id`,
    [exportId, done],
  );
  return rows[0]?.at_room_id != null;
}

async function addMessages(
  client: PoolClient,
  exportId: string,
  roomId: string,
  afterSeq: string,
  stepSize: number,
): Promise<boolean> {
  const { rows } = await client.query<{ seq: string; line: string | null }>(
    `select batch.seq, batch.line from app_private.compliance_exports as export
      cross join lateral app_private.compliance_batch(export, $2, $3, $4) as batch
      where export.id = $1 order by batch.seq`,
    [exportId, roomId, afterSeq, stepSize],
  );
  const lines = rows.flatMap(({ line }) => (line === null ? [] : [line]));
  if (lines.length > 0) {
    await addPiece(client, exportId, `${lines.join('\n')}\n`, lines.length);
  }
  if (rows.length < stepSize) {
    return goToNextRoom(client, exportId, 1);
  }
  await client.query('update app_private.compliance_exports set at_seq = $2 where id = $1', [
    exportId,
    rows.at(-1)?.seq,
  ]);
  return true;
}

/** A file of several gzip files one after the other is one that unpacks to all of them. */
async function addPiece(
  client: PoolClient,
  exportId: string,
  text: string,
  lineCount: number,
): Promise<void> {
  const bytes = await compress(text);
  await client.query(
    `insert into app_private.compliance_export_chunks (export_id, position, line_count, digest, bytes)
      select $1, count(*), $2, $3, $4 from app_private.compliance_export_chunks where export_id = $1`,
    [exportId, lineCount, sha256(text), bytes],
  );
  await client.query(
    `update app_private.compliance_exports set message_count = message_count + $2, byte_size = byte_size + $3 where id = $1`,
    [exportId, lineCount, bytes.length],
  );
}

/** Adds the manifest: what was asked, by whom, and of each part how many lines it has and their hash. */
async function finish(client: PoolClient, exportId: string): Promise<void> {
  const { rows: parts } = await client.query<{ lines: number; sha256: string }>(
    `select line_count as lines, digest as sha256 from app_private.compliance_export_chunks
      where export_id = $1 order by position`,
    [exportId],
  );
  const digest = sha256(parts.map((part) => part.sha256).join('\n'));
  const { rows } = await client.query<{ asked: object }>(
    `select jsonb_build_object(
        'export_id', id, 'requested_by', requested_by, 'requested_at', requested_at, 'reason', reason, 'user_ids', user_ids,
        'room_ids', room_ids, 'word', word, 'since', since, 'until', until, 'message_count', message_count) as asked
      from app_private.compliance_exports where id = $1`,
    [exportId],
  );
  const bytes = await compress(
    `${JSON.stringify({ manifest: { ...rows[0]?.asked, parts, sha256: digest } })}\n`,
  );
  await client.query(
    `insert into app_private.compliance_export_chunks (export_id, position, line_count, digest, bytes)
      values ($1, $2, 0, $3, $4)`,
    [exportId, parts.length, digest, bytes],
  );
  await client.query(
    `update app_private.compliance_exports
      set status = 'ready', digest = $2, finished_at = now(), byte_size = byte_size + $3 where id = $1`,
    [exportId, digest, bytes.length],
  );
}

import type { KeyObject } from 'node:crypto';
import type { Pool } from 'pg';
import { timestamp } from '../process/clock.ts';
import { log } from '../process/log.ts';
import { FIRST_HASH, problemOf } from './chain.ts';
import { type Checkpoint, isSigned, publicKeyOf, signCheckpoint } from './checkpoint.ts';
import { readCheckpoints, readLinks, readTakenOut } from './read.ts';

/**
 * Signs how far the audit log is, where something is new in it: only what follows from what this key signed before. The
 * checkpoint is kept in the database, and stands in the log of this process, which goes elsewhere.
 */
export async function signAuditLog(pool: Pool, key: KeyObject): Promise<Checkpoint | undefined> {
  const client = await pool.connect();
  try {
    // Two workers sign one after the other.
    await client.query('begin');
    await client.query("select pg_advisory_xact_lock(hashtext('app_private.audit_checkpoints'))");
    const own = (await readCheckpoints(client)).filter(
      ({ publicKey }) => publicKey === publicKeyOf(key),
    );
    const last = own.at(-1);
    if (last !== undefined && !isSigned(last)) {
      return refuse(last.seq, 'has a checkpoint that this key did not sign');
    }
    const takenOut = await readTakenOut(client);
    let previous = { seq: 0, hash: FIRST_HASH };
    if (last !== undefined) {
      const { rows } = await client.query<{ hash: string }>(
        `select encode(hash, 'hex') as hash from app_private.audit_links where seq = $1`,
        [last.seq],
      );
      if (rows[0]?.hash !== last.hash) {
        return refuse(last.seq, 'was signed with another hash');
      }
      previous = { seq: last.seq, hash: last.hash };
    }
    const start = previous.seq;
    for await (const link of readLinks(client, start)) {
      const problem = problemOf(link, previous, takenOut);
      if (problem !== undefined) {
        return refuse(link.seq, problem);
      }
      previous = { seq: link.seq, hash: link.hash as string };
    }
    if (previous.seq === start) {
      return undefined;
    }
    const checkpoint = signCheckpoint(key, { ...previous, signedAt: timestamp() });
    await client.query(
      `insert into app_private.audit_checkpoints (seq, hash, signed_at, public_key, signature)
        values ($1, decode($2, 'hex'), $3, $4, $5)`,
      [
        checkpoint.seq,
        checkpoint.hash,
        checkpoint.signedAt,
        checkpoint.publicKey,
        Buffer.from(checkpoint.signature, 'base64url'),
      ],
    );
    await client.query('commit');
    log.info({ event: 'audit.checkpoint', ...checkpoint });
    return checkpoint;
  } finally {
    await client.query('rollback');
    client.release();
  }

  function refuse(seq: number, problem: string): undefined {
    log.error({ event: 'audit.broken', seq, problem });
    return undefined;
  }
}

import type { ClientBase } from 'pg';
import { FIRST_HASH, type Problem, problemOf } from './chain.ts';
import { type Checkpoint, isSigned } from './checkpoint.ts';
import { readCheckpoints, readLinks, readTakenOut } from './read.ts';

export interface Verified {
  /** How many entries and links were gone through. */
  readonly count: number;
  /** Where the chain ends. */
  readonly end: { readonly seq: number; readonly hash: string };
  /** How many signed checkpoints it goes through, kept ones included. */
  readonly checkpoints: number;
  /** The first entry that is not as it was written. Undefined: all are. */
  readonly problem: Problem | undefined;
}

/**
 * Goes through the audit log without believing the database more than that it hands out its rows: hashes and signatures
 * are computed here.
 *
 * @param kept checkpoints that somebody kept elsewhere.
 * @param publicKey whose signatures count. Undefined: those of the newest kept checkpoint, or of any key where nothing was kept.
 */
export async function verifyAuditLog(
  client: ClientBase,
  kept: readonly Checkpoint[] = [],
  publicKey: string | undefined = kept.at(-1)?.publicKey,
): Promise<Verified> {
  await client.query('begin isolation level repeatable read read only');
  try {
    const takenOut = await readTakenOut(client);
    const own = await readCheckpoints(client);
    const checkpoints = [...own, ...kept];
    const signedHashes = new Map<number, Set<string>>();
    const broken: Problem[] = [];
    for (const checkpoint of checkpoints) {
      if (!isSigned(checkpoint)) {
        broken.push({ seq: checkpoint.seq, problem: 'has a checkpoint that nobody signed' });
      } else if (publicKey !== undefined && checkpoint.publicKey !== publicKey) {
        broken.push({ seq: checkpoint.seq, problem: 'has a checkpoint that another key signed' });
      } else {
        const hashes = signedHashes.get(checkpoint.seq) ?? new Set();
        signedHashes.set(checkpoint.seq, hashes.add(checkpoint.hash));
      }
    }
    let previous = { seq: 0, hash: FIRST_HASH };
    let count = 0;
    for await (const link of readLinks(client, 0)) {
      count += 1;
      const problem = problemOf(link, previous, takenOut);
      if (problem !== undefined) {
        broken.push({ seq: link.seq, problem });
        break;
      }
      previous = { seq: link.seq, hash: link.hash as string };
      const signed = signedHashes.get(link.seq);
      signedHashes.delete(link.seq);
      if (signed !== undefined && (signed.size > 1 || !signed.has(previous.hash))) {
        broken.push({
          seq: link.seq,
          problem:
            'or one before it was changed: it was signed with another hash, and the chain was written anew since',
        });
        break;
      }
    }
    for (const seq of signedHashes.keys()) {
      if (seq > previous.seq) {
        broken.push({
          seq: previous.seq + 1,
          problem: `was removed, and all up to ${seq}: that one was signed`,
        });
      }
    }
    const { rows } = await client.query<{ seq: number; hash: string }>(
      `select seq::float8, encode(hash, 'hex') as hash from app_private.audit_head`,
    );
    const [head] = rows;
    if (
      head !== undefined &&
      (head.seq !== previous.seq || (head.seq > 0 && head.hash !== previous.hash))
    ) {
      broken.push({ seq: head.seq, problem: 'is where the chain ended, and it does not' });
    }
    return {
      count,
      end: previous,
      checkpoints: checkpoints.length,
      problem: broken.sort((one, other) => one.seq - other.seq)[0],
    };
  } finally {
    await client.query('rollback');
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Delivery, OpenSend } from './channel.ts';

/** To tell one device of a room, up to a message, or of a reminder. */
export type PushClaim = (RoomClaim | ReminderClaim) & { readonly subscriptionId: string };

export interface RoomClaim {
  readonly userId: string;
  readonly roomId: string;
  readonly throughSeq: number;
}

export interface ReminderClaim {
  readonly reminderId: string;
}

/** What became of a push, and up to where of its room the device had been told before it. */
export interface ClaimedDelivery {
  readonly delivery: Delivery;
  readonly previousSeq: string;
}

const LATE_ATTEMPTS = 15;
const LATE_PAUSE_MS = 1_000;

/**
 * Claims a push and lets it leave, both in one moment: the commit and the last bytes are written one right after the
 * other, with nothing awaited in between. They are with the kernel then, which delivers them whatever happens to this
 * process; and Postgres carries out a commit that has arrived, also when nobody is there any more to hear of it. So a
 * worker that is killed has either done both or neither, but for the microseconds between two system calls.
 *
 * @returns undefined when the push has been claimed by another worker, or the device is gone
 */
export async function claimAndFinish(
  pool: Pool,
  claim: PushClaim,
  opened: OpenSend,
): Promise<ClaimedDelivery | undefined> {
  const client = await pool.connect().catch((error) => {
    opened.abandon();
    throw error;
  });
  let previousSeq: string | undefined;
  try {
    await client.query('begin');
    previousSeq = await take(client, claim);
    if (previousSeq === undefined) {
      opened.abandon();
      await client.query('rollback');
      client.release();
      return undefined;
    }
  } catch (error) {
    opened.abandon();
    client.release(error as Error);
    throw error;
  }
  const committed = client.query('commit');
  const delivered = opened.finish();
  try {
    await committed;
    client.release();
  } catch (error) {
    client.release(error as Error);
    await takeLate(pool, claim);
  }
  return { delivery: await delivered, previousSeq };
}

/** Up to where the device has been told, or undefined when the claim cannot be had. */
async function take(database: Pick<Pool, 'query'>, claim: PushClaim): Promise<string | undefined> {
  if ('reminderId' in claim) {
    const { rows } = await database.query<{ is_claimed: boolean }>(
      'select app_private.claim_reminder_push($1, $2) as is_claimed',
      [claim.reminderId, claim.subscriptionId],
    );
    return rows[0]?.is_claimed ? '0' : undefined;
  }
  const { userId, roomId, subscriptionId, throughSeq } = claim;
  const { rows } = await database.query<{ previous_seq: string }>(
    'select previous_seq from app_private.claim_push($1, $2, $3, $4)',
    [userId, roomId, subscriptionId, throughSeq],
  );
  return rows[0]?.previous_seq;
}

/** For a push that has left while Postgres went away: it has to be noted, or the job's next run sends it again. */
async function takeLate(pool: Pool, claim: PushClaim): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await take(pool, claim);
      return;
    } catch (error) {
      if (attempt === LATE_ATTEMPTS) {
        throw error;
      }
      await pause(LATE_PAUSE_MS);
    }
  }
}

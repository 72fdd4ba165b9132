import type { Task } from 'graphile-worker';
import type { Pool } from 'pg';
import { z } from 'zod';
import { type Channel, sendNow } from '../../push/channel.ts';
import { type Digest, digestShape, type Mailbox } from '../../push/email-digest.ts';
import { pushMetrics } from '../../push/metrics.ts';

const payloadShape = z.object({ userId: z.uuid() });

/** Writes to one person about what they missed, unless they have come back meanwhile. */
export function makeSendDigest(pool: Pool, channel: Channel<Mailbox, Digest>): Task {
  return async (payload) => {
    const { userId } = payloadShape.parse(payload);
    const { rows } = await pool.query('select * from app_private.compose_digest($1)', [userId]);
    if (rows.length === 0) {
      pushMetrics.suppressed.inc({ cause: 'digest_not_due' });
      return;
    }
    const digest = digestShape.parse(rows[0]);
    if (digest.rooms === null) {
      return;
    }
    const send = await channel.prepare(
      { userId, email: digest.email, hosts: digest.hosts },
      { userName: digest.display_name, rooms: digest.rooms },
    );
    const { rows: claims } = await pool.query<{ claimed_at: string | null }>(
      'select app_private.claim_digest($1, $2)::text as claimed_at',
      [userId, digest.previous_at],
    );
    const claimedAt = claims[0]?.claimed_at;
    if (!claimedAt) {
      return;
    }
    const delivery = await sendNow(send);
    if (delivery.outcome === 'sent') {
      pushMetrics.sent.inc({ channel: 'email' });
      return;
    }
    pushMetrics.failed.inc({ channel: 'email', cause: delivery.cause });
    if (delivery.outcome === 'refused') {
      await pool.query('select app_private.release_digest($1, $2, $3)', [
        userId,
        claimedAt,
        digest.previous_at,
      ]);
      throw new Error(`The mail server has not taken a digest: ${delivery.cause}`);
    }
  };
}

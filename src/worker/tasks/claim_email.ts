import type { Task } from 'graphile-worker';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { Mail, Mailer } from '../../push/mailer.ts';
import { shorten } from '../../push/message.ts';

const payloadShape = z.object({ userId: z.uuid() });

/** Who has the address already, as `app_private.claim_email` gives it. */
interface Holder {
  readonly holder_id: string;
  readonly email: string;
  readonly username: string;
  readonly display_name: string;
}

/**
 * Gives a new account the address that it named. If another account has it, that one's owner is told by mail: whoever
 * signed up is told nothing.
 */
export function makeClaimEmail(pool: Pool, mailer: Mailer | undefined): Task {
  return async (payload) => {
    const { userId } = payloadShape.parse(payload);
    const { rows } = await pool.query<Holder>('select * from app_private.claim_email($1)', [
      userId,
    ]);
    const [holder] = rows;
    if (holder === undefined || mailer === undefined) {
      return;
    }
    const delivery = await mailer.send(mailTo(holder));
    if (delivery.outcome === 'refused') {
      await pool.query(
        'update app_private.user_secrets set email_told_at = null where user_id = $1',
        [holder.holder_id],
      );
      throw new Error(`The mail server has not taken a mail: ${delivery.cause}`);
    }
  };
}

function mailTo({ email, username, display_name: displayName }: Holder): Mail {
  const name = shorten(displayName, 80);
  return {
    to: { name, address: email },
    subject: 'Somebody signed up with your e-mail address',
    text: [
      `Hello ${name},`,
      'somebody has just signed up with your e-mail address. They were not told that you have an account, and their mails do not come to you.',
      `If it was you: you have an account already. Sign in as ${username}.`,
      'If it was somebody else, there is nothing that you need to do.',
    ].join('\n\n'),
  };
}

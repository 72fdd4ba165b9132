import type { Task } from 'graphile-worker';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { Mail, Mailer } from '../../push/mailer.ts';

const payloadShape = z.object({ webhookId: z.uuid() });

interface Disabled {
  readonly name: string;
  readonly contact_email: string;
  readonly disabled_reason: string;
  readonly default_verdict: 'allow' | 'refuse' | 'hold' | null;
}

/** Tells whoever is named for a webhook or a hook that it was disabled, unless it goes on already. */
export function makeSendWebhookMail(pool: Pool, mailer: Mailer | undefined): Task {
  return async (payload) => {
    const { webhookId } = payloadShape.parse(payload);
    if (mailer === undefined) {
      return;
    }
    const { rows } = await pool.query<Disabled>(
      `select name, contact_email, disabled_reason, default_verdict from app_public.webhooks
        where id = $1 and disabled_at is not null and contact_email is not null`,
      [webhookId],
    );
    const [disabled] = rows;
    if (disabled === undefined) {
      return;
    }
    const delivery = await mailer.send(mailTo(disabled));
    if (delivery.outcome === 'refused') {
      throw new Error(`The mail server has not taken a mail: ${delivery.cause}`);
    }
  };
}

/** Words for what counts while nobody is asked. */
const MEANWHILE = {
  allow: 'Messages are accepted without being checked.',
  refuse: 'No message is accepted where it would be asked.',
  hold: 'Every message is held for a moderator where it would be asked.',
};

function mailTo(disabled: Disabled): Mail {
  const { name, contact_email: address, disabled_reason: reason } = disabled;
  const isHook = disabled.default_verdict !== null;
  return {
    to: { name: '', address },
    subject: `${isHook ? 'The hook' : 'The webhook'} ${name} was disabled`,
    text: [
      'Hello,',
      `${isHook ? 'the hook' : 'the webhook'} "${name}", for which your address was given, was disabled. ${reason}`,
      disabled.default_verdict === null
        ? 'It is told nothing until somebody enables it, and then goes on where it was: what happens is kept for 90 days.'
        : `It is asked nothing until somebody enables it. ${MEANWHILE[disabled.default_verdict]}`,
      `At psql: select app_admin.enable_webhook('${name.replaceAll("'", "''")}');`,
    ].join('\n\n'),
  };
}

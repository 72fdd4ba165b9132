import type { Pool } from 'pg';
import type { PushSettings, ServiceAccount } from '../config/push.ts';
import { createApnsChannel } from './apns.ts';
import type { Channel } from './channel.ts';
import { createEmailChannel, type Digest, type Mailbox } from './email-digest.ts';
import { createFcmChannel } from './fcm.ts';
import { createGuardedClient } from './guarded-request.ts';
import { createMailer, type Mailer } from './mailer.ts';
import type { PushChannels } from './send.ts';
import { publishVapidKey, readOrCreateVapidKeys } from './vapid.ts';
import { createWebPushChannel } from './web-push.ts';

export interface Push {
  readonly delayMs: number;
  readonly channels: PushChannels;
  readonly mailer: Mailer | undefined;
  readonly email: Channel<Mailbox, Digest> | undefined;
  close(): Promise<void>;
}

/**
 * Makes a channel of everything that is configured.
 *
 * @param jwtSecret the server's own: with it mails have an address to unsubscribe at
 */
export async function createPush(
  settings: PushSettings,
  pool: Pool,
  jwtSecret?: string,
): Promise<Push> {
  const rules = { trustedOrigins: settings.trustedOrigins };
  const client = createGuardedClient(rules);
  const channels: PushChannels = {};

  const vapid = settings.vapid ?? readOrCreateVapidKeys(settings.dataDir);
  if (await publishVapidKey(pool, vapid.publicKey, { replace: settings.vapid !== undefined })) {
    channels.web = createWebPushChannel({ vapid, subject: settings.vapidSubject, client, rules });
  }
  const google = settings.fcm && createGuardedClient({ trustedOrigins: originsOf(settings.fcm) });
  if (settings.fcm && google) {
    channels.fcm = createFcmChannel({ ...settings.fcm, client: google });
  }
  if (settings.apns) {
    channels.apns = createApnsChannel(settings.apns);
  }
  const mailer = settings.email && createMailer(settings.email);
  const email =
    mailer && createEmailChannel({ mailer, publicUrl: settings.email?.publicUrl, jwtSecret });

  return {
    delayMs: settings.delayMs,
    channels,
    mailer,
    email,
    async close() {
      client.close();
      google?.close();
      mailer?.close();
      await channels.apns?.close?.();
    },
  };
}

/** Google's own addresses: they come from whoever runs the server, not from strangers. */
function originsOf({ account, origin }: { account: ServiceAccount; origin: string }): string[] {
  return [origin, new URL(account.token_uri).origin];
}

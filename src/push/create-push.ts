import type { Pool } from 'pg';
import { createGuardedClient } from './guarded-request.ts';
import type { PushChannels } from './send.ts';
import type { VapidKeys } from './vapid.ts';
import { publishVapidKey, readOrCreateVapidKeys } from './vapid.ts';
import { createWebPushChannel } from './web-push.ts';

/** How people are notified, from the environment. */
export interface PushSettings {
  /** How long a message may be read before it is pushed. */
  readonly delayMs: number;
  /** From the environment; undefined: made up once and kept in `dataDir`. */
  readonly vapid: VapidKeys | undefined;
  readonly vapidSubject: string;
  /** Push services beside the well-known ones. */
  readonly trustedOrigins: readonly string[];
  readonly dataDir: string;
}

export interface Push {
  readonly delayMs: number;
  readonly channels: PushChannels;
  close(): Promise<void>;
}

/** Makes a channel of everything that is configured. */
export async function createPush(settings: PushSettings, pool: Pool): Promise<Push> {
  const rules = { trustedOrigins: settings.trustedOrigins };
  const client = createGuardedClient(rules);
  const channels: PushChannels = {};

  const vapid = settings.vapid ?? readOrCreateVapidKeys(settings.dataDir);
  if (await publishVapidKey(pool, vapid.publicKey, { replace: settings.vapid !== undefined })) {
    channels.web = createWebPushChannel({ vapid, subject: settings.vapidSubject, client, rules });
  }

  return {
    delayMs: settings.delayMs,
    channels,
    async close() {
      client.close();
    },
  };
}

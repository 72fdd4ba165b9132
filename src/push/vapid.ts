import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Pool } from 'pg';
import webPush from 'web-push';
import { z } from 'zod';
import type { VapidKeys } from '../config/push.ts';
import { log } from '../process/log.ts';
import { StartError } from '../process/start-error.ts';

/** The key pair that browsers know this server by (RFC 8292), in base64url. */
const vapidKeysShape = z.object({
  publicKey: z.base64url().length(87),
  privateKey: z.base64url().length(43),
});

/** The keys of a data folder, made at the first call. @throws StartError when the file is broken. */
export function readOrCreateVapidKeys(dataDir: string): VapidKeys {
  const file = join(dataDir, 'vapid.json');
  if (!existsSync(file)) {
    createVapidKeys(file);
  }
  try {
    return vapidKeysShape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new StartError(
      `Cannot read ${file}: ${(error as Error).message}. Without it, every browser has to subscribe anew.`,
    );
  }
}

/** A server and a worker may start at once: the first to link its file wins. */
function createVapidKeys(file: string): void {
  const draft = `${file}.${process.pid}.new`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(draft, `${JSON.stringify(webPush.generateVAPIDKeys(), null, 2)}\n`, {
    mode: 0o600,
    flush: true,
  });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
  } finally {
    unlinkSync(draft);
  }
}

/**
 * Tells the API which key browsers should subscribe with. A key that was only made up here never
 * takes the place of another's: two machines, each with a data folder of its own, must not sign for
 * each other's browsers.
 *
 * @returns false when another key is in use, and Web Push must stay off here
 */
export async function publishVapidKey(
  pool: Pool,
  publicKey: string,
  { replace }: { replace: boolean },
): Promise<boolean> {
  const { rows } = await pool.query<{ published: string }>(
    `insert into app_private.push_identity as identity (vapid_public_key) values ($1)
    on conflict (only_row) do update set
      vapid_public_key = case when $2 then excluded.vapid_public_key else identity.vapid_public_key end
    returning vapid_public_key as "published"`,
    [publicKey, replace],
  );
  const inUse = rows[0]?.published === publicKey;
  if (!inUse) {
    log.error({
      event: 'push.other_key_in_use',
      hint: 'Give every machine the same VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY',
    });
  }
  return inUse;
}

import type { KeyObject } from 'node:crypto';
import type { Task } from 'graphile-worker';
import type { Pool } from 'pg';
import { signAuditLog } from '../../audit/sign.ts';

/** Signs how far the audit log is. Without a key nothing is signed. */
export function makeSignAuditLog(pool: Pool, key: KeyObject | undefined): Task {
  return async () => {
    if (key !== undefined) {
      await signAuditLog(pool, key);
    }
  };
}

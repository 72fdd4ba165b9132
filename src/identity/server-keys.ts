import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import { TrumpetError } from '../errors/codes.ts';
import { explainedQuery } from './explained-query.ts';
import type { Viewer } from './viewer.ts';

/**
 * As whom a key acts, in HTTP. Named after the product, as other headers of an installation are; `X-` is not put before
 * names any more (RFC 6648).
 */
export const ACT_AS_HEADER = 'trumpet-act-as';

/** Of 6 random bytes to find it by and 32 to prove it with. */
const KEY = /^trk_([0-9a-f]{12})_([\w-]{43})$/;
/** Anything that somebody may have meant as one. */
const KEY_BEGINNING = 'trk_';
const MAX_ACT_AS_LENGTH = 64;

/** How long it is believed who a key acts as; its session is asked about more often. A use is noted as often. */
const ADMITTED_TTL_MS = 60_000;
const MAX_CACHED = 10_000;

export interface ServerKeys {
  /**
   * As whom a key acts.
   *
   * @param actAs a username or an id; undefined for the installation
   * @throws TrumpetError UNAUTHENTICATED; BAD_INPUT where `actAs` is empty; FORBIDDEN where the key may not, or the person is suspended; NOT_FOUND
   */
  admit(key: string, actAs: string | undefined): Promise<Viewer>;
  /** @throws TrumpetError FORBIDDEN where a viewer came with a key that may not send files */
  checkUpload(viewer: Viewer): Promise<void>;
  /** Asks the database again: call it when the session of a viewer has ended. */
  forget(key: string, actAs: string | undefined): void;
}

/** Whether a text is meant as a key, be it one or not. */
export function isKey(token: string): boolean {
  return token.startsWith(KEY_BEGINNING);
}

/**
 * Addresses are written into logs, histories and referrers.
 *
 * @throws TrumpetError UNAUTHENTICATED for a key
 */
export function refuseKeyInAddress(token: string): void {
  if (isKey(token)) {
    throw new TrumpetError(
      'UNAUTHENTICATED',
      'A key does not belong into an address: send it as a header, and revoke this one.',
    );
  }
}

/** @param pool connections of the unprivileged login */
export function createServerKeys(pool: Pool): ServerKeys {
  const admitted = new LRUCache<string, Promise<Viewer>>({ max: MAX_CACHED, ttl: ADMITTED_TTL_MS });

  return {
    admit(key, actAs) {
      const name = nameOf(key, actAs);
      let admission = admitted.get(name);
      if (admission === undefined) {
        admission = admit(pool, key, actAs);
        admitted.set(name, admission);
        admission.catch(() => admitted.delete(name));
      }
      return admission;
    },
    async checkUpload({ key }) {
      if (key !== undefined) {
        await explainedQuery(pool, 'select app_hidden.check_upload_key($1)', [key.id]);
      }
    },
    forget: (key, actAs) => void admitted.delete(nameOf(key, actAs)),
  };
}

/** Memory holds no keys. */
function nameOf(key: string, actAs: string | undefined): string {
  return `${createHash('sha256').update(key).digest('base64url')} ${actAs ?? ''}`;
}

async function admit(pool: Pool, key: string, actAs: string | undefined): Promise<Viewer> {
  const [, prefix, secret] = KEY.exec(key) ?? [];
  if (prefix === undefined || secret === undefined) {
    throw new TrumpetError('UNAUTHENTICATED', 'This key is not valid, or not any more.');
  }
  // An empty variable of a product must not write as the installation.
  if (actAs?.trim() === '') {
    throw new TrumpetError('BAD_INPUT', 'Say who the key acts as, or leave it out.');
  }
  if (actAs !== undefined && (actAs.length > MAX_ACT_AS_LENGTH || actAs.includes('\0'))) {
    throw new TrumpetError('NOT_FOUND', 'There is no such person to act as.');
  }
  const rows = await explainedQuery<
    Pick<Viewer, 'userId' | 'sessionId'> & NonNullable<Viewer['key']>
  >(
    pool,
    `select user_id as "userId", session_id as "sessionId", key_id as "id", may_read as "mayRead"
       from app_hidden.admit_key($1, $2, $3)`,
    [prefix, createHash('sha256').update(secret).digest(), actAs],
  );
  const { userId, sessionId, id, mayRead } = rows[0] as (typeof rows)[number];
  return { userId, sessionId, endsAt: Number.POSITIVE_INFINITY, key: { id, mayRead } };
}

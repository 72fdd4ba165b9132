import { createSecretKey } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { errors, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import { z } from 'zod';
import { gather } from '../database/gather.ts';
import { TrumpetError } from '../errors/codes.ts';
import { monotonicAt } from '../process/clock.ts';
import type { Issuers } from './issuers.ts';
import { ACT_AS_HEADER, isKey, type ServerKeys } from './server-keys.ts';
import type { Viewer } from './viewer.ts';

/** Who issues access tokens and whom they are for; the database writes the same into them. */
const ISSUER = 'trumpet';
const AUDIENCE = 'trumpet';
/** How long a session counts as alive without asking again, where no bell has said otherwise. */
const SESSION_TTL_MS = 5_000;
const MAX_CACHED_SESSIONS = 10_000;
/** Checking a signature takes a tenth of a short request, and a token comes with every request of its 15 minutes. */
const MAX_CACHED_TOKENS = 10_000;
/** Ours have about 330 characters. Other issuers name groups. */
const MAX_TOKEN_LENGTH = 8_192;

/** The token was good: refreshing the session helps. */
export class TokenExpiredError extends TrumpetError {
  constructor() {
    super('UNAUTHENTICATED', 'The access token has expired: refresh the session.');
  }
}

export interface Authenticator {
  /**
   * Verifies an access token, ours or another issuer's: signature, algorithm, issuer, audience, expiry, and that its
   * session is alive. Or a key of a server.
   *
   * @param actAs whom a key is to act as, by username or id; undefined for the installation
   * @throws TrumpetError UNAUTHENTICATED; of another issuer also FORBIDDEN and BUSY; of a key FORBIDDEN and NOT_FOUND;
   *   BAD_INPUT for `actAs` without a key.
   */
  authenticate(token: string, actAs?: string): Promise<Viewer>;
  /**
   * The same for the headers `Authorization` and `Trumpet-Act-As`. Without them it is a visitor.
   *
   * @throws TrumpetError as above; UNAUTHENTICATED also for an Authorization of another kind.
   */
  authenticateHeaders(headers: CredentialHeaders): Promise<Viewer | undefined>;
  /** Asks the database again at the next token of this session: call it when a session has ended. */
  forgetSession(sessionId: string): void;
}

/** The headers that say who sends a request. */
export type CredentialHeaders = Partial<
  Pick<IncomingHttpHeaders, 'authorization' | typeof ACT_AS_HEADER>
>;

export interface AuthenticatorOptions {
  readonly jwtSecret: string;
  /** Connections of the unprivileged login. */
  readonly pool: Pool;
  readonly issuers: Issuers;
  readonly serverKeys: ServerKeys;
}

interface LiveSession {
  readonly userId: string;
  /** In milliseconds of performance.now(): a token may say a later end than the session has. */
  readonly endsAt: number;
}

const claimsShape = z.object({ sub: z.uuid(), sid: z.uuid(), exp: z.number() });

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { jwtSecret, pool, issuers, serverKeys } = options;
  const key = createSecretKey(jwtSecret, 'utf8');
  const verified = new LRUCache<string, Viewer>({ max: MAX_CACHED_TOKENS });
  const underWay = new Map<string, Promise<Viewer>>();
  const sessions = new LRUCache<string, Promise<LiveSession | undefined>>({
    max: MAX_CACHED_SESSIONS,
    ttl: SESSION_TTL_MS,
  });
  const askForSession = gather((sessionIds: readonly string[]) => askForSessions(pool, sessionIds));

  return {
    authenticate,
    authenticateHeaders,
    forgetSession: (sessionId) => void sessions.delete(sessionId),
  };

  async function authenticateHeaders(headers: CredentialHeaders): Promise<Viewer | undefined> {
    const { authorization, [ACT_AS_HEADER]: actAs } = headers;
    if (authorization === undefined && actAs === undefined) {
      return undefined;
    }
    const [, token] = /^Bearer ([\w-]+(?:\.[\w-]+\.[\w-]+)?)$/i.exec(authorization ?? '') ?? [];
    if (token === undefined) {
      throw new TrumpetError(
        'UNAUTHENTICATED',
        'The Authorization header must read: Bearer, a space, an access token.',
      );
    }
    return await authenticate(token, actAs?.toString());
  }

  async function authenticate(token: string, actAs?: string): Promise<Viewer> {
    if (isKey(token)) {
      return await authenticateKey(token, actAs);
    }
    if (actAs !== undefined) {
      throw new TrumpetError('BAD_INPUT', 'Only a key acts as somebody else.');
    }
    return await alive(await verify(token));
  }

  /** Its session may have ended for another reason than the key: then there is a new one. */
  async function authenticateKey(key: string, actAs: string | undefined): Promise<Viewer> {
    const viewer = await serverKeys.admit(key, actAs);
    try {
      return await alive(viewer);
    } catch (error) {
      if (!(error instanceof TrumpetError && error.code === 'UNAUTHENTICATED')) {
        throw error;
      }
      serverKeys.forget(key, actAs);
      return await alive(await serverKeys.admit(key, actAs));
    }
  }

  /** @throws TrumpetError UNAUTHENTICATED when the session is over */
  async function alive(viewer: Viewer): Promise<Viewer> {
    const session = await sessionOf(viewer.sessionId);
    if (session?.userId !== viewer.userId || session.endsAt <= performance.now()) {
      throw new TrumpetError('UNAUTHENTICATED', 'This session has ended: sign in again.');
    }
    return { ...viewer, endsAt: Math.min(viewer.endsAt, session.endsAt) };
  }

  /** Whatever the wall clock is set to later: a token that has been accepted ends when it was said to. */
  async function verify(token: string): Promise<Viewer> {
    const known = verified.get(token) ?? (await verifyOnce(token));
    verified.set(token, known);
    if (known.endsAt <= performance.now()) {
      throw new TokenExpiredError();
    }
    return known;
  }

  /** An app opens with many requests at once, all with the same new token. */
  function verifyOnce(token: string): Promise<Viewer> {
    let verifying = underWay.get(token);
    if (verifying === undefined) {
      verifying = verifySignature(token).finally(() => underWay.delete(token));
      underWay.set(token, verifying);
    }
    return verifying;
  }

  async function verifySignature(token: string): Promise<Viewer> {
    if (token.length > MAX_TOKEN_LENGTH) {
      throw new TrumpetError('UNAUTHENTICATED', 'The access token is not valid.');
    }
    try {
      const admitted = issuers.admit(token);
      if (admitted !== undefined) {
        const viewer = await admitted;
        sessions.delete(viewer.sessionId); // It may go on for longer now.
        return viewer;
      }
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sub', 'sid', 'exp'],
      });
      const { sub, sid, exp } = claimsShape.parse(payload);
      return { userId: sub, sessionId: sid, endsAt: monotonicAt(exp * 1_000) };
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw new TokenExpiredError();
      }
      throw error instanceof errors.JOSEError || error instanceof z.ZodError
        ? new TrumpetError('UNAUTHENTICATED', 'The access token is not valid.')
        : error;
    }
  }

  /** Undefined when it is over. Requests at the same moment share one question. */
  function sessionOf(sessionId: string): Promise<LiveSession | undefined> {
    const known = sessions.get(sessionId);
    if (known !== undefined) {
      return known;
    }
    const asked = askForSession(sessionId);
    asked.catch(() => {
      if (sessions.peek(sessionId) === asked) {
        sessions.delete(sessionId);
      }
    });
    sessions.set(sessionId, asked);
    return asked;
  }
}

/** The sessions of these ids, undefined for those that are over. */
async function askForSessions(
  pool: Pool,
  sessionIds: readonly string[],
): Promise<readonly (LiveSession | undefined)[]> {
  const askedAt = performance.now();
  const { rows } = await pool.query<{ userId: string | null; leftMs: number }>({
    name: 'authenticate_sessions',
    text: `
      select live.user_id as "userId",
          extract(epoch from live.expires_at - now())::float8 * 1000 as "leftMs"
        from unnest($1::uuid[]) with ordinality as asked (session_id, position)
        left join lateral app_hidden.authenticate_session(asked.session_id) as live on true
        order by asked.position`,
    values: [sessionIds],
  });
  return rows.map(({ userId, leftMs }) =>
    userId === null ? undefined : { userId, endsAt: askedAt + leftMs },
  );
}

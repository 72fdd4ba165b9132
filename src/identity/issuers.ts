import {
  createRemoteJWKSet,
  decodeJwt,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { ClaimNames, IssuerSettings } from '../config/issuers.ts';
import { TrumpetError } from '../errors/codes.ts';
import { monotonicAt, wallClockMs } from '../process/clock.ts';
import { log } from '../process/log.ts';
import { explainedQuery } from './explained-query.ts';
import type { Viewer } from './viewer.ts';

/** How long a key is believed before the set is fetched again, also to see that it has been taken out. */
const KEYS_MAX_AGE_MS = 600_000;
/** A key that is not in the set makes it be fetched again, at most this often. */
const KEYS_COOLDOWN_MS = 30_000;
const KEYS_TIMEOUT_MS = 5_000;
/** Revocations are remembered for as long. */
const LONGEST_LIFE_S = 366 * 86_400;

/** What a logout token says it is. See https://openid.net/specs/openid-connect-backchannel-1_0.html. */
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

export interface Issuers {
  /**
   * Verifies an access token of one of them, and says whose it is: the person is made when they are new.
   *
   * @returns undefined, at once, for a token that does not say that it is of one of them
   * @throws TrumpetError UNAUTHENTICATED; FORBIDDEN for who is suspended; BUSY while the issuer's keys cannot be had.
   * @throws errors.JWTExpired
   */
  admit(token: string): Promise<Viewer> | undefined;
  /**
   * Takes a logout token of OpenID Connect's back-channel: ends the session that it names, or all of the person.
   *
   * @throws TrumpetError UNAUTHENTICATED for one that is not valid; BUSY as above.
   * @throws errors.JWTExpired
   */
  revoke(logoutToken: string): Promise<void>;
}

/** A logout token is used at once, or never. */
const LOGOUT_TOKEN_MAX_AGE_S = 600;

/** After which time whoever was refused because of the issuer should come back, in milliseconds. */
const KEYS_RETRY_MS = 5_000;

const timesShape = z.object({ iat: z.number().positive(), exp: z.number().positive() });
const nameShape = z.string().min(1).max(500);
const logoutShape = z.object({
  events: z.object({ [LOGOUT_EVENT]: z.object({}) }),
  iat: z.number().positive(),
  sid: nameShape.optional(),
  nonce: z.undefined().optional(),
});

interface Verifier {
  readonly settings: IssuerSettings;
  /** Signature, algorithm, issuer, audience and times. */
  verify(token: string, also: JWTVerifyOptions): Promise<JWTPayload>;
}

/** @param pool connections of the unprivileged login */
export function createIssuers(settings: readonly IssuerSettings[], pool: Pool): Issuers {
  const byName = new Map(settings.map((issuer) => [issuer.issuer, createVerifier(issuer)]));

  const verifierOf = (token: string) => (byName.size > 0 ? byName.get(issuerOf(token)) : undefined);

  return {
    admit(token) {
      const verifier = verifierOf(token);
      return verifier && admit(verifier, token);
    },
    async revoke(logoutToken) {
      const verifier = verifierOf(logoutToken);
      if (verifier === undefined) {
        throw invalid();
      }
      const { settings, verify } = verifier;
      const payload = await verify(logoutToken, { maxTokenAge: LOGOUT_TOKEN_MAX_AGE_S });
      const { data: logout } = logoutShape.safeParse(payload);
      const { data: subject } = nameShape.safeParse(payload[settings.claims.subject]);
      if (logout === undefined || (logout.sid ?? subject) === undefined) {
        throw invalid();
      }
      await explainedQuery(pool, 'select app_hidden.revoke_tokens($1, $2, $3, to_timestamp($4))', [
        settings.issuer,
        subject,
        logout.sid === undefined ? null : `sid ${logout.sid}`,
        logout.iat,
      ]);
    },
  };

  async function admit({ settings, verify }: Verifier, token: string): Promise<Viewer> {
    const payload = await verify(token, { requiredClaims: ['exp', 'iat'] });
    const { data: times } = timesShape.safeParse(payload);
    const { data: subject } = nameShape.safeParse(payload[settings.claims.subject]);
    const { clockToleranceMs } = settings;
    if (
      times === undefined ||
      subject === undefined ||
      payload.events !== undefined ||
      times.exp - times.iat > LONGEST_LIFE_S ||
      times.iat * 1_000 > wallClockMs() + clockToleranceMs
    ) {
      throw invalid();
    }
    const endsAtMs = times.exp * 1_000 + clockToleranceMs;
    const [admitted] = await explainedQuery<Pick<Viewer, 'userId' | 'sessionId'>>(
      pool,
      `select user_id as "userId", session_id as "sessionId"
           from app_hidden.admit_person($1, $2, $3, to_timestamp($4), to_timestamp($5), $6)`,
      [
        settings.issuer,
        subject,
        sessionNameOf(payload, subject),
        times.iat,
        endsAtMs / 1_000,
        JSON.stringify(profileOf(payload, settings.claims)),
      ],
    );
    if (admitted === undefined) {
      throw invalid();
    }
    return { ...admitted, endsAt: monotonicAt(endsAtMs) };
  }
}

function createVerifier(settings: IssuerSettings): Verifier {
  const { issuer, audience, keys, algorithms, clockToleranceMs } = settings;
  const keyOf = 'key' in keys ? async () => keys.key : fetchedKeys(keys.address);
  return {
    settings,
    async verify(token, also) {
      try {
        const { payload } = await jwtVerify(token, keyOf, {
          issuer,
          audience: [...audience],
          algorithms: [...algorithms],
          clockTolerance: clockToleranceMs / 1_000,
          ...also,
        });
        return payload;
      } catch (error) {
        throw error instanceof TrumpetError || error instanceof errors.JWTExpired
          ? error
          : invalid();
      }
    },
  };
}

/** The keys at an address. That they cannot be had is not the token's fault. */
function fetchedKeys(address: URL): JWTVerifyGetKey {
  const keyOf = createRemoteJWKSet(address, {
    cacheMaxAge: KEYS_MAX_AGE_MS,
    cooldownDuration: KEYS_COOLDOWN_MS,
    timeoutDuration: KEYS_TIMEOUT_MS,
  });
  return async (header, token) => {
    try {
      return await keyOf(header, token);
    } catch (error) {
      if (
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys ||
        error instanceof errors.JOSENotSupported
      ) {
        throw error;
      }
      log.warn({ event: 'issuer.keys_missing', address: address.href, error });
      throw new TrumpetError('BUSY', "The keys of the token's issuer cannot be had just now.", {
        retryAfterMs: KEYS_RETRY_MS,
      });
    }
  };
}

/** What it says of its issuer; empty where it says nothing. */
function issuerOf(token: string): string {
  try {
    return decodeJwt(token).iss ?? '';
  } catch {
    return '';
  }
}

/** Tokens of one sign-in share a session, where they say so. Otherwise each is one of its own. */
function sessionNameOf({ sid, jti, iat }: JWTPayload, subject: string): string {
  if (typeof sid === 'string' && sid !== '') {
    return `sid ${sid}`;
  }
  return jti === undefined ? `sub ${subject} ${iat}` : `jti ${jti}`;
}

/** What the issuer says of the person, under our names. */
function profileOf(payload: JWTPayload, claims: ClaimNames): object {
  const text = (claim: string | null) => {
    const value = claim === null ? undefined : payload[claim];
    return typeof value === 'string' && !value.includes('\0') ? value : undefined;
  };
  const groups = claims.groups === null ? undefined : payload[claims.groups];
  return {
    username: text(claims.username),
    name: text(claims.name),
    picture: text(claims.picture),
    email: payload.email_verified === false ? undefined : text(claims.email),
    groups: Array.isArray(groups)
      ? groups.filter((group) => typeof group === 'string' && !group.includes('\0'))
      : undefined,
  };
}

function invalid(): TrumpetError {
  return new TrumpetError('UNAUTHENTICATED', 'The access token is not valid.');
}

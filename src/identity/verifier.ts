import {
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { TrumpetError } from '../errors/codes.ts';
import { log } from '../process/log.ts';

/** How long a key is believed before the set is fetched again, also to see that it has been taken out. */
const KEYS_MAX_AGE_MS = 600_000;
/** A key that is not in the set makes it be fetched again, at most this often. */
const KEYS_COOLDOWN_MS = 30_000;
const KEYS_TIMEOUT_MS = 5_000;

/** After which time whoever was refused because of the issuer should come back, in milliseconds. */
export const ISSUER_RETRY_MS = 5_000;

/** What tokens of one issuer have to be. */
export interface TokenRules {
  /** What stands in `iss`, letter by letter. */
  readonly issuer: string;
  /** One of these stands in `aud`. */
  readonly audience: readonly string[];
  /** What they may be signed with: nothing that their own header says counts. */
  readonly algorithms: readonly string[];
  /** Which claim says whose they are. */
  readonly subjectClaim: string;
  /** How far the clocks may differ, in milliseconds. */
  readonly clockToleranceMs: number;
}

export interface Verifier {
  readonly rules: TokenRules;
  /**
   * Signature, algorithm, issuer, audience and times.
   *
   * @throws TrumpetError UNAUTHENTICATED; BUSY while the keys cannot be had.
   * @throws errors.JWTExpired
   */
  verify(token: string, also: JWTVerifyOptions): Promise<JWTPayload>;
}

export function createVerifier(rules: TokenRules, keyOf: JWTVerifyGetKey): Verifier {
  const { issuer, audience, algorithms, clockToleranceMs } = rules;
  return {
    rules,
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
export function fetchedKeys(address: URL): JWTVerifyGetKey {
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
        retryAfterMs: ISSUER_RETRY_MS,
      });
    }
  };
}

export function invalid(): TrumpetError {
  return new TrumpetError('UNAUTHENTICATED', 'The access token is not valid.');
}

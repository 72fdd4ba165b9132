import { decodeJwt, type JWTPayload } from 'jose';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { ClaimNames } from '../config/claims.ts';
import type { IssuerSettings } from '../config/issuers.ts';
import { monotonicAt, wallClockMs } from '../process/clock.ts';
import { nameShape, profileOf, sessionNameOf } from './claims.ts';
import { explainedQuery } from './explained-query.ts';
import { createVerifier, fetchedKeys, invalid, type Verifier } from './verifier.ts';
import type { Viewer } from './viewer.ts';

/** Revocations are remembered for as long. */
const LONGEST_LIFE_S = 366 * 86_400;

export interface Issuers {
  /**
   * Verifies an access token of one of them, and says whose it is: the person is made when they are new.
   *
   * @returns undefined, at once, for a token that does not say that it is of one of them
   * @throws TrumpetError UNAUTHENTICATED; FORBIDDEN for who is suspended; BUSY while the issuer's keys cannot be had.
   * @throws errors.JWTExpired
   */
  admit(token: string): Promise<Viewer> | undefined;
  readonly verifiers: readonly Verifier[];
}

const timesShape = z.object({ iat: z.number().positive(), exp: z.number().positive() });

interface Issuer {
  readonly verifier: Verifier;
  readonly claims: ClaimNames;
  readonly workspace: string | undefined;
}

/** @param pool connections of the unprivileged login */
export function createIssuers(settings: readonly IssuerSettings[], pool: Pool): Issuers {
  const byName = new Map(settings.map((each) => [each.issuer, issuerOf(each)]));

  async function admit({ verifier, claims, workspace }: Issuer, token: string): Promise<Viewer> {
    const payload = await verifier.verify(token, { requiredClaims: ['exp', 'iat'] });
    const { data: times } = timesShape.safeParse(payload);
    const { data: subject } = nameShape.safeParse(payload[claims.subject]);
    const sessionName = subject === undefined ? undefined : sessionNameOf(payload, subject);
    const { issuer, clockToleranceMs } = verifier.rules;
    if (
      times === undefined ||
      sessionName === undefined ||
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
        issuer,
        subject,
        sessionName,
        times.iat,
        endsAtMs / 1_000,
        JSON.stringify(profileOf(payload, claims, workspace)),
      ],
    );
    if (admitted === undefined) {
      throw invalid();
    }
    return { ...admitted, endsAt: monotonicAt(endsAtMs) };
  }

  return {
    admit(token) {
      const issuer = byName.size > 0 ? byName.get(saidOf(token).iss ?? '') : undefined;
      return issuer && admit(issuer, token);
    },
    verifiers: [...byName.values()].map(({ verifier }) => verifier),
  };
}

function issuerOf({ keys, claims, workspace, ...rules }: IssuerSettings): Issuer {
  const keyOf = 'key' in keys ? async () => keys.key : fetchedKeys(keys.address);
  const verifier = createVerifier({ ...rules, subjectClaim: claims.subject }, keyOf);
  return { verifier, claims, workspace };
}

/** What a token says, before anything is known about it; nothing where it says nothing. */
export function saidOf(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    return {};
  }
}

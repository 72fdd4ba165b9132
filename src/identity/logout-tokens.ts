import type { Pool } from 'pg';
import { z } from 'zod';
import { nameShape, sessionShape } from './claims.ts';
import { explainedQuery } from './explained-query.ts';
import { saidOf } from './issuers.ts';
import { invalid, type Verifier } from './verifier.ts';

/** What a logout token says it is. See https://openid.net/specs/openid-connect-backchannel-1_0.html. */
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** A logout token is used at once, or never. */
const LOGOUT_TOKEN_MAX_AGE_S = 600;

const logoutShape = z.object({
  events: z.object({ [LOGOUT_EVENT]: z.object({}) }),
  iat: z.number().positive(),
  sid: sessionShape.optional(),
  nonce: z.undefined().optional(),
});

export interface LogoutTokens {
  /**
   * Takes a logout token of OpenID Connect's back-channel: ends the session that it names, or all of the person.
   *
   * @throws TrumpetError UNAUTHENTICATED for one that is not valid; BUSY while the issuer's keys cannot be had.
   * @throws errors.JWTExpired
   */
  take(logoutToken: string): Promise<void>;
}

/**
 * @param verifiers of those whose logout tokens are taken; one issuer may be there twice, for two audiences
 * @param pool connections of the unprivileged login
 */
export function createLogoutTokens(verifiers: readonly Verifier[], pool: Pool): LogoutTokens {
  function verifierOf(token: string): Verifier | undefined {
    const { iss, aud = [] } = saidOf(token);
    const isFor = ({ rules }: Verifier) =>
      [aud].flat().some((audience) => rules.audience.includes(audience));
    const ofIssuer = verifiers.filter(({ rules }) => rules.issuer === iss);
    return ofIssuer.find(isFor) ?? ofIssuer[0];
  }

  return {
    async take(logoutToken) {
      const verifier = verifierOf(logoutToken);
      if (verifier === undefined) {
        throw invalid();
      }
      const { issuer, subjectClaim } = verifier.rules;
      const payload = await verifier.verify(logoutToken, { maxTokenAge: LOGOUT_TOKEN_MAX_AGE_S });
      const { data: logout } = logoutShape.safeParse(payload);
      const { data: subject } = nameShape.safeParse(payload[subjectClaim]);
      if (logout === undefined || (logout.sid ?? subject) === undefined) {
        throw invalid();
      }
      await explainedQuery(pool, 'select app_hidden.revoke_tokens($1, $2, $3, to_timestamp($4))', [
        issuer,
        subject,
        logout.sid === undefined ? null : `sid ${logout.sid}`,
        logout.iat,
      ]);
    },
  };
}

import type { JWTPayload } from 'jose';
import { z } from 'zod';
import type { ClaimNames } from '../config/claims.ts';

/** The name of a person or of a session, as an issuer says it. */
export const nameShape = z
  .string()
  .min(1)
  .max(500)
  .refine((name) => !name.includes('\0'));

/** Tokens of one sign-in share a session, where they say so. Otherwise each is one of its own. */
export function sessionNameOf({ sid, jti, iat }: JWTPayload, subject: string): string {
  if (typeof sid === 'string' && sid !== '') {
    return `sid ${sid}`;
  }
  return jti === undefined ? `sub ${subject} ${iat}` : `jti ${jti}`;
}

/** Where nothing is said the issuer is trusted; some say it as a text. */
function isVerified(claim: unknown): boolean {
  return claim === undefined || claim === true || claim === 'true';
}

/**
 * What the issuer says of the person, under our names.
 *
 * @param workspace in which its people are, where no claim says it
 */
export function profileOf(
  payload: JWTPayload,
  claims: ClaimNames,
  workspace: string | undefined,
): object {
  const text = (claim: string | null) => {
    const value = claim === null ? undefined : payload[claim];
    return typeof value === 'string' && !value.includes('\0') ? value : undefined;
  };
  const groups = claims.groups === null ? undefined : payload[claims.groups];
  return {
    username: text(claims.username),
    name: text(claims.name),
    picture: text(claims.picture),
    email: isVerified(payload.email_verified) ? text(claims.email) : undefined,
    groups: Array.isArray(groups)
      ? groups.filter((group) => typeof group === 'string' && !group.includes('\0'))
      : undefined,
    // Who has to say it and does not is in none.
    workspace: claims.workspace === null ? workspace : (text(claims.workspace) ?? ''),
  };
}

import type { JWTPayload } from 'jose';
import { z } from 'zod';
import type { ClaimNames } from '../config/claims.ts';

/** Whether the database takes a text as it is. Half a character would become another one, and two names the same. */
const isExact = (text: string) => text.isWellFormed() && !text.includes('\0');

/** The name of a session, as an issuer says it. It is kept as a hash, so it may be long. */
export const sessionShape = z.string().min(1).refine(isExact);
/** The name of a person, as an issuer says it. */
export const nameShape = sessionShape.max(500);

/**
 * Tokens of one sign-in share a session, where they say so. Otherwise each is one of its own.
 *
 * @returns undefined where the name is none
 */
export function sessionNameOf({ sid, jti, iat }: JWTPayload, subject: string): string | undefined {
  const [kind, said] = typeof sid === 'string' && sid !== '' ? ['sid', sid] : ['jti', jti];
  if (typeof said !== 'string') {
    return `sub ${subject} ${iat}`;
  }
  return sessionShape.safeParse(said).success ? `${kind} ${said}` : undefined;
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
    // Some cut a name in the middle of a character: the rest of it is as good as ever.
    return typeof value === 'string' && !value.includes('\0') ? value.toWellFormed() : undefined;
  };
  const groups = claims.groups === null ? undefined : payload[claims.groups];
  return {
    username: text(claims.username),
    name: text(claims.name),
    picture: text(claims.picture),
    email: isVerified(payload.email_verified) ? text(claims.email) : undefined,
    groups: Array.isArray(groups)
      ? groups.filter((group) => typeof group === 'string' && isExact(group))
      : undefined,
    // Who has to say it and does not is in none.
    workspace: claims.workspace === null ? workspace : (text(claims.workspace) ?? ''),
  };
}

import { SignJWT } from 'jose';

export const TEST_JWT_SECRET = 'a secret for tests that is 32 bytes or more';

/** A token like the server's; the claims given replace its own. */
export function signToken(
  claims: Record<string, unknown>,
  secret: string = TEST_JWT_SECRET,
  lifetime_s = 900,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: 'trumpet', aud: 'trumpet', iat: now, exp: now + lifetime_s, ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(secret));
}

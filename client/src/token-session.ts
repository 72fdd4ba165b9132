import { TrumpetError } from './errors.ts';
import { post, type TypedDocument } from './http.ts';
import type { Server, SessionMethod, Tokens } from './session-method.ts';

/*
 * For a product that has users already: the server takes the access tokens of its sign-in (docs/auth.md), and the product
 * knows how to get one.
 */

const WHO = '{ currentUser { id } }' as unknown as TypedDocument<
  { readonly currentUser: { readonly id: string } | null },
  Record<string, never>
>;

/**
 * Sessions with the access tokens of another issuer. `client.signIn()` begins one.
 *
 * @param getToken an access token that is good for a while yet, of whoever is signed in to the product; null when nobody
 *   is. It is asked for again before a token ends, when the server refuses one, and by each page that is opened.
 */
export function tokenSession(getToken: () => Promise<string | null>): SessionMethod {
  async function begin({ fetch, url }: Server): Promise<Tokens> {
    const accessToken = await getToken();
    if (accessToken === null) {
      throw new TrumpetError('UNAUTHENTICATED', 'Nobody is signed in.');
    }
    const { currentUser } = await post(fetch, url, WHO, {}, accessToken);
    if (currentUser === null) {
      throw new TrumpetError('UNAUTHENTICATED', 'The server does not know whose token this is.');
    }
    return {
      userId: currentUser.id,
      accessToken,
      expiresAt: endOf(accessToken),
      refreshToken: null,
    };
  }

  return {
    keepsTokens: false,
    signIn: begin,
    signUp: begin,
    refresh: begin,
    async signOut() {}, // Who signs out of the product tells the server, by its issuer.
  };
}

/** In milliseconds of the clock. What cannot be read ends when the server says so. */
function endOf(token: string): number {
  try {
    const [, payload = ''] = token.split('.');
    const { exp } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return typeof exp === 'number' ? exp * 1_000 : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

import { NetworkError, throwDefect } from './errors.ts';
import { type Fetch, postJson } from './http.ts';
import type { Server, SessionMethod, Tokens } from './session-method.ts';

/*
 * For a page that the Trumpet server itself has sent: the refresh token is in a cookie that no script can read, and the
 * access token is nowhere but in memory.
 */

interface SessionAnswer {
  readonly accessToken: string;
  readonly expiresAt: string;
  readonly user: { readonly id: string };
}

/** Where it is noted that somebody signed out and the server could not be told. */
const UNTOLD = 'trumpet sign-out';

export function cookieSession(): SessionMethod {
  async function begin({ fetch, url }: Server, path: string, body: object): Promise<Tokens> {
    const { accessToken, expiresAt, user } = await postJson<SessionAnswer>(
      fetch,
      `${url}/session${path}`,
      body,
    );
    return { userId: user.id, accessToken, expiresAt: Date.parse(expiresAt), refreshToken: null };
  }

  async function signOut({ fetch, url }: Server): Promise<void> {
    localStorage.setItem(UNTOLD, 'yes');
    // Also when the page is closed at once.
    const lasting: Fetch = (address, init) => fetch(address, { ...init, keepalive: true });
    await postJson(lasting, `${url}/session/sign-out`, {});
    localStorage.removeItem(UNTOLD);
  }

  /** A cookie that was to go must not outlive the next person's sign-in. */
  async function signOutUntold(server: Server): Promise<void> {
    if (localStorage.getItem(UNTOLD) !== null) {
      await signOut(server);
    }
  }

  return {
    keepsTokens: false,
    async signIn(server, { username, password }) {
      await signOutUntold(server);
      return begin(server, '', { username, password });
    },
    async signUp(server, account) {
      await signOutUntold(server);
      return begin(server, '/sign-up', account);
    },
    refresh: (server) => begin(server, '/refresh', {}),
    async signOut(server) {
      try {
        await signOut(server);
      } catch (error) {
        if (error instanceof NetworkError) {
          window.addEventListener('online', () => void tellLater(server), { once: true });
        }
        throw error;
      }
    },
  };

  async function tellLater(server: Server): Promise<void> {
    try {
      await signOutUntold(server);
    } catch (error) {
      throwDefect(error);
    }
  }
}

import { NetworkError, TrumpetError, throwDefect } from './errors.ts';
import { type Fetch, postJson } from './http.ts';
import { readNote, writeNote } from './notes.ts';
import type { Proof, Server, SessionMethod, Tokens } from './session-method.ts';

/*
 * For a page that the Trumpet server itself has sent: the refresh token is in a cookie that no script can read, and the
 * access token is nowhere but in memory. `client.signIn()` takes the session that a provider has begun.
 */

interface SessionAnswer {
  readonly accessToken: string;
  readonly expiresAt: string;
  readonly user: { readonly id: string };
}

/** Where it is noted that somebody signed out at a server (its address) that has not been told. */
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

  let telling: Promise<void> = Promise.resolve();

  function signOut({ fetch, url }: Server): Promise<void> {
    writeNote(UNTOLD, url);
    // Also when the page is closed at once.
    const lasting: Fetch = (address, init) => fetch(address, { ...init, keepalive: true });
    telling = postJson<undefined>(lasting, `${url}/session/sign-out`, {}).then(() =>
      writeNote(UNTOLD, null),
    );
    telling.catch(() => {}); // Whoever asked for it hears of it.
    return telling;
  }

  /** A cookie that was to go must not outlive the next person's sign-in, nor this page. */
  async function signOutUntold(fetch: Fetch): Promise<void> {
    await telling.catch(() => {});
    const url = readNote(UNTOLD);
    if (url !== null) {
      await signOut({ fetch, url });
    }
  }

  async function tellLater(fetch: Fetch): Promise<void> {
    try {
      await signOutUntold(fetch);
    } catch (error) {
      throwDefect(error);
      tellWhenOnline(error, fetch);
    }
  }

  function tellWhenOnline(error: unknown, fetch: Fetch): void {
    if (error instanceof NetworkError) {
      window.addEventListener('online', () => void tellLater(fetch), { once: true });
    }
  }

  // The page in which somebody signed out may have been closed before the network was back.
  void tellLater(globalThis.fetch.bind(globalThis));

  return {
    keepsTokens: false,
    async signIn(server, proof?: Proof) {
      if (proof === undefined) {
        return begin(server, '/refresh', {}); // The server has just set the cookie, for who signed in elsewhere.
      }
      if ('refreshToken' in proof) {
        throw new TrumpetError('BAD_INPUT', 'A page of the server has its session in a cookie.');
      }
      await signOutUntold(server.fetch);
      if ('invitationCode' in proof) {
        const { invitationCode: code, displayName } = proof;
        return begin(server, '/guest', { code, displayName });
      }
      if ('passkey' in proof) {
        return begin(server, '/passkey', { credential: proof.passkey });
      }
      const { username, password, code } = proof;
      return begin(server, '', { username, password, code });
    },
    async signUp(server, account) {
      await signOutUntold(server.fetch);
      return begin(server, '/sign-up', account);
    },
    refresh: (server) => begin(server, '/refresh', {}),
    async signOut(server) {
      try {
        await signOut(server);
      } catch (error) {
        tellWhenOnline(error, server.fetch);
        throw error;
      }
    },
  };
}

import { NetworkError, TrumpetError } from './errors.ts';
import {
  RefreshSessionDocument,
  type SessionPartsFragment,
  SignInDocument,
  SignOutDocument,
  SignUpDocument,
} from './generated.ts';
import { type Fetch, post, type TypedDocument } from './http.ts';

/** Who is signed in, and the tokens that prove it. */
export interface Tokens {
  readonly userId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the access token ends, in milliseconds of the clock. */
  readonly expiresAt: number;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface Account extends Credentials {
  readonly displayName?: string;
  readonly email?: string;
}

export interface Session {
  readonly tokens: Tokens | null;
  signIn(credentials: Credentials): Promise<Tokens>;
  signUp(account: Account): Promise<Tokens>;
  /** Ends it on the server as far as it can be reached, and here in any case. */
  signOut(): Promise<void>;
  /** An access token that is valid for a while yet. @throws TrumpetError UNAUTHENTICATED when there is none any more. */
  accessToken(): Promise<string>;
  /** Takes what another tab has kept. */
  reread(): Promise<void>;
  /** Gets new tokens unless somebody has since this one was refused. */
  refresh(refused: string): Promise<void>;
  /** Asks as the person. With a token that the server refuses, once more with a new one. */
  ask<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
  ): Promise<Result>;
}

export interface SessionOptions {
  readonly url: string;
  readonly fetch: Fetch;
  readonly read: () => Promise<Tokens | null>;
  readonly write: (tokens: Tokens | null) => Promise<void>;
  /** Runs alone among all tabs. */
  readonly alone: <T>(run: () => Promise<T>) => Promise<T>;
}

/** A token is refreshed this long before it ends. */
const BEFORE_ITS_END_MS = 60_000;

/** What the server says of a refresh token that is over; anything else may pass. */
const ENDED: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'WRONG_CREDENTIALS', 'NOT_FOUND']);

export async function openSession(options: SessionOptions): Promise<Session> {
  const { url, fetch, read, write, alone } = options;
  let tokens = await read();
  let refreshing: Promise<void> | undefined;

  async function take(parts: SessionPartsFragment): Promise<Tokens> {
    tokens = {
      userId: parts.user.id,
      accessToken: parts.accessToken,
      refreshToken: parts.refreshToken,
      expiresAt: Date.parse(parts.expiresAt),
    };
    await write(tokens);
    return tokens;
  }

  async function refreshAlone(refused: string): Promise<void> {
    const kept = await read();
    if (kept === null || kept.accessToken !== refused) {
      tokens = kept; // Another tab did it, or signed out.
      return;
    }
    try {
      const { refreshSession } = await post(fetch, url, RefreshSessionDocument, {
        input: { refreshToken: kept.refreshToken },
      });
      if (refreshSession !== null) {
        await take(refreshSession.session);
      }
    } catch (error) {
      if (error instanceof TrumpetError && ENDED.has(error.code)) {
        tokens = null;
        await write(null);
        return;
      }
      throw error;
    }
  }

  function refresh(refused: string): Promise<void> {
    refreshing ??= alone(() => refreshAlone(refused)).finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  }

  async function accessToken(): Promise<string> {
    if (tokens !== null && tokens.expiresAt - Date.now() < BEFORE_ITS_END_MS) {
      await refresh(tokens.accessToken);
    }
    if (tokens === null) {
      throw new TrumpetError('UNAUTHENTICATED', 'Sign in first.');
    }
    return tokens.accessToken;
  }

  return {
    get tokens() {
      return tokens;
    },
    async signIn({ username, password }) {
      const { signIn } = await post(fetch, url, SignInDocument, { input: { username, password } });
      return take(present(signIn).session);
    },
    async signUp({ username, password, displayName = username, email }) {
      const { signUp } = await post(fetch, url, SignUpDocument, {
        input: { username, password, displayName, email },
      });
      return take(present(signUp).session);
    },
    async signOut() {
      const ended = tokens;
      tokens = null;
      await write(null);
      if (ended !== null) {
        await post(fetch, url, SignOutDocument, {}, ended.accessToken).catch(ignoreUnreached);
      }
    },
    async reread() {
      tokens = await read();
    },
    accessToken,
    refresh,
    async ask(document, variables) {
      const token = await accessToken();
      try {
        return await post(fetch, url, document, variables, token);
      } catch (error) {
        if (!(error instanceof TrumpetError) || error.code !== 'UNAUTHENTICATED') {
          throw error;
        }
      }
      await refresh(token);
      return post(fetch, url, document, variables, await accessToken());
    },
  };
}

function present<T>(value: T | null): T {
  if (value === null) {
    throw new TrumpetError('UNEXPECTED', 'The server answered with nothing.');
  }
  return value;
}

/** The session then ends on the server by itself. */
function ignoreUnreached(error: unknown): void {
  if (!(error instanceof NetworkError || error instanceof TrumpetError)) {
    throw error;
  }
}

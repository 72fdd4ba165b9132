import { TrumpetError, throwDefect } from './errors.ts';
import { type Fetch, post, type TypedDocument } from './http.ts';
import type { Account, Proof, SessionMethod, Tokens } from './session-method.ts';

/** What is kept of who is signed in: with the tokens, where they may be kept. */
export type KeptSession = Pick<Tokens, 'userId'> | Tokens;

/** What is asked as one person: as they, or not at all. */
export interface Session {
  /** Null as soon as somebody else is signed in, or nobody. */
  readonly userId: string | null;
  /** An access token that is valid for a while yet. @throws TrumpetError UNAUTHENTICATED when there is none any more. */
  accessToken(): Promise<string>;
  /** Gets new tokens unless somebody has since this one was refused. */
  refresh(refused: string): Promise<void>;
  /** Asks as the person. With a token that the server refuses, once more with a new one. */
  ask<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
  ): Promise<Result>;
}

/** Whose session it is on this device: one person's after another's. */
export interface SessionHolder {
  /** Who is signed in, whether or not there is a token yet. */
  readonly userId: string | null;
  signIn(proof: Proof): Promise<string>;
  signUp(account: Account): Promise<string>;
  /** Ends it on the server as far as it can be reached, and here in any case. */
  signOut(): Promise<void>;
  /** Takes what another tab has kept. */
  reread(): Promise<void>;
  /** To ask as a person. */
  of(person: string | null): Session;
}

export interface SessionOptions {
  readonly url: string;
  readonly fetch: Fetch;
  readonly method: () => Promise<SessionMethod>;
  readonly read: () => Promise<KeptSession | null>;
  readonly write: (kept: KeptSession | null) => Promise<void>;
  /** Before it is somebody else's. */
  readonly onNext: () => void;
  /** Runs alone among all tabs. */
  readonly alone: <T>(run: () => Promise<T>) => Promise<T>;
}

/** A token is refreshed this long before it ends. */
const BEFORE_ITS_END_MS = 60_000;

/** What the server says of a session that is over; anything else may pass. */
const ENDED: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'WRONG_CREDENTIALS', 'NOT_FOUND']);

export async function openSession(options: SessionOptions): Promise<SessionHolder> {
  const { url, fetch, method, read, write, alone, onNext } = options;
  const server = { url, fetch };
  let userId: string | null = null;
  let tokens: Tokens | null = null;
  /** What the device had when it was last read or written: what is here may be newer, where it took nothing. */
  let seen: string | undefined;
  let untaken: KeptSession | undefined;
  let refreshing: Promise<void> | undefined;
  /** A token that was over when it came: the clock of the device is wrong, and the server says when it is over. */
  let untimed: string | undefined;

  const isEnding = ({ expiresAt }: Tokens) => expiresAt - Date.now() < BEFORE_ITS_END_MS;

  function become(id: string | null): void {
    if (id !== userId) {
      onNext();
      userId = id;
      refreshing = undefined;
    }
  }

  async function reread(): Promise<void> {
    const kept = await read();
    const text = JSON.stringify(kept);
    if (text === seen) {
      return;
    }
    seen = text;
    untaken = undefined;
    become(kept?.userId ?? null);
    if (kept !== null && 'accessToken' in kept) {
      tokens = kept;
    } else if (tokens?.userId !== userId) {
      tokens = null;
    }
  }

  async function take(taken: Tokens): Promise<string> {
    become(taken.userId);
    tokens = taken;
    untimed = isEnding(taken) ? taken.accessToken : undefined;
    const { keepsTokens } = await method();
    if (tokens === taken) {
      untaken = keepsTokens ? taken : { userId: taken.userId };
    }
    await keep();
    return taken.userId;
  }

  /** Where the device takes nothing, the session goes on from memory, and is kept as soon as it can be. */
  async function keep(): Promise<void> {
    const kept = untaken;
    try {
      if (kept !== undefined) {
        await write(kept);
        seen = JSON.stringify(kept);
        untaken = untaken === kept ? undefined : untaken;
      }
    } catch {}
  }

  async function end(): Promise<void> {
    tokens = null;
    userId = null;
    untaken = undefined;
    await write(null);
    seen = 'null';
  }

  /** @param refused the token that will not do, null when there is none */
  async function refreshAlone(refused: string | null): Promise<void> {
    await reread();
    if (userId === null || (tokens !== null && tokens.accessToken !== refused)) {
      return; // Another tab did it, or signed out.
    }
    const [person, token] = [userId, tokens?.accessToken];
    let fresh: Tokens | undefined;
    try {
      fresh = await (await method()).refresh(server, tokens?.refreshToken ?? null);
    } catch (error) {
      if (!(error instanceof TrumpetError && ENDED.has(error.code))) {
        throw error;
      }
    }
    if (userId !== person || tokens?.accessToken !== token) {
      return; // Whoever is there now has other tokens, or none.
    }
    if (fresh?.userId === person) {
      await take(fresh);
    } else {
      await end(); // It is over, or somebody else has signed in here since.
    }
  }

  function refresh(refused: string | null): Promise<void> {
    if (refreshing === undefined) {
      const underWay = alone(() => refreshAlone(refused)).finally(() => {
        if (refreshing === underWay) {
          refreshing = undefined;
        }
      });
      refreshing = underWay;
    }
    return refreshing;
  }

  function of(person: string | null): Session {
    const isTheirs = () => person !== null && userId === person;

    async function accessToken(): Promise<string> {
      if (isTheirs() && (tokens === null || (isEnding(tokens) && tokens.accessToken !== untimed))) {
        await refresh(tokens?.accessToken ?? null);
      }
      if (tokens === null || !isTheirs()) {
        throw new TrumpetError('UNAUTHENTICATED', 'Sign in first.');
      }
      if (untaken !== undefined) {
        void alone(() => reread().then(keep)).catch(() => {});
      }
      return tokens.accessToken;
    }

    return {
      get userId() {
        return isTheirs() ? person : null;
      },
      accessToken,
      refresh: async (refused) => (isTheirs() ? refresh(refused) : undefined),
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

  await reread();
  return {
    get userId() {
      return userId;
    },
    signIn: (credentials) =>
      alone(async () => take(await (await method()).signIn(server, credentials))),
    signUp: (account) => alone(async () => take(await (await method()).signUp(server, account))),
    async signOut() {
      const ended = tokens?.accessToken ?? null;
      // After a refresh that is on its way, and before the next sign-in: the last answer sets the cookie of a page.
      // Unreached, the session ends on the server by itself.
      const told = alone(async () => (await method()).signOut(server, ended)).catch(throwDefect);
      await end();
      await told;
    },
    reread,
    of,
  };
}

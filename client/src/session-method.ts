import type { Fetch } from './http.ts';

/** Who is signed in, and the tokens that prove it. */
export interface Tokens {
  readonly userId: string;
  readonly accessToken: string;
  /** When the access token ends, in milliseconds of the clock. */
  readonly expiresAt: number;
  /** Null where something else has it, such as a cookie. */
  readonly refreshToken: string | null;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Of the app or a recovery code, for whom the server has said `SECOND_FACTOR_REQUIRED`. */
  readonly code?: string | undefined;
  /**
   * 32 to 200 random characters that the app makes once on a device, and keeps there: strangers at the same address then
   * do not lock its owner out by wrong passwords. A page of the server needs none: its cookie does that.
   */
  readonly deviceSecret?: string;
}

/** For a guest: no account, and in the room of an invitation that allows it alone. */
export interface GuestPass {
  readonly invitationCode: string;
  readonly displayName: string;
  readonly deviceSecret?: string;
}

/** What a browser answers to `beginPasskeySignIn`: `credential.toJSON()`. */
export interface PasskeyAnswer {
  readonly passkey: unknown;
  readonly deviceSecret?: string;
}

/** A session that has begun elsewhere, such as by a server with a key (`issueToken`). It goes on here, and nowhere else. */
export interface BegunSession {
  readonly refreshToken: string;
}

/** By what somebody signs in. */
export type Proof = Credentials | GuestPass | PasskeyAnswer | BegunSession;

export interface Account extends Omit<Credentials, 'code'> {
  readonly displayName?: string;
  readonly email?: string;
  /** Of an invitation to a room, which the person is in at once; some servers want one. */
  readonly invitationCode?: string;
}

/** Where a session is held. */
export interface Server {
  readonly url: string;
  readonly fetch: Fetch;
}

/**
 * How sessions begin, go on and end. Each throws a TrumpetError when the server refuses, and a NetworkError when it could
 * not be reached.
 */
export interface SessionMethod {
  /** Whether tokens are kept on the device. Otherwise only who is signed in is, and each page gets its own. */
  readonly keepsTokens: boolean;
  signIn(server: Server, proof: Proof): Promise<Tokens>;
  signUp(server: Server, account: Account): Promise<Tokens>;
  refresh(server: Server, refreshToken: string | null): Promise<Tokens>;
  signOut(server: Server, accessToken: string | null): Promise<void>;
}

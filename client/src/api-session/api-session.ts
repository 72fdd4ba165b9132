import { TrumpetError } from '../errors.ts';
import { post } from '../http.ts';
import type { SessionMethod, Tokens } from '../session-method.ts';
import {
  JoinAsGuestDocument,
  RefreshSessionDocument,
  type SessionPartsFragment,
  SignInDocument,
  SignInWithPasskeyDocument,
  SignOutDocument,
  SignUpDocument,
} from './generated.ts';

/** Sessions by the mutations of the API, with both tokens kept where the rest is. */
export const apiSession: SessionMethod = {
  keepsTokens: true,
  async signIn(server, given) {
    const { fetch, url } = server;
    const proof = asGiven(given);
    if ('refreshToken' in proof) {
      return await apiSession.refresh(server, proof.refreshToken);
    }
    const { deviceSecret } = proof;
    if ('invitationCode' in proof) {
      const { invitationCode: code, displayName } = proof;
      const input = { code, displayName, deviceSecret };
      return tokensOf((await post(fetch, url, JoinAsGuestDocument, { input })).joinAsGuest);
    }
    if ('passkey' in proof) {
      const input = { credential: proof.passkey, deviceSecret };
      return tokensOf(
        (await post(fetch, url, SignInWithPasskeyDocument, { input })).signInWithPasskey,
      );
    }
    const { username, password, code } = proof;
    const input = { username, password, code, deviceSecret };
    return tokensOf((await post(fetch, url, SignInDocument, { input })).signIn);
  },
  async signUp({ fetch, url }, account) {
    const { username, password, deviceSecret, displayName, email, invitationCode } =
      asGiven(account);
    const { signUp } = await post(fetch, url, SignUpDocument, {
      input: {
        ...{ username, password, deviceSecret, email, invitationCode },
        displayName: displayName ?? username,
      },
    });
    return tokensOf(signUp);
  },
  async refresh({ fetch, url }, refreshToken) {
    const { refreshSession } = await post(fetch, url, RefreshSessionDocument, {
      input: { refreshToken: refreshToken ?? '' },
    });
    return tokensOf(refreshSession);
  },
  async signOut({ fetch, url }, accessToken) {
    if (accessToken !== null) {
      await post(fetch, url, SignOutDocument, {}, accessToken);
    }
  },
};

/** What plain JavaScript may leave out. */
function asGiven<Given>(given: Given): NonNullable<Given> {
  if (typeof given !== 'object' || given === null) {
    throw new TrumpetError('BAD_INPUT', 'Say who it is, such as by { username, password }.');
  }
  return given;
}

function tokensOf(payload: { readonly session: SessionPartsFragment } | null): Tokens {
  if (payload === null) {
    throw new TrumpetError('UNEXPECTED', 'The server answered with nothing.');
  }
  const { user, accessToken, refreshToken, expiresAt } = payload.session;
  return { userId: user.id, accessToken, refreshToken, expiresAt: Date.parse(expiresAt) };
}

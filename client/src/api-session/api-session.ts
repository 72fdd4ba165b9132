import { TrumpetError } from '../errors.ts';
import { post } from '../http.ts';
import type { SessionMethod, Tokens } from '../session-method.ts';
import {
  RefreshSessionDocument,
  type SessionPartsFragment,
  SignInDocument,
  SignOutDocument,
  SignUpDocument,
} from './generated.ts';

/** Sessions by the mutations of the API, with both tokens kept where the rest is. */
export const apiSession: SessionMethod = {
  keepsTokens: true,
  async signIn({ fetch, url }, { username, password, code, deviceSecret }) {
    const { signIn } = await post(fetch, url, SignInDocument, {
      input: { username, password, code, deviceSecret },
    });
    return tokensOf(signIn);
  },
  async signUp(
    { fetch, url },
    { username, password, deviceSecret, displayName = username, email, invitationCode },
  ) {
    const { signUp } = await post(fetch, url, SignUpDocument, {
      input: { username, password, deviceSecret, displayName, email, invitationCode },
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

function tokensOf(payload: { readonly session: SessionPartsFragment } | null): Tokens {
  if (payload === null) {
    throw new TrumpetError('UNEXPECTED', 'The server answered with nothing.');
  }
  const { user, accessToken, refreshToken, expiresAt } = payload.session;
  return { userId: user.id, accessToken, refreshToken, expiresAt: Date.parse(expiresAt) };
}

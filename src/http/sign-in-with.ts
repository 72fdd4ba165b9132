import { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { TrumpetError } from '../errors/codes.ts';
import type { Device, Provider } from '../identity/providers.ts';
import { hostNameOf } from './host-name.ts';
import { PAGE_ADDRESSES } from './page/addresses.ts';
import type { SessionCookies } from './session-cookie.ts';
import type { Sites } from './sites.ts';

/*
 * Signing in on the page with an OpenID Connect provider, and signing out of it. Browsers come here by links and go on by
 * redirects: whatever happens they end on the page, which is told in the address's fragment.
 */

/** Without more than this as a hint, people are asked whether they want to sign out. Cookies hold about 4 kB. */
const MAX_ID_TOKEN_LENGTH = 3_000;

/** Longer addresses of the page are forgotten: there are none. */
const MAX_ADDRESS_LENGTH = 500;

const pendingShape = z.object({
  /** Where on the page somebody was when they began. */
  from: z.string(),
  provider: z.string(),
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  // The cookie that says it does not come with a navigation from another site.
  deviceSecret: z.string(),
});

interface SignInWithOptions {
  readonly providers: readonly Provider[];
  readonly cookies: SessionCookies;
  /** Where clients reach this server. */
  readonly publicUrl: () => string;
  readonly sites: Sites;
  readonly deviceOf: (req: Request, res: Response) => Device;
  /** Begins the session of a browser. */
  readonly keepRefreshToken: (req: Request, res: Response, refreshToken: string) => void;
}

export interface SignInWith {
  /** `/:provider`, `/:provider/callback` and `/:provider/sign-out`. */
  readonly router: Router;
  /** The provider with which this browser has signed in, while it has not signed out there. */
  signedInWith(req: Request): Provider | undefined;
}

export function createSignInWith(options: SignInWithOptions): SignInWith {
  const { providers, cookies, publicUrl, sites, deviceOf, keepRefreshToken } = options;
  const byName = new Map(providers.map((provider) => [provider.name, provider]));
  const callbackOf = ({ name }: Provider) => new URL(`/session/with/${name}/callback`, publicUrl());

  function providerOf(req: Request): Provider {
    const provider = byName.get(String(req.params.provider));
    if (provider === undefined) {
      throw new TrumpetError('NOT_FOUND', 'There is no provider of this name.');
    }
    return provider;
  }

  /** An address of the page, and of nothing else. */
  function pageAddress(said: unknown): string {
    const address = typeof said === 'string' ? URL.parse(said, publicUrl()) : null;
    return address !== null &&
      address.origin === new URL(publicUrl()).origin &&
      address.href.length <= MAX_ADDRESS_LENGTH &&
      PAGE_ADDRESSES.test(address.pathname)
      ? address.pathname + address.search
      : '/';
  }

  /** Whatever goes wrong, people see the page. */
  async function orOnPage(from: string, act: () => Promise<string>): Promise<string> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof TrumpetError)) {
        throw error;
      }
      return `${from}#sign-in=${error.code}`;
    }
  }

  const begin: RequestHandler = async (req, res) => {
    const provider = providerOf(req);
    const from = pageAddress(req.query.from);
    // Providers lead to one address, and only what was begun there ends there.
    if ((await sites.addressOf(hostNameOf(req))) !== publicUrl()) {
      const there = new URL(`/session/with/${provider.name}`, publicUrl());
      there.searchParams.set('from', from);
      res.redirect(303, there.href);
      return;
    }
    const next = await orOnPage(from, async () => {
      const { address, pending } = await provider.begin(callbackOf(provider));
      const { deviceSecret } = deviceOf(req, res);
      const kept = JSON.stringify({ provider: provider.name, from, ...pending, deviceSecret });
      cookies.pending(pending.state).write(req, res, Buffer.from(kept).toString('base64url'));
      return address.href;
    });
    res.redirect(303, next);
  };

  const complete: RequestHandler = async (req, res) => {
    const provider = providerOf(req);
    const address = new URL(req.originalUrl, publicUrl());
    const pending = takePending(address.searchParams.get('state') ?? '', req, res);
    const from = pageAddress(pending?.from);
    const next = await orOnPage(from, async () => {
      if (pending?.provider !== provider.name) {
        throw new TrumpetError('UNAUTHENTICATED', 'This sign-in was not begun in this browser.');
      }
      const { refreshToken, idToken } = await provider.complete(address, pending, {
        deviceSecret: pending.deviceSecret,
        userAgent: req.headers['user-agent'],
      });
      keepRefreshToken(req, res, refreshToken);
      if (idToken.length <= MAX_ID_TOKEN_LENGTH) {
        cookies.idToken.write(req, res, `${provider.name}.${idToken}`);
      } else {
        cookies.idToken.clear(req, res);
      }
      return `${from}#sign-in=done`;
    });
    res.redirect(303, next);
  };

  /** Good once, whatever comes of it. */
  function takePending(state: string, req: Request, res: Response) {
    const cookie = cookies.pending(state);
    const kept = cookie.read(req);
    if (kept === undefined) {
      return undefined;
    }
    cookie.clear(req, res);
    try {
      return pendingShape.parse(JSON.parse(Buffer.from(kept, 'base64url').toString()));
    } catch {
      return undefined;
    }
  }

  const signOut: RequestHandler = async (req, res) => {
    const provider = providerOf(req);
    const { name, idToken } = readIdToken(req);
    cookies.idToken.clear(req, res);
    const page = new URL('/', publicUrl());
    const next = await orOnPage('/', async () => {
      const address =
        name === provider.name ? await provider.signOutAddress(idToken, page) : undefined;
      return (address ?? page).href;
    });
    res.redirect(303, next);
  };

  function readIdToken(req: Request) {
    const [name = '', ...idToken] = cookies.idToken.read(req)?.split('.') ?? [];
    return { name, idToken: idToken.join('.') };
  }

  return {
    router: Router()
      .get('/:provider', begin)
      .get('/:provider/callback', complete)
      .get('/:provider/sign-out', signOut),
    signedInWith: (req) => byName.get(readIdToken(req).name),
  };
}

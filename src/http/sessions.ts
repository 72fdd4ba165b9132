import { randomBytes } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import type { GraphQLError } from 'postgraphile/graphql';
import { z } from 'zod';
import type { AccountSettings } from '../config/accounts.ts';
import type { RelyingParty } from '../config/relying-party.ts';
import { ERROR_CODES, type ErrorCode, TrumpetError } from '../errors/codes.ts';
import { errorBody } from '../errors/error-body.ts';
import { sentence } from '../errors/sentence.ts';
import type { Authenticator } from '../identity/authenticator.ts';
import type { Device, Provider } from '../identity/providers.ts';
import { rememberViewer } from '../identity/viewer.ts';
import type { CallApi } from './api-caller.ts';
import { sendError } from './error-response.ts';
import { hostNameOf } from './host-name.ts';
import { kindOfSecret, type RefusedRequests, SECRET } from './refused-requests.ts';
import { createRequestLimit, limitBodyTime, VISITOR_BODY_LIMIT_BYTES } from './request-limits.ts';
import { createSessionCookies } from './session-cookie.ts';
import { createSignInWith } from './sign-in-with.ts';
import type { Sites } from './sites.ts';

/*
 * Sessions of the page. Its refresh token is in a cookie that no script can read; the access token is in the answer, for
 * the page to hold in memory. Behind each address is the mutation of that name: the same limits, the same errors.
 */

const SESSION = `session {
  accessToken
  refreshToken
  expiresAt
  user { id username displayName avatarUrl }
}`;
const SIGN_IN = `mutation ($input: SignInInput!) { answer: signIn(input: $input) { ${SESSION} } }`;
const SIGN_UP = `mutation ($input: SignUpInput!) { answer: signUp(input: $input) { ${SESSION} } }`;
const REFRESH = `mutation ($input: RefreshSessionInput!) { answer: refreshSession(input: $input) { ${SESSION} } }`;
const JOIN_AS_GUEST = `mutation ($input: JoinAsGuestInput!) { answer: joinAsGuest(input: $input) { ${SESSION} } }`;
const SIGN_IN_WITH_PASSKEY = `mutation ($input: SignInWithPasskeyInput!) { answer: signInWithPasskey(input: $input) { ${SESSION} } }`;
const SIGN_OUT = 'mutation { answer: signOut(input: {}) { clientMutationId } }';

interface Answer {
  readonly answer: { readonly session: UserSession };
}

interface UserSession {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: string;
  readonly user: object;
}

const SIGN_IN_PATHS = ['/', '/sign-up', '/guest', '/passkey'];

const passwordShape = z.object({ username: z.string(), password: z.string() });
const credentialsShape = passwordShape.extend({ code: z.string().nullish() });
const guestShape = z.object({ code: z.string(), displayName: z.string() });
const passkeyShape = z.object({ credential: z.looseObject({}) });
const accountShape = passwordShape.extend({
  displayName: z.string().nullish(),
  email: z.string().nullish(),
  invitationCode: z.string().nullish(),
});

/** What a page has to know before anybody has signed in. */
export interface SessionOptions extends AccountSettings {
  /** Whom one may be in one click, with the password of all of them. */
  readonly samplePeople: readonly {
    readonly username: string;
    readonly displayName: string;
    readonly password: string;
  }[];
  /** Whether mails are sent: without them no lost password is set anew. */
  readonly mails: boolean;
  /** Whether `/graphiql` and `/docs` are there. */
  readonly graphiql: boolean;
  readonly documents: boolean;
}

export interface SessionsOptions {
  readonly callApi: CallApi;
  readonly authenticator: Authenticator;
  readonly refusedRequests: RefusedRequests;
  readonly jwtSecret: string;
  /** With whom people may sign in. */
  readonly providers: readonly Provider[];
  /** Where clients reach this server. */
  readonly publicUrl: () => string;
  /** For which site there are passkeys. */
  readonly relyingParty: (host: string | undefined) => Promise<RelyingParty | undefined>;
  readonly sites: Sites;
  readonly options: SessionOptions;
}

/** `/session`, and below it `/sign-up`, `/guest`, `/passkey`, `/refresh`, `/sign-out`, `/options` and `/with/…`. */
export function createSessions(sessions: SessionsOptions): Router {
  const { callApi, authenticator, refusedRequests, jwtSecret } = sessions;
  const { providers, publicUrl, relyingParty, sites, options } = sessions;
  const cookies = createSessionCookies(jwtSecret, publicUrl);
  const { session: cookie, device: deviceCookie } = cookies;

  /** Whoever shows a refresh token that was given out here, or a device on which somebody signed in, waits behind nobody else. */
  function kindsOf(req: Request): string[] {
    const isSigningIn = SIGN_IN_PATHS.includes(req.path);
    const shown = (isSigningIn ? deviceCookie : cookie).read(req);
    return [...(shown === undefined ? [] : [kindOfSecret(shown)]), `session ${req.path}`];
  }

  /** A cookie comes with what any page sends. So only pages of this very server are heard, by JSON, which forms cannot send. */
  const onlyOwnPages: RequestHandler = (req, res, next) => {
    const { origin, host } = req.headers;
    const originHost = origin !== undefined && URL.canParse(origin) ? new URL(origin).host : null;
    if (originHost === null || (originHost !== host && originHost !== new URL(publicUrl()).host)) {
      sendError(res, new TrumpetError('FORBIDDEN', 'Sessions are for pages of this server.'));
      return;
    }
    if (!req.is('application/json')) {
      sendError(res, new TrumpetError('BAD_INPUT', 'Content-Type must be application/json.'), 415);
      return;
    }
    next();
  };

  async function begin(
    req: Request,
    res: Response,
    document: string,
    input: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const result = await callApi<Answer>(req, document, { input });
    if (result.kind === 'refused') {
      if (document === REFRESH && result.error.extensions.code === 'UNAUTHENTICATED') {
        cookie.clear(req, res);
      }
      sendRefusal(res, result.error);
      return;
    }
    const { refreshToken, ...session } = result.data.answer.session;
    cookie.write(req, res, refreshToken);
    if (typeof input.deviceSecret === 'string') {
      refusedRequests.expect(kindOfSecret(input.deviceSecret));
    }
    res.json(session);
  }

  function keepRefreshToken(req: Request, res: Response, refreshToken: string): void {
    cookie.write(req, res, refreshToken);
    refusedRequests.expect(kindOfSecret(refreshToken));
  }

  /** On what somebody signs in. The browser keeps what it is known by from its first try on. */
  function deviceOf(req: Request, res: Response): Device {
    const known = deviceCookie.read(req) ?? '';
    const deviceSecret = SECRET.test(known) ? known : randomBytes(32).toString('base64url');
    deviceCookie.write(req, res, deviceSecret);
    return { deviceSecret, userAgent: req.headers['user-agent'] };
  }

  const signIn: RequestHandler = async (req, res) => {
    const credentials = read(credentialsShape, req.body);
    await begin(req, res, SIGN_IN, { ...credentials, ...deviceOf(req, res) });
  };

  const signUp: RequestHandler = async (req, res) => {
    const account = read(accountShape, req.body);
    await begin(req, res, SIGN_UP, { ...account, ...deviceOf(req, res) });
  };

  const joinAsGuest: RequestHandler = async (req, res) => {
    const guest = read(guestShape, req.body);
    await begin(req, res, JOIN_AS_GUEST, { ...guest, ...deviceOf(req, res) });
  };

  const signInWithPasskey: RequestHandler = async (req, res) => {
    const answer = read(passkeyShape, req.body);
    await begin(req, res, SIGN_IN_WITH_PASSKEY, { ...answer, ...deviceOf(req, res) });
  };

  const refresh: RequestHandler = async (req, res) => {
    const refreshToken = cookie.read(req);
    if (refreshToken === undefined) {
      throw new TrumpetError('UNAUTHENTICATED');
    }
    const deviceSecret = deviceCookie.read(req);
    if (deviceSecret !== undefined) {
      deviceCookie.write(req, res, deviceSecret); // Known for as long from now on.
    }
    await begin(req, res, REFRESH, { refreshToken });
  };

  /** Whoever has the cookie may end its session, also with an access token that is long over. */
  const signOut: RequestHandler = async (req, res) => {
    const refreshToken = cookie.read(req);
    cookie.clear(req, res);
    if (refreshToken !== undefined) {
      const last = await callApi<Answer>(req, REFRESH, { input: { refreshToken } });
      if (last.kind === 'data') {
        const { accessToken } = last.data.answer.session;
        rememberViewer(req, await authenticator.authenticate(accessToken));
        const ended = await callApi(req, SIGN_OUT, {});
        if (ended.kind === 'refused') {
          return sendRefusal(res, ended.error);
        }
      }
    }
    res.status(204).end();
  };

  const signInWith = createSignInWith({
    providers,
    cookies,
    publicUrl,
    sites,
    deviceOf,
    keepRefreshToken,
  });
  const offered = providers.map(({ name, label }) => ({ name, label }));
  const sendOptions: RequestHandler = async (req, res) => {
    const { name, label } = signInWith.signedInWith(req) ?? {};
    res.json({
      ...options,
      passkeys: (await relyingParty(hostNameOf(req))) !== undefined,
      providers: offered,
      signedInWith: name === undefined ? null : { name, label },
    });
  };

  const readBody = express.json({ limit: VISITOR_BODY_LIMIT_BYTES });
  const { limit } = createRequestLimit(refusedRequests.shareOf);
  return Router()
    .use((_req, res, next) => {
      res.set('Cache-Control', 'no-store');
      next();
    })
    .get('/options', sendOptions)
    .use('/with', refusedRequests.slowDown(), limit, signInWith.router)
    .use(onlyOwnPages, refusedRequests.slowDown(kindsOf), limit, limitBodyTime, readBody)
    .post('/', signIn)
    .post('/sign-up', signUp)
    .post('/guest', joinAsGuest)
    .post('/passkey', signInWithPasskey)
    .post('/refresh', refresh)
    .post('/sign-out', signOut);
}

function read<T>(shape: z.ZodType<T>, body: unknown): T {
  const { data, success } = shape.safeParse(body);
  if (!success) {
    throw new TrumpetError('BAD_INPUT', 'The body must be a JSON object: username, password.');
  }
  return data;
}

/** Errors of the API as they would be beside `data`, and with the status that such an error has by itself. */
function sendRefusal(res: Response, { message, extensions }: GraphQLError): void {
  const { code, retryAfterMs } = extensions;
  if (typeof code === 'string' && Object.hasOwn(ERROR_CODES, code)) {
    const details = typeof retryAfterMs === 'number' ? { retryAfterMs } : {};
    sendError(res, new TrumpetError(code as ErrorCode, sentence(message), details));
    return;
  }
  res.status(500).json(errorBody({ message, extensions }));
}

import type { JWTVerifyGetKey } from 'jose';
import * as openid from 'openid-client';
import type { Pool } from 'pg';
import { PUBLIC_KEY_ALGORITHMS } from '../config/issuers.ts';
import type { ProviderSettings } from '../config/providers.ts';
import { TrumpetError } from '../errors/codes.ts';
import { log } from '../process/log.ts';
import { nameShape, profileOf, sessionNameOf } from './claims.ts';
import { explainedQuery } from './explained-query.ts';
import { createVerifier, fetchedKeys, ISSUER_RETRY_MS, type Verifier } from './verifier.ts';

/** What a provider says of itself is asked for again after so long. */
const DISCOVERED_FOR_MS = 3_600_000;
const TIMEOUT_S = 10;
const CLOCK_TOLERANCE_S = 5;

/** What a browser keeps of a sign-in until it comes back from the provider: what it came for must come of it. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** On what somebody signs in. */
export interface Device {
  readonly deviceSecret: string;
  readonly userAgent: string | undefined;
}

export interface SignedIn {
  readonly refreshToken: string;
  /** What the provider has said, as a hint for signing out there. */
  readonly idToken: string;
}

/** One of those with whom people may sign in. See https://openid.net/specs/openid-connect-core-1_0.html. */
export interface Provider {
  readonly name: string;
  readonly label: string;
  /** Of its logout tokens. */
  readonly verifier: Verifier;
  /**
   * @param returnTo the address that the browser comes back to
   * @throws TrumpetError BUSY while the provider cannot be reached
   */
  begin(returnTo: URL): Promise<{ readonly address: URL; readonly pending: PendingSignIn }>;
  /**
   * Takes a browser that has come back, and begins a session: the person is made when they are new.
   *
   * @param address with what the provider has added
   * @throws TrumpetError UNAUTHENTICATED where the provider or what it says does not fit; FORBIDDEN for who is
   * suspended; BUSY as above
   */
  complete(address: URL, pending: PendingSignIn, device: Device): Promise<SignedIn>;
  /**
   * Where a browser signs out of the provider too; undefined where it has no such address.
   *
   * @throws TrumpetError BUSY as above
   */
  signOutAddress(idToken: string, returnTo: URL): Promise<URL | undefined>;
}

/** @param pool connections of the unprivileged login */
export function createProvider(settings: ProviderSettings, pool: Pool): Provider {
  const { name, label, issuer, clientId, scope, claims, workspace } = settings;
  let discovered: Promise<openid.Configuration> | undefined;
  let discoveredAt = 0;

  function configuration(): Promise<openid.Configuration> {
    if (discovered === undefined || performance.now() - discoveredAt > DISCOVERED_FOR_MS) {
      discovered = discover(settings);
      discoveredAt = performance.now();
      discovered.catch(() => {
        discovered = undefined;
      });
    }
    return discovered;
  }

  /** Keys are at an address that the provider says. */
  let keys: { readonly address: string; readonly keyOf: JWTVerifyGetKey } | undefined;
  async function keyOf(...[header, token]: Parameters<JWTVerifyGetKey>) {
    const config = await reach(name, configuration);
    const { jwks_uri: address } = config.serverMetadata();
    if (address === undefined) {
      throw notIdentified();
    }
    if (keys?.address !== address) {
      keys = { address, keyOf: fetchedKeys(new URL(address)) };
    }
    return keys.keyOf(header, token);
  }

  async function identify(address: URL, pending: PendingSignIn) {
    const config = await configuration();
    const tokens = await openid.authorizationCodeGrant(config, address, {
      pkceCodeVerifier: pending.codeVerifier,
      expectedState: pending.state,
      expectedNonce: pending.nonce,
      idTokenExpected: true,
    });
    const said = tokens.claims();
    if (said === undefined || tokens.id_token === undefined) {
      throw notIdentified();
    }
    const profile =
      config.serverMetadata().userinfo_endpoint === undefined
        ? {}
        : await openid.fetchUserInfo(config, tokens.access_token, said.sub);
    return { said, profile, idToken: tokens.id_token };
  }

  return {
    name,
    label,
    verifier: createVerifier(
      {
        issuer,
        audience: [clientId],
        algorithms: PUBLIC_KEY_ALGORITHMS,
        subjectClaim: 'sub',
        clockToleranceMs: CLOCK_TOLERANCE_S * 1_000,
      },
      keyOf,
    ),
    async begin(returnTo) {
      const config = await reach(name, configuration);
      const pending = {
        state: openid.randomState(),
        nonce: openid.randomNonce(),
        codeVerifier: openid.randomPKCECodeVerifier(),
      };
      const address = openid.buildAuthorizationUrl(config, {
        redirect_uri: returnTo.href,
        scope,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(pending.codeVerifier),
        code_challenge_method: 'S256',
      });
      return { address, pending };
    },
    async complete(address, pending, { deviceSecret, userAgent }) {
      const [asked] = await explainedQuery<{ at: string }>(
        pool,
        'select clock_timestamp()::text as at',
        [],
      );
      const { said, profile, idToken } = await reach(name, () => identify(address, pending));
      const { data: subject } = nameShape.safeParse(said.sub);
      const sessionName = subject === undefined ? undefined : sessionNameOf(said, subject);
      if (sessionName === undefined) {
        throw notIdentified();
      }
      const [session] = await explainedQuery<{ refreshToken: string }>(
        pool,
        `select refresh_token as "refreshToken"
             from app_hidden.sign_in_identified($1, $2, $3, to_timestamp($4), $5, $6, $7, $8)`,
        [
          issuer,
          subject,
          sessionName,
          said.iat,
          asked?.at,
          JSON.stringify(profileOf({ ...profile, ...said }, claims, workspace)),
          userAgent,
          deviceSecret,
        ],
      );
      if (session === undefined) {
        throw notIdentified();
      }
      return { refreshToken: session.refreshToken, idToken };
    },
    async signOutAddress(idToken, returnTo) {
      const config = await reach(name, configuration);
      return config.serverMetadata().end_session_endpoint === undefined
        ? undefined
        : openid.buildEndSessionUrl(config, {
            id_token_hint: idToken,
            post_logout_redirect_uri: returnTo.href,
          });
    },
  };
}

async function discover({
  issuer,
  clientId,
  clientSecret,
}: ProviderSettings): Promise<openid.Configuration> {
  const address = new URL(issuer);
  const config = await openid.discovery(
    address,
    clientId,
    { [openid.clockTolerance]: CLOCK_TOLERANCE_S },
    clientSecret === undefined ? openid.None() : proofOf(clientSecret),
    {
      timeout: TIMEOUT_S,
      execute: [
        openid.enableNonRepudiationChecks,
        // Settings allow it on this machine alone.
        ...(address.protocol === 'http:' ? [openid.allowInsecureRequests] : []),
      ],
    },
  );
  config.timeout = TIMEOUT_S;
  const said = config.serverMetadata().issuer;
  if (said !== issuer) {
    throw new Error(`The provider says that its issuer is ${said}, and the settings ${issuer}.`);
  }
  return config;
}

/** Turns what went wrong between us and the provider into what a person may be told. */
async function reach<Result>(name: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof TrumpetError) {
      throw error;
    }
    // Nothing of what it said of the person.
    const { message, code } = error as Error & { readonly code?: string };
    log.warn({ event: 'provider.refused', provider: name, reason: message, code });
    throw isAnswer(error)
      ? notIdentified()
      : new TrumpetError('BUSY', 'The provider cannot be reached just now.', {
          retryAfterMs: ISSUER_RETRY_MS,
        });
  }
}

/** In the header, as everybody takes it; in the body for those who say that they take nothing else. */
function proofOf(clientSecret: string): openid.ClientAuth {
  const inHeader = openid.ClientSecretBasic(clientSecret);
  const inBody = openid.ClientSecretPost(clientSecret);
  return (provider, ...request) => {
    const methods = provider.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (methods.includes('client_secret_basic') ? inHeader : inBody)(provider, ...request);
  };
}

/** What is not about this person, and passes: no answer, or that of a proxy. */
const PASSING: ReadonlySet<string | undefined> = new Set([
  undefined,
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
]);

/** Whether the provider has answered, and its answer or the browser's is not what it has to be. */
function isAnswer(error: unknown): boolean {
  if (error instanceof openid.ResponseBodyError) {
    return error.status < 500;
  }
  if (error instanceof openid.AuthorizationResponseError) {
    return error.error !== 'temporarily_unavailable' && error.error !== 'server_error';
  }
  return (
    error instanceof openid.WWWAuthenticateChallengeError ||
    (error instanceof openid.ClientError && !PASSING.has(error.code))
  );
}

function notIdentified(): TrumpetError {
  return new TrumpetError('UNAUTHENTICATED', 'The provider has not said who you are.');
}

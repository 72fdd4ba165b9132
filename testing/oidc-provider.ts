import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type ClientMetadata } from 'oidc-provider';

const AN_HOUR_S = 3_600;

export const CLIENT_ID = 'trumpet';
export const CLIENT_SECRET = 'what only the two of them know';

/** A real OpenID Connect provider at which everybody is signed in as whom the test says. */
export interface TestProvider {
  readonly issuer: string;
  /** Who signs in next. @param claims what is said of them beside `sub` */
  person(subject: string, claims?: Record<string, unknown>): void;
  /** Whoever signs in next says no. */
  refuse(): void;
  /** Knows a Trumpet server from now on. @param name what the server calls it */
  register(serverUrl: string, name?: string): void;
  close(): Promise<void>;
}

export async function startProvider(): Promise<TestProvider> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: 'of a test', alg: 'RS256', use: 'sig' };
  const people = new Map<string, Record<string, unknown>>();
  let next: string | undefined;
  let provider: Provider | undefined;

  const server = createServer((req, res) => void answer(req, res)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (provider === undefined) {
      res.writeHead(503).end();
    } else if (req.url?.startsWith('/interaction/')) {
      await interact(provider, req, res).catch((error: Error) => {
        res.writeHead(400).end(error.message);
      });
    } else {
      await provider.callback()(req, res);
    }
  }

  /** What a person would do in its forms. */
  async function interact(
    provider: Provider,
    req: IncomingMessage,
    res: ServerResponse,
  ): Promise<void> {
    const { prompt, params, session } = await provider.interactionDetails(req, res);
    if (next === undefined) {
      const refusal = { error: 'access_denied', error_description: 'The person said no.' };
      return provider.interactionFinished(req, res, refusal);
    }
    if (prompt.name === 'login') {
      return provider.interactionFinished(req, res, { login: { accountId: next } });
    }
    const grant = new provider.Grant({
      accountId: session?.accountId ?? next,
      clientId: String(params.client_id),
    });
    grant.addOIDCScope(String(params.scope));
    return provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } });
  }

  function register(serverUrl: string, name = 'test'): void {
    const client: ClientMetadata = {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      redirect_uris: [`${serverUrl}/session/with/${name}/callback`],
      post_logout_redirect_uris: [`${serverUrl}/`],
      backchannel_logout_uri: `${serverUrl}/auth/revoke`,
      backchannel_logout_session_required: true,
    };
    provider = new Provider(issuer, {
      clients: [client],
      claims: {
        openid: ['sub'],
        email: ['email', 'email_verified'],
        profile: ['name', 'preferred_username', 'picture'],
      },
      features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
      findAccount: (_ctx, sub) => ({
        accountId: sub,
        claims: async () => ({ sub, ...people.get(sub) }),
      }),
      interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
      cookies: { keys: ['of a test'] },
      // Its own guard lets nobody speak to this machine.
      fetch: (url, init) => fetch(url, init),
      ttl: {
        AccessToken: AN_HOUR_S,
        Grant: AN_HOUR_S,
        IdToken: AN_HOUR_S,
        Interaction: AN_HOUR_S,
        Session: AN_HOUR_S,
      },
      jwks: { keys: [key] },
    });
  }

  return {
    issuer,
    register,
    person(subject, claims = {}) {
      people.set(subject, claims);
      next = subject;
    },
    refuse() {
      next = undefined;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** What it says when a code is shown to it; what is left out is as it should be. */
export interface Lie {
  /** Claims of the ID token; undefined ones are left out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** The ID token itself, made of what it should say. */
  readonly token?: (claims: Readonly<Record<string, unknown>>) => Promise<string>;
  readonly userinfo?: Readonly<Record<string, unknown>>;
  /** A status instead of an answer. */
  readonly status?: number;
}

/** A provider that speaks OpenID Connect as far as it is told to. */
export interface LyingProvider {
  readonly issuer: string;
  /** What it says next, to a sign-in with this nonce. */
  say(nonce: string, lie: Lie): void;
  close(): Promise<void>;
}

export async function startLyingProvider(
  clientId: string,
  subject: string,
): Promise<LyingProvider> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const key = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
  let nonce = '';
  let lie: Lie = {};

  const server = createServer(async (req, res) => {
    const send = (body: unknown) =>
      res.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    if (req.url === '/.well-known/openid-configuration') {
      send({
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: `${issuer}/me`,
        jwks_uri: `${issuer}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['ES256'],
        authorization_response_iss_parameter_supported: true,
      });
    } else if (lie.status !== undefined) {
      res.writeHead(lie.status).end();
    } else if (req.url === '/keys') {
      send({ keys: [key] });
    } else if (req.url === '/me') {
      send({ sub: subject, ...lie.userinfo });
    } else {
      const now = Math.floor(Date.now() / 1_000);
      const truth = { iss: issuer, aud: clientId, sub: subject, iat: now, exp: now + 300, nonce };
      const claims = { ...truth, ...lie.claims };
      const sign = () =>
        new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(privateKey);
      send({
        access_token: 'opaque',
        token_type: 'Bearer',
        expires_in: 300,
        id_token: await (lie.token?.(claims) ?? sign()),
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    issuer,
    say(toNonce, said) {
      nonce = toNonce;
      lie = said;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

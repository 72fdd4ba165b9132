import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export const ISSUER = 'https://id.example.org';
export const AUDIENCE = 'chat';

/** A sign-in service of somebody else: keys that can be fetched, and tokens. */
export interface TestIssuer {
  /** Where its keys are. */
  readonly jwks: string;
  /** How often they were fetched. */
  readonly fetches: number;
  /** The key that signs. */
  readonly key: CryptoKey;
  /** An access token of a quarter of an hour; the claims given replace its own, undefined ones are left out. */
  token(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
  /** What its back-channel sends. */
  logoutToken(claims: Record<string, unknown>): Promise<string>;
  /** Signs with a new key from now on; the old one is no longer among its keys. */
  rotate(): Promise<void>;
  /** Stops answering. */
  goAway(): void;
  close(): Promise<void>;
}

export async function startIssuer(): Promise<TestIssuer> {
  let fetches = 0;
  let isAway = false;
  let kid = '';
  let key: CryptoKey;
  let keys: JWK[] = [];

  async function rotate(): Promise<void> {
    const pair = await generateKeyPair('ES256', { extractable: true });
    kid = randomUUID();
    key = pair.privateKey;
    keys = [{ ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256', use: 'sig' }];
  }
  await rotate();

  const server = createServer((_req, res) => {
    fetches += 1;
    if (isAway) {
      res.writeHead(503).end();
    } else {
      res.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  function sign(claims: Record<string, unknown>, header: Record<string, unknown>): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const all = { iss: ISSUER, aud: AUDIENCE, iat: now, exp: now + 900, ...claims };
    return new SignJWT(all).setProtectedHeader({ alg: 'ES256', kid, ...header }).sign(key);
  }

  return {
    jwks: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    get fetches() {
      return fetches;
    },
    get key() {
      return key;
    },
    token: (claims, header = {}) => sign(claims, header),
    logoutToken: (claims) =>
      sign(
        {
          jti: randomUUID(),
          events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
          ...claims,
        },
        { typ: 'logout+jwt' },
      ),
    rotate,
    goAway() {
      isAway = true;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

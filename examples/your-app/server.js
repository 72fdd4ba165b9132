import { randomUUID } from 'node:crypto';
import express from 'express';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { ISSUER, welcome } from './chat.js';

const passwords = new Map(Object.entries({ ada: 'lovelace', grace: 'hopper' }));
const { privateKey, publicKey } = await generateKeyPair('ES256');
const sessions = new Map();
const nameOf = ({ headers }) => sessions.get(/session=([\w-]+)/.exec(headers.cookie)?.[1]);

const app = express().use(express.urlencoded(), express.static('node_modules/trumpet-client/dist'));
app.get('/', (request, response) =>
  response.sendFile(nameOf(request) ? 'chat.html' : 'login.html', { root: import.meta.dirname }),
);
app.post('/login', async ({ body: { name, password } }, response) => {
  if (!passwords.has(name) || passwords.get(name) !== password) return response.sendStatus(403);
  const session = randomUUID();
  sessions.set(session, name);
  await welcome(name);
  response.cookie('session', session, { httpOnly: true, sameSite: 'strict' }).redirect('/');
});
app.get('/keys', async (_, response) => response.json({ keys: [await exportJWK(publicKey)] }));
app.get('/token', async (request, response) => {
  const sub = nameOf(request);
  if (!sub) return response.sendStatus(401);
  const token = new SignJWT({ iss: ISSUER, aud: 'chat', sub }).setProtectedHeader({ alg: 'ES256' });
  response.send(await token.setIssuedAt().setExpirationTime('15m').sign(privateKey));
});
app.listen(3000, '127.0.0.1');

import { randomUUID } from 'node:crypto';
import { AUDIENCE, ISSUER, startIssuer } from '../../testing/issuer.ts';
import { createTestWorld } from '../../testing/world.ts';
import { type Client, openClient } from '../src/index.ts';
import { memoryStorage } from '../src/store/memory.ts';
import { tokenSession } from '../src/token-session.ts';
import { until } from './support.ts';

/* A product's own users, with the product's own tokens. */

const issuer = await startIssuer();
const { database, server, close } = await createTestWorld({
  AUTH_ISSUERS: JSON.stringify([
    { issuer: ISSUER, audience: AUDIENCE, jwks: issuer.jwks, clockToleranceSeconds: 0 },
  ]),
});
const storage = memoryStorage();
const user = { sub: 'grace', name: 'Grace Hopper', sid: randomUUID() };
let claims: Record<string, unknown> | null = user;
let tokens = 0;
const clients: Client[] = [];

afterAll(async () => {
  await close();
  await issuer.close();
});

afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));

async function open(): Promise<Client> {
  const client = await openClient({
    url: server.url,
    storage,
    session: tokenSession(async () => {
      tokens += 1;
      return claims && issuer.token({ ...claims, jti: randomUUID() });
    }),
  });
  clients.push(client);
  return client;
}

test('they sign in without a word, chat, are there after a reload, and get new tokens by themselves', async () => {
  const first = await open();
  await first.signIn();
  const viewerId = first.viewerId.get() ?? '';
  const ada = await database.createUser();
  const { id: roomId } = await database.createRoom(ada, { members: [{ id: viewerId }] });
  await until(first.room(roomId), (room) => room !== undefined);
  first.act({ kind: 'send', roomId, content: 'my first' });
  await until(first.queue, (actions) => actions.length === 0);
  await first.close();

  claims = { ...user, exp: Math.floor(Date.now() / 1_000) + 3 };
  const again = await open();
  expect(again.viewerId.get()).toBe(viewerId);
  await until(again.state, (state) => state === 'live');
  const before = tokens;
  claims = user;
  await until(again.state, (state) => state === 'offline');
  await until(again.state, (state) => state === 'live');
  expect(tokens).toBeGreaterThan(before);
});

test('who is signed out of the product, or is somebody else there, is signed out here', async () => {
  claims = { sub: randomUUID() };
  const client = await open();
  await client.signIn();
  await client.close();
  claims = null;
  const again = await open();
  await until(again.viewerId, (viewerId) => viewerId === null);
  await expect(again.signIn()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

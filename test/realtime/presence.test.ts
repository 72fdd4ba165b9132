import { createOwnerPool } from '../../src/database/pools.ts';
import { createPresence } from '../../src/realtime/transports/presence.ts';
import { startWorker } from '../../src/worker/run.ts';
import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';
import { startTestServer } from '../../testing/server.ts';
import { listenToRoom } from './support.ts';

const database = await createTestDatabase();
const server = await startTestServer(database);
const ada = await database.createUser();
afterAll(async () => {
  await server.close();
  await database.close();
});

/** Another node, that can be ended as if it were killed: it says nothing any more, goodbye neither. */
function startNode(leaseMs?: number) {
  const pool = createOwnerPool(database.databaseUrl, 1);
  const presence = createPresence({ pool, ...(leaseMs !== undefined && { leaseMs }) });
  return {
    hold: (user: TestUser) => presence.hold({ userId: user.id, key: 'tab' }, 'online'),
    kill: () => pool.end(),
    release: () => presence.release(),
  };
}

test('listeners hear from the worker that people went offline with a killed node', async () => {
  const bob = await database.createUser();
  const { id: roomId } = await database.createRoom(ada, { members: [bob] });
  const { next } = await listenToRoom(server, ada, { roomId });
  await next();
  const worker = await startWorker(database.databaseUrl);
  const node = startNode(1_000);
  try {
    await node.hold(bob);
    const ofBob = { __typename: 'PresenceEvent', userId: bob.id };
    expect(await next()).toMatchObject({ ...ofBob, status: 'ONLINE' });
    await node.kill();
    expect(await next()).toMatchObject({ ...ofBob, status: 'OFFLINE' });
  } finally {
    await node.release();
    await worker.stop();
  }
});

test('the word of a node holds for two renewals, and not much longer', async () => {
  const bob = await database.createUser();
  const node = startNode();
  await node.hold(bob);
  const { rows } = await database.owner.query<{ lease_s: number }>(
    `select extract(epoch from expires_at - renewed_at)::int as lease_s
      from app_private.presence_sessions where user_id = $1`,
    [bob.id],
  );
  const { lease_s } = single(rows);
  expect(lease_s).toBeGreaterThan(60);
  expect(lease_s).toBeLessThanOrEqual(65);
  await node.release();
  await node.kill();
});

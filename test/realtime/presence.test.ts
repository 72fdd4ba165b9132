import { createOwnerPool } from '../../src/database/pools.ts';
import { SOCKETS_PER_USER } from '../../src/realtime/transports/connections.ts';
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
    letGo: (user: TestUser) => presence.letGo({ userId: user.id, key: 'tab' }),
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

/** Lets so much time pass for what is kept of presence, and tells who is online then. */
async function statusAfter(user: TestUser, seconds: number): Promise<string> {
  await database.owner.query(
    'update app_private.presence_sessions set expires_at = expires_at - make_interval(secs => $1)',
    [seconds],
  );
  await database.owner.query('select app_private.sweep_presence()');
  const { rows } = await database.owner.query<{ status: string }>(
    'select app_private.status_of($1) as status',
    [user.id],
  );
  return single(rows).status;
}

test('a session that is open at two nodes ends when it is closed at both', async () => {
  const bob = await database.createUser();
  const [one, two] = [startNode(), startNode()];
  await one.hold(bob);
  await two.hold(bob);
  one.letGo(bob);
  await one.release();
  expect(await statusAfter(bob, 11)).toBe('online');
  two.letGo(bob);
  await two.release();
  expect(await statusAfter(bob, 11)).toBe('offline');
  await Promise.all([one.kill(), two.kill()]);
});

test('what is said over HTTP and then held by a node ends with its socket', async () => {
  const bob = await database.createUser();
  await database.commitAs(bob, (client) =>
    client.query("select app_public.update_user_presence('busy', session_id => 'tab')"),
  );
  const node = startNode();
  await node.hold(bob);
  node.letGo(bob);
  await node.release();
  expect(await statusAfter(bob, 11)).toBe('offline');
  await node.kill();
});

test('the database’s clock is set back: who has gone goes offline all the same, and who stays stays', async () => {
  const [gone, staying] = [await database.createUser(), await database.createUser()];
  const node = startNode();
  await database.call(gone, 'update_user_presence', 'online');
  await node.hold(staying);
  await database.owner.query(
    `update app_private.presence_sessions
      set renewed_at = renewed_at + interval '220 days', expires_at = expires_at + interval '220 days'
      where user_id in ($1, $2)`,
    [gone.id, staying.id],
  );
  expect(await statusAfter(gone, 0)).toBe('online');
  await node.hold(staying);
  expect(await statusAfter(staying, 0)).toBe('online');
  expect(await statusAfter(gone, 91)).toBe('offline');
  await node.release();
  await node.kill();
});

test('everyone can be present with as many sockets as they may have', async () => {
  const bob = await database.createUser();
  await database.owner.query(
    `insert into app_private.presence_sessions (user_id, session_key, status, expires_at)
      select $1, 'socket ' || number, 'online', now() + interval '1 minute' from generate_series(1, $2::int) as number`,
    [bob.id, SOCKETS_PER_USER - 1],
  );
  const arrive = (key: string) =>
    database.commitAs(bob, (client) =>
      client.query('select app_public.update_user_presence($1, session_id => $2)', ['away', key]),
    );
  await arrive('the last');
  await arrive('the last');
  await arrive('socket 1');
  await expect(arrive('one more')).rejects.toMatchObject({ code: 'TR409' });
});

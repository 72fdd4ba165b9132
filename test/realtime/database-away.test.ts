import { createTestDatabase, type TestUser } from '../../testing/database.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { startTestServer } from '../../testing/server.ts';
import { startProxy } from '../faults/support/proxy.ts';
import { ROOM_EVENTS } from './support.ts';

/*
 * While Postgres cannot be reached a client is told to come back, and not that it did something wrong.
 */

const database = await createTestDatabase();
const ada = await database.createUser();
const { id: roomId } = await database.createRoom(ada);
const proxy = await startProxy(Number(new URL(database.databaseUrl).port));
const through = (address: string) => {
  const url = new URL(address);
  url.host = `127.0.0.1:${proxy.port}`;
  return url.href;
};
const server = await startTestServer(
  database,
  {},
  {
    databaseUrl: through(database.databaseUrl),
    authDatabaseUrl: through(database.authDatabaseUrl),
  },
);
const strangers: TestUser[] = [];
for (let count = 0; count < 4; count += 1) {
  strangers.push(await database.createUser());
}
const open = await server.socket({ token: ada.token });
const openJson = await openJsonSocket(`${server.url}/ws?access_token=${ada.token}`);
await openJson.next(); // ready

beforeAll(() => proxy.close());
afterAll(async () => {
  await server.close();
  await database.close();
});

test('a socket whose session cannot be asked about is closed with 1013', async () => {
  const socket = await server.socket({ token: strangers[0]?.token, acknowledged: false });
  expect(await socket.closed).toMatchObject({ code: 1013 });
  const json = await openJsonSocket(`${server.url}/ws?access_token=${strangers[1]?.token}`);
  expect(await json.closed).toMatchObject({ code: 1013 });
});

test('a socket that cannot begin to listen is closed with 1013', async () => {
  open.subscribe(ROOM_EVENTS, { roomId });
  expect(await open.closed).toMatchObject({ code: 1013 });
  openJson.send({ type: 'join_room', room_id: roomId });
  expect(await openJson.closed).toMatchObject({ code: 1013 });
});

test.each(['/events/ROOM', '/graphql'])('%s answers 503 with Retry-After', async (path) => {
  const response = await fetch(server.url + path.replace('ROOM', roomId), {
    method: path === '/graphql' ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${strangers[2]?.token}`,
      'content-type': 'application/json',
      connection: 'close',
    },
    ...(path === '/graphql' ? { body: '{"query":"{ __typename }"}' } : {}),
  });
  expect(response.status).toBe(503);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BUSY' } }] });
});

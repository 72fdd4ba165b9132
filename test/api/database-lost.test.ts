import { createTestDatabase } from '../../testing/database.ts';
import { startTestServer } from '../../testing/server.ts';
import { startProxy } from '../faults/support/proxy.ts';

/*
 * A mutation whose answer is lost with the database has a code: whether it may have been done decides what a client does.
 */

const database = await createTestDatabase();
const { owner } = database;
const port = Number(new URL(database.databaseUrl).port);
const proxy = await startProxy(port);
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
const ada = await database.createUser();
const { id: roomId } = await database.createRoom(ada);

afterAll(async () => {
  await server.close();
  await database.close();
});

const send = () =>
  server.graphql(
    `mutation ($roomId: UUID!) {
      sendMessage(input: { roomId: $roomId, content: "once", nonce: "n-1" }) { message { id } }
    }`,
    { roomId },
    ada.token,
  );
const AWAY = { code: 'BUSY', retryAfterMs: expect.any(Number) };

/** Asks while a lock is held that it waits for, and cuts every connection to the database meanwhile. */
async function cutWhileWaiting<T>(lock: string, ask: () => Promise<T>): Promise<T> {
  const holder = await owner.connect();
  await holder.query('begin');
  await holder.query(lock);
  const answer = ask();
  for (let isWaiting = false; !isWaiting; ) {
    const { rows } = await owner.query<{ waits: boolean }>(
      `select exists (
        select from pg_stat_activity
          where datname = current_database() and application_name = 'trumpet api' and wait_event_type = 'Lock'
      ) as waits`,
    );
    isWaiting = rows[0]?.waits === true;
  }
  proxy.redirect(port);
  const result = await answer;
  await holder.query('rollback');
  holder.release();
  return result;
}

test('a mutation that was under way may have been done: INTERRUPTED, and its nonce tells', async () => {
  await server.graphql('{ currentUser { id } }', {}, ada.token); // Her session is known.
  const { data, errors } = await cutWhileWaiting(
    `select from app_private.room_heads where room_id = '${roomId}' for update`,
    send,
  );
  expect(data).toEqual({ sendMessage: null });
  expect(errors).toMatchObject([{ extensions: { code: 'INTERRUPTED' } }]);
  expect(await send()).toMatchObject({
    data: { sendMessage: { message: { id: expect.any(String) } } },
  });
});

test('a query that was under way has done nothing: BUSY', async () => {
  await server.graphql('{ currentUser { id } }', {}, ada.token);
  const { errors } = await cutWhileWaiting(
    'lock table app_public.rooms in access exclusive mode',
    () =>
      server.graphql(
        'query ($roomId: UUID!) { room(id: $roomId) { name } }',
        { roomId },
        ada.token,
      ),
  );
  expect(errors).toMatchObject([{ extensions: AWAY }]);
});

test('without a connection nothing is begun: BUSY', async () => {
  await proxy.close();
  const { errors } = await server.graphql(
    'mutation { signIn(input: { username: "ada", password: "wrong" }) { session { accessToken } } }',
  );
  expect(errors).toMatchObject([{ extensions: AWAY }]);
});

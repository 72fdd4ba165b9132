import { jest } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase } from '../../testing/database.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { startTestServer } from '../../testing/server.ts';
import { startProxy } from '../faults/support/proxy.ts';

/*
 * A mutation whose answer is lost, with the database or while what it gave was read, has a code: whether it may have been
 * done decides what a client does.
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

test('so does a message over the JSON WebSocket that was under way', async () => {
  const socket = await openJsonSocket(`${server.url}/ws`);
  socket.send({ type: 'auth', token: ada.token });
  await socket.nextOf('ready');
  await cutWhileWaiting(
    `select from app_private.room_heads where room_id = '${roomId}' for update`,
    async () =>
      socket.send({ type: 'send_message', ref: 1, room_id: roomId, content: 'x', nonce: 'n-2' }),
  );
  expect(await socket.nextOf('error')).toMatchObject({ ref: 1, code: 'INTERRUPTED' });
  await socket.close();
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

describe('what fails below a mutation that is committed', () => {
  const DONE = /^This has been done, but what was asked about it could not be read: /;

  async function whileLocked<T>(table: string, ask: () => Promise<T>): Promise<T> {
    const holder = await owner.connect();
    try {
      await holder.query('begin');
      await holder.query(`lock table ${table} in access exclusive mode`);
      return await ask();
    } finally {
      await holder.query('rollback');
      holder.release();
    }
  }

  test.each([
    [
      'app_private.presence_sessions',
      'createInvitation(input: { roomId: $roomId }) { roomInvitation { code room { onlineCount } } }',
      'select from app_public.room_invitations where room_id = $1',
    ],
    [
      'app_public.message_reactions',
      'sendMessage(input: { roomId: $roomId, content: "below" }) { message { reactions { emoji } } }',
      "select from app_public.messages where room_id = $1 and content = 'below'",
    ],
  ])('is never said to have done nothing: %s', async (table, field, done) => {
    const { errors } = await whileLocked(table, () =>
      server.graphql(`mutation ($roomId: UUID!) { ${field} }`, { roomId }, ada.token),
    );
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(DONE),
        extensions: { code: 'INTERRUPTED' },
      }),
    ]);
    expect((await owner.query(done, [roomId])).rowCount).toBe(1);
  });

  test('is no matter of what may be asked: a wrong cursor there is told as done, too', async () => {
    const { errors } = await server.graphql(
      `mutation ($roomId: UUID!) {
        sendMessage(input: { roomId: $roomId, content: "cursor" }) {
          message { room { messages(first: 1, after: "nonsense") { nodes { id } } } }
        }
      }`,
      { roomId },
      ada.token,
    );
    expect(errors).toMatchObject([{ extensions: { code: 'INTERRUPTED' } }]);
    const sent = "select from app_public.messages where content = 'cursor'";
    expect((await owner.query(sent)).rowCount).toBe(1);
  });

  test('is not the access token: the statement that opens the session gives all of it', async () => {
    const query = jest.spyOn(pg.Client.prototype, 'query');
    const { data } = await server.graphql(
      `mutation {
        signUp(input: { username: "token_at_once", password: "correct-horse-1" }) {
          session { accessToken refreshToken expiresAt }
        }
      }`,
    );
    const begun = query.mock.calls.filter(([text]) => (text as unknown) === 'begin');
    query.mockRestore();
    expect(data.signUp.session.accessToken).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(begun).toHaveLength(1);
  });
});

test('without a connection nothing is begun: BUSY', async () => {
  await proxy.close();
  const { errors } = await server.graphql(
    'mutation { signIn(input: { username: "ada", password: "wrong" }) { session { accessToken } } }',
  );
  expect(errors).toMatchObject([{ extensions: AWAY }]);
});

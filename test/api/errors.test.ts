import { jest } from '@jest/globals';
import { log } from '../../src/process/log.ts';
import { createTestDatabase } from '../../testing/database.ts';
import { startTestServer } from '../../testing/server.ts';
import { createTestWorld } from '../../testing/world.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);

const owner = await database.createUser();
const stranger = await database.createUser();
const room = await database.createRoom(owner);

/** The code and message of the only error of a document. */
async function errorOf(query: string, variables = {}, token: string | undefined = owner.token) {
  const { errors } = await server.graphql(query, variables, token);
  expect(errors).toHaveLength(1);
  return { code: errors?.[0]?.extensions?.code, message: errors?.[0]?.message };
}

const createRoom =
  'mutation ($name: String = "A room", $slug: String = "a-room", $maxMembers: Int) { createRoom(input: { name: $name, slug: $slug, maxMembers: $maxMembers }) { room { id } } }';
const send =
  'mutation ($roomId: UUID!, $content: String = "hello", $metadata: JSON, $nonce: String) { sendMessage(input: { roomId: $roomId, content: $content, metadata: $metadata, nonce: $nonce }) { message { id } } }';

describe('each refusal has its code', () => {
  test.each<[string, string, () => ReturnType<typeof errorOf>]>([
    [
      'what needs a sign-in, for a visitor',
      'UNAUTHENTICATED',
      () => errorOf('{ publicRooms { nodes { id } } }', {}, ''),
    ],
    [
      'writing without having joined',
      'FORBIDDEN',
      () => errorOf(send, { roomId: room.id }, stranger.token),
    ],
    ['a room that does not exist', 'NOT_FOUND', () => errorOf(send, { roomId: owner.id })],
    ['an empty message', 'BAD_INPUT', () => errorOf(send, { roomId: room.id, content: ' ' })],
    [
      'a message that is too long',
      'TOO_LARGE',
      () => errorOf(send, { roomId: room.id, content: 'x'.repeat(8_001) }),
    ],
    [
      'a constraint: a nonce that is too long',
      'BAD_INPUT',
      () => errorOf(send, { roomId: room.id, nonce: 'x'.repeat(201) }),
    ],
    [
      'a constraint: a slug that is none',
      'BAD_INPUT',
      () => errorOf(createRoom, { slug: 'A Room!' }),
    ],
    [
      'a number that JavaScript cannot hold',
      'BAD_INPUT',
      () =>
        errorOf(
          send
            .replace('metadata: $metadata', 'metadata: { a: [1e400] }')
            .replace('$metadata: JSON, ', ''),
          { roomId: room.id },
        ),
    ],
    [
      'a name without quotes in JSON',
      'BAD_INPUT',
      () =>
        errorOf(
          send
            .replace('metadata: $metadata', 'metadata: { a: [BARE] }')
            .replace('$metadata: JSON, ', ''),
          { roomId: room.id },
        ),
    ],
    [
      'a text with a zero byte',
      'BAD_INPUT',
      () => errorOf(send, { roomId: room.id, content: 'a\u0000b' }),
    ],
    [
      'a number that is too large',
      'BAD_INPUT',
      () => errorOf(createRoom, { slug: 'large', maxMembers: 3_000_000_000 }),
    ],
    ['a variable of another type', 'BAD_INPUT', () => errorOf(send, { roomId: 'general' })],
    ['a field that does not exist', 'BAD_INPUT', () => errorOf('{ nothing }')],
    ['a document that cannot be read', 'BAD_INPUT', () => errorOf('{')],
  ])('%s: %s', async (_what, code, refusal) => {
    expect((await refusal()).code).toBe(code);
  });

  test('a slug that is taken: CONFLICT, in a sentence', async () => {
    await database.createRoom(owner, { slug: 'taken' });
    expect(await errorOf(createRoom, { slug: 'taken' }, stranger.token)).toEqual({
      code: 'CONFLICT',
      message: 'A public room with this slug exists.',
    });
  });

  test('an archived room: ROOM_ARCHIVED', async () => {
    const old = await database.createRoom(owner);
    await database.owner.query('update app_public.rooms set is_archived = true where id = $1', [
      old.id,
    ]);
    expect((await errorOf(send, { roomId: old.id })).code).toBe('ROOM_ARCHIVED');
  });

  test('a query that takes too long: QUERY_TOO_COMPLEX', async () => {
    const slow = await createTestDatabase();
    await slow.owner.query(`create or replace function app_public.search_users(query text) returns setof app_public.users
      language sql volatile as $$ select users.* from app_public.users, pg_sleep(6) $$;
      alter function app_public.search_users stable`);
    const slowServer = await startTestServer(slow);
    const user = await slow.createUser();
    const { errors } = await slowServer.graphql(
      '{ searchUsers(query: "a") { nodes { id } } }',
      {},
      user.token,
    );
    expect(errors?.[0]?.extensions).toEqual({ code: 'QUERY_TOO_COMPLEX' });
    await slowServer.close();
    await slow.close();
  });
});

test('the refused document says nothing of tables or constraints', async () => {
  const messages = await Promise.all([
    errorOf(createRoom, { slug: 'A Room!' }),
    errorOf(send, { roomId: room.id, content: 'a\u0000b' }),
    errorOf('{ publicRooms { nodes { id } } }', {}, ''),
  ]);
  for (const { message } of messages) {
    expect(message).not.toMatch(
      /rooms_|app_|relation|function|constraint|violates|permission denied/,
    );
  }
});

test('an error in a part of the answer leaves the rest', async () => {
  const { data, errors } = await server.graphql(
    'query ($id: UUID!) { currentUser { id } room(id: $id) { members(first: 500) { totalCount } } }',
    { id: room.id },
    owner.token,
  );
  expect(data).toEqual({ currentUser: { id: owner.id }, room: null });
  expect(errors).toEqual([
    expect.objectContaining({ path: ['room'], extensions: { code: 'BAD_INPUT' } }),
  ]);
});

test('an error in a list at the top leaves the rest', async () => {
  const { data, errors } = await server.graphql(
    '{ currentUser { id } publicRooms(first: 500) { totalCount } }',
    {},
    owner.token,
  );
  expect(data).toEqual({ currentUser: { id: owner.id }, publicRooms: null });
  expect(errors).toEqual([
    expect.objectContaining({ path: ['publicRooms'], extensions: { code: 'BAD_INPUT' } }),
  ]);
});

describe('what nobody expected', () => {
  test('is masked, with an id that the log has too', async () => {
    await database.owner.query(`create or replace function app_public.search_users(query text) returns setof app_public.users
      language plpgsql stable as $$ begin raise exception 'the secret of %', query; end $$`);
    const logged = jest.spyOn(log, 'error').mockImplementation(() => {});
    const { data, errors } = await server.graphql(
      '{ searchUsers(query: "ada") { nodes { id } } }',
      {},
      owner.token,
    );

    expect(data).toEqual({ searchUsers: null });
    const [error] = errors ?? [];
    expect(error?.message).toMatch(/^An unexpected error occurred \(id [0-9a-f-]{36}\)\.$/);
    expect(JSON.stringify(errors)).not.toContain('secret');
    const [, errorId] = /id (\S+)\)/.exec(error?.message ?? '') ?? [];
    expect(logged).toHaveBeenCalledWith(
      expect.objectContaining({ event: 'graphql.error', errorId }),
    );
    logged.mockRestore();
  });
});

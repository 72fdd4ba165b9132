import { randomUUID } from 'node:crypto';
import { signToken } from '../../testing/access-token.ts';
import type { TestUser } from '../../testing/database.ts';
import { type EventStream, openEventStream } from '../../testing/event-stream.ts';
import { startTestServer } from '../../testing/server.ts';
import { createRoomOfTwo, createTestWorld } from '../../testing/world.ts';
import { headOf, mutate } from './support.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);

let ada: TestUser;
let bob: TestUser;
let roomId: string;

beforeEach(async () => {
  ({ ada, bob, roomId } = await createRoomOfTwo(database));
});

function address(path = `/events/${roomId}`): string {
  return `${server.url}${path}`;
}

function bearer(user: TestUser): Record<string, string> {
  return { authorization: `Bearer ${user.token}` };
}

async function listen(user: TestUser, headers: Record<string, string> = {}): Promise<EventStream> {
  const stream = await openEventStream(address(), { ...bearer(user), ...headers });
  expect(await stream.next()).toMatchObject({ event: 'joined', data: { room_id: roomId } });
  return stream;
}

test('a stream begins with joined, tells what the JSON socket tells, and may be kept by no proxy', async () => {
  const stream = await openEventStream(address(), bearer(bob));
  expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(stream.headers.get('cache-control')).toBe('no-cache, no-transform');
  expect(stream.headers.get('x-accel-buffering')).toBe('no');
  const cursor = expect.stringMatching(/^3-[0-9a-z]+$/);
  expect(await stream.next()).toEqual({
    id: '3',
    event: 'joined',
    data: { type: 'joined', room_id: roomId, change_seq: 3, cursor },
  });
  expect(stream.retryMs).toBeGreaterThan(0);
  const { id } = await database.sendMessage(ada, roomId, 'two\nlines');
  expect(await stream.next()).toMatchObject({
    id: '4',
    event: 'message_event',
    data: {
      type: 'message_event',
      event: 'INSERT',
      change_seq: 4,
      message: { id, seq: 1, content: 'two\nlines', author: { username: ada.username } },
    },
  });
  stream.close();
});

test('the token may stand in the address, since EventSource sends no headers', async () => {
  const stream = await openEventStream(address(`/events/${roomId}?access_token=${bob.token}`));
  expect(await stream.next()).toMatchObject({ event: 'joined' });
  stream.close();
});

test('Last-Event-ID resumes, before `after`: each later change once and in order, then live ones', async () => {
  for (let number = 1; number <= 5; number += 1) {
    await database.sendMessage(ada, roomId, `${number}`);
  }
  const resumed = await openEventStream(address(`/events/${roomId}?after=0`), {
    ...bearer(bob),
    'last-event-id': '4',
  });
  // Whoever breaks off right here has to come back to the same place.
  expect(await resumed.next()).toMatchObject({ id: '4', data: { change_seq: 8 } });
  const byAddress = await openEventStream(address(`/events/${roomId}?after=4`), {
    ...bearer(bob),
    'last-event-id': '', // As from a browser that has seen no id yet.
  });
  await byAddress.next();
  await database.sendMessage(ada, roomId, 'live');
  for (const stream of [resumed, byAddress]) {
    for (let seq = 5; seq <= 9; seq += 1) {
      const { id, data } = await stream.next();
      expect([id, data.change_seq]).toEqual([String(seq), seq]);
    }
    stream.close();
  }
});

test('ids are cursors where the address asks for that', async () => {
  const stream = await openEventStream(address(`/events/${roomId}?ids=cursor`), bearer(bob));
  const { id, data } = await stream.next();
  expect(id).toMatch(/^3-[0-9a-z]+$/);
  expect(id).toBe(data.cursor);
  stream.close();
  const { status } = await fetch(address(`/events/${roomId}?ids=none`), { headers: bearer(bob) });
  expect(status).toBe(400);
});

test('typing carries no id: it is nothing to resume from', async () => {
  const stream = await listen(bob);
  await mutate(
    server,
    ada,
    'mutation ($roomId: UUID!) { setTyping(input: { roomId: $roomId, isTyping: true }) { clientMutationId } }',
    { roomId },
  );
  expect(await stream.next()).toEqual({
    id: undefined,
    event: 'typing_event',
    data: { type: 'typing_event', event: 'INSERT', room_id: roomId, user_id: ada.id },
  });
  stream.close();
});

describe('before the stream begins, an error is JSON:', () => {
  async function refusal(path: string, headers: Record<string, string> = {}) {
    const response = await fetch(address(path), { headers: { connection: 'close', ...headers } });
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    return { status: response.status, code: errors[0]?.extensions.code };
  }

  test('401 without a valid token', async () => {
    const expected = { status: 401, code: 'UNAUTHENTICATED' };
    expect(await refusal(`/events/${roomId}`)).toEqual(expected);
    expect(await refusal(`/events/${roomId}?access_token=nonsense`)).toEqual(expected);
    expect(await refusal(`/events/${roomId}`, { authorization: 'Basic x' })).toEqual(expected);
    expect(await refusal('/events/nowhere')).toEqual(expected);
  });

  test('404 for a stranger, as for a room that is not there', async () => {
    const stranger = bearer(await database.createUser());
    const expected = { status: 404, code: 'NOT_FOUND' };
    expect(await refusal(`/events/${roomId}`, stranger)).toEqual(expected);
    expect(await refusal(`/events/${randomUUID()}`, stranger)).toEqual(expected);
    expect(await refusal('/events/nowhere', stranger)).toEqual(expected);
  });

  test('410 RESYNC for a place that the room has not reached: the log was longer once', async () => {
    const expected = { status: 410, code: 'RESYNC' };
    expect(await refusal(`/events/${roomId}?after=99`, bearer(bob))).toEqual(expected);
  });

  test.each(['-1', 'x', '1,2', '3-'])('400 for what is no place: %s', async (id) => {
    const expected = { status: 400, code: 'BAD_INPUT' };
    expect(await refusal(`/events/${roomId}?after=${id}`, bearer(bob))).toEqual(expected);
    const headers = { ...bearer(bob), 'last-event-id': id };
    expect(await refusal(`/events/${roomId}`, headers)).toEqual(expected);
  });

  test('410 RESYNC when the log does not reach back', async () => {
    await database.owner.query(
      'delete from app_private.room_changes where room_id = $1 and change_seq < 3',
      [roomId],
    );
    expect(await refusal(`/events/${roomId}?after=1`, bearer(bob))).toMatchObject({
      status: 410,
      code: 'RESYNC',
    });
  });
});

test('a member who is removed hears that, then the stream ends, and does not begin again', async () => {
  const stream = await listen(bob);
  await database.owner.query(
    'delete from app_public.room_members where room_id = $1 and user_id = $2',
    [roomId, bob.id],
  );
  await database.sendMessage(ada, roomId, 'not for bob');
  expect(await stream.next()).toMatchObject({ event: 'member_event', data: { event: 'DELETE' } });
  await stream.ended;
  expect(stream.pending()).toEqual([]);
  const again = await fetch(address(), { headers: { connection: 'close', ...bearer(bob) } });
  expect(again.status).toBe(404);
});

test('signing out ends the stream with UNAUTHENTICATED', async () => {
  const stream = await listen(bob);
  await mutate(server, bob, 'mutation { signOut(input: {}) { clientMutationId } }', {});
  expect(await stream.next()).toMatchObject({
    event: 'error',
    data: { code: 'UNAUTHENTICATED' },
  });
  await stream.ended;
});

test('a token that expires ends the stream', async () => {
  const exp = Math.floor(Date.now() / 1_000) + 2;
  const token = await signToken({ sub: bob.id, sid: bob.sessionId, exp });
  const stream = await openEventStream(address(`/events/${roomId}?access_token=${token}`));
  await stream.next();
  expect(await stream.next()).toMatchObject({ event: 'error', data: { code: 'UNAUTHENTICATED' } });
  await stream.ended;
});

test('whoever comes back just after the end of its token is told 401', async () => {
  for (const secondsAgo of [0, 1, 4]) {
    const exp = Math.floor(Date.now() / 1_000) - secondsAgo;
    const token = await signToken({ sub: bob.id, sid: bob.sessionId, exp });
    const answer = await fetch(address(`/events/${roomId}?access_token=${token}`), {
      headers: { connection: 'close' },
    });
    expect(answer.status).toBe(401);
  }
});

test('a token that ends while its stream begins is told 401, not nothing', async () => {
  const exp = Math.floor(Date.now() / 1_000) + 2;
  const token = await signToken({ sub: bob.id, sid: bob.sessionId, exp });
  const locked = await database.owner.connect();
  await locked.query('begin');
  await locked.query('lock table app_public.room_members in access exclusive mode');
  const answer = fetch(address(`/events/${roomId}?access_token=${token}`), {
    headers: { connection: 'close' },
  });
  await locked.query('select pg_sleep(2.1)');
  await locked.query('rollback');
  locked.release();
  expect((await answer).status).toBe(401);
});

test('a reader that stalls holds up nobody, and misses nothing when it reads on', async () => {
  const slow = await listen(bob);
  const quick = await listen(ada);
  slow.pause();
  const head = await headOf(database, roomId);
  const count = 1_000;
  await database.commitAs(ada, (client) =>
    client.query(
      'select count(app_public.send_message(room_id => $1, content => repeat($2, 7000))) from generate_series(1, $3::int)',
      [roomId, 'x', count],
    ),
  );
  for (const stream of [quick, slow]) {
    if (stream === slow) {
      slow.resume();
    }
    for (let seq = head + 1; seq <= head + count; seq += 1) {
      expect((await stream.next()).data.change_seq).toBe(seq);
    }
    stream.close();
  }
});

test('shutting down ends the streams', async () => {
  const second = await startTestServer(database);
  const stream = await openEventStream(`${second.url}/events/${roomId}`, bearer(bob));
  await stream.next();
  await second.close();
  await stream.ended;
});

const subscribe = (user: TestUser | undefined, query: string, variables: object = {}) =>
  fetch(address('/events'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(user && bearer(user)) },
    body: JSON.stringify({ query, variables }),
  });

/** Reads a stream until it has told so many results. */
async function readResults(response: Response, count: number): Promise<unknown[]> {
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const results = [...text.matchAll(/^event: next\ndata: (.*)\n\n/gm)];
    if (results.length >= count) {
      return results.map(([, data]) => JSON.parse(data as string));
    }
  }
  throw new Error(`It has ended with ${text}`);
}

const ROOM_EVENTS = `subscription ($roomId: UUID!, $cursor: String) {
  roomEvents(roomId: $roomId, cursor: $cursor) { __typename changeSeq cursor }
}`;

test('a subscription of GraphQL can be had as a stream, and resumed', async () => {
  const response = await subscribe(bob, ROOM_EVENTS, { roomId });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const reading = readResults(response, 2);
  await database.sendMessage(ada, roomId, 'one');
  const results = (await reading) as { data: { roomEvents: { cursor: string } } }[];
  expect(results).toMatchObject([
    { data: { roomEvents: { __typename: 'ReadyEvent' } } },
    { data: { roomEvents: { __typename: 'MessageEvent', changeSeq: '4' } } },
  ]);
  await database.sendMessage(ada, roomId, 'two');
  const { cursor } = results[1]?.data.roomEvents ?? {};
  const again = await subscribe(bob, ROOM_EVENTS, { roomId, cursor });
  expect(await readResults(again, 2)).toMatchObject([
    { data: { roomEvents: { __typename: 'ReadyEvent' } } },
    { data: { roomEvents: { __typename: 'MessageEvent', changeSeq: '5' } } },
  ]);
});

test('what is no subscription, or not for them, is refused before the stream begins', async () => {
  const codeOf = async (response: Response) => [
    response.status,
    ((await response.json()) as { errors: [{ extensions: { code: string } }] }).errors[0].extensions
      .code,
  ];
  const carol = await database.createUser();
  expect(await codeOf(await subscribe(undefined, ROOM_EVENTS, { roomId }))).toEqual([
    401,
    'UNAUTHENTICATED',
  ]);
  expect(await codeOf(await subscribe(carol, ROOM_EVENTS, { roomId }))).toEqual([404, 'NOT_FOUND']);
  expect(await codeOf(await subscribe(bob, '{ currentUser { id } }'))).toEqual([400, 'BAD_INPUT']);
  expect(await codeOf(await subscribe(bob, 'subscription { none }'))).toEqual([400, 'BAD_INPUT']);
  expect(
    await codeOf(await subscribe(bob, ROOM_EVENTS, { roomId, cursor: '99-hoipkx12su' })),
  ).toEqual([410, 'RESYNC']);
});

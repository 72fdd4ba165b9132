import { createAuthenticator } from '../../src/identity/authenticator.ts';
import { createIssuers } from '../../src/identity/issuers.ts';
import { createServerKeys } from '../../src/identity/server-keys.ts';
import { TEST_JWT_SECRET } from '../../testing/access-token.ts';
import type { TestUser } from '../../testing/database.ts';
import { openEventStream } from '../../testing/event-stream.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { createTestWorld } from '../../testing/world.ts';
import { type Event, headOf, listenToRoom, listenToUser } from './support.ts';

/*
 * What somebody changes at psql, as the owner of the database and without any function, is heard by live streams like
 * everything else: by a bell, and not by a sweep that comes later.
 */

const { database, server, close } = await createTestWorld();
afterAll(close);
const { owner } = database;

interface Setting {
  readonly ada: TestUser;
  readonly bob: TestUser;
  readonly roomId: string;
}

async function makeRoom(): Promise<Setting> {
  const [ada, bob] = [await database.createUser(), await database.createUser()];
  const { id: roomId } = await database.createRoom(ada, { type: 'private', members: [bob] });
  return { ada, bob, roomId };
}

describe('a session', () => {
  test.each([
    ['deleted', 'delete from app_private.sessions where id = $1'],
    [
      'ended',
      `update app_private.sessions set ended_at = now(), end_reason = 'by hand' where id = $1`,
    ],
    ['expired', 'update app_private.sessions set expires_at = now() where id = $1'],
    [
      'of an account that is deleted',
      'delete from app_public.users where id = (select user_id from app_private.sessions where id = $1)',
    ],
    [
      'of an account that is suspended',
      `insert into app_private.suspensions (user_id, reason) select user_id, 'by hand' from app_private.sessions where id = $1`,
    ],
  ])('%s: sockets and streams are closed', async (_, sql) => {
    const { ada, bob, roomId } = await makeRoom();
    const graphql = await listenToRoom(server, bob, { roomId });
    await graphql.next();
    const stream = await openEventStream(
      `${server.url}/events/${roomId}?access_token=${bob.token}`,
    );
    await stream.next();
    const other = await listenToRoom(server, ada, { roomId });
    await other.next();

    await owner.query(sql, [bob.sessionId]);

    expect(await graphql.socket.closed).toMatchObject({ code: 4403 });
    expect(await stream.next()).toMatchObject({ data: { code: 'UNAUTHENTICATED' } });
    const { errors } = await server.graphql('{ currentUser { id } }', {}, bob.token);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    await other.socket.roundTrip();
  });

  test('that is to end sooner: who listens has to come again, and is heard until then', async () => {
    const { bob, roomId } = await makeRoom();
    const { token, sessionId } = bob;
    const socket = await openJsonSocket(`${server.url}/ws`);
    socket.send({ type: 'auth', token });
    await socket.nextOf('ready');
    const stream = await openEventStream(`${server.url}/events/${roomId}?access_token=${token}`);
    await stream.next();

    await owner.query(
      `update app_private.sessions set expires_at = now() + interval '1 minute' where id = $1`,
      [sessionId],
    );

    expect(await socket.closed).toMatchObject({ code: 4403 });
    expect(await stream.next()).toMatchObject({ data: { code: 'UNAUTHENTICATED' } });
    const { authenticate } = createAuthenticator({
      jwtSecret: TEST_JWT_SECRET,
      pool: owner,
      issuers: createIssuers([], owner),
      serverKeys: createServerKeys(owner),
    });
    const { endsAt } = await authenticate(token);
    expect(endsAt - performance.now()).toBeLessThan(60_000);
  });
});

test('no table can be emptied without a word, but what a crash empties', async () => {
  const { rows: tables } = await owner.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class
      where relnamespace in ('app_public'::regnamespace, 'app_private'::regnamespace)
        and relkind in ('r', 'p') and relpersistence = 'p'`,
  );
  const names = tables.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'app_private.sessions',
      'app_private.suspensions',
      'app_private.user_blocks',
      'app_private.gone_places',
      'app_public.messages',
      'app_public.message_reactions',
      'app_public.room_bans',
      'app_public.room_members',
    ]),
  );
  for (const name of names) {
    await expect(owner.query(`truncate ${name} cascade`)).rejects.toMatchObject({
      code: expect.stringMatching(/^TR/),
    });
  }
});

describe('access to a room', () => {
  test.each([
    [
      'a membership is deleted',
      'delete from app_public.room_members where room_id = $1 and user_id = $2',
    ],
    ['a ban is written', 'insert into app_public.room_bans (room_id, user_id) values ($1, $2)'],
  ])('ends when %s', async (_, sql) => {
    const { bob, roomId } = await makeRoom();
    const listener = await listenToRoom(server, bob, { roomId });
    await listener.next();
    const all = await listenToUser(server, bob);
    await all.next();

    await owner.query(sql, [roomId, bob.id]);

    const removal = { __typename: 'MemberEvent', event: 'DELETE', userId: bob.id };
    expect(await listener.next()).toMatchObject(removal);
    expect(await listener.subscription.next()).toMatchObject({ type: 'complete' });
    expect(await all.next()).toMatchObject({ event: { ...removal, roomId } });
    expect(
      await server.graphql(
        'query ($id: UUID!) { room(id: $id) { id } }',
        { id: roomId },
        bob.token,
      ),
    ).toMatchObject({ data: { room: null } });
  });

  test('ends with RESYNC when the room is deleted: nothing is left that could say so', async () => {
    const { bob, roomId } = await makeRoom();
    const listener = await listenToRoom(server, bob, { roomId });
    await listener.next();
    const all = await listenToUser(server, bob);
    await all.next();

    await owner.query('delete from app_public.rooms where id = $1', [roomId]);

    const resync = { type: 'error', errors: [{ extensions: { code: 'RESYNC' } }] };
    expect(await listener.subscription.next()).toMatchObject(resync);
    expect(await all.subscription.next()).toMatchObject(resync);
  });
});

describe('a message that is deleted', () => {
  /** A room in which everything hangs on one message, which is an answer. */
  async function makeHistory() {
    const { ada, bob, roomId } = await makeRoom();
    const parent = await database.sendMessage(ada, roomId, 'the question');
    const message = await database.call(
      ada,
      'send_message',
      roomId,
      `the old text @${bob.username}`,
      'text',
      '{"mood": "happy"}',
      parent.id,
    );
    await database.call(ada, 'edit_message', message.id, `the new text @${bob.username}`);
    await database.call(bob, 'add_message_reaction', message.id, '🎺');
    await database.call(ada, 'pin_message', message.id);
    return { ada, bob, roomId, parent, message, head: await headOf(database, roomId) };
  }

  /** What is left, in the log, in the counts, and for whoever resumes or comes anew; without ids and times. */
  async function whatIsLeft({
    bob,
    roomId,
    parent,
    message,
    head,
  }: Awaited<ReturnType<typeof makeHistory>>) {
    const listener = await listenToRoom(server, bob, { roomId, after: head });
    const resumed: Event[] = [];
    const last = await headOf(database, roomId);
    while (Number(resumed.at(-1)?.changeSeq ?? 0) < last) {
      const event = await listener.next();
      resumed.push(...(event.__typename === 'ReadyEvent' ? [] : [event]));
    }
    const { data, errors } = await server.graphql(
      `query ($roomId: UUID!, $parent: UUID!, $message: UUID!) {
        parent: message(id: $parent) { content replyCount replies(first: 9) { nodes { content } } }
        message(id: $message) {
          content metadata pinnedAt heldAt reactions { emoji } edits(first: 9) { nodes { previousContent } } mentions { id }
        }
        room(id: $roomId) { unreadCount mentionCount latestMessage { content } pinnedMessages(first: 9) { nodes { content } } }
      }`,
      { roomId, parent: parent.id, message: message.id },
      bob.token,
    );
    expect(errors).toBeUndefined();
    const { rows: hanging } = await owner.query(
      `select 'reaction' as kind from app_public.message_reactions where message_id = $1
        union all select 'edit' from app_public.message_edits where message_id = $1
        union all select 'mention' from app_private.message_mentions where message_id = $1`,
      [message.id],
    );
    return {
      data,
      hanging,
      // The answer may be told before the number of answers or after it.
      log: resumed
        .map(({ __typename, event, messageId, message: shown }) => ({
          kind: `${__typename} ${event}`,
          of: messageId === parent.id ? 'the question' : 'the answer',
          content: shown?.content ?? null,
        }))
        .sort((one, other) => one.of.localeCompare(other.of)),
    };
  }

  test('with deleted_at at psql leaves what the mutation leaves', async () => {
    const [byMutation, byHand] = [await makeHistory(), await makeHistory()];
    await database.call(byMutation.ada, 'delete_message', byMutation.message.id);
    await owner.query('update app_public.messages set deleted_at = now() where id = $1', [
      byHand.message.id,
    ]);
    const left = await whatIsLeft(byHand);
    expect(left).toEqual(await whatIsLeft(byMutation));
    expect(left).toMatchObject({
      hanging: [],
      data: {
        parent: { replyCount: 0 },
        message: { content: null, reactions: [], pinnedAt: null },
        room: { unreadCount: 1, mentionCount: 0 },
      },
    });
    expect(left.log.map(({ kind }) => kind)).toEqual([
      'MessageEvent DELETE',
      'MessageEvent UPDATE',
    ]);
  });

  test('as a row at psql leaves nothing that hung on it', async () => {
    const history = await makeHistory();
    await owner.query('delete from app_public.messages where id = $1', [history.message.id]);
    expect(await whatIsLeft(history)).toMatchObject({
      hanging: [],
      data: {
        parent: { replyCount: 0, replies: { nodes: expect.any(Array) } },
        message: null,
        room: { unreadCount: 1, mentionCount: 0, latestMessage: { content: 'the question' } },
      },
      log: [
        { kind: 'MessageEvent DELETE', of: 'the answer', content: null },
        { kind: 'MessageEvent UPDATE', of: 'the question' },
      ],
    });
  });

  test('while it is held and has no place goes whole', async () => {
    const { ada, bob, roomId } = await makeRoom();
    await database.call(ada, 'set_room_rule', roomId, 'words', 'hold', ['dubious']);
    const held = await database.call(bob, 'send_message', roomId, 'dubious');
    const head = await headOf(database, roomId);
    await owner.query('update app_public.messages set deleted_at = now() where id = $1', [held.id]);
    const { rowCount } = await owner.query('select from app_public.messages where id = $1', [
      held.id,
    ]);
    expect(rowCount).toBe(0);
    expect(await headOf(database, roomId)).toBe(head);
  });
});

test('held at psql, and released there, a message counts as the mutations count it', async () => {
  const { ada, bob, roomId } = await makeRoom();
  const parent = await database.sendMessage(ada, roomId, 'the question');
  const { id } = await database.call(
    ada,
    'send_message',
    roomId,
    `look @${bob.username}`,
    'text',
    '{}',
    parent.id,
  );
  const numbers = async () =>
    (
      await owner.query(
        `select reply_count, (select count(*)::int from app_private.message_mentions where message_id = $2) as mentions
          from app_public.messages where id = $1`,
        [parent.id, id],
      )
    ).rows;
  expect(await numbers()).toEqual([{ reply_count: 1, mentions: 1 }]);
  await owner.query('update app_public.messages set held_at = now() where id = $1', [id]);
  expect(await numbers()).toEqual([{ reply_count: 0, mentions: 0 }]);
  await owner.query('update app_public.messages set held_at = null where id = $1', [id]);
  expect(await numbers()).toEqual([{ reply_count: 1, mentions: 1 }]);
});

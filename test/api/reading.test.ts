import { createTestWorld } from '../../testing/world.ts';

/*
 * What clients read of rooms and messages beside the columns: where in a room they are, and what concerns the one who
 * looks.
 */

const { database, server, close } = await createTestWorld();
afterAll(close);

const ada = await database.createUser('ada');
const bob = await database.createUser('bob');
const eve = await database.createUser('eve');
const room = await database.createRoom(ada, { type: 'private', members: [bob] });

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
async function ask(as: { token: string }, document: string, variables = {}): Promise<any> {
  const { data, errors } = await server.graphql(document, variables, as.token);
  expect(errors).toBeUndefined();
  return data;
}

describe('Room.messages', () => {
  const parents = new Map<number, string>();
  let roomId: string;
  beforeAll(async () => {
    roomId = (await database.createRoom(ada, { members: [bob] })).id;
    for (let seq = 1; seq <= 40; seq += 1) {
      // Every fourth is an answer to the one before.
      const parent = seq % 4 === 0 ? parents.get(seq - 1) : null;
      const { id } = await database.call(
        ada,
        'send_message',
        roomId,
        `number ${seq}`,
        'text',
        '{}',
        parent,
      );
      parents.set(seq, id);
    }
  });

  async function seqs(args: string): Promise<number[]> {
    const { room } = await ask(
      bob,
      `query ($roomId: UUID!) { room(id: $roomId) { messages(${args}) { nodes { seq } } } }`,
      { roomId },
    );
    return room.messages.nodes.map(({ seq }: { seq: string }) => Number(seq));
  }

  test.each<[string, number[]]>([
    ['first: 6, aroundSeq: 20', [22, 21, 20, 19, 18, 17]],
    ['first: 5, aroundSeq: 20', [22, 21, 20, 19, 18]],
    ['first: 6, aroundSeq: 20, orderBy: SEQ_ASC', [18, 19, 20, 21, 22, 23]],
    // At an end of the room there is less on that side.
    ['first: 6, aroundSeq: 40', [40, 39, 38, 37, 36, 35]],
    ['first: 4, aroundSeq: 1', [2, 1]],
    ['first: 4, aroundSeq: 1, orderBy: SEQ_ASC', [1, 2, 3, 4]],
    // One that is not there, in a room that has gone on or not yet come so far.
    ['first: 4, aroundSeq: 1000', [40, 39, 38, 37]],
    ['first: 4, aroundSeq: 20, topLevelOnly: true', [22, 21, 19, 18]],
    ['first: 3, beforeSeq: 10', [9, 8, 7]],
    ['first: 3, afterSeq: 10, orderBy: SEQ_ASC', [11, 12, 13]],
    ['first: 3, afterSeq: 10', [40, 39, 38]],
    ['first: 9, beforeSeq: 15, afterSeq: 10', [14, 13, 12, 11]],
    ['first: 4, beforeSeq: 10, topLevelOnly: true', [9, 7, 6, 5]],
    ['first: 3', [40, 39, 38]],
    ['first: 3, topLevelOnly: false', [40, 39, 38]],
    ['last: 2, beforeSeq: 10', [2, 1]],
  ])('(%s)', async (args, expected) => {
    expect(await seqs(args)).toEqual(expected);
  });

  test('around a message goes on by cursors, in either direction', async () => {
    const page = (more: string, variables = {}) =>
      ask(
        bob,
        `query ($roomId: UUID!${'cursor' in variables ? ', $cursor: Cursor' : ''}) { room(id: $roomId) { messages(${more}) {
          nodes { seq } pageInfo { startCursor endCursor hasNextPage } } } }`,
        { roomId, ...variables },
      );
    const { room } = await page('first: 4, aroundSeq: 20');
    const { startCursor, endCursor, hasNextPage } = room.messages.pageInfo;
    expect(hasNextPage).toBe(true);
    const older = await page('first: 2, after: $cursor', { cursor: endCursor });
    expect(older.room.messages.nodes).toEqual([{ seq: '17' }, { seq: '16' }]);
    const newer = await page('last: 2, before: $cursor', { cursor: startCursor });
    expect(newer.room.messages.nodes).toEqual([{ seq: '23' }, { seq: '22' }]);
  });

  test('takes its numbers from variables, for several rooms in one query', async () => {
    const { userConversations } = await ask(
      bob,
      `query ($around: BigInt) { userConversations { nodes { room { id messages(first: 2, aroundSeq: $around) { nodes { seq } } } } } }`,
      { around: '20' },
    );
    const found = userConversations.nodes.find(
      (node: { room: { id: string } }) => node.room.id === roomId,
    );
    expect(found.room.messages.nodes).toEqual([{ seq: '20' }, { seq: '19' }]);
  });

  test('takes a seq as a number or as text, and no number that is not exact', async () => {
    const document = `query ($roomId: UUID!, $seq: BigInt) { room(id: $roomId) {
      messages(first: 1, beforeSeq: $seq) { nodes { seq } } } }`;
    for (const seq of [5, '5']) {
      const { room } = await ask(bob, document, { roomId, seq });
      expect(room.messages.nodes).toEqual([{ seq: '4' }]);
    }
    expect(await seqs('first: 1, beforeSeq: "5"')).toEqual([4]);
    for (const seq of [2 ** 60, 1.5, true]) {
      const { errors } = await server.graphql(document, { roomId, seq }, bob.token);
      expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_INPUT' });
    }
  });

  test.each(['aroundSeq: 3, last: 2', 'aroundSeq: 3, beforeSeq: 9', 'aroundSeq: 3, afterSeq: 1'])(
    '(%s) is BAD_INPUT',
    async (args) => {
      const { errors } = await server.graphql(
        `query ($roomId: UUID!) { room(id: $roomId) { messages(${args}) { nodes { seq } } } }`,
        { roomId },
        bob.token,
      );
      expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_INPUT' });
    },
  );
});

describe('a message', () => {
  const SEND = `mutation ($roomId: UUID!, $content: String!, $nonce: String) {
    sendMessage(input: { roomId: $roomId, content: $content, nonce: $nonce }) { message { id nonce } } }`;
  const READ =
    'query ($id: UUID!) { message(id: $id) { nonce mentionsViewer mentions { username } } }';

  test('tells its nonce to its author only', async () => {
    const variables = { roomId: room.id, content: 'once', nonce: 'n-1' };
    const { message } = (await ask(ada, SEND, variables)).sendMessage;
    expect(message.nonce).toBe('n-1');
    expect((await ask(ada, READ, { id: message.id })).message.nonce).toBe('n-1');
    expect((await ask(bob, READ, { id: message.id })).message.nonce).toBeNull();
  });

  test('says whom it mentions, and whether that is you', async () => {
    const content = 'Hello @bob and @eve, who is not here, and @nobody';
    const { message } = (await ask(ada, SEND, { roomId: room.id, content })).sendMessage;
    expect((await ask(bob, READ, { id: message.id })).message).toMatchObject({
      mentionsViewer: true,
      mentions: [{ username: 'bob' }],
    });
    expect((await ask(ada, READ, { id: message.id })).message).toMatchObject({
      mentionsViewer: false,
      mentions: [{ username: 'bob' }],
    });
  });

  test('says under each emoji whether you chose it', async () => {
    const { id } = await database.sendMessage(ada, room.id, 'react');
    for (const [person, emoji] of [
      [ada, '👍'],
      [bob, '👍'],
      [bob, '🎺'],
    ] as const) {
      await database.call(person, 'add_message_reaction', id, emoji);
    }
    const READ_REACTIONS =
      'query ($id: UUID!) { message(id: $id) { reactions { emoji count viewerHasReacted } } }';
    expect((await ask(ada, READ_REACTIONS, { id })).message.reactions).toEqual([
      { emoji: '👍', count: 2, viewerHasReacted: true },
      { emoji: '🎺', count: 1, viewerHasReacted: false },
    ]);
  });

  test('made up at psql tells nothing of a room that one is not in', async () => {
    const { id } = await database.sendMessage(ada, room.id, 'for @bob');
    const forged = `(null::app_public.messages)`;
    await database.asUser(eve, async (client) => {
      const { rows } = await client.query(
        `with row as (select (json_populate_record(${forged}, json_build_object('id', $1::text, 'room_id', $2::text))).*)
          select app_public.messages_nonce(row::app_public.messages) as nonce,
            (select count(*)::int from app_public.messages_mentions(row::app_public.messages)) as mentions from row`,
        [id, room.id],
      );
      expect(rows).toEqual([{ nonce: null, mentions: 0 }]);
    });
  });
});

describe('a room', () => {
  const NUMBERS =
    'unreadCount mentionCount latestMessage { content } directUser { username } displayName';
  const ROOM = `query ($id: UUID!) { room(id: $id) { ${NUMBERS} } }`;
  const INBOX = `{ userConversations(first: 100) { nodes { unreadCount mentionCount
    latestMessage { content } directUser { username } room { id ${NUMBERS} } } } }`;

  test('and the inbox say the same', async () => {
    const direct = await database.call(ada, 'create_direct_conversation', bob.id);
    await database.sendMessage(ada, direct.id, 'Between us, @bob');
    await database.sendMessage(ada, room.id, 'to read');
    for (const person of [ada, bob]) {
      const { nodes } = (await ask(person, INBOX)).userConversations;
      expect(nodes.length).toBeGreaterThan(1);
      for (const { room, ...inInbox } of nodes) {
        const { id, displayName, ...inRoom } = room;
        expect(inRoom).toEqual(inInbox);
      }
    }
    expect((await ask(bob, ROOM, { id: direct.id })).room).toEqual({
      unreadCount: 1,
      mentionCount: 1,
      latestMessage: { content: 'Between us, @bob' },
      directUser: { username: 'ada' },
      displayName: 'ada',
    });
  });

  test('has a name for everyone, and numbers for its members', async () => {
    const open = await database.createRoom(ada, { name: 'Plaza' });
    await database.sendMessage(ada, open.id, 'hello');
    expect((await ask(ada, ROOM, { id: open.id })).room).toEqual({
      unreadCount: 0,
      mentionCount: 0,
      latestMessage: { content: 'hello' },
      directUser: null,
      displayName: 'Plaza',
    });
    expect((await ask(eve, ROOM, { id: open.id })).room).toEqual({
      unreadCount: null,
      mentionCount: null,
      latestMessage: null,
      directUser: null,
      displayName: 'Plaza',
    });
  });

  test('made up at psql tells nothing to whoever is not in it', async () => {
    const direct = await database.call(ada, 'create_direct_conversation', bob.id);
    await database.asUser(eve, async (client) => {
      const { rows } = await client.query(
        `with row as (select (json_populate_record(null::app_public.rooms, json_build_object('id', $1::text))).*)
          select app_public.rooms_unread_count(row::app_public.rooms) as unread,
            (app_public.rooms_direct_user(row::app_public.rooms)).username as direct,
            app_public.rooms_display_name(row::app_public.rooms) as name from row`,
        [direct.id],
      );
      expect(rows).toEqual([{ unread: null, direct: null, name: 'Direct conversation' }]);
    });
  });
});

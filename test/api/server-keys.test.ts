import { randomUUID } from 'node:crypto';
import { openEventStream } from '../../testing/event-stream.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { createTestWorld } from '../../testing/world.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);

const WHO = '{ currentUser { id username displayName } }';
const ALL = ['read', 'write', 'rooms', 'moderation', 'users', 'import', 'act_as'];

let count = 0;

async function createKey(scopes: readonly string[] = ALL, duration: string | null = null) {
  const name = `key ${++count}`;
  const { rows } = await database.owner.query(
    'select app_admin.create_key($1, $2, $3::interval) as key',
    [name, scopes, duration],
  );
  return { name, key: rows[0].key as string };
}

/** What a server gets for a document: the data, or the code of its first error. */
async function ask(
  key: string,
  query: string,
  { variables = {}, actAs }: { variables?: object; actAs?: string } = {},
) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      connection: 'close',
      authorization: `Bearer ${key}`,
      ...(actAs === undefined ? {} : { 'trumpet-act-as': actAs }),
    },
    body: JSON.stringify({ query, variables }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  const { data, errors } = (await response.json()) as any;
  return errors === undefined ? data : errors[0].extensions.code;
}

describe('a key', () => {
  test('acts as the installation, which makes a room and writes in it', async () => {
    const { key, name } = await createKey();
    expect(key).toMatch(/^trk_[0-9a-f]{12}_[\w-]{43}$/);
    expect(await ask(key, WHO)).toMatchObject({ currentUser: { username: 'trumpet' } });
    const { createRoom } = await ask(
      key,
      'mutation { createRoom(input: { name: "News", slug: "news" }) { room { id } } }',
    );
    const sent = await ask(
      key,
      'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { content author { username } } } }',
      { variables: { input: { roomId: createRoom.room.id, content: 'hello' } } },
    );
    expect(sent.sendMessage.message).toEqual({ content: 'hello', author: { username: 'trumpet' } });
    const { rows } = await database.owner.query(
      'select action from app_private.admin_actions where administrator = $1 order by id',
      [`key ${name}`],
    );
    expect(rows.map(({ action }) => action)).toEqual(['create_room', 'send_message']);
  });

  test('acts as a person who is named, by username or id', async () => {
    const { key } = await createKey();
    const ada = await database.createUser();
    for (const actAs of [ada.username, ada.username.toUpperCase(), ada.id]) {
      expect(await ask(key, WHO, { actAs })).toMatchObject({ currentUser: { id: ada.id } });
    }
    for (const nobody of ['', '  ']) {
      expect(await ask(key, WHO, { actAs: nobody })).toBe('BAD_INPUT');
    }
  });
});

test('a server that listens for somebody does not make them seem to be here, until it says so', async () => {
  const ada = await database.createUser();
  const sessions = async () =>
    (
      await database.owner.query(
        'select status from app_private.presence_sessions where user_id = $1',
        [ada.id],
      )
    ).rows;
  const [reader, writer] = [
    await createKey(['read', 'act_as']),
    await createKey(['read', 'write', 'act_as']),
  ];
  const listen = async (key: string) => {
    const socket = await openJsonSocket(`${server.url}/ws`);
    socket.send({ type: 'auth', token: key, act_as: ada.id });
    expect(await socket.next()).toEqual({ type: 'ready', user_id: ada.id });
    return socket;
  };
  const reading = await listen(reader.key);
  reading.send({ type: 'presence', status: 'ONLINE' });
  expect(await reading.nextOf('error')).toMatchObject({ code: 'FORBIDDEN' });
  expect(await sessions()).toEqual([]);

  const writing = await listen(writer.key);
  await writing.settled();
  expect(await sessions()).toEqual([]);
  writing.send({ type: 'presence', status: 'BUSY' });
  await writing.settled();
  expect(await sessions()).toEqual([{ status: 'busy' }]);
  await Promise.all([reading.close(), writing.close()]);
});

describe('a key is refused', () => {
  test('when it is wrong, unknown or cut, always with the same words', async () => {
    const { key } = await createKey();
    const said = new Set<string>();
    for (const wrong of [
      `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`,
      key.replace(/^trk_[0-9a-f]{12}/, 'trk_000000000000'),
      key.slice(0, 30),
      `${key}x`,
      key.toUpperCase().replace('TRK_', 'trk_'),
      'trk_',
      "trk_000000000000_' or true --",
    ]) {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${wrong}` },
        body: JSON.stringify({ query: WHO }),
      });
      expect(response.status).toBe(401);
      // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
      const [error] = ((await response.json()) as any).errors;
      if (/^[\w-]+$/.test(wrong) && wrong !== 'trk_') {
        said.add(error.message);
      }
    }
    expect([...said]).toEqual(['This key is not valid, or not any more.']);
  });

  test('in an address, where logs would keep it', async () => {
    const { key } = await createKey();
    const ada = await database.createUser();
    const room = await database.createRoom(ada);
    const stream = await fetch(`${server.url}/events/${room.id}?access_token=${key}`);
    expect(stream.status).toBe(401);
    const json = await openJsonSocket(`${server.url}/ws?access_token=${key}`);
    expect(await json.closed).toMatchObject({ code: 4401 });
  });

  test('to act as who is suspended, erased, or not there, or by who may not', async () => {
    const { key } = await createKey();
    const { key: mayNot } = await createKey(ALL.filter((scope) => scope !== 'act_as'));
    const ada = await database.createUser();
    const bob = await database.createUser();
    expect(await ask(key, WHO, { actAs: ada.id })).toMatchObject({ currentUser: { id: ada.id } });
    const ofAda = await server.socket({ token: key, actAs: ada.id });
    await database.owner.query("select app_admin.suspend_user($1, 'rude')", [ada.username]);
    await ofAda.closed;
    expect(await ask(key, WHO, { actAs: ada.id })).toBe('FORBIDDEN');
    expect(await ask(key, WHO, { actAs: bob.id })).toMatchObject({ currentUser: { id: bob.id } });
    const socket = await server.socket({ token: key, actAs: bob.id });
    await database.owner.query("select app_admin.erase_user($1, 'asked')", [bob.username]);
    await socket.closed;
    expect(await ask(key, WHO, { actAs: bob.id })).toBe('NOT_FOUND');
    for (const nobody of ['nobody-there', 'x'.repeat(5_000), "' or true --"]) {
      expect(await ask(key, WHO, { actAs: nobody })).toBe('NOT_FOUND');
    }
    expect(await ask(mayNot, WHO, { actAs: ada.id })).toBe('FORBIDDEN');
    expect(await ask(ada.token, WHO, { actAs: bob.id })).toBe('BAD_INPUT');
  });

  test('to read without the scope, by any way, and may write all the same', async () => {
    const { key } = await createKey(['write', 'rooms', 'act_as']);
    const ada = await database.createUser();
    const room = await database.createRoom(ada);
    const send = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id content } } }`;
    const input = { roomId: room.id, content: 'written blindly' };
    const actAs = ada.username;
    expect(await ask(key, send, { variables: { input }, actAs })).toMatchObject({
      sendMessage: { message: { content: 'written blindly' } },
    });
    for (const query of [
      WHO,
      `{ room(id: "${room.id}") { name } }`,
      '{ searchUsers(query: "a") { nodes { id } } }',
      '{ sessions(first: 1) { nodes { id } } }',
      '{ publicRooms { nodes { id } } }',
    ]) {
      expect([query, await ask(key, query, { actAs })]).toEqual([query, 'FORBIDDEN']);
    }
    const around = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { room { messages { nodes { content } } } } } }`;
    // Done, and what was asked about it is not told.
    expect(await ask(key, around, { variables: { input }, actAs })).toBe('INTERRUPTED');
    const stream = await fetch(`${server.url}/events/${room.id}?after=0`, {
      headers: { authorization: `Bearer ${key}`, 'trumpet-act-as': actAs },
    });
    expect(stream.status).toBe(403);
    await stream.body?.cancel();
    const socket = await server.socket({ token: key, actAs });
    const events = socket.subscribe(
      `subscription { roomEvents(roomId: "${room.id}", after: "0") { __typename } }`,
    );
    expect(await events.next()).toMatchObject({
      type: 'error',
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
  });

  test('to send files without the scope', async () => {
    const { key } = await createKey(['read', 'act_as']);
    const response = await fetch(`${server.url}/attachments`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'tus-resumable': '1.0.0',
        'upload-length': '3',
        'upload-metadata': `filename ${btoa('a.txt')},filetype ${btoa('text/plain')}`,
      },
    });
    expect(response.status).toBe(403);
  });
});

describe('every transport', () => {
  test('takes a key, and closes when it is revoked; the key is worth nothing from then on', async () => {
    const { key, name } = await createKey();
    const ada = await database.createUser();
    const room = await database.createRoom(ada);
    await database.sendMessage(ada, room.id, 'hello');
    const socket = await server.socket({ token: key, actAs: ada.username });
    const events = socket.subscribe(
      `subscription { roomEvents(roomId: "${room.id}", after: "0") { __typename } }`,
    );
    await events.nextData();
    const json = await openJsonSocket(`${server.url}/ws`);
    json.send({ type: 'auth', token: key, act_as: ada.id });
    expect(await json.next()).toEqual({ type: 'ready', user_id: ada.id });
    const stream = await openEventStream(`${server.url}/events/${room.id}?after=0`, {
      authorization: `Bearer ${key}`,
      'trumpet-act-as': ada.id,
    });
    await stream.next();
    const upload = await fetch(`${server.url}/attachments`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'tus-resumable': '1.0.0',
        'upload-length': '3',
        'upload-metadata': `filename ${btoa('a.txt')},filetype ${btoa('text/plain')}`,
      },
    });
    expect(upload.status).toBe(201);

    await database.owner.query("select app_admin.revoke_key($1, 'lost')", [name]);
    expect(await socket.closed).toMatchObject({ code: 4403 });
    expect(await json.closed).toMatchObject({ code: 4403 });
    expect(await ask(key, WHO)).toBe('UNAUTHENTICATED');
    expect(await ask(key, WHO, { actAs: ada.id })).toBe('UNAUTHENTICATED');
    const again = await server.socket({ token: key, acknowledged: false });
    expect(await again.closed).toMatchObject({ code: 4401 });
    stream.close();
  });

  test('closes when the key is over, and comes back after a sign-out of the person', async () => {
    const { key, name } = await createKey();
    const ada = await database.createUser();
    const socket = await server.socket({ token: key, actAs: ada.id });
    await database.owner.query("select app_private.end_sessions_of($1, 'signed out everywhere')", [
      ada.id,
    ]);
    expect(await socket.closed).toMatchObject({ code: 4403 });
    expect(await ask(key, WHO, { actAs: ada.id })).toMatchObject({ currentUser: { id: ada.id } });
    const other = await server.socket({ token: key, actAs: ada.id });
    await database.owner.query(
      "update app_private.server_keys set expires_at = now() - interval '1 second' where name = $1",
      [name],
    );
    expect(await other.closed).toMatchObject({ code: 4403 });
    expect(await ask(key, WHO, { actAs: ada.id })).toBe('UNAUTHENTICATED');
  });
});

test('of a key only a hash is kept, and nothing that it does holds it', async () => {
  const { key } = await createKey();
  const secret = key.split('_').slice(2).join('_');
  await ask(key, WHO);
  const { rows } = await database.owner.query('select * from app_admin.traces_of_user($1, $2)', [
    randomUUID(),
    [secret],
  ]);
  expect(rows).toEqual([]);
});

describe('a batch', () => {
  const UPSERT_USERS = `mutation ($users: [UserEntryInput!]!) { upsertUsers(input: { users: $users }) { users { id username displayName } } }`;
  const UPSERT_ROOMS = `mutation ($rooms: [RoomEntryInput!]!) { upsertRooms(input: { rooms: $rooms }) { rooms { id slug memberCount } } }`;
  const IMPORT = `mutation ($messages: [MessageEntryInput!]!) { importMessages(input: { messages: $messages }) { messages { id seq createdAt content author { id } } } }`;

  async function fullAnswer(key: string, query: string, variables: object) {
    const { data, errors } = await server.graphql(query, variables as Record<string, unknown>, key);
    return errors === undefined ? data : `${errors[0]?.extensions?.code} ${errors[0]?.message}`;
  }

  test('makes many people, and changes them, in the order of the entries', async () => {
    const { key } = await createKey(['users', 'read']);
    const users = Array.from({ length: 300 }, (_, index) => ({
      username: `batch_${index}`,
      displayName: `Person ${index}`,
      email: `batch${index}@example.org`,
    }));
    const answer = await fullAnswer(key, UPSERT_USERS, { users });
    expect(answer).toEqual({ upsertUsers: { users: expect.any(Array) } });
    const made = answer.upsertUsers.users;
    expect(made.map(({ username }: { username: string }) => username)).toEqual(
      users.map(({ username }) => username),
    );
    const changed = (
      await fullAnswer(key, UPSERT_USERS, {
        users: [{ username: 'batch_7', displayName: 'Seven' }, { username: 'batch_8' }],
      })
    ).upsertUsers.users;
    expect(changed).toEqual([
      { id: made[7].id, username: 'batch_7', displayName: 'Seven' },
      { id: made[8].id, username: 'batch_8', displayName: 'Person 8' },
    ]);
  });

  test('of 1,001 is too large', async () => {
    const { key } = await createKey();
    const users = Array.from({ length: 1_001 }, (_, index) => ({ username: `many_${index}` }));
    expect(await fullAnswer(key, UPSERT_USERS, { users })).toBe(
      'TOO_LARGE A batch has at most 1,000 entries.',
    );
  });

  test('is done as a whole or not at all, and says which entry is wrong', async () => {
    const { key } = await createKey();
    for (const [wrong, answer] of [
      [{ username: 'admin' }, 'CONFLICT users[1]: This username cannot be taken.'],
      [{ username: 'not well formed' }, /^BAD_INPUT users\[1\]: /],
      [{ username: 'half_3', email: 'nowhere' }, /^BAD_INPUT users\[1\]: /],
      [{ username: 'half_3', avatarUrl: 'javascript:alert(1)' }, /^BAD_INPUT users\[1\]: /],
      [{ displayName: 'No name' }, /^BAD_INPUT users\[1\]: A person needs a username/],
      [{ issuer: 'https://id.example.org' }, /^BAD_INPUT users\[1\]: issuer and subject/],
      [{ username: 'trumpet', displayName: 'Taken over' }, /^FORBIDDEN users\[1\]: /],
    ] as const) {
      const said = await fullAnswer(key, UPSERT_USERS, {
        users: [{ username: 'half_1' }, wrong, { username: 'half_2' }],
      });
      expect(said).toEqual(typeof answer === 'string' ? answer : expect.stringMatching(answer));
    }
    const { rows } = await database.owner.query(
      "select username from app_public.users where username like 'half%'",
    );
    expect(rows).toEqual([]);
  });

  test('knows people of an issuer before they have come', async () => {
    const { key } = await createKey();
    const entry = { issuer: 'https://id.example.org', subject: 'u-1', username: 'Linus T.' };
    const [first, again] = (
      await fullAnswer(key, UPSERT_USERS, { users: [entry, { ...entry, displayName: 'Linus' }] })
    ).upsertUsers.users;
    expect(again).toEqual({ id: first.id, username: 'linust', displayName: 'Linus' });
  });

  test('makes rooms with members, and adds to them', async () => {
    const { key } = await createKey();
    const [ada, bob] = [await database.createUser(), await database.createUser()];
    const room = (members: readonly object[]) => ({
      rooms: [{ slug: 'batch-room', name: 'Batch', type: 'PRIVATE', members }],
    });
    const made = await fullAnswer(key, UPSERT_ROOMS, room([{ userId: ada.id, role: 'ADMIN' }]));
    expect(made.upsertRooms.rooms[0].memberCount).toBe(2);
    const again = await fullAnswer(key, UPSERT_ROOMS, room([{ userId: bob.id }]));
    expect(again.upsertRooms.rooms[0]).toEqual({ ...made.upsertRooms.rooms[0], memberCount: 3 });
    expect(await fullAnswer(key, UPSERT_ROOMS, room([{ userId: bob.id, role: 'OWNER' }]))).toMatch(
      /^FORBIDDEN rooms\[0\]: /,
    );
    const { rows } = await database.owner.query(
      'select role from app_public.room_members where user_id = any ($1) order by role',
      [[ada.id, bob.id]],
    );
    expect(rows.map(({ role }) => role)).toEqual(['member', 'admin']);
  });

  test('takes over no room of somebody else', async () => {
    const { key } = await createKey();
    const ada = await database.createUser();
    const room = await database.createRoom(ada);
    expect(
      await fullAnswer(key, UPSERT_ROOMS, { rooms: [{ slug: room.slug, name: 'Mine' }] }),
    ).toMatch(/^FORBIDDEN rooms\[0\]: |^NOT_FOUND rooms\[0\]: /);
  });

  test('brings messages in with their times, in their places, and notifies nobody', async () => {
    const { key } = await createKey();
    const [ada, bob] = [await database.createUser(), await database.createUser()];
    const room = await database.createRoom(ada, { members: [bob] });
    const before = await database.owner.query(
      'select last_change_seq::int as seq from app_private.room_heads where room_id = $1',
      [room.id],
    );
    const start = Date.parse('2019-03-31T23:59:58.000Z');
    const messages = Array.from({ length: 1_000 }, (_, index) => ({
      roomId: room.id,
      authorId: index % 2 === 0 ? ada.id : bob.id,
      content: `@${ada.username} message ${index}`,
      createdAt: new Date(start + index * 3_600_000).toISOString(),
      nonce: `import-${index}`,
    }));
    const said = await fullAnswer(key, IMPORT, { messages });
    const brought = said.importMessages.messages;
    expect(brought.map(({ seq }: { seq: string }) => Number(seq))).toEqual(
      messages.map((_, index) => index + 1),
    );
    expect(brought.map(({ createdAt }: { createdAt: string }) => Date.parse(createdAt))).toEqual(
      messages.map(({ createdAt }) => Date.parse(createdAt)),
    );
    const { rows: log } = await database.owner.query(
      `select min(change_seq)::int as first, max(change_seq)::int as last, count(*)::int,
          bool_and(occurred_at > now() - interval '10 minutes') as "isNow"
        from app_private.room_changes where room_id = $1 and kind = 'message'`,
      [room.id],
    );
    const first = before.rows[0].seq + 1;
    expect(log).toEqual([{ first, last: first + 999, count: 1_000, isNow: true }]);
    const { rows: unread } = await database.owner.query(
      'select user_id from app_public.room_members where room_id = $1 and last_read_seq < 1000',
      [room.id],
    );
    expect(unread).toEqual([]);

    // Again: the same, and nothing twice.
    const again = await fullAnswer(key, IMPORT, { messages });
    expect(again.importMessages.messages).toEqual(brought);
    const { seq } = await database.sendMessage(ada, room.id, 'the next');
    expect(Number(seq)).toBe(1_001);
  });

  test('takes no forged times, and no forged people', async () => {
    const { key } = await createKey();
    const ada = await database.createUser();
    const room = await database.createRoom(ada);
    await database.sendMessage(ada, room.id, 'now');
    const empty = await database.createRoom(ada);
    const entry = {
      roomId: empty.id,
      authorId: ada.id,
      content: 'x',
      createdAt: '2020-01-02T00:00:00Z',
    };
    for (const [wrong, answer] of [
      [
        { createdAt: '2999-01-01T00:00:00Z' },
        /^BAD_INPUT messages\[1\]: createdAt is in the future/,
      ],
      [{ createdAt: '1999-12-31T00:00:00Z' }, /^BAD_INPUT messages\[1\]: /],
      [{ createdAt: '2020-01-01T00:00:00Z' }, /^CONFLICT messages\[1\]: createdAt is before/],
      [{ createdAt: 'infinity' }, /^BAD_INPUT/],
      [{ createdAt: null }, /^BAD_INPUT messages\[1\]: /],
      [{ roomId: room.id }, /^CONFLICT messages\[1\]: /],
      [{ roomId: ada.id }, /^NOT_FOUND messages\[1\]: /],
      [{ authorId: room.id }, /^NOT_FOUND messages\[1\]: /],
      [{ messageType: 'SYSTEM' }, /^BAD_INPUT messages\[1\]: /],
      [{ content: '' }, /^BAD_INPUT messages\[1\]: /],
      [{ content: 'x'.repeat(8_001) }, /^TOO_LARGE messages\[1\]: /],
      [{ metadata: [] }, /^BAD_INPUT messages\[1\]: /],
    ] as const) {
      const said = await fullAnswer(key, IMPORT, { messages: [entry, { ...entry, ...wrong }] });
      expect([wrong, said]).toEqual([wrong, expect.stringMatching(answer)]);
    }
    const { rows } = await database.owner.query(
      'select count(*)::int from app_public.messages where room_id = $1',
      [empty.id],
    );
    expect(rows).toEqual([{ count: 0 }]);
  });
});

describe('people', () => {
  test('are deactivated, let in again and erased by a server, and get sessions from it', async () => {
    const { key, name } = await createKey();
    const ada = await database.createUser();
    const call = (text: string) => ask(key, `mutation { ${text} }`);
    const issued = await call(
      `issueToken(input: { userId: "${ada.id}" }) { session { accessToken refreshToken user { id } } }`,
    );
    const { accessToken, user } = issued.issueToken.session;
    expect(user.id).toBe(ada.id);
    const socket = await server.socket({ token: accessToken });
    await call(`deactivateUser(input: { userId: "${ada.id}", reason: "left" }) { user { id } }`);
    expect(await socket.closed).toMatchObject({ code: 4403 });
    expect(await ask(accessToken, WHO)).toBe('UNAUTHENTICATED');
    expect(
      await call(`issueToken(input: { userId: "${ada.id}" }) { session { refreshToken } }`),
    ).toBe('FORBIDDEN');
    await call(`reactivateUser(input: { userId: "${ada.id}" }) { user { id } }`);
    expect(await ask(key, WHO, { actAs: ada.id })).toMatchObject({ currentUser: { id: ada.id } });
    await call(`eraseUser(input: { userId: "${ada.id}", reason: "asked" }) { clientMutationId }`);
    expect(await ask(key, WHO, { actAs: ada.id })).toBe('NOT_FOUND');
    const { rows } = await database.owner.query(
      'select action from app_admin.actions where administrator = $1',
      [`key ${name}`],
    );
    expect(rows.map(({ action }) => action).reverse()).toEqual([
      'issue_token',
      'deactivate_user',
      'reactivate_user',
      'erase_user',
    ]);
  });

  test('are made at psql, and signed in by a token from there', async () => {
    await database.owner.query(
      "select app_admin.create_user('psql_person', 'From psql', 'psql@example.org', 'correct horse')",
    );
    const { rows } = await database.owner.query(
      "select app_admin.issue_token('psql_person') as token",
    );
    const { data } = await server.graphql(
      'mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { session { user { username displayName } } } }',
      { input: { refreshToken: rows[0].token } },
    );
    expect(data.refreshSession.session.user).toEqual({
      username: 'psql_person',
      displayName: 'From psql',
    });
    const signedIn = await server.graphql(
      'mutation { signIn(input: { username: "psql_person", password: "correct horse" }) { session { expiresAt } } }',
    );
    expect(signedIn.errors).toBeUndefined();
  });

  test('cannot call what is for servers', async () => {
    const ada = await database.createUser();
    for (const text of [
      'upsertUsers(input: { users: [] }) { users { id } }',
      'upsertRooms(input: { rooms: [] }) { rooms { id } }',
      'importMessages(input: { messages: [] }) { messages { id } }',
      `issueToken(input: { userId: "${ada.id}" }) { session { refreshToken } }`,
      `eraseUser(input: { userId: "${ada.id}", reason: "x" }) { clientMutationId }`,
    ]) {
      expect([text, await ask(ada.token, `mutation { ${text} }`)]).toEqual([text, 'FORBIDDEN']);
    }
  });
});

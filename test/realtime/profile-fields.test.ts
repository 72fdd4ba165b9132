import type { TestUser } from '../../testing/database.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { createTestWorld } from '../../testing/world.ts';

/* Fields of profiles that the administrators define: who fills them in, who sees them, and who is found by them. */

const { database, server, close } = await createTestWorld();
afterAll(close);

let ada: TestUser;
let bob: TestUser;
let roomId: string;
let fields = 0;

beforeEach(async () => {
  [ada, bob] = [await database.createUser(), await database.createUser()];
  ({ id: roomId } = await database.createRoom(ada, { members: [bob] }));
});

/** A field of its own for a test. @returns its key */
async function define(kind: string, more: Record<string, unknown> = {}): Promise<string> {
  const key = `field_${++fields}`;
  const names = Object.keys(more);
  await database.owner.query(
    `select app_admin.define_profile_field($1, $2, $3, 'a test'${names.map((name, at) => `, ${name} => $${at + 4}`).join('')})`,
    [key, `Field ${fields}`, kind, ...names.map((name) => more[name])],
  );
  return key;
}

async function set(person: TestUser, fieldKey: string, value: string | null) {
  return await server.graphql(
    'mutation ($input: SetProfileValueInput!) { setProfileValue(input: $input) { user { id } } }',
    { input: { fieldKey, value } },
    person.token,
  );
}

/** What somebody sees in the profile of a person: by key. */
async function seenBy(viewer: { readonly token: string }, person: TestUser) {
  const { data, errors } = await server.graphql(
    'query ($id: UUID!) { user(id: $id) { profile(first: 100) { key value person { id } } } }',
    { id: person.id },
    viewer.token,
  );
  expect(errors).toBeUndefined();
  return Object.fromEntries(
    data.user.profile.map(
      (said: { key: string; value: unknown; person: { id: string } | null }) => [
        said.key,
        said.person?.id ?? said.value,
      ],
    ),
  );
}

test('each kind takes what it is for, and says what it is for otherwise', async () => {
  const cases: readonly [
    kind: string,
    good: string,
    bad: string,
    more?: Record<string, unknown>,
  ][] = [
    ['text', 'Design', 'x'.repeat(201)],
    ['long_text', 'one\n\ntwo', 'x'.repeat(2001)],
    ['url', 'https://example.test/~ada', 'javascript:alert(1)'],
    ['date', '1990-12-31', '1990-02-30'],
    ['choice', 'Rome', 'Paris', { choices: ['Rome', 'Oslo'] }],
    ['user', bob.id, '00000000-0000-4000-8000-00000000dead'],
  ];
  const said: Record<string, string> = {};
  for (const [kind, good, bad, more] of cases) {
    const key = await define(kind, more);
    expect((await set(ada, key, good)).errors).toBeUndefined();
    expect((await set(ada, key, bad)).errors?.[0]?.extensions?.code).toMatch(
      /^(BAD_INPUT|NOT_FOUND|INVALID.*)$/,
    );
    said[key] = good;
  }
  expect(await seenBy(bob, ada)).toEqual(said);
  for (const key of Object.keys(said)) {
    await set(ada, key, ' ');
  }
  expect(await seenBy(bob, ada)).toEqual({});
});

test('every choice can be chosen, however it was written', async () => {
  const key = await define('choice', {
    choices: ['  Design  Team ', 'Cafe\u0301', 'In\u200bside'],
  });
  const { data } = await server.graphql('{ profileFields { key choices } }', {}, ada.token);
  const { choices } = (
    data as { profileFields: { key: string; choices: string[] }[] }
  ).profileFields.find((field) => field.key === key) as { choices: string[] };
  expect(choices).toEqual(['Design Team', 'Café', 'Inside']);
  for (const choice of [...choices, 'Cafe\u0301']) {
    expect((await set(ada, key, choice)).errors).toBeUndefined();
    expect(await seenBy(bob, ada)).toEqual({ [key]: choice.normalize() });
  }
  for (const choices of [['', 'a'], ['a', ' a'], ['x'.repeat(201)], ['\u200b']]) {
    await expect(define('choice', { choices })).rejects.toMatchObject({ code: 'TR400' });
  }
});

test('they are shown in their order', async () => {
  const [last, first] = [await define('text', { place: 9 }), await define('text', { place: 1 })];
  await set(ada, last, 'b');
  await set(ada, first, 'a');
  expect(Object.keys(await seenBy(bob, ada))).toEqual([first, last]);
});

test('what administrators fill in nobody else does but a directory, and everybody reads', async () => {
  const key = await define('text', { edited_by: 'administrators' });
  expect((await set(ada, key, 'boss')).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  const { rows } = await database.owner.query<{ key: string }>(
    "select app_admin.create_key('directory ' || $1, '{users,read}') as key",
    [key],
  );
  const token = rows[0]?.key ?? '';
  const of = (value: string, with_ = token) =>
    server.graphql(
      'mutation ($input: SetProfileValueOfInput!) { setProfileValueOf(input: $input) { user { id } } }',
      { input: { userId: ada.id, fieldKey: key, value } },
      with_,
    );
  expect((await of('Engineer')).errors).toBeUndefined();
  expect(await seenBy(bob, ada)).toEqual({ [key]: 'Engineer' });
  expect((await of('Queen', ada.token)).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  await database.owner.query("select app_admin.set_profile_value($1, $2, 'Lead', 'promoted')", [
    ada.username,
    key,
  ]);
  expect(await seenBy(ada, ada)).toEqual({ [key]: 'Lead' });
});

test('what is for the person is seen by nobody else, and what is for members by no guest', async () => {
  const [own, members] = [
    await define('text', { visibility: 'person' }),
    await define('text', { visibility: 'members' }),
  ];
  await set(ada, own, 'secret');
  await set(ada, members, 'known');
  expect(await seenBy(ada, ada)).toEqual({ [own]: 'secret', [members]: 'known' });
  expect(await seenBy(bob, ada)).toEqual({ [members]: 'known' });
  await database.owner.query('insert into app_private.guests (user_id, room_id) values ($1, $2)', [
    bob.id,
    roomId,
  ]);
  expect(await seenBy(bob, ada)).toEqual({});
});

test('people are found by what is searched, and by nothing else', async () => {
  const word = `gardening${fields}`;
  const [searched, hidden] = [await define('text', { is_searchable: true }), await define('text')];
  await set(ada, searched, `I like Gärdening${word.slice(9)}`);
  await set(bob, hidden, word);
  const { data } = await server.graphql(
    'query ($query: String!) { searchUsers(query: $query, first: 10) { nodes { id } } }',
    { query: word },
    bob.token,
  );
  expect(data.searchUsers.nodes).toEqual([{ id: ada.id }]);
});

test('whoever shares a room is told, and others are not', async () => {
  const stranger = await database.createUser();
  const { id: elsewhere } = await database.createRoom(stranger);
  const key = await define('text');
  const listen = async (person: TestUser, room: string) => {
    const json = await openJsonSocket(`${server.url}/ws?access_token=${person.token}`);
    json.send({ type: 'join_room', room_id: room });
    await json.nextOf('joined');
    return json;
  };
  const [near, far] = [await listen(bob, roomId), await listen(stranger, elsewhere)];
  await set(ada, key, 'Design');
  expect(await near.nextOf('profile_event')).toEqual({
    type: 'profile_event',
    room_id: roomId,
    user_id: ada.id,
  });
  await set(stranger, key, 'Art');
  expect(await far.nextOf('profile_event')).toMatchObject({ user_id: stranger.id });
});

test('a field that is removed takes what was said in it along; its kind cannot be changed', async () => {
  const key = await define('text');
  await set(ada, key, 'Design');
  await expect(
    database.owner.query("select app_admin.define_profile_field($1, 'Date', 'date', 'a test')", [
      key,
    ]),
  ).rejects.toThrow(/of kind text/);
  await database.owner.query(
    "select app_admin.define_profile_field($1, 'Renamed', 'text', 'a test', max_length => 3)",
    [key],
  );
  expect(await seenBy(bob, ada)).toEqual({ [key]: 'Design' });
  await database.owner.query("select app_admin.remove_profile_field($1, 'a test')", [key]);
  expect(await seenBy(bob, ada)).toEqual({});
  expect((await set(ada, key, 'x')).errors?.[0]?.extensions?.code).toBe('NOT_FOUND');
});

test('an account that is deleted says nothing any more, and nobody names it', async () => {
  const [text, person] = [await define('text'), await define('user')];
  await set(ada, text, 'Design');
  await set(bob, person, ada.id);
  await database.owner.query('select app_private.begin_erasure($1)', [ada.id]);
  expect(await seenBy(bob, bob)).toEqual({});
  const { rows } = await database.owner.query(
    'select from app_private.profile_values where $1 in (user_id, person_id)',
    [ada.id],
  );
  expect(rows).toEqual([]);
});

import { startWorker } from '../../src/worker/run.ts';
import type { TestUser } from '../../testing/database.ts';
import { openJsonSocket } from '../../testing/json-socket.ts';
import { createTestWorld } from '../../testing/world.ts';
import type { Event } from './support.ts';

/* What people say of themselves for now: seen beside their names, told when it changes, and over when its time is. */

const { database, server, close } = await createTestWorld();
afterAll(close);

let ada: TestUser;
let bob: TestUser;
let roomId: string;

beforeEach(async () => {
  [ada, bob] = [await database.createUser(), await database.createUser()];
  ({ id: roomId } = await database.createRoom(ada, { members: [bob] }));
});

const SET = `mutation ($input: SetStatusTextInput!) {
  setStatusText(input: $input) { user { statusText { text emoji endsAt } } }
}`;

const set = (person: TestUser, input: object) => server.graphql(SET, { input }, person.token);

async function seenBy(viewer: TestUser, person: TestUser): Promise<Event> {
  const { data, errors } = await server.graphql(
    `query ($id: UUID!, $ids: [UUID]!) {
      user(id: $id) { statusText { text emoji endsAt } }
      statusTexts(userIds: $ids) { userId text emoji endsAt }
    }`,
    { id: person.id, ids: [person.id, viewer.id] },
    viewer.token,
  );
  expect(errors).toBeUndefined();
  const { userId, ...ofMany } = data.statusTexts.find(
    (status: Event) => status.userId === person.id,
  ) ?? { userId: person.id };
  expect(userId).toBe(person.id);
  expect(data.user.statusText ?? {}).toEqual(ofMany);
  return data.user.statusText;
}

async function listen(user: TestUser) {
  const json = await openJsonSocket(`${server.url}/ws?access_token=${user.token}`);
  json.send({ type: 'join_room', room_id: roomId });
  await json.nextOf('joined');
  return json;
}

test('a text with an emoji is seen by others, who are told of it', async () => {
  const json = await listen(bob);
  const said = { text: 'Away until Monday', emoji: '🌴', endsAt: null };
  const { data } = await set(ada, { text: '  Away until\nMonday ', emoji: '🌴' });
  expect(data.setStatusText.user.statusText).toEqual(said);
  expect(await json.nextOf('status_text_event')).toEqual({
    type: 'status_text_event',
    room_id: roomId,
    user_id: ada.id,
    status_text: said,
  });
  expect(await seenBy(bob, ada)).toEqual(said);
  await set(ada, { text: null, emoji: null });
  expect(await json.nextOf('status_text_event')).toMatchObject({ status_text: null });
  expect(await seenBy(bob, ada)).toBeNull();
});

test('it ends by itself, and those who listen are told so by the worker', async () => {
  const json = await listen(bob);
  const worker = await startWorker(database.databaseUrl);
  try {
    await set(ada, { text: 'In a meeting', endsAt: new Date(Date.now() + 1_500) });
    expect(await json.nextOf('status_text_event')).toMatchObject({
      status_text: { text: 'In a meeting' },
    });
    expect(await json.nextOf('status_text_event')).toMatchObject({ status_text: null });
    expect(await seenBy(bob, ada)).toBeNull();
  } finally {
    await worker.stop();
  }
});

test('nobody sees it after its time, whether a worker runs or not; and a new one is not ended for the old', async () => {
  await set(ada, { text: 'In a meeting', endsAt: new Date(Date.now() + 3_600_000) });
  await database.owner.query(
    "update app_private.status_texts set ends_at = now() - interval '1 second' where user_id = $1",
    [ada.id],
  );
  expect(await seenBy(bob, ada)).toBeNull();
  await set(ada, { text: 'Lunch', endsAt: new Date(Date.now() + 3_600_000) });
  await database.owner.query('select app_private.end_status_text($1)', [ada.id]);
  expect(await seenBy(bob, ada)).toMatchObject({ text: 'Lunch' });
});

test('its end is told also where the clock was set back while its job was on the way', async () => {
  const { owner } = database;
  await set(ada, { text: 'Lunch', endsAt: new Date(Date.now() + 3_600_000) });
  const alarm = 'from app_private.alarms where subject_id = $1';
  const { rows: before } = await owner.query(`select kind, due_at ${alarm}`, [ada.id]);
  await owner.query(`delete ${alarm}`, [ada.id]); // As enqueue_due does.
  await owner.query('select app_private.end_status_text($1)', [ada.id]);
  const { rows: after } = await owner.query(`select kind, due_at ${alarm}`, [ada.id]);
  expect([before, after]).toEqual([[expect.anything()], before]);
});

test('who has blocked somebody is not told what they say', async () => {
  const [ofBob, ofCarol] = [await listen(bob), await listen(await joined())];
  await database.call(bob, 'block_user', ada.id);
  await set(ada, { text: 'Hello' });
  await ofCarol.nextOf('status_text_event', { user_id: ada.id });
  await database.sendMessage(ada, roomId, 'after that');
  await ofBob.nextOf('message_event');
  expect(ofBob.pendingOf('status_text_event')).toEqual([]);
});

async function joined(): Promise<TestUser> {
  const carol = await database.createUser();
  await database.call(ada, 'add_room_member', roomId, carol.id);
  return carol;
}

test.each([
  ['two emoji', { emoji: '🌴🌴' }],
  ['a word for an emoji', { emoji: 'palm' }],
  ['more than 100 characters', { text: 'x'.repeat(101) }],
  ['a time that is over', { text: 'Away', endsAt: '2020-01-01T00:00:00Z' }],
])('%s is refused', async (_what, input) => {
  const { errors } = await set(ada, input);
  expect(errors?.[0]?.extensions?.code).toBe('BAD_INPUT');
});

test('a deleted account says nothing', async () => {
  await set(ada, { text: 'Away' });
  await database.owner.query('select app_private.begin_erasure($1)', [ada.id]);
  expect(await seenBy(bob, ada)).toBeNull();
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { TEST_JWT_SECRET } from '../../testing/access-token.ts';
import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';

const MESSAGES = 1_500;
const KILLS = 3;

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner } = database;

const ada = await database.createUser();
const bob = await database.createUser();
const { id: roomId } = await database.createRoom(ada, { members: [bob] });

function startWorkerProcess(): ChildProcess {
  return spawn(process.execPath, ['src/worker.ts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      LOG_LEVEL: 'fatal',
      DATABASE_URL: database.databaseUrl,
      AUTH_DATABASE_URL: database.authDatabaseUrl,
      JWT_SECRET: TEST_JWT_SECRET,
    },
  });
}

async function end(worker: ChildProcess): Promise<void> {
  worker.kill('SIGKILL');
  await once(worker, 'exit');
}

/** What is found now, whether the worker has come to it or not. */
async function find(query: string, viewer: TestUser = ada): Promise<string[]> {
  const { rows } = await database.asUser(viewer, (client) =>
    client.query<{ content: string }>(
      'select content from app_public.search_messages($1, approximate => false)',
      [query],
    ),
  );
  return rows.map(({ content }) => content);
}

const send = (content: string) => database.sendMessage(ada, roomId, content);
const index = () => database.indexMessages();

test('a running worker makes found whatever is sent, by psql too', async () => {
  const worker = startWorkerProcess();
  await send('sent by a person: marmot');
  await owner.query(
    `insert into app_public.messages (room_id, author_id, content) values ($1, $2, 'written at psql: marmot')`,
    [roomId, ada.id],
  );
  while ((await find('marmot')).length < 2) {
    await sleep(20);
  }
  await end(worker);
});

test(`a worker that is killed ${KILLS} times loses nothing of ${MESSAGES} messages`, async () => {
  await owner.query(
    `insert into app_public.messages (room_id, author_id, content)
      select $1, $2, 'walrus number' || number from generate_series(1, $3::int) as number`,
    [roomId, ada.id, MESSAGES],
  );
  const countIndexed = async () => {
    const { rows } = await owner.query<{ count: number }>(
      `select count(*)::int as count from app_private.message_search where words @@ '''walrus'''`,
    );
    return single(rows).count;
  };
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const worker = startWorkerProcess();
    while ((await countIndexed()) < (kill * MESSAGES) / (KILLS + 2)) {
      await sleep(5);
    }
    await end(worker);
  }
  expect(await countIndexed()).toBeLessThan(MESSAGES);
  await index();
  expect(await countIndexed()).toBe(MESSAGES);
});

describe('nothing is found by what it said before,', () => {
  beforeEach(async () => {
    await owner.query('delete from app_public.messages where room_id = $1', [roomId]);
    await index();
  });

  const deeds = {
    'edited by its author': (id: string) =>
      database.call(ada, 'edit_message', id, 'something about a heron'),
    'edited at psql': (id: string) =>
      owner.query('update app_public.messages set content = $2 where id = $1', [
        id,
        'something about a heron',
      ]),
    'deleted by its author': (id: string) => database.call(ada, 'delete_message', id),
    'deleted at psql': (id: string) =>
      owner.query('delete from app_public.messages where id = $1', [id]),
    held: (id: string) =>
      owner.query('update app_public.messages set held_at = now() where id = $1', [id]),
  };

  test.each(Object.entries(deeds))('%s: at once and later', async (_what, change) => {
    const { id } = await send('something about an ibis');
    await index();
    expect(await find('ibis')).toHaveLength(1);
    await change(id);
    expect(await find('ibis')).toEqual([]);
    await index();
    expect(await find('ibis')).toEqual([]);
    const { rows } = await owner.query(
      `select from app_private.message_search where words @@ '''ibis'''`,
    );
    expect(rows).toEqual([]);
  });

  test.each(Object.entries(deeds))('%s while the worker has it in hand', async (_what, change) => {
    const { id } = await send('something about an ibis');
    const worker = await owner.connect();
    await worker.query('begin');
    await worker.query('select app_private.index_sent($1, 10)', [[roomId]]);
    // Nobody waits for the worker to have done with a message that nobody has found yet.
    await change(id);
    await worker.query('commit');
    worker.release();
    expect(await find('ibis')).toEqual([]);
    await index();
    expect(await find('ibis')).toEqual([]);
    const { rows } = await owner.query(
      `select from app_private.message_search where words @@ '''ibis'''`,
    );
    expect(rows).toEqual([]);
  });
});

test('what is numbered behind a cursor is found, whatever its id says and whatever is gone beside it', async () => {
  const { id: otherRoomId } = await database.createRoom(ada);
  const gone = await database.sendMessage(ada, otherRoomId, 'a dunlin');
  await owner.query('delete from app_public.messages where id = $1', [gone.id]);
  // As a transaction has it that took three days.
  await owner.query(
    `insert into app_public.messages (id, room_id, author_id, content)
      values (uuidv7(interval '-3 days'), $1, $2, 'a late dunlin')`,
    [otherRoomId, ada.id],
  );
  const { id } = await database.sendMessage(ada, otherRoomId, 'a held dunlin');
  await owner.query('update app_public.messages set held_at = now() where id = $1', [id]);
  await database.sendMessage(ada, otherRoomId, 'the last dunlin');
  await index();
  expect((await find('dunlin')).sort()).toEqual(['a late dunlin', 'the last dunlin']);
  await owner.query('update app_public.messages set held_at = null where id = $1', [id]);
  await index();
  expect(await find('dunlin')).toHaveLength(3);
});

test('a room that was filled at once holds up no other', async () => {
  const { id: fullRoomId } = await database.createRoom(ada);
  await owner.query(
    `insert into app_public.messages (room_id, author_id, content)
      select $1, $2, 'a gull' from generate_series(1, 500)`,
    [fullRoomId, ada.id],
  );
  await send('a lonely grebe');
  await owner.query('select app_private.index_sent($1, 10)', [[fullRoomId, roomId]]);
  expect(await find('grebe')).toEqual(['a lonely grebe']);
  await index();
});

test('a send notes nothing for search', async () => {
  await index();
  await send('a plain plover');
  const { rows } = await owner.query('select from app_private.messages_to_index');
  expect(rows).toEqual([]);
  await index();
  expect(await find('plover')).toHaveLength(1);
});

test('what somebody else is taking out of the index is not waited for, and looked at again', async () => {
  const { id } = await send('a wren');
  await index();
  await owner.query('update app_public.messages set pinned_at = now() where id = $1', [id]);
  const other = await owner.connect();
  await other.query('begin');
  await other.query('delete from app_private.message_search where message_id = $1', [id]);
  await owner.query('select app_private.index_noted(10)');
  await other.query('rollback');
  other.release();
  await index();
  expect(await find('wren is:pinned')).toHaveLength(1);
});

test('a message is found by what else became of it: mentions, pins, files, and not by what is over', async () => {
  const { id } = await send(`an owl for @${bob.username}`);
  await index();
  expect(await find('owl mentions:me', bob)).toHaveLength(1);
  await database.call(ada, 'pin_message', id);
  await index();
  expect(await find('owl is:pinned')).toHaveLength(1);
  await database.call(ada, 'unpin_message', id);
  await database.call(ada, 'edit_message', id, 'an owl for nobody');
  await index();
  expect(await find('owl is:pinned')).toEqual([]);
  expect(await find('owl mentions:me', bob)).toEqual([]);
  expect(await find('owl')).toEqual(['an owl for nobody']);
});

test('a message is not found by what its buttons said before', async () => {
  const buttons = (label: string) => ({ components: [{ type: 'button', id: 'a', label }] });
  await owner.query(
    `insert into app_public.messages (room_id, author_id, content, metadata) values ($1, $2, 'Choose', $3)`,
    [roomId, ada.id, buttons('xylophone')],
  );
  await index();
  expect(await find('xylophone')).toEqual(['Choose']);
  await owner.query(
    `update app_public.messages set metadata = $2 where room_id = $1 and content = 'Choose'`,
    [roomId, buttons('bassoon')],
  );
  expect(await find('xylophone')).toEqual([]);
  await index();
  expect(await find('bassoon')).toEqual(['Choose']);
});

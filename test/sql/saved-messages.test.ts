import { createTestDatabase, type TestUser } from '../../testing/database.ts';

/* What people save for themselves: their own list, and no way around what they may see. */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner, call } = database;

async function makeRoom() {
  const [ada, bob] = [await database.createUser(), await database.createUser()];
  const { id: roomId } = await database.createRoom(ada, { type: 'private', members: [bob] });
  const send = async (content: string) => (await database.sendMessage(ada, roomId, content)).id;
  return { ada, bob, roomId, send };
}

async function savedBy(who: TestUser): Promise<readonly string[]> {
  return await database.asUser(who, async (client) => {
    const { rows } = await client.query<{ message_id: string }>(
      'select message_id from app_public.my_saved_messages()',
    );
    return rows.map(({ message_id }) => message_id);
  });
}

/** What can be read of what is saved. */
async function contentsOf(who: TestUser): Promise<readonly (string | null)[]> {
  return await database.asUser(who, async (client) => {
    const { rows } = await client.query<{ content: string | null }>(
      `select (select content from app_public.messages where messages.id = saved.message_id)
        from app_public.my_saved_messages() as saved`,
    );
    return rows.map(({ content }) => content);
  });
}

test('saved messages are a list of their person alone, the last saved first', async () => {
  const { ada, bob, send } = await makeRoom();
  const [first, second] = [await send('one'), await send('two')];
  await call(bob, 'save_message', second);
  await call(bob, 'save_message', first);
  expect(await savedBy(bob)).toEqual([first, second]);
  expect(await savedBy(ada)).toEqual([]);
  expect(
    (await database.asVisitor((client) => client.query('select from app_public.saved_messages')))
      .rows,
  ).toEqual([]);
});

test('saving twice is the same as once, and taking out what is not saved is refused', async () => {
  const { bob, send } = await makeRoom();
  const id = await send('one');
  const saved = await call(bob, 'save_message', id);
  expect(await call(bob, 'save_message', id)).toEqual(saved);
  expect(await call(bob, 'unsave_message', id)).toEqual(saved);
  expect(await savedBy(bob)).toEqual([]);
  await expect(call(bob, 'unsave_message', id)).rejects.toMatchObject({ code: 'TR404' });
});

test('nobody saves what they may not see, and a stranger learns nothing by trying', async () => {
  const { send } = await makeRoom();
  const stranger = await database.createUser();
  const refusal = async (id: string) =>
    await call(stranger, 'save_message', id).catch(({ code, message }) => ({ code, message }));
  const ofNothing = await refusal('00000000-0000-7000-8000-000000000000');
  expect(ofNothing).toMatchObject({ code: 'TR404' });
  expect(await refusal(await send('secret'))).toEqual(ofNothing);
});

test('a deleted message is saved without its text, and so is one of a room that one has left', async () => {
  const { ada, bob, roomId, send } = await makeRoom();
  const [deleted, left] = [await send('one'), await send('two')];
  await call(bob, 'save_message', deleted);
  await call(bob, 'save_message', left);
  await call(ada, 'delete_message', deleted);
  expect(await contentsOf(bob)).toEqual(['two', null]);
  await call(ada, 'kick_member', roomId, bob.id);
  expect(await contentsOf(bob)).toEqual([null, null]);
  await call(bob, 'unsave_message', left);
  expect(await savedBy(bob)).toEqual([deleted]);
});

test('what a room has only to be read is saved, too', async () => {
  const { ada, bob, roomId, send } = await makeRoom();
  const id = await send('one');
  await call(ada, 'archive_room', roomId);
  await call(bob, 'save_message', id);
  expect(await savedBy(bob)).toEqual([id]);
});

test('other devices are told of saving and of taking out, once each', async () => {
  const { bob, send } = await makeRoom();
  const id = await send('one');
  const xid = async () =>
    (
      await owner.query<{ xid: string }>(
        "select xid::text from app_private.personal_news where person_id = $1 and matter = 'saved'",
        [bob.id],
      )
    ).rows.map((row) => BigInt(row.xid));
  await call(bob, 'save_message', id);
  const [saved] = await xid();
  await call(bob, 'save_message', id);
  expect(await xid()).toEqual([saved]);
  await call(bob, 'unsave_message', id);
  const [after] = await xid();
  expect(Number(after)).toBeGreaterThan(Number(saved));
});

test('not more than ten thousand are saved, and they go with their person', async () => {
  const { bob, roomId, send } = await makeRoom();
  await owner.query(
    'insert into app_public.saved_messages (user_id, room_id, message_id) select $1, $2, uuidv7() from generate_series(1, 10000)',
    [bob.id, roomId],
  );
  await expect(call(bob, 'save_message', await send('one'))).rejects.toMatchObject({
    code: 'TR409',
  });
  await owner.query('select app_private.begin_erasure($1)', [bob.id]);
  expect(await savedBy(bob)).toEqual([]);
});

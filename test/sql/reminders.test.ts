import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';

/* What people want to be reminded of: when that is, whose it is, that it is told once, and that it shows nothing new. */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner, call } = database;

const HOUR_MS = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString();

async function makeRoom() {
  const [ada, bob] = [await database.createUser(), await database.createUser()];
  const { id: roomId } = await database.createRoom(ada, { type: 'private', members: [bob] });
  const send = async (content: string) => (await database.sendMessage(ada, roomId, content)).id;
  return { ada, bob, roomId, send };
}

interface Listed {
  readonly id: string;
  readonly message_id: string;
  readonly reminded_at: Date | null;
  readonly content: string | null;
}

async function listOf(who: TestUser): Promise<readonly Listed[]> {
  return await database.asUser(who, async (client) => {
    const { rows } = await client.query<Listed>(
      `select mine.*, (select content from app_public.messages where messages.id = mine.message_id)
        from app_public.my_reminders() as mine`,
    );
    return rows;
  });
}

/** As if its time had come. */
async function makeDue(id: string): Promise<void> {
  await owner.query(
    "update app_public.reminders set remind_at = now() - interval '1 second' where id = $1",
    [id],
  );
}

async function remind(id: string): Promise<string> {
  const { rows } = await owner.query<{ outcome: string }>(
    'select app_private.remind($1, false) as outcome',
    [id],
  );
  return single(rows).outcome;
}

async function alarmOf(id: string): Promise<Date | undefined> {
  const { rows } = await owner.query<{ due_at: Date }>(
    "select due_at from app_private.alarms where kind = 'remind' and subject_id = $1",
    [id],
  );
  return rows[0]?.due_at;
}

test('reminders are a list of their person alone, the earliest first', async () => {
  const { ada, bob, send } = await makeRoom();
  const [first, second] = [await send('one'), await send('two')];
  await call(bob, 'set_reminder', first, inHours(2));
  await call(bob, 'set_reminder', second, inHours(1));
  expect((await listOf(bob)).map((row) => row.message_id)).toEqual([second, first]);
  expect(await listOf(ada)).toEqual([]);
  await expect(call(ada, 'cancel_reminder', first)).rejects.toMatchObject({ code: 'TR404' });
});

test('a message has one reminder of a person: another time replaces it, and wakes one who was reminded', async () => {
  const { bob, send } = await makeRoom();
  const messageId = await send('one');
  const { id } = await call(bob, 'set_reminder', messageId, inHours(1));
  const later = await call(bob, 'set_reminder', messageId, inHours(3));
  expect(later.id).toBe(id);
  expect(await alarmOf(id)).toEqual(later.remind_at);
  await makeDue(id);
  expect(await remind(id)).toBe('reminded');
  expect(await listOf(bob)).toMatchObject([{ id, reminded_at: expect.any(Date) }]);
  await call(bob, 'set_reminder', messageId, inHours(1));
  expect(await listOf(bob)).toMatchObject([{ id, reminded_at: null }]);
});

test('a person is reminded at the time, once, and not when they have taken it back', async () => {
  const { bob, send } = await makeRoom();
  const [kept, cancelled] = [await send('one'), await send('two')];
  const { id } = await call(bob, 'set_reminder', kept, inHours(1));
  const other = await call(bob, 'set_reminder', cancelled, inHours(1));
  expect(await remind(id)).toBe('not_due');
  expect(await call(bob, 'cancel_reminder', cancelled)).toEqual(other);
  expect(await alarmOf(other.id)).toBeUndefined();
  await makeDue(id);
  expect([await remind(id), await remind(id), await remind(other.id)]).toEqual([
    'reminded',
    'not_due',
    'not_due',
  ]);
});

test('a reminder waits on for its time where the clock was set back while its job was on the way', async () => {
  const { bob, send } = await makeRoom();
  const { id, remind_at } = await call(bob, 'set_reminder', await send('one'), inHours(1));
  await owner.query('delete from app_private.alarms where subject_id = $1', [id]); // As enqueue_due does.
  expect(await remind(id)).toBe('not_due');
  expect(await alarmOf(id)).toEqual(remind_at);
});

test('what is due becomes one job, however many look', async () => {
  const { bob, send } = await makeRoom();
  const { id } = await call(bob, 'set_reminder', await send('one'), inHours(1));
  await owner.query('update app_private.alarms set due_at = now() where subject_id = $1', [id]);
  await Promise.all([1, 2, 3].map(() => owner.query('select app_private.enqueue_due()')));
  const jobs = await owner.query("select from graphile_worker.jobs where key = 'remind:' || $1", [
    id,
  ]);
  expect(jobs.rows.length).toBe(1);
  expect(await alarmOf(id)).toBeUndefined();
});

test('a local time is one of the zone of quiet hours where none is given, and stays it when a country changes its clocks', async () => {
  const { bob, send } = await makeRoom();
  await call(bob, 'set_quiet_hours', null, null, 'Asia/Tokyo');
  const day = inHours(48).slice(0, 10);
  const made = await call(bob, 'set_reminder', await send('one'), null, `${day} 09:00`);
  expect(made).toMatchObject({ time_zone: 'Asia/Tokyo', local_time: `${day}T09:00` });
  expect(made.remind_at.toISOString()).toBe(`${day}T00:00:00.000Z`);
  // As if Japan had been an hour further when it was asked for.
  await owner.query(
    "update app_public.reminders set remind_at = remind_at - interval '1 hour' where id = $1",
    [made.id],
  );
  await owner.query('delete from app_private.personal_news');
  await owner.query('select app_private.settle_local_times()');
  expect(await alarmOf(made.id)).toEqual(made.remind_at);
  const { rows: told } = await owner.query(
    'select person_id, matter from app_private.personal_news',
  );
  expect(told).toEqual([{ person_id: bob.id, matter: 'reminder' }]);
});

test('of a time in summer and one in winter, both are nine in the morning where the person is', async () => {
  const { bob, send } = await makeRoom();
  const now = new Date();
  for (const at of ['01-15T08:00:00.000Z', '07-15T07:00:00.000Z']) {
    const isOver = new Date(`${now.getUTCFullYear()}-${at}`) <= now;
    const expected = `${now.getUTCFullYear() + (isOver ? 1 : 0)}-${at}`;
    const local = `${expected.slice(0, 10)}T09:00`;
    const messageId = await send(at);
    const made = await call(bob, 'set_reminder', messageId, null, local, 'Europe/Berlin');
    expect(made.remind_at.toISOString()).toBe(expected);
  }
});

test('nobody is reminded of what they may not see, and a stranger learns nothing by trying', async () => {
  const { send } = await makeRoom();
  const stranger = await database.createUser();
  const refusal = async (id: string) =>
    await call(stranger, 'set_reminder', id, inHours(1)).catch(({ code, message }) => ({
      code,
      message,
    }));
  const ofNothing = await refusal('00000000-0000-7000-8000-000000000000');
  expect(ofNothing).toMatchObject({ code: 'TR404' });
  expect(await refusal(await send('secret'))).toEqual(ofNothing);
});

test('a time that is over, too far ahead, given twice or not at all is refused', async () => {
  const { bob, send } = await makeRoom();
  const id = await send('one');
  for (const when of [
    [inHours(-1)],
    [inHours(24 * 400)],
    [],
    [inHours(1), '2030-03-31T09:00'],
    [null, 'tomorrow'],
  ]) {
    await expect(call(bob, 'set_reminder', id, ...when)).rejects.toMatchObject({ code: 'TR400' });
  }
});

test('of a message that was deleted, or is in a room that one has left, one is reminded without its text', async () => {
  const { ada, bob, roomId, send } = await makeRoom();
  const [deleted, left] = [await send('one'), await send('two')];
  const ids: string[] = [];
  for (const message of [deleted, left]) {
    ids.push((await call(bob, 'set_reminder', message, inHours(1))).id);
  }
  await call(ada, 'delete_message', deleted);
  await call(ada, 'kick_member', roomId, bob.id);
  for (const id of ids) {
    await makeDue(id);
    expect(await remind(id)).toBe('reminded');
  }
  expect(await listOf(bob)).toMatchObject([{ content: null }, { content: null }]);
  await expect(call(bob, 'set_reminder', left, inHours(1))).rejects.toMatchObject({
    code: 'TR404',
  });
  await call(bob, 'cancel_reminder', left);
  await call(bob, 'cancel_reminder', deleted);
  expect(await listOf(bob)).toEqual([]);
});

test('not more than a thousand are had, and they go with their person', async () => {
  const { bob, roomId, send } = await makeRoom();
  const { id } = await call(bob, 'set_reminder', await send('one'), inHours(1));
  await owner.query(
    `insert into app_public.reminders (user_id, room_id, message_id, remind_at, time_zone)
      select $1, $2, uuidv7(), now(), 'UTC' from generate_series(1, 999)`,
    [bob.id, roomId],
  );
  await expect(call(bob, 'set_reminder', await send('two'), inHours(1))).rejects.toMatchObject({
    code: 'TR409',
  });
  await owner.query('select app_private.begin_erasure($1)', [bob.id]);
  expect(await listOf(bob)).toEqual([]);
  await makeDue(id);
  expect(await remind(id)).toBe('not_due');
});

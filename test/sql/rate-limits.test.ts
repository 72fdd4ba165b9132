import { createTestDatabase, type TestUser } from '../../testing/database.ts';

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner } = database;

const setLimits = (user: number, inRoom: number) =>
  owner.query(
    `update app_private.limits set
      user_per_second = 0.01, user_burst = $1, user_in_room_per_second = 0.01, user_in_room_burst = $2`,
    [user, inRoom],
  );

async function makeRoom(): Promise<{ writer: TestUser; roomId: string }> {
  const [keeper, writer] = [await database.createUser(), await database.createUser()];
  const { id: roomId } = await database.createRoom(keeper, { members: [writer] });
  return { writer, roomId };
}

test('whoever has used up a room is RATE_LIMITED there, told for how long, and free elsewhere', async () => {
  await setLimits(100, 3);
  const { writer, roomId } = await makeRoom();
  const { id: other } = await database.createRoom(writer);
  for (const text of ['one', 'two', 'three']) {
    await database.sendMessage(writer, roomId, text);
  }
  const error = await database.sendMessage(writer, roomId, 'four').catch((e) => e);
  expect(error).toMatchObject({ code: 'TR429', detail: expect.stringMatching(/^\d+$/) });
  // One token in a hundred seconds.
  expect(Number(error.detail)).toBeGreaterThan(90_000);
  expect(Number(error.detail)).toBeLessThanOrEqual(100_000);
  await database.sendMessage(writer, other, 'elsewhere');
});

test('edits and reactions come out of the same bucket as messages, over all rooms', async () => {
  await setLimits(4, 100);
  const { writer, roomId } = await makeRoom();
  const { id: other } = await database.createRoom(writer);
  const { id } = await database.sendMessage(writer, roomId, 'one');
  await database.sendMessage(writer, other, 'two');
  const edit = (text: string) =>
    database.commitAs(writer, (client) =>
      client.query('select app_public.edit_message($1, $2)', [id, text]),
    );
  const react = () =>
    database.commitAs(writer, (client) =>
      client.query("select app_public.add_message_reaction($1, '👍')", [id]),
    );
  await edit('three');
  await react();
  await expect(react()).rejects.toMatchObject({ code: 'TR429' });
  await expect(edit('four')).rejects.toMatchObject({ code: 'TR429' });
  await expect(database.sendMessage(writer, roomId, 'five')).rejects.toMatchObject({
    code: 'TR429',
  });
});

test('sending again under the same nonce is never limited, also at the same moment', async () => {
  await setLimits(1, 1);
  const { writer, roomId } = await makeRoom();
  const send = () =>
    database.commitAs(writer, async (client) => {
      const { rows } = await client.query(
        "select id from app_public.send_message(room_id => $1, content => 'once', nonce => 'n')",
        [roomId],
      );
      return rows[0].id;
    });
  const ids = await Promise.all([send(), send(), send()]);
  ids.push(await send());
  expect(new Set(ids).size).toBe(1);
});

test('a burst is not outrun by sending at once', async () => {
  await setLimits(100, 5);
  const { writer, roomId } = await makeRoom();
  await database.sendMessage(writer, roomId, 'first');
  const results = await Promise.allSettled(
    Array.from({ length: 12 }, () => database.sendMessage(writer, roomId, 'at once')),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
});

test('every 2,000 bytes of a message or an edit take one token more, and at most a full bucket', async () => {
  const long = '汉'.repeat(2_000);
  await setLimits(100, 7);
  const { writer, roomId } = await makeRoom();
  await database.sendMessage(writer, roomId, long);
  // Four of seven are gone.
  await expect(database.sendMessage(writer, roomId, long)).rejects.toMatchObject({ code: 'TR429' });
  for (const text of ['one', 'two', 'three']) {
    await database.sendMessage(writer, roomId, text);
  }
  await expect(database.sendMessage(writer, roomId, 'four')).rejects.toMatchObject({
    code: 'TR429',
  });

  await setLimits(100, 3);
  const { writer: another, roomId: smaller } = await makeRoom();
  await database.sendMessage(another, smaller, long);
  await expect(database.sendMessage(another, smaller, 'one')).rejects.toMatchObject({
    code: 'TR429',
  });

  await setLimits(7, 100);
  const { writer: editor, roomId: edited } = await makeRoom();
  const { id } = await database.sendMessage(editor, edited, 'short');
  const edit = (text: string) =>
    database.commitAs(editor, (client) =>
      client.query('select app_public.edit_message($1, $2)', [id, text]),
    );
  await edit(long);
  await expect(edit(`${long}!`)).rejects.toMatchObject({ code: 'TR429' });
  await edit('short again');
});

test('tokens come back', async () => {
  await owner.query(
    'update app_private.limits set user_per_second = 1000, user_burst = 1, user_in_room_per_second = 1000, user_in_room_burst = 1',
  );
  const { writer, roomId } = await makeRoom();
  for (let count = 0; count < 5; count += 1) {
    await owner.query('select pg_sleep(0.002)');
    await database.sendMessage(writer, roomId, 'steady');
  }
});

test('a bucket that is full is not kept', async () => {
  await setLimits(100, 100);
  const { writer, roomId } = await makeRoom();
  await database.sendMessage(writer, roomId, 'one');
  await owner.query('select app_private.sweep_token_buckets()');
  const count = async () =>
    (await owner.query('select from app_private.token_buckets where user_id = $1', [writer.id]))
      .rowCount;
  expect(await count()).toBe(2);
  await owner.query(
    "update app_private.token_buckets set full_at = now() - interval '1 s', taken_at = now() - interval '7 hours'",
  );
  await owner.query('select app_private.sweep_token_buckets()');
  expect(await count()).toBe(0);
});

/** The clock of the database was ahead when this was written, and has been set right since. */
const writtenAhead = (table: string, columns: string) =>
  owner.query(`update app_private.${table} set ${columns}`);

test.each(['10 minutes', '220 days'])(
  'the clock of the database is set back by %s: nobody is limited for that long',
  async (ahead) => {
    await setLimits(3, 3);
    const { writer, roomId } = await makeRoom();
    await database.commitAs(writer, async (client) => {
      await client.query('select app_public.send_message(room_id => $1, content => $2)', [
        roomId,
        'one',
      ]);
      await client.query('select app_public.set_typing(room_id => $1, is_typing => true)', [
        roomId,
      ]);
    });
    await owner.query('update app_public.rooms set slow_mode_seconds = 60 where id = $1', [roomId]);
    await writtenAhead(
      'token_buckets',
      `full_at = full_at + interval '${ahead}', taken_at = taken_at + interval '${ahead}'`,
    );
    await writtenAhead('rate_buckets', `full_at = full_at + interval '${ahead}'`);

    await database.sendMessage(writer, roomId, 'two');
    await database.commitAs(writer, (client) =>
      client.query('select app_public.set_typing(room_id => $1, is_typing => true)', [roomId]),
    );
    // From here on the limits hold as ever.
    await expect(database.sendMessage(writer, roomId, 'three')).rejects.toMatchObject({
      code: 'TRSLO',
    });
  },
);

test('nor does a failed password count for that long', async () => {
  const subject = 'somebody';
  const fail = () => owner.query('select app_private.count_proof($1, 2)', [subject]);
  await fail();
  await fail();
  await expect(fail()).rejects.toMatchObject({ code: 'TR429' });
  await owner.query(
    `update app_private.failed_proofs set first_failed_at = now() + interval '220 days' where subject = $1`,
    [subject],
  );
  await fail();
  await fail();
  await expect(fail()).rejects.toMatchObject({ code: 'TR429' });
});

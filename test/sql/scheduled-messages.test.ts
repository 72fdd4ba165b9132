import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';

/* What is written now and sent later: when that is, whose it is, and what becomes of it where it cannot be sent. */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner, call } = database;

const HOUR_MS = 3_600_000;
const inAnHour = () => new Date(Date.now() + HOUR_MS).toISOString();

async function makeRoom() {
  const [ada, bob] = [await database.createUser(), await database.createUser()];
  const { id: roomId } = await database.createRoom(ada, { type: 'private', members: [bob] });
  const schedule = (who: TestUser, content = 'Good morning', more: readonly unknown[] = []) =>
    call(who, 'schedule_message', roomId, content, inAnHour(), ...more);
  return { ada, bob, roomId, schedule };
}

async function listOf(who: TestUser) {
  return await database.asUser(who, async (client) => {
    const { rows } = await client.query('select * from app_public.my_scheduled_messages()');
    return rows;
  });
}

/** As if its time had come. */
async function makeDue(id: string): Promise<void> {
  await owner.query(
    "update app_public.scheduled_messages set send_at = now() - interval '1 second' where id = $1",
    [id],
  );
}

async function send(id: string): Promise<string> {
  const { rows } = await owner.query<{ outcome: string }>(
    'select app_private.send_scheduled_message($1) as outcome',
    [id],
  );
  return single(rows).outcome;
}

async function contentsIn(roomId: string): Promise<string[]> {
  const { rows } = await owner.query<{ content: string }>(
    'select content from app_public.messages where room_id = $1 order by seq',
    [roomId],
  );
  return rows.map(({ content }) => content);
}

const moment = async (localTime: string, timeZone: string) =>
  single(
    (
      await owner.query<{ moment: Date }>(
        'select app_private.local_moment($1, app_private.read_time_zone($2)) as moment',
        [localTime, timeZone],
      )
    ).rows,
  ).moment.toISOString();

describe('a local time', () => {
  test.each([
    ['2030-01-15T09:00', 'Europe/Berlin', '2030-01-15T08:00:00.000Z'],
    ['2030-07-15T09:00', 'Europe/Berlin', '2030-07-15T07:00:00.000Z'],
    // The night without a half past two, and the day after it.
    ['2030-03-31T01:59', 'Europe/Berlin', '2030-03-31T00:59:00.000Z'],
    ['2030-03-31T02:30', 'Europe/Berlin', '2030-03-31T01:30:00.000Z'],
    ['2030-03-31T03:00', 'Europe/Berlin', '2030-03-31T01:00:00.000Z'],
    ['2030-04-01T09:00', 'Europe/Berlin', '2030-04-01T07:00:00.000Z'],
    // The night with two of them.
    ['2030-10-27T02:30', 'Europe/Berlin', '2030-10-27T00:30:00.000Z'],
    ['2030-10-27T03:00', 'Europe/Berlin', '2030-10-27T02:00:00.000Z'],
    ['2030-03-10T02:30', 'America/New_York', '2030-03-10T07:30:00.000Z'],
    ['2030-11-03T01:30', 'America/New_York', '2030-11-03T05:30:00.000Z'],
    ['2030-10-06T02:15', 'Australia/Lord_Howe', '2030-10-05T15:45:00.000Z'],
    ['2030-06-01T09:00:30', 'Asia/Kathmandu', '2030-06-01T03:15:30.000Z'],
    ['2030-06-01T09:00', 'UTC+3', '2030-06-01T06:00:00.000Z'],
  ])('%s in %s is %s', async (localTime, timeZone, expected) => {
    expect(await moment(localTime, timeZone)).toBe(expected);
  });

  test.each(['2030-02-30T09:00', '2030-01-01T25:00', '2030-01-01', '9:00', 'tomorrow', ''])(
    '%p is none',
    async (localTime) => {
      await expect(moment(localTime, 'UTC')).rejects.toMatchObject({ code: 'TR400' });
    },
  );

  test('is in the zone of quiet hours, where none is given', async () => {
    const { ada, roomId } = await makeRoom();
    await call(ada, 'set_quiet_hours', null, null, 'Asia/Tokyo');
    const day = new Date(Date.now() + 48 * HOUR_MS).toISOString().slice(0, 10);
    const made = await call(ada, 'schedule_message', roomId, 'Ohayō', null, `${day} 09:00`);
    expect(made).toMatchObject({ time_zone: 'Asia/Tokyo', local_time: `${day}T09:00` });
    expect(made.send_at.toISOString()).toBe(`${day}T00:00:00.000Z`);
  });

  test('stays what it is when a country changes its clocks', async () => {
    const { ada, roomId } = await makeRoom();
    const day = new Date(Date.now() + 48 * HOUR_MS).toISOString().slice(0, 10);
    const made = await call(ada, 'schedule_message', roomId, 'x', null, `${day}T09:00`, 'UTC');
    // As if UTC had been an hour further when it was asked for.
    await owner.query(
      "update app_public.scheduled_messages set send_at = send_at - interval '1 hour' where id = $1",
      [made.id],
    );
    await owner.query('select app_private.settle_local_times()');
    const { rows } = await owner.query(
      `select send_at, due_at from app_public.scheduled_messages
        join app_private.alarms on subject_id = id where id = $1`,
      [made.id],
    );
    expect(rows).toEqual([{ send_at: made.send_at, due_at: made.send_at }]);
  });

  test('that is moved is told to the devices of its person, and one in a zone that is no more holds up no other', async () => {
    const { ada, bob, roomId } = await makeRoom();
    const day = new Date(Date.now() + 48 * HOUR_MS).toISOString().slice(0, 10);
    const schedule = (who: TestUser) =>
      call(who, 'schedule_message', roomId, 'x', null, `${day}T09:00`, 'UTC');
    const [lost, made] = [await schedule(bob), await schedule(ada)];
    await owner.query(
      "update app_public.scheduled_messages set time_zone = 'US/Pacific-New' where id = $1",
      [lost.id],
    );
    await owner.query(
      "update app_public.scheduled_messages set send_at = send_at - interval '1 hour' where room_id = $1",
      [roomId],
    );
    await owner.query('delete from app_private.personal_news');
    const settled = await owner.query('select app_private.settle_local_times() as count');
    const told = await owner.query('select person_id, matter from app_private.personal_news');
    expect([settled.rows, told.rows]).toEqual([
      [{ count: 1 }],
      [{ person_id: ada.id, matter: 'scheduled' }],
    ]);
    const { rows } = await owner.query(
      'select send_at from app_public.scheduled_messages where id = $1',
      [made.id],
    );
    expect(rows).toEqual([{ send_at: made.send_at }]);
    await owner.query('delete from app_public.scheduled_messages where id = $1', [lost.id]);
  });
});

describe('a scheduled message', () => {
  test('is seen by its author alone, the next first', async () => {
    const { ada, bob, roomId, schedule } = await makeRoom();
    const later = await call(
      ada,
      'schedule_message',
      roomId,
      'second',
      new Date(Date.now() + 2 * HOUR_MS).toISOString(),
    );
    const { id } = await schedule(ada, 'first');
    expect((await listOf(ada)).map((row) => row.id)).toEqual([id, later.id]);
    expect(await listOf(bob)).toEqual([]);
    for (const name of ['edit_scheduled_message', 'cancel_scheduled_message']) {
      await expect(call(bob, name, id)).rejects.toMatchObject({ code: 'TR404' });
    }
    expect(await contentsIn(roomId)).toEqual([]);
  });

  test('is sent as its author, in its thread, once, and waits no more', async () => {
    const { ada, bob, roomId, schedule } = await makeRoom();
    const { id: parentId } = await database.sendMessage(bob, roomId, 'Anyone?');
    const { id } = await schedule(ada, 'Me', [null, null, parentId]);
    expect(await send(id)).toBe('not_due');
    await makeDue(id);
    expect(await send(id)).toBe('sent');
    expect(await send(id)).toBe('not_due');
    const { rows } = await owner.query(
      'select author_id, parent_message_id, content from app_public.messages where room_id = $1 and id <> $2',
      [roomId, parentId],
    );
    expect(rows).toEqual([{ author_id: ada.id, parent_message_id: parentId, content: 'Me' }]);
    expect(await listOf(ada)).toEqual([]);
    const nonces = await owner.query('select from app_private.message_nonces where nonce = $1', [
      id,
    ]);
    expect(nonces.rows.length).toBe(1);
  });

  test('an answer goes to the room as well where its author has it so, if they may write there then', async () => {
    const { ada, bob, roomId, schedule } = await makeRoom();
    const { id: parentId } = await database.sendMessage(ada, roomId, 'Anyone?');
    const toRoom = [null, null, parentId, null, true];
    const { id } = await schedule(bob, 'Me', toRoom);
    const { id: later } = await schedule(bob, 'And me', toRoom);
    expect(await listOf(bob)).toMatchObject([
      { also_send_to_room: true },
      { also_send_to_room: true },
    ]);
    await makeDue(id);
    expect(await send(id)).toBe('sent');
    const { rows } = await owner.query(
      'select parent_message_id, also_sent_to_room, content from app_public.messages where room_id = $1 and id <> $2',
      [roomId, parentId],
    );
    expect(rows).toEqual([{ parent_message_id: parentId, also_sent_to_room: true, content: 'Me' }]);

    await call(ada, 'set_writing_roles', roomId, 'admin', 'member', 'member');
    await makeDue(later);
    expect(await send(later)).toBe('refused');
    await expect(schedule(bob, 'Me', toRoom)).rejects.toMatchObject({ code: 'TR403' });
    await expect(schedule(ada, 'Me', [null, null, null, null, true])).rejects.toMatchObject({
      code: 'TR400',
    });
  });

  test('that is due becomes one job, however many look', async () => {
    const { ada, schedule } = await makeRoom();
    const { id } = await schedule(ada);
    const enqueue = () => owner.query('select app_private.enqueue_due()');
    const jobs = async () =>
      (
        await owner.query("select from graphile_worker.jobs where key = 'send_scheduled:' || $1", [
          id,
        ])
      ).rows.length;
    await enqueue();
    expect(await jobs()).toBe(0);
    await owner.query(
      "update app_private.alarms set due_at = now() - interval '1 second' where subject_id = $1",
      [id],
    );
    await Promise.all([enqueue(), enqueue(), enqueue()]);
    expect(await jobs()).toBe(1);
  });

  test('waits on for its time where the clock was set back while its job was on the way', async () => {
    const { ada, schedule } = await makeRoom();
    const { id, send_at } = await schedule(ada);
    await owner.query('delete from app_private.alarms where subject_id = $1', [id]); // As enqueue_due does.
    expect(await send(id)).toBe('not_due');
    const { rows } = await owner.query(
      'select kind, due_at from app_private.alarms where subject_id = $1',
      [id],
    );
    expect(rows).toEqual([{ kind: 'send_scheduled', due_at: send_at }]);
  });

  test('is sent as it was edited, at the time it was moved to', async () => {
    const { ada, roomId, schedule } = await makeRoom();
    const { id } = await schedule(ada);
    await call(ada, 'edit_scheduled_message', id, 'Good evening');
    await makeDue(id);
    const moved = await call(ada, 'edit_scheduled_message', id, null, inAnHour());
    expect(moved.content).toBe('Good evening');
    expect(await send(id)).toBe('not_due');
    await makeDue(id);
    expect(await send(id)).toBe('sent');
    expect(await contentsIn(roomId)).toEqual(['Good evening']);
    for (const name of ['edit_scheduled_message', 'cancel_scheduled_message']) {
      await expect(call(ada, name, id)).rejects.toMatchObject({ code: 'TR404' });
    }
  });

  test('keeps its local time when its zone is changed', async () => {
    const { ada, roomId } = await makeRoom();
    const day = new Date(Date.now() + 48 * HOUR_MS).toISOString().slice(0, 10);
    const at = `${day}T09:00`;
    const { id } = await call(ada, 'schedule_message', roomId, 'x', null, at, 'UTC');
    const moved = await call(ada, 'edit_scheduled_message', id, null, null, null, 'Asia/Tokyo');
    expect(moved).toMatchObject({ local_time: at, time_zone: 'Asia/Tokyo' });
    expect(moved.send_at.toISOString()).toBe(`${day}T00:00:00.000Z`);
  });

  test('is not sent once it was taken back', async () => {
    const { ada, roomId, schedule } = await makeRoom();
    const { id } = await schedule(ada);
    expect(await call(ada, 'cancel_scheduled_message', id)).toMatchObject({ id });
    expect(await send(id)).toBe('not_due');
    expect(await contentsIn(roomId)).toEqual([]);
    const { rows } = await owner.query('select from app_private.alarms where subject_id = $1', [
      id,
    ]);
    expect(rows).toEqual([]);
  });

  test('asked for twice under a nonce waits once', async () => {
    const { ada, bob, schedule } = await makeRoom();
    const [first, again] = [
      await schedule(ada, 'x', [null, null, null, 'n']),
      await schedule(ada, 'x', [null, null, null, 'n']),
    ];
    expect(again.id).toBe(first.id);
    expect((await schedule(bob, 'x', [null, null, null, 'n'])).id).not.toBe(first.id);
    const other = await makeRoom();
    await expect(
      call(ada, 'schedule_message', other.roomId, 'x', inAnHour(), null, null, null, 'n'),
    ).rejects.toMatchObject({ code: 'TR409' });
  });

  test.each<[string, string, (room: Awaited<ReturnType<typeof makeRoom>>) => Promise<unknown>]>([
    [
      'who was removed',
      'NOT_FOUND',
      ({ ada, bob, roomId }) => call(ada, 'kick_member', roomId, bob.id),
    ],
    ['who was banned', 'BANNED', ({ ada, bob, roomId }) => call(ada, 'ban_member', roomId, bob.id)],
    [
      'who is muted',
      'MUTED',
      ({ ada, bob, roomId }) => call(ada, 'mute_member', roomId, bob.id, 60),
    ],
    [
      'whose room is archived',
      'ROOM_ARCHIVED',
      ({ ada, roomId }) => call(ada, 'archive_room', roomId),
    ],
    [
      'whose room is locked',
      'FORBIDDEN',
      ({ ada, roomId }) => call(ada, 'set_room_locked', roomId, true),
    ],
    [
      'who is suspended',
      'UNAUTHENTICATED',
      ({ bob }) => owner.query("select app_admin.suspend_user($1, 'spam')", [bob.username]),
    ],
  ])(
    'of somebody %s is refused with %s, told, and kept until they give it up',
    async (_who, code, change) => {
      const room = await makeRoom();
      const { id } = await room.schedule(room.bob, 'Still here');
      await change(room);
      await makeDue(id);
      expect(await send(id)).toBe('refused');
      expect(await send(id)).toBe('not_due');
      expect(await contentsIn(room.roomId)).toEqual([]);
      expect(await listOf(room.bob)).toMatchObject([
        { content: 'Still here', refusal_code: code, refusal: expect.stringMatching(/\.$/) },
      ]);
      const { rows } = await owner.query(
        'select matter, room_id from app_private.personal_news where person_id = $1',
        [room.bob.id],
      );
      expect(rows).toEqual([{ matter: 'scheduled', room_id: null }]);
    },
  );

  test('that was refused waits again for a new time, and not without one', async () => {
    const { ada, bob, roomId, schedule } = await makeRoom();
    const { id } = await schedule(bob);
    await call(ada, 'archive_room', roomId);
    await makeDue(id);
    await send(id);
    await call(ada, 'unarchive_room', roomId);
    await expect(call(bob, 'edit_scheduled_message', id, 'Again')).rejects.toMatchObject({
      code: 'TR400',
    });
    const again = await call(bob, 'edit_scheduled_message', id, 'Again', inAnHour());
    expect(again).toMatchObject({ refused_at: null, refusal_code: null, refusal: null });
    await makeDue(id);
    expect(await send(id)).toBe('sent');
    expect(await contentsIn(roomId)).toEqual(['Again']);
  });

  test('waits for its turn in slow mode, and is not lost', async () => {
    const { ada, bob, roomId, schedule } = await makeRoom();
    const { id } = await schedule(bob);
    await call(ada, 'set_slow_mode', roomId, 60);
    await database.sendMessage(bob, roomId, 'Just now');
    await makeDue(id);
    await owner.query('delete from app_private.alarms where subject_id = $1', [id]);
    expect(await send(id)).toBe('postponed');
    const { rows } = await owner.query<{ seconds: number }>(
      `select extract(epoch from due_at - now())::float as seconds from app_private.alarms where subject_id = $1`,
      [id],
    );
    const { seconds } = single(rows);
    expect(seconds).toBeGreaterThan(1);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(await listOf(bob)).toMatchObject([{ refused_at: null }]);
  });

  test('is held where a rule holds messages', async () => {
    const { ada, bob, roomId, schedule } = await makeRoom();
    await call(ada, 'set_room_rule', roomId, 'words', 'hold', ['pineapple']);
    const { id } = await schedule(bob, 'pineapple');
    await makeDue(id);
    expect(await send(id)).toBe('sent');
    const { rows } = await owner.query(
      'select held_at is not null as is_held from app_public.messages where room_id = $1',
      [roomId],
    );
    expect(rows).toEqual([{ is_held: true }]);
  });

  test('goes with its author, and with its room', async () => {
    const { ada, bob, roomId, schedule } = await makeRoom();
    const [{ id }, { id: other }] = [await schedule(bob), await schedule(ada)];
    await owner.query('select app_private.begin_erasure($1)', [bob.id]);
    await makeDue(id);
    expect(await send(id)).toBe('not_due');
    await owner.query('delete from app_public.rooms where id = $1', [roomId]);
    expect(await send(other)).toBe('not_due');
  });
});

describe('scheduling is refused', () => {
  test('for what is over, too far ahead, or no time at all', async () => {
    const { ada, roomId } = await makeRoom();
    const year = 366 * 24 * HOUR_MS;
    for (const when of [
      [new Date(Date.now() - 1_000).toISOString()],
      [new Date(Date.now() + year + HOUR_MS).toISOString()],
      ['infinity'],
      [null],
      [inAnHour(), '2030-01-01T09:00'],
      [null, '2030-01-01T09:00', 'Mars/Olympus'],
    ]) {
      await expect(call(ada, 'schedule_message', roomId, 'x', ...when)).rejects.toMatchObject({
        code: 'TR400',
      });
    }
  });

  test('for what could not be sent now', async () => {
    const { ada, bob, roomId, schedule } = await makeRoom();
    const stranger = await database.createUser();
    await expect(schedule(stranger)).rejects.toMatchObject({ code: 'TR404' });
    await expect(schedule(ada, '  ')).rejects.toMatchObject({ code: 'TR400' });
    await expect(schedule(ada, 'x'.repeat(8001))).rejects.toMatchObject({ code: 'TR413' });
    await expect(
      schedule(ada, 'x', [null, null, '00000000-0000-0000-0000-000000000000']),
    ).rejects.toMatchObject({ code: 'TR404' });
    await call(ada, 'mute_member', roomId, bob.id, 60);
    await expect(schedule(bob)).rejects.toMatchObject({ code: 'TRMUT' });
    await call(ada, 'archive_room', roomId);
    await expect(schedule(ada)).rejects.toMatchObject({ code: 'TRARC' });
  });

  test('beyond a hundred at a time', async () => {
    const { ada, roomId, schedule } = await makeRoom();
    await owner.query(
      `insert into app_public.scheduled_messages (user_id, room_id, content, send_at, time_zone)
        select $1, $2, 'x', now() + interval '1 day', 'UTC' from generate_series(1, 99)`,
      [ada.id, roomId],
    );
    const { id } = await schedule(ada);
    await expect(schedule(ada)).rejects.toMatchObject({ code: 'TR409' });
    await call(ada, 'cancel_scheduled_message', id);
    await schedule(ada);
  });
});

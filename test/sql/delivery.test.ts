import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase, type TestUser } from '../../testing/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

async function makeRoom(isOn = true) {
  const [ada, bob, eve] = [
    await database.createUser(),
    await database.createUser(),
    await database.createUser(),
  ];
  const { id: roomId } = await database.createRoom(ada, { members: [bob, eve] });
  if (isOn) {
    await database.call(ada, 'set_delivery_receipts', roomId, true);
  }
  const { seq } = await database.sendMessage(ada, roomId, 'Dinner at eight?');
  return { ada, bob, eve, roomId, seq: Number(seq) };
}

/** @returns how many rooms it was news to */
async function deliver(person: TestUser, ...positions: readonly (readonly [string, number])[]) {
  const { rows } = await database.commitAs(person, (client) =>
    client.query<{ told: number }>(
      `select app_public.mark_delivered(array(
          select row(room_id, seq)::app_public.delivery_position from unnest($1::uuid[], $2::bigint[]) as told (room_id, seq)
        )) as told`,
      [positions.map(([roomId]) => roomId), positions.map(([, seq]) => seq)],
    ),
  );
  return rows[0]?.told;
}

/** What somebody is told of a member. */
async function seenBy(viewer: TestUser, roomId: string, { id }: TestUser) {
  const { rows } = await database.asUser(viewer, (client) =>
    client.query<{ seq: number }>(
      `select app_public.room_members_last_delivered_seq(room_members)::float8 as seq
        from app_public.room_members where room_id = $1 and user_id = $2`,
      [roomId, id],
    ),
  );
  return rows[0]?.seq;
}

async function changesOf(roomId: string) {
  const { rows } = await database.owner.query(
    `select user_id as "userId", last_read_seq::float8 as seq from app_private.room_changes
      where app_private.room_key(room_id) = app_private.room_key($1) and room_id = $1 and kind = 'delivery' order by change_seq`,
    [roomId],
  );
  return rows;
}

describe('that messages are on a device', () => {
  test('is told where a room wants it, once, and never goes backwards', async () => {
    const { ada, bob, roomId, seq } = await makeRoom();
    await database.sendMessage(ada, roomId, 'Or at nine?');
    expect(await seenBy(ada, roomId, bob)).toBe(0);
    expect(await deliver(bob, [roomId, seq])).toBe(1);
    expect(await deliver(bob, [roomId, seq])).toBe(0);
    expect(await deliver(bob, [roomId, seq], [roomId, seq + 1])).toBe(1);
    expect(await deliver(bob, [roomId, seq])).toBe(0);
    expect(await seenBy(ada, roomId, bob)).toBe(seq + 1);
    expect(await changesOf(roomId)).toEqual([
      { userId: bob.id, seq },
      { userId: bob.id, seq: seq + 1 },
    ]);
  });

  test('is told of what there is, and no more', async () => {
    const { ada, bob, roomId, seq } = await makeRoom();
    expect(await deliver(bob, [roomId, 1_000_000])).toBe(1);
    expect(await seenBy(ada, roomId, bob)).toBe(seq);
    expect(await deliver(bob, [roomId, 1_000_000])).toBe(0);
  });

  test('is not told by who has read it, which says more', async () => {
    const { ada, bob, roomId, seq } = await makeRoom();
    await database.call(bob, 'mark_room_read', roomId);
    expect(await seenBy(ada, roomId, bob)).toBe(seq);
    expect(await deliver(bob, [roomId, seq])).toBe(0);
    expect(await changesOf(roomId)).toEqual([]);
  });

  test('is not told where the room does not want it, and forgotten where it wants it no more', async () => {
    const { ada, bob, roomId, seq } = await makeRoom(false);
    expect(await deliver(bob, [roomId, seq])).toBe(0);
    await database.call(ada, 'set_delivery_receipts', roomId, true);
    expect(await deliver(bob, [roomId, seq])).toBe(1);
    await database.call(ada, 'set_delivery_receipts', roomId, false);
    expect(await seenBy(ada, roomId, bob)).toBe(0);
    expect(await changesOf(roomId)).toHaveLength(1);
  });

  test('is told by several rooms at once, and one that is left keeps nothing from the others', async () => {
    const one = await makeRoom();
    const { id: other } = await database.createRoom(one.ada, { members: [one.bob] });
    await database.call(one.ada, 'set_delivery_receipts', other, true);
    await database.sendMessage(one.ada, other, 'Here, too');
    const strange = await makeRoom();
    await database.call(one.bob, 'leave_room', one.roomId);
    expect(
      await deliver(
        one.bob,
        [one.roomId, 1],
        [strange.roomId, 1],
        [other, 1],
        [crypto.randomUUID(), 1],
      ),
    ).toBe(1);
    expect(await seenBy(one.ada, other, one.bob)).toBe(1);
    expect(await changesOf(strange.roomId)).toEqual([]);
  });

  test('is forgotten of whoever leaves', async () => {
    const { ada, bob, roomId, seq } = await makeRoom();
    await deliver(bob, [roomId, seq]);
    await database.call(bob, 'leave_room', roomId);
    await database.call(ada, 'add_room_member', roomId, bob.id);
    const { rows } = await database.owner.query(
      'select from app_private.room_deliveries where room_id = $1',
      [roomId],
    );
    expect(rows).toEqual([]);
  });

  test('is not told by those who hide what they read, nor to them', async () => {
    const { ada, bob, eve, roomId, seq } = await makeRoom();
    await deliver(eve, [roomId, seq]);
    await database.call(bob, 'set_privacy', 'reading', true);
    expect(await deliver(bob, [roomId, seq])).toBe(0);
    expect(await seenBy(bob, roomId, eve)).toBe(0);
    expect(await seenBy(ada, roomId, eve)).toBe(seq);
    expect(await changesOf(roomId)).toHaveLength(1);
    await database.call(bob, 'set_privacy', 'reading', false);
    expect(await deliver(bob, [roomId, seq])).toBe(1);
    expect(await seenBy(bob, roomId, eve)).toBe(seq);
  });

  test('is not told to a conversation whose other half hides what they read', async () => {
    const [ada, bob] = [await database.createUser(), await database.createUser()];
    const { id: roomId } = await database.call(ada, 'create_direct_conversation', bob.id);
    // Both of them may say that they want it.
    await database.call(bob, 'set_delivery_receipts', roomId, true);
    const { seq } = await database.sendMessage(ada, roomId, 'Hello');
    await database.call(ada, 'set_privacy', 'reading', true);
    expect(await deliver(bob, [roomId, Number(seq)])).toBe(0);
    expect(await changesOf(roomId)).toEqual([]);
  });
});

describe('refused are', () => {
  test('more rooms than 100 at once', async () => {
    const { bob, roomId } = await makeRoom();
    const many = Array.from({ length: 101 }, () => [roomId, 1] as const);
    await expect(deliver(bob, ...many)).rejects.toMatchObject({ code: 'TR400' });
    await expect(database.call(bob, 'mark_delivered', null)).rejects.toMatchObject({
      code: 'TR400',
    });
  });

  test('members who want to set it for a room', async () => {
    const { bob, roomId } = await makeRoom();
    await expect(database.call(bob, 'set_delivery_receipts', roomId, false)).rejects.toMatchObject({
      code: 'TR403',
    });
    const stranger = await database.createUser();
    await expect(
      database.call(stranger, 'set_delivery_receipts', roomId, true),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^TR40[34]$/) });
  });
});

test('a send to a room with delivery receipts writes what it writes elsewhere', async () => {
  const { ada, bob, roomId, seq } = await makeRoom();
  await deliver(bob, [roomId, seq]);
  await database.sendMessage(ada, roomId, 'One more');
  expect(await seenBy(ada, roomId, bob)).toBe(seq);
  expect(await changesOf(roomId)).toHaveLength(1);
});

describe('that answers are read in their thread', () => {
  async function makeThread() {
    const room = await makeRoom(false);
    const { id: threadId } = await database.sendMessage(room.ada, room.roomId, 'Where?');
    const answer = (author: TestUser, text: string) =>
      database.call(author, 'send_message', room.roomId, text, 'text', '{}', threadId);
    const first = await answer(room.bob, 'Here.');
    const second = await answer(room.bob, `There, @${room.eve.username}.`);
    return { ...room, threadId, first, second };
  }

  /** Who has read up to where, as somebody is told. */
  async function receiptsFor(viewer: TestUser, threadId: string) {
    const { rows } = await database.asUser(viewer, (client) =>
      client.query<{ id: string; seq: number }>(
        `select (receipt).user_id as id, (receipt).last_read_seq::float8 as seq from (
            select app_public.messages_thread_receipts(messages) as receipt from app_public.messages where id = $1
          ) as asked`,
        [threadId],
      ),
    );
    return Object.fromEntries(rows.map(({ id, seq }) => [id, seq]));
  }

  const told = async (roomId: string) =>
    (
      await database.owner.query(
        `select user_id as "userId", message_id as "threadId", last_read_seq::float8 as seq from app_private.room_changes
          where app_private.room_key(room_id) = app_private.room_key($1) and room_id = $1 and kind = 'thread_receipt'
          order by change_seq`,
        [roomId],
      )
    ).rows;

  test('is told when they are, and not of who only follows', async () => {
    const { ada, bob, eve, roomId, threadId, first, second } = await makeThread();
    // Both follow: who asked, and who is mentioned. Neither has read.
    expect(await receiptsFor(bob, threadId)).toEqual({});
    await database.call(ada, 'mark_thread_read', threadId, first.id);
    await database.call(ada, 'mark_thread_read', threadId, first.id);
    expect(await receiptsFor(bob, threadId)).toEqual({ [ada.id]: Number(first.seq) });
    await database.call(ada, 'mark_thread_read', threadId, second.id);
    await database.call(eve, 'mark_thread_read', threadId);
    expect(await receiptsFor(bob, threadId)).toEqual({
      [ada.id]: Number(second.seq),
      [eve.id]: Number(second.seq),
    });
    expect(await told(roomId)).toEqual([
      { userId: ada.id, threadId, seq: Number(first.seq) },
      { userId: ada.id, threadId, seq: Number(second.seq) },
      { userId: eve.id, threadId, seq: Number(second.seq) },
    ]);
    expect(await receiptsFor(await database.createUser(), threadId)).toEqual({});
  });

  test('is not told by those who hide what they read, nor to them', async () => {
    const { ada, bob, eve, roomId, threadId } = await makeThread();
    await database.call(ada, 'set_privacy', 'reading', true);
    await database.call(ada, 'mark_thread_read', threadId);
    await database.call(eve, 'mark_thread_read', threadId);
    expect(Object.keys(await receiptsFor(bob, threadId))).toEqual([eve.id]);
    expect(await receiptsFor(ada, threadId)).toEqual({});
    expect(await told(roomId)).toHaveLength(1);
  });

  test('is told of what was read meanwhile by those who tell again, once', async () => {
    const { ada, bob, eve, roomId, threadId, first, second } = await makeThread();
    for (const reader of [ada, eve]) {
      await database.call(reader, 'set_privacy', 'reading', true);
    }
    await database.call(ada, 'mark_thread_read', threadId, first.id);
    await database.call(ada, 'mark_thread_read', threadId);
    await database.call(eve, 'mark_thread_read', threadId);
    expect(await told(roomId)).toEqual([]);
    await database.call(ada, 'set_privacy', 'reading', false);
    expect(await receiptsFor(bob, threadId)).toEqual({ [ada.id]: Number(second.seq) });
    await database.call(ada, 'mark_thread_read', threadId);
    expect(await told(roomId)).toEqual([{ userId: ada.id, threadId, seq: Number(second.seq) }]);
  });

  test('is told what others read where nobody else could see it, by who tells again', async () => {
    const { ada, bob, eve, roomId, threadId, second } = await makeThread();
    for (const viewer of [bob, eve]) {
      await database.call(viewer, 'set_privacy', 'reading', true);
    }
    await database.call(ada, 'mark_thread_read', threadId);
    expect(await told(roomId)).toEqual([]);
    await database.call(bob, 'set_privacy', 'reading', false);
    expect(await receiptsFor(bob, threadId)).toEqual({ [ada.id]: Number(second.seq) });
    expect(await told(roomId)).toEqual([{ userId: ada.id, threadId, seq: Number(second.seq) }]);
  });
});

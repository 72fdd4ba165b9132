import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase, type TestUser } from '../../testing/database.ts';

/* How people arrange the list of their rooms, for themselves. */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

async function makeRooms(count: number) {
  const [ada, bob, eve] = [
    await database.createUser(),
    await database.createUser(),
    await database.createUser(),
  ];
  const roomIds: string[] = [];
  for (let number = 0; number < count; number += 1) {
    roomIds.push((await database.createRoom(ada, { members: [bob, eve] })).id);
  }
  return { ada, bob, eve, roomIds };
}

interface Arrangement {
  readonly room_id: string;
  readonly is_favorite: boolean;
  readonly folder: string | null;
  readonly place: number | null;
  readonly is_hidden: boolean;
}

async function arrangementsOf(person: TestUser): Promise<ReadonlyMap<string, Arrangement>> {
  const { rows } = await database.asUser(person, (client) =>
    client.query<Arrangement>('select * from app_public.room_arrangements()'),
  );
  return new Map(rows.map((row) => [row.room_id, row]));
}

test('favourites, folders and order are one’s own, and go with the membership', async () => {
  const { bob, eve, roomIds } = await makeRooms(3);
  const [first, second, third] = roomIds as [string, string, string];
  await database.call(bob, 'set_room_favorite', first, true);
  await database.call(bob, 'set_room_folder', second, '  Work\n');
  await database.call(bob, 'order_rooms', [third, second, third, crypto.randomUUID()]);
  const plain = { is_favorite: false, folder: null, place: null, is_hidden: false };
  expect(await arrangementsOf(bob)).toEqual(
    new Map([
      [first, { ...plain, room_id: first, is_favorite: true }],
      [second, { ...plain, room_id: second, folder: 'Work', place: 2 }],
      [third, { ...plain, room_id: third, place: 1 }],
    ]),
  );
  expect(await arrangementsOf(eve)).toEqual(new Map());

  // Another order takes the place of the first.
  await database.call(bob, 'order_rooms', [second]);
  await database.call(bob, 'set_room_favorite', first, false);
  await database.call(bob, 'rename_room_folder', 'Work', 'At work');
  expect(await arrangementsOf(bob)).toEqual(
    new Map([[second, { ...plain, room_id: second, folder: 'At work', place: 1 }]]),
  );
  await database.call(bob, 'rename_room_folder', 'At work', null);
  expect((await arrangementsOf(bob)).get(second)?.folder).toBeNull();
  await database.call(bob, 'leave_room', second);
  expect(await arrangementsOf(bob)).toEqual(new Map());
});

test.each([
  ['set_room_folder', [null, 'x'.repeat(51)], 'TR400'],
  ['rename_room_folder', ['no such folder', 'other'], 'TR404'],
  ['order_rooms', [Array.from({ length: 1_001 }, () => crypto.randomUUID())], 'TR400'],
  ['set_room_hidden', [crypto.randomUUID(), true], 'TR404'],
])('%s refuses what is none', async (name, values, code) => {
  const { bob, roomIds } = await makeRooms(1);
  await expect(
    database.call(bob, name, ...values.map((value) => value ?? roomIds[0])),
  ).rejects.toMatchObject({ code });
});

test('a hidden room comes back by what is for its person, and by nothing else', async () => {
  const { ada, bob, eve, roomIds } = await makeRooms(1);
  const [roomId] = roomIds as [string];
  const isHidden = async (id = roomId) => (await arrangementsOf(bob)).get(id)?.is_hidden;
  const hide = (id = roomId) => database.call(bob, 'set_room_hidden', id, true);
  await database.sendMessage(ada, roomId, `before @${bob.username}`);
  await hide();
  await database.sendMessage(ada, roomId, 'to everybody');
  await database.sendMessage(ada, roomId, `to @${eve.username}`);
  expect(await isHidden()).toBe(true);
  await database.sendMessage(ada, roomId, `to @${bob.username}`);
  expect(await isHidden()).toBe(false);
  // It stays when that is read, until it is hidden again.
  await database.call(bob, 'mark_room_read', roomId);
  expect(await isHidden()).toBe(false);
  await hide();
  expect(await isHidden()).toBe(true);
  await database.sendMessage(bob, roomId, 'by himself');
  expect(await isHidden()).toBe(false);

  const direct = await database.call(ada, 'create_direct_conversation', bob.id);
  await hide(direct.id);
  expect(await isHidden(direct.id)).toBe(true);
  await database.sendMessage(ada, direct.id, 'hello');
  expect(await isHidden(direct.id)).toBe(false);
  await hide(direct.id);
  await database.call(bob, 'set_room_hidden', direct.id, false);
  expect(await isHidden(direct.id)).toBeUndefined();
});

test('two orders at once leave one of them whole, also while somebody is put out of a room', async () => {
  const { ada, bob, roomIds } = await makeRooms(6);
  const reversed = roomIds.toReversed();
  const gone = roomIds[3] as string;
  await Promise.all([
    database.call(bob, 'order_rooms', roomIds),
    database.call(bob, 'order_rooms', reversed),
    database.call(ada, 'kick_member', gone, bob.id),
  ]);
  const places = [...(await arrangementsOf(bob)).values()]
    .sort((a, b) => (a.place ?? 0) - (b.place ?? 0))
    .map(({ room_id }) => room_id);
  const left = (ids: readonly string[]) => ids.filter((id) => id !== gone);
  expect([left(roomIds), left(reversed)]).toContainEqual(places);
});

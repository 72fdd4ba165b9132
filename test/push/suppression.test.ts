import { createPushWorld } from './support/world.ts';

const world = await createPushWorld();
afterAll(() => world.close());
const { database } = world;
const ada = await database.createUser('ada');
const { rows } = await database.owner.query(
  `select to_regprocedure('app_public.block_user(uuid)') is not null as exists`,
);
const testBlocking = rows[0]?.exists ? test : test.skip;

/** A person with a browser, in a room of Ada's that nobody else is in. */
describe('nobody is notified', () => {
  test('of what they wrote themselves', async () => {
    const { bob, room, browser } = await world.memberOf(ada);
    await database.sendMessage(bob, room.id, 'my own words');
    expect(await world.pushesTo(browser)).toEqual([]);
  });

  test('of what they read within the delay', async () => {
    const { bob, room, browser } = await world.memberOf(ada);
    await database.sendMessage(ada, room.id, 'seen at once');
    await world.call(bob, 'mark_room_read($1)', room.id);
    expect(await world.pushesTo(browser)).toEqual([]);
  });

  test('of what was deleted within the delay', async () => {
    const { room, browser } = await world.memberOf(ada);
    const { id } = await database.sendMessage(ada, room.id, 'a slip');
    await world.call(ada, 'delete_message($1)', id);
    expect(await world.pushesTo(browser)).toEqual([]);
  });

  test('about a room that they have in view', async () => {
    const { bob, room, browser } = await world.memberOf(ada);
    await world.call(bob, `update_user_presence('online', $1, 'laptop')`, room.id);
    await database.sendMessage(ada, room.id, 'in front of you');
    expect(await world.pushesTo(browser)).toEqual([]);
  });

  test('about a room that they have left', async () => {
    const { bob, room, browser } = await world.memberOf(ada);
    await database.sendMessage(ada, room.id, 'too late');
    await world.call(bob, 'leave_room($1)', room.id);
    expect(await world.pushesTo(browser)).toEqual([]);
  });

  test('of anything at the level NONE, of a mention or a direct message neither', async () => {
    const { bob, room, browser } = await world.memberOf(ada);
    const direct = await database.call(bob, 'create_direct_conversation', ada.id);
    for (const { id } of [room, direct]) {
      await world.call(bob, 'set_notification_level($1, $2)', id, 'none');
      await database.sendMessage(ada, id, `psst, @${bob.username}`);
    }
    expect(await world.pushesTo(browser)).toEqual([]);
  });

  test('of ordinary messages at the level MENTIONS', async () => {
    const { bob, room, browser } = await world.memberOf(ada);
    await world.call(bob, 'set_notification_level($1, $2)', room.id, 'mentions');
    await database.sendMessage(ada, room.id, 'nothing special');
    expect(await world.pushesTo(browser)).toEqual([]);
  });

  test('while they are not to be disturbed, of a mention neither', async () => {
    const { bob, room, browser } = await world.memberOf(ada);
    await world.call(bob, `set_do_not_disturb(now() + interval '1 hour')`);
    await database.sendMessage(ada, room.id, `wake up @${bob.username}`);
    expect(await world.pushesTo(browser)).toEqual([]);

    await world.call(bob, 'set_do_not_disturb()');
    await database.sendMessage(ada, room.id, 'good morning');
    expect(await world.pushesTo(browser)).toMatchObject([{ count: 2 }]);
  });

  test('in a room that they have silenced, of a mention neither', async () => {
    const { bob, room, browser } = await world.memberOf(ada);
    await world.call(bob, `silence_room($1, now() + interval '1 hour')`, room.id);
    await database.sendMessage(ada, room.id, `hey @${bob.username}`);
    expect(await world.pushesTo(browser)).toEqual([]);
  });

  test.each([
    ['Asia/Tokyo', -60, 60, 0],
    ['America/New_York', -60, 60, 0],
    ['Europe/Berlin', 60, 120, 1],
    ['Europe/Berlin', -120, -60, 1],
    // Round midnight: from an hour ago to an hour before that, tomorrow.
    ['Pacific/Auckland', -60, -120, 0],
  ])(
    'in their quiet hours: %s, from %i to %i minutes from now: %i pushes',
    async (zone, from, until, pushes) => {
      const { bob, room, browser } = await world.memberOf(ada);
      await world.call(
        bob,
        `set_quiet_hours(
        (now() at time zone $1 + $2 * interval '1 minute')::time,
        (now() at time zone $1 + $3 * interval '1 minute')::time, $1)`,
        zone,
        from,
        until,
      );
      await database.sendMessage(ada, room.id, `still up, @${bob.username}?`);
      expect(await world.pushesTo(browser)).toHaveLength(pushes);
    },
  );

  testBlocking('of what someone wrote whom they have blocked', async () => {
    const { bob, room, browser } = await world.memberOf(ada);
    await world.call(bob, 'block_user($1)', ada.id);
    await database.sendMessage(ada, room.id, `@${bob.username} @${bob.username}`);
    expect(await world.pushesTo(browser)).toEqual([]);
  });
});

describe('a person is notified', () => {
  test.each(['all', 'mentions'])('of a mention that much was written after: %s', async (level) => {
    const { bob, room, browser } = await world.memberOf(ada);
    await world.call(bob, 'set_notification_level($1, $2)', room.id, level);
    await database.sendMessage(ada, room.id, `it is for you, @${bob.username}`);
    for (let count = 0; count < 120; count += 1) {
      await database.sendMessage(ada, room.id, 'and on it went');
    }
    expect(await world.pushesTo(browser)).toMatchObject([
      { urgent: true, count: level === 'all' ? 100 : 1 },
    ]);
  });

  test('of a message that is released in its place, though what came after it was told', async () => {
    const { bob, room, browser } = await world.memberOf(ada);
    const eve = await database.createUser();
    await database.call(ada, 'add_room_member', room.id, eve.id);
    await database.call(ada, 'set_room_rule', room.id, 'words', 'hold', ['dubious']);
    const held = await database.sendMessage(eve, room.id, 'harmless');
    await database.call(eve, 'edit_message', held.id, `dubious, @${bob.username}`);
    await database.sendMessage(ada, room.id, 'meanwhile');
    expect(await world.pushesTo(browser)).toMatchObject([{ count: 1 }]);
    await database.call(ada, 'release_message', held.id);
    expect(await world.pushesTo(browser)).toMatchObject([{ urgent: true, count: 2 }]);
  });

  test('of a mention, at the levels ALL and MENTIONS', async () => {
    for (const level of ['all', 'mentions']) {
      const { bob, room, browser } = await world.memberOf(ada);
      await world.call(bob, 'set_notification_level($1, $2)', room.id, level);
      await database.sendMessage(ada, room.id, 'not you');
      await database.sendMessage(ada, room.id, `but you, @${bob.username}`);
      expect(await world.pushesTo(browser)).toMatchObject([
        { urgent: true, count: level === 'all' ? 2 : 1 },
      ]);
    }
  });

  test('of a direct message, at the levels ALL and MENTIONS', async () => {
    for (const level of ['all', 'mentions']) {
      const bob = await database.createUser();
      const { browser } = await world.subscribe(bob);
      const { rows } = await database.commitAs(ada, (client) =>
        client.query<{ id: string }>('select id from app_public.create_direct_conversation($1)', [
          bob.id,
        ]),
      );
      const roomId = rows[0]?.id ?? '';
      await world.call(bob, 'set_notification_level($1, $2)', roomId, level);
      await database.sendMessage(ada, roomId, 'just between us');
      expect(await world.pushesTo(browser)).toMatchObject([
        { title: 'ada', body: 'just between us', urgent: true },
      ]);
    }
  });

  test('while they look at another room, or have walked away from this one', async () => {
    const { bob, room, browser } = await world.memberOf(ada);
    const other = await database.createRoom(bob);
    await world.call(bob, `update_user_presence('online', $1, 'laptop')`, other.id);
    await database.sendMessage(ada, room.id, 'over here');
    expect(await world.pushesTo(browser)).toHaveLength(1);

    await world.call(bob, `update_user_presence('away', $1, 'laptop')`, room.id);
    await database.sendMessage(ada, room.id, 'still there?');
    expect(await world.pushesTo(browser)).toHaveLength(1);
  });

  test('of what came after they had read', async () => {
    const { bob, room, browser } = await world.memberOf(ada);
    await database.sendMessage(ada, room.id, 'read');
    await world.call(bob, 'mark_room_read($1)', room.id);
    await database.sendMessage(ada, room.id, 'not read');
    expect(await world.pushesTo(browser)).toMatchObject([{ count: 1, body: 'not read' }]);
  });
});

test('rooms read on another device are named in the next push, once', async () => {
  const { bob, room, browser } = await world.memberOf(ada);
  const other = await database.createRoom(ada, { members: [bob] });
  await database.sendMessage(ada, room.id, 'first');
  expect(await world.pushesTo(browser)).toMatchObject([{ readRoomIds: [] }]);
  await world.call(bob, 'mark_room_read($1)', room.id);

  await database.sendMessage(ada, other.id, 'second');
  expect(await world.pushesTo(browser)).toMatchObject([{ readRoomIds: [room.id] }]);
  await database.sendMessage(ada, other.id, 'third');
  expect(await world.pushesTo(browser)).toMatchObject([{ readRoomIds: [] }]);
});

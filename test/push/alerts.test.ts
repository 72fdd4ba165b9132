import { afterAll, describe, expect, test } from '@jest/globals';
import { createPushWorld } from './support/world.ts';

const world = await createPushWorld();
afterAll(() => world.close());
const { database } = world;
const ada = await database.createUser();

const answer = (roomId: string, threadId: string, text: string) =>
  database.call(ada, 'send_message', roomId, text, 'text', '{}', threadId);

/** What a browser was told of, in short. */
async function toldOf(browser: Parameters<typeof world.pushesTo>[0]) {
  return (await world.pushesTo(browser)).map(({ body }) => String(body).replace(/^user_\w+: /, ''));
}

/** A person with a browser in a room of Ada's, who has begun a thread there. */
async function inThread() {
  const joined = await world.memberOf(ada);
  const { id } = await database.sendMessage(joined.bob, joined.room.id, 'Where shall we meet?');
  return { ...joined, roomId: joined.room.id, threadId: id };
}

describe('at the level MENTIONS a push tells', () => {
  test('of a message that holds a word of one’s own, whether it is matched before or after', async () => {
    const { bob, room, browser } = await world.memberOf(ada);
    await world.call(bob, 'set_notification_level($1, $2)', room.id, 'mentions');
    await world.call(bob, 'add_keyword_alert($1)', 'tea');
    await database.sendMessage(ada, room.id, 'Coffee is ready.');
    await database.sendMessage(ada, room.id, 'Tea is ready.');
    await database.indexMessages();
    expect(await toldOf(browser)).toEqual(['Tea is ready.']);
    await database.sendMessage(ada, room.id, 'More tea!');
    expect(await toldOf(browser)).toEqual([]);
    await database.indexMessages();
    expect(await toldOf(browser)).toEqual(['More tea!']);
    await database.indexMessages();
    expect(await toldOf(browser)).toEqual([]);
  });

  test('of answers in a thread whose level is ALL, and of no others', async () => {
    const { bob, roomId, threadId, browser } = await inThread();
    await world.call(bob, 'set_notification_level($1, $2)', roomId, 'mentions');
    const { id: other } = await database.sendMessage(ada, roomId, 'Something else');
    await answer(roomId, other, 'An aside');
    await answer(roomId, threadId, 'At the bridge.');
    expect(await toldOf(browser)).toEqual([]);
    await world.call(bob, 'mark_room_read($1)', roomId);
    await world.call(bob, 'set_thread_notification_level($1, $2)', threadId, 'all');
    await answer(roomId, other, 'Another aside');
    await answer(roomId, threadId, 'Or at the station.');
    expect(await toldOf(browser)).toEqual(['Or at the station.']);
  });
});

describe('a level of a thread goes before that of its room', () => {
  test.each([
    ['all', 'none', ['At the bridge.']],
    ['all', 'mentions', ['At the bridge.']],
    ['none', 'all', []],
    ['mentions', 'all', []],
    ['mentions', 'mentions', []],
    [null, 'none', []],
    [null, 'all', ['At the bridge.']],
  ])('%s where the room has %s', async (level, ofRoom, told) => {
    const { bob, roomId, threadId, browser } = await inThread();
    await world.call(bob, 'set_notification_level($1, $2)', roomId, ofRoom);
    await world.call(bob, 'set_thread_notification_level($1, $2)', threadId, 'mentions');
    await world.call(bob, 'set_thread_notification_level($1, $2)', threadId, level);
    await answer(roomId, threadId, 'At the bridge.');
    expect(await toldOf(browser)).toEqual(told);
  });

  test('for mentions, too', async () => {
    const { bob, roomId, threadId, browser } = await inThread();
    await world.call(bob, 'set_thread_notification_level($1, $2)', threadId, 'mentions');
    await answer(roomId, threadId, `Here, @${bob.username}.`);
    expect(await toldOf(browser)).toEqual([`Here, @${bob.username}.`]);
    await world.call(bob, 'set_thread_notification_level($1, $2)', threadId, 'none');
    await answer(roomId, threadId, `Or here, @${bob.username}.`);
    expect(await toldOf(browser)).toEqual([]);
    await database.sendMessage(ada, roomId, 'Beside the thread');
    expect(await toldOf(browser)).toEqual(['Beside the thread']);
  });

  test('and ALL follows a thread that one did not follow, from now on', async () => {
    const { bob, room, browser } = await world.memberOf(ada);
    const { id } = await database.sendMessage(ada, room.id, 'Who comes?');
    await answer(room.id, id, 'I do.');
    await world.call(bob, 'mark_room_read($1)', room.id);
    await world.call(bob, 'set_notification_level($1, $2)', room.id, 'none');
    await world.call(bob, 'set_thread_notification_level($1, $2)', id, 'all');
    await answer(room.id, id, 'And I.');
    expect(await toldOf(browser)).toEqual(['And I.']);
    const { rows } = await database.asUser(bob, (client) =>
      client.query('select unread_count from app_public.my_threads()'),
    );
    expect(rows).toEqual([{ unread_count: 1 }]);
  });
});

describe('a device has its own say', () => {
  test('it shows nothing, mentions and direct messages alone, or all', async () => {
    const { bob, room, browser: silent, subscriptionId } = await world.memberOf(ada);
    const { browser: named, subscriptionId: namedId } = await world.subscribe(bob);
    const { browser: usual } = await world.subscribe(bob);
    await world.call(bob, 'set_device_notifications($1, $2, false)', subscriptionId, 'none');
    await world.call(bob, 'set_device_notifications($1, $2, false)', namedId, 'mentions');
    const told = async () => [await toldOf(silent), await toldOf(named), await toldOf(usual)];
    await database.sendMessage(ada, room.id, 'Hello');
    expect(await told()).toEqual([[], [], ['Hello']]);
    await world.call(bob, 'mark_room_read($1)', room.id);
    await database.sendMessage(ada, room.id, `Hello @${bob.username}`);
    expect(await told()).toEqual([[], [`Hello @${bob.username}`], [`Hello @${bob.username}`]]);
    const direct = await database.call(bob, 'create_direct_conversation', ada.id);
    await database.sendMessage(ada, direct.id, 'Just you');
    expect(await told()).toEqual([[], ['Just you'], ['Just you']]);
    await world.call(bob, 'set_device_notifications($1, $2, false)', subscriptionId, 'all');
    await database.sendMessage(ada, direct.id, 'Again');
    expect((await told())[0]).toEqual(['Again']);
  });

  test('it stays silent while its person is at another, if they want that', async () => {
    const { bob, room, browser, subscriptionId } = await world.memberOf(ada);
    const { browser: usual } = await world.subscribe(bob);
    await world.call(bob, "set_device_notifications($1, 'all', true)", subscriptionId);
    await world.call(bob, `update_user_presence('online', null, 'laptop')`);
    await database.sendMessage(ada, room.id, 'At your desk?');
    expect(await toldOf(browser)).toEqual([]);
    expect(await toldOf(usual)).toEqual(['At your desk?']);
    await world.call(bob, `update_user_presence('away', null, 'laptop')`);
    await database.sendMessage(ada, room.id, 'Gone?');
    expect(await toldOf(browser)).toEqual(['Gone?']);
  });

  test('and is nobody else’s to set', async () => {
    const { subscriptionId } = await world.memberOf(ada);
    await expect(
      world.call(ada, 'set_device_notifications($1, $2, false)', subscriptionId, 'none'),
    ).rejects.toMatchObject({ code: 'TR404' });
  });
});

import { createTestDatabase, type TestUser } from '../../testing/database.ts';
import { startTestServer } from '../../testing/server.ts';
import { createRoomOfTwo, type RoomOfTwo } from '../../testing/world.ts';
import { type Client, type ClientState, openClient } from '../src/index.ts';
import { memoryStorage } from '../src/store/memory.ts';
import { openLink } from './link.ts';
import { dropLog, fetchRoom, superviseServer, until } from './support.ts';

const database = await createTestDatabase();
const server = await startTestServer(database);
const link = await openLink(server.url);
let room: RoomOfTwo;
let client: Client;

afterAll(async () => {
  await link.close();
  await server.close();
  await database.close();
});

beforeEach(async () => {
  room = await createRoomOfTwo(database);
});

afterEach(() => client.close());

async function openLive(
  url: string,
  options: { readonly WebSocket?: typeof WebSocket } = {},
): Promise<void> {
  client = await openClient({ url, storage: memoryStorage(), ...options });
  await client.signIn({ username: room.ada.username, password: room.ada.username });
  await until(client.state, (state) => state === 'live');
  await client.timeline(room.roomId).jumpToNewest();
}

/** @returns the ids of the messages */
function sendMany(sender: TestUser, roomId: string, count: number): Promise<string[]> {
  return database.commitAs(sender, async (session) => {
    const ids: string[] = [];
    for (let number = 1; number <= count; number += 1) {
      const { rows } = await session.query<{ id: string }>(
        'select id from app_public.send_message(room_id => $1, content => $2)',
        [roomId, `${number}`],
      );
      ids.push(rows[0]?.id ?? '');
    }
    return ids;
  });
}

const shown = () =>
  client
    .timeline(room.roomId)
    .get()
    .messages.map(({ content }) => content);

test('an event that is lost on the way is noticed and made good, whatever it was', async () => {
  let losesNext = false;
  class LossySocket extends WebSocket {
    override set onmessage(listener: WebSocket['onmessage']) {
      super.onmessage = (event) => {
        if (losesNext && String(event.data).includes('MessageEvent')) {
          losesNext = false;
        } else {
          listener?.call(this, event);
        }
      };
    }
  }
  await openLive(server.url, { WebSocket: LossySocket });
  const { bob, roomId } = room;
  const { id } = await database.sendMessage(bob, roomId, 'first');
  await until(client.timeline(roomId), ({ messages }) => messages.length === 1);
  losesNext = true;
  await database.call(bob, 'edit_message', id, 'edited');
  await database.sendMessage(bob, roomId, 'second');
  await until(client.timeline(roomId), ({ messages }) => messages[0]?.content === 'edited');
  expect(shown()).toEqual(['edited', 'second']);
});

test('who is live is in no room that they have left, though nothing told them', async () => {
  let hides = false;
  class HidingSocket extends WebSocket {
    override set onmessage(listener: WebSocket['onmessage']) {
      super.onmessage = (event) => {
        if (!(hides && String(event.data).includes('MemberEvent'))) {
          listener?.call(this, event);
        }
      };
    }
  }
  await openLive(link.url, { WebSocket: HidingSocket });
  hides = true;
  link.goAway();
  await until(client.state, (state) => state === 'offline');
  await database.owner.query(
    'delete from app_public.room_members where room_id = $1 and user_id = $2',
    [room.roomId, room.ada.id],
  );
  link.comeBack();
  await until(client.state, (state) => state === 'live');
  expect(client.rooms.get()).toEqual([]);
});

test('when the log does not reach back, all is fetched anew, and the app sees a state and no gap', async () => {
  await openLive(link.url);
  const { ada, bob, roomId } = room;
  const { id } = await database.sendMessage(bob, roomId, 'before');
  await until(client.timeline(roomId), ({ messages }) => messages.length === 1);
  const states: ClientState[] = [];
  client.state.subscribe(() => states.push(client.state.get()));
  link.goAway();
  await until(client.state, (state) => state === 'offline');
  await database.call(bob, 'edit_message', id, 'edited meanwhile');
  await database.sendMessage(bob, roomId, 'sent meanwhile');
  await dropLog(database, roomId);
  link.comeBack();
  await until(client.state, (state) => state === 'live');
  expect(shown()).toEqual(['edited meanwhile', 'sent meanwhile']);
  expect(client.room(roomId).get()).toMatchObject((await fetchRoom(server, ada, roomId)).room);
  expect(states[0]).toBe('offline');
  expect(states.slice(-2)).toEqual(['catching up', 'live']);
});

test('after that, history that was scrolled to is still there, and made true where it is looked at', async () => {
  const { bob, roomId } = room;
  const ids = await sendMany(bob, roomId, 200);
  await openLive(link.url);
  const timeline = client.timeline(roomId);
  while (timeline.get().messages.length < 200) {
    await timeline.loadOlder();
  }
  let least = 200;
  timeline.subscribe(() => {
    least = Math.min(least, timeline.get().messages.length);
  });
  link.goAway();
  await until(client.state, (state) => state === 'offline');
  await database.call(bob, 'edit_message', ids[20], 'edited meanwhile');
  await database.call(bob, 'delete_message', ids[30]);
  await database.sendMessage(bob, roomId, 'sent meanwhile');
  await dropLog(database, roomId);
  link.comeBack();
  await until(timeline, ({ messages }) => messages[20]?.content === 'edited meanwhile');
  expect(least).toBe(200);
  expect(timeline.get().messages[30]).toMatchObject({ content: null });
  expect(timeline.get().messages.at(-1)).toMatchObject({ content: 'sent meanwhile' });
  const { messages } = await fetchRoom(server, room.ada, roomId);
  expect(shown().slice(-messages.length)).toEqual(messages.map(({ content }) => content));
});

test('after that, somebody who reads far back keeps their place, also where much was sent meanwhile', async () => {
  const { bob, roomId } = room;
  await sendMany(bob, roomId, 200);
  await openLive(link.url);
  const timeline = client.timeline(roomId);
  await timeline.jumpTo(50);
  const before = timeline.get().messages.map(({ content }) => content);
  link.goAway();
  await until(client.state, (state) => state === 'offline');
  await sendMany(bob, roomId, 200);
  await dropLog(database, roomId);
  link.comeBack();
  await until(client.state, (state) => state === 'live');
  expect(timeline.get().messages.map(({ content }) => content)).toEqual(before);
  expect(timeline.get().hasNewer).toBe(true);
  while (timeline.get().hasNewer) {
    await timeline.loadNewer();
  }
  const seqs = timeline.get().messages.map(({ seq }) => seq as number);
  expect(seqs).toEqual(Array.from(seqs, (_, index) => (seqs[0] as number) + index));
  expect(seqs.at(-1)).toBe(400);
});

test('a server that is killed and started again loses nothing and doubles nothing', async () => {
  const supervised = await superviseServer(database);
  const { url } = supervised;
  try {
    await openLive(url);
    const { bob, roomId } = room;
    for (let round = 0; round < 3; round += 1) {
      const mine = [1, 2, 3].map((number) =>
        client.act({ kind: 'send', roomId, content: `mine ${round} ${number}` }),
      );
      // The kill comes while they are on their way.
      await until(client.queue, (actions) => actions.length < mine.length);
      await supervised.kill();
      await database.sendMessage(bob, roomId, `theirs ${round}`);
      await supervised.start();
      client.hurry();
      await until(client.queue, (actions) => actions.length === 0);
    }
    await until(client.timeline(roomId), ({ messages }) => messages.length === 12);
    const { messages } = await fetchRoom(server, room.ada, roomId);
    expect(shown()).toEqual(messages.map(({ content }) => content));
    expect(shown().filter((content) => content?.startsWith('mine'))).toEqual(
      [0, 1, 2].flatMap((round) => [1, 2, 3].map((number) => `mine ${round} ${number}`)),
    );
  } finally {
    await supervised.close();
  }
}, 170_000);

test('who was blocked elsewhere meanwhile is not the latest of a room any more', async () => {
  await openLive(link.url);
  const { ada, bob, roomId } = room;
  await database.sendMessage(bob, roomId, 'the latest');
  const shownRoom = client.room(roomId);
  await until(shownRoom, (now) => now?.latestMessageId != null);
  link.goAway();
  await until(client.state, (state) => state === 'offline');
  await database.call(ada, 'block_user', bob.id);
  link.comeBack();
  await until(client.state, (state) => state === 'live');
  expect(shownRoom.get()).toMatchObject({ latestMessageId: null, unreadCount: 0 });
});

test('an inbox that comes behind newer events still tells what is the latest', async () => {
  const { ada, bob, roomId } = room;
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  let isHeld = false;
  client = await openClient({
    url: server.url,
    async fetch(url, init) {
      const answer = await fetch(url, init);
      if (isHeld && String(init.body).includes('query Conversations')) {
        asked.resolve();
        await answered.promise;
      }
      return answer;
    },
  });
  await client.signIn({ username: ada.username, password: ada.username });
  await until(client.state, (state) => state === 'live');
  await client.block(bob.id, true);
  const first = await database.sendMessage(ada, roomId, 'mine');
  const hidden = await database.sendMessage(bob, roomId, 'of somebody who was blocked');
  const shownRoom = client.room(roomId);
  await until(shownRoom, (now) => now?.lastSeq === 2);
  expect(shownRoom.get()).toMatchObject({ latestMessageId: first.id });
  isHeld = true;
  const unblocked = client.block(bob.id, false);
  await asked.promise;
  await database.call(ada, 'edit_message', first.id, 'edited meanwhile');
  await until(client.message(roomId, first.id), (now) => now?.content === 'edited meanwhile');
  answered.resolve();
  await unblocked;
  expect(shownRoom.get()).toMatchObject({ latestMessageId: hidden.id });
});

test('whoever was blocked is not the latest of a room, though the inbox was lost on its way', async () => {
  const { ada, bob, roomId } = room;
  let losesNext = false;
  client = await openClient({
    url: link.url,
    async fetch(url, init) {
      const answer = await fetch(url, init);
      if (losesNext && String(init.body).includes('query Conversations')) {
        losesNext = false;
        throw new TypeError('The answer was lost.');
      }
      return answer;
    },
  });
  await client.signIn({ username: ada.username, password: ada.username });
  await until(client.state, (state) => state === 'live');
  const { id } = await database.sendMessage(bob, roomId, 'the latest');
  const shownRoom = client.room(roomId);
  await until(shownRoom, (now) => now?.latestMessageId === id);
  losesNext = true;
  await expect(client.block(bob.id, true)).rejects.toThrow();
  link.cut();
  await until(client.state, (state) => state === 'offline');
  client.hurry();
  await until(shownRoom, (now) => now?.latestMessageId === null);
  expect([...client.blockedIds.get()]).toEqual([bob.id]);
});

test('what is shown is asked for again when its answer was lost, though nothing else changes', async () => {
  let losesNext = true;
  client = await openClient({
    url: server.url,
    async fetch(url, init) {
      const answer = await fetch(url, init);
      if (losesNext && String(init.body).includes('query Members')) {
        losesNext = false;
        throw new TypeError('The answer was lost.');
      }
      return answer;
    },
  });
  await client.signIn({ username: room.ada.username, password: room.ada.username });
  await until(client.state, (state) => state === 'live');
  const members = await until(client.members(room.roomId), (known) => known !== undefined);
  expect([...(members?.keys() ?? [])].sort()).toEqual([room.ada.id, room.bob.id].sort());
  expect(losesNext).toBe(false);
});

test.each(['public', 'private'] as const)(
  'who has left a %s room has left it, though the answer was lost and the app was opened again',
  async (type) => {
    const left = await database.createRoom(room.bob, { type, members: [room.ada] });
    const storage = memoryStorage();
    const isLeave = (init: RequestInit | undefined) => String(init?.body).includes('leaveRoom');
    let losesLeaving = true;
    const open = () =>
      openClient({
        url: server.url,
        storage,
        async fetch(url, init) {
          const answer = await fetch(url, init);
          if (losesLeaving && isLeave(init)) {
            throw new TypeError('Lost.');
          }
          return answer;
        },
      });
    client = await open();
    await client.signIn({ username: room.ada.username, password: room.ada.username });
    await until(client.state, (state) => state === 'live');
    client.act({ kind: 'leave', roomId: left.id });
    await until(client.room(left.id), (shownRoom) => shownRoom === undefined);
    await client.close();
    losesLeaving = false;
    client = await open();
    await until(client.queue, (waiting) => waiting.every(({ state }) => state !== 'waiting'));
    expect(client.queue.get().map(({ refusal }) => refusal?.code ?? null)).not.toContain(
      'FORBIDDEN',
    );
    await until(client.queue, (waiting) => waiting.length === 0);
  },
);

test('what is refused stays with its code until it is mended or dropped, and holds up nothing', async () => {
  await openLive(server.url);
  const { bob, roomId } = room;
  const { id } = await database.sendMessage(bob, roomId, 'not mine');
  await until(client.timeline(roomId), ({ messages }) => messages.length === 1);
  const edit = client.act({ kind: 'edit', roomId, messageId: id, content: 'changed' });
  const long = { kind: 'send', roomId, content: 'x'.repeat(8_001) } as const;
  const send = client.act(long);
  client.act({ kind: 'send', roomId, content: 'behind it' });
  const actions = await until(
    client.queue,
    (waiting) => waiting.length === 2 && waiting.every(({ state }) => state === 'refused'),
  );
  expect(actions).toMatchObject([
    { id: edit, refusal: { code: 'FORBIDDEN' } },
    { id: send, refusal: { code: 'TOO_LARGE' } },
  ]);
  const { messages } = await until(client.timeline(roomId), (now) => now.messages.length === 3);
  expect(messages[0]).toMatchObject({ content: 'not mine', refusal: { code: 'FORBIDDEN' } });
  expect(messages[2]).toMatchObject({ seq: null, refusal: { code: 'TOO_LARGE' } });
  client.drop(edit);
  client.mend(send, { ...long, content: 'shorter' });
  await until(client.queue, (waiting) => waiting.length === 0);
  expect(shown()).toEqual(['not mine', 'behind it', 'shorter']);
});

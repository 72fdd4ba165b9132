import { createRoomOfTwo, createTestWorld } from '../../testing/world.ts';
import { type Client, openClient } from '../src/index.ts';
import { MOST_SHOWN } from '../src/timeline.ts';
import { openLink } from './link.ts';
import { dropLog, until } from './support.ts';

const { database, server, close } = await createTestWorld();
const { ada, bob, roomId } = await createRoomOfTwo(database);
const MESSAGES = 300;

let client: Client;

beforeAll(async () => {
  await database.commitAs(bob, async (session) => {
    for (let number = 1; number <= MESSAGES; number += 1) {
      await session.query('select app_public.send_message(room_id => $1, content => $2)', [
        roomId,
        `message ${number}`,
      ]);
    }
  });
});

afterAll(close);

beforeEach(async () => {
  client = await openClient({ url: server.url });
  await client.signIn({ username: ada.username, password: ada.username });
  await until(client.state, (state) => state === 'live');
});

afterEach(() => client.close());

const seqsOf = (timeline: ReturnType<Client['timeline']>) =>
  timeline.get().messages.map(({ seq }) => seq as number);

const from = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

test('history is read from the newest back to the first', async () => {
  const timeline = client.timeline(roomId);
  await timeline.jumpToNewest();
  expect(seqsOf(timeline)).toEqual(from(251, 300));
  while (timeline.get().hasOlder) {
    await timeline.loadOlder();
  }
  expect(seqsOf(timeline)).toEqual(from(1, MESSAGES));
});

test('a jump opens a stretch elsewhere, without a hole in what is shown, and it grows until it meets the newest', async () => {
  const timeline = client.timeline(roomId);
  await timeline.jumpToNewest();
  await timeline.jumpTo(100);
  const around = seqsOf(timeline);
  expect(around).toContain(100);
  expect(around).toEqual(from(around[0] as number, around.at(-1) as number));
  expect(timeline.get()).toMatchObject({ hasOlder: true, hasNewer: true });
  await database.sendMessage(bob, roomId, 'meanwhile');
  await until(client.room(roomId), (room) => (room?.lastSeq ?? 0) > MESSAGES);
  expect(seqsOf(timeline)).toEqual(around);
  while (timeline.get().hasNewer) {
    await timeline.loadNewer();
  }
  expect(seqsOf(timeline)).toEqual(from(around[0] as number, MESSAGES + 1));
  await timeline.jumpToNewest();
  expect(seqsOf(timeline)).toEqual(from(around[0] as number, MESSAGES + 1));
});

test('what changes in a stretch is shown there, wherever it is', async () => {
  const timeline = client.timeline(roomId);
  await timeline.jumpTo(50);
  const { id } = timeline.get().messages.find(({ seq }) => seq === 50) as { id: string };
  await database.call(bob, 'edit_message', id, 'edited long ago');
  await until(timeline, ({ messages }) =>
    messages.some(({ content }) => content === 'edited long ago'),
  );
  await database.call(bob, 'delete_message', id);
  await until(timeline, ({ messages }) =>
    messages.some(({ seq, deletedAt }) => seq === 50 && deletedAt !== null),
  );
});

test('history beyond the limit goes, that of the room least used first, and comes back when it is looked at', async () => {
  await client.close();
  client = await openClient({ url: server.url, messagesLimit: 250 });
  await client.signIn({ username: ada.username, password: ada.username });
  await until(client.state, (state) => state === 'live');
  const { id: otherId } = await database.createRoom(bob, { members: [ada] });
  await until(client.rooms, (rooms) => rooms.length === 2);
  const timeline = client.timeline(roomId);
  await timeline.jumpToNewest();
  while (seqsOf(timeline).length < 200) {
    await timeline.loadOlder();
  }
  for (let number = 0; number < 60; number += 1) {
    await database.sendMessage(bob, otherId, `other ${number}`);
  }
  const other = client.timeline(otherId);
  await other.jumpToNewest();
  await until(timeline, ({ messages }) => messages.length < 200);
  const kept = seqsOf(timeline);
  expect(kept).toEqual(from(kept[0] as number, MESSAGES + 1));
  expect(timeline.get().hasOlder).toBe(true);
  await timeline.loadOlder();
  expect(seqsOf(timeline).length).toBeGreaterThan(kept.length);
});

test('a history longer than what is shown or kept is read to its start and back to its end', async () => {
  const { id: longId } = await database.createRoom(bob, { members: [ada] });
  await database.owner.query(
    `insert into app_public.messages (room_id, author_id, content)
      select $1, $2, number::text from generate_series(1, 1400) as number`,
    [longId, bob.id],
  );
  await client.close();
  client = await openClient({ url: server.url, messagesLimit: 900 });
  await client.signIn({ username: ada.username, password: ada.username });
  await until(client.room(longId), (room) => room?.lastSeq === 1_400);
  const timeline = client.timeline(longId);
  await timeline.jumpToNewest();
  const seen = new Set(seqsOf(timeline));
  const look = () => {
    const seqs = seqsOf(timeline);
    expect(seqs).toEqual(from(seqs[0] as number, seqs.at(-1) as number));
    expect(seqs.length).toBeLessThanOrEqual(MOST_SHOWN);
    for (const seq of seqs) {
      seen.add(seq);
    }
  };
  while (timeline.get().hasOlder) {
    await timeline.loadOlder();
    look();
  }
  expect([...seen].sort((a, b) => a - b)).toEqual(from(1, 1_400));
  expect(timeline.get().hasNewer).toBe(true);
  seen.clear();
  while (timeline.get().hasNewer) {
    await timeline.loadNewer();
    look();
  }
  expect(Math.max(...seen)).toBe(1_400);
  await database.sendMessage(bob, longId, 'at the end');
  await until(timeline, ({ messages }) => messages.at(-1)?.content === 'at the end');
});

async function sendMany(roomOf: string, count: number): Promise<void> {
  await database.commitAs(bob, (session) =>
    session.query(
      `select app_public.send_message(room_id => $1, content => 'new ' || number)
        from generate_series(1, $2::int) as number`,
      [roomOf, count],
    ),
  );
}

test('a room that is open at its end shows no more than it may, however many messages come', async () => {
  const { id: busyId } = await database.createRoom(bob, { members: [ada] });
  await sendMany(busyId, 60);
  const timeline = client.timeline(busyId);
  await until(client.room(busyId), (room) => room?.lastSeq === 60);
  await timeline.jumpToNewest();
  let most = 0;
  const watch = timeline.subscribe(() => {
    most = Math.max(most, timeline.get().messages.length);
  });
  await sendMany(busyId, 600);
  await until(timeline, ({ messages }) => messages.at(-1)?.seq === 660);
  watch();
  expect(most).toBeLessThanOrEqual(MOST_SHOWN);
  const shown = seqsOf(timeline);
  expect(shown).toEqual(from(shown[0] as number, 660));
  expect(timeline.get()).toMatchObject({ hasOlder: true, hasNewer: false });
  await timeline.loadOlder();
  expect(seqsOf(timeline)[0]).toBeLessThan(shown[0] as number);
});

test('of a reader who has gone up nothing goes, and the new messages are behind the end', async () => {
  const { id: busyId } = await database.createRoom(bob, { members: [ada] });
  await sendMany(busyId, 60);
  const timeline = client.timeline(busyId);
  await until(client.room(busyId), (room) => room?.lastSeq === 60);
  await timeline.jumpToNewest();
  timeline.setAtEnd(false);
  const [first] = seqsOf(timeline);
  await sendMany(busyId, 700);
  await until(client.room(busyId), (room) => room?.lastSeq === 760);
  await until(timeline, ({ hasNewer }) => hasNewer);
  expect(seqsOf(timeline)).toEqual(from(first as number, (first as number) + MOST_SHOWN - 1));
  const seen = new Set(seqsOf(timeline));
  while (timeline.get().hasNewer) {
    await timeline.loadNewer();
    for (const seq of seqsOf(timeline)) {
      seen.add(seq);
    }
  }
  expect([...seen]).toEqual(from(first as number, 760));
  timeline.setAtEnd(true);
  await sendMany(busyId, 1);
  await until(timeline, ({ messages }) => messages.at(-1)?.seq === 761);
  expect(seqsOf(timeline).length).toBeLessThanOrEqual(MOST_SHOWN);
});

test('a jump that the log was lost under comes where it was to go', async () => {
  const [asked, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const link = await openLink(server.url);
  let isHeld = true;
  const reader = await openClient({
    url: link.url,
    async fetch(url, init) {
      const answer = await fetch(url, init);
      if (isHeld && String(init.body).includes('query History(')) {
        isHeld = false;
        const text = await answer.text();
        asked.resolve();
        await held.promise;
        return new Response(text, answer);
      }
      return answer;
    },
  });
  await reader.signIn({ username: ada.username, password: ada.username });
  await until(reader.state, (state) => state === 'live');
  const timeline = reader.timeline(roomId);
  await timeline.jumpToNewest();
  const jumped = timeline.jumpTo(20);
  await asked.promise;
  link.goAway();
  await until(reader.state, (state) => state === 'offline');
  await database.sendMessage(bob, roomId, 'with the log');
  await dropLog(database, roomId);
  link.comeBack();
  reader.hurry();
  await until(reader.state, (state) => state === 'live');
  held.resolve();
  await jumped;
  expect(seqsOf(timeline)).toContain(20);
  await reader.close();
  await link.close();
});

test('who was typing is typing no more after ten seconds, also where the clock is put back', async () => {
  const other = await openClient({ url: server.url });
  await other.signIn({ username: bob.username, password: bob.username });
  other.type(roomId);
  await until(client.typing(roomId), (those) => those.includes(bob.id));
  const now = Date.now;
  Date.now = () => now() - 3_600_000;
  try {
    await until(client.typing(roomId), (those) => those.length === 0);
  } finally {
    Date.now = now;
    await other.close();
  }
});

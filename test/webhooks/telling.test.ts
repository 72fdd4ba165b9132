import { type Endpoint, type Received, verify } from './support/endpoint.ts';
import { createWebhookWorld } from './support/world.ts';

const world = await createWebhookWorld();
afterAll(() => world.close());
const { database } = world;
await world.startWorker();
const ada = await database.createUser('ada');
const bob = await database.createUser('bob');

async function take(endpoint: Endpoint, count: number): Promise<Received[]> {
  const taken: Received[] = [];
  while (taken.length < count) {
    taken.push(await endpoint.next());
  }
  return taken;
}

function seqs(received: readonly Received[]): number[] {
  return received.map(({ frame }) => frame.change_seq);
}

test('a webhook is told what happens in the order of the room, as members see it, signed', async () => {
  const endpoint = await world.endpoint();
  const secret = await world.webhook('all of it', endpoint.url);
  const room = await database.createRoom(ada, { name: 'Garden', members: [bob] });
  const message = await database.sendMessage(bob, room.id, 'a rose');
  await database.call(ada, 'add_message_reaction', message.id, '🌹');
  await database.call(bob, 'edit_message', message.id, 'a red rose');

  const told = await take(endpoint, 6);
  expect(seqs(told)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(told.map(({ frame }) => `${frame.type} ${frame.event}`)).toEqual([
    'room_event INSERT',
    'member_event INSERT',
    'member_event INSERT',
    'message_event INSERT',
    'reaction_event INSERT',
    'message_event UPDATE',
  ]);
  expect(told[5]?.frame).toMatchObject({
    room_id: room.id,
    message_id: message.id,
    message: { id: message.id, seq: 1, content: 'a red rose', author: { username: 'bob' } },
  });
  for (const one of told) {
    expect(verify(one, secret)).toEqual(one.frame);
    expect(one.id).toBe(`${room.id}_${one.frame.cursor}`);
    expect(() => verify({ ...one, text: `${one.text} ` }, secret)).toThrow();
  }
  await world.admin('delete_webhook', 'all of it');
});

test('a webhook is told only of the events and rooms that it hears', async () => {
  const endpoint = await world.endpoint();
  const heard = await database.createRoom(ada);
  const other = await database.createRoom(ada);
  await world.webhook('messages of one room', endpoint.url, ['message'], [heard.slug]);
  await database.sendMessage(ada, other.id, 'not for you');
  const first = await database.sendMessage(ada, heard.id, 'for you');
  await database.call(ada, 'add_message_reaction', first.id, '👍');
  await database.sendMessage(ada, heard.id, 'for you, too');
  const told = await take(endpoint, 2);
  expect(told.map(({ frame }) => frame.message.content)).toEqual(['for you', 'for you, too']);
  await world.admin('delete_webhook', 'messages of one room');
});

test('what is not taken is tried again, under the same id, with the text that the message has by then', async () => {
  const endpoint = await world.endpoint();
  const room = await database.createRoom(ada);
  await world.webhook('busy', endpoint.url, ['message']);
  const edited = Promise.withResolvers<void>();
  endpoint.answer(async () => {
    await edited.promise;
    return { status: 503 };
  });
  const message = await database.sendMessage(ada, room.id, 'frist');
  const refused = await endpoint.next();
  await database.call(ada, 'edit_message', message.id, 'first');
  endpoint.answer(() => ({ status: 200 }));
  edited.resolve();
  const [again, edit] = await take(endpoint, 2);
  expect(again?.id).toBe(refused.id);
  expect(refused.frame.message.content).toBe('frist');
  expect(again?.frame.message.content).toBe('first');
  expect(edit?.frame).toMatchObject({ event: 'UPDATE', change_seq: again?.frame.change_seq + 1 });
  await world.admin('delete_webhook', 'busy');
});

import { createTestDatabase } from '../../testing/database.ts';
import { createRoomOfTwo, type RoomOfTwo } from '../../testing/world.ts';
import { type Action, type Client, openClient } from '../src/index.ts';
import { openLink } from './link.ts';
import { copyableStorage, copyOf, startRestartable, until } from './support.ts';

const LARGE = 4_000_000;

const database = await createTestDatabase();
const server = await startRestartable(database, { ATTACHMENT_MAX_BYTES: String(LARGE) });
const link = await openLink(server.url);

let room: RoomOfTwo;
let storage: ReturnType<typeof copyableStorage>;
let client: Client;
let impatience: ReturnType<typeof setInterval>;

afterAll(async () => {
  await link.close();
  await server.stop();
  await database.close();
});

async function open(): Promise<void> {
  client = await openClient({ url: link.url, storage });
}

beforeEach(async () => {
  link.comeBack();
  room = await createRoomOfTwo(database);
  storage = copyableStorage();
  await open();
  impatience = setInterval(() => client.hurry(), 100);
  await client.signIn({ username: room.ada.username, password: room.ada.username });
  await until(client.state, (state) => state === 'live');
  await client.timeline(room.roomId).jumpToNewest();
});

afterEach(async () => {
  clearInterval(impatience);
  await client.close();
});

const text = (name: string, content = `the text of ${name}`) =>
  new File([content], name, { type: 'text/plain' });

const send = (content: string, ...files: File[]) =>
  client.act({ kind: 'send', roomId: room.roomId, content, files });

const fileOf = (action: Action | undefined) =>
  action?.deed.kind === 'send' ? action.deed.files?.[0] : undefined;

const shown = () => client.timeline(room.roomId).get().messages;

/** What others have of the room, once nothing is left to send. */
async function arrived(): Promise<{ content: string; files: string[] }[]> {
  await until(client.queue, (actions) => actions.length === 0);
  const { rows } = await database.owner.query<{ content: string; files: string[] }>(
    `select content, array(
      select filename from app_public.message_attachments
      where message_id = messages.id order by ordinal
    ) as files from app_public.messages where room_id = $1 order by seq`,
    [room.roomId],
  );
  return rows;
}

const received = async () =>
  (
    await database.owner.query<{ id: string; byte_size: string }>(
      'select id, byte_size from app_private.uploads where uploader_id = $1 order by id',
      [room.ada.id],
    )
  ).rows;

test('a message with files is shown at once with what is in them, and arrives with them', async () => {
  const id = send('see these', text('one.txt'), text('two.txt'));
  const [message] = shown();
  expect(message).toMatchObject({ content: 'see these', seq: null, attachments: [], actionId: id });
  expect(message?.files.map(({ name, size, type }) => [name, size, type])).toEqual([
    ['one.txt', 19, 'text/plain'],
    ['two.txt', 19, 'text/plain'],
  ]);
  expect(await message?.files[0]?.blob?.text()).toBe('the text of one.txt');
  expect(await arrived()).toEqual([{ content: 'see these', files: ['one.txt', 'two.txt'] }]);
  const { messages } = await until(
    client.timeline(room.roomId),
    (now) => now.messages[0]?.attachments.length === 2,
  );
  expect(messages).toMatchObject([{ key: messages[0]?.id, files: [], actionId: null }]);
});

test('texts do not wait for the files before them; messages with files keep their order', async () => {
  link.goAway();
  send('first', text('first.txt', 'x'.repeat(3_000_000)));
  send('a text');
  send('second', text('second.txt'));
  expect(shown().map(({ content }) => content)).toEqual(['first', 'a text', 'second']);
  link.comeBack();
  expect((await arrived()).map(({ content }) => content)).toEqual(['a text', 'first', 'second']);
});

test('how much of a file is uploaded can be watched', async () => {
  send('', text('large.txt', 'x'.repeat(LARGE)));
  const fileId = shown()[0]?.files[0]?.id ?? '';
  const progress = client.progress(fileId);
  expect(progress.get()).toBe(0);
  await until(progress, (bytes) => bytes === LARGE);
  expect(await arrived()).toEqual([{ content: '', files: ['large.txt'] }]);
});

test('an upload that is cut goes on where it was, after a crash too', async () => {
  send('late', text('large.txt', 'x'.repeat(LARGE)));
  await until(client.queue, ([action]) => Boolean(fileOf(action)?.uploadUrl));
  link.goAway();
  await client.kept();
  storage = await copyOf(storage);
  const crashed = client.close();
  await open();
  expect(shown()).toMatchObject([{ content: 'late', files: [{ name: 'large.txt' }] }]);
  expect(await shown()[0]?.files[0]?.blob?.size).toBe(LARGE);
  link.comeBack();
  expect(await arrived()).toEqual([{ content: 'late', files: ['large.txt'] }]);
  expect(await received()).toHaveLength(1);
  await crashed;
});

test('what the server has forgotten since is uploaded again', async () => {
  await client.close();
  let isHeldUp = true;
  const fetchUnlessHeldUp: typeof fetch = (input, init) =>
    isHeldUp && String(init?.body).includes('mutation SendMessage')
      ? Promise.reject(new TypeError('No network.'))
      : fetch(input, init);
  client = await openClient({ url: link.url, storage, fetch: fetchUnlessHeldUp as never });
  const id = send('days later', text('old.txt'));
  await until(client.queue, ([action]) => fileOf(action)?.uploadedAt !== null);
  await client.close();
  const [upload] = await received();
  await database.owner.query('delete from app_private.uploads where id = $1', [upload?.id]);
  const store = await storage.open(`trumpet ${link.url} ${room.ada.id}`);
  const action = (await store.load()).actions.get(id) as Action;
  const files = [{ ...fileOf(action), uploadedAt: 0 }];
  await store.write([
    { table: 'actions', key: id, value: { ...action, deed: { ...action.deed, files } } },
  ]);
  await open();
  isHeldUp = false;
  expect(await arrived()).toEqual([{ content: 'days later', files: ['old.txt'] }]);
});

test('a file that is refused says why; without it the message can be sent', async () => {
  const id = send('with two', text('too-large.txt', 'x'.repeat(LARGE + 1)), text('small.txt'));
  await until(client.queue, ([action]) => action?.state === 'refused');
  expect(shown()).toMatchObject([{ content: 'with two', refusal: { code: 'TOO_LARGE' } }]);
  const [action] = client.queue.get();
  if (action?.deed.kind !== 'send') {
    throw new Error('It is gone.');
  }
  client.mend(id, { ...action.deed, files: action.deed.files?.slice(1) });
  expect(await arrived()).toEqual([{ content: 'with two', files: ['small.txt'] }]);
});

test('what is given up is not sent, and nothing of it stays', async () => {
  const id = send('never mind', text('large.txt', 'x'.repeat(LARGE)));
  await until(client.queue, ([action]) => Boolean(fileOf(action)?.uploadUrl));
  client.drop(id);
  expect(shown()).toEqual([]);
  await client.kept();
  for (const name of storage.names) {
    expect((await (await storage.open(name)).load()).files.size).toBe(0);
  }
  send('something else');
  expect(await arrived()).toEqual([{ content: 'something else', files: [] }]);
});

test('what is answered to a message with files waits for it', async () => {
  link.goAway();
  const id = send('look', text('one.txt'));
  client.act({ kind: 'react', roomId: room.roomId, messageId: id, emoji: '🎉', isOn: true });
  link.comeBack();
  await arrived();
  await until(
    client.timeline(room.roomId),
    ({ messages }) => messages[0]?.reactions[0]?.emoji === '🎉',
  );
});

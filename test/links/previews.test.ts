import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startWorker } from '../../src/worker/run.ts';
import { createRoomOfTwo, createTestWorld } from '../../testing/world.ts';

/* A site of this machine, which is asked because it is trusted. */
const asked: string[] = [];
let answerSlow = Promise.withResolvers<void>();
const site = createServer(async (request, response) => {
  asked.push(request.url ?? '');
  if (request.url?.startsWith('/slow')) {
    await answerSlow.promise;
  }
  if (request.url?.startsWith('/away')) {
    response.writeHead(404).end();
  } else {
    response
      .setHeader('content-type', 'text/html')
      .end(`<title>Page ${request.url}</title><meta name="description" content="About it">`);
  }
}).listen(0, '127.0.0.1');
await once(site, 'listening');
const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;

const { database, server, close } = await createTestWorld();
const { owner, call } = database;
const worker = await startWorker(database.databaseUrl, { links: { trustedOrigins: [origin] } });
database.closeFirst.add(() => worker.stop());
afterAll(async () => {
  await close();
  site.closeAllConnections();
  site.close();
});

beforeEach(() => {
  asked.length = 0;
  answerSlow = Promise.withResolvers();
});

/** The previews of a message once the worker has done all that it was given. */
async function previewsOf(messageId: string): Promise<string[]> {
  await workedOff();
  const { rows } = await owner.query(
    'select title from app_public.link_previews where message_id = $1 order by ordinal',
    [messageId],
  );
  return rows.map(({ title }) => title);
}

async function workedOff(): Promise<void> {
  await until(
    `select from graphile_worker.jobs where task_identifier in ('read_links', 'fetch_link')
      having count(*) = 0`,
  );
}

/** Waits until a query finds something. */
async function until(query: string, ...values: unknown[]): Promise<void> {
  while ((await owner.query(query, values)).rows.length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a message with a link gets a preview, its room hears of it, and whoever is not in it sees nothing', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  const stranger = await database.createUser();
  const socket = await server.socket({ token: bob.token });
  const live = socket.subscribe(
    `subscription ($roomId: UUID!) { roomEvents(roomId: $roomId) {
      __typename ... on MessageEvent { event message { linkPreviews { url title description siteName } } } } }`,
    { roomId },
  );
  await live.nextData();
  const { id } = await database.sendMessage(ada, roomId, `look: ${origin}/one#part`);
  expect(await previewsOf(id)).toEqual(['Page /one']);
  const preview = {
    url: `${origin}/one`,
    title: 'Page /one',
    description: 'About it',
    siteName: null,
  };
  expect(await live.nextData()).toMatchObject({
    roomEvents: { event: 'INSERT', message: { linkPreviews: [] } },
  });
  expect(await live.nextData()).toMatchObject({
    roomEvents: { event: 'UPDATE', message: { linkPreviews: [preview] } },
  });
  const query = 'query ($id: UUID!) { message(id: $id) { linkPreviews { title } } }';
  const seen = await server.graphql(query, { id }, bob.token);
  expect(seen.data.message.linkPreviews).toEqual([{ title: 'Page /one' }]);
  expect((await server.graphql(query, { id }, stranger.token)).data.message).toBeNull();
});

test('the same address in 1,000 messages is fetched once, and what cannot be fetched, too', async () => {
  const { ada, roomId } = await createRoomOfTwo(database);
  const other = await createRoomOfTwo(database);
  for (const [author, room, path] of [
    [ada, roomId, '/same'],
    [other.ada, other.roomId, '/same'],
    [ada, roomId, '/away'],
  ] as const) {
    await owner.query(
      `insert into app_public.messages (room_id, author_id, content)
        select $1, $2, $3 || ' ' || number from generate_series(1, $4) as number`,
      [room, author.id, origin + path, path === '/same' ? 500 : 20],
    );
  }
  await workedOff();
  expect(asked.toSorted()).toEqual(['/away', '/same']);
  const { rows } = await owner.query(
    `select room_id, count(*)::int as count from app_public.link_previews where url = $1 group by room_id`,
    [`${origin}/same`],
  );
  expect(new Map(rows.map((row) => [row.room_id, row.count]))).toEqual(
    new Map([
      [roomId, 500],
      [other.roomId, 500],
    ]),
  );
});

test('an edit has the previews of its text, and none of the one before', async () => {
  const { ada, roomId } = await createRoomOfTwo(database);
  const { id } = await database.sendMessage(ada, roomId, `${origin}/a ${origin}/b`);
  expect(await previewsOf(id)).toEqual(['Page /a', 'Page /b']);
  await call(ada, 'edit_message', id, `${origin}/b and ${origin}/c`);
  expect(await previewsOf(id)).toEqual(['Page /b', 'Page /c']);
  await call(ada, 'edit_message', id, `\`${origin}/b\``);
  expect(await previewsOf(id)).toEqual([]);
  expect(asked.toSorted()).toEqual(['/a', '/b', '/c']);
});

test('a message that is held has none until it is released, and one that is deleted has none any more', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  await call(ada, 'set_room_rule', roomId, 'words', 'hold', ['dubious']);
  const { id } = await call(bob, 'send_message', roomId, `dubious ${origin}/held`);
  expect(await previewsOf(id)).toEqual([]);
  expect(asked).toEqual([]);
  await call(ada, 'release_message', id);
  expect(await previewsOf(id)).toEqual(['Page /held']);
  await call(bob, 'delete_message', id);
  expect(await previewsOf(id)).toEqual([]);
  const { rows } = await owner.query(
    'select from app_private.message_links where message_id = $1',
    [id],
  );
  expect(rows).toEqual([]);
});

test('nobody is asked because of what is deleted or held before it is its turn', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  const slow = [1, 2, 3, 4, 5, 6].map((number) => `${origin}/slow/${number}`);
  await database.sendMessage(bob, roomId, slow.slice(0, 3).join(' '));
  await database.sendMessage(bob, roomId, slow.slice(3).join(' '));
  const deleted = await database.sendMessage(bob, roomId, `${origin}/deleted`);
  const held = await database.sendMessage(bob, roomId, `${origin}/held-later`);
  const both = [deleted.id, held.id];
  await until(
    'select from app_private.message_links where message_id = any ($1) having count(*) = 2',
    both,
  );
  await call(bob, 'delete_message', deleted.id);
  await owner.query(
    `select app_private.apply_verdict(messages, row('hold', 'Look.'))
      from app_public.messages where id = $1`,
    [held.id],
  );
  const { rows } = await owner.query(
    'select from app_private.message_links where message_id = any ($1)',
    [both],
  );
  expect(rows).toEqual([]);
  answerSlow.resolve();
  await workedOff();
  expect(asked.toSorted()).toEqual([1, 2, 3, 4, 5, 6].map((number) => `/slow/${number}`));
  await call(ada, 'release_message', held.id);
  expect(await previewsOf(held.id)).toEqual(['Page /held-later']);
  await owner.query('select app_private.expire_links()');
  const left = await owner.query('select from app_private.links where url = $1', [
    `${origin}/deleted`,
  ]);
  expect(left.rows).toEqual([]);
});

test("one person's slow sites delay nobody else, and what is more of theirs than a few is not asked", async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  for (const first of [0, 3, 6, 9]) {
    const links = [0, 1, 2].map((more) => `${origin}/slow/person/${first + more}`);
    await database.sendMessage(bob, roomId, links.join(' '));
  }
  await until('select from graphile_worker.jobs where task_identifier = $1', 'fetch_link');
  await until(
    `select from graphile_worker.jobs where task_identifier = 'read_links' having count(*) = 0`,
  );
  const { id } = await database.sendMessage(ada, roomId, `${origin}/fine`);
  await until('select from app_public.link_previews where message_id = $1', id);
  expect(asked.toSorted()).toEqual(['/fine', expect.stringMatching('/slow/person/')]);
  answerSlow.resolve();
  await workedOff();
  expect(asked).toHaveLength(11); // Ten and Ada's.
});

test('an address that several name at once is asked once, and shown to all of them', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  const first = await database.sendMessage(ada, roomId, `${origin}/slow/several`);
  await until('select from app_private.links where asked_at is not null');
  const again = await database.sendMessage(bob, roomId, `${origin}/slow/several`);
  await until(
    `select from graphile_worker.jobs where task_identifier = 'fetch_link' and key like '%:again'`,
  );
  answerSlow.resolve();
  for (const { id } of [first, again]) {
    expect(await previewsOf(id)).toEqual(['Page /slow/several']);
  }
  expect(asked).toEqual(['/slow/several']);
});

test('a private address has none, and is not asked', async () => {
  const { ada, roomId } = await createRoomOfTwo(database);
  const local = origin.replace('127.0.0.1', 'localhost');
  const { id } = await database.sendMessage(
    ada,
    roomId,
    `${local}/x http://127.0.0.1/ http://[::1]/`,
  );
  expect(await previewsOf(id)).toEqual([]);
  expect(asked).toEqual([]);
});

test('what is over is forgotten and fetched anew; what is shown stays', async () => {
  const { ada, roomId } = await createRoomOfTwo(database);
  const { id } = await database.sendMessage(ada, roomId, `${origin}/old`);
  expect(await previewsOf(id)).toEqual(['Page /old']);
  await owner.query("update app_private.links set expires_at = now() - interval '1 second'");
  await owner.query('select app_private.expire_links()');
  expect((await owner.query('select from app_private.links')).rows).toEqual([]);
  expect(await previewsOf(id)).toEqual(['Page /old']);
  const again = await database.sendMessage(ada, roomId, `${origin}/old`);
  expect(await previewsOf(again.id)).toEqual(['Page /old']);
  expect(asked).toEqual(['/old', '/old']);
});

test('retention and erasure take previews along', async () => {
  const { ada, bob, roomId } = await createRoomOfTwo(database);
  const first = await database.sendMessage(ada, roomId, `${origin}/kept`);
  const second = await database.sendMessage(bob, roomId, `${origin}/kept`);
  expect(await previewsOf(second.id)).toEqual(['Page /kept']);
  await owner.query('select app_private.delete_messages(array[$1::uuid])', [first.id]);
  expect(await previewsOf(first.id)).toEqual([]);
  await owner.query('select app_private.erase_messages($1, 100)', [bob.id]);
  expect(await previewsOf(second.id)).toEqual([]);
});

test('a worker without the setting stops it', async () => {
  await owner.query('select app_private.set_link_previews(false)');
  const { ada, roomId } = await createRoomOfTwo(database);
  const { id } = await database.sendMessage(ada, roomId, `${origin}/off`);
  expect(await previewsOf(id)).toEqual([]);
  expect(asked).toEqual([]);
  await owner.query('select app_private.set_link_previews(true)');
});

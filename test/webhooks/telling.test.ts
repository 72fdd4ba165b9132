import { setTimeout } from 'node:timers/promises';
import { single } from '../../testing/database.ts';
import { type Endpoint, type Received, startEndpoint, verify } from './support/endpoint.ts';
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

  // A slow machine may be told something twice, under the same id.
  const told: Received[] = [];
  while (told.length < 6) {
    const next = await endpoint.next();
    if (told.every(({ id }) => id !== next.id)) {
      told.push(next);
    }
  }
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

test.each([
  ['', 0, null, 2.5, 5],
  [' at the third time', 2, null, 10, 20],
  [' after Retry-After where that is longer', 0, '2 minutes', 119, 120],
  [' after an hour at most', 20, null, 1_800, 3_600],
  [' after an hour at most, whatever Retry-After says', 0, '3 days', 3_599, 3_600],
])(
  'what is not taken is tried again%s when it was promised',
  async (_, failures, retryAfter, atLeast, atMost) => {
    const room = await database.createRoom(ada);
    await world.webhook('promised', 'https://example.com');
    await database.owner.query(
      "update app_private.webhook_rules set first_wait = '5 seconds', longest_wait = '1 hour'",
    );
    try {
      const { id } = single(
        (
          await database.owner.query<{ id: string }>(
            `insert into app_private.webhook_rooms (webhook_id, room_id, delivered_seq, head_seq, failures, claim_id, claimed_until)
            select id, $1, 0, 1, $2, gen_random_uuid(), now() + interval '1 hour'
              from app_public.webhooks where name = 'promised'
              returning webhook_id as id`,
            [room.id, failures],
          )
        ).rows,
      );
      await database.owner.query(
        `select app_private.settle_webhook_delivery(webhook_id, room_id, claim_id, 1, 'event', 'refused', 503, 1, $2::interval)
        from app_private.webhook_rooms where webhook_id = $1`,
        [id, retryAfter],
      );
      const waits = await database.owner.query<{ seconds: number }>(
        `select extract(epoch from due_at - clock_timestamp())::float8 as seconds
        from app_private.webhook_rooms where webhook_id = $1 and room_id = $2`,
        [id, room.id],
      );
      const { seconds } = single(waits.rows);
      expect(seconds).toBeLessThanOrEqual(atMost);
      expect(seconds).toBeGreaterThan(atLeast - 2);
    } finally {
      await world.admin('delete_webhook', 'promised');
      await database.owner.query(
        "update app_private.webhook_rules set first_wait = '20 ms', longest_wait = '100 ms'",
      );
    }
  },
);

test('a webhook hears of a room what happens after it was told to hear it', async () => {
  const endpoint = await world.endpoint();
  const [heard, later] = [await database.createRoom(ada), await database.createRoom(ada)];
  await world.webhook('later', endpoint.url, ['message'], [heard.slug]);
  const keyText = await world.admin('create_key', 'changer', ['webhooks']);
  const [, prefix] = /^trk_([0-9a-f]+)_/.exec(keyText) as RegExpExecArray;
  const client = await database.owner.connect();
  try {
    await client.query('begin');
    // The worker takes no notes meanwhile, as when it is busy.
    await client.query("select app_private.lock_until_commit('webhook_notes')");
    await database.sendMessage(ada, later.id, 'before');
    await client.query(
      `select set_config('trumpet.key_id', (select id::text from app_private.server_keys where prefix = $1), true)`,
      [prefix],
    );
    await client.query(
      `select app_public.update_webhook(id, room_ids => array[$1, $2]::uuid[])
        from app_public.webhooks where name = 'later'`,
      [heard.id, later.id],
    );
    await client.query('commit');
  } finally {
    client.release();
  }
  await database.sendMessage(ada, later.id, 'after');
  const [told] = await take(endpoint, 1);
  expect(told?.frame.message.content).toBe('after');
  await world.admin('delete_webhook', 'later');
});

test('a slow webhook delays nobody else, and one room of a webhook no other room', async () => {
  const slow = await world.endpoint();
  const fast = await world.endpoint();
  const rooms = await Promise.all(Array.from({ length: 12 }, () => database.createRoom(ada)));
  await world.webhook('slow', slow.url, ['message']);
  await world.webhook('fast', fast.url, ['message']);
  const answered = Promise.withResolvers<void>();
  slow.answer(async () => {
    await answered.promise;
    return { status: 204 };
  });
  const [stuck] = rooms;
  fast.answer(({ frame }) => ({ status: frame.room_id === stuck?.id ? 500 : 204 }));
  for (const room of rooms) {
    await database.sendMessage(ada, room.id, 'hello');
  }
  const heard = new Set<string>();
  while (heard.size < rooms.length) {
    heard.add((await fast.next()).frame.room_id);
  }
  // All that the slow one holds are its own places.
  expect(slow.received.length).toBeLessThanOrEqual(8);
  answered.resolve();
  const late = new Set<string>();
  while (late.size < rooms.length) {
    late.add((await slow.next()).frame.room_id);
  }
  await world.admin('delete_webhook', 'slow');
  await world.admin('delete_webhook', 'fast');
});

test('slow webhooks delay no other at the same server', async () => {
  const endpoint = await world.endpoint();
  const rooms = await Promise.all(Array.from({ length: 9 }, () => database.createRoom(ada)));
  const slow = Array.from({ length: 5 }, (_, number) => `slow ${number}`);
  for (const name of [...slow, 'fast']) {
    await world.webhook(name, `${endpoint.origin}/${name.replace(' ', '/')}`, ['message']);
  }
  const answered = Promise.withResolvers<void>();
  endpoint.answer(async ({ path }) => {
    if (path !== '/fast') {
      await answered.promise;
    }
    return { status: 204 };
  });
  for (const room of rooms) {
    await database.sendMessage(ada, room.id, 'hello');
  }
  const heard = new Set<string>();
  while (heard.size < rooms.length) {
    const { path, frame } = await endpoint.next();
    if (path === '/fast') {
      heard.add(frame.room_id);
    }
  }
  answered.resolve();
  for (const name of [...slow, 'fast']) {
    await world.admin('delete_webhook', name);
  }
});

test('what happened is told again from a change of a room, or from a moment, under the same ids', async () => {
  const endpoint = await world.endpoint();
  const room = await database.createRoom(ada);
  const other = await database.createRoom(ada);
  const { rows } = await database.owner.query<{ moment: Date }>(
    'select clock_timestamp() as moment',
  );
  await world.webhook('forgetful', endpoint.url, ['message']);
  for (const content of ['one', 'two', 'three']) {
    await database.sendMessage(ada, room.id, content);
  }
  const first = await take(endpoint, 3);
  const seq = first[0]?.frame.change_seq;
  await world.admin('replay_webhook', 'forgetful', room.id, seq);
  const again = await take(endpoint, 2);
  expect(again.map(({ id }) => id)).toEqual(first.slice(1).map(({ id }) => id));

  await database.sendMessage(ada, other.id, 'elsewhere');
  const elsewhere = await endpoint.next();
  expect(await world.admin('replay_webhook', 'forgetful', rows[0]?.moment)).toMatch(/of 2 rooms/);
  const all = await take(endpoint, 4);
  expect(all.map(({ id }) => id).sort()).toEqual([...first, elsewhere].map(({ id }) => id).sort());
  expect(seqs(all.filter(({ frame }) => frame.room_id === room.id))).toEqual(seqs(first));
  await world.admin('delete_webhook', 'forgetful');
});

/** Resolves when a webhook is disabled, with the reason. */
async function disabledReason(name: string): Promise<string> {
  for (;;) {
    const { rows } = await database.owner.query<{ reason: string | null }>(
      'select disabled_reason as reason from app_admin.webhooks where name = $1',
      [name],
    );
    if (rows[0]?.reason) {
      return rows[0].reason;
    }
    await setTimeout(20);
  }
}

test('a webhook that takes nothing for long is disabled with a notice, and goes on where it was', async () => {
  const endpoint = await world.endpoint();
  const room = await database.createRoom(ada);
  await database.owner.query("update app_private.webhook_rules set give_up_after = '150 ms'");
  await world.webhook('away', endpoint.url, ['message']);
  endpoint.answer(() => ({ status: 500 }));
  await database.sendMessage(ada, room.id, 'one');
  expect(await disabledReason('away')).toMatch(/^It has taken nothing since /);
  await database.owner.query("update app_private.webhook_rules set give_up_after = '1 day'");
  const { rows } = await database.owner.query(
    "select administrator, reason from app_admin.actions where action = 'disable_webhook' and subject = 'away'",
  );
  expect(rows).toEqual([
    { administrator: 'the worker', reason: expect.stringMatching(/^It has taken nothing/) },
  ]);

  await database.sendMessage(ada, room.id, 'two');
  const before = endpoint.received.length;
  endpoint.answer(() => ({ status: 204 }));
  await world.admin('enable_webhook', 'away');
  while (endpoint.received.length < before + 2) {
    await endpoint.next();
  }
  expect(endpoint.received.slice(before).map(({ frame }) => frame.message.content)).toEqual([
    'one',
    'two',
  ]);
  await world.admin('delete_webhook', 'away');
});

test('one event that is never taken is given up, noted, and its room goes on', async () => {
  const endpoint = await world.endpoint();
  const [room, other] = [await database.createRoom(ada), await database.createRoom(ada)];
  await database.owner.query("update app_private.webhook_rules set give_up_after = '2 s'");
  await world.webhook('picky', endpoint.url, ['message']);
  endpoint.answer(({ frame }) => ({ status: frame.message.content === 'poison' ? 400 : 204 }));
  await database.sendMessage(ada, room.id, 'poison');
  await database.sendMessage(ada, room.id, 'after it');
  let told: Received;
  do {
    told = await endpoint.next();
    if (told.frame.message.content === 'poison') {
      await database.sendMessage(ada, other.id, 'meanwhile');
    }
  } while (told.frame.message.content !== 'after it');
  await database.owner.query("update app_private.webhook_rules set give_up_after = '1 day'");
  const { rows } = await database.owner.query(
    "select change_seq, status from app_admin.webhook_deliveries where webhook = 'picky' and outcome = 'given_up'",
  );
  expect(rows).toEqual([{ change_seq: String(told.frame.change_seq - 1), status: 400 }]);
  await world.admin('delete_webhook', 'picky');
});

test('a webhook that answers 410 is disabled at once', async () => {
  const endpoint = await world.endpoint();
  const room = await database.createRoom(ada);
  await world.webhook('gone', endpoint.url, ['message']);
  endpoint.answer(() => ({ status: 410 }));
  await database.sendMessage(ada, room.id, 'one');
  expect(await disabledReason('gone')).toBe('It answered 410: it is gone.');
  expect(endpoint.received).toHaveLength(1);
  await world.admin('delete_webhook', 'gone');
});

test('two secrets overlap, and the old one ends', async () => {
  const endpoint = await world.endpoint();
  const room = await database.createRoom(ada);
  const old = await world.webhook('rotating', endpoint.url, ['message']);
  const next = await world.admin('rotate_webhook_secret', 'rotating', '1 hour');
  await database.sendMessage(ada, room.id, 'both');
  const both = await endpoint.next();
  expect(verify(both, old)).toEqual(verify(both, next));
  await database.owner.query(
    'update app_private.webhook_secrets set expires_at = now() where expires_at is not null',
  );
  await database.sendMessage(ada, room.id, 'new');
  const one = await endpoint.next();
  verify(one, next);
  expect(() => verify(one, old)).toThrow();
  await world.admin('delete_webhook', 'rotating');
});

test('a redirect is not followed, and an address of our own network not told', async () => {
  const endpoint = await world.endpoint();
  const inside = await startEndpoint(); // Nobody trusts this one.
  const room = await database.createRoom(ada);
  await world.webhook('redirecting', endpoint.url, ['message']);
  await world.webhook('inside', inside.url, ['message']);
  endpoint.answer(() => ({ status: 307, headers: { location: inside.url } }));
  await database.sendMessage(ada, room.id, 'secret');
  await take(endpoint, 2);
  const { rows } = await database.owner.query(
    `select distinct webhook, outcome from app_admin.webhook_deliveries
      where webhook in ('redirecting', 'inside') order by webhook`,
  );
  expect(rows).toEqual([
    { webhook: 'inside', outcome: 'address_refused' },
    { webhook: 'redirecting', outcome: 'redirected' },
  ]);
  expect(inside.received).toEqual([]);
  await inside.close();
  await world.admin('delete_webhook', 'redirecting');
  await world.admin('delete_webhook', 'inside');
});

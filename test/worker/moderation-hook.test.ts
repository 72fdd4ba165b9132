import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ModerationSettings } from '../../src/config/moderation.ts';
import { FORMATS } from '../../src/moderation/formats.ts';
import { createJudge } from '../../src/moderation/service.ts';
import { moderateMessages, setModerationHook } from '../../src/worker/moderate-messages.ts';
import { startWorker } from '../../src/worker/run.ts';
import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';

interface Asked {
  readonly authorization: string | undefined;
  readonly body: { readonly model: string; readonly input: readonly string[] };
}

const database = await createTestDatabase();
const { owner } = database;
const service = await startService();
afterAll(async () => {
  await service.close();
  await database.close();
});
beforeEach(async () => {
  service.answer(flagging({}));
  service.asked.length = 0;
  await setModerationHook(owner, true);
  await owner.query('delete from app_private.moderation_queue');
});

const settings = (changes: Partial<ModerationSettings> = {}): ModerationSettings => ({
  url: service.url,
  apiKey: 'secret',
  format: 'openai',
  model: 'omni-moderation-latest',
  timeoutMs: 1_000,
  actions: { '*': 'flag', hate: 'hold', 'sexual/minors': 'delete' },
  ...changes,
});
const moderate = (changes: Partial<ModerationSettings> = {}) =>
  moderateMessages(
    owner,
    createJudge(settings(changes)),
    changes.timeoutMs ?? settings().timeoutMs,
  );

async function makeRoom() {
  const [admin, author, other] = [
    await database.createUser(),
    await database.createUser(),
    await database.createUser(),
  ];
  const { id: roomId } = await database.createRoom(admin, { members: [author, other] });
  return { admin, author, other, roomId };
}

async function messageOf(id: string) {
  const { rows } = await owner.query(
    'select content, held_at, deleted_at from app_public.messages where id = $1',
    [id],
  );
  return single(rows);
}

async function reportsOf(id: string) {
  const { rows } = await owner.query(
    'select reporter_id, reason, status from app_public.message_reports where message_id = $1',
    [id],
  );
  return rows;
}

const queue = async () =>
  (
    await owner.query(
      'select message_id, tries, due_at - now() as wait from app_private.moderation_queue',
    )
  ).rows;

test('every message is asked about once, many at a time, with the key', async () => {
  const { author, roomId } = await makeRoom();
  await database.sendMessage(author, roomId, 'one');
  await database.sendMessage(author, roomId, 'two');
  await moderate();
  await moderate();
  expect(service.asked).toEqual([
    {
      authorization: 'Bearer secret',
      body: { model: 'omni-moderation-latest', input: ['one', 'two'] },
    },
  ]);
  expect(await queue()).toEqual([]);
});

test('a flagged message stays, and comes before the moderators', async () => {
  const { author, roomId } = await makeRoom();
  service.answer(flagging({ nasty: ['violence', 'harassment'] }));
  const fine = await database.sendMessage(author, roomId, 'fine');
  const nasty = await database.sendMessage(author, roomId, 'nasty');
  await moderate();
  expect(await messageOf(nasty.id)).toMatchObject({ content: 'nasty', held_at: null });
  expect(await reportsOf(nasty.id)).toEqual([
    { reporter_id: null, reason: 'Moderation service: violence, harassment', status: 'open' },
  ]);
  expect(await reportsOf(fine.id)).toEqual([]);
});

test('a held message disappears for others until a moderator has decided', async () => {
  const { admin, author, other, roomId } = await makeRoom();
  service.answer(flagging({ hateful: ['hate', 'violence'] }));
  const { id } = await database.sendMessage(author, roomId, 'hateful');
  await moderate();
  const isSeen = async (viewer: TestUser) =>
    database.asUser(viewer, async (client) =>
      Boolean((await client.query('select from app_public.messages where id = $1', [id])).rowCount),
    );
  expect([await isSeen(author), await isSeen(admin), await isSeen(other)]).toEqual([
    true,
    true,
    false,
  ]);
  await database.commitAs(admin, (client) =>
    client.query('select app_public.release_message($1)', [id]),
  );
  expect(await isSeen(other)).toBe(true);
});

test('the strongest action counts: a deleted message loses its content, and the log says why', async () => {
  const { author, roomId } = await makeRoom();
  service.answer(flagging({ vile: ['hate', 'sexual/minors'] }));
  const { id } = await database.sendMessage(author, roomId, 'vile');
  await moderate();
  expect(await messageOf(id)).toEqual({
    content: null,
    held_at: null,
    deleted_at: expect.any(Date),
  });
  const { rows } = await owner.query(
    'select action, moderator_id, reason from app_public.moderation_log where target_message_id = $1',
    [id],
  );
  expect(rows).toEqual([
    { action: 'message_deleted', moderator_id: null, reason: 'Moderation service: sexual/minors' },
  ]);
});

test('messages that a rule holds are asked about too', async () => {
  const { admin, author, roomId } = await makeRoom();
  await database.commitAs(admin, (client) =>
    client.query("select app_public.set_room_rule($1, 'words', 'hold', array['dubious'])", [
      roomId,
    ]),
  );
  service.answer(flagging({ dubious: ['sexual/minors'] }));
  const { id } = await database.commitAs(author, async (client) =>
    single(
      (await client.query("select id from app_public.send_message($1, 'dubious')", [roomId])).rows,
    ),
  );
  await moderate();
  const { rowCount } = await owner.query('select from app_public.messages where id = $1', [id]);
  expect(rowCount).toBe(0);
});

test('an edit is asked about, and what was said of an earlier text is not held against a later one', async () => {
  const { author, roomId } = await makeRoom();
  const { id } = await database.sendMessage(author, roomId, 'nasty');
  service.answer(async (asked) => {
    if (asked.body.input.includes('nasty')) {
      await database.commitAs(author, (client) =>
        client.query("select app_public.edit_message($1, 'nice')", [id]),
      );
    }
    return flagging({ nasty: ['hate'] })(asked);
  });
  await moderate();
  expect(await messageOf(id)).toMatchObject({ content: 'nice', held_at: null });
  await moderate();
  expect(service.asked.map(({ body }) => body.input)).toEqual([['nasty'], ['nice']]);
  expect(await queue()).toEqual([]);
});

test('a message that is deleted before its turn is not sent anywhere', async () => {
  const { author, roomId } = await makeRoom();
  const { id } = await database.sendMessage(author, roomId, 'private after all');
  await database.commitAs(author, (client) =>
    client.query('select app_public.delete_message($1)', [id]),
  );
  await moderate();
  expect(service.asked).toEqual([]);
  expect(await queue()).toEqual([]);
});

test.each<[string, () => void]>([
  ['answers 500', () => service.answer(() => ({ status: 500, body: {} }))],
  ['answers what is no answer', () => service.answer(() => ({ status: 200, body: { ok: true } }))],
  ['answers to fewer texts', () => service.answer(() => ({ status: 200, body: { results: [] } }))],
  ['does not answer in time', () => service.answer(() => new Promise(() => {}))],
  [
    'sends elsewhere',
    () => service.answer(() => ({ status: 307, body: {}, location: 'http://127.0.0.1:1/' })),
  ],
])('a service that %s is asked again later, and later still', async (_what, prepare) => {
  const { author, roomId } = await makeRoom();
  prepare();
  const { id } = await database.sendMessage(author, roomId, 'nasty');
  await moderate({ timeoutMs: 100 });
  expect(await queue()).toEqual([
    { message_id: id, tries: 1, wait: expect.objectContaining({ seconds: 9 }) },
  ]);
  await owner.query('update app_private.moderation_queue set due_at = now()');
  await moderate({ timeoutMs: 100 });
  expect(await queue()).toEqual([
    { message_id: id, tries: 2, wait: expect.objectContaining({ seconds: 19 }) },
  ]);

  service.answer(flagging({ nasty: ['violence'] }));
  await owner.query('update app_private.moderation_queue set due_at = now()');
  await moderate();
  expect(await reportsOf(id)).toHaveLength(1);
});

test('after the twelfth try a message stays as it is', async () => {
  const { author, roomId } = await makeRoom();
  service.answer(() => ({ status: 500, body: {} }));
  const { id } = await database.sendMessage(author, roomId, 'nasty');
  await owner.query('update app_private.moderation_queue set tries = 11');
  await moderate();
  expect(await queue()).toEqual([]);
  expect(await messageOf(id)).toMatchObject({ content: 'nasty', held_at: null });
});

test('two workers share the queue and ask about nothing twice', async () => {
  const { author, roomId } = await makeRoom();
  for (let count = 0; count < 80; count += 1) {
    await database.sendMessage(author, roomId, `number ${count}`);
  }
  await Promise.all([moderate(), moderate()]);
  const texts = service.asked.flatMap(({ body }) => body.input);
  expect(texts.length).toBe(80);
  expect(new Set(texts).size).toBe(80);
  expect(Math.max(...service.asked.map(({ body }) => body.input.length))).toBe(32);
});

const dueNow = () => owner.query('update app_private.moderation_queue set due_at = now()');

test.each<[string, unknown, string | undefined]>([
  ['an empty reason', { action: 'hold', reason: '' }, 'Moderation service'],
  ['no reason', { action: 'hold' }, 'Moderation service'],
  ['a reason of blanks and NUL', { action: 'hold', reason: ' \0 ' }, 'Moderation service'],
  ['a NUL inside of its reason', { action: 'hold', reason: 'very\0rude' }, 'very rude'],
  ['half a letter in its reason', { action: 'hold', reason: 'rude \ud83d' }, 'rude \ufffd'],
  ['a reason without end', { action: 'hold', reason: '😀'.repeat(9_000) }, '😀'.repeat(400)],
  ['an unknown action', { action: 'applaud', reason: 'good' }, undefined],
  ['another shape', 'rude', undefined],
])('a verdict with %s does not hold up the others', async (_what, strange, reason) => {
  const { author, roomId } = await makeRoom();
  const odd = await database.sendMessage(author, roomId, 'odd');
  const nasty = await database.sendMessage(author, roomId, 'nasty');
  service.answer(({ body }) => ({
    status: 200,
    body: {
      verdicts: (body as unknown as { texts: string[] }).texts.map((text) =>
        text === 'odd' ? strange : { action: 'hold', reason: 'nasty' },
      ),
    },
  }));
  await moderate({ format: 'verdicts' });
  expect(await reportsOf(nasty.id)).toMatchObject([{ reason: 'nasty' }]);
  if (reason !== undefined) {
    expect(await reportsOf(odd.id)).toMatchObject([{ reason }]);
    expect(await queue()).toEqual([]);
    return;
  }
  for (let tries = 1; tries <= 12; tries += 1) {
    expect(await queue()).toMatchObject([{ message_id: odd.id, tries }].slice(0, 12 - tries));
    await dueNow();
    await moderate({ format: 'verdicts' });
  }
  expect(await messageOf(odd.id)).toMatchObject({ content: 'odd', held_at: null });
});

test('a text that the service refuses does not hold up the others, and is given up in the end', async () => {
  const { author, roomId } = await makeRoom();
  for (let count = 0; count < 40; count += 1) {
    await database.sendMessage(author, roomId, count === 7 ? 'unbearable' : `nasty ${count}`);
  }
  service.answer((asked) =>
    asked.body.input.includes('unbearable')
      ? { status: 400, body: {} }
      : flagging(Object.fromEntries(asked.body.input.map((text) => [text, ['violence']])))(asked),
  );
  let tries = 0;
  for (; (await queue()).length > 0; tries += 1) {
    await dueNow();
    await moderate();
    if (tries === 4) {
      expect(await queue()).toHaveLength(1);
    }
  }
  expect(tries).toBe(12);
  const { rows } = await owner.query(
    'select count(*)::int from app_public.message_reports where room_id = $1',
    [roomId],
  );
  expect(rows).toEqual([{ count: 39 }]);
});

test.each(['release', 'dismiss'])(
  'what a moderator has decided meanwhile is decided: %s',
  async (what) => {
    const { admin, author, other, roomId } = await makeRoom();
    await database.commitAs(admin, (client) =>
      client.query("select app_public.set_room_rule($1, 'words', 'hold', array['dubious'])", [
        roomId,
      ]),
    );
    const text = what === 'release' ? 'dubious' : 'fine';
    const { id } = await database.commitAs(author, async (client) =>
      single(
        (await client.query('select id from app_public.send_message($1, $2)', [roomId, text])).rows,
      ),
    );
    service.answer(async (asked) => {
      if (what === 'release') {
        await database.commitAs(admin, (client) =>
          client.query('select app_public.release_message($1)', [id]),
        );
      } else {
        const report = await database.commitAs(other, async (client) =>
          single(
            (await client.query("select id from app_public.report_message($1, 'rude')", [id])).rows,
          ),
        );
        await database.commitAs(admin, (client) =>
          client.query("select app_public.resolve_report($1, 'dismissed')", [report.id]),
        );
      }
      return flagging({ [text]: ['sexual/minors'] })(asked);
    });
    await moderate();
    expect(await messageOf(id)).toMatchObject({ content: text, held_at: null, deleted_at: null });
    expect(await queue()).toEqual([]);
  },
);

test('while a slow service is asked, no other worker asks it the same', async () => {
  const { author, roomId } = await makeRoom();
  await database.sendMessage(author, roomId, 'nasty');
  service.answer(async (asked) => {
    // Almost a minute passes, and another worker looks for what is due.
    await owner.query(
      "update app_private.moderation_queue set due_at = due_at - interval '59 seconds'",
    );
    if (service.asked.length === 1) {
      await moderate({ timeoutMs: 60_000 });
    }
    return flagging({})(asked);
  });
  await moderate({ timeoutMs: 60_000 });
  expect(service.asked).toHaveLength(1);
  expect(await queue()).toEqual([]);
});

test('nothing is noted while no service is set, in new partitions neither', async () => {
  await setModerationHook(owner, false);
  const { author, roomId } = await makeRoom();
  await database.sendMessage(author, roomId, 'nobody asks');
  expect(await queue()).toEqual([]);
  const { rows } = await owner.query(
    "select count(distinct tgenabled)::int as states, count(*)::int as count from pg_trigger where tgname like '%note_moderation%'",
  );
  expect(rows[0].states).toBe(1);
  expect(rows[0].count).toBeGreaterThan(4);
});

test('a running worker asks by itself, and one without the setting stops it', async () => {
  await setModerationHook(owner, false);
  const { author, roomId } = await makeRoom();
  const answered = Promise.withResolvers<Asked>();
  service.answer((asked) => {
    answered.resolve(asked);
    return flagging({})(asked);
  });
  const worker = await startWorker(database.databaseUrl, { moderation: settings() });
  try {
    const sending = setInterval(() => {
      database.sendMessage(author, roomId, 'look at me').catch(() => {});
    }, 200);
    expect((await answered.promise).body.input).toContain('look at me');
    clearInterval(sending);
  } finally {
    await worker.stop();
  }
  const other = await startWorker(database.databaseUrl);
  await other.stop();
  await database.sendMessage(author, roomId, 'nobody asks');
  expect(await queue()).toEqual([]);
});

test('a service of another shape is read by its format', () => {
  expect(FORMATS.verdicts.requestBody(['a', 'b'], 'unused')).toEqual({ texts: ['a', 'b'] });
  expect(
    FORMATS.verdicts.readAnswer({ verdicts: [null, { action: 'hold', reason: 'rude' }] }, {}),
  ).toEqual([null, { action: 'hold', reason: 'rude' }]);
});

/* ------------------------------------------------------------------ a service on this machine */

type Reply = { status: number; body: unknown; location?: string };
type Answerer = (asked: Asked) => Reply | Promise<Reply>;

/** Flags the texts that are named, for their categories. */
function flagging(categoriesOf: Record<string, readonly string[]>): Answerer {
  return ({ body }) => ({
    status: 200,
    body: {
      id: 'modr-1',
      model: body.model,
      results: body.input.map((text) => ({
        flagged: text in categoriesOf,
        categories: Object.fromEntries((categoriesOf[text] ?? []).map((name) => [name, true])),
        category_scores: {},
      })),
    },
  });
}

async function startService() {
  const asked: Asked[] = [];
  let answerer: Answerer = flagging({});
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const question = {
      authorization: request.headers.authorization,
      body: JSON.parse(Buffer.concat(chunks).toString()),
    };
    asked.push(question);
    const { status, body, location } = await answerer(question);
    response
      .writeHead(status, {
        'content-type': 'application/json',
        connection: 'close',
        ...(location !== undefined && { location }),
      })
      .end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/moderations`,
    asked,
    answer(next: Answerer) {
      answerer = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

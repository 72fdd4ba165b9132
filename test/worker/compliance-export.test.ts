import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { deleteDisappeared } from '../../src/worker/sweeps.ts';
import { makeExportForCompliance } from '../../src/worker/tasks/export_for_compliance.ts';
import { createTestDatabase, single, type TestUser } from '../../testing/database.ts';
import { startTestServer } from '../../testing/server.ts';
import { insertOldMessages, runJobs, runTask } from './support.ts';

/*
 * What an auditor takes along: what was asked for and nothing else, each line once, and nothing of it unnoted.
 */

const database = await createTestDatabase();
const server = await startTestServer(database);
afterAll(async () => {
  await server.close();
  await database.close();
});
const { owner, call } = database;

const auditor = await database.createUser('heidi');
await owner.query("select app_admin.set_auditor('heidi', 'the audit of 2026')");
const [alice, bob] = [await database.createUser('alice'), await database.createUser('bob')];
const { id: roomId } = await database.createRoom(alice, { type: 'private', members: [bob] });
const { id: otherId } = await database.createRoom(bob);
await insertOldMessages(owner, { roomId, authorId: alice.id, month: '2025-05-01', count: 3 });
await runTask(owner, 'archive_months', { month: '2025-05-01' });
const { id: editedId } = await database.sendMessage(alice, roomId, 'Sell before Friday');
await call(alice, 'edit_message', editedId, 'Nice weather');
const { id: deletedId } = await database.sendMessage(alice, roomId, 'Shred it all');
await call(alice, 'delete_message', deletedId);
await database.sendMessage(bob, roomId, 'A fine Day');
await database.sendMessage(bob, otherId, 'Elsewhere');

const request = async (
  who: TestUser,
  asked: {
    userIds?: string[];
    roomIds?: string[];
    word?: string;
    since?: string;
    until?: string;
  } = {},
) =>
  (await call(
    who,
    'request_compliance_export',
    'case 7',
    asked.userIds ?? null,
    asked.roomIds ?? null,
    asked.word ?? null,
    asked.since ?? null,
    asked.until ?? null,
  )) as { id: string };

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
async function find(id: string): Promise<any> {
  const { data } = await server.graphql(
    '{ complianceExports { id status messageCount roomsDone roomsTotal digest url } }',
    {},
    auditor.token,
  );
  return data.complianceExports.find((one: { id: string }) => one.id === id);
}

async function download(url: string) {
  const response = await fetch(`${server.url}${url}`);
  return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
}

/** The lines of a file, and its manifest, whose hashes are those of the lines. */
async function read(id: string) {
  const made = await find(id);
  expect(made.status).toBe('READY');
  const { status, body } = await download(made.url);
  expect(status).toBe(200);
  const text = gunzipSync(body).toString().trimEnd().split('\n');
  const { manifest } = JSON.parse(text.pop() as string);
  const rest = [...text];
  const digests = manifest.parts.map((part: { lines: number; sha256: string }) => {
    const lines = rest.splice(0, part.lines);
    const digest = createHash('sha256')
      .update(`${lines.join('\n')}\n`)
      .digest('hex');
    expect(digest).toBe(part.sha256);
    return digest;
  });
  expect(rest).toEqual([]);
  expect(manifest.sha256).toBe(createHash('sha256').update(digests.join('\n')).digest('hex'));
  expect(made.digest).toBe(manifest.sha256);
  return { lines: text.map((line) => JSON.parse(line)), manifest };
}

async function make(asked: Parameters<typeof request>[1] = {}) {
  const { id } = await request(auditor, asked);
  await runJobs(owner);
  return read(id);
}

const contents = ({ lines }: { lines: { content: string | null }[] }) =>
  lines.map(({ content }) => content);

describe('it holds what was asked for:', () => {
  test('all of the workspace, with what is archived', async () => {
    const { lines, manifest } = await make();
    expect(contents({ lines }).sort()).toEqual(
      ['A fine Day', 'Elsewhere', 'Nice weather', 'old 1', 'old 2', 'old 3', null].sort(),
    );
    expect(manifest).toMatchObject({
      requested_by: auditor.id,
      reason: 'case 7',
      message_count: 7,
    });
  });

  test('of a person', async () => {
    expect(contents(await make({ userIds: [bob.id] })).sort()).toEqual(['A fine Day', 'Elsewhere']);
  });

  test('in a room', async () => {
    expect(contents(await make({ roomIds: [otherId] }))).toEqual(['Elsewhere']);
  });

  test('of a time', async () => {
    const { rows } = await owner.query<{ at: string }>(
      "select created_at::text as at from app_public.messages where content = 'A fine Day'",
    );
    const { at } = single(rows);
    expect(contents(await make({ since: at })).sort()).toEqual(['A fine Day', 'Elsewhere']);
    expect(contents(await make({ until: at }))).toHaveLength(5);
    await expect(request(auditor, { since: at, until: at })).rejects.toMatchObject({
      code: '23514',
    });
  });

  test('with a word, whatever its case', async () => {
    expect(contents(await make({ word: 'fine day' }))).toEqual(['A fine Day']);
  });

  test('nothing, where nothing fits', async () => {
    expect((await make({ word: 'nobody said this' })).lines).toEqual([]);
  });
});

describe('what was said before an edit or a deletion', () => {
  test('is not in it where no legal hold says so', async () => {
    const text = JSON.stringify(await make());
    expect(text).not.toMatch(/Friday|Shred/);
    expect((await make({ word: 'shred' })).lines).toEqual([]);
  });

  test.each([
    ['of a room', 'select app_admin.hold_room($1, $2) as id', roomId],
    ['of a person', 'select app_admin.hold_user($1, $2) as id', alice.id],
  ])('is in it while a legal hold %s says so, and found by its words', async (_, sql, what) => {
    const { rows } = await owner.query<{ id: string }>(sql, [what, 'case 7']);
    const { lines } = await make({ roomIds: [roomId] });
    expect(lines.find(({ id }) => id === editedId)).toMatchObject({
      is_on_legal_hold: true,
      edits: [{ previous_content: 'Sell before Friday' }],
    });
    expect(lines.find(({ id }) => id === deletedId)).toMatchObject({
      content: null,
      deletion: { content: 'Shred it all', deleted_by: alice.id },
    });
    expect((await make({ word: 'SHRED' })).lines).toMatchObject([{ id: deletedId }]);
    await owner.query('select app_admin.release_hold($1)', [single(rows).id]);
  });
});

test.each([
  ['of its room', 'select app_admin.hold_room($1, $2) as id', (room: string, _: TestUser) => room],
  [
    'of its author',
    'select app_admin.hold_user($1, $2) as id',
    (_: string, author: TestUser) => author.id,
  ],
])(
  'what has disappeared is in it under a legal hold %s, and gone without one',
  async (_, sql, whatOf) => {
    const author = await database.createUser();
    const { id: goneFrom } = await database.createRoom(author);
    const { rows } = await owner.query<{ id: string }>(sql, [whatOf(goneFrom, author), 'case 8']);
    await database.commitAs(author, (client) =>
      client.query(
        `select app_public.send_message($1, 'Burn this', metadata => '{"disappearAfterSeconds": 60}')`,
        [goneFrom],
      ),
    );
    await database.sendMessage(author, goneFrom, 'This stays');
    await owner.query(
      `with bulk as (select app_private.begin_bulk()), noted as (
      update app_private.disappearing_messages set disappears_at = clock_timestamp() from bulk
        where room_id = $1 returning message_id
    )
    update app_public.messages set disappears_at = clock_timestamp() from noted where id = noted.message_id`,
      [goneFrom],
    );
    await deleteDisappeared(owner, () => false);
    expect(contents(await make({ roomIds: [goneFrom] }))).toEqual(['Burn this', 'This stays']);
    await owner.query('select app_admin.release_hold($1)', [single(rows).id]);
    // At once, and once it is deleted.
    expect(contents(await make({ roomIds: [goneFrom] }))).toEqual(['This stays']);
    await deleteDisappeared(owner, () => false);
    expect(contents(await make({ roomIds: [goneFrom] }))).toEqual(['This stays']);
    expect((await make({ word: 'burn' })).lines).toEqual([]);
  },
);

test('one that was killed goes on where it was, and no line is there twice', async () => {
  for (let number = 1; number <= 6; number += 1) {
    await database.sendMessage(bob, otherId, `many ${number}`);
  }
  const { id } = await request(auditor, { roomIds: [otherId] });
  const pieces = async () =>
    (
      await owner.query(
        'select count(*)::int from app_private.compliance_export_chunks where export_id = $1',
        [id],
      )
    ).rows[0].count as number;
  // Its connection is cut within its third step, again and again, as when a worker is killed.
  const task = makeExportForCompliance(
    {
      connect: async () => {
        const client = await owner.connect();
        let steps = 0;
        return {
          query: (text: string, values?: unknown[]) => {
            if (text === 'commit') {
              steps += 1;
            }
            return steps === 2 && text.includes('insert into app_private.compliance_export_chunks')
              ? Promise.reject(new Error('cut'))
              : client.query(text, values as unknown[]);
          },
          release: () => client.release(),
        };
      },
    } as never,
    3,
  );
  const helpers = { job: { attempts: 1, max_attempts: 25 } } as never;
  await expect(task({ exportId: id }, helpers)).rejects.toThrow('cut');
  expect(await pieces()).toBe(1);
  expect(await find(id)).toMatchObject({ status: 'PENDING', messageCount: '3', url: null });
  await runJobs(owner);
  const { lines } = await read(id);
  expect(lines).toHaveLength(7);
  expect(new Set(lines.map((line) => line.id)).size).toBe(7);
});

describe('who may', () => {
  test('nobody but auditors requests one, sees them or reads the log', async () => {
    await expect(request(alice)).rejects.toMatchObject({ code: 'TR403' });
    for (const query of [
      'auditLog { seq }',
      'complianceExports { id }',
      'auditCheckpoint { seq }',
    ]) {
      const { errors } = await server.graphql(`{ ${query} }`, {}, alice.token);
      expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
      const { errors: none } = await server.graphql(`{ ${query} }`, {}, auditor.token);
      expect(none).toBeUndefined();
    }
  });

  test('an auditor reads no room that they are not in', async () => {
    const { data } = await server.graphql(
      'query ($id: UUID!) { room(id: $id) { id } searchMessages(query: "weather") { nodes { message { id } } } }',
      { id: roomId },
      auditor.token,
    );
    expect(data).toEqual({ room: null, searchMessages: { nodes: [] } });
  });

  test('of another workspace nothing is exported, and nothing is in the log', async () => {
    const client = await owner.connect();
    await client.query(
      "select app_admin.create_workspace('acme'); select app_admin.use_workspace('acme')",
    );
    const { rows } = await client.query<{ id: string }>(
      "select app_admin.create_user('mallory', 'Mallory') as id",
    );
    client.release(true);
    await expect(request(auditor, { userIds: [single(rows).id] })).rejects.toMatchObject({
      code: 'TR404',
    });
    const { data } = await server.graphql(
      '{ auditLog(first: 100, pageSize: 100) { subject targetId before after } }',
      {},
      auditor.token,
    );
    expect(JSON.stringify(data)).not.toMatch(new RegExp(`acme|${single(rows).id}`));
    expect(data.auditLog.length).toBeGreaterThan(5);
  });

  test('who is an auditor no longer gets no file any more', async () => {
    const { id } = await request(auditor, { roomIds: [otherId] });
    await runJobs(owner);
    const { url } = await find(id);
    await owner.query("select app_admin.set_auditor('heidi', 'the audit is over', false)");
    expect((await download(url)).status).toBe(404);
    await owner.query("select app_admin.set_auditor('heidi', 'the audit of 2026')");
    expect((await download(url)).status).toBe(200);
  });
});

test('each is in the audit log: that it was asked for and why, its hash, and who fetched it when', async () => {
  const { rows: before } = await owner.query('select seq from app_private.audit_head');
  const { manifest } = await make({ roomIds: [otherId], word: 'elsewhere' });
  const { data } = await server.graphql(
    '{ auditLog(kind: EXPORT) { seq operation actorId actorDisplayName subject after } }',
    {},
    auditor.token,
  );
  const entries = data.auditLog.filter(
    ({ seq }: { seq: string }) => Number(seq) > Number(before[0].seq),
  );
  expect(entries.reverse()).toMatchObject([
    {
      operation: 'INSERT',
      actorId: auditor.id,
      actorDisplayName: 'heidi',
      subject: manifest.export_id,
      after: { reason: 'case 7', word: 'elsewhere', room_ids: [otherId] },
    },
    { operation: 'UPDATE', after: { status: 'ready', digest: manifest.sha256 } },
    { operation: 'UPDATE', after: { status: 'downloaded' } },
  ]);
  expect(JSON.stringify(entries)).not.toMatch(/[0-9a-f]{64}\/|download_token": ?"/);
});

test('the log is read by who, to whom, where, when and page by page', async () => {
  await call(alice, 'set_member_role', roomId, bob.id, 'moderator');
  await call(bob, 'set_slow_mode', roomId, 10);
  await call(alice, 'set_member_role', roomId, bob.id, 'member');
  const list = async (args: string) => {
    const { data, errors } = await server.graphql(
      `{ auditLog${args} { seq kind actorId targetId roomId roomName before after happenedAt } }`,
      {},
      auditor.token,
    );
    expect(errors).toBeUndefined();
    return data.auditLog;
  };
  const roles = await list(`(actorId: "${alice.id}", targetId: "${bob.id}", kind: ROLE)`);
  expect(roles).toMatchObject([
    { before: { role: 'moderator' }, after: { role: 'member' }, roomId },
    { before: { role: 'member' }, after: { role: 'moderator' } },
  ]);
  expect(
    (await list(`(roomId: "${roomId}")`)).every((one: { roomId: string }) => one.roomId === roomId),
  ).toBe(true);
  const [first, ...rest] = await list(`(roomId: "${roomId}")`);
  expect(await list(`(roomId: "${roomId}", beforeSeq: "${first.seq}")`)).toEqual(rest);
  expect(await list(`(roomId: "${roomId}", pageSize: 1)`)).toEqual([first]);
  expect(await list('(until: "2020-01-01T00:00:00Z")')).toEqual([]);
  expect((await list('(since: "2020-01-01T00:00:00Z")')).length).toBeGreaterThan(0);
});

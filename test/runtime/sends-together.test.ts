import type { PgClientQuery } from '@dataplan/pg';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { withPgClientFromPgService } from 'postgraphile/@dataplan/pg';
import { execute, hookArgs } from 'postgraphile/grafast';
import { parse } from 'postgraphile/graphql';
import { makePipelinedPgService } from '../../plugins/pipelined-transactions.ts';
import { makeApiSchema } from '../../scripts/schema-text.ts';
import { pgSettingsFor } from '../../src/database/pg-settings.ts';
import { createApiPool } from '../../src/database/pools.ts';
import { readSendStatement } from '../../src/database/send-statement.ts';
import { type HookQuestion, UnaskedError } from '../../src/database/unasked.ts';
import { SEND_MESSAGE } from '../../src/realtime/transports/json/commands.ts';
import { createTestDatabase, type TestUser } from '../../testing/database.ts';

/*
 * Messages that come for a room while a transaction of it is under way go in the next one. Each is worth what it would be
 * worth alone.
 */
const database = await createTestDatabase();
const pool = createApiPool(database.authDatabaseUrl);
const bells: string[] = [];
pool.on('connect', (client) =>
  client.on('notice', ({ message }) => {
    bells.push(message ?? '');
  }),
);
const questions: HookQuestion[] = [];
const service = makePipelinedPgService(pool, ['app_public'], {
  askFirst: async (attempt) => {
    try {
      return await attempt({});
    } catch (error) {
      if (error instanceof UnaskedError && error.question !== undefined) {
        questions.push(error.question);
      }
      throw error;
    }
  },
});
afterAll(async () => {
  await pool.end();
  await database.close();
});

interface Arguments {
  readonly room_id?: string;
  readonly content?: string | null;
  readonly message_type?: string;
  readonly metadata?: string;
  readonly parent_message_id?: string;
  readonly nonce?: string;
  readonly attachment_ids?: string;
  readonly read_up_to_message_id?: string;
}

interface Sent {
  readonly id: string;
  readonly seq: string;
  readonly content: string;
}

/** Begins to send at once: the message is in its room's line when this returns. */
function send(
  user: TestUser,
  roomId: string,
  given: Arguments | string,
  {
    asked = 'sent."id", sent."seq", sent."content"',
    keyId,
  }: { asked?: string; keyId?: string } = {},
): Promise<Sent> {
  const args = Object.entries({
    room_id: roomId,
    ...(typeof given === 'string' ? { content: given } : given),
  });
  const list = args.map(([name], index) => `"${name}" := $${index + 1}`).join(', ');
  const query = {
    text: `select ${asked} from "app_public"."send_message"(${list}) as sent`,
    values: args.map(([, value]) => value),
  } as PgClientQuery;
  return withPgClientFromPgService(
    service,
    keyId === undefined
      ? pgSettingsFor({ userId: user.id, sessionId: user.sessionId })
      : pgSettingsFor({ userId: user.id, sessionId: '', key: { id: keyId, mayRead: true } }),
    (client) => client.query<Sent>(query),
  ).then(({ rows }) => rows[0] as Sent);
}

/** What came of a message, in what a caller gets to see. */
async function outcome(sent: Promise<Sent>): Promise<string> {
  try {
    const { content } = await sent;
    return `sent: ${content}`;
  } catch (error) {
    const { code, message, detail, constraint } = error as Record<string, string | undefined>;
    return [code, message, /^\d+$/.test(detail ?? '') ? '(a time)' : detail, constraint].join(
      ' | ',
    );
  }
}

/** Does something while nobody can get the lock that a query takes, which a first message waits for. */
async function whileLocked<T>(
  lock: string,
  id: string,
  first: () => Promise<unknown>,
  work: (client: pg.PoolClient) => T | Promise<T>,
): Promise<T> {
  const client = await database.owner.connect();
  try {
    await client.query('begin');
    await client.query(lock, [id]);
    const { rows } = await client.query('select pg_backend_pid() as pid');
    const going = first();
    for (let waits = false; !waits; ) {
      const { rowCount } = await database.owner.query(
        'select from pg_stat_activity where $1::int = any (pg_blocking_pids(pid))',
        [rows[0].pid],
      );
      waits = rowCount !== 0;
    }
    const result = await work(client);
    await client.query('commit');
    await going;
    return result;
  } finally {
    client.release();
  }
}

const HEAD = 'select from app_private.room_heads where room_id = $1 for update';

async function people(count: number): Promise<[TestUser, ...TestUser[]]> {
  const made = await Promise.all(Array.from({ length: count }, () => database.createUser()));
  return made as [TestUser, ...TestUser[]];
}

async function transactionsOf(roomId: string) {
  const { rows } = await database.owner.query<{ content: string; xid: string }>(
    `select content, xid::text from app_private.room_changes
      join app_public.messages on messages.id = message_id
      where room_changes.room_id = $1 and op = 'insert' order by change_seq`,
    [roomId],
  );
  return rows;
}

test('what comes while a room is written to goes in its next transaction, in the order in which it came', async () => {
  const [owner, ...members] = await people(6);
  const { id: roomId } = await database.createRoom(owner, { members });
  const sends = await whileLocked(
    HEAD,
    roomId,
    () => send(owner, roomId, 'first'),
    () => members.map((member, index) => send(member, roomId, `message ${index}`)),
  );
  const sent = await Promise.all(sends);
  expect(sent.map(({ seq }) => Number(seq))).toEqual([2, 3, 4, 5, 6]);
  const log = await transactionsOf(roomId);
  expect(log.map(({ content }) => content)).toEqual([
    'first',
    ...members.map((_, index) => `message ${index}`),
  ]);
  expect(new Set(log.map(({ xid }) => xid)).size).toBe(2);
  const { rows } = await database.owner.query(
    'select author_id from app_public.messages where room_id = $1 and seq > 1 order by seq',
    [roomId],
  );
  expect(rows.map(({ author_id }) => author_id)).toEqual(members.map(({ id }) => id));
});

test('many more than fit into one transaction all arrive', async () => {
  const [owner, ...members] = await people(60);
  const { id: roomId } = await database.createRoom(owner, { members });
  const sends = await whileLocked(
    HEAD,
    roomId,
    () => send(owner, roomId, 'first'),
    () => members.map((member, index) => send(member, roomId, `${index}`)),
  );
  const sent = await Promise.all(sends);
  expect(sent.map(({ seq }) => Number(seq))).toEqual(members.map((_, index) => index + 2));
});

/** Rows of messages and of the log, without what is another each time. */
async function rowsOf(roomId: string, content: string) {
  const { rows } = await database.owner.query(
    `select to_jsonb(messages) - '{id,seq,created_at}'::text[] as message,
        to_jsonb(room_changes) - '{change_seq,message_id,occurred_at,xid}'::text[] as change
      from app_public.messages join app_private.room_changes on message_id = messages.id and op = 'insert'
      where messages.room_id = $1 and content = $2 order by seq`,
    [roomId, content],
  );
  return rows;
}

describe('what is usual', () => {
  const count = 12;
  let members: TestUser[];
  let roomId: string;

  beforeAll(async () => {
    const [owner, ...others] = await people(count + 1);
    ({ id: roomId } = await database.createRoom(owner, { members: others }));
    members = [owner, ...others];
    for (const member of members) {
      await send(member, roomId, 'the same words'); // From here on they have a bucket.
    }
  });

  /** How the messages after a number were written: those of one statement have the same `xmin`. */
  async function written(after: number) {
    const { rows } = await database.owner.query<{
      content: string;
      xmin: string;
      author_id: string;
    }>(
      `select content, author_id, xmin::text from app_public.messages
        where room_id = $1 and seq > $2 order by seq`,
      [roomId, after],
    );
    return rows;
  }

  async function lastSeq() {
    const { rows } = await database.owner.query<{ last: string }>(
      'select max(seq) as last from app_public.messages where room_id = $1',
      [roomId],
    );
    return Number(rows[0]?.last);
  }

  test('is written all at once, as it would be alone', async () => {
    const alone = await rowsOf(roomId, 'the same words');
    await database.owner.query(
      `insert into app_private.typing_indicators (room_id, user_id, expires_at)
        select room_id, user_id, now() + interval '1 minute' from app_public.room_members where room_id = $1`,
      [roomId],
    );
    const before = await lastSeq();
    const [first, ...others] = members as [TestUser, ...TestUser[]];
    const sends = await whileLocked(
      HEAD,
      roomId,
      () => send(first, roomId, 'the same words'),
      () => {
        bells.length = 0;
        return others.map((member, index) =>
          send(member, roomId, {
            content: 'the same words',
            ...(index % 2 === 0 ? { nonce: `nonce ${index}` } : {}),
          }),
        );
      },
    );
    const sent = await Promise.all(sends);
    expect(sent.map(({ seq }) => Number(seq))).toEqual(
      others.map((_, index) => before + 2 + index),
    );
    const all = await rowsOf(roomId, 'the same words');
    expect(all.slice(alone.length)).toEqual(alone);
    expect(new Set((await written(before + 1)).map(({ xmin }) => xmin)).size).toBe(1);
    expect(bells.filter((bell) => bell === `trumpet.bell c:${roomId}`)).toHaveLength(2);
    expect(bells.filter((bell) => bell.startsWith(`trumpet.bell t:${roomId}`))).toHaveLength(
      members.length,
    );
    const { rows } = await database.owner.query(
      `select last_message_seq::int as last, last_message_id as id, last_message_at = max(occurred_at) as is_last,
          last_change_seq::int - count(*)::int as gaps, bool_and(rises) as rises,
          (select count(*)::int from app_private.typing_indicators as t where t.room_id = $1) as typing
        from app_private.room_heads join (
          select room_id, occurred_at, occurred_at > lag(occurred_at, 1, '-infinity') over (order by change_seq) as rises
            from app_private.room_changes where room_id = $1
        ) as changes using (room_id)
        group by room_heads.room_id`,
      [roomId],
    );
    expect(rows[0]).toEqual({
      last: before + 1 + others.length,
      id: sent.at(-1)?.id,
      is_last: true,
      gaps: 0,
      rises: true,
      typing: 0,
    });
    const again = await send(others[0] as TestUser, roomId, {
      content: 'the same words',
      nonce: 'nonce 0',
    });
    expect(again.id).toBe(sent[0]?.id);
  });

  test('takes tokens, and whoever has none is refused', async () => {
    const [first, one, two] = members as [TestUser, TestUser, TestUser];
    const bucket = async (user: TestUser) => {
      const { rows } = await database.owner.query(
        'select room_id, full_at from app_private.token_buckets where user_id = $1 and room_id in ($2, $3) order by room_id',
        [user.id, '00000000-0000-0000-0000-000000000000', roomId],
      );
      return rows.map(({ full_at: fullAt }) => Number(fullAt));
    };
    await database.owner.query(
      `update app_private.token_buckets set full_at = now() + user_in_room_capacity + interval '5 s'
        from app_private.limits where user_id = $1 and room_id = $2`,
      [one.id, roomId],
    );
    await database.owner.query(
      "update app_private.token_buckets set full_at = now() + interval '5 s' where user_id = $1",
      [two.id],
    );
    const before = await bucket(two);
    const sends = await whileLocked(
      HEAD,
      roomId,
      () => send(first, roomId, 'under way'),
      () => [
        outcome(send(one, roomId, 'too much')),
        outcome(send(two, roomId, `${'long '.repeat(1_000)}`)),
      ],
    );
    const [refused, sent] = await Promise.all(sends);
    const after = await bucket(two);
    await database.owner.query('update app_private.token_buckets set full_at = now()');
    expect(refused).toMatch(/^TR429/);
    expect(sent).toMatch(/^sent: long/);
    expect(after.map((fullAt, index) => fullAt > (before[index] as number))).toEqual([true, true]);
  });

  test('is in order with what is not', async () => {
    const before = await lastSeq();
    const [first, a, b, c, d, e, f, g] = members as [TestUser, ...TestUser[]];
    const user = (one: TestUser | undefined) => one as TestUser;
    const sends = await whileLocked(
      HEAD,
      roomId,
      () => send(first, roomId, 'under way'),
      () => [
        send(user(a), roomId, '1'),
        send(user(b), roomId, '2'),
        send(user(c), roomId, `3 @${first.username}`),
        send(user(d), roomId, { content: '4', metadata: '{"a": 1}' }),
        send(user(e), roomId, '5'),
        send(user(f), roomId, { content: '6', message_type: 'image' }),
        outcome(send(user(g), roomId, ' ')),
        send(user(members[9]), roomId, '7'),
      ],
    );
    expect(await sends[6]).toMatch(/^TR400/);
    await Promise.all(sends);
    const rows = await written(before + 1);
    expect(rows.map(({ content }) => content[0])).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(rows.map(({ author_id: id }) => id)).toEqual(
      [a, b, c, d, e, f, members[9]].map((one) => one?.id),
    );
    expect(rows[0]?.xmin).toBe(rows[4]?.xmin);
    expect(rows[2]?.xmin).not.toBe(rows[0]?.xmin);
    const { rows: mentions } = await database.owner.query(
      'select user_id from app_private.message_mentions where room_id = $1',
      [roomId],
    );
    expect(mentions).toEqual([{ user_id: first.id }]);
  });

  test.each([
    [
      'signed out',
      "update app_private.sessions set ended_at = now(), end_reason = 'signed_out' where user_id = $1",
      /^TR401/,
    ],
    [
      'suspended',
      "insert into app_private.suspensions (user_id, reason) values ($1, 'spam')",
      /^TR401/,
    ],
    ['deleted', 'update app_public.users set deleted_at = now() where id = $1', /^TR401/],
    ['removed', 'delete from app_public.room_members where user_id = $1', /^TR404|^TR403/],
    [
      'muted',
      "update app_public.room_members set muted_until = now() + interval '1 day' where user_id = $1",
      /^TRMUT/,
    ],
  ])('is not what somebody sends who was %s while it waited', async (_what, deed, code) => {
    const [first] = members as [TestUser];
    const one = members.pop() as TestUser;
    const two = members.at(-1) as TestUser;
    const sends = await whileLocked(
      HEAD,
      roomId,
      () => send(first, roomId, 'under way'),
      async (client) => {
        const begun = [outcome(send(one, roomId, 'x')), outcome(send(two, roomId, 'y'))];
        await client.query(deed, [one.id]);
        return begun;
      },
    );
    const [refused, sent] = await Promise.all(sends);
    expect(refused).toMatch(code);
    expect(sent).toBe('sent: y');
  });

  test.each([
    ['locked', 'is_locked = true', 'is_locked = false', /^TR403/],
    ['given a slow mode', 'slow_mode_seconds = 600', 'slow_mode_seconds = 0', /^TRSLO/],
    ['archived', 'is_archived = true', 'is_archived = false', /^TRARC/],
  ])('is nothing in a room that was %s while it waited', async (_what, deed, back, code) => {
    const [first, one, two] = members as [TestUser, TestUser, TestUser];
    const sends = await whileLocked(
      HEAD,
      roomId,
      () => outcome(send(first, roomId, 'under way')),
      async (client) => {
        const begun = [outcome(send(one, roomId, 'x')), outcome(send(two, roomId, 'y'))];
        await client.query(`update app_public.rooms set ${deed} where id = $1`, [roomId]);
        return begun;
      },
    );
    for (const refused of await Promise.all(sends)) {
      expect(refused).toMatch(code);
    }
    await database.owner.query(`update app_public.rooms set ${back} where id = $1`, [roomId]);
  });
});

describe('in one transaction, in which each fails in another way', () => {
  type Case = readonly [what: string, user: TestUser, given: Arguments];
  let roomId: string;
  let owner: TestUser;
  let good: TestUser[];
  let cases: Case[];

  beforeAll(async () => {
    const all = await people(24);
    owner = all[0];
    const [stranger, ...others] = all.slice(1);
    ({ id: roomId } = await database.createRoom(owner, { type: 'private', members: others }));
    good = others.splice(0, 3);
    const next = () => others.pop() as TestUser;
    const run = (text: string, ...values: unknown[]) => database.owner.query(text, values);
    const signedOut = next();
    await run(
      "update app_private.sessions set ended_at = now(), end_reason = 'signed_out' where user_id = $1",
      signedOut.id,
    );
    const suspended = next();
    await run(
      "insert into app_private.suspensions (user_id, reason) values ($1, 'spam')",
      suspended.id,
    );
    const banned = next();
    await database.call(owner, 'ban_member', roomId, banned.id);
    const muted = next();
    await run(
      "update app_public.room_members set muted_until = now() + interval '1 day' where user_id = $1",
      muted.id,
    );
    const limited = next();
    await run(
      "insert into app_private.token_buckets select $1, '00000000-0000-0000-0000-000000000000', now() + user_capacity + interval '5 s', now() from app_private.limits",
      limited.id,
    );
    const nonce = next();
    await send(nonce, roomId, { content: 'before', nonce: 'used' });
    await database.call(owner, 'set_room_rule', roomId, 'words', 'refuse', ['forbidden']);
    cases = [
      ['a stranger', stranger as TestUser, { content: 'x' }],
      ['signed out meanwhile', signedOut, { content: 'x' }],
      ['suspended meanwhile', suspended, { content: 'x' }],
      ['banned', banned, { content: 'x' }],
      ['muted', muted, { content: 'x' }],
      ['too much', limited, { content: 'x' }],
      ['another text under a nonce', nonce, { content: 'x', nonce: 'used' }],
      ['blank', next(), { content: ' ' }],
      ['no text', next(), { content: null }],
      ['too long', next(), { content: 'x'.repeat(8_001) }],
      ['what a rule forbids', next(), { content: 'a forbidden word' }],
      ['no such type', next(), { content: 'x', message_type: 'song' }],
      ['a type of the server', next(), { content: 'x', message_type: 'system' }],
      ['no JSON', next(), { content: 'x', metadata: '{' }],
      ['a list for metadata', next(), { content: 'x', metadata: '[]' }],
      ['no such parent', next(), { content: 'x', parent_message_id: roomId }],
      ['no uuid', next(), { content: 'x', parent_message_id: 'parent' }],
      ['no such file', next(), { content: 'x', attachment_ids: `{${roomId}}` }],
      ['nothing that was read', next(), { content: 'x', read_up_to_message_id: roomId }],
    ];
  });

  test('each is refused for its own reason, as if it came alone, and the others arrive', async () => {
    const alone: string[] = [];
    for (const [what, user, given] of cases) {
      alone.push(`${what}: ${await outcome(send(user, roomId, given))}`);
    }
    expect(alone.filter((text) => text.includes('sent:'))).toEqual([]);
    expect(new Set(alone.map((text) => text.replace(/^.*?: /, ''))).size).toBeGreaterThan(14);
    const [one, two, three] = good as [TestUser, TestUser, TestUser];
    const [sends, between] = await whileLocked(
      HEAD,
      roomId,
      () => send(owner, roomId, 'under way'),
      () => {
        const begun = send(one, roomId, 'at first');
        const half = Math.floor(cases.length / 2);
        const failing = cases.map(([what, user, given], index) => {
          const all = [outcome(send(user, roomId, given)).then((text) => `${what}: ${text}`)];
          const beside = index === half ? [send(two, roomId, 'in between')] : [];
          return { all, beside };
        });
        const last = send(three, roomId, 'at last');
        return [
          failing.flatMap(({ all }) => all),
          [begun, ...failing.flatMap(({ beside }) => beside), last],
        ] as const;
      },
    );
    expect(await Promise.all(sends)).toEqual(alone);
    const seqs = (await Promise.all(between)).map(({ seq }) => Number(seq));
    expect(seqs).toEqual([seqs[0], Number(seqs[0]) + 1, Number(seqs[0]) + 2]);
    const log = (await transactionsOf(roomId)).slice(-4);
    expect(log.map(({ content }) => content)).toEqual([
      'under way',
      'at first',
      'in between',
      'at last',
    ]);
    expect(new Set(log.map(({ xid }) => xid)).size).toBe(2);
  });

  test('one that breaks the whole transaction goes by itself, and so do the others', async () => {
    const [one, two, three] = good as [TestUser, TestUser, TestUser];
    const broken = send(owner, roomId, 'a\0b');
    await expect(broken).rejects.toMatchObject({ code: '22021' });
    const sends = await whileLocked(
      HEAD,
      roomId,
      () => send(owner, roomId, 'under way'),
      () => [
        outcome(send(one, roomId, 'before')),
        outcome(send(two, roomId, 'a\0b')),
        outcome(send(three, roomId, 'after')),
      ],
    );
    const [before, between, after] = await Promise.all(sends);
    expect([before, after]).toEqual(['sent: before', 'sent: after']);
    expect(between).toMatch(/^22021/);
  });
});

test('the same nonce again gives the same message, also in one transaction', async () => {
  const [owner, one, two] = (await people(3)) as [TestUser, TestUser, TestUser];
  const { id: roomId } = await database.createRoom(owner, { members: [one, two] });
  const first = await send(one, roomId, { content: 'once', nonce: 'n' });
  const [again, other] = await whileLocked(
    HEAD,
    roomId,
    () => send(owner, roomId, 'under way'),
    () => [
      send(one, roomId, { content: 'once', nonce: 'n' }),
      send(two, roomId, { content: 'once', nonce: 'n' }),
    ],
  );
  expect((await again)?.id).toBe(first.id);
  expect((await other)?.id).not.toBe(first.id);
});

test('what is asked of a message is answered as its sender may see it', async () => {
  const [owner, one, two] = (await people(3)) as [TestUser, TestUser, TestUser];
  const { id: roomId } = await database.createRoom(owner, { members: [one, two] });
  const asked = `sent."id", sent."seq", "app_public"."messages_nonce"(sent) as content`;
  const sends = await whileLocked(
    HEAD,
    roomId,
    () => send(owner, roomId, 'under way'),
    () => [
      send(one, roomId, { content: 'a', nonce: 'mine' }, { asked }),
      send(two, roomId, { content: 'b', nonce: 'yours' }, { asked }),
    ],
  );
  expect((await Promise.all(sends)).map(({ content }) => content)).toEqual(['mine', 'yours']);
  const log = await transactionsOf(roomId);
  expect(new Set(log.map(({ xid }) => xid)).size).toBe(2);
});

test('keys send with others, each by its scopes, and what they do is noted', async () => {
  const [owner, one, two, three] = (await people(4)) as [TestUser, TestUser, TestUser, TestUser];
  const { id: roomId } = await database.createRoom(owner, { members: [one, two, three] });
  const keys: string[] = [];
  for (const [name, scope] of [
    ['writes', 'write'],
    ['reads', 'read'],
  ]) {
    await database.owner.query('select app_admin.create_key($1, array[$2, $3])', [
      name,
      'act_as',
      scope,
    ]);
    const { rows } = await database.owner.query(
      'select id from app_private.server_keys where name = $1',
      [name],
    );
    keys.push(rows[0].id);
  }
  const [writes, reads] = keys as [string, string];
  const sends = await whileLocked(
    HEAD,
    roomId,
    () => send(owner, roomId, 'under way'),
    () => [
      outcome(send(one, roomId, 'by a key', { keyId: writes })),
      outcome(send(two, roomId, 'by another', { keyId: reads })),
      outcome(send(three, roomId, 'by a person')),
    ],
  );
  const [by, another, person] = await Promise.all(sends);
  expect([by, person]).toEqual(['sent: by a key', 'sent: by a person']);
  expect(another).toMatch(/^TR403/);
  const { rows } = await database.owner.query(
    "select administrator, action, user_id from app_private.admin_actions where action = 'send_message'",
  );
  expect(rows).toEqual([{ administrator: 'key writes', action: 'send_message', user_id: one.id }]);
  const log = await transactionsOf(roomId);
  expect(new Set(log.map(({ xid }) => xid)).size).toBe(2);
});

test('what the JSON protocol asks goes with the others', () => {
  expect(readSendStatement(SEND_MESSAGE)).toMatchObject({ isPlain: true });
});

test('nobody waits for the bucket of somebody else', async () => {
  const [owner, one, two] = (await people(3)) as [TestUser, TestUser, TestUser];
  const { id: roomId } = await database.createRoom(owner, { members: [one, two] });
  const { id: elsewhere } = await database.createRoom(one);
  await send(one, roomId, 'a bucket');
  const slow = await database.owner.connect();
  await slow.query('begin');
  await slow.query('select from app_private.token_buckets where user_id = $1 for update', [one.id]);
  const [held, free] = await whileLocked(
    HEAD,
    roomId,
    () => send(owner, roomId, 'under way'),
    () => [send(one, roomId, 'held'), send(two, roomId, 'free')],
  );
  expect((await free)?.content).toBe('free');
  await slow.query('commit');
  slow.release();
  expect((await held)?.content).toBe('held');
  expect((await send(one, elsewhere, 'and on'))?.content).toBe('and on');
});

test('nobody waits for the nonce of somebody else', async () => {
  const [owner, one, two, three] = (await people(4)) as [TestUser, TestUser, TestUser, TestUser];
  const { id: roomId } = await database.createRoom(owner, { members: [one, two, three] });
  await Promise.all([owner, one, two, three].map((user) => send(user, roomId, 'a bucket')));
  // As at another server, or while a server's key brings something in.
  const elsewhere = await database.owner.connect();
  await elsewhere.query('begin');
  await elsewhere.query(
    `insert into app_private.message_nonces (author_id, nonce, message_id, request_hash) values ($1, 'held', uuidv7(), 0)`,
    [one.id],
  );
  const [held, free, unusual] = await whileLocked(
    HEAD,
    roomId,
    () => send(owner, roomId, 'under way'),
    () => [
      send(one, roomId, { content: 'held', nonce: 'held' }),
      send(two, roomId, { content: 'free', nonce: 'held' }),
      send(three, roomId, `an unusual one for @${two.username}`),
    ],
  );
  // Whoever holds it needs the bucket, too, which those who go together have: nobody is refused for that.
  await elsewhere.query(`set local deadlock_timeout = '700ms'`);
  await elsewhere.query(
    'select from app_private.token_buckets where user_id = $1 for no key update',
    [one.id],
  );
  // While it is still held.
  expect((await free)?.content).toBe('free');
  expect((await unusual)?.content).toMatch(/^an unusual one/);
  await elsewhere.query('rollback');
  elsewhere.release();
  expect((await held)?.content).toBe('held');
});

test('each message of a room with a hook has its own question', async () => {
  const [owner, one, two] = (await people(3)) as [TestUser, TestUser, TestUser];
  const { id: roomId } = await database.createRoom(owner, { members: [one, two] });
  const sends = await whileLocked(
    HEAD,
    roomId,
    () => send(owner, roomId, 'under way'),
    () => [outcome(send(one, roomId, 'of one')), outcome(send(two, roomId, 'of two'))],
  );
  await Promise.all(sends);
  await database.owner.query(
    "select app_admin.create_hook('theirs', 'https://hook.example.org/', 'allow')",
  );
  questions.length = 0;
  // Nothing is under way that could be waited for: what is refused first holds the room for a moment.
  const asked = await Promise.all(
    [owner, one, two].map((user) => outcome(send(user, roomId, user.id))),
  );
  expect(asked.every((text) => text.includes('A hook has to be asked first'))).toBe(true);
  expect(
    questions.map((question) => [question.author_id, question.message.content]).sort(),
  ).toEqual([owner, one, two].map(({ id }) => [id, id]).sort());
  await database.owner.query('delete from app_public.webhooks');
});

test('whoever loses their connection with the others is told so, and nothing is sent twice', async () => {
  const [owner, one, two] = (await people(3)) as [TestUser, TestUser, TestUser];
  const { id: roomId } = await database.createRoom(owner, { members: [one, two] });
  const client = await database.owner.connect();
  await client.query('begin');
  await client.query(HEAD, [roomId]);
  const sends = [owner, one, two].map((user) => outcome(send(user, roomId, user.id)));
  const ended = async () => {
    const { rowCount } = await database.owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and pg_backend_pid() <> pid`,
    );
    return rowCount !== 0;
  };
  for (let count = 0; count < 2; ) {
    count += (await ended()) ? 1 : 0;
  }
  await client.query('commit');
  client.release();
  const outcomes = await Promise.all(sends);
  const { rows } = await database.owner.query(
    'select author_id as id from app_public.messages where room_id = $1',
    [roomId],
  );
  const told = [owner, one, two].filter((_, index) => outcomes[index]?.startsWith('sent'));
  expect(rows.map(({ id }) => id).sort()).toEqual(told.map(({ id }) => id).sort());
  expect(told.length).toBeLessThan(3);
});

describe('what PostGraphile writes for sendMessage', () => {
  const texts: string[] = [];

  async function statementFor(selection: string) {
    const { schema, resolvedPreset } = await makeApiSchema(pool);
    texts.length = 0;
    const args = await hookArgs({
      schema,
      resolvedPreset,
      document: parse(
        `mutation { sendMessage(input: { roomId: "${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}", content: "x", nonce: "n" }) { message { ${selection} } } }`,
      ),
      requestContext: {},
    });
    args.contextValue = {
      pgSettings: {},
      pgSubscriber: null,
      withPgClient: ((_settings: unknown, callback: (client: unknown) => unknown) =>
        callback({
          query({ text }: PgClientQuery) {
            texts.push(text);
            return Promise.reject(new Error('seen'));
          },
        })) as never,
    };
    await execute(args);
    return readSendStatement(texts[0] ?? '');
  }

  test('is taken apart, and knows what depends on nobody', async () => {
    const plain = await statementFor(
      'id seq content createdAt editedAt metadata messageType replyCount',
    );
    expect(plain).toMatchObject({ isPlain: true });
    const personal = await statementFor('id mentionsViewer');
    expect(personal).toBeDefined();
  });
});

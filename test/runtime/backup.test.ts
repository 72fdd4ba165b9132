import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrateDatabase } from '../../src/database/migrations.ts';
import { createTestDatabase, type TestDatabase, type TestUser } from '../../testing/database.ts';
import { openEventStream } from '../../testing/event-stream.ts';
import { hasPostgresTools, runShell } from '../../testing/postgres-tools.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';
import {
  startThrowAwayPostgres,
  type ThrowAwayPostgres,
} from '../../testing/throw-away-postgres.ts';
import { blocksOf, readDocument } from '../documents/support/blocks.ts';

/*
 * docs/backup.md, with its own commands: a server that people write to is dumped, and restored into a new cluster.
 * Needs pg_dump 18 or later; without it nothing here is run.
 */
const whereThereAreTools = hasPostgresTools() ? describe : describe.skip;
const GRACE = `grace_${process.pid}`;
const SEND =
  'mutation ($roomId: UUID!, $content: String!) { sendMessage(input: { roomId: $roomId, content: $content }) { message { id } } }';

/** The commands of the document, by the comment that each block begins with. */
function commandsOf(title: string): string {
  const block = blocksOf('docs/backup.md', readDocument('docs/backup.md')).find(({ text }) =>
    text.startsWith(`# ${title}`),
  );
  if (block === undefined) {
    throw new Error(`docs/backup.md has no block "${title}"`);
  }
  return `set -e\n${block.text}`;
}

whereThereAreTools('a dump of a busy server', () => {
  let source: TestDatabase;
  let target: ThrowAwayPostgres;
  let folder: string;
  let old: TestServer;
  let restored: TestServer;
  let olga: TestUser;
  let rita: TestUser;
  let roomId: string;
  const acknowledged: string[] = [];
  let before: readonly string[] = [];
  /** Where two clients were: one before the dump, one with what came after it. */
  let early: string;
  let late: string;

  beforeAll(async () => {
    [source, target] = await Promise.all([createTestDatabase(), startThrowAwayPostgres()]);
    folder = mkdtempSync(join(tmpdir(), 'trumpet-backup-'));
    await source.owner.query(`create role ${GRACE} login in role trumpet_admin`);
    [olga, rita] = [await source.createUser(), await source.createUser()];
    roomId = (await source.createRoom(olga, { type: 'private', members: [rita] })).id;
    old = await startTestServer(source);

    const stream = await listen(old, '0');
    let going = true;
    const sending = [olga, rita].map(async (who) => {
      while (going) {
        const { data, errors } = await old.graphql(
          SEND,
          { roomId, content: `number ${acknowledged.length}` },
          who.token,
        );
        expect(errors).toBeUndefined();
        acknowledged.push(data.sendMessage.message.id);
      }
    });
    early = (await stream.untilMessage(10)).cursor;
    before = [...acknowledged];
    const variables = { DATABASE_URL: source.databaseUrl, FOLDER: folder };
    await runShell(commandsOf('Back up'), variables);
    going = false;
    await Promise.all(sending);
    await old.graphql(SEND, { roomId, content: 'after the dump' }, olga.token);
    late = (await stream.untilMessage(acknowledged.length + 1)).cursor;
    stream.close();
    await old.close();

    const admin = new pg.Client(target.ownerUrl('postgres'));
    await admin.connect();
    await admin.query('drop database trumpet');
    await admin.end();
    const { stderr } = await runShell(commandsOf('Restore'), {
      ADMIN_URL: target.ownerUrl('postgres'),
      DATABASE_URL: target.ownerUrl('trumpet'),
      FOLDER: folder,
    });
    expect(
      stderr.split('\n').filter((line) => /error/i.test(line) && !/already exists/.test(line)),
    ).toEqual([]);
    const login = new URL(target.ownerUrl('trumpet'));
    login.username = 'trumpet_authenticator';
    login.password = 'another one';
    const there = { databaseUrl: target.ownerUrl('trumpet'), authDatabaseUrl: login.href };
    await migrateDatabase(there);
    restored = await startTestServer(source, {}, there);
  }, 120_000);

  afterAll(async () => {
    await restored?.close();
    await source?.owner.query(`drop role if exists ${GRACE}`);
    await source?.close();
    await target?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function listen(server: TestServer, after: string) {
    const stream = await openEventStream(`${server.url}/events/${roomId}?after=${after}`, {
      authorization: `Bearer ${rita.token}`,
    });
    let messages = 0;
    return {
      ...stream,
      /** The event of the so-manieth message since the beginning. */
      async untilMessage(count: number) {
        for (;;) {
          const { data } = await stream.next();
          messages += data.type === 'message_event' ? 1 : 0;
          if (messages === count) {
            return data;
          }
        }
      },
    };
  }

  async function query<T>(sql: string, values: unknown[] = []): Promise<T[]> {
    const client = new pg.Client(target.ownerUrl('trumpet'));
    await client.connect();
    try {
      return (await client.query(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  test('has everything that was acknowledged before it began, without a gap', async () => {
    expect(before.length).toBeGreaterThan(5);
    const rows = await query<{ id: string }>(
      'select id from app_public.messages where id = any ($1)',
      [before],
    );
    expect(rows).toHaveLength(before.length);
    expect(
      await query(
        `select count(*) = max(seq) as "isWhole" from app_public.messages where room_id = $1`,
        [roomId],
      ),
    ).toEqual([{ isWhole: true }]);
  });

  test('is served: people sign in, read, search and write on', async () => {
    const { data, errors } = await restored.graphql(
      'mutation ($name: String!) { signIn(input: { username: $name, password: $name }) { session { user { username } } } }',
      { name: olga.username },
    );
    expect(errors).toBeUndefined();
    expect(data.signIn.session.user.username).toBe(olga.username);
    const sent = await restored.graphql(SEND, { roomId, content: 'here again' }, olga.token);
    expect(sent.errors).toBeUndefined();
  });

  test('lets clients resume that have seen nothing else, and tells the others to begin anew', async () => {
    const resumed = await openEventStream(`${restored.url}/events/${roomId}?after=${early}`, {
      authorization: `Bearer ${rita.token}`,
    });
    expect(await resumed.next()).toMatchObject({ data: { type: 'joined' } });
    expect((await resumed.next()).data.change_seq).toBe(Number(early.split('-')[0]) + 1);
    resumed.close();
    const anew = await fetch(`${restored.url}/events/${roomId}?after=${late}`, {
      headers: { authorization: `Bearer ${rita.token}` },
    });
    expect(await anew.text()).toContain('RESYNC');
  });

  test('has the roles, and who is a member of them', async () => {
    expect(
      await query(`select pg_has_role('${GRACE}', 'trumpet_admin', 'member') as "isAdmin"`),
    ).toEqual([{ isAdmin: true }]);
    expect(
      await query(
        `select rolname::text from pg_roles where rolname in ('trumpet_visitor', 'trumpet_user', 'trumpet_key', 'trumpet_broadcast')
          and not pg_has_role('trumpet_authenticator', oid, 'member')`,
      ),
    ).toEqual([]);
  });

  test('is restored by an owner without superuser, too', async () => {
    const elsewhere = await startThrowAwayPostgres();
    try {
      const admin = new pg.Client(elsewhere.ownerUrl('postgres'));
      await admin.connect();
      await admin.query(`create role chat login createrole createdb password 'chat'`);
      await admin.query('create database chat owner chat');
      await admin.end();
      const inside = new pg.Client(elsewhere.ownerUrl('chat'));
      await inside.connect();
      await inside.query('create extension pg_stat_statements');
      await inside.end();
      const url = (user: string) =>
        elsewhere.ownerUrl('chat').replace(/\/\/.*@/, `//${user}:${user}@`);
      const there = { databaseUrl: url('chat'), authDatabaseUrl: url('trumpet_authenticator') };
      await runShell(commandsOf('Restore without a superuser'), {
        DATABASE_URL: there.databaseUrl,
        AUTH_DATABASE_URL: there.authDatabaseUrl,
        JWT_SECRET: 'x'.repeat(32),
        FOLDER: folder,
      });
      await migrateDatabase(there);
      const server = await startTestServer(source, {}, there);
      const { errors } = await server.graphql(SEND, { roomId, content: 'and here' }, olga.token);
      expect(errors).toBeUndefined();
      await server.close();
    } finally {
      await elsewhere.close();
    }
  }, 60_000);
});

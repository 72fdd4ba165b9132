import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { loadConfig } from '../../src/config/load.ts';
import { migrateDatabase } from '../../src/database/migrations.ts';
import { standbyMetrics } from '../../src/database/standby.ts';
import { type RunningServer, startServer } from '../../src/http/server.ts';
import { TEST_JWT_SECRET } from '../../testing/access-token.ts';
import { createPeople, createRooms, type Person } from '../../testing/population.ts';
import { askOnce, type Cluster, startCluster, startStandby } from '../faults/support/clusters.ts';

/*
 * A server that reads from a standby, one test after the other on the same two clusters: at the end the standby is gone.
 */

const folder = mkdtempSync(join(tmpdir(), 'trumpet-standby-'));
chmodSync(folder, 0o711); // Started as root, Postgres runs as another user.
const primary = await startCluster(join(folder, 'postgres'));
const login = new URL(primary.ownerUrl());
login.username = 'trumpet_authenticator';
login.password = 'only on this machine';
await migrateDatabase({ databaseUrl: primary.ownerUrl(), authDatabaseUrl: login.href });
const owner = new pg.Pool({ connectionString: primary.ownerUrl(), max: 2 });
owner.on('error', () => {});
await owner.query('update app_private.rates set burst = 1000000');
const [alice, bob] = (await createPeople(owner, TEST_JWT_SECRET, 2)) as [Person, Person];
const [roomId] = (await createRooms(owner, [[alice.id, bob.id]])) as [string];
const standby = await startStandby(primary);
const reading = new URL(login);
reading.port = String(standby.port);
const settings = {
  DATA_DIR: folder,
  PORT: '0',
  HOST: '127.0.0.1',
  DATABASE_URL: primary.ownerUrl(),
  AUTH_DATABASE_URL: login.href,
  READ_DATABASE_URL: reading.href,
  JWT_SECRET: TEST_JWT_SECRET,
};
const server = await startServer({
  ...loadConfig(settings),
  databaseUrl: primary.ownerUrl(),
  authDatabaseUrl: login.href,
  jwtSecret: TEST_JWT_SECRET,
});

afterAll(async () => {
  await server.close();
  await owner.end();
  await standby.stop();
  await primary.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(query: string, { token }: Person = alice, { url }: RunningServer = server) {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      connection: 'close',
    },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await answer.json()) as { data: unknown; errors?: unknown };
  expect(errors).toBeUndefined();
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  return data as any;
}

async function send(content: string): Promise<string> {
  const { sendMessage } = await ask(
    `mutation { sendMessage(input: { roomId: "${roomId}", content: "${content}" }) { message { id content } } }`,
  );
  expect(sendMessage.message.content).toBe(content);
  return content;
}

async function newest(person: Person = alice, asked: RunningServer = server): Promise<string> {
  const { room } = await ask(
    `{ room(id: "${roomId}") { messages(first: 1) { nodes { content } } } }`,
    person,
    asked,
  );
  return room.messages.nodes[0].content;
}

/** How many statements the standby and the primary served while something was done. */
async function served(work: () => Promise<unknown>): Promise<{ standby: number; primary: number }> {
  const count = async () => {
    const { values } = await standbyMetrics.reads.get();
    const of = (by: string) => values.find(({ labels }) => labels.by === by)?.value ?? 0;
    return { standby: of('standby'), primary: of('primary') };
  };
  const before = await count();
  await work();
  const after = await count();
  return { standby: after.standby - before.standby, primary: after.primary - before.primary };
}

test('all views of administrators answer on a standby, too', async () => {
  const onStandby = new URL(primary.ownerUrl());
  onStandby.port = String(standby.port);
  const client = new pg.Client(onStandby.href);
  await client.connect();
  const { rows: views } = await client.query<{ name: string }>(
    "select format('%I.%I', schemaname, viewname) as name from pg_views where schemaname = 'app_admin' order by viewname",
  );
  expect(views.length).toBeGreaterThan(5);
  expect((await client.query('select pg_is_in_recovery() as is_standby')).rows).toEqual([
    { is_standby: true },
  ]);
  const refused: Record<string, string> = {};
  for (const { name } of views) {
    await client
      .query(`select * from ${name} limit 5`)
      .catch((error: Error) => Object.assign(refused, { [name]: error.message }));
  }
  await client.end();
  expect(refused).toEqual({});
});

test('whoever asks after an answer finds it, whoever has sent, and mostly on the standby', async () => {
  const { standby: there } = await served(async () => {
    for (let number = 1; number <= 50; number += 1) {
      const content = await send(`message ${number}`);
      expect(await newest(number % 2 === 0 ? alice : bob)).toBe(content);
    }
  });
  expect(there).toBeGreaterThan(0);
});

test('what is written at psql is found at once too', async () => {
  for (let number = 1; number <= 20; number += 1) {
    await owner.query(
      `insert into app_public.messages (room_id, author_id, content) values ($1, $2, $3)`,
      [roomId, bob.id, `by hand ${number}`],
    );
    expect(await newest()).toBe(`by hand ${number}`);
  }
});

test('where many read while others write, nobody reads less than they were told', async () => {
  let told = 0;
  let isOver = false;
  const writer = (async () => {
    for (let number = 1; number <= 40; number += 1) {
      await send(`one of many ${number}`);
      told = number;
    }
  })();
  void writer.finally(() => {
    isOver = true;
  });
  async function read(): Promise<void> {
    while (!isOver) {
      const before = told;
      const content = await newest(bob);
      const number = Number(/^one of many (\d+)$/.exec(content)?.[1] ?? 0);
      expect(number).toBeGreaterThanOrEqual(before);
    }
  }
  await Promise.all([read(), read(), read(), writer]);
});

test('a standby that lags is not read from', async () => {
  await askOnce(standby, 'select pg_wal_replay_pause()');
  const content = await send('while it lags');
  expect(await served(async () => expect(await newest()).toBe(content))).toEqual({
    standby: 0,
    primary: expect.any(Number),
  });
  await askOnce(standby, 'select pg_wal_replay_resume()');
});

test('what only a primary knows, such as who is there and who types, is asked there', async () => {
  const query = `{ room(id: "${roomId}") { onlineCount typingUsers { nodes { id } } } }`;
  const first = await ask(query);
  expect(first.room.typingUsers.nodes).toEqual([]);
  expect((await served(() => ask(query))).primary).toBeGreaterThan(0);
});

test('who one is and searches are answered as by the primary', async () => {
  const query = `{
    currentUser { id username }
    searchUsers(query: "Person", first: 5) { nodes { id } }
  }`;
  const answers = await Promise.all([ask(query), ask(query), ask(query)]);
  expect(answers[0].currentUser.id).toBe(alice.id);
  expect(answers[1]).toEqual(answers[0]);
});

describe('with several standbys behind one address', () => {
  let other: Cluster;
  let proxy: Server;
  let behindProxy: RunningServer;

  beforeAll(async () => {
    other = await startStandby(primary, 'other');
    // As a proxy that takes the next one for each connection: what is asked how far it is, and what is read from, differ.
    proxy = createServer((from) => {
      from
        .on('error', () => {})
        .once('data', (start) => {
          const isAsked = start.includes('trumpet places');
          const to = connect(isAsked ? other.port : standby.port, '127.0.0.1');
          to.on('error', () => from.destroy()).write(start);
          from.pipe(to).pipe(from);
        });
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const through = new URL(reading);
    through.port = String((proxy.address() as AddressInfo).port);
    behindProxy = await startServer({
      ...loadConfig({ ...settings, READ_DATABASE_URL: through.href }),
      databaseUrl: primary.ownerUrl(),
      authDatabaseUrl: login.href,
      jwtSecret: TEST_JWT_SECRET,
    });
  });

  afterAll(async () => {
    await behindProxy.close();
    proxy.close();
    await other.stop();
  });

  test('each is read from', async () => {
    // On a busy machine they lag at times: until one of the reads was theirs.
    for (let there = 0, number = 1; there === 0; number += 1) {
      ({ standby: there } = await served(async () => {
        const content = await send(`one of several ${number}`);
        expect(await newest(alice, behindProxy)).toBe(content);
      }));
    }
  });

  test('one that lags is not read from, though another has everything', async () => {
    await askOnce(standby, 'select pg_wal_replay_pause()');
    const content = await send('while one of them lags');
    expect(
      await served(async () => expect(await newest(alice, behindProxy)).toBe(content)),
    ).toEqual({
      standby: 0,
      primary: expect.any(Number),
    });
    await askOnce(standby, 'select pg_wal_replay_resume()');
  });
});

test('a standby that was promoted is not read from, whatever it was told since', async () => {
  await askOnce(standby, 'select pg_promote()');
  await askOnce(
    { ...standby, ownerUrl: () => standby.ownerUrl() }, // Its own database, not `postgres`.
    `insert into app_public.messages (room_id, author_id, content)
      values ('${roomId}', '${bob.id}', 'of another history')`,
  );
  expect(await newest()).not.toBe('of another history');
  const content = await send('after the promotion');
  expect(await newest()).toBe(content);
});

test('a standby that is gone is not missed', async () => {
  await standby.stop();
  const content = await send('without it');
  expect(await newest()).toBe(content);
});

test('only a standby of the same database, by the same user, is one', () => {
  const other = new URL(reading);
  other.username = 'postgres';
  expect(() => loadConfig({ ...settings, READ_DATABASE_URL: other.href })).toThrow(
    'READ_DATABASE_URL must name the user of AUTH_DATABASE_URL',
  );
});

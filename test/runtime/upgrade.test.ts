import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inlineFunctions, readMigrations } from '../../scripts/migrations/function-files.ts';
import { MIGRATIONS_FOLDER } from '../../src/database/migration-files.ts';
import { describePlan, planMigration, requireMigrated } from '../../src/database/migration-plan.ts';
import { migrateDatabase } from '../../src/database/migrations.ts';
import { createTestDatabase, single, type TestDatabase } from '../../testing/database.ts';
import { openEventStream } from '../../testing/event-stream.ts';
import { startTestServer } from '../../testing/server.ts';

/*
 * Two versions at once, as in a rolling deploy: servers of this version, and a database that a later version migrates
 * under them.
 */
let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'trumpet-upgrade-'));
  cpSync(MIGRATIONS_FOLDER, folder, { recursive: true });
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

/** Adds a migration to those of this version: the next version's. */
function writeMigration(name: string, body: string, headers = ''): void {
  writeFileSync(
    join(folder, 'committed', name),
    `--! Previous: -\n--! Hash: -\n${headers}\n${body}\n`,
  );
  const migrations = readMigrations(folder);
  // What databases have run stays, though a function's file is further already.
  const ours = new Set(
    migrations.committed.map((file) => file.name).filter((file) => file !== name),
  );
  for (const { name: file, text } of inlineFunctions(migrations, ours)) {
    writeFileSync(join(folder, 'committed', file), text);
  }
}

/** What docs/migrations.md and docs/upgrading.md let a version do: add, and replace functions by ones with more. */
const NEXT_VERSION = `
alter table app_public.rooms add column motto text;
comment on column app_public.rooms.motto is 'What the room is for, in a few words.';
alter table app_public.messages add column colour text not null default 'black';
comment on column app_public.messages.colour is 'The colour.';
create index messages_colour on app_public.messages (colour);
create table app_private.mottos (id uuid primary key);
alter table app_private.mottos enable row level security;
select app_private.refuse_truncate();
drop function app_public.update_room(uuid, text, text, integer);
${readFileSync(
  join(MIGRATIONS_FOLDER, 'fixtures', 'functions', 'room-functions', 'update_room.sql'),
  'utf8',
)
  .replace('max_members integer default -2147483648\n', '$&, motto text default null\n')
  .replaceAll('(uuid, text, text, integer)', '(uuid, text, text, integer, text)')}
`;

const SEND =
  'mutation ($roomId: UUID!, $content: String!) { sendMessage(input: { roomId: $roomId, content: $content }) { message { seq content author { username } room { name } } } }';

test('servers of the version before go on while the next one migrates, are told ready, and start anew beside it', async () => {
  const [olga, rita] = [await database.createUser(), await database.createUser()];
  const { id: roomId } = await database.createRoom(olga, { members: [rita] });
  const old = await startTestServer(database);
  const heard = await openEventStream(`${old.url}/events/${roomId}?after=0`, {
    authorization: `Bearer ${rita.token}`,
  });
  let going = true;
  let sent = 0;
  const waiting = new Map<number, () => void>();
  const sending = (async () => {
    while (going) {
      const { errors } = await old.graphql(SEND, { roomId, content: `number ${sent}` }, olga.token);
      expect(errors).toBeUndefined();
      sent += 1;
      waiting.get(sent)?.();
    }
  })();
  const sendsMore = (count: number) =>
    Promise.race([sending, new Promise<void>((resolve) => waiting.set(sent + count, resolve))]);
  await sendsMore(20);

  // A long report: what the migration waits for, and nobody else.
  const report = new pg.Client(database.databaseUrl);
  await report.connect();
  await report.query('begin; select count(*) from app_public.messages');
  writeMigration('000900-mottos.sql', NEXT_VERSION);
  const plan = await planMigration(database.owner, folder);
  expect(describePlan(plan, 'db')).toMatch(
    /lacks 1 of \d+ migrations[\s\S]*000900-mottos\.sql\nConnected are 1 × trumpet listener\. They may go on/,
  );
  const migrated = migrateDatabase(database, folder);
  await sendsMore(10);
  await report.query('commit');
  await report.end();
  await migrated;
  await sendsMore(20);

  expect((await fetch(`${old.url}/readyz`)).status).toBe(200);
  const renamed = await old.graphql(
    'mutation ($roomId: UUID!) { updateRoom(input: { roomId: $roomId, name: "Renamed" }) { room { name } } }',
    { roomId },
    olga.token,
  );
  expect(renamed.data).toEqual({ updateRoom: { room: { name: 'Renamed' } } });
  const another = await startTestServer(database);
  const { errors } = await another.graphql(
    SEND,
    { roomId, content: 'from a server that was started anew' },
    rita.token,
  );
  expect(errors).toBeUndefined();
  going = false;
  await sending;
  // Everybody has heard everything, once and in order.
  const heardSeqs: number[] = [];
  let messages = 0;
  while (messages < sent + 1) {
    const { data } = await heard.next();
    if (data.type !== 'joined') {
      heardSeqs.push(data.change_seq);
      messages += data.type === 'message_event' ? 1 : 0;
    }
  }
  expect(heardSeqs).toEqual(heardSeqs.map((_, index) => index + 1));
  heard.close();
  await another.close();
  await old.close();
}, 60_000);

test('a migration that does not go with servers of the version before says so before anything is changed, and they do not start again after it', async () => {
  writeMigration('000900-mottos.sql', NEXT_VERSION);
  writeMigration(
    '000901-other-log.sql',
    'select 1;',
    '--! StopServers: the log is numbered anew.\n',
  );
  const old = await startTestServer(database);
  expect(describePlan(await planMigration(database.owner, folder), 'db')).toMatch(
    /All have to be stopped before:\n {2}000901-other-log\.sql: the log is numbered anew\./,
  );
  await expect(migrateDatabase(database, folder)).rejects.toThrow(
    'cannot run beside servers of an earlier version (the log is numbered anew.)',
  );
  expect((await planMigration(database.owner, folder)).pending).toHaveLength(2);
  await old.close();
  await migrateDatabase(database, folder);
  await expect(requireMigrated(database.owner)).rejects.toThrow(
    'which this version of Trumpet does not know and does not go with',
  );
  expect((await planMigration(database.owner, folder)).pending).toEqual([]);
});

test('a database of an earlier commit is left as it is, with what to do', async () => {
  const { rows } = await database.owner.query<{ hash: string }>(
    `update graphile_migrate.migrations set hash = 'sha1:0123' where filename = (select max(filename) from graphile_migrate.migrations) returning hash`,
  );
  expect(single(rows).hash).toBe('sha1:0123');
  // An edit of an early one may have been there for many versions: the last one says which it was.
  await database.owner.query(
    `alter table graphile_migrate.migrations drop constraint migrations_previous_hash_fkey;
      update graphile_migrate.migrations set hash = 'sha1:4567' where filename = (select min(filename) from graphile_migrate.migrations)`,
  );
  await expect(migrateDatabase(database)).rejects.toThrow(
    /it had sha1:4567.*git log -S sha1:0123 --oneline -- migrations.*docs\/upgrading\.md/,
  );
});

test('of a new database, and of one that has everything, the plan says so', async () => {
  const plan = await planMigration(database.owner);
  expect(describePlan(plan, 'db')).toBe(
    `The database at db has all ${plan.total} migrations of this version: nothing is to be done.\n`,
  );
  await database.owner.query('drop schema graphile_migrate cascade');
  expect(describePlan(await planMigration(database.owner), 'db')).toBe(
    `The database at db has nothing of Trumpet yet: it gets ${plan.total} migrations.\n`,
  );
});

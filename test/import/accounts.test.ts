import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { readAccountMap } from '../../src/import/account-map.ts';
import { createTestDatabase } from '../../testing/database.ts';
import { writeZip } from '../../testing/zip.ts';
import { importFile } from './support/import.ts';

const folder = mkdtempSync(join(tmpdir(), 'accounts-'));
const path = join(folder, 'slack.zip');
beforeAll(async () => {
  await writeZip(path, [
    [
      'users.json',
      JSON.stringify([
        {
          id: 'U1',
          name: 'alice',
          team_id: 'T',
          profile: { email: 'alice@example.org', display_name: 'Al' },
        },
        { id: 'U2', name: 'bob', team_id: 'T', profile: { email: 'bob@example.org' } },
        {
          id: 'U3',
          name: 'carol',
          team_id: 'T',
          deleted: true,
          profile: { email: 'carol@example.org' },
        },
        { id: 'U4', name: 'dave', team_id: 'T' },
      ]),
    ],
    [
      'channels.json',
      JSON.stringify([{ id: 'C1', name: 'general', members: ['U1', 'U2', 'U3', 'U4'] }]),
    ],
    ['dms.json', JSON.stringify([{ id: 'D1', members: ['U1', 'U2'] }])],
    [
      'general/2020-09-13.json',
      JSON.stringify(
        ['U1', 'U2', 'U3', 'U4'].map((user, index) => ({
          type: 'message',
          user,
          text: '<@U1>',
          ts: `160000000${index}.000000`,
        })),
      ),
    ],
    [
      'D1/2020-09-13.json',
      JSON.stringify([{ type: 'message', user: 'U1', text: 'hi', ts: '1600000000.000000' }]),
    ],
  ]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function createWorld() {
  const database = await createTestDatabase();
  const people = {
    alice: await database.createUser('alice'),
    robert: await database.createUser('robert'),
    carol: await database.createUser('carol'),
  };
  // Verified, named and not verified.
  await database.owner.query(
    `update app_private.user_secrets set email = username || '@example.org', holds_email = username <> 'alice',
        email_verified_at = case when username <> 'alice' then now() end
      from app_public.users where users.id = user_id`,
  );
  await database.owner.query(
    "update app_private.user_secrets set email = 'bob@example.org' where user_id = $1",
    [people.robert.id],
  );
  const authors = async () =>
    (
      await database.owner.query<{ author: string; content: string }>(
        `select users.username as author, content from app_public.messages
          join app_public.users on users.id = author_id join app_public.rooms on rooms.id = room_id
          where slug = 'general' order by seq`,
      )
    ).rows;
  return { database, people, authors };
}

it('by name alone nobody is the same', async () => {
  const { database, authors } = await createWorld();
  try {
    expect((await importFile(database, 'slack', path)).matched).toBe(0);
    expect((await authors()).map(({ author }) => author)).toEqual([
      'alice2',
      'bob',
      'carol2',
      'dave',
    ]);
  } finally {
    await database.close();
  }
});

it('by a verified address, when it is asked for, whoever has it is the same; nothing of them changes', async () => {
  const { database, authors } = await createWorld();
  try {
    const before = (await database.owner.query('select * from app_public.users order by id')).rows;
    expect(
      (await importFile(database, 'slack', path, { isDryRun: true, matchesEmails: true })).matched,
    ).toBe(1);
    const first = await importFile(database, 'slack', path, { matchesEmails: true });
    expect(first).toMatchObject({ matched: 1, people: 4, written: 5 });
    // Alice has not verified hers, and Carol has left where the export is from.
    expect(await authors()).toEqual([
      { author: 'alice2', content: '@alice2' },
      { author: 'robert', content: '@alice2' },
      { author: 'carol2', content: '@alice2' },
      { author: 'dave', content: '@alice2' },
    ]);
    const ids = before.map(({ id }) => id);
    expect(
      (
        await database.owner.query(
          'select * from app_public.users where id = any ($1) order by id',
          [ids],
        )
      ).rows,
    ).toEqual(before);
    const again = await importFile(database, 'slack', path, { matchesEmails: true });
    expect(again).toMatchObject({ matched: 0, people: 4, written: 0 });
  } finally {
    await database.close();
  }
});

it('a map says who is who, also when the import is run again, and after it was killed', async () => {
  const { database, people, authors } = await createWorld();
  try {
    const file = join(folder, 'people.csv');
    writeFileSync(
      file,
      `# source,account\nU1,Alice\nU2, ${people.robert.id}\n\nU3,carol\nU9,carol\n`,
    );
    await expect(readAccountMap(file, database.owner)).rejects.toThrow(
      /line 6: carol is U3 already\./,
    );
    writeFileSync(file, `# source,account\nU1,Alice\nU2, ${people.robert.id}\n\nU3,carol\n`);
    const accounts = await readAccountMap(file, database.owner);
    // Before: a run that got as far as its first person.
    const killed = new pg.Client(database.databaseUrl);
    await killed.connect();
    await killed.query(
      `select app_private.import_person(app_private.begin_import('slack T'), 'U1', 'alice', 'Al', null, null, false, $1)`,
      [people.alice.id],
    );
    await killed.end();
    expect(await importFile(database, 'slack', path, { accounts })).toMatchObject({
      people: 4,
      written: 5,
    });
    expect(await authors()).toEqual([
      { author: 'alice', content: '@alice' },
      { author: 'robert', content: '@alice' },
      { author: 'carol', content: '@alice' },
      { author: 'dave', content: '@alice' },
    ]);
    // Carol works here, whatever the export says of her.
    const { rows } = await database.owner.query(
      'select app_private.is_suspended($1) as is_suspended',
      [people.carol.id],
    );
    expect(rows).toEqual([{ is_suspended: false }]);
    const direct = await database.call(
      people.alice,
      'create_direct_conversation',
      people.robert.id,
    );
    const { rows: said } = await database.owner.query(
      'select content from app_public.messages where room_id = $1',
      [direct.id],
    );
    expect(said).toEqual([{ content: 'hi' }]);
    const again = await importFile(database, 'slack', path, {
      accounts: new Map([
        ['U4', people.carol.id],
        ['U8', people.alice.id],
      ]),
    });
    expect(again.written).toBe(0);
    expect(again.report.lines().join('\n')).toMatch(
      /brought in before as somebody else[\s\S]*nobody in the export has this id/,
    );
  } finally {
    await database.close();
  }
});

it('a map with any line that is no good brings nothing in, and says which', async () => {
  const { database } = await createWorld();
  try {
    const file = join(folder, 'wrong.csv');
    writeFileSync(file, 'U1,nobody\nU2\nU1,alice\nU3,alice\nU4,alice\n');
    await expect(readAccountMap(file, database.owner)).rejects.toThrow(
      `${file}:\n  line 2 is not SOURCE ID,ACCOUNT.\n  line 3 names U1 again.\n  line 1: there is no account nobody.\n  line 5: alice is U3 already.`,
    );
  } finally {
    await database.close();
  }
});

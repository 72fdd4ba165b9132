import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createDiskStorage } from '../../src/attachments/disk-storage.ts';
import { writeExport } from '../../src/export/write.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';
import { doInRoom, type RoomDeed, roomDeed } from '../../testing/room-deeds.ts';
import { writeZip } from '../../testing/zip.ts';
import { importFile } from './support/import.ts';
import { readState } from './support/state.ts';

const folder = mkdtempSync(join(tmpdir(), 'round-trip-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const newFolder = () => mkdtempSync(join(folder, 'made-'));

async function exportOf(
  database: TestDatabase,
  room?: string,
  storage = newFolder(),
  workspace?: string,
): Promise<string> {
  const directory = newFolder();
  await writeExport({
    databaseUrl: database.databaseUrl,
    storage: await createDiskStorage(storage),
    room,
    target: directory,
    workspace,
  });
  return directory;
}

/** What somebody has read is their own affair: after an import everything is. */
function withoutReading(state: unknown): unknown {
  return JSON.parse(JSON.stringify(state, (key, value) => (key === 'read' ? undefined : value)));
}

it('whatever happened in rooms, an export that is read back in elsewhere is the same', async () => {
  const place = fc.record({ room: fc.nat(2), deed: roomDeed });
  await fc.assert(
    fc.asyncProperty(fc.array(place, { minLength: 5, maxLength: 40 }), async (history) => {
      const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
      try {
        await happen(one, history);
        const before = withoutReading(await readState(one.owner, { withChanges: false }));
        const first = await importFile(other, 'trumpet', await exportOf(one));
        expect(first.report.lines()).toEqual([]);
        expect(withoutReading(await readState(other.owner, { withChanges: false }))).toEqual(
          before,
        );
        const { rows } = await other.owner.query(
          'select from app_public.room_members join app_private.room_heads using (room_id) where last_read_seq <> last_message_seq',
        );
        expect(rows).toEqual([]);
      } finally {
        await Promise.all([one.close(), other.close()]);
      }
    }),
    { numRuns: 12 },
  );
}, 180_000);

async function happen(
  database: TestDatabase,
  history: readonly { room: number; deed: RoomDeed }[],
): Promise<void> {
  const users = [
    await database.createUser('ada'),
    await database.createUser('bob'),
    await database.createUser('cleo'),
  ];
  const [ada, bob, cleo] = users as [(typeof users)[0], (typeof users)[0], (typeof users)[0]];
  const rooms = [
    (await database.createRoom(ada, { slug: 'one', members: [bob, cleo] })).id,
    (await database.createRoom(ada, { slug: 'two', type: 'private', members: [bob] })).id,
    (await database.call(ada, 'create_direct_conversation', bob.id)).id,
  ];
  for (const { room, deed } of history) {
    await doInRoom(database, users, rooms[room] ?? '', deed);
  }
}

it('a conversation of several is the one that the same people find afterwards', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  try {
    const begin = async (database: TestDatabase, names: readonly string[]) => {
      const people = await Promise.all(names.map((name) => database.createUser(name)));
      const [first, ...others] = people as [(typeof people)[0], ...typeof people];
      const { id } = await database.call(
        first,
        'create_group_conversation',
        others.map((person) => person.id),
      );
      return { first, id };
    };
    const { first, id } = await begin(one, ['ada', 'bob', 'cleo']);
    await one.sendMessage(first, id, 'The three of us');
    const directory = await exportOf(one);
    const brought = await importFile(other, 'trumpet', directory);
    expect(brought.report.lines()).toEqual([]);
    const { rows: people } = await other.owner.query<{ id: string }>(
      "select id from app_public.users where username in ('ada', 'bob', 'cleo') order by username",
    );
    const [ada, bob, cleo] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]];
    const found = await other.call(bob, 'create_group_conversation', [ada.id, cleo.id]);
    const { rows } = await other.owner.query('select room_id, content from app_public.messages');
    expect(rows).toEqual([{ room_id: found.id, content: 'The three of us' }]);
    expect(found).toMatchObject({ type: 'direct', name: null });
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
});

it('one room comes with its people alone, and files with their bytes', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const storage = newFolder();
  try {
    const path = join(folder, 'with-files.zip');
    await writeZip(path, [
      [
        'users.json',
        JSON.stringify([
          { id: 'U1', name: 'ada', team_id: 'T' },
          { id: 'U2', name: 'bob', team_id: 'T' },
        ]),
      ],
      [
        'channels.json',
        JSON.stringify([
          { id: 'C1', name: 'files', members: ['U1'] },
          { id: 'C2', name: 'other', members: ['U2'] },
        ]),
      ],
      [
        'files/2020-09-13.json',
        JSON.stringify([
          {
            type: 'message',
            user: 'U1',
            text: '',
            ts: '1600000000.000000',
            files: Array.from({ length: 11 }, (_, index) => ({
              id: `F${index}`,
              name: `report ${index}.txt`,
            })),
          },
          {
            type: 'message',
            user: 'U1',
            text: 'See',
            ts: '1600000001.000000',
            files: [
              { id: 'FX', name: 'gone.txt', url_private: 'https://files.example.org/gone.txt' },
            ],
          },
        ]),
      ],
      ...Array.from(
        { length: 11 },
        (_, index) => [`__uploads/F${index}/report ${index}.txt`, `The bytes of ${index}`] as const,
      ),
    ]);
    const first = await importFile(one, 'slack', path, { storage });
    expect(first).toMatchObject({ written: 3, files: 11 });
    expect((await importFile(one, 'slack', path, { storage })).files).toBe(0);
    const { rows: jobs } = await one.owner.query(
      `select payload from graphile_worker._private_jobs where payload ->> 'id' is not null`,
    );
    expect(jobs).toHaveLength(11);
    // As the worker does, once it has looked at them.
    await one.owner.query(
      `select app_private.finish_upload(id, 'text/plain', byte_size, null, null, null, false, false) from app_private.uploads`,
    );
    await one.owner.query('select app_private.publish_upload(id) from app_private.uploads');
    const { rows } = await one.owner.query(
      `select content, (select count(*)::int from app_public.message_attachments where message_id = messages.id) as files from app_public.messages order by seq`,
    );
    expect(rows).toEqual([
      { content: '', files: 10 },
      { content: '', files: 1 },
      { content: 'See\n[gone.txt](<https://files.example.org/gone.txt>)', files: 0 },
    ]);

    const directory = await exportOf(one, 'files', storage);
    expect(
      readdirSync(join(directory, 'files'))
        .map((name) => readFileSync(join(directory, 'files', name), 'utf8'))
        .sort(),
    ).toEqual(Array.from({ length: 11 }, (_, index) => `The bytes of ${index}`).sort());
    const second = await importFile(other, 'trumpet', directory);
    expect(second).toMatchObject({ people: 1, rooms: 1, written: 3, files: 11 });
    const { rows: names } = await other.owner.query(
      'select filename from app_public.message_attachments order by message_id, ordinal',
    );
    expect(names).toHaveLength(11);
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
});

it('an export says when there is no such room, and writes over nothing', async () => {
  const database = await createTestDatabase();
  try {
    await expect(exportOf(database, 'nowhere')).rejects.toThrow('There is no room nowhere.');
    await expect(
      writeExport({
        databaseUrl: database.databaseUrl,
        storage: await createDiskStorage(newFolder()),
        room: undefined,
        target: folder,
      }),
    ).rejects.toThrow(/is not empty/);
  } finally {
    await database.close();
  }
});

it('goes into one workspace and comes out of it, and leaves the others alone', async () => {
  const database = await createTestDatabase();
  try {
    await database.owner.query("select app_admin.create_workspace('acme')");
    const ada = await database.createUser('ada');
    const { id: roomId } = await database.createRoom(ada, { slug: 'one' });
    await database.sendMessage(ada, roomId, 'hello @ada');
    const directory = await exportOf(database);
    const brought = await importFile(database, 'trumpet', directory, { workspace: 'acme' });
    expect(brought.report.lines()).toEqual([]);
    const { rows } = await database.owner.query(
      'select name, people::int, rooms::int, messages::int from app_admin.workspaces order by name',
    );
    expect(rows).toEqual([
      { name: 'acme', people: 1, rooms: 1, messages: 1 },
      { name: 'default', people: 1, rooms: 1, messages: 1 },
    ]);
    const { rows: names } = await database.owner.query(
      'select slug::text, owner::text, workspace from app_admin.rooms order by workspace',
    );
    expect(names).toEqual([
      { slug: 'one', owner: 'ada', workspace: 'acme' },
      { slug: 'one', owner: 'ada', workspace: 'default' },
    ]);
    const again = linesOf(await exportOf(database), 'rooms.ndjson');
    expect(again).toEqual(linesOf(directory, 'rooms.ndjson'));
    const ofAcme = await exportOf(database, undefined, undefined, 'acme');
    expect(linesOf(ofAcme, 'rooms.ndjson')).not.toEqual(again);
    expect(linesOf(ofAcme, 'people.ndjson')).toHaveLength(1);
    await expect(exportOf(database, undefined, undefined, 'initech')).rejects.toMatchObject({
      code: 'TR404',
    });
  } finally {
    await database.close();
  }
});

const linesOf = (directory: string, file: string) =>
  readFileSync(join(directory, file), 'utf8').trim().split('\n');

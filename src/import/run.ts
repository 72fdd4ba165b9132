import { createHash } from 'node:crypto';
import pg from 'pg';
import { keptConnection } from '../database/kept-connection.ts';
import { wallClockMs } from '../process/clock.ts';
import type { AccountMap } from './account-map.ts';
import { bendMessage, bendPerson, bendRoom } from './bend.ts';
import { bringFiles, type FileOptions, placeFiles, type StagedFile } from './files.ts';
import type { Report } from './report.ts';
import type { Names, Source, SourceMessage, SourcePerson, SourceRoom } from './source.ts';

const STAGED_AT_ONCE = 1_000;
const WRITTEN_AT_ONCE = 2_000;
/** People and rooms that are made in one transaction. */
const MADE_AT_ONCE = 500;
const PINS_CAP = 100;
/** What is longer is no key of a table. */
const ID_CAP_BYTES = 1_000;
const SOURCE_CAP = 200;

export interface ImportOptions {
  readonly databaseUrl: string;
  /** Reads everything and says what would happen, and leaves nothing behind. */
  readonly isDryRun: boolean;
  /** The name of the workspace that it is brought into. Undefined: the default one. */
  readonly workspace?: string | undefined;
  /** Which installation it is of, where the export does not say, or says it wrongly. */
  readonly sourceName?: string | undefined;
  readonly report: Report;
  readonly files: FileOptions;
  /** People who have an account here already. */
  readonly accounts?: AccountMap | undefined;
  /** Whether whoever has verified the address of a person here is that person. */
  readonly matchesEmails?: boolean;
  /** Told now and then: what is done, how much of it, and of how much where that is known. */
  readonly onProgress?: (step: 'read' | 'written', count: number, total?: number) => void;
}

export interface ImportResult {
  readonly people: number;
  /** Those of them who were met for the first time, and had an account here. */
  readonly matched: number;
  readonly rooms: number;
  /** Messages in the source. */
  readonly read: number;
  /** Those that were not there yet. */
  readonly written: number;
  /** Files that were attached to messages. */
  readonly files: number;
}

const ERASED = 'message not taken, because its author has deleted their account here';

interface Person {
  readonly id: string;
  readonly username: string;
  readonly isGone: boolean;
  readonly isMatched?: boolean;
}

interface Room {
  readonly id: string;
  readonly slug: string | undefined;
}

/**
 * Brings a source in: people and rooms first, then all messages into a temporary table, from there room by room, oldest
 * first, into their places. Memory does not grow with the messages. Run again, or killed and run again, it comes to the
 * same end: what is there already is passed over.
 *
 * @throws DatabaseError TR409 while another process imports the same source, or when a month that is needed is archived.
 */
export async function runImport(source: Source, options: ImportOptions): Promise<ImportResult> {
  const { report, isDryRun, sourceName: given } = options;
  const client = new pg.Client(
    keptConnection(options.databaseUrl, 'trumpet import', { jit: 'off' }),
  );
  client.on('error', () => {}); // The query that is under way, or the next, fails and tells.
  await client.connect();
  try {
    await client.query('select app_admin.use_workspace($1) where $1::text is not null', [
      options.workspace,
    ]);
    if (isDryRun) {
      await client.query('begin');
    }
    const name = given ?? source.name;
    const importId = await begin(client, name, true);
    if (isDryRun) {
      await client.query('savepoint made');
    }
    const people = new Map<string, Person>();
    const rooms = new Map<string, Room>();
    await makePeople(client, importId, source, people, options);
    await makeRooms(client, importId, source, people, rooms, options);
    if (isDryRun) {
      // Names are known now. What follows takes long, and holds no lock.
      await client.query('rollback');
      await begin(client, name, false);
    }
    const read = await stage(client, importId, source, people, rooms, options);
    await prepare(client, importId, isDryRun);
    const written = isDryRun
      ? await countFresh(client, importId, report)
      : await write(client, importId, rooms, read, options);
    const files = isDryRun ? 0 : await bringFiles(client, importId, options.files, report);
    for (const sourceId of options.accounts?.keys() ?? []) {
      if (!people.has(sourceId)) {
        report.note('line of the map not used, because nobody in the export has this id', sourceId);
      }
    }
    const matched = [...people.values()].filter(({ isMatched }) => isMatched).length;
    return { people: people.size, matched, rooms: rooms.size, read, written, files };
  } finally {
    await client.end();
  }
}

async function begin(client: pg.Client, name: string, isNoted: boolean): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    'select app_private.begin_import($1, $2) as id',
    [Array.from(keyOf(name)).slice(0, SOURCE_CAP).join(''), isNoted],
  );
  return (rows[0] as { id: number }).id;
}

/** An id of the source as a key of a table, however long it is. */
function keyOf(sourceId: string): string {
  return Buffer.byteLength(sourceId) <= ID_CAP_BYTES
    ? sourceId
    : `sha256 ${createHash('sha256').update(sourceId).digest('hex')}`;
}

async function makePeople(
  client: pg.Client,
  importId: number,
  source: Source,
  people: Map<string, Person>,
  options: ImportOptions,
): Promise<void> {
  await inBatches(client, options.isDryRun, source.people(), async (person) => {
    if (!people.has(person.sourceId)) {
      people.set(person.sourceId, await makePerson(client, importId, person, options));
    }
  });
}

async function makePerson(
  client: pg.Client,
  importId: number,
  given: SourcePerson,
  options: ImportOptions,
): Promise<Person> {
  const { report } = options;
  const wished = options.accounts?.get(given.sourceId);
  const account = await findAccount(client, importId, given, options);
  const person = bendPerson(given, report);
  const { rows } = await client.query<{
    id: string | null;
    username: string;
    deleted_at: Date | null;
  }>(
    `select id, username::text, deleted_at from app_private.import_person($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      importId,
      keyOf(person.sourceId),
      person.username,
      person.displayName,
      person.avatarUrl ?? null,
      person.email ?? null,
      person.isDeactivated ?? false,
      account,
      person.isBot ?? false,
    ],
  );
  const { id, username, deleted_at: deletedAt } = rows[0] as (typeof rows)[number];
  // Deleted here, they stay so: nobody is made of them again.
  if (id === null || deletedAt !== null) {
    return { id: '', username: person.username, isGone: true };
  }
  if (wished !== undefined && id !== wished) {
    report.note(
      'line of the map not used, because the person was brought in before as somebody else',
      `${person.username} → ${username}`,
    );
  }
  if (id === account) {
    return { id, username, isGone: false, isMatched: true };
  }
  if (username !== person.username && id !== wished) {
    report.note(
      'username changed, because it is taken, reserved or not well-formed here',
      `${person.username} → ${username}`,
    );
  }
  if (person.email !== undefined && !person.isDeactivated && !person.isBot) {
    const { rowCount } = await client.query(
      'select from app_private.user_secrets where user_id = $1 and email is not null',
      [id],
    );
    if (rowCount === 0) {
      report.note('e-mail address left out, because another account has it', person.username);
    }
  }
  return { id, username, isGone: false };
}

/** Whoever has left the source is found by no address: it may be somebody else's by now. */
async function findAccount(
  client: pg.Client,
  importId: number,
  { sourceId, email, isDeactivated }: SourcePerson,
  { accounts, matchesEmails }: ImportOptions,
): Promise<string | null> {
  const wished = accounts?.get(sourceId);
  const address = matchesEmails && !isDeactivated ? email : undefined;
  if (wished === undefined && address === undefined) {
    return null;
  }
  const { rows } = await client.query<{ id: string | null }>(
    'select app_private.find_account($1, $2, $3, $4) as id',
    [importId, keyOf(sourceId), wished ?? null, address ?? null],
  );
  return rows[0]?.id ?? null;
}

async function makeRooms(
  client: pg.Client,
  importId: number,
  source: Source,
  people: ReadonlyMap<string, Person>,
  rooms: Map<string, Room>,
  { report, isDryRun }: ImportOptions,
): Promise<void> {
  await inBatches(client, isDryRun, source.rooms(), async (given) => {
    if (!rooms.has(given.sourceId)) {
      const room = await makeRoom(client, importId, bendRoom(given, report), people, report);
      if (room !== undefined) {
        rooms.set(given.sourceId, room);
      }
    }
  });
}

async function makeRoom(
  client: pg.Client,
  importId: number,
  room: SourceRoom,
  people: ReadonlyMap<string, Person>,
  report: Report,
): Promise<Room | undefined> {
  const members = room.members.flatMap(({ personId, role }) => {
    const person = people.get(personId);
    if (person === undefined) {
      report.note(
        'member left out, because the export does not say who they are',
        `${personId} in ${room.name}`,
      );
    }
    return person === undefined || person.isGone ? [] : [{ id: person.id, role }];
  });
  const isWhole =
    room.type !== 'direct' ||
    (members.length === room.members.length && members.length >= 2 && members.length <= 20);
  if (!isWhole) {
    report.note(
      'direct conversation brought in as a private room, because one of its people is not there',
      room.name,
    );
  }
  const { rows } = await client.query<{ id: string | null; slug: string | null }>(
    'select id, slug::text from app_private.import_room($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
    [
      importId,
      keyOf(room.sourceId),
      isWhole ? room.type : 'private',
      room.slug,
      room.name,
      room.description ?? null,
      room.createdAt,
      room.isArchived,
      members.map(({ id }) => id),
      members.map(({ role }) => role),
    ],
  );
  const { id, slug } = rows[0] as (typeof rows)[number];
  if (id === null) {
    report.note('room not taken, because it was deleted here', room.name);
    return undefined;
  }
  if (slug !== null && slug !== room.slug) {
    report.note(
      'slug changed, because it is taken or not well-formed here',
      `${room.slug} → ${slug}`,
    );
  }
  return { id, slug: slug ?? undefined };
}

/** A transaction each would wait for the disk each time. A trial is one transaction already. */
async function inBatches<Item>(
  client: pg.Client,
  isDryRun: boolean,
  items: AsyncIterable<Item>,
  make: (item: Item) => Promise<void>,
): Promise<void> {
  let inTransaction = 0;
  for await (const item of items) {
    if (!isDryRun && inTransaction === 0) {
      await client.query('begin');
    }
    await make(item);
    inTransaction += 1;
    if (!isDryRun && inTransaction === MADE_AT_ONCE) {
      await client.query('commit');
      inTransaction = 0;
    }
  }
  if (!isDryRun && inTransaction > 0) {
    await client.query('commit');
  }
}

async function stage(
  client: pg.Client,
  importId: number,
  source: Source,
  people: Map<string, Person>,
  rooms: ReadonlyMap<string, Room>,
  options: ImportOptions,
): Promise<number> {
  const { report, isDryRun, onProgress, files } = options;
  const names: Names = {
    usernameOf: (id) => people.get(id)?.username,
    slugOf: (id) => rooms.get(id)?.slug,
  };
  const now = new Date(wallClockMs()).toISOString().replace('Z', '000Z');
  const pinned = new Map<string, number>();
  let waiting: object[] = [];
  let waitingFiles: StagedFile[] = [];
  let count = 0;

  async function flush(): Promise<void> {
    const inserted = await insertStaged(client, waiting);
    if (inserted < waiting.length) {
      report.note(
        'message not taken, because another has its id',
        source.name,
        waiting.length - inserted,
      );
    }
    if (waitingFiles.length > 0) {
      await insertStagedFiles(client, waitingFiles);
    }
    count += inserted;
    waiting = [];
    waitingFiles = [];
    onProgress?.('read', count);
  }

  for await (const item of source.messages(names)) {
    if (!('roomId' in item)) {
      if (!people.has(item.sourceId)) {
        people.set(
          item.sourceId,
          isDryRun ? unmade(item) : await makePerson(client, importId, item, options),
        );
      }
      continue;
    }
    for (const part of bendMessage(item, now, report)) {
      const { message, staged } = await placeFiles(part, files, report);
      waitingFiles.push(...staged);
      // Links to files may be what makes a text too long.
      const messages =
        message === part ? [part] : bendMessage({ ...message, files: [] }, now, report);
      for (const whole of messages) {
        const row = toRow(withinPins(whole, pinned, report), people, rooms, report);
        if (row !== undefined) {
          waiting.push(row);
        }
      }
    }
    if (waiting.length >= STAGED_AT_ONCE) {
      await flush();
    }
  }
  await flush();
  return count;
}

/** A room has so many pins, the first ones. */
function withinPins(
  message: SourceMessage,
  pinned: Map<string, number>,
  report: Report,
): SourceMessage {
  if (message.pinnedAt === undefined) {
    return message;
  }
  const count = pinned.get(message.roomId) ?? 0;
  if (count >= PINS_CAP) {
    report.note(`pin not taken, because a room has at most ${PINS_CAP}`, message.sourceId);
    return { ...message, pinnedAt: undefined };
  }
  pinned.set(message.roomId, count + 1);
  return message;
}

/** Somebody met in a message during a trial: nothing is made of them. */
function unmade(person: SourcePerson): Person {
  return { id: '00000000-0000-0000-0000-000000000000', username: person.username, isGone: false };
}

function toRow(
  message: SourceMessage,
  people: ReadonlyMap<string, Person>,
  rooms: ReadonlyMap<string, Room>,
  report: Report,
): object | undefined {
  const author = people.get(message.authorId);
  const room = rooms.get(message.roomId);
  if (author === undefined || room === undefined) {
    report.note(
      'message not taken, because its room or author is not in the export',
      message.sourceId,
    );
    return undefined;
  }
  if (author.isGone) {
    report.note(ERASED, message.sourceId);
    return undefined;
  }
  const reactions = (message.reactions ?? []).flatMap(({ emoji, personId, at }) => {
    const person = people.get(personId);
    if (person === undefined) {
      report.note(
        'reactions not taken, because the export does not say who reacted',
        message.sourceId,
      );
    }
    return person === undefined || person.isGone
      ? []
      : [{ emoji, user_id: person.id, reacted_at: at ?? null }];
  });
  return {
    source_id: keyOf(message.sourceId),
    room_id: room.id,
    author_id: author.id,
    sent_at: message.sentAt,
    content: message.content,
    message_type: message.type,
    metadata: message.metadata ?? {},
    parent_source_id: message.parentId === undefined ? null : keyOf(message.parentId),
    also_sent_to_room: message.alsoSentToRoom ?? false,
    edited_at: message.editedAt ?? null,
    deleted_at: message.deletedAt ?? null,
    pinned_at: message.pinnedAt ?? null,
    reactions: reactions.length > 0 ? reactions : null,
    edits:
      message.edits?.map(({ content, editedAt }) => ({ content, edited_at: editedAt })) ?? null,
  };
}

async function insertStagedFiles(client: pg.Client, files: readonly StagedFile[]): Promise<void> {
  await client.query(
    `insert into pg_temp.staged_files (source_id, message_source_id, name, path, address, line)
      select source_id, message_source_id, name, path, address, line
        from jsonb_to_recordset($1) as (source_id text, message_source_id text, name text, path text, address text, line text)
      on conflict (source_id) do nothing`,
    [
      JSON.stringify(
        files.map((file) => ({
          ...file,
          source_id: keyOf(file.source_id),
          message_source_id: keyOf(file.message_source_id),
        })),
      ),
    ],
  );
}

async function insertStaged(client: pg.Client, messages: readonly object[]): Promise<number> {
  const { rowCount } = await client.query(
    `insert into pg_temp.staged_messages (
        source_id, room_id, author_id, sent_at, content, message_type, metadata, parent_source_id, also_sent_to_room, edited_at,
        deleted_at, pinned_at, reactions, edits)
      select source_id, room_id, author_id, sent_at, content, message_type, metadata, parent_source_id, also_sent_to_room, edited_at,
          deleted_at, pinned_at, reactions, edits
        from jsonb_to_recordset($1) as (
          source_id text, room_id uuid, author_id uuid, sent_at timestamptz, content text, message_type app_public.message_type,
          metadata jsonb, parent_source_id text, also_sent_to_room boolean, edited_at timestamptz, deleted_at timestamptz, pinned_at timestamptz,
          reactions jsonb, edits jsonb)
      on conflict (source_id) do nothing`,
    [JSON.stringify(messages)],
  );
  return rowCount ?? 0;
}

/** What writing needs: an index for the order, and the months that the messages are of. */
/** Joined well only by who knows how much there is: see prepare. */
const IS_FRESH = `not exists (
  select from app_private.imported_ids as known
    where known.import_id = $1 and known.kind = 'message' and known.source_id = staged.source_id
)`;

async function prepare(client: pg.Client, importId: number, isDryRun: boolean): Promise<void> {
  await client.query(
    'create index if not exists staged_messages_order on pg_temp.staged_messages (room_id, sent_at, position)',
  );
  // A scan of the ids for every message would take minutes.
  await client.query('analyze pg_temp.staged_messages, app_private.imported_ids');
  if (!isDryRun) {
    await client.query(
      `select app_private.make_message_months(array(
        select distinct date_trunc('month', greatest(staged.sent_at, room_heads.last_message_at), 'UTC')
          from pg_temp.staged_messages as staged join app_private.room_heads using (room_id)
          where ${IS_FRESH}))`,
      [importId],
    );
  }
}

async function countFresh(client: pg.Client, importId: number, report: Report): Promise<number> {
  const { rows } = await client.query<{ count: number; moved: number; orphans: number }>(
    `select count(*)::float8 as count,
        count(*) filter (where staged.sent_at < room_heads.last_message_at)::float8 as moved,
        count(*) filter (
          where parent_source_id is not null
            and not exists (
              select from pg_temp.staged_messages as parent
                where parent.source_id = staged.parent_source_id
                  and (parent.sent_at, parent.position) < (staged.sent_at, staged.position))
            and not exists (
              select from app_private.imported_ids as parent
                where parent.import_id = $1 and parent.kind = 'message' and parent.source_id = staged.parent_source_id)
        )::float8 as orphans
      from pg_temp.staged_messages as staged
      left join app_private.room_heads using (room_id)
      where ${IS_FRESH}`,
    [importId],
  );
  const { count, moved, orphans } = rows[0] as (typeof rows)[number];
  noteCounts(report, 'all rooms', { moved, orphans, erased: 0 });
  return count;
}

function noteCounts(
  report: Report,
  subject: string,
  counts: { moved: number; orphans: number; erased: number },
): void {
  const { moved, orphans, erased } = counts;
  if (moved > 0) {
    report.note(
      'message placed behind later ones of its room, with its own time as metadata.sentAt',
      subject,
      moved,
    );
  }
  if (orphans > 0) {
    report.note(
      'answer taken as a message of its own, because what it answers is not in the export, or later',
      subject,
      orphans,
    );
  }
  if (erased > 0) {
    report.note(ERASED, subject, erased);
  }
}

interface Progress {
  readonly read_count: string;
  readonly written_count: string;
  readonly moved_count: string;
  readonly orphan_count: string;
  readonly erased_count: string;
  readonly last_sent_at: string | null;
  readonly last_position: string | null;
}

async function write(
  client: pg.Client,
  importId: number,
  rooms: ReadonlyMap<string, Room>,
  total: number,
  { report, onProgress }: ImportOptions,
): Promise<number> {
  let read = 0;
  let written = 0;
  for (const [sourceId, room] of rooms) {
    let after: readonly [string, string] = ['-infinity', '0'];
    for (;;) {
      const { rows } = await client.query<Progress>(
        `select read_count, written_count, moved_count, orphan_count, erased_count, last_sent_at::text, last_position
          from app_private.import_batch($1, $2, $3, $4, $5)`,
        [importId, room.id, ...after, WRITTEN_AT_ONCE],
      );
      const progress = rows[0] as Progress;
      read += Number(progress.read_count);
      written += Number(progress.written_count);
      noteCounts(report, sourceId, {
        moved: Number(progress.moved_count),
        orphans: Number(progress.orphan_count),
        erased: Number(progress.erased_count),
      });
      onProgress?.('written', read, total);
      if (progress.last_sent_at === null || progress.last_position === null) {
        break;
      }
      after = [progress.last_sent_at, progress.last_position];
    }
  }
  return written;
}

import { createHash } from 'node:crypto';
import type pg from 'pg';
import { cleanFilename } from '../attachments/filename.ts';
import type { AttachmentStorage } from '../attachments/storage.ts';
import { nameOfEmoji } from '../import/emoji-names.ts';
import type { Archive } from './archive.ts';
import { markdownToSlack, type SlackIds } from './mrkdwn.ts';
import {
  type ExportedPerson,
  type ExportedRoom,
  type ExportResult,
  readBytes,
  readFiles,
  readPeople,
  readSource,
  readThreadedMessages,
  type ThreadedMessage,
} from './rows.ts';

/*
 * The format of Slack's own exports, so that what reads these can read ours: a list of people, lists of conversations, and
 * for each conversation a folder with a file for each day. Files lie where Slack's tools for others put them, below
 * `__uploads`. What it cannot say is in docs/import.md.
 */

interface Pin {
  readonly id: string;
  readonly type: 'C';
  readonly created: number;
  readonly user: string;
  readonly owner: string;
}

/** Where a room is listed, and what its id begins with. */
const LISTS = {
  public: { file: 'channels.json', letter: 'C' },
  private: { file: 'groups.json', letter: 'G' },
  direct: { file: 'dms.json', letter: 'D' },
  several: { file: 'mpims.json', letter: 'G' },
} as const;

function listOf({ type, members }: ExportedRoom) {
  return LISTS[type === 'direct' && members.length > 2 ? 'several' : type];
}

/** Writes rooms of an installation as an export of Slack. Reactions that it has no name for are counted, and left out. */
export async function writeSlack(
  client: pg.ClientBase,
  rooms: readonly ExportedRoom[],
  isEverything: boolean,
  { archive, storage }: { readonly archive: Archive; readonly storage: AttachmentStorage },
): Promise<ExportResult> {
  const team = `T${createHash('sha256')
    .update(await readSource(client))
    .digest('hex')
    .slice(0, 10)
    .toUpperCase()}`;
  const roomIds = rooms.map(({ id }) => id);
  const count = { messages: 0, files: 0, leftOut: 0, gone: 0 };
  const idsBySlug = new Map(
    rooms.flatMap((room) => (room.slug === undefined ? [] : [[room.slug, idOfRoom(room)]])),
  );
  const ofRoom = (slug: string) => idsBySlug.get(slug);

  async function* users() {
    for await (const person of readPeople(client, isEverything ? undefined : roomIds)) {
      yield toUser(person, team);
    }
  }

  /** Days in their order, each with its messages; a day has to be read to its end before the next. */
  async function writeMessages(room: ExportedRoom): Promise<Pin[]> {
    const pins: Pin[] = [];
    const times = createTimes();
    const messages = readThreadedMessages(client, room.id)[Symbol.asyncIterator]();
    let next = await messages.next();
    async function* day(name: string) {
      while (!next.done) {
        const ts = times.of(next.value);
        if (dayOf(ts) !== name) {
          return;
        }
        const { message } = next.value;
        if (message.pinnedAt !== undefined && message.deletedAt === undefined) {
          pins.push(toPin(next.value, ts));
        }
        count.messages += 1;
        yield toMessage(next.value, ts);
        next = await messages.next();
      }
    }
    function toMessage(row: ThreadedMessage, ts: string): object {
      const { slack, leftOut } = messageOf(row, ts, times, room, team, ofRoom);
      count.leftOut += leftOut;
      return slack;
    }
    while (!next.done) {
      const name = dayOf(times.of(next.value));
      await archive.write(`${folderOf(room)}/${name}.json`, jsonArray(day(name)));
    }
    return pins;
  }

  async function writeFiles(room: ExportedRoom): Promise<void> {
    for await (const file of readFiles(client, room.id)) {
      const bytes = await readBytes(storage, file);
      if (bytes === undefined) {
        count.gone += 1;
        continue;
      }
      await archive.write(`__uploads/${idOf('F', file.id)}/${cleanFilename(file.name)}`, bytes);
      count.files += 1;
    }
  }

  await archive.write('users.json', jsonArray(users()));
  const lists: Record<string, object[]> = {
    'channels.json': [],
    'groups.json': [],
    'dms.json': [],
    'mpims.json': [],
  };
  for (const room of rooms) {
    const pins = await writeMessages(room);
    lists[listOf(room).file]?.push(toConversation(room, pins));
    await writeFiles(room);
  }
  for (const [file, conversations] of Object.entries(lists)) {
    await archive.write(file, jsonArray(conversations));
  }
  return { rooms: rooms.length, ...count };
}

/** Ids as Slack's are: a letter that says of what, then capital letters and digits. */
function idOf(letter: string, id: string): string {
  return letter + id.replaceAll('-', '').toUpperCase();
}

function idOfRoom(room: ExportedRoom): string {
  return idOf(listOf(room).letter, room.id);
}

function folderOf(room: ExportedRoom): string {
  return room.slug ?? idOfRoom(room);
}

function toUser(person: ExportedPerson, team: string): object {
  return {
    id: idOf('U', person.id),
    team_id: team,
    name: person.username,
    deleted: person.deactivated ?? false,
    real_name: person.displayName,
    is_bot: person.bot ?? false,
    profile: {
      real_name: person.displayName,
      display_name: person.displayName,
      ...(person.email !== undefined && { email: person.email }),
      ...(person.avatarUrl !== undefined && { image_512: person.avatarUrl }),
      team,
    },
  };
}

function toConversation(room: ExportedRoom, pins: readonly Pin[]): object {
  const owner = room.members.find(({ role }) => role === 'owner')?.id;
  const base = {
    id: idOfRoom(room),
    created: Math.floor(Date.parse(room.createdAt) / 1_000),
    members: room.members.map(({ id }) => idOf('U', id)),
    ...(pins.length > 0 && { pins }),
  };
  if (room.type === 'direct') {
    return base;
  }
  const creator = owner === undefined ? '' : idOf('U', owner);
  return {
    ...base,
    name: room.slug,
    creator,
    is_archived: room.archived ?? false,
    is_general: false,
    topic: { value: '', creator: '', last_set: 0 },
    purpose: { value: room.description ?? '', creator, last_set: base.created },
  };
}

function toPin({ message }: ThreadedMessage, ts: string): Pin {
  const user = idOf('U', message.author);
  return {
    id: ts,
    type: 'C',
    created: Math.floor(Date.parse(message.pinnedAt ?? message.at) / 1_000),
    user,
    owner: user,
  };
}

function messageOf(
  row: ThreadedMessage,
  ts: string,
  times: Times,
  room: ExportedRoom,
  team: string,
  ofRoom: SlackIds['ofRoom'],
): { slack: object; leftOut: number } {
  const { message } = row;
  const thread =
    row.parent !== null ? times.ofParent(row.parent) : row.replyCount > 0 ? ts : undefined;
  const base = {
    ...(message.deletedAt !== undefined
      ? { subtype: 'tombstone', hidden: true }
      : message.type === 'system' && {
          subtype: room.type === 'private' ? 'group_topic' : 'channel_topic',
        }),
    ...(row.parent !== null &&
      message.alsoSentToRoom &&
      message.deletedAt === undefined && { subtype: 'thread_broadcast' }),
    type: 'message',
    user: idOf('U', message.author),
    team,
    ts,
    ...(thread !== undefined && { thread_ts: thread }),
    ...(row.parent === null && row.replyCount > 0 && { reply_count: row.replyCount }),
  };
  if (message.content === null) {
    return { slack: { ...base, text: 'This message was deleted.' }, leftOut: 0 };
  }
  const people = row.mentions ?? {};
  const text = markdownToSlack(message.content, {
    ofPerson: (username) =>
      Object.hasOwn(people, username) ? idOf('U', people[username] ?? '') : undefined,
    ofRoom,
  });
  const { reactions, leftOut } = reactionsOf(message.reactions ?? []);
  return {
    leftOut,
    slack: {
      ...base,
      text,
      ...(message.editedAt !== undefined && {
        edited: { user: base.user, ts: tsOf(microsOf(message.editedAt)) },
      }),
      ...(reactions.length > 0 && { reactions }),
      ...(message.files !== undefined && {
        files: message.files.map((file) => ({
          id: idOf('F', file.id),
          name: cleanFilename(file.name),
          title: file.name,
          mimetype: file.type,
          size: file.bytes,
          mode: 'hosted',
          user: base.user,
        })),
      }),
    },
  };
}

/** Who reacted with what, by the order in which each emoji came first. */
function reactionsOf(given: readonly { readonly emoji: string; readonly by: string }[]): {
  reactions: { name: string; users: string[]; count: number }[];
  leftOut: number;
} {
  const users = new Map<string, string[]>();
  let leftOut = 0;
  for (const { emoji, by } of given) {
    const name = nameOfEmoji(emoji);
    if (name === undefined) {
      leftOut += 1;
    } else {
      users.set(name, [...(users.get(name) ?? []), idOf('U', by)]);
    }
  }
  const reactions = [...users].map(([name, people]) => ({
    name,
    users: people,
    count: people.length,
  }));
  return { reactions, leftOut };
}

interface Times {
  /** The time of a message as Slack writes it, which is its name there. Messages come in their order; the last may be asked about again. */
  of(row: ThreadedMessage): string;
  ofParent(parent: { readonly id: string; readonly at: string }): string;
}

/** No two messages of a conversation have the same time: one that has is moved by a millionth of a second. */
function createTimes(): Times {
  const moved = new Map<string, string>();
  let last = { id: '', micros: 0 };
  return {
    of({ message, replyCount }) {
      if (message.id !== last.id) {
        const micros = microsOf(message.at);
        last = { id: message.id, micros: Math.max(micros, last.micros + 1) };
        if (last.micros !== micros && replyCount > 0) {
          moved.set(message.id, tsOf(last.micros));
        }
      }
      return tsOf(last.micros);
    },
    ofParent: ({ id, at }) => moved.get(id) ?? tsOf(microsOf(at)),
  };
}

/** Microseconds since 1970 of a time such as `2026-01-31T12:00:00.123456Z`. */
function microsOf(at: string): number {
  return Date.parse(`${at.slice(0, 19)}Z`) * 1_000 + Number(at.slice(20, 26));
}

function tsOf(micros: number): string {
  return `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}`;
}

function dayOf(ts: string): string {
  return new Date(Number(ts.split('.', 1)[0]) * 1_000).toISOString().slice(0, 10);
}

async function* jsonArray(items: Iterable<object> | AsyncIterable<object>): AsyncGenerator<string> {
  let isFirst = true;
  yield '[';
  for await (const item of items) {
    yield `${isFirst ? '' : ','}\n${JSON.stringify(item)}`;
    isFirst = false;
  }
  yield '\n]\n';
}

import { basename } from 'node:path';
import { z } from 'zod';
import type { Archive } from './archive.ts';
import { emojiOfName } from './emoji-names.ts';
import { jsonElements, partsOf } from './json-stream.ts';
import type { Report } from './report.ts';
import { link, slackToMarkdown } from './slack-markdown.ts';
import type {
  Names,
  Source,
  SourceFile,
  SourceMessage,
  SourcePerson,
  SourceReaction,
  SourceRoom,
} from './source.ts';
import { isoTime } from './times.ts';

/*
 * Slack's export, as https://slack.com/help/articles/220556107 describes it: users.json, the lists of conversations, and
 * for each of these a folder with a file a day. Direct ones lie in folders named by their ids. Unknown fields are left
 * alone, and a message that is not as it should be is reported.
 */
const text = z.string().catch('').default('');

const userShape = z.object({
  id: z.string().min(1),
  team_id: z.string().optional().catch(undefined),
  name: text,
  real_name: text,
  deleted: z.boolean().catch(false).default(false),
  is_bot: z.boolean().catch(false).default(false),
  profile: z
    .object({ display_name: text, real_name: text, email: text, image_512: text, image_192: text })
    .partial()
    .catch({})
    .default({}),
});

const roomShape = z.object({
  id: z.string().min(1),
  name: text,
  created: z.number().catch(0).default(0),
  creator: z.string().optional().catch(undefined),
  is_archived: z.boolean().catch(false).default(false),
  members: z.array(z.string()).catch([]).default([]),
  topic: z.object({ value: text }).catch({ value: '' }).optional(),
  purpose: z.object({ value: text }).catch({ value: '' }).optional(),
  pins: z
    .array(z.object({ id: z.string(), created: z.number().optional() }))
    .catch([])
    .default([]),
});
type SlackRoom = z.infer<typeof roomShape> & {
  readonly folder: string;
  readonly type: SourceRoom['type'];
};

const fileShape = z.object({
  id: z.string().min(1),
  name: text,
  title: text,
  mode: text,
  url_private_download: z.string().optional().catch(undefined),
  url_private: z.string().optional().catch(undefined),
});

const messageShape = z.object({
  type: z.literal('message'),
  subtype: z.string().optional(),
  ts: z.string().regex(/^\d{1,11}\.\d{1,6}$/),
  user: z.string().min(1).optional().catch(undefined),
  bot_id: z.string().min(1).optional().catch(undefined),
  username: text,
  text: z.string().nullish().catch(''),
  thread_ts: z.string().optional().catch(undefined),
  edited: z.object({ ts: z.string() }).optional().catch(undefined),
  user_profile: z
    .object({ name: text, display_name: text, real_name: text })
    .optional()
    .catch(undefined),
  bot_profile: z.object({ name: text }).optional().catch(undefined),
  reactions: z
    .array(z.object({ name: z.string(), users: z.array(z.string()), count: z.number().optional() }))
    .optional()
    .catch(undefined),
  files: z.array(fileShape).optional().catch(undefined),
  attachments: z.array(z.record(z.string(), z.unknown())).optional().catch(undefined),
  blocks: z.array(z.record(z.string(), z.unknown())).optional().catch(undefined),
});
type SlackMessage = z.infer<typeof messageShape>;

/** What the system wrote, and not a person. */
const SYSTEM = new Set([
  'channel_join',
  'channel_leave',
  'group_join',
  'group_leave',
  'channel_topic',
  'channel_purpose',
  'channel_name',
  'channel_archive',
  'channel_unarchive',
  'group_topic',
  'group_purpose',
  'group_name',
  'group_archive',
  'group_unarchive',
  'channel_convert_to_private',
  'channel_posting_permissions',
  'pinned_item',
  'bot_add',
  'bot_remove',
  'reminder_add',
  'sh_room_created',
  'huddle_thread',
]);
/** Says again what another message says. */
const REPEATED = new Set([
  'reply_broadcast',
  'message_replied',
  'message_changed',
  'message_deleted',
]);
const LISTS = [
  ['channels.json', 'public'],
  ['groups.json', 'private'],
  ['mpims.json', 'private'],
  ['dms.json', 'direct'],
] as const;
const UNKNOWN = 'unknown';

/** Reads an export of Slack. */
export async function openSlack(archive: Archive, report: Report): Promise<Source> {
  const users = await readList('users.json', userShape);
  const days = daysByFolder(archive);
  const rooms: SlackRoom[] = [];
  for (const [file, type] of LISTS) {
    for (const room of await readList(file, roomShape)) {
      rooms.push({ ...room, type, folder: days.has(room.id) ? room.id : room.name });
    }
  }
  const usernames = new Map(users.map(({ id, name }) => [id, name]));
  const team = users.find(({ team_id }) => team_id !== undefined)?.team_id;

  async function readList<Shape extends z.ZodType>(
    file: string,
    shape: Shape,
  ): Promise<z.infer<Shape>[]> {
    const read: z.infer<Shape>[] = [];
    for await (const value of elementsOf(archive, file, report)) {
      const parsed = shape.safeParse(value);
      if (parsed.success) {
        read.push(parsed.data);
      } else {
        report.note(`entry of ${file} not taken, because it has no id`, JSON.stringify(value));
      }
    }
    return read;
  }

  async function* messagesOf(
    room: SlackRoom,
    names: Names,
  ): AsyncGenerator<SourceMessage | SourcePerson> {
    const pins = new Map(room.pins.map(({ id, created }) => [id, created]));
    for (const file of days.get(room.folder) ?? []) {
      for await (const value of elementsOf(archive, file, report)) {
        const parsed = messageShape.safeParse(value);
        if (!parsed.success) {
          report.note('message not taken, because it is not as Slack writes them', file);
        } else if (!REPEATED.has(parsed.data.subtype ?? '')) {
          const person = authorOf(parsed.data);
          yield person;
          yield* toMessage(parsed.data, room, person.sourceId, names, pins);
        }
      }
    }
  }

  function* toMessage(
    message: SlackMessage,
    room: SlackRoom,
    authorId: string,
    names: Names,
    pins: ReadonlyMap<string, number | undefined>,
  ): Generator<SourceMessage> {
    const sourceId = `${room.id}:${message.ts}`;
    const isDeleted = message.subtype === 'tombstone';
    const { files, lines } = filesOf(message, room);
    const content = [contentOf(message, names), ...lines].filter((part) => part !== '').join('\n');
    const thread =
      message.thread_ts === undefined || message.thread_ts === message.ts
        ? undefined
        : `${room.id}:${message.thread_ts}`;
    const pinnedAt = pins.has(message.ts)
      ? timeOf(String(pins.get(message.ts) ?? message.ts))
      : undefined;
    yield {
      sourceId,
      roomId: room.id,
      authorId,
      sentAt: timeOf(message.ts),
      content: isDeleted ? null : content,
      type: SYSTEM.has(message.subtype ?? '') ? 'system' : 'text',
      parentId: thread,
      alsoSentToRoom: message.subtype === 'thread_broadcast',
      editedAt: message.edited === undefined ? undefined : timeOf(message.edited.ts),
      deletedAt: isDeleted ? timeOf(message.ts) : undefined,
      pinnedAt,
      reactions: reactionsOf(message, sourceId),
      files,
    };
  }

  function reactionsOf({ reactions = [] }: SlackMessage, sourceId: string): SourceReaction[] {
    const taken: SourceReaction[] = [];
    for (const { name, users: persons } of reactions) {
      const emoji = emojiOfName(name);
      if (emoji === undefined) {
        report.note(
          'reactions not taken, because the emoji is one of your own',
          `:${name}:`,
          persons.length,
        );
        continue;
      }
      for (const personId of persons) {
        taken.push({ emoji, personId });
      }
    }
    if (
      reactions.some(({ count, users: persons }) => count !== undefined && count > persons.length)
    ) {
      report.note(
        'reactions not taken, because the export counts them without naming who reacted',
        sourceId,
      );
    }
    return taken;
  }

  function filesOf(
    message: SlackMessage,
    room: SlackRoom,
  ): { files: SourceFile[]; lines: string[] } {
    const files: SourceFile[] = [];
    const lines: string[] = [];
    for (const file of message.files ?? []) {
      const name = file.name || file.title || file.id;
      if (['tombstone', 'hidden_by_limit'].includes(file.mode)) {
        report.note('file not taken, because Slack does not have it any more', name);
        continue;
      }
      const address = file.url_private_download ?? file.url_private;
      if (file.mode === 'external') {
        lines.push(address === undefined ? name : link(name, address));
        continue;
      }
      files.push({
        sourceId: file.id,
        name,
        // Where Slack's own tools and slackdump put them.
        paths: [
          `__uploads/${file.id}/${name}`,
          `${room.folder}/attachments/${file.id}-${name}`,
          `attachments/${file.id}-${name}`,
          `${file.id}-${name}`,
          `${file.id}/${name}`,
        ],
        address,
      });
    }
    return { files, lines };
  }

  return {
    name: `slack ${team ?? basename(archive.name)}`,
    async *people() {
      for (const user of users) {
        yield toPerson(user);
      }
    },
    async *rooms() {
      for (const room of rooms) {
        yield toRoom(room);
      }
      const known = new Set(rooms.map(({ folder }) => folder));
      for (const folder of days.keys()) {
        if (!known.has(folder)) {
          report.note('folder not read, because no list of conversations names it', folder);
        }
      }
    },
    async *messages(names) {
      for (const room of rooms) {
        yield* messagesOf(room, names);
      }
    },
  };

  function toRoom(room: SlackRoom): SourceRoom {
    const memberIds = [...new Set(room.members)];
    const isPair = room.type === 'direct' && memberIds.length === 2;
    const names = memberIds.map((id) => usernames.get(id) ?? id).join(', ');
    const isGroup = room.name.startsWith('mpdm-') || room.name === '' || room.type === 'direct';
    const description = [room.topic?.value, room.purpose?.value].filter(Boolean).join('\n');
    if (room.type === 'direct' && !isPair) {
      report.note('conversation with oneself brought in as a private room', names);
    }
    return {
      sourceId: room.id,
      type: isPair ? 'direct' : room.type === 'direct' ? 'private' : room.type,
      slug: isGroup ? names : room.name,
      name: isGroup ? names : room.name,
      description,
      createdAt: timeOf(String(Math.max(0, Math.floor(room.created)))),
      members: memberIds.map((personId) => ({
        personId,
        role: personId === room.creator ? 'owner' : 'member',
      })),
      isArchived: room.is_archived,
    };
  }
}

/** The files of each conversation, by day. */
function daysByFolder(archive: Archive): Map<string, string[]> {
  const days = new Map<string, string[]>();
  for (const name of archive.names) {
    const [, folder = '', day] = /^(.+)\/(\d{4}-\d{2}-\d{2})\.json$/.exec(name) ?? [];
    if (day !== undefined) {
      const ofFolder = days.get(folder) ?? [];
      ofFolder.push(name);
      days.set(folder, ofFolder);
    }
  }
  return days;
}

/** The objects of a file, which may be missing or broken. */
async function* elementsOf(
  archive: Archive,
  file: string,
  report: Report,
): AsyncGenerator<unknown> {
  if (!archive.has(file)) {
    return;
  }
  for await (const part of partsOf(archive, file, jsonElements, report)) {
    if (part.kind === 'element') {
      yield part.value;
    } else if (part.kind === 'problem') {
      report.note(`part of a file not taken, because it is ${part.reason}`, file);
    }
  }
}

function toPerson(user: z.infer<typeof userShape>): SourcePerson {
  const { profile } = user;
  return {
    sourceId: user.id,
    username: user.name,
    displayName: profile.display_name || profile.real_name || user.real_name || user.name,
    email: profile.email || undefined,
    avatarUrl: profile.image_512 || profile.image_192 || undefined,
    isDeactivated: user.deleted,
    isBot: user.is_bot,
  };
}

/** Who wrote it: also an integration without an account, or somebody of another workspace. */
function authorOf(message: SlackMessage): SourcePerson {
  const name =
    message.user_profile?.display_name ||
    message.user_profile?.real_name ||
    message.bot_profile?.name ||
    message.username;
  if (message.user !== undefined) {
    return {
      sourceId: message.user,
      username: message.user_profile?.name || name,
      displayName: name,
    };
  }
  if (message.bot_id !== undefined) {
    return {
      sourceId: message.bot_id,
      username: name || 'bot',
      displayName: name || 'Integration',
      isBot: true,
    };
  }
  return name === ''
    ? { sourceId: UNKNOWN, username: 'somebody', displayName: 'Somebody' }
    : { sourceId: `bot ${name}`, username: name, displayName: name, isBot: true };
}

function contentOf(message: SlackMessage, names: Names): string {
  const written =
    message.text || (message.blocks ?? []).map(textOfBlock).filter(Boolean).join('\n');
  const parts = [written, ...(message.attachments ?? []).map(textOfAttachment)].filter(
    (part) => part.trim() !== '',
  );
  const content = slackToMarkdown(parts.join('\n'), names);
  return message.subtype === 'me_message' && content !== '' ? `_${content}_` : content;
}

/** What an integration adds to its text, in mrkdwn. */
function textOfAttachment(attachment: Readonly<Record<string, unknown>>): string {
  const field = (name: string) =>
    typeof attachment[name] === 'string' ? String(attachment[name]) : '';
  // A link that was unfurled says again what the address leads to.
  if (attachment.from_url !== undefined || attachment.is_msg_unfurl === true) {
    return '';
  }
  const title =
    field('title_link') !== '' && field('title') !== ''
      ? `<${field('title_link')}|${field('title')}>`
      : field('title');
  const told = [field('pretext'), title, field('text')].filter(Boolean);
  return told.length > 0 ? told.join('\n') : field('fallback');
}

function textOfBlock(block: Readonly<Record<string, unknown>>): string {
  const inner = block.text;
  if (
    typeof inner === 'object' &&
    inner !== null &&
    'text' in inner &&
    typeof inner.text === 'string'
  ) {
    return inner.text;
  }
  return '';
}

/** Slack's `1700000000.000100` as an ISO time, to the microsecond. */
function timeOf(ts: string): string {
  const [seconds = '0', fraction = ''] = ts.split('.');
  const digits = /^\d{1,6}$/.test(fraction) ? fraction.padEnd(6, '0') : '000000';
  return isoTime(Number(seconds) * 1_000 + Number(digits.slice(0, 3)), digits.slice(3));
}

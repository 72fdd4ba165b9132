import { z } from 'zod';
import type { Archive } from './archive.ts';
import { isEmoji } from './emoji-names.ts';
import { jsonElements, partsOf } from './json-stream.ts';
import type { Report } from './report.ts';
import type {
  Names,
  Source,
  SourceMember,
  SourceMessage,
  SourcePerson,
  SourceReaction,
  SourceRoom,
} from './source.ts';
import { isoTime } from './times.ts';

/*
 * DiscordChatExporter's JSON, as its JsonMessageWriter writes it: a file a channel or thread, with the messages in an array
 * behind what is said about the channel. There are no lists of people and members: they are who wrote or reacted.
 */
const text = z.string().catch('').default('');

const userShape = z.object({
  id: z.string().min(1),
  name: text,
  nickname: z.string().nullish(),
  isBot: z.boolean().optional().catch(undefined),
  avatarUrl: text,
});
type User = z.infer<typeof userShape>;

const headShape = z.object({
  guild: z.object({ id: z.string(), name: text }),
  channel: z.object({
    id: z.string(),
    type: text,
    name: text,
    category: z.string().nullish(),
    topic: z.string().nullish(),
  }),
});

const messageShape = z.object({
  id: z.string().regex(/^\d{1,20}$/),
  type: text,
  timestamp: z.iso.datetime({ offset: true }),
  timestampEdited: z.iso.datetime({ offset: true }).nullish().catch(undefined),
  isPinned: z.boolean().catch(false).default(false),
  content: text,
  author: userShape,
  attachments: z
    .array(z.object({ id: z.string(), url: text, fileName: text }))
    .catch([])
    .default([]),
  embeds: z
    .array(
      z.object({
        title: z.string().nullish(),
        url: z.string().nullish(),
        description: z.string().nullish(),
      }),
    )
    .catch([])
    .default([]),
  reactions: z
    .array(
      z.object({
        emoji: z.object({ name: text }),
        count: z.number().optional(),
        users: z.array(userShape).optional(),
      }),
    )
    .catch([])
    .default([]),
  mentions: z.array(userShape).catch([]).default([]),
  reference: z
    .object({ messageId: z.string().nullish(), channelId: z.string().nullish() })
    .nullish()
    .catch(undefined),
});
type Message = z.infer<typeof messageShape>;

/** Of a channel that nobody has written in. */
const UNKNOWN_TIME = '2015-01-01T00:00:00Z';

const SYSTEM = new Set([
  'GuildMemberJoin',
  'ChannelPinnedMessage',
  'RecipientAdd',
  'RecipientRemove',
  'ChannelNameChange',
  'ChannelIconChange',
  'Call',
  'ThreadCreated',
]);

/** Reads channels that DiscordChatExporter wrote: a file, or a folder or ZIP file of them. */
export async function openDiscord(archive: Archive, report: Report): Promise<Source> {
  const files = archive.names.filter((name) => name.endsWith('.json'));
  const people = new Map<string, SourcePerson>();
  const rooms = new Map<string, SourceRoom>();
  const roomOf = new Map<string, string>();
  let guild = '';

  /** Once through all: who there is, and who is where. */
  async function survey(): Promise<void> {
    for (const file of files) {
      const members = new Map<string, SourceMember>();
      let first = '';
      for await (const part of partsOf(archive, file, jsonElements, report)) {
        if (part.kind === 'head') {
          const head = headShape.safeParse(part.value);
          if (!head.success) {
            report.note('file not read, because DiscordChatExporter did not write it', file);
            break;
          }
          guild ||= head.data.guild.id;
          roomOf.set(file, head.data.channel.id);
          // A long channel may be in several files.
          const known = rooms.get(head.data.channel.id);
          rooms.set(head.data.channel.id, known ?? toRoom(head.data, []));
          for (const member of known?.members ?? []) {
            members.set(member.personId, member);
          }
        } else if (part.kind === 'element') {
          const message = messageShape.safeParse(part.value);
          if (message.success) {
            first ||= message.data.timestamp;
            for (const user of [
              message.data.author,
              ...message.data.reactions.flatMap(({ users = [] }) => users),
            ]) {
              people.set(user.id, toPerson(user));
              members.set(user.id, { personId: user.id, role: 'member' });
            }
            for (const user of message.data.mentions) {
              people.set(user.id, people.get(user.id) ?? toPerson(user));
            }
          }
        }
      }
      const room = rooms.get(roomOf.get(file) ?? '');
      if (room !== undefined) {
        const began = first === '' ? room.createdAt : timeOf(first);
        rooms.set(room.sourceId, {
          ...room,
          createdAt:
            room.createdAt === UNKNOWN_TIME || began < room.createdAt ? began : room.createdAt,
          members: [...members.values()],
        });
      }
    }
    for (const room of rooms.values()) {
      if (room.type === 'direct' && room.members.length !== 2) {
        rooms.set(room.sourceId, { ...room, type: 'private' });
      }
    }
  }
  await survey();

  async function* messagesOf(
    file: string,
    roomId: string,
    names: Names,
  ): AsyncGenerator<SourceMessage> {
    for await (const part of partsOf(archive, file, jsonElements, undefined)) {
      if (part.kind === 'problem') {
        report.note(`part of a file not taken, because it is ${part.reason}`, file);
      } else if (part.kind === 'element') {
        const message = messageShape.safeParse(part.value);
        if (message.success) {
          yield toMessage(message.data, roomId, names);
        } else {
          report.note(
            'message not taken, because it is not as DiscordChatExporter writes them',
            file,
          );
        }
      }
    }
  }

  function toMessage(message: Message, roomId: string, names: Names): SourceMessage {
    const { reference } = message;
    const isAnswer =
      reference?.messageId != null &&
      (reference.channelId ?? roomId) === roomId &&
      message.type !== 'ChannelPinnedMessage';
    const embeds =
      message.content === ''
        ? message.embeds.map(({ title, description, url }) =>
            [title, description, url].filter(Boolean).join('\n'),
          )
        : [];
    return {
      sourceId: `${roomId}:${message.id}`,
      roomId,
      authorId: message.author.id,
      sentAt: timeOf(message.timestamp),
      content: [mentioned(message, names), ...embeds].filter((line) => line !== '').join('\n'),
      type: SYSTEM.has(message.type) ? 'system' : 'text',
      parentId: isAnswer ? `${roomId}:${reference?.messageId}` : undefined,
      editedAt: message.timestampEdited == null ? undefined : timeOf(message.timestampEdited),
      pinnedAt: message.isPinned ? timeOf(message.timestamp) : undefined,
      reactions: reactionsOf(message),
      files: message.attachments.map(({ id, url, fileName }) => ({
        sourceId: id,
        name: fileName || id,
        // An export with its media names files of its own folder.
        paths: /^https?:/.test(url)
          ? []
          : [url, decoded(url)].map((path) => path.replaceAll('\\', '/')),
        address: /^https?:/.test(url) ? url : undefined,
      })),
    };
  }

  function reactionsOf(message: Message): SourceReaction[] {
    return message.reactions.flatMap(({ emoji, count, users = [] }) => {
      if (!isEmoji(emoji.name)) {
        report.note(
          'reactions not taken, because the emoji is one of your own',
          `:${emoji.name}:`,
          users.length || count || 1,
        );
        return [];
      }
      if (users.length === 0) {
        report.note(
          'reactions not taken, because the export does not say who reacted',
          message.id,
          count ?? 1,
        );
      }
      return users.map(({ id }) => ({ emoji: emoji.name, personId: id }));
    });
  }

  return {
    name: `discord ${guild || '0'}`,
    async *people() {
      yield* people.values();
    },
    async *rooms() {
      yield* rooms.values();
    },
    async *messages(names) {
      for (const [file, roomId] of roomOf) {
        yield* messagesOf(file, roomId, names);
      }
    },
  };
}

function toPerson(user: User): SourcePerson {
  return {
    sourceId: user.id,
    username: user.name,
    displayName: user.nickname || user.name,
    avatarUrl: /^https?:/.test(user.avatarUrl) ? user.avatarUrl : undefined,
    isBot: user.isBot ?? false,
  };
}

function toRoom(
  { channel }: z.infer<typeof headShape>,
  members: readonly SourceMember[],
): SourceRoom {
  const isDirect = channel.type === 'DirectTextChat';
  // Who may read a channel is not in the export: nobody gets in who has not been there.
  return {
    sourceId: channel.id,
    type: isDirect ? 'direct' : 'private',
    slug: channel.name,
    name: channel.name,
    description: channel.topic ?? undefined,
    createdAt: UNKNOWN_TIME,
    isArchived: false,
    members,
  };
}

/** The exporter writes mentions by the names that people had: here they have others. */
function mentioned({ content, mentions }: Message, names: Names): string {
  const usernames = new Map<string, string>();
  for (const { id, name, nickname } of mentions) {
    const username = names.usernameOf(id);
    for (const written of [nickname, name]) {
      if (username !== undefined && written && !usernames.has(written)) {
        usernames.set(written, username);
      }
    }
  }
  const text =
    usernames.size === 0
      ? content
      : content.replace(
          mentionOf([...usernames.keys()]),
          (_, written: string) => `@${usernames.get(written)}`,
        );
  return text.replace(/<a?:(\w+):\d+>/g, ':$1:');
}

/** All of the names at once, the longest first: one may begin as another does, or be what another becomes. */
function mentionOf(names: readonly string[]): RegExp {
  const written = names
    .toSorted((one, other) => other.length - one.length)
    .map(
      (name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') + (/\w$/.test(name) ? '(?!\\w)' : ''),
    );
  return new RegExp(`@(${written.join('|')})`, 'g');
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function timeOf(time: string): string {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '';
  return isoTime(new Date(time).getTime(), fraction.padEnd(6, '0').slice(3, 6));
}

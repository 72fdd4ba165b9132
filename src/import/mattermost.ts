import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Archive } from './archive.ts';
import { emojiOfName } from './emoji-names.ts';
import { jsonLines, partsOf } from './json-stream.ts';
import type { Report } from './report.ts';
import type {
  Source,
  SourceFile,
  SourceMember,
  SourceMessage,
  SourceReaction,
  SourceRoom,
} from './source.ts';
import { isoTime } from './times.ts';

/*
 * Mattermost's bulk export: a file of JSON lines, as https://docs.mattermost.com/onboard/bulk-loading-data-format.html
 * describes it, with the folder `data` of its attachments beside it. Posts have no ids there: what names one is its place
 * (channel, author, millisecond) and, of several in one, its number.
 */
const text = z.string().catch('').default('');
const time = z.number().catch(0).default(0);

const reactionShape = z.object({ user: z.string(), emoji_name: z.string(), create_at: time });
const attachmentShape = z.object({ path: z.string() });
const replyShape = z.object({
  user: z.string(),
  message: text,
  create_at: z.number(),
  edit_at: z.number().nullish().catch(undefined),
  type: z.string().nullish(),
  reactions: z.array(reactionShape).nullish().catch(undefined),
  attachments: z.array(attachmentShape).nullish().catch(undefined),
});
const postShape = replyShape.extend({
  team: text,
  channel: text,
  channel_members: z.array(z.string()).optional(),
  is_pinned: z.boolean().nullish().catch(false),
  replies: z.array(replyShape).nullish().catch(undefined),
});
type Post = z.infer<typeof postShape>;

const lineShape = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('channel'),
    channel: z.object({
      team: z.string(),
      name: z.string(),
      display_name: text,
      type: z.string(),
      header: text,
      purpose: text,
      deleted_at: z.number().nullish().catch(undefined),
    }),
  }),
  z.object({
    type: z.literal('user'),
    user: z.object({
      username: z.string().min(1),
      email: text,
      nickname: text,
      first_name: text,
      last_name: text,
      delete_at: z.number().nullish().catch(undefined),
      teams: z
        .array(
          z.object({
            name: z.string(),
            channels: z.array(z.object({ name: z.string(), roles: text })).nullish(),
          }),
        )
        .nullish()
        .catch(undefined),
    }),
  }),
  z.object({ type: z.literal('post'), post: postShape }),
  z.object({
    type: z.literal('direct_channel'),
    direct_channel: z.object({
      members: z.array(z.string()).optional(),
      participants: z.array(z.object({ username: z.string() })).optional(),
      header: text,
    }),
  }),
  z.object({ type: z.literal('direct_post'), direct_post: postShape }),
]);
type Line = z.infer<typeof lineShape>;
/** Lines that say nothing that is kept here. */
const PASSED_OVER = new Set(['version', 'team', 'scheme', 'role', 'emoji', 'bot']);

const channelId = (team: string, channel: string) => `${team}/${channel}`;
const directId = (members: readonly string[]) => `@${[...new Set(members)].sort().join(',')}`;

/** Reads a bulk export of Mattermost. */
export async function openMattermost(archive: Archive, report: Report): Promise<Source> {
  const file =
    archive.names.find((name) => /(^|\/)[^/]+\.jsonl$/.test(name)) ?? archive.names[0] ?? '';
  const members = new Map<string, SourceMember[]>();

  async function* read(isReporting = false): AsyncGenerator<Line> {
    for await (const part of partsOf(archive, file, jsonLines, isReporting ? report : undefined)) {
      const parsed = part.kind === 'element' ? lineShape.safeParse(part.value) : undefined;
      if (parsed?.success) {
        yield parsed.data;
      } else if (isReporting && !(part.kind === 'element' && isPassedOver(part.value))) {
        report.note(
          'line not taken, because it is not as Mattermost writes them',
          part.kind === 'problem' ? part.reason : file,
        );
      }
    }
  }

  function* toMessages(post: Post, roomId: string): Generator<SourceMessage> {
    const sourceId = idOf(post, roomId);
    yield {
      ...toMessage(post, roomId, sourceId),
      pinnedAt: post.is_pinned === true ? isoTime(post.create_at) : undefined,
    };
    for (const reply of post.replies ?? []) {
      yield { ...toMessage(reply, roomId, idOf(reply, roomId)), parentId: sourceId };
    }
  }

  /** Posts of one author in one millisecond of a channel are told apart by their texts, as Mattermost does. */
  function idOf(post: z.infer<typeof replyShape>, roomId: string): string {
    return `${roomId}:${post.user}:${post.create_at}:${hashOf(post.message)}`;
  }

  function toMessage(
    post: z.infer<typeof replyShape>,
    roomId: string,
    sourceId: string,
  ): SourceMessage {
    const isEdited = (post.edit_at ?? 0) > post.create_at;
    return {
      sourceId,
      roomId,
      authorId: post.user,
      sentAt: isoTime(post.create_at),
      content: post.message,
      type: post.type?.startsWith('system_') ? 'system' : 'text',
      editedAt: isEdited ? isoTime(post.edit_at ?? 0) : undefined,
      reactions: (post.reactions ?? []).flatMap((reaction): SourceReaction[] => {
        const emoji = emojiOfName(reaction.emoji_name);
        if (emoji === undefined) {
          report.note(
            'reactions not taken, because the emoji is one of your own',
            `:${reaction.emoji_name}:`,
          );
          return [];
        }
        const at = reaction.create_at > 0 ? isoTime(reaction.create_at) : undefined;
        return [{ emoji, personId: reaction.user, at }];
      }),
      files: (post.attachments ?? []).map(
        ({ path }): SourceFile => ({
          sourceId: path,
          name: path.split('/').at(-1) ?? path,
          paths: [path, `data/${path}`],
        }),
      ),
    };
  }

  return {
    name: `mattermost ${file.split('/').at(-1)}`.slice(0, 200),
    async *people() {
      for await (const line of read(true)) {
        if (line.type === 'user') {
          const { user } = line;
          for (const team of user.teams ?? []) {
            for (const { name, roles } of team.channels ?? []) {
              const room = channelId(team.name, name);
              const role = roles.includes('channel_admin') ? 'admin' : 'member';
              const listed = members.get(room) ?? [];
              listed.push({ personId: user.username, role });
              members.set(room, listed);
            }
          }
          yield {
            sourceId: user.username,
            username: user.username,
            displayName:
              user.nickname || `${user.first_name} ${user.last_name}`.trim() || user.username,
            email: user.email || undefined,
            isDeactivated: (user.delete_at ?? 0) > 0,
          };
        }
      }
    },
    async *rooms() {
      for await (const line of read()) {
        if (line.type === 'channel') {
          const { channel } = line;
          const id = channelId(channel.team, channel.name);
          yield {
            sourceId: id,
            type: channel.type === 'P' ? 'private' : 'public',
            slug: channel.name,
            name: channel.display_name || channel.name,
            description: [channel.header, channel.purpose].filter(Boolean).join('\n'),
            createdAt: '2000-01-01T00:00:00Z',
            isArchived: (channel.deleted_at ?? 0) > 0,
            members: members.get(id) ?? [],
          };
        } else if (line.type === 'direct_channel') {
          const { members: listed, participants } = line.direct_channel;
          yield toDirectRoom(listed ?? participants?.map(({ username }) => username) ?? []);
        }
      }
    },
    async *messages() {
      for await (const line of read()) {
        if (line.type === 'post') {
          yield* toMessages(line.post, channelId(line.post.team, line.post.channel));
        } else if (line.type === 'direct_post') {
          yield* toMessages(line.direct_post, directId(line.direct_post.channel_members ?? []));
        }
      }
    },
  };
}

function isPassedOver(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    PASSED_OVER.has(String(value.type))
  );
}

function toDirectRoom(listed: readonly string[]): SourceRoom {
  const names = [...new Set(listed)].sort();
  return {
    sourceId: directId(names),
    type: names.length === 2 ? 'direct' : 'private',
    slug: names.join('-'),
    name: names.join(', '),
    createdAt: '2000-01-01T00:00:00Z',
    isArchived: false,
    members: names.map((personId) => ({ personId, role: 'member' })),
  };
}

function hashOf(message: string): string {
  return createHash('sha256').update(message).digest('base64url').slice(0, 12);
}

import { z } from 'zod';
import type { Archive } from './archive.ts';
import { jsonLines, partsOf } from './json-stream.ts';
import type { Report } from './report.ts';
import type { Source, SourceMessage } from './source.ts';

/*
 * What npm run export writes, as docs/import.md describes it: lines of JSON.
 */
const headShape = z.object({
  format: z.literal('trumpet'),
  version: z.literal(1),
  source: z.string().min(1).max(190),
});

const personShape = z.object({
  id: z.string().min(1),
  username: z.string(),
  displayName: z.string(),
  email: z.string().optional(),
  avatarUrl: z.string().optional(),
  deactivated: z.boolean().optional(),
  bot: z.boolean().default(false),
});

const roomShape = z.object({
  id: z.string().min(1),
  type: z.enum(['public', 'private', 'direct']),
  slug: z.string().default(''),
  name: z.string().default(''),
  description: z.string().optional(),
  createdAt: z.iso.datetime(),
  archived: z.boolean().default(false),
  members: z.array(
    z.object({
      id: z.string(),
      role: z.enum(['member', 'moderator', 'admin', 'owner']).default('member'),
    }),
  ),
});

const moment = z.iso.datetime();
const messageShape = z.object({
  id: z.string().min(1),
  author: z.string(),
  at: moment,
  content: z.string().nullable(),
  type: z.enum(['text', 'image', 'video', 'audio', 'file', 'system']).default('text'),
  metadata: z.record(z.string(), z.unknown()).optional(),
  parent: z.string().optional(),
  alsoSentToRoom: z.boolean().optional(),
  editedAt: moment.optional(),
  deletedAt: moment.optional(),
  pinnedAt: moment.optional(),
  reactions: z
    .array(z.object({ emoji: z.string().max(32), by: z.string(), at: moment }))
    .optional(),
  edits: z.array(z.object({ content: z.string(), until: moment })).optional(),
  files: z.array(z.object({ id: z.string(), name: z.string() })).optional(),
});

/** Reads an export of another Trumpet, or of this one. */
export async function openTrumpet(archive: Archive, report: Report): Promise<Source> {
  const { value: head } = await read('trumpet.ndjson', headShape).next();

  async function* read<Shape extends z.ZodType>(
    file: string,
    shape: Shape,
    { isReporting = true } = {},
  ): AsyncGenerator<z.infer<Shape>> {
    const told = isReporting ? report : undefined;
    if (!archive.has(file)) {
      told?.note('file missing', file);
      return;
    }
    for await (const part of partsOf(archive, file, jsonLines, told)) {
      const parsed = shape.safeParse(part.kind === 'element' ? part.value : undefined);
      if (parsed.success) {
        yield parsed.data;
      } else {
        const reason = part.kind === 'problem' ? part.reason : 'not as an export has them';
        told?.note(`line not taken, because it is ${reason}`, file);
      }
    }
  }

  async function* messagesOf(roomId: string): AsyncGenerator<SourceMessage> {
    const file = `messages/${roomId}.ndjson`;
    if (!archive.has(file)) {
      return; // Nobody has said anything there.
    }
    for await (const message of read(file, messageShape)) {
      const isDeleted = message.deletedAt !== undefined;
      yield {
        sourceId: `${roomId}:${message.id}`,
        roomId,
        authorId: message.author,
        sentAt: microseconds(message.at),
        content: isDeleted ? null : (message.content ?? ''),
        type: message.type,
        metadata: message.metadata ?? {},
        parentId: message.parent === undefined ? undefined : `${roomId}:${message.parent}`,
        alsoSentToRoom: message.alsoSentToRoom,
        editedAt: message.editedAt,
        deletedAt: message.deletedAt,
        pinnedAt: message.pinnedAt,
        reactions: (message.reactions ?? []).map(({ emoji, by, at }) => ({
          emoji,
          personId: by,
          at,
        })),
        edits: (message.edits ?? []).map(({ content, until }) => ({ content, editedAt: until })),
        files: (message.files ?? []).map(({ id, name }) => ({
          sourceId: id,
          name,
          paths: [`files/${id}`],
        })),
      };
    }
  }

  return {
    name: head?.source ?? 'trumpet',
    async *people() {
      for await (const person of read('people.ndjson', personShape)) {
        const { id, deactivated = false, bot, ...rest } = person;
        yield { ...rest, sourceId: id, isDeactivated: deactivated, isBot: bot };
      }
    },
    async *rooms() {
      for await (const room of read('rooms.ndjson', roomShape)) {
        yield {
          sourceId: room.id,
          type: room.type,
          slug: room.slug,
          name: room.name,
          description: room.description,
          createdAt: room.createdAt,
          isArchived: room.archived,
          members: room.members.map(({ id, role }) => ({ personId: id, role })),
        };
      }
    },
    async *messages() {
      for await (const room of read('rooms.ndjson', roomShape, { isReporting: false })) {
        yield* messagesOf(room.id);
      }
    },
  };
}

/** All times with six digits, so that they can be compared as texts. */
function microseconds(time: string): string {
  const [whole = '', fraction = ''] = time.replace(/Z$/, '').split('.');
  return `${whole}.${fraction.slice(0, 6).padEnd(6, '0')}Z`;
}

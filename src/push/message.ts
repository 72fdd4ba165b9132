import { z } from 'zod';
import { deviceShape, type MessagePush } from './channel.ts';

/** What `app_private.compose_push` says about a person and a room. */
export const newsShape = z.object({
  suppressed_by: z.string().nullable(),
  room_type: z.enum(['public', 'private', 'direct']),
  /** Null for a conversation of two. */
  room_name: z.string().nullable(),
  hides_text: z.boolean(),
  author_name: z.string().nullable(),
  message_id: z.uuid().nullable(),
  content: z.string().nullable(),
  message_count: z.int(),
  mention_count: z.int(),
  through_seq: z.coerce.number().nullable(),
  badge: z.coerce.number(),
  read_room_ids: z.array(z.uuid()),
  devices: z.array(deviceShape).nullable(),
  /** Null in rooms that are not told what has come to a device. */
  delivered_seq: z.coerce.number().nullable(),
});

export type News = z.infer<typeof newsShape>;

/** `app_private.missed_messages` looks at no more. */
const COUNTED_AT_MOST = 100;
export const TITLE_LENGTH = 80;
export const BODY_LENGTH = 140;

/** One push for all that is new in a room. */
export function pushAbout(roomId: string, messageId: string, news: News): MessagePush {
  const body = bodyOf(news);
  return {
    type: 'message',
    roomId,
    messageId,
    title: shorten(titleOf(news), TITLE_LENGTH),
    ...(body === undefined ? {} : { body }),
    count: news.message_count,
    badge: news.badge,
    urgent: news.room_type === 'direct' || news.mention_count > 0,
    readRoomIds: news.read_room_ids,
    ...(news.delivered_seq === null ? {} : { deliveredSeq: news.delivered_seq }),
  };
}

function titleOf(news: News): string {
  const author = news.author_name ?? 'Someone';
  const room = news.room_name === null ? `from ${author}` : `in ${news.room_name}`;
  if (news.message_count > 1) {
    const count =
      news.message_count >= COUNTED_AT_MOST ? `${COUNTED_AT_MOST}+` : news.message_count;
    return `${count} new messages ${room}`;
  }
  if (news.hides_text) {
    return `New message ${room}`;
  }
  return news.room_name === null ? author : `${author} ${room}`;
}

function bodyOf(news: News): string | undefined {
  if (news.hides_text || news.content === null) {
    return undefined;
  }
  const isPlain = news.message_count === 1 || news.room_name === null;
  return shorten(
    isPlain ? news.content : `${news.author_name ?? 'Someone'}: ${news.content}`,
    BODY_LENGTH,
  );
}

/** One line of at most so many characters; never half of one. */
export function shorten(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const characters = Array.from(new Intl.Segmenter().segment(line), ({ segment }) => segment);
  if (characters.length <= length) {
    return capBytes(line, length);
  }
  return capBytes(`${characters.slice(0, length - 1).join('')}…`, length);
}

/** A character may be put together from any number of code points: four a character are plenty. */
function capBytes(text: string, length: number): string {
  const codePoints = Array.from(text);
  return codePoints.length <= length * 4 ? text : `${codePoints.slice(0, length).join('')}…`;
}

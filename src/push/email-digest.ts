import { createTransport, type SendMailOptions } from 'nodemailer';
import { z } from 'zod';
import type { Channel, Delivery } from './channel.ts';
import { shorten } from './message.ts';

/** What someone missed in one room, as `app_private.compose_digest` gives it. */
const missedRoomShape = z.object({
  roomType: z.enum(['public', 'private', 'direct']),
  roomName: z.string().nullable(),
  hidesText: z.boolean(),
  messageCount: z.int(),
  mentionCount: z.int(),
  authorName: z.string(),
  content: z.string().nullable(),
});

/** The whole of it. Nothing to write when `rooms` is null. */
export const digestShape = z.object({
  email: z.string(),
  display_name: z.string(),
  /** When the last one was sent, as Postgres writes it: a Date would lose the microseconds. */
  previous_at: z.string().nullable(),
  rooms: z.array(missedRoomShape).nullable(),
});

export type MissedRoom = z.infer<typeof missedRoomShape>;

export interface Digest {
  readonly userName: string;
  readonly rooms: readonly MissedRoom[];
}

/** Whom to write to. */
export interface Mailbox {
  readonly email: string;
}

export interface EmailOptions {
  /** Such as `smtps://user:password@mail.example.org`. */
  readonly smtpUrl: string;
  /** Such as `Trumpet <chat@example.org>`. */
  readonly from: string;
  /** Where people open the chat; left out of the mail when not known. */
  readonly publicUrl: string | undefined;
}

const TIMEOUT_MS = 10_000;
const ROOMS_SHOWN = 10;
const LINE_LENGTH = 160;

/** Digests by SMTP. */
export function createEmailChannel(options: EmailOptions): Channel<Mailbox, Digest> {
  const transport = createTransport(
    {
      url: options.smtpUrl,
      pool: true,
      maxConnections: 2,
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      // A message is built of text alone: nothing in it is ever read from a file or an address.
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from: options.from },
  );
  async function deliver(mail: SendMailOptions): Promise<Delivery> {
    try {
      await transport.sendMail(mail);
      return { outcome: 'sent' };
    } catch (error) {
      return deliveryOf(error);
    }
  }

  return {
    async prepare({ email }, digest) {
      const mail = {
        // As a list entry, a name with a comma in it stays one recipient.
        to: { name: shorten(digest.userName, 80), address: email },
        subject: subjectOf(digest),
        text: textOf(digest, options.publicUrl),
        // RFC 3834: nobody is to answer this with an out-of-office note.
        headers: { 'Auto-Submitted': 'auto-generated' },
      };
      return {
        async open() {
          // Nothing has begun that could be abandoned: nodemailer connects when it sends.
          return { finish: () => deliver(mail), abandon() {} };
        },
      };
    },
    async close() {
      transport.close();
    },
  };
}

export function subjectOf({ rooms }: Digest): string {
  const count = rooms.reduce((sum, room) => sum + room.messageCount, 0);
  const mentions = rooms.reduce((sum, room) => sum + room.mentionCount, 0);
  const what = `${count} new ${count === 1 ? 'message' : 'messages'}`;
  return mentions === 0 ? `${what} while you were away` : `${what}, ${mentions} of them for you`;
}

export function textOf({ userName, rooms }: Digest, publicUrl: string | undefined): string {
  const more = rooms.length - ROOMS_SHOWN;
  return [
    `Hello ${shorten(userName, 80)},`,
    'this is what you missed:',
    ...rooms.slice(0, ROOMS_SHOWN).map(paragraphOf),
    ...(more > 0 ? [`And something in ${more} more ${more === 1 ? 'room' : 'rooms'}.`] : []),
    ...(publicUrl === undefined ? [] : [publicUrl]),
    'You can switch these mails off where you set your notifications.',
  ].join('\n\n');
}

function paragraphOf(room: MissedRoom): string {
  const count = `${room.messageCount} new ${room.messageCount === 1 ? 'message' : 'messages'}`;
  const head =
    room.roomType === 'direct'
      ? `${count} from ${shorten(room.authorName, 80)}`
      : `${count} in ${shorten(room.roomName ?? '', 80)}`;
  return room.content === null
    ? head
    : `${head}\n  ${shorten(room.authorName, 80)}: ${shorten(room.content, LINE_LENGTH)}`;
}

/** 4xx means later, 5xx means never (RFC 5321, section 4.2.1). Without an answer, only before DATA is it sure. */
function deliveryOf(error: unknown): Delivery {
  const { responseCode, code, command } = error as {
    responseCode?: number;
    code?: string;
    command?: string;
  };
  if (responseCode !== undefined) {
    const cause = `smtp_${responseCode}`;
    return responseCode < 500 ? { outcome: 'refused', cause } : { outcome: 'failed', cause };
  }
  return command === 'CONN' || code === 'EDNS' || code === 'ECONNECTION'
    ? { outcome: 'refused', cause: 'not_reached' }
    : { outcome: 'failed', cause: 'not_answered' };
}

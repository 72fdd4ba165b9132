import { z } from 'zod';
import { absoluteAddress, addressOfWorkspace } from '../addresses/absolute.ts';
import type { Channel } from './channel.ts';
import type { Mailer } from './mailer.ts';
import { shorten } from './message.ts';
import { createUnsubscribeSigner } from './unsubscribe-address.ts';

/** What someone missed in one room, as `app_private.compose_digest` gives it. */
const missedRoomShape = z.object({
  /** Null for a conversation of two. */
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
  hosts: z.array(z.string()),
});

export type MissedRoom = z.infer<typeof missedRoomShape>;

export interface Digest {
  readonly userName: string;
  readonly rooms: readonly MissedRoom[];
}

/** Addresses in a mail; undefined ones are left out. */
export interface Links {
  readonly open: string | undefined;
  readonly unsubscribe: string | undefined;
}

/** Whom to write to. */
export interface Mailbox {
  readonly userId: string;
  readonly email: string;
  /** By which people come to the workspace. */
  readonly hosts: readonly string[];
}

export interface EmailOptions {
  readonly mailer: Mailer;
  readonly publicUrl: string | undefined;
  /** The server's own, which it checks addresses with. Undefined: mails have no address to unsubscribe at. */
  readonly jwtSecret: string | undefined;
}

const ROOMS_SHOWN = 10;
const LINE_LENGTH = 160;

/** Digests by mail. */
export function createEmailChannel(options: EmailOptions): Channel<Mailbox, Digest> {
  const { mailer, publicUrl, jwtSecret } = options;
  const signer = jwtSecret === undefined ? undefined : createUnsubscribeSigner(jwtSecret);

  function linksFor({ userId, hosts }: Mailbox): Links {
    const open = publicUrl === undefined ? undefined : addressOfWorkspace(publicUrl, hosts);
    return {
      open,
      unsubscribe:
        open !== undefined && signer ? absoluteAddress(open, signer.sign(userId)) : undefined,
    };
  }

  return {
    async prepare(mailbox, digest) {
      const links = linksFor(mailbox);
      const mail = {
        // As a list entry, a name with a comma in it stays one recipient.
        to: { name: shorten(digest.userName, 80), address: mailbox.email },
        subject: subjectOf(digest),
        text: textOf(digest, links),
        headers: unsubscribeHeaders(links.unsubscribe),
      };
      return {
        async open() {
          // Nothing has begun that could be abandoned: nodemailer connects when it sends.
          return { finish: () => mailer.send(mail), abandon() {} };
        },
      };
    },
  };
}

export function subjectOf({ rooms }: Digest): string {
  const count = rooms.reduce((sum, room) => sum + room.messageCount, 0);
  const mentions = rooms.reduce((sum, room) => sum + room.mentionCount, 0);
  const what = `${count} new ${count === 1 ? 'message' : 'messages'}`;
  return mentions === 0 ? `${what} while you were away` : `${what}, ${mentions} of them for you`;
}

/** The button of mail programs. RFC 8058 knows https alone. */
function unsubscribeHeaders(address: string | undefined) {
  return address?.startsWith('https:')
    ? {
        // As it is: folding would leave nothing on the header's first line, which not every program reads.
        'List-Unsubscribe': { prepared: true, value: `<${address}>` },
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }
    : {};
}

export function textOf({ userName, rooms }: Digest, links: Links): string {
  const more = rooms.length - ROOMS_SHOWN;
  return [
    `Hello ${shorten(userName, 80)},`,
    'this is what you missed:',
    ...rooms.slice(0, ROOMS_SHOWN).map(paragraphOf),
    ...(more > 0 ? [`And something in ${more} more ${more === 1 ? 'room' : 'rooms'}.`] : []),
    ...(links.open === undefined ? [] : [links.open]),
    links.unsubscribe === undefined
      ? 'You can switch these mails off where you set your notifications.'
      : `No more of these mails: ${links.unsubscribe}`,
  ].join('\n\n');
}

function paragraphOf(room: MissedRoom): string {
  const count = `${room.messageCount} new ${room.messageCount === 1 ? 'message' : 'messages'}`;
  const head =
    room.roomName === null
      ? `${count} from ${shorten(room.authorName, 80)}`
      : `${count} in ${shorten(room.roomName, 80)}`;
  return room.content === null
    ? head
    : `${head}\n  ${shorten(room.authorName, 80)}: ${shorten(room.content, LINE_LENGTH)}`;
}

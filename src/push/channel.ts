import { z } from 'zod';

/**
 * The one interface behind which every way of reaching a device stands.
 *
 * A send has three parts, so that a push can be claimed in the database in the moment in which it leaves: `prepare`
 * encrypts and fetches tokens, `open` connects and sends what no one can act on yet, `finish` writes the rest.
 */
export interface Channel<Target, Content> {
  /** @throws UnusableTargetError when nothing can ever be sent there: forget the target. */
  prepare(target: Target, content: Content): Promise<PreparedSend>;
  close?(): Promise<void>;
}

export interface PreparedSend {
  /** Never throws: that nobody could be reached is a delivery, of which nothing has left. */
  open(): Promise<OpenSend | RefusedDelivery>;
}

/** Everything stands but the last bytes. */
export interface OpenSend {
  /** Writes them, before this call returns. Never throws: what went wrong is in the answer. */
  finish(): Promise<Delivery>;
  /** Ends the send; nothing has been delivered. */
  abandon(): void;
}

/** Opens and finishes a send that nobody else could be at. */
export async function sendNow(send: PreparedSend): Promise<Delivery> {
  const opened = await send.open();
  return 'outcome' in opened ? opened : opened.finish();
}

export type Delivery =
  | { readonly outcome: 'sent' }
  /** The target is no more: forget it. */
  | { readonly outcome: 'gone'; readonly cause: string }
  | RefusedDelivery
  /** Perhaps delivered, or never will be: not tried again. */
  | { readonly outcome: 'failed'; readonly cause: string };

/** Surely not delivered, and may be later. */
export interface RefusedDelivery {
  readonly outcome: 'refused';
  readonly cause: string;
  readonly retryAfterMs?: number;
}

export class UnusableTargetError extends Error {
  /** One word for the metrics. */
  readonly reason: string;

  constructor(reason: string, message: string = reason) {
    super(message);
    this.name = 'UnusableTargetError';
    this.reason = reason;
  }
}

/** A device as `app_private.device_json` gives it. */
export const deviceShape = z.object({
  subscriptionId: z.uuid(),
  channel: z.enum(['web', 'fcm', 'apns']),
  /** The address of a browser's push service, or an app's token. */
  endpoint: z.string(),
  p256dh: z.string().nullable(),
  auth: z.string().nullable(),
  /** The server's key when the browser subscribed. */
  vapidPublicKey: z.string().nullable(),
  failures: z.int(),
  pausedUntil: z.coerce.date().nullable(),
});

export type Device = z.infer<typeof deviceShape>;
export type ChannelName = Device['channel'];

/** What a device is told. */
export type PushContent = ToldPush | ClearPush;

/** What is shown, and so claimed. */
export type ToldPush = MessagePush | ReminderPush;

/** There is something new in a room. Replaces what the device shows of that room. */
export interface MessagePush {
  readonly type: 'message';
  readonly roomId: string;
  /** The newest message. */
  readonly messageId: string;
  readonly title: string;
  /** Missing in rooms that keep their text off locked screens. */
  readonly body?: string;
  /** How many messages this stands for. */
  readonly count: number;
  /** Unread messages over all rooms. */
  readonly badge: number;
  /** A mention or a direct message: worth waking the device for. */
  readonly urgent: boolean;
  /** Rooms read on another device since: take their notifications away. */
  readonly readRoomIds: readonly string[];
  /** In rooms with delivery receipts: the device tells that it has come, up to this message. */
  readonly deliveredSeq?: number;
}

/** The time of a reminder has come. Where its message is gone for its person, there is neither a room nor a message. */
export interface ReminderPush {
  readonly type: 'reminder';
  readonly reminderId: string;
  readonly roomId?: string;
  readonly messageId?: string;
  /** The number of the message in its room. */
  readonly seq?: number;
  readonly title: string;
  /** Missing in rooms that keep their text off locked screens. */
  readonly body?: string;
  /** Unread messages over all rooms. */
  readonly badge: number;
}

/** A room was read on another device. Shows nothing. */
export interface ClearPush {
  readonly type: 'clear';
  readonly roomId: string;
  readonly badge: number;
}

export type PushChannel = Channel<Device, PushContent>;

/** How long a push service keeps a push for a device that is off. */
export const TIME_TO_LIVE_SECONDS = 24 * 3_600;

/** The name under which a device shows one room, or one reminder: a newer push replaces the older. */
export function tagOf(content: PushContent): string {
  return content.type === 'reminder' ? `reminder-${content.reminderId}` : `room-${content.roomId}`;
}

/** Whether it is worth waking a device for. */
export function isUrgent(content: PushContent): boolean {
  return content.type === 'reminder' || (content.type === 'message' && content.urgent);
}

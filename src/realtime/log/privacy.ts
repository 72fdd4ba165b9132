import type { Pool } from 'pg';
import { gather } from '../../database/gather.ts';
import { QUERY_TIMEOUT_MS } from '../../process/time-limits.ts';
import type { DurableEvent, Happening, ReadReceiptEvent, RoomEvent } from './events.ts';
import { microsecondsOf } from './place.ts';

/** What a person hides, and so is not told of others. */
export interface Privacy {
  readonly hidesReading: boolean;
  readonly hidesTyping: boolean;
  readonly hidesPresence: boolean;
  /** When they last changed it, in microseconds since 1970; null when never. */
  readonly changedAt: number | null;
}

/** What somebody hides as of now, by the person's id. */
export interface PrivacyOf extends Privacy {
  readonly userId: string;
}

/** Someone who hides nothing. */
const OPEN: Privacy = {
  hidesReading: false,
  hidesTyping: false,
  hidesPresence: false,
  changedAt: null,
};

/** The fields of `PrivacyOf`, of rows of app_public.privacy_settings, as an object. */
export const PRIVACY_OBJECT = `json_build_object(
  'userId', user_id, 'hidesReading', hides_reading, 'hidesTyping', hides_typing, 'hidesPresence', hides_presence,
  'changedAt', ${microsecondsOf('changed_at')})`;

/** Reads what a person hides; the questions of one moment together. */
export type ReadPrivacy = (userId: string) => Promise<Privacy>;

/** @param pool connections of the owner */
export function createPrivacyReader(pool: Pool): ReadPrivacy {
  return gather(async (userIds: readonly string[]) => {
    const query = {
      name: 'trumpet_privacy',
      text: `select ${PRIVACY_OBJECT} as privacy from app_public.privacy_settings where user_id = any ($1::uuid[])`,
      values: [userIds],
      query_timeout: QUERY_TIMEOUT_MS,
    };
    const { rows } = await pool.query<{ privacy: PrivacyOf }>(query);
    const known = new Map(rows.map(({ privacy }) => [privacy.userId, privacy]));
    return userIds.map((userId) => known.get(userId) ?? OPEN);
  });
}

/** People who hide the same are told the same. */
export function privacyKey({ hidesReading, hidesTyping, hidesPresence }: Privacy): string {
  return `${Number(hidesReading)}${Number(hidesTyping)}${Number(hidesPresence)}`;
}

/** Whether someone who hides this of themselves is not told of an event at all. */
export function isKeptFrom(privacy: Privacy, event: Happening): boolean {
  return (
    (event.__typename === 'TypingEvent' && privacy.hidesTyping) ||
    (event.__typename === 'PresenceEvent' && privacy.hidesPresence)
  );
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** A change that someone is not told of: there was one, for its number. Nobody has read nothing. */
export function untold({
  roomId,
  changeSeq,
  cursor,
  occurredAt,
}: Pick<DurableEvent, 'roomId' | 'changeSeq' | 'cursor' | 'occurredAt'>): ReadReceiptEvent {
  return {
    __typename: 'ReadReceiptEvent',
    roomId,
    changeSeq,
    cursor,
    occurredAt,
    event: 'update',
    userId: NOBODY,
    lastReadSeq: 0,
  };
}

/** An event as someone is told of it: who hides what they read learns of a receipt that there was one, for its number. */
export function toldTo<Event extends RoomEvent>(privacy: Privacy, event: Event): Event {
  if (!privacy.hidesReading) {
    return event;
  }
  switch (event.__typename) {
    case 'ReadReceiptEvent':
    case 'ThreadReceiptEvent':
      return { ...event, userId: NOBODY, lastReadSeq: 0 };
    case 'DeliveryReceiptEvent':
      return { ...event, userId: NOBODY, lastDeliveredSeq: 0 };
    default:
      return event;
  }
}

import type { Pool } from 'pg';
import { QUERY_TIMEOUT_MS } from '../../process/time-limits.ts';
import type { DurableEvent, RoomEvent } from './events.ts';
import { untold } from './privacy.ts';

/**
 * Puts what someone may not be told of who sees a room from a message on: of what is about an earlier one they learn that
 * there was something, for its number.
 */
export type LeaveOutUnseen = <Event extends RoomEvent>(
  seesFrom: number,
  events: readonly Event[],
) => Promise<readonly RoomEvent[]>;

/** @param pool connections of the owner */
export function createUnseenFilter(pool: Pool): LeaveOutUnseen {
  async function seenOf(seesFrom: number, ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) {
      return new Set();
    }
    const query = {
      name: 'trumpet_seen_messages',
      text: 'select id from app_public.messages where id = any ($1::uuid[]) and seq >= $2',
      values: [ids, seesFrom],
      query_timeout: QUERY_TIMEOUT_MS,
    };
    const { rows } = await pool.query<{ id: string }>(query);
    return new Set(rows.map(({ id }) => id));
  }

  return async function leaveOutUnseen(seesFrom, events) {
    const seen = await seenOf(seesFrom, [
      ...new Set(events.filter(isAboutMessage).map(({ messageId }) => messageId)),
    ]);
    return events.map((event) =>
      !isAboutMessage(event) || seen.has(event.messageId) || isGoneOf(event, seesFrom)
        ? event
        : untold(event),
    );
  };
}

/** Whether it names a message, whatever it says of it. */
function isAboutMessage<Event extends RoomEvent>(
  event: Event,
): event is Event & Extract<DurableEvent, { readonly messageId: string }> {
  return 'messageId' in event;
}

/** What is gone can be asked no more: the log says which number it had. */
function isGoneOf(event: RoomEvent, seesFrom: number): boolean {
  return event.__typename === 'MessageEvent' && (event.goneSeq ?? 0) >= seesFrom;
}

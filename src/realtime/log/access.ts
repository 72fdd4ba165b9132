import type { Pool } from 'pg';
import { gather } from '../../database/gather.ts';
import { QUERY_TIMEOUT_MS } from '../../process/time-limits.ts';
import { type LogPlace, microsecondsOf } from './place.ts';

/** A person and a room. */
interface Question {
  readonly userId: string;
  readonly roomId: string;
}

/** Tells whether a person may listen to a room: the room's last change if so, else undefined. */
export type CheckAccess = (question: Question) => Promise<LogPlace | undefined>;

interface Row {
  readonly user_id: string;
  readonly room_id: string;
  readonly head_change_seq: string;
  readonly head_at: string;
}

/** Asks app_private.check_listeners, the questions of one moment together. */
export function createAccessCheck(pool: Pool): CheckAccess {
  return gather(async (questions: readonly Question[]) => {
    const query = {
      name: 'trumpet_check_listeners',
      text: `
        select user_id, room_id, head_change_seq, ${microsecondsOf('head_changed_at')} as head_at
        from app_private.check_listeners($1, $2)`,
      values: [questions.map(({ userId }) => userId), questions.map(({ roomId }) => roomId)],
      query_timeout: QUERY_TIMEOUT_MS,
    };
    const { rows } = await pool.query<Row & Record<string, unknown>>(query);
    const heads = new Map(
      rows.map((row) => [
        `${row.user_id} ${row.room_id}`,
        { seq: Number(row.head_change_seq), at: Number(row.head_at) },
      ]),
    );
    return questions.map(({ userId, roomId }) => heads.get(`${userId} ${roomId}`));
  });
}

/** Tells whether a room is archived. */
export type CheckArchived = (roomId: string) => Promise<boolean>;

/** @param pool connections of the owner */
export function createArchiveCheck(pool: Pool): CheckArchived {
  return async (roomId) => {
    const query = {
      text: 'select from app_public.rooms where id = $1 and is_archived',
      values: [roomId],
      query_timeout: QUERY_TIMEOUT_MS,
    };
    return (await pool.query(query)).rowCount === 1;
  };
}

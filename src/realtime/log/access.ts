import type { Pool } from 'pg';
import { gather } from '../../database/gather.ts';
import { QUERY_TIMEOUT_MS } from '../../process/time-limits.ts';
import { isOfRoom } from './events.ts';
import { type LogPlace, microsecondsOf } from './place.ts';

/** A person and a room. */
interface Question {
  readonly userId: string;
  readonly roomId: string;
}

/** What a person may hear of a room. */
export interface Access {
  /** The room's last change. */
  readonly head: LogPlace;
  /** The first message that they may see; null when they see all. */
  readonly seesFrom: number | null;
  /** The change by which they were last let see more than before; null when never, or the log has it no more. */
  readonly widenedBy: number | null;
}

/** Tells whether a person may listen to a room, and to what of it; else undefined. */
export type CheckAccess = (question: Question) => Promise<Access | undefined>;

interface Row {
  readonly user_id: string;
  readonly room_id: string;
  readonly head_change_seq: string;
  readonly head_at: string;
  readonly sees_from_seq: string | null;
  readonly widened_by: string | null;
}

/** The change by which a member was last let see more, of rows of room_members. */
export const WIDENED_BY = `
  case when room_members.history_widened_at is not null then (
    select max(changes.change_seq) from app_private.room_changes as changes
      where ${isOfRoom('changes', 'room_members.room_id')} and changes.kind = 'member' and changes.op = 'update'
        and changes.user_id = room_members.user_id and changes.last_read_seq is not null
  ) end`;

/** Asks app_private.check_listeners, the questions of one moment together. */
export function createAccessCheck(pool: Pool): CheckAccess {
  return gather(async (questions: readonly Question[]) => {
    const query = {
      name: 'trumpet_check_listeners',
      text: `
        select user_id, room_id, head_change_seq, ${microsecondsOf('head_changed_at')} as head_at, sees_from_seq,
          ${WIDENED_BY} as widened_by
        from app_private.check_listeners($1, $2) as room_members`,
      values: [questions.map(({ userId }) => userId), questions.map(({ roomId }) => roomId)],
      query_timeout: QUERY_TIMEOUT_MS,
    };
    const { rows } = await pool.query<Row & Record<string, unknown>>(query);
    const answers = new Map(
      rows.map((row) => [
        `${row.user_id} ${row.room_id}`,
        {
          head: { seq: Number(row.head_change_seq), at: Number(row.head_at) },
          seesFrom: row.sees_from_seq === null ? null : Number(row.sees_from_seq),
          widenedBy: row.widened_by === null ? null : Number(row.widened_by),
        },
      ]),
    );
    return questions.map(({ userId, roomId }) => answers.get(`${userId} ${roomId}`));
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

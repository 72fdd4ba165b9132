import type { Pool } from 'pg';

/** Tells whether a person may listen to a room: the room's last `changeSeq` if so, else undefined. */
export type CheckAccess = (userId: string, roomId: string) => Promise<number | undefined>;

interface Question {
  readonly userId: string;
  readonly roomId: string;
  readonly answer: (head: number | undefined) => void;
  readonly fail: (error: unknown) => void;
}

const GATHER_MS = 2;
const MAX_QUESTIONS = 1_000;
const QUERY_TIMEOUT_MS = 5_000;

/**
 * Asks app_private.check_listeners, all questions of the same moment in one statement: a thousand
 * clients that reconnect together are not a thousand queries.
 */
export function createAccessCheck(pool: Pool): CheckAccess {
  const waiting: Question[] = [];

  async function ask(): Promise<void> {
    const questions = waiting.splice(0, MAX_QUESTIONS);
    if (waiting.length > 0) {
      setImmediate(ask);
    }
    try {
      const query = {
        name: 'trumpet_check_listeners',
        text: 'select user_id, room_id, head_change_seq from app_private.check_listeners($1, $2)',
        values: [questions.map(({ userId }) => userId), questions.map(({ roomId }) => roomId)],
        query_timeout: QUERY_TIMEOUT_MS,
      };
      const { rows } = await pool.query<{
        user_id: string;
        room_id: string;
        head_change_seq: string;
      }>(query);
      const heads = new Map(
        rows.map((row) => [`${row.user_id} ${row.room_id}`, Number(row.head_change_seq)]),
      );
      for (const { userId, roomId, answer } of questions) {
        answer(heads.get(`${userId} ${roomId}`));
      }
    } catch (error) {
      for (const { fail } of questions) {
        fail(error);
      }
    }
  }

  return (userId, roomId) =>
    new Promise((answer, fail) => {
      if (waiting.push({ userId, roomId, answer, fail }) === 1) {
        setTimeout(ask, GATHER_MS);
      }
    });
}

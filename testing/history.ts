import type pg from 'pg';
import type { TestUser } from './database.ts';

/** Does one step of a random history: as a person, or as the owner (null). Null is returned where it was refused. */
export type DoStep = (
  user: TestUser | null,
  sql: string,
  values: unknown[],
  // biome-ignore lint/suspicious/noExplicitAny: each statement has its rows
) => Promise<any[] | null>;

/** @param client in a transaction: what is refused takes back its own step alone. @throws what is no refusal */
export function stepsIn(client: pg.ClientBase): DoStep {
  const as = (user: TestUser | null) =>
    client.query(
      `select set_config('role', $1, true), set_config('trumpet.user_id', $2, true), set_config('trumpet.session_id', $3, true)`,
      user ? ['trumpet_user', user.id, user.sessionId] : ['none', '', ''],
    );
  return async (user, sql, values) => {
    await client.query('savepoint step');
    await as(user);
    try {
      return (await client.query(sql, values)).rows;
    } catch (error) {
      if (!/^(TR|23)/.test((error as pg.DatabaseError).code ?? '')) {
        throw error;
      }
      await client.query('rollback to savepoint step');
      return null;
    } finally {
      await as(null);
    }
  };
}

/** Deletes the oldest messages of a room, as retention does. */
export async function retain(step: DoStep, roomId: string, count: number): Promise<void> {
  await step(
    null,
    `select app_private.lock_room($1), app_private.begin_bulk(), app_private.delete_messages(array(
      select id from app_public.messages where room_id = $1 and not app_private.is_provisional(seq)
        order by seq limit $2))`,
    [roomId, count],
  );
  await step(null, 'select app_private.note_history_start($1), app_private.end_bulk()', [roomId]);
}

/** Deletes the account of somebody who is in one room, as the worker does. */
export async function erase(step: DoStep, { id }: TestUser): Promise<void> {
  await step(null, 'select app_private.begin_erasure($1)', [id]);
  await step(null, 'select app_private.leave_next_room($1)', [id]);
  await step(null, 'select app_private.erase_messages($1, 100), app_private.end_bulk()', [id]);
}

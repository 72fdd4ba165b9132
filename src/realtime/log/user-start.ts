import type { Pool } from 'pg';
import { TrumpetError } from '../../errors/codes.ts';
import { LONG_QUERY_TIMEOUT_MS } from '../../process/time-limits.ts';
import { CHANGE_COLUMNS, type ChangeRow, type DurableEvent, eventOfChange } from './events.ts';
import { logTooShort } from './resync.ts';

/** Where to begin in a room. */
export interface RoomStart {
  readonly roomId: string;
  /** The room's head when it was checked that the user is a member. */
  readonly head: number;
  /** The last change that the user knows. */
  readonly after: number;
}

/** Where to begin in all rooms of a user. */
export interface UserStart {
  readonly horizon: string;
  readonly rooms: readonly RoomStart[];
  /** The user's own removals since the cursor, from rooms where they are no member any more. */
  readonly departures: readonly DurableEvent[];
}

/** @param resumeFrom the horizon that the user knows everything before; null to begin now */
export type ReadUserStart = (userId: string, resumeFrom: string | null) => Promise<UserStart>;

interface StartRow {
  readonly horizon: string;
  readonly is_future: boolean;
  readonly is_too_old: boolean;
  readonly rooms: readonly (readonly [roomId: string, head: number, after: number])[];
}

/**
 * Where to begin in each room of a user. Behind the last change that committed before the cursor's
 * horizon: the numbers of a room are in the order of its commits, so everything up to there did too.
 * Where the log does not go back to such a change, all that was dropped of it is from before the
 * horizon, since older cursors are turned away: their rooms might reach back, and still the end of a
 * membership would be missing.
 */
const USER_START = `
  select
    pg_snapshot_xmin(pg_current_snapshot())::text as horizon,
    coalesce($2::xid8 > pg_snapshot_xmax(pg_current_snapshot()), false) as is_future,
    coalesce($2::xid8 < app_private.oldest_resumable_xid(), false) as is_too_old,
    array(
      select json_build_array(
        room_heads.room_id,
        room_heads.last_change_seq,
        case when $2::xid8 is null then room_heads.last_change_seq else coalesce(
          (
            select change_seq from app_private.room_changes
              where room_changes.room_id = room_heads.room_id and xid < $2::xid8
              order by change_seq desc limit 1
          ),
          (
            select min(change_seq) - 1 from app_private.room_changes
              where room_changes.room_id = room_heads.room_id
          ),
          room_heads.last_change_seq
        ) end
      )
      from app_public.room_members
      join app_private.room_heads on room_heads.room_id = room_members.room_id
      where room_members.user_id = $1
    ) as rooms`;

const DEPARTURES = `
  select distinct on (changes.room_id) ${CHANGE_COLUMNS}
  from app_private.room_changes as changes
  where changes.user_id = $1 and changes.xid >= $2::xid8 and changes.kind = 'member' and changes.op = 'delete'
    and not exists (
      select from app_public.room_members
        where room_members.room_id = changes.room_id and room_members.user_id = $1
    )
  order by changes.room_id, changes.change_seq desc`;

/**
 * Reads where to begin in all rooms of a user. The result throws a TrumpetError BAD_INPUT when the horizon is not of
 * this database, or the log does not reach back to it.
 *
 * @param pool connections of the owner
 */
export function createUserStartReader(pool: Pool): ReadUserStart {
  async function query<Row extends object>(text: string, values: unknown[]): Promise<Row[]> {
    const timed = { text, values, query_timeout: LONG_QUERY_TIMEOUT_MS };
    return (await pool.query<Row & Record<string, unknown>>(timed)).rows;
  }

  return async function readUserStart(userId, resumeFrom) {
    const [start] = await query<StartRow>(USER_START, [userId, resumeFrom]);
    if (start === undefined || start.is_future) {
      throw new TrumpetError('BAD_INPUT', '`after` is not a cursor of userEvents.');
    }
    if (start.is_too_old) {
      throw logTooShort('your rooms');
    }
    const rooms = start.rooms.map(([roomId, head, after]) => ({ roomId, head, after }));
    const departures =
      resumeFrom === null ? [] : await query<ChangeRow>(DEPARTURES, [userId, resumeFrom]);
    return { horizon: start.horizon, rooms, departures: departures.map(eventOfChange) };
  };
}

import type { Pool } from 'pg';
import { LONG_QUERY_TIMEOUT_MS } from '../../process/time-limits.ts';
import { WIDENED_BY } from './access.ts';
import { inRun } from './database-run.ts';
import {
  CHANGE_COLUMNS,
  type ChangeRow,
  type DurableEvent,
  eventOfChange,
  isOfRoom,
  type Notice,
} from './events.ts';
import { emojiNotices, interactionNotices, personalNotices } from './log-queries.ts';
import { type LogPlace, microsecondsOf, momentOf } from './place.ts';
import { logTooShort, otherHistory, otherPrivacy, widerHistory } from './resync.ts';
import { laterWitness, type UserCursor, type Witness } from './user-cursor.ts';

/** Where to begin in a room. */
export interface RoomStart {
  readonly roomId: string;
  /** The room's head when it was checked that the user is a member. */
  readonly head: number;
  /** The last change that the user knows. */
  readonly after: LogPlace;
  /** The change by which the room was archived, or one before `after`; null when it is not archived. */
  readonly archivedBy: number | null;
  /** The first message that the user may see; null when they see all. */
  readonly seesFrom: number | null;
}

/** Where to begin in all rooms of a user. */
export interface UserStart {
  /** What is known when everything behind these starts has been handed over. */
  readonly cursor: UserCursor;
  readonly rooms: readonly RoomStart[];
  /** The user's own removals since the cursor, from rooms where they are no member any more. */
  readonly departures: readonly DurableEvent[];
  /** Interactions that are news since the cursor, and those that wait for the user to answer, the oldest first. */
  readonly news: readonly Notice[];
}

/** @param resumeFrom the cursor that the user knows everything before; null to begin now */
export type ReadUserStart = (userId: string, resumeFrom: UserCursor | null) => Promise<UserStart>;

interface StartRow {
  readonly run: string | null;
  readonly horizon: string;
  readonly resume_from: string | null;
  readonly is_other: boolean;
  readonly is_too_old: boolean;
  /** What the user hides, and so is told, has changed since. */
  readonly is_seen_otherwise: boolean;
  readonly rooms: readonly (readonly [
    roomId: string,
    head: number,
    after: number,
    afterAt: number | null,
    headAt: number,
    archivedBy: number | null,
    seesFrom: number | null,
    widenedBy: number | null,
  ])[];
}

/**
 * Where to begin in each room of a user. Behind the last change that committed before the cursor's horizon: the numbers
 * of a room are in the order of its commits, so everything up to there did too. Where the log does not go back to such a
 * change, all that was dropped of it is from before the horizon, since older cursors are turned away: their rooms might
 * reach back, and still the end of a membership would be missing.
 *
 * A cursor of an earlier run goes back to where the next one began: ids from there on may have been given again. It is
 * of this history when that run is known here, and the change that it names is in the log.
 */
const USER_START = `
  with resumed as (
    select
      known.number is null or (
        known.number < run.number and not exists (
          select from app_private.room_changes
            where ${isOfRoom('room_changes', '$4::uuid')} and change_seq = $5::bigint and occurred_at = ${momentOf('$6::bigint')}
        )
      ) as is_other,
      least($2::xid8, (
        select min(first_xid) from app_private.database_runs as later where later.number > known.number
      )) as horizon
    from app_private.current_run() as run
    left join app_private.database_runs as known on known.id = $3::bigint
    where $3::bigint is not null
  )
  select
    run.id::text as run,
    app_private.horizon(run.xid_offset)::text as horizon,
    resumed.horizon::text as resume_from,
    coalesce(
      resumed.is_other
      or resumed.horizon::text::bigint > pg_snapshot_xmax(pg_current_snapshot())::text::bigint + run.xid_offset,
      false) as is_other,
    coalesce(resumed.horizon < app_private.oldest_resumable_xid(), false) as is_too_old,
    exists (
      select from app_private.personal_news
        where person_id = $1 and matter = 'privacy' and xid >= resumed.horizon
    ) as is_seen_otherwise,
    array(
      select json_build_array(
        room_heads.room_id,
        room_heads.last_change_seq,
        coalesce(known.change_seq, oldest.change_seq - 1, room_heads.last_change_seq),
        ${microsecondsOf(`
          case when known.change_seq is not null then known.occurred_at
            when oldest.change_seq is null then room_heads.last_change_at end`)},
        ${microsecondsOf('room_heads.last_change_at')},
        case when rooms.is_archived then coalesce((
          select max(change_seq) from app_private.room_changes
            where ${isOfRoom('room_changes', 'room_heads.room_id')} and kind = 'room'
              and change_seq >= coalesce(known.change_seq + 1, oldest.change_seq)
        ), 0) end,
        room_members.sees_from_seq,
        ${WIDENED_BY}
      )
      from app_public.room_members
      join app_public.rooms on rooms.id = room_members.room_id
      join app_private.room_heads on room_heads.room_id = room_members.room_id
      left join lateral (
        select change_seq, occurred_at from app_private.room_changes
          where ${isOfRoom('room_changes', 'room_heads.room_id')} and xid < resumed.horizon
          order by change_seq desc limit 1
      ) as known on true
      left join lateral (
        select min(change_seq) as change_seq from app_private.room_changes
          where ${isOfRoom('room_changes', 'room_heads.room_id')} and resumed.horizon is not null and known.change_seq is null
      ) as oldest on true
      where room_members.user_id = $1
    ) as rooms
  from app_private.current_run() as run
  left join resumed on true`;

const DEPARTURES = `
  select distinct on (changes.room_id) ${CHANGE_COLUMNS}
  from app_private.room_changes as changes
  where changes.user_id = $1 and changes.xid >= $2::xid8 and changes.kind = 'member' and changes.op = 'delete'
    and not exists (
      select from app_public.room_members
        where room_members.room_id = changes.room_id and room_members.user_id = $1
    )
  order by changes.room_id, changes.change_seq desc`;

/** The newest, where there are more. */
const MAX_INTERACTIONS = 1_000;

const INTERACTIONS = `
  select notice from (
    ${interactionNotices(
      'news.person_id = $1 and (news.xid >= $2::xid8 or told.bot_id = $1 and told.answered_at is null)',
    )} desc
    limit ${MAX_INTERACTIONS}
  ) as newest`;

const PERSONAL_NEWS = `(${personalNotices('news.person_id = $1 and news.xid >= $2::xid8')})
  union all (${emojiNotices('array[$1]', '$2::xid8')})`;

/**
 * Reads where to begin in all rooms of a user. The result throws a TrumpetError RESYNC when the cursor is not of the
 * history that the database has, or the log does not reach back to it.
 *
 * @param pool connections of the owner
 */
export function createUserStartReader(pool: Pool): ReadUserStart {
  async function query<Row extends object>(text: string, values: unknown[]): Promise<Row[]> {
    const timed = { text, values, query_timeout: LONG_QUERY_TIMEOUT_MS };
    return (await pool.query<Row & Record<string, unknown>>(timed)).rows;
  }

  return async function readUserStart(userId, resumeFrom) {
    const { horizon = null, run = null, witness } = resumeFrom ?? {};
    const { roomId = null, place } = witness ?? {};
    const values = [userId, horizon, run, roomId, place?.seq ?? null, place?.at ?? null];
    const start = await inRun(pool, () => query<StartRow>(USER_START, values));
    if (start.is_other) {
      throw otherHistory('your rooms');
    }
    if (start.is_too_old) {
      throw logTooShort('your rooms');
    }
    if (start.is_seen_otherwise) {
      throw otherPrivacy();
    }
    if (start.rooms.some(([, , seq, , , , , widenedBy]) => seq < (widenedBy ?? 0))) {
      throw widerHistory();
    }
    const rooms = start.rooms.map(([roomId, head, seq, at, , archivedBy, seesFrom]) => ({
      roomId,
      head,
      after: { seq, at },
      archivedBy,
      seesFrom,
    }));
    const departures =
      start.resume_from === null
        ? []
        : await query<ChangeRow>(DEPARTURES, [userId, start.resume_from]);
    const since = [userId, start.resume_from];
    const interactions = await query<{ notice: Notice }>(INTERACTIONS, since);
    const personal = await query<{ notice: Notice }>(PERSONAL_NEWS, since);
    return {
      cursor: { run: start.run, horizon: start.horizon, witness: newestOf(start.rooms) },
      rooms,
      departures: departures.map(eventOfChange),
      news: [...interactions.reverse(), ...personal].map(({ notice }) => notice),
    };
  };
}

/** The latest change of all of these rooms. */
function newestOf(rooms: StartRow['rooms']): Witness | undefined {
  return rooms
    .map(([roomId, seq, , , at]): Witness => ({ roomId, place: { seq, at } }))
    .reduce<Witness | undefined>(laterWitness, undefined);
}

import type { Pool, QueryConfig } from 'pg';
import { QUERY_TIMEOUT_MS } from '../../process/time-limits.ts';
import {
  CHANGE_COLUMNS,
  type ChangeRow,
  type DurableEvent,
  eventOfChange,
  type MemberEvent,
} from './events.ts';
import { isGapless } from './watched-rooms.ts';
import type { UserWatch } from './watchers.ts';

/** A room, and the last of its changes that is known. */
export type KnownRoom = readonly [roomId: string, known: number];

/** What the feed asks of the database. */
export interface LogQueries {
  /** What came behind the known changes of rooms: one list a room that has any, the oldest first. */
  readChanges(rooms: readonly KnownRoom[], limitPerRoom: number): Promise<DurableEvent[][]>;
  /**
   * Changes of one room behind `after`, the oldest first, at most `limit`; null when the log does not reach back that
   * far any more.
   */
  readLog(roomId: string, after: number, limit: number): Promise<DurableEvent[] | null>;
  /** Who was removed from rooms behind the known changes: one list a room that has any, the oldest first. */
  readRemovals(rooms: readonly KnownRoom[]): Promise<MemberEvent[][]>;
  /** Compares everything that is watched with the database. */
  sweep(rooms: readonly KnownRoom[], watchers: readonly UserWatch[]): Promise<Sweep>;
  /** Whether any of these people is a member of any of these rooms. */
  isAnyMember(roomIds: readonly string[], userIds: readonly string[]): Promise<boolean>;
  /** Which of these people are members of which of these rooms; rooms of more than `maxMembers` are left out. */
  membersIn(
    roomIds: readonly string[],
    userIds: readonly string[],
    maxMembers: number,
  ): Promise<readonly { readonly roomId: string; readonly userId: string }[]>;
}

/** What is true at one moment. */
export interface Sweep {
  readonly horizon: string;
  /** Rooms whose head is another than the known one; null when the room is gone. */
  readonly behind: readonly (readonly [roomId: string, head: number | null])[];
  /** Watchers who have come into a room and are members of it now: by which change, and the room's head. */
  readonly joined: readonly (readonly [
    userId: string,
    roomId: string,
    changeSeq: number,
    head: number,
  ])[];
  /** Sessions that have ended lately. */
  readonly ended: readonly string[];
}

/** How far back a sweep looks for ended sessions: longer than the database may be away unnoticed. */
const ENDED_SESSIONS_SECONDS = 60;

const READ_CHANGES: QueryConfig = {
  name: 'trumpet_feed_read',
  text: `
    select ${CHANGE_COLUMNS}
    from unnest($1::uuid[], $2::bigint[]) as watched (room_id, known_seq)
    cross join lateral (
      select * from app_private.room_changes
        where room_changes.room_id = watched.room_id and room_changes.change_seq > watched.known_seq
        order by room_changes.change_seq
        limit $3
    ) as changes
    order by changes.room_id, changes.change_seq`,
};

const READ_REMOVALS: QueryConfig = {
  name: 'trumpet_feed_removals',
  text: `
    select ${CHANGE_COLUMNS}
    from unnest($1::uuid[], $2::bigint[]) as watched (room_id, known_seq)
    join app_private.room_changes as changes
      on changes.room_id = watched.room_id and changes.change_seq > watched.known_seq
    where changes.kind = 'member' and changes.op = 'delete'
    order by changes.room_id, changes.change_seq`,
};

/** One snapshot for all three answers: only then is the horizon one of everything. */
const SWEEP: QueryConfig = {
  name: 'trumpet_feed_sweep',
  text: `
    select
      pg_snapshot_xmin(pg_current_snapshot())::text as horizon,
      array(
        select json_build_array(watched.room_id, room_heads.last_change_seq)
          from unnest($1::uuid[], $2::bigint[]) as watched (room_id, known_seq)
          left join app_private.room_heads on room_heads.room_id = watched.room_id
          where room_heads.last_change_seq is distinct from watched.known_seq
      ) as behind,
      array(
        select json_build_array(changes.user_id, changes.room_id, max(changes.change_seq), room_heads.last_change_seq)
          from unnest($3::uuid[], $4::text[]) as watchers (user_id, horizon)
          join app_private.room_changes as changes
            on changes.user_id = watchers.user_id and changes.xid >= watchers.horizon::xid8
          join app_public.room_members
            on room_members.room_id = changes.room_id and room_members.user_id = changes.user_id
          join app_private.room_heads on room_heads.room_id = changes.room_id
          where changes.kind = 'member' and changes.op = 'insert'
          group by changes.user_id, changes.room_id, room_heads.last_change_seq
      ) as joined,
      array(
        select id from app_private.sessions where ended_at > now() - interval '${ENDED_SESSIONS_SECONDS} seconds'
      ) as ended`,
};

const ANY_MEMBER: QueryConfig = {
  name: 'trumpet_feed_members',
  text: `
    select exists (
      select from app_public.room_members where room_id = any ($1::uuid[]) and user_id = any ($2::uuid[])
    ) as is_any`,
};

const MEMBERS_IN: QueryConfig = {
  name: 'trumpet_feed_presence',
  text: `
    select room_members.room_id as "roomId", room_members.user_id as "userId" from app_public.room_members
      join app_private.room_heads on room_heads.room_id = room_members.room_id
      where room_members.room_id = any ($1::uuid[]) and room_members.user_id = any ($2::uuid[])
        and room_heads.member_count <= $3`,
};

/** @param pool connections of the owner: the log belongs to no API role */
export function createLogQueries(pool: Pool): LogQueries {
  async function query<Row extends object>(config: QueryConfig, values: unknown[]): Promise<Row[]> {
    // On a link that is open on one side only, a query would wait for ever.
    const timed = { ...config, values, query_timeout: QUERY_TIMEOUT_MS };
    return (await pool.query<Row & Record<string, unknown>>(timed)).rows;
  }

  return {
    async readChanges(rooms, limitPerRoom) {
      const [ids, seqs] = columns(rooms);
      return byRoom(await query<ChangeRow>(READ_CHANGES, [ids, seqs, limitPerRoom]));
    },
    async readLog(roomId, after, limit) {
      const rows = await query<ChangeRow>(READ_CHANGES, [[roomId], [after], limit]);
      const events = rows.map(eventOfChange);
      const first = events[0]?.changeSeq ?? after + 1;
      return first === after + 1 && isGapless(events) ? events : null;
    },
    async readRemovals(rooms) {
      return byRoom(await query<ChangeRow>(READ_REMOVALS, columns(rooms))) as MemberEvent[][];
    },
    async sweep(rooms, watchers) {
      const [sweep] = await query<Sweep>(SWEEP, [
        ...columns(rooms),
        watchers.map(({ userId }) => userId),
        watchers.map(({ horizon }) => horizon),
      ]);
      return sweep as Sweep;
    },
    async isAnyMember(roomIds, userIds) {
      const [answer] = await query<{ is_any: boolean }>(ANY_MEMBER, [roomIds, userIds]);
      return answer?.is_any === true;
    },
    membersIn: (roomIds, userIds, maxMembers) => query(MEMBERS_IN, [roomIds, userIds, maxMembers]),
  };
}

function columns(rooms: readonly KnownRoom[]): [string[], number[]] {
  return [rooms.map(([roomId]) => roomId), rooms.map(([, known]) => known)];
}

/** Splits rows that are sorted by room into one list of events a room. */
function byRoom(rows: readonly ChangeRow[]): DurableEvent[][] {
  const rooms: DurableEvent[][] = [];
  let current: DurableEvent[] = [];
  for (const row of rows) {
    if (current[0]?.roomId !== row.room_id) {
      current = [];
      rooms.push(current);
    }
    current.push(eventOfChange(row));
  }
  return rooms;
}

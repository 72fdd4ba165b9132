import type { Pool, QueryConfig } from 'pg';
import { QUERY_TIMEOUT_MS } from '../../process/time-limits.ts';
import { inRun } from './database-run.ts';
import {
  CHANGE_COLUMNS,
  type ChangeRow,
  type DurableEvent,
  eventOfChange,
  isOfRoom,
  type MemberEvent,
  type Notice,
} from './events.ts';
import { type LogPlace, momentOf } from './place.ts';
import { PRIVACY_OBJECT, type PrivacyOf } from './privacy.ts';
import { isGapless } from './watched-rooms.ts';
import type { UserWatch } from './watchers.ts';

/** A room, and the last of its changes that is known. */
export type KnownRoom = readonly [roomId: string, known: LogPlace];

/** What the feed asks of the database. */
export interface LogQueries {
  /**
   * What came behind the known changes of rooms: one list a room that has any, the oldest first. Where the known change
   * is another one in the log, the list begins with that.
   */
  readChanges(rooms: readonly KnownRoom[], limitPerRoom: number): Promise<DurableEvent[][]>;
  /**
   * Changes of one room behind `after`, the oldest first, at most `limit`; null when the log does not reach back that
   * far any more, or does not have the change that is known.
   */
  readLog(
    roomId: string,
    after: number,
    limit: number,
    known: LogPlace,
  ): Promise<DurableEvent[] | null>;
  /** Who was removed from rooms behind these changes: one list a room that has any, the oldest first. */
  readRemovals(
    rooms: readonly (readonly [roomId: string, behind: number])[],
  ): Promise<MemberEvent[][]>;
  /**
   * Compares everything that is watched with the database.
   *
   * @param sessionIds sessions to ask about, however long ago they may have ended
   */
  sweep(
    rooms: readonly KnownRoom[],
    watchers: readonly UserWatch[],
    sessionIds: readonly string[],
  ): Promise<Sweep>;
  /** What became news for each of these people since their horizons, the oldest first. */
  readNews(watchers: readonly UserWatch[]): Promise<readonly Notice[]>;
  /** In which rooms these people are that are not archived; those who are in none are left out. */
  readMemberships(userIds: readonly string[]): Promise<readonly Membership[]>;
  /** Whether any of these people is a member of any of these rooms. */
  isAnyMember(roomIds: readonly string[], userIds: readonly string[]): Promise<boolean>;
  /**
   * Which of these people are members of which of these rooms; rooms of more than `maxMembers` are left out. With those
   * whom nothing of their presence is told: they have blocked them, or are blocked by them.
   */
  membersIn(
    roomIds: readonly string[],
    userIds: readonly string[],
    maxMembers: number,
  ): Promise<readonly PresentMember[]>;
}

/** A member of a room whose presence is told there, or that they hide it. */
export interface PresentMember {
  readonly isHidden: boolean;
  readonly roomId: string;
  readonly userId: string;
  readonly hiddenFrom: readonly string[];
}

/** All rooms that a person is in, but for archived ones. */
export interface Membership {
  readonly userId: string;
  readonly roomIds: readonly string[];
}

/**
 * A watcher's way into a room: by this change, and the room's head. They are a member now. When the room is archived, by
 * which change; a room that is changed and not archived may have been unarchived by that. The first message that they may
 * see; null when they see all.
 */
export type Joined = readonly [
  userId: string,
  roomId: string,
  changeSeq: number,
  head: number,
  archivedBy: number | null,
  seesFrom: number | null,
];

/** What is true at one moment. */
export interface Sweep {
  /** In which run of the database. */
  readonly run: string;
  readonly horizon: string;
  /** Rooms whose head is another than the known one, with its number; null when the room is gone. */
  readonly behind: readonly (readonly [roomId: string, head: number | null])[];
  /** Watchers who have come into a room, or whose room has been changed: the oldest change first. */
  readonly joined: readonly Joined[];
  /** What is told to watchers alone: interactions, the oldest first, and what they keep for themselves. */
  readonly news: readonly Notice[];
  /** What people hide who have changed it lately. */
  readonly privacies: readonly PrivacyOf[];
  /** Sessions that have ended lately, and those asked about that have ended at any time. */
  readonly ended: readonly string[];
}

/** How far back a sweep looks for ended sessions that it is not asked about: longer than one is late. */
const ENDED_SESSIONS_SECONDS = 60;
/** How far back it looks for those who hide something else now. */
const CHANGED_PRIVACY_SECONDS = 600;

const READ_CHANGES: QueryConfig = {
  name: 'trumpet_feed_read',
  text: `
    select ${CHANGE_COLUMNS}
    from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as watched (room_id, known_seq, known_at)
    cross join lateral (
      select * from app_private.room_changes
        where ${isOfRoom('room_changes', 'watched.room_id')} and room_changes.change_seq >= watched.known_seq
          and (
            room_changes.change_seq > watched.known_seq
            or room_changes.occurred_at <> ${momentOf('watched.known_at')}
          )
        order by room_changes.change_seq
        limit $4
    ) as changes
    order by changes.room_id, changes.change_seq`,
};

const READ_LOG: QueryConfig = {
  name: 'trumpet_feed_log',
  text: `
    select ${CHANGE_COLUMNS}
    from app_private.room_changes as changes
    where ${isOfRoom('changes', '$1::uuid')} and changes.change_seq > $2
      and ($4::bigint is null or exists (
        select from app_private.room_changes as known
          where ${isOfRoom('known', '$1::uuid')} and known.change_seq = $5 and known.occurred_at = ${momentOf('$4::bigint')}
      ))
    order by changes.change_seq
    limit $3`,
};

const READ_REMOVALS: QueryConfig = {
  name: 'trumpet_feed_removals',
  text: `
    select ${CHANGE_COLUMNS}
    from unnest($1::uuid[], $2::bigint[]) as watched (room_id, known_seq)
    join app_private.room_changes as changes
      on ${isOfRoom('changes', 'watched.room_id')} and changes.change_seq > watched.known_seq
    where changes.kind = 'member' and changes.op = 'delete'
    order by changes.room_id, changes.change_seq`,
};

/** News of interactions, as objects. `conditions` say of which rows of `news`, and of their interactions. */
export function interactionNotices(conditions: string): string {
  return `
    select json_build_object(
        'userId', news.person_id, 'roomId', told.room_id, 'interactionId', told.id, 'xid', news.xid::text,
        'isAnswered', told.answered_at is not null, 'occurredAt', coalesce(told.answered_at, told.created_at)) as notice
      from app_private.interaction_news as news
      join app_public.interactions as told on told.id = news.interaction_id
      where told.expires_at > now() and ${conditions}
      order by told.id`;
}

/** News of what people keep for themselves, as objects, of the rooms they are in. `conditions` say of which rows of `news`. */
export function personalNotices(conditions: string): string {
  return `
    select json_build_object(
        'userId', news.person_id, 'roomId', news.room_id, 'matter', upper(news.matter::text), 'xid', news.xid::text,
        'occurredAt', news.told_at) as notice
      from app_private.personal_news as news
      where ${conditions} and (news.room_id is null or exists (
        select from app_public.room_members
          where room_members.room_id = news.room_id and room_members.user_id = news.person_id))`;
}

/**
 * That the emoji of their workspace have changed, as objects, for those of these people whom it is news for. The set, of
 * which there is one a workspace and which seldom changes, is looked at first.
 */
export function emojiNotices(userIds: string, horizon: string, conditions = 'true'): string {
  return `
    select json_build_object(
        'userId', news.person_id, 'roomId', null, 'isOfEmoji', true, 'xid', news.xid::text,
        'occurredAt', news.told_at) as notice
      from app_private.custom_emoji_sets as sets
      cross join lateral (
        select users.id as person_id, sets.xid, sets.changed_at as told_at
          from app_public.users
          where users.id = any (${userIds}::uuid[]) and users.workspace_id = sets.workspace_id
          offset 0
      ) as news
      where sets.xid >= ${horizon} and ${conditions}`;
}

/** All of them, for the watchers of these ids. */
function noticesForWatchers(userIds: string): string {
  const oldest = '(select min(horizon) from watchers)';
  const isNewToThem = `exists (
      select from watchers where watchers.user_id = news.person_id and news.xid >= watchers.horizon
    )`;
  const isNew = `${isNewToThem} and news.person_id = any (${userIds}::uuid[]) and news.xid >= ${oldest}`;
  return [
    interactionNotices(isNew),
    personalNotices(isNew),
    emojiNotices(userIds, oldest, isNewToThem),
  ]
    .map((notices) => `(${notices})`)
    .join(' union all ');
}

const NEWS: QueryConfig = {
  name: 'trumpet_feed_news',
  text: `
    with watchers as (
      select user_id, horizon::xid8 as horizon from unnest($1::uuid[], $2::text[]) as watchers (user_id, horizon)
    )
    ${noticesForWatchers('$1')}`,
};

/** One snapshot for all four answers: only then is the horizon one of everything. */
const SWEEP: QueryConfig = {
  name: 'trumpet_feed_sweep',
  text: `
    with watchers as (
      select user_id, horizon::xid8 as horizon from unnest($4::uuid[], $5::text[]) as watchers (user_id, horizon)
    )
    select
      run.id::text as run,
      app_private.horizon(run.xid_offset)::text as horizon,
      array(
        select json_build_array(watched.room_id, room_heads.last_change_seq)
          from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as watched (room_id, known_seq, known_at)
          left join app_private.room_heads on room_heads.room_id = watched.room_id
          where room_heads.last_change_seq is distinct from watched.known_seq
            or room_heads.last_change_at <> ${momentOf('watched.known_at')}
      ) as behind,
      array(
        select json_build_array(entries.user_id, entries.room_id, entries.change_seq, room_heads.last_change_seq,
            case when rooms.is_archived then (
              select max(change_seq) from app_private.room_changes
                where ${isOfRoom('room_changes', 'entries.room_id')} and kind = 'room' and change_seq > entries.change_seq
            ) end, room_members.sees_from_seq)
          from (
            select changes.user_id, changes.room_id, max(changes.change_seq) as change_seq
              from watchers
              join app_private.room_changes as changes
                on changes.user_id = watchers.user_id and changes.xid >= watchers.horizon
              where changes.kind = 'member' and changes.op = 'insert'
              group by changes.user_id, changes.room_id
            union all
            select watchers.user_id, changes.room_id, changes.change_seq
              from app_private.room_changes as changes
              join app_public.rooms on rooms.id = changes.room_id and not rooms.is_archived
              join app_public.room_members on room_members.room_id = changes.room_id
              join watchers on watchers.user_id = room_members.user_id and changes.xid >= watchers.horizon
              where changes.kind = 'room' and changes.op = 'update'
                and changes.xid >= (select min(horizon) from watchers)
          ) as entries
          join app_public.room_members
            on room_members.room_id = entries.room_id and room_members.user_id = entries.user_id
          join app_public.rooms on rooms.id = entries.room_id
          join app_private.room_heads on room_heads.room_id = entries.room_id
          order by entries.change_seq
      ) as joined,
      array(
        ${noticesForWatchers('$4')}
      ) as news,
      array(
        select ${PRIVACY_OBJECT} from app_public.privacy_settings
          where changed_at > now() - interval '${CHANGED_PRIVACY_SECONDS} seconds'
      ) as privacies,
      array(
        select id from app_private.sessions where ended_at > now() - interval '${ENDED_SESSIONS_SECONDS} seconds'
        union all
        select served.id from unnest($6::uuid[]) as served (id)
          where not exists (
            select from app_private.sessions where sessions.id = served.id and sessions.ended_at is null
          )
      ) as ended
    from app_private.current_run() as run`,
};

const ANY_MEMBER: QueryConfig = {
  name: 'trumpet_feed_members',
  text: `
    select exists (
      select from app_public.room_members where room_id = any ($1::uuid[]) and user_id = any ($2::uuid[])
    ) as is_any`,
};

const MEMBERSHIPS: QueryConfig = {
  text: `
    select user_id as "userId", array_agg(room_id) as "roomIds" from app_public.room_members
      join app_public.rooms on rooms.id = room_members.room_id
      where user_id = any ($1::uuid[]) and not rooms.is_archived
      group by user_id`,
};

const MEMBERS_IN: QueryConfig = {
  name: 'trumpet_feed_presence',
  text: `
    with people as (
      select id, array(
          select blocked_id from app_private.user_blocks where blocker_id = id
          union select blocker_id from app_private.user_blocks where blocked_id = id
        ) as hidden_from, app_private.hides_presence(id) as is_hidden
        from unnest($2::uuid[]) as people (id)
    )
    select room_members.room_id as "roomId", room_members.user_id as "userId", people.hidden_from as "hiddenFrom",
        people.is_hidden as "isHidden"
      from people
      join app_public.room_members on room_members.user_id = people.id
      join app_private.room_heads on room_heads.room_id = room_members.room_id
      where room_members.room_id = any ($1::uuid[]) and room_heads.member_count <= $3`,
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
      return byRoom(await query<ChangeRow>(READ_CHANGES, [...columns(rooms), limitPerRoom]));
    },
    async readLog(roomId, after, limit, { seq, at }) {
      const rows = await query<ChangeRow>(READ_LOG, [roomId, after, limit, at, seq]);
      const events = rows.map(eventOfChange);
      const first = events[0]?.changeSeq ?? after + 1;
      return first === after + 1 && isGapless(events) ? events : null;
    },
    async readRemovals(rooms) {
      const values = [rooms.map(([roomId]) => roomId), rooms.map(([, behind]) => behind)];
      return byRoom(await query<ChangeRow>(READ_REMOVALS, values)) as MemberEvent[][];
    },
    async sweep(rooms, watchers, sessionIds) {
      const values = [
        ...columns(rooms),
        watchers.map(({ userId }) => userId),
        watchers.map(({ horizon }) => horizon),
        sessionIds,
      ];
      return await inRun(pool, () => query<Sweep>(SWEEP, values));
    },
    async readNews(watchers) {
      const rows = await query<{ notice: Notice }>(NEWS, [
        watchers.map(({ userId }) => userId),
        watchers.map(({ horizon }) => horizon),
      ]);
      return rows.map(({ notice }) => notice);
    },
    async readMemberships(userIds) {
      return await query(MEMBERSHIPS, [userIds]);
    },
    async isAnyMember(roomIds, userIds) {
      const [answer] = await query<{ is_any: boolean }>(ANY_MEMBER, [roomIds, userIds]);
      return answer?.is_any === true;
    },
    membersIn: (roomIds, userIds, maxMembers) => query(MEMBERS_IN, [roomIds, userIds, maxMembers]),
  };
}

function columns(rooms: readonly KnownRoom[]): [string[], number[], (number | null)[]] {
  return [
    rooms.map(([roomId]) => roomId),
    rooms.map(([, { seq }]) => seq),
    rooms.map(([, { at }]) => at),
  ];
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

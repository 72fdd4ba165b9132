import type { Pool, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { log } from '../../process/log.ts';
import type { Bell } from '../bells/bells.ts';
import { createPace } from '../bells/pace.ts';
import {
  CHANGE_COLUMNS,
  type ChangeRow,
  type DurableEvent,
  eventOfChange,
  type FleetingEvent,
} from './events.ts';
import { createTypingThrottle } from './typing-throttle.ts';

/*
 * The feed turns bells into events. It knows, for each room with listeners here, the last change that
 * it has handed over, and reads what came after: all rooms that rang, in one query. While one query
 * runs the bells for the next gather, so the batches grow with the load.
 */

/** Someone listens to all of their rooms, those joined later included. */
export interface UserWatch {
  readonly userId: string;
  /** Everything that committed before this transaction horizon is known to the watcher. */
  readonly horizon: string;
}

export interface FeedHandlers {
  /** New changes of one room: in order, and directly behind those handed over before. */
  readonly onChanges: (roomId: string, events: readonly DurableEvent[]) => void;
  readonly onFleeting: (event: FleetingEvent) => void;
  /** The log of a room begins later than what was asked for, or the room is gone. */
  readonly onLost: (roomId: string) => void;
  /** A watched user has become a member with this change. May be told more than once. */
  readonly onJoined: (userId: string, roomId: string, changeSeq: number) => void;
  readonly onSessionEnded: (sessionId: string) => void;
  /**
   * Everything that committed before this transaction horizon has been handed over to whoever was
   * watching at `asOf` (milliseconds of performance.now()).
   */
  readonly onHorizon: (horizon: string, asOf: number) => void;
}

export interface Feed {
  /** Begins to hand over the changes of a room behind `known`. Without effect when it is watched already. */
  watchRoom(roomId: string, known: number): void;
  unwatchRoom(roomId: string): void;
  watchUser(watch: UserWatch): void;
  unwatchUser(userId: string): void;
  ring(bells: readonly Bell[]): void;
  /** Compares all watched rooms with the database, soon. */
  sweep(): void;
  /**
   * Changes of a room behind `after`, the oldest first, at most `limit`; null when the log does not
   * reach back that far any more.
   */
  readLog(roomId: string, after: number, limit: number): Promise<DurableEvent[] | null>;
  readonly statistics: FeedStatistics;
  release(): Promise<void>;
}

export interface FeedStatistics {
  readonly rooms: number;
  readonly reads: number;
  readonly changes: number;
  /** Rooms that a sweep found behind: each is a bell that went missing. */
  readonly sweptRooms: number;
  readonly lastSweepAt: number;
}

interface FeedOptions extends FeedHandlers {
  /** Connections of the owner: the log belongs to no API role. */
  readonly pool: Pool;
}

const SWEEP_INTERVAL_MS = 1_000;
/** How far back a sweep looks for ended sessions: longer than the database may be away unnoticed. */
const ENDED_SESSIONS_SECONDS = 60;
/** Reads follow each other no faster, so that under load a read serves many bells; the second when Postgres is busy. */
const MIN_READ_INTERVAL_MS = 3;
const MAX_READ_INTERVAL_MS = 50;
const RETRY_MS = 200;
const QUERY_TIMEOUT_MS = 5_000;
const MAX_ROOMS_A_READ = 500;
const MAX_CHANGES_A_ROOM = 500;
const MAX_WAITING_FLEETING = 5_000;
/** In larger rooms nobody is told who comes and goes: it would be most of what is sent. They are counted (`onlineCount`). */
const MAX_MEMBERS_TOLD = 1_000;

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
        select json_build_array(changes.user_id, changes.room_id, changes.change_seq, room_heads.last_change_seq)
          from unnest($3::uuid[], $4::text[]) as watchers (user_id, horizon)
          join app_private.room_changes as changes
            on changes.user_id = watchers.user_id and changes.xid >= watchers.horizon::xid8
          join app_private.room_heads on room_heads.room_id = changes.room_id
          where changes.kind = 'member' and changes.op = 'insert'
      ) as joined,
      array(
        select id from app_private.sessions where ended_at > now() - interval '${ENDED_SESSIONS_SECONDS} seconds'
      ) as ended`,
};

const MEMBERS_AMONG: QueryConfig = {
  name: 'trumpet_feed_members',
  text: `
    select room_id, user_id from app_public.room_members
      where room_id = any ($1::uuid[]) and user_id = any ($2::uuid[])`,
};

const ROOMS_TOLD: QueryConfig = {
  name: 'trumpet_feed_presence',
  text: `
    select room_members.room_id, room_members.user_id from app_public.room_members
      join app_private.room_heads on room_heads.room_id = room_members.room_id
      where room_members.room_id = any ($1::uuid[]) and room_members.user_id = any ($2::uuid[])
        and room_heads.member_count <= $3`,
};

interface SweepRow {
  readonly horizon: string;
  readonly behind: readonly (readonly [string, number | null])[];
  readonly joined: readonly (readonly [string, string, number, number])[];
  readonly ended: readonly string[];
}

export function createFeed(options: FeedOptions): Feed {
  /** Room → the last change handed over. */
  const known = new Map<string, number>();
  const watchers = new Map<string, UserWatch>();
  const dueRooms = new Set<string>();
  /** Rooms that rang though nobody listens: perhaps a watched user has joined one. */
  let strangeRooms = new Set<string>();
  let presences = new Map<string, string>();
  let isSweepDue = false;
  let lastReadAt = 0;
  const pace = createPace({ minMs: MIN_READ_INTERVAL_MS, maxMs: MAX_READ_INTERVAL_MS });
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let released = false;
  const statistics = { reads: 0, changes: 0, sweptRooms: 0, lastSweepAt: 0 };

  const typing = createTypingThrottle(({ roomId, userId, event }) =>
    options.onFleeting({
      __typename: 'TypingEvent',
      roomId,
      changeSeq: null,
      occurredAt: new Date().toISOString(),
      event,
      userId,
    }),
  );

  function query<Row extends QueryResultRow>(
    config: QueryConfig,
    values: unknown[],
  ): Promise<QueryResult<Row>> {
    // On a link that is open on one side only, a query would wait for ever.
    const timed: QueryConfig & { query_timeout: number } = {
      ...config,
      values,
      query_timeout: QUERY_TIMEOUT_MS,
    };
    return options.pool.query<Row>(timed);
  }

  function isWorkDue(): boolean {
    return dueRooms.size > 0 || strangeRooms.size > 0 || presences.size > 0 || isSweepDue;
  }

  function schedule(delayMs = Math.max(0, lastReadAt + pace.pauseMs - Date.now())): void {
    if (timer !== undefined || running !== undefined || released || !isWorkDue()) {
      return;
    }
    timer = setTimeout(() => {
      timer = undefined;
      lastReadAt = Date.now();
      running = work()
        .then(
          () => 0,
          (error) => {
            log.error({ event: 'feed.failed', error });
            isSweepDue = true;
            return RETRY_MS;
          },
        )
        .then((waitMs) => {
          running = undefined;
          schedule(waitMs === 0 ? undefined : waitMs);
        });
    }, delayMs);
  }

  async function work(): Promise<void> {
    if (isSweepDue) {
      await sweepAll();
    } else {
      await readDue();
    }
    if (strangeRooms.size > 0) {
      await askStrangers();
    }
    if (presences.size > 0) {
      await spreadPresences();
    }
  }

  async function sweepAll(): Promise<void> {
    isSweepDue = false;
    const asOf = performance.now();
    const rooms = [...known];
    const users = [...watchers.values()];
    const { rows } = await query<SweepRow & QueryResultRow>(SWEEP, [
      rooms.map(([roomId]) => roomId),
      rooms.map(([, seq]) => seq),
      users.map(({ userId }) => userId),
      users.map(({ horizon }) => horizon),
    ]);
    const sweep = rows[0] as SweepRow;
    for (const sessionId of sweep.ended) {
      options.onSessionEnded(sessionId); // Once more does no harm: the bell may have gone missing.
    }
    const heads = new Map<string, number>();
    for (const [userId, roomId, changeSeq, head] of sweep.joined) {
      if (watchers.has(userId)) {
        options.onJoined(userId, roomId, changeSeq);
        heads.set(roomId, head);
      }
    }
    for (const [roomId, head] of sweep.behind) {
      if (head === null) {
        lose(roomId);
      } else if (head > (known.get(roomId) ?? head)) {
        statistics.sweptRooms += dueRooms.has(roomId) ? 0 : 1;
        dueRooms.add(roomId);
        heads.set(roomId, head);
      }
    }
    await readUpTo(heads);
    statistics.lastSweepAt = Date.now();
    for (const watch of users) {
      // Who has come or rewound since the query is for the next one.
      if (watchers.get(watch.userId) === watch) {
        watchers.set(watch.userId, { userId: watch.userId, horizon: sweep.horizon });
      }
    }
    options.onHorizon(sweep.horizon, asOf);
  }

  /** Reads on until no watched room is behind the heads that a sweep has seen. */
  async function readUpTo(heads: ReadonlyMap<string, number>): Promise<void> {
    const isBehind = () => [...heads].some(([roomId, head]) => (known.get(roomId) ?? head) < head);
    do {
      const before = statistics.changes;
      await readDue();
      if (statistics.changes === before && dueRooms.size === 0) {
        // A head that the log does not lead to: what is between has been dropped.
        for (const [roomId, head] of heads) {
          if ((known.get(roomId) ?? head) < head) {
            lose(roomId);
          }
        }
      }
    } while (isBehind());
  }

  async function readDue(): Promise<void> {
    const rooms: string[] = [];
    for (const roomId of dueRooms) {
      dueRooms.delete(roomId);
      if (known.has(roomId) && rooms.push(roomId) === MAX_ROOMS_A_READ) {
        break;
      }
    }
    if (rooms.length === 0) {
      return;
    }
    let rows: ChangeRow[];
    try {
      const seqs = rooms.map((roomId) => known.get(roomId));
      ({ rows } = await pace.timed(
        () => query<ChangeRow & QueryResultRow>(READ_CHANGES, [rooms, seqs, MAX_CHANGES_A_ROOM]),
        (answer) => ({ things: answer.rows.length, groups: rooms.length }),
      ));
    } catch (error) {
      for (const roomId of rooms) {
        dueRooms.add(roomId);
      }
      throw error;
    }
    statistics.reads += 1;
    statistics.changes += rows.length;
    for (const events of byRoom(rows)) {
      handOver(events);
    }
  }

  function handOver(events: DurableEvent[]): void {
    const { roomId, changeSeq: first } = events[0] as DurableEvent;
    const last = known.get(roomId);
    if (last === undefined) {
      return; // Nobody listens any more.
    }
    if (first !== last + 1 || !isGapless(events)) {
      log.error({ event: 'feed.gap', roomId, known: last, first, count: events.length });
      lose(roomId);
      return;
    }
    known.set(roomId, last + events.length);
    if (events.length === MAX_CHANGES_A_ROOM) {
      dueRooms.add(roomId);
    }
    options.onChanges(roomId, events);
  }

  function lose(roomId: string): void {
    known.delete(roomId);
    dueRooms.delete(roomId);
    options.onLost(roomId);
  }

  async function askStrangers(): Promise<void> {
    const rooms = [...strangeRooms];
    strangeRooms = new Set();
    if (watchers.size === 0) {
      return;
    }
    const { rowCount } = await query(MEMBERS_AMONG, [rooms, [...watchers.keys()]]);
    // Which of them is new here, and since when, the sweep finds out for all at once.
    isSweepDue ||= (rowCount ?? 0) > 0;
  }

  async function spreadPresences(): Promise<void> {
    const statuses = presences;
    presences = new Map();
    const { rows } = await query<{ room_id: string; user_id: string }>(ROOMS_TOLD, [
      [...known.keys()],
      [...statuses.keys()],
      MAX_MEMBERS_TOLD,
    ]);
    const occurredAt = new Date().toISOString();
    for (const { room_id: roomId, user_id: userId } of rows) {
      options.onFleeting({
        __typename: 'PresenceEvent',
        roomId,
        changeSeq: null,
        occurredAt,
        event: 'update',
        userId,
        status: statuses.get(userId) as string,
      });
    }
  }

  function hear(bell: Bell): void {
    switch (bell.kind) {
      case 'changes':
        if (known.has(bell.roomId)) {
          dueRooms.add(bell.roomId);
        } else if (watchers.size > 0) {
          strangeRooms.add(bell.roomId);
        }
        break;
      case 'typing':
        if (known.has(bell.roomId)) {
          typing.hear(bell);
        }
        break;
      case 'presence':
        if (known.size > 0 && presences.size < MAX_WAITING_FLEETING) {
          presences.set(bell.userId, bell.status);
        }
        break;
      case 'session':
        options.onSessionEnded(bell.sessionId);
        break;
    }
  }

  function sweep(): void {
    isSweepDue = true;
    schedule();
  }

  const sweeper = setInterval(sweep, SWEEP_INTERVAL_MS);

  return {
    watchRoom(roomId, seq) {
      if (!known.has(roomId)) {
        known.set(roomId, seq);
        dueRooms.add(roomId);
        schedule();
      }
    },
    unwatchRoom(roomId) {
      known.delete(roomId);
      dueRooms.delete(roomId);
    },
    watchUser({ userId, horizon }) {
      const earlier = watchers.get(userId)?.horizon ?? horizon;
      watchers.set(userId, { userId, horizon: minHorizon(earlier, horizon) });
      sweep();
    },
    unwatchUser(userId) {
      watchers.delete(userId);
    },
    ring(bells) {
      for (const bell of bells) {
        hear(bell);
      }
      schedule();
    },
    sweep,
    async readLog(roomId, after, limit) {
      const { rows } = await query<ChangeRow & QueryResultRow>(READ_CHANGES, [
        [roomId],
        [after],
        limit,
      ]);
      const events = rows.map(eventOfChange);
      const reachesBack =
        events.length === 0 || (events[0]?.changeSeq === after + 1 && isGapless(events));
      return reachesBack ? events : null;
    },
    get statistics() {
      return { ...statistics, rooms: known.size };
    },
    async release() {
      released = true;
      clearInterval(sweeper);
      clearTimeout(timer);
      typing.release();
      await running;
    },
  };
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

function isGapless(events: readonly DurableEvent[]): boolean {
  const first = events[0]?.changeSeq ?? 0;
  return events.every((event, index) => event.changeSeq === first + index);
}

/** Horizons are 64-bit transaction ids in decimal. */
export function minHorizon(a: string, b: string): string {
  return BigInt(a) < BigInt(b) ? a : b;
}

import type { Pool } from 'pg';
import type { DocumentNode, FormattedExecutionResult, GraphQLSchema } from 'postgraphile/graphql';
import { isDatabaseAway } from '../../database/away.ts';
import { pgSettingsFor } from '../../database/pg-settings.ts';
import { TrumpetError } from '../../errors/codes.ts';
import type { Viewer } from '../../identity/viewer.ts';
import { log } from '../../process/log.ts';
import type { Bell } from '../bells/bells.ts';
import { createBatchingExecutor } from '../execution/batching.ts';
import {
  planSubscription,
  type SubscriptionDocument,
  type SubscriptionPlan,
} from '../execution/document.ts';
import { type Executor, eventValue, type RootValue } from '../execution/executor.ts';
import {
  type Batch,
  CURSOR_PLACEHOLDER,
  createBatch,
  decodeCursor,
  encodeCursor,
  type SharedResult,
  shareResult,
} from '../execution/result.ts';
import { type CheckAccess, createAccessCheck } from '../log/access.ts';
import {
  CHANGE_COLUMNS,
  type ChangeRow,
  type DurableEvent,
  eventOfChange,
  type FleetingEvent,
  type RoomEvent,
} from '../log/events.ts';
import { createFeed, type FeedStatistics } from '../log/feed.ts';
import { createGroup, type Follower, type Group, logTooShort } from './group.ts';

/** Whoever gets the events: one subscription on one socket. */
export interface Subscriber {
  /** Sends results; the transport leaves out fleeting ones while its reader is slow. Must not throw. */
  next(batch: Batch, cursor: string): void;
  /** A promise to wait for before sending more of the log; undefined when the reader keeps up. */
  drained(): Promise<void> | undefined;
  /** Nothing follows: access ended, or with an error that says why. Called at most once. */
  end(error?: TrumpetError): void;
}

export interface SubscribeRequest extends SubscriptionDocument {
  readonly viewer: Viewer;
}

export interface Hub {
  /**
   * Begins a subscription. When it resolves, Ready has been sent; the result stops it.
   *
   * @throws TrumpetError NOT_FOUND, BAD_INPUT.
   */
  subscribe(request: SubscribeRequest, subscriber: Subscriber): Promise<() => void>;
  /** Bells of this process and of others. */
  ring(bells: readonly Bell[]): void;
  /** Looks whether bells went missing, now rather than within a second. */
  sweep(): void;
  readonly statistics: HubStatistics;
  release(): Promise<void>;
}

export interface HubStatistics {
  readonly feed: FeedStatistics;
  readonly rooms: number;
  readonly groups: number;
  readonly followers: number;
  /** Executions of a document, each over one or more events. */
  readonly executions: number;
  readonly executedEvents: number;
}

interface HubOptions {
  /** Connections of the owner. */
  readonly pool: Pool;
  readonly schema: GraphQLSchema;
  readonly execute: Executor;
  readonly onSessionEnded: (sessionId: string) => void;
  /** Told of events that have been given to everyone who listens with one document. */
  readonly onDelivered: (events: readonly (DurableEvent | FleetingEvent)[]) => void;
}

interface Room {
  readonly id: string;
  /** The last change that the feed has handed over, or that was the head when watching began. */
  head: number;
  /** The latest changes, without gap up to `head`. */
  recent: DurableEvent[];
  /** When the feed last handed over a change, in milliseconds of performance.now(). */
  changedAt: number;
  /** The log has been seen to begin no later than behind this change. */
  reachesBackTo: number;
  readonly probes: Map<number, Promise<readonly DurableEvent[] | null>>;
  readonly groups: Map<string, Group>;
  readonly followers: Map<Follower, Place>;
  /** When the last follower left, in milliseconds of performance.now(). */
  idleSince: number;
}

interface Place {
  readonly group: Group;
  /** Whether the end of access is the end of the subscription, or just of this room in it. */
  readonly isWholeSubscription: boolean;
}

/** What computes events: a document with its variables, as someone. */
interface Recipe {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Record<string, unknown>;
  readonly plan: SubscriptionPlan;
  readonly viewer: Viewer;
}

/** A subscription to all rooms of a user. */
interface UserSubscription {
  readonly recipe: Recipe;
  readonly subscriber: Subscriber;
  readonly followers: Map<string, Follower>;
  /** Room → the change by which the user came in, so that being told twice does nothing. */
  readonly joins: Map<string, number>;
  readonly registeredAt: number;
  /** Those in rooms that are still being replayed: until there is none, the cursor stays. */
  readonly lagging: Set<Follower>;
  cursor: string;
}

/** Where to begin in a room. */
interface Start {
  readonly roomId: string;
  /** The room's head when it was checked that the user is a member. */
  readonly head: number;
  /** The last change that the user knows. */
  readonly after: number;
}

interface UserStart {
  readonly horizon: string;
  readonly rooms: readonly Start[];
  /** The user's own removals since the cursor, from rooms where they are no member any more. */
  readonly departures: readonly DurableEvent[];
}

/** How long a room without listeners, and the changes of one that is quiet, are kept for those who come back. */
const LINGER_MS = 120_000;
const LINGER_CHECK_MS = 10_000;
const MAX_RECENT_EVENTS = 512;
/** In roomEvents nothing selects a cursor. */
const NO_CURSOR = '';
const STATEMENT_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 10_000;
const MAX_RETRY_MS = 1_000;

export function createHub(options: HubOptions): Hub {
  const rooms = new Map<string, Room>();
  const users = new Map<string, Set<UserSubscription>>();
  const checkAccess: CheckAccess = createAccessCheck(options.pool);
  const sharing = createBatchingExecutor(options.execute, broadcastSettings);
  let executions = 0;
  let executedEvents = 0;
  let released = false;

  const feed = createFeed({
    pool: options.pool,
    onChanges,
    onFleeting,
    onLost,
    onJoined,
    onHorizon: (horizon, asOf) => void moveCursors(horizon, asOf),
    onSessionEnded: options.onSessionEnded,
  });

  const lingerTimer = setInterval(forgetTheOld, LINGER_CHECK_MS);

  // ---- what the feed tells

  function onChanges(roomId: string, events: readonly DurableEvent[]): void {
    const room = rooms.get(roomId);
    if (room === undefined) {
      return;
    }
    room.head = events.at(-1)?.changeSeq ?? room.head;
    room.changedAt = performance.now();
    room.recent.push(...events);
    if (room.recent.length > 2 * MAX_RECENT_EVENTS) {
      room.recent = room.recent.slice(-MAX_RECENT_EVENTS);
    }
    for (const event of events) {
      if (event.__typename === 'MemberEvent' && event.event === 'delete') {
        revoke(room, event.changeSeq, ({ userId }) => userId === event.userId);
      } else if (event.__typename === 'MemberEvent' && event.event === 'insert') {
        onJoined(event.userId, roomId, event.changeSeq);
      }
    }
    for (const group of room.groups.values()) {
      group.append(events);
    }
    const settings = events.findLast((event) => event.__typename === 'RoomChangedEvent');
    if (settings !== undefined) {
      endIfArchived(room, settings.changeSeq).catch((error) => {
        log.error({ event: 'hub.archive_check_failed', roomId, error });
      });
    }
  }

  function onFleeting(event: FleetingEvent): void {
    for (const group of rooms.get(event.roomId)?.groups.values() ?? []) {
      if (group.followerCount > 0) {
        group.append([event]);
      }
    }
  }

  function onLost(roomId: string): void {
    const room = rooms.get(roomId);
    if (room === undefined) {
      return;
    }
    rooms.delete(roomId);
    forgetResults(room);
    for (const [follower, { group }] of room.followers) {
      group.unfollow(follower);
      follower.onEnd(logTooShort());
    }
  }

  function onJoined(userId: string, roomId: string, changeSeq: number): void {
    for (const subscription of users.get(userId) ?? []) {
      const follower = subscription.followers.get(roomId);
      const isKnown = (subscription.joins.get(roomId) ?? 0) >= changeSeq;
      if (isKnown || (follower !== undefined && follower.checkedAt >= changeSeq)) {
        continue;
      }
      subscription.joins.set(roomId, changeSeq);
      followRoom(subscription, { roomId, head: changeSeq, after: changeSeq - 1 });
    }
  }

  /** Takes access away from some followers of a room: the change that did it is their last. */
  function revoke(
    room: Room,
    changeSeq: number,
    isMeant: (follower: Follower, place: Place) => boolean,
  ): void {
    for (const [follower, place] of room.followers) {
      if (changeSeq > follower.checkedAt && isMeant(follower, place)) {
        place.group.endAfter(follower, changeSeq);
      }
    }
  }

  async function endIfArchived(room: Room, changeSeq: number): Promise<void> {
    const { rowCount } = await patiently(() =>
      query('select from app_public.rooms where id = $1 and is_archived', [room.id]),
    );
    if (rowCount === 1) {
      revoke(room, changeSeq, (_follower, place) => place.isWholeSubscription);
    }
  }

  // ---- rooms and groups

  function obtainRoom(roomId: string, head: number): Room {
    let room = rooms.get(roomId);
    if (room === undefined) {
      room = {
        id: roomId,
        head,
        recent: [],
        changedAt: performance.now(),
        reachesBackTo: head,
        probes: new Map(),
        groups: new Map(),
        followers: new Map(),
        idleSince: performance.now(),
      };
      rooms.set(roomId, room);
      feed.watchRoom(roomId, head);
    }
    return room;
  }

  /** What was of use to those who come back within minutes. */
  function forgetTheOld(): void {
    const before = performance.now() - LINGER_MS;
    for (const room of rooms.values()) {
      for (const [key, group] of room.groups) {
        if (group.followerCount === 0 && group.idleSince < before) {
          group.forgetResults();
          room.groups.delete(key);
        }
      }
      if (room.followers.size === 0 && room.idleSince < before) {
        rooms.delete(room.id);
        feed.unwatchRoom(room.id);
        forgetResults(room);
      } else if (room.recent.length > 0 && room.changedAt < before) {
        room.recent = [];
        forgetResults(room);
      }
    }
  }

  function forgetResults(room: Room): void {
    for (const group of room.groups.values()) {
      group.forgetResults();
    }
  }

  function obtainGroup(room: Room, recipe: Recipe): Group {
    const key = recipe.plan.isViewerDependent
      ? `${recipe.plan.shareKey} ${recipe.viewer.userId}`
      : recipe.plan.shareKey;
    let group = room.groups.get(key);
    if (group === undefined) {
      group = createGroup({
        roomId: room.id,
        head: room.head,
        run: (events) => run(recipe, room.id, events),
        readEvents: (after, limit) => readEvents(room, after, limit),
        onDelivered: options.onDelivered,
      });
      room.groups.set(key, group);
    }
    return group;
  }

  /** @throws TrumpetError when the log of a room does not reach back to `after`. */
  async function requireLog(room: Room, after: number): Promise<void> {
    if (after >= room.reachesBackTo) {
      return;
    }
    // A thousand clients that come back together ask the same.
    const earlier = room.probes.get(after);
    const probe = earlier ?? patiently(() => feed.readLog(room.id, after, 1));
    room.probes.set(after, probe);
    const events = await probe.finally(() => room.probes.delete(after));
    if (events === null || events.length === 0) {
      throw logTooShort();
    }
    room.reachesBackTo = Math.min(room.reachesBackTo, after);
  }

  async function readEvents(
    room: Room,
    after: number,
    limit: number,
  ): Promise<readonly DurableEvent[] | null> {
    const first = room.recent[0]?.changeSeq;
    if (first !== undefined && after + 1 >= first) {
      return room.recent.slice(after + 1 - first, after + 1 - first + limit);
    }
    return await patiently(() => feed.readLog(room.id, after, limit));
  }

  function addFollower(
    room: Room,
    group: Group,
    follower: Follower,
    isWholeSubscription: boolean,
  ): void {
    room.followers.set(follower, { group, isWholeSubscription });
    group.follow(follower);
    // The person may have been removed since the check: the feed has told the others already.
    for (const event of room.recent) {
      if (
        event.__typename === 'MemberEvent' &&
        event.event === 'delete' &&
        event.userId === follower.userId &&
        event.changeSeq > follower.checkedAt
      ) {
        group.endAfter(follower, event.changeSeq);
        break;
      }
    }
  }

  function removeFollower(room: Room, follower: Follower): void {
    room.followers.get(follower)?.group.unfollow(follower);
    room.followers.delete(follower);
    if (room.followers.size === 0) {
      room.idleSince = performance.now();
    }
  }

  // ---- executing

  /** Computes events as every member of the room may see them, or as the viewer where it depends on that. */
  async function run(
    recipe: Recipe,
    roomId: string | null,
    events: readonly RoomEvent[],
  ): Promise<SharedResult[]> {
    const values: readonly RootValue[] = events.map((event) =>
      recipe.plan.field === 'roomEvents'
        ? eventValue(event)
        : { cursor: CURSOR_PLACEHOLDER, event: eventValue(event) },
    );
    executedEvents += events.length;
    const results = await patiently(() => execute(recipe, roomId, values));
    return results.map((result, index) => {
      const event = events[index] as RoomEvent;
      const isFleeting = event.__typename === 'TypingEvent' || event.__typename === 'PresenceEvent';
      return shareResult(JSON.stringify(result), isFleeting);
    });
  }

  function execute(
    { document, operationName, variables, plan, viewer }: Recipe,
    roomId: string | null,
    events: readonly RootValue[],
  ): Promise<FormattedExecutionResult[]> {
    if (roomId !== null && plan.isRoomBound && !plan.isViewerDependent) {
      const { shareKey } = plan;
      return sharing.execute({ document, operationName, variables, shareKey, roomId, events });
    }
    executions += 1;
    const pgSettings = plan.isViewerDependent
      ? pgSettingsFor(viewer)
      : broadcastSettings(roomId === null ? [] : [roomId]);
    return options.execute({ document, operationName, variables, pgSettings, events });
  }

  /** Tries again for as long as the database is away: what is in the log will be delivered, late rather than never. */
  async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
    for (let waitMs = 25; ; waitMs = Math.min(waitMs * 2, MAX_RETRY_MS)) {
      try {
        return await attempt();
      } catch (error) {
        if (released || !isDatabaseAway(error)) {
          throw error;
        }
        log.warn({ event: 'hub.database_away', waitMs, reason: (error as Error).message });
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  async function query<Row extends object>(text: string, values: unknown[]) {
    const timed = { text, values, query_timeout: QUERY_TIMEOUT_MS };
    return await options.pool.query<Row & Record<string, unknown>>(timed);
  }

  // ---- roomEvents

  async function subscribeToRoom(recipe: Recipe, subscriber: Subscriber): Promise<() => void> {
    const roomId = String(recipe.plan.arguments.roomId).toLowerCase();
    const { userId } = recipe.viewer;
    const head = await checkAccess({ userId, roomId });
    if (head === undefined) {
      throw new TrumpetError('NOT_FOUND', 'No such room');
    }
    const after = parseAfter(recipe.plan.arguments.after, head);
    const room = obtainRoom(roomId, head);
    await requireLog(room, after);
    const ready = await run(recipe, roomId, [readyEvent(roomId, head)]);
    if (rooms.get(roomId) !== room) {
      throw new TrumpetError('NOT_FOUND', 'No such room');
    }
    subscriber.next(createBatch(ready), NO_CURSOR);
    const follower: Follower = {
      userId,
      position: after,
      checkedAt: head,
      endAfter: undefined,
      deliver: (batch) => subscriber.next(batch, NO_CURSOR),
      drained: subscriber.drained,
      onLive: ignore,
      onEnd(error) {
        removeFollower(room, follower);
        subscriber.end(error);
      },
    };
    addFollower(room, obtainGroup(room, recipe), follower, true);
    return () => removeFollower(room, follower);
  }

  // ---- userEvents

  async function subscribeToUser(recipe: Recipe, subscriber: Subscriber): Promise<() => void> {
    const { userId } = recipe.viewer;
    const { after } = recipe.plan.arguments;
    const resumeFrom = after == null ? null : decodeCursor(after);
    if (resumeFrom === undefined) {
      throw new TrumpetError('BAD_INPUT', '`after` is not a cursor of userEvents.');
    }
    const start = await readStart(userId, resumeFrom);
    const cursor = encodeCursor(resumeFrom ?? start.horizon);
    const first = [readyEvent(null, null), ...start.departures];
    for (const event of first) {
      subscriber.next(createBatch(await run(recipe, event.roomId, [event])), cursor);
    }
    const subscription: UserSubscription = {
      recipe,
      subscriber,
      followers: new Map(),
      joins: new Map(),
      registeredAt: performance.now(),
      lagging: new Set(),
      cursor,
    };
    for (const room of start.rooms) {
      followRoom(subscription, room);
    }
    const ofUser = users.get(userId) ?? new Set();
    users.set(userId, ofUser.add(subscription));
    feed.watchUser({ userId, horizon: start.horizon });
    return () => {
      ofUser.delete(subscription);
      if (ofUser.size === 0 && users.get(userId) === ofUser) {
        users.delete(userId);
        feed.unwatchUser(userId);
      }
      for (const [roomId, follower] of subscription.followers) {
        const room = rooms.get(roomId);
        if (room !== undefined) {
          removeFollower(room, follower);
        }
      }
      subscription.followers.clear();
    };
  }

  function followRoom(subscription: UserSubscription, { roomId, head, after }: Start): void {
    const { recipe, subscriber } = subscription;
    const earlier = subscription.followers.get(roomId);
    if (earlier !== undefined) {
      // Removed and back again before the removal was delivered: as if nothing had been.
      earlier.checkedAt = head;
      earlier.endAfter = undefined;
      return;
    }
    const room = obtainRoom(roomId, after);
    const follower: Follower = {
      userId: recipe.viewer.userId,
      position: after,
      checkedAt: head,
      endAfter: undefined,
      deliver: (batch) => subscriber.next(batch, subscription.cursor),
      drained: subscriber.drained,
      onLive(isLive) {
        if (isLive) {
          subscription.lagging.delete(follower);
        } else {
          subscription.lagging.add(follower);
        }
      },
      onEnd(error) {
        removeFollower(room, follower);
        subscription.lagging.delete(follower);
        subscription.followers.delete(roomId);
        if (error !== undefined) {
          subscriber.end(error);
        }
      },
    };
    subscription.followers.set(roomId, follower);
    addFollower(room, obtainGroup(room, recipe), follower, false);
  }

  /**
   * A cursor may say "everything before this horizon" only when that is delivered, in every room of
   * the subscription: so not before the groups have delivered what the feed had handed over, and not
   * while a room is still being replayed.
   */
  async function moveCursors(horizon: string, asOf: number): Promise<void> {
    if (users.size === 0) {
      return;
    }
    const groups = Array.from(rooms.values()).flatMap((room) => [...room.groups.values()]);
    await Promise.all(groups.map((group) => group.settled()));
    const cursor = encodeCursor(horizon);
    for (const subscriptions of users.values()) {
      for (const subscription of subscriptions) {
        if (subscription.lagging.size === 0 && subscription.registeredAt <= asOf) {
          subscription.cursor = cursor;
        }
      }
    }
  }

  /** @throws TrumpetError BAD_INPUT when the cursor is not of this database, or the log does not reach back to it. */
  async function readStart(userId: string, resumeFrom: string | null): Promise<UserStart> {
    const { rows } = await query<{
      horizon: string;
      is_future: boolean;
      is_too_old: boolean;
      rooms: [string, number, number][];
    }>(USER_START, [userId, resumeFrom]);
    const start = rows[0];
    if (start === undefined || start.is_future) {
      throw new TrumpetError('BAD_INPUT', '`after` is not a cursor of userEvents.');
    }
    if (start.is_too_old) {
      throw logTooShort('your rooms');
    }
    const placed = start.rooms.map(([roomId, head, after]) => ({ roomId, head, after }));
    const departures =
      resumeFrom === null
        ? []
        : (await query<ChangeRow>(DEPARTURES, [userId, resumeFrom])).rows.map(eventOfChange);
    return { horizon: start.horizon, rooms: placed, departures };
  }

  return {
    async subscribe(request, subscriber) {
      const plan = planSubscription(options.schema, request);
      const recipe: Recipe = { ...request, plan };
      const entitled = untilExpiry(request.viewer, subscriber);
      return plan.field === 'roomEvents'
        ? await subscribeToRoom(recipe, entitled)
        : await subscribeToUser(recipe, entitled);
    },
    ring: feed.ring,
    sweep: feed.sweep,
    get statistics() {
      let groups = 0;
      let followers = 0;
      for (const room of rooms.values()) {
        groups += room.groups.size;
        followers += room.followers.size;
      }
      return {
        feed: feed.statistics,
        rooms: rooms.size,
        groups,
        followers,
        executions: executions + sharing.executions,
        executedEvents,
      };
    },
    async release() {
      released = true;
      clearInterval(lingerTimer);
      await feed.release();
    },
  };
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

function ignore(): void {}

/** Settings under which everyone who may listen to these rooms sees the same. */
function broadcastSettings(roomIds: readonly string[]): Record<string, string> {
  return {
    role: 'trumpet_broadcast',
    'trumpet.broadcast_rooms': roomIds.join(','),
    statement_timeout: String(STATEMENT_TIMEOUT_MS),
  };
}

/**
 * Nothing is delivered on a token that has expired. The transport closes the connection at its next check, within a
 * second; what is left out until then the client gets when it resumes.
 */
function untilExpiry({ expiresAt }: Viewer, subscriber: Subscriber): Subscriber {
  const expiresAtMs = expiresAt.getTime();
  return {
    ...subscriber,
    next(batch, cursor) {
      if (Date.now() < expiresAtMs) {
        subscriber.next(batch, cursor);
      }
    },
  };
}

function readyEvent(roomId: string | null, headChangeSeq: number | null): RoomEvent {
  return {
    __typename: 'ReadyEvent',
    roomId,
    changeSeq: null,
    headChangeSeq,
    occurredAt: new Date().toISOString(),
  };
}

/** @throws TrumpetError BAD_INPUT when it is no number of this room's log. */
function parseAfter(after: string | null | undefined, head: number): number {
  if (after == null) {
    return head;
  }
  const seq = Number(after);
  if (!Number.isSafeInteger(seq) || seq < 0 || seq > head) {
    throw new TrumpetError(
      'BAD_INPUT',
      '`after` is not a changeSeq of this room: it has not come that far.',
    );
  }
  return seq;
}

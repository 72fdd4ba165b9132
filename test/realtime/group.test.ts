import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shareResult } from '../../src/realtime/execution/result.ts';
import { createFollower, type Follower } from '../../src/realtime/hub/follower.ts';
import { createGroup, type Group } from '../../src/realtime/hub/group.ts';
import { createResults } from '../../src/realtime/hub/results.ts';
import type { DurableEvent, FleetingEvent, Happening } from '../../src/realtime/log/events.ts';

const occurredAt = '2026-01-31T09:30:00Z';
const typing: FleetingEvent = {
  __typename: 'TypingEvent',
  roomId: 'r',
  changeSeq: null,
  cursor: null,
  event: 'insert',
  userId: 'ada',
  occurredAt,
};

/** A room with a log from `begin` on, and a group that is at its end. */
function startRoom({
  head = 10,
  begin = 1,
  isPrompt = false,
  isBroken = (): boolean => false,
} = {}) {
  const log: DurableEvent[] = [];
  const executions: string[] = [];
  const write = (count: number): DurableEvent[] => {
    const first = begin + log.length;
    const written = Array.from(
      { length: count },
      (_, index): DurableEvent => ({
        __typename: 'RoomChangedEvent',
        roomId: 'r',
        changeSeq: first + index,
        cursor: `${first + index}`,
        event: 'update',
        occurredAt,
      }),
    );
    log.push(...written);
    return written;
  };
  write(head - begin + 1);
  const results = createResults({
    async run(events: readonly Happening[]) {
      await (isPrompt ? undefined : new Promise(setImmediate));
      if (isBroken()) {
        throw new Error('broken');
      }
      executions.push(events.map(nameOf).join(' '));
      return events.map((event) => shareResult(nameOf(event), event.changeSeq === null));
    },
    readEvents: async (after, limit) =>
      after + 1 < begin ? null : log.slice(after + 1 - begin, after + 1 - begin + limit),
  });
  const delivered: string[] = [];
  const group = createGroup({
    roomId: 'r',
    privacy: { hidesReading: false, hidesTyping: false, hidesPresence: false, changedAt: null },
    head,
    results,
    readInTurn: (_userId, read) => read(),
    runOutside: async (events) =>
      events.map((event) => shareResult(`${nameOf(event)} from outside`, false)),
    onDelivered: (events) => delivered.push(...events.map(nameOf)),
  });
  return {
    group,
    executions,
    delivered,
    head: () => begin - 1 + log.length,
    /** Something durable happens. */
    change: (count = 1) => group.append(write(count)),
    /** So does something that the group is not told of. */
    changeUnheard: () => void write(1),
    changeEvents: write,
  };
}

const nameOf = ({ changeSeq }: Happening) => (changeSeq === null ? 'typing' : String(changeSeq));

interface Listener {
  readonly follower: Follower;
  readonly got: string[];
  /** How often something was handed over. */
  batches: number;
  ended: string | undefined;
  /** Takes nothing until it is told to go on. */
  stall(): void;
  goOn(): void;
}

function listen(group: Group, position: number): Listener {
  let stalled: PromiseWithResolvers<void> | undefined;
  const listener: Listener = {
    got: [],
    batches: 0,
    ended: undefined,
    stall() {
      stalled ??= Promise.withResolvers();
    },
    goOn() {
      stalled?.resolve();
      stalled = undefined;
    },
    follower: createFollower({
      userId: 'ada',
      position,
      checkedAt: position,
      reader: {
        transport: 'json',
        deliver({ results }) {
          listener.batches += 1;
          listener.got.push(...results.map((result) => result.json('').toString()));
        },
        drained: () => stalled?.promise,
        onEnd(error) {
          listener.ended = error?.code ?? 'left';
        },
      },
    }),
  };
  group.follow(listener.follower);
  return listener;
}

/** Waits until nothing goes on any more. */
async function quiet(group: Group): Promise<void> {
  const isBusy = () => Array.from(group.followers).some(({ isReading }) => isReading);
  do {
    await group.settled();
    await new Promise(setImmediate);
  } while (isBusy());
}

function pairs(limit: number): [number, number][] {
  const below = Array.from({ length: limit }, (_, index) => index);
  return below.flatMap((first) => below.map((second): [number, number] => [first, second]));
}

/** Turns of the microtask queue. */
async function microtasks(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await undefined;
  }
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

test('those who are live share one execution and one batch', async () => {
  const { group, change, executions, delivered } = startRoom();
  const listeners = [listen(group, 10), listen(group, 10), listen(group, 12)];
  change();
  change(2);
  group.append([typing]);
  await quiet(group);
  expect(executions).toEqual(['11', '12 13 typing']);
  expect(listeners.map(({ got }) => got.join(' '))).toEqual([
    '11 12 13 typing',
    '11 12 13 typing',
    '13 typing',
  ]);
  expect(listeners.map(({ batches }) => batches)).toEqual([2, 2, 1]);
  expect(delivered).toEqual(['11', '12', '13', 'typing']);
});

test('who is behind reads on from the log and then is live, without gap', async () => {
  const { group, change } = startRoom({ head: 300 });
  const late = listen(group, 100);
  change(3);
  await quiet(group);
  expect(late.follower.state).toBe('live');
  change();
  await quiet(group);
  expect(late.got).toEqual(numbers(101, 304));
});

test('a thousand who come back together cost what one does', async () => {
  const { group, executions } = startRoom({ head: 64 });
  const listeners = Array.from({ length: 1_000 }, () => listen(group, 0));
  await quiet(group);
  expect(executions).toHaveLength(1);
  expect(listeners.every(({ got }) => got.length === 64)).toBe(true);
});

test('a slow reader falls behind, holds up nobody, and gets everything once it reads again', async () => {
  const { group, change } = startRoom();
  const [slow, quick] = [listen(group, 10), listen(group, 10)];
  slow.stall();
  change();
  await group.settled();
  change(700);
  group.append([typing]);
  await group.settled();
  expect(slow.follower).toMatchObject({ state: 'behind', position: 11 });
  expect(quick.got).toEqual([...numbers(11, 711), 'typing']);
  slow.goOn();
  await quiet(group);
  expect(slow.follower.state).toBe('live');
  expect(slow.got).toEqual(numbers(11, 711));
});

test('a reader that becomes slow at the very moment when it has caught up is not forgotten', async () => {
  for (const [before, between] of pairs(14)) {
    const { group, change } = startRoom({ isPrompt: true });
    listen(group, 10); // For whom everything is computed at once.
    const listener = listen(group, 9);
    await microtasks(before);
    change();
    await microtasks(between);
    listener.stall();
    await new Promise(setImmediate);
    listener.goOn();
    await quiet(group);
    expect([listener.got, listener.follower.state]).toEqual([['10', '11'], 'live']);
  }
});

test('who is removed gets that change as the last, and the others go on', async () => {
  const { group, change } = startRoom();
  const [removed, other] = [listen(group, 10), listen(group, 10)];
  group.leaveAfter(removed.follower, 12);
  group.append([typing]);
  change(4);
  await quiet(group);
  expect([removed.got.join(' '), removed.ended]).toEqual(['11 12', 'left']);
  expect(removed.follower.state).toBe('gone');
  expect(other.got).toEqual(['typing', ...numbers(11, 14)]);
  expect(group.followers.size).toBe(1);
});

test('who is removed while reading slowly gets nothing behind that change either', async () => {
  const { group, change } = startRoom();
  const slow = listen(group, 10);
  slow.stall();
  change(5);
  await group.settled();
  group.leaveAfter(slow.follower, 17);
  change(5);
  await group.settled();
  expect(slow.follower.state).toBe('leaving');
  slow.goOn();
  await quiet(group);
  expect([slow.got, slow.ended]).toEqual([numbers(11, 17), 'left']);
});

test('who is removed while behind gets the removal alone, as from outside', async () => {
  const { group, change, changeEvents } = startRoom();
  const [slow, live] = [listen(group, 10), listen(group, 10)];
  slow.stall();
  change();
  await group.settled();
  change(4);
  await group.settled();
  const [removal] = changeEvents(1) as [DurableEvent];
  group.remove([slow.follower, live.follower], removal);
  expect(slow.follower.state).toBe('removed');
  change(5);
  slow.goOn();
  await quiet(group);
  await new Promise(setImmediate);
  expect([slow.got, slow.ended]).toEqual([['11', '16 from outside'], 'left']);
  expect([live.got, live.ended]).toEqual([[...numbers(11, 15), '16 from outside'], 'left']);
  expect(group.followers.size).toBe(0);
});

test('who comes back before the removal was delivered goes on where they were', async () => {
  const { group, change, changeEvents } = startRoom();
  const listener = listen(group, 10);
  const [removal] = changeEvents(1) as [DurableEvent];
  group.remove([listener.follower], removal);
  group.stay(listener.follower, 12);
  change(3);
  await quiet(group);
  expect([listener.got, listener.ended]).toEqual([numbers(11, 14), undefined]);
});

test('who had got that change already leaves at once', () => {
  const { group } = startRoom();
  const listener = listen(group, 10);
  group.leaveAfter(listener.follower, 9);
  expect([listener.ended, group.followers.size]).toEqual(['left', 0]);
});

test('who is removed and comes back before the removal was delivered goes on', async () => {
  const { group, change } = startRoom();
  const listener = listen(group, 10);
  group.leaveAfter(listener.follower, 11);
  group.stay(listener.follower, 12);
  change(3);
  await quiet(group);
  expect([listener.got, listener.ended]).toEqual([numbers(11, 13), undefined]);
  expect(listener.follower.state).toBe('live');
});

test('more than can be kept waiting is read from the log instead', async () => {
  const { group, change } = startRoom();
  const listener = listen(group, 10);
  change();
  change(3_000);
  change(3_000);
  await quiet(group);
  expect(listener.got).toEqual(numbers(11, 6_011));
});

test('a change that the group was not told of is read from the log before what follows', async () => {
  const { group, change, changeUnheard } = startRoom();
  const listener = listen(group, 10);
  change();
  changeUnheard();
  change(2);
  await quiet(group);
  expect(listener.got).toEqual(numbers(11, 14));
});

test('who resumes from before the log begins is told to fetch anew', async () => {
  const { group } = startRoom({ begin: 5 });
  const listener = listen(group, 3);
  await quiet(group);
  expect([listener.got, listener.ended]).toEqual([[], 'RESYNC']);
});

test('where computing fails everyone is told, and those who come then miss nothing', async () => {
  let isBroken = true;
  const { group, change, head } = startRoom({ isBroken: () => isBroken });
  const before = listen(group, 10);
  change(2);
  await quiet(group);
  expect(before.ended).toBe('CONFLICT');
  isBroken = false;
  const [resumed, fresh] = [listen(group, 10), listen(group, head())];
  change();
  await quiet(group);
  expect([resumed.got, fresh.got]).toEqual([numbers(11, 13), ['13']]);
});

test('whatever happens in whatever order, each gets the changes that are theirs, once and in order', async () => {
  const step = fc.oneof(
    fc.record({ does: fc.constant('change' as const), count: fc.integer({ min: 1, max: 90 }) }),
    fc.record({ does: fc.constant('typing' as const) }),
    fc.record({ does: fc.constant('wait' as const), turns: fc.nat(12) }),
    fc.record({ does: fc.constant('follow' as const), back: fc.nat(80) }),
    fc.record({
      does: fc.constantFrom(
        'stall' as const,
        'goOn' as const,
        'stay' as const,
        'unfollow' as const,
      ),
      who: fc.nat(5),
    }),
    fc.record({
      does: fc.constant('leave' as const),
      who: fc.nat(5),
      ahead: fc.integer({ min: -20, max: 20 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.boolean(), async (steps, isPrompt) => {
      const { group, change, head } = startRoom({ head: 100, isPrompt });
      const listeners: { listener: Listener; from: number; end: number; isOver: boolean }[] = [];
      const find = (who: number) => {
        const found = listeners[who];
        return found?.listener.follower.state === 'gone' ? undefined : found;
      };
      for (const todo of steps) {
        if (todo.does === 'change') {
          change(todo.count);
        } else if (todo.does === 'typing') {
          group.append([typing]);
        } else if (todo.does === 'wait') {
          await (todo.turns === 0 ? new Promise(setImmediate) : microtasks(todo.turns));
        } else if (todo.does === 'follow') {
          const from = Math.max(0, head() - todo.back);
          const listener = listen(group, from);
          listeners.push({ listener, from, end: Number.POSITIVE_INFINITY, isOver: false });
        } else if ('who' in todo) {
          const found = find(todo.who);
          if (found === undefined) {
            continue;
          }
          const { listener } = found;
          switch (todo.does) {
            case 'leave': {
              const end = Math.max(1, head() + todo.ahead);
              found.end = Math.max(Math.min(found.end, end), listener.follower.position);
              group.leaveAfter(listener.follower, end);
              break;
            }
            case 'stay':
              // What was known before the removal says nothing of it.
              if (head() >= found.end) {
                found.end = Number.POSITIVE_INFINITY;
              }
              group.stay(listener.follower, head());
              break;
            case 'unfollow':
              found.isOver = true;
              found.end = listener.follower.position;
              group.unfollow(listener.follower);
              break;
            default:
              listener[todo.does]();
          }
        }
      }
      for (const { listener } of listeners) {
        listener.goOn();
      }
      await quiet(group);
      for (const { listener, from, end, isOver } of listeners) {
        const durable = listener.got.filter((name) => name !== 'typing');
        expect(durable).toEqual(numbers(from + 1, Math.min(end, head())));
        const expected = isOver || end <= head() ? 'gone' : end === Infinity ? 'live' : 'leaving';
        expect(listener.follower.state).toBe(expected);
      }
      expect(group.followers.size).toBe(
        listeners.filter(({ listener }) => listener.follower.state !== 'gone').length,
      );
    }),
    { numRuns: 300 },
  );
}, 60_000);

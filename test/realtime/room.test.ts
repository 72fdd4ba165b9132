import { expect, test } from '@jest/globals';
import type { Recipe } from '../../src/realtime/execution/recipes.ts';
import { shareResult } from '../../src/realtime/execution/result.ts';
import { createFollower } from '../../src/realtime/hub/follower.ts';
import { createRoom } from '../../src/realtime/hub/room.ts';
import type { DurableEvent, Happening, MemberEvent } from '../../src/realtime/log/events.ts';

const common = { roomId: 'r', occurredAt: '2026-01-31T09:30:00Z' };
const change: DurableEvent = {
  ...common,
  __typename: 'RoomChangedEvent',
  changeSeq: 1,
  cursor: '1',
  event: 'update',
};
const removal: MemberEvent = {
  ...common,
  __typename: 'MemberEvent',
  changeSeq: 2,
  cursor: '2',
  event: 'delete',
  userId: 'bob',
  role: 'MEMBER',
  isWidening: false,
};
const recipe = {
  plan: { isViewerDependent: false, shareKey: 'k' },
  privacy: { hidesReading: false, hidesTyping: false, hidesPresence: false },
} as unknown as Recipe;

test('nothing computed after a removal reaches who was removed, though no bell has told of it yet', async () => {
  const got: Record<string, string[]> = { ada: [], bob: [] };
  const shown = (text: string) => async (_recipe: Recipe, events: readonly Happening[]) =>
    events.map(({ changeSeq }) => shareResult(`${changeSeq} ${text}`, false));
  const room = createRoom({
    id: 'r',
    head: { seq: 0, at: null },
    readLog: async () => [],
    readRemovals: async (known) => (known < removal.changeSeq ? [removal] : []),
    run: shown('newer than the removal'),
    runOutside: shown('from outside'),
    onDelivered: () => {},
    readInTurn: (_userId, read) => read(),
  });
  const ended = Promise.withResolvers<void>();
  for (const [userId, received] of Object.entries(got)) {
    room.follow(
      recipe,
      createFollower({
        userId,
        position: 0,
        checkedAt: 0,
        reader: {
          transport: 'json',
          deliver: ({ results }) => received.push(...results.map((it) => it.json('').toString())),
          drained: () => undefined,
          onEnd: () => ended.resolve(),
        },
      }),
    );
  }
  room.append([change]);
  await Promise.all([room.settled(), ended.promise]);
  room.append([removal]);
  await room.settled();
  expect(got).toEqual({
    ada: ['1 newer than the removal', '2 newer than the removal'],
    bob: ['2 from outside'],
  });
});

import { TrumpetError } from '../../errors/codes.ts';
import type { Recipe, Recipes } from '../execution/recipes.ts';
import { createBatch } from '../execution/result.ts';
import type { CheckAccess } from '../log/access.ts';
import { readyEvent } from '../log/events.ts';
import { createFollower } from './follower.ts';
import type { Rooms } from './rooms.ts';
import type { Subscriber } from './subscriber.ts';

export interface RoomSubscriptionOptions {
  readonly rooms: Rooms;
  readonly recipes: Recipes;
  readonly checkAccess: CheckAccess;
}

/** In roomEvents nothing selects a cursor. */
const NO_CURSOR = '';

/**
 * Begins a subscription to one room. When it resolves, Ready has been sent; the result stops it.
 *
 * @throws TrumpetError NOT_FOUND, BAD_INPUT.
 */
export async function subscribeToRoom(
  { rooms, recipes, checkAccess }: RoomSubscriptionOptions,
  recipe: Recipe,
  subscriber: Subscriber,
): Promise<() => void> {
  const roomId = String(recipe.plan.arguments.roomId).toLowerCase();
  const { userId } = recipe.viewer;
  const head = await checkAccess({ userId, roomId });
  if (head === undefined) {
    throw new TrumpetError('NOT_FOUND', 'There is no such room.');
  }
  const after = parseAfter(recipe.plan.arguments.after, head);
  const room = rooms.obtain(roomId, head);
  await room.requireLog(after);
  const ready = await recipes.run(recipe, roomId, [readyEvent(roomId, head)]);
  if (room.isGone) {
    throw new TrumpetError('NOT_FOUND', 'There is no such room.');
  }
  subscriber.next(createBatch(ready), NO_CURSOR);
  const follower = createFollower({
    userId,
    endsWithArchiving: true,
    position: after,
    checkedAt: head,
    reader: {
      deliver: (batch) => subscriber.next(batch, NO_CURSOR),
      drained: subscriber.drained,
      onEnd: subscriber.end,
    },
  });
  const group = room.follow(recipe, follower);
  return () => group.unfollow(follower);
}

/** @throws TrumpetError BAD_INPUT when it is no number of this room's log. */
export function parseAfter(after: string | null | undefined, head: number): number {
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

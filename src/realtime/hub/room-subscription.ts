import { TrumpetError } from '../../errors/codes.ts';
import type { SubscriptionPlan } from '../execution/document.ts';
import type { Recipe, Recipes } from '../execution/recipes.ts';
import { createBatch } from '../execution/result.ts';
import type { CheckAccess } from '../log/access.ts';
import { readyEvent } from '../log/events.ts';
import { decodePlace, isOtherHistory, type LogPlace } from '../log/place.ts';
import { otherHistory, otherPrivacy, widerHistory } from '../log/resync.ts';
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
 * @throws TrumpetError NOT_FOUND, BAD_INPUT, RESYNC.
 */
export async function subscribeToRoom(
  { rooms, recipes, checkAccess }: RoomSubscriptionOptions,
  recipe: Recipe,
  subscriber: Subscriber,
): Promise<() => void> {
  const roomId = String(recipe.plan.arguments.roomId).toLowerCase();
  const { userId } = recipe.viewer;
  const access = await checkAccess({ userId, roomId });
  if (access === undefined) {
    throw new TrumpetError('NOT_FOUND', 'There is no such room.');
  }
  const { head, seesFrom, widenedBy } = access;
  const after = parseAfter(recipe.plan.arguments, head);
  const room = rooms.obtain(roomId, head);
  if (after.at !== null && after.at < (recipe.privacy.changedAt ?? 0) && after.seq < head.seq) {
    throw otherPrivacy();
  }
  if (widenedBy !== null && after.seq < widenedBy) {
    throw widerHistory();
  }
  if (after.seq < head.seq) {
    await room.requireLog(after);
  }
  const ready = await recipes.run(recipe, roomId, [readyEvent({ roomId, head, after })]);
  if (room.isGone) {
    throw new TrumpetError('NOT_FOUND', 'There is no such room.');
  }
  subscriber.next(createBatch(ready), NO_CURSOR);
  const follower = createFollower({
    userId,
    position: after.seq,
    checkedAt: head.seq,
    reader: {
      transport: subscriber.transport,
      deliver: (batch) => subscriber.next(batch, NO_CURSOR),
      drained: subscriber.drained,
      onEnd: subscriber.end,
    },
  });
  const group = room.follow({ ...recipe, seesFrom }, follower);
  return () => group.unfollow(follower);
}

/** @throws TrumpetError BAD_INPUT when it is no place; RESYNC when it is ahead of the head, or of another history. */
export function parseAfter(
  { after, cursor }: SubscriptionPlan['arguments'],
  head: LogPlace,
): LogPlace {
  const from = cursor ?? after;
  if (from == null) {
    return head;
  }
  const place = decodePlace(from);
  if (place.seq > head.seq || isOtherHistory(place, head)) {
    throw otherHistory();
  }
  return place.seq === head.seq ? head : place;
}

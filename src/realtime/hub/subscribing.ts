import type { GraphQLSchema } from 'postgraphile/graphql';
import { requireReader } from '../../identity/viewer.ts';
import { planSubscription } from '../execution/document.ts';
import type { Recipe } from '../execution/recipes.ts';
import { otherPrivacy } from '../log/resync.ts';
import type { PersonLimits } from './person-limits.ts';
import type { Privacies } from './privacies.ts';
import { type RoomSubscriptionOptions, subscribeToRoom } from './room-subscription.ts';
import type { SubscribeRequest, Subscriber } from './subscriber.ts';
import type { UserSubscriptions } from './user-subscriptions.ts';

/**
 * Begins a subscription. When it resolves, Ready has been sent; the result stops it.
 *
 * @throws TrumpetError NOT_FOUND, BAD_INPUT, RATE_LIMITED.
 */
export type Subscribe = (request: SubscribeRequest, subscriber: Subscriber) => Promise<() => void>;

interface SubscribingOptions extends RoomSubscriptionOptions {
  readonly schema: GraphQLSchema;
  readonly limits: PersonLimits;
  readonly users: UserSubscriptions;
  readonly privacies: Privacies;
  /** Resolves when those who are served may be. */
  readonly confirmed: () => Promise<void>;
}

/** Begins subscriptions, and counts them for the person whose they are for as long as they last. */
export function createSubscribing({
  schema,
  limits,
  users,
  privacies,
  confirmed,
  ...room
}: SubscribingOptions): Subscribe {
  async function begin(recipe: Recipe, subscriber: Subscriber): Promise<() => void> {
    await confirmed();
    return recipe.plan.field === 'roomEvents'
      ? subscribeToRoom(room, recipe, subscriber)
      : users.subscribe(recipe, subscriber);
  }

  return async function subscribe(request, subscriber) {
    requireReader(request.viewer);
    await limits.begin(request.viewer.userId);
    if (subscriber.isWanted?.() === false) {
      return () => {};
    }
    const plan = planSubscription(schema, request);
    const uncount = limits.listen(request.viewer.userId, plan.shareKey);
    let stop: (() => void) | undefined;
    let hasEnded = false;

    /** Whichever side it comes from, and once: nothing is delivered afterwards, and nothing of it stays. */
    function finish(): boolean {
      if (hasEnded) {
        return false;
      }
      hasEnded = true;
      uncount();
      watch.unwatch();
      stop?.();
      return true;
    }

    const { endsAt } = request.viewer;
    const bounded: Subscriber = {
      transport: subscriber.transport,
      /*
       * Nothing is delivered on a token that has expired. The transport closes the connection at its next check, within
       * a second; what is left out until then the client gets when it resumes.
       */
      next(batch, cursor) {
        if (!hasEnded && performance.now() < endsAt) {
          subscriber.next(batch, cursor);
        }
      },
      drained: subscriber.drained,
      end(error) {
        if (finish()) {
          subscriber.end(error);
        }
      },
    };
    const watch = privacies.watch(request.viewer.userId, () => bounded.end(otherPrivacy()));
    try {
      stop = await begin({ ...request, plan, privacy: await watch.privacy }, bounded);
    } catch (error) {
      finish();
      throw error;
    }
    if (hasEnded) {
      stop();
    }
    return () => void finish();
  };
}

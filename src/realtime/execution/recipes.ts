import type { FormattedExecutionResult } from 'postgraphile/graphql';
import { broadcastSettings, pgSettingsFor } from '../../database/pg-settings.ts';
import type { Viewer } from '../../identity/viewer.ts';
import type { FleetingEvent, RoomEvent } from '../log/events.ts';
import { type Privacy, privacyKey, toldTo } from '../log/privacy.ts';
import type { LeaveOutUnseen } from '../log/unseen.ts';
import { createBatchingExecutor } from './batching.ts';
import type { SubscriptionDocument, SubscriptionPlan } from './document.ts';
import { type Executor, eventValue, type RootValue } from './executor.ts';
import type { Patiently } from './patience.ts';
import { CURSOR_PLACEHOLDER, type SharedResult, shareResult } from './result.ts';

/** What computes events: a document with its variables, as someone. */
export interface Recipe extends SubscriptionDocument {
  readonly plan: SubscriptionPlan;
  readonly viewer: Viewer;
  /** What the viewer hides, and so is not told of others. */
  readonly privacy: Privacy;
  /** In one room: the first message that the viewer may see there. Null or left out: all. */
  readonly seesFrom?: number | null;
}

export interface Recipes {
  /**
   * Computes events, one result each, as every member of the room may see them, or as the viewer where it depends on
   * that. Waits for a database that is away.
   *
   * @param roomId the room of the events; null when they are about all rooms of a person
   */
  run(recipe: Recipe, roomId: string | null, events: readonly RoomEvent[]): Promise<SharedResult[]>;
  readonly statistics: RecipeStatistics;
}

export interface RecipeStatistics {
  /** Executions of a document, each over one or more events. */
  readonly executions: number;
  readonly executedEvents: number;
}

interface RecipesOptions {
  readonly execute: Executor;
  readonly patiently: Patiently;
  /** The one person who listens with a document; undefined when there are several. */
  readonly onlyListener: (shareKey: string) => string | undefined;
  readonly leaveOutUnseen: LeaveOutUnseen;
}

/** Recipes with the same key give the same results in a room. */
export function recipeKey({ plan, viewer, privacy, seesFrom = null }: Recipe): string {
  const shareKey = `${plan.shareKey} ${privacyKey(privacy)}`;
  if (seesFrom !== null) {
    return `${shareKey} ${viewer.userId} ${seesFrom}`;
  }
  return plan.isViewerDependent ? `${shareKey} ${viewer.userId}` : shareKey;
}

const FLEETING: ReadonlySet<RoomEvent['__typename']> = new Set<FleetingEvent['__typename']>([
  'TypingEvent',
  'PresenceEvent',
  'StatusTextEvent',
  'ProfileEvent',
]);

export function createRecipes({
  execute,
  patiently,
  onlyListener,
  leaveOutUnseen,
}: RecipesOptions): Recipes {
  const sharing = createBatchingExecutor(execute, (roomIds, shareKey) =>
    broadcastSettings(roomIds, onlyListener(shareKey)),
  );
  let executions = 0;
  let executedEvents = 0;

  function executeOnce(
    { document, operationName, variables, plan, viewer, seesFrom = null }: Recipe,
    roomId: string | null,
    events: readonly RootValue[],
  ): Promise<FormattedExecutionResult[]> {
    // What leads from an event to other messages shows those that its viewer may see.
    const isForViewer = plan.isViewerDependent || (roomId !== null && seesFrom !== null);
    if (roomId !== null && plan.isRoomBound && !isForViewer) {
      const { shareKey } = plan;
      return sharing.execute({ document, operationName, variables, shareKey, roomId, events });
    }
    executions += 1;
    const pgSettings = isForViewer
      ? pgSettingsFor(viewer)
      : broadcastSettings(roomId === null ? [] : [roomId], onlyListener(plan.shareKey));
    return execute({ document, operationName, variables, pgSettings, events });
  }

  return {
    async run(recipe, roomId, events) {
      executedEvents += events.length;
      const { seesFrom = null } = recipe;
      const seen =
        roomId === null || seesFrom === null
          ? events
          : await patiently(() => leaveOutUnseen(seesFrom, events));
      const values = seen.map((event) => rootValue(recipe, toldTo(recipe.privacy, event)));
      const results = await patiently(() => executeOnce(recipe, roomId, values));
      return results.map((result, index) =>
        shareResult(JSON.stringify(result), isFleeting(events[index] as RoomEvent)),
      );
    },
    get statistics() {
      return { executions: executions + sharing.executions, executedEvents };
    },
  };
}

function rootValue({ plan }: Recipe, event: RoomEvent): RootValue {
  return plan.field === 'roomEvents'
    ? eventValue(event)
    : { cursor: CURSOR_PLACEHOLDER, event: eventValue(event) };
}

function isFleeting({ __typename }: RoomEvent): boolean {
  return FLEETING.has(__typename);
}

import { LRUCache } from 'lru-cache';
import { TrumpetError } from '../src/errors/codes.ts';
import type { DocumentSize } from './query-cost.ts';

/*
 * Reading, validating and planning a document takes the process some milliseconds in which nobody else is served: about
 * one a field that is an object, and a twentieth of that any other. Once planned, a document costs nothing. So everyone
 * has a budget for documents that are new here, which is far more than an app has documents, and less than what would
 * be felt by others.
 */

/** What a field that is an object takes, in fields. */
const FIELDS_AN_OBJECT = 20;
/** In fields, a twentieth of a millisecond each. */
export const PLANNING_BURST = 20_000;
export const PLANNING_PER_SECOND = 1_000;
/** Whose budgets are known; who is forgotten has all of it. */
const MAX_REMEMBERED = 10_000;

/** How many plans a document has (one a sort order, say) before whoever makes more of them has to have budget left. */
const USUAL_PLANS = 4;

export interface PlanningBudget {
  /** @throws TrumpetError RATE_LIMITED when nothing is left. */
  require(key: string): void;
  /** Pays for a document that is new here, its first plan included. */
  payForDocument(key: string, document: object, size: DocumentSize): void;
  /**
   * Plans a request, and pays when that made a plan which was not there: a document has as many as its variables have
   * meanings for the planner.
   *
   * @throws TrumpetError RATE_LIMITED when nothing is left and the document has more plans than usual.
   */
  payForPlan<Plan extends object>(key: string, document: object, makePlan: () => Plan): Plan;
}

interface PlannedDocument {
  readonly fields: number;
  plans: number;
}

/** @param now milliseconds of a clock that only goes forward */
export function createPlanningBudget(now = () => performance.now()): PlanningBudget {
  /** When everyone's budget is full again. */
  const fullAt = new LRUCache<string, number>({ max: MAX_REMEMBERED });
  const documents = new WeakMap<object, PlannedDocument>();
  const plans = new WeakSet<object>();
  const capacityMs = (PLANNING_BURST / PLANNING_PER_SECOND) * 1_000;

  function charge(key: string, fields: number): void {
    const from = Math.max(fullAt.get(key) ?? 0, now());
    fullAt.set(key, from + (fields / PLANNING_PER_SECOND) * 1_000);
  }

  function require(key: string): void {
    const missingMs = (fullAt.get(key) ?? 0) - now() - capacityMs;
    if (missingMs > 0) {
      throw new TrumpetError(
        'RATE_LIMITED',
        'Too many queries that are new here: send the same text with other variables.',
        { retryAfterMs: Math.ceil(missingMs) },
      );
    }
  }

  return {
    require,
    payForDocument(key, document, size) {
      const fields = size.fields + size.objects * FIELDS_AN_OBJECT;
      documents.set(document, { fields, plans: 0 });
      charge(key, fields);
    },
    payForPlan(key, document, makePlan) {
      const known = documents.get(document);
      if (known !== undefined && known.plans >= USUAL_PLANS) {
        require(key);
      }
      const plan = makePlan();
      if (known !== undefined && !plans.has(plan)) {
        plans.add(plan);
        known.plans += 1;
        if (known.plans > 1) {
          charge(key, known.fields);
        }
      }
      return plan;
    },
  };
}

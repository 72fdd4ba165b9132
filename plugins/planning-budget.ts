import { LRUCache } from 'lru-cache';
import { TrumpetError } from '../src/errors/codes.ts';
import { createPacedTurns } from '../src/process/paced-turns.ts';
import { createTokenBucket, type TokenBucket } from '../src/process/token-bucket.ts';
import type { DocumentSize } from './document-size.ts';

/*
 * Reading, validating and planning a document takes the process some milliseconds in which nobody else is served: about
 * one a field that is an object, and a twentieth of that any other. Once planned, a document costs nothing. So everyone
 * has a budget for documents that are new here, which is far more than an app has documents, and less than what would
 * be felt by others. They are read and planned one after the other, with pauses in which others are served.
 */

/** What a field that is an object takes, in fields. */
const FIELDS_AN_OBJECT = 20;
/** In fields, a twentieth of a millisecond each. */
export const PLANNING_BURST = 20_000;
export const PLANNING_PER_SECOND = 1_000;
/** How much less visitors have: they sign in, and look the schema up. */
export const VISITOR_PLANNING_DIVISOR = 4;
/** The part of the process' time that the new documents of one caller may take. */
const PLANNING_SHARE = 1 / 4;
/** How long each request of whoever has nothing left is kept waiting, in milliseconds. */
const SLOW_DOWN_MS = 500;
/** Whose budgets are known; who is forgotten has all of it. */
const MAX_REMEMBERED = 10_000;

/** How many plans a document has (one a sort order, say) before whoever makes more of them has to have budget left. */
const USUAL_PLANS = 4;

/** Who sends a document. */
export interface Caller {
  /** The person, or the address of a visitor. */
  readonly key: string;
  readonly isVisitor: boolean;
  /** Whether it comes with a key. */
  readonly isServer: boolean;
}

export interface PlanningBudget {
  /** @throws TrumpetError RATE_LIMITED when nothing is left. */
  require(caller: Caller): void;
  /** Resolves at once, or after a moment for whoever has nothing left: refusing costs something, too. */
  slowDown(caller: Caller): Promise<void> | undefined;
  /** Resolves when it is the caller's turn to have a document read that is new here; undefined when it is now. */
  turn(caller: Caller): Promise<void> | undefined;
  /** Reads a document in the caller's turn. */
  read<Result>(caller: Caller, work: () => Result): Result;
  /** Pays for a document that is new here, its first plan included. */
  payForDocument(caller: Caller, document: object, size: DocumentSize): void;
  /**
   * Plans a request, and pays when that made a plan which was not there: a document has as many as its variables have
   * meanings for the planner.
   *
   * @throws TrumpetError RATE_LIMITED when nothing is left and the document has more plans than usual.
   */
  payForPlan<Plan extends object>(caller: Caller, document: object, makePlan: () => Plan): Plan;
}

interface PlannedDocument {
  readonly fields: number;
  plans: number;
}

/** @param now milliseconds of a clock that only goes forward */
export function createPlanningBudget(now = () => performance.now()): PlanningBudget {
  const budgets = new LRUCache<string, TokenBucket>({ max: MAX_REMEMBERED });
  const documents = new WeakMap<object, PlannedDocument>();
  const plans = new WeakSet<object>();
  const turns = createPacedTurns(PLANNING_SHARE);

  /** Does what nobody else is served in meanwhile, and counts how long that was. */
  function work<Result>({ key }: Caller, make: () => Result): Result {
    const beganAt = now();
    try {
      return make();
    } finally {
      turns.took(key, now() - beganAt);
    }
  }

  function charge({ key, isVisitor }: Caller, fields: number): void {
    const budget =
      budgets.get(key) ??
      createTokenBucket({ burst: PLANNING_BURST, perSecond: PLANNING_PER_SECOND });
    budgets.set(key, budget);
    budget.take(fields * (isVisitor ? VISITOR_PLANNING_DIVISOR : 1), now());
  }

  /** How long it takes until something is left; not above zero when there is. */
  function missingMsOf({ key }: Caller): number {
    return budgets.get(key)?.waitMs(0, now()) ?? 0;
  }

  function require(caller: Caller): void {
    const missingMs = missingMsOf(caller);
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
    slowDown(caller) {
      return missingMsOf(caller) > 0
        ? new Promise((resolve) => setTimeout(resolve, SLOW_DOWN_MS))
        : undefined;
    },
    turn: ({ key }) => turns.begin(key),
    read: work,
    payForDocument(caller, document, size) {
      const fields = size.fields + size.objects * FIELDS_AN_OBJECT;
      documents.set(document, { fields, plans: 0 });
      charge(caller, fields);
    },
    payForPlan(caller, document, makePlan) {
      const known = documents.get(document);
      if (known !== undefined && known.plans >= USUAL_PLANS) {
        require(caller);
      }
      const plan = work(caller, makePlan);
      if (known !== undefined && !plans.has(plan)) {
        plans.add(plan);
        known.plans += 1;
        if (known.plans > 1) {
          charge(caller, known.fields);
        }
      }
      return plan;
    },
  };
}

import {
  type Caller,
  createPlanningBudget,
  PLANNING_BURST,
  PLANNING_PER_SECOND,
  VISITOR_PLANNING_DIVISOR,
} from '../../plugins/planning-budget.ts';

const SIZE = { fields: 60, rootFields: 1, depth: 4, introspectionDepth: 0, objects: 12 };
const [ada, bob] = ['ada', 'bob'].map((key) => ({
  key,
  isVisitor: false,
  isServer: false,
})) as [Caller, Caller];
const COST = 60 + 12 * 20;

function clock() {
  let time = 0;
  return {
    now: () => time,
    pass(ms: number) {
      time += ms;
    },
  };
}

function spendAll(budget: ReturnType<typeof createPlanningBudget>, caller: Caller): number {
  for (let documents = 0; ; documents += 1) {
    try {
      budget.require(caller);
    } catch (error) {
      expect(error).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) });
      return documents;
    }
    budget.payForDocument(caller, {}, SIZE);
  }
}

test('an app with 50 documents can send them all at once; whoever makes up new ones without end waits', () => {
  const { now, pass } = clock();
  const budget = createPlanningBudget(now);
  const documents = spendAll(budget, ada);
  expect(documents).toBeGreaterThan(50);
  expect(documents).toBe(Math.floor(PLANNING_BURST / COST) + 1);
  budget.require(bob); // Nobody else is held up.
  pass((2 * COST * 1_000) / PLANNING_PER_SECOND);
  expect(spendAll(budget, ada)).toBeGreaterThanOrEqual(1);
});

test('a document has a few plans; who has variables make more of them pays for each', () => {
  const { now } = clock();
  const budget = createPlanningBudget(now);
  const document = {};
  budget.payForDocument(ada, document, SIZE);
  const plan = {};
  for (let times = 0; times < 10_000; times += 1) {
    expect(budget.payForPlan(ada, document, () => plan)).toBe(plan);
  }
  budget.require(ada); // A plan that is there costs nothing.
  const replan = () => {
    for (let times = 0; times < 10_000; times += 1) {
      budget.payForPlan(ada, document, () => ({}));
    }
  };
  expect(replan).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }));
});

test('a visitor has a part of it', () => {
  const { now } = clock();
  const documents = spendAll(createPlanningBudget(now), {
    key: '192.0.2.1',
    isVisitor: true,
    isServer: false,
  });
  expect(documents).toBe(Math.floor(PLANNING_BURST / COST / VISITOR_PLANNING_DIVISOR) + 1);
});

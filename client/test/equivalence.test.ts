import fc from 'fast-check';
import { createTestDatabase } from '../../testing/database.ts';
import { startTestServer } from '../../testing/server.ts';
import { openLink } from './link.ts';
import { beginSequence, type Sequence } from './sequences/sequence.ts';
import { type Step, step } from './sequences/steps.ts';
import { superviseServer } from './support.ts';

/*
 * Whatever people do, and whatever happens to the network, the server, its log, the app and its tabs: in the end the
 * replica of each tab is what one would fetch, and what the person sent is there, once each, in their order.
 *
 * `RUNS=1000 npm test -- client/test/equivalence.test.ts` looks longer. A failure tells its seed and its path: with
 * `SEED=… SEQUENCE=…` that sequence happens again.
 */

/** What every run of the tests looks at is the same. */
const USUAL = { runs: 10, seed: 3 };
const RUNS = Number(process.env.RUNS ?? USUAL.runs);
const SEED = Number(
  process.env.SEED ?? (RUNS === USUAL.runs ? USUAL.seed : Math.trunc(Math.random() * 2 ** 31)),
);
const { SEQUENCE } = process.env;

/** Of a sequence that stands still, nothing else would tell where. */
const STANDING_MS = 240_000;

const database = await createTestDatabase();
const server = await startTestServer(database);
const supervised = await superviseServer(database);
const link = await openLink(supervised.url);
const counts = new Map<string, number>();
const note = (what: string) => void counts.set(what, (counts.get(what) ?? 0) + 1);

afterAll(async () => {
  await link.close();
  await supervised.close();
  await server.close();
  await database.close();
});

async function go(sequence: Sequence, steps: readonly Step[]): Promise<void> {
  let at = -1;
  const standing = Promise.withResolvers<never>();
  const watch = setTimeout(() => {
    const place = JSON.stringify({ step: steps[at], at, tabs: sequence.describe() }, null, 2);
    standing.reject(new Error(`The sequence stands still: ${place}`));
  }, STANDING_MS);
  const going = async () => {
    for (at = 0; at < steps.length; at += 1) {
      await sequence.take(steps[at] as Step);
    }
    await sequence.finish();
  };
  try {
    await Promise.race([going(), standing.promise]);
  } finally {
    clearTimeout(watch);
  }
}

test(
  'in the end the replica is what one would fetch, whatever happened',
  async () => {
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 5, maxLength: 40 }),
          // Of 2 ** 31 - 1 the generator of lost answers makes zeros.
          fc.integer({ min: 1, max: 2 ** 31 - 2 }),
          async (steps, seed) => {
            note('sequence');
            const sequence = await beginSequence(
              { database, server, supervised, link, note },
              seed,
            );
            try {
              await go(sequence, steps);
            } finally {
              await sequence.close();
            }
          },
        ),
        { numRuns: RUNS, seed: SEED, path: SEQUENCE ?? '', endOnFailure: true },
      );
    } finally {
      if (RUNS !== USUAL.runs) {
        console.log(`seed ${SEED}:`, Object.fromEntries(counts));
      }
    }
  },
  RUNS * STANDING_MS,
);

import type { BenchEnvironment } from '../../testing/environment.ts';
import {
  createMutationRaces,
  isExplained,
  MEETINGS,
  type RaceResult,
} from '../../testing/mutation-races.ts';
import { type Claim, exactly } from './support/claim.ts';

const MAX_REPORTED = 20;

/**
 * Every pair of mutations, one before the other behind the room's lock and both at once.
 *
 * @param oneOf every so many pairs is raced
 */
export async function mutationRaces(
  env: BenchEnvironment,
  { oneOf }: { oneOf: number },
): Promise<Claim[]> {
  const { rows: rates } = await env.owner.query('select kind, burst from app_private.rates');
  await env.owner.query('update app_private.rates set burst = 1000000');
  const races = await createMutationRaces(env.owner, env.authDatabaseUrl);
  const results: RaceResult[] = [];
  const pairs = races.names.flatMap((first, index) =>
    races.names.slice(index).map((second) => ({ first, second })),
  );
  try {
    for (const [index, pair] of pairs.entries()) {
      for (const [number, meeting] of index % oneOf === 0 ? MEETINGS.entries() : []) {
        results.push(await races.run({ ...pair, meeting, seed: index * 3 + number }));
      }
    }
  } finally {
    await races.close();
    await env.owner.query(
      `update app_private.rates set burst = usual.burst
        from json_to_recordset($1) as usual (kind text, burst integer) where usual.kind = rates.kind`,
      [JSON.stringify(rates)],
    );
  }
  const outcomes = results.flatMap((result) => result.outcomes);
  const ended = (code: string) => outcomes.filter((outcome) => outcome.code === code).length;
  const unexplained = results.filter(
    (result) => !result.outcomes.every(({ code }) => isExplained(code)),
  );
  for (const result of unexplained.slice(0, MAX_REPORTED)) {
    console.log(`  ${JSON.stringify(result)}`);
  }
  const done = new Set(outcomes.flatMap(({ name, code }) => (code === null ? name : [])));
  return [
    {
      ...exactly('every call is answered with a result or a code', unexplained.length, 0),
      measured: `${unexplained.length} of ${outcomes.length.toLocaleString('en')} not`,
    },
    exactly('no deadlocks', ended('40P01'), 0),
    {
      promise: 'nearly every mutation succeeds in some of its races',
      measured: `${done.size} of ${races.names.length}; ${outcomes.filter(({ code }) => code === null).length.toLocaleString('en')} calls`,
      holds: oneOf > 1 || done.size >= races.names.length - 1, // A picture would have to be uploaded first.
    },
  ];
}

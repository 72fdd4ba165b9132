import { explainDatabaseError, isDatabaseError } from '../../src/errors/from-sqlstate.ts';
import { createTestDatabase } from '../../testing/database.ts';
import {
  createMutationRaces,
  isExplained,
  MEETINGS,
  type RaceResult,
  seededRandom,
} from '../../testing/mutation-races.ts';

/*
 * Some pairs of mutations; all of them are raced by `npm run test:faults -- mutation-races`.
 */
const RACES = Number(process.env.RACES ?? 100);
const SEED = Number(process.env.RACES_SEED ?? 20_261_126);

const database = await createTestDatabase();
const races = await createMutationRaces(database.owner, database.authDatabaseUrl);
afterAll(async () => {
  await races.close();
  await database.close();
});

const unexplained = (results: readonly RaceResult[]) =>
  results.filter(({ outcomes }) => !outcomes.every(({ code }) => isExplained(code)));

test('whatever two people do at the same moment, each is answered with a result or a code', async () => {
  const random = seededRandom(SEED);
  const results: RaceResult[] = [];
  for (let count = 0; count < RACES; count += 1) {
    const [first, second] = [random(), random()].map(
      (number) => races.names[Math.floor(number * races.names.length)],
    ) as [string, string];
    const meeting = MEETINGS[count % MEETINGS.length] as (typeof MEETINGS)[number];
    results.push(await races.run({ first, second, meeting, seed: SEED + count }));
  }
  expect(unexplained(results)).toEqual([]);
  // What is refused everywhere races with nothing.
  const done = results.flatMap(({ outcomes }) => outcomes).filter(({ code }) => code === null);
  expect(done.length).toBeGreaterThan(RACES);
});

test.each(['kick_member', 'ban_member'])(
  '%s beside what a member sets for the room',
  async (first) => {
    const results: RaceResult[] = [];
    for (const second of [
      'set_notification_level',
      'silence_room',
      'mark_room_read',
      'mark_room_unread',
      'set_room_folder',
      'set_thread_followed',
      'set_thread_notification_level',
      'mark_thread_read',
      'order_rooms',
      'save_draft',
      'set_typing',
    ]) {
      for (const meeting of MEETINGS) {
        for (let seed = 0; seed < 4; seed += 1) {
          results.push(await races.run({ first, second, meeting, seed }));
        }
      }
    }
    expect(unexplained(results)).toEqual([]);
  },
);

test.each([
  ['23503', 'CONFLICT'],
  ['23505', 'CONFLICT'],
  ['23P01', 'CONFLICT'],
  ['40001', 'BUSY'],
  ['40P01', 'BUSY'],
  ['55P03', 'BUSY'],
  ['57014', 'QUERY_TOO_COMPLEX'],
])('what a race can end with has a code: %s is %s', async (sqlstate, code) => {
  const error = await database.owner
    .query(`do $$ begin raise exception 'of the database' using errcode = '${sqlstate}'; end $$`)
    .catch((thrown: unknown) => thrown);
  expect(isDatabaseError(error) && explainDatabaseError(error, false)).toMatchObject({ code });
});

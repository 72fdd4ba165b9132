import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../../plugins/page-size.ts';
import { PLANNING_BURST, PLANNING_PER_SECOND } from '../../plugins/planning-budget.ts';
import { QUERY_LIMITS, VISITOR_LIMITS } from '../../plugins/query-limits.ts';
import { loadConfig } from '../../src/config/load.ts';
import {
  DATABASE_BURST_MS,
  DATABASE_MS_PER_SECOND,
  LONG_STATEMENT_MS,
  MAX_PAUSE_MS,
  PARALLEL_MS,
  SHARES,
  TURN_TIMEOUT_MS,
} from '../../src/database/fair-share.ts';
import { BEGUN_AT_ONCE, BEGUN_PER_SECOND } from '../../src/http/connection-turns.ts';
import {
  BODY_LIMIT_BYTES,
  BODY_TIMEOUT_MS,
  REQUESTS_PER_PERSON,
  REQUESTS_PER_VISITOR_ADDRESS,
  VISITOR_BODY_LIMIT_BYTES,
} from '../../src/http/request-limits.ts';
import { REFUSED_BURST, REFUSED_PER_SECOND, REFUSED_WAIT_MS } from '../../src/process/refusals.ts';
import { LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS } from '../../src/process/time-limits.ts';
import { MOST_OF_A_HOOK, MOST_OF_A_PERSON } from '../../src/webhooks/asking.ts';
import { createTestDatabase } from '../../testing/database.ts';

/*
 * docs/limits.md and the code say the same.
 */
const page = readFileSync(join(import.meta.dirname, '../../docs/limits.md'), 'utf8');
const whole = (amount: number) => amount.toLocaleString('en');
const seconds = (ms: number) => `${ms / 1_000} s`;
const { person, visitor } = SHARES;

test.each<[string, readonly string[]]>([
  ['body', [whole(BODY_LIMIT_BYTES), whole(VISITOR_BODY_LIMIT_BYTES)]],
  ['time until the body is there', [seconds(BODY_TIMEOUT_MS)]],
  ['rows of a page', [`| ${MAX_PAGE_SIZE} | ${MAX_PAGE_SIZE} |`]],
  ...(
    [
      ['words and signs of a document', 'tokens'],
      ['fields written in a document', 'fields'],
      ['fields at the top', 'rootFields'],
      ['fields below one another', 'depth'],
      ['fields that are objects', 'objects'],
      ['values that an answer may have', 'cost'],
      ['values in variables and lists', 'values'],
      ['values below one another in a variable', 'valueDepth'],
      ['names in a list, such as `orderBy`', 'listedNames'],
    ] as const
  ).map(([row, name]): [string, string[]] => [
    row,
    [`| ${whole(QUERY_LIMITS[name])} | ${whole(VISITOR_LIMITS[name])} |`],
  ]),
  [
    'requests under way at `/graphql`, and at `/events` until their stream begins',
    [`| ${REQUESTS_PER_PERSON}; `, `address ${REQUESTS_PER_VISITOR_ADDRESS} |`],
  ],
  [
    'connections of one address (`CONNECTIONS_PER_ADDRESS`)',
    [whole(loadConfig({}).connectionsPerAddress)],
  ],
  [
    'connections of one address that are begun',
    [`${BEGUN_AT_ONCE} at once, ${BEGUN_PER_SECOND} a second`],
  ],
  [
    'statements in the database at a time',
    [
      `| ${person.eachWhenShort}, and a second one beside one that takes ${LONG_STATEMENT_MS} ms, unless ${PARALLEL_MS} ms have been used; visitors of one address ${visitor.each}, all visitors ${visitor.together} of each 20 connections`,
      `up to ${seconds(TURN_TIMEOUT_MS)}`,
    ],
  ],
  [
    'time in the database',
    [
      `${DATABASE_MS_PER_SECOND} ms a second, ${whole(DATABASE_BURST_MS)} ms at once`,
      `up to ${seconds(MAX_PAUSE_MS)} between statements`,
    ],
  ],
  [
    'requests that are refused',
    [
      `| ${REFUSED_BURST} at once, ${REFUSED_PER_SECOND} a second |`,
      `begun ${REFUSED_PER_SECOND} a second`,
      `more than ${seconds(REFUSED_WAIT_MS)}`,
    ],
  ],
  ['statements that wait', [`| ${person.waiting}; visitors of one address ${visitor.waiting} |`]],
  ['waiting for a lock', [seconds(LOCK_TIMEOUT_MS)]],
  ['one statement', [seconds(STATEMENT_TIMEOUT_MS)]],
  [
    'messages that [hooks](webhooks.md#before-a-message) are asked about at a time',
    [`| ${MOST_OF_A_PERSON}; ${MOST_OF_A_HOOK} of everybody`],
  ],
  [
    'documents that are new to the server',
    [`${whole(PLANNING_BURST)} fields at once, ${whole(PLANNING_PER_SECOND)} a second`],
  ],
])('%s', (row, figures) => {
  const line = page.split('\n').find((candidate) => candidate.startsWith(`| ${row} |`));
  for (const figure of figures) {
    expect(line).toContain(figure);
  }
});

test('the page says how long a page is where a query does not', () => {
  expect(page).toContain(`; ${DEFAULT_PAGE_SIZE} where the query says nothing`);
});

test('every rate is on the page as the database has it', async () => {
  const database = await createTestDatabase({ isGenerous: false });
  const { rows: rates } = await database.owner.query(
    'select kind, per_second::text, burst::text from app_private.rates',
  );
  // Those of messages are raised for all tests; their defaults are what a real server has.
  const { rows: defaults } = await database.owner.query(
    `select column_name as name, column_default as value from information_schema.columns
      where table_schema = 'app_private' and table_name = 'limits'`,
  );
  await database.close();
  const known = Object.fromEntries(defaults.map(({ name, value }) => [name, value]));
  const expected = [
    ...rates.map(({ kind, per_second, burst }) => [kind, per_second, burst]),
    ['messages', known.user_per_second, known.user_burst],
    ['messages_in_room', known.user_in_room_per_second, known.user_in_room_burst],
  ];
  const told = Array.from(
    page.matchAll(/^\| `(\w+)` \| ([\d.]+) \| ([\d,]+) \|/gm),
    ([, kind, perSecond, burst]) => [kind, perSecond, burst?.replaceAll(',', '')],
  );
  expect(told.toSorted()).toEqual(expected.toSorted());
});

import pg from 'pg';
import type { BenchEnvironment } from '../testing/environment.ts';
import { fillHistory } from './support/history.ts';
import type { Row } from './support/report.ts';

/*
 * What reading costs an installation of six and a half years: locks on tables and indexes that one transaction holds,
 * beside a statement over all months.
 */
const MONTHS = 79;
/** The worker makes so many ahead. */
const AHEAD = 6;
const MESSAGES = 20_000;
/** Behind so many turns a connection plans statements for any value, if it ever does. */
const TURNS = 8;

export async function months(env: BenchEnvironment): Promise<Row[]> {
  const [viewer, ...authors] = (await env.createPeople(20)).map(({ id }) => id);
  const [roomId] = await env.createRooms([[viewer as string, ...authors]]);
  await env.owner.query(
    `select app_private.make_month_partition(parent::regclass, month::date)
      from unnest(array['app_public.messages', 'app_private.message_search']) as parent,
        generate_series(
          app_private.this_month() - make_interval(months => $1), app_private.this_month(), interval '1 month') as month`,
    [MONTHS - AHEAD - 1],
  );
  await fillHistory(env.owner, {
    roomIds: [roomId as string],
    authorIds: authors,
    count: MESSAGES,
  });
  const { rows } = await env.owner.query<{ id: string }>(
    'select id from app_public.messages where room_id = $1 order by seq limit 1',
    [roomId],
  );
  const client = new pg.Client(env.authDatabaseUrl);
  await client.connect();
  const locksOf = async (name: string, text: string, values: unknown[]): Promise<number> => {
    const counts: number[] = [];
    for (let turn = 0; turn < TURNS; turn += 1) {
      await client.query('begin');
      await client.query(
        `select set_config('role', 'trumpet_user', true), set_config('trumpet.user_id', $1, true)`,
        [viewer],
      );
      await client.query({ name, text, values });
      const { rows: locks } = await client.query<{ count: number }>(
        `select count(*)::int - 1 as count from pg_locks where pid = pg_backend_pid() and locktype = 'relation'`,
      );
      await client.query('commit');
      counts.push(locks[0]?.count ?? Number.NaN);
    }
    return counts.sort((one, other) => one - other)[TURNS >> 1] as number;
  };
  const page = {
    size: 51,
    newestFirst: true,
    topLevelOnly: false,
    below: Math.round(MESSAGES / 3),
  };
  const ofPage = await locksOf('page', 'select * from app_hidden.room_page($1, $2)', [
    roomId,
    JSON.stringify(page),
  ]);
  const ofAll = await locksOf(
    'all',
    'select * from app_public.messages where room_id = $1 and seq < $2 order by seq desc limit 51',
    [roomId, page.below],
  );
  const ofMessage = await locksOf('message', 'select * from app_public.messages where id = $1', [
    rows[0]?.id,
  ]);
  await client.end();
  return [
    {
      bench: `locks of a page of history, ${MONTHS} months`,
      measured: String(ofPage),
      baseline: `at most 60; ${ofAll} of a statement over all months`,
      ratio: ofPage / 60,
      goal: { atMost: 1 },
    },
    {
      bench: `locks of one message, ${MONTHS} months`,
      measured: String(ofMessage),
      baseline: 'at most 16',
      ratio: ofMessage / 16,
      goal: { atMost: 1 },
      remark: `the median of ${TURNS} times: once in the life of a connection the plan for any message is made, and dismissed`,
    },
  ];
}

import type pg from 'pg';
import { createApiPool } from '../src/database/pools.ts';
import type { BenchEnvironment } from '../testing/environment.ts';
import { percentile, sendOne } from '../testing/send.ts';
import type { Row } from './support/report.ts';

/*
 * What notifying costs the one who sends: nothing of it may grow with the members of the room.
 */
const FEW = 10;
const MANY = 10_000;
const ROUNDS = 20;
const SENDS_A_ROUND = 50;

const milliseconds = (value: number) => `${value.toFixed(3)} ms`;

/** The median time of a send, in turns with others so that all meet the same machine. */
async function inTurns<Name extends string>(
  turns: Record<Name, () => Promise<void>>,
): Promise<Record<Name, number>> {
  const times = Object.fromEntries(
    Object.keys(turns).map((name) => [name, []]),
  ) as unknown as Record<Name, number[]>;
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const name of Object.keys(turns) as Name[]) {
      for (let count = 0; count < SENDS_A_ROUND; count += 1) {
        const begun = performance.now();
        await turns[name]();
        if (round >= 0) {
          times[name].push(performance.now() - begun); // The first round warms up.
        }
      }
    }
  }
  return Object.fromEntries(
    Object.entries<number[]>(times).map(([name, values]) => [name, percentile(values, 0.5)]),
  ) as Record<Name, number>;
}

/** Gives everybody a device, none of which will be sent anything. */
async function subscribeAll(owner: pg.Pool): Promise<void> {
  await owner.query(
    `with device as (
      insert into app_public.push_subscriptions (user_id, channel, endpoint)
      select id, 'web', 'https://fcm.googleapis.com/fcm/send/' || id from app_public.users
      returning id
    )
    insert into app_private.push_devices (subscription_id, p256dh, auth) select id, 'k', 'a' from device`,
  );
  await owner.query('vacuum analyze');
}

export async function pushEnqueue(env: BenchEnvironment): Promise<Row[]> {
  const people = await env.createPeople(MANY);
  const ids = people.map((person) => person.id);
  const [few, many] = (await env.createRooms([ids.slice(0, FEW), ids])) as [string, string];
  const sender = ids[0] as string;
  await subscribeAll(env.owner);

  const pool = createApiPool(env.authDatabaseUrl, 1);
  const client = await pool.connect();
  const send = async (roomId: string) => {
    await sendOne(client, { roomId, userId: sender }, 'some words, as people write them');
  };
  // What the worker does twice a second while the sends go on; the jobs it makes are not worked off.
  const worker = setInterval(
    () => env.owner.query(`select app_private.enqueue_due_pushes('5 s')`),
    500,
  ).unref();
  const size = await inTurns({ few: () => send(few), many: () => send(many) });

  const trigger = (action: 'enable' | 'disable') =>
    env.owner.query(`alter table app_public.messages ${action} trigger _600_note_push`);
  const on: number[] = [];
  const off: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [action, times] of [
      ['enable', on],
      ['disable', off],
    ] as const) {
      await trigger(action);
      await send(few); // Plans anew.
      for (let count = 0; count < SENDS_A_ROUND; count += 1) {
        const begun = performance.now();
        await send(few);
        times.push(performance.now() - begun);
      }
    }
  }
  await trigger('enable');
  clearInterval(worker);

  await env.owner.query('delete from graphile_worker._private_jobs');
  const begun = performance.now();
  await env.owner.query(
    `select app_private.notify_room($1, (select last_message_seq from app_private.room_heads where room_id = $1), now())`,
    [many],
  );
  const fanOutMs = performance.now() - begun;
  const { rows } = await env.owner.query<{ count: string }>(
    `select count(*) from graphile_worker.jobs where task_identifier = 'send_push'`,
  );
  client.release();
  await pool.end();

  const with_ = percentile(on, 0.5);
  const without = percentile(off, 0.5);
  return [
    {
      bench: `a send to ${MANY.toLocaleString('en')} offline members`,
      measured: milliseconds(size.many),
      baseline: `${milliseconds(size.few)} to ${FEW}`,
      ratio: size.many / size.few,
      goal: { atMost: 1.3 },
      remark: `the fan-out after it: one job, ${Math.round(fanOutMs)} ms for ${rows[0]?.count} pushes`,
    },
    {
      bench: 'a send that notes who is to be notified',
      measured: milliseconds(with_),
      baseline: `${milliseconds(without)} without the trigger`,
      ratio: with_ / without,
      goal: { atMost: 1.1 },
    },
  ];
}

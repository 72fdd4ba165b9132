import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { single, type TestDatabase, type TestUser } from '../../testing/database.ts';
import { createTestWorld, type TestWorld } from '../../testing/world.ts';

let world: TestWorld;
let database: TestDatabase;
let ada: TestUser;

beforeAll(async () => {
  world = await createTestWorld();
  database = world.database;
  ada = await database.createUser('ada');
  const { id } = await database.createRoom(ada, { slug: 'general' });
  await database.sendMessage(ada, id, 'hello');
});
afterAll(() => world.close());

async function isQuiet(ends: string[]): Promise<boolean> {
  const { rows } = await database.owner.query<{ quiet: boolean }>(
    `select app_private.is_quiet(row($1, null, $2::time, $3::time, 'UTC', true)::app_public.notification_settings) as quiet`,
    [ada.id, ...ends],
  );
  return single(rows).quiet;
}

/** Every argument of a function for people or administrators that is a time, by the catalog. */
async function timeArguments() {
  const { rows } = await database.owner.query<{
    schema: string;
    name: string;
    argument: string;
    type: string;
    isForKeys: boolean;
    required: { name: string; type: string }[];
  }>(`
    select pronamespace::regnamespace::text as schema, proname as name, argument.name as argument, argument.type,
        prosrc ~ 'require_scope|begin_webhook_change' as "isForKeys",
        array(
          select json_build_object('name', proargnames[n], 'type', proargtypes[n - 1]::regtype::text)
            from generate_series(1, pronargs - pronargdefaults) as n
        ) as required
      from pg_proc
      cross join lateral (
        select proargnames[n] as name, proargtypes[n - 1]::regtype::text as type from generate_series(1, pronargs) as n
      ) as argument
      where pronamespace in ('app_public'::regnamespace, 'app_admin'::regnamespace)
        and argument.type in (
          'timestamp with time zone', 'timestamp without time zone', 'date', 'interval', 'double precision', 'real', 'numeric')
      order by 1, 2, 3`);
  return rows;
}

test('an infinite time is refused, in whatever argument it is given', async () => {
  const samples: Record<string, unknown> = {
    who: 'ada',
    room: 'general',
    reason: 'none',
    query: 'hello',
    webhook: 'listener',
    user_id: ada.id,
    room_id: single((await database.owner.query('select id from app_public.rooms')).rows).id,
  };
  const asked = await timeArguments();
  expect(asked.map(({ name, argument }) => `${name}.${argument}`)).toEqual(
    expect.arrayContaining([
      'set_do_not_disturb.until',
      'silence_room.until',
      'search_messages.sent_before',
      'suspend_user.duration',
    ]),
  );
  await database.owner.query("select app_admin.create_key('back end', '{users,webhooks}')");
  await database.owner.query("select app_admin.create_webhook('listener', 'https://example.com')");
  samples.webhook_id = single(
    (await database.owner.query('select id from app_public.webhooks')).rows,
  ).id;
  const { id: keyId } = single(
    (await database.owner.query<{ id: string }>('select id from app_private.server_keys')).rows,
  );
  for (const { schema, name, argument, type, required, isForKeys } of asked) {
    for (const value of ['infinity', '-infinity']) {
      const given = [
        ...required
          .filter((one) => one.name !== argument)
          .map((one) => [one.name, one.type, samples[one.name]] as const),
        [argument, type, value] as const,
      ];
      const named = given.map(([key, as], index) => `${key} => $${index + 1}::${as}`).join(', ');
      const values = given.map(([, , one]) => one);
      const sql = `select * from ${schema}.${name}(${named})`;
      const answer = await (schema === 'app_admin'
        ? database.owner.query(sql, values)
        : database.asUser(ada, async (client) => {
            await client.query("select set_config('trumpet.key_id', $1, true)", [
              isForKeys ? keyId : '',
            ]);
            return client.query(sql, values);
          })
      ).then(
        () => 'accepted',
        (error: { code: string }) => error.code,
      );
      expect([name, argument, value, answer]).toEqual([name, argument, value, 'TR400']);
    }
  }
});

test.each(['0044-03-15 BC', '10000-01-01', 'NaN', 'allballs'])('no moment: %s', async (value) => {
  await expect(database.call(ada, 'set_do_not_disturb', value)).rejects.toMatchObject({
    code: expect.stringMatching(/^TR400$|^22/),
  });
});

test('messages after a day before 1970 are all there are', async () => {
  const { rows } = await database.owner.query(
    `select app_private.uuidv7_floor('1969-12-31Z') as floor, app_private.uuidv7_floor('0001-01-01Z') as first,
      app_private.uuidv7_floor(null) as none`,
  );
  const smallest = '00000000-0000-0000-0000-000000000000';
  expect(single(rows)).toEqual({ floor: smallest, first: smallest, none: null });
});

describe('quiet hours are where the person is', () => {
  test.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
    ['Etc/GMT-3', 'Etc/GMT-3'],
    ['UTC', 'UTC'],
    ['Z', 'UTC'],
    ['+00:00', 'UTC'],
    ['UTC+3', '+03:00'],
    ['GMT+3', '+03:00'],
    ['utc-3', '-03:00'],
    ['+03:00', '+03:00'],
    ['+0530', '+05:30'],
    ['-9', '-09:00'],
    ['UTC+14', '+14:00'],
  ])('%s is kept as %s', async (given, kept) => {
    await database.call(ada, 'set_quiet_hours', '22:00', '07:00', given);
    const { rows } = await database.owner.query(
      'select time_zone from app_public.notification_settings where user_id = $1',
      [ada.id],
    );
    expect(single(rows)).toEqual({ time_zone: kept });
  });

  test.each([
    'FOO+3',
    'UTC+15',
    'UTC+3:99',
    '+3h',
    'Europe/Nowhere',
    'Europe/Berlin+3',
    '<+03>-3',
    '',
    ' UTC',
    '3',
  ])('%p is refused', async (given) => {
    await expect(
      database.call(ada, 'set_quiet_hours', '22:00', '07:00', given),
    ).rejects.toMatchObject({ code: 'TR400' });
  });

  test.each([
    ['UTC+3', 3],
    ['+03:00', 3],
    ['-08:00', -8],
    ['UTC', 0],
  ])('%s is %i hours from UTC', async (given, hours) => {
    const { rows } = await database.owner.query(
      `select app_private.local_time(app_private.read_time_zone($1)) = (now() at time zone 'UTC' + make_interval(hours => $2))::time as same`,
      [given, hours],
    );
    expect(single(rows)).toEqual({ same: true });
  });

  test.each([
    ['00:00', '24:00'],
    ['00:00', '00:00'],
  ])('from %s to %s is all day', async (...ends) => {
    expect(await isQuiet(ends)).toBe(true);
  });

  test('all day reads as it is meant, though the API writes 24:00 as 00:00', async () => {
    const { data, errors } = await world.server.graphql(
      `mutation { setQuietHours(input: { quietFrom: "00:00", quietUntil: "24:00", timeZone: "UTC+2" }) {
        user { notificationSetting { quietFrom quietUntil timeZone } }
      } }`,
      {},
      ada.token,
    );
    expect(errors).toBeUndefined();
    const { quietFrom, quietUntil, timeZone } = data.setQuietHours.user.notificationSetting;
    expect([quietFrom, quietUntil, timeZone]).toEqual([
      '00:00:00.000000',
      '00:00:00.000000',
      '+02:00',
    ]);
    for (const ends of [
      ['00:00', '24:00'],
      [quietFrom, quietUntil],
    ]) {
      expect(await isQuiet(ends)).toBe(true);
    }
  });
});

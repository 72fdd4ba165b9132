import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createTestDatabase,
  single,
  type TestDatabase,
  type TestUser,
} from '../../testing/database.ts';

let database: TestDatabase;
let ada: TestUser;
let roomId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  ada = await database.createUser();
  roomId = (await database.createRoom(ada, {})).id;
});
afterAll(() => database.close());

describe('a snooze ends in the calendar of whoever wants it', () => {
  test.each([
    // The clocks of Berlin go forward in the night to 29 March 2026, and back in that to 25 October.
    ['tomorrow', 'Europe/Berlin', '2026-03-27T12:00Z', '2026-03-28T08:00Z'],
    ['tomorrow', 'Europe/Berlin', '2026-03-28T12:00Z', '2026-03-29T07:00Z'],
    ['tomorrow', 'Europe/Berlin', '2026-10-24T12:00Z', '2026-10-25T08:00Z'],
    ['monday', 'Europe/Berlin', '2026-03-27T12:00Z', '2026-03-30T07:00Z'],
    ['monday', 'Europe/Berlin', '2026-10-24T12:00Z', '2026-10-26T08:00Z'],
    // A Monday is followed by the next; a Sunday late in the evening is one there.
    ['monday', 'Europe/Berlin', '2026-06-01T06:00Z', '2026-06-08T07:00Z'],
    ['monday', 'Europe/Berlin', '2026-05-31T21:59Z', '2026-06-01T07:00Z'],
    ['monday', 'Europe/Berlin', '2026-05-31T22:00Z', '2026-06-08T07:00Z'],
    // It is tomorrow there already.
    ['tomorrow', 'Pacific/Kiritimati', '2026-06-01T11:00Z', '2026-06-02T19:00Z'],
    ['tomorrow', '-03:00', '2026-06-02T01:00Z', '2026-06-02T12:00Z'],
    ['tomorrow', 'Asia/Kolkata', '2026-06-01T11:00Z', '2026-06-02T03:30Z'],
    ['an_hour', 'Europe/Berlin', '2026-03-29T00:30Z', '2026-03-29T01:30Z'],
  ])('%s in %s from %s on', async (snooze, timeZone, since, end) => {
    const { rows } = await database.owner.query<{ until: Date }>(
      'select app_private.end_of_snooze($1, null, $2, $3, $4) as until',
      [ada.id, snooze, timeZone, since],
    );
    expect(single(rows).until).toEqual(new Date(end));
  });
});

/** The last change that the devices of somebody were told of, by matter. */
async function newsOf(matter: string): Promise<string | undefined> {
  const { rows } = await database.owner.query<{ xid: string }>(
    'select xid::text from app_private.personal_news where person_id = $1 and matter = $2',
    [ada.id, matter],
  );
  return rows[0]?.xid;
}

test.each([
  ['notifications', 'set_do_not_disturb', () => []],
  ['room', 'silence_room', () => [roomId]],
])('by name, in one’s own zone, and all devices are told: %s', async (matter, name, args) => {
  await database.call(ada, 'set_quiet_hours', null, null, 'Asia/Tokyo');
  const before = await newsOf(matter);
  await database.call(ada, name, ...args(), null, 'tomorrow');
  expect(await newsOf(matter)).not.toBe(before);
  const { rows } = await database.asUser(ada, (client) =>
    client.query<{ local: string; days: number }>(
      `select to_char(until at time zone 'Asia/Tokyo', 'HH24:MI') as local,
          (until at time zone 'Asia/Tokyo')::date - (now() at time zone 'Asia/Tokyo')::date as days
        from (
          select case $1 when 'room' then app_public.room_members_silent_until(room_members)
              else (app_public.notification_settings()).do_not_disturb_until end as until
            from app_public.room_members where room_id = $2
        ) as set`,
      [matter, roomId],
    ),
  );
  expect(single(rows)).toEqual({ local: '09:00', days: 1 });
  await expect(database.call(ada, name, ...args(), '2099-01-01', 'tomorrow')).rejects.toMatchObject(
    { code: 'TR400' },
  );
  await expect(
    database.call(ada, name, ...args(), null, 'tomorrow', 'Mars/Olympus'),
  ).rejects.toMatchObject({ code: 'TR400' });
});

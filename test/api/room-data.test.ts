import fc from 'fast-check';
import type { TestUser } from '../../testing/database.ts';
import { createTestWorld } from '../../testing/world.ts';

/*
 * What applications keep about rooms: who changes it and how, and the lists of rooms by it. Whoever must not see a room
 * learns nothing of it by any list.
 */

const { database, server, close } = await createTestWorld();
afterAll(close);

let ada: TestUser;
let bob: TestUser;
let roomId: string;
let fields = 0;

beforeEach(async () => {
  [ada, bob] = [await database.createUser(), await database.createUser()];
  ({ id: roomId } = await database.createRoom(ada, { members: [bob] }));
});

async function set(person: TestUser, room: string, patch: unknown) {
  return await server.graphql(
    'mutation ($input: SetRoomDataInput!) { setRoomData(input: $input) { room { customData } } }',
    { input: { roomId: room, patch } },
    person.token,
  );
}

/** A field of its own for a test. @returns its key */
async function define(kind: string): Promise<string> {
  const key = `field${++fields}`;
  await database.owner.query("select app_admin.define_room_field($1, $2, $3, 'a test')", [
    key,
    `Field ${fields}`,
    kind,
  ]);
  return key;
}

/** A room with this in its custom data. */
async function roomWith(owner: TestUser, data: object, settings = {}): Promise<string> {
  const { id } = await database.createRoom(owner, settings);
  const { errors } = await set(owner, id, data);
  expect(errors).toBeUndefined();
  return id;
}

type List = 'publicRooms' | 'userConversations';

interface Asked {
  readonly where?: readonly object[];
  readonly dataContains?: unknown;
  readonly orderBy?: object;
  readonly first?: number;
  readonly after?: string | null;
}

async function page(list: List, person: TestUser, asked: Asked) {
  const entry = list === 'publicRooms' ? 'id' : 'id: roomId';
  const { data, errors } = await server.graphql(
    `query ($where: [RoomFieldCondition!], $dataContains: JSON, $orderBy: RoomFieldOrder, $first: Int, $after: Cursor) {
      list: ${list}(where: $where, dataContains: $dataContains, orderBy: $orderBy, first: $first, after: $after) {
        nodes { ${entry} }
        pageInfo { hasNextPage endCursor }
        totalCount
      }
    }`,
    asked as Record<string, unknown>,
    person.token,
  );
  return {
    ids: data?.list?.nodes.map(({ id }: { id: string }) => id) as string[],
    errors,
    ...data?.list,
  };
}

/** All that a list has, page by page. */
async function all(list: List, person: TestUser, asked: Asked): Promise<string[]> {
  const found: string[] = [];
  let after: string | null = null;
  for (;;) {
    const { ids, pageInfo, errors } = await page(list, person, { first: 3, ...asked, after });
    expect(errors).toBeUndefined();
    found.push(...ids);
    if (!pageInfo.hasNextPage) {
      return found;
    }
    after = pageInfo.endCursor;
  }
}

/** What RFC 7396 says, in its own words. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) {
    return patch;
  }
  const result: Record<string, unknown> =
    typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      delete result[key];
    } else {
      result[key] = mergePatch(result[key], value);
    }
  }
  return result;
}

describe('custom data', () => {
  test('is changed by a merge patch, key by key', async () => {
    const key = fc.constantFrom('a', 'b', 'c');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, true, 3, 'x', 0.5),
        fc.array(fc.constantFrom(1, 'y', null), { maxLength: 2 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3 }),
      ),
    }));
    const patches = fc.array(fc.dictionary(key, value), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(patches, async (given) => {
        const { id } = await database.createRoom(ada, {});
        let expected: unknown = {};
        for (const patch of given) {
          expected = mergePatch(expected, JSON.parse(JSON.stringify(patch)));
          const { data } = await set(ada, id, patch);
          expect(data.setRoomData.room.customData ?? {}).toEqual(expected);
        }
      }),
      { numRuns: 25 },
    );
  });

  test.each([
    ['no object', [1], 'BAD_INPUT'],
    ['more than 8,192 bytes', { a: 'x'.repeat(8200) }, 'TOO_LARGE'],
    [
      'objects 17 deep',
      Array(17)
        .fill(0)
        .reduce((inner) => ({ a: inner }), {}),
      'BAD_INPUT',
    ],
  ])('refuses %s, and stays', async (_what, patch, code) => {
    await set(ada, roomId, { a: 1 });
    const { errors } = await set(ada, roomId, patch);
    expect(errors?.[0]?.extensions?.code).toBe(code);
    const { data } = await set(ada, roomId, { b: 2 });
    expect(data.setRoomData.room.customData).toEqual({ a: 1, b: 2 });
  });

  test('a number that JavaScript would change is refused', async () => {
    const { errors } = await server.graphql(
      `mutation { setRoomData(input: { roomId: "${roomId}", patch: { a: 9007199254740993 } }) { room { id } } }`,
      {},
      ada.token,
    );
    expect(errors?.[0]?.extensions?.code).toBe('BAD_INPUT');
  });

  test('nothing at all is no patch at psql, and changes nothing', async () => {
    await set(ada, roomId, { a: 1 });
    await expect(database.call(ada, 'set_room_data', roomId, null)).rejects.toMatchObject({
      code: 'TR400',
    });
    const { rows } = await database.owner.query(
      'select data from app_public.room_data where room_id = $1',
      [roomId],
    );
    expect(rows).toEqual([{ data: { a: 1 } }]);
  });

  test('is for those who edit the room, and nothing to those who do not see it', async () => {
    await set(ada, roomId, { a: 1 });
    expect((await set(bob, roomId, { a: 2 })).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
    const { id: secret } = await database.createRoom(ada, { type: 'private' });
    await set(ada, secret, { a: 1 });
    expect((await set(bob, secret, { a: 2 })).errors?.[0]?.extensions?.code).toBe('NOT_FOUND');
    const read = async (person: TestUser, id: string) =>
      (
        await server.graphql(
          'query ($id: UUID!) { room(id: $id) { customData } }',
          { id },
          person.token,
        )
      ).data.room;
    expect(await read(bob, roomId)).toEqual({ customData: { a: 1 } });
    expect(await read(bob, secret)).toBeNull();
    expect(await read(ada, secret)).toEqual({ customData: { a: 1 } });
  });

  test('a field holds what is of its kind, and the data says which key is wrong', async () => {
    const cases: readonly [kind: string, good: readonly unknown[], bad: readonly unknown[]][] = [
      ['text', ['', 'x'.repeat(200)], [1, 'x'.repeat(201), ['x']]],
      ['number', [0, -1.5, 9007199254740991], ['1', true]],
      ['boolean', [true, false], ['true', 1]],
      [
        'time',
        ['2026-01-31T09:00:00Z', '2026-01-31 09:00+02'],
        ['2026-01-31', '2026-02-31T09:00:00Z', 'infinity', 5],
      ],
    ];
    for (const [kind, good, bad] of cases) {
      const key = await define(kind);
      for (const value of good) {
        expect((await set(ada, roomId, { [key]: value })).errors).toBeUndefined();
      }
      for (const value of bad) {
        const { errors } = await set(ada, roomId, { [key]: value });
        expect(errors?.[0]?.message).toMatch(/^Field \d+ is /);
      }
    }
  });
});

describe('lists of rooms', () => {
  const VALUES: Readonly<Record<string, readonly unknown[]>> = {
    number: [-1e15, -2, -0.5, 0, 1e-5, 3, 20, 9e15],
    text: ['', 'alpha', 'Älpha', 'beta', 'Gamma', 'zeta'],
    boolean: [false, true],
    time: ['1969-12-31T23:00:00Z', '2026-01-31T10:00:00+02:00', '2026-01-31T09:00:00Z'],
  };

  test.each(['publicRooms', 'userConversations'] as const)(
    '%s: in the order of each kind, either way, those with nothing last, without gap or double',
    async (list) => {
      for (const [kind, values] of Object.entries(VALUES)) {
        const key = await define(kind);
        const mark = `mark${fields}`;
        const rooms: string[] = [];
        for (const value of values.toReversed()) {
          rooms.unshift(await roomWith(ada, { [key]: value, mark }));
        }
        const missing = [await roomWith(ada, { mark }), await roomWith(ada, { mark })];
        const asked = { dataContains: { mark } };
        const up = await all(list, ada, { ...asked, orderBy: { field: key } });
        expect(up.slice(0, rooms.length)).toEqual(rooms);
        expect(up.slice(rooms.length).toSorted()).toEqual(missing.toSorted());
        const down = await all(list, ada, {
          ...asked,
          orderBy: { field: key, descending: true },
        });
        expect(down.slice(0, rooms.length)).toEqual(rooms.toReversed());
        expect(down.slice(rooms.length).toSorted()).toEqual(missing.toSorted());
      }
    },
  );

  test.each(['publicRooms', 'userConversations'] as const)(
    '%s: by every comparison',
    async (list) => {
      const priority = await define('number');
      const region = await define('text');
      const mark = `mark${fields}`;
      const one = await roomWith(ada, {
        mark,
        [priority]: 1,
        [region]: 'Norden',
        tags: ['a', 'b'],
      });
      const two = await roomWith(ada, { mark, [priority]: 2, [region]: 'norden', tags: ['b'] });
      const three = await roomWith(ada, { mark, [priority]: 3, [region]: 'Süden' });
      const none = await roomWith(ada, { mark });
      const cases: readonly [condition: Record<string, unknown>, expected: readonly string[]][] = [
        [{ field: priority, equalTo: 2 }, [two]],
        [{ field: priority, notEqualTo: 2 }, [one, three, none]],
        [{ field: priority, in: [1, 3, 7] }, [one, three]],
        [{ field: priority, greaterThan: 2 }, [three]],
        [{ field: priority, greaterThanOrEqualTo: 2 }, [two, three]],
        [{ field: priority, lessThan: 2 }, [one]],
        [{ field: priority, lessThanOrEqualTo: 2 }, [one, two]],
        [{ field: priority, greaterThan: 1, lessThan: 3 }, [two]],
        [{ field: priority, isMissing: true }, [none]],
        [{ field: priority, isMissing: false }, [one, two, three]],
        [{ field: region, equalTo: 'norden' }, [two]],
        [{ field: region, startsWith: 'NORD' }, [one, two]],
        [{ field: region, startsWith: 'sud' }, [three]],
      ];
      for (const [condition, expected] of cases) {
        const found = await all(list, ada, { where: [condition], dataContains: { mark } });
        expect([condition, found.toSorted()]).toEqual([condition, expected.toSorted()]);
      }
      const both = {
        where: [
          { field: priority, lessThan: 3 },
          { field: region, startsWith: 'n' },
        ],
      };
      expect(await all(list, ada, { ...both, orderBy: { field: priority } })).toEqual([one, two]);
      expect(
        await all(list, ada, { dataContains: { mark, tags: ['b'] }, orderBy: { field: priority } }),
      ).toEqual([one, two]);
    },
  );

  test('a list says what it is not asked by', async () => {
    const key = await define('number');
    for (const [asked, code] of [
      [{ orderBy: { field: 'nothing' } }, 'NOT_FOUND'],
      [{ where: [{ field: 'nothing', equalTo: 1 }] }, 'NOT_FOUND'],
      [{ where: [{ field: key, equalTo: 'one' }] }, 'BAD_INPUT'],
      [{ where: [{ field: key, startsWith: 'o' }] }, 'BAD_INPUT'],
      [{ where: [{ field: key, in: [] }] }, 'BAD_INPUT'],
      [{ where: [{ field: key }] }, 'BAD_INPUT'],
      [{ where: Array(21).fill({ field: key, equalTo: 1 }) }, 'BAD_INPUT'],
    ] as const) {
      for (const list of ['publicRooms', 'userConversations'] as const) {
        const { errors } = await page(list, ada, asked);
        expect([asked, errors?.[0]?.extensions?.code]).toEqual([asked, code]);
      }
    }
  });

  test('what comes and goes between two pages moves nothing from one to the other', async () => {
    const key = await define('number');
    const mark = `mark${fields}`;
    const rooms: string[] = [];
    for (let value = 0; value < 6; value++) {
      rooms.push(await roomWith(ada, { mark, [key]: value }));
    }
    const asked = { dataContains: { mark }, orderBy: { field: key }, first: 3 };
    const first = await page('publicRooms', ada, asked);
    await set(ada, rooms[0] as string, { [key]: 0.5 });
    await roomWith(ada, { mark, [key]: -1 });
    await set(ada, rooms[2] as string, { mark: null });
    const second = await page('publicRooms', ada, { ...asked, after: first.pageInfo.endCursor });
    expect([...first.ids, ...second.ids]).toEqual(rooms);
    // All that there are now, whichever page says it.
    expect(second.totalCount).toBe(6);
  });

  test('nobody learns of rooms that they do not see', async () => {
    const key = await define('number');
    const hidden = await roomWith(ada, { [key]: 5, only: 'here' }, { type: 'private' });
    const archived = await roomWith(ada, { [key]: 5, only: 'here' });
    await database.call(ada, 'archive_room', archived);
    for (const list of ['publicRooms', 'userConversations'] as const) {
      for (const asked of [
        { where: [{ field: key, equalTo: 5 }] },
        { dataContains: { only: 'here' } },
        { orderBy: { field: key }, where: [{ field: key, isMissing: false }] },
      ]) {
        expect(await page(list, bob, { ...asked, first: 10 })).toMatchObject({
          ids: [],
          pageInfo: { hasNextPage: false, endCursor: null },
          totalCount: 0,
        });
      }
    }
    expect(
      (await all('userConversations', ada, { where: [{ field: key, equalTo: 5 }] })).toSorted(),
    ).toEqual([hidden, archived].toSorted());
    // Nothing is kept of it in the order that all read.
    const { rows } = await database.owner.query(
      'select from app_public.room_field_keys where room_id = any ($1)',
      [[hidden, archived]],
    );
    expect(rows).toEqual([]);
  });

  test('a field that is defined later finds what was there, and finds nothing once removed', async () => {
    const room = await roomWith(ada, { later: 7, mark: 'later' });
    await roomWith(ada, { later: 'no number', mark: 'later' });
    const where = [{ field: 'later', equalTo: 7 }];
    expect((await page('publicRooms', ada, { where })).errors?.[0]?.extensions?.code).toBe(
      'NOT_FOUND',
    );
    await database.owner.query(
      "select app_admin.define_room_field('later', 'Later', 'number', 'a test')",
    );
    expect(await all('publicRooms', ada, { where })).toEqual([room]);
    await database.owner.query("select app_admin.remove_room_field('later', 'a test')");
    expect((await page('publicRooms', ada, { where })).errors?.[0]?.extensions?.code).toBe(
      'NOT_FOUND',
    );
    expect((await set(ada, room, {})).data.setRoomData.room.customData).toMatchObject({ later: 7 });
  });
});

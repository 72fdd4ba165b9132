import { createTestDatabase, type TestUser } from '../../testing/database.ts';

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner } = database;

/** The text of every function, by its name. */
async function sources(): Promise<ReadonlyMap<string, string>> {
  const { rows } = await owner.query<{ name: string; source: string }>(
    `select nspname || '.' || proname as name, string_agg(coalesce(pg_get_function_sqlbody(pg_proc.oid), prosrc), ' ') as source
      from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
      where nspname in ('app_public', 'app_private', 'app_hidden')
      group by 1`,
  );
  return new Map(rows.map(({ name, source }) => [name, source]));
}

/** Whether a function calls one of these, by itself or by what it calls. */
function calls(all: ReadonlyMap<string, string>, name: string, wanted: readonly string[]): boolean {
  const seen = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (wanted.includes(next)) {
      return true;
    }
    if (!seen.has(next)) {
      seen.add(next);
      const source = all.get(next) ?? '';
      open.push(
        ...Array.from(
          source.matchAll(/\bapp_(?:public|private|hidden)\.\w+(?=\()/g),
          ([call]) => call,
        ),
      );
    }
  }
  return false;
}

test('every mutation takes tokens of its kind', async () => {
  const all = await sources();
  const { rows: mutations } = await owner.query<{ name: string }>(
    `select distinct 'app_public.' || proname as name from pg_proc
      where pronamespace = 'app_public'::regnamespace and provolatile = 'v'
        and (has_function_privilege('trumpet_user', oid, 'execute') or has_function_privilege('trumpet_visitor', oid, 'execute'))`,
  );
  expect(mutations.length).toBeGreaterThan(50);
  const free = mutations
    .map(({ name }) => name)
    .filter((name) => !calls(all, name, ['app_private.limit_rate', 'app_private.take_tokens']));
  expect(free).toEqual([]);
});

test('every kind that is taken has a rate, and every rate is taken', async () => {
  const taken = new Set(
    [...(await sources()).values()].flatMap((source) =>
      Array.from(source.matchAll(/(?:limit_rate|begin_batch)\('(\w+)'/g), ([, kind]) => kind),
    ),
  );
  const { rows } = await owner.query<{ kind: string }>('select kind from app_private.rates');
  expect([...taken].sort()).toEqual(rows.map(({ kind }) => kind).sort());
});

describe('beyond its rate', () => {
  const allow = (kind: string, burst: number) =>
    owner.query('update app_private.rates set burst = $2, per_second = 0.01 where kind = $1', [
      kind,
      burst,
    ]);
  const run = (user: TestUser, text: string, values: unknown[] = []) =>
    database.commitAs(user, (client) => client.query(text, values));

  test.each<[string, string]>([
    ['export', 'select app_public.export_my_data()'],
    ['presence', "select app_public.update_user_presence('away')"],
    ['new_room', "select app_public.create_room('Mine', 'mine-' || uuidv7()::text)"],
    ['settings', "select app_public.update_profile('Ada')"],
    ['session', 'select app_public.sign_out()'],
  ])('%s is RATE_LIMITED, with the time to wait, and for others it is not', async (kind, text) => {
    await allow(kind, 2);
    const [ada, bob] = [await database.createUser(), await database.createUser()];
    await run(ada, text);
    await run(ada, text);
    const refusal = await run(ada, text).catch((error) => error);
    expect(refusal).toMatchObject({ code: 'TR429', detail: expect.stringMatching(/^\d+$/) });
    expect(Number(refusal.detail)).toBeGreaterThan(60_000);
    await run(bob, text);
  });

  test('coming and going is, and a refusal holds up nobody in the room', async () => {
    await allow('membership', 3);
    const [ada, bob] = [await database.createUser(), await database.createUser()];
    const { id } = await database.createRoom(bob);
    await run(ada, 'select app_public.join_room($1)', [id]);
    await run(ada, 'select app_public.leave_room($1)', [id]);
    await run(ada, 'select app_public.join_room($1)', [id]);
    const holder = await owner.connect();
    await holder.query('begin');
    await holder.query('select from app_private.room_heads where room_id = $1 for update', [id]);
    // Refused before it waits for the room.
    await expect(run(ada, 'select app_public.leave_room($1)', [id])).rejects.toMatchObject({
      code: 'TR429',
    });
    await holder.query('rollback');
    holder.release();
  });

  test('sign-ups are, by address', async () => {
    await allow('sign_up', 2);
    const signUp = async (address: string, name: string) => {
      const client = await owner.connect();
      try {
        await client.query('begin');
        await client.query(
          "select set_config('role', 'trumpet_visitor', true), set_config('trumpet.client_address', $1, true)",
          [address],
        );
        await client.query('select app_public.sign_up($1, $2)', [name, 'a good password']);
        await client.query('commit');
      } catch (error) {
        await client.query('rollback');
        throw error;
      } finally {
        client.release();
      }
    };
    await signUp('192.0.2.1', 'newcomer-1');
    await signUp('192.0.2.1', 'newcomer-2');
    await expect(signUp('192.0.2.1', 'newcomer-3')).rejects.toMatchObject({ code: 'TR429' });
    await signUp('192.0.2.2', 'newcomer-4');
  });
});

test('whoever was blocked pins nothing in the direct conversation', async () => {
  const [ada, bob] = [await database.createUser(), await database.createUser()];
  const { id: roomId } = await database.call(ada, 'create_direct_conversation', bob.id);
  const { id } = await database.sendMessage(ada, roomId, 'hello');
  await database.call(bob, 'pin_message', id);
  await database.call(bob, 'block_user', ada.id);
  await expect(database.call(ada, 'unpin_message', id)).rejects.toMatchObject({ code: 'TRBLK' });
});

import pg from 'pg';
import { createTestDatabase } from '../../testing/database.ts';

/*
 * Whoever has the login of the API in their hands, in SQL, gets no further than the API's roles.
 */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner } = database;

async function withApiLogin<T>(run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(database.authDatabaseUrl);
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

test.each([
  'create domain pg_temp.uuid as pg_catalog.uuid',
  'create temporary table users ()',
  'create function pg_temp.now() returns integer language sql return 1',
  'create type public.uuid as (id text)',
])('the login of the API may not "%s"', async (statement) => {
  await withApiLogin((client) =>
    expect(client.query(statement)).rejects.toMatchObject({ code: '42501' }),
  );
});

test('no function runs code that its caller has laid in its way, even where it may be laid', async () => {
  const { rows: functions } = await owner.query<{ name: string; arguments: string }>(
    `select proc.oid::regproc::text as name,
        array_to_string(array_fill('null'::text, array[proc.pronargs]), ', ') as arguments
      from pg_proc as proc
      where proc.prosecdef
        and proc.pronamespace::regnamespace::text in ('app_public', 'app_hidden')
        and has_function_privilege('trumpet_user', proc.oid, 'execute')
      order by 1`,
  );
  expect(functions.length).toBeGreaterThan(80);
  const person = await database.createUser();
  const { rows: types } = await owner.query<{ name: string }>(
    `select typname as name from pg_type
      where typnamespace = 'pg_catalog'::regnamespace and typname in (
        'uuid', 'text', 'timestamptz', 'interval', 'int4', 'int8', 'bool', 'jsonb', 'bytea', 'xid8')`,
  );
  const { rows } = await owner.query<{ name: string }>('select current_database() as name');
  await owner.query(`grant temporary on database ${rows[0]?.name} to public`);

  const ran: string[] = [];
  await withApiLogin(async (client) => {
    client.on('notice', ({ message }) => {
      if (message?.startsWith('ran as')) {
        ran.push(message);
      }
    });
    for (const { name } of types) {
      await client.query(`
        create function pg_temp.spy_${name}(value pg_catalog.${name}) returns boolean language plpgsql
          set search_path = pg_catalog, pg_temp
          as $$ begin raise notice 'ran as %, by a value of ${name}', current_user; return true; end $$;
        create domain pg_temp.${name} as pg_catalog.${name} check (pg_temp.spy_${name}(value))`);
    }
    // A fresh plan of every function, with the traps in place.
    for (const { name, arguments: values } of functions) {
      await client.query('begin');
      await client.query(
        `select set_config('role', 'trumpet_user', true), set_config('trumpet.user_id', $1, true), set_config('trumpet.session_id', $2, true)`,
        [person.id, person.sessionId],
      );
      await client.query(`select ${name}(${values})`).catch(() => {}); // Most refuse null.
      await client.query('rollback');
    }
  });

  expect(ran).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { createTestDatabase } from '../../testing/database.ts';

/*
 * What a key may do is asked in the database. Which mutations there are is read from the catalog, so that a new one is
 * asked about too.
 */
const database = await createTestDatabase();
afterAll(() => database.close());

const SCOPES = ['read', 'write', 'rooms', 'moderation', 'users', 'import', 'webhooks', 'act_as'];
const { id: userId, sessionId } = await database.createUser();
const { rows: mutations } = await database.owner.query<{ name: string; call: string }>(
  `select proname as name, format('select app_public.%I(%s)', proname, (
      select string_agg(format('%I => %s', name, case
          when typcategory = 'A' then quote_literal('{}')
          when typcategory = 'E' then quote_literal((select min(enumlabel::text) from pg_enum where enumtypid = pg_type.oid))
          when typcategory = 'B' then 'true'
          when typcategory = 'N' then '1'
          when typcategory = 'D' then 'now()::' || typname
          when typcategory = 'C' then 'null'
          when typname = 'uuid' then quote_literal(uuidv7())
          when typname = 'jsonb' then quote_literal('{}')
          else quote_literal('x') end), ', ')
        from unnest(proargnames[:pronargs], proargtypes::oid[]) as argument (name, type)
        join pg_type on pg_type.oid = type)) as call
    from pg_proc
    where pronamespace = 'app_public'::regnamespace and provolatile = 'v' and prokind = 'f'
      and has_function_privilege('trumpet_user', pg_proc.oid, 'execute')
    order by proname`,
);

let keyCount = 0;

/** The id of a new key. */
async function keyWith(scopes: readonly string[]): Promise<string> {
  const name = `key ${++keyCount}`;
  await database.owner.query('select app_admin.create_key($1, $2)', [name, scopes]);
  const { rows } = await database.owner.query(
    'select id from app_private.server_keys where name = $1',
    [name],
  );
  return rows[0].id;
}

const withAll = await keyWith(SCOPES);
const withNone = await keyWith([]);

/** What a mutation says to a key: whatever else it finds wrong. */
async function refusal(call: string, keyId: string): Promise<string> {
  return await database.asUser({ id: userId, sessionId }, async (client: pg.ClientBase) => {
    await client.query("select set_config('trumpet.key_id', $1, true)", [keyId]);
    try {
      await client.query(call);
      return '';
    } catch (error) {
      const { code, message } = error as pg.DatabaseError;
      return `${code} ${message}`;
    }
  });
}

const NO_SCOPE = /^TR403 This key has not the scope that this needs: (\w+)\.$/;
const NO_KEY = 'TR403 No key may do this.';

/** The mutations of each scope; `none` for what no key may do. */
const byScope = Map.groupBy(
  await Promise.all(
    mutations.map(async ({ name, call }) => {
      const said = await refusal(call, withNone);
      return { name, call, scope: said === NO_KEY ? 'none' : (NO_SCOPE.exec(said)?.[1] ?? said) };
    }),
  ),
  ({ scope }) => scope,
);

test('every mutation asks for a scope, or is for no key', () => {
  expect(mutations.length).toBeGreaterThan(60);
  expect([...byScope.keys()].sort()).toEqual(
    ['act_as', 'import', 'moderation', 'none', 'rooms', 'users', 'webhooks', 'write'].sort(),
  );
});

test.each([...byScope].filter(([scope]) => scope !== 'none'))(
  'what needs the scope %s is refused with all others, and let through with it',
  async (scope, ofScope) => {
    const others = await keyWith(SCOPES.filter((other) => other !== scope));
    const alone = await keyWith([scope]);
    for (const { name, call } of ofScope) {
      expect([name, await refusal(call, others)]).toEqual([name, expect.stringMatching(NO_SCOPE)]);
      expect([name, await refusal(call, alone)]).toEqual([
        name,
        expect.not.stringMatching(/scope|No key may|needs a key/),
      ]);
    }
  },
);

test('what belongs to a sign-in is for no key, whatever its scopes', async () => {
  for (const { name, call } of byScope.get('none') ?? []) {
    expect([name, await refusal(call, withAll)]).toEqual([name, NO_KEY]);
  }
});

test('the batches are for keys alone', async () => {
  const batches = ['users', 'import', 'webhooks', 'act_as'].flatMap(
    (scope) => byScope.get(scope) ?? [],
  );
  expect(batches.map(({ name }) => name).sort()).toEqual([
    'create_bot',
    'create_hook',
    'create_webhook',
    'deactivate_user',
    'delete_webhook',
    'disable_webhook',
    'enable_webhook',
    'erase_user',
    'import_messages',
    'issue_token',
    'reactivate_user',
    'replay_webhook',
    'rotate_webhook_secret',
    'set_profile_value_of',
    'update_webhook',
    'upsert_users',
  ]);
  const { call = '' } = mutations.find(({ name }) => name === 'upsert_rooms') ?? {};
  for (const one of [...batches.map((batch) => batch.call), call]) {
    expect(await refusal(one, '')).toBe('TR403 This is for servers: it needs a key.');
  }
});

test('a key that is revoked or over is refused at once, also by what has begun', async () => {
  const revoked = await keyWith(SCOPES);
  const over = await keyWith(['write']);
  const { call = '' } = mutations.find(({ name }) => name === 'upsert_users') ?? {};
  expect(await refusal(call, revoked)).toBe('');
  await database.owner.query(
    'update app_private.server_keys set revoked_at = now() where id = $1',
    [revoked],
  );
  await database.owner.query(
    "update app_private.server_keys set expires_at = now() - interval '1 s' where id = $1",
    [over],
  );
  for (const keyId of [revoked, over]) {
    expect(await refusal(call, keyId)).toBe('TR403 This is for servers: it needs a key.');
  }
});

test('docs/server-api.md lists the mutations of each scope', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/server-api.md'), 'utf8');
  for (const [scope, ofScope] of byScope) {
    const [, listed = ''] =
      new RegExp(
        `^\\| ${scope === 'none' ? 'no key' : `\`${scope}\``} \\|[^|]*\\| (.*) \\|$`,
        'm',
      ).exec(page) ?? [];
    const names = Array.from(listed.matchAll(/`(\w+)`/g), ([, name]) => name);
    const inApi = ofScope.map(({ name }) =>
      name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    );
    expect([scope, names.sort()]).toEqual([scope, inApi.sort()]);
  }
});

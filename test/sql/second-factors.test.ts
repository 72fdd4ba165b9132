import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createTestDatabase,
  single,
  type TestDatabase,
  type TestUser,
} from '../../testing/database.ts';
import { totpCode, totpSecret, totpStep } from '../../testing/totp.ts';

/* A code besides the password: what it is good for, and what those who have the password alone can make of it. */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

interface Person extends TestUser {
  readonly secret: Buffer;
  readonly recoveryCodes: readonly string[];
}

const code = ({ secret }: Person, ahead = 0) => totpCode(secret, totpStep() + ahead);
/** Digits that are no code of theirs at the moment. */
function wrongCode(person: Person): string {
  const right = new Set([-2, -1, 0, 1, 2].map((ahead) => code(person, ahead)));
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find(
    (digits) => !right.has(digits),
  ) as string;
}

/** As if the last code had been taken long ago. */
const later = (person: TestUser) =>
  database.owner.query('update app_private.totp_secrets set last_step = 0 where user_id = $1', [
    person.id,
  ]);

async function withTotp(): Promise<Person> {
  const person = await database.createUser();
  const { secret } = await database.call(person, 'begin_totp', person.username);
  const bytes = totpSecret(secret);
  const { confirm_totp: recoveryCodes } = await database.call(
    person,
    'confirm_totp',
    totpCode(bytes, totpStep()),
  );
  await later(person);
  return { ...person, secret: bytes, recoveryCodes };
}

/** By which method somebody is let in; null when they are not. */
async function signIn(
  person: TestUser,
  given: string | null,
  { password = person.username, deviceSecret = null as string | null } = {},
): Promise<string | null> {
  const { rows } = await database.owner.query<{ id: string | null }>(
    'select (access_token).sid as id from app_public.sign_in($1, $2, null, $3, $4)',
    [person.username, password, deviceSecret, given],
  );
  const { rows: begun } = await database.owner.query<{ method: string }>(
    'select method from app_private.sessions where id = $1',
    [single(rows).id],
  );
  return begun[0]?.method ?? null;
}

const secondFactor = (person: TestUser) => database.call(person, 'second_factor');

test('the codes are those of the RFC', async () => {
  const secret = Buffer.from('12345678901234567890');
  for (const [seconds, digits] of [
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ] as const) {
    const { rows } = await database.owner.query('select app_private.totp_code($1, $2) as code', [
      secret,
      Math.floor(seconds / 30),
    ]);
    expect(rows).toEqual([{ code: digits }]);
  }
});

test('an app is set up when it has shown a right code, and not before', async () => {
  const person = await database.createUser();
  const setup = await database.call(person, 'begin_totp', person.username);
  expect(setup.address).toBe(
    `otpauth://totp/Trumpet:${person.username}?secret=${setup.secret}&issuer=Trumpet`,
  );
  expect(setup.secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(await signIn(person, null)).toBe('password');
  const secret = totpSecret(setup.secret);
  expect(
    await database.call(
      person,
      'confirm_totp',
      wrongCode({ ...person, secret, recoveryCodes: [] }),
    ),
  ).toEqual({ confirm_totp: null });
  expect(await signIn(person, null)).toBe('password');
  expect(await secondFactor(person)).toEqual({ totp_since: null, recovery_codes_left: 0 });
  const { confirm_totp: codes } = await database.call(
    person,
    'confirm_totp',
    totpCode(secret, totpStep()),
  );
  expect(new Set(codes).size).toBe(10);
  await expect(signIn(person, null)).rejects.toMatchObject({ code: 'TR2FA' });
  expect(await secondFactor(person)).toEqual({
    totp_since: expect.any(Date),
    recovery_codes_left: 10,
  });
});

test('a set-up that took more than 15 minutes is none', async () => {
  const person = await database.createUser();
  const { secret } = await database.call(person, 'begin_totp', person.username);
  await database.owner.query(
    "update app_private.totp_setups set created_at = now() - interval '16 minutes'",
  );
  await expect(
    database.call(person, 'confirm_totp', totpCode(totpSecret(secret), totpStep())),
  ).rejects.toMatchObject({ code: 'TR404' });
  await database.owner.query('select app_private.expire_totp_setups()');
  const { rows } = await database.owner.query('select from app_private.totp_setups');
  expect(rows).toEqual([]);
});

test('setting it up signs out every other device, and not this one', async () => {
  const person = await database.createUser();
  await signIn(person, null);
  const { secret } = await database.call(person, 'begin_totp', person.username);
  await database.call(person, 'confirm_totp', totpCode(totpSecret(secret), totpStep()));
  const { rows } = await database.owner.query(
    'select id, end_reason from app_private.sessions where user_id = $1 order by ended_at nulls first',
    [person.id],
  );
  expect(rows.map(({ end_reason }) => end_reason)).toEqual([null, 'second factor set']);
});

describe('signing in', () => {
  test('takes the code of now, and of half a minute before and after', async () => {
    const person = await withTotp();
    for (const ahead of [-1, 0, 1]) {
      await later(person);
      expect(await signIn(person, code(person, ahead))).toBe('totp');
    }
    await later(person);
    const digits = code(person);
    expect(await signIn(person, ` ${digits.slice(0, 3)} ${digits.slice(3)}`)).toBe('totp');
  });

  test('takes no older code, and none of later', async () => {
    const person = await withTotp();
    for (const ahead of [-3, 3]) {
      expect(await signIn(person, code(person, ahead))).toBeNull();
    }
  });

  test('takes a code once: one that was looked at or overheard is worthless', async () => {
    const person = await withTotp();
    const digits = code(person);
    expect(await signIn(person, digits)).toBe('totp');
    expect(await signIn(person, digits)).toBeNull();
    // Nor one of before.
    expect(await signIn(person, code(person, -1))).toBeNull();
  });

  test('lets one in of many with one code at the same moment', async () => {
    const person = await withTotp();
    for (const given of [code(person), person.recoveryCodes[0] as string]) {
      const methods = await Promise.all(Array.from({ length: 4 }, () => signIn(person, given)));
      expect(methods.filter((method) => method !== null)).toHaveLength(1);
    }
  });

  test('takes neither a code nor a recovery code of another person', async () => {
    const [person, other] = [await withTotp(), await withTotp()];
    expect(await signIn(person, code(other))).toBeNull();
    expect(await signIn(person, other.recoveryCodes[0] as string)).toBeNull();
    expect(await signIn(other, code(other))).toBe('totp');
    expect(await secondFactor(other)).toMatchObject({ recovery_codes_left: 10 });
  });

  test('tells nobody without the password that a code is asked for', async () => {
    const [person, other] = [await withTotp(), await database.createUser()];
    for (const given of [null, '000000', person.recoveryCodes[0] as string]) {
      for (const username of [person.username, other.username, 'nobody']) {
        expect(await signIn({ ...person, username }, given, { password: 'wrong' })).toBeNull();
      }
    }
    // Nor is one used up by it.
    expect(await signIn(person, person.recoveryCodes[0] as string)).toBe('recovery_code');
  });

  test('takes each recovery code once, however it is written', async () => {
    const person = await withTotp();
    const [first, second] = person.recoveryCodes as [string, string];
    expect(first).toMatch(/^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/);
    expect(await signIn(person, first)).toBe('recovery_code');
    expect(await signIn(person, first)).toBeNull();
    expect(await signIn(person, ` ${second.toUpperCase().replaceAll('-', ' ')} `)).toBe(
      'recovery_code',
    );
    expect(await secondFactor(person)).toMatchObject({ recovery_codes_left: 8 });
  });

  test('stops whoever guesses codes after five, and tells the person by mail; a known device goes on', async () => {
    const person = await withTotp();
    const deviceSecret = 'a secret of the device'.padEnd(32, '.');
    expect(await signIn(person, code(person), { deviceSecret })).toBe('totp');
    await later(person);
    const wrong = wrongCode(person);
    for (let guess = 0; guess < 5; guess += 1) {
      expect(await signIn(person, wrong)).toBeNull();
    }
    await expect(signIn(person, code(person))).rejects.toMatchObject({ code: 'TR429' });
    await expect(signIn(person, person.recoveryCodes[0] as string)).rejects.toMatchObject({
      code: 'TR429',
    });
    const { rows } = await database.owner.query(
      `select payload from graphile_worker._private_jobs where payload->>'userId' = $1 and payload->>'kind' = 'codes_failed'`,
      [person.id],
    );
    expect(rows).toHaveLength(1);
    expect(await signIn(person, code(person), { deviceSecret })).toBe('totp');
  });

  test('counts guesses at the same moment as those one after the other', async () => {
    const person = await withTotp();
    const wrong = wrongCode(person);
    const answers = await Promise.allSettled(
      Array.from({ length: 9 }, () => signIn(person, wrong)),
    );
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(4);
  });
});

describe('a session alone, however it was had,', () => {
  test('turns nothing off and replaces nothing: password and code are asked for anew', async () => {
    const person = await withTotp();
    for (const name of ['begin_totp', 'make_recovery_codes', 'remove_totp']) {
      await later(person);
      const ask = (password: string, ...given: string[]) =>
        database.call(person, name, password, ...given);
      await expect(ask(person.username)).rejects.toMatchObject({ code: 'TR2FA' });
      const refused = Object.values(await ask('wrong', code(person)));
      expect(refused.every((value) => value === null)).toBe(true);
      const wrong = Object.values(await ask(person.username, wrongCode(person)));
      expect(wrong.every((value) => value === null)).toBe(true);
    }
    expect(await secondFactor(person)).toMatchObject({ totp_since: expect.any(Date) });
    await expect(signIn(person, null)).rejects.toMatchObject({ code: 'TR2FA' });
  });

  test('with password and code has new recovery codes, and those from before are worthless', async () => {
    const person = await withTotp();
    const { make_recovery_codes: codes } = await database.call(
      person,
      'make_recovery_codes',
      person.username,
      code(person),
    );
    expect(await signIn(person, person.recoveryCodes[0] as string)).toBeNull();
    expect(await signIn(person, codes[0])).toBe('recovery_code');
  });

  test('with password and code has another app; the one before holds until then', async () => {
    const person = await withTotp();
    const setup = await database.call(person, 'begin_totp', person.username, code(person));
    await later(person);
    expect(await signIn(person, code(person))).toBe('totp');
    const secret = totpSecret(setup.secret);
    await database.call(person, 'confirm_totp', totpCode(secret, totpStep()));
    await later(person);
    expect(await signIn(person, code(person))).toBeNull();
    expect(await signIn(person, totpCode(secret, totpStep()))).toBe('totp');
  });

  test('with password and code turns it off', async () => {
    const person = await withTotp();
    await database.call(person, 'remove_totp', person.username, code(person));
    expect(await secondFactor(person)).toEqual({ totp_since: null, recovery_codes_left: 0 });
    expect(await signIn(person, null)).toBe('password');
  });
});

test('a password that was set anew by mail does not get around it', async () => {
  const person = await withTotp();
  const email = `${person.username}@example.org`;
  await database.owner.query(
    'update app_private.user_secrets set email = $2, holds_email = true, email_verified_at = now() where user_id = $1',
    [person.id, email],
  );
  const { rows } = await database.owner.query(
    `select app_public.reset_password(app_private.make_email_code($1, $2, 'reset'), 'another horse') as done`,
    [person.id, email],
  );
  expect(rows).toEqual([{ done: true }]);
  await expect(signIn(person, null, { password: 'another horse' })).rejects.toMatchObject({
    code: 'TR2FA',
  });
  expect(await signIn(person, code(person), { password: 'another horse' })).toBe('totp');
});

test('an administrator takes it away from whoever has lost all, and it is noted', async () => {
  const person = await withTotp();
  const take = async () =>
    single(
      (
        await database.owner.query<{ said: string }>(
          "select app_admin.remove_second_factor($1, 'lost the phone, was at the desk') as said",
          [person.username],
        )
      ).rows,
    ).said;
  expect(await take()).toBe(`${person.username} signs in with the password alone`);
  expect(await take()).toBe(`${person.username} has no second factor`);
  expect(await signIn(person, null)).toBe('password');
  const { rows } = await database.owner.query(
    "select reason from app_private.admin_actions where user_id = $1 and action = 'remove_second_factor'",
    [person.id],
  );
  expect(rows).toEqual([{ reason: 'lost the phone, was at the desk' }]);
});

test('whoever signs in elsewhere is asked there', async () => {
  const person = await database.createUser();
  await database.owner.query(
    'update app_private.user_secrets set password_hash = null where user_id = $1',
    [person.id],
  );
  await expect(database.call(person, 'begin_totp', person.username)).rejects.toMatchObject({
    code: 'TR403',
  });
});

test('nobody reads secrets: no role of the API, and not the export of a person', async () => {
  const person = await withTotp();
  await database.call(person, 'begin_totp', person.username, code(person));
  const { rows } = await database.owner.query(
    `select name, role from unnest(array['totp_secrets', 'totp_setups', 'recovery_codes']) as name,
        unnest(array['trumpet_authenticator', 'trumpet_visitor', 'trumpet_user', 'trumpet_key', 'trumpet_broadcast', 'trumpet_admin']) as role
      where has_any_column_privilege(role, format('app_private.%I', name), 'select')`,
  );
  expect(rows).toEqual([]);
  const { rows: hidden } = await database.owner.query(
    "select hidden_columns from app_private.personal_tables() where table_name in ('app_private.totp_secrets', 'app_private.recovery_codes')",
  );
  expect(hidden).toEqual([
    { hidden_columns: ['secret', 'last_step'] },
    { hidden_columns: ['code_hash'] },
  ]);
});

test('a list of sessions says how each was begun', async () => {
  const person = await withTotp();
  await signIn(person, code(person));
  await signIn(person, person.recoveryCodes[0] as string);
  const { rows } = await database.asUser(person, (client) =>
    client.query(
      'select method from app_public.sessions() where not is_current order by created_at',
    ),
  );
  expect(rows).toEqual([{ method: 'totp' }, { method: 'recovery_code' }]);
});

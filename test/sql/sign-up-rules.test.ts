import { afterAll, afterEach, expect, test } from '@jest/globals';
import { createTestDatabase, single } from '../../testing/database.ts';

/* Who may make an account, and whether passwords count: in the database, whoever asks. */

const database = await createTestDatabase();
afterAll(() => database.close());

const rules = (signUp: string, localPasswords = true) =>
  database.owner.query('select app_private.set_account_rules($1, $2)', [signUp, localPasswords]);
afterEach(() => rules('open'));

let count = 0;
const newName = () => {
  count += 1;
  return `newcomer-${count}`;
};

async function signUp(username = newName(), code: string | null = null): Promise<string> {
  const { rows } = await database.owner.query<{ id: string }>(
    'select (app_public.sign_up($1, $2, invitation_code => $3)).user_id as id',
    [username, 'correct horse', code],
  );
  return single(rows).id;
}

async function invitation(maxUses: number | null = null) {
  const owner = await database.createUser();
  const room = await database.createRoom(owner, { type: 'private' });
  const { code } = await database.call(owner, 'create_invitation', room.id, maxUses);
  return { owner, room, code: code as string };
}

async function roomsOf(userId: string): Promise<string[]> {
  const { rows } = await database.owner.query<{ id: string }>(
    'select room_id as id from app_public.room_members where user_id = $1',
    [userId],
  );
  return rows.map(({ id }) => id);
}

test('an invitation brings a new person into its room, and counts as used', async () => {
  const { room, code } = await invitation(1);
  expect(await roomsOf(await signUp(newName(), code))).toEqual([room.id]);
  const late = newName();
  await expect(signUp(late, code)).rejects.toMatchObject({ code: 'TR404' });
  expect(await roomsOf(await signUp(late))).toEqual([]);
});

test('where accounts are for the invited, an invitation is what it takes', async () => {
  const { owner, room, code } = await invitation();
  await rules('invited');
  await expect(signUp()).rejects.toMatchObject({
    code: 'TR403',
    message: 'Signing up here needs an invitation.',
  });
  await expect(signUp(newName(), 'no such code')).rejects.toMatchObject({ code: 'TR404' });
  expect(await roomsOf(await signUp(newName(), code))).toEqual([room.id]);
  await database.owner.query(
    `update app_public.room_invitations set expires_at = now() where created_by = $1`,
    [owner.id],
  );
  await expect(signUp(newName(), code)).rejects.toMatchObject({ code: 'TR404' });
});

test('of two who sign up with the last use of an invitation, one has an account', async () => {
  const { code } = await invitation(1);
  await rules('invited');
  const tries = await Promise.allSettled([signUp(newName(), code), signUp(newName(), code)]);
  expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('whoever may not sign up is not told which names are taken', async () => {
  const { username } = await database.createUser();
  for (const who of ['invited', 'closed']) {
    await rules(who);
    await expect(signUp(username)).rejects.toMatchObject({ code: 'TR403' });
    await expect(signUp(newName())).rejects.toMatchObject({ code: 'TR403' });
  }
});

test('where nobody signs up, no invitation helps, and whoever has an account signs in', async () => {
  const { code } = await invitation();
  const { username } = await database.createUser();
  await rules('closed');
  await expect(signUp(newName(), code)).rejects.toMatchObject({
    code: 'TR403',
    message: 'Nobody can sign up here by themselves.',
  });
  const { rows } = await database.owner.query('select (app_public.sign_in($1, $1)).user_id', [
    username,
  ]);
  expect(rows).toEqual([{ user_id: expect.any(String) }]);
});

test('where there are no passwords, none is right, and sessions go on', async () => {
  const { code } = await invitation();
  const person = await database.createUser();
  await rules('open', false);
  const refused = { code: 'TR403', message: expect.stringContaining('no passwords here') };
  await expect(
    database.owner.query('select app_public.sign_in($1, $1)', [person.username]),
  ).rejects.toMatchObject(refused);
  await expect(signUp(newName(), code)).rejects.toMatchObject(refused);
  await expect(
    database.call(person, 'change_password', person.username, 'another one'),
  ).rejects.toMatchObject(refused);
  expect(await database.call(person, 'sessions')).toMatchObject({ id: person.sessionId });
});

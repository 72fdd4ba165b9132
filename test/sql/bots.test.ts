import { createHash } from 'node:crypto';
import { single } from '../../testing/database.ts';
import { createTestWorld } from '../../testing/world.ts';

/* Bots: who makes them, what their keys may do, and who brings them where. */

const { database, server, close } = await createTestWorld();
afterAll(close);
const { owner } = database;
const ada = await database.createUser('ada');

let count = 0;

async function createBot(scopes: readonly string[] = ['read', 'write']) {
  const username = `bot-${++count}`;
  const { rows } = await owner.query('select app_admin.create_bot($1, null, $2) as key', [
    username,
    scopes,
  ]);
  const bot = single(
    (await owner.query('select id from app_public.users where username = $1', [username])).rows,
  );
  return { username, id: bot.id as string, key: rows[0].key as string };
}

async function ask(token: string, query: string, variables: Record<string, unknown> = {}) {
  const { data, errors } = await server.graphql(query, variables, token);
  return errors === undefined ? data : errors[0]?.extensions?.code;
}

const SEND = `mutation ($roomId: UUID!) { sendMessage(input: { roomId: $roomId, content: "hi" }) { message { author { username isBot } } } }`;

test('an administrator makes one, and its key acts as it alone', async () => {
  const bot = await createBot();
  expect(await ask(bot.key, '{ currentUser { username isBot } }')).toEqual({
    currentUser: { username: bot.username, isBot: true },
  });
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${bot.key}`,
      'trumpet-act-as': 'ada',
    },
    body: '{"query":"{ currentUser { id } }"}',
  });
  expect(await response.text()).toContain('FORBIDDEN');
});

test('an admin of a room brings it in; no moderator does, and it comes nowhere by itself', async () => {
  const bot = await createBot(['read', 'write', 'rooms']);
  const moderator = await database.createUser();
  const { id: roomId } = await database.createRoom(ada, { members: [moderator] });
  await database.call(ada, 'set_member_role', roomId, moderator.id, 'moderator');
  const { code } = await database.call(ada, 'create_invitation', roomId);
  const join = 'mutation ($roomId: UUID!) { joinRoom(input: { roomId: $roomId }) { room { id } } }';
  const accept =
    'mutation ($code: String!) { acceptInvitation(input: { code: $code }) { room { id } } }';
  expect(await ask(bot.key, join, { roomId })).toBe('FORBIDDEN');
  expect(await ask(bot.key, accept, { code })).toBe('FORBIDDEN');
  await expect(database.call(moderator, 'add_room_member', roomId, bot.id)).rejects.toMatchObject({
    code: 'TR403',
  });
  expect(await ask(bot.key, SEND, { roomId })).toBe('FORBIDDEN');
  await database.call(ada, 'add_room_member', roomId, bot.id);
  expect((await ask(bot.key, SEND, { roomId })).sendMessage.message.author).toEqual({
    username: bot.username,
    isBot: true,
  });
});

test.each(['users', 'import', 'webhooks', 'act_as', 'nonsense'])(
  'no bot has the scope %s',
  async (scope) => {
    await expect(createBot(['read', scope])).rejects.toMatchObject({ code: 'TR400' });
    await expect(
      owner.query(
        `insert into app_private.server_keys (name, prefix, secret_hash, scopes, user_id)
         values ('x', 'x', '', array[$1]::app_private.key_scope[], $2)`,
        [scope, (await createBot()).id],
      ),
    ).rejects.toMatchObject({ code: scope === 'nonsense' ? '22P02' : '23514' });
  },
);

test('a server makes one with no more than its own key may do', async () => {
  const key = async (scopes: readonly string[]) =>
    single(
      (await owner.query('select app_admin.create_key($1, $2) as key', [`key ${++count}`, scopes]))
        .rows,
    ).key as string;
  const create =
    'mutation ($input: CreateBotInput!) { createBot(input: $input) { botKey { botId key } } }';
  const input = { username: 'helper', displayName: 'Helper' };
  const most = await key(['read', 'write', 'users']);
  expect(await ask(await key(['read', 'users']), create, { input })).toBe('FORBIDDEN');
  expect(await ask(await key(['read', 'write']), create, { input })).toBe('FORBIDDEN');
  expect(await ask(most, create, { input: { ...input, scopes: ['MODERATION'] } })).toBe(
    'FORBIDDEN',
  );
  expect(await ask(most, create, { input: { ...input, scopes: null } })).toBe('FORBIDDEN');
  expect(await ask(ada.token, create, { input })).toBe('FORBIDDEN');
  const { createBot: made } = await ask(most, create, { input });
  expect(await ask(made.botKey.key, '{ currentUser { id } }')).toEqual({
    currentUser: { id: made.botKey.botId },
  });
  expect(await ask(most, create, { input })).toBe('CONFLICT');
  // What it has, it cannot give on.
  expect(await ask(made.botKey.key, create, { input: { username: 'another' } })).toBe('FORBIDDEN');
});

test('its key ends by revocation and with its account, and another may follow', async () => {
  const bot = await createBot();
  await owner.query("select app_admin.revoke_key($1, 'leaked')", [`bot ${bot.username}`]);
  expect(await ask(bot.key, '{ currentUser { id } }')).toBe('UNAUTHENTICATED');
  const { rows } = await owner.query("select app_admin.create_bot_key($1, 'second') as key", [
    bot.username,
  ]);
  expect(await ask(rows[0].key, '{ currentUser { id } }')).toEqual({ currentUser: { id: bot.id } });
  await owner.query("select app_admin.erase_user($1, 'over')", [bot.username]);
  // As soon as the server has heard of it.
  while ((await ask(rows[0].key, '{ currentUser { id } }')) !== 'UNAUTHENTICATED') {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await expect(owner.query("select app_admin.create_bot_key('ada', 'x')")).rejects.toMatchObject({
    code: 'TR400',
  });
});

test('a secret that is null admits nobody', async () => {
  const bot = await createBot();
  const prefix = bot.key.split('_')[1];
  const admit = (hash: Buffer | null) =>
    owner.query('select app_hidden.admit_key($1, $2, null)', [prefix, hash]);
  await expect(admit(null)).rejects.toMatchObject({ code: 'TR401' });
  await expect(admit(createHash('sha256').update('').digest())).rejects.toMatchObject({
    code: 'TR401',
  });
  await expect(
    owner.query("select app_hidden.post_by_incoming_webhook(uuidv7(), null, 'x', null, null)"),
  ).rejects.toMatchObject({ code: 'TR401' });
});

test('nobody signs in as one by a password or a mail', async () => {
  const bot = await createBot();
  const give = (column: string, value: string) =>
    owner.query(
      `insert into app_private.user_secrets (user_id, ${column}) values ($1, $2)
         on conflict on constraint user_secrets_pkey do update set ${column} = excluded.${column}`,
      [bot.id, value],
    );
  await expect(give('password_hash', 'x')).rejects.toMatchObject({ code: 'TR403' });
  await expect(give('email', 'bot@example.org')).rejects.toMatchObject({ code: 'TR403' });
  const signIn =
    'mutation ($username: String!) { signIn(input: { username: $username, password: "" }) { session { userId } } }';
  expect(await server.graphql(signIn, { username: bot.username })).toMatchObject({
    errors: [{ extensions: { code: 'WRONG_CREDENTIALS' } }],
  });
});

import { makeTestPasskey } from '../../testing/passkey.ts';
import { createTestWorld } from '../../testing/world.ts';
import { type Account, type Client, openClient, type Proof } from '../src/index.ts';
import { until } from './support.ts';

/* By what somebody signs in who has no password, or does not show it to the app. */

const ORIGIN = 'https://chat.example.org';
const { database, server, close } = await createTestWorld({ PUBLIC_URL: ORIGIN });
afterAll(close);

const clients: Client[] = [];
afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));

async function signedIn(proof: Proof): Promise<Client> {
  const client = await openClient({ url: server.url });
  clients.push(client);
  await client.signIn(proof);
  return client;
}

/** What a mutation gives. */
async function ask(name: string, input: object, give: string, token?: string) {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const { data, errors } = await server.graphql(
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${give} } }`,
    { input },
    token,
  );
  expect(errors).toBeUndefined();
  return data[name];
}

test('a guest is in the room of an invitation, and writes there', async () => {
  const owner = await database.createUser();
  const room = await database.createRoom(owner);
  const invitation = await database.call(owner, 'create_invitation', room.id, null, 3600, true);
  const guest = await signedIn({ invitationCode: invitation.code, displayName: 'A passer-by' });
  expect(guest.rooms.get()).toMatchObject([{ id: room.id }]);
  guest.act({ kind: 'send', roomId: room.id, content: 'hello' });
  await until(guest.queue, (actions) => actions.length === 0);
  const { rows } = await database.owner.query(
    `select content, display_name from app_public.messages
      join app_public.users on users.id = author_id where room_id = $1`,
    [room.id],
  );
  expect(rows).toEqual([{ content: 'hello', display_name: 'A passer-by' }]);
});

test('a server with a key begins the session of a person, and the app goes on with it alone; signing out ends it', async () => {
  const person = await database.createUser();
  const { rows } = await database.owner.query<{ key: string }>(
    "select app_admin.create_key('product', '{act_as}', null) as key",
  );
  const { session } = await ask(
    'issueToken',
    { userId: person.id },
    'session { refreshToken }',
    rows[0]?.key,
  );
  const client = await signedIn({ refreshToken: session.refreshToken });
  expect(client.viewerId.get()).toBe(person.id);
  await until(client.state, (state) => state === 'live');
  await client.signOut();
  await expect(signedIn({ refreshToken: session.refreshToken })).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  });
});

test('a passkey is enough', async () => {
  const person = await database.createUser();
  const passkey = makeTestPasskey(ORIGIN);
  const begun = await ask(
    'beginPasskey',
    { password: person.username },
    'passkeyOptions',
    person.token,
  );
  const credential = passkey.create(begun.passkeyOptions);
  await ask('finishPasskey', { credential, name: 'Phone' }, 'passkey { id }', person.token);
  const { passkeyOptions } = await ask('beginPasskeySignIn', {}, 'passkeyOptions');
  const client = await signedIn({ passkey: passkey.answer(passkeyOptions) });
  expect(client.viewerId.get()).toBe(person.id);
});

test('who signs in or up by nothing at all is told so, by a code', async () => {
  const client = await openClient({ url: server.url });
  clients.push(client);
  const [proof, account] = [undefined, null] as unknown as [Proof, Account];
  await expect(client.signIn(proof)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(client.signUp(account)).rejects.toMatchObject({ code: 'BAD_INPUT' });
});

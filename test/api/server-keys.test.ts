import { createTestWorld } from '../../testing/world.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);

const WHO = '{ currentUser { id username displayName } }';
const ALL = ['read', 'write', 'rooms', 'moderation', 'users', 'import', 'act_as'];

let count = 0;

async function createKey(scopes: readonly string[] = ALL, duration: string | null = null) {
  const name = `key ${++count}`;
  const { rows } = await database.owner.query(
    'select app_admin.create_key($1, $2, $3::interval) as key',
    [name, scopes, duration],
  );
  return { name, key: rows[0].key as string };
}

/** What a server gets for a document: the data, or the code of its first error. */
async function ask(
  key: string,
  query: string,
  { variables = {}, actAs }: { variables?: object; actAs?: string } = {},
) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      connection: 'close',
      authorization: `Bearer ${key}`,
      ...(actAs === undefined ? {} : { 'trumpet-act-as': actAs }),
    },
    body: JSON.stringify({ query, variables }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  const { data, errors } = (await response.json()) as any;
  return errors === undefined ? data : errors[0].extensions.code;
}

describe('a key', () => {
  test('acts as the installation, which makes a room and writes in it', async () => {
    const { key, name } = await createKey();
    expect(key).toMatch(/^trk_[0-9a-f]{12}_[\w-]{43}$/);
    expect(await ask(key, WHO)).toMatchObject({ currentUser: { username: 'trumpet' } });
    const { createRoom } = await ask(
      key,
      'mutation { createRoom(input: { name: "News", slug: "news" }) { room { id } } }',
    );
    const sent = await ask(
      key,
      'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { content author { username } } } }',
      { variables: { input: { roomId: createRoom.room.id, content: 'hello' } } },
    );
    expect(sent.sendMessage.message).toEqual({ content: 'hello', author: { username: 'trumpet' } });
    const { rows } = await database.owner.query(
      'select action from app_private.admin_actions where administrator = $1 order by id',
      [`key ${name}`],
    );
    expect(rows.map(({ action }) => action)).toEqual(['create_room', 'send_message']);
  });

  test('acts as a person who is named, by username or id', async () => {
    const { key } = await createKey();
    const ada = await database.createUser();
    for (const actAs of [ada.username, ada.username.toUpperCase(), ada.id]) {
      expect(await ask(key, WHO, { actAs })).toMatchObject({ currentUser: { id: ada.id } });
    }
  });
});

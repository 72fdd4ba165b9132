import { createTestWorld } from '../../testing/world.ts';
import { openClient } from '../src/index.ts';
import { statusesOf } from '../src/ui/status/store.ts';
import { until } from './support.ts';

const { database, server, close } = await createTestWorld();
afterAll(close);

test('what many people say who are shown at once is known of each', async () => {
  const ada = await database.createUser();
  const others = await Promise.all(Array.from({ length: 25 }, () => database.createUser()));
  await database.createRoom(ada, { members: others });
  for (const other of others) {
    await database.call(other, 'set_status_text', `here is ${other.username}`);
  }
  const client = await openClient({ url: server.url });
  await client.signIn({ username: ada.username, password: ada.username });
  const statuses = statusesOf(client);
  const shown = others.map(({ id }) => statuses.of(id).subscribe(() => {}));
  await Promise.all(
    others.map(({ id, username }) =>
      until(statuses.of(id), (status) => status?.text === `here is ${username}`),
    ),
  );
  for (const end of shown) {
    end();
  }
  await client.close();
});

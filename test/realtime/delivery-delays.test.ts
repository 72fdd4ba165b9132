import { afterAll, expect, test } from '@jest/globals';
import { createTestDatabase, single } from '../../testing/database.ts';
import { startTestServer } from '../../testing/server.ts';
import { listenToRoom } from './support.ts';

const database = await createTestDatabase();
afterAll(() => database.close());

test('the administrator sees how long delivery takes, and what the live engine is doing', async () => {
  const server = await startTestServer(database);
  while ((await fetch(`${server.url}/readyz`)).status !== 200) {
    // LISTEN begins soon after the server does.
  }
  const ada = await database.createUser('ada');
  const room = await database.createRoom(ada);
  const listener = await listenToRoom(server, ada, { roomId: room.id });
  await listener.next();
  await database.sendMessage(ada, room.id, 'hello');
  await listener.next();

  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]);
  expect(value('trumpet_delivery_delay_seconds_count{transport="graphql"}')).toBe(1);
  expect(value('trumpet_delivery_delay_seconds_sum{transport="graphql"}')).toBeLessThan(60);
  expect(value('trumpet_listening')).toBe(1);
  expect(value('trumpet_sockets')).toBe(1);
  expect(value('trumpet_rooms')).toBe(1);
  expect(value('trumpet_followers')).toBe(1);
  expect(value('trumpet_feed_changes')).toBe(1);
  expect(value('trumpet_feed_last_sweep_seconds')).toBeGreaterThan(0);

  await server.close();
  const { rows } = await database.owner.query(
    'select events::int, p50_ms <= p99_ms and p99_ms <= slowest_ms as is_ordered from app_admin.delivery',
  );
  expect(single(rows)).toEqual({ events: 1, is_ordered: true });
});

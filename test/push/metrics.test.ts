import { register } from 'prom-client';
import { startMetricsServer } from '../../src/process/metrics-server.ts';
import { pushMetrics } from '../../src/push/metrics.ts';
import { createPushWorld } from './support/world.ts';

const world = await createPushWorld();
const metrics = await startMetricsServer(register, {
  host: '127.0.0.1',
  port: 0,
  setting: 'WORKER_METRICS_PORT',
});
afterAll(() => Promise.all([metrics.close(), world.close()]));
const { database, server } = world;

test('a worker shows what was sent, folded, suppressed and failed, and how long it took', async () => {
  const ada = await database.createUser();
  const bob = await database.createUser();
  const carol = await database.createUser();
  const room = await database.createRoom(ada, { members: [bob, carol] });
  await Promise.all([world.subscribe(bob), world.subscribe(carol)]);
  await world.call(carol, `set_do_not_disturb(now() + interval '1 hour')`);
  for (const content of ['one', 'two', 'three']) {
    await database.sendMessage(ada, room.id, content);
  }
  await world.drain();
  server.answer(() => ({ status: 400 }));
  await database.sendMessage(ada, room.id, 'four');
  await world.drain();

  const response = await fetch(`http://127.0.0.1:${metrics.port}/metrics`);
  const lines = (await response.text()).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'trumpet_push_sent_total{channel="web"} 1',
      'trumpet_push_folded_total 2',
      'trumpet_push_suppressed_total{cause="do_not_disturb"} 2',
      'trumpet_push_failed_total{channel="web",cause="status_400"} 1',
      'trumpet_push_delay_seconds_count 1',
    ]),
  );
  const delay = await pushMetrics.delay.get();
  expect(delay.values.find(({ metricName }) => metricName?.endsWith('_sum'))?.value).toBeLessThan(
    5,
  );
});

test('nothing else is served there', async () => {
  const response = await fetch(`http://127.0.0.1:${metrics.port}/`);
  expect(response.status).toBe(404);
});

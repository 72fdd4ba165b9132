import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { packBells } from '../src/realtime/bells/bells.ts';
import { startTestRedis } from '../testing/redis.ts';

/*
 * node bench/redis-bells.ts [nodes]: what the bells of many server nodes cost a Redis. Each node is one connection that
 * is subscribed as src/realtime/bells/redis-relay.ts does it; one connection publishes batches of ten bells. All of it is
 * one process beside the Redis, so delays are an upper bound, and the Redis' own processor time is the figure to go by.
 */
const NODES = Number(process.argv[2] ?? 1_000);
const BATCHES_A_SECOND = [1, 10, 50, 200];
const SECONDS = 5;
const BELLS_A_BATCH = 10;
const CHANNEL = 'trumpet:bells:bench';

const redis = await startTestRedis();
const open = async () => {
  const client = createClient({ url: redis.url, socket: { reconnectStrategy: false } });
  client.on('error', () => {});
  await client.connect();
  return client;
};
const publisher = await open();
const pid = Number(/process_id:(\d+)/.exec(await publisher.info('server'))?.[1]);
let received = 0;
const delays: number[] = [];
const sentAt = new Map<string, number>();
const subscribers = [];
for (let node = 0; node < NODES; node += 1) {
  const client = await open();
  await client.subscribe(CHANNEL, (payload) => {
    received += 1;
    delays.push(performance.now() - (sentAt.get(payload) ?? 0));
  });
  subscribers.push(client);
}

/** Processor time of the Redis so far, in milliseconds; `/proc` counts hundredths of a second. */
function redisCpuMs(): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

console.log(
  '| nodes | batches/s | deliveries/s | Redis, % of a core | µs of Redis a delivery | p99 ms |',
);
console.log('| --- | --- | --- | --- | --- | --- |');
for (const rate of BATCHES_A_SECOND) {
  received = 0;
  delays.length = 0;
  const cpuBefore = redisCpuMs();
  const startedAt = performance.now();
  const due = rate * SECONDS;
  for (let sent = 0; sent < due; sent += 1) {
    await pause(Math.max(0, startedAt + (sent * 1_000) / rate - performance.now()));
    const bells = Array.from({ length: BELLS_A_BATCH }, () => ({
      kind: 'changes' as const,
      roomId: crypto.randomUUID(),
    }));
    for (const payload of packBells(crypto.randomUUID(), bells)) {
      sentAt.set(payload, performance.now());
      await publisher.publish(CHANNEL, payload);
    }
  }
  while (received < due * NODES) {
    await pause(10);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpuMs = redisCpuMs() - cpuBefore;
  delays.sort((a, b) => a - b);
  console.log(
    `| ${NODES} | ${rate} | ${Math.round(received / seconds)} | ${((cpuMs / seconds / 1_000) * 100).toFixed(0)} | ${((cpuMs * 1_000) / received).toFixed(1)} | ${delays[Math.floor(delays.length * 0.99)]?.toFixed(1)} |`,
  );
}
for (const client of [publisher, ...subscribers]) {
  client.destroy();
}
await redis.stop();

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createClient } from '@redis/client';
import { type Bell, formatBell } from '../../src/realtime/bells/bells.ts';
import { createRedisRelay } from '../../src/realtime/bells/redis-relay.ts';
import type { Relay } from '../../src/realtime/bells/relay.ts';
import { hasRedis, startTestRedis, type TestRedis } from '../../testing/redis.ts';

if (!hasRedis) {
  console.log('Skipped: redis-server is not on this machine');
}

interface Node {
  readonly relay: Relay;
  /** The next bells that arrive. */
  heard(): Promise<readonly Bell[]>;
  /** Resolves each time listening has begun. */
  listening(): Promise<void>;
}

function startNode(redis: TestRedis, nodeId: string, databaseId = 'a database'): Node {
  let hear = Promise.withResolvers<readonly Bell[]>();
  let listen = Promise.withResolvers<void>();
  const relay = createRedisRelay({
    url: redis.url,
    nodeId,
    databaseId,
    onBells(bells) {
      hear.resolve(bells);
      hear = Promise.withResolvers();
    },
    onListening() {
      listen.resolve();
      listen = Promise.withResolvers();
    },
  });
  return { relay, heard: () => hear.promise, listening: () => listen.promise };
}

const aBell = (): Bell => ({ kind: 'changes', roomId: randomUUID() });

(hasRedis ? describe : describe.skip)('bells through Redis', () => {
  let redis: TestRedis;
  let one: Node;
  let two: Node;

  beforeEach(async () => {
    redis = await startTestRedis();
    one = startNode(redis, '1');
    two = startNode(redis, '2');
    await Promise.all([one.listening(), two.listening()]);
    await untilHeard();
  });

  afterEach(async () => {
    await Promise.all([one.relay.release(), two.relay.release()]);
    await redis.stop();
  });

  /** Rings on one node until the other hears it: a bell may be lost, but not all of them. */
  async function untilHeard(): Promise<void> {
    const ringing = setInterval(() => one.relay.publish([aBell()]), 10);
    await two.heard();
    clearInterval(ringing);
    // The last of those may still be under way.
    const last = aBell();
    one.relay.publish([last]);
    while (!(await two.heard()).some((bell) => formatBell(bell) === formatBell(last))) {}
  }

  test('a bell of one node is heard by the other, and not by itself', async () => {
    const bell = aBell();
    const heard = two.heard();
    const echo = one.heard();
    one.relay.publish([bell, bell]);
    expect(await heard).toEqual([bell]);
    const answer: Bell = { kind: 'session', sessionId: randomUUID() };
    two.relay.publish([answer]);
    expect(await echo).toEqual([answer]);
  });

  test('Redis stops and starts again: nodes notice, and hear each other again', async () => {
    await redis.stop();
    one.relay.publish([aBell()]);
    const listening = Promise.all([one.listening(), two.listening()]);
    await redis.start();
    await listening;
    await untilHeard();
  });

  test('Redis stalls and goes on: nodes hear each other again', async () => {
    redis.pause();
    for (let count = 0; count < 2_000; count += 1) {
      one.relay.publish([aBell()]);
    }
    const listening = two.listening();
    await new Promise((resolve) => setTimeout(resolve, 5_000)); // Longer than the silence that is borne.
    redis.resume();
    await listening;
    await untilHeard();
  });

  test('who shares the Redis and not the database is not heard', async () => {
    const other = startNode(redis, '3', 'another database');
    const neighbour = startNode(redis, '4', 'another database');
    await Promise.all([other.listening(), neighbour.listening()]);
    const heard = two.heard();
    const heardThere = neighbour.heard();
    const ringing = setInterval(
      () => other.relay.publish([{ kind: 'session', sessionId: randomUUID() }]),
      10,
    );
    await heardThere;
    clearInterval(ringing);
    const bell = aBell();
    one.relay.publish([bell]);
    expect(await heard).toEqual([bell]);
    await Promise.all([other.relay.release(), neighbour.relay.release()]);
  });

  test('a node that Redis refuses at first listens when it is let in', async () => {
    const admin = await createClient({ url: redis.url }).connect();
    await admin.configSet('requirepass', 'a secret');
    const early = startNode(redis, '3');
    const listening = early.listening();
    while (!(await admin.info('errorstats')).includes('NOAUTH')) {}
    expect(early.relay.isConnected).toBe(false);
    await admin.configSet('requirepass', '');
    await listening;
    const heard = early.heard();
    const ringing = setInterval(() => one.relay.publish([aBell()]), 10);
    await heard;
    clearInterval(ringing);
    while (!early.relay.isConnected) {
      await new Promise(setImmediate);
    }
    admin.destroy();
    await early.relay.release();
  });

  test('a node that is accepted and cut off at first listens when it is not any more', async () => {
    await redis.stop();
    let refused = 0;
    const inItsPlace = createServer((socket) => {
      refused += 1;
      socket.destroy();
    });
    const { port } = new URL(redis.url);
    await once(inItsPlace.listen(Number(port), '127.0.0.1'), 'listening');
    const early = startNode(redis, '3');
    const listening = early.listening();
    const refusedBefore = refused;
    while (refused < refusedBefore + 10) {
      await once(inItsPlace, 'connection');
    }
    inItsPlace.close();
    await redis.start();
    await listening;
    await early.relay.release();
  });

  test('nodes start without Redis, and find it when it comes', async () => {
    await redis.stop();
    const early = startNode(redis, '3');
    early.relay.publish([aBell()]);
    const listening = early.listening();
    await redis.start();
    await listening;
    await early.relay.release();
  });
});

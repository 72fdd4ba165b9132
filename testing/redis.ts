import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { freePort } from './free-port.ts';

/** Whether `redis-server` is on this machine; where it is not, tests that need it are skipped and say so. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

export interface TestRedis {
  readonly url: string;
  pid(): number | undefined;
  /** Ends the process, without a word to its clients. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops the process in its tracks: connections stay open, nothing answers. */
  pause(): void;
  resume(): void;
  flush(): Promise<void>;
}

/** A Redis of the test's own, on a free port, that keeps nothing. */
export async function startTestRedis(): Promise<TestRedis> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    child = spawn(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      { stdio: 'ignore' },
    );
    for (;;) {
      const client = createClient({ url, socket: { reconnectStrategy: false } });
      client.on('error', () => {});
      try {
        await client.connect();
        await client.ping();
        client.destroy();
        return;
      } catch {
        await wait(20);
      }
    }
  }

  await start();
  return {
    url,
    pid: () => child?.pid,
    start,
    async stop() {
      if (child?.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGCONT');
        child.kill('SIGKILL');
        await ended;
      }
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async flush() {
      const client = await createClient({ url }).connect();
      await client.flushAll();
      client.destroy();
    },
  };
}

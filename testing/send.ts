import pg from 'pg';
import { epochMs } from './clock.ts';
import type { Person } from './environment.ts';

export interface Send {
  readonly roomId: string;
  readonly userId: string;
}

/**
 * Sends each message in a transaction of its own, over a few connections, as fast as they answer; like a script or
 * another program, with a NOTIFY each. The text carries the time for the load to take delays from.
 *
 * @returns when the first send began, in epoch milliseconds.
 */
export async function sendAll(
  authDatabaseUrl: string,
  sends: readonly Send[],
  connections: number,
): Promise<number> {
  const waiting = sends.toReversed();
  const clients = await Promise.all(
    Array.from({ length: connections }, async () => {
      const client = new pg.Client({ connectionString: authDatabaseUrl });
      await client.connect();
      return client;
    }),
  );
  const startedAt = epochMs();
  await Promise.all(
    clients.map(async (client) => {
      for (let send = waiting.pop(); send !== undefined; send = waiting.pop()) {
        await sendOne(
          client,
          send,
          `t=${epochMs().toFixed(4)}; and some more words, as people write them`,
        );
      }
      await client.end();
    }),
  );
  return startedAt;
}

export async function sendOne(client: pg.ClientBase, send: Send, text: string): Promise<void> {
  await client.query('begin');
  await client.query({
    name: 'become',
    text: `select set_config('role', 'trumpet_user', true), set_config('trumpet.user_id', $1, true)`,
    values: [send.userId],
  });
  await client.query({
    name: 'send',
    text: 'select id from app_public.send_message($1, $2)',
    values: [send.roomId, text],
  });
  await client.query('commit');
}

/** Round-robin over rooms; each message by a member of its room. */
export function spread(
  rooms: readonly string[],
  members: readonly (readonly Person[])[],
  count: number,
): Send[] {
  return Array.from({ length: count }, (_, index) => {
    const room = index % rooms.length;
    const people = members[room] as readonly Person[];
    const person = people[Math.floor(index / rooms.length) % people.length] as Person;
    return { roomId: rooms[room] as string, userId: person.id };
  });
}

export function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

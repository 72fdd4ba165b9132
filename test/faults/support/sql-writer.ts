import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { epochMs } from '../../../testing/clock.ts';
import type { Send } from '../checker.ts';

import { type Author, textOf } from './writer.ts';

/*
 * Writers as scripts and other programs are: plain SQL, whose commits ring by NOTIFY.
 */

const CONNECTIONS = 4;

export interface SqlWriters {
  readonly sends: readonly Send[];
  stop(): Promise<void>;
}

export async function startSqlWriters(
  authDatabaseUrl: string,
  authors: readonly Author[],
  perSecond: number,
  text = textOf,
): Promise<SqlWriters> {
  const sends: Send[] = [];
  let isRunning = true;
  let begun = 0;
  const clients = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const client = new pg.Client({ connectionString: authDatabaseUrl });
      client.on('error', () => {}); // The query under way tells.
      await client.connect();
      return client;
    }),
  );
  const startedAt = performance.now();

  async function write(client: pg.Client): Promise<void> {
    while (isRunning) {
      const dueAt = startedAt + (begun / perSecond) * 1_000;
      const { person, roomIds } = authors[begun % authors.length] as Author;
      const roomId = roomIds[Math.floor(begun / authors.length) % roomIds.length] as string;
      begun += 1;
      const waitMs = dueAt - performance.now();
      if (waitMs > 0) {
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
      sends.push(await sendBySql(client, person.id, roomId, text));
    }
  }

  const writing = clients.map(write);
  Promise.all(writing).catch(() => {}); // Told by `stop`.
  return {
    sends,
    async stop() {
      isRunning = false;
      await Promise.all(writing).finally(() => Promise.all(clients.map((client) => client.end())));
    },
  };
}

/** @param text what the message says, beginning with the nonce */
export async function sendBySql(
  client: pg.ClientBase,
  userId: string,
  roomId: string,
  text: (nonce: string) => string,
): Promise<Send> {
  const nonce = randomUUID();
  const startedAt = epochMs();
  await client.query('begin');
  await client.query({
    name: 'become',
    text: `select set_config('role', 'trumpet_user', true), set_config('trumpet.user_id', $1, true)`,
    values: [userId],
  });
  const { rows } = await client.query<{ id: string }>({
    name: 'send',
    text: 'select id from app_public.send_message(room_id => $1, content => $2, nonce => $3)',
    values: [roomId, text(nonce), nonce],
  });
  await client.query('commit');
  return {
    nonce,
    roomId,
    outcome: 'acknowledged',
    messageId: rows[0]?.id as string,
    startedAt,
    endedAt: epochMs(),
    attempts: 1,
  };
}

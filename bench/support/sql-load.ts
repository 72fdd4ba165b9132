import type pg from 'pg';
import { createApiPool } from '../../src/database/pools.ts';
import { attachBells } from '../../src/realtime/bells/bells.ts';
import { createNotifyRelay } from '../../src/realtime/bells/relay.ts';
import { type Send, sendOne } from '../../testing/send.ts';

/*
 * Load on the database as pgbench makes it: so many connections, each sending as fast as it is answered. With a relay it
 * rings as a server node does; without one nobody is told anything.
 */
export interface SqlLoadRequest {
  readonly type: 'run';
  readonly authDatabaseUrl: string;
  /** The owner's address for the relay; null: no delivery. */
  readonly relayUrl: string | null;
  /** What each connection sends, again and again. */
  readonly connections: readonly (readonly Send[])[];
  readonly seconds: number;
}

async function run({ authDatabaseUrl, relayUrl, connections, seconds }: SqlLoadRequest) {
  const pool = createApiPool(authDatabaseUrl, connections.length);
  const relay =
    relayUrl === null
      ? undefined
      : createNotifyRelay({ connectionString: relayUrl, nodeId: 'bench', ownListeners: 0 });
  if (relay !== undefined) {
    attachBells(pool)(relay.publish);
  }
  const clients = await Promise.all(connections.map(() => pool.connect()));
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  let sent = 0;
  await Promise.all(
    clients.map(async (client: pg.PoolClient, index) => {
      const sends = connections[index] as readonly Send[];
      for (let turn = 0; performance.now() < endsAt; turn += 1) {
        await sendOne(
          client,
          sends[turn % sends.length] as Send,
          'some words, as people write them',
        );
        sent += 1;
      }
    }),
  );
  const perSecond = (sent / (performance.now() - startedAt)) * 1000;
  for (const client of clients) {
    client.release();
  }
  await pool.end();
  await relay?.release();
  return { perSecond };
}

process.on('message', async (request: SqlLoadRequest) => {
  try {
    process.send?.(await run(request));
  } catch (error) {
    process.send?.({ error: String(error) });
  }
});
process.on('disconnect', () => process.exit());

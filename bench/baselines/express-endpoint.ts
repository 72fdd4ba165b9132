import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createApiPool } from '../../src/database/pools.ts';
import { createAuthenticator } from '../../src/identity/authenticator.ts';
import { createIssuers } from '../../src/identity/issuers.ts';
import { createServerKeys } from '../../src/identity/server-keys.ts';

/*
 * What one would write by hand: express, pg, the same token check, and send_message in a transaction with the same
 * settings.
 */
const [authDatabaseUrl, jwtSecret] = process.argv.slice(2) as [string, string];
const pool = createApiPool(authDatabaseUrl);
const authenticator = createAuthenticator({
  jwtSecret,
  pool,
  issuers: createIssuers([], pool),
  serverKeys: createServerKeys(pool),
});
const app = express();

app.post('/send', express.json(), async (req, res) => {
  const viewer = await authenticator.authenticateHeaders(req.headers);
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query({
      name: 'settings',
      text: 'select set_config(el->>0, el->>1, true) from json_array_elements($1::json) el',
      values: [
        JSON.stringify([
          ['role', 'trumpet_user'],
          ['trumpet.user_id', viewer?.userId],
          ['trumpet.session_id', viewer?.sessionId],
          ['statement_timeout', '5000'],
        ]),
      ],
    });
    const { rows } = await client.query({
      name: 'send',
      text: 'select id, seq, content, created_at from app_public.send_message($1, $2)',
      values: [req.body.roomId, req.body.content],
    });
    await client.query('commit');
    res.json({ message: rows[0] });
  } catch (error) {
    await client.query('rollback');
    res.status(500).json({ error: String(error) });
  } finally {
    client.release();
  }
});

const server = createServer(app);
server.listen(0, '127.0.0.1', () =>
  process.send?.({ port: (server.address() as AddressInfo).port }),
);
process.on('disconnect', () => process.exit());

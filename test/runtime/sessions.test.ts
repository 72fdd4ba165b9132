import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { createApiPool, createOwnerPool } from '../../src/database/pools.ts';
import { startWorker } from '../../src/worker/run.ts';
import { createTestDatabase } from '../../testing/database.ts';
import { Queue } from '../../testing/queue.ts';
import { startTestServer } from '../../testing/server.ts';
import { sendOverHttp } from '../realtime/support.ts';

const database = await createTestDatabase();
afterAll(() => database.close());

/** What a session tells Postgres of itself when it begins, such as `application_name`. */
type Startup = Record<string, string>;

/** A way to Postgres that notes how each session begins. */
async function startGate() {
  const { hostname, port } = new URL(database.databaseUrl);
  const sockets = new Set<Socket>();
  const startups = new Queue<Startup>();
  const gate = createServer((client) => {
    const postgres = connect(Number(port), hostname);
    for (const socket of [client, postgres]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.once('data', (packet) => startups.push(startupOf(packet)));
    client.pipe(postgres).pipe(client);
  });
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
  return {
    startups,
    through(url: string): string {
      const changed = new URL(url);
      changed.host = `127.0.0.1:${(gate.address() as AddressInfo).port}`;
      return changed.href;
    },
    async close() {
      for (const socket of sockets) {
        socket.destroy();
      }
      await new Promise((resolve) => gate.close(resolve));
    },
  };
}

/** Length and version, four bytes each, and then names and values that end in zero bytes. */
function startupOf(packet: Buffer): Startup {
  const texts = packet.subarray(8, packet.readInt32BE(0)).toString('utf8').split('\0');
  const entries: [string, string][] = [];
  for (let index = 0; texts[index]; index += 2) {
    entries.push([texts[index] as string, texts[index + 1] as string]);
  }
  return Object.fromEntries(entries);
}

test.each([
  ['the owner', () => createOwnerPool(database.databaseUrl, 1)],
  ['the API', () => createApiPool(database.authDatabaseUrl, 1)],
])('Postgres notices within 30 s that a client of %s is gone', async (_, createPool) => {
  const pool = createPool();
  const settings = {
    tcp_keepalives_idle: '15',
    tcp_keepalives_interval: '5',
    tcp_keepalives_count: '3',
    ...(process.platform === 'linux' && { tcp_user_timeout: '30000' }),
  };
  try {
    for (const [name, value] of Object.entries(settings)) {
      const { rows } = await pool.query(`show ${name}`);
      // What the socket has, as the system tells it: not only what was asked for.
      expect(rows).toEqual([{ [name]: value }]);
    }
  } finally {
    await pool.end();
  }
});

test('all sessions that a server and a worker keep ask for it', async () => {
  const gate = await startGate();
  const databaseUrl = gate.through(database.databaseUrl);
  const authDatabaseUrl = gate.through(database.authDatabaseUrl);
  const server = await startTestServer({ ...database, databaseUrl, authDatabaseUrl });
  const worker = await startWorker(databaseUrl);
  try {
    const ada = await database.createUser('ada');
    const { id: roomId } = await database.createRoom(ada);
    // The relay connects when it has something to tell.
    await sendOverHttp(server, ada, roomId, 'hello');
    const kinds = ['trumpet', 'trumpet api', 'trumpet listener', 'trumpet relay', 'trumpet worker'];
    const waitedFor = new Set(kinds);
    while (waitedFor.size > 0) {
      const { application_name = '', options } = await gate.startups.shift();
      expect({ application_name, options }).toEqual({
        application_name,
        options: expect.stringContaining('-c tcp_user_timeout=30s'),
      });
      waitedFor.delete(application_name);
    }
  } finally {
    await worker.stop();
    await server.close();
    await gate.close();
  }
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { BEGUN_AT_ONCE, BEGUN_PER_SECOND, takeTurns } from '../../src/http/connection-turns.ts';

/** A server whose connections wait until they are given to it, and the order in which requests came. */
async function startServer(connections = 21) {
  const came: string[] = [];
  const server = createServer((req, res) => {
    came.push(req.url ?? '');
    res.end('answered');
  });
  const { begin, beginUnpaced } = takeTurns(server, 1_000);
  const arrived: Socket[] = [];
  const all = Promise.withResolvers<void>();
  server.on('connection', (socket) => {
    if (arrived.push(socket) === connections) {
      all.resolve();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, begin, beginUnpaced, arrived, all: all.promise, came };
}

test('whoever opens one connection is served before the many of somebody else', async () => {
  const { server, begin, arrived, all, came } = await startServer();
  const { port } = server.address() as { port: number };
  const clients: Socket[] = [];
  for (let number = 0; number < 21; number += 1) {
    const client = connect(port, '127.0.0.1');
    await once(client, 'connect');
    client.end(`GET /${number === 20 ? 'one' : 'many'} HTTP/1.1\r\nHost: here\r\n\r\n`);
    clients.push(client);
  }
  await all;
  const closed = Promise.all(clients.map((client) => once(client.resume(), 'close')));
  for (const [index, socket] of arrived.entries()) {
    begin(socket, index === 20 ? '192.0.2.2' : '192.0.2.1');
  }
  await closed;
  expect(came).toHaveLength(21);
  expect(came.indexOf('/one')).toBeLessThan(5);
  server.close();
});

test('a connection that is reset before its turn ends nothing but itself', async () => {
  const { server, begin, arrived } = await startServer();
  const { port } = server.address() as { port: number };
  const client = connect(port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  expect(arrived).toEqual([socket]);
  begin(socket, '192.0.2.1');
  socket.destroy(new Error('reset'));
  await once(client.resume(), 'close');
  server.close();
});

describe('of a hundred connections that are opened at once', () => {
  const COUNT = 2 * BEGUN_AT_ONCE;

  async function open(kind: 'begin' | 'beginUnpaced') {
    const { server, arrived, all, ...turns } = await startServer(COUNT);
    const { port } = server.address() as { port: number };
    const clients = Array.from({ length: COUNT }, () => {
      const client = connect(port, '127.0.0.1');
      client.write('GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n');
      return client;
    });
    await all;
    const closed = Promise.all(clients.map((client) => once(client.resume(), 'close')));
    const beganAt = performance.now();
    for (const socket of arrived) {
      turns[kind](socket, '192.0.2.1');
    }
    await closed;
    server.close();
    return { ms: performance.now() - beganAt, came: turns.came.length };
  }

  test('those of somebody are all begun, and half of them no sooner than their pace allows', async () => {
    const { ms, came } = await open('begin');
    expect(came).toBe(COUNT);
    const leastMs = ((COUNT - BEGUN_AT_ONCE) / BEGUN_PER_SECOND) * 1_000;
    expect(ms).toBeGreaterThanOrEqual(leastMs - 1);
  });

  test('those of a proxy, which are of many, wait for no pace', async () => {
    expect(await open('beginUnpaced')).toMatchObject({ came: COUNT });
  });
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { takeTurns } from '../../src/http/connection-turns.ts';

/** A server whose connections wait until they are given to it, and the order in which requests came. */
async function startServer() {
  const came: string[] = [];
  const server = createServer((req, res) => {
    came.push(req.url ?? '');
    res.end('answered');
  });
  const begin = takeTurns(server);
  const arrived: Socket[] = [];
  const all = Promise.withResolvers<void>();
  server.on('connection', (socket) => {
    if (arrived.push(socket) === 21) {
      all.resolve();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, begin, arrived, all: all.promise, came };
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

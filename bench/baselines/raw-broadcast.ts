import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

/*
 * The upper bound: a `ws` server that sends one prepared buffer to every socket, and knows nothing else.
 */
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.on('listening', () => process.send?.({ port: (server.address() as AddressInfo).port }));

/** A whole unmasked text frame (RFC 6455, 5.2), made once for everybody. */
function prepare(payload: Buffer): Buffer {
  const header = payload.length < 126 ? Buffer.alloc(2) : Buffer.alloc(4);
  header[0] = 0x81;
  if (payload.length < 126) {
    header[1] = payload.length;
  } else {
    header[1] = 126;
    header.writeUInt16BE(payload.length, 2);
  }
  return Buffer.concat([header, payload]);
}

process.on('message', async (request: { type: 'broadcast'; size: number; rounds: number }) => {
  const frame = prepare(Buffer.alloc(request.size, 'x'));
  const startedAt = performance.timeOrigin + performance.now();
  for (let round = 0; round < request.rounds; round += 1) {
    for (const client of server.clients) {
      if (client.readyState === WebSocket.OPEN) {
        // @ts-expect-error: the socket below is not in the types; a prepared frame goes straight to it
        client._socket.write(frame);
      }
    }
    await new Promise(setImmediate);
  }
  process.send?.({ startedAt });
});
process.on('disconnect', () => process.exit());

import { type ServerOptions, WebSocketServer } from 'ws';
import { MAX_PAYLOAD_BYTES } from './connections.ts';

/** What speaks WebSocket on connections that are upgraded. Without compression, as `createOutbox` needs it. */
export function createWebSocketServer(
  options: Pick<ServerOptions, 'handleProtocols'> = {},
): WebSocketServer {
  return new WebSocketServer({
    ...options,
    noServer: true,
    maxPayload: MAX_PAYLOAD_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  });
}

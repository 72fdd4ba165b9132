import type { RawData } from 'ws';
import { CLOSE_CODES } from '../../errors/codes.ts';
import type { Connection, Connections } from './connections.ts';

/** Hands over the text frames of a connection; closes it at a binary one. */
export function readText(
  connections: Connections,
  connection: Connection,
  onText: (text: string) => void,
): void {
  connection.socket.on('message', (data, isBinary) => {
    if (isBinary) {
      connections.close(connection, CLOSE_CODES.BAD_PROTOCOL, 'Text frames only');
    } else {
      onText(textOf(data));
    }
  });
}

function textOf(data: RawData): string {
  return Array.isArray(data) ? Buffer.concat(data).toString() : data.toString();
}

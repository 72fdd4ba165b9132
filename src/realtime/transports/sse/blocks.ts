import type { SharedResult } from '../../execution/result.ts';
import { errorFrame, frameOfResult } from '../json/server-frames.ts';

/*
 * What an event stream is written in: blocks whose data is the frame of the JSON WebSocket and whose id is what
 * `Last-Event-ID` brings back.
 */

/** The ids of a stream: plain numbers, or cursors, which also tell another history of the database by. */
export type StreamIds = 'change_seq' | 'cursor';

/** The block of an event. */
export function eventBlock(result: SharedResult, ids: StreamIds): Buffer {
  const { type, json, cursor } = frameOfResult(result);
  return block(ids === 'cursor' ? cursor : (cursor?.replace(/-.*/, '') ?? null), type, json);
}

export function errorBlock(error: { readonly code: string; readonly message: string }): string {
  return `event: error\ndata: ${JSON.stringify(errorFrame(error))}\n\n`;
}

function block(id: string | null, event: string, data: Buffer): Buffer {
  const head = `${id === null ? '' : `id: ${id}\n`}event: ${event}\ndata: `;
  return Buffer.concat([Buffer.from(head), data, Buffer.from('\n\n')]);
}

import type { SharedResult } from '../../execution/result.ts';
import { errorFrame, frameOfResult } from '../json/server-frames.ts';

/*
 * What an event stream is written in: blocks whose data is the frame of the JSON WebSocket and whose id is the
 * changeSeq.
 */

/** The block of an event. */
export function eventBlock(result: SharedResult): Buffer {
  const { type, json, changeSeq } = frameOfResult(result);
  return block(changeSeq, type, json);
}

/** The block of Ready: whoever hears nothing more resumes where it asked to begin. */
export function joinedBlock(result: SharedResult, after: string | undefined): Buffer {
  const { type, json } = frameOfResult(result);
  const { change_seq: head } = JSON.parse(json.toString()) as { change_seq?: number };
  return block(after ?? head ?? null, type, json);
}

export function errorBlock(error: { readonly code: string; readonly message: string }): string {
  return `event: error\ndata: ${JSON.stringify(errorFrame(error))}\n\n`;
}

function block(id: string | number | null, event: string, data: Buffer): Buffer {
  const head = `${id === null ? '' : `id: ${id}\n`}event: ${event}\ndata: `;
  return Buffer.concat([Buffer.from(head), data, Buffer.from('\n\n')]);
}

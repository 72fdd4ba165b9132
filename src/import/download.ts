import { createWriteStream } from 'node:fs';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { guardedLookup, isPrivateLiteral, type Resolve } from '../push/endpoint-guard.ts';

const MOST_REDIRECTS = 3;
const TIMEOUT_MS = 60_000;

/**
 * Fetches a file that an export links to, from public addresses alone: an export must not read what only this machine can
 * reach. What was checked is what is connected to, at each redirect again.
 *
 * @throws Error that says why, when it is not fetched whole
 */
export async function download(
  address: string,
  path: string,
  maxBytes: number,
  resolve?: Resolve,
): Promise<void> {
  let url = address;
  for (let redirects = 0; ; redirects += 1) {
    const answer = await ask(url, resolve);
    const status = answer.statusCode ?? 0;
    if (
      status >= 300 &&
      status < 400 &&
      answer.headers.location !== undefined &&
      redirects < MOST_REDIRECTS
    ) {
      answer.destroy();
      url = new URL(answer.headers.location, url).href;
      continue;
    }
    if (status !== 200) {
      answer.destroy();
      throw new Error(`the answer is ${status}`);
    }
    await pipeline(answer, atMost(maxBytes), createWriteStream(path));
    return;
  }
}

function ask(address: string, resolve: Resolve | undefined): Promise<IncomingMessage> {
  const url = URL.parse(address);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error('the address is none of the web');
  }
  if (isPrivateLiteral(url)) {
    throw new Error('the address is not a public one');
  }
  const get = url.protocol === 'https:' ? getHttps : getHttp;
  return new Promise((onAnswer, onError) => {
    get(
      url,
      { lookup: guardedLookup(resolve), signal: AbortSignal.timeout(TIMEOUT_MS), agent: false },
      onAnswer,
    ).on('error', onError);
  });
}

function atMost(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > maxBytes ? new Error('it is too large') : null, chunk);
    },
  });
}

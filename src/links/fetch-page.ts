import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { PassThrough, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { checkEndpoint, guardedLookup, type Resolve } from '../push/endpoint-guard.ts';
import { type Page, readPage } from './page.ts';

const MOST_REDIRECTS = 3;
const TIMEOUT_MS = 8_000;
/** Of what is read, decompressed. Some sites have half of that before their title. */
const MOST_BYTES = 1_048_576;

export interface FetchPageOptions {
  /** Origins that are asked wherever they lead. */
  readonly trustedOrigins: readonly string[];
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
  /** How long it may take, with all redirects. */
  readonly timeoutMs?: number;
  /** How names become addresses; for tests. */
  readonly resolve?: Resolve;
}

/**
 * Fetches a page from a public address, or a trusted one, and reads what it says of itself. What was checked is what is
 * connected to, at each redirect again. Null when it says nothing.
 *
 * @throws Error that says why it is not fetched
 */
export async function fetchPage(address: string, options: FetchPageOptions): Promise<Page | null> {
  const given = options.signal === undefined ? [] : [options.signal];
  const signal = AbortSignal.any([AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS), ...given]);
  let url = address;
  for (let redirects = 0; ; redirects += 1) {
    const answer = await ask(url, options, signal);
    try {
      const { location } = answer.headers;
      if (isRedirect(answer) && location !== undefined && redirects < MOST_REDIRECTS) {
        url = new URL(location, url).href;
        continue;
      }
      if (answer.statusCode !== 200) {
        throw new Error(`the answer is ${answer.statusCode}`);
      }
      const [, type, charset] =
        /^\s*([\w+./-]+)(?:.*?;\s*charset\s*=\s*"?([\w:.-]+))?/i.exec(
          answer.headers['content-type'] ?? '',
        ) ?? [];
      if (!/^(?:text\/html|application\/xhtml\+xml)$/i.test(type ?? '')) {
        throw new Error('it is no page');
      }
      return readPage(decode(await readHead(answer), charset));
    } finally {
      answer.destroy();
    }
  }
}

function isRedirect({ statusCode = 0 }: IncomingMessage): boolean {
  return [301, 302, 303, 307, 308].includes(statusCode);
}

function ask(
  address: string,
  { trustedOrigins, resolve }: FetchPageOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const url = checkEndpoint(address, { trustedOrigins, hosts: 'web' });
  const get = url.protocol === 'https:' ? getHttps : getHttp;
  const lookup = trustedOrigins.includes(url.origin) ? {} : { lookup: guardedLookup(resolve) };
  return new Promise((onAnswer, onError) => {
    get(
      url,
      {
        ...lookup,
        agent: false,
        signal,
        headers: {
          accept: 'text/html,application/xhtml+xml',
          'accept-encoding': 'gzip, deflate, br',
          'user-agent': 'Trumpet (link preview)',
        },
      },
      onAnswer,
    ).on('error', onError);
  });
}

/** The beginning of a page, as far as what it says of itself. */
async function readHead(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isEnough = false;
  await pipeline(answer, decompressionOf(answer), async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) {
      chunks.push(chunk);
      bytes += chunk.length;
      // An end that is cut in two is found a chunk later, or at the body.
      isEnough = bytes >= MOST_BYTES || /<\/head|<body/i.test(chunk.toString('latin1'));
      if (isEnough) {
        return;
      }
    }
  }).catch((error) => {
    if (!isEnough) {
      throw error;
    }
  });
  return Buffer.concat(chunks).subarray(0, MOST_BYTES);
}

function decompressionOf({ headers }: IncomingMessage): Transform {
  switch (headers['content-encoding']?.toLowerCase() ?? 'identity') {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    case 'identity':
      return new PassThrough();
    default:
      throw new Error('it is encoded in an unknown way');
  }
}

/** By its byte order mark, what the server says, or what it says itself; by UTF-8 where that is unknown. */
function decode(bytes: Buffer, charset: string | undefined): string {
  const [, own] =
    /<meta\b[^>]*?charset\s*=\s*["']?([\w:.-]+)/i.exec(bytes.toString('latin1', 0, 1_024)) ?? [];
  const label = markOf(bytes) ?? charset ?? own ?? 'utf-8';
  try {
    return new TextDecoder(label).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

function markOf(bytes: Buffer): string | undefined {
  const start = bytes.toString('hex', 0, 3);
  if (start === 'efbbbf') {
    return 'utf-8';
  }
  return { feff: 'utf-16be', fffe: 'utf-16le' }[start.slice(0, 4)];
}

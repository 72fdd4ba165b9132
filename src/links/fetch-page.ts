import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { PassThrough, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { HEAD_BYTES, isReadablePicture, typeOfBytes } from '../attachments/file-types.ts';
import { checkEndpoint, guardedLookup, type Resolve } from '../push/endpoint-guard.ts';
import { type Page, readPage } from './page.ts';

const MOST_REDIRECTS = 3;
const TIMEOUT_MS = 8_000;
/** Of what is read, decompressed. Some sites have half of that before their title. */
const MOST_BYTES = 1_048_576;
/** Of a picture. What sites name for this is mostly far smaller. */
const MOST_PICTURE_BYTES = 5_242_880;
const PAGE_TYPES = 'text/html,application/xhtml+xml';
const PICTURE_TYPES = 'image/webp,image/avif,image/png,image/jpeg,image/gif';

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
  return await follow(address, PAGE_TYPES, options, async (answer, url) => {
    const [, type, charset] =
      /^\s*([\w+./-]+)(?:.*?;\s*charset\s*=\s*"?([\w:.-]+))?/i.exec(
        answer.headers['content-type'] ?? '',
      ) ?? [];
    if (!/^(?:text\/html|application\/xhtml\+xml)$/i.test(type ?? '')) {
      throw new Error('it is no page');
    }
    const page = readPage(decode(await readHead(answer), charset));
    return page && { ...page, picture: webAddress(page.picture, url) };
  });
}

/** A picture, by what its bytes are. */
export interface FetchedPicture {
  readonly bytes: Buffer;
  readonly mimeType: string;
}

/**
 * Fetches a picture by the same rules as a page.
 *
 * @throws Error that says why it is not fetched
 */
export async function fetchPicture(
  address: string,
  options: FetchPageOptions,
): Promise<FetchedPicture> {
  return await follow(address, PICTURE_TYPES, options, async (answer) => {
    const chunks: Buffer[] = [];
    let size = 0;
    await pipeline(answer, decompressionOf(answer), async (source: AsyncIterable<Buffer>) => {
      for await (const chunk of source) {
        chunks.push(chunk);
        size += chunk.length;
        if (size > MOST_PICTURE_BYTES) {
          throw new Error('it is too large');
        }
      }
    });
    const bytes = Buffer.concat(chunks);
    const mimeType = await typeOfBytes(bytes.subarray(0, HEAD_BYTES));
    if (!isReadablePicture(mimeType)) {
      throw new Error('it is no picture');
    }
    return { bytes, mimeType };
  });
}

function webAddress(written: string | null, base: string): string | null {
  const url = written === null ? null : URL.parse(written, base);
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null;
}

async function follow<Result>(
  address: string,
  accept: string,
  options: FetchPageOptions,
  read: (answer: IncomingMessage, url: string) => Promise<Result>,
): Promise<Result> {
  const given = options.signal === undefined ? [] : [options.signal];
  const signal = AbortSignal.any([AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS), ...given]);
  let url = address;
  for (let redirects = 0; ; redirects += 1) {
    const answer = await ask(url, accept, options, signal);
    try {
      const { location } = answer.headers;
      if (isRedirect(answer) && location !== undefined && redirects < MOST_REDIRECTS) {
        url = new URL(location, url).href;
        continue;
      }
      if (answer.statusCode !== 200) {
        throw new Error(`the answer is ${answer.statusCode}`);
      }
      return await read(answer, url);
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
  accept: string,
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
          accept,
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

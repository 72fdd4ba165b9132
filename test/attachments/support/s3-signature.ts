import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** How far the clock of who signs a header may be off, in milliseconds. */
const MAX_SKEW_MS = 15 * 60_000;

/**
 * Whether a request to S3 is signed by AWS Signature Version 4, in its header or in its address, and not too old.
 * Written from Amazon's description, so that it shares nothing with the SDK that signs.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * @returns what is wrong with it; undefined when it is right
 */
export function signatureFault(
  request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  keys: S3Keys,
  now = Date.now(),
): string | undefined {
  const [path = '', search = ''] = (request.url ?? '').split('?', 2);
  const query = search
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => pair.split('=', 2).map(decode) as [string, string?])
    .map(([name, value = '']): [string, string] => [name, value]);
  const given = fromHeader(request.headers) ?? fromAddress(new Map(query));
  if (given === undefined) {
    return 'It is not signed';
  }
  const [accessKeyId, day = '', region = '', service = '', end = ''] = given.credential.split('/');
  if (accessKeyId !== keys.accessKeyId || service !== 's3' || end !== 'aws4_request') {
    return 'Its key is not known';
  }
  const signedAt = timeOf(given.time);
  if (Number.isNaN(signedAt) || !given.time.startsWith(day) || signedAt > now + MAX_SKEW_MS) {
    return 'Its time is wrong';
  }
  if (now > signedAt + given.lifetimeMs) {
    return 'It has expired';
  }
  if (!given.signedHeaders.split(';').includes('host')) {
    return 'Its host is not signed';
  }
  const canonicalQuery = query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const canonicalHeaders = given.signedHeaders
    .split(';')
    .map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`)
    .join('');
  const canonicalRequest = [
    request.method,
    path.split('/').map(decode).map(encode).join('/'),
    canonicalQuery,
    canonicalHeaders,
    given.signedHeaders,
    given.payload,
  ].join('\n');
  const scope = `${day}/${region}/${service}/${end}`;
  const text = ['AWS4-HMAC-SHA256', given.time, scope, sha256(canonicalRequest)].join('\n');
  const key = [day, region, service, end].reduce<string | Buffer>(
    hmac,
    `AWS4${keys.secretAccessKey}`,
  );
  const expected = hmac(key, text);
  const signature = Buffer.from(given.signature, 'hex');
  return signature.length === expected.length && timingSafeEqual(signature, expected)
    ? undefined
    : 'Its signature is wrong';
}

interface GivenSignature {
  readonly credential: string;
  readonly time: string;
  readonly lifetimeMs: number;
  readonly signedHeaders: string;
  readonly payload: string;
  readonly signature: string;
}

function fromHeader(headers: IncomingMessage['headers']): GivenSignature | undefined {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([\da-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  if (match === null) {
    return undefined;
  }
  const [, credential = '', signedHeaders = '', signature = ''] = match;
  return {
    credential,
    time: String(headers['x-amz-date']),
    lifetimeMs: MAX_SKEW_MS,
    signedHeaders,
    payload: String(headers['x-amz-content-sha256']),
    signature,
  };
}

function fromAddress(query: ReadonlyMap<string, string>): GivenSignature | undefined {
  if (query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') {
    return undefined;
  }
  const value = (name: string): string => query.get(`X-Amz-${name}`) ?? '';
  return {
    credential: value('Credential'),
    time: value('Date'),
    lifetimeMs: Number(value('Expires')) * 1_000,
    signedHeaders: value('SignedHeaders'),
    payload: 'UNSIGNED-PAYLOAD',
    signature: value('Signature'),
  };
}

/** `20260131T235959Z` in milliseconds, or NaN. */
function timeOf(text: string): number {
  return Date.parse(text.replace(/^(.{4})(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
}

function decode(text: string): string {
  return decodeURIComponent(text);
}

/** RFC 3986: all but letters, digits and four signs, which is more than encodeURIComponent does. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

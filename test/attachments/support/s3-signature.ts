import type { IncomingMessage } from 'node:http';
import aws4 from 'aws4';

export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** How far the clock of who signs a header may be off, in milliseconds. */
const MAX_SKEW_MS = 15 * 60_000;

/**
 * Whether a request to S3 is signed by AWS Signature Version 4, in its header or in its address, and not too old.
 * aws4 computes what it is to be, which shares nothing with the SDK that signs.
 *
 * @returns what is wrong with it; undefined when it is right
 */
export function signatureFault(
  request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  keys: S3Keys,
  now = Date.now(),
): string | undefined {
  const [path = '', search = ''] = (request.url ?? '').split('?', 2);
  const given = fromHeader(request.headers) ?? fromAddress(new URLSearchParams(search));
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
  const signedHeaders = given.signedHeaders.split(';');
  if (!signedHeaders.includes('host')) {
    return 'Its host is not signed';
  }
  const signed = {
    service,
    region,
    method: request.method,
    path: `${path}?${search.replace(/&?X-Amz-Signature=[^&]*/, '')}`,
    headers: Object.fromEntries(
      signedHeaders.map((name) => [name, String(request.headers[name] ?? '')]),
    ),
    // It would leave some out, as proxies may change them.
    extraHeadersToInclude: Object.fromEntries(signedHeaders.map((name) => [name, true])),
    signQuery: given.isInAddress,
  };
  const signer = new aws4.RequestSigner(signed, keys);
  signer.prepareRequest(); // Otherwise it signs the time of now.
  return signer.signature() === given.signature ? undefined : 'Its signature is wrong';
}

interface GivenSignature {
  readonly credential: string;
  readonly time: string;
  readonly lifetimeMs: number;
  readonly signedHeaders: string;
  readonly isInAddress: boolean;
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
    isInAddress: false,
    signature,
  };
}

function fromAddress(query: URLSearchParams): GivenSignature | undefined {
  if (query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') {
    return undefined;
  }
  const value = (name: string): string => query.get(`X-Amz-${name}`) ?? '';
  return {
    credential: value('Credential'),
    time: value('Date'),
    lifetimeMs: Number(value('Expires')) * 1_000,
    signedHeaders: value('SignedHeaders'),
    isInAddress: true,
    signature: value('Signature'),
  };
}

/** `20260131T235959Z` in milliseconds, or NaN. */
function timeOf(text: string): number {
  return Date.parse(text.replace(/^(.{4})(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
}

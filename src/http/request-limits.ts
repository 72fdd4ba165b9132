import type { Request, RequestHandler } from 'express';
import { TrumpetError } from '../errors/codes.ts';
import { viewerOf } from '../identity/viewer.ts';
import type { ClientAddress } from './client-address.ts';
import { sendError } from './error-response.ts';

/** Requests that one person may have under way at a time, and all visitors of one address. */
export const REQUESTS_PER_PERSON = 100;
export const REQUESTS_PER_VISITOR_ADDRESS = 50;
/** How long a body may take to come in, in milliseconds. */
export const BODY_TIMEOUT_MS = 10_000;
/** How large it may be, in bytes: a visitor has names and passwords to send. */
export const BODY_LIMIT_BYTES = 256_000;
/** A server sends a thousand messages at once. */
export const SERVER_BODY_LIMIT_BYTES = 4_000_000;
export const VISITOR_BODY_LIMIT_BYTES = 32_000;

const RETRY_MS = 1_000;

/** Who sends requests, as they are counted: a person, or the visitors of one address. */
export type KeyOf = (req: Request) => string;

export function makeKeyOf(clientAddress: ClientAddress): KeyOf {
  return (req) => viewerOf(req)?.userId ?? `address ${clientAddress(req)}`;
}

/** Counts what one person, or one address without a token, has under way. */
export interface RequestLimit {
  /** Refuses what is beyond the limit. A request is under way until its answer has been sent. */
  readonly limit: RequestHandler;
  /** The answer is a stream that has begun, and others count those: the request is not under way any more. */
  letGo(req: Request): void;
}

/** @param shareOf who counts together */
export function createRequestLimit(shareOf: KeyOf): RequestLimit {
  const underWay = new Map<string, number>();
  const keys = new WeakMap<Request, string>();

  function letGo(req: Request): void {
    const key = keys.get(req);
    if (key === undefined) {
      return;
    }
    keys.delete(req);
    const left = (underWay.get(key) ?? 0) - 1;
    if (left > 0) {
      underWay.set(key, left);
    } else {
      underWay.delete(key);
    }
  }

  return {
    limit(req, res, next) {
      const viewer = viewerOf(req);
      const key = shareOf(req);
      const count = underWay.get(key) ?? 0;
      if (count >= (viewer === undefined ? REQUESTS_PER_VISITOR_ADDRESS : REQUESTS_PER_PERSON)) {
        // What comes of its body is not waited for.
        res.set('Connection', 'close');
        sendError(
          res,
          new TrumpetError('RATE_LIMITED', 'Too many requests at a time: wait for answers.', {
            retryAfterMs: RETRY_MS,
          }),
        );
        return;
      }
      underWay.set(key, count + 1);
      keys.set(req, key);
      res.once('close', () => letGo(req));
      next();
    },
    letGo,
  };
}

/** Ends a request whose body does not come in time. */
export const limitBodyTime: RequestHandler = (req, res, next) => {
  const timer = setTimeout(() => {
    if (!res.headersSent) {
      res.set('Connection', 'close');
      sendError(res, new TrumpetError('BAD_INPUT', 'The body did not come in time.'), 408);
    }
    res.once('close', () => req.destroy());
  }, BODY_TIMEOUT_MS);
  const stop = () => clearTimeout(timer);
  req.once('end', stop);
  req.once('close', stop);
  next();
};

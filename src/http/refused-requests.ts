import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Request, RequestHandler } from 'express';
import { LRUCache } from 'lru-cache';
import { TrumpetError } from '../errors/codes.ts';
import { viewerOf } from '../identity/viewer.ts';
import { REFUSED_WAIT_MS, type Refusals } from '../process/refusals.ts';
import { sendError } from './error-response.ts';
import type { KeyOf } from './request-limits.ts';

/*
 * Who is refused too often is served at the pace of refusals. Visitors are known by their address alone, which many
 * may share: so what was answered there before, such as an app's sign-in, waits behind refusals of its own kind and not
 * behind whatever else is sent from there.
 */

/** Kinds of requests that are known to be answered; what is forgotten waits with the rest of its address. */
const MAX_KINDS = 10_000;

export interface RefusedRequests {
  /**
   * Keeps requests of those waiting who have been refused too often, and notes what is refused now.
   *
   * @param kindsOf what the request of a visitor is, as far as it can be told apart, the narrowest kind first
   */
  slowDown(kindsOf?: (req: Request) => readonly string[]): RequestHandler;
  /** Notes that a request was refused, or a part of it. */
  note(req: Request): void;
  /** Says of a kind of requests that they will be answered. */
  expect(kind: string): void;
  /**
   * With whom a request shares what may be under way: what was answered there before does so with its like, whatever else
   * is sent from that address.
   */
  readonly shareOf: KeyOf;
}

export function createRefusedRequests(keyOf: KeyOf, refusals: Refusals): RefusedRequests {
  const keys = new WeakMap<Request, string>();
  const shares = new WeakMap<Request, string>();
  const refused = new WeakSet<Request>();
  const refusedSockets = new WeakSet<Socket>();
  const answered = new LRUCache<string, true>({ max: MAX_KINDS });

  function note(req: Request): void {
    refused.add(req);
    refusedSockets.add(req.socket);
    refusals.note(keys.get(req) ?? keyOf(req));
  }

  /** A visitor who has not been refused on this connection may be another than who was: they are told. */
  function turnAway(...[req, res]: Parameters<RequestHandler>): void {
    if (viewerOf(req) !== undefined || refusedSockets.has(req.socket)) {
      req.destroy(); // An answer would cost more.
      return;
    }
    refused.add(req);
    res.set('Connection', 'close');
    sendError(
      res,
      new TrumpetError('RATE_LIMITED', 'Too much is refused at this address: wait a moment.', {
        retryAfterMs: REFUSED_WAIT_MS,
      }),
    );
  }

  return {
    note,
    shareOf: (req) => shares.get(req) ?? keyOf(req),
    expect: (kind) => void answered.set(hashOf(kind), true),
    slowDown(kindsOf) {
      return async function slowDown(req, res, next) {
        const kinds = viewerOf(req) === undefined ? (kindsOf?.(req) ?? []).map(hashOf) : [];
        const known = kinds.find((kind) => answered.get(kind));
        const key = known === undefined ? keyOf(req) : `${keyOf(req)} ${known}`;
        keys.set(req, key);
        shares.set(req, known === undefined ? key : `${keyOf(req)} answered`);
        const turn = refusals.turn(key);
        if (turn === false) {
          turnAway(req, res, next);
          return;
        }
        res.once('finish', () => {
          if (refused.has(req)) {
            return;
          }
          if (res.statusCode >= 400) {
            note(req);
          } else {
            for (const kind of kinds) {
              answered.set(kind, true);
            }
          }
        });
        await turn;
        next();
      };
    },
  };
}

/** 32 random bytes: a refresh token, or what a device is known by. */
export const SECRET = /^[\w-]{43}$/;

/** The kind of whatever shows a secret: a refresh token, or what a device is known by. */
export function kindOfSecret(secret: string): string {
  return `secret ${secret}`;
}

function hashOf(kind: string): string {
  return createHash('sha256').update(kind).digest('base64');
}

import express, { type RequestHandler } from 'express';
import { z } from 'zod';
import { TrumpetError } from '../errors/codes.ts';
import type { Authenticator } from '../identity/authenticator.ts';
import { rememberViewer, viewerOf } from '../identity/viewer.ts';
import { sendError } from './error-response.ts';
import { kindOfSecret, type RefusedRequests, SECRET } from './refused-requests.ts';
import {
  BODY_LIMIT_BYTES,
  limitBodyTime,
  type RequestLimit,
  SERVER_BODY_LIMIT_BYTES,
  VISITOR_BODY_LIMIT_BYTES,
} from './request-limits.ts';

const REQUEST_TYPE = 'application/json';
/** The first goes to whoever takes either, such as a plain `fetch`. */
const RESPONSE_TYPES = [
  'application/json; charset=utf-8',
  'application/graphql-response+json; charset=utf-8',
];

const MAX_SECRETS = 4;

/** The request of GraphQL over HTTP. What else a body holds is left out. */
const bodyShape = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  extensions: z.record(z.string(), z.unknown()).nullish(),
});

export type GraphqlBody = z.infer<typeof bodyShape>;

/** Reads and checks the body of a request of somebody who is signed in. */
export const readGraphqlBody: readonly RequestHandler[] = [
  limitBodyTime,
  express.json({ limit: BODY_LIMIT_BYTES }),
  checkBody,
];

/** Who calls, and what they may. */
export interface Callers {
  readonly authenticator: Authenticator;
  readonly refusedRequests: RefusedRequests;
  readonly requestLimit: RequestLimit;
}

/**
 * What a request has to be before GraphQL looks at it: a POST of JSON, from a visitor or from someone whose token is
 * good. JSON alone is also what keeps out forms of other sites, which browsers send without asking.
 */
export function graphqlRequestHandlers({
  authenticator,
  refusedRequests,
  requestLimit,
}: Callers): RequestHandler[] {
  const readBody = express.json({ limit: BODY_LIMIT_BYTES });
  const readServerBody = express.json({ limit: SERVER_BODY_LIMIT_BYTES });
  const readVisitorBody = express.json({ limit: VISITOR_BODY_LIMIT_BYTES });
  // Whoever shows a refresh token or a known device waits behind nobody who sends the same document.
  const slowDown = refusedRequests.slowDown((req) => [
    ...secretsIn(req.body?.variables).map(kindOfSecret),
    `document ${String(req.body?.query)}`,
  ]);
  return [
    function checkRequest(req, res, next) {
      res.set('Cache-Control', 'no-store');
      if (req.method !== 'POST') {
        res.set('Allow', 'POST');
        sendError(res, new TrumpetError('BAD_INPUT', 'Send GraphQL by POST.'), 405);
        return;
      }
      if (!req.is(REQUEST_TYPE)) {
        const message = `Content-Type must be ${REQUEST_TYPE}.`;
        sendError(res, new TrumpetError('BAD_INPUT', message), 415);
        return;
      }
      const accepted = req.accepts(RESPONSE_TYPES);
      if (accepted === false) {
        const message = `Accept must allow ${RESPONSE_TYPES.map(bareType).join(' or ')}.` as const;
        sendError(res, new TrumpetError('BAD_INPUT', message), 406);
        return;
      }
      // grafserv prefers the newer type where either will do, and compares types as they are written.
      req.headers.accept = bareType(accepted);
      next();
    },
    async function checkViewer(req, _res, next) {
      const viewer = await authenticator.authenticateHeaders(req.headers);
      if (viewer !== undefined) {
        rememberViewer(req, viewer);
      }
      next();
    },
    function slowDownPerson(req, res, next) {
      if (viewerOf(req) === undefined) {
        next();
      } else {
        slowDown(req, res, next);
      }
    },
    requestLimit.limit,
    limitBodyTime,
    function readJson(req, res, next) {
      const viewer = viewerOf(req);
      if (viewer !== undefined) {
        const read = viewer.key === undefined ? readBody : readServerBody;
        read(req, res, next);
        return;
      }
      if (Number(req.headers['content-length']) > VISITOR_BODY_LIMIT_BYTES) {
        // It is not read: what came would be thrown away, and that makes the heap be collected as a whole.
        res.set('Connection', 'close');
        sendError(res, new TrumpetError('TOO_LARGE', 'The request body is too large.'));
        return;
      }
      // What a visitor sends says whom it waits with: it is read first, and while it waits it is not under way.
      readVisitorBody(req, res, (error) => {
        requestLimit.letGo(req);
        slowDown(req, res, () => {
          if (error === undefined) {
            requestLimit.limit(req, res, next);
          } else {
            next(error);
          }
        });
      });
    },
    checkBody,
  ];
}

function checkBody(...[req, res, next]: Parameters<RequestHandler>): void {
  const body = bodyShape.safeParse(req.body);
  if (!body.success) {
    sendError(
      res,
      new TrumpetError(
        'BAD_INPUT',
        'The body must be a JSON object: query (text), variables (object), operationName (text).',
      ),
    );
    return;
  }
  req.body = body.data;
  req.headers['content-type'] = REQUEST_TYPE;
  next();
}

/** What may be a secret among the values of variables, at most so many and no deeper than an input of a mutation. */
function secretsIn(variables: unknown): string[] {
  const values = valuesOf(variables);
  return [...values, ...values.flatMap(valuesOf)]
    .filter((value) => typeof value === 'string' && SECRET.test(value))
    .slice(0, MAX_SECRETS) as string[];
}

function valuesOf(input: unknown): unknown[] {
  return typeof input === 'object' && input !== null ? Object.values(input) : [];
}

function bareType(type: string): string {
  return type.split(';', 1)[0] as string;
}

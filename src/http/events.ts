import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { TrumpetError } from '../errors/codes.ts';
import { refuseKeyInAddress } from '../identity/server-keys.ts';
import { rememberViewer, requireReader, type Viewer, viewerOf } from '../identity/viewer.ts';
import type { SubscriptionDocument } from '../realtime/execution/document.ts';
import { graphqlContent, roomContent } from '../realtime/transports/sse/content.ts';
import type { ServerSentEvents } from '../realtime/transports/sse/server-sent-events.ts';
import { type Callers, type GraphqlBody, readGraphqlBody } from './graphql.ts';

const parametersShape = z.object({ roomId: z.uuid() });

/**
 * Server-Sent Events of a room: who asks, and for what. A browser's EventSource can send no header, so
 * the token may stand in the address.
 */
export function createEvents(
  { authenticator, refusedRequests }: Callers,
  eventStreams: () => Pick<ServerSentEvents, 'open'>,
): RequestHandler[] {
  return [
    async function checkViewer(req, res, next) {
      res.set('Cache-Control', 'no-store');
      if (req.method !== 'GET') {
        throw new TrumpetError('BAD_INPUT', 'Events are for GET.');
      }
      const { access_token: token } = req.query;
      if (typeof token === 'string') {
        refuseKeyInAddress(token);
      }
      const viewer =
        typeof token === 'string'
          ? await authenticator.authenticate(token)
          : await authenticator.authenticateHeaders(req.headers);
      rememberViewer(req, signedIn(viewer));
      next();
    },
    refusedRequests.slowDown(),
    async function openEvents(req, res) {
      const { after, ids = 'change_seq' } = req.query;
      const parameters = parametersShape.safeParse(req.params);
      if (!parameters.success) {
        throw new TrumpetError('NOT_FOUND', 'There is no such room.');
      }
      if (ids !== 'change_seq' && ids !== 'cursor') {
        throw new TrumpetError('BAD_INPUT', '`ids` is `change_seq` or `cursor`.');
      }
      await eventStreams().open(req, res, {
        viewer: signedIn(viewerOf(req)),
        content: roomContent(
          parameters.data.roomId,
          resumeFrom(req.headers['last-event-id'] || after), // A browser that has seen no id may send an empty one.
          ids,
        ),
      });
    },
  ];
}

/**
 * A subscription of GraphQL as Server-Sent Events, for who has no WebSocket: a POST of the same body as to `/graphql`,
 * with the same limits until the stream has begun.
 *
 * @param prepare parses and checks it as everything else of GraphQL. @throws TrumpetError
 */
export function createSubscriptionEvents(
  { authenticator, refusedRequests, requestLimit }: Callers,
  prepare: (request: Request, body: GraphqlBody) => Promise<SubscriptionDocument>,
  eventStreams: () => Pick<ServerSentEvents, 'open'>,
): RequestHandler[] {
  return [
    async function checkViewer(req, res, next) {
      res.set('Cache-Control', 'no-store');
      const viewer = await authenticator.authenticateHeaders(req.headers);
      rememberViewer(req, signedIn(viewer));
      next();
    },
    refusedRequests.slowDown(),
    requestLimit.limit,
    ...readGraphqlBody,
    async function openSubscription(req, res) {
      await eventStreams().open(req, res, {
        viewer: signedIn(viewerOf(req)),
        content: graphqlContent(await prepare(req, req.body)),
      });
      requestLimit.letGo(req);
    },
  ];
}

function signedIn(viewer: Viewer | undefined): Viewer {
  if (viewer === undefined) {
    throw new TrumpetError('UNAUTHENTICATED');
  }
  requireReader(viewer);
  return viewer;
}

/** What a browser says when it reconnects goes before what its address said at first. */
function resumeFrom(id: unknown): string | undefined {
  if (id === undefined || id === '') {
    return undefined;
  }
  if (typeof id !== 'string') {
    throw new TrumpetError('BAD_INPUT', '`after` is given once.');
  }
  return id;
}

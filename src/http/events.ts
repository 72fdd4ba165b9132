import type { RequestHandler } from 'express';
import { z } from 'zod';
import { TrumpetError } from '../errors/codes.ts';
import type { Authenticator } from '../identity/authenticator.ts';
import type { ServerSentEvents } from '../realtime/transports/sse/server-sent-events.ts';

const parametersShape = z.object({ roomId: z.uuid() });

/**
 * Server-Sent Events of a room: who asks, and for what. A browser's EventSource can send no header, so
 * the token may stand in the address.
 */
export function createEvents(
  authenticator: Authenticator,
  eventStreams: () => Pick<ServerSentEvents, 'open'>,
): RequestHandler {
  return async function openEvents(req, res) {
    res.set('Cache-Control', 'no-store');
    if (req.method !== 'GET') {
      throw new TrumpetError('BAD_INPUT', 'Events are for GET.');
    }
    const { access_token: token, after, ids = 'change_seq' } = req.query;
    const viewer =
      typeof token === 'string'
        ? await authenticator.authenticate(token)
        : await authenticator.authenticateHeader(req.headers.authorization);
    if (viewer === undefined) {
      throw new TrumpetError('UNAUTHENTICATED');
    }
    const parameters = parametersShape.safeParse(req.params);
    if (!parameters.success) {
      throw new TrumpetError('NOT_FOUND', 'There is no such room.');
    }
    if (ids !== 'change_seq' && ids !== 'cursor') {
      throw new TrumpetError('BAD_INPUT', '`ids` is `change_seq` or `cursor`.');
    }
    await eventStreams().open(req, res, {
      viewer,
      roomId: parameters.data.roomId,
      after: resumeFrom(req.headers['last-event-id'] || after), // A browser that has seen no id may send an empty one.
      ids,
    });
  };
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

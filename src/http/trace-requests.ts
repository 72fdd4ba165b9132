import type { RequestHandler } from 'express';
import { tracing } from '../process/tracing.ts';

/** What is traced, by the first part of its path. The rest of a path may be a secret. Streams last for hours. */
const ROUTES = new Set([
  'graphql',
  'session',
  'attachments',
  'avatars',
  'link-thumbnails',
  'exports',
  'unsubscribe',
  'hooks',
  'auth',
]);

/** Gives every request to the API a span, in the trace that its `traceparent` names or in one of its own. */
export const traceRequests: RequestHandler = (req, res, next) => {
  const route = req.path.split('/', 2)[1] ?? '';
  const span = ROUTES.has(route)
    ? tracing?.begin(`${req.method} /${route}`, {
        kind: 'server',
        attributes: { 'http.request.method': req.method, 'http.route': `/${route}` },
        headers: req.headers,
      })
    : undefined;
  if (tracing === undefined || span === undefined) {
    next();
    return;
  }
  res.once('close', () => {
    span.set({ 'http.response.status_code': res.statusCode });
    if (res.statusCode >= 500) {
      span.fail({ code: res.statusCode });
    }
    span.end();
  });
  tracing.run(span.traces, next);
};

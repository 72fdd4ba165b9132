import type { RequestHandler } from 'express';
import type { IsOriginAllowed } from './origins.ts';

/** How long a browser may keep the answer to a preflight, in seconds. */
const PREFLIGHT_MAX_AGE_S = 600;

/** Lets pages of allowed origins read answers. Tokens travel in a header, so no cookie is at stake. */
export function cors(isOriginAllowed: IsOriginAllowed): RequestHandler {
  return function allowOrigin(req, res, next) {
    const origin = req.headers.origin;
    res.vary('Origin');
    if (origin !== undefined && isOriginAllowed(origin, req.headers.host)) {
      res.set('Access-Control-Allow-Origin', origin);
      if (req.method === 'OPTIONS') {
        res.set({
          'Access-Control-Allow-Methods': 'GET, POST',
          'Access-Control-Allow-Headers': 'Authorization, Content-Type, Last-Event-ID',
          'Access-Control-Max-Age': String(PREFLIGHT_MAX_AGE_S),
        });
        res.status(204).end();
        return;
      }
    }
    next();
  };
}

import express, { type RequestHandler, Router } from 'express';
import { errors } from 'jose';
import { z } from 'zod';
import { TrumpetError } from '../errors/codes.ts';
import type { LogoutTokens } from '../identity/logout-tokens.ts';
import type { Callers } from './graphql.ts';
import { limitBodyTime, VISITOR_BODY_LIMIT_BYTES } from './request-limits.ts';

const bodyShape = z.object({ logout_token: z.string() });

/**
 * `POST /auth/revoke`: where issuers tell that somebody has signed out, as OpenID Connect's back-channel logout does, by a
 * form or by JSON. The token is signed by the issuer, so nothing else has to say who calls.
 */
export function createRevocations(
  logoutTokens: LogoutTokens,
  { refusedRequests, requestLimit }: Pick<Callers, 'refusedRequests' | 'requestLimit'>,
): Router {
  const revoke: RequestHandler = async (req, res) => {
    const { data: body } = bodyShape.safeParse(req.body);
    if (body === undefined) {
      throw new TrumpetError('BAD_INPUT', 'The body must hold a logout_token.');
    }
    await logoutTokens.take(body.logout_token).catch((error) => {
      throw isRefusal(error)
        ? new TrumpetError('BAD_INPUT', 'The logout token is not valid.')
        : error;
    });
    res.end(); // 200 and not 204, as the specification has it: some providers take nothing else.
  };

  return Router()
    .use((_req, res, next) => {
      res.set('Cache-Control', 'no-store');
      next();
    })
    .post(
      '/revoke',
      refusedRequests.slowDown(),
      requestLimit.limit,
      limitBodyTime,
      express.urlencoded({ extended: false, limit: VISITOR_BODY_LIMIT_BYTES }),
      express.json({ limit: VISITOR_BODY_LIMIT_BYTES }),
      revoke,
    );
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof errors.JWTExpired ||
    (error instanceof TrumpetError && error.code === 'UNAUTHENTICATED')
  );
}

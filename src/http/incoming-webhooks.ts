import { createHash } from 'node:crypto';
import express, {
  type ErrorRequestHandler,
  type RequestHandler,
  type Response,
  Router,
} from 'express';
import type { Pool } from 'pg';
import { isDatabaseAway } from '../database/away.ts';
import { type AskFirst, onOneConnection } from '../database/unasked.ts';
import { isUuid } from '../database/uuid.ts';
import { type ErrorCode, TrumpetError } from '../errors/codes.ts';
import { logUnexpected } from '../errors/unexpected.ts';
import { explained } from '../identity/explained-query.ts';
import { readPayload, type SlackRefusal } from '../incoming/slack-payload.ts';
import type { Callers } from './graphql.ts';
import { kindOfSecret, SECRET } from './refused-requests.ts';
import { BODY_LIMIT_BYTES, limitBodyTime } from './request-limits.ts';

type Parameters = { id: string; secret: string };

/** What existing tools understand: Slack's statuses and words for what is wrong. */
const ANSWERS: Readonly<Partial<Record<ErrorCode, readonly [status: number, word: string]>>> = {
  UNAUTHENTICATED: [404, 'no_service'],
  NOT_FOUND: [404, 'channel_not_found'],
  ROOM_ARCHIVED: [410, 'channel_is_archived'],
  FORBIDDEN: [403, 'action_prohibited'],
  MUTED: [403, 'action_prohibited'],
  BANNED: [403, 'action_prohibited'],
  RATE_LIMITED: [429, 'rate_limited'],
  SLOW_MODE: [429, 'rate_limited'],
  BUSY: [429, 'rate_limited'],
  TOO_LARGE: [413, 'invalid_payload'],
  BAD_INPUT: [400, 'invalid_payload'],
};

/**
 * `POST /hooks/:id/:secret`: where other tools post into a room, in the format of Slack's incoming webhooks, and get
 * Slack's answers.
 *
 * @param pool connections of the unprivileged login
 */
export function createIncomingWebhooks(
  pool: Pool,
  askFirst: AskFirst,
  { refusedRequests, requestLimit }: Pick<Callers, 'refusedRequests' | 'requestLimit'>,
): Router {
  const post: RequestHandler<Parameters> = async (req, res) => {
    const { id, secret } = req.params;
    if (!isUuid(id) || !SECRET.test(secret)) {
      throw new TrumpetError('UNAUTHENTICATED');
    }
    const posting = readPayload(typeof req.body === 'string' ? req.body : '');
    if (typeof posting === 'string') {
      answer(res, 400, posting);
      return;
    }
    const secretHash = createHash('sha256').update(secret).digest();
    const { content, senderName, senderPicture, components } = posting;
    const answered = askFirst((settings) =>
      onOneConnection(pool, (client) =>
        client.query('select app_hidden.post_by_incoming_webhook($1, $2, $3, $4, $5, $6, $7)', [
          id,
          secretHash,
          content,
          senderName,
          senderPicture,
          settings['trumpet.hook_question'],
          components === null ? null : JSON.stringify(components),
        ]),
      ),
    );
    await explained(answered);
    answer(res, 200, 'ok');
  };

  return Router().post(
    '/:id/:secret',
    refusedRequests.slowDown((req) => [kindOfSecret(req.path)]),
    requestLimit.limit,
    limitBodyTime,
    express.text({ type: () => true, limit: BODY_LIMIT_BYTES }),
    post as RequestHandler,
    refuse,
  );
}

const refuse: ErrorRequestHandler = (error, _req, res, next) => {
  if (res.headersSent) {
    next(error);
    return;
  }
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (error instanceof TrumpetError) {
    const [known, word] = ANSWERS[error.code] ?? [400, 'invalid_payload'];
    if (error.retryAfterMs !== undefined) {
      res.set('Retry-After', String(Math.max(1, Math.ceil(error.retryAfterMs / 1_000))));
    }
    answer(res, known, word);
  } else if (typeof status === 'number' && status >= 400 && status < 500) {
    answer(res, status, 'invalid_payload');
  } else if (isDatabaseAway(error)) {
    answer(res, 503, 'rollup_error');
  } else {
    logUnexpected('http.error', error);
    answer(res, 500, 'rollup_error');
  }
};

function answer(
  res: Response,
  status: number,
  word: SlackRefusal | (string & Record<never, never>),
): void {
  res.status(status).type('text/plain').set('Cache-Control', 'no-store').send(word);
}

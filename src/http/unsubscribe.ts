import { type RequestHandler, type Response, Router } from 'express';
import type { Pool } from 'pg';
import { TrumpetError } from '../errors/codes.ts';
import { createUnsubscribeSigner } from '../push/unsubscribe-address.ts';

type Parameters = { userId: string; signature: string };

const QUESTION = page(
  'Do you want no more mails about what you missed?',
  // Without an action, a form is sent to the address of its page.
  '<form method="post"><button>Send me no more of these mails</button></form>',
);
const DONE = page(
  'You will get no more mails about what you missed.',
  '<p>You can switch them on again where you set your notifications.</p>',
);

/**
 * `/unsubscribe/:userId/:signature`, the address in digests. A POST switches them off, whatever is in it: a mail program
 * that does as RFC 8058 says sends it without showing anything, and has nobody who could sign in. A GET only asks,
 * because scanners of mail follow every link.
 *
 * @param pool connections of the unprivileged login
 * @param secret the one that the worker signs addresses with
 */
export function createUnsubscribe(pool: Pool, secret: string): Router {
  const signer = createUnsubscribeSigner(secret);

  const check: RequestHandler<Parameters> = (req, _res, next) => {
    if (!signer.verify(req.params.userId, req.params.signature)) {
      throw new TrumpetError('FORBIDDEN', 'This address is not one of ours.');
    }
    next();
  };
  const ask: RequestHandler<Parameters> = (_req, res) => sendPage(res, QUESTION);
  const unsubscribe: RequestHandler<Parameters> = async (req, res) => {
    await pool.query('select app_hidden.end_email_digests($1)', [req.params.userId]);
    sendPage(res, DONE);
  };
  return Router()
    .get('/:userId/:signature', check, ask)
    .post('/:userId/:signature', check, unsubscribe);
}

function sendPage(res: Response, html: string): void {
  res
    .set({
      'Content-Security-Policy': "default-src 'none'; form-action 'self'",
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
    })
    .type('html')
    .send(html);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Trumpet</title>
<h1>${title}</h1>
${body}
`;
}

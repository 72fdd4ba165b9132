import { createHmac } from 'node:crypto';
import type { Request, Response } from 'express';

/** As long as a session lasts that nobody refreshes, in milliseconds. */
const LIFETIME_MS = 30 * 24 * 60 * 60 * 1_000;

/** The cookie in which a browser keeps a refresh token, out of reach of every script. */
export interface SessionCookie {
  read(req: Request): string | undefined;
  write(req: Request, res: Response, refreshToken: string): void;
  clear(req: Request, res: Response): void;
}

/**
 * Sent to `/session` alone, and with nothing that another site begins.
 *
 * @param jwtSecret names the cookie: browsers tell no ports apart, and two servers on one machine are two chats
 */
export function createSessionCookie(jwtSecret: string): SessionCookie {
  const name = `trumpet_${createHmac('sha256', jwtSecret).update('session cookie').digest('hex').slice(0, 8)}`;
  const optionsFor = (req: Request) =>
    ({
      httpOnly: true,
      sameSite: 'strict',
      path: '/session',
      // As the browser sees it, which has not always the scheme that a proxy speaks with us.
      secure: req.headers.origin?.startsWith('https:') === true,
    }) as const;
  return {
    read: ({ headers }) =>
      headers.cookie
        ?.split(';')
        .map((pair) => pair.trim().split('=', 2))
        .find(([key]) => key === name)?.[1],
    write(req, res, refreshToken) {
      res.cookie(name, refreshToken, { ...optionsFor(req), maxAge: LIFETIME_MS });
    },
    clear: (req, res) => void res.clearCookie(name, optionsFor(req)),
  };
}

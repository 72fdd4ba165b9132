import { createHmac } from 'node:crypto';
import type { Request, Response } from 'express';

const MS_A_DAY = 24 * 60 * 60 * 1_000;
/** As long as a session lasts that nobody refreshes, in milliseconds. */
const SESSION_LIFETIME_MS = 30 * MS_A_DAY;
/** As long as a device is known where nobody signs in, in milliseconds. */
const DEVICE_LIFETIME_MS = 180 * MS_A_DAY;

/** A cookie in which a browser keeps a secret, out of reach of every script. */
export interface SessionCookie {
  read(req: Request): string | undefined;
  write(req: Request, res: Response, secret: string): void;
  clear(req: Request, res: Response): void;
}

/** The refresh token of who is signed in. @param jwtSecret names the cookie. */
export function createSessionCookie(jwtSecret: string): SessionCookie {
  return createCookie(jwtSecret, 'session', SESSION_LIFETIME_MS);
}

/** What a browser is known by at the next sign-in; stays after signing out. @param jwtSecret names the cookie. */
export function createDeviceCookie(jwtSecret: string): SessionCookie {
  return createCookie(jwtSecret, 'device', DEVICE_LIFETIME_MS);
}

/**
 * Sent to `/session` alone, and with nothing that another site begins.
 *
 * @param jwtSecret names the cookie: browsers tell no ports apart, and two servers on one machine are two chats
 */
function createCookie(jwtSecret: string, what: string, lifetimeMs: number): SessionCookie {
  const name = `trumpet_${createHmac('sha256', jwtSecret).update(`${what} cookie`).digest('hex').slice(0, 8)}`;
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
    write(req, res, secret) {
      res.cookie(name, secret, { ...optionsFor(req), maxAge: lifetimeMs });
    },
    clear: (req, res) => void res.clearCookie(name, optionsFor(req)),
  };
}

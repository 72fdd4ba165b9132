import { createHmac } from 'node:crypto';
import type { Request, Response } from 'express';

const MS_A_DAY = 24 * 60 * 60 * 1_000;
/** As long as a session lasts that nobody refreshes, in milliseconds. */
const SESSION_LIFETIME_MS = 30 * MS_A_DAY;
/** As long as a device is known where nobody signs in, in milliseconds. */
const DEVICE_LIFETIME_MS = 180 * MS_A_DAY;
/** As long as somebody may take to sign in with a provider, in milliseconds. */
const PENDING_LIFETIME_MS = 30 * 60 * 1_000;

/** A cookie in which a browser keeps a secret, out of reach of every script. */
export interface SessionCookie {
  read(req: Request): string | undefined;
  write(req: Request, res: Response, secret: string): void;
  clear(req: Request, res: Response): void;
}

export interface SessionCookies {
  /** The refresh token of who is signed in. */
  readonly session: SessionCookie;
  /** What a browser is known by at the next sign-in; stays after signing out. */
  readonly device: SessionCookie;
  /** With which provider somebody signed in, and what it said; stays until they sign out there. */
  readonly idToken: SessionCookie;
  /**
   * A sign-in with a provider that has been begun. Only this one comes with a navigation from another site, which the
   * way back from the provider is; several may be under way.
   */
  pending(state: string): SessionCookie;
}

interface CookieOptions {
  readonly what: string;
  readonly lifetimeMs: number;
  readonly sameSite: 'strict' | 'lax';
}

/**
 * @param jwtSecret names the cookies: browsers tell no ports apart, and two servers on one machine are two chats
 * @param publicUrl where clients reach this server
 */
export function createSessionCookies(jwtSecret: string, publicUrl: () => string): SessionCookies {
  /** As the browser sees it, which has not always the scheme that a proxy speaks with us. */
  const isSecure = ({ headers }: Request) => (headers.origin ?? publicUrl()).startsWith('https:');

  function createCookie({ what, lifetimeMs, sameSite }: CookieOptions): SessionCookie {
    const id = createHmac('sha256', jwtSecret).update(`${what} cookie`).digest('hex').slice(0, 8);
    const isStrict = sameSite === 'strict';
    // What decides who signs in must be of this very host: other hosts of its domain can set cookies for it.
    const nameFor = (req: Request) => `${!isStrict && isSecure(req) ? '__Host-' : ''}trumpet_${id}`;
    const optionsFor = (req: Request) => ({
      httpOnly: true,
      sameSite,
      path: isStrict ? '/session' : '/',
      secure: isSecure(req),
    });
    return {
      read: (req) =>
        req.headers.cookie
          ?.split(';')
          .map((pair) => pair.trim().split('=', 2))
          .find(([name]) => name === nameFor(req))?.[1],
      write(req, res, secret) {
        res.cookie(nameFor(req), secret, { ...optionsFor(req), maxAge: lifetimeMs });
      },
      clear: (req, res) => void res.clearCookie(nameFor(req), optionsFor(req)),
    };
  }

  const strict = (what: string, lifetimeMs: number) =>
    createCookie({ what, lifetimeMs, sameSite: 'strict' });
  return {
    session: strict('session', SESSION_LIFETIME_MS),
    device: strict('device', DEVICE_LIFETIME_MS),
    idToken: strict('id token', SESSION_LIFETIME_MS),
    pending: (state) =>
      createCookie({ what: `pending ${state}`, lifetimeMs: PENDING_LIFETIME_MS, sameSite: 'lax' }),
  };
}

import type { Config } from '../config/load.ts';
import { log } from '../process/log.ts';

/**
 * Whether a page may ask: one of the server itself, of an origin that was set, or, where the database is ours and so
 * the server is for whoever started it, of this machine.
 *
 * @param origin as the browser names it
 * @param host the host that the page asks, as the browser names it
 */
export type IsOriginAllowed = (origin: string, host: string | undefined) => boolean;

/** Refusals that are told. Whoever connects can make up as many origins as they like. */
const MAX_LOGGED = 20;
const MAX_LENGTH = 200;

const THIS_MACHINE = /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/;

/** A refusal is logged once, with what to set: in the browser it looks like a server that is not there. */
export function createOriginPolicy({
  allowedOrigins,
  embedded,
}: Pick<Config, 'allowedOrigins' | 'embedded'>): IsOriginAllowed {
  const logged = new Set<string>();

  return function isOriginAllowed(origin, host) {
    const { host: originHost, hostname } = URL.canParse(origin)
      ? new URL(origin)
      : { host: undefined, hostname: '' };
    const isAllowed =
      allowedOrigins.includes('*') ||
      allowedOrigins.includes(origin) ||
      (originHost !== undefined && originHost === host) ||
      (embedded && THIS_MACHINE.test(hostname));
    if (!isAllowed && !logged.has(origin) && logged.size < MAX_LOGGED) {
      logged.add(origin);
      log.warn({
        event: 'origin.refused',
        origin: origin.slice(0, MAX_LENGTH),
        hint: `To let it in, set ALLOWED_ORIGINS to ${[...allowedOrigins, origin.slice(0, MAX_LENGTH)].join(',')}`,
      });
    }
    return isAllowed;
  };
}

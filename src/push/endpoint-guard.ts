import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/*
 * The endpoint of a subscription is an address that a stranger gave, that of a webhook one that another server gave,
 * and a link one that somebody wrote.
 * Sending there must not become a way into our own network: only public addresses are asked, and for notifications only
 * hosts of known push services. What was checked is what is connected to: see `guardedLookup`.
 */

/** By exact name, or by everything below a name. As of 2026: Chrome and Edge, Firefox, Safari, old Edge. */
const KNOWN_HOSTS: ReadonlySet<string> = new Set([
  'fcm.googleapis.com',
  'android.googleapis.com',
  'updates.push.services.mozilla.com',
  'web.push.apple.com',
]);
const KNOWN_SUFFIXES = ['.push.services.mozilla.com', '.push.apple.com', '.notify.windows.com'];

export interface EndpointRules {
  /**
   * Origins, such as `https://push.example.org:8443`, that are let through wherever they lead: services of one's own,
   * and those of the tests. Of push services and webhooks, only these may be `http:`.
   */
  readonly trustedOrigins: readonly string[];
  /**
   * Which hosts may be asked beside these: those of push services, at port 443; whatever is public; or whatever is
   * public and a page for people, by http too, at the usual port.
   */
  readonly hosts?: 'push services' | 'public' | 'web';
}

export class EndpointRefusedError extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(`Endpoint refused: ${reason}`);
    this.name = 'EndpointRefusedError';
    this.reason = reason;
  }
}

/**
 * Whether the host of an address is an IP address by itself, and no public one. Sockets look up no such host: `guardedLookup`
 * never sees it.
 */
export function isPrivateLiteral({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) !== 0 && !isPublicAddress(host);
}

/** @throws EndpointRefusedError for anything that must not be connected to, as far as the address says. */
export function checkEndpoint(endpoint: string, rules: EndpointRules): URL {
  // The parser would drop or translate these, and another parser might not.
  if (!/^[!-~]+$/.test(endpoint) || endpoint.includes('\\')) {
    throw new EndpointRefusedError('not a plain address');
  }
  const url = URL.parse(endpoint);
  if (url === null) {
    throw new EndpointRefusedError('not an address');
  }
  const isTrusted = rules.trustedOrigins.includes(url.origin);
  const mayBePlain = isTrusted || rules.hosts === 'web';
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mayBePlain)) {
    throw new EndpointRefusedError('not https');
  }
  if (url.username !== '' || url.password !== '' || endpoint.split('/')[2]?.includes('@')) {
    throw new EndpointRefusedError('names a user');
  }
  if (isTrusted) {
    return url;
  }
  if (rules.hosts !== 'public' && url.port !== '') {
    throw new EndpointRefusedError('not the usual port');
  }
  if (rules.hosts === 'public' || rules.hosts === 'web') {
    if (isPrivateLiteral(url)) {
      throw new EndpointRefusedError('not a public address');
    }
    return url;
  }
  if (!isKnownHost(url.hostname)) {
    throw new EndpointRefusedError('not a known push service');
  }
  return url;
}

function isKnownHost(host: string): boolean {
  return (
    KNOWN_HOSTS.has(host) ||
    KNOWN_SUFFIXES.some((suffix) => host.endsWith(suffix) && host.length > suffix.length)
  );
}

export type Resolve = (host: string) => Promise<readonly { address: string; family: number }[]>;

export const systemResolve: Resolve = (host) => lookup(host, { all: true });

/**
 * A `lookup` for sockets that gives out public addresses only. The socket connects to what it is
 * given, so a name cannot change its address between the check and the connection.
 */
export function guardedLookup(resolve: Resolve = systemResolve): LookupFunction {
  return (host, options, callback) => {
    resolve(host).then(
      (found) => {
        // One bad address among good ones is no accident.
        if (found.length === 0 || !found.every((entry) => isPublicAddress(entry.address))) {
          callback(new EndpointRefusedError('not a public address'), '', 0);
        } else if (options.all) {
          callback(null, [...found]);
        } else {
          const [first] = found;
          callback(null, first?.address ?? '', first?.family);
        }
      },
      (error) => callback(error, '', 0),
    );
  };
}

/** Of IPv6 only this is public: what lies outside holds an IPv4 address, or leads nowhere, or home. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address belongs to the public internet: none of the ranges that IANA has set aside, all of which have
 * another name than unicast. Anything that is no address does not.
 */
export function isPublicAddress(address: string): boolean {
  // The library reads more as an address than sockets do: octal, hexadecimal, zones.
  if (isIP(address) === 0 || address.includes('%')) {
    return false;
  }
  const parsed = ipaddr.parse(address);
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(GLOBAL_IPV6));
}

import { lookup } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/*
 * The endpoint of a subscription is an address that a stranger gave. Sending there must not become a
 * way into our own network: only hosts of known push services are asked, and only at public
 * addresses. What was checked is what is connected to: see `guardedLookup`.
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
   * Origins, such as `https://push.example.org:8443`, that are let through wherever they lead: push
   * services of one's own, and those of the tests.
   */
  readonly trustedOrigins: readonly string[];
}

export class EndpointRefusedError extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(`Endpoint refused: ${reason}`);
    this.name = 'EndpointRefusedError';
    this.reason = reason;
  }
}

/** @throws EndpointRefusedError for anything that cannot be the address of a push service. */
export function checkEndpoint(endpoint: string, rules: EndpointRules): URL {
  // The parser would drop or translate these, and another parser might not.
  if (!/^[!-~]+$/.test(endpoint) || endpoint.includes('\\')) {
    throw new EndpointRefusedError('not a plain address');
  }
  const url = URL.parse(endpoint);
  if (url === null) {
    throw new EndpointRefusedError('not an address');
  }
  if (url.protocol !== 'https:') {
    throw new EndpointRefusedError('not https');
  }
  if (url.username !== '' || url.password !== '' || endpoint.split('/')[2]?.includes('@')) {
    throw new EndpointRefusedError('names a user');
  }
  if (rules.trustedOrigins.includes(url.origin)) {
    return url;
  }
  if (url.port !== '') {
    throw new EndpointRefusedError('not port 443');
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

/** IANA's special-purpose registry of IPv4, and multicast. */
const SPECIAL_IPV4 = blockList('ipv4', [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // behind a carrier's NAT
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, and the metadata services of clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.31.196.0', 24], // AS112
  ['192.52.193.0', 24], // AMT
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['192.175.48.0', 24], // AS112
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
]);
/** Of IPv6 only this is public; loopback, link-local, unique local, mapped and NAT64 lie outside. */
const GLOBAL_IPV6 = blockList('ipv6', [['2000::', 3]]);
const SPECIAL_IPV6 = blockList('ipv6', [
  ['2001::', 23], // protocol assignments, Teredo among them
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: holds an IPv4 address
  ['2620:4f:8000::', 48], // AS112
  ['3fff::', 20], // documentation
]);

/** Whether an address belongs to the public internet. Anything that is no address does not. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !SPECIAL_IPV4.check(address, 'ipv4');
    case 6:
      return (
        !address.includes('%') &&
        GLOBAL_IPV6.check(address, 'ipv6') &&
        !SPECIAL_IPV6.check(address, 'ipv6')
      );
    default:
      return false;
  }
}

function blockList(
  family: 'ipv4' | 'ipv6',
  subnets: readonly (readonly [string, number])[],
): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of subnets) {
    list.addSubnet(network, prefix, family);
  }
  return list;
}

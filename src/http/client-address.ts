import type { IncomingMessage } from 'node:http';
import { type BlockList, isIP } from 'node:net';

/** From which address a request came, as what is counted by address counts it. */
export type ClientAddress = (request: IncomingMessage) => string;

/**
 * The address of whoever is connected, or, where that is a proxy which is trusted, the one that it names in
 * X-Forwarded-For. What others write there is not believed. Of an IPv6 address the first half: the rest is for its
 * owner to choose.
 */
export function makeClientAddress(trustedProxies: BlockList): ClientAddress {
  const isTrusted = (address: string) =>
    isIP(address) !== 0 && trustedProxies.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');

  return function clientAddress({ socket, headers }) {
    let address = plainAddress(socket.remoteAddress ?? '');
    const forwarded = headers['x-forwarded-for'];
    const hops = typeof forwarded === 'string' ? forwarded.split(',').toReversed() : [];
    for (const hop of hops) {
      const next = plainAddress(hop.trim());
      if (!isTrusted(address) || isIP(next) === 0) {
        break;
      }
      address = next;
    }
    return isIP(address) === 6 ? firstHalf(address) : address;
  };
}

/** IPv4 as it is written on a socket that listens to IPv6 too. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
}

/** `2001:db8::1` becomes `2001:db8:0:0::/64`. */
function firstHalf(address: string): string {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(8 - before.length - after.length).fill('0');
  const groups = [...before, ...zeros, ...after].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '').toLowerCase()).join(':')}::/64`;
}

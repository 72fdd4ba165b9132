import type { RequestHandler } from 'express';
import ipaddr from 'ipaddr.js';
import { TrumpetError } from '../errors/codes.ts';

/** What proxies add: then the one on this machine asks for somebody else. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/** Refuses whoever does not ask from this machine. */
export const onlyFromThisMachine: RequestHandler = (req, _res, next) => {
  const isDirect = FORWARDED.every((name) => req.headers[name] === undefined);
  if (!isDirect || !isLoopback(req.socket.remoteAddress ?? '')) {
    throw new TrumpetError(
      'FORBIDDEN',
      'This is for programs on the same machine; METRICS_PORT opens it to others.',
    );
  }
  next();
};

function isLoopback(address: string): boolean {
  // Sockets of IPv6 name an address of IPv4 in their own way.
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

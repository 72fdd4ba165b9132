import type { IncomingMessage } from 'node:http';
import { BlockList } from 'node:net';
import { parseSubnets } from '../../src/config/subnets.ts';
import { makeClientAddress } from '../../src/http/client-address.ts';

const request = (remoteAddress: string, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;
const behindProxies = makeClientAddress(parseSubnets('10.0.0.0/8, fd00::/8') as BlockList);
const inTheOpen = makeClientAddress(new BlockList());

test('whoever writes X-Forwarded-For without being a trusted proxy is not believed', () => {
  expect(inTheOpen(request('203.0.113.9', '192.0.2.1'))).toBe('203.0.113.9');
  expect(behindProxies(request('203.0.113.9', '192.0.2.1'))).toBe('203.0.113.9');
});

test.each([
  ['10.1.2.3', '192.0.2.1', '192.0.2.1'],
  ['::ffff:10.1.2.3', '192.0.2.1', '192.0.2.1'],
  // What the client wrote itself stands before what the proxies have added.
  ['10.1.2.3', '198.51.100.7, 192.0.2.1, 10.9.9.9', '192.0.2.1'],
  ['10.1.2.3', undefined, '10.1.2.3'],
  ['10.1.2.3', 'nonsense', '10.1.2.3'],
  ['10.1.2.3', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
])('behind %s, which names %s, it is %s', (remote, forwarded, address) => {
  expect(behindProxies(request(remote, forwarded))).toBe(address);
});

test('of an IPv6 address its first half counts, however it is written', () => {
  expect(inTheOpen(request('2001:db8::1'))).toBe('2001:db8:0:0::/64');
  expect(inTheOpen(request('2001:0DB8:0:0:5::1'))).toBe('2001:db8:0:0::/64');
  expect(inTheOpen(request('::1'))).toBe('0:0:0:0::/64');
});

test.each(['localhost', '10.0.0.0/33', '10.0.0.0/8/8', '', '10.0.0.0/-1', '::/129'])(
  'TRUST_PROXY cannot be %p',
  (text) => {
    expect(parseSubnets(text)).toBeUndefined();
  },
);

import { Socket } from 'node:net';
import { jest } from '@jest/globals';
import { checkEndpoint } from '../../src/push/endpoint-guard.ts';
import { createGuardedClient } from '../../src/push/guarded-request.ts';

/** Refused for what they say. */
const HOSTILE_ADDRESSES = [
  'http://example.org/',
  'http://10.0.0.5:8081/',
  'ftp://example.org/',
  'https://user:password@example.org/',
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0177.0.0.1/',
  'https://0/',
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://100.64.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://127.0.0.1:8080/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[0:0:0:0:0:ffff:a00:1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[64:ff9b:1::1]/',
  'https://[fe80::1]/',
  'https://[fd00:ec2::254]/',
  'https://[2002:7f00:1::]/',
  'https://[2001:db8::1]/',
  'https://example.org\\@127.0.0.1/',
] as const;
const trustedOrigins = ['http://10.0.0.5:8080', 'https://ci.internal'];

test(`${HOSTILE_ADDRESSES.length} hostile addresses make no connection`, async () => {
  const connect = jest.spyOn(Socket.prototype, 'connect');
  const resolve = jest.fn(async () => [{ address: '127.0.0.1', family: 4 }]);
  const client = createGuardedClient({ trustedOrigins, hosts: 'public', resolve });
  for (const url of HOSTILE_ADDRESSES) {
    const outcome = await client
      .send({ method: 'POST', url, headers: {} })
      .catch((error) => error.name);
    expect({ url, outcome }).toEqual({ url, outcome: 'EndpointRefusedError' });
  }
  expect(connect).not.toHaveBeenCalled();
  client.close();
  connect.mockRestore();
});

test.each(['127.0.0.1', '10.0.0.1', '::1', '::ffff:10.0.0.1', '64:ff9b::a00:1', 'fd00::1'])(
  'a name that leads to %s, beside a public address, is not told',
  async (address) => {
    const client = createGuardedClient({
      trustedOrigins,
      hosts: 'public',
      resolve: async () => [
        { address: '8.8.8.8', family: 4 },
        { address, family: address.includes(':') ? 6 : 4 },
      ],
    });
    await expect(
      client.send({ method: 'POST', url: 'https://hooks.example.org:8443/', headers: {} }),
    ).rejects.toMatchObject({ name: 'EndpointRefusedError', reason: 'not a public address' });
    client.close();
  },
);

test('a name is resolved once: what it leads to later is not connected to', async () => {
  let asked = 0;
  const client = createGuardedClient({
    trustedOrigins,
    hosts: 'public',
    timeoutMs: 300,
    resolve: async () => {
      asked += 1;
      // Public, and nobody is there.
      return [{ address: asked === 1 ? '192.0.1.1' : '127.0.0.1', family: 4 }];
    },
  });
  await expect(
    client.send({ method: 'POST', url: 'https://hooks.example.org/', headers: {} }),
  ).rejects.toMatchObject({ name: 'UnansweredError' });
  expect(asked).toBe(1);
  client.close();
});

test.each([
  'https://hooks.example.org/',
  'https://hooks.example.org:8443/path?query',
  'https://8.8.8.8/',
  'https://[2a00:1450:4001:80b::200a]/',
  'http://10.0.0.5:8080/x',
  'https://ci.internal/hook',
])('public addresses and trusted ones are let through: %s', (url) => {
  expect(checkEndpoint(url, { trustedOrigins, hosts: 'public' }).href).toBe(url);
});

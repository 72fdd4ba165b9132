import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { download } from '../../src/import/download.ts';

const folder = mkdtempSync(join(tmpdir(), 'download-'));
let asked = 0;
const server = createServer((_request, response) => {
  asked += 1;
  response.end('secret');
});
beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)));
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

it('a link to a private address is not followed, however it is written', async () => {
  const { port } = server.address() as AddressInfo;
  const path = join(folder, 'file');
  const addresses = [
    `http://127.0.0.1:${port}/`,
    `http://127.1:${port}/`,
    `http://2130706433:${port}/`,
    `http://0x7f000001:${port}/`,
    `http://[::1]:${port}/`,
    `http://[::ffff:127.0.0.1]:${port}/`,
    `http://localhost:${port}/`,
    'http://169.254.169.254/latest/meta-data',
    'http://10.0.0.1/',
    'file:///etc/passwd',
    'ftp://example.org/',
    'nonsense',
  ];
  for (const address of addresses) {
    await expect(download(address, path, 1_000)).rejects.toThrow(/public|none of the web/);
  }
  // A name that looks public and leads home.
  const home = async () => [{ address: '127.0.0.1', family: 4 }];
  await expect(download(`http://files.example.org:${port}/`, path, 1_000, home)).rejects.toThrow(
    /public/,
  );
  expect(asked).toBe(0);
});

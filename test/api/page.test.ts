import { buildPage } from '../../testing/page.ts';
import { createTestWorld } from '../../testing/world.ts';

buildPage();
const { server, close } = await createTestWorld();
afterAll(close);

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${server.url}${path}`, {
    method,
    redirect: 'manual',
    headers: { connection: 'close', ...headers },
  });

async function pathOfScript(): Promise<string> {
  return /src="(\/assets\/[^"]+\.js)"/.exec(await (await ask('/')).text())?.[1] ?? '';
}

test.each([
  '/',
  '/r/general',
  '/r/general/m/12',
  '/settings',
  '/settings/profile',
  '/search?q=a',
  // Usernames have dots.
  '/people/ada.lovelace',
])('%s is the page, asked about each time', async (path) => {
  const response = await ask(path);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-cache');
  expect(await response.text()).toContain('<title>Trumpet</title>');
  const etag = response.headers.get('etag') ?? '';
  // Without the second header, fetch itself asks for a whole new one.
  const again = await ask(path, { 'if-none-match': etag, 'cache-control': 'max-age=0' });
  expect(again.status).toBe(304);
});

test('its files are kept for ever, and sent as small as the browser takes them', async () => {
  const path = await pathOfScript();
  const sizes: number[] = [];
  for (const encoding of ['br', 'gzip', 'identity']) {
    const response = await ask(path, { 'accept-encoding': encoding });
    expect(response.headers.get('content-encoding')).toBe(
      encoding === 'identity' ? null : encoding,
    );
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(response.headers.get('vary')).toContain('Accept-Encoding');
    expect(await response.text()).toContain('import');
    sizes.push(Number(response.headers.get('content-length')));
  }
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
});

test.each([
  '/assets/nothing.js',
  '/favicon.txt',
  '/elsewhere',
  '/r/../package.json',
  '/%2e%2e/package.json',
  '/assets/%2e%2e/%2e%2e/%2e%2e/package.json',
  '/settingsx.js',
])('%s is nothing', async (path) => {
  expect((await ask(path)).status).toBe(404);
});

test('a browser finds its icons and what to install', async () => {
  const manifest = JSON.parse(await (await ask('/manifest.webmanifest')).text());
  for (const { src, type } of manifest.icons) {
    const response = await ask(src);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type);
  }
});

test('the page may run its own scripts only, and be shown by no other', async () => {
  const { headers } = await ask('/');
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).not.toContain('unsafe');
  for (const part of [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ]) {
    expect(policy.split('; ')).toContain(part);
  }
  expect(headers.get('referrer-policy')).toBe('same-origin');
  expect(headers.get('permissions-policy')).toContain('microphone=(self)');
  expect(await (await ask('/')).text()).not.toMatch(/<style|<script(?! [^>]*src=)| style=| on\w+=/);
});

test('nothing is written to the page', async () => {
  expect((await ask('/', {}, 'POST')).status).toBe(404);
  const head = await ask('/', {}, 'HEAD');
  expect(head.status).toBe(200);
  expect(await head.text()).toBe('');
});

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { bundleClient } from '../page.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..');

const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Kit</title>
    <link rel="stylesheet" href="/styles.css">
    <link rel="stylesheet" href="/page.css">
    <script type="module" src="/client.js"></script>
  </head>
  <body><main><h1 class="trumpet-hidden">Kit</h1><div id="page"></div></main></body>
</html>`;

const CSS = `
  html, body, main, #page { block-size: 100%; margin: 0; }
  [data-theme="dark"] { color-scheme: dark; }
  [data-theme="light"] { color-scheme: light; }
`;

/** Nothing inline, nothing from elsewhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self' http://127.0.0.1:* ws://127.0.0.1:*",
  "img-src 'self' blob: http://127.0.0.1:*",
  'media-src blob: http://127.0.0.1:*',
].join('; ');

/** A page of the kit, with the emoji data beside it. */
export async function serveKit(
  ...modules: readonly string[]
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const code = bundleClient(...modules);
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://kit');
    const script = code.get(pathname);
    response.setHeader('content-security-policy', POLICY);
    if (script !== undefined) {
      response.setHeader('content-type', 'text/javascript').end(script);
    } else if (pathname === '/styles.css') {
      response
        .setHeader('content-type', 'text/css')
        .end(await readFile(join(REPOSITORY, 'client/src/ui/styles.css')));
    } else if (pathname === '/page.css') {
      response.setHeader('content-type', 'text/css').end(CSS);
    } else if (/^\/emoji\/\w+\/\w+\.json$/.test(pathname)) {
      const path = pathname.replace('/emoji', 'node_modules/emojibase-data');
      response
        .setHeader('content-type', 'application/json')
        .end(await readFile(join(REPOSITORY, path)));
    } else {
      response.setHeader('content-type', 'text/html').end(HTML);
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

export interface StaticSite {
  readonly url: string;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};

/**
 * Serves a folder, as any web server on this machine would.
 *
 * @param options below which path, and with which policy
 */
export async function serveFolder(
  folder: string,
  { base = '/', policy = '' }: { readonly base?: string; readonly policy?: string } = {},
): Promise<StaticSite> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://localhost').pathname.slice(base.length);
    const name = path === '' || path.endsWith('/') ? `${path}index.html` : path;
    try {
      const content = readFileSync(join(folder, name));
      if (policy !== '') {
        response.setHeader('content-security-policy', policy);
      }
      response.setHeader('content-type', TYPES[extname(name)] ?? 'text/plain').end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Chunk } from '../../scripts/client/bundle.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');

/** Modules of the client by their file names, as a browser would get them. The first is `client.js`. */
export function bundleClient(...modules: readonly string[]): ReadonlyMap<string, string> {
  const chunks = execFileSync(process.execPath, ['scripts/client/bundle.ts', ...modules], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  });
  return new Map(
    (JSON.parse(chunks) as Chunk[]).map(({ fileName, code }) => [`/${fileName}`, code]),
  );
}

const HTML = `<!doctype html><title>Trumpet</title><script type="module">
  import * as trumpet from "/client.js";
  window.trumpet = trumpet;
</script>`;

/** A page with nothing but the client, as `trumpet`. */
export async function servePage(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const modules = bundleClient('client/src/index.ts', 'client/src/store/indexed-db.ts');
  const server = createServer((request, response) => {
    const code = modules.get(request.url ?? '');
    if (code !== undefined) {
      response.setHeader('content-type', 'text/javascript').end(code);
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

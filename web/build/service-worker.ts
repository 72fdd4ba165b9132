import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const PUBLIC = join(import.meta.dirname, '..', 'public');

export const SERVICE_WORKER = 'service-worker';

/** Fetched when somebody looks for an emoji, and not before. */
const ON_DEMAND = /^emoji\//;

/** What the service worker shares with the page it has as a copy of its own: it is one file. */
const COPY = '?service-worker';

/** Tells the service worker all files of this build, and the version that they are. */
export function serviceWorker(): Plugin {
  return {
    name: 'trumpet-service-worker',
    apply: 'build',
    enforce: 'post',
    resolveId: {
      order: 'pre',
      async handler(source, importer) {
        if (!source.startsWith('.') || !importer?.match(/\/service-worker\/|\?service-worker$/)) {
          return null;
        }
        const resolved = await this.resolve(source, importer.replace(COPY, ''), { skipSelf: true });
        return resolved && `${resolved.id}${COPY}`;
      },
    },
    generateBundle(_options, bundle) {
      const worker = bundle[`${SERVICE_WORKER}.js`];
      if (worker?.type !== 'chunk' || worker.imports.length > 0 || worker.exports.length > 0) {
        this.error('The service worker has to be one file by itself');
      }
      const version = createHash('sha256');
      const files = ['/'];
      for (const [name, file] of Object.entries(bundle).sort(([a], [b]) => (a < b ? -1 : 1))) {
        version.update(name).update(file.type === 'chunk' ? file.code : file.source);
        if (file !== worker && name !== 'index.html' && !ON_DEMAND.test(name)) {
          files.push(`/${name}`);
        }
      }
      for (const name of globSync('**/*.*', { cwd: PUBLIC }).sort()) {
        version.update(name).update(readFileSync(join(PUBLIC, name)));
        files.push(`/${name}`);
      }
      const constants = {
        PAGE_FILES: files,
        PAGE_VERSION: version.digest('base64url').slice(0, 16),
      };
      const lines = Object.entries(constants).map(
        ([name, value]) => `const ${name}=${JSON.stringify(value)};`,
      );
      worker.code = `${lines.join('')}${worker.code}`;
    },
  };
}

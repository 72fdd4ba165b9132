import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Vite's own, which each `import()` of the built page is wrapped in. */
const PRELOAD = '\0vite/preload-helper.js';

const IMPORT_FETCHED = join(import.meta.dirname, '..', 'src', 'import-fetched.ts');

/** Puts src/import-fetched.ts in the place of Vite's preloading. */
export function importFetched(): Plugin {
  return {
    name: 'trumpet-import-fetched',
    apply: 'build',
    enforce: 'pre',
    load: (id) =>
      id === PRELOAD
        ? `export { importFetched as __vitePreload } from ${JSON.stringify(IMPORT_FETCHED)};`
        : undefined,
  };
}

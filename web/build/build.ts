import { existsSync } from 'node:fs';
import { rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { compressFolder } from './compress.ts';
import { isPageStale } from './sources.ts';

/*
 * Builds the page into web/dist, unless what is there is newer than all that it is made of. `npm ci` runs it, so that
 * the first start is quick; `npm start` runs it too, for whoever has changed or pulled something since.
 */

const WEB = join(import.meta.dirname, '..');
const DIST = join(WEB, 'dist');

async function buildPage(): Promise<void> {
  // What is served is whole at any time, also when two builds run at once: each has a folder of its own until it is done.
  const draft = join(WEB, `dist-${process.pid}`);
  const started = new Date();
  // Vite makes another page, for developing it, where a test runner or a shell has set this to something else.
  process.env.NODE_ENV = 'production';
  const { build } = await import('vite');
  try {
    await build({
      configFile: join(WEB, 'vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: draft },
    });
    await compressFolder(draft);
    // What changes while it is being built makes it stale.
    await utimes(join(draft, 'index.html'), started, started);
    await rm(DIST, { recursive: true, force: true });
    await rename(draft, DIST);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // The other build was quicker.
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') {
      throw error;
    }
  }
}

/** `npm ci --omit=dev --workspaces=false`, as for a container that has the page already, installs no bundler. */
function canBuild(): boolean {
  try {
    import.meta.resolve('vite');
    return true;
  } catch {
    return false;
  }
}

if (!canBuild()) {
  process.stdout.write('The page is not built: its packages are not installed.\n');
} else if (isPageStale(DIST)) {
  process.stdout.write(
    `The page is being ${existsSync(DIST) ? 'built anew' : 'built'}: a few seconds.\n`,
  );
  await buildPage();
}

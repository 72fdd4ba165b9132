import { existsSync } from 'node:fs';
import { rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { compressFolder } from './compress.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { isPageStale } from './sources.ts';

/*
 * Builds the page into web/dist, unless what is there is newer than all that it is made of. `npm ci` runs it, so that
 * the first start is quick; `npm start` runs it too, for whoever has changed or pulled something since.
 */

const WEB = join(import.meta.dirname, '..');
const DIST = join(WEB, 'dist');

async function buildPage(): Promise<void> {
  // What is served is whole at any time: the draft takes its place when it is done.
  const draft = join(WEB, `dist-${process.pid}`);
  const old = `${draft}-old`;
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
    if (existsSync(DIST)) {
      await rename(DIST, old);
    }
    await rename(draft, DIST);
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
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
  await oneAtATime(join(WEB, '.building'), async () => {
    // Another process may have built it meanwhile.
    if (isPageStale(DIST)) {
      await buildPage();
    }
  });
}

import { join } from 'node:path';
import { compressFolder } from '../../web/build/compress.ts';

/*
 * Builds the site of the documents into docs/.vitepress/dist, where the server finds it for /docs. `npm ci` runs it;
 * after a change of the documents `npm run docs:build` does.
 */
const DOCS = join(import.meta.dirname, '..', '..', 'docs');

/** `npm ci --omit=dev` installs nothing to build with. */
function canBuild(): boolean {
  try {
    import.meta.resolve('vitepress');
    return true;
  } catch {
    return false;
  }
}

if (canBuild()) {
  const { build } = await import('vitepress');
  await build(DOCS);
  await compressFolder(join(DOCS, '.vitepress', 'dist'));
} else {
  console.log('The documents are not built: their packages are not installed.');
}

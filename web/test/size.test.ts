import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildPage } from '../../testing/page.ts';

const DIST = join(import.meta.dirname, '..', 'dist');

/** React is 58 of them. */
const SCRIPTS_LIMIT_BYTES = 90_000;

test('what the first screen needs of scripts is little, as it is sent', () => {
  buildPage();
  const html = readFileSync(join(DIST, 'index.html'), 'utf8');
  const scripts = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(
    ([, name]) => name,
  );
  expect(scripts.length).toBeGreaterThan(0);
  const sizes = scripts.map((name) => readSent(name as string).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(SCRIPTS_LIMIT_BYTES);
});

/** Small files are sent as they are. */
function readSent(name: string): Buffer {
  try {
    return readFileSync(join(DIST, `${name}.br`));
  } catch {
    return readFileSync(join(DIST, name));
  }
}

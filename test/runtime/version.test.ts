import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../../src/process/version.ts';
import { createTestDatabase } from '../../testing/database.ts';
import { startTestServer } from '../../testing/server.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

test('every place that names the version names the one of package.json', () => {
  const { version, packages } = JSON.parse(read('package-lock.json'));
  expect({
    client: JSON.parse(read('client/package.json')).version,
    web: JSON.parse(read('web/package.json')).version,
    lock: version,
    lockRoot: packages[''].version,
    lockClient: packages.client.version,
    lockWeb: packages.web.version,
    packed: /trumpet-client-(\S+)\.tgz/.exec(read('docs/start/javascript.md'))?.[1],
  }).toEqual({
    client: VERSION,
    web: VERSION,
    lock: VERSION,
    lockRoot: VERSION,
    lockClient: VERSION,
    lockWeb: VERSION,
    packed: VERSION,
  });
});

test('the changelog has a section of this version with its date, below what is not released yet', () => {
  const headings = read('CHANGELOG.md').match(/^## .*$/gm);
  expect(headings?.[0]).toBe('## [Unreleased]');
  expect(headings?.[1]).toMatch(/^## \[(.+)\] - \d{4}-\d{2}-\d{2}$/);
  expect(headings?.[1]).toContain(`[${VERSION}]`);
});

test('a release is tagged with its own version', () => {
  let tags = '';
  try {
    tags = execFileSync('git', ['tag', '--points-at', 'HEAD', 'v[0-9]*'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
  } catch {
    return; // Not a checkout.
  }
  expect(tags.split('\n').filter((tag) => tag !== '' && tag !== `v${VERSION}`)).toEqual([]);
});

test('whoever watches a rolling deploy sees which version a server has', async () => {
  const database = await createTestDatabase();
  const server = await startTestServer(database);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain(`trumpet_build_info{version="${VERSION}"} 1`);
  await server.close();
  await database.close();
});

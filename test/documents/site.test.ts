import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { documentsPolicy } from '../../src/http/page/content-policy.ts';
import { describeInChromium, startChromium } from '../../testing/chromium.ts';
import { DOCUMENTS, REPOSITORY } from './support/blocks.ts';
import { type StaticSite, serveFolder } from './support/static-site.ts';

/*
 * The site as it is built, with the policy that the server sends it with.
 */
const folder = mkdtempSync(join(tmpdir(), 'trumpet-site-'));
const BUILD_TIMEOUT_MS = 180_000;

beforeAll(() => {
  execFileSync(
    process.execPath,
    ['node_modules/vitepress/bin/vitepress.js', 'build', 'docs', '--outDir', folder],
    { cwd: REPOSITORY, stdio: 'pipe' },
  );
}, BUILD_TIMEOUT_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pages = () => globSync('**/*.html', { cwd: folder }).sort();
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

test('every document is a page of the site, and in its sidebar', () => {
  const documents = DOCUMENTS.filter((name) => name.startsWith('docs/')).map((name) =>
    name.replace(/^docs\/(.*)\.md$/, '$1.html'),
  );
  expect(documents.filter((name) => !existsSync(join(folder, name)))).toEqual([]);
  const inSidebar = new Set(
    Array.from(read('index.html').matchAll(/href="\/docs\/([^"#]*)"/g), ([, path = '']) =>
      path === '' || path.endsWith('/') ? `${path}index.html` : path,
    ),
  );
  const elsewhere = documents.filter((name) => !/^decisions\/\d/.test(name));
  expect(elsewhere.filter((name) => !inSidebar.has(name))).toEqual([]);
});

test('every link of the site leads to a page, and to a heading that is there', () => {
  const anchors = new Map<string, Set<string>>();
  const anchorsOf = (name: string) => {
    const known =
      anchors.get(name) ??
      new Set(Array.from(read(name).matchAll(/ id="([^"]+)"/g), ([, id]) => id ?? ''));
    anchors.set(name, known);
    return known;
  };
  const broken = pages().flatMap((name) =>
    Array.from(read(name).matchAll(/<a [^>]*href="([^"]+)"/g), ([, href = '']) => href)
      .filter((href) => !/^\w+:/.test(href))
      .filter((href) => {
        const { pathname, hash } = new URL(href, `http://site/docs/${name}`);
        const path = decodeURIComponent(pathname).replace(/^\/docs\//, '');
        const target = path === '' || path.endsWith('/') ? `${path}index.html` : path;
        return (
          !existsSync(join(folder, target)) ||
          (hash !== '' && !anchorsOf(target).has(decodeURIComponent(hash.slice(1))))
        );
      })
      .map((href) => `${name} links to ${href}.`),
  );
  expect(broken).toEqual([]);
});

test('the site loads nothing from elsewhere', () => {
  const outside = pages().flatMap((name) =>
    Array.from(
      read(name).matchAll(/<(?:script|link|img|iframe)\b[^>]*(?:src|href)="(\w+:[^"]*)"/g),
    ).map(([, address]) => `${name}: ${address}`),
  );
  expect(outside).toEqual([]);
});

describeInChromium('in a browser, under the policy of the server', () => {
  let site: StaticSite;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    site = await serveFolder(folder, { base: '/docs/', policy: documentsPolicy });
    browser = await startChromium();
    page = await browser.newPage();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
  });

  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  afterEach(() => {
    expect(complaints.splice(0)).toEqual([]);
    expect(
      requests.splice(0).filter((url) => !/^data:/.test(url) && !url.startsWith(site.url)),
    ).toEqual([]);
  });

  test('code has its colours', async () => {
    await page.goto(`${site.url}start/phones.html`);
    const colourOf = (selector: string) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).color`);
    const keyword = await colourOf('.language-kotlin .code-token-keyword');
    const string = await colourOf('.language-kotlin .code-token-string-expression');
    expect(new Set([keyword, string, await colourOf('.language-kotlin code')]).size).toBe(3);
  });

  test('what is searched for is found in the page, and leads there', async () => {
    await page.goto(site.url);
    // Until its script runs the page hears no key.
    await page.waitForFunction('document.querySelector("#app").__vue_app__');
    await page.keyboard.press('/');
    await page.getByRole('searchbox').fill('RESYNC');
    await page
      .getByRole('option', { name: /RESYNC/ })
      .first()
      .click();
    await page.waitForURL(/\.html#/);
    await page.getByRole('heading', { level: 1 }).waitFor();
  });

  test('it is dark for whoever likes it dark, before anything is shown', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(site.url);
    expect(await page.evaluate('document.documentElement.className')).toContain('dark');
  });
});

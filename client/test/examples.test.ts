import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { describeInChromium, startChromium } from '../../testing/chromium.ts';
import { createTestWorld, type TestWorld } from '../../testing/world.ts';
import { bundleClient } from './page.ts';

/* The examples as they are written, with the address and the password of a test's server in place of those of `npm start`. */

const REPOSITORY = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(REPOSITORY, path), 'utf8');

const EXAMPLES = [
  'examples/react/main.tsx',
  'examples/web-component/index.html',
  'examples/plain/main.js',
];

test.each(EXAMPLES)('%s has less than 20 lines', (path) => {
  expect(read(path).trim().split('\n').length).toBeLessThan(20);
});

describeInChromium('in Chromium', () => {
  let world: TestWorld;
  let browser: Browser;
  let pages: Server;
  let modules: ReadonlyMap<string, string>;
  let html: string;

  beforeAll(async () => {
    pages = createServer((request, response) => {
      const code = modules.get(request.url ?? '');
      if (request.url === '/styles.css') {
        response.setHeader('content-type', 'text/css').end(read('client/src/ui/styles.css'));
      } else if (code !== undefined) {
        response.setHeader('content-type', 'text/javascript').end(code);
      } else {
        response.setHeader('content-type', 'text/html').end(html);
      }
    });
    await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
    world = await createTestWorld({ ALLOWED_ORIGINS: origin });
    browser = await startChromium();
    const alice = await world.database.createUser('alice');
    const bob = await world.database.createUser('bob');
    const { id } = await world.database.createRoom(alice, { name: 'General', members: [bob] });
    await world.database.sendMessage(bob, id, 'Hello Alice');
  });

  afterAll(async () => {
    await browser.close();
    pages.closeAllConnections();
    pages.close();
    await world.close();
  });

  const ofTest = (text: string) =>
    text.replaceAll('http://127.0.0.1:8000', world.server.url).replaceAll('trumpet-demo', 'alice');

  async function open(served: string, ...paths: readonly string[]): Promise<Page> {
    html = served;
    modules = new Map([...bundleClient(...paths)].map(([path, code]) => [path, ofTest(code)]));
    const page = await (await browser.newContext()).newPage();
    await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}`);
    return page;
  }

  const PAGE =
    '<!doctype html><link rel="stylesheet" href="/styles.css"><body><script type="module" src="/client.js"></script>';

  test('React', async () => {
    const page = await open(PAGE, 'examples/react/main.tsx');
    await page.getByRole('button', { name: /^General/ }).click();
    await page.getByRole('textbox', { name: 'Write to General' }).fill('from React');
    await page.keyboard.press('Enter');
    await page.getByRole('feed').getByText('from React').waitFor();
  });

  test('the web component', async () => {
    const source = read('examples/web-component/index.html');
    const element = '/node_modules/trumpet-client/dist/element/index.js';
    expect(source).toContain(element);
    const page = await open(
      ofTest(source).replace(element, '/client.js'),
      'client/src/element/index.ts',
    );
    await page.getByLabel('Password').fill('alice');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: /^General/ }).click();
    await page.getByRole('textbox', { name: 'Write to General' }).fill('from the element');
    await page.keyboard.press('Enter');
    await page.getByRole('feed').getByText('from the element').waitFor();
    // The page's styles are not its own: it brings them.
    const look = await page
      .locator('.trumpet-composer .trumpet-icon-button')
      .first()
      .evaluate((button) => getComputedStyle(button).display);
    expect(look).toBe('flex');
  });

  test('the client alone', async () => {
    const page = await open(PAGE, 'examples/plain/main.js');
    await page.getByText('Hello Alice').waitFor();
    await page.getByRole('textbox').fill('from plain JavaScript');
    await page.keyboard.press('Enter');
    await page.locator('pre', { hasText: 'from plain JavaScript' }).waitFor();
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { describeInChromium, startChromium } from '../../testing/chromium.ts';
import { freePort } from '../../testing/free-port.ts';
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

test.each(['examples/your-app/server.js', 'examples/your-app/chat.js'])(
  '%s has less than 30 lines',
  (path) => {
    expect(read(path).trim().split('\n').length).toBeLessThan(30);
  },
);

test('what docs/auth.md shows of a product is what is run', () => {
  const shown = read('docs/auth.md').matchAll(/^```\w+ (examples\/\S+)\n(.*?)^```$/gms);
  const files = Array.from(shown, ([, path = '', text]) => ({ path, text }));
  expect(files).toEqual(
    ['server.js', 'chat.js', 'chat.html'].map((name) => {
      const path = `examples/your-app/${name}`;
      return { path, text: read(path) };
    }),
  );
});

describeInChromium('in Chromium', () => {
  let world: TestWorld;
  let browser: Browser;
  let pages: Server;
  let modules: ReadonlyMap<string, string>;
  let html: string;
  let product: string;

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
    product = `http://127.0.0.1:${await freePort()}`;
    world = await createTestWorld({
      ALLOWED_ORIGINS: `${origin},${product}`,
      AUTH_ISSUERS: JSON.stringify([
        { issuer: product, audience: 'chat', jwks: `${product}/keys` },
      ]),
    });
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

    // After a reload it is there before the network is.
    await page.context().route(`${world.server.url}/**`, (route) => route.abort());
    await page.reload();
    await page.getByRole('button', { name: /^General/ }).waitFor();
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

  describe('a product', () => {
    let folder: string;
    let child: ChildProcess;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'trumpet-product-'));
      const { owner } = world.database;
      const { rows } = await owner.query(
        "select app_admin.create_key('product', array['read', 'write', 'rooms', 'users'], '1 day') as key",
      );
      installProduct(folder, (text) =>
        ofTest(text)
          .replaceAll('http://127.0.0.1:3000', product)
          .replace('3000', new URL(product).port),
      );
      child = spawn(process.execPath, ['examples/your-app/server.js'], {
        cwd: folder,
        env: { PATH: process.env.PATH, TRUMPET_KEY: rows[0].key },
        stdio: 'inherit',
      });
      await listening(product);
    });

    afterAll(async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
      rmSync(folder, { recursive: true });
    });

    async function signIn(name: string, password: string): Promise<Page> {
      const page = await (await browser.newContext()).newPage();
      await page.goto(product);
      await page.getByLabel('Name').fill(name);
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      return page;
    }

    test('its people sign in to it alone, and talk', async () => {
      const [ada, grace] = await Promise.all([
        signIn('ada', 'lovelace'),
        signIn('grace', 'hopper'),
      ]);
      for (const page of [ada, grace]) {
        await page.getByRole('button', { name: /^Team/ }).click();
        await page.getByRole('feed').getByText('ada is here.').waitFor();
        await page.getByRole('feed').getByText('grace is here.').waitFor();
      }
      await ada.getByRole('textbox', { name: 'Write to Team' }).fill('Good morning');
      await ada.keyboard.press('Enter');
      await grace.getByRole('feed').getByText('Good morning').waitFor();
    });

    test('who has no password of it has no token', async () => {
      const stranger = await signIn('ada', 'hopper');
      await stranger.getByText('Forbidden').waitFor();
      expect((await fetch(`${product}/token`)).status).toBe(401);
    });
  });
});

/** The example and what its folder has after `npm install`, each text as `change` gives it. */
function installProduct(folder: string, change: (text: string) => string): void {
  const modules = join(folder, 'node_modules');
  const element = join(modules, 'trumpet-client', 'dist', 'element');
  mkdirSync(element, { recursive: true });
  for (const [name, code] of bundleClient('client/src/element/index.ts')) {
    writeFileSync(join(element, name === '/client.js' ? 'index.js' : name), code);
  }
  for (const name of ['express', 'jose']) {
    symlinkSync(join(REPOSITORY, 'node_modules', name), join(modules, name));
  }
  const own = join(folder, 'examples', 'your-app');
  cpSync(join(REPOSITORY, 'examples', 'your-app'), own, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const name of readdirSync(own)) {
    writeFileSync(join(own, name), change(readFileSync(join(own, name), 'utf8')));
  }
}

async function listening(url: string): Promise<void> {
  while (
    !(await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    await setTimeout(50);
  }
}

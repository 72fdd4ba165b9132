import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Cookie, Page } from 'playwright-core';
import { type RestartableServer, startRestartable } from '../../client/test/support.ts';
import { loadConfig } from '../../src/config/load.ts';
import { startWorker } from '../../src/worker/run.ts';
import { startChromium } from '../../testing/chromium.ts';
import { createTestDatabase, type TestDatabase, type TestUser } from '../../testing/database.ts';
import { buildPage } from '../../testing/page.ts';

/** A server with the page, and a browser for it. */
export interface PageWorld {
  readonly database: TestDatabase;
  readonly server: RestartableServer;
  readonly browser: Browser;
  /** A browser profile of its own, with the page open: nobody is signed in. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** The same, signed in by name and password. */
  openAs(user: TestUser, options?: BrowserContextOptions): Promise<Page>;
  /** What pages have said that they should not: errors, and what their policy did not allow. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** What a browser says by itself of a server that is away, or that refuses. */
const EXPECTED =
  /^Failed to load resource|WebSocket connection to .* failed|ERR_INTERNET_DISCONNECTED|^An unknown error occurred when fetching the script\.$/;

interface PageWorldOptions {
  /** Whether files are looked at, exports made and months archived, as with `npm start`. */
  readonly hasWorker?: boolean;
  /** Of the server, beside those that the page needs. */
  readonly settings?: Readonly<Record<string, string>>;
}

export async function createPageWorld({
  hasWorker = false,
  settings = {},
}: PageWorldOptions = {}): Promise<PageWorld> {
  buildPage();
  const database = await createTestDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'trumpet-page-'));
  const server = await startRestartable(database, { DATA_DIR: folder, ...settings });
  const worker = hasWorker
    ? await startWorker(database.databaseUrl, {
        attachments: loadConfig({ DATA_DIR: folder }).attachments,
      })
    : undefined;
  const browser = await startChromium();
  const complaints: string[] = [];

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ locale: 'en-GB', ...options });
    context.setDefaultTimeout(40_000);
    hearComplaints(context, complaints);
    const page = await context.newPage();
    await page.goto(server.url);
    return page;
  }

  return {
    database,
    server,
    browser,
    complaints,
    open,
    async openAs(user, options) {
      const page = await open(options);
      await signIn(page, user);
      return page;
    },
    async close() {
      await browser.close();
      await worker?.stop();
      await server.stop();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function hearComplaints(context: BrowserContext, complaints: string[]): void {
  context.on('weberror', (error) => complaints.push(error.error().message));
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !EXPECTED.test(message.text())) {
      complaints.push(message.text());
    }
  });
}

/** The password of a test's people is their name. */
export async function signIn(page: Page, { username }: TestUser): Promise<void> {
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(username);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.locator('.trumpet-shell').waitFor();
}

/** Opens a room from the list. */
const DAY_MS = 86_400_000;

/** The cookies by which somebody is signed in; that by which the device is known lasts longer, and stays. */
export async function sessionCookies(context: BrowserContext, url: string): Promise<Cookie[]> {
  const cookies = await context.cookies(`${url}/session`);
  return cookies.filter(({ expires }) => expires * 1_000 < Date.now() + 60 * DAY_MS);
}

export async function openRoom(page: Page, name: string): Promise<void> {
  await page.locator('.trumpet-room', { hasText: name }).click();
  await page.locator('.trumpet-conversation').waitFor();
}

export async function write(page: Page, text: string): Promise<void> {
  await page.locator('.trumpet-composer-text').fill(text);
  await page.keyboard.press('Enter');
}

/** Resolves when the message is in the conversation, and as sent. */
export async function sees(page: Page, text: string): Promise<void> {
  await page.locator('.trumpet-message', { hasText: text }).first().waitFor();
}

/** Resolves when the page has all files that it needs without a network. */
export async function isKept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    while (navigator.serviceWorker.controller === null) {
      await new Promise((resolve) =>
        navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
      );
    }
  });
}

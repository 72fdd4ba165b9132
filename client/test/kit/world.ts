import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { startChromium } from '../../../testing/chromium.ts';
import type { TestUser } from '../../../testing/database.ts';
import { createTestWorld, type TestWorld } from '../../../testing/world.ts';
import { serveKit } from './serve.ts';

/** A server, a page of the kit, and browsers that complain of nothing. */
export interface KitWorld extends TestWorld {
  /** Opens the page in a browser of a person's own. */
  open(person: TestUser, roomId: string, settings?: Record<string, string>): Promise<Page>;
  /** Closes the browsers. @returns what React, the browser or its policy complained of */
  leave(): Promise<readonly string[]>;
}

/** @param module the page, such as `client/test/kit/page.tsx` */
export async function createKitWorld(module: string): Promise<KitWorld> {
  const kit = await serveKit(module);
  const world = await createTestWorld({ ALLOWED_ORIGINS: kit.url });
  const browser: Browser = await startChromium();
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];
  return {
    ...world,
    async open({ username }, roomId, settings = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      contexts.push(context);
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(String(error.stack)));
      page.on('console', (message) => {
        if (
          ['error', 'warning'].includes(message.type()) &&
          !message.text().includes('ERR_INTERNET_DISCONNECTED')
        ) {
          complaints.push(message.text());
        }
      });
      const { url } = world.server;
      const query = new URLSearchParams({ server: url, username, room: roomId, ...settings });
      await page.goto(`${kit.url}/?${query}`);
      return page;
    },
    async leave() {
      await Promise.all(contexts.splice(0).map((context) => context.close()));
      return complaints.splice(0);
    },
    async close() {
      await browser.close();
      await kit.close();
      await world.close();
    },
  };
}

/** The last message of the room that is open whose text has this in it. */
export function messageWith(page: Page, text: string): Locator {
  return page
    .locator('.trumpet-conversation .trumpet-message')
    .filter({ has: page.locator('.trumpet-text', { hasText: text }) })
    .last();
}

import type { Page } from 'playwright-core';
import { describeInChromium } from '../../testing/chromium.ts';
import { createPageWorld, type PageWorld } from './support.ts';

/* Whether a message is sent, on a device of the other, or read: in rooms that want to be told. */

describeInChromium('delivery receipts in Chromium', () => {
  let world: PageWorld;
  let pages: Page[] = [];

  beforeAll(async () => {
    world = await createPageWorld();
  });
  afterAll(() => world.close());

  afterEach(async () => {
    await Promise.all(pages.map((page) => page.context().close()));
    pages = [];
    expect(world.complaints).toEqual([]);
  });

  test('a message is sent, then on a device of the other, then read, without anybody asking', async () => {
    const ada = await world.database.createUser();
    const bob = await world.database.createUser();
    const { id: roomId } = await world.database.call(ada, 'create_direct_conversation', bob.id);
    const page = await world.openAs(ada);
    pages.push(page);
    await page.goto(`${world.server.url}/r/${roomId}?panel=room-settings`);
    const setting = page.getByRole('switch', { name: 'Delivery receipts' });
    await setting.click();
    await page.getByRole('switch', { name: 'Delivery receipts', checked: true }).waitFor();
    await page.goto(`${world.server.url}/r/${roomId}`);
    const receipts = page.locator('.trumpet-receipts');
    await page.locator('.trumpet-composer-text').fill('Dinner at eight?');
    await page.keyboard.press('Enter');
    await receipts.getByText('Sent', { exact: true }).waitFor();

    // Bob's page has it in its list, and on its device; the conversation is not open.
    const other = await world.openAs(bob);
    pages.push(other);
    await other.locator('.trumpet-room', { hasText: 'Dinner at eight?' }).waitFor();
    await receipts.getByText('Delivered', { exact: true }).waitFor();

    await other.goto(`${world.server.url}/r/${roomId}`);
    await receipts.getByText('Seen', { exact: true }).waitFor();
  }, 180_000);
});

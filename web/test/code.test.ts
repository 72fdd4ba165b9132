import type { Page } from 'playwright-core';
import { describeInChromium } from '../../testing/chromium.ts';
import type { TestUser } from '../../testing/database.ts';
import { createPageWorld, openRoom, type PageWorld, sees } from './support.ts';

/* Code in messages: in the colours of the language that its author names, and copied as it was written. */

describeInChromium('code in Chromium', () => {
  let world: PageWorld;
  let page: Page;
  let ada: TestUser;
  let roomId: string;

  beforeAll(async () => {
    world = await createPageWorld();
    ada = await world.database.createUser();
    ({ id: roomId } = await world.database.createRoom(ada, { name: 'Kitchen' }));
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await page.context().close();
    expect(world.complaints).toEqual([]);
  });

  async function open(): Promise<Page> {
    page = await world.openAs(ada, { permissions: ['clipboard-read', 'clipboard-write'] });
    await openRoom(page, 'Kitchen');
    return page;
  }

  test('code with a language has its colours, and is copied as it was written', async () => {
    const code = 'const tea: string = "<b>green</b>"; // @room\n\n  pour(tea);';
    await world.database.sendMessage(ada, roomId, `Look:\n\`\`\`ts\n${code}\n\`\`\``);
    await open();
    const block = page.locator('.trumpet-code', { hasText: 'pour' });
    await block.locator('.hljs-keyword', { hasText: 'const' }).waitFor();
    expect(await block.locator('.hljs-string').textContent()).toBe('"<b>green</b>"');
    expect(await block.locator('pre').textContent()).toBe(`${code}\n`);
    await block.getByRole('button', { name: 'Copy the code' }).click();
    await block.getByText('Copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(code);
  });

  test('code without a language, or with one that nobody knows, stays as it is', async () => {
    await world.database.sendMessage(ada, roomId, '```\nconst a = 1;\n```');
    await world.database.sendMessage(ada, roomId, '```whatever"onload=\nconst b = 2;\n```');
    await world.database.sendMessage(ada, roomId, '```js\nconst c = 3;\n```');
    await open();
    await sees(page, 'const c = 3');
    // The colours are there for those that have any.
    await page.locator('.trumpet-code', { hasText: 'c = 3' }).locator('.hljs-keyword').waitFor();
    for (const text of ['a = 1', 'b = 2']) {
      const block = page.locator('.trumpet-code', { hasText: text });
      expect(await block.locator('pre').textContent()).toMatch(/^const . = \d;\n$/);
      expect(await block.locator('.hljs-keyword').count()).toBe(0);
      expect(await block.getByRole('button', { name: 'Copy the code' }).count()).toBe(1);
    }
  });
});

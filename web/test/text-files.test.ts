import type { Page } from 'playwright-core';
import { describeInChromium } from '../../testing/chromium.ts';
import type { TestUser } from '../../testing/database.ts';
import { createPageWorld, openRoom, type PageWorld, write } from './support.ts';

/* What is too long for a message goes as a text file, whose beginning is read in the message and all of it beside. */

describeInChromium('texts as files in Chromium', () => {
  let world: PageWorld;
  let ada: TestUser;
  let page: Page;

  beforeAll(async () => {
    world = await createPageWorld({ hasWorker: true });
    ada = await world.database.createUser();
    await world.database.createRoom(ada, { name: 'Kitchen' });
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    page = await world.openAs(ada, { permissions: ['clipboard-read', 'clipboard-write'] });
    await openRoom(page, 'Kitchen');
  });
  afterEach(async () => {
    await page.context().close();
    expect(world.complaints).toEqual([]);
  });

  test('a paste that is too long is offered as a text file, and read from its message', async () => {
    const text = Array.from({ length: 600 }, (_, at) => `Zeile ${at + 1}: grüner Tee 🍵`).join(
      '\n',
    );
    await page.locator('.trumpet-composer-text').click();
    await page.evaluate((pasted) => navigator.clipboard.writeText(pasted), text);
    await page.keyboard.press('Control+V');
    await page.getByText(/characters too long/).waitFor();
    await page.getByRole('button', { name: 'Attach as a text file' }).click();
    expect(await page.locator('.trumpet-composer-text').inputValue()).toBe('');
    await page.locator('.trumpet-chosen-file', { hasText: 'message.txt' }).waitFor();
    await write(page, 'What I found');

    const message = page.locator('.trumpet-message', { hasText: 'What I found' });
    await message.locator('.trumpet-text-file pre', { hasText: 'Zeile 1' }).waitFor();
    expect(await message.locator('.trumpet-text-file pre').textContent()).toBe(
      text.split('\n', 5).join('\n'),
    );
    await message.getByRole('button', { name: 'Show all of it' }).click();
    const whole = page.getByRole('dialog', { name: 'message.txt' });
    await whole.getByText('Zeile 600').waitFor();
    expect(await whole.locator('pre').textContent()).toBe(text);
    await whole.getByRole('button', { name: 'Close' }).click();
    await whole.waitFor({ state: 'detached' });
  });

  test('a short text is shown whole; what is no text is a file as before', async () => {
    await page.locator('.trumpet-conversation input[type=file]').setInputFiles([
      { name: 'list.txt', mimeType: 'text/plain', buffer: Buffer.from('one\ntwo\n') },
      { name: 'data.bin', mimeType: 'text/plain', buffer: Buffer.from([0, 1, 2, 3, 255]) },
    ]);
    await write(page, 'Two files');
    const message = page.locator('.trumpet-message', { hasText: 'Two files' });
    await message.locator('.trumpet-text-file pre').waitFor();
    expect(await message.locator('.trumpet-text-file pre').allTextContents()).toEqual(['one\ntwo']);
    expect(await message.getByRole('button', { name: 'Show all of it' }).count()).toBe(0);
    await message.locator('a.trumpet-file', { hasText: 'data.bin' }).waitFor();
  });
});

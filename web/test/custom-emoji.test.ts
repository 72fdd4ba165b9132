import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describeInChromium } from '../../testing/chromium.ts';
import { createPageWorld, openRoom, type PageWorld, write } from './support.ts';

/* Emoji of the workspace's own, from the picture that is chosen to what everybody sees. */

describeInChromium('custom emoji in the page', () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await createPageWorld({ hasWorker: true });
  });
  afterAll(() => world.close());

  /** Something red that turns blue. */
  async function movingPicture(): Promise<Buffer> {
    const frames = await Promise.all(
      ['red', 'blue'].map((background) =>
        sharp({ create: { width: 64, height: 64, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    return await sharp(frames, { join: { animated: true } })
      .gif({ delay: [200, 200] })
      .toBuffer();
  }

  /** The address of what is drawn, once it is. */
  async function drawn(page: Page, within: string): Promise<string> {
    const image = page.locator(`${within} img[alt=":party_parrot:"]`);
    await image.waitFor();
    return await image.evaluate(async (element) => {
      const picture = element as HTMLImageElement;
      await picture.decode();
      return picture.currentSrc;
    });
  }

  test('one is added in the settings, completed, sent, picked and reacted with, drawn at once for others, and text once it is gone', async () => {
    const [ada, bob] = [await world.database.createUser(), await world.database.createUser()];
    await world.database.createRoom(ada, { name: 'Chess', members: [bob] });
    const hers = await world.openAs(ada);
    const his = await world.openAs(bob, { reducedMotion: 'reduce' });
    await Promise.all([openRoom(hers, 'Chess'), openRoom(his, 'Chess')]);
    await write(his, 'A :party_parrot: and `:party_parrot:`, at 12:30:45');
    const text = '.trumpet-message .trumpet-text';
    await hers
      .locator(text, { hasText: 'A :party_parrot: and :party_parrot:, at 12:30:45' })
      .waitFor();

    const settings = await hers.context().newPage();
    await settings.goto(`${world.server.url}/settings/emoji`);
    await settings.getByText('There are no emoji of your own.').waitFor();
    const choosing = settings.waitForEvent('filechooser');
    await settings.getByRole('button', { name: 'Choose a picture' }).click();
    await (await choosing).setFiles({
      name: 'Party Parrot.gif',
      mimeType: 'image/gif',
      buffer: await movingPicture(),
    });
    await settings.getByLabel('Other names').fill('dance tada');
    expect(await settings.getByLabel('Name', { exact: true }).inputValue()).toBe('party_parrot');
    await settings.getByRole('button', { name: 'Add the emoji' }).click();
    await settings.getByText('This name means an emoji that everybody has.').waitFor();
    await settings.getByLabel('Other names').fill('dance');
    await settings.getByRole('button', { name: 'Add the emoji' }).click();
    await settings.locator('.trumpet-screen-row', { hasText: ':party_parrot:' }).waitFor();

    // Nobody has asked anew: the message that was there shows it.
    expect(await drawn(hers, text)).toMatch(/\/emoji\.webp$/);
    expect(await drawn(his, text)).toMatch(/\/still\.webp$/);
    await his.locator(`${text} code`, { hasText: ':party_parrot:' }).waitFor();

    await his.locator('.trumpet-composer-text').fill('');
    await his.locator('.trumpet-composer-text').click();
    await his.keyboard.type('Look :danc');
    await his.getByRole('option', { name: ':party_parrot:' }).click();
    await his.keyboard.press('Enter');
    const answer = hers.locator('.trumpet-message', { hasText: 'Look' }).last();
    await answer.locator('img[alt=":party_parrot:"]').waitFor();

    await answer.hover();
    await answer.getByRole('button', { name: 'React' }).click();
    await hers.getByRole('button', { name: 'More emoji' }).click();
    await hers.getByRole('searchbox', { name: 'Search emoji' }).fill('parrot');
    await hers.getByRole('button', { name: ':party_parrot:', exact: true }).click();
    await his.getByRole('button', { name: ':party_parrot:, 1 person' }).click();
    await hers.getByRole('button', { name: ':party_parrot:, 2 people' }).waitFor();
    expect(await drawn(hers, '.trumpet-reaction')).toMatch(/\/emoji\.webp$/);

    await settings.getByRole('button', { name: 'Remove' }).click();
    await settings.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await settings.getByText('There are no emoji of your own.').waitFor();
    for (const page of [hers, his]) {
      await page.locator(text, { hasText: 'Look :party_parrot:' }).waitFor();
      await page.locator('.trumpet-reaction', { hasText: ':party_parrot: 2' }).waitFor();
    }
    await his.getByRole('button', { name: ':party_parrot:, 2 people' }).click();
    await hers.getByRole('button', { name: ':party_parrot:, 1 person' }).waitFor();
    expect(world.complaints).toEqual([]);
  }, 180_000);
});

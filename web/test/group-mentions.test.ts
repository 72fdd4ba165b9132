import type { Page } from 'playwright-core';
import { describeInChromium } from '../../testing/chromium.ts';
import { createPageWorld, openRoom, type PageWorld } from './support.ts';

/* Mentions of many, from the group that is made to the badge of whoever is in it. */

describeInChromium('mentions of many in the page', () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await createPageWorld();
  });
  afterAll(() => world.close());

  const open = (page: Page, address: string) => page.goto(`${world.server.url}${address}`);

  test('a group is made and filled in the settings, suggested and warned of while writing, and its people have a mention', async () => {
    const [ada, bob, eve] = await Promise.all([
      world.database.createUser(),
      world.database.createUser(),
      world.database.createUser(),
    ]);
    const { id: roomId } = await world.database.createRoom(ada, {
      name: 'Chess',
      members: [bob, eve],
    });
    const { id: otherId } = await world.database.createRoom(bob, {
      name: 'Elsewhere',
      members: [eve],
    });
    await world.database.sendMessage(ada, roomId, 'Welcome');
    const [hers, his, another] = await Promise.all([ada, bob, eve].map((one) => world.openAs(one)));
    await Promise.all([openRoom(his as Page, 'Elsewhere'), openRoom(another as Page, 'Elsewhere')]);
    expect(otherId).not.toBe(roomId);

    const page = hers as Page;
    await open(page, '/settings/groups');
    await page.getByText('There are no groups.').waitFor();
    await page.getByLabel('Name of the group').fill('Designers');
    await page.getByLabel('Mentioned as').fill('design');
    await page.getByRole('button', { name: 'Make a group' }).click();
    await page.getByRole('button', { name: 'Designers' }).click();
    const dialog = page.getByRole('dialog', { name: 'Designers' });
    await dialog.getByLabel('Find somebody by their name').fill(bob.username);
    await dialog.getByRole('button', { name: `Add ${bob.username}` }).click();
    await dialog.getByRole('button', { name: 'Make an owner' }).waitFor();

    await open(page, '/');
    await openRoom(page, 'Chess');
    await world.database.call(ada, 'set_group_mentions', roomId, 'member', 1);
    const field = page.getByRole('textbox', { name: /Chess/ });
    await field.click();
    await page.keyboard.type('@roo');
    await page.getByRole('option', { name: 'All members' }).click();
    await page.getByText('@room mentions 2 people.').waitFor();
    await field.fill('');
    await page.keyboard.type('Look, @desi');
    await page.getByRole('option', { name: 'Designers' }).click();
    await page.keyboard.press('Enter');
    await page.locator('.trumpet-message .trumpet-mention', { hasText: '@design' }).waitFor();

    const mentions = (of: Page | undefined, count: string) =>
      (of as Page)
        .locator('.trumpet-room', { hasText: 'Chess' })
        .getByRole('img', { name: count, exact: true });
    await mentions(his, '1 mention').waitFor();
    await page.keyboard.type('@here, too');
    await page.keyboard.press('Enter');
    await mentions(his, '2 mentions').waitFor();
    await mentions(another, '1 mention').waitFor();
    expect(world.complaints).toEqual([]);
  }, 180_000);
});

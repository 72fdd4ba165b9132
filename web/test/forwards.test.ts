import type { Page } from 'playwright-core';
import { describeInChromium } from '../../testing/chromium.ts';
import type { TestUser } from '../../testing/database.ts';
import { createPageWorld, openRoom, type PageWorld, sees, write } from './support.ts';

/* A message is quoted and forwarded in the page, and each sees of where it comes from what they may. */

describeInChromium('quotes and forwarded messages in Chromium', () => {
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

  async function openAs(user: TestUser, options = {}): Promise<Page> {
    const page = await world.openAs(user, options);
    pages.push(page);
    return page;
  }

  const messageWith = (page: Page, text: string) =>
    page.locator('.trumpet-message', { hasText: text }).last();

  async function choose(page: Page, text: string, action: string): Promise<void> {
    await messageWith(page, text).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: action, exact: true }).click();
  }

  test('a quote shows what was said, leads there, and is empty once a moderator has deleted it', async () => {
    const [ada, bob] = [await world.database.createUser(), await world.database.createUser()];
    const { id: roomId } = await world.database.createRoom(ada, {
      name: 'Kitchen',
      members: [bob],
    });
    const { id } = await world.database.sendMessage(bob, roomId, 'The door closes at ten.');
    const desktop = await openAs(ada);
    const phone = await openAs(bob, {
      viewport: { width: 360, height: 640 },
      hasTouch: true,
      isMobile: true,
    });
    await openRoom(desktop, 'Kitchen');
    await openRoom(phone, 'Kitchen');
    await choose(desktop, 'The door closes', 'Quote');
    await desktop.locator('.trumpet-intent', { hasText: 'The door closes' }).waitFor();
    await write(desktop, 'Too late for me');
    const quoted = (page: Page) => messageWith(page, 'Too late for me').locator('blockquote');
    await quoted(phone).getByText('The door closes at ten.').waitFor();
    await quoted(phone).getByText(bob.username).waitFor();
    await quoted(desktop).getByRole('button').click();
    await desktop.locator('.trumpet-message[data-highlighted="true"]').waitFor();

    await world.database.call(ada, 'delete_message', id);
    for (const page of [phone, desktop]) {
      await quoted(page).getByText('What was quoted has been removed.').waitFor();
    }
    expect(await phone.getByText('The door closes at ten.').count()).toBe(0);
  });

  test('a message is forwarded to several rooms, and leads back whoever may read it there', async () => {
    const [ada, bob, eve] = [
      await world.database.createUser(),
      await world.database.createUser(),
      await world.database.createUser(),
    ];
    const { id: kitchen } = await world.database.createRoom(ada, {
      name: 'Kitchen',
      members: [bob],
    });
    await world.database.createRoom(bob, { name: 'Hall', members: [eve] });
    await world.database.createRoom(ada, { name: 'Cellar', members: [bob] });
    await world.database.sendMessage(ada, kitchen, 'Soup is ready');
    const page = await openAs(bob);
    const strange = await openAs(eve);
    await openRoom(strange, 'Hall');
    await openRoom(page, 'Kitchen');
    await choose(page, 'Soup is ready', 'Forward…');
    await page.getByRole('checkbox', { name: 'Hall' }).check();
    await page.getByRole('checkbox', { name: 'Cellar' }).check();
    await page.getByLabel('Comment').fill('Come and eat');
    await page.getByRole('button', { name: 'Forward', exact: true }).click();
    await page.locator('.trumpet-screen-picked', { hasText: 'Forwarded' }).nth(1).waitFor();
    await sees(strange, 'Come and eat');
    await sees(strange, 'Soup is ready');
    await messageWith(strange, 'Soup is ready').getByText('Forwarded', { exact: true }).waitFor();
    expect(await strange.getByText('Kitchen').count()).toBe(0);
    expect(await strange.getByText(ada.username).count()).toBe(0);

    await openRoom(page, 'Hall');
    await messageWith(page, 'Soup is ready')
      .getByRole('button', { name: `Forwarded from ${ada.username} in Kitchen` })
      .click();
    await page.locator('.trumpet-message[data-highlighted="true"]').waitFor();
    expect(new URL(page.url()).pathname).toMatch(/\/m\/1$/);
  });
});

import type { Page } from 'playwright-core';
import { describeInChromium } from '../../testing/chromium.ts';
import type { TestUser } from '../../testing/database.ts';
import { createPageWorld, openRoom, type PageWorld, sees } from './support.ts';

/* How people arrange the list of their rooms: done on one device, seen on all. */

describeInChromium('the list of rooms in Chromium', () => {
  let world: PageWorld;
  let ada: TestUser;
  let bob: TestUser;
  let pages: Page[] = [];

  beforeAll(async () => {
    world = await createPageWorld();
  });
  afterAll(() => world.close());

  beforeEach(async () => {
    ada = await world.database.createUser();
    bob = await world.database.createUser();
  });

  afterEach(async () => {
    await Promise.all(pages.map((page) => page.context().close()));
    pages = [];
    expect(world.complaints).toEqual([]);
  });

  async function openAs(user: TestUser): Promise<Page> {
    const page = await world.openAs(user);
    pages.push(page);
    return page;
  }

  const makeRoom = async (name: string) =>
    (await world.database.createRoom(bob, { name, members: [ada], type: 'public' })).slug;

  const panelOf = async (page: Page, slug: string) => {
    await page.goto(`${world.server.url}/r/${slug}?panel=your-list`);
    await page.getByRole('switch', { name: 'Favourite' }).waitFor();
  };

  /** Resolves once the list has these lines: sections and rooms. */
  const lists = (page: Page, lines: readonly string[]) =>
    page.waitForFunction((wanted) => {
      const shown = document.querySelectorAll('.trumpet-section-name, .trumpet-room-name');
      return Array.from(shown, ({ textContent }) => textContent).join() === wanted;
    }, lines.join());

  test('favourites, folders and their order are the same on all devices', async () => {
    const chess = await makeRoom('Chess');
    const garden = await makeRoom('Garden');
    await makeRoom('News');
    const [phone, desk] = [await openAs(ada), await openAs(ada)];
    await lists(phone, ['News', 'Garden', 'Chess']);

    await panelOf(desk, chess as string);
    await desk.getByRole('switch', { name: 'Favourite' }).click();
    await lists(phone, ['Favourites', 'Chess', 'Conversations', 'News', 'Garden']);

    await panelOf(desk, garden as string);
    await desk.getByRole('button', { name: 'Further up' }).click();
    await lists(phone, ['Favourites', 'Chess', 'Conversations', 'Garden', 'News']);
    await desk.getByRole('button', { name: 'By activity again' }).click();
    await lists(phone, ['Favourites', 'Chess', 'Conversations', 'News', 'Garden']);

    await desk.getByLabel('Folder', { exact: true }).fill('Free time');
    await desk.getByRole('button', { name: 'Put into the folder' }).click();
    const foldered = ['Favourites', 'Chess', 'Free time', 'Garden', 'Conversations', 'News'];
    await lists(phone, foldered);
    await lists(desk, foldered);
    await desk.getByLabel('Name of this folder').fill('Outside');
    await desk.getByRole('button', { name: 'Rename the folder' }).click();
    await lists(phone, ['Favourites', 'Chess', 'Outside', 'Garden', 'Conversations', 'News']);

    // A section that is closed says what is unread in it.
    await phone.getByRole('button', { name: 'Outside' }).click();
    await lists(phone, ['Favourites', 'Chess', 'Outside', 'Conversations', 'News']);
    await world.database.sendMessage(bob, await idOf(garden as string), 'Rain');
    await phone
      .locator('.trumpet-section', { hasText: 'Outside' })
      .getByRole('img', { name: '1 unread message' })
      .waitFor();
    // What is arranged is there at once when the page is opened again.
    await phone.reload();
    await lists(phone, ['Favourites', 'Chess', 'Outside', 'Conversations', 'News']);
  }, 180_000);

  test('a hidden room comes back where one is mentioned, and stays when that is read', async () => {
    const chess = await makeRoom('Chess');
    await makeRoom('News');
    const roomId = await idOf(chess as string);
    const [phone, desk] = [await openAs(ada), await openAs(ada)];
    await panelOf(desk, chess as string);
    await desk.getByRole('switch', { name: 'Hidden' }).click();
    await lists(phone, ['Conversations', 'News', 'Hidden']);
    await world.database.sendMessage(bob, roomId, 'Who plays?');
    await phone
      .locator('.trumpet-section', { hasText: 'Hidden' })
      .getByRole('img', { name: '1 unread message' })
      .waitFor();
    await lists(phone, ['Conversations', 'News', 'Hidden']);

    await world.database.sendMessage(bob, roomId, `You, @${ada.username}?`);
    await lists(phone, ['Chess', 'News']);
    await openRoom(phone, 'Chess');
    await sees(phone, 'You, ');
    await phone.locator('.trumpet-room[data-unread="true"]').waitFor({ state: 'detached' });
    await lists(phone, ['Chess', 'News']);
    // The last message of somebody else, from the panel.
    await panelOf(phone, chess as string);
    await phone.getByRole('button', { name: 'Mark as unread' }).click();
    await desk.getByRole('img', { name: '1 mention' }).waitFor();
  }, 180_000);

  async function idOf(slug: string): Promise<string> {
    const { rows } = await world.database.owner.query<{ id: string }>(
      'select id from app_public.rooms where slug = $1',
      [slug],
    );
    return rows[0]?.id as string;
  }
});

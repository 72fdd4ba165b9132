import type { Page } from 'playwright-core';
import { describeInChromium } from '../../testing/chromium.ts';
import type { TestUser } from '../../testing/database.ts';
import { createPageWorld, openRoom, type PageWorld, sees } from './support.ts';

/* Whoever comes back to a room with much unread is told what stands out, and goes there. */

describeInChromium('recap of a room in Chromium', () => {
  let world: PageWorld;
  let pages: Page[] = [];
  let ada: TestUser;
  let bob: TestUser;

  beforeAll(async () => {
    world = await createPageWorld();
    const { database } = world;
    ada = await database.createUser('Ada');
    bob = await database.createUser('Bob');
    const eve = await database.createUser('Eve');
    const { id } = await database.createRoom(bob, { name: 'Kitchen', members: [ada, eve] });
    await database.sendMessage(bob, id, 'Read long ago');
    await database.call(ada, 'mark_room_read', id);
    const liked = await database.sendMessage(bob, id, 'Cake in the kitchen');
    await database.call(eve, 'add_message_reaction', liked.id, '🎂');
    await database.sendMessage(eve, id, `Where are you, @${ada.username}?`);
    for (let number = 1; number <= 60; number += 1) {
      await database.sendMessage(bob, id, `Small talk ${number}`);
    }
    const quiet = await database.createRoom(bob, { name: 'Quiet', members: [ada] });
    await database.sendMessage(bob, quiet.id, 'Only this');
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await Promise.all(pages.map((page) => page.context().close()));
    pages = [];
  });

  async function openAsAda(): Promise<Page> {
    const page = await world.openAs(ada);
    pages.push(page);
    return page;
  }

  test('what was missed is told by number, and what stands out leads to its message', async () => {
    const page = await openAsAda();
    await openRoom(page, 'Kitchen');
    await sees(page, 'Small talk 60');
    await page.getByRole('button', { name: 'While you were away' }).click();
    const recap = page.getByRole('dialog', { name: 'While you were away' });
    await recap.getByText('62 messages from 2 people').waitFor();
    await recap.getByText('1 mentions you').waitFor();
    expect(await recap.getByRole('listitem').allTextContents()).toEqual([
      '1 mentions you',
      'Bob 61',
      'Eve 1',
      `Eve · Mentions youWhere are you, @${ada.username}?`,
      'Bob · 1 reactionCake in the kitchen',
    ]);
    await recap.getByRole('button', { name: /Cake in the kitchen/ }).click();
    await page
      .locator('.trumpet-message[data-highlighted="true"]', { hasText: 'Cake in the kitchen' })
      .waitFor();
    expect(await recap.count()).toBe(0);
    expect(world.complaints).toEqual([]);
  });

  test('where little is unread nothing is offered, and what was offered can be put away', async () => {
    const { rows } = await world.database.owner.query(
      `select id from app_public.rooms where name = 'Kitchen'`,
    );
    await world.database.call(ada, 'mark_room_read', rows[0].id);
    for (let number = 61; number <= 81; number += 1) {
      await world.database.sendMessage(bob, rows[0].id, `Small talk ${number}`);
    }
    const page = await openAsAda();
    const offer = page.getByRole('button', { name: 'While you were away' });
    await openRoom(page, 'Kitchen');
    await offer.click();
    await page.getByText('21 messages from 1 person').waitFor();
    await page.keyboard.press('Escape');
    await openRoom(page, 'Quiet');
    await sees(page, 'Only this');
    expect(await offer.count()).toBe(0);

    for (let number = 82; number <= 102; number += 1) {
      await world.database.sendMessage(bob, rows[0].id, `Small talk ${number}`);
    }
    await openRoom(page, 'Kitchen');
    await offer.waitFor();
    await page.getByRole('button', { name: 'Hide what you have missed' }).click();
    await offer.waitFor({ state: 'detached' });
  });
});

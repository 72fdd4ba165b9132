import type { Page } from 'playwright-core';
import { describeInChromium } from '../../testing/chromium.ts';
import { createRoomOfTwo } from '../../testing/world.ts';
import { createKitWorld, type KitWorld, messageWith } from './kit/world.ts';

/* Marking as unread: what is marked stays so until its room is opened again, on all devices of a person. */

describeInChromium('in Chromium', () => {
  let world: KitWorld;

  beforeAll(async () => {
    world = await createKitWorld('client/test/kit/page.tsx');
  });

  afterEach(async () => expect(await world.leave()).toEqual([]));

  afterAll(() => world.close());

  /** A room with three messages of bob that ada has read, and another room of theirs. */
  async function createReadRoom() {
    const { ada, bob, roomId } = await createRoomOfTwo(world.database);
    const { id: otherId } = await world.database.createRoom(ada, { members: [bob] });
    for (const text of ['one', 'two', 'three']) {
      await world.database.sendMessage(bob, roomId, text);
    }
    await world.database.call(ada, 'mark_room_read', roomId);
    return { ada, bob, roomId, otherId };
  }

  async function markUnread(page: Page, text: string): Promise<void> {
    await messageWith(page, text).hover();
    await messageWith(page, text).getByRole('button', { name: 'Actions for this message' }).click();
    await page.getByRole('menuitem', { name: 'Mark as unread' }).click();
  }

  const badge = (page: Page, count: number) =>
    page.getByRole('img', { name: `${count} unread message`, exact: false });

  async function openOther(page: Page): Promise<void> {
    await page.locator('.trumpet-room:not([aria-current])').click();
    await page.locator('.trumpet-room[aria-current]').waitFor();
  }

  test('what is marked as unread stays so while the room is open, here and on another device, until it is opened again', async () => {
    const { ada, bob, roomId } = await createReadRoom();
    const [phone, desk] = [await world.open(ada, roomId), await world.open(ada, roomId)];
    await messageWith(phone, 'three').waitFor();
    await messageWith(desk, 'three').waitFor();

    await markUnread(phone, 'two');
    for (const page of [phone, desk]) {
      await badge(page, 2).waitFor();
      await page.locator('.trumpet-unread-line').waitFor();
    }
    // What comes now is at the end of both, where somebody looks.
    await world.database.sendMessage(bob, roomId, 'four');
    for (const page of [phone, desk]) {
      await messageWith(page, 'four').waitFor();
      await badge(page, 3).waitFor();
    }

    await openOther(desk);
    expect(await badge(desk, 3).count()).toBe(1);
    await openOther(desk);
    await messageWith(desk, 'four').waitFor();
    await badge(desk, 3).waitFor({ state: 'detached' });
    await badge(phone, 3).waitFor({ state: 'detached' });
  }, 120_000);

  test('who writes in the room has read it', async () => {
    const { ada, roomId } = await createReadRoom();
    const page = await world.open(ada, roomId);
    await messageWith(page, 'three').waitFor();
    await markUnread(page, 'one');
    await badge(page, 3).waitFor();
    await page.locator('.trumpet-composer-text').fill('I was here');
    await page.keyboard.press('Enter');
    await messageWith(page, 'I was here').waitFor();
    await badge(page, 3).waitFor({ state: 'detached' });
  }, 120_000);
});

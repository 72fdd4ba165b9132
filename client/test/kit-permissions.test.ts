import type { Page } from 'playwright-core';
import { describeInChromium } from '../../testing/chromium.ts';
import { createRoomOfTwo } from '../../testing/world.ts';
import { createKitWorld, type KitWorld } from './kit/world.ts';

/* The kit offers what somebody may do, by whatever they have it, and no longer than they have it. */

describeInChromium('in Chromium', () => {
  let world: KitWorld;

  beforeAll(async () => {
    world = await createKitWorld('client/test/kit/page.tsx');
  });
  afterEach(async () => expect(await world.leave()).toEqual([]));
  afterAll(() => world.close());

  /** What the menu of a message offers, once it offers or lacks this. */
  async function waitForMenu(
    page: Page,
    text: string,
    item: string,
    isThere: boolean,
  ): Promise<void> {
    for (;;) {
      const message = page.locator('.trumpet-message', { hasText: text }).first();
      await message.hover();
      await message.getByRole('button', { name: 'Actions for this message' }).click();
      await page.getByRole('menuitem', { name: 'Copy text' }).waitFor();
      const has = (await page.getByRole('menuitem', { name: item, exact: true }).count()) > 0;
      await page.keyboard.press('Escape');
      if (has === isThere) {
        return;
      }
    }
  }

  test('a member with a role pins, deletes and closes polls, and no longer once it is taken', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(world.database);
    const { database } = world;
    await database.call(ada, 'create_poll', roomId, 'Which?', ['this', 'that']);
    await database.sendMessage(ada, roomId, 'news');
    const { rows } = await database.owner.query<{ id: string }>(
      `insert into app_public.roles (name, permissions)
        values ('Stewards', '{pin_messages,delete_messages,close_polls}') returning id`,
    );
    const page = await world.open(bob, roomId);
    const closing = page.getByRole('button', { name: 'End the poll' });
    await waitForMenu(page, 'news', 'Pin', false);
    await waitForMenu(page, 'news', 'Delete', false);
    expect(await closing.count()).toBe(0);

    await database.call(ada, 'assign_role', rows[0]?.id, bob.id, roomId);
    await closing.waitFor();
    await waitForMenu(page, 'news', 'Pin', true);
    await waitForMenu(page, 'news', 'Delete', true);

    await database.call(ada, 'unassign_role', rows[0]?.id, bob.id, roomId);
    await closing.waitFor({ state: 'detached' });
    await waitForMenu(page, 'news', 'Pin', false);
    await waitForMenu(page, 'news', 'Delete', false);
  }, 120_000);

  test('to whom files or writing are denied, is not offered them', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(world.database);
    const deny = (permission: string, effect: string | null) =>
      world.database.call(ada, 'set_permission_exception', bob.id, permission, effect, roomId);
    const page = await world.open(bob, roomId);
    const attach = page.getByRole('button', { name: 'Attach files' });
    await attach.waitFor();
    await deny('attach_files', 'deny');
    await attach.waitFor({ state: 'detached' });
    await page.locator('.trumpet-composer-text').waitFor();

    await deny('send_messages', 'deny');
    await page.getByText('You cannot write here.').waitFor();
    expect(await page.locator('.trumpet-composer-text').count()).toBe(0);

    await deny('send_messages', null);
    await deny('attach_files', null);
    await attach.waitFor();
  }, 120_000);

  test('who is granted writing in a room of announcements has a composer there', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(world.database);
    await world.database.call(ada, 'set_writing_roles', roomId, 'admin');
    const page = await world.open(bob, roomId);
    await page.getByText('only admins and the owner write here').waitFor();
    await world.database.call(
      ada,
      'set_permission_exception',
      bob.id,
      'send_messages',
      'grant',
      roomId,
    );
    await page.locator('.trumpet-composer-text').fill('I may');
    await page.keyboard.press('Enter');
    await page.locator('.trumpet-message', { hasText: 'I may' }).first().waitFor();
  }, 120_000);
});

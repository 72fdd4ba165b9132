import { describeInChromium } from '../../testing/chromium.ts';
import { createRoomOfTwo } from '../../testing/world.ts';
import { createKitWorld, type KitWorld, messageWith } from './kit/world.ts';

/* What somebody neither sees nor hears, unless they want to. */

describeInChromium('in Chromium', () => {
  let world: KitWorld;

  beforeAll(async () => {
    world = await createKitWorld('client/test/kit/page.tsx');
  });

  afterEach(async () => expect(await world.leave()).toEqual([]));

  afterAll(() => world.close());

  test('what somebody wrote whom one has blocked is neither shown, said, quoted nor typed, until one wants to see it', async () => {
    const { database } = world;
    const { ada, bob, roomId } = await createRoomOfTwo(database);
    const cleo = await database.createUser();
    await database.call(ada, 'add_room_member', roomId, cleo.id);
    const before = await database.sendMessage(bob, roomId, 'rude before');
    await database.call(ada, 'block_user', bob.id);
    const page = await world.open(ada, roomId);
    const hidden = page
      .locator('.trumpet-message', { hasText: 'By somebody whom you have blocked.' })
      .first();
    await hidden.waitFor();
    await page.evaluate((id) => {
      const typing = window.client.typing(id);
      const heard = Promise.withResolvers<void>();
      typing.subscribe(() => typing.get().length > 0 && heard.resolve());
      Object.assign(window, { heard: heard.promise });
    }, roomId);
    await database.call(bob, 'set_typing', roomId, true);
    await page.evaluate(() => (window as unknown as { heard: Promise<void> }).heard);
    expect(await page.locator('.trumpet-typing').textContent()).toBe('');

    await database.sendMessage(bob, roomId, 'rude again');
    await database.call(cleo, 'send_message', roomId, 'An answer', 'text', '{}', before.id);
    await messageWith(page, 'An answer').waitFor();
    const said = page.locator('[role=log]').first();
    await said.getByText('An answer').waitFor();
    expect(await said.textContent()).not.toContain('rude');
    expect(await page.locator('.trumpet').first().textContent()).not.toContain('rude');

    await hidden.getByRole('button', { name: 'Show it' }).click();
    await messageWith(page, 'rude before').waitFor();
    expect(await messageWith(page, 'rude again').count()).toBe(0);
  });

  test('a screen reader hears what comes, and not what was there before', async () => {
    const { database } = world;
    const { ada, bob, roomId } = await createRoomOfTwo(database);
    for (const text of ['one', 'two', 'three']) {
      await database.sendMessage(bob, roomId, text);
    }
    const page = await world.open(ada, roomId);
    await messageWith(page, 'three').waitFor();
    await database.sendMessage(bob, roomId, 'four');
    const said = page.locator('[role=log]').first();
    await said.getByText('four').waitFor();
    expect(await said.locator('p').allTextContents()).toEqual([expect.stringContaining('four')]);
  });

  test('a text in which hundreds of lists stand in one another is shown as it was written, and holds up nobody', async () => {
    const { database } = world;
    const { ada, bob, roomId } = await createRoomOfTwo(database);
    const page = await world.open(ada, roomId);
    for (const text of [`${'- '.repeat(3_990)}lists`, `${'>'.repeat(7_900)}quotes`]) {
      await database.sendMessage(bob, roomId, text);
      const shown = page.locator('.trumpet-message .trumpet-text', { hasText: text.slice(-6) });
      expect(await shown.last().textContent()).toBe(text);
    }
    await database.sendMessage(bob, roomId, '> > - quoted');
    await messageWith(page, 'quoted').locator('blockquote blockquote li').waitFor();
  });
});

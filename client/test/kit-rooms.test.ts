import { describeInChromium } from '../../testing/chromium.ts';
import { createRoomOfTwo } from '../../testing/world.ts';
import { createKitWorld, type KitWorld } from './kit/world.ts';

/* What the kit says of rooms: of those in the list, and of one that is not there. */

describeInChromium('in Chromium', () => {
  let world: KitWorld;

  beforeAll(async () => {
    world = await createKitWorld('client/test/kit/page.tsx');
  });

  afterEach(async () => expect(await world.leave()).toEqual([]));

  afterAll(() => world.close());

  test('a room of which somebody wants to hear nothing is marked, and not one in which they may not write', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(world.database);
    const { id: loudId } = await world.database.createRoom(ada, { members: [bob] });
    await world.database.call(bob, 'set_notification_level', roomId, 'none');
    await world.database.call(ada, 'mute_member', loudId, bob.id, 3_600);
    for (const id of [roomId, loudId]) {
      await world.database.sendMessage(ada, id, 'news');
    }
    const page = await world.open(bob, loudId);
    const rows = page.locator('.trumpet-room');
    await rows.nth(1).waitFor();
    const marked = rows.filter({ has: page.getByRole('img', { name: 'Muted' }) });
    expect(await marked.count()).toBe(1);
    expect(await marked.getAttribute('data-unread')).toBe('false');
    expect(await marked.getAttribute('aria-current')).toBeNull();
  }, 120_000);

  test.each([
    ['that is not there', async () => crypto.randomUUID()],
    [
      'of others',
      async () => {
        const { database } = world;
        return (await database.createRoom(await database.createUser())).id;
      },
    ],
    ['whose id is none', async () => 'general'],
  ])(
    'a conversation %s is told to be none, and one comes back from it',
    async (_, makeId) => {
      const { ada } = await createRoomOfTwo(world.database);
      const page = await world.open(ada, await makeId());
      await page.getByText('There is no such conversation, or you are not in it.').waitFor();
      await page.getByRole('button', { name: 'Back to the conversations' }).click();
      await page.locator('.trumpet-room').first().click();
      await page.locator('.trumpet-composer-text').waitFor();
    },
    120_000,
  );

  test('in a room of announcements members read, and answer, vote and react only as long as they may', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(world.database);
    await world.database.sendMessage(ada, roomId, 'news');
    const page = await world.open(bob, roomId);
    const message = page.locator('.trumpet-message').filter({ hasText: 'news' }).first();
    await message.hover();
    await message.getByRole('button', { name: 'React' }).waitFor();

    await world.database.call(ada, 'set_writing_roles', roomId, 'moderator');
    await page.getByText('only moderators and above write here. You can answer').waitFor();
    expect(await page.locator('.trumpet-composer-text').count()).toBe(0);
    await message.hover();
    await message.getByRole('button', { name: 'Reply', exact: true }).click();
    await page.locator('.trumpet-composer-text').fill('well said');
    await page.keyboard.press('Enter');
    await page.locator('.trumpet-composer-text').waitFor({ state: 'detached' });
    // It stands in the thread alone: the history of the room is for those who write there.
    await message.locator('.trumpet-replies').filter({ hasText: '1' }).waitFor();
    const answers = async () => {
      const { rows } = await world.database.owner.query(
        `select content, also_sent_to_room from app_public.messages
          where room_id = $1 and parent_message_id is not null`,
        [roomId],
      );
      return rows;
    };
    let sent = await answers();
    while (sent.length === 0) {
      sent = await answers(); // It is shown before the server has it.
    }
    expect(sent).toEqual([{ content: 'well said', also_sent_to_room: false }]);

    await world.database.call(ada, 'set_writing_roles', roomId, 'moderator', 'owner', 'admin');
    await message.hover();
    await message.getByRole('button', { name: 'React' }).waitFor({ state: 'detached' });
    expect(await message.getByRole('button', { name: 'Reply', exact: true }).count()).toBe(0);

    await world.database.call(ada, 'set_writing_roles', roomId, 'member');
    await page.locator('.trumpet-composer-text').waitFor();
  }, 120_000);

  test('a message that disappears says when, and is gone at its time without a word of the server', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(world.database);
    await world.database.call(ada, 'set_disappearing', roomId, 3_600);
    const goes = await world.database.sendMessage(ada, roomId, 'goes');
    await world.database.call(ada, 'set_disappearing', roomId, null);
    await world.database.call(bob, 'send_message', roomId, 'stays', 'text', '{}', goes.id);
    const quote = JSON.stringify({ quote: { messageId: goes.id } });
    await world.database.call(bob, 'send_message', roomId, 'quotes it', 'text', quote);
    const page = await world.open(bob, roomId);
    const texts = page.locator('.trumpet-message .trumpet-text');
    await texts.filter({ hasText: 'stays' }).waitFor();
    await page.locator('.trumpet-disappearing').filter({ hasText: 'Disappears' }).waitFor();
    const quoted = page.locator('.trumpet-quoted');
    await quoted.filter({ hasText: 'goes' }).waitFor();
    expect(await page.getByText('goes').count()).toBeGreaterThan(1); // Itself, and where it is answered.

    await page.clock.install();
    await page.reload();
    await page.locator('.trumpet-disappearing').waitFor();
    // What shows quotes is fetched when there is one: not without a network.
    await quoted.filter({ hasText: 'goes' }).waitFor();
    await page.context().setOffline(true);
    await page.clock.fastForward(3_601_000);
    await page.locator('.trumpet-disappearing').waitFor({ state: 'detached' });
    await page.getByText('goes').first().waitFor({ state: 'detached' });
    await quoted.filter({ hasText: 'removed' }).waitFor();
    await texts.filter({ hasText: 'stays' }).waitFor();
  }, 120_000);

  test('who is put out of the conversation that is open is told', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(world.database);
    const page = await world.open(bob, roomId);
    await page.locator('.trumpet-composer-text').waitFor();
    await world.database.call(ada, 'kick_member', roomId, bob.id, 'off topic');
    await page.getByText('There is no such conversation, or you are not in it.').waitFor();
  }, 120_000);

  test('the keys of the kit are not those of what stands beside it, nor of a dialog', async () => {
    const { ada, roomId } = await createRoomOfTwo(world.database);
    const page = await world.open(ada, roomId);
    const composer = page.locator('.trumpet-composer-text');
    await composer.waitFor();
    await page.evaluate(() => {
      const host = document.createElement('div');
      host.innerHTML =
        '<button id="beside">x</button><dialog><button id="above">x</button></dialog>';
      document.body.append(host);
    });
    const isComposing = () => composer.evaluate((field) => field === document.activeElement);
    const press = async (selector: string) => {
      await page.locator(selector).focus();
      await page.keyboard.press('c');
      await page.keyboard.press('?');
    };
    await press('#beside');
    expect(await isComposing()).toBe(false);
    await page.evaluate(() => document.querySelector('dialog')?.showModal());
    await press('#above');
    expect(await isComposing()).toBe(false);
    expect(await page.locator('.trumpet-shortcuts').count()).toBe(0);
    await page.evaluate(() => document.querySelector('dialog')?.close());
    // In the kit, and where the focus is nowhere.
    await page.locator('.trumpet-room').first().focus();
    await page.keyboard.press('?');
    const help = page.locator('.trumpet-shortcuts');
    await help.waitFor();
    await page.keyboard.press('c');
    expect(await isComposing()).toBe(false);
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press('c');
    expect(await isComposing()).toBe(true);
  }, 120_000);
});

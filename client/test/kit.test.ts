import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describeInChromium } from '../../testing/chromium.ts';
import { createRoomOfTwo } from '../../testing/world.ts';
import { createKitWorld, type KitWorld, messageWith } from './kit/world.ts';

/* The kit as people use it: in Chromium, in React's StrictMode, under a strict policy, against a real server. */

describeInChromium('in Chromium', () => {
  let world: KitWorld;

  beforeAll(async () => {
    world = await createKitWorld('client/test/kit/page.tsx');
  });

  afterEach(async () => expect(await world.leave()).toEqual([]));

  afterAll(() => world.close());

  const field = (page: Page) => page.locator('.trumpet-conversation .trumpet-composer-text');

  async function write(page: Page, text: string): Promise<void> {
    await field(page).click();
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
  }

  async function choose(page: Page, text: string, action: string): Promise<void> {
    await messageWith(page, text).hover();
    await messageWith(page, text).getByRole('button', { name: 'Actions for this message' }).click();
    await page.getByRole('menuitem', { name: action, exact: true }).click();
  }

  test('two people write, react, edit, answer, attach and delete, and see each other do it', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(world.database);
    const [hers, his] = await Promise.all([world.open(ada, roomId), world.open(bob, roomId)]);

    await field(hers).click();
    await hers.keyboard.type('Hello **you** <i>there</i>');
    await his.getByText(`${ada.username} is typing…`).first().waitFor();
    await hers.keyboard.press('Enter');
    await messageWith(his, 'Hello you <i>there</i>').locator('strong').waitFor();
    // What is seen is told.
    await messageWith(hers, 'Hello you').getByText('Seen').waitFor();

    await field(his).click();
    await his.keyboard.type(`Good morning @${ada.username.slice(0, 8)}`);
    await his.getByRole('option', { name: ada.username }).waitFor();
    await his.keyboard.press('Enter');
    await his.keyboard.press('Enter');
    await messageWith(hers, 'Good morning').locator('.trumpet-mention').waitFor();
    // Screen readers say it.
    const said = hers.getByRole('log').filter({ hasText: `${bob.username}: Good morning` });
    await said.waitFor({ state: 'attached' });

    await messageWith(hers, 'Good morning').hover();
    await messageWith(hers, 'Good morning').getByRole('button', { name: 'React' }).click();
    await hers.getByRole('button', { name: 'React with 🎉' }).click();
    await messageWith(his, 'Good morning').getByRole('button', { name: '🎉, 1 person' }).click();
    await messageWith(hers, 'Good morning').getByRole('button', { name: '🎉, 2 people' }).waitFor();

    // The last message of one's own, by the arrow key.
    await field(his).click();
    await his.keyboard.press('ArrowUp');
    await his.keyboard.press('End');
    await his.keyboard.type(' to you');
    await his.keyboard.press('Enter');
    await messageWith(hers, 'to you').getByText('edited').waitFor();

    await choose(hers, 'Good morning', 'Open thread');
    const thread = hers.getByRole('region', { name: 'Thread' });
    await thread.getByRole('textbox').fill('In the thread');
    await thread.getByRole('button', { name: 'Send', exact: true }).click();
    await messageWith(his, 'to you').getByRole('button', { name: '1 reply' }).click();
    await his.getByRole('region', { name: 'Thread' }).getByText('In the thread').waitFor();

    await hers.locator('.trumpet-conversation input[type=file]').setInputFiles({
      name: 'list.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('one, two'),
    });
    await write(hers, 'Here is the list');
    await messageWith(his, 'Here is the list').getByText('list.txt').waitFor();

    await choose(hers, 'Here is the list', 'Delete');
    await hers.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await his.getByText('This message was deleted.').first().waitFor();
  }, 180_000);

  test('what a link leads to is shown as soon as it is known, in its own direction, and is text', async () => {
    const { ada, roomId } = await createRoomOfTwo(world.database);
    const page = await world.open(ada, roomId);
    const { id } = await world.database.sendMessage(ada, roomId, 'see https://example.org/x');
    await messageWith(page, 'see').waitFor();
    const { owner } = world.database;
    await owner.query(
      "select app_private.set_message_links($1, 'see https://example.org/x', '{https://example.org/x}')",
      [id],
    );
    const { rows } = await owner.query('select id from app_private.links');
    await owner.query(
      "select app_private.keep_link($1, 'صفحة', '<i>about</i>', 'A site', null, null, null)",
      [rows[0].id],
    );
    await owner.query('select app_private.show_link($1)', [rows[0].id]);
    const preview = messageWith(page, 'see').locator('.trumpet-link-preview');
    await preview.getByText('<i>about</i>').waitFor();
    await preview.getByText('example.org', { exact: true }).waitFor();
    expect(await preview.getAttribute('href')).toBe('https://example.org/x');
    const title = preview.locator('strong');
    expect(await title.evaluate((at) => getComputedStyle(at).direction)).toBe('rtl');
    // Its author may do without it, and is asked to only where there is one.
    await choose(page, 'see', 'Remove previews');
    await preview.waitFor({ state: 'detached' });
    await messageWith(page, 'see').hover();
    await messageWith(page, 'see')
      .getByRole('button', { name: 'Actions for this message' })
      .click();
    await page.getByRole('menuitem', { name: 'Edit', exact: true }).waitFor();
    expect(await page.getByRole('menuitem', { name: 'Remove previews' }).count()).toBe(0);
    await page.keyboard.press('Escape');
  });

  test('a list, a quotation and a table go in the direction of their script, and a name within a sentence, too', async () => {
    const { ada, roomId } = await createRoomOfTwo(world.database);
    const page = await world.open(ada, roomId);
    await world.database.sendMessage(
      ada,
      roomId,
      '- تفاح\n- pears\n\n> اقتباس\n\n| أول | second |\n| - | - |\n| ١ | 2 |',
    );
    const message = messageWith(page, 'تفاح');
    await message.waitFor();
    for (const part of ['ul', 'blockquote', 'table']) {
      const direction = message.locator(part).evaluate((at) => getComputedStyle(at).direction);
      expect([part, await direction]).toEqual([part, 'rtl']);
    }
    const [first, second] = await message
      .locator('th')
      .evaluateAll((cells) => cells.map((cell) => cell.getBoundingClientRect().x));
    expect(first).toBeGreaterThan(second ?? 0);

    const { id } = await world.database.createRoom(ada, { name: 'نادي' });
    const other = await world.open(ada, id);
    await other.getByPlaceholder('Write to \u2068نادي\u2069').waitFor();
  });

  test("↑ edits one's last message, also while it waits; Enter that ends a composition sends nothing", async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(world.database);
    const [hers, his] = await Promise.all([world.open(ada, roomId), world.open(bob, roomId)]);
    await write(hers, 'first');
    await messageWith(his, 'first').waitFor();
    await hers.context().setOffline(true);
    await write(hers, 'second, waits');
    await hers.keyboard.press('ArrowUp');
    await hers.keyboard.press('End');
    await hers.keyboard.type(' and is mended');
    await hers.keyboard.press('Enter');
    await hers.context().setOffline(false);
    await messageWith(his, 'second, waits and is mended').waitFor();
    await messageWith(his, 'first').waitFor();

    await field(hers).fill('にほん');
    // As Safari tells of the key that ended it.
    await field(hers).dispatchEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true });
    await hers.keyboard.type('ご');
    await hers.keyboard.press('Enter');
    await messageWith(his, 'にほんご').waitFor();
    expect(await messageWith(hers, 'にほん').count()).toBe(1);
  });

  test('in a large room a name is completed without fetching all members', async () => {
    const { owner } = world.database;
    const { ada, bob, roomId } = await createRoomOfTwo(world.database);
    const crowd = `crowd${roomId.slice(-8)}`;
    await owner.query(
      `with people as (
        insert into app_public.users (username, display_name)
          select $2::text || number, case number when 60 then 'Zoë Quick' else 'Zoltan ' || number end
            from generate_series(1, 60) as number returning id
      )
      insert into app_public.room_members (room_id, user_id) select $1, id from people`,
      [roomId, crowd],
    );
    await world.database.sendMessage(bob, roomId, 'Who was that?');
    const page = await world.open(ada, roomId);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.postData() ?? ''));
    await messageWith(page, 'Who was that?').waitFor();
    await field(page).click();
    await page.keyboard.type('It was @');
    await page.getByRole('option', { name: bob.username }).waitFor();
    await page.keyboard.type('ZOE');
    await page.getByRole('option', { name: 'Zoë Quick' }).waitFor();
    expect(await page.getByRole('option').count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await messageWith(page, 'It was')
      .locator('.trumpet-mention', { hasText: '@Zoë Quick' })
      .waitFor();
    expect(asked.filter((body) => body.includes('query Members('))).toEqual([]);
  });

  test('messages are seen also where nothing gives the chat a height', async () => {
    const { ada, roomId } = await createRoomOfTwo(world.database);
    const page = await world.open(ada, roomId);
    await page.locator('main, #page').evaluateAll((all) => {
      for (const each of all) {
        (each as HTMLElement).style.blockSize = 'auto';
      }
    });
    await write(page, 'Hello');
    await messageWith(page, 'Hello').waitFor();
    const feed = await page.locator('.trumpet-feed').boundingBox();
    expect(feed?.height).toBeGreaterThan(300);
  });

  test('a draft stays on the device by room, and goes when its person signs out', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(world.database);
    await world.database.createRoom(ada, { name: 'Another', members: [bob] });
    const page = await world.open(ada, roomId);
    await field(page).click();
    await page.keyboard.type('half a thought');
    await page.getByRole('button', { name: /^Another/ }).click();
    await page.getByRole('textbox', { name: 'Write to Another' }).waitFor();
    expect(await field(page).inputValue()).toBe('');
    await page.reload();
    await field(page).waitFor();
    expect(await field(page).inputValue()).toBe('half a thought');
    await page.evaluate(() => window.client.signOut());
    await page.waitForFunction(() => !Object.keys(localStorage).join().includes('draft'));
  });

  test('what a message is being changed to is there after a look at another room', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(world.database);
    await world.database.createRoom(ada, { name: 'Another', members: [bob] });
    const page = await world.open(bob, roomId);
    await write(page, 'as it was');
    await messageWith(page, 'as it was').getByText('Sent').waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('End');
    await page.keyboard.type(', and more');
    await page.getByRole('button', { name: /^Another/ }).click();
    await page.getByRole('textbox', { name: 'Write to Another' }).waitFor();
    expect(await field(page).inputValue()).toBe('');
    await page.locator('.trumpet-room', { hasText: 'as it was' }).click();
    await page.getByText('Editing a message').waitFor();
    expect(await field(page).inputValue()).toBe('as it was, and more');
    await field(page).press('Enter');
    await messageWith(page, 'as it was, and more').getByText('edited').waitFor();
  });

  test('what a refused message was changed to is sent, though the message went meanwhile', async () => {
    const { database } = world;
    const { ada, bob, roomId } = await createRoomOfTwo(database);
    const page = await world.open(bob, roomId);
    await field(page).waitFor();
    await database.call(ada, 'mute_member', roomId, bob.id, 3_600, 'Too loud');
    await write(page, 'as it was');
    const row = messageWith(page, 'as it was');
    await row.getByRole('button', { name: 'Change it' }).click();
    await field(page).fill('as it should be');
    await database.call(ada, 'unmute_member', roomId, bob.id);
    await row.getByRole('button', { name: 'Send again' }).click();
    await row.getByText('Sent', { exact: true }).waitFor();
    await field(page).press('Enter');
    await messageWith(page, 'as it should be').getByText('Sent', { exact: true }).waitFor();
  });

  test('a message that is deleted from its menu keeps the focus', async () => {
    const { ada, roomId } = await createRoomOfTwo(world.database);
    await world.database.sendMessage(ada, roomId, 'not for long');
    const page = await world.open(ada, roomId);
    await choose(page, 'not for long', 'Delete');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).press('Enter');
    const deleted = page.locator('.trumpet-message', { hasText: 'This message was deleted.' });
    await deleted.waitFor();
    expect(await deleted.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  test('what one person has open is not open for the next', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(world.database);
    await world.database.createRoom(ada, { name: 'Her own' });
    const page = await world.open(ada, roomId);
    await page.getByRole('button', { name: /^Her own/ }).click();
    await page.getByRole('textbox', { name: 'Write to Her own' }).waitFor();
    await page.evaluate(() => window.client.signOut());
    await page.evaluate(
      (name) => window.client.signIn({ username: name, password: name }),
      bob.username,
    );
    await field(page).waitFor();
    expect(await page.getByText('Her own').count()).toBe(0);
  });

  test.each(['light', 'dark'])(
    'nobody is kept out (%s)',
    async (theme) => {
      const { ada, bob, roomId } = await createRoomOfTwo(world.database);
      await world.database.sendMessage(
        bob,
        roomId,
        `Hello @${ada.username}: **bold**, \`code\`\n\n- [x] done\n\n| a | b |\n| - | - |\n| 1 | 2 |`,
      );
      await world.database.sendMessage(
        bob,
        roomId,
        '```\nlong line\n```\n> quoted\n\nhttps://example.org',
      );
      const page = await world.open(ada, roomId, { theme });
      await messageWith(page, 'quoted').waitFor();
      const check = async () => {
        const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      };
      await check();
      // By the keyboard alone: to the messages, up, its menu.
      await page.keyboard.press('Tab');
      await page.locator('.trumpet-room').first().focus();
      await page.keyboard.press('m');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Enter');
      await page.getByRole('menu').waitFor();
      await check();
      await page.keyboard.press('ArrowDown'); // Quote
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByRole('region', { name: 'Thread' }).getByText('Hello').waitFor();
      await field(page).click();
      await page.keyboard.type(`@${bob.username.slice(0, 6)}`);
      await page.getByRole('option').first().waitFor();
      await check();
      await page.keyboard.press('Escape');
      await page.locator('.trumpet-conversation').getByRole('button', { name: 'Emoji' }).click();
      await page.getByRole('gridcell').first().waitFor();
      await check();
      await page.keyboard.press('Escape');
      await page.locator('.trumpet-room').first().focus();
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
      await check();
    },
    180_000,
  );
});

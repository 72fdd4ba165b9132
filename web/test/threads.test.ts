import type { Page } from 'playwright-core';
import { describeInChromium } from '../../testing/chromium.ts';
import type { TestUser } from '../../testing/database.ts';
import { createPageWorld, type PageWorld, sees } from './support.ts';

/* Threads that people follow: what is unread in them is the same on all of their devices. */

describeInChromium('threads in Chromium', () => {
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

  const answer = (author: TestUser, roomId: string, threadId: string, text: string) =>
    world.database.call(author, 'send_message', roomId, text, 'text', '{}', threadId);

  const place = (page: Page, name: string) =>
    page.getByRole('link', { name, exact: true }).waitFor();

  test('an answer shows on all devices, and goes from all once the thread was looked at', async () => {
    const { id: roomId } = await world.database.createRoom(ada, { name: 'Chess', members: [bob] });
    const { id: first } = await world.database.sendMessage(ada, roomId, 'Where shall we play?');
    const { id: second } = await world.database.sendMessage(ada, roomId, 'And when?');
    const [phone, desk] = [await openAs(ada), await openAs(ada)];
    await place(phone, 'Threads');
    await answer(bob, roomId, first, 'In the park.');
    await answer(bob, roomId, second, `At noon, @${ada.username}?`);
    await place(phone, 'Threads: 2 with new answers');
    await place(desk, 'Threads: 2 with new answers');

    await desk.getByRole('link', { name: 'Threads: 2 with new answers' }).click();
    const rows = desk.locator('.trumpet-screen-row-message');
    await rows.nth(1).waitFor();
    expect(await rows.allInnerTexts()).toEqual([
      expect.stringContaining('And when?'),
      expect.stringContaining('Where shall we play?'),
    ]);
    await rows.first().getByRole('button', { name: 'Mark as read' }).click();
    await place(phone, 'Threads: 1 with new answers');
    // By its text: what is unread has come to the front meanwhile, or is about to.
    const unread = rows.filter({ hasText: 'Where shall we play?' });
    await unread.getByRole('link', { name: 'Open' }).click();
    await sees(desk, 'In the park.');
    await place(desk, 'Threads');
    await place(phone, 'Threads');

    // It is open, and looked at: what comes is read.
    const read = desk.waitForResponse((response) =>
      Boolean(response.request().postData()?.includes('markThreadRead')),
    );
    await answer(bob, roomId, first, 'By the pond.');
    await sees(desk, 'By the pond.');
    await (await read).finished();
    const { rows: summary } = await world.database.asUser(ada, (client) =>
      client.query('select unread_count as unread from app_public.my_thread_summary()'),
    );
    expect(summary).toEqual([{ unread: 0 }]);
  }, 180_000);

  test('a thread is followed and left by hand, and followed by writing in it', async () => {
    const { id: roomId } = await world.database.createRoom(bob, { name: 'Chess', members: [ada] });
    const { id: threadId } = await world.database.sendMessage(bob, roomId, 'Where shall we play?');
    const [phone, desk] = [await openAs(ada), await openAs(ada)];
    for (const page of [phone, desk]) {
      await page.goto(`${world.server.url}/r/${roomId}?panel=thread:${threadId}`);
    }
    const follow = (page: Page, pressed: boolean) =>
      page.getByRole('button', { name: 'Follow', pressed }).waitFor();
    await follow(desk, false);
    await desk.getByRole('button', { name: 'Follow' }).click();
    await follow(desk, true);
    await follow(phone, true);
    await phone.getByRole('button', { name: 'Follow' }).click();
    await follow(phone, false);
    await follow(desk, false);

    await desk.locator('.trumpet-thread .trumpet-composer-text').fill('In the park.');
    await desk.keyboard.press('Enter');
    await follow(desk, true);
    await follow(phone, true);
  }, 180_000);

  test('an answer goes to the room as well where that is said, and only that one', async () => {
    const { id: roomId } = await world.database.createRoom(bob, { name: 'Chess', members: [ada] });
    const { id: threadId } = await world.database.sendMessage(bob, roomId, 'Where shall we play?');
    const page = await openAs(ada);
    await page.goto(`${world.server.url}/r/${roomId}?panel=thread:${threadId}`);
    const thread = page.locator('.trumpet-thread');
    const also = thread.getByRole('checkbox', { name: 'Also send to the room' });
    await also.check();
    const write = async (text: string) => {
      const sent = page.waitForResponse((response) =>
        Boolean(response.request().postData()?.includes('SendMessage')),
      );
      await thread.locator('.trumpet-composer-text').fill(text);
      await page.keyboard.press('Enter');
      await (await sent).finished();
    };
    await write('In the park, all of you.');
    await thread.getByText('Also sent to the room').waitFor();
    expect(await also.isChecked()).toBe(false);
    await write('By the pond.');
    const { rows } = await world.database.owner.query(
      'select content, also_sent_to_room as both from app_public.messages where parent_message_id = $1 order by seq',
      [threadId],
    );
    expect(rows).toEqual([
      { content: 'In the park, all of you.', both: true },
      { content: 'By the pond.', both: false },
    ]);
    expect(await thread.getByText('Also sent to the room').count()).toBe(1);
  }, 180_000);

  test('who has read the last answer in its thread is shown there, when it happens', async () => {
    const { id: roomId } = await world.database.createRoom(ada, { name: 'Chess', members: [bob] });
    const { id: threadId } = await world.database.sendMessage(bob, roomId, 'Where shall we play?');
    await answer(ada, roomId, threadId, 'In the park.');
    const page = await openAs(ada);
    await page.goto(`${world.server.url}/r/${roomId}?panel=thread:${threadId}`);
    const thread = page.locator('.trumpet-thread');
    await thread.getByText('In the park.').waitFor();
    await world.database.call(bob, 'mark_thread_read', threadId);
    const seen = thread.getByText('Seen by 1 person');
    await seen.click();
    await thread.locator('.trumpet-thread-receipts').getByText(bob.username).waitFor();
    // Nobody but who wrote it has read the next one.
    await answer(bob, roomId, threadId, 'At noon.');
    await seen.waitFor({ state: 'detached' });
  }, 180_000);
});

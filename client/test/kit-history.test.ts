import { describeInChromium } from '../../testing/chromium.ts';
import { createRoomOfTwo } from '../../testing/world.ts';
import { createKitWorld, type KitWorld, messageWith } from './kit/world.ts';

/* Histories that are longer than any screen. */

describeInChromium('in Chromium', () => {
  let world: KitWorld;

  beforeAll(async () => {
    world = await createKitWorld('client/test/kit/page.tsx');
  });

  afterEach(async () => expect(await world.leave()).toEqual([]));

  afterAll(() => world.close());

  test('10,000 messages are scrolled from the newest to the first, and back by one button', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(world.database);
    await world.database.commitAs(bob, (client) =>
      client.query(
        `select app_public.send_message(room_id => $1, content => 'message ' || number)
          from generate_series(1, 10000) as number`,
        [roomId],
      ),
    );
    await world.database.call(ada, 'mark_room_read', roomId);
    const page = await world.open(ada, roomId);
    await messageWith(page, 'message 10000').waitFor();
    const feed = page.locator('.trumpet-feed').first();
    const most = await feed.evaluate(async (element) => {
      let articles = 0;
      const isFirst = () => element.textContent?.includes('This is where');
      while (!isFirst()) {
        element.scrollTop -= 2_000;
        await new Promise((resolve) => requestAnimationFrame(resolve));
        articles = Math.max(articles, element.querySelectorAll('article').length);
      }
      return articles;
    });
    expect(most).toBeLessThan(150);
    const shown = await feed.locator('article').allInnerTexts();
    const numbers = shown.map((text) => Number(/message (\d+)/.exec(text)?.[1]));
    expect(numbers.slice(0, -1)).toEqual(numbers.slice(0, -1).map((_, at) => at + 1));
    await page.getByRole('button', { name: 'Jump to the newest message' }).click();
    await messageWith(page, 'message 10000').waitFor();
  }, 300_000);

  test('what one reads keeps its place when older messages come before it', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(world.database);
    for (let number = 1; number <= 300; number += 1) {
      await world.database.sendMessage(
        bob,
        roomId,
        `message ${number}\n${'line\n'.repeat(number % 4)}`,
      );
    }
    await world.database.call(ada, 'mark_room_read', roomId);
    const page = await world.open(ada, roomId);
    await messageWith(page, 'message 300').waitFor();
    const feed = page.locator('.trumpet-feed').first();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/graphql', async (route) => {
      await held;
      await route.continue();
    });
    await feed.evaluate((element) => {
      element.scrollTop = 500;
    });
    // What came on the screen is measured first.
    const settled = () =>
      feed.evaluate(async (element) => {
        const edge = element.getBoundingClientRect().top;
        const articles = [...element.querySelectorAll('article')];
        const top = articles.find((article) => article.getBoundingClientRect().top > edge);
        let at: number | undefined;
        while (at !== top?.getBoundingClientRect().top) {
          at = top?.getBoundingClientRect().top;
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        return { key: top?.getAttribute('data-key'), at: at ?? 0, height: element.scrollHeight };
      });
    const before = await settled();
    release();
    await page.waitForFunction(
      (height) => (document.querySelector('.trumpet-feed')?.scrollHeight ?? 0) > height + 500,
      before.height,
    );
    const after = await feed
      .locator(`[data-key="${before.key}"]`)
      .evaluate((article) => article.getBoundingClientRect().top);
    expect(Math.abs(after - before.at)).toBeLessThan(8);
  });
});

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
    // What came before is measured as it comes.
    await page.waitForFunction(
      ({ key, at }) => {
        const article = document.querySelector(`.trumpet-feed [data-key="${key}"]`);
        return article !== null && Math.abs(article.getBoundingClientRect().top - at) < 8;
      },
      { key: before.key, at: before.at },
    );
  });

  test('what one reads keeps its place, and the list its size, while many messages come', async () => {
    const { ada, bob, roomId } = await createRoomOfTwo(world.database);
    const send = (count: number, text: string) =>
      world.database.commitAs(bob, (client) =>
        client.query(
          `select app_public.send_message(room_id => $1, content => $3 || ' ' || number)
            from generate_series(1, $2::int) as number`,
          [roomId, count, text],
        ),
      );
    await send(60, 'early');
    await world.database.call(ada, 'mark_room_read', roomId);
    const page = await world.open(ada, roomId);
    await messageWith(page, 'early 60').waitFor();
    const feed = page.locator('.trumpet-feed').first();
    await feed.evaluate((element) => {
      element.scrollTop -= 400;
    });
    await page.getByRole('button', { name: 'Jump to the newest message' }).waitFor();
    const places = () =>
      feed.evaluate((element) =>
        [...element.querySelectorAll('article')].flatMap((article) => {
          const { top } = article.getBoundingClientRect();
          const isSeen = top > element.getBoundingClientRect().top && top < innerHeight;
          return isSeen ? [`${article.getAttribute('data-key')} ${Math.round(top)}`] : [];
        }),
      );
    // What came on the screen is measured first.
    let before: string[];
    do {
      before = await places();
    } while (`${await places()}` !== `${before}`);
    expect(before.length).toBeGreaterThan(2);
    await send(600, 'late');
    await page.waitForFunction((id) => window.client.room(id).get()?.lastSeq === 660, roomId);
    let after: string[];
    do {
      after = await places();
    } while (!before.every((place) => after.includes(place)));

    await page.getByRole('button', { name: 'Jump to the newest message' }).click();
    await messageWith(page, 'late 600').waitFor();
    await send(600, 'last');
    await messageWith(page, 'last 600').waitFor();
    const shown = await page.evaluate(
      (id) => window.client.timeline(id).get().messages.length,
      roomId,
    );
    expect(shown).toBeLessThanOrEqual(500);
  });
});

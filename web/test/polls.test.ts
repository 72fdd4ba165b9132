import type { Page } from 'playwright-core';
import { describeInChromium } from '../../testing/chromium.ts';
import type { TestUser } from '../../testing/database.ts';
import { createPageWorld, openRoom, type PageWorld } from './support.ts';

/* A poll is asked, voted in and ended in the page, and all see it without asking again. */

describeInChromium('polls in Chromium', () => {
  let world: PageWorld;
  let pages: Page[] = [];

  beforeAll(async () => {
    world = await createPageWorld({ hasWorker: true });
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await Promise.all(pages.map((page) => page.context().close()));
    pages = [];
    expect(world.complaints).toEqual([]);
  });

  async function openAs(user: TestUser, options = {}): Promise<Page> {
    const page = await world.openAs(user, options);
    pages.push(page);
    return page;
  }

  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

  async function ask(page: Page, isSeveral: boolean): Promise<void> {
    await page.locator('.trumpet-composer-text').fill('Lunch?');
    await button(page, 'Send later or as a poll').click();
    await button(page, 'Ask as a poll …').click();
    const dialog = page.getByRole('dialog', { name: 'Ask as a poll' });
    await dialog.getByLabel('Answer 1').fill('Pizza');
    await dialog.getByLabel('Answer 2').fill('Soup');
    await dialog.getByLabel('Answer 3').fill('Nothing');
    if (isSeveral) {
      await dialog.getByLabel('Several answers can be chosen').check();
    }
    await dialog.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.locator('.trumpet-composer-text:placeholder-shown').waitFor();
    await page.locator('.trumpet-message', { hasText: 'Lunch?' }).waitFor();
  }

  test('is asked on a computer, answered on a phone, and ended; both see it as it goes', async () => {
    const [ada, bob] = [await world.database.createUser(), await world.database.createUser()];
    await world.database.createRoom(ada, { name: 'Kitchen', members: [bob] });
    const desktop = await openAs(ada);
    const phone = await openAs(bob, {
      viewport: { width: 360, height: 640 },
      hasTouch: true,
      isMobile: true,
    });
    await openRoom(desktop, 'Kitchen');
    await openRoom(phone, 'Kitchen');
    await ask(desktop, false);

    await phone.getByLabel('Soup').check();
    const soup = (page: Page) => page.locator('.trumpet-poll-answer', { hasText: 'Soup' });
    await soup(desktop).getByText('1 vote').waitFor();
    await desktop.getByText('1 person has voted').waitFor();
    expect(await desktop.getByLabel('Soup').isChecked()).toBe(false);

    await button(desktop, 'Who has chosen what').click();
    await desktop
      .getByRole('dialog', { name: 'Who has chosen what' })
      .getByText(bob.username)
      .waitFor();
    await desktop.keyboard.press('Escape');

    await button(desktop, 'End the poll').click();
    await desktop
      .getByRole('dialog', { name: 'End the poll' })
      .getByRole('button', { name: 'End the poll' })
      .click();
    await phone.getByText('This poll is over.').waitFor();
    expect(await phone.getByLabel('Soup').isDisabled()).toBe(true);
    expect(await phone.getByLabel('Soup').isChecked()).toBe(true);
  });

  test('is asked once, also when the answer to it was lost and it is asked again', async () => {
    const ada = await world.database.createUser();
    const { id } = await world.database.createRoom(ada, { name: 'Kitchen' });
    const page = await openAs(ada);
    await openRoom(page, 'Kitchen');
    let isLost = false;
    await page.route('**/graphql', async (route) => {
      if (isLost || route.request().postData()?.includes('CreatePoll') !== true) {
        return route.fallback();
      }
      isLost = true;
      await route.fetch();
      return route.abort();
    });
    await page.locator('.trumpet-composer-text').fill('Lunch?');
    await button(page, 'Send later or as a poll').click();
    await button(page, 'Ask as a poll …').click();
    const dialog = page.getByRole('dialog', { name: 'Ask as a poll' });
    await dialog.getByLabel('Answer 1').fill('Pizza');
    await dialog.getByLabel('Answer 2').fill('Soup');
    const send = dialog.getByRole('button', { name: 'Ask', exact: true });
    await send.click();
    await dialog.getByRole('alert').filter({ hasText: /./ }).waitFor();
    await send.click();
    await page.locator('.trumpet-composer-text:placeholder-shown').waitFor();
    const { rows } = await world.database.owner.query(
      'select from app_public.messages where room_id = $1 and content is not null',
      [id],
    );
    expect(rows).toHaveLength(1);
  });

  test('several answers are chosen, kept over a reload and taken back', async () => {
    const ada = await world.database.createUser();
    await world.database.createRoom(ada, { name: 'Kitchen' });
    const page = await openAs(ada);
    await openRoom(page, 'Kitchen');
    await ask(page, true);
    await page.getByLabel('Pizza').check();
    await page.getByLabel('Nothing').check();
    const { owner } = world.database;
    const chosen = async () => {
      const { rows } = await owner.query<{ choices: number[] }>(
        'select choices from app_public.poll_ballots where user_id = $1',
        [ada.id],
      );
      return rows.map(({ choices }) => choices);
    };
    await page
      .locator('.trumpet-poll-answer', { hasText: 'Nothing' })
      .getByText('1 vote')
      .waitFor();
    await page.reload();
    await openRoom(page, 'Kitchen');
    await page.locator('.trumpet-poll-answer[data-chosen="true"]').nth(1).waitFor();
    expect(await page.getByLabel('Pizza').isChecked()).toBe(true);
    expect(await chosen()).toEqual([[1, 3]]);
    // On another device, while this one was not looked at.
    const { rows } = await owner.query<{ message_id: string }>(
      'select message_id from app_public.poll_ballots where user_id = $1',
      [ada.id],
    );
    await world.database.call(ada, 'vote_in_poll', rows[0]?.message_id, [2]);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.locator('.trumpet-poll-answer[data-chosen="true"]', { hasText: 'Soup' }).waitFor();
    await button(page, 'Take my vote back').click();
    await page.getByText('0 people have voted').waitFor();
  });

  test.each([
    ['de', 'Wähle eine Antwort'],
    ['ar', 'اختر إجابة واحدة'],
    ['ja', '1つ選んでください'],
  ])('a poll fits a phone, and is read as the page is, in %s', async (locale, sentence) => {
    const ada = await world.database.createUser();
    const { id } = await world.database.createRoom(ada, { name: 'Kitchen' });
    await world.database.call(ada, 'create_poll', id, 'Lunch?', ['Pizza'.repeat(16), 'Soup']);
    const page = await openAs(ada, { viewport: { width: 360, height: 640 } });
    await page.addInitScript((language) => {
      Object.defineProperty(navigator, 'languages', { get: () => [language] });
    }, locale);
    await page.reload();
    await openRoom(page, 'Kitchen');
    await page.getByText(sentence).waitFor();
    const widths = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      window.innerWidth,
    ]);
    expect(widths[0]).toBeLessThanOrEqual(widths[1] as number);
    // Latin letters stand beside what is pressed to choose them, whichever way the page is read.
    const gap = await page
      .locator('.trumpet-poll-answer', { hasText: 'Soup' })
      .evaluate((answer) => {
        const [press, text] = answer.children as unknown as [Element, Element];
        const range = document.createRange();
        range.selectNodeContents(text);
        const [a, b] = [press.getBoundingClientRect(), range.getBoundingClientRect()];
        return Math.max(b.left - a.right, a.left - b.right);
      });
    expect(gap).toBeLessThan(24);
    await page.locator('.trumpet-composer-text').fill('Dinner?');
    await page.locator('.trumpet-composer button[aria-haspopup]').last().click();
    await page.locator('.trumpet-menu button').first().click();
    const empty = page.locator('.trumpet-make-poll input.trumpet-input').first();
    await empty.waitFor();
    expect(await empty.evaluate((field) => getComputedStyle(field).direction)).toBe(
      locale === 'ar' ? 'rtl' : 'ltr',
    );
  });
});

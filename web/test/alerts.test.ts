import type { Page } from 'playwright-core';
import { describeInChromium } from '../../testing/chromium.ts';
import { single, type TestUser } from '../../testing/database.ts';
import { createPageWorld, type PageWorld } from './support.ts';

/* What somebody wants to hear of: words of their own, until when nothing, and what each device shows. */

describeInChromium('alerts in Chromium', () => {
  let world: PageWorld;
  let pages: Page[] = [];
  let ada: TestUser;
  let bob: TestUser;

  beforeAll(async () => {
    world = await createPageWorld({ hasWorker: true });
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

  async function open(user: TestUser, path: string): Promise<Page> {
    const page = await world.openAs(user);
    pages.push(page);
    await page.goto(`${world.server.url}${path}`);
    return page;
  }

  test('a message with a word that somebody wants to hear of is a mention in their list', async () => {
    const { id: roomId } = await world.database.createRoom(ada, {
      name: 'Kitchen',
      members: [bob],
    });
    const page = await open(bob, '/settings/notifications');
    await page.getByLabel('Word or phrase').fill('green tea');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const words = page.getByRole('list', { name: 'Words to hear of' });
    await words.getByText('green tea').waitFor();

    await world.database.sendMessage(ada, roomId, 'There is Green Tea for everybody');
    const badge = page
      .locator('.trumpet-room', { hasText: 'Kitchen' })
      .locator('.trumpet-badge-mention');
    await badge.waitFor();

    await page.getByRole('button', { name: 'Remove “green tea”' }).click();
    await words.waitFor({ state: 'detached' });
    const { rows } = await world.database.owner.query(
      'select keyword from app_private.keyword_alerts where user_id = $1',
      [bob.id],
    );
    expect(rows).toEqual([]);
  });

  test('a word beyond the fiftieth is refused, and said why', async () => {
    await world.database.owner.query(
      `insert into app_private.keyword_alerts (user_id, workspace_id, keyword, first_word, query)
        select id, workspace_id, 'word' || n, 'word' || n, app_private.keyword_query('word' || n)
          from app_public.users, generate_series(1, 50) as n where id = $1`,
      [bob.id],
    );
    const page = await open(bob, '/settings/notifications');
    await page.getByLabel('Word or phrase').fill('one more');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('alert').getByText('At most 50 keywords.').waitFor();
  });

  test('nothing notifies until tomorrow at nine where the person is, in all rooms or in one', async () => {
    const { id: roomId } = await world.database.createRoom(ada, {
      name: 'Kitchen',
      members: [bob],
    });
    const page = await world.openAs(bob, { timezoneId: 'Asia/Tokyo' });
    pages.push(page);
    await page.goto(`${world.server.url}/settings/notifications`);
    const all = page.getByRole('group', { name: 'Do not disturb' });
    await all.getByRole('combobox').selectOption({ label: 'Until tomorrow, 9:00' });
    await all.getByRole('button', { name: 'Begin' }).click();
    await all.getByText(/^Nothing notifies you until .*9:00/).waitFor();
    const { rows } = await world.database.owner.query(
      `select to_char(do_not_disturb_until at time zone 'Asia/Tokyo', 'HH24:MI') as at,
          do_not_disturb_until > now() as "isAhead"
        from app_public.notification_settings where user_id = $1`,
      [bob.id],
    );
    expect(rows).toEqual([{ at: '09:00', isAhead: true }]);
    await all.getByRole('button', { name: 'Notify me again' }).click();
    await all.getByRole('button', { name: 'Begin' }).waitFor();

    await page.goto(`${world.server.url}/r/${roomId}?panel=notifications`);
    await page
      .getByLabel('Nothing for a while', { exact: true })
      .selectOption({ label: 'Until Monday, 9:00' });
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.getByText(/^Nothing of this room notifies you until .*9:00/).waitFor();
    const silent = await world.database.owner.query(
      `select to_char(silent_until at time zone 'Asia/Tokyo', 'FMDay HH24:MI') as at
        from app_private.member_preferences where user_id = $1 and room_id = $2`,
      [bob.id, roomId],
    );
    expect(single(silent.rows)).toEqual({ at: 'Monday 09:00' });
  });

  test('a device shows what is chosen for it, and stays silent while its person is active', async () => {
    await world.database.call(bob, 'register_push_token', 'fcm', 'a'.repeat(64));
    const page = await open(bob, '/settings/notifications');
    const level = page.getByLabel('This device shows');
    await level.selectOption({ label: 'Mentions and direct messages' });
    const quiet = page.getByRole('switch', { name: 'Silent while I am active' });
    await quiet.click();
    await page.getByRole('switch', { name: 'Silent while I am active', checked: true }).waitFor();
    const { rows } = await world.database.owner.query(
      `select notification_level, quiet_while_online from app_public.push_subscriptions
        where user_id = $1`,
      [bob.id],
    );
    expect(rows).toEqual([{ notification_level: 'mentions', quiet_while_online: true }]);
    await page.reload();
    await page.getByRole('switch', { name: 'Silent while I am active', checked: true }).waitFor();
    expect(await level.inputValue()).toBe('MENTIONS');
  });
});

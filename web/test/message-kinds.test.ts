import { describeInChromium } from '../../testing/chromium.ts';
import type { TestUser } from '../../testing/database.ts';
import { createPageWorld, openRoom, type PageWorld, sees, write } from './support.ts';

/* What is more than a text: set, written and read in the page. */

describeInChromium('kinds of messages, in the page', () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await createPageWorld();
  });
  afterAll(() => world.close());

  test('what happens in a room is told in its history, in the language of whoever reads', async () => {
    const { database } = world;
    const [ada, bob, eve] = [
      await database.createUser(),
      await database.createUser(),
      await database.createUser(),
    ];
    const { id: roomId } = await database.createRoom(ada, { name: 'News', members: [bob] });
    await database.sendMessage(ada, roomId, 'Welcome');
    const hers = await world.openAs(ada);
    const his = await world.openAs(bob, { viewport: { width: 390, height: 844 } });
    await his.addInitScript(() =>
      Object.defineProperty(navigator, 'languages', { get: () => ['de'] }),
    );
    await his.reload();
    await Promise.all([openRoom(hers, 'News'), openRoom(his, 'News')]);
    await his.locator('.trumpet-composer-text').waitFor();

    await hers.goto(`${hers.url()}?panel=room-settings`);
    await hers.getByLabel('Told in the history').selectOption('ALL');
    await hers
      .getByLabel('Told in the history')
      .and(hers.locator('select:not(:disabled)'))
      .waitFor();
    await hers.getByLabel('Messages disappear').selectOption('3600');
    await his
      .locator('.trumpet-message')
      .getByText(`${ada.username} lässt neue Nachrichten nach 1 Stunde verschwinden.`)
      .waitFor();
    await hers
      .locator('.trumpet-message')
      .getByText(`${ada.username} has new messages disappear after 1 hour.`)
      .waitFor();
    await database.call(eve, 'join_room', roomId);
    await his.locator('.trumpet-message').getByText(`${eve.username} ist beigetreten.`).waitFor();
    await write(hers, 'Hello');
    await sees(his, 'Hello');
    expect(world.complaints).toEqual([]);
  }, 180_000);

  test('those who come and go one after the other are told in one line, and each one when that is asked for', async () => {
    const { database } = world;
    const ada = await database.createUser();
    const guests = await Promise.all(
      ['anna', 'ben', 'clara', 'dan', 'emma'].map((name) => database.createUser(name)),
    );
    const [, ben, clara] = guests as [TestUser, TestUser, TestUser];
    const { id: roomId } = await database.createRoom(ada, { name: 'Lobby' });
    await database.call(ada, 'set_system_messages', roomId, 'all');
    await database.sendMessage(ada, roomId, 'Welcome');
    for (const guest of guests) {
      await database.call(guest, 'join_room', roomId);
    }
    const page = await world.openAs(ada);
    await page.addInitScript(() =>
      Object.defineProperty(navigator, 'languages', { get: () => ['de'] }),
    );
    await page.reload();
    // The list has it in the language of whoever reads, too.
    await page
      .locator('.trumpet-room', { hasText: 'Lobby' })
      .getByText('emma ist beigetreten.', { exact: true })
      .waitFor();
    await openRoom(page, 'Lobby');
    const crowd = page.locator('.trumpet-message[data-system="true"]');
    await crowd.getByText('anna, ben und 3 weitere sind beigetreten.').waitFor();
    expect(await crowd.count()).toBe(1);

    await database.call(ben, 'leave_room', roomId);
    await crowd.getByText('anna, ben und 3 weitere sind beigetreten. ben ist gegangen.').waitFor();
    await crowd.getByRole('button', { name: 'Einzeln zeigen' }).click();
    expect(await crowd.locator('p').allTextContents()).toEqual([
      ...guests.map(({ username }) => `${username} ist beigetreten.`),
      'ben ist gegangen.',
    ]);
    await crowd.getByRole('button', { name: 'Zusammen zeigen' }).click();

    // What somebody writes parts them.
    await write(page, 'Hello');
    await page.locator('.trumpet-message[data-state="sent"]', { hasText: 'Hello' }).waitFor();
    await database.call(clara, 'leave_room', roomId);
    await crowd.getByText('clara ist gegangen.', { exact: true }).waitFor();
    expect(await crowd.count()).toBe(2);
    expect(world.complaints).toEqual([]);
  }, 180_000);

  test('what a bot tells one person is shown to them alone, replaced, and dismissed on all of their devices', async () => {
    const { database } = world;
    const [ada, bob, bot] = [
      await database.createUser(),
      await database.createUser(),
      await database.createUser(),
    ];
    await database.owner.query('update app_public.users set is_bot = true where id = $1', [bot.id]);
    const { id: roomId } = await database.createRoom(ada, { name: 'Desk', members: [bob, bot] });
    await database.sendMessage(ada, roomId, 'Welcome');
    const hers = await world.openAs(ada);
    const his = await world.openAs(bob, { viewport: { width: 390, height: 844 } });
    const alsoHis = await world.openAs(bob);
    await Promise.all([hers, his, alsoHis].map((page) => openRoom(page, 'Desk')));
    await Promise.all([hers, his, alsoHis].map((page) => sees(page, 'Welcome')));

    const { id } = await database.call(
      bot,
      'send_ephemeral_message',
      roomId,
      bob.id,
      'Looking for your ticket',
    );
    const shownIn = (page: typeof his) => page.locator('.trumpet-asked');
    for (const page of [his, alsoHis]) {
      await shownIn(page).getByText('Looking for your ticket').waitFor();
    }
    await database.call(bot, 'answer_interaction', id, 'Your ticket is **12**.');
    for (const page of [his, alsoHis]) {
      await shownIn(page).getByText('Your ticket is 12.').waitFor();
    }
    await his.reload();
    await shownIn(his).getByText('Your ticket is 12.').waitFor();
    await shownIn(his).getByRole('button', { name: 'Close' }).click();
    for (const page of [his, alsoHis]) {
      await shownIn(page).waitFor({ state: 'detached' });
    }
    await his.reload();
    await sees(his, 'Welcome');
    await database.call(bot, 'send_ephemeral_message', roomId, bob.id, 'Another');
    await shownIn(his).getByText('Another').waitFor();
    expect(await shownIn(his).count()).toBe(1);
    expect(await shownIn(hers).count()).toBe(0);
    expect(world.complaints).toEqual([]);
  }, 180_000);

  test('a place and a contact are shared from the composer, and shown as cards', async () => {
    const { database } = world;
    const [ada, bob] = [await database.createUser(), await database.createUser()];
    const { id: roomId } = await database.createRoom(ada, { name: 'Trip', members: [bob] });
    await database.sendMessage(ada, roomId, 'Welcome');
    const hers = await world.openAs(ada);
    const his = await world.openAs(bob, { viewport: { width: 390, height: 844 } });
    await Promise.all([hers, his].map((page) => openRoom(page, 'Trip')));
    await Promise.all([hers, his].map((page) => sees(page, 'Welcome')));

    const share = async (text: string, how: string, fields: Readonly<Record<string, string>>) => {
      await hers.locator('.trumpet-composer-text').fill(text);
      await hers.getByRole('button', { name: 'Send later' }).click();
      await hers.getByRole('button', { name: how }).click();
      for (const [label, value] of Object.entries(fields)) {
        await hers.getByLabel(label, { exact: true }).fill(value);
      }
      await hers.getByRole('button', { name: 'Share', exact: true }).click();
    };
    await share('Brandenburger Tor', 'Share as a place', {
      Address: 'Pariser Platz',
      Latitude: '52.5163',
      Longitude: '13.3777',
    });
    const card = his.locator('.trumpet-card');
    await card.getByText('Brandenburger Tor').waitFor();
    expect(await card.getByRole('link', { name: 'Show on a map' }).getAttribute('href')).toBe(
      'https://www.openstreetmap.org/?mlat=52.5163&mlon=13.3777#map=16/52.5163/13.3777',
    );
    await share('Carol', 'Share as a contact', {
      'Phone numbers': '+49 30 901820, 112',
      'E-mail addresses': 'carol@example.test',
    });
    const number = his.getByRole('link', { name: '+49 30 901820' });
    await number.waitFor();
    expect(await number.getAttribute('href')).toBe('tel:+4930901820');
    expect(await his.getByRole('link', { name: 'carol@example.test' }).getAttribute('href')).toBe(
      'mailto:carol@example.test',
    );
    const saved = his.waitForEvent('download');
    await his.getByRole('button', { name: 'Save contact' }).click();
    expect((await saved).suggestedFilename()).toBe('Carol.vcf');

    const url = `https://example.test/${'long/'.repeat(30)}`;
    const metadata = JSON.stringify({ contact: { name: 'Dave', address: 'Lane 1\nYork', url } });
    await database.call(ada, 'send_message', roomId, 'Dave', 'text', metadata);
    const long = his.getByRole('link', { name: url });
    await long.waitFor();
    expect(await long.evaluate((link) => link.getBoundingClientRect().right)).toBeLessThan(390);
    expect(await his.getByText('Lane 1').allInnerTexts()).toEqual(['Lane 1\nYork']);
    expect(world.complaints).toEqual([]);
  }, 180_000);
});

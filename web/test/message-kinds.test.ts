import { describeInChromium } from '../../testing/chromium.ts';
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
      .getByText(`${ada.username} lässt neue Nachrichten nach 1 Stunde verschwinden.`)
      .waitFor();
    await hers.getByText(`${ada.username} has new messages disappear after 1 hour.`).waitFor();
    await database.call(eve, 'join_room', roomId);
    await his.getByText(`${eve.username} ist beigetreten.`).waitFor();
    await write(hers, 'Hello');
    await sees(his, 'Hello');
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
});

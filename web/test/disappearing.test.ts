import { describeInChromium } from '../../testing/chromium.ts';
import { createPageWorld, openRoom, type PageWorld, sees, write } from './support.ts';

/* Rooms whose messages disappear, and in which chosen roles write: set in the page, and seen by others at once. */

describeInChromium('settings of what is written, in the page', () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await createPageWorld();
  });
  afterAll(() => world.close());

  test('an admin makes a room one of announcements that disappear, and the others see both', async () => {
    const { database } = world;
    const [ada, bob] = await Promise.all([database.createUser(), database.createUser()]);
    const { id: roomId } = await database.createRoom(ada, { name: 'News', members: [bob] });
    await database.sendMessage(ada, roomId, 'Welcome');
    const hers = await world.openAs(ada);
    const his = await world.openAs(bob, { viewport: { width: 390, height: 844 } });
    await Promise.all([openRoom(hers, 'News'), openRoom(his, 'News')]);
    await his.locator('.trumpet-composer-text').waitFor();

    await hers.goto(`${hers.url()}?panel=room-settings`);
    await hers.getByLabel('Who writes here').selectOption('ADMIN');
    await his.getByText('only admins and the owner write here. You can answer').waitFor();
    await hers.getByLabel('Messages disappear').selectOption('3600');
    await hers
      .getByLabel('Messages disappear')
      .and(hers.locator('select:not(:disabled)'))
      .waitFor();
    await write(hers, 'The news');
    await sees(his, 'The news');
    await his.locator('.trumpet-disappearing').waitFor();
    expect(world.complaints).toEqual([]);
  }, 180_000);

  test('a message is sent for a minute: others see it, and that it will go', async () => {
    const { database } = world;
    const [ada, bob] = await Promise.all([database.createUser(), database.createUser()]);
    const { id: roomId } = await database.createRoom(ada, { name: 'Secrets', members: [bob] });
    await database.sendMessage(ada, roomId, 'Welcome');
    const hers = await world.openAs(ada);
    const his = await world.openAs(bob, { viewport: { width: 390, height: 844 } });
    await Promise.all([openRoom(hers, 'Secrets'), openRoom(his, 'Secrets')]);

    await hers.locator('.trumpet-composer-text').fill('The code is 1234');
    await hers.getByRole('button', { name: 'Send later' }).click();
    await hers.getByRole('button', { name: 'Send, to disappear after' }).click();
    await hers.getByRole('button', { name: '1 minute' }).click();
    await sees(his, 'The code is 1234');
    await his.locator('.trumpet-disappearing').waitFor();
    expect(await hers.locator('.trumpet-composer-text').inputValue()).toBe('');
    const { rows } = await database.owner.query(
      `select metadata, extract(epoch from disappears_at - created_at)::float8 as seconds
        from app_public.messages where room_id = $1 and content like 'The code%'`,
      [roomId],
    );
    expect(rows).toEqual([{ metadata: { disappearAfterSeconds: 60 }, seconds: 60 }]);
    expect(world.complaints).toEqual([]);
  }, 180_000);
});

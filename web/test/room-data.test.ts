import { describeInChromium } from '../../testing/chromium.ts';
import { createPageWorld, type PageWorld } from './support.ts';

/* What an installation keeps about rooms: filled in in a room's settings, shown to who reads about it, and found by it. */

describeInChromium('custom data of rooms in the page', () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await createPageWorld();
  });
  afterAll(() => world.close());

  test('is filled in, shown at once to others, and orders and chooses the rooms to discover', async () => {
    await world.database.owner.query(`select
      app_admin.define_room_field('priority', 'Priority', 'number', 'a test', place => 1),
      app_admin.define_room_field('region', 'Region', 'text', 'a test', place => 2),
      app_admin.define_room_field('external', 'With guests', 'boolean', 'a test', place => 3),
      app_admin.define_room_field('due', 'Due', 'time', 'a test', place => 4)`);
    const [ada, bob] = [await world.database.createUser(), await world.database.createUser()];
    const chess = await world.database.createRoom(ada, { name: 'Chess', members: [bob] });
    const others = [
      ['Go', { priority: 9, region: 'South' }],
      ['Shogi', { priority: -1, region: 'north' }],
    ] as const;
    for (const [name, data] of others) {
      const { id } = await world.database.createRoom(ada, { name });
      await world.database.call(ada, 'set_room_data', id, JSON.stringify(data));
    }

    const his = await world.openAs(bob);
    await his.goto(`${world.server.url}/r/${chess.slug}?panel=about`);
    const lines = his.locator('.trumpet-screen-profile-lines');

    const hers = await world.openAs(ada);
    await hers.goto(`${world.server.url}/r/${chess.slug}?panel=room-settings`);
    const save = async (label: string) => {
      const form = hers.locator('form', { has: hers.getByLabel(label, { exact: true }) });
      await form.getByRole('button', { name: 'Save' }).click();
      await form.getByText('Saved').waitFor();
    };
    const field = (label: string) => hers.getByLabel(label, { exact: true });
    await field('Priority').fill('2.5');
    await save('Priority');
    await lines.getByText('2.5').waitFor();
    await field('Region').fill('North');
    await save('Region');
    await lines.getByText('North').waitFor();
    await field('With guests').selectOption('Yes');
    await save('With guests');
    await lines.getByText('Yes').waitFor();
    await field('Due').fill('2026-01-31T09:00');
    await save('Due');
    await lines.getByText('Jan 31, 2026').waitFor();
    await field('With guests').selectOption('Nothing said');
    await save('With guests');
    await lines.getByText('With guests').waitFor({ state: 'detached' });

    await his.goto(`${world.server.url}/explore`);
    const listed = (...expected: readonly string[]) =>
      his.waitForFunction(
        (names) =>
          [...document.querySelectorAll('.trumpet-screen-row-name')]
            .map(({ textContent }) => textContent)
            .join() === names,
        expected.join(),
      );
    await listed('Chess', 'Go', 'Shogi');
    await his.getByLabel('Order').selectOption('Priority, greatest first');
    await listed('Go', 'Chess', 'Shogi');
    await his.getByLabel('Order').selectOption('Priority, smallest first');
    await listed('Shogi', 'Chess', 'Go');
    await his.getByLabel('Only rooms by').selectOption('Region');
    await his.getByLabel('Is', { exact: true }).fill('nor');
    await listed('Shogi', 'Chess');
  });
});

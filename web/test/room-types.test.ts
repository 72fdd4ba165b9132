import { describeInChromium } from '../../testing/chromium.ts';
import { createPageWorld, openRoom, type PageWorld } from './support.ts';

/* A type of rooms, from the settings where it is defined to what a member of its rooms can do. */

describeInChromium('types of rooms in the page', () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await createPageWorld();
  });
  afterAll(() => world.close());

  test('a type is defined in the settings, chosen for a new room, and its members have no buttons for what they may not', async () => {
    const [alice, bob] = await Promise.all([
      world.database.createUser(),
      world.database.createUser(),
    ]);
    await world.database.owner.query(
      `insert into app_private.permission_exceptions (user_id, permission, effect)
        values ($1, 'manage_room_types', 'grant')`,
      [alice.id],
    );
    const [hers, his] = await Promise.all([world.openAs(alice), world.openAs(bob)]);

    // Only those who manage them find them.
    await his.goto(`${world.server.url}/settings/privacy`);
    await his.getByRole('link', { name: 'Roles', exact: true }).waitFor();
    expect(await his.getByRole('link', { name: 'Room types' }).count()).toBe(0);

    await hers.goto(`${world.server.url}/settings/privacy`);
    await hers.getByRole('link', { name: 'Room types' }).click();
    await hers.getByLabel('Name of the type').fill('Live chat');
    await hers.getByLabel('Who reacts and votes').selectOption('ADMIN');
    await hers.getByLabel('Who answers in threads').selectOption('ADMIN');
    await hers.getByLabel('Who sends files').selectOption('MODERATOR');
    await hers.getByLabel('Pause between two messages of a member').selectOption('10');
    await hers.getByRole('button', { name: 'Make a type' }).click();
    await hers.getByText('Live chat', { exact: true }).waitFor();

    await hers.goto(`${world.server.url}/explore/new`);
    await hers.getByLabel('Name', { exact: true }).fill('Launch');
    await hers.getByLabel('Type of room').selectOption('Live chat');
    await hers.getByRole('button', { name: 'Make the room' }).click();
    await hers.getByRole('textbox', { name: 'Write to Launch' }).fill('Here we go');
    await hers.keyboard.press('Enter');
    // Its owner may all of it.
    await hers.getByRole('button', { name: 'Attach files' }).waitFor();

    const { rows } = await world.database.owner.query<{ id: string }>(
      "select id from app_public.rooms where name = 'Launch'",
    );
    const roomId = rows[0]?.id as string;
    await world.database.call(bob, 'join_room', roomId);
    await his.goto(world.server.url);
    await openRoom(his, 'Launch');
    await his.getByRole('article').getByText('Here we go').waitFor();
    await his.getByRole('textbox', { name: 'Write to Launch' }).waitFor();
    expect(await his.getByRole('button', { name: 'Attach files' }).count()).toBe(0);
    await his.goto(`${his.url().replace(/\?.*/, '')}?panel=about`);
    await his.getByText('Files: Moderator and above.').waitFor();
    await his.getByText('Reactions: Admin and above.').waitFor();
    await his.getByText('Live chat', { exact: true }).waitFor();

    // The button comes at once when he may.
    await world.database.call(alice, 'set_member_role', roomId, bob.id, 'moderator');
    await his.getByRole('button', { name: 'Attach files' }).waitFor();
  });
});

import { describeInChromium } from '../../testing/chromium.ts';
import { createPageWorld, openRoom, type PageWorld } from './support.ts';

/* A role of a workspace's own, from the settings where it is made to what its bearer sees that they may. */

describeInChromium('roles in the page', () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await createPageWorld();
  });
  afterAll(() => world.close());

  test('a role is made in the settings and given in a room, where its bearer may do at once what it gives', async () => {
    const [alice, bob] = await Promise.all([
      world.database.createUser(),
      world.database.createUser(),
    ]);
    await world.database.createRoom(alice, { name: 'Chess', members: [bob] });
    await world.database.owner.query(
      `select app_admin.set_role('Role managers', '{manage_workspace_roles,set_slow_mode}', 'they asked'),
        app_admin.give_role($1, 'Role managers', true, 'they asked')`,
      [alice.username],
    );
    const [hers, his] = await Promise.all([world.openAs(alice), world.openAs(bob)]);

    await hers.goto(`${world.server.url}/settings/roles`);
    await hers.getByText('Make a role', { exact: true }).first().click();
    await hers.getByLabel('Name', { exact: true }).fill('Stewards');
    await hers.getByRole('switch', { name: 'Set slow mode' }).check();
    // Nobody gives what they have not.
    expect(await hers.getByRole('switch', { name: 'Archive the room' }).count()).toBe(0);
    await hers.getByRole('button', { name: 'Make a role' }).click();
    await hers.getByRole('button', { name: 'Stewards' }).waitFor();

    await openRoom(his, 'Chess');
    const about = his.url().replace(/\?.*/, '');
    await his.goto(`${about}?panel=about`);
    await his.getByRole('link', { name: 'Members', exact: false }).first().waitFor();
    const settings = his
      .getByRole('navigation')
      .getByRole('link', { name: 'Settings', exact: true });
    expect(await settings.count()).toBe(0);

    await hers.goto(`${about}?panel=members`);
    await hers.getByRole('button', { name: `Manage ${bob.username}` }).click();
    const dialog = hers.getByRole('dialog', { name: bob.username });
    await dialog.getByText('Roles and exceptions').click();
    await dialog.getByRole('switch', { name: 'Stewards' }).click();

    await settings.click();
    await his.getByLabel('Pause between two messages of a member').waitFor();
    expect(await his.getByRole('group').count()).toBe(1); // Of writing, and none of the room itself.

    // What is denied is gone, too.
    await dialog.getByLabel('Exception for').selectOption('SET_SLOW_MODE');
    await dialog.getByLabel('Set slow mode').selectOption('DENY');
    await his.goto(`${about}?panel=about`);
    await his.getByRole('link', { name: 'Members', exact: false }).first().waitFor();
    await settings.waitFor({ state: 'detached' });
  });

  test('who reviews reports has them in the room and among what waits, and nothing else of moderation', async () => {
    const { database } = world;
    const [alice, bob, carol] = await Promise.all([
      database.createUser(),
      database.createUser(),
      database.createUser(),
    ]);
    const { id: roomId } = await database.createRoom(alice, { name: 'Go', members: [bob, carol] });
    const { id: messageId } = await database.sendMessage(carol, roomId, 'buy now');
    await database.call(alice, 'report_message', messageId, 'it is spam');
    const allow = (permission: string, effect: string | null) =>
      database.call(alice, 'set_permission_exception', bob.id, permission, effect, roomId);

    const his = await world.openAs(bob);
    await openRoom(his, 'Go');
    const about = his.url().replace(/\?.*/, '');
    await his.goto(`${about}?panel=moderation`);
    await his.getByText('Only the moderators of this room see this.').waitFor();

    await allow('review_reports', 'grant');
    await his.getByText('it is spam').waitFor();
    expect(await his.getByRole('link', { name: 'Held', exact: true }).count()).toBe(0);
    expect(await his.getByRole('link', { name: 'Bans', exact: true }).count()).toBe(0);
    await allow('ban_members', 'grant');
    await his.getByRole('link', { name: 'Bans', exact: true }).waitFor();

    await his.goto(`${world.server.url}/moderation`);
    await his.getByText('it is spam').waitFor();
    await allow('review_reports', null);
    await his.getByText('Nothing waits').waitFor();
  });
});

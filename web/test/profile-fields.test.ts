import { describeInChromium } from '../../testing/chromium.ts';
import { createPageWorld, type PageWorld } from './support.ts';

/* What an installation asks of people's profiles: filled in in the settings, shown at once to whoever looks at them. */

describeInChromium('fields of profiles in the page', () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await createPageWorld();
  });
  afterAll(() => world.close());

  test('a person fills their fields in, and who looks at them sees it at once', async () => {
    await world.database.owner.query(`select
      app_admin.define_profile_field('team', 'Team', 'choice', 'a test', '{Design,Sales}', place => 1, is_searchable => true),
      app_admin.define_profile_field('leader', 'Reports to', 'user', 'a test', place => 2),
      app_admin.define_profile_field('born', 'Birthday', 'date', 'a test', visibility => 'members', place => 3),
      app_admin.define_profile_field('site', 'Website', 'url', 'a test', place => 4),
      app_admin.define_profile_field('about', 'About', 'long_text', 'a test', place => 5),
      app_admin.define_profile_field('title', 'Title', 'text', 'a test', edited_by => 'administrators', place => 6)`);
    const [ada, bob] = [await world.database.createUser(), await world.database.createUser()];
    await world.database.createRoom(ada, { name: 'Chess', members: [bob] });
    await world.database.owner.query(
      "select app_admin.set_profile_value($1, 'title', 'Engineer', 'a test')",
      [ada.username],
    );

    const his = await world.openAs(bob);
    await his.goto(`${world.server.url}/people/${ada.username}`);
    const lines = his.locator('.trumpet-screen-profile-lines');
    await lines.getByText('Engineer').waitFor();

    const hers = await world.openAs(ada);
    await hers.goto(`${world.server.url}/settings/profile`);
    const save = async (label: string, fill: (label: string) => Promise<unknown>) => {
      await fill(label);
      const form = hers.locator('form', { has: hers.getByLabel(label, { exact: true }) });
      await form.getByRole('button', { name: 'Save' }).click();
      await form.getByText('Saved').waitFor();
    };
    const fill = (text: string) => (label: string) =>
      hers.getByLabel(label, { exact: true }).fill(text);
    await save('Team', (label) => hers.getByLabel(label, { exact: true }).selectOption('Design'));
    await lines.getByText('Design').waitFor();
    await save('Reports to', fill(`@${bob.username}`));
    await save('Birthday', fill('1990-12-31'));
    await save('Website', fill('https://example.test/ada'));
    await save('About', fill('I play chess.\nAnd go.'));
    expect(await hers.getByLabel('Title', { exact: true }).isEditable()).toBe(false);

    await lines.getByText('I play chess.').waitFor();
    expect(await lines.getByRole('link', { name: bob.username }).getAttribute('href')).toBe(
      `/people/${bob.username}`,
    );
    await lines.getByText('December 31, 1990').waitFor();
    expect(await lines.getByRole('link', { name: 'https:' }).getAttribute('rel')).toMatch(
      /noopener/,
    );

    await his.goto(`${world.server.url}/people`);
    await his.getByLabel('Find somebody by their name').fill('design');
    await his.getByRole('button', { name: `Add ${ada.username}` }).waitFor();

    await fill('nobody-at-all')('Reports to');
    const form = hers.locator('form', { has: hers.getByLabel('Reports to', { exact: true }) });
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Reports to is the id of a person.').waitFor();
  });
});

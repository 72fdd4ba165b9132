import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describeInChromium } from '../../testing/chromium.ts';
import type { TestUser } from '../../testing/database.ts';
import { createPageWorld, type PageWorld } from './support.ts';

/* An auditor finds who did what in the page, and takes along what there is to answer for. */

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

describeInChromium('the audit log in Chromium', () => {
  let world: PageWorld;
  let pages: Page[] = [];
  let [heidi, alice, bob]: TestUser[] = [];

  beforeAll(async () => {
    world = await createPageWorld({ hasWorker: true });
    const { database } = world;
    heidi = await database.createUser('heidi');
    alice = await database.createUser('alice');
    bob = await database.createUser('bob');
    await database.owner.query("select app_admin.set_auditor('heidi', 'the audit of 2026')");
    const { id: roomId } = await database.createRoom(alice, { name: 'Kitchen', members: [bob] });
    await database.createRoom(bob, { name: 'Garden', members: [alice] });
    await database.call(alice, 'set_member_role', roomId, bob.id, 'moderator');
    await database.call(alice, 'update_room', roomId, 'The large kitchen');
    await database.owner.query(
      "update app_public.rooms set description = 'Mine' where slug <> 'x' and name = 'Garden'",
    );
    await database.sendMessage(bob, roomId, 'The soup was salted twice');
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await Promise.all(pages.map((page) => page.context().close()));
    pages = [];
    expect(world.complaints).toEqual([]);
  });

  async function openAs(user: TestUser | undefined, options = {}): Promise<Page> {
    const page = await world.openAs(user as TestUser, options);
    pages.push(page);
    return page;
  }
  const entry = (page: Page, what: string) =>
    page
      .getByRole('list', { name: 'Audit', exact: true })
      .getByRole('listitem')
      .filter({ hasText: what });

  test.each([
    ['a computer', {}],
    ['a phone', PHONE],
  ])('is read on %s, with what was before and after, and by hand', async (_, options) => {
    const page = await openAs(heidi, options);
    await page.goto(`${world.server.url}/settings`);
    await page.getByRole('link', { name: 'Audit', exact: true }).click();
    const role = entry(page, 'Role: changed');
    await role.getByText('Before and after').click();
    await role.locator('del', { hasText: 'member' }).waitFor();
    await role.locator('ins', { hasText: 'moderator' }).waitFor();
    expect(await role.first().textContent()).toMatch(/^alice Role: changed.*bob/);
    await entry(page, 'by hand').filter({ hasText: 'Garden' }).waitFor();
  });

  test('is searched by kind, person and room', async () => {
    const page = await openAs(heidi);
    await page.goto(`${world.server.url}/settings/audit`);
    await entry(page, 'Garden').first().waitFor();
    await page.getByLabel('By whom (username)').fill('@alice');
    await entry(page, 'Garden').first().waitFor({ state: 'detached' });
    await entry(page, 'Role: changed').waitFor();
    await page.getByLabel('What it is about').selectOption({ label: 'Room' });
    await entry(page, 'Role: changed').waitFor({ state: 'detached' });
    await entry(page, 'Room: changed').waitFor();
    await page.getByLabel('By whom (username)').fill('nobody-of-this-name');
    await page.getByText('There is no such entry.').waitFor();
    await page.getByLabel('By whom (username)').fill('');
    await page.getByLabel('What it is about').selectOption({ label: 'Anything' });
    await entry(page, 'Role: changed').getByRole('button', { name: 'The large kitchen' }).click();
    await entry(page, 'Garden').first().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'All rooms' }).click();
    await entry(page, 'Garden').first().waitFor();
  });

  test('an export is asked for, made, fetched, and in the log', async () => {
    const page = await openAs(heidi);
    await page.goto(`${world.server.url}/settings/audit`);
    await page.getByLabel('By whom (username)').fill('bob');
    await page.getByText('There is no such entry.').waitFor();
    await page.getByLabel('Why').fill('case 7');
    await page.getByLabel('With this word').fill('SOUP');
    await page.getByRole('button', { name: 'Ask for the file' }).click();
    const exports = page.getByRole('list', { name: 'Compliance export' });
    await exports.getByText('case 7').waitFor();
    const link = exports.getByRole('link', { name: /^Download/ });
    await link.waitFor();
    const download = page.waitForEvent('download');
    await link.click();
    const lines = (await text(createReadStream(await (await download).path()).pipe(createGunzip())))
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('salted twice');
    await page.reload();
    await page.getByLabel('What it is about').selectOption({ label: 'Compliance export' });
    await entry(page, 'Compliance export: made').filter({ hasText: 'heidi' }).waitFor();
  });

  test('is no tab of anybody else, and refuses them', async () => {
    const page = await openAs(bob);
    await page.goto(`${world.server.url}/settings`);
    await page.getByRole('link', { name: 'Groups', exact: true }).waitFor();
    expect(await page.getByRole('link', { name: 'Audit', exact: true }).count()).toBe(0);
    await page.goto(`${world.server.url}/settings/audit`);
    await page.getByRole('alert').first().waitFor();
    expect(await page.getByRole('list', { name: 'Audit', exact: true }).count()).toBe(0);
  });
});

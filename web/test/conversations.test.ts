import type { Page } from 'playwright-core';
import { describeInChromium } from '../../testing/chromium.ts';
import type { TestUser } from '../../testing/database.ts';
import { createPageWorld, openRoom, type PageWorld, sees, write } from './support.ts';

/* Conversations of several people without a name, and how one becomes a room. */

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

describeInChromium('conversations of several in Chromium', () => {
  let world: PageWorld;
  let pages: Page[] = [];
  let ada: TestUser;
  let bob: TestUser;
  let cleo: TestUser;
  let dan: TestUser;

  beforeAll(async () => {
    world = await createPageWorld();
  });
  afterAll(() => world.close());

  beforeEach(async () => {
    [ada, bob, cleo, dan] = (await Promise.all(
      Array.from({ length: 4 }, () => world.database.createUser()),
    )) as [TestUser, TestUser, TestUser, TestUser];
  });

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

  const open = (page: Page, address: string) => page.goto(`${world.server.url}${address}`);
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  /** The name that a person's list has for a conversation with these others. */
  const named = (...others: TestUser[]) =>
    others
      .map(({ username }) => username)
      .sort()
      .join(', ');
  const listed = (page: Page, name: string) =>
    page.locator('.trumpet-room-name', { hasText: name }).waitFor();

  async function add(page: Page, person: TestUser): Promise<void> {
    await page.getByLabel('Find somebody by their name').fill(person.username);
    await button(page, `Add ${person.username}`).click();
    await button(page, `Leave ${person.username} out`).waitFor();
  }

  async function begin(page: Page, ...others: TestUser[]): Promise<string> {
    await open(page, '/people');
    for (const person of others) {
      await add(page, person);
    }
    await button(page, 'Start the conversation').click();
    await page.waitForURL('**/r/*');
    return page.url();
  }

  test.each([
    ['a desk', {}],
    ['a phone', PHONE],
  ])('several begin a conversation, and all find the same one (on %s)', async (_, device) => {
    const [of, ofBob] = [await openAs(ada, device), await openAs(bob)];
    const address = await begin(of, bob, cleo);
    const roomId = new URL(address).pathname.split('/').at(-1) as string;
    await world.database.sendMessage(ada, roomId, 'Lunch, all three?');
    await sees(of, 'Lunch, all three?');
    await listed(ofBob, named(ada, cleo));
    await openRoom(ofBob, named(ada, cleo));
    await sees(ofBob, 'Lunch, all three?');
    expect(await begin(ofBob, cleo, ada)).toBe(address);
    await of.getByText(named(bob, cleo)).first().waitFor();

    // One more is another conversation; what was written stays with those who were there.
    await open(of, `${new URL(address).pathname}?panel=members`);
    await of.getByRole('link', { name: 'Conversation with more people' }).click();
    await button(of, `Leave ${cleo.username} out`).waitFor();
    await add(of, dan);
    await button(of, 'Start the conversation').click();
    await of.waitForURL((url) => url.pathname.startsWith('/r/') && url.href !== address);
    await of
      .getByText(named(bob, cleo, dan))
      .first()
      .waitFor();
    await listed(ofBob, named(ada, cleo, dan));
  });

  test('a conversation becomes a room with a name, and keeps what was written', async () => {
    const [ofAda, ofBob] = [await openAs(ada), await openAs(bob, PHONE)];
    const address = await begin(ofAda, bob, cleo);
    await write(ofAda, 'Before it was a room');
    await listed(ofBob, named(ada, cleo));

    await open(ofAda, `${new URL(address).pathname}?panel=room-settings`);
    await ofAda.getByLabel('Name', { exact: true }).fill(`Lunch Club ${ada.username}`);
    await button(ofAda, 'Turn into a room').click();
    await ofAda.waitForURL(/\/r\/lunch-club-.*panel=about/);
    await listed(ofBob, `Lunch Club ${ada.username}`);

    await ofAda.goto(ofAda.url().replace('panel=about', 'panel=members'));
    await button(ofAda, 'Add somebody').click();
    // Who comes to it sees what is written from then on, unless they are let see more.
    await ofAda
      .getByLabel('What they see of what was written before')
      .selectOption({ label: 'Everything' });
    await ofAda.getByLabel('Find somebody by their name').fill(dan.username);
    await button(ofAda, `Add ${dan.username}`).click();
    await ofAda.getByText('Is a member').waitFor();
    const ofDan = await openAs(dan);
    await openRoom(ofDan, `Lunch Club ${ada.username}`);
    await sees(ofDan, 'Before it was a room');
  });

  test('who leaves is not in the name any more', async () => {
    const ofAda = await openAs(ada);
    await begin(ofAda, bob, cleo);
    await listed(ofAda, named(bob, cleo));
    const { rows } = await world.database.owner.query<{ id: string }>(
      'select room_id as id from app_public.room_members where user_id = $1',
      [cleo.id],
    );
    await world.database.call(cleo, 'leave_room', rows[0]?.id);
    await ofAda.waitForFunction(
      (name) => document.querySelector('.trumpet-room-name')?.textContent === name,
      bob.username,
    );
  });
});

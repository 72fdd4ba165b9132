import type { Locator, Page } from 'playwright-core';
import { describeInChromium } from '../../testing/chromium.ts';
import type { TestUser } from '../../testing/database.ts';
import { createPageWorld, openRoom, type PageWorld, write } from './support.ts';

/* Each screen does what it is for, in a real browser and against a real server. */

describeInChromium('the screens in Chromium', () => {
  let world: PageWorld;
  let ada: TestUser;
  let bob: TestUser;
  let pages: Page[] = [];

  beforeAll(async () => {
    world = await createPageWorld();
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

  async function openAs(user: TestUser, options = {}): Promise<Page> {
    const page = await world.openAs(user, options);
    pages.push(page);
    return page;
  }

  const open = (page: Page, address: string) => page.goto(`${world.server.url}${address}`);
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  const row = (page: Page, text: string) =>
    page.locator('.trumpet-screen-list > li', { hasText: text });

  test('a public room is found by its name and joined, and its address must be free', async () => {
    const { slug } = await world.database.createRoom(ada, { name: 'Chess', type: 'public' });
    const page = await openAs(bob);
    await open(page, '/explore');
    await page.getByLabel('Find a room by its name').fill('chess');
    await button(page, 'Join Chess').click();
    await page.waitForURL(`**/r/${slug}`);
    await page.locator('.trumpet-room', { hasText: 'Chess' }).waitFor();

    await open(page, '/explore/new');
    await page.getByLabel('Name').fill('Garden Club!');
    const address = page.getByLabel('Address');
    expect(await address.inputValue()).toBe('garden-club');
    await address.fill(slug);
    await button(page, 'Make the room').click();
    await page.locator('input[aria-invalid="true"]:focus').waitFor();
    expect(await page.locator('.trumpet-screen-field-error').textContent()).toMatch(
      /with this slug/,
    );
    await address.fill('garden-club');
    await button(page, 'Make the room').click();
    await page.waitForURL('**/r/garden-club');
    await page.locator('.trumpet-room', { hasText: 'Garden Club!' }).waitFor();
  });

  test.each(['en', 'de', 'ar', 'ja'])(
    'what stands beside a title is on a narrow screen whole (%s)',
    async (locale) => {
      const page = await world.open({
        locale,
        viewport: { width: 360, height: 640 },
        hasTouch: true,
        isMobile: true,
      });
      pages.push(page);
      await page.locator('input[autocomplete~=username]').first().fill(ada.username);
      await page.locator('input[type=password]').first().fill(ada.username);
      await page.keyboard.press('Enter');
      await page.locator('.trumpet-shell').waitFor();
      await open(page, '/explore');
      const beside = page.locator('.trumpet-screen-beside > *');
      await beside.first().waitFor();
      const sides = await beside.evaluateAll((all) =>
        all.map((each) => each.getBoundingClientRect()).flatMap(({ left, right }) => [left, right]),
      );
      expect(Math.min(...sides)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...sides)).toBeLessThanOrEqual(360);
    },
  );

  test('somebody is found, written to, blocked, and unblocked in the settings', async () => {
    const page = await openAs(ada);
    await open(page, '/people');
    await page.getByLabel('Find somebody by their name').fill(bob.username);
    await row(page, `@${bob.username}`)
      .getByRole('button', { name: `Write to ${bob.username}` })
      .click();
    await page.waitForURL('**/r/*');
    await write(page, 'Hello, Bob');

    await open(page, `/people/${bob.username}`);
    await button(page, 'Block').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
    await page.getByText('You have blocked this person.').waitFor();
    await open(page, '/settings/blocked');
    await row(page, `@${bob.username}`).getByRole('button', { name: 'Unblock' }).click();
    await page.getByText('You have blocked nobody.').waitFor();
  });

  test('what somebody wrote whom one has blocked is hidden among the pins, and not from who decides on it', async () => {
    const { database } = world;
    const { id, slug } = await database.createRoom(ada, { members: [bob] });
    const rude = await database.sendMessage(bob, id, 'Something rude');
    await database.call(ada, 'pin_message', rude.id);
    await database.call(ada, 'report_message', rude.id, 'Rude');
    await database.call(ada, 'block_user', bob.id);
    const page = await openAs(ada);
    await open(page, `/r/${slug}?panel=pins`);
    await row(page, 'By somebody whom you have blocked.').waitFor();
    expect(await page.getByText('Something rude').count()).toBe(0);
    await open(page, `/r/${slug}?panel=moderation:reports`);
    await row(page, 'Something rude').waitFor();
  });

  test('a member is promoted, muted, banned, and goes from the list as soon as they leave', async () => {
    const cleo = await world.database.createUser();
    const { id, slug } = await world.database.createRoom(ada, { members: [bob, cleo] });
    const page = await openAs(ada);
    await open(page, `/r/${slug}?panel=members`);
    const manage = async (user: TestUser) => {
      await row(page, `@${user.username}`).getByRole('button').click();
      return page.getByRole('dialog');
    };

    let dialog = await manage(bob);
    await dialog.getByLabel('Role').selectOption('MODERATOR');
    await dialog.getByRole('button', { name: 'Give this role' }).click();
    await row(page, `@${bob.username}`).getByText('Moderator').waitFor();

    dialog = await manage(bob);
    await dialog.locator('summary', { hasText: 'Mute' }).click();
    await dialog.getByRole('button', { name: 'Mute' }).click();
    await row(page, `@${bob.username}`).getByText('Muted').waitFor();

    dialog = await manage(bob);
    await dialog.locator('summary', { hasText: 'Ban' }).click();
    await dialog.getByLabel('Reason').last().fill('He shouted');
    await dialog.getByRole('button', { name: 'Ban' }).click();
    await row(page, `@${bob.username}`).waitFor({ state: 'detached' });

    await world.database.call(cleo, 'leave_room', id);
    await row(page, `@${cleo.username}`).waitFor({ state: 'detached' });

    await open(page, `/r/${slug}?panel=moderation:bans`);
    await row(page, 'He shouted').getByRole('button', { name: 'Lift the ban' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Lift the ban' }).click();
    await page.getByText('Nobody is banned.').waitFor();
  });

  test('the link of an invitation lets somebody in, and nobody once it was taken back', async () => {
    const { slug } = await world.database.createRoom(ada, { type: 'private' });
    const page = await openAs(ada);
    await open(page, `/r/${slug}?panel=invitations`);
    await page.locator('summary', { hasText: 'New invitation' }).click();
    await button(page, 'Make the invitation').click();
    const address = (await page.locator('.trumpet-screen-address').textContent()) ?? '';

    const other = await openAs(bob);
    await other.goto(address);
    await button(other, 'Join the room').click();
    await other.waitForURL('**/r/*');

    await button(page, 'Take back').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
    await page.getByText('There is no invitation.').waitFor();
    const third = await openAs(await world.database.createUser());
    await third.goto(address);
    await button(third, 'Join the room').click();
    await third.getByText('This invitation has expired').waitFor();
  });

  test('a rule holds a message, a moderator releases it and decides on a report', async () => {
    const { id, slug } = await world.database.createRoom(ada, { members: [bob] });
    const page = await openAs(ada);
    await open(page, `/r/${slug}?panel=moderation:rules`);
    await button(page, 'New rule').click();
    await page.getByLabel('Words, one a line').fill('spam\nbuy now');
    await button(page, 'Set the rule').click();
    await row(page, '2 words').waitFor();

    const held = await world.database.call(bob, 'send_message', id, 'No spam, I promise');
    await open(page, `/r/${slug}?panel=moderation:held`);
    await button(page, 'Release').click();
    await page.getByText('No message waits for a decision.').waitFor();

    await world.database.call(ada, 'report_message', held.id, 'I regret it');
    await open(page, `/r/${slug}?panel=moderation:reports`);
    const report = row(page, 'I regret it');
    await report.locator('summary').click();
    await report.getByLabel('Delete the message, too').check();
    await report.getByRole('button', { name: 'Decide' }).click();
    await report.waitFor({ state: 'detached' });
    await open(page, `/r/${slug}?panel=moderation:log`);
    await row(page, 'deleted a message of').waitFor();
    await row(page, 'released a message of').waitFor();
  });

  test('what waits in all rooms that one moderates is in one list, and is decided there', async () => {
    const name = 'A room with nothing to decide';
    await world.database.createRoom(ada, { name });
    for (const [text, reason] of [
      ['Something rude', 'It is rude'],
      ['Something false', 'It is false'],
    ] as const) {
      const { id } = await world.database.createRoom(ada, { name: text, members: [bob] });
      const said = await world.database.sendMessage(bob, id, text);
      await world.database.call(ada, 'report_message', said.id, reason);
      await world.database.call(ada, 'set_room_rule', id, 'words', 'hold', ['spam']);
      await world.database.call(bob, 'send_message', id, `No spam in ${text}`);
    }
    const page = await openAs(ada);
    await open(page, '/moderation');
    const cases = (room: string) => page.getByRole('region', { name: room });
    await cases('Something rude').getByText('It is rude').waitFor();
    await cases('Something false').getByText('It is false').waitFor();
    expect(await page.getByRole('main').getByText(name).count()).toBe(0);
    await cases('Something rude').getByRole('button', { name: 'Release' }).click();
    await cases('Something rude').getByText('No message waits for a decision.').waitFor();
    const report = cases('Something false').locator('li', { hasText: 'It is false' });
    await report.locator('summary').click();
    await report.getByRole('button', { name: 'Decide' }).click();
    await report.waitFor({ state: 'detached' });

    const other = await openAs(await world.database.createUser());
    await open(other, '/moderation');
    await other.getByText('Nothing waits for a decision').waitFor();
  });

  test('a search completes its operators, and leads to the message in its history', async () => {
    const { id, slug } = await world.database.createRoom(ada, { members: [bob] });
    const { seq } = await world.database.sendMessage(bob, id, 'The <b>apples</b> are ripe');
    await world.database.sendMessage(ada, id, 'My apples are not');
    await world.database.indexMessages();
    const page = await openAs(ada);
    await open(page, '/search');
    const box = page.getByRole('combobox', { name: 'Search in messages' });
    await box.pressSequentially('apples fro');
    await page.getByRole('option', { name: 'from:' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await box.pressSequentially(bob.username.slice(0, -1));
    await page.getByRole('option', { name: bob.username }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const found = row(page, 'are ripe');
    await found.locator('mark', { hasText: 'apples' }).waitFor();
    expect(await found.locator('.trumpet-screen-row-content').textContent()).toBe(
      'The <b>apples</b> are ripe',
    );
    await row(page, 'My apples').waitFor({ state: 'detached' });
    await found.getByRole('link', { name: 'Show the message' }).click();
    await page.waitForURL(`**/r/${slug}/m/${seq}`);
    await page.locator('.trumpet-message', { hasText: 'are ripe' }).waitFor();
  });

  test('a message is written now and sent later, changed and taken back, and its list follows it by itself', async () => {
    const { id: roomId } = await world.database.createRoom(ada, { name: 'Chess', members: [bob] });
    const page = await openAs(ada, { timezoneId: 'Asia/Tokyo' });
    const writeLater = async (text: string, choose: (dialog: Locator) => Promise<void>) => {
      await openRoom(page, 'Chess');
      await page.locator('.trumpet-composer-text').fill(text);
      await button(page, 'Send later or as a poll').click();
      await choose(page.getByRole('dialog', { name: 'Send later or as a poll' }));
      await page.locator('.trumpet-composer-text:placeholder-shown').waitFor();
      await page.getByText('It will be sent:').waitFor();
    };
    const year = new Date().getUTCFullYear();
    const day = new Date(Date.now() + 48 * 3_600_000).toISOString().slice(0, 10);
    await writeLater('In the morning', (dialog) =>
      dialog.getByRole('button', { name: 'Tomorrow morning' }).click(),
    );
    await writeLater('At noon', async (dialog) => {
      await dialog.getByLabel('Day and time').fill(`${day}T12:00`);
      await dialog.getByRole('button', { name: 'Send then' }).click();
    });
    const { rows } = await world.database.owner.query(
      'select content, local_time, time_zone, send_at from app_public.scheduled_messages where user_id = $1 order by id',
      [ada.id],
    );
    expect(rows).toMatchObject([
      {
        content: 'In the morning',
        time_zone: 'Asia/Tokyo',
        local_time: expect.stringMatching(/T09:00$/),
      },
      { content: 'At noon', local_time: `${day}T12:00`, send_at: new Date(`${day}T03:00Z`) },
    ]);

    await open(page, '/settings/scheduled');
    await row(page, 'At noon').getByText(`${year}`).waitFor();
    await row(page, 'At noon').getByRole('button', { name: 'Change' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByLabel('Day and time').inputValue()).toBe(`${day}T12:00`);
    await dialog.getByLabel('Text').fill('At one');
    await dialog.getByLabel('Day and time').fill(`${day}T13:00`);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row(page, 'At one')
      .getByText(/1:00\sPM/)
      .waitFor();

    const { rows: all } = await world.database.owner.query<{ id: string; content: string }>(
      'select id, content from app_public.scheduled_messages where user_id = $1 order by id',
      [ada.id],
    );
    const [morning, noon] = all.map(({ id }) => id);
    // As the worker has it when its time has come: the list is open meanwhile.
    const send = async (id: string | undefined) => {
      await world.database.owner.query(
        'update app_public.scheduled_messages set send_at = now() where id = $1',
        [id],
      );
      await world.database.owner.query('select app_private.send_scheduled_message($1)', [id]);
    };
    await send(morning);
    await row(page, 'In the morning').waitFor({ state: 'detached' });
    await world.database.call(ada, 'archive_room', roomId);
    await send(noon);
    await row(page, 'At one').getByText('It was not sent. This room is archived').waitFor();
    await row(page, 'At one').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Nothing waits to be sent.').waitFor();
  });

  test('a message is saved by its menu, found in the list on all devices, and taken out; of one that is gone nothing is shown', async () => {
    const { id } = await world.database.createRoom(bob, { name: 'Chess', members: [ada] });
    const { seq } = await world.database.sendMessage(bob, id, 'Knight to f3');
    const deleted = await world.database.sendMessage(bob, id, 'Mate in two');
    const page = await openAs(ada);
    const list = await page.context().newPage();
    await open(list, '/settings/savedMessages');
    await list.getByText('You have saved nothing.').waitFor();
    await openRoom(page, 'Chess');
    for (const text of ['Knight to f3', 'Mate in two']) {
      const message = page.locator('.trumpet-message', { hasText: text });
      await message.hover();
      await message.getByRole('button', { name: 'Actions for this message' }).click();
      await page.getByRole('menuitem', { name: 'Save for later' }).click();
      await row(list, text).waitFor();
    }
    expect(await list.locator('.trumpet-screen-list .trumpet-text').allTextContents()).toEqual([
      'Mate in two',
      'Knight to f3',
    ]);
    await row(list, 'Knight to f3').getByText('Chess').waitFor();
    await row(list, 'Knight to f3').getByRole('link', { name: 'Show the message' }).click();
    await list.waitForURL(`**/m/${seq}`);

    await world.database.call(bob, 'delete_message', deleted.id);
    await open(list, '/settings/savedMessages');
    await row(list, 'This message was deleted').getByRole('button', { name: 'Remove' }).click();
    await row(list, 'This message was deleted').waitFor({ state: 'detached' });
    await world.database.call(bob, 'kick_member', id, ada.id);
    await open(list, '/settings/savedMessages');
    const left = row(list, 'This message is not there any more, or you may not see it.');
    await left.waitFor();
    expect(await list.getByText(/Knight|Chess/).count()).toBe(0);
    await left.getByRole('button', { name: 'Remove' }).click();
    await list.getByText('You have saved nothing.').waitFor();
  });

  test('one is reminded of a message at a time where one is, may choose another, and its list follows it by itself', async () => {
    const { owner, call, createRoom, sendMessage } = world.database;
    const { id } = await createRoom(bob, { name: 'Chess', members: [ada] });
    const { id: messageId, seq } = await sendMessage(bob, id, 'Your move');
    const page = await openAs(ada, { timezoneId: 'Asia/Tokyo' });
    const list = await page.context().newPage();
    await open(list, '/settings/reminders');
    await list.getByText('You have no reminders.').waitFor();
    await openRoom(page, 'Chess');
    const message = page.locator('.trumpet-message', { hasText: 'Your move' });
    await message.hover();
    await message.getByRole('button', { name: 'Actions for this message' }).click();
    await page.getByRole('menuitem', { name: 'Remind me…' }).click();
    await button(page, 'Tomorrow morning').click();
    await page.getByText('To be reminded:').waitFor();
    await row(list, 'Your move').getByText('To be reminded:').waitFor();
    const reminders = async () =>
      (
        await owner.query(
          'select id, message_id, local_time, time_zone, reminded_at from app_public.reminders where user_id = $1',
          [ada.id],
        )
      ).rows;
    const [{ id: reminderId }] = await reminders();
    expect(await reminders()).toMatchObject([
      {
        message_id: messageId,
        local_time: expect.stringMatching(/T09:00$/),
        time_zone: 'Asia/Tokyo',
        reminded_at: null,
      },
    ]);

    const day = new Date(Date.now() + 72 * 3_600_000).toISOString().slice(0, 10);
    await row(list, 'Your move').getByRole('button', { name: 'Change' }).click();
    const dialog = list.getByRole('dialog');
    expect(await dialog.getByLabel('Day and time').inputValue()).toMatch(/T09:00$/);
    await dialog.getByLabel('Day and time').fill(`${day}T13:00`);
    await dialog.getByRole('button', { name: 'Remind me then' }).click();
    await dialog.getByText('To be reminded:').waitFor();
    await list.keyboard.press('Escape');
    await row(list, 'Your move')
      .getByText(/To be reminded: .*1:00\sPM/)
      .waitFor();
    expect(await reminders()).toMatchObject([{ id: reminderId, local_time: `${day}T13:00` }]);

    // As the worker has it when its time has come: the list is open meanwhile.
    await owner.query('update app_public.reminders set remind_at = now() where id = $1', [
      reminderId,
    ]);
    await owner.query('select app_private.remind($1, false)', [reminderId]);
    await row(list, 'Your move')
      .getByText(/^Reminded: /)
      .waitFor();
    await row(list, 'Your move').getByRole('link', { name: 'Show the message' }).click();
    await list.waitForURL(`**/m/${seq}`);
    await call(bob, 'kick_member', id, ada.id);
    await open(list, '/settings/reminders');
    const gone = row(list, 'This message is not there any more, or you may not see it.');
    await gone.waitFor();
    expect(await list.getByText(/Your move|Chess/).count()).toBe(0);
    await gone.getByRole('button', { name: 'Remove' }).click();
    await list.getByText('You have no reminders.').waitFor();
  });

  test('a stranger learns nothing from the address of a message: it is as one of a room that there never was', async () => {
    const { id, slug } = await world.database.createRoom(ada, {
      name: 'The surprise',
      type: 'private',
    });
    const { seq } = await world.database.sendMessage(ada, id, 'A cake for Bob');
    const page = await openAs(bob);
    const bodies: Promise<string>[] = [];
    page.on('response', (response) => bodies.push(response.text().catch(() => '')));
    const frames: string[] = [];
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => frames.push(String(payload))),
    );
    const shown = async (room: string) => {
      await open(page, `/r/${room}/m/${seq}`);
      await page.getByText('There is nothing at this address.').waitFor();
      const [title, text] = [await page.title(), await page.locator('body').textContent()];
      return [title, text].map((each) => each?.replaceAll(room, 'ROOM'));
    };
    const nowhere = await shown('there-never-was-one');
    expect(await shown(slug)).toEqual(nowhere);
    expect(await shown(id)).toEqual(nowhere);
    const received = [...(await Promise.all(bodies)), ...frames].join();
    expect(received).toContain(bob.username);
    expect(received).not.toMatch(/surprise|cake/);
    expect(received).not.toContain(ada.username);
  });

  test('an account is deleted only with its password, and a question gives the focus back', async () => {
    const page = await openAs(bob);
    await open(page, '/settings/data');
    const opener = button(page, 'Delete my account…');
    await opener.click();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await opener.and(page.locator(':focus')).waitFor();

    await opener.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('to confirm').fill('delete');
    await dialog.getByLabel('Your password').fill('not this one');
    await dialog.getByRole('button', { name: 'Delete it for good' }).click();
    await dialog.locator('input[aria-invalid="true"]:focus').waitFor();
    await dialog.getByLabel('Your password').fill(bob.username);
    await dialog.getByRole('button', { name: 'Delete it for good' }).click();
    await page.getByLabel('User name').waitFor();
  });

  test('what could not be had without the network is told, and comes with it', async () => {
    const page = await openAs(ada);
    await open(page, '/settings/profile');
    await page.getByLabel('Name that others see').waitFor();
    await page.context().setOffline(true);
    await page.evaluate(() => history.pushState(null, '', '/settings/sessions'));
    await page.getByText('The server cannot be reached.').waitFor();
    await page.context().setOffline(false);
    await page.getByText('This device').waitFor();
  });
});

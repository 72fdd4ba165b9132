import { AxeBuilder } from '@axe-core/playwright';
import { jest } from '@jest/globals';
import { Logger, runOnce } from 'graphile-worker';
import type { Page } from 'playwright-core';
import decodeQR from 'qr/decode.js';
import sharp from 'sharp';
import { createOwnerPool } from '../../src/database/pools.ts';
import { createMailer } from '../../src/push/mailer.ts';
import { commonTasks } from '../../src/worker/task-list.ts';
import { startMailServer } from '../../test/push/support/mail-server.ts';
import { describeInChromium } from '../../testing/chromium.ts';
import { freePort } from '../../testing/free-port.ts';
import { startTestServer } from '../../testing/server.ts';
import { totpCode, totpSecret, totpStep } from '../../testing/totp.ts';
import { type FurnishedRoom, furnishRoom } from './furnished.ts';
import { createPageWorld, type PageWorld, signIn } from './support.ts';

/* Nobody is kept out: every screen, panel, dialog and menu of the page as axe sees it, light and dark. */

jest.setTimeout(300_000);

/** What only colours can break: all that is looked at in the dark. */
const RULES_OF_COLOUR = ['color-contrast', 'link-in-text-block'];

describeInChromium('nobody is kept out', () => {
  let world: PageWorld;
  let room: FurnishedRoom;
  let page: Page;
  let found: string[] = [];

  beforeAll(async () => {
    world = await createPageWorld();
    room = await furnishRoom(world.database);
  });
  afterAll(() => world.close());

  afterEach(async () => {
    await page.context().close();
    const all = found;
    found = [];
    expect(all).toEqual([]);
    expect(world.complaints).toEqual([]);
  });

  /** @param within the part that is new; what stands beside it was looked at before */
  async function look(at: string, within?: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      // Otherwise it opens another page for each look.
      const axe = new AxeBuilder({ page }).setLegacyMode();
      if (within !== undefined) {
        axe.include(within);
      }
      const { violations } = await (colorScheme === 'dark'
        ? axe.withRules(RULES_OF_COLOUR)
        : axe
      ).analyze();
      for (const { id, nodes } of violations) {
        found.push(...nodes.map(({ html }) => `${at}, ${colorScheme}: ${id} at ${html}`));
      }
    }
    await page.emulateMedia({ colorScheme: 'light' });
  }

  /** Goes there without loading the page again. */
  async function go(address: string): Promise<void> {
    await page.evaluate((to) => history.pushState(null, '', to), address);
  }

  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
  const summary = (text: string) => page.locator('summary', { hasText: text });
  const dialog = () => page.getByRole('dialog');
  const leave = async () => {
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  };
  const openAll = () =>
    page.locator('main details, dialog details').evaluateAll((all) => {
      for (const each of all) {
        (each as HTMLDetailsElement).open = true;
      }
    });

  test('while one signs in', async () => {
    page = await world.open({ reducedMotion: 'reduce' });
    await button('Sign in').waitFor();
    await look('signing in');
    await page.getByLabel('User name').fill('nobody');
    await page.getByLabel('Password', { exact: true }).fill('wrong');
    await button('Sign in').click();
    await page.getByRole('alert').filter({ hasText: 'is wrong' }).waitFor();
    await look('refused');
    await button('New here? Create an account').click();
    await page.getByLabel('Shown as').waitFor();
    await summary('For developers').click();
    await look('making an account');
  });

  test('where only the invited have accounts, and where nobody has a password', async () => {
    const invited = await startTestServer(world.database, { SIGN_UP: 'invited' });
    const elsewhere = await startTestServer(world.database, { LOCAL_PASSWORDS: 'false' });
    try {
      page = await world.open({ reducedMotion: 'reduce' });
      await page.goto(elsewhere.url);
      await page.getByText('Sign in where you have your account').waitFor();
      expect(await button('Sign in').count()).toBe(0);
      await look('without passwords');

      await world.database.owner.query("select app_private.set_account_rules('invited', true)");
      await page.goto(invited.url);
      await page.getByText('Creating an account needs an invitation').waitFor();
      expect(await button('New here? Create an account').count()).toBe(0);
      await look('without an invitation');
      const { code } = await world.database.call(room.ada, 'create_invitation', room.id);
      await page.goto(`${invited.url}/invite/${code}`);
      await button('New here? Create an account').click();
      await page.getByLabel('User name').fill('invited-guest');
      await page.getByLabel('Password', { exact: true }).fill('correct horse');
      await button('Create an account').click();
      await page.locator('.trumpet-room', { hasText: 'Garden Club' }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/');

      const { code: open } = await world.database.call(
        room.ada,
        'create_invitation',
        room.id,
        null,
        3600,
        true,
      );
      await page.context().close();
      page = await world.open({ reducedMotion: 'reduce' });
      await page.goto(`${invited.url}/invite/${code}`);
      await page.getByLabel('Your name').fill('A passer-by');
      await button('Join as a guest').click();
      await page.getByText('This invitation is for people with an account').waitFor();
      await look('an invitation that is not for guests');
      await page.goto(`${invited.url}/invite/${open}`);
      await page.getByLabel('Your name').fill('A passer-by');
      await button('Join as a guest').click();
      await page.locator('.trumpet-room', { hasText: 'Garden Club' }).waitFor();
      await page.goto(`${invited.url}/settings/password`);
      await page.getByLabel('User name').fill('passer-by');
      await page.getByLabel('New password').fill('correct horse');
      await look('a guest makes an account', 'main');
      await button('Make an account').click();
      await button('Change the password').waitFor();
      await page.goto(invited.url);
      await page.locator('.trumpet-room', { hasText: 'Garden Club' }).waitFor();
    } finally {
      await page.goto('about:blank'); // Servers wait for whoever is connected.
      await invited.close();
      await elsewhere.close();
      await world.database.owner.query("select app_private.set_account_rules('open', true)");
    }
  });

  test('where mails lead: an address is proved, and a lost password is set anew', async () => {
    await using stack = new AsyncDisposableStack();
    const mail = stack.adopt(await startMailServer(), (each) => each.close());
    const server = stack.adopt(
      await startTestServer(world.database, { SMTP_URL: mail.url, EMAIL_FROM: 'a@example.org' }),
      (each) => each.close(),
    );
    const pool = stack.adopt(createOwnerPool(world.database.databaseUrl), (each) => each.end());
    const mailer = stack.adopt(createMailer({ smtpUrl: mail.url, from: 'a@example.org' }), (each) =>
      each.close(),
    );
    /** The link of the mail that the worker writes now. */
    async function link(): Promise<string> {
      const logger = new Logger(() => () => {});
      const taskList = commonTasks(pool, mailer, server.url);
      await runOnce({ pgPool: pool, logger, taskList });
      const text = mail.received.at(-1)?.source.replaceAll('=\r\n', '') ?? '';
      return /http:\S+/.exec(text)?.[0] as string;
    }

    /** What a phone does: the code is read off the screen. */
    async function setUpApp(): Promise<Buffer> {
      await page.goto(`${server.url}/settings/factor`);
      await page.getByLabel('Current password').fill('correct horse');
      await look('no second factor', 'main');
      await button('Set up an app').click();
      const picture = page.getByRole('img', { name: 'QR code for the app' });
      const { data, info } = await sharp(await picture.screenshot())
        .ensureAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      const address = new URL(decodeQR({ ...info, data }));
      await look('an app to set up', 'main');
      const secret = totpSecret(address.searchParams.get('secret') ?? '');
      const digits = page.getByLabel('The six digits that the app shows');
      await digits.fill('1');
      await button('Confirm').click();
      await page.getByText('is not the code').waitFor();
      await digits.fill(totpCode(secret, totpStep() - 1));
      await button('Confirm').click();
      await page.getByRole('heading', { name: 'Recovery codes' }).waitFor();
      expect(await page.locator('.trumpet-screen-codes li').count()).toBe(10);
      await look('recovery codes', 'main');
      await button('I have kept them').click();
      await page.getByText('10 recovery codes left.').waitFor();
      await look('a second factor', 'main');
      return secret;
    }

    page = await world.open({ reducedMotion: 'reduce' });
    // Servers wait for whoever is connected.
    stack.defer(async () => void (await page.goto('about:blank')));
    await page.goto(server.url);
    await button('New here? Create an account').click();
    await page.getByLabel('User name').fill('forgetful');
    await page.getByLabel('E-mail').fill('forgetful@example.org');
    await page.getByLabel('Password', { exact: true }).fill('correct horse');
    await button('Create an account').click();
    await page.locator('.trumpet-shell').waitFor();
    await go('/settings/email');
    await page.getByText('You have not confirmed it yet').waitFor();
    await look('an address that is not confirmed', 'main');
    await page.goto(await link());
    await button('Yes, this is my address').waitFor();
    expect(page.url()).toBe(`${server.url}/verify`); // The code does not stay on the screen.
    await look('proving an address');
    await button('Yes, this is my address').click();
    await page.getByText('the address is confirmed').waitFor();
    await page.goto(`${server.url}/settings/email`);
    await page.getByText('You have confirmed it.').waitFor();

    await page.getByLabel('New e-mail address').fill('other@example.org');
    await page.getByLabel('Current password').fill('a guess');
    await button('Change the address').click();
    await page.getByText('is wrong').waitFor();
    await page.getByLabel('Current password').fill('correct horse');
    await button('Change the address').click();
    await page.getByText('A mail is on its way').waitFor();
    await page.goto(await link());
    await button('Yes, this is my address').click();
    await page.getByText('the address is confirmed').waitFor();
    expect(await link()).toBe(undefined); // What the old address is told has none.
    expect(mail.received.at(-1)?.to).toEqual(['forgetful@example.org']);

    const secret = await setUpApp();
    await page.goto(`${server.url}/settings/sessions`);
    await page.getByText('with the password alone').waitFor();
    await button('Sign out').first().click();
    await dialog().getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Forgotten your password?' }).click();
    await page.getByLabel('E-mail address').fill('other@example.org');
    await look('asking for a new password');
    await button('Send me a mail').click();
    await page.getByLabel('Code of the mail').fill('a guess');
    await page.getByLabel('New password').fill('another horse');
    await button('Set the password').click();
    await page.getByText('This code is wrong').waitFor();
    await look('a wrong code');
    await page.goto(await link());
    await page.getByLabel('New password').fill('another horse');
    await look('a new password');
    await button('Set the password').click();
    await page.getByText('Your password is set').waitFor();
    await page.getByRole('link', { name: 'To the sign-in' }).click();
    await page.getByLabel('User name').fill('forgetful');
    await page.getByLabel('Password', { exact: true }).fill('another horse');
    await button('Sign in').click();
    const code = page.getByLabel('Code of your app, or a recovery code');
    await code.fill('000000');
    await look('asking for a code');
    await button('Sign in').click();
    await page.getByText('This code is wrong').waitFor();
    await code.fill(totpCode(secret, totpStep()));
    await button('Sign in').click();
    await page.locator('.trumpet-shell').waitFor();
    await page.goto(`${server.url}/settings/sessions`);
    await page.getByText('with a code of the app').waitFor();
  });

  test('a passkey is added, named, used instead of name, password and code, and removed', async () => {
    await using stack = new AsyncDisposableStack();
    const port = await freePort();
    // Browsers make passkeys for names and not for numbers.
    const address = `http://localhost:${port}`;
    stack.adopt(
      await startTestServer(world.database, { PORT: String(port), PUBLIC_URL: address }),
      (each) => each.close(),
    );
    page = await world.open({ reducedMotion: 'reduce' });
    // Servers wait for whoever is connected.
    stack.defer(async () => void (await page.goto('about:blank')));
    const devTools = await page.context().newCDPSession(page);
    await devTools.send('WebAuthn.enable');
    const { authenticatorId } = await devTools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    const owner = await world.database.createUser();
    const passkeyButton = button('Sign in with a passkey');
    await page.goto(address);
    await passkeyButton.click();
    await page.getByText('No passkey was used.').waitFor();
    await look('no passkey');
    await signIn(page, owner);
    await go('/settings/passkeys');
    await page.getByText('You have none yet.').waitFor();
    await button('Add a passkey').click();
    await page.getByText('is wrong').waitFor();
    await page.getByLabel('Current password').fill(owner.username);
    await page.getByLabel('What to call it').fill('A phone');
    await button('Add a passkey').click();
    await page.getByText('Never used').waitFor();
    await look('a passkey', 'main');
    await page.getByLabel('Current password').fill(owner.username);
    await button('Add a passkey').click();
    await page.getByText('Perhaps there is one on this device already').waitFor();
    await button('Rename').click();
    await dialog().getByLabel('What to call it').fill('My phone');
    await look('renaming a passkey', 'dialog[open]');
    await dialog().getByRole('button', { name: 'Rename' }).click();
    await page.getByText('My phone').waitFor();

    async function signOut(): Promise<void> {
      await go('/settings/sessions');
      // Not that of another session in the list.
      const ways = page.locator('.trumpet-screen-buttons');
      await ways.getByRole('button', { name: 'Sign out', exact: true }).click();
      await dialog().getByRole('button', { name: 'Sign out' }).click();
      await passkeyButton.waitFor();
    }
    await signOut();
    await passkeyButton.click();
    await page.locator('.trumpet-shell').waitFor();
    await go('/settings/sessions');
    await page.getByText('with a passkey').waitFor();
    await go('/settings/passkeys');
    await page.getByText(/^Last used/).waitFor();
    await button('Remove').click();
    await look('removing a passkey', 'dialog[open]');
    await dialog().getByRole('button', { name: 'Remove' }).click();
    await page.getByText('You have none yet.').waitFor();
    await signOut();
    await passkeyButton.click();
    await page.getByText('This passkey is not known here.').waitFor();
    const { credentials } = await devTools.send('WebAuthn.getCredentials', { authenticatorId });
    expect(credentials).toHaveLength(1);
  });

  test('on every screen', async () => {
    page = await world.openAs(room.ada, { reducedMotion: 'reduce' });
    await summary('For developers').click();
    await look('/');
    await go('/nowhere');
    await page.getByText('There is nothing at this address.').waitFor();
    await look('an address with nothing');

    await go('/explore');
    await page.locator('.trumpet-screen-list > li').first().waitFor();
    await look('/explore', 'main');
    await go('/explore/new');
    await page.getByLabel('Name').fill('Garden Club');
    await page.getByLabel('Address').fill(room.slug);
    await button('Make the room').click();
    await page.locator('input[aria-invalid="true"]').waitFor();
    await look('/explore/new, refused', 'main');
    await go('/invite/no-such-code');
    await button('Join the room').click();
    await page.getByText('This invitation has expired').waitFor();
    await look('/invite, refused', 'main');

    await go('/people');
    await page.getByLabel('Find somebody by their name').fill('user');
    await page.locator('.trumpet-screen-list > li').first().waitFor();
    await look('/people', 'main');
    await go(`/people/${room.bob.username}`);
    await button('Block').click();
    await look('a profile, blocking', 'dialog[open]');
    await leave();
    await look('a profile', 'main');
    await go(`/people/${room.dan.username}`);
    await page.getByText('You have blocked this person.').waitFor();
    await look('a profile, blocked', 'main');

    await go('/moderation');
    await page.getByText('This is rude').waitFor();
    await openAll();
    await look('/moderation', 'main');
    await go('/search');
    await page.getByText('The words can be limited').waitFor();
    await look('/search', 'main');
    await page.getByRole('combobox', { name: 'Search in messages' }).pressSequentially('apples f');
    await page.getByRole('option', { name: 'from:' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await look('/search, completed', 'main');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Backspace');
    await page.locator('mark', { hasText: 'apples' }).waitFor();
    await look('/search, found', 'main');
  });

  test('in all settings', async () => {
    page = await world.openAs(room.ada, { reducedMotion: 'reduce' });
    const sections = {
      profile: page.getByLabel('Name that others see'),
      privacy: page.getByLabel('That I am typing'),
      notifications: page.getByLabel('Keep quiet hours'),
      savedMessages: button('Remove'),
      reminders: button('Change'),
      appearance: page.getByText('These are for this device.'),
      email: page.getByLabel('New e-mail address'),
      password: page.getByLabel('Current password'),
      sessions: page.getByText('This device').first(),
      blocked: button('Unblock'),
      data: button('Delete my account…'),
    };
    for (const [section, part] of Object.entries(sections)) {
      await go(`/settings/${section}`);
      await part.waitFor();
      await look(`/settings/${section}`, 'main');
    }
    await button('Delete my account…').click();
    await look('deleting the account', 'dialog[open]');
    await leave();
    await button('Ask for the file').click();
    await page.getByRole('status').filter({ hasText: 'The file' }).waitFor();
    await look('an export', 'main');
    await go('/settings/sessions');
    await button('Sign out everywhere').click();
    await look('signing out', 'dialog[open]');
    await leave();
    await go('/settings/notifications');
    await page.getByLabel('Keep quiet hours').check();
    await button('Begin').click();
    await button('Notify me again').waitFor();
    await look('quiet hours, and not disturbed', 'main');
  });

  test('in all panels of a room', async () => {
    page = await world.openAs(room.ada, { reducedMotion: 'reduce' });
    const rows = page.locator('.trumpet-shell-panel .trumpet-screen-list > li');
    const panels: Readonly<Record<string, () => Promise<void>>> = {
      about: () => button('Leave the room').waitFor(),
      members: () => rows.first().waitFor(),
      pins: () => rows.first().waitFor(),
      files: () => page.getByText('Nobody has sent a file').waitFor(),
      invitations: () => rows.first().waitFor(),
      notifications: () => page.getByLabel('What notifies you here').waitFor(),
      'room-settings': () => page.getByText('What the room is').waitFor(),
      'moderation:reports': () => rows.first().waitFor(),
      'moderation:held': () => rows.first().waitFor(),
      'moderation:bans': () => rows.first().waitFor(),
      'moderation:rules': () => rows.first().waitFor(),
      'moderation:log': () => rows.first().waitFor(),
      archive: () => page.getByText('No month of this room is archived.').waitFor(),
      [`message:${room.message.id}`]: () => page.getByText('Earlier versions').waitFor(),
      [`reminder:${room.message.id}`]: () => button('Tomorrow morning').waitFor(),
      [`thread:${room.message.id}`]: () => page.getByText('An answer').last().waitFor(),
    };
    for (const [panel, isThere] of Object.entries(panels)) {
      await go(`/r/${room.slug}?panel=${panel}`);
      await isThere();
      await openAll();
      await look(`panel ${panel}`, '.trumpet-shell-panel');
    }
    const questions: readonly (readonly [panel: string, opener: string])[] = [
      ['about', 'Leave the room'],
      ['members', `Manage ${room.bob.username}`],
      ['members', 'Add somebody'],
      ['invitations', 'Take back'],
      ['room-settings', 'Archive the room'],
      ['moderation:held', 'Delete'],
      ['moderation:bans', 'Lift the ban'],
      ['moderation:rules', 'New rule'],
    ];
    for (const [panel, opener] of questions) {
      await go(`/r/${room.slug}?panel=${panel}`);
      await button(opener).first().click();
      await openAll();
      await look(`${panel}: ${opener}`, 'dialog[open]');
      await leave();
    }
  });

  test('in a conversation', async () => {
    page = await world.openAs(room.ada, { reducedMotion: 'reduce' });
    await go(`/r/${room.slug}`);
    const message = page.locator('.trumpet-message', { hasText: 'apples' }).first();
    await message.waitFor();
    await look('a room');
    await message.hover();
    await message.getByRole('button', { name: 'Actions for this message' }).click();
    await page.getByRole('menu').waitFor();
    await look('the menu of a message');
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await dialog().waitFor();
    await look('deleting a message', 'dialog[open]');
    await leave();
    await message.hover();
    await message.getByRole('button', { name: 'React' }).last().click();
    await button('React with 🎉').waitFor();
    await look('reacting');
    await button('More emoji').click();
    await page.getByRole('gridcell').first().waitFor();
    await look('all emoji');
    await page.keyboard.press('Escape');
    const field = page.locator('.trumpet-composer-text');
    await field.click();
    await field.pressSequentially('@user');
    await page.getByRole('option').first().waitFor();
    await look('mentioning', '.trumpet-conversation');
    await page.keyboard.press('Escape');
    await field.fill('');
    await page
      .locator('.trumpet-conversation input[type=file]')
      .setInputFiles([
        { name: 'a list.txt', mimeType: 'text/plain', buffer: Buffer.from('one, two') },
      ]);
    await button('Remove a list.txt').waitFor();
    await look('a file that is chosen', '.trumpet-conversation');
    await page.context().setOffline(true);
    await field.fill('This waits');
    await page.keyboard.press('Enter');
    await page.getByText('No connection.').first().waitFor();
    await look('without a network');
    await page.context().setOffline(false);
    await page
      .locator('.trumpet-message', { hasText: 'This waits' })
      .getByText('Sent', { exact: true })
      .waitFor();
    await page.locator('.trumpet-room').first().focus();
    await page.keyboard.press('?');
    await dialog().waitFor();
    await look('the list of shortcuts', 'dialog[open]');
  });

  test('for whoever may do little', async () => {
    page = await world.openAs(room.cleo, { reducedMotion: 'reduce' });
    await go(`/r/${room.slug}`);
    await page.locator('.trumpet-message', { hasText: 'No spam' }).waitFor();
    await look('a room in which one is muted');
    await go(`/r/${room.slug}?panel=moderation`);
    await page.getByText('Only the moderators').waitFor();
    await look('what is not for one', 'main');
    const { slug } = await world.database.createRoom(room.ada, { name: 'Elsewhere' });
    await go(`/r/${slug}`);
    await button('Join Elsewhere').waitFor();
    await look('a room that one is not in', 'main');
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { jest } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { describeInChromium } from '../../testing/chromium.ts';
import type { TestUser } from '../../testing/database.ts';
import { createPageWorld, isKept, openRoom, type PageWorld, sees, write } from './support.ts';

/* A day of two people, each in a browser of their own, with all that they do in the page. */

jest.setTimeout(180_000);

const FIXTURES = join(import.meta.dirname, '..', '..', 'test', 'attachments', 'fixtures');

describeInChromium('a day of two people in Chromium', () => {
  let world: PageWorld;
  let ada: TestUser;
  let bob: TestUser;
  let hers: Page;
  let his: Page;
  let room: { readonly id: string; readonly slug: string };
  // Of three digits each: else "Room 1" and the time beside it are "Room 11" at eleven.
  let rooms = 100;

  beforeAll(async () => {
    world = await createPageWorld({ hasWorker: true });
    ada = await world.database.createUser();
    bob = await world.database.createUser();
    [hers, his] = await Promise.all([
      world.openAs(ada, { permissions: ['microphone'] }),
      world.openAs(bob),
    ]);
  });
  afterAll(() => world.close());

  beforeEach(async () => {
    rooms += 1;
    room = await world.database.createRoom(ada, { name: `Room ${rooms}`, members: [bob] });
    await Promise.all([hers, his].map((page) => go(page, '/')));
    await Promise.all([hers, his].map((page) => openRoom(page, `Room ${rooms}`)));
  });
  afterEach(() => expect(world.complaints).toEqual([]));

  /** Goes there without loading the page again. */
  async function go(page: Page, address: string): Promise<void> {
    await page.evaluate((to) => history.pushState(null, '', to), address);
  }

  const panel = (page: Page, name: string) => go(page, `/r/${room.slug}?panel=${name}`);
  const button = (within: Page | Locator, name: string) =>
    within.getByRole('button', { name, exact: true });
  const row = (page: Page, text: string) =>
    page.locator('.trumpet-screen-list > li', { hasText: text });
  const message = (page: Page, text: string) =>
    page
      .locator('.trumpet-conversation .trumpet-message')
      .filter({ has: page.locator('.trumpet-text, .trumpet-message-deleted', { hasText: text }) })
      .last();
  const field = (page: Page) => page.locator('.trumpet-conversation .trumpet-composer-text');
  const files = (page: Page) => page.locator('.trumpet-conversation input[type=file]');

  async function choose(page: Page, text: string, action: string): Promise<void> {
    await message(page, text).hover();
    await button(message(page, text), 'Actions for this message').click();
    await page.getByRole('menuitem', { name: action, exact: true }).click();
  }

  const picture = (name: string, colour: string) =>
    sharp({ create: { width: 640, height: 480, channels: 3, background: colour } })
      .png()
      .toBuffer()
      .then((buffer) => ({ name, mimeType: 'image/png', buffer }));

  test('a conversation of two is begun, seen and answered', async () => {
    await go(hers, `/people/${bob.username}`);
    await button(hers, 'Send a message').click();
    await hers.waitForURL('**/r/*');
    await write(hers, 'Only for you');
    await his.locator('.trumpet-room', { hasText: 'Only for you' }).click();
    await sees(his, 'Only for you');
    await message(hers, 'Only for you').getByText('Seen').waitFor();
    await field(his).pressSequentially('And');
    await hers.getByText(`${bob.username} is typing…`).first().waitFor();
    await field(his).pressSequentially(' for you');
    await his.keyboard.press('Enter');
    await sees(hers, 'And for you');
  });

  test('a message is pinned, unpinned beside the room, answered in its thread and taken back', async () => {
    await write(hers, 'The **rules** of this room');
    await sees(his, 'The rules of this room');
    await panel(his, 'pins');
    await his.getByText('Nothing is pinned here.').waitFor();
    await choose(hers, 'The rules', 'Pin');
    await row(his, 'rules').waitFor();
    expect(await button(row(his, 'rules'), 'Unpin').count()).toBe(0);
    await panel(hers, 'pins');
    await button(row(hers, 'rules'), 'Unpin').click();
    await his.getByText('Nothing is pinned here.').waitFor();

    await choose(his, 'The rules', 'Open thread');
    const thread = his.getByRole('region', { name: 'Thread' });
    await thread.getByRole('textbox').fill('I know them');
    await button(thread, 'Send').click();
    await button(message(hers, 'The rules'), '1 reply').click();
    await hers.getByRole('region', { name: 'Thread' }).getByText('I know them').waitFor();

    await choose(hers, 'The rules', 'Delete');
    await button(hers.getByRole('dialog'), 'Delete').click();
    await message(his, 'This message was deleted.').waitFor();
    await his.getByText('The rules of this room').waitFor({ state: 'detached' });
  });

  test('an emoji is found by its name, and a reaction is taken back by a second click', async () => {
    await write(hers, 'What a day');
    await sees(his, 'What a day');
    await button(his.locator('.trumpet-conversation'), 'Emoji').click();
    await his.getByPlaceholder('Search emoji').fill('trumpet');
    await his
      .getByRole('gridcell', { name: /trumpet/i })
      .first()
      .click();
    await his.waitForFunction(() =>
      (document.querySelector('.trumpet-composer-text') as HTMLTextAreaElement).value.includes(
        '🎺',
      ),
    );
    await his.keyboard.press('Enter');
    await sees(hers, '🎺');
    await message(his, 'What a day').hover();
    await button(message(his, 'What a day'), 'React').last().click();
    await button(his, 'React with 🎉').click();
    await button(message(hers, 'What a day'), '🎉, 1 person').waitFor();
    await button(message(his, 'What a day'), '🎉, 1 person').click();
    await button(message(hers, 'What a day'), '🎉, 1 person').waitFor({ state: 'detached' });
  });

  test('what was begun in two rooms is there after a reload, and nowhere else', async () => {
    await field(hers).fill('half a thought');
    await hers.reload();
    await field(hers).waitFor();
    expect(await field(hers).inputValue()).toBe('half a thought');
    await go(hers, '/');
    await hers.locator('.trumpet-room').nth(1).click();
    await field(hers).waitFor();
    expect(await field(hers).inputValue()).toBe('');
    await openRoom(hers, `Room ${rooms}`);
    await field(hers).fill('');
  });

  test('pictures are pasted and dropped, and turned over in the light box', async () => {
    const [red, blue] = await Promise.all([picture('red.png', 'red'), picture('blue.png', 'blue')]);
    const give = (how: 'paste' | 'drop', { name, buffer }: typeof red) =>
      field(hers).evaluate(
        (element, given) => {
          const data = new DataTransfer();
          const bytes = Uint8Array.from(atob(given.base64), (letter) => letter.charCodeAt(0));
          data.items.add(new File([bytes], given.name, { type: 'image/png' }));
          const init = { bubbles: true, cancelable: true };
          element.dispatchEvent(
            given.how === 'paste'
              ? new ClipboardEvent('paste', { ...init, clipboardData: data })
              : new DragEvent('drop', { ...init, dataTransfer: data }),
          );
        },
        { how, name, base64: buffer.toString('base64') },
      );
    await give('paste', red);
    await button(hers, 'Remove red.png').waitFor();
    await give('drop', blue);
    await button(hers, 'Remove blue.png').waitFor();
    await write(hers, 'Two colours');
    await button(message(his, 'Two colours'), 'Open picture red.png').click();
    const box = (name: string) => his.getByRole('dialog', { name: `Picture ${name}` });
    await box('red.png').waitFor();
    await his.waitForFunction(
      () =>
        (document.querySelector('.trumpet-light-box > img') as HTMLImageElement).naturalWidth ===
        640,
    );
    await his.keyboard.press('ArrowRight');
    await box('blue.png').waitFor();
    await his.keyboard.press('Escape');
    await box('blue.png').waitFor({ state: 'detached' });
    await button(message(his, 'Two colours'), 'Open picture red.png')
      .and(his.locator(':focus'))
      .waitFor();
    await panel(his, 'files');
    await row(his, 'blue.png').getByText('red.png').waitFor();
  });

  test('a film and a song are played', async () => {
    const [film, song] = ['video.webm', 'voice.mp3'].map((name) => join(FIXTURES, name));
    await files(hers).setInputFiles([film ?? '', song ?? '']);
    await write(hers, 'To see and to hear');
    for (const kind of ['video', 'audio'] as const) {
      const player = message(his, 'To see and to hear').locator(kind);
      await player.waitFor();
      await player.evaluate(async (element: HTMLMediaElement) => {
        element.muted = true;
        const moves = new Promise((resolve) =>
          element.addEventListener('timeupdate', resolve, { once: true }),
        );
        await element.play();
        await moves;
      });
    }
  });

  test('a voice message is recorded here and heard there', async () => {
    await button(hers, 'Record a voice message').click();
    await hers.getByRole('timer').filter({ hasText: '0:01' }).waitFor();
    await button(hers, 'Stop and attach').click();
    await hers.locator('.trumpet-chosen audio').waitFor();
    await button(hers, 'Send').click();
    const voice = his.getByLabel('Voice message', { exact: true }).last();
    await voice.waitFor();
    const duration = await voice.evaluate(async (element: HTMLAudioElement) => {
      element.muted = true;
      await element.play();
      return element.currentSrc === '' ? 0 : 1;
    });
    expect(duration).toBe(1);
  });

  test('a large file goes on where it was when the page is loaded again', async () => {
    await isKept(hers);
    const devtools = await hers.context().newCDPSession(hers);
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 400_000 };
    await devtools.send('Network.emulateNetworkConditions', slow);
    const bytes = Buffer.alloc(6_000_000, 'all work and no play ');
    await files(hers).setInputFiles([{ name: 'large.txt', mimeType: 'text/plain', buffer: bytes }]);
    await write(hers, 'A large one');
    await hers
      .locator('.trumpet-message progress')
      .and(hers.getByLabel(/large\.txt, (?!0%|100%)\d+% uploaded/))
      .waitFor();
    // Not by setOffline, which does not hold for the first requests of a page that is loaded anew.
    const uploads = '**/attachments/**';
    await hers.route(uploads, (route) => route.abort());
    await hers.reload();
    await message(hers, 'A large one').locator('progress').waitFor();
    await devtools.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 });
    const goesOn = hers.waitForRequest(
      (request) => request.method() === 'PATCH' && request.url().includes('/attachments/'),
    );
    await hers.unroute(uploads);
    expect(Number((await goesOn).headers()['upload-offset'])).toBeGreaterThan(0);
    const link = message(his, 'A large one').getByRole('link', { name: 'large.txt' });
    await link.waitFor();
    const arrived = await fetch(new URL((await link.getAttribute('href')) ?? '', world.server.url));
    expect(Buffer.from(await arrived.arrayBuffer()).equals(bytes)).toBe(true);
    expect(await his.locator('.trumpet-message', { hasText: 'A large one' }).count()).toBe(1);
    await devtools.detach();
  });

  test('a message is found far back, shown among its neighbours, and back is where one was', async () => {
    await world.database.commitAs(bob, (client) =>
      client.query(
        `select app_public.send_message(room_id => $1, content => case number
            when 40 then 'the needle' else 'hay ' || number end)
          from generate_series(1, 400) as number`,
        [room.id],
      ),
    );
    await sees(hers, 'hay 400');
    await world.database.indexMessages();
    await button(hers, 'Search in this conversation').click();
    await hers.getByRole('combobox', { name: 'Search in messages' }).fill('needle');
    await row(hers, 'needle')
      .getByRole('link', { name: /Show the message/ })
      .click();
    await sees(hers, 'the needle');
    await sees(hers, 'hay 41');
    expect(await message(hers, 'hay 400').count()).toBe(0);
    await hers.goBack();
    await row(hers, 'needle').waitFor();
    expect(await hers.getByRole('combobox', { name: 'Search in messages' }).inputValue()).toBe(
      'needle',
    );
    await hers.goForward();
    await sees(hers, 'the needle');
    await button(hers, 'Jump to the newest message').click();
    await sees(hers, 'hay 400');
  });

  test('a report is written, upheld and in the log; who is banned loses the room', async () => {
    const cleo = await world.database.createUser();
    await world.database.call(ada, 'add_room_member', room.id, cleo.id);
    await world.database.sendMessage(cleo, room.id, 'Something rude');
    await choose(his, 'Something rude', 'Details and more');
    await his.locator('summary', { hasText: 'Report' }).click();
    await his.getByLabel('What is wrong with it').fill('It is rude');
    await button(his, 'Report').click();
    await his.getByText('The moderators have been told.').waitFor();

    await panel(hers, 'moderation:reports');
    const report = row(hers, 'It is rude');
    await report.locator('summary').click();
    await report.getByLabel('Delete the message, too').check();
    await button(report, 'Decide').click();
    await message(his, 'This message was deleted.').waitFor();
    await panel(hers, 'moderation:log');
    await row(hers, 'decided on a report about').filter({ hasText: 'Breaks the rules' }).waitFor();

    await world.database.call(ada, 'ban_member', room.id, bob.id, 'Enough', null);
    await his.locator('.trumpet-room', { hasText: `Room ${rooms}` }).waitFor({ state: 'detached' });
    await his.locator('.trumpet-conversation').waitFor({ state: 'detached' });
  });

  test('a room is renamed, locked, archived and opened again under the eyes of its members', async () => {
    await panel(hers, 'room-settings');
    await hers.getByLabel('Name', { exact: true }).fill(`Renamed ${rooms}`);
    await hers.getByLabel('What it is for').fill('For all of us');
    await button(hers, 'Save').first().click();
    await his.getByRole('heading', { name: `Renamed ${rooms}` }).waitFor();
    await hers.getByLabel('Lock the room').click();
    await his.getByText('Only moderators may write here at the moment.').waitFor();
    await hers.getByLabel('Lock the room').click();
    await field(his).waitFor();
    await button(hers, 'Archive the room').click();
    await button(hers.getByRole('dialog'), 'Archive').click();
    await his.getByText('nobody writes here any more').waitFor();
    await button(hers, 'Open the room again').click();
    await field(his).waitFor();
  });

  test('a name and a picture are changed, and others see them', async () => {
    await write(hers, 'It is me');
    await sees(his, 'It is me');
    await go(hers, '/settings/profile');
    await hers.getByLabel('Name that others see').fill('Ada Lovelace');
    await button(hers, 'Save').click();
    await hers.getByText('Saved.').waitFor();
    await hers
      .locator('.trumpet-screen-picture input[type=file]')
      .setInputFiles(await picture('me.png', 'green'));
    await button(hers, 'Remove the picture').waitFor();
    await go(his, `/people/${ada.username}`);
    await his.getByText('Ada Lovelace').first().waitFor();
    await his.waitForFunction(() =>
      [...document.querySelectorAll<HTMLImageElement>('main img')].some(
        ({ naturalWidth }) => naturalWidth > 0,
      ),
    );
  });

  test('who hides what they read is not shown to have seen anything, nor sees it of others', async () => {
    await go(his, '/settings/privacy');
    const reading = his.getByLabel('What I have read');
    const isSet = () =>
      his.waitForResponse((answer) => Boolean(answer.request().postData()?.includes('setPrivacy')));
    let set = isSet();
    await reading.click();
    await set;
    await go(hers, `/r/${room.slug}`);
    await go(his, `/r/${room.slug}`);
    await field(his).waitFor();
    const read = his.waitForResponse((answer) =>
      Boolean(answer.request().postData()?.includes('markRoomRead')),
    );
    await write(hers, 'Have you seen this?');
    await message(his, 'Have you seen this?').waitFor();
    await read;
    const seen = hers.locator('.trumpet-receipts', { hasText: 'Seen' });
    await hers.locator('.trumpet-receipts', { hasText: 'Sent' }).waitFor();
    expect(await seen.count()).toBe(0);
    // What was read meanwhile is told then.
    await go(his, '/settings/privacy');
    expect(await reading.isChecked()).toBe(false);
    set = isSet();
    await reading.click();
    await set;
    await seen.waitFor();
  });

  test('what somebody says for now stands beside their name, until they end it', async () => {
    await write(hers, 'Off I go');
    await sees(his, 'Off I go');
    await go(hers, '/settings/profile');
    await button(hers, '🌴 On holiday').click();
    await button(hers, 'Say this').click();
    const said = his.locator('.trumpet-message-head .trumpet-status-text').first();
    await said.filter({ hasText: '🌴 On holiday' }).waitFor();
    await button(hers, 'End it now').click();
    await said.waitFor({ state: 'detached' });
  });

  test('quiet hours are kept, and a room is silenced for a while', async () => {
    await go(hers, '/settings/notifications');
    await hers.getByLabel('Keep quiet hours').check();
    await hers.getByLabel('From').fill('23:15');
    await button(hers, 'Save').click();
    await hers.getByText('Saved.').waitFor();
    await button(hers, 'Begin').click();
    await button(hers, 'Notify me again').waitFor();
    await hers.reload();
    await button(hers, 'Notify me again').waitFor();
    expect(await hers.getByLabel('From').inputValue()).toBe('23:15');
    await button(hers, 'Notify me again').click();
    await button(hers, 'Begin').waitFor();
    await panel(hers, 'notifications');
    const level = hers.getByLabel('What notifies you here');
    const told = hers.waitForResponse((answer) =>
      Boolean(answer.request().postData()?.includes('setNotificationLevel')),
    );
    await level.selectOption('MENTIONS');
    await told;
    await hers.reload();
    // What this device had kept is shown until it has caught up.
    await level.locator('option[value=MENTIONS]:checked').waitFor({ state: 'attached' });
  });

  test('who sends something is asked whether to be notified, and told where the browser refuses', async () => {
    const page = await world.openAs(ada);
    await openRoom(page, `Room ${rooms}`);
    await write(page, 'Tell me of answers');
    await button(page, 'Yes, notify me').click();
    await button(page, 'Yes, notify me').waitFor({ state: 'detached' });
    await go(page, '/settings/notifications');
    await page.getByText('You have told the browser not to show notifications').waitFor();
    expect(await page.getByLabel('Notify me on this device').isDisabled()).toBe(true);
    await page.context().close();
  });

  test('a device is signed out from another one', async () => {
    const other = await world.openAs(bob);
    await go(his, '/settings/sessions');
    const sessions = his.locator('.trumpet-screen-list > li');
    await sessions.filter({ hasText: 'This device' }).waitFor();
    // The newest of the others is the browser that was just opened.
    await button(sessions.filter({ hasNotText: 'This device' }).first(), 'Sign out').click();
    await button(his.getByRole('dialog'), 'Sign out').click();
    await other.locator('.trumpet-sign-in').waitFor();
    await other.context().close();
    await sessions.filter({ hasText: 'This device' }).waitFor();
  });

  test('all that is kept about somebody is asked for and downloaded', async () => {
    await write(his, 'Remember this of me');
    await sees(hers, 'Remember this of me');
    await go(his, '/settings/data');
    await button(his, 'Ask for the file').click();
    const link = his.getByRole('link', { name: /^Download/ });
    await link.waitFor();
    const [download] = await Promise.all([his.waitForEvent('download'), link.click()]);
    const lines = gunzipSync(readFileSync(await download.path())).toString();
    expect(lines).toContain('Remember this of me');
  });

  test('the keys of the list do what it says', async () => {
    await write(his, 'To be answered');
    await sees(hers, 'To be answered');
    await hers.locator('.trumpet-room').first().focus();
    await hers.keyboard.press('?');
    await hers.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await hers.keyboard.press('Escape');
    await hers.keyboard.press('m');
    await hers.locator('.trumpet-message:focus').waitFor();
    await hers.keyboard.press('r');
    await hers.getByText(`Replying to ${bob.username}`).waitFor();
    await hers.keyboard.press('Escape');
    await hers.locator('.trumpet-room').first().focus();
    await hers.keyboard.press('/');
    await hers.locator('.trumpet-rooms-filter:focus').waitFor();
    await go(hers, '/');
    await hers.locator('summary', { hasText: 'For developers' }).click();
    await hers.getByText(`${world.server.url}/graphql`, { exact: true }).waitFor();
  });
});

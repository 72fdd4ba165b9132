import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { superviseServer } from '../../client/test/support.ts';
import { describeInChromium } from '../../testing/chromium.ts';
import type { TestUser } from '../../testing/database.ts';
import { CLIENT_ID, CLIENT_SECRET, startProvider } from '../../testing/oidc-provider.ts';
import { startTestServer } from '../../testing/server.ts';
import {
  createPageWorld,
  isKept,
  openRoom,
  type PageWorld,
  sees,
  sessionCookies,
  signIn,
  write,
} from './support.ts';

/** Two browsers and a server on a busy machine. */
jest.setTimeout(180_000);

/** 400 kbit/s and 400 ms there and back, as browsers' own tools have it. */
const SLOW_3G = {
  offline: false,
  latency: 400,
  downloadThroughput: 50_000,
  uploadThroughput: 50_000,
};

describeInChromium('the page in Chromium', () => {
  let world: PageWorld;
  let ada: TestUser;
  let bob: TestUser;
  let pages: Page[] = [];
  let roomName = '';
  let roomId = '';
  // Of three digits each: else "Room 1" and the time beside it are "Room 11" at eleven.
  let rooms = 100;

  beforeAll(async () => {
    world = await createPageWorld();
  });
  afterAll(() => world.close());

  beforeEach(async () => {
    await world.server.start();
    const { database } = world;
    rooms += 1;
    roomName = `Room ${rooms}`;
    ada = await database.createUser();
    bob = await database.createUser();
    const room = { name: roomName, type: 'private', members: [bob] } as const;
    ({ id: roomId } = await database.createRoom(ada, room));
  });

  afterEach(async () => {
    await Promise.all(pages.map((page) => page.context().close()));
    pages = [];
    expect(world.complaints).toEqual([]);
  });

  async function openAs(user: TestUser): Promise<Page> {
    const page = await world.openAs(user);
    pages.push(page);
    return page;
  }

  const countOf = (page: Page, text: string) =>
    page.locator('.trumpet-message', { hasText: text }).count();

  test('somebody signs in with a provider in one click, and signs out here and there', async () => {
    const provider = await startProvider();
    const server = await startTestServer(world.database, {
      SIGN_IN_PROVIDERS: JSON.stringify([
        {
          name: 'test',
          label: 'Example Company',
          issuer: provider.issuer,
          clientId: CLIENT_ID,
          clientSecret: CLIENT_SECRET,
        },
      ]),
    });
    provider.register(server.url);
    const page = await world.open();
    pages.push(page);
    const enter = page.getByRole('link', { name: 'Sign in with Example Company' });

    provider.refuse();
    await page.goto(server.url);
    await enter.click();
    await page.getByText('You were not signed in there.').waitFor();
    expect(page.url()).toBe(`${server.url}/`);

    provider.person('somebody', { preferred_username: 'somebody', name: 'Somebody New' });
    await enter.click();
    await page.locator('.trumpet-shell').waitFor();
    await page.reload();
    await page.goto(`${server.url}/settings/profile`);
    expect(await page.getByLabel('Name that others see').inputValue()).toBe('Somebody New');
    await page.goto(`${server.url}/settings/sessions`);
    await page.getByRole('button', { name: 'Sign out', exact: true }).last().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out', exact: true }).click();
    await enter.waitFor();
    await page.getByRole('link', { name: 'Sign out there too' }).click();
    await page.locator('button[value=yes]').click();
    await enter.waitFor();
    expect(await page.getByRole('link', { name: 'Sign out there too' }).count()).toBe(0);
    await page.close();
    await server.close();
    await provider.close();
  });

  test('two people find each other, and each sees what the other writes', async () => {
    const [page, other] = await Promise.all([openAs(ada), openAs(bob)]);
    await openRoom(page, roomName);
    expect(new URL(page.url()).pathname).toMatch(/^\/r\//);
    await write(page, 'Hello, Bob &copy; R&amp;D');
    await other.locator('.trumpet-room', { hasText: 'Hello, Bob' }).waitFor();
    await other.waitForFunction(() => document.title.startsWith('(1) '));
    await openRoom(other, roomName);
    await sees(other, 'Hello, Bob © R&D');
    await other.waitForFunction(() => !document.title.startsWith('('));
    await write(other, 'Hello, Ada');
    await sees(page, 'Hello, Ada');
    expect(await page.title()).toContain(roomName);
  });

  test('what is written without a network is there after a reload without one, and sent once when it is back', async () => {
    const [page, other] = await Promise.all([openAs(ada), openAs(bob)]);
    await openRoom(page, roomName);
    await openRoom(other, roomName);
    await write(page, 'with a network');
    await sees(other, 'with a network');
    await isKept(page);
    await page.context().setOffline(true);
    await write(page, 'without one');
    await sees(page, 'without one');
    await page.reload();
    await sees(page, 'with a network');
    await sees(page, 'without one');
    await page.context().setOffline(false);
    await sees(other, 'without one');
    expect(await countOf(other, 'without one')).toBe(1);
    expect(await countOf(page, 'without one')).toBe(1);
  });

  test('what is shown is there after a reload in the same moment', async () => {
    const page = await openAs(ada);
    await openRoom(page, roomName);
    await isKept(page);
    for (const text of ['first', 'second', 'third', 'fourth', 'fifth']) {
      await page.context().setOffline(true);
      await page.evaluate((shown) => {
        new MutationObserver(() => {
          const messages = [...document.querySelectorAll('.trumpet-message')];
          if (messages.some(({ textContent }) => textContent?.includes(shown))) {
            location.reload();
          }
        }).observe(document.body, { childList: true, subtree: true, characterData: true });
      }, text);
      const reloaded = page.waitForEvent('load');
      await page.locator('.trumpet-composer-text').fill(text);
      await Promise.all([reloaded, page.keyboard.press('Enter').catch(() => {})]);
      await sees(page, text);
      await page.context().setOffline(false);
    }
  });

  test('a server that goes away and comes back disturbs nobody who is typing', async () => {
    const [page, other] = await Promise.all([openAs(ada), openAs(bob)]);
    await openRoom(page, roomName);
    await openRoom(other, roomName);
    for (let round = 1; round <= 2; round += 1) {
      const text = `written through stop ${round}`;
      await page.locator('.trumpet-composer-text').pressSequentially(text.slice(0, 8));
      await world.server.stop();
      await page.locator('.trumpet-composer-text').pressSequentially(text.slice(8));
      await page.keyboard.press('Enter');
      await sees(page, text);
      await world.server.start();
      await sees(other, text);
      expect(await countOf(other, text)).toBe(1);
    }
  });

  const allSent = (page: Page) =>
    page.waitForFunction(
      () => document.querySelector('.trumpet-message[data-state="pending"]') === null,
    );

  /** What others have of the room, in its order. */
  async function contents(): Promise<readonly string[]> {
    const { rows } = await world.database.owner.query<{ content: string }>(
      `select content || coalesce((
          select ' with ' || string_agg(filename, ', ') from app_public.message_attachments
          where message_id = messages.id
        ), '') as content
        from app_public.messages where room_id = $1 order by seq`,
      [roomId],
    );
    return rows.map(({ content }) => content);
  }

  test('ten messages, edits and a file without a network go out once and in order when it is back', async () => {
    const [page, other] = await Promise.all([openAs(ada), openAs(bob)]);
    await openRoom(page, roomName);
    await openRoom(other, roomName);
    await write(page, 'to be changed');
    await sees(other, 'to be changed');
    await isKept(page);
    await page.context().setOffline(true);
    const field = page.locator('.trumpet-composer-text');
    for (const content of ['once changed', 'twice changed']) {
      await field.press('ArrowUp');
      await page.getByText('Editing a message').waitFor();
      await write(page, content);
      await sees(page, content);
    }
    const texts = Array.from({ length: 10 }, (_, index) => `without a network ${index + 1}.`);
    for (const text of texts) {
      if (text === texts[5]) {
        await page
          .locator('.trumpet-conversation input[type=file]')
          .setInputFiles([
            { name: 'list.txt', mimeType: 'text/plain', buffer: Buffer.from('one, two') },
          ]);
      }
      await write(page, text);
      await sees(page, text);
    }
    expect(await contents()).toEqual(['to be changed']);
    await page.reload();
    await sees(page, 'without a network 10.');
    await page.context().setOffline(false);
    await sees(other, 'without a network 10.');
    await sees(other, 'twice changed');
    await allSent(page);
    const sent = await contents();
    const withFile = `${texts[5]} with list.txt`;
    // It takes its place when its file is there, and texts do not wait for that.
    expect(sent.filter((content) => content !== withFile)).toEqual([
      'twice changed',
      ...texts.toSpliced(5, 1),
    ]);
    expect(sent.length).toBe(11);
    expect(sent.indexOf(withFile)).toBeGreaterThan(sent.indexOf(`${texts[4]}`));
  });

  test('what cannot be fetched while the server is away is shown when it is back, and the rest stays', async () => {
    const page = await world.open();
    pages.push(page);
    // What a service worker has kept needs no server.
    await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'));
    await page.reload();
    await page.getByLabel('User name').waitFor();
    await signIn(page, ada);
    await openRoom(page, roomName);
    await page.locator('.trumpet-composer-text').fill('not sent yet');

    /** @param open needs a file that is not here yet */
    async function whileAway(open: () => Promise<void>): Promise<void> {
      await world.server.stop();
      const failed = page.waitForEvent('requestfailed', (request) =>
        /\/assets\/[^/]+\.js$/.test(request.url()),
      );
      await open();
      await failed;
      await world.server.start();
    }
    await whileAway(() => page.getByRole('button', { name: 'Emoji' }).click());
    await page.locator('.trumpet-emoji-picker').waitFor();
    await page.keyboard.press('Escape');
    expect(await page.locator('.trumpet-composer-text').inputValue()).toBe('not sent yet');
    await whileAway(() => page.getByRole('link', { name: 'Search' }).click());
    await page.getByRole('searchbox').waitFor();
  });

  test('a server that is killed ten times under typing loses and doubles nothing', async () => {
    await using stack = new AsyncDisposableStack();
    const server = stack.adopt(await superviseServer(world.database), ({ kill }) => kill());
    const enter = async (user: TestUser) => {
      const page = await world.open();
      pages.push(page);
      await page.goto(server.url);
      await signIn(page, user);
      await openRoom(page, roomName);
      return page;
    };
    const [page, other] = await Promise.all([enter(ada), enter(bob)]);
    const texts = Array.from({ length: 10 }, (_, index) => `through kill ${index + 1}.`);
    for (const text of texts) {
      await page.locator('.trumpet-composer-text').pressSequentially(text.slice(0, 8));
      const killed = server.kill();
      await page.locator('.trumpet-composer-text').pressSequentially(text.slice(8));
      await page.keyboard.press('Enter');
      await killed;
      await server.start();
      await sees(other, text);
    }
    await allSent(page);
    expect(await contents()).toEqual(texts);
    for (const each of [page, other]) {
      for (const text of texts) {
        expect(await countOf(each, text)).toBe(1);
      }
    }
  }, 600_000);

  test('a page that has slept is live again, and has all that came meanwhile', async () => {
    const page = await openAs(ada);
    await openRoom(page, roomName);
    await write(page, 'before the sleep');
    await sees(page, 'before the sleep');
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
    // Nobody hears from a laptop that sleeps: the server has long given up its connections.
    await world.server.stop();
    await world.server.start();
    for (let number = 1; number <= 120; number += 1) {
      await world.database.sendMessage(bob, roomId, `in the sleep ${number}.`);
    }
    await devtools.send('Page.setWebLifecycleState', { state: 'active' });
    await sees(page, 'in the sleep 120.');
    await sees(page, 'in the sleep 119.');
    await world.database.sendMessage(bob, roomId, 'after the sleep');
    await sees(page, 'after the sleep');
    await write(page, 'awake');
    await page
      .locator('.trumpet-message', { hasText: 'awake' })
      .getByText('Sent', { exact: true })
      .waitFor();
    expect((await contents()).length).toBe(123);
  });

  test('a session outlives a reload, with no token where a script of tomorrow could read it', async () => {
    const page = await openAs(ada);
    await openRoom(page, roomName);
    await page.reload();
    await page.locator('.trumpet-conversation').waitFor();
    await write(page, 'still me');
    await sees(page, 'still me');
    const kept = await page.evaluate(async () => {
      const rows: unknown[] = [{ ...localStorage }, { ...sessionStorage }, document.cookie];
      for (const { name = '' } of await indexedDB.databases()) {
        const database = await new Promise<IDBDatabase>((resolve, reject) => {
          const opening = indexedDB.open(name);
          opening.onsuccess = () => resolve(opening.result);
          opening.onerror = () => reject(opening.error);
        });
        for (const store of database.objectStoreNames) {
          const reading = database.transaction(store).objectStore(store).getAll();
          await new Promise((resolve) => {
            reading.onsuccess = resolve;
          });
          rows.push(reading.result);
        }
        database.close();
      }
      return JSON.stringify(rows);
    });
    expect(kept).toContain(ada.id);
    expect(kept).not.toMatch(/eyJ[\w-]+\.|[Tt]oken"/);
    const cookies = await sessionCookies(page.context(), world.server.url);
    expect(cookies).toEqual([
      expect.objectContaining({ path: '/session', httpOnly: true, sameSite: 'Strict' }),
    ]);
    expect(kept).not.toContain(cookies[0]?.value);
  });

  test('on a slow 3G network the page comes, and what is written comes to others once', async () => {
    const other = await openAs(bob);
    await openRoom(other, roomName);
    const page = await world.open();
    pages.push(page);
    const devTools = await page.context().newCDPSession(page);
    await devTools.send('Network.enable');
    await devTools.send('Network.setCacheDisabled', { cacheDisabled: true });
    await devTools.send('Network.setBypassServiceWorker', { bypass: true });
    await devTools.send('Network.emulateNetworkConditions', SLOW_3G);
    await page.reload();
    await signIn(page, ada);
    await openRoom(page, roomName);
    await write(page, 'slowly said');
    await sees(other, 'slowly said');
    await write(other, 'heard');
    await sees(page, 'heard');
    await page.reload();
    await sees(page, 'heard');
    await page.locator('.trumpet-message[data-state="sent"]', { hasText: 'slowly said' }).waitFor();
    expect(await countOf(page, 'slowly said')).toBe(1);
    expect(await countOf(other, 'slowly said')).toBe(1);
  });

  test('of two tabs either goes on when the other is closed, and both are signed out at once', async () => {
    const page = await openAs(ada);
    const other = await openAs(bob);
    await openRoom(page, roomName);
    await openRoom(other, roomName);
    const second = await page.context().newPage();
    await second.goto(page.url());
    await second.locator('.trumpet-conversation').waitFor();
    await page.close();
    await write(other, 'to whoever is left');
    await sees(second, 'to whoever is left');
    await write(second, 'that is me');
    await sees(other, 'that is me');

    const third = await second.context().newPage();
    await third.goto(second.url());
    await third.locator('.trumpet-conversation').waitFor();
    await third.goto(`${world.server.url}/settings/sessions`);
    // The last one is that of this device: others stand in the list.
    await third.getByRole('button', { name: 'Sign out', exact: true }).last().click();
    const told = third.waitForResponse((response) => response.url().endsWith('/session/sign-out'));
    await third.getByRole('dialog').getByRole('button', { name: 'Sign out', exact: true }).click();
    await Promise.all([second, third].map((each) => each.locator('.trumpet-sign-in').waitFor()));
    await told;
    expect(await sessionCookies(second.context(), world.server.url)).toEqual([]);
  });

  test('what was written while one was put out of a room is told, with its text', async () => {
    const owner = await world.database.createUser();
    const room = await world.database.createRoom(owner, { members: [ada] });
    const page = await openAs(ada);
    await page.goto(`${world.server.url}/r/${room.slug}`);
    await page.locator('.trumpet-conversation').waitFor();
    await page.context().setOffline(true);
    await write(page, 'my last words here');
    await world.database.call(owner, 'ban_member', room.id, ada.id);
    await page.context().setOffline(false);
    const told = page.locator('.trumpet-unsent');
    await told.getByText('my last words here').waitFor();
    await told.getByRole('button', { name: 'Discard' }).click();
    await told.waitFor({ state: 'detached' });
  });

  test('who signs out without a network is signed out when the page is opened again with one', async () => {
    const page = await openAs(ada);
    const context = page.context();
    await page.goto(`${world.server.url}/settings/sessions`);
    const own = page.getByRole('button', { name: 'Sign out', exact: true }).last();
    await own.waitFor();
    await context.setOffline(true);
    await own.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.locator('.trumpet-sign-in').waitFor();
    await page.close();
    await context.setOffline(false);
    const again = await context.newPage();
    const told = again.waitForResponse((response) => response.url().endsWith('/session/sign-out'));
    await again.goto(world.server.url);
    await told;
    expect(await sessionCookies(context, world.server.url)).toEqual([]);
  });

  test('where the browser keeps nothing, everything works, and one notice says so', async () => {
    const page = await world.open();
    pages.push(page);
    await page.context().addInitScript(() => {
      const refuse = (): never => {
        throw new DOMException('Access is denied for this document.', 'SecurityError');
      };
      IDBFactory.prototype.open = refuse;
      CacheStorage.prototype.open = async () => refuse();
      ServiceWorkerContainer.prototype.register = async () => refuse();
      for (const name of ['localStorage', 'sessionStorage']) {
        Object.defineProperty(window, name, { get: refuse });
      }
    });
    await page.reload();
    await signIn(page, ada);
    await page.getByText('This browser keeps nothing here.').waitFor();
    await openRoom(page, roomName);
    const other = await openAs(bob);
    await openRoom(other, roomName);
    await write(page, 'from memory');
    await sees(other, 'from memory');
    await page.getByRole('status').getByRole('button', { name: 'Close' }).click();
    await page.getByText('This browser keeps nothing here.').waitFor({ state: 'detached' });
    await page.reload();
    await signIn(page, ada);
    await openRoom(page, roomName);
    await sees(page, 'from memory');
  });

  test('who signs in wrongly is told why, and how long to wait', async () => {
    const page = await world.open();
    pages.push(page);
    const attempt = async (password: string) => {
      await page.getByLabel('User name').fill(ada.username);
      await page.getByLabel('Password', { exact: true }).fill(password);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    };
    await attempt('wrong');
    await page.getByRole('alert').filter({ hasText: 'name or the password is wrong' }).waitFor();
    for (let attempts = 1; attempts < 10; attempts += 1) {
      await fetch(`${world.server.url}/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: world.server.url },
        body: JSON.stringify({ username: ada.username, password: 'wrong' }),
      });
    }
    await attempt(ada.username);
    await page
      .getByRole('alert')
      .filter({ hasText: /Try again in \d+ seconds/ })
      .waitFor();
    expect(await page.getByRole('button', { name: 'Sign in', exact: true }).isDisabled()).toBe(
      true,
    );
  });

  test('an account is made, and its person is in', async () => {
    const page = await world.open();
    pages.push(page);
    await page.getByRole('button', { name: 'Create an account' }).click();
    await page.getByLabel('User name').fill(`new${rooms}`);
    await page.getByLabel('Shown as').fill('Somebody New');
    await page.getByLabel('Password', { exact: true }).fill('correct horse');
    await page.getByRole('button', { name: 'Create an account', exact: true }).click();
    await page.locator('.trumpet-shell').waitFor();
  });

  test('the page speaks Arabic from right to left', async () => {
    const page = await world.open({ locale: 'ar' });
    pages.push(page);
    await page.getByRole('button', { name: 'تسجيل الدخول', exact: true }).waitFor();
    expect(await page.evaluate(() => document.documentElement.dir)).toBe('rtl');
  });

  test('an address of a message opens its room there, also for whoever has to sign in first', async () => {
    const page = await openAs(ada);
    await openRoom(page, roomName);
    await write(page, 'the first of all');
    await sees(page, 'the first of all');
    const address = `${page.url()}/m/1`;
    const other = await world.open();
    pages.push(other);
    await other.goto(address);
    await signIn(other, bob);
    await sees(other, 'the first of all');
    expect(other.url()).toBe(address);
  });

  test('an address of a message that retention has taken leads to what is left, which is read', async () => {
    const { database } = world;
    const { id, slug } = await database.createRoom(ada, { name: 'Kept a while', members: [bob] });
    await database.commitAs(bob, (client) =>
      client.query(
        `select app_public.send_message(room_id => $1, content => 'number ' || number)
          from generate_series(1, 200) as number`,
        [id],
      ),
    );
    const session = await database.owner.connect();
    await session.query('begin');
    await session.query('select app_private.lock_room($1), app_private.begin_bulk()', [id]);
    await session.query(
      `select app_private.delete_messages(array(
        select id from app_public.messages where room_id = $1 and seq <= 100))`,
      [id],
    );
    await session.query('select app_private.note_history_start($1)', [id]);
    await session.query('commit');
    session.release();
    const page = await openAs(ada);
    await page.goto(`${world.server.url}/r/${slug}/m/5`);
    await page.locator('.trumpet-message', { hasText: /number 101$/ }).waitFor();
    await page.getByText('This is where Kept a while begins.').waitFor();
    await page.getByRole('button', { name: 'Jump to the newest message' }).click();
    await sees(page, 'number 200');
    await page.locator('.trumpet-room[data-unread=false]', { hasText: 'Kept a while' }).waitFor();
    for (const nowhere of ['99999', 'five']) {
      await page.goto(`${world.server.url}/r/${slug}/m/${nowhere}`);
      await sees(page, 'number 200');
    }
    await database.sendMessage(bob, id, 'and one more');
    await sees(page, 'and one more');
    await page.locator('.trumpet-room[data-unread=false]', { hasText: 'and one more' }).waitFor();
  });

  test('a thread whose message is not there says so, and takes no answer', async () => {
    const page = await openAs(ada);
    await openRoom(page, roomName);
    await page.goto(`${page.url()}?panel=thread:01a21d28-88ed-7a74-a29f-b829e6e34fab`);
    const panel = page.locator('.trumpet-shell-panel');
    await panel.getByText('This message is not here any more.').waitFor();
    expect(await panel.getByRole('textbox').count()).toBe(0);
  });

  test('where what had the focus is gone with what was shown, the keyboard goes on from what is shown now', async () => {
    const page = await openAs(ada);
    await openRoom(page, roomName);
    await page.getByRole('link', { name: 'About this room' }).press('Enter');
    await page.locator('.trumpet-shell-panel').getByRole('link', { name: 'Close' }).press('Enter');
    await page.locator('.trumpet-shell-panel').waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.activeElement?.id === 'main');
  });
});

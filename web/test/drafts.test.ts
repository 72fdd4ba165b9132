import type { Page, Route } from 'playwright-core';
import { describeInChromium } from '../../testing/chromium.ts';
import type { TestUser } from '../../testing/database.ts';
import { createPageWorld, openRoom, type PageWorld, sees } from './support.ts';

/* What somebody has begun to write is on all of their devices, and is never lost. */

describeInChromium('drafts in Chromium', () => {
  let world: PageWorld;
  let ada: TestUser;
  let bob: TestUser;
  let roomId: string;
  let pages: Page[] = [];

  beforeAll(async () => {
    world = await createPageWorld();
  });
  afterAll(() => world.close());

  beforeEach(async () => {
    ada = await world.database.createUser();
    bob = await world.database.createUser();
    ({ id: roomId } = await world.database.createRoom(bob, { name: 'Chess', members: [ada] }));
    await world.database.createRoom(bob, { name: 'Garden', members: [ada] });
  });

  afterEach(async () => {
    await Promise.all(pages.map((page) => page.context().close()));
    pages = [];
    expect(world.complaints).toEqual([]);
  });

  async function openAs(user: TestUser, room = 'Chess'): Promise<Page> {
    const page = await world.openAs(user);
    pages.push(page);
    await openRoom(page, room);
    return page;
  }

  const field = (page: Page) =>
    page.locator('.trumpet-conversation').getByRole('textbox', { name: /^Write to / });

  const inThread = (page: Page) =>
    page.getByRole('region', { name: 'Thread' }).getByRole('textbox');

  const has = (page: Page, text: string) =>
    page.waitForFunction(
      (wanted) =>
        [...document.querySelectorAll<HTMLTextAreaElement>('.trumpet-composer-text')].at(-1)
          ?.value === wanted,
      text,
    );

  const mark = (page: Page, room: string) =>
    page.locator('.trumpet-room', { hasText: room }).getByRole('img', { name: 'Draft' });

  async function draftsOnServer(): Promise<readonly string[]> {
    const { rows } = await world.database.asUser(ada, (client) =>
      client.query<{ content: string }>('select content from app_public.my_drafts()'),
    );
    return rows.map(({ content }) => content);
  }

  async function messages(): Promise<readonly string[]> {
    const { rows } = await world.database.owner.query<{ content: string }>(
      'select content from app_public.messages where room_id = $1 order by seq',
      [roomId],
    );
    return rows.map(({ content }) => content);
  }

  const isSave = (route: Route) => (route.request().postData() ?? '').includes('saveDraft');

  const answerBusy = (route: Route) =>
    route.fulfill({
      json: { errors: [{ message: 'Too much is under way.', extensions: { code: 'BUSY' } }] },
    });

  /** Resolves when the server has this text as a draft of the page. */
  const isSaved = (page: Page, text: string) =>
    page.waitForResponse((response) =>
      (response.request().postData() ?? '').includes(`"content":"${text}"`),
    );

  test('what was begun on one device goes on on another, and is over on both once it is sent', async () => {
    const [desk, phone] = [await openAs(ada), await openAs(ada, 'Garden')];
    await field(desk).pressSequentially('Shall we');
    await mark(phone, 'Chess').waitFor();
    await openRoom(phone, 'Chess');
    await has(phone, 'Shall we');
    await field(phone).press('End');
    await field(phone).pressSequentially(' play?');
    await has(desk, 'Shall we play?');
    expect(await messages()).toEqual([]);

    await field(phone).press('Enter');
    await sees(desk, 'Shall we play?');
    await has(desk, '');
    await has(phone, '');
    await mark(desk, 'Chess').waitFor({ state: 'detached' });
    await mark(phone, 'Chess').waitFor({ state: 'detached' });
    expect(await messages()).toEqual(['Shall we play?']);
    expect(await draftsOnServer()).toEqual([]);
    // Nobody else has heard of it.
    const other = await openAs(bob);
    await has(other, '');
  }, 180_000);

  test('a thread has a draft of its own, which goes with its message', async () => {
    const { id } = await world.database.sendMessage(bob, roomId, 'Who plays?');
    const [desk, phone] = [await openAs(ada), await openAs(ada)];
    for (const page of [desk, phone]) {
      await page.goto(`${page.url()}?panel=thread:${id}`);
      await inThread(page).waitFor();
    }
    await inThread(desk).pressSequentially('I do');
    await phone.waitForFunction(
      () =>
        document.querySelector<HTMLTextAreaElement>('.trumpet-thread .trumpet-composer-text')
          ?.value === 'I do',
    );
    expect(await field(phone).inputValue()).toBe('');
    await mark(phone, 'Chess').waitFor();
    await world.database.call(bob, 'delete_message', id);
    expect(await draftsOnServer()).toEqual([]);
    await desk.reload();
    await desk.waitForFunction(
      () =>
        !Object.entries(localStorage).some(
          ([key, text]) => key.startsWith('trumpet draft ') && text === 'I do',
        ),
    );
    await mark(desk, 'Chess').waitFor({ state: 'detached' });
  }, 180_000);

  test('of what two devices wrote beside each other the newer stays, and the other is offered', async () => {
    const [desk, phone] = [await openAs(ada), await openAs(ada)];
    await has(phone, '');
    await phone.context().setOffline(true);
    await field(phone).pressSequentially('From the train');
    const saved = isSaved(desk, 'From the desk');
    await field(desk).pressSequentially('From the desk');
    await saved;
    expect(await draftsOnServer()).toEqual(['From the desk']);
    await phone.context().setOffline(false);

    await has(phone, 'From the desk');
    for (const page of [phone, desk]) {
      await page
        .getByRole('region', { name: 'Also written, on another device' })
        .getByText('From the train')
        .waitFor();
    }
    await phone.getByRole('button', { name: 'Add to the text' }).click();
    await has(phone, 'From the desk\nFrom the train');
    await has(desk, 'From the desk\nFrom the train');
    for (const page of [phone, desk]) {
      await page.locator('.trumpet-set-aside').waitFor({ state: 'detached' });
    }
    expect(await draftsOnServer()).toEqual(['From the desk\nFrom the train']);
  }, 180_000);

  test('what was written and the page closed without a network is brought over later', async () => {
    const desk = await openAs(ada);
    const phone = await openAs(ada, 'Garden');
    await desk.route('**/graphql', (route) => (isSave(route) ? route.abort() : route.continue()));
    await field(desk).pressSequentially('Unheard of');
    await mark(desk, 'Chess').waitFor();
    await desk.goto('about:blank');
    await desk.unroute('**/graphql');
    await desk.goto(world.server.url);
    await mark(phone, 'Chess').waitFor();
    await openRoom(phone, 'Chess');
    await has(phone, 'Unheard of');
  }, 180_000);

  test.each([
    ['was too busy to take', (route: Route) => answerBusy(route)],
    ['could not be reached for', (route: Route) => route.abort()],
  ])(
    'what the server %s is brought to it by itself, a little later',
    async (_, refuse) => {
      const [desk, phone] = [await openAs(ada), await openAs(ada)];
      let refused = 0;
      await desk.route('**/graphql', (route) => {
        refused += isSave(route) ? 1 : 0;
        return isSave(route) && refused === 1 ? refuse(route) : route.continue();
      });
      await field(desk).pressSequentially('In the end');
      await has(phone, 'In the end');
      expect(refused).toBe(2);
      // Nor is what the other device asks for given up.
      await phone.route('**/graphql', (route) =>
        (route.request().postData() ?? '').includes('myDrafts') ? refuse(route) : route.continue(),
      );
      const asked = phone.waitForRequest((request) =>
        (request.postData() ?? '').includes('myDrafts'),
      );
      await field(desk).pressSequentially(', too');
      await asked;
      await phone.unroute('**/graphql');
      await has(phone, 'In the end, too');
    },
    180_000,
  );

  test('sending ends the draft once, also when the answers are lost', async () => {
    const [desk, phone] = [await openAs(ada), await openAs(ada)];
    await field(desk).pressSequentially('Once');
    await has(phone, 'Once');
    // The server does it, and the page hears nothing.
    let lost = 0;
    await desk.route('**/graphql', async (route) => {
      if (isSave(route) && lost === 0) {
        lost += 1;
        await route.fetch();
        await route.abort();
      } else {
        await route.continue();
      }
    });
    await field(desk).press('Enter');
    await has(phone, '');
    expect(lost).toBe(1);
    // Begun anew before the first device asks again.
    await field(phone).pressSequentially('Twice');
    await mark(desk, 'Chess').waitFor();
    await desk.context().setOffline(true);
    await desk.context().setOffline(false);
    await has(desk, 'Twice');
    expect(await messages()).toEqual(['Once']);
    expect(await draftsOnServer()).toEqual(['Twice']);
  }, 180_000);

  test('what is written again after it was cleared is not lost with the answer to that', async () => {
    const [desk, phone] = [await openAs(ada), await openAs(ada)];
    await field(desk).pressSequentially('Same');
    await has(phone, 'Same');
    // It is written again before the server has heard that it was cleared, and the page never hears that it has.
    let lost = 0;
    await desk.route('**/graphql', async (route) => {
      if (isSave(route) && lost === 0) {
        lost += 1;
        await field(desk).fill('Same');
        await route.fetch();
        await route.abort();
      } else {
        await route.continue();
      }
    });
    await field(desk).fill('');
    await has(phone, '');
    await desk.context().setOffline(true);
    await desk.context().setOffline(false);
    await has(phone, 'Same');
    await has(desk, 'Same');
    expect(lost).toBe(1);
    expect(await draftsOnServer()).toEqual(['Same']);
  }, 180_000);

  test('typing writes seldom', async () => {
    const desk = await openAs(ada);
    let saves = 0;
    await desk.route('**/graphql', (route) => {
      saves += isSave(route) ? 1 : 0;
      return route.continue();
    });
    const began = Date.now();
    const saved = isSaved(desk, 'x'.repeat(100));
    await field(desk).pressSequentially('x'.repeat(100), { delay: 20 });
    await saved;
    // Every two seconds at most.
    expect(saves).toBeLessThanOrEqual((Date.now() - began) / 2_000 + 1);
  }, 180_000);

  describe('files', () => {
    const choose = (page: Page, name: string, content = `The words of ${name}.`) =>
      page
        .locator('.trumpet-conversation input[type=file]')
        .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });

    const hasFiles = (page: Page, names: readonly string[]) =>
      page.waitForFunction(
        (wanted) =>
          [...document.querySelectorAll('.trumpet-chosen .trumpet-file-name')]
            .map(({ textContent }) => textContent)
            .join() === wanted,
        names.join(),
      );

    async function filesOnServer(): Promise<readonly (readonly string[])[]> {
      const { rows } = await world.database.asUser(ada, (client) =>
        client.query<{ names: string[] }>(
          'select array(select filename from app_public.drafts_attachments(my_drafts)) as names from app_public.my_drafts()',
        ),
      );
      return rows.map(({ names }) => names);
    }

    async function sentFiles(): Promise<readonly (readonly string[])[]> {
      const { rows } = await world.database.owner.query<{ names: string[] }>(
        `select array(
            select filename from app_public.message_attachments where message_id = messages.id order by ordinal) as names
          from app_public.messages where room_id = $1 order by seq`,
        [roomId],
      );
      return rows.map(({ names }) => names);
    }

    test('that were chosen on one device are sent from another, and are over on both', async () => {
      const [desk, phone] = [await openAs(ada), await openAs(ada, 'Garden')];
      await choose(desk, 'map.txt');
      await mark(phone, 'Chess').waitFor();
      await openRoom(phone, 'Chess');
      await hasFiles(phone, ['map.txt']);
      await choose(phone, 'list.txt');
      await hasFiles(desk, ['map.txt', 'list.txt']);
      await field(phone).pressSequentially('With both');
      await has(desk, 'With both');
      // Whoever opens the page again has them, too.
      await desk.reload();
      await hasFiles(desk, ['map.txt', 'list.txt']);
      await field(desk).press('Enter');
      await sees(phone, 'With both');
      await hasFiles(phone, []);
      await hasFiles(desk, []);
      await has(phone, '');
      await mark(phone, 'Chess').waitFor({ state: 'detached' });
      expect(await sentFiles()).toEqual([['map.txt', 'list.txt']]);
      expect(await filesOnServer()).toEqual([]);
    }, 180_000);

    test('that are taken away on one device are gone on the other', async () => {
      const [desk, phone] = [await openAs(ada), await openAs(ada)];
      await choose(desk, 'map.txt');
      await choose(desk, 'list.txt');
      await hasFiles(phone, ['map.txt', 'list.txt']);
      await phone.getByRole('button', { name: 'Remove map.txt' }).click();
      await hasFiles(desk, ['list.txt']);
      await desk.getByRole('button', { name: 'Remove list.txt' }).click();
      await hasFiles(phone, []);
      await mark(phone, 'Chess').waitFor({ state: 'detached' });
      expect(await filesOnServer()).toEqual([]);
    }, 180_000);

    test('that two devices chose beside each other are both kept', async () => {
      const [desk, phone] = [await openAs(ada), await openAs(ada)];
      // What uploads is there before the network goes.
      await choose(phone, 'first.txt');
      await hasFiles(desk, ['first.txt']);
      await phone.getByRole('button', { name: 'Remove first.txt' }).click();
      await hasFiles(desk, []);
      await phone.context().setOffline(true);
      await choose(phone, 'train.txt');
      await field(phone).pressSequentially('From the train');
      const saved = isSaved(desk, 'From the desk');
      await choose(desk, 'desk.txt');
      await hasFiles(desk, ['desk.txt']);
      await field(desk).pressSequentially('From the desk');
      await saved;
      await phone.context().setOffline(false);
      for (const page of [phone, desk]) {
        await page
          .getByRole('region', { name: 'Also written, on another device' })
          .getByText('From the train')
          .waitFor();
      }
      while ((await filesOnServer()).flat().length < 2) {}
      await desk.getByRole('button', { name: 'Add to the text' }).first().click();
      await hasFiles(desk, ['desk.txt', 'train.txt']);
      await hasFiles(phone, ['desk.txt', 'train.txt']);
    }, 180_000);

    test('are sent once, also when the answers are lost', async () => {
      const [desk, phone] = [await openAs(ada), await openAs(ada)];
      let lost = 0;
      await desk.route('**/graphql', async (route) => {
        if (isSave(route) && lost < 2) {
          lost += 1;
          await route.fetch();
          await route.abort();
        } else {
          await route.continue();
        }
      });
      await choose(desk, 'map.txt');
      await hasFiles(phone, ['map.txt']);
      await field(desk).pressSequentially('Once');
      await field(desk).press('Enter');
      await sees(phone, 'Once');
      await hasFiles(phone, []);
      await hasFiles(desk, []);
      expect(await sentFiles()).toEqual([['map.txt']]);
      while ((await filesOnServer()).length > 0) {}
    }, 180_000);
  });
});

import type { Page } from 'playwright-core';
import { describeInChromium } from '../../testing/chromium.ts';
import type { TestUser } from '../../testing/database.ts';
import {
  startTranslationService,
  type TranslationService,
} from '../../testing/translation-service.ts';
import { createPageWorld, openRoom, type PageWorld } from './support.ts';

/* A message is read in another language, beside its room. */

const TEXT = 'The meeting is tomorrow at ten, and everybody brings what they have, @bob 🎺 `as is`';

describeInChromium('translated messages in Chromium', () => {
  let service: TranslationService;
  let world: PageWorld;
  let pages: Page[] = [];
  let ada: TestUser;

  beforeAll(async () => {
    service = await startTranslationService();
    world = await createPageWorld({ settings: { TRANSLATION_URL: service.url } });
    ada = await world.database.createUser();
    const { id } = await world.database.createRoom(ada, { name: 'Kitchen' });
    await world.database.sendMessage(ada, id, TEXT);
  });
  afterAll(async () => {
    await world.close();
    service.close();
  });
  afterEach(async () => {
    await Promise.all(pages.map((page) => page.context().close()));
    pages = [];
  });

  async function openMenu(text: string, action: string, language: string): Promise<Page> {
    const page = await world.openAs(ada);
    pages.push(page);
    await page.addInitScript((only) => {
      Object.defineProperty(navigator, 'languages', { get: () => [only] });
    }, language);
    await page.reload();
    await openRoom(page, 'Kitchen');
    await page.locator('.trumpet-message', { hasText: text }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: action, exact: true }).click();
    return page;
  }

  test('a message is translated into the language of the page, and into another', async () => {
    const page = await openMenu('The meeting', 'Übersetzen…', 'de');
    await page.getByText('ehT gniteem si worromot ta net').waitFor();
    await page.getByText('Maschinell übersetzt aus: Englisch').waitFor();
    expect(service.questions.at(-1)).toMatchObject({ source: 'en', target: 'de' });

    await page.getByLabel('In', { exact: true }).selectOption({ label: 'Spanisch' });
    const inSpanish = page.locator('[lang="es"]', { hasText: '@bob 🎺' });
    await inSpanish.locator('code', { hasText: 'as is' }).waitFor();
    expect(service.questions.at(-1)).toMatchObject({ target: 'es' });
    await page.getByLabel('In', { exact: true }).selectOption({ label: 'Englisch' });
    await page.getByText('Das ist schon auf Englisch.').waitFor();
    expect(world.complaints).toEqual([]);
  });

  test('what cannot be translated just now says so, and comes when it is asked for again', async () => {
    // One that nobody has asked about yet.
    const { rows } = await world.database.owner.query('select id from app_public.rooms');
    await world.database.sendMessage(ada, rows[0].id, 'Whoever comes later finds the door locked.');
    service.isBroken = true;
    const page = await openMenu('Whoever comes later', 'Übersetzen…', 'de');
    await page.getByText('Gerade werden viele andere bedient.').waitFor();
    service.isBroken = false;
    await page.getByRole('button', { name: 'Noch einmal versuchen' }).click();
    await page.getByText('Maschinell übersetzt aus: Englisch').waitFor();
  });
});

import { mkdirSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describeInChromium } from '../../testing/chromium.ts';
import { single, type TestUser } from '../../testing/database.ts';
import { createKitWorld, type KitWorld, messageWith } from './kit/world.ts';

/* Commands, buttons and menus of bots, as people use them: in Chromium, against a real server. */

/** With `SCREENSHOTS=folder` what is drawn is kept to be looked at. */
const { SCREENSHOTS } = process.env;

const COMMANDS = [
  {
    name: 'roll',
    description: 'Rolls dice for all to see',
    arguments: [
      { name: 'dice', description: 'How many', type: 'integer', isRequired: true },
      { name: 'kind', description: 'Which', type: 'choice', choices: ['fair', 'loaded'] },
    ],
  },
  {
    name: 'say',
    description: 'Says it',
    arguments: [
      { name: 'whom', description: 'Whom', type: 'user', isRequired: true },
      { name: 'what', description: 'What', isRequired: true },
    ],
  },
];

const COMPONENTS = [
  { type: 'button', id: 'yes', label: 'Deploy', style: 'primary' },
  { type: 'button', id: 'no', label: 'Never', style: 'danger' },
  { type: 'button', id: 'later', label: 'Later', isDisabled: true },
  { type: 'link', label: 'The diff', url: 'https://example.org/diff' },
  {
    type: 'menu',
    id: 'where',
    label: 'Where?',
    options: [
      { value: 'eu', label: 'Europe', description: 'Frankfurt' },
      { value: 'us', label: 'America' },
    ],
  },
  {
    type: 'menu',
    id: 'when',
    label: 'On which days?',
    maxSelected: 2,
    options: ['Monday', 'Tuesday', 'Wednesday'].map((label) => ({ value: label, label })),
  },
];

describeInChromium('in Chromium', () => {
  let world: KitWorld;
  let bots = 0;

  beforeAll(async () => {
    world = await createKitWorld('client/test/kit/page.tsx');
  });
  afterEach(async () => expect(await world.leave()).toEqual([]));
  afterAll(() => world.close());

  async function makeRoom() {
    const { database } = world;
    const [ada, bob] = [await database.createUser(), await database.createUser()];
    const bot = await database.createUser(`dice-${++bots}`);
    await database.owner.query(
      "update app_public.users set is_bot = true, display_name = 'Dice' where id = $1",
      [bot.id],
    );
    const { id: roomId } = await database.createRoom(ada, { name: 'Lab', members: [bob, bot] });
    await database.owner.query('select app_admin.set_commands($1, $2)', [
      bot.username,
      JSON.stringify(COMMANDS),
    ]);
    return { ada, bob, bot, roomId };
  }

  const field = (page: Page) => page.locator('.trumpet-conversation .trumpet-composer-text');

  /** What was last asked of a bot. */
  async function asked(bot: TestUser) {
    for (;;) {
      const { rows } = await world.database.owner.query(
        `select id, command_name, arguments, component_id, selected_values from app_public.interactions
          where bot_id = $1 and answered_at is null order by id desc limit 1`,
        [bot.id],
      );
      if (rows.length > 0) {
        return single(rows);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  const answer = (bot: TestUser, id: string, ...said: unknown[]) =>
    world.database.call(bot, 'answer_interaction', id, ...said);

  async function look(page: Page, name: string) {
    if (SCREENSHOTS !== undefined) {
      mkdirSync(SCREENSHOTS, { recursive: true });
      await page.screenshot({ path: `${SCREENSHOTS}/${name}.png` });
    }
  }

  test('an answer is shown when it is told of, not when it is looked for', async () => {
    const { ada, bot, roomId } = await makeRoom();
    const page = await world.open(ada, roomId);
    await page.locator('.trumpet-state[data-state="live"]').waitFor({ state: 'attached' });
    // Nothing that is to be done soon again is done.
    await page.evaluate(() => {
      const real = window.setTimeout;
      const soon = (run: () => void, ms = 0) => (ms >= 250 && ms <= 2_000 ? 0 : real(run, ms));
      window.setTimeout = soon as typeof setTimeout;
    });
    await field(page).click();
    await page.keyboard.type('/roll 3 fair');
    await page.keyboard.press('Enter');
    const { id } = await asked(bot);
    await page.getByText('Waiting for Dice…').waitFor();
    await answer(bot, id, 'Three ones.');
    await page.getByRole('log', { name: 'Answers for you' }).getByText('Three ones.').waitFor();
  }, 120_000);

  test('a command is completed, checked, called, and answered for one alone', async () => {
    const { ada, bob, bot, roomId } = await makeRoom();
    const [hers, his] = await Promise.all([world.open(ada, roomId), world.open(bob, roomId)]);
    await field(hers).click();
    await hers.keyboard.type('/ro');
    await hers.getByRole('option', { name: '/roll' }).waitFor();
    await look(hers, 'completing');
    await hers.keyboard.press('Enter');
    await hers.keyboard.press('Enter');
    await hers.getByText('“dice” is missing: How many').waitFor();
    await hers.keyboard.type('٣ ');
    await hers.getByRole('option', { name: 'loaded' }).click();
    await look(hers, 'arguments');
    await hers.keyboard.press('Enter');
    await hers.getByText('Waiting for Dice…').waitFor();
    const { id, command_name, arguments: given } = await asked(bot);
    expect([command_name, given]).toEqual(['roll', { dice: 3, kind: 'loaded' }]);
    await answer(bot, id, 'Three **sixes**, of course.');
    const log = hers.getByRole('log', { name: 'Answers for you' });
    await log.getByText('Three sixes, of course.').waitFor();
    await log.getByText('Only you see this').waitFor();
    await look(hers, 'answered');
    // It comes back with the page, and nobody else has it.
    await hers.reload();
    await log.getByText('Three sixes, of course.').waitFor();
    expect(await his.getByText('Three sixes').count()).toBe(0);
    await log.getByRole('button', { name: 'Close' }).click();
    await log.waitFor({ state: 'hidden' });
    await hers.reload();
    await field(hers).click();
    await hers.keyboard.type('/');
    await hers.getByRole('option').first().waitFor();
    expect(await hers.getByText('Three sixes').count()).toBe(0);
  }, 120_000);

  test('names, and the rest of the line', async () => {
    const { ada, bob, bot, roomId } = await makeRoom();
    const page = await world.open(ada, roomId);
    await field(page).fill(`/say @${bob.username} good morning, you`);
    await field(page).press('Enter');
    const { id, arguments: given } = await asked(bot);
    expect(given).toEqual({ whom: bob.id, what: 'good morning, you' });
    await answer(bot, id, 'Good morning, you', true);
    await messageWith(page, 'Good morning, you').waitFor();
    await page.getByRole('log', { name: 'Answers for you' }).waitFor({ state: 'hidden' });
  }, 120_000);

  test('what begins with / and is no command is a text', async () => {
    const { ada, roomId } = await makeRoom();
    const page = await world.open(ada, roomId);
    await field(page).fill('/etc/passwd is a file');
    await field(page).press('Enter');
    await messageWith(page, '/etc/passwd is a file').waitFor();
    await field(page).fill('/nothing like this');
    await field(page).press('Enter');
    await messageWith(page, '/nothing like this').waitFor();
  }, 120_000);

  test('what the server refuses is said, and what nobody answers, too', async () => {
    const { ada, bob, bot, roomId } = await makeRoom();
    const page = await world.open(bob, roomId);
    await world.database.owner.query(
      "update app_private.interaction_rules set wait_for = '1 second'",
    );
    await field(page).fill('/roll 1');
    await field(page).press('Enter');
    await page.getByText('Dice has not answered.').waitFor();
    await world.database.owner.query(
      "update app_private.interaction_rules set wait_for = '1 minute'",
    );
    await world.database.call(ada, 'mute_member', roomId, bob.id, 60);
    await field(page).fill('/roll 2');
    await field(page).press('Enter');
    await page.getByText('Not done: You are muted in this room').waitFor();
    expect((await asked(bot)).arguments).toEqual({ dice: 1 });
  }, 120_000);

  test('buttons are pressed and menus chosen from, by the keyboard alone', async () => {
    const { ada, bot, roomId } = await makeRoom();
    await world.database.call(bot, 'send_message', roomId, 'Shall I?', 'text', {
      components: COMPONENTS,
    });
    const page = await world.open(ada, roomId);
    const message = messageWith(page, 'Shall I?');
    await message.getByRole('button', { name: 'Deploy' }).focus();
    await look(page, 'components');
    await page.keyboard.press('Enter');
    const first = await asked(bot);
    expect(first.component_id).toBe('yes');
    await message.getByText('Waiting for Dice…').waitFor();
    await answer(bot, first.id, 'It is on its way.');
    await message.getByText('It is on its way.').waitFor();
    await look(page, 'pressed');

    await message.getByRole('button', { name: 'Where?' }).press('Enter');
    await page.getByRole('menu', { name: 'Where?' }).waitFor();
    await look(page, 'menu');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const second = await asked(bot);
    expect([second.component_id, second.selected_values]).toEqual(['where', ['us']]);
    await answer(bot, second.id);
    await message.getByText('Dice: done.').waitFor();

    await message.getByRole('button', { name: 'On which days?' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'On which days?' });
    await dialog.getByRole('checkbox', { name: 'Monday' }).press(' ');
    await dialog.getByRole('checkbox', { name: 'Wednesday' }).press(' ');
    expect(await dialog.getByRole('checkbox', { name: 'Tuesday' }).isDisabled()).toBe(true);
    await look(page, 'choosing');
    await dialog.getByRole('button', { name: 'Choose' }).press('Enter');
    expect((await asked(bot)).selected_values).toEqual(['Monday', 'Wednesday']);
    expect(await message.getByRole('button', { name: 'Later' }).isDisabled()).toBe(true);
    expect(await message.getByRole('link', { name: 'The diff' }).getAttribute('rel')).toContain(
      'noopener',
    );
  }, 120_000);

  test.each([
    ['en', 'light'],
    ['de', 'dark'],
    ['ar', 'dark'],
    ['ja', 'light'],
  ])(
    'nobody is kept out (%s, %s)',
    async (language, theme) => {
      const { ada, bot, roomId } = await makeRoom();
      await world.database.call(bot, 'send_message', roomId, 'Shall I?', 'text', {
        components: COMPONENTS,
      });
      const page = await world.open(ada, roomId, { language, theme });
      const message = messageWith(page, 'Shall I?');
      const check = async () => {
        const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      };
      await message.getByRole('button', { name: 'Deploy' }).click();
      const { id } = await asked(bot);
      await check();
      await answer(bot, id, 'It is on its way.');
      await message.getByText('It is on its way.').waitFor();
      await field(page).fill('/roll 2');
      await field(page).press('Enter');
      await answer(bot, (await asked(bot)).id, '**12**');
      await page.locator('.trumpet-answers').getByText('12').waitFor();
      await field(page).click();
      await page.keyboard.type('/');
      await page.getByRole('option').first().waitFor();
      await check();
      await look(page, `all-${language}-${theme}`);
      await page.setViewportSize({ width: 390, height: 800 });
      await look(page, `phone-${language}-${theme}`);
      await page.keyboard.press('Escape');
      await page.setViewportSize({ width: 1280, height: 800 });
      await message.getByRole('button', { name: 'On which days?' }).click();
      await page.getByRole('checkbox').first().waitFor();
      await check();
      await look(page, `choosing-${language}-${theme}`);
    },
    120_000,
  );
});

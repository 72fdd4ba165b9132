import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openLink } from '../../client/test/link.ts';
import { describeInChromium, startChromium } from '../../testing/chromium.ts';
import type { TestDatabase } from '../../testing/database.ts';
import { type Block, blocksIn, REPOSITORY } from './support/blocks.ts';
import { sourcesOfClient } from './support/compile.ts';
import { createSampleWorld } from './support/sample-world.ts';
import { serveFolder } from './support/static-site.ts';

/*
 * What a reader copies first does what the page says, against a server with the sample data.
 */
const folder = mkdtempSync(join(tmpdir(), 'trumpet-quick-start-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function blockOf(document: string, language: string, index = 0): Block {
  const block = blocksIn(language).filter((candidate) => candidate.document === document)[index];
  if (block === undefined) {
    throw new Error(`${document} has no such block of ${language}.`);
  }
  return block;
}

test('every element in a block of HTML has attributes that it knows', () => {
  const source = readFileSync(
    join(REPOSITORY, 'client', 'src', 'element', 'trumpet-chat.tsx'),
    'utf8',
  );
  const [, list = ''] = /observedAttributes\s*=\s*\[(.*?)\]/s.exec(source) ?? [];
  const known = Array.from(list.matchAll(/'([\w-]+)'/g), ([, name]) => name);
  expect(known).toContain('url');
  const elements = blocksIn('html').flatMap(
    ({ text }) => text.match(/<trumpet-chat\b[^>]*>/g) ?? [],
  );
  expect(elements.length).toBeGreaterThan(0);
  const used = elements.flatMap((element) =>
    Array.from(element.matchAll(/ ([\w-]+)=/g), ([, name]) => name),
  );
  expect(used.filter((name) => !known.includes(name))).toEqual([]);
});

/** A page shows what was written before the server has it: this waits until it is there. */
async function timesCommitted(database: TestDatabase, content: string): Promise<number> {
  for (;;) {
    const { rows } = await database.owner.query<{ times: number }>(
      'select count(*)::int as times from app_public.messages where content = $1',
      [content],
    );
    const times = rows[0]?.times ?? 0;
    if (times > 0) {
      return times;
    }
    await pause(50);
  }
}

describeInChromium('in Chromium', () => {
  test('the page of plain JavaScript shows a room, sends, and shows what was sent', async () => {
    const { text: command } = blockOf('docs/start/javascript.md', 'sh', 1);
    const { text: html } = blockOf('docs/start/javascript.md', 'html', 1);
    const page = join(folder, 'page');
    mkdirSync(page);
    execFileSync('bash', ['-c', command.replace('--dir page', `--dir ${page}`)], {
      cwd: REPOSITORY,
    });
    const { database, server, close } = await createSampleWorld({ ALLOWED_ORIGINS: '*' });
    writeFileSync(join(page, 'index.html'), html.replaceAll('http://127.0.0.1:8000', server.url));
    const site = await serveFolder(page);
    const browser = await startChromium();
    try {
      const tab = await browser.newPage();
      await tab.goto(site.url);
      await tab.getByText('Alice: Welcome to Trumpet').waitFor();
      await tab.getByLabel('Message').fill('Hello from a page');
      await tab.getByRole('button', { name: 'Send' }).click();
      await tab.getByText('Alice: Hello from a page', { exact: true }).waitFor();
      expect(await timesCommitted(database, 'Hello from a page')).toBe(1);

      // Without a network it is there all the same, and what is written before it is there goes nowhere.
      await tab.context().route(`${server.url}/**`, (route) => route.abort());
      await tab.reload();
      await tab.getByText('Alice: Hello from a page', { exact: true }).waitFor();
      const early = await browser.newPage();
      await early.context().route(`${server.url}/**`, (route) => route.abort());
      await early.goto(site.url);
      await early.getByLabel('Message').fill('Too early');
      await early.keyboard.press('Enter');
      expect(early.url()).not.toContain('early');
      expect(await early.getByLabel('Message').inputValue()).toBe('Too early');
    } finally {
      await browser.close();
      await site.close();
      await close();
    }
  });

  test.each([
    ['the whole chat', 0, '', 'Welcome to Trumpet'],
    ['hooks', 2, 'App', 'All quiet on the servers.'],
  ])('the React page with %s shows a room and sends', async (name, index, component, said) => {
    const { text } = blockOf('docs/start/react.md', 'tsx', index);
    const { database, server, close } = await createSampleWorld({ ALLOWED_ORIGINS: '*' });
    const page = join(folder, name.replaceAll(' ', '-'));
    mkdirSync(page);
    const site = await serveFolder(page);
    const browser = await startChromium();
    try {
      bundle(page, text.replaceAll('http://127.0.0.1:8000', server.url), component, server.url);
      const tab = await browser.newPage();
      await tab.goto(site.url);
      if (component === '') {
        await tab.getByText('General').first().click();
      }
      await tab.getByText(said).last().waitFor();
      await tab.getByRole('textbox').last().fill(`Hello from ${name}`);
      await tab.keyboard.press('Enter');
      await tab.getByText(`Hello from ${name}`).last().waitFor();
      await tab.waitForFunction('!document.body.textContent.includes("on its way")');
      expect(await timesCommitted(database, `Hello from ${name}`)).toBe(1);
    } finally {
      await browser.close();
      await site.close();
      await close();
    }
  });
});

/** What the reader's bundler does; a component without a page of its own gets one. */
function bundle(page: string, code: string, component: string, url: string): void {
  const start = `
    import { createRoot } from 'react-dom/client';
    import { openClient } from 'trumpet-client';
    const client = await openClient({ url: '${url}' });
    await client.signIn({ username: 'alice', password: 'trumpet-demo' });
    createRoot(document.querySelector('#root')).render(<${component} client={client} />);`;
  writeFileSync(join(page, 'main.tsx'), component === '' ? code : `${code}${start}`);
  const configuration = {
    input: join(page, 'main.tsx'),
    platform: 'browser',
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    moduleTypes: { '.css': 'empty' },
    resolve: {
      alias: {
        ...Object.fromEntries(
          Object.entries(sourcesOfClient()).map(([name, paths]) => [`${name}$`, paths]),
        ),
        'trumpet-client/ui/styles.css': join(REPOSITORY, 'client', 'src', 'ui', 'styles.css'),
      },
      modules: [join(REPOSITORY, 'node_modules')],
    },
    output: { dir: page, format: 'esm', entryFileNames: 'main.js' },
  };
  const file = join(page, 'rolldown.config.mjs');
  writeFileSync(file, `export default ${JSON.stringify(configuration)};`);
  execFileSync(process.execPath, ['node_modules/rolldown/bin/cli.mjs', '--config', file], {
    cwd: REPOSITORY,
    stdio: 'pipe',
  });
  writeFileSync(
    join(page, 'index.html'),
    '<!doctype html><div id="root"></div><script type="module" src="/main.js"></script>',
  );
}

test('the bot answers, also what was written while it was cut off', async () => {
  const { text } = blockOf('docs/start/node.md', 'js');
  const { server, database, close } = await createSampleWorld();
  const script = join(folder, 'bot.mjs');
  const client = join(REPOSITORY, 'client', 'src', 'index.ts');
  const link = await openLink(server.url);
  writeFileSync(
    script,
    text
      .replace("'trumpet-client'", JSON.stringify(client))
      .replaceAll('http://127.0.0.1:8000', link.url),
  );
  let bot: ChildProcess | undefined;
  try {
    bot = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise<void>((resolve) => {
      bot?.stdout?.on('data', (chunk) => /listens/.test(`${chunk}`) && resolve());
    });
    const { data: session } = await server.graphql(
      'mutation { signIn(input: { username: "alice", password: "trumpet-demo" }) { session { accessToken } } }',
    );
    const token = session.signIn.session.accessToken;
    const ask = (document: string, variables = {}) => server.graphql(document, variables, token);
    const { data: found } = await ask('{ roomBySlug(slug: "general") { id } }');
    const roomId = found.roomBySlug.id;
    const socket = await server.socket({ token });
    const events = socket.subscribe(
      `subscription ($roomId: UUID!) { roomEvents(roomId: $roomId) {
        __typename ... on MessageEvent { message { content author { username } } } } }`,
      { roomId },
    );
    await events.nextData(); // Ready.
    await ask(
      'mutation ($roomId: UUID!) { sendMessage(input: { roomId: $roomId, content: "!roll" }) { message { id } } }',
      { roomId },
    );
    const said: string[] = [];
    while (said.length < 2) {
      const data = await events.nextData();
      if (data.roomEvents.message) {
        said.push(`${data.roomEvents.message.author.username}: ${data.roomEvents.message.content}`);
      }
    }
    expect(said).toEqual(['alice: !roll', expect.stringMatching(/^bob: You rolled [1-6]\.$/)]);

    // More than a timeline shows of what came meanwhile.
    link.goAway();
    const { rows } = await database.owner.query<{ id: string }>(
      "select id from app_public.users where username = 'alice'",
    );
    await database.owner.query(
      `insert into app_public.messages (room_id, author_id, content)
        select $1, $2, case when n in (1, 2, 700) then '!roll' else 'something else' end
          from generate_series(1, 700) as n`,
      [roomId, rows[0]?.id],
    );
    link.comeBack();
    const rolled: string[] = [];
    while (rolled.length < 3) {
      const { content, author } = (await events.nextData()).roomEvents.message ?? {};
      if (author?.username === 'bob') {
        rolled.push(content);
      }
    }
    expect(rolled).toEqual(Array(3).fill(expect.stringMatching(/^You rolled [1-6]\.$/)));
  } finally {
    bot?.kill();
    await link.close();
    await close();
  }
});

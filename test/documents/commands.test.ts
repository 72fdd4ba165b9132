import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentShape } from '../../src/config/load.ts';
import { type Block, blocksIn, REPOSITORY } from './support/blocks.ts';
import { createSampleWorld } from './support/sample-world.ts';
import { grammarOf, runCommands } from './support/shell.ts';

/** What is typed in a terminal that a document shows: the lines behind a `$`. */
const typed = blocksIn('console').map((block) => ({
  ...block,
  text: Array.from(block.text.matchAll(/^\$ (.*)$/gm), ([, command]) => command).join('\n'),
}));
const blocks = blocksIn('sh');
const toRun = Map.groupBy(
  blocks.filter(({ notRun }) => notRun === undefined),
  ({ document }) => document,
);

test('the commands that are not run say why', () => {
  expect(blocks.length).toBeGreaterThan(0);
  const reasons = blocks.flatMap(({ notRun }) => (notRun === undefined ? [] : [notRun]));
  expect(reasons.filter((reason) => !/\.$/.test(reason))).toEqual([]);
});

test.each([...toRun])('the commands of %s do what they say', async (_document, steps) => {
  const { server, close } = await createSampleWorld();
  try {
    const output = await runCommands(steps, server.url);
    expect(output).not.toMatch(/"errors":/);
  } finally {
    await close();
  }
});

/** What a block asks for that this repository has not. */
function missing({ place, text }: Block): string[] {
  const folder = /--workspace trumpet-client/.test(text) ? 'client' : '';
  const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, folder, 'package.json'), 'utf8'));
  const settings = new Set([
    ...Object.keys(environmentShape.shape),
    'NODE_ENV',
    'TOKEN',
    'ROOM',
    'TRUMPET_KEY',
  ]);
  const found = (pattern: RegExp) => Array.from(text.matchAll(pattern), ([, name]) => name ?? '');
  return [
    ...found(/npm (?:run )?(start|test|(?<=run )[\w:-]+)/g)
      .filter((name) => !Object.hasOwn(scripts, name))
      .map((name) => `${place}: there is no script ${name}.`),
    ...found(
      /(?<![\w/])((?:client|docs|examples|scripts|src|bench|test)\/[\w./-]+\.(?:ts|mjs|js))\b/g,
    )
      .filter((path) => !existsSync(join(REPOSITORY, path)))
      .map((path) => `${place}: there is no file ${path}.`),
    ...found(/(?<![\w$"'/-])([A-Z][A-Z0-9_]+)=/g)
      .filter((name) => !settings.has(name))
      .map((name) => `${place}: there is no setting ${name}.`),
  ];
}

test('every command names scripts, files and settings that there are', () => {
  expect([...blocks, ...typed].flatMap(missing)).toEqual([]);
  expect(missing({ place: 'a', text: 'PRT=1 npm run sever' } as Block)).toHaveLength(2);
  expect(missing({ place: 'a', text: 'node examples/listen.js' } as Block)).toHaveLength(1);
});

test('every command is grammatical', async () => {
  for (const { place, text } of [...blocks, ...typed]) {
    expect(`${place}: ${await grammarOf(text)}`).toBe(`${place}: `);
  }
  expect(await grammarOf('echo "open')).not.toBe('');
});

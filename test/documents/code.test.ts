import { parse } from '@swc/core';
import { type Block, blocksIn, blocksOf, languagesInUse } from './support/blocks.ts';
import { compile } from './support/compile.ts';

/** The languages of blocks, each with the file that holds it to be right. */
const HELD_BY: Readonly<Record<string, string>> = {
  ts: 'code.test.ts',
  tsx: 'code.test.ts',
  js: 'code.test.ts',
  html: 'quick-starts.test.ts',
  graphql: 'data.test.ts',
  json: 'data.test.ts',
  sql: 'database.test.ts',
  psql: 'database.test.ts',
  sh: 'commands.test.ts',
  console: 'commands.test.ts',
  text: 'protocol.test.ts',
  kotlin: 'phones.test.ts',
  swift: 'phones.test.ts',
  dart: 'phones.test.ts',
};

test('every block has a language that a test holds to be right', () => {
  const strangers = [...languagesInUse()]
    .filter(([language]) => !Object.hasOwn(HELD_BY, language))
    .map(([language, place]) => `${place}: ${language === '' ? 'no language' : language}`);
  expect(strangers).toEqual([]);
});

test('every block of TypeScript and JavaScript compiles, with the types of what it uses', async () => {
  const blocks = blocksIn('ts', 'tsx', 'js');
  expect(blocks.length).toBeGreaterThan(0);
  const ofPages = blocks.filter(({ language }) => language === 'js');
  const typed = blocks.filter(({ language }) => language !== 'js');
  expect([...(await compile(ofPages)), ...(await compile(typed))]).toEqual([]);
});

test('every block of JavaScript is JavaScript', async () => {
  for (const { place, text } of blocksIn('js')) {
    const problem = await parse(text, { syntax: 'ecmascript', jsx: true }).then(
      () => '',
      (error: Error) => `${place}: ${error.message}`,
    );
    expect(problem).toBe('');
  }
});

test('a block that uses what there is not is found, on its line', async () => {
  const broken: Block[] = blocksOf(
    'a.md',
    'Text.\n\n```ts\nimport { openClient } from "trumpet-client";\nawait openClient({ adress: "" });\n```\n',
  );
  expect(await compile(broken)).toEqual([expect.stringMatching(/^a\.md:5\(.*adress/)]);
});

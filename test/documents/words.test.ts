import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';

/* What people read in the page and the kit is in the files of words, and in each of them in its own language. */

const REPOSITORY = join(import.meta.dirname, '..', '..');

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** What is read aloud or shown of an element, beside what is in it. */
const SAID =
  /^(aria-(label|description|roledescription|valuetext|placeholder)|title|alt|placeholder|label|hint|text|confirm|submit|empty)$/;
const LETTER = /\p{L}/u;

/** The same in all languages: names of what developers know by no other, and addresses. */
const SAME = new Set(['GraphQL', 'GraphiQL', 'WebSocket', 'Server-Sent Events']);
const isSame = (text: string) => SAME.has(text) || text.startsWith('/');

const childrenOf = (node: Node): readonly Node[] =>
  Object.values(node)
    .flat()
    .filter((value): value is Node => typeof (value as Node | null)?.type === 'string');

/** The texts that an expression may be, itself. */
function textsOf(node: Node): readonly string[] {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? [node.value] : [];
    case 'TemplateLiteral':
      return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked);
    case 'JSXExpressionContainer':
      return textsOf(node.expression as Node);
    case 'ConditionalExpression':
      return [node.consequent, node.alternate].flatMap((one) => textsOf(one as Node));
    case 'LogicalExpression':
      return [node.left, node.right].flatMap((one) => textsOf(one as Node));
    case 'JSXText':
      return [node.value as string];
    default:
      return [];
  }
}

function looseWords(node: Node): readonly string[] {
  const own =
    node.type === 'JSXElement' || node.type === 'JSXFragment'
      ? (node.children as Node[]).flatMap(textsOf)
      : node.type === 'JSXAttribute' &&
          node.value !== null &&
          SAID.test((node.name as { name: string }).name)
        ? textsOf(node.value as Node)
        : [];
  const loose = own.map((text) => text.trim()).filter((text) => LETTER.test(text) && !isSame(text));
  return [...loose, ...childrenOf(node).flatMap(looseWords)];
}

test('no words stand in what is drawn', () => {
  const files = globSync(['client/src/**/*.tsx', 'web/src/**/*.tsx'], { cwd: REPOSITORY });
  expect(files.length).toBeGreaterThan(100);
  const loose = files.flatMap((file) => {
    return looseWords(parsed(file)).map((text) => `${file}: ${text}`);
  });
  expect(loose).toEqual([]);
});

const FOLDERS = ['client/src/ui/words', 'web/src/words', 'web/src/screens/words'];

const parsed = (file: string) =>
  parseAst(readFileSync(join(REPOSITORY, file), 'utf8'), { lang: 'tsx' }) as unknown as Node;

/** Each text in a file of words, by where it is. */
function textsIn(node: Node, path: string): readonly (readonly [path: string, text: string])[] {
  if (node.type === 'ImportDeclaration') {
    return [];
  }
  if (node.type === 'Property') {
    const { name, value } = node.key as { readonly name?: string; readonly value?: string };
    return textsIn(node.value as Node, `${path}.${name ?? value}`);
  }
  const own = textsOf(node).map((text, at) => [`${path} ${at}`, text] as const);
  return [...own, ...childrenOf(node).flatMap((child) => textsIn(child, path))];
}

/** What is so in English, too: the keys as keyboards have them, and the words of two languages. */
const KEYS = ['Home', 'End', 'Enter', 'Shift', 'Ctrl', 'Alt', 'Esc', 'Del', 'Trumpet'];
const SHARED: Readonly<Record<string, ReadonlySet<string>>> = {
  ar: new Set(KEYS),
  de: new Set([
    ...[
      'Admin',
      'Bot',
      'Browser',
      'Code',
      'Emoji',
      'Link',
      'Links',
      'Moderation',
      'Moderator',
      'Name',
    ],
    ...['Offline', 'Online', 'online', 'Passkeys', 'Thread', 'Webhook'],
    ...KEYS,
  ]),
  ja: new Set(KEYS),
};

test.each(['de', 'ar', 'ja'])('what is said in %s is not left in English', (language) => {
  const left = FOLDERS.flatMap((folder) => {
    const english = new Map(textsIn(parsed(`${folder}/en.ts`), ''));
    const texts = textsIn(parsed(`${folder}/${language}.ts`), '');
    expect(texts.length).toBeGreaterThan(20);
    return texts
      .filter(
        ([path, text]) =>
          path.startsWith('.') &&
          !path.startsWith('.direction') &&
          english.get(path) === text &&
          LETTER.test(text.replaceAll(/\{\w+\}/g, '')) &&
          !SHARED[language]?.has(text.trim()),
      )
      .map(([path, text]) => `${path}: ${text}`);
  });
  expect(left).toEqual([]);
});

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const REPOSITORY = join(import.meta.dirname, '../..');

/** What each file of `src/` and `plugins/` imports of them, types too; paths from the repository. */
const imports = new Map(
  ['src', 'plugins'].flatMap(filesBelow).map((file) => [file, importsOf(file)] as const),
);

function filesBelow(folder: string): string[] {
  return readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(REPOSITORY, file), 'utf8');
  const named = text.matchAll(/(?:\bfrom|\bimport|\bimport\(|\bnew URL\()\s*'(\.[^']+\.ts)'/g);
  return Array.from(named, ([, path]) =>
    relative(REPOSITORY, join(REPOSITORY, dirname(file), path as string)),
  );
}

/** One way from a node back to itself, or undefined when there is none anywhere. */
function findCircle(graph: ReadonlyMap<string, Iterable<string>>): string[] | undefined {
  const done = new Set<string>();
  function follow(node: string, path: readonly string[]): string[] | undefined {
    if (path.includes(node)) {
      return [...path.slice(path.indexOf(node)), node];
    }
    if (done.has(node)) {
      return undefined;
    }
    for (const next of graph.get(node) ?? []) {
      const circle = follow(next, [...path, node]);
      if (circle !== undefined) {
        return circle;
      }
    }
    done.add(node);
    return undefined;
  }
  for (const node of graph.keys()) {
    const circle = follow(node, []);
    if (circle !== undefined) {
      return circle;
    }
  }
  return undefined;
}

test('no two files import each other, whatever the detour', () => {
  expect(imports.size).toBeGreaterThan(100);
  expect(findCircle(imports)).toBeUndefined();
});

test('no two folders import each other, whatever the detour', () => {
  const folders = new Map<string, Set<string>>();
  for (const [file, imported] of imports) {
    const folder = dirname(file);
    const others = imported.map(dirname).filter((other) => other !== folder);
    folders.set(folder, new Set([...(folders.get(folder) ?? []), ...others]));
  }
  expect(findCircle(folders)).toBeUndefined();
});

test('only the places that put the server and the frames of webhooks together know the plugins', () => {
  const importers = [...imports]
    .filter(([file, imported]) => file.startsWith('src/') && imported.some(isPlugin))
    .map(([file]) => dirname(file));
  expect(new Set(importers)).toEqual(new Set(['src/http', 'src/webhooks']));
});

test('nothing imports the four doors', () => {
  const doors = [...imports.values()].flat().filter((file) => dirname(file) === 'src');
  expect(doors).toEqual([]);
});

function isPlugin(file: string): boolean {
  return file.startsWith('plugins/');
}

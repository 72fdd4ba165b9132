import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { anchorOf } from '../../docs/.vitepress/anchors.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: REPOSITORY,
  encoding: 'utf8',
})
  .split('\n')
  .filter((name) => /\.(md|yml|ts|mjs|sql)$/.test(name) && existsSync(join(REPOSITORY, name)));

const read = (name: string) => readFileSync(join(REPOSITORY, name), 'utf8');

function anchorsIn(markdown: string): Set<string> {
  const text = markdown.replace(/```.*?```/gs, '');
  return new Set(
    Array.from(text.matchAll(/^#+ (.*)$/gm), ([, heading]) => anchorOf(heading ?? '')),
  );
}

test('every link between documents leads somewhere', () => {
  const broken = files
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) =>
      Array.from(
        read(name).matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)/g),
        ([, path, anchor]) => {
          const target =
            path === '' ? name : relative(REPOSITORY, join(REPOSITORY, dirname(name), path ?? ''));
          if (!existsSync(join(REPOSITORY, target))) {
            return `${name} links to ${path}, which does not exist.`;
          }
          if (
            anchor !== undefined &&
            target.endsWith('.md') &&
            !anchorsIn(read(target)).has(anchor)
          ) {
            return `${name} links to ${path}#${anchor}, and ${target} has no such heading.`;
          }
          return [];
        },
      ).flat(),
    );
  expect(broken).toEqual([]);
});

test('the first change in CONTRIBUTING does with a topic what is done with the description of a room', () => {
  const [, step] = /^2\. \*\*The function\.\*\*(.*?)^3\. /ms.exec(read('CONTRIBUTING.md')) ?? [];
  const lines = Array.from((step ?? '').matchAll(/```sql\n(.*?)```/gs), ([, line]) => line ?? '');
  expect(lines).toHaveLength(2);
  const oneLine = (text: string) => text.trim().replace(/\s+/g, ' ');
  const existing = oneLine(read('migrations/fixtures/functions/room-functions/update_room.sql'));
  for (const line of lines) {
    expect(existing).toContain(oneLine(line).replaceAll('topic', 'description'));
  }
});

/** A file is named from the repository, or from the workspace that it is in. */
const ROOTS = ['', 'client', 'web'].map((workspace) => join(REPOSITORY, workspace));

test('every file that a document or a comment names exists', () => {
  const missing = files.flatMap((name) =>
    Array.from(
      read(name).matchAll(
        /(?<![\w/.-])(?:bench|docs|examples|migrations|plugins|scripts|src|test|testing)\/[\w./-]*\.(?:ts|mjs|sql|md)\b/g,
      ),
      ([path]) => path,
    )
      .filter((path) => !ROOTS.some((root) => existsSync(join(root, path))))
      .map((path) => `${name} names ${path}, which does not exist.`),
  );
  expect(missing).toEqual([]);
});

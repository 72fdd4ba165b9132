import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const REPOSITORY = join(import.meta.dirname, '..', '..', '..');

/** A fenced block of a document. */
export interface Block {
  /** Where it begins, such as `docs/push.md:42`. */
  readonly place: string;
  readonly document: string;
  /** The line in the document of the first line of the text. */
  readonly line: number;
  readonly language: string;
  /** The file that it shows, where it names one behind its language. */
  readonly file: string | undefined;
  readonly text: string;
  /** What a comment above it says that its surroundings give: declarations, for the compiler only. */
  readonly given: string;
  /** Why it is not run, from a comment above it. */
  readonly notRun: string | undefined;
  /** What a command waits for before the next one runs, from a comment above it. */
  readonly until: string | undefined;
  /** Whether a comment above it says that it goes on where the block before it ended. */
  readonly continues: boolean;
}

/*
 * Comments directly above a block tell the test what a reader takes from the text:
 *
 *     <!-- given: declare const roomId: string; -->
 *     <!-- continues -->
 *     <!-- not run: it needs an account at Apple. -->
 *     <!-- until: ReadyEvent -->
 */
const FENCE = /^( *)```([\w-]*) *([^\n]*)\n(.*?)^\1```$/gms;
const COMMENTS = /(?:<!--(?:(?!-->).)*-->\s*)+$/s;

/** The documents for whoever builds with Trumpet, runs it, or changes its database. */
export const DOCUMENTS = [
  'README.md',
  'client/README.md',
  ...readdirSync(join(REPOSITORY, 'docs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(REPOSITORY, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith('docs/.vitepress')),
].sort();

export const readDocument = (name: string) => readFileSync(join(REPOSITORY, name), 'utf8');

export function blocksOf(document: string, text: string): Block[] {
  return Array.from(text.matchAll(FENCE), (match) => {
    const [, indent = '', language = '', file = '', code = ''] = match;
    const before = text.slice(0, match.index);
    const line = before.split('\n').length;
    const [comments = ''] = COMMENTS.exec(before) ?? [];
    return {
      place: `${document}:${line}`,
      document,
      line: line + 1,
      language,
      file: file === '' ? undefined : file,
      text: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      given: /<!-- given: (.*?)-->/s.exec(comments)?.[1] ?? '',
      notRun: /<!-- not run: (.*?) -->/s.exec(comments)?.[1],
      until: /<!-- until: (.*?) -->/.exec(comments)?.[1],
      continues: comments.includes('<!-- continues -->'),
    };
  });
}

const ALL = DOCUMENTS.flatMap((document) => blocksOf(document, readDocument(document)));

/** All blocks of all documents in one of these languages. */
export function blocksIn(...languages: readonly string[]): Block[] {
  return ALL.filter(({ language }) => languages.includes(language));
}

/** The languages of all blocks, with where each is first. */
export function languagesInUse(): Map<string, string> {
  return new Map(ALL.toReversed().map(({ language, place }) => [language, place]));
}

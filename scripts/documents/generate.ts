import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSchema } from 'grafast/graphql';
import { apiPages } from './api.ts';
import { errorsPage } from './errors.ts';
import { settingsPage } from './settings.ts';

/*
 * Writes the pages of docs/ that are made of the code: the API by topic, errors and close codes, settings.
 * With --check it writes nothing, and fails when one of them is not as it would be written.
 */
const REPOSITORY = join(import.meta.dirname, '..', '..');
const DOCS = join(REPOSITORY, 'docs');

const schema = buildSchema(readFileSync(join(REPOSITORY, 'schema.graphql'), 'utf8'));
const pages = new Map([
  ...apiPages(schema),
  ['errors.md', errorsPage()],
  ['settings.md', settingsPage()],
]);

const stale = [...pages].filter(([path, text]) => {
  const file = join(DOCS, path);
  return !existsSync(file) || readFileSync(file, 'utf8') !== marked(text);
});

if (process.argv.includes('--check')) {
  for (const [path] of stale) {
    console.error(`docs/${path} is stale: run "npm run docs:generate".`);
  }
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(DOCS, path)), { recursive: true });
    writeFileSync(join(DOCS, path), marked(text));
    console.log(`docs/${path}`);
  }
}

function marked(text: string): string {
  return `<!-- Made by "npm run docs:generate" from the code. Do not edit. -->\n\n${text}`;
}

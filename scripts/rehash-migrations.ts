import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Writes the two first lines of every committed migration anew, in order, as graphile-migrate computes
 * them: each hash covers the file and the hash before it. Only until the first release: a database that
 * has had another version of a file refuses to start.
 */

const folder = join(import.meta.dirname, '..', 'migrations', 'committed');
const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
let previous = '';
for (const name of names.sort()) {
  const path = join(folder, name);
  const body = readFileSync(path, 'utf8')
    .replace(/^(--! .*\n)+/, '')
    .trim();
  const hash = `sha1:${createHash('sha1').update(`${previous}\n${body}`.trim()).update('\n').digest('hex')}`;
  writeFileSync(path, `--! Previous: ${previous || '-'}\n--! Hash: ${hash}\n\n${body}\n`);
  previous = hash;
}

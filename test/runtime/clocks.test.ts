import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const REPOSITORY = join(import.meta.dirname, '../..');

test('only one file reads the wall clock: durations are measured with a clock that nobody can set', () => {
  const readers = ['src', 'plugins']
    .flatMap((folder) =>
      readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(folder, name),
      ),
    )
    .filter((file) => file.endsWith('.ts'))
    .filter((file) =>
      /\bDate\.now\b|\bnew Date\(\)|\bDate\(\)/.test(readFileSync(join(REPOSITORY, file), 'utf8')),
    );
  expect(readers).toEqual(['src/process/clock.ts']);
});

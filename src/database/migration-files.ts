import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withExtensionSchema } from './extensions.ts';
import { withRoleNames } from './role-names.ts';

export const MIGRATIONS_FOLDER = join(import.meta.dirname, '..', '..', 'migrations');

/** A committed migration. */
export interface MigrationFile {
  readonly name: string;
  /** As graphile-migrate records it: `000001.sql`. */
  readonly number: string;
  readonly hash: string;
  /** Why no server of an earlier version may run beside it, from its header `--! StopServers: …`. */
  readonly stopsServers: string | undefined;
  readonly text: string;
}

/** All of them, in order. */
export async function readCommitted(
  folder: string = MIGRATIONS_FOLDER,
): Promise<readonly MigrationFile[]> {
  const names = (await readdir(join(folder, 'committed')))
    .filter((name) => /^\d{6}.*\.sql$/.test(name))
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, 'committed', name), 'utf8');
      const header = (key: string) => new RegExp(`^--! ${key}: (.+)$`, 'm').exec(text)?.[1];
      return {
        name,
        number: `${name.slice(0, 6)}.sql`,
        hash: header('Hash') ?? '',
        stopsServers: header('StopServers'),
        text,
      };
    }),
  );
}

/** SQL of ours with the names that roles and the extensions' schema have here. */
export function withLocalNames(sql: string, extensionsIn: string): string {
  return withExtensionSchema(withRoleNames(sql), extensionsIn);
}

/**
 * The folder of the migrations as this installation runs them. What a database notes of a migration is the hash of the
 * one that is committed, whatever names it has had.
 */
export async function localFolder(
  extensionsIn: string,
  folder: string = MIGRATIONS_FOLDER,
): Promise<{ readonly path: string } & AsyncDisposable> {
  const local = (await readCommitted(folder)).map(({ name, text }) => {
    const changed = withLocalNames(text, extensionsIn);
    const isSame = changed === text;
    return {
      name,
      isSame,
      text: isSame ? text : changed.replace(/^(--! Hash: .*)$/m, '$1\n--! AllowInvalidHash'),
    };
  });
  if (local.every(({ isSame }) => isSame)) {
    return { path: folder, async [Symbol.asyncDispose]() {} };
  }
  const path = await mkdtemp(join(tmpdir(), 'trumpet-migrations-'));
  await mkdir(join(path, 'committed'));
  await Promise.all(local.map(({ name, text }) => writeFile(join(path, 'committed', name), text)));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

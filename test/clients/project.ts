import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A folder as a client's project has it: the schema, sources, and this repository's packages. */
export interface ClientProject {
  readonly folder: string;
  write(name: string, text: string): Promise<void>;
  /** Runs a command of one of the packages in the folder, and gives what it says. */
  run(command: string, ...args: readonly string[]): Promise<string>;
  remove(): Promise<void>;
}

export async function createClientProject(): Promise<ClientProject> {
  const folder = await mkdtemp(path.join(tmpdir(), 'trumpet-client-'));
  await mkdir(path.join(folder, 'app'));
  await copyFile('schema.graphql', path.join(folder, 'schema.graphql'));
  await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  return {
    folder,
    write: (name, text) => writeFile(path.join(folder, name), text),
    async run(command, ...args) {
      const { stdout, stderr } = await run(path.resolve('node_modules/.bin', command), args, {
        cwd: folder,
      });
      return stdout + stderr;
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { log } from '../../process/log.ts';
import { StartError } from '../../process/start-error.ts';

/*
 * Postgres refuses to run as root. Started by root, it runs as a system user that owns nothing but
 * the data, and two things may then be out of that user's reach: the binaries under node_modules
 * and the data folder, when the clone lies in a folder that only root may enter (/root). Opening
 * that folder to others is not ours to do, so what the user must reach moves to /var/lib/trumpet:
 * a copy of the binaries, and the data with a symlink in its place.
 */

/** The user that Postgres runs as when that is not the user of this process. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

const SHELTER = '/var/lib/trumpet';

/**
 * Who Postgres runs as: undefined for this process's own user, else a system user. Existing data
 * decides by its owner; new data belongs to `postgres`, which is created when missing.
 */
export function findSystemUser(dataDirectory: string): SystemUser | undefined {
  if (process.getuid?.() !== 0) {
    const owner = statSync(dataDirectory, { throwIfNoEntry: false })?.uid;
    if (owner !== undefined && process.getuid !== undefined && owner !== process.getuid()) {
      throw new StartError(
        `${dataDirectory} belongs to another user (id ${owner}): start as that user or as root, or set DATA_DIR.`,
      );
    }
    return undefined;
  }
  const data = statSync(dataDirectory, { throwIfNoEntry: false });
  if (data !== undefined && data.uid !== 0) {
    return { uid: data.uid, gid: data.gid };
  }
  return lookUpUser('postgres') ?? createUser('postgres');
}

function lookUpUser(name: string): SystemUser | undefined {
  try {
    const id = (option: string) =>
      Number(execFileSync('id', [option, name], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

function createUser(name: string): SystemUser {
  const options = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin'];
  const result = spawnSync('useradd', [...options, name], { encoding: 'utf8' });
  const user = lookUpUser(name);
  if (user === undefined) {
    throw new StartError(
      `Postgres cannot run as root, and no user "${name}" could be created for it (${(result.stderr || result.error?.message || '').trim()}): start as another user.`,
    );
  }
  log.info({ event: 'postgres.user_created', user: name, ...user });
  return user;
}

/**
 * A folder of Postgres binaries that the user can run: `native` itself or a copy.
 *
 * @param native the folder with bin/, lib/ and share/ in node_modules
 */
export function reachableBinaries(
  native: string,
  version: string,
  user: SystemUser | undefined,
): string {
  if (user === undefined) {
    makeExecutable(join(native, 'bin'));
    return native;
  }
  if (canRun(native, user)) {
    return native;
  }
  const copy = join(SHELTER, `postgres-${version}`);
  if (!canRun(copy, user)) {
    openShelter();
    const draft = `${copy}.${process.pid}`;
    const wanted = (source: string) =>
      !/\.a$|\/(libecpg[^/]*|pkgconfig|include|pgxs)$/.test(source);
    // verbatimSymlinks: the libraries' links are relative and stay so.
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true, filter: wanted });
    openToAll(draft);
    rmSync(copy, { recursive: true, force: true });
    renameSync(draft, copy);
  }
  if (!canRun(copy, user)) {
    throw new StartError(
      `Postgres has to run as user ${user.uid}, who can run neither ${native} nor its copy ${copy}.`,
    );
  }
  return copy;
}

/**
 * Makes sure that the user can work in a data directory. Where it cannot get there, the directory
 * moves to /var/lib/trumpet and a symlink takes its place.
 *
 * @returns where the data is: the path itself or what its symlink points to.
 */
export function reachableDataDirectory(path: string, user: SystemUser | undefined): string {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry?.isSymbolicLink()) {
    const target = readlinkSync(path);
    if (existsSync(target)) {
      return target;
    }
    rmSync(path); // Whoever removed the data wants to begin anew.
  }
  if (user === undefined) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  }
  if (entry === undefined || entry.isSymbolicLink()) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chownSync(path, user.uid, user.gid);
  }
  if (shellTest(user, 'cd "$1"', path)) {
    return path;
  }
  openShelter();
  const target = join(SHELTER, `data-${randomBytes(6).toString('hex')}`);
  cpSync(path, target, { recursive: true });
  chownTree(target, user);
  chmodSync(target, 0o700);
  rmSync(path, { recursive: true });
  symlinkSync(target, path);
  log.info({ event: 'postgres.data_moved', from: path, to: target });
  return target;
}

/** Whether Postgres would start from there: its binaries run, its libraries and catalogs can be read. */
function canRun(native: string, user: SystemUser): boolean {
  const test =
    'test -x "$1/bin/postgres" && test -x "$1/bin/initdb" && test -r "$1/lib/libpq.so.5" && test -r "$1/share/postgresql/postgres.bki"';
  // Asked by doing it as that user: no arithmetic with mode bits knows ACLs and mounts.
  return shellTest(user, test, native);
}

function shellTest(user: SystemUser, script: string, path: string): boolean {
  const options = { ...user, cwd: '/', stdio: 'ignore' } as const;
  return spawnSync('/bin/sh', ['-c', script, 'sh', path], options).status === 0;
}

function openShelter(): void {
  try {
    mkdirSync(SHELTER, { recursive: true });
    chmodSync(SHELTER, 0o755);
    if (statSync(SHELTER).uid !== 0) {
      throw new Error('it does not belong to root');
    }
  } catch (error) {
    throw new StartError(
      `The user of Postgres cannot enter ${dirname(process.cwd())}, and ${SHELTER} cannot be used instead: ${(error as Error).message}.`,
    );
  }
}

/** Installed as root under a strict umask, the files would be root's alone. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      openToAll(path);
    } else if (entry.isFile()) {
      chmodSync(path, folder.endsWith('/bin') || entry.name.includes('.so') ? 0o755 : 0o644);
    }
  }
}

function chownTree(path: string, user: SystemUser): void {
  chownSync(path, user.uid, user.gid);
  if (lstatSync(path).isDirectory()) {
    for (const name of readdirSync(path)) {
      chownTree(join(path, name), user);
    }
  }
}

/** Some package managers drop the mode of what they unpack. */
function makeExecutable(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if ((statSync(path).mode & 0o100) === 0) {
      chmodSync(path, 0o755);
    }
  }
}

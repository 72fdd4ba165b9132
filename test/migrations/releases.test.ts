import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  changedReleasedMigrations,
  releasedMigrations,
} from '../../scripts/migrations/releases.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trumpet-releases-'));
  mkdirSync(join(root, 'migrations', 'committed'), { recursive: true });
  git('init', '--quiet');
});
afterEach(() => rmSync(root, { recursive: true }));

function git(...options: string[]): void {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  execFileSync('git', [...identity, ...options], { cwd: root });
}

function write(name: string, text: string): void {
  writeFileSync(join(root, 'migrations', 'committed', name), text);
}

function commitAll(): void {
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Change the migrations');
}

test('a migration is released when a tag v… has it, and then it may not change', () => {
  write('000001-people.sql', 'select 1;');
  commitAll();
  git('tag', 'voyage');
  expect([...releasedMigrations(root)]).toEqual([]);

  git('tag', 'v1.0.0');
  write('000002-rooms.sql', 'select 2;');
  commitAll();
  expect([...releasedMigrations(root)]).toEqual(['000001-people.sql']);
  expect([...changedReleasedMigrations(root)]).toEqual([]);

  write('000001-people.sql', 'select 3;');
  write('000002-rooms.sql', 'select 4;');
  expect([...changedReleasedMigrations(root)]).toEqual(['000001-people.sql']);
});

test('the tag of a candidate freezes the migrations, and nothing else has to be changed with it', () => {
  write('000001-people.sql', 'select 1;');
  commitAll();
  write('000001-people.sql', 'select 2;');
  commitAll();
  expect([...changedReleasedMigrations(root)]).toEqual([]);

  git('tag', '--annotate', '--message', 'The first candidate', 'v1.0.0-rc.1');
  expect([...releasedMigrations(root)]).toEqual(['000001-people.sql']);
  write('000001-people.sql', 'select 3;');
  commitAll();
  expect([...changedReleasedMigrations(root)]).toEqual(['000001-people.sql']);
});

test('a released migration may not go either', () => {
  write('000001-people.sql', 'select 1;');
  commitAll();
  git('tag', 'v1.0.0');
  rmSync(join(root, 'migrations', 'committed', '000001-people.sql'));
  expect([...changedReleasedMigrations(root)]).toEqual(['000001-people.sql']);
});

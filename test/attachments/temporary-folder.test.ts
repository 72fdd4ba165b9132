import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTemporaryFolder } from '../../src/attachments/temporary-folder.ts';

const parent = mkdtempSync(join(tmpdir(), 'trumpet-temporary-test-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

function folderTouched(name: string, minutesAgo: number): string {
  const path = join(parent, name);
  mkdirSync(path);
  writeFileSync(join(path, 'rewritten'), 'a picture');
  const then = new Date(Date.now() - minutesAgo * 60_000);
  utimesSync(path, then, then);
  return path;
}

test('a worker removes what one that was killed has left, and nothing of one that is alive', async () => {
  const [dead, alive] = [
    folderTouched('trumpet-worker-dead', 11),
    folderTouched('trumpet-worker-alive', 9),
  ];
  const strange = folderTouched('something-else', 600);

  const temporary = await createTemporaryFolder(parent);

  expect([dead, alive, strange].map((path) => existsSync(path))).toEqual([false, true, true]);
  await temporary.close();
});

test('a job has a folder of its own until it is done, also when it fails', async () => {
  const temporary = await createTemporaryFolder(parent);
  const folders: string[] = [];
  const work = async (folder: string) => {
    writeFileSync(join(folder, 'file'), 'bytes');
    folders.push(folder);
    throw new Error('broken');
  };
  await expect(temporary.using(work)).rejects.toThrow('broken');
  await expect(temporary.using(work)).rejects.toThrow('broken');

  expect(new Set(folders).size).toBe(2);
  expect(folders.some((folder) => existsSync(folder))).toBe(false);
  await temporary.close();
  expect(readdirSync(parent).filter((name) => name.startsWith('trumpet-worker-'))).toEqual([
    'trumpet-worker-alive',
  ]);
});

test('a worker that slept so long that its folder was removed goes on', async () => {
  const temporary = await createTemporaryFolder(parent);
  const own = await temporary.using(async (folder) => join(folder, '..'));
  rmSync(own, { recursive: true });

  await expect(temporary.using(async (folder) => existsSync(folder))).resolves.toBe(true);
  await temporary.close();
});

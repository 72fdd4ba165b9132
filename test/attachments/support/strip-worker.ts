import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { BrokenFile } from '../../../src/attachments/stripping/copy.ts';
import { stripFile } from '../../../src/attachments/stripping/strip.ts';
import type { StripAnswer, StripQuestion } from './strip-apart.ts';

const folder = mkdtempSync(join(tmpdir(), 'trumpet-strip-worker-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const [from, to] = [join(folder, 'from'), join(folder, 'to')];

parentPort?.on('message', ({ type, orientation, bytes }: StripQuestion) => {
  writeFileSync(from, bytes);
  parentPort?.postMessage(strip(type, orientation));
});

function strip(type: string, orientation: number): StripAnswer {
  try {
    const { isRewritten } = stripFile(type, orientation, from, to);
    return { kind: 'copied', bytes: readFileSync(to), isRewritten };
  } catch (error) {
    return error instanceof BrokenFile
      ? { kind: 'refused' }
      : { kind: 'crashed', reason: String((error as Error).stack) };
  }
}

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Block, REPOSITORY } from './blocks.ts';

type Step = Pick<Block, 'place' | 'text' | 'until'>;

/**
 * Runs the commands of a document in a row, as a reader does in one terminal: in the repository, against a server with
 * the sample data in place of the one at port 8000. What still runs at the end is ended.
 *
 * @returns what was printed. Throws when a command fails.
 */
export async function runCommands(steps: readonly Step[], serverUrl: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'trumpet-commands-'));
  try {
    const output = join(folder, 'output');
    writeFileSync(output, '');
    const script = steps
      .map(({ place, text, until }) =>
        [
          `echo "# ${place}"`,
          until === undefined || /&\s*(?:#.*)?$/.test(text.trim()) ? text : `{ ${text.trim()}\n} &`,
          until === undefined
            ? ''
            : `timeout 20 grep -q -m1 -- ${quoted(until)} <(tail -f -n +1 ${quoted(output)})`,
        ].join('\n'),
      )
      .join('\n');
    const here = script
      .replaceAll('http://127.0.0.1:8000', serverUrl)
      .replaceAll('ws://127.0.0.1:8000', serverUrl.replace('http', 'ws'))
      .replaceAll(
        /(node examples\/listen\.mjs)\b/g,
        `$1 ${serverUrl.replace('http', 'ws')}/graphql`,
      )
      .replaceAll(
        /(node examples\/listen-json\.mjs)\b/g,
        `$1 ${serverUrl.replace('http', 'ws')}/ws`,
      );
    return await runScript(
      `set -meuo pipefail\nexec > >(tee ${quoted(output)}) 2>&1\ntrap 'kill -- $(jobs -p | sed s/^/-/) 2>/dev/null || true' EXIT\n${here}\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What bash says of the grammar of a block; nothing when it is right. */
export function grammarOf(text: string): Promise<string> {
  return runScript(text, '-n').then(
    () => '',
    (error: Error) => error.message,
  );
}

function runScript(script: string, ...options: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', [...options, '-s'], {
      cwd: REPOSITORY,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) {
        resolve(output);
      } else {
        reject(new Error(`bash ended with ${code}:\n${output}`));
      }
    });
    child.stdin.end(script);
  });
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

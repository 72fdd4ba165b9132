import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const LIMIT_MS = 400_000;

test(
  'every promise holds under every fault, at the small size',
  async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'run.ts')], {
      env: { ...process.env, FAULTS_SIZE: 'small' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    const [code] = await once(child, 'exit');
    const broken = output.split('\n').filter((line) => line.endsWith('| NO |'));
    expect([...new Set(broken)]).toEqual([]);
    expect(code).toBe(0);
  },
  LIMIT_MS,
);

import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

/** The first version whose tools can read what we run on. */
const LEAST_VERSION = 18;

/** Whether the tools of Postgres are installed here, in a version that can read ours. */
export function hasPostgresTools(): boolean {
  try {
    const answer = execFileSync('pg_dump', ['--version'], { encoding: 'utf8', stdio: 'pipe' });
    return Number(/(\d+)\.\d+/.exec(answer)?.[1]) >= LEAST_VERSION;
  } catch {
    return false;
  }
}

/** Runs a command line as somebody types it, with these variables. @throws with what it said when it fails. */
export async function runShell(
  command: string,
  variables: Record<string, string>,
): Promise<{ stdout: string; stderr: string }> {
  return await promisify(execFile)('bash', ['-c', command], {
    env: { ...process.env, ...variables },
    maxBuffer: 50_000_000,
  });
}

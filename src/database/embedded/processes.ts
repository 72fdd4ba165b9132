import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';

/** Questions about other processes. Linux answers through /proc; elsewhere `ps` does. */

/**
 * Something that two processes with the same id cannot share. Undefined when there is no such
 * process, or only a zombie: dead, but not yet buried by its parent.
 */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces. Behind it come the state (field 3) and, as field 22, the start time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return ps(pid, 'lstart=');
  }
}

/** Whether the process that had this id and start time still runs. */
export function isAlive(pid: number, startTime: string | undefined): boolean {
  const startTimeNow = startTimeOf(pid);
  return startTimeNow !== undefined && startTimeNow === startTime;
}

/**
 * The Postgres processes that work in a data directory: each has it as its working directory.
 * `postmasterPid` is the candidate to ask about where /proc does not exist.
 */
export function postgresProcessesIn(dataDirectory: string, postmasterPid?: number): number[] {
  const directory = realpathSync(dataDirectory);
  let pids: number[];
  try {
    pids = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? Number(name) : []));
  } catch {
    return postmasterPid !== undefined && ps(postmasterPid, 'comm=')?.includes('postgres')
      ? [postmasterPid]
      : [];
  }
  return pids.filter((pid) => {
    try {
      return (
        readlinkSync(`/proc/${pid}/cwd`) === directory &&
        readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('postgres')
      );
    } catch {
      return false; // It ended meanwhile, or belongs to someone else.
    }
  });
}

function ps(pid: number, column: string): string | undefined {
  try {
    return (
      execFileSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' }).trim() ||
      undefined
    );
  } catch {
    return undefined;
  }
}

import { readdirSync, readFileSync } from 'node:fs';
import type { Pool } from 'pg';

/** A tick of the processor time that Linux tells of a process, in microseconds. */
const TICK_US = 10_000;

interface Process {
  readonly parent: number;
  readonly cpuUs: number;
}

/** Processor time of a process and of all that it started and that still runs, in microseconds; Linux tells it. */
export function cpuOfTree(root: number): number {
  const processes = new Map<number, Process>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const process = readProcess(Number(name));
    if (process !== undefined) {
      processes.set(Number(name), process);
    }
  }
  const isBelow = (pid: number): boolean =>
    pid === root || (processes.has(pid) && isBelow(processes.get(pid)?.parent ?? 0));
  return [...processes]
    .filter(([pid]) => isBelow(pid))
    .reduce((sum, [, { cpuUs }]) => sum + cpuUs, 0);
}

/** The process that all connections of a database on this machine are children of. */
export async function postmasterOf(owner: Pool): Promise<number> {
  const { rows } = await owner.query<{ pid: number }>('select pg_backend_pid() as pid');
  return readProcess(rows[0]?.pid ?? 0)?.parent ?? 0;
}

/** Undefined when it has ended. */
function readProcess(pid: number): Process | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return {
      parent: Number(fields[1]),
      // Of itself, and of those of its children that have ended: a server's connections come and go.
      cpuUs: [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0) * TICK_US,
    };
  } catch {
    return undefined;
  }
}

import { readFileSync } from 'node:fs';

/** The memory of a process as Linux counts it, in bytes. */
export interface ProcessMemory {
  readonly resident: number;
  /** The most that it has ever had. */
  readonly highest: number;
}

export function memoryOf(pid: number | string): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytesOf = (name: string) =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1_024;
  return { resident: bytesOf('VmRSS'), highest: bytesOf('VmHWM') };
}

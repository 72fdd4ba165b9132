import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { InspectionResult, InspectionTask } from './inspection.ts';

const PROGRAM = fileURLToPath(new URL('./inspector-process.ts', import.meta.url));
/** How long each kind of task may take before its process is killed, in milliseconds. */
const TIME_LIMIT_MS: Record<InspectionTask['kind'], number> = {
  measure: 5_000,
  picture: 60_000,
  avatar: 60_000,
  emoji: 60_000,
  media: 30_000,
};
/**
 * Nothing of ours that could leak. glibc keeps what a picture took, in an arena a thread and, once it has seen a large
 * piece of memory come and go, for the next: told not to, it gives it back at once.
 */
const ENVIRONMENT = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072' };
/** A process that has had nothing to do for so long ends, and its memory with it. */
const IDLE_MS = 30_000;

export interface Inspector {
  /**
   * Looks into a file. Tasks are done one after the other.
   *
   * @throws InspectionFailure when the process crashed or took too long
   */
  inspect(task: InspectionTask): Promise<InspectionResult>;
  close(): Promise<void>;
}

/** The file killed its reader, or would have. */
export class InspectionFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InspectionFailure';
  }
}

/**
 * Reads strangers' files in a process of its own, begun when it is first needed: a decoder that crashes, hangs or
 * swells does it there, and is killed there.
 */
export function createInspector(): Inspector {
  let child: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  function begin(): ChildProcess {
    const started = fork(PROGRAM, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
      env: ENVIRONMENT,
    });
    started.on('error', () => {}); // `exit` or the time limit tells of it.
    started.once('exit', () => {
      if (child === started) {
        child = undefined;
      }
    });
    return started;
  }

  async function run(task: InspectionTask): Promise<InspectionResult> {
    if (closed) {
      throw new InspectionFailure('The inspector is closed');
    }
    clearTimeout(idle);
    child ??= begin();
    const current = child;
    const done = new AbortController();
    const timer = setTimeout(() => current.kill('SIGKILL'), TIME_LIMIT_MS[task.kind]);
    try {
      const answer = once(current, 'message', { signal: done.signal });
      const exit = once(current, 'exit', { signal: done.signal });
      // Whichever does not come is given up below.
      answer.catch(() => {});
      exit.catch(() => {});
      current.send(task, () => {});
      const [result] = await Promise.race([
        answer,
        exit.then(([code, signal]) => {
          throw new InspectionFailure(`The inspector ended with ${signal ?? code}`);
        }),
      ]);
      return result as InspectionResult;
    } finally {
      clearTimeout(timer);
      done.abort();
      idle = setTimeout(() => current.kill(), IDLE_MS).unref();
    }
  }

  return {
    inspect(task) {
      const result = last.then(() => run(task));
      last = result.catch(() => {});
      return result;
    },
    async close() {
      closed = true;
      clearTimeout(idle);
      if (child !== undefined && child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
    },
  };
}

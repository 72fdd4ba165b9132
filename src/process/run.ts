import { log } from './log.ts';
import { StartError } from './start-error.ts';

/** Under the 10 s that service managers and Docker wait before they kill. */
const STOP_TIMEOUT_MS = 9_000;
/** npm passes on a Ctrl-C that the terminal has sent us already: not yet a second one. */
const SAME_SIGNAL_MS = 1_000;

/**
 * Runs a process from start to SIGINT or SIGTERM: what the start puts on the stack is stopped in
 * reverse order. A second signal, or 9 s without an end, ends the process at once.
 */
export async function runUntilSignal(
  start: (stack: AsyncDisposableStack) => Promise<void>,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const signalled = nextSignal();
  // A signal during the start waits for its end: nothing is left half-done.
  if (await succeeds(start(stack))) {
    await signalled;
  }
}

/** Runs a process that does one thing and ends. */
export async function runOnce(
  action: (stack: AsyncDisposableStack) => Promise<void>,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  await succeeds(action(stack));
}

/** Tells a person what went wrong, in a line where it is theirs to mend, and sets the exit code. */
async function succeeds(action: Promise<void>): Promise<boolean> {
  try {
    await action;
    return true;
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof StartError) {
      process.stderr.write(`${error.message}\n`);
    } else {
      log.fatal({ event: 'start.failed', error });
    }
    return false;
  }
}

function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = (signal: NodeJS.Signals) => {
      if (first === undefined) {
        first = performance.now();
        log.info({ event: 'stopping', signal });
        setTimeout(() => forceExit('stop.timed_out'), STOP_TIMEOUT_MS).unref();
        resolve();
      } else if (performance.now() - first > SAME_SIGNAL_MS) {
        forceExit('stop.forced');
      }
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  });
}

function forceExit(event: string): void {
  log.warn({ event });
  process.exit(1);
}

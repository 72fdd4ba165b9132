import { log } from './log.ts';

/**
 * Runs an action again and again, with a pause between the end of one run and the start of the next.
 * A failure is logged and does not end it.
 *
 * @returns a function that stops it and waits for the run under way.
 */
export function repeat(
  name: string,
  pauseMs: number,
  action: () => Promise<unknown>,
): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    try {
      await action();
    } catch (error) {
      log.warn({ event: 'worker.repeat_failed', name, error });
    }
    schedule();
  }
  function schedule(): void {
    if (!stopped) {
      timer = setTimeout(() => {
        running = run();
      }, pauseMs);
    }
  }

  schedule();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}

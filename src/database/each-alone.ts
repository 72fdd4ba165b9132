import { isDatabaseAway } from './away.ts';

/** How many reasons the message of an error names. All are among its `errors`. */
const REASONS_NAMED = 3;

/**
 * Does something with each item, one after the other. One that fails holds up none of the others.
 *
 * @throws AggregateError of what failed, when all others are done; at once where `throwUnlessAlone` does
 */
export async function eachAlone<T>(
  items: Iterable<T>,
  signal: AbortSignal,
  run: (item: T) => Promise<unknown>,
): Promise<void> {
  const errors: unknown[] = [];
  for (const item of items) {
    signal.throwIfAborted();
    try {
      await run(item);
    } catch (error) {
      throwUnlessAlone(error, signal);
      errors.push(error);
    }
  }
  throwTogether(errors);
}

/** Does several things, one after the other, as `eachAlone` does. */
export function stepsAlone(
  signal: AbortSignal,
  ...steps: readonly (() => Promise<unknown>)[]
): Promise<void> {
  return eachAlone(steps, signal, (step) => step());
}

/** Throws what is not of one item: the end of the process, and that the database is away, which all others would meet. */
export function throwUnlessAlone(error: unknown, signal: AbortSignal): void {
  if (signal.aborted || isDatabaseAway(error)) {
    throw error;
  }
}

/** @throws AggregateError, unless there are none. */
export function throwTogether(errors: readonly unknown[]): void {
  if (errors.length > 0) {
    const reasons = errors.slice(0, REASONS_NAMED).map((error) => (error as Error).message);
    throw new AggregateError(errors, `${errors.length} failed: ${reasons.join(' ')}`);
  }
}

import { loadavg } from 'node:os';

const TELL_EVERY_MS = 15_000;

/**
 * Runs something that takes its time, and says so: when it begins, every fifteen seconds, and how long it took.
 *
 * @param place such as `2/14`
 */
export async function withProgress<T>(
  name: string,
  place: string,
  run: () => Promise<T>,
): Promise<{ readonly result: T; readonly seconds: number }> {
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 1_000);
  console.log(`[${place}] ${name} begins at ${new Date().toTimeString().slice(0, 8)}`);
  const timer = setInterval(() => {
    console.log(`[${place}] ${name}: ${seconds()} s so far, load ${loadavg()[0]?.toFixed(1)}`);
  }, TELL_EVERY_MS);
  try {
    const result = await run();
    console.log(`[${place}] ${name}: ${seconds()} s`);
    return { result, seconds: seconds() };
  } finally {
    clearInterval(timer);
  }
}

/** What `--help` says of each: its name, what it is about, and how long it took when it was recorded last. */
export function listWithDurations(
  entries: readonly { readonly name: string; readonly about: string; readonly seconds?: number }[],
): string {
  const width = Math.max(...entries.map(({ name }) => name.length));
  return entries
    .map(({ name, about, seconds }) => {
      const duration = seconds === undefined ? '?' : `${seconds} s`;
      return `  ${name.padEnd(width)} ${duration.padStart(7)}  ${about}`;
    })
    .join('\n');
}

/** Jest loads setup and teardown as separate modules: what they share hangs on the global object. */
const shared = globalThis as { stopTestPostgres?: () => Promise<void> };

export function onTeardown(stop: () => Promise<void>): void {
  shared.stopTestPostgres = stop;
}

export default async function globalTeardown(): Promise<void> {
  await shared.stopTestPostgres?.();
}

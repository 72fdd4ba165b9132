import { lstatSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Jest loads setup and teardown as separate modules: what they share hangs on the global object. */
const shared = globalThis as { stopTestPostgres?: () => Promise<void> };

export function onTeardown(folder: string, stop: () => Promise<void>): void {
  shared.stopTestPostgres = async () => {
    await stop();
    const data = join(folder, 'postgres');
    if (lstatSync(data).isSymbolicLink()) {
      rmSync(readlinkSync(data), { recursive: true, force: true });
    }
    rmSync(folder, { recursive: true, force: true });
  };
}

export default async function globalTeardown(): Promise<void> {
  await shared.stopTestPostgres?.();
}

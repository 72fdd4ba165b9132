import { accessSync, constants, mkdirSync } from 'node:fs';
import { StartError } from './start-error.ts';

/**
 * Makes a folder in DATA_DIR, and those around it, where they are not there yet.
 *
 * @param mode who may enter one that is made
 * @throws StartError when it cannot be made or written
 */
export function makeDataFolder(folder: string, mode?: number): void {
  try {
    mkdirSync(folder, { recursive: true, ...(mode === undefined ? {} : { mode }) });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const { message } = cause as Error;
    throw new StartError(`DATA_DIR must be a folder that can be written: ${message}.`, { cause });
  }
}

import { readFileSync } from 'node:fs';
import { offsetWallClock } from '../../../testing/clock.ts';

/*
 * Loaded before a server: at SIGUSR2 it sets the wall clock of the process off by as many milliseconds as the file
 * CLOCK_OFFSET_FILE says.
 */
let current: Disposable | undefined;
process.on('SIGUSR2', () => {
  current?.[Symbol.dispose]();
  current = offsetWallClock(Number(readFileSync(process.env.CLOCK_OFFSET_FILE as string, 'utf8')));
});

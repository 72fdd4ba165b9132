import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Gauge, type Registry } from 'prom-client';

/** The version of Trumpet that runs, as package.json has it: nothing else in the code names one. */
export const VERSION: string = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
).version;

/** Shows the version as a label, so that a board tells which processes of a rolling deploy are new. */
export function registerVersion(registry: Registry): void {
  new Gauge({
    name: 'trumpet_build_info',
    help: 'The version that runs, as a label; always 1.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version: VERSION }, 1);
}

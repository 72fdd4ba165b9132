import { createServer } from 'node:net';
import type { Config } from '../config/load.ts';
import { listen, type PlaceToListen } from '../process/listen.ts';

/** @throws StartError when the port is taken, so that nothing is begun in vain. */
export async function checkPort(config: Pick<Config, 'host' | 'port'>): Promise<void> {
  const probe = createServer();
  await listen(probe, placeOf(config));
  await new Promise((done) => probe.close(done));
}

export function placeOf({ host, port }: Pick<Config, 'host' | 'port'>): PlaceToListen {
  return { host, port, setting: 'PORT' };
}

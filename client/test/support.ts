import type { TestDatabase } from '../../testing/database.ts';
import { freePort } from '../../testing/free-port.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';
import type { View } from '../src/index.ts';

/** Resolves with the value of a view as soon as it is as wanted. */
export function until<T>(view: View<T>, isWanted: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    const look = () => {
      const value = view.get();
      if (isWanted(value)) {
        stop();
        resolve(value);
      }
    };
    const stop = view.subscribe(look);
    look();
  });
}

/** A server that can go away and come back at the same address. */
export interface RestartableServer {
  readonly url: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startRestartable(database: TestDatabase): Promise<RestartableServer> {
  const port = await freePort();
  let server: TestServer | null = await startTestServer(database, { PORT: String(port) });
  return {
    url: server.url,
    async stop() {
      await server?.close();
      server = null;
    },
    async start() {
      server ??= await startTestServer(database, { PORT: String(port) });
    },
  };
}

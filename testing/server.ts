import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../src/config/load.ts';
import { startServer } from '../src/http/server.ts';
import { TEST_JWT_SECRET } from './access-token.ts';
import type { TestDatabase } from './database.ts';
import { openSocket, type SocketError, type SocketOptions, type TestSocket } from './socket.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
export interface GraphqlResult<T = any> {
  readonly status: number;
  readonly headers: Headers;
  readonly data?: T;
  readonly errors?: readonly SocketError[];
}

export interface TestServer {
  readonly url: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  graphql<T = any>(
    query: string,
    variables?: Record<string, unknown>,
    token?: string,
  ): Promise<GraphqlResult<T>>;
  /** A socket on `/graphql`; closed with the server when the test does not. */
  socket(options?: SocketOptions): Promise<TestSocket>;
  close(): Promise<void>;
}

/**
 * The real server, in this process, on a free port, for one test database.
 *
 *     const server = await startTestServer(database);
 *     afterAll(() => server.close());
 *
 * Where a test fails before it closes the server, the database does.
 *
 * @param settings the environment to add, such as `{ INTROSPECTION: 'false' }`
 * @param through other addresses of the same database, such as those of a proxy
 */
export async function startTestServer(
  database: TestDatabase,
  settings: Record<string, string> = {},
  through: Pick<TestDatabase, 'databaseUrl' | 'authDatabaseUrl'> = database,
): Promise<TestServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'trumpet-server-'));
  const config = loadConfig({
    DATA_DIR: dataDir,
    PORT: '0',
    HOST: '127.0.0.1',
    DATABASE_URL: through.databaseUrl,
    AUTH_DATABASE_URL: through.authDatabaseUrl,
    JWT_SECRET: TEST_JWT_SECRET,
    GRAPHIQL: 'true',
    INTROSPECTION: 'true',
    ...settings,
  });
  const server = await startServer({
    ...config,
    databaseUrl: through.databaseUrl,
    authDatabaseUrl: through.authDatabaseUrl,
    jwtSecret: TEST_JWT_SECRET,
  });
  async function close(): Promise<void> {
    database.closeFirst.delete(close);
    await server.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
  database.closeFirst.add(close);
  return {
    url: server.url,
    async graphql(query, variables = {}, token) {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          // Kept-alive connections would outlive the test.
          connection: 'close',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ query, variables }),
      });
      const body = await response.json();
      return { status: response.status, headers: response.headers, ...(body as object) };
    },
    socket: (options) => openSocket(`${server.url}/graphql`, options),
    close,
  };
}

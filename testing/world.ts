import { createTestDatabase, type TestDatabase, type TestUser } from './database.ts';
import { startTestServer, type TestServer } from './server.ts';

/** A database, and a server on it. */
export interface TestWorld {
  readonly database: TestDatabase;
  readonly server: TestServer;
  close(): Promise<void>;
}

/**
 * A world of a test file's own.
 *
 *     const { database, server, close } = await createTestWorld();
 *     afterAll(close);
 *
 * @param settings the environment to add, such as `{ INTROSPECTION: 'false' }`
 */
export async function createTestWorld(settings: Record<string, string> = {}): Promise<TestWorld> {
  const database = await createTestDatabase();
  const server = await startTestServer(database, settings);
  return {
    database,
    server,
    async close() {
      await server.close();
      await database.close();
    },
  };
}

/** A private room with people in it. */
export interface RoomOfTwo {
  /** Its owner. */
  readonly ada: TestUser;
  /** A member. */
  readonly bob: TestUser;
  readonly roomId: string;
}

export async function createRoomOfTwo(database: TestDatabase): Promise<RoomOfTwo> {
  const ada = await database.createUser();
  const bob = await database.createUser();
  const { id: roomId } = await database.createRoom(ada, { type: 'private', members: [bob] });
  return { ada, bob, roomId };
}

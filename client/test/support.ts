import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { TEST_JWT_SECRET } from '../../testing/access-token.ts';
import type { TestDatabase, TestUser } from '../../testing/database.ts';
import { freePort } from '../../testing/free-port.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';
import { RoomDocument } from '../src/generated.ts';
import { memoryStorage, type Storage, type View } from '../src/index.ts';
import { readMembership, readMessage, readRoomParts } from '../src/replica/read.ts';
import { TABLES } from '../src/store/store.ts';

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

export async function startRestartable(
  database: TestDatabase,
  settings: Record<string, string> = {},
): Promise<RestartableServer> {
  const port = String(await freePort());
  const start = () => startTestServer(database, { ...settings, PORT: port });
  let server: TestServer | null = await start();
  return {
    url: server.url,
    async stop() {
      await server?.close();
      server = null;
    },
    async start() {
      server ??= await start();
    },
  };
}

/** A server in a process of its own, which can be killed. */
export interface SupervisedServer {
  readonly url: string;
  kill(): Promise<void>;
  start(): Promise<void>;
}

export async function superviseServer(database: TestDatabase): Promise<SupervisedServer> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  const isReady = () =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );

  async function start(): Promise<void> {
    child ??= spawn(process.execPath, ['src/server.ts'], {
      cwd: join(import.meta.dirname, '..', '..'),
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: database.databaseUrl,
        AUTH_DATABASE_URL: database.authDatabaseUrl,
        JWT_SECRET: TEST_JWT_SECRET,
        PORT: port,
        HOST: '127.0.0.1',
        LOG_LEVEL: 'fatal',
      },
      stdio: 'ignore',
    });
    while (!(await isReady())) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  await start();
  return {
    url,
    start,
    async kill() {
      if (child !== undefined) {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        child = undefined;
        await ended;
      }
    },
  };
}

/** A room as one would fetch it, in the words of the replica. */
export async function fetchRoom(server: TestServer, viewer: TestUser, roomId: string) {
  const { data, errors } = await server.graphql(
    RoomDocument.toString(),
    { roomId, first: 100 },
    viewer.token,
  );
  if (errors !== undefined) {
    throw new Error(JSON.stringify(errors));
  }
  const { messages, changeSeq: _, viewerMembership, directUser: __, ...parts } = data.room;
  return {
    room: { ...readRoomParts(parts), membership: readMembership(viewerMembership) },
    messages: messages.nodes.toReversed().map((message: never) => readMessage(message, undefined)),
  };
}

export interface CopyableStorage extends Storage {
  readonly names: ReadonlySet<string>;
}

export function copyableStorage(options: { readonly isShared?: boolean } = {}): CopyableStorage {
  const memory = memoryStorage(options);
  const names = new Set<string>();
  return {
    ...memory,
    names,
    open(name) {
      names.add(name);
      return memory.open(name);
    },
  };
}

/** What a crash at this moment leaves. */
export async function copyOf(storage: CopyableStorage): Promise<CopyableStorage> {
  const copy = copyableStorage({ isShared: storage.isShared });
  for (const name of storage.names) {
    const [from, to] = [await storage.open(name), await copy.open(name)];
    const snapshot = await from.load();
    await to.write(
      TABLES.flatMap((table) =>
        [...snapshot[table]].map(([key, value]) => ({ table, key, value })),
      ),
    );
  }
  return copy;
}

/** The log of a room is lost, as after a long absence: nobody can resume from before. */
export async function dropLog({ owner }: TestDatabase, roomId: string): Promise<void> {
  await owner.query(
    `update app_private.change_log_floor set xid = dropped.xid
      from (select max(xid) as xid from app_private.room_changes where room_id = $1) as dropped
      where dropped.xid is not null`,
    [roomId],
  );
  await owner.query('delete from app_private.room_changes where room_id = $1', [roomId]);
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TEST_JWT_SECRET } from '../../testing/access-token.ts';
import type { TestDatabase, TestUser } from '../../testing/database.ts';
import { freePort } from '../../testing/free-port.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';
import { BlockedDocument, ConversationsDocument, RoomDocument } from '../src/generated.ts';
import type { Storage, TypedDocument, View } from '../src/index.ts';
import { HistoryDocument, MembersDocument } from '../src/on-demand/generated.ts';
import { readMessage, readRoom } from '../src/replica/read.ts';
import { memoryStorage } from '../src/store/memory.ts';
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
  /** Ends it for good, with its files. */
  close(): Promise<void>;
}

export async function superviseServer(database: TestDatabase): Promise<SupervisedServer> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const dataDir = mkdtempSync(join(tmpdir(), 'trumpet-client-'));
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
        DATA_DIR: dataDir,
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

  async function kill(): Promise<void> {
    if (child !== undefined) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      child = undefined;
      await ended;
    }
  }

  await start();
  return {
    url,
    start,
    kill,
    async close() {
      await kill();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Asks as somebody; a refusal fails the test. */
async function ask<Result, Variables extends object>(
  server: TestServer,
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  token: string,
): Promise<Result> {
  const { data, errors } = await server.graphql<Result>(
    document.toString(),
    variables as Record<string, unknown>,
    token,
  );
  if (errors !== undefined || data === undefined) {
    throw new Error(JSON.stringify(errors));
  }
  return data;
}

/** A room with its newest seventy messages as one would fetch it, in the words of the replica. */
export async function fetchRoom(server: TestServer, viewer: TestUser, roomId: string) {
  const { room } = await ask(server, RoomDocument, { roomId, first: 70 }, viewer.token);
  if (room?.viewerMembership == null) {
    throw new Error('Only its members fetch a room.');
  }
  const { messages, heldMessages: _, latestMessage: __, ...parts } = room;
  return {
    room: readRoom(parts),
    messages: messages.nodes.toReversed().map((message) => readMessage(message, undefined)),
  };
}

/** All that one would fetch of a room's messages and members, in the words of the replica. */
export async function fetchWholeRoom(server: TestServer, viewer: TestUser, roomId: string) {
  const { room, messages: newest } = await fetchRoom(server, viewer, roomId);
  let messages = newest;
  for (let isMore = newest.length === 70; isMore; ) {
    const { room: page } = await ask(
      server,
      HistoryDocument,
      { roomId, first: 100, beforeSeq: String(messages[0]?.seq), orderBy: ['SEQ_DESC'] },
      viewer.token,
    );
    const older = page?.messages.nodes.toReversed() ?? [];
    messages = [...older.map((message) => readMessage(message, undefined)), ...messages];
    isMore = page?.messages.pageInfo.hasNextPage ?? false;
  }
  const { room: there } = await ask(server, MembersDocument, { roomId, first: 100 }, viewer.token);
  const members = (there?.members.nodes ?? []).map(({ userId, role, lastReadSeq }) => ({
    ...{ roomId, userId, role },
    lastReadSeq: Number(lastReadSeq),
  }));
  return { room, messages, members };
}

/** What one would fetch beside the rooms: which they are, in the order of the inbox, and who is blocked. */
export async function fetchInbox(server: TestServer, { token }: TestUser) {
  const { userConversations } = await ask(server, ConversationsDocument, { first: 50 }, token);
  const { blockedUsers } = await ask(server, BlockedDocument, { first: 100 }, token);
  return {
    rooms: (userConversations?.nodes ?? []).map(({ room }) => ({
      id: room.id,
      latestMessageId: room.latestMessage?.id ?? null,
      lastActivityAt: room.latestMessage?.createdAt ?? room.viewerMembership?.joinedAt,
    })),
    blockedIds: (blockedUsers?.nodes ?? []).map(({ id }) => id),
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

import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { indexAll } from '../src/worker/index-messages.ts';
import { signToken } from './access-token.ts';

export type Queryable = Pick<pg.ClientBase, 'query'>;

export interface TestUser {
  readonly id: string;
  readonly username: string;
  readonly sessionId: string;
  /** An access token as the server issues it. */
  readonly token: string;
}

export interface RoomSettings {
  readonly name?: string;
  readonly slug?: string;
  readonly type?: 'public' | 'private';
  readonly maxMembers?: number;
  /** Added by the owner, after the room is made. */
  readonly members?: readonly { readonly id: string }[];
}

export interface TestDatabase {
  readonly databaseUrl: string;
  readonly authDatabaseUrl: string;
  /** As the owner, above every policy. */
  readonly owner: pg.Pool;
  /** Runs SQL as trumpet_user for this person, in a transaction that is rolled back. */
  asUser<T>(
    user: { id: string; sessionId?: string },
    run: (client: pg.ClientBase) => Promise<T>,
  ): Promise<T>;
  /** The same as trumpet_visitor. */
  asVisitor<T>(run: (client: pg.ClientBase) => Promise<T>): Promise<T>;
  /** The same as trumpet_broadcast for a room. */
  asBroadcast<T>(roomId: string, run: (client: pg.ClientBase) => Promise<T>): Promise<T>;
  /** As `asUser`, and commits: for what other connections are to see. */
  commitAs<T>(
    user: { id: string; sessionId?: string },
    run: (client: pg.ClientBase) => Promise<T>,
  ): Promise<T>;
  /** Calls a function of the API as this person, committed, and returns the row that it gives. */
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  call(user: { id: string; sessionId?: string }, name: string, ...values: unknown[]): Promise<any>;
  /** A person with an open session. The password is the username, should a test sign in. */
  createUser(username?: string): Promise<TestUser>;
  /** Made by `app_public.create_room` as its owner, committed. */
  createRoom(owner: { id: string }, settings?: RoomSettings): Promise<{ id: string; slug: string }>;
  /** Sent by `app_public.send_message`, committed. */
  sendMessage(
    author: { id: string },
    roomId: string,
    content: string,
  ): Promise<{ id: string; seq: number }>;
  /** Makes messages found by what they say now, as the worker does five times a second. */
  indexMessages(): Promise<void>;
  /** Closes of what uses the database and outlives a test that fails; called, and waited for, before it is dropped. */
  readonly closeFirst: Set<() => Promise<void>>;
  close(): Promise<void>;
}

/**
 * A database of this test file's own, cloned from the migrated template.
 *
 *     const database = await createTestDatabase();
 *     afterAll(() => database.close());
 *
 * One person does in a test what a hundred do in a month: unless it is not generous, nothing of that is too often.
 */
export async function createTestDatabase({ isGenerous = true } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  // Copied as files and not through the log: an eighth of the time for what nobody has to recover.
  await administer(`create database ${name} template template strategy file_copy`);
  await administer(`revoke temporary on database ${name} from public`); // Of the template, and not copied.
  const databaseUrl = withDatabase(requiredEnv('TEST_DATABASE_URL'), name);
  const authDatabaseUrl = withDatabase(requiredEnv('TEST_AUTH_DATABASE_URL'), name);
  const owner = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  const api = new pg.Pool({ connectionString: authDatabaseUrl, max: 40 });
  if (isGenerous) {
    await owner.query('update app_private.rates set burst = 1000000');
  }
  for (const pool of [owner, api]) {
    pool.on('error', () => {}); // Faults are a test's to make.
  }

  async function as<T>(
    settings: Record<string, string>,
    end: 'commit' | 'rollback',
    run: (client: pg.ClientBase) => Promise<T>,
  ): Promise<T> {
    const client = await api.connect();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      await client.query('select set_config(key, value, true) from json_each_text($1)', [
        JSON.stringify(settings),
      ]);
      const result = await run(client);
      await client.query(end);
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }
  const userSettings = (user: { id: string; sessionId?: string }) => ({
    role: 'trumpet_user',
    'trumpet.user_id': user.id,
    'trumpet.session_id': user.sessionId ?? '',
  });

  const database: TestDatabase = {
    databaseUrl,
    authDatabaseUrl,
    owner,
    asUser: (user, run) => as(userSettings(user), 'rollback', run),
    asVisitor: (run) => as({ role: 'trumpet_visitor' }, 'rollback', run),
    asBroadcast: (roomId, run) =>
      as({ role: 'trumpet_broadcast', 'trumpet.broadcast_rooms': roomId }, 'rollback', run),
    commitAs: (user, run) => as(userSettings(user), 'commit', run),
    async createUser(username = `user_${randomBytes(6).toString('hex')}`) {
      const { rows } = await owner.query<{ id: string; sessionId: string }>(
        `with person as (
          insert into app_public.users (username, display_name) values ($1::text, $1) returning id
        ), secret as (
          -- Cost 4: the tests do not have to withstand anybody.
          insert into app_private.user_secrets (user_id, password_hash)
          select id, crypt($1::text, gen_salt('bf', 4)) from person
        )
        insert into app_private.sessions (user_id, expires_at)
        select id, now() + interval '1 day' from person
        returning user_id as "id", id as "sessionId"`,
        [username],
      );
      const { id, sessionId } = single(rows);
      return { id, username, sessionId, token: await signToken({ sub: id, sid: sessionId }) };
    },
    call(user, name, ...values) {
      return database.commitAs(user, async (client) => {
        const placeholders = values.map((_, index) => `$${index + 1}`).join(', ');
        const { rows } = await client.query(
          `select * from app_public.${name}(${placeholders})`,
          values,
        );
        return single(rows);
      });
    },
    async createRoom(person, settings = {}) {
      const slug = settings.slug ?? `room-${randomBytes(6).toString('hex')}`;
      const room = await database.commitAs(person, async (client) => {
        const { rows } = await client.query<{ id: string; slug: string }>(
          'select id, slug from app_public.create_room(name => $1, slug => $2, type => $3, max_members => $4)',
          [settings.name ?? slug, slug, settings.type ?? 'public', settings.maxMembers ?? null],
        );
        return single(rows);
      });
      for (const member of settings.members ?? []) {
        await database.commitAs(person, (client) =>
          client.query('select app_public.add_room_member($1, $2)', [room.id, member.id]),
        );
      }
      return room;
    },
    sendMessage(author, roomId, content) {
      return database.commitAs(author, async (client) => {
        const { rows } = await client.query<{ id: string; seq: number }>(
          'select id, seq::float8 from app_public.send_message(room_id => $1, content => $2)',
          [roomId, content],
        );
        return single(rows);
      });
    },
    indexMessages: () => indexAll(owner),
    closeFirst: new Set(),
    async close() {
      await Promise.all([...database.closeFirst].map((close) => close()));
      await Promise.all([owner.end(), api.end()]);
      await administer(`drop database ${name} with (force)`);
    },
  };
  return database;
}

/** The only row of a result; anything else fails the test. */
export function single<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined || rows.length > 1) {
    throw new Error(`Expected one row, got ${rows.length}`);
  }
  return row;
}

async function administer(sql: string): Promise<void> {
  const client = new pg.Client(withDatabase(requiredEnv('TEST_DATABASE_URL'), 'trumpet'));
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, database: string): string {
  const copy = new URL(url);
  copy.pathname = `/${database}`;
  return copy.href;
}

function requiredEnv(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`${name} is not set: tests run through "npm test"`);
  }
  return value;
}

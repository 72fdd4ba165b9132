import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger, runOnce } from 'graphile-worker';
import type { PushSettings } from '../../../src/config/push.ts';
import { createOwnerPool } from '../../../src/database/pools.ts';
import { createPush, type Push } from '../../../src/push/create-push.ts';
import { enqueueDuePushes } from '../../../src/worker/sweeps.ts';
import { makeClearPushes } from '../../../src/worker/tasks/clear_pushes.ts';
import { notifyRoom } from '../../../src/worker/tasks/notify_room.ts';
import { makePushReminder } from '../../../src/worker/tasks/push_reminder.ts';
import { makeRemind } from '../../../src/worker/tasks/remind.ts';
import { makeSendPush } from '../../../src/worker/tasks/send_push.ts';
import {
  createTestDatabase,
  single,
  type TestDatabase,
  type TestUser,
} from '../../../testing/database.ts';
import type { Browser } from './browser.ts';
import { type Certificate, createCertificate, trust } from './certificate.ts';
import { type PushServer, startPushServer } from './push-server.ts';

export interface PushWorld {
  readonly database: TestDatabase;
  readonly certificate: Certificate;
  readonly server: PushServer;
  readonly settings: PushSettings;
  readonly push: Push;
  /** Does what a worker would do until there is nothing left to do. Nothing is waited for. */
  drain(): Promise<void>;
  /** Subscribes a new browser of a person, as the API does. */
  subscribe(user: { id: string }): Promise<{ browser: Browser; subscriptionId: string }>;
  /** A new person with a browser, in a new room of `owner`. */
  memberOf(owner: { id: string }): Promise<{
    bob: TestUser;
    room: { id: string };
    browser: Browser;
    subscriptionId: string;
  }>;
  /** Runs a function of the API as a person, committed. */
  call(user: { id: string }, sql: string, ...values: unknown[]): Promise<unknown>;
  /** Drains, and gives what `browser` was sent since the last call, decrypted. */
  pushesTo(browser: Browser): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** A database, a push service and what a worker needs to send there; no worker. */
export async function createPushWorld(settings: Partial<PushSettings> = {}): Promise<PushWorld> {
  const database = await createTestDatabase();
  const certificate = createCertificate();
  trust(certificate);
  const server = await startPushServer(certificate);
  const dataDir = mkdtempSync(join(tmpdir(), 'trumpet-test-push-'));
  const complete: PushSettings = {
    delayMs: 0,
    vapid: undefined,
    vapidSubject: 'mailto:test@example.org',
    trustedOrigins: [server.origin],
    dataDir,
    fcm: undefined,
    apns: undefined,
    email: undefined,
    ...settings,
  };
  const pool = createOwnerPool(database.databaseUrl);
  const push = await createPush(complete, pool);
  const seen = new Map<string, number>();

  const world: PushWorld = {
    database,
    certificate,
    server,
    settings: complete,
    push,
    async drain() {
      await enqueueDuePushes(pool, complete.delayMs);
      await runOnce({
        pgPool: pool,
        logger: new Logger(() => () => {}),
        taskList: {
          notify_room: notifyRoom,
          send_push: makeSendPush(pool, push),
          clear_pushes: makeClearPushes(pool, push),
          remind: makeRemind(pool, true),
          push_reminder: makePushReminder(pool, push),
        },
      });
    },
    async subscribe(user) {
      const browser = server.browser();
      const { endpoint, keys } = browser.subscription;
      const { rows } = await database.commitAs(user, (client) =>
        client.query<{ id: string }>(
          `select id from app_public.subscribe_to_push_notifications(
            row($1, row($2, $3))::app_public.web_push_subscription, 'Test browser')`,
          [endpoint, keys.p256dh, keys.auth],
        ),
      );
      return { browser, subscriptionId: single(rows).id };
    },
    async memberOf(owner) {
      const bob = await database.createUser();
      const room = await database.createRoom(owner, { members: [bob] });
      return { bob, room, ...(await world.subscribe(bob)) };
    },
    async call(user, sql, ...values) {
      const { rows } = await database.commitAs(user, (client) =>
        client.query(`select app_public.${sql} as result`, values),
      );
      return single(rows).result;
    },
    async pushesTo(browser) {
      await world.drain();
      const { pathname } = new URL(browser.subscription.endpoint);
      const pushes = server.received.filter((push) => push.path === pathname);
      const fresh = pushes.slice(seen.get(pathname) ?? 0);
      seen.set(pathname, pushes.length);
      return fresh.map((push) => browser.decrypt(push.body) as Record<string, unknown>);
    },
    async close() {
      await push.close();
      await pool.end();
      await Promise.all([server.close(), database.close()]);
      rmSync(dataDir, { recursive: true });
    },
  };
  return world;
}

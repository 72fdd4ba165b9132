import { startWorker } from '../../../src/worker/run.ts';
import { TEST_JWT_SECRET } from '../../../testing/access-token.ts';
import { createTestDatabase, single, type TestDatabase } from '../../../testing/database.ts';
import { type Endpoint, startEndpoint } from './endpoint.ts';

export interface WebhookWorld {
  readonly database: TestDatabase;
  /** A server of this machine, which is told because it is trusted. */
  endpoint(): Promise<Endpoint>;
  /** Lets workers that start later tell a server of this machine. */
  trust(url: string): void;
  /** Makes a webhook, and returns its secret. */
  webhook(name: string, url: string, events?: string[], rooms?: string[]): Promise<string>;
  /** Calls a function of app_admin. */
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  admin(name: string, ...values: unknown[]): Promise<any>;
  /** A worker that tells webhooks, in this process. */
  startWorker(): Promise<{ stop(): Promise<void> }>;
  close(): Promise<void>;
}

/** The origins of endpoints are known when they listen: the worker reads the list then. */
export async function createWebhookWorld({ timeoutMs = 10_000 } = {}): Promise<WebhookWorld> {
  const database = await createTestDatabase();
  // Nobody waits in a test for what people wait for.
  await database.owner.query(
    "update app_private.webhook_rules set first_wait = '20 ms', longest_wait = '100 ms'",
  );
  const trustedOrigins: string[] = [];
  const closes: (() => Promise<unknown>)[] = [];
  const world: WebhookWorld = {
    database,
    async endpoint() {
      const endpoint = await startEndpoint();
      trustedOrigins.push(endpoint.origin);
      closes.push(endpoint.close);
      return endpoint;
    },
    trust: (url) => void trustedOrigins.push(new URL(url).origin),
    async webhook(name, url, events, rooms) {
      return await world.admin('create_webhook', name, url, events ?? null, rooms ?? null);
    },
    async admin(name, ...values) {
      const places = values.map((_, index) => `$${index + 1}`).join(', ');
      const { rows } = await database.owner.query(
        `select app_admin.${name}(${places}) as answer`,
        values,
      );
      return single(rows).answer;
    },
    async startWorker() {
      const worker = await startWorker(database.databaseUrl, {
        webhooks: { trustedOrigins, timeoutMs },
        authDatabaseUrl: database.authDatabaseUrl,
        jwtSecret: TEST_JWT_SECRET,
        publicUrl: 'https://chat.example.org',
      });
      const stop = async () => {
        database.closeFirst.delete(stop);
        await worker.stop();
      };
      database.closeFirst.add(stop);
      return { stop };
    },
    async close() {
      await database.close();
      await Promise.all(closes.map((close) => close()));
    },
  };
  return world;
}

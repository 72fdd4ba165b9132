import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../src/config/load.ts';
import { type RunningWorker, startWorker } from '../../../src/worker/run.ts';
import { createTestDatabase, type TestDatabase, type TestUser } from '../../../testing/database.ts';
import { startTestServer, type TestServer } from '../../../testing/server.ts';

export interface Attachment {
  readonly id: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly byteSize: string;
  readonly status: 'PROCESSING' | 'READY' | 'REFUSED';
  readonly width: number | null;
  readonly height: number | null;
  readonly durationMs: number | null;
  readonly isOriginal: boolean;
  readonly url: string | null;
  readonly thumbnailUrl: string | null;
}

export const ATTACHMENT_FIELDS =
  'id filename mimeType byteSize status width height durationMs isOriginal url thumbnailUrl';

/** A server and a worker on one database and one storage, and what tests do with them. */
export interface AttachmentsWorld {
  readonly database: TestDatabase;
  readonly server: TestServer;
  /** Where the disk storage keeps its files, unless the settings name a bucket. */
  readonly folder: string;
  /** Sends a message with uploads and gives its attachments. @throws an Error with the code of a refusal */
  send(author: TestUser, roomId: string, attachmentIds: readonly string[]): Promise<SentMessage>;
  /** The attachments of a message as someone sees them; undefined when they may not see it. */
  attachmentsOf(messageId: string, viewer: TestUser): Promise<Attachment[] | undefined>;
  /** Waits until none is being processed. */
  processed(messageId: string, viewer: TestUser): Promise<Attachment[]>;
  /** Waits until an upload has been looked at. */
  verdictOn(uploadId: string): Promise<'ready' | 'refused'>;
  /** Adds a job for the worker, and waits until it is done. */
  runJob(task: string): Promise<void>;
  fetch(path: string, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

export interface SentMessage {
  readonly id: string;
  readonly attachments: readonly Attachment[];
}

/** @param settings the environment to add */
export async function createAttachmentsWorld(
  settings: Record<string, string> = {},
  options: { worker?: boolean } = {},
): Promise<AttachmentsWorld> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'trumpet-attachments-test-'));
  const environment = { DATA_DIR: dataDir, ...settings };
  const server = await startTestServer(database, environment);
  const worker: RunningWorker | undefined =
    options.worker === false
      ? undefined
      : await startWorker(database.databaseUrl, {
          attachments: loadConfig(environment).attachments,
        });

  async function attachmentsOf(messageId: string, viewer: TestUser) {
    const { data } = await server.graphql(
      `query ($id: UUID!) { message(id: $id) { attachments { ${ATTACHMENT_FIELDS} } } }`,
      { id: messageId },
      viewer.token,
    );
    return data.message?.attachments as Attachment[] | undefined;
  }

  return {
    database,
    server,
    folder: join(dataDir, 'attachments'),
    async send(author, roomId, attachmentIds) {
      const { data, errors } = await server.graphql(
        `mutation ($roomId: UUID!, $attachmentIds: [UUID!]) {
          sendMessage(input: { roomId: $roomId, content: "See this", attachmentIds: $attachmentIds }) {
            message { id attachments { ${ATTACHMENT_FIELDS} } }
          }
        }`,
        { roomId, attachmentIds },
        author.token,
      );
      if (errors !== undefined) {
        throw new Error(errors[0]?.extensions?.code ?? errors[0]?.message);
      }
      return data.sendMessage.message;
    },
    attachmentsOf,
    async processed(messageId, viewer) {
      for (;;) {
        const attachments = (await attachmentsOf(messageId, viewer)) ?? [];
        if (attachments.every(({ status }) => status !== 'PROCESSING')) {
          return attachments;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async verdictOn(uploadId) {
      for (;;) {
        const { rows } = await database.owner.query(
          'select status from app_private.uploads where id = $1',
          [uploadId],
        );
        if (rows[0]?.status !== 'processing') {
          return rows[0]?.status;
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async runJob(task) {
      const { rows } = await database.owner.query<{ id: string }>(
        'select id from graphile_worker.add_job($1, job_key => $1)',
        [task],
      );
      for (;;) {
        const left = await database.owner.query('select from graphile_worker.jobs where id = $1', [
          rows[0]?.id,
        ]);
        if (left.rows.length === 0) {
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    fetch: (path, headers = {}) =>
      fetch(new URL(path, server.url), { headers: { connection: 'close', ...headers } }),
    async close() {
      await worker?.stop();
      await server.close();
      await database.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// @ts-expect-error it has no types
import S3rver from '@20minutes/s3rver';
import { signatureFault } from './s3-signature.ts';

const BUCKET = 'attachments';
/** The only account that it knows. */
const KEYS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

export interface S3Server {
  /** The environment that makes Trumpet use it. */
  readonly settings: Record<string, string>;
  readonly url: string;
  /** Lets its clock go ahead of ours from now on. */
  advanceClock(milliseconds: number): void;
  /** The names of all objects. */
  objects(): Promise<string[]>;
  /** How many uploads have been begun and neither finished nor given up. */
  unfinishedUploads(): Promise<number>;
  close(): Promise<void>;
}

/** A server that speaks S3, with one empty bucket. */
export async function startS3Server(): Promise<S3Server> {
  const directory = mkdtempSync(join(tmpdir(), 'trumpet-s3-'));
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    directory,
    silent: true,
    // It computes signatures of addresses with "'" or "*" in a value wrongly, and `filename*` has one: see checkSignature.
    allowMismatchedSignatures: true,
    configureBuckets: [{ name: BUCKET }],
  });
  const uploads = join(directory, BUCKET, '._S3rver_uploads');
  let clockAhead_ms = 0;
  server.middleware.unshift(
    checkSignature(() => Date.now() + clockAhead_ms),
    multipartUploads(uploads),
  );
  const address: AddressInfo = await server.run();
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    settings: {
      S3_BUCKET: BUCKET,
      S3_ENDPOINT: url,
      S3_ACCESS_KEY_ID: KEYS.accessKeyId,
      S3_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    },
    advanceClock(milliseconds) {
      clockAhead_ms = milliseconds;
    },
    async objects() {
      const files = await readdir(join(directory, BUCKET));
      return files.flatMap((file) => /^(.+)\._S3rver_object$/.exec(file)?.[1] ?? []).sort();
    },
    async unfinishedUploads() {
      return (await listFolder(uploads)).length;
    },
    async close() {
      server.httpServer.closeAllConnections();
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

interface KoaContext {
  readonly req: IncomingMessage;
  readonly method: string;
  readonly query: Record<string, string | undefined>;
  status: number;
  type: string;
  body: string;
}

/** Every request is to be signed with the keys, by header or by address. */
function checkSignature(now: () => number) {
  return function refuseUnsigned(ctx: KoaContext, next: () => Promise<void>) {
    const fault = signatureFault(ctx.req, KEYS, now());
    if (fault === undefined) {
      return next();
    }
    ctx.status = 403;
    ctx.type = 'application/xml';
    ctx.body = `<Error><Code>AccessDenied</Code><Message>${fault}</Message></Error>`;
  };
}

/** s3rver has neither ListParts nor AbortMultipartUpload, and tus needs both: here they are, on its files. */
function multipartUploads(uploads: string) {
  return async function handleMultipartUpload(ctx: KoaContext, next: () => Promise<void>) {
    const { uploadId, partNumber } = ctx.query;
    if (uploadId === undefined || partNumber !== undefined) {
      return next();
    }
    if (ctx.method !== 'GET' && ctx.method !== 'DELETE') {
      return next();
    }
    const folder = join(uploads, uploadId);
    const files = await listFolder(folder);
    ctx.type = 'application/xml';
    if (files.length === 0) {
      ctx.status = 404;
      ctx.body = '<Error><Code>NoSuchUpload</Code><Message>No such upload.</Message></Error>';
    } else if (ctx.method === 'DELETE') {
      await rm(folder, { recursive: true });
      ctx.status = 204;
    } else {
      const numbers = files.flatMap((file) => /^(\d+)\.md5$/.exec(file)?.[1] ?? []);
      const parts = await Promise.all(
        numbers.map(async (number) => {
          const { size } = await stat(join(folder, number));
          const etag = await readFile(join(folder, `${number}.md5`), 'utf8');
          return `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag><Size>${size}</Size></Part>`;
        }),
      );
      ctx.body = `<ListPartsResult><IsTruncated>false</IsTruncated>${parts.join('')}</ListPartsResult>`;
    }
  };
}

async function listFolder(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
